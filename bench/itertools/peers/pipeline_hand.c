/* pipeline_hand.c - the loops one writes by hand. The empty asm makes each number
 * unknown to the compiler, which could otherwise add up several at once or step by
 * three: the others do one item after the other too. */
#include "pipeline.h"

static inline void unknown(int64_t k) { __asm__ volatile("" : : "r"(k)); }

static uint64_t hand_sum(int64_t n)
{
    uint64_t sum = 0;

    for (int64_t k = 0; k < n; k++) {
        unknown(k);
        if (k % 3 == 0) sum += (uint64_t)k * (uint64_t)k;
    }
    return sum;
}

const pipeline_peer pipeline_hand = {.name = "hand loop", .sum = hand_sum};

/* ---- one adaptor at a time ---- */

static uint64_t hand_numbered(int64_t n)
{
    uint64_t sum = 0;
    int64_t index = 1;

    for (int64_t k = 0; k < n; k++, index++) {
        unknown(k);
        unknown(index);
        sum += (uint64_t)index * (uint64_t)k;
    }
    return sum;
}

static uint64_t hand_range(int64_t start, int64_t stop, int64_t step)
{
    uint64_t sum = 0;

    for (int64_t k = start; k < stop; k += step) {
        unknown(k);
        sum += (uint64_t)k;
    }
    return sum;
}

static uint64_t hand_two(int64_t n)
{
    return hand_range(0, n / 2, 1) + hand_range(n / 2, n, 1);
}

/* A slice of any iterator has to go past what it leaves out: so do these. */
static uint64_t hand_middle(int64_t n)
{
    int64_t tenth = n / 10;
    uint64_t sum = 0;

    for (int64_t k = 0; k < n - tenth; k++) {
        unknown(k);
        if (k >= tenth) sum += (uint64_t)k;
    }
    return sum;
}

static uint64_t hand_thirds(int64_t n)
{
    uint64_t sum = 0;
    int skip = 0;

    for (int64_t k = 0; k < n; k++) {
        unknown(k);
        if (skip == 0) sum += (uint64_t)k;
        skip = skip == 0 ? 2 : skip - 1;
    }
    return sum;
}

const adaptor_peer adaptor_hand = {
    .name = "hand loop",
    .enumerate = hand_numbered,
    .chain = hand_two,
    .slice = hand_middle,
    .thirds = hand_thirds,
};
