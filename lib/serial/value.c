/* value.c - documents, and the values in them.
 *
 * A document is a list of blocks, each used from its start to its end. A body (list,
 * dict) and what it holds are allocated there and never moved or freed alone; what
 * outgrows its room gets new room, by half as much again, and the old one is lost until
 * the document ends. At most twice the final size is lost so. What is the last thing in
 * its block grows in place: a list that is built alone loses nothing.
 *
 * A dict is a dense array of entries in the order of insertion, and beside it, from
 * nine entries on, an index: slots of half a hash and an entry's number, at most half
 * of them in use, probed one after the other. Up to eight entries are compared one by
 * one, which is as quick, and what most dicts of documents need. A deleted entry stays
 * as a tombstone until the entries have no room; then the living are moved together,
 * and the index is made anew. Slots of tombstones are left as they are: a tombstone
 * equals no key. Dicts of the same keys, as a pickle of records has them, get copies of
 * one index.
 *
 * Sizes fit: a length has 55 bits at least, and memory has fewer.
 */
#include "value.h"

#include "number.h"
#include "value_scalar.h"

enum {
    VALUE_BLOCK_FIRST = 1024, /* bytes of a document's first block */
    VALUE_BLOCK_MOST =
        1 << 22,          /* they double up to here; larger things have their own */
    VALUE_LIST_FIRST = 4, /* items that the first append makes room for */
    VALUE_SCANNED = 8,    /* entries of a dict that has no index */
    VALUE_AHEAD = 64      /* keys hashed, and their slots asked for, ahead */
};
#define VALUE_ENTRIES_MOST                                                             \
    (UINT32_MAX - 1) /* entry numbers have 32 bits, 0 is none                          \
                      */
#define VALUE_NOWHERE SIZE_MAX

/* ---- the document ---- */

struct pila__block {
    struct pila__block *older;
    size_t bytes; /* of the block, this header included */
};

static size_t value_block_bytes(const pila_doc *doc, size_t need)
{
    size_t bytes = VALUE_BLOCK_FIRST;

    while (bytes < VALUE_BLOCK_MOST && bytes < doc->held) bytes *= 2;
    return bytes < need ? need : bytes;
}

/* A block of so many bytes, in which there is room now; false: no memory. */
static bool value_add_block(pila_doc *doc, size_t bytes)
{
    struct pila__block *b = (struct pila__block *)pila_alloc(bytes, 1);

    if (!b) return false;
    pila_mem_huge(b, bytes);
    b->older = doc->blocks;
    b->bytes = bytes;
    doc->blocks = b;
    doc->held += bytes;
    doc->free = (char *)(b + 1);
    doc->end = (char *)b + bytes;
    return true;
}

void *pila__doc_more(pila_doc *doc, size_t bytes)
{
    size_t need;

    if (!pila_add(bytes, sizeof(struct pila__block) + 15, &need)) return NULL;
    need = value_block_bytes(doc, need & ~(size_t)7);
    return value_add_block(doc, need) ? pila_doc_alloc(doc, bytes) : NULL;
}

void pila_doc_release(pila_doc *doc, pila_doc_mark mark)
{
    while (doc->blocks != mark.blocks) {
        struct pila__block *b = doc->blocks;

        doc->blocks = b->older;
        doc->held -= b->bytes;
        pila_free(b);
    }
    doc->free = mark.free;
    doc->end = mark.end;
}

void pila_doc_clear(pila_doc *doc)
{
    struct pila__block *kept = doc->blocks;
    pila_doc_mark empty = {NULL, NULL, NULL};
    size_t held = doc->held;

    if (!kept) return;
    if (!kept->older) {
        doc->free = (char *)(kept + 1);
        return;
    }
    pila_doc_release(doc, empty);
    (void)value_add_block(doc, held);
}

void pila_doc_done(pila_doc *doc)
{
    pila_doc_mark empty = {NULL, NULL, NULL};

    pila_doc_release(doc, empty);
}

/* Room for n things of size bytes; a place for none, too, in an empty document. */
static void *value_alloc(pila_doc *doc, size_t n, size_t size)
{
    size_t bytes;

    if (!pila_mul(n, size, &bytes)) return NULL;
    return pila_doc_alloc(doc, bytes ? bytes : 1);
}

/* An array of `have` things with room for more: longer in place where it is the last
 * thing in its block, else a copy. */
static void *value_regrow(pila_doc *doc, void *array, size_t have, size_t room,
                          size_t size)
{
    char *end = (char *)array + have * size;
    void *made;

    if (array && end == doc->free && room - have <= (size_t)(doc->end - end) / size &&
        pila_doc_alloc(doc, (room - have) * size))
        return array;
    made = value_alloc(doc, room, size);
    if (made && have) memcpy(made, array, have * size);
    return made;
}

/* ---- make ---- */

pila_status pila_value_uint(pila_doc *doc, uint64_t x, pila_value *out)
{
    uint64_t *limb;

    if (x <= (uint64_t)INT64_MAX) {
        *out = pila_value_int((int64_t)x);
        return PILA_OK;
    }
    limb = (uint64_t *)pila_doc_alloc(doc, sizeof *limb);
    if (!limb) return PILA_ENOMEM;
    *limb = x;
    *out = pila__value_big(limb, 1, false);
    return PILA_OK;
}

/* bytes as limbs, filled up with the sign; the magnitude of what they say. */
static void value_magnitude(pila_str bytes, bool negative, uint64_t *limbs, size_t n)
{
    bool carry = true;

    for (size_t i = 0; i < n; i++) {
        uint64_t limb = negative ? UINT64_MAX : 0;

        for (size_t k = 0; k < 8 && 8 * i + k < bytes.len; k++) {
            limb &= ~((uint64_t)0xff << 8 * k);
            limb |= (uint64_t)(unsigned char)bytes.ptr[8 * i + k] << 8 * k;
        }
        if (negative) {
            limb = ~limb + carry;
            carry = carry && limb == 0;
        }
        limbs[i] = limb;
    }
}

