/* test_pickletools.c - opcodes, dis and optimize against rows made by CPython, random
 * pickles whose opcodes are known, and what hostile pickles try.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "check.h"

#include <pila/serial/pickletools_args.h>
#include <pila/serial/pickletools.h>

#include <dirent.h>

typedef struct opcode_row {
    const char *name;
    int code, proto;
    const char *before, *after; /* names, a blank after each */
} opcode_row;

typedef struct answer {
    const char *text;
    size_t len;
    pila_status status;
    const char *words; /* of the fault */
} answer;

typedef struct row {
    const char *promise, *pickle;
    size_t len;
    answer genops, dis, optimize; /* of genops, the arguments */
} row;

#include "pickletools_rows.h"

static pila_status into_buf(void *ctx, pila_str text)
{
    return pila_buf_add(ctx, text);
}

/* ---- CPython's rows ---- */

static void check_answer(const char *what, const answer *want, pila_str text,
                         pila_status st, const char *words)
{
    CHECK_STATUS(st, want->status);
    if (!pila_str_eq(text, pila_str_of(want->text, want->len)))
        fail_msg("%s: %s: got\n%.*s\nwant\n%s", check_row, what, (int)text.len,
                 text.len ? text.ptr : "", want->text);
    if (strcmp(words, want->words) != 0)
        fail_msg("%s: %s: got \"%s\", want \"%s\"", check_row, what, words,
                 want->words);
}

static void genops_is_cpythons(void **state)
{
    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        const row *r = &rows[k];
        pila_iter it = pila_pickle_genops(pila_str_of(r->pickle, r->len), 0);
        pila_buf out = {0};
        ROW(r->promise);
        PILA_FOR(pila_pickle_op, op, &it) {
            CHECK(op->info->code == (unsigned char)r->pickle[op->pos]);
            CHECK(op->end > op->pos && op->end <= r->len);
            if (pila_value_kind_of(op->arg) == PILA_VALUE_NONE) continue;
            CHECK_OK(pila_buf_add_uint(&out, op->pos));
            CHECK_OK(pila_buf_add_char(&out, ' '));
            CHECK_OK(pila_value_repr(op->arg, &out));
            CHECK_OK(pila_buf_add_char(&out, '\n'));
        }
        const pila_error *e = pila_pickle_genops_error(&it);
        CHECK(!e == (it.status == PILA_END));
        check_answer("genops", &r->genops, pila_buf_view(&out), it.status,
                     e ? e->message : "");
        CHECK(!pila_next_item(&it)); /* an end is for ever */
        pila_iter_drop(&it);
        CHECK(!pila_pickle_genops_error(&it));
        pila_buf_done(&out);
    }
    ROW(NULL);
    check_alloc_stop();
}

static void dis_is_cpythons(void **state)
{
    const pila_dis_options two = {2, 0, NULL};

    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        const row *r = &rows[k];
        pila_buf out = {0};
        pila_error e = {0};
        size_t at = 0;
        ROW(r->promise);
        pila_status st = pila_pickle_dis(pila_str_of(r->pickle, r->len), &at, &two,
                                         into_buf, &out, &e);
        check_answer("dis", &r->dis, pila_buf_view(&out), st, e.message);
        CHECK(e.status == st && e.offset <= r->len);
        CHECK(st == PILA_OK ? at > 0 && r->pickle[at - 1] == '.' : at == 0);
        pila_buf_done(&out);
    }
    ROW(NULL);
    check_alloc_stop();
}

static void optimize_is_cpythons(void **state)
{
    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        const row *r = &rows[k];
        pila_buf out = {0};
        pila_error e = {0};
        ROW(r->promise);
        CHECK_OK(pila_buf_add(&out, pila_cstr("before")));
        pila_status st = pila_pickle_optimize(pila_str_of(r->pickle, r->len), &out, &e);
        CHECK(out.len >= 6 && memcmp(out.data, "before", 6) == 0);
        check_answer("optimize", &r->optimize, pila_str_of(out.data + 6, out.len - 6),
                     st, e.message);
        pila_buf_done(&out);
    }
    ROW(NULL);
    check_alloc_stop();
}

static void check_stack(const char *letters, const char *names)
{
    char text[128] = "";

    for (; *letters; letters++) {
        CHECK(pila_stack_name(*letters));
        strcat(strcat(text, pila_stack_name(*letters)), " ");
    }
    CHECK_TEXT(pila_cstr(text), names);
}

