/* zlib.h - DEFLATE by zlib: at once, by objects, and as iterators of chunks.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 * Links: zlib
 * Use:
 *     pila_buf packed = {0}, text = {0};
 *     pila_status st = pila_zlib_compress(pila_cstr("spam spam spam"), -1,
 *                                         PILA_ZLIB_WBITS, &packed, NULL);
 *     if (st == PILA_OK) st = pila_zlib_decompress(pila_buf_view(&packed),
 *                                         PILA_ZLIB_WBITS, 1000, &text, NULL);
 *     if (st == PILA_OK) printf("%.*s\n", (int)text.len, text.data);
 *     // prints: spam spam spam
 *     pila_buf_done(&packed);
 *     pila_buf_done(&text);
 *
 * Output goes to the end of a buffer, which has its old length after a fault. Who
 * decompresses says how much may come of it at most; PILA_ZLIB_UNLIMITED is a choice.
 *
 * What zlib.error is in Python is, with the same message,
 *   PILA_ESYNTAX   Error -3 (data is not right) and 2 (a dictionary is needed)
 *   PILA_EEOF      Error -5 (data ends too early)
 *   PILA_EVALUE    Error -2 (a value that zlib does not take; an object that has ended)
 * and `offset` is the number of bytes taken in, counted over all calls of an object.
 */
#ifndef PILA_ZLIB_H
#define PILA_ZLIB_H

#include "../core/iter.h"

#define PILA_ZLIB_UNLIMITED SIZE_MAX /* as much as there is */

/* Size of the window, 9 to 15, as a power of two; and the container. */
enum {
    PILA_ZLIB_WBITS = 15,    /* zlib's; Python's MAX_WBITS */
    PILA_ZLIB_WBITS_ANY = 0, /* decompress: zlib's, the size is the header's */
    PILA_ZLIB_RAW = -15,     /* none */
    PILA_ZLIB_GZIP = 31,     /* gzip's */
    PILA_ZLIB_AUTO = 47      /* decompress: zlib's or gzip's, by the header */
};

enum { /* level: 0 to 9, or */
       PILA_Z_DEFAULT_COMPRESSION = -1,
       PILA_Z_NO_COMPRESSION = 0,
       PILA_Z_BEST_SPEED = 1,
       PILA_Z_BEST_COMPRESSION = 9
};

enum { /* strategy */
       PILA_Z_DEFAULT_STRATEGY = 0,
       PILA_Z_FILTERED = 1,
       PILA_Z_HUFFMAN_ONLY = 2,
       PILA_Z_RLE = 3,
       PILA_Z_FIXED = 4
};

enum { /* mode of a flush */
       PILA_Z_NO_FLUSH = 0,
       PILA_Z_PARTIAL_FLUSH = 1,
       PILA_Z_SYNC_FLUSH = 2,
       PILA_Z_FULL_FLUSH = 3,
       PILA_Z_FINISH = 4,
       PILA_Z_BLOCK = 5,
       PILA_Z_TREES = 6
};

typedef struct pila_zlib_options { /* {0}: as Python's defaults */
    int method;                    /* 0: 8, DEFLATED, the only one */
    int mem_level;                 /* 1 to 9; 0: 8 */
    int strategy;
    const pila_str *zdict; /* NULL: none; looked at by the call alone   borrowed */
} pila_zlib_options;

typedef struct pila_zlib_compressobj pila_zlib_compressobj;
typedef struct pila_zlib_decompressobj pila_zlib_decompressobj;

PILA_BEGIN_C

/* ---- all at once ---- */

