/* base64.h - bytes as text and back: base64, base32, base16, Ascii85, base85, Z85.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 * Use:
 *     pila_buf text = {0}, back = {0};
 *     pila_error err;
 *     if (pila_b64encode(pila_cstr("any \xff"), NULL, &text) == PILA_OK)
 *         printf("%.*s\n", (int)text.len, text.data);   // prints: YW55IP8=
 *     if (pila_b64decode(pila_cstr("YW55 IP8="), NULL, &back, &err) != PILA_OK)
 *         printf("%zu: %s\n", err.offset, err.message);
 *     // prints: 4: Only base64 data is allowed
 *     pila_buf_done(&text);
 *     pila_buf_done(&back);
 *
 * What a decoder takes is its policy. The strict one, which {0} is, takes what the
 * encoder would write and nothing else, so that no two texts say the same. Python's
 * takes what the function of that name in CPython 3.11 takes when it is called without
 * options, junk included. The lax one skips white space and does without padding.
 *
 * Text comes at once, in pieces cut anywhere, or as an iterator of chunks; the output
 * is the same. Messages are CPython's where it has them.
 */
#ifndef PILA_BASE64_H
#define PILA_BASE64_H

#include "../core/iter.h"

typedef enum pila_base64_codec {
    PILA_BASE64,
    PILA_BASE64_URLSAFE, /* - and _ instead of + and / */
    PILA_BASE64_BYTES,   /* encodebytes: each line of 76, and the last, ends with \n */
    PILA_BASE32,
    PILA_BASE32HEX,
    PILA_BASE16,
    PILA_ASCII85,
    PILA_BASE85, /* the digits of git and Mercurial */
    PILA_Z85     /* those of ZeroMQ */
} pila_base64_codec;

typedef enum pila_base64_policy {
    PILA_BASE64_STRICT, /* the alphabet alone, all padding, no stray bits */
    PILA_BASE64_PYTHON, /* as CPython 3.11 without options */
    PILA_BASE64_LAX     /* white space is skipped; padding may be left out */
} pila_base64_policy;

/* {0} is strict, and one line. What a codec has no use for is not looked at. A pila_str
 * with a NULL ptr is not given. */
typedef struct pila_base64_options {
    pila_base64_policy policy;
    pila_str altchars; /* base64: 2 characters instead of + and / */
    pila_str alphabet; /* 64, 32 or 85 characters instead of all; not for base16 and
                          Ascii85 */
    bool unpadded;     /* base64, base32: no = is written; = is no padding when reading,
                          and none is needed */
    /* writing */
    size_t wrapcol;    /* characters a line; 0: one line. In whole groups, of 4, 8, 2 or
                          5, unless ... */
    bool wrap_exactly; /* ... this is set; Ascii85 always is exact */
    bool pad;          /* 85: input is filled to fours with NUL, as btoa does */
    /* reading */
    pila_str ignorechars; /* skipped; = here takes excess padding. Under PYTHON, giving
                             it sets validate */
    bool validate;        /* base64 under PYTHON: characters that are not of it are
                             faults, as are some of padding */
    bool canonical; /* what an encoder would not write at the end is a fault; STRICT
                       has it set */
    bool casefold;  /* base32, base16: small letters, too */
    char map01;     /* base32: 0 is O and 1 is this, I or L; '\0': neither is taken */
    /* both */
    bool foldspaces; /* Ascii85: y is four blanks */
    bool adobe;      /* Ascii85: between <~ and ~> */
} pila_base64_options;

PILA_BEGIN_C

/* ---- all at once ---- */

/* pila_base64_encode - append bytes as text, by a codec chosen at run time.
 *
 *   data      any bytes, not inside out                               borrowed
 *   options   NULL: {0}                                               borrowed
 *   out       as it was on failure
 *
 * Fails:   PILA_EVALUE   altchars or alphabet has another number of characters, repeats
 *                        one or holds =; under PYTHON, only the number counts
 *          PILA_EOVERFLOW   the text would exceed PTRDIFF_MAX bytes
 *          PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(n); vectors for base64, tables for the others
 * Python:  the functions of base64 that have encode in their name
 * Source:  RFC 4648; PDF 2.0, 7.4.3, for Ascii85; git for base85; ZeroMQ RFC 32, Z85
 */
PILA_API PILA_MUST pila_status pila_base64_encode(pila_base64_codec codec,
                                                  pila_str data,
                                                  const pila_base64_options *options,
                                                  pila_buf *out);

