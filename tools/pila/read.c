/* read.c - operands as one iterator of records, words or characters.
 *
 * Files are opened one after the other, when their turn comes, and their windows are
 * passed on in place. A window never spans files, so the place of its first record is
 * that of all. What can't be opened is said, and the others are still read; a fault in
 * the middle of one ends it all, since what follows would look complete.
 */
#include "cli.h"

#include <string.h>

typedef struct read_state {
    cli_flow *flow;
    cli_unit unit;
    cli_split split;
    const char *const *operand;
    size_t n, next; /* operands, and the one to open next */
    size_t read;    /* that could be */
    size_t records; /* of this input that have gone by */
    bool open;
    cli_input in;
    pila_iter items;
} read_state;

static void read_close(read_state *s)
{
    pila_iter_drop(&s->items);
    if (s->flow->through) (void)s->flow->through(s->flow, NULL);
    cli_input_close(&s->in);
    s->open = false;
}

static pila_iter read_unit(read_state *s)
{
    const cli_common *o = s->flow->common;
    char separator = cli_separator(o), comma = o->separator ? o->separator[0] : ',';
    pila_bytes_in bytes = s->flow->through ? s->flow->through(s->flow, &s->in)
                                           : cli_input_bytes(&s->in, o);

    if (s->unit == CLI_CHARS) return cli_chars(bytes);
    if (s->unit == CLI_WORDS) return pila_words(bytes);
    if (o->in == CLI_CSV)
        return cli_csv_records(bytes, comma,
                               o->max_record ? o->max_record : CLI_RECORD_MOST);
    bytes.unterminated = &s->flow->unterminated;
    return pila_records(bytes, pila_str_of(&separator, 1));
}

static size_t lines_in(const pila_iter *items, size_t n)
{
    const pila_str *record = (const pila_str *)(const void *)items->cur;
    size_t more = 0;

    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < record[k].len; i++) more += record[k].ptr[i] == '\n';
    return n + more;
}

/* After -H, the first record: for the columns' names, and for the output. */
static pila_status read_header(read_state *s)
{
    cli_place *place = &s->flow->place;
    const pila_str *record;

    pila_buf_clear(&place->header);
    place->has_header = false;
    if (!s->flow->common->header || s->unit != CLI_RECORDS) return PILA_OK;
    record = pila_next(&s->items, sizeof *record);
    if (!record) return s->items.status == PILA_END ? PILA_OK : s->items.status;
    place->has_header = true;
    s->records = 1;
    for (size_t i = 0; s->flow->common->in == CLI_CSV && i < record->len; i++)
        s->records += record->ptr[i] == '\n';
    pila_status st = pila_buf_add(&place->header, *record);
    cli_flow *first = s->flow->first;
    if (st != PILA_OK || first->titled) return st;
    first->titled = true;
    return pila_buf_add(&first->title, *record);
}

/* The next operand; CLI_DONE, or a message was said. */
static int read_open(read_state *s)
{
    const cli_common *o = s->flow->common;
    const char *operand = s->n ? s->operand[s->next] : "-";
    int code = cli_input_open(&s->in, operand);

    s->next++;
    if (code == CLI_DONE)
        code = cli_input_cut(&s->in, s->split, cli_separator(o), s->unit == CLI_WORDS,
                             o->header);
    if (code != CLI_DONE) {
        cli_input_close(&s->in);
        cli_answer(s->flow, code);
        return code;
    }
    s->flow->place.name = s->in.name;
    s->flow->place.inputs++;
    s->records = 0;
    s->items = read_unit(s);
    s->open = true;
    return CLI_DONE;
}

/* What an input ended with: PILA_OK to go on with the next, else what it all ends with.
 */
static pila_status read_ended(read_state *s, pila_status st)
{
    const cli_common *o = s->flow->common;
    bool started = s->in.started;
    int code = CLI_NO;

    if (st == PILA_END) {
        s->read++;
        return PILA_OK;
    }
    if (s->flow->said) return CLI_SAID;
    if (st == PILA_ELIMIT)
        (void)cli_trouble(s->in.name,
                          "a record is longer than %lld bytes (--max-record)",
                          (long long)(o->max_record ? o->max_record : CLI_RECORD_MOST));
    else code = cli_trouble_status(st == PILA_EIO ? s->in.name : NULL, st);
    cli_answer(s->flow, code);
    /* a directory, say: the others are still done */
    return st == PILA_EIO && !started ? PILA_OK : CLI_SAID;
}

static bool read_refill(pila_iter *it)
{
    read_state *s = it->state;
    cli_flow *flow = s->flow;
    pila_status st;
    size_t n;

    for (;;) {
        flow->first->tail = NULL; /* of a window that is gone */
        flow->unread = !s->read;
        if (!s->open && s->next >= (s->n ? s->n : 1))
            return pila_iter_end(it, s->read || flow->beside ? PILA_END : CLI_SAID);
        if (!s->open) {
            if (read_open(s) != CLI_DONE) continue;
            if (s->items.status == PILA_OK && (st = read_header(s)) != PILA_OK)
                (void)pila_iter_end(&s->items, st);
        }
        if ((n = pila_iter_ready(&s->items))) break;
        st = read_ended(s, s->items.status);
        read_close(s);
        if (st != PILA_OK) return pila_iter_end(it, st);
    }
    flow->place.line = s->records + 1;
    flow->place.from = ((const pila_str *)(const void *)s->items.cur)->ptr;
    s->records += flow->common->in == CLI_CSV ? lines_in(&s->items, n) : n;
    flow->first->tail = flow->unterminated
                            ? ((const pila_str *)(const void *)s->items.end)[-1].ptr
                            : NULL;
    it->cur = s->items.cur;
    it->end = s->items.end;
    s->items.cur = s->items.end;
    return true;
}

static pila_iter read_drop(pila_iter *it)
{
    read_state *s = it->state;

    if (s->open) read_close(s);
    pila_free(s);
    return pila_failed(PILA_END);
}

pila_iter cli_read(cli_flow *flow, cli_unit unit, cli_split split,
                   const char *const *operand, size_t n)
{
    static const pila_iter_ops ops = {read_refill, read_drop, NULL};
    bool views =
        unit == CLI_CHARS || (unit == CLI_RECORDS && flow->common->in == CLI_CSV);
    read_state *s = pila_alloc(1, sizeof *s);

    if (!s) return pila_failed(PILA_ENOMEM);
    memset(s, 0, sizeof *s);
    s->flow = flow;
    s->unit = unit;
    s->split = split;
    s->operand = operand;
    s->n = n;
    s->items = pila_failed(PILA_END);
    return pila_iter_make(views ? &pila_view : &pila_view_padded, &ops, s);
}

pila_iter cli_items(cli_flow *flow)
{
    static const cli_split whole = {0, 0};
    pila_iter it = flow->upstream;

    flow->upstream = pila_failed(PILA_END);
    if (flow->stage > 1) return it;
    return cli_read(flow, CLI_RECORDS, whole, flow->file, flow->files);
}
