/* list.c - list, and sorted and reversed. */
#include "keys.h"

#include <pila/collections/list.h>
#include <pila/collections/sorted.h>

static pila_list list;
static pila_iter walk; /* what iter and reversed made, and next asks */
static bool walks;

static pila_status begin(const json *request)
{
    walks = false;
    pila_list_init(&list, item_type);
    return pila_list_extend(&list, iter_of(json_get(request, "init")));
}

static void end(void)
{
    if (walks) pila_iter_drop(&walk);
    pila_list_done(&list);
}

static void say_list(const pila_list *l) { say_all(pila_list_iter(l)); }

static void state(void) { say_list(&list); }

static void append(const json *op)
{
    cell x;
    say_status(pila_list_append(&list, arg_item(op, 1, &x)));
}

static void extend(const json *op)
{
    say_status(pila_list_extend(&list, arg_iter(op, 1)));
}

static void extend_self(const json *op)
{
    (void)op;
    say_status(pila_list_extend(&list, pila_list_iter(&list)));
}

static void from(const json *op) { say_status(pila_list_from(&list, arg_iter(op, 1))); }

static void insert(const json *op)
{
    cell x;
    say_status(pila_list_insert(&list, arg_index(op, 1, 0), arg_item(op, 2, &x)));
}

static void pop(const json *op)
{
    cell x;
    say_item_if(pila_list_pop(&list, arg_index(op, 1, -1), &x), &x);
}

static void remove_value(const json *op)
{
    cell x;
    say_status(pila_list_remove(&list, arg_item(op, 1, &x)));
}

static void index_of(const json *op)
{
    cell x;
    size_t at = 0;
    pila_status st = pila_list_index(&list, arg_item(op, 1, &x), arg_index(op, 2, 0),
                                     arg_index(op, 3, PTRDIFF_MAX), &at);
    say_int_if(st, at);
}

static void count(const json *op)
{
    cell x;
    size_t n = 0;
    pila_status st = pila_list_count(&list, arg_item(op, 1, &x), &n);
    say_int_if(st, n);
}

static void contains(const json *op)
{
    cell x;
    bool in = false;
    pila_status st = pila_list_contains(&list, arg_item(op, 1, &x), &in);
    say_bool_if(st, in);
}

static void reverse(const json *op)
{
    (void)op;
    pila_list_reverse(&list);
    say_null();
}

static void clear(const json *op)
{
    (void)op;
    pila_list_clear(&list);
    say_null();
}

static void length(const json *op)
{
    (void)op;
    say_int((int64_t)pila_list_len(&list));
}

static void repr(const json *op)
{
    pila_buf text = {0};

    (void)op;
    pila_status st = pila_list_repr(&list, &text);
    say_repr(st, &text);
    pila_buf_done(&text);
}

/* ---- sorting ---- */

/* A comparison that failed leaves any order, in CPython and here: what was there before
 * comes back. */
static void sort(const json *op)
{
    named_key room;
    pila_list was;

    pila_list_init(&was, item_type);
    pila_status st = pila_list_copy(&was, &list);
    if (st == PILA_OK)
        st = pila_list_sort(&list, key_of(arg(op, 2), item_type, &room),
                            arg_true(op, 1));
    if (st != PILA_OK && st != PILA_EVALUE) pila_list_move(&list, &was);
    pila_list_done(&was);
    say_status(st);
}

/* Of a list's items, or of the list's own. */
static pila_iter source_of(const json *op)
{
    return has_arg(op, 1) ? arg_iter(op, 1) : pila_list_iter(&list);
}

static void sorted(const json *op)
{
    named_key room;
    const pila_key *key = key_of(arg(op, 3), item_type, &room);

    say_all(pila_sorted(source_of(op), key, arg_true(op, 2)));
}

static void reversed_of(const json *op) { say_all(pila_reversed(source_of(op))); }

/* ---- indices and slices ---- */

static void get(const json *op)
{
    const void *x = pila_list_get(&list, arg_index(op, 1, 0));

    if (x) say_item(item_type, x);
    else say_status(PILA_EINDEX);
}

static void set(const json *op)
{
    cell x;
    say_status(pila_list_set(&list, arg_index(op, 1, 0), arg_item(op, 2, &x)));
}

static void del(const json *op)
{
    say_status(pila_list_del(&list, arg_index(op, 1, 0)));
}

static pila_slice arg_slice(const json *op)
{
    return pila_slice_of(arg_index(op, 1, PILA_NONE), arg_index(op, 2, PILA_NONE),
                         arg_index(op, 3, PILA_NONE));
}

static void set_slice(const json *op)
{
    say_status(pila_list_set_slice(&list, arg_slice(op), arg_iter(op, 4)));
}

static void set_slice_self(const json *op)
{
    say_status(pila_list_set_slice(&list, arg_slice(op), pila_list_iter(&list)));
}

