#include "wordcount_stl.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

using table =
    boost::unordered_flat_map<std::string, uint64_t, wordcount_hash, std::equal_to<>>;

const wordcount_peer wordcount_boost =
    wordcount_stl<table>::peer("boost::unordered_flat_map");
