/* pickle_input.c - what a reader of pickles stands on: its input, stack, marks and
 * memo.
 *
 * The input is memory, or a window of a stream that grows by doubling until as many
 * bytes are there as an opcode needs: a length alone is not believed. The stack and the
 * marks are arrays. The memo is dense as far as it was put in order, which is all that
 * CPython writes; an index far beyond that goes to a table, and costs one entry of it.
 */
#include "pickle_load.h"

#include <stdarg.h>
#include <inttypes.h>

/* ---- faults ---- */

pila_status pila__load_fault(pila_unpickler *u, pila_status st, const char *format, ...)
{
    va_list args;

    if (!u->err) return st;
    va_start(args, format);
    vsnprintf(u->err->message, sizeof u->err->message, format, args);
    va_end(args);
    return st;
}

const char *pila__load_kind(pila_value v)
{
    static const char *const names[] = {"NoneType", "bool",      "int",       "int",
                                        "float",    "complex",   "Decimal",   "str",
                                        "bytes",    "bytearray", "list",      "tuple",
                                        "dict",     "set",       "frozenset", "object"};

    return names[pila_value_kind_of(v)];
}

static pila_status load_truncated(pila_unpickler *u)
{
    return pila__load_fault(u, PILA_ESYNTAX, "pickle data was truncated");
}

/* ---- input ---- */

/* More of a stream: what is not yet read moves to the window's start. */
static pila_status load_refill(pila_unpickler *u, size_t need)
{
    size_t have = pila__load_have(u), got = 1;
    pila_status st = PILA_OK;

    if (have) memmove(u->window.data, u->at, have);
    u->before += (size_t)(u->at - u->start);
    u->window.len = have;
    while (st == PILA_OK && got && u->window.len < need) {
        size_t step = need - u->window.len, room = u->window.len + LOAD_WINDOW;

        if (step > room) step = room;
        st = pila_buf_reserve(&u->window, room);
        got = 0;
        if (st == PILA_OK)
            st = u->read(u->read_ctx, u->window.data + u->window.len, step, room, &got);
        if (st == PILA_OK) u->window.len += got;
    }
    u->start = u->at = u->window.data;
    u->end = u->start + u->window.len;
    return st;
}

pila_status pila__load_more(pila_unpickler *u, size_t n)
{
    pila_status st;

    if (!u->read) return load_truncated(u);
    st = load_refill(u, n);
    if (st != PILA_OK) return st;
    return pila__load_have(u) >= n ? PILA_OK : load_truncated(u);
}

pila_status pila__load_line(pila_unpickler *u, size_t least, pila_str *out)
{
    size_t from = 0, n = pila__load_have(u);
    const char *found = NULL;
    pila_status st = PILA_OK;

    while (st == PILA_OK) {
        if (n > from) found = (const char *)memchr(u->at + from, '\n', n - from);
        if (found) break;
        from = n;
        st = pila__load_need(u, n + 1);
        n = pila__load_have(u);
    }
    if (st != PILA_OK) return st;
    *out = pila_str_of(u->at, (size_t)(found - u->at));
    if (out->len + 1 < least) return load_truncated(u);
    u->at = found + 1;
    return PILA_OK;
}

pila_status pila__load_number(pila_unpickler *u, size_t bytes, uint64_t *out)
{
    pila_status st = pila__load_need(u, bytes);

    if (st != PILA_OK) return st;
    *out = pila__load_number_at(u->at, bytes);
    u->at += bytes;
    return PILA_OK;
}

pila_status pila__load_counted(pila_unpickler *u, size_t bytes, const char *what,
                               pila_str *out)
{
    uint64_t n = 0;
    pila_status st = pila__load_number(u, bytes, &n);

    if (st != PILA_OK) return st;
    if (n > PTRDIFF_MAX)
        return pila__load_fault(u, PILA_EOVERFLOW, "%s of %td bytes", what,
                                (ptrdiff_t)PTRDIFF_MAX);
    st = pila__load_need(u, (size_t)n);
    if (st != PILA_OK) return st;
    *out = pila_str_of(u->at, (size_t)n);
    u->at += n;
    return PILA_OK;
}

