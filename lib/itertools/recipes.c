/* recipes.c - see recipes.h.
 *
 * The sieve holds one segment of odd numbers, a byte each, which stays in the nearest
 * cache; the primes up to the root of n cross out their multiples in it, each from
 * where it stopped in the segment before. A window is filled from what is left.
 *
 * Primality is the strong test to the first twelve prime bases, which is proved to be
 * right below 2^64; a factor is found by a walk modulo n whose differences share it.
 * Both work in Montgomery's form, as a product modulo n then needs no division, and
 * products of 128 bits are made of four of 64, for compilers that have none. Factors
 * below 256 are divided out first, so numbers there are odd.
 *
 * What is done for int64_t and double alike is done once, over words of eight bytes,
 * with the dot product of the type.
 *
 * Rejected: trial division by the sieve's primes, as the recipe does: four thousand
 * million steps at worst; and a sieve of bits, a third slower at this size.
 */
#include "recipes.h"
#include "combinatorics.h"
#include "sinks.h"

#include <math.h>

/* ---- the sieve ---- */

enum {
    SIEVE_SPAN =
        32 << 10,      /* odd numbers of a segment, a byte each: the nearest cache */
    SIEVE_WINDOW = 512 /* primes */
};

typedef struct sieve {
    uint64_t limit; /* primes below this */
    uint64_t low;   /* the segment's first number is low + 1 */
    size_t at, end; /* odd numbers of the segment looked at, and all of it */
    size_t base_n;  /* odd primes whose square is below limit */
    uint32_t *base;
    uint32_t *behind; /* of each, where it goes on in the next segment */
    size_t met;       /* base primes that have begun */
    bool two;         /* has been yielded */
    unsigned char crossed[SIEVE_SPAN];
    int64_t window[SIEVE_WINDOW];
} sieve;

/* The least r with r * r >= n, bit by bit; n < 2^63. */
static uint64_t sieve_root(uint64_t n)
{
    uint64_t r = 0;

    for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
        if ((r + bit) * (r + bit) < n) r += bit; /* the greatest below */
    return n ? r + 1 : 0;
}

/* The odd primes p with p * p < limit. */
static bool sieve_base(sieve *s)
{
    size_t root = (size_t)sieve_root(s->limit), half = root / 2, n = 0;
    unsigned char *crossed = (unsigned char *)pila_alloc_zero(half + 1, 1);

    if (!crossed) return false;
    for (size_t k = 1; k < half; k++) { /* k stands for 2k + 1 */
        if (crossed[k]) continue;
        n++;
        for (size_t m = 2 * k * (k + 1); m < half; m += 2 * k + 1) crossed[m] = 1;
    }
    s->base = (uint32_t *)pila_alloc(n, sizeof *s->base);
    s->behind = (uint32_t *)pila_alloc(n, sizeof *s->behind);
    for (size_t k = 1; s->base && s->behind && k < half; k++)
        if (!crossed[k]) s->base[s->base_n++] = (uint32_t)(2 * k + 1);
    pila_free(crossed);
    return s->base && s->behind;
}

/* Cross out in the segment that starts at low. */
static void sieve_segment(sieve *s)
{
    uint64_t left = s->limit / 2 - s->low / 2; /* odd numbers from low + 1 on */
    size_t end = left < SIEVE_SPAN ? (size_t)left : (size_t)SIEVE_SPAN;

    memset(s->crossed, 0, end);
    for (; s->met < s->base_n; s->met++) { /* primes whose square is in here */
        uint64_t p = s->base[s->met], square = p * p;
        if (square > s->low + 2 * SIEVE_SPAN) break;
        s->behind[s->met] = (uint32_t)((square - s->low) / 2);
    }
    for (size_t k = 0; k < s->met; k++) {
        size_t p = s->base[k], m = s->behind[k];
        for (; m < SIEVE_SPAN; m += p) s->crossed[m] = 1;
        s->behind[k] = (uint32_t)(m - SIEVE_SPAN);
    }
    if (s->low == 0) s->crossed[0] = 1; /* 1 is no prime */
    s->at = 0;
    s->end = end;
}

static size_t sieve_collect(sieve *s, size_t n)
{
    for (; n < SIEVE_WINDOW && s->at < s->end; s->at++) {
        s->window[n] = (int64_t)(s->low + 2 * s->at + 1);
        n += !s->crossed[s->at];
    }
    return n;
}

