/* runs.c - see runs.h.
 *
 * All of these look at an item while the next is asked for, so an item has to outlive
 * its source's window. The rule that keeps this cheap: within a window neighbours are
 * read where they lie, or their bytes are copied; only what must survive a call on the
 * source, the last n - 1 items of a window, or the key of the run that crosses its end,
 * is copied in earnest (pila__keep), and that is done as soon as the window is used up.
 * To wait with it until the next refill would be cheaper still and wrong: where the
 * source is shared, others may have moved it by then.
 *
 * Invariant: what is yielded lies in our window, in the source's, or in a copy that is
 * let go in the refill after the next; copies come in two sets, which take turns.
 *
 * groupby is CPython's state machine: an item that begins a run is pulled by whoever
 * comes to it, the group or the groupby, and waits as the next run's key. A group is a
 * value, and knows by a number whether it is still the one: so copies of it die as
 * well. That number is the stamp of its windows, so that a run at hand can be a window
 * and yet not be read when the next has begun. Over a container the stamp is that one's
 * own and must stay; a group's windows are single items then.
 *
 * Where keys are bytes and no code of the user runs, the end of a run is looked for in
 * the window as soon as the run begins. So a group costs three refills, whatever its
 * length: of the groupby, of the group, and that which says that the group is over.
 *
 * Rejected: sliding_window as rows into one buffer, free of copying, but no C struct;
 * unique_justseen by items upon groupby, as the recipe has it, at five times the time.
 */
#include "runs.h"

#include "../core/keep.h"
#include "stage.h"

enum { RUNS_ALIGN = 16 }; /* what pila_alloc gives */

/* Aligned room for n items; *block is what to free. NULL: no memory. */
static char *runs_room(size_t n, const pila_type *type, void **block)
{
    size_t slack = type->align > RUNS_ALIGN ? type->align : 0, bytes;
    uintptr_t at;

    *block = NULL;
    if (!pila_mul(n, type->size, &bytes) || !pila_add(bytes, slack, &bytes))
        return NULL;
    *block = pila_alloc(bytes, 1);
    if (!*block) return NULL;
    at = (uintptr_t)*block;
    if (slack) at = (at + slack - 1) / slack * slack;
    return (char *)*block + (at - (uintptr_t)*block);
}

/* One item held over calls on its source; {0} has no room. */
typedef struct runs_held {
    char *item;
    void *block;
    pila_buf text;
    bool full, plain; /* plain: there is nothing to let go */
} runs_held;

static bool runs_held_init(runs_held *h, const pila_type *type)
{
    h->plain = pila__keep_is_plain(type);
    h->item = runs_room(1, type, &h->block);
    return h->item != NULL;
}

static void runs_let_go(runs_held *h, const pila_type *type)
{
    if (!h->full) return;
    h->full = false;
    pila__unkeep(type, h->item, 1);
}

/* Sizes that are frequent cost no call. */
PILA_INLINE void runs_copy(void *to, const void *from, size_t size)
{
    if (size == 8) memcpy(to, from, 8);
    else memcpy(to, from, size);
}

PILA_INLINE pila_status runs_hold(runs_held *h, const pila_type *type, const void *item)
{
    pila_status st;

    if (h->plain) {
        runs_copy(h->item, item, type->size);
        return PILA_OK;
    }
    runs_let_go(h, type);
    st = pila__keep(type, h->item, item, 1, &h->text);
    h->full = st == PILA_OK;
    return st;
}

static void runs_held_done(runs_held *h, const pila_type *type)
{
    runs_let_go(h, type);
    pila_buf_done(&h->text);
    pila_free(h->block);
}

/* The items that src has ready; 0: none, and it has ended, or it asked us meanwhile. */
static size_t runs_ready(pila_iter *it, bool *busy, pila_iter *src)
{
    size_t n;

    *busy = true;
    n = pila_iter_ready(src);
    *busy = false;
    if (it->status != PILA_OK) return 0;
    if (n == 0) pila_iter_end(it, src->status);
    return n;
}

static bool runs_used_up(const pila_iter *src) { return src->cur == src->end; }

/* ---- pairwise, sliding_window ---- */

typedef struct slide_stage {
    pila__stage base; /* the window: rows */
    pila_tuple tuple;
    size_t n;
    char
        *line; /* the items gone by, at most n - 1, and behind them those of new rows */
    void *block;
    size_t have, fresh; /* items gone by; the last of them that are not held */
    runs_held *held;    /* 2 * (n - 1), used in turn; NULL: bytes are all there is */
    size_t turn;
    bool busy;
} slide_stage;

/* Rows of `row` bytes from a line of items `hop` apart; inlined with constants. */
PILA_INLINE void slide_fill_sized(char *out, const char *line, size_t rows, size_t row,
                                  size_t hop)
{
    for (size_t k = 0; k < rows; k++) memcpy(out + k * row, line + k * hop, row);
}

static void slide_fill(slide_stage *s, size_t rows)
{
    size_t row = s->tuple.type.size, hop = s->tuple.each->size;
    char *out = s->base.window;

    if (row == 16 && hop == 8) slide_fill_sized(out, s->line, rows, 16, 8);
    else if (row == 8 && hop == 4) slide_fill_sized(out, s->line, rows, 8, 4);
    else if (row == 32 && hop == 16) slide_fill_sized(out, s->line, rows, 32, 16);
    else if (row == 24 && hop == 8) slide_fill_sized(out, s->line, rows, 24, 8);
    else slide_fill_sized(out, s->line, rows, row, hop);
}

/* The source is to be asked next, or may be moved by others: hold what is not held. */
static pila_status slide_hold(slide_stage *s)
{
    const pila_type *type = s->tuple.each;
    pila_status st = PILA_OK;

    for (; s->fresh && st == PILA_OK; s->fresh--) {
        char *item = s->line + (s->have - s->fresh) * type->size;
        runs_held *h = &s->held[s->turn];
        st = runs_hold(h, type, item);
        if (st != PILA_OK) break;
        memcpy(item, h->item, type->size);
        s->turn = s->turn + 1 == 2 * (s->n - 1) ? 0 : s->turn + 1;
    }
    return st;
}

/* m more items into the line; the rows that this makes. */
static size_t slide_take(slide_stage *s, size_t m)
{
    size_t size = s->tuple.each->size, past = s->n - 1, all = s->have + m, rows;

    memcpy(s->line + s->have * size, s->base.src.cur, m * size);
    pila_iter_skip(&s->base.src, m);
    rows = all > past ? all - past : 0;
    slide_fill(s, rows);
    memmove(s->line, s->line + rows * size, (all - rows) * size);
    s->have = all - rows;
    s->fresh = s->fresh + m < s->have ? s->fresh + m : s->have;
    return rows;
}

