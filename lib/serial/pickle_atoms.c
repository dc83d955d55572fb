/* pickle_atoms.c - writing what nests nothing: numbers, text, classes by their names.
 *
 * What CPython has only once is recognised by value: the empty str and bytes, strs of
 * one latin-1 character. Names that this file writes itself lie in dump_names and are
 * one object each, as they are there. A class is a part of the memo by its own node;
 * the few that values are written by (builtins.set and so on) by their place here.
 * Below the protocols that have opcodes for them, bytes, bytearrays and complex numbers
 * are calls.
 */
#include "pickle_dump.h"

#include "number.h"
#include "opcodes.h"

static const char dump_names[DUMP_NAMES][16] = {
    "builtins",  "_codecs",   "encode",  "latin1",     "set",
    "frozenset", "bytearray", "bytes",   "complex",    "getattr",
    "decimal",   "Decimal",   "copyreg", "__newobj__", "__newobj_ex__"};

/* Where the class or function of that name is in the memo. */
static const char dump_classes[DUMP_NAMES] = {0};
/* ---- atoms ---- */

static pila_status dump_small_int(pila_pickler *p, int64_t x)
{
    if (x >= 0 && x <= 0xff)
        return pila__dump_op_number(p, PILA_OP_BININT1, (uint64_t)x, 1);
    if (x >= 0 && x <= 0xffff)
        return pila__dump_op_number(p, PILA_OP_BININT2, (uint64_t)x, 2);
    return pila__dump_op_number(p, PILA_OP_BININT, (uint64_t)x, 4);
}

/* An integer beyond 32 bits as two's complement, protocol 2 and above. */
static pila_status dump_long(pila_pickler *p, pila_value v)
{
    pila_buf bytes = {0};
    pila_status st = pila_value_to_bytes(v, &bytes);

    if (st == PILA_OK && bytes.len > INT32_MAX)
        st = pila__dump_fault(p, PILA_EOVERFLOW, "int too large to pickle");
    if (st == PILA_OK)
        st = bytes.len < 256 ? pila__dump_op_number(p, PILA_OP_LONG1, bytes.len, 1)
                             : pila__dump_op_number(p, PILA_OP_LONG4, bytes.len, 4);
    if (st == PILA_OK) st = pila__dump_text(p, pila_buf_view(&bytes));
    pila_buf_done(&bytes);
    return st;
}

/* The same in decimal, below protocol 2. */
static pila_status dump_long_text(pila_pickler *p, pila_value v)
{
    pila_buf digits = {0};
    pila_status st = pila_value_repr(v, &digits);

    if (st == PILA_EVALUE)
        st = pila__dump_fault(
            p, st,
            "Exceeds the limit (4300 digits) for integer string conversion; "
            "use sys.set_int_max_str_digits() to increase the limit");
    if (st == PILA_OK) st = pila_buf_add_char(&digits, 'L');
    if (st == PILA_OK) st = pila__dump_line(p, PILA_OP_LONG, pila_buf_view(&digits));
    pila_buf_done(&digits);
    return st;
}

pila_status pila__dump_int(pila_pickler *p, pila_value v)
{
    char digits[PILA__INT_ROOM];
    int64_t x = v.as.i;

    if (pila_value_kind_of(v) == PILA_VALUE_BIGINT || x != (int32_t)x)
        return p->protocol >= 2 ? dump_long(p, v) : dump_long_text(p, v);
    if (p->protocol) return dump_small_int(p, x);
    return pila__dump_line(p, PILA_OP_INT,
                           pila_str_of(digits, pila__int_write(digits, x)));
}

pila_status pila__dump_float(pila_pickler *p, double x)
{
    char digits[PILA__DOUBLE_ROOM];

    if (p->protocol)
        return pila__dump_op_number(p, PILA_OP_BINFLOAT,
                                    __builtin_bswap64(pila__dump_double_bits(x)), 8);
    return pila__dump_line(p, PILA_OP_FLOAT,
                           pila_str_of(digits, pila__double_write(digits, x)));
}

pila_status pila__dump_bool(pila_pickler *p, bool x)
{
    if (p->protocol >= 2)
        return pila__dump_op(p, x ? PILA_OP_NEWTRUE : PILA_OP_NEWFALSE);
    return pila__dump_line(p, PILA_OP_INT, pila_cstr(x ? "01" : "00"));
}

