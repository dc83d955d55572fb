/* fuzz_json.c - any bytes as JSON: the reader that tells faults is the model of the
 * quick one, with every index this machine has, from the copy and from the text itself.
 *
 * Input: a byte of options, a byte that may let an allocation fail, the text.
 */
#include "fuzz.h"

#include <pila/serial/json.h>
#include <pila/serial/json_read.h>

enum { LAX = 1, BYTES = 2, NO_NAN = 4, NO_REPEATED = 8, SHALLOW = 16, PAIRS = 32 };

static pila_status same_hook(void *ctx, pila_doc *doc, pila_value given,
                             pila_value *out)
{
    (void)ctx;
    (void)doc;
    *out = given;
    return PILA_OK;
}

static pila_json_load_options options_of(unsigned bits)
{
    pila_json_load_options o;

    memset(&o, 0, sizeof o);
    o.lax = bits & LAX;
    o.bytes = bits & BYTES;
    o.refuse_nan = bits & NO_NAN;
    o.refuse_repeated = bits & NO_REPEATED;
    o.max_depth = bits & SHALLOW ? 3 : PILA_JSON_NO_LIMIT;
    return o;
}

/* Both say the same, and it shows the same. */
static void check_same(pila_value a, pila_value b)
{
    pila_buf one = {0}, other = {0};

    FUZZ_CHECK(pila_value_repr(a, &one) == PILA_OK);
    FUZZ_CHECK(pila_value_repr(b, &other) == PILA_OK);
    FUZZ_CHECK(pila_str_eq(pila_buf_view(&one), pila_buf_view(&other)));
    pila_buf_done(&one);
    pila_buf_done(&other);
}

/* The quick reader is undecided, or right; and never undecided without a cause. */
static void check_quick(pila_str text, pila_json_load_options o, pila_status want,
                        pila_value value)
{
    char *own = (char *)malloc(text.len + PILA_JSON_PAD);
    pila__json_scan_fn *scan;

    FUZZ_CHECK(own);
    memset(own, '7', text.len + PILA_JSON_PAD);
    if (text.len) memcpy(own, text.ptr, text.len);
    for (unsigned k = 0; (scan = pila__json_scan_way(k / 2)) != NULL; k++) {
        pila_doc doc = {0};
        pila_value v = pila_value_none();
        pila_status st;
        o.borrow = k % 2;
        st = pila__json_quick(&doc, pila_str_of(own, text.len), &o, scan, &v);
        FUZZ_CHECK(st == PILA_END || (st == PILA_OK && want == PILA_OK));
        if (st == PILA_OK) check_same(v, value);
        else FUZZ_CHECK(doc.blocks == NULL);
        pila_doc_done(&doc);
    }
    free(own);
}

static void check_raw(pila_str text, const pila_json_load_options *o, pila_status want,
                      pila_value value)
{
    pila_doc doc = {0};
    pila_value v = pila_value_none();
    size_t at = 0;

    while (at < text.len && memchr(" \t\r\n", text.ptr[at], 4)) at++;
    if (pila_json_raw_decode(&doc, text, &at, o, &v, NULL) == PILA_OK) {
        while (at < text.len && memchr(" \t\r\n", text.ptr[at], 4)) at++;
        if (want == PILA_OK) check_same(v, value);
        if (want == PILA_OK) FUZZ_CHECK(at == text.len);
    } else {
        FUZZ_CHECK(want != PILA_OK);
    }
    pila_doc_done(&doc);
}

/* The hooks that give what they are given change nothing. */
static void check_pairs(pila_str text, pila_json_load_options o, pila_status want)
{
    pila_doc doc = {0};
    pila_value v = pila_value_none();
    pila_status st;

    o.object_pairs_hook = o.parse_float = o.parse_int = o.parse_constant = same_hook;
    st = pila_json_loads(&doc, text, &o, &v, NULL);
    FUZZ_CHECK(st == want || want == PILA_EVALUE);
    pila_doc_done(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    unsigned bits = fuzz_byte(&in);
    pila_json_load_options o = options_of(bits), slow = o;
    pila_doc doc = {0}, again = {0};
    pila_value v = pila_value_none(), w = pila_value_none();
    pila_json_error e;
    pila_status st, armed;

    fuzz_start();
    fuzz_arm(&in);
    pila_str text = pila_str_of((const char *)in.p, (size_t)(in.end - in.p));
    armed = pila_json_loads(&again, text, &o, &w, NULL);
    slow.array_hook = same_hook;
    if (fuzz_starved(armed)) {
        FUZZ_CHECK(again.blocks == NULL);
        armed = pila_json_loads(&again, text, &o, &w, NULL);
    }
    if (FUZZ_PLANTED) slow.lax = !slow.lax;
    st = pila_json_loads(&doc, text, &slow, &v, &e);
    FUZZ_CHECK(armed == st);
    if (st == PILA_OK) check_same(v, w);
    else FUZZ_CHECK(e.at.status == st && e.at.offset <= text.len && e.pos <= text.len);
    if (!o.bytes) {
        check_quick(text, o, st, v);
        check_raw(text, &slow, st, v);
    }
    if (bits & PAIRS) check_pairs(text, slow, st);
    pila_doc_done(&doc);
    pila_doc_done(&again);
    fuzz_stop();
    return 0;
}