static bool sieve_refill(pila_iter *it)
{
    sieve *s = (sieve *)it->state;
    size_t n = 0;

    if (!s->two && s->limit > 2) {
        s->window[n++] = 2;
        sieve_segment(s);
    }
    s->two = true;
    for (n = sieve_collect(s, n); n == 0; n = sieve_collect(s, n)) {
        if (s->end < SIEVE_SPAN) return pila_iter_end(it, PILA_END);
        s->low += 2 * (uint64_t)SIEVE_SPAN;
        sieve_segment(s);
    }
    it->cur = (const char *)s->window;
    it->end = (const char *)(s->window + n);
    return true;
}

static pila_iter sieve_drop(pila_iter *it)
{
    sieve *s = (sieve *)it->state;

    pila_free(s->base);
    pila_free(s->behind);
    pila_free(s);
    return pila_failed(PILA_END);
}

pila_iter pila_sieve(int64_t n)
{
    static const pila_iter_ops ops = {sieve_refill, sieve_drop, NULL};
    sieve *s = (sieve *)pila_alloc(1, sizeof *s);

    if (!s) return pila_failed(PILA_ENOMEM);
    memset(s, 0, offsetof(sieve, crossed));
    s->limit = n < 0 ? 0 : (uint64_t)n;
    pila_iter it = pila_iter_make(&pila_i64, &ops, s);
    if (sieve_base(s)) return it;
    pila_iter_drop(&it);
    return pila_failed(PILA_ENOMEM);
}

/* ---- modulo n ---- */

/* The low half of a product; its high half at `high`. */
static uint64_t modulo_wide(uint64_t x, uint64_t y, uint64_t *high)
{
    uint64_t a = x >> 32, b = x & UINT32_MAX, c = y >> 32, d = y & UINT32_MAX;
    uint64_t middle = (b * d >> 32) + (a * d & UINT32_MAX) + (b * c & UINT32_MAX);

    *high = a * c + (a * d >> 32) + (b * c >> 32) + (middle >> 32);
    return x * y;
}

/* Montgomery's form of x is x * 2^64 modulo n. */
typedef struct modulo {
    uint64_t n, inverse; /* n * inverse is 1 modulo 2^64 */
    uint64_t one;        /* in that form */
} modulo;

static modulo modulo_make(uint64_t n)
{
    modulo m = {n, n, (0 - n) % n}; /* n is its own inverse, to three bits */

    for (int bits = 3; bits < 64; bits *= 2) m.inverse *= 2 - n * m.inverse;
    return m;
}

static uint64_t modulo_multiply(const modulo *m, uint64_t x, uint64_t y)
{
    uint64_t high, taken, low = modulo_wide(x, y, &high);

    (void)modulo_wide(low * m->inverse, m->n, &taken);
    return high - taken + (high < taken ? m->n : 0);
}

static uint64_t modulo_add(const modulo *m, uint64_t x, uint64_t y)
{
    return x >= m->n - y ? x - (m->n - y) : x + y;
}

/* x in that form, for small x. */
static uint64_t modulo_of(const modulo *m, unsigned x)
{
    uint64_t sum = 0;

    for (; x; x--) sum = modulo_add(m, sum, m->one);
    return sum;
}

/* Whether an odd n passes the strong test to a base that does not divide it. */
static bool modulo_passes(const modulo *m, unsigned base)
{
    uint64_t x = m->one, square = modulo_of(m, base), minus = m->n - m->one;
    int twos = __builtin_ctzll(m->n - 1);

    for (uint64_t power = (m->n - 1) >> twos; power; power >>= 1) {
        if (power & 1) x = modulo_multiply(m, x, square);
        square = modulo_multiply(m, square, square);
    }
    if (x == m->one || x == minus) return true;
    for (; --twos > 0;) {
        x = modulo_multiply(m, x, x);
        if (x == minus) return true;
    }
    return false;
}

static const unsigned char modulo_bases[] = {2,  3,  5,  7,  11, 13,
                                             17, 19, 23, 29, 31, 37};

bool pila_is_prime(uint64_t n)
{
    for (size_t k = 0; k < sizeof modulo_bases; k++)
        if (n % modulo_bases[k] == 0) return n == modulo_bases[k];
    if (n < 41 * 41) return n > 1;
    modulo m = modulo_make(n);
    for (size_t k = 0; k < sizeof modulo_bases; k++)
        if (!modulo_passes(&m, modulo_bases[k])) return false;
    return true;
}

/* ---- factors ---- */

enum {
    FACTOR_SMALL = 256, /* primes below are divided out */
    FACTOR_BATCH = 128  /* differences between looking for what they share with n */
};

static uint64_t factor_gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* What the differences from x share with n, one by one from y on. */
static uint64_t factor_retrace(const modulo *m, uint64_t x, uint64_t y, uint64_t step)
{
    uint64_t shared = 1;

    while (shared == 1) {
        y = modulo_add(m, modulo_multiply(m, y, y), step);
        shared = factor_gcd(x > y ? x - y : y - x, m->n);
    }
    return shared;
}

