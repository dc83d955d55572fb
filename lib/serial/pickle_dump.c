/* pickle_dump.c - writing pickles: see pickle.h.
 *
 * The bytes are CPython's C pickler's: its order of memo entries, its batches of 1000
 * items (a dict or set of exactly so many ends in an empty batch, a list does not), its
 * frames, which end at the first value after 64 KiB and leave out larger text. A
 * frame's head is reserved when it begins and filled in when it ends; below four bytes
 * it is taken out again.
 *
 * Instead of recursion there is a stack of levels, one for each container that is being
 * written. A level's step writes until a part needs a level of its own. Numbers and
 * text, the bulk of most pickles, are written by dump_run in one loop over an array of
 * nodes; the entries of a dict without deleted ones are such an array, too.
 *
 * The memo has the objects' addresses. An address is not enough: text may be a part of
 * other text. So a slot has the length and kind as well. Neighbours in memory are
 * neighbours in the memo: 512 bytes of addresses are hashed to a window of 32 slots,
 * with the secrets of core/hash, and lie there in order. Objects are mostly met in the
 * order they were made, so that several look-ups share a cache line, and
 * there is a prefetch for each node ahead as well.
 *
 * What CPython has only once is recognised by value: the empty str and bytes, strs of
 * one latin-1 character. Names that this file writes itself lie in dump_names and are
 * one object each, as they are there. A class is a part of the memo by its own node;
 * the few that values are written by (builtins.set and so on) by their place here.
 */
#include "pickle.h"

#include "number.h"
#include "opcodes.h"

enum {
    DUMP_BATCH = 1000,         /* items after a MARK */
    DUMP_FRAME_HEAD = 9,       /* FRAME and its length */
    DUMP_FRAME_FULL = 1 << 16, /* bytes after which a frame ends */
    DUMP_FRAME_LEAST = 4,
    DUMP_SHORT_ROOM = 300,   /* and short text */
    DUMP_SLACK = 32,         /* room that most opcodes have without asking */
    DUMP_AHEAD = 8,          /* nodes whose memo slots are asked for ahead */
    DUMP_MOVED = 1 << 21,    /* bytes of a buffer from which it moves by hand */
    DUMP_MEASURED = 1 << 12, /* bytes by which the size of the rest is guessed */
    DUMP_SLOTS_FIRST = 64,
    DUMP_SLOTS_MANY = 1 << 14, /* with more, what comes is looked at ahead */
    DUMP_NEAR = 32,            /* slots of 512 bytes of addresses */
    DUMP_PATH_FROM = 50,       /* fast: levels from which cycles are looked for */
};
#define DUMP_NONE UINT64_MAX

/* What CPython has once, and this file writes. */
typedef enum dump_name {
    DUMP_BUILTINS,
    DUMP_CODECS,
    DUMP_ENCODE,
    DUMP_LATIN1,
    DUMP_SET,
    DUMP_FROZENSET,
    DUMP_BYTEARRAY,
    DUMP_BYTES,
    DUMP_COMPLEX,
    DUMP_GETATTR,
    DUMP_DECIMAL,
    DUMP_DECIMAL_CLASS,
    DUMP_COPYREG,
    DUMP_NEWOBJ,
    DUMP_NEWOBJ_EX,
    DUMP_NAMES
} dump_name;

static const char dump_names[DUMP_NAMES][16] = {
    "builtins",  "_codecs",   "encode",  "latin1",     "set",
    "frozenset", "bytearray", "bytes",   "complex",    "getattr",
    "decimal",   "Decimal",   "copyreg", "__newobj__", "__newobj_ex__"};

/* Where the class or function of that name is in the memo. */
static const char dump_classes[DUMP_NAMES] = {0};
/* Where the empty text and the latin-1 characters are. */
static const char dump_characters[257] = {0};

typedef enum dump_what {
    DUMP_ITEMS,   /* of a list: APPENDS */
    DUMP_PAIRS,   /* of a dict: SETITEMS */
    DUMP_MEMBERS, /* of a set: ADDITEMS; below protocol 4 in a list */
    DUMP_TUPLE,
    DUMP_FROZEN, /* a frozenset's, protocol 4 */
    DUMP_CALL,   /* the parts of an object */
    DUMP_ARGS,   /* the items of a tuple, without the tuple */
    DUMP_ID      /* v, and then BINPERSID */
} dump_what;

typedef struct pila__dump_level {
    pila_value v;
    const pila_value *items; /* nodes; of a dict or set the entries, two for each */
    size_t at, stop;         /* nodes: the next one, and where the batch ends */
    size_t left;   /* entries that no batch has yet; of a call, the next step */
    uint64_t path; /* what it has put there, or 0 */
    uint8_t what;
    bool exact; /* batches as of a list or dict itself, not of an object's */
    bool dense; /* every node is written, one after the other */
    bool open, single, full; /* a batch is being written; of one item; of 1000 */
} dump_level;

/* ---- faults ---- */

static pila_status dump_fault(pila_pickler *p, pila_status st, const char *message)
{
    if (p->err) snprintf(p->err->message, sizeof p->err->message, "%s", message);
    return st;
}

/* ---- bytes out ---- */

/* Bytes that the rest will need by the measure of what was written, up to a few times
 * that: fewer moves, and little waste. */
static size_t dump_to_come(const pila_pickler *p)
{
    const dump_level *root = p->levels;
    size_t done = p->out.len - p->begun, all;
    double more;

    if (done < DUMP_MEASURED || !p->depth || !root->open || !root->dense) return 0;
    all = root->stop + root->left * (root->what == DUMP_PAIRS ? 2 : 1);
    more = (double)done * 1.0625 * (double)all / (double)(root->at + 1) - (double)done;
    return more <= 0 ? 0 : more < 3.0 * (double)done ? (size_t)more : 3 * done;
}

/* A large buffer moves by hand: its new pages are to be large ones before it is copied,
 * as pages touched for the first time cost more than what is written to them. */
static pila_status dump_move(pila_buf *b, size_t room)
{
    char *data = (char *)pila_alloc(room, 1);

    if (!data) return PILA_ENOMEM;
    pila_mem_huge(data, room);
    memcpy(data, b->data, b->len);
    pila_free(b->data);
    b->data = data;
    b->room = room;
    return PILA_OK;
}

static pila_status dump_grow(pila_pickler *p, size_t n)
{
    size_t room = p->out.room, more = p->write ? 0 : dump_to_come(p);

    if (room >= DUMP_MOVED && n <= room / 2 && !p->out.cap) {
        room += more > room / 2 ? more : room / 2;
        return dump_move(&p->out, room);
    }
    if (more > n && pila_buf_reserve(&p->out, more) == PILA_OK) return PILA_OK;
    return pila_buf_reserve(&p->out, n);
}

static pila_status dump_reserve(pila_pickler *p, size_t n)
{
    return PILA_LIKELY(p->out.room - p->out.len >= n) ? PILA_OK : dump_grow(p, n);
}

/* Where there is room already. */
static void dump_byte(pila_pickler *p, int c) { p->out.data[p->out.len++] = (char)c; }

static void dump_number(char *to, uint64_t x, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) to[i] = (char)(x >> (8 * i));
}

static pila_status dump_op(pila_pickler *p, int op)
{
    pila_status st = dump_reserve(p, DUMP_SLACK);

    if (st == PILA_OK) dump_byte(p, op);
    return st;
}

/* An opcode and a number of so many bytes. */
static pila_status dump_op_number(pila_pickler *p, int op, uint64_t x, size_t bytes)
{
    pila_status st = dump_op(p, op);

    if (st != PILA_OK) return st;
    dump_number(p->out.data + p->out.len, x, bytes);
    p->out.len += bytes;
    return PILA_OK;
}

static pila_status dump_text(pila_pickler *p, pila_str text)
{
    pila_status st = dump_reserve(p, text.len + DUMP_SLACK);

    if (st != PILA_OK) return st;
    if (text.len) memcpy(p->out.data + p->out.len, text.ptr, text.len);
    p->out.len += text.len;
    return PILA_OK;
}

/* An opcode, text, a newline. */
static pila_status dump_line(pila_pickler *p, int op, pila_str text)
{
    pila_status st = dump_op(p, op);

    if (st == PILA_OK) st = dump_text(p, text);
    if (st == PILA_OK) dump_byte(p, '\n');
    return st;
}

/* ---- frames, and the sink ---- */

static pila_status dump_flush(pila_pickler *p)
{
    pila_status st = p->write(p->write_ctx, pila_buf_view(&p->out));

    p->flushed += p->out.len;
    p->out.len = 0;
    return st;
}

static void dump_frame_end(pila_pickler *p)
{
    char *head = p->out.data + p->frame;
    size_t n = p->out.len - p->frame - DUMP_FRAME_HEAD;

    if (n < DUMP_FRAME_LEAST) {
        memmove(head, head + DUMP_FRAME_HEAD, n);
        p->out.len -= DUMP_FRAME_HEAD;
    } else {
        head[0] = (char)PILA_OP_FRAME;
        dump_number(head + 1, n, 8);
    }
}

