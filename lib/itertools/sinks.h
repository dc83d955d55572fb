/* sinks.h - what consumes an iterator: sum prod dotproduct min max any all equal nth
 * take len join write_lines.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        itertools/stage
 * Use:
 *     const int64_t data[] = {3, 1, 4};
 *     int64_t total = 0, least = 0;
 *     pila_status st = pila_sum_i64(pila_span(data, 3, &pila_i64), &total);
 *     if (st == PILA_OK) st = pila_min_i64(pila_span(data, 3, &pila_i64), &least);
 *     if (st == PILA_OK) printf("%lld %lld\n", (long long)total, (long long)least);
 *     // prints: 8 1
 *
 * Every sink takes the iterator over and drops it, whatever the answer. It answers
 * PILA_OK or the iterator's fault, and writes its output on success only.
 */
#ifndef PILA_SINKS_H
#define PILA_SINKS_H

#include "../core/iter.h"

#include <stdio.h>

PILA_BEGIN_C

/* pila_sum_i64 - the sum of integers of any width, exact.
 *
 *   it     int8_t to uint64_t                                         taken
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE      the items are not integers
 *          PILA_EOVERFLOW  the sum, kept in 128 bits, does not fit int64_t
 *          any             the iterator's fault
 * Cost:    O(n), about 0.2 ns an item; no allocation
 * Python:  sum(iterable)
 */
PILA_API PILA_MUST pila_status pila_sum_i64(pila_iter it, int64_t *out);

/* pila_sum_u64 - the same as uint64_t.
 *
 * Fails:   as pila_sum_i64; PILA_EOVERFLOW for a sum below 0 too
 * Cost:    as pila_sum_i64
 * Python:  sum(iterable)
 */
PILA_API PILA_MUST pila_status pila_sum_u64(pila_iter it, uint64_t *out);

/* pila_sum_f64 - the sum of float or double, nearly as if rounded once.
 *
 *   it     taken
 *   out    untouched on failure; 0.0 for nothing
 *
 * Fails:   PILA_ETYPE    the items are not floating-point numbers
 *          any           the iterator's fault
 * Cost:    O(n), about 1 ns an item; no allocation
 * Python:  sum(iterable) as of 3.12; earlier ones do not compensate
 * Source:  A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
 *          endlicher Summen", ZAMM 54 (1974)
 */
PILA_API PILA_MUST pila_status pila_sum_f64(pila_iter it, double *out);

/* pila_prod_i64 - the product of integers of any width, exact.
 *
 *   it     int8_t to uint64_t                                         taken
 *   out    untouched on failure; 1 for nothing
 *
 * Fails:   PILA_ETYPE      the items are not integers
 *          PILA_EOVERFLOW  the product does not fit int64_t; what would not fit on the
 *                          way to it is no fault
 *          any             the iterator's fault
 * Cost:    O(n), no allocation
 * Python:  math.prod(iterable)
 */
PILA_API PILA_MUST pila_status pila_prod_i64(pila_iter it, int64_t *out);

/* pila_prod_f64 - the product of float or double, in order.
 *
 *   it     taken
 *   out    untouched on failure; 1.0 for nothing
 *
 * Fails:   as pila_sum_f64
 * Cost:    O(n), no allocation
 * Python:  math.prod(iterable)
 */
PILA_API PILA_MUST pila_status pila_prod_f64(pila_iter it, double *out);

/* pila_dotproduct_i64 - the sum of a[0] * b[0], a[1] * b[1], ..., exact.
 *
 *   a, b   integers of any width, of one length                       taken
 *   out    untouched on failure; 0 for nothing
 *
 * Fails:   PILA_EVALUE     one has more items than the other
 *          PILA_ETYPE      the items are not integers
 *          PILA_EOVERFLOW  the sum does not fit int64_t; what would not fit on the way
 *                          to it is no fault
 *          any             an iterator's fault
 * Cost:    O(n), no allocation
 * Python:  math.sumprod(p, q), the recipe dotproduct
 */
PILA_API PILA_MUST pila_status pila_dotproduct_i64(pila_iter a, pila_iter b,
                                                   int64_t *out);

/* pila_dotproduct_f64 - the same of doubles, as if in three times their precision.
 *
 *   a, b   double, of one length                                      taken
 *   out    untouched on failure; 0.0 for nothing
 *
 * Fails:   PILA_EVALUE   one has more items than the other
 *          PILA_ETYPE    the items are not double
 *          any           an iterator's fault
 * Cost:    O(n), about forty operations an item; no allocation
 * Python:  math.sumprod(p, q), the recipe dotproduct
 * Source:  T. Ogita, S. M. Rump, S. Oishi, "Accurate Sum and Dot Product", SIAM J. Sci.
 *          Comput. 26 (2005), DotK for K = 3
 */
PILA_API PILA_MUST pila_status pila_dotproduct_f64(pila_iter a, pila_iter b,
                                                   double *out);

