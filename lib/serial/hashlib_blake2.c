/* hashlib_blake2.c - BLAKE2b and BLAKE2s with key, salt, person, size and tree.
 *
 * OpenSSL 3.0 has BLAKE2 of one length, without parameters: what has some is hashed
 * here, by RFC 7693, whose parameter block is filled in as section 2.8 of the BLAKE2
 * paper says. It is the plain algorithm in C; plain hashes go through OpenSSL, for
 * speed.
 *
 * A block is compressed only when it is known whether more follows, as the last one is
 * told apart by a flag: so `block` may be full between calls, but is never empty once
 * there was data. A key is a first block of its own, padded with zeros.
 *
 *     v[0..7]   the chain          columns, then diagonals, of a square of 16 words are
 *     v[8..15]  the constants,     mixed, two words of the message at a time
 *               the count of bytes and the flags xored into 12..15
 *
 * Rounds are unrolled, so that the compiler sees which words they take: a third faster
 * with gcc, half as fast again with clang, where that is OpenSSL's own speed.
 */
#include "hashlib_blake2.h"

#include <openssl/crypto.h>

static const uint64_t blake2_iv_b[8] = {0x6a09e667f3bcc908u, 0xbb67ae8584caa73bu,
                                        0x3c6ef372fe94f82bu, 0xa54ff53a5f1d36f1u,
                                        0x510e527fade682d1u, 0x9b05688c2b3e6c1fu,
                                        0x1f83d9abfb41bd6bu, 0x5be0cd19137e2179u};
static const uint32_t blake2_iv_s[8] = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u,
                                        0xa54ff53au, 0x510e527fu, 0x9b05688cu,
                                        0x1f83d9abu, 0x5be0cd19u};

/* Which words of the message a round takes; rounds 10 and 11 are 0 and 1 again. */
static const unsigned char blake2_sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

/* ---- words ---- */

static uint64_t blake2_load(const unsigned char *p, size_t wide)
{
    uint64_t x = 0;

    for (size_t k = 0; k < wide; k++) x |= (uint64_t)p[k] << 8 * k;
    return x;
}

static void blake2_store(unsigned char *p, uint64_t x, size_t wide)
{
    for (size_t k = 0; k < wide; k++) p[k] = (unsigned char)(x >> 8 * k);
}

/* ---- BLAKE2b ---- */

PILA_INLINE uint64_t blake2_turn_b(uint64_t x, unsigned by)
{
    return x >> by | x << (64 - by);
}

PILA_INLINE void blake2_mix_b(uint64_t *v, const unsigned at[4], uint64_t x, uint64_t y)
{
    uint64_t a = v[at[0]], b = v[at[1]], c = v[at[2]], d = v[at[3]];

    a += b + x;
    d = blake2_turn_b(d ^ a, 32);
    c += d;
    b = blake2_turn_b(b ^ c, 24);
    a += b + y;
    d = blake2_turn_b(d ^ a, 16);
    c += d;
    b = blake2_turn_b(b ^ c, 63);
    v[at[0]] = a, v[at[1]] = b, v[at[2]] = c, v[at[3]] = d;
}

/* The words that each of the eight mixes of a round takes. */
static const unsigned blake2_lanes[8][4] = {{0, 4, 8, 12},  {1, 5, 9, 13},
                                            {2, 6, 10, 14}, {3, 7, 11, 15},
                                            {0, 5, 10, 15}, {1, 6, 11, 12},
                                            {2, 7, 8, 13},  {3, 4, 9, 14}};

static void blake2_compress_b(uint64_t h[8], const unsigned char *block, uint64_t seen,
                              const uint64_t flags[2])
{
    uint64_t m[16], v[16];

    for (unsigned k = 0; k < 16; k++) m[k] = blake2_load(block + 8 * k, 8);
    memcpy(v, h, 64);
    memcpy(v + 8, blake2_iv_b, 64);
    v[12] ^= seen;
    v[14] ^= flags[0];
    v[15] ^= flags[1];
#pragma GCC unroll 12
    for (unsigned round = 0; round < 12; round++) {
        const unsigned char *s = blake2_sigma[round % 10];
#pragma GCC unroll 8
        for (unsigned k = 0; k < 8; k++)
            blake2_mix_b(v, blake2_lanes[k], m[s[2 * k]], m[s[2 * k + 1]]);
    }
    for (unsigned k = 0; k < 8; k++) h[k] ^= v[k] ^ v[k + 8];
}

