/* pickle_objects.c - classes, calls, ids and buffers of a pickle, which stay data.
 *
 * Of calls, those are done that CPython itself writes for what is built in: see
 * load_native. A class of the same name is one object, however often it is named, as it
 * is in CPython: so that it is written once. What a call would copy has a budget in
 * bytes read.
 */
#include "pickle_load.h"

/* ---- classes and functions ---- */

static bool load_named(pila_str module, pila_str name, const char *m, const char *n)
{
    return pila_str_eq(name, pila_cstr(n)) && pila_str_eq(module, pila_cstr(m));
}

/* Whether a class or function is one that load_native may do. */
static bool load_is_native(pila_str module, pila_str name)
{
    static const char *const builtins[] = {"set", "frozenset", "bytearray", "bytes",
                                           "complex"};

    if (load_named(module, name, "_codecs", "encode")) return true;
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
        if (load_named(module, name, "builtins", builtins[i])) return true;
    return false;
}

static const pila_pickle_class *load_allowed(const pila_unpickler *u, pila_str module,
                                             pila_str name)
{
    const pila_pickle_class *c = u->options.allow;

    for (size_t i = 0; i < u->options.n_allow; i++, c++)
        if (load_named(module, name, c->module, c->name)) return c;
    return NULL;
}

/* What is known of this name, or is made now; module and name are strs of the document.
 */
static pila_status load_class(pila_unpickler *u, pila_value module, pila_value name,
                              pila_value *out)
{
    pila_str m = pila_value_text(module), n = pila_value_text(name);
    pila_value key = pila_value_none(), made = pila_value_none();
    pila_buf text = {0};
    const pila_value *found = NULL;
    pila_status st = pila_buf_add(&text, m);

    if (st == PILA_OK) st = pila_buf_add_char(&text, 0);
    if (st == PILA_OK) st = pila_buf_add(&text, n);
    if (st == PILA_OK) found = pila_value_get(u->globals, pila_buf_view(&text));
    if (found) *out = *found;
    if (st == PILA_OK && !found) {
        if (pila_value_kind_of(u->globals) != PILA_VALUE_DICT)
            st = pila_value_dict(u->doc, 0, &u->globals);
        if (st == PILA_OK) st = pila_value_str(u->doc, pila_buf_view(&text), &key);
        if (st == PILA_OK) st = pila_value_object(u->doc, PILA_OBJECT_GLOBAL, 2, &made);
        if (st == PILA_OK) made.as.items[0] = module;
        if (st == PILA_OK) made.as.items[1] = name;
        if (st == PILA_OK) st = pila_value_setitem(u->doc, u->globals, key, made);
        if (st == PILA_OK) *out = made;
    }
    pila_buf_done(&text);
    return st;
}

/* Find a class or function: by the names of Python 3, and if it may be. */
static pila_status load_find(pila_unpickler *u, pila_value module, pila_value name,
                             pila_value *out)
{
    pila_str m = pila_value_text(module), n = pila_value_text(name);

    if (u->protocol < 3 && !u->options.keep_names) {
        pila__pickle_names_2to3(&m, &n);
        module = pila_value_str_of(m);
        name = pila_value_str_of(n);
    }
    if (u->options.strict && !load_is_native(m, n) && !load_allowed(u, m, n))
        return pila__load_fault(u, PILA_EREFUSED, "global '%.*s.%.*s' is forbidden",
                                (int)(m.len < 40 ? m.len : 40), m.ptr,
                                (int)(n.len < 40 ? n.len : 40), n.ptr);
    return load_class(u, module, name, out);
}

/* Two lines of UTF-8, or of INST, ASCII. */
static pila_status load_named_lines(pila_unpickler *u, pila_value *out)
{
    pila_value module = pila_value_none(), name = pila_value_none();
    pila_str text = {NULL, 0};
    pila_status st = pila__load_line(u, 2, &text);

    if (st == PILA_OK) st = pila__load_utf8(u, text, false);
    if (st == PILA_OK) st = pila__load_text(u, PILA_VALUE_STR, text, true, &module);
    if (st == PILA_OK) st = pila__load_line(u, 2, &text);
    if (st == PILA_OK) st = pila__load_utf8(u, text, false);
    if (st == PILA_OK) st = pila__load_text(u, PILA_VALUE_STR, text, true, &name);
    return st == PILA_OK ? load_find(u, module, name, out) : st;
}

