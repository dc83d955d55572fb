/* sorting.c - sorting in so much memory: items kept as blocks, cells that are sorted,
 * runs when the memory is full.
 *
 *     cells   [head|at] [head|at] ...      16 bytes each, what is moved
 *     arena   block block block ...        in chunks that never move
 *
 * A head is a word that orders as the keys do, as far as it goes: of text the next
 * seven bytes, and how many there are (8: more than seven); of a number its double. So
 * most comparisons touch no block. Cells are distributed by the bytes of the head, from
 * the first that differs on, until few are left, which are sorted by insertion. Cells
 * of equal heads whose text goes on get the head of the next seven bytes, and again. So
 * a block is touched once for seven bytes, in a loop that fetches ahead, and not in
 * each of log n comparisons; what shares more than LEVELS heads is merge-sorted by
 * comparing the rest. Distribution is stable, and so are the others.
 *
 * Parts that are large wait on a stack, from which the threads take them: which part
 * is sorted by whom changes nothing.
 *
 * Of a few wanted items (nlargest) the arena holds those and as many candidates again;
 * when it is full, all but the first are thrown away, and the last of these is the bar
 * that a new item has to pass.
 *
 * Rejected: quicksort and merge sort of the cells, two to three times the time; keeping
 * the text's length in the cell, since that makes it 24 bytes.
 */
#include "sorting.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CHUNK_FIRST = 64 << 10, /* bytes; each is twice the one before, up to ... */
    CHUNK_MOST = 32 << 20,
    SLACK = 16,           /* readable bytes behind each block */
    FEW = 24,             /* cells that are sorted by insertion */
    HEAD_TEXT = 7,        /* bytes of text in a head */
    MORE = HEAD_TEXT + 1, /* its last byte, where text goes on */
    LEVELS = 16,          /* heads of one key */
    AHEAD = 12,           /* cells whose blocks are fetched before their turn */
    THREADS_MOST = 8,
    STACK = 1 << 20,          /* of one: LEVELS of 8 distributions, of 2 KiB each */
    PARALLEL_LEAST = 1 << 15, /* cells that are worth a thread */
    WAITING_MOST = 1024,      /* parts that wait for one */
    FAN_IN = 16,              /* runs merged into one */
    RUN_BUFFER_LEAST = 4 << 10,
    RUN_BUFFER_MOST = 1 << 20,
    WINDOW = 256, /* items ready at once */
    CANDIDATES_LEAST = 1024
};

typedef struct cell {
    uint64_t head;
    const char *at; /* the block */
} cell;

typedef struct chunk {
    struct chunk *next;
    size_t room, used;
    uint64_t unused; /* what follows is aligned */
} chunk;

struct cli_sorter {
    cli_order order;
    size_t most, memory;
    chunk *chunks, *chunk; /* all of them; the one that is filled */
    size_t bytes;          /* in chunks, filled */
    cell *cells;
    size_t n, room; /* cells */
    bool has_bar;
    cell bar;
    uint64_t word;
    cli_run *runs;
    size_t n_runs, runs_room;
};

/* ---- heads ---- */

static uint64_t load_big(const char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* Of the len bytes at p, behind which there are others to be read. */
static uint64_t text_head(const char *p, size_t len)
{
    uint64_t x = load_big(p);

    if (len >= MORE) return (x & ~(uint64_t)0xff) | MORE;
    x &= len ? ~(uint64_t)0 << (64 - 8 * len) : 0;
    return x | len;
}

static uint64_t item_head(const pila_type *type, const void *item);

static uint64_t number_head(const pila_type *type, const void *item)
{
    cli_number n = cli_number_of_int(0);

    if (type == &cli_number_type) return cli_number_word(item);
    if (type->kind == PILA_KIND_I64) n.small = *(const int64_t *)item;
    else if (type->kind == PILA_KIND_F64)
        n = cli_number_of_float(*(const double *)item);
    else return 0;
    return cli_number_word(&n);
}

/* Of a tuple: of its first member. */
static uint64_t item_head(const pila_type *type, const void *item)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);
    char room[8] = {0};

    if (p) return item_head(p->first, item);
    if (t && !pila_tuple_len(t, item)) return 0;
    if (t) {
        const void *first = pila_tuple_at(t, item, 0, &type);
        return item_head(type, first);
    }
    if (type->kind != PILA_KIND_STR) return number_head(type, item);
    pila_str text = *(const pila_str *)item;
    if (text.len >= sizeof room) return text_head(text.ptr, text.len);
    if (text.len) memcpy(room, text.ptr, text.len);
    return text_head(room, text.len);
}

