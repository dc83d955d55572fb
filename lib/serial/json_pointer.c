/* json_pointer.c - JSON Pointers.
 *
 * One step into a list or dict for each slash.
 *
 * A name without a tilde, which nearly all are, is looked up where it stands in the
 * pointer; others are written out first.
 */
#include "json.h"

/* A name with its ~0 and ~1 replaced. */
static pila_status json_pointer_plain(pila_str name, pila_buf *out)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; st == PILA_OK && k < name.len; k++) {
        char c = name.ptr[k];
        if (c == '~' && ++k < name.len) c = name.ptr[k] == '0' ? '~' : '/';
        st = pila_buf_add_char(out, c);
    }
    return st;
}

static bool json_pointer_valid(pila_str name)
{
    for (size_t k = 0; k < name.len; k++)
        if (name.ptr[k] == '~' &&
            (++k == name.len || (name.ptr[k] != '0' && name.ptr[k] != '1')))
            return false;
    return true;
}

/* The number of an item: what it says beyond the largest is no item either. */
static pila_status json_pointer_number(pila_str name, size_t *out)
{
    size_t n = 0;

    if (name.len == 1 && name.ptr[0] == '-') return PILA_EINDEX;
    if (name.len == 0 || (name.ptr[0] == '0' && name.len > 1)) return PILA_EVALUE;
    for (size_t k = 0; k < name.len; k++) {
        unsigned digit = (unsigned char)name.ptr[k] - (unsigned)'0';
        if (digit > 9) return PILA_EVALUE;
        if (!pila_mul(n, 10, &n) || !pila_add(n, digit, &n)) n = SIZE_MAX / 10;
    }
    *out = n;
    return PILA_OK;
}

static pila_status json_pointer_item(pila_value *v, pila_str name)
{
    size_t n, at = 0;
    const pila_value *items = pila_value_data(*v, &n);
    pila_status st = json_pointer_number(name, &at);

    if (st != PILA_OK) return st;
    if (at >= n) return PILA_EINDEX;
    *v = items[at];
    return PILA_OK;
}

static pila_status json_pointer_member(pila_value *v, pila_str name)
{
    pila_buf plain;
    pila_status st = PILA_OK;
    const pila_value *found = NULL;

    memset(&plain, 0, sizeof plain);
    if (name.len && memchr(name.ptr, '~', name.len)) {
        st = json_pointer_plain(name, &plain);
        name = pila_buf_view(&plain);
    }
    if (st == PILA_OK) found = pila_value_get(*v, name);
    if (st == PILA_OK && !found) st = PILA_EKEY;
    if (st == PILA_OK) *v = *found;
    pila_buf_done(&plain);
    return st;
}

pila_status pila_json_pointer(pila_value root, pila_str pointer, pila_value *out)
{
    const char *p = pointer.len ? pointer.ptr : "", *end = p + pointer.len;
    pila_status st = PILA_OK;

    if (!json_pointer_valid(pointer) || (p < end && *p != '/')) return PILA_ESYNTAX;
    while (st == PILA_OK && p < end) {
        const char *from = ++p;
        pila_value_kind kind = pila_value_kind_of(root);
        while (p < end && *p != '/') p++;
        pila_str name = pila_str_of(from, (size_t)(p - from));
        if (kind == PILA_VALUE_DICT) st = json_pointer_member(&root, name);
        else if (kind == PILA_VALUE_LIST || kind == PILA_VALUE_TUPLE)
            st = json_pointer_item(&root, name);
        else st = PILA_ETYPE;
    }
    if (st == PILA_OK) *out = root;
    return st;
}
