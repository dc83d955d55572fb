// heapq_std.cpp - the same by the standard library of C++.
#include "heapq.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace
{

uint64_t push_pop(const int64_t *items, size_t n)
{
    std::priority_queue<int64_t, std::vector<int64_t>, std::greater<int64_t>> heap;
    uint64_t sum = 0, place = 0;

    for (size_t k = 0; k < n; k++) heap.push(items[k]);
    for (; !heap.empty(); heap.pop())
        sum += ++place * static_cast<uint64_t>(heap.top());
    return sum;
}

uint64_t nlargest(const int64_t *items, size_t n, size_t k)
{
    std::vector<int64_t> out(k);
    uint64_t sum = 0, place = 0;

    std::partial_sort_copy(items, items + n, out.begin(), out.end(), std::greater<>());
    for (int64_t x : out) sum += ++place * static_cast<uint64_t>(x);
    return sum;
}

uint64_t merge(const int64_t *items, size_t n, size_t ways)
{
    using head = std::pair<int64_t, size_t>; // the item, and its piece: stable
    std::priority_queue<head, std::vector<head>, std::greater<head>> heads;
    std::vector<const int64_t *> at(ways), end(ways);
    uint64_t sum = 0, place = 0;

    for (size_t k = 0; k < ways; k++) {
        at[k] = items + n / ways * k;
        end[k] = at[k] + n / ways;
        if (at[k] != end[k]) heads.emplace(*at[k], k);
    }
    while (!heads.empty()) {
        auto [x, k] = heads.top();
        heads.pop();
        sum += ++place * static_cast<uint64_t>(x);
        if (++at[k] != end[k]) heads.emplace(*at[k], k);
    }
    return sum;
}

} // namespace

const heapq_peer heapq_std = {"std::priority_queue", nullptr, push_pop, nlargest,
                              merge};
