/* array.c - an array is a list (list.c) of a ready-made kind of number; here is what
 * numbers add: conversion, order by value, bytes.
 *
 * Invariant: that of list, and the kind of item is one that the typecode names.
 *
 * Conversion goes in two steps, a batch at a time: every kind widens to int64_t (or
 * double), and that narrows to every kind: 2n loops, not n * n, and a single number is
 * a batch of one. What int64_t does not hold fits no kind of integer but its own, which
 * needs no conversion.
 *
 * Order is exact: an integer meets the whole part of a float first and then the rest.
 *
 * Bytes are turned round 32 at a time by one shuffle where there is AVX2, asked for at
 * run time; that keeps up with memcpy. Elsewhere eight are one word, turned as a whole
 * and put in order again: a loop of __builtin_bswap16 over the items ran at half its
 * speed (8.6 to 17.7 GB/s, gcc 12 at -O2, which does not vectorise it).
 *
 * Files are read aside, as a stream may run code of the user, and take memory by what
 * has come in, not by what was asked for.
 */
#include "array.h"

#include "item.h"

#include <errno.h>

#if !defined(PILA_NO_SIMD) && (defined(__x86_64__) || defined(__i386__))
#include <immintrin.h>
#define ARRAY_AVX2 1
#else
#define ARRAY_AVX2 0
#endif

enum {
    ARRAY_BATCH = 256, /* items converted at a time */
    ARRAY_ALIKE = 256, /* bytes compared at a time */
    ARRAY_READ_LEAST =
        64 << 10,          /* bytes asked for at first; then as many as there are */
    ARRAY_WRITE = 16 << 10 /* bytes written at a time */
};

/* ---- kinds ---- */

static bool array_is_float(const pila_type *t)
{
    return t->kind == PILA_KIND_F32 || t->kind == PILA_KIND_F64;
}

static bool array_is_number(const pila_type *t)
{
    return t->kind >= PILA_KIND_I8 && t->kind <= PILA_KIND_F64;
}

static const pila_type *array_type_of(char typecode)
{
    switch (typecode) {
    case 'b': return PILA_TYPE_OF(signed char, NULL);
    case 'B': return PILA_TYPE_OF(unsigned char, NULL);
    case 'h': return PILA_TYPE_OF(short, NULL);
    case 'H': return PILA_TYPE_OF(unsigned short, NULL);
    case 'i': return PILA_TYPE_OF(int, NULL);
    case 'I': return PILA_TYPE_OF(unsigned, NULL);
    case 'l': return PILA_TYPE_OF(long, NULL);
    case 'L': return PILA_TYPE_OF(unsigned long, NULL);
    case 'q': return PILA_TYPE_OF(long long, NULL);
    case 'Q': return PILA_TYPE_OF(unsigned long long, NULL);
    case 'f': return PILA_TYPE_OF(float, NULL);
    case 'd': return PILA_TYPE_OF(double, NULL);
    default: return NULL;
    }
}

/* ---- from kind to kind ---- */

/* The loop of a kind: each item of n as T x, at p. */
#define ARRAY_EACH(KIND, T, p, body)                                                   \
    case KIND:                                                                         \
        for (size_t k = 0; k < n; k++) {                                               \
            T x;                                                                       \
            memcpy(&x, (p) + k * sizeof x, sizeof x);                                  \
            body;                                                                      \
        }                                                                              \
        return n;

/* n integers as int64_t: how many there are before one that is too large. */
static size_t array_widen(const pila_type *t, const char *p, size_t n, int64_t *out)
{
    switch (t->kind) {
        ARRAY_EACH(PILA_KIND_I8, int8_t, p, out[k] = x)
        ARRAY_EACH(PILA_KIND_I16, int16_t, p, out[k] = x)
        ARRAY_EACH(PILA_KIND_I32, int32_t, p, out[k] = x)
        ARRAY_EACH(PILA_KIND_I64, int64_t, p, out[k] = x)
        ARRAY_EACH(PILA_KIND_U8, uint8_t, p, out[k] = x)
        ARRAY_EACH(PILA_KIND_U16, uint16_t, p, out[k] = x)
        ARRAY_EACH(PILA_KIND_U32, uint32_t, p, out[k] = x)
        ARRAY_EACH(PILA_KIND_U64, uint64_t, p, if (x > INT64_MAX) return k;
                   out[k] = (int64_t)x)
    default: return 0;
    }
}

