/* pickle_load.c - reading pickles: see pickle.h.
 *
 * A stack machine of 68 opcodes. Its stack and its marks are two arrays, as in CPython:
 * what lies below the last mark cannot be taken. load_quick runs the opcodes that most
 * pickles consist of, while there is input and room for the longest of them, without
 * looking for either; what it leaves, load_one does with every check.
 *
 * Trust nothing: a length is not believed before as many bytes are there (a window of
 * the input grows by doubling until they are); an index of the memo far beyond what was
 * put costs one entry of a hash table, not an array up to it; and what a few bytes can
 * make large by referring to it again and again has a budget in bytes read: items that
 * a call copies into a set, and the parts of a key, which are hashed as often as they
 * are met. So a pickle costs memory and time in proportion to its length.
 *
 * Objects stay data. Of calls, those are done that CPython itself writes for what is
 * built in: see load_native. A class of the same name is one object, however often it
 * is named, as it is in CPython: so that it is written once.
 *
 * Text is copied into the document piece by piece: that is a few stores for short text,
 * and nothing refers to the input afterwards.
 */
#include "pickle_load.h"

#include "opcodes.h"

/* ---- the rest ---- */

static pila_status load_pop(pila_unpickler *u)
{
    size_t at;

    if (u->n_marks && u->marks[u->n_marks - 1] == u->len)
        return pila__load_unmark(u, &at);
    if (!pila__load_has(u, 1)) return pila__load_underflow(u);
    u->len--;
    return PILA_OK;
}

static pila_status load_pop_mark(pila_unpickler *u)
{
    size_t at = 0;
    pila_status st = pila__load_unmark(u, &at);

    if (st == PILA_OK) u->len = at;
    return st;
}

static pila_status load_dup(pila_unpickler *u)
{
    if (!pila__load_has(u, 1)) return pila__load_underflow(u);
    return pila__load_push(u, u->stack[u->len - 1]);
}

static pila_status load_get_line(pila_unpickler *u)
{
    int64_t index = 0;
    pila_str line = {NULL, 0};
    pila_status st = pila__load_line(u, 2, &line);

    if (st == PILA_OK) st = pila__load_index_of(u, line, &index);
    return st == PILA_OK ? pila__load_memo_get(u, (uint64_t)index) : st;
}

static pila_status load_put_line(pila_unpickler *u)
{
    int64_t index = 0;
    pila_str line = {NULL, 0};
    pila_status st = pila__load_line(u, 2, &line);

    if (st == PILA_OK && !pila__load_has(u, 1)) return pila__load_underflow(u);
    if (st == PILA_OK) st = pila__load_index_of(u, line, &index);
    if (st == PILA_OK && index < 0)
        return pila__load_fault(u, PILA_EVALUE, "negative PUT argument");
    return st == PILA_OK ? pila__load_memo_put(u, (uint64_t)index) : st;
}

static pila_status load_get(pila_unpickler *u, size_t bytes)
{
    uint64_t index = 0;
    pila_status st = pila__load_number(u, bytes, &index);

    return st == PILA_OK ? pila__load_memo_get(u, index) : st;
}

static pila_status load_put(pila_unpickler *u, size_t bytes)
{
    uint64_t index = 0;
    pila_status st = pila__load_number(u, bytes, &index);

    return st == PILA_OK ? pila__load_memo_put(u, index) : st;
}

static pila_status load_binint(pila_unpickler *u, size_t bytes)
{
    uint64_t x = 0;
    pila_status st = pila__load_number(u, bytes, &x);

    if (st != PILA_OK) return st;
    return pila__load_push(u, pila_value_int(bytes == 4 ? (int32_t)x : (int64_t)x));
}

static pila_status load_proto(pila_unpickler *u)
{
    uint64_t protocol = 0;
    pila_status st = pila__load_number(u, 1, &protocol);

    if (st != PILA_OK) return st;
    if (protocol > PILA_PICKLE_HIGHEST)
        return pila__load_fault(u, PILA_EVALUE, "unsupported pickle protocol: %d",
                                (int)protocol);
    u->protocol = (int)protocol;
    return PILA_OK;
}

/* The length is looked at, and that so much is there; a frame means nothing else. */
static pila_status load_frame(pila_unpickler *u)
{
    pila_str frame = {NULL, 0};
    pila_status st =
        pila__load_counted(u, 8, "FRAME length exceeds system's maximum", &frame);

    if (st == PILA_OK) u->at -= frame.len;
    return st;
}

static pila_status load_unknown(pila_unpickler *u, unsigned char c)
{
    if (c >= 0x20 && c <= 0x7e && c != '\'' && c != '\\')
        return pila__load_fault(u, PILA_ESYNTAX, "invalid load key, '%c'.", c);
    return pila__load_fault(u, PILA_ESYNTAX, "invalid load key, '\\x%02x'.", c);
}

