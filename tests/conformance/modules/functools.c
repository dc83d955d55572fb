/* functools.c - reduce, partial, cmp_to_key and lru_cache. */
#include "expr.h"

#include <pila/collections/heapq.h>
#include <pila/collections/lru_cache.h>
#include <pila/collections/sorted.h>
#include <pila/itertools/functools.h>

PILA_LRU_CACHE(Numbers, int64_t, int64_t)

static struct {
    bool is_cache; /* the case is of lru_cache */
    pila_lru_cache any;
    Numbers numbers;
    int64_t made; /* calls of the cached function that succeeded */
    pila_partial partial[CALLS];
    int64_t first[CALLS];
    size_t partials;
    pila_cmp cmp;
} fun;

/* ---- partial ---- */

#define WITH(name)                                                                     \
    PILA_MAPPER_CTX(name##_with, int64_t, int64_t, x, int64_t, name##_of(*ctx, x))     \
    PILA_PREDICATE_CTX(name##_where, int64_t, x, int64_t, name##_of(*ctx, x) != 0)

WITH(add)
WITH(sub)
WITH(mul)
WITH(mix)
WITH(larger)

typedef struct bound {
    const char *name;
    const pila_kernel *map, *test;
} bound;

static const bound *bound_of(const json *name)
{
    static const bound all[] = {{"add", &add_with, &add_where},
                                {"sub", &sub_with, &sub_where},
                                {"mul", &mul_with, &mul_where},
                                {"mix", &mix_with, &mix_where},
                                {"larger", &larger_with, &larger_where}};

    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (json_is(name, all[k].name)) return &all[k];
    return &all[0];
}

static const int64_t *lasting_number(const json *e, size_t k)
{
    int64_t *room = &fun.first[fun.partials++ % CALLS];

    *room = item_int(item_type, lasting(e, k));
    return room;
}

static pila_partial *new_partial(const json *e, pila_binary_callback *fn)
{
    pila_partial *p = &fun.partial[fun.partials++ % CALLS];

    *p = (pila_partial){fn, call_of2(json_at(e, 1), item_type), lasting(e, 2)};
    return p;
}

/* map(partial(fn, first), it) */
static pila_iter node_partial_map(const json *e)
{
    pila_iter it = child(e, 3);

    if (in_numbers(item_type))
        return pila_map(it, pila_kernel_with(*bound_of(json_at(e, 1))->map,
                                             lasting_number(e, 2)));
    return pila_map_fn(it, item_type, pila_partial_call, new_partial(e, call_two));
}

static pila_status test_two(void *ctx, const void *a, const void *b, void *out)
{
    const call *c = ctx;
    pila_status st = counted(c);

    if (st == PILA_OK)
        *(bool *)out = c->two(item_int(c->type, a), item_int(c->type, b)) != 0;
    return st;
}

static pila_iter node_partial_filter(const json *e)
{
    pila_iter it = child(e, 3);

    if (in_numbers(item_type))
        return pila_filter(it, pila_kernel_with(*bound_of(json_at(e, 1))->test,
                                                lasting_number(e, 2)));
    return pila_filter_fn(it, pila_partial_test, new_partial(e, test_two));
}

/* ---- cmp_to_key ---- */

static int sign(int64_t x) { return (x > 0) - (x < 0); }
static int cmp_up(int64_t a, int64_t b) { return sign(a - b); }
static int cmp_down(int64_t a, int64_t b) { return sign(b - a); }
static int cmp_mod3(int64_t a, int64_t b) { return sign(mod3_of(a) - mod3_of(b)); }
static int cmp_same(int64_t a, int64_t b) { return (void)a, (void)b, 0; }

typedef int comparison(int64_t, int64_t);

static comparison *comparison_of(const json *name)
{
    return json_is(name, "down")   ? cmp_down
           : json_is(name, "mod3") ? cmp_mod3
           : json_is(name, "same") ? cmp_same
                                   : cmp_up;
}

static comparison *the_comparison;

static pila_status compare(void *ctx, const void *a, const void *b, int *out)
{
    pila_status st = call_out("fn");

    (void)ctx;
    if (st == PILA_OK)
        *out = the_comparison(item_int(item_type, a), item_int(item_type, b));
    return st;
}

static void compare_by(const json *name)
{
    the_comparison = comparison_of(name);
    pila_cmp_to_key(&fun.cmp, item_type, compare, NULL);
}

static pila_iter node_sorted_by(const json *e)
{
    pila_iter it = child(e, 2);

    compare_by(json_at(e, 1));
    pila_key key = {&fun.cmp.type, pila_cmp_key, &fun.cmp};
    return pila_sorted(it, &key, flag_arg(e, 3));
}

static const node *own_nodes(void)
{
    static const node own[] = {{"partial_map", node_partial_map},
                               {"partial_filter", node_partial_filter},
                               {"sorted_by", node_sorted_by},
                               {NULL, NULL}};
    return own;
}

static void op_min_by(const json *op)
{
    cell room;

    compare_by(arg(op, 1));
    say_item_if(pila_min_by(the_rest(), &fun.cmp.type, pila_cmp_key, &fun.cmp,
                            item_type, &room),
                &room);
}

static void op_max_by(const json *op)
{
    cell room;

    compare_by(arg(op, 1));
    say_item_if(pila_max_by(the_rest(), &fun.cmp.type, pila_cmp_key, &fun.cmp,
                            item_type, &room),
                &room);
}

/* A heap in the order of a comparison: all items in, one by one, and out again. */
static pila_status heap_through(pila_list *heap, pila_iter it)
{
    const void *item;
    pila_status st = PILA_OK;

    while (st == PILA_OK && (item = pila_next_item(&it)))
        st = pila_heappush(heap, item);
    if (st == PILA_OK) st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

static void op_heap_by(const json *op)
{
    pila_list heap;
    cell room;

    compare_by(arg(op, 1));
    pila_list_init(&heap, &fun.cmp.type);
    pila_status st = heap_through(&heap, the_rest());
    if (st != PILA_OK) say_status(st);
    else {
        say_open('[');
        while (st == PILA_OK && pila_list_len(&heap)) {
            st = pila_heappop(&heap, &room);
            if (st != PILA_OK) say_text("!Exception", strlen("!Exception"));
            else say_item_if(st, &room);
        }
        say_close(']');
    }
    pila_list_done(&heap);
}

/* ---- reduce ---- */

static void op_reduce(const json *op)
{
    cell room, result;
    const void *initial = is_null(arg(op, 2)) ? NULL : item_of(arg(op, 2), &room);
    const fn2 *f = fn2_of(arg(op, 1));
    pila_iter it = the_rest();

    memset(&result, 0, sizeof result);
    if (in_numbers(item_type))
        say_item_if(pila_reduce(it, *f->fold, initial, &result), &result);
    else
        say_item_if(pila_reduce_fn(it, call_two, call_of2(arg(op, 1), item_type),
                                   initial, item_type, &result),
                    &result);
}

PILA_FOLD_CTX(scaled, int64_t, int64_t, acc, x, int64_t, acc **ctx + x)

static pila_status scaled_fn(void *ctx, const void *acc, const void *x, void *out)
{
    const int64_t *by = ctx;
    pila_status st = call_out("fn");

    if (st != PILA_OK) return st;
    return give_number(item_int(item_type, acc) * *by + item_int(item_type, x), out);
}

/* Of a function that sees a context. */
static void op_reduce_scaled(const json *op)
{
    int64_t by = arg_int(op, 1, 0);
    pila_iter it = the_rest();
    cell result;

    memset(&result, 0, sizeof result);
    if (in_numbers(item_type))
        say_item_if(pila_reduce(it, pila_fold_with(scaled, &by), NULL, &result),
                    &result);
    else
        say_item_if(pila_reduce_fn(it, scaled_fn, &by, NULL, item_type, &result),
                    &result);
}

/* ---- lru_cache: of a function that answers how often it was called ---- */

static pila_status count_call(void *ctx, const void *key, void *out)
{
    pila_status st = call_out("fn");

    (void)ctx;
    (void)key;
    if (st == PILA_OK) *(int64_t *)out = ++fun.made;
    return st;
}

static pila_status count_number(void *ctx, const int64_t *key, int64_t *out)
{
    return count_call(ctx, key, out);
}

static void op_call(const json *op)
{
    cell room;
    int64_t value = 0;
    const void *key = arg_item(op, 1, &room);
    pila_status st = in_numbers(item_type)
                         ? Numbers_call(&fun.numbers, room.number, &value)
                         : pila_lru_cache_call(&fun.any, key, &value);

    if (st == PILA_OK) say_int(value);
    else say_status(st);
}

static void op_info(const json *op)
{
    pila_lru_info info = in_numbers(item_type) ? Numbers_info(&fun.numbers)
                                               : pila_lru_cache_info(&fun.any);

    (void)op;
    say_open('[');
    say_int((int64_t)info.hits);
    say_int((int64_t)info.misses);
    if (info.maxsize == PILA_UNLIMITED) say_null();
    else say_int((int64_t)info.maxsize);
    say_int((int64_t)info.currsize);
    say_close(']');
}

static void op_clear(const json *op)
{
    (void)op;
    if (in_numbers(item_type)) Numbers_clear(&fun.numbers);
    else pila_lru_cache_clear(&fun.any);
    say_null();
}

/* ---- the module ---- */

static pila_status begin(const json *request)
{
    const json *cache = json_get(request, "cache");
    size_t maxsize = PILA_UNLIMITED;

    memset(&fun, 0, sizeof fun);
    if (!cache) return expr_begin(request);
    fun.is_cache = true;
    /* below 0 is 0 to Python; a size_t cannot say so */
    if (!is_null(cache)) maxsize = cache->number < 0 ? 0 : (size_t)cache->number;
    fun.numbers = Numbers_of(count_number, NULL, maxsize);
    return pila_lru_cache_init(&fun.any, item_type, &pila_i64, count_call, NULL,
                               maxsize);
}

static void state(void)
{
    if (fun.is_cache) op_info(NULL);
    else expr_state();
}

static void end(void)
{
    if (!fun.is_cache) expr_end();
    else {
        Numbers_done(&fun.numbers);
        pila_lru_cache_done(&fun.any);
    }
}

static const operation operations[] = {
    EXPR_OPERATIONS,       {"reduce", op_reduce}, {"reduce_scaled", op_reduce_scaled},
    {"min_by", op_min_by}, {"max_by", op_max_by}, {"heap_by", op_heap_by},
    {"call", op_call},     {"info", op_info},     {"clear", op_clear},
    {NULL, NULL}};

const module functools_module = {"functools", operations, false, begin, state, end};