pila_status pila_value_from_bytes(pila_doc *doc, pila_str bytes, pila_value *out)
{
    bool negative = bytes.len && (unsigned char)bytes.ptr[bytes.len - 1] >> 7;
    size_t n = bytes.len / 8 + 1;
    uint64_t one[2], *limbs = one;

    if (n > 2) limbs = (uint64_t *)value_alloc(doc, n, sizeof *limbs);
    if (!limbs) return PILA_ENOMEM;
    value_magnitude(bytes, negative, limbs, n);
    if (limbs == one &&
        pila_value_kind_of(pila__value_big(one, n, negative)) == PILA_VALUE_BIGINT) {
        limbs = (uint64_t *)value_alloc(doc, n, sizeof *limbs);
        if (!limbs) return PILA_ENOMEM;
        memcpy(limbs, one, sizeof one);
    }
    *out = pila__value_big(limbs, n, negative);
    return PILA_OK;
}

pila_status pila_value_to_bytes(pila_value v, pila_buf *out)
{
    pila_value_kind kind = pila_value_kind_of(v);
    uint64_t one;
    const uint64_t *limbs = &one;
    size_t n = 1, start = out->len;
    bool negative = v.as.i < 0, carry = true;
    pila_status st;

    if (kind == PILA_VALUE_BIGINT) {
        limbs = pila__big_limbs(v, &n);
        negative = pila__big_negative(v);
    } else if (kind != PILA_VALUE_INT && kind != PILA_VALUE_BOOL) return PILA_ETYPE;
    one = negative ? 0 - (uint64_t)v.as.i : (uint64_t)v.as.i;
    if (n > SIZE_MAX / 16) return PILA_ENOMEM;
    st = pila_buf_reserve(out, 8 * n + 1);
    if (st != PILA_OK) return st;
    for (size_t i = 0; i < n; i++) {
        uint64_t limb = limbs[i];

        if (negative) {
            limb = ~limb + carry;
            carry = carry && limb == 0;
        }
        for (size_t k = 0; k < 8; k++) out->data[out->len++] = (char)(limb >> 8 * k);
    }
    out->data[out->len++] = negative ? (char)-1 : 0;
    /* The last byte says no more than the sign of the one before: drop it. */
    while (out->len - start > 1 && out->data[out->len - 1] == (negative ? -1 : 0) &&
           (out->data[out->len - 2] < 0) == negative)
        out->len--;
    if (out->len - start == 1 && out->data[start] == 0) out->len--;
    return PILA_OK;
}

pila_status pila_value_from_decimal(pila_doc *doc, pila_str text, pila_value *out)
{
    bool negative = text.len && text.ptr[0] == '-';
    const char *digits = text.ptr + negative;
    size_t n = text.len - negative;
    uint64_t small = 0, *limbs = &small;

    if (n == 0) return PILA_EVALUE;
    for (size_t i = 0; i < n; i++)
        if (digits[i] < '0' || digits[i] > '9') return PILA_EVALUE;
    if (n > 18) {
        limbs = (uint64_t *)value_alloc(doc, pila__big_room(n), sizeof *limbs);
        if (!limbs) return PILA_ENOMEM;
        n = pila__big_from_decimal(digits, n, limbs);
    } else {
        for (size_t i = 0; i < n; i++) small = 10 * small + (uint64_t)(digits[i] - '0');
        n = 1;
    }
    *out = pila__value_big(limbs, n, negative);
    return PILA_OK;
}

pila_status pila_value_complex(pila_doc *doc, double real, double imag, pila_value *out)
{
    double *parts = (double *)pila_doc_alloc(doc, 2 * sizeof *parts);

    if (!parts) return PILA_ENOMEM;
    parts[0] = real;
    parts[1] = imag;
    *out = pila__value_tagged(PILA_VALUE_COMPLEX, 0);
    out->as.parts = parts;
    return PILA_OK;
}

static pila_status value_text(pila_doc *doc, pila_value_kind kind, pila_str text,
                              pila_value *out)
{
    char *copy = (char *)value_alloc(doc, text.len, 1);

    if (!copy) return PILA_ENOMEM;
    if (text.len) memcpy(copy, text.ptr, text.len);
    *out = pila__value_text_of(kind, pila_str_of(copy, text.len));
    return PILA_OK;
}

pila_status pila_value_str(pila_doc *doc, pila_str text, pila_value *out)
{
    return value_text(doc, PILA_VALUE_STR, text, out);
}

pila_status pila_value_bytes(pila_doc *doc, pila_str bytes, pila_value *out)
{
    return value_text(doc, PILA_VALUE_BYTES, bytes, out);
}

pila_status pila_value_bytearray(pila_doc *doc, pila_str bytes, pila_value *out)
{
    pila_bytearray_body *b = (pila_bytearray_body *)pila_doc_alloc(doc, sizeof *b);
    char *data = b ? (char *)value_alloc(doc, bytes.len, 1) : NULL;

    if (!data) return PILA_ENOMEM;
    if (bytes.len) memcpy(data, bytes.ptr, bytes.len);
    b->version = 0;
    b->len = b->room = bytes.len;
    b->data = data;
    *out = pila__value_tagged(PILA_VALUE_BYTEARRAY, 0);
    out->as.array = b;
    return PILA_OK;
}

/* A copy of n items, or room for none. */
static pila_value *value_items(pila_doc *doc, const pila_value *items, size_t n)
{
    pila_value *copy = (pila_value *)value_alloc(doc, n, sizeof *copy);

    if (copy && n) memcpy(copy, items, n * sizeof *copy);
    return copy;
}

pila_status pila_value_list(pila_doc *doc, const pila_value *items, size_t n,
                            pila_value *out)
{
    pila_list_body *b = (pila_list_body *)pila_doc_alloc(doc, sizeof *b);
    pila_value *copy = b ? value_items(doc, items, n) : NULL;

    if (!copy) return PILA_ENOMEM;
    b->version = 0;
    b->len = b->room = n;
    b->items = copy;
    *out = pila__value_tagged(PILA_VALUE_LIST, 0);
    out->as.list = b;
    return PILA_OK;
}

