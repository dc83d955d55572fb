/* test_mem.c - checked arithmetic against 128 bits, the allocator under its hook, and a
 * random run of blocks whose bytes are written down beside them. */
#include "check.h"

__extension__ typedef unsigned __int128 u128;

/* ---- arithmetic ---- */

static const struct sum_row {
    const char *promise;
    size_t a, b;
    bool adds, multiplies;
} sums[] = {
    {"small numbers", 3, 4, true, true},
    {"zeros", 0, 0, true, true},
    {"zero times the largest", 0, SIZE_MAX, true, true},
    {"one times the largest", 1, SIZE_MAX, false, true},
    {"up to the largest", SIZE_MAX - 5, 5, true, false},
    {"one past the largest", SIZE_MAX - 5, 6, false, false},
    {"half and half", SIZE_MAX / 2, SIZE_MAX / 2, true, false},
    {"2^32 squared wraps to 0", (size_t)1 << 32, (size_t)1 << 32, true, false},
    {"2^32 times 2^32 - 1 fits", (size_t)1 << 32, ((size_t)1 << 32) - 1, true, true},
};

static void test_add_and_mul(void **state)
{
    (void)state;
    for (const struct sum_row *r = sums; r < sums + COUNT_OF(sums); r++) {
        size_t sum = 42, product = 42;
        ROW(r->promise);
        CHECK(pila_add(r->a, r->b, &sum) == r->adds);
        CHECK(pila_mul(r->a, r->b, &product) == r->multiplies);
        CHECK(sum == (r->adds ? r->a + r->b : 42)); /* untouched on failure */
        CHECK((u128)product == (r->multiplies ? (u128)r->a * r->b : 42));
    }
    ROW(NULL);
}

/* ---- sizes that cannot be ---- */

static const struct size_row {
    const char *promise;
    size_t n, size;
    bool possible;
} sizes[] = {
    {"one item", 1, 8, true},
    {"no items give a block", 0, 8, true},
    {"items of no bytes give a block", 8, 0, true},
    {"the product wraps to 0", (size_t)1 << 32, (size_t)1 << 32, false},
    {"the product wraps to 8", ((size_t)1 << 61) + 1, 8, false},
    {"the product is SIZE_MAX", SIZE_MAX, 1, false},
    {"one past PTRDIFF_MAX", (size_t)PTRDIFF_MAX + 1, 1, false},
    {"one past PTRDIFF_MAX as a product", (size_t)1 << 60, 8, false},
};

static void test_sizes(void **state)
{
    (void)state;
    for (const struct size_row *r = sizes; r < sizes + COUNT_OF(sizes); r++) {
        void *a = pila_alloc(r->n, r->size), *b = pila_alloc_zero(r->n, r->size);
        void *c = pila_realloc(NULL, r->n, r->size);
        ROW(r->promise);
        CHECK((a != NULL) == r->possible);
        CHECK((b != NULL) == r->possible);
        CHECK((c != NULL) == r->possible);
        pila_free(a);
        pila_free(b);
        pila_free(c);
    }
    ROW(NULL);
}

/* A size refused by arithmetic never reaches the hook, and the block stays. */
static void test_reserve_wraparound(void **state)
{
    (void)state;
    check_alloc_start();
    char *p = pila_alloc(8, 1);
    memcpy(p, "unharmed", 8);
    check_alloc_fail(0, 0);
    CHECK(pila_realloc(p, SIZE_MAX / 4, 8) == NULL);
    CHECK(pila_realloc(p, SIZE_MAX, 1) == NULL);
    CHECK(pila_alloc_zero(SIZE_MAX / 2, 3) == NULL);
    CHECK_INT(check_alloc_fail(0, 0), 0);
    CHECK(memcmp(p, "unharmed", 8) == 0);
    pila_free(p);
    check_alloc_stop();
}

static void test_alloc_is_aligned_as_malloc(void **state)
{
    (void)state;
    for (size_t n = 1; n < 200; n++) {
        void *p = pila_alloc(n, 1);
        CHECK((uintptr_t)p % _Alignof(max_align_t) == 0);
        memset(p, 1, n);
        pila_free(p);
    }
    pila_free(NULL);
}

