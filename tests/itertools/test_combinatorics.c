/* test_combinatorics.c - order, edges and random access of product, permutations and
 * combinations; the rows are CPython's. */
#include "check.h"

#include <pila/collections/list.h>
#include <pila/core/str.h>
#include <pila/itertools/adaptors.h>
#include <pila/itertools/combinatorics.h>
#include <pila/itertools/records.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>

typedef enum order { PRODUCT, PERMUTATIONS, CHOOSE, AGAIN, POWERSET } order;

/* ---- items of many types, each made of a letter ---- */

typedef struct wide_letter { /* no size that has a loop of its own */
    int64_t a, b;
    char letter;
} wide_letter;

static const pila_type wide_type = PILA_PLAIN_TYPE(wide_letter);

/* An item that owns memory, counts itself, and may fail or meddle when copied. */
typedef struct thing {
    char *letter;
} thing;

static long things;
static long copies_until_failure; /* 0: none */
static void (*meddle)(void);

static pila_status thing_copy(void *ctx, void *out, const void *item)
{
    thing *to = out;

    (void)ctx;
    if (copies_until_failure && --copies_until_failure == 0) return PILA_EUSER + 7;
    to->letter = pila_alloc(1, 1);
    if (!to->letter) return PILA_ENOMEM;
    *to->letter = *((const thing *)item)->letter;
    things++;
    if (meddle) meddle();
    return PILA_OK;
}

static void thing_drop(void *ctx, void *item)
{
    (void)ctx;
    things--;
    pila_free(((thing *)item)->letter);
}

static const pila_type thing_type = {PILA_KIND_OTHER,
                                     sizeof(thing),
                                     PILA_ALIGNOF(thing),
                                     "thing",
                                     NULL,
                                     NULL,
                                     NULL,
                                     NULL,
                                     thing_copy,
                                     thing_drop,
                                     NULL};

enum { MOST = 16 };

/* Room for a pool of any of the types below. */
typedef union room {
    uint8_t u8[MOST];
    int16_t i16[MOST];
    int32_t i32[MOST];
    int64_t i64[MOST];
    pila_str view[MOST];
    pila_string text[MOST];
    wide_letter wide[MOST];
    thing thing[MOST];
} room;

static char letters[256]; /* what things in a room point at */

static const pila_type *const types[] = {&pila_u8,   &pila_i16,  &pila_i32,
                                         &pila_i64,  &pila_view, &pila_text,
                                         &wide_type, &thing_type};

static void put(const pila_type *type, room *r, size_t k, char letter)
{
    letters[(unsigned char)letter] = letter;
    if (type == &pila_u8) r->u8[k] = (uint8_t)letter;
    else if (type == &pila_i16) r->i16[k] = letter;
    else if (type == &pila_i32) r->i32[k] = letter;
    else if (type == &pila_i64) r->i64[k] = letter;
    else if (type == &pila_view)
        r->view[k] = pila_str_of(&letters[(unsigned char)letter], 1);
    else if (type == &pila_text)
        r->text[k] =
            pila_string_borrow(pila_str_of(&letters[(unsigned char)letter], 1));
    else if (type == &wide_type) {
        memset(&r->wide[k], 0, sizeof r->wide[k]);
        r->wide[k].letter = letter;
    } else r->thing[k].letter = &letters[(unsigned char)letter];
}

static char letter_of(const pila_type *type, const void *item)
{
    switch (type->kind) {
    case PILA_KIND_U8: return (char)*(const uint8_t *)item;
    case PILA_KIND_I16: return (char)*(const int16_t *)item;
    case PILA_KIND_I32: return (char)*(const int32_t *)item;
    case PILA_KIND_I64: return (char)*(const int64_t *)item;
    case PILA_KIND_STR: return *((const pila_str *)item)->ptr;
    case PILA_KIND_STRING: return *pila_string_view((const pila_string *)item).ptr;
    default: break;
    }
    return type == &wide_type ? ((const wide_letter *)item)->letter
                              : *((const thing *)item)->letter;
}

/* ---- rows ---- */

static const struct result_row {
    const char *promise;
    order order;
    const char *pools; /* "AB|CD" */
    size_t pool_n, r;
    uint64_t start, count;
    const char *results;
} result_rows[] = {
#define COMBINATORICS_RESULTS
#include "combinatorics_rows.h"
#undef COMBINATORICS_RESULTS
};

static pila_iter make(order o, const pila_iter *pools, size_t n, size_t r,
                      uint64_t start, uint64_t count)
{
    switch (o) {
    case PRODUCT: return pila_product_from(pools, n, r, start, count);
    case PERMUTATIONS: return pila_permutations_from(*pools, r, start, count);
    case CHOOSE: return pila_combinations_from(*pools, r, start, count);
    case AGAIN: return pila_combinations_with_replacement_from(*pools, r, start, count);
    default: return pila_powerset(*pools);
    }
}

static pila_iter make_all(order o, const pila_iter *pools, size_t n, size_t r)
{
    switch (o) {
    case PRODUCT: return pila_product(pools, n, r);
    case PERMUTATIONS: return pila_permutations(*pools, r);
    case CHOOSE: return pila_combinations(*pools, r);
    case AGAIN: return pila_combinations_with_replacement(*pools, r);
    default: return pila_powerset(*pools);
    }
}

