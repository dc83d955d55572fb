/* coding.c - FILEs through a codec, chunk by chunk: to the output, or to the next
 * stage.
 *
 * All of a FILE is one iterator, that of the codec, over blocks or over a callback that
 * reads. Who writes takes its chunks as they are; for records they are behind a
 * callback of the usual reader, so that --in, -H and messages are as everywhere.
 */
#include "coding.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int cli_coding_check(const cli_flow *flow, bool encodes)
{
    const cli_common *o = flow->common;
    bool first = flow->stage == 1, last = flow->stage == flow->stages;

    if (first && (last || encodes) && (o->in || o->header))
        return cli_trouble(NULL, "--%s is for records, and there are none here",
                           o->zero     ? "zero"
                           : o->header ? "header"
                                       : "in");
    if (first && o->out && !o->zero)
        return cli_trouble(NULL, "--out is for the items of a stage before");
    return CLI_DONE;
}

bool cli_coding_on_terminal(void) { return isatty(STDOUT_FILENO); }

/* ---- the bytes of the FILE ---- */

ptrdiff_t cli_coding_read(void *ctx, void *into, size_t room)
{
    cli_coding *c = ctx;
    ptrdiff_t n;

    do n = c->bytes.read(c->bytes.ctx, into, room);
    while (n < 0 && errno == EINTR);
    if (n > 0) c->read += (uint64_t)n;
    if (n < 0) c->why = errno; /* maybe that of another thread */
    return n;
}

static bool blocks_refill(pila_iter *it)
{
    cli_coding *c = it->state;
    ptrdiff_t n = cli_coding_read(c, c->room, CLI_CODING_BLOCK);

    if (n <= 0) return pila_iter_end(it, n ? PILA_EIO : PILA_END);
    c->block = pila_str_of(c->room, (size_t)n);
    it->cur = (const char *)&c->block;
    it->end = (const char *)(&c->block + 1);
    return true;
}

pila_iter cli_coding_blocks(cli_coding *c)
{
    static const pila_iter_ops ops = {blocks_refill, NULL, NULL};

    if (!c->room) c->room = pila_alloc(CLI_CODING_BLOCK, 1);
    if (!c->room) return pila_failed(PILA_ENOMEM);
    return pila_iter_make(&pila_view, &ops, c);
}

/* ---- one FILE ---- */

static pila_status malformed(cli_coding *c, pila_status st)
{
    const pila_error *e = &c->err;
    const char *why = *e->message ? e->message : pila_status_text(st);

    if (c->is_text && e->line) (void)cli_malformed(c->name, e->line, e->column, why);
    else (void)cli_trouble(c->name, "byte %zu: %s", e->offset, why);
    cli_answer(c->flow, CLI_NO);
    return CLI_SAID;
}

/* What is read of it becomes chunks. */
static void coding_begin(cli_coding *c, cli_input *in)
{
    c->in = in;
    c->name = in->name;
    c->bytes = cli_input_bytes(in, c->flow->common);
    c->read = c->made = 0;
    c->rest = pila_str_of(NULL, 0);
    memset(&c->err, 0, sizeof c->err);
    c->chunks = c->open(c);
}

int cli_coding_open(cli_coding *c, const char *operand)
{
    int code = cli_input_open(&c->mine, operand);

    if (code == CLI_DONE) code = cli_input_cut(&c->mine, c->split, '\n', false, false);
    if (code == CLI_DONE) {
        coding_begin(c, &c->mine);
        return code;
    }
    cli_input_close(&c->mine);
    cli_answer(c->flow, code);
    return code;
}

void cli_coding_close(cli_coding *c)
{
    if (!c->in) return;
    pila_iter_drop(&c->chunks);
    if (c->close) c->close(c);
    if (c->in == &c->mine) cli_input_close(c->in);
    c->in = NULL;
}

pila_status cli_coding_next(cli_coding *c, pila_str *out)
{
    const pila_str *chunk = pila_next(&c->chunks, sizeof *chunk);
    pila_status st = c->chunks.status;

    if (!chunk) {
        if (c->ended) st = c->ended(c, st);
        if (st == PILA_END && c->tail && c->made) {
            *out = pila_cstr(c->tail);
            c->made = 0;
            return PILA_OK;
        }
        if (st == PILA_EIO) errno = c->why;
        if (st == PILA_END || st == PILA_EIO || st == PILA_ENOMEM || st == CLI_SAID)
            return st;
        return malformed(c, st);
    }
    c->made += chunk->len;
    *out = *chunk;
    if (!c->most || c->made <= (uint64_t)c->most) return PILA_OK;
    (void)cli_trouble(c->name, "more than %lld bytes come of it (--max-size)",
                      (long long)c->most);
    cli_answer(c->flow, CLI_NO);
    return CLI_SAID;
}