static void opcodes_are_cpythons(void **state)
{
    size_t known = 0;

    (void)state;
    CHECK_INT(COUNT_OF(opcode_rows), PILA__OPCODES);
    for (size_t k = 0; k < COUNT_OF(opcode_rows); k++) {
        const opcode_row *r = &opcode_rows[k];
        const pila_opcode_info *info = pila_opcode_of((unsigned char)r->code);
        ROW(r->name);
        CHECK(info && info->code == r->code && info->proto == r->proto);
        CHECK_TEXT(pila_cstr(info->name), r->name);
        check_stack(info->before, r->before);
        check_stack(info->after, r->after);
        CHECK(strlen(info->doc) > 1 && strlen(info->doc) < 60);
    }
    ROW(NULL);
    for (int c = 0; c < 256; c++) known += pila_opcode_of((unsigned char)c) != NULL;
    CHECK_INT(known, PILA__OPCODES);
    CHECK(!pila_stack_name('x') && !pila_stack_name(0));
}

/* ---- what rows cannot say ---- */

static const char *dis_text(pila_buf *out, pila_str pickle, const pila_dis_options *o)
{
    pila_buf_clear(out);
    CHECK_OK(pila_pickle_dis(pickle, NULL, o, into_buf, out, NULL));
    CHECK_OK(pila_buf_add_char(out, 0));
    return out->data;
}

static void annotations(void **state)
{
    const pila_dis_options from = {4, 30, NULL}, far = {0, 1000, NULL};
    pila_buf out = {0};

    (void)state;
    check_alloc_start();
    CHECK_TEXT(pila_cstr(dis_text(&out, pila_cstr("(V\\u20ac\nt."), &from)),
               "    0: (    MARK                      put a mark on the stack\n"
               "    1: V        UNICODE    '\xe2\x82\xac'        a str, a line with "
               "\\u escapes\n"
               "    9: t        TUPLE      (MARK at 0) a tuple of all above the mark\n"
               "   10: .    STOP                       the end: the top is what was "
               "pickled\n"
               "highest protocol among opcodes = 0\n");
    CHECK_INT(strchr(dis_text(&out, pila_cstr("N."), &far), 'N') - out.data, 7);
    CHECK_INT(strcspn(out.data, "\n"), 7 + 1000 + 1 + strlen("None"));
    pila_buf_done(&out);
    check_alloc_stop();
}

static void several_pickles_share_a_memo(void **state)
{
    static const char two[] = "Nq\x05.h\x05.h\x05.";
    pila_dis_memo memo = {0};
    const pila_dis_options shared = {4, 0, &memo};
    pila_buf out = {0};
    pila_error e = {0};
    size_t at = 0;

    (void)state;
    check_alloc_start();
    for (int k = 0; k < 2; k++)
        CHECK_OK(pila_pickle_dis(pila_cstr(two), &at, &shared, into_buf, &out, NULL));
    CHECK_INT(at, 7);
    CHECK_TEXT(pila_buf_view(&out), "    0: N    NONE\n"
                                    "    1: q    BINPUT     5\n"
                                    "    3: .    STOP\n"
                                    "highest protocol among opcodes = 1\n"
                                    "    4: h    BINGET     5\n"
                                    "    6: .    STOP\n"
                                    "highest protocol among opcodes = 1\n");
    CHECK_STATUS(pila_pickle_dis(pila_cstr(two), &at, NULL, into_buf, &out, &e),
                 PILA_EVALUE);
    CHECK_TEXT(pila_cstr(e.message), "memo key 5 has never been stored into");
    CHECK_INT(e.offset, 7);
    CHECK_INT(at, 7);
    pila_dis_memo_done(&memo);
    pila_dis_memo_done(&memo);
    pila_buf_done(&out);
    pila_iter it = pila_pickle_genops(pila_cstr(two), 4);
    const pila_pickle_op *op = pila_next(&it, sizeof *op);
    CHECK(op && op->pos == 4 && op->end == 6 && op->arg.as.i == 5);
    pila_iter_drop(&it);
    it = pila_pickle_genops(pila_cstr(two), 1000);
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EVALUE);
    pila_iter_drop(&it);
    check_alloc_stop();
}

