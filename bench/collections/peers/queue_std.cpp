#include "queue.h"

#include <deque>

using queue = std::deque<int64_t>;

static queue &of(void *q) { return *static_cast<queue *>(q); }
static void *std_make() { return new queue; }
static void std_free(void *q) { delete &of(q); }

static void std_push(void *q, size_t n)
{
    for (size_t k = 0; k < n; k++) of(q).push_back(static_cast<int64_t>(k));
}

static uint64_t std_sum(void *q)
{
    uint64_t total = 0;

    for (uint64_t place = 1; !of(q).empty(); place++) {
        total += place * static_cast<uint64_t>(of(q).front());
        of(q).pop_front();
    }
    return total;
}

static uint64_t std_fifo(void *q, size_t n)
{
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) {
        int64_t item = of(q).front();
        of(q).pop_front();
        total += static_cast<uint64_t>(item);
        of(q).push_back(item + 1);
    }
    return total;
}

static uint64_t std_index(void *q, const int64_t *at, size_t n)
{
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) {
        total += static_cast<uint64_t>(of(q)[static_cast<size_t>(at[k])]);
    }
    return total;
}

// Step by step, which for a few steps is much faster than std::rotate over all.
static uint64_t std_rotate(void *q, size_t steps, size_t n)
{
    uint64_t total = 0;

    for (size_t k = 0; k < n; k++) {
        for (size_t s = 0; s < steps; s++) {
            of(q).push_front(of(q).back());
            of(q).pop_back();
        }
        total += static_cast<uint64_t>(of(q).front());
    }
    return total;
}

static uint64_t std_walk(const void *q)
{
    uint64_t total = 0;

    for (int64_t item : *static_cast<const queue *>(q))
        total += static_cast<uint64_t>(item);
    return total;
}

const queue_peer queue_std = {"std::deque", nullptr,  std_make,  std_free,   std_push,
                              std_sum,      std_fifo, std_index, std_rotate, std_walk};