/* ---- text ---- */

/* Text after its length; op1 is 0 where the protocol has no such opcode. */
static pila_status dump_counted(pila_pickler *p, int op1, int op4, int op8,
                                pila_str text)
{
    char head[DUMP_FRAME_HEAD];
    size_t bytes = op1 && text.len <= 0xff ? 1 : op4 && text.len <= UINT32_MAX ? 4 : 8;
    pila_status st;

    head[0] = (char)(bytes == 1 ? op1 : bytes == 4 ? op4 : op8);
    pila__dump_number(head + 1, text.len, bytes);
    if (text.len >= DUMP_FRAME_FULL) return pila__dump_large(p, head, bytes + 1, text);
    st = pila__dump_text(p, pila_str_of(head, bytes + 1));
    return st == PILA_OK ? pila__dump_text(p, text) : st;
}

/* A character of UTF-8, surrogates included, at s; how many bytes it has. */
static size_t dump_decode(const char *text, size_t n, uint32_t *c)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t bytes = s[0] < 0xc0 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

    if (bytes > n) bytes = 1;
    *c = bytes == 1 ? s[0] : s[0] & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) *c = *c << 6 | (s[i] & 0x3f);
    return bytes;
}

static pila_status dump_escaped(pila_pickler *p, uint32_t c)
{
    static const char hex[] = "0123456789abcdef";
    int digits = c > 0xffff ? 8 : 4;
    pila_status st = pila__dump_op(p, '\\');

    if (st != PILA_OK) return st;
    pila__dump_byte(p, digits == 8 ? 'U' : 'u');
    while (digits) pila__dump_byte(p, hex[c >> 4 * --digits & 0xf]);
    return PILA_OK;
}

/* Protocol 0: raw-unicode-escape, in which a line has no end of its own. */
static pila_status dump_unicode_line(pila_pickler *p, pila_str text)
{
    pila_status st = pila__dump_op(p, PILA_OP_UNICODE);
    uint32_t c;

    for (size_t i = 0; st == PILA_OK && i < text.len;) {
        i += dump_decode(text.ptr + i, text.len - i, &c);
        if (c > 0xff || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a)
            st = dump_escaped(p, c);
        else st = pila__dump_op(p, (int)c);
    }
    return st == PILA_OK ? pila__dump_op(p, '\n') : st;
}

static pila_status dump_str_text(pila_pickler *p, pila_str text)
{
    if (p->protocol == 0) return dump_unicode_line(p, text);
    if (p->protocol >= 4)
        return dump_counted(p, PILA_OP_SHORT_BINUNICODE, PILA_OP_BINUNICODE,
                            PILA_OP_BINUNICODE8, text);
    if (text.len > UINT32_MAX)
        return pila__dump_fault(p, PILA_EOVERFLOW,
                                "serializing a string larger than 4 GiB "
                                "requires pickle protocol 4 or higher");
    return dump_counted(p, 0, PILA_OP_BINUNICODE, 0, text);
}

pila_status pila__dump_str_as(pila_pickler *p, pila_value v, pila_value identity)
{
    uint64_t n = pila__dump_number_of(p, identity);
    pila_status st;

    if (n != DUMP_NONE) return pila__dump_get(p, n);
    st = dump_str_text(p, pila_value_text(v));
    return st == PILA_OK ? pila__dump_put(p, identity) : st;
}

static pila_status dump_str(pila_pickler *p, pila_value v)
{
    return pila__dump_str_as(p, v, pila__dump_identity(v));
}

/* ---- classes and functions ---- */

static pila_value dump_named(dump_name name)
{
    return pila_value_str_of(pila_cstr(dump_names[name]));
}

pila_value pila__dump_class_identity(dump_name name)
{
    return pila_value_str_of(pila_str_of(dump_classes + name, 0));
}

dump_name pila__dump_name_of(pila_value v)
{
    pila_str text = pila_value_text(v);
    int k = 0;

    while (k < DUMP_NAMES && !pila_str_eq(text, pila_cstr(dump_names[k]))) k++;
    return (dump_name)k;
}

/* The functions of builtins: their modules are strs of their own, unlike those of the
 * types there, which share one.
 * long: most of it is names. */
