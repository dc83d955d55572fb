/* mapping.h - what the modules of dict and its kin, ChainMap too, have in common.
 *
 * It is written over the module's own subject. Before it is included there are
 *     MAPPING(op)   the name of the function that does op
 *     SUBJECT       what it is done to, by address
 *     WALK_LEFT     of a walk that starts now: SIZE_MAX, or see `left`
 * and after it the module defines what is declared first, in which they differ most.
 */
#ifndef CONFORMANCE_MAPPING_H
#define CONFORMANCE_MAPPING_H

#include "../adapter.h"

#include <pila/collections/dict.h>

#include <stdlib.h>
#include <string.h>

static pila_status find(const void *key, void **value);
static pila_status erase(const void *key);
static pila_status feed(const json *list);
static pila_status join(pila_dict *other);
static pila_status wipe(void);
static pila_status show(pila_buf *out);

/* What the values are: items, but of a Counter. Set by the module's begin. */
static const pila_type *value_type;

static const void *arg_value(const json *op, size_t k, cell *room)
{
    if (value_type == item_type) return arg_item(op, k, room);
    room->number = arg_int(op, k, 0);
    return room;
}

/* A value that was handed over; it is dropped. */
static void say_taken_if(pila_status st, cell *taken)
{
    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    say_item(value_type, taken);
    pila_type_drop(value_type, taken);
}

/* ---- pairs, as an update takes them ---- */

typedef struct pair_source {
    const json *next;
    pila_pair pair;
    pila_tuple row_type;
    pila_row row;
    cell room[2]; /* of a pair */
    bool full;    /* there is one in it, to be dropped as Python's list of two */
} pair_source;

static char *pair_second(pair_source *s) { return (char *)s->room + s->pair.second_at; }

static void pair_let_go(pair_source *s)
{
    if (s->full) pila_type_drop(value_type, pair_second(s));
    if (s->full) pila_type_drop(item_type, s->room);
    s->full = false;
}

/* A copy of the iterator's next item, which is then gone. */
static void pair_take(pila_iter *it, void *room)
{
    const void *item = pila_next_item(it);
    if (item && pila_type_copy(item_type, room, item) != PILA_OK) abort();
}

static void pair_fill(pair_source *s, const json *j)
{
    pila_iter two = iter_of(j);

    memset(s->room, 0, sizeof s->room);
    pair_take(&two, s->room);
    if (value_type == item_type) pair_take(&two, pair_second(s));
    else memcpy(pair_second(s), &json_at(j, 1)->number, sizeof(int64_t));
    pila_iter_drop(&two);
    s->full = true;
}

static bool pair_refill(pila_iter *it)
{
    pair_source *s = it->state;
    const json *j = s->next;

    if (!j) return pila_iter_end(it, PILA_END);
    if (json_get(j, "raise")) return pila_iter_end(it, PILA_EUSER);
    s->next = j->next;
    pair_let_go(s);
    if (it->type == &s->row_type.type) {
        s->row.items = items_of(j, &s->row.n);
        it->cur = (const char *)&s->row;
    } else {
        pair_fill(s, j);
        it->cur = (const char *)s->room;
    }
    it->end = it->cur + it->type->size;
    return true;
}

static pila_iter pair_drop(pila_iter *it)
{
    pair_let_go(it->state);
    free(it->state);
    return pila_failed(PILA_END);
}

/* An iterator of [[key, value], ...]. It yields rows where a member is no pair, and
 * else pairs. */
static pila_iter pairs_of(const json *list)
{
    static const pila_iter_ops ops = {pair_refill, pair_drop, NULL};
    pair_source *s = calloc(1, sizeof *s);
    bool rows = false;

    if (!s || pila_pair_init(&s->pair, item_type, value_type) != PILA_OK) abort();
    pila_tuple_row(&s->row_type, item_type);
    s->next = list ? list->first : NULL;
    for (const json *j = s->next; j; j = j->next)
        rows |= j->kind == JSON_LIST && j->n != 2;
    return pila_iter_make(rows ? &s->row_type.type : &s->pair.type, &ops, s);
}

/* A dict of them. */
static pila_status dict_of(pila_dict *made, const json *list)
{
    pila_status st = pila_dict_init(made, item_type, value_type);
    return st == PILA_OK ? pila_dict_update(made, pairs_of(list)) : st;
}

static void say_dict(const pila_dict *d)
{
    pila_iter it = pila_dict_items(d);
    const char *p;

    say_open('{');
    say_key("d");
    say_open('[');
    while ((p = pila_next_item(&it))) {
        say_open('[');
        say_item(d->types.first, p);
        say_item(d->types.second, p + d->types.second_at);
        say_close(']');
    }
    say_close(']');
    say_close('}');
}

