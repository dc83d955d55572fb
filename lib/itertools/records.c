/* records.c - see records.h.
 *
 *     data                start          searched            end        room    +slack
 *      | yielded records  |  the record  |  not looked at    |  free    |  16      |
 *                           being found                         bytes      bytes
 *
 * Invariant: [start, searched) holds no separator (for words: no white space, and is
 * empty between words), so no byte is searched twice, however a record is cut by reads.
 * When nothing is left to yield, [start, end) moves to the front, and only then is more
 * read. A record that fills the buffer makes it grow, by half; so each byte moves at
 * most once for reading, and O(1) times for growing. Views handed out lie before
 * `start`, and stay until the next call.
 *
 * Searching works on 64 bytes a step: a comparison gives a word with one bit a byte,
 * and the positions are read off its bits. Lines take a bit for each end; words the
 * bits where white space begins and ends, carried from step to step. Behind `end`, less
 * than 64 bytes are copied out first, so memory of the caller is never read beyond its
 * end.
 *
 * Separators of several bytes are found by an automaton (Knuth, Morris, Pratt), whose
 * state is kept between reads; memchr finds the first byte while nothing is matched.
 *
 * Rejected: mmap, slower than read() of 128 KiB and a SIGBUS when a file is truncated;
 * memmem, which starts again after each read; AVX2 by run-time dispatch, since making
 * the bits is a quarter of the time of words, and reading them off the rest.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "records.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>
#if defined(__SSE2__) && !defined(PILA_NO_SIMD)
#include <emmintrin.h>
#define RECORDS_SIMD 1
#else
#define RECORDS_SIMD 0
#endif

enum {
    RECORDS_CHUNK =
        128 << 10,        /* bytes asked for at a time: the fastest for page cache */
    RECORDS_SLACK = 16,   /* readable bytes behind every view */
    RECORDS_WINDOW = 256, /* views ready at once, 4 KiB */
    RECORDS_STEP = 64     /* bytes searched at a time: the bits of a word */
};

typedef enum split { SPLIT_BYTE, SPLIT_LONG, SPLIT_WORDS } split;

typedef struct reader {
    pila_bytes_in in;
    char *data;
    size_t start, searched, end, room;
    size_t most;
    pila_str *window;
    size_t window_room;
    split how;
    bool owned;        /* data is ours, not the caller's */
    bool plain;        /* search in plain C */
    bool fields;       /* a last record that is empty counts */
    bool in_word;      /* [start, searched) is the beginning of a word */
    bool at_end;       /* nothing more to read */
    bool finished;     /* and the last record has been yielded */
    bool open;         /* the record last yielded had no separator */
    pila_status fault; /* to end with once the window is used up */
    int why;           /* its errno */
    size_t sep_len, matched;
    const char *sep;
    const size_t
        *back; /* the automaton: matched bytes left when the next one differs */
} reader;

/* ---- one bit a byte ---- */