static pila_status dump_frame_begin(pila_pickler *p)
{
    pila_status st = dump_reserve(p, DUMP_FRAME_HEAD + DUMP_SLACK);

    if (st != PILA_OK) return st;
    p->frame = p->out.len;
    p->out.len += DUMP_FRAME_HEAD;
    p->full = p->out.len + DUMP_FRAME_FULL;
    return PILA_OK;
}

/* What is full: end the frame and begin the next, give the sink its part. */
static pila_status dump_boundary(pila_pickler *p)
{
    pila_status st = PILA_OK;

    if (p->out.len < p->full) return PILA_OK;
    if (p->protocol >= 4) dump_frame_end(p);
    if (p->write) st = dump_flush(p);
    if (p->protocol >= 4) return st == PILA_OK ? dump_frame_begin(p) : st;
    return st;
}

/* Text of 64 KiB and more stands between frames, and goes to the sink as it is. */
static pila_status dump_large(pila_pickler *p, const char *head, size_t n,
                              pila_str text)
{
    pila_status st;

    if (p->protocol >= 4) dump_frame_end(p);
    st = dump_text(p, pila_str_of(head, n));
    if (st == PILA_OK && !p->write) st = dump_text(p, text);
    if (st == PILA_OK && p->write) st = dump_flush(p);
    if (st == PILA_OK && p->write) {
        st = p->write(p->write_ctx, text);
        p->flushed += text.len;
    }
    if (st == PILA_OK && p->protocol >= 4) st = dump_frame_begin(p);
    return st;
}

/* ---- the memo ---- */

/* Key and check of a node: see the essay. The check's high half is left for the number.
 * Text is at most 2^44 bytes here, and addresses have 48 bits. */
static uint64_t dump_key(pila_value v)
{
    return (uint64_t)(uintptr_t)v.as.text ^ v.tag >> 36 << 48;
}

static uint32_t dump_check(pila_value v)
{
    return (uint32_t)(v.tag & 0xf) | (uint32_t)(v.tag >> 8) << 4;
}

static size_t dump_slot(const pila_pickler *p, uint64_t key)
{
    uint64_t window = pila__hash_u64(key >> 9);

    return (size_t)(window * DUMP_NEAR + (key >> 4) % DUMP_NEAR) & p->slots_mask;
}

static size_t dump_find(const pila_pickler *p, uint64_t key, uint32_t check)
{
    size_t at = dump_slot(p, key);

    while (p->slots[at].key &&
           (p->slots[at].key != key || (uint32_t)p->slots[at].check != check))
        at = (at + 1) & p->slots_mask;
    return at;
}

static pila_status dump_memo_grow(pila_pickler *p)
{
    size_t have = p->slots ? p->slots_mask + 1 : 0,
           n = have ? have : (size_t)DUMP_SLOTS_FIRST / 4;
    pila__dump_slot *old = p->slots, *made;

    pila_hash_init();
    if (!pila_mul(n, 4, &n)) return PILA_ENOMEM;
    made = (pila__dump_slot *)pila_alloc_zero(n, sizeof *made);
    if (!made) return PILA_ENOMEM;
    pila_mem_huge(made, n * sizeof *made);
    p->slots = made;
    p->slots_mask = n - 1;
    for (size_t i = 0; i < have; i++)
        if (old[i].key) made[dump_find(p, old[i].key, (uint32_t)old[i].check)] = old[i];
    pila_free(old);
    return PILA_OK;
}

static pila_status dump_memo_room(pila_pickler *p)
{
    if (PILA_LIKELY(p->slots && p->memo_keys <= p->slots_mask / 2)) return PILA_OK;
    return dump_memo_grow(p);
}

/* The opcode that keeps an object; its number in the memo is the next one. */
static pila_status dump_put_op(pila_pickler *p)
{
    uint64_t n = p->memo_len++;
    char digits[PILA__INT_ROOM];

    if (p->protocol >= 4) return dump_op(p, PILA_OP_MEMOIZE);
    if (p->protocol == 0)
        return dump_line(p, PILA_OP_PUT,
                         pila_str_of(digits, pila__uint_write(digits, n)));
    if (n < 256) return dump_op_number(p, PILA_OP_BINPUT, n, 1);
    return dump_op_number(p, PILA_OP_LONG_BINPUT, n, 4);
}

/* Put what nobody will ask for again: CPython's own arguments of calls. */
static pila_status dump_put_unnamed(pila_pickler *p)
{
    return p->options.fast ? PILA_OK : dump_put_op(p);
}

static pila_status dump_put(pila_pickler *p, pila_value v)
{
    pila_status st;
    size_t at;

    if (p->options.fast) return PILA_OK;
    if (p->memo_len > UINT32_MAX)
        return dump_fault(p, PILA_EOVERFLOW, "memo id too large for LONG_BINPUT");
    st = dump_memo_room(p);
    if (st != PILA_OK) return st;
    at = dump_find(p, dump_key(v), dump_check(v));
    p->memo_keys += !p->slots[at].key;
    p->slots[at].key = dump_key(v);
    p->slots[at].check = dump_check(v) | p->memo_len << 32;
    return dump_put_op(p);
}

static uint64_t dump_number_of(const pila_pickler *p, pila_value v)
{
    size_t at;

    if (!p->slots) return DUMP_NONE;
    at = dump_find(p, dump_key(v), dump_check(v));
    return p->slots[at].key ? p->slots[at].check >> 32 : DUMP_NONE;
}

/* Let what is in the memo be found under another node as well. */
static pila_status dump_alias(pila_pickler *p, pila_value v, pila_value other)
{
    uint64_t number = dump_number_of(p, v);
    pila_status st = dump_memo_room(p);
    size_t at;

    if (st != PILA_OK || number == DUMP_NONE) return st;
    at = dump_find(p, dump_key(other), dump_check(other));
    p->memo_keys += !p->slots[at].key;
    p->slots[at].key = dump_key(other);
    p->slots[at].check = dump_check(other) | number << 32;
    return PILA_OK;
}

static pila_status dump_get(pila_pickler *p, uint64_t n)
{
    char digits[PILA__INT_ROOM];

    if (p->protocol == 0)
        return dump_line(p, PILA_OP_GET,
                         pila_str_of(digits, pila__uint_write(digits, n)));
    if (n < 256) return dump_op_number(p, PILA_OP_BINGET, n, 1);
    return dump_op_number(p, PILA_OP_LONG_BINGET, n, 4);
}

/* The node under which text is in the memo: what CPython has once, by its value. */
static pila_value dump_identity(pila_value v)
{
    const unsigned char *s = (const unsigned char *)v.as.text;
    size_t n = (size_t)(v.tag >> 8);
    pila_value_kind kind = pila_value_kind_of(v);

    if (n > 2 || (kind != PILA_VALUE_STR && kind != PILA_VALUE_BYTES)) return v;
    if (n == 0) v.as.text = dump_characters + 256;
    else if (kind == PILA_VALUE_STR && n == 1) v.as.text = dump_characters + s[0];
    else if (kind == PILA_VALUE_STR && (s[0] == 0xc2 || s[0] == 0xc3))
        v.as.text = dump_characters + ((s[0] & 3) << 6 | (s[1] & 0x3f));
    return v;
}

/* ---- atoms ---- */

static pila_status dump_small_int(pila_pickler *p, int64_t x)
{
    if (x >= 0 && x <= 0xff) return dump_op_number(p, PILA_OP_BININT1, (uint64_t)x, 1);
    if (x >= 0 && x <= 0xffff)
        return dump_op_number(p, PILA_OP_BININT2, (uint64_t)x, 2);
    return dump_op_number(p, PILA_OP_BININT, (uint64_t)x, 4);
}

/* An integer beyond 32 bits as two's complement, protocol 2 and above. */
static pila_status dump_long(pila_pickler *p, pila_value v)
{
    pila_buf bytes = {0};
    pila_status st = pila_value_to_bytes(v, &bytes);

    if (st == PILA_OK && bytes.len > INT32_MAX)
        st = dump_fault(p, PILA_EOVERFLOW, "int too large to pickle");
    if (st == PILA_OK)
        st = bytes.len < 256 ? dump_op_number(p, PILA_OP_LONG1, bytes.len, 1)
                             : dump_op_number(p, PILA_OP_LONG4, bytes.len, 4);
    if (st == PILA_OK) st = dump_text(p, pila_buf_view(&bytes));
    pila_buf_done(&bytes);
    return st;
}

