/* struct.c - see struct.h.
 *
 * Formats are compiled, and C structs moved, by struct_ops.c. Here are the places in
 * buffers, the iterators, and values.
 *
 * The members of a record are spelled out, one type each, when an iterator over records
 * is made: it has seen by then that its data holds such a record, so their number is
 * bounded by the data's length. Windows are blocks of records of some kilobytes.
 *
 * A value is checked and converted in one step, for which there is room or not: to pack
 * into a buffer without harm in case of failure, all values go through it twice. The
 * messages are CPython 3.11's, which differ by the C function that it happens to use: a
 * code whose bytes are in the machine's order, with or without a prefix, is packed as a
 * native one is.
 */
#include "struct.h"

#include <limits.h>
#include <math.h>

enum { STRUCT_WINDOW = 8 << 10 }; /* bytes of records: half of the nearest cache */

pila_status pila_struct_init(pila_struct *s, pila_str format, pila_error *err)
{
    return pila__struct_init(s, format, err);
}

void pila_struct_done(pila_struct *s) { pila__struct_done(s); }

pila_status pila_struct_calcsize(pila_str format, size_t *out, pila_error *err)
{
    pila_struct s;
    pila_status st = pila__struct_measure(&s, format, err);

    if (st == PILA_OK) *out = s.size;
    return st;
}

/* ---- places ---- */

/* Room for one record at an offset of len bytes. */
static pila_status struct_place(const pila_struct *s, size_t len, ptrdiff_t offset,
                                bool packs, size_t *at, pila_error *err)
{
    const ptrdiff_t size = (ptrdiff_t)s->size;
    size_t place = (size_t)offset;

    if (offset < 0) {
        if (offset + size > 0)
            return pila__struct_fail(err, PILA_EVALUE, 0, "%s %td bytes at offset %td",
                                     packs ? "no space to pack"
                                           : "not enough data to unpack",
                                     size, offset);
        place = len + (size_t)offset;
        if (place > len)
            return pila__struct_fail(err, PILA_EVALUE, 0,
                                     "offset %td out of range for %zu-byte buffer",
                                     offset, len);
    }
    if (place > len || len - place < s->size)
        return pila__struct_fail(err, PILA_EVALUE, place < len ? place : len,
                                 "%spack%s requires a buffer of at least %zu bytes for "
                                 "%spacking %zu bytes at "
                                 "offset %zu (actual buffer size is %zu)",
                                 packs ? "" : "un", packs ? "_into" : "_from",
                                 s->size + place, packs ? "" : "un", s->size, place,
                                 len);
    *at = place;
    return PILA_OK;
}

static pila_status struct_whole(const pila_struct *s, pila_str data, pila_error *err)
{
    if (data.len == s->size) return PILA_OK;
    return pila__struct_fail(err, PILA_EVALUE, 0,
                             "unpack requires a buffer of %zu bytes", s->size);
}

/* Whether data is whole records. */
static pila_status struct_records(const pila_struct *s, pila_str data, pila_error *err)
{
    if (s->size == 0)
        return pila__struct_fail(err, PILA_EVALUE, 0,
                                 "cannot iteratively unpack with a struct of length 0");
    if (data.len % s->size == 0) return PILA_OK;
    return pila__struct_fail(
        err, PILA_EVALUE, data.len - data.len % s->size,
        "iterative unpacking requires a buffer of a multiple of %zu "
        "bytes",
        s->size);
}

/* Room for n more records; len is not moved. */
static pila_status struct_reserve(const pila_struct *s, size_t n, pila_buf *out,
                                  pila_error *err)
{
    size_t bytes;
    pila_status st = PILA_EOVERFLOW;

    if (pila_mul(n, s->size, &bytes)) st = pila_buf_reserve(out, bytes);
    if (st == PILA_OK) return PILA_OK;
    return pila__struct_fail(err, st, 0, "%s", pila_status_text(st));
}

/* ---- C structs ---- */

/* A record of no bytes may be in data that is nowhere. */
static const char *struct_at(pila_str data, size_t at)
{
    return data.ptr ? data.ptr + at : "";
}

pila_status pila_struct_pack(const pila_struct *s, const void *records, size_t n,
                             pila_buf *out, pila_error *err)
{
    pila_status st = struct_reserve(s, n, out, err);

    if (st != PILA_OK || n == 0 || s->size == 0) return st;
    st = pila__struct_pack(s, (const char *)records, out->data + out->len, n, err);
    if (st == PILA_OK) out->len += n * s->size;
    return st;
}

