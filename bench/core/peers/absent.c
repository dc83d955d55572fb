/* absent.c - stands in for the peers that were not found when configuring: a name, and
 * the reason why it does not take part. */
#include "hash.h"
#include "text.h"

#define NO_CXX "no C++ compiler"
#define NO_GLIB "GLib not found"

#ifndef HAVE_CXX
const hash_peer hash_std = {.name = "std::hash", .skipped = NO_CXX};
const text_peer text_std = {.name = "std::string", .skipped = NO_CXX};
#endif

#ifndef HAVE_ABSL
const hash_peer hash_absl = {.name = "absl::Hash", .skipped = "Abseil not found"};
#endif

#ifndef HAVE_GLIB
const hash_peer hash_glib = {.name = "g_str_hash, g_int64_hash", .skipped = NO_GLIB};
const text_peer text_glib = {.name = "GString", .skipped = NO_GLIB};
#endif

extern const char bench_absent_is_not_empty[];
const char bench_absent_is_not_empty[] = "absent.c";