/* The same in decimal, below protocol 2. */
static pila_status dump_long_text(pila_pickler *p, pila_value v)
{
    pila_buf digits = {0};
    pila_status st = pila_value_repr(v, &digits);

    if (st == PILA_EVALUE)
        st =
            dump_fault(p, st,
                       "Exceeds the limit (4300 digits) for integer string conversion; "
                       "use sys.set_int_max_str_digits() to increase the limit");
    if (st == PILA_OK) st = pila_buf_add_char(&digits, 'L');
    if (st == PILA_OK) st = dump_line(p, PILA_OP_LONG, pila_buf_view(&digits));
    pila_buf_done(&digits);
    return st;
}

static pila_status dump_int(pila_pickler *p, pila_value v)
{
    char digits[PILA__INT_ROOM];
    int64_t x = v.as.i;

    if (pila_value_kind_of(v) == PILA_VALUE_BIGINT || x != (int32_t)x)
        return p->protocol >= 2 ? dump_long(p, v) : dump_long_text(p, v);
    if (p->protocol) return dump_small_int(p, x);
    return dump_line(p, PILA_OP_INT, pila_str_of(digits, pila__int_write(digits, x)));
}

static uint64_t dump_double_bits(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static pila_status dump_float(pila_pickler *p, double x)
{
    char digits[PILA__DOUBLE_ROOM];

    if (p->protocol)
        return dump_op_number(p, PILA_OP_BINFLOAT,
                              __builtin_bswap64(dump_double_bits(x)), 8);
    return dump_line(p, PILA_OP_FLOAT,
                     pila_str_of(digits, pila__double_write(digits, x)));
}

static pila_status dump_bool(pila_pickler *p, bool x)
{
    if (p->protocol >= 2) return dump_op(p, x ? PILA_OP_NEWTRUE : PILA_OP_NEWFALSE);
    return dump_line(p, PILA_OP_INT, pila_cstr(x ? "01" : "00"));
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
    dump_number(head + 1, text.len, bytes);
    if (text.len >= DUMP_FRAME_FULL) return dump_large(p, head, bytes + 1, text);
    st = dump_text(p, pila_str_of(head, bytes + 1));
    return st == PILA_OK ? dump_text(p, text) : st;
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
    pila_status st = dump_op(p, '\\');

    if (st != PILA_OK) return st;
    dump_byte(p, digits == 8 ? 'U' : 'u');
    while (digits) dump_byte(p, hex[c >> 4 * --digits & 0xf]);
    return PILA_OK;
}

/* Protocol 0: raw-unicode-escape, in which a line has no end of its own. */
static pila_status dump_unicode_line(pila_pickler *p, pila_str text)
{
    pila_status st = dump_op(p, PILA_OP_UNICODE);
    uint32_t c;

    for (size_t i = 0; st == PILA_OK && i < text.len;) {
        i += dump_decode(text.ptr + i, text.len - i, &c);
        if (c > 0xff || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a)
            st = dump_escaped(p, c);
        else st = dump_op(p, (int)c);
    }
    return st == PILA_OK ? dump_op(p, '\n') : st;
}

static pila_status dump_str_text(pila_pickler *p, pila_str text)
{
    if (p->protocol == 0) return dump_unicode_line(p, text);
    if (p->protocol >= 4)
        return dump_counted(p, PILA_OP_SHORT_BINUNICODE, PILA_OP_BINUNICODE,
                            PILA_OP_BINUNICODE8, text);
    if (text.len > UINT32_MAX)
        return dump_fault(p, PILA_EOVERFLOW,
                          "serializing a string larger than 4 GiB "
                          "requires pickle protocol 4 or higher");
    return dump_counted(p, 0, PILA_OP_BINUNICODE, 0, text);
}

/* A str under an identity, which is another node where CPython has it once. */
static pila_status dump_str_as(pila_pickler *p, pila_value v, pila_value identity)
{
    uint64_t n = dump_number_of(p, identity);
    pila_status st;

    if (n != DUMP_NONE) return dump_get(p, n);
    st = dump_str_text(p, pila_value_text(v));
    return st == PILA_OK ? dump_put(p, identity) : st;
}

static pila_status dump_str(pila_pickler *p, pila_value v)
{
    return dump_str_as(p, v, dump_identity(v));
}

/* ---- classes and functions ---- */

static pila_value dump_named(dump_name name)
{
    return pila_value_str_of(pila_cstr(dump_names[name]));
}

static pila_value dump_class_identity(dump_name name)
{
    return pila_value_str_of(pila_str_of(dump_classes + name, 0));
}

/* Which of them a text is, up to a bound; that bound if it is none. */
static dump_name dump_name_of(pila_value v)
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
    uint64_t number = dump_number_of(p, named);
    pila_status st;

    if (!pila_str_eq(pila_value_text(module), pila_value_text(named)) ||
        dump_is_function(name))
        return dump_str(p, module);
    if (number != DUMP_NONE && dump_number_of(p, module) == DUMP_NONE)
        return dump_get(p, number);
    st = dump_str(p, module);
    return st == PILA_OK && number == DUMP_NONE ? dump_alias(p, module, named) : st;
}

static bool dump_is_ascii(pila_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

static pila_status dump_global_line(pila_pickler *p, int op, pila_str module,
                                    pila_str name)
{
    pila_status st;

    if (p->protocol < 3 && !p->options.keep_names)
        pila__pickle_names_3to2(&module, &name);
    if (p->protocol != 3 && (!dump_is_ascii(module) || !dump_is_ascii(name)))
        return dump_fault(p, PILA_EVALUE,
                          "can't pickle a global identifier that is not "
                          "ASCII using this pickle protocol");
    if ((module.len && memchr(module.ptr, '\n', module.len)) ||
        (name.len && memchr(name.ptr, '\n', name.len)))
        return dump_fault(p, PILA_EVALUE, "a global identifier has a newline in it");
    st = dump_line(p, op, module);
    if (st == PILA_OK) st = dump_text(p, name);
    return st == PILA_OK ? dump_op(p, '\n') : st;
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

static pila_status dump_extension(pila_pickler *p, int64_t code)
{
    if (code <= 0 || code > INT32_MAX)
        return dump_fault(p, PILA_EVALUE, "extension code is out of range");
    if (code <= 0xff) return dump_op_number(p, PILA_OP_EXT1, (uint64_t)code, 1);
    if (code <= 0xffff) return dump_op_number(p, PILA_OP_EXT2, (uint64_t)code, 2);
    return dump_op_number(p, PILA_OP_EXT4, (uint64_t)code, 4);
}

/* The tuple of n parts that were just written, which nobody else has. */
static pila_status dump_own_tuple(pila_pickler *p, int n)
{
    static const uint8_t ops[] = {PILA_OP_EMPTY_TUPLE, PILA_OP_TUPLE1, PILA_OP_TUPLE2,
                                  PILA_OP_TUPLE3};
    pila_status st = dump_op(p, p->protocol >= 2 ? ops[n] : (uint8_t)PILA_OP_TUPLE);

    return st == PILA_OK ? dump_put_unnamed(p) : st;
}

/* A MARK where tuples of a few parts need one. */
static pila_status dump_own_mark(pila_pickler *p)
{
    return p->protocol >= 2 ? PILA_OK : dump_op(p, PILA_OP_MARK);
}

static pila_status dump_known(pila_pickler *p, dump_name module, dump_name name);

/* Below protocol 4, a.b.c of a module is getattr(getattr(a, 'b'), 'c'). Names have no
 * depth to speak of, but they are data: so it is a loop, outside in and back. */
static pila_status dump_dotted(pila_pickler *p, pila_str module, pila_str name)
{
    pila_status st = PILA_OK;
    const char *end = name.ptr + name.len, *dot, *next;

    for (const char *s = name.ptr; st == PILA_OK && s < end; s++) {
        if (*s != '.') continue;
        st = dump_known(p, DUMP_BUILTINS, DUMP_GETATTR);
        if (st == PILA_OK) st = dump_own_mark(p);
    }
    dot = (const char *)memchr(name.ptr, '.', name.len);
    if (st == PILA_OK)
        st = dump_global_line(p, PILA_OP_GLOBAL, module,
                              pila_str_of(name.ptr, (size_t)(dot - name.ptr)));
    if (st == PILA_OK) st = dump_put_unnamed(p);
    for (; st == PILA_OK && dot; dot = next) {
        const char *part = dot + 1;

        next =
            part < end ? (const char *)memchr(part, '.', (size_t)(end - part)) : NULL;
        st = dump_str_text(p, pila_str_of(part, (size_t)((next ? next : end) - part)));
        if (st == PILA_OK) st = dump_put_unnamed(p);
        if (st == PILA_OK) st = dump_own_tuple(p, 2);
        if (st == PILA_OK) st = dump_op(p, PILA_OP_REDUCE);
        if (st == PILA_OK && next) st = dump_put_unnamed(p);
    }
    return st;
}

/* A class or function by its name, kept in the memo as identity. */
static pila_status dump_global(pila_pickler *p, pila_value module, pila_value name,
                               pila_value identity)
{
    pila_str m = pila_value_text(module), n = pila_value_text(name);
    uint64_t number = dump_number_of(p, identity);
    int32_t code = p->protocol >= 2 ? dump_extension_of(p, m, n) : 0;
    pila_status st;

    if (number != DUMP_NONE) return dump_get(p, number);
    if (code) return dump_extension(p, code);
    if (p->protocol >= 4) {
        st = dump_module(p, module, n);
        if (st == PILA_OK) st = dump_boundary(p);
        if (st == PILA_OK) st = dump_str(p, name);
        if (st == PILA_OK) st = dump_op(p, PILA_OP_STACK_GLOBAL);
    } else if (n.len && memchr(n.ptr, '.', n.len)) st = dump_dotted(p, m, n);
    else st = dump_global_line(p, PILA_OP_GLOBAL, m, n);
    return st == PILA_OK ? dump_put(p, identity) : st;
}

static pila_status dump_known(pila_pickler *p, dump_name module, dump_name name)
{
    pila_status st = dump_boundary(p);

    if (st != PILA_OK) return st;
    return dump_global(p, dump_named(module), dump_named(name),
                       dump_class_identity(name));
}

/* ---- what Python writes as a call ---- */

/* The call's end: REDUCE, and the object's place in the memo. */
static pila_status dump_reduced(pila_pickler *p, const pila_value *identity)
{
    pila_status st = dump_op(p, PILA_OP_REDUCE);

    if (st != PILA_OK) return st;
    return identity ? dump_put(p, *identity) : dump_put_unnamed(p);
}

/* A class called without arguments: it makes what is empty. */
static pila_status dump_empty(pila_pickler *p, dump_name name,
                              const pila_value *identity)
{
    pila_status st = dump_known(p, DUMP_BUILTINS, name);

    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK && p->protocol == 0) st = dump_op(p, PILA_OP_MARK);
    if (st == PILA_OK)
        st = dump_op(p, p->protocol ? PILA_OP_EMPTY_TUPLE : PILA_OP_TUPLE);
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
    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK && bytes.len == 1) st = dump_str(p, v);
    else if (st == PILA_OK) {
        st = dump_str_text(p, pila_value_text(v));
        if (st == PILA_OK) st = dump_put_unnamed(p);
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
    st = dump_known(p, DUMP_CODECS, DUMP_ENCODE);
    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK) st = dump_own_mark(p);
    if (st == PILA_OK) st = dump_latin1(p, bytes);
    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK) st = dump_str_as(p, latin1, latin1);
    if (st == PILA_OK) st = dump_own_tuple(p, 2);
    return st == PILA_OK ? dump_reduced(p, identity) : st;
}

