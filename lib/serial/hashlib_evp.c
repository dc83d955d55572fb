/* hashlib_evp.c - algorithms by name: Python's names, and what OpenSSL has by them.
 *
 * OpenSSL 3 asks its providers for an algorithm by name at some microseconds a time, so
 * each algorithm that Python has a name for is fetched once and kept. A slot of the
 * table is set by compare and exchange: threads that come at the same time may fetch
 * the same one twice, and all but one let theirs go. What is kept holds a reference,
 * and whoever asks gets another; the last is dropped when OpenSSL itself ends.
 *
 * Failures are not kept, so that md4 is there as soon as a program has loaded the
 * legacy provider. OpenSSL's queue of errors is left as it was: a status says all.
 *
 * Names are looked up as CPython does: Python's names exactly; else any name or object
 * identifier that OpenSSL has, without regard to case. Where an algorithm must not be
 * one for security (usedforsecurity=False), it is fetched with the property "-fips".
 */
#include "hashlib.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

typedef enum evp_kind {
    EVP_GUARANTEED, /* by Python */
    EVP_USUAL,
    EVP_LEGACY /* in OpenSSL's legacy provider */
} evp_kind;

typedef struct evp_known {
    pila_str name;   /* Python's, and then a NUL */
    const char *evp; /* OpenSSL's */
    evp_kind kind;
    int nid;
} evp_known;

/* In the order of Python's names. */
static const evp_known evp_table[] = {
    {{"blake2b", 7}, "BLAKE2B-512", EVP_GUARANTEED, NID_blake2b512},
    {{"blake2s", 7}, "BLAKE2S-256", EVP_GUARANTEED, NID_blake2s256},
    {{"md4", 3}, "MD4", EVP_LEGACY, NID_md4},
    {{"md5", 3}, "MD5", EVP_GUARANTEED, NID_md5},
    {{"md5-sha1", 8}, "MD5-SHA1", EVP_USUAL, NID_md5_sha1},
    {{"ripemd160", 9}, "RIPEMD160", EVP_USUAL, NID_ripemd160},
    {{"sha1", 4}, "SHA1", EVP_GUARANTEED, NID_sha1},
    {{"sha224", 6}, "SHA224", EVP_GUARANTEED, NID_sha224},
    {{"sha256", 6}, "SHA256", EVP_GUARANTEED, NID_sha256},
    {{"sha384", 6}, "SHA384", EVP_GUARANTEED, NID_sha384},
    {{"sha3_224", 8}, "SHA3-224", EVP_GUARANTEED, NID_sha3_224},
    {{"sha3_256", 8}, "SHA3-256", EVP_GUARANTEED, NID_sha3_256},
    {{"sha3_384", 8}, "SHA3-384", EVP_GUARANTEED, NID_sha3_384},
    {{"sha3_512", 8}, "SHA3-512", EVP_GUARANTEED, NID_sha3_512},
    {{"sha512", 6}, "SHA512", EVP_GUARANTEED, NID_sha512},
    {{"sha512_224", 10}, "SHA512-224", EVP_USUAL, NID_sha512_224},
    {{"sha512_256", 10}, "SHA512-256", EVP_USUAL, NID_sha512_256},
    {{"shake_128", 9}, "SHAKE128", EVP_GUARANTEED, NID_shake128},
    {{"shake_256", 9}, "SHAKE256", EVP_GUARANTEED, NID_shake256},
    {{"sm3", 3}, "SM3", EVP_USUAL, NID_sm3},
    {{"whirlpool", 9}, "WHIRLPOOL", EVP_LEGACY, NID_whirlpool}};

enum {
    EVP_KNOWN = sizeof evp_table / sizeof *evp_table,
    EVP_NAME_MOST = 64 /* bytes of a name and its NUL; OpenSSL's longest has 25 */
};

/* What has been fetched: for security, and not; last the one MAC. */
static struct evp_kept {
    EVP_MD *md[EVP_KNOWN][2];
    EVP_MAC *hmac;
    bool watched;
} evp_kept;

/* ---- fetched once ---- */

static void evp_forget(void)
{
    for (size_t k = 0; k < EVP_KNOWN; k++)
        for (size_t not_safe = 0; not_safe < 2; not_safe++)
            EVP_MD_free(
                __atomic_exchange_n(&evp_kept.md[k][not_safe], NULL, __ATOMIC_ACQ_REL));
    EVP_MAC_free(__atomic_exchange_n(&evp_kept.hmac, NULL, __ATOMIC_ACQ_REL));
}

/* Let go of what is kept when OpenSSL ends; where it cannot, it stays reachable. */
static void evp_watch(void)
{
    if (!__atomic_exchange_n(&evp_kept.watched, true, __ATOMIC_ACQ_REL))
        (void)OPENSSL_atexit(evp_forget);
}

static EVP_MD *evp_ask(const char *name, bool not_for_security)
{
    /* OpenSSL 3.0 crashes in a fetch where it has no memory for its own beginnings. */
    if (!OSSL_LIB_CTX_get0_global_default()) return NULL;
    ERR_set_mark();
    EVP_MD *md = EVP_MD_fetch(NULL, name, not_for_security ? "-fips" : NULL);
    ERR_pop_to_mark();
    return md;
}

