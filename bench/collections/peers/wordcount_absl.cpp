// Its own hash of strings is the better one here, and is transparent already, for
// Abseil's own view.
#include "wordcount_stl.hpp"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>

using table = absl::flat_hash_map<std::string, uint64_t>;

const wordcount_peer wordcount_absl =
    wordcount_stl<table, absl::string_view>::peer("absl::flat_hash_map");