/* Bytes that are not in the memo; identity NULL: nobody will look for them there. */
static pila_status dump_bytes_text(pila_pickler *p, pila_str bytes,
                                   const pila_value *identity)
{
    pila_status st;

    if (p->protocol < 3) return dump_encoded(p, bytes, identity);
    if (p->protocol < 4 && bytes.len > UINT32_MAX)
        return dump_fault(p, PILA_EOVERFLOW,
                          "serializing a bytes object larger than 4 GiB "
                          "requires pickle protocol 4 or higher");
    st = dump_counted(p, PILA_OP_SHORT_BINBYTES, PILA_OP_BINBYTES, PILA_OP_BINBYTES8,
                      bytes);
    if (st != PILA_OK) return st;
    return identity ? dump_put(p, *identity) : dump_put_unnamed(p);
}

/* A bytearray of its own bytes: below protocol 5, bytearray(bytes). */
static pila_status dump_bytearray(pila_pickler *p, pila_value v)
{
    pila_str bytes = pila_value_text(v);
    pila_status st;

    if (p->protocol >= 5) {
        st = dump_counted(p, 0, 0, PILA_OP_BYTEARRAY8, bytes);
        return st == PILA_OK ? dump_put(p, v) : st;
    }
    if (bytes.len == 0) return dump_empty(p, DUMP_BYTEARRAY, &v);
    st = dump_known(p, DUMP_BUILTINS, DUMP_BYTEARRAY);
    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK) st = dump_own_mark(p);
    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK) st = dump_bytes_text(p, bytes, NULL);
    if (st == PILA_OK) st = dump_own_tuple(p, 1);
    return st == PILA_OK ? dump_reduced(p, &v) : st;
}

static pila_status dump_complex(pila_pickler *p, pila_value v)
{
    pila_status st = dump_known(p, DUMP_BUILTINS, DUMP_COMPLEX);

    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK) st = dump_own_mark(p);
    for (int k = 0; st == PILA_OK && k < 2; k++) {
        st = dump_boundary(p);
        if (st == PILA_OK) st = dump_float(p, v.as.parts[k]);
    }
    if (st == PILA_OK) st = dump_own_tuple(p, 2);
    return st == PILA_OK ? dump_reduced(p, &v) : st;
}

/* A number kept as its text: decimal.Decimal(text). */
static pila_status dump_numeral(pila_pickler *p, pila_value v)
{
    pila_status st = dump_known(p, DUMP_DECIMAL, DUMP_DECIMAL_CLASS);

    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK) st = dump_own_mark(p);
    if (st == PILA_OK) st = dump_boundary(p);
    if (st == PILA_OK) st = dump_str(p, pila_value_str_of(pila_value_text(v)));
    if (st == PILA_OK) st = dump_own_tuple(p, 1);
    return st == PILA_OK ? dump_reduced(p, &v) : st;
}

/* ---- levels ---- */

static const char *const dump_kinds[] = {"NoneType",  "bool",  "int",
                                         "int",       "float", "complex",
                                         "Decimal",   "str",   "bytes",
                                         "bytearray", "list",  "tuple",
                                         "dict",      "set",   "frozenset",
                                         "object"};

/* fast: whoever is being written is on the path, from some depth on. */
static pila_status dump_path_enter(pila_pickler *p, pila_value v, uint64_t *path)
{
    uint64_t key = pila__memo_key(v.as.items);
    char message[80];

    *path = 0;
    if (!p->options.fast || p->depth < DUMP_PATH_FROM || !key) return PILA_OK;
    if (pila__memo_get(&p->path, key) == PILA__MEMO_NONE) {
        *path = key;
        return pila__memo_put(&p->path, key, 0);
    }
    snprintf(message, sizeof message,
             "fast mode: can't pickle cyclic objects including object type %s",
             dump_kinds[pila_value_kind_of(v)]);
    return dump_fault(p, PILA_EVALUE, message);
}

/* Go down into v, whose nodes are items; the level is filled with what most need. */
static pila_status dump_push(pila_pickler *p, dump_what what, pila_value v,
                             const pila_value *items, size_t nodes)
{
    dump_level *l;
    uint64_t path;
    pila_status st;

    if (p->depth == p->levels_room) {
        size_t room = pila_mem_grow(p->levels_room, p->depth + 1, sizeof *l);

        if (!room || !(l = (dump_level *)pila_realloc(p->levels, room, sizeof *l)))
            return PILA_ENOMEM;
        p->levels = l;
        p->levels_room = room;
    }
    st = dump_path_enter(p, what == DUMP_ID ? pila_value_none() : v, &path);
    if (st != PILA_OK) return st;
    l = &p->levels[p->depth++];
    l->v = v;
    l->path = path;
    l->items = items;
    l->at = 0;
    l->stop = l->left = nodes;
    l->what = (uint8_t)what;
    l->exact = l->dense = true;
    l->open = l->single = l->full = false;
    return PILA_OK;
}

static void dump_pop(pila_pickler *p)
{
    const dump_level *l = &p->levels[--p->depth];

    if (l->path) pila__memo_remove(&p->path, l->path);
}

/* Begin with an empty one, in the memo before its items: so it may hold itself. */
static pila_status dump_begin(pila_pickler *p, pila_value v, int empty, int old)
{
    pila_status st;

    if (p->protocol == 0 && (st = dump_op(p, PILA_OP_MARK)) != PILA_OK) return st;
    st = dump_op(p, p->protocol ? empty : old);
    return st == PILA_OK ? dump_put(p, v) : st;
}

static const pila_value *dump_nodes(const pila_dict_body *d)
{
    return (const pila_value *)(const void *)d->entries;
}

/* The level just begun has a body's entries, two nodes each. */
static void dump_of_entries(pila_pickler *p, const pila_dict_body *d, bool dense)
{
    p->levels[p->depth - 1].left = d->len;
    p->levels[p->depth - 1].dense = dense;
}

static pila_status dump_list(pila_pickler *p, pila_value v)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    pila_status st = dump_begin(p, v, PILA_OP_EMPTY_LIST, PILA_OP_LIST);

    return st == PILA_OK && n ? dump_push(p, DUMP_ITEMS, v, items, n) : st;
}