pila_status pila_struct_pack_into(const pila_struct *s, const void *record,
                                  void *buffer, size_t len, ptrdiff_t offset,
                                  pila_error *err)
{
    size_t at;
    pila_status st = struct_place(s, len, offset, true, &at, err);

    if (st != PILA_OK || s->size == 0) return st;
    return pila__struct_pack(s, (const char *)record, (char *)buffer + at, 1, err);
}

pila_status pila_struct_unpack(const pila_struct *s, pila_str data, void *record,
                               pila_error *err)
{
    pila_status st = struct_whole(s, data, err);

    if (st == PILA_OK) pila__struct_unpack(s, struct_at(data, 0), (char *)record, 1);
    return st;
}

pila_status pila_struct_unpack_from(const pila_struct *s, pila_str data,
                                    ptrdiff_t offset, void *record, pila_error *err)
{
    size_t at;
    pila_status st = struct_place(s, data.len, offset, false, &at, err);

    if (st == PILA_OK) pila__struct_unpack(s, struct_at(data, at), (char *)record, 1);
    return st;
}

pila_status pila_struct_unpack_many(const pila_struct *s, pila_str data, void *records,
                                    pila_error *err)
{
    pila_status st = struct_records(s, data, err);

    if (st == PILA_OK)
        pila__struct_unpack(s, data.ptr, (char *)records, data.len / s->size);
    return st;
}

/* ---- iterators ---- */

typedef struct struct_rows {
    const pila_struct *s;
    pila_str rest; /* of the data */
    size_t most;   /* records of a window */
    char *window;
    pila_member *member; /* of C structs */
    pila_tuple tuple;
    pila_doc own; /* of values */
    pila_doc *doc;
    pila_value row;
} struct_rows;

static bool struct_refill(pila_iter *it)
{
    struct_rows *r = (struct_rows *)it->state;
    size_t n = r->rest.len / r->s->size;

    if (n == 0) return pila_iter_end(it, PILA_END);
    if (n > r->most) n = r->most;
    pila__struct_unpack(r->s, r->rest.ptr, r->window, n);
    r->rest.ptr += n * r->s->size;
    r->rest.len -= n * r->s->size;
    it->cur = r->window;
    it->end = r->window + n * r->s->record_size;
    return true;
}

static pila_iter struct_drop(pila_iter *it)
{
    struct_rows *r = (struct_rows *)it->state;

    pila_doc_done(&r->own);
    pila_free(r->window);
    pila_free(r->member);
    pila_free(r);
    return pila_failed(PILA_END);
}

static size_t struct_hint(const pila_iter *it)
{
    const struct_rows *r = (const struct_rows *)it->state;

    return r->rest.len / r->s->size;
}

static pila_iter struct_refused(pila_error *err, pila_status st)
{
    return pila_failed(pila__struct_fail(err, st, 0, "%s", pila_status_text(st)));
}

static struct_rows *struct_rows_new(const pila_struct *s, pila_str data)
{
    struct_rows *r = (struct_rows *)pila_alloc_zero(1, sizeof *r);

    if (!r) return NULL;
    r->s = s;
    r->rest = data;
    return r;
}

/* The members of a record, a window and what an item is. */
static pila_status struct_open(struct_rows *r)
{
    const pila_struct *s = r->s;
    size_t at = 0;

    r->most = s->record_size < STRUCT_WINDOW ? STRUCT_WINDOW / s->record_size : 1;
    if (r->most > r->rest.len / s->size) r->most = r->rest.len / s->size;
    r->window = (char *)pila_alloc_zero(r->most, s->record_size);
    r->member = (pila_member *)pila_alloc(s->items, sizeof *r->member);
    if (!r->window || !r->member) return PILA_ENOMEM;
    for (size_t k = 0; k < s->ops; k++) {
        const pila_struct_op *op = &s->op[k];
        size_t items = op->code == 'x' ? 0 : pila__struct_items(op);
        for (; items; items--) r->member[at++].type = pila__struct_type(op);
    }
    return pila_tuple_struct(&r->tuple, r->member, s->items);
}

