// lru_std.cpp - the cache as it is written in C++: a list in order of use, and a map
// from a key to its place in it. A node is spliced, so a hit allocates nothing.
#include "lru.h"

#include <list>
#include <unordered_map>
#include <utility>

namespace
{

struct cache {
    using pairs = std::list<std::pair<int64_t, int64_t>>;

    pairs order;
    std::unordered_map<int64_t, pairs::iterator> at;
    size_t most;
};

void *make(size_t most)
{
    auto *made = new cache{};
    made->most = most;
    return made;
}

void drop(void *given) { delete static_cast<cache *>(given); }

uint64_t use(void *given, const int64_t *keys, size_t n)
{
    auto &c = *static_cast<cache *>(given);
    uint64_t sum = 0;

    for (size_t k = 0; k < n; k++) {
        auto found = c.at.find(keys[k]);
        if (found != c.at.end()) {
            sum += static_cast<uint64_t>(found->second->second);
            c.order.splice(c.order.end(), c.order, found->second);
            continue;
        }
        sum++;
        if (c.at.size() == c.most) {
            c.at.erase(c.order.front().first);
            c.order.pop_front();
        }
        c.order.emplace_back(keys[k], static_cast<int64_t>(k));
        c.at.emplace(keys[k], std::prev(c.order.end()));
    }
    return sum;
}

} // namespace

const lru_peer lru_std = {"std::list + unordered_map", nullptr, make, drop, use};
