/* pickle_dump.c - writing pickles: see pickle.h.
 *
 * The bytes are CPython's C pickler's: its order of memo entries, its batches of 1000
 * items (a dict or set of exactly so many ends in an empty batch, a list does not), its
 * frames, which end at the first value after 64 KiB and leave out larger text.
 *
 * Instead of recursion there is a stack of levels, one for each container that is being
 * written. A level's step writes until a part needs a level of its own; see
 * pickle_run.c for what most pickles consist of.
 */
#include "pickle_dump.h"

#include "number.h"
#include "opcodes.h"

/* ---- levels ---- */

static const char *const dump_kinds[] = {"NoneType",  "bool",  "int",
                                         "int",       "float", "complex",
                                         "Decimal",   "str",   "bytes",
                                         "bytearray", "list",  "tuple",
                                         "dict",      "set",   "frozenset",
                                         "object"};

/* fast: whoever is being written is on the path, from some depth on. */
static pila_status dump_path_enter(pila_pickler *p, pila_value v, uint64_t *path)
{
    uint64_t key = pila__memo_key(v.as.items);
    char message[80];

    *path = 0;
    if (!p->options.fast || p->depth < DUMP_PATH_FROM || !key) return PILA_OK;
    if (pila__memo_get(&p->path, key) == PILA__MEMO_NONE) {
        *path = key;
        return pila__memo_put(&p->path, key, 0);
    }
    snprintf(message, sizeof message,
             "fast mode: can't pickle cyclic objects including object type %s",
             dump_kinds[pila_value_kind_of(v)]);
    return pila__dump_fault(p, PILA_EVALUE, message);
}

/* Go down into v, whose nodes are items; the level is filled with what most need. */
static pila_status dump_push(pila_pickler *p, dump_what what, pila_value v,
                             const pila_value *items, size_t nodes)
{
    dump_level *l;
    uint64_t path;
    pila_status st;

    if (p->depth == p->levels_room) {
        size_t room = pila_mem_grow(p->levels_room, p->depth + 1, sizeof *l);

        if (!room || !(l = (dump_level *)pila_realloc(p->levels, room, sizeof *l)))
            return PILA_ENOMEM;
        p->levels = l;
        p->levels_room = room;
    }
    st = dump_path_enter(p, what == DUMP_ID ? pila_value_none() : v, &path);
    if (st != PILA_OK) return st;
    l = &p->levels[p->depth++];
    l->v = v;
    l->path = path;
    l->items = items;
    l->at = 0;
    l->stop = l->left = nodes;
    l->what = (uint8_t)what;
    l->exact = l->dense = true;
    l->open = l->single = l->full = false;
    return PILA_OK;
}

static void dump_pop(pila_pickler *p)
{
    const dump_level *l = &p->levels[--p->depth];

    if (l->path) pila__memo_remove(&p->path, l->path);
}

/* Begin with an empty one, in the memo before its items: so it may hold itself. */
static pila_status dump_begin(pila_pickler *p, pila_value v, int empty, int old)
{
    pila_status st;

    if (p->protocol == 0 && (st = pila__dump_op(p, PILA_OP_MARK)) != PILA_OK) return st;
    st = pila__dump_op(p, p->protocol ? empty : old);
    return st == PILA_OK ? pila__dump_put(p, v) : st;
}

/* The level just begun has a body's entries, two nodes each. */
static void dump_of_entries(pila_pickler *p, const pila_dict_body *d, bool dense)
{
    p->levels[p->depth - 1].left = d->len;
    p->levels[p->depth - 1].dense = dense;
}

static pila_status dump_list(pila_pickler *p, pila_value v)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    pila_status st = dump_begin(p, v, PILA_OP_EMPTY_LIST, PILA_OP_LIST);

    return st == PILA_OK && n ? dump_push(p, DUMP_ITEMS, v, items, n) : st;
}