pila_iter pila_struct_iter_unpack(const pila_struct *s, pila_str data, pila_error *err)
{
    static const pila_iter_ops ops = {struct_refill, struct_drop, struct_hint};
    pila_status st = struct_records(s, data, err);
    struct_rows *r;
    pila_iter it;

    if (st != PILA_OK) return pila_failed(st);
    if (data.len == 0) return pila_failed(PILA_END);
    r = struct_rows_new(s, data);
    if (!r) return struct_refused(err, PILA_ENOMEM);
    it = pila_iter_make(&r->tuple.type, &ops, r);
    if ((st = struct_open(r)) == PILA_OK) return it;
    pila_iter_drop(&it);
    return struct_refused(err, st);
}

/* ---- numbers of a record ---- */

static uint64_t struct_load(const char *from, size_t wide, bool host)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    switch (wide) {
    case 1: return (unsigned char)*from;
    case 2: pila__struct_move(&two, from, 2, !host); return two;
    case 4: pila__struct_move(&four, from, 4, !host); return four;
    default: pila__struct_move(&eight, from, 8, !host); return eight;
    }
}

/* Nothing where `to` is NULL. */
static void struct_store(char *to, uint64_t bits, size_t wide, bool host)
{
    uint16_t two = (uint16_t)bits;
    uint32_t four = (uint32_t)bits;

    if (!to) return;
    switch (wide) {
    case 1: *to = (char)(unsigned char)bits; return;
    case 2: pila__struct_move(to, &two, 2, !host); return;
    case 4: pila__struct_move(to, &four, 4, !host); return;
    default: pila__struct_move(to, &bits, 8, !host); return;
    }
}

static bool struct_is_signed(char code) { return code >= 'a'; } /* of integers */

static int64_t struct_extend(uint64_t bits, size_t wide)
{
    unsigned above = (unsigned)(64 - 8 * wide);

    return (int64_t)(bits << above) >> above;
}