static uint64_t word_load(const char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

#define EACH_BYTE (UINT64_MAX / 255) /* 0x01 in every byte */

/* The top bits of eight bytes, as the eight low bits. */
static uint64_t word_gather(uint64_t tops)
{
    return ((tops >> 7) * 0x0102040810204080u) >> 56;
}

/* The top bit of each byte that is zero; exact, for no byte carries into the next. */
static uint64_t word_zeros(uint64_t x)
{
    uint64_t low = EACH_BYTE * 0x7f;

    return ~(((x & low) + low) | x | low);
}

/* The top bit of each byte from 9 to 13, and of each that is 32. */
static uint64_t word_spaces(uint64_t x)
{
    uint64_t top = EACH_BYTE * 0x80, low = x & ~top;
    uint64_t from_9 = low + EACH_BYTE * (0x80 - 9),
             from_14 = low + EACH_BYTE * (0x80 - 14);

    return (from_9 & ~from_14 & ~x & top) | word_zeros(x ^ EACH_BYTE * ' ');
}

static uint64_t plain_bytes(const char *p, char c)
{
    uint64_t bits = 0;

    for (unsigned k = 0; k < 8; k++) {
        uint64_t x = word_load(p + 8 * k) ^ EACH_BYTE * (unsigned char)c;
        bits |= word_gather(word_zeros(x)) << 8 * k;
    }
    return bits;
}

static uint64_t plain_spaces(const char *p)
{
    uint64_t bits = 0;

    for (unsigned k = 0; k < 8; k++)
        bits |= word_gather(word_spaces(word_load(p + 8 * k))) << 8 * k;
    return bits;
}

#if RECORDS_SIMD
PILA_INLINE __m128i simd_load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

PILA_INLINE uint64_t simd_bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(a) |
           (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16 |
           (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 |
           (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

PILA_INLINE uint64_t simd_bytes(const char *p, char byte)
{
    __m128i want = _mm_set1_epi8(byte);
    __m128i a = _mm_cmpeq_epi8(simd_load(p), want);
    __m128i b = _mm_cmpeq_epi8(simd_load(p + 16), want);
    __m128i c = _mm_cmpeq_epi8(simd_load(p + 32), want);
    __m128i d = _mm_cmpeq_epi8(simd_load(p + 48), want);

    /* Long records: one test instead of four gathers. */
    if (!_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))))
        return 0;
    return simd_bits(a, b, c, d);
}

/* Unsigned x - 9 <= 4, or x == 32. */
PILA_INLINE __m128i simd_space(__m128i x)
{
    __m128i from_9 = _mm_sub_epi8(x, _mm_set1_epi8(9));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(from_9, _mm_set1_epi8(4)), from_9);

    return _mm_or_si128(control, _mm_cmpeq_epi8(x, _mm_set1_epi8(' ')));
}

PILA_INLINE uint64_t simd_spaces(const char *p)
{
    return simd_bits(simd_space(simd_load(p)), simd_space(simd_load(p + 16)),
                     simd_space(simd_load(p + 32)), simd_space(simd_load(p + 48)));
}
#else
#define simd_bytes plain_bytes
#define simd_spaces plain_spaces
#endif

/* The next step's bytes: where they are, or copied out when there are fewer. */
PILA_INLINE const char *step_bytes(const char *p, size_t left, char *room)
{
    if (PILA_LIKELY(left >= RECORDS_STEP)) return p;
    memset(room, 0, RECORDS_STEP);
    memcpy(room, p, left);
    return room;
}

/* The bits that stand for bytes. */
PILA_INLINE uint64_t step_valid(size_t left)
{
    return left >= RECORDS_STEP ? UINT64_MAX : ((uint64_t)1 << left) - 1;
}

PILA_INLINE size_t first_bit(uint64_t bits) { return (size_t)__builtin_ctzll(bits); }

/* ---- splitting what is there into views: how many ---- */

PILA_INLINE size_t split_bytes(reader *r, bool plain)
{
    const char *data = r->data, *start = data + r->start, *p = data + r->searched;
    const char *end = data + r->end;
    pila_str *out = r->window, *stop = out + r->window_room;
    size_t keep = r->in.keepends ? 1 : 0;
    char byte = *r->sep, room[RECORDS_STEP];

    while (p < end) {
        size_t left = (size_t)(end - p);
        const char *from = step_bytes(p, left, room);
        uint64_t bits = plain ? plain_bytes(from, byte) : simd_bytes(from, byte);
        for (bits &= step_valid(left); bits; bits &= bits - 1) {
            const char *at = p + first_bit(bits);
            out->ptr = start;
            out->len = (size_t)(at - start) + keep;
            start = at + 1;
            if (++out == stop) { /* the rest of this step is looked at again */
                p = start;
                goto full;
            }
        }
        p += left < RECORDS_STEP ? left : (size_t)RECORDS_STEP;
    }
full:
    r->start = (size_t)(start - data);
    r->searched = (size_t)(p - data);
    return (size_t)(out - r->window);
}

