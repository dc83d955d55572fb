/* pickletools.c - see pickletools.h.
 *
 * genops, dis and optimize are loops around the reader of pickletools_args.h.
 *
 * dis plays the unpickler with a stack of letters, one for each thing on it, and the
 * positions of the marks. As in CPython the two can part, where an opcode that takes no
 * marks takes one: looking for it then comes to an end with IndexError. The memo is an
 * array while its numbers are about as many as they are large, and a dict of the
 * others: a few bytes that store under 2^32 - 1 cost no memory.
 *
 * Text goes out through a block of 16 KiB, and repr is written into it piece by piece.
 * Only what is neither a small integer nor ASCII asks pila_value_repr, text in pieces:
 * a string of gigabytes is shown in the memory of a block.
 *
 * optimize reads twice, first to learn which entries are got: a list of the opcodes, as
 * CPython makes it, takes more memory than the pickle. A frame is written behind a gap
 * for its head, which is filled when its end is known.
 *
 * Facts: Lib/pickletools.py and Lib/pickle.py of CPython 3.11; PEP 3154.
 */
#include "pickletools.h"

#include "number.h"
#include "pickletools_args.h"

#include <stdio.h>

enum {
    PICKLETOOLS_BLOCK = 16 << 10, /* bytes of text given to write at a time */
    PICKLETOOLS_PIECE = 1 << 10,  /* bytes of text beyond ASCII shown at a time */
    PICKLETOOLS_SPARSE = 1024,    /* numbers that the memo's array has in any case */
    PICKLETOOLS_ANNOTATED = 50,   /* beyond this column annotations begin anew */
    PICKLETOOLS_FRAME = 64 << 10, /* a frame that has so many bytes is complete */
    PICKLETOOLS_FRAME_HEAD = 9,
    PICKLETOOLS_FRAME_LEAST = 4, /* less is written without a head */
    PICKLETOOLS_PROTOCOLS = 5,   /* the highest; */
    PICKLETOOLS_FRAMED = 4       /* from this one on there are frames, and MEMOIZE */
};

static pila__opargs pickletools_open(pila_str text, size_t at)
{
    pila__opargs in;

    memset(&in, 0, sizeof in);
    in.text = text;
    in.at = at;
    return in;
}

/* Free the reader; a fault is told. */
static pila_status pickletools_close(pila__opargs *in, pila_status st, pila_error *err)
{
    if (err && in->error.status != PILA_OK && in->error.status == st) *err = in->error;
    pila__opargs_done(in);
    return st;
}

/* ---- genops ---- */

typedef struct pickletools_state {
    pila__opargs in;
    pila_pickle_op op;
} pickletools_state;

static bool pickletools_refill(pila_iter *it)
{
    pickletools_state *s = (pickletools_state *)it->state;
    pila_status st = PILA_END;

    if (!s->op.info || s->op.info->code != PILA_OP_STOP)
        st = pila__opargs_next(&s->in, &s->op);
    if (st != PILA_OK) return pila_iter_end(it, st);
    it->cur = (const char *)&s->op;
    it->end = it->cur + sizeof s->op;
    return true;
}

static pila_iter pickletools_drop(pila_iter *it)
{
    pickletools_state *s = (pickletools_state *)it->state;

    pila__opargs_done(&s->in);
    pila_free(s);
    return pila_failed(PILA_END);
}

static const pila_iter_ops pickletools_ops = {pickletools_refill, pickletools_drop,
                                              NULL};

pila_iter pila_pickle_genops(pila_str text, size_t at)
{
    pickletools_state *s = (pickletools_state *)pila_alloc_zero(1, sizeof *s);

    if (!s) return pila_failed(PILA_ENOMEM);
    s->in = pickletools_open(text, at);
    return pila_iter_make(&pila_pickle_op_type, &pickletools_ops, s);
}

const pila_error *pila_pickle_genops_error(const pila_iter *it)
{
    if (it->ops != &pickletools_ops || it->status != PILA_EVALUE) return NULL;
    return &((const pickletools_state *)it->state)->in.error;
}