static void test_alloc_zero_is_zero(void **state)
{
    static const size_t counts[] = {1, 7, 4096, 1 << 20};

    (void)state;
    for (int hooked = 0; hooked < 2; hooked++) { /* the hook hands out 0xa5 */
        if (hooked) check_alloc_start();
        for (size_t k = 0; k < COUNT_OF(counts); k++) {
            unsigned char *p = pila_alloc_zero(counts[k], 1), any = 0;
            CHECK(p != NULL);
            for (size_t i = 0; i < counts[k]; i++) any |= p[i];
            CHECK_INT(any, 0);
            pila_free(p);
        }
    }
    check_alloc_stop();
}

/* ---- growth ---- */

static const struct grow_row {
    const char *promise;
    size_t have, need, size, want;
} grows[] = {
    {"the first item brings room for eight", 0, 1, 8, 8},
    {"half as much again, and eight", 100, 101, 1, 158},
    {"more than that if asked for", 100, 1000, 1, 1000},
    {"need below have grows all the same", 100, 1, 1, 158},
    {"items of no bytes count as one", 0, 1, 0, 8},
    {"up to the largest block", PTRDIFF_MAX - 1, PTRDIFF_MAX, 1, PTRDIFF_MAX},
    {"never past it", (size_t)PTRDIFF_MAX / 4 * 3, (size_t)PTRDIFF_MAX / 4 * 3 + 1, 1,
     PTRDIFF_MAX},
    {"the largest count of 8 bytes each", 0, PTRDIFF_MAX / 8, 8, PTRDIFF_MAX / 8},
    {"one more is too much", 0, PTRDIFF_MAX / 8 + 1, 8, 0},
    {"SIZE_MAX is too much", 10, SIZE_MAX, 1, 0},
    {"SIZE_MAX items of SIZE_MAX bytes", SIZE_MAX, SIZE_MAX, SIZE_MAX, 0},
    {"one item of PTRDIFF_MAX bytes", 0, 1, PTRDIFF_MAX, 1},
    {"an item larger than can be", 0, 1, (size_t)PTRDIFF_MAX + 1, 0},
};

static void test_grow_overflow(void **state)
{
    (void)state;
    for (const struct grow_row *r = grows; r < grows + COUNT_OF(grows); r++) {
        ROW(r->promise);
        CHECK_INT(pila_mem_grow(r->have, r->need, r->size), r->want);
    }
    ROW(NULL);
}

/* n appends reallocate O(log n) times, and at most 56 per cent of a block is idle. */
static void test_growth_is_geometric(void **state)
{
    size_t have = 0, steps = 0;

    (void)state;
    while (have < (size_t)1 << 40) {
        size_t more = pila_mem_grow(have, have + 1, 1);
        CHECK(more > have);
        CHECK(more <= have + have / 2 + 8);
        have = more;
        steps++;
    }
    CHECK(steps < 70);
}

static void test_growth_against_128_bits(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    for (int turn = 0; turn < 200000; turn++) {
        size_t size = (size_t)(check_rng_next(&r) >> check_rng_below(&r, 64));
        size_t have = (size_t)(check_rng_next(&r) >> check_rng_below(&r, 64));
        size_t need = (size_t)(check_rng_next(&r) >> check_rng_below(&r, 64));
        size_t got = pila_mem_grow(have, need, size);
        if (need == 0) continue;
        CHECK((got == 0) == ((u128)need * (size ? size : 1) > PTRDIFF_MAX));
        CHECK(got == 0 || got >= need);
        CHECK((u128)got * size <= PTRDIFF_MAX);
    }
}

/* ---- the hook ---- */

static struct {
    int resizes, releases, zeros;
    void *ctx_seen;
} seen;

static void *seen_resize(void *ctx, void *p, size_t bytes)
{
    seen.resizes++;
    seen.zeros += bytes == 0;
    seen.ctx_seen = ctx;
    return realloc(p, bytes);
}

static void seen_release(void *ctx, void *p)
{
    seen.releases++;
    seen.ctx_seen = ctx;
    free(p);
}

static void test_hook_sees_every_call(void **state)
{
    int mine;
    pila_allocator hook = {seen_resize, seen_release, &mine};

    (void)state;
    memset(&seen, 0, sizeof seen);
    pila_mem_hook(&hook);
    memset(&hook, 0, sizeof hook); /* it was copied */
    void *a = pila_alloc(0, 0), *b = pila_alloc_zero(10, 10);
    a = pila_realloc(a, 100, 1);
    pila_mem_huge(b, 100);
    pila_free(a);
    pila_free(b);
    pila_free(NULL);
    pila_mem_hook(NULL);
    CHECK_INT(seen.resizes, 3);
    CHECK_INT(seen.releases, 3);
    CHECK_INT(seen.zeros, 0);
    CHECK(seen.ctx_seen == &mine);
    pila_free(pila_alloc(1, 1));
    CHECK_INT(seen.resizes, 3);
}

