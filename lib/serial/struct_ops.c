/* struct_ops.c - see struct_ops.h.
 *
 * A format becomes a table of runs: items of one code, or bytes that are none. Its
 * length is bounded by that of the format's text, never by a count in it.
 *
 * Records are moved in blocks that stay in the nearest cache, and in a block one
 * operation after the other, each over all records: a loop of one load and one store
 * with constant sizes, whose call is paid once a block. Going through the operations
 * for each record cost two to three times as much for `<IHd`, most of it mispredicted
 * or indirect jumps. Where a run is longer than the block has records, the loop goes
 * along the run instead.
 *
 * Operations that move bytes as they are, and that lie next to each other in both
 * layouts, are one: the 6 bytes of `<IH`, the 4000 of `<1000i`. A length without a load
 * of its own is made one where it then reaches only into what comes after it in the
 * record, and is written later; else it is moved by two loads that overlap.
 *
 * A half is unpacked to a float, which holds each exactly. Of a NaN only the sign is
 * kept, as CPython does.
 */
#include "struct_ops.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { STRUCT_BLOCK = 16 << 10 }; /* bytes of both layouts moved at a time */

typedef enum struct_how {
    STRUCT_PAD,  /* zeros; nothing in the C struct */
    STRUCT_COPY, /* bytes as they are */
    STRUCT_SWAP2,
    STRUCT_SWAP4,
    STRUCT_SWAP8,
    STRUCT_BOOL,
    STRUCT_HALF,
    STRUCT_HALF_SWAP,
    STRUCT_TEXT,  /* s */
    STRUCT_PASCAL /* p */
} struct_how;

/* What a code is: its size where it is native, the C type's alignment, and its size
 * elsewhere, 0 where there is none. */
typedef struct struct_code {
    char code;
    unsigned char native, align, standard;
} struct_code;

static const struct_code struct_codes[] = {
    {'x', 1, 1, 1},
    {'c', 1, 1, 1},
    {'b', 1, 1, 1},
    {'B', 1, 1, 1},
    {'?', 1, 1, 1},
    {'h', sizeof(short), PILA_ALIGNOF(short), 2},
    {'H', sizeof(short), PILA_ALIGNOF(short), 2},
    {'i', sizeof(int), PILA_ALIGNOF(int), 4},
    {'I', sizeof(int), PILA_ALIGNOF(int), 4},
    {'l', sizeof(long), PILA_ALIGNOF(long), 4},
    {'L', sizeof(long), PILA_ALIGNOF(long), 4},
    {'q', sizeof(long long), PILA_ALIGNOF(long long), 8},
    {'Q', sizeof(long long), PILA_ALIGNOF(long long), 8},
    {'n', sizeof(size_t), PILA_ALIGNOF(size_t), 0},
    {'N', sizeof(size_t), PILA_ALIGNOF(size_t), 0},
    {'e', 2, PILA_ALIGNOF(short), 2},
    {'f', sizeof(float), PILA_ALIGNOF(float), 4},
    {'d', sizeof(double), PILA_ALIGNOF(double), 8},
    {'F', 2 * sizeof(float), PILA_ALIGNOF(float), 8},
    {'D', 2 * sizeof(double), PILA_ALIGNOF(double), 16},
    {'s', 1, 1, 1},
    {'p', 1, 1, 1},
    {'P', sizeof(void *), PILA_ALIGNOF(void *), 0},
};

pila_status pila__struct_fail(pila_error *err, pila_status st, size_t offset,
                              const char *format, ...)
{
    va_list args;

    if (!err) return st;
    err->status = st;
    err->offset = offset;
    err->line = 1;
    err->column = offset + 1;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return st;
}

/* ---- the types of items ---- */

static pila_status struct_repr_text(pila_str text, pila_buf *out)
{
    size_t len = out->len;
    pila_status st = pila_buf_add_char(out, 'b');

    if (st == PILA_OK) st = pila_buf_add_repr(out, text, false);
    if (st != PILA_OK) out->len = len;
    return st;
}

static pila_status struct_repr_char(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return struct_repr_text(pila_str_of((const char *)item, 1), out);
}

static pila_status struct_repr_bytes(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return struct_repr_text(*(const pila_str *)item, out);
}

static pila_status struct_repr_bool(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_buf_add(out,
                        pila_cstr(*(const unsigned char *)item ? "True" : "False"));
}