/* long: one case an opcode. */
static pila_status load_do(pila_unpickler *u, unsigned char op)
{
    switch (op) {
    case PILA_OP_NONE: return pila__load_push(u, pila_value_none());
    case PILA_OP_NEWTRUE: return pila__load_push(u, pila_value_bool(true));
    case PILA_OP_NEWFALSE: return pila__load_push(u, pila_value_bool(false));
    case PILA_OP_BININT: return load_binint(u, 4);
    case PILA_OP_BININT1: return load_binint(u, 1);
    case PILA_OP_BININT2: return load_binint(u, 2);
    case PILA_OP_INT: return pila__load_int(u);
    case PILA_OP_LONG: return pila__load_long(u);
    case PILA_OP_LONG1: return pila__load_counted_long(u, 1);
    case PILA_OP_LONG4: return pila__load_counted_long(u, 4);
    case PILA_OP_FLOAT: return pila__load_float(u);
    case PILA_OP_BINFLOAT: return pila__load_binfloat(u);
    case PILA_OP_SHORT_BINBYTES: return pila__load_bytes_counted(u, 1);
    case PILA_OP_BINBYTES: return pila__load_bytes_counted(u, 4);
    case PILA_OP_BINBYTES8: return pila__load_bytes_counted(u, 8);
    case PILA_OP_BYTEARRAY8: return pila__load_bytearray(u);
    case PILA_OP_NEXT_BUFFER: return pila__load_next_buffer(u);
    case PILA_OP_READONLY_BUFFER: return pila__load_readonly(u);
    case PILA_OP_SHORT_BINSTRING: return pila__load_string_counted(u, 1);
    case PILA_OP_BINSTRING: return pila__load_string_counted(u, 4);
    case PILA_OP_STRING: return pila__load_string_line(u);
    case PILA_OP_UNICODE: return pila__load_unicode_line(u);
    case PILA_OP_SHORT_BINUNICODE: return pila__load_unicode_counted(u, 1);
    case PILA_OP_BINUNICODE: return pila__load_unicode_counted(u, 4);
    case PILA_OP_BINUNICODE8: return pila__load_unicode_counted(u, 8);
    case PILA_OP_EMPTY_TUPLE: return pila__load_tuple(u, 0);
    case PILA_OP_TUPLE1: return pila__load_tuple(u, 1);
    case PILA_OP_TUPLE2: return pila__load_tuple(u, 2);
    case PILA_OP_TUPLE3: return pila__load_tuple(u, 3);
    case PILA_OP_TUPLE: return pila__load_marked_tuple(u);
    case PILA_OP_EMPTY_LIST: return pila__load_new_list(u);
    case PILA_OP_LIST: return pila__load_marked_list(u);
    case PILA_OP_EMPTY_DICT: return pila__load_new_dict(u);
    case PILA_OP_DICT: return pila__load_marked_dict(u);
    case PILA_OP_EMPTY_SET: return pila__load_new_set(u);
    case PILA_OP_ADDITEMS: return pila__load_additems(u);
    case PILA_OP_FROZENSET: return pila__load_frozenset(u);
    case PILA_OP_OBJ: return pila__load_obj(u);
    case PILA_OP_INST: return pila__load_inst(u);
    case PILA_OP_NEWOBJ: return pila__load_newobj(u, false);
    case PILA_OP_NEWOBJ_EX: return pila__load_newobj(u, true);
    case PILA_OP_GLOBAL: return pila__load_global(u);
    case PILA_OP_STACK_GLOBAL: return pila__load_stack_global(u);
    case PILA_OP_APPEND: return pila__load_append(u);
    case PILA_OP_APPENDS: return pila__load_appends(u);
    case PILA_OP_BUILD: return pila__load_build(u);
    case PILA_OP_DUP: return load_dup(u);
    case PILA_OP_BINGET: return load_get(u, 1);
    case PILA_OP_LONG_BINGET: return load_get(u, 4);
    case PILA_OP_GET: return load_get_line(u);
    case PILA_OP_MARK: return pila__load_mark(u);
    case PILA_OP_BINPUT: return load_put(u, 1);
    case PILA_OP_LONG_BINPUT: return load_put(u, 4);
    case PILA_OP_PUT: return load_put_line(u);
    case PILA_OP_MEMOIZE: return pila__load_memo_put(u, u->memo_len);
    case PILA_OP_POP: return load_pop(u);
    case PILA_OP_POP_MARK: return load_pop_mark(u);
    case PILA_OP_SETITEM: return pila__load_setitem_op(u);
    case PILA_OP_SETITEMS: return pila__load_setitems(u);
    case PILA_OP_PERSID: return pila__load_persid(u);
    case PILA_OP_BINPERSID: return pila__load_binpersid(u);
    case PILA_OP_REDUCE: return pila__load_reduce(u);
    case PILA_OP_PROTO: return load_proto(u);
    case PILA_OP_FRAME: return load_frame(u);
    case PILA_OP_EXT1: return pila__load_extension(u, 1);
    case PILA_OP_EXT2: return pila__load_extension(u, 2);
    case PILA_OP_EXT4: return pila__load_extension(u, 4);
    default: return load_unknown(u, op);
    }
}

