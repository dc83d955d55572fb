/* set.c - set and frozenset: the subject is a frozenset where a case says "frozen".
 *
 * What order a set has is left open in Python: elements are said in the order of their
 * reprs, and what an iterator yields only as being there.
 */
#include "keys.h"

#include <pila/collections/list.h>
#include <pila/collections/set.h>
#include <pila/collections/sorted.h>

typedef union either {
    pila_set set;
    pila_frozenset frozen;
} either;

static either it;
static bool frozen;
static pila_iter walk; /* what iter made, and next asks */
static bool walks;

/* ---- what a set and a frozenset both have ---- */

static pila_status init(either *s)
{
    return frozen ? pila_frozenset_init(&s->frozen, item_type)
                  : pila_set_init(&s->set, item_type);
}

static void done(either *s)
{
    if (frozen) pila_frozenset_done(&s->frozen);
    else pila_set_done(&s->set);
}

static pila_status fill(either *s, pila_iter items)
{
    return frozen ? pila_frozenset_from(&s->frozen, items)
                  : pila_set_from(&s->set, items);
}

static pila_status duplicate(either *out, const either *s)
{
    if (!frozen) return pila_set_copy(&out->set, &s->set);
    pila_frozenset_copy(&out->frozen, &s->frozen);
    return PILA_OK;
}

static pila_iter iter_either(const either *s)
{
    return frozen ? pila_frozenset_iter(&s->frozen) : pila_set_iter(&s->set);
}

static size_t len_either(const either *s)
{
    return frozen ? pila_frozenset_len(&s->frozen) : pila_set_len(&s->set);
}

static pila_status contains_either(const either *s, const void *item, bool *in)
{
    return frozen ? pila_frozenset_contains(&s->frozen, item, in)
                  : pila_set_contains(&s->set, item, in);
}

/* ---- the subject ---- */

static pila_status begin(const json *request)
{
    const json *says = json_get(request, "frozen");

    walks = false;
    frozen = says && says->kind == JSON_TRUE;
    pila_status st = init(&it);
    if (st == PILA_OK) st = fill(&it, iter_of(json_get(request, "init")));
    if (st != PILA_OK) done(&it);
    return st;
}

static void end(void)
{
    if (walks) pila_iter_drop(&walk);
    done(&it);
}

static void say_sorted(pila_iter items)
{
    static const json by = {.kind = JSON_TEXT, .text = "repr", .len = 4};
    named_key room;

    say_all(pila_sorted(items, key_of(&by, item_type, &room), false));
}

static void state(void) { say_sorted(iter_either(&it)); }

/* Says what a call made, and drops it. */
static void say_made(pila_status st, either *made)
{
    if (st == PILA_OK) say_sorted(iter_either(made));
    else say_status(st);
    done(made);
}

/* ---- one element ---- */

static void add(const json *op)
{
    cell x;
    say_status(pila_set_add(&it.set, arg_item(op, 1, &x)));
}

static void discard(const json *op)
{
    cell x;
    say_status(pila_set_discard(&it.set, arg_item(op, 1, &x)));
}

static void remove_value(const json *op)
{
    cell x;
    say_status(pila_set_remove(&it.set, arg_item(op, 1, &x)));
}

static void contains(const json *op)
{
    cell x;
    bool in = false;
    pila_status st = contains_either(&it, arg_item(op, 1, &x), &in);
    say_bool_if(st, in);
}

/* Which one pop takes is left open: whether it is gone then; and it is put back. */
static void pop(const json *op)
{
    cell x;
    bool in = true;
    size_t n = pila_set_len(&it.set);
    pila_status st = pila_set_pop(&it.set, &x);

    (void)op;
    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    st = pila_set_contains(&it.set, &x, &in);
    bool gone = !in && pila_set_len(&it.set) == n - 1;
    if (st == PILA_OK) st = pila_set_add(&it.set, &x);
    pila_type_drop(item_type, &x);
    say_bool_if(st, gone);
}

/* All that pop takes, until there is none. */
static void drain(const json *op)
{
    pila_list all;
    pila_status st = PILA_OK;
    cell x;

    (void)op;
    pila_list_init(&all, item_type);
    while (st == PILA_OK && (st = pila_set_pop(&it.set, &x)) == PILA_OK) {
        st = pila_list_append(&all, &x);
        pila_type_drop(item_type, &x);
    }
    if (st == PILA_EKEY) say_sorted(pila_list_iter(&all));
    else say_status(st);
    pila_list_done(&all);
}