pila_status pila__load_global(pila_unpickler *u)
{
    pila_value v = pila_value_none();
    pila_status st = load_named_lines(u, &v);

    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_stack_global(pila_unpickler *u)
{
    pila_value v = pila_value_none(), module, name;
    pila_status st;

    if (!pila__load_has(u, 2))
        return pila__load_fault(u, PILA_ESYNTAX, "STACK_GLOBAL requires str");
    name = u->stack[u->len - 1];
    module = u->stack[u->len - 2];
    if (pila_value_kind_of(name) != PILA_VALUE_STR ||
        pila_value_kind_of(module) != PILA_VALUE_STR)
        return pila__load_fault(u, PILA_ESYNTAX, "STACK_GLOBAL requires str");
    u->len -= 2;
    st = load_find(u, module, name, &v);
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

/* An object of one part or two. */
static pila_status load_push_object(pila_unpickler *u, pila_object_how how, size_t n,
                                    pila_value first, pila_value second)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_object(u->doc, how, n, &v);

    if (st != PILA_OK) return st;
    v.as.items[0] = first;
    if (n > 1) v.as.items[1] = second;
    return pila__load_push(u, v);
}

pila_status pila__load_extension(pila_unpickler *u, size_t bytes)
{
    const pila_pickle_extension *e = u->options.extensions;
    pila_value v = pila_value_none();
    uint64_t n = 0;
    pila_status st = pila__load_number(u, bytes, &n);

    if (st != PILA_OK) return st;
    if (n == 0 || n > INT32_MAX)
        return pila__load_fault(u, PILA_ESYNTAX, "EXT specifies code <= 0");
    for (size_t i = 0; i < u->options.n_extensions; i++, e++)
        if (e->code == (int32_t)n) {
            st = load_find(u, pila_value_str_of(pila_cstr(e->module)),
                           pila_value_str_of(pila_cstr(e->name)), &v);
            return st == PILA_OK ? pila__load_push(u, v) : st;
        }
    if (u->options.strict)
        return pila__load_fault(u, PILA_EVALUE, "unregistered extension code %d",
                                (int)n);
    return load_push_object(u, PILA_OBJECT_EXTENSION, 1, pila_value_int((int64_t)n), v);
}

/* ---- calls ---- */

/* The characters of a str as latin-1 bytes: false where one is beyond. */
static bool load_latin1(pila_str text, char *out, size_t *n)
{
    const unsigned char *s = (const unsigned char *)text.ptr;

    *n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned c = s[i];

        if (c >= 0x80) {
            if (c > 0xc3 || i + 1 == text.len) return false;
            c = (c & 3) << 6 | (s[++i] & 0x3f);
        }
        out[(*n)++] = (char)c;
    }
    return true;
}

/* _codecs.encode(str, 'latin1'), which is how bytes are written below protocol 3. */
static pila_status load_encoded(pila_unpickler *u, const pila_value *args, size_t n,
                                pila_value *out, bool *done)
{
    pila_str text = n ? pila_value_text(args[0]) : pila_str_of(NULL, 0);
    char *bytes;
    size_t len;

    if (n != 2 || pila_value_kind_of(args[0]) != PILA_VALUE_STR ||
        pila_value_kind_of(args[1]) != PILA_VALUE_STR ||
        !pila_str_eq(pila_value_text(args[1]), pila_cstr("latin1")))
        return PILA_OK;
    bytes = (char *)pila_doc_alloc(u->doc, text.len + 1);
    if (!bytes) return PILA_ENOMEM;
    if (!load_latin1(text, bytes, &len)) return PILA_OK;
    u->made += text.len;
    if (len == 1)
        bytes = (char *)(uintptr_t)(pila__pickle_bytes + (unsigned char)*bytes);
    *out = pila_value_bytes_of(pila_str_of(bytes, len));
    *done = true;
    return PILA_OK;
}

/* set(list), frozenset(list): an item without a hash is left to the class. */
static pila_status load_set_of(pila_unpickler *u, bool frozen, const pila_value *args,
                               size_t n, pila_value *out, bool *done)
{
    pila_value made = pila_value_none();
    const pila_value *items = NULL;
    size_t k = 0;
    pila_status st = PILA_OK;

    if (n > 1 || (n == 1 && pila_value_kind_of(args[0]) != PILA_VALUE_LIST))
        return PILA_OK;
    if (n) items = pila_value_data(args[0], &k);
    u->made += k;
    for (size_t i = 0; st == PILA_OK && i < k; i++) st = pila__load_key(u, items[i]);
    if (st == PILA_OK) st = pila_value_frozenset(u->doc, items, k, &made);
    if (st == PILA_ETYPE) return pila__load_unhashable_of(u, items, k);
    if (st != PILA_OK) return st;
    if (!frozen) made.tag = PILA_VALUE_SET; /* the bodies are alike */
    *out = made;
    *done = true;
    return PILA_OK;
}

