/* combinatorics.c - see combinatorics.h.
 *
 * An item is the one before with other last positions. What all items of a run share,
 * all positions but the last, is in `made`; a run goes through consecutive items of a
 * pool, and each result is `made` copied in blocks of 16 bytes, then the item put in.
 * Blocks reach beyond the result into the next, which is written after it, so the
 * number of blocks is a constant for every size of result up to 64 bytes. After a run
 * the positions before the last move on, and only those that changed are put anew.
 *
 * Combinations have short runs where r is about half the pool. So the last three are
 * taken from a table of all combinations of three, if that is small: those that begin
 * with item x or a later one are its last part, and a run goes through that to its end.
 *
 * Permutations keep the whole pool in `made`, in the order of the current one. Python's
 * algorithm swaps and rotates positions and never looks at what is in them: no indices
 * are needed, and the items not in use lie behind in order, so the last position's run
 * is again one through memory. Where r is the whole pool such runs have one item; there
 * the last three positions, six results, are written from a table.
 *
 * The number of an item is read in the mixed radix of the pools' sizes (product) or of
 * n, n - 1, ... (permutations); for combinations the counts of those that begin with an
 * item are taken off, one item after the other. A count that does not fit 64 bits is
 * more than any number, so nothing is lost by not knowing it.
 *
 * Sources stay until the end, since they may own the type of their items.
 *
 * Rejected: copying the result before (its last bytes were just stored in another
 * width, and loading them waits for that); indices into the pool beside permutations,
 * which make each result a gather.
 */
#include "combinatorics.h"

#include "../core/keep.h"
#include "stage.h"

enum { COMB_BLOCK = 16 };      /* bytes copied at a time, and readable behind `made` */
enum { COMB_BLOCKS = 8 };      /* results of up to so many have loops of their own */
enum { COMB_TAIL_BLOCKS = 4 }; /* the same of what permutations of all begin with */
enum { COMB_TAIL = 3 };   /* positions that permutations of all write from a table */
enum { COMB_ORDERS = 6 }; /* of them */
enum { COMB_ENDS = 3 };   /* positions that combinations take from a table ... */
enum { COMB_TABLE = 64 << 10 }; /* ... of up to so many bytes, for the near caches */

/* ---- counting ---- */

static uint64_t comb_gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* a * b / d, which is a whole number; false: it has more than 64 bits. */
static bool comb_mul_div(uint64_t a, uint64_t b, uint64_t d, uint64_t *out)
{
    uint64_t product, common;

    if (!__builtin_mul_overflow(a, b, &product)) {
        *out = product / d;
        return true;
    }
    common = comb_gcd(a, d); /* what is left of d divides b */
    return !__builtin_mul_overflow(a / common, b / (d / common), out);
}

/* Ways to choose r of n; false: more than 64 bits. They grow with each turn, so one
 * that is too large says that the answer is: that takes 34 turns at most. */
static bool comb_choose(uint64_t n, uint64_t r, uint64_t *out)
{
    uint64_t ways = 1;

    if (r > n) ways = r = 0;
    if (r > n - r) r = n - r;
    for (uint64_t k = 1; k <= r; k++)
        if (!comb_mul_div(ways, n - r + k, k, &ways)) return false;
    *out = ways;
    return true;
}

/* The same where items may come again. */
static bool comb_choose_again(uint64_t n, uint64_t r, uint64_t *out)
{
    uint64_t all;

    if (n == 0 || r == 0) {
        *out = r == 0;
        return true;
    }
    if (!__builtin_add_overflow(n - 1, r, &all)) return comb_choose(all, r, out);
    return n == 1 && comb_choose(1, 1, out); /* else more than 2^64 */
}

static bool comb_arrange(uint64_t n, uint64_t r, uint64_t *out)
{
    uint64_t ways = 1;

    if (r > n) ways = r = 0;
    for (uint64_t k = 0; k < r; k++)
        if (__builtin_mul_overflow(ways, n - k, &ways)) return false;
    *out = ways;
    return true;
}

/* The length of the pool at position k of a product. */
static size_t comb_nth_size(const size_t *sizes, size_t n, size_t k)
{
    return sizes[n == 1 ? 0 : k % n];
}

static bool comb_multiply(const size_t *sizes, size_t n, size_t repeat, uint64_t *out)
{
    uint64_t ways = 1;

    for (size_t k = 0; k < n; k++)
        if (repeat && sizes[k] == 0) {
            *out = 0;
            return true;
        }
    for (size_t turn = 0; turn < repeat; turn++) {
        uint64_t before = ways;
        for (size_t k = 0; k < n; k++)
            if (__builtin_mul_overflow(ways, sizes[k], &ways)) return false;
        if (ways == before) break; /* of ones */
    }
    *out = ways;
    return true;
}

pila_status pila_product_count(const size_t *sizes, size_t n, size_t repeat,
                               uint64_t *out)
{
    return comb_multiply(sizes, n, repeat, out) ? PILA_OK : PILA_EOVERFLOW;
}

pila_status pila_permutations_count(size_t n, size_t r, uint64_t *out)
{
    return comb_arrange(n, r == PILA_ALL ? n : r, out) ? PILA_OK : PILA_EOVERFLOW;
}