static bool slide_refill(pila_iter *it)
{
    slide_stage *s = (slide_stage *)it->state;
    pila_iter *src = &s->base.src;
    size_t rows;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    do {
        size_t m = runs_ready(it, &s->busy, src), most;
        pila_status st = PILA_OK;
        if (m == 0) return false;
        most = s->n - 1 - s->have + s->base.room;
        rows = slide_take(s, m < most ? m : most);
        s->busy = true;
        if (s->held && runs_used_up(src)) st = slide_hold(s);
        s->busy = false;
        if (it->status != PILA_OK) return false;
        if (st != PILA_OK) return pila_iter_end(it, st);
    } while (rows == 0);
    return pila__stage_yield(it, src, s->base.window, rows * it->type->size);
}

static size_t slide_hint(const pila_iter *it)
{
    const slide_stage *s = (const slide_stage *)it->state;
    size_t more = pila_iter_length_hint(&s->base.src), lack = s->n - 1 - s->have;

    return more == SIZE_MAX ? more : more > lack ? more - lack : 0;
}

static pila_iter slide_drop(pila_iter *it)
{
    slide_stage *s = (slide_stage *)it->state;

    for (size_t k = 0; s->held && k < 2 * (s->n - 1); k++)
        runs_held_done(&s->held[k], s->tuple.each);
    pila_free(s->held);
    pila_free(s->block);
    return pila__stage_drop(it);
}

static pila_status slide_room(slide_stage *s)
{
    const pila_type *type = s->tuple.each;
    size_t slots = 2 * (s->n - 1), all;

    if (!pila_add(s->n - 1, s->base.room, &all)) return PILA_EOVERFLOW;
    s->line = runs_room(all, type, &s->block);
    if (!s->line) return PILA_ENOMEM;
    if (slots == 0 || pila__keep_is_plain(type)) return PILA_OK;
    s->held = (runs_held *)pila_alloc_zero(slots, sizeof *s->held);
    if (!s->held) return PILA_ENOMEM;
    for (size_t k = 0; k < slots; k++)
        if (!runs_held_init(&s->held[k], type)) return PILA_ENOMEM;
    return PILA_OK;
}

pila_iter pila_sliding_window(pila_iter src, size_t n)
{
    static const pila_iter_ops ops = {slide_refill, slide_drop, slide_hint};
    pila_tuple tuple;
    pila_status st = src.status;

    if (st == PILA_OK && n == 0) st = PILA_EVALUE;
    if (st == PILA_OK) st = pila_tuple_array(&tuple, src.type, n);
    if (st != PILA_OK) return pila__stage_refused(&src, st);
    slide_stage *s = (slide_stage *)pila__stage_new(&src, sizeof *s, &tuple.type);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->n = n;
    (void)!pila_tuple_array(&s->tuple, src.type, n); /* as before */
    pila_iter it = pila_iter_make(&s->tuple.type, &ops, s);
    st = slide_room(s);
    return st == PILA_OK ? it : pila__stage_refused(&it, st);
}

pila_iter pila_pairwise(pila_iter src) { return pila_sliding_window(src, 2); }

/* ---- batched ---- */

typedef struct batch_stage {
    pila__stage base; /* the window: rows */
    pila_tuple tuple;
    size_t n;
    char *items; /* of a row that no window holds whole: copies */
    void *block;
    size_t have, room;
    pila_buf *text; /* one for each time that items were copied, if they need any */
    size_t texts, text_room;
    bool plain, strict, busy;
} batch_stage;

static void batch_clear(batch_stage *s)
{
    size_t n = s->have;

    s->have = s->texts = 0;
    if (!s->plain) pila__unkeep(s->tuple.each, s->items, n);
}

/* Room for m more items, and for a text. */
static pila_status batch_reserve(batch_stage *s, size_t m)
{
    const pila_type *type = s->tuple.each;
    size_t need = s->have + m, room;
    void *block;

    if (need > s->room) {
        room = pila_mem_grow(s->room, need, type->size);
        if (room > s->n) room = s->n;
        char *items = room ? runs_room(room, type, &block) : NULL;
        if (!items) return PILA_ENOMEM;
        if (s->have) memcpy(items, s->items, s->have * type->size);
        pila_free(s->block);
        s->items = items;
        s->block = block;
        s->room = room;
    }
    if (s->plain || s->texts < s->text_room) return PILA_OK;
    room = pila_mem_grow(s->text_room, s->texts + 1, sizeof *s->text);
    pila_buf *text = (pila_buf *)pila_realloc(s->text, room, sizeof *text);
    if (!text) return PILA_ENOMEM;
    memset(text + s->text_room, 0, (room - s->text_room) * sizeof *text);
    s->text = text;
    s->text_room = room;
    return PILA_OK;
}

static pila_status batch_keep(batch_stage *s, size_t m)
{
    pila_iter *src = &s->base.src;
    pila_status st = batch_reserve(s, m);

    if (st != PILA_OK) return st;
    char *to = s->items + s->have * s->tuple.each->size;
    if (s->plain) memcpy(to, src->cur, m * s->tuple.each->size);
    else st = pila__keep(s->tuple.each, to, src->cur, m, &s->text[s->texts++]);
    if (st == PILA_OK) s->have += m;
    pila_iter_skip(src, m);
    return st;
}

/* Rows over what is ready, m items, n of them a row. */
static size_t batch_in_place(batch_stage *s, size_t m)
{
    size_t rows = m / s->n;
    const char *items = s->base.src.cur;
    pila_row *row = (pila_row *)(void *)s->base.window;

    if (rows > s->base.room) rows = s->base.room;
    for (size_t k = 0; k < rows; k++, items += s->n * s->tuple.each->size) {
        row[k].items = items;
        row[k].n = s->n;
    }
    pila_iter_skip(&s->base.src, rows * s->n);
    return rows;
}

static bool batch_yield(pila_iter *it, batch_stage *s, size_t rows)
{
    return pila__stage_yield(it, &s->base.src, s->base.window, rows * sizeof(pila_row));
}

static bool batch_yield_copies(pila_iter *it, batch_stage *s)
{
    pila_row *row = (pila_row *)(void *)s->base.window;

    row->items = s->items;
    row->n = s->have;
    return batch_yield(it, s, 1);
}

static bool batch_refill(pila_iter *it)
{
    batch_stage *s = (batch_stage *)it->state;
    pila_iter *src = &s->base.src;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->busy = true; /* a drop may run anything, too */
    batch_clear(s);
    s->busy = false;
    if (it->status != PILA_OK) return false;
    do {
        s->busy = true;
        size_t m = pila_iter_ready(src);
        pila_status st = m ? PILA_OK : src->status;
        bool whole = m >= s->n && s->have == 0;
        if (m && !whole) st = batch_keep(s, m < s->n - s->have ? m : s->n - s->have);
        s->busy = false;
        if (it->status != PILA_OK) return false;
        if (whole) return batch_yield(it, s, batch_in_place(s, m));
        if (st == PILA_END && s->have && s->strict) st = PILA_EVALUE;
        if (st == PILA_END && s->have) break;
        if (st != PILA_OK) return pila_iter_end(it, st);
    } while (s->have < s->n);
    return batch_yield_copies(it, s);
}