/* pila_min - the least item, the first of equal ones.
 *
 *   it     taken
 *   type   what is written: the items' own type, or pila_text to own the text
 *          of views                                                   borrowed
 *   out    raw room for one; untouched on failure                     given
 *
 * Fails:   PILA_EVALUE   there is no item
 *          PILA_ETYPE    `type` cannot hold the items; they have no order; or they are
 *                        views of a reader's buffer and type is pila_view: ask for
 *                        pila_text
 *          PILA_ENOMEM   no memory for a copy
 *          any           the iterator's fault, or what a callback answered
 * Cost:    O(n) comparisons by less; a copy for each new least item that is not plain
 * Python:  min(iterable); default= is to look for PILA_EVALUE
 */
PILA_API PILA_MUST pila_status pila_min(pila_iter it, const pila_type *type, void *out);

/* pila_max - the greatest item, the first of equal ones.
 *
 * Fails:   as pila_min
 * Cost:    as pila_min
 * Python:  max(iterable)
 */
PILA_API PILA_MUST pila_status pila_max(pila_iter it, const pila_type *type, void *out);

/* Write the key of an item at out, which is raw room: given. */
typedef pila_status pila_key_callback(void *ctx, const void *item, void *out);

/* pila_min_by - the item with the least key, the first of equal ones.
 *
 *   it, type, out   as pila_min
 *   key_type        what key makes                                    borrowed
 *   key, ctx        called once an item, in order
 *
 * Fails:   as pila_min, but it is the keys that need an order
 * Cost:    O(n) calls and comparisons; one allocation
 * Python:  min(iterable, key=func)
 */
PILA_API PILA_MUST pila_status pila_min_by(pila_iter it, const pila_type *key_type,
                                           pila_key_callback *key, void *ctx,
                                           const pila_type *type, void *out);

/* pila_max_by - the item with the greatest key, the first of equal ones.
 *
 * Fails:   as pila_min_by
 * Cost:    as pila_min_by
 * Python:  max(iterable, key=func)
 */
PILA_API PILA_MUST pila_status pila_max_by(pila_iter it, const pila_type *key_type,
                                           pila_key_callback *key, void *ctx,
                                           const pila_type *type, void *out);

/* pila_any - whether an item is true; stops at the first that is.
 *
 *   it     numbers, pointers or text; true is not 0, not NULL, not empty   taken
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE    items of another type
 *          any           the iterator's fault
 * Cost:    O(n); no allocation
 * Python:  any(iterable)
 */
PILA_API PILA_MUST pila_status pila_any(pila_iter it, bool *out);

/* pila_all - whether no item is false; stops at the first that is.
 *
 * Fails:   as pila_any
 * Cost:    as pila_any
 * Python:  all(iterable)
 */
PILA_API PILA_MUST pila_status pila_all(pila_iter it, bool *out);

/* pila_all_equal - whether all items are equal to the first; stops at one that is not.
 *
 *   it     taken
 *   out    untouched on failure; true for nothing
 *
 * Fails:   PILA_ETYPE    the items have no eq
 *          PILA_ENOMEM   no memory for a copy of the first
 *          any           the iterator's fault, or what eq answered
 * Cost:    O(n) comparisons
 * Python:  the recipe all_equal(iterable)
 */
PILA_API PILA_MUST pila_status pila_all_equal(pila_iter it, bool *out);

/* pila_equal - whether both have equal items, and as many; stops where they differ.
 *
 *   a, b   of one type, or views and owned strings                    taken
 *   out    untouched on failure
 *
 * Fails:   PILA_ETYPE    the types are not alike, or have no eq
 *          PILA_ENOMEM   no memory for a copy of an item
 *          any           an iterator's fault, or what eq answered
 * Cost:    O(n) comparisons by eq of a's type; an item of a is copied where b has none
 *          ready
 * Python:  list(a) == list(b), without the lists
 */
PILA_API PILA_MUST pila_status pila_equal(pila_iter a, pila_iter b, bool *out);

/* ---- some of the items ---- */

/* pila_take - copies of the first n items.
 *
 *   it     taken; what comes after the n-th stays unread: pila_ref keeps it
 *   type   what is written, as in pila_min                            borrowed
 *   out    raw room for n; of no meaning on failure                   given
 *   taken  how many there were, up to n; untouched on failure
 *
 * Fails:   PILA_ETYPE    as pila_min
 *          PILA_ENOMEM   no memory for a copy
 *          any           the iterator's fault, or what copy answered
 * Cost:    O(n)
 * Python:  the recipe take(n, iterable)
 */
PILA_API PILA_MUST pila_status pila_take(pila_iter it, size_t n, const pila_type *type,
                                         void *out, size_t *taken);

