/* cmd_counter.c - pila counter: how often each line, word, character or field occurs.
 *
 * From a file, through an iterator of keys, into a Counter: counting is one call of
 * Tally_update. What comes out is one of the `make` functions below, an iterator over
 * the counts; partials, and layouts of other programs, are written by `show` functions.
 * Nothing is printed before every input has been read, so a fault never leaves a result
 * that looks complete.
 *
 * Partials: `key<TAB>count`, the key escaped, in order of first occurrence; merging the
 * partials of consecutive parts, in their order, gives what one run over the whole
 * gives, ties included. Sorted by key they merge as a stream, in memory for one key.
 */
#include "cli.h"

#include <pila/collections/counter.h>
#include <pila/collections/list.h>
#include <pila/itertools/adaptors.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PILA_COUNTER(Tally, pila_string)
PILA_LIST(Texts, pila_string)

typedef enum unit { LINES, WORDS, CHARS } unit;
typedef enum show { COUNTS, ELEMENTS, DISTINCT, TOTAL, PARTIAL } show;
enum { OP_ADD, OP_SUBTRACT, OP_AND, OP_OR };

typedef struct counter_options {
    cli_common common;
    int unit; /* unit */
    int show; /* show */
    int merge, sorted, fold, uniq_c;
    int64_t most, least; /* -1: all */
    int64_t minimum;
    const char *split_text;
    cli_split split;
    cli_list others;
} counter_options;

#define AT(member) offsetof(counter_options, member)

static const cli_option options[] = {
    CLI_GROUP("What is counted"),
    {'l', "lines", CLI_SET, AT(unit), LINES, NULL, "count records: lines (default)"},
    {'w', "words", CLI_SET, AT(unit), WORDS, NULL,
     "count words: runs of bytes that are not ASCII white space"},
    {0, "chars", CLI_SET, AT(unit), CHARS, NULL, "count UTF-8 characters"},
    {'i', "ignore-case", CLI_SET, AT(fold), 1, NULL,
     "ASCII letters count as lower case"},
    CLI_GROUP("What is shown"),
    {'c', "most-common", CLI_INT, AT(most), 0, "N", "only the N highest counts"},
    {0, "least-common", CLI_INT, AT(least), 0, "N",
     "the N lowest counts, lowest first"},
    {0, "min-count", CLI_INT, AT(minimum), INT64_MIN, "N", "only counts of at least N"},
    {0, "elements", CLI_SET, AT(show), ELEMENTS, NULL,
     "print each key as often as it occurs, in order of first occurrence"},
    {0, "distinct", CLI_SET, AT(show), DISTINCT, NULL, "print how many keys there are"},
    {0, "total", CLI_SET, AT(show), TOTAL, NULL, "print the sum of all counts"},
    {0, "uniq-c", CLI_SET, AT(uniq_c), 1, NULL, "lay lines out as uniq -c does"},
    CLI_GROUP("Arithmetic"),
    {0, "add", CLI_FILES, AT(others), OP_ADD, "FILE", "add the counts of FILE"},
    {0, "subtract", CLI_FILES, AT(others), OP_SUBTRACT, "FILE",
     "subtract the counts of FILE; those below 1 are left out"},
    {0, "and", CLI_FILES, AT(others), OP_AND, "FILE",
     "keep the lower count of each key"},
    {0, "or", CLI_FILES, AT(others), OP_OR, "FILE",
     "keep the higher count of each key"},
    CLI_GROUP("Many machines"),
    {0, "partial", CLI_SET, AT(show), PARTIAL, NULL,
     "print key<TAB>count for --merge: keys escaped, in order of first occurrence"},
    {0, "merge", CLI_SET, AT(merge), 1, NULL, "the inputs are partials: sum them"},
    {0, "sorted", CLI_SET, AT(sorted), 1, NULL,
     "with --partial: by key; with --merge: the inputs are, and so is the output"},
    {0, "split", CLI_TEXT, AT(split_text), 0, "I/N",
     "read only the I-th of N parts of each file, cut between records"},
    CLI_LAST};

/* ---- checking what was asked for ---- */

