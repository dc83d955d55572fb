/* pickle_output.c - what a writer of pickles stands on: its bytes, frames and memo.
 *
 * A frame's head is reserved when it begins and filled in when it ends; below four
 * bytes it is taken out again. Text of 64 KiB and more stands between frames.
 *
 * The memo has the objects' addresses. An address is not enough: text may be a part of
 * other text. So a slot has the length and kind as well. Neighbours in memory are
 * neighbours in the memo: 512 bytes of addresses are hashed to a window of 32 slots,
 * with the secrets of core/hash, and lie there in order. Objects are mostly met in the
 * order they were made, so that several look-ups share a cache line.
 */
#include "pickle_dump.h"

#include "number.h"
#include "opcodes.h"

/* Where the empty text and the latin-1 characters are. */
static const char dump_characters[257] = {0};

/* ---- faults ---- */

pila_status pila__dump_fault(pila_pickler *p, pila_status st, const char *message)
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

pila_status pila__dump_grow(pila_pickler *p, size_t n)
{
    size_t room = p->out.room, more = p->write ? 0 : dump_to_come(p);

    if (room >= DUMP_MOVED && n <= room / 2 && !p->out.cap) {
        room += more > room / 2 ? more : room / 2;
        return dump_move(&p->out, room);
    }
    if (more > n && pila_buf_reserve(&p->out, more) == PILA_OK) return PILA_OK;
    return pila_buf_reserve(&p->out, n);
}

pila_status pila__dump_op_number(pila_pickler *p, int op, uint64_t x, size_t bytes)
{
    pila_status st = pila__dump_op(p, op);

    if (st != PILA_OK) return st;
    pila__dump_number(p->out.data + p->out.len, x, bytes);
    p->out.len += bytes;
    return PILA_OK;
}

pila_status pila__dump_text(pila_pickler *p, pila_str text)
{
    pila_status st = pila__dump_reserve(p, text.len + DUMP_SLACK);

    if (st != PILA_OK) return st;
    if (text.len) memcpy(p->out.data + p->out.len, text.ptr, text.len);
    p->out.len += text.len;
    return PILA_OK;
}

pila_status pila__dump_line(pila_pickler *p, int op, pila_str text)
{
    pila_status st = pila__dump_op(p, op);

    if (st == PILA_OK) st = pila__dump_text(p, text);
    if (st == PILA_OK) pila__dump_byte(p, '\n');
    return st;
}

/* ---- frames, and the sink ---- */

pila_status pila__dump_flush(pila_pickler *p)
{
    pila_status st = p->write(p->write_ctx, pila_buf_view(&p->out));

    p->flushed += p->out.len;
    p->out.len = 0;
    return st;
}

void pila__dump_frame_end(pila_pickler *p)
{
    char *head = p->out.data + p->frame;
    size_t n = p->out.len - p->frame - DUMP_FRAME_HEAD;

    if (n < DUMP_FRAME_LEAST) {
        memmove(head, head + DUMP_FRAME_HEAD, n);
        p->out.len -= DUMP_FRAME_HEAD;
    } else {
        head[0] = (char)PILA_OP_FRAME;
        pila__dump_number(head + 1, n, 8);
    }
}

pila_status pila__dump_frame_begin(pila_pickler *p)
{
    pila_status st = pila__dump_reserve(p, DUMP_FRAME_HEAD + DUMP_SLACK);

    if (st != PILA_OK) return st;
    p->frame = p->out.len;
    p->out.len += DUMP_FRAME_HEAD;
    p->full = p->out.len + DUMP_FRAME_FULL;
    return PILA_OK;
}

pila_status pila__dump_boundary(pila_pickler *p)
{
    pila_status st = PILA_OK;

    if (p->out.len < p->full) return PILA_OK;
    if (p->protocol >= 4) pila__dump_frame_end(p);
    if (p->write) st = pila__dump_flush(p);
    if (p->protocol >= 4) return st == PILA_OK ? pila__dump_frame_begin(p) : st;
    return st;
}

pila_status pila__dump_large(pila_pickler *p, const char *head, size_t n, pila_str text)
{
    pila_status st;

    if (p->protocol >= 4) pila__dump_frame_end(p);
    st = pila__dump_text(p, pila_str_of(head, n));
    if (st == PILA_OK && !p->write) st = pila__dump_text(p, text);
    if (st == PILA_OK && p->write) st = pila__dump_flush(p);
    if (st == PILA_OK && p->write) {
        st = p->write(p->write_ctx, text);
        p->flushed += text.len;
    }
    if (st == PILA_OK && p->protocol >= 4) st = pila__dump_frame_begin(p);
    return st;
}

/* ---- the memo ---- */

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
        if (old[i].key)
            made[pila__dump_find(p, old[i].key, (uint32_t)old[i].check)] = old[i];
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

    if (p->protocol >= 4) return pila__dump_op(p, PILA_OP_MEMOIZE);
    if (p->protocol == 0)
        return pila__dump_line(p, PILA_OP_PUT,
                               pila_str_of(digits, pila__uint_write(digits, n)));
    if (n < 256) return pila__dump_op_number(p, PILA_OP_BINPUT, n, 1);
    return pila__dump_op_number(p, PILA_OP_LONG_BINPUT, n, 4);
}

pila_status pila__dump_put_unnamed(pila_pickler *p)
{
    return p->options.fast ? PILA_OK : dump_put_op(p);
}

pila_status pila__dump_put(pila_pickler *p, pila_value v)
{
    pila_status st;
    size_t at;

    if (p->options.fast) return PILA_OK;
    if (p->memo_len > UINT32_MAX)
        return pila__dump_fault(p, PILA_EOVERFLOW, "memo id too large for LONG_BINPUT");
    st = dump_memo_room(p);
    if (st != PILA_OK) return st;
    at = pila__dump_find(p, pila__dump_key(v), pila__dump_check(v));
    p->memo_keys += !p->slots[at].key;
    p->slots[at].key = pila__dump_key(v);
    p->slots[at].check = pila__dump_check(v) | p->memo_len << 32;
    return dump_put_op(p);
}

uint64_t pila__dump_number_of(const pila_pickler *p, pila_value v)
{
    size_t at;

    if (!p->slots) return DUMP_NONE;
    at = pila__dump_find(p, pila__dump_key(v), pila__dump_check(v));
    return p->slots[at].key ? p->slots[at].check >> 32 : DUMP_NONE;
}

pila_status pila__dump_alias(pila_pickler *p, pila_value v, pila_value other)
{
    uint64_t number = pila__dump_number_of(p, v);
    pila_status st = dump_memo_room(p);
    size_t at;

    if (st != PILA_OK || number == DUMP_NONE) return st;
    at = pila__dump_find(p, pila__dump_key(other), pila__dump_check(other));
    p->memo_keys += !p->slots[at].key;
    p->slots[at].key = pila__dump_key(other);
    p->slots[at].check = pila__dump_check(other) | number << 32;
    return PILA_OK;
}

pila_status pila__dump_get(pila_pickler *p, uint64_t n)
{
    char digits[PILA__INT_ROOM];

    if (p->protocol == 0)
        return pila__dump_line(p, PILA_OP_GET,
                               pila_str_of(digits, pila__uint_write(digits, n)));
    if (n < 256) return pila__dump_op_number(p, PILA_OP_BINGET, n, 1);
    return pila__dump_op_number(p, PILA_OP_LONG_BINGET, n, 4);
}

pila_value pila__dump_single(pila_value v)
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
