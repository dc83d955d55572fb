/* bench_hashlib.c - long messages, short ones, and several hashes of one, against
 * OpenSSL's EVP used as well as it can be: fetched once, its context used again.
 */
#include "../bench.h"

#include <openssl/evp.h>

#include <pila/serial/hashlib.h>

#include <stdio.h>
#include <string.h>

typedef struct lane {
    const char *name;
    pila_str text;
    size_t n; /* short messages */
    pila_hashlib hash[3];
    EVP_MD *md;
    EVP_MD_CTX *evp;
    pila_buf out;
} lane;

static void must(bool ok)
{
    if (!ok) bench_die("a hash failed");
}

static uint64_t word(const void *digest)
{
    uint64_t x;

    memcpy(&x, digest, sizeof x);
    return x;
}

/* The k-th short message. */
static pila_str message(char *room, uint64_t k)
{
    memset(room, 0, 64);
    memcpy(room, &k, sizeof k);
    return pila_str_of(room, 64);
}

/* ---- pila ---- */

static uint64_t finish(lane *l, pila_str text)
{
    l->out.len = 0;
    must(pila_hashlib_update(&l->hash[0], text) == PILA_OK &&
         pila_hashlib_finish(&l->hash[0], 0, &l->out) == PILA_OK);
    return word(l->out.data);
}

static uint64_t pila_bulk(void *ctx) { return finish(ctx, ((lane *)ctx)->text); }

static uint64_t pila_small(void *ctx)
{
    lane *l = ctx;
    uint64_t sum = 0;
    char room[64];

    for (size_t k = 0; k < l->n; k++) sum += finish(l, message(room, k));
    return sum;
}

static uint64_t pila_once(void *ctx)
{
    lane *l = ctx;
    uint64_t sum = 0;
    char room[64];

    for (size_t k = 0; k < l->n; k++) {
        l->out.len = 0;
        must(pila_hashlib_once(pila_cstr(l->name), NULL, message(room, k), &l->out,
                               NULL) == PILA_OK);
        sum += word(l->out.data);
    }
    return sum;
}

/* Three hashes, in one pass or one after the other. */
static uint64_t three(lane *l, bool one_pass)
{
    uint64_t sum = 0;

    if (one_pass) must(pila_hashlib_update_each(l->hash, 3, l->text) == PILA_OK);
    for (size_t k = 0; k < 3; k++) {
        l->out.len = 0;
        must((one_pass || pila_hashlib_update(&l->hash[k], l->text) == PILA_OK) &&
             pila_hashlib_finish(&l->hash[k], 0, &l->out) == PILA_OK);
        sum += word(l->out.data);
    }
    return sum;
}

static uint64_t pila_each(void *ctx) { return three(ctx, true); }
static uint64_t pila_in_turn(void *ctx) { return three(ctx, false); }

/* ---- EVP ---- */

static uint64_t evp_finish(lane *l, pila_str text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    must(EVP_DigestInit_ex2(l->evp, NULL, NULL) &&
         EVP_DigestUpdate(l->evp, text.ptr, text.len) &&
         EVP_DigestFinal_ex(l->evp, digest, NULL));
    return word(digest);
}

static uint64_t evp_bulk(void *ctx) { return evp_finish(ctx, ((lane *)ctx)->text); }

static uint64_t evp_small(void *ctx)
{
    lane *l = ctx;
    uint64_t sum = 0;
    char room[64];

    for (size_t k = 0; k < l->n; k++) sum += evp_finish(l, message(room, k));
    return sum;
}

static uint64_t evp_once(void *ctx)
{
    lane *l = ctx;
    uint64_t sum = 0;
    unsigned char digest[EVP_MAX_MD_SIZE];
    char room[64];

    for (size_t k = 0; k < l->n; k++) {
        pila_str text = message(room, k);
        must(EVP_Digest(text.ptr, text.len, digest, NULL, l->md, NULL));
        sum += word(digest);
    }
    return sum;
}

/* ---- contests ---- */

static void lane_start(lane *l, const char *name, const char *evp,
                       const pila_hashlib_options *options)
{
    static const char *const others[] = {"sha1", "md5"};

    l->name = name;
    must(pila_hashlib_init(&l->hash[0], pila_cstr(name), options, NULL) == PILA_OK);
    for (size_t k = 0; k < 2; k++)
        must(pila_hashlib_init(&l->hash[k + 1], pila_cstr(others[k]), NULL, NULL) ==
             PILA_OK);
    l->md = EVP_MD_fetch(NULL, evp, NULL);
    l->evp = EVP_MD_CTX_new();
    must(l->md && l->evp && EVP_DigestInit_ex2(l->evp, l->md, NULL));
}

