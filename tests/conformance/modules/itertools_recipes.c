/* itertools_recipes.c - the recipes of the page on itertools, and the sinks that pila
 * has beside Python's built-ins. */
#include "expr.h"

#include <pila/collections/deque.h>
#include <pila/collections/sorted.h>
#include <pila/collections/unique.h>
#include <pila/itertools/recipes.h>
#include <pila/itertools/tee.h>

#include <math.h>

enum { NUMBERS = 64 };

enum { NODES = 16 };

typedef struct stack {
    const char *items;
    size_t n;
} stack;

/* What nodes keep: of each as many as an expression has. */
static struct {
    pila_deque tail[NODES];
    size_t tails;
    int64_t turn[NODES];
    size_t turns;
    stack stack[NODES];
    size_t stacks;
} kept;

/* ---- nodes ---- */

static pila_iter node_prepend(const json *e)
{
    return pila_prepend(lasting(e, 1), item_type, child(e, 2));
}

static pila_iter node_ncycles(const json *e)
{
    pila_iter it = child(e, 1);
    int64_t n = json_at(e, 2)->number;

    return pila_ncycles(it, n < 0 ? 0 : (size_t)n); /* as repeat counts */
}

static pila_iter node_tabulate(const json *e)
{
    return mapped(json_at(e, 1), as_items(pila_count(json_at(e, 2)->number, 1)));
}

/* Its own number, from 1. */
static pila_status make_turn(void *ctx, void *out)
{
    int64_t *turns = ctx;
    pila_status st = call_out("fn");

    return st == PILA_OK ? give_number(++*turns, out) : st;
}

static pila_iter node_repeatfunc(const json *e)
{
    int64_t *turn = &kept.turn[kept.turns++ % NODES];

    return pila_islice(pila_from_fn(item_type, make_turn, turn), 0,
                       size_arg(e, 1, PILA_TO_END), 1);
}

static pila_iter node_iter_until(const json *e)
{
    int64_t *turn = &kept.turn[kept.turns++ % NODES];

    return pila_from_fn_until(item_type, make_turn, turn, lasting(e, 1));
}

/* Python's pop raises at the end. */
static pila_status pop(void *ctx, void *out)
{
    stack *s = ctx;

    if (s->n == 0) return PILA_END;
    return pila_type_copy(item_type, out, s->items + --s->n * item_type->size);
}

static pila_iter node_iter_except(const json *e)
{
    stack *s = &kept.stack[kept.stacks++ % NODES];

    s->items = items_of(json_at(e, 1), &s->n);
    return pila_from_fn(item_type, pop, s);
}

/* The last n, by a deque that forgets. */
static pila_iter node_tail(const json *e)
{
    pila_iter it = child(e, 1);

    pila_deque *tail = &kept.tail[kept.tails++ % NODES];

    pila_deque_init_max(tail, item_type, size_arg(e, 2, 0));
    pila_status st = pila_deque_extend(tail, it);
    return st == PILA_OK ? pila_deque_iter(tail) : pila_failed(st);
}

static pila_iter node_justseen(const json *e)
{
    const json *key = json_at(e, 2);
    pila_iter it = child(e, 1);

    if (is_null(key)) return pila_unique_justseen(it);
    if (in_numbers(item_type)) return pila_unique_justseen_key(it, *fn1_of(key)->map);
    return pila_unique_justseen_fn(it, item_type, call_one, call_of1(key, item_type));
}

static const pila_key *key_arg(const json *e, size_t k, pila_key *room)
{
    const json *name = json_at(e, k);

    if (is_null(name)) return NULL;
    *room = (pila_key){item_type, call_one, call_of1(name, item_type)};
    return room;
}

/* Keys outlive the iterator. */
static pila_iter node_everseen(const json *e)
{
    static pila_key keys[CALLS];
    pila_iter it = child(e, 1);

    return pila_unique_everseen(it, key_arg(e, 2, &keys[ex.calls]));
}

static pila_iter node_unique(const json *e)
{
    static pila_key keys[CALLS];
    pila_iter it = child(e, 1);

    return pila_unique(it, key_arg(e, 2, &keys[ex.calls]), flag_arg(e, 3));
}

static pila_iter node_sorted(const json *e)
{
    pila_key key;
    pila_iter it = child(e, 1);

    return pila_sorted(it, key_arg(e, 2, &key), flag_arg(e, 3));
}