static void del_slice(const json *op)
{
    say_status(pila_list_del_slice(&list, arg_slice(op)));
}

/* slice(start, stop, step).indices(n), and how many they are */
static void indices(const json *op)
{
    pila_slice s = {0, 0, 0};
    size_t n = 0;
    pila_status st =
        pila_slice_indices(arg_slice(op), (size_t)arg_int(op, 4, 0), &s, &n);

    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    say_open('[');
    say_int(s.start);
    say_int(s.stop);
    say_int(s.step);
    say_int((int64_t)n);
    say_close(']');
}

/* ---- what makes another list ---- */

/* Says what a call made, and drops it. */
static void say_made(pila_status st, pila_list *made)
{
    if (st == PILA_OK) say_list(made);
    else say_status(st);
    pila_list_done(made);
}

static void slice(const json *op)
{
    pila_list made;

    pila_list_init(&made, item_type);
    pila_status st = pila_list_slice(&made, &list, arg_slice(op));
    say_made(st, &made);
}

static void copy(const json *op)
{
    pila_list made;

    (void)op;
    pila_list_init(&made, item_type);
    pila_status st = pila_list_copy(&made, &list);
    say_made(st, &made);
}

static void mul(const json *op)
{
    pila_list made;

    pila_list_init(&made, item_type);
    pila_status st = pila_list_repeat(&made, &list, arg_index(op, 1, 0));
    say_made(st, &made);
}

static void imul(const json *op)
{
    say_status(pila_list_repeat(&list, &list, arg_index(op, 1, 0)));
}

/* Another list, of the items of an argument. */
static pila_status other_of(const json *op, pila_list *other)
{
    pila_list_init(other, item_type);
    return pila_list_extend(other, arg_iter(op, 1));
}

static void add(const json *op)
{
    pila_list made, other;
    pila_status st = other_of(op, &other);

    pila_list_init(&made, item_type);
    if (st == PILA_OK) st = pila_list_concat(&made, &list, &other);
    say_made(st, &made);
    pila_list_done(&other);
}

static void add_self(const json *op)
{
    pila_list made;

    (void)op;
    pila_list_init(&made, item_type);
    pila_status st = pila_list_concat(&made, &list, &list);
    say_made(st, &made);
}

/* ---- comparing ---- */

static void eq(const json *op)
{
    pila_list other;
    bool same = false;
    pila_status st = other_of(op, &other);

    if (st == PILA_OK) st = pila_list_eq(&list, &other, &same);
    say_bool_if(st, same != json_is(op->first, "ne"));
    pila_list_done(&other);
}

static void order(const json *op)
{
    pila_list other;
    int c = 0;
    pila_status st = other_of(op, &other);
    bool equal = json_is(op->first, "le") || json_is(op->first, "ge");
    int wanted = json_is(op->first, "lt") || json_is(op->first, "le") ? -1 : 1;

    if (st == PILA_OK) st = pila_list_compare(&list, &other, &c);
    say_bool_if(st, c == wanted || (equal && c == 0));
    pila_list_done(&other);
}

/* ---- iterators ---- */

static void walk_along(pila_iter it)
{
    if (walks) pila_iter_drop(&walk);
    walk = it;
    walks = true;
    say_null();
}

static void iter(const json *op)
{
    (void)op;
    walk_along(pila_list_iter(&list));
}

static void reversed(const json *op)
{
    (void)op;
    walk_along(pila_list_reversed(&list));
}

static void next(const json *op)
{
    (void)op;
    if (walks) say_next(&walk);
    else say_status(PILA_END);
}

static const operation operations[] = {{"append", append},
                                       {"extend", extend},
                                       {"extend_self", extend_self},
                                       {"from", from},
                                       {"insert", insert},
                                       {"pop", pop},
                                       {"remove", remove_value},
                                       {"index", index_of},
                                       {"count", count},
                                       {"contains", contains},
                                       {"reverse", reverse},
                                       {"clear", clear},
                                       {"len", length},
                                       {"repr", repr},
                                       {"sort", sort},
                                       {"sorted", sorted},
                                       {"reversed_of", reversed_of},
                                       {"get", get},
                                       {"set", set},
                                       {"del", del},
                                       {"slice", slice},
                                       {"set_slice", set_slice},
                                       {"set_slice_self", set_slice_self},
                                       {"del_slice", del_slice},
                                       {"indices", indices},
                                       {"copy", copy},
                                       {"mul", mul},
                                       {"imul", imul},
                                       {"add", add},
                                       {"add_self", add_self},
                                       {"eq", eq},
                                       {"ne", eq},
                                       {"lt", order},
                                       {"le", order},
                                       {"gt", order},
                                       {"ge", order},
                                       {"iter", iter},
                                       {"reversed", reversed},
                                       {"next", next},
                                       {NULL, NULL}};

const module list_module = {"list", operations, false, begin, state, end};