static double struct_load_float(const pila_struct *s, const pila_struct_op *op,
                                const char *from)
{
    uint64_t bits = struct_load(from, op->wide, s->host);
    uint32_t low = (uint32_t)bits;
    double x;
    float narrow;

    if (op->wide == sizeof(uint16_t))
        return (double)pila__struct_from_half((uint16_t)bits);
    if (op->wide == sizeof narrow) {
        memcpy(&narrow, &low, sizeof narrow);
        return (double)narrow;
    }
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* False: x is too large. A native float is infinite then. */
static bool struct_store_float(const pila_struct *s, const pila_struct_op *op, char *to,
                               double x)
{
    uint64_t bits = 0;
    uint32_t low;
    uint16_t half = 0;
    float narrow = (float)x;

    if (op->wide == sizeof half) {
        if (!pila__struct_half(x, &half)) return false;
        bits = half;
    } else if (op->wide == sizeof narrow) {
        if (!s->exact && isinf(narrow) && !isinf(x)) return false;
        memcpy(&low, &narrow, sizeof low);
        bits = low;
    } else memcpy(&bits, &x, sizeof bits);
    struct_store(to, bits, op->wide, s->host);
    return true;
}

/* ---- values to bytes ---- */

/* What a value is put to: `to` is NULL when it is only checked. */
typedef struct struct_slot {
    const pila_struct *s;
    const pila_struct_op *op;
    char *to;
    size_t at; /* bytes from the start of the record */
    pila_error *err;
} struct_slot;

static pila_status struct_not_a(struct_slot w, const char *what)
{
    return pila__struct_fail(w.err, PILA_ETYPE, w.at, "required argument is not %s",
                             what);
}

/* What CPython says of an integer that its C type cannot hold. */
static pila_status struct_unfit(struct_slot w)
{
    char code = w.op->code;
    bool converts = code == 'P' || ((code == 'q' || code == 'Q') && !w.s->host);

    return pila__struct_fail(w.err, PILA_EVALUE, w.at,
                             converts ? "int too large to convert"
                                      : "argument out of range");
}

static pila_status struct_out_of_range(struct_slot w, int64_t least, uint64_t most)
{
    char code = w.op->code;
    const char *name = NULL;

    if (code == 'b') name = "byte";
    if (code == 'B') name = "ubyte";
    if (code == 'h' && w.s->host) name = "short";
    if (code == 'H' && w.s->host) name = "ushort";
    if (name)
        return pila__struct_fail(w.err, PILA_EVALUE, w.at,
                                 "%s format requires %lld <= number <= %llu", name,
                                 (long long)least, (unsigned long long)most);
    return pila__struct_fail(w.err, PILA_EVALUE, w.at,
                             "'%c' format requires %lld <= number <= %llu", code,
                             (long long)least, (unsigned long long)most);
}

static pila_status struct_put_int(struct_slot w, pila_value v)
{
    const pila_struct_op *op = w.op;
    bool is_signed = struct_is_signed(op->code), wide = op->wide == sizeof(uint64_t);
    unsigned bits = 8u * op->wide;
    uint64_t most = UINT64_MAX >> (64 - bits + is_signed), as = 0;
    int64_t least = is_signed ? -(int64_t)most - 1 : 0, x = 0;
    bool by_long = is_signed || op->code == 'B' || (op->code == 'H' && w.s->host);
    pila_status st;

    if (op->code == 'P') { /* of either sign */
        st = pila_value_to_int64(v, &x);
        as = (uint64_t)x;
        if (st == PILA_EOVERFLOW) st = pila_value_to_uint64(v, &as);
    } else if (by_long) {
        st = pila_value_to_int64(v, &x);
        as = (uint64_t)x;
        if (st == PILA_OK && !wide && (x < least || x > (int64_t)most))
            return struct_out_of_range(w, least, most);
    } else {
        st = pila_value_to_uint64(v, &as);
        if (st == PILA_OK && as > most) return struct_out_of_range(w, 0, most);
    }
    if (st == PILA_ETYPE) return struct_not_a(w, "an integer");
    if (st != PILA_OK) return struct_unfit(w);
    struct_store(w.to, as, op->wide, w.s->host);
    return PILA_OK;
}

/* An integer that is too large is another fault than a float. */
static pila_status struct_too_large(struct_slot w, pila_value v)
{
    char code = w.op->wide == sizeof(uint16_t) ? 'e' : 'f';

    if (pila_value_kind_of(v) == PILA_VALUE_INT ||
        pila_value_kind_of(v) == PILA_VALUE_BIGINT)
        return pila__struct_fail(w.err, PILA_EVALUE, w.at, "int too large to convert");
    return pila__struct_fail(w.err, PILA_EOVERFLOW, w.at,
                             "float too large to pack with %c format", code);
}

static pila_status struct_put_float(struct_slot w, pila_value v)
{
    double x;

    if (pila_value_to_double(v, &x) != PILA_OK) return struct_not_a(w, "a float");
    return struct_store_float(w.s, w.op, w.to, x) ? PILA_OK : struct_too_large(w, v);
}

static pila_status struct_put_complex(struct_slot w, pila_value v)
{
    double real = 0, imag = 0;

    if (pila_value_kind_of(v) == PILA_VALUE_COMPLEX) {
        real = v.as.parts[0];
        imag = v.as.parts[1];
    } else if (pila_value_to_double(v, &real) != PILA_OK)
        return struct_not_a(w, "a complex");
    if (struct_store_float(w.s, w.op, w.to, real) &&
        struct_store_float(w.s, w.op, w.to ? w.to + w.op->wide : NULL, imag))
        return PILA_OK;
    return struct_too_large(w, v);
}

/* s and p: in the room of a pila_str, as a C struct has it. */
static pila_status struct_put_text(struct_slot w, pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);
    pila_str text = pila_value_text(v);
    bool is_pascal = w.op->code == 'p' && w.op->count;
    size_t most = w.op->count - is_pascal, len = text.len < most ? text.len : most;

    if (kind != PILA_VALUE_BYTES && kind != PILA_VALUE_BYTEARRAY)
        return pila__struct_fail(w.err, PILA_ETYPE, w.at,
                                 "argument for '%c' must be a bytes object",
                                 w.op->code);
    if (!w.to) return PILA_OK;
    if (is_pascal) *w.to++ = (char)(unsigned char)(len < UCHAR_MAX ? len : UCHAR_MAX);
    if (len) memcpy(w.to, text.ptr, len);
    memset(w.to + len, 0, most - len);
    return PILA_OK;
}

static pila_status struct_put_char(struct_slot w, pila_value v)
{
    bool is_bytes = pila_value_kind_of(v) == PILA_VALUE_BYTES;
    pila_str text = pila_value_text(v);

    if (!is_bytes || text.len != 1)
        return pila__struct_fail(w.err, is_bytes ? PILA_EVALUE : PILA_ETYPE, w.at,
                                 "char format requires a bytes object of length 1");
    if (w.to) *w.to = *text.ptr;
    return PILA_OK;
}