PILA_INLINE size_t split_words(reader *r, bool plain)
{
    const char *data = r->data, *start = data + r->start, *p = data + r->searched;
    const char *end = data + r->end;
    pila_str *out = r->window, *stop = out + r->window_room;
    uint64_t in_word = r->in_word;
    char room[RECORDS_STEP];

    while (p < end) {
        size_t left = (size_t)(end - p);
        const char *from = step_bytes(p, left, room);
        uint64_t word = ~(plain ? plain_spaces(from) : simd_spaces(from));
        uint64_t shifted = word << 1 | in_word, valid = step_valid(left);
        uint64_t starts = word & ~shifted & valid, ends = ~word & shifted & valid;
        for (; ends; ends &= ends - 1) {
            const char *at = p + first_bit(ends);
            if (!in_word) {
                start = p + first_bit(starts);
                starts &= starts - 1;
            }
            in_word = 0;
            out->ptr = start;
            out->len = (size_t)(at - start);
            if (++out == stop) { /* the rest of this step is looked at again */
                p = at + 1;
                goto full;
            }
        }
        if (left > RECORDS_STEP) left = RECORDS_STEP;
        if (starts) start = p + first_bit(starts);
        in_word = word >> (left - 1) & 1;
        p += left;
    }
full:
    r->in_word = in_word != 0;
    r->searched = (size_t)(p - data);
    r->start = in_word ? (size_t)(start - data) : r->searched;
    return (size_t)(out - r->window);
}

/* How much of the separator is matched after one byte more. */
static size_t match_step(const reader *r, size_t matched, char c)
{
    while (matched && r->sep[matched] != c) matched = r->back[matched - 1];
    return matched + (r->sep[matched] == c);
}

static size_t split_long(reader *r)
{
    const char *data = r->data, *start = data + r->start, *p = data + r->searched;
    const char *end = data + r->end;
    pila_str *out = r->window, *stop = out + r->window_room;
    size_t matched = r->matched, without = r->in.keepends ? 0 : r->sep_len;

    while (p < end && out < stop) {
        if (matched == 0) {
            const char *at = (const char *)memchr(p, *r->sep, (size_t)(end - p));
            p = at ? at : end;
            if (!at) break;
        }
        matched = match_step(r, matched, *p++);
        if (matched < r->sep_len) continue;
        *out++ = pila_str_of(start, (size_t)(p - start) - without);
        start = p;
        matched = 0;
    }
    r->matched = matched;
    r->start = (size_t)(start - data);
    r->searched = (size_t)(p - data);
    return (size_t)(out - r->window);
}

static size_t reader_split(reader *r)
{
    switch (r->how) {
    case SPLIT_BYTE: return r->plain ? split_bytes(r, true) : split_bytes(r, false);
    case SPLIT_WORDS: return r->plain ? split_words(r, true) : split_words(r, false);
    case SPLIT_LONG: break;
    }
    return split_long(r);
}

/* What is left when nothing more comes: no separator follows it. */
static size_t reader_last(reader *r)
{
    bool some = r->start < r->end || r->fields;

    if (r->finished) return 0;
    r->finished = true;
    if (!some) return 0;
    r->window[0] = pila_str_of(r->data + r->start, r->end - r->start);
    r->start = r->searched = r->end;
    r->open = true;
    return 1;
}

/* ---- reading ---- */

/* A FILE may give bytes and fail in one call: the fault waits for the next one. */
static ptrdiff_t read_stdio(reader *r, void *into, size_t room)
{
    FILE *f = r->in.file;
    size_t got;

    if (r->why) {
        errno = r->why;
        return -1;
    }
    got = fread(into, 1, room, f);
    if (got < room && ferror(f)) {
        if (errno == EINTR) clearerr(f);
        else r->why = errno ? errno : EIO;
        if (got == 0) return -1;
    }
    return (ptrdiff_t)got;
}

static ptrdiff_t reader_ask(reader *r, void *into, size_t room)
{
    errno = 0;
    if (r->in.read) return r->in.read(r->in.ctx, into, room);
    if (r->in.file) return read_stdio(r, into, room);
    return (ptrdiff_t)read(r->in.fd, into, room);
}

