// bisect_std.cpp - the same by std::lower_bound and std::upper_bound.
#include "bisect.h"

#include <algorithm>
#include <vector>

namespace
{

uint64_t search(const int64_t *items, size_t n, const int64_t *needles, size_t m)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < m; k++)
        sum += static_cast<uint64_t>(std::lower_bound(items, items + n, needles[k]) -
                                     items);
    return sum;
}

uint64_t insort(const int64_t *items, size_t m)
{
    std::vector<int64_t> row;
    uint64_t sum = 0, place = 0;

    for (size_t k = 0; k < m; k++)
        row.insert(std::upper_bound(row.begin(), row.end(), items[k]), items[k]);
    for (int64_t x : row) sum += ++place * static_cast<uint64_t>(x);
    return sum;
}

} // namespace

const bisect_peer bisect_std = {"std::lower_bound", nullptr, search, insort};