/* ---- BLAKE2s ---- */

PILA_INLINE uint32_t blake2_turn_s(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

PILA_INLINE void blake2_mix_s(uint32_t *v, const unsigned at[4], uint32_t x, uint32_t y)
{
    uint32_t a = v[at[0]], b = v[at[1]], c = v[at[2]], d = v[at[3]];

    a += b + x;
    d = blake2_turn_s(d ^ a, 16);
    c += d;
    b = blake2_turn_s(b ^ c, 12);
    a += b + y;
    d = blake2_turn_s(d ^ a, 8);
    c += d;
    b = blake2_turn_s(b ^ c, 7);
    v[at[0]] = a, v[at[1]] = b, v[at[2]] = c, v[at[3]] = d;
}

static void blake2_compress_s(uint32_t h[8], const unsigned char *block, uint64_t seen,
                              const uint64_t flags[2])
{
    uint32_t m[16], v[16];

    for (unsigned k = 0; k < 16; k++) m[k] = (uint32_t)blake2_load(block + 4 * k, 4);
    memcpy(v, h, 32);
    memcpy(v + 8, blake2_iv_s, 32);
    v[12] ^= (uint32_t)seen;
    v[13] ^= (uint32_t)(seen >> 32);
    v[14] ^= (uint32_t)flags[0];
    v[15] ^= (uint32_t)flags[1];
#pragma GCC unroll 10
    for (unsigned round = 0; round < 10; round++) {
        const unsigned char *s = blake2_sigma[round];
#pragma GCC unroll 8
        for (unsigned k = 0; k < 8; k++)
            blake2_mix_s(v, blake2_lanes[k], m[s[2 * k]], m[s[2 * k + 1]]);
    }
    for (unsigned k = 0; k < 8; k++) h[k] ^= v[k] ^ v[k + 8];
}

/* ---- both ---- */

static size_t blake2_block(const pila__blake2_state *s) { return s->small ? 64 : 128; }

/* n bytes of message in one block; flags are 0 but for the last one. */
static void blake2_compress(pila__blake2_state *s, const unsigned char *block, size_t n,
                            const uint64_t flags[2])
{
    s->seen += n;
    if (s->small) blake2_compress_s(s->now.s, block, s->seen, flags);
    else blake2_compress_b(s->now.b, block, s->seen, flags);
}

void pila__blake2_reset(pila__blake2_state *s)
{
    s->now = s->first;
    s->seen = 0;
    s->filled = 0;
    if (s->key_size == 0) return;
    memcpy(s->block, s->key, s->key_size);
    memset(s->block + s->key_size, 0, sizeof s->block - s->key_size);
    s->filled = blake2_block(s);
}

void pila__blake2_update(pila__blake2_state *s, pila_str data)
{
    static const uint64_t more[2] = {0, 0};
    size_t size = blake2_block(s), n = size - s->filled;
    const unsigned char *p = (const unsigned char *)data.ptr;
    size_t left = data.len;

    if (left > n) {
        if (s->filled) {
            memcpy(s->block + s->filled, p, n);
            blake2_compress(s, s->block, size, more);
            s->filled = 0;
            p += n;
            left -= n;
        }
        for (; left > size; p += size, left -= size) blake2_compress(s, p, size, more);
    }
    if (left) memcpy(s->block + s->filled, p, left);
    s->filled += left;
}

void pila__blake2_final(pila__blake2_state *s, unsigned char *out)
{
    const uint64_t last[2] = {UINT64_MAX, s->last_node ? UINT64_MAX : 0};
    unsigned char all[64];

    memset(s->block + s->filled, 0, sizeof s->block - s->filled);
    blake2_compress(s, s->block, s->filled, last);
    for (unsigned k = 0; k < 8; k++)
        if (s->small) blake2_store(all + 4 * k, s->now.s[k], 4);
        else blake2_store(all + 8 * k, s->now.b[k], 8);
    memcpy(out, all, s->digest_size);
    OPENSSL_cleanse(all, sizeof all);
}

/* ---- parameters ---- */

static pila_status blake2_fault(pila_error *err, pila_status st, const char *format,
                                int most)
{
    if (!err) return st;
    memset(err, 0, sizeof *err);
    err->status = st;
    snprintf(err->message, sizeof err->message, format, most);
    return st;
}

/* What a tree cannot be, in CPython's order. */
static pila_status blake2_check_tree(const pila_blake2_tree *t, int most, bool small,
                                     pila_error *err)
{
    const char *what = NULL;
    pila_status st = PILA_EVALUE;

    if (t->fanout < 0 || t->fanout > 255) what = "fanout must be between 0 and 255";
    else if (t->depth < 1 || t->depth > 255) what = "depth must be between 1 and 255";
    else if (t->leaf_size > UINT32_MAX) {
        what = "leaf_size is too large";
        st = PILA_EOVERFLOW;
    } else if (small && t->node_offset >> 48) {
        what = "node_offset is too large";
        st = PILA_EOVERFLOW;
    } else if (t->node_depth < 0 || t->node_depth > 255)
        what = "node_depth must be between 0 and 255";
    else if (t->inner_size < 0 || t->inner_size > most)
        what = "inner_size must be between 0 and is %d";
    return what ? blake2_fault(err, st, what, most) : PILA_OK;
}

static pila_status blake2_check(const pila_hashlib_options *o, bool small,
                                pila_error *err)
{
    int most = small ? 32 : 64;
    size_t words = small ? 8 : 16; /* bytes of salt, and of person */
    pila_status st = PILA_OK;

    if (o->tree && o->tree->leaf_size < 0) /* CPython sees that while it reads them */
        return blake2_fault(err, PILA_EVALUE, "value must be positive", 0);
    if (o->digest_size < 0 || o->digest_size > most)
        return blake2_fault(err, PILA_EVALUE,
                            "digest_size must be between 1 and %d bytes", most);
    if (o->salt.len > words)
        return blake2_fault(err, PILA_EVALUE, "maximum salt length is %d bytes",
                            (int)words);
    if (o->person.len > words)
        return blake2_fault(err, PILA_EVALUE, "maximum person length is %d bytes",
                            (int)words);
    if (o->tree) st = blake2_check_tree(o->tree, most, small, err);
    if (st == PILA_OK && o->key.len > (size_t)most)
        st = blake2_fault(err, PILA_EVALUE, "maximum key length is %d bytes", most);
    return st;
}

static void blake2_put(unsigned char *at, pila_str text)
{
    if (text.len) memcpy(at, text.ptr, text.len);
}

/* The parameter block: 64 bytes; of BLAKE2s 32. */
static void blake2_parameters(unsigned char p[64], const pila__blake2_state *s,
                              const pila_hashlib_options *o)
{
    static const pila_blake2_tree none = {1, 1, 0, 0, 0, 0, false};
    const pila_blake2_tree *t = o->tree ? o->tree : &none;
    size_t node = s->small ? 14 : 16; /* behind node_offset, of 6 or of 8 bytes */

    memset(p, 0, 64);
    p[0] = (unsigned char)s->digest_size;
    p[1] = (unsigned char)o->key.len;
    p[2] = (unsigned char)t->fanout;
    p[3] = (unsigned char)t->depth;
    blake2_store(p + 4, (uint64_t)t->leaf_size, 4);
    blake2_store(p + 8, t->node_offset, node - 8);
    p[node] = (unsigned char)t->node_depth;
    p[node + 1] = (unsigned char)t->inner_size;
    blake2_put(p + (s->small ? 16 : 32), o->salt);
    blake2_put(p + (s->small ? 24 : 48), o->person);
}

pila_status pila__blake2_init(pila__blake2_state *s, bool small,
                              const pila_hashlib_options *options, pila_error *err)
{
    pila_status st = blake2_check(options, small, err);
    unsigned char p[64];

    if (st != PILA_OK) return st;
    memset(s, 0, sizeof *s);
    s->small = small;
    s->last_node = options->tree && options->tree->last_node;
    s->digest_size = options->digest_size ? (size_t)options->digest_size
                                          : (small ? (size_t)32 : (size_t)64);
    blake2_parameters(p, s, options);
    for (unsigned k = 0; k < 8; k++)
        if (small) s->first.s[k] = blake2_iv_s[k] ^ (uint32_t)blake2_load(p + 4 * k, 4);
        else s->first.b[k] = blake2_iv_b[k] ^ blake2_load(p + 8 * k, 8);
    s->key_size = options->key.len;
    blake2_put(s->key, options->key);
    pila__blake2_reset(s);
    return PILA_OK;
}
