/* series_rust.c - the C face of series.rs. */
#include "series.h"

series_work series_rust_zip, series_rust_starmap, series_rust_takewhile,
    series_rust_dropwhile, series_rust_filterfalse, series_rust_compress,
    series_rust_range, series_rust_count, series_rust_repeat, series_rust_reversed;

const series_peer series_rust = {
    .name = "Rust boxed dyn",
    .zip = series_rust_zip,
    .starmap = series_rust_starmap,
    .takewhile = series_rust_takewhile,
    .dropwhile = series_rust_dropwhile,
    .filterfalse = series_rust_filterfalse,
    .compress = series_rust_compress,
    .range = series_rust_range,
    .count = series_rust_count,
    .repeat = series_rust_repeat,
    .reversed = series_rust_reversed,
};
