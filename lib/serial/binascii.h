/* binascii.h - hexadecimal, uuencode, quoted-printable, base64 and a checksum, as
 * binascii has them.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/base64
 * Use:
 *     pila_buf hex = {0}, bytes = {0};
 *     if (pila_hexlify(pila_cstr("\xb9\x01\xef"), pila_cstr("-"), 1, &hex) == PILA_OK)
 *         printf("%.*s\n", (int)hex.len, hex.data);   // prints: b9-01-ef
 *     pila_error err;
 *     if (pila_unhexlify(pila_cstr("616"), pila_cstr(""), &bytes, &err) != PILA_OK)
 *         printf("%s\n", err.message);   // prints: Odd-length string
 *     pila_buf_done(&hex);
 *     pila_buf_done(&bytes);
 *
 * These functions do what CPython's do, without policies; base64.h has others. Faults
 * of text say where. crc32 is in checksum.
 */
#ifndef PILA_BINASCII_H
#define PILA_BINASCII_H

#include "base64.h"

enum { PILA_UU_LINE = 45 }; /* bytes that a line of uuencode holds */

PILA_BEGIN_C

/* pila_hexlify - append two small hexadecimal digits a byte.
 *
 *   data            any bytes, not inside out                         borrowed
 *   sep             none, or one ASCII character                      borrowed
 *   bytes_per_sep   it is put after so many bytes, counted from the right, or if this
 *                   is below 0, from the left; 0: nowhere
 *   out             as it was on failure
 *
 * Fails:   PILA_EVALUE      sep is longer, or not ASCII
 *          PILA_EOVERFLOW   the text would exceed PTRDIFF_MAX bytes
 *          PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(n)
 * Python:  binascii.hexlify, b2a_hex
 */
PILA_API PILA_MUST pila_status pila_hexlify(pila_str data, pila_str sep,
                                            ptrdiff_t bytes_per_sep, pila_buf *out);

/* pila_unhexlify - append the bytes that hexadecimal digits of either case say.
 *
 *   text          not inside out                                      borrowed
 *   ignorechars   skipped; may be empty                               borrowed
 *   out           as it was on failure
 *   err           where and why; NULL: nobody asks                    given
 *
 * Fails:   PILA_ESYNTAX   an odd number of digits, or another character
 *          PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(n)
 * Python:  binascii.unhexlify, a2b_hex; of 3.15 ignorechars
 */
PILA_API PILA_MUST pila_status pila_unhexlify(pila_str text, pila_str ignorechars,
                                              pila_buf *out, pila_error *err);

/* pila_a2b_uu - append the bytes of a line of uuencode.
 *
 *   text   one line; blanks that were lost at its end count as there  borrowed
 *   out    as it was on failure
 *   err    as pila_unhexlify                                          given
 *
 * Fails:   PILA_ESYNTAX   a character that is not of it, or more than the line's
 *                         length says
 *          PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(n)
 * Python:  binascii.a2b_uu; an empty line is one of no bytes
 */
PILA_API PILA_MUST pila_status pila_a2b_uu(pila_str text, pila_buf *out,
                                           pila_error *err);

/* pila_b2a_uu - append a line of uuencode, with its \n.
 *
 *   data       at most PILA_UU_LINE bytes                             borrowed
 *   backtick   ` instead of blanks
 *   out        as it was on failure
 *
 * Fails:   PILA_EVALUE   data is longer
 *          PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(n)
 * Python:  binascii.b2a_uu
 */
PILA_API PILA_MUST pila_status pila_b2a_uu(pila_str data, bool backtick, pila_buf *out);

/* pila_a2b_qp - append the bytes of quoted-printable text.
 *
 *   text     not inside out; what is malformed stands for itself      borrowed
 *   header   _ is a blank
 *   out      as it was on failure
 *
 * Fails:   PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(n)
 * Python:  binascii.a2b_qp
 * Source:  RFC 2045, section 6.7
 */
PILA_API PILA_MUST pila_status pila_a2b_qp(pila_str text, bool header, pila_buf *out);

/* pila_b2a_qp - append bytes as quoted-printable text, in lines of 76.
 *
 *   data        any bytes, not inside out                             borrowed
 *   quotetabs   quote tabs and blanks, too
 *   istext      ends of lines stay; true is Python's default
 *   header      blanks are written as _
 *   out         as it was on failure
 *
 * Fails:   PILA_EOVERFLOW   the text would exceed PTRDIFF_MAX bytes
 *          PILA_ENOMEM, PILA_ELIMIT   from out
 * Cost:    O(n)
 * Python:  binascii.b2a_qp
 * Source:  RFC 2045, section 6.7; RFC 2047, section 4.2
 */
PILA_API PILA_MUST pila_status pila_b2a_qp(pila_str data, bool quotetabs, bool istext,
                                           bool header, pila_buf *out);

/* pila_a2b_base64 - append the bytes of base64.
 *
 *   text          not inside out                                      borrowed
 *   strict_mode   what is not of base64 is a fault
 *   out           as it was on failure
 *   err           as pila_unhexlify                                   given
 *
 * Fails:   as pila_base64_decode, under PILA_BASE64_PYTHON
 * Cost:    as pila_base64_decode
 * Python:  binascii.a2b_base64 of 3.11; for what 3.15 adds there is pila_b64decode
 */
PILA_API PILA_MUST pila_status pila_a2b_base64(pila_str text, bool strict_mode,
                                               pila_buf *out, pila_error *err);

/* pila_b2a_base64 - append bytes as a line of base64.
 *
 *   data      any bytes, not inside out                               borrowed
 *   newline   end it with \n; true is Python's default
 *   out       as it was on failure
 *
 * Fails:   as pila_base64_encode
 * Cost:    as pila_base64_encode
 * Python:  binascii.b2a_base64 of 3.11; for what 3.15 adds there is pila_b64encode
 */
PILA_API PILA_MUST pila_status pila_b2a_base64(pila_str data, bool newline,
                                               pila_buf *out);

/* pila_crc_hqx - the checksum of binhex4: CRC-16 by x^16 + x^12 + x^5 + 1.
 *
 *   value   0, or that of what stands before data
 *   data    any bytes                                                 borrowed
 *
 * Cost:    O(n), no allocation
 * Python:  binascii.crc_hqx(data, value)
 */
PILA_API uint16_t pila_crc_hqx(uint16_t value, pila_str data);

PILA_END_C

#endif