/* ---- what most pickles consist of ---- */

/* Copy text to where words may be written over, from where they may be read beyond;
 * whether it is ASCII. */
static bool load_copy(char *to, const char *from, size_t n)
{
    uint64_t word, any = 0;
    size_t i = 0;

    for (; i + 8 < n; i += 8) {
        memcpy(&word, from + i, 8);
        memcpy(to + i, &word, 8);
        any |= word;
    }
    memcpy(&word, from + i, 8);
    memcpy(to + i, &word, 8);
    if (n > i) any |= word << 8 * (8 - (n - i));
    return !(any & UINT64_C(0x8080808080808080));
}

/* An integer of 1 to 8 bytes, from where 8 may be read. */
static int64_t load_signed_at(const char *s, size_t bytes)
{
    uint64_t x = pila__load_number_at(s, 8) << 8 * (8 - bytes);

    return (int64_t)x >> 8 * (8 - bytes);
}

/* The opcodes without a look at input and room: there is enough of both for each. It
 * ends before any other opcode, and before what is at fault.
 * long: one loop, whose variables stay in registers. */
static void load_quick(pila_unpickler *u)
{
    const char *at = u->at, *end = u->end - LOAD_AHEAD;
    pila_value *top = pila__load_from(u, u->len), *full = pila__load_from(u, u->room);
    pila_doc *doc = u->doc;

    while (at < end && top < full) {
        size_t n = (unsigned char)at[1];
        char *copy;

        switch ((unsigned char)at[0]) {
        case PILA_OP_BININT1:
            *top++ = pila_value_int((int64_t)n);
            at += 2;
            break;
        case PILA_OP_BININT2:
            *top++ = pila_value_int((int64_t)pila__load_number_at(at + 1, 2));
            at += 3;
            break;
        case PILA_OP_BININT:
            *top++ = pila_value_int((int32_t)pila__load_number_at(at + 1, 4));
            at += 5;
            break;
        case PILA_OP_BINFLOAT:
            *top++ = pila_value_float(pila__load_double_at(at + 1));
            at += 9;
            break;
        case PILA_OP_NONE:
            *top++ = pila_value_none();
            at++;
            break;
        case PILA_OP_NEWTRUE:
        case PILA_OP_NEWFALSE:
            *top++ = pila_value_bool((unsigned char)at[0] == PILA_OP_NEWTRUE);
            at++;
            break;
        case PILA_OP_LONG1:
            if (n - 1 > 7) goto done;
            *top++ = pila_value_int(load_signed_at(at + 2, n));
            at += n + 2;
            break;
        case PILA_OP_SHORT_BINUNICODE:
            if (u->options.borrow) goto done;
            copy = (char *)pila_doc_alloc(doc, n | 1);
            if (!copy) goto done;
            if (!load_copy(copy, at + 2, n) &&
                pila__load_utf8(u, pila_str_of(at + 2, n), true) != PILA_OK)
                goto done;
            *top++ = pila_value_str_of(pila_str_of(copy, n));
            at += n + 2;
            break;
        case PILA_OP_MEMOIZE:
            if (u->memo_len != u->memo_end || u->memo_end >= u->memo_room ||
                u->n_others || top - u->stack <= (ptrdiff_t)u->fence)
                goto done;
            u->memo[u->memo_end++] = top[-1];
            u->memo_len++;
            at++;
            break;
        case PILA_OP_BINGET:
            if (n >= u->memo_end || pila_value_kind_of(u->memo[n]) == PILA__VALUE_DEAD)
                goto done;
            *top++ = u->memo[n];
            at += 2;
            break;
        case PILA_OP_EMPTY_DICT:
            if (pila_value_dict(doc, 0, top) != PILA_OK) goto done;
            top++;
            at++;
            break;
        case PILA_OP_EMPTY_LIST:
            if (pila_value_list(doc, NULL, 0, top) != PILA_OK) goto done;
            top++;
            at++;
            break;
        case PILA_OP_MARK:
            if (u->n_marks == u->marks_room) goto done;
            u->marks[u->n_marks++] = u->fence = (size_t)(top - u->stack);
            at++;
            break;
        default: goto done;
        }
    }
done:
    u->at = at;
    u->len = (size_t)(top - u->stack);
}