static pila_status dump_dict(pila_pickler *p, pila_value v)
{
    const pila_dict_body *d = v.as.dict;
    pila_status st = dump_begin(p, v, PILA_OP_EMPTY_DICT, PILA_OP_DICT);

    if (st == PILA_OK && d->len)
        st = dump_push(p, DUMP_PAIRS, v, dump_nodes(d), 2 * d->used);
    if (st == PILA_OK && d->len) dump_of_entries(p, d, d->len == d->used);
    return st;
}

/* A set, or below protocol 4 a frozenset: set([...]) there. */
static pila_status dump_set(pila_pickler *p, pila_value v)
{
    const pila_dict_body *d = v.as.dict;
    bool frozen = pila_value_kind_of(v) == PILA_VALUE_FROZENSET;
    pila_status st;

    if (p->protocol >= 4) {
        if ((st = dump_op(p, PILA_OP_EMPTY_SET)) == PILA_OK) st = dump_put(p, v);
        if (st != PILA_OK || !d->len) return st;
    } else {
        st = dump_known(p, DUMP_BUILTINS, frozen ? DUMP_FROZENSET : DUMP_SET);
        if (st == PILA_OK) st = dump_boundary(p);
        if (st == PILA_OK) st = dump_own_mark(p);
        if (st == PILA_OK) st = dump_boundary(p);
        if (st == PILA_OK && !p->protocol) st = dump_op(p, PILA_OP_MARK);
        if (st == PILA_OK)
            st = dump_op(p, p->protocol ? PILA_OP_EMPTY_LIST : PILA_OP_LIST);
        if (st == PILA_OK) st = dump_put_unnamed(p);
    }
    if (st == PILA_OK) st = dump_push(p, DUMP_MEMBERS, v, dump_nodes(d), 2 * d->used);
    if (st == PILA_OK) dump_of_entries(p, d, false);
    return st;
}

static pila_status dump_frozenset(pila_pickler *p, pila_value v)
{
    pila_status st;

    if (p->protocol < 4) return dump_set(p, v);
    st = dump_op(p, PILA_OP_MARK);
    if (st != PILA_OK) return st;
    st = dump_push(p, DUMP_FROZEN, v, dump_nodes(v.as.dict), 2 * v.as.dict->used);
    if (st == PILA_OK) dump_of_entries(p, v.as.dict, false);
    return st;
}

static bool dump_is_marked(const pila_pickler *p, size_t n)
{
    return p->protocol < 2 || n > 3;
}

static pila_status dump_tuple(pila_pickler *p, pila_value v)
{
    size_t n;
    const pila_value *items = pila_value_data(v, &n);
    pila_status st = PILA_OK;

    if (n == 0) {
        if (p->protocol) return dump_op(p, PILA_OP_EMPTY_TUPLE);
        st = dump_op(p, PILA_OP_MARK);
        return st == PILA_OK ? dump_op(p, PILA_OP_TUPLE) : st;
    }
    if (dump_is_marked(p, n)) st = dump_op(p, PILA_OP_MARK);
    return st == PILA_OK ? dump_push(p, DUMP_TUPLE, v, items, n) : st;
}

/* ---- objects ---- */

/* The class whose place in the memo is in this file, or DUMP_NAMES. */
static dump_name dump_class_of(pila_value module, pila_value name)
{
    dump_name m = dump_name_of(module), k;

    if (m != DUMP_BUILTINS && m != DUMP_CODECS && m != DUMP_DECIMAL &&
        m != DUMP_COPYREG)
        return DUMP_NAMES;
    k = dump_name_of(name);
    if (k >= DUMP_SET && k <= DUMP_GETATTR) return m == DUMP_BUILTINS ? k : DUMP_NAMES;
    if (k == DUMP_ENCODE) return m == DUMP_CODECS ? k : DUMP_NAMES;
    if (k == DUMP_DECIMAL_CLASS) return m == DUMP_DECIMAL ? k : DUMP_NAMES;
    if (k == DUMP_NEWOBJ || k == DUMP_NEWOBJ_EX)
        return m == DUMP_COPYREG ? k : DUMP_NAMES;
    return DUMP_NAMES;
}

static pila_status dump_object_global(pila_pickler *p, pila_value v)
{
    pila_value module = v.as.items[0], name = v.as.items[1];
    dump_name known;

    if (pila_value_kind_of(module) != PILA_VALUE_STR ||
        pila_value_kind_of(name) != PILA_VALUE_STR)
        return dump_fault(p, PILA_EVALUE, "a global's names must be str");
    known = dump_class_of(module, name);
    return dump_global(p, module, name,
                       known == DUMP_NAMES ? v : dump_class_identity(known));
}

/* Below protocol 2 there are no codes: it is written by its name, if that is known. */
static pila_status dump_object_extension(pila_pickler *p, pila_value v)
{
    const pila_pickle_extension *e = p->options.extensions;
    pila_value code = v.as.items[0];

    if (pila_value_kind_of(code) != PILA_VALUE_INT)
        return dump_fault(p, PILA_EVALUE, "extension code isn't an integer");
    if (p->protocol >= 2) return dump_extension(p, code.as.i);
    for (size_t i = 0; i < p->options.n_extensions; i++, e++)
        if (e->code == code.as.i)
            return dump_global(p, pila_value_str_of(pila_cstr(e->module)),
                               pila_value_str_of(pila_cstr(e->name)), v);
    return dump_fault(p, PILA_EVALUE,
                      "an extension code without a name, below protocol 2");
}

/* An id in a line of its own, protocol 0. */
static pila_status dump_persistent_line(pila_pickler *p, pila_value id)
{
    char digits[PILA__INT_ROOM];
    pila_str text = pila_value_text(id);

    if (pila_value_kind_of(id) == PILA_VALUE_INT)
        text = pila_str_of(digits, pila__int_write(digits, id.as.i));
    else if (pila_value_kind_of(id) != PILA_VALUE_STR) text = pila_cstr("\n");
    if (!dump_is_ascii(text) || (text.len && memchr(text.ptr, '\n', text.len)))
        return dump_fault(p, PILA_EVALUE,
                          "persistent IDs in protocol 0 must be ASCII strings");
    return dump_line(p, PILA_OP_PERSID, text);
}

static pila_status dump_id(pila_pickler *p, pila_value id)
{
    if (p->protocol == 0) return dump_persistent_line(p, id);
    return dump_push(p, DUMP_ID, id, NULL, 0);
}

static pila_status dump_object_buffer(pila_pickler *p, pila_value v)
{
    pila_status st;

    if (p->protocol < 5)
        return dump_fault(p, PILA_EVALUE,
                          "PickleBuffer can only pickled with protocol >= 5");
    st = dump_op(p, PILA_OP_NEXT_BUFFER);
    if (st != PILA_OK || !pila_value_truth(v.as.items[1])) return st;
    return dump_op(p, PILA_OP_READONLY_BUFFER);
}

static pila_status dump_object(pila_pickler *p, pila_value v)
{
    switch (pila_value_how(v)) {
    case PILA_OBJECT_GLOBAL: return dump_object_global(p, v);
    case PILA_OBJECT_EXTENSION: return dump_object_extension(p, v);
    case PILA_OBJECT_BUFFER: return dump_object_buffer(p, v);
    case PILA_OBJECT_PERSISTENT: return dump_id(p, v.as.items[0]);
    default: return dump_push(p, DUMP_CALL, v, v.as.items, 0);
    }
}

/* ---- any value ---- */

/* Whether a callback has it: a buffer outside the pickle. */
static pila_status dump_out_of_band(pila_pickler *p, pila_value v, bool *taken)
{
    pila_status st;

    *taken = false;
    if (!p->options.buffer || p->protocol < 5) return PILA_OK;
    st = p->options.buffer(p->options.ctx, v, taken);
    if (st != PILA_OK || !*taken) return st;
    st = dump_op(p, PILA_OP_NEXT_BUFFER);
    if (st != PILA_OK || pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY) return st;
    return dump_op(p, PILA_OP_READONLY_BUFFER);
}

static pila_status dump_binary(pila_pickler *p, pila_value v, pila_value identity)
{
    bool taken;
    pila_status st = dump_out_of_band(p, v, &taken);

    if (st != PILA_OK || taken) return st;
    if (pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY) return dump_bytearray(p, v);
    return dump_bytes_text(p, pila_value_text(v), &identity);
}

/* A value that may be in the memo. */
static pila_status dump_shared(pila_pickler *p, pila_value v)
{
    pila_value identity = dump_identity(v);
    uint64_t n = dump_number_of(p, identity);

    if (n != DUMP_NONE) return dump_get(p, n);
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_STR: return dump_str_as(p, v, identity);
    case PILA_VALUE_BYTES:
    case PILA_VALUE_BYTEARRAY: return dump_binary(p, v, identity);
    case PILA_VALUE_COMPLEX: return dump_complex(p, v);
    case PILA_VALUE_NUMERAL: return dump_numeral(p, v);
    case PILA_VALUE_LIST: return dump_list(p, v);
    case PILA_VALUE_TUPLE: return dump_tuple(p, v);
    case PILA_VALUE_DICT: return dump_dict(p, v);
    case PILA_VALUE_SET: return dump_set(p, v);
    case PILA_VALUE_FROZENSET: return dump_frozenset(p, v);
    case PILA_VALUE_OBJECT: return dump_object(p, v);
    default: return dump_fault(p, PILA_EVALUE, "this is no value");
    }
}

