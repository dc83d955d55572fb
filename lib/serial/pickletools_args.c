/* pickletools_args.c - see pickletools_args.h.
 *
 * An argument looks into the pickle where the pickle has it as it is; otherwise it is
 * decoded into the reader's document, which is emptied before the next opcode, so that
 * a pickle of gigabytes needs the memory of its longest argument.
 *
 * What is accepted, and what is said of the rest, is what CPython's readers do, down to
 * the order of their checks: int() and float() with blanks and underscores, lines in
 * Python 2's escapes, UTF-8 with surrogates. A length is compared with what is left
 * before anything is done with it.
 *
 * Facts: the comments of CPython's Lib/pickletools.py; PEP 307, 3154, 574.
 */
#include "pickletools_args.h"

#include "number.h"

#include <stdarg.h>
#include <stdio.h>

enum { OPARGS_DIGITS = 4300 }; /* CPython's limit for integers as text */

/* ---- the opcodes ---- */

/* clang-format off */
/*    name             takes  leaves  in a few words */
#define OPARGS_TABLE(X)                                                             \
    X(MARK,            "",    "m",    "put a mark on the stack")                         \
    X(EMPTY_TUPLE,     "",    "t",    "()")                                              \
    X(STOP,            "a",   "",     "the end: the top is what was pickled")            \
    X(POP,             "a",   "",     "drop the top, which may be a mark")               \
    X(POP_MARK,        "ms",  "",     "drop all down to the mark")                       \
    X(DUP,             "a",   "aa",   "the top once more")                               \
    X(BINBYTES,        "",    "y",    "bytes, their number in 4 bytes")                  \
    X(SHORT_BINBYTES,  "",    "y",    "bytes, their number in 1 byte")                   \
    X(FLOAT,           "",    "f",    "a float in decimal")                              \
    X(BINFLOAT,        "",    "f",    "a float in 8 bytes")                              \
    X(INT,             "",    "I",    "an integer in decimal, or a bool as 00, 01")      \
    X(BININT,          "",    "i",    "an integer in 4 bytes")                           \
    X(BININT1,         "",    "i",    "0 to 255")                                        \
    X(LONG,            "",    "i",    "an integer in decimal, of any length")            \
    X(BININT2,         "",    "i",    "0 to 65535")                                      \
    X(NONE,            "",    "N",    "None")                                            \
    X(PERSID,          "",    "a",    "the object of a persistent id, a line")           \
    X(BINPERSID,       "a",   "a",    "the object whose persistent id is the top")       \
    X(REDUCE,          "aa",  "a",    "callable(*arguments)")                            \
    X(STRING,          "",    "S",    "Python 2's str, in quotes")                       \
    X(BINSTRING,       "",    "S",    "Python 2's str, its length in 4 bytes")           \
    X(SHORT_BINSTRING, "",    "S",    "Python 2's str, its length in 1 byte")            \
    X(UNICODE,         "",    "u",    "a str, a line with \\u escapes")                  \
    X(BINUNICODE,      "",    "u",    "a str in UTF-8, its length in 4 bytes")           \
    X(EMPTY_LIST,      "",    "l",    "[]")                                              \
    X(APPEND,          "la",  "l",    "list.append(top)")                                \
    X(BUILD,           "aa",  "a",    "give the object its state")                       \
    X(GLOBAL,          "",    "a",    "a name in a module, two lines")                   \
    X(DICT,            "ms",  "d",    "a dict of the pairs above the mark")              \
    X(APPENDS,         "lms", "l",    "list.extend(all above the mark)")                 \
    X(GET,             "",    "a",    "from the memo, its number in decimal")            \
    X(BINGET,          "",    "a",    "from the memo, its number in 1 byte")             \
    X(INST,            "ms",  "a",    "call a name in a module, two lines")              \
    X(LONG_BINGET,     "",    "a",    "from the memo, its number in 4 bytes")            \
    X(LIST,            "ms",  "l",    "a list of all above the mark")                    \
    X(OBJ,             "mas", "a",    "call what is next to the mark")                   \
    X(PUT,             "",    "",     "the top into the memo, its number in decimal")    \
    X(BINPUT,          "",    "",     "the top into the memo, its number in 1 byte")     \
    X(LONG_BINPUT,     "",    "",     "the top into the memo, its number in 4 bytes")    \
    X(SETITEM,         "daa", "d",    "dict[key] = value")                               \
    X(TUPLE,           "ms",  "t",    "a tuple of all above the mark")                   \
    X(SETITEMS,        "dms", "d",    "dict.update(the pairs above the mark)")           \
    X(EMPTY_DICT,      "",    "d",    "{}")                                              \
    X(PROTO,           "",    "",     "the protocol's number")                           \
    X(NEWOBJ,          "aa",  "a",    "cls.__new__(cls, *arguments)")                    \
    X(EXT1,            "",    "a",    "of the extension registry, 1 byte")               \
    X(EXT2,            "",    "a",    "of the extension registry, 2 bytes")              \
    X(EXT4,            "",    "a",    "of the extension registry, 4 bytes")              \
    X(TUPLE1,          "a",   "t",    "a tuple of the top")                              \
    X(TUPLE2,          "aa",  "t",    "a tuple of the top two")                          \
    X(TUPLE3,          "aaa", "t",    "a tuple of the top three")                        \
    X(NEWTRUE,         "",    "b",    "True")                                            \
    X(NEWFALSE,        "",    "b",    "False")                                           \
    X(LONG1,           "",    "i",    "an integer, its length in 1 byte")                \
    X(LONG4,           "",    "i",    "an integer, its length in 4 bytes")               \
    X(SHORT_BINUNICODE,"",    "u",    "a str in UTF-8, its length in 1 byte")            \
    X(BINUNICODE8,     "",    "u",    "a str in UTF-8, its length in 8 bytes")           \
    X(BINBYTES8,       "",    "y",    "bytes, their number in 8 bytes")                  \
    X(EMPTY_SET,       "",    "e",    "set()")                                           \
    X(ADDITEMS,        "ems", "e",    "set.update(all above the mark)")                  \
    X(FROZENSET,       "ms",  "z",    "a frozenset of all above the mark")               \
    X(NEWOBJ_EX,       "aaa", "a",    "cls.__new__(cls, *arguments, **keywords)")        \
    X(STACK_GLOBAL,    "uu",  "a",    "a name in a module, both on the stack")           \
    X(MEMOIZE,         "a",   "a",    "the top into the memo, under its length")         \
    X(FRAME,           "",    "",     "a frame of so many bytes begins")                 \
    X(BYTEARRAY8,      "",    "Y",    "a bytearray, its length in 8 bytes")              \
    X(NEXT_BUFFER,     "",    "B",    "the next out-of-band buffer")                     \
    X(READONLY_BUFFER, "B",   "B",    "the buffer, made read only")

