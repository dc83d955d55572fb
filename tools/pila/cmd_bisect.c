/* cmd_bisect.c - pila bisect: where keys belong in what is sorted, or what equals them.
 *
 * A regular FILE is searched by seeking (seeking.c), once for each key. All else is
 * read as a stream, along which the keys, sorted, wait for their turn; when the last
 * has had it nothing more is read.
 */
#include "seeking.h"

#include <stdlib.h>
#include <string.h>

typedef enum wanted { RIGHT, LEFT, RANGE } wanted;

typedef struct bisect_options {
    cli_common common;
    cli_ordering how;
    int what; /* wanted */
    int offset, prefix;
    const char *keys;
    cli_list key;
} bisect_options;

#define AT(member) offsetof(bisect_options, member)

static const cli_option options[] = {
    CLI_GROUP("What is looked for"),
    {'k', "key", CLI_TEXTS, AT(key), 0, "KEY", "a key; may be given many times"},
    {0, "keys", CLI_FILE, AT(keys), 0, "FILE", "the records of FILE are keys"},
    {'n', "numeric", CLI_SET, AT(how.number), 1, NULL,
     "keys are numbers: integers of any size, and floats"},
    {0, "prefix", CLI_SET, AT(prefix), 1, NULL,
     "a record that begins with the key equals it"},
    CLI_GROUP("What is printed"),
    {'l', "left", CLI_SET, AT(what), LEFT, NULL,
     "where a key belongs, before what equals it"},
    {'r', "right", CLI_SET, AT(what), RIGHT, NULL,
     "where a key belongs, behind what equals it (default)"},
    {0, "range", CLI_SET, AT(what), RANGE, NULL, "the records that equal a key"},
    {0, "offset", CLI_SET, AT(offset), 1, NULL,
     "places are bytes into FILE, which then is never read, only searched"},
    CLI_LAST};

/* A key, and what was found of it. */
typedef struct mark {
    pila_str text;
    cli_number number;
    size_t given;     /* the how manieth */
    int64_t from, to; /* offsets, or indices */
} mark;

typedef struct searched {
    cli_flow *flow;
    bool by_number, prefix;
    char *text; /* of keys from a file */
    mark *mark;
    size_t n, next; /* marks; the first that waits, in a stream */
    cli_flow keys;  /* who reads them */
    cli_common common;
    cli_flow read; /* who reads the stream: what comes out has another form */
    pila_iter given;
    cli_order order;
    cli_seek seek;
    bool seeks;
    int64_t *answer;
    bool found;
} searched;

/* ---- operands: KEY... FILE, or FILE alone where the keys are options ---- */

static size_t keys_given(const cli_flow *flow)
{
    const bisect_options *o = flow->options;

    if (o->key.n || o->keys) return 0;
    if (flow->stage > 1 || flow->files < 2) return flow->files;
    return flow->files - 1;
}

static int check(const cli_flow *flow)
{
    const bisect_options *o = flow->options;
    size_t keys = keys_given(flow);

    if (!keys && !o->key.n && !o->keys)
        return cli_trouble(NULL, "KEY is missing; --help shows the usage");
    if (flow->files > keys + 1 || (flow->stage > 1 && flow->files > keys))
        return cli_trouble(flow->file[keys], "%s",
                           flow->stage > 1
                               ? "the items come from the stage before; no FILE can be "
                                 "read here"
                               : "one FILE can be searched");
    if (o->prefix && o->how.number)
        return cli_trouble(NULL, "--prefix means nothing with --numeric");
    if (o->offset && o->what == RANGE)
        return cli_trouble(NULL, "--offset means nothing with --range");
    if (o->offset &&
        (flow->stage > 1 || flow->files == keys || strcmp(flow->file[keys], "-") == 0))
        return cli_trouble(NULL, "--offset needs a FILE");
    if (o->offset && (o->common.in == CLI_CSV || o->common.errors != CLI_FAIL))
        return cli_trouble(NULL, "--offset searches by seeking: not CSV, and not past "
                                 "malformed records");
    return CLI_DONE;
}