static void arguments_look_into_the_pickle(void **state)
{
    static const char pickle[] = "\x8c\x02\xc3\xa9"
                                 "C\x01x"
                                 "Vabc\n"
                                 "S'de'\n"
                                 "U\x01y.";
    pila_iter it;

    (void)state;
    check_alloc_start();
    it = pila_pickle_genops(pila_str_of(pickle, sizeof pickle - 1), 0);
    long live = check_alloc_live();
    PILA_FOR(pila_pickle_op, op, &it) {
        pila_str text = pila_value_text(op->arg);
        if (op->info->code == '.') continue;
        CHECK(text.ptr > pickle && text.ptr < pickle + sizeof pickle);
        CHECK_INT(check_alloc_live(), live);
    }
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    check_alloc_stop();
}

typedef struct stopper {
    int calls, fail_at;
} stopper;

static pila_status stop_at(void *ctx, pila_str text)
{
    stopper *s = ctx;

    CHECK(text.len > 0);
    return ++s->calls == s->fail_at ? (pila_status)(PILA_EUSER + 3) : PILA_OK;
}

/* A pickle whose text is many blocks: a tuple of n strings, which are not ASCII. */
static void many(pila_buf *out, size_t n)
{
    CHECK_OK(pila_buf_add_char(out, '('));
    for (size_t k = 0; k < n; k++)
        CHECK_OK(pila_buf_add(out, pila_str_of("X\x07\0\0\0ab\xc3\xa9\ncd", 12)));
    CHECK_OK(pila_buf_add(out, pila_cstr("t.")));
}

static void a_writer_that_stops(void **state)
{
    pila_buf pickle = {0};
    stopper s = {0, 0};

    (void)state;
    check_alloc_start();
    many(&pickle, 3000);
    CHECK_OK(pila_pickle_dis(pila_buf_view(&pickle), NULL, NULL, stop_at, &s, NULL));
    int all = s.calls;
    CHECK(all > 5);
    for (int k = 1; k <= all; k++) {
        pila_error e = {0};
        size_t at = 0;
        s.calls = 0;
        s.fail_at = k;
        CHECK_STATUS(pila_pickle_dis(pila_buf_view(&pickle), &at, NULL, stop_at, &s,
                                     &e),
                     (pila_status)(PILA_EUSER + 3));
        CHECK_INT(s.calls, k);
        CHECK(at == 0 && e.status == PILA_OK);
    }
    pila_buf_done(&pickle);
    check_alloc_stop();
}

/* A string of this many bytes, as a pickle. */
static void one_string(pila_buf *out, pila_str unit, size_t times)
{
    size_t n = unit.len * times;

    CHECK_OK(pila_buf_add_char(out, 'X'));
    for (int k = 0; k < 4; k++)
        CHECK_OK(pila_buf_add_char(out, (char)(n >> 8 * k & 0xff)));
    for (size_t k = 0; k < times; k++) CHECK_OK(pila_buf_add(out, unit));
    CHECK_OK(pila_buf_add_char(out, '.'));
}

static void long_text_is_shown_in_pieces(void **state)
{
    static const char *const units[] = {"x",
                                        "\xc3\xa9",
                                        "\xe2\x82\xac",
                                        "a'\"\xc3\xa9",
                                        "\xf0\x9f\x98\x80",
                                        "\xed\xa0\x80\n"};
    pila_buf pickle = {0}, shown = {0}, want = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(units); k++)
        for (size_t n = 16380; n < 16390; n++) {
            ROW(units[k]);
            pila_buf_clear(&pickle);
            pila_buf_clear(&want);
            one_string(&pickle, pila_cstr(units[k]), n);
            pila_str text = pila_str_of(pickle.data + 5, pickle.len - 6);
            CHECK_OK(pila_buf_add(&want, pila_cstr("    0: X    BINUNICODE ")));
            CHECK_OK(pila_value_repr(pila_value_str_of(text), &want));
            dis_text(&shown, pila_buf_view(&pickle), NULL);
            CHECK(shown.len > want.len && shown.data[want.len] == '\n');
            CHECK(memcmp(shown.data, want.data, want.len) == 0);
        }
    ROW(NULL);
    pila_buf_done(&pickle);
    pila_buf_done(&shown);
    pila_buf_done(&want);
}