/* What can't be read in the way that was asked for. */
static int check_input(const counter_options *o)
{
    const cli_common *c = &o->common;
    bool cells = c->in == CLI_CSV || c->in == CLI_TSV;

    if (o->merge && (cells || c->field || c->separator || c->header || o->split_text))
        return cli_trouble(NULL, "--merge reads partials, whole");
    if (o->merge && o->fold)
        return cli_trouble(NULL, "--ignore-case goes with --partial, not with --merge");
    if (o->merge && c->errors != CLI_FAIL)
        return cli_trouble(NULL,
                           "--merge stops at a malformed line, whatever --errors");
    if (o->unit != LINES && !o->merge &&
        (c->field || c->header || c->separator || cells || c->in == CLI_JSONL))
        return cli_trouble(NULL, "--words and --chars count text, not fields or JSON");
    return CLI_DONE;
}

/* What can't be shown in the way that was asked for. */
static int check_output(const counter_options *o)
{
    const cli_common *c = &o->common;
    bool ranked = o->most >= 0 || o->least >= 0;

    if (o->most >= 0 && o->least >= 0)
        return cli_trouble(NULL, "--most-common and --least-common exclude each other");
    if (ranked && o->show != COUNTS)
        return cli_trouble(NULL, "a rank means nothing with --elements, --distinct, "
                                 "--total or --partial");
    if (o->show == PARTIAL && (o->minimum > INT64_MIN || o->others.n))
        return cli_trouble(NULL, "--partial takes no --min-count and no arithmetic: "
                                 "they are for --merge");
    if (o->sorted && o->show != PARTIAL && !o->merge)
        return cli_trouble(NULL, "--sorted goes with --partial or --merge");
    if (o->sorted && o->merge &&
        (ranked || o->others.n || (o->show != COUNTS && o->show != PARTIAL)))
        return cli_trouble(NULL, "--merge --sorted keeps no counts to rank or combine");
    if (o->show == PARTIAL && (c->out == CLI_CSV || c->out == CLI_TSV))
        return cli_trouble(NULL, "--partial is written as lines, nul or jsonl");
    if (o->uniq_c && ((c->out != CLI_LINES && c->out != CLI_NUL) || o->show != COUNTS))
        return cli_trouble(NULL, "--uniq-c is a layout of lines");
    return CLI_DONE;
}

/* What means nothing between other stages. */
static int check_stage(const cli_flow *flow, const counter_options *o)
{
    if (flow->stage > 1 && (o->merge || o->split_text))
        return cli_trouble(NULL, "%s reads files: it is for the first stage",
                           o->merge ? "--merge" : "--split");
    if (flow->stage > 1 && o->unit != LINES)
        return cli_trouble(NULL, "--words and --chars read files: they are for the "
                                 "first stage");
    if (flow->stage < flow->stages && (o->show == PARTIAL || o->uniq_c || o->sorted))
        return cli_trouble(NULL, "partials and --uniq-c are for the last stage");
    return CLI_DONE;
}

static int check(const cli_flow *flow)
{
    counter_options *o = flow->options;
    int code = check_input(o);

    if (code == CLI_DONE) code = check_output(o);
    if (code == CLI_DONE) code = check_stage(flow, o);
    return code == CLI_DONE ? cli_split_parse(o->split_text, &o->common, &o->split)
                            : code;
}

/* ---- reading ---- */

/* What the command holds while it runs. */
typedef struct counts {
    Tally t;
    Texts keys; /* in order, for a sorted partial */
    pila_member member[2];
    pila_tuple row; /* of count and key */
    int64_t number; /* what --distinct and --total show */
    int64_t left;   /* rows still to be shown */
} counts;

/* What reading ended with, said: PILA_OK, or CLI_SAID. */
static pila_status count_outcome(cli_flow *flow, const char *file, pila_status st)
{
    if (st == PILA_OK || st == CLI_SAID) return st;
    if (st == PILA_EOVERFLOW) {
        (void)cli_trouble(file, "a count exceeds 64 bits");
        cli_answer(flow, CLI_NO);
    } else cli_answer(flow, cli_trouble_status(NULL, st));
    return CLI_SAID;
}

/* Decimal digits, with a minus sign before them or not, and nothing else. */
static bool parse_count(pila_str text, int64_t *out)
{
    char digits[24], *end;

    if (!text.len || text.len >= sizeof digits) return false;
    memcpy(digits, text.ptr, text.len);
    digits[text.len] = '\0';
    if (digits[0] != '-' && (digits[0] < '0' || digits[0] > '9')) return false;
    errno = 0;
    *out = strtoll(digits, &end, 10);
    return end == digits + text.len && !errno;
}

