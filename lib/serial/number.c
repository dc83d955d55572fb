/* number.c - see number.h.
 *
 * One table serves both ways: 10^e to 128 bits, cut off. To read, digits * 10^e is the
 * product of two 64-bit words with it, 128 bits that are too small by less than two in
 * the last place. Only where a rounding boundary lies in that gap, or digits had to be
 * left out, does the number go to exact big integers: the digits against the middle
 * between two doubles. 768 digits tell all middles apart; of what follows it matters
 * only whether it is 0. So the big integers have a bound and lie on the stack.
 *
 * To write, the double is scaled by the power that makes one unit of its last place 1
 * to 10 units: then some integer lies between the middles to its neighbours, and at
 * most one multiple of ten. Where the scaled number is not too close to a boundary to
 * tell, one product decides; else (powers of two, denormals, exact halves) the three
 * products of Schubfach do. Sixteen digits come by arithmetic inside a vector or two
 * words, which also tells the zeros at the end; what of them stands before the point is
 * moved down by a shift. Nothing that random digits decide is a branch.
 *
 * Rejected: Ryu, whose table for the same work is of another shape than the one for
 * reading, and whose loop over the zeros at the end takes twice as long.
 */
#include "number.h"

#include "number_table.h"

#include <assert.h>
#include <string.h>

#if defined(__SSE2__) && !defined(PILA_NO_SIMD)
#include <emmintrin.h>
#endif

typedef unsigned number_u128 __attribute__((mode(TI))); /* of 128 bits */

enum {
    NUMBER_FRACTION = 52,     /* bits of a double below its point */
    NUMBER_INF = 0x7ff,       /* the exponent of inf and NaN */
    NUMBER_LEAST = -1074,     /* 2^it is the least double */
    NUMBER_MOST_DIGITS = 768, /* that can matter; one more says if others are not 0 */
    NUMBER_LIMBS = 64,        /* of those times a power of ten: 2700 bits, and room */
    NUMBER_STEP = 19          /* decimal digits that fit a limb */
};

static const uint64_t number_step = 10000000000000000000u; /* 10^NUMBER_STEP */
static const uint64_t number_hidden = (uint64_t)1 << NUMBER_FRACTION;