static void lane_end(lane *l)
{
    for (size_t k = 0; k < 3; k++) pila_hashlib_done(&l->hash[k]);
    EVP_MD_CTX_free(l->evp);
    EVP_MD_free(l->md);
    pila_buf_done(&l->out);
}

/* At least 0.98 of the speed. */
static const bench_bar bulk_bars[] = {{"pila", BENCH_AT_MOST, 1 / 0.98, "EVP"}};
static const bench_bar own_bars[] = {{"pila", BENCH_AT_MOST, 1.6, "CPython"}};
static const bench_bar small_bars[] = {{"pila", BENCH_AT_MOST, 1.15, "EVP"},
                                       {"pila", BENCH_FASTER, 2.0, "CPython"}};
static const bench_bar once_bars[] = {{"pila", BENCH_AT_MOST, 1.3, "EVP_Digest"}};

/* A long message; python is CPython's name for it. */
static void bulk(const char *name, const char *evp, const char *python, pila_str text,
                 const char *file)
{
    const char *const args[] = {"bulk", python, file, NULL};
    pila_hashlib_options short_one = {.digest_size = 32};
    bool own = strcmp(name, python) != 0;
    lane l = {.text = text};
    char what[60];

    lane_start(&l, name, evp, own ? &short_one : NULL);
    snprintf(what, sizeof what, "hashlib: %s", python);
    bench_contestant all[] = {{.name = "pila", .run = pila_bulk, .ctx = &l},
                              bench_python("serial/peers/hashlib_cpython.py", args),
                              {.name = "EVP", .run = evp_bulk, .ctx = &l}};
    all[1].name = "CPython";
    bench_run(&(bench_contest){.what = what,
                               .n = text.len,
                               .unit = BENCH_GB_S,
                               .contestants = all,
                               .count = own ? 2 : 3,
                               .bars = own ? own_bars : bulk_bars,
                               .bar_count = 1});
    bench_python_end(&all[1]);
    lane_end(&l);
}

static void small(size_t n)
{
    char count[30];
    const char *const args[] = {"small", "sha256", count, NULL};
    lane l = {.n = n};

    snprintf(count, sizeof count, "%zu", n);
    lane_start(&l, "sha256", "SHA256", NULL);
    bench_contestant all[] = {{.name = "pila", .run = pila_small, .ctx = &l},
                              {.name = "EVP", .run = evp_small, .ctx = &l},
                              bench_python("serial/peers/hashlib_cpython.py", args)};
    bench_contestant once[] = {{.name = "pila", .run = pila_once, .ctx = &l},
                               {.name = "EVP_Digest", .run = evp_once, .ctx = &l}};
    all[2].name = "CPython";
    bench_run(
        &(bench_contest){.what = "hashlib: sha256 of 64 bytes, an object used again",
                         .n = n,
                         .contestants = all,
                         .count = 3,
                         .bars = small_bars,
                         .bar_count = 2});
    bench_run(&(bench_contest){.what = "hashlib: sha256 of 64 bytes, by name",
                               .n = n,
                               .contestants = once,
                               .count = 2,
                               .bars = once_bars,
                               .bar_count = 1});
    bench_python_end(&all[2]);
    lane_end(&l);
}

static void several(pila_str text)
{
    lane l = {.text = text};

    lane_start(&l, "sha256", "SHA256", NULL);
    bench_contestant all[] = {{.name = "pila", .run = pila_each, .ctx = &l},
                              {.name = "in turn", .run = pila_in_turn, .ctx = &l}};
    bench_run(&(bench_contest){.what = "hashlib: sha256, sha1 and md5 in one pass",
                               .n = text.len,
                               .unit = BENCH_GB_S,
                               .contestants = all,
                               .count = 2});
    lane_end(&l);
}

int main(void)
{
    static const char *const of[][3] = {{"sha256", "SHA256", "sha256"},
                                        {"sha1", "SHA1", "sha1"},
                                        {"md5", "MD5", "md5"},
                                        {"sha512", "SHA512", "sha512"},
                                        {"sha3_256", "SHA3-256", "sha3_256"},
                                        {"blake2b", "BLAKE2B-512", "blake2b"},
                                        {"blake2b", "BLAKE2B-512", "blake2b-32"}};
    size_t n = bench_size((size_t)2 << 20, (size_t)1 << 18);
    uint64_t *data = bench_alloc(n / 8, 8);

    bench_begin("Digests.");
    for (size_t k = 0; k < n / 8; k++) data[k] = bench_mix(k);
    pila_str text = pila_str_of((char *)data, n / 8 * 8);
    char *file = bench_file(text.ptr, text.len);
    for (size_t k = 0; k < BENCH_COUNT(of); k++)
        bulk(of[k][0], of[k][1], of[k][2], text, file);
    small(bench_size(20000, 1000));
    several(text);
    bench_file_end(file);
    return bench_end();
}
