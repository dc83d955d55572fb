/* merging.c - many sorted inputs as one.
 *
 * A tree of losers over the inputs (Knuth, The Art of Computer Programming, 5.4.1): a
 * new item plays against those that lost to the one it follows. It plays with a code,
 * one word, and mostly that decides. Of text the code says how much it has in common
 * with the item that was taken last, and with which byte it goes on:
 *
 *     what is not common, the less the better | the next byte
 *
 * Both players are behind that item, so the one with more in common is before the
 * other; only of equal codes are bytes compared, from there on, and the loser's code
 * then says what it has in common with the winner. (Offset-value codes: Conner, IBM
 * Technical Disclosure Bulletin 20 (1977); Do and Graefe, "Robust and efficient sorting
 * with offset-value coding", TODS 48 (2023).) So a byte is compared once with the line
 * before it in its own input, which is beside it, and hardly ever again.
 *
 * An input that is not sorted breaks that: what comes is before what was taken. It is
 * seen where its code is made; then all codes are made anew, from nothing in common,
 * and the order is that of heapq.merge, which takes the least of the items at hand.
 *
 * Numbers have their word as the code, tuples none.
 *
 * Items are handed on a window at a time, as views of the inputs' windows; so a window
 * ends where an input has to read.
 */
#include "sorting.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { MERGE_WINDOW = 256, VALUE_BITS = 16, VALUE_MOST = 257 };

#define ENDED UINT64_MAX

typedef struct input {
    uint64_t code;     /* when it was taken */
    const char *given; /* in its window, or in the copy */
    pila_str key;      /* of text */
    cli_number number; /* the last one, of a window that is gone, is in these */
    pila_buf text, digits;
} input;

/* Who plays: where it loses, it stays. */
typedef struct player {
    uint64_t code;
    size_t input;
} player;

typedef struct merge_state {
    pila_sources drop; /* first: the iterators, whose block this is */
    cli_order order;
    size_t n, live;
    input *input;
    player *tree;                 /* [0]: who won; [1, n): who lost at that node */
    player *won;                  /* for a round of all: at each node */
    bool whole, started, pending; /* the winner's next item has to be read */
    cli_disorder *disorder;
    void *ctx;
    char *window;
} merge_state;

/* ---- codes ---- */

static uint64_t code_of(pila_str key, size_t common, bool reverse)
{
    uint64_t value = common < key.len ? (unsigned char)key.ptr[common] + 1 : 0;

    if (reverse) value = VALUE_MOST - value;
    return (uint64_t)(UINT32_MAX - common) << VALUE_BITS | value;
}

static size_t code_common(uint64_t code)
{
    return UINT32_MAX - (size_t)(code >> VALUE_BITS);
}

/* How many bytes are the same, of those from `from` on. */
static inline size_t in_common(pila_str a, pila_str b, size_t from)
{
    size_t n = a.len < b.len ? a.len : b.len, k = from;
    uint64_t x, y;

#if defined(__SSE2__)
    for (; k + 16 <= n; k += 16) {
        __m128i same =
            _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(a.ptr + k)),
                           _mm_loadu_si128((const __m128i *)(const void *)(b.ptr + k)));
        unsigned differ = (unsigned)_mm_movemask_epi8(same) ^ 0xffff;
        if (differ) return k + (size_t)__builtin_ctz(differ);
    }
#endif
    for (; k + sizeof x <= n; k += sizeof x) {
        memcpy(&x, a.ptr + k, sizeof x);
        memcpy(&y, b.ptr + k, sizeof y);
        if (x == y) continue;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        return k + (size_t)__builtin_ctzll(x ^ y) / 8;
#else
        return k + (size_t)__builtin_clzll(x ^ y) / 8;
#endif
    }
    while (k < n && a.ptr[k] == b.ptr[k]) k++;
    return k;
}

/* ---- playing ---- */

/* Numbers and tuples whose codes say nothing: whether the later input's is before. */
static pila_status plays_slow(const merge_state *m, uint64_t code, const input *first,
                              const input *later, bool *before)
{
    if (m->order.by == CLI_BY_NUMBER &&
        cli_number_word_is_exact(m->order.reverse ? ~code : code))
        return PILA_OK;
    return cli_order_before(&m->order, later->given, first->given, before);
}

/* Whether a goes before b, of equal codes. The loser gets the code that says what it
 * has in common with who won. */
