/* hashed.h - things as keys: thing.h with a hash that a test may choose. */
#ifndef HASHED_H
#define HASHED_H

#include "thing.h"

enum { ON_HASH = 32, ON_ANY = 63 };

/* What a key hashes to; NULL: the library's keyed hash of its value. */
static uint64_t (*hashed_as)(int64_t value);

static inline pila_status hashed_hash(void *ctx, const void *item, uint64_t *out)
{
    pila_status st = stage_pass(ON_HASH);
    int64_t value = ((const thing *)item)->value;

    (void)ctx;
    if (st == PILA_OK)
        *out = hashed_as ? hashed_as(value) : pila_hash_int((uint64_t)value);
    return st;
}

static inline uint64_t hashed_alike(int64_t value)
{
    (void)value;
    return 0x5a5a5a5a5a5a5a5au;
}

static const pila_type hashed_thing = {
    PILA_KIND_OTHER, sizeof(thing), PILA_ALIGNOF(thing), "thing",    &thing_size,
    hashed_hash,     thing_eq,      thing_less,          thing_copy, thing_drop,
    thing_repr};
static const pila_type hashed_bulky = {
    PILA_KIND_OTHER, sizeof(bulky), PILA_ALIGNOF(bulky), "bulky",    &bulky_size,
    hashed_hash,     thing_eq,      thing_less,          thing_copy, thing_drop,
    thing_repr};

enum { KEY_TYPES = 4 };

static inline const pila_type *key_type_at(size_t k)
{
    static const pila_type *const types[KEY_TYPES] = {&pila_i64, &pila_text,
                                                      &hashed_thing, &hashed_bulky};
    return types[k];
}

/* Whether timing means nothing here: a sanitizer, or valgrind. */
static inline bool timing_is_off(void)
{
    const char *preload = getenv("LD_PRELOAD");
    bool off = preload && strstr(preload, "vgpreload");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    off = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||             \
    __has_feature(memory_sanitizer)
    off = true;
#endif
#endif
    if (off) printf("skipped: times mean nothing under a sanitizer or valgrind\n");
    return off;
}

#endif
