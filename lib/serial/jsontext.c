/* jsontext.c - see jsontext.h.
 *
 * Two readers of one grammar. The machine reads a byte at a time, can stop and go on
 * anywhere, and knows the name and place of every fault: it is the reference. The
 * kernels (jsontext_kernels.h) read 512 bytes at a time, and only answer whether all is
 * well. Where the machine stands between two tokens inside of a list or an object it
 * lets a kernel run ahead, and goes on where that stopped: at the end of the piece,
 * before a fault, or where a value of the outermost level ends. So a fault costs one
 * batch read twice, and every path reports it in the same words.
 *
 * Invariant: `state` says what may come next, `levels` has a bit for each bracket that
 * is open, and all output of what was read is in `out`, or with the sink.
 *
 * Output is made of tokens: put_open, put_comma, ... know the layout, and nobody else
 * does. A kernel writes the minified text; to lay it out, it also notes where each of
 * {}[]:, is in it, and what lies between two of them is one token.
 *
 * Nothing is written twice, and nothing is read back: what a list will look like is not
 * known when its bracket is written, so `opened` remembers that nothing has come since.
 */
#include "jsontext.h"

#include "jsontext_kernels.h"
#include "jsontext_get.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    JSONTEXT_FLUSH = 64 << 10, /* bytes of output that are worth a call of the sink */
    JSONTEXT_CHUNK = 16 << 10, /* bytes a kernel reads before its work is laid out;
                                  their places fit 16 bits, and all fits the L2 cache */
    JSONTEXT_SLACK = 64,       /* room behind output, for copies of whole words */
    JSONTEXT_WORTH = 768,      /* bytes left that are worth a start of a kernel, and
                                  enough for a batch */
    JSONTEXT_LEVELS = 1024     /* to begin with, 128 bytes; a multiple of 64 */
};

/* What may come next: between tokens up to STATE_END, then within one. */
typedef enum jsontext_state {
    STATE_START,  /* of the text */
    STATE_VALUE,  /* a value */
    STATE_ITEM,   /* behind '[': a value, or ']' */
    STATE_KEY,    /* behind ',' in an object */
    STATE_MEMBER, /* behind '{': a key, or '}' */
    STATE_COLON,
    STATE_NEXT, /* behind a value: ',' or a bracket */
    STATE_MORE, /* between values of the outermost level */
    STATE_END,  /* behind the last one */
    STATE_STRING,
    STATE_ESCAPE, /* behind a backslash */
    STATE_HEX,    /* in the digits of \uXXXX, `need` of them to come */
    STATE_TAIL,   /* in a character of UTF-8, `need` bytes of it to come */
    STATE_LITERAL,
    STATE_MINUS,
    STATE_ZERO,
    STATE_INT,
    STATE_DOT,
    STATE_FRACTION,
    STATE_E,
    STATE_SIGN,
    STATE_EXPONENT
} jsontext_state;

struct pila_jsontext {
    pila_jsontext_options options;
    pila_jsontext_sink *sink;
    void *ctx;
    pila__jsontext_kernel *kernel; /* NULL: the machine reads all */
    jsontext_state state;
    pila__jsontext_levels levels;
    size_t base; /* levels around a value of the outermost level: 1 for ITEMS */
    size_t most;
    pila_error error; /* status PILA_OK: none so far */
    /* places, in bytes from the start */
    const char *piece;
    size_t offset; /* of the piece */
    size_t line, line_start;
    size_t token;         /* of the string, number or literal at hand */
    size_t mark;          /* in it: a dot or e, an escape, a character of UTF-8 */
    size_t hex_end;       /* behind the last \uXXXX */
    const char *worth_it; /* before this the machine reads what a kernel did not */
    /* the token at hand */
    const char *word;            /* what is left of a literal */
    unsigned need;               /* see STATE_HEX, STATE_TAIL */
    unsigned char tail_from, to; /* what the next byte of UTF-8 may be */
    bool is_key, tight;          /* tight: a number or literal has just ended */
    /* output */
    bool quiet, opened; /* opened: a bracket, and nothing since */
    size_t depth;       /* levels around what is written */
    size_t values;
    pila_buf out;
    char *minified; /* what a kernel made, and where {}[]:, are, to be laid out */
    uint16_t *op;
};

