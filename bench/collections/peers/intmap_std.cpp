#include "intmap_stl.hpp"

#include <unordered_map>

const intmap_peer intmap_std =
    intmap_stl<std::unordered_map<int64_t, int64_t>>::peer("std::unordered_map");