/* n numbers as double, the nearest one. */
static size_t array_widen_float(const pila_type *t, const char *p, size_t n,
                                double *out)
{
    switch (t->kind) {
        ARRAY_EACH(PILA_KIND_I8, int8_t, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_I16, int16_t, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_I32, int32_t, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_I64, int64_t, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_U8, uint8_t, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_U16, uint16_t, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_U32, uint32_t, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_U64, uint64_t, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_F32, float, p, out[k] = (double)x)
        ARRAY_EACH(PILA_KIND_F64, double, p, out[k] = x)
    default: return 0;
    }
}
#undef ARRAY_EACH

/* The loop of a kind: each of n numbers that is in range, as T to p. */
#define ARRAY_EACH(KIND, T, in_range)                                                  \
    case KIND:                                                                         \
        for (size_t k = 0; k < n; k++) {                                               \
            T x = (T)in[k];                                                            \
            if (!(in_range)) return k;                                                 \
            memcpy(p + k * sizeof x, &x, sizeof x);                                    \
        }                                                                              \
        return n;

/* n integers as items: how many there are before one that the kind does not hold. */
static size_t array_narrow(const pila_type *t, const int64_t *in, size_t n, char *p)
{
    switch (t->kind) {
        ARRAY_EACH(PILA_KIND_I8, int8_t, x == in[k])
        ARRAY_EACH(PILA_KIND_I16, int16_t, x == in[k])
        ARRAY_EACH(PILA_KIND_I32, int32_t, x == in[k])
        ARRAY_EACH(PILA_KIND_I64, int64_t, true)
        ARRAY_EACH(PILA_KIND_U8, uint8_t, x == in[k])
        ARRAY_EACH(PILA_KIND_U16, uint16_t, x == in[k])
        ARRAY_EACH(PILA_KIND_U32, uint32_t, x == in[k])
        ARRAY_EACH(PILA_KIND_U64, uint64_t, in[k] >= 0)
    default: return 0;
    }
}

/* n floats as items. What float does not hold becomes infinite, as IEEE 754 has it. */
static size_t array_narrow_float(const pila_type *t, const double *in, size_t n,
                                 char *p)
{
    switch (t->kind) {
        ARRAY_EACH(PILA_KIND_F32, float, true)
        ARRAY_EACH(PILA_KIND_F64, double, true)
    default: return 0;
    }
}
#undef ARRAY_EACH

/* n items at p, at most ARRAY_BATCH, as items of type `to` at out: how many there are
 * before one that it does not hold. */
static size_t array_convert(const pila_type *to, char *out, const pila_type *from,
                            const char *p, size_t n)
{
    union {
        int64_t whole[ARRAY_BATCH];
        double real[ARRAY_BATCH];
    } wide;

    if (array_is_float(to))
        return array_narrow_float(to, wide.real,
                                  array_widen_float(from, p, n, wide.real), out);
    return array_narrow(to, wide.whole, array_widen(from, p, n, wide.whole), out);
}

/* Whether all items of the one type make sense as the other, whatever their value. */
static bool array_takes(const pila_type *to, const pila_type *from)
{
    return array_is_number(from) && (array_is_float(to) || !array_is_float(from));
}

/* ---- one number ---- */

static pila_number array_load(const pila_type *t, const void *item)
{
    int64_t whole = 0;
    double real = 0;

    if (array_is_float(t)) {
        (void)array_widen_float(t, (const char *)item, 1, &real);
        return pila_number_float(real);
    }
    if (array_widen(t, (const char *)item, 1, &whole)) return pila_number_int(whole);
    PILA__LOAD(uint64_t, large, item);
    return pila_number_uint(large);
}