/* ---- the memo: a number, not 0, for each of some integers ---- */

/* Of a key that the array could have: its place. True is 1, as in a dict. */
static bool pickletools_place(pila_value key, size_t *at)
{
    if (pila_value_kind_of(key) > PILA_VALUE_INT || key.as.i < 0) return false;
    *at = (size_t)key.as.i;
    return true;
}

/* The number of a key, or 0. */
static pila_status pickletools_get(const pila_dis_memo *m, pila_value key, size_t *out)
{
    size_t at = 0;
    pila_value found;
    pila_status st;

    *out = 0;
    if (pickletools_place(key, &at) && at < m->room && m->few[at]) {
        *out = m->few[at];
        return PILA_OK;
    }
    if (pila_value_kind_of(m->others) != PILA_VALUE_DICT) return PILA_OK;
    st = pila_value_getitem(m->others, key, &found);
    if (st == PILA_OK) *out = (size_t)found.as.i;
    return st == PILA_EKEY ? PILA_OK : st;
}

static pila_status pickletools_widen(pila_dis_memo *m, size_t at)
{
    size_t room = pila_mem_grow(m->room, at + 1, sizeof *m->few);
    size_t *few = room ? (size_t *)pila_realloc(m->few, room, sizeof *few) : NULL;

    if (!few) return PILA_ENOMEM;
    memset(few + m->room, 0, (room - m->room) * sizeof *few);
    m->few = few;
    m->room = room;
    return PILA_OK;
}

static pila_status pickletools_set_other(pila_dis_memo *m, pila_value key,
                                         size_t number)
{
    pila_status st = PILA_OK;

    if (pila_value_kind_of(m->others) != PILA_VALUE_DICT)
        st = pila_value_dict(&m->doc, 0, &m->others);
    if (st == PILA_OK && pila_value_kind_of(key) == PILA_VALUE_BIGINT)
        st = pila_value_copy(&m->doc, key, &key);
    if (st != PILA_OK) return st;
    return pila_value_setitem(&m->doc, m->others, key, pila_value_int((int64_t)number));
}

static pila_status pickletools_set(pila_dis_memo *m, pila_value key, size_t number)
{
    size_t at = 0, was = 0;
    bool near = pickletools_place(key, &at);
    pila_status st = pickletools_get(m, key, &was);

    if (st != PILA_OK) return st;
    near = near && (at < m->room ? m->few[at] || !was
                                 : !was && at / 2 < m->len + PICKLETOOLS_SPARSE);
    if (near && at >= m->room) st = pickletools_widen(m, at);
    else if (!near) st = pickletools_set_other(m, key, number);
    if (st != PILA_OK) return st;
    if (near) m->few[at] = number;
    m->len += was == 0;
    return PILA_OK;
}

void pila_dis_memo_done(pila_dis_memo *memo)
{
    pila_free(memo->few);
    pila_doc_done(&memo->doc);
    memset(memo, 0, sizeof *memo);
}

/* ---- text ---- */

typedef struct pickletools_out {
    pila_dis_write *write;
    void *ctx;
    pila_status st; /* what write answered; then nothing more is written */
    size_t columns; /* characters since pickletools_line_start */
    size_t len;
    char *block;
} pickletools_out;

static void pickletools_flush(pickletools_out *o)
{
    if (o->st == PILA_OK && o->len)
        o->st = o->write(o->ctx, pila_str_of(o->block, o->len));
    o->len = 0;
}

/* Room for n bytes, of a block at most. */
PILA_INLINE char *pickletools_room(pickletools_out *o, size_t n)
{
    if (PILA_UNLIKELY(n > PICKLETOOLS_BLOCK - o->len)) pickletools_flush(o);
    return o->block + o->len;
}

static size_t pickletools_at_once(size_t n)
{
    return n > PICKLETOOLS_BLOCK ? (size_t)PICKLETOOLS_BLOCK : n;
}

