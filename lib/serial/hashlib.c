/* hashlib.c - see hashlib.h.
 *
 * A hash object is a context of OpenSSL's, or our own BLAKE2 where parameters are set
 * that OpenSSL's has not. What else there is lies beside: hashlib_evp.c finds an
 * algorithm by its name, hashlib_blake2.c has BLAKE2, hashlib_files.c reads files into
 * several hashes at once, hashlib_kdf.c makes keys.
 *
 * As in Python a digest may be asked for at any time, and the hash goes on: so it is
 * made from a copy, and copying is what it costs. Whoever hashes message after message
 * takes pila_hashlib_finish instead, which ends the context itself and starts it again
 * with the algorithm it has; that is the fastest that EVP can do. One message alone
 * (pila_hashlib_once) is EVP_Digest with an algorithm that was fetched long ago.
 *
 * Invariant: exactly one of `evp` and `own` is set, and it is ready for data.
 */
#include "hashlib.h"

#include "hashlib_blake2.h"
#include "hashlib_parts.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

/* ---- make and end ---- */

static bool hashlib_is_blake2(pila_str name, bool *small)
{
    *small = pila_str_eq(name, pila_cstr("blake2s"));
    return *small || pila_str_eq(name, pila_cstr("blake2b"));
}

static bool hashlib_has_parameters(const pila_hashlib_options *o)
{
    return o &&
           (o->digest_size || o->key.len || o->salt.len || o->person.len || o->tree);
}

/* Whether own BLAKE2 is to be used; PILA_ETYPE: there are parameters for another. */
static pila_status hashlib_choose(pila_str name, const pila_hashlib_options *o,
                                  bool *own, bool *small, pila_error *err)
{
    bool is = hashlib_is_blake2(name, small);

    *own = is && hashlib_has_parameters(o);
    return is || !hashlib_has_parameters(o)
               ? PILA_OK
               : pila__hashlib_refuse(err, PILA_ETYPE,
                                      "only blake2b and blake2s have parameters, not ",
                                      name);
}

static pila_status hashlib_no_memory(pila_error *err)
{
    return pila__hashlib_blame(err, PILA_ENOMEM);
}

static pila_status hashlib_init_own(pila_hashlib *h, bool small,
                                    const pila_hashlib_options *options,
                                    pila_error *err)
{
    pila__blake2_state *s = (pila__blake2_state *)pila_alloc(1, sizeof *s);
    pila_status st =
        s ? pila__blake2_init(s, small, options, err) : hashlib_no_memory(err);

    if (st != PILA_OK) {
        pila_free(s);
        return st;
    }
    h->name = small ? "blake2s" : "blake2b";
    h->digest_size = s->digest_size;
    h->block_size = small ? 64 : 128;
    h->xof = false;
    h->evp = NULL;
    h->own = s;
    return PILA_OK;
}

pila_status pila_hashlib_init(pila_hashlib *h, pila_str name,
                              const pila_hashlib_options *options, pila_error *err)
{
    bool own, small;
    pila_status st = hashlib_choose(name, options, &own, &small, err);

    if (st != PILA_OK) return st;
    if (own) return hashlib_init_own(h, small, options, err);
    EVP_MD *md =
        pila__hashlib_fetch(name, options && options->not_for_security, &st, err);
    if (!md) return st;
    EVP_MD_CTX *evp = EVP_MD_CTX_new();
    if (evp && EVP_DigestInit_ex2(evp, md, NULL)) {
        h->name = pila__hashlib_name(md);
        h->xof = (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) != 0;
        h->digest_size =
            h->xof ? (options ? options->length : 0) : (size_t)EVP_MD_get_size(md);
        h->block_size = (size_t)EVP_MD_get_block_size(md);
        h->evp = evp;
        h->own = NULL;
    } else {
        EVP_MD_CTX_free(evp);
        st = hashlib_no_memory(err);
    }
    pila__hashlib_release(md);
    return st;
}

void pila_hashlib_done(pila_hashlib *h)
{
    EVP_MD_CTX_free(h->evp);
    if (h->own) OPENSSL_cleanse(h->own, sizeof *h->own); /* there may be a key */
    pila_free(h->own);
    memset(h, 0, sizeof *h);
}

pila_status pila__hashlib_assign(pila_hashlib *h, const pila_hashlib *from)
{
    if (from->own) *h->own = *from->own;
    else if (!EVP_MD_CTX_copy_ex(h->evp, from->evp)) return PILA_ENOMEM;
    return PILA_OK;
}

pila_status pila_hashlib_copy(const pila_hashlib *h, pila_hashlib *out)
{
    pila_hashlib made = *h;

    if (h->own) made.own = (pila__blake2_state *)pila_alloc(1, sizeof *made.own);
    else made.evp = EVP_MD_CTX_new();
    if (!made.own && !made.evp) return PILA_ENOMEM;
    pila_status st = pila__hashlib_assign(&made, h);
    if (st == PILA_OK) *out = made;
    else pila_hashlib_done(&made);
    return st;
}

/* ---- data in ---- */

pila_status pila_hashlib_update(pila_hashlib *h, pila_str data)
{
    if (h->own) pila__blake2_update(h->own, data);
    else if (!EVP_DigestUpdate(h->evp, data.ptr, data.len)) return PILA_ENOMEM;
    return PILA_OK;
}