static pila_status dump_dict(pila_pickler *p, pila_value v)
{
    const pila_dict_body *d = v.as.dict;
    pila_status st = dump_begin(p, v, PILA_OP_EMPTY_DICT, PILA_OP_DICT);

    if (st == PILA_OK && d->len)
        st = dump_push(p, DUMP_PAIRS, v, pila__dump_nodes(d), 2 * d->used);
    if (st == PILA_OK && d->len) dump_of_entries(p, d, d->len == d->used);
    return st;
}

/* A set, or below protocol 4 a frozenset: set([...]) there. */
static pila_status dump_set(pila_pickler *p, pila_value v)
{
    const pila_dict_body *d = v.as.dict;
    bool frozen = pila_value_kind_of(v) == PILA_VALUE_FROZENSET;
    pila_status st;

    if (p->protocol >= 4) {
        if ((st = pila__dump_op(p, PILA_OP_EMPTY_SET)) == PILA_OK)
            st = pila__dump_put(p, v);
        if (st != PILA_OK || !d->len) return st;
    } else {
        st = pila__dump_known(p, DUMP_BUILTINS, frozen ? DUMP_FROZENSET : DUMP_SET);
        if (st == PILA_OK) st = pila__dump_boundary(p);
        if (st == PILA_OK) st = pila__dump_own_mark(p);
        if (st == PILA_OK) st = pila__dump_boundary(p);
        if (st == PILA_OK && !p->protocol) st = pila__dump_op(p, PILA_OP_MARK);
        if (st == PILA_OK)
            st = pila__dump_op(p, p->protocol ? PILA_OP_EMPTY_LIST : PILA_OP_LIST);
        if (st == PILA_OK) st = pila__dump_put_unnamed(p);
    }
    if (st == PILA_OK)
        st = dump_push(p, DUMP_MEMBERS, v, pila__dump_nodes(d), 2 * d->used);
    if (st == PILA_OK) dump_of_entries(p, d, false);
    return st;
}

static pila_status dump_frozenset(pila_pickler *p, pila_value v)
{
    pila_status st;

    if (p->protocol < 4) return dump_set(p, v);
    st = pila__dump_op(p, PILA_OP_MARK);
    if (st != PILA_OK) return st;
    st = dump_push(p, DUMP_FROZEN, v, pila__dump_nodes(v.as.dict), 2 * v.as.dict->used);
    if (st == PILA_OK) dump_of_entries(p, v.as.dict, false);
    return st;
}

static bool dump_is_marked(const pila_pickler *p, size_t n)
{
    return p->protocol < 2 || n > 3;
}

static pila_status dump_tuple(pila_pickler *p, pila_value v)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    pila_status st = PILA_OK;

    if (n == 0) {
        if (p->protocol) return pila__dump_op(p, PILA_OP_EMPTY_TUPLE);
        st = pila__dump_op(p, PILA_OP_MARK);
        return st == PILA_OK ? pila__dump_op(p, PILA_OP_TUPLE) : st;
    }
    if (dump_is_marked(p, n)) st = pila__dump_op(p, PILA_OP_MARK);
    return st == PILA_OK ? dump_push(p, DUMP_TUPLE, v, items, n) : st;
}

/* ---- objects ---- */

/* The class whose place in the memo is in this file, or DUMP_NAMES. */
static dump_name dump_class_of(pila_value module, pila_value name)
{
    dump_name m = pila__dump_name_of(module), k;

    if (m != DUMP_BUILTINS && m != DUMP_CODECS && m != DUMP_DECIMAL &&
        m != DUMP_COPYREG)
        return DUMP_NAMES;
    k = pila__dump_name_of(name);
    if (k >= DUMP_SET && k <= DUMP_GETATTR) return m == DUMP_BUILTINS ? k : DUMP_NAMES;
    if (k == DUMP_ENCODE) return m == DUMP_CODECS ? k : DUMP_NAMES;
    if (k == DUMP_DECIMAL_CLASS) return m == DUMP_DECIMAL ? k : DUMP_NAMES;
    if (k == DUMP_NEWOBJ || k == DUMP_NEWOBJ_EX)
        return m == DUMP_COPYREG ? k : DUMP_NAMES;
    return DUMP_NAMES;
}

