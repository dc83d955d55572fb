/* defaultdict.h - a dict that makes the value of a missing key: Python's defaultdict.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        collections/dict collections/item
 * Use:
 *     PILA_DEFAULTDICT(Tally, char, int)
 *     Tally tally = {0};
 *     Tally_default_empty(&tally);   // as defaultdict(int)
 *     pila_status st = PILA_OK;
 *     int *n;
 *     for (const char *c = "banana"; *c && st == PILA_OK; c++)
 *         if ((st = Tally_find(&tally, *c, &n)) == PILA_OK) ++*n;
 *     if (st == PILA_OK && (st = Tally_find(&tally, 'a', &n)) == PILA_OK)
 *         printf("%d\n", *n);        // prints: 3
 *     Tally_done(&tally);
 *
 * A defaultdict is a dict with a factory. Only find, which is d[key], asks the factory;
 * get, contains, setdefault and pop answer as a dict does. A value that owns memory, a
 * list for one, needs a descriptor: PILA_NESTED makes one.
 */
#ifndef PILA_DEFAULTDICT_H
#define PILA_DEFAULTDICT_H

#include "dict.h"

/* ---- the factory ---- */

typedef enum pila_factory_kind {
    PILA_FACTORY_NONE,  /* a missing key is PILA_EKEY */
    PILA_FACTORY_EMPTY, /* the value of zero bytes: 0, an empty string, an empty list */
    PILA_FACTORY_VALUE, /* copies of one value */
    PILA_FACTORY_CALL   /* what a function makes */
} pila_factory_kind;

/* Makes one value at `value`, which is given; it holds zero bytes before. When it fails
 * there is nothing to drop. It may change the dict that it is called for. */
typedef pila_status pila_factory_make(void *ctx, void *value);

/* What makes the value of a missing key; {0} is none. */
typedef struct pila_factory {
    pila_factory_kind kind;
    pila_factory_make *make; /* PILA_FACTORY_CALL, or NULL */
    void *ctx;               /* handed to make */
    void *value;             /* PILA_FACTORY_VALUE: the dict's own copy, or NULL */
} pila_factory;

/* ---- the core ---- */

PILA_BEGIN_C
PILA_API PILA_MUST pila_status pila__defaultdict_at_slow(pila__dict *d,
                                                         const pila_factory *f,
                                                         const pila_pair *t,
                                                         const void *key, void **out);
PILA_API PILA_MUST pila_status pila__defaultdict_missing(pila__dict *d,
                                                         const pila_factory *f,
                                                         const pila_pair *t,
                                                         const void *key, uint64_t hash,
                                                         void **out);
PILA_API PILA_MUST pila_status pila__factory_set(pila_factory *f, const pila_type *vt,
                                                 pila_factory_kind kind,
                                                 pila_factory_make *make, void *ctx,
                                                 const void *value);
PILA_API void pila__defaultdict_done(pila__dict *d, pila_factory *f,
                                     const pila_pair *t);
PILA_API void pila__defaultdict_move(pila__dict *out, pila_factory *out_f,
                                     pila__dict *d, pila_factory *f,
                                     const pila_pair *t);
/* a, and b's pairs over it where there is a b, with the factory f: copy and or. */
PILA_API PILA_MUST pila_status
pila__defaultdict_join(pila__dict *out, pila_factory *out_f, const pila__dict *a,
                       const pila__dict *b, const pila_factory *f, const pila_pair *t);
PILA_API PILA_MUST pila_status pila__defaultdict_fromkeys(pila__dict *out,
                                                          pila_factory *out_f,
                                                          const pila_pair *t,
                                                          pila_iter keys,
                                                          const void *value);
PILA_API PILA_MUST pila_status pila__defaultdict_repr(const pila__dict *d,
                                                      const pila_factory *f,
                                                      const pila_pair *t,
                                                      pila_buf *out);
PILA_END_C

/* A hit is that of dict, and a new value of zero bytes is as quick as its setdefault;
 * anything else goes out of line. */
