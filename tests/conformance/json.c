/* json.c - see json.h. Nodes are taken from blocks that are freed together. */
#include "json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 200, BLOCK = 1 << 16 };

typedef struct block {
    struct block *next;
    size_t used, room;
    size_t unused; /* what follows is aligned to 16 */
} block;

static block *blocks;

typedef struct reader {
    const char *at, *end;
    int depth;
} reader;

static void *take(size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    if (!blocks || blocks->room - blocks->used < bytes) {
        size_t room = bytes > BLOCK ? bytes : BLOCK;
        block *b = malloc(sizeof *b + room);
        if (!b) return NULL;
        *b = (block){blocks, 0, room, 0};
        blocks = b;
    }
    char *p = (char *)(blocks + 1) + blocks->used;
    blocks->used += bytes;
    return memset(p, 0, bytes);
}

void json_forget(void)
{
    while (blocks) {
        block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}

static void skip(reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at) r->at++;
}

static bool eat(reader *r, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) return false;
    r->at += n;
    return true;
}

static int hex4(reader *r)
{
    int x = 0;

    if (r->end - r->at < 4) return -1;
    for (int k = 0; k < 4; k++) {
        int c = tolower((unsigned char)*r->at++);
        if (!isxdigit(c)) return -1;
        x = x * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return x;
}

static char *utf8(char *out, unsigned c)
{
    if (c < 0x80) *out++ = (char)c;
    else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 63));
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    }
    return out;
}

/* What stands behind a backslash; NULL: nothing known. */
static char *escape(reader *r, char *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *known;
    int c, low;

    if (r->at == r->end) return NULL;
    known = memchr(from, *r->at, sizeof from - 1);
    if (known) {
        r->at++;
        *out++ = to[known - from];
        return out;
    }
    if (*r->at++ != 'u' || (c = hex4(r)) < 0) return NULL;
    if (c >= 0xd800 && c < 0xdc00) {
        if (!eat(r, "\\u") || (low = hex4(r)) < 0xdc00 || low >= 0xe000) return NULL;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    return utf8(out, (unsigned)c);
}

/* Behind the opening quote. */
static const char *text(reader *r, size_t *len)
{
    const char *end = r->at;

    while (end < r->end && *end != '"') end += *end == '\\' ? 2 : 1;
    if (end >= r->end) return NULL;
    char *made = take((size_t)(end - r->at) + 1), *out = made;
    while (made && r->at < end) {
        if (*r->at != '\\') *out++ = *r->at++;
        else if (r->at++, !(out = escape(r, out))) return NULL;
    }
    r->at = end + 1;
    *len = made ? (size_t)(out - made) : 0;
    return made;
}

static bool number(reader *r, json *j)
{
    const char *from = r->at;
    char *end;

    while (r->at < r->end && strchr("+-.0123456789eE", *r->at) && *r->at) r->at++;
    j->len = (size_t)(r->at - from);
    char *copy = take(j->len + 1);
    if (!copy || j->len == 0) return false;
    j->text = memcpy(copy, from, j->len);
    j->number = strtoll(copy, &end, 10);
    j->whole = *end == 0;
    strtod(copy, &end);
    return *end == 0;
}

static json *value(reader *r);

static json *members(reader *r, json *j, const char *close)
{
    json **last = &j->first;

    skip(r);
    if (eat(r, close)) return j;
    for (;;) {
        const char *key = NULL;
        size_t len;
        skip(r);
        if (j->kind == JSON_MAP) {
            if (!eat(r, "\"") || !(key = text(r, &len))) return NULL;
            skip(r);
            if (!eat(r, ":")) return NULL;
        }
        json *member = value(r);
        if (!member) return NULL;
        member->key = key;
        *last = member;
        last = &member->next;
        j->n++;
        skip(r);
        if (eat(r, close)) return j;
        if (!eat(r, ",")) return NULL;
    }
}

static json *value(reader *r)
{
    json *j = take(sizeof *j);

    skip(r);
    if (!j || r->depth == DEPTH) return NULL;
    if (eat(r, "null")) return j;
    if (eat(r, "true")) return j->kind = JSON_TRUE, j;
    if (eat(r, "false")) return j->kind = JSON_FALSE, j;
    if (eat(r, "\"")) {
        j->kind = JSON_TEXT;
        j->text = text(r, &j->len);
        return j->text ? j : NULL;
    }
    bool map = eat(r, "{");
    if (map || eat(r, "[")) {
        j->kind = map ? JSON_MAP : JSON_LIST;
        r->depth++;
        j = members(r, j, map ? "}" : "]");
        r->depth--;
        return j;
    }
    j->kind = JSON_NUMBER;
    return number(r, j) ? j : NULL;
}

const json *json_read(const char *text, size_t len)
{
    reader r = {text, text + len, 0};
    json *j = value(&r);

    skip(&r);
    return r.at == r.end ? j : NULL;
}

const json *json_get(const json *map, const char *key)
{
    if (!map || map->kind != JSON_MAP) return NULL;
    for (const json *j = map->first; j; j = j->next)
        if (strcmp(j->key, key) == 0) return j;
    return NULL;
}

const json *json_at(const json *list, size_t k)
{
    const json *j = list ? list->first : NULL;

    while (j && k--) j = j->next;
    return j;
}

bool json_is(const json *j, const char *text)
{
    return j && j->kind == JSON_TEXT && strcmp(j->text, text) == 0;
}

bool json_same(const json *a, const json *b)
{
    if (!a || !b || a->kind != b->kind || a->n != b->n) return a == b;
    if (a->kind == JSON_TEXT || a->kind == JSON_NUMBER)
        return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
    for (const json *x = a->first, *y = b->first; x;
         x = x->next, y = y ? y->next : NULL) {
        const json *other = a->kind == JSON_MAP ? json_get(b, x->key) : y;
        if (!other || !json_same(x, other)) return false;
    }
    return true;
}
