/* struct_pila.c - by a compiled format, and by PILA_STRUCT. */
#include "../../bench.h"
#include "struct.h"

/* ---- a compiled format ---- */

static void packed(const char *format, const void *from, size_t n, char *to)
{
    pila_buf out = {to, 0, n * record_size, n * record_size}; /* room that is there */
    pila_struct s;

    if (pila_struct_init(&s, pila_cstr(format), NULL) != PILA_OK ||
        pila_struct_pack(&s, from, n, &out, NULL) != PILA_OK || out.data != to)
        bench_die("pila_struct_pack");
    pila_struct_done(&s);
}

static void unpacked(const char *format, const char *from, size_t n, void *to)
{
    pila_struct s;

    if (pila_struct_init(&s, pila_cstr(format), NULL) != PILA_OK ||
        pila_struct_unpack_many(&s, pila_str_of(from, n * s.size), to, NULL) != PILA_OK)
        bench_die("pila_struct_unpack_many");
    pila_struct_done(&s);
}

static void table_pack(const record *from, size_t n, char *to)
{
    packed("<IHd", from, n, to);
}

static void table_unpack(const char *from, size_t n, record *to)
{
    unpacked("<IHd", from, n, to);
}

static void table_pack_big(const record_big *from, size_t n, char *to)
{
    packed(">IHd", from, n, to);
}

static void table_unpack_big(const char *from, size_t n, record_big *to)
{
    unpacked(">IHd", from, n, to);
}

static double table_sum(const char *from, size_t n)
{
    pila_struct s;
    double total = 0;

    if (pila_struct_init(&s, pila_cstr("<IHd"), NULL) != PILA_OK) bench_die("struct");
    pila_iter it = pila_struct_iter_unpack(&s, pila_str_of(from, n * s.size), NULL);
    PILA_FOR(record, r, &it) total += r->value;
    if (it.status != PILA_END) bench_die("pila_struct_iter_unpack");
    pila_iter_drop(&it);
    pila_struct_done(&s);
    return total;
}

const struct_peer struct_table = {"pila",         table_pack,       table_unpack,
                                  table_pack_big, table_unpack_big, table_sum};

/* ---- known when compiled ---- */

static void known_pack(const record *from, size_t n, char *to)
{
    pila_buf out = {to, 0, n * record_size, n * record_size};

    if (record_pack_many(from, n, &out) != PILA_OK) bench_die("record_pack_many");
}

static void known_unpack(const char *from, size_t n, record *to)
{
    if (record_unpack_many(pila_str_of(from, n * record_size), to) != PILA_OK)
        bench_die("record_unpack_many");
}

static void known_pack_big(const record_big *from, size_t n, char *to)
{
    pila_buf out = {to, 0, n * record_size, n * record_size};

    if (record_big_pack_many(from, n, &out) != PILA_OK)
        bench_die("record_big_pack_many");
}

static void known_unpack_big(const char *from, size_t n, record_big *to)
{
    if (record_big_unpack_many(pila_str_of(from, n * record_size), to) != PILA_OK)
        bench_die("record_big_unpack_many");
}

static double known_sum(const char *from, size_t n)
{
    record r = {0, 0, 0};
    double total = 0;

    for (size_t k = 0; k < n; k++, from += record_size) {
        if (record_unpack(pila_str_of(from, record_size), &r) != PILA_OK) break;
        total += r.value;
    }
    return total;
}

const struct_peer struct_known = {"PILA_STRUCT",  known_pack,       known_unpack,
                                  known_pack_big, known_unpack_big, known_sum};