static pila_status dump_object_global(pila_pickler *p, pila_value v)
{
    pila_value module = v.as.items[0], name = v.as.items[1];
    dump_name known;

    if (pila_value_kind_of(module) != PILA_VALUE_STR ||
        pila_value_kind_of(name) != PILA_VALUE_STR)
        return pila__dump_fault(p, PILA_EVALUE, "a global's names must be str");
    known = dump_class_of(module, name);
    return pila__dump_global(p, module, name,
                             known == DUMP_NAMES ? v
                                                 : pila__dump_class_identity(known));
}

/* Below protocol 2 there are no codes: it is written by its name, if that is known. */
static pila_status dump_object_extension(pila_pickler *p, pila_value v)
{
    const pila_pickle_extension *e = p->options.extensions;
    pila_value code = v.as.items[0];

    if (pila_value_kind_of(code) != PILA_VALUE_INT)
        return pila__dump_fault(p, PILA_EVALUE, "extension code isn't an integer");
    if (p->protocol >= 2) return pila__dump_extension(p, code.as.i);
    for (size_t i = 0; i < p->options.n_extensions; i++, e++)
        if (e->code == code.as.i)
            return pila__dump_global(p, pila_value_str_of(pila_cstr(e->module)),
                                     pila_value_str_of(pila_cstr(e->name)), v);
    return pila__dump_fault(p, PILA_EVALUE,
                            "an extension code without a name, below protocol 2");
}

/* An id in a line of its own, protocol 0. */
static pila_status dump_persistent_line(pila_pickler *p, pila_value id)
{
    char digits[PILA__INT_ROOM];
    pila_str text = pila_value_text(id);

    if (pila_value_kind_of(id) == PILA_VALUE_INT)
        text = pila_str_of(digits, pila__int_write(digits, id.as.i));
    else if (pila_value_kind_of(id) != PILA_VALUE_STR) text = pila_cstr("\n");
    if (!pila__dump_is_ascii(text) || (text.len && memchr(text.ptr, '\n', text.len)))
        return pila__dump_fault(p, PILA_EVALUE,
                                "persistent IDs in protocol 0 must be ASCII strings");
    return pila__dump_line(p, PILA_OP_PERSID, text);
}

static pila_status dump_id(pila_pickler *p, pila_value id)
{
    if (p->protocol == 0) return dump_persistent_line(p, id);
    return dump_push(p, DUMP_ID, id, NULL, 0);
}

static pila_status dump_object_buffer(pila_pickler *p, pila_value v)
{
    pila_status st;

    if (p->protocol < 5)
        return pila__dump_fault(p, PILA_EVALUE,
                                "PickleBuffer can only pickled with protocol >= 5");
    st = pila__dump_op(p, PILA_OP_NEXT_BUFFER);
    if (st != PILA_OK || !pila_value_truth(v.as.items[1])) return st;
    return pila__dump_op(p, PILA_OP_READONLY_BUFFER);
}

static pila_status dump_object(pila_pickler *p, pila_value v)
{
    switch (pila_value_how(v)) {
    case PILA_OBJECT_GLOBAL: return dump_object_global(p, v);
    case PILA_OBJECT_EXTENSION: return dump_object_extension(p, v);
    case PILA_OBJECT_BUFFER: return dump_object_buffer(p, v);
    case PILA_OBJECT_PERSISTENT: return dump_id(p, v.as.items[0]);
    default: return dump_push(p, DUMP_CALL, v, v.as.items, 0);
    }
}

/* ---- any value ---- */