static pila_status reader_read(reader *r)
{
    size_t room = r->room - r->end;
    ptrdiff_t got;

    if (room > RECORDS_CHUNK) room = RECORDS_CHUNK;
    do got = reader_ask(r, r->data + r->end, room);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        r->why = errno ? errno : EIO;
        return PILA_EIO;
    }
    assert((size_t)got <= room && "a read callback wrote beyond its room");
    r->end += (size_t)got;
    memset(r->data + r->end, 0,
           RECORDS_SLACK); /* whoever looks there sees no garbage */
    r->at_end = got == 0;
    return PILA_OK;
}

static pila_status reader_grow(reader *r)
{
    size_t room = pila_mem_grow(r->room, r->room + RECORDS_CHUNK / 2, 1);
    char *data = room ? (char *)pila_realloc(r->data, 1, room + RECORDS_SLACK) : NULL;

    if (!data) return PILA_ENOMEM;
    r->data = data;
    r->room = room;
    return PILA_OK;
}

/* More bytes behind the record that is being found. */
static pila_status reader_fill(reader *r)
{
    size_t kept = r->end - r->start;

    if (kept - r->matched > r->most) return PILA_ELIMIT;
    if (r->start) {
        memmove(r->data, r->data + r->start, kept);
        r->searched -= r->start;
        r->start = 0;
        r->end = kept;
    }
    if (r->room - r->end < RECORDS_CHUNK / 4) { /* not a few bytes at a time */
        pila_status st = reader_grow(r);
        if (st != PILA_OK) return st;
    }
    return reader_read(r);
}

/* ---- the iterator ---- */

/* Of n records, those before the first that is too long; that one is a fault. */
static size_t reader_limit(reader *r, size_t n)
{
    size_t more = r->in.keepends && !r->open ? r->sep_len : 0;

    for (size_t k = 0; k < n; k++)
        if (r->window[k].len - more > r->most) {
            r->fault = PILA_ELIMIT;
            return k;
        }
    return n;
}

/* The next views, or 0 and the fault, PILA_END for none. */
static size_t reader_next(reader *r)
{
    size_t n = 0;

    while (r->fault == PILA_OK) {
        n = reader_split(r);
        if (n) r->open = false;
        else if (r->at_end) n = reader_last(r);
        if (n && r->most < PTRDIFF_MAX) n = reader_limit(r, n);
        if (n) return n;
        if (r->fault != PILA_OK) break;
        r->fault = r->at_end ? PILA_END : reader_fill(r);
    }
    return 0;
}

static bool reader_refill(pila_iter *it)
{
    reader *r = (reader *)it->state;
    int kept = errno;
    size_t n = reader_next(r);

    errno = kept;
    if (n == 0) {
        if (r->fault == PILA_EIO) errno = r->why;
        return pila_iter_end(it, r->fault);
    }
    if (r->in.unterminated) *r->in.unterminated = r->open;
    it->cur = (const char *)r->window;
    it->end = (const char *)(r->window + n);
    return true;
}

static pila_iter reader_drop(pila_iter *it)
{
    reader *r = (reader *)it->state;
    int kept = errno;

    if (r->owned) pila_free(r->data);
    pila_free(r);
    errno = kept;
    return pila_failed(PILA_END);
}

static const pila_iter_ops reader_ops = {reader_refill, reader_drop, NULL};

/* For each prefix of sep, the length of its longest proper prefix that also ends it. */
static void automaton_make(size_t *back, const char *sep, size_t n)
{
    size_t length = 0;

    back[0] = 0;
    for (size_t k = 1; k < n; k++) {
        while (length && sep[k] != sep[length]) length = back[length - 1];
        if (sep[k] == sep[length]) length++;
        back[k] = length;
    }
}

/* The bytes of a reader: itself, its window, the automaton, the separator. */
static bool reader_layout(size_t window, size_t sep_len, size_t *total)
{
    size_t back = 0;

    if (sep_len > 1 && !pila_mul(sep_len, sizeof(size_t), &back)) return false;
    *total = sizeof(reader) + window * sizeof(pila_str);
    return pila_add(*total, back, total) && pila_add(*total, sep_len, total);
}