PILA_INLINE pila_status pila__defaultdict_at(pila__dict *d, const pila_factory *f,
                                             const pila_type *kt, const pila_pair *t,
                                             const void *key, void **out)
{
    uint64_t hash = 0;
    pila_status st = PILA_OK;

    if (pila_type_calls_out(kt)) return pila__defaultdict_at_slow(d, f, t, key, out);
    if (PILA_LIKELY(d->groups)) {
        (void)!pila_type_hash(kt, key, &hash);
        size_t e = pila__dict_find(d, kt, t, key, hash, &st);
        if (PILA_LIKELY(e != PILA__DICT_NONE)) {
            *out = pila__dict_entry(d, t, e) + t->second_at;
            return PILA_OK;
        }
        if (f->kind == PILA_FACTORY_EMPTY)
            return pila__dict_push(d, kt, t, key, NULL, hash, out);
    }
    return pila__defaultdict_missing(d, f, t, key, hash, out);
}

/* ---- the run-time face ---- */

typedef struct pila_defaultdict {
    pila_dict dict; /* it is one: pila_dict_get and so on work on &d->dict */
    pila_factory factory;
} pila_defaultdict;

PILA_BEGIN_C

/* pila_defaultdict_init - an empty one, without a factory.
 *
 *   key    needs hash and eq                                          borrowed
 *   value  any type                                                   borrowed
 *
 * What is not here a pila_dict_ function does, on &d->dict: get, contains, set, pop,
 * the iterators and the rest. pila_dict_find there asks no factory.
 *
 * Fails:   PILA_EOVERFLOW   an entry would exceed PTRDIFF_MAX bytes
 * Cost:    O(1), no allocation
 * Python:  defaultdict()
 */
PILA_API PILA_MUST pila_status pila_defaultdict_init(pila_defaultdict *d,
                                                     const pila_type *key,
                                                     const pila_type *value);

/* pila_defaultdict_done - free all it holds, its factory's value too; it is then empty,
 * without a factory, and usable. Twice is fine.
 *
 * Cost:    O(n) drops
 */
PILA_API void pila_defaultdict_done(pila_defaultdict *d);

/* pila_defaultdict_new - the same as pila_defaultdict_init, on the heap.
 *
 * Fails:   NULL   no memory
 * Cost:    O(1)
 */
PILA_API pila_defaultdict *pila_defaultdict_new(const pila_type *key,
                                                const pila_type *value);

/* pila_defaultdict_free - pila_defaultdict_done, and the dict itself.
 *
 *   d      from pila_defaultdict_new, or NULL                         taken
 *
 * Cost:    as pila_defaultdict_done
 */
PILA_API void pila_defaultdict_free(pila_defaultdict *d);

/* pila_defaultdict_copy - an independent duplicate, in the same order, with the same
 * factory.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *
 * Fails:   as pila_dict_copy
 * Cost:    O(n)
 * Python:  d.copy(), but keys and values are copied with their types' copy
 */
PILA_API PILA_MUST pila_status pila_defaultdict_copy(pila_defaultdict *out,
                                                     const pila_defaultdict *d);

/* pila_defaultdict_move - out takes over all that d holds, and its factory; d becomes
 * empty and has none.
 *
 *   out    what it held is freed
 *
 * Cost:    O(1) and the drops of what out held
 */
PILA_API void pila_defaultdict_move(pila_defaultdict *out, pila_defaultdict *d);

/* pila_defaultdict_default_empty - a missing key gets the value of zero bytes.
 *
 *   d      its value type is one whose zero bytes are a value that may be dropped: a
 *          number, text, a pointer, a container's {0}
 *
 * Cost:    O(1)
 * Python:  d.default_factory = int, str, list ...
 */
PILA_API void pila_defaultdict_default_empty(pila_defaultdict *d);