static uint64_t flip(const cli_order *o) { return o->reverse ? UINT64_MAX : 0; }

/* The head of what was given, which may not be read behind its end. */
static uint64_t given_head(const cli_order *o, const void *given)
{
    if (o->by == CLI_BY_NUMBER) return cli_number_word(given) ^ flip(o);
    return item_head(o->by == CLI_BY_TEXT ? &pila_view : o->item, given) ^ flip(o);
}

/* Whether cells of this head are equal, and that is all; else more has to be looked at.
 */
static bool head_is_all(const cli_order *o, uint64_t head)
{
    head ^= flip(o);
    if (o->by == CLI_BY_TEXT) return (head & 0xff) != MORE;
    return o->by == CLI_BY_NUMBER && cli_number_word_is_exact(head);
}

/* ---- comparing blocks ---- */

typedef struct waiting {
    cell *a, *b;     /* the cells, and as much room */
    size_t n, depth; /* bytes of the keys that are equal */
    int shift;       /* bits of the heads that are looked at next */
    bool in_b;       /* where the cells are */
} part;

typedef struct sorting {
    const cli_order *order;
    size_t total;
    pila_status failed; /* of a comparison */
    size_t threads;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t busy, n;
    part waiting[WAITING_MOST];
} sorting;

static bool text_before(const char *a, const char *b, size_t depth, bool reverse)
{
    pila_str x = cli_block_text(reverse ? b : a), y = cli_block_text(reverse ? a : b);
    size_t n = x.len < y.len ? x.len : y.len;
    int by = n > depth ? memcmp(x.ptr + depth, y.ptr + depth, n - depth) : 0;

    return by < 0 || (by == 0 && x.len < y.len);
}

/* Whether block a goes strictly before b, of equal heads. */
static bool block_before(sorting *s, const char *a, const char *b, size_t depth)
{
    const cli_order *o = s->order;
    bool before = false;

    if (o->by == CLI_BY_TEXT) return text_before(a, b, depth, o->reverse);
    if (o->by == CLI_BY_NUMBER) {
        cli_number x = cli_block_number(a), y = cli_block_number(b);
        (void)cli_order_before(o, &x, &y, &before);
        return before;
    }
    pila_status st = cli_order_before(o, a, b, &before); /* the items, in place */
    if (st != PILA_OK) {
        pthread_mutex_lock(&s->lock);
        s->failed = st;
        pthread_mutex_unlock(&s->lock);
    }
    return before;
}

/* ---- sorting cells ---- */

static void insertion_by_head(cell *a, size_t n)
{
    for (size_t k = 1; k < n; k++) {
        cell c = a[k];
        size_t i = k;
        for (; i && a[i - 1].head > c.head; i--) a[i] = a[i - 1];
        a[i] = c;
    }
}

static void insertion_by_block(sorting *s, cell *a, size_t n, size_t depth)
{
    for (size_t k = 1; k < n; k++) {
        cell c = a[k];
        size_t i = k;
        for (; i && block_before(s, c.at, a[i - 1].at, depth); i--) a[i] = a[i - 1];
        a[i] = c;
    }
}