/* One key<TAB>count line. */
static pila_status partial_line(Tally *t, pila_str line, pila_buf *room)
{
    size_t tab = line.len;
    pila_str key;
    int64_t n;

    while (tab && line.ptr[tab - 1] != '\t') tab--;
    if (!tab || !parse_count(pila_str_of(line.ptr + tab, line.len - tab), &n))
        return PILA_ESYNTAX;
    room->len = 0;
    pila_status st = cli_unescape(pila_str_of(line.ptr, tab - 1), room, &key);
    return st == PILA_OK ? Tally_add(t, pila_string_borrow(key), n) : st;
}

/* The integer at a JSON Pointer; PILA_EKEY when there is none. */
static pila_status json_integer(pila_str line, const char *pointer, pila_buf *room,
                                int64_t *out)
{
    pila_str text;
    size_t column;
    pila_status st = cli_json_value(line, pointer, room, &text, &column);

    if (st != PILA_OK) return st;
    return parse_count(text, out) ? PILA_OK : PILA_ESYNTAX;
}

/* One input of partials. A text partial ends with a separator, one in JSON with its
 * count record: what does not was cut short. */
typedef struct partials {
    cli_input in;
    pila_iter lines;
    pila_buf room;
    size_t line;
    int64_t keys;                     /* since the last count record */
    bool json, unterminated, counted; /* the line at hand is a count record */
} partials;

static int partials_open(partials *p, const char *operand, const cli_common *c)
{
    char separator = cli_separator(c);
    int code;

    memset(p, 0, sizeof *p);
    p->lines = pila_failed(PILA_END);
    code = cli_input_open(&p->in, operand);
    if (code != CLI_DONE) return code;
    pila_bytes_in bytes = cli_input_bytes(&p->in, c);
    bytes.unterminated = &p->unterminated;
    p->json = c->in == CLI_JSONL;
    p->lines = pila_records(bytes, pila_str_of(&separator, 1));
    return CLI_DONE;
}

static void partials_close(partials *p)
{
    pila_iter_drop(&p->lines);
    pila_buf_done(&p->room);
    cli_input_close(&p->in);
}

/* ["key", count], or the record that ends a partial: {"keys": how many}. */
static pila_status partial_json(partials *p, Tally *t, pila_str line)
{
    pila_str key;
    size_t column;
    int64_t n;

    p->room.len = 0;
    pila_status st = pila_buf_reserve(&p->room, 2 * line.len + 1);
    if (st == PILA_OK) st = json_integer(line, "/keys", &p->room, &n);
    p->counted = st == PILA_OK;
    if (p->counted) {
        st = n == p->keys ? PILA_OK : PILA_ESYNTAX;
        p->keys = 0;
        return st;
    }
    if (st == PILA_EKEY) st = cli_json_value(line, "/0", &p->room, &key, &column);
    if (st == PILA_OK) st = json_integer(line, "/1", &p->room, &n);
    if (st == PILA_OK) st = Tally_add(t, pila_string_borrow(key), n);
    p->keys++;
    return st == PILA_EKEY ? PILA_ESYNTAX : st;
}

static pila_status partials_refused(const partials *p, const char *why)
{
    (void)cli_malformed(p->in.name, p->line, 0, why);
    return PILA_ESYNTAX;
}

/* The next count, into t; PILA_END after the last. PILA_ESYNTAX has been said. */
static pila_status partials_next(partials *p, Tally *t)
{
    pila_status st = PILA_OK;

    do {
        const pila_str *line = pila_next(&p->lines, sizeof *line);
        p->line++;
        if (!line && p->lines.status == PILA_END && p->json && !p->counted)
            return partials_refused(p, "the partial ends without its count record");
        if (!line) return p->lines.status;
        if (p->json) st = partial_json(p, t, *line);
        else st = p->unterminated ? PILA_ESYNTAX : partial_line(t, *line, &p->room);
    } while (st == PILA_OK && p->counted);
    return st == PILA_ESYNTAX
               ? partials_refused(p, p->counted ? "the count record does not agree"
                                                : "no partial count, or one cut short")
               : st;
}

