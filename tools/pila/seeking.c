/* seeking.c - a sorted file of records, searched as a list is: by halves.
 *
 * The halves are of bytes. Of the byte in the middle the record around it is found, by
 * looking back and ahead for a separator, and its key says which half goes. [lo, hi)
 * always begins and ends where records do, so a search ends at the start of one. That
 * is a read or two for each halving, and the last are all in one block.
 *
 * The key of a record comes out of the same machinery as all keys, of an iterator with
 * one item. It is asked first to pass over a record without a key; where there is one,
 * its line is counted, and it is asked again to say so.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "seeking.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 4 << 10, BLOCKS = CLI_SEEK_BLOCKS, COUNT_BLOCK = 128 << 10 };

static pila_status failed(cli_seek *s, int why)
{
    cli_answer(s->flow, cli_trouble(s->in.name, "%s", strerror(why)));
    return CLI_SAID;
}

/* The block with the byte at an offset, its length, and where in it the byte is. Many
 * keys meet in the same blocks at first, so some are kept: each has its one place. */
static pila_status load(cli_seek *s, int64_t at, const char **out, size_t *n,
                        size_t *in)
{
    int64_t number = at / BLOCK;
    size_t slot = (size_t)((uint64_t)number * 0x9e3779b97f4a7c15u >> 56) % BLOCKS;
    cli_seek_block *b = &s->held[slot];
    char *block = s->block + slot * BLOCK;
    ssize_t got;

    *out = block;
    *in = (size_t)(at - number * BLOCK);
    if (b->n <= *in || b->number != number) {
        do got = pread(s->in.fd, block, BLOCK, number * BLOCK);
        while (got < 0 && errno == EINTR);
        b->n = got > 0 ? (size_t)got : 0;
        b->number = number;
        if (got < 0) return failed(s, errno);
        if (b->n <= *in) return failed(s, EIO); /* it was cut meanwhile */
    }
    *n = b->n;
    return PILA_OK;
}

/* The start of the record around an offset, at lo or later. */
static pila_status find_start(cli_seek *s, int64_t lo, int64_t at, int64_t *out)
{
    const char *block, *found = NULL;
    size_t n, in;

    while (at > lo && !found) {
        pila_status st = load(s, at - 1, &block, &n, &in);
        if (st != PILA_OK) return st;
        size_t before = in + 1;
        if ((int64_t)before > at - lo) before = (size_t)(at - lo);
        const char *from = block + in + 1 - before;
        found = memrchr(from, s->separator, before);
        at -= found ? block + in - found : (ptrdiff_t)before;
    }
    *out = at;
    return PILA_OK;
}

/* The record at an offset, and where the next one starts. */
static pila_status read_record(cli_seek *s, int64_t at, int64_t *next)
{
    int64_t most = s->common.max_record ? s->common.max_record : CLI_RECORD_MOST;
    const char *block, *end = NULL;
    size_t n, in;

    s->record.len = 0;
    while (!end && at < s->size) {
        pila_status st = load(s, at, &block, &n, &in);
        if (st != PILA_OK) return st;
        end = memchr(block + in, s->separator, n - in);
        n = end ? (size_t)(end - block) - in : n - in;
        st = pila_buf_add(&s->record, pila_str_of(block + in, n));
        if (st != PILA_OK) return st;
        at += (int64_t)n;
        if ((int64_t)s->record.len <= most) continue;
        (void)cli_trouble(s->in.name,
                          "a record is longer than %lld bytes (--max-record)",
                          (long long)most);
        cli_answer(s->flow, CLI_NO);
        return CLI_SAID;
    }
    *next = end ? at + 1 : s->size;
    return PILA_OK;
}

/* ---- asking a record ---- */

/* PILA_END: it has no key. */
static pila_status ask(cli_seek *s, const cli_ordering *how, cli_seek_told *told,
                       void *ctx, bool *before)
{
    pila_str record = pila_buf_view(&s->record);
    cli_order order;
    pila_iter items =
        cli_order_items(&s->own, pila_span(&record, 1, &pila_view), how, &order);
    const void *given = pila_next_item(&items);
    pila_status st = given ? told(ctx, &order, given, before) : items.status;

    pila_iter_drop(&items);
    return st;
}

static pila_status told_before(cli_seek *s, int64_t at, const cli_ordering *how,
                               cli_seek_told *told, void *ctx, bool *before)
{
    int64_t line;

    s->common.errors = CLI_SKIP;
    pila_status st = ask(s, how, told, ctx, before);
    if (st != PILA_END) return st;
    st = cli_seek_count(s, &at, 1, &line);
    if (st != PILA_OK) return st;
    s->own.place.line = (size_t)line + 1 + s->own.place.has_header;
    s->common.errors = CLI_FAIL;
    st = ask(s, how, told, ctx, before);
    return st == PILA_END ? CLI_SAID : st;
}

pila_status cli_seek_first(cli_seek *s, const cli_ordering *how, cli_seek_told *told,
                           void *ctx, int64_t *out)
{
    int64_t lo = s->start, hi = s->size, at, next;
    pila_status st = PILA_OK;

    while (lo < hi && st == PILA_OK) {
        bool before = false;
        st = find_start(s, lo, lo + (hi - lo) / 2, &at);
        if (st == PILA_OK) st = read_record(s, at, &next);
        if (st == PILA_OK) st = told_before(s, at, how, told, ctx, &before);
        if (before) lo = next;
        else hi = at;
    }
    *out = lo;
    return st;
}