pila_status pila_combinations_count(size_t n, size_t r, uint64_t *out)
{
    return comb_choose(n, r, out) ? PILA_OK : PILA_EOVERFLOW;
}

pila_status pila_combinations_with_replacement_count(size_t n, size_t r, uint64_t *out)
{
    return comb_choose_again(n, r, out) ? PILA_OK : PILA_EOVERFLOW;
}

/* ---- from a number to positions ---- */

/* Digits of k: how many of the items still free come before the one at each position.
 * false: k has more digits. */
static bool comb_digits(size_t n, size_t r, uint64_t k, size_t *out)
{
    for (size_t i = r; i-- > 0; k /= n - i) out[i] = (size_t)(k % (n - i));
    return k == 0;
}

/* Such digits as positions, in place. */
static void comb_place_digits(size_t *at, size_t r)
{
    for (size_t i = r; i-- > 0;)
        for (size_t j = i + 1; j < r; j++) at[j] += at[j] >= at[i];
}

/* Number k of comb_choose, or of comb_choose_again; k is below their count. */
static void comb_unrank(size_t n, size_t r, bool again, uint64_t k, size_t *out)
{
    size_t x = 0;

    for (size_t i = 0; i < r; i++, x += !again) {
        for (;; x++) { /* those that have x here */
            uint64_t ways;
            bool known = again ? comb_choose_again(n - x, r - i - 1, &ways)
                               : comb_choose(n - x - 1, r - i - 1, &ways);
            if (!known || k < ways) break;
            k -= ways;
        }
        out[i] = x;
    }
}

static void comb_unrank_product(const size_t *sizes, size_t n, size_t r, uint64_t k,
                                size_t *out)
{
    for (size_t i = r; i-- > 0;) {
        size_t size = comb_nth_size(sizes, n, i);
        out[i] = (size_t)(k % size);
        k /= size;
    }
}

/* Whether there is a number k, where the count of all is `ways` if that is known. */
static pila_status comb_reach(bool known, uint64_t ways, uint64_t k)
{
    return known && k >= ways ? PILA_EINDEX : PILA_OK;
}

pila_status pila_nth_product(const size_t *sizes, size_t n, size_t repeat, uint64_t k,
                             size_t *out)
{
    uint64_t ways = 0;
    bool known = comb_multiply(sizes, n, repeat, &ways);
    pila_status st = comb_reach(known, ways, k);

    if (st == PILA_OK) comb_unrank_product(sizes, n, n * repeat, k, out);
    return st;
}

pila_status pila_nth_permutation(size_t n, size_t r, uint64_t k, size_t *out)
{
    uint64_t ways = 0;

    if (r == PILA_ALL) r = n;
    bool known = comb_arrange(n, r, &ways);
    pila_status st = comb_reach(known, ways, k);
    if (st != PILA_OK) return st;
    (void)comb_digits(n, r, k, out);
    comb_place_digits(out, r);
    return PILA_OK;
}

pila_status pila_nth_combination(size_t n, size_t r, uint64_t k, size_t *out)
{
    uint64_t ways = 0;
    bool known = comb_choose(n, r, &ways);
    pila_status st = comb_reach(known, ways, k);

    if (st == PILA_OK) comb_unrank(n, r, false, k, out);
    return st;
}

pila_status pila_nth_combination_with_replacement(size_t n, size_t r, uint64_t k,
                                                  size_t *out)
{
    uint64_t ways = 0;
    bool known = comb_choose_again(n, r, &ways);
    pila_status st = comb_reach(known, ways, k);

    if (st == PILA_OK) comb_unrank(n, r, true, k, out);
    return st;
}

/* ---- by chance ---- */

static pila_status comb_draw(pila_chance chance, uint64_t n, size_t *out)
{
    uint64_t x = chance.below(chance.ctx, n);

    *out = (size_t)x;
    return x < n ? PILA_OK : PILA_EVALUE;
}

pila_status pila_random_product(const size_t *sizes, size_t n, size_t repeat,
                                pila_chance chance, size_t *out)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; repeat && k < n; k++)
        if (sizes[k] == 0) return PILA_EINDEX;
    for (size_t k = 0; st == PILA_OK && k < n * repeat; k++)
        st = comb_draw(chance, comb_nth_size(sizes, n, k), &out[k]);
    return st;
}

/* A reservoir of r, each in any place of it at any time. */
static pila_status comb_reservoir(size_t n, size_t r, pila_chance chance, size_t *out)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; st == PILA_OK && k < n; k++) {
        size_t at = 0;
        st = comb_draw(chance, k + 1, &at);
        if (st != PILA_OK) break;
        if (k < r) out[k] = out[at];
        if (at < r) out[at] = k;
    }
    return st;
}

pila_status pila_random_permutation(size_t n, size_t r, pila_chance chance, size_t *out)
{
    pila_status st = PILA_OK;

    if (r == PILA_ALL) r = n;
    if (r > n) return PILA_EVALUE;
    if (r && r > n / r) {
        memset(out, 0, r * sizeof *out); /* out[k] is read before it is written */
        return comb_reservoir(n, r, chance, out);
    }
    for (size_t k = 0; st == PILA_OK && k < r; k++)
        st = comb_draw(chance, n - k, &out[k]);
    if (st == PILA_OK) comb_place_digits(out, r);
    return st;
}

