/* jsonl.c - the value at a JSON Pointer in one line of JSON (RFC 8259, RFC 6901).
 *
 * A scanner without a tree: one pass checks the syntax of the line, a second steps over
 * what the pointer does not name. What is yielded is a string decoded, or any other
 * value as it is written. Depth is bounded by a bit a level, not by the stack.
 */
#include "cli.h"

#include <string.h>

enum { JSON_DEPTH = 1024 };

typedef struct json_scan {
    const char *p, *end;
} json_scan;

static void json_space(json_scan *s)
{
    while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p) s->p++;
}

static bool json_eat(json_scan *s, char c)
{
    json_space(s);
    if (s->p == s->end || *s->p != c) return false;
    s->p++;
    return true;
}

/* ---- strings ---- */

static int json_hex4(json_scan *s)
{
    int n = 0;

    if (s->end - s->p < 4) return -1;
    for (int k = 0; k < 4; k++) {
        char c = *s->p++;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        n = n << 4 | digit;
    }
    return n;
}

/* UTF-8 of a code point; U+DC80..U+DCFF is the byte it stands for (surrogateescape),
 * and any other lone surrogate its three bytes, as Python's surrogatepass. */
static pila_status json_add_code(pila_buf *out, uint32_t code)
{
    char b[4];
    size_t n = 1;

    if (code < 0x80) b[0] = (char)code;
    else if (code >= 0xdc80 && code <= 0xdcff) b[0] = (char)(code & 0xff);
    else if (code < 0x800) {
        b[0] = (char)(0xc0 | code >> 6);
        b[1] = (char)(0x80 | (code & 0x3f));
        n = 2;
    } else if (code < 0x10000) {
        b[0] = (char)(0xe0 | code >> 12);
        b[1] = (char)(0x80 | (code >> 6 & 0x3f));
        b[2] = (char)(0x80 | (code & 0x3f));
        n = 3;
    } else {
        b[0] = (char)(0xf0 | code >> 18);
        b[1] = (char)(0x80 | (code >> 12 & 0x3f));
        b[2] = (char)(0x80 | (code >> 6 & 0x3f));
        b[3] = (char)(0x80 | (code & 0x3f));
        n = 4;
    }
    return pila_buf_add(out, pila_str_of(b, n));
}

/* Behind "\u": one escape, or a surrogate pair of two. */
static pila_status json_unicode(json_scan *s, pila_buf *out)
{
    int code = json_hex4(s);

    if (code < 0) return PILA_ESYNTAX;
    if (code >= 0xd800 && code < 0xdc00 && s->end - s->p >= 6 && s->p[0] == '\\' &&
        s->p[1] == 'u') {
        json_scan ahead = {s->p + 2, s->end};
        int low = json_hex4(&ahead);
        if (low >= 0xdc00 && low < 0xe000) {
            s->p = ahead.p;
            return json_add_code(out, 0x10000u + ((uint32_t)(code - 0xd800) << 10) +
                                          (uint32_t)(low - 0xdc00));
        }
    }
    return json_add_code(out, (uint32_t)code);
}

static pila_status json_escape(json_scan *s, pila_buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

    if (s->p == s->end) return PILA_ESYNTAX;
    char c = *s->p++;
    if (c == 'u') return json_unicode(s, out);
    const char *at = c ? strchr(from, c) : NULL;
    return at ? pila_buf_add_char(out, to[at - from]) : PILA_ESYNTAX;
}