static pila_iter node_count_runs(const json *e) { return pila_count_runs(child(e, 1)); }

static pila_iter node_sliding_window(const json *e)
{
    pila_iter it = child(e, 1);
    return pila_sliding_window(it, size_arg(e, 2, 0));
}

static pila_iter node_grouper(const json *e)
{
    const json *how = json_at(e, 3);
    pila_iter it = child(e, 1);
    cell room;
    pila_incomplete incomplete = json_is(how, "fill")     ? PILA_INCOMPLETE_FILL
                                 : json_is(how, "strict") ? PILA_INCOMPLETE_STRICT
                                                          : PILA_INCOMPLETE_IGNORE;

    return pila_grouper(it, size_arg(e, 2, 0), incomplete,
                        item_of(json_at(e, 4), &room));
}

static pila_iter node_roundrobin(const json *e)
{
    pila_iter its[CHILDREN];
    size_t n = children(json_at(e, 1), its);

    return pila_roundrobin(its, n);
}

/* The false ones are branch 0, the true ones branch 1. */
static pila_iter node_partition(const json *e)
{
    const json *name = json_at(e, 1);
    pila_iter it = child(e, 2);

    if (in_numbers(it.type)) pila_partition(it, *fn1_of(name)->test, ex.branch);
    else pila_partition_fn(it, call_test, call_of1(name, it.type), ex.branch);
    ex.branches = 2;
    return pila_failed(PILA_END);
}

/* Two iterators, as branches. */
static pila_iter node_both(const json *e)
{
    ex.branch[0] = child(e, 1);
    ex.branch[1] = child(e, 2);
    ex.branches = 2;
    return pila_failed(PILA_END);
}

static pila_iter node_sieve(const json *e)
{
    return as_items(pila_sieve(json_at(e, 1)->number));
}

static const node *own_nodes(void)
{
    static const node own[] = {{"prepend", node_prepend},
                               {"ncycles", node_ncycles},
                               {"tabulate", node_tabulate},
                               {"repeatfunc", node_repeatfunc},
                               {"iter_until", node_iter_until},
                               {"iter_except", node_iter_except},
                               {"tail", node_tail},
                               {"unique_justseen", node_justseen},
                               {"unique_everseen", node_everseen},
                               {"unique", node_unique},
                               {"sorted", node_sorted},
                               {"count_runs", node_count_runs},
                               {"sliding_window", node_sliding_window},
                               {"grouper", node_grouper},
                               {"roundrobin", node_roundrobin},
                               {"partition", node_partition},
                               {"both", node_both},
                               {"sieve", node_sieve},
                               {NULL, NULL}};
    return own;
}

/* ---- sinks ---- */

static void op_nth(const json *op)
{
    cell room;
    say_item_if(pila_nth(the_rest(), (size_t)arg_int(op, 1, 0), item_type, &room),
                &room);
}

/* Copies of the first n; what comes after them stays. */
static void op_take_copies(const json *op)
{
    char room[MOST * sizeof(cell)];
    size_t n = (size_t)arg_int(op, 1, 0), taken = 0;
    pila_status st = pila_take(pila_ref(&ex.it), n, item_type, room, &taken);

    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    say_open('[');
    for (size_t k = 0; k < taken; k++) {
        say_item(item_type, room + k * item_type->size);
        pila_type_drop(item_type, room + k * item_type->size);
    }
    say_close(']');
}

static void op_len(const json *op)
{
    size_t n = 0;
    pila_status st = pila_len(the_rest(), &n);

    (void)op;
    say_int_if(st, n);
}

static void op_consume(const json *op)
{
    (void)op;
    say_status(pila_consume(the_rest()));
}

static void op_all_equal(const json *op)
{
    bool same = false;
    pila_status st = pila_all_equal(the_rest(), &same);

    (void)op;
    say_bool_if(st, same);
}

static pila_iter the_rest_where(const json *name)
{
    pila_iter it = the_rest();

    if (in_numbers(it.type)) return pila_filter(it, *fn1_of(name)->test);
    return pila_filter_fn(it, call_test, call_of1(name, it.type));
}

static void op_quantify(const json *op)
{
    size_t n = 0;
    pila_status st = pila_len(the_rest_where(arg(op, 1)), &n);

    say_int_if(st, n);
}