/* Shell's, with gaps that are about 2.25 apart: no recursion, no memory. */
static void comb_sort(size_t *x, size_t n)
{
    for (size_t gap = n; gap > 1;) {
        gap = gap < 5 ? 1 : gap / 9 * 4 + 1;
        for (size_t k = gap; k < n; k++) {
            size_t now = x[k], at = k;
            for (; at >= gap && x[at - gap] > now; at -= gap) x[at] = x[at - gap];
            x[at] = now;
        }
    }
}

pila_status pila_random_combination(size_t n, size_t r, pila_chance chance, size_t *out)
{
    pila_status st = r > n ? PILA_EVALUE : pila_random_permutation(n, r, chance, out);

    if (st == PILA_OK) comb_sort(out, r);
    return st;
}

pila_status pila_random_combination_with_replacement(size_t n, size_t r,
                                                     pila_chance chance, size_t *out)
{
    pila_status st = pila_random_product(&n, 1, r, chance, out);

    if (st == PILA_OK) comb_sort(out, r);
    return st;
}

/* ---- pools ---- */

typedef struct comb_pool {
    char *items;
    size_t n, room;
    const pila_type *type;
    pila_buf *text; /* what views among the items show, one for each window of them */
    size_t texts, text_room;
} comb_pool;

/* The sources, which own the types of their items; then the pools in the same block. */
typedef struct comb_held {
    pila_sources drop;
    comb_pool *pool; /* drop.n of them */
} comb_held;

/* *p with room for n more than `have` items. */
static pila_status comb_room(void **p, size_t have, size_t n, size_t size, size_t *room)
{
    size_t need, grown;
    void *block;

    if (!pila_add(have, n, &need)) return PILA_EOVERFLOW;
    if (need <= *room) return PILA_OK;
    grown = pila_mem_grow(*room, need, size);
    if (grown == 0) return PILA_EOVERFLOW;
    block = pila_realloc(*p, grown, size);
    if (!block) return PILA_ENOMEM;
    *p = block;
    *room = grown;
    return PILA_OK;
}

/* n items more, with the text that they show. */
static pila_status comb_pool_add(comb_pool *p, const void *items, size_t n)
{
    void *room = p->items, *texts = p->text;
    pila_buf text = {NULL, 0, 0, 0};
    pila_status st = comb_room(&room, p->n, n, p->type->size, &p->room);

    p->items = (char *)room;
    if (st == PILA_OK)
        st = comb_room(&texts, p->texts, 1, sizeof *p->text, &p->text_room);
    p->text = (pila_buf *)texts;
    if (st == PILA_OK)
        st = pila__keep(p->type, p->items + p->n * p->type->size, items, n, &text);
    if (st == PILA_OK) p->n += n;
    if (st == PILA_OK && text.data) p->text[p->texts++] = text;
    else pila_buf_done(&text);
    return st;
}

/* Run the source to its end. A copy that runs code of the user is made of one item at a
 * time, as that may change what the window is in. */
static pila_status comb_pool_fill(comb_pool *p, pila_iter *src)
{
    size_t n = pila_iter_ready(src);

    p->type = src->type;
    if (n == 0) return pila_iter_outcome(src);
    bool alone = pila_type_calls_out(p->type) && !pila__keep_is_plain(p->type);
    for (; n > 0; n = pila_iter_ready(src)) {
        if (alone) n = 1;
        pila_status st = comb_pool_add(p, src->cur, n);
        if (st != PILA_OK) return st;
        pila_iter_skip(src, n);
    }
    return pila_iter_outcome(src);
}

static void comb_pool_done(comb_pool *p)
{
    if (p->n) pila__unkeep(p->type, p->items, p->n);
    for (size_t k = 0; k < p->texts; k++) pila_buf_done(&p->text[k]);
    pila_free(p->text);
    pila_free(p->items);
}

/* All but the sources, which are handed back for the drop. */
static pila_iter comb_held_done(comb_held *h)
{
    for (size_t k = 0; k < h->drop.n; k++) comb_pool_done(&h->pool[k]);
    return pila_iter_sources(&h->drop, &h->drop);
}

static comb_held *comb_held_new(const pila_iter *iters, size_t n)
{
    size_t each = sizeof *iters + sizeof(comb_pool), bytes;

    if (!pila_mul(n, each, &bytes) || !pila_add(bytes, sizeof(comb_held), &bytes))
        return NULL;
    comb_held *h = (comb_held *)pila_alloc_zero(1, bytes);
    if (!h) return NULL;
    h->drop.n = n;
    h->drop.iter = (pila_iter *)(void *)(h + 1);
    h->pool = (comb_pool *)(void *)(h->drop.iter + n);
    if (n) memcpy(h->drop.iter, iters, n * sizeof *iters);
    return h;
}

/* Take the sources and, unless they are not wanted, run them, in their order. What has
 * ended already is an empty pool. NULL: they are dropped, and *why is set. */