/* pila_zlib_compress - append data compressed.
 *
 *   data    not inside out                                            borrowed
 *   level   0 to 9, or PILA_Z_DEFAULT_COMPRESSION
 *   wbits   9 to 15, -9 to -15 raw, 25 to 31 gzip; zlib takes 8 for 9
 *   out     as it was on failure
 *   err     why it failed; NULL: nobody asks                          given
 *
 * Fails:   PILA_EVALUE   "Bad compression level": level or wbits is none of these
 *          PILA_ENOMEM   no memory
 *          PILA_ELIMIT   out's cap
 * Cost:    O(n); 256 KiB while it works
 * Python:  zlib.compress(data, level, wbits=wbits), byte for byte with the same zlib
 * Source:  RFC 1950, 1951, 1952
 */
PILA_API PILA_MUST pila_status pila_zlib_compress(pila_str data, int level, int wbits,
                                                  pila_buf *out, pila_error *err);

/* pila_zlib_decompress - append what data was before.
 *
 *   data    not inside out; what stands behind the end is not looked at   borrowed
 *   wbits   8 to 15, -8 to -15 raw, 24 to 31 gzip, 40 to 47 either, 0
 *   most    bytes that may be appended, or PILA_ZLIB_UNLIMITED
 *   out     as it was on failure; what it has room for is used first
 *   err     as in pila_zlib_compress                                  given
 *
 * Fails:   PILA_ESYNTAX  data is not right
 *          PILA_EEOF     data ends too early
 *          PILA_EVALUE   wbits is none of these
 *          PILA_ELIMIT   there is more than `most`, or than out's cap
 *          PILA_ENOMEM   no memory
 * Cost:    O(n + length of the output); beside that 48 KiB while it works
 * Python:  zlib.decompress(data, wbits, bufsize); bufsize is pila_buf_reserve
 * Source:  as pila_zlib_compress
 */
PILA_API PILA_MUST pila_status pila_zlib_decompress(pila_str data, int wbits,
                                                    size_t most, pila_buf *out,
                                                    pila_error *err);

/* ---- compressing, piece by piece ---- */

/* pila_zlib_compressobj_new - ready for the first piece.
 *
 *   level, wbits   as in pila_zlib_compress
 *   options        NULL: {0}                                          borrowed
 *   out            untouched on failure                               given
 *   err            as in pila_zlib_compress                           given
 *
 * Fails:   PILA_EVALUE     "Invalid initialization option", or "Invalid dictionary":
 *                          gzip has none
 *          PILA_EOVERFLOW  the dictionary has 4 GiB
 *          PILA_ENOMEM     no memory
 * Cost:    O(1); all memory it will need, 256 KiB at mem_level 8
 * Python:  zlib.compressobj(level, method, wbits, memLevel, strategy, zdict)
 */
PILA_API PILA_MUST pila_status
pila_zlib_compressobj_new(int level, int wbits, const pila_zlib_options *options,
                          pila_zlib_compressobj **out, pila_error *err);

/* pila_zlib_compressobj_compress - take data in, append what comes of it by now.
 *
 *   data   not inside out                                             borrowed
 *   out    as it was on failure, and so is c
 *   err    as in pila_zlib_compress                                   given
 *
 * Fails:   PILA_EVALUE   c has been finished
 *          PILA_ENOMEM   no memory
 *          PILA_ELIMIT   out's cap
 * Cost:    O(n)
 * Python:  c.compress(data)
 */
PILA_API PILA_MUST pila_status pila_zlib_compressobj_compress(pila_zlib_compressobj *c,
                                                              pila_str data,
                                                              pila_buf *out,
                                                              pila_error *err);

/* pila_zlib_compressobj_flush - append what is held back.
 *
 *   mode   PILA_Z_FINISH ends c; PILA_Z_NO_FLUSH does nothing
 *   out    as it was on failure, and so is c
 *   err    as in pila_zlib_compress                                   given
 *
 * Fails:   PILA_EVALUE   mode is none, or c has been finished
 *          PILA_ENOMEM   no memory
 *          PILA_ELIMIT   out's cap
 * Cost:    O(what is held back)
 * Python:  c.flush(mode)
 */
PILA_API PILA_MUST pila_status pila_zlib_compressobj_flush(pila_zlib_compressobj *c,
                                                           int mode, pila_buf *out,
                                                           pila_error *err);