/* pila_base64_decode - append the bytes that a text stands for.
 *
 *   text      not inside out                                          borrowed
 *   options   NULL: {0}, strict                                       borrowed
 *   out       as it was on failure
 *   err       where and why; NULL: nobody asks                        given
 *
 * Fails:   PILA_ESYNTAX   text is malformed, by the policy
 *          PILA_EVALUE    as pila_base64_encode; map01 is no letter of ASCII
 *          PILA_EOVERFLOW   text has more than PTRDIFF_MAX bytes
 *          PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(n); at most 3/4, 5/8, 1/2 or 4/5 of n bytes, but 4 for a z of Ascii85
 * Python:  the functions of base64 that have decode in their name; of several faults
 *          that which it names
 * Source:  as pila_base64_encode
 */
PILA_API PILA_MUST pila_status pila_base64_decode(pila_base64_codec codec,
                                                  pila_str text,
                                                  const pila_base64_options *options,
                                                  pila_buf *out, pila_error *err);

/* pila_b64encode - base64; altchars, alphabet, unpadded, wrapcol.
 *
 *   data, options, out   as pila_base64_encode
 *
 * Fails:   as pila_base64_encode
 * Cost:    as pila_base64_encode
 * Python:  base64.b64encode(s, altchars); of 3.15 padded, wrapcol
 */
PILA_API PILA_MUST pila_status pila_b64encode(pila_str data,
                                              const pila_base64_options *options,
                                              pila_buf *out);

/* pila_b64decode - base64; altchars, alphabet, unpadded, ignorechars, canonical.
 *
 *   text, options, out, err   as pila_base64_decode
 *
 * Fails:   as pila_base64_decode
 * Cost:    as pila_base64_decode
 * Python:  base64.b64decode(s, altchars, validate) under PYTHON, which ends at the
 *          first padding that is whole; of 3.15 padded, canonical, ignorechars
 */
PILA_API PILA_MUST pila_status pila_b64decode(pila_str text,
                                              const pila_base64_options *options,
                                              pila_buf *out, pila_error *err);

/* pila_standard_b64encode - as pila_b64encode, but altchars and alphabet count for
 * nothing. */
PILA_API PILA_MUST pila_status pila_standard_b64encode(
    pila_str data, const pila_base64_options *options, pila_buf *out);

/* pila_standard_b64decode - as pila_b64decode, but altchars and alphabet count for
 * nothing. */
PILA_API PILA_MUST pila_status pila_standard_b64decode(
    pila_str text, const pila_base64_options *options, pila_buf *out, pila_error *err);

/* pila_urlsafe_b64encode - as pila_b64encode, but with - and _ for + and /. */
PILA_API PILA_MUST pila_status pila_urlsafe_b64encode(
    pila_str data, const pila_base64_options *options, pila_buf *out);

/* pila_urlsafe_b64decode - as pila_b64decode, but with - and _; under PYTHON, + and /
 * are taken as well. */
PILA_API PILA_MUST pila_status pila_urlsafe_b64decode(
    pila_str text, const pila_base64_options *options, pila_buf *out, pila_error *err);

/* pila_encodebytes - base64 in lines of 76, each of which ends with \n.
 *
 *   data      any bytes, not inside out                               borrowed
 *   out       as it was on failure
 *
 * Fails:   as pila_base64_encode
 * Cost:    as pila_base64_encode
 * Python:  base64.encodebytes
 * Source:  RFC 2045, section 6.8, but for \r
 */
PILA_API PILA_MUST pila_status pila_encodebytes(pila_str data, pila_buf *out);

/* pila_decodebytes - as pila_standard_b64decode, but if no ignorechars are given, \r
 * and \n are skipped. */
PILA_API PILA_MUST pila_status pila_decodebytes(pila_str text,
                                                const pila_base64_options *options,
                                                pila_buf *out, pila_error *err);

/* pila_b32encode - base32; alphabet, unpadded, wrapcol.
 *
 *   data, options, out   as pila_base64_encode
 *
 * Fails:   as pila_base64_encode
 * Cost:    as pila_base64_encode
 * Python:  base64.b32encode; of 3.15 padded, wrapcol
 */
PILA_API PILA_MUST pila_status pila_b32encode(pila_str data,
                                              const pila_base64_options *options,
                                              pila_buf *out);

/* pila_b32decode - base32; casefold, map01, alphabet, unpadded, ignorechars, canonical.
 *
 *   text, options, out, err   as pila_base64_decode
 *
 * Fails:   as pila_base64_decode
 * Cost:    as pila_base64_decode
 * Python:  base64.b32decode(s, casefold, map01); of 3.15 the others
 */
PILA_API PILA_MUST pila_status pila_b32decode(pila_str text,
                                              const pila_base64_options *options,
                                              pila_buf *out, pila_error *err);

/* pila_b32hexencode - as pila_b32encode, but with digits that sort as the bytes do. */
PILA_API PILA_MUST pila_status pila_b32hexencode(pila_str data,
                                                 const pila_base64_options *options,
                                                 pila_buf *out);

