// seq_std.cpp - the same by copies in a vector, std::stable_sort and unordered_set.
#include "seq.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

namespace
{

uint64_t total(const std::vector<int64_t> &row)
{
    uint64_t sum = 0, place = 0;

    for (int64_t x : row) sum += ++place * static_cast<uint64_t>(x);
    return sum;
}

uint64_t sorted(const int64_t *items, size_t n)
{
    std::vector<int64_t> row(items, items + n);

    std::stable_sort(row.begin(), row.end());
    return total(row);
}

uint64_t reversed(const int64_t *items, size_t n)
{
    std::vector<int64_t> row(items, items + n);

    std::reverse(row.begin(), row.end());
    return total(row);
}

uint64_t everseen(const int64_t *items, size_t n)
{
    std::unordered_set<int64_t> seen;
    uint64_t sum = 0, place = 0;

    for (size_t k = 0; k < n; k++)
        if (seen.insert(items[k]).second)
            sum += ++place * static_cast<uint64_t>(items[k]);
    return sum;
}

uint64_t unique(const int64_t *items, size_t n)
{
    std::vector<int64_t> row(items, items + n);

    std::stable_sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    return total(row);
}

} // namespace

const seq_peer seq_std = {"C++ std", nullptr, sorted, reversed, everseen, unique};