#define OPARGS_ENUM_ARG(name, code, arg, proto) OPARGS_ARG_##name = PILA_ARG_##arg,
#define OPARGS_ENUM_PROTO(name, code, arg, proto) OPARGS_PROTO_##name = proto,
#define OPARGS_ENUM_AT(name, before, after, doc) OPARGS_AT_##name,
#define OPARGS_INFO(name, before, after, doc)                                        \
    {#name, before, after, doc, (pila_opcode_arg)OPARGS_ARG_##name,                 \
     (uint8_t)PILA_OP_##name, (uint8_t)OPARGS_PROTO_##name},
#define OPARGS_CASE(name, before, after, doc)                                       \
    case PILA_OP_##name: return OPARGS_AT_##name;
enum { PILA_OPCODES(OPARGS_ENUM_ARG) OPARGS_ARG_END };
enum { PILA_OPCODES(OPARGS_ENUM_PROTO) OPARGS_PROTO_END };
enum { OPARGS_TABLE(OPARGS_ENUM_AT) OPARGS_AT_END };
/* clang-format on */

static const pila_opcode_info opargs_info[] = {OPARGS_TABLE(OPARGS_INFO)};

/* Which row a byte has. Compilers make a table of it. */
static unsigned opargs_row(unsigned char code)
{
    switch (code) {
        OPARGS_TABLE(OPARGS_CASE)
    default: return OPARGS_AT_END;
    }
}

const pila_opcode_info *pila_opcode_of(unsigned char code)
{
    unsigned row = opargs_row(code);

    return row < OPARGS_AT_END ? &opargs_info[row] : NULL;
}

const char *pila_stack_name(char letter)
{
    switch (letter) {
    case 'a': return "any";
    case 'm': return "mark";
    case 's': return "stackslice";
    case 'i': return "int";
    case 'I': return "int_or_bool";
    case 'b': return "bool";
    case 'f': return "float";
    case 'S': return "bytes_or_str";
    case 'y': return "bytes";
    case 'Y': return "bytearray";
    case 'u': return "str";
    case 'N': return "None";
    case 't': return "tuple";
    case 'l': return "list";
    case 'd': return "dict";
    case 'e': return "set";
    case 'z': return "frozenset";
    case 'B': return "buffer";
    }
    return NULL;
}

/* ---- faults ---- */

pila_status pila__opargs_fault(pila_error *e, size_t offset, const char *format, ...)
{
    va_list args;

    e->status = PILA_EVALUE;
    e->offset = offset;
    e->line = 1;
    e->column = offset + 1;
    va_start(args, format);
    vsnprintf(e->message, sizeof e->message, format, args);
    va_end(args);
    return PILA_EVALUE;
}

/* repr of bytes, as much of it as a message can hold. */
typedef struct opargs_shown {
    char text[208];
} opargs_shown;

size_t pila__opargs_escape(char *out, unsigned char c, char quote, unsigned most)
{
    static const char digits[] = "0123456789abcdef";

    if (c >= 0x20 && c <= most && c != '\\' && c != (unsigned char)quote) return 0;
    out[0] = '\\';
    out[1] = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : (char)c;
    if (c == '\\' || c == (unsigned char)quote || out[1] != (char)c) return 2;
    out[1] = 'x';
    out[2] = digits[c >> 4];
    out[3] = digits[c & 15];
    return 4;
}

static bool opargs_has(pila_str text, char c)
{
    return text.len && memchr(text.ptr, c, text.len);
}

char pila__opargs_quote(pila_str text)
{
    return opargs_has(text, '\'') && !opargs_has(text, '"') ? '"' : '\'';
}

static const char *opargs_show(opargs_shown *s, pila_str bytes)
{
    char quote = pila__opargs_quote(bytes);
    size_t n = 0;

    s->text[n++] = 'b';
    s->text[n++] = quote;
    for (size_t k = 0; k < bytes.len && n + 6 < sizeof s->text; k++) {
        size_t more =
            pila__opargs_escape(s->text + n, (unsigned char)bytes.ptr[k], quote, 0x7e);
        if (!more) s->text[n++] = bytes.ptr[k];
        n += more;
    }
    s->text[n++] = quote;
    s->text[n] = 0;
    return s->text;
}

/* A UnicodeDecodeError: n bytes from `from` on of an argument are wrong. */
static pila_status opargs_undecodable(pila__opargs *in, size_t pos, const char *codec,
                                      pila_str bytes, size_t from, size_t n,
                                      const char *why)
{
    if (n == 1)
        return pila__opargs_fault(
            &in->error, pos, "'%s' codec can't decode byte 0x%02x in position %zu: %s",
            codec, (unsigned)(unsigned char)bytes.ptr[from], from, why);
    return pila__opargs_fault(&in->error, pos,
                              "'%s' codec can't decode bytes in position %zu-%zu: %s",
                              codec, from, from + n - 1, why);
}

/* ---- what arguments are read from ---- */

static pila_doc *opargs_doc(pila__opargs *in)
{
    in->decoded = true;
    return &in->doc;
}

/* The next n bytes, of a number called `what`. */
static pila_status opargs_bytes(pila__opargs *in, size_t pos, size_t n,
                                const char *what, const unsigned char **out)
{
    if (in->text.len - in->at < n)
        return pila__opargs_fault(&in->error, pos,
                                  "not enough data in stream to read %s", what);
    *out = (const unsigned char *)in->text.ptr + in->at;
    in->at += n;
    return PILA_OK;
}

/* A number of 1, 2, 4 or 8 bytes, the least significant first. */
static pila_status opargs_number(pila__opargs *in, size_t pos, size_t n, bool negative,
                                 uint64_t *out)
{
    static const char *const names[] = {"uint1", "uint2", "", "uint4",
                                        "",      "",      "", "uint8"};
    const unsigned char *p = NULL;
    uint64_t x = 0;
    pila_status st = opargs_bytes(in, pos, n, negative ? "int4" : names[n - 1], &p);

    if (st != PILA_OK) return st;
    for (size_t k = n; k-- > 0;) x = x << 8 | p[k];
    *out = negative && x >> 31 ? x | UINT64_MAX << 32 : x;
    return PILA_OK;
}

/* Text after its length, which takes `width` bytes and, in `what`, may be negative. */
static pila_status opargs_counted(pila__opargs *in, size_t pos, const char *what,
                                  size_t width, pila_str *out)
{
    bool is_long = what[0] == 'l', negative = width == 4 && (is_long || what[0] == 's');
    uint64_t n = 0;
    pila_status st = opargs_number(in, pos, width, negative, &n);
    size_t left = in->text.len - in->at;

    if (st != PILA_OK) return st;
    if (negative && n > INT32_MAX)
        return pila__opargs_fault(&in->error, pos, "%s byte count < 0: %lld", what,
                                  (long long)(int64_t)n);
    if (n > INT64_MAX)
        return pila__opargs_fault(&in->error, pos, "%s byte count > sys.maxsize: %llu",
                                  what, (unsigned long long)n);
    if (n > left && is_long)
        return pila__opargs_fault(&in->error, pos,
                                  "not enough data in stream to read %s", what);
    if (n > left)
        return pila__opargs_fault(&in->error, pos,
                                  "expected %llu bytes in a %s, but only %zu remain",
                                  (unsigned long long)n, what, left);
    *out = pila_str_of(in->text.ptr + in->at, (size_t)n);
    in->at += (size_t)n;
    return PILA_OK;
}

/* A line without its end. */
static pila_status opargs_line(pila__opargs *in, size_t pos, const char *what,
                               pila_str *out)
{
    const char *from = in->text.ptr + in->at;
    size_t left = in->text.len - in->at;
    const char *end = left ? (const char *)memchr(from, '\n', left) : NULL;

    if (!end)
        return pila__opargs_fault(&in->error, pos,
                                  "no newline found when trying to read %s", what);
    *out = pila_str_of(from, (size_t)(end - from));
    in->at += out->len + 1;
    return PILA_OK;
}

/* ---- numbers as text ---- */

static bool opargs_is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool opargs_is_digit(char c) { return c >= '0' && c <= '9'; }

static pila_str opargs_strip(pila_str s)
{
    while (s.len && opargs_is_blank(s.ptr[s.len - 1])) s.len--;
    while (s.len && opargs_is_blank(*s.ptr)) s.ptr++, s.len--;
    return s;
}

/* The digits of more than 18, without what stands between them. */
static pila_status opargs_big(pila_doc *doc, pila_str digits, bool minus,
                              pila_value *out)
{
    char *text = (char *)pila_doc_alloc(doc, digits.len + 1);
    size_t n = 0;

    if (!text) return PILA_ENOMEM;
    if (minus) text[n++] = '-';
    for (size_t k = 0; k < digits.len; k++)
        if (digits.ptr[k] != '_') text[n++] = digits.ptr[k];
    return pila_value_from_decimal(doc, pila_str_of(text, n), out);
}

/* As int(line): blanks around, a sign, digits with single _ between them. */
static pila_status opargs_int(pila__opargs *in, size_t pos, pila_str line,
                              pila_value *out)
{
    pila_str s = opargs_strip(line);
    bool minus = s.len && *s.ptr == '-', sign = minus || (s.len && *s.ptr == '+');
    bool apart = true; /* no digit is before */
    pila_str digits = pila_str_of(s.ptr + sign, 0);
    size_t n = 0, most = s.len - sign;
    int64_t small = 0;
    opargs_shown shown;

    for (; digits.len < most; digits.len++) {
        char c = digits.ptr[digits.len];
        if (c == '_' ? apart : !opargs_is_digit(c)) break;
        apart = c == '_';
        if (!apart && n++ < 18) small = small * 10 + (c - '0');
    }
    bool doubled = digits.len < most && digits.ptr[digits.len] == '_';
    if (!apart && !doubled && n > OPARGS_DIGITS)
        return pila__opargs_fault(&in->error, pos,
                                  "Exceeds the limit (%d digits) for integer string "
                                  "conversion: value has %zu digits; use "
                                  "sys.set_int_max_str_digits() to increase the limit",
                                  OPARGS_DIGITS, n);
    if (apart || digits.len < most)
        return pila__opargs_fault(&in->error, pos,
                                  "invalid literal for int() with base 10: %s",
                                  opargs_show(&shown, line));
    *out = pila_value_int(minus ? -small : small);
    return n > 18 ? opargs_big(opargs_doc(in), digits, minus, out) : PILA_OK;
}

/* s is a word in small letters. */
static bool opargs_says(pila_str text, const char *s)
{
    size_t n = strlen(s), k = 0;

    if (text.len != n) return false;
    while (k < n && (text.ptr[k] | 0x20) == s[k]) k++;
    return k == n;
}

static bool opargs_double(pila_str s, double *out)
{
    bool minus = s.len && *s.ptr == '-', sign = minus || (s.len && *s.ptr == '+');
    double x = 0;

    s = pila_str_of(s.ptr + sign, s.len - sign);
    if (opargs_says(s, "inf") || opargs_says(s, "infinity"))
        x = (double)__builtin_inff();
    else if (opargs_says(s, "nan")) x = (double)__builtin_nanf("");
    else if (!s.len || (*s.ptr != '.' && !opargs_is_digit(*s.ptr)) ||
             pila__double_read(s.ptr, s.ptr + s.len, &x) != s.ptr + s.len)
        return false;
    *out = minus ? -x : x;
    return true;
}

/* As float(line), which may have single _ between digits. */
static pila_status opargs_float(pila__opargs *in, size_t pos, pila_str line,
                                pila_value *out)
{
    pila_str s = opargs_strip(line);
    bool good = true;
    double x = 0;
    opargs_shown shown;

    if (opargs_has(s, '_')) {
        char *text = (char *)pila_doc_alloc(opargs_doc(in), s.len);
        size_t n = 0;
        if (!text) return PILA_ENOMEM;
        for (size_t k = 0; k < s.len; k++) {
            if (s.ptr[k] != '_') text[n++] = s.ptr[k];
            else
                good = good && k > 0 && opargs_is_digit(s.ptr[k - 1]) &&
                       k + 1 < s.len && opargs_is_digit(s.ptr[k + 1]);
        }
        s = pila_str_of(text, n);
    }
    if (!good || !opargs_double(s, &x))
        return pila__opargs_fault(&in->error, pos,
                                  "could not convert string to float: %s",
                                  opargs_show(&shown, line));
    *out = pila_value_float(x);
    return PILA_OK;
}

/* ---- text ---- */

/* How many bytes from the first are ASCII. */
static size_t opargs_ascii(pila_str s)
{
    size_t k = 0;
    uint64_t word;

    for (; k + 8 <= s.len; k += 8) {
        memcpy(&word, s.ptr + k, 8);
        if (word & 0x8080808080808080u) break;
    }
    while (k < s.len && !(s.ptr[k] & 0x80)) k++;
    return k;
}

static unsigned opargs_hex(char c)
{
    if (opargs_is_digit(c)) return (unsigned)(c - '0');
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* The character of an escape of a str's repr in Python 2, whose backslash is at *at;
 * what is none stands for itself. */
static pila_status opargs_unescape(pila__opargs *in, size_t pos, pila_str s, size_t *at,
                                   char *out)
{
    static const char names[] = "\\'\"abfnrtv", means[] = "\\'\"\a\b\f\n\r\t\v";
    size_t from = *at, k = from + 1, end;

    if (k == s.len) return pila__opargs_fault(&in->error, pos, "Trailing \\ in string");
    const char *name = (const char *)memchr(names, s.ptr[k], sizeof names - 1);
    *at = k + 1;
    if (name) *out = means[name - names];
    else if (s.ptr[k] >= '0' && s.ptr[k] <= '7') {
        unsigned x = 0;
        for (end = k + 3; k < s.len && k < end && (s.ptr[k] & 0xf8) == '0'; k++)
            x = x * 8 + (unsigned)(s.ptr[k] - '0');
        *out = (char)(x & 0xff);
        *at = k;
    } else if (s.ptr[k] == 'x') {
        unsigned high = s.len - k > 2 ? opargs_hex(s.ptr[k + 1]) : 16;
        unsigned low = s.len - k > 2 ? opargs_hex(s.ptr[k + 2]) : 16;
        if (high > 15 || low > 15)
            return pila__opargs_fault(&in->error, pos,
                                      "invalid \\x escape at position %zu", from);
        *out = (char)(high << 4 | low);
        *at = k + 3;
    } else {
        *out = '\\';
        *at = k;
    }
    return PILA_OK;
}

/* A str of Python 2 in its repr's escapes; it must be ASCII. */
static pila_status opargs_plain(pila__opargs *in, size_t pos, pila_str *s)
{
    size_t n = 0, ascii;

    if (opargs_has(*s, '\\')) {
        char *text = (char *)pila_doc_alloc(opargs_doc(in), s->len);
        if (!text) return PILA_ENOMEM;
        for (size_t k = 0; k < s->len; n++) {
            pila_status st = PILA_OK;
            if (s->ptr[k] != '\\') text[n] = s->ptr[k++];
            else st = opargs_unescape(in, pos, *s, &k, text + n);
            if (st != PILA_OK) return st;
        }
        *s = pila_str_of(text, n);
    }
    ascii = opargs_ascii(*s);
    if (ascii == s->len) return PILA_OK;
    return opargs_undecodable(in, pos, "ascii", *s, ascii, 1,
                              "ordinal not in range(128)");
}

static pila_status opargs_name(pila__opargs *in, size_t pos, pila_str *out)
{
    pila_status st = opargs_line(in, pos, "stringnl", out);

    return st == PILA_OK ? opargs_plain(in, pos, out) : st;
}

/* Module and name, a blank between them. */
static pila_status opargs_names(pila__opargs *in, size_t pos, pila_str *out)
{
    pila_str module, name;
    pila_status st = opargs_name(in, pos, &module);

    if (st != PILA_OK || (st = opargs_name(in, pos, &name)) != PILA_OK) return st;
    char *text = (char *)pila_doc_alloc(opargs_doc(in), module.len + name.len + 1);
    if (!text) return PILA_ENOMEM;
    if (module.len) memcpy(text, module.ptr, module.len);
    text[module.len] = ' ';
    if (name.len) memcpy(text + module.len + 1, name.ptr, name.len);
    *out = pila_str_of(text, module.len + name.len + 1);
    return PILA_OK;
}

static pila_status opargs_string(pila__opargs *in, size_t pos, pila_str *out)
{
    pila_str line;
    opargs_shown shown;
    pila_status st = opargs_line(in, pos, "stringnl", &line);

    if (st != PILA_OK) return st;
    char quote = line.len ? *line.ptr : 0;
    if (quote != '"' && quote != '\'')
        return pila__opargs_fault(&in->error, pos, "no string quotes around %s",
                                  opargs_show(&shown, line));
    if (line.ptr[line.len - 1] != quote)
        return pila__opargs_fault(&in->error, pos,
                                  "strinq quote b%s not found at both ends of %s",
                                  quote == '"' ? "'\"'" : "\"'\"",
                                  opargs_show(&shown, line));
    *out = pila_str_of(line.ptr + 1, line.len > 1 ? line.len - 2 : 0);
    return opargs_plain(in, pos, out);
}

static size_t opargs_encode(char *out, uint32_t c)
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t k = n - 1; k > 0; k--, c >>= 6) out[k] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(n == 1 ? c : (0xf00u >> n & 0xff) | c);
    return n;
}