/* Complex numbers are bytes: copied, not compared. */
#define STRUCT_TYPE(kind, T, name, repr)                                               \
    {                                                                                  \
        kind, sizeof(T), PILA_ALIGNOF(T), name, NULL, NULL, NULL, NULL, NULL, NULL,    \
            repr                                                                       \
    }

/* clang-format off */
static const pila_type struct_char =
    STRUCT_TYPE(PILA_KIND_U8, char, "bytes", struct_repr_char);
static const pila_type struct_bool =
    STRUCT_TYPE(PILA_KIND_U8, bool, "bool", struct_repr_bool);
static const pila_type struct_bytes =
    STRUCT_TYPE(PILA_KIND_STR, pila_str, "bytes", struct_repr_bytes);
static const pila_type struct_complex_f =
    STRUCT_TYPE(PILA_KIND_OTHER, float[2], "complex", NULL);
static const pila_type struct_complex_d =
    STRUCT_TYPE(PILA_KIND_OTHER, double[2], "complex", NULL);
/* clang-format on */

static const pila_type *struct_int(size_t wide, bool is_signed)
{
    switch (wide) {
    case 1: return is_signed ? &pila_i8 : &pila_u8;
    case 2: return is_signed ? &pila_i16 : &pila_u16;
    case 4: return is_signed ? &pila_i32 : &pila_u32;
    default: return is_signed ? &pila_i64 : &pila_u64;
    }
}

const pila_type *pila__struct_type(const pila_struct_op *op)
{
    switch (op->code) {
    case 'c': return &struct_char;
    case '?': return &struct_bool;
    case 'e':
    case 'f': return &pila_f32;
    case 'd': return &pila_f64;
    case 'F': return &struct_complex_f;
    case 'D': return &struct_complex_d;
    case 's':
    case 'p': return &struct_bytes;
    case 'P': return &pila_ptr;
    default: return struct_int(op->wide, op->code >= 'a');
    }
}

static bool struct_is_text(char code) { return code == 's' || code == 'p'; }

size_t pila__struct_items(const pila_struct_op *op)
{
    return struct_is_text(op->code) ? 1 : op->count;
}

/* ---- reading a format ---- */

typedef struct struct_reader {
    pila_str format;
    size_t at; /* of the next byte */
    bool native;
    size_t count; /* what has been read: of which code, and from where on */
    const struct_code *code;
    size_t from;
} struct_reader;

static bool struct_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static const struct_code *struct_find(char code)
{
    for (size_t k = 0; k < sizeof struct_codes / sizeof *struct_codes; k++)
        if (struct_codes[k].code == code) return &struct_codes[k];
    return NULL;
}

static pila_status struct_too_long(pila_error *err, size_t offset)
{
    return pila__struct_fail(err, PILA_EOVERFLOW, offset, "total struct size too long");
}

/* The digits of a count, if there are any. */
static pila_status struct_read_count(struct_reader *r, pila_error *err)
{
    const char *text = r->format.ptr;
    size_t digit;

    r->count = 0;
    for (; r->at < r->format.len; r->at++) {
        digit = (size_t)(text[r->at] - '0');
        if (digit > 9) break;
        if (r->count > ((size_t)PTRDIFF_MAX - digit) / 10)
            return struct_too_long(err, r->from);
        r->count = r->count * 10 + digit;
    }
    if (r->at == r->format.len)
        return pila__struct_fail(err, PILA_EVALUE, r->from,
                                 "repeat count given without format specifier");
    return PILA_OK;
}

/* The next code with its count; PILA_END when there is none. */
static pila_status struct_read(struct_reader *r, pila_error *err)
{
    const char *text = r->format.ptr;
    pila_status st = PILA_OK;

    while (r->at < r->format.len && struct_is_space(text[r->at])) r->at++;
    if (r->at == r->format.len) return PILA_END;
    r->from = r->at;
    r->count = 1;
    if (text[r->at] >= '0' && text[r->at] <= '9') st = struct_read_count(r, err);
    if (st != PILA_OK) return st;
    r->code = struct_find(text[r->at]);
    if (!r->code || (!r->native && !r->code->standard))
        return pila__struct_fail(err, PILA_EVALUE, r->at, "bad char in struct format");
    r->at++;
    return PILA_OK;
}

/* ---- from a format to operations ---- */

static bool struct_round(size_t *at, size_t align)
{
    size_t over = *at % align;

    return over == 0 || pila_add(*at, align - over, at);
}