/* A value of which it is known that no id stands for it. */
static pila_status dump_plain(pila_pickler *p, pila_value v)
{
    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_NONE: return dump_op(p, PILA_OP_NONE);
    case PILA_VALUE_BOOL: return dump_bool(p, v.as.i);
    case PILA_VALUE_INT:
    case PILA_VALUE_BIGINT: return dump_int(p, v);
    case PILA_VALUE_FLOAT: return dump_float(p, v.as.f);
    default: return dump_shared(p, v);
    }
}

/* The id that stands for a value, if any. */
static pila_status dump_persistent(pila_pickler *p, pila_value v, bool *done)
{
    pila_value id = pila_value_none();
    pila_status st;

    if (!p->options.persistent_id) return PILA_OK;
    st = p->options.persistent_id(p->options.ctx, v, &id);
    if (st != PILA_OK || pila_value_kind_of(id) == PILA_VALUE_NONE) return st;
    *done = true;
    return dump_id(p, id);
}

static pila_status dump_save(pila_pickler *p, pila_value v)
{
    pila_status st = dump_boundary(p);
    bool done = false;

    if (st == PILA_OK) st = dump_persistent(p, v, &done);
    return st == PILA_OK && !done ? dump_plain(p, v) : st;
}

/* ---- many nodes at once ---- */

static size_t dump_int_at(char *to, int64_t x)
{
    static const uint8_t ops[] = {PILA_OP_BININT1, PILA_OP_BININT2, 0, PILA_OP_BININT};
    uint32_t u = (uint32_t)x;
    size_t wide = (size_t)(u > 0xff) + 2 * (size_t)(u > 0xffff);

    to[0] = (char)ops[wide];
    dump_number(to + 1, u, 4);
    return wide ? 2 + wide : 2;
}

/* Short text, of which no more bytes may be read, to where 16 may be written over. */
static void dump_copy(char *to, const char *from, size_t n)
{
    uint64_t a, b;

    if (n > 16) memcpy(to, from, n);
    else if (n >= 8) {
        memcpy(&a, from, 8);
        memcpy(&b, from + n - 8, 8);
        memcpy(to, &a, 8);
        memcpy(to + n - 8, &b, 8);
    } else
        for (size_t i = 0; i < n; i++) to[i] = from[i];
}

/* Take the slot of the memo for what has no number yet. */
static void dump_take(pila_pickler *p, size_t at, uint64_t key, uint32_t check)
{
    p->slots[at].key = key;
    p->slots[at].check = check | p->memo_len++ << 32;
    p->memo_keys++;
}

static size_t dump_get_at(char *to, uint64_t number)
{
    to[0] = (char)(number < 256 ? PILA_OP_BINGET : PILA_OP_LONG_BINGET);
    dump_number(to + 1, number, 4);
    return number < 256 ? 2 : 5;
}

/* Text of at most 255 bytes. */
static size_t dump_short_at(pila_pickler *p, char *to, pila_value v)
{
    pila_value identity = dump_identity(v);
    uint64_t key = dump_key(identity);
    uint32_t check = dump_check(identity);
    size_t at = dump_find(p, key, check), n = (size_t)(v.tag >> 8);

    if (p->slots[at].key) return dump_get_at(to, p->slots[at].check >> 32);
    dump_take(p, at, key, check);
    to[0] = (char)PILA_OP_SHORT_BINUNICODE;
    to[1] = (char)n;
    dump_copy(to + 2, v.as.text, n);
    to[2 + n] = (char)PILA_OP_MEMOIZE;
    return n + 3;
}

static void dump_prefetch(const pila_pickler *p, pila_value v)
{
    __builtin_prefetch(&p->slots[dump_slot(p, dump_key(v))], 1);
}

/* Whether the memo has room for one more, without a look at it. */
static bool dump_has_room(const pila_pickler *p)
{
    return p->memo_keys <= p->slots_mask / 2 && p->slots && p->memo_len < UINT32_MAX;
}

/* A node that needs no level, in at most DUMP_SHORT_ROOM bytes; 0: not here. `ahead` is
 * a node that is to come. */
static size_t dump_node_at(pila_pickler *p, char *to, pila_value v,
                           const pila_value *ahead)
{
    if (v.tag == PILA_VALUE_INT)
        return v.as.i == (int32_t)v.as.i ? dump_int_at(to, v.as.i) : 0;
    if (v.tag == PILA_VALUE_FLOAT) {
        uint64_t bits = __builtin_bswap64(dump_double_bits(v.as.f));

        to[0] = PILA_OP_BINFLOAT;
        memcpy(to + 1, &bits, 8);
        return 9;
    }
    if (pila_value_kind_of(v) == PILA_VALUE_STR && v.tag >> 8 <= 0xff) {
        if (!dump_has_room(p)) return 0;
        if (ahead) dump_prefetch(p, *ahead);
        return dump_short_at(p, to, v);
    }
    if (v.tag == PILA_VALUE_NONE) to[0] = PILA_OP_NONE;
    else if (v.tag == PILA_VALUE_BOOL)
        to[0] = (char)(v.as.i ? PILA_OP_NEWTRUE : PILA_OP_NEWFALSE);
    else return 0;
    return 1;
}

/* The nodes of a list, or of a dict without deleted entries. */
static const pila_value *dump_run_nodes(pila_value v, size_t *n)
{
    if (v.tag == PILA_VALUE_LIST) return pila_value_data(v, n);
    if (v.tag != PILA_VALUE_DICT || v.as.dict->len != v.as.dict->used) return NULL;
    *n = v.as.dict->len;
    return dump_nodes(v.as.dict);
}

/* What comes in a large list of lists or dicts: the memory that the next ones will need
 * is asked for, of the third its body, of the second its nodes, of the first the memo
 * slots of those. */
static void dump_look_ahead(const pila_pickler *p, const pila_value *next, size_t left)
{
    size_t n = 0;
    const pila_value *nodes;

    if (p->slots_mask < DUMP_SLOTS_MANY || left < 3) return;
    if (next[2].tag == PILA_VALUE_LIST || next[2].tag == PILA_VALUE_DICT) {
        __builtin_prefetch(next[2].as.dict);
        dump_prefetch(p, next[2]);
    }
    nodes = dump_run_nodes(next[1], &n);
    if (nodes && n) __builtin_prefetch(nodes);
    if (nodes && n > 2) __builtin_prefetch(nodes + 4);
    nodes = dump_run_nodes(next[0], &n);
    if (next[0].tag == PILA_VALUE_DICT) n *= 2;
    for (size_t i = 0; nodes && i < n && i < 2 * (size_t)DUMP_AHEAD; i++)
        if (pila_value_kind_of(nodes[i]) >= PILA_VALUE_STR) dump_prefetch(p, nodes[i]);
}

/* A list or dict of less than a batch: its beginning, and a level if it has items.
 * False: not here. */
static bool dump_enter_at(pila_pickler *p, char **to, pila_value v)
{
    size_t n = 0, at;
    const pila_value *nodes = dump_run_nodes(v, &n);
    bool dict = v.tag == PILA_VALUE_DICT;
    dump_level *l;

    if (!nodes || n >= DUMP_BATCH || p->depth == p->levels_room || !dump_has_room(p))
        return false;
    at = dump_find(p, dump_key(v), dump_check(v));
    if (p->slots[at].key) {
        *to += dump_get_at(*to, p->slots[at].check >> 32);
        return true;
    }
    dump_take(p, at, dump_key(v), dump_check(v));
    *(*to)++ = (char)(dict ? PILA_OP_EMPTY_DICT : PILA_OP_EMPTY_LIST);
    *(*to)++ = (char)PILA_OP_MEMOIZE;
    if (n == 0) return true;
    l = &p->levels[p->depth++];
    l->v = v;
    l->items = nodes;
    l->at = l->left = l->path = 0;
    l->stop = dict ? 2 * n : n;
    l->what = dict ? DUMP_PAIRS : DUMP_ITEMS;
    l->exact = l->dense = l->open = true;
    l->full = false;
    l->single = n == 1;
    if (n > 1) *(*to)++ = (char)PILA_OP_MARK;
    return true;
}