/* Latin-1 as UTF-8. */
static pila_status opargs_latin1(pila__opargs *in, pila_str *s)
{
    size_t n = 0, room;
    char *text;

    if (opargs_ascii(*s) == s->len) return PILA_OK;
    if (!pila_mul(s->len, 2, &room)) return PILA_ENOMEM;
    if (!(text = (char *)pila_doc_alloc(opargs_doc(in), room))) return PILA_ENOMEM;
    for (size_t k = 0; k < s->len; k++)
        n += opargs_encode(text + n, (unsigned char)s->ptr[k]);
    *s = pila_str_of(text, n);
    return PILA_OK;
}

/* The character of an escape \uXXXX or \UXXXXXXXX, whose backslash is at *at. */
static pila_status opargs_wide(pila__opargs *in, size_t pos, pila_str s, size_t *at,
                               uint32_t *out)
{
    size_t from = *at, k = from + 2, end = k + (s.ptr[from + 1] == 'u' ? 4 : 8);
    uint32_t c = 0;
    unsigned digit = 0;

    for (; k < s.len && k < end && (digit = opargs_hex(s.ptr[k])) < 16; k++)
        c = c << 4 | digit;
    if (k < end)
        return opargs_undecodable(in, pos, "rawunicodeescape", s, from, k - from,
                                  end - from == 6 ? "truncated \\uXXXX escape"
                                                  : "truncated \\UXXXXXXXX escape");
    if (c > 0x10ffff)
        return opargs_undecodable(in, pos, "rawunicodeescape", s, from, k - from,
                                  "\\Uxxxxxxxx out of range");
    *at = k;
    *out = c;
    return PILA_OK;
}