static pila_status plays_equal(merge_state *m, player *a, player *b, bool *wins)
{
    player *first = a->input < b->input ? a : b, *later = first == a ? b : a;
    const input *x = &m->input[first->input], *y = &m->input[later->input];
    size_t common = code_common(a->code);
    bool before = false;
    pila_status st = PILA_OK;

    if (a->code == ENDED) before = false;
    else if (m->order.by != CLI_BY_TEXT) st = plays_slow(m, a->code, x, y, &before);
    else if (common < x->key.len) {
        common = in_common(x->key, y->key, common + 1);
        uint64_t cx = code_of(x->key, common, m->order.reverse),
                 cy = code_of(y->key, common, m->order.reverse);
        before = cy < cx;
        if (before) first->code = cx;
        else later->code = cy;
    }
    *wins = before == (a == later);
    return st;
}

/* Input w has a new item: up the tree with it. Who loses a game can't be predicted, so
 * nothing branches on it: the empty asm hides from the compiler that it could. */
static inline pila_status replay(merge_state *m, size_t w, uint64_t code)
{
    for (size_t node = (m->n + w) / 2; node > 0; node /= 2) {
        player *other = &m->tree[node];
        bool wins = other->code < code;
        if (PILA_UNLIKELY(other->code == code)) {
            player mine = {code, w};
            pila_status st = plays_equal(m, other, &mine, &wins);
            if (st != PILA_OK) return st;
            code = mine.code;
        }
        uint64_t swap = (uint64_t)0 - wins, codes = other->code ^ code;
        size_t inputs = other->input ^ w;
        __asm__("" : "+r"(swap));
        codes &= swap;
        inputs &= (size_t)swap;
        other->code ^= codes;
        other->input ^= inputs;
        code ^= codes;
        w ^= inputs;
    }
    m->tree[0].code = code;
    m->tree[0].input = w;
    return PILA_OK;
}

/* All play, from nothing in common. */
static pila_status play_all(merge_state *m)
{
    size_t n = m->n;

    for (size_t k = 0; k < n; k++) {
        const input *in = &m->input[k];
        bool text = m->order.by == CLI_BY_TEXT && in->code != ENDED;
        m->won[n + k].input = k;
        m->won[n + k].code = text ? code_of(in->key, 0, m->order.reverse) : in->code;
    }
    for (size_t node = n; node-- > 1;) {
        player a = m->won[2 * node], b = m->won[2 * node + 1];
        bool wins = a.code < b.code;
        pila_status st = a.code == b.code ? plays_equal(m, &a, &b, &wins) : PILA_OK;
        if (st != PILA_OK) return st;
        m->won[node] = wins ? a : b;
        m->tree[node] = wins ? b : a;
    }
    if (n) m->tree[0] = m->won[1];
    return PILA_OK;
}

/* ---- the next item of an input ---- */

/* What is compared with the next one has to outlive its window. */
static pila_status hold(merge_state *m, input *in)
{
    pila_status st = PILA_OK;

    if (m->order.by == CLI_BY_TEXT) {
        pila_buf_clear(&in->text);
        st = pila_buf_add(&in->text, in->key);
        in->key = pila_buf_view(&in->text);
    } else if (m->order.by == CLI_BY_NUMBER && m->disorder) {
        in->number = *(const cli_number *)(const void *)in->given;
        pila_buf_clear(&in->digits);
        st = pila_buf_add(&in->digits, in->number.digits);
        in->number.digits = pila_buf_view(&in->digits);
        in->given = (const char *)&in->number;
    } else in->given = NULL;
    return st;
}

/* The code of an item that follows another; *sorted: whether it may. */
static inline pila_status set_code(merge_state *m, input *in, const char *before,
                                   bool *sorted)
{
    const cli_order *o = &m->order;
    pila_status st = PILA_OK;
    bool less = false;

    if (o->by == CLI_BY_TEXT) {
        pila_str was = in->key, key = *(const pila_str *)(const void *)in->given;
        if (key.len >= UINT32_MAX) return PILA_EOVERFLOW;
        size_t common = before ? in_common(was, key, 0) : 0;
        in->key = key;
        in->code = code_of(key, common, o->reverse);
        *sorted = !before || in->code >= code_of(was, common, o->reverse);
        return PILA_OK;
    }
    in->code = 0;
    if (o->by == CLI_BY_NUMBER) {
        in->code = cli_number_word((const cli_number *)(const void *)in->given);
        if (o->reverse) in->code = ~in->code;
    }
    if (before && m->disorder) st = cli_order_before(o, in->given, before, &less);
    *sorted = !less;
    return st;
}

enum { UNSORTED = PILA_EUSER + 1 }; /* all have to play again */