static void pickletools_put(pickletools_out *o, const char *text, size_t n)
{
    o->columns += n;
    while (n > 0 && o->st == PILA_OK) {
        size_t some = pickletools_at_once(n);
        memcpy(pickletools_room(o, some), text, some);
        o->len += some;
        text += some;
        n -= some;
    }
}

static void pickletools_put_c(pickletools_out *o, const char *text)
{
    pickletools_put(o, text, strlen(text));
}

PILA_INLINE void pickletools_put_char(pickletools_out *o, char c)
{
    *pickletools_room(o, 1) = c;
    o->len++;
    o->columns++;
}

static void pickletools_blanks(pickletools_out *o, size_t n)
{
    o->columns += n;
    while (n > 0 && o->st == PILA_OK) {
        size_t some = pickletools_at_once(n);
        memset(pickletools_room(o, some), ' ', some);
        o->len += some;
        n -= some;
    }
}

static void pickletools_put_int(pickletools_out *o, int64_t x)
{
    size_t n = pila__int_write(pickletools_room(o, PILA__INT_ROOM), x);

    o->len += n;
    o->columns += n;
}

/* ---- repr ---- */

/* The next bytes beyond ASCII, whole characters of them, a piece at most. */
static size_t pickletools_beyond(pila_str s)
{
    size_t n = 0;

    while (n < s.len && n < PICKLETOOLS_PIECE && (s.ptr[n] & 0x80)) n++;
    while (n < s.len && ((unsigned char)s.ptr[n] & 0xc0) == 0x80) n++;
    return n;
}

/* As repr has them between its quotes. */
static pila_status pickletools_put_beyond(pickletools_out *o, pila_str s,
                                          pila_buf *scratch)
{
    pila_status st;

    pila_buf_clear(scratch);
    st = pila_value_repr(pila_value_str_of(s), scratch);
    if (st != PILA_OK) return st;
    pickletools_put(o, scratch->data + 1, scratch->len - 2);
    for (size_t k = 1; k + 1 < scratch->len; k++)
        o->columns -= ((unsigned char)scratch->data[k] & 0xc0) == 0x80;
    return PILA_OK;
}

/* Bytes of the run from the first that stand for themselves in quotes. */
static size_t pickletools_run(pila_str s, char quote)
{
    size_t k = 0;

    while (k < s.len && s.ptr[k] >= ' ' && s.ptr[k] < 0x7f && s.ptr[k] != '\\' &&
           s.ptr[k] != quote)
        k++;
    return k;
}

/* Of a bytearray CPython escapes the single quote in double ones, too. */
static pila_status pickletools_put_text(pickletools_out *o, pila_value v,
                                        pila_buf *scratch)
{
    pila_str s = pila_value_text(v);
    char quote = pila__opargs_quote(s), escaped[4];
    bool utf8 = pila_value_kind_of(v) == PILA_VALUE_STR;
    char inner = pila_value_kind_of(v) == PILA_VALUE_BYTEARRAY ? '\'' : quote;
    pila_status st = PILA_OK;
    size_t n;

    pickletools_put_char(o, quote);
    while (st == PILA_OK && o->st == PILA_OK) {
        n = pickletools_run(s, inner);
        pickletools_put(o, s.ptr, n);
        s = pila_str_of(s.ptr + n, s.len - n);
        if (!s.len) break;
        n = utf8 ? pickletools_beyond(s) : 0;
        if (n) st = pickletools_put_beyond(o, pila_str_of(s.ptr, n), scratch);
        else
            pickletools_put(o, escaped,
                            pila__opargs_escape(escaped, (unsigned char)*s.ptr, inner,
                                                0x7e));
        n += n == 0;
        s = pila_str_of(s.ptr + n, s.len - n);
    }
    pickletools_put_char(o, quote);
    return st;
}