/* raw-unicode-escape: Latin-1, and characters by number after a backslash. */
static pila_status opargs_raw_unicode(pila__opargs *in, size_t pos, pila_str *s)
{
    size_t n = 0, room;
    char *text;

    if (!opargs_has(*s, '\\')) return opargs_latin1(in, s);
    if (!pila_mul(s->len, 2, &room)) return PILA_ENOMEM;
    if (!(text = (char *)pila_doc_alloc(opargs_doc(in), room))) return PILA_ENOMEM;
    for (size_t k = 0; k < s->len;) {
        char c = s->ptr[k], next = k + 1 < s->len ? s->ptr[k + 1] : 0;
        uint32_t wide = 0;
        if (c == '\\' && (next == 'u' || next == 'U')) {
            pila_status st = opargs_wide(in, pos, *s, &k, &wide);
            if (st != PILA_OK) return st;
            n += opargs_encode(text + n, wide);
            continue;
        }
        n += opargs_encode(text + n, (unsigned char)c);
        k++;
        if (c != '\\' || k == s->len) continue;
        n += opargs_encode(text + n, (unsigned char)next);
        k++;
    }
    *s = pila_str_of(text, n);
    return PILA_OK;
}

/* Whether c may be the k-th byte after the first of a character; surrogates are fine.
 */
