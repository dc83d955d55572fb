/* fuzz_jsontext.c - any text, by the machine and by each kernel, whole and in pieces:
 * all must say the same; and what is laid out anew is minified to what it was.
 */
#include "fuzz.h"

#include <pila/serial/jsontext.h>

enum { TEXT_MOST = 1 << 16 };

static char text[TEXT_MOST];

static pila_status take(void *ctx, pila_str piece)
{
    return pila_buf_add((pila_buf *)ctx, piece);
}

/* kernel: which one; where there are not that many, the machine. */
static pila_status read_by(size_t kernel, size_t cut, pila_str from,
                           const pila_jsontext_options *o, pila_buf *out,
                           pila_error *err)
{
    pila_jsontext *t = pila_jsontext_new(o, take, out);
    pila_status st = t ? PILA_OK : PILA_ENOMEM;

    out->len = 0;
    memset(err, 0, sizeof *err);
    if (!t) return st;
    pila__jsontext_use(t, kernel);
    while (st == PILA_OK && from.len) {
        size_t n = cut < from.len ? cut : from.len;
        st = pila_jsontext_feed(t, pila_str_of(from.ptr, n), err);
        from = pila_str_of(from.ptr + n, from.len - n);
    }
    if (st == PILA_OK) st = pila_jsontext_finish(t, err);
    pila_jsontext_free(t);
    return st;
}

/* Of what is right: minified, and minified once more; or laid out, and then minified.
 */
static void check_again(pila_str from, const pila_jsontext_options *how)
{
    pila_jsontext_options o = *how;
    pila_buf once = {0}, laid = {0}, twice = {0};

    o.layout = PILA_JSONTEXT_MIN;
    FUZZ_CHECK(pila_jsontext_format(from, &o, &once, NULL) == PILA_OK);
    o.layout = PILA_JSONTEXT_INDENT;
    FUZZ_CHECK(pila_jsontext_format(from, &o, &laid, NULL) == PILA_OK);
    o.layout = PILA_JSONTEXT_MIN;
    if (o.gather || o.values != PILA_JSONTEXT_ONE) o.values = PILA_JSONTEXT_MANY;
    o.depth = SIZE_MAX;
    bool lines = o.values == PILA_JSONTEXT_MANY && !o.gather;
    o.gather = false;
    FUZZ_CHECK(pila_jsontext_format(pila_buf_view(&laid), &o, &twice, NULL) == PILA_OK);
    if (!lines && twice.len && o.values == PILA_JSONTEXT_MANY) twice.len--;
    FUZZ_CHECK(pila_str_eq(pila_buf_view(&once), pila_buf_view(&twice)));
    pila_buf_done(&once);
    pila_buf_done(&laid);
    pila_buf_done(&twice);
}

/* The rest of the input, behind what shifts it against blocks, as often as it says. */
static pila_str make_text(fuzz_in *in)
{
    size_t shift = fuzz_byte(in) % 80, times = 1 + fuzz_byte(in) % 8;
    size_t n = (size_t)(in->end - in->p), len = 0;

    for (; len < shift; len++) text[len] = " \n"[len % 7 == 6];
    for (; n && times && n <= TEXT_MOST - len; times--) {
        memcpy(text + len, in->p, n);
        len += n;
    }
    return pila_str_of(text, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    unsigned how = fuzz_byte(&in), cut = fuzz_byte(&in);
    pila_jsontext_options o;
    pila_buf want = {0}, got = {0};
    pila_error want_err, got_err;

    fuzz_start();
    memset(&o, 0, sizeof o);
    o.layout = (pila_jsontext_layout)(how % 4);
    o.values = (pila_jsontext_values)(how / 4 % 4);
    o.gather = how & 16;
    o.python = how & 32;
    o.tab = how & 64;
    o.indent = cut % 3;
    o.depth = how & 128 ? SIZE_MAX : 20;
    fuzz_arm(&in);
    pila_str from = make_text(&in);
    pila_status st = read_by(99, SIZE_MAX, from, &o, &want, &want_err);
    if (!fuzz_starved(st)) {
        for (size_t kernel = 0; kernel < 3; kernel++) {
            size_t piece = kernel == 2 ? 1 + cut : cut % 2 ? SIZE_MAX : 1 + 16 * cut;
            pila_status is = read_by(kernel, piece, from, &o, &got, &got_err);
            if (FUZZ_PLANTED && st == PILA_OK && want.len == 3) want.len = 2;
            FUZZ_CHECK(is == st && memcmp(&want_err, &got_err, sizeof got_err) == 0);
            FUZZ_CHECK(st != PILA_OK ||
                       pila_str_eq(pila_buf_view(&want), pila_buf_view(&got)));
        }
        if (st == PILA_OK) check_again(from, &o);
    }
    pila_buf_done(&want);
    pila_buf_done(&got);
    fuzz_stop();
    return 0;
}