/* An argument; what is no text and no small integer is in scratch already. */
static pila_status pickletools_put_value(pickletools_out *o, pila_value v,
                                         pila_buf *scratch)
{
    pila_status st;

    switch (pila_value_kind_of(v)) {
    case PILA_VALUE_INT: pickletools_put_int(o, v.as.i); return PILA_OK;
    case PILA_VALUE_STR: return pickletools_put_text(o, v, scratch);
    case PILA_VALUE_BYTES:
        pickletools_put_char(o, 'b');
        return pickletools_put_text(o, v, scratch);
    case PILA_VALUE_BYTEARRAY:
        pickletools_put_c(o, "bytearray(b");
        st = pickletools_put_text(o, v, scratch);
        pickletools_put_char(o, ')');
        return st;
    default: pickletools_put(o, scratch->data, scratch->len); return PILA_OK;
    }
}

/* ---- dis ---- */

typedef struct pickletools_dis {
    pila__opargs in;
    pila_pickle_op op;
    pickletools_out out;
    pila_dis_memo own, *memo;
    pila_buf stack, marks; /* letters; size_t, where each mark was put */
    pila_buf scratch;
    size_t indent, annotate, column;
    unsigned proto;
    size_t depth;     /* marks before the opcode */
    size_t takes;     /* of the opcode: how many things, but for those down to a mark */
    char got;         /* of a GET: the letter */
    bool wrong;       /* of the opcode: there is a complaint, once it was printed */
    const char *note; /* of the opcode, about a mark or the memo; or NULL */
    size_t number;    /* that belongs into the note, if it begins with a bracket */
} pickletools_dis;

static pila_str pickletools_as_text(pila_buf *scratch)
{
    pila_str s = pila_buf_view(scratch);

    if (s.len > sizeof(((pila_error *)0)->message))
        s.len = sizeof(((pila_error *)0)->message);
    return s;
}

/* "memo key X ...", for when the opcode has been printed. */
static pila_status pickletools_complain(pickletools_dis *d, const char *what)
{
    pila_status st;

    d->wrong = true;
    pila_buf_clear(&d->scratch);
    st = pila_value_repr(d->op.arg, &d->scratch);
    if (st != PILA_OK) return st;
    pila_str key = pickletools_as_text(&d->scratch);
    (void)pila__opargs_fault(&d->in.error, d->op.pos, "memo key %.*s %s", (int)key.len,
                             key.ptr, what);
    return PILA_OK;
}

static void pickletools_complain_plain(pickletools_dis *d, const char *what)
{
    d->wrong = true;
    (void)pila__opargs_fault(&d->in.error, d->op.pos, "%s", what);
}

/* Take all down to the newest mark, and that. */
static pila_status pickletools_pop_mark(pickletools_dis *d, const char *mark)
{
    static const char none[] = "no MARK exists on stack";
    size_t pos, n = d->stack.len;

    if (!d->marks.len) {
        pickletools_complain_plain(d, none);
        d->note = none;
        return PILA_OK;
    }
    d->marks.len -= sizeof pos;
    memcpy(&pos, d->marks.data + d->marks.len, sizeof pos);
    d->note = "(MARK at ";
    d->number = pos;
    while (n > 0 && d->stack.data[n - 1] != 'm') n--;
    if (n == 0) {
        (void)pila__opargs_fault(&d->in.error, d->op.pos, "list index out of range");
        return d->in.error.status = PILA_EINDEX;
    }
    d->stack.len = n - 1;
    d->takes = mark ? (size_t)(mark - d->op.info->before) : 0;
    return PILA_OK;
}

static pila_status pickletools_store(pickletools_dis *d)
{
    bool memoize = d->op.info->code == PILA_OP_MEMOIZE;
    pila_value key = memoize ? pila_value_int((int64_t)d->memo->len) : d->op.arg;
    size_t was = 0, n = d->stack.len;
    pila_status st = pickletools_get(d->memo, key, &was);

    d->note = memoize ? "(as " : NULL;
    d->number = d->memo->len;
    if (st != PILA_OK) return st;
    if (was) return pickletools_complain(d, "already defined");
    if (n && d->stack.data[n - 1] != 'm')
        return pickletools_set(d->memo, key, (unsigned char)d->stack.data[n - 1]);
    pickletools_complain_plain(d, n ? "can't store markobject in the memo"
                                    : "stack is empty -- can't store into memo");
    return PILA_OK;
}