pila_status pila_value_tuple(pila_doc *doc, const pila_value *items, size_t n,
                             pila_value *out)
{
    pila_value *copy = value_items(doc, items, n);

    if (!copy) return PILA_ENOMEM;
    *out = pila__value_tagged(PILA_VALUE_TUPLE, n);
    out->as.items = copy;
    return PILA_OK;
}

pila_status pila_value_object(pila_doc *doc, pila_object_how how, size_t n,
                              pila_value *out)
{
    pila_value *parts = (pila_value *)value_alloc(doc, n, sizeof *parts);

    if (!parts) return PILA_ENOMEM;
    for (size_t i = 0; i < n; i++) parts[i] = pila_value_none();
    *out = pila__value_tagged(PILA_VALUE_OBJECT, (uint64_t)how | (uint64_t)n << 8);
    out->as.items = parts;
    return PILA_OK;
}

/* ---- the engine of dicts and sets ---- */

static size_t value_slots(size_t room)
{
    size_t slots = 16;

    while (slots < 2 * room) slots *= 2;
    return slots;
}

static uint64_t value_slot_of(uint64_t hash, size_t entry)
{
    return (hash & 0xffffffff00000000) | (uint64_t)(entry + 1);
}

static void value_index_add(uint64_t *index, size_t mask, uint64_t hash, size_t entry)
{
    size_t i = (size_t)(hash >> 32) & mask;

    while (index[i]) i = (i + 1) & mask;
    index[i] = value_slot_of(hash, entry);
}

/* The slots of an index in a larger one. */
static void value_index_move(const pila_dict_body *d, uint64_t *index, size_t mask)
{
    memset(index, 0, (mask + 1) * sizeof *index);
    for (size_t i = 0; i <= d->mask; i++)
        if (d->index[i])
            value_index_add(index, mask, d->index[i],
                            (size_t)(d->index[i] & 0xffffffff) - 1);
}

/* The index of all that lives; the hashes cannot fail, as the keys are in there. A key
 * that is deep may need memory to be hashed. */
static pila_status value_index_all(const pila_entry *entries, size_t used,
                                   uint64_t *index, size_t mask)
{
    uint64_t hash = 0;

    memset(index, 0, (mask + 1) * sizeof *index);
    for (size_t i = 0; i < used; i++) {
        if (pila_value_kind_of(entries[i].key) == PILA__VALUE_DEAD) continue;
        pila_status st = pila_value_hash(entries[i].key, &hash);
        if (st != PILA_OK) return st;
        value_index_add(index, mask, hash, i);
    }
    return PILA_OK;
}

pila_status pila__value_reindex(pila_dict_body *d)
{
    return value_index_all(d->entries, d->used, d->index, d->mask);
}

/* A key that is found: the same thing, or an equal one. */
static pila_status value_key_eq(pila_value a, pila_value b, bool *out)
{
    if (pila__value_same(a, b)) {
        *out = true;
        return PILA_OK;
    }
    if (pila__scalar_is(b) || pila__scalar_is(a)) {
        *out = pila_value_kind_of(a) != PILA__VALUE_DEAD && pila__scalar_eq(a, b);
        return PILA_OK;
    }
    if (pila_value_kind_of(a) == PILA__VALUE_DEAD) {
        *out = false;
        return PILA_OK;
    }
    return pila_value_eq(a, b, out);
}

static pila_status value_find_scanned(const pila_dict_body *d, pila_value key,
                                      size_t *at)
{
    *at = VALUE_NOWHERE;
    for (size_t i = 0; i < d->used; i++) {
        bool same = false;
        pila_status st = value_key_eq(d->entries[i].key, key, &same);

        if (st != PILA_OK) return st;
        if (same) {
            *at = i;
            return PILA_OK;
        }
    }
    return PILA_OK;
}

static pila_status value_find_hashed(const pila_dict_body *d, pila_value key,
                                     uint64_t hash, size_t *at)
{
    uint64_t upper = value_slot_of(hash, 0) - 1;

    *at = VALUE_NOWHERE;
    for (size_t i = (size_t)(hash >> 32) & d->mask; d->index[i];
         i = (i + 1) & d->mask) {
        bool same = false;
        size_t entry = (size_t)(d->index[i] & 0xffffffff) - 1;

        if ((d->index[i] & 0xffffffff00000000) != upper) continue;
        pila_status st = value_key_eq(d->entries[entry].key, key, &same);
        if (st != PILA_OK) return st;
        if (same) {
            *at = entry;
            return PILA_OK;
        }
    }
    return PILA_OK;
}

/* Where the key is, and its hash where that is needed. What a frozenset holds could be
 * hashed when it was put there. */
static pila_status value_find(const pila_dict_body *d, pila_value key, uint64_t *hash,
                              size_t *at)
{
    pila_status st = PILA_OK;

    if (d->index || (pila_value_kind_of(key) >= PILA_VALUE_BYTEARRAY &&
                     pila_value_kind_of(key) != PILA_VALUE_FROZENSET))
        st = pila_value_hash(key, hash);
    if (st != PILA_OK) return st;
    return d->index ? value_find_hashed(d, key, *hash, at)
                    : value_find_scanned(d, key, at);
}

pila_status pila__value_find(const pila_dict_body *d, pila_value key, size_t *at)
{
    uint64_t hash = 0;

    return value_find(d, key, &hash, at);
}

static pila_dict_body *value_body(pila_doc *doc, size_t room)
{
    pila_dict_body *d = (pila_dict_body *)pila_doc_alloc(doc, sizeof *d);
    bool indexed = room > VALUE_SCANNED;
    pila_entry *entries = NULL;
    uint64_t *index = NULL;

    if (d) entries = (pila_entry *)value_alloc(doc, room, sizeof *entries);
    if (entries && indexed)
        index = (uint64_t *)value_alloc(doc, value_slots(room), sizeof *index);
    if (!entries || (indexed && !index)) return NULL;
    d->version = 0;
    d->len = d->used = 0;
    d->room = room;
    d->entries = entries;
    d->index = index;
    d->mask = indexed ? value_slots(room) - 1 : 0;
    if (indexed) memset(index, 0, (d->mask + 1) * sizeof *index);
    return d;
}