/* What an input of partials ended with: PILA_OK, or CLI_SAID to stop. */
static pila_status partials_outcome(cli_flow *flow, const cli_input *in, pila_status st,
                                    size_t *read)
{
    if (st == PILA_OK) ++*read;
    if (st == PILA_OK) return st;
    if (st == PILA_EIO && !in->started) { /* a directory: the others are still done */
        cli_answer(flow, cli_trouble_status(in->name, st));
        return PILA_OK;
    }
    if (st == PILA_ESYNTAX) cli_answer(flow, CLI_NO); /* said already */
    else if (st == PILA_ELIMIT) {
        (void)cli_trouble(in->name, "a record is longer than %lld bytes (--max-record)",
                          (long long)flow->common->max_record);
        cli_answer(flow, CLI_NO);
    } else if (st == PILA_EIO) cli_answer(flow, cli_trouble_status(in->name, st));
    else return count_outcome(flow, in->name, st);
    return CLI_SAID;
}

static pila_status merge_input(cli_flow *flow, Tally *t, const char *operand,
                               size_t *read)
{
    partials p;
    pila_status st;
    int opened = partials_open(&p, operand, flow->common);

    if (opened != CLI_DONE) {
        cli_answer(flow, opened);
        return PILA_OK;
    }
    while ((st = partials_next(&p, t)) == PILA_OK) continue;
    st = partials_outcome(flow, &p.in, st == PILA_END ? PILA_OK : st, read);
    partials_close(&p);
    return st;
}

/* All of them are one count; none means stdin. None could be read: no result. */
static pila_status merge_inputs(cli_flow *flow, Tally *t, const char *const *file,
                                size_t n)
{
    static const char *const only_stdin[] = {"-"};
    size_t read = 0;
    pila_status st = PILA_OK;

    if (!n) file = only_stdin;
    for (size_t k = 0; k < (n ? n : 1) && st == PILA_OK; k++)
        st = merge_input(flow, t, file[k], &read);
    return st == PILA_OK && !read ? CLI_SAID : st;
}

/* Characters of one byte, nearly all, are counted in a table; longer ones wait, to be
 * counted as a batch. A byte that is seen for the first time is put into the counter
 * behind those that wait, so that the order is that of first occurrence. */
enum { CHARS_WAITING = 256 };

typedef struct char_counts {
    int64_t seen[256];
    size_t waiting;
    pila_str longer[CHARS_WAITING];
} char_counts;

static pila_status chars_flush(Tally *t, char_counts *c)
{
    size_t n = c->waiting;

    c->waiting = 0;
    return n ? Tally_update(t, pila_span(c->longer, n, &pila_view)) : PILA_OK;
}

static pila_status chars_byte(Tally *t, int byte, int64_t n)
{
    char c = (char)byte;
    return Tally_add(t, pila_string_borrow(pila_str_of(&c, 1)), n);
}

/* The n characters of a window. */
static pila_status chars_window(Tally *t, char_counts *c, const pila_str *text,
                                size_t n, bool fold)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        unsigned char byte = (unsigned char)*text[k].ptr;
        if (text[k].len > 1) {
            c->longer[c->waiting++] = text[k];
            if (c->waiting == CHARS_WAITING) st = chars_flush(t, c);
            continue;
        }
        if (fold && byte >= 'A' && byte <= 'Z') byte |= 0x20;
        if (c->seen[byte]++) continue;
        st = chars_flush(t, c);
        if (st == PILA_OK) st = chars_byte(t, byte, 0);
    }
    return st == PILA_OK ? chars_flush(t, c) : st;
}

static pila_status count_chars(Tally *t, pila_iter chars, bool fold)
{
    char_counts c;
    pila_status st = PILA_OK;
    size_t n;

    memset(&c, 0, offsetof(char_counts, longer));
    while (st == PILA_OK && (n = pila_iter_ready(&chars))) {
        st = chars_window(t, &c, (const pila_str *)(const void *)chars.cur, n, fold);
        pila_iter_skip(&chars, n);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&chars);
    for (int k = 0; k < 256 && st == PILA_OK; k++)
        if (c.seen[k]) st = chars_byte(t, k, c.seen[k]);
    pila_iter_drop(&chars);
    return st;
}

