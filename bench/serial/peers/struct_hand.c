/* struct_hand.c - what one writes by hand: a memcpy for each field. */
#include "struct.h"

static void pack(const record *from, size_t n, char *to)
{
    for (size_t k = 0; k < n; k++, to += 14) {
        memcpy(to, &from[k].id, 4);
        memcpy(to + 4, &from[k].kind, 2);
        memcpy(to + 6, &from[k].value, 8);
    }
}

static void unpack(const char *from, size_t n, record *to)
{
    for (size_t k = 0; k < n; k++, from += 14) {
        memcpy(&to[k].id, from, 4);
        memcpy(&to[k].kind, from + 4, 2);
        memcpy(&to[k].value, from + 6, 8);
    }
}

static void pack_big(const record_big *from, size_t n, char *to)
{
    for (size_t k = 0; k < n; k++, to += 14) {
        uint32_t id = __builtin_bswap32(from[k].id);
        uint16_t kind = __builtin_bswap16(from[k].kind);
        uint64_t bits;
        memcpy(&bits, &from[k].value, 8);
        bits = __builtin_bswap64(bits);
        memcpy(to, &id, 4);
        memcpy(to + 4, &kind, 2);
        memcpy(to + 6, &bits, 8);
    }
}

static void unpack_big(const char *from, size_t n, record_big *to)
{
    for (size_t k = 0; k < n; k++, from += 14) {
        uint32_t id;
        uint16_t kind;
        uint64_t bits;
        memcpy(&id, from, 4);
        memcpy(&kind, from + 4, 2);
        memcpy(&bits, from + 6, 8);
        to[k].id = __builtin_bswap32(id);
        to[k].kind = __builtin_bswap16(kind);
        bits = __builtin_bswap64(bits);
        memcpy(&to[k].value, &bits, 8);
    }
}

static double sum(const char *from, size_t n)
{
    double total = 0, value;

    for (size_t k = 0; k < n; k++, from += 14) {
        memcpy(&value, from + 6, 8);
        total += value;
    }
    return total;
}

const struct_peer struct_hand = {"memcpy by hand", pack,       unpack,
                                 pack_big,         unpack_big, sum};