/* ---- faults ---- */

static void jsontext_fail(pila_jsontext *t, pila_status status, size_t offset,
                          const char *message)
{
    if (t->error.status != PILA_OK) return;
    t->error.status = status;
    t->error.offset = offset;
    t->error.line = t->line;
    t->error.column = offset - t->line_start + 1;
    snprintf(t->error.message, sizeof t->error.message, "%s", message);
}

static void jsontext_syntax(pila_jsontext *t, size_t offset, const char *message)
{
    jsontext_fail(t, PILA_ESYNTAX, offset, message);
}

static size_t jsontext_at(const pila_jsontext *t, const char *p)
{
    return t->offset + (size_t)(p - t->piece);
}

/* What was expected where something else stands. */
static void jsontext_unexpected(pila_jsontext *t, size_t offset)
{
    static const char *const expected[] = {
        "Expecting value",
        "Expecting value",
        "Expecting value",
        "Expecting property name enclosed in double quotes",
        "Expecting property name enclosed in double quotes",
        "Expecting ':' delimiter",
        "Expecting ',' delimiter",
        "Expecting value",
        "Extra data"};

    jsontext_syntax(t, offset, expected[t->state]);
}

/* ---- output ---- */

static void jsontext_flush(pila_jsontext *t)
{
    if (!t->sink || !t->out.len) return;
    pila_status st = t->sink(t->ctx, pila_buf_view(&t->out));
    t->out.len = 0;
    if (st == PILA_OK) return;
    jsontext_fail(t, st, t->offset, pila_status_text(st));
    t->sink = NULL;
    t->quiet = true;
}

/* Whether there is room for n bytes, and slack. */
static bool jsontext_room(pila_jsontext *t, size_t n)
{
    if (PILA_LIKELY(t->out.room - t->out.len >= JSONTEXT_SLACK &&
                    t->out.room - t->out.len - JSONTEXT_SLACK >= n))
        return true;
    if (t->out.len >= JSONTEXT_FLUSH) jsontext_flush(t);
    if (!pila_add(n, JSONTEXT_SLACK, &n)) n = SIZE_MAX;
    pila_status st = pila_buf_reserve(&t->out, n);
    if (st != PILA_OK) jsontext_fail(t, st, t->offset, pila_status_text(st));
    return t->error.status == PILA_OK;
}

static void jsontext_put(pila_jsontext *t, const char *text, size_t n)
{
    if (t->quiet || !jsontext_room(t, n)) return;
    if (n) memcpy(t->out.data + t->out.len, text, n);
    t->out.len += n;
}

/* The same, where 32 bytes from text on are readable: short ones are copied faster. */
static void jsontext_put_padded(pila_jsontext *t, const char *text, size_t n)
{
    if (t->quiet || !jsontext_room(t, n)) return;
    char *to = t->out.data + t->out.len;
    if (n <= 32) memcpy(to, text, 32);
    else memcpy(to, text, n);
    t->out.len += n;
}

static void jsontext_put_char(pila_jsontext *t, char c) { jsontext_put(t, &c, 1); }

/* What stands between two items, or before the first and behind the last. */
static void jsontext_put_break(pila_jsontext *t)
{
    const pila_jsontext_options *o = &t->options;
    size_t n;

    if (o->layout != PILA_JSONTEXT_INDENT) return;
    if (!pila_mul(t->depth, o->tab ? 1 : o->indent, &n) || !pila_add(n, 1, &n)) {
        jsontext_fail(t, PILA_EOVERFLOW, t->offset, "indented too far");
        return;
    }
    if (t->quiet || !jsontext_room(t, n)) return;
    char *to = t->out.data + t->out.len;
    *to = '\n';
    memset(to + 1, o->tab ? '\t' : ' ', n - 1);
    t->out.len += n;
}