/* The number as an item of the type. */
static pila_status array_store(const pila_type *t, char *out, pila_number x)
{
    if (array_is_float(t)) {
        double real = x.kind == PILA_NUMBER_INT    ? (double)x.as.i
                      : x.kind == PILA_NUMBER_UINT ? (double)x.as.u
                                                   : x.as.f;
        (void)array_narrow_float(t, &real, 1, out);
        return PILA_OK;
    }
    if (x.kind == PILA_NUMBER_FLOAT) return PILA_ETYPE;
    const pila_type *from = x.kind == PILA_NUMBER_INT ? &pila_i64 : &pila_u64;
    if (t->kind == from->kind) memcpy(out, &x.as, sizeof x.as);
    else if (!array_convert(t, out, from, (const char *)&x.as, 1))
        return PILA_EOVERFLOW;
    return PILA_OK;
}

static int array_order_ints(pila_number x, pila_number y)
{
    bool large_x = x.kind == PILA_NUMBER_UINT && x.as.u > INT64_MAX;
    bool large_y = y.kind == PILA_NUMBER_UINT && y.as.u > INT64_MAX;

    if (large_x != large_y) return large_x ? 1 : -1;
    if (large_x) return (x.as.u > y.as.u) - (x.as.u < y.as.u);
    int64_t a = x.kind == PILA_NUMBER_UINT ? (int64_t)x.as.u : x.as.i;
    int64_t b = y.kind == PILA_NUMBER_UINT ? (int64_t)y.as.u : y.as.i;
    return (a > b) - (a < b);
}

/* An integer against the whole part of d, then against the rest. */
static int array_order_mixed(pila_number x, double d)
{
    int64_t below;
    uint64_t above;
    int order;

    if (d != d) return 2;
    if (d >= 0x1p64) return -1;
    if (d < -0x1p63) return 1;
    if (d < 0) {
        below = (int64_t)d;
        order = array_order_ints(x, pila_number_int(below));
        return order ? order : (double)below > d;
    }
    above = (uint64_t)d;
    order = array_order_ints(x, pila_number_uint(above));
    return order ? order : -((double)above < d);
}

/* -1, 0, 1, or 2 where a NaN leaves no order. */
static int array_order_numbers(pila_number x, pila_number y)
{
    bool real_x = x.kind == PILA_NUMBER_FLOAT, real_y = y.kind == PILA_NUMBER_FLOAT;
    int order;

    if (!real_x) return real_y ? array_order_mixed(x, y.as.f) : array_order_ints(x, y);
    if (!real_y) {
        order = array_order_mixed(y, x.as.f);
        return order == 2 ? 2 : -order;
    }
    if (x.as.f != x.as.f || y.as.f != y.as.f) return 2;
    return (x.as.f > y.as.f) - (x.as.f < y.as.f);
}

/* A float that is whole as an integer, since to an array of them it may be equal. */
static pila_number array_whole(pila_number x)
{
    if (x.kind != PILA_NUMBER_FLOAT) return x;
    if (x.as.f >= -0x1p63 && x.as.f < 0x1p63) return pila_number_int((int64_t)x.as.f);
    if (x.as.f >= 0 && x.as.f < 0x1p64) return pila_number_uint((uint64_t)x.as.f);
    return x;
}

/* Whether an item of the type can be equal to the number; that item is at out. */
static bool array_exact(const pila_type *t, char *out, pila_number x)
{
    pila_number asked = array_is_float(t) ? x : array_whole(x);

    return array_store(t, out, asked) == PILA_OK &&
           array_order_numbers(array_load(t, out), x) == 0;
}

/* ---- adding ---- */