/* The end of the top level's last batch; false: not here. */
static bool dump_leave_at(pila_pickler *p, char **to)
{
    const dump_level *l = &p->levels[p->depth - 1];

    if (!l->open || l->left || l->full || l->path || l->what == DUMP_MEMBERS)
        return false;
    if (l->what == DUMP_PAIRS)
        *(*to)++ = (char)(l->single ? PILA_OP_SETITEM : PILA_OP_SETITEMS);
    else *(*to)++ = (char)(l->single ? PILA_OP_APPEND : PILA_OP_APPENDS);
    p->depth--;
    return p->depth > 0;
}

/* Write nodes from the top level on, into lists and dicts and out of them, up to the
 * first that needs more, or to where the memo, the room or the frame is to be looked
 * at. Protocol 4 and above.
 * long: one loop, whose variables stay in registers. */
static void dump_run(pila_pickler *p)
{
    dump_level *l = &p->levels[p->depth - 1];
    const pila_value *items = l->items;
    size_t at = l->at, stop = l->stop;
    size_t room = p->out.room < DUMP_SHORT_ROOM ? 0 : p->out.room - DUMP_SHORT_ROOM;
    char *to = p->out.data + p->out.len, *end;

    end = p->out.data + (room < p->full ? room : p->full);
    for (;;) {
        size_t n;

        if (at < stop) {
            if (to >= end) break;
            n = dump_node_at(p, to, items[at],
                             at + DUMP_AHEAD < stop ? &items[at + DUMP_AHEAD] : NULL);
            if (n) {
                to += n;
                at++;
                continue;
            }
            l->at = at + 1;
            if (!dump_enter_at(p, &to, items[at])) break;
            if (l->what == DUMP_ITEMS)
                dump_look_ahead(p, items + at + 1, stop - at - 1);
        } else {
            l->at = at;
            if (to >= p->out.data + room || !dump_leave_at(p, &to)) break;
        }
        l = &p->levels[p->depth - 1];
        items = l->items;
        at = l->at;
        stop = l->stop;
        if (!l->dense) break;
    }
    if (p->depth) p->levels[p->depth - 1].at = at;
    p->out.len = (size_t)(to - p->out.data);
}

/* Whether dump_run may be asked. */
static bool dump_runs(const pila_pickler *p)
{
    return p->protocol >= 4 && !p->options.persistent_id && !p->options.fast;
}

/* ---- the steps of a level ---- */

/* Write nodes of the top level up to its stop, or until one goes deeper. Of a set every
 * second node counts; what was deleted does not. */
static pila_status dump_to_stop(pila_pickler *p, bool *whole)
{
    size_t depth = p->depth, n;
    dump_level *l;
    pila_status st = PILA_OK;

    *whole = false;
    while (st == PILA_OK && p->depth == depth) {
        l = &p->levels[depth - 1];
        if (l->dense && l->at < l->stop && dump_runs(p)) {
            dump_run(p);
            if (p->depth != depth) return PILA_OK;
        }
        while (!l->dense && !(l->at & 1) && l->at < l->stop &&
               pila_value_kind_of(l->items[l->at]) == PILA__VALUE_DEAD)
            l->at += 2;
        if (l->at >= l->stop) {
            *whole = true;
            return PILA_OK;
        }
        n = l->at;
        l->at += l->what == DUMP_MEMBERS || l->what == DUMP_FROZEN ? 2 : 1;
        st = dump_save(p, l->items[n]);
    }
    return st;
}

/* Where n more entries end. */
static size_t dump_ahead(const dump_level *l, size_t n)
{
    size_t at = l->at;

    if (l->dense) return at + n * (l->what == DUMP_PAIRS ? 2 : 1);
    for (; n; at += 2) n -= pila_value_kind_of(l->items[at]) != PILA__VALUE_DEAD;
    return at;
}

/* The next batch: see the essay for what comes after 1000 items. */
static pila_status dump_batch_open(pila_pickler *p, dump_level *l)
{
    size_t n = l->left < DUMP_BATCH ? l->left : (size_t)DUMP_BATCH;
    bool set = l->what == DUMP_MEMBERS && p->protocol >= 4;

    l->single =
        !set && (p->protocol == 0 || (l->left == 1 && (!l->exact || l->at == 0)));
    if (l->single) n = 1;
    l->full = n == DUMP_BATCH && (set || (l->what == DUMP_PAIRS && l->exact));
    l->left -= n;
    l->stop = dump_ahead(l, n);
    l->open = true;
    return l->single ? PILA_OK : dump_op(p, PILA_OP_MARK);
}

static pila_status dump_batch_close(pila_pickler *p, dump_level *l)
{
    l->open = false;
    if (l->what == DUMP_PAIRS)
        return dump_op(p, l->single ? PILA_OP_SETITEM : PILA_OP_SETITEMS);
    if (l->what == DUMP_MEMBERS && p->protocol >= 4)
        return dump_op(p, PILA_OP_ADDITEMS);
    return dump_op(p, l->single ? PILA_OP_APPEND : PILA_OP_APPENDS);
}

/* An object is made. If it is in the memo by now, it has itself as a part: then that
 * one is taken, and what was made is dropped: `pops` things, or all after a MARK. */
static pila_status dump_made(pila_pickler *p, pila_value v, size_t pops, bool marked,
                             bool *again)
{
    uint64_t n = dump_number_of(p, v);
    pila_status st = PILA_OK;

    *again = n != DUMP_NONE;
    if (!*again) return PILA_OK;
    if (marked && p->protocol) st = dump_op(p, PILA_OP_POP_MARK);
    else
        for (pops += marked; st == PILA_OK && pops; pops--)
            st = dump_op(p, PILA_OP_POP);
    return st == PILA_OK ? dump_get(p, n) : st;
}

/* After REDUCE, or what is like it: true in *again where the object is there already.
 */
static pila_status dump_called(pila_pickler *p, pila_value v, bool *again)
{
    pila_status st = dump_made(p, v, 1, false, again);

    return st == PILA_OK && !*again ? dump_put(p, v) : st;
}

static pila_status dump_step_batch(pila_pickler *p)
{
    dump_level *l = &p->levels[p->depth - 1];
    pila_value v = l->v;
    bool whole = false, again;
    pila_status st = PILA_OK;

    if (l->open || l->left || l->full) {
        if (!l->open) st = dump_batch_open(p, l);
        if (st == PILA_OK) st = dump_to_stop(p, &whole);
        return st == PILA_OK && whole ? dump_batch_close(p, &p->levels[p->depth - 1])
                                      : st;
    }
    whole = l->what == DUMP_MEMBERS && p->protocol < 4;
    dump_pop(p);
    if (!whole) return PILA_OK;
    st = dump_own_tuple(p, 1);
    if (st == PILA_OK) st = dump_op(p, PILA_OP_REDUCE);
    return st == PILA_OK ? dump_called(p, v, &again) : st;
}

static pila_status dump_step_tuple(pila_pickler *p)
{
    static const uint8_t ops[] = {0, PILA_OP_TUPLE1, PILA_OP_TUPLE2, PILA_OP_TUPLE3};
    const dump_level *l = &p->levels[p->depth - 1];
    pila_value v = l->v;
    size_t n = l->stop;
    bool whole, again, marked = l->what == DUMP_FROZEN || dump_is_marked(p, n);
    uint8_t what = l->what;
    pila_status st = dump_to_stop(p, &whole);

    if (st != PILA_OK || !whole) return st;
    dump_pop(p);
    if (what == DUMP_ARGS) return PILA_OK;
    st = dump_made(p, v, n, marked, &again);
    if (st != PILA_OK || again) return st;
    st = dump_op(p, what == DUMP_FROZEN ? (uint8_t)PILA_OP_FROZENSET
                    : marked            ? (uint8_t)PILA_OP_TUPLE
                                        : ops[n]);
    return st == PILA_OK ? dump_put(p, v) : st;
}

static pila_status dump_step_id(pila_pickler *p)
{
    dump_level *l = &p->levels[p->depth - 1];

    if (l->left++ == 0) return dump_plain(p, l->v);
    dump_pop(p);
    return dump_op(p, PILA_OP_BINPERSID);
}

/* ---- calls ---- */

static bool dump_is_global(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_OBJECT &&
           pila_value_how(v) == PILA_OBJECT_GLOBAL;
}

/* How it is written here: what the protocol lacks, by functions of copyreg. */
static bool dump_by_copyreg(const pila_pickler *p, pila_object_how how)
{
    return (how == PILA_OBJECT_NEWOBJ && p->protocol < 2) ||
           (how == PILA_OBJECT_NEWOBJ_EX && p->protocol < 4);
}

