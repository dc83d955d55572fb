#include "array.h"

#include <numeric>
#include <vector>

template <typename T> using list = std::vector<T>;

static void *std_append(size_t n)
{
    auto *made = new list<int64_t>;

    for (size_t k = 0; k < n; k++) made->push_back(static_cast<int64_t>(k));
    return made;
}

template <typename T> static void *std_extend(size_t n)
{
    auto *made = new list<T>(n);

    std::iota(made->begin(), made->end(), T(0));
    return made;
}

template <typename T> static uint64_t std_sum(void *array)
{
    uint64_t total = 0;

    for (T item : *static_cast<list<T> *>(array)) total += static_cast<uint64_t>(item);
    return total;
}

static void std_free(void *array) { delete static_cast<list<int64_t> *>(array); }

const array_peer array_std = {"std::vector",       nullptr,
                              std_append,          std_extend<int64_t>,
                              std_extend<int32_t>, std_sum<int64_t>,
                              std_sum<int32_t>,    std_free};