/* A batch is read before the array moves: the window may be in it. */
static pila_status array_extend_converted(pila__list *l, const pila_type *t,
                                          pila_iter *it)
{
    char made[ARRAY_BATCH * sizeof(uint64_t)];
    size_t n, good;

    while ((n = pila_iter_ready(it)) > 0) {
        pila_status st;
        if (n > ARRAY_BATCH) n = ARRAY_BATCH;
        good = array_convert(t, made, it->type, it->cur, n);
        pila_iter_skip(it, n);
        st = pila__list_extend(l, t, pila_span(made, good, t));
        if (st == PILA_OK && good < n) st = PILA_EOVERFLOW;
        if (st != PILA_OK) return st;
    }
    return pila_iter_outcome(it);
}

pila_status pila__array_extend(pila__list *l, const pila_type *t, pila_iter items)
{
    pila_status st = PILA_ETYPE;

    if (items.status != PILA_OK || items.type->kind == t->kind)
        return pila__list_extend(l, t, items);
    if (array_takes(t, items.type)) st = array_extend_converted(l, t, &items);
    pila_iter_drop(&items);
    return st;
}

/* Append what was made aside, which goes. */
static pila_status array_adopt(pila__list *l, const pila_type *t, pila__list *made)
{
    pila_status st = PILA_OK;

    if (l->len == 0 && l->room < made->len) pila__list_move(l, made, t);
    else st = pila__list_extend(l, t, pila_span(made->items, made->len, t));
    pila__list_done(made, t);
    return st;
}

pila_status pila__array_fromlist(pila__list *l, const pila_type *t, pila_iter items)
{
    pila__list made = {0};
    pila_status st = pila__array_extend(&made, t, items);

    if (st == PILA_OK) return array_adopt(l, t, &made);
    pila__list_done(&made, t);
    return st;
}

pila_status pila__array_from(pila__list *to, const pila_type *t, pila_iter items)
{
    pila__list made = {0};
    pila_status st = pila__array_extend(&made, t, items);

    if (st == PILA_OK) pila__list_move(to, &made, t);
    pila__list_done(&made, t);
    return st;
}

/* ---- slices, repetition ---- */

/* An empty array deletes any slice; a list would refuse it for a step that is not 1. */
pila_status pila__array_set_slice(pila__list *l, const pila_type *t, pila_slice s,
                                  const pila__list *from)
{
    if (from->len == 0) return pila__list_del_slice(l, t, s);
    return pila__list_set_slice(l, t, s, pila__list_iter(from, t));
}

/* What is there is copied behind itself, twice as much each time. */
pila_status pila__array_repeat(pila__list *to, const pila__list *from,
                               const pila_type *t, ptrdiff_t n)
{
    size_t times = n > 0 && from->len ? (size_t)n : 0, total, done, more;
    pila__list made = {0};
    pila_status st;

    if (!pila_mul(from->len, times, &total)) return PILA_ENOMEM;
    st = pila__list_reserve(&made, t->size, total);
    if (st != PILA_OK) return st;
    for (done = 0; done < total; done += more) {
        const char *source = done ? made.items : from->items;
        more = done ? done : from->len;
        if (more > total - done) more = total - done;
        memcpy(made.items + done * t->size, source, more * t->size);
    }
    made.len = total;
    pila__list_move(to, &made, t);
    return PILA_OK;
}

/* ---- order ---- */

/* Of n items each, how many at the front are equal for certain: integers of one kind,
 * by their bytes. */
static size_t array_alike(const char *a, const pila_type *ta, const char *b,
                          const pila_type *tb, size_t n)
{
    size_t bytes = n * ta->size, done = 0, some = ARRAY_ALIKE;

    if (ta->kind != tb->kind || array_is_float(ta)) return 0;
    while (done < bytes) {
        if (some > bytes - done) some = bytes - done;
        if (memcmp(a + done, b + done, some) != 0) break;
        done += some;
    }
    return done / ta->size;
}

