/* pickle_run.c - writing lists and dicts of numbers and short text in one loop.
 *
 * This is the bulk of most pickles: dump_run goes over the nodes of the top level, down
 * into the lists and dicts among them and out again, without a look at anything but
 * room, frame and memo, which it makes sure of ahead; what needs more is left to the
 * steps of pickle_dump.c, which ask for it again after that. The entries of a dict
 * without deleted ones are an array of nodes, too. Each node ahead has its slot of the
 * memo prefetched, and in a list of lists or dicts what those refer to.
 */
#include "pickle_dump.h"

#include "opcodes.h"

/* ---- many nodes at once ---- */

static size_t dump_int_at(char *to, int64_t x)
{
    static const uint8_t ops[] = {PILA_OP_BININT1, PILA_OP_BININT2, 0, PILA_OP_BININT};
    uint32_t u = (uint32_t)x;
    size_t wide = (size_t)(u > 0xff) + 2 * (size_t)(u > 0xffff);

    to[0] = (char)ops[wide];
    pila__dump_number(to + 1, u, 4);
    return wide ? 2 + wide : 2;
}

/* Short text, of which no more bytes may be read, to where 16 may be written over. */
static void dump_copy(char *to, const char *from, size_t n)
{
    uint64_t a, b;

    if (n > 16) memcpy(to, from, n);
    else if (n >= 8) {
        memcpy(&a, from, 8);
        memcpy(&b, from + n - 8, 8);
        memcpy(to, &a, 8);
        memcpy(to + n - 8, &b, 8);
    } else
        for (size_t i = 0; i < n; i++) to[i] = from[i];
}

/* Take the slot of the memo for what has no number yet. */
static void dump_take(pila_pickler *p, size_t at, uint64_t key, uint32_t check)
{
    p->slots[at].key = key;
    p->slots[at].check = check | p->memo_len++ << 32;
    p->memo_keys++;
}

static size_t dump_get_at(char *to, uint64_t number)
{
    to[0] = (char)(number < 256 ? PILA_OP_BINGET : PILA_OP_LONG_BINGET);
    pila__dump_number(to + 1, number, 4);
    return number < 256 ? 2 : 5;
}

/* Text of at most 255 bytes. */
static size_t dump_short_at(pila_pickler *p, char *to, pila_value v)
{
    pila_value identity = pila__dump_identity(v);
    uint64_t key = pila__dump_key(identity);
    uint32_t check = pila__dump_check(identity);
    size_t at = pila__dump_find(p, key, check), n = (size_t)(v.tag >> 8);

    if (p->slots[at].key) return dump_get_at(to, p->slots[at].check >> 32);
    dump_take(p, at, key, check);
    to[0] = (char)PILA_OP_SHORT_BINUNICODE;
    to[1] = (char)n;
    dump_copy(to + 2, v.as.text, n);
    to[2 + n] = (char)PILA_OP_MEMOIZE;
    return n + 3;
}

static void dump_prefetch(const pila_pickler *p, pila_value v)
{
    __builtin_prefetch(&p->slots[pila__dump_home(p, pila__dump_key(v))], 1);
}

/* Whether the memo has room for one more, without a look at it. */
static bool dump_has_room(const pila_pickler *p)
{
    return p->memo_keys <= p->slots_mask / 2 && p->slots && p->memo_len < UINT32_MAX;
}

/* A node that is no number and needs no level, in at most DUMP_SHORT_ROOM bytes; 0: not
 * here. `ahead` is a node that is to come. */
static size_t dump_node_at(pila_pickler *p, char *to, pila_value v,
                           const pila_value *ahead)
{
    if (pila_value_kind_of(v) == PILA_VALUE_STR && v.tag >> 8 <= 0xff) {
        if (!dump_has_room(p)) return 0;
        if (ahead) dump_prefetch(p, *ahead);
        return dump_short_at(p, to, v);
    }
    if (v.tag == PILA_VALUE_NONE) to[0] = PILA_OP_NONE;
    else if (v.tag == PILA_VALUE_BOOL)
        to[0] = (char)(v.as.i ? PILA_OP_NEWTRUE : PILA_OP_NEWFALSE);
    else return 0;
    return 1;
}

/* The nodes of a list, or of a dict without deleted entries. */
static const pila_value *dump_run_nodes(pila_value v, size_t *n)
{
    if (v.tag == PILA_VALUE_LIST) return pila_value_data(v, n);
    if (v.tag != PILA_VALUE_DICT || v.as.dict->len != v.as.dict->used) return NULL;
    *n = v.as.dict->len;
    return pila__dump_nodes(v.as.dict);
}

/* What comes in a large list of lists or dicts: the memory that the next ones will need
 * is asked for, of the third its body, of the second its nodes, of the first the memo
 * slots of those. */