/* ---- keys ---- */

static pila_status add_mark(searched *s, pila_str text, const char *file, size_t line)
{
    mark *m = &s->mark[s->n];

    *m = (mark){.text = text, .given = s->n};
    if (s->by_number) {
        pila_status st = cli_number_parse(text, &m->number);
        if (st != PILA_OK && st != PILA_ESYNTAX) return st;
        if (st != PILA_OK) {
            cli_answer(s->flow,
                       file ? cli_malformed(file, line, 0, "not a number")
                            : cli_trouble(NULL, "'%s' is not a number", text.ptr));
            return CLI_SAID;
        }
    }
    s->n++;
    return PILA_OK;
}

static pila_status room_for_marks(searched *s, size_t n)
{
    mark *marks = pila_realloc(s->mark, n, sizeof *marks);

    if (!marks) return PILA_ENOMEM;
    s->mark = marks;
    return PILA_OK;
}

/* The records of the file of keys, with their text: in room, since windows go. */
static pila_status keys_of_file(searched *s, pila_buf *room, pila_buf *ends)
{
    static const cli_split whole = {0, 0};
    const bisect_options *o = s->flow->options;
    pila_status st = PILA_OK;

    s->keys = *s->flow;
    s->common = *s->flow->common;
    s->common.in = s->common.in == CLI_NUL ? CLI_NUL : CLI_LINES;
    s->common.header = 0;
    s->keys.common = &s->common;
    s->keys.first = &s->keys;
    pila_iter it = cli_read(&s->keys, CLI_RECORDS, whole, &o->keys, 1);
    PILA_FOR(pila_str, key, &it) {
        st = pila_buf_add(room, *key);
        if (st == PILA_OK)
            st = pila_buf_add(ends,
                              pila_str_of((const char *)&room->len, sizeof room->len));
        if (st != PILA_OK) break;
    }
    if (st == PILA_OK) st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

static pila_status marks_of_file(searched *s, pila_buf *room, pila_buf *ends)
{
    const bisect_options *o = s->flow->options;
    size_t n = ends->len / sizeof(size_t), from = 0, to;
    pila_status st = room_for_marks(s, s->n + n + 1);

    for (size_t k = 0; k < n && st == PILA_OK; k++, from = to) {
        memcpy(&to, ends->data + k * sizeof to, sizeof to);
        st = add_mark(s, pila_str_of(room->data + from, to - from), o->keys, k + 1);
    }
    return st;
}

static pila_status read_keys(searched *s)
{
    const bisect_options *o = s->flow->options;
    size_t operands = keys_given(s->flow);
    pila_buf room = {0}, ends = {0};
    pila_status st = room_for_marks(s, operands + o->key.n + 1);

    for (size_t k = 0; k < operands && st == PILA_OK; k++)
        st = add_mark(s, pila_cstr(s->flow->file[k]), NULL, 0);
    for (size_t k = 0; k < o->key.n && st == PILA_OK; k++)
        st = add_mark(s, pila_cstr(o->key.item[k].text), NULL, 0);
    if (st == PILA_OK && o->keys) st = keys_of_file(s, &room, &ends);
    s->text = room.data; /* from now on it does not move */
    if (st == PILA_OK && o->keys) st = marks_of_file(s, &room, &ends);
    pila_buf_done(&ends);
    return st;
}

/* ---- comparing ---- */

static const cli_order numbers = {.by = CLI_BY_NUMBER};

/* A record's key against a mark: below 0 if it goes before. */
static int against(const searched *s, const void *key, const mark *m)
{
    bool less = false, more = false;

    if (s->by_number) {
        (void)!cli_order_before(&numbers, key, &m->number, &less);
        (void)!cli_order_before(&numbers, &m->number, key, &more);
        return (int)more - (int)less;
    }
    pila_str text = *(const pila_str *)key;
    if (s->prefix && text.len > m->text.len) text.len = m->text.len;
    return pila_str_cmp(text, m->text);
}

/* In the order in which a stream answers them. Of prefixes a longer one ends first. */
static const searched *sorting;

static int by_turn(const void *a, const void *b)
{
    const mark *x = a, *y = b;
    const bisect_options *o = sorting->flow->options;
    size_t n = x->text.len < y->text.len ? x->text.len : y->text.len;
    int by;

    if (sorting->by_number) by = against(sorting, &x->number, y);
    else by = pila_str_cmp(x->text, y->text);
    if (sorting->prefix && o->what == RIGHT && x->text.len != y->text.len &&
        memcmp(x->text.ptr, y->text.ptr, n) == 0)
        return x->text.len > y->text.len ? -1 : 1;
    return by ? by : x->given < y->given ? -1 : 1;
}

static void sort_marks(const searched *s)
{
    sorting = s;
    if (s->n) qsort(s->mark, s->n, sizeof *s->mark, by_turn);
}

static int by_given(const void *a, const void *b)
{
    const mark *x = a, *y = b;
    return x->given < y->given ? -1 : 1;
}

static int by_from(const void *a, const void *b)
{
    const mark *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* ---- a stream ---- */

static pila_status search_stream(searched *s, pila_iter *given)
{
    const bisect_options *o = s->flow->options;
    int64_t index = 0;
    const void *key;

    sort_marks(s);
    while (s->next < s->n && (key = pila_next_item(given))) {
        while (s->next < s->n) {
            int by = against(s, key, &s->mark[s->next]);
            if (by < 0 || (by == 0 && o->what == RIGHT)) break;
            s->mark[s->next++].from = index;
        }
        index++;
    }
    if (s->next < s->n && given->status != PILA_END) return given->status;
    while (s->next < s->n) s->mark[s->next++].from = index;
    qsort(s->mark, s->n, sizeof *s->mark, by_given);
    return PILA_OK;
}

/* The items of a stream that equal a key, in place. */
static bool range_refill(pila_iter *it)
{
    searched *s = it->state;
    pila_iter *given = &s->given;
    const void *key;

    while (s->next < s->n && (key = pila_next_item(given))) {
        int by = 1;
        while (s->next < s->n && (by = against(s, key, &s->mark[s->next])) > 0)
            s->next++;
        if (s->next == s->n || by) continue;
        s->found = true;
        it->cur = (const char *)key + s->order.item_at;
        it->end = it->cur + it->type->size;
        return true;
    }
    if (s->next < s->n && given->status != PILA_END)
        return pila_iter_end(it, given->status);
    if (!s->found) cli_answer(s->flow, CLI_NO);
    return pila_iter_end(it, PILA_END);
}

/* ---- a file ---- */

typedef struct question {
    const searched *s;
    const mark *mark;
    bool right;
} question;

static pila_status is_before(void *ctx, const cli_order *order, const void *given,
                             bool *before)
{
    const question *q = ctx;
    int by = against(q->s, given, q->mark);

    (void)order;
    *before = by < 0 || (by == 0 && q->right);
    return PILA_OK;
}

static pila_status search_file(searched *s)
{
    const bisect_options *o = s->flow->options;
    pila_status st = cli_seek_begin(&s->seek);

    for (size_t k = 0; k < s->n && st == PILA_OK; k++) {
        question q = {s, &s->mark[k], o->what == RIGHT};
        st = cli_seek_first(&s->seek, &o->how, is_before, &q, &s->mark[k].from);
        q.right = true;
        if (st == PILA_OK && o->what == RANGE)
            st = cli_seek_first(&s->seek, &o->how, is_before, &q, &s->mark[k].to);
    }
    return st;
}

/* Offsets as numbers of records: the file up to the last of them is read once. */
static pila_status count_records(searched *s)
{
    int64_t *offset = pila_alloc(s->n + 1, 2 * sizeof *offset);
    int64_t *count = offset ? offset + s->n : NULL;

    if (!offset) return PILA_ENOMEM;
    for (size_t k = 0; k < s->n; k++) offset[k] = s->mark[k].from;
    qsort(offset, s->n, sizeof *offset, by_size);
    pila_status st = cli_seek_count(&s->seek, offset, s->n, count);
    for (size_t k = 0; k < s->n && st == PILA_OK; k++) {
        const int64_t *at =
            bsearch(&s->mark[k].from, offset, s->n, sizeof *offset, by_size);
        s->mark[k].from = count[at - offset];
    }
    pila_free(offset);
    return st;
}

/* Records of the ranges, in the order of the file, each once. */
static bool file_range_refill(pila_iter *it)
{
    searched *s = it->state;
    pila_iter *records = &s->given;
    pila_status st = PILA_OK;

    if (!s->answer) { /* once */
        st = search_file(s);
        s->answer = pila_alloc(1, sizeof *s->answer);
        if (st == PILA_OK && !s->answer) st = PILA_ENOMEM;
        qsort(s->mark, s->n, sizeof *s->mark, by_from);
    }
    while (st == PILA_OK && !pila_iter_ready(records)) {
        st = pila_iter_outcome(records);
        if (st != PILA_OK) break;
        if (s->next == s->n) st = PILA_END;
        if (s->next == s->n) break;
        int64_t from = s->mark[s->next].from, to = s->mark[s->next].to;
        for (; s->next < s->n && s->mark[s->next].from <= to; s->next++)
            if (s->mark[s->next].to > to) to = s->mark[s->next].to;
        pila_iter_drop(records);
        if (from == to) continue;
        s->found = true;
        *records = cli_seek_records(&s->seek, from, to);
    }
    if (st == PILA_END && !s->found) cli_answer(s->flow, CLI_NO);
    if (st != PILA_OK) return pila_iter_end(it, st);
    it->cur = records->cur;
    it->end = records->end;
    records->cur = records->end;
    return true;
}

/* ---- places ---- */

static bool places_refill(pila_iter *it)
{
    searched *s = it->state;
    const bisect_options *o = s->flow->options;
    pila_status st;

    if (s->answer || !s->n) return pila_iter_end(it, PILA_END);
    st = s->seeks ? search_file(s) : search_stream(s, &s->given);
    if (st == PILA_OK && s->seeks && !o->offset) st = count_records(s);
    if (st != PILA_OK) return pila_iter_end(it, st);
    s->answer = pila_alloc(s->n, sizeof *s->answer);
    if (!s->answer) return pila_iter_end(it, PILA_ENOMEM);
    for (size_t k = 0; k < s->n; k++) s->answer[k] = s->mark[k].from;
    it->cur = (const char *)s->answer;
    it->end = (const char *)(s->answer + s->n);
    return true;
}

static pila_iter bisect_drop(pila_iter *it)
{
    searched *s = it->state;
    pila_iter given = s->given;

    s->given = pila_failed(PILA_END);
    return given;
}

/* ---- the command ---- */

/* What is searched, where it is a stream. */
static pila_status open_stream(searched *s)
{
    const bisect_options *o = s->flow->options;
    size_t keys = keys_given(s->flow);

    s->read = *s->flow;
    s->flow->upstream = pila_failed(PILA_END);
    s->read.file += keys;
    s->read.files -= keys;
    s->given = cli_order_items(&s->read, cli_items(&s->read), &o->how, &s->order);
    if (s->given.status != PILA_OK) return s->given.status;
    s->by_number = s->order.by == CLI_BY_NUMBER;
    if (s->order.by != CLI_BY_ITEM) return PILA_OK;
    cli_answer(s->flow, cli_trouble(NULL, "rows need --field"));
    return CLI_SAID;
}

/* The file, if it can be searched by seeking, else the stream. */
static pila_status open_searched(searched *s)
{
    cli_flow *flow = s->flow;
    const bisect_options *o = flow->options;
    size_t keys = keys_given(flow);
    pila_status st = PILA_END;

    s->given = pila_failed(PILA_END);
    s->prefix = o->prefix;
    s->by_number = o->how.number;
    s->seek.in.fd = -1;
    if (flow->files > keys) st = cli_seek_open(&s->seek, flow, flow->file[keys]);
    s->seeks = st == PILA_OK;
    if (st != PILA_END) return st;
    if (!o->offset) return open_stream(s);
    cli_answer(flow, cli_trouble(flow->file[keys], "--offset needs a regular file"));
    return CLI_SAID;
}

static pila_iter make(cli_flow *flow)
{
    static const pila_iter_ops places = {places_refill, bisect_drop, NULL},
                               stream = {range_refill, bisect_drop, NULL},
                               file = {file_range_refill, bisect_drop, NULL};
    const bisect_options *o = flow->options;
    searched *s = calloc(1, sizeof *s);
    pila_status st = PILA_ENOMEM;

    flow->own = s;
    if (s) {
        s->flow = flow;
        st = open_searched(s);
    }
    if (st == PILA_OK) st = read_keys(s);
    if (st != PILA_OK) {
        if (s) pila_iter_drop(&s->given);
        pila_iter_drop(&flow->upstream);
        return pila_failed(st);
    }
    if (o->what == RANGE && s->seeks) return pila_iter_make(&pila_view, &file, s);
    if (o->what == RANGE) {
        sort_marks(s);
        return pila_iter_make(s->order.item, &stream, s);
    }
    flow->form = CLI_LINES;
    flow->names = NULL;
    flow->keeps = false;
    return pila_iter_make(&pila_i64, &places, s);
}

static void done(cli_flow *flow)
{
    searched *s = flow->own;

    if (!s) return;
    cli_seek_close(&s->seek);
    pila_buf_done(&s->keys.place.header);
    pila_buf_done(&s->read.place.header);
    pila_free(s->text);
    pila_free(s->mark);
    pila_free(s->answer);
    free(s);
}

static const bisect_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                        .what = RIGHT};

static const cli_row sections[] = {
    {"Output",
     "A line for each key, in the order of the keys: how many records go before it. "
     "--range prints records, in their own order, each once."},
    {"Searching",
     "A FILE is searched by seeking, in a number of reads that grows with the "
     "logarithm "
     "of its size; to number records it is then read up to the last place, --offset "
     "and "
     "--range need not. Stdin, a pipe, CSV, whose quotes may hold newlines, and what "
     "an "
     "earlier stage makes are read, up to the place of the last key. Nothing looks "
     "whether the records are sorted; keys need not be."},
    {"Many machines", "There is no --partial: places in the parts of a file, added up, "
                      "are places in the whole."},
    {NULL, NULL}};

const cli_command cmd_bisect = {
    .name = "bisect",
    .summary = "find where keys belong in a sorted file, or what equals them",
    .usage = "[OPTION...] KEY... FILE\n[OPTION...] KEY\n"
             "[OPTION...] --keys FILE [FILE]",
    .examples = "  $ pila bisect --range --prefix pil /usr/share/dict/words\n"
                "  $ pila bisect -n -f 2 --left 100 250.5 scores.txt\n"
                "  $ pila bisect --offset --keys names.txt people.txt\n"
                "  $ pila sorted names.txt then bisect maria\n",
    .python =
        "  bisect.bisect_right(open(FILE, 'rb').read().split(b'\\n')[:-1], KEY);\n"
        "  --left is bisect_left; --range is [bisect_left:bisect_right]\n",
    .description = "Finds keys in the records of FILE, or of stdin, which are in the "
                   "order of their keys: the records themselves, or what -f names.",
    .sections = sections,
    .memory = "O(keys), and the longest record.",
    .exits = {"found, or placed", "--range: no record equals a key; a malformed record",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_INPUTS,
    .keeps = true,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(bisect_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .done = done};