/* Count what these files, or the stage before, have. */
static pila_status count_files(cli_flow *flow, Tally *t, const char *const *file,
                               size_t n)
{
    const counter_options *o = flow->options;
    cli_unit of = o->unit == WORDS   ? CLI_WORDS
                  : o->unit == CHARS ? CLI_CHARS
                                     : CLI_RECORDS;
    pila_iter items;

    if (o->merge) return merge_inputs(flow, t, file, n);
    if (flow->stage > 1 && file == flow->file) items = cli_items(flow);
    else items = cli_read(flow, of, o->split, file, n);
    pila_status st = of == CLI_CHARS ? count_chars(t, items, o->fold)
                                     : Tally_update(t, cli_keys(flow, items, o->fold));
    return count_outcome(flow, flow->place.name, st);
}

static pila_status combine_others(cli_flow *flow, Tally *t)
{
    const counter_options *o = flow->options;
    pila_status st = PILA_OK;

    for (size_t k = 0; k < o->others.n && st == PILA_OK; k++) {
        Tally other = {0};
        int64_t what = o->others.item[k].what;
        st = count_files(flow, &other, &o->others.item[k].text, 1);
        if (*flow->code == CLI_TROUBLE)
            st = CLI_SAID; /* a different answer, not a part */
        if (st == PILA_OK)
            st = what == OP_ADD        ? Tally_iplus(t, &other)
                 : what == OP_SUBTRACT ? Tally_iminus(t, &other)
                 : what == OP_AND      ? Tally_iand(t, &other)
                                       : Tally_ior(t, &other);
        Tally_done(&other);
    }
    return st;
}

/* ---- what comes out: an iterator ---- */

typedef struct count_row {
    int64_t count;
    pila_str key;
} count_row;

static pila_status row_of(void *ctx, const void *item, void *out)
{
    const Tally_item *e = item;
    counts *c = ctx;

    if (c->left == 0) return PILA_END;
    c->left--;
    *(count_row *)out = (count_row){e->value, pila_string_view(&e->key)};
    return PILA_OK;
}

static pila_status row_of_key(void *ctx, const void *item, void *out)
{
    const pila_string *key = item;
    counts *c = ctx;
    int64_t n = 0;
    pila_status st = Tally_count(&c->t, *key, &n);

    *(count_row *)out = (count_row){n, pila_string_view(key)};
    return st;
}

static pila_status high_enough(void *ctx, const void *item, bool *keep)
{
    *keep = ((const Tally_item *)item)->value >= *(const int64_t *)ctx;
    return PILA_OK;
}

static const char *const row_names[] = {"count", "key", NULL};

/* Count and key, highest count first. Counts below the minimum are passed over, not
 * ranked among the N. */
static pila_iter make_counts(cli_flow *flow, counts *c)
{
    counter_options *o = flow->options;
    bool lowest = o->least >= 0, chosen = o->minimum > INT64_MIN;
    int64_t n = o->most >= 0 ? o->most : lowest ? o->least : INT64_MAX;
    size_t ranked = (chosen && lowest) || n == INT64_MAX ? SIZE_MAX : (size_t)n;
    pila_iter it =
        lowest ? Tally_least_common(&c->t, ranked) : Tally_most_common(&c->t, ranked);

    flow->names = row_names;
    c->left = n;
    if (chosen) it = pila_filter_fn(it, high_enough, &o->minimum);
    return pila_map_fn(it, &c->row.type, row_of, c);
}

/* Count and key in order of first occurrence, or by key in the order of its bytes. */
static pila_iter make_partial(const counter_options *o, counts *c)
{
    c->left = INT64_MAX;
    if (!o->sorted) return pila_map_fn(Tally_items(&c->t), &c->row.type, row_of, c);
    pila_status st = Texts_extend(&c->keys, Tally_keys(&c->t));
    if (st == PILA_OK) st = Texts_sort(&c->keys, NULL, false);
    if (st != PILA_OK) return pila_failed(st);
    return pila_map_fn(Texts_iter(&c->keys), &c->row.type, row_of_key, c);
}

/* The key of each count, as often as it says. */
typedef struct elements_state {
    pila_iter items;
    int64_t left; /* of the key at hand */
    pila_str key;
    int64_t minimum;
} elements_state;