static pila_status pickletools_fetch(pickletools_dis *d)
{
    size_t letter = 0;
    pila_status st = pickletools_get(d->memo, d->op.arg, &letter);

    d->got = (char)letter;
    if (st != PILA_OK || letter) return st;
    return pickletools_complain(d, "has never been stored into");
}

/* What the opcode finds on the stack and in the memo. */
static pila_status pickletools_look(pickletools_dis *d)
{
    const pila_opcode_info *info = d->op.info;
    const char *mark = strchr(info->before, 'm');
    size_t n = d->stack.len;
    pila_status st = PILA_OK;

    d->takes = strlen(info->before);
    d->note = NULL;
    if (mark || (info->code == PILA_OP_POP && n && d->stack.data[n - 1] == 'm'))
        st = pickletools_pop_mark(d, mark);
    if (st != PILA_OK) return st;
    switch (info->code) {
    case PILA_OP_PUT:
    case PILA_OP_BINPUT:
    case PILA_OP_LONG_BINPUT:
    case PILA_OP_MEMOIZE: return pickletools_store(d);
    case PILA_OP_GET:
    case PILA_OP_BINGET:
    case PILA_OP_LONG_BINGET: return pickletools_fetch(d);
    default: return PILA_OK;
    }
}

/* repr of what is shown whole, before anything of the line is: it may fail. */
static pila_status pickletools_prepare(pickletools_dis *d)
{
    pila_value_kind kind = pila_value_kind_of(d->op.arg);
    pila_status st;

    if (kind == PILA_VALUE_NONE || kind == PILA_VALUE_INT) return PILA_OK;
    if (kind == PILA_VALUE_STR || kind == PILA_VALUE_BYTES) return PILA_OK;
    if (kind == PILA_VALUE_BYTEARRAY) return PILA_OK;
    pila_buf_clear(&d->scratch);
    st = pila_value_repr(d->op.arg, &d->scratch);
    if (st != PILA_EVALUE) return st;
    return pila__opargs_fault(&d->in.error, d->op.pos,
                              "Exceeds the limit (4300 digits) for integer string "
                              "conversion; use sys.set_int_max_str_digits() to "
                              "increase the limit");
}

/* Five columns for the position, or as many as it takes. */
static void pickletools_put_pos(pickletools_dis *d)
{
    char text[PILA__INT_ROOM];
    size_t n = pila__uint_write(text, d->op.pos);

    if (n < 5) pickletools_blanks(&d->out, 5 - n);
    pickletools_put(&d->out, text, n);
    pickletools_put(&d->out, ": ", 2);
    d->out.columns = 0;
}

static void pickletools_put_opcode(pickletools_dis *d)
{
    pickletools_out *o = &d->out;
    unsigned char c = d->op.info->code;
    char shown[5] = {(char)c, ' ', ' ', ' ', ' '};
    size_t indent = SIZE_MAX;

    (void)pila__opargs_escape(shown, c, '\'', 0x7e);
    pickletools_put(o, shown, sizeof shown);
    if (!pila_mul(d->indent, d->depth, &indent)) indent = SIZE_MAX;
    pickletools_blanks(o, indent);
    pickletools_put_c(o, d->op.info->name);
}

static void pickletools_annotate(pickletools_dis *d)
{
    pickletools_out *o = &d->out;

    if (o->columns < d->column) pickletools_blanks(o, d->column - o->columns);
    d->column = o->columns > PICKLETOOLS_ANNOTATED ? d->annotate : o->columns;
    pickletools_put_char(o, ' ');
    pickletools_put_c(o, d->op.info->doc);
}

static void pickletools_put_note(pickletools_dis *d)
{
    pickletools_put_char(&d->out, ' ');
    pickletools_put_c(&d->out, d->note);
    if (*d->note != '(') return;
    pickletools_put_int(&d->out, (int64_t)d->number);
    pickletools_put_char(&d->out, ')');
}