static void merge_two(sorting *s, cell *to, const cell *a, size_t na, const cell *b,
                      size_t nb, size_t depth)
{
    while (na && nb) {
        bool second = block_before(s, b->at, a->at, depth);
        *to++ = second ? *b++ : *a++;
        if (second) nb--;
        else na--;
    }
    memcpy(to, a, na * sizeof *a);
    memcpy(to + na, b, nb * sizeof *b);
}

/* Cells of equal heads, by what follows. */
static void merge_by_block(sorting *s, cell *a, cell *b, size_t n, size_t depth)
{
    for (size_t k = 0; k < n; k += FEW / 3)
        insertion_by_block(s, a + k, n - k < FEW / 3 ? n - k : FEW / 3, depth);
    for (size_t width = FEW / 3; width < n; width *= 2)
        for (size_t k = 0; k + width < n; k += 2 * width) {
            size_t more = n - k - width < width ? n - k - width : width;
            cell *mid = a + k + width;
            if (!block_before(s, mid->at, mid[-1].at, depth)) continue;
            memcpy(b, a + k, width * sizeof *a);
            merge_two(s, a + k, b, width, mid, more, depth);
        }
}

static void sort_part(sorting *s, part p);

/* Cells of equal heads. */
static void sort_group(sorting *s, cell *a, cell *b, size_t n, size_t depth)
{
    const cli_order *o = s->order;
    size_t next = depth + HEAD_TEXT;

    if (n < 2 || head_is_all(o, a->head)) return;
    if (o->by != CLI_BY_TEXT) merge_by_block(s, a, b, n, 0);
    else if (n <= FEW / 3) insertion_by_block(s, a, n, next);
    else if (next >= LEVELS * HEAD_TEXT) merge_by_block(s, a, b, n, next);
    else {
        for (size_t k = 0; k < n; k++) {
            if (k + AHEAD < n) __builtin_prefetch(a[k + AHEAD].at + 4 + next);
            pila_str text = cli_block_text(a[k].at);
            a[k].head = text_head(text.ptr + next, text.len - next) ^ flip(o);
        }
        sort_part(s, (part){a, b, n, next, 56, false});
    }
}

/* The last step of a part: it lies where it belongs, and equal heads are looked into.
 */
static void settle(sorting *s, part p)
{
    if (p.in_b) memcpy(p.a, p.b, p.n * sizeof *p.a);
    if (p.shift >= 0) insertion_by_head(p.a, p.n);
    for (size_t from = 0, to; from < p.n; from = to) {
        for (to = from + 1; to < p.n && p.a[to].head == p.a[from].head;) to++;
        sort_group(s, p.a + from, p.b + from, to - from, p.depth);
    }
}

/* Leave a part to whoever is free. */
static bool leave(sorting *s, part p)
{
    if (s->threads < 2 || p.n < PARALLEL_LEAST / 4 || p.n < s->total / 256)
        return false;
    pthread_mutex_lock(&s->lock);
    bool left = s->n < WAITING_MOST;
    if (left) s->waiting[s->n++] = p;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return left;
}

/* Distribute by the first byte of the heads that is not the same in all. */
static void sort_part(sorting *s, part p)
{
    const cell *from = p.in_b ? p.b : p.a;
    cell *to = p.in_b ? p.a : p.b;
    uint64_t differ = 0;
    size_t at[256] = {0}, end = 0;

    if (p.n > FEW && p.shift >= 0) {
        for (size_t k = 0; k < p.n; k++) differ |= from[k].head ^ from[0].head;
        if (p.shift < 56) differ &= ((uint64_t)1 << (p.shift + 8)) - 1;
        p.shift = differ ? (63 - __builtin_clzll(differ)) / 8 * 8 : -8;
    }
    if (p.n <= FEW || p.shift < 0) {
        settle(s, p);
        return;
    }
    for (size_t k = 0; k < p.n; k++) at[from[k].head >> p.shift & 0xff]++;
    for (size_t k = 0; k < 256; k++) {
        size_t n = at[k];
        at[k] = end;
        end += n;
    }
    for (size_t k = 0; k < p.n; k++) to[at[from[k].head >> p.shift & 0xff]++] = from[k];
    for (size_t k = 0, start = 0; k < 256; start = at[k++]) {
        part sub = {p.a + start, p.b + start, at[k] - start,
                    p.depth,     p.shift - 8, !p.in_b};
        if (sub.n && !leave(s, sub)) sort_part(s, sub);
    }
}