/* Whether a callback has it: a buffer outside the pickle. */
static pila_status dump_out_of_band(pila_pickler *p, pila_value v, bool *taken)
{
    pila_status st;

    *taken = false;
    if (!p->options.buffer || p->protocol < 5) return PILA_OK;
    st = p->options.buffer(p->options.ctx, v, taken);
    if (st != PILA_OK || !*taken) return st;
    st = pila__dump_op(p, PILA_OP_NEXT_BUFFER);
    if (st != PILA_OK || pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY) return st;
    return pila__dump_op(p, PILA_OP_READONLY_BUFFER);
}

static pila_status dump_binary(pila_pickler *p, pila_value v, pila_value identity)
{
    bool taken;
    pila_status st = dump_out_of_band(p, v, &taken);

    if (st != PILA_OK || taken) return st;
    if (pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY)
        return pila__dump_bytearray(p, v);
    return pila__dump_bytes_text(p, pila_value_text(v), &identity);
}

/* A value that may be in the memo. */
static pila_status dump_shared(pila_pickler *p, pila_value v)
{
    pila_value identity = pila__dump_identity(v);
    uint64_t n = pila__dump_number_of(p, identity);

    if (n != DUMP_NONE) return pila__dump_get(p, n);
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_STR: return pila__dump_str_as(p, v, identity);
    case PILA_VALUE_BYTES:
    case PILA_VALUE_BYTEARRAY: return dump_binary(p, v, identity);
    case PILA_VALUE_COMPLEX: return pila__dump_complex(p, v);
    case PILA_VALUE_NUMERAL: return pila__dump_numeral(p, v);
    case PILA_VALUE_LIST: return dump_list(p, v);
    case PILA_VALUE_TUPLE: return dump_tuple(p, v);
    case PILA_VALUE_DICT: return dump_dict(p, v);
    case PILA_VALUE_SET: return dump_set(p, v);
    case PILA_VALUE_FROZENSET: return dump_frozenset(p, v);
    case PILA_VALUE_OBJECT: return dump_object(p, v);
    default: return pila__dump_fault(p, PILA_EVALUE, "this is no value");
    }
}

/* A value of which it is known that no id stands for it. */
static pila_status dump_plain(pila_pickler *p, pila_value v)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_NONE: return pila__dump_op(p, PILA_OP_NONE);
    case PILA_VALUE_BOOL: return pila__dump_bool(p, v.as.i);
    case PILA_VALUE_INT:
    case PILA_VALUE_BIGINT: return pila__dump_int(p, v);
    case PILA_VALUE_FLOAT: return pila__dump_float(p, v.as.f);
    default: return dump_shared(p, v);
    }
}

/* The id that stands for a value, if any. */
static pila_status dump_persistent(pila_pickler *p, pila_value v, bool *done)
{
    pila_value id = pila_value_none();
    pila_status st;

    if (!p->options.persistent_id) return PILA_OK;
    st = p->options.persistent_id(p->options.ctx, v, &id);
    if (st != PILA_OK || pila_value_kind_of(id) == PILA_VALUE_NONE) return st;
    *done = true;
    return dump_id(p, id);
}

static pila_status dump_save(pila_pickler *p, pila_value v)
{
    pila_status st = pila__dump_boundary(p);
    bool done = false;

    if (st == PILA_OK) st = dump_persistent(p, v, &done);
    return st == PILA_OK && !done ? dump_plain(p, v) : st;
}

/* ---- the steps of a level ---- */

/* Write nodes of the top level up to its stop, or until one goes deeper. Of a set every
 * second node counts; what was deleted does not. */