static bool elements_refill(pila_iter *it)
{
    elements_state *s = it->state;

    while (s->left <= 0) {
        const Tally_item *e = pila_next(&s->items, sizeof *e);
        if (!e) return pila_iter_end(it, s->items.status);
        if (e->value < s->minimum) continue;
        s->left = e->value;
        s->key = pila_string_view(&e->key);
    }
    s->left--;
    it->cur = (const char *)&s->key;
    it->end = (const char *)(&s->key + 1);
    return true;
}

static pila_iter elements_drop(pila_iter *it)
{
    pila_iter items = ((elements_state *)it->state)->items;

    pila_free(it->state);
    return items;
}

static pila_iter make_elements(const counter_options *o, const Tally *t)
{
    static const pila_iter_ops ops = {elements_refill, elements_drop, NULL};
    elements_state *s = pila_alloc(1, sizeof *s);

    if (!s) return pila_failed(PILA_ENOMEM);
    *s = (elements_state){Tally_items(t), 0, {NULL, 0}, o->minimum};
    return pila_iter_make(&pila_view, &ops, s);
}

static pila_iter make_number(cli_flow *flow, counts *c)
{
    const counter_options *o = flow->options;
    pila_iter it = Tally_items(&c->t);
    int64_t keys = 0, total = 0;

    PILA_FOR(Tally_item, e, &it) {
        if (e->value < o->minimum) continue;
        keys++;
        if (!__builtin_add_overflow(total, e->value, &total)) continue;
        cli_answer(flow, cli_trouble_status(NULL, PILA_EOVERFLOW));
        return pila_failed(CLI_SAID);
    }
    c->number = o->show == DISTINCT ? keys : total;
    return pila_span(&c->number, 1, &pila_i64);
}

/* ---- merging sorted partials: a stream, one key of each input in memory ---- */

typedef struct run_input {
    partials from;
    Tally pending; /* the count at hand, as a counter of one key */
    pila_str key;  /* in pending */
    int64_t n;
    pila_buf previous;
    bool open, any;
} run_input;

/* The next count of one input; it must not sort before the one it follows. */
static pila_status run_advance(run_input *r)
{
    Tally_clear(&r->pending);
    pila_status st = partials_next(&r->from, &r->pending);
    r->open = st == PILA_OK;
    if (st != PILA_OK) return st == PILA_END ? PILA_OK : st;

    pila_iter item = Tally_items(&r->pending);
    const Tally_item *e = pila_next(&item, sizeof *e);
    r->key = pila_string_view(&e->key);
    r->n = e->value;
    if (r->any && pila_str_cmp(pila_buf_view(&r->previous), r->key) > 0)
        return partials_refused(&r->from, "the keys are not in order");
    r->any = true;
    r->previous.len = 0;
    return pila_buf_add(&r->previous, r->key);
}

/* The merged counts, a row at a time. */
typedef struct merged_state {
    cli_flow *flow;
    size_t n, read;
    bool started;
    pila_buf key;
    count_row row;
    run_input run[];
} merged_state;

/* What an input answered: PILA_OK to go on. */
static pila_status merged_outcome(merged_state *s, run_input *r, pila_status st)
{
    size_t read = 0;

    return st == PILA_OK ? st : partials_outcome(s->flow, &r->from.in, st, &read);
}

/* The first count of each input; one that can't be read is said, and left out. */
static pila_status merged_start(merged_state *s)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < s->n && st == PILA_OK; k++) {
        if (s->run[k].from.in.fd < 0) continue;
        st = run_advance(&s->run[k]);
        if (st != PILA_EIO || s->run[k].from.in.started) s->read++;
        st = merged_outcome(s, &s->run[k], st);
    }
    s->started = true;
    return st == PILA_OK && !s->read ? CLI_SAID : st;
}

static run_input *merged_lowest(merged_state *s)
{
    run_input *lowest = NULL;

    for (run_input *r = s->run; r < s->run + s->n; r++)
        if (r->open && (!lowest || pila_str_cmp(r->key, lowest->key) < 0)) lowest = r;
    return lowest;
}

