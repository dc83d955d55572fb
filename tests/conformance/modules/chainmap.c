/* chainmap.c - collections.ChainMap. A map of its is said as
 *     [[key, value], ...]             a dict
 *     {"value": x, "pairs": [...]}    a defaultdict of copies of x
 *     {"chain": [map, ...]}           a chain
 */
#define SUBJECT (&chain)
#define MAPPING(op) pila_chainmap_##op
#define WALK_LEFT SIZE_MAX - 1 /* a walk that failed has ended */

#include <pila/collections/chainmap.h>

static pila_chainmap chain;

#include "mapping.h"

/* ---- maps, which the chains borrow: they live until the end ---- */

typedef struct kept {
    struct kept *next;
    bool is_chain;
    pila_defaultdict map;
    pila_chainmap chain;
} kept;

static kept *all_kept;

static kept *keep(bool is_chain)
{
    kept *k = calloc(1, sizeof *k);

    if (!k || pila_defaultdict_init(&k->map, item_type, item_type) != PILA_OK ||
        pila_chainmap_init(&k->chain, item_type, item_type) != PILA_OK)
        abort();
    k->is_chain = is_chain;
    k->next = all_kept;
    all_kept = k;
    return k;
}

/* Chains come before the maps that they are of. */
static void forget_all(void)
{
    while (all_kept) {
        kept *k = all_kept;
        all_kept = k->next;
        pila_chainmap_done(&k->chain);
        pila_defaultdict_done(&k->map);
        free(k);
    }
}

static pila_status maps_of(pila_chainmap *out, const json *list);

static pila_status map_of(const json *says, pila_mapping *out)
{
    const json *maps = json_get(says, "chain"), *value = json_get(says, "value");
    pila_chainmap made;
    pila_status st = PILA_OK;
    cell room;

    if (maps) {
        if (pila_chainmap_init(&made, item_type, item_type) != PILA_OK) abort();
        st = maps_of(&made, maps);
        kept *k = keep(true);
        pila_chainmap_move(&k->chain, &made);
        *out = pila_mapping_chain(&k->chain);
        return st;
    }
    kept *k = keep(false);
    if (value) st = pila_defaultdict_default_value(&k->map, item_of(value, &room));
    if (st == PILA_OK)
        st = pila_dict_update(&k->map.dict,
                              pairs_of(value ? json_get(says, "pairs") : says));
    *out = value ? pila_mapping_defaultdict(&k->map) : pila_mapping_dict(&k->map.dict);
    return st;
}

static pila_status maps_of(pila_chainmap *out, const json *list)
{
    pila_mapping maps[16];
    size_t n = 0;
    pila_status st = PILA_OK;

    for (const json *j = list ? list->first : NULL; j && n < 16 && st == PILA_OK;
         j = j->next)
        st = map_of(j, &maps[n++]);
    return st == PILA_OK ? pila_chainmap_set_maps(out, maps, n) : st;
}

static void say_chain(pila_chainmap *c);

static void say_map(pila_mapping m)
{
    if (m.kind == PILA_MAPPING_CHAIN) say_chain(m.map);
    else say_dict(m.map);
}

/* The maps of it. */
static void say_chain(pila_chainmap *c)
{
    pila_mapping m;

    say_open('[');
    for (size_t i = 0; i < pila_chainmap_map_count(c); i++)
        if (pila_chainmap_map(c, (ptrdiff_t)i, &m) == PILA_OK) say_map(m);
    say_close(']');
}

/* ---- what mapping.h wants ---- */

static void end(void)
{
    walk_end();
    pila_chainmap_done(&chain);
    forget_all();
}

static pila_status begin(const json *request)
{
    const json *maps = json_get(request, "maps");

    walks = false;
    value_type = item_type;
    pila_status st = pila_chainmap_init(&chain, item_type, item_type);
    if (st == PILA_OK && maps && maps->n) st = maps_of(&chain, maps);
    if (st != PILA_OK) end();
    return st;
}

static void state(void) { say_chain(&chain); }

static pila_status find(const void *key, void **value)
{
    return pila_chainmap_find(&chain, key, value);
}

static pila_status erase(const void *key) { return pila_chainmap_del(&chain, key); }

static pila_status feed(const json *list)
{
    return pila_chainmap_update(&chain, pairs_of(list));
}

static pila_status join(pila_dict *other)
{
    return pila_chainmap_merge(&chain, pila_mapping_dict(other));
}

