/* json_jsonc.c - json-c: a tokener for each text. Its json_object_iter_next and
 * json_object_get are not used: jansson has functions of these names.
 */
#include "json.h"

#include <json-c/json.h>

#include <stdlib.h>
#include <string.h>

typedef struct jsonc_state {
    const char *text;
    size_t n;
} jsonc_state;

static void *jsonc_open(const char *text, size_t n)
{
    jsonc_state *s = (jsonc_state *)malloc(sizeof *s);

    if (s) s->text = text;
    if (s) s->n = n;
    return s;
}

static uint64_t sum_of(struct json_object *v)
{
    uint64_t sum = 0;

    switch (json_object_get_type(v)) {
    case json_type_null: return SUM_NULL;
    case json_type_boolean: return json_object_get_boolean(v) ? SUM_TRUE : SUM_FALSE;
    case json_type_string: return sum_text((size_t)json_object_get_string_len(v));
    case json_type_array:
        for (size_t k = 0; k < json_object_array_length(v); k++)
            sum += sum_of(json_object_array_get_idx(v, k));
        return SUM_LIST + sum;
    case json_type_object: {
        json_object_object_foreach(v, key, item) sum +=
            sum_text(strlen(key)) + sum_of(item);
        return SUM_DICT + sum;
    }
    default: return sum_number(json_object_get_double(v));
    }
}

static struct json_object *jsonc_parse(const jsonc_state *s)
{
    struct json_tokener *t = json_tokener_new();
    struct json_object *v = json_tokener_parse_ex(t, s->text, (int)s->n);

    json_tokener_free(t);
    return v;
}

static int jsonc_run(void *state)
{
    struct json_object *v = jsonc_parse((const jsonc_state *)state);

    json_object_put(v);
    return v != NULL;
}

static uint64_t jsonc_sum(void *state)
{
    struct json_object *v = jsonc_parse((const jsonc_state *)state);
    uint64_t sum = v ? sum_of(v) : 0;

    json_object_put(v);
    return sum;
}

const json_peer json_jsonc = {"json-c", NULL, jsonc_open, jsonc_run, jsonc_sum, free};