/* Sum equal keys as they come, lowest first. PILA_END: no key is left. */
static pila_status merged_next(merged_state *s)
{
    run_input *r = merged_lowest(s);
    pila_status st = r ? PILA_OK : PILA_END;

    s->row.count = 0;
    s->key.len = 0;
    if (r) st = pila_buf_add(&s->key, r->key);
    for (; st == PILA_OK && r; r = merged_lowest(s)) {
        if (!pila_str_eq(pila_buf_view(&s->key), r->key)) break;
        if (__builtin_add_overflow(s->row.count, r->n, &s->row.count))
            st = PILA_EOVERFLOW;
        if (st == PILA_OK) st = run_advance(r);
        st = merged_outcome(s, r, st);
    }
    s->row.key = pila_buf_view(&s->key);
    return st;
}

static bool merged_refill(pila_iter *it)
{
    merged_state *s = it->state;
    const counter_options *o = s->flow->options;
    pila_status st = s->started ? PILA_OK : merged_start(s);

    if (st == PILA_OK) do
            st = merged_next(s);
        while (st == PILA_OK && s->row.count < o->minimum);
    if (st != PILA_OK) return pila_iter_end(it, st);
    it->cur = (const char *)&s->row;
    it->end = (const char *)(&s->row + 1);
    return true;
}

static pila_iter merged_drop(pila_iter *it)
{
    merged_state *s = it->state;

    for (run_input *r = s->run; r < s->run + s->n; r++) {
        partials_close(&r->from);
        Tally_done(&r->pending);
        pila_buf_done(&r->previous);
    }
    pila_buf_done(&s->key);
    pila_free(s);
    return pila_failed(PILA_END);
}

static pila_iter make_merged(cli_flow *flow, const pila_type *row)
{
    static const pila_iter_ops ops = {merged_refill, merged_drop, NULL};
    static const char *const only_stdin[] = {"-"};
    size_t n = flow->files ? flow->files : 1;
    const char *const *file = flow->files ? flow->file : only_stdin;
    size_t bytes = sizeof(merged_state) + n * sizeof(run_input);
    merged_state *s = pila_alloc_zero(bytes, 1);

    if (!s) return pila_failed(PILA_ENOMEM);
    s->flow = flow;
    s->n = n;
    for (size_t k = 0; k < n; k++)
        cli_answer(flow, partials_open(&s->run[k].from, file[k], flow->common));
    return pila_iter_make(row, &ops, s);
}

/* ---- the command ---- */

static pila_iter make(cli_flow *flow)
{
    const counter_options *o = flow->options;
    counts *c = calloc(1, sizeof *c);
    pila_status st = PILA_OK;

    if (!c) return pila_failed(PILA_ENOMEM);
    flow->own = c;
    c->member[0].type = &pila_i64;
    c->member[1].type = &pila_view;
    st = pila_tuple_struct(&c->row, c->member, 2);
    if (st != PILA_OK) return pila_failed(st);
    if (o->merge && o->sorted) {
        flow->form = CLI_LINES;
        flow->names = row_names;
        return make_merged(flow, &c->row.type);
    }
    st = count_files(flow, &c->t, flow->file, flow->files);
    if (st == PILA_OK) st = combine_others(flow, &c->t);
    flow->form = CLI_LINES;
    flow->names = NULL;
    cli_progress_end();
    if (st != PILA_OK) return pila_failed(st);
    if (o->show == COUNTS) return make_counts(flow, c);
    if (o->show == ELEMENTS) return make_elements(o, &c->t);
    if (o->show == PARTIAL) return make_partial(o, c);
    return make_number(flow, c);
}

static void done(cli_flow *flow)
{
    counts *c = flow->own;

    if (!c) return;
    Texts_done(&c->keys);
    Tally_done(&c->t);
    free(c);
}

/* ---- showing ---- */

/* A key of one character, where a line end would break the line. */
static void write_char_key(cli_output *out, pila_str key)
{
    if (key.len == 1 && key.ptr[0] && strchr("\n\t\r", key.ptr[0]))
        cli_write_escaped(out, key);
    else cli_write(out, key.ptr, key.len);
}

static char line_end(const counter_options *o)
{
    return o->common.out == CLI_NUL ? '\0' : '\n';
}

