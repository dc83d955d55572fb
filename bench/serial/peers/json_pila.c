/* json_pila.c - the reader of json.h, its document used again or made anew. */
#include "json.h"

#include <pila/serial/json.h>

#include <stdlib.h>

typedef struct pila_state {
    pila_str text;
    pila_doc doc;
    pila_value value;
} pila_state;

static void *pila_open(const char *text, size_t n)
{
    pila_state *s = (pila_state *)calloc(1, sizeof *s);

    if (s) s->text = pila_str_of(text, n);
    return s;
}

static int pila_read(pila_state *s)
{
    return pila_json_loads(&s->doc, s->text, NULL, &s->value, NULL) == PILA_OK;
}

static int run_again(void *state)
{
    pila_state *s = (pila_state *)state;
    int ok = pila_read(s);

    pila_doc_clear(&s->doc);
    return ok;
}

static int run_new(void *state)
{
    pila_state *s = (pila_state *)state;
    int ok = pila_read(s);

    pila_doc_done(&s->doc);
    return ok;
}

static uint64_t sum_of(pila_value v)
{
    uint64_t sum = 0;
    double x = 0;
    size_t n;

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_NONE: return SUM_NULL;
    case PILA_VALUE_BOOL: return v.as.i ? SUM_TRUE : SUM_FALSE;
    case PILA_VALUE_STR: return sum_text(pila_value_text(v).len);
    case PILA_VALUE_LIST: {
        const pila_value *items = pila_value_data(v, &n);
        for (size_t k = 0; k < n; k++) sum += sum_of(items[k]);
        return SUM_LIST + sum;
    }
    case PILA_VALUE_DICT:
        for (size_t k = 0; k < v.as.dict->used; k++)
            sum += sum_text(pila_value_text(v.as.dict->entries[k].key).len) +
                   sum_of(v.as.dict->entries[k].value);
        return SUM_DICT + sum;
    default: return pila_value_to_double(v, &x) == PILA_OK ? sum_number(x) : 0;
    }
}

static uint64_t sum(void *state)
{
    pila_state *s = (pila_state *)state;
    uint64_t made = pila_read(s) ? sum_of(s->value) : 0;

    pila_doc_clear(&s->doc);
    return made;
}

static void pila_close(void *state)
{
    pila_doc_done(&((pila_state *)state)->doc);
    free(state);
}

const json_peer json_pila = {"pila", NULL, pila_open, run_again, sum, pila_close};
const json_peer json_pila_new = {
    "pila, a new document", NULL, pila_open, run_new, sum, pila_close};