/* The living moved together, where they are. */
static pila_status value_compact(pila_dict_body *d)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->used; i++)
        if (pila_value_kind_of(d->entries[i].key) != PILA__VALUE_DEAD)
            d->entries[kept++] = d->entries[i];
    d->used = kept;
    return d->index ? value_index_all(d->entries, kept, d->index, d->mask) : PILA_OK;
}

/* Whether moving together is enough, and cannot fail: an eighth is dead, and no key
 * needs memory to be hashed. */
static bool value_may_compact(const pila_dict_body *d)
{
    if (d->used - d->len <= d->used / 8) return false;
    for (size_t i = 0; d->index && i < d->used; i++)
        if (pila_value_kind_of(d->entries[i].key) != PILA__VALUE_DEAD &&
            !pila__scalar_is(d->entries[i].key))
            return false;
    return true;
}

/* Room for one more entry: by moving the living together, or by new arrays, which are
 * made aside: on failure all is as it was. */
static pila_status value_make_room(pila_doc *doc, pila_dict_body *d)
{
    size_t room = pila_mem_grow(d->room, d->room < 8 ? 8 : d->room + 1, 4), slots = 0;
    pila_dict_body made = *d;

    if (d->used < d->room) return PILA_OK;
    if (value_may_compact(d)) return value_compact(d);
    if (d->room >= VALUE_ENTRIES_MOST) return PILA_EOVERFLOW;
    if (room > VALUE_ENTRIES_MOST) room = VALUE_ENTRIES_MOST;
    made.room = room;
    made.entries = (pila_entry *)value_alloc(doc, room, sizeof *made.entries);
    if (!made.entries) return PILA_ENOMEM;
    made.index = NULL;
    if (room > VALUE_SCANNED) {
        slots = value_slots(room);
        made.index = (uint64_t *)value_alloc(doc, slots, sizeof *made.index);
        if (!made.index) return PILA_ENOMEM;
    }
    made.mask = slots - 1;
    if (d->used) memcpy(made.entries, d->entries, d->used * sizeof *made.entries);
    pila_status st = PILA_OK;
    if (d->index && made.index && d->len == d->used)
        value_index_move(d, made.index, made.mask);
    else st = value_compact(&made);
    if (st == PILA_OK) *d = made;
    return st;
}

/* Put an entry behind the others; its key is not there. */
static pila_status value_put_new(pila_doc *doc, pila_dict_body *d, pila_value key,
                                 pila_value x, uint64_t hash)
{
    bool had_index = d->index != NULL;
    pila_status st = value_make_room(doc, d);

    if (st == PILA_OK && d->index && !had_index) st = pila_value_hash(key, &hash);
    if (st != PILA_OK) return st;
    if (d->index) value_index_add(d->index, d->mask, hash, d->used);
    d->entries[d->used].key = key;
    d->entries[d->used].value = x;
    d->used++;
    d->len++;
    d->version++;
    return PILA_OK;
}

static pila_status value_put(pila_doc *doc, pila_dict_body *d, pila_value key,
                             pila_value x)
{
    uint64_t hash = 0;
    size_t at = VALUE_NOWHERE;
    pila_status st = value_find(d, key, &hash, &at);

    if (st != PILA_OK) return st;
    if (at == VALUE_NOWHERE) return value_put_new(doc, d, key, x, hash);
    d->entries[at].value = x;
    return PILA_OK;
}

static pila_status value_remove(pila_dict_body *d, pila_value key)
{
    size_t at = VALUE_NOWHERE;
    pila_status st = pila__value_find(d, key, &at);

    if (st != PILA_OK) return st;
    if (at == VALUE_NOWHERE) return PILA_EKEY;
    d->entries[at].key = pila__value_tagged(PILA__VALUE_DEAD, 0);
    d->entries[at].value = pila_value_none();
    d->len--;
    d->version++;
    return PILA_OK;
}

static pila_status value_body_of(pila_doc *doc, pila_value_kind kind, size_t room,
                                 pila_value *out)
{
    pila_dict_body *d;

    if (room > VALUE_ENTRIES_MOST) return PILA_EOVERFLOW;
    d = value_body(doc, room);
    if (!d) return PILA_ENOMEM;
    *out = pila__value_tagged(kind, 0);
    out->as.dict = d;
    return PILA_OK;
}

pila_status pila_value_dict(pila_doc *doc, size_t room, pila_value *out)
{
    return value_body_of(doc, PILA_VALUE_DICT, room, out);
}

pila_status pila_value_set(pila_doc *doc, size_t room, pila_value *out)
{
    return value_body_of(doc, PILA_VALUE_SET, room, out);
}

pila_status pila_value_frozenset(pila_doc *doc, const pila_value *items, size_t n,
                                 pila_value *out)
{
    pila_value made;
    pila_status st = value_body_of(doc, PILA_VALUE_FROZENSET, n, &made);

    for (size_t i = 0; st == PILA_OK && i < n; i++)
        st = value_put(doc, made.as.dict, items[i], pila_value_none());
    if (st == PILA_OK) *out = made;
    return st;
}

/* ---- many pairs at once ---- */

/* Whether two strs are equal: as a rule their lengths tell, or they are one. */
static bool value_str_eq(pila_value a, pila_value b)
{
    size_t n = (size_t)(a.tag >> 8);

    return a.tag == b.tag &&
           (a.as.text == b.as.text || n == 0 || memcmp(a.as.text, b.as.text, n) == 0);
}

/* The slot of the index where a str is, or would be. */
static size_t value_str_slot(const pila_dict_body *d, pila_value key, uint64_t hash)
{
    size_t i = (size_t)(hash >> 32) & d->mask;

    for (; d->index[i]; i = (i + 1) & d->mask)
        if ((d->index[i] ^ hash) >> 32 == 0 &&
            value_str_eq(d->entries[(d->index[i] & 0xffffffff) - 1].key, key))
            break;
    return i;
}

