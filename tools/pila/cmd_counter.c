/* cmd_counter.c - pila counter: how often each line, word, character or field occurs.
 *
 * From a file, through an iterator of keys, into a Counter: counting is one call of
 * Tally_update. What a run does with the counts is one of the `show` functions below.
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

static int parse_split(counter_options *o)
{
    char *end, *last;

    if (!o->split_text) return CLI_DONE;
    errno = 0;
    o->split.part = strtoll(o->split_text, &end, 10);
    o->split.parts = *end == '/' ? strtoll(end + 1, &last, 10) : 0;
    if (errno || *end != '/' || *last || o->split.part < 1 ||
        o->split.part > o->split.parts || o->split.parts > CLI_PARTS_MOST)
        return cli_trouble(NULL, "--split: '%s' is not I/N with 1 <= I <= N <= %d",
                           o->split_text, CLI_PARTS_MOST);
    if (o->common.in == CLI_CSV)
        return cli_trouble(NULL, "--split cannot cut CSV: a quote may hold a newline");
    return CLI_DONE;
}

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

static int check(counter_options *o)
{
    int code = check_input(o);

    if (code == CLI_DONE) code = check_output(o);
    if (code == CLI_DONE) code = cli_check_key(&o->common);
    return code == CLI_DONE ? parse_split(o) : code;
}

/* ---- reading ---- */

/* What the run will end with, and whether it ends without a result. */
typedef struct outcome {
    int code;
    bool stop;
    size_t read; /* inputs that could be */
} outcome;

static void outcome_code(outcome *run, int code)
{
    if (run->code < code) run->code = code;
}