int pila__array_order(const pila__list *a, const pila_type *ta, const pila__list *b,
                      const pila_type *tb)
{
    size_t n = a->len < b->len ? a->len : b->len;

    for (size_t i = array_alike(a->items, ta, b->items, tb, n); i < n; i++) {
        pila_number x = array_load(ta, a->items + i * ta->size);
        pila_number y = array_load(tb, b->items + i * tb->size);
        int order = array_order_numbers(x, y);
        if (order) return order;
    }
    return (a->len > b->len) - (a->len < b->len);
}

/* ---- showing ---- */

pila_status pila__array_repr(const pila__list *l, const pila_type *t, char typecode,
                             pila_buf *out)
{
    size_t was = out->len;
    pila_status st = pila_buf_add(out, pila_cstr("array('"));

    if (st == PILA_OK) st = pila_buf_add_char(out, typecode);
    if (st == PILA_OK) st = pila_buf_add_char(out, '\'');
    if (st == PILA_OK && l->len) st = pila_buf_add(out, pila_cstr(", "));
    if (st == PILA_OK && l->len) st = pila__list_repr(l, t, out);
    if (st == PILA_OK) st = pila_buf_add_char(out, ')');
    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- the order of bytes ---- */

/* Eight bytes, which are 8 / size items, each turned round. */
PILA_INLINE uint64_t array_turn(uint64_t x, size_t size)
{
    uint64_t y = __builtin_bswap64(x);

    if (size == 8) return y;
    if (size == 4) return y >> 32 | y << 32;
    return (x >> 8 & 0x00ff00ff00ff00ffu) | (x & 0x00ff00ff00ff00ffu) << 8;
}

/* The words of bytes [0, n); how many bytes they are. */
PILA_INLINE size_t array_turn_words(char *p, size_t n, size_t size)
{
    size_t done = 0;

    for (; n - done >= sizeof(uint64_t); done += sizeof(uint64_t)) {
        uint64_t x;
        memcpy(&x, p + done, sizeof x);
        x = array_turn(x, size);
        memcpy(p + done, &x, sizeof x);
    }
    return done;
}

/* Bytes [0, n), n a multiple of the size. The last items may be less than a word. */
static void array_turn_plain(char *p, size_t n, size_t size)
{
    size_t done = size == 2   ? array_turn_words(p, n, 2)
                  : size == 4 ? array_turn_words(p, n, 4)
                              : array_turn_words(p, n, 8);

    for (; done < n; done += size)
        for (size_t k = 0; k < size / 2; k++) {
            char byte = p[done + k];
            p[done + k] = p[done + size - 1 - k];
            p[done + size - 1 - k] = byte;
        }
}

#if ARRAY_AVX2
/* As many bytes of [0, n) as make whole blocks of 64; how many that is. */
__attribute__((target("avx2"))) static size_t array_turn_avx2(char *p, size_t n,
                                                              size_t size)
{
    char from[16];
    size_t done = 0;

    for (size_t k = 0; k < sizeof from; k++)
        from[k] = (char)(k / size * size + (size - 1 - k % size));
    __m256i turn = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)from));
    for (; n - done >= 64; done += 64) {
        __m256i *at = (__m256i *)(void *)(p + done);
        __m256i low = _mm256_loadu_si256(at), high = _mm256_loadu_si256(at + 1);
        _mm256_storeu_si256(at, _mm256_shuffle_epi8(low, turn));
        _mm256_storeu_si256(at + 1, _mm256_shuffle_epi8(high, turn));
    }
    return done;
}
#endif

void pila__array_byteswap(pila__list *l, size_t size)
{
    size_t n = l->len * size, done = 0;

    if (size == 1) return;
#if ARRAY_AVX2
    if (n >= 64 && __builtin_cpu_supports("avx2"))
        done = array_turn_avx2(l->items, n, size);
#endif
    if (done < n) array_turn_plain(l->items + done, n - done, size);
}

/* ---- bytes and files ---- */

pila_status pila__array_frombytes(pila__list *l, const pila_type *t, pila_str bytes)
{
    if (bytes.len % t->size) return PILA_EVALUE;
    if (bytes.len > PTRDIFF_MAX) return PILA_ENOMEM;
    return pila__list_extend(l, t, pila_span(bytes.ptr, bytes.len / t->size, t));
}

