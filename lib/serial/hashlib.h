/* hashlib.h - digests by name: MD5, SHA-1, SHA-2, SHA-3, SHAKE, BLAKE2 and OpenSSL's.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 * Links: libcrypto
 * Use:
 *     pila_buf hex = {0};
 *     pila_hashlib h = {0};
 *     pila_status st = pila_hashlib_init(&h, pila_cstr("sha1"), NULL, NULL);
 *     if (st == PILA_OK) st = pila_hashlib_update(&h, pila_cstr("abc"));
 *     if (st == PILA_OK) st = pila_hashlib_hexdigest(&h, 0, &hex);
 *     if (st == PILA_OK) printf("%.*s\n", (int)hex.len, hex.data);
 *     // prints: a9993e364706816aba3e25717850c26c9cd0d89d
 *     pila_hashlib_done(&h);
 *     pila_buf_done(&hex);
 *
 * Names are Python's, such as sha3_256 and blake2b, or any that OpenSSL knows: those
 * without regard to case. What OpenSSL is asked for by name is asked once in the life
 * of a process. A hash object that is used again (pila_hashlib_finish) allocates
 * nothing for its next message.
 *
 * Threads: one object is for one thread at a time, but that any number may look at one
 * that does not change: digest and copy only look.
 */
#ifndef PILA_HASHLIB_H
#define PILA_HASHLIB_H

#include "../core/iter.h"

#include <limits.h>
#include <stdio.h>

enum {
    PILA_HASHLIB_MOST = 64,   /* bytes of the longest digest, SHAKE apart */
    PILA_DKLEN_NONE = INT_MIN /* of a key: as many bytes as a digest has */
};

typedef struct pila_blake2_tree { /* where a node stands in a tree of hashes */
    int64_t fanout, depth;        /* 1, 1: no tree */
    int64_t leaf_size;
    uint64_t node_offset;
    int64_t node_depth, inner_size;
    bool last_node;
} pila_blake2_tree;

typedef struct pila_hashlib_options { /* {0}: Python's defaults */
    bool not_for_security;            /* usedforsecurity=False */
    size_t length; /* of a SHAKE: its digest_size, which is 0 in Python */
    /* of blake2b and blake2s; copied by whoever gets them */
    int64_t digest_size;          /* 0: 64 and 32 */
    pila_str key, salt, person;   /* borrowed for the call */
    const pila_blake2_tree *tree; /* NULL: none                           borrowed */
} pila_hashlib_options;

typedef struct pila_hashlib { /* {0} holds nothing: for init and done only */
    const char *name;         /* Python's; down to xof they may be read */
    size_t digest_size, block_size;
    bool xof;                       /* a SHAKE: digests of any length */
    struct evp_md_ctx_st *evp;      /* OpenSSL's state, or */
    struct pila__blake2_state *own; /* BLAKE2 with parameters */
} pila_hashlib;

/* What pila_hashlib_files yields: a struct as a tuple of these members. */
typedef struct pila_file_digest {
    pila_str path;   /* as it came */
    pila_str digest; /* of several algorithms one behind the other; empty on failure */
    int32_t status;  /* a pila_status: PILA_OK, or why there is no digest */
    int32_t error;   /* errno where that is PILA_EIO, else 0 */
} pila_file_digest;

typedef struct pila_scrypt { /* what a key costs */
    uint64_t n;              /* a power of 2, above 1 */
    uint64_t r, p;           /* above 0 */
    int64_t maxmem;          /* bytes; 0: 32 MiB */
} pila_scrypt;

PILA_BEGIN_C

/* ---- one hash ---- */