/* The pools of a row; the k-th has the type at `type`, and the next that after it. */
static size_t row_pools(const char *text, size_t n, size_t type, bool mixed,
                        room *rooms, pila_iter *out)
{
    for (size_t k = 0; k < n; k++) {
        const pila_type *t = types[(type + (mixed ? k : 0)) % COUNT_OF(types)];
        size_t len = 0;
        for (; *text && *text != '|'; text++) put(t, &rooms[k], len++, *text);
        if (*text) text++;
        out[k] = pila_span(&rooms[k], len, t);
    }
    return n;
}

/* The next result as a word behind out; false: there is none. */
static bool add_word(pila_iter *it, pila_buf *out)
{
    const void *item = pila_next_item(it);

    if (!item) return false;
    const pila_tuple *t = pila_tuple_of(it->type);
    CHECK(t != NULL);
    if (out->len) CHECK_OK(pila_buf_add_char(out, ' '));
    for (size_t k = 0; k < pila_tuple_len(t, item); k++) {
        const pila_type *type;
        const void *member = pila_tuple_at(t, item, k, &type);
        CHECK((uintptr_t)member % type->align == 0);
        CHECK_OK(pila_buf_add_char(out, letter_of(type, member)));
    }
    if (pila_tuple_len(t, item) == 0) CHECK_OK(pila_buf_add_char(out, '.'));
    return true;
}

static void run_row(const struct result_row *row, size_t type, bool mixed, bool whole)
{
    room rooms[3];
    pila_iter pools[3], it;
    pila_buf got = {0};
    size_t left = 0;

    row_pools(row->pools, row->pool_n, type, mixed, rooms, pools);
    it = whole ? make_all(row->order, pools, row->pool_n, row->r)
               : make(row->order, pools, row->pool_n, row->r, row->start, row->count);
    memset(rooms, 'x', sizeof rooms); /* the pools are copies */
    CHECK(it.status == PILA_OK);
    size_t hint = pila_iter_length_hint(&it);
    for (; add_word(&it, &got); left++)
        CHECK_INT(pila_iter_length_hint(&it), hint - left - 1);
    CHECK_INT(left, hint);
    CHECK_STATUS(it.status, PILA_END);
    CHECK(pila_next_item(&it) == NULL);
    CHECK_TEXT(pila_buf_view(&got), row->results);
    pila_iter_drop(&it);
    pila_buf_done(&got);
    CHECK_INT(things, 0);
}

static void test_results_are_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(result_rows); k++) {
        const struct result_row *row = &result_rows[k];
        ROW(row->promise);
        for (size_t type = 0; type < COUNT_OF(types); type++) {
            run_row(row, type, false, false);
            if (row->start == 0 && row->count == UINT64_MAX)
                run_row(row, type, true, true);
        }
    }
    ROW(NULL);
}

/* ---- counts and numbers ---- */

#define MANY (UINT64_MAX - 99) /* no count of a row */

static const struct count_row {
    uint64_t n, r;
    uint64_t count[4];
} count_rows[] = {
#define COMBINATORICS_COUNTS
#include "combinatorics_rows.h"
#undef COMBINATORICS_COUNTS
};

static pila_status count_of(order o, size_t n, size_t r, uint64_t *out)
{
    switch (o) {
    case PRODUCT: return pila_product_count(&n, 1, r, out);
    case PERMUTATIONS: return pila_permutations_count(n, r, out);
    case CHOOSE: return pila_combinations_count(n, r, out);
    default: return pila_combinations_with_replacement_count(n, r, out);
    }
}

static void test_counts_are_exact_or_overflow(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(count_rows); k++) {
        const struct count_row *row = &count_rows[k];
        char text[80];
        snprintf(text, sizeof text, "n = %llu, r = %llu", (unsigned long long)row->n,
                 (unsigned long long)row->r);
        ROW(text);
        for (order o = PRODUCT; o < POWERSET; o++) {
            uint64_t got = 77;
            bool many = row->count[o] == MANY;
            if (o == PERMUTATIONS && row->r == PILA_ALL) continue;
            CHECK_STATUS(count_of(o, (size_t)row->n, (size_t)row->r, &got),
                         many ? PILA_EOVERFLOW : PILA_OK);
            CHECK(got == (many ? 77 : row->count[o]));
        }
    }
    ROW(NULL);
}

static void test_product_of_empties(void **state)
{
    const size_t none = 0, some[] = {SIZE_MAX, SIZE_MAX, 0}, ones[] = {1, 1};
    uint64_t count = 77;
    size_t at[4];
    pila_iter empty[3], it;

    (void)state;
    CHECK_OK(pila_product_count(&none, 1, 0, &count));
    CHECK_INT(count, 1);
    CHECK_OK(pila_product_count(NULL, 0, SIZE_MAX, &count));
    CHECK_INT(count, 1);
    CHECK_OK(pila_product_count(some, 3, 9, &count)); /* 0, however large the others */
    CHECK_INT(count, 0);
    CHECK_OK(pila_product_count(ones, 2, SIZE_MAX / 2, &count)); /* at once */
    CHECK_INT(count, 1);
    CHECK_OK(pila_nth_product(NULL, 0, 5, 0, at));
    CHECK_STATUS(pila_nth_product(NULL, 0, 5, 1, at), PILA_EINDEX);
    CHECK_STATUS(pila_nth_product(some, 3, 1, 0, at), PILA_EINDEX);

    for (size_t n = 0; n <= 3; n++) /* iterators that have ended are empty pools */
        for (size_t repeat = 0; repeat < 3; repeat++) {
            for (size_t k = 0; k < n; k++) empty[k] = pila_failed(PILA_END);
            it = pila_product(empty, n, repeat);
            CHECK(it.status == PILA_OK && it.type->size == 1);
            CHECK((pila_next_item(&it) != NULL) == (n * repeat == 0));
            CHECK(!pila_next_item(&it));
            CHECK_STATUS(it.status, PILA_END);
            pila_iter_drop(&it);
        }
}

