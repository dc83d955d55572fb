// In C++17 it can't look up a view: a string is made for each word, which costs an
// allocation only from 16 bytes on.
#include "wordcount.h"

#include <string>
#include <unordered_map>

using table = std::unordered_map<std::string, uint64_t>;

static void *std_count(const wordcount_word *words, size_t n)
{
    table *made = new table;

    for (size_t k = 0; k < n; k++) ++(*made)[std::string(words[k].text, words[k].len)];
    return made;
}

static uint64_t std_sum(void *counts)
{
    uint64_t total = 0;

    for (const auto &item : *static_cast<table *>(counts)) {
        total += wordcount_mix(item.first.data(), item.first.size(), item.second);
    }
    return total;
}

static void std_free(void *counts) { delete static_cast<table *>(counts); }

const wordcount_peer wordcount_std = {"std::unordered_map", nullptr, std_count, std_sum,
                                      std_free};