static comb_held *comb_gather(const pila_iter *iters, size_t n, bool run,
                              pila_status *why)
{
    comb_held *h = comb_held_new(iters, n);
    pila_status st = h ? PILA_OK : PILA_ENOMEM;

    for (size_t k = 0; !h && k < n; k++) {
        pila_iter src = iters[k];
        pila_iter_drop(&src);
    }
    for (size_t k = 0; k < n && st == PILA_OK; k++)
        if (run) st = comb_pool_fill(&h->pool[k], &h->drop.iter[k]);
        else if (iters[k].status != PILA_OK) st = pila_iter_outcome(&iters[k]);
    *why = st;
    if (st == PILA_OK) return h;
    if (h) {
        pila_iter rest = comb_held_done(h);
        pila_iter_drop(&rest);
    }
    return NULL;
}

/* ---- the state ---- */

typedef enum comb_order {
    COMB_PRODUCT,
    COMB_PERMUTATIONS,
    COMB_CHOOSE,
    COMB_CHOOSE_AGAIN
} comb_order;

/* One position of the result, not for permutations. */
typedef struct comb_place {
    const char *items;
    size_t size, at; /* bytes: of an item, and from the start of the result */
    size_t last;     /* the last index that comes here */
} comb_place;

typedef struct comb {
    comb_order order;
    comb_held *held;
    size_t n, r;   /* items of the (first) pool, members of a result */
    uint64_t left; /* results not yet in a window, at most */
    size_t stride; /* bytes of a result */
    char *made;    /* the result that the run starts from */
    size_t *now;   /* of each position its index, or its cycle in permutations */
    comb_place *place;
    size_t upper;    /* positions before the run's */
    char *ends;      /* combinations of COMB_ENDS, in order; NULL: none are wanted */
    size_t *ends_at; /* of each item the number of the first that has no item before */
    size_t ends_count;
    struct { /* results that differ in the last position (or three) only */
        const char *items;
        size_t at, end; /* indices of the next and behind the last */
        size_t size;    /* bytes of an item */
        size_t to;      /* bytes from the start of the result */
    } run;
    char *block, *window; /* the window is aligned within the block */
    size_t room;          /* bytes of the window */
    pila_row *row;        /* powerset: what looks at the window */
    pila_tuple tuple;
    pila_member *member;
} comb;

static pila_iter comb_done(comb *c)
{
    pila_iter rest = comb_held_done(c->held);

    pila_free(c->made);
    pila_free(c->ends);
    pila_free(c->ends_at);
    pila_free(c->now);
    pila_free(c->place);
    pila_free(c->block);
    pila_free(c->row);
    pila_free(c->member);
    pila_free(c);
    return rest;
}

static pila_iter comb_drop(pila_iter *it) { return comb_done((comb *)it->state); }

/* ---- filling a window ---- */

PILA_INLINE void comb_put(char *to, const char *from, size_t size)
{
    switch (size) {
    case 4: memcpy(to, from, 4); break;
    case 8: memcpy(to, from, 8); break;
    case 16: memcpy(to, from, 16); break;
    default: memcpy(to, from, size); break;
    }
}

/* n results of a run; `size` and, up to COMB_BLOCKS, `blocks` are constants. */
PILA_INLINE void comb_run_of(const comb *c, char *out, size_t n, size_t size,
                             size_t blocks)
{
    char made[COMB_BLOCKS * COMB_BLOCK];
    const char *from = c->run.items + c->run.at * size;
    size_t stride = c->stride, to = c->run.to;

    if (blocks <= COMB_BLOCKS) memcpy(made, c->made, blocks * COMB_BLOCK);
    for (size_t k = 0; k < n; k++, out += stride, from += size) {
        const char *head = blocks <= COMB_BLOCKS ? made : c->made;
        for (size_t b = 0; b < blocks; b++)
            memcpy(out + b * COMB_BLOCK, head + b * COMB_BLOCK, COMB_BLOCK);
        memcpy(out + to, from, size);
    }
}

PILA_INLINE void comb_run_size(const comb *c, char *out, size_t n, size_t size)
{
    bool pads = c->run.to + size < c->stride; /* not all behind the item is next */
    size_t bytes = pads ? c->stride : c->run.to;
    size_t blocks = (bytes + COMB_BLOCK - 1) / COMB_BLOCK;

    switch (blocks) {
    case 0: comb_run_of(c, out, n, size, 0); break;
    case 1: comb_run_of(c, out, n, size, 1); break;
    case 2: comb_run_of(c, out, n, size, 2); break;
    case 3: comb_run_of(c, out, n, size, 3); break;
    case 4: comb_run_of(c, out, n, size, 4); break;
    case 5: comb_run_of(c, out, n, size, 5); break;
    case 6: comb_run_of(c, out, n, size, 6); break;
    case 7: comb_run_of(c, out, n, size, 7); break;
    case 8: comb_run_of(c, out, n, size, 8); break;
    default: comb_run_of(c, out, n, size, blocks); break;
    }
}

static void comb_run(const comb *c, char *out, size_t n)
{
    switch (c->run.size) {
    case 1: comb_run_size(c, out, n, 1); break;
    case 4: comb_run_size(c, out, n, 4); break;
    case 8: comb_run_size(c, out, n, 8); break;
    case 16: comb_run_size(c, out, n, 16); break;
    case COMB_ENDS: comb_run_size(c, out, n, COMB_ENDS); break;
    case COMB_ENDS * 4: comb_run_size(c, out, n, COMB_ENDS * 4); break;
    case COMB_ENDS * 8: comb_run_size(c, out, n, COMB_ENDS * 8); break;
    case COMB_ENDS * 16: comb_run_size(c, out, n, COMB_ENDS * 16); break;
    default: comb_run_size(c, out, n, c->run.size); break;
    }
}