/* pila_b32hexdecode - as pila_b32decode, but with those digits, and without map01. */
PILA_API PILA_MUST pila_status pila_b32hexdecode(pila_str text,
                                                 const pila_base64_options *options,
                                                 pila_buf *out, pila_error *err);

/* pila_b16encode - two capital hexadecimal digits a byte; wrapcol.
 *
 *   data, options, out   as pila_base64_encode
 *
 * Fails:   as pila_base64_encode
 * Cost:    as pila_base64_encode
 * Python:  base64.b16encode; of 3.15 wrapcol
 */
PILA_API PILA_MUST pila_status pila_b16encode(pila_str data,
                                              const pila_base64_options *options,
                                              pila_buf *out);

/* pila_b16decode - base16; casefold, ignorechars.
 *
 *   text, options, out, err   as pila_base64_decode
 *
 * Fails:   as pila_base64_decode
 * Cost:    as pila_base64_decode
 * Python:  base64.b16decode(s, casefold); of 3.15 ignorechars
 */
PILA_API PILA_MUST pila_status pila_b16decode(pila_str text,
                                              const pila_base64_options *options,
                                              pila_buf *out, pila_error *err);

/* pila_a85encode - Ascii85; foldspaces, wrapcol, pad, adobe.
 *
 *   data, options, out   as pila_base64_encode
 *
 * Fails:   as pila_base64_encode
 * Cost:    as pila_base64_encode
 * Python:  base64.a85encode
 */
PILA_API PILA_MUST pila_status pila_a85encode(pila_str data,
                                              const pila_base64_options *options,
                                              pila_buf *out);

/* pila_a85decode - Ascii85; foldspaces, adobe, ignorechars, canonical.
 *
 *   text, options, out, err   as pila_base64_decode
 *
 * Fails:   as pila_base64_decode
 * Cost:    as pila_base64_decode
 * Python:  base64.a85decode, which skips " \t\n\r\v": so does PYTHON; of 3.15 canonical
 */
PILA_API PILA_MUST pila_status pila_a85decode(pila_str text,
                                              const pila_base64_options *options,
                                              pila_buf *out, pila_error *err);

/* pila_b85encode - base85; pad, alphabet, wrapcol.
 *
 *   data, options, out   as pila_base64_encode
 *
 * Fails:   as pila_base64_encode
 * Cost:    as pila_base64_encode
 * Python:  base64.b85encode(b, pad); of 3.15 wrapcol
 */
PILA_API PILA_MUST pila_status pila_b85encode(pila_str data,
                                              const pila_base64_options *options,
                                              pila_buf *out);

/* pila_b85decode - base85; alphabet, ignorechars, canonical.
 *
 *   text, options, out, err   as pila_base64_decode
 *
 * Fails:   as pila_base64_decode
 * Cost:    as pila_base64_decode
 * Python:  base64.b85decode; of 3.15 ignorechars, canonical
 */
PILA_API PILA_MUST pila_status pila_b85decode(pila_str text,
                                              const pila_base64_options *options,
                                              pila_buf *out, pila_error *err);

/* pila_z85encode - as pila_b85encode, but with ZeroMQ's digits (base64.z85encode of
 * 3.13). */
PILA_API PILA_MUST pila_status pila_z85encode(pila_str data,
                                              const pila_base64_options *options,
                                              pila_buf *out);

/* pila_z85decode - as pila_b85decode, but with ZeroMQ's digits (base64.z85decode of
 * 3.13). */
PILA_API PILA_MUST pila_status pila_z85decode(pila_str text,
                                              const pila_base64_options *options,
                                              pila_buf *out, pila_error *err);

/* ---- in pieces ---- */

typedef struct pila_base64_encoder pila_base64_encoder;
typedef struct pila_base64_decoder pila_base64_decoder;

/* pila_base64_encoder_new - ready for the first piece.
 *
 *   options   copied, with what it names; NULL: {0}                   borrowed
 *   out       the encoder; untouched on failure                       given
 *
 * Fails:   PILA_EVALUE   as pila_base64_encode
 *          PILA_ENOMEM   no memory
 * Cost:    O(1), one allocation
 * Python:  codecs.IncrementalEncoder, in manner
 */
PILA_API PILA_MUST pila_status
pila_base64_encoder_new(pila_base64_codec codec, const pila_base64_options *options,
                        pila_base64_encoder **out);

/* pila_base64_encoder_feed - append the text of the next piece.
 *
 *   piece   of any size, not inside out; up to 4 bytes of it are kept   borrowed
 *   out     as it was on failure, and so is the encoder
 *
 * Fails:   PILA_EOVERFLOW, PILA_ENOMEM, PILA_ELIMIT   as pila_base64_encode
 * Cost:    as pila_base64_encode
 * Python:  encode(piece)
 */
PILA_API PILA_MUST pila_status pila_base64_encoder_feed(pila_base64_encoder *e,
                                                        pila_str piece, pila_buf *out);

