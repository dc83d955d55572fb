// calls_std.cpp - the cache as it is written in C++: a list in order of use, and a map
// from a key to its place in it.
#include "calls.h"

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

    int64_t call(int64_t key)
    {
        auto found = at.find(key);
        if (found != at.end()) {
            if (most) order.splice(order.end(), order, found->second);
            return found->second->second;
        }
        if (most && at.size() == most) {
            at.erase(order.front().first);
            order.pop_front();
        }
        order.emplace_back(key, key + 1);
        at.emplace(key, std::prev(order.end()));
        return key + 1;
    }
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

    for (size_t k = 0; k < n; k++) sum += static_cast<uint64_t>(c.call(keys[k]));
    return sum;
}

} // namespace

const calls_peer calls_std = {"std::list + unordered_map", nullptr, make, drop, use};