/* ---- threads ---- */

static void *work(void *ctx)
{
    sorting *s = ctx;

    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (!s->n && s->busy) pthread_cond_wait(&s->changed, &s->lock);
        if (!s->n) break;
        part p = s->waiting[--s->n];
        s->busy++;
        pthread_mutex_unlock(&s->lock);
        sort_part(s, p);
        pthread_mutex_lock(&s->lock);
        s->busy--;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static size_t threads_for(size_t n)
{
    long cores = n < PARALLEL_LEAST ? 1 : sysconf(_SC_NPROCESSORS_ONLN);

    return cores < 1 ? 1 : cores > THREADS_MOST ? THREADS_MOST : (size_t)cores;
}

static pila_status sort_cells(const cli_order *o, cell *a, cell *b, size_t n)
{
    static sorting s;
    pthread_t thread[THREADS_MOST];
    pthread_attr_t how;
    size_t started = 0;

    s.order = o;
    s.total = n;
    s.failed = PILA_OK;
    s.threads = threads_for(n);
    s.busy = 0;
    s.n = 1;
    s.waiting[0] = (part){a, b, n, 0, 56, false};
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.changed, NULL);
    pthread_attr_init(&how);
    (void)pthread_attr_setstacksize(&how, STACK);
    while (started + 1 < s.threads &&
           pthread_create(&thread[started], &how, work, &s) == 0)
        started++;
    work(&s);
    for (size_t k = 0; k < started; k++) pthread_join(thread[k], NULL);
    pthread_attr_destroy(&how);
    pthread_cond_destroy(&s.changed);
    pthread_mutex_destroy(&s.lock);
    return s.failed;
}

static bool in_order(const cell *a, size_t n)
{
    for (size_t k = 1; k < n; k++)
        if (a[k].head <= a[k - 1].head) return false;
    return true;
}

static pila_status sort_all(cli_sorter *s)
{
    if (in_order(s->cells, s->n)) return PILA_OK;
    cell *room = pila_alloc(s->n, sizeof *room);
    if (!room) return PILA_ENOMEM;
    pila_mem_huge(room, s->n * sizeof *room);
    pila_status st = sort_cells(&s->order, s->cells, room, s->n);
    pila_free(room);
    return st;
}

/* ---- the arena ---- */

static void chunks_free(chunk *c)
{
    while (c) {
        chunk *next = c->next;
        pila_free(c);
        c = next;
    }
}

static pila_status chunk_add(cli_sorter *s, size_t need)
{
    size_t room = s->chunk ? 2 * s->chunk->room : CHUNK_FIRST;

    if (room > CHUNK_MOST) room = CHUNK_MOST;
    if (s->most == SIZE_MAX && room > s->memory) room = s->memory;
    if (room < need) room = need;
    chunk *c = pila_alloc(1, sizeof *c + room + SLACK);
    if (!c) return PILA_ENOMEM;
    pila_mem_huge(c, sizeof *c + room + SLACK);
    c->next = NULL;
    c->room = room;
    c->used = 0;
    if (s->chunk) s->chunk->next = c;
    else s->chunks = c;
    s->chunk = c;
    return PILA_OK;
}

