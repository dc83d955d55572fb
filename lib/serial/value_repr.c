/* value_repr.c - values as Python's repr shows them.
 *
 * A walk in depth with a stack of its own. Each frame is a row of places for values
 * (of a dict: key, value, key, value) and what stands between and behind them; the
 * containers on the path are kept by address, and one that is met inside itself is
 * shown as CPython 3.11 shows it: [...], {...}, (...), set(...).
 *
 * Text is what Unicode 14.0 calls printable, as it is; the rest as \x, \u and \U. A
 * lone surrogate is \udc80. A byte that belongs to no character, which no str has,
 * is shown as \x, too.
 *
 * An object has no repr that could be known without its class. It is shown as the
 * call that makes it: decimal.Decimal('1.5'); what was done to it afterwards follows as
 * if it were named arguments, state=, items=, pairs=. What is no call is in angle
 * brackets: <extension 240>, <persistent 'id'>, <buffer 0>.
 */
#include "memo.h"
#include "number.h"
#include "printable.h"
#include "value_scalar.h"

#include <math.h>

enum {
    REPR_LOCAL = 16,    /* frames that need no memory */
    REPR_DIGITS = 4300, /* sys.int_info.default_max_str_digits */
    REPR_LIMBS = REPR_DIGITS * 3322 / 1000 / 64 + 1, /* log2(10) = 3.3219... */
    REPR_ROOM = REPR_LIMBS * 20 + 20                 /* characters; a limb has 19.3 */
};

/* What stands between the items of a row. */
typedef enum repr_style {
    REPR_ROW,   /* commas */
    REPR_PAIRS, /* colons and commas in turn */
    REPR_KEYS,  /* every second place is skipped */
    REPR_PARTS  /* of an object: by number */
} repr_style;

typedef struct repr_row {
    const pila_value *slots;
    size_t n;
    repr_style style;
} repr_row;

typedef struct repr_frame {
    repr_row row;
    size_t at;         /* the next place */
    bool first;        /* nothing stands before it */
    const char *close; /* what stands behind the last */
    uint64_t key;      /* on the path; 0: not a container of its own */
} repr_frame;

typedef struct repr_walk {
    pila_buf *out;
    repr_frame *frames;
    size_t depth, room;
    pila__memo path;
    repr_frame local[REPR_LOCAL];
} repr_walk;

/* Text from elsewhere, mostly a few bytes. */
PILA_INLINE pila_status repr_put(pila_buf *out, const char *text, size_t n)
{
    size_t end = out->cap && out->cap < out->room ? out->cap : out->room;

    if (PILA_UNLIKELY(end < out->len || n > end - out->len))
        return pila_buf_add(out, pila_str_of(text, n));
    if (n) memcpy(out->data + out->len, text, n);
    out->len += n;
    return PILA_OK;
}

PILA_INLINE pila_status repr_add(pila_buf *out, const char *text)
{
    return repr_put(out, text, strlen(text));
}

/* ---- numbers ---- */

static pila_status repr_int(pila_buf *out, int64_t x)
{
    char text[PILA__INT_ROOM];

    return repr_put(out, text, pila__int_write(text, x));
}

static pila_status repr_big(pila_buf *out, pila_value v)
{
    uint64_t scratch[REPR_LIMBS];
    char text[REPR_ROOM];
    size_t n;
    const uint64_t *limbs = pila__big_limbs(v, &n);

    if (n > REPR_LIMBS) return PILA_EVALUE;
    memcpy(scratch, limbs, n * sizeof *limbs);
    text[0] = '-';
    n = pila__big_to_decimal(scratch, n, text + 1);
    if (n > REPR_DIGITS) return PILA_EVALUE;
    if (pila__big_negative(v)) return repr_put(out, text, n + 1);
    return repr_put(out, text + 1, n);
}

static pila_status repr_float(pila_buf *out, double x)
{
    char text[PILA__DOUBLE_ROOM];

    return repr_put(out, text, pila__double_write(text, x));
}

/* A part of a complex number: a float, whose ".0" is left out. */
static pila_status repr_part(pila_buf *out, double x, bool sign)
{
    char text[PILA__DOUBLE_ROOM];
    size_t n = pila__double_write(text, x);
    pila_status st = PILA_OK;

    if (n > 2 && memcmp(text + n - 2, ".0", 2) == 0) n -= 2;
    if (sign && text[0] != '-') st = pila_buf_add_char(out, '+');
    return st == PILA_OK ? repr_put(out, text, n) : st;
}

static pila_status repr_complex(pila_buf *out, double real, double imag)
{
    bool alone = real == 0 && !signbit(real);
    pila_status st = PILA_OK;

    if (!alone) st = pila_buf_add_char(out, '(');
    if (st == PILA_OK && !alone) st = repr_part(out, real, false);
    if (st == PILA_OK) st = repr_part(out, imag, !alone);
    return st == PILA_OK ? repr_add(out, alone ? "j" : "j)") : st;
}

