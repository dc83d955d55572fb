/* bisect.c - bisect, in each kind of storage that there is: "on" says in which. */
#include "keys.h"

#include <pila/collections/bisect.h>

/* What a search is asked. */
typedef struct query {
    const void *x;
    ptrdiff_t lo, hi;
    const pila_key *key;
} query;

typedef struct storage {
    const char *name;
    pila_status (*seek)(const query *q, bool right, size_t *out);
    pila_status (*insort)(const query *q, bool right); /* NULL: nothing is put in */
    pila_status (*append)(const void *item);
    pila_status (*pop)(void);
    void (*clear)(void);
    pila_iter (*iter)(void);
} storage;

static pila_list list; /* of the array and of callbacks, too */
static pila_deque deque;
static pila_array numbers;
static const storage *on;
static const pila_type *type; /* of the items in it */

/* ---- a list ---- */

static pila_status list_seek(const query *q, bool right, size_t *out)
{
    return (right ? pila_bisect_right : pila_bisect_left)(&list, q->x, q->lo, q->hi,
                                                          q->key, out);
}

static pila_status list_insort(const query *q, bool right)
{
    return (right ? pila_insort_right : pila_insort_left)(&list, q->x, q->lo, q->hi,
                                                          q->key);
}

static pila_status list_append(const void *item)
{
    return pila_list_append(&list, item);
}

static pila_status list_pop(void) { return pila_list_pop(&list, -1, NULL); }
static void list_clear(void) { pila_list_clear(&list); }
static pila_iter list_iter(void) { return pila_list_iter(&list); }

/* ---- a deque ---- */

static pila_status deque_seek(const query *q, bool right, size_t *out)
{
    return (right ? pila_deque_bisect_right
                  : pila_deque_bisect_left)(&deque, q->x, q->lo, q->hi, q->key, out);
}

static pila_status deque_insort(const query *q, bool right)
{
    return (right ? pila_deque_insort_right
                  : pila_deque_insort_left)(&deque, q->x, q->lo, q->hi, q->key);
}

static pila_status deque_append(const void *item)
{
    return pila_deque_append(&deque, item);
}

static pila_status deque_pop(void) { return pila_deque_pop(&deque, NULL); }
static void deque_clear(void) { pila_deque_clear(&deque); }
static pila_iter deque_iter(void) { return pila_deque_iter(&deque); }

/* ---- an array of numbers ---- */

static pila_status array_seek(const query *q, bool right, size_t *out)
{
    return (right ? pila_array_bisect_right
                  : pila_array_bisect_left)(&numbers, q->x, q->lo, q->hi, q->key, out);
}

static pila_status array_insort(const query *q, bool right)
{
    return (right ? pila_array_insort_right
                  : pila_array_insort_left)(&numbers, q->x, q->lo, q->hi, q->key);
}

static pila_status array_append(const void *item)
{
    return pila_array_append(&numbers, item);
}

static pila_status array_pop(void) { return pila_array_pop(&numbers, -1, NULL); }
static void array_clear(void) { pila_array_clear(&numbers); }
static pila_iter array_iter(void) { return pila_array_iter(&numbers); }

/* ---- a C array, and callbacks ---- */

static pila_status items_seek(const query *q, bool right, size_t *out)
{
    return (right ? pila_bisect_right_items
                  : pila_bisect_left_items)(pila_list_data(&list), pila_list_len(&list),
                                            type, q->x, q->key, out);
}

static pila_status less_left(void *ctx, size_t i, bool *out)
{
    const void *item = pila_list_get(&list, (ptrdiff_t)i);
    return item ? pila_type_less(type, item, ctx, out) : PILA_EINDEX;
}

static pila_status less_right(void *ctx, size_t i, bool *out)
{
    const void *item = pila_list_get(&list, (ptrdiff_t)i);
    return item ? pila_type_less(type, ctx, item, out) : PILA_EINDEX;
}

/* Who searches by callbacks says how many items there are, as None and -1 do. */
static pila_status by_seek(const query *q, bool right, size_t *out)
{
    void *x = (void *)(uintptr_t)q->x;
    bool whole = q->hi == PILA_NONE || q->hi == -1;
    ptrdiff_t hi = whole ? (ptrdiff_t)pila_list_len(&list) : q->hi;

    return right ? pila_bisect_right_by(less_right, x, q->lo, hi, out)
                 : pila_bisect_left_by(less_left, x, q->lo, hi, out);
}

static const storage kinds[] = {
    {"list", list_seek, list_insort, list_append, list_pop, list_clear, list_iter},
    {"deque", deque_seek, deque_insort, deque_append, deque_pop, deque_clear,
     deque_iter},
    {"array", array_seek, array_insort, array_append, array_pop, array_clear,
     array_iter},
    {"items", items_seek, NULL, list_append, list_pop, list_clear, list_iter},
    {"by", by_seek, NULL, list_append, list_pop, list_clear, list_iter},
};

/* ---- the subject ---- */

/* A value of a type, which may be that of keys, or of the numbers of an array. */
static const void *value_of(const json *j, const pila_type *t, cell *room)
{
    if (t == item_type) return item_of(j, room);
    if (t->kind == PILA_KIND_I64) room->number = j ? j->number : 0;
    else room->text = pila_string_borrow((pila_str){j->text, j->len});
    return room;
}

static pila_status begin(const json *request)
{
    const json *name = json_get(request, "on"), *bound = json_get(request, "maxlen");
    const json *init = json_get(request, "init");
    pila_status st = pila_array_init(&numbers, 'q');
    cell room;

    on = kinds;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (json_is(name, kinds[k].name)) on = &kinds[k];
    type = json_is(name, "array") ? &pila_i64 : item_type;
    pila_list_init(&list, item_type);
    pila_deque_init_max(&deque, item_type,
                        bound ? (size_t)bound->number : PILA_UNBOUNDED);
    for (const json *j = init ? init->first : NULL; j && st == PILA_OK; j = j->next)
        st = on->append(value_of(j, type, &room));
    return st;
}

static void end(void)
{
    pila_list_done(&list);
    pila_deque_done(&deque);
    pila_array_done(&numbers);
}

static void state(void) { say_all(on->iter()); }

/* ---- operations: x, lo, hi, key ---- */

static query query_of(const json *op, const pila_type *of, const pila_key *key,
                      cell *room)
{
    return (query){value_of(arg(op, 1), of, room), arg_index(op, 2, 0),
                   arg_index(op, 3, PILA_NONE), key};
}

static void bisect(const json *op)
{
    named_key named;
    cell room;
    size_t at = 0;
    const pila_key *key = key_of(arg(op, 4), type, &named);
    query q = query_of(op, key ? key->type : type, key, &room);
    pila_status st = on->seek(&q, json_is(op->first, "bisect_right"), &at);

    say_int_if(st, at);
}

static void insort(const json *op)
{
    named_key named;
    cell room;
    query q = query_of(op, type, key_of(arg(op, 4), type, &named), &room);

    say_status(on->insort(&q, json_is(op->first, "insort_right")));
}

static void append(const json *op)
{
    cell x;
    say_status(on->append(value_of(arg(op, 1), type, &x)));
}

static void pop(const json *op)
{
    (void)op;
    say_status(on->pop());
}

static void clear(const json *op)
{
    (void)op;
    on->clear();
    say_null();
}

static const operation operations[] = {
    {"bisect_left", bisect}, {"bisect_right", bisect},
    {"insort_left", insort}, {"insort_right", insort},
    {"append", append},      {"pop", pop},
    {"clear", clear},        {NULL, NULL}};

const module bisect_module = {"bisect", operations, false, begin, state, end};