/* The same for the last three positions of permutations of all; `blocks` are those of
 * the positions before. */
PILA_INLINE void comb_tails_of(const comb *c, char *out, size_t n, size_t size,
                               size_t blocks)
{
    static const unsigned char order[COMB_ORDERS][COMB_TAIL] = {{0, 1, 2}, {0, 2, 1},
                                                                {1, 0, 2}, {1, 2, 0},
                                                                {2, 0, 1}, {2, 1, 0}};
    char made[COMB_TAIL_BLOCKS * COMB_BLOCK];
    size_t stride = c->stride, to = c->run.to;

    if (blocks <= COMB_TAIL_BLOCKS) memcpy(made, c->made, blocks * COMB_BLOCK);
    for (size_t k = 0; k < n; k++, out += stride) {
        const char *head = blocks <= COMB_TAIL_BLOCKS ? made : c->made;
        const unsigned char *pick = order[c->run.at + k];
        for (size_t b = 0; b < blocks; b++)
            memcpy(out + b * COMB_BLOCK, head + b * COMB_BLOCK, COMB_BLOCK);
        for (size_t j = 0; j < COMB_TAIL; j++)
            memcpy(out + to + j * size, c->run.items + pick[j] * size, size);
    }
}

PILA_INLINE void comb_tails_size(const comb *c, char *out, size_t n, size_t size)
{
    size_t blocks = (c->run.to + COMB_BLOCK - 1) / COMB_BLOCK;

    switch (blocks) {
    case 1: comb_tails_of(c, out, n, size, 1); break;
    case 2: comb_tails_of(c, out, n, size, 2); break;
    case 3: comb_tails_of(c, out, n, size, 3); break;
    case 4: comb_tails_of(c, out, n, size, 4); break;
    default: comb_tails_of(c, out, n, size, blocks); break;
    }
}

static void comb_tails(const comb *c, char *out, size_t n)
{
    switch (c->run.size) {
    case 4: comb_tails_size(c, out, n, 4); break;
    case 8: comb_tails_size(c, out, n, 8); break;
    case 16: comb_tails_size(c, out, n, 16); break;
    default: comb_tails_size(c, out, n, c->run.size); break;
    }
}

/* Move the item at `from` before the one at `to`, which it lies behind; or, when it
 * lies before, behind it. room: one item. */
static void comb_move(char *items, size_t size, size_t from, size_t to, char *room)
{
    memcpy(room, items + from * size, size);
    if (from > to)
        memmove(items + (to + 1) * size, items + to * size, (from - to) * size);
    else memmove(items + from * size, items + (from + 1) * size, (to - from) * size);
    memcpy(items + to * size, room, size);
}

/* On to the next run of permutations; false: that was the last. Behind `made` is room
 * for one item. */
static bool comb_permute(comb *c)
{
    size_t size = c->run.size, n = c->n;
    char *room = c->made + n * size;

    c->run.at = 0;
    for (size_t i = c->upper; i-- > 0;) {
        char *here = c->made + i * size;
        if (--c->now[i] > 0) {
            char *other = c->made + (n - c->now[i]) * size;
            comb_put(room, here, size);
            comb_put(here, other, size);
            comb_put(other, room, size);
            return true;
        }
        comb_move(c->made, size, i, n - 1, room);
        c->now[i] = n - i;
    }
    return false;
}

static void comb_set(comb *c, size_t i, size_t index)
{
    const comb_place *p = &c->place[i];

    c->now[i] = index;
    comb_put(c->made + p->at, p->items + index * p->size, p->size);
}

/* On to the next run of the others. */
static bool comb_step(comb *c)
{
    size_t i = c->upper, x;

    do
        if (i-- == 0) return false;
    while (c->now[i] == c->place[i].last);
    x = c->now[i] + 1;
    for (comb_set(c, i, x); ++i <= c->upper;) {
        x = c->order == COMB_PRODUCT ? 0 : x + (c->order == COMB_CHOOSE);
        if (i < c->upper) comb_set(c, i, x);
    }
    c->run.at = c->r - c->upper == 1 ? x : c->ends_at[x];
    return true;
}

/* Up to `room` results; how many. */
static size_t comb_fill(comb *c, char *out, size_t room)
{
    bool permute = c->order == COMB_PERMUTATIONS;
    bool tails = permute && c->r - c->upper == COMB_TAIL;
    size_t done = 0;

    if (c->r == 0 && c->left) { /* the empty tuple */
        *out = 0;
        c->left = 0;
        return 1;
    }
    while (done < room && c->left) {
        size_t n = c->run.end - c->run.at;
        if (n > room - done) n = room - done;
        if (n > c->left) n = (size_t)c->left;
        if (tails) comb_tails(c, out + done * c->stride, n);
        else comb_run(c, out + done * c->stride, n);
        c->run.at += n;
        c->left -= n;
        done += n;
        if (c->run.at == c->run.end && !(permute ? comb_permute(c) : comb_step(c)))
            c->left = 0;
    }
    return done;
}

