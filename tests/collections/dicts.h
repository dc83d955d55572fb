/* dicts.h - what the tests of the kinds of dict share: dicts of several types filled
 * with numbers, shown as Python shows a dict of them, and summed up. */
#ifndef DICTS_H
#define DICTS_H

#include "hashed.h"

#include <inttypes.h>

#include <pila/collections/dict.h>

static inline void setup_row(const char *row)
{
    ROW(row);
    stage_clear();
    hashed_as = NULL;
    check_alloc_start();
}

static inline bool valid(const pila_dict *d)
{
    return pila__dict_valid(&d->base, &d->types);
}

static inline pila_status try_set(pila_dict *d, int64_t key, int64_t value)
{
    sample k, v;

    return pila_dict_set(d, sample_of(d->types.first, key, &k),
                         sample_of(d->types.second, value, &v));
}

static inline void set(pila_dict *d, int64_t key, int64_t value)
{
    CHECK_OK(try_set(d, key, value));
}

static inline pila_status try_del(pila_dict *d, int64_t key)
{
    sample k;
    return pila_dict_del(d, sample_of(d->types.first, key, &k));
}

/* The keys are first .. last, each worth ten times itself. */
static inline pila_status fill(pila_dict *d, int64_t first, int64_t last)
{
    pila_status st = PILA_OK;

    for (int64_t k = first; k <= last && st == PILA_OK; k++) st = try_set(d, k, 10 * k);
    return st;
}

/* "1:10 2:20" */
static inline void parse(pila_dict *d, const char *pairs)
{
    int64_t key, value;
    int used;

    while (sscanf(pairs, "%" SCNd64 ":%" SCNd64 "%n", &key, &value, &used) == 2) {
        set(d, key, value);
        pairs += used;
    }
}

static inline void item_numbers(const pila_pair *t, const char *item, int64_t *key,
                                int64_t *value)
{
    *key = sample_value(t->first, item);
    *value = sample_value(t->second, item + t->second_at);
}

/* "{1: 10, 2: 20}" whatever the types are. */
static inline void show(const pila_dict *d, pila_buf *out)
{
    pila_iter it = pila_dict_items(d);
    const char *item, *between = "{";
    int64_t key, value;
    char line[64];

    pila_buf_clear(out);
    while ((item = pila_next_item(&it)) != NULL) {
        item_numbers(&d->types, item, &key, &value);
        snprintf(line, sizeof line, "%s%" PRId64 ": %" PRId64, between, key, value);
        CHECK_OK(pila_buf_add(out, pila_cstr(line)));
        between = ", ";
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK_OK(pila_buf_add(out, pila_cstr(between[0] == '{' ? "{}" : "}")));
}

static inline void check_shows(const pila_dict *d, const char *want)
{
    pila_buf text = {0};

    show(d, &text);
    CHECK_TEXT(pila_buf_view(&text), want);
    pila_buf_done(&text);
}

/* "[1, 2]" or "[(1, 10), (2, 20)]". The iterator is taken. */
static inline void show_list(const pila_dict *d, pila_iter it, pila_buf *out)
{
    const char *item, *between = "[";
    char line[64];
    int64_t key, value;

    pila_buf_clear(out);
    while ((item = pila_next_item(&it)) != NULL) {
        if (it.type == &d->types.type) {
            item_numbers(&d->types, item, &key, &value);
            snprintf(line, sizeof line, "%s(%" PRId64 ", %" PRId64 ")", between, key,
                     value);
        } else
            snprintf(line, sizeof line, "%s%" PRId64, between,
                     sample_value(it.type, item));
        CHECK_OK(pila_buf_add(out, pila_cstr(line)));
        between = ", ";
    }
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    CHECK_OK(pila_buf_add(out, pila_cstr(between[0] == '[' ? "[]" : "]")));
}

/* A number for what a dict holds, in order. Allocates nothing, calls nothing back. */
static inline uint64_t digest(const pila_dict *d)
{
    pila_iter it = pila_dict_items(d);
    uint64_t sum = pila_dict_len(d);
    const char *item;
    int64_t key, value;

    while ((item = pila_next_item(&it)) != NULL) {
        item_numbers(&d->types, item, &key, &value);
        sum = (sum ^ (uint64_t)key) * 0x9e3779b97f4a7c15u;
        sum = (sum ^ (uint64_t)value) * 0x9e3779b97f4a7c15u;
    }
    return sum;
}

/* ---- what a callback does to a dict ---- */

typedef enum act_kind {
    ACT_CLEAR,
    ACT_DONE,
    ACT_GROW,
    ACT_DEL,
    ACT_POPITEM,
    ACT_OVERWRITE,
    ACT_SHRINK,
    ACT_REFILL,
    ACT_MOVE,
    ACTS
} act_kind;

typedef struct act {
    pila_dict *d;
    act_kind kind;
} act;

static inline void act_now(void *ctx)
{
    act *x = ctx;
    pila_dict *d = x->d;
    sample k;

    switch (x->kind) {
    case ACT_CLEAR: pila_dict_clear(d); break;
    case ACT_DONE: pila_dict_done(d); break;
    case ACT_GROW: CHECK_OK(fill(d, 100, 160)); break;
    case ACT_DEL:
        (void)!try_del(d, 3);
        (void)!try_del(d, 1);
        break;
    case ACT_POPITEM: (void)!pila_dict_popitem(d, false, NULL, NULL); break;
    case ACT_OVERWRITE: CHECK_OK(fill(d, 3, 5)); break;
    case ACT_SHRINK: CHECK_OK(pila_dict_shrink(d)); break;
    case ACT_MOVE:
        for (int64_t key = 2; key < 5; key++)
            (void)!pila__dict_move_to_end(&d->base, d->types.first, &d->types,
                                          sample_of(d->types.first, key, &k), key % 2);
        break;
    default: pila_dict_done(d); CHECK_OK(fill(d, 1, 20));
    }
}

#endif