/* Before a value or a key. */
PILA_INLINE void jsontext_put_first(pila_jsontext *t)
{
    if (!t->opened) return;
    t->opened = false;
    jsontext_put_break(t);
}

static void jsontext_put_open(pila_jsontext *t, char c)
{
    jsontext_put_first(t);
    jsontext_put_char(t, c);
    t->depth++;
    t->opened = true;
}

static void jsontext_put_close(pila_jsontext *t, char c)
{
    t->depth--;
    if (!t->opened) jsontext_put_break(t);
    t->opened = false;
    jsontext_put_char(t, c);
}

static void jsontext_put_comma(pila_jsontext *t)
{
    jsontext_put(t, ", ", t->options.layout == PILA_JSONTEXT_LINE ? 2 : 1);
    jsontext_put_break(t);
}

static void jsontext_put_colon(pila_jsontext *t)
{
    jsontext_put(t, ": ", t->options.layout == PILA_JSONTEXT_MIN ? 1 : 2);
}

/* ---- values of the outermost level ---- */

static void jsontext_value_starts(pila_jsontext *t)
{
    if (!t->options.gather) return;
    if (t->values++) jsontext_put_comma(t);
    else jsontext_put_open(t, '[');
}

static void jsontext_value_ends(pila_jsontext *t)
{
    if (t->levels.depth > t->base) {
        t->state = STATE_NEXT;
        return;
    }
    if (t->options.values == PILA_JSONTEXT_ONE) t->state = STATE_END;
    else {
        t->state = t->base ? STATE_NEXT : STATE_MORE;
        if (!t->options.gather) jsontext_put_char(t, '\n');
    }
}

/* ---- the machine, between tokens ---- */

static bool jsontext_in_object(const pila_jsontext *t)
{
    return t->levels.depth && (t->levels.top & 1);
}

/* Whether there is room for one level more. */
static bool jsontext_deepen(pila_jsontext *t, const char *p)
{
    pila__jsontext_levels *v = &t->levels;

    if (v->depth == t->most) {
        jsontext_fail(t, PILA_ELIMIT, jsontext_at(t, p), "nested too deeply");
        return false;
    }
    if (v->depth == v->room) {
        uint64_t *words = (uint64_t *)pila_realloc(v->words, v->room / 32, 8);
        if (!words) {
            jsontext_fail(t, PILA_ENOMEM, jsontext_at(t, p), "out of memory");
            return false;
        }
        v->words = words;
        v->room *= 2;
    }
    return true;
}

static void jsontext_open(pila_jsontext *t, const char *p)
{
    pila__jsontext_levels *v = &t->levels;
    bool outermost = v->depth == t->base;

    if (!jsontext_deepen(t, p)) return;
    if (t->state == STATE_START) {
        if (t->options.values == PILA_JSONTEXT_EITHER)
            t->options.values = *p == '[' ? PILA_JSONTEXT_ITEMS : PILA_JSONTEXT_MANY;
        t->base = t->options.values == PILA_JSONTEXT_ITEMS;
    }
    if (v->depth % 64 == 0 && v->depth) v->words[v->depth / 64 - 1] = v->top;
    v->top = v->top << 1 | (*p == '{');
    v->depth++;
    t->state = *p == '{' ? STATE_MEMBER : STATE_ITEM;
    if (v->depth == t->base) return;
    if (outermost) jsontext_value_starts(t);
    jsontext_put_open(t, *p);
}

static void jsontext_close(pila_jsontext *t, const char *p)
{
    pila__jsontext_levels *v = &t->levels;

    if (jsontext_in_object(t) != (*p == '}')) {
        jsontext_unexpected(t, jsontext_at(t, p));
        return;
    }
    v->top >>= 1;
    v->depth--;
    if (v->depth % 64 == 0 && v->depth) v->top = v->words[v->depth / 64 - 1];
    if (v->depth < t->base) {
        t->state = STATE_END;
        return;
    }
    jsontext_put_close(t, *p);
    jsontext_value_ends(t);
}