/* The count bytes of a file, or what it has of them and PILA_EEOF. */
static pila_status array_read(pila__list *made, FILE *f, size_t count)
{
    while (made->len < count) {
        size_t ask = made->len + ARRAY_READ_LEAST, got;
        pila_status st;
        if (ask < 2 * made->len) ask = 2 * made->len;
        if (ask > count) ask = count;
        if ((st = pila__list_reserve(made, 1, ask)) != PILA_OK) return st;
        ask -= made->len;
        errno = 0;
        got = fread(made->items + made->len, 1, ask, f);
        made->len += got;
        if (got == ask) continue;
        if (feof(f)) return PILA_EEOF;
        if (errno != EINTR) {
            if (errno == 0) errno = EIO;
            return PILA_EIO;
        }
        clearerr(f);
    }
    return PILA_OK;
}

pila_status pila__array_fromfile(pila__list *l, const pila_type *t, FILE *f, size_t n)
{
    pila__list made = {0};
    size_t count;
    pila_status st, kept;

    if (!pila_mul(n, t->size, &count) || count > PTRDIFF_MAX) return PILA_ENOMEM;
    st = array_read(&made, f, count);
    made.len /= t->size;
    made.room /= t->size;
    if (st == PILA_OK || st == PILA_EEOF) {
        kept = array_adopt(l, t, &made);
        return kept == PILA_OK ? st : kept;
    }
    pila__list_done(&made, t);
    return st;
}

/* By way of a buffer: a stream of the user's own may change the array it is given. */
pila_status pila__array_tofile(const pila__list *l, size_t size, FILE *f)
{
    char some[ARRAY_WRITE];
    size_t count = l->len * size, n;
    uint64_t version = l->version;

    for (size_t done = 0; done < count; done += n) {
        if (l->version != version) return PILA_EMUTATED;
        n = count - done < sizeof some ? count - done : sizeof some;
        memcpy(some, l->items + done, n);
        errno = 0;
        if (fwrite(some, 1, n, f) != n) {
            if (errno == 0) errno = EIO;
            return PILA_EIO;
        }
    }
    return PILA_OK;
}

/* ---- the run-time face ---- */

pila_status pila_array_init(pila_array *a, char typecode)
{
    const pila_type *type = array_type_of(typecode);

    if (!type) return PILA_EVALUE;
    pila_list_init(&a->list, type);
    a->typecode = typecode;
    return PILA_OK;
}

pila_array *pila_array_new(char typecode)
{
    pila_array *a = (pila_array *)pila_alloc(1, sizeof *a);

    if (a && pila_array_init(a, typecode) == PILA_OK) return a;
    pila_free(a);
    return NULL;
}

pila_status pila_array_from(pila_array *to, pila_iter items)
{
    return pila__array_from(&to->list.base, to->list.type, items);
}

pila_status pila_array_reserve(pila_array *a, size_t n)
{
    return pila_list_reserve(&a->list, n);
}

size_t pila_array_len(const pila_array *a) { return a->list.base.len; }
char pila_array_typecode(const pila_array *a) { return a->typecode; }
size_t pila_array_itemsize(const pila_array *a) { return a->list.type->size; }
void *pila_array_data(const pila_array *a) { return a->list.base.items; }

void pila_array_buffer_info(const pila_array *a, void **address, size_t *count)
{
    *address = a->list.base.items;
    *count = a->list.base.len;
}

pila_str pila_array_bytes(const pila_array *a)
{
    return pila__array_bytes(&a->list.base, a->list.type->size);
}

const void *pila_array_get(const pila_array *a, ptrdiff_t i)
{
    return pila_list_get(&a->list, i);
}

pila_status pila_array_number(const pila_array *a, ptrdiff_t i, pila_number *out)
{
    const void *item = pila_list_get(&a->list, i);

    if (!item) return PILA_EINDEX;
    *out = array_load(a->list.type, item);
    return PILA_OK;
}