static size_t batch_hint(const pila_iter *it)
{
    const batch_stage *s = (const batch_stage *)it->state;
    size_t more = pila_iter_length_hint(&s->base.src);

    return more == SIZE_MAX ? more : more / s->n + (more % s->n != 0);
}

static pila_iter batch_drop(pila_iter *it)
{
    batch_stage *s = (batch_stage *)it->state;

    batch_clear(s);
    for (size_t k = 0; k < s->text_room; k++) pila_buf_done(&s->text[k]);
    pila_free(s->text);
    pila_free(s->block);
    return pila__stage_drop(it);
}

static pila_iter batch_make(pila_iter src, size_t n, bool strict)
{
    static const pila_iter_ops ops = {batch_refill, batch_drop, batch_hint};
    pila_tuple tuple;

    if (src.status != PILA_OK) return pila__stage_refused(&src, src.status);
    if (n == 0) return pila__stage_refused(&src, PILA_EVALUE);
    pila_tuple_row(&tuple, src.type);
    batch_stage *s = (batch_stage *)pila__stage_new(&src, sizeof *s, &tuple.type);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    pila_tuple_row(&s->tuple, src.type);
    s->n = n;
    s->plain = pila__keep_is_plain(src.type);
    s->strict = strict;
    return pila_iter_make(&s->tuple.type, &ops, s);
}

pila_iter pila_batched(pila_iter src, size_t n) { return batch_make(src, n, false); }

pila_iter pila_batched_strict(pila_iter src, size_t n)
{
    return batch_make(src, n, true);
}

/* ---- accumulate: by a fold ---- */

typedef struct fold_stage {
    pila__stage base;
    pila_fold fold;
    char *acc; /* the result so far; its views show text */
    void *block;
    pila_buf text[2];
    unsigned turn;
    bool plain;
    bool waits;   /* the initial one is to be yielded */
    bool started; /* there is a result so far */
    bool busy;
} fold_stage;

/* Results for n items; the first may be one as it is. */
static void fold_scan(fold_stage *s, size_t n)
{
    size_t size = s->fold.acc_type->size, first = s->started ? 0 : 1;
    const char *in = s->base.src.cur;
    char *out = s->base.window;

    if (first) {
        memcpy(s->acc, in, size);
        memcpy(out, in, size);
        s->started = true;
    }
    s->fold.scan(out + first * size, in + first * size, n - first, s->acc, s->fold.ctx);
}

static bool fold_refill(pila_iter *it)
{
    fold_stage *s = (fold_stage *)it->state;
    const pila_type *type = it->type;
    pila_iter *src = &s->base.src;
    pila_status st = PILA_OK;
    size_t n;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    if (s->waits) {
        s->waits = false;
        memcpy(s->base.window, s->acc, type->size);
        return pila__stage_yield(it, src, s->base.window, type->size);
    }
    n = runs_ready(it, &s->busy, src);
    if (n == 0) return false;
    if (n > s->base.room) n = s->base.room;
    fold_scan(s, n);
    pila_iter_skip(src, n);
    if (!s->plain) st = pila__keep(type, s->acc, s->acc, 1, &s->text[s->turn ^= 1]);
    if (st != PILA_OK) return pila_iter_end(it, st);
    return pila__stage_yield(it, src, s->base.window, n * type->size);
}

static size_t fold_hint(const pila_iter *it)
{
    const fold_stage *s = (const fold_stage *)it->state;
    size_t more = pila_iter_length_hint(&s->base.src);

    return more == SIZE_MAX ? more : more + s->waits;
}

static pila_iter fold_drop(pila_iter *it)
{
    fold_stage *s = (fold_stage *)it->state;

    pila_buf_done(&s->text[0]);
    pila_buf_done(&s->text[1]);
    pila_free(s->block);
    return pila__stage_drop(it);
}

static bool fold_begins_with(const pila_fold *fold, const pila_type *type)
{
    return fold->acc_type->size == type->size && fold->acc_type->kind == type->kind;
}

/* An initial value comes also where src has nothing. */
static pila_status fold_fits(const pila_fold *fold, const pila_iter *src, bool initial)
{
    if (src->status != PILA_OK)
        return initial && src->status == PILA_END ? PILA_OK : src->status;
    if (fold->in_size != src->type->size) return PILA_ETYPE;
    return initial || fold_begins_with(fold, src->type) ? PILA_OK : PILA_ETYPE;
}

pila_iter pila_accumulate(pila_iter src, pila_fold fold, const void *initial)
{
    static const pila_iter_ops ops = {fold_refill, fold_drop, fold_hint};
    const pila_type *type = fold.acc_type;
    pila_status st = fold_fits(&fold, &src, initial != NULL);

    if (st != PILA_OK) return pila__stage_refused(&src, st);
    fold_stage *s = (fold_stage *)pila__stage_new(&src, sizeof *s, type);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    pila_iter it = pila_iter_make(type, &ops, s);
    s->fold = fold;
    s->plain = pila__keep_is_plain(type);
    s->waits = s->started = initial != NULL;
    s->acc = runs_room(1, type, &s->block);
    if (!s->acc) return pila__stage_refused(&it, PILA_ENOMEM);
    if (initial) st = pila__keep(type, s->acc, initial, 1, &s->text[0]);
    return st == PILA_OK ? it : pila__stage_refused(&it, st);
}

/* ---- accumulate: sums ---- */

typedef union sum_value {
    int64_t i;
    uint64_t u;
    double f;
} sum_value;

typedef struct sum_stage {
    pila__stage base;
    pila_kind kind; /* of the items */
    sum_value sum;
    bool waits;    /* the initial one is to be yielded */
    bool overflow; /* the next item has been taken, and did not fit */
    bool busy;
} sum_stage;

/* n narrow numbers as those that are added up. */
static void sum_widen(pila_kind kind, void *to, const void *from, size_t n)
{
#define RUNS_WIDEN(KIND, T, TO)                                                        \
    case KIND:                                                                         \
        for (size_t k = 0; k < n; k++) ((TO *)to)[k] = (TO)((const T *)from)[k];       \
        break;
    switch (kind) {
        RUNS_WIDEN(PILA_KIND_I8, int8_t, int64_t)
        RUNS_WIDEN(PILA_KIND_I16, int16_t, int64_t)
        RUNS_WIDEN(PILA_KIND_I32, int32_t, int64_t)
        RUNS_WIDEN(PILA_KIND_U8, uint8_t, int64_t)
        RUNS_WIDEN(PILA_KIND_U16, uint16_t, int64_t)
        RUNS_WIDEN(PILA_KIND_U32, uint32_t, int64_t)
        RUNS_WIDEN(PILA_KIND_F32, float, double)
    default: break; /* as wide already */
    }
#undef RUNS_WIDEN
}

static const pila_type *sum_type(pila_kind kind)
{
    if (kind == PILA_KIND_F32 || kind == PILA_KIND_F64) return &pila_f64;
    if (kind == PILA_KIND_U64) return &pila_u64;
    return kind >= PILA_KIND_I8 && kind < PILA_KIND_U64 ? &pila_i64 : NULL;
}

