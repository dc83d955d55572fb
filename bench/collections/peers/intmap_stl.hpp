// intmap_stl.hpp - an intmap_peer from any map with the interface of
// std::unordered_map.
#ifndef BENCH_INTMAP_STL_HPP
#define BENCH_INTMAP_STL_HPP

#include "intmap.h"

template <class Map> struct intmap_stl {
    static Map &of(void *map) { return *static_cast<Map *>(map); }
    static void *make() { return new Map; }
    static void free(void *map) { delete &of(map); }

    static void insert(void *map, const int64_t *keys, size_t n)
    {
        Map &m = of(map);
        for (size_t k = 0; k < n; k++) m[keys[k]] = static_cast<int64_t>(k);
    }

    static uint64_t find(void *map, const int64_t *keys, size_t n)
    {
        const Map &m = of(map);
        uint64_t sum = 0;

        for (size_t k = 0; k < n; k++) {
            auto found = m.find(keys[k]);
            if (found != m.end()) sum += static_cast<uint64_t>(found->second);
        }
        return sum;
    }

    static uint64_t erase(void *map, const int64_t *keys, size_t n)
    {
        Map &m = of(map);
        uint64_t count = 0;

        for (size_t k = 0; k < n; k++) count += m.erase(keys[k]);
        return count;
    }

    static uint64_t iterate(void *map)
    {
        uint64_t sum = 0;

        for (const auto &item : of(map)) {
            sum +=
                static_cast<uint64_t>(item.first) + static_cast<uint64_t>(item.second);
        }
        return sum;
    }

    static constexpr intmap_peer peer(const char *name)
    {
        return {name, nullptr, make, free, insert, find, erase, iterate};
    }
};

#endif