/* SIZE_MAX stands for every size that is too large, and stays. */
static size_t struct_saturated(size_t at, size_t align, size_t count, size_t size)
{
    size_t bytes;

    if (at == SIZE_MAX || !struct_round(&at, align) || !pila_mul(count, size, &bytes) ||
        !pila_add(at, bytes, &at))
        return SIZE_MAX;
    return at;
}

/* Another operation; while they are only counted, NULL. */
static pila_struct_op *struct_push(pila_struct *s, char code, size_t count, size_t from)
{
    size_t at = s->ops++;
    pila_struct_op *op = s->op ? &s->op[at] : NULL;

    if (!op) return NULL;
    memset(op, 0, sizeof *op);
    op->code = code;
    op->wide = 1;
    op->count = count;
    op->runs = 1;
    op->at = s->size;
    op->from = from;
    return op;
}

static struct_how struct_how_of(char code, size_t wide, bool host)
{
    switch (code) {
    case 's': return STRUCT_TEXT;
    case 'p': return STRUCT_PASCAL;
    case '?': return STRUCT_BOOL;
    case 'e': return host ? STRUCT_HALF : STRUCT_HALF_SWAP;
    default: break;
    }
    if (host || wide == 1) return STRUCT_COPY;
    return wide == 2 ? STRUCT_SWAP2 : wide == 4 ? STRUCT_SWAP4 : STRUCT_SWAP8;
}

/* Items behind those before, in both layouts. `runs` is the first operation of a run of
 * copies that lie next to each other, or NULL. */
static void struct_add_items(pila_struct *s, const struct_reader *r, size_t wide,
                             pila_struct_op **runs)
{
    pila_struct_op *op = struct_push(s, r->code->code, r->count, r->from);
    pila_struct_op *head = *runs;
    bool is_complex = r->code->code == 'F' || r->code->code == 'D';
    const pila_type *type;

    if (!op) return;
    op->wide = (unsigned char)(is_complex ? wide / 2 : wide);
    op->how = (unsigned char)struct_how_of(op->code, op->wide, s->host);
    type = pila__struct_type(op);
    op->to = struct_saturated(s->record_size, type->align, 0, 0);
    if (type->align > s->record_align) s->record_align = type->align;
    s->record_size = struct_saturated(op->to, 1, pila__struct_items(op), type->size);
    s->halves = s->halves || op->code == 'e';
    if (op->how != STRUCT_COPY) {
        if (!struct_is_text(op->code))
            op->runs = is_complex ? 2 * op->count : op->count;
        *runs = NULL;
        return;
    }
    op->bytes = wide * op->count;
    if (head && op->at == head->at + head->bytes && op->to == head->to + head->bytes) {
        head->bytes += op->bytes;
        op->runs = 0;
    } else *runs = op;
}

/* One code with its count: its items and what aligns them. */
static pila_status struct_add(pila_struct *s, const struct_reader *r,
                              pila_struct_op **runs, pila_error *err)
{
    const struct_code *c = r->code;
    size_t wide = s->exact ? c->native : c->standard, start = s->size, bytes;

    if (s->exact && !struct_round(&start, c->align))
        return struct_too_long(err, r->from);
    if (start > PTRDIFF_MAX || r->count > ((size_t)PTRDIFF_MAX - start) / wide)
        return struct_too_long(err, r->from);
    bytes = start - s->size;
    if (bytes) (void)struct_push(s, 'x', bytes, r->from);
    s->size = start;
    bytes = r->count * wide;
    if (c->code == 'x') {
        if (bytes) (void)struct_push(s, 'x', bytes, r->from);
    } else if (bytes || struct_is_text(c->code)) {
        s->items += struct_is_text(c->code) ? 1 : r->count;
        struct_add_items(s, r, wide, runs);
    }
    s->size += bytes;
    return PILA_OK;
}

/* Copies of a length that has no load of its own reach into what operations behind them
 * write, or into what lies between members. */
static void struct_widen(pila_struct *s)
{
    for (size_t k = 0; k < s->ops; k++) {
        pila_struct_op *op = &s->op[k];
        size_t wide = 2;
        if (op->how != STRUCT_COPY || op->bytes < 3 || op->bytes > 15) continue;
        while (wide < op->bytes) wide *= 2;
        if (op->at + wide <= s->size && op->to + wide <= s->record_size)
            op->bytes = wide;
    }
}