static void outcome_of(outcome *run, const cli_input *in, const cli_common *o,
                       pila_status st)
{
    if (st == PILA_OK) {
        run->read++;
        return;
    }
    if (st == PILA_EIO &&
        !in->started) { /* a directory, say: the others are still done */
        run->code = cli_trouble_status(in->name, st);
        return;
    }
    run->stop = true;
    outcome_code(run, CLI_NO);
    if (st == PILA_ESYNTAX) return; /* said already */
    if (st == PILA_ELIMIT)
        (void)cli_trouble(in->name, "a record is longer than %lld bytes (--max-record)",
                          (long long)o->max_record);
    else if (st == PILA_EOVERFLOW)
        (void)cli_trouble(in->name, "a count exceeds 64 bits");
    else run->code = cli_trouble_status(st == PILA_EIO ? in->name : NULL, st);
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

static void merge_input(Tally *t, const char *operand, counter_options *o, outcome *run)
{
    partials p;
    pila_status st;
    int opened = partials_open(&p, operand, &o->common);

    if (opened != CLI_DONE) {
        run->code = opened;
        return;
    }
    while ((st = partials_next(&p, t)) == PILA_OK) continue;
    outcome_of(run, &p.in, &o->common, st == PILA_END ? PILA_OK : st);
    partials_close(&p);
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

static void count_input(Tally *t, const char *operand, counter_options *o, outcome *run)
{
    const cli_common *c = &o->common;
    bool words = o->unit == WORDS, chars = o->unit == CHARS;
    cli_input in;
    int opened = cli_input_open(&in, operand);
    cli_key key = {c, o->fold && !chars, words, chars, in.name, &run->code};

    if (opened == CLI_DONE)
        opened = cli_input_cut(&in, o->split, cli_separator(c), words, c->header);
    if (opened != CLI_DONE) run->code = opened;
    else if (chars)
        outcome_of(run, &in, c, count_chars(t, cli_keys(&in, &key), o->fold));
    else outcome_of(run, &in, c, Tally_update(t, cli_keys(&in, &key)));
    cli_input_close(&in);
}

static void read_input(Tally *t, const char *operand, counter_options *o, outcome *run)
{
    if (o->merge) merge_input(t, operand, o, run);
    else count_input(t, operand, o, run);
}

/* All operands are one count; none means stdin. None could be read: no result. */
static void count_operands(Tally *t, counter_options *o, outcome *run)
{
    const cli_common *c = &o->common;

    if (c->operands == 0) read_input(t, "-", o, run);
    for (size_t k = 0; k < c->operands && !run->stop; k++)
        read_input(t, c->operand[k], o, run);
    if (!run->read) run->stop = true;
}

static void combine_others(Tally *t, counter_options *o, outcome *run)
{
    for (size_t k = 0; k < o->others.n && !run->stop; k++) {
        Tally other = {0};
        int64_t what = o->others.item[k].what;
        read_input(&other, o->others.item[k].text, o, run);
        if (run->code == CLI_TROUBLE)
            run->stop = true; /* a different answer, not a part */
        pila_status st = run->stop             ? PILA_OK
                         : what == OP_ADD      ? Tally_iplus(t, &other)
                         : what == OP_SUBTRACT ? Tally_iminus(t, &other)
                         : what == OP_AND      ? Tally_iand(t, &other)
                                               : Tally_ior(t, &other);
        Tally_done(&other);
        if (st == PILA_OK) continue;
        run->stop = true;
        run->code = cli_trouble_status(NULL, st);
    }
}

/* ---- showing ---- */

/* A key of one character, where a line end would break the line. */
static void write_char_key(cli_output *out, pila_str key)
{
    if (key.len == 1 && key.ptr[0] && strchr("\n\t\r", key.ptr[0]))
        cli_write_escaped(out, key);
    else cli_write(out, key.ptr, key.len);
}

static void write_key(cli_output *out, const counter_options *o, pila_str key)
{
    int format = o->common.out;

    if (format == CLI_CSV) cli_write_csv(out, key, o->show == ELEMENTS);
    else if (format == CLI_JSONL) cli_write_json(out, key);
    else if (format == CLI_TSV) cli_write_escaped(out, key);
    else if (format == CLI_LINES && o->unit == CHARS) write_char_key(out, key);
    else cli_write(out, key.ptr, key.len);
}

static char line_end(const counter_options *o)
{
    return o->common.out == CLI_NUL ? '\0' : '\n';
}

static void write_count(cli_output *out, const counter_options *o, pila_str key,
                        int64_t n)
{
    char padded[32];

    if (o->common.out == CLI_JSONL) {
        cli_write_text(out, "{\"count\":");
        cli_write_int(out, n);
        cli_write_text(out, ",\"key\":");
        write_key(out, o, key);
        cli_write_text(out, "}");
    } else if (o->uniq_c) {
        snprintf(padded, sizeof padded, "%7lld ", (long long)n);
        cli_write_text(out, padded);
        write_key(out, o, key);
    } else {
        cli_write_int(out, n);
        cli_write_text(out, o->common.out == CLI_CSV ? "," : "\t");
        write_key(out, o, key);
    }
    cli_end_line(out, line_end(o));
}

static pila_status show_counts(cli_output *out, const counter_options *o,
                               const Tally *t)
{
    size_t n = o->most >= 0    ? (size_t)o->most
               : o->least >= 0 ? (size_t)o->least
                               : SIZE_MAX;
    bool lowest = o->least >= 0, chosen = o->minimum > INT64_MIN;
    /* counts below the minimum are passed over, not ranked among the N */
    size_t ranked = chosen && lowest ? SIZE_MAX : n;
    pila_iter it =
        lowest ? Tally_least_common(t, ranked) : Tally_most_common(t, ranked);

    PILA_FOR(Tally_item, e, &it) {
        if (n == 0) break;
        if (e->value < o->minimum) continue;
        write_count(out, o, pila_string_view(&e->key), e->value);
        n--;
    }
    pila_status st = n ? pila_iter_outcome(&it) : PILA_OK;
    pila_iter_drop(&it);
    return st;
}

static pila_status show_elements(cli_output *out, const counter_options *o,
                                 const Tally *t)
{
    pila_iter it = Tally_items(t);

    PILA_FOR(Tally_item, e, &it) {
        if (e->value < o->minimum) continue;
        for (int64_t n = 0; n < e->value && !out->failed; n++) {
            write_key(out, o, pila_string_view(&e->key));
            cli_end_line(out, line_end(o));
        }
    }
    return pila_iter_outcome(&it);
}

static pila_status show_number(cli_output *out, const counter_options *o,
                               const Tally *t)
{
    pila_iter it = Tally_items(t);
    int64_t keys = 0, total = 0;

    PILA_FOR(Tally_item, e, &it) {
        if (e->value < o->minimum) continue;
        keys++;
        if (__builtin_add_overflow(total, e->value, &total)) return PILA_EOVERFLOW;
    }
    cli_write_int(out, o->show == DISTINCT ? keys : total);
    cli_end_line(out, line_end(o));
    return PILA_OK;
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

/* By key, in the order of its bytes. */
static pila_status show_sorted_partial(cli_output *out, const counter_options *o,
                                       const Tally *t)
{
    Texts keys = {0};
    pila_status st = Texts_extend(&keys, Tally_keys(t));

    if (st == PILA_OK) st = Texts_sort(&keys, NULL, false);
    pila_iter it = Texts_iter(&keys);
    if (st == PILA_OK)
        PILA_FOR(pila_string, key, &it) {
            int64_t n = 0;
            if ((st = Tally_count(t, *key, &n)) != PILA_OK) break;
            write_partial(out, o, pila_string_view(key), n);
        }
    Texts_done(&keys);
    return st;
}

static pila_status show_partial(cli_output *out, const counter_options *o,
                                const Tally *t)
{
    pila_status st = PILA_OK;

    if (o->sorted) st = show_sorted_partial(out, o, t);
    else {
        pila_iter it = Tally_items(t);
        PILA_FOR(Tally_item, e, &it)
            write_partial(out, o, pila_string_view(&e->key), e->value);
    }
    write_partial_end(out, o, Tally_len(t));
    return st;
}

static int show_result(const counter_options *o, const Tally *t, int code)
{
    static cli_output out;
    pila_status st = PILA_OK;

    if (cli_output_open(&out, o->common.output, o->common.line_buffered) != CLI_DONE)
        return CLI_TROUBLE;
    switch ((show)o->show) {
    case COUNTS: st = show_counts(&out, o, t); break;
    case ELEMENTS: st = show_elements(&out, o, t); break;
    case DISTINCT:
    case TOTAL: st = show_number(&out, o, t); break;
    case PARTIAL: st = show_partial(&out, o, t); break;
    }
    if (st != PILA_OK) code = cli_trouble_status(NULL, st);
    int closed = cli_output_close(&out, st == PILA_OK);
    return closed > code ? closed : code;
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

/* The first count of each input; one that can't be read is said, and left out. */
static pila_status runs_start(run_input *runs, size_t n, outcome *run, run_input **at)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        *at = &runs[k];
        if (runs[k].from.in.fd < 0) continue;
        st = run_advance(*at);
        if (st != PILA_EIO || runs[k].from.in.started) run->read++;
        else {
            run->code = cli_trouble_status(runs[k].from.in.name, st);
            st = PILA_OK;
        }
    }
    return st;
}

static void write_merged(cli_output *out, const counter_options *o, pila_str key,
                         int64_t n)
{
    if (n < o->minimum) return;
    if (o->show == PARTIAL) write_partial(out, o, key, n);
    else write_count(out, o, key, n);
}

static run_input *run_lowest(run_input *runs, size_t n)
{
    run_input *lowest = NULL;

    for (size_t k = 0; k < n; k++)
        if (runs[k].open && (!lowest || pila_str_cmp(runs[k].key, lowest->key) < 0))
            lowest = &runs[k];
    return lowest;
}

/* Sum equal keys as they come, lowest first. *at is the input of a fault. */
static pila_status merge_runs(cli_output *out, const counter_options *o,
                              run_input *runs, size_t n, run_input **at)
{
    pila_buf key = {0};
    int64_t sum = 0;
    bool any = false;
    size_t keys = 0;
    pila_status st = PILA_OK;

    for (run_input *r; st == PILA_OK && (r = run_lowest(runs, n));
         st = run_advance(r)) {
        *at = r;
        bool same = any && pila_str_eq(pila_buf_view(&key), r->key);
        if (any && !same) write_merged(out, o, pila_buf_view(&key), sum);
        if (!same) {
            keys++;
            sum = 0;
            key.len = 0;
            if ((st = pila_buf_add(&key, r->key)) != PILA_OK) break;
        }
        any = true;
        if (__builtin_add_overflow(sum, r->n, &sum)) st = PILA_EOVERFLOW;
        if (st != PILA_OK) break;
    }
    if (st == PILA_OK && any) write_merged(out, o, pila_buf_view(&key), sum);
    if (st == PILA_OK && o->show == PARTIAL) write_partial_end(out, o, keys);
    pila_buf_done(&key);
    return st;
}

static int merge_sorted(const counter_options *o)
{
    static const char *const only_stdin[] = {"-"};
    static cli_output out;
    const cli_common *c = &o->common;
    size_t n = c->operands ? c->operands : 1;
    const char *const *operand = c->operands ? c->operand : only_stdin;
    run_input *runs = calloc(n, sizeof *runs), *at = NULL;
    outcome run = {CLI_DONE, false, 0};

    if (!runs) return cli_trouble_status(NULL, PILA_ENOMEM);
    for (size_t k = 0; k < n; k++)
        outcome_code(&run, partials_open(&runs[k].from, operand[k], c));
    pila_status st = runs_start(runs, n, &run, &at);
    if (st != PILA_OK) outcome_of(&run, &at->from.in, c, st);
    else if (!run.read) /* said already */
        ;
    else if (cli_output_open(&out, c->output, c->line_buffered) != CLI_DONE)
        run.code = CLI_TROUBLE;
    else {
        st = merge_runs(&out, o, runs, n, &at);
        if (st != PILA_OK) outcome_of(&run, &at->from.in, c, st);
        outcome_code(&run, cli_output_close(&out, st == PILA_OK));
    }
    for (size_t k = 0; k < n; k++) {
        partials_close(&runs[k].from);
        Tally_done(&runs[k].pending);
        pila_buf_done(&runs[k].previous);
    }
    free(runs);
    return run.code;
}

/* ---- the command ---- */

static int run(void *given)
{
    counter_options *o = given;
    Tally t = {0};
    outcome result = {check(o), false, 0};

    if (result.code != CLI_DONE) return result.code;
    cli_progress_start(&o->common);
    if (o->merge && o->sorted) {
        result.code = merge_sorted(o);
        cli_progress_end();
        return result.code;
    }
    count_operands(&t, o, &result);
    if (!result.stop) combine_others(&t, o, &result);
    cli_progress_end();
    if (!result.stop) result.code = show_result(o, &t, result.code);
    Tally_done(&t);
    return result.code;
}

static const counter_options defaults = {.common = {.max_record = 1 << 30},
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
    .run = run};