/* Put a str key and its value, for which there is room; where it is then. */
static size_t value_put_str(pila_dict_body *d, const pila_value *pair, uint64_t hash)
{
    size_t at = 0, slot = 0;

    if (d->index) {
        slot = value_str_slot(d, pair[0], hash);
        at = d->index[slot] ? (size_t)(d->index[slot] & 0xffffffff) - 1 : d->used;
    } else
        while (at < d->used && !value_str_eq(d->entries[at].key, pair[0])) at++;
    d->entries[at].value = pair[1];
    if (at < d->used) return at;
    if (d->index) d->index[slot] = value_slot_of(hash, at);
    d->entries[at].key = pair[0];
    d->used++;
    return at;
}

/* Put n pairs of str keys into an empty body with room for them: the number of the
 * first whose key was there before, or n. */
static size_t value_put_strs(pila_dict_body *d, const pila_value *pairs, size_t n)
{
    uint64_t hash[VALUE_AHEAD] = {0};
    size_t first = n;

    for (size_t from = 0, k; from < n; from += k) {
        size_t most = n - from < VALUE_AHEAD ? n - from : (size_t)VALUE_AHEAD;

        for (k = 0; d->index && k < most; k++) {
            hash[k] = pila__str_hash(pila_value_text(pairs[2 * (from + k)]));
            __builtin_prefetch(&d->index[(size_t)(hash[k] >> 32) & d->mask], 1);
        }
        for (k = 0; k < most; k++) {
            size_t used = d->used;

            if (value_put_str(d, pairs + 2 * (from + k), hash[k]) < used && first == n)
                first = from + k;
        }
    }
    d->len = d->used;
    return first;
}

pila_status pila__value_dict_of(pila_doc *doc, const pila_value *pairs, size_t n,
                                pila_value *out, size_t *repeated)
{
    size_t first;
    pila_status st = value_body_of(doc, PILA_VALUE_DICT, n, out);

    if (st != PILA_OK) return st;
    pila_hash_init();
    first = value_put_strs(out->as.dict, pairs, n);
    if (first < n && repeated) *repeated = first;
    return PILA_OK;
}

/* Whether a body has the keys of n pairs, the same objects, and no room for more. */
static bool value_same_keys(const pila_dict_body *d, const pila_value *pairs, size_t n)
{
    uint64_t differ = 0;

    if (d->used != n || d->len != n || d->room != n) return false;
    for (size_t i = 0; i < n; i++)
        differ |= (d->entries[i].key.tag ^ pairs[2 * i].tag) |
                  (uint64_t)(d->entries[i].key.as.i ^ pairs[2 * i].as.i);
    return !differ;
}

pila_status pila__value_dict_fill(pila_doc *doc, pila_dict_body *d,
                                  const pila_value *pairs, size_t n,
                                  const pila_dict_body *like)
{
    bool same = like && value_same_keys(like, pairs, n);
    size_t slots = n > VALUE_SCANNED ? value_slots(n) : 0;
    pila_entry *entries;

    if (n > VALUE_ENTRIES_MOST) return PILA_EOVERFLOW;
    entries = (pila_entry *)value_alloc(doc, n, sizeof *entries);
    if (!entries) return PILA_ENOMEM;
    if (slots) {
        uint64_t *index = (uint64_t *)value_alloc(doc, slots, sizeof *index);

        if (!index) return PILA_ENOMEM;
        if (same) memcpy(index, like->index, slots * sizeof *index);
        else memset(index, 0, slots * sizeof *index);
        d->index = index;
        d->mask = slots - 1;
    }
    d->entries = entries;
    d->room = n;
    if (same) {
        memcpy(entries, pairs, n * sizeof *entries);
        d->len = d->used = n;
        return PILA_OK;
    }
    pila_hash_init();
    (void)value_put_strs(d, pairs, n);
    return PILA_OK;
}

/* ---- read ---- */

static bool value_is_set(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_SET ||
           pila_value_kind_of(v) == PILA_VALUE_FROZENSET;
}

static bool value_is_keyed(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_DICT || value_is_set(v);
}

/* Bytes that begin a character of UTF-8. */
static bool value_begins(char c) { return ((unsigned char)c & 0xc0) != 0x80; }

static size_t value_characters(pila_str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++) n += value_begins(text.ptr[i]);
    return n;
}

pila_status pila_value_len(pila_value v, size_t *out)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_STR: *out = value_characters(pila_value_text(v)); break;
    case PILA_VALUE_BYTES:
    case PILA_VALUE_BYTEARRAY: *out = pila_value_text(v).len; break;
    case PILA_VALUE_LIST:
    case PILA_VALUE_TUPLE: (void)pila_value_data(v, out); break;
    case PILA_VALUE_DICT:
    case PILA_VALUE_SET:
    case PILA_VALUE_FROZENSET: *out = v.as.dict->len; break;
    default: return PILA_ETYPE;
    }
    return PILA_OK;
}

bool pila_value_truth(pila_value v)
{
    size_t len = 1;

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_NONE: return false;
    case PILA_VALUE_BOOL:
    case PILA_VALUE_INT: return v.as.i != 0;
    case PILA_VALUE_FLOAT: return v.as.f != 0;
    case PILA_VALUE_COMPLEX: return v.as.parts[0] != 0 || v.as.parts[1] != 0;
    case PILA_VALUE_STR: return pila_value_text(v).len != 0;
    default: return pila_value_len(v, &len) != PILA_OK || len != 0;
    }
}

pila_status pila_value_to_int64(pila_value v, int64_t *out)
{
    if (pila_value_kind_of(v) == PILA_VALUE_BIGINT) return PILA_EOVERFLOW;
    if (pila_value_kind_of(v) != PILA_VALUE_INT &&
        pila_value_kind_of(v) != PILA_VALUE_BOOL)
        return PILA_ETYPE;
    *out = v.as.i;
    return PILA_OK;
}

pila_status pila_value_to_uint64(pila_value v, uint64_t *out)
{
    size_t n = 0;
    const uint64_t *limbs;
    int64_t x;
    pila_status st;

    if (pila_value_kind_of(v) == PILA_VALUE_BIGINT) {
        limbs = pila__big_limbs(v, &n);
        if (n != 1 || pila__big_negative(v)) return PILA_EOVERFLOW;
        *out = limbs[0];
        return PILA_OK;
    }
    st = pila_value_to_int64(v, &x);
    if (st != PILA_OK) return st;
    if (x < 0) return PILA_EOVERFLOW;
    *out = (uint64_t)x;
    return PILA_OK;
}