/* ---- text ---- */

static char repr_quote(pila_str s)
{
    bool single = s.len && memchr(s.ptr, '\'', s.len);

    return single && !memchr(s.ptr, '"', s.len) ? '"' : '\'';
}

static pila_status repr_escape(pila_buf *out, char letter, uint32_t c)
{
    char text[10] = {'\\', letter};
    int digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;

    for (int i = 0; i < digits; i++)
        text[2 + i] = "0123456789abcdef"[c >> 4 * (digits - 1 - i) & 15];
    return repr_put(out, text, (size_t)digits + 2);
}

/* A byte of ASCII that does not stand for itself. */
static pila_status repr_control(pila_buf *out, char c)
{
    switch (c) {
    case '\t': return repr_add(out, "\\t");
    case '\n': return repr_add(out, "\\n");
    case '\r': return repr_add(out, "\\r");
    case '\\': return repr_add(out, "\\\\");
    case '\'': return repr_add(out, "\\'");
    default: return repr_escape(out, 'x', (unsigned char)c);
    }
}

/* Bytes from s on that stand for themselves in ASCII. */
static size_t repr_plain(pila_str s, char quote)
{
    size_t n = 0;

    while (n < s.len && s.ptr[n] >= ' ' && s.ptr[n] < 0x7f && s.ptr[n] != '\\' &&
           s.ptr[n] != quote)
        n++;
    return n;
}

/* The character above ASCII at s, and its bytes; or 0. */
static size_t repr_decode(pila_str s, uint32_t *c)
{
    size_t n = pila_utf8_sequence(s.ptr, s.len);
    const unsigned char *u = (const unsigned char *)s.ptr;

    if (n == 0 && s.len >= 3 && u[0] == 0xed && u[1] >= 0xa0 && u[1] < 0xc0 &&
        u[2] >= 0x80 && u[2] < 0xc0)
        n = 3; /* a lone surrogate */
    *c = n == 2 ? u[0] & 0x1fu : n == 3 ? u[0] & 0x0fu : u[0] & 0x07u;
    for (size_t i = 1; i < n; i++) *c = *c << 6 | (u[i] & 0x3fu);
    return n;
}

/* The character above ASCII at s; *n gets its bytes. */
static pila_status repr_character(pila_buf *out, pila_str s, size_t *n)
{
    uint32_t c;

    *n = repr_decode(s, &c);
    if (*n == 0) {
        *n = 1;
        return repr_escape(out, 'x', (unsigned char)s.ptr[0]);
    }
    if (pila__printable(c)) return repr_put(out, s.ptr, *n);
    return repr_escape(out, c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U', c);
}

/* A bytearray's single quotes are escaped between double ones, too. */
static pila_status repr_quoted(pila_buf *out, pila_str s, pila_value_kind kind)
{
    char quote = repr_quote(s), escaped = kind == PILA_VALUE_BYTEARRAY ? '\'' : quote;
    pila_status st = pila_buf_add_char(out, quote);

    while (st == PILA_OK && s.len) {
        size_t n = repr_plain(s, escaped);

        if (n) st = repr_put(out, s.ptr, n);
        else if (kind == PILA_VALUE_STR && (unsigned char)s.ptr[0] >= 0x80)
            st = repr_character(out, s, &n);
        else {
            n = 1;
            st = repr_control(out, s.ptr[0]);
        }
        s.ptr += n;
        s.len -= n;
    }
    return st == PILA_OK ? pila_buf_add_char(out, quote) : st;
}

static pila_status repr_bytes(pila_buf *out, pila_value v)
{
    bool array = pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY;
    pila_status st = repr_add(out, array ? "bytearray(b" : "b");

    if (st == PILA_OK) st = repr_quoted(out, pila_value_text(v), pila_value_kind_of(v));
    return st == PILA_OK && array ? pila_buf_add_char(out, ')') : st;
}

static pila_status repr_scalar(pila_buf *out, pila_value v)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_NONE: return repr_add(out, "None");
    case PILA_VALUE_BOOL: return repr_add(out, v.as.i ? "True" : "False");
    case PILA_VALUE_INT: return repr_int(out, v.as.i);
    case PILA_VALUE_BIGINT: return repr_big(out, v);
    case PILA_VALUE_FLOAT: return repr_float(out, v.as.f);
    case PILA_VALUE_COMPLEX: return repr_complex(out, v.as.parts[0], v.as.parts[1]);
    case PILA_VALUE_NUMERAL: return pila_buf_add(out, pila_value_text(v));
    case PILA_VALUE_STR: return repr_quoted(out, pila_value_text(v), PILA_VALUE_STR);
    default: return repr_bytes(out, v);
    }
}

