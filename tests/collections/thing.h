/* thing.h - an item whose every callback can fail, act upon the container, or both.
 *
 * A thing owns a block, so a lost or twice dropped one shows as a leak or to ASan. Each
 * callback passes by `stage`: of the calls it listens to, it counts, lets the
 * fail_at-th one fail with THING_FAULT, and runs `act` once before the act_at-th one.
 */
#ifndef THING_H
#define THING_H

#include "check.h"

enum { ON_COPY = 1, ON_EQ = 2, ON_LESS = 4, ON_DROP = 8, ON_REPR = 16 };
#define THING_FAULT ((pila_status)(PILA_EUSER + 7))

static struct stage {
    int on; /* which calls count */
    long calls, fail_at, act_at;
    void (*act)(void *ctx);
    void *ctx;
} stage;

typedef struct thing {
    int64_t value;
    char *own;
} thing;

/* More than the 64 bytes that are held without an allocation. */
typedef struct bulky {
    thing head;
    char more[100];
} bulky;

static inline void stage_clear(void) { memset(&stage, 0, sizeof stage); }

static inline pila_status stage_pass(int call)
{
    if (!(stage.on & call)) return PILA_OK;
    stage.calls++;
    if (stage.act && stage.calls == stage.act_at) {
        void (*act)(void *) = stage.act;
        stage.act = NULL;
        act(stage.ctx);
    }
    return stage.calls == stage.fail_at ? THING_FAULT : PILA_OK;
}

/* ctx is the size of the item. */
static inline pila_status thing_copy(void *ctx, void *out, const void *item)
{
    const thing *from = item;
    int64_t value = from->value;
    char more[sizeof(bulky)];
    size_t size = *(const size_t *)ctx;
    pila_status st;

    memcpy(more, item, size);
    st = stage_pass(ON_COPY);
    if (st != PILA_OK) return st;
    thing made = {value, pila_alloc(1, 1)};
    if (!made.own) return PILA_ENOMEM;
    memcpy(out, more, size);
    memcpy(out, &made, sizeof made);
    return PILA_OK;
}

static inline void thing_drop(void *ctx, void *item)
{
    thing *t = item;
    char *own = t->own;

    memset(item, 0xdd, *(const size_t *)ctx);
    pila_free(own);
    (void)stage_pass(ON_DROP);
}

static inline pila_status thing_eq(void *ctx, const void *a, const void *b, bool *out)
{
    pila_status st = stage_pass(ON_EQ);

    (void)ctx;
    if (st == PILA_OK) *out = ((const thing *)a)->value == ((const thing *)b)->value;
    return st;
}

static inline pila_status thing_less(void *ctx, const void *a, const void *b, bool *out)
{
    pila_status st = stage_pass(ON_LESS);

    (void)ctx;
    if (st == PILA_OK) *out = ((const thing *)a)->value < ((const thing *)b)->value;
    return st;
}

static inline pila_status thing_repr(void *ctx, const void *item, pila_buf *out)
{
    pila_status st = stage_pass(ON_REPR);

    (void)ctx;
    return st == PILA_OK ? pila_buf_add_int(out, ((const thing *)item)->value) : st;
}

static size_t thing_size = sizeof(thing), bulky_size = sizeof(bulky);

static const pila_type thing_type = {
    PILA_KIND_OTHER, sizeof(thing), PILA_ALIGNOF(thing), "thing",    &thing_size, NULL,
    thing_eq,        thing_less,    thing_copy,          thing_drop, thing_repr};
static const pila_type bulky_type
    __attribute__((unused)) = {PILA_KIND_OTHER, sizeof(bulky), PILA_ALIGNOF(bulky),
                               "bulky",         &bulky_size,   NULL,
                               thing_eq,        thing_less,    thing_copy,
                               thing_drop,      thing_repr};

/* ---- items of several types that stand for a number ---- */

typedef union sample {
    int64_t i64;
    pila_string text;
    bulky big; /* a thing as well */
} sample;

/* Of the samples last made: a key and its value may both be text. */
static char sample_texts[4][64];
static unsigned sample_next;

/* An item to lend: it owns nothing. A text is long where the number is odd. */
static inline const void *sample_of(const pila_type *t, int64_t value, sample *s)
{
    memset(s, 0, sizeof *s);
    if (t->kind == PILA_KIND_I64) s->i64 = value;
    else if (t->kind == PILA_KIND_STRING) {
        char *bytes = sample_texts[sample_next++ % 4];
        snprintf(bytes, sizeof sample_texts[0], value % 2 ? "%021lld" : "%05lld",
                 (long long)value);
        s->text = pila_string_borrow(pila_cstr(bytes));
    } else s->big.head.value = value;
    return s;
}

static inline int64_t sample_value(const pila_type *t, const void *item)
{
    char digits[64] = "";

    if (t->kind == PILA_KIND_I64) return *(const int64_t *)item;
    if (t->kind == PILA_KIND_STRING) {
        pila_str v = pila_string_view(item);
        memcpy(digits, v.ptr, v.len);
        return strtoll(digits, NULL, 10);
    }
    return ((const thing *)item)->value;
}

static inline const pila_type *sample_type(int k)
{
    static const pila_type *const types[] = {&pila_i64, &pila_text, &thing_type,
                                             &bulky_type};
    return types[k];
}
enum { SAMPLE_TYPES = 4 };

/* ---- an iterator that counts 1, 2, ... and ends with a fault, or the end ---- */

typedef struct faulty {
    int64_t now, last;
    pila_status end;
    long dropped;
} faulty;

static inline bool faulty_refill(pila_iter *it)
{
    faulty *f = it->state;

    if (f->now == f->last) return pila_iter_end(it, f->end);
    f->now++;
    it->cur = (const char *)&f->now;
    it->end = it->cur + sizeof f->now;
    return true;
}

static inline pila_iter faulty_drop(pila_iter *it)
{
    ((faulty *)it->state)->dropped++;
    return pila_failed(PILA_END);
}

static inline pila_iter faulty_iter(faulty *f)
{
    static const pila_iter_ops ops = {faulty_refill, faulty_drop, NULL};
    return pila_iter_make(&pila_i64, &ops, f);
}

#endif
