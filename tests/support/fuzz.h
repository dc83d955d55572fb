/* fuzz.h - what the fuzz targets share: input bytes as choices, allocations that fail,
 * items of several types that stand for a number, and the naive models.
 *
 * A target reads operations from its input, does each on a container and on a model
 * that is an array, and compares all of both. An operation that answers PILA_ENOMEM
 * must have left its container as it was. A target is built as a fuzzer (clang
 * -fsanitize=fuzzer) or with replay.c; with -DPLANTED_FAULT its model does one
 * operation wrong, which the corpus must show.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <pila/core/iter.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(expr)                                                               \
    do {                                                                               \
        if (!(expr)) {                                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #expr);                 \
            abort();                                                                   \
        }                                                                              \
    } while (0)
#define FUZZ_USE static __attribute__((unused))

#ifdef PLANTED_FAULT
enum { FUZZ_PLANTED = 1 };
#else
enum { FUZZ_PLANTED = 0 };
#endif

/* ---- the input ---- */

typedef struct fuzz_in {
    const uint8_t *p, *end;
} fuzz_in;

FUZZ_USE unsigned fuzz_byte(fuzz_in *in) { return in->p < in->end ? *in->p++ : 0; }

FUZZ_USE unsigned fuzz_below(fuzz_in *in, unsigned n) { return fuzz_byte(in) % n; }

/* An index or a bound near an array of n: beyond its ends, too. */
FUZZ_USE ptrdiff_t fuzz_index(fuzz_in *in, size_t n)
{
    int b = (int)(int8_t)fuzz_byte(in);

    if (b == 127) return PTRDIFF_MAX;
    if (b == -128) return PTRDIFF_MIN + 1;
    if (n > 100) return (ptrdiff_t)b * (ptrdiff_t)n / 100; /* reach all of it */
    return b % (ptrdiff_t)(n + 3);
}

/* ---- allocations that fail ---- */

static struct {
    long live, asked, fail_at;
    bool forever;
} fuzz_memory;

FUZZ_USE void *fuzz_resize(void *ctx, void *p, size_t bytes)
{
    long n = ++fuzz_memory.asked, at = fuzz_memory.fail_at;

    (void)ctx;
    if (at && (n == at || (n > at && fuzz_memory.forever))) return NULL;
    void *block = realloc(p, bytes);
    if (!p && block) {
        fuzz_memory.live++;
        memset(block, 0xa5, bytes); /* nobody may count on zeros */
    }
    return block;
}

FUZZ_USE void fuzz_release(void *ctx, void *p)
{
    (void)ctx;
    if (p) fuzz_memory.live--;
    free(p);
}

FUZZ_USE void fuzz_start(void)
{
    static const pila_allocator hook = {fuzz_resize, fuzz_release, NULL};

    memset(&fuzz_memory, 0, sizeof fuzz_memory);
    pila_mem_hook(&hook);
}

FUZZ_USE void fuzz_stop(void)
{
    FUZZ_CHECK(fuzz_memory.live == 0);
    pila_mem_hook(NULL);
}

/* Of the next operation, one byte: whether and which allocation fails. */
FUZZ_USE void fuzz_arm(fuzz_in *in)
{
    unsigned b = fuzz_byte(in);

    fuzz_memory.asked = 0;
    fuzz_memory.fail_at = b & 1 ? 1 + (b >> 2) % 16 : 0;
    fuzz_memory.forever = b & 2;
}

FUZZ_USE void fuzz_disarm(void) { fuzz_memory.fail_at = 0; }

/* Whether the operation ran out of memory, which nobody answers without a cause. */
FUZZ_USE bool fuzz_starved(pila_status st)
{
    long at = fuzz_memory.fail_at;

    fuzz_memory.fail_at = 0;
    if (st == PILA_ENOMEM) FUZZ_CHECK(at && fuzz_memory.asked >= at);
    return st == PILA_ENOMEM;
}

/* ---- items that stand for a number from 0 on ---- */

typedef struct fuzz_box { /* owns a block, so that a lost or twice dropped one shows */
    int64_t value;
    char *own;
} fuzz_box;

typedef struct fuzz_wide { /* more than is held without an allocation */
    fuzz_box box;
    char more[584];
} fuzz_wide;

typedef union fuzz_any {
    int64_t i64;
    pila_string text;
    fuzz_box box;
    fuzz_wide wide;
} fuzz_any;

FUZZ_USE pila_status fuzz_box_hash(void *ctx, const void *item, uint64_t *out)
{
    (void)ctx;
    *out = pila_hash_int((uint64_t)((const fuzz_box *)item)->value % 64); /* collide */
    return PILA_OK;
}

FUZZ_USE pila_status fuzz_box_eq(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    *out = ((const fuzz_box *)a)->value == ((const fuzz_box *)b)->value;
    return PILA_OK;
}