static bool dump_is_function(pila_str name)
{
    static const char *const functions[] = {"__build_class__",
                                            "__import__",
                                            "abs",
                                            "aiter",
                                            "all",
                                            "anext",
                                            "any",
                                            "ascii",
                                            "bin",
                                            "callable",
                                            "chr",
                                            "compile",
                                            "breakpoint",
                                            "delattr",
                                            "dir",
                                            "divmod",
                                            "eval",
                                            "exec",
                                            "format",
                                            "getattr",
                                            "globals",
                                            "hasattr",
                                            "hash",
                                            "hex",
                                            "id",
                                            "input",
                                            "isinstance",
                                            "iter",
                                            "len",
                                            "locals",
                                            "issubclass",
                                            "max",
                                            "min",
                                            "next",
                                            "oct",
                                            "ord",
                                            "pow",
                                            "print",
                                            "repr",
                                            "round",
                                            "setattr",
                                            "sorted",
                                            "sum",
                                            "vars"};

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (pila_str_eq(name, pila_cstr(functions[i]))) return true;
    return false;
}

/* The module of a class: a str, and where this file writes it as well, that one. */
static pila_status dump_module(pila_pickler *p, pila_value module, pila_str name)
{
    pila_value named = dump_named(DUMP_BUILTINS);
    uint64_t number = pila__dump_number_of(p, named);
    pila_status st;

    if (!pila_str_eq(pila_value_text(module), pila_value_text(named)) ||
        dump_is_function(name))
        return dump_str(p, module);
    if (number != DUMP_NONE && pila__dump_number_of(p, module) == DUMP_NONE)
        return pila__dump_get(p, number);
    st = dump_str(p, module);
    return st == PILA_OK && number == DUMP_NONE ? pila__dump_alias(p, module, named)
                                                : st;
}