static pila_status dump_to_stop(pila_pickler *p, bool *whole)
{
    size_t depth = p->depth, n;
    dump_level *l;
    pila_status st = PILA_OK;

    *whole = false;
    while (st == PILA_OK && p->depth == depth) {
        l = &p->levels[depth - 1];
        if (l->dense && l->at < l->stop && pila__dump_runs(p)) {
            pila__dump_run(p);
            if (p->depth != depth) return PILA_OK;
        }
        while (!l->dense && !(l->at & 1) && l->at < l->stop &&
               pila_value_kind_of(l->items[l->at]) == PILA__VALUE_DEAD)
            l->at += 2;
        if (l->at >= l->stop) {
            *whole = true;
            return PILA_OK;
        }
        n = l->at;
        l->at += l->what == DUMP_MEMBERS || l->what == DUMP_FROZEN ? 2 : 1;
        st = dump_save(p, l->items[n]);
    }
    return st;
}

/* Where n more entries end. */
static size_t dump_ahead(const dump_level *l, size_t n)
{
    size_t at = l->at;

    if (l->dense) return at + n * (l->what == DUMP_PAIRS ? 2 : 1);
    for (; n; at += 2) n -= pila_value_kind_of(l->items[at]) != PILA__VALUE_DEAD;
    return at;
}

/* The next batch: see the essay for what comes after 1000 items. */
static pila_status dump_batch_open(pila_pickler *p, dump_level *l)
{
    size_t n = l->left < DUMP_BATCH ? l->left : (size_t)DUMP_BATCH;
    bool set = l->what == DUMP_MEMBERS && p->protocol >= 4;

    l->single =
        !set && (p->protocol == 0 || (l->left == 1 && (!l->exact || l->at == 0)));
    if (l->single) n = 1;
    l->full = n == DUMP_BATCH && (set || (l->what == DUMP_PAIRS && l->exact));
    l->left -= n;
    l->stop = dump_ahead(l, n);
    l->open = true;
    return l->single ? PILA_OK : pila__dump_op(p, PILA_OP_MARK);
}

static pila_status dump_batch_close(pila_pickler *p, dump_level *l)
{
    l->open = false;
    if (l->what == DUMP_PAIRS)
        return pila__dump_op(p, l->single ? PILA_OP_SETITEM : PILA_OP_SETITEMS);
    if (l->what == DUMP_MEMBERS && p->protocol >= 4)
        return pila__dump_op(p, PILA_OP_ADDITEMS);
    return pila__dump_op(p, l->single ? PILA_OP_APPEND : PILA_OP_APPENDS);
}

/* An object is made. If it is in the memo by now, it has itself as a part: then that
 * one is taken, and what was made is dropped: `pops` things, or all after a MARK. */
static pila_status dump_made(pila_pickler *p, pila_value v, size_t pops, bool marked,
                             bool *again)
{
    uint64_t n = pila__dump_number_of(p, v);
    pila_status st = PILA_OK;

    *again = n != DUMP_NONE;
    if (!*again) return PILA_OK;
    if (marked && p->protocol) st = pila__dump_op(p, PILA_OP_POP_MARK);
    else
        for (pops += marked; st == PILA_OK && pops; pops--)
            st = pila__dump_op(p, PILA_OP_POP);
    return st == PILA_OK ? pila__dump_get(p, n) : st;
}

/* After REDUCE, or what is like it: true in *again where the object is there already.
 */
static pila_status dump_called(pila_pickler *p, pila_value v, bool *again)
{
    pila_status st = dump_made(p, v, 1, false, again);

    return st == PILA_OK && !*again ? pila__dump_put(p, v) : st;
}

static pila_status dump_step_batch(pila_pickler *p)
{
    dump_level *l = &p->levels[p->depth - 1];
    pila_value v = l->v;
    bool whole = false, again;
    pila_status st = PILA_OK;

    if (l->open || l->left || l->full) {
        if (!l->open) st = dump_batch_open(p, l);
        if (st == PILA_OK) st = dump_to_stop(p, &whole);
        return st == PILA_OK && whole ? dump_batch_close(p, &p->levels[p->depth - 1])
                                      : st;
    }
    whole = l->what == DUMP_MEMBERS && p->protocol < 4;
    dump_pop(p);
    if (!whole) return PILA_OK;
    st = pila__dump_own_tuple(p, 1);
    if (st == PILA_OK) st = pila__dump_op(p, PILA_OP_REDUCE);
    return st == PILA_OK ? dump_called(p, v, &again) : st;
}