static bool comb_refill(pila_iter *it)
{
    comb *c = (comb *)it->state;
    size_t n = comb_fill(c, c->window, c->room / c->stride);

    if (n == 0) return pila_iter_end(it, PILA_END);
    it->cur = c->window;
    it->end = c->window + n * c->stride;
    return true;
}

static size_t comb_hint(const pila_iter *it)
{
    uint64_t left = ((const comb *)it->state)->left;

    return left > SIZE_MAX ? SIZE_MAX : (size_t)left;
}

/* ---- construction ---- */

/* What a result is. */
static pila_status comb_describe(comb *c)
{
    const comb_held *h = c->held;

    if (h->drop.n == 1 && c->r)
        return pila_tuple_array(&c->tuple, h->pool[0].type, c->r);
    if (h->drop.n <= 1 || c->r == 0) return pila_tuple_struct(&c->tuple, NULL, 0);
    c->member = (pila_member *)pila_alloc(c->r, sizeof *c->member);
    if (!c->member)
        return c->r > PTRDIFF_MAX / sizeof *c->member ? PILA_EOVERFLOW : PILA_ENOMEM;
    for (size_t k = 0; k < c->r; k++) c->member[k].type = h->pool[k % h->drop.n].type;
    return pila_tuple_struct(&c->tuple, c->member, c->r);
}

static bool comb_count(const comb *c, uint64_t *ways)
{
    const comb_held *h = c->held;

    *ways = 1;
    switch (c->order) {
    case COMB_PERMUTATIONS: return comb_arrange(c->n, c->r, ways);
    case COMB_CHOOSE: return comb_choose(c->n, c->r, ways);
    case COMB_CHOOSE_AGAIN: return comb_choose_again(c->n, c->r, ways);
    case COMB_PRODUCT: break;
    }
    for (size_t k = 0; c->r && k < h->drop.n; k++)
        if (h->pool[k].n == 0) *ways = 0;
    for (size_t k = 0, ones = 0; ones < h->drop.n && *ways && k < c->r; k++) {
        size_t n = h->pool[k % h->drop.n].n;
        ones = n == 1 ? ones + 1 : 0;
        if (__builtin_mul_overflow(*ways, n, ways)) return false;
    }
    return true;
}

/* How many results there are from number `start` on, count at most. */
static void comb_limit(comb *c, uint64_t start, uint64_t count)
{
    uint64_t ways;

    c->left = count;
    if (!comb_count(c, &ways)) return;
    if (start >= ways) c->left = 0;
    else if (count > ways - start) c->left = ways - start;
}

/* The first pool's items with those at the digits in front; then cycles for digits. */
static void comb_start_permutations(comb *c, uint64_t start)
{
    const comb_pool *p = &c->held->pool[0];
    size_t size = p->type->size, tail = c->r - c->upper;

    memcpy(c->made, p->items, p->n * size);
    (void)comb_digits(c->n, c->r, start, c->now);
    c->run.at =
        tail == COMB_TAIL ? 2 * c->now[c->r - 3] + c->now[c->r - 2] : c->now[c->r - 1];
    c->run.end = tail == COMB_TAIL ? (size_t)COMB_ORDERS : c->n - c->r + 1;
    c->run.items = c->made + c->upper * size;
    c->run.size = size;
    c->run.to = c->upper * size;
    for (size_t i = 0; i < c->upper; i++) {
        comb_move(c->made, size, i + c->now[i], i, c->made + c->n * size);
        c->now[i] = c->n - i - c->now[i];
    }
}

static void comb_start_places(comb *c)
{
    const comb_held *h = c->held;

    for (size_t i = 0; i < c->r; i++) {
        const comb_pool *p = &h->pool[i % h->drop.n];
        comb_place *place = &c->place[i];
        place->items = p->items;
        place->size = p->type->size;
        place->at = c->member ? c->member[i].at : i * place->size;
        place->last = c->order == COMB_CHOOSE ? i + c->n - c->r : p->n - 1;
    }
}

static void comb_start_indices(comb *c, uint64_t start)
{
    if (c->order != COMB_PRODUCT)
        comb_unrank(c->n, c->r, c->order == COMB_CHOOSE_AGAIN, start, c->now);
    for (size_t i = c->r; c->order == COMB_PRODUCT && i-- > 0;) {
        c->now[i] = (size_t)(start % (c->place[i].last + 1));
        start /= c->place[i].last + 1;
    }
}

/* The run goes through the table of ends, from that at the last positions on: behind
 * those that begin with the same item, and then those that go on with the same. */
static void comb_start_ends(comb *c)
{
    const comb_place *first = &c->place[c->upper];
    const size_t *at = &c->now[c->upper];
    bool again = c->order == COMB_CHOOSE_AGAIN;
    size_t m = c->n - at[0] + again - !again, k = c->n - at[1] + again;
    size_t next = m * (m - 1) / 2 - k * (k - 1) / 2 + at[2] - at[1] - !again;

    c->run.items = c->ends;
    c->run.at = c->ends_at[at[0]] + next;
    c->run.end = c->ends_count;
    c->run.size = COMB_ENDS * first->size;
    c->run.to = first->at;
}

