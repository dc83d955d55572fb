/* number.h - numbers as text: decimal to double and back, integers of any length.
 *
 * Needs: core/status core/mem
 * Use:
 *     char text[PILA__DOUBLE_ROOM];
 *     double x = 0;
 *     (void)pila__double_read("2.50e2", "2.50e2" + 6, &x);
 *     printf("%.*s\n", (int)pila__double_write(text, x), text);   // prints: 250.0
 *
 * For the readers and writers of this package. Nothing here allocates, knows a locale
 * or the rounding mode, or keeps anything; the text has no NUL.
 *
 * A big integer is its magnitude: limbs of 64 bits, the least significant first, the
 * last one not 0, so that 0 has none.
 */
#ifndef PILA_NUMBER_H
#define PILA_NUMBER_H

#include "../core/mem.h"

enum {
    PILA__DOUBLE_ROOM = 40, /* a double has 24 characters; more is written over */
    PILA__INT_ROOM = 24     /* an int64_t has 20; the same */
};

PILA_BEGIN_C

/* ---- decimal to double ---- */

/* pila__double_make - digits times 10 to the power of exp10, rounded half to even.
 *
 *   more   other digits followed, not all 0, which were left out: then digits are the
 *          19 first ones
 *   out    the answer; where it is undecided, next to it at most      given
 *
 * Beyond the largest double it is inf, and below half the least 0, as float() has it.
 *
 * Fails:   false   undecided, about once in 2^60 without more; pila__double_read
 * settles it Cost:    O(1): two multiplications of 64 bits Source:  W. D. Clinger, How
 * to read floating point numbers accurately, 1990; D. Lemire, Number parsing at a
 * gigabyte per second, 2021
 */
bool pila__double_make(uint64_t digits, int64_t exp10, bool more, double *out);

/* pila__double_read - the double that a number's text says; where the text goes on.
 *
 *   text, end   begins with a JSON number, which may have more zeros in front, and
 *               no digit before or after the point                    borrowed
 *   out         untouched on failure                                  given
 *
 * Fails:   NULL   it begins with no number
 * Cost:    O(n); where pila__double_make is undecided, some microseconds more
 * Python:  float(text)
 */
const char *pila__double_read(const char *text, const char *end, double *out);

/* ---- double to decimal ---- */

/* pila__double_write - the fewest digits that read back as x, as repr lays them out.
 *
 *   out    PILA__DOUBLE_ROOM bytes                                    given
 *
 * Returns the length: "1.0", "-0.0", "0.0001", "1e-05", "1e+16", "inf", "nan".
 *
 * Cost:    O(1): two multiplications of 64 bits, and the digits
 * Python:  repr(x)
 * Source:  R. Giulietti, The Schubfach way to render doubles, 2020
 */
size_t pila__double_write(char *out, double x);

/* pila__uint_write - a number in decimal; returns the length.
 *
 *   out    PILA__INT_ROOM bytes                                       given
 *
 * Cost:    O(1)
 */
size_t pila__uint_write(char *out, uint64_t x);

/* pila__int_write - a number in decimal; contract as pila__uint_write. */
size_t pila__int_write(char *out, int64_t x);

/* ---- big integers ---- */

/* pila__big_room - limbs that hold any number of n decimal digits.
 *
 * Cost:    O(1)
 */
size_t pila__big_room(size_t n);

/* pila__big_digits - characters that hold any number of n limbs in decimal.
 *
 * Fails:   false   it exceeds SIZE_MAX
 * Cost:    O(1)
 */
bool pila__big_digits(size_t n, size_t *out);

/* pila__big_from_decimal - the integer that digits say; returns its limbs.
 *
 *   digits   n of '0' to '9'                                          borrowed
 *   limbs    pila__big_room(n) of them                                given
 *
 * Cost:    O(n^2)
 * Python:  int(digits)
 */
size_t pila__big_from_decimal(const char *digits, size_t n, uint64_t *limbs);

/* pila__big_to_decimal - an integer in decimal; returns the length.
 *
 *   limbs    n of them; used up: they are 0 afterwards                borrowed
 *   out      pila__big_digits(n) bytes                                given
 *
 * Cost:    O(n^2)
 * Python:  str(x)
 * Source:  N. Moeller, T. Granlund, Improved division by invariant integers, 2011
 */
size_t pila__big_to_decimal(uint64_t *limbs, size_t n, char *out);

/* pila__big_to_double - the nearest double, half to even.
 *
 *   out    untouched on failure                                       given
 *
 * Fails:   false   it rounds to beyond the largest double
 * Cost:    O(n)
 * Python:  float(x)
 */
bool pila__big_to_double(const uint64_t *limbs, size_t n, double *out);

/* pila__big_compare - the order of an integer and a double: below 0, 0 or above 0.
 *
 *   x      not negative, not NaN; inf is fine
 *
 * Cost:    O(n); O(1) where their lengths differ
 * Python:  big < x, exactly
 */
int pila__big_compare(const uint64_t *limbs, size_t n, double x);

PILA_END_C

#endif