static pila_status wipe(void) { return pila_chainmap_clear(&chain); }
static pila_status show(pila_buf *out) { return pila_chainmap_repr(&chain, out); }

static void popitem(const json *op)
{
    cell key, value;
    pila_status st = pila_chainmap_popitem(&chain, &key, &value);

    (void)op;
    say_pair_if(st, &key, &value);
}

static void length(const json *op)
{
    size_t n = 0;
    pila_status st = pila_chainmap_len(&chain, &n);

    (void)op;
    say_int_if(st, n);
}

static void any(const json *op)
{
    bool there = false;
    pila_status st = pila_chainmap_any(&chain, &there);

    (void)op;
    say_bool_if(st, there);
}

/* ---- its maps ---- */

static void map_count(const json *op)
{
    (void)op;
    say_int((int64_t)pila_chainmap_map_count(&chain));
}

static void map(const json *op)
{
    pila_mapping m;
    pila_status st = pila_chainmap_map(&chain, arg_index(op, 1, 0), &m);

    if (st == PILA_OK) say_map(m);
    else say_status(st);
}

static void set_maps(const json *op) { say_status(maps_of(&chain, arg(op, 1))); }

static void append_map(const json *op)
{
    pila_mapping m;
    pila_status st = map_of(arg(op, 1), &m);
    say_status(st == PILA_OK ? pila_chainmap_append_map(&chain, m) : st);
}

/* These two make another chain the subject; a walk was of the old one. */

static void new_child(const json *op)
{
    pila_mapping m;
    pila_status st = has_arg(op, 1) ? map_of(arg(op, 1), &m) : PILA_OK;

    if (st == PILA_OK) {
        walk_end();
        st = pila_chainmap_new_child(&chain, &chain, has_arg(op, 1) ? &m : NULL);
    }
    say_status(st);
}

static void parents(const json *op)
{
    (void)op;
    walk_end();
    say_status(pila_chainmap_parents(&chain, &chain));
}

/* ---- new ones, and others ---- */

/* Says what a call made, and lets go of it. */
static void say_made(pila_status st, pila_chainmap *made)
{
    if (st == PILA_OK) say_chain(made);
    else say_status(st);
    pila_chainmap_done(made);
}

static void fresh(pila_chainmap *made)
{
    if (pila_chainmap_init(made, item_type, item_type) != PILA_OK) abort();
}

static void copy(const json *op)
{
    pila_chainmap made;

    (void)op;
    fresh(&made);
    pila_status st = pila_chainmap_copy(&made, &chain);
    say_made(st, &made);
}

static void or_map(const json *op)
{
    pila_chainmap made;
    pila_mapping m;
    pila_status st = map_of(arg(op, 1), &m);

    fresh(&made);
    if (st == PILA_OK) st = pila_chainmap_or(&made, &chain, m);
    say_made(st, &made);
}

static void ror(const json *op)
{
    pila_chainmap made;
    pila_dict other;
    pila_status st = dict_of(&other, arg(op, 1));

    fresh(&made);
    if (st == PILA_OK) st = pila_chainmap_ror(&made, &other, &chain);
    say_made(st, &made);
    pila_dict_done(&other);
}

static void merge_map(const json *op)
{
    pila_mapping m;
    pila_status st = map_of(arg(op, 1), &m);
    say_status(st == PILA_OK ? pila_chainmap_merge(&chain, m) : st);
}

static void eq(const json *op)
{
    pila_mapping m;
    bool same = false;
    pila_status st = map_of(arg(op, 1), &m);

    if (st == PILA_OK) st = pila_chainmap_eq(&chain, m, &same);
    say_bool_if(st, same);
}

static void fromkeys(const json *op)
{
    pila_chainmap made;
    cell value;
    const void *all = arg_value(op, 2, &value);

    fresh(&made);
    pila_status st =
        pila_chainmap_fromkeys(&made, arg_iter(op, 1), has_arg(op, 2) ? all : NULL);
    say_made(st, &made);
}

static const operation operations[] = {MAPPING_OPERATIONS,
                                       {"any", any},
                                       {"map_count", map_count},
                                       {"map", map},
                                       {"set_maps", set_maps},
                                       {"append_map", append_map},
                                       {"new_child", new_child},
                                       {"parents", parents},
                                       {"copy", copy},
                                       {"or", or_map},
                                       {"ror", ror},
                                       {"ior", merge_map},
                                       {"eq", eq},
                                       {"fromkeys", fromkeys},
                                       {NULL, NULL}};

const module chainmap_module = {"chainmap", operations, false, begin, state, end};
