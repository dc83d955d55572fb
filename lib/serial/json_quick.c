/* json_quick.c - the quick reader of JSON.
 *
 * It goes along the index of a text (json_scan.c), from token to token.
 *
 * A window of 8 KB is indexed at a time, so that text, index and values stay in the
 * cache, and copied into the document on the way; strings look at the copy, and escapes
 * are decoded in it. Values go on one stack. When a list or dict ends, what is above
 * its frame moves into the document, right behind its body, and one node stands for it:
 * so nothing is ever moved twice, and no container has room to spare. The stack has
 * room for a whole window's tokens, so that a push is a store.
 *
 * A number is read once the token behind it is known, as only then is all of it copied.
 * Eight digits are read at once, however many there are: what follows them is shifted
 * out.
 *
 * Keys: of up to eight, the first eight bytes and the length are compared, each with
 * each, and the rest only where two are alike. More are compared with those of the last
 * dict of as many: documents repeat their shapes. If they are the same, so is the
 * index, which is copied; if not, the engine of dicts makes it.
 *
 * It knows right from wrong, and no more: every fault, every hook and all that is rare
 * is undecided, and the other reader begins again (json_read.c).
 */
#include "json_read.h"

#include "number.h"

enum {
    JSON_QUICK_WINDOW = 8192,      /* bytes indexed at a time */
    JSON_QUICK_STACK = 256,        /* values before the stack is allocated */
    JSON_QUICK_SHAPES = 64,        /* dicts of more than eight keys, by their number */
    JSON_QUICK_FEW = 2,            /* digits read one by one, where there may be few */
    JSON_QUICK_SCANNED = 8,        /* entries of a dict that needs no index */
    JSON_QUICK_INT_DIGITS = 18,    /* fit an int64_t */
    JSON_QUICK_DOUBLE_DIGITS = 19, /* fit a uint64_t */
    JSON_QUICK_AHEAD = 1 << 26,    /* bytes asked for with the copy, at most */
    JSON_QUICK_EXPONENT = 100000   /* larger ones are as good as this */
};

typedef struct json_quick {
    pila_doc *doc;
    pila__json_scan_fn *scan;
    const char *from; /* what is not indexed yet */
    size_t left;
    char *copy;       /* where that goes; NULL: strings borrow from the text */
    const char *base; /* of the tokens */
    const uint32_t *at, *end;
    pila_value *stack, *top;
    size_t room;
    size_t depth, max_depth, max_digits;
    bool refuse_repeated;
    bool starved;
    const struct pila__block *part_block; /* of the document: see json_quick_provide */
    const char *part_free;
    size_t part_left;
    pila__json_scan state;
    const pila_dict_body *shapes[JSON_QUICK_SHAPES];
    pila_value first[JSON_QUICK_STACK];
    uint32_t tokens[JSON_QUICK_WINDOW + PILA__JSON_SLACK];
} json_quick;

/* What the walk keeps in registers. */
typedef struct json_quick_cursor {
    const char *base;
    const uint32_t *at, *end;
    pila_value *top;
} json_quick_cursor;

/* ---- windows ---- */

static bool json_quick_reserve(json_quick *w, size_t more)
{
    size_t used = (size_t)(w->top - w->stack), room;
    pila_value *made;

    if (more <= w->room - used) return true;
    room = pila_mem_grow(w->room, used + more, sizeof *made);
    if (!room) return false;
    made = (pila_value *)pila_realloc(w->stack == w->first ? NULL : w->stack, room,
                                      sizeof *made);
    if (!made) return false;
    if (w->stack == w->first) memcpy(made, w->first, used * sizeof *made);
    w->stack = made;
    w->top = made + used;
    w->room = room;
    return true;
}

/* Room in the document: what a text needs by the byte differs by a factor of ten, but
 * its parts are like each other. Before a block is full, as much is asked for as the
 * rest will need by the measure of what filled this one: few blocks, little waste. */
