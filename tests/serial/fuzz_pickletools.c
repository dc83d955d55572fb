/* fuzz_pickletools.c - any bytes as a pickle: where its opcodes end against a count of
 * bytes by the form of the argument, dis line by line, optimize twice: see
 * support/fuzz.h.
 */
#include "fuzz.h"

#include <pila/serial/pickletools.h>

static pila_str pickle;

static size_t line_from(size_t at)
{
    while (at < pickle.len && pickle.ptr[at] != '\n') at++;
    return at < pickle.len ? at + 1 : SIZE_MAX;
}

static size_t counted(size_t at, int width)
{
    size_t n = 0;

    if (pickle.len - at < (size_t)width) return SIZE_MAX;
    for (int k = width; k-- > 0;)
        n = n << 8 | (unsigned char)pickle.ptr[at + (size_t)k];
    at += (size_t)width;
    return n <= pickle.len - at ? at + n : SIZE_MAX;
}

static size_t plain(size_t at, size_t n)
{
    return pickle.len - at >= n ? at + n : SIZE_MAX;
}

/* Where the argument that begins at a place ends; SIZE_MAX: nowhere. */
static size_t end_of(pila_opcode_arg arg, size_t at)
{
    switch (arg) {
    case PILA_ARG_NONE: return at;
    case PILA_ARG_UINT1: return plain(at, 1);
    case PILA_ARG_UINT2: return plain(at, FUZZ_PLANTED ? 3 : 2);
    case PILA_ARG_INT4:
    case PILA_ARG_UINT4: return plain(at, 4);
    case PILA_ARG_UINT8:
    case PILA_ARG_FLOAT8: return plain(at, 8);
    case PILA_ARG_NAMENL2:
        at = line_from(at);
        return at == SIZE_MAX ? at : line_from(at);
    case PILA_ARG_INTNL:
    case PILA_ARG_LONGNL:
    case PILA_ARG_FLOATNL:
    case PILA_ARG_STRINGNL:
    case PILA_ARG_NAMENL:
    case PILA_ARG_UNICODENL: return line_from(at);
    case PILA_ARG_LONG1:
    case PILA_ARG_STRING1:
    case PILA_ARG_BYTES1:
    case PILA_ARG_UNICODE1: return counted(at, 1);
    case PILA_ARG_LONG4:
    case PILA_ARG_STRING4:
    case PILA_ARG_BYTES4:
    case PILA_ARG_UNICODE4: return counted(at, 4);
    default: return counted(at, 8);
    }
}

typedef struct lines {
    size_t n, bytes;
    char last;
} lines;

static pila_status count_lines(void *ctx, pila_str text)
{
    lines *l = (lines *)ctx;

    FUZZ_CHECK(text.len > 0);
    for (size_t k = 0; k < text.len; k++) l->n += text.ptr[k] == '\n';
    l->bytes += text.len;
    l->last = text.ptr[text.len - 1];
    return l->bytes > 1 << 22 ? (pila_status)PILA_EUSER : PILA_OK;
}

static bool is_text(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);

    return kind == PILA_VALUE_STR || kind == PILA_VALUE_BYTES;
}

/* How many opcodes there are before the end, which is *why. */
static size_t opcodes(fuzz_in *in, pila_status *why)
{
    size_t n = 0, at = 0;

    fuzz_arm(in);
    pila_iter it = pila_pickle_genops(pickle, 0);
    PILA_FOR(pila_pickle_op, op, &it) {
        unsigned char code = (unsigned char)pickle.ptr[at];
        FUZZ_CHECK(op->pos == at && op->info == pila_opcode_of(code));
        at = end_of(op->info->arg, at + 1);
        FUZZ_CHECK(op->end == at && at <= pickle.len);
        if (is_text(op->arg)) { /* every byte of it can be read */
            pila_str s = pila_value_text(op->arg);
            unsigned sum = 0;
            for (size_t k = 0; k < s.len; k++) sum += (unsigned char)s.ptr[k];
            FUZZ_CHECK(sum <= 255 * s.len);
        }
        n++;
    }
    *why = it.status;
    if (fuzz_starved(it.status)) n = SIZE_MAX;
    else FUZZ_CHECK(*why == PILA_END || *why == PILA_EVALUE);
    const pila_error *e = pila_pickle_genops_error(&it);
    FUZZ_CHECK(!e == (*why != PILA_EVALUE));
    FUZZ_CHECK(!e || (e->offset <= pickle.len && *e->message));
    pila_iter_drop(&it);
    return n;
}