/* pila_defaultdict_default_value - a missing key gets a copy of this value.
 *
 *   value  copied                                                     borrowed
 *
 * Fails:   PILA_ENOMEM   no memory
 *          any           what a callback answered; the factory is as it was
 * Cost:    O(1), an allocation
 * Python:  d.default_factory = lambda: value
 */
PILA_API PILA_MUST pila_status pila_defaultdict_default_value(pila_defaultdict *d,
                                                              const void *value);

/* pila_defaultdict_default_call - a missing key gets what a function makes.
 *
 *   make   NULL: there is no factory any more
 *   ctx    handed to make                                             borrowed
 *
 * Cost:    O(1)
 * Python:  d.default_factory = make, or None
 */
PILA_API void pila_defaultdict_default_call(pila_defaultdict *d,
                                            pila_factory_make *make, void *ctx);

/* pila_defaultdict_factory - the factory there is; to be looked at.
 *
 * Borrowed until another one is set, or the dict ends.
 *
 * Cost:    O(1), no allocation
 * Python:  d.default_factory
 */
PILA_API const pila_factory *pila_defaultdict_factory(const pila_defaultdict *d);

/* pila_defaultdict_find - where the key's value is; a missing one is made and stored.
 *
 *   key    one key; copied if it is new                               borrowed
 *   value  set to the address of the value, untouched on failure      borrowed
 *
 * A function that makes the value may change d: what it made is stored after that, over
 * what it may have stored under this key.
 *
 * Fails:   PILA_EKEY        no such key, and there is no factory
 *          PILA_ENOMEM      no memory
 *          PILA_EOVERFLOW   2^32 - 1 entries are in use
 *          PILA_EMUTATED    the value was stored over another, whose drop changed d
 *          any              what the factory or a callback answered; nothing is stored
 * Cost:    O(1) expected, amortised
 * Python:  d[key]
 */
PILA_API PILA_MUST pila_status pila_defaultdict_find(pila_defaultdict *d,
                                                     const void *key, void **value);

/* pila_defaultdict_or - a new one: a's pairs and factory, then b's pairs set over them.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged. May be
 *          an operand
 *   b      any dict; of another defaultdict, its .dict                borrowed
 *
 * Fails:   PILA_ETYPE   other types
 *          any          as pila_dict_copy and pila_dict_merge
 * Cost:    O(len(a) + len(b))
 * Python:  a | b; a |= b is pila_dict_merge(&a->dict, b)
 */
PILA_API PILA_MUST pila_status pila_defaultdict_or(pila_defaultdict *out,
                                                   const pila_defaultdict *a,
                                                   const pila_dict *b);

/* pila_defaultdict_ror - a new one: a plain dict's pairs, then b's; b's factory.
 *
 * Fails:   as pila_defaultdict_or
 * Cost:    O(len(a) + len(b))
 * Python:  a | b, where a is a dict
 */
PILA_API PILA_MUST pila_status pila_defaultdict_ror(pila_defaultdict *out,
                                                    const pila_dict *a,
                                                    const pila_defaultdict *b);

/* pila_defaultdict_fromkeys - a new one of every key that an iterator yields, all with
 * one value, and without a factory.
 *
 *   out    initialised; what it held is dropped, on failure it is unchanged
 *   keys   yields keys; views of text may stand for owned strings     taken
 *   value  copied for each; NULL: zero bytes                          borrowed
 *
 * Fails:   as pila_dict_fromkeys
 * Cost:    O(items)
 * Python:  defaultdict.fromkeys(keys, value)
 */
PILA_API PILA_MUST pila_status pila_defaultdict_fromkeys(pila_defaultdict *out,
                                                         pila_iter keys,
                                                         const void *value);

/* pila_defaultdict_repr - append it as Python shows it: defaultdict(factory, {...}).
 *
 * The factory is shown as None, as <class 'int'> by the name of the value's type, as
 * <value 7>, or as <function>.
 *
 * Fails:   PILA_ETYPE      a type has no repr
 *          PILA_EMUTATED   a callback changed d
 *          any             what a callback answered; out is as it was
 * Cost:    O(n)
 * Python:  repr(d)
 */