/* pila_zlib_compressobj_copy - another that goes on from where c is.
 *
 *   out    untouched on failure                                       given
 *   err    as in pila_zlib_compress                                   given
 *
 * Fails:   PILA_EVALUE   "Inconsistent stream state": c has been finished
 *          PILA_ENOMEM   no memory
 * Cost:    O(1); 256 KiB at mem_level 8
 * Python:  c.copy()
 */
PILA_API PILA_MUST pila_status pila_zlib_compressobj_copy(pila_zlib_compressobj *c,
                                                          pila_zlib_compressobj **out,
                                                          pila_error *err);

/* pila_zlib_compressobj_free - end it.
 *
 *   c      may be NULL                                                taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_zlib_compressobj_free(pila_zlib_compressobj *c);

/* ---- decompressing, piece by piece ---- */

/* pila_zlib_decompressobj_new - ready for the first piece.
 *
 *   wbits   as in pila_zlib_decompress
 *   zdict   copied; NULL: none                                        borrowed
 *   out     untouched on failure                                      given
 *   err     as in pila_zlib_compress                                  given
 *
 * Fails:   PILA_EVALUE     "Invalid initialization option"
 *          PILA_EOVERFLOW  the dictionary has 4 GiB
 *          PILA_ENOMEM     no memory
 * Cost:    O(length of zdict)
 * Python:  zlib.decompressobj(wbits, zdict)
 */
PILA_API PILA_MUST pila_status pila_zlib_decompressobj_new(
    int wbits, const pila_str *zdict, pila_zlib_decompressobj **out, pila_error *err);

/* pila_zlib_decompressobj_decompress - take data in, append what it was before.
 *
 * What is behind the end of the stream goes to unused_data; where max_length bytes have
 * been appended, what has not been read becomes the unconsumed_tail, which is to be
 * handed in again: it may be the data of the next call.
 *
 *   data         not inside out                                       borrowed
 *   max_length   bytes that may be appended, or PILA_ZLIB_UNLIMITED
 *   out          as it was on failure
 *   err          as in pila_zlib_compress                             given
 *
 * Fails:   PILA_ESYNTAX  data is not right, for ever
 *          PILA_EVALUE   d has been flushed at the end of the stream
 *          PILA_ELIMIT   out's cap; d is as it was
 *          PILA_ENOMEM   no memory; d is as it was
 * Cost:    O(n + length of the output); 40 KiB are copied where out may have to grow
 * Python:  d.decompress(data, max_length), where 0 is without a limit, and what is
 *          below 0 a fault
 */
PILA_API PILA_MUST pila_status
pila_zlib_decompressobj_decompress(pila_zlib_decompressobj *d, pila_str data,
                                   size_t max_length, pila_buf *out, pila_error *err);

/* pila_zlib_decompressobj_flush - read the unconsumed_tail, without a max_length.
 *
 * A fault of the data ends the output and is no failure, as in Python: look at eof.
 *
 *   length   bytes to make room for first
 *   most     bytes that may be appended, or PILA_ZLIB_UNLIMITED
 *   out      as it was on failure, and so is d
 *   err      as in pila_zlib_compress                                 given
 *
 * Fails:   PILA_EVALUE   "length must be greater than zero"
 *          PILA_ELIMIT   there is more than `most`, or than out's cap
 *          PILA_ESYNTAX  the dictionary is not the one that is needed
 *          PILA_ENOMEM   no memory
 * Cost:    as pila_zlib_decompressobj_decompress
 * Python:  d.flush(length), which has no `most`
 */
PILA_API PILA_MUST pila_status pila_zlib_decompressobj_flush(pila_zlib_decompressobj *d,
                                                             size_t length, size_t most,
                                                             pila_buf *out,
                                                             pila_error *err);

/* pila_zlib_decompressobj_eof - whether the end of the stream was reached.
 *
 * Cost:    O(1), no allocation
 * Python:  d.eof
 */
