#include "vec.h"

#include <algorithm>
#include <vector>

using list = std::vector<int64_t>;

static void *std_append(size_t n)
{
    list *made = new list;

    for (size_t k = 0; k < n; k++) made->push_back(static_cast<int64_t>(k));
    return made;
}

static uint64_t std_sum(void *array)
{
    uint64_t total = 0;

    for (int64_t item : *static_cast<list *>(array))
        total += static_cast<uint64_t>(item);
    return total;
}

static void std_free(void *array) { delete static_cast<list *>(array); }

static void sort(int64_t *items, size_t n) { std::sort(items, items + n); }
static void stable(int64_t *items, size_t n) { std::stable_sort(items, items + n); }

const vec_peer vec_std = {"std::vector", nullptr, std_append, std_sum, std_free};
const sort_peer sort_std = {"std::sort", nullptr, sort};
const sort_peer sort_std_stable = {"std::stable_sort", nullptr, stable};