static pila_status pickletools_put_rest(pickletools_dis *d)
{
    pickletools_out *o = &d->out;
    size_t name = strlen(d->op.info->name);
    bool has = pila_value_kind_of(d->op.arg) != PILA_VALUE_NONE;
    pila_status st = PILA_OK;

    if ((has || d->note) && name < 10) pickletools_blanks(o, 10 - name);
    if (has) {
        pickletools_put_char(o, ' ');
        st = pickletools_put_value(o, d->op.arg, &d->scratch);
    }
    if (d->note) pickletools_put_note(d);
    if (d->annotate) pickletools_annotate(d);
    pickletools_put_char(o, '\n');
    return st == PILA_OK ? o->st : st;
}

/* What the opcode does to the stack. */
static pila_status pickletools_act(pickletools_dis *d)
{
    const pila_opcode_info *info = d->op.info;
    pila_status st = PILA_OK;

    if (d->stack.len < d->takes)
        return pila__opargs_fault(&d->in.error, d->op.pos,
                                  "tries to pop %zu items from stack with only %zu "
                                  "items",
                                  d->takes, d->stack.len);
    d->stack.len -= d->takes;
    if (info->code == PILA_OP_MARK)
        st = pila_buf_add(&d->marks,
                          pila_str_of((const char *)&d->op.pos, sizeof d->op.pos));
    if (st != PILA_OK) return st;
    if (d->got) return pila_buf_add_char(&d->stack, d->got);
    for (const char *p = info->after; *p && st == PILA_OK; p++)
        st = pila_buf_add_char(&d->stack, *p);
    return st;
}

static pila_status pickletools_step(pickletools_dis *d)
{
    pila_status st = pila__opargs_next(&d->in, &d->op);

    if (st != PILA_OK) return st;
    d->depth = d->marks.len / sizeof d->op.pos;
    d->got = 0;
    d->wrong = false;
    if (d->op.info->proto > d->proto) d->proto = d->op.info->proto;
    pickletools_put_pos(d);
    if ((st = pickletools_look(d)) != PILA_OK) return st;
    if ((st = pickletools_prepare(d)) != PILA_OK) return st;
    pickletools_put_opcode(d);
    if ((st = pickletools_put_rest(d)) != PILA_OK) return st;
    return d->wrong ? PILA_EVALUE : pickletools_act(d);
}

static pila_status pickletools_end(pickletools_dis *d)
{
    char list[sizeof d->in.error.message];
    size_t n = 0;

    pickletools_put_c(&d->out, "highest protocol among opcodes = ");
    pickletools_put_int(&d->out, d->proto);
    pickletools_put_char(&d->out, '\n');
    if (!d->stack.len) return PILA_OK;
    for (size_t k = 0; k < d->stack.len && n < sizeof list; k++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", k ? ", " : "",
                              pila_stack_name(d->stack.data[k]));
    return pila__opargs_fault(&d->in.error, d->op.pos,
                              "stack not empty after STOP: [%s]", list);
}

pila_status pila_pickle_dis(pila_str text, size_t *at, const pila_dis_options *options,
                            pila_dis_write *write, void *ctx, pila_error *err)
{
    pickletools_dis d;
    pila_status st = PILA_OK;

    memset(&d, 0, sizeof d);
    d.in = pickletools_open(text, at ? *at : 0);
    d.indent = options ? options->indent : 4;
    d.annotate = d.column = options ? options->annotate : 0;
    d.memo = options && options->memo ? options->memo : &d.own;
    d.out.write = write;
    d.out.ctx = ctx;
    d.out.block = (char *)pila_alloc(1, PICKLETOOLS_BLOCK);
    if (!d.out.block) return PILA_ENOMEM;
    do st = pickletools_step(&d);
    while (st == PILA_OK && d.op.info->code != PILA_OP_STOP);
    if (st == PILA_OK) st = pickletools_end(&d);
    pickletools_flush(&d.out);
    if (d.out.st != PILA_OK) st = d.out.st;
    if (at && st == PILA_OK) *at = d.in.at;
    pila_free(d.out.block);
    pila_buf_done(&d.stack);
    pila_buf_done(&d.marks);
    pila_buf_done(&d.scratch);
    pila_dis_memo_done(&d.own);
    return pickletools_close(&d.in, st, err);
}