/* ---- the unpickler ---- */

/* What the allow-list makes of the objects. */
static pila_status load_views(pila_unpickler *u)
{
    pila_status st = PILA_OK;

    for (size_t i = 0; st == PILA_OK && i < u->n_viewed; i += 2) {
        const pila_pickle_class *c = &u->options.allow[u->viewed[i + 1].as.i];
        pila_value view = pila_value_none();

        st = c->view(c->ctx, u->doc, u->viewed[i], &view);
        if (st == PILA_OK) u->viewed[i].as.items[PILA_PART_VIEW] = view;
    }
    return st;
}

static pila_status load_pickle(pila_unpickler *u, size_t *op_at)
{
    pila_status st = PILA_OK;

    while (st == PILA_OK) {
        unsigned char op;

        if (pila__load_have(u) > LOAD_AHEAD) load_quick(u);
        *op_at = pila_unpickler_tell(u);
        st = pila__load_need(u, 1);
        if (st == PILA_ESYNTAX)
            return pila__load_fault(u, PILA_EEOF, "Ran out of input");
        if (st != PILA_OK) return st;
        op = (unsigned char)*u->at++;
        if (op == PILA_OP_STOP) break;
        st = load_do(u, op);
    }
    if (st == PILA_OK && u->held) st = pila__load_release(u);
    if (st == PILA_OK && !pila__load_has(u, 1)) return pila__load_underflow(u);
    return st == PILA_OK ? load_views(u) : st;
}

pila_status pila_unpickler_load(pila_unpickler *u, pila_value *out, pila_error *err)
{
    pila_error none = {PILA_OK, 0, 0, 0, ""};
    size_t op_at = 0;
    pila_status st;

    if (err) *err = none;
    u->err = err;
    u->len = u->fence = u->n_marks = u->n_viewed = u->held = 0;
    u->made = u->hashed = 0;
    u->protocol = 0;
    memset(u->shapes, 0, sizeof u->shapes);
    st = load_pickle(u, &op_at);
    u->err = NULL;
    if (st == PILA_OK) *out = u->stack[u->len - 1];
    else if (err) {
        err->status = st;
        err->offset = op_at;
        if (!err->message[0])
            snprintf(err->message, sizeof err->message, "%s", pila_status_text(st));
    }
    return st;
}

void pila_unpickler_init(pila_unpickler *u, pila_doc *doc,
                         const pila_pickle_load_options *options)
{
    pila_unpickler empty = {0};

    *u = empty;
    u->doc = doc;
    if (options) u->options = *options;
}

void pila_unpickler_open(pila_unpickler *u, pila_str text)
{
    u->start = u->at = text.len ? text.ptr : "";
    u->end = u->at + text.len;
    u->before = 0;
    u->read = NULL;
}

void pila_unpickler_open_read(pila_unpickler *u, pila_pickle_read *read, void *ctx)
{
    pila_unpickler_open(u, pila_str_of(NULL, 0));
    u->read = read;
    u->read_ctx = ctx;
}

size_t pila_unpickler_tell(const pila_unpickler *u)
{
    return u->before + (size_t)(u->at - u->start);
}

void pila_unpickler_done(pila_unpickler *u)
{
    pila_unpickler empty = {0};

    pila_buf_done(&u->window);
    pila__memo_done(&u->far);
    pila_free(u->stack);
    pila_free(u->marks);
    pila_free(u->memo);
    pila_free(u->others);
    pila_free(u->viewed);
    *u = empty;
}

pila_status pila_pickle_loads(pila_doc *doc, pila_str text,
                              const pila_pickle_load_options *options, pila_value *out,
                              size_t *used, pila_error *err)
{
    pila_unpickler u;
    pila_status st;

    pila_unpickler_init(&u, doc, options);
    pila_unpickler_open(&u, text);
    st = pila_unpickler_load(&u, out, err);
    if (st == PILA_OK && used) *used = pila_unpickler_tell(&u);
    pila_unpickler_done(&u);
    return st;
}

static pila_status load_from_file(void *ctx, char *room, size_t least, size_t most,
                                  size_t *got)
{
    FILE *file = (FILE *)ctx;

    (void)most;
    *got = fread(room, 1, least, file);
    return ferror(file) ? PILA_EIO : PILA_OK;
}

pila_status pila_pickle_load(pila_doc *doc, FILE *file,
                             const pila_pickle_load_options *options, pila_value *out,
                             pila_error *err)
{
    pila_unpickler u;
    pila_status st;

    pila_unpickler_init(&u, doc, options);
    pila_unpickler_open_read(&u, load_from_file, file);
    st = pila_unpickler_load(&u, out, err);
    pila_unpickler_done(&u);
    return st;
}
