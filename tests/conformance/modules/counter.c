/* counter.c - collections.Counter. Its values are counts, never items. */
#define SUBJECT (&counter.dict)
#define WALK_LEFT SIZE_MAX

#include <pila/collections/counter.h>

static pila_counter counter;

#include "dictlike.h"

static pila_status begin(const json *request)
{
    value_type = &pila_i64;
    return fill(pila_counter_init(&counter, item_type), request);
}

static void end(void)
{
    walk_end();
    pila_counter_done(&counter);
}

static pila_status find(const void *key, void **value)
{
    static int64_t count;
    *value = &count;
    return pila_counter_count(&counter, key, &count);
}

static pila_status erase(const void *key) { return pila_counter_del(&counter, key); }

static pila_status feed(const json *list)
{
    return pila_counter_update(&counter, iter_of(list));
}

static pila_status join(pila_dict *other)
{
    return pila_counter_update_pairs(&counter, pila_dict_items(other));
}

static pila_status show(pila_buf *out) { return pila_counter_repr(&counter, out); }

static void add(const json *op)
{
    cell key;
    say_status(pila_counter_add(&counter, arg_item(op, 1, &key), arg_int(op, 2, 0)));
}

static void subtract(const json *op)
{
    say_status(pila_counter_subtract(&counter, arg_iter(op, 1)));
}

static void subtract_pairs(const json *op)
{
    pila_dict other;
    pila_status st = dict_of(&other, arg(op, 1));

    if (st == PILA_OK)
        st = pila_counter_subtract_pairs(&counter, pila_dict_items(&other));
    say_status(st);
    pila_dict_done(&other);
}

static void elements(const json *op)
{
    (void)op;
    say_all(pila_counter_elements(&counter));
}

/* How many: all where it is not said, none below 0. */
static size_t arg_many(const json *op)
{
    int64_t n = arg_int(op, 1, INT64_MAX);
    return n == INT64_MAX ? SIZE_MAX : n < 0 ? 0 : (size_t)n;
}

static void most_common(const json *op)
{
    say_all(pila_counter_most_common(&counter, arg_many(op)));
}

static void least_common(const json *op)
{
    say_all(pila_counter_least_common(&counter, arg_many(op)));
}

static void total(const json *op)
{
    int64_t sum = 0;
    pila_status st = pila_counter_total(&counter, &sum);

    (void)op;
    if (st == PILA_OK) say_int(sum);
    else say_status(st);
}

/* ---- new ones ---- */

static void say_one(pila_status (*make)(pila_counter *, const pila_counter *))
{
    pila_counter made;
    pila_status st = pila_counter_init(&made, item_type);

    if (st == PILA_OK) st = make(&made, &counter);
    say_made(st, &made.dict);
}

static void copy_counter(const json *op)
{
    (void)op;
    say_one(pila_counter_copy);
}

static void pos(const json *op)
{
    (void)op;
    say_one(pila_counter_pos);
}

static void neg(const json *op)
{
    (void)op;
    say_one(pila_counter_neg);
}

/* ---- with another one ---- */

static pila_status counter_of(pila_counter *made, const json *list)
{
    pila_status st = pila_counter_init(made, item_type);
    return st == PILA_OK ? pila_dict_update(&made->dict, pairs_of(list)) : st;
}

typedef pila_status combine(pila_counter *, const pila_counter *, const pila_counter *);
typedef pila_status change(pila_counter *, const pila_counter *);
typedef pila_status compare(const pila_counter *, const pila_counter *, bool *);

static void say_combined(const json *op, combine *both)
{
    pila_counter made, other;
    pila_status st = counter_of(&other, arg(op, 1));

    if (pila_counter_init(&made, item_type) != PILA_OK) abort();
    if (st == PILA_OK) st = both(&made, &counter, &other);
    say_made(st, &made.dict);
    pila_counter_done(&other);
}

static void plus(const json *op) { say_combined(op, pila_counter_plus); }
static void minus(const json *op) { say_combined(op, pila_counter_minus); }
static void lower(const json *op) { say_combined(op, pila_counter_and); }
static void higher(const json *op) { say_combined(op, pila_counter_or); }

static void say_changed(const json *op, change *by)
{
    pila_counter other;
    pila_status st = counter_of(&other, arg(op, 1));

    if (st == PILA_OK) st = by(&counter, &other);
    say_status(st);
    pila_counter_done(&other);
}

static void iplus(const json *op) { say_changed(op, pila_counter_iplus); }
static void iminus(const json *op) { say_changed(op, pila_counter_iminus); }
static void iand(const json *op) { say_changed(op, pila_counter_iand); }
static void ior(const json *op) { say_changed(op, pila_counter_ior); }
static void update_counter(const json *op)
{
    say_changed(op, pila_counter_update_counter);
}
static void subtract_counter(const json *op)
{
    say_changed(op, pila_counter_subtract_counter);
}

static void say_compared(const json *op, compare *ask, bool turned)
{
    pila_counter other;
    bool so = false;
    pila_status st = counter_of(&other, arg(op, 1));

    if (st == PILA_OK)
        st = turned ? ask(&other, &counter, &so) : ask(&counter, &other, &so);
    say_bool_if(st, so);
    pila_counter_done(&other);
}

static void eq(const json *op) { say_compared(op, pila_counter_eq, false); }
static void le(const json *op) { say_compared(op, pila_counter_le, false); }
static void lt(const json *op) { say_compared(op, pila_counter_lt, false); }
static void ge(const json *op) { say_compared(op, pila_counter_le, true); }
static void gt(const json *op) { say_compared(op, pila_counter_lt, true); }

static void merge_counter(const json *op)
{
    (void)op;
    say_status(pila_counter_update_counter(&counter, &counter));
}

static const operation operations[] = {DICTLIKE_OPERATIONS,
                                       {"add", add},
                                       {"subtract", subtract},
                                       {"subtract_pairs", subtract_pairs},
                                       {"update_counter", update_counter},
                                       {"subtract_counter", subtract_counter},
                                       {"merge_self", merge_counter},
                                       {"elements", elements},
                                       {"most_common", most_common},
                                       {"least_common", least_common},
                                       {"total", total},
                                       {"copy", copy_counter},
                                       {"pos", pos},
                                       {"neg", neg},
                                       {"plus", plus},
                                       {"minus", minus},
                                       {"and", lower},
                                       {"or", higher},
                                       {"iplus", iplus},
                                       {"iminus", iminus},
                                       {"iand", iand},
                                       {"ior", ior},
                                       {"eq", eq},
                                       {"le", le},
                                       {"lt", lt},
                                       {"ge", ge},
                                       {"gt", gt},
                                       {NULL, NULL}};

const module counter_module = {"counter", operations, false, begin, state, end};
