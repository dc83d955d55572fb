/* expr.h - what the modules of itertools and functools share: an expression tree over
 * counted sources, functions by name, and operations on what it makes.
 *
 * An expression is a list: a node's name, then its arguments. ["src", k] are the items
 * of source number k. A source gives windows of one item, so that what is taken of it
 * can be counted, unless the request says "window": then windows are larger, and the
 * state does not say what was taken.
 *
 * Boxed items go through callbacks, which count and obey the script's "fn"; int64_t
 * through kernels, wherever the library has both.
 */
#ifndef CONFORMANCE_EXPR_H
#define CONFORMANCE_EXPR_H

#include "../adapter.h"

#include <pila/itertools/adaptors.h>
#include <pila/itertools/fold.h>
#include <pila/itertools/runs.h>
#include <pila/itertools/select.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>
#include <pila/itertools/zip.h>

#include <stdlib.h>
#include <string.h>

enum { SOURCES = 6, WINDOW = 64, CALLS = 64, BRANCHES = 16, CHILDREN = 8, MOST = 40 };

typedef pila_iter node_fn(const json *e);

typedef struct node {
    const char *name;
    node_fn *make;
} node;

/* The nodes of the module itself, ended by a NULL name. */
static const node *own_nodes(void);

typedef struct source {
    const json *next;
    size_t uses; /* in the expression: one that has several is shared */
    int64_t taken;
    bool ended; /* asked for more than it had */
    pila_iter it;
    size_t filled;
    const pila_type *type;
    char window[WINDOW * sizeof(cell)];
} source;

/* What a callback of the library is given. */
typedef struct call {
    int64_t (*one)(int64_t);
    int64_t (*two)(int64_t, int64_t);
    const pila_type *type; /* of what goes in */
    const void *first;     /* of partial */
    int copies;            /* 1, 2: it is just a copy of that argument */
    bool quiet;            /* no script counts it */
} call;

static struct {
    pila_iter it; /* what the operations are of */
    pila_iter branch[BRANCHES];
    size_t branches;
    source sources[SOURCES];
    size_t n, window, calls;
    call call[CALLS];
    pila_status failed; /* the first fault while the expression was built */
} ex;

/* ---- functions ---- */

typedef struct two {
    int64_t a, b;
} two;

typedef struct fn1 {
    const char *name;
    int64_t (*of)(int64_t);
    const pila_kernel *map, *test;
    bool copies;
} fn1;

typedef struct fn2 {
    const char *name;
    int64_t (*of)(int64_t, int64_t);
    const pila_fold *fold;
    const pila_kernel *row;
    int copies;
} fn2;