pila_status cli_coding_copy(cli_coding *c, cli_output *out)
{
    pila_status st = out && c->start ? c->start(c, out) : PILA_OK;
    pila_str chunk;

    while (st == PILA_OK && !(out && out->failed)) {
        st = cli_coding_next(c, &chunk);
        if (st != PILA_OK || !out) continue;
        if (c->start) st = c->feed(c, chunk);
        else cli_write(out, chunk.ptr, chunk.len);
        if (out->by_line) cli_flush(out);
    }
    if (st == PILA_END && out && c->start) st = c->finish(c);
    if (st == PILA_OK || (out && out->failed)) st = PILA_END;
    if (st != PILA_EIO) return st;
    cli_answer(c->flow, cli_trouble_status(c->name, st));
    return CLI_SAID;
}

pila_status cli_coding_file(cli_coding *c, const char *operand, cli_output *out)
{
    if (cli_coding_open(c, operand) != CLI_DONE) return CLI_SAID;
    pila_status st = cli_coding_copy(c, out);
    cli_coding_close(c);
    return st;
}

/* ---- all of them ---- */

pila_status cli_coding_write(cli_coding *c, cli_output *out)
{
    static const char *const only_stdin[] = {"-"};
    size_t n = c->flow->files ? c->flow->files : 1, good = 0;
    const char *const *file = c->flow->files ? c->flow->file : only_stdin;
    pila_status st;

    for (size_t k = 0; k < n && !out->failed; k++) {
        st = cli_coding_file(c, file[k], out);
        if (st == PILA_END) good++;
        else if (st != CLI_SAID || c->mine.started) return st;
    }
    return good ? PILA_END : CLI_SAID;
}

/* What is written by items; the first fault is kept. */
static pila_status feed_text(void *ctx, pila_str text)
{
    cli_coding *c = ctx;

    return c->fed = c->feed(c, text);
}

pila_status cli_coding_write_items(cli_coding *c, cli_output *out, pila_iter *items)
{
    static cli_output text;
    pila_status st = items->status;

    if (st == PILA_OK) st = c->start(c, out);
    if (st != PILA_OK) return st;
    c->fed = PILA_OK;
    cli_output_into(&text, feed_text, c);
    st = cli_write_items(c->flow, &text, items);
    if (st == PILA_OK || st == PILA_END) {
        cli_flush(&text);
        st = c->fed == PILA_OK ? c->finish(c) : c->fed;
    }
    return out->failed ? PILA_END : st;
}

/* ---- records ---- */

static ptrdiff_t records_read(void *ctx, void *into, size_t room)
{
    cli_coding *c = ctx;
    pila_status st = PILA_OK;

    while (st == PILA_OK && !c->rest.len) st = cli_coding_next(c, &c->rest);
    if (st == PILA_END) return 0;
    if (st == PILA_EIO) return -1;
    if (st != PILA_OK) {
        if (st != CLI_SAID) cli_answer(c->flow, cli_trouble_status(NULL, st));
        c->flow->said = true;
        errno = EBADMSG;
        return -1;
    }
    if (room > c->rest.len) room = c->rest.len;
    memcpy(into, c->rest.ptr, room);
    c->rest = pila_str_of(c->rest.ptr + room, c->rest.len - room);
    return (ptrdiff_t)room;
}

static pila_bytes_in through(cli_flow *flow, cli_input *in)
{
    cli_coding *c = flow->own;
    pila_bytes_in bytes = pila_from_read(records_read, c);

    cli_coding_close(c);
    if (!in) return bytes;
    coding_begin(c, in);
    bytes.most = c->bytes.most;
    return bytes;
}

pila_iter cli_coding_items(cli_flow *flow)
{
    flow->through = through;
    return cli_items(flow);
}

void cli_coding_done(cli_coding *c)
{
    cli_coding_close(c);
    pila_free(c->room);
}