static const struct far_row {
    order order;
    size_t n, r;
    uint64_t k;
    size_t at[50];
} far_rows[] = {
#define COMBINATORICS_FAR
#include "combinatorics_rows.h"
#undef COMBINATORICS_FAR
};

static pila_status nth_of(order o, size_t n, size_t r, uint64_t k, size_t *out)
{
    switch (o) {
    case PRODUCT: return pila_nth_product(&n, 1, r, k, out);
    case PERMUTATIONS: return pila_nth_permutation(n, r, k, out);
    case CHOOSE: return pila_nth_combination(n, r, k, out);
    default: return pila_nth_combination_with_replacement(n, r, k, out);
    }
}

static void test_numbers_far_inside(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(far_rows); k++) {
        const struct far_row *row = &far_rows[k];
        size_t got[50];
        pila_iter pool = pila_range(0, (int64_t)row->n, 1), it;
        char text[80];
        snprintf(text, sizeof text, "order %d, n = %zu, r = %zu, number %llu",
                 (int)row->order, row->n, row->r, (unsigned long long)row->k);
        ROW(text);
        CHECK_OK(nth_of(row->order, row->n, row->r, row->k, got));
        for (size_t i = 0; i < row->r; i++) CHECK_INT(got[i], row->at[i]);
        it = make(row->order, &pool, 1, row->r, row->k, 3);
        for (size_t turn = 0; turn < 3; turn++) {
            const int64_t *item = pila_next_item(&it);
            if (turn && nth_of(row->order, row->n, row->r, row->k + turn, got)) {
                CHECK(item == NULL);
                break;
            }
            if (row->k + turn < row->k) break; /* the numbers end before the items */
            CHECK(item != NULL);
            for (size_t i = 0; i < row->r; i++) CHECK_INT(item[i], got[i]);
        }
        pila_iter_drop(&it);
    }
    ROW(NULL);
}

/* Every start of small cases: what is yielded is what is left of all, and nth agrees.
 */
static void test_every_start_is_a_slice(void **state)
{
    int64_t pool[] = {0, 1, 2, 3, 4, 5};

    (void)state;
    for (order o = PRODUCT; o < POWERSET; o++)
        for (size_t n = 0; n <= 5; n++)
            for (size_t r = 0; r <= 5; r++) {
                pila_iter src = pila_span(pool, n, &pila_i64), all, part;
                size_t at[5], size;
                uint64_t total = 0, k;
                CHECK_OK(count_of(o, n, r, &total));
                all = make_all(o, &src, 1, r);
                size = all.type->size;
                for (k = 0; k < total; k += 1 + k / 64) {
                    part = make(o, &src, 1, r, k, UINT64_MAX);
                    pila_iter want =
                        pila_islice(make_all(o, &src, 1, r), (size_t)k, PILA_TO_END, 1);
                    const int64_t *first = NULL, *item;
                    CHECK_OK(nth_of(o, n, r, k, at));
                    while ((item = pila_next_item(&part)) != NULL) {
                        const void *other = pila_next_item(&want);
                        CHECK(other && memcmp(item, other, size) == 0);
                        for (size_t i = 0; !first && i < r; i++)
                            CHECK_INT(item[i], at[i]);
                        first = item;
                    }
                    CHECK(!pila_next_item(&want) && first);
                    pila_iter_drop(&part);
                    pila_iter_drop(&want);
                }
                CHECK_STATUS(nth_of(o, n, r, total, at), PILA_EINDEX);
                CHECK_STATUS(nth_of(o, n, r, UINT64_MAX, at), PILA_EINDEX);
                pila_iter_drop(&all);
            }
}

/* A total of exactly 2^64, of which the last is the only one with a count too large to
 * tell: the end is found by coming to it. */
static void test_the_end_of_more_than_64_bits(void **state)
{
    const size_t sizes[] = {65536, 65536, 65536, 65536};
    uint64_t count;
    size_t at[4];
    pila_iter pools[4], it;
    typedef struct four {
        int64_t x[4];
    } four;
    int n = 0;

    (void)state;
    CHECK_STATUS(pila_product_count(sizes, 4, 1, &count), PILA_EOVERFLOW);
    CHECK_OK(pila_nth_product(sizes, 4, 1, UINT64_MAX, at));
    for (int k = 0; k < 4; k++) {
        CHECK_INT(at[k], 65535);
        pools[k] = pila_range(0, 65536, 1);
    }
    it = pila_product_from(pools, 4, 1, UINT64_MAX - 2, UINT64_MAX);
    PILA_FOR(four, x, &it) CHECK_INT(x->x[3], 65533 + n++);
    CHECK_INT(n, 3);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
}