/* ---- optimize ---- */

typedef enum pickletools_role {
    PICKLETOOLS_OTHER,
    PICKLETOOLS_PUTS,
    PICKLETOOLS_GETS
} pickletools_role;

typedef struct pickletools_shrink {
    pila__opargs in;
    pila_pickle_op op;
    pila_dis_memo puts; /* the keys so far */
    pila_dis_memo gets; /* of each key that is got: 1, or 2 + its new number */
    size_t next;        /* the next new number */
    unsigned proto;
    pila_buf *out;
    bool framed;  /* a frame is open */
    size_t frame; /* where it begins in out, with the gap for its head */
} pickletools_shrink;

static pickletools_role pickletools_role_of(const pila_opcode_info *info)
{
    switch (info->code) {
    case PILA_OP_PUT:
    case PILA_OP_BINPUT:
    case PILA_OP_LONG_BINPUT:
    case PILA_OP_MEMOIZE: return PICKLETOOLS_PUTS;
    case PILA_OP_GET:
    case PILA_OP_BINGET:
    case PILA_OP_LONG_BINGET: return PICKLETOOLS_GETS;
    default: return PICKLETOOLS_OTHER;
    }
}

/* First what is got, and the protocol to write. */
static pila_status pickletools_learn(pickletools_shrink *s)
{
    pila_status st = PILA_OK;

    do {
        if ((st = pila__opargs_next(&s->in, &s->op)) != PILA_OK) return st;
        const pila_opcode_info *info = s->op.info;
        unsigned proto = 0;
        if (pickletools_role_of(info) == PICKLETOOLS_GETS) {
            proto = info->proto;
            st = pickletools_set(&s->gets, s->op.arg, 1);
        } else if (info->code == PILA_OP_PROTO) proto = (unsigned)s->op.arg.as.i;
        if (proto > s->proto) s->proto = proto;
    } while (st == PILA_OK && s->op.info->code != PILA_OP_STOP);
    if (st != PILA_OK || s->proto <= PICKLETOOLS_PROTOCOLS) return st;
    return pila__opargs_fault(&s->in.error, 0, "pickle protocol must be <= %d",
                              PICKLETOOLS_PROTOCOLS);
}

static pila_status pickletools_frame_open(pickletools_shrink *s)
{
    static const char gap[PICKLETOOLS_FRAME_HEAD] = {0};

    s->frame = s->out->len;
    pila_status st = pila_buf_add(s->out, pila_str_of(gap, sizeof gap));
    s->framed = st == PILA_OK;
    return st;
}

/* Give it its head; one that is too short gets none. */
static void pickletools_frame_close(pickletools_shrink *s)
{
    char *head = s->out->data + s->frame, *body = head + PICKLETOOLS_FRAME_HEAD;
    uint64_t n = s->out->len - s->frame - PICKLETOOLS_FRAME_HEAD;

    s->framed = false;
    if (n < PICKLETOOLS_FRAME_LEAST) {
        memmove(head, body, (size_t)n);
        s->out->len -= PICKLETOOLS_FRAME_HEAD;
        return;
    }
    *head++ = (char)PILA_OP_FRAME;
    for (int k = 0; k < 8; k++) head[k] = (char)(n >> 8 * k & 0xff);
}

/* An opcode, which goes into a frame unless it fills one. */
static pila_status pickletools_emit(pickletools_shrink *s, pila_str bytes, bool whole)
{
    bool alone = whole && bytes.len > PICKLETOOLS_FRAME;
    pila_status st = PILA_OK;

    if (s->framed &&
        (alone || s->out->len - s->frame >= PICKLETOOLS_FRAME + PICKLETOOLS_FRAME_HEAD))
        pickletools_frame_close(s);
    if (s->proto >= PICKLETOOLS_FRAMED && !s->framed && !alone)
        st = pickletools_frame_open(s);
    return st == PILA_OK ? pila_buf_add(s->out, bytes) : st;
}