static void op_first_true(const json *op)
{
    cell room;
    say_item_if(pila_nth(the_rest_where(arg(op, 1)), 0, item_type, &room), &room);
}

static pila_iter take_branch(size_t k)
{
    pila_iter it = ex.branch[k];

    ex.branch[k] = pila_failed(PILA_END);
    return it;
}

static void op_equal(const json *op)
{
    bool same = false;
    pila_iter a = take_branch(0), b = take_branch(1);
    pila_status st = pila_equal(a, b, &same);

    (void)op;
    say_bool_if(st, same);
}

static void op_dotproduct(const json *op)
{
    pila_iter a = as_numbers(take_branch(0)), b = as_numbers(take_branch(1));
    double total = 0;
    int64_t sum = 0;

    (void)op;
    if (a.type->kind == PILA_KIND_F64) {
        pila_status st = pila_dotproduct_f64(a, b, &total);
        say_float_if(st, total);
        return;
    }
    pila_status st = pila_dotproduct_i64(a, b, &sum);
    say_number_if(st, sum);
}

/* ---- text, which is in the request itself ---- */

static size_t texts_of(const json *list, pila_str *texts)
{
    size_t n = 0;

    for (const json *x = list->first; x && n < NUMBERS; x = x->next)
        texts[n++] = (pila_str){x->text, x->len};
    return n;
}

static void op_join(const json *op)
{
    pila_str texts[NUMBERS];
    pila_buf text = {0};
    size_t n = texts_of(arg(op, 2), texts);
    pila_status st = pila_join(pila_span(texts, n, &pila_view),
                               pila_str_of(arg(op, 1)->text, arg(op, 1)->len), &text);

    say_repr(st, &text);
    pila_buf_done(&text);
}

/* A file that takes three bytes at a time. */
static ptrdiff_t write_some(void *ctx, const void *bytes, size_t n)
{
    size_t some = n < 3 ? n : 3;

    if (pila_buf_add(ctx, pila_str_of(bytes, some)) != PILA_OK) return -1;
    return (ptrdiff_t)some;
}

static void op_writelines(const json *op)
{
    pila_str texts[NUMBERS];
    pila_buf text = {0};
    size_t n = texts_of(arg(op, 2), texts);
    pila_status st = pila_write_lines(pila_span(texts, n, &pila_view),
                                      pila_str_of(arg(op, 1)->text, arg(op, 1)->len),
                                      pila_to_write(write_some, &text));

    say_repr(st, &text);
    pila_buf_done(&text);
}

/* ---- numbers and arrays ---- */

typedef struct numbers {
    size_t n;
    bool real;
    int64_t i[NUMBERS];
    double f[NUMBERS];
} numbers;

static numbers numbers_of(const json *list)
{
    numbers made = {.n = 0};

    for (const json *x = list ? list->first : NULL; x && made.n < NUMBERS;
         x = x->next) {
        const json *real = json_get(x, "f");
        if (real) made.real = true;
        made.i[made.n] = real ? 0 : x->number;
        made.f[made.n++] = real ? strtod(real->text, NULL) : (double)x->number;
    }
    return made;
}

static void say_numbers(pila_status st, const numbers *x)
{
    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    say_open('[');
    for (size_t k = 0; k < x->n; k++)
        if (x->real) say_float(x->f[k]);
        else say_int(x->i[k]);
    say_close(']');
}

static void op_is_prime(const json *op)
{
    say_bool(pila_is_prime((uint64_t)arg_int(op, 1, 0)));
}

static void op_factor(const json *op)
{
    uint64_t prime[PILA_FACTORS];
    size_t n = pila_factor((uint64_t)arg_int(op, 1, 0), prime);

    say_open('[');
    for (size_t k = 0; k < n; k++) say_int((int64_t)prime[k]);
    say_close(']');
}

static void op_totient(const json *op)
{
    say_int((int64_t)pila_totient((uint64_t)arg_int(op, 1, 0)));
}

static void op_multinomial(const json *op)
{
    numbers x = numbers_of(arg(op, 1));
    size_t counts[NUMBERS];
    uint64_t ways = 0;

    for (size_t k = 0; k < x.n; k++) counts[k] = (size_t)x.i[k];
    pila_status st = pila_multinomial(counts, x.n, &ways);
    say_int_if(st, (size_t)ways);
}