static pila_status dump_step_tuple(pila_pickler *p)
{
    static const uint8_t ops[] = {0, PILA_OP_TUPLE1, PILA_OP_TUPLE2, PILA_OP_TUPLE3};
    const dump_level *l = &p->levels[p->depth - 1];
    pila_value v = l->v;
    size_t n = l->stop;
    bool whole, again, marked = l->what == DUMP_FROZEN || dump_is_marked(p, n);
    uint8_t what = l->what;
    pila_status st = dump_to_stop(p, &whole);

    if (st != PILA_OK || !whole) return st;
    dump_pop(p);
    if (what == DUMP_ARGS) return PILA_OK;
    st = dump_made(p, v, n, marked, &again);
    if (st != PILA_OK || again) return st;
    st = pila__dump_op(p, what == DUMP_FROZEN ? (uint8_t)PILA_OP_FROZENSET
                          : marked            ? (uint8_t)PILA_OP_TUPLE
                                              : ops[n]);
    return st == PILA_OK ? pila__dump_put(p, v) : st;
}

static pila_status dump_step_id(pila_pickler *p)
{
    dump_level *l = &p->levels[p->depth - 1];

    if (l->left++ == 0) return dump_plain(p, l->v);
    dump_pop(p);
    return pila__dump_op(p, PILA_OP_BINPERSID);
}

/* ---- calls ---- */

static bool dump_is_global(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_OBJECT &&
           pila_value_how(v) == PILA_OBJECT_GLOBAL;
}

/* How it is written here: what the protocol lacks, by functions of copyreg. */
static bool dump_by_copyreg(const pila_pickler *p, pila_object_how how)
{
    return (how == PILA_OBJECT_NEWOBJ && p->protocol < 2) ||
           (how == PILA_OBJECT_NEWOBJ_EX && p->protocol < 4);
}

/* The class or function, and what stands before it. */
static pila_status dump_call_begin(pila_pickler *p, pila_value v)
{
    pila_object_how how = pila_value_how(v);
    pila_value callable = v.as.items[PILA_PART_CALLABLE];
    pila_status st = PILA_OK;

    if (dump_by_copyreg(p, how)) {
        st = pila__dump_known(p, DUMP_COPYREG,
                              how == PILA_OBJECT_NEWOBJ ? DUMP_NEWOBJ : DUMP_NEWOBJ_EX);
        if (st == PILA_OK && (how == PILA_OBJECT_NEWOBJ || p->protocol < 2))
            st = pila__dump_op(p, PILA_OP_MARK);
    } else if (how == PILA_OBJECT_INST || how == PILA_OBJECT_OBJ)
        st = pila__dump_op(p, PILA_OP_MARK);
    if (st != PILA_OK || (how == PILA_OBJECT_INST && dump_is_global(callable)))
        return st;
    return dump_save(p, callable);
}

/* The arguments: as a tuple, or one by one. */
static pila_status dump_call_args(pila_pickler *p, pila_value v)
{
    pila_object_how how = pila_value_how(v);
    pila_value args = v.as.items[PILA_PART_ARGS];
    const pila_value *items;
    size_t n;

    if (how == PILA_OBJECT_REDUCE || how == PILA_OBJECT_NEWOBJ_EX ||
        (how == PILA_OBJECT_NEWOBJ && p->protocol >= 2))
        return dump_save(p, args);
    items = pila_value_data(args, &n);
    if (!n) return PILA_OK;
    return dump_push(p, DUMP_ARGS, pila_value_none(), items, n);
}

