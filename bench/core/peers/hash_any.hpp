// hash_any.hpp - a hash_peer from a function object that hashes string views and
// integers.
#ifndef BENCH_HASH_ANY_HPP
#define BENCH_HASH_ANY_HPP

#include "hash.h"

#include <string_view>

template <class Texts, class Ints> struct hash_any {
    static uint64_t texts(const hash_texts *texts, uint64_t *out)
    {
        uint64_t sum = 0;

        for (size_t k = 0; k < texts->n; k++) {
            const char *text = texts->start + k * (texts->len + 1);
            sum += out[k] = Texts{}(std::string_view(text, texts->len));
        }
        return sum;
    }

    static uint64_t ints(const int64_t *items, size_t n, uint64_t *out)
    {
        uint64_t sum = 0;

        for (size_t k = 0; k < n; k++) sum += out[k] = Ints{}(items[k]);
        return sum;
    }

    static constexpr hash_peer peer(const char *name)
    {
        return {name, nullptr, texts, ints};
    }
};

#endif