/* pila_hashlib_init - an empty hash of an algorithm.
 *
 *   h         set on success, untouched on failure                    given
 *   name      "sha256"                                                borrowed
 *   options   NULL: {0}                                               borrowed
 *   err       why not; may be NULL                                    given
 *
 * Fails:   PILA_EVALUE      there is no such algorithm, or not here: md4 and whirlpool
 *                           need a program that has loaded OpenSSL's legacy provider;
 *                           or an option out of range: messages are CPython's
 *          PILA_EOVERFLOW   leaf_size or node_offset too large
 *          PILA_ETYPE       options that the algorithm does not have
 *          PILA_ENOMEM      no memory
 * Cost:    O(1); the state is allocated, by OpenSSL unless it is BLAKE2 with parameters
 * Python:  hashlib.new(name, usedforsecurity=...), blake2b(...), blake2s(...), but
 *          that digest_size 0 is the default and no fault
 * Source:  FIPS 180-4, FIPS 202, RFC 7693, the BLAKE2 paper's section 2.8
 */
PILA_API PILA_MUST pila_status pila_hashlib_init(pila_hashlib *h, pila_str name,
                                                 const pila_hashlib_options *options,
                                                 pila_error *err);

/* pila_hashlib_update - go on with more data.
 *
 *   data   any length, beyond 4 GiB too                               borrowed
 *
 * Fails:   PILA_ENOMEM   OpenSSL failed
 * Cost:    O(n), no allocation
 * Python:  h.update(data)
 */
PILA_API PILA_MUST pila_status pila_hashlib_update(pila_hashlib *h, pila_str data);

/* pila_hashlib_digest - append the digest of all data so far, which may go on.
 *
 *   h        does not change                                          borrowed
 *   length   of a SHAKE: bytes wanted; 0: h->digest_size
 *   out      as it was on failure
 *
 * Fails:   PILA_ETYPE   a length, and no SHAKE
 *          PILA_ENOMEM, PILA_ELIMIT   no memory, or from out
 * Cost:    a copy of the state, allocated and freed; pila_hashlib_finish has none
 * Python:  h.digest(), h.digest(length)
 */
PILA_API PILA_MUST pila_status pila_hashlib_digest(const pila_hashlib *h, size_t length,
                                                   pila_buf *out);

/* pila_hashlib_hexdigest - the same in hex digits, two a byte.
 *
 *   h      does not change                                            borrowed
 *
 * Fails:   as pila_hashlib_digest
 * Cost:    as pila_hashlib_digest
 * Python:  h.hexdigest(), h.hexdigest(length)
 */
PILA_API PILA_MUST pila_status pila_hashlib_hexdigest(const pila_hashlib *h,
                                                      size_t length, pila_buf *out);

/* pila_hashlib_finish - append the digest, and be empty again for the next message.
 *
 *   length, out   as pila_hashlib_digest
 *
 * Fails:   as pila_hashlib_digest
 * Cost:    O(length), no allocation where out has room
 * Python:  h.digest(); h = hashlib.new(h.name)
 */
PILA_API PILA_MUST pila_status pila_hashlib_finish(pila_hashlib *h, size_t length,
                                                   pila_buf *out);

/* pila_hashlib_reset - forget all data; key and other options stay.
 *
 * Fails:   PILA_ENOMEM   OpenSSL failed
 * Cost:    O(1), no allocation
 * Python:  h = hashlib.new(h.name)
 */
PILA_API PILA_MUST pila_status pila_hashlib_reset(pila_hashlib *h);

/* pila_hashlib_copy - an independent duplicate, data so far included.
 *
 *   h      does not change                                            borrowed
 *   out    set on success, untouched on failure                       given
 *
 * Fails:   PILA_ENOMEM   no memory
 * Cost:    as pila_hashlib_init
 * Python:  h.copy()
 */
PILA_API PILA_MUST pila_status pila_hashlib_copy(const pila_hashlib *h,
                                                 pila_hashlib *out);

/* pila_hashlib_done - free it and leave it empty; twice is fine.
 *
 *   h      made by pila_hashlib_init or pila_hashlib_copy, or {0}      taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_hashlib_done(pila_hashlib *h);

/* pila_hashlib_once - append the digest of one message.
 *
 *   name, options, err   as pila_hashlib_init; for a SHAKE options->length bytes
 *   out                  as it was on failure
 *
 * Fails:   as pila_hashlib_init; PILA_ELIMIT from out
 * Cost:    O(n); faster than init, update, digest and done
 * Python:  hashlib.new(name, data).digest()
 */