pila_status pila_value_to_double(pila_value v, double *out)
{
    size_t n = 0;
    const uint64_t *limbs;
    double x;

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_BOOL:
    case PILA_VALUE_INT: *out = (double)v.as.i; return PILA_OK;
    case PILA_VALUE_FLOAT: *out = v.as.f; return PILA_OK;
    case PILA_VALUE_BIGINT:
        limbs = pila__big_limbs(v, &n);
        if (!pila__big_to_double(limbs, n, &x)) return PILA_EOVERFLOW;
        *out = pila__big_negative(v) ? -x : x;
        return PILA_OK;
    default: return PILA_ETYPE;
    }
}

/* The place of an index among n, or PILA_EINDEX. */
static pila_status value_place(pila_value key, size_t n, size_t *out)
{
    int64_t i;
    pila_status st = pila_value_to_int64(key, &i);

    if (st == PILA_EOVERFLOW) return PILA_EINDEX;
    if (st != PILA_OK) return st;
    if (i < 0) i += (int64_t)n;
    if (i < 0 || (uint64_t)i >= n) return PILA_EINDEX;
    *out = (size_t)i;
    return PILA_OK;
}

/* The k-th character of text, which has it. */
static pila_str value_character(pila_str text, size_t k)
{
    size_t i = 0, end;

    for (;; i++)
        if (value_begins(text.ptr[i]) && k-- == 0) break;
    for (end = i + 1; end < text.len && !value_begins(text.ptr[end]);) end++;
    return pila_str_of(text.ptr + i, end - i);
}

pila_status pila_value_getitem(pila_value v, pila_value key, pila_value *out)
{
    size_t n, at = VALUE_NOWHERE;
    const pila_value *items = pila_value_data(v, &n);
    pila_status st;

    if (pila_value_kind_of(v) == PILA_VALUE_DICT) {
        st = pila__value_find(v.as.dict, key, &at);
        if (st != PILA_OK) return st;
        if (at == VALUE_NOWHERE) return PILA_EKEY;
        *out = v.as.dict->entries[at].value;
        return PILA_OK;
    }
    st = value_is_set(v) ? PILA_ETYPE : pila_value_len(v, &n);
    if (st == PILA_OK) st = value_place(key, n, &at);
    if (st != PILA_OK) return st;
    if (items) *out = items[at];
    else if (pila_value_kind_of(v) == PILA_VALUE_STR)
        *out = pila_value_str_of(value_character(pila_value_text(v), at));
    else *out = pila_value_int((unsigned char)pila_value_text(v).ptr[at]);
    return PILA_OK;
}

const pila_value *pila_value_get(pila_value dict, pila_str key)
{
    size_t at = VALUE_NOWHERE;

    if (pila_value_kind_of(dict) != PILA_VALUE_DICT) return NULL;
    if (pila__value_find(dict.as.dict, pila_value_str_of(key), &at) != PILA_OK ||
        at == VALUE_NOWHERE)
        return NULL;
    return &dict.as.dict->entries[at].value;
}

static bool value_has_text(pila_str text, pila_str part)
{
    const char *at = text.ptr;

    if (part.len == 0) return true;
    while ((size_t)(text.ptr + text.len - at) >= part.len) {
        size_t places = (size_t)(text.ptr + text.len - at) - part.len + 1;

        at = (const char *)memchr(at, part.ptr[0], places);
        if (!at) return false;
        if (memcmp(at, part.ptr, part.len) == 0) return true;
        at++;
    }
    return false;
}

static pila_status value_bytes_contain(pila_str text, pila_value x, bool *out)
{
    char byte;

    if (pila_value_kind_of(x) == PILA_VALUE_BYTES ||
        pila_value_kind_of(x) == PILA_VALUE_BYTEARRAY) {
        *out = value_has_text(text, pila_value_text(x));
        return PILA_OK;
    }
    if (pila_value_kind_of(x) == PILA_VALUE_BIGINT) return PILA_EVALUE;
    if (pila_value_kind_of(x) != PILA_VALUE_INT &&
        pila_value_kind_of(x) != PILA_VALUE_BOOL)
        return PILA_ETYPE;
    if (x.as.i < 0 || x.as.i > 255) return PILA_EVALUE;
    byte = (char)x.as.i;
    *out = value_has_text(text, pila_str_of(&byte, 1));
    return PILA_OK;
}

pila_status pila_value_contains(pila_value v, pila_value x, bool *out)
{
    size_t n, at = VALUE_NOWHERE;
    const pila_value *items = pila_value_data(v, &n);
    pila_status st = PILA_OK;
    bool same = false;

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_STR:
        if (pila_value_kind_of(x) != PILA_VALUE_STR) return PILA_ETYPE;
        *out = value_has_text(pila_value_text(v), pila_value_text(x));
        return PILA_OK;
    case PILA_VALUE_BYTES:
    case PILA_VALUE_BYTEARRAY: return value_bytes_contain(pila_value_text(v), x, out);
    case PILA_VALUE_LIST:
    case PILA_VALUE_TUPLE:
        for (size_t i = 0; i < n && !same && st == PILA_OK; i++)
            st = value_key_eq(items[i], x, &same);
        if (st == PILA_OK) *out = same;
        return st;
    default:
        if (!value_is_keyed(v)) return PILA_ETYPE;
        st = pila__value_find(v.as.dict, x, &at);
        if (st == PILA_OK) *out = at != VALUE_NOWHERE;
        return st;
    }
}

/* ---- change ---- */