static void jsontext_comma(pila_jsontext *t)
{
    t->state = jsontext_in_object(t) ? STATE_KEY : STATE_VALUE;
    if (t->levels.depth > t->base) jsontext_put_comma(t);
}

/* A string, number or literal begins. */
static void jsontext_begin(pila_jsontext *t, const char *p)
{
    bool python = t->options.python;

    if (t->levels.depth == t->base) jsontext_value_starts(t);
    jsontext_put_first(t);
    t->token = jsontext_at(t, p);
    t->is_key = t->state == STATE_KEY || t->state == STATE_MEMBER;
    t->word = *p == 't'             ? "true"
              : *p == 'f'           ? "false"
              : *p == 'n'           ? "null"
              : python && *p == 'N' ? "NaN"
              : python && *p == 'I' ? "Infinity"
                                    : NULL;
    if (*p == '"') t->state = STATE_STRING;
    else if (t->word) t->state = STATE_LITERAL;
    else if (*p == '-') t->state = STATE_MINUS;
    else if (*p == '0') t->state = STATE_ZERO;
    else if (*p >= '1' && *p <= '9') t->state = STATE_INT;
    else {
        t->state = STATE_VALUE;
        jsontext_unexpected(t, t->token);
        return;
    }
    if (t->word) t->word++;
    jsontext_put_char(t, *p);
}

static bool jsontext_is_list(const pila_jsontext *t)
{
    return t->options.values == PILA_JSONTEXT_ITEMS;
}

/* A byte order mark behind its first byte: read as a literal, which is then a fault. */
static const char jsontext_bom[] = "\xbb\xbf";

/* White space, then the first byte of a token; returns behind it. */
static const char *jsontext_between(pila_jsontext *t, const char *p, const char *end)
{
    jsontext_state state = t->state;

    for (; p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'); p++) {
        t->tight = false;
        if (*p != '\n') continue;
        t->line++;
        t->line_start = jsontext_at(t, p) + 1;
    }
    if (p == end) return p;
    bool starts = state <= STATE_ITEM || state == STATE_MORE;
    bool key = state == STATE_KEY || state == STATE_MEMBER;
    bool closes = state == STATE_ITEM || state == STATE_MEMBER || state == STATE_NEXT;
    bool opens = *p == '[' || *p == '{', quote = *p == '"';

    if (state == STATE_START && (unsigned char)*p == 0xef && jsontext_at(t, p) == 0) {
        t->token = 0;
        t->word = jsontext_bom;
        t->state = STATE_LITERAL;
    } else if (state == STATE_START && jsontext_is_list(t) && *p != '[')
        jsontext_syntax(t, jsontext_at(t, p), "Expecting a list");
    else if (starts && opens) jsontext_open(t, p);
    else if (closes && (*p == ']' || *p == '}')) jsontext_close(t, p);
    else if (state == STATE_NEXT && *p == ',') jsontext_comma(t);
    else if (state == STATE_COLON && *p == ':') {
        t->state = STATE_VALUE;
        jsontext_put_colon(t);
    } else if (t->tight && state == STATE_MORE && !quote)
        jsontext_syntax(t, jsontext_at(t, p), "Extra data");
    else if (quote ? starts || key : starts) {
        if (state == STATE_START && t->options.values == PILA_JSONTEXT_EITHER)
            t->options.values = PILA_JSONTEXT_MANY;
        jsontext_begin(t, p);
    } else jsontext_unexpected(t, jsontext_at(t, p));
    t->tight = false;
    return p + 1;
}

/* ---- the machine, within strings ---- */

#define JSONTEXT_EACH (UINT64_MAX / 255) /* 0x01 in every byte */

/* The first byte of a string that is not ASCII as it stands. Eight at a time, the top
 * bit of each byte that is none of these; a borrow makes too many of them, never too
 * few, and the loop behind looks again. */