static pila_status dump_call_op(pila_pickler *p, pila_value v)
{
    const pila_value *parts = v.as.items;
    pila_status st;

    switch (pila_value_how(v)) {
    case PILA_OBJECT_INST:
        if (!dump_is_global(parts[0])) return pila__dump_op(p, PILA_OP_OBJ);
        return pila__dump_global_line(p, PILA_OP_INST,
                                      pila_value_text(parts[0].as.items[0]),
                                      pila_value_text(parts[0].as.items[1]));
    case PILA_OBJECT_OBJ: return pila__dump_op(p, PILA_OP_OBJ);
    case PILA_OBJECT_NEWOBJ:
        if (p->protocol >= 2) return pila__dump_op(p, PILA_OP_NEWOBJ);
        st = pila__dump_op(p, PILA_OP_TUPLE);
        if (st == PILA_OK) st = pila__dump_put_unnamed(p);
        return st == PILA_OK ? pila__dump_op(p, PILA_OP_REDUCE) : st;
    case PILA_OBJECT_NEWOBJ_EX:
        if (p->protocol >= 4) return pila__dump_op(p, PILA_OP_NEWOBJ_EX);
        st = pila__dump_own_tuple(p, 3);
        return st == PILA_OK ? pila__dump_op(p, PILA_OP_REDUCE) : st;
    default: return pila__dump_op(p, PILA_OP_REDUCE);
    }
}

/* What was put into the object: batches as of an iterator. */
static pila_status dump_call_items(pila_pickler *p, pila_value list, dump_what what)
{
    size_t n;
    const pila_value *items = pila_value_data(list, &n);
    pila_status st;

    if (n < (what == DUMP_PAIRS ? 2u : 1u)) return PILA_OK;
    st = dump_push(p, what, list, items, n);
    if (st != PILA_OK) return st;
    p->levels[p->depth - 1].exact = false;
    if (what == DUMP_PAIRS) p->levels[p->depth - 1].left = n / 2;
    return PILA_OK;
}

static pila_status dump_step_call(pila_pickler *p)
{
    dump_level *l = &p->levels[p->depth - 1];
    pila_value v = l->v, state = v.as.items[PILA_PART_STATE];
    bool again = false;
    pila_status st;

    switch (l->left++) {
    case 0: return dump_call_begin(p, v);
    case 1: return dump_call_args(p, v);
    case 2:
        if (pila_value_how(v) != PILA_OBJECT_NEWOBJ_EX) return PILA_OK;
        return dump_save(p, v.as.items[PILA_PART_KWARGS]);
    case 3:
        st = dump_call_op(p, v);
        if (st == PILA_OK) st = dump_called(p, v, &again);
        if (again) dump_pop(p);
        return st;
    case 4: return dump_call_items(p, v.as.items[PILA_PART_ITEMS], DUMP_ITEMS);
    case 5: return dump_call_items(p, v.as.items[PILA_PART_PAIRS], DUMP_PAIRS);
    case 6:
        if (pila_value_kind_of(state) != PILA_VALUE_NONE) return dump_save(p, state);
        dump_pop(p);
        return PILA_OK;
    default: dump_pop(p); return pila__dump_op(p, PILA_OP_BUILD);
    }
}

static pila_status dump_step(pila_pickler *p)
{
    switch (p->levels[p->depth - 1].what) {
    case DUMP_ITEMS:
    case DUMP_PAIRS:
    case DUMP_MEMBERS: return dump_step_batch(p);
    case DUMP_CALL: return dump_step_call(p);
    case DUMP_ID: return dump_step_id(p);
    default: return dump_step_tuple(p);
    }
}

/* ---- the pickler ---- */

pila_status pila_pickler_init(pila_pickler *p, int protocol,
                              const pila_pickle_dump_options *options)
{
    pila_pickler empty = {0};

    if (protocol > PILA_PICKLE_HIGHEST) return PILA_EVALUE;
    *p = empty;
    p->protocol = protocol < 0 ? PILA_PICKLE_HIGHEST : protocol;
    if (options) p->options = *options;
    return PILA_OK;
}