/* How many positions at the end a run goes through. */
static size_t comb_run_width(const comb *c)
{
    if (c->order == COMB_PERMUTATIONS)
        return c->r == c->n && c->r >= COMB_TAIL ? COMB_TAIL : 1;
    return c->ends && c->r >= COMB_ENDS ? COMB_ENDS : 1;
}

/* Go to number `start`, which there is; r > 0. */
static void comb_start(comb *c, uint64_t start)
{
    const comb_place *last;

    c->upper = c->r - comb_run_width(c);
    if (c->order == COMB_PERMUTATIONS) {
        comb_start_permutations(c, start);
        return;
    }
    last = &c->place[c->r - 1];
    comb_start_places(c);
    comb_start_indices(c, start);
    for (size_t i = 0; i < c->r; i++) comb_set(c, i, c->now[i]);
    if (c->r - c->upper > 1) {
        comb_start_ends(c);
        return;
    }
    c->run.items = last->items;
    c->run.at = c->now[c->r - 1];
    c->run.end = last->last + 1;
    c->run.size = last->size;
    c->run.to = last->at;
}

/* Room for results of up to `bytes`, of r positions. */
static pila_status comb_rooms(comb *c, size_t bytes, size_t r, size_t align)
{
    bool permute = c->order == COMB_PERMUTATIONS;
    size_t window = bytes > PILA__STAGE_WINDOW ? bytes : (size_t)PILA__STAGE_WINDOW;
    size_t made = bytes, block;

    c->room = window;
    if (permute && c->n) made = (c->n + 1) * c->held->pool[0].type->size;
    if (!pila_add(made, COMB_BLOCK, &made) ||
        !pila_add(window, COMB_BLOCK + align, &block))
        return PILA_EOVERFLOW;
    c->made = (char *)pila_alloc_zero(made, 1); /* no garbage in padding */
    c->block = (char *)pila_alloc(block, 1);
    c->now = (size_t *)pila_alloc(r, sizeof *c->now);
    if (!permute) c->place = (comb_place *)pila_alloc(r, sizeof *c->place);
    if (!c->made || !c->block || !c->now || (!permute && !c->place)) return PILA_ENOMEM;
    c->window = c->block + (align - (uintptr_t)c->block % align) % align;
    return PILA_OK;
}

/* The next COMB_ENDS indices below n, in order; false: those were the last. */
static bool comb_next_end(size_t *x, size_t n, bool again)
{
    size_t i = COMB_ENDS, rest;

    do
        if (i-- == 0) return false;
    while (x[i] + 1 + (again ? 0 : COMB_ENDS - 1 - i) >= n);
    for (rest = ++x[i]; ++i < COMB_ENDS;) x[i] = rest += !again;
    return true;
}

/* All ends, where there are few of them and results for each. */
static pila_status comb_table(comb *c)
{
    const comb_pool *p = &c->held->pool[0];
    size_t size = p->type->size, most = COMB_TABLE / (COMB_ENDS * size), x[COMB_ENDS];
    bool again = c->order == COMB_CHOOSE_AGAIN;
    uint64_t ways = 0;

    bool known = again ? comb_choose_again(c->n, COMB_ENDS, &ways)
                       : comb_choose(c->n, COMB_ENDS, &ways);
    if (!known || ways == 0 || ways > most || ways > c->left) return PILA_OK;
    c->ends = (char *)pila_alloc((size_t)ways, COMB_ENDS * size);
    c->ends_at = (size_t *)pila_alloc(c->n, sizeof *c->ends_at);
    if (!c->ends || !c->ends_at) return PILA_ENOMEM;
    for (size_t i = 0; i < COMB_ENDS; i++) x[i] = again ? 0 : i;
    for (size_t i = 0; i < c->n; i++) c->ends_at[i] = (size_t)ways;
    char *to = c->ends;
    do {
        if (c->ends_at[x[0]] == (size_t)ways) c->ends_at[x[0]] = c->ends_count;
        c->ends_count++;
        for (size_t i = 0; i < COMB_ENDS; i++, to += size)
            comb_put(to, p->items + x[i] * size, size);
    } while (comb_next_end(x, c->n, again));
    return PILA_OK;
}

static pila_status comb_begin(comb *c, uint64_t start, uint64_t count)
{
    pila_status st = comb_describe(c);

    c->stride = c->tuple.type.size;
    comb_limit(c, start, count);
    if (st != PILA_OK || c->left == 0) return st;
    st = comb_rooms(c, c->stride, c->r, c->tuple.type.align);
    bool choose = c->order == COMB_CHOOSE || c->order == COMB_CHOOSE_AGAIN;
    if (st == PILA_OK && choose && c->r > COMB_ENDS) st = comb_table(c);
    if (st == PILA_OK && c->r) comb_start(c, start);
    return st;
}

/* A state over the sources, which are taken; NULL: they are dropped, *why is set. */
static comb *comb_new(const pila_iter *iters, size_t n, comb_order order, bool run,
                      pila_status *why)
{
    comb_held *h = comb_gather(iters, n, run, why);

    if (!h) return NULL;
    comb *c = (comb *)pila_alloc_zero(1, sizeof *c);
    if (!c) {
        pila_iter rest = comb_held_done(h);
        pila_iter_drop(&rest);
        *why = PILA_ENOMEM;
        return NULL;
    }
    c->order = order;
    c->held = h;
    c->n = n ? h->pool[0].n : 0;
    return c;
}