static const char *jsontext_plain(const char *p, const char *end)
{
    for (; end - p >= 8; p += 8) {
        uint64_t x, quote, slash;

        memcpy(&x, p, 8);
        quote = x ^ JSONTEXT_EACH * '"';
        slash = x ^ JSONTEXT_EACH * '\\';
        quote = (quote - JSONTEXT_EACH) & ~quote;
        slash = (slash - JSONTEXT_EACH) & ~slash;
        if ((quote | slash | x | (x - JSONTEXT_EACH * 0x20)) & JSONTEXT_EACH * 0x80)
            break;
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 &&
           *p != '"' && *p != '\\')
        p++;
    return p;
}

/* The first byte of a character of several. */
static void jsontext_lead(pila_jsontext *t, unsigned char c, size_t at)
{
    if (c < 0xc2 || c > 0xf4) {
        jsontext_syntax(t, at, "not UTF-8: invalid start byte");
        return;
    }
    t->mark = at;
    t->need = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    t->tail_from = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    t->to = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    t->state = STATE_TAIL;
}

static const char *jsontext_string(pila_jsontext *t, const char *p, const char *end)
{
    p = jsontext_plain(p, end);
    if (p == end) return p;
    unsigned char c = (unsigned char)*p;

    if (c == '"') {
        if (t->is_key) t->state = STATE_COLON;
        /* else the value ends, but its quote is still to be written */
    } else if (c == '\\') {
        t->mark = jsontext_at(t, p);
        t->state = STATE_ESCAPE;
    } else if (c >= 0x80) jsontext_lead(t, c, jsontext_at(t, p));
    else jsontext_syntax(t, jsontext_at(t, p), "Invalid control character at");
    return p + 1;
}

static bool jsontext_is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* One byte of an escape or of a character of several bytes. */
static void jsontext_string_byte(pila_jsontext *t, char c)
{
    unsigned char byte = (unsigned char)c;

    if (t->state == STATE_ESCAPE) {
        if (!c || !strchr("\"\\/bfnrtu", c))
            jsontext_syntax(t, t->mark, "Invalid \\escape");
        t->state = c == 'u' ? STATE_HEX : STATE_STRING;
        t->need = 4;
        return;
    }
    if (t->state == STATE_HEX) {
        if (!jsontext_is_hex(c))
            jsontext_syntax(t, t->mark + 1, "Invalid \\uXXXX escape");
        t->hex_end = t->mark + 6;
    } else {
        if (byte < t->tail_from || byte > t->to)
            jsontext_syntax(t, t->mark, "not UTF-8: invalid continuation byte");
        t->tail_from = 0x80;
        t->to = 0xbf;
    }
    if (--t->need == 0) t->state = STATE_STRING;
}

/* ---- the machine, within numbers and literals ---- */

/* The number or literal at hand ended before what stands at `offset`. */
static void jsontext_scalar_ends(pila_jsontext *t)
{
    t->tight = true;
    jsontext_value_ends(t);
}

/* A part of a number must come, and does not: Python takes the number to end before its
 * mark, and then looks at what is there. */
static void jsontext_no_part(pila_jsontext *t)
{
    if (t->state == STATE_MINUS) {
        jsontext_syntax(t, t->token, "Expecting value");
        return;
    }
    t->state = t->levels.depth ? STATE_NEXT : STATE_END;
    jsontext_unexpected(t, t->mark);
}

/* What a number goes on with at c, or STATE_END: it ends before. */
static jsontext_state jsontext_part(const pila_jsontext *t, char c)
{
    bool digit = c >= '0' && c <= '9', e = c == 'e' || c == 'E';

    switch (t->state) {
    case STATE_MINUS:
        if (t->options.python && c == 'I') return STATE_LITERAL;
        return c == '0' ? STATE_ZERO : digit ? STATE_INT : STATE_END;
    case STATE_INT:
        if (digit) return STATE_INT;
        return c == '.' ? STATE_DOT : e ? STATE_E : STATE_END;
    case STATE_ZERO: return c == '.' ? STATE_DOT : e ? STATE_E : STATE_END;
    case STATE_DOT: return digit ? STATE_FRACTION : STATE_END;
    case STATE_FRACTION: return digit ? STATE_FRACTION : e ? STATE_E : STATE_END;
    case STATE_E:
        if (c == '+' || c == '-') return STATE_SIGN;
        return digit ? STATE_EXPONENT : STATE_END;
    default: return digit ? STATE_EXPONENT : STATE_END;
    }
}