PILA_API bool pila_zlib_decompressobj_eof(const pila_zlib_decompressobj *d);

/* pila_zlib_decompressobj_unused_data - what came behind the end of the stream.
 *
 *   d      keeps the bytes, until it is called to decompress or to flush   borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  d.unused_data
 */
PILA_API pila_str pila_zlib_decompressobj_unused_data(const pila_zlib_decompressobj *d);

/* pila_zlib_decompressobj_unconsumed_tail - what was not read, as there was enough.
 *
 *   d      as in pila_zlib_decompressobj_unused_data                  borrowed
 *
 * Cost:    O(1), no allocation
 * Python:  d.unconsumed_tail
 */
PILA_API pila_str
pila_zlib_decompressobj_unconsumed_tail(const pila_zlib_decompressobj *d);

/* pila_zlib_decompressobj_copy - another that goes on from where d is.
 *
 *   out    untouched on failure                                       given
 *   err    as in pila_zlib_compress                                   given
 *
 * Fails:   PILA_EVALUE   "Inconsistent stream state": d has been flushed at its end
 *          PILA_ENOMEM   no memory
 * Cost:    O(1), some 40 KiB, and what it holds
 * Python:  d.copy()
 */
PILA_API PILA_MUST pila_status pila_zlib_decompressobj_copy(
    pila_zlib_decompressobj *d, pila_zlib_decompressobj **out, pila_error *err);

/* pila_zlib_decompressobj_free - end it.
 *
 *   d      may be NULL                                                taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_zlib_decompressobj_free(pila_zlib_decompressobj *d);

/* ---- chunks ---- */

/* pila_zlib_compressed - chunks, compressed: views of some 64 KiB at most.
 *
 *   chunks         views, of any length                               taken
 *   level, wbits   as in pila_zlib_compress
 *   options        as in pila_zlib_compressobj_new                    borrowed
 *
 * Fails:   PILA_ETYPE   chunks are no views
 *          PILA_EVALUE, PILA_EOVERFLOW, PILA_ENOMEM   as pila_zlib_compressobj_new
 *          PILA_EVALUE  later: a callback asked the iterator that called it
 *          any          later: the fault of chunks
 * Cost:    O(n), in the memory of a compressobj and 64 KiB
 * Python:  (c.compress(x) for x in chunks), then c.flush()
 */
PILA_API pila_iter pila_zlib_compressed(pila_iter chunks, int level, int wbits,
                                        const pila_zlib_options *options);

/* pila_zlib_decompressed - what chunks were before: views of some 64 KiB at most.
 *
 * What stands before a fault is yielded before it. At the end of the stream it ends;
 * of chunks no more is read then.
 *
 *   chunks   views, cut anywhere                                      taken
 *   wbits    as in pila_zlib_decompress
 *   zdict    as in pila_zlib_decompressobj_new                        borrowed
 *   most     bytes that may be yielded in all, or PILA_ZLIB_UNLIMITED
 *   err      why it ended; outlives the iterator; NULL: nobody asks   borrowed
 *
 * Fails:   PILA_ETYPE    chunks are no views
 *          PILA_EVALUE   wbits; later: a callback asked the iterator that called it
 *          PILA_EOVERFLOW, PILA_ENOMEM   as pila_zlib_decompressobj_new
 *          PILA_ESYNTAX  later: data is not right
 *          PILA_EEOF     later: chunks ended before the stream did
 *          PILA_ELIMIT   later: there is more than `most`
 *          any           later: the fault of chunks
 * Cost:    O(n + length of the output), in some 110 KiB of memory
 * Python:  (d.decompress(x) for x in chunks), then d.flush() and a look at d.eof
 */
PILA_API pila_iter pila_zlib_decompressed(pila_iter chunks, int wbits,
                                          const pila_str *zdict, size_t most,
                                          pila_error *err);

PILA_END_C

#endif
