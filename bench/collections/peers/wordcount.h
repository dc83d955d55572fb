/* wordcount.h - the shape of a table that counts words, as bench_counter.c drives it.
 *
 * The words are views into a text that outlives the table. The C++ tables own their
 * keys; those of C and Rust borrow them from the text, as programs in them commonly do,
 * which saves them a copy for each distinct word.
 */
#ifndef BENCH_WORDCOUNT_H
#define BENCH_WORDCOUNT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wordcount_word {
    const char *text;
    size_t len;
} wordcount_word;

typedef struct wordcount_peer {
    const char *name;
    const char *skipped; /* why it does not take part; NULL: it does */
    void *(*count)(const wordcount_word *words, size_t n); /* a new table, given */
    uint64_t (*sum)(void *table); /* of wordcount_mix over all its words */
    void (*free)(void *table);
} wordcount_peer;

extern const wordcount_peer wordcount_pila, wordcount_boost, wordcount_absl,
    wordcount_std, wordcount_tsl, wordcount_glib, wordcount_uthash, wordcount_rust;

/* A word's part in the checksum; no word is empty. */
static inline uint64_t wordcount_mix(const char *text, size_t len, uint64_t count)
{
    uint64_t first = (unsigned char)text[0], last = (unsigned char)text[len - 1];
    return count * (count + 131 * (uint64_t)len + 7 * first + last);
}

#ifdef __cplusplus
}
#endif

#endif
