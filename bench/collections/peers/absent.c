/* absent.c - stands in for the peers that were not found when configuring: a name, and
 * the reason why it does not take part. */
#include "bisect.h"
#include "calls.h"
#include "groups.h"
#include "heapq.h"
#include "intmap.h"
#include "lru.h"
#include "queue.h"
#include "seq.h"
#include "setops.h"
#include "vec.h"
#include "wordcount.h"

#define NO_CXX "no C++ compiler"

#ifndef HAVE_CXX
const intmap_peer intmap_std = {.name = "std::unordered_map", .skipped = NO_CXX};
const wordcount_peer wordcount_std = {.name = "std::unordered_map", .skipped = NO_CXX};
const setops_peer setops_std = {.name = "std::unordered_set", .skipped = NO_CXX};
const queue_peer queue_std = {.name = "std::deque", .skipped = NO_CXX};
const vec_peer vec_std = {.name = "std::vector", .skipped = NO_CXX};
const lru_peer lru_std = {.name = "std::list + unordered_map", .skipped = NO_CXX};
const heapq_peer heapq_std = {.name = "std::priority_queue", .skipped = NO_CXX};
const bisect_peer bisect_std = {.name = "std::lower_bound", .skipped = NO_CXX};
const seq_peer seq_std = {.name = "C++ std", .skipped = NO_CXX};
const calls_peer calls_std = {.name = "std::list + unordered_map", .skipped = NO_CXX};
const groups_peer groups_std = {.name = "std::unordered_map", .skipped = NO_CXX};
const sort_peer sort_std = {.name = "std::sort", .skipped = NO_CXX};
const sort_peer sort_std_stable = {.name = "std::stable_sort", .skipped = NO_CXX};
#endif

#ifndef HAVE_BOOST
#define BOOST .name = "boost::unordered_flat_map", .skipped = "Boost 1.81 not found"
const intmap_peer intmap_boost = {BOOST};
const wordcount_peer wordcount_boost = {BOOST};
const setops_peer setops_boost = {.name = "boost::unordered_flat_set",
                                  .skipped = "Boost 1.81 not found"};
#endif

#ifndef HAVE_ABSL
#define ABSL .name = "absl::flat_hash_map", .skipped = "Abseil not found"
const intmap_peer intmap_absl = {ABSL};
const wordcount_peer wordcount_absl = {ABSL};
const setops_peer setops_absl = {.name = "absl::flat_hash_set",
                                 .skipped = "Abseil not found"};
#endif

#ifndef HAVE_TSL
#define TSL .name = "tsl::robin_map", .skipped = "robin-map not found"
const intmap_peer intmap_tsl = {TSL};
const wordcount_peer wordcount_tsl = {TSL};
#endif

#ifndef HAVE_GLIB
#define NO_GLIB "GLib not found"
const intmap_peer intmap_glib = {.name = "GHashTable", .skipped = NO_GLIB};
const wordcount_peer wordcount_glib = {.name = "GHashTable", .skipped = NO_GLIB};
const setops_peer setops_glib = {.name = "GHashTable", .skipped = NO_GLIB};
const queue_peer queue_glib = {.name = "GQueue", .skipped = NO_GLIB};
const vec_peer vec_glib = {.name = "GArray", .skipped = NO_GLIB};
const lru_peer lru_glib = {.name = "GQueue + GHashTable", .skipped = NO_GLIB};
const groups_peer groups_glib = {.name = "GHashTable", .skipped = NO_GLIB};
const sort_peer sort_glib = {.name = "GArray sort", .skipped = NO_GLIB};
#endif

#ifndef HAVE_UTHASH
#define UTHASH .name = "uthash", .skipped = "uthash not found"
const intmap_peer intmap_uthash = {UTHASH};
const wordcount_peer wordcount_uthash = {UTHASH};
#endif

#ifndef HAVE_RUST
const wordcount_peer wordcount_rust = {.name = "Rust HashMap", .skipped = "no rustc"};
#endif

extern const char bench_absent_is_not_empty[];
const char bench_absent_is_not_empty[] = "absent.c";