pila_iter pila_array_iter(const pila_array *a) { return pila_list_iter(&a->list); }

pila_iter pila_array_reversed(const pila_array *a)
{
    return pila_list_reversed(&a->list);
}

pila_status pila_array_index(const pila_array *a, const void *value, ptrdiff_t start,
                             ptrdiff_t stop, size_t *out)
{
    return pila__array_index(&a->list.base, a->list.type, value, start, stop, out);
}

pila_status pila_array_index_number(const pila_array *a, pila_number x, ptrdiff_t start,
                                    ptrdiff_t stop, size_t *out)
{
    char item[sizeof x.as];

    if (!array_exact(a->list.type, item, x)) return PILA_EVALUE;
    return pila_list_index(&a->list, item, start, stop, out);
}

pila_status pila_array_contains(const pila_array *a, const void *value, bool *out)
{
    return pila__array_contains(&a->list.base, a->list.type, value, out);
}

pila_status pila_array_contains_number(const pila_array *a, pila_number x, bool *out)
{
    char item[sizeof x.as];

    *out = false;
    if (!array_exact(a->list.type, item, x)) return PILA_OK;
    return pila_list_contains(&a->list, item, out);
}

pila_status pila_array_count(const pila_array *a, const void *value, size_t *out)
{
    return pila__array_count(&a->list.base, a->list.type, value, out);
}

pila_status pila_array_count_number(const pila_array *a, pila_number x, size_t *out)
{
    char item[sizeof x.as];

    *out = 0;
    if (!array_exact(a->list.type, item, x)) return PILA_OK;
    return pila_list_count(&a->list, item, out);
}

pila_status pila_array_eq(const pila_array *a, const pila_array *b, bool *out)
{
    int order = 1;

    if (pila_array_len(a) == pila_array_len(b)) (void)!pila_array_compare(a, b, &order);
    *out = order == 0;
    return PILA_OK;
}

pila_status pila_array_compare(const pila_array *a, const pila_array *b, int *out)
{
    *out = pila__array_order(&a->list.base, a->list.type, &b->list.base, b->list.type);
    return PILA_OK;
}

pila_status pila_array_repr(const pila_array *a, pila_buf *out)
{
    return pila__array_repr(&a->list.base, a->list.type, a->typecode, out);
}

pila_status pila_array_append(pila_array *a, const void *item)
{
    return pila_list_append(&a->list, item);
}

pila_status pila_array_append_number(pila_array *a, pila_number x)
{
    char item[sizeof x.as];
    pila_status st = array_store(a->list.type, item, x);

    return st == PILA_OK ? pila_list_append(&a->list, item) : st;
}

pila_status pila_array_extend(pila_array *a, pila_iter items)
{
    return pila__array_extend(&a->list.base, a->list.type, items);
}

pila_status pila_array_extend_array(pila_array *a, const pila_array *from)
{
    if (a->typecode != from->typecode) return PILA_ETYPE;
    return pila_list_extend(&a->list, pila_array_iter(from));
}

pila_status pila_array_fromlist(pila_array *a, pila_iter items)
{
    return pila__array_fromlist(&a->list.base, a->list.type, items);
}

pila_status pila_array_frombytes(pila_array *a, pila_str bytes)
{
    return pila__array_frombytes(&a->list.base, a->list.type, bytes);
}

pila_status pila_array_fromfile(pila_array *a, FILE *f, size_t n)
{
    return pila__array_fromfile(&a->list.base, a->list.type, f, n);
}

pila_status pila_array_insert(pila_array *a, ptrdiff_t i, const void *item)
{
    return pila_list_insert(&a->list, i, item);
}

pila_status pila_array_insert_number(pila_array *a, ptrdiff_t i, pila_number x)
{
    char item[sizeof x.as];
    pila_status st = array_store(a->list.type, item, x);

    return st == PILA_OK ? pila_list_insert(&a->list, i, item) : st;
}