/* ---- sizes that do not exist ---- */

typedef struct huge_item {
    char bytes[1 << 20];
} huge_item;

static void test_size_overflow_in_combinatorics(void **state)
{
    static const huge_item huge[2];
    static const pila_type huge_type = PILA_PLAIN_TYPE(huge_item);
    static const size_t many[] = {SIZE_MAX / 8, SIZE_MAX / 16 + 1, SIZE_MAX,
                                  SIZE_MAX >> 20};
    const int64_t x[] = {1, 2};
    pila_iter it, two[2];

    (void)state;
    check_alloc_start();
    for (size_t k = 0; k < COUNT_OF(many); k++)
        for (order o = PRODUCT; o < POWERSET; o++) {
            size_t r = many[k];
            if (o == PERMUTATIONS && r == PILA_ALL) continue;
            pila_iter pool =
                k == 3 ? pila_span(huge, 2, &huge_type) : pila_span(x, 2, &pila_i64);
            it = make_all(o, &pool, 1, r);
            CHECK_STATUS(it.status, PILA_EOVERFLOW);
            pila_iter_drop(&it);
        }
    /* n * repeat, and a struct of so many members */
    static const size_t repeats[] = {SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 4,
                                     SIZE_MAX / 16};
    for (size_t k = 0; k < COUNT_OF(repeats); k++) {
        two[0] = two[1] = pila_span(x, 2, &pila_i64);
        it = pila_product(two, 2, repeats[k]);
        CHECK_STATUS(it.status, PILA_EOVERFLOW);
        pila_iter_drop(&it);
    }
    /* describable, but more than the pool has: nothing, and nothing allocated for it */
    it = pila_combinations(pila_span(x, 2, &pila_i64), (size_t)1 << 59);
    CHECK(!pila_next_item(&it) && it.status == PILA_END);
    pila_iter_drop(&it);
    it = pila_permutations(pila_span(x, 2, &pila_i64), (size_t)1 << 59);
    CHECK(!pila_next_item(&it) && it.status == PILA_END);
    pila_iter_drop(&it);
    check_alloc_stop();
}

/* ---- how pools are consumed ---- */

static void test_pools_run_in_order_and_once(void **state)
{
    const int64_t x[] = {1, 2, 3};
    pila_iter one = pila_span(x, 3, &pila_i64), it, two[2];

    (void)state;
    two[0] = two[1] = pila_ref(&one); /* the first takes all of it */
    it = pila_product(two, 2, 1);
    CHECK(!pila_next_item(&it) && it.status == PILA_END);
    pila_iter_drop(&it);
    CHECK_STATUS(one.status, PILA_END);

    one =
        pila_span(x, 3, &pila_i64); /* repeat 0 does not look at them, as in CPython */
    two[0] = pila_ref(&one);
    it = pila_product(two, 1, 0);
    CHECK(pila_next_item(&it) && !pila_next_item(&it));
    CHECK_STATUS(one.status, PILA_OK);
    pila_iter_drop(&it);

    two[0] = pila_failed(PILA_EIO); /* the second is dropped, and not read */
    two[1] = pila_ref(&one);
    it = pila_product(two, 2, 1);
    CHECK_STATUS(it.status, PILA_EIO);
    CHECK_STATUS(one.status, PILA_OK);
    two[0] = pila_ref(&one);
    two[1] = pila_failed(PILA_EIO);
    it = pila_product(two, 2, 1);
    CHECK_STATUS(it.status, PILA_EIO);
    CHECK_STATUS(one.status, PILA_END);
    one = pila_span(x, 3, &pila_i64);
    two[0] = pila_ref(&one);
    it = pila_product(two, 2, 0);
    CHECK_STATUS(it.status, PILA_EIO); /* a fault shows, also where nothing is read */
    CHECK_STATUS(pila_combinations(pila_failed(PILA_EIO), 2).status, PILA_EIO);
    CHECK_STATUS(pila_powerset(pila_failed(PILA_EKEY)).status, PILA_EKEY);
}

typedef struct failing {
    int64_t left;
} failing;

static pila_status fails_later(void *ctx, const void *item, void *out)
{
    failing *f = ctx;

    memcpy(out, item, sizeof(int64_t));
    return f->left-- == 0 ? PILA_EUSER + 1 : PILA_OK;
}

static void test_a_pool_that_fails_half_way(void **state)
{
    (void)state;
    for (order o = PRODUCT; o <= POWERSET; o++)
        for (int64_t k = 0; k < 6; k++) {
            failing f = {k};
            pila_iter pools[2];
            pools[0] = pila_range(0, 3, 1);
            pools[1] = pila_range(0, 5, 1);
            pila_iter *bad = o == PRODUCT ? &pools[1] : &pools[0];
            if (o != PRODUCT) pila_iter_drop(&pools[0]), pools[0] = pools[1];
            *bad = pila_map_fn(*bad, &pila_i64, fails_later, &f);
            pila_iter it = make_all(o, pools, 2, 1);
            CHECK_STATUS(it.status, k < 5 ? PILA_EUSER + 1 : PILA_OK);
            pila_iter_drop(&it);
        }
}