/* At the opening quote: the text, in place if it has no escape, else in room. */
static pila_status json_string(json_scan *s, pila_buf *room, pila_str *out)
{
    const char *from = ++s->p;
    size_t start = room->len;
    pila_status st = PILA_OK;
    bool decoded = false;

    for (; s->p < s->end && *s->p != '"' && st == PILA_OK;) {
        if ((unsigned char)*s->p < 0x20) return PILA_ESYNTAX;
        if (*s->p != '\\') {
            s->p++;
            continue;
        }
        decoded = true;
        st = pila_buf_add(room, pila_str_of(from, (size_t)(s->p - from)));
        s->p++;
        if (st == PILA_OK) st = json_escape(s, room);
        from = s->p;
    }
    if (st != PILA_OK) return st;
    if (s->p == s->end) return PILA_ESYNTAX;
    *out = pila_str_of(from, (size_t)(s->p++ - from));
    if (!decoded) return PILA_OK;
    st = pila_buf_add(room, *out);
    *out = pila_str_of(room->data + start, room->len - start);
    return st;
}

/* ---- stepping over ---- */

static bool json_digits(json_scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9') s->p++;
    return s->p > from;
}

static bool json_number(json_scan *s)
{
    if (s->p < s->end && *s->p == '-') s->p++;
    if (s->p < s->end && *s->p == '0') s->p++;
    else if (!json_digits(s)) return false;
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        if (!json_digits(s)) return false;
    }
    if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-')) s->p++;
        return json_digits(s);
    }
    return true;
}

static bool json_word(json_scan *s)
{
    static const char *const words[] = {"true", "false",    "null",
                                        "NaN",  "Infinity", "-Infinity"};

    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        size_t n = strlen(words[k]);
        if ((size_t)(s->end - s->p) < n || memcmp(s->p, words[k], n) != 0) continue;
        s->p += n;
        return true;
    }
    return false;
}

static pila_status json_key(json_scan *s, pila_buf *room)
{
    pila_str key;
    size_t was = room->len;

    json_space(s);
    if (s->p == s->end || *s->p != '"') return PILA_ESYNTAX;
    pila_status st = json_string(s, room, &key);
    room->len = was;
    if (st != PILA_OK) return st;
    return json_eat(s, ':') ? PILA_OK : PILA_ESYNTAX;
}

/* A value that opens nothing, or the opening of one: *opened says which. */
static pila_status json_atom(json_scan *s, pila_buf *room, char *opened)
{
    size_t was = room->len;
    pila_str text;

    *opened = 0;
    if (s->p == s->end) return PILA_ESYNTAX;
    if (*s->p == '{' || *s->p == '[') {
        *opened = *s->p++;
        return PILA_OK;
    }
    if (*s->p == '"') {
        pila_status st = json_string(s, room, &text);
        room->len = was;
        return st;
    }
    return json_word(s) || json_number(s) ? PILA_OK : PILA_ESYNTAX;
}

/* Over one value of any depth: a bit a level says whether it is an object. */
static pila_status json_skip(json_scan *s, pila_buf *room)
{
    uint64_t object[JSON_DEPTH / 64] = {0};
    size_t depth = 0;
    char opened;

    for (;;) {
        json_space(s);
        pila_status st = json_atom(s, room, &opened);
        if (st != PILA_OK) return st;
        bool first = opened != 0;
        if (opened) {
            if (depth == JSON_DEPTH) return PILA_ELIMIT;
            uint64_t bit = (uint64_t)1 << (depth % 64);
            object[depth / 64] =
                opened == '{' ? object[depth / 64] | bit : object[depth / 64] & ~bit;
            depth++;
        }
        for (;; first = false) { /* close what ends here, or go on to the next value */
            if (depth == 0) return PILA_OK;
            bool in_object = object[(depth - 1) / 64] >> ((depth - 1) % 64) & 1;
            if (json_eat(s, in_object ? '}' : ']')) {
                depth--;
                continue;
            }
            if (!first && !json_eat(s, ',')) return PILA_ESYNTAX;
            if (in_object && (st = json_key(s, room)) != PILA_OK) return st;
            break;
        }
    }
}

/* ---- the pointer ---- */

