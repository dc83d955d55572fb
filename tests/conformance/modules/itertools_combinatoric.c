/* itertools_combinatoric.c - product, permutations, combinations, also from a place on
 * and one alone. */
#include "expr.h"

#include <pila/itertools/combinatorics.h>

enum { PLACES = 64 };

/* ---- nodes: the pools, a size, and perhaps where to start and how many ---- */

static bool from_a_place(const json *e) { return json_at(e, 4) != NULL; }

static uint64_t start_of(const json *e) { return (uint64_t)size_arg(e, 3, 0); }

static uint64_t count_of(const json *e)
{
    return is_null(json_at(e, 4)) ? UINT64_MAX : (uint64_t)size_arg(e, 4, 0);
}

static pila_iter node_product(const json *e)
{
    pila_iter its[CHILDREN];
    size_t n = children(json_at(e, 1), its), repeat = size_arg(e, 2, 1);

    if (!from_a_place(e)) return pila_product(its, n, repeat);
    return pila_product_from(its, n, repeat, start_of(e), count_of(e));
}

static pila_iter node_permutations(const json *e)
{
    pila_iter pool = child(e, 1);
    size_t r = size_arg(e, 2, PILA_ALL);

    if (!from_a_place(e)) return pila_permutations(pool, r);
    return pila_permutations_from(pool, r, start_of(e), count_of(e));
}

static pila_iter node_combinations(const json *e)
{
    pila_iter pool = child(e, 1);
    size_t r = size_arg(e, 2, 0);

    if (!from_a_place(e)) return pila_combinations(pool, r);
    return pila_combinations_from(pool, r, start_of(e), count_of(e));
}

static pila_iter node_multisets(const json *e)
{
    pila_iter pool = child(e, 1);
    size_t r = size_arg(e, 2, 0);

    if (!from_a_place(e)) return pila_combinations_with_replacement(pool, r);
    return pila_combinations_with_replacement_from(pool, r, start_of(e), count_of(e));
}

static pila_iter node_powerset(const json *e) { return pila_powerset(child(e, 1)); }

static const node *own_nodes(void)
{
    static const node own[] = {{"product", node_product},
                               {"permutations", node_permutations},
                               {"combinations", node_combinations},
                               {"combinations_with_replacement", node_multisets},
                               {"powerset", node_powerset},
                               {NULL, NULL}};
    return own;
}

/* ---- positions ---- */

static size_t sizes_of(const json *list, size_t *sizes)
{
    size_t n = 0;

    for (const json *x = list->first; x && n < PLACES; x = x->next)
        sizes[n++] = (size_t)x->number;
    return n;
}

static void say_places(pila_status st, const size_t *places, size_t n)
{
    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    say_open('[');
    for (size_t k = 0; k < n; k++) say_int((int64_t)places[k]);
    say_close(']');
}

static size_t size_of_arg(const json *op, size_t k)
{
    return (size_t)arg_int(op, k, -1); /* null is PILA_ALL */
}

static void op_nth_product(const json *op)
{
    size_t sizes[PLACES], places[PLACES], n = sizes_of(arg(op, 1), sizes);
    size_t repeat = size_of_arg(op, 2);
    pila_status st =
        pila_nth_product(sizes, n, repeat, (uint64_t)arg_int(op, 3, 0), places);

    say_places(st, places, n * repeat);
}

typedef pila_status nth(size_t, size_t, uint64_t, size_t *);

static void say_nth(nth *find, const json *op)
{
    size_t places[PLACES], n = size_of_arg(op, 1), r = size_of_arg(op, 2);
    pila_status st = find(n, r, (uint64_t)arg_int(op, 3, 0), places);

    say_places(st, places, r == PILA_ALL ? n : r);
}

static void op_nth_permutation(const json *op) { say_nth(pila_nth_permutation, op); }
static void op_nth_combination(const json *op) { say_nth(pila_nth_combination, op); }

