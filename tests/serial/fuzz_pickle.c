/* fuzz_pickle.c - any bytes as a pickle: see support/fuzz.h.
 *
 * Reading is bounded in memory by the input's length. What was read is written in the
 * protocol that the first byte says; that is read and written again, and must then be
 * the same bytes. An allocation may fail. */
#include "fuzz.h"

#include <pila/serial/pickle.h>

enum {
    FUZZ_FREE = 1 << 20,  /* bytes of memory that need no input */
    FUZZ_A_BYTE = 1 << 10 /* and for each of its bytes */
};

static pila_status load(pila_doc *doc, pila_str text, pila_value *out)
{
    pila_pickle_load_options options = {0};
    size_t used = 0;
    pila_error err;
    pila_status st;

    options.allow = pila_pickle_known(&options.n_allow);
    st = pila_pickle_loads(doc, text, &options, out, &used, &err);
    FUZZ_CHECK(used <= text.len);
    if (st != PILA_OK) FUZZ_CHECK(err.status == st && err.message[0]);
    return st;
}

/* Write, read, write: the second time the same. */
static void settle(pila_value v, int protocol)
{
    pila_buf first = {0}, second = {0};
    pila_doc doc = {0};
    pila_value again;

    if (pila_pickle_dumps(v, protocol, &first, NULL) == PILA_OK &&
        load(&doc, pila_buf_view(&first), &again) == PILA_OK) {
        pila_doc settled = {0};
        pila_buf third = {0};

        FUZZ_CHECK(pila_pickle_dumps(again, protocol, &second, NULL) == PILA_OK);
        if (load(&settled, pila_buf_view(&second), &again) == PILA_OK) {
            FUZZ_CHECK(pila_pickle_dumps(again, protocol ^ FUZZ_PLANTED, &third,
                                         NULL) == PILA_OK);
            FUZZ_CHECK(pila_str_eq(pila_buf_view(&second), pila_buf_view(&third)));
        } else FUZZ_CHECK(false);
        pila_buf_done(&third);
        pila_doc_done(&settled);
    }
    pila_buf_done(&first);
    pila_buf_done(&second);
    pila_doc_done(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    int protocol = (int)fuzz_below(&in, PILA_PICKLE_HIGHEST + 1);
    pila_doc doc = {0};
    pila_value v = pila_value_none();
    pila_status st;

    fuzz_start();
    fuzz_arm(&in);
    st = load(&doc, pila_str_of((const char *)in.p, (size_t)(in.end - in.p)), &v);
    (void)fuzz_starved(st);
    FUZZ_CHECK(doc.held <= FUZZ_FREE + FUZZ_A_BYTE * size);
    if (st == PILA_OK) settle(v, protocol);
    pila_doc_done(&doc);
    fuzz_stop();
    return 0;
}