bool pila__dump_is_ascii(pila_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

pila_status pila__dump_global_line(pila_pickler *p, int op, pila_str module,
                                   pila_str name)
{
    pila_status st;

    if (p->protocol < 3 && !p->options.keep_names)
        pila__pickle_names_3to2(&module, &name);
    if (p->protocol != 3 &&
        (!pila__dump_is_ascii(module) || !pila__dump_is_ascii(name)))
        return pila__dump_fault(p, PILA_EVALUE,
                                "can't pickle a global identifier that is not "
                                "ASCII using this pickle protocol");
    if ((module.len && memchr(module.ptr, '\n', module.len)) ||
        (name.len && memchr(name.ptr, '\n', name.len)))
        return pila__dump_fault(p, PILA_EVALUE,
                                "a global identifier has a newline in it");
    st = pila__dump_line(p, op, module);
    if (st == PILA_OK) st = pila__dump_text(p, name);
    return st == PILA_OK ? pila__dump_op(p, '\n') : st;
}

/* The extension code of a name; 0: it has none. */
static int32_t dump_extension_of(const pila_pickler *p, pila_str module, pila_str name)
{
    const pila_pickle_extension *e = p->options.extensions;

    for (size_t i = 0; i < p->options.n_extensions; i++, e++)
        if (pila_str_eq(module, pila_cstr(e->module)) &&
            pila_str_eq(name, pila_cstr(e->name)))
            return e->code;
    return 0;
}

pila_status pila__dump_extension(pila_pickler *p, int64_t code)
{
    if (code <= 0 || code > INT32_MAX)
        return pila__dump_fault(p, PILA_EVALUE, "extension code is out of range");
    if (code <= 0xff) return pila__dump_op_number(p, PILA_OP_EXT1, (uint64_t)code, 1);
    if (code <= 0xffff) return pila__dump_op_number(p, PILA_OP_EXT2, (uint64_t)code, 2);
    return pila__dump_op_number(p, PILA_OP_EXT4, (uint64_t)code, 4);
}

pila_status pila__dump_own_tuple(pila_pickler *p, int n)
{
    static const uint8_t ops[] = {PILA_OP_EMPTY_TUPLE, PILA_OP_TUPLE1, PILA_OP_TUPLE2,
                                  PILA_OP_TUPLE3};
    pila_status st =
        pila__dump_op(p, p->protocol >= 2 ? ops[n] : (uint8_t)PILA_OP_TUPLE);

    return st == PILA_OK ? pila__dump_put_unnamed(p) : st;
}

pila_status pila__dump_own_mark(pila_pickler *p)
{
    return p->protocol >= 2 ? PILA_OK : pila__dump_op(p, PILA_OP_MARK);
}

/* Below protocol 4, a.b.c of a module is getattr(getattr(a, 'b'), 'c'). Names have no
 * depth to speak of, but they are data: so it is a loop, outside in and back. */
static pila_status dump_dotted(pila_pickler *p, pila_str module, pila_str name)
{
    pila_status st = PILA_OK;
    const char *end = name.ptr + name.len, *dot, *next;

    for (const char *s = name.ptr; st == PILA_OK && s < end; s++) {
        if (*s != '.') continue;
        st = pila__dump_known(p, DUMP_BUILTINS, DUMP_GETATTR);
        if (st == PILA_OK) st = pila__dump_own_mark(p);
    }
    dot = (const char *)memchr(name.ptr, '.', name.len);
    if (st == PILA_OK)
        st = pila__dump_global_line(p, PILA_OP_GLOBAL, module,
                                    pila_str_of(name.ptr, (size_t)(dot - name.ptr)));
    if (st == PILA_OK) st = pila__dump_put_unnamed(p);
    for (; st == PILA_OK && dot; dot = next) {
        const char *part = dot + 1;

        next =
            part < end ? (const char *)memchr(part, '.', (size_t)(end - part)) : NULL;
        st = dump_str_text(p, pila_str_of(part, (size_t)((next ? next : end) - part)));
        if (st == PILA_OK) st = pila__dump_put_unnamed(p);
        if (st == PILA_OK) st = pila__dump_own_tuple(p, 2);
        if (st == PILA_OK) st = pila__dump_op(p, PILA_OP_REDUCE);
        if (st == PILA_OK && next) st = pila__dump_put_unnamed(p);
    }
    return st;
}

pila_status pila__dump_global(pila_pickler *p, pila_value module, pila_value name,
                              pila_value identity)
{
    pila_str m = pila_value_text(module), n = pila_value_text(name);
    uint64_t number = pila__dump_number_of(p, identity);
    int32_t code = p->protocol >= 2 ? dump_extension_of(p, m, n) : 0;
    pila_status st;

    if (number != DUMP_NONE) return pila__dump_get(p, number);
    if (code) return pila__dump_extension(p, code);
    if (p->protocol >= 4) {
        st = dump_module(p, module, n);
        if (st == PILA_OK) st = pila__dump_boundary(p);
        if (st == PILA_OK) st = dump_str(p, name);
        if (st == PILA_OK) st = pila__dump_op(p, PILA_OP_STACK_GLOBAL);
    } else if (n.len && memchr(n.ptr, '.', n.len)) st = dump_dotted(p, m, n);
    else st = pila__dump_global_line(p, PILA_OP_GLOBAL, m, n);
    return st == PILA_OK ? pila__dump_put(p, identity) : st;
}

pila_status pila__dump_known(pila_pickler *p, dump_name module, dump_name name)
{
    pila_status st = pila__dump_boundary(p);

    if (st != PILA_OK) return st;
    return pila__dump_global(p, dump_named(module), dump_named(name),
                             pila__dump_class_identity(name));
}

/* ---- what Python writes as a call ---- */

/* The call's end: REDUCE, and the object's place in the memo. */
static pila_status dump_reduced(pila_pickler *p, const pila_value *identity)
{
    pila_status st = pila__dump_op(p, PILA_OP_REDUCE);

    if (st != PILA_OK) return st;
    return identity ? pila__dump_put(p, *identity) : pila__dump_put_unnamed(p);
}

/* A class called without arguments: it makes what is empty. */
static pila_status dump_empty(pila_pickler *p, dump_name name,
                              const pila_value *identity)
{
    pila_status st = pila__dump_known(p, DUMP_BUILTINS, name);

    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK && p->protocol == 0) st = pila__dump_op(p, PILA_OP_MARK);
    if (st == PILA_OK)
        st = pila__dump_op(p, p->protocol ? PILA_OP_EMPTY_TUPLE : PILA_OP_TUPLE);
    return st == PILA_OK ? dump_reduced(p, identity) : st;
}

