/* fuzz_slices.h - slices of the model of a sequence, for list and array. */
#ifndef FUZZ_SLICES_H
#define FUZZ_SLICES_H

#include "fuzz.h"

#include <pila/collections/list.h>

FUZZ_USE pila_slice slice_from(fuzz_in *in, size_t n)
{
    unsigned left_out = fuzz_byte(in);
    pila_slice s = {fuzz_index(in, n), fuzz_index(in, n), (int8_t)fuzz_byte(in) % 5};

    if (left_out & 1) s.start = PILA_NONE;
    if (left_out & 2) s.stop = PILA_NONE;
    if (left_out & 4) s.step = PILA_NONE;
    return s;
}

/* The indices of a slice, one by one as Python counts them; false for a step of 0. */
FUZZ_USE bool slice_indices(pila_slice s, const fuzz_seq *m, fuzz_seq *out,
                            pila_slice *plain)
{
    ptrdiff_t n = (ptrdiff_t)m->n, step = s.step == PILA_NONE ? 1 : s.step;
    ptrdiff_t low = step < 0 ? -1 : 0, high = step < 0 ? n - 1 : n;
    ptrdiff_t bound[2] = {s.start, s.stop};

    *plain = s;
    out->n = 0;
    if (step == 0) return false;
    for (int k = 0; k < 2; k++) {
        if (bound[k] == PILA_NONE) bound[k] = (k == 0) == (step > 0) ? low : high;
        else {
            if (bound[k] < 0) bound[k] += n;
            if (bound[k] < low) bound[k] = low;
            if (bound[k] > high) bound[k] = high;
        }
    }
    for (ptrdiff_t i = bound[0]; step > 0 ? i < bound[1] : i > bound[1]; i += step)
        seq_add(out, i);
    *plain = pila_slice_of(bound[0], bound[1], step);
    return true;
}

/* The items at these indices leave. */
FUZZ_USE void slice_del(fuzz_seq *m, fuzz_seq *indices)
{
    seq_sort(indices, true);
    for (size_t k = 0; k < indices->n; k++) (void)seq_take(m, (size_t)indices->at[k]);
}

/* The items of another one take the place of those at these indices. */
FUZZ_USE void slice_set(fuzz_seq *m, const fuzz_seq *indices, pila_slice plain,
                        const fuzz_seq *items)
{
    if (plain.step != 1) {
        for (size_t k = 0; k < indices->n; k++) m->at[indices->at[k]] = items->at[k];
        return;
    }
    for (size_t k = 0; k < indices->n; k++) (void)seq_take(m, (size_t)plain.start);
    for (size_t k = 0; k < items->n; k++)
        seq_insert(m, (size_t)plain.start + k, items->at[k]);
}

#endif