/* A number may end in this state. */
static bool jsontext_is_number(jsontext_state s)
{
    return s == STATE_ZERO || s == STATE_INT || s == STATE_FRACTION ||
           s == STATE_EXPONENT;
}

/* Returns where it ends, and leaves the state as it is then. */
static const char *jsontext_number(pila_jsontext *t, const char *p, const char *end)
{
    for (; p < end && t->state >= STATE_MINUS; p++) {
        jsontext_state next = jsontext_part(t, *p);

        if (next == STATE_END) break;
        if (next == STATE_DOT || next == STATE_E) t->mark = jsontext_at(t, p);
        if (next == STATE_LITERAL) t->word = "nfinity";
        t->state = next;
    }
    return p;
}

static const char *jsontext_literal(pila_jsontext *t, const char *p, const char *end)
{
    for (; p < end && *t->word; p++, t->word++)
        if (*p != *t->word) {
            jsontext_syntax(t, t->token, "Expecting value");
            break;
        }
    return p;
}

/* The rest of a token, or of the piece; returns where it ends. */
static const char *jsontext_within(pila_jsontext *t, const char *p, const char *end)
{
    const char *from = p;
    bool closed = false;

    if (t->state == STATE_STRING) {
        p = jsontext_string(t, p, end);
        closed = p > from && p[-1] == '"' && t->state == STATE_STRING;
    } else if (t->state == STATE_LITERAL) p = jsontext_literal(t, p, end);
    else if (t->state < STATE_LITERAL) jsontext_string_byte(t, *p++);
    else p = jsontext_number(t, p, end);

    jsontext_put(t, from, (size_t)(p - from));
    if (closed) jsontext_value_ends(t);
    else if (t->state == STATE_LITERAL && t->word == jsontext_bom + 2)
        jsontext_syntax(t, 0, "Unexpected UTF-8 BOM (decode using utf-8-sig)");
    else if (t->state == STATE_LITERAL && !*t->word) jsontext_scalar_ends(t);
    else if (t->state >= STATE_MINUS && p < end) {
        if (jsontext_is_number(t->state)) jsontext_scalar_ends(t);
        else jsontext_no_part(t);
    }
    return p;
}

/* ---- kernels ---- */

/* What a kernel must know of what is behind it. */
static void jsontext_carry(const pila_jsontext *t, pila__jsontext_carries *c)
{
    c->key = t->state == STATE_MEMBER || t->state == STATE_KEY;
    c->value = t->state == STATE_ITEM || t->state == STATE_VALUE;
    c->must = t->state == STATE_KEY || t->state == STATE_VALUE;
    c->behind_key = t->state == STATE_COLON;
}

/* The state behind the last byte of a run. */
static void jsontext_resume(pila_jsontext *t, char last)
{
    if (last == '{') t->state = STATE_MEMBER;
    else if (last == '[') t->state = STATE_ITEM;
    else if (last == ':') t->state = STATE_VALUE;
    else if (last == ',') t->state = jsontext_in_object(t) ? STATE_KEY : STATE_VALUE;
    else jsontext_value_ends(t);
}

/* Minified text as tokens. */
static void jsontext_lay_out(pila_jsontext *t, const pila__jsontext_run *r)
{
    size_t at = 0;

    for (size_t k = 0; k < r->ops; k++) {
        size_t op = r->op[k];
        char c = r->out[op];

        if (op > at) {
            jsontext_put_first(t);
            jsontext_put_padded(t, r->out + at, op - at);
        }
        if (c == ',') jsontext_put_comma(t);
        else if (c == ':') jsontext_put_colon(t);
        else if (c == '{' || c == '[') jsontext_put_open(t, c);
        else jsontext_put_close(t, c);
        at = op + 1;
    }
}