pila_status pila_hashlib_reset(pila_hashlib *h)
{
    if (h->own) pila__blake2_reset(h->own);
    else if (!EVP_DigestInit_ex2(h->evp, NULL, NULL)) return PILA_ENOMEM;
    return PILA_OK;
}

/* ---- digests out ---- */

/* End a context: n bytes, as many as it has where it is no SHAKE. */
static pila_status hashlib_final(EVP_MD_CTX *evp, bool xof, size_t n, char *into)
{
    unsigned char *out = (unsigned char *)into;

    if (n == 0) return PILA_OK;
    return (xof ? EVP_DigestFinalXOF(evp, out, n) : EVP_DigestFinal_ex(evp, out, NULL))
               ? PILA_OK
               : PILA_ENOMEM;
}

/* The length of a digest, and room for `times` as much. */
static pila_status hashlib_room(const pila_hashlib *h, size_t length, size_t times,
                                size_t *n, pila_buf *out)
{
    size_t bytes;

    if (length && !h->xof) return PILA_ETYPE;
    *n = length ? length : h->digest_size;
    if (!pila_mul(*n, times, &bytes)) return PILA_ELIMIT;
    return bytes ? pila_buf_reserve(out, bytes) : PILA_OK;
}

/* The digest, of n bytes, to where there is room for it. */
static pila_status hashlib_peek(const pila_hashlib *h, size_t n, char *into)
{
    if (h->own) {
        pila__blake2_state s = *h->own;
        pila__blake2_final(&s, (unsigned char *)into);
        OPENSSL_cleanse(&s, sizeof s);
        return PILA_OK;
    }
    EVP_MD_CTX *evp = EVP_MD_CTX_new();
    pila_status st = evp && EVP_MD_CTX_copy_ex(evp, h->evp)
                         ? hashlib_final(evp, h->xof, n, into)
                         : PILA_ENOMEM;
    EVP_MD_CTX_free(evp);
    return st;
}

pila_status pila_hashlib_digest(const pila_hashlib *h, size_t length, pila_buf *out)
{
    size_t n;
    pila_status st = hashlib_room(h, length, 1, &n, out);

    if (st == PILA_OK && n) st = hashlib_peek(h, n, out->data + out->len);
    if (st == PILA_OK) out->len += n;
    return st;
}

/* Two pointers: of at[2 * k] and at[n + k] gcc 12 makes stores that it then takes for
 * dead ones. */
void pila__hashlib_hex(char *to, const char *from, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (; n; n--) {
        unsigned char byte = (unsigned char)*from++;
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
}

pila_status pila_hashlib_hexdigest(const pila_hashlib *h, size_t length, pila_buf *out)
{
    size_t n;
    pila_status st = hashlib_room(h, length, 2, &n, out);

    if (st != PILA_OK || n == 0) return st;
    char *into = out->data + out->len + n;
    st = hashlib_peek(h, n, into);
    if (st != PILA_OK) return st;
    pila__hashlib_hex(into - n, into, n);
    out->len += 2 * n;
    return PILA_OK;
}

pila_status pila_hashlib_finish(pila_hashlib *h, size_t length, pila_buf *out)
{
    size_t n;
    pila_status st = hashlib_room(h, length, 1, &n, out);

    if (st != PILA_OK) return st;
    char *into = n ? out->data + out->len : NULL;
    if (h->own) pila__blake2_final(h->own, (unsigned char *)into);
    else st = hashlib_final(h->evp, h->xof, n, into);
    if (st == PILA_OK) st = pila_hashlib_reset(h);
    if (st == PILA_OK) out->len += n;
    return st;
}

/* Own BLAKE2, or a SHAKE: a hash object's whole life. */
static pila_status hashlib_live(pila_str name, const pila_hashlib_options *options,
                                pila_str data, pila_buf *out, pila_error *err)
{
    pila_hashlib h;
    pila_status st = pila_hashlib_init(&h, name, options, err);

    if (st != PILA_OK) return st;
    st = pila_hashlib_update(&h, data);
    if (st == PILA_OK) st = pila_hashlib_finish(&h, 0, out);
    pila_hashlib_done(&h);
    return pila__hashlib_blame(err, st);
}

pila_status pila_hashlib_once(pila_str name, const pila_hashlib_options *options,
                              pila_str data, pila_buf *out, pila_error *err)
{
    bool not_for_security = options && options->not_for_security;
    pila_status st;

    if (hashlib_has_parameters(options))
        return hashlib_live(name, options, data, out, err);
    EVP_MD *md = pila__hashlib_fetch(name, not_for_security, &st, err);
    if (!md) return st;
    bool xof = (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) != 0;
    size_t n = (size_t)EVP_MD_get_size(md);
    if (!xof && n) {
        st = pila_buf_reserve(out, n);
        char *into = st == PILA_OK ? out->data + out->len : NULL;
        if (into &&
            !EVP_Digest(data.ptr, data.len, (unsigned char *)into, NULL, md, NULL))
            st = PILA_ENOMEM;
        if (st == PILA_OK) out->len += n;
    }
    pila__hashlib_release(md);
    return xof ? hashlib_live(name, options, data, out, err)
               : pila__hashlib_blame(err, st);
}