static pila_status load_complex(pila_unpickler *u, const pila_value *args, size_t n,
                                pila_value *out, bool *done)
{
    if (n != 2 || pila_value_kind_of(args[0]) != PILA_VALUE_FLOAT ||
        pila_value_kind_of(args[1]) != PILA_VALUE_FLOAT)
        return PILA_OK;
    *done = true;
    return pila_value_complex(u->doc, args[0].as.f, args[1].as.f, out);
}

static pila_status load_builtin(pila_unpickler *u, pila_str name,
                                const pila_value *args, size_t n, pila_value *out,
                                bool *done)
{
    pila_str bytes = n ? pila_value_text(args[0]) : pila_str_of(NULL, 0);

    if (pila_str_eq(name, pila_cstr("complex")))
        return load_complex(u, args, n, out, done);
    if (pila_str_eq(name, pila_cstr("set")) ||
        pila_str_eq(name, pila_cstr("frozenset")))
        return load_set_of(u, name.len > 3, args, n, out, done);
    if (pila_str_eq(name, pila_cstr("bytes")) && n == 0) {
        *out = pila_value_bytes_of(pila_str_of(pila__pickle_bytes, 0));
        *done = true;
    }
    if (!pila_str_eq(name, pila_cstr("bytearray")) || n > 1 ||
        (n && pila_value_kind_of(args[0]) != PILA_VALUE_BYTES))
        return PILA_OK;
    u->made += bytes.len;
    *done = true;
    return pila_value_bytearray(u->doc, bytes, out);
}

/* Do a call that makes what is built into Python, as CPython writes it, if it is one:
 * *done. What it would copy must have been read: else, and for other arguments, it
 * stays data. */
static pila_status load_native(pila_unpickler *u, pila_value callable, pila_value args,
                               pila_value *out, bool *done)
{
    pila_str module, name;
    const pila_value *items;
    size_t n;

    *done = false;
    if (pila_value_how(callable) != PILA_OBJECT_GLOBAL) return PILA_OK;
    module = pila_value_text(callable.as.items[0]);
    name = pila_value_text(callable.as.items[1]);
    items = pila_value_data(args, &n);
    if (u->made > LOAD_MADE_BYTE * pila_unpickler_tell(u)) return PILA_OK;
    if (load_named(module, name, "_codecs", "encode"))
        return load_encoded(u, items, n, out, done);
    if (!load_is_native(module, name)) return PILA_OK;
    return load_builtin(u, name, items, n, out, done);
}

/* The name of the class an object is of: what was called, or what that was given. */
static pila_value load_class_of(pila_value v)
{
    pila_value callable = v.as.items[PILA_PART_CALLABLE];
    size_t n;
    const pila_value *args = pila_value_data(v.as.items[PILA_PART_ARGS], &n);

    if (pila_value_kind_of(callable) != PILA_VALUE_OBJECT ||
        pila_value_how(callable) != PILA_OBJECT_GLOBAL)
        return pila_value_none();
    if (!n || !pila_str_eq(pila_value_text(callable.as.items[0]), pila_cstr("copyreg")))
        return callable;
    if (pila_value_kind_of(args[0]) != PILA_VALUE_OBJECT ||
        pila_value_how(args[0]) != PILA_OBJECT_GLOBAL)
        return callable;
    return args[0];
}

/* Note that an allow-list wants to see an object. */
static pila_status load_note(pila_unpickler *u, pila_value v)
{
    pila_value class_ = load_class_of(v);
    const pila_pickle_class *c;
    pila_status st = PILA_OK;

    if (pila_value_kind_of(class_) != PILA_VALUE_OBJECT) return PILA_OK;
    c = load_allowed(u, pila_value_text(class_.as.items[0]),
                     pila_value_text(class_.as.items[1]));
    if (!c || !c->view) return PILA_OK;
    if (u->viewed_room - u->n_viewed < 2)
        st = pila__load_grow(&u->viewed, &u->viewed_room, u->n_viewed + 2);
    if (st != PILA_OK) return st;
    u->viewed[u->n_viewed++] = v;
    u->viewed[u->n_viewed++] = pila_value_int(c - u->options.allow);
    return PILA_OK;
}

