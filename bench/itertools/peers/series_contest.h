/* series_contest.h - one function of series_peer, by all who have it. */
#ifndef BENCH_SERIES_CONTEST_H
#define BENCH_SERIES_CONTEST_H

#include "series.h"

#include <stddef.h>

/* what: the title; operation: its name in series.py; at: offsetof(series_peer, ...).
 * n items, with CPython's contestants and the bars about it if `python`. */
void series_contest(const char *what, const char *operation, size_t at, size_t n,
                    int python);

#endif