static uint64_t number_bits(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double number_of_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* floor(log2(10^e)) and floor(log10(2^e)), for all that a double can have. */
PILA_INLINE int number_log2_power(int e) { return (e * 1741647) >> 19; }
PILA_INLINE int number_log10_bit(int e) { return (e * 1262611) >> 22; }

/* ---- eight digits in a word: the first in its lowest byte ---- */

static uint64_t number_load(const char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

PILA_INLINE void number_store(char *p, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(p, &word, sizeof word);
}

PILA_INLINE bool number_eight(uint64_t word)
{
    return (((word + 0x4646464646464646) | (word - 0x3030303030303030)) &
            0x8080808080808080) == 0;
}

/* Pairs of digits, then of pairs, then of fours are joined by a multiplication each. */
PILA_INLINE uint32_t number_eight_value(uint64_t word)
{
    const uint64_t mask = 0x000000ff000000ff;

    word -= 0x3030303030303030;
    word = word * 10 + (word >> 8);
    return (uint32_t)(((word & mask) * 0x000f424000000064 +
                       (word >> 16 & mask) * 0x0000271000000001) >>
                      32);
}

/* The same backwards: x < 10^8 into bytes of 0 to 9. */
PILA_INLINE uint64_t number_eight_digits(uint32_t x)
{
    uint64_t high = x / 10000, fours, pairs, tens;

    fours = high | (uint64_t)(x - (uint32_t)high * 10000) << 32;
    tens = (fours * 5243 >> 19) & 0x0000007f0000007f;
    pairs = tens | (fours - tens * 100) << 16;
    tens = (pairs * 103 >> 10) & 0x000f000f000f000f;
    return tens | (pairs - tens * 10) << 8;
}

static const uint64_t number_zeros = 0x3030303030303030;

/* ---- big integers on the stack ---- */

typedef struct number_big {
    uint64_t limb[NUMBER_LIMBS];
    size_t n;
} number_big;

/* limbs * factor + add; returns the new length. The room has one limb more than n. */
static size_t number_mul_add(uint64_t *limbs, size_t n, uint64_t factor, uint64_t add)
{
    for (size_t k = 0; k < n; k++) {
        number_u128 wide = (number_u128)limbs[k] * factor + add;
        limbs[k] = (uint64_t)wide;
        add = (uint64_t)(wide >> 64);
    }
    if (add) limbs[n++] = add;
    return n;
}

static void number_big_mul(number_big *b, uint64_t factor, uint64_t add)
{
    assert(b->n < NUMBER_LIMBS);
    b->n = number_mul_add(b->limb, b->n, factor, add);
}

static void number_big_mul_power5(number_big *b, size_t e)
{
    const uint64_t most = 7450580596923828125u; /* 5^27 */
    uint64_t rest = 1;

    for (; e >= 27; e -= 27) number_big_mul(b, most, 0);
    for (; e > 0; e--) rest *= 5;
    number_big_mul(b, rest, 0);
}

static void number_big_shift(number_big *b, size_t bits)
{
    size_t whole = bits / 64;

    number_big_mul(b, (uint64_t)1 << bits % 64, 0);
    if (!b->n || !whole) return;
    assert(b->n + whole <= NUMBER_LIMBS);
    memmove(b->limb + whole, b->limb, b->n * sizeof *b->limb);
    memset(b->limb, 0, whole * sizeof *b->limb);
    b->n += whole;
}

static int number_big_order(const number_big *a, const number_big *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (size_t k = a->n; k-- > 0;)
        if (a->limb[k] != b->limb[k]) return a->limb[k] < b->limb[k] ? -1 : 1;
    return 0;
}

/* ---- decimal to double ---- */

/* digits * 10^exp10 where both are doubles, and so one rounding is all. */
PILA_INLINE bool number_make_small(uint64_t digits, int64_t exp10, double *out)
{
    static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

    if (digits > 2 * number_hidden || exp10 < -22 || exp10 > 22) return false;
    *out = exp10 < 0 ? (double)digits / ten[-exp10] : (double)digits * ten[exp10];
    return true;
}

/* A number of 128 bits, high:low, times 2^exp2 is given, too small by less than two in
 * the last place (`exact`: by less than one, and by nothing if it is even in high). */
static bool number_round(uint64_t high, uint64_t low, int exp2, bool exact, double *out)
{
    const uint64_t top = (uint64_t)1 << 63;
    int empty = high < top, drop = 11 - empty; /* bits of high below the fraction */
    int exponent = exp2 + 64 + 63 - empty;     /* of the highest bit */
    uint64_t kept, half, rest;
    bool up, sure;

    if (exponent < -1022) drop += -1022 - exponent;
    if (drop > 64) {
        *out = 0;
        return drop > 65;
    }
    kept = drop == 64 ? 0 : high >> drop;
    half = (uint64_t)1 << (drop - 1);
    rest = high & (half | (half - 1));
    up = rest > half || (rest == half && (low > 0 || (exact && (kept & 1))));
    sure = rest > half || (rest == half && (low > 0 || exact)) ||
           (rest < half && !(rest == half - 1 && low == UINT64_MAX));
    kept += up;
    /* The hidden bit counts as one in the exponent, and so does a carry into it. */
    if (exponent >= -1022) kept += (uint64_t)(exponent + 1022) << NUMBER_FRACTION;
    if (exponent > 1023 || kept >> NUMBER_FRACTION >= NUMBER_INF)
        kept = (uint64_t)NUMBER_INF << NUMBER_FRACTION;
    *out = number_of_bits(kept);
    return sure;
}

static bool number_make(uint64_t digits, int64_t exp10, double *out)
{
    int zeros;
    const uint64_t *power;
    number_u128 high, low;
    bool exact;

    if (digits == 0 || exp10 < PILA__POWER_LOWEST) return *out = 0, true;
    if (exp10 > 308) return *out = __builtin_inf(), true;
    power = number_power[exp10 - PILA__POWER_LOWEST];
    zeros = __builtin_clzll(digits);
    low = (number_u128)(digits << zeros) * power[1];
    high = (number_u128)(digits << zeros) * power[0] + (uint64_t)(low >> 64);
    exact = exp10 >= 0 && exp10 <= PILA__POWER_EXACT && (uint64_t)low == 0;
    return number_round((uint64_t)(high >> 64), (uint64_t)high,
                        number_log2_power((int)exp10) - zeros - 63, exact, out);
}

/* The common case by one multiplication: where the last nine bits of the product's high
 * half are neither all 0 nor all 1, what was cut off of the power and of the product
 * cannot reach the rounding. No branch depends on the digits. */
PILA_INLINE bool number_make_likely(uint64_t digits, int64_t exp10, double *out)
{
    uint64_t high, rest, kept;
    int zeros, full;

    if (digits == 0 || exp10 < -280 || exp10 > 280) return false; /* no subnormals */
    zeros = __builtin_clzll(digits);
    high = (uint64_t)((number_u128)(digits << zeros) *
                          number_power[exp10 - PILA__POWER_LOWEST][0] >>
                      64);
    rest = high & 0x1ff;
    if (rest == 0 || rest == 0x1ff) return false;
    full = (int)(high >> 63);
    kept = high >> (full + 9);
    kept = (kept + (kept & 1)) >> 1; /* a carry goes into the exponent */
    kept += (uint64_t)(number_log2_power((int)exp10) - zeros + full + 63 + 1022)
            << NUMBER_FRACTION;
    *out = number_of_bits(kept);
    return true;
}

bool pila__double_make(uint64_t digits, int64_t exp10, bool more, double *out)
{
    double next;
    bool sure;

    if (!more && (number_make_small(digits, exp10, out) ||
                  number_make_likely(digits, exp10, out)))
        return true;
    sure = number_make(digits, exp10, out);
    if (!more) return sure;
    return number_make(digits + 1, exp10, &next) && sure &&
           number_bits(*out) == number_bits(next);
}

/* What a text says: digits * 10^exp10, if not more. */
typedef struct number_text {
    uint64_t digits; /* the first NUMBER_STEP */
    int64_t exp10;
    const char *first;        /* of the digits that are not zeros in front */
    const char *point, *tail; /* the point, or where it would be; behind all digits */
    bool more, negative;
} number_text;

static bool number_is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *number_skip_digits(const char *p, const char *end)
{
    while (end - p >= 8 && number_eight(number_load(p))) p += 8;
    while (p < end && number_is_digit(*p)) p++;
    return p;
}

/* The digits of [p, end), in which a point may stand. */
static uint64_t number_gather(const char *p, const char *end)
{
    uint64_t digits = 0;

    for (; end - p >= 8 && number_eight(number_load(p)); p += 8)
        digits = digits * 100000000 + number_eight_value(number_load(p));
    for (; p < end; p++)
        if (*p != '.') digits = digits * 10 + (uint64_t)(*p - '0');
    return digits;
}

/* Behind 19 digits from t->first; whether others are not 0. */
static void number_cut(number_text *t)
{
    const char *p = t->first, *stop = t->tail;
    int64_t whole = t->point - t->first; /* digits before the point, or minus zeros */

    if (whole > 0 && whole < stop - p) {
        if (stop - p - 1 > NUMBER_STEP) stop = p + NUMBER_STEP + (whole < NUMBER_STEP);
    } else if (stop - p > NUMBER_STEP) stop = p + NUMBER_STEP;
    for (p = stop; p < t->tail && !t->more; p++) t->more = *p != '0' && *p != '.';
    t->digits = number_gather(t->first, stop);
    /* The last digit gathered stands so far from the point. */
    t->exp10 += stop <= t->point ? t->point - stop : t->point + 1 - stop;
}

/* An exponent so far out that no text could make up for it is as good as any such. */
static const char *number_scan_exponent(const char *p, const char *end, int64_t *out)
{
    const int64_t far = (int64_t)1 << 59;
    const char *q = p + 1;
    bool negative = q < end && *q == '-';
    int64_t e = 0;

    if (q < end && (*q == '-' || *q == '+')) q++;
    if (q == end || !number_is_digit(*q)) return p;
    for (; q < end && number_is_digit(*q); q++)
        if (e < far) e = e * 10 + (*q - '0');
    *out = negative ? -e : e;
    return q;
}

static const char *number_scan(const char *text, const char *end, number_text *t)
{
    const char *p = text;

    t->negative = p < end && *p == '-';
    p += t->negative;
    t->first = p;
    t->point = p = number_skip_digits(p, end);
    if (p < end && *p == '.') p = number_skip_digits(p + 1, end);
    t->tail = p;
    if (p - t->first == (t->point < p)) return NULL; /* no digit */
    t->exp10 = 0;
    t->more = false;
    if (p < end && (*p | 0x20) == 'e') p = number_scan_exponent(p, end, &t->exp10);
    while (t->first < t->tail && (*t->first == '0' || *t->first == '.')) t->first++;
    number_cut(t);
    return p;
}

/* The digits that matter; 10^*exp10 is still to be multiplied. */
static void number_big_of_text(number_big *b, const number_text *t, int64_t *exp10)
{
    const char *p = t->first;
    uint64_t rest = 0;
    size_t n = 0;

    *exp10 = t->exp10;
    b->n = 0;
    for (; p < t->tail && n < NUMBER_MOST_DIGITS; p++) {
        if (*p == '.') continue;
        number_big_mul(b, 10, (uint64_t)(*p - '0'));
        n++;
        /* t->exp10 counts from the 19th digit. */
        *exp10 -= n > NUMBER_STEP;
    }
    for (; p < t->tail && !rest; p++) rest = *p != '0' && *p != '.';
    if (rest) {
        number_big_mul(b, 10, 1);
        --*exp10;
    }
}

/* The number against the middle of the double with these bits and the next one. */
static int number_against_middle(const number_text *t, uint64_t bits)
{
    number_big number, middle;
    int64_t exp10;
    int exponent = (int)(bits >> NUMBER_FRACTION);
    uint64_t fraction = bits & (number_hidden - 1);
    int64_t exp2 = exponent ? NUMBER_LEAST - 2 + exponent : NUMBER_LEAST - 1;

    number_big_of_text(&number, t, &exp10);
    middle.limb[0] = 2 * (exponent ? fraction | number_hidden : fraction) + 1;
    middle.n = 1;
    if (exp10 >= 0) number_big_mul_power5(&number, (size_t)exp10);
    else number_big_mul_power5(&middle, (size_t)-exp10);
    exp2 -= exp10;
    if (exp2 >= 0) number_big_shift(&middle, (size_t)exp2);
    else number_big_shift(&number, (size_t)-exp2);
    return number_big_order(&number, &middle);
}

static double number_exact(const number_text *t, double guess)
{
    uint64_t bits = number_bits(guess) & (UINT64_MAX >> 1);
    int order;

    if (bits == (uint64_t)NUMBER_INF << NUMBER_FRACTION) bits--; /* the largest */
    while ((order = number_against_middle(t, bits)) > 0 || (order == 0 && (bits & 1)))
        if (++bits == (uint64_t)NUMBER_INF << NUMBER_FRACTION) return __builtin_inf();
    while (bits > 0 && ((order = number_against_middle(t, bits - 1)) < 0 ||
                        (order == 0 && (bits & 1))))
        bits--;
    return number_of_bits(bits);
}

const char *pila__double_read(const char *text, const char *end, double *out)
{
    number_text t;
    const char *p = number_scan(text, end, &t);
    double x;

    if (!p) return NULL;
    if (!pila__double_make(t.digits, t.exp10, t.more, &x)) x = number_exact(&t, x);
    *out = t.negative ? -x : x;
    return p;
}

/* ---- integers to decimal ---- */

/* How many digits x has, 0 < x < 10^8. By itself it takes a third of the time that the
 * digits do, and what is written next waits for no more than this. */
PILA_INLINE size_t number_length(uint64_t x)
{
    return (size_t)((x + number_digits[63 - __builtin_clzll(x)]) >> 32);
}

/* The last n of eight digits. */
PILA_INLINE void number_write_last(char *out, uint64_t digits, size_t n)
{
    number_store(out, (digits | number_zeros) >> (64 - 8 * n));
}

/* Two words of eight digits. */
#if defined(__SSE2__) && !defined(PILA_NO_SIMD)
typedef __m128i number_sixteen;

/* As number_eight_digits, in both halves at once. */
PILA_INLINE number_sixteen number_sixteen_digits(uint64_t x)
{
    uint64_t high = x / 100000000, low = x - high * 100000000;
    __m128i v = _mm_set_epi64x((long long)low, (long long)high), q;

    q = _mm_srli_epi64(_mm_mul_epu32(v, _mm_set1_epi64x(0xd1b71759)), 45);
    v = _mm_sub_epi32(v, _mm_mul_epu32(q, _mm_set1_epi64x(10000)));
    v = _mm_or_si128(q, _mm_slli_epi64(v, 32));
    q = _mm_srli_epi16(_mm_mulhi_epu16(v, _mm_set1_epi16(5243)), 3);
    v = _mm_sub_epi16(v, _mm_mullo_epi16(q, _mm_set1_epi16(100)));
    v = _mm_or_si128(q, _mm_slli_epi32(v, 16));
    q = _mm_mulhi_epu16(v, _mm_set1_epi16(6554));
    v = _mm_sub_epi16(v, _mm_mullo_epi16(q, _mm_set1_epi16(10)));
    return _mm_or_si128(q, _mm_slli_epi16(v, 8));
}

PILA_INLINE uint64_t number_first_eight(number_sixteen v)
{
    return (uint64_t)_mm_cvtsi128_si64(v);
}

PILA_INLINE uint64_t number_last_eight(number_sixteen v)
{
    return (uint64_t)_mm_cvtsi128_si64(_mm_srli_si128(v, 8));
}

PILA_INLINE void number_store_sixteen(char *out, number_sixteen v)
{
    _mm_storeu_si128((__m128i *)(void *)out, _mm_or_si128(v, _mm_set1_epi8('0')));
}

/* How many there are up to the last that is not 0. */
PILA_INLINE int number_used(number_sixteen v)
{
    unsigned some = (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_setzero_si128()));

    return 31 - __builtin_clz(some << 1 | 1);
}
#else
typedef struct number_sixteen {
    uint64_t first, last;
} number_sixteen;

PILA_INLINE number_sixteen number_sixteen_digits(uint64_t x)
{
    number_sixteen v;

    v.first = number_eight_digits((uint32_t)(x / 100000000));
    v.last = number_eight_digits((uint32_t)(x % 100000000));
    return v;
}

PILA_INLINE uint64_t number_first_eight(number_sixteen v) { return v.first; }
PILA_INLINE uint64_t number_last_eight(number_sixteen v) { return v.last; }

PILA_INLINE void number_store_sixteen(char *out, number_sixteen v)
{
    number_store(out, v.first | number_zeros);
    number_store(out + 8, v.last | number_zeros);
}

PILA_INLINE int number_used(number_sixteen v)
{
    return v.last    ? 16 - (__builtin_clzll(v.last) >> 3)
           : v.first ? 8 - (__builtin_clzll(v.first) >> 3)
                     : 0;
}
#endif

PILA_INLINE size_t number_write(char *out, uint64_t x)
{
    const uint64_t e8 = 100000000, e16 = e8 * e8;
    number_sixteen v;
    size_t n;

    if (x < 1000) {
        memcpy(out, number_small[x], 4);
        return (size_t)number_small[x][3];
    }
    if (x < e8) {
        n = number_length(x);
        number_write_last(out, number_eight_digits((uint32_t)x), n);
        return n;
    }
    if (x < e8 * 1000) {
        const char *high = number_small[x / e8];
        memcpy(out, high, 4);
        n = (size_t)high[3];
        number_store(out + n, number_eight_digits((uint32_t)(x % e8)) | number_zeros);
        return n + 8;
    }
    if (x < e16) {
        n = number_length(x / e8);
        v = number_sixteen_digits(x);
        number_write_last(out, number_first_eight(v), n);
        number_store(out + n, number_last_eight(v) | number_zeros);
        return n + 8;
    }
    n = number_length(x / e16);
    number_write_last(out, number_eight_digits((uint32_t)(x / e16)), n);
    number_store_sixteen(out + n, number_sixteen_digits(x % e16));
    return n + 16;
}

size_t pila__uint_write(char *out, uint64_t x) { return number_write(out, x); }

size_t pila__int_write(char *out, int64_t x)
{
    uint64_t minus = x < 0;

    *out = '-';
    return minus + number_write(out + minus, ((uint64_t)x ^ (0 - minus)) + minus);
}

/* ---- double to decimal ---- */

/* 10^e to 128 bits, rounded up. */
PILA_INLINE void number_power_up(int e, uint64_t *high, uint64_t *low)
{
    const uint64_t *power = number_power[e - PILA__POWER_LOWEST];
    bool exact = e >= 0 && e <= PILA__POWER_EXACT;

    *low = power[1] + !exact; /* none of the rest ends in 64 ones */
    *high = power[0];
}

/* factor * power / 2^128; its lowest bit says also whether there is a rest. */
static uint64_t number_scaled(uint64_t high, uint64_t low, uint64_t factor)
{
    number_u128 rest = (number_u128)low * factor >> 64;
    number_u128 wide = (number_u128)high * factor + rest;

    return (uint64_t)(wide >> 64) | ((uint64_t)wide > 1);
}

/* The shortest decimal in the rounding interval of c * 2^q, and of those the nearest:
 * *exp10 and digits. All in quarters of units, so that the middles are whole. */
static uint64_t number_shortest(uint64_t c, int q, bool uneven, int *exp10)
{
    int k = (q * 1262611 - (uneven ? 524031 : 0)) >> 22;
    int h = q + number_log2_power(-k) + 1;
    uint64_t high, low, lower, upper, at, s, ten;
    bool odd = c & 1, below, above;

    number_power_up(-k, &high, &low);
    at = number_scaled(high, low, 4 * c << h);
    lower = number_scaled(high, low, (4 * c - 2 + uneven) << h) + odd;
    upper = number_scaled(high, low, (4 * c + 2) << h) - odd;
    *exp10 = k;
    s = at / 4;
    ten = s / 10;
    below = lower <= 40 * ten;
    above = 40 * ten + 40 <= upper;
    if (s >= 10 && below != above) return (ten + above) * 10;
    below = lower <= 4 * s;
    above = 4 * s + 4 <= upper;
    if (below != above) return s + above;
    return s + (at > 4 * s + 2 || (at == 4 * s + 2 && (s & 1)));
}

/* The same by one product, for c of 53 bits that is no power of two; false where the
 * scaled number is too close to a boundary. Parts of a unit are in 2^-60. */
PILA_INLINE bool number_shortest_fast(uint64_t c, int q, uint64_t *digits, int *exp10)
{
    const uint64_t unit = (uint64_t)1 << 60, near = 4;
    int k = number_log10_bit(q), h = q + number_log2_power(-k) + 1;
    uint64_t high, low, whole, part, reach, last, over, up, pick;
    number_u128 wide;

    high = number_power[-k - PILA__POWER_LOWEST][0];
    low = number_power[-k - PILA__POWER_LOWEST][1];
    wide = (number_u128)high * (c << h) + (uint64_t)((number_u128)low * (c << h) >> 64);
    whole = (uint64_t)(wide >> 64);
    part = (uint64_t)wide >> 4;
    reach = high >> (5 - h); /* half of the interval */
    last = whole % 10;
    over = last * unit + part; /* beyond a multiple of ten */
    /* Masks: which of the three it is cannot be foreseen. */
    up = 0 - (uint64_t)(10 * unit - over < reach);
    pick = (last + (part > unit / 2)) & (0 - (uint64_t)(over >= reach));
    pick = (pick & ~up) | (10 & up);
    *digits = whole - last + pick;
    *exp10 = k;
    return (over - reach + near > 2 * near) &
           (10 * unit - over - reach + near > 2 * near) &
           (part - unit / 2 + near > 2 * near);
}

/* The e and what follows. */
static char *number_write_exponent(char *out, int exp10)
{
    unsigned e = (unsigned)(exp10 < 0 ? -exp10 : exp10);

    out[0] = 'e';
    out[1] = (char)('+' + ((exp10 < 0) << 1)); /* '-' is two behind */
    out[2] = (char)('0' + e / 100);
    out += 2 + (e >= 100);
    out[0] = (char)('0' + e / 10 % 10);
    out[1] = (char)('0' + e % 10);
    return out + 2;
}

/* digits * 10^exp10, digits not 0 and below 10^17. All but the first are stored where
 * they stand behind the point; those before it then move down by one. */
PILA_INLINE char *number_write_decimal(char *out, uint64_t digits, int exp10)
{
    const uint64_t e16 = 10000000000000000;
    uint64_t few, first, word, before;
    number_sixteen rest;
    int n, zeros;

    for (; PILA_UNLIKELY(digits < e16 / 10); exp10--) digits *= 10;
    few = digits < e16;
    digits += digits * 9 & (0 - few);
    exp10 += 16 - (int)few; /* now of the first digit */
    first = digits / e16;
    zeros = exp10 < 0 && exp10 >= -4 ? -exp10 : 0;
    memcpy(out, "0.00000", 8); /* for zeros; else written over */
    rest = number_sixteen_digits(digits - first * e16);
    number_store_sixteen(out + 2 + zeros, rest);
    n = number_used(rest);
    if (PILA_LIKELY(exp10 >= 0 && exp10 < 8)) {
        out[0] = (char)('0' + first);
        word = number_first_eight(rest) | number_zeros;
        before = word & (((uint64_t)1 << 8 * exp10) - 1);
        word = before | (word ^ before) << 8 | (uint64_t)'.' << 8 * exp10;
        number_store(out + 1, word);
    } else if (zeros) {
        out[1 + zeros] = (char)('0' + first);
        return out + 2 + zeros + n;
    } else {
        int whole = exp10 > 0 && exp10 < 16 ? exp10 : 0;
        out[0] = (char)('0' + first);
        for (int k = 1; k <= whole; k++) out[k] = out[k + 1];
        out[1 + whole] = '.';
        if (whole != exp10) return number_write_exponent(out + (n ? n + 2 : 1), exp10);
    }
    return out + (n > exp10 ? n : exp10 + 1) + 2;
}

static size_t number_write_special(char *out, uint64_t bits)
{
    bool nan = bits << 12 != 0, minus = !nan && bits >> 63;

    *out = '-';
    memcpy(out + minus, nan ? "nan" : "inf", 3);
    return minus + 3u;
}

/* A double of no fraction below 2^53. Apart, as the next: the common way needs fewer
 * registers by itself. */
static __attribute__((noinline)) char *number_write_whole(char *out, uint64_t x)
{
    out += number_write(out, x);
    memcpy(out, ".0", 2);
    return out + 2;
}

static __attribute__((noinline)) char *number_write_rare(char *out, uint64_t c,
                                                         int exponent)
{
    uint64_t digits;
    int exp10;

    if (exponent == 0) digits = number_shortest(c, NUMBER_LEAST, false, &exp10);
    else
        digits = number_shortest(c, exponent + NUMBER_LEAST - 1,
                                 exponent > 1 && c == number_hidden, &exp10);
    return number_write_decimal(out, digits, exp10);
}

size_t pila__double_write(char *out, double x)
{
    uint64_t bits = number_bits(x), fraction = bits & (number_hidden - 1), digits;
    uint64_t c = fraction | number_hidden;
    int exponent = (int)(bits >> NUMBER_FRACTION) & NUMBER_INF, exp10;
    int q = exponent + NUMBER_LEAST - 1;
    char *p = out;

    if (PILA_UNLIKELY(exponent == NUMBER_INF)) return number_write_special(out, bits);
    *p = '-';
    p += bits >> 63;
    if (q <= 0 && q > -53 && (c & (((uint64_t)1 << -q) - 1)) == 0)
        p = number_write_whole(p, c >> -q);
    else if (PILA_LIKELY(exponent && fraction &&
                         number_shortest_fast(c, q, &digits, &exp10)))
        p = number_write_decimal(p, digits, exp10);
    else if (bits << 1) p = number_write_rare(p, exponent ? c : fraction, exponent);
    else p = number_write_whole(p, 0);
    return (size_t)(p - out);
}

/* ---- big integers ---- */

size_t pila__big_room(size_t n) { return n / NUMBER_STEP + 1; }

/* 64 bits are 19.3 digits. */
bool pila__big_digits(size_t n, size_t *out) { return pila_mul(n, 20, out); }

size_t pila__big_from_decimal(const char *digits, size_t n, uint64_t *limbs)
{
    const char *end = digits + n, *p = digits + n % NUMBER_STEP;
    size_t used = number_mul_add(limbs, 0, 0, number_gather(digits, p));

    for (; p < end; p += NUMBER_STEP)
        used =
            number_mul_add(limbs, used, number_step, number_gather(p, p + NUMBER_STEP));
    return used;
}

/* limbs / 10^19; returns the rest. The quotient of two words is estimated by a product
 * with the inverse of the divisor, 2^128 / 10^19 - 2^64, and is then off by one. */
static uint64_t number_divide(uint64_t *limbs, size_t n)
{
    const uint64_t inverse = 0xd83c94fb6d2ac34a;
    uint64_t rest = 0;

    for (size_t k = n; k-- > 0;) {
        number_u128 q =
            (number_u128)rest * inverse + ((number_u128)(rest + 1) << 64 | limbs[k]);
        uint64_t high = (uint64_t)(q >> 64), r = limbs[k] - high * number_step;
        if (r > (uint64_t)q) high--, r += number_step;
        if (PILA_UNLIKELY(r >= number_step)) high++, r -= number_step;
        limbs[k] = high;
        rest = r;
    }
    return rest;
}

size_t pila__big_to_decimal(uint64_t *limbs, size_t n, char *out)
{
    char *end = out + 20 * n, *p = end, first[PILA__INT_ROOM];
    size_t len;

    if (n == 0) return *out = '0', 1;
    while (n > 1 || (n == 1 && limbs[0] >= number_step)) {
        uint64_t rest = number_divide(limbs, n), high = rest / 10000000000000000;
        n -= limbs[n - 1] == 0;
        p -= NUMBER_STEP;
        number_store_sixteen(p + 3, number_sixteen_digits(rest % 10000000000000000));
        for (int k = 2; k >= 0; k--, high /= 10) p[k] = (char)('0' + high % 10);
    }
    len = number_write(first, limbs[0]);
    limbs[0] = 0;
    memcpy(out, first, len);
    memmove(out + len, p, (size_t)(end - p));
    return len + (size_t)(end - p);
}

/* The highest 64 bits, of n > 0 limbs; whether others are not 0. */
static uint64_t number_top(const uint64_t *limbs, size_t n, bool *rest)
{
    int zeros = __builtin_clzll(limbs[n - 1]);
    uint64_t top = limbs[n - 1] << zeros, second = n > 1 ? limbs[n - 2] : 0;

    *rest = second << zeros != 0;
    if (zeros) top |= second >> (64 - zeros);
    for (size_t k = 0; k + 2 < n && !*rest; k++) *rest = limbs[k] != 0;
    return top;
}

bool pila__big_to_double(const uint64_t *limbs, size_t n, double *out)
{
    bool rest;
    uint64_t top;
    int zeros;
    double x;

    if (n == 0) return *out = 0, true;
    if (n > 16) return false;
    top = number_top(limbs, n, &rest);
    zeros = __builtin_clzll(limbs[n - 1]);
    (void)number_round(top, rest, (int)n * 64 - zeros - 128, true, &x);
    if (x > 1.7976931348623157e308) return false;
    *out = x;
    return true;
}

int pila__big_compare(const uint64_t *limbs, size_t n, double x)
{
    uint64_t bits = number_bits(x), top, c;
    int exponent = (int)(bits >> NUMBER_FRACTION) - 1022; /* bits before the point */
    size_t length;
    bool rest;

    if (x == 0 || n == 0) return (n > 0) - (x > 0);
    if (bits >> NUMBER_FRACTION == NUMBER_INF) return -1;
    length = n * 64 - (size_t)__builtin_clzll(limbs[n - 1]);
    if (exponent <= 0 || length > (size_t)exponent) return 1;
    if (length < (size_t)exponent) return -1;
    top = number_top(limbs, n, &rest);
    c = (bits << 11) | (uint64_t)1 << 63;
    if (top != c) return top < c ? -1 : 1;
    return rest;
}
