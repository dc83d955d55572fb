/* itertools_terminating.c - the iterators that end, and the built-ins over iterators.
 */
#include "expr.h"

#include <pila/collections/sorted.h>
#include <pila/itertools/tee.h>

static struct {
    pila_iter groups[BRANCHES]; /* as groupby gave them: they need no drop */
    size_t n;
} grouped;

/* ---- nodes ---- */

/* The initial value of reduce and its like, where there is one. */
static const void *initial_arg(const json *e, size_t k, cell *room)
{
    return is_null(json_at(e, k)) ? NULL : item_of(json_at(e, k), room);
}

static pila_iter node_accumulate(const json *e)
{
    const json *name = json_at(e, 2);
    pila_iter it = child(e, 1);
    cell room;
    const void *initial = initial_arg(e, 3, &room);

    if (in_numbers(item_type) && is_null(name)) return pila_accumulate_sum(it, initial);
    if (in_numbers(item_type)) return pila_accumulate(it, *fn2_of(name)->fold, initial);
    return pila_accumulate_fn(it, item_type, call_two, call_of2(name, item_type),
                              initial);
}

static pila_iter node_flatten(const json *e)
{
    return pila_chain_from_iterable(child(e, 1));
}

/* x again and again, x % 3 times. */
static pila_status make_repeat(void *ctx, const void *item, pila_iter *out)
{
    const call *c = ctx;
    size_t times = (size_t)mod3_of(item_int(c->type, item));

    *out = pila_repeat(item, c->type, times);
    return PILA_OK;
}

static pila_iter node_chain_repeat(const json *e)
{
    return pila_chain_from_fn(child(e, 1), item_type, make_repeat, new_call(item_type));
}

static pila_iter node_compress(const json *e)
{
    pila_iter data = child(e, 1);
    return pila_compress(data, as_numbers(child(e, 2)));
}

static pila_iter node_dropwhile(const json *e)
{
    return selected(e, pila_dropwhile, pila_dropwhile_fn);
}

static pila_iter node_filterfalse(const json *e)
{
    return selected(e, pila_filterfalse, pila_filterfalse_fn);
}

static pila_iter groups_of(const json *e)
{
    const json *key = json_at(e, 2);
    pila_iter it = child(e, 1);

    if (is_null(key)) return pila_groupby(it);
    if (in_numbers(item_type)) return pila_groupby_key(it, *fn1_of(key)->map);
    return pila_groupby_fn(it, item_type, call_one, call_of1(key, item_type));
}

static pila_iter group_in(const pila_type *t, const void *item)
{
    pila_iter group;

    memcpy(&group, (const char *)item + pila_pair_of(t)->second_at, sizeof group);
    return group;
}

static pila_status length_of_group(void *ctx, const void *item, void *out)
{
    size_t n = 0;
    pila_status st = pila_len(group_in(((call *)ctx)->type, item), &n);

    return st == PILA_OK ? give_number((int64_t)n, out) : st;
}

static pila_status first_of_group(void *ctx, const void *item, void *out)
{
    return pila_nth(group_in(((call *)ctx)->type, item), 0, item_type, out);
}

static pila_iter node_group_lens(const json *e)
{
    pila_iter it = groups_of(e);
    return pila_map_fn(it, item_type, length_of_group, new_call(it.type));
}

static pila_iter node_group_firsts(const json *e)
{
    pila_iter it = groups_of(e);
    return pila_map_fn(it, item_type, first_of_group, new_call(it.type));
}

/* The same items, skip of them left out of the second. */
static pila_iter node_tee_zip(const json *e)
{
    pila_iter both[2];

    pila_tee(child(e, 1), 2, 0, both);
    both[1] = pila_islice(both[1], size_arg(e, 2, 0), PILA_TO_END, 1);
    return pila_zip(both, 2);
}

/* Branches for the operations of them. */
static pila_iter node_tee(const json *e)
{
    pila_iter it = child(e, 1);
    size_t n = size_arg(e, 2, 2);

    if (n > BRANCHES) n = BRANCHES;
    if (ex.failed != PILA_OK) return it;
    pila_tee(it, n, 0, ex.branch);
    ex.branches = n;
    return pila_failed(PILA_END);
}

static pila_iter node_zip_longest(const json *e)
{
    pila_iter its[CHILDREN];
    size_t n = children(json_at(e, 1), its);
    cell room;

    return pila_zip_longest_with(its, n, item_type, item_of(json_at(e, 2), &room));
}

/* map of several iterables. */
static pila_iter node_map_many(const json *e)
{
    pila_iter its[CHILDREN];
    size_t n = children(json_at(e, 2), its);
    pila_iter rows = flag_arg(e, 3) ? pila_zip_strict(its, n) : pila_zip(its, n);

    return starred(rows, json_at(e, 1));
}

static pila_iter node_reversed(const json *e) { return pila_reversed(child(e, 1)); }

/* reversed of a list that is there already. */
static pila_iter node_reversed_list(const json *e)
{
    size_t n;
    const void *items = items_of(json_at(e, 1), &n);

    return pila_span_reversed(items, n, item_type);
}

static pila_iter node_range(const json *e)
{
    const json *step = json_at(e, 3);

    return as_items(pila_range(json_at(e, 1)->number, json_at(e, 2)->number,
                               step ? step->number : 1));
}

