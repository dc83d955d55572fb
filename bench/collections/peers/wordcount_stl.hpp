// wordcount_stl.hpp - a wordcount_peer from a C++ map whose keys are std::string.
//
// Where the map can look up a string_view, a string is made for new words only.
#ifndef BENCH_WORDCOUNT_STL_HPP
#define BENCH_WORDCOUNT_STL_HPP

#include "wordcount.h"

#include <functional>
#include <string>
#include <string_view>

struct wordcount_hash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const
    {
        return std::hash<std::string_view>{}(s);
    }
};

template <class Map, class View = std::string_view> struct wordcount_stl {
    static Map &of(void *table) { return *static_cast<Map *>(table); }
    static void free(void *table) { delete &of(table); }

    static void *count(const wordcount_word *words, size_t n)
    {
        Map *made = new Map;

        for (size_t k = 0; k < n; k++) {
            const wordcount_word &w = words[k];
            auto found = made->find(View(w.text, w.len));
            if (found == made->end()) {
                found = made->emplace(std::string(w.text, w.len), 0).first;
            }
            ++at(found);
        }
        return made;
    }

    static uint64_t sum(void *table)
    {
        uint64_t total = 0;

        for (const auto &item : of(table)) {
            total += wordcount_mix(item.first.data(), item.first.size(), item.second);
        }
        return total;
    }

    static constexpr wordcount_peer peer(const char *name)
    {
        return {name, nullptr, count, sum, free};
    }

  private:
    template <class Place> static uint64_t &at(Place &place)
    {
        return const_cast<uint64_t &>(place->second); // tsl's items are const
    }
};

#endif