/* Push what a call made. */
static pila_status load_push_call(pila_unpickler *u, pila_object_how how,
                                  pila_value callable, pila_value args,
                                  pila_value kwargs)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_object(u->doc, how, PILA_PARTS, &v);

    if (st != PILA_OK) return st;
    v.as.items[PILA_PART_CALLABLE] = callable;
    v.as.items[PILA_PART_ARGS] = args;
    v.as.items[PILA_PART_KWARGS] = kwargs;
    if (u->options.n_allow) st = load_note(u, v);
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_reduce(pila_unpickler *u)
{
    pila_value callable, args, made = pila_value_none();
    bool done = false;
    pila_status st = u->held ? pila__load_release(u) : PILA_OK;

    if (st != PILA_OK) return st;
    if (!pila__load_has(u, 2)) return pila__load_underflow(u);
    args = u->stack[u->len - 1];
    callable = u->stack[u->len - 2];
    if (pila_value_kind_of(callable) != PILA_VALUE_OBJECT)
        return pila__load_fault(u, PILA_ETYPE, "'%s' object is not callable",
                                pila__load_kind(callable));
    if (pila_value_kind_of(args) != PILA_VALUE_TUPLE)
        return pila__load_fault(u, PILA_ETYPE, "argument list must be a tuple");
    u->len -= 2;
    st = load_native(u, callable, args, &made, &done);
    if (st != PILA_OK) return st;
    if (done) return pila__load_push(u, made);
    return load_push_call(u, PILA_OBJECT_REDUCE, callable, args, made);
}

pila_status pila__load_newobj(pila_unpickler *u, bool ex)
{
    const char *op = ex ? "NEWOBJ_EX" : "NEWOBJ";
    pila_value class_, args, kwargs = pila_value_none();

    if (!pila__load_has(u, ex ? 3 : 2)) return pila__load_underflow(u);
    if (ex) kwargs = u->stack[--u->len];
    args = u->stack[u->len - 1];
    class_ = u->stack[u->len - 2];
    u->len -= 2;
    if (pila_value_kind_of(class_) != PILA_VALUE_OBJECT)
        return pila__load_fault(u, PILA_ESYNTAX,
                                "%s class argument must be a type, not %s", op,
                                pila__load_kind(class_));
    if (pila_value_kind_of(args) != PILA_VALUE_TUPLE)
        return pila__load_fault(u, PILA_ESYNTAX,
                                "%s args argument must be a tuple, not %s", op,
                                pila__load_kind(args));
    if (ex && pila_value_kind_of(kwargs) != PILA_VALUE_DICT)
        return pila__load_fault(u, PILA_ESYNTAX,
                                "%s kwargs argument must be a dict, not %s", op,
                                pila__load_kind(kwargs));
    return load_push_call(u, ex ? PILA_OBJECT_NEWOBJ_EX : PILA_OBJECT_NEWOBJ, class_,
                          args, kwargs);
}

/* What lies from `at` on becomes the arguments of a class. */
static pila_status load_instance(pila_unpickler *u, pila_object_how how,
                                 pila_value class_, size_t at, size_t first)
{
    pila_value args = pila_value_none();
    pila_status st =
        pila_value_tuple(u->doc, pila__load_from(u, first), u->len - first, &args);

    u->len = at;
    if (st != PILA_OK) return st;
    return load_push_call(u, how, class_, args, pila_value_none());
}

pila_status pila__load_inst(pila_unpickler *u)
{
    pila_value class_ = pila_value_none();
    size_t at = 0;
    pila_status st = pila__load_unmark(u, &at);

    if (st == PILA_OK) st = load_named_lines(u, &class_);
    return st == PILA_OK ? load_instance(u, PILA_OBJECT_INST, class_, at, at) : st;
}

pila_status pila__load_obj(pila_unpickler *u)
{
    pila_value class_;
    size_t at = 0;
    pila_status st = pila__load_unmark(u, &at);

    if (st != PILA_OK) return st;
    if (u->len == at) return pila__load_underflow(u);
    class_ = u->stack[at];
    if (pila_value_kind_of(class_) != PILA_VALUE_OBJECT)
        return pila__load_fault(u, PILA_ETYPE, "'%s' object is not callable",
                                pila__load_kind(class_));
    return load_instance(u, PILA_OBJECT_OBJ, class_, at, at + 1);
}

/* BUILD of what is no object: it has no attributes to be set, but there may be none.
 * The faults come in CPython's order. */