/* pila_base64_encoder_finish - append what is left; the encoder is then as new.
 *
 *   out     as it was on failure, and so is the encoder
 *
 * Fails:   PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(1)
 * Python:  encode(b"", final=True)
 */
PILA_API PILA_MUST pila_status pila_base64_encoder_finish(pila_base64_encoder *e,
                                                          pila_buf *out);

/* pila_base64_encoder_free - end it; NULL is fine.
 *
 *   e      finished or not                                            taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_base64_encoder_free(pila_base64_encoder *e);

/* pila_base64_decoder_new - ready for the first piece.
 *
 *   options   copied, with what it names; NULL: {0}, strict           borrowed
 *   out       the decoder; untouched on failure                       given
 *
 * Fails:   PILA_EVALUE   as pila_base64_decode
 *          PILA_ENOMEM   no memory
 * Cost:    O(1), one allocation
 * Python:  codecs.IncrementalDecoder, in manner
 */
PILA_API PILA_MUST pila_status
pila_base64_decoder_new(pila_base64_codec codec, const pila_base64_options *options,
                        pila_base64_decoder **out);

/* pila_base64_decoder_feed - append the bytes of the next piece.
 *
 * The fault reported is the first in the text, where Python may look for another one
 * before. It is for ever: every later call answers it again.
 *
 *   piece   may be cut anywhere; not inside out                       borrowed
 *   out     as it was on failure
 *   err     as pila_base64_decode; offsets are from the first piece on   given
 *
 * Fails:   PILA_ESYNTAX   the text is malformed, by the policy
 *          PILA_EOVERFLOW   the piece has more than PTRDIFF_MAX bytes
 *          PILA_ENOMEM, PILA_ELIMIT   from out; the decoder is as it was
 * Cost:    as pila_base64_decode
 * Python:  decode(piece)
 */
PILA_API PILA_MUST pila_status pila_base64_decoder_feed(pila_base64_decoder *d,
                                                        pila_str piece, pila_buf *out,
                                                        pila_error *err);

/* pila_base64_decoder_finish - the text is over: append what is left of it. The decoder
 * is then as new.
 *
 *   out     as it was on failure
 *   err     as pila_base64_decoder_feed                               given
 *
 * Fails:   as pila_base64_decoder_feed
 * Cost:    O(1)
 * Python:  decode(b"", final=True)
 */
PILA_API PILA_MUST pila_status pila_base64_decoder_finish(pila_base64_decoder *d,
                                                          pila_buf *out,
                                                          pila_error *err);

/* pila_base64_decoder_free - end it; NULL is fine.
 *
 *   d      finished or not                                            taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_base64_decoder_free(pila_base64_decoder *d);

/* ---- iterators ---- */

/* pila_base64_encoded - the text of chunks of bytes, in chunks.
 *
 *   chunks    views, cut anywhere                                     taken
 *   options   copied, with what it names; NULL: {0}                   borrowed
 *
 * Chunks are views of at least a byte, and of about the size of those that come in.
 *
 * Fails:   PILA_ETYPE    chunks are no views
 *          PILA_EVALUE   as pila_base64_encode
 *          PILA_ENOMEM   no memory, now or later
 *          any           later: the fault of chunks
 * Cost:    as pila_base64_encode; O(longest chunk) memory
 * Python:  map(codecs.iterencode ...), in manner
 */
PILA_API pila_iter pila_base64_encoded(pila_iter chunks, pila_base64_codec codec,
                                       const pila_base64_options *options);

/* pila_base64_decoded - the bytes of chunks of text, in chunks.
 *
 *   chunks    views, cut anywhere                                     taken
 *   options   copied, with what it names; NULL: {0}, strict           borrowed
 *   err       as pila_base64_decoder_feed; outlives the iterator      borrowed
 *
 * Bytes before the chunk with the fault have been yielded by then.
 *
 * Fails:   PILA_ETYPE     chunks are no views
 *          PILA_EVALUE    as pila_base64_decode
 *          PILA_ENOMEM    no memory, now or later
 *          PILA_ESYNTAX   later: the text is malformed, by the policy
 *          any            later: the fault of chunks
 * Cost:    as pila_base64_decode; O(longest chunk) memory
 * Python:  codecs.iterdecode, in manner
 */
PILA_API pila_iter pila_base64_decoded(pila_iter chunks, pila_base64_codec codec,
                                       const pila_base64_options *options,
                                       pila_error *err);

/* For tests: the k-th set of kernels of this machine from now on; false, and the plain
 * ones, where there are not that many. */
PILA_API bool pila__base64_encoder_use(pila_base64_encoder *e, size_t k);
PILA_API bool pila__base64_decoder_use(pila_base64_decoder *d, size_t k);

PILA_END_C

#endif