static void clear(const json *op)
{
    (void)op;
    pila_set_clear(&it.set);
    say_null();
}

static void length(const json *op)
{
    (void)op;
    say_int((int64_t)len_either(&it));
}

/* Only the length of what shows several, which have any order. */
static void repr(const json *op)
{
    pila_buf text = {0};

    (void)op;
    pila_status st =
        frozen ? pila_frozenset_repr(&it.frozen, &text) : pila_set_repr(&it.set, &text);
    if (st == PILA_OK && len_either(&it) > 1) say_int((int64_t)text.len);
    else say_repr(st, &text);
    pila_buf_done(&text);
}

static void copy(const json *op)
{
    either made;
    pila_status st = init(&made);

    (void)op;
    if (st == PILA_OK) st = duplicate(&made, &it);
    say_made(st, &made);
}

/* ---- operands: an iterable, a set, a frozenset, the subject itself ---- */

enum { MOST_OPERANDS = 4 };

typedef struct operands {
    pila_set sets[MOST_OPERANDS];
    pila_frozenset frozensets[MOST_OPERANDS];
    pila_iter iters[MOST_OPERANDS];
    size_t n;
} operands;

static pila_status open_operand(operands *o, const json *j)
{
    pila_set *set = &o->sets[o->n];
    pila_frozenset *frozenset = &o->frozensets[o->n];
    pila_iter *iter = &o->iters[o->n++];
    const json *of_set = json_get(j, "set"), *of_frozenset = json_get(j, "frozen");
    pila_status st = pila_set_init(set, item_type);

    if (st == PILA_OK) st = pila_frozenset_init(frozenset, item_type);
    *iter = pila_failed(st);
    if (st != PILA_OK) return st;
    if (of_set) {
        st = pila_set_from(set, iter_of(of_set));
        *iter = pila_set_iter(set);
    } else if (of_frozenset) {
        st = pila_frozenset_from(frozenset, iter_of(of_frozenset));
        *iter = pila_frozenset_iter(frozenset);
    } else *iter = j->kind == JSON_TEXT ? iter_either(&it) : iter_of(j);
    return st;
}

/* All are there before the first is used, as in Python. */
static pila_status open_operands(operands *o, const json *op)
{
    pila_status st = PILA_OK;

    o->n = 0;
    for (size_t k = 1; k <= args(op) && o->n < MOST_OPERANDS && st == PILA_OK; k++)
        st = open_operand(o, arg(op, k));
    for (size_t k = 0; st != PILA_OK && k < o->n; k++) pila_iter_drop(&o->iters[k]);
    return st;
}

static void close_operands(operands *o)
{
    for (size_t k = 0; k < o->n; k++) {
        pila_set_done(&o->sets[k]);
        pila_frozenset_done(&o->frozensets[k]);
    }
}

/* ---- methods, which take iterables ---- */

typedef struct method {
    const char *name;
    pila_status (*make)(pila_set *out, const pila_set *s, pila_iter items);
    pila_status (*make_frozen)(pila_frozenset *out, const pila_frozenset *f,
                               pila_iter items);
    pila_status (*change)(pila_set *s, pila_iter items);
    pila_status (*change_many)(pila_set *s, const pila_iter *items, size_t n);
    const char *change_name;
} method;

static const method methods[] = {
    {"union", pila_set_union, pila_frozenset_union, pila_set_update,
     pila_set_update_many, "update"},
    {"intersection", pila_set_intersection, pila_frozenset_intersection,
     pila_set_intersection_update, pila_set_intersection_update_many,
     "intersection_update"},
    {"difference", pila_set_difference, pila_frozenset_difference,
     pila_set_difference_update, pila_set_difference_update_many, "difference_update"},
    {"symmetric_difference", pila_set_symmetric_difference,
     pila_frozenset_symmetric_difference, pila_set_symmetric_difference_update, NULL,
     "symmetric_difference_update"},
};

static const method *method_of(const json *op)
{
    const method *m = methods;

    while (!json_is(op->first, m->name) && !json_is(op->first, m->change_name)) m++;
    return m;
}

/* Of a frozenset one iterable after the other. */
static pila_status make_frozen_many(pila_frozenset *out, const method *m, operands *o)
{
    pila_status st = PILA_OK;

    pila_frozenset_copy(out, &it.frozen);
    for (size_t k = 0; k < o->n; k++) {
        if (st == PILA_OK) st = m->make_frozen(out, out, o->iters[k]);
        else pila_iter_drop(&o->iters[k]);
    }
    return st;
}

