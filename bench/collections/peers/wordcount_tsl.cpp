#include "wordcount_stl.hpp"

#include <tsl/robin_map.h>

using table = tsl::robin_map<std::string, uint64_t, wordcount_hash, std::equal_to<>>;

const wordcount_peer wordcount_tsl = wordcount_stl<table>::peer("tsl::robin_map");