/* Rows as uniq -c has them, and characters of which some would break a line. */
static pila_status show_rows(cli_output *out, const counter_options *o,
                             pila_iter *items)
{
    char padded[32];

    PILA_FOR(count_row, row, items) {
        if (o->uniq_c) {
            snprintf(padded, sizeof padded, "%7lld ", (long long)row->count);
            cli_write_text(out, padded);
        } else {
            cli_write_int(out, row->count);
            cli_write_text(out, "\t");
        }
        if (o->unit == CHARS && o->common.out == CLI_LINES)
            write_char_key(out, row->key);
        else cli_write(out, row->key.ptr, row->key.len);
        cli_end_line(out, line_end(o));
    }
    return items->status;
}

static pila_status show_chars(cli_output *out, const counter_options *o,
                              pila_iter *items)
{
    PILA_FOR(pila_str, key, items) {
        write_char_key(out, *key);
        cli_end_line(out, line_end(o));
    }
    return items->status;
}

static void write_partial(cli_output *out, const counter_options *o, pila_str key,
                          int64_t n)
{
    bool json = o->common.out == CLI_JSONL;

    if (json) {
        cli_write_text(out, "[");
        cli_write_json(out, key);
        cli_write_text(out, ",");
        cli_write_int(out, n);
        cli_write_text(out, "]");
    } else {
        cli_write_escaped(out, key);
        cli_write_text(out, "\t");
        cli_write_int(out, n);
    }
    cli_end_line(out, line_end(o));
}

static void write_partial_end(cli_output *out, const counter_options *o, size_t keys)
{
    if (o->common.out != CLI_JSONL) return;
    cli_write_text(out, "{\"keys\":");
    cli_write_int(out, (int64_t)keys);
    cli_write_text(out, "}");
    cli_end_line(out, line_end(o));
}

static pila_status show_partial(cli_output *out, const counter_options *o,
                                pila_iter *items)
{
    size_t keys = 0;

    PILA_FOR(count_row, row, items) {
        write_partial(out, o, row->key, row->count);
        keys++;
    }
    if (items->status == PILA_END) write_partial_end(out, o, keys);
    return items->status;
}

static pila_status show_items(cli_flow *flow, cli_output *out, pila_iter *items)
{
    const counter_options *o = flow->options;
    bool lines = o->common.out == CLI_LINES;

    if (o->show == PARTIAL) return show_partial(out, o, items);
    if (o->show == COUNTS && (o->uniq_c || (o->unit == CHARS && lines)))
        return show_rows(out, o, items);
    if (o->show == ELEMENTS && o->unit == CHARS && lines)
        return show_chars(out, o, items);
    return cli_write_items(flow, out, items);
}

static const counter_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                         .most = -1,
                                         .least = -1,
                                         .minimum = INT64_MIN};

static const cli_row sections[] = {
    {"Output",
     "A line for each key, count<TAB>key: the highest count first, equal counts in "
     "order of first occurrence. Nothing is printed before all input has been read."},
    {"Keys",
     "Bytes as they came. --out tsv and --partial write tab, newline, return, NUL and "
     "backslash as \\t \\n \\r \\0 \\\\, --chars the first three."},
    {NULL, NULL}};

const cli_command cmd_counter = {
    .name = "counter",
    .summary = "count how often each line, word, character or field occurs",
    .usage = "[OPTION...] [FILE...]",
    .examples =
        "  $ pila counter --words -c 10 book.txt\n"
        "  $ cut -d' ' -f1 access.log | pila counter -c 5\n"
        "  $ pila counter -f status -H --in csv requests.csv\n"
        "  $ pila counter --words today.txt --subtract yesterday.txt\n"
        "  $ parallel --pipepart -k -a big.txt --block 50M pila counter --partial |\n"
        "        pila counter --merge -c 10\n",
    .python =
        "  collections.Counter(open(FILE, 'rb').read().split()).most_common(10)\n"
        "  is --words -c 10; --add, --subtract, --and and --or are Counter's\n"
        "  operators + - & |; --elements, --total and most_common are its methods.\n",
    .description =
        "Counts the lines of the FILEs, or of stdin, or what an option names: words, "
        "characters, fields. Many FILEs are one count.",
    .sections = sections,
    .memory = "O(distinct keys), and the longest record; --merge --sorted: O(1).",
    .exits = {"counted", "malformed input", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(counter_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .write = show_items,
    .done = done};
