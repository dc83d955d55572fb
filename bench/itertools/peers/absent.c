/* absent.c - stands in for the peers that were not found when configuring: a name, and
 * the reason why it does not take part. */
#include "coroutine.h"
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

#ifndef HAVE_CXX
const coroutine_peer coroutine_std = {.name = "C++20 coroutine",
                                      .skipped = "no C++ compiler"};
#endif

#ifndef HAVE_CONTEXT
const coroutine_peer coroutine_boost = {.name = "boost.context",
                                        .skipped = "no boost.context"};
#endif

extern const char bench_absent_is_not_empty[];
const char bench_absent_is_not_empty[] = "absent.c";