/* Room for a block, its front before it; what lies behind is read, too. */
static pila_status arena_room(cli_sorter *s, size_t bytes, char **out)
{
    if (s->order.item->kind != PILA_KIND_STR)
        bytes = (bytes + CLI_BLOCK_ALIGN - 1) / CLI_BLOCK_ALIGN * CLI_BLOCK_ALIGN;
    while (!s->chunk || s->chunk->room - s->chunk->used < bytes) {
        if (s->chunk && s->chunk->next && s->chunk->next->room >= bytes) {
            s->chunk = s->chunk->next; /* of an earlier run */
            s->chunk->used = 0;
            continue;
        }
        if (s->chunk) {
            chunks_free(s->chunk->next);
            s->chunk->next = NULL;
        }
        pila_status st = chunk_add(s, bytes);
        if (st != PILA_OK) return st;
    }
    *out = (char *)(s->chunk + 1) + s->chunk->used;
    s->chunk->used += bytes;
    s->bytes += bytes;
    return PILA_OK;
}

static pila_status cell_add(cli_sorter *s, uint64_t head, const char *at)
{
    if (s->n == s->room) {
        size_t room = pila_mem_grow(s->room, s->n + 1, sizeof *s->cells);
        cell *cells = room ? pila_realloc(s->cells, room, sizeof *cells) : NULL;
        if (!cells) return PILA_ENOMEM;
        pila_mem_huge(cells, room * sizeof *cells);
        s->cells = cells;
        s->room = room;
    }
    s->cells[s->n++] = (cell){head, at};
    return PILA_OK;
}

/* ---- the first few ---- */

/* Sort, keep the first `most`, in an arena that holds no others. */
static pila_status keep_first(cli_sorter *s)
{
    chunk *old = s->chunks;
    pila_status st = sort_all(s);
    size_t front = cli_block_front(&s->order);

    if (st != PILA_OK) return st;
    if (s->n > s->most) s->n = s->most;
    s->chunks = s->chunk = NULL;
    s->bytes = 0;
    for (size_t k = 0; k < s->n && st == PILA_OK; k++) {
        const char *at = s->cells[k].at;
        size_t bytes = front + cli_block_bytes(&s->order, at);
        char *to;
        if ((st = arena_room(s, bytes, &to)) != PILA_OK) break;
        memcpy(to, at - front, bytes);
        s->cells[k].at = to + front;
        if (s->order.by == CLI_BY_ITEM) { /* it points into itself */
            max_align_t room[64];
            void *item = s->order.item->size > sizeof room
                             ? pila_alloc(1, s->order.item->size)
                             : room;
            if (!item) st = PILA_ENOMEM;
            else cli_block_item(&s->order, to + front, item);
            if (item != room) pila_free(item);
        }
    }
    chunks_free(old);
    if (st != PILA_OK) s->n = 0;
    return st;
}

/* The head that the heads of a text at this depth were replaced by is not its first. */
static uint64_t first_head(const cli_order *o, const char *at)
{
    pila_str text;

    if (o->by == CLI_BY_NUMBER) {
        cli_number n = cli_block_number(at);
        return cli_number_word(&n) ^ flip(o);
    }
    if (o->by == CLI_BY_ITEM) return item_head(o->item, at) ^ flip(o);
    text = cli_block_text(at);
    return text_head(text.ptr, text.len) ^ flip(o);
}

static pila_status raise_bar(cli_sorter *s)
{
    pila_status st = keep_first(s);

    for (size_t k = 0; k < s->n; k++)
        s->cells[k].head = first_head(&s->order, s->cells[k].at);
    s->has_bar = st == PILA_OK && s->n == s->most;
    if (s->has_bar) {
        s->bar = s->cells[s->n - 1];
        s->word = s->bar.head;
    }
    return st;
}

/* Whether an item can still be among the first. */
static pila_status passes(const cli_sorter *s, const void *given, uint64_t head,
                          bool *out)
{
    const cli_order *o = &s->order;
    pila_str text;
    cli_number number;

    *out = !s->has_bar || head < s->bar.head;
    if (*out || head > s->bar.head || head_is_all(o, head)) return PILA_OK;
    text = cli_block_text(s->bar.at);
    if (o->by == CLI_BY_NUMBER) number = cli_block_number(s->bar.at);
    return cli_order_before(o, given,
                            o->by == CLI_BY_TEXT     ? (const void *)&text
                            : o->by == CLI_BY_NUMBER ? (const void *)&number
                                                     : s->bar.at,
                            out);
}