static void dump_look_ahead(const pila_pickler *p, const pila_value *next, size_t left)
{
    size_t n = 0;
    const pila_value *nodes;

    if (p->slots_mask < DUMP_SLOTS_MANY || left < 3) return;
    if (next[2].tag == PILA_VALUE_LIST || next[2].tag == PILA_VALUE_DICT) {
        __builtin_prefetch(next[2].as.dict);
        dump_prefetch(p, next[2]);
    }
    nodes = dump_run_nodes(next[1], &n);
    if (nodes && n) __builtin_prefetch(nodes);
    if (nodes && n > 2) __builtin_prefetch(nodes + 4);
    nodes = dump_run_nodes(next[0], &n);
    if (next[0].tag == PILA_VALUE_DICT) n *= 2;
    for (size_t i = 0; nodes && i < n && i < 2 * (size_t)DUMP_AHEAD; i++)
        if (pila_value_kind_of(nodes[i]) >= PILA_VALUE_STR) dump_prefetch(p, nodes[i]);
}

/* A list or dict of less than a batch: its beginning, and a level if it has items.
 * False: not here. */
static bool dump_enter_at(pila_pickler *p, char **to, pila_value v)
{
    size_t n = 0, at;
    const pila_value *nodes = dump_run_nodes(v, &n);
    bool dict = v.tag == PILA_VALUE_DICT;
    dump_level *l;

    if (!nodes || n >= DUMP_BATCH || p->depth == p->levels_room || !dump_has_room(p))
        return false;
    at = pila__dump_find(p, pila__dump_key(v), pila__dump_check(v));
    if (p->slots[at].key) {
        *to += dump_get_at(*to, p->slots[at].check >> 32);
        return true;
    }
    dump_take(p, at, pila__dump_key(v), pila__dump_check(v));
    *(*to)++ = (char)(dict ? PILA_OP_EMPTY_DICT : PILA_OP_EMPTY_LIST);
    *(*to)++ = (char)PILA_OP_MEMOIZE;
    if (n == 0) return true;
    l = &p->levels[p->depth++];
    l->v = v;
    l->items = nodes;
    l->at = l->left = l->path = 0;
    l->stop = dict ? 2 * n : n;
    l->what = dict ? DUMP_PAIRS : DUMP_ITEMS;
    l->exact = l->dense = l->open = true;
    l->full = false;
    l->single = n == 1;
    if (n > 1) *(*to)++ = (char)PILA_OP_MARK;
    return true;
}

/* The end of the top level's last batch; false: not here. */
static bool dump_leave_at(pila_pickler *p, char **to)
{
    const dump_level *l = &p->levels[p->depth - 1];

    if (!l->open || l->left || l->full || l->path || l->what == DUMP_MEMBERS)
        return false;
    if (l->what == DUMP_PAIRS)
        *(*to)++ = (char)(l->single ? PILA_OP_SETITEM : PILA_OP_SETITEMS);
    else *(*to)++ = (char)(l->single ? PILA_OP_APPEND : PILA_OP_APPENDS);
    p->depth--;
    return p->depth > 0;
}

static size_t dump_float_at(char *to, double x)
{
    uint64_t bits = __builtin_bswap64(pila__dump_double_bits(x));

    to[0] = PILA_OP_BINFLOAT;
    memcpy(to + 1, &bits, 8);
    return 9;
}

/* Integers of 32 bits and floats in a row, as many as there are: how many. */
static size_t dump_numbers_at(char **to, const char *end, const pila_value *items,
                              size_t n)
{
    char *at = *to;
    size_t k = 0;

    for (; k < n && at < end; k++) {
        pila_value v = items[k];
        if (v.tag == PILA_VALUE_INT && v.as.i == (int32_t)v.as.i)
            at += dump_int_at(at, v.as.i);
        else if (v.tag == PILA_VALUE_FLOAT) at += dump_float_at(at, v.as.f);
        else break;
    }
    *to = at;
    return k;
}

void pila__dump_run(pila_pickler *p)
{
    dump_level *l = &p->levels[p->depth - 1];
    const pila_value *items = l->items;
    size_t at = l->at, stop = l->stop;
    size_t room = p->out.room < DUMP_SHORT_ROOM ? 0 : p->out.room - DUMP_SHORT_ROOM;
    char *to = p->out.data + p->out.len, *end;

    end = p->out.data + (room < p->full ? room : p->full);
    for (;;) {
        size_t n;

        if (at < stop) {
            at += dump_numbers_at(&to, end, items + at, stop - at);
            if (to >= end) break;
            if (at == stop) continue;
            n = dump_node_at(p, to, items[at],
                             at + DUMP_AHEAD < stop ? &items[at + DUMP_AHEAD] : NULL);
            if (n) {
                to += n;
                at++;
                continue;
            }
            l->at = at + 1;
            if (!dump_enter_at(p, &to, items[at])) break;
            if (l->what == DUMP_ITEMS)
                dump_look_ahead(p, items + at + 1, stop - at - 1);
        } else {
            l->at = at;
            if (to >= p->out.data + room || !dump_leave_at(p, &to)) break;
        }
        l = &p->levels[p->depth - 1];
        items = l->items;
        at = l->at;
        stop = l->stop;
        if (!l->dense) break;
    }
    if (p->depth) p->levels[p->depth - 1].at = at;
    p->out.len = (size_t)(to - p->out.data);
}

bool pila__dump_runs(const pila_pickler *p)
{
    return p->protocol >= 4 && !p->options.persistent_id && !p->options.fast;
}
