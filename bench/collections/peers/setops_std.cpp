#include "setops_stl.hpp"

#include <unordered_set>

const setops_peer setops_std =
    setops_stl<std::unordered_set<int64_t>>::peer("std::unordered_set");
