/* pipeline_rust.c - the C face of pipeline.rs. */
#include "pipeline.h"

uint64_t pipeline_rust_boxed_sum(int64_t n);
uint64_t pipeline_rust_static_sum(int64_t n);

const pipeline_peer pipeline_rust_boxed = {.name = "Rust boxed dyn",
                                           .sum = pipeline_rust_boxed_sum};
const pipeline_peer pipeline_rust_static = {.name = "Rust monomorphised",
                                            .sum = pipeline_rust_static_sum};