static bool opargs_continues(unsigned char first, size_t k, unsigned char c)
{
    if ((c & 0xc0) != 0x80) return false;
    if (k > 1) return true;
    return first == 0xe0   ? c >= 0xa0
           : first == 0xf0 ? c >= 0x90
           : first == 0xf4 ? c < 0x90
                           : true;
}

/* UTF-8 in which surrogates stand as three bytes each. */
static pila_status opargs_utf8(pila__opargs *in, size_t pos, pila_str s)
{
    size_t k = opargs_ascii(s), good, n;

    for (; k < s.len; k += n) {
        const unsigned char *p = (const unsigned char *)s.ptr + k;
        unsigned char c = *p;
        n = c < 0x80   ? 1
            : c < 0xc2 ? 0
            : c < 0xe0 ? 2
            : c < 0xf0 ? 3
            : c < 0xf5 ? 4
                       : 0;
        for (good = 1; good < n && k + good < s.len; good++)
            if (!opargs_continues(c, good, p[good])) break;
        if (n && good == n) continue;
        bool over = n && k + good == s.len;
        if (c == 0xed && good == 2 && p[1] >= 0xa0) { /* part of a surrogate */
            good = 1;
            over = false;
        }
        return opargs_undecodable(in, pos, "utf-8", s, k, good,
                                  !n     ? "invalid start byte"
                                  : over ? "unexpected end of data"
                                         : "invalid continuation byte");
    }
    return PILA_OK;
}