/* Whether a key is the token that starts at t (behind its '/'). */
static bool token_is(const char *t, pila_str key)
{
    size_t k = 0;

    for (; *t && *t != '/'; t++, k++) {
        char c = *t;
        if (c == '~' && t[1] == '1') c = '/';
        else if (c == '~' && t[1] == '0') c = '~';
        if (c != *t || (c == '~' && t[1] == '0')) t++;
        if (k >= key.len || key.ptr[k] != c) return false;
    }
    return k == key.len;
}

static bool token_index(const char *t, size_t *index)
{
    size_t n = 0;

    if (*t < '0' || *t > '9' || (*t == '0' && t[1] && t[1] != '/')) return false;
    for (; *t && *t != '/'; t++) {
        if (*t < '0' || *t > '9' || !pila_mul(n, 10, &n) ||
            !pila_add(n, (size_t)(*t - '0'), &n))
            return false;
    }
    *index = n;
    return true;
}

typedef struct json_seek {
    json_scan scan;
    pila_buf *room;
    pila_str found;
    bool there;
} json_seek;

static pila_status json_value_here(json_seek *k)
{
    json_scan *s = &k->scan;

    json_space(s);
    const char *from = s->p;
    k->there = true;
    if (s->p < s->end && *s->p == '"') return json_string(s, k->room, &k->found);
    pila_status st = json_skip(s, k->room);
    k->found = pila_str_of(from, (size_t)(s->p - from));
    return st;
}

/* Over a key and its colon: whether it is the token. The syntax has been checked. */
static pila_status json_match_key(json_seek *k, const char *token, bool *match)
{
    size_t was = k->room->len;
    pila_str key;

    json_space(&k->scan);
    pila_status st = json_string(&k->scan, k->room, &key);
    if (st != PILA_OK) return st;
    *match = token_is(token, key);
    k->room->len = was;
    (void)json_eat(&k->scan, ':');
    return PILA_OK;
}

/* From the start of a container to the value of the member that the token names, the
 * last of that name. The syntax has been checked. */
static pila_status json_enter(json_seek *k, const char *token, bool *entered)
{
    json_scan *s = &k->scan, member = k->scan;
    bool object = *s->p == '{';
    size_t wanted = SIZE_MAX;
    pila_status st = PILA_OK;

    *entered = false;
    if (!object && (*s->p != '[' || !token_index(token, &wanted))) return PILA_OK;
    s->p++;
    for (size_t index = 0; !json_eat(s, object ? '}' : ']'); index++) {
        bool match = index == wanted;
        if (index) (void)json_eat(s, ',');
        if (object && (st = json_match_key(k, token, &match)) != PILA_OK) return st;
        json_space(s);
        if (match) member = *s;
        if (match) *entered = true;
        if ((st = json_skip(s, k->room)) != PILA_OK) return st;
    }
    *s = member;
    return PILA_OK;
}

/* The whole line must be one JSON value; of a key given twice, the last counts. */
pila_status cli_json_value(pila_str text, const char *pointer, pila_buf *room,
                           pila_str *out, size_t *column)
{
    json_seek k = {{text.ptr, text.ptr + text.len}, room, {NULL, 0}, false};
    json_scan check = k.scan;
    pila_status st =
        json_skip(&check, room); /* syntax first, so that a seek is simple */
    bool entered = true;

    json_space(&check);
    *column = (size_t)(check.p - text.ptr) + 1;
    if (st == PILA_OK && check.p != check.end) st = PILA_ESYNTAX;
    if (st != PILA_OK) return st == PILA_ELIMIT ? PILA_ESYNTAX : st;
    json_space(&k.scan);
    while (st == PILA_OK && entered && *pointer == '/') {
        st = json_enter(&k, pointer + 1, &entered);
        pointer += 1 + strcspn(pointer + 1, "/");
    }
    if (st == PILA_OK && entered) st = json_value_here(&k);
    if (st != PILA_OK) return st;
    if (!k.there) return PILA_EKEY;
    *out = k.found;
    return PILA_OK;
}