/* ---- arrays that grow ---- */

pila_status pila__load_grow(pila_value **array, size_t *room, size_t need)
{
    size_t more = pila_mem_grow(*room, need, sizeof **array);
    pila_value *p;

    if (more < LOAD_ROOM_FIRST) more = more ? LOAD_ROOM_FIRST : 0;
    if (!more || !(p = (pila_value *)pila_realloc(*array, more, sizeof *p)))
        return PILA_ENOMEM;
    pila_mem_huge(p, more * sizeof *p);
    *array = p;
    *room = more;
    return PILA_OK;
}

pila_status pila__load_underflow(pila_unpickler *u)
{
    return pila__load_fault(u, PILA_ESYNTAX,
                            u->n_marks ? "unexpected MARK found"
                                       : "unpickling stack underflow");
}

pila_status pila__load_mark(pila_unpickler *u)
{
    if (u->n_marks == u->marks_room) {
        size_t room = pila_mem_grow(u->marks_room, u->n_marks + 1, sizeof *u->marks);
        size_t *marks;

        if (!room || !(marks = (size_t *)pila_realloc(u->marks, room, sizeof *marks)))
            return PILA_ENOMEM;
        u->marks = marks;
        u->marks_room = room;
    }
    u->marks[u->n_marks++] = u->fence = u->len;
    return PILA_OK;
}

/* ---- the memo ---- */

static pila_value *load_memo_at(const pila_unpickler *u, uint64_t index)
{
    size_t k;

    if (index < u->memo_end && pila_value_kind_of(u->memo[index]) != PILA__VALUE_DEAD)
        return &u->memo[index];
    if (!u->n_others) return NULL;
    k = pila__memo_get(&u->far, index + 1);
    return k == PILA__MEMO_NONE ? NULL : &u->others[k];
}

/* Let the dense part reach up to an index: what lies between is nobody's. */
static pila_status load_memo_reach(pila_unpickler *u, size_t index)
{
    size_t room = pila__load_have(u) / LOAD_MEMO_BYTES;
    pila_status st = PILA_OK;

    if (room > LOAD_MEMO_FIRST) room = LOAD_MEMO_FIRST;
    if (room <= index || u->memo_room) room = index + 1;
    if (index >= u->memo_room) st = pila__load_grow(&u->memo, &u->memo_room, room);
    if (st != PILA_OK) return st;
    while (u->memo_end <= index)
        u->memo[u->memo_end++] = pila__value_tagged(PILA__VALUE_DEAD, 0);
    return PILA_OK;
}

static pila_status load_memo_far(pila_unpickler *u, uint64_t index, pila_value v)
{
    pila_status st = PILA_OK;

    if (u->n_others == u->others_room)
        st = pila__load_grow(&u->others, &u->others_room, u->n_others + 1);
    if (st == PILA_OK) st = pila__memo_put(&u->far, index + 1, u->n_others);
    if (st == PILA_OK) u->others[u->n_others++] = v;
    return st;
}

pila_status pila__load_memo_put(pila_unpickler *u, uint64_t index)
{
    pila_value *old, v;
    pila_status st = PILA_OK;

    if (!pila__load_has(u, 1)) return pila__load_underflow(u);
    v = u->stack[u->len - 1];
    if ((old = load_memo_at(u, index))) {
        *old = v;
        return PILA_OK;
    }
    if (index >= u->memo_end && index / 2 < u->memo_len + LOAD_FAR)
        st = load_memo_reach(u, (size_t)index);
    if (st == PILA_OK && index < u->memo_end) u->memo[index] = v;
    else if (st == PILA_OK) st = load_memo_far(u, index, v);
    if (st == PILA_OK) u->memo_len++;
    return st;
}

pila_status pila__load_memo_get(pila_unpickler *u, uint64_t index)
{
    const pila_value *v = load_memo_at(u, index);

    if (v) return pila__load_push(u, *v);
    return pila__load_fault(u, PILA_ESYNTAX, "Memo value not found at index %" PRId64,
                            (int64_t)index);
}
