// setops_stl.hpp - a setops_peer from any set with the interface of std::unordered_set,
// by the loops one writes: room for what may come, then an insert an element.
#ifndef BENCH_SETOPS_STL_HPP
#define BENCH_SETOPS_STL_HPP

#include "setops.h"

template <class Set> struct setops_stl {
    static const Set &of(const void *set) { return *static_cast<const Set *>(set); }
    static bool has(const Set &s, int64_t x) { return s.find(x) != s.end(); }

    static void *make(const int64_t *keys, size_t n)
    {
        Set *s = new Set;
        for (size_t k = 0; k < n; k++) s->insert(keys[k]);
        return s;
    }

    static void free(void *set) { delete static_cast<Set *>(set); }

    static void *unite(const void *a, const void *b)
    {
        Set *made = new Set;
        made->reserve(of(a).size() + of(b).size());
        for (int64_t x : of(a)) made->insert(x);
        for (int64_t x : of(b)) made->insert(x);
        return made;
    }

    static void *intersect(const void *a, const void *b)
    {
        bool swap = of(b).size() < of(a).size();
        const Set &few = swap ? of(b) : of(a), &many = swap ? of(a) : of(b);
        Set *made = new Set;
        made->reserve(few.size());
        for (int64_t x : few)
            if (has(many, x)) made->insert(x);
        return made;
    }

    static void *subtract(const void *a, const void *b)
    {
        Set *made = new Set;
        made->reserve(of(a).size());
        for (int64_t x : of(a))
            if (!has(of(b), x)) made->insert(x);
        return made;
    }

    static void *differ(const void *a, const void *b)
    {
        Set *made = new Set;
        made->reserve(of(a).size() + of(b).size());
        for (int64_t x : of(a))
            if (!has(of(b), x)) made->insert(x);
        for (int64_t x : of(b))
            if (!has(of(a), x)) made->insert(x);
        return made;
    }

    static bool issubset(const void *a, const void *b)
    {
        if (of(a).size() > of(b).size()) return false;
        for (int64_t x : of(a))
            if (!has(of(b), x)) return false;
        return true;
    }

    static uint64_t sum(const void *set)
    {
        uint64_t all = 0;
        for (int64_t x : of(set)) all += static_cast<uint64_t>(x) + SETOPS_EACH;
        return all;
    }

    static constexpr setops_peer peer(const char *name)
    {
        return {name,     nullptr, make, free, {unite, intersect, subtract, differ},
                issubset, sum};
    }
};

#endif