static pila_iter things_iter(const char *text, room *r)
{
    size_t n = strlen(text);

    for (size_t k = 0; k < n; k++) put(&thing_type, r, k, text[k]);
    return pila_span(r, n, &thing_type);
}

static void test_a_copy_that_fails_at_every_turn(void **state)
{
    room r;

    (void)state;
    check_alloc_start();
    for (order o = PRODUCT; o <= POWERSET; o++)
        for (long k = 1; k < 6; k++) {
            pila_iter src = things_iter("ABCD", &r);
            copies_until_failure = k;
            pila_iter it = make_all(o, &src, 1, 2);
            copies_until_failure = 0;
            CHECK_STATUS(it.status, k <= 4 ? PILA_EUSER + 7 : PILA_OK);
            CHECK_INT(things, k <= 4 ? 0 : 4);
            pila_iter_drop(&it);
            CHECK_INT(things, 0);
        }
    check_alloc_stop();
}

static uint64_t version;

static void change(void) { version++; }

/* A copy that changes the container: seen before the next item is touched. */
static void test_a_copy_that_changes_the_container(void **state)
{
    room r;

    (void)state;
    for (order o = PRODUCT; o <= POWERSET; o++)
        for (size_t n = 1; n < 4; n++) {
            pila_iter src = things_iter(&"ABC"[3 - n], &r);
            src.stamp = &version;
            src.seen = version;
            meddle = change;
            pila_iter it = make_all(o, &src, 1, 2);
            meddle = NULL;
            CHECK_STATUS(it.status, PILA_EMUTATED);
            CHECK_INT(things, 0);
            pila_iter_drop(&it);
        }
}

/* Python made a tuple of it: later changes do not show. */
static void test_the_container_may_change_later(void **state)
{
    pila_list l = {0};
    const int64_t x[] = {1, 2, 3};

    (void)state;
    pila_list_init(&l, &pila_i64);
    for (int k = 0; k < 3; k++) CHECK_OK(pila_list_append(&l, &x[k]));
    pila_iter it = pila_combinations(pila_list_iter(&l), 2);
    pila_list_done(&l);
    size_t n = 0;
    CHECK_OK(pila_len(it, &n));
    CHECK_INT(n, 3);
}

/* Lines go with the reader's buffer; their copies stay, and so do those within pairs.
 */
static void test_views_are_held_with_their_text(void **state)
{
    const char *text = "alpha\nbeta\na line that is too long to be kept within\n\n";
    pila_buf got = {0};
    pila_iter it = pila_permutations(pila_lines(pila_from_mem(pila_cstr(text))), 4);
    size_t n = 0;
    typedef struct pair {
        int64_t index;
        pila_str line;
    } pair;
    typedef struct two {
        pair a, b;
    } two;

    (void)state;
    for (const void *p; (p = pila_next_item(&it)) != NULL; n++)
        if (n == 23) CHECK_OK(pila_type_repr(it.type, p, &got));
    CHECK_INT(n, 24);
    CHECK_TEXT(pila_buf_view(&got), "('', 'a line that is too long to be kept within', "
                                    "'beta', 'alpha')");
    pila_buf_done(&got);
    pila_iter_drop(&it);

    it = pila_combinations(pila_enumerate(pila_lines(pila_from_mem(pila_cstr(text))),
                                          10),
                           2);
    const two *p = pila_next(&it, sizeof *p);
    CHECK_INT(p->b.index, 11);
    CHECK_TEXT(p->a.line, "alpha");
    CHECK_TEXT(p->b.line, "beta");
    pila_iter_drop(&it);
}

/* A struct as the compiler lays it out, twice over; padding is zero. */
static void test_product_is_a_c_struct(void **state)
{
    const int8_t a[] = {1, 2};
    const double b[] = {.5, .25};
    const pila_str s[] = {{"x", 1}, {"yz", 2}};
    typedef struct six {
        int8_t a;
        double b;
        pila_str s;
        int8_t a2;
        double b2;
        pila_str s2;
    } six;
    pila_iter pools[] = {pila_span(a, 2, &pila_i8), pila_span(b, 2, &pila_f64),
                         pila_span(s, 2, &pila_view)};
    pila_iter it = pila_product(pools, 3, 2);
    int n = 0;

    (void)state;
    CHECK_INT(it.type->size, sizeof(six));
    PILA_FOR(six, x, &it) {
        CHECK_INT(x->a, a[n >> 5]);
        CHECK(x->b == b[n >> 4 & 1]);
        CHECK_TEXT(x->s, n >> 3 & 1 ? "yz" : "x");
        CHECK_INT(x->a2, a[n >> 2 & 1]);
        CHECK(x->b2 == b[n >> 1 & 1]);
        CHECK_TEXT(x->s2, n & 1 ? "yz" : "x");
        for (size_t k = 1; k < 8; k++) CHECK(((const char *)x)[k] == 0);
        n++;
    }
    CHECK_INT(n, 64);
    pila_iter_drop(&it);
}

