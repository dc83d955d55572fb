/* pipeline_vtable.c - the usual lazy iterator in C: a stage has a `next` that yields
 * one item, and pulls from the stage before it.
 *
 * Two peers. In the "vtable" one the work is inside the stage: one call through a
 * pointer for each item and stage. In the "callbacks" one the stages are general and
 * call a function for each item besides, as a library's must. The chain is built in
 * functions that are not inlined, so that the compiler can't see through the pointers.
 */
#include "pipeline.h"

#include <stdbool.h>
#include <stdlib.h>

typedef struct stage stage;

typedef struct stage_ops {
    bool (*next)(stage *self, int64_t *out); /* false: no more */
} stage_ops;

struct stage {
    const stage_ops *ops;
    stage *source;
    int64_t at, stop;           /* range */
    bool (*keep)(int64_t x);    /* filter */
    int64_t (*turn)(int64_t x); /* map */
};

static inline bool pull(stage *s, int64_t *out) { return s->ops->next(s, out); }

/* ---- stages ---- */

static bool range_next(stage *s, int64_t *out)
{
    if (s->at >= s->stop) return false;
    *out = s->at++;
    return true;
}

static bool thirds_next(stage *s, int64_t *out)
{
    while (pull(s->source, out)) {
        if (*out % 3 == 0) return true;
    }
    return false;
}

static bool squares_next(stage *s, int64_t *out)
{
    if (!pull(s->source, out)) return false;
    *out = (int64_t)((uint64_t)*out * (uint64_t)*out);
    return true;
}

static bool filter_next(stage *s, int64_t *out)
{
    while (pull(s->source, out)) {
        if (s->keep(*out)) return true;
    }
    return false;
}

static bool map_next(stage *s, int64_t *out)
{
    if (!pull(s->source, out)) return false;
    *out = s->turn(*out);
    return true;
}

/* ---- chains ---- */

static const stage_ops range_ops = {range_next}, thirds_ops = {thirds_next},
                       squares_ops = {squares_next}, filter_ops = {filter_next},
                       map_ops = {map_next};

static bool by_three(int64_t x) { return x % 3 == 0; }
static int64_t square(int64_t x) { return (int64_t)((uint64_t)x * (uint64_t)x); }

__attribute__((noinline)) static stage *stage_new(stage init)
{
    stage *made = (stage *)malloc(sizeof *made);

    if (!made) abort();
    *made = init;
    return made;
}

__attribute__((noinline)) static uint64_t drain(stage *s)
{
    uint64_t sum = 0;
    int64_t item;

    while (pull(s, &item)) sum += (uint64_t)item;
    while (s) {
        stage *source = s->source;
        free(s);
        s = source;
    }
    return sum;
}

static uint64_t vtable_sum(int64_t n)
{
    stage *s = stage_new((stage){.ops = &range_ops, .stop = n});

    s = stage_new((stage){.ops = &thirds_ops, .source = s});
    s = stage_new((stage){.ops = &squares_ops, .source = s});
    return drain(s);
}

static uint64_t callbacks_sum(int64_t n)
{
    stage *s = stage_new((stage){.ops = &range_ops, .stop = n});

    s = stage_new((stage){.ops = &filter_ops, .source = s, .keep = by_three});
    s = stage_new((stage){.ops = &map_ops, .source = s, .turn = square});
    return drain(s);
}

const pipeline_peer pipeline_vtable = {.name = "C vtable", .sum = vtable_sum};
const pipeline_peer pipeline_callbacks = {.name = "C vtable and callbacks",
                                          .sum = callbacks_sum};
