/* wordcount_rust.c - the C face of wordcount.rs. */
#include "wordcount.h"

void *wordcount_rust_count(const wordcount_word *words, size_t n);
uint64_t wordcount_rust_sum(void *table);
void wordcount_rust_free(void *table);

const wordcount_peer wordcount_rust = {
    .name = "Rust HashMap",
    .count = wordcount_rust_count,
    .sum = wordcount_rust_sum,
    .free = wordcount_rust_free,
};