/* One pickle, behind what out has. */
static pila_status dump_pickle(pila_pickler *p, pila_value v)
{
    pila_status st = PILA_OK;

    p->flushed = p->depth = 0;
    p->begun = p->out.len;
    p->full = p->write ? p->out.len + DUMP_FRAME_FULL : SIZE_MAX;
    pila__memo_clear(&p->path);
    if (p->protocol >= 2)
        st = pila__dump_op_number(p, PILA_OP_PROTO, (uint64_t)p->protocol, 1);
    if (st == PILA_OK && p->protocol >= 4) st = pila__dump_frame_begin(p);
    if (st == PILA_OK) st = dump_save(p, v);
    while (st == PILA_OK && p->depth) st = dump_step(p);
    if (st == PILA_OK) st = pila__dump_op(p, PILA_OP_STOP);
    if (st == PILA_OK && p->protocol >= 4) pila__dump_frame_end(p);
    if (st == PILA_OK && p->write) st = pila__dump_flush(p);
    return st;
}

/* The same, with what is told of a fault; then nothing refers to what was not written.
 */
static pila_status dump_told(pila_pickler *p, pila_value v, pila_error *err)
{
    pila_error none = {PILA_OK, 0, 0, 0, ""};
    pila_status st;

    if (err) *err = none;
    p->err = err;
    st = dump_pickle(p, v);
    p->err = NULL;
    if (st == PILA_OK) return st;
    if (err) {
        err->status = st;
        err->offset = p->flushed + p->out.len - p->begun;
        if (!err->message[0])
            snprintf(err->message, sizeof err->message, "%s", pila_status_text(st));
    }
    pila_pickler_clear_memo(p);
    return st;
}

pila_status pila_pickler_dumps(pila_pickler *p, pila_value v, pila_buf *out,
                               pila_error *err)
{
    pila_buf own = p->out;
    size_t len = out->len;
    pila_status st;

    p->write = NULL;
    p->out = *out;
    st = dump_told(p, v, err);
    *out = p->out;
    p->out = own;
    if (st != PILA_OK) out->len = len;
    return st;
}

pila_status pila_pickler_dump(pila_pickler *p, pila_value v, pila_pickle_write *write,
                              void *ctx, pila_error *err)
{
    p->write = write;
    p->write_ctx = ctx;
    p->out.len = 0;
    return dump_told(p, v, err);
}

void pila_pickler_clear_memo(pila_pickler *p)
{
    if (p->memo_keys) memset(p->slots, 0, (p->slots_mask + 1) * sizeof *p->slots);
    p->memo_keys = 0;
    p->memo_len = 0;
}

void pila_pickler_done(pila_pickler *p)
{
    pila_pickler empty = {0};

    pila_buf_done(&p->out);
    pila__memo_done(&p->path);
    pila_free(p->levels);
    pila_free(p->slots);
    *p = empty;
}

pila_status pila_pickle_dumps(pila_value v, int protocol, pila_buf *out,
                              pila_error *err)
{
    pila_pickler p;
    pila_status st = pila_pickler_init(&p, protocol, NULL);

    if (st != PILA_OK) return st;
    st = pila_pickler_dumps(&p, v, out, err);
    pila_pickler_done(&p);
    return st;
}

static pila_status dump_to_file(void *ctx, pila_str bytes)
{
    size_t n = bytes.len ? fwrite(bytes.ptr, 1, bytes.len, (FILE *)ctx) : 0;

    return n == bytes.len ? PILA_OK : PILA_EIO;
}

pila_status pila_pickle_dump(pila_value v, int protocol, FILE *file, pila_error *err)
{
    pila_pickler p;
    pila_status st = pila_pickler_init(&p, protocol, NULL);

    if (st != PILA_OK) return st;
    st = pila_pickler_dump(&p, v, dump_to_file, file, err);
    pila_pickler_done(&p);
    return st;
}
