#include "setops_stl.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

const setops_peer setops_boost =
    setops_stl<boost::unordered_flat_set<int64_t>>::peer("boost::unordered_flat_set");