/* pila_nth - a copy of the item after n others.
 *
 *   it     taken; what comes after it stays unread: pila_ref keeps it
 *   type   what is written, as in pila_min                            borrowed
 *   out    raw room for one; of no meaning on failure                 given
 *
 * Fails:   PILA_END      there are not so many
 *          PILA_ETYPE    as pila_min
 *          PILA_ENOMEM   no memory for the copy
 *          any           the iterator's fault, or what copy answered
 * Cost:    O(1) a window
 * Python:  the recipe nth(iterable, n), and next(it) where n is 0; default is what the
 *          caller does on PILA_END
 */
PILA_API PILA_MUST pila_status pila_nth(pila_iter it, size_t n, const pila_type *type,
                                        void *out);

/* pila_advance - skip n items of an iterator that stays the caller's.
 *
 *   it     skipped to its end when it has fewer                       borrowed
 *
 * Fails:   any           the iterator's fault
 * Cost:    O(1) a window
 * Python:  the recipe consume(iterator, n)
 */
PILA_API PILA_MUST pila_status pila_advance(pila_iter *it, size_t n);

/* pila_len - how many items there are.
 *
 *   it     taken, and run to its end
 *   out    untouched on failure
 *
 * Fails:   PILA_EOVERFLOW  more than SIZE_MAX
 *          any             the iterator's fault
 * Cost:    O(1) a window
 * Python:  sum(1 for _ in iterable)
 */
PILA_API PILA_MUST pila_status pila_len(pila_iter it, size_t *out);

/* pila_consume - run it to its end, for what its callbacks do.
 *
 *   it     taken
 *
 * Fails:   any           the iterator's fault
 * Cost:    O(1) a window
 * Python:  collections.deque(iterable, maxlen=0)
 */
PILA_API PILA_MUST pila_status pila_consume(pila_iter it);

/* pila_join - append the items with a separator between them.
 *
 *   it     pila_str or pila_string                                    taken
 *   sep    not inside out; may be empty                               borrowed
 *   out    as it was on failure, though it may have grown room
 *
 * Fails:   PILA_ETYPE    the items are not text
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer
 *          any           the iterator's fault
 * Cost:    O(bytes)
 * Python:  sep.join(iterable)
 */
PILA_API PILA_MUST pila_status pila_join(pila_iter it, pila_str sep, pila_buf *out);

/* ---- writing ---- */

/* Write some of n bytes, n > 0: how many, or -1 and errno. EINTR is tried again. */
typedef ptrdiff_t pila_write_callback(void *ctx, const void *bytes, size_t n);

/* Where bytes go: a handle that is borrowed, and never closed. */
typedef struct pila_bytes_out {
    pila_write_callback *write; /* NULL: to fd */
    void *ctx;
    int fd;
    FILE *file; /* flushed at the end; NULL: none */
} pila_bytes_out;

/* pila_to_fd - to a descriptor, at its position.
 *
 * Cost:    O(1)
 * Python:  open(fd, "wb", closefd=False)
 */
PILA_API pila_bytes_out pila_to_fd(int fd);

/* pila_to_file - to a FILE, which is flushed at the end.
 *
 * Cost:    O(1)
 * Python:  sys.stdout.buffer, or open(path, "wb")
 */
PILA_API pila_bytes_out pila_to_file(FILE *file);

/* pila_to_write - to whatever a callback writes: a socket, gzip, a test.
 *
 * Cost:    O(1)
 * Python:  a class on io.RawIOBase with write
 */
PILA_API pila_bytes_out pila_to_write(pila_write_callback *write, void *ctx);

/* pila_write_lines - each item, and `end` after it.
 *
 *   it     pila_str or pila_string                                    taken
 *   end    "\n" for lines; may be empty                               borrowed
 *   to     written in blocks of 64 KiB, and flushed; not closed       borrowed
 *
 * Every write is checked: PILA_OK means that all bytes are with the system. A short one
 * goes on where it stopped. When the iterator fails, what came before is written.
 *
 * Fails:   PILA_EIO      a write failed, errno says how; part may have been written
 *          PILA_ETYPE    the items are not text
 *          PILA_ENOMEM   no memory; nothing is written
 *          any           the iterator's fault
 * Cost:    O(bytes), one allocation
 * Python:  file.writelines(item + end for item in iterable)
 */
PILA_API PILA_MUST pila_status pila_write_lines(pila_iter it, pila_str end,
                                                pila_bytes_out to);

/* pila_min_i64 - as pila_min, for items of exactly that type. */
PILA_API PILA_MUST pila_status pila_min_i64(pila_iter it, int64_t *out);

/* pila_max_i64 - as pila_max, for items of exactly that type. */
PILA_API PILA_MUST pila_status pila_max_i64(pila_iter it, int64_t *out);

/* pila_min_f64 - as pila_min, for items of exactly that type. */
PILA_API PILA_MUST pila_status pila_min_f64(pila_iter it, double *out);

/* pila_max_f64 - as pila_max, for items of exactly that type. */
PILA_API PILA_MUST pila_status pila_max_f64(pila_iter it, double *out);

PILA_END_C

#endif
