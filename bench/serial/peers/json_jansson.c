/* json_jansson.c - jansson: each value a block, objects as hash tables. */
#include "json.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

typedef struct jansson_state {
    const char *text;
    size_t n;
} jansson_state;

static void *jansson_open(const char *text, size_t n)
{
    jansson_state *s = (jansson_state *)malloc(sizeof *s);

    if (s) s->text = text;
    if (s) s->n = n;
    return s;
}

static uint64_t sum_of(json_t *v)
{
    uint64_t sum = 0;
    const char *key;
    json_t *item;
    size_t k;

    switch (json_typeof(v)) {
    case JSON_NULL: return SUM_NULL;
    case JSON_TRUE: return SUM_TRUE;
    case JSON_FALSE: return SUM_FALSE;
    case JSON_STRING: return sum_text(json_string_length(v));
    case JSON_ARRAY:
        json_array_foreach(v, k, item) sum += sum_of(item);
        return SUM_LIST + sum;
    case JSON_OBJECT:
        json_object_foreach(v, key, item) sum += sum_text(strlen(key)) + sum_of(item);
        return SUM_DICT + sum;
    default: return sum_number(json_number_value(v));
    }
}

static int jansson_run(void *state)
{
    const jansson_state *s = (const jansson_state *)state;
    json_t *v = json_loadb(s->text, s->n, JSON_DECODE_ANY, NULL);

    json_decref(v);
    return v != NULL;
}

static uint64_t jansson_sum(void *state)
{
    const jansson_state *s = (const jansson_state *)state;
    json_t *v = json_loadb(s->text, s->n, JSON_DECODE_ANY, NULL);
    uint64_t sum = v ? sum_of(v) : 0;

    json_decref(v);
    return sum;
}

const json_peer json_jansson = {"jansson",   NULL,        jansson_open,
                                jansson_run, jansson_sum, free};