/* Bytes as the str of the same latin-1 characters: a new one, unless CPython has it. */
static pila_status dump_latin1(pila_pickler *p, pila_str bytes)
{
    pila_buf text = {0};
    pila_value v;
    pila_status st = PILA_OK;

    for (size_t i = 0; st == PILA_OK && i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];

        if (c >= 0x80) st = pila_buf_add_char(&text, (char)(0xc0 | c >> 6));
        if (st == PILA_OK)
            st = pila_buf_add_char(&text, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
    }
    v = pila_value_str_of(pila_buf_view(&text));
    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK && bytes.len == 1) st = dump_str(p, v);
    else if (st == PILA_OK) {
        st = dump_str_text(p, pila_value_text(v));
        if (st == PILA_OK) st = pila__dump_put_unnamed(p);
    }
    pila_buf_done(&text);
    return st;
}

/* Bytes below protocol 3: _codecs.encode(text, 'latin1'). */
static pila_status dump_encoded(pila_pickler *p, pila_str bytes,
                                const pila_value *identity)
{
    pila_value latin1 = dump_named(DUMP_LATIN1);
    pila_status st;

    if (bytes.len == 0) return dump_empty(p, DUMP_BYTES, identity);
    st = pila__dump_known(p, DUMP_CODECS, DUMP_ENCODE);
    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK) st = pila__dump_own_mark(p);
    if (st == PILA_OK) st = dump_latin1(p, bytes);
    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK) st = pila__dump_str_as(p, latin1, latin1);
    if (st == PILA_OK) st = pila__dump_own_tuple(p, 2);
    return st == PILA_OK ? dump_reduced(p, identity) : st;
}

pila_status pila__dump_bytes_text(pila_pickler *p, pila_str bytes,
                                  const pila_value *identity)
{
    pila_status st;

    if (p->protocol < 3) return dump_encoded(p, bytes, identity);
    if (p->protocol < 4 && bytes.len > UINT32_MAX)
        return pila__dump_fault(p, PILA_EOVERFLOW,
                                "serializing a bytes object larger than 4 GiB "
                                "requires pickle protocol 4 or higher");
    st = dump_counted(p, PILA_OP_SHORT_BINBYTES, PILA_OP_BINBYTES, PILA_OP_BINBYTES8,
                      bytes);
    if (st != PILA_OK) return st;
    return identity ? pila__dump_put(p, *identity) : pila__dump_put_unnamed(p);
}

pila_status pila__dump_bytearray(pila_pickler *p, pila_value v)
{
    pila_str bytes = pila_value_text(v);
    pila_status st;

    if (p->protocol >= 5) {
        st = dump_counted(p, 0, 0, PILA_OP_BYTEARRAY8, bytes);
        return st == PILA_OK ? pila__dump_put(p, v) : st;
    }
    if (bytes.len == 0) return dump_empty(p, DUMP_BYTEARRAY, &v);
    st = pila__dump_known(p, DUMP_BUILTINS, DUMP_BYTEARRAY);
    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK) st = pila__dump_own_mark(p);
    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK) st = pila__dump_bytes_text(p, bytes, NULL);
    if (st == PILA_OK) st = pila__dump_own_tuple(p, 1);
    return st == PILA_OK ? dump_reduced(p, &v) : st;
}

pila_status pila__dump_complex(pila_pickler *p, pila_value v)
{
    pila_status st = pila__dump_known(p, DUMP_BUILTINS, DUMP_COMPLEX);

    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK) st = pila__dump_own_mark(p);
    for (int k = 0; st == PILA_OK && k < 2; k++) {
        st = pila__dump_boundary(p);
        if (st == PILA_OK) st = pila__dump_float(p, v.as.parts[k]);
    }
    if (st == PILA_OK) st = pila__dump_own_tuple(p, 2);
    return st == PILA_OK ? dump_reduced(p, &v) : st;
}

pila_status pila__dump_numeral(pila_pickler *p, pila_value v)
{
    pila_status st = pila__dump_known(p, DUMP_DECIMAL, DUMP_DECIMAL_CLASS);

    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK) st = pila__dump_own_mark(p);
    if (st == PILA_OK) st = pila__dump_boundary(p);
    if (st == PILA_OK) st = dump_str(p, pila_value_str_of(pila_value_text(v)));
    if (st == PILA_OK) st = pila__dump_own_tuple(p, 1);
    return st == PILA_OK ? dump_reduced(p, &v) : st;
}
