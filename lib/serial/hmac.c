/* hmac.c - see hmac.h.
 *
 * An object is a context of OpenSSL's EVP_MAC. The provider hashes the two blocks that
 * depend on the key alone when it gets the key; started again without one it begins
 * from there, so that a message costs what it and one block more cost. OpenSSL's
 * one-shot HMAC() looks two algorithms up by name, at many times the price of a short
 * message.
 *
 * One message with a key of its own (pila_hmac_once) is spelled out in two hashes, with
 * an algorithm that is fetched already: EVP_MAC has to be told it by name, each time.
 *
 *     digest = H(key ^ 0x5c... || H(key ^ 0x36... || message))
 */
#include "hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/* Bytes of the longest block; of those that OpenSSL has, SHA3-224's is, with 144. */
enum { HMAC_BLOCK_MOST = 256 };

/* The algorithm, to be released; NULL and why. */
static EVP_MD *hmac_fetch(pila_str digestmod, pila_status *st, pila_error *err)
{
    EVP_MD *md = NULL;

    if (digestmod.len) md = pila__hashlib_fetch(digestmod, false, st, err);
    else
        *st =
            pila__hashlib_refuse(err, PILA_ETYPE,
                                 "Missing required parameter 'digestmod'.", digestmod);
    if (!md) return NULL;
    bool xof = (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) != 0;
    if (!xof && EVP_MD_get_size(md) > 0 && EVP_MD_get_block_size(md) <= HMAC_BLOCK_MOST)
        return md;
    *st = pila__hashlib_refuse(err, PILA_EVALUE, "no HMAC with ", digestmod);
    pila__hashlib_release(md);
    return NULL;
}

/* ---- an object ---- */

static EVP_MAC_CTX *hmac_open(const EVP_MD *md, pila_str key)
{
    char *name = (char *)(uintptr_t)EVP_MD_get0_name(md); /* which is only read */
    const OSSL_PARAM how[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                                               name, 0),
                              OSSL_PARAM_construct_end()};
    EVP_MAC *mac = pila__hashlib_mac();
    EVP_MAC_CTX *evp = mac ? EVP_MAC_CTX_new(mac) : NULL;
    const char *bytes = key.len ? key.ptr : ""; /* NULL would be: the key of before */

    if (evp && EVP_MAC_init(evp, (const unsigned char *)bytes, key.len, how))
        return evp;
    EVP_MAC_CTX_free(evp);
    return NULL;
}

pila_status pila_hmac_init(pila_hmac *h, pila_str key, pila_str digestmod,
                           pila_error *err)
{
    pila_status st;
    EVP_MD *md = hmac_fetch(digestmod, &st, err);

    if (!md) return st;
    EVP_MAC_CTX *evp = hmac_open(md, key);
    if (evp) {
        snprintf(h->name, sizeof h->name, "hmac-%s", pila__hashlib_name(md));
        h->digest_size = (size_t)EVP_MD_get_size(md);
        h->block_size = (size_t)EVP_MD_get_block_size(md);
        h->evp = evp;
    } else st = pila__hashlib_blame(err, PILA_ENOMEM);
    pila__hashlib_release(md);
    return st;
}

pila_status pila_hmac_update(pila_hmac *h, pila_str msg)
{
    if (msg.len == 0) return PILA_OK;
    return EVP_MAC_update(h->evp, (const unsigned char *)msg.ptr, msg.len)
               ? PILA_OK
               : PILA_ENOMEM;
}

/* End a context: its digest to where there is room for it. */
static pila_status hmac_final(EVP_MAC_CTX *evp, size_t n, char *into)
{
    size_t made;

    return EVP_MAC_final(evp, (unsigned char *)into, &made, n) ? PILA_OK : PILA_ENOMEM;
}

static pila_status hmac_peek(const pila_hmac *h, char *into)
{
    EVP_MAC_CTX *evp = EVP_MAC_CTX_dup(h->evp);
    pila_status st = evp ? hmac_final(evp, h->digest_size, into) : PILA_ENOMEM;

    EVP_MAC_CTX_free(evp);
    return st;
}

pila_status pila_hmac_digest(const pila_hmac *h, pila_buf *out)
{
    pila_status st = pila_buf_reserve(out, h->digest_size);

    if (st == PILA_OK) st = hmac_peek(h, out->data + out->len);
    if (st == PILA_OK) out->len += h->digest_size;
    return st;
}

pila_status pila_hmac_hexdigest(const pila_hmac *h, pila_buf *out)
{
    size_t n = h->digest_size;
    pila_status st = pila_buf_reserve(out, 2 * n);

    if (st == PILA_OK) st = hmac_peek(h, out->data + out->len + n);
    if (st != PILA_OK) return st;
    char *to = out->data + out->len;
    pila__hashlib_hex(to, to + n, n);
    out->len += 2 * n;
    return PILA_OK;
}