const uint64_t *cli_sorter_bar(const cli_sorter *s)
{
    return s->has_bar ? &s->word : NULL;
}

/* ---- runs ---- */

static pila_status run_add(cli_sorter *s, cli_run run)
{
    if (s->n_runs == s->runs_room) {
        size_t room = s->runs_room + 4 * FAN_IN;
        cli_run *runs = pila_realloc(s->runs, room, sizeof *runs);
        if (!runs) {
            close(run.fd);
            return PILA_ENOMEM;
        }
        s->runs = runs;
        s->runs_room = room;
    }
    s->runs[s->n_runs++] = run;
    return PILA_OK;
}

static size_t run_buffer(const cli_sorter *s, size_t n)
{
    size_t each = s->memory / (n + 1);

    return each < RUN_BUFFER_LEAST  ? RUN_BUFFER_LEAST
           : each > RUN_BUFFER_MOST ? RUN_BUFFER_MOST
                                    : each;
}

/* The last n runs, and what is in memory behind them, as one. */
static pila_iter runs_merged(cli_sorter *s, size_t n, pila_iter memory, bool whole)
{
    pila_iter *iters = pila_alloc(n + 1, sizeof *iters), it;
    size_t first = s->n_runs - n;

    if (!iters) {
        pila_iter_drop(&memory);
        return pila_failed(PILA_ENOMEM);
    }
    for (size_t k = 0; k < n; k++)
        iters[k] = cli_run_items(&s->order, s->runs[first + k], run_buffer(s, n));
    s->n_runs = first;
    iters[n] = memory;
    it = cli_merge_sorted(&s->order, iters, n + 1, whole, NULL, NULL);
    pila_free(iters);
    return it;
}

/* What was given, in order, as a run. */
static pila_status run_of(const cli_order *o, pila_iter *items, cli_run_out *out)
{
    size_t front = cli_block_front(o), size, room = 0;
    char *block = NULL;
    const void *given;
    pila_status st = PILA_OK;

    while (st == PILA_OK && (given = pila_next_item(items))) {
        if (!cli_block_size(o, given, &size)) st = PILA_EOVERFLOW;
        if (st == PILA_OK && front + size + SLACK > room) {
            pila_free(block);
            room = 2 * (front + size + SLACK);
            block = pila_alloc(room, 1);
            if (!block) st = PILA_ENOMEM;
        }
        if (st != PILA_OK) break;
        cli_block_make(o, given, size, block + front);
        st = cli_run_write(out, block, front + size);
    }
    pila_free(block);
    return st == PILA_OK ? pila_iter_outcome(items) : st;
}

/* When there are FAN_IN runs of a level at the end, they become one of the next. */
static pila_status runs_level(cli_sorter *s)
{
    for (;;) {
        size_t n = 0;
        cli_run_out out;
        cli_run run;
        unsigned level = s->runs[s->n_runs - 1].level;

        while (n < s->n_runs && s->runs[s->n_runs - 1 - n].level == level) n++;
        if (n < FAN_IN) return PILA_OK;
        pila_status st = cli_run_open(&out, s->order.flow);
        if (st != PILA_OK) return st;
        pila_iter merged = runs_merged(s, n, pila_failed(PILA_END), true);
        st = merged.status == PILA_OK ? run_of(&s->order, &merged, &out)
                                      : pila_iter_outcome(&merged);
        pila_iter_drop(&merged);
        st = cli_run_close(&out, st, &run);
        run.level = level + 1;
        if (st == PILA_OK) st = run_add(s, run);
        if (st != PILA_OK) return st;
    }
}