static pila_status struct_put(struct_slot w, pila_value v)
{
    switch (w.op->code) {
    case 'c': return struct_put_char(w, v);
    case '?':
        if (w.to) *w.to = pila_value_truth(v);
        return PILA_OK;
    case 'e':
    case 'f':
    case 'd': return struct_put_float(w, v);
    case 'F':
    case 'D': return struct_put_complex(w, v);
    case 's':
    case 'p': return struct_put_text(w, v);
    default: return struct_put_int(w, v);
    }
}

/* Packed bytes of one item. */
static size_t struct_step(const pila_struct_op *op)
{
    if (op->code == 's' || op->code == 'p') return op->count;
    return op->code == 'F' || op->code == 'D' ? (size_t)2 * op->wide : op->wide;
}

/* All values of a record to a place, or only checked where that is NULL. */
static pila_status struct_put_all(const pila_struct *s, const pila_value *values,
                                  char *to, pila_error *err)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < s->ops; k++) {
        const pila_struct_op *op = &s->op[k];
        struct_slot w = {s, op, to ? to + op->at : NULL, op->at, err};
        if (op->code == 'x') {
            if (to) memset(w.to, 0, op->count);
            continue;
        }
        for (size_t n = pila__struct_items(op); n && st == PILA_OK; n--) {
            st = struct_put(w, *values++);
            w.at += struct_step(op);
            if (to) w.to += struct_step(op);
        }
        if (st != PILA_OK) return st;
    }
    return PILA_OK;
}

static pila_status struct_count(const pila_struct *s, size_t n, const char *who,
                                pila_error *err)
{
    if (n == s->items) return PILA_OK;
    return pila__struct_fail(err, PILA_EVALUE, 0,
                             "%s expected %zu items for packing (got %zu)", who,
                             s->items, n);
}

pila_status pila_struct_pack_values(const pila_struct *s, const pila_value *values,
                                    size_t n, pila_buf *out, pila_error *err)
{
    pila_status st = struct_count(s, n, "pack", err);

    if (st == PILA_OK) st = struct_reserve(s, 1, out, err);
    if (st != PILA_OK) return st;
    st = struct_put_all(s, values, s->size ? out->data + out->len : NULL, err);
    if (st == PILA_OK) out->len += s->size;
    return st;
}

pila_status pila_struct_pack_values_into(const pila_struct *s, const pila_value *values,
                                         size_t n, void *buffer, size_t len,
                                         ptrdiff_t offset, pila_error *err)
{
    size_t at = 0;
    pila_status st = struct_count(s, n, "pack_into", err);

    if (st == PILA_OK) st = struct_place(s, len, offset, true, &at, err);
    if (st == PILA_OK) st = struct_put_all(s, values, NULL, err);
    if (st != PILA_OK || s->size == 0) return st;
    return struct_put_all(s, values, (char *)buffer + at, err);
}

/* ---- bytes to values ---- */

static pila_status struct_get_text(const pila_struct_op *op, const char *from,
                                   pila_doc *doc, pila_value *out)
{
    bool is_pascal = op->code == 'p' && op->count;
    pila_str text = pila_str_of(from + is_pascal, op->count - is_pascal);

    if (is_pascal && (unsigned char)*from < text.len) text.len = (unsigned char)*from;
    return pila_value_bytes(doc, text, out);
}

static pila_status struct_get(const pila_struct *s, const pila_struct_op *op,
                              const char *from, pila_doc *doc, pila_value *out)
{
    uint64_t bits;

    switch (op->code) {
    case 'c': return pila_value_bytes(doc, pila_str_of(from, 1), out);
    case '?': *out = pila_value_bool(*from != 0); return PILA_OK;
    case 'e':
    case 'f':
    case 'd': *out = pila_value_float(struct_load_float(s, op, from)); return PILA_OK;
    case 'F':
    case 'D':
        return pila_value_complex(doc, struct_load_float(s, op, from),
                                  struct_load_float(s, op, from + op->wide), out);
    case 's':
    case 'p': return struct_get_text(op, from, doc, out);
    default: break;
    }
    bits = struct_load(from, op->wide, s->host);
    if (!struct_is_signed(op->code)) return pila_value_uint(doc, bits, out);
    *out = pila_value_int(struct_extend(bits, op->wide));
    return PILA_OK;
}

