/* hash.c - drawing the secrets, and long strings.
 *
 * A hash is folded multiplies, each of a word of input masked by a secret with the
 * state so far. Without the secrets no input is known to zero or to cancel a factor,
 * which is what collision attacks on multiplicative hashes need. Secrets are random
 * numbers, not a seed mixed into fixed constants: collisions that hold for every seed
 * have been published for hashes of that kind.
 *
 * Rejected: SipHash, whose rounds depend on one another, several a word, where the
 * folded multiply has one; against somebody who sees neither hashes nor the time of one
 * probe it is not the stronger of the two.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "hash.h"

#include <sched.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

pila_hash_secrets pila__hash;

static uint64_t hash_load(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* A factor with few bits set, or an even one, would spread its input badly. */
static bool hash_spreads(uint64_t x)
{
    int ones = __builtin_popcountll(x);
    return (x & 1) && ones >= 24 && ones <= 40;
}

static uint64_t hash_entropy(void)
{
    static uint64_t calls;
    uint64_t x;

    if (getentropy(&x, sizeof x) == 0) return x;
    /* No entropy device: addresses (ASLR) and the clock are what is left. */
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    x = (uint64_t)t.tv_nsec ^ ((uint64_t)t.tv_sec << 32) ^ (uint64_t)(uintptr_t)&t;
    x ^= __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) * 0x9e3779b97f4a7c15u;
    return pila__hash_fold(x, 0xd1342543de82ef95u) ^ (uint64_t)getpid();
}

static uint64_t hash_draw(void)
{
    uint64_t x = hash_entropy();

    for (unsigned turn = 0; !hash_spreads(x); turn++)
        x = turn % 8 == 7 ? hash_entropy() | 1
                          : pila__hash_fold(x, 0xd1342543de82ef95u) + turn;
    return x;
}

void pila_hash_init(void)
{
    enum { NOT_YET, DRAWING, DRAWN };
    static int state = NOT_YET;
    int was = NOT_YET;

    if (PILA_LIKELY(__atomic_load_n(&state, __ATOMIC_ACQUIRE) == DRAWN)) return;
    if (__atomic_compare_exchange_n(&state, &was, DRAWING, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        pila_hash_secrets drawn = {hash_draw(), hash_draw(), hash_draw(), hash_draw()};
        pila__hash = drawn;
        __atomic_store_n(&state, DRAWN, __ATOMIC_RELEASE);
    }
    while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != DRAWN) sched_yield();
}

uint64_t pila_hash_int(uint64_t x)
{
    pila_hash_init();
    return pila__hash_u64(x);
}

uint64_t pila_hash_bytes(const void *p, size_t n)
{
    unsigned char small[16] = {0};
    uint64_t word[2];

    pila_hash_init();
    if (n > 15) return pila__hash_long((const char *)p, n);
    if (n) memcpy(small, p, n);
    small[15] = (unsigned char)n; /* laid out as a pila_string of the same text */
    memcpy(word, small, sizeof word);
    return pila__hash_16(word[0], word[1]);
}

/* Four lanes hide the latency of the multiply; what is left goes 16 bytes a step, and
 * the last 16 bytes always close, overlapping what came before. */
uint64_t pila__hash_long(const char *p, size_t n)
{
    uint64_t lane = pila__hash.c ^ n;
    const char *last = p + n - 16;

    if (n > 128) {
        uint64_t l1 = lane, l2 = lane, l3 = lane;
        const char *stop = p + (n - 1) / 64 * 64;

        for (; p < stop; p += 64) {
            lane =
                pila__hash_fold(hash_load(p) ^ pila__hash.a, hash_load(p + 8) ^ lane);
            l1 = pila__hash_fold(hash_load(p + 16) ^ pila__hash.b,
                                 hash_load(p + 24) ^ l1);
            l2 = pila__hash_fold(hash_load(p + 32) ^ pila__hash.c,
                                 hash_load(p + 40) ^ l2);
            l3 = pila__hash_fold(hash_load(p + 48) ^ pila__hash.d,
                                 hash_load(p + 56) ^ l3);
        }
        lane = pila__hash_fold(lane ^ l1, pila__hash.d) ^
               pila__hash_fold(l2, l3 ^ pila__hash.b);
    }
    for (; p < last; p += 16)
        lane = pila__hash_fold(hash_load(p) ^ pila__hash.a, hash_load(p + 8) ^ lane);
    lane = pila__hash_fold(hash_load(last) ^ pila__hash.d, hash_load(last + 8) ^ lane);
    return pila__hash_fold(lane ^ n, pila__hash.b);
}