/* Running sums of n numbers, to the window, where they may lie already; how many fit.
 */
static size_t sum_scan(sum_stage *s, const pila_type *type, const void *in, size_t n)
{
    void *to = s->base.window;
    size_t k;

    if (type == &pila_f64) {
        double *out = (double *)to, sum = s->sum.f;
        const double *x = (const double *)in;
        for (k = 0; k < n; k++) out[k] = sum += x[k];
        s->sum.f = sum;
    } else if (type == &pila_u64) {
        uint64_t *out = (uint64_t *)to, sum = s->sum.u;
        const uint64_t *x = (const uint64_t *)in;
        for (k = 0; k < n && !__builtin_add_overflow(sum, x[k], &sum); k++)
            out[k] = sum;
        s->sum.u = sum;
    } else {
        int64_t *out = (int64_t *)to, sum = s->sum.i;
        const int64_t *x = (const int64_t *)in;
        for (k = 0; k < n && !__builtin_add_overflow(sum, x[k], &sum); k++)
            out[k] = sum;
        s->sum.i = sum;
    }
    return k;
}

static bool sum_refill(pila_iter *it)
{
    sum_stage *s = (sum_stage *)it->state;
    pila_iter *src = &s->base.src;
    size_t n, fit;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    if (s->waits) {
        s->waits = false;
        memcpy(s->base.window, &s->sum, sizeof s->sum);
        return pila__stage_yield(it, src, s->base.window, it->type->size);
    }
    if (s->overflow) return pila_iter_end(it, PILA_EOVERFLOW);
    n = runs_ready(it, &s->busy, src);
    if (n == 0) return false;
    if (n > s->base.room) n = s->base.room;
    if (s->kind != it->type->kind) sum_widen(s->kind, s->base.window, src->cur, n);
    fit =
        sum_scan(s, it->type, s->kind == it->type->kind ? src->cur : s->base.window, n);
    s->overflow = fit < n;
    pila_iter_skip(src, fit + s->overflow);
    if (fit == 0) return pila_iter_end(it, PILA_EOVERFLOW);
    return pila__stage_yield(it, src, s->base.window, fit * it->type->size);
}

static size_t sum_hint(const pila_iter *it)
{
    const sum_stage *s = (const sum_stage *)it->state;
    size_t more = pila_iter_length_hint(&s->base.src);

    return more == SIZE_MAX ? more : more + s->waits;
}

pila_iter pila_accumulate_sum(pila_iter src, const void *initial)
{
    static const pila_iter_ops ops = {sum_refill, pila__stage_drop, sum_hint};
    const pila_type *type = sum_type(src.type->kind);
    bool over =
        src.status == PILA_END && type && initial; /* that one is still to come */

    if (src.status != PILA_OK && !over) return pila__stage_refused(&src, src.status);
    if (!type) return pila__stage_refused(&src, PILA_ETYPE);
    sum_stage *s = (sum_stage *)pila__stage_new(&src, sizeof *s, type);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    s->kind = src.type->kind;
    s->waits = initial != NULL;
    if (type == &pila_f64) s->sum.f = -0.0; /* -0.0 + x is x, 0.0 + -0.0 is not */
    if (initial) memcpy(&s->sum, initial, sizeof s->sum);
    return pila_iter_make(type, &ops, s);
}

/* ---- accumulate: by a callback ---- */

typedef struct call_stage {
    pila__stage base;
    pila_accumulate_callback *fn;
    void *ctx;
    char *room[3]; /* the result so far and the one before; what fn makes */
    void *block;
    pila_buf text[2];
    unsigned now;
    bool full;  /* there is a result so far */
    bool waits; /* it is the initial one, to be yielded */
    bool keeps; /* results may show text of others: they are copied */
    bool plain; /* there is nothing to drop */
    bool busy;
    bool quick; /* there is a result, which is bytes; not busy, nothing waits */
} call_stage;

static bool call_yield(pila_iter *it, call_stage *s)
{
    return pila__stage_yield(it, &s->base.src, s->room[s->now], it->type->size);
}

static pila_status call_first(call_stage *s, const pila_type *type,
                              const pila_type *from, const void *item)
{
    pila_string text;
    pila_status st;

    item = pila_type_adapt(type, from, item, &text);
    st = pila__keep(type, s->room[s->now], item, 1, &s->text[s->now]);
    s->full = st == PILA_OK;
    return st;
}

/* The next result takes the place of the one so far. */
PILA_INLINE pila_status call_next(call_stage *s, const pila_type *type,
                                  const void *item)
{
    unsigned was = s->now, next = was ^ 1;
    char *out = s->keeps ? s->room[2] : s->room[next];
    pila_status st = s->fn(s->ctx, s->room[was], item, out);

    if (st != PILA_OK) return st;
    if (s->keeps) {
        st = pila__keep(type, s->room[next], out, 1, &s->text[next]);
        pila_type_drop(type, out);
        if (st != PILA_OK) return st;
    }
    s->now = next;
    if (!s->plain) pila__unkeep(type, s->room[was], 1);
    return PILA_OK;
}

/* call_next and its yield where results are bytes and an item is at hand. */
PILA_INLINE bool call_quickly(pila_iter *it, call_stage *s)
{
    unsigned next = s->now ^ 1;
    const char *item = s->base.src.cur;
    char *out = s->room[next];
    pila_status st;

    s->base.src.cur = item + s->base.src.type->size;
    s->quick = false;
    s->busy = true;
    st = s->fn(s->ctx, s->room[s->now], item, out);
    s->busy = false;
    s->quick = st == PILA_OK;
    if (st == PILA_OK) s->now = next;
    if (it->status != PILA_OK) return false;
    if (st != PILA_OK) return pila_iter_end(it, st);
    return pila__stage_yield(it, &s->base.src, out, it->type->size);
}

/* Apart, so that the other has few registers to save. */
static __attribute__((noinline)) bool call_slowly(pila_iter *it, call_stage *s)
{
    pila_iter *src = &s->base.src;
    pila_status st;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    if (s->waits) {
        s->waits = false;
        return call_yield(it, s);
    }
    s->busy = true;
    s->quick = false;
    const void *item = pila_next_item(src);
    if (!item) st = src->status;
    else if (s->full) st = call_next(s, it->type, item);
    else st = call_first(s, it->type, src->type, item);
    s->busy = false;
    s->quick = s->plain && st == PILA_OK;
    if (it->status != PILA_OK) return false;
    if (st != PILA_OK) return pila_iter_end(it, st);
    return call_yield(it, s);
}

static bool call_refill(pila_iter *it)
{
    call_stage *s = (call_stage *)it->state;

    if (s->quick && pila__iter_warm(&s->base.src)) return call_quickly(it, s);
    return call_slowly(it, s);
}

static size_t call_hint(const pila_iter *it)
{
    const call_stage *s = (const call_stage *)it->state;
    size_t more = pila_iter_length_hint(&s->base.src);

    return more == SIZE_MAX ? more : more + s->waits;
}

