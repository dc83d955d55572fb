/* absent.c - stands in for the peers that were not found when configuring: a name, and
 * the reason why it does not take part. */
#include "lines.h"
#include "pipeline.h"
#include "series.h"

#ifndef HAVE_CXX
const lines_peer lines_std = {.name = "std::getline, operator>>",
                              .skipped = "no C++ compiler"};
#endif

#ifndef HAVE_RUST
const pipeline_peer pipeline_rust_boxed = {.name = "Rust boxed dyn",
                                           .skipped = "no rustc"};
const pipeline_peer pipeline_rust_static = {.name = "Rust monomorphised",
                                            .skipped = "no rustc"};
const series_peer series_rust = {.name = "Rust boxed dyn", .skipped = "no rustc"};
#endif

extern const char bench_absent_is_not_empty[];
const char bench_absent_is_not_empty[] = "absent.c";
