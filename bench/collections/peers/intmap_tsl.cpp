#include "intmap_stl.hpp"

#include <tsl/robin_map.h>

const intmap_peer intmap_tsl =
    intmap_stl<tsl::robin_map<int64_t, int64_t>>::peer("tsl::robin_map");