pila_status pila_hmac_reset(pila_hmac *h)
{
    return EVP_MAC_init(h->evp, NULL, 0, NULL) ? PILA_OK : PILA_ENOMEM;
}

pila_status pila_hmac_finish(pila_hmac *h, pila_buf *out)
{
    pila_status st = pila_buf_reserve(out, h->digest_size);

    if (st == PILA_OK) st = hmac_final(h->evp, h->digest_size, out->data + out->len);
    if (st == PILA_OK) st = pila_hmac_reset(h);
    if (st == PILA_OK) out->len += h->digest_size;
    return st;
}

pila_status pila_hmac_copy(const pila_hmac *h, pila_hmac *out)
{
    EVP_MAC_CTX *evp = EVP_MAC_CTX_dup(h->evp);

    if (!evp) return PILA_ENOMEM;
    *out = *h;
    out->evp = evp;
    return PILA_OK;
}

void pila_hmac_done(pila_hmac *h)
{
    EVP_MAC_CTX_free(h->evp);
    memset(h, 0, sizeof *h);
}

/* ---- one message ---- */

/* One of the two hashes, into digest_size bytes at `into`. */
static bool hmac_half(EVP_MD_CTX *evp, const EVP_MD *md, const unsigned char *pad,
                      pila_str text, char *into)
{
    return EVP_DigestInit_ex2(evp, md, NULL) &&
           EVP_DigestUpdate(evp, pad, (size_t)EVP_MD_get_block_size(md)) &&
           EVP_DigestUpdate(evp, text.ptr, text.len) &&
           EVP_DigestFinal_ex(evp, (unsigned char *)into, NULL);
}

/* The key in one block, xored with a byte. */
static void hmac_pad(unsigned char *pad, pila_str key, unsigned char with)
{
    memset(pad, with, HMAC_BLOCK_MOST);
    for (size_t k = 0; k < key.len; k++) pad[k] ^= (unsigned char)key.ptr[k];
}

static bool hmac_both(const EVP_MD *md, pila_str key, pila_str msg, char *out)
{
    unsigned char pad[HMAC_BLOCK_MOST];
    char folded[EVP_MAX_MD_SIZE]; /* a key that is longer than a block */
    size_t size = (size_t)EVP_MD_get_size(md);
    EVP_MD_CTX *evp = EVP_MD_CTX_new();
    bool ok = evp != NULL;

    if (ok && key.len > (size_t)EVP_MD_get_block_size(md)) {
        ok = EVP_Digest(key.ptr, key.len, (unsigned char *)folded, NULL, md, NULL) == 1;
        key = pila_str_of(folded, size);
    }
    if (ok) {
        hmac_pad(pad, key, 0x36);
        ok = hmac_half(evp, md, pad, msg, out);
        hmac_pad(pad, key, 0x5c);
        ok = ok && hmac_half(evp, md, pad, pila_str_of(out, size), out);
    }
    OPENSSL_cleanse(pad, sizeof pad);
    OPENSSL_cleanse(folded, sizeof folded);
    EVP_MD_CTX_free(evp);
    return ok;
}

pila_status pila_hmac_once(pila_str key, pila_str msg, pila_str digestmod,
                           pila_buf *out, pila_error *err)
{
    pila_status st;
    EVP_MD *md = hmac_fetch(digestmod, &st, err);

    if (!md) return st;
    st = pila_buf_reserve(out, (size_t)EVP_MD_get_size(md));
    if (st == PILA_OK && !hmac_both(md, key, msg, out->data + out->len))
        st = PILA_ENOMEM;
    if (st == PILA_OK) out->len += (size_t)EVP_MD_get_size(md);
    pila__hashlib_release(md);
    return pila__hashlib_blame(err, st);
}

/* ---- comparing ---- */

/* The asm says nothing but that `differ` may be any value: a compiler that knew how it
 * comes about could leave the loop at the first difference. */
bool pila_hmac_compare_digest(pila_str a, pila_str b)
{
    const char *left = a.len == b.len ? a.ptr : b.ptr;
    uint64_t differ = a.len ^ b.len, x, y;
    size_t k = 0;

    for (; b.len - k >= sizeof x; k += sizeof x) {
        memcpy(&x, left + k, sizeof x);
        memcpy(&y, b.ptr + k, sizeof y);
        differ |= x ^ y;
        __asm__("" : "+r"(differ));
    }
    for (; k < b.len; k++) {
        differ |= (uint64_t)(unsigned char)(left[k] ^ b.ptr[k]);
        __asm__("" : "+r"(differ));
    }
    return differ == 0;
}