/* All that is in memory, as a run. */
static pila_status spill(cli_sorter *s)
{
    size_t front = cli_block_front(&s->order);
    cli_run_out out;
    cli_run run;
    pila_status st = sort_all(s);

    if (st == PILA_OK) st = cli_run_open(&out, s->order.flow);
    if (st != PILA_OK) return st;
    for (size_t k = 0; k < s->n && st == PILA_OK; k++) {
        const char *at = s->cells[k].at;
        if (k + AHEAD < s->n) __builtin_prefetch(s->cells[k + AHEAD].at);
        st = cli_run_write(&out, at - front, front + cli_block_bytes(&s->order, at));
    }
    st = cli_run_close(&out, st, &run);
    run.level = 0;
    if (st == PILA_OK) st = run_add(s, run);
    if (st == PILA_OK) st = runs_level(s);
    s->n = 0;
    s->bytes = 0;
    s->chunk = s->chunks;
    if (s->chunk) s->chunk->used = 0;
    return st;
}

/* ---- the sorter ---- */

cli_sorter *cli_sorter_new(const cli_order *order, size_t most, size_t memory)
{
    cli_sorter *s = pila_alloc_zero(1, sizeof *s);

    if (!s) return NULL;
    s->order = *order;
    s->most = most;
    s->memory = memory;
    return s;
}

void cli_sorter_free(cli_sorter *s)
{
    if (!s) return;
    for (size_t k = 0; k < s->n_runs; k++) close(s->runs[k].fd);
    pila_free(s->runs);
    chunks_free(s->chunks);
    pila_free(s->cells);
    pila_free(s);
}

/* Whether one more of so many bytes has to wait until others are out. */
static bool is_full(const cli_sorter *s, size_t bytes)
{
    size_t least =
        s->most > SIZE_MAX / 2 - CANDIDATES_LEAST
            ? SIZE_MAX
            : s->most + (s->most > CANDIDATES_LEAST ? s->most : CANDIDATES_LEAST);

    if (s->most < SIZE_MAX) return s->n >= least;
    return s->n && s->bytes + bytes + (s->n + 1) * 2 * sizeof(cell) > s->memory;
}

pila_status cli_sorter_add(cli_sorter *s, const void *given)
{
    const cli_order *o = &s->order;
    size_t size, front = cli_block_front(o);
    pila_status st = PILA_OK;
    uint64_t head = 0;
    bool wanted = s->most > 0;
    char *at;

    if (s->most < SIZE_MAX || o->by != CLI_BY_TEXT) head = given_head(o, given);
    if (s->has_bar) st = passes(s, given, head, &wanted);
    if (st != PILA_OK || !wanted) return st;
    if (!cli_block_size(o, given, &size)) return PILA_EOVERFLOW;
    if (is_full(s, front + size)) {
        st = s->most < SIZE_MAX ? raise_bar(s) : spill(s);
        if (st != PILA_OK) return st;
    }
    st = arena_room(s, front + size, &at);
    if (st != PILA_OK) return st;
    cli_block_make(o, given, size, at + front);
    if (s->most == SIZE_MAX && o->by == CLI_BY_TEXT) head = first_head(o, at + front);
    return cell_add(s, head, at + front);
}

/* ---- what is in memory, in order ---- */

typedef struct cells_state {
    const cli_sorter *s;
    size_t next;
    bool whole;
    char *window;
} cells_state;

static bool cells_refill(pila_iter *it)
{
    cells_state *c = it->state;
    const cli_sorter *s = c->s;
    size_t n = s->n - c->next;

    if (n == 0) return pila_iter_end(it, PILA_END);
    if (n > WINDOW) n = WINDOW;
    for (size_t k = 0; k < n; k++) {
        size_t i = c->next + k;
        char *out = c->window + k * it->type->size;
        if (i + AHEAD < s->n) __builtin_prefetch(s->cells[i + AHEAD].at);
        if (c->whole) cli_block_given(&s->order, s->cells[i].at, out);
        else cli_block_item(&s->order, s->cells[i].at, out);
    }
    c->next += n;
    it->cur = c->window;
    it->end = c->window + n * it->type->size;
    return true;
}