/* Every length of results, over windows that end within runs. */
static void test_long_and_wide_results(void **state)
{
    int64_t pool[40];

    (void)state;
    for (int k = 0; k < 40; k++) pool[k] = k;
    for (size_t r = 1; r <= 40; r++) {
        pila_iter src = pila_span(pool, 40, &pila_i64);
        pila_iter it = pila_combinations_from(src, r, 0, 5000), next;
        uint64_t k = 0;
        for (const int64_t *x; (x = pila_next_item(&it)) != NULL; k++) {
            if (k % 97) continue;
            size_t at[40];
            CHECK_OK(pila_nth_combination(40, r, k, at));
            for (size_t i = 0; i < r; i++) CHECK_INT(x[i], at[i]);
        }
        pila_iter_drop(&it);
        next = pila_permutations_from(src, r, 1000, 3000);
        for (k = 1000; k < 4000; k++) {
            const int64_t *x = pila_next_item(&next);
            size_t at[40];
            if (pila_nth_permutation(40, r, k, at) != PILA_OK) break;
            for (size_t i = 0; i < r; i++) CHECK_INT(x[i], at[i]);
        }
        pila_iter_drop(&next);
    }
}

/* An item larger than a window: one at a time. */
static void test_items_larger_than_a_window(void **state)
{
    int64_t *pool = pila_alloc(600, sizeof *pool);
    int n = 0;

    (void)state;
    for (int k = 0; k < 600; k++) pool[k] = k;
    pila_iter it = pila_combinations(pila_span(pool, 600, &pila_i64), 599);
    for (const int64_t *x; (x = pila_next_item(&it)) != NULL; n++)
        CHECK_INT(x[598], n ? 599 : 598);
    CHECK_INT(n, 600);
    pila_iter_drop(&it);
    pila_free(pool);
}

typedef struct aligned_item {
    char bytes[64] __attribute__((aligned(64)));
} aligned_item;

static void test_items_are_aligned(void **state)
{
    static const pila_type type = PILA_PLAIN_TYPE(aligned_item);
    static const aligned_item x[4];
    pila_iter it = pila_permutations(pila_span(x, 4, &type), 2);
    int n = 0;

    (void)state;
    for (const void *p; (p = pila_next_item(&it)) != NULL; n++)
        CHECK((uintptr_t)p % 64 == 0);
    CHECK_INT(n, 12);
    pila_iter_drop(&it);
}