/* All of a format: sizes, and the operations, or their number where s->op is NULL. */
static pila_status struct_compile(pila_struct *s, pila_error *err)
{
    static const char prefixes[] = "@=<>!";
    const char *text = s->format.ptr;
    bool is_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    pila_struct_op *runs = NULL;
    struct_reader r;
    size_t both;
    pila_status st;

    memset(&r, 0, sizeof r);
    r.format = s->format;
    r.native = s->host = true;
    if (r.format.len && text[0] && strchr(prefixes, text[0])) {
        r.at = 1;
        r.native = text[0] == '@';
        if (text[0] == '<') s->host = !is_big;
        if (text[0] == '>' || text[0] == '!') s->host = is_big;
    }
    s->exact = r.native;
    s->record_align = 1;
    while ((st = struct_read(&r, err)) == PILA_OK)
        if ((st = struct_add(s, &r, &runs, err)) != PILA_OK) return st;
    if (st != PILA_END) return st;
    s->record_size = struct_saturated(s->record_size, s->record_align, 0, 0);
    if (s->record_size == 0) s->record_size = 1; /* as every item has some */
    both = struct_saturated(s->record_size, 1, s->size, 1);
    s->block = both < STRUCT_BLOCK ? STRUCT_BLOCK / both : 1;
    if (s->op) struct_widen(s);
    return PILA_OK;
}

pila_status pila__struct_measure(pila_struct *s, pila_str format, pila_error *err)
{
    const char *nul =
        format.len ? (const char *)memchr(format.ptr, 0, format.len) : NULL;

    memset(s, 0, sizeof *s);
    s->format = format;
    if (nul)
        return pila__struct_fail(err, PILA_EVALUE, (size_t)(nul - format.ptr),
                                 "embedded null character");
    return struct_compile(s, err);
}

pila_status pila__struct_init(pila_struct *s, pila_str format, pila_error *err)
{
    pila_struct made;
    size_t ops, room;
    pila_status st = pila__struct_measure(&made, format, err);
    pila_struct_op *block = NULL;
    char *text;

    if (st != PILA_OK) return st;
    if (pila_mul(made.ops, sizeof *block, &ops) && pila_add(ops, format.len, &room))
        block = (pila_struct_op *)pila_alloc(room, 1);
    if (!block) return pila__struct_fail(err, PILA_ENOMEM, 0, "out of memory");
    text = (char *)(block + made.ops); /* lies behind them */
    if (format.len) memcpy(text, format.ptr, format.len);
    memset(&made, 0, sizeof made);
    made.op = block;
    made.format = pila_str_of(text, format.len);
    st = struct_compile(&made, err);
    *s = made;
    return st;
}

void pila__struct_done(pila_struct *s)
{
    pila_free(s->op);
    memset(s, 0, sizeof *s);
}

/* ---- halves ---- */

bool pila__struct_half(double x, uint16_t *out)
{
    enum { SHIFT = 52 - 10 }; /* bits of the mantissa that are left out */
    uint64_t bits, mantissa, rest, tie;
    unsigned sign, half, shift = SHIFT;
    int exponent;

    memcpy(&bits, &x, sizeof bits);
    sign = (unsigned)(bits >> 48) & 0x8000;
    exponent = (int)(bits >> 52 & 0x7ff) - 1023;
    mantissa = bits & (UINT64_MAX >> 12);
    if (exponent == 1024) half = mantissa ? 0x7e00 : 0x7c00;
    else if (exponent < -25) half = 0; /* less than half the least one */
    else {
        mantissa |= (uint64_t)1 << 52;
        if (exponent < -14) shift += (unsigned)(-14 - exponent);
        tie = (uint64_t)1 << (shift - 1);
        rest = mantissa & (2 * tie - 1);
        half = (unsigned)(mantissa >> shift);
        if (exponent > 15) return false;
        if (exponent >= -14) half += (unsigned)(exponent + 14) << 10;
        if (rest > tie || (rest == tie && half & 1)) half++;
        if (half >= 0x7c00) return false;
    }
    *out = (uint16_t)(sign | half);
    return true;
}

