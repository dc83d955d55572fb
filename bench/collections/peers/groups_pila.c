/* groups_pila.c - pila's defaultdict, and what it is measured by: the same with dict's
 * setdefault, and counting with Counter's add. */
#include "groups.h"

#include <pila/collections/counter.h>
#include <pila/collections/defaultdict.h>
#include <pila/collections/list.h>

#include <stdlib.h>

PILA_LIST(Places, int64_t)
PILA_NESTED(Places, "list")
PILA_DEFAULTDICT(Tally, int64_t, int64_t)
PILA_DICT(Plain, int64_t, int64_t)
PILA_COUNTER(Count, int64_t)
PILA_DEFAULTDICT_OF(Groups, int64_t, Places, &pila_i64, &Places_nested)
PILA_DICT_OF(PlainGroups, int64_t, Places, &pila_i64, &Places_nested)

static void must(pila_status st)
{
    if (st != PILA_OK) abort();
}

static void *made(size_t size)
{
    void *room = calloc(1, size);

    if (!room) abort();
    return room;
}

/* Checked, as Counter's add is. */
static void bump(int64_t *count)
{
    if (__builtin_add_overflow(*count, 1, count)) abort();
}

/* ---- sums: the entries of all are alike ---- */

static uint64_t sum_counts(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(Tally_item, x, &it) {
        sum += (uint64_t)x->key * (uint64_t)x->value * (uint64_t)x->value;
    }
    must(pila_iter_outcome(&it));
    return sum;
}

static uint64_t sum_groups(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(Groups_item, x, &it) {
        uint64_t last = (uint64_t)*Places_get(&x->value, -1);
        sum += (uint64_t)x->key * Places_len(&x->value) * last;
    }
    must(pila_iter_outcome(&it));
    return sum;
}

/* ---- defaultdict ---- */

static void *default_count(const int64_t *keys, size_t n)
{
    Tally *t = (Tally *)made(sizeof *t);
    int64_t *count;

    Tally_default_empty(t);
    for (size_t k = 0; k < n; k++) {
        must(Tally_find(t, keys[k], &count));
        bump(count);
    }
    return t;
}

static uint64_t default_counted(void *table)
{
    uint64_t sum = sum_counts(Tally_items((Tally *)table));

    Tally_done((Tally *)table);
    free(table);
    return sum;
}

static void *default_group(const int64_t *keys, size_t n)
{
    Groups *g = (Groups *)made(sizeof *g);
    Places *places;

    Groups_default_empty(g);
    for (size_t k = 0; k < n; k++) {
        must(Groups_find(g, keys[k], &places));
        must(Places_append(places, (int64_t)k));
    }
    return g;
}

static uint64_t default_grouped(void *table)
{
    uint64_t sum = sum_groups(Groups_items((Groups *)table));

    Groups_done((Groups *)table);
    free(table);
    return sum;
}

const groups_peer groups_pila = {.name = "pila",
                                 .count = default_count,
                                 .counted = default_counted,
                                 .group = default_group,
                                 .grouped = default_grouped};

/* ---- dict ---- */

static void *plain_count(const int64_t *keys, size_t n)
{
    Plain *t = (Plain *)made(sizeof *t);
    int64_t *count;

    for (size_t k = 0; k < n; k++) {
        must(Plain_setdefault(t, keys[k], 0, &count));
        bump(count);
    }
    return t;
}

static uint64_t plain_counted(void *table)
{
    uint64_t sum = sum_counts(Plain_items((Plain *)table));

    Plain_done((Plain *)table);
    free(table);
    return sum;
}

static void *plain_group(const int64_t *keys, size_t n)
{
    PlainGroups *g = (PlainGroups *)made(sizeof *g);
    const Places empty = {{0}};
    Places *places;

    for (size_t k = 0; k < n; k++) {
        must(PlainGroups_setdefault(g, keys[k], empty, &places));
        must(Places_append(places, (int64_t)k));
    }
    return g;
}

static uint64_t plain_grouped(void *table)
{
    uint64_t sum = sum_groups(PlainGroups_items((PlainGroups *)table));

    PlainGroups_done((PlainGroups *)table);
    free(table);
    return sum;
}

const groups_peer groups_setdefault = {.name = "dict, setdefault",
                                       .count = plain_count,
                                       .counted = plain_counted,
                                       .group = plain_group,
                                       .grouped = plain_grouped};

/* ---- Counter, a key at a time ---- */

static void *counter_count(const int64_t *keys, size_t n)
{
    Count *c = (Count *)made(sizeof *c);

    for (size_t k = 0; k < n; k++) must(Count_add(c, keys[k], 1));
    return c;
}

static uint64_t counter_counted(void *table)
{
    uint64_t sum = sum_counts(Count_items((Count *)table));

    Count_done((Count *)table);
    free(table);
    return sum;
}

const groups_peer groups_counter = {.name = "Counter, add",
                                    .count = counter_count,
                                    .counted = counter_counted};