/* Room in a list for n more. */
static pila_status value_reserve(pila_doc *doc, pila_list_body *b, size_t n)
{
    size_t need, room;
    pila_value *items;

    if (b->room - b->len >= n) return PILA_OK;
    if (!pila_add(b->len, n, &need)) return PILA_ENOMEM;
    if (need < VALUE_LIST_FIRST) need = VALUE_LIST_FIRST;
    room = pila_mem_grow(b->room, need, sizeof *items);
    if (!room) return PILA_ENOMEM;
    items = (pila_value *)value_regrow(doc, b->items, b->room, room, sizeof *items);
    if (!items) return PILA_ENOMEM;
    b->items = items;
    b->room = room;
    return PILA_OK;
}

/* The byte that a value is, for a bytearray. */
static pila_status value_byte(pila_value x, char *out)
{
    int64_t i;
    pila_status st = pila_value_to_int64(x, &i);

    if (st == PILA_ETYPE) return st;
    if (st != PILA_OK || i < 0 || i > 255) return PILA_EVALUE;
    *out = (char)i;
    return PILA_OK;
}

static pila_status value_append_byte(pila_doc *doc, pila_bytearray_body *b,
                                     pila_value x)
{
    char byte, *data;
    size_t room;
    pila_status st = value_byte(x, &byte);

    if (st != PILA_OK) return st;
    if (b->len == b->room) {
        room = pila_mem_grow(b->room, b->room + 16, 1);
        if (!room) return PILA_ENOMEM;
        data = (char *)value_regrow(doc, b->data, b->room, room, 1);
        if (!data) return PILA_ENOMEM;
        b->data = data;
        b->room = room;
    }
    b->data[b->len++] = byte;
    b->version++;
    return PILA_OK;
}

pila_status pila_value_append(pila_doc *doc, pila_value v, pila_value x)
{
    if (pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY)
        return value_append_byte(doc, v.as.array, x);
    return pila_value_extend(doc, v, &x, 1);
}

pila_status pila_value_extend(pila_doc *doc, pila_value v, const pila_value *items,
                              size_t n)
{
    pila_status st;

    if (pila_value_kind_of(v) != PILA_VALUE_LIST) return PILA_ETYPE;
    st = value_reserve(doc, v.as.list, n);
    if (st != PILA_OK || n == 0) return st;
    /* Items of the list itself are still where they were: nothing is freed. */
    memmove(v.as.list->items + v.as.list->len, items, n * sizeof *items);
    v.as.list->len += n;
    v.as.list->version++;
    return PILA_OK;
}

pila_status pila_value_insert(pila_doc *doc, pila_value v, ptrdiff_t at, pila_value x)
{
    pila_list_body *b = v.as.list;
    ptrdiff_t n;
    pila_status st;

    if (pila_value_kind_of(v) != PILA_VALUE_LIST) return PILA_ETYPE;
    st = value_reserve(doc, b, 1);
    if (st != PILA_OK) return st;
    n = (ptrdiff_t)b->len;
    if (at < 0) at += n;
    at = at < 0 ? 0 : at > n ? n : at;
    memmove(b->items + at + 1, b->items + at, (size_t)(n - at) * sizeof *b->items);
    b->items[at] = x;
    b->len++;
    b->version++;
    return PILA_OK;
}

/* As CPython: what is no index first, then what is no byte, then a place that is not
 * there. */
static pila_status value_set_byte(pila_bytearray_body *b, pila_value key, pila_value x)
{
    size_t at = 0;
    char byte = 0;
    pila_status st = value_place(key, b->len, &at), of_x = value_byte(x, &byte);

    if (st != PILA_ETYPE && of_x != PILA_OK) st = of_x;
    if (st == PILA_OK) b->data[at] = byte;
    return st;
}

pila_status pila_value_setitem(pila_doc *doc, pila_value v, pila_value key,
                               pila_value x)
{
    size_t at = 0;
    pila_status st;

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_DICT: return value_put(doc, v.as.dict, key, x);
    case PILA_VALUE_BYTEARRAY: return value_set_byte(v.as.array, key, x);
    case PILA_VALUE_LIST:
        st = value_place(key, v.as.list->len, &at);
        if (st == PILA_OK) v.as.list->items[at] = x;
        return st;
    default: return PILA_ETYPE;
    }
}

pila_status pila_value_delitem(pila_value v, pila_value key)
{
    pila_list_body *b = v.as.list;
    size_t at = 0;
    pila_status st;

    if (pila_value_kind_of(v) == PILA_VALUE_DICT) return value_remove(v.as.dict, key);
    if (pila_value_kind_of(v) != PILA_VALUE_LIST) return PILA_ETYPE;
    st = value_place(key, b->len, &at);
    if (st != PILA_OK) return st;
    memmove(b->items + at, b->items + at + 1, (b->len - at - 1) * sizeof *b->items);
    b->len--;
    b->version++;
    return PILA_OK;
}

pila_status pila_value_add(pila_doc *doc, pila_value v, pila_value x)
{
    if (pila_value_kind_of(v) != PILA_VALUE_SET) return PILA_ETYPE;
    return value_put(doc, v.as.dict, x, pila_value_none());
}

pila_status pila_value_discard(pila_value v, pila_value x)
{
    pila_status st;

    if (pila_value_kind_of(v) != PILA_VALUE_SET) return PILA_ETYPE;
    st = value_remove(v.as.dict, x);
    return st == PILA_EKEY ? PILA_OK : st;
}

pila_status pila_value_clear(pila_value v)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_LIST:
        v.as.list->len = 0;
        v.as.list->version++;
        return PILA_OK;
    case PILA_VALUE_BYTEARRAY:
        v.as.array->len = 0;
        v.as.array->version++;
        return PILA_OK;
    case PILA_VALUE_DICT:
    case PILA_VALUE_SET:
        v.as.dict->len = v.as.dict->used = 0;
        if (v.as.dict->index)
            memset(v.as.dict->index, 0,
                   (v.as.dict->mask + 1) * sizeof *v.as.dict->index);
        v.as.dict->version++;
        return PILA_OK;
    default: return PILA_ETYPE;
    }
}

/* ---- iterate ---- */

static bool value_list_refill(pila_iter *it)
{
    const pila_list_body *b = (const pila_list_body *)it->state;

    if (it->at || b->len == 0) return pila_iter_end(it, PILA_END);
    it->at = 1;
    it->cur = (const char *)b->items;
    it->end = (const char *)(b->items + b->len);
    return true;
}

