/* heapq.c - heapq: the subject is the array of a heap, which must be CPython's after
 * every call. */
#include "keys.h"

#include <pila/collections/heapq.h>

#include <string.h>

static pila_list heap;
static pila_iter walk; /* what merge made, and next asks */
static bool walks;
static named_key walk_key;

static pila_status begin(const json *request)
{
    walks = false;
    pila_list_init(&heap, item_type);
    return pila_list_extend(&heap, iter_of(json_get(request, "init")));
}

static void end(void)
{
    if (walks) pila_iter_drop(&walk);
    pila_list_done(&heap);
}

static void state(void) { say_all(pila_list_iter(&heap)); }

/* ---- a heap ---- */

static bool is_max(const json *op)
{
    const json *name = op->first;
    return name->len > 4 && memcmp(name->text + name->len - 4, "_max", 4) == 0;
}

static void heapify(const json *op)
{
    say_status((is_max(op) ? pila_heapify_max : pila_heapify)(&heap));
}

static void heappush(const json *op)
{
    cell x;
    say_status(pila_heappush(&heap, arg_item(op, 1, &x)));
}

/* Where a comparison failed after the first item was taken, it is at the end, and
 * CPython has dropped it. */
static void drop_taken(void) { (void)!pila_list_pop(&heap, -1, NULL); }

static void heappop(const json *op)
{
    cell x;
    pila_status st = (is_max(op) ? pila_heappop_max : pila_heappop)(&heap, &x);

    if (st != PILA_OK && st != PILA_EEMPTY) drop_taken();
    say_item_if(st, &x);
}

static void heapreplace(const json *op)
{
    cell x, out;
    const void *item = arg_item(op, 1, &x);
    pila_status st =
        (is_max(op) ? pila_heapreplace_max : pila_heapreplace)(&heap, item, &out);

    if (st != PILA_OK && st != PILA_EEMPTY) drop_taken();
    say_item_if(st, &out);
}

static void heappushpop(const json *op)
{
    cell x, out;
    const void *item = arg_item(op, 1, &x);
    size_t n = pila_list_len(&heap);
    pila_status st = pila_heappushpop(&heap, item, &out);

    /* nothing was taken if the very first comparison failed */
    if (st == PILA_EMUTATED || (st != PILA_OK && pila_list_len(&heap) > n))
        drop_taken();
    say_item_if(st, &out);
}

static void changed(const json *op)
{
    say_status((is_max(op) ? pila_heap_changed_max
                           : pila_heap_changed)(&heap, arg_index(op, 1, 0)));
}

/* ---- the same storage as an array, and by callbacks ---- */

static void heapify_items(const json *op)
{
    say_status(pila_heapify_items(pila_list_data(&heap), pila_list_len(&heap),
                                  item_type, is_max(op)));
}

static void changed_items(const json *op)
{
    size_t n = pila_list_len(&heap), i = (size_t)arg_index(op, 1, 0);
    say_status(pila_heap_changed_items(pila_list_data(&heap), n, item_type, i, false));
}

static char *item_at(size_t i)
{
    return (char *)pila_list_data(&heap) + i * item_type->size;
}

static pila_status less_by(void *ctx, size_t i, size_t j, bool *out)
{
    (void)ctx;
    return pila_type_less(item_type, item_at(i), item_at(j), out);
}

static pila_status swap_by(void *ctx, size_t i, size_t j)
{
    cell held;

    (void)ctx;
    memcpy(&held, item_at(i), item_type->size);
    memmove(item_at(i), item_at(j), item_type->size);
    memcpy(item_at(j), &held, item_type->size);
    return PILA_OK;
}

static const pila_heap_by storage = {NULL, less_by, swap_by};

static void heapify_by(const json *op)
{
    (void)op;
    say_status(pila_heapify_by(&storage, pila_list_len(&heap)));
}

static void changed_by(const json *op)
{
    size_t i = (size_t)arg_index(op, 1, 0);
    say_status(pila_heap_changed_by(&storage, pila_list_len(&heap), i));
}

/* ---- the list under it ---- */

static void append(const json *op)
{
    cell x;
    say_status(pila_list_append(&heap, arg_item(op, 1, &x)));
}

static void set(const json *op)
{
    cell x;
    say_status(pila_list_set(&heap, arg_index(op, 1, 0), arg_item(op, 2, &x)));
}

static void pop(const json *op)
{
    cell x;
    (void)op;
    say_item_if(pila_list_pop(&heap, -1, &x), &x);
}

static void clear(const json *op)
{
    (void)op;
    pila_list_clear(&heap);
    say_null();
}

/* ---- iterators ---- */

/* Of a list's items, or of the heap's own; so many of them, by a key. */
static void best(const json *op)
{
    named_key room;
    const pila_key *key = key_of(arg(op, 3), item_type, &room);
    int64_t n = arg_int(op, 1, 0);
    pila_iter from = has_arg(op, 2) ? arg_iter(op, 2) : pila_list_iter(&heap);
    pila_list made;

    pila_list_init(&made, item_type);
    pila_status st = (json_is(op->first, "nlargest")
                          ? pila_nlargest
                          : pila_nsmallest)(from, n < 0 ? 0 : (size_t)n, key, &made);
    if (st == PILA_OK) say_all(pila_list_iter(&made));
    else say_status(st);
    pila_list_done(&made);
}

enum { MOST_MERGED = 8 };

static pila_iter merged(const json *op)
{
    pila_iter sources[MOST_MERGED];
    size_t n = 0;

    for (const json *j = arg(op, 1)->first; j && n < MOST_MERGED; j = j->next)
        sources[n++] = iter_of(j);
    return pila_merge(sources, n, key_of(arg(op, 2), item_type, &walk_key),
                      arg_true(op, 3));
}

static void merge(const json *op) { say_all(merged(op)); }

static void stop(void)
{
    if (walks) pila_iter_drop(&walk);
    walks = false;
}

static void iter_merge(const json *op)
{
    stop();
    walk = merged(op);
    walks = true;
    say_null();
}

/* A generator that has failed is over. */
static void next(const json *op)
{
    (void)op;
    if (!walks) {
        say_status(PILA_END);
        return;
    }
    say_next(&walk);
    if (walk.status != PILA_OK) stop();
}

static const operation operations[] = {{"heapify", heapify},
                                       {"heapify_max", heapify},
                                       {"heappush", heappush},
                                       {"heappop", heappop},
                                       {"heappop_max", heappop},
                                       {"heapreplace", heapreplace},
                                       {"heapreplace_max", heapreplace},
                                       {"heappushpop", heappushpop},
                                       {"changed", changed},
                                       {"changed_max", changed},
                                       {"heapify_items", heapify_items},
                                       {"heapify_items_max", heapify_items},
                                       {"changed_items", changed_items},
                                       {"heapify_by", heapify_by},
                                       {"changed_by", changed_by},
                                       {"append", append},
                                       {"set", set},
                                       {"pop", pop},
                                       {"clear", clear},
                                       {"nlargest", best},
                                       {"nsmallest", best},
                                       {"merge", merge},
                                       {"iter_merge", iter_merge},
                                       {"next", next},
                                       {NULL, NULL}};

const module heapq_module = {"heapq", operations, false, begin, state, end};