/* ---- containers ---- */

static pila_status repr_push(repr_walk *w, repr_row row, const char *close)
{
    repr_frame f = {row, 0, true, close, 0};

    if (w->depth == w->room) {
        size_t room = pila_mem_grow(w->room, 2 * w->room, sizeof f);
        repr_frame *had = w->frames == w->local ? NULL : w->frames, *frames;

        frames = room ? (repr_frame *)pila_realloc(had, room, sizeof f) : NULL;
        if (!frames) return PILA_ENOMEM;
        if (!had) memcpy(frames, w->local, sizeof w->local);
        w->frames = frames;
        w->room = room;
    }
    w->frames[w->depth++] = f;
    return PILA_OK;
}

/* How containers look. */
typedef struct repr_look {
    const char *empty, *inside_itself, *open, *close;
} repr_look;

static repr_look repr_look_of(pila_value v)
{
    static const repr_look list = {"[]", "[...]", "[", "]"};
    static const repr_look tuple = {"()", "(...)", "(", ")"};
    static const repr_look one = {"()", "(...)", "(", ",)"};
    static const repr_look dict = {"{}", "{...}", "{", "}"};
    static const repr_look set = {"set()", "set(...)", "{", "}"};
    static const repr_look frozen = {"frozenset()", "frozenset(...)", "frozenset({",
                                     "})"};

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_LIST: return list;
    case PILA_VALUE_TUPLE: return v.tag >> 8 == 1 ? one : tuple;
    case PILA_VALUE_DICT: return dict;
    case PILA_VALUE_SET: return set;
    default: return frozen;
    }
}

/* The places of a container in a row. */
static repr_row repr_row_of(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);
    repr_row row = {NULL, 0, REPR_ROW};

    row.slots = pila_value_data(v, &row.n);
    if (kind == PILA_VALUE_LIST || kind == PILA_VALUE_TUPLE) return row;
    row.slots = (const pila_value *)v.as.dict->entries;
    row.n = v.as.dict->len ? 2 * v.as.dict->used : 0;
    row.style = kind == PILA_VALUE_DICT ? REPR_PAIRS : REPR_KEYS;
    return row;
}

/* What opens a container, and its frame; its address is on the path from now on. */
static pila_status repr_enter(repr_walk *w, pila_value v, const char *open,
                              repr_row row, const char *close)
{
    uint64_t key = pila__memo_key(v.as.items);
    pila_status st = repr_add(w->out, open);

    if (st == PILA_OK) st = pila__memo_put(&w->path, key, 0);
    if (st == PILA_OK) st = repr_push(w, row, close);
    if (st == PILA_OK) w->frames[w->depth - 1].key = key;
    return st;
}

static bool repr_on_path(const repr_walk *w, pila_value v)
{
    return pila__memo_get(&w->path, pila__memo_key(v.as.items)) != PILA__MEMO_NONE;
}

/* ---- objects ---- */

static bool repr_is_name(pila_value v)
{
    pila_str text = pila_value_text(v);

    return pila_value_kind_of(v) == PILA_VALUE_STR && text.len &&
           repr_plain(text, '\'') == text.len;
}

static pila_status repr_global(pila_buf *out, pila_value module, pila_value name)
{
    pila_status st = pila_buf_add(out, pila_value_text(module));

    if (st == PILA_OK) st = pila_buf_add_char(out, '.');
    return st == PILA_OK ? pila_buf_add(out, pila_value_text(name)) : st;
}

/* What is no call, or an odd one. */
static const char *repr_bracket(pila_object_how how)
{
    switch (how) {
    case PILA_OBJECT_GLOBAL: return "<global ";
    case PILA_OBJECT_EXTENSION: return "<extension ";
    case PILA_OBJECT_PERSISTENT: return "<persistent ";
    case PILA_OBJECT_BUFFER: return "<buffer ";
    default: return "<object ";
    }
}

static pila_status repr_object(repr_walk *w, pila_value v)
{
    pila_object_how how = pila_value_how(v);
    bool call = how >= PILA_OBJECT_REDUCE && how <= PILA_OBJECT_OBJ;
    repr_row row = {NULL, 0, REPR_ROW};

    row.slots = pila_value_parts(v, &row.n);
    if (row.n == 0) return repr_add(w->out, "<object>");
    if (repr_on_path(w, v)) return repr_add(w->out, "<...>");
    if (how == PILA_OBJECT_GLOBAL && row.n == 2 && repr_is_name(row.slots[0]) &&
        repr_is_name(row.slots[1]))
        return repr_global(w->out, row.slots[0], row.slots[1]);
    if (!call || row.n < 2) return repr_enter(w, v, repr_bracket(how), row, ">");
    row.style = REPR_PARTS;
    if (row.n > PILA_PART_VIEW) row.n = PILA_PART_VIEW;
    return repr_enter(w, v, "", row, ")");
}