static pila_iter comb_finish(comb *c, const pila_type *type, const pila_iter_ops *ops,
                             pila_status st)
{
    if (st == PILA_OK) return pila_iter_make(type, ops, c);
    pila_iter rest = comb_done(c);
    pila_iter_drop(&rest);
    return pila_failed(st);
}

static pila_iter comb_make(comb *c, uint64_t start, uint64_t count)
{
    static const pila_iter_ops ops = {comb_refill, comb_drop, comb_hint};
    pila_status st = comb_begin(c, start, count);

    return comb_finish(c, &c->tuple.type, &ops, st);
}

pila_iter pila_product_from(const pila_iter *iters, size_t n, size_t repeat,
                            uint64_t start, uint64_t count)
{
    pila_status st;
    comb *c = comb_new(iters, n, COMB_PRODUCT, repeat > 0, &st);

    if (!c) return pila_failed(st);
    if (!pila_mul(n, repeat, &c->r)) return comb_finish(c, NULL, NULL, PILA_EOVERFLOW);
    return comb_make(c, start, count);
}

static pila_iter comb_from(pila_iter pool, comb_order order, size_t r, uint64_t start,
                           uint64_t count)
{
    pila_status st;
    comb *c = comb_new(&pool, 1, order, true, &st);

    if (!c) return pila_failed(st);
    c->r = r == PILA_ALL && order == COMB_PERMUTATIONS ? c->n : r;
    return comb_make(c, start, count);
}

pila_iter pila_permutations_from(pila_iter pool, size_t r, uint64_t start,
                                 uint64_t count)
{
    return comb_from(pool, COMB_PERMUTATIONS, r, start, count);
}

pila_iter pila_combinations_from(pila_iter pool, size_t r, uint64_t start,
                                 uint64_t count)
{
    return comb_from(pool, COMB_CHOOSE, r, start, count);
}

pila_iter pila_combinations_with_replacement_from(pila_iter pool, size_t r,
                                                  uint64_t start, uint64_t count)
{
    return comb_from(pool, COMB_CHOOSE_AGAIN, r, start, count);
}

pila_iter pila_product(const pila_iter *iters, size_t n, size_t repeat)
{
    return pila_product_from(iters, n, repeat, 0, UINT64_MAX);
}

pila_iter pila_permutations(pila_iter pool, size_t r)
{
    return comb_from(pool, COMB_PERMUTATIONS, r, 0, UINT64_MAX);
}

pila_iter pila_combinations(pila_iter pool, size_t r)
{
    return comb_from(pool, COMB_CHOOSE, r, 0, UINT64_MAX);
}

pila_iter pila_combinations_with_replacement(pila_iter pool, size_t r)
{
    return comb_from(pool, COMB_CHOOSE_AGAIN, r, 0, UINT64_MAX);
}

/* ---- powerset: combinations of 0, 1, ... n, and rows that look at them ---- */

static void powerset_start(comb *c, size_t r)
{
    c->r = r;
    c->stride = r ? r * c->held->pool[0].type->size : 1;
    comb_limit(c, 0, UINT64_MAX);
    if (r) comb_start(c, 0);
}

static bool powerset_refill(pila_iter *it)
{
    comb *c = (comb *)it->state;
    size_t rows = PILA__STAGE_WINDOW / sizeof *c->row, fit;

    if (c->left == 0) {
        if (c->r == c->n) return pila_iter_end(it, PILA_END);
        powerset_start(c, c->r + 1);
    }
    fit = c->room / c->stride;
    rows = comb_fill(c, c->window, fit < rows ? fit : rows);
    for (size_t k = 0; k < rows; k++) {
        c->row[k].items = c->window + k * c->stride;
        c->row[k].n = c->r;
    }
    it->cur = (const char *)c->row;
    it->end = (const char *)(c->row + rows);
    return true;
}

static size_t powerset_hint(const pila_iter *it)
{
    const comb *c = (const comb *)it->state;
    uint64_t total = c->left, ways;

    for (size_t r = c->r + 1; r <= c->n; r++)
        if (!comb_choose(c->n, r, &ways) || __builtin_add_overflow(total, ways, &total))
            return SIZE_MAX;
    return total > SIZE_MAX ? SIZE_MAX : (size_t)total;
}

pila_iter pila_powerset(pila_iter pool)
{
    static const pila_iter_ops ops = {powerset_refill, comb_drop, powerset_hint};
    pila_status st;
    comb *c = comb_new(&pool, 1, COMB_CHOOSE, true, &st);

    if (!c) return pila_failed(st);
    const pila_type *each = c->held->pool[0].type;
    pila_tuple_row(&c->tuple, each);
    st = comb_rooms(c, c->n * each->size, c->n, each->align);
    c->row = (pila_row *)pila_alloc(PILA__STAGE_WINDOW, 1);
    if (!c->row) st = PILA_ENOMEM;
    c->left = UINT64_MAX;
    if (st == PILA_OK && c->n > COMB_ENDS) st = comb_table(c);
    if (st == PILA_OK) powerset_start(c, 0);
    return comb_finish(c, &c->tuple.type, &ops, st);
}