/* A factor of n on the walk y * y + step, or n itself. */
static uint64_t factor_walk(const modulo *m, uint64_t step)
{
    uint64_t x = 0, y = m->one, before = y, product = m->one, shared = 1;

    for (uint64_t length = 1; shared == 1; length *= 2) {
        x = y;
        for (uint64_t k = 0; k < length; k++)
            y = modulo_add(m, modulo_multiply(m, y, y), step);
        for (uint64_t k = 0; k < length && shared == 1; k += FACTOR_BATCH) {
            before = y;
            for (uint64_t j = 0; j < FACTOR_BATCH && j < length - k; j++) {
                y = modulo_add(m, modulo_multiply(m, y, y), step);
                product = modulo_multiply(m, product, x > y ? x - y : y - x);
            }
            shared = factor_gcd(product, m->n);
        }
    }
    return shared == m->n ? factor_retrace(m, x, before, step) : shared;
}

/* A proper factor of an odd n that is no prime and has none below FACTOR_SMALL. */
static uint64_t factor_find(uint64_t n)
{
    modulo m = modulo_make(n);
    uint64_t found = n;

    for (unsigned step = 1; found == n; step++)
        found = factor_walk(&m, modulo_of(&m, step));
    return found;
}

/* x among n that are in order. */
static void factor_insert(uint64_t *out, size_t n, uint64_t x)
{
    for (; n > 0 && out[n - 1] > x; n--) out[n] = out[n - 1];
    out[n] = x;
}

size_t pila_factor(uint64_t n, uint64_t *out)
{
    uint64_t whole[PILA_FACTORS]; /* to be taken apart */
    size_t found = 0, left = 0;

    if (n < 2) return 0;
    for (uint64_t d = 2; d < FACTOR_SMALL && d * d <= n; d += 1 + (d & 1))
        for (; n % d == 0; n /= d) out[found++] = d;
    if (n > 1) whole[left++] = n;
    while (left > 0) {
        uint64_t x = whole[--left];
        if (pila_is_prime(x)) factor_insert(out, found++, x);
        else {
            uint64_t part = factor_find(x);
            whole[left++] = part;
            whole[left++] = x / part;
        }
    }
    return found;
}

uint64_t pila_totient(uint64_t n)
{
    uint64_t prime[PILA_FACTORS], count = n;
    size_t found = pila_factor(n, prime);

    for (size_t k = 0; k < found; k++)
        if (k == 0 || prime[k] != prime[k - 1]) count -= count / prime[k];
    return count;
}

pila_status pila_multinomial(const size_t *counts, size_t n, uint64_t *out)
{
    uint64_t all = 1, ways;
    size_t sum = 0;
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        if (!pila_add(sum, counts[k], &sum)) return PILA_EOVERFLOW;
        st = pila_combinations_count(sum, counts[k], &ways);
        if (st == PILA_OK && __builtin_mul_overflow(all, ways, &all))
            return PILA_EOVERFLOW;
    }
    if (st == PILA_OK) *out = all;
    return st;
}

/* ---- arrays of words: int64_t, or double ---- */

enum { WORD = 8 }; /* bytes */

static pila_status words_dot(const pila_type *type, const void *a, const void *b,
                             size_t n, void *out)
{
    pila_iter p = pila_span(a, n, type), q = pila_span(b, n, type);

    if (type->kind == PILA_KIND_I64) return pila_dotproduct_i64(p, q, (int64_t *)out);
    return pila_dotproduct_f64(p, q, (double *)out);
}

static pila_status words_convolve(const pila_type *type, const char *signal, size_t n,
                                  const char *kernel, size_t m, char *out)
{
    char *back = (char *)pila_alloc(m, WORD);
    pila_status st = m ? PILA_OK : PILA_EVALUE;

    if (m && !back) return PILA_ENOMEM;
    for (size_t k = 0; k < m; k++)
        memcpy(back + k * WORD, kernel + (m - 1 - k) * WORD, WORD);
    for (size_t k = 0; st == PILA_OK && k < n + m - 1; k++) {
        size_t from = k < m ? 0 : k - m + 1, to = k < n ? k + 1 : n;
        st = words_dot(type, n ? signal + from * WORD : back,
                       back + (n ? m - 1 - k + from : 0) * WORD, to - from,
                       out + k * WORD);
    }
    pila_free(back);
    return st;
}

pila_status pila_convolve_i64(const int64_t *signal, size_t n, const int64_t *kernel,
                              size_t m, int64_t *out)
{
    return words_convolve(&pila_i64, (const char *)signal, n, (const char *)kernel, m,
                          (char *)out);
}

