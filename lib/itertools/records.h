/* records.h - lines, words, fields and records of a file, a descriptor or memory.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 * Use:
 *     pila_iter it = pila_words(pila_from_mem(pila_cstr(" spam and\teggs\n")));
 *     PILA_FOR(pila_str, word, &it) printf("<%.*s>", (int)word->len, word->ptr);
 *     if (it.status == PILA_END) printf("\n");   // prints: <spam><and><eggs>
 *     pila_iter_drop(&it);
 *
 * One reader with a buffer of 128 KiB, and a splitter. Items are views (pila_str) into
 * that buffer, borrowed until the next call; up to 256 are ready at once, so that what
 * comes after can work on a batch. The reader reads when none is left, never before:
 * lines of a terminal arrive as they are typed.
 *
 * Bytes in are bytes out: NUL, carriage returns and invalid UTF-8 mean nothing here.
 */
#ifndef PILA_RECORDS_H
#define PILA_RECORDS_H

#include "../core/iter.h"

#include <stdio.h>

/* Read some of the next bytes, at most room: how many, 0 at the end, or -1 and errno.
 * EINTR is tried again. */
typedef ptrdiff_t pila_read_callback(void *ctx, void *into, size_t room);

/* Where bytes come from: a handle that is borrowed, and never closed. Made by one of
 * the functions below; the options are the caller's to set afterwards. */
typedef struct pila_bytes_in {
    pila_read_callback *read; /* NULL: from text, file or fd */
    void *ctx;
    pila_str text;
    FILE *file;
    int fd;
    bool in_memory; /* from text */
    /* options */
    bool keepends; /* a record includes its separator */
    size_t most;   /* bytes of the longest record allowed, its separator not counted;
                      0: PTRDIFF_MAX. A longer one is PILA_ELIMIT */
    bool
        *unterminated; /* NULL, or set: whether the record last yielded had no separator
                          behind it; known when the record arrives        borrowed */
} pila_bytes_in;

PILA_BEGIN_C

/* pila_from_fd - from a descriptor, at its position; read with blocks of 128 KiB.
 *
 * The rest of what was read is lost when the iterator is dropped early.
 *
 * Cost:    O(1)
 * Python:  open(fd, "rb", closefd=False)
 */
PILA_API pila_bytes_in pila_from_fd(int fd);

/* pila_from_file - from a FILE, at its position; fills the buffer before it yields, so
 * a terminal or a pipe of live data is better read by its descriptor.
 *
 * Cost:    O(1)
 * Python:  sys.stdin.buffer, or open(path, "rb")
 */
PILA_API pila_bytes_in pila_from_file(FILE *file);

/* pila_from_mem - from text, which is not copied: records are views into it and live as
 * long as it does.
 *
 * Cost:    O(1)
 * Python:  io.BytesIO(data)
 */
PILA_API pila_bytes_in pila_from_mem(pila_str text);

/* pila_from_read - from whatever a callback reads: a socket, gzip, a test.
 *
 * Cost:    O(1)
 * Python:  a class on io.RawIOBase with readinto
 */
PILA_API pila_bytes_in pila_from_read(pila_read_callback *read, void *ctx);

/* pila_lines - records that end with '\n', without it.
 *
 *   in     see pila_bytes_in                                          borrowed
 *
 * What follows the last separator is a record too, unless it is empty; empty input
 * yields nothing.
 *
 * Fails:   PILA_ENOMEM   no memory, now or for a record that outgrows the buffer
 *          PILA_EIO      later: a read failed, errno says how; never an end
 *          PILA_ELIMIT   later: a record is longer than in.most
 * Cost:    O(bytes) however long a record; memory O(128 KiB + longest record)
 * Python:  for line in open(path, "rb"), with keepends; else
 *          line.removesuffix(b"\n")
 */
PILA_API pila_iter pila_lines(pila_bytes_in in);

/* pila_records - records that end with a separator of one byte or more.
 *
 *   sep    copied; may hold NUL                                       borrowed
 *
 * Fails:   as pila_lines, and
 *          PILA_EVALUE   sep is empty
 * Cost:    as pila_lines, for every separator
 * Python:  data.split(sep), less an empty last item
 * Source:  Knuth, Morris, Pratt, "Fast pattern matching in strings", SIAM J. Comput. 6
 *          (1977), for separators of several bytes
 */
PILA_API pila_iter pila_records(pila_bytes_in in, pila_str sep);

/* pila_words - runs of bytes that are not ASCII white space (\t \n \v \f \r and space).
 *
 * in.keepends and in.unterminated mean nothing here.
 *
 * Fails:   as pila_lines
 * Cost:    as pila_lines
 * Python:  data.split() of bytes
 */
PILA_API pila_iter pila_words(pila_bytes_in in);

/* pila_fields - the fields of one record, empty ones and the last one included.
 *
 *   record   must outlive the fields, which are views into it         borrowed
 *   sep      copied                                                   borrowed
 *
 * Fails:   PILA_EVALUE   sep is empty
 *          PILA_ENOMEM   no memory
 * Cost:    O(bytes), one allocation
 * Python:  record.split(sep); an empty record has one field, which is empty
 */
PILA_API pila_iter pila_fields(pila_str record, pila_str sep);

/* pila_ended_with_separator - whether the record last yielded had its separator, so
 * that a tool does not invent a final newline.
 *
 *   records   what pila_lines or pila_records returned, not wrapped: for that there is
 *             in.unterminated                                         borrowed
 *
 * Cost:    O(1); true when nothing has been yielded
 * Python:  line.endswith(b"\n")
 */
PILA_API bool pila_ended_with_separator(const pila_iter *records);

/* pila_iter_padded - whether the views may be read up to 16 bytes beyond their ends.
 *
 * They may where they lie in a buffer of the library, not in memory of the caller.
 *
 * Cost:    O(1)
 */
PILA_INLINE bool pila_iter_padded(const pila_iter *it)
{
    return it->type == &pila_view_padded;
}

/* For tests: go on with the plain C search, which gives the same. */
PILA_API void pila__records_plain(pila_iter *records);

PILA_END_C

#endif