pila_status pila_array_set(pila_array *a, ptrdiff_t i, const void *item)
{
    return pila_list_set(&a->list, i, item);
}

pila_status pila_array_set_number(pila_array *a, ptrdiff_t i, pila_number x)
{
    char item[sizeof x.as];
    pila_status st;

    if (!pila_list_get(&a->list, i)) return PILA_EINDEX;
    st = array_store(a->list.type, item, x);
    return st == PILA_OK ? pila_list_set(&a->list, i, item) : st;
}

pila_status pila_array_pop(pila_array *a, ptrdiff_t i, void *out)
{
    return pila_list_pop(&a->list, i, out);
}

pila_status pila_array_pop_number(pila_array *a, ptrdiff_t i, pila_number *out)
{
    char item[sizeof out->as];
    pila_status st = pila_list_pop(&a->list, i, item);

    if (st == PILA_OK) *out = array_load(a->list.type, item);
    return st;
}

pila_status pila_array_del(pila_array *a, ptrdiff_t i)
{
    return pila_list_del(&a->list, i);
}

pila_status pila_array_remove(pila_array *a, const void *value)
{
    return pila__array_remove(&a->list.base, a->list.type, value);
}

pila_status pila_array_remove_number(pila_array *a, pila_number x)
{
    char item[sizeof x.as];

    if (!array_exact(a->list.type, item, x)) return PILA_EVALUE;
    return pila_list_remove(&a->list, item);
}

void pila_array_reverse(pila_array *a) { pila_list_reverse(&a->list); }

void pila_array_byteswap(pila_array *a)
{
    pila__array_byteswap(&a->list.base, a->list.type->size);
}

/* `to` is made of the same type by what has succeeded: the letter follows. */
static pila_status array_become(pila_array *to, char typecode, pila_status st)
{
    if (st == PILA_OK) to->typecode = typecode;
    return st;
}

pila_status pila_array_slice(pila_array *to, const pila_array *a, pila_slice s)
{
    return array_become(to, a->typecode, pila_list_slice(&to->list, &a->list, s));
}

pila_status pila_array_set_slice(pila_array *a, pila_slice s, const pila_array *from)
{
    if (s.step == 0) return PILA_EVALUE;
    if (a->typecode != from->typecode) return PILA_ETYPE;
    return pila__array_set_slice(&a->list.base, a->list.type, s, &from->list.base);
}

pila_status pila_array_del_slice(pila_array *a, pila_slice s)
{
    return pila_list_del_slice(&a->list, s);
}

pila_status pila_array_copy(pila_array *to, const pila_array *from)
{
    return array_become(to, from->typecode, pila_list_copy(&to->list, &from->list));
}

pila_status pila_array_concat(pila_array *to, const pila_array *a, const pila_array *b)
{
    if (a->typecode != b->typecode) return PILA_ETYPE;
    return array_become(to, a->typecode,
                        pila_list_concat(&to->list, &a->list, &b->list));
}

pila_status pila_array_repeat(pila_array *to, const pila_array *a, ptrdiff_t n)
{
    pila_list made;
    pila_status st;

    pila_list_init(&made, a->list.type);
    st = pila__array_repeat(&made.base, &a->list.base, made.type, n);
    if (st == PILA_OK) pila_list_move(&to->list, &made);
    return array_become(to, a->typecode, st);
}

pila_status pila_array_tobytes(const pila_array *a, pila_buf *out)
{
    return pila_buf_add(out, pila_array_bytes(a));
}

pila_status pila_array_tofile(const pila_array *a, FILE *f)
{
    return pila__array_tofile(&a->list.base, a->list.type->size, f);
}

void pila_array_move(pila_array *to, pila_array *from)
{
    pila_list_move(&to->list, &from->list);
    to->typecode = from->typecode;
}

void pila_array_clear(pila_array *a) { pila_list_clear(&a->list); }
void pila_array_done(pila_array *a) { pila_list_done(&a->list); }

void pila_array_free(pila_array *a)
{
    if (a) pila_array_done(a);
    pila_free(a);
}
