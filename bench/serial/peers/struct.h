/* struct.h - contestants that pack and unpack records of 14 bytes. */
#ifndef PEERS_STRUCT_H
#define PEERS_STRUCT_H

#include <pila/serial/struct.h>

#define RECORD(ONE, MANY) ONE(I, id) ONE(H, kind) ONE(d, value)
PILA_STRUCT(record, "<", RECORD)
PILA_STRUCT(record_big, ">", RECORD)

/* All over n records; big: numbers are big-endian. */
typedef struct struct_peer {
    const char *name;
    void (*pack)(const record *from, size_t n, char *to);
    void (*unpack)(const char *from, size_t n, record *to);
    void (*pack_big)(const record_big *from, size_t n, char *to);
    void (*unpack_big)(const char *from, size_t n, record_big *to);
    double (*sum)(const char *from, size_t n); /* of the values */
} struct_peer;

extern const struct_peer struct_table, struct_known, struct_hand;

#endif