/* A record to a tuple, which is made in place; on failure the document is as it was. */
static pila_status struct_get_all(const pila_struct *s, const char *from, pila_doc *doc,
                                  pila_value *out)
{
    pila_doc_mark mark = pila_doc_here(doc);
    pila_value tuple = pila__value_tagged(PILA_VALUE_TUPLE, s->items), *item = NULL;
    pila_status st = PILA_OK;
    size_t bytes;

    if (!pila_mul(s->items, sizeof *item, &bytes)) return PILA_ENOMEM;
    if (bytes && !(item = (pila_value *)pila_doc_alloc(doc, bytes))) return PILA_ENOMEM;
    tuple.as.items = item;
    for (size_t k = 0; k < s->ops; k++) {
        const pila_struct_op *op = &s->op[k];
        const char *p = from + op->at;
        size_t n = op->code == 'x' ? 0 : pila__struct_items(op), step = struct_step(op);
        for (; n && st == PILA_OK; n--, p += step)
            st = struct_get(s, op, p, doc, item++);
    }
    if (st == PILA_OK) *out = tuple;
    else pila_doc_release(doc, mark);
    return st;
}

static pila_status struct_unpacked(const pila_struct *s, const char *from,
                                   pila_doc *doc, pila_value *out, pila_error *err)
{
    pila_status st = struct_get_all(s, from, doc, out);

    if (st == PILA_OK) return PILA_OK;
    return pila__struct_fail(err, st, 0, "%s", pila_status_text(st));
}

pila_status pila_struct_unpack_values(const pila_struct *s, pila_str data,
                                      pila_doc *doc, pila_value *out, pila_error *err)
{
    pila_status st = struct_whole(s, data, err);

    return st == PILA_OK ? struct_unpacked(s, struct_at(data, 0), doc, out, err) : st;
}

pila_status pila_struct_unpack_values_from(const pila_struct *s, pila_str data,
                                           ptrdiff_t offset, pila_doc *doc,
                                           pila_value *out, pila_error *err)
{
    size_t at;
    pila_status st = struct_place(s, data.len, offset, false, &at, err);

    return st == PILA_OK ? struct_unpacked(s, struct_at(data, at), doc, out, err) : st;
}

static bool struct_refill_values(pila_iter *it)
{
    struct_rows *r = (struct_rows *)it->state;
    pila_status st;

    if (r->rest.len == 0) return pila_iter_end(it, PILA_END);
    if (r->doc == &r->own) pila_doc_clear(r->doc);
    st = struct_get_all(r->s, r->rest.ptr, r->doc, &r->row);
    if (st != PILA_OK) return pila_iter_end(it, st);
    r->rest.ptr += r->s->size;
    r->rest.len -= r->s->size;
    it->cur = (const char *)&r->row;
    it->end = it->cur + sizeof r->row;
    return true;
}

pila_iter pila_struct_iter_unpack_values(const pila_struct *s, pila_str data,
                                         pila_doc *doc, pila_error *err)
{
    static const pila_iter_ops ops = {struct_refill_values, struct_drop, struct_hint};
    pila_status st = struct_records(s, data, err);
    struct_rows *r;

    if (st != PILA_OK) return pila_failed(st);
    r = struct_rows_new(s, data);
    if (!r) return struct_refused(err, PILA_ENOMEM);
    r->doc = doc ? doc : &r->own;
    return pila_iter_make(&pila_value_type, &ops, r);
}

/* ---- formats that are used once ---- */

pila_status pila_struct_pack_once(pila_str format, const pila_value *values, size_t n,
                                  pila_buf *out, pila_error *err)
{
    pila_struct s;
    pila_status st = pila__struct_init(&s, format, err);

    if (st != PILA_OK) return st;
    st = pila_struct_pack_values(&s, values, n, out, err);
    pila__struct_done(&s);
    return st;
}

pila_status pila_struct_unpack_once(pila_str format, pila_str data, pila_doc *doc,
                                    pila_value *out, pila_error *err)
{
    pila_struct s;
    pila_status st = pila__struct_init(&s, format, err);

    if (st != PILA_OK) return st;
    st = pila_struct_unpack_values(&s, data, doc, out, err);
    pila__struct_done(&s);
    return st;
}