/* ---- arguments ---- */

static pila_status opargs_float8(pila__opargs *in, size_t pos, pila_value *out)
{
    const unsigned char *p = NULL;
    uint64_t bits = 0;
    double x;
    pila_status st = opargs_bytes(in, pos, 8, "float8", &p);

    if (st != PILA_OK) return st;
    for (int k = 0; k < 8; k++) bits = bits << 8 | p[k];
    memcpy(&x, &bits, sizeof x);
    *out = pila_value_float(x);
    return PILA_OK;
}

/* A line with an integer in it: 00 and 01 are bools in all but LONG, which may end in
 * an L. */
static pila_status opargs_decimal(pila__opargs *in, size_t pos, bool is_long,
                                  pila_value *out)
{
    pila_str line;
    pila_status st = opargs_line(in, pos, "stringnl", &line);

    if (st != PILA_OK) return st;
    if (is_long && line.len && line.ptr[line.len - 1] == 'L') line.len--;
    if (is_long || line.len != 2 || line.ptr[0] != '0' || (line.ptr[1] | 1) != '1')
        return opargs_int(in, pos, line, out);
    *out = pila_value_bool(line.ptr[1] == '1');
    return PILA_OK;
}

static pila_status opargs_unsigned(pila__opargs *in, size_t pos, size_t n,
                                   pila_value *out)
{
    uint64_t x = 0;
    pila_status st = opargs_number(in, pos, n, false, &x);

    if (st != PILA_OK) return st;
    *out = pila_value_int((int64_t)x);
    return x > INT64_MAX ? pila_value_uint(opargs_doc(in), x, out) : PILA_OK;
}