FUZZ_USE pila_status fuzz_box_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    *out = ((const fuzz_box *)a)->value < ((const fuzz_box *)b)->value;
    return PILA_OK;
}

FUZZ_USE pila_status fuzz_box_copy(void *ctx, void *out, const void *item)
{
    fuzz_box made = {((const fuzz_box *)item)->value, NULL};

    made.own = pila_alloc(1, 1);
    if (!made.own) return PILA_ENOMEM;
    if (ctx) memset(out, 0x5a, sizeof(fuzz_wide));
    memcpy(out, &made, sizeof made);
    return PILA_OK;
}

FUZZ_USE void fuzz_box_drop(void *ctx, void *item)
{
    (void)ctx;
    pila_free(((fuzz_box *)item)->own);
    memset(item, 0xdd, sizeof(fuzz_box));
}

FUZZ_USE pila_status fuzz_box_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_buf_add_int(out, ((const fuzz_box *)item)->value);
}

static int fuzz_is_wide;
static const pila_type fuzz_types[] = {
    PILA__TYPE(PILA_KIND_I64, int64_t, "int"),
    PILA__TYPE(PILA_KIND_STRING, pila_string, "str"),
    {PILA_KIND_OTHER, sizeof(fuzz_box), PILA_ALIGNOF(fuzz_box), "box", NULL,
     fuzz_box_hash, fuzz_box_eq, fuzz_box_less, fuzz_box_copy, fuzz_box_drop,
     fuzz_box_repr},
    {PILA_KIND_OTHER, sizeof(fuzz_wide), PILA_ALIGNOF(fuzz_wide), "wide", &fuzz_is_wide,
     fuzz_box_hash, fuzz_box_eq, fuzz_box_less, fuzz_box_copy, fuzz_box_drop,
     fuzz_box_repr},
    {PILA_KIND_OTHER, sizeof(fuzz_wide), PILA_ALIGNOF(fuzz_wide), "plain", NULL,
     fuzz_box_hash, fuzz_box_eq, fuzz_box_less, NULL, NULL, fuzz_box_repr},
};
enum { FUZZ_TYPES = sizeof fuzz_types / sizeof *fuzz_types, FUZZ_TEXT = 40 };

/* An item to lend: it owns nothing. A text is long where the number is odd; texts have
 * the order of their numbers, below 100000. */
FUZZ_USE void fuzz_make(const pila_type *t, int64_t value, fuzz_any *out,
                        char text[FUZZ_TEXT])
{
    memset(out, 0, sizeof *out);
    if (t->kind != PILA_KIND_STRING) {
        out->i64 = value;
        return;
    }
    snprintf(text, FUZZ_TEXT, value % 2 ? "%05lld, and more text" : "%05lld",
             (long long)value);
    out->text = pila_string_borrow(pila_cstr(text));
}

/* The same in storage of this file's, good for the next seven calls. */
FUZZ_USE const void *fuzz_item(const pila_type *t, int64_t value)
{
    static fuzz_any items[8];
    static char texts[8][FUZZ_TEXT];
    static unsigned next;
    unsigned k = next++ % 8;

    fuzz_make(t, value, &items[k], texts[k]);
    return &items[k];
}

FUZZ_USE int64_t fuzz_value(const pila_type *t, const void *item)
{
    char digits[FUZZ_TEXT] = "";

    if (t->kind != PILA_KIND_STRING) return *(const int64_t *)item;
    pila_str v = pila_string_view(item);
    FUZZ_CHECK(v.len < FUZZ_TEXT);
    memcpy(digits, v.ptr, v.len);
    return strtoll(digits, NULL, 10);
}

/* What pop handed out: its value, and it is dropped. */
FUZZ_USE int64_t fuzz_given(const pila_type *t, void *item)
{
    int64_t value = fuzz_value(t, item);

    pila_type_drop(t, item);
    return value;
}

/* ---- the model of a sequence ---- */

enum { FUZZ_MOST = 1500, FUZZ_RUN = 700 };

typedef struct fuzz_seq {
    size_t n;
    int64_t at[FUZZ_MOST];
} fuzz_seq;

FUZZ_USE void seq_insert(fuzz_seq *s, size_t i, int64_t value)
{
    FUZZ_CHECK(s->n < FUZZ_MOST && i <= s->n);
    memmove(s->at + i + 1, s->at + i, (s->n - i) * sizeof *s->at);
    s->at[i] = value;
    s->n++;
}

FUZZ_USE void seq_add(fuzz_seq *s, int64_t value) { seq_insert(s, s->n, value); }

FUZZ_USE int64_t seq_take(fuzz_seq *s, size_t i)
{
    FUZZ_CHECK(i < s->n);
    int64_t value = s->at[i];

    s->n--;
    memmove(s->at + i, s->at + i + 1, (s->n - i) * sizeof *s->at);
    return value;
}

