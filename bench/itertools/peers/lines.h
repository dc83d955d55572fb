/* lines.h - the shape of a reader of lines and of words, as bench_records.c drives it.
 *
 * A line ends at a newline, which is not part of it, or at the end of the file. A word
 * ends at ASCII white space, as in Python's bytes.split(). The file has no NUL bytes.
 */
#ifndef BENCH_LINES_H
#define BENCH_LINES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lines_peer {
    const char *name;
    const char *skipped;                 /* why it does not take part; NULL: it does */
    uint64_t (*lines)(const char *path); /* lines_sum of the file's lines */
    uint64_t (*words)(const char *path); /* and of its words; NULL: has none */
} lines_peer;

extern const lines_peer lines_pila, lines_getline, lines_fgets, lines_std;

/* The checksum: how many there are, and of how many bytes in all. */
static inline uint64_t lines_sum(uint64_t count, uint64_t bytes)
{
    return (count << 40) + bytes;
}

#ifdef __cplusplus
}
#endif

#endif