static pila_status load_build_plain(pila_unpickler *u, pila_value v, pila_value state)
{
    pila_value slots = pila_value_none();

    if (state.tag == pila__value_tagged(PILA_VALUE_TUPLE, 2).tag) {
        slots = state.as.items[1];
        state = state.as.items[0];
    }
    if (pila_value_kind_of(state) == PILA_VALUE_DICT)
        return pila__load_no_attribute(u, v, "__dict__");
    if (pila_value_kind_of(state) != PILA_VALUE_NONE)
        return pila__load_fault(u, PILA_ESYNTAX, "state is not a dictionary");
    if (pila_value_kind_of(slots) != PILA_VALUE_NONE &&
        pila_value_kind_of(slots) != PILA_VALUE_DICT)
        return pila__load_fault(u, PILA_ESYNTAX, "slot state is not a dictionary");
    if (pila_value_truth(slots)) return pila__load_no_attribute(u, v, "__dict__");
    u->len--;
    return PILA_OK;
}

pila_status pila__load_build(pila_unpickler *u)
{
    pila_value *parts, v;

    if (!pila__load_has(u, 2)) return pila__load_underflow(u);
    v = u->stack[u->len - 2];
    parts = pila__load_parts(v);
    if (!parts) return load_build_plain(u, v, u->stack[u->len - 1]);
    parts[PILA_PART_STATE] = u->stack[--u->len];
    return PILA_OK;
}

/* ---- what is elsewhere ---- */

static pila_status load_persistent(pila_unpickler *u, pila_value id)
{
    pila_value v = pila_value_none();
    pila_status st;

    if (u->options.persistent_load) {
        st = u->held ? pila__load_release(u) : PILA_OK;
        if (st != PILA_OK) return st;
        st = u->options.persistent_load(u->options.ctx, u->doc, id, &v);
        return st == PILA_OK ? pila__load_push(u, v) : st;
    }
    if (u->options.strict)
        return pila__load_fault(
            u, PILA_ESYNTAX,
            "A load persistent id instruction was encountered, but no "
            "persistent_load function was specified.");
    return load_push_object(u, PILA_OBJECT_PERSISTENT, 1, id, v);
}

pila_status pila__load_persid(pila_unpickler *u)
{
    pila_value id = pila_value_none();
    pila_str text = {NULL, 0};
    pila_status st = pila__load_line(u, 1, &text);

    if (st == PILA_OK && !pila__load_is_ascii(text))
        return pila__load_fault(u, PILA_ESYNTAX,
                                "persistent IDs in protocol 0 must be ASCII strings");
    if (st == PILA_OK) st = pila__load_text(u, PILA_VALUE_STR, text, true, &id);
    return st == PILA_OK ? load_persistent(u, id) : st;
}

pila_status pila__load_binpersid(pila_unpickler *u)
{
    if (!pila__load_has(u, 1)) return pila__load_underflow(u);
    return load_persistent(u, u->stack[--u->len]);
}

pila_status pila__load_next_buffer(pila_unpickler *u)
{
    size_t k = u->next_buffer;
    const pila_pickle_buffer *b;
    pila_value v = pila_value_none();
    pila_status st;

    if (!u->options.buffers && u->options.strict)
        return pila__load_fault(
            u, PILA_ESYNTAX,
            "pickle stream refers to out-of-band data but no *buffers* "
            "argument was given");
    if (u->options.buffers && k >= u->options.n_buffers)
        return pila__load_fault(u, PILA_ESYNTAX, "not enough out-of-band buffers");
    u->next_buffer++;
    if (!u->options.buffers)
        return load_push_object(u, PILA_OBJECT_BUFFER, 2, pila_value_int((int64_t)k),
                                pila_value_bool(false));
    b = &u->options.buffers[k];
    if (b->readonly) return pila__load_push(u, pila_value_bytes_of(b->bytes));
    st = pila_value_bytearray(u->doc, b->bytes, &v);
    return st == PILA_OK ? pila__load_push(u, v) : st;
}

pila_status pila__load_readonly(pila_unpickler *u)
{
    pila_value *v;

    if (!pila__load_has(u, 1)) return pila__load_underflow(u);
    v = &u->stack[u->len - 1];
    if (pila_value_kind_of(*v) == PILA_VALUE_BYTEARRAY)
        *v = pila_value_bytes_of(pila_value_text(*v));
    else if (pila_value_kind_of(*v) == PILA_VALUE_OBJECT &&
             pila_value_how(*v) == PILA_OBJECT_BUFFER)
        v->as.items[1] = pila_value_bool(true);
    else if (pila_value_kind_of(*v) != PILA_VALUE_BYTES)
        return pila__load_fault(u, PILA_ETYPE,
                                "memoryview: a bytes-like object is required, not '%s'",
                                pila__load_kind(*v));
    return PILA_OK;
}
