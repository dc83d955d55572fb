// groups_std.cpp - std::unordered_map, whose [] makes what is missing.
#include "groups.h"

#include <unordered_map>
#include <vector>

namespace
{

using tally = std::unordered_map<int64_t, int64_t>;
using groups = std::unordered_map<int64_t, std::vector<int64_t>>;

void *count(const int64_t *keys, size_t n)
{
    auto *made = new tally;

    for (size_t k = 0; k < n; k++) ++(*made)[keys[k]];
    return made;
}

uint64_t counted(void *table)
{
    auto *made = static_cast<tally *>(table);
    uint64_t sum = 0;

    for (const auto &x : *made) {
        sum += static_cast<uint64_t>(x.first) * static_cast<uint64_t>(x.second) *
               static_cast<uint64_t>(x.second);
    }
    delete made;
    return sum;
}

void *group(const int64_t *keys, size_t n)
{
    auto *made = new groups;

    for (size_t k = 0; k < n; k++) (*made)[keys[k]].push_back(static_cast<int64_t>(k));
    return made;
}

uint64_t grouped(void *table)
{
    auto *made = static_cast<groups *>(table);
    uint64_t sum = 0;

    for (const auto &x : *made) {
        sum += static_cast<uint64_t>(x.first) * x.second.size() *
               static_cast<uint64_t>(x.second.back());
    }
    delete made;
    return sum;
}

} // namespace

const groups_peer groups_std = {
    "std::unordered_map", nullptr, count, counted, group, grouped};