static void test_rows_of_a_powerset(void **state)
{
    const int64_t pool[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    pila_iter it = pila_powerset(pila_span(pool, 10, &pila_i64));
    size_t hint = pila_iter_length_hint(&it), n = 0;
    int64_t sum = 0;

    (void)state;
    CHECK_INT(hint, 1024);
    PILA_FOR(pila_row, row, &it) {
        const int64_t *x = row->items;
        for (size_t k = 0; k < row->n; k++) sum += x[k];
        n++;
        CHECK_INT(pila_iter_length_hint(&it), hint - n);
    }
    CHECK_INT(n, 1024);
    CHECK_INT(sum, 55 * 512);
    pila_iter_drop(&it);
    it = pila_powerset(pila_range(0, 70, 1)); /* more than can be told */
    CHECK(pila_iter_length_hint(&it) == SIZE_MAX);
    pila_iter_drop(&it);
    it = pila_powerset(pila_range(0, 64, 1));
    CHECK(pila_iter_length_hint(&it) == SIZE_MAX);
    pila_iter_drop(&it);
    it = pila_combinations(pila_range(0, 100, 1), 50);
    CHECK(pila_iter_length_hint(&it) == SIZE_MAX);
    pila_iter_drop(&it);
}

/* Dropped half-way, with items that own memory; and once more when it has ended. */
static void test_dropped_half_way(void **state)
{
    room r;

    (void)state;
    check_alloc_start();
    for (order o = PRODUCT; o <= POWERSET; o++)
        for (size_t n = 0; n < 5; n++) {
            pila_iter src = things_iter("ABCD", &r), it = make_all(o, &src, 1, 2);
            for (size_t k = 0; k < n; k++) CHECK(pila_next_item(&it) != NULL);
            pila_iter_drop(&it);
            pila_iter_drop(&it);
            CHECK_INT(things, 0);
        }
    check_alloc_stop();
}

/* Products of products of ..., made and freed without recursion. */
static void test_chain_depth_1e5(void **state)
{
    const int64_t x = 1;
    pila_iter it = pila_span(&x, 1, &pila_i64);

    (void)state;
    for (int k = 0; k < 100000; k++) it = pila_product_from(&it, 1, 1, 0, 0);
    pila_iter_drop(&it);
}

/* ---- chance ---- */

static uint64_t draw(void *ctx, uint64_t n) { return check_rng_below(ctx, n); }
static uint64_t draw_beyond(void *ctx, uint64_t n)
{
    (void)ctx;
    return n;
}
static uint64_t draw_last(void *ctx, uint64_t n)
{
    (void)ctx;
    return n - 1;
}

/* Each of `ways` outcomes comes about as often; chi squared below a limit that one run
 * in a million exceeds (mean and six deviations, and some). */
static void check_even(const int *seen, int ways, int turns)
{
    double want = (double)turns / ways, chi = 0;

    for (int k = 0; k < ways; k++) chi += (seen[k] - want) * (seen[k] - want) / want;
    CHECK(chi < ways + 8 * ways); /* far off for a stuck or biased source */
    for (int k = 0; k < ways; k++) CHECK(seen[k] > want * 0.8 && seen[k] < want * 1.2);
}

static void test_chance_is_even(void **state)
{
    check_rng rng = check_rng_start();
    pila_chance chance = {draw, &rng};
    const size_t sizes[] = {2, 3};
    static int permutation[125], few[1600], combination[125], product[36];
    size_t at[4];

    (void)state;
    for (int turn = 0; turn < 200000; turn++) {
        CHECK_OK(pila_random_permutation(5, 3, chance, at)); /* through a reservoir */
        permutation[at[0] * 25 + at[1] * 5 + at[2]]++;
        CHECK_OK(pila_random_permutation(20, 2, chance, at)); /* by digits */
        few[at[0] * 20 + at[1]]++;
        CHECK_OK(pila_random_combination(5, 3, chance, at));
        CHECK(at[0] < at[1] && at[1] < at[2]);
        combination[at[0] * 25 + at[1] * 5 + at[2]]++;
        CHECK_OK(pila_random_product(sizes, 2, 2, chance, at));
        CHECK(at[0] < 2 && at[1] < 3 && at[2] < 2 && at[3] < 3);
        product[((at[0] * 3 + at[1]) * 2 + at[2]) * 3 + at[3]]++;
        CHECK_OK(pila_random_combination_with_replacement(5, 3, chance, at));
        CHECK(at[0] <= at[1] && at[1] <= at[2] && at[2] < 5);
    }
    int ways = 0;
    for (size_t k = 0; k < 125; k++)
        if (permutation[k]) permutation[ways++] = permutation[k];
    CHECK_INT(ways, 60);
    check_even(permutation, 60, 200000);
    ways = 0;
    for (size_t k = 0; k < 400; k++)
        if (few[k]) few[ways++] = few[k];
    CHECK_INT(ways, 380);
    ways = 0;
    for (size_t k = 0; k < 125; k++)
        if (combination[k]) combination[ways++] = combination[k];
    CHECK_INT(ways, 10);
    check_even(combination, 10, 200000);
    check_even(product, 36, 200000);
}

static void test_chance_edges(void **state)
{
    pila_chance beyond = {draw_beyond, NULL}, last = {draw_last, NULL};
    const size_t sizes[] = {2, 0};
    size_t at[300];

    (void)state;
    CHECK_STATUS(pila_random_product(sizes, 2, 1, last, at), PILA_EINDEX);
    CHECK_OK(pila_random_product(sizes, 2, 0, last, at));
    CHECK_OK(pila_random_product(NULL, 0, 3, last, at));
    CHECK_STATUS(pila_random_product(sizes, 1, 1, beyond, at), PILA_EVALUE);
    CHECK_STATUS(pila_random_permutation(3, 4, last, at), PILA_EVALUE);
    CHECK_STATUS(pila_random_permutation(3, 3, beyond, at), PILA_EVALUE);
    CHECK_STATUS(pila_random_permutation(30, 3, beyond, at), PILA_EVALUE);
    CHECK_OK(pila_random_permutation(0, PILA_ALL, last, at));
    CHECK_OK(pila_random_permutation(3, PILA_ALL, last, at));
    CHECK(at[0] == 0 && at[1] == 1 && at[2] == 2);
    CHECK_STATUS(pila_random_combination(3, 4, last, at), PILA_EVALUE);
    CHECK_STATUS(pila_random_combination(3, PILA_ALL, last, at), PILA_EVALUE);
    CHECK_STATUS(pila_random_combination(3, 2, beyond, at), PILA_EVALUE);
    CHECK_OK(pila_random_combination(3, 0, last, at));
    CHECK_STATUS(pila_random_combination_with_replacement(0, 1, last, at), PILA_EINDEX);
    CHECK_OK(pila_random_combination_with_replacement(0, 0, last, at));
    for (size_t r = 0; r < 300; r++) { /* sorted, whatever the length */
        check_rng rng = {r};
        pila_chance chance = {draw, &rng};
        CHECK_OK(pila_random_combination_with_replacement(50, r, chance, at));
        for (size_t k = 1; k < r; k++) CHECK(at[k - 1] <= at[k]);
    }
}

/* ---- against a naive model ---- */

/* Whether the iterator from a random place on yields what counting on all digits and
 * keeping those that are in order yields; `wrong` starts one too late. */
static bool random_case_agrees(check_rng *r, bool wrong)
{
    int64_t pool[6] = {0, 1, 2, 3, 4, 5};
    order o = (order)check_rng_below(r, POWERSET);
    size_t n = 1 + check_rng_below(r, 6), len = 1 + check_rng_below(r, 4),
           digit[4] = {0};
    uint64_t skip = check_rng_below(r, 10), count = check_rng_below(r, 200);
    pila_iter src = pila_span(pool, n, &pila_i64);
    pila_iter it = make(o, &src, 1, len, skip + wrong, count);
    bool good = true, more = true;

    while (good && more && count) {
        bool kept = true;
        for (size_t i = 0; i < len; i++)
            for (size_t j = i + 1; j < len; j++)
                kept = kept && (o == PRODUCT        ? true
                                : o == PERMUTATIONS ? digit[i] != digit[j]
                                : o == CHOOSE       ? digit[i] < digit[j]
                                                    : digit[i] <= digit[j]);
        if (kept && skip) skip--;
        else if (kept) {
            const int64_t *x = pila_next_item(&it);
            for (size_t i = 0; good && i < len; i++)
                good = x && x[i] == (int64_t)digit[i];
            count--;
        }
        size_t i = len;
        while (i && ++digit[i - 1] == n) digit[--i] = 0;
        more = i > 0;
    }
    good = good && !pila_next_item(&it);
    pila_iter_drop(&it);
    return good;
}

/* Whether from each start on the next results are those of that number. */
static bool starts_agree(order o, const pila_type *type, size_t n, size_t len)
{
    char pool[10 * 20] = {0};
    size_t at[8];
    uint64_t all = 0;
    bool good = true;

    for (size_t k = 0; k < n; k++) pool[k * type->size] = (char)k;
    CHECK_STATUS(o == CHOOSE ? pila_combinations_count(n, len, &all)
                             : pila_combinations_with_replacement_count(n, len, &all),
                 PILA_OK);
    for (uint64_t start = 0; good && start < all; start++) {
        pila_iter src = pila_span(pool, n, type);
        pila_iter it = make(o, &src, 1, len, start, UINT64_MAX);
        for (uint64_t k = start; good && k < all && (k < start + 40 || start == 0);
             k++) {
            const char *x = (const char *)pila_next_item(&it);
            pila_status st = o == CHOOSE
                                 ? pila_nth_combination(n, len, k, at)
                                 : pila_nth_combination_with_replacement(n, len, k, at);
            good = x && st == PILA_OK;
            for (size_t i = 0; good && i < len; i++)
                good = x[i * type->size] == (char)at[i];
        }
        if (start == 0) good = good && !pila_next_item(&it);
        pila_iter_drop(&it);
    }
    return good;
}

/* The last members come from a table where that pays. */
static void test_all_starts(void **state)
{
    static const pila_type of_20 = {
        PILA_KIND_OTHER, 20, 1, "20", NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    const pila_type *items[] = {&pila_i8, &pila_i32, &pila_i64, &of_20};

    (void)state;
    for (size_t t = 0; t < 4; t++)
        for (size_t len = 3; len < 7; len++)
            for (size_t n = len; n < 10; n++) {
                CHECK(starts_agree(CHOOSE, items[t], n, len));
                CHECK(n > 7 || starts_agree(AGAIN, items[t], n, len));
            }
}

static void test_random_cases_against_a_model(void **state)
{
    check_rng r = check_rng_start();
    int caught = 0;

    (void)state;
    for (int turn = 0; turn < 5000; turn++) CHECK(random_case_agrees(&r, false));
    for (int turn = 0; turn < 200; turn++) caught += !random_case_agrees(&r, true);
    CHECK(caught > 60); /* the planted fault */
}

/* ---- memory ---- */

static pila_status use(pila_iter it)
{
    pila_status st = it.status;
    size_t n;

    if (st == PILA_OK) st = pila_len(it, &n);
    return st;
}

static pila_status scenario(void *ctx)
{
    order o = *(order *)ctx;
    static const char *const text = "one\ntwo two two two two two\nthree";
    room r;
    pila_iter two[2];
    pila_status st;

    two[0] = pila_lines(pila_from_mem(pila_cstr(text)));
    two[1] = things_iter("ABC", &r);
    st = use(make_all(o, &two[0], o == PRODUCT ? 2 : 1, 2));
    if (o != PRODUCT && st == PILA_OK) st = use(make(o, &two[1], 1, 2, 1, 3));
    CHECK_INT(things, 0);
    return st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    for (order o = PRODUCT; o <= POWERSET; o++) check_alloc_sweep(scenario, &o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_are_cpythons),
        cmocka_unit_test(test_counts_are_exact_or_overflow),
        cmocka_unit_test(test_product_of_empties),
        cmocka_unit_test(test_numbers_far_inside),
        cmocka_unit_test(test_every_start_is_a_slice),
        cmocka_unit_test(test_the_end_of_more_than_64_bits),
        cmocka_unit_test(test_size_overflow_in_combinatorics),
        cmocka_unit_test(test_pools_run_in_order_and_once),
        cmocka_unit_test(test_a_pool_that_fails_half_way),
        cmocka_unit_test(test_a_copy_that_fails_at_every_turn),
        cmocka_unit_test(test_a_copy_that_changes_the_container),
        cmocka_unit_test(test_the_container_may_change_later),
        cmocka_unit_test(test_views_are_held_with_their_text),
        cmocka_unit_test(test_product_is_a_c_struct),
        cmocka_unit_test(test_long_and_wide_results),
        cmocka_unit_test(test_items_larger_than_a_window),
        cmocka_unit_test(test_items_are_aligned),
        cmocka_unit_test(test_rows_of_a_powerset),
        cmocka_unit_test(test_dropped_half_way),
        cmocka_unit_test(test_chain_depth_1e5),
        cmocka_unit_test(test_chance_is_even),
        cmocka_unit_test(test_chance_edges),
        cmocka_unit_test(test_all_starts),
        cmocka_unit_test(test_random_cases_against_a_model),
        cmocka_unit_test(test_every_allocation_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
