/* secrets.h - random bytes, tokens and numbers that nobody can guess, from the kernel.
 *
 * Needs: core/status core/mem core/hash core/str
 * Use:
 *     uint64_t die = 0;
 *     pila_buf token = {0};
 *     pila_status st = pila_secrets_randbelow(6, &die);
 *     if (st == PILA_OK) st = pila_secrets_token_hex(16, &token);
 *     if (st == PILA_OK) printf("%d %d\n", die < 6, (int)token.len);   // prints: 1 32
 *     pila_buf_done(&token);
 *
 * Every call asks getrandom(2), or reads /dev/urandom where the kernel is older than
 * that: nothing is kept that could be guessed, copied by fork or left in memory. Any
 * function may be called from any thread.
 */
#ifndef PILA_SECRETS_H
#define PILA_SECRETS_H

#include "../core/str.h"

enum { PILA_SECRETS_DEFAULT = 32 }; /* bytes of a token, where Python is told None */

PILA_BEGIN_C

/* pila_secrets_token_bytes - append n random bytes.
 *
 *   out    as it was on failure
 *
 * Fails:   PILA_EIO   the kernel gives none, errno says why
 *          PILA_ENOMEM, PILA_ELIMIT   no memory, or from out
 * Cost:    O(n), a system call for each 256 bytes or more
 * Python:  secrets.token_bytes(n)
 */
PILA_API PILA_MUST pila_status pila_secrets_token_bytes(size_t n, pila_buf *out);

/* pila_secrets_token_hex - append n random bytes in hex digits, two a byte.
 *
 *   out    as it was on failure
 *
 * Fails:   as pila_secrets_token_bytes
 * Cost:    as pila_secrets_token_bytes
 * Python:  secrets.token_hex(n)
 */
PILA_API PILA_MUST pila_status pila_secrets_token_hex(size_t n, pila_buf *out);

/* pila_secrets_token_urlsafe - append n random bytes in base64 of letters, digits, -
 * and
 * _, without padding: four characters for three bytes.
 *
 *   out    as it was on failure
 *
 * Fails:   as pila_secrets_token_bytes
 * Cost:    as pila_secrets_token_bytes
 * Python:  secrets.token_urlsafe(n)
 * Source:  RFC 4648, section 5
 */
PILA_API PILA_MUST pila_status pila_secrets_token_urlsafe(size_t n, pila_buf *out);

/* pila_secrets_randbits - a number of k random bits.
 *
 *   k      at most 64; pila_secrets_randbits_big has no bound
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_EOVERFLOW   k exceeds 64
 *          PILA_EIO         as pila_secrets_token_bytes
 * Cost:    O(1), no allocation
 * Python:  secrets.randbits(k)
 */
PILA_API PILA_MUST pila_status pila_secrets_randbits(size_t k, uint64_t *out);

/* pila_secrets_randbits_big - append a number of k random bits as (k + 7) / 8 bytes,
 * the highest first.
 *
 *   out    as it was on failure
 *
 * Fails:   as pila_secrets_token_bytes
 * Cost:    as pila_secrets_token_bytes
 * Python:  secrets.randbits(k).to_bytes((k + 7) // 8, "big")
 */
PILA_API PILA_MUST pila_status pila_secrets_randbits_big(size_t k, pila_buf *out);

/* pila_secrets_randbelow - a number from 0 up to but without upper, all as likely.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   PILA_EVALUE   upper is 0: "Upper bound must be positive."
 *          PILA_EIO      as pila_secrets_token_bytes
 * Cost:    O(1), less than two draws on average; no allocation
 * Python:  secrets.randbelow(upper)
 */
PILA_API PILA_MUST pila_status pila_secrets_randbelow(uint64_t upper, uint64_t *out);

/* pila_secrets_randbelow_big - append a number below upper, in as many bytes as that.
 *
 *   upper   a number, the highest byte first; not inside out          borrowed
 *   out     as it was on failure
 *
 * Fails:   PILA_EVALUE   upper is 0, or empty
 *          PILA_EIO, PILA_ENOMEM, PILA_ELIMIT   as pila_secrets_token_bytes
 * Cost:    O(n), less than two draws on average
 * Python:  secrets.randbelow(int.from_bytes(upper, "big")).to_bytes(len(upper), "big")
 */
PILA_API PILA_MUST pila_status pila_secrets_randbelow_big(pila_str upper,
                                                          pila_buf *out);

/* pila_secrets_choice - the index of one of n items, all as likely.
 *
 *   index   untouched on failure                                      given
 *
 * Fails:   PILA_EEMPTY   n is 0: "Cannot choose from an empty sequence"
 *          PILA_EIO      as pila_secrets_token_bytes
 * Cost:    as pila_secrets_randbelow
 * Python:  items[index] = secrets.choice(items)
 */
PILA_API PILA_MUST pila_status pila_secrets_choice(size_t n, size_t *index);

PILA_END_C

#endif