/* Arguments that are text when they have been read, of any kind. */
static pila_status opargs_text(pila__opargs *in, size_t pos, pila_opcode_arg arg,
                               pila_str *s)
{
    pila_status st;

    switch (arg) {
    case PILA_ARG_STRINGNL: return opargs_string(in, pos, s);
    case PILA_ARG_NAMENL: return opargs_name(in, pos, s);
    case PILA_ARG_NAMENL2: return opargs_names(in, pos, s);
    case PILA_ARG_UNICODENL:
        st = opargs_line(in, pos, "unicodestringnl", s);
        return st == PILA_OK ? opargs_raw_unicode(in, pos, s) : st;
    case PILA_ARG_STRING1:
    case PILA_ARG_STRING4:
        st = arg == PILA_ARG_STRING1 ? opargs_counted(in, pos, "string1", 1, s)
                                     : opargs_counted(in, pos, "string4", 4, s);
        return st == PILA_OK ? opargs_latin1(in, s) : st;
    case PILA_ARG_BYTES1: return opargs_counted(in, pos, "bytes1", 1, s);
    case PILA_ARG_BYTES4: return opargs_counted(in, pos, "bytes4", 4, s);
    case PILA_ARG_BYTES8: return opargs_counted(in, pos, "bytes8", 8, s);
    case PILA_ARG_BYTEARRAY8: return opargs_counted(in, pos, "bytearray8", 8, s);
    case PILA_ARG_LONG1: return opargs_counted(in, pos, "long1", 1, s);
    case PILA_ARG_LONG4: return opargs_counted(in, pos, "long4", 4, s);
    case PILA_ARG_UNICODE1: st = opargs_counted(in, pos, "unicodestring1", 1, s); break;
    case PILA_ARG_UNICODE4: st = opargs_counted(in, pos, "unicodestring4", 4, s); break;
    default: st = opargs_counted(in, pos, "unicodestring8", 8, s); break;
    }
    return st == PILA_OK ? opargs_utf8(in, pos, *s) : st;
}