static void test_huge_is_a_hint(void **state)
{
    size_t bytes = (size_t)9 << 20;
    unsigned char *p = pila_alloc(bytes, 1);
    size_t wrong = 0;

    (void)state;
    memset(p, 7, bytes);
    pila_mem_huge(p, bytes);
    pila_mem_huge(p + 1, bytes - 2); /* not on a page's edge */
    pila_mem_huge(p, 10);
    pila_mem_huge(NULL, 0);
    for (size_t k = 0; k < bytes; k++) wrong += p[k] != 7;
    CHECK_INT(wrong, 0);
    pila_free(p);
}

/* ---- failing ---- */

static pila_status three_blocks(void *ctx)
{
    pila_status st = PILA_ENOMEM;
    char *a = pila_alloc(5, 1), *grown, *b = NULL;

    (void)ctx;
    if (!a) return PILA_ENOMEM;
    memcpy(a, "spam", 5);
    grown = pila_realloc(a, 5000, 1);
    if (!grown) CHECK(strcmp(a, "spam") == 0); /* still ours, and as it was */
    else {
        a = grown;
        CHECK(strcmp(a, "spam") == 0);
        b = pila_alloc_zero(3, 3);
        if (b) st = PILA_OK;
    }
    pila_free(b);
    pila_free(a);
    return st;
}

static void test_alloc_sweep(void **state)
{
    (void)state;
    check_alloc_sweep(three_blocks, NULL);
}

/* ---- a random run: twenty blocks, each filled with a byte of its own ---- */

enum { BLOCKS = 20 };

struct block {
    unsigned char *p, fill;
    size_t n;
};

static bool blocks_hold(const struct block *blocks)
{
    for (const struct block *b = blocks; b < blocks + BLOCKS; b++)
        for (size_t k = 0; b->p && k < b->n; k++)
            if (b->p[k] != b->fill) return false;
    return true;
}

static void block_step(struct block *b, check_rng *r)
{
    size_t n = check_rng_below(r, 600);

    if (check_rng_below(r, 4) == 0) {
        pila_free(b->p);
        b->p = NULL;
        b->n = 0;
        return;
    }
    if (check_rng_below(r, 5) == 0) check_alloc_fail(1, 0);
    unsigned char *p = pila_realloc(b->p, n, 1);
    check_alloc_fail(0, 0);
    if (!p) return; /* b->p is as it was */
    for (size_t k = 0; k < n && k < b->n; k++)
        if (p[k] != b->fill) fail_msg("a byte was lost by realloc");
    b->p = p;
    b->n = n;
    b->fill = (unsigned char)check_rng_next(r);
    memset(p, b->fill, n);
}

static bool random_run(int turns, int fault_at)
{
    struct block blocks[BLOCKS] = {{0}};
    check_rng r = check_rng_start();
    bool good = true;

    check_alloc_start();
    for (int turn = 0; turn < turns && good; turn++) {
        struct block *b = &blocks[check_rng_below(&r, BLOCKS)];
        block_step(b, &r);
        if (turn >= fault_at && b->n) b->p[b->n / 2] ^= 1;
        good = blocks_hold(blocks);
    }
    for (struct block *b = blocks; b < blocks + BLOCKS; b++) pila_free(b->p);
    check_alloc_stop();
    return good;
}

static void test_random_run(void **state)
{
    (void)state;
    CHECK(random_run(20000, 1 << 30));
    CHECK(!random_run(20000, 500)); /* the planted fault is seen */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_and_mul),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_reserve_wraparound),
        cmocka_unit_test(test_alloc_is_aligned_as_malloc),
        cmocka_unit_test(test_alloc_zero_is_zero),
        cmocka_unit_test(test_grow_overflow),
        cmocka_unit_test(test_growth_is_geometric),
        cmocka_unit_test(test_growth_against_128_bits),
        cmocka_unit_test(test_hook_sees_every_call),
        cmocka_unit_test(test_huge_is_a_hint),
        cmocka_unit_test(test_alloc_sweep),
        cmocka_unit_test(test_random_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
