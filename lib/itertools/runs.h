/* runs.h - what looks at neighbours: pairwise sliding_window batched accumulate groupby
 * unique_justseen count_runs.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter core/keep
 *        itertools/kernel itertools/fold itertools/stage itertools/adaptors
 * Use:
 *     const pila_str lines[] = {{"a", 1}, {"a", 1}, {"b", 1}, {"a", 1}};
 *     struct run { pila_str key; int64_t count; };
 *     pila_iter it = pila_count_runs(pila_span(lines, 4, &pila_view));
 *     PILA_FOR(struct run, r, &it)
 *         printf("%lld %.*s, ", (long long)r->count, (int)r->key.len, r->key.ptr);
 *     if (it.status == PILA_END) printf("end\n");   // prints: 2 a, 1 b, 1 a, end
 *     pila_iter_drop(&it);
 *
 * Every constructor takes its source over. When it fails it drops what it took and
 * returns an iterator that has ended with why; a source that has ended already gives an
 * iterator that has ended like it, but where something comes before its first item.
 *
 * Items that are held while the source goes on are copied, the text of views included,
 * so neighbours from a reader of lines are good, and a source may be shared (pila_ref).
 * From those no more is taken than Python takes. A source, or a callback, that pulls
 * from the iterator which is asking it ends that with PILA_EVALUE.
 */
#ifndef PILA_RUNS_H
#define PILA_RUNS_H

#include "../core/iter.h"
#include "adaptors.h"
#include "fold.h"

PILA_BEGIN_C

/* ---- neighbours ---- */

/* pila_pairwise - each item with the one after it, as an array of two.
 *
 *   src    taken
 *
 * Fails:   as pila_sliding_window
 * Cost:    O(1) an item, two allocations; where items own memory or show text, a copy
 *          of one for each window of src
 * Python:  itertools.pairwise(iterable)
 */
PILA_API pila_iter pila_pairwise(pila_iter src);

/* pila_sliding_window - each item with the n - 1 after it, as an array of n.
 *
 *   src    taken
 *   n      items of a window, all in memory
 *
 * Fails:   PILA_EVALUE     n is 0
 *          PILA_EOVERFLOW  n items exceed PTRDIFF_MAX bytes
 *          PILA_ENOMEM     no memory; later: for items held while src goes on
 *          any             later: the fault of src
 * Cost:    O(n) an item, two allocations; where items own memory or show text, 2 n more
 * Python:  sliding_window(iterable, n) of the itertools recipes
 */
PILA_API pila_iter pila_sliding_window(pila_iter src, size_t n);

/* pila_batched - rows of n items, the last one perhaps shorter: each a pila_row.
 *
 *   src    taken
 *   n      items of a row
 *
 * A row's items are borrowed with it, until the next call.
 *
 * Fails:   PILA_EVALUE   n is 0
 *          PILA_ENOMEM   no memory; later: for items held while src goes on
 *          any           later: the fault of src; items of the row begun are lost
 * Cost:    O(1) a row where src has n items ready, in place; else a copy of each item.
 *          Memory for a row as its items come, not for n before
 * Python:  itertools.batched(iterable, n), of 3.12
 */
PILA_API pila_iter pila_batched(pila_iter src, size_t n);

/* pila_batched_strict - rows of n items, and an error if the last is shorter.
 *
 *   src    taken
 *
 * Fails:   PILA_EVALUE   n is 0; later: src ended within a row
 *          any           as pila_batched
 * Cost:    as pila_batched
 * Python:  itertools.batched(iterable, n, strict=True), of 3.13
 */
PILA_API pila_iter pila_batched_strict(pila_iter src, size_t n);

/* ---- running results ---- */

/* pila_accumulate - each result of a fold on the way, a window at a time.
 *
 *   src       taken
 *   fold      made by PILA_FOLD; its ctx must outlive the iterator
 *   initial   what it starts from and yields first, copied; NULL: the first item is
 *             the first result                                       borrowed
 *
 * Fails:   PILA_ETYPE    items of src are not of the size that the fold takes; or there
 *                        is no initial and they are not what it makes
 *          PILA_ENOMEM   no memory
 * Cost:    O(1) an item without a call, two allocations
 * Python:  itertools.accumulate(iterable, func, initial=initial), for a func without
 *          side effects
 */
PILA_API pila_iter pila_accumulate(pila_iter src, pila_fold fold, const void *initial);

/* pila_accumulate_sum - running sums: int64_t of integers, uint64_t of uint64_t, double
 * of floating-point numbers.
 *
 *   src       taken
 *   initial   of the type that is made, yielded first; NULL: none       borrowed
 *
 * Of pila_failed(PILA_END), whose items have no type, nothing comes, no initial either.
 *
 * Fails:   PILA_ETYPE      the items are no numbers
 *          PILA_EOVERFLOW  later, where the next sum does not fit
 *          PILA_ENOMEM     no memory
 * Cost:    O(1) an item without a call, one allocation
 * Python:  itertools.accumulate(iterable, initial=initial), in 64 bits; it does not add
 *          up text
 */
PILA_API pila_iter pila_accumulate_sum(pila_iter src, const void *initial);