/* With a reference of the caller's own, or NULL. */
static EVP_MD *evp_get(size_t k, bool not_for_security)
{
    EVP_MD **slot = &evp_kept.md[k][not_for_security];
    EVP_MD *md = __atomic_load_n(slot, __ATOMIC_ACQUIRE), *none = NULL;

    if (!md) {
        md = evp_ask(evp_table[k].evp, not_for_security);
        if (!md) return NULL;
        evp_watch();
        if (!__atomic_compare_exchange_n(slot, &none, md, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_ACQUIRE)) {
            EVP_MD_free(md);
            md = none;
        }
    }
    return EVP_MD_up_ref(md) ? md : NULL;
}

struct evp_mac_st *pila__hashlib_mac(void)
{
    EVP_MAC *mac = __atomic_load_n(&evp_kept.hmac, __ATOMIC_ACQUIRE), *none = NULL;

    if (mac) return mac;
    ERR_set_mark();
    mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    ERR_pop_to_mark();
    if (!mac) return NULL;
    evp_watch();
    if (__atomic_compare_exchange_n(&evp_kept.hmac, &none, mac, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return mac;
    EVP_MAC_free(mac);
    return none;
}

/* ---- names ---- */

/* Its place in the table, EVP_KNOWN for none. Python has SHA512_256 as well. */
static size_t evp_find(pila_str name)
{
    const bool loud = name.len == 10 && memcmp(name.ptr, "SHA512_2", 8) == 0;
    size_t k = 0;

    for (; k < EVP_KNOWN; k++) {
        pila_str known = evp_table[k].name;
        if (pila_str_eq(name, known)) break;
        if (loud && known.len == 10 && memcmp(known.ptr + 3, name.ptr + 3, 7) == 0)
            break;
    }
    return k;
}

pila_status pila__hashlib_refuse(pila_error *err, pila_status st, const char *message,
                                 pila_str name)
{
    if (!err) return st;
    memset(err, 0, sizeof *err);
    err->status = st;
    snprintf(err->message, sizeof err->message, "%s%.*s", message,
             name.len < sizeof err->message ? (int)name.len : EVP_NAME_MOST,
             name.len ? name.ptr : "");
    return st;
}

pila_status pila__hashlib_blame(pila_error *err, pila_status st)
{
    return st == PILA_OK
               ? st
               : pila__hashlib_refuse(err, st, pila_status_text(st), pila_cstr(""));
}

struct evp_md_st *pila__hashlib_fetch(pila_str name, bool not_for_security,
                                      pila_status *st, pila_error *err)
{
    static const char legacy[] =
        "OpenSSL's legacy provider is not loaded: unsupported hash type ";
    size_t k = evp_find(name);
    char text[EVP_NAME_MOST];
    EVP_MD *md = NULL;

    if (k < EVP_KNOWN) md = evp_get(k, not_for_security);
    else if (name.len && name.len < sizeof text && !memchr(name.ptr, 0, name.len)) {
        memcpy(text, name.ptr, name.len);
        text[name.len] = '\0';
        md = evp_ask(text, not_for_security);
    }
    *st = PILA_OK;
    if (!md)
        *st = pila__hashlib_refuse(err, PILA_EVALUE,
                                   k < EVP_KNOWN && evp_table[k].kind == EVP_LEGACY
                                       ? legacy
                                       : "unsupported hash type ",
                                   name);
    return md;
}

void pila__hashlib_release(struct evp_md_st *md) { EVP_MD_free(md); }

const char *pila__hashlib_name(const struct evp_md_st *md)
{
    int nid = EVP_MD_get_type(md);

    for (size_t k = 0; k < EVP_KNOWN; k++)
        if (evp_table[k].nid == nid) return evp_table[k].name.ptr;
    return OBJ_nid2ln(nid); /* "undefined" for none, as in CPython */
}

/* ---- which there are ---- */

static bool evp_show(pila_iter *it, size_t k)
{
    it->at = k + 1;
    it->cur = (const char *)&evp_table[k].name;
    it->end = it->cur + sizeof evp_table[k].name;
    return true;
}

static bool evp_refill_guaranteed(pila_iter *it)
{
    for (size_t k = it->at; k < EVP_KNOWN; k++)
        if (evp_table[k].kind == EVP_GUARANTEED) return evp_show(it, k);
    return pila_iter_end(it, PILA_END);
}

static bool evp_refill_available(pila_iter *it)
{
    for (size_t k = it->at; k < EVP_KNOWN; k++) {
        EVP_MD *md = evp_get(k, false);
        EVP_MD_free(md);
        if (md) return evp_show(it, k);
    }
    return pila_iter_end(it, PILA_END);
}

pila_iter pila_hashlib_algorithms_guaranteed(void)
{
    static const pila_iter_ops ops = {evp_refill_guaranteed, NULL, NULL};

    return pila_iter_make(&pila_view, &ops, NULL);
}

pila_iter pila_hashlib_algorithms_available(void)
{
    static const pila_iter_ops ops = {evp_refill_available, NULL, NULL};

    return pila_iter_make(&pila_view, &ops, NULL);
}
