/* memo.c - growing and shrinking the memo.
 *
 * One array of 16-byte slots, linear probing, no more than half full: a look-up that
 * misses reads 2.5 slots on the average, mostly of one cache line. Addresses lie at
 * regular strides, which the folded multiply of core/hash scatters; its secrets keep
 * whoever chooses a file's contents, and so where things lie relative to one another,
 * from crowding them into one place.
 *
 * A key is removed without a tombstone: what follows in the run moves back over the
 * gap, unless its home lies behind the gap. So a memo that is used for a path, with a
 * put and a remove for each step, never grows for having been used long.
 */
#include "memo.h"

enum { MEMO_FIRST = 32 }; /* slots; half a kilobyte */

pila_status pila__memo_grow(pila__memo *m)
{
    size_t slots = m->slots ? m->mask + 1 : MEMO_FIRST / 2, bytes;
    pila__memo bigger = {0};

    pila_hash_init();
    if (!pila_mul(slots, 2, &slots) || !pila_mul(slots, sizeof *m->slots, &bytes))
        return PILA_ENOMEM;
    bigger.slots = (pila__memo_slot *)pila_alloc_zero(slots, sizeof *bigger.slots);
    if (!bigger.slots) return PILA_ENOMEM;
    pila_mem_huge(bigger.slots, bytes);
    bigger.mask = slots - 1;
    bigger.len = m->len;
    for (size_t i = 0; m->slots && i <= m->mask; i++)
        if (m->slots[i].key)
            bigger.slots[pila__memo_slot_of(&bigger, m->slots[i].key)] = m->slots[i];
    pila_free(m->slots);
    *m = bigger;
    return PILA_OK;
}

void pila__memo_remove(pila__memo *m, uint64_t key)
{
    size_t gap, at;

    if (!m->slots) return;
    gap = pila__memo_slot_of(m, key);
    if (!m->slots[gap].key) return;
    m->len--;
    for (at = (gap + 1) & m->mask; m->slots[at].key; at = (at + 1) & m->mask) {
        size_t home = (size_t)pila__hash_u64(m->slots[at].key) & m->mask;

        /* Round the ring from home to at, the gap is passed: it may move there. */
        if (((at - home) & m->mask) >= ((at - gap) & m->mask)) {
            m->slots[gap] = m->slots[at];
            gap = at;
        }
    }
    m->slots[gap].key = 0;
}

void pila__memo_clear(pila__memo *m)
{
    if (m->len) memset(m->slots, 0, (m->mask + 1) * sizeof *m->slots);
    m->len = 0;
}

void pila__memo_done(pila__memo *m)
{
    pila__memo none = {0};

    pila_free(m->slots);
    *m = none;
}
