/* hmac.h - keyed hashes: a digest that only who has the key can make.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/hashlib
 * Links: libcrypto
 * Use:
 *     pila_buf mac = {0};
 *     pila_str want = {"\x74\xe6\xf7\x29\x8a\x9c\x2d\x16\x89\x35\xf5\x8c\x00\x1b\xad"
 *                      "\x88", 16};
 *     pila_status st = pila_hmac_once(pila_cstr(""), pila_cstr(""),
 *                                     pila_cstr("md5"), &mac, NULL);
 *     if (st == PILA_OK && pila_hmac_compare_digest(pila_buf_view(&mac), want))
 *         printf("genuine\n");
 *     // prints: genuine
 *     pila_buf_done(&mac);
 *
 * The work that only depends on the key is done once, by init: an object that is used
 * again (pila_hmac_finish) hashes two blocks less for each message.
 *
 * Threads: as hashlib.
 */
#ifndef PILA_HMAC_H
#define PILA_HMAC_H

#include "hashlib.h"

typedef struct pila_hmac { /* {0} holds nothing: for init and done only */
    char name[40];         /* "hmac-sha256"; these three may be read */
    size_t digest_size, block_size;
    struct evp_mac_ctx_st *evp;
} pila_hmac;

PILA_BEGIN_C

/* pila_hmac_init - an empty HMAC of an algorithm.
 *
 *   h           set on success, untouched on failure                  given
 *   key         of any length; copied                                 borrowed
 *   digestmod   "sha256"                                              borrowed
 *   err         why not; may be NULL                                  given
 *
 * Fails:   PILA_ETYPE    digestmod is empty: "Missing required parameter 'digestmod'."
 *          PILA_EVALUE   there is no such algorithm, as pila_hashlib_init, or a SHAKE
 *          PILA_ENOMEM   no memory
 * Cost:    O(length of key), two blocks hashed; the state is allocated by OpenSSL
 * Python:  hmac.new(key, digestmod=digestmod), where the message for an unknown name is
 *          OpenSSL's
 * Source:  RFC 2104
 */
PILA_API PILA_MUST pila_status pila_hmac_init(pila_hmac *h, pila_str key,
                                              pila_str digestmod, pila_error *err);

/* pila_hmac_update - go on with more of the message.
 *
 *   msg    any length                                                 borrowed
 *
 * Fails:   PILA_ENOMEM   OpenSSL failed
 * Cost:    O(n), no allocation
 * Python:  h.update(msg)
 */
PILA_API PILA_MUST pila_status pila_hmac_update(pila_hmac *h, pila_str msg);

/* pila_hmac_digest - append the digest so far; h may go on.
 *
 *   h      does not change                                            borrowed
 *   out    as it was on failure
 *
 * Fails:   PILA_ENOMEM, PILA_ELIMIT   no memory, or from out
 * Cost:    a copy of the state, allocated and freed; pila_hmac_finish has none
 * Python:  h.digest()
 */
PILA_API PILA_MUST pila_status pila_hmac_digest(const pila_hmac *h, pila_buf *out);

/* pila_hmac_hexdigest - the same in hex digits, two a byte.
 *
 *   h      does not change                                            borrowed
 *   out    as it was on failure
 *
 * Fails:   as pila_hmac_digest
 * Cost:    as pila_hmac_digest
 * Python:  h.hexdigest()
 */
PILA_API PILA_MUST pila_status pila_hmac_hexdigest(const pila_hmac *h, pila_buf *out);

/* pila_hmac_finish - append the digest, and be empty again, the key the same.
 *
 *   out    as it was on failure
 *
 * Fails:   as pila_hmac_digest
 * Cost:    O(1), no allocation where out has room
 * Python:  h.digest(); h = hmac.new(key, digestmod=digestmod)
 */
PILA_API PILA_MUST pila_status pila_hmac_finish(pila_hmac *h, pila_buf *out);

/* pila_hmac_reset - forget the message; the key stays.
 *
 * Fails:   PILA_ENOMEM   OpenSSL failed
 * Cost:    O(1), no allocation
 * Python:  h = hmac.new(key, digestmod=digestmod)
 */
PILA_API PILA_MUST pila_status pila_hmac_reset(pila_hmac *h);

/* pila_hmac_copy - an independent duplicate, key and message so far included.
 *
 *   h      does not change                                            borrowed
 *   out    set on success, untouched on failure                       given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    as pila_hmac_init, but that nothing is hashed
 * Python:  h.copy()
 */
PILA_API PILA_MUST pila_status pila_hmac_copy(const pila_hmac *h, pila_hmac *out);

/* pila_hmac_done - free it and leave it empty; twice is fine.
 *
 *   h      made by pila_hmac_init or pila_hmac_copy, or {0}           taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_hmac_done(pila_hmac *h);

/* pila_hmac_once - append the digest of one message.
 *
 *   key, msg    any length                                            borrowed
 *   digestmod   "sha256"                                              borrowed
 *   out         as it was on failure
 *   err         why not; may be NULL                                  given
 *
 * Fails:   as pila_hmac_init; PILA_ELIMIT from out
 * Cost:    O(length of key and msg); faster than init, update and done
 * Python:  hmac.digest(key, msg, digestmod)
 */
PILA_API PILA_MUST pila_status pila_hmac_once(pila_str key, pila_str msg,
                                              pila_str digestmod, pila_buf *out,
                                              pila_error *err);

/* pila_hmac_compare_digest - whether both have the same bytes, in a time that does not
 * tell where they differ.
 *
 *   a, b   bytes; text is compared as its UTF-8                       borrowed
 *
 * Cost:    O(length of b) whatever the bytes are, no allocation
 * Python:  hmac.compare_digest(a, b), secrets.compare_digest
 */
PILA_API bool pila_hmac_compare_digest(pila_str a, pila_str b);

PILA_END_C

#endif