static pila_iter call_drop(pila_iter *it)
{
    call_stage *s = (call_stage *)it->state;

    if (s->full) pila__unkeep(it->type, s->room[s->now], 1);
    pila_buf_done(&s->text[0]);
    pila_buf_done(&s->text[1]);
    pila_free(s->block);
    return pila__stage_drop(it);
}

/* Text, or a tuple of whatever: what fn gives may show what it was lent. */
static bool call_keeps(const pila_type *type)
{
    return type->kind == PILA_KIND_STR ||
           (!pila__keep_is_plain(type) && (pila_pair_of(type) || pila_tuple_of(type)));
}

pila_iter pila_accumulate_fn(pila_iter src, const pila_type *type,
                             pila_accumulate_callback *fn, void *ctx,
                             const void *initial)
{
    static const pila_iter_ops ops = {call_refill, call_drop, call_hint};
    pila_status st = initial && src.status == PILA_END ? PILA_OK : src.status;

    if (st == PILA_OK && !initial && !pila_type_accepts(type, src.type))
        st = PILA_ETYPE;
    if (st != PILA_OK) return pila__stage_refused(&src, st);
    call_stage *s = (call_stage *)pila__stage_new(&src, sizeof *s, NULL);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    pila_iter it = pila_iter_make(type, &ops, s);
    s->fn = fn;
    s->ctx = ctx;
    s->keeps = call_keeps(type);
    s->plain = pila__keep_is_plain(type);
    s->room[0] = runs_room(3, type, &s->block);
    if (!s->room[0]) return pila__stage_refused(&it, PILA_ENOMEM);
    s->room[1] = s->room[0] + type->size;
    s->room[2] = s->room[1] + type->size;
    s->waits = initial != NULL;
    if (initial) st = call_first(s, type, type, initial);
    return st == PILA_OK ? it : pila__stage_refused(&it, st);
}

/* ---- runs of equal items ---- */

/* How many of n keys, one after the other, equal a key. What runs code of the user is
 * asked about one of them only, which is held meanwhile. */
PILA_INLINE pila_status run_length_of(const pila_type *type, const void *key,
                                      const char *keys, size_t n, size_t *out)
{
    bool same = true;
    size_t k;

    for (k = 0; k < n; k++, keys += type->size) {
        pila_status st = pila_type_eq(type, key, keys, &same);
        if (st != PILA_OK) return st;
        if (!same) break;
    }
    *out = k;
    return PILA_OK;
}

static pila_status run_length_asked(const pila_type *type, const void *key,
                                    const void *other, size_t *out)
{
    pila__held held;
    bool same = false;
    pila_status st = pila__hold(&held, type, other);

    if (st != PILA_OK) return st;
    st = pila_type_eq(type, key, held.item, &same);
    pila__let_go(&held, type);
    *out = same;
    return st;
}

static pila_status run_length(const pila_type *type, const void *key, const char *keys,
                              size_t n, size_t *out)
{
    switch (type->kind) {
    case PILA_KIND_I32: return run_length_of(&pila_i32, key, keys, n, out);
    case PILA_KIND_I64: return run_length_of(&pila_i64, key, keys, n, out);
    case PILA_KIND_U8: return run_length_of(&pila_u8, key, keys, n, out);
    case PILA_KIND_STR: return run_length_of(&pila_view, key, keys, n, out);
    case PILA_KIND_OTHER: return run_length_asked(type, key, keys, out);
    default: return run_length_of(type, key, keys, n, out);
    }
}

/* ---- groupby ---- */

/* The first item of a run, and its key if that is another thing. */
typedef struct groupby_head {
    runs_held item, key;
    const char *at; /* where the item was in src ... */
    size_t window;  /* ... in its window of this number */
} groupby_head;

typedef struct groupby_stage {
    pila__stage base; /* the window: keys that a mapper made */
    const pila_type *key_type;
    pila_kernel mapper; /* run is NULL: none */
    pila_map_callback *fn;
    void *ctx;
    groupby_head head[2]; /* of this run, and of the next */
    unsigned now;
    uint64_t turn;      /* counts runs: a group whose number is another is over */
    size_t window;      /* counts windows of src */
    size_t ready;       /* items ready in src, while its window lasts */
    size_t same;        /* those of them that are known to belong to this run */
    const char *keys;   /* those of the items ready in src ... */
    size_t keyed;       /* ... as far as they are made */
    runs_held made;     /* room for a callback's key */
    pila_status failed; /* what a callback answered, for ever */
    bool started, next_known, unread, busy;
    bool ended; /* what is ready behind `same` begins the next run, and may be taken */
    bool quiet; /* neither key nor eq are code of the user */
    bool quick; /* and copies of items and keys are bytes */
    bool asks;  /* the key is, but all else is as quick */
    pila_type group_type;
    pila_pair pair;
    char *entries; /* GROUPBY_RING, which take turns */
    void *block;
} groupby_stage;

/* Entries in a ring, so that the number in a group is written long before it is read:
 * programs copy groups, in pieces larger than a member, and such a load waits until the
 * stores to its parts have left the store buffer. Measured: a third of a groupby. */
enum { GROUPBY_RING = 4 };

static char *groupby_entry(const groupby_stage *s, uint64_t turn)
{
    return s->entries + (size_t)(turn % GROUPBY_RING) * s->pair.type.size;
}

static pila_iter *groupby_group(const groupby_stage *s, uint64_t turn)
{
    return (pila_iter *)(void *)(groupby_entry(s, turn) + s->pair.second_at);
}

static bool groupby_by_item(const groupby_stage *s) { return !s->mapper.run && !s->fn; }

static const void *groupby_key(const groupby_stage *s, const groupby_head *head)
{
    return groupby_by_item(s) ? head->item.item : head->key.item;
}

static void groupby_take(groupby_stage *s, size_t n)
{
    pila_iter_skip(&s->base.src, n);
    s->ready -= n;
    if (s->mapper.run) {
        s->keys += n * s->key_type->size;
        s->keyed -= n;
    }
}

/* The item ready in src begins the next run. */
static pila_status groupby_found(groupby_stage *s, const void *key)
{
    groupby_head *next = &s->head[s->now ^ 1];
    pila_status st = runs_hold(&next->item, s->base.src.type, s->base.src.cur);

    if (st == PILA_OK && !groupby_by_item(s))
        st = runs_hold(&next->key, s->key_type, key);
    if (st != PILA_OK) return st;
    next->at = s->base.src.cur;
    next->window = s->window;
    groupby_take(s, 1);
    s->next_known = true;
    return PILA_OK;
}

/* The keys of the n items that are ready: how many of them there are now. */
static size_t groupby_keys(groupby_stage *s, size_t n)
{
    if (!s->mapper.run) {
        s->keys = s->base.src.cur;
        return n;
    }
    if (s->keyed == 0) {
        s->keyed = n < s->base.room ? n : s->base.room;
        s->keys = s->base.window;
        s->mapper.run(s->base.window, s->base.src.cur, s->keyed, s->mapper.ctx);
    }
    return n < s->keyed ? n : s->keyed;
}