static pila_status make_many(either *made, const method *m, operands *o)
{
    if (frozen) return make_frozen_many(&made->frozen, m, o);
    if (o->n == 1) return m->make(&made->set, &it.set, o->iters[0]);
    pila_status st = pila_set_copy(&made->set, &it.set);
    return st == PILA_OK ? m->change_many(&made->set, o->iters, o->n) : st;
}

static void make(const json *op)
{
    operands o;
    either made;
    pila_status st = init(&made);

    if (st == PILA_OK) st = open_operands(&o, op);
    if (st == PILA_OK) st = make_many(&made, method_of(op), &o);
    say_made(st, &made);
    close_operands(&o);
}

static void change(const json *op)
{
    operands o;
    const method *m = method_of(op);
    pila_status st = open_operands(&o, op);

    if (st == PILA_OK)
        st = o.n == 1 ? m->change(&it.set, o.iters[0])
                      : m->change_many(&it.set, o.iters, o.n);
    say_status(st);
    close_operands(&o);
}

static void from(const json *op) { say_status(fill(&it, arg_iter(op, 1))); }

static void ask(const json *op)
{
    static const struct {
        const char *name;
        pila_status (*ask)(const pila_set *s, pila_iter items, bool *out);
        pila_status (*ask_frozen)(const pila_frozenset *f, pila_iter items, bool *out);
    } questions[] = {
        {"isdisjoint", pila_set_isdisjoint, pila_frozenset_isdisjoint},
        {"issubset", pila_set_issubset, pila_frozenset_issubset},
        {"issuperset", pila_set_issuperset, pila_frozenset_issuperset},
    };
    operands o;
    bool yes = false;
    size_t q = 0;
    pila_status st = open_operands(&o, op);

    while (!json_is(op->first, questions[q].name)) q++;
    if (st == PILA_OK)
        st = frozen ? questions[q].ask_frozen(&it.frozen, o.iters[0], &yes)
                    : questions[q].ask(&it.set, o.iters[0], &yes);
    say_bool_if(st, yes);
    close_operands(&o);
}

/* ---- operators, which take a set of the same kind, or the subject itself ---- */

/* The right operand; *made must be dropped. */
static pila_status other_of(const json *op, either *made, const either **other)
{
    pila_status st = init(made);

    *other = arg(op, 1)->kind == JSON_TEXT ? &it : made;
    return st == PILA_OK && *other == made ? fill(made, arg_iter(op, 1)) : st;
}

typedef struct operator_of {
    const char *name;
    pila_status (*make)(pila_set *out, const pila_set *a, const pila_set *b);
    pila_status (*make_frozen)(pila_frozenset *out, const pila_frozenset *a,
                               const pila_frozenset *b);
    const char *change_name;
    pila_status (*change)(pila_set *s, const pila_set *b);
} operator_of;

static const operator_of operators[] = {
    {"or", pila_set_or, pila_frozenset_or, "ior", pila_set_ior},
    {"and", pila_set_and, pila_frozenset_and, "iand", pila_set_iand},
    {"sub", pila_set_sub, pila_frozenset_sub, "isub", pila_set_isub},
    {"xor", pila_set_xor, pila_frozenset_xor, "ixor", pila_set_ixor},
};

static void operate(const json *op)
{
    const operator_of *o = operators;
    const either *other;
    either operand, made;
    pila_status st = other_of(op, &operand, &other);
    pila_status ready = init(&made);

    while (!json_is(op->first, o->name)) o++;
    if (st == PILA_OK) st = ready;
    if (st == PILA_OK)
        st = frozen ? o->make_frozen(&made.frozen, &it.frozen, &other->frozen)
                    : o->make(&made.set, &it.set, &other->set);
    say_made(st, &made);
    done(&operand);
}

static void operate_in_place(const json *op)
{
    const operator_of *o = operators;
    const either *other;
    either operand;
    pila_status st = other_of(op, &operand, &other);

    while (!json_is(op->first, o->change_name)) o++;
    if (st == PILA_OK) st = o->change(&it.set, &other->set);
    say_status(st);
    done(&operand);
}

typedef enum relation { EQ, LE, LT } relation;

