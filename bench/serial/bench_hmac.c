/* bench_hmac.c - HMAC-SHA256 of short messages with one key, against OpenSSL's HMAC().
 */
#include "../bench.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <pila/serial/hmac.h>

#include <stdio.h>
#include <string.h>

typedef struct lane {
    size_t n;
    char key[32];
    pila_hmac mac;
    pila_buf out;
} lane;

static uint64_t word(const void *digest)
{
    uint64_t x;

    memcpy(&x, digest, sizeof x);
    return x;
}

static pila_str message(char *room, uint64_t k)
{
    memset(room, 0, 64);
    memcpy(room, &k, sizeof k);
    return pila_str_of(room, 64);
}

static uint64_t again(void *ctx)
{
    lane *l = ctx;
    uint64_t sum = 0;
    char room[64];

    for (size_t k = 0; k < l->n; k++) {
        l->out.len = 0;
        if (pila_hmac_update(&l->mac, message(room, k)) != PILA_OK ||
            pila_hmac_finish(&l->mac, &l->out) != PILA_OK)
            bench_die("no digest");
        sum += word(l->out.data);
    }
    return sum;
}

static uint64_t once(void *ctx)
{
    lane *l = ctx;
    uint64_t sum = 0;
    char room[64];

    for (size_t k = 0; k < l->n; k++) {
        l->out.len = 0;
        if (pila_hmac_once(pila_str_of(l->key, 32), message(room, k),
                           pila_cstr("sha256"), &l->out, NULL) != PILA_OK)
            bench_die("no digest");
        sum += word(l->out.data);
    }
    return sum;
}

static uint64_t openssl(void *ctx)
{
    lane *l = ctx;
    uint64_t sum = 0;
    unsigned char digest[EVP_MAX_MD_SIZE];
    char room[64];

    for (size_t k = 0; k < l->n; k++) {
        pila_str text = message(room, k);
        if (!HMAC(EVP_sha256(), l->key, 32, (const unsigned char *)text.ptr, text.len,
                  digest, NULL))
            bench_die("no digest");
        sum += word(digest);
    }
    return sum;
}

int main(void)
{
    static const bench_bar bars[] = {{"pila, a key used again", BENCH_FASTER, 4.0,
                                      "HMAC()"},
                                     {"pila, at once", BENCH_FASTER, 2.0, "HMAC()"},
                                     {"pila, at once", BENCH_FASTER, 2.0, "CPython"}};
    lane l = {.n = bench_size(20000, 500)};
    char count[30];
    const char *const args[] = {"hmac", count, NULL};

    bench_begin("Keyed digests.");
    snprintf(count, sizeof count, "%zu", l.n);
    memset(l.key, 'k', sizeof l.key);
    if (pila_hmac_init(&l.mac, pila_str_of(l.key, 32), pila_cstr("sha256"), NULL) !=
        PILA_OK)
        bench_die("no HMAC");
    bench_contestant all[] = {{.name = "pila, a key used again",
                               .run = again,
                               .ctx = &l},
                              {.name = "pila, at once", .run = once, .ctx = &l},
                              {.name = "HMAC()", .run = openssl, .ctx = &l},
                              bench_python("serial/peers/hashlib_cpython.py", args)};
    all[3].name = "CPython";
    bench_run(&(bench_contest){.what = "hmac: SHA-256 of 64 bytes",
                               .n = l.n,
                               .contestants = all,
                               .count = 4,
                               .bars = bars,
                               .bar_count = 3});
    bench_python_end(&all[3]);
    pila_hmac_done(&l.mac);
    pila_buf_done(&l.out);
    return bench_end();
}
