#include "hash_any.hpp"

// libstdc++: MurmurHash2 for text, the identity for integers.
const hash_peer hash_std =
    hash_any<std::hash<std::string_view>, std::hash<int64_t>>::peer("std::hash");