static pila_iter cells_drop(pila_iter *it)
{
    cells_state *c = it->state;

    pila_free(c->window);
    pila_free(c);
    return pila_failed(PILA_END);
}

static pila_iter cells_items(const cli_sorter *s, bool whole)
{
    static const pila_iter_ops ops = {cells_refill, cells_drop, NULL};
    const pila_type *type = whole ? s->order.given : s->order.item;
    cells_state *c = pila_alloc_zero(1, sizeof *c);

    if (!c) return pila_failed(PILA_ENOMEM);
    c->s = s;
    c->whole = whole;
    c->window = pila_alloc(WINDOW, type->size);
    if (c->window)
        return pila_iter_make(type == &pila_view_padded ? &pila_view : type, &ops, c);
    pila_free(c);
    return pila_failed(PILA_ENOMEM);
}

static pila_iter sorter_out(cli_sorter *s, bool whole)
{
    pila_status st = sort_all(s);

    if (st != PILA_OK) return pila_failed(st);
    if (s->most < SIZE_MAX && s->n > s->most) s->n = s->most;
    if (!s->n_runs) return cells_items(s, whole);
    return runs_merged(s, s->n_runs, cells_items(s, true), whole);
}

/* ---- the sorter as an iterator ---- */

typedef struct run_state {
    pila_iter given;
    cli_sorter *sorter;
    bool whole, filled;
    cli_sorter_fill *fill;
    void *ctx;
    pila_iter items; /* in order; from the first refill on */
} run_state;

static pila_status add_all(void *ctx, cli_sorter *s, pila_iter *given)
{
    size_t size = given->type->size, n;
    pila_status st = PILA_OK;

    (void)ctx;
    while (st == PILA_OK && (n = pila_iter_ready(given))) {
        for (size_t k = 0; k < n && st == PILA_OK; k++)
            st = cli_sorter_add(s, given->cur + k * size);
        pila_iter_skip(given, n);
    }
    return st == PILA_OK ? pila_iter_outcome(given) : st;
}

static bool run_refill(pila_iter *it)
{
    run_state *r = it->state;
    pila_status st = PILA_OK;

    if (!r->filled) {
        st = r->fill(r->ctx, r->sorter, &r->given);
        cli_progress_end();
    }
    if (st != PILA_OK) return pila_iter_end(it, st);
    if (!r->filled) r->items = sorter_out(r->sorter, r->whole);
    r->filled = true;
    if (!pila_iter_ready(&r->items)) return pila_iter_end(it, r->items.status);
    it->cur = r->items.cur;
    it->end = r->items.end;
    r->items.cur = r->items.end;
    return true;
}

static pila_iter run_drop(pila_iter *it)
{
    run_state *r = it->state;
    pila_iter given = r->given;

    pila_iter_drop(&r->items);
    cli_sorter_free(r->sorter);
    pila_free(r);
    return given;
}

pila_iter cli_sorter_run(cli_sorter *s, pila_iter given, bool whole,
                         cli_sorter_fill *fill, void *ctx)
{
    static const pila_iter_ops ops = {run_refill, run_drop, NULL};
    pila_status st = given.status == PILA_END ? PILA_OK : given.status;
    run_state *r = s && st == PILA_OK ? pila_alloc(1, sizeof *r) : NULL;

    if (r) {
        const pila_type *type = whole ? s->order.given : s->order.item;
        *r = (run_state){
            given, s, whole, false, fill ? fill : add_all, ctx, pila_failed(PILA_END)};
        return pila_iter_make(type == &pila_view_padded ? &pila_view : type, &ops, r);
    }
    cli_sorter_free(s);
    pila_iter_drop(&given);
    return pila_failed(st == PILA_OK ? PILA_ENOMEM : st);
}