static pila_status compare_either(relation r, const either *a, const either *b,
                                  bool *out)
{
    static pila_status (*const of_sets[])(const pila_set *, const pila_set *,
                                          bool *) = {pila_set_eq, pila_set_le,
                                                     pila_set_lt};
    static pila_status (*const of_frozensets[])(const pila_frozenset *,
                                                const pila_frozenset *,
                                                bool *) = {pila_frozenset_eq,
                                                           pila_frozenset_le,
                                                           pila_frozenset_lt};

    return frozen ? of_frozensets[r](&a->frozen, &b->frozen, out)
                  : of_sets[r](&a->set, &b->set, out);
}

static void compare(const json *op)
{
    static const struct {
        const char *name;
        relation is;
        bool turned; /* asked of the other */
    } all[] = {{"eq", EQ, false}, {"ne", EQ, false}, {"le", LE, false},
               {"lt", LT, false}, {"ge", LE, true},  {"gt", LT, true}};
    const either *other;
    either operand;
    bool yes = false;
    size_t k = 0;
    pila_status st = other_of(op, &operand, &other);

    while (!json_is(op->first, all[k].name)) k++;
    if (st == PILA_OK)
        st = all[k].turned ? compare_either(all[k].is, other, &it, &yes)
                           : compare_either(all[k].is, &it, other, &yes);
    say_bool_if(st, yes != json_is(op->first, "ne"));
    done(&operand);
}

/* ---- frozensets as elements ---- */

/* Whether it equals another, and hashes alike then. */
static void hash_eq(const json *op)
{
    const either *other;
    either operand;
    bool same = false;
    pila_status st = other_of(op, &operand, &other);

    if (st == PILA_OK) st = pila_frozenset_eq(&it.frozen, &other->frozen, &same);
    say_bool_if(st, same && pila_frozenset_hash(&it.frozen) ==
                                pila_frozenset_hash(&other->frozen));
    done(&operand);
}

/* How many different frozensets there are. */
static void distinct(const json *op)
{
    pila_type of = pila_frozenset_type(item_type);
    pila_set all;
    pila_status st = pila_set_init(&all, &of);

    for (size_t k = 1; k <= args(op) && st == PILA_OK; k++) {
        pila_frozenset f;
        st = pila_frozenset_init(&f, item_type);
        if (st == PILA_OK) st = pila_frozenset_from(&f, arg_iter(op, k));
        if (st == PILA_OK) st = pila_set_add(&all, &f);
        pila_frozenset_done(&f);
    }
    say_int_if(st, pila_set_len(&all));
    pila_set_done(&all);
}

/* ---- iterators ---- */

static void iter(const json *op)
{
    (void)op;
    if (walks) pila_iter_drop(&walk);
    walk = iter_either(&it);
    walks = true;
    say_null();
}

/* Whether what comes next is there; or how it ended. */
static void next(const json *op)
{
    const void *x = walks ? pila_next_item(&walk) : NULL;
    bool in = false;

    (void)op;
    if (x) {
        pila_status st = contains_either(&it, x, &in);
        say_bool_if(st, in);
    } else say_status(walks ? walk.status : PILA_END);
}

static const operation operations[] = {{"add", add},
                                       {"discard", discard},
                                       {"remove", remove_value},
                                       {"contains", contains},
                                       {"pop", pop},
                                       {"drain", drain},
                                       {"clear", clear},
                                       {"len", length},
                                       {"repr", repr},
                                       {"copy", copy},
                                       {"from", from},
                                       {"union", make},
                                       {"intersection", make},
                                       {"difference", make},
                                       {"symmetric_difference", make},
                                       {"update", change},
                                       {"intersection_update", change},
                                       {"difference_update", change},
                                       {"symmetric_difference_update", change},
                                       {"isdisjoint", ask},
                                       {"issubset", ask},
                                       {"issuperset", ask},
                                       {"or", operate},
                                       {"and", operate},
                                       {"sub", operate},
                                       {"xor", operate},
                                       {"ior", operate_in_place},
                                       {"iand", operate_in_place},
                                       {"isub", operate_in_place},
                                       {"ixor", operate_in_place},
                                       {"eq", compare},
                                       {"ne", compare},
                                       {"le", compare},
                                       {"lt", compare},
                                       {"ge", compare},
                                       {"gt", compare},
                                       {"hash_eq", hash_eq},
                                       {"distinct", distinct},
                                       {"iter", iter},
                                       {"next", next},
                                       {NULL, NULL}};

const module set_module = {"set", operations, false, begin, state, end};