/* Let the kernel run ahead; returns where it stopped. */
static const char *jsontext_run(pila_jsontext *t, const char *p, const char *end)
{
    bool minified = t->options.layout == PILA_JSONTEXT_MIN;
    pila__jsontext_run r;

    memset(&r, 0, sizeof r);
    r.text = p;
    r.end = end - p > JSONTEXT_CHUNK ? p + JSONTEXT_CHUNK : end;
    r.levels = t->levels;
    r.base = t->base;
    r.most = t->most < t->levels.room ? t->most : t->levels.room;
    jsontext_carry(t, &r.carry);
    if (!t->quiet && minified) {
        if (!jsontext_room(t, JSONTEXT_CHUNK)) return p;
        r.out = t->out.data + t->out.len;
    } else if (!t->quiet) {
        r.out = t->minified;
        r.op = t->op;
    }
    t->kernel(&r);

    t->levels = r.levels;
    t->tight = false;
    t->line += r.lines;
    if (r.line_start) t->line_start = jsontext_at(t, r.line_start);
    t->worth_it = r.wrong      ? r.stopped + PILA__JSONTEXT_BATCH
                  : r.text > p ? r.text
                               : r.stopped;
    if (r.op) jsontext_lay_out(t, &r);
    else if (r.out) t->out.len += r.out_len;
    if (r.text > p) jsontext_resume(t, r.text[-1]);
    return r.text;
}

/* ---- pieces ---- */

static void jsontext_read(pila_jsontext *t, const char *p, const char *end)
{
    t->worth_it = p;
    while (p < end && t->error.status == PILA_OK) {
        if (t->state > STATE_END) p = jsontext_within(t, p, end);
        else if (t->kernel && t->levels.depth > t->base && p >= t->worth_it &&
                 end - p >= JSONTEXT_WORTH)
            p = jsontext_run(t, p, end);
        else p = jsontext_between(t, p, end);
    }
}

static pila_status jsontext_answer(const pila_jsontext *t, pila_error *err)
{
    if (err && t->error.status != PILA_OK) *err = t->error;
    return t->error.status;
}

pila_status pila_jsontext_feed(pila_jsontext *t, pila_str piece, pila_error *err)
{
    t->piece = piece.ptr;
    if (piece.len) jsontext_read(t, piece.ptr, piece.ptr + piece.len);
    t->offset += piece.len;
    if (t->out.len >= JSONTEXT_FLUSH || t->error.status != PILA_OK) jsontext_flush(t);
    return jsontext_answer(t, err);
}

pila_status pila_jsontext_flush(pila_jsontext *t, pila_error *err)
{
    jsontext_flush(t);
    return jsontext_answer(t, err);
}

/* The text ends within a string. CPython wants a byte behind the digits of \uXXXX. */
static void jsontext_unterminated(pila_jsontext *t)
{
    if (t->state == STATE_TAIL)
        jsontext_syntax(t, t->mark, "not UTF-8: unexpected end of data");
    else if (t->state == STATE_HEX || t->offset == t->hex_end)
        jsontext_syntax(t, t->mark + 1, "Invalid \\uXXXX escape");
    else jsontext_syntax(t, t->token, "Unterminated string starting at");
}

pila_status pila_jsontext_finish(pila_jsontext *t, pila_error *err)
{
    bool one = t->options.values == PILA_JSONTEXT_ONE || jsontext_is_list(t);

    /* A number at the end is one, but within a list it may have been cut. */
    if (jsontext_is_number(t->state) && t->levels.depth) t->state = STATE_NEXT;
    if (jsontext_is_number(t->state)) jsontext_scalar_ends(t);
    if (t->state == STATE_LITERAL) jsontext_syntax(t, t->token, "Expecting value");
    else if (t->state >= STATE_MINUS) jsontext_no_part(t);
    else if (t->state >= STATE_STRING) jsontext_unterminated(t);
    else if (t->state < STATE_MORE && (one || t->state > STATE_START))
        jsontext_unexpected(t, t->offset);
    if (t->options.gather && t->error.status == PILA_OK) {
        t->options.gather = false;
        if (!t->values) jsontext_put_open(t, '[');
        jsontext_put_close(t, ']');
    }
    jsontext_flush(t);
    return jsontext_answer(t, err);
}