PILA_API PILA_MUST pila_status pila_defaultdict_repr(const pila_defaultdict *d,
                                                     pila_buf *out);

PILA_END_C

/* ---- the typed face ----
 *
 * PILA_DEFAULTDICT(Name, K, V) defines the defaultdict Name with all that PILA_DICT
 * gives a dict, and the functions above: Name_find(&d, key, &value) makes what is
 * missing, Name_default_empty(&d) and its like set the factory. {0} is a valid empty
 * Name and has none. For keys and values other than those of PILA_DICT there is
 * PILA_DEFAULTDICT_OF.
 */
#define PILA_DEFAULTDICT(Name, K, V)                                                   \
    static const pila_type Name##_plain_key __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(K);                                                            \
    static const pila_type Name##_plain_val __attribute__((unused)) =                  \
        PILA_PLAIN_TYPE(V);                                                            \
    PILA_DEFAULTDICT_OF(Name, K, V, PILA_TYPE_OF(K, &Name##_plain_key),                \
                        PILA_TYPE_OF(V, &Name##_plain_val))

#define PILA_DEFAULTDICT_OF(Name, K, V, key_type, value_type)                          \
    typedef struct Name {                                                              \
        pila__dict base;                                                               \
        pila_factory factory;                                                          \
    } Name;                                                                            \
    PILA__DICT_ITEM(Name, K, V, key_type, value_type)                                  \
    PILA_FACE void Name##_done(Name *d)                                                \
    {                                                                                  \
        pila__defaultdict_done(&d->base, &d->factory, &Name##_types);                  \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_copy(Name *out, const Name *d)              \
    {                                                                                  \
        return pila__defaultdict_join(&out->base, &out->factory, &d->base, NULL,       \
                                      &d->factory, &Name##_types);                     \
    }                                                                                  \
    PILA_FACE void Name##_move(Name *out, Name *d)                                     \
    {                                                                                  \
        pila__defaultdict_move(&out->base, &out->factory, &d->base, &d->factory,       \
                               &Name##_types);                                         \
    }                                                                                  \
    PILA_FACE void Name##_default_empty(Name *d)                                       \
    {                                                                                  \
        (void)!pila__factory_set(&d->factory, value_type, PILA_FACTORY_EMPTY, NULL,    \
                                 NULL, NULL);                                          \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_default_value(Name *d, V value)             \
    {                                                                                  \
        return pila__factory_set(&d->factory, value_type, PILA_FACTORY_VALUE, NULL,    \
                                 NULL, &value);                                        \
    }                                                                                  \
    PILA_FACE void Name##_default_call(Name *d, pila_factory_make *make, void *ctx)    \
    {                                                                                  \
        (void)!pila__factory_set(&d->factory, value_type, PILA_FACTORY_CALL, make,     \
                                 ctx, NULL);                                           \
    }                                                                                  \
    PILA_FACE const pila_factory *Name##_factory(const Name *d)                        \
    {                                                                                  \
        return &d->factory;                                                            \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_find(Name *d, K key, V **value)             \
    {                                                                                  \
        void *at = NULL;                                                               \
        pila_status st = pila__defaultdict_at(&d->base, &d->factory, key_type,         \
                                              &Name##_types, &key, &at);               \
        if (st == PILA_OK) *value = (V *)at;                                           \
        return st;                                                                     \
    }                                                                                  \
    PILA__DICT_COMMON(Name, K, V, key_type, value_type)                                \
    PILA__DICT_MAPPING(Name, K, key_type)                                              \
    PILA_FACE PILA_MUST pila_status Name##_or(Name *out, const Name *a, const Name *b) \
    {                                                                                  \
        return pila__defaultdict_join(&out->base, &out->factory, &a->base, &b->base,   \
                                      &a->factory, &Name##_types);                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Name##_fromkeys(Name *out, pila_iter keys,         \
                                                    V value)                           \
    {                                                                                  \
        return pila__defaultdict_fromkeys(&out->base, &out->factory, &Name##_types,    \
                                          keys, &value);                               \
    }                                                                                  \
    PILA__DICT_EQ(Name)                                                                \
    PILA_FACE PILA_MUST pila_status Name##_repr(const Name *d, pila_buf *out)          \
    {                                                                                  \
        return pila__defaultdict_repr(&d->base, &d->factory, &Name##_types, out);      \
    }

/* PILA_DEFAULTDICT_WITH(Name, Dict) makes the two work together, where Dict is a typed
 * dict of any kind with the same keys and values: Name_or_Dict is name | dict and
 * Dict_or_Name is dict | name, both a Name with the factory of their Name;
 * Name_merge_Dict is name |= dict, Name_eq_Dict is name == dict. Other types are
 * PILA_ETYPE. */
#define PILA_DEFAULTDICT_WITH(Name, Dict)                                              \
    PILA__DICT_WITH(Name, Dict)                                                        \
    PILA_FACE PILA_MUST pila_status Name##_or_##Dict(Name *out, const Name *a,         \
                                                     const Dict *b)                    \
    {                                                                                  \
        if (!pila__dict_alike(&Name##_types, &Dict##_types)) return PILA_ETYPE;        \
        return pila__defaultdict_join(&out->base, &out->factory, &a->base, &b->base,   \
                                      &a->factory, &Name##_types);                     \
    }                                                                                  \
    PILA_FACE PILA_MUST pila_status Dict##_or_##Name(Name *out, const Dict *a,         \
                                                     const Name *b)                    \
    {                                                                                  \
        if (!pila__dict_alike(&Name##_types, &Dict##_types)) return PILA_ETYPE;        \
        return pila__defaultdict_join(&out->base, &out->factory, &a->base, &b->base,   \
                                      &b->factory, &Name##_types);                     \
    }

/* PILA_NESTED(Name, python) defines the descriptor Name_nested of a typed container as
 * an item of another: copied, compared, shown and ended by its own functions. python is
 * what Python calls it: "list", "dict". Its zero bytes are an empty one. */
#define PILA_NESTED(Name, python)                                                      \
    PILA_FACE pila_status Name##_nested_copy(void *ctx, void *out, const void *item)   \
    {                                                                                  \
        Name made;                                                                     \
        (void)ctx;                                                                     \
        memset(&made, 0, sizeof made);                                                 \
        pila_status st = Name##_copy(&made, (const Name *)item);                       \
        if (st == PILA_OK) memcpy(out, &made, sizeof made);                            \
        return st;                                                                     \
    }                                                                                  \
    PILA_FACE void Name##_nested_drop(void *ctx, void *item)                           \
    {                                                                                  \
        (void)ctx;                                                                     \
        Name##_done((Name *)item);                                                     \
    }                                                                                  \
    PILA_FACE pila_status Name##_nested_eq(void *ctx, const void *a, const void *b,    \
                                           bool *out)                                  \
    {                                                                                  \
        (void)ctx;                                                                     \
        return Name##_eq((const Name *)a, (const Name *)b, out);                       \
    }                                                                                  \
    PILA_FACE pila_status Name##_nested_repr(void *ctx, const void *item,              \
                                             pila_buf *out)                            \
    {                                                                                  \
        (void)ctx;                                                                     \
        return Name##_repr((const Name *)item, out);                                   \
    }                                                                                  \
    static const pila_type Name##_nested                                               \
        __attribute__((unused)) = {PILA_KIND_OTHER,                                    \
                                   sizeof(Name),                                       \
                                   PILA_ALIGNOF(Name),                                 \
                                   python,                                             \
                                   NULL,                                               \
                                   NULL,                                               \
                                   Name##_nested_eq,                                   \
                                   NULL,                                               \
                                   Name##_nested_copy,                                 \
                                   Name##_nested_drop,                                 \
                                   Name##_nested_repr};

#endif