FUZZ_USE size_t seq_find(const fuzz_seq *s, int64_t value, size_t from, size_t to)
{
    while (from < to && from < s->n && s->at[from] != value) from++;
    return from < to && from < s->n ? from : SIZE_MAX;
}

FUZZ_USE void seq_extend(fuzz_seq *s, const fuzz_seq *more)
{
    size_t n = more->n; /* may be s itself */

    for (size_t k = 0; k < n; k++) seq_add(s, more->at[k]);
}

FUZZ_USE void seq_reverse(fuzz_seq *s)
{
    for (size_t k = 0; k < s->n / 2; k++) {
        int64_t value = s->at[k];
        s->at[k] = s->at[s->n - 1 - k];
        s->at[s->n - 1 - k] = value;
    }
}

FUZZ_USE void seq_sort(fuzz_seq *s, bool reverse)
{
    for (size_t k = 1; k < s->n; k++)
        for (size_t j = k;
             j && (reverse ? s->at[j] > s->at[j - 1] : s->at[j] < s->at[j - 1]); j--) {
            int64_t value = s->at[j];
            s->at[j] = s->at[j - 1];
            s->at[j - 1] = value;
        }
}

FUZZ_USE bool seq_eq(const fuzz_seq *a, const fuzz_seq *b)
{
    return a->n == b->n && memcmp(a->at, b->at, a->n * sizeof *a->at) == 0;
}

FUZZ_USE int seq_order(const fuzz_seq *a, const fuzz_seq *b)
{
    for (size_t k = 0; k < a->n && k < b->n; k++)
        if (a->at[k] != b->at[k]) return a->at[k] < b->at[k] ? -1 : 1;
    return (a->n > b->n) - (a->n < b->n);
}

/* An index as a place in the model, as Python reads one; false when it is in none. */
FUZZ_USE bool seq_place(const fuzz_seq *s, ptrdiff_t i, size_t *at)
{
    if (i < 0) i += (ptrdiff_t)s->n;
    *at = (size_t)i;
    return i >= 0 && (size_t)i < s->n;
}

/* A bound: one beyond an end is that end. */
FUZZ_USE size_t seq_bound(const fuzz_seq *s, ptrdiff_t i)
{
    if (i < 0) i += (ptrdiff_t)s->n;
    return i < 0 ? 0 : (size_t)i < s->n ? (size_t)i : s->n;
}

/* ---- items to put in, from the input ---- */

/* Usually a few numbers of a byte, rarely hundreds that follow one another. */
FUZZ_USE void fuzz_numbers(fuzz_in *in, fuzz_seq *out)
{
    unsigned n = fuzz_byte(in);

    out->n = 0;
    if (n >= 240) {
        unsigned from = fuzz_byte(in), many = (n - 239) * (FUZZ_RUN / 16);
        for (unsigned k = 0; k < many; k++) seq_add(out, from + k);
    } else
        for (n %= 12; n; n--) seq_add(out, fuzz_byte(in));
}

/* An iterator over items of a type that stand for these numbers; views is whether it
 * may be one of views of text. It lives until the next call. */
FUZZ_USE pila_iter fuzz_items(const fuzz_seq *numbers, const pila_type *t, bool views)
{
    static char room[FUZZ_MOST * sizeof(fuzz_any)];
    static char texts[FUZZ_MOST][FUZZ_TEXT];
    fuzz_any one;

    views = views && t->kind == PILA_KIND_STRING;
    for (size_t k = 0; k < numbers->n; k++) {
        fuzz_make(t, numbers->at[k], &one, texts[k]);
        pila_str view = pila_cstr(texts[k]);
        if (views) memcpy(room + k * sizeof view, &view, sizeof view);
        else memcpy(room + k * t->size, &one, t->size);
    }
    return pila_span(room, numbers->n, views ? &pila_view : t);
}

/* The numbers that an iterator yields, which must then have ended well. */
FUZZ_USE void fuzz_drain(pila_iter *it, fuzz_seq *out)
{
    const void *item;

    out->n = 0;
    while ((item = pila_next_item(it))) seq_add(out, fuzz_value(it->type, item));
    FUZZ_CHECK(it->status == PILA_END);
    pila_iter_drop(it);
}

/* An iterator must yield the model: forwards, or backwards. */
FUZZ_USE void fuzz_yields(pila_iter it, const fuzz_seq *s, bool backwards)
{
    size_t k = 0;
    const void *item;

    for (; (item = pila_next_item(&it)); k++) {
        FUZZ_CHECK(k < s->n);
        FUZZ_CHECK(fuzz_value(it.type, item) == s->at[backwards ? s->n - 1 - k : k]);
    }
    FUZZ_CHECK(it.status == PILA_END && k == s->n);
    pila_iter_drop(&it);
}

#endif
