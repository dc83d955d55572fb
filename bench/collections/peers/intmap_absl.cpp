#include "intmap_stl.hpp"

#include <absl/container/flat_hash_map.h>

const intmap_peer intmap_absl =
    intmap_stl<absl::flat_hash_map<int64_t, int64_t>>::peer("absl::flat_hash_map");