/* ---- make and end ---- */

pila_jsontext *pila_jsontext_new(const pila_jsontext_options *options,
                                 pila_jsontext_sink *sink, void *ctx)
{
    enum { ROOM = JSONTEXT_CHUNK + JSONTEXT_SLACK };
    pila_jsontext *t = (pila_jsontext *)pila_alloc_zero(1, sizeof *t);

    if (!t) return NULL;
    if (options) t->options = *options;
    t->quiet = !sink || t->options.layout == PILA_JSONTEXT_NONE;
    t->sink = sink;
    t->ctx = ctx;
    t->kernel = pila__jsontext_kernel_at(0);
    t->most = t->options.depth ? t->options.depth : (size_t)PILA_JSONTEXT_DEPTH;
    t->line = 1;
    t->levels.room = JSONTEXT_LEVELS;
    t->levels.words = (uint64_t *)pila_alloc(JSONTEXT_LEVELS / 64, 8);
    bool lays_out = !t->quiet && t->options.layout != PILA_JSONTEXT_MIN;
    if (lays_out) {
        t->op = (uint16_t *)pila_alloc(ROOM, sizeof *t->op + 1);
        if (t->op) t->minified = (char *)(t->op + ROOM);
    }
    if (t->levels.words && (t->op || !lays_out)) return t;
    pila_jsontext_free(t);
    return NULL;
}

void pila_jsontext_free(pila_jsontext *t)
{
    if (!t) return;
    pila_free(t->levels.words);
    pila_free(t->op);
    pila_buf_done(&t->out);
    pila_free(t);
}

bool pila__jsontext_use(pila_jsontext *t, size_t k)
{
    t->kernel = pila__jsontext_kernel_at(k);
    return t->kernel != NULL;
}

/* ---- all at once ---- */

static pila_status jsontext_all(pila_jsontext *t, pila_str text, pila_error *err)
{
    pila_status st = pila_jsontext_feed(t, text, err);

    return st == PILA_OK ? pila_jsontext_finish(t, err) : st;
}

static pila_status jsontext_no_memory(pila_error *err)
{
    if (err) {
        memset(err, 0, sizeof *err);
        err->status = PILA_ENOMEM;
        err->line = err->column = 1;
        snprintf(err->message, sizeof err->message, "out of memory");
    }
    return PILA_ENOMEM;
}

pila_status pila_jsontext_valid(pila_str text, const pila_jsontext_options *options,
                                pila_error *err)
{
    pila_jsontext *t = pila_jsontext_new(options, NULL, NULL);

    if (!t) return jsontext_no_memory(err);
    pila_status st = jsontext_all(t, text, err);
    pila_jsontext_free(t);
    return st;
}

static pila_status jsontext_to_buf(void *ctx, pila_str text)
{
    return pila_buf_add((pila_buf *)ctx, text);
}

pila_status pila_jsontext_format(pila_str text, const pila_jsontext_options *options,
                                 pila_buf *out, pila_error *err)
{
    size_t before = out->len;
    pila_jsontext *t = pila_jsontext_new(options, jsontext_to_buf, out);

    if (!t) return jsontext_no_memory(err);
    pila_status st = jsontext_all(t, text, err);
    if (st != PILA_OK) out->len = before;
    pila_jsontext_free(t);
    return st;
}

pila_status pila_jsontext_get(pila_str text, pila_str pointer,
                              const pila_jsontext_options *options, pila_str *out,
                              pila_error *err)
{
    pila_jsontext_options one;
    pila_str found;

    memset(&one, 0, sizeof one);
    if (options) one = *options;
    one.values = PILA_JSONTEXT_ONE;
    pila_status st = pila_jsontext_valid(text, &one, err);
    if (st == PILA_OK) st = pila__jsontext_walk(text, pointer, &found);
    if (st == PILA_OK) *out = found;
    return st;
}
