#include "hash_any.hpp"

#include <absl/hash/hash.h>

const hash_peer hash_absl =
    hash_any<absl::Hash<std::string_view>, absl::Hash<int64_t>>::peer("absl::Hash");