static void json_quick_provide(json_quick *w)
{
    pila_doc *doc = w->doc;
    size_t room = (size_t)(doc->end - doc->free), done = w->part_left - w->left;
    char *p;

    if (doc->blocks == w->part_block && done) {
        double each = (double)(doc->free - w->part_free) / (double)done;
        if (w->left == 0 || (double)room >= each * (double)(2 * JSON_QUICK_WINDOW))
            return;
        p = (char *)pila_doc_alloc(doc, (size_t)(each * (double)w->left * 1.125));
        if (p) doc->free = p;
    }
    w->part_block = doc->blocks;
    w->part_free = doc->free;
    w->part_left = w->left;
}

/* The token behind the last one. */
static const char json_quick_over[1] = {0};

/* The tokens of the next blocks, at least one. */
static void json_quick_refill(json_quick *w)
{
    size_t n = 0, taken;

    json_quick_provide(w);
    while (n == 0 && w->left && !w->starved) {
        char last[PILA__JSON_BLOCK];
        const char *from = w->from;
        size_t blocks = w->left / PILA__JSON_BLOCK;
        if (blocks > JSON_QUICK_WINDOW / PILA__JSON_BLOCK)
            blocks = JSON_QUICK_WINDOW / PILA__JSON_BLOCK;
        taken = blocks * PILA__JSON_BLOCK;
        if (blocks == 0) {
            memset(last, ' ', sizeof last);
            memcpy(last, from, w->left);
            from = last;
            taken = w->left;
            blocks = 1;
        }
        n = w->scan(&w->state, from, w->copy, blocks, w->tokens);
        w->base = w->copy ? w->copy : w->from;
        w->from += taken;
        w->left -= taken;
        if (w->copy) w->copy += taken;
        w->starved = !json_quick_reserve(w, n + 1);
    }
    if (n == 0 || w->starved) {
        w->base = json_quick_over;
        w->tokens[0] = 0;
        n = 1;
    }
    w->at = w->tokens;
    w->end = w->tokens + n;
}

PILA_INLINE const char *json_quick_next(json_quick *w, json_quick_cursor *c)
{
    if (PILA_UNLIKELY(c->at == c->end)) {
        w->top = c->top;
        json_quick_refill(w);
        c->base = w->base;
        c->at = w->at;
        c->end = w->end;
        c->top = w->top;
    }
    return c->base + *c->at++;
}

/* Nodes are written as a whole, as they are read again: two halves that were just
 * written are not passed on to one load, which would wait for them to reach the cache.
 */
PILA_INLINE void json_quick_put(pila_value *at, uint64_t tag, uint64_t word)
{
    typedef uint64_t json_quick_node __attribute__((vector_size(sizeof *at)));
    json_quick_node node = {tag, word};

    memcpy(at, &node, sizeof *at);
}

PILA_INLINE void json_quick_put_text(pila_value *at, const char *text, size_t n)
{
    json_quick_put(at, PILA_VALUE_STR | (uint64_t)n << 8, (uintptr_t)text);
}

PILA_INLINE void json_quick_put_float(pila_value *at, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    json_quick_put(at, PILA_VALUE_FLOAT, bits);
}

/* ---- numbers ---- */

static const uint64_t json_quick_power[9] = {1,      10,      100,      1000,     10000,
                                             100000, 1000000, 10000000, 100000000};