static void digits(pila_buf *out, char op, size_t n, const char *end)
{
    pila_buf_clear(out);
    CHECK_OK(pila_buf_add_char(out, op));
    for (size_t k = 0; k < n; k++) CHECK_OK(pila_buf_add_char(out, '9'));
    CHECK_OK(pila_buf_add(out, pila_cstr(end)));
}

static void too_many_digits(void **state)
{
    static const char *const words = "Exceeds the limit (4300 digits) for integer "
                                     "string conversion: value has 4301 ";
    pila_buf pickle = {0}, out = {0};
    pila_error e;

    (void)state;
    check_alloc_start();
    digits(&pickle, 'L', 4300, "\n.");
    CHECK_INT(strcspn(dis_text(&out, pila_buf_view(&pickle), NULL), "\n"),
              strlen("    0: L    LONG       ") + 4300);
    digits(&pickle, 'L', 4301, "x\n.");
    CHECK_STATUS(pila_pickle_dis(pila_buf_view(&pickle), NULL, NULL, into_buf, &out,
                                 &e),
                 PILA_EVALUE);
    CHECK(strncmp(e.message, words, strlen(words)) == 0);
    pila_buf_clear(&pickle);
    pila_buf_clear(&out);
    CHECK_OK(pila_buf_add(&pickle, pila_str_of("\x8b\x00\x08\x00\x00", 5)));
    for (int k = 0; k < 2048; k++) CHECK_OK(pila_buf_add_char(&pickle, 0x7f));
    CHECK_OK(pila_buf_add_char(&pickle, '.'));
    CHECK_STATUS(pila_pickle_dis(pila_buf_view(&pickle), NULL, NULL, into_buf, &out,
                                 &e),
                 PILA_EVALUE);
    CHECK_TEXT(pila_buf_view(&out), "    0: ");
    CHECK(strncmp(e.message, words, 61) == 0 && e.message[61] == ';');
    pila_buf_clear(&out);
    CHECK_OK(pila_pickle_optimize(pila_buf_view(&pickle), &out, NULL));
    CHECK(pila_str_eq(pila_buf_view(&pickle), pila_buf_view(&out)));
    pila_buf_done(&pickle);
    pila_buf_done(&out);
    check_alloc_stop();
}

/* What is larger than a frame stands outside of frames. */
static void frames(void **state)
{
    pila_buf pickle = {0}, out = {0}, again = {0};
    size_t framed = 0, alone = 0;

    (void)state;
    check_alloc_start();
    CHECK_OK(pila_buf_add(&pickle, pila_str_of("\x80\x04(", 3)));
    for (int k = 0; k < 40; k++) {
        one_string(&pickle, pila_cstr("0123456789"), k % 8 == 7 ? 6554 : 1000);
        pickle.len--;
    }
    CHECK_OK(pila_buf_add(&pickle, pila_cstr("t.")));
    CHECK_OK(pila_pickle_optimize(pila_buf_view(&pickle), &out, NULL));
    pila_iter it = pila_pickle_genops(pila_buf_view(&out), 0);
    size_t end = 2;
    PILA_FOR(pila_pickle_op, op, &it) {
        if (op->info->code == PILA_OP_FRAME) {
            CHECK(op->pos >= end);
            end = op->end + (size_t)op->arg.as.i;
            framed++;
        } else if (op->pos >= end) alone += op->end - op->pos > 65536;
        else CHECK(op->end <= end);
    }
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    CHECK(framed == 5 && alone == 5);
    CHECK_OK(pila_pickle_optimize(pila_buf_view(&out), &again, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out), pila_buf_view(&again)));
    again.cap = again.len + 5;
    CHECK_STATUS(pila_pickle_optimize(pila_buf_view(&out), &again, NULL), PILA_ELIMIT);
    CHECK_INT(again.len, out.len);
    pila_buf_done(&pickle);
    pila_buf_done(&out);
    pila_buf_done(&again);
    check_alloc_stop();
}