PILA_API PILA_MUST pila_status pila_hashlib_once(pila_str name,
                                                 const pila_hashlib_options *options,
                                                 pila_str data, pila_buf *out,
                                                 pila_error *err);

/* ---- which there are ---- */

/* pila_hashlib_algorithms_guaranteed - the names that each Python has, in order.
 *
 * Items are of pila_view.
 *
 * Cost:    O(1), no allocation
 * Python:  sorted(hashlib.algorithms_guaranteed)
 */
PILA_API pila_iter pila_hashlib_algorithms_guaranteed(void);

/* pila_hashlib_algorithms_available - the names that work here, in order.
 *
 * Those with a name in Python; a provider of your own may have more, which
 * pila_hashlib_init knows.
 *
 * Cost:    O(1) a name, no allocation of the library's own
 * Python:  sorted(hashlib.algorithms_available)
 */
PILA_API pila_iter pila_hashlib_algorithms_available(void);

/* ---- several hashes in one pass ---- */

/* pila_hashlib_update_each - go on with the same data in n hashes.
 *
 * Data goes to them in pieces that stay in the processor's cache.
 *
 *   h, n   n of them
 *   data   any length                                                 borrowed
 *
 * Fails:   PILA_ENOMEM   OpenSSL failed: they differ in what they have seen
 * Cost:    O(n * length of data), no allocation
 * Python:  for one in h: one.update(data)
 */
PILA_API PILA_MUST pila_status pila_hashlib_update_each(pila_hashlib *h, size_t n,
                                                        pila_str data);

/* pila_hashlib_update_from - go on with all chunks of an iterator.
 *
 *   h, n     n of them; as they were on failure
 *   chunks   views                                                    taken
 *
 * Fails:   PILA_ETYPE    chunks are no views
 *          PILA_ENOMEM   no memory
 *          any           the fault that chunks ended with
 * Cost:    as pila_hashlib_update_each, and a copy of each state
 * Python:  for chunk in chunks: h.update(chunk)
 */
PILA_API PILA_MUST pila_status pila_hashlib_update_from(pila_hashlib *h, size_t n,
                                                        pila_iter chunks);

/* pila_hashlib_file_digest - go on with the rest of a file.
 *
 *   h, n   n of them; as they were on failure
 *   file   at its end afterwards, and not closed                      borrowed
 *
 * Fails:   PILA_EIO      reading failed, errno says how
 *          PILA_ENOMEM   no memory
 * Cost:    as pila_hashlib_update_from, one read of 256 KiB at a time
 * Python:  hashlib.file_digest(file, name)
 */
PILA_API PILA_MUST pila_status pila_hashlib_file_digest(pila_hashlib *h, size_t n,
                                                        FILE *file);

/* pila_hashlib_file_digest_fd - go on with the rest of what a descriptor has.
 *
 *   h, n   n of them; as they were on failure
 *
 * Fails:   as pila_hashlib_file_digest
 * Cost:    as pila_hashlib_file_digest
 * Python:  hashlib.file_digest(open(fd, "rb", closefd=False), name)
 */
PILA_API PILA_MUST pila_status pila_hashlib_file_digest_fd(pila_hashlib *h, size_t n,
                                                           int fd);

/* pila_hashlib_file_digest_path - go on with all of the file of that name.
 *
 *   h, n   n of them; as they were on failure
 *   path   no NUL within                                              borrowed
 *
 * Fails:   as pila_hashlib_file_digest, where it cannot be opened too
 *          PILA_EVALUE   a NUL in path
 * Cost:    as pila_hashlib_file_digest
 * Python:  with open(path, "rb") as file: hashlib.file_digest(file, name)
 */
PILA_API PILA_MUST pila_status pila_hashlib_file_digest_path(pila_hashlib *h, size_t n,
                                                             pila_str path);