PILA_INLINE uint64_t json_quick_load(const char *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Eight bytes of 0 to 9 as a number, the first one its highest digit. */
PILA_INLINE uint64_t json_quick_eight(uint64_t word)
{
    word = word * 10 + (word >> 8);
    return ((word & 0x000000ff000000ff) * 0x000f424000000064 +
            (word >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >>
           32;
}

/* All digits at p, eight at a time; the value is right where they are at most 19. */
PILA_INLINE const char *json_quick_digits(const char *p, uint64_t *value)
{
    for (;; p += 8) {
        uint64_t word = json_quick_load(p) ^ 0x3030303030303030; /* digits: 0 to 9 */
        uint64_t others = (word | (word + 0x7676767676767676)) & 0x8080808080808080;
        if (others) {
            unsigned n = (unsigned)__builtin_ctzll(others) & ~7u; /* bits of digits */
            if (n == 0) return p;
            *value = *value * json_quick_power[n / 8] +
                     json_quick_eight(word << (64 - n)); /* zeros in front */
            return p + n / 8;
        }
        *value = *value * 100000000 + json_quick_eight(word);
    }
}

/* The same, where there are a few, most likely. */
PILA_INLINE const char *json_quick_few(const char *p, uint64_t *value)
{
    for (size_t k = 0; k < JSON_QUICK_FEW; k++, p++) {
        unsigned digit = (unsigned char)*p - (unsigned)'0';
        if (digit > 9) return p;
        *value = *value * 10 + digit;
    }
    return json_quick_digits(p, value);
}

/* Whether a value may end before c: a comma, a bracket, a blank. Without branches. */
PILA_INLINE bool json_quick_ends(char c)
{
    const uint64_t low =
        (uint64_t)1 << ' ' | (uint64_t)1 << ',' | 1 << '\t' | 1 << '\n' | 1 << '\r';
    unsigned u = (unsigned char)c;

    return (bool)((u < 64) & (low >> (u & 63) & 1)) | ((u & 0xdf) == ']');
}

/* A number with too many digits; of the other reader's rules it knows all. */
static bool json_quick_long_number(json_quick *w, const char *p, const char *end,
                                   bool is_float, pila_value *out)
{
    double x = 0;

    if (is_float) {
        if (!pila__double_read(p, end, &x)) return false;
        json_quick_put_float(out, x);
        return true;
    }
    if ((size_t)(end - p) - (*p == '-') > w->max_digits) return false;
    w->starved = pila_value_from_decimal(w->doc, pila_str_of(p, (size_t)(end - p)),
                                         out) == PILA_ENOMEM;
    return !w->starved;
}

PILA_INLINE const char *json_quick_exponent(const char *p, int64_t *exp10)
{
    bool negative = *p == '-';
    int64_t e = 0;
    const char *from;

    p += *p == '-' || *p == '+';
    for (from = p; *p >= '0' && *p <= '9'; p++)
        if (e < JSON_QUICK_EXPONENT) e = e * 10 + (*p - '0');
    *exp10 += negative ? -e : e;
    return p == from ? NULL : p;
}

PILA_INLINE bool json_quick_number(json_quick *w, const char *p, pila_value *out)
{
    bool negative = *p == '-', is_float = false;
    const char *from = p + negative, *q = from;
    uint64_t digits = 0;
    int64_t exp10 = 0;
    size_t n;
    double x;

    q = json_quick_few(q, &digits);
    n = (size_t)(q - from);
    if (PILA_UNLIKELY(n == 0 || (*from == '0' && n > 1))) return false;
    if (*q == '.') {
        const char *point = ++q;
        q = json_quick_digits(point, &digits);
        if (q == point) return false;
        exp10 = point - q;
        n += (size_t)(q - point);
        is_float = true;
    }
    if (PILA_UNLIKELY((*q | 0x20) == 'e')) {
        q = json_quick_exponent(q + 1, &exp10);
        if (!q) return false;
        is_float = true;
    }
    if (!json_quick_ends(*q)) return false;
    if (!is_float) {
        if (PILA_UNLIKELY(n > JSON_QUICK_INT_DIGITS))
            return json_quick_long_number(w, p, q, false, out);
        json_quick_put(out, PILA_VALUE_INT, negative ? 0 - digits : digits);
        return true;
    }
    if (PILA_UNLIKELY(n > JSON_QUICK_DOUBLE_DIGITS) ||
        PILA_UNLIKELY(!pila__double_make(digits, exp10, false, &x)))
        return json_quick_long_number(w, p, q, true, out);
    json_quick_put_float(out, negative ? -x : x);
    return true;
}

/* ---- strings ---- */

static bool json_quick_escaped(json_quick *w, const char *text, const char *end,
                               pila_value *out)
{
    size_t n = (size_t)(end - text);
    char *to, *done;

    /* what is not borrowed lies in the copy */
    to = w->copy ? (char *)text : (char *)pila_doc_alloc(w->doc, n + PILA_JSON_PAD);
    w->starved = !to;
    done = to ? pila__json_unescape(text, end, to) : NULL;
    if (!done) return false;
    json_quick_put_text(out, to, (size_t)(done - to));
    return true;
}

/* A string, of whose first quote open is; at the last one afterwards. */
PILA_INLINE bool json_quick_string(json_quick *w, json_quick_cursor *c,
                                   const char *open)
{
    const char *p = json_quick_next(w, c);

    if (PILA_LIKELY(*p == '"')) {
        json_quick_put_text(c->top, open + 1, (size_t)(p - open - 1));
    } else {
        while (*p == '\\') p = json_quick_next(w, c);
        if (*p != '"' || !json_quick_escaped(w, open + 1, p, c->top)) return false;
    }
    c->top++;
    return true;
}

/* ---- containers ---- */

PILA_INLINE void json_quick_move(pila_value *to, const pila_value *from, size_t n)
{
    if (n > 16) {
        memcpy(to, from, n * sizeof *to);
        return;
    }
    for (size_t k = 0; k < n; k++) memcpy(&to[k], &from[k], sizeof *to);
}

static bool json_quick_list(json_quick *w, const pila_value *items, size_t n,
                            pila_value *out)
{
    pila_list_body *b =
        (pila_list_body *)pila_doc_alloc(w->doc, sizeof *b + n * sizeof *items);

    if (PILA_UNLIKELY(!b)) {
        w->starved = true;
        return false;
    }
    b->version = 0;
    b->len = b->room = n;
    b->items = (pila_value *)(void *)(b + 1);
    json_quick_move(b->items, items, n);
    json_quick_put(out, PILA_VALUE_LIST, (uintptr_t)b);
    return true;
}

/* The first eight bytes of a key's text, or all of them. What is behind it is readable.
 */
PILA_INLINE uint64_t json_quick_word(pila_value key)
{
    size_t n = (size_t)(key.tag >> 8);
    uint64_t word = json_quick_load(key.as.text);

    return n >= 8 ? word : word & (((uint64_t)1 << 8 * n) - 1);
}

PILA_INLINE bool json_quick_same(pila_value a, pila_value b)
{
    size_t n = (size_t)(a.tag >> 8);

    if (a.tag != b.tag || json_quick_word(a) != json_quick_word(b)) return false;
    if (n <= 8) return true;
    if (n <= 16)
        return json_quick_load(a.as.text + n - 8) == json_quick_load(b.as.text + n - 8);
    return memcmp(a.as.text + 8, b.as.text + 8, n - 8) == 0;
}

/* Whether one of a few keys is there twice: words that differ tell most of them apart.
 */
PILA_INLINE bool json_quick_repeats(const pila_entry *entries, size_t n)
{
    uint64_t words[JSON_QUICK_SCANNED];
    uint64_t alike = 0;

    for (size_t k = 0; k < n; k++) {
        words[k] = json_quick_word(entries[k].key) ^ entries[k].key.tag << 40;
        for (size_t j = 0; j < k; j++) alike |= words[j] == words[k];
    }
    if (PILA_LIKELY(!alike)) return false;
    for (size_t k = 1; k < n; k++)
        for (size_t j = 0; j < k; j++)
            if (json_quick_same(entries[j].key, entries[k].key)) return true;
    return false;
}

/* Many keys: those of the last dict of as many have been seen to differ. */
static bool json_quick_shaped(const pila_dict_body *d, const pila_entry *entries,
                              size_t n)
{
    if (!d || d->used != n) return false;
    for (size_t k = 0; k < n; k++)
        if (!json_quick_same(d->entries[k].key, entries[k].key)) return false;
    return true;
}

static bool json_quick_general(json_quick *w, const pila_entry *entries, size_t n,
                               pila_value *out)
{
    size_t repeated = n;
    pila_status st = pila__value_dict_of(w->doc, &entries[0].key, n, out, &repeated);

    w->starved = st == PILA_ENOMEM;
    if (st != PILA_OK || (repeated < n && w->refuse_repeated)) return false;
    if (repeated == n && n > JSON_QUICK_SCANNED)
        w->shapes[n % JSON_QUICK_SHAPES] = out->as.dict;
    return true;
}

/* n entries; slots: of their index, which stands behind them. */
PILA_INLINE pila_dict_body *json_quick_body(json_quick *w, const pila_entry *entries,
                                            size_t n, size_t slots)
{
    pila_dict_body *d =
        (pila_dict_body *)pila_doc_alloc(w->doc, sizeof *d + n * sizeof *entries +
                                                     slots * sizeof *d->index);

    if (PILA_UNLIKELY(!d)) {
        w->starved = true;
        return NULL;
    }
    d->version = 0;
    d->len = d->used = d->room = n;
    d->entries = (pila_entry *)(void *)(d + 1);
    d->index = NULL;
    d->mask = 0;
    json_quick_move(&d->entries[0].key, &entries[0].key, 2 * n);
    return d;
}

static bool json_quick_dict(json_quick *w, const pila_entry *entries, size_t n,
                            pila_value *out)
{
    const pila_dict_body *shape = w->shapes[n % JSON_QUICK_SHAPES];
    pila_dict_body *d;

    if (n <= JSON_QUICK_SCANNED) {
        if (PILA_UNLIKELY(json_quick_repeats(entries, n)))
            return json_quick_general(w, entries, n, out);
        d = json_quick_body(w, entries, n, 0);
        if (!d) return false;
    } else {
        size_t slots;
        if (!json_quick_shaped(shape, entries, n))
            return json_quick_general(w, entries, n, out);
        slots = shape->mask + 1;
        d = json_quick_body(w, entries, n, slots);
        if (!d) return false;
        d->index = (uint64_t *)(void *)(d->entries + n);
        d->mask = shape->mask;
        memcpy(d->index, shape->index, slots * sizeof *d->index);
    }
    json_quick_put(out, PILA_VALUE_DICT, (uintptr_t)d);
    return true;
}

/* ---- the walk ---- */

enum { JSON_QUICK_FAULT, JSON_QUICK_LEAF, JSON_QUICK_LIST, JSON_QUICK_DICT };

PILA_INLINE bool json_quick_word_is(const char *p, const char *word, size_t n)
{
    return memcmp(p, word, n) == 0 && json_quick_ends(p[n]);
}

/* The value at *p, which is at the token behind it afterwards; or a container begins.
 */
PILA_INLINE int json_quick_value(json_quick *w, json_quick_cursor *c, const char **p)
{
    const char *first = *p;
    pila_value *top;

    if (*first == '"') {
        if (!json_quick_string(w, c, first)) return JSON_QUICK_FAULT;
        *p = json_quick_next(w, c);
        return JSON_QUICK_LEAF;
    }
    if (*first == '{') return JSON_QUICK_DICT;
    if (*first == '[') return JSON_QUICK_LIST;
    *p = json_quick_next(w, c);
    top = c->top;
    if ((unsigned char)(*first - '-') <= '9' - '-') {
        if (!json_quick_number(w, first, top)) return JSON_QUICK_FAULT;
    } else if (*first == 't') {
        if (!json_quick_word_is(first, "true", 4)) return JSON_QUICK_FAULT;
        json_quick_put(top, PILA_VALUE_BOOL, 1);
    } else if (*first == 'f') {
        if (!json_quick_word_is(first, "false", 5)) return JSON_QUICK_FAULT;
        json_quick_put(top, PILA_VALUE_BOOL, 0);
    } else if (*first == 'n') {
        if (!json_quick_word_is(first, "null", 4)) return JSON_QUICK_FAULT;
        json_quick_put(top, PILA_VALUE_NONE, 0);
    } else {
        return JSON_QUICK_FAULT;
    }
    c->top = top + 1;
    return JSON_QUICK_LEAF;
}

/* The root; false: starved, or undecided. `frame` is twice the number of the node that
 * is the innermost container's frame, and one more in a dict; the node has that of the
 * container around.
 * long: the states of a grammar, each a few lines, in registers */
static bool json_quick_walk(json_quick *w, pila_value *out)
{
    json_quick_cursor c = {NULL, NULL, NULL, w->top};
    const char *p = json_quick_next(w, &c);
    size_t frame = 0, n;
    pila_value *node;

    if (*p == '{') goto open_dict;
    if (*p == '[') goto open_list;
    return false;

open_list:
    if (w->depth++ == w->max_depth) return false;
    c.top->tag = frame;
    frame = (size_t)(c.top++ - w->stack) << 1;
    p = json_quick_next(w, &c);
    if (*p == ']') goto close_list;
item:
    switch (json_quick_value(w, &c, &p)) {
    case JSON_QUICK_LEAF: break;
    case JSON_QUICK_LIST: goto open_list;
    case JSON_QUICK_DICT: goto open_dict;
    default: return false;
    }
item_done:
    if (PILA_LIKELY(*p == ',')) {
        p = json_quick_next(w, &c);
        goto item;
    }
    if (*p != ']') return false;
close_list:
    node = w->stack + (frame >> 1);
    n = (size_t)(c.top - node) - 1;
    frame = (size_t)node->tag;
    if (!json_quick_list(w, node + 1, n, node)) return false;
    c.top = node + 1;
    goto closed;

open_dict:
    if (w->depth++ == w->max_depth) return false;
    c.top->tag = frame;
    frame = (size_t)(c.top++ - w->stack) << 1 | 1;
    p = json_quick_next(w, &c);
    if (*p == '}') goto close_dict;
key:
    if (*p != '"' || !json_quick_string(w, &c, p)) return false;
    p = json_quick_next(w, &c);
    if (*p != ':') return false;
    p = json_quick_next(w, &c);
    switch (json_quick_value(w, &c, &p)) {
    case JSON_QUICK_LEAF: break;
    case JSON_QUICK_LIST: goto open_list;
    case JSON_QUICK_DICT: goto open_dict;
    default: return false;
    }
member_done:
    if (PILA_LIKELY(*p == ',')) {
        p = json_quick_next(w, &c);
        goto key;
    }
    if (*p != '}') return false;
close_dict:
    node = w->stack + (frame >> 1);
    n = (size_t)(c.top - node) / 2;
    frame = (size_t)node->tag;
    if (!json_quick_dict(w, (const pila_entry *)(const void *)(node + 1), n, node))
        return false;
    c.top = node + 1;

closed:
    p = json_quick_next(w, &c);
    if (--w->depth) {
        if (frame & 1) goto member_done;
        goto item_done;
    }
    *out = w->stack[0];
    return p == json_quick_over;
}

/* Room for the copy, with some behind it. As much again is at hand for the values, if
 * it is not too much. */
static bool json_quick_open(json_quick *w)
{
    size_t bytes, more;

    if (!pila_add(w->left, 2 * PILA_JSON_PAD, &bytes)) return false;
    more = bytes < JSON_QUICK_AHEAD ? bytes : (size_t)JSON_QUICK_AHEAD;
    if (!pila_add(bytes, more, &more)) return false;
    w->copy = (char *)pila_doc_alloc(w->doc, more);
    if (!w->copy) return false;
    w->doc->free = w->copy + ((bytes + 7) & ~(size_t)7);
    memset(w->copy + w->left, 0, 2 * PILA_JSON_PAD);
    return true;
}

/* Whether text may be read where it is: a number at its end would go on behind it. */
static bool json_quick_may_borrow(pila_str text)
{
    char last = text.ptr[text.len - 1];

    return last == ']' || last == '}' || last == '\n';
}

pila_status pila__json_quick(pila_doc *doc, pila_str text,
                             const pila_json_load_options *options,
                             pila__json_scan_fn *scan, pila_value *out)
{
    pila_doc_mark mark = pila_doc_here(doc);
    json_quick w;
    bool done;

    if (text.len == 0 || pila__json_max_digits(options) < JSON_QUICK_INT_DIGITS ||
        (options->borrow && !json_quick_may_borrow(text)))
        return PILA_END;
    w.doc = doc;
    w.scan = scan;
    w.from = text.ptr;
    w.left = text.len;
    w.copy = NULL;
    w.at = w.end = NULL;
    w.stack = w.top = w.first;
    w.room = JSON_QUICK_STACK;
    w.depth = 0;
    w.max_depth = pila__json_max_depth(options);
    w.max_digits = pila__json_max_digits(options);
    w.refuse_repeated = options->refuse_repeated;
    w.starved = false;
    memset(&w.state, 0, sizeof w.state);
    memset(w.shapes, 0, sizeof w.shapes);
    if (!options->borrow && !json_quick_open(&w)) return PILA_ENOMEM;
    w.part_block = doc->blocks;
    w.part_free = doc->free;
    w.part_left = w.left;
    done = json_quick_walk(&w, out) && !w.state.invalid &&
           (options->lax || !w.state.controls);
    if (w.stack != w.first) pila_free(w.stack);
    if (done) return PILA_OK;
    pila_doc_release(doc, mark);
    return w.starved ? PILA_ENOMEM : PILA_END;
}