pila_status pila_convolve_f64(const double *signal, size_t n, const double *kernel,
                              size_t m, double *out)
{
    return words_convolve(&pila_f64, (const char *)signal, n, (const char *)kernel, m,
                          (char *)out);
}

/* The next coefficients from the last to the first, each of two of the old ones. */
pila_status pila_polynomial_from_roots_i64(const int64_t *roots, size_t n, int64_t *out)
{
    int64_t by[2] = {0, 1};
    pila_status st = PILA_OK;

    out[0] = 1;
    for (size_t done = 0; done < n && st == PILA_OK; done++) {
        if (__builtin_sub_overflow(0, roots[done], &by[0])) return PILA_EOVERFLOW;
        out[done + 1] = 0;
        for (size_t k = done + 1; k > 0 && st == PILA_OK; k--)
            st = words_dot(&pila_i64, &out[k - 1], by, 2, &out[k]);
    }
    return st;
}

pila_status pila_polynomial_from_roots_f64(const double *roots, size_t n, double *out)
{
    double by[2] = {0, 1};
    pila_status st = PILA_OK;

    out[0] = 1;
    for (size_t done = 0; done < n && st == PILA_OK; done++) {
        by[0] = -roots[done];
        out[done + 1] = 0;
        for (size_t k = done + 1; k > 0 && st == PILA_OK; k--)
            st = words_dot(&pila_f64, &out[k - 1], by, 2, &out[k]);
    }
    return st;
}

pila_status pila_polynomial_eval_i64(const int64_t *c, size_t n, int64_t x,
                                     int64_t *out)
{
    int64_t *power = (int64_t *)pila_alloc(n, sizeof *power), now = 1;
    pila_status st = PILA_OK;

    if (!power) return PILA_ENOMEM;
    for (size_t k = n; k > 0 && st == PILA_OK; k--) {
        power[k - 1] = now;
        if (k > 1 && __builtin_mul_overflow(now, x, &now)) st = PILA_EOVERFLOW;
    }
    if (st == PILA_OK) st = words_dot(&pila_i64, c, power, n, out);
    pila_free(power);
    return st;
}

pila_status pila_polynomial_eval_f64(const double *c, size_t n, double x, double *out)
{
    double *power = (double *)pila_alloc(n, sizeof *power), now = 1;
    pila_status st = PILA_OK;

    if (!power) return PILA_ENOMEM;
    for (size_t k = n; k > 0 && st == PILA_OK; k--) {
        power[k - 1] = now;
        if (isinf(now) && !isinf(x)) st = PILA_EOVERFLOW;
        now *= x;
    }
    if (st == PILA_OK) st = words_dot(&pila_f64, c, power, n, out);
    pila_free(power);
    return st;
}

pila_status pila_polynomial_derivative_i64(const int64_t *c, size_t n, int64_t *out)
{
    for (size_t k = 0; k + 1 < n; k++)
        if (__builtin_mul_overflow(c[k], n - 1 - k, &out[k])) return PILA_EOVERFLOW;
    return PILA_OK;
}

void pila_polynomial_derivative_f64(const double *c, size_t n, double *out)
{
    for (size_t k = 0; k + 1 < n; k++) out[k] = c[k] * (double)(n - 1 - k);
}

void pila_transpose(const void *items, size_t rows, size_t columns, size_t size,
                    void *out)
{
    const char *from = (const char *)items;
    char *to = (char *)out;

    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++, from += size)
            memcpy(to + (j * rows + i) * size, from, size);
}

static pila_status words_matmul(const pila_type *type, pila_matmul_shape shape,
                                const char *a, const char *b, char *out)
{
    size_t columns = shape.columns, inner = shape.inner;
    char *turned = (char *)pila_alloc(inner * columns, WORD);
    pila_status st = PILA_OK;

    if (!turned) return PILA_ENOMEM;
    pila_transpose(b, inner, columns, WORD, turned);
    for (size_t i = 0; i < shape.rows; i++)
        for (size_t j = 0; j < columns && st == PILA_OK; j++, out += WORD)
            st = words_dot(type, a + i * inner * WORD, turned + j * inner * WORD, inner,
                           out);
    pila_free(turned);
    return st;
}

pila_status pila_matmul_i64(pila_matmul_shape shape, const int64_t *a, const int64_t *b,
                            int64_t *out)
{
    return words_matmul(&pila_i64, shape, (const char *)a, (const char *)b,
                        (char *)out);
}

pila_status pila_matmul_f64(pila_matmul_shape shape, const double *a, const double *b,
                            double *out)
{
    return words_matmul(&pila_f64, shape, (const char *)a, (const char *)b,
                        (char *)out);
}
