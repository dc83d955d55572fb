/* bench_select.c - which items are wanted: takewhile, dropwhile, filterfalse over
 * ranges, and compress over arrays. */
#include "../bench.h"
#include "peers/series_contest.h"

int main(void)
{
    size_t n = bench_size(1000000, 100000);

    bench_begin("Selections; a row's time is that of one item of the source.");
    series_contest("takewhile, nine tenths", "takewhile",
                   offsetof(series_peer, takewhile), n, 1);
    series_contest("dropwhile, nine tenths", "dropwhile",
                   offsetof(series_peer, dropwhile), n, 1);
    series_contest("filterfalse, two thirds stay", "filterfalse",
                   offsetof(series_peer, filterfalse), n, 1);
    series_contest("compress, a third stays", "compress",
                   offsetof(series_peer, compress), n, 1);
    return bench_end();
}
