/* jsontext_get.c - see jsontext_get.h.
 *
 * The text is checked first, by the kernels, so that the walk may trust it: a value
 * that is not on the way is skipped by counting brackets outside of strings. Nothing is
 * built; a name is compared with a key as both are decoded, a character at a time, and
 * where neither has an escape by their bytes.
 *
 * An object is read to its end, for of a key that comes again Python takes the last
 * one.
 */
#include "jsontext_get.h"

/* ---- skipping, in text that is right ---- */

static const char *get_blank(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    return p;
}

/* Behind the string that begins at p. */
static const char *get_string_end(const char *p)
{
    for (p++; *p != '"'; p++)
        if (*p == '\\') p++;
    return p + 1;
}

/* Behind the value that begins at p. */
static const char *get_value_end(const char *p, const char *end)
{
    size_t depth = 0;

    if (*p != '"' && *p != '[' && *p != '{') {
        while (p < end && !strchr(" \n\r\t,]}", *p)) p++;
        return p;
    }
    do {
        if (*p == '"') {
            p = get_string_end(p);
            continue;
        }
        depth += *p == '[' || *p == '{';
        depth -= *p == ']' || *p == '}';
        p++;
    } while (depth);
    return p;
}

/* ---- names ---- */

static unsigned get_hex(const char *p)
{
    unsigned x = 0;

    for (int k = 0; k < 4; k++) {
        unsigned char c = (unsigned char)p[k];
        x = x << 4 | (c <= '9' ? c - 48u : (c | 0x20u) - 87u);
    }
    return x;
}

static size_t get_utf8(unsigned c, char *to)
{
    unsigned char lead = c < 0x80 ? 0 : c < 0x800 ? 0xc0 : c < 0x10000 ? 0xe0 : 0xf0;
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t k = n; --k; c >>= 6) to[k] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)(lead | c);
    return n;
}

/* One character of a key, or byte of one, into `to`: how many bytes; *p goes behind. */
static size_t get_key_char(const char **p, char to[4])
{
    const char *at = *p;
    unsigned c;

    if (*at != '\\') {
        *p = at + 1;
        to[0] = *at;
        return 1;
    }
    if (at[1] != 'u') {
        static const char from[] = "bfnrt", plain[] = "\b\f\n\r\t";
        const char *known = strchr(from, at[1]);
        *p = at + 2;
        to[0] = known ? plain[known - from] : at[1];
        return 1;
    }
    c = get_hex(at + 2);
    at += 6;
    if (c >> 10 == 0x36 && at[0] == '\\' && at[1] == 'u' &&
        get_hex(at + 2) >> 10 == 0x37) {
        c = 0x10000 + ((c & 0x3ff) << 10) + (get_hex(at + 2) & 0x3ff);
        at += 6;
    }
    *p = at;
    return get_utf8(c, to);
}

/* Whether the key that begins behind its quote at p is the name. */
static bool get_is_key(const char *p, pila_str name)
{
    const char *at = name.ptr, *end = name.ptr + name.len;

    while (*p != '"') {
        char bytes[4];
        size_t n = get_key_char(&p, bytes);

        for (size_t k = 0; k < n; k++) {
            char c;
            if (at == end) return false;
            c = *at++;
            if (c == '~') c = *at++ == '1' ? '/' : '~';
            if (c != bytes[k]) return false;
        }
    }
    return at == end;
}

/* ---- one step of the pointer ---- */

/* In the object at *p, to the value of a key. */
static pila_status get_member(const char **p, const char *end, pila_str name)
{
    const char *found = NULL, *at = get_blank(*p + 1, end);

    while (*at != '}') {
        bool is_it = get_is_key(at + 1, name);

        at = get_blank(get_string_end(at), end);
        at = get_blank(at + 1, end); /* behind the colon */
        if (is_it) found = at;
        at = get_blank(get_value_end(at, end), end);
        if (*at == ',') at = get_blank(at + 1, end);
    }
    if (!found) return PILA_EKEY;
    *p = found;
    return PILA_OK;
}

/* In the list at *p, to an item. */
static pila_status get_item(const char **p, const char *end, pila_str name)
{
    const char *at = get_blank(*p + 1, end);
    size_t index = 0;

    if (name.len == 1 && *name.ptr == '-') return PILA_EINDEX;
    if (!name.len || (name.len > 1 && *name.ptr == '0')) return PILA_EVALUE;
    for (size_t k = 0; k < name.len; k++)
        if (name.ptr[k] < '0' || name.ptr[k] > '9') return PILA_EVALUE;
    for (size_t k = 0; k < name.len; k++)
        if (!pila_mul(index, 10, &index) ||
            !pila_add(index, (size_t)(name.ptr[k] - '0'), &index))
            return PILA_EINDEX;
    for (; *at != ']' && index; index--) {
        at = get_blank(get_value_end(at, end), end);
        if (*at == ',') at = get_blank(at + 1, end);
    }
    if (*at == ']') return PILA_EINDEX;
    *p = at;
    return PILA_OK;
}

/* ---- all of it ---- */

static bool get_is_pointer(pila_str pointer)
{
    if (pointer.len && *pointer.ptr != '/') return false;
    for (size_t k = 0; k < pointer.len; k++)
        if (pointer.ptr[k] == '~' &&
            (k + 1 == pointer.len || (pointer.ptr[k + 1] | 1) != '1'))
            return false;
    return true;
}

pila_status pila__jsontext_walk(pila_str text, pila_str pointer, pila_str *out)
{
    const char *end = text.ptr + text.len, *p = get_blank(text.ptr, end);
    pila_status st = get_is_pointer(pointer) ? PILA_OK : PILA_ESYNTAX;

    while (pointer.len && st == PILA_OK) {
        const char *from = pointer.ptr + 1;
        const char *slash = (const char *)memchr(from, '/', pointer.len - 1);
        size_t n = slash ? (size_t)(slash - from) : pointer.len - 1;
        pila_str name = pila_str_of(from, n);

        pointer = pila_str_of(from + n, pointer.len - 1 - n);
        if (*p == '{') st = get_member(&p, end, name);
        else if (*p == '[') st = get_item(&p, end, name);
        else st = PILA_ETYPE;
    }
    if (st == PILA_OK) *out = pila_str_of(p, (size_t)(get_value_end(p, end) - p));
    return st;
}
