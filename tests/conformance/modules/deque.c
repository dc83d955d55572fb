/* deque.c - collections.deque. */
#include "../adapter.h"

#include <pila/collections/deque.h>

static pila_deque deque;
static pila_iter walk; /* what iter and reversed made, and next asks */
static bool walks;
/* Python's reversed counts down: at 0, or after a fault, it looks no more whether the
 * deque has changed. */
static size_t left;

static pila_status begin(const json *request)
{
    const json *bound = json_get(request, "maxlen");

    walks = false;
    pila_deque_init_max(&deque, item_type,
                        bound && bound->whole ? (size_t)bound->number : PILA_UNBOUNDED);
    return pila_deque_extend(&deque, iter_of(json_get(request, "init")));
}

static void end(void)
{
    if (walks) pila_iter_drop(&walk);
    pila_deque_done(&deque);
}

static void say_deque(const pila_deque *d) { say_all(pila_deque_iter(d)); }

static void state(void) { say_deque(&deque); }

static void append(const json *op)
{
    cell x;
    say_status(pila_deque_append(&deque, arg_item(op, 1, &x)));
}

static void appendleft(const json *op)
{
    cell x;
    say_status(pila_deque_appendleft(&deque, arg_item(op, 1, &x)));
}

static void pop(const json *op)
{
    cell x;
    (void)op;
    say_item_if(pila_deque_pop(&deque, &x), &x);
}

static void popleft(const json *op)
{
    cell x;
    (void)op;
    say_item_if(pila_deque_popleft(&deque, &x), &x);
}

static void extend(const json *op)
{
    say_status(pila_deque_extend(&deque, arg_iter(op, 1)));
}

static void extendleft(const json *op)
{
    say_status(pila_deque_extendleft(&deque, arg_iter(op, 1)));
}

static void extend_self(const json *op)
{
    (void)op;
    say_status(pila_deque_extend(&deque, pila_deque_iter(&deque)));
}

static void insert(const json *op)
{
    cell x;
    say_status(pila_deque_insert(&deque, arg_index(op, 1, 0), arg_item(op, 2, &x)));
}

static void set(const json *op)
{
    cell x;
    say_status(pila_deque_set(&deque, arg_index(op, 1, 0), arg_item(op, 2, &x)));
}

static void get(const json *op)
{
    const void *x = pila_deque_get(&deque, arg_index(op, 1, 0));

    if (x) say_item(item_type, x);
    else say_status(PILA_EINDEX);
}

static void del(const json *op)
{
    say_status(pila_deque_del(&deque, arg_index(op, 1, 0)));
}

static void remove_value(const json *op)
{
    cell x;
    pila_status st = pila_deque_remove(&deque, arg_item(op, 1, &x));

    if (st == PILA_EMUTATED) say_error("IndexError"); /* what Python calls it here */
    else say_status(st);
}

static void index_of(const json *op)
{
    cell x;
    size_t at = 0;
    pila_status st = pila_deque_index(&deque, arg_item(op, 1, &x), arg_index(op, 2, 0),
                                      arg_index(op, 3, PTRDIFF_MAX), &at);
    say_int_if(st, at);
}

static void count(const json *op)
{
    cell x;
    size_t n = 0;
    pila_status st = pila_deque_count(&deque, arg_item(op, 1, &x), &n);
    say_int_if(st, n);
}

static void contains(const json *op)
{
    cell x;
    bool in = false;
    pila_status st = pila_deque_contains(&deque, arg_item(op, 1, &x), &in);
    say_bool_if(st, in);
}

static void reverse(const json *op)
{
    (void)op;
    pila_deque_reverse(&deque);
    say_null();
}

static void rotate(const json *op)
{
    say_status(pila_deque_rotate(&deque, arg_index(op, 1, 1)));
}

static void clear(const json *op)
{
    (void)op;
    pila_deque_clear(&deque);
    say_null();
}

static void length(const json *op)
{
    (void)op;
    say_int((int64_t)pila_deque_len(&deque));
}

static void repr(const json *op)
{
    pila_buf text = {0};

    (void)op;
    pila_status st = pila_deque_repr(&deque, &text);
    say_repr(st, &text);
    pila_buf_done(&text);
}

/* Says what a call made, and drops it. */
static void say_made(pila_status st, pila_deque *made)
{
    if (st == PILA_OK) say_deque(made);
    else say_status(st);
    pila_deque_done(made);
}

static void copy(const json *op)
{
    pila_deque made;

    (void)op;
    pila_deque_init(&made, item_type);
    pila_status st = pila_deque_copy(&made, &deque);
    say_made(st, &made);
}

static void mul(const json *op)
{
    pila_deque made;

    pila_deque_init(&made, item_type);
    pila_status st = pila_deque_repeat(&made, &deque, arg_index(op, 1, 0));
    say_made(st, &made);
}

/* Another deque, of the items of an argument. */
static pila_status other_of(const json *op, pila_deque *other)
{
    pila_deque_init(other, item_type);
    return pila_deque_extend(other, arg_iter(op, 1));
}

static void add(const json *op)
{
    pila_deque made, other;
    pila_status st = other_of(op, &other);

    pila_deque_init(&made, item_type);
    if (st == PILA_OK) st = pila_deque_concat(&made, &deque, &other);
    say_made(st, &made);
    pila_deque_done(&other);
}

static void eq(const json *op)
{
    pila_deque other;
    bool same = false;
    pila_status st = other_of(op, &other);

    if (st == PILA_OK) st = pila_deque_eq(&deque, &other, &same);
    say_bool_if(st, same);
    pila_deque_done(&other);
}

static void lt(const json *op)
{
    pila_deque other;
    int order = 0;
    pila_status st = other_of(op, &other);

    if (st == PILA_OK) st = pila_deque_compare(&deque, &other, &order);
    say_bool_if(st, order < 0);
    pila_deque_done(&other);
}

static void walk_along(pila_iter it, size_t n)
{
    if (walks) pila_iter_drop(&walk);
    walk = it;
    walks = true;
    left = n;
    say_null();
}

static void iter(const json *op)
{
    (void)op;
    walk_along(pila_deque_iter(&deque), SIZE_MAX);
}

static void reversed(const json *op)
{
    (void)op;
    walk_along(pila_deque_reversed(&deque), pila_deque_len(&deque));
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

static const operation operations[] = {{"append", append},
                                       {"appendleft", appendleft},
                                       {"pop", pop},
                                       {"popleft", popleft},
                                       {"extend", extend},
                                       {"extendleft", extendleft},
                                       {"insert", insert},
                                       {"extend_self", extend_self},
                                       {"set", set},
                                       {"get", get},
                                       {"del", del},
                                       {"remove", remove_value},
                                       {"index", index_of},
                                       {"count", count},
                                       {"contains", contains},
                                       {"reverse", reverse},
                                       {"rotate", rotate},
                                       {"clear", clear},
                                       {"len", length},
                                       {"repr", repr},
                                       {"copy", copy},
                                       {"mul", mul},
                                       {"add", add},
                                       {"eq", eq},
                                       {"lt", lt},
                                       {"iter", iter},
                                       {"reversed", reversed},
                                       {"next", next},
                                       {NULL, NULL}};

const module deque_module = {"deque", operations, false, begin, state, end};