static void op_convolve(const json *op)
{
    numbers a = numbers_of(arg(op, 1)), b = numbers_of(arg(op, 2)), made = {.n = 0};

    made.real = a.real || b.real;
    made.n = a.n + b.n - 1;
    say_numbers(made.real ? pila_convolve_f64(a.f, a.n, b.f, b.n, made.f)
                          : pila_convolve_i64(a.i, a.n, b.i, b.n, made.i),
                &made);
}

static void op_polynomial_from_roots(const json *op)
{
    numbers a = numbers_of(arg(op, 1)), made = {.n = a.n + 1, .real = a.real};

    say_numbers(made.real ? pila_polynomial_from_roots_f64(a.f, a.n, made.f)
                          : pila_polynomial_from_roots_i64(a.i, a.n, made.i),
                &made);
}

static void op_polynomial_eval(const json *op)
{
    numbers c = numbers_of(arg(op, 1));
    const json *x = arg(op, 2), *real = json_get(x, "f");
    double value = 0;
    int64_t number = 0;

    if (real) {
        pila_status st =
            pila_polynomial_eval_f64(c.f, c.n, strtod(real->text, NULL), &value);
        say_float_if(st, value);
        return;
    }
    pila_status st = pila_polynomial_eval_i64(c.i, c.n, x->number, &number);
    say_number_if(st, number);
}

/* Into the array itself. */
static void op_polynomial_derivative(const json *op)
{
    numbers c = numbers_of(arg(op, 1));
    pila_status st = PILA_OK;

    if (c.real) pila_polynomial_derivative_f64(c.f, c.n, c.f);
    else st = pila_polynomial_derivative_i64(c.i, c.n, c.i);
    if (c.n) c.n--;
    say_numbers(st, &c);
}

static void op_transpose(const json *op)
{
    numbers a = numbers_of(arg(op, 1)), made = {.n = a.n, .real = a.real};
    size_t rows = (size_t)arg_int(op, 2, 0), columns = (size_t)arg_int(op, 3, 0);

    if (a.real) pila_transpose(a.f, rows, columns, sizeof(double), made.f);
    else pila_transpose(a.i, rows, columns, sizeof(int64_t), made.i);
    say_numbers(PILA_OK, &made);
}

static void op_matmul(const json *op)
{
    numbers a = numbers_of(arg(op, 1)), b = numbers_of(arg(op, 2)), made = {.n = 0};
    pila_matmul_shape shape = {(size_t)arg_int(op, 3, 0), (size_t)arg_int(op, 4, 0),
                               (size_t)arg_int(op, 5, 0)};

    made.n = shape.rows * shape.columns;
    made.real = a.real || b.real;
    say_numbers(made.real ? pila_matmul_f64(shape, a.f, b.f, made.f)
                          : pila_matmul_i64(shape, a.i, b.i, made.i),
                &made);
}

/* ---- the module ---- */

static void done(void)
{
    for (size_t k = 0; k < kept.tails && k < NODES; k++) pila_deque_done(&kept.tail[k]);
}

static void end(void)
{
    expr_end();
    done();
}

static pila_status begin(const json *request)
{
    memset(&kept, 0, sizeof kept);
    pila_status st = expr_begin(request);
    if (st != PILA_OK) done();
    return st;
}

static const operation operations[] = {EXPR_OPERATIONS,
                                       BRANCH_OPERATIONS,
                                       {"nth", op_nth},
                                       {"take_copies", op_take_copies},
                                       {"len", op_len},
                                       {"consume", op_consume},
                                       {"all_equal", op_all_equal},
                                       {"quantify", op_quantify},
                                       {"first_true", op_first_true},
                                       {"equal", op_equal},
                                       {"dotproduct", op_dotproduct},
                                       {"join", op_join},
                                       {"writelines", op_writelines},
                                       {"is_prime", op_is_prime},
                                       {"factor", op_factor},
                                       {"totient", op_totient},
                                       {"multinomial", op_multinomial},
                                       {"convolve", op_convolve},
                                       {"polynomial_from_roots",
                                        op_polynomial_from_roots},
                                       {"polynomial_eval", op_polynomial_eval},
                                       {"polynomial_derivative",
                                        op_polynomial_derivative},
                                       {"transpose", op_transpose},
                                       {"matmul", op_matmul},
                                       {NULL, NULL}};

const module itertools_recipes_module = {"itertools_recipes", operations, false, begin,
                                         expr_state,          end};
