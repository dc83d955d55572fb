#include "intmap_stl.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

const intmap_peer intmap_boost =
    intmap_stl<boost::unordered_flat_map<int64_t, int64_t>>::peer(
        "boost::unordered_flat_map");
