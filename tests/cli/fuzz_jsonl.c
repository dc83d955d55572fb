/* fuzz_jsonl.c - the value at a JSON Pointer in any line.
 *
 * The model is a reader by recursion that knows the grammar and nothing else: what it
 * accepts cli_json_value must accept, and give the same text for "", and the other way
 * round. Beyond that: a pointer finds the same value twice, and what is found, when it
 * is no string, is itself a value which "" gives back.
 */
#include "cli.h"
#include "fuzz.h"

enum { DEPTH_MOST = 1000 }; /* below that of the scanner */

typedef struct reader {
    const char *p, *end;
    bool deep;
} reader;

static bool take(reader *r, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0) return false;
    r->p += n;
    return true;
}

static void space(reader *r)
{
    while (take(r, " ") || take(r, "\t") || take(r, "\r") || take(r, "\n")) continue;
}

static bool one_of(reader *r, const char *chars)
{
    if (r->p == r->end || !*r->p || !strchr(chars, *r->p)) return false;
    r->p++;
    return true;
}

static bool digits(reader *r)
{
    bool some = false;

    while (one_of(r, "0123456789")) some = true;
    return some;
}

static bool string(reader *r)
{
    if (!take(r, "\"")) return false;
    while (!take(r, "\"")) {
        if (r->p == r->end || (unsigned char)*r->p < 0x20) return false;
        if (!take(r, "\\")) r->p++;
        else if (take(r, "u")) {
            for (int k = 0; k < 4; k++)
                if (!one_of(r, "0123456789abcdefABCDEF")) return false;
        } else if (!one_of(r, "\"\\/bfnrt")) return false;
    }
    return true;
}

static bool number(reader *r)
{
    (void)take(r, "-");
    if (!take(r, "0") && !digits(r)) return false;
    if (take(r, ".") && !digits(r)) return false;
    if (!one_of(r, "eE")) return true;
    (void)one_of(r, "+-");
    return digits(r);
}

static bool value(reader *r, int depth)
{
    const char *close = NULL;

    r->deep = r->deep || depth > DEPTH_MOST;
    if (r->deep) return false;
    space(r);
    if (r->p < r->end && *r->p == '"') return string(r);
    if (take(r, "{")) close = "}";
    else if (take(r, "[")) close = "]";
    if (!close)
        return take(r, "true") || take(r, "false") || take(r, "null") ||
               take(r, "NaN") || take(r, "Infinity") || take(r, "-Infinity") ||
               number(r);
    space(r);
    if (take(r, close)) return true;
    for (;;) {
        space(r);
        if (*close == '}') {
            if (!string(r)) return false;
            space(r);
            if (!take(r, ":")) return false;
        }
        if (!value(r, depth + 1)) return false;
        space(r);
        if (take(r, close)) return true;
        if (!take(r, ",")) return false;
    }
}

static void check_whole(pila_str line, bool *valid)
{
    reader r = {line.ptr, line.ptr + line.len, false};
    pila_buf room = {0};
    pila_str out = {NULL, 0};
    size_t column = 0;
    bool good;

    space(&r);
    const char *from = r.p;
    good = value(&r, 0);
    pila_str want = pila_str_of(from, (size_t)(r.p - from));
    space(&r);
    good = good && r.p == r.end;
    if (FUZZ_PLANTED && want.len == 4) good = false;
    *valid = false;
    FUZZ_CHECK(pila_buf_reserve(&room, line.len + 1) == PILA_OK);
    const char *data = room.data;
    pila_status st = cli_json_value(line, "", &room, &out, &column);
    FUZZ_CHECK(room.data == data); /* the command counts on it: other views lie there */
    if (!r.deep) {
        FUZZ_CHECK(st == (good ? PILA_OK : PILA_ESYNTAX));
        FUZZ_CHECK(!good || *from == '"' || pila_str_eq(out, want));
        *valid = good;
    }
    FUZZ_CHECK(column >= 1 && column <= line.len + 1);
    pila_buf_done(&room);
}

static void check_pointer(pila_str line, const char *pointer)
{
    pila_buf room = {0}, more = {0};
    pila_str out = {NULL, 0}, again = {NULL, 0};
    size_t column = 0;

    FUZZ_CHECK(pila_buf_reserve(&room, line.len + 1) == PILA_OK);
    const char *data = room.data;
    pila_status st = cli_json_value(line, pointer, &room, &out, &column);
    FUZZ_CHECK(room.data == data);
    FUZZ_CHECK(st == PILA_OK || st == PILA_EKEY);
    FUZZ_CHECK(cli_json_value(line, pointer, &more, &again, &column) == st);
    if (st == PILA_OK) {
        bool inside = out.ptr >= line.ptr && out.ptr < line.ptr + line.len;
        FUZZ_CHECK(pila_str_eq(out, again));
        if (inside && (out.ptr == line.ptr || out.ptr[-1] != '"')) {
            pila_buf_clear(&more);
            FUZZ_CHECK(cli_json_value(out, "", &more, &again, &column) == PILA_OK);
            FUZZ_CHECK(*out.ptr == '"' || pila_str_eq(out, again));
        }
    }
    pila_buf_done(&room);
    pila_buf_done(&more);
}

/* The input: a pointer up to the first newline, and the line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *cut = size ? memchr(data, '\n', size) : NULL;
    size_t n = cut ? (size_t)(cut - data) : 0;
    pila_str line =
        pila_str_of((const char *)data + n + (cut != NULL), size - n - (cut != NULL));
    char pointer[256];
    bool valid;

    if (n >= sizeof pointer || (n && memchr(data, 0, n))) return 0;
    fuzz_start();
    if (n) memcpy(pointer, data, n);
    pointer[n] = '\0';
    check_whole(line, &valid);
    if (valid && (n == 0 || *pointer == '/')) check_pointer(line, pointer);
    fuzz_stop();
    return 0;
}