static void dis(fuzz_in *in, size_t n, pila_status why)
{
    lines l = {0, 0, 0};
    pila_dis_options o = {fuzz_below(in, 8), fuzz_below(in, 60), NULL};
    pila_error e = {PILA_OK, 0, 0, 0, ""};

    fuzz_arm(in);
    pila_status st = pila_pickle_dis(pickle, NULL, &o, count_lines, &l, &e);
    if (fuzz_starved(st) || st == (pila_status)PILA_EUSER) return;
    FUZZ_CHECK(e.status == st && (st != PILA_OK || why == PILA_END));
    FUZZ_CHECK(st == PILA_OK || *e.message);
    if (st == PILA_OK) FUZZ_CHECK(l.n == n + 1 && l.last == '\n');
    else FUZZ_CHECK(l.n <= n + 1);
}

static bool kept(const pila_pickle_op *op)
{
    const char *name = op->info->name;

    return !strstr(name, "PUT") && strcmp(name, "MEMOIZE") != 0 &&
           strcmp(name, "FRAME") != 0;
}

/* Both have the same opcodes, apart from frames and what stores into the memo. */
static void same_opcodes(pila_str a, pila_str b)
{
    pila_iter left = pila_pickle_genops(a, 0), right = pila_pickle_genops(b, 0);
    const pila_pickle_op *x, *y;

    do {
        do x = (const pila_pickle_op *)pila_next_item(&left);
        while (x && !kept(x));
        do y = (const pila_pickle_op *)pila_next_item(&right);
        while (y && !kept(y));
        FUZZ_CHECK(!x == !y);
        if (!x) break;
        bool gets = strstr(x->info->name, "GET") && strstr(y->info->name, "GET");
        FUZZ_CHECK(gets || x->info == y->info);
    } while (x);
    FUZZ_CHECK(left.status == PILA_END && right.status == PILA_END);
    pila_iter_drop(&left);
    pila_iter_drop(&right);
}

static void optimize(fuzz_in *in, pila_status why)
{
    pila_buf once = {NULL, 0, 0, 0}, twice = {NULL, 0, 0, 0};

    fuzz_arm(in);
    pila_status st = pila_pickle_optimize(pickle, &once, NULL);
    if (!fuzz_starved(st)) FUZZ_CHECK(st != PILA_OK || why == PILA_END);
    if (st == PILA_OK && !memchr(once.data, 'g', once.len)) {
        same_opcodes(pickle, pila_buf_view(&once)); /* but "gNone", which is none */
        FUZZ_CHECK(pila_pickle_optimize(pila_buf_view(&once), &twice, NULL) == PILA_OK);
        FUZZ_CHECK(twice.len <= once.len);
    }
    FUZZ_CHECK(st == PILA_OK || once.len == 0);
    pila_buf_done(&once);
    pila_buf_done(&twice);
}

/* The last bytes of the input choose what fails; all of it is the pickle. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t choices = size < 5 ? size : 5;
    fuzz_in in = {data + size - choices, data + size};
    pila_status why = PILA_OK;

    fuzz_start();
    pickle = pila_str_of((const char *)data, size);
    size_t n = opcodes(&in, &why);
    if (n == SIZE_MAX) {
        fuzz_in none = {NULL, NULL};
        n = opcodes(&none, &why);
    }
    dis(&in, n, why);
    optimize(&in, why);
    fuzz_stop();
    return 0;
}