static pila_iter node_range_reversed(const json *e)
{
    return as_items(pila_range_reversed(json_at(e, 1)->number, json_at(e, 2)->number,
                                        json_at(e, 3)->number));
}

static const node *own_nodes(void)
{
    static const node own[] = {{"accumulate", node_accumulate},
                               {"flatten", node_flatten},
                               {"chain_repeat", node_chain_repeat},
                               {"compress", node_compress},
                               {"dropwhile", node_dropwhile},
                               {"filterfalse", node_filterfalse},
                               {"groupby", groups_of},
                               {"group_lens", node_group_lens},
                               {"group_firsts", node_group_firsts},
                               {"tee_zip", node_tee_zip},
                               {"tee", node_tee},
                               {"zip_longest", node_zip_longest},
                               {"map_many", node_map_many},
                               {"reversed", node_reversed},
                               {"reversed_list", node_reversed_list},
                               {"range", node_range},
                               {"range_reversed", node_range_reversed},
                               {NULL, NULL}};
    return own;
}

/* ---- operations ---- */

/* The key of the next group, which gets a number. */
static void op_outer(const json *op)
{
    const void *item = pila_next_item(&ex.it);

    (void)op;
    if (!item) {
        say_status(ex.it.status);
        return;
    }
    say_item(pila_pair_of(ex.it.type)->first, item);
    if (grouped.n < BRANCHES) grouped.groups[grouped.n++] = group_in(ex.it.type, item);
}

static void op_inner(const json *op)
{
    size_t k = (size_t)arg_int(op, 1, 0);

    if (k < grouped.n) say_next(&grouped.groups[k]);
    else say_status(PILA_EINDEX);
}

static void op_inner_take(const json *op)
{
    size_t k = (size_t)arg_int(op, 1, 0);

    if (k < grouped.n) say_some(&grouped.groups[k], arg_int(op, 2, 0));
    else say_status(PILA_EINDEX);
}

/* One more branch, from where one is. */
static void op_fork(const json *op)
{
    if (ex.branches < BRANCHES) ex.branch[ex.branches++] = pila_tee_copy(branch_of(op));
    say_null();
}

static void op_sum(const json *op)
{
    pila_iter it = as_numbers(the_rest());
    int64_t sum = 0;
    double total = 0;

    (void)op;
    if (it.type->kind == PILA_KIND_F64) {
        pila_status st = pila_sum_f64(it, &total);
        say_float_if(st, total);
        return;
    }
    pila_status st = pila_sum_i64(it, &sum);
    say_number_if(st, sum);
}

static void op_prod(const json *op)
{
    pila_iter it = as_numbers(the_rest());
    int64_t product = 0;
    double total = 0;

    (void)op;
    if (it.type->kind == PILA_KIND_F64) {
        pila_status st = pila_prod_f64(it, &total);
        say_float_if(st, total);
        return;
    }
    pila_status st = pila_prod_i64(it, &product);
    say_number_if(st, product);
}

typedef pila_status extreme(pila_iter, const pila_type *, void *);
typedef pila_status extreme_i64(pila_iter, int64_t *);
typedef pila_status extreme_f64(pila_iter, double *);
typedef pila_status extreme_by(pila_iter, const pila_type *, pila_key_callback *,
                               void *, const pila_type *, void *);

static void say_extreme(extreme *any, extreme_i64 *i64, extreme_f64 *f64)
{
    pila_iter it = the_rest();
    cell room;
    double real = 0;

    if (it.type->kind == PILA_KIND_F64) {
        pila_status st = f64(it, &real);
        say_float_if(st, real);
    } else if (it.type->kind == PILA_KIND_I64) {
        pila_status st = i64(it, &room.number);
        say_number_if(st, room.number);
    } else say_item_if(any(it, item_type, &room), &room);
}

static void say_extreme_by(extreme_by *by, const json *name)
{
    pila_iter it = the_rest();
    cell room;
    pila_status st =
        by(it, item_type, call_one, call_of1(name, item_type), item_type, &room);

    say_item_if(st, &room);
}

static void op_min(const json *op)
{
    if (has_arg(op, 1)) say_extreme_by(pila_min_by, arg(op, 1));
    else say_extreme(pila_min, pila_min_i64, pila_min_f64);
}

static void op_max(const json *op)
{
    if (has_arg(op, 1)) say_extreme_by(pila_max_by, arg(op, 1));
    else say_extreme(pila_max, pila_max_i64, pila_max_f64);
}

static void op_any(const json *op)
{
    bool is = false;
    pila_status st = pila_any(as_numbers(the_rest()), &is);

    (void)op;
    say_bool_if(st, is);
}

static void op_all(const json *op)
{
    bool is = false;
    pila_status st = pila_all(as_numbers(the_rest()), &is);

    (void)op;
    say_bool_if(st, is);
}

static pila_status begin(const json *request)
{
    grouped.n = 0;
    return expr_begin(request);
}

static const operation operations[] = {EXPR_OPERATIONS,
                                       BRANCH_OPERATIONS,
                                       {"outer", op_outer},
                                       {"inner", op_inner},
                                       {"take_inner", op_inner_take},
                                       {"fork", op_fork},
                                       {"sum", op_sum},
                                       {"prod", op_prod},
                                       {"min", op_min},
                                       {"max", op_max},
                                       {"any", op_any},
                                       {"all", op_all},
                                       {NULL, NULL}};

const module itertools_terminating_module = {
    "itertools_terminating", operations, false, begin, expr_state, expr_end};