/* Where what is ready is nobody's to change, the end of a run in it is known to last.
 */
static bool groupby_ends(const groupby_stage *s, size_t n)
{
    return s->quick && s->base.src.stamp == &pila__still && s->same && s->same < n;
}

static pila_status groupby_compare(groupby_stage *s, const char *keys, size_t n)
{
    const pila_iter *src = &s->base.src;
    pila_status st = PILA_OK;

    s->same = 0;
    if (s->started)
        st = run_length(s->key_type, groupby_key(s, &s->head[s->now]), keys, n,
                        &s->same);
    if (st == PILA_OK && *src->stamp != src->seen) st = PILA_EMUTATED;
    if (st == PILA_OK && s->same == 0) st = groupby_found(s, keys);
    s->ended = st == PILA_OK && groupby_ends(s, n);
    return st;
}

static pila_status groupby_compare_fn(groupby_stage *s)
{
    const pila_iter *src = &s->base.src;
    pila_status st = s->fn(s->ctx, src->cur, s->made.item);

    if (st != PILA_OK) return st;
    st = *src->stamp == src->seen ? groupby_compare(s, s->made.item, 1) : PILA_EMUTATED;
    pila_type_drop(s->key_type, s->made.item);
    return st;
}

/* There are no more items known to be of this run: look at those that are ready.
 * PILA_OK: some are, or the next run is known. */
static pila_status groupby_look(groupby_stage *s)
{
    pila_status st = s->failed;

    if (st != PILA_OK) return st;
    s->busy = true;
    if (!pila__iter_warm(&s->base.src)) {
        s->ready = pila_iter_ready(&s->base.src);
        s->window++;
    }
    if (s->ready == 0) st = s->base.src.status;
    else if (s->fn) s->failed = st = groupby_compare_fn(s);
    else {
        size_t n = groupby_keys(s, s->ready);
        s->failed = st = groupby_compare(s, s->keys, n);
    }
    s->busy = false;
    return st;
}

/* Yield items of src, which are gone from it. A run of what no container holds comes
 * as one window, under a stamp of our own that changes when the next run begins. */
static bool groupby_yield(pila_iter *it, groupby_stage *s, const char *cur, size_t n)
{
    (void)pila__stage_yield(it, &s->base.src, cur, n * it->type->size);
    if (it->stamp != &pila__still) return true;
    it->stamp = &s->turn;
    it->seen = s->turn;
    return true;
}

/* How many items of this run may be yielded at once. */
static size_t groupby_at_once(const groupby_stage *s)
{
    return s->base.src.stamp == &pila__still || s->same == 0 ? s->same : 1;
}

/* The run's first item: with all that follow it in its window, if that is still there
 * and looking at it runs nobody's code; else by itself. */
static bool groupby_first(pila_iter *it, groupby_stage *s)
{
    const groupby_head *head = &s->head[s->now];
    pila_iter *src = &s->base.src;
    bool there = s->quiet && head->window == s->window && src->stamp == &pila__still;

    s->unread = false;
    if (!there) return pila__stage_yield(it, src, head->item.item, it->type->size);
    if (s->same == 0 && !s->next_known && pila__iter_warm(src)) {
        pila_status st = groupby_look(s);
        if (st != PILA_OK) return pila_iter_end(it, st);
    }
    size_t n = s->same;
    groupby_take(s, n);
    s->same = 0;
    return groupby_yield(it, s, head->at, 1 + n);
}

/* The rest of a run that is known to end in the window. */
static bool groupby_rest(pila_iter *it, groupby_stage *s)
{
    size_t size = it->type->size, n = s->same;
    const char *cur = s->base.src.cur;

    if (!s->unread && n == 0) return pila_iter_end(it, PILA_END);
    groupby_take(s, n);
    it->cur = s->unread ? cur - size : cur;
    it->end = cur + n * size;
    it->stamp = &s->turn;
    it->seen = s->turn;
    s->same = 0;
    s->unread = false;
    return true;
}

static __attribute__((noinline)) bool groupby_more(pila_iter *it, groupby_stage *s)
{
    pila_iter *src = &s->base.src;
    pila_status st;

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    if (s->unread) return groupby_first(it, s);
    if (s->same == 0) {
        st = s->next_known ? PILA_END : groupby_look(s);
        if (it->status != PILA_OK) return false;
        if (st != PILA_OK || s->same == 0)
            return pila_iter_end(it, st != PILA_OK ? st : PILA_END);
    }
    const char *cur = src->cur;
    size_t n = groupby_at_once(s);
    s->same -= n;
    groupby_take(s, n);
    return groupby_yield(it, s, cur, n);
}

/* The next item of the run if a callback's key, which is bytes, is the run's. Apart, as
 * groupby_more is, so that the others have few registers to save. */
static __attribute__((noinline)) bool groupby_ask(pila_iter *it, groupby_stage *s)
{
    const pila_iter *src = &s->base.src;
    const char *cur = src->cur, *key = s->head[s->now].key.item;
    pila_status st;

    if (s->busy || s->unread || s->same || s->next_known || s->failed != PILA_OK)
        return groupby_more(it, s);
    s->busy = true;
    st = s->fn(s->ctx, cur, s->made.item);
    if (st == PILA_OK && *src->stamp != src->seen) st = PILA_EMUTATED;
    if (st != PILA_OK) s->same = 0;
    else if (s->key_type->kind == PILA_KIND_I64)
        (void)!run_length_of(&pila_i64, key, s->made.item, 1, &s->same);
    else (void)!run_length(s->key_type, key, s->made.item, 1, &s->same);
    if (st == PILA_OK && s->same == 0) st = groupby_found(s, s->made.item);
    s->busy = false;
    s->failed = st;
    if (it->status != PILA_OK) return false;
    if (st != PILA_OK || s->same == 0)
        return pila_iter_end(it, st != PILA_OK ? st : PILA_END);
    s->same = 0;
    groupby_take(s, 1);
    return groupby_yield(it, s, cur, 1);
}

static bool groupby_refill(pila_iter *it)
{
    groupby_stage *s = (groupby_stage *)it->state;

    if (it->at != (size_t)s->turn) return pila_iter_end(it, PILA_END);
    if (s->ended) return groupby_rest(it, s);
    if (s->asks && pila__iter_warm(&s->base.src)) return groupby_ask(it, s);
    return groupby_more(it, s);
}

static void groupby_let_go(groupby_stage *s, groupby_head *head)
{
    runs_let_go(&head->item, s->base.src.type);
    runs_let_go(&head->key, s->key_type);
}

/* On to the next run within the window, and look for its end there. Inlined with types
 * that are constants. */
