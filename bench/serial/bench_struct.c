/* bench_struct.c - a million records of `<IHd`, 14 bytes, from C structs and to them.
 *
 * The rate is that of the packed bytes. CPython packs all in one call, by a format that
 * repeats the record's, and unpacks to tuples that are dropped. */
#include "../bench.h"
#include "peers/struct.h"

#include <stdio.h>
#include <stdlib.h>

static const struct_peer *const peers[] = {&struct_table, &struct_known, &struct_hand};

static const bench_bar bars[] = {
    {"pila", BENCH_RATE, 8.0, NULL},
    {"pila", BENCH_FASTER, 10.0, "CPython"},
    {"PILA_STRUCT", BENCH_FASTER, 0.8, "memcpy by hand"},
};
static const bench_bar big_bars[] = {
    {"pila", BENCH_FASTER, 10.0, "CPython"},
    {"PILA_STRUCT", BENCH_FASTER, 0.8, "memcpy by hand"},
};
static const bench_bar sum_bars[] = {
    {"pila", BENCH_RATE, 8.0, NULL},
    {"pila", BENCH_FASTER, 10.0, "CPython"},
};

enum { PEERS = BENCH_COUNT(peers) };

typedef struct lane {
    const struct_peer *peer;
    size_t n;
    record *records, *made; /* what is packed, what is unpacked to */
    record_big *records_big, *made_big;
    char *data, *data_big, *out;
} lane;

static uint64_t pack(void *ctx)
{
    lane *l = (lane *)ctx;
    l->peer->pack(l->records, l->n, l->out);
    return 0;
}

static uint64_t pack_big(void *ctx)
{
    lane *l = (lane *)ctx;
    l->peer->pack_big(l->records_big, l->n, l->out);
    return 0;
}

static uint64_t unpack(void *ctx)
{
    lane *l = (lane *)ctx;
    l->peer->unpack(l->data, l->n, l->made);
    return 0;
}

static uint64_t unpack_big(void *ctx)
{
    lane *l = (lane *)ctx;
    l->peer->unpack_big(l->data_big, l->n, l->made_big);
    return 0;
}

static uint64_t sum(void *ctx)
{
    lane *l = (lane *)ctx;
    return (uint64_t)l->peer->sum(l->data, l->n);
}

static uint64_t written(void *ctx)
{
    const lane *l = (const lane *)ctx;
    uint64_t total = 0;

    for (size_t k = 0; k < l->n * record_size; k++) total += (unsigned char)l->out[k];
    return total;
}

static uint64_t read_in(void *ctx)
{
    const lane *l = (const lane *)ctx;
    uint64_t total = 0;

    for (size_t k = 0; k < l->n; k++)
        total += l->made[k].id + l->made[k].kind + (uint64_t)(2 * l->made[k].value);
    return total;
}

static uint64_t read_in_big(void *ctx)
{
    const lane *l = (const lane *)ctx;
    uint64_t total = 0;

    for (size_t k = 0; k < l->n; k++)
        total += l->made_big[k].id + l->made_big[k].kind +
                 (uint64_t)(2 * l->made_big[k].value);
    return total;
}

static void contest(const char *what, const char *format, const lane *given,
                    bench_contestant how, const bench_bar *promised, size_t count)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];
    char text[32], title[64];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = *given;
        lanes[k].peer = peers[k];
        all[k] = how;
        all[k].name = peers[k]->name;
        all[k].ctx = &lanes[k];
    }
    snprintf(text, sizeof text, "%zu", given->n);
    snprintf(title, sizeof title, "struct: %s %s", what, format);
    all[PEERS] = bench_python("serial/peers/struct_cpython.py",
                              (const char *[]){what, format, text, NULL});
    bench_run(&(bench_contest){.what = title,
                               .n = given->n,
                               .unit = BENCH_GB_S,
                               .amount = (double)given->n * record_size,
                               .repeat = 8, /* of a millisecond each */
                               .contestants = all,
                               .count = PEERS + 1,
                               .bars = promised,
                               .bar_count = count});
    bench_python_end(&all[PEERS]);
}

int main(void)
{
    size_t n = bench_size(1000000, 10000);
    lane l = {.n = n};

    bench_begin("Records of a format.");
    l.records = (record *)bench_alloc(n, sizeof *l.records);
    l.made = (record *)bench_alloc(n, sizeof *l.made);
    l.records_big = (record_big *)bench_alloc(n, sizeof *l.records_big);
    l.made_big = (record_big *)bench_alloc(n, sizeof *l.made_big);
    l.data = (char *)bench_alloc(n, record_size);
    l.data_big = (char *)bench_alloc(n, record_size);
    l.out = (char *)bench_alloc(n, record_size);
    for (size_t k = 0; k < n; k++) {
        record r = {(uint32_t)k, (uint16_t)(k % 65536), (double)k / 2};
        l.records[k] = r;
        l.records_big[k] = (record_big){r.id, r.kind, r.value};
    }
    struct_hand.pack(l.records, n, l.data);
    struct_hand.pack_big(l.records_big, n, l.data_big);

    const bench_contestant packs = {.run = pack, .check = written};
    const bench_contestant unpacks = {.run = unpack, .check = read_in};
    const bench_contestant packs_big = {.run = pack_big, .check = written};
    const bench_contestant unpacks_big = {.run = unpack_big, .check = read_in_big};
    contest("pack", "<IHd", &l, packs, bars, BENCH_COUNT(bars));
    contest("unpack", "<IHd", &l, unpacks, bars, BENCH_COUNT(bars));
    contest("pack", ">IHd", &l, packs_big, big_bars, BENCH_COUNT(big_bars));
    contest("unpack", ">IHd", &l, unpacks_big, big_bars, BENCH_COUNT(big_bars));
    contest("sum", "<IHd", &l, (bench_contestant){.run = sum}, sum_bars,
            BENCH_COUNT(sum_bars));
    free(l.records);
    free(l.made);
    free(l.records_big);
    free(l.made_big);
    free(l.data);
    free(l.data_big);
    free(l.out);
    return bench_end();
}