float pila__struct_from_half(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31;
    uint32_t mantissa = half & 0x3ff, bits;
    float x;

    if (exponent == 0) { /* mantissa times 2 to the power of -24 */
        x = (float)mantissa / 16777216.0f;
        memcpy(&bits, &x, sizeof bits);
    } else if (exponent == 31) bits = mantissa ? 0x7fc00000 : 0x7f800000;
    else bits = (exponent + 112) << 23 | mantissa << 13;
    bits |= sign;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- loops of one kind ---- */

/* Over n items, of either layout, that are so many bytes apart. */
typedef struct struct_walk {
    char *to;
    const char *from;
    size_t to_step, from_step, n;
} struct_walk;

/* Turns of four: the rest of a short loop is half of it. */
PILA_INLINE void struct_move(struct_walk w, size_t bytes, bool swaps)
{
    size_t a = w.from_step, b = w.to_step;

    for (; w.n >= 4; w.n -= 4, w.from += 4 * a, w.to += 4 * b) {
        pila__struct_move(w.to, w.from, bytes, swaps);
        pila__struct_move(w.to + b, w.from + a, bytes, swaps);
        pila__struct_move(w.to + 2 * b, w.from + 2 * a, bytes, swaps);
        pila__struct_move(w.to + 3 * b, w.from + 3 * a, bytes, swaps);
    }
    for (; w.n; w.n--, w.from += a, w.to += b)
        pila__struct_move(w.to, w.from, bytes, swaps);
}

/* Two loads that may overlap. */
PILA_INLINE void struct_move_two(struct_walk w, size_t bytes, size_t half)
{
    size_t second = bytes - half;

    for (; w.n; w.n--, w.from += w.from_step, w.to += w.to_step) {
        char a[16], b[16];
        memcpy(a, w.from, half);
        memcpy(b, w.from + second, half);
        memcpy(w.to, a, half);
        memcpy(w.to + second, b, half);
    }
}

PILA_INLINE void struct_copy(struct_walk w, size_t bytes)
{
    switch (bytes) {
    case 1: struct_move(w, 1, false); return;
    case 2: struct_move(w, 2, false); return;
    case 3: struct_move_two(w, 3, 2); return;
    case 4: struct_move(w, 4, false); return;
    case 8: struct_move(w, 8, false); return;
    case 16: struct_move(w, 16, false); return;
    default: break;
    }
    if (bytes < 8) struct_move_two(w, bytes, 4);
    else if (bytes < 16) struct_move_two(w, bytes, 8);
    else if (bytes <= 32) struct_move_two(w, bytes, 16);
    else
        for (; w.n; w.n--, w.from += w.from_step, w.to += w.to_step)
            memcpy(w.to, w.from, bytes);
}

/* Any byte but 0 is true. */
static void struct_bools(struct_walk w)
{
    for (; w.n; w.n--, w.from += w.from_step, w.to += w.to_step) *w.to = *w.from != 0;
}

static void struct_unpack_halves(struct_walk w, bool swaps)
{
    for (; w.n; w.n--, w.from += w.from_step, w.to += w.to_step) {
        uint16_t half;
        float x;
        pila__struct_move(&half, w.from, sizeof half, swaps);
        x = pila__struct_from_half(half);
        memcpy(w.to, &x, sizeof x);
    }
}

static void struct_pack_halves(struct_walk w, bool swaps)
{
    for (; w.n; w.n--, w.from += w.from_step, w.to += w.to_step) {
        uint16_t half = 0;
        float x;
        memcpy(&x, w.from, sizeof x);
        (void)!pila__struct_half((double)x, &half); /* checked before */
        pila__struct_move(w.to, &half, sizeof half, swaps);
    }
}

static void struct_unpack_text(struct_walk w, const pila_struct_op *op)
{
    bool is_pascal = op->how == STRUCT_PASCAL && op->count;
    size_t most = op->count - is_pascal;

    for (; w.n; w.n--, w.from += w.from_step, w.to += w.to_step) {
        pila_str text = pila_str_of(w.from + is_pascal, most);
        size_t said = is_pascal ? (unsigned char)*w.from : most;
        if (said < most) text.len = said;
        memcpy(w.to, &text, sizeof text);
    }
}

/* A length in front holds 255 at most; what is beyond that is there all the same. */
static void struct_pack_text(struct_walk w, const pila_struct_op *op)
{
    bool is_pascal = op->how == STRUCT_PASCAL && op->count;
    size_t most = op->count - is_pascal;

    for (; w.n; w.n--, w.from += w.from_step, w.to += w.to_step) {
        pila_str text;
        memcpy(&text, w.from, sizeof text);
        size_t len = text.len < most ? text.len : most;
        if (is_pascal) *w.to = (char)(unsigned char)(len < 255 ? len : 255);
        if (len) memcpy(w.to + is_pascal, text.ptr, len);
        memset(w.to + is_pascal + len, 0, most - len);
    }
}

static void struct_zero(struct_walk w, size_t bytes)
{
    for (; w.n; w.n--, w.to += w.to_step)
        if (bytes < 8) /* a call costs more */
            for (size_t k = 0; k < bytes; k++) w.to[k] = 0;
        else memset(w.to, 0, bytes);
}

/* ---- a table over records ---- */

/* packs is a constant. */
PILA_INLINE void struct_walk_all(const pila_struct_op *op, struct_walk w, bool packs)
{
    bool swaps = op->how == STRUCT_HALF_SWAP;

    switch ((struct_how)op->how) {
    case STRUCT_PAD:
        if (packs) struct_zero(w, op->count);
        break;
    case STRUCT_COPY: struct_copy(w, op->bytes); break;
    case STRUCT_SWAP2: struct_move(w, 2, true); break;
    case STRUCT_SWAP4: struct_move(w, 4, true); break;
    case STRUCT_SWAP8: struct_move(w, 8, true); break;
    case STRUCT_BOOL: struct_bools(w); break;
    case STRUCT_HALF:
    case STRUCT_HALF_SWAP:
        if (packs) struct_pack_halves(w, swaps);
        else struct_unpack_halves(w, swaps);
        break;
    case STRUCT_TEXT:
    case STRUCT_PASCAL:
        if (packs) struct_pack_text(w, op);
        else struct_unpack_text(w, op);
        break;
    }
}

/* A run of items over n records: the inner loop is the longer one. */
PILA_INLINE void struct_walk_runs(const pila_struct_op *op, struct_walk w, bool packs)
{
    size_t packed = op->wide, made = op->how < STRUCT_HALF ? packed : sizeof(float);
    size_t runs = op->runs, n = w.n;
    struct_walk step = w;

    if (runs > n) {
        step.n = runs;
        step.from_step = packs ? made : packed;
        step.to_step = packs ? packed : made;
        runs = n;
    } else {
        w.from_step = packs ? made : packed;
        w.to_step = packs ? packed : made;
    }
    for (; runs; runs--, step.from += w.from_step, step.to += w.to_step)
        struct_walk_all(op, step, packs);
}

static void struct_unpack_runs(const pila_struct_op *op, struct_walk w)
{
    struct_walk_runs(op, w, false);
}

static void struct_pack_runs(const pila_struct_op *op, struct_walk w)
{
    struct_walk_runs(op, w, true);
}

void pila__struct_unpack(const pila_struct *s, const char *from, char *to, size_t n)
{
    while (n) {
        size_t some = n < s->block ? n : s->block;
        for (size_t k = 0; k < s->ops; k++) {
            const pila_struct_op *op = &s->op[k];
            struct_walk w = {to + op->to, from + op->at, s->record_size, s->size, some};
            if (op->runs == 1) struct_walk_all(op, w, false);
            else if (op->runs) struct_unpack_runs(op, w);
        }
        from += some * s->size;
        to += some * s->record_size;
        n -= some;
    }
}

/* Whether all that is packed as e can be. */
static pila_status struct_check_halves(const pila_struct *s, const char *from, size_t n,
                                       pila_error *err)
{
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < s->ops; k++) {
            const pila_struct_op *op = &s->op[k];
            for (size_t i = 0; op->code == 'e' && i < op->count; i++) {
                uint16_t half;
                float x;
                memcpy(&x, from + j * s->record_size + op->to + i * sizeof x, sizeof x);
                if (!pila__struct_half((double)x, &half))
                    return pila__struct_fail(err, PILA_EOVERFLOW,
                                             j * s->size + op->at + i * op->wide,
                                             "float too large to pack with e format");
            }
        }
    return PILA_OK;
}

pila_status pila__struct_pack(const pila_struct *s, const char *from, char *to,
                              size_t n, pila_error *err)
{
    pila_status st = s->halves ? struct_check_halves(s, from, n, err) : PILA_OK;

    if (st != PILA_OK) return st;
    while (n) {
        size_t some = n < s->block ? n : s->block;
        for (size_t k = 0; k < s->ops; k++) {
            const pila_struct_op *op = &s->op[k];
            struct_walk w = {to + op->at, from + op->to, s->size, s->record_size, some};
            if (op->runs == 1) struct_walk_all(op, w, true);
            else if (op->runs) struct_pack_runs(op, w);
        }
        from += some * s->record_size;
        to += some * s->size;
        n -= some;
    }
    return PILA_OK;
}