static void op_nth_multiset(const json *op)
{
    say_nth(pila_nth_combination_with_replacement, op);
}

static void say_count(pila_status st, uint64_t n) { say_int_if(st, (size_t)n); }

static void op_product_count(const json *op)
{
    size_t sizes[PLACES], n = sizes_of(arg(op, 1), sizes);
    uint64_t count = 0;
    pila_status st = pila_product_count(sizes, n, size_of_arg(op, 2), &count);

    say_count(st, count);
}

typedef pila_status how_many(size_t, size_t, uint64_t *);

static void say_how_many(how_many *count_them, const json *op)
{
    uint64_t count = 0;
    pila_status st = count_them(size_of_arg(op, 1), size_of_arg(op, 2), &count);

    say_count(st, count);
}

static void op_perm(const json *op) { say_how_many(pila_permutations_count, op); }
static void op_comb(const json *op) { say_how_many(pila_combinations_count, op); }

static void op_multisets(const json *op)
{
    say_how_many(pila_combinations_with_replacement_count, op);
}

/* ---- by chance, which the case gives ---- */

static uint64_t draw(void *ctx, uint64_t n)
{
    const json **next = ctx;
    const json *x = *next;

    if (!x) return 0;
    *next = x->next;
    return (uint64_t)x->number % n;
}

static void op_random_product(const json *op)
{
    size_t sizes[PLACES], places[PLACES], n = sizes_of(arg(op, 1), sizes);
    size_t repeat = size_of_arg(op, 2);
    const json *draws = arg(op, 3)->first;
    pila_chance chance = {draw, &draws};
    pila_status st = pila_random_product(sizes, n, repeat, chance, places);

    say_places(st, places, n * repeat);
}

static void op_random_multiset(const json *op)
{
    size_t places[PLACES], n = size_of_arg(op, 1), r = size_of_arg(op, 2);
    const json *draws = arg(op, 3)->first;
    pila_chance chance = {draw, &draws};
    pila_status st = pila_random_combination_with_replacement(n, r, chance, places);

    say_places(st, places, r);
}

typedef pila_status by_chance(size_t, size_t, pila_chance, size_t *);

/* Which it is depends on the algorithm; that it is one of those there are does not. */
static void say_random(by_chance *choose, bool sorted, const json *op)
{
    size_t places[PLACES], n = size_of_arg(op, 1), r = size_of_arg(op, 2);
    const json *draws = arg(op, 3)->first;
    pila_chance chance = {draw, &draws};
    pila_status st = choose(n, r, chance, places);
    bool fine = true, seen[PLACES] = {false};

    if (st == PILA_OK && r == PILA_ALL) r = n;
    for (size_t k = 0; st == PILA_OK && k < r; k++) {
        fine = fine && places[k] < n && !seen[places[k] % PLACES] &&
               (!sorted || k == 0 || places[k - 1] < places[k]);
        seen[places[k] % PLACES] = true;
    }
    say_bool_if(st, fine);
}

static void op_random_permutation(const json *op)
{
    say_random(pila_random_permutation, false, op);
}

static void op_random_combination(const json *op)
{
    say_random(pila_random_combination, true, op);
}

static const operation operations[] = {
    EXPR_OPERATIONS,
    {"nth_product", op_nth_product},
    {"nth_permutation", op_nth_permutation},
    {"nth_combination", op_nth_combination},
    {"nth_combination_with_replacement", op_nth_multiset},
    {"product_count", op_product_count},
    {"perm", op_perm},
    {"comb", op_comb},
    {"combinations_with_replacement_count", op_multisets},
    {"random_product", op_random_product},
    {"random_permutation", op_random_permutation},
    {"random_combination", op_random_combination},
    {"random_combination_with_replacement", op_random_multiset},
    {NULL, NULL}};

const module itertools_combinatoric_module = {
    "itertools_combinatoric", operations, false, expr_begin, expr_state, expr_end};