/* ---- a walk: what iter made, and next asks ---- */

static pila_iter walk;
static bool walks;
/* Where this is not SIZE_MAX, Python's iterator looks for changes no more once so many
 * were yielded, nor after a fault: it has ended then. */
static size_t left;

static void walk_end(void)
{
    if (walks) pila_iter_drop(&walk);
    walks = false;
}

static void walk_along(pila_iter it)
{
    walk_end();
    walk = it;
    walks = true;
    left = WALK_LEFT;
    say_null();
}

static void iter(const json *op)
{
    if (json_is(arg(op, 1), "values")) walk_along(MAPPING(values)(SUBJECT));
    else if (json_is(arg(op, 1), "items")) walk_along(MAPPING(items)(SUBJECT));
    else walk_along(MAPPING(keys)(SUBJECT));
}

static void next(const json *op)
{
    (void)op;
    if (!walks || left == 0) {
        say_status(PILA_END);
        return;
    }
    if (left != SIZE_MAX) left--;
    say_next(&walk);
    if (walk.status != PILA_OK && left != SIZE_MAX) left = 0;
}

static void keys(const json *op)
{
    (void)op;
    say_all(MAPPING(keys)(SUBJECT));
}

static void values(const json *op)
{
    (void)op;
    say_all(MAPPING(values)(SUBJECT));
}

static void items(const json *op)
{
    (void)op;
    say_all(MAPPING(items)(SUBJECT));
}

/* ---- one key ---- */

static void getitem(const json *op)
{
    cell key;
    void *value = NULL;
    pila_status st = find(arg_item(op, 1, &key), &value);

    if (st == PILA_OK) say_item(value_type, value);
    else say_status(st);
}

static void get(const json *op)
{
    cell key, otherwise;
    const void *none = args(op) > 1 ? arg_value(op, 2, &otherwise) : NULL, *at = NULL;
    pila_status st = MAPPING(get)(SUBJECT, arg_item(op, 1, &key), none, &at);

    if (st == PILA_OK && at) say_item(value_type, at);
    else say_status(st);
}

static void contains(const json *op)
{
    cell key;
    bool in = false;
    pila_status st = MAPPING(contains)(SUBJECT, arg_item(op, 1, &key), &in);
    say_bool_if(st, in);
}

static void set(const json *op)
{
    cell key, value;
    say_status(MAPPING(set)(SUBJECT, arg_item(op, 1, &key), arg_value(op, 2, &value)));
}

static void setdefault(const json *op)
{
    cell key, value;
    void *at = NULL;
    pila_status st = MAPPING(setdefault)(SUBJECT, arg_item(op, 1, &key),
                                         arg_value(op, 2, &value), &at);
    if (st == PILA_OK) say_item(value_type, at);
    else say_status(st);
}

static void del(const json *op)
{
    cell key;
    say_status(erase(arg_item(op, 1, &key)));
}

static void pop(const json *op)
{
    cell key, value, otherwise;
    const void *none = args(op) > 1 ? arg_value(op, 2, &otherwise) : NULL;
    pila_status st = MAPPING(pop)(SUBJECT, arg_item(op, 1, &key), &value);

    if (st == PILA_EKEY && none) say_item(value_type, none);
    else say_taken_if(st, &value);
}

/* What popitem answers; both are dropped. */
static void say_pair_if(pila_status st, cell *key, cell *value)
{
    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    say_open('{');
    say_key("t");
    say_open('[');
    say_item_if(PILA_OK, key);
    say_taken_if(PILA_OK, value);
    say_close(']');
    say_close('}');
}

/* ---- the whole ---- */

static void update(const json *op) { say_status(feed(arg(op, 1))); }

/* Python's update of a mapping. */
static void merge(const json *op)
{
    pila_dict other;
    pila_status st = dict_of(&other, arg(op, 1));

    if (st == PILA_OK) st = join(&other);
    say_status(st);
    pila_dict_done(&other);
}

static void clear(const json *op)
{
    (void)op;
    say_status(wipe());
}

static void repr(const json *op)
{
    pila_buf text = {0};
    pila_status st = show(&text);

    (void)op;
    say_repr(st, &text);
    pila_buf_done(&text);
}

#define MAPPING_OPERATIONS                                                             \
    {"getitem", getitem}, {"get", get}, {"contains", contains}, {"set", set},          \
        {"setdefault", setdefault}, {"del", del}, {"pop", pop}, {"popitem", popitem},  \
        {"update", update}, {"merge", merge}, {"keys", keys}, {"values", values},      \
        {"items", items}, {"iter", iter}, {"next", next}, {"len", length},             \
        {"repr", repr},                                                                \
    {                                                                                  \
        "clear", clear                                                                 \
    }

#endif