/* What has a number above 255 is numbered anew, and got by four bytes where it must. */
static void many_entries(void **state)
{
    pila_buf pickle = {0}, out = {0};
    const pila_pickle_op *op;
    size_t puts = 0, wide = 0;

    (void)state;
    CHECK_OK(pila_buf_add_char(&pickle, '('));
    for (unsigned k = 0; k < 300; k++) {
        char pair[11] = {'N', 'r', 0, 0, 1, 0, 'j', 0, 0, 1, 0};
        pair[2] = pair[7] = (char)(k & 0xff);
        pair[3] = pair[8] = (char)(k >> 8);
        CHECK_OK(pila_buf_add(&pickle, pila_str_of(pair, sizeof pair)));
    }
    CHECK_OK(pila_buf_add(&pickle, pila_cstr("t.")));
    CHECK_OK(pila_pickle_optimize(pila_buf_view(&pickle), &out, NULL));
    pila_iter it = pila_pickle_genops(pila_buf_view(&out), 0);
    while ((op = pila_next(&it, sizeof *op))) {
        bool put = strstr(op->info->name, "PUT"), get = strstr(op->info->name, "GET");
        if (!put && !get) continue;
        CHECK_INT(op->arg.as.i, put ? puts : puts - 1);
        puts += put;
        wide += op->info->arg == PILA_ARG_UINT4;
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK(puts == 300 && wide == 88);
    pila_iter_drop(&it);
    pila_buf_done(&pickle);
    pila_buf_done(&out);
}

/* ---- hostile pickles ---- */

static size_t largest; /* block that was asked for */

static void *note_resize(void *ctx, void *p, size_t bytes)
{
    (void)ctx;
    if (bytes > largest) largest = bytes;
    return realloc(p, bytes);
}

static void note_release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void cheap(const char *name, pila_str pickle)
{
    static const pila_allocator hook = {note_resize, note_release, NULL};
    pila_buf out = {0};
    stopper s = {0, 0};

    ROW(name);
    largest = 0;
    pila_mem_hook(&hook);
    pila_iter it = pila_pickle_genops(pickle, 0);
    while (pila_next_item(&it)) continue;
    pila_iter_drop(&it);
    (void)!pila_pickle_dis(pickle, NULL, NULL, stop_at, &s, NULL);
    (void)!pila_pickle_optimize(pickle, &out, NULL);
    pila_buf_done(&out);
    pila_mem_hook(NULL);
    CHECK(largest > 0 && largest < 1 << 18);
    ROW(NULL);
}

static void hostile_pickles_cost_nothing(void **state)
{
    char marks[1024], puts[1024];

    (void)state;
    cheap("memo_2^28", pila_str_of("Nr\xff\xff\xff\x0fj\xff\xff\xff\x0f.", 12));
    cheap("memo beyond 64 bits", pila_cstr("Np99999999999999999999999999\n."));
    cheap("binbytes8_2^62", pila_str_of("\x8e\0\0\0\0\0\0\0\x40", 9));
    cheap("bytearray8_2^62", pila_str_of("\x96\0\0\0\0\0\0\0\x40", 9));
    cheap("frame_2^62", pila_str_of("\x95\0\0\0\0\0\0\0\x40N.", 11));
    cheap("long4_negative", pila_str_of("\x8b\0\0\0\x80", 5));
    cheap("string4_2^31", pila_str_of("T\xff\xff\xff\x7f", 5));
    cheap("stack_underflow", pila_cstr("0000."));
    cheap("put_memoize_mix", pila_cstr("Nq\x01\x94q\x03\x94."));
    memset(marks, '(', sizeof marks);
    cheap("marks", pila_str_of(marks, sizeof marks));
    for (size_t k = 0; k < sizeof puts; k += 4)
        memcpy(puts + k, k % 8 ? "g-9\n" : "p-9\n", 4);
    cheap("puts below 0", pila_str_of(puts, sizeof puts));
}

/* ---- without memory ---- */

/* Each is the first to need the document. */
static pila_status scenario_genops(void *ctx)
{
    pila_iter it = pila_pickle_genops(*(const pila_str *)ctx, 0);

    while (pila_next_item(&it)) continue;
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

static pila_status scenario_dis(void *ctx)
{
    static const char text[] =
        "(G\0\0\0\0\0\0\0\0X\2\0\0\0\xc3\xa9q\1p-5\np99999999999999999999999\n"
        "r\xff\xff\xff\xff"
        "\x96\1\0\0\0\0\0\0\0ag99999999999999999999999\nt.";
    stopper s = {0, 0};

    (void)ctx;
    return pila_pickle_dis(pila_str_of(text, sizeof text - 1), NULL, NULL, stop_at, &s,
                           NULL);
}

static pila_status scenario_memo(void *ctx)
{
    pila_dis_memo memo = {0};
    const pila_dis_options o = {4, 0, &memo};
    stopper s = {0, 0};
    pila_status st = pila_pickle_dis(pila_cstr("Nq\1r\xff\xff\xff\xff."), NULL, &o,
                                     stop_at, &s, NULL);

    (void)ctx;
    pila_dis_memo_done(&memo);
    return st;
}

static pila_status scenario_optimize(void *ctx)
{
    static const char text[] = "\x80\4Nq\1r\xff\xff\xff\xff"
                               "0p99999999999999999999999\nh\1"
                               "j\xff\xff\xff\xffg99999999999999999999999\n\x87.";
    pila_buf out = {0};
    pila_status st = pila_buf_add(&out, pila_cstr("kept"));

    (void)ctx;
    if (st == PILA_OK)
        st = pila_pickle_optimize(pila_str_of(text, sizeof text - 1), &out, NULL);
    if (st != PILA_OK && out.len)
        CHECK(pila_str_eq(pila_buf_view(&out), pila_cstr("kept")));
    pila_buf_done(&out);
    return st;
}

static void without_memory(void **state)
{
    static const char *const decoded[] = {
        "Vx\\u20ac\n.",
        "V\xff\n.",
        "U\x01\xff.",
        "F1_0\n.",
        "ca\nb\n.",
        "S'\\n'\n.",
        "L123456789012345678901234567890\n.",
        "\x8a\x09_23456789.",
        "\x95\xff\xff\xff\xff\xff\xff\xff\xff.",
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(decoded); k++) {
        pila_str pickle = pila_cstr(decoded[k]);
        ROW(decoded[k]);
        check_alloc_sweep(scenario_genops, &pickle);
    }
    ROW(NULL);
    check_alloc_sweep(scenario_dis, NULL);
    check_alloc_sweep(scenario_memo, NULL);
    check_alloc_sweep(scenario_optimize, NULL);
}

/* ---- random pickles ---- */

enum { RANDOM_OPS = 60 };

typedef struct known { /* an opcode, and its argument if it is a number or text */
    unsigned char code;
    int64_t number;
    char text[8];
    size_t pos;
} known;

typedef struct made {
    known op[RANDOM_OPS];
    size_t n;
    pila_buf pickle;
} made;

static void little(pila_buf *b, uint64_t x, int bytes)
{
    for (int k = 0; k < bytes; k++)
        CHECK_OK(pila_buf_add_char(b, (char)(x >> 8 * k & 0xff)));
}

static void add_known(made *m, check_rng *r, unsigned char code)
{
    known *k = &m->op[m->n++];
    pila_buf *b = &m->pickle;
    uint64_t x = check_rng_below(r, 200);
    char line[32];

    memset(k, 0, sizeof *k);
    k->code = code;
    k->number = (int64_t)x;
    k->pos = b->len;
    CHECK_OK(pila_buf_add_char(b, (char)code));
    switch (code) {
    case PILA_OP_BININT1:
    case PILA_OP_BINPUT:
    case PILA_OP_BINGET: little(b, x, 1); break;
    case PILA_OP_BININT:
        k->number = (int32_t)(x * 21474836u);
        little(b, (uint64_t)k->number, 4);
        break;
    case PILA_OP_LONG_BINPUT: little(b, x, 4); break;
    case PILA_OP_INT:
    case PILA_OP_PUT:
        snprintf(line, sizeof line, "%d\n", (int)x);
        CHECK_OK(pila_buf_add(b, pila_cstr(line)));
        break;
    case PILA_OP_SHORT_BINUNICODE:
    case PILA_OP_SHORT_BINBYTES:
        snprintf(k->text, sizeof k->text, "t%d", (int)x);
        little(b, strlen(k->text), 1);
        CHECK_OK(pila_buf_add(b, pila_cstr(k->text)));
        break;
    default: k->number = INT64_MIN; /* none */
    }
}

static void make(made *m, check_rng *r)
{
    static const unsigned char codes[] = {PILA_OP_BININT1,
                                          PILA_OP_BININT,
                                          PILA_OP_INT,
                                          PILA_OP_NONE,
                                          PILA_OP_SHORT_BINUNICODE,
                                          PILA_OP_SHORT_BINBYTES,
                                          PILA_OP_MARK,
                                          PILA_OP_TUPLE,
                                          PILA_OP_BINPUT,
                                          PILA_OP_PUT,
                                          PILA_OP_LONG_BINPUT,
                                          PILA_OP_MEMOIZE,
                                          PILA_OP_REDUCE,
                                          PILA_OP_EMPTY_LIST,
                                          PILA_OP_BINGET};
    size_t n = check_rng_below(r, RANDOM_OPS - 2);

    m->n = 0;
    pila_buf_clear(&m->pickle);
    while (m->n < n)
        add_known(m, r, codes[check_rng_below(r, COUNT_OF(codes) - (m->n < n / 2))]);
    add_known(m, r, PILA_OP_STOP);
}

static bool same_op(const known *k, const pila_pickle_op *op)
{
    pila_str text = pila_value_text(op->arg);

    if (op->info->code != k->code || op->pos != k->pos) return false;
    if (k->text[0]) return pila_str_eq(text, pila_cstr(k->text));
    if (k->number == INT64_MIN) return pila_value_kind_of(op->arg) == PILA_VALUE_NONE;
    return pila_value_kind_of(op->arg) == PILA_VALUE_INT && op->arg.as.i == k->number;
}

static bool genops_agrees(const made *m)
{
    pila_iter it = pila_pickle_genops(pila_buf_view(&m->pickle), 0);
    size_t n = 0;
    bool same = true;

    PILA_FOR(pila_pickle_op, op, &it)
        same = same && n < m->n && same_op(&m->op[n++], op);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    return same && n == m->n;
}

/* What optimize has to leave, by the definition: entries that are got, numbered anew.
 */
static bool optimize_agrees(const made *m)
{
    bool got[256] = {false}, stored[512] = {false};
    pila_buf out = {0};
    size_t n = 0, keys = 0;
    pila_error e;

    pila_status st = pila_pickle_optimize(pila_buf_view(&m->pickle), &out, &e);
    for (size_t k = 0; k < m->n; k++)
        if (m->op[k].code == PILA_OP_BINGET) got[m->op[k].number] = true;
    pila_iter it = pila_pickle_genops(pila_buf_view(&out), 0);
    const pila_pickle_op *op = st == PILA_OK ? pila_next(&it, sizeof *op) : NULL;
    bool same = true;
    for (; n < m->n && same; n++) {
        const known *k = &m->op[n];
        bool puts = strstr(pila_opcode_of(k->code)->name, "PUT") != NULL;
        size_t key = k->code == PILA_OP_MEMOIZE ? keys : (size_t)k->number;
        if (puts || k->code == PILA_OP_MEMOIZE) {
            keys += !stored[key];
            stored[key] = true;
            if (key > 255 || !got[key]) continue;
        } else if (k->code == PILA_OP_BINGET && !stored[k->number]) {
            CHECK_STATUS(st, PILA_ETYPE);
            goto done;
        }
        if (st != PILA_OK) continue; /* until the reason is met */
        known shown = *k;
        if (puts || k->code == PILA_OP_MEMOIZE) shown.code = PILA_OP_PUT;
        same = op && (shown.code == PILA_OP_PUT ? strstr(op->info->name, "PUT") != NULL
                                                : op->info->code == k->code);
        op = op ? pila_next(&it, sizeof *op) : NULL;
    }
    CHECK(!same || (st == PILA_OK && !op));
done:
    pila_iter_drop(&it);
    pila_buf_done(&out);
    return same;
}

static void random_pickles(void **state)
{
    check_rng r = check_rng_start();
    made m = {0};
    int caught = 0;

    (void)state;
    for (int k = 0; k < 3000; k++) {
        make(&m, &r);
        CHECK(genops_agrees(&m));
        CHECK(optimize_agrees(&m));
        if (k % 30) continue;
        known *one = &m.op[check_rng_below(&r, m.n)];
        one->number ^= 1; /* the planted fault */
        one->text[0] ^= one->text[0] != 0;
        caught += !genops_agrees(&m);
    }
    CHECK_INT(caught, 100);
    pila_buf_done(&m.pickle);
}

/* ---- CPython here, on pickles from elsewhere ---- */

static const char live_script[] =
    "import io, os, pickletools, sys\n"
    "def run(data, whole):\n"
    "    out, words, small = io.StringIO(), '', b''\n"
    "    try: pickletools.dis(data, out)\n"
    "    except (ValueError, IndexError) as e: words = str(e)[:199]\n"
    "    if whole: small = pickletools.optimize(data)\n"
    "    parts = out.getvalue().encode(), words.encode(), small\n"
    "    sys.stdout.buffer.write(b'%d %d %d\\n' % tuple(map(len, parts)))\n"
    "    sys.stdout.buffer.write(b''.join(parts))\n"
    "for n, name in enumerate(sorted(os.listdir(sys.argv[1]))):\n"
    "    with open(os.path.join(sys.argv[1], name), 'rb') as f: data = f.read()\n"
    "    run(data, True)\n"
    "    if n % 7 == 0 and len(data) < 400:\n"
    "        for k in range(len(data)): run(data[:k], False)\n";

static void take(FILE *from, char *into, size_t n)
{
    CHECK(fread(into, 1, n, from) == n);
}

static void live_one(FILE *python, pila_str pickle, bool whole)
{
    size_t len[3];
    pila_buf got = {0};
    pila_error e = {0};
    static char want[1 << 22];

    CHECK(fscanf(python, "%zu %zu %zu", &len[0], &len[1], &len[2]) == 3);
    CHECK(fgetc(python) == '\n' && len[0] + len[1] + len[2] <= sizeof want);
    take(python, want, len[0] + len[1] + len[2]);
    pila_status st = pila_pickle_dis(pickle, NULL, NULL, into_buf, &got, &e);
    CHECK(!st == !len[1]);
    CHECK(pila_str_eq(pila_buf_view(&got), pila_str_of(want, len[0])));
    CHECK(pila_str_eq(pila_cstr(e.message), pila_str_of(want + len[0], len[1])));
    pila_buf_clear(&got);
    if (whole) CHECK_OK(pila_pickle_optimize(pickle, &got, NULL));
    CHECK(
        pila_str_eq(pila_buf_view(&got), pila_str_of(want + len[0] + len[1], len[2])));
    pila_buf_done(&got);
}

static int no_dots(const struct dirent *e) { return e->d_name[0] != '.'; }

static void outside_pickles_agree(void **state)
{
    const char *corpora = getenv("PILA_CORPORA");
    static char folder[4096], path[8192], data[1 << 20];
    struct dirent **files;

    (void)state;
    if (!corpora || system("python3 -c 'import pickletools'") != 0) skip();
    snprintf(folder, sizeof folder, "%s/pickle/cpython311", corpora);
    int n = scandir(folder, &files, no_dots, alphasort);
    if (n < 0) fail_msg("%s is not there", folder);
    snprintf(path, sizeof path, "python3 -c \"$PILA_SCRIPT\" '%s'", folder);
    CHECK(setenv("PILA_SCRIPT", live_script, 1) == 0);
    FILE *python = popen(path, "r");
    CHECK(python);
    for (int k = 0; k < n; k++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[k]->d_name);
        FILE *f = fopen(path, "rb");
        CHECK(f);
        size_t len = fread(data, 1, sizeof data, f);
        fclose(f);
        ROW(files[k]->d_name);
        live_one(python, pila_str_of(data, len), true);
        for (size_t cut = 0; k % 7 == 0 && len < 400 && cut < len; cut++)
            live_one(python, pila_str_of(data, cut), false);
        free(files[k]);
    }
    ROW(NULL);
    CHECK(fgetc(python) == EOF && pclose(python) == 0);
    free(files);
    CHECK_INT(n, 805);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(genops_is_cpythons),
        cmocka_unit_test(dis_is_cpythons),
        cmocka_unit_test(optimize_is_cpythons),
        cmocka_unit_test(opcodes_are_cpythons),
        cmocka_unit_test(annotations),
        cmocka_unit_test(several_pickles_share_a_memo),
        cmocka_unit_test(arguments_look_into_the_pickle),
        cmocka_unit_test(a_writer_that_stops),
        cmocka_unit_test(long_text_is_shown_in_pieces),
        cmocka_unit_test(too_many_digits),
        cmocka_unit_test(frames),
        cmocka_unit_test(many_entries),
        cmocka_unit_test(hostile_pickles_cost_nothing),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(random_pickles),
        cmocka_unit_test(outside_pickles_agree),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