static size_t value_list_hint(const pila_iter *it)
{
    return it->at ? 0 : ((const pila_list_body *)it->state)->len;
}

static bool value_keys_refill(pila_iter *it)
{
    const pila_entry *e = pila__value_entry((const pila_dict_body *)it->state, &it->at);

    if (!e) return pila_iter_end(it, PILA_END);
    it->cur = (const char *)&e->key;
    it->end = it->cur + sizeof e->key;
    return true;
}

static bool value_values_refill(pila_iter *it)
{
    const pila_entry *e = pila__value_entry((const pila_dict_body *)it->state, &it->at);

    if (!e) return pila_iter_end(it, PILA_END);
    it->cur = (const char *)&e->value;
    it->end = it->cur + sizeof e->value;
    return true;
}

/* A run of entries that live. */
static bool value_items_refill(pila_iter *it)
{
    const pila_dict_body *d = (const pila_dict_body *)it->state;
    const pila_entry *e = pila__value_entry(d, &it->at);

    if (!e) return pila_iter_end(it, PILA_END);
    while (it->at < d->used &&
           pila_value_kind_of(d->entries[it->at].key) != PILA__VALUE_DEAD)
        it->at++;
    it->cur = (const char *)e;
    it->end = (const char *)(d->entries + it->at);
    return true;
}

static size_t value_dict_hint(const pila_iter *it)
{
    const pila_dict_body *d = (const pila_dict_body *)it->state;

    return it->at < d->len ? d->len - it->at : 0;
}

static const pila_iter_ops value_list_ops = {value_list_refill, NULL, value_list_hint};
static const pila_iter_ops value_keys_ops = {value_keys_refill, NULL, value_dict_hint};
static const pila_iter_ops value_values_ops = {value_values_refill, NULL,
                                               value_dict_hint};
static const pila_iter_ops value_items_ops = {value_items_refill, NULL,
                                              value_dict_hint};

static pila_iter value_walk_entries(pila_value v, const pila_type *type,
                                    const pila_iter_ops *ops)
{
    pila_iter it = pila_iter_make(type, ops, v.as.dict);

    it.stamp = &v.as.dict->version;
    it.seen = v.as.dict->version;
    return it;
}

pila_iter pila_value_iter(pila_value v)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    pila_iter it;

    if (value_is_keyed(v))
        return value_walk_entries(v, &pila_value_type, &value_keys_ops);
    if (pila_value_kind_of(v) == PILA_VALUE_TUPLE)
        return pila_span(items, n, &pila_value_type);
    if (pila_value_kind_of(v) != PILA_VALUE_LIST) return pila_failed(PILA_ETYPE);
    it = pila_iter_make(&pila_value_type, &value_list_ops, v.as.list);
    it.stamp = &v.as.list->version;
    it.seen = v.as.list->version;
    return it;
}

pila_iter pila_value_values(pila_value v)
{
    if (pila_value_kind_of(v) != PILA_VALUE_DICT) return pila_failed(PILA_ETYPE);
    return value_walk_entries(v, &pila_value_type, &value_values_ops);
}

pila_iter pila_value_items(pila_value v)
{
    if (pila_value_kind_of(v) != PILA_VALUE_DICT) return pila_failed(PILA_ETYPE);
    return value_walk_entries(v, &pila_value_pair.type, &value_items_ops);
}

/* ---- items of other types as values ---- */

#define VALUE_LOAD(T, name, p)                                                         \
    T name;                                                                            \
    memcpy(&name, (p), sizeof name)
#define VALUE_INTEGER(KIND, T)                                                         \
    case KIND: {                                                                       \
        VALUE_LOAD(T, x, item);                                                        \
        *out = pila_value_int((int64_t)x);                                             \
        return PILA_OK;                                                                \
    }

static pila_status value_of_item(pila_doc *doc, const pila_type *t, const void *item,
                                 pila_value *out)
{
    pila_value_kind text =
        strcmp(t->name, "bytes") == 0 ? PILA_VALUE_BYTES : PILA_VALUE_STR;

    switch (t->kind) {
        VALUE_INTEGER(PILA_KIND_I8, int8_t)
        VALUE_INTEGER(PILA_KIND_I16, int16_t)
        VALUE_INTEGER(PILA_KIND_I32, int32_t)
        VALUE_INTEGER(PILA_KIND_I64, int64_t)
        VALUE_INTEGER(PILA_KIND_U8, uint8_t)
        VALUE_INTEGER(PILA_KIND_U16, uint16_t)
        VALUE_INTEGER(PILA_KIND_U32, uint32_t)
    case PILA_KIND_U64: {
        VALUE_LOAD(uint64_t, x, item);
        return pila_value_uint(doc, x, out);
    }
    case PILA_KIND_F32: {
        VALUE_LOAD(float, x, item);
        *out = pila_value_float((double)x);
        return PILA_OK;
    }
    case PILA_KIND_F64: {
        VALUE_LOAD(double, x, item);
        *out = pila_value_float(x);
        return PILA_OK;
    }
    case PILA_KIND_STR: return value_text(doc, text, *(const pila_str *)item, out);
    case PILA_KIND_STRING:
        return value_text(doc, text, pila_string_view((const pila_string *)item), out);
    default:
        if (t->eq != pila__value_type_eq) return PILA_ETYPE;
        memcpy(out, item, sizeof *out);
        return PILA_OK;
    }
}

#undef VALUE_INTEGER
#undef VALUE_LOAD

pila_status pila_value_list_of(pila_doc *doc, pila_iter src, pila_value *out)
{
    pila_value list, x;
    const void *item;
    pila_status st = pila_value_list(doc, NULL, 0, &list);

    while (st == PILA_OK && (item = pila_next_item(&src)) != NULL) {
        st = value_of_item(doc, src.type, item, &x);
        if (st == PILA_OK) st = pila_value_append(doc, list, x);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&src);
    pila_iter_drop(&src);
    if (st == PILA_OK) *out = list;
    return st;
}