/* A value, or the opening and the frame of one that nests. */
static pila_status repr_one(repr_walk *w, pila_value v)
{
    repr_look look;
    repr_row row;

    if (pila__scalar_is(v)) return repr_scalar(w->out, v);
    if (pila_value_kind_of(v) == PILA_VALUE_OBJECT) return repr_object(w, v);
    look = repr_look_of(v);
    row = repr_row_of(v);
    if (row.n == 0) return repr_add(w->out, look.empty);
    if (repr_on_path(w, v)) return repr_add(w->out, look.inside_itself);
    return repr_enter(w, v, look.open, row, look.close);
}

/* The arguments of a call: those of a tuple stand in the row of the parts. */
static pila_status repr_arguments(repr_walk *w, repr_frame *f, pila_value args)
{
    repr_row row = {NULL, 0, REPR_ROW};
    pila_status st = pila_buf_add_char(w->out, '(');
    bool some = pila_value_kind_of(args) != PILA_VALUE_NONE;

    if (st != PILA_OK) return st;
    if (pila_value_kind_of(args) == PILA_VALUE_TUPLE) {
        row.slots = pila_value_data(args, &row.n);
        f->first = row.n == 0;
        return repr_push(w, row, "");
    }
    f->first = !some;
    if (!some) return PILA_OK;
    st = pila_buf_add_char(w->out, '*');
    return st == PILA_OK ? repr_one(w, args) : st;
}

/* The next part of a call. */
static pila_status repr_part_of(repr_walk *w, repr_frame *f)
{
    static const char *const label[PILA_PART_VIEW] = {"",       "",       "state=",
                                                      "items=", "pairs=", "**"};
    size_t part = f->at++;
    pila_value v = f->row.slots[part];
    repr_row row = {NULL, 0, REPR_PAIRS};
    pila_status st = PILA_OK;

    if (part == PILA_PART_CALLABLE) return repr_one(w, v);
    if (part == PILA_PART_ARGS) return repr_arguments(w, f, v);
    if (pila_value_kind_of(v) == PILA_VALUE_NONE) return PILA_OK;
    if (!f->first) st = repr_add(w->out, ", ");
    f->first = false;
    if (st == PILA_OK) st = repr_add(w->out, label[part]);
    if (st != PILA_OK) return st;
    row.slots = pila_value_data(v, &row.n);
    if (part != PILA_PART_PAIRS || row.n % 2 || repr_on_path(w, v))
        return repr_one(w, v);
    return repr_enter(w, v, "{", row, "}");
}

/* ---- the walk ---- */

/* The next thing that the top frame shows. */
static pila_status repr_step(repr_walk *w)
{
    repr_frame *f = &w->frames[w->depth - 1];
    bool keyed = f->row.style == REPR_PAIRS || f->row.style == REPR_KEYS;
    pila_value item;
    pila_status st = PILA_OK;

    while (keyed && f->at % 2 == 0 && f->at < f->row.n &&
           pila_value_kind_of(f->row.slots[f->at]) == PILA__VALUE_DEAD)
        f->at += 2;
    if (f->at >= f->row.n) {
        if (f->key) pila__memo_remove(&w->path, f->key);
        w->depth--;
        return repr_add(w->out, f->close);
    }
    if (f->row.style == REPR_PARTS) return repr_part_of(w, f);
    if (keyed && f->at % 2) st = repr_add(w->out, ": ");
    else if (!f->first) st = repr_add(w->out, ", ");
    if (st != PILA_OK) return st;
    item = f->row.slots[f->at];
    f->first = false;
    f->at += f->row.style == REPR_KEYS ? 2 : 1;
    return repr_one(w, item);
}

pila_status pila_value_repr(pila_value v, pila_buf *out)
{
    size_t start = out->len;
    repr_walk w;
    pila__memo none = {0};
    pila_status st;

    if (pila__scalar_is(v)) st = repr_scalar(out, v);
    else {
        w.out = out;
        w.frames = w.local;
        w.depth = 0;
        w.room = REPR_LOCAL;
        w.path = none;
        st = repr_one(&w, v);
        while (st == PILA_OK && w.depth) st = repr_step(&w);
        if (w.frames != w.local) pila_free(w.frames);
        pila__memo_done(&w.path);
    }
    if (st != PILA_OK) out->len = start;
    return st;
}

pila_status pila__value_type_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return pila_value_repr(*(const pila_value *)item, out);
}