static pila_status opargs_read(pila__opargs *in, size_t pos, pila_opcode_arg arg,
                               pila_value *out)
{
    pila_str text = {NULL, 0};
    uint64_t x = 0;
    pila_status st;

    switch (arg) {
    case PILA_ARG_NONE: return PILA_OK;
    case PILA_ARG_UINT1: return opargs_unsigned(in, pos, 1, out);
    case PILA_ARG_UINT2: return opargs_unsigned(in, pos, 2, out);
    case PILA_ARG_UINT4: return opargs_unsigned(in, pos, 4, out);
    case PILA_ARG_UINT8: return opargs_unsigned(in, pos, 8, out);
    case PILA_ARG_INT4:
        st = opargs_number(in, pos, 4, true, &x);
        *out = pila_value_int((int64_t)x);
        return st;
    case PILA_ARG_FLOAT8: return opargs_float8(in, pos, out);
    case PILA_ARG_INTNL:
    case PILA_ARG_LONGNL: return opargs_decimal(in, pos, arg == PILA_ARG_LONGNL, out);
    case PILA_ARG_FLOATNL:
        st = opargs_line(in, pos, "stringnl", &text);
        return st == PILA_OK ? opargs_float(in, pos, text, out) : st;
    default: break;
    }
    st = opargs_text(in, pos, arg, &text);
    if (st != PILA_OK) return st;
    if (arg == PILA_ARG_LONG1 || arg == PILA_ARG_LONG4)
        return pila_value_from_bytes(opargs_doc(in), text, out);
    if (arg == PILA_ARG_BYTEARRAY8)
        return pila_value_bytearray(opargs_doc(in), text, out);
    bool bytes = arg >= PILA_ARG_BYTES1 && arg <= PILA_ARG_BYTES8;
    *out = bytes ? pila_value_bytes_of(text) : pila_value_str_of(text);
    return PILA_OK;
}

pila_status pila__opargs_next(pila__opargs *in, pila_pickle_op *op)
{
    opargs_shown shown;
    pila_status st;
    size_t pos = in->at;

    if (in->decoded) pila_doc_clear(&in->doc);
    in->decoded = false;
    if (pos >= in->text.len)
        return pila__opargs_fault(&in->error, in->text.len,
                                  "pickle exhausted before seeing STOP");
    unsigned row = opargs_row((unsigned char)in->text.ptr[pos]);
    if (row == OPARGS_AT_END)
        return pila__opargs_fault(&in->error, pos, "at position %zu, opcode %s unknown",
                                  pos,
                                  opargs_show(&shown,
                                              pila_str_of(in->text.ptr + pos, 1)));
    in->at = pos + 1;
    op->info = &opargs_info[row];
    op->arg = pila_value_none();
    op->pos = pos;
    st = opargs_read(in, pos, op->info->arg, &op->arg);
    op->end = in->at;
    return st;
}

void pila__opargs_done(pila__opargs *in) { pila_doc_done(&in->doc); }
