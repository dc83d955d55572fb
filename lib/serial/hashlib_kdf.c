/* hashlib_kdf.c - keys from passwords: PBKDF2 and scrypt, OpenSSL's.
 *
 * What is checked here is what CPython checks before it asks OpenSSL, in its order and
 * its words. OpenSSL takes lengths as int, which is where the bounds come from. The
 * memory that scrypt needs is allocated by OpenSSL, which is told how much it may be;
 * a key is written where it stays, so that no copy of it is left.
 */
#include "hashlib.h"

#include <openssl/err.h>
#include <openssl/evp.h>

static pila_status kdf_refuse(pila_error *err, pila_status st, const char *message)
{
    return pila__hashlib_refuse(err, st, message, pila_cstr(""));
}

static pila_status kdf_check_texts(pila_str password, pila_str salt, pila_error *err)
{
    if (password.len > INT_MAX)
        return kdf_refuse(err, PILA_EOVERFLOW, "password is too long.");
    if (salt.len > INT_MAX) return kdf_refuse(err, PILA_EOVERFLOW, "salt is too long.");
    return PILA_OK;
}

static pila_status kdf_check_pbkdf2(int64_t iterations, int64_t dklen, pila_error *err)
{
    if (iterations < 1)
        return kdf_refuse(err, PILA_EVALUE, "iteration value must be greater than 0.");
    if (iterations > INT_MAX)
        return kdf_refuse(err, PILA_EOVERFLOW, "iteration value is too great.");
    if (dklen < 1 && dklen != PILA_DKLEN_NONE)
        return kdf_refuse(err, PILA_EVALUE, "key length must be greater than 0.");
    if (dklen > INT_MAX)
        return kdf_refuse(err, PILA_EOVERFLOW, "key length is too great.");
    return PILA_OK;
}

static pila_status kdf_reserve(pila_buf *out, int64_t n, pila_error *err)
{
    return pila__hashlib_blame(err, pila_buf_reserve(out, (size_t)n));
}

pila_status pila_hashlib_pbkdf2_hmac(pila_str name, pila_str password, pila_str salt,
                                     int64_t iterations, int64_t dklen, pila_buf *out,
                                     pila_error *err)
{
    pila_status st;
    EVP_MD *md = pila__hashlib_fetch(name, false, &st, err);

    if (!md) return st;
    st = kdf_check_texts(password, salt, err);
    if (st == PILA_OK) st = kdf_check_pbkdf2(iterations, dklen, err);
    if (st == PILA_OK && EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF)
        st = pila__hashlib_refuse(err, PILA_EVALUE, "no HMAC with ", name);
    if (dklen == PILA_DKLEN_NONE) dklen = EVP_MD_get_size(md);
    if (st == PILA_OK) st = kdf_reserve(out, dklen, err);
    if (st == PILA_OK) {
        ERR_set_mark();
        if (PKCS5_PBKDF2_HMAC(password.len ? password.ptr : "", (int)password.len,
                              (const unsigned char *)(salt.len ? salt.ptr : ""),
                              (int)salt.len, (int)iterations, md, (int)dklen,
                              (unsigned char *)out->data + out->len))
            out->len += (size_t)dklen;
        else st = pila__hashlib_blame(err, PILA_ENOMEM);
        ERR_pop_to_mark();
    }
    pila__hashlib_release(md);
    return st;
}

static pila_status kdf_check_scrypt(const pila_scrypt *cost, int64_t dklen,
                                    pila_error *err)
{
    if (cost->n < 2 || cost->n & (cost->n - 1))
        return kdf_refuse(err, PILA_EVALUE, "n must be a power of 2.");
    if (cost->maxmem < 0 || cost->maxmem > INT_MAX)
        return kdf_refuse(err, PILA_EVALUE,
                          "maxmem must be positive and smaller than 2147483647");
    if (dklen < 1 || dklen > INT_MAX)
        return kdf_refuse(err, PILA_EVALUE,
                          "dklen must be greater than 0 and smaller than 2147483647");
    return PILA_OK;
}

/* As CPython words what OpenSSL says. */
static pila_status kdf_refuse_by(pila_error *err, unsigned long error)
{
    const char *part = ERR_lib_error_string(error);
    const char *reason = ERR_reason_error_string(error);
    char message[150];

    if (!error || !part || !reason)
        return kdf_refuse(err, PILA_EVALUE,
                          "Invalid parameter combination for n, r, p, maxmem.");
    snprintf(message, sizeof message, "[%s] %s", part, reason);
    return kdf_refuse(err, PILA_EVALUE, message);
}

/* Make the key; without room for one, only see whether that would do. */
static pila_status kdf_scrypt(pila_str password, pila_str salt, const pila_scrypt *cost,
                              unsigned char *key, size_t n, pila_error *err)
{
    const char *text = password.len ? password.ptr : "";
    const char *grain = salt.len ? salt.ptr : "";

    ERR_set_mark();
    bool made =
        EVP_PBE_scrypt(text, password.len, (const unsigned char *)grain, salt.len,
                       cost->n, cost->r, cost->p, (uint64_t)cost->maxmem, key, n) == 1;
    unsigned long error = ERR_peek_last_error();
    ERR_pop_to_mark();
    if (made) return PILA_OK;
    return key ? pila__hashlib_blame(err, PILA_ENOMEM) : kdf_refuse_by(err, error);
}

pila_status pila_hashlib_scrypt(pila_str password, pila_str salt,
                                const pila_scrypt *cost, int64_t dklen, pila_buf *out,
                                pila_error *err)
{
    pila_status st = kdf_check_texts(password, salt, err);

    if (st == PILA_OK) st = kdf_check_scrypt(cost, dklen, err);
    if (st == PILA_OK) st = kdf_scrypt(password, salt, cost, NULL, 0, err);
    if (st == PILA_OK) st = kdf_reserve(out, dklen, err);
    if (st == PILA_OK)
        st = kdf_scrypt(password, salt, cost, (unsigned char *)out->data + out->len,
                        (size_t)dklen, err);
    if (st == PILA_OK) out->len += (size_t)dklen;
    return st;
}