static reader *reader_new(const pila_bytes_in *in, size_t window, split how,
                          pila_str sep)
{
    size_t total;
    reader *r;

    if (!reader_layout(window, sep.len, &total)) return NULL;
    r = (reader *)pila_alloc(1, total);
    if (!r) return NULL;
    memset(r, 0, sizeof *r);
    r->in = *in;
    r->how = sep.len > 1 ? SPLIT_LONG : how;
    r->most = in->most ? in->most : PTRDIFF_MAX;
    r->sep_len = sep.len;
    r->window = (pila_str *)(void *)(r + 1);
    r->window_room = window;
    size_t *back = (size_t *)(void *)(r->window + window);
    char *copy = (char *)(sep.len > 1 ? back + sep.len : back);
    if (sep.len) memcpy(copy, sep.ptr, sep.len);
    if (sep.len > 1) automaton_make(back, copy, sep.len);
    r->sep = copy;
    r->back = back;
    return r;
}

/* No record without a buffer: memory is its own, all else is read into 128 KiB. */
static pila_status reader_open(reader *r)
{
    if (r->in.in_memory) {
        r->data =
            r->in.text.len ? (char *)(uintptr_t)r->in.text.ptr : (char *)r->window;
        r->end = r->in.text.len;
        r->at_end = true;
        return PILA_OK;
    }
    r->data = (char *)pila_alloc(1, RECORDS_CHUNK + RECORDS_SLACK);
    if (!r->data) return PILA_ENOMEM;
    r->owned = true;
    r->room = RECORDS_CHUNK;
    return PILA_OK;
}

static pila_iter reader_make(pila_bytes_in in, size_t window, split how, pila_str sep,
                             bool fields)
{
    pila_iter it;
    pila_status st;
    reader *r = reader_new(&in, window, how, sep);

    if (!r) return pila_failed(PILA_ENOMEM);
    r->fields = fields;
    if (in.unterminated) *in.unterminated = false;
    st = reader_open(r);
    it = pila_iter_make(r->owned ? &pila_view_padded : &pila_view, &reader_ops, r);
    if (st == PILA_OK) return it;
    pila_iter_drop(&it);
    return pila_failed(st);
}

static pila_bytes_in bytes_from(pila_read_callback *read_some, void *ctx, int fd,
                                FILE *file)
{
    pila_bytes_in in;

    memset(&in, 0, sizeof in);
    in.read = read_some;
    in.ctx = ctx;
    in.fd = fd;
    in.file = file;
    return in;
}

pila_bytes_in pila_from_fd(int fd) { return bytes_from(NULL, NULL, fd, NULL); }
pila_bytes_in pila_from_file(FILE *file) { return bytes_from(NULL, NULL, -1, file); }

pila_bytes_in pila_from_mem(pila_str text)
{
    pila_bytes_in in = bytes_from(NULL, NULL, -1, NULL);

    in.text = text;
    in.in_memory = true;
    return in;
}

pila_bytes_in pila_from_read(pila_read_callback *read_some, void *ctx)
{
    return bytes_from(read_some, ctx, -1, NULL);
}

pila_iter pila_lines(pila_bytes_in in)
{
    return pila_records(in, pila_str_of("\n", 1));
}

pila_iter pila_records(pila_bytes_in in, pila_str sep)
{
    if (sep.len == 0) return pila_failed(PILA_EVALUE);
    return reader_make(in, RECORDS_WINDOW, SPLIT_BYTE, sep, false);
}

pila_iter pila_words(pila_bytes_in in)
{
    in.keepends = false;
    in.unterminated = NULL;
    return reader_make(in, RECORDS_WINDOW, SPLIT_WORDS, pila_str_of(NULL, 0), false);
}

pila_iter pila_fields(pila_str record, pila_str sep)
{
    size_t window = record.len / 4 + 4; /* a short record deserves a small block */

    if (sep.len == 0) return pila_failed(PILA_EVALUE);
    if (window > RECORDS_WINDOW) window = RECORDS_WINDOW;
    return reader_make(pila_from_mem(record), window, SPLIT_BYTE, sep, true);
}

bool pila_ended_with_separator(const pila_iter *records)
{
    return records->ops != &reader_ops || !((const reader *)records->state)->open;
}

void pila__records_plain(pila_iter *records)
{
    if (records->ops == &reader_ops) ((reader *)records->state)->plain = true;
}