PILA_INLINE void groupby_hop_of(groupby_stage *s, const pila_type *item)
{
    groupby_head *head = &s->head[s->now ^= 1];
    const char *at = s->base.src.cur + s->same * item->size;
    size_t left = s->ready - s->same - 1;

    head->at = at;
    head->window = s->window;
    runs_copy(head->item.item, at, item->size);
    s->base.src.cur = at + item->size;
    s->ready = left;
    s->unread = true;
    (void)!run_length_of(item, at, at + item->size, left, &s->same);
    s->ended = s->same < left;
}

/* The same with a mapper's keys. */
static void groupby_hop_keyed(groupby_stage *s)
{
    groupby_head *head = &s->head[s->now ^= 1];

    groupby_take(s, s->same);
    head->at = s->base.src.cur;
    head->window = s->window;
    runs_copy(head->item.item, head->at, s->base.src.type->size);
    runs_copy(head->key.item, s->keys, s->key_type->size);
    groupby_take(s, 1);
    s->unread = true;
    (void)!run_length(s->key_type, head->key.item, s->keys, s->keyed, &s->same);
    s->ended = s->same < s->keyed;
}

static void groupby_hop_any(groupby_stage *s)
{
    if (s->mapper.run) groupby_hop_keyed(s);
    else if (s->key_type->kind == PILA_KIND_I32) groupby_hop_of(s, &pila_i32);
    else groupby_hop_of(s, s->key_type);
}

/* On to the next run, skipping what was not read of this one. */
static bool groupby_advance(pila_iter *it, groupby_stage *s)
{
    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    s->turn++;
    while (!s->next_known) {
        if (s->ended) {
            groupby_hop_any(s);
            return true;
        }
        if (s->same) groupby_take(s, s->same);
        s->same = 0;
        pila_status st = groupby_look(s);
        if (it->status != PILA_OK) return false;
        if (st != PILA_OK) return pila_iter_end(it, st);
    }
    s->now ^= 1;
    s->next_known = false;
    s->started = s->unread = true;
    s->busy = true;
    groupby_let_go(s, &s->head[s->now ^ 1]);
    s->busy = false;
    return it->status == PILA_OK;
}

/* The same; what is frequent is inlined. */
PILA_INLINE bool groupby_next(pila_iter *it, groupby_stage *s)
{
    if (!s->ended || s->mapper.run || s->key_type->kind != PILA_KIND_I64)
        return groupby_advance(it, s);
    s->turn++;
    groupby_hop_of(s, &pila_i64);
    return true;
}

static bool groupby_next_refill(pila_iter *it)
{
    groupby_stage *s = (groupby_stage *)it->state;
    pila_iter *src = &s->base.src;

    if (!groupby_next(it, s)) return false;
    uint64_t later = s->turn + GROUPBY_RING - 1;
    char *entry = groupby_entry(s, s->turn);
    pila_iter *group = groupby_group(s, s->turn);
    groupby_group(s, later)->at = (size_t)later;
    if (group->stamp != src->stamp || group->seen != src->seen) {
        group->stamp = src->stamp;
        group->seen = src->seen;
    }
    runs_copy(entry, groupby_key(s, &s->head[s->now]), s->key_type->size);
    return pila__stage_yield(it, src, entry, it->type->size);
}

static bool justseen_refill(pila_iter *it)
{
    groupby_stage *s = (groupby_stage *)it->state;

    if (!groupby_next(it, s)) return false;
    return pila__stage_yield(it, &s->base.src, s->head[s->now].item.item,
                             it->type->size);
}

static pila_iter groupby_drop(pila_iter *it)
{
    groupby_stage *s = (groupby_stage *)it->state;

    for (int k = 0; k < 2; k++) {
        runs_held_done(&s->head[k].item, s->base.src.type);
        runs_held_done(&s->head[k].key, s->key_type);
    }
    runs_held_done(&s->made, s->key_type);
    pila_free(s->block);
    return pila__stage_drop(it);
}

static const pila_iter_ops groupby_ops = {groupby_next_refill, groupby_drop, NULL};
static const pila_iter_ops groupby_group_ops = {groupby_refill, NULL, NULL};
static const pila_iter_ops justseen_ops = {justseen_refill, groupby_drop, NULL};

static bool groupby_room(groupby_stage *s, const pila_type *item)
{
    bool good = true;

    for (int k = 0; k < 2 && good; k++) {
        good = runs_held_init(&s->head[k].item, item);
        if (good && !groupby_by_item(s))
            good = runs_held_init(&s->head[k].key, s->key_type);
    }
    return good && (!s->fn || runs_held_init(&s->made, s->key_type));
}

static pila_status groupby_ring(groupby_stage *s)
{
    static const pila_type plain = PILA_PLAIN_TYPE(pila_iter);
    pila_status st;

    s->group_type = plain;
    st = pila_pair_init(&s->pair, s->key_type, &s->group_type);
    if (st != PILA_OK) return st;
    s->entries = runs_room(GROUPBY_RING, &s->pair.type, &s->block);
    if (!s->entries) return PILA_ENOMEM;
    memset(s->entries, 0, GROUPBY_RING * s->pair.type.size); /* padding as well */
    for (uint64_t turn = s->turn; turn < s->turn + GROUPBY_RING; turn++) {
        pila_iter *group = groupby_group(s, turn);
        *group = pila_iter_make(s->base.src.type, &groupby_group_ops, s);
        group->at = (size_t)turn;
    }
    return PILA_OK;
}

static pila_iter groupby_make(pila_iter src, const pila_type *key_type,
                              const pila_kernel *mapper, pila_map_callback *fn,
                              void *ctx, const pila_iter_ops *ops)
{
    pila_status st = src.status;

    if (st == PILA_OK && mapper && (!mapper->to || mapper->in_size != src.type->size))
        st = PILA_ETYPE;
    if (st != PILA_OK) return pila__stage_refused(&src, st);
    if (!key_type) key_type = mapper ? mapper->to : src.type;
    groupby_stage *s =
        (groupby_stage *)pila__stage_new(&src, sizeof *s, mapper ? key_type : NULL);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    pila_iter it = pila_iter_make(src.type, ops, s);
    s->turn = PILA__OVER; /* of a run before the first */
    s->key_type = key_type;
    if (mapper) s->mapper = *mapper;
    s->fn = fn;
    s->ctx = ctx;
    s->quiet = !fn && !pila_type_calls_out(key_type);
    bool bytes = pila__keep_is_plain(src.type) && pila__keep_is_plain(key_type);
    s->quick = bytes && s->quiet;
    s->asks = bytes && fn && !pila_type_calls_out(key_type);
    if (!groupby_room(s, src.type)) return pila__stage_refused(&it, PILA_ENOMEM);
    if (ops == &groupby_ops) {
        st = groupby_ring(s);
        if (st != PILA_OK) return pila__stage_refused(&it, st);
        it.type = &s->pair.type;
    }
    return it;
}

pila_iter pila_groupby(pila_iter src)
{
    return groupby_make(src, NULL, NULL, NULL, NULL, &groupby_ops);
}

pila_iter pila_groupby_key(pila_iter src, pila_kernel key)
{
    return groupby_make(src, NULL, &key, NULL, NULL, &groupby_ops);
}