/* Take the next item of input k, behind the one it had; which may read. */
static pila_status take(merge_state *m, size_t k)
{
    input *in = &m->input[k];
    pila_iter *it = &m->drop.iter[k];
    bool sorted = true;
    pila_status st = PILA_OK;

    if (!pila__iter_warm(it)) {
        if (in->given) st = hold(m, in);
        if (st != PILA_OK) return st;
        if (!pila__iter_more(it, 0)) {
            in->code = ENDED;
            m->live--;
            return pila_iter_outcome(it);
        }
    }
    const char *before = in->given;
    in->given = pila__iter_take(it, it->type->size);
    st = set_code(m, in, before, &sorted);
    if (st != PILA_OK || PILA_LIKELY(sorted)) return st;
    if (m->disorder) return m->disorder(m->ctx, k, in->given);
    return m->started ? (pila_status)UNSORTED : PILA_OK;
}

/* The next of who won, and who wins now. */
static pila_status go_on(merge_state *m)
{
    size_t w = m->tree[0].input;
    pila_status st = take(m, w);

    if (PILA_LIKELY(st == PILA_OK)) return replay(m, w, m->input[w].code);
    return st == (pila_status)UNSORTED ? play_all(m) : st;
}

static pila_status start(merge_state *m)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < m->n && st == PILA_OK; k++) st = take(m, k);
    m->started = true;
    return st == PILA_OK ? play_all(m) : st;
}

/* ---- the iterator ---- */

static pila_status merge_window(merge_state *m, size_t size, size_t *out)
{
    size_t at = m->whole ? 0 : m->order.item_at, n = 0;
    pila_status st = PILA_OK;

    if (!m->started) st = start(m);
    else if (m->pending) st = go_on(m);
    m->pending = false;
    while (st == PILA_OK && m->live && n < MERGE_WINDOW) {
        size_t w = m->tree[0].input;
        memcpy(m->window + n++ * size, m->input[w].given + at, size);
        m->pending = !pila__iter_warm(&m->drop.iter[w]);
        if (m->pending) break;
        st = go_on(m);
    }
    *out = n;
    return st;
}

static bool merge_refill(pila_iter *it)
{
    merge_state *m = it->state;
    size_t n;
    pila_status st = merge_window(m, it->type->size, &n);

    if (st != PILA_OK) return pila_iter_end(it, st);
    if (n == 0) return pila_iter_end(it, PILA_END);
    it->cur = m->window;
    it->end = m->window + n * it->type->size;
    return true;
}

static pila_iter merge_drop(pila_iter *it)
{
    merge_state *m = it->state;

    for (size_t k = 0; k < m->n; k++) {
        pila_buf_done(&m->input[k].text);
        pila_buf_done(&m->input[k].digits);
    }
    pila_free(m->window);
    m->drop.n = m->n;
    return pila_iter_sources(&m->drop, &m->drop);
}

/* One block: the state, the iterators, the inputs, the tree. */
static merge_state *merge_new(size_t n, size_t size)
{
    size_t each = sizeof(pila_iter) + sizeof(input) + 3 * sizeof(player), bytes;
    merge_state *m = NULL;

    if (pila_mul(n + 1, each, &bytes) && pila_add(bytes, sizeof *m, &bytes))
        m = pila_alloc_zero(bytes, 1);
    if (!m) return NULL;
    m->drop.iter = (pila_iter *)(void *)(m + 1);
    m->input = (input *)(void *)(m->drop.iter + n);
    m->tree = (player *)(void *)(m->input + n);
    m->won = m->tree + n + 1;
    m->window = pila_alloc(MERGE_WINDOW, size);
    if (m->window) return m;
    pila_free(m);
    return NULL;
}

pila_iter cli_merge_sorted(const cli_order *order, const pila_iter *iters, size_t n,
                           bool whole, cli_disorder *disorder, void *ctx)
{
    static const pila_iter_ops ops = {merge_refill, merge_drop, NULL};
    const pila_type *type = whole ? order->given : order->item;
    merge_state *m = NULL;
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n; k++)
        if (iters[k].status != PILA_OK && iters[k].status != PILA_END)
            st = iters[k].status;
    if (st == PILA_OK && !(m = merge_new(n, type->size))) st = PILA_ENOMEM;
    for (size_t k = 0; k < n; k++) {
        pila_iter it = iters[k];
        if (st != PILA_OK) pila_iter_drop(&it);
        else m->drop.iter[m->n++] = it;
    }
    if (st != PILA_OK) return pila_failed(st);
    m->order = *order;
    m->live = m->n;
    m->whole = whole;
    m->disorder = disorder;
    m->ctx = ctx;
    return pila_iter_make(type == &pila_view_padded ? &pila_view : type, &ops, m);
}