/* clang-format off */
#define FN1(name, x, expr)                                                             \
    static inline int64_t name##_of(int64_t x) { return expr; }                        \
    PILA_MAPPER(name##_map, int64_t, int64_t, x, expr)                                 \
    PILA_PREDICATE(name##_test, int64_t, x, (expr) != 0)

#define FN2(name, x, y, expr)                                                          \
    static inline int64_t name##_of(int64_t x, int64_t y) { return expr; }             \
    PILA_FOLD(name##_fold, int64_t, int64_t, x, y, expr)                               \
    PILA_MAPPER(name##_row, int64_t, two, p, name##_of(p.a, p.b))

FN1(same, x, x)
FN1(neg, x, -x)
FN1(inc, x, x + 1)
FN1(square, x, x * x)
FN1(half, x, x >> 1)
FN1(even, x, x % 2 == 0)
FN1(lt3, x, x < 3)
FN1(mod3, x, (x % 3 + 3) % 3)
FN2(add, x, y, x + y)
FN2(sub, x, y, x - y)
FN2(mul, x, y, x * y)
FN2(mix, x, y, 2 * x + y)
FN2(larger, x, y, x > y ? x : y)
FN2(first, x, y, ((void)y, x))
FN2(second, x, y, ((void)x, y))

#define ONE(name) {#name, name##_of, &name##_map, &name##_test, false}
#define TWO(name, copies) {#name, name##_of, &name##_fold, &name##_row, copies}
/* clang-format on */

static inline const fn1 *fn1_of(const json *name)
{
    static const fn1 all[] = {{"same", same_of, &same_map, &same_test, true},
                              ONE(neg),
                              ONE(inc),
                              ONE(square),
                              ONE(half),
                              ONE(even),
                              ONE(lt3),
                              ONE(mod3)};

    for (size_t k = 0; name && k < sizeof all / sizeof *all; k++)
        if (json_is(name, all[k].name)) return &all[k];
    return &all[0];
}

static inline const fn2 *fn2_of(const json *name)
{
    static const fn2 all[] = {TWO(add, 0),    TWO(sub, 0),   TWO(mul, 0),   TWO(mix, 0),
                              TWO(larger, 0), TWO(first, 1), TWO(second, 2)};

    for (size_t k = 0; name && k < sizeof all / sizeof *all; k++)
        if (json_is(name, all[k].name)) return &all[k];
    return &all[0];
}

static inline bool is_null(const json *j) { return !j || j->kind == JSON_NULL; }
static inline bool in_numbers(const pila_type *t) { return t->kind == PILA_KIND_I64; }

static inline pila_status give_number(int64_t x, void *out)
{
    cell room;
    const void *item = item_of_int(x, &room);

    return pila_type_copy(item_type, out, item);
}

static inline pila_status counted(const call *c)
{
    return c->quiet ? PILA_OK : call_out("fn");
}

static inline pila_status call_one(void *ctx, const void *item, void *out)
{
    const call *c = ctx;
    pila_status st = counted(c);

    if (st != PILA_OK) return st;
    if (c->copies) return pila_type_copy(c->type, out, item);
    return give_number(c->one(item_int(c->type, item)), out);
}

static inline pila_status call_test(void *ctx, const void *item, bool *keep)
{
    const call *c = ctx;
    pila_status st = counted(c);

    if (st == PILA_OK) *keep = c->one(item_int(c->type, item)) != 0;
    return st;
}

static inline pila_status call_two(void *ctx, const void *a, const void *b, void *out)
{
    const call *c = ctx;
    pila_status st = counted(c);

    if (st != PILA_OK) return st;
    if (c->copies) return pila_type_copy(c->type, out, c->copies == 1 ? a : b);
    return give_number(c->two(item_int(c->type, a), item_int(c->type, b)), out);
}

static inline size_t members_of(const pila_type *t, const void *item)
{
    return pila_pair_of(t) ? 2 : pila_tuple_len(pila_tuple_of(t), item);
}

static inline int64_t member_of(const pila_type *t, const void *item, size_t k)
{
    const pila_pair *pair = pila_pair_of(t);
    const pila_type *of;

    if (!pair) {
        const void *member = pila_tuple_at(pila_tuple_of(t), item, k, &of);
        return item_int(of, member);
    }
    if (k == 0) return item_int(pair->first, item);
    return item_int(pair->second, (const char *)item + pair->second_at);
}

/* A function of two over all members of a row, from the left; of none it is 0. */
static inline pila_status call_row(void *ctx, const void *item, void *out)
{
    const call *c = ctx;
    size_t n = members_of(c->type, item);
    int64_t acc = n ? member_of(c->type, item, 0) : 0;
    pila_status st = counted(c);

    for (size_t k = 1; st == PILA_OK && k < n; k++)
        acc = c->two(acc, member_of(c->type, item, k));
    return st == PILA_OK ? give_number(acc, out) : st;
}

static inline call *new_call(const pila_type *t)
{
    call *c = &ex.call[ex.calls < CALLS - 1 ? ex.calls++ : ex.calls];

    memset(c, 0, sizeof *c);
    c->type = t;
    return c;
}

static inline call *call_of1(const json *name, const pila_type *t)
{
    call *c = new_call(t);
    const fn1 *f = fn1_of(name);

    c->one = f->of;
    c->copies = f->copies;
    c->quiet = is_null(name); /* Python's None calls nothing */
    return c;
}

static inline call *call_of2(const json *name, const pila_type *t)
{
    call *c = new_call(t);
    const fn2 *f = fn2_of(name);

    c->two = f->of;
    c->copies = f->copies;
    c->quiet = is_null(name);
    return c;
}

static inline pila_status to_item(void *ctx, const void *item, void *out)
{
    return give_number(item_int(((call *)ctx)->type, item), out);
}

static inline pila_status to_number(void *ctx, const void *item, void *out)
{
    int64_t x = item_int(((call *)ctx)->type, item);

    memcpy(out, &x, sizeof x);
    return PILA_OK;
}

/* Numbers of the library as items of this run, and the other way round. */
static inline pila_iter as_items(pila_iter it)
{
    if (it.type == item_type || (in_numbers(it.type) && in_numbers(item_type)))
        return it;
    return pila_map_fn(it, item_type, to_item, new_call(it.type));
}

static inline pila_iter as_numbers(pila_iter it)
{
    /* text is never summed: this run is not of numbers */
    if (it.type->kind == PILA_KIND_STRING) (void)item_int(it.type, NULL);
    if (it.type != &boxed_type) return it;
    return pila_map_fn(it, &pila_i64, to_number, new_call(it.type));
}

/* ---- sources ---- */

static inline void source_forget(source *s)
{
    for (size_t k = 0; k < s->filled; k++)
        pila_type_drop(s->type, s->window + k * s->type->size);
    s->filled = 0;
}

static inline void source_item(source *s, void *at)
{
    cell room;

    if (s->type == item_type)
        (void)!pila_type_copy(item_type, at, item_of(s->next, &room));
    else {
        double x = strtod(json_get(s->next, "f")->text, NULL);
        memcpy(at, &x, sizeof x);
    }
}

/* Its items are its own, and gone with the next window: who keeps one is caught. */
static inline bool source_refill(pila_iter *it)
{
    source *s = it->state;
    size_t n = 0, size = s->type->size;

    source_forget(s);
    for (; n < ex.window && s->next && !json_get(s->next, "raise"); n++) {
        source_item(s, s->window + n * size);
        s->next = s->next->next;
    }
    s->filled = n;
    s->taken += (int64_t)n;
    s->ended = n == 0;
    if (n == 0) return pila_iter_end(it, s->next ? PILA_EUSER : PILA_END);
    it->cur = s->window;
    it->end = s->window + n * size;
    return true;
}

static inline pila_iter source_drop(pila_iter *it)
{
    source_forget(it->state);
    return pila_failed(PILA_END);
}

static inline void source_start(source *s, const json *list)
{
    static const pila_iter_ops ops = {source_refill, source_drop, NULL};

    memset(s, 0, sizeof *s);
    s->next = list->first;
    s->type = item_type;
    s->it = pila_iter_make(s->type, &ops, s);
}

static inline source *source_of(const json *e)
{
    return &ex.sources[(size_t)json_at(e, 1)->number % SOURCES];
}

static inline bool is_source(const json *e)
{
    return json_is(e->first, "src") || json_is(e->first, "floats");
}

static inline void count_uses(const json *e)
{
    if (!e || e->kind != JSON_LIST || !e->n) return;
    if (is_source(e)) source_of(e)->uses++;
    else
        for (const json *x = e->first; x; x = x->next) count_uses(x);
}

static inline pila_iter node_src(const json *e)
{
    source *s = source_of(e);
    pila_iter it = s->it;

    if (s->uses > 1) return pila_ref(&s->it);
    s->it = pila_failed(PILA_END);
    return it;
}

/* Of numbers of floating point, as double in every run. */
static inline pila_iter node_floats(const json *e)
{
    source *s = source_of(e);

    s->type = s->it.type = &pila_f64;
    return node_src(e);
}

/* ---- nodes ---- */

static inline pila_iter build(const json *e);

static inline pila_iter child(const json *e, size_t k) { return build(json_at(e, k)); }

/* A fault before anything was made. */
static inline void refuse(pila_status why)
{
    if (ex.failed == PILA_OK) ex.failed = why;
}

/* A size: where C cannot say what Python refuses, this does. */
static inline size_t size_arg(const json *e, size_t k, size_t otherwise)
{
    const json *j = json_at(e, k);

    if (is_null(j)) return otherwise;
    if (j->number < 0 || !j->whole) refuse(PILA_EVALUE);
    return (size_t)j->number;
}

static inline bool flag_arg(const json *e, size_t k)
{
    const json *j = json_at(e, k);
    return j && j->kind == JSON_TRUE;
}

/* The only item of a list: it lasts as long as the case. */
static inline const void *lasting(const json *e, size_t k)
{
    size_t n;
    return items_of(json_at(e, k), &n);
}

/* What a list of expressions makes, at out; how many. */
static inline size_t children(const json *list, pila_iter *out)
{
    size_t n = 0;

    for (const json *e = list->first; e && n < CHILDREN; e = e->next)
        out[n++] = build(e);
    return n;
}

static inline pila_iter node_chain(const json *e)
{
    pila_iter its[CHILDREN];
    size_t n = children(json_at(e, 1), its);

    return n == 2 ? pila_chain2(its[0], its[1]) : pila_chain(its, n);
}

static inline pila_iter node_islice(const json *e)
{
    pila_iter it = child(e, 1);
    size_t start = size_arg(e, 2, 0), stop = size_arg(e, 3, PILA_TO_END);

    return pila_islice(it, start, stop, size_arg(e, 4, 1));
}

static inline pila_iter mapped(const json *name, pila_iter it)
{
    if (in_numbers(it.type)) return pila_map(it, *fn1_of(name)->map);
    return pila_map_fn(it, item_type, call_one, call_of1(name, it.type));
}

static inline pila_iter node_map(const json *e)
{
    return mapped(json_at(e, 1), child(e, 2));
}

static inline pila_iter starred(pila_iter rows, const json *name)
{
    const pila_tuple *t = pila_tuple_of(rows.type);
    bool two_numbers =
        in_numbers(item_type) && rows.type->size == sizeof(two) && (!t || !t->is_row);

    if (two_numbers) return pila_starmap(rows, *fn2_of(name)->row);
    return pila_starmap_fn(rows, item_type, call_row, call_of2(name, rows.type));
}

static inline pila_iter node_starmap(const json *e)
{
    return starred(child(e, 2), json_at(e, 1));
}

/* A selection, by the predicate of a kernel or of a callback. */
typedef pila_iter by_kernel(pila_iter, pila_kernel);
typedef pila_iter by_callback(pila_iter, pila_filter_callback *, void *);

static inline pila_iter selected(const json *e, by_kernel *kernel,
                                 by_callback *callback)
{
    const json *name = json_at(e, 1);
    pila_iter it = child(e, 2);

    if (in_numbers(it.type)) return kernel(it, *fn1_of(name)->test);
    return callback(it, call_test, call_of1(name, it.type));
}

static inline pila_iter node_filter(const json *e)
{
    return selected(e, pila_filter, pila_filter_fn);
}

static inline pila_iter node_takewhile(const json *e)
{
    return selected(e, pila_takewhile, pila_takewhile_fn);
}

static inline pila_iter node_zip(const json *e)
{
    pila_iter its[CHILDREN];
    size_t n = children(json_at(e, 1), its);

    if (flag_arg(e, 2)) return pila_zip_strict(its, n);
    return n == 2 ? pila_zip2(its[0], its[1]) : pila_zip(its, n);
}

static inline pila_iter node_enumerate(const json *e)
{
    const json *start = json_at(e, 2);
    return pila_enumerate(child(e, 1), start ? start->number : 0);
}

static inline pila_iter node_batched(const json *e)
{
    pila_iter it = child(e, 1);
    size_t n = size_arg(e, 2, 0);

    return flag_arg(e, 3) ? pila_batched_strict(it, n) : pila_batched(it, n);
}

static inline pila_iter node_pairwise(const json *e)
{
    return pila_pairwise(child(e, 1));
}

static inline pila_iter build(const json *e)
{
    static const node shared[] = {{"src", node_src},
                                  {"floats", node_floats},
                                  {"chain", node_chain},
                                  {"islice", node_islice},
                                  {"map", node_map},
                                  {"starmap", node_starmap},
                                  {"filter", node_filter},
                                  {"takewhile", node_takewhile},
                                  {"zip", node_zip},
                                  {"enumerate", node_enumerate},
                                  {"batched", node_batched},
                                  {"pairwise", node_pairwise},
                                  {NULL, NULL}};
    const node *tables[] = {shared, own_nodes()};

    for (size_t t = 0; e && e->n && t < 2; t++)
        for (const node *n = tables[t]; n->name; n++) {
            if (!json_is(e->first, n->name)) continue;
            pila_iter it = n->make(e);
            if (it.status != PILA_OK && it.status != PILA_END) refuse(it.status);
            return it;
        }
    refuse(PILA_EREFUSED);
    return pila_failed(PILA_END);
}

/* ---- a case ---- */

static inline void expr_end(void)
{
    pila_iter_drop(&ex.it);
    for (size_t k = 0; k < ex.branches; k++) pila_iter_drop(&ex.branch[k]);
    for (size_t k = 0; k < ex.n; k++) pila_iter_drop(&ex.sources[k].it);
}

static inline pila_status expr_begin(const json *request)
{
    const json *list = json_get(request, "sources"), *e = json_get(request, "expr");
    const json *window = json_get(request, "window");

    memset(&ex, 0, sizeof ex);
    ex.it = pila_failed(PILA_END);
    ex.window = window ? (size_t)window->number : 1;
    if (ex.window > WINDOW) ex.window = WINDOW;
    for (const json *x = list ? list->first : NULL; x && ex.n < SOURCES; x = x->next)
        source_start(&ex.sources[ex.n++], x);
    count_uses(e);
    if (e) ex.it = build(e);
    if (ex.failed != PILA_OK) expr_end();
    return ex.failed;
}

/* How many items each source gave; one that was asked for more than it had is -1 less
 * that. */
static inline void op_taken(const json *op)
{
    (void)op;
    say_open('[');
    for (size_t k = 0; k < ex.n; k++) {
        const source *s = &ex.sources[k];
        say_int(s->ended ? -1 - s->taken : s->taken);
    }
    say_close(']');
}

static inline void expr_state(void)
{
    if (ex.window == 1) op_taken(NULL);
    else say_null();
}

/* ---- operations ---- */

/* Up to n items, and behind them the fault, if it ended with one. */
static inline void say_some(pila_iter *it, int64_t n)
{
    const void *item;

    say_open('[');
    for (; n > 0 && (item = pila_next_item(it)); n--) say_item(it->type, item);
    if (n > 0 && it->status != PILA_END) {
        char text[40] = "!";
        strncat(text, pila_status_exception(it->status), sizeof text - 2);
        say_text(text, strlen(text));
    }
    say_close(']');
}

static inline void say_number_if(pila_status st, int64_t x)
{
    if (st == PILA_OK) say_int(x);
    else say_status(st);
}

static inline void say_float_if(pila_status st, double x)
{
    if (st == PILA_OK) say_float(x);
    else say_status(st);
}

static inline void op_next(const json *op)
{
    (void)op;
    say_next(&ex.it);
}

static inline void op_take(const json *op) { say_some(&ex.it, arg_int(op, 1, 0)); }

static inline void op_rest(const json *op)
{
    (void)op;
    say_some(&ex.it, MOST);
}

/* Go on by so many items: the recipe consume. */
static inline void op_skip(const json *op)
{
    say_status(pila_advance(&ex.it, (size_t)arg_int(op, 1, 0)));
}

/* What the expression made, for a sink that takes it over. */
static inline pila_iter the_rest(void)
{
    pila_iter it = ex.it;

    ex.it = pila_failed(PILA_END);
    return it;
}

static inline pila_iter *branch_of(const json *op)
{
    return &ex.branch[(size_t)arg_int(op, 1, 0) % BRANCHES];
}

static inline void op_branch_next(const json *op) { say_next(branch_of(op)); }

static inline void op_branch_take(const json *op)
{
    say_some(branch_of(op), arg_int(op, 2, 0));
}

static inline void op_branch_drop(const json *op)
{
    pila_iter_drop(branch_of(op));
    say_null();
}

#define EXPR_OPERATIONS                                                                \
    {"next", op_next}, {"take", op_take}, {"rest", op_rest}, {"taken", op_taken},      \
    {                                                                                  \
        "skip", op_skip                                                                \
    }
#define BRANCH_OPERATIONS                                                              \
    {"of", op_branch_next}, {"take_of", op_branch_take}, { "drop", op_branch_drop }

#endif