/* A PUT or GET of a new number, or of None, which Python writes in protocol 0. */
static pila_status pickletools_emit_memo(pickletools_shrink *s, bool put, size_t number,
                                         bool none)
{
    char text[8 + PILA__INT_ROOM];
    size_t n = 1;

    if (put && s->proto >= PICKLETOOLS_FRAMED) text[0] = (char)PILA_OP_MEMOIZE;
    else if (s->proto == 0) {
        text[0] = put ? PILA_OP_PUT : PILA_OP_GET;
        if (none) memcpy(text + 1, "None", 4);
        n += none ? 4 : pila__uint_write(text + 1, number);
        text[n++] = '\n';
    } else {
        bool wide = number > 255;
        text[0] = put ? (wide ? PILA_OP_LONG_BINPUT : PILA_OP_BINPUT)
                      : (wide ? PILA_OP_LONG_BINGET : PILA_OP_BINGET);
        for (n = 0; n < (wide ? 4u : 1u); n++)
            text[1 + n] = (char)(number >> 8 * n & 0xff);
        n++;
    }
    return pickletools_emit(s, pila_str_of(text, n), false);
}

static pila_status pickletools_put_again(pickletools_shrink *s)
{
    bool memoize = s->op.info->code == PILA_OP_MEMOIZE;
    pila_value key = memoize ? pila_value_int((int64_t)s->puts.len) : s->op.arg;
    size_t got = 0;
    pila_status st = pickletools_set(&s->puts, key, 1);

    if (st == PILA_OK) st = pickletools_get(&s->gets, key, &got);
    if (st != PILA_OK || !got) return st;
    st = pickletools_set(&s->gets, key, 2 + s->next);
    return st == PILA_OK ? pickletools_emit_memo(s, true, s->next++, false) : st;
}

static pila_status pickletools_get_again(pickletools_shrink *s)
{
    size_t got = 0;
    pila_status st = pickletools_get(&s->gets, s->op.arg, &got);

    if (st != PILA_OK) return st;
    if (got >= 2) return pickletools_emit_memo(s, false, got - 2, false);
    if (s->proto == 0) return pickletools_emit_memo(s, false, 0, true);
    (void)pila__opargs_fault(
        &s->in.error, s->op.pos,
        "'<' not supported between instances of 'NoneType' and 'int'");
    return s->in.error.status = PILA_ETYPE;
}

/* Then write it again. */
static pila_status pickletools_rewrite(pickletools_shrink *s)
{
    pila_status st = PILA_OK;

    s->in.at = 0;
    do {
        if ((st = pila__opargs_next(&s->in, &s->op)) != PILA_OK) return st;
        const pila_pickle_op *op = &s->op;
        pila_str bytes = pila_str_of(s->in.text.ptr + op->pos, op->end - op->pos);
        pickletools_role role = pickletools_role_of(op->info);
        if (role == PICKLETOOLS_PUTS) st = pickletools_put_again(s);
        else if (role == PICKLETOOLS_GETS) st = pickletools_get_again(s);
        else if (op->info->code == PILA_OP_PROTO && op->pos == 0)
            st = pila_buf_add(s->out, bytes); /* before the first frame */
        else if (op->info->code != PILA_OP_FRAME) st = pickletools_emit(s, bytes, true);
    } while (st == PILA_OK && s->op.info->code != PILA_OP_STOP);
    if (st == PILA_OK && s->framed) pickletools_frame_close(s);
    return st;
}

pila_status pila_pickle_optimize(pila_str text, pila_buf *out, pila_error *err)
{
    pickletools_shrink s;
    size_t was = out->len;
    pila_status st;

    memset(&s, 0, sizeof s);
    s.in = pickletools_open(text, 0);
    s.out = out;
    st = pickletools_learn(&s);
    if (st == PILA_OK) st = pickletools_rewrite(&s);
    if (st != PILA_OK) out->len = was;
    pila_dis_memo_done(&s.puts);
    pila_dis_memo_done(&s.gets);
    return pickletools_close(&s.in, st, err);
}
