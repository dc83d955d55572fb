/* json_cjson.c - cJSON: a list of nodes, each a block. */
#include "json.h"

#include <cjson/cJSON.h>

#include <stdlib.h>
#include <string.h>

typedef struct cjson_state {
    const char *text;
    size_t n;
} cjson_state;

static void *cjson_open(const char *text, size_t n)
{
    cjson_state *s = (cjson_state *)malloc(sizeof *s);

    if (s) s->text = text;
    if (s) s->n = n;
    return s;
}

static uint64_t sum_of(const cJSON *v)
{
    uint64_t sum = 0;

    if (cJSON_IsNull(v)) return SUM_NULL;
    if (cJSON_IsBool(v)) return cJSON_IsTrue(v) ? SUM_TRUE : SUM_FALSE;
    if (cJSON_IsString(v)) return sum_text(strlen(v->valuestring));
    if (cJSON_IsNumber(v)) return sum_number(v->valuedouble);
    for (const cJSON *item = v->child; item; item = item->next)
        sum += sum_of(item) + (cJSON_IsObject(v) ? sum_text(strlen(item->string)) : 0);
    return sum + (cJSON_IsObject(v) ? SUM_DICT : SUM_LIST);
}

static int cjson_run(void *state)
{
    const cjson_state *s = (const cjson_state *)state;
    cJSON *v = cJSON_ParseWithLength(s->text, s->n);

    cJSON_Delete(v);
    return v != NULL;
}

static uint64_t cjson_sum(void *state)
{
    const cjson_state *s = (const cjson_state *)state;
    cJSON *v = cJSON_ParseWithLength(s->text, s->n);
    uint64_t sum = v ? sum_of(v) : 0;

    cJSON_Delete(v);
    return sum;
}

const json_peer json_cjson = {"cJSON", NULL, cjson_open, cjson_run, cjson_sum, free};