/* pila_hashlib_files - digests of many files, an item a file.
 *
 *   paths   views                                                     taken
 *   h, n    what each file starts from: n hashes, copied              borrowed
 *
 * Items are pila_file_digest, of a type that is a tuple of its members. A file that
 * cannot be read is an item that says why, and the next one follows; a SHAKE gives
 * h->digest_size bytes.
 *
 * Fails:   PILA_ETYPE    paths are no views
 *          PILA_ENOMEM   no memory, now or later
 *          any           later: the fault of paths
 * Cost:    as pila_hashlib_file_digest; allocates once, not for each file, but what
 *          OpenSSL does for a copy of a state
 * Python:  ((path, hashlib.file_digest(open(path, "rb"), name).digest())
 *          for path in paths)
 */
PILA_API pila_iter pila_hashlib_files(pila_iter paths, const pila_hashlib *h, size_t n);

/* ---- keys from passwords ---- */

/* pila_hashlib_pbkdf2_hmac - append a key made from a password by iterated HMAC.
 *
 *   name             as pila_hashlib_init                             borrowed
 *   password, salt   at most INT_MAX bytes each                       borrowed
 *   iterations       from 1 to INT_MAX
 *   dklen            from 1 to INT_MAX bytes; PILA_DKLEN_NONE: as many as a digest has
 *   out              as it was on failure
 *   err              why not; may be NULL                             given
 *
 * Fails:   PILA_EVALUE      no such algorithm, a SHAKE, or a number below 1: the
 *                           message is CPython's, but for a name, where CPython's
 *                           is OpenSSL's
 *          PILA_EOVERFLOW   a number or length above INT_MAX
 *          PILA_ENOMEM, PILA_ELIMIT   no memory, or from out
 * Cost:    O(iterations * dklen)
 * Python:  hashlib.pbkdf2_hmac(name, password, salt, iterations, dklen)
 * Source:  RFC 8018, section 5.2
 */
PILA_API PILA_MUST pila_status pila_hashlib_pbkdf2_hmac(
    pila_str name, pila_str password, pila_str salt, int64_t iterations, int64_t dklen,
    pila_buf *out, pila_error *err);

/* pila_hashlib_scrypt - append a key made from a password at a cost of memory.
 *
 *   password, salt   at most INT_MAX bytes each                       borrowed
 *   cost             128 * n * r bytes, and more with p, are needed   borrowed
 *   dklen            from 1 to INT_MAX bytes; in Python 64 when it is left out
 *   out              as it was on failure
 *   err              why not; may be NULL                             given
 *
 * Fails:   PILA_EVALUE      n is no power of 2; dklen, r, p or maxmem out of range; or
 *                           more than maxmem needed: messages are CPython's
 *          PILA_EOVERFLOW   a password or salt above INT_MAX bytes
 *          PILA_ENOMEM, PILA_ELIMIT   no memory, or from out
 * Cost:    O(n * r * p), the memory is OpenSSL's
 * Python:  hashlib.scrypt(password, salt=, n=, r=, p=, maxmem=, dklen=)
 * Source:  RFC 7914
 */
PILA_API PILA_MUST pila_status pila_hashlib_scrypt(pila_str password, pila_str salt,
                                                   const pila_scrypt *cost,
                                                   int64_t dklen, pila_buf *out,
                                                   pila_error *err);

/* ---- for hmac ---- */

/* What OpenSSL has by a name, to be released; NULL, st and err where it has nothing. */
PILA_API struct evp_md_st *pila__hashlib_fetch(pila_str name, bool not_for_security,
                                               pila_status *st, pila_error *err);
PILA_API void pila__hashlib_release(struct evp_md_st *md);
PILA_API const char *pila__hashlib_name(const struct evp_md_st *md); /* Python's */
PILA_API struct evp_mac_st *pila__hashlib_mac(void); /* HMAC; kept for ever, or NULL */

/* st, with a message and then a name, or with the status's own words. */
PILA_API pila_status pila__hashlib_refuse(pila_error *err, pila_status st,
                                          const char *message, pila_str name);
PILA_API pila_status pila__hashlib_blame(pila_error *err, pila_status st);

/* n bytes as 2 n digits; the bytes may stand in the second half of the digits' room. */
PILA_API void pila__hashlib_hex(char *to, const char *from, size_t n);

PILA_END_C

#endif