pila_iter pila_groupby_fn(pila_iter src, const pila_type *key_type,
                          pila_map_callback *fn, void *ctx)
{
    return groupby_make(src, key_type, NULL, fn, ctx, &groupby_ops);
}

pila_iter pila_unique_justseen_key(pila_iter src, pila_kernel key)
{
    return groupby_make(src, NULL, &key, NULL, NULL, &justseen_ops);
}

pila_iter pila_unique_justseen_fn(pila_iter src, const pila_type *key_type,
                                  pila_map_callback *fn, void *ctx)
{
    return groupby_make(src, key_type, NULL, fn, ctx, &justseen_ops);
}

/* ---- unique_justseen, count_runs: windows of runs ---- */

typedef struct run_stage {
    pila__stage base; /* the window: first items of runs, or those with counts */
    pila_pair pair;   /* of count_runs; its first is NULL for unique_justseen */
    const char *key;  /* of the run that is open, in src's window or held */
    int64_t count;
    runs_held held[2];
    unsigned now;
    bool open, in_window; /* whether there is one; whether key is in src's window */
    bool busy;
} run_stage;

/* What a look at a window came to. */
typedef struct run_look {
    size_t used, made; /* items of src, items of ours */
} run_look;

static void run_put(run_stage *s, size_t at, const char *item, size_t size, bool counts)
{
    char *to = s->base.window + at * (counts ? s->pair.type.size : size);

    memcpy(to, item, size);
    if (counts) memcpy(to + s->pair.second_at, &s->count, sizeof s->count);
}

/* Through n items: a first item is put when its run begins, a count when it ends. It
 * stops before an item for which there is no room. */
PILA_INLINE pila_status run_scan(run_stage *s, const pila_type *type, size_t n,
                                 bool counts, run_look *look)
{
    const char *item = s->base.src.cur;
    size_t k, room = s->base.room, size = type->size;
    bool same = false;

    for (k = 0; k < n; k++, item += size) {
        if (s->open) {
            pila_status st = pila_type_eq(type, s->key, item, &same);
            if (st != PILA_OK) return st;
            if (same) {
                s->count++;
                continue;
            }
        }
        if (look->made == room) break;
        if (s->open && counts) run_put(s, look->made++, s->key, size, true);
        if (!counts) run_put(s, look->made++, item, size, false);
        s->key = item;
        s->open = s->in_window = true;
        s->count = 1;
    }
    look->used = k;
    return PILA_OK;
}

/* The same for a type whose eq is the user's: one item, which is held meanwhile. */
static pila_status run_ask(run_stage *s, const pila_type *type, bool counts,
                           run_look *look)
{
    const pila_iter *src = &s->base.src;
    size_t same = 0;
    pila_status st = PILA_OK;

    if (s->open) st = run_length_asked(type, s->key, src->cur, &same);
    if (st == PILA_OK && *src->stamp != src->seen) st = PILA_EMUTATED;
    if (st != PILA_OK) return st;
    look->used = 1;
    if (same) {
        s->count++;
        return PILA_OK;
    }
    if (s->open && counts) run_put(s, look->made++, s->key, type->size, true);
    if (!counts) run_put(s, look->made++, src->cur, type->size, false);
    s->key = src->cur;
    s->open = s->in_window = true;
    s->count = 1;
    return PILA_OK;
}

static pila_status run_window(run_stage *s, size_t n, run_look *look)
{
    const pila_type *type = s->base.src.type;
    bool counts = s->pair.first != NULL;

    switch (type->kind) {
    case PILA_KIND_OTHER: return run_ask(s, type, counts, look);
    case PILA_KIND_I32: return run_scan(s, &pila_i32, n, counts, look);
    case PILA_KIND_I64: return run_scan(s, &pila_i64, n, counts, look);
    case PILA_KIND_U8: return run_scan(s, &pila_u8, n, counts, look);
    case PILA_KIND_STR: return run_scan(s, &pila_view, n, counts, look);
    default: return run_scan(s, type, n, counts, look);
    }
}

/* The window of src is about to go: the key of the run that is open is held. */
static pila_status run_hold(run_stage *s)
{
    runs_held *h = &s->held[s->now ^ 1];
    pila_status st = runs_hold(h, s->base.src.type, s->key);

    if (st != PILA_OK) return st;
    s->now ^= 1;
    s->key = h->item;
    s->in_window = false;
    return PILA_OK;
}

static pila_status run_step(run_stage *s, run_look *look)
{
    pila_iter *src = &s->base.src;
    size_t n = pila_iter_ready(src);
    pila_status st;

    if (n == 0) {
        if (src->status != PILA_END || !s->open || !s->pair.first) return src->status;
        s->open = false;
        run_put(s, look->made++, s->key, src->type->size, true);
        return PILA_OK;
    }
    st = run_window(s, n, look);
    if (st != PILA_OK) return st;
    pila_iter_skip(src, look->used);
    return s->in_window && runs_used_up(src) ? run_hold(s) : PILA_OK;
}

static bool run_refill(pila_iter *it)
{
    run_stage *s = (run_stage *)it->state;
    run_look look = {0, 0};

    if (s->busy) return pila_iter_end(it, PILA_EVALUE);
    do {
        s->busy = true;
        pila_status st = run_step(s, &look);
        s->busy = false;
        if (it->status != PILA_OK) return false;
        if (st != PILA_OK) return pila_iter_end(it, st);
    } while (look.made == 0);
    return pila__stage_yield(it, &s->base.src, s->base.window,
                             look.made * it->type->size);
}

static pila_iter run_drop(pila_iter *it)
{
    run_stage *s = (run_stage *)it->state;

    for (int k = 0; k < 2; k++) runs_held_done(&s->held[k], s->base.src.type);
    return pila__stage_drop(it);
}

static pila_iter run_make(pila_iter src, bool counts)
{
    static const pila_iter_ops ops = {run_refill, run_drop, NULL};
    const pila_type *item = src.type;
    pila_status st = src.status;
    pila_pair pair;

    if (st == PILA_OK && counts) st = pila_pair_init(&pair, item, &pila_i64);
    if (st != PILA_OK) return pila__stage_refused(&src, st);
    run_stage *s =
        (run_stage *)pila__stage_new(&src, sizeof *s, counts ? &pair.type : item);
    if (!s) return pila__stage_refused(&src, PILA_ENOMEM);
    if (counts) {
        (void)!pila_pair_init(&s->pair, item, &pila_i64);         /* as before */
        memset(s->base.window, 0, s->base.room * pair.type.size); /* as enumerate */
    }
    pila_iter it = pila_iter_make(counts ? &s->pair.type : item, &ops, s);
    for (int k = 0; k < 2; k++)
        if (!runs_held_init(&s->held[k], item))
            return pila__stage_refused(&it, PILA_ENOMEM);
    return it;
}

pila_iter pila_unique_justseen(pila_iter src) { return run_make(src, false); }

pila_iter pila_count_runs(pila_iter src) { return run_make(src, true); }