/* ---- counting, and records ---- */

/* In rounds whose count fits a byte, so that it is done on many bytes at a time. */
static int64_t separators(const char *p, size_t n, char separator)
{
    int64_t sum = 0;

    for (const char *end = p + n; p < end;) {
        const char *stop = end - p > UINT8_MAX ? p + UINT8_MAX : end;
        uint8_t count = 0;
        for (; p < stop; p++) count = (uint8_t)(count + (*p == separator));
        sum += count;
    }
    return sum;
}

pila_status cli_seek_count(cli_seek *s, const int64_t *offset, size_t n, int64_t *out)
{
    int64_t at = s->start, records = 0;
    char *block = pila_alloc(COUNT_BLOCK, 1);
    pila_status st = block ? PILA_OK : PILA_ENOMEM;

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        while (at < offset[k] && st == PILA_OK) {
            int64_t left = offset[k] - at;
            ssize_t got = pread(s->in.fd, block,
                                left < COUNT_BLOCK ? (size_t)left : COUNT_BLOCK, at);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) st = failed(s, got ? errno : EIO);
            records += separators(block, got > 0 ? (size_t)got : 0, s->separator);
            at += got > 0 ? got : 0;
        }
        out[k] = records + (at == s->size && s->unterminated);
    }
    pila_free(block);
    return st;
}

typedef struct records_state {
    cli_seek *s;
    pila_iter records;
} records_state;

static bool records_refill(pila_iter *it)
{
    records_state *r = it->state;
    cli_flow *flow = r->s->flow;

    flow->tail = NULL;
    if (!pila_iter_ready(&r->records)) {
        pila_status st = r->records.status;
        if (st == PILA_EIO) st = failed(r->s, errno);
        return pila_iter_end(it, st);
    }
    it->cur = r->records.cur;
    it->end = r->records.end;
    r->records.cur = r->records.end;
    if (flow->unterminated)
        flow->tail = ((const pila_str *)(const void *)it->end)[-1].ptr;
    return true;
}

static pila_iter records_drop(pila_iter *it)
{
    pila_iter records = ((records_state *)it->state)->records;

    pila_free(it->state);
    return records;
}

pila_iter cli_seek_records(cli_seek *s, int64_t from, int64_t to)
{
    static const pila_iter_ops ops = {records_refill, records_drop, NULL};
    records_state *r = pila_alloc(1, sizeof *r);

    if (!r) return pila_failed(PILA_ENOMEM);
    if (lseek(s->in.fd, from, SEEK_SET) < 0) {
        pila_free(r);
        return pila_failed(failed(s, errno));
    }
    s->in.left = to - from;
    pila_bytes_in bytes = cli_input_bytes(&s->in, &s->common);
    bytes.unterminated = &s->flow->unterminated;
    r->s = s;
    r->records = pila_records(bytes, pila_str_of(&s->separator, 1));
    return pila_iter_make(&pila_view, &ops, r);
}

/* ---- opening ---- */

static pila_status read_header(cli_seek *s)
{
    cli_place *place = &s->own.place;
    pila_status st = read_record(s, 0, &s->start);

    place->has_header = true;
    if (st == PILA_OK) st = pila_buf_add(&place->header, pila_buf_view(&s->record));
    s->flow->titled = st == PILA_OK;
    if (st == PILA_OK) st = pila_buf_add(&s->flow->title, pila_buf_view(&s->record));
    return st;
}

pila_status cli_seek_open(cli_seek *s, cli_flow *flow, const char *file)
{
    const cli_common *o = flow->common;
    struct stat there;

    memset(s, 0, sizeof *s);
    s->in.fd = -1;
    if (strcmp(file, "-") == 0 || o->in == CLI_CSV || o->errors != CLI_FAIL)
        return PILA_END;
    if (stat(file, &there) != 0 || !S_ISREG(there.st_mode)) return PILA_END;
    s->flow = flow;
    s->block = pila_alloc(BLOCKS, BLOCK);
    if (!s->block) return PILA_ENOMEM;
    int code = cli_input_open(&s->in, file);
    cli_answer(flow, code);
    if (code != CLI_DONE) return CLI_SAID;
    s->separator = cli_separator(o);
    s->size = there.st_size;
    s->own = *flow;
    s->common = *o;
    s->own.common = &s->common;
    memset(&s->own.place, 0, sizeof s->own.place);
    s->own.place.name = s->in.name;
    s->own.place.inputs = 1;
    return PILA_OK;
}

/* What is at the ends of the file. */
pila_status cli_seek_begin(cli_seek *s)
{
    const char *block;
    size_t n, in;
    pila_status st = PILA_OK;

    if (s->size == 0) return PILA_OK;
    st = load(s, s->size - 1, &block, &n, &in);
    s->unterminated = st == PILA_OK && block[in] != s->separator;
    if (st == PILA_OK && s->common.header) st = read_header(s);
    return st;
}

void cli_seek_close(cli_seek *s)
{
    cli_input_close(&s->in);
    pila_buf_done(&s->own.place.header);
    pila_buf_done(&s->record);
    pila_free(s->block);
}
