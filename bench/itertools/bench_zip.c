/* bench_zip.c - iterators side by side: zip, zip_longest, map of two, roundrobin and
 * grouper, over ranges. */
#include "../bench.h"
#include "peers/series_contest.h"

int main(void)
{
    size_t n = bench_size(1000000, 100000) / 6 * 6; /* pairs, and thirds */

    bench_begin("Zips of ranges; a row's time is that of one item of the first range.");
    series_contest("zip", "zip", offsetof(series_peer, zip), n, 1);
    series_contest("zip_longest, one is half as long", "longest",
                   offsetof(series_peer, longest), n, 1);
    series_contest("map of two: starmap of zip", "starmap",
                   offsetof(series_peer, starmap), n, 1);
    series_contest("roundrobin of three", "robin", offsetof(series_peer, robin), n, 1);
    series_contest("grouper, pairs", "grouper", offsetof(series_peer, grouper), n, 1);
    series_contest("zip", "zip", offsetof(series_peer, zip),
                   bench_size(60000000, 600000), 0);
    return bench_end();
}