/* Write what comes of acc and item at out, which is raw room: it is given. */
typedef pila_status pila_accumulate_callback(void *ctx, const void *acc,
                                             const void *item, void *out);

/* pila_accumulate_fn - each result of a callback, called when it is asked for.
 *
 *   src       taken
 *   type      of the results; must outlive the iterator                 borrowed
 *   fn, ctx   as pila_map_fn; a result that shows text of acc or item is copied
 *   initial   an item of type, yielded first, copied; NULL: the first item of src is
 *             the first result                                       borrowed
 *
 * Fails:   PILA_ETYPE    there is no initial and items of src are not of the type
 *          PILA_ENOMEM   no memory
 *          any           later: what fn answered
 * Cost:    one call an item, two allocations
 * Python:  itertools.accumulate(iterable, func, initial=initial)
 */
PILA_API pila_iter pila_accumulate_fn(pila_iter src, const pila_type *type,
                                      pila_accumulate_callback *fn, void *ctx,
                                      const void *initial);

/* ---- runs of equal items ---- */

/* pila_groupby - runs of equal items, as `struct { T key; pila_iter group; }`.
 *
 *   src    taken
 *
 * The group is an iterator over the items of the run, to be copied out of the struct
 * and read, or given to what takes one. It and its copies end with PILA_END, for ever,
 * when the next run is asked for; what was not read of it is skipped then. Copies share
 * the run: one of them is to be read. A group needs no drop and must not outlive the
 * groupby. The key is the run's first item, good as long as the group.
 *
 * Fails:   PILA_ETYPE    later: items have no eq
 *          PILA_ENOMEM   no memory; later: for a key
 *          any           later: the fault of src, or of eq, for the group that met it
 *                        and for all after
 * Cost:    O(1) an item, a few allocations; a run within a window of src is found,
 *          yielded in place, or skipped, as a whole; over a container an item at a time
 * Python:  itertools.groupby(iterable)
 */
PILA_API pila_iter pila_groupby(pila_iter src);

/* pila_groupby_key - runs of items whose keys, made by a mapper, are equal.
 *
 *   src   taken
 *   key   made by PILA_MAPPER; its ctx must outlive the iterator
 *
 * Fails:   PILA_ETYPE    items of src are not of the size that the mapper takes, or it
 *                        is a predicate; later: keys have no eq
 *          any           as pila_groupby
 * Cost:    as pila_groupby
 * Python:  itertools.groupby(iterable, key), for a key without side effects
 */
PILA_API pila_iter pila_groupby_key(pila_iter src, pila_kernel key);

/* pila_groupby_fn - runs of items whose keys, made by a callback, are equal.
 *
 *   src        taken
 *   key_type   must outlive the iterator                                borrowed
 *   fn, ctx    as pila_filter_fn; called once an item, when it is taken from src. A key
 *              is given, and dropped; one that shows text of the item is copied
 *
 * Fails:   any   as pila_groupby, or what fn answered; PILA_EMUTATED when it changed
 *                the container under src
 * Cost:    one call an item
 * Python:  itertools.groupby(iterable, key), which can go on after a key that failed
 */
PILA_API pila_iter pila_groupby_fn(pila_iter src, const pila_type *key_type,
                                   pila_map_callback *fn, void *ctx);

/* pila_unique_justseen - items without those that equal the one before.
 *
 *   src    taken
 *
 * Fails:   PILA_ETYPE    later: items have no eq
 *          PILA_ENOMEM   no memory; later: for an item held while src goes on
 *          any           later: the fault of src, or of eq
 * Cost:    O(1) an item without a call where comparing runs no code of the user, three
 *          allocations
 * Python:  unique_justseen(iterable) of the itertools recipes
 */
PILA_API pila_iter pila_unique_justseen(pila_iter src);

/* pila_unique_justseen_key - the same by keys that a mapper makes.
 *
 *   src   taken
 *   key   made by PILA_MAPPER; its ctx must outlive the iterator
 *
 * Fails:   as pila_groupby_key
 * Cost:    as pila_groupby_key
 * Python:  unique_justseen(iterable, key) of the itertools recipes
 */
PILA_API pila_iter pila_unique_justseen_key(pila_iter src, pila_kernel key);

/* pila_unique_justseen_fn - the same by keys that a callback makes.
 *
 *   src            taken
 *   key_type, fn   as pila_groupby_fn                                   borrowed
 *
 * Fails:   as pila_groupby_fn
 * Cost:    as pila_groupby_fn
 * Python:  unique_justseen(iterable, key) of the itertools recipes
 */
PILA_API pila_iter pila_unique_justseen_fn(pila_iter src, const pila_type *key_type,
                                           pila_map_callback *fn, void *ctx);

/* pila_count_runs - runs of equal items with their lengths, as `struct { T key;
 * int64_t count; }`.
 *
 *   src    taken
 *
 * Fails:   as pila_unique_justseen
 * Cost:    as pila_unique_justseen
 * Python:  ((k, len(list(g))) for k, g in itertools.groupby(iterable)); uniq -c
 */
PILA_API pila_iter pila_count_runs(pila_iter src);

PILA_END_C

#endif