/* The class or function, and what stands before it. */
static pila_status dump_call_begin(pila_pickler *p, pila_value v)
{
    pila_object_how how = pila_value_how(v);
    pila_value callable = v.as.items[PILA_PART_CALLABLE];
    pila_status st = PILA_OK;

    if (dump_by_copyreg(p, how)) {
        st = dump_known(p, DUMP_COPYREG,
                        how == PILA_OBJECT_NEWOBJ ? DUMP_NEWOBJ : DUMP_NEWOBJ_EX);
        if (st == PILA_OK && (how == PILA_OBJECT_NEWOBJ || p->protocol < 2))
            st = dump_op(p, PILA_OP_MARK);
    } else if (how == PILA_OBJECT_INST || how == PILA_OBJECT_OBJ)
        st = dump_op(p, PILA_OP_MARK);
    if (st != PILA_OK || (how == PILA_OBJECT_INST && dump_is_global(callable)))
        return st;
    return dump_save(p, callable);
}

/* The arguments: as a tuple, or one by one. */
static pila_status dump_call_args(pila_pickler *p, pila_value v)
{
    pila_object_how how = pila_value_how(v);
    pila_value args = v.as.items[PILA_PART_ARGS];
    const pila_value *items;
    size_t n;

    if (how == PILA_OBJECT_REDUCE || how == PILA_OBJECT_NEWOBJ_EX ||
        (how == PILA_OBJECT_NEWOBJ && p->protocol >= 2))
        return dump_save(p, args);
    items = pila_value_data(args, &n);
    if (!n) return PILA_OK;
    return dump_push(p, DUMP_ARGS, pila_value_none(), items, n);
}

static pila_status dump_call_op(pila_pickler *p, pila_value v)
{
    const pila_value *parts = v.as.items;
    pila_status st;

    switch (pila_value_how(v)) {
    case PILA_OBJECT_INST:
        if (!dump_is_global(parts[0])) return dump_op(p, PILA_OP_OBJ);
        return dump_global_line(p, PILA_OP_INST, pila_value_text(parts[0].as.items[0]),
                                pila_value_text(parts[0].as.items[1]));
    case PILA_OBJECT_OBJ: return dump_op(p, PILA_OP_OBJ);
    case PILA_OBJECT_NEWOBJ:
        if (p->protocol >= 2) return dump_op(p, PILA_OP_NEWOBJ);
        st = dump_op(p, PILA_OP_TUPLE);
        if (st == PILA_OK) st = dump_put_unnamed(p);
        return st == PILA_OK ? dump_op(p, PILA_OP_REDUCE) : st;
    case PILA_OBJECT_NEWOBJ_EX:
        if (p->protocol >= 4) return dump_op(p, PILA_OP_NEWOBJ_EX);
        st = dump_own_tuple(p, 3);
        return st == PILA_OK ? dump_op(p, PILA_OP_REDUCE) : st;
    default: return dump_op(p, PILA_OP_REDUCE);
    }
}

/* What was put into the object: batches as of an iterator. */
static pila_status dump_call_items(pila_pickler *p, pila_value list, dump_what what)
{
    size_t n;
    const pila_value *items = pila_value_data(list, &n);
    pila_status st;

    if (n < (what == DUMP_PAIRS ? 2u : 1u)) return PILA_OK;
    st = dump_push(p, what, list, items, n);
    if (st != PILA_OK) return st;
    p->levels[p->depth - 1].exact = false;
    if (what == DUMP_PAIRS) p->levels[p->depth - 1].left = n / 2;
    return PILA_OK;
}

static pila_status dump_step_call(pila_pickler *p)
{
    dump_level *l = &p->levels[p->depth - 1];
    pila_value v = l->v, state = v.as.items[PILA_PART_STATE];
    bool again = false;
    pila_status st;

    switch (l->left++) {
    case 0: return dump_call_begin(p, v);
    case 1: return dump_call_args(p, v);
    case 2:
        if (pila_value_how(v) != PILA_OBJECT_NEWOBJ_EX) return PILA_OK;
        return dump_save(p, v.as.items[PILA_PART_KWARGS]);
    case 3:
        st = dump_call_op(p, v);
        if (st == PILA_OK) st = dump_called(p, v, &again);
        if (again) dump_pop(p);
        return st;
    case 4: return dump_call_items(p, v.as.items[PILA_PART_ITEMS], DUMP_ITEMS);
    case 5: return dump_call_items(p, v.as.items[PILA_PART_PAIRS], DUMP_PAIRS);
    case 6:
        if (pila_value_kind_of(state) != PILA_VALUE_NONE) return dump_save(p, state);
        dump_pop(p);
        return PILA_OK;
    default: dump_pop(p); return dump_op(p, PILA_OP_BUILD);
    }
}

static pila_status dump_step(pila_pickler *p)
{
    switch (p->levels[p->depth - 1].what) {
    case DUMP_ITEMS:
    case DUMP_PAIRS:
    case DUMP_MEMBERS: return dump_step_batch(p);
    case DUMP_CALL: return dump_step_call(p);
    case DUMP_ID: return dump_step_id(p);
    default: return dump_step_tuple(p);
    }
}

/* ---- the pickler ---- */

pila_status pila_pickler_init(pila_pickler *p, int protocol,
                              const pila_pickle_dump_options *options)
{
    pila_pickler empty = {0};

    if (protocol > PILA_PICKLE_HIGHEST) return PILA_EVALUE;
    *p = empty;
    p->protocol = protocol < 0 ? PILA_PICKLE_HIGHEST : protocol;
    if (options) p->options = *options;
    return PILA_OK;
}

/* One pickle, behind what out has. */
static pila_status dump_pickle(pila_pickler *p, pila_value v)
{
    pila_status st = PILA_OK;

    p->flushed = p->depth = 0;
    p->begun = p->out.len;
    p->full = p->write ? p->out.len + DUMP_FRAME_FULL : SIZE_MAX;
    pila__memo_clear(&p->path);
    if (p->protocol >= 2)
        st = dump_op_number(p, PILA_OP_PROTO, (uint64_t)p->protocol, 1);
    if (st == PILA_OK && p->protocol >= 4) st = dump_frame_begin(p);
    if (st == PILA_OK) st = dump_save(p, v);
    while (st == PILA_OK && p->depth) st = dump_step(p);
    if (st == PILA_OK) st = dump_op(p, PILA_OP_STOP);
    if (st == PILA_OK && p->protocol >= 4) dump_frame_end(p);
    if (st == PILA_OK && p->write) st = dump_flush(p);
    return st;
}

/* The same, with what is told of a fault; then nothing refers to what was not written.
 */
static pila_status dump_told(pila_pickler *p, pila_value v, pila_error *err)
{
    pila_error none = {PILA_OK, 0, 0, 0, ""};
    pila_status st;

    if (err) *err = none;
    p->err = err;
    st = dump_pickle(p, v);
    p->err = NULL;
    if (st == PILA_OK) return st;
    if (err) {
        err->status = st;
        err->offset = p->flushed + p->out.len - p->begun;
        if (!err->message[0])
            snprintf(err->message, sizeof err->message, "%s", pila_status_text(st));
    }
    pila_pickler_clear_memo(p);
    return st;
}

pila_status pila_pickler_dumps(pila_pickler *p, pila_value v, pila_buf *out,
                               pila_error *err)
{
    pila_buf own = p->out;
    size_t len = out->len;
    pila_status st;

    p->write = NULL;
    p->out = *out;
    st = dump_told(p, v, err);
    *out = p->out;
    p->out = own;
    if (st != PILA_OK) out->len = len;
    return st;
}

pila_status pila_pickler_dump(pila_pickler *p, pila_value v, pila_pickle_write *write,
                              void *ctx, pila_error *err)
{
    p->write = write;
    p->write_ctx = ctx;
    p->out.len = 0;
    return dump_told(p, v, err);
}

void pila_pickler_clear_memo(pila_pickler *p)
{
    if (p->memo_keys) memset(p->slots, 0, (p->slots_mask + 1) * sizeof *p->slots);
    p->memo_keys = 0;
    p->memo_len = 0;
}

void pila_pickler_done(pila_pickler *p)
{
    pila_pickler empty = {0};

    pila_buf_done(&p->out);
    pila__memo_done(&p->path);
    pila_free(p->levels);
    pila_free(p->slots);
    *p = empty;
}

pila_status pila_pickle_dumps(pila_value v, int protocol, pila_buf *out,
                              pila_error *err)
{
    pila_pickler p;
    pila_status st = pila_pickler_init(&p, protocol, NULL);

    if (st != PILA_OK) return st;
    st = pila_pickler_dumps(&p, v, out, err);
    pila_pickler_done(&p);
    return st;
}

static pila_status dump_to_file(void *ctx, pila_str bytes)
{
    size_t n = bytes.len ? fwrite(bytes.ptr, 1, bytes.len, (FILE *)ctx) : 0;

    return n == bytes.len ? PILA_OK : PILA_EIO;
}

pila_status pila_pickle_dump(pila_value v, int protocol, FILE *file, pila_error *err)
{
    pila_pickler p;
    pila_status st = pila_pickler_init(&p, protocol, NULL);

    if (st != PILA_OK) return st;
    st = pila_pickler_dump(&p, v, dump_to_file, file, err);
    pila_pickler_done(&p);
    return st;
}
