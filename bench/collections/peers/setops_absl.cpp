#include "setops_stl.hpp"

#include <absl/container/flat_hash_set.h>

const setops_peer setops_absl =
    setops_stl<absl::flat_hash_set<int64_t>>::peer("absl::flat_hash_set");
