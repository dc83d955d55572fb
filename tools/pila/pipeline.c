/* pipeline.c - `pila A ... then B ... then C ...`: the stages, and the writing of what
 * comes out at the end.
 *
 * The arguments are cut at each `then`; each part is a command with its options, as it
 * would be by itself. A stage is built upon the one before it, and between two stands a
 * probe, which passes windows through untouched. It knows which stage is at work, so
 * that a message names it, and the first probe that sees a fault says whose it is.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STAGES_MOST = 64, LABEL_MOST = 64 };

typedef struct stage {
    cli_flow flow;
    int argc;
    char **argv;
    char label[LABEL_MOST]; /* "sorted", or "sorted (stage 2)" */
} stage;

/* ---- the probe between stages ---- */

typedef struct probe_state {
    pila_iter items;
    stage *at;
} probe_state;

/* A fault that has not been said: here it comes out of the stage that had it. */
static pila_status probe_fault(stage *at, pila_status st)
{
    cli_flow *flow = &at->flow;
    bool data = st == PILA_EOVERFLOW || st == PILA_EVALUE || st == PILA_ETYPE ||
                st == PILA_ELIMIT;

    if (st == PILA_END || st == CLI_SAID) return st;
    const char *why = st == PILA_EVALUE      ? flow->command->value
                      : st == PILA_EOVERFLOW ? flow->command->overflow
                                             : NULL;
    int code = why ? cli_trouble(NULL, "%s", why) : cli_trouble_status(NULL, st);
    cli_answer(flow, data ? CLI_NO : code);
    return CLI_SAID;
}

static bool probe_refill(pila_iter *it)
{
    probe_state *s = it->state;
    const char *outer = cli_name;
    pila_status st = PILA_OK;

    cli_name = s->at->label;
    if (!pila_iter_ready(&s->items)) st = probe_fault(s->at, s->items.status);
    cli_name = outer;
    if (st != PILA_OK) return pila_iter_end(it, st);
    it->cur = s->items.cur;
    it->end = s->items.end;
    s->items.cur = s->items.end;
    return true;
}

static pila_iter probe_drop(pila_iter *it)
{
    probe_state *s = it->state;
    pila_iter items = s->items;

    pila_free(s);
    return items;
}

static pila_iter probe(pila_iter items, stage *at)
{
    static const pila_iter_ops ops = {probe_refill, probe_drop, NULL};
    probe_state *s = items.status == PILA_OK ? pila_alloc(1, sizeof *s) : NULL;
    pila_status st = items.status == PILA_OK ? PILA_ENOMEM : items.status;

    if (s) {
        s->items = items;
        s->at = at;
        return pila_iter_make(items.type, &ops, s);
    }
    pila_iter_drop(&items);
    return pila_failed(probe_fault(at, st));
}

void cli_answer(cli_flow *flow, int code)
{
    if (*flow->code < code) *flow->code = code;
}

/* ---- cutting the arguments, and reading them ---- */

static size_t cut(int argc, char **argv, stage *stages)
{
    size_t n = 1;

    stages[0].argv = argv;
    for (int k = 0; k < argc; k++) {
        if (k == 0 || strcmp(argv[k], "then") != 0) {
            stages[n - 1].argc++;
            continue;
        }
        if (n == STAGES_MOST) return 0;
        stages[n++].argv = argv + k + 1;
    }
    return n;
}

static bool is_asking(const cli_common *o)
{
    return o->help || o->help_json || o->version;
}

/* The options of one stage. */
static int stage_parse(stage *s, const cli_command *c, size_t k, size_t n, int color)
{
    cli_flow *flow = &s->flow;
    cli_common *o = malloc(c->size);

    snprintf(s->label, sizeof s->label, n > 1 ? "%s (stage %zu)" : "%s", c->name,
             k + 1);
    cli_name = s->label;
    if (!o) return cli_trouble_status(NULL, PILA_ENOMEM);
    memcpy(o, c->defaults, c->size);
    o->color = color;
    flow->command = c;
    flow->options = o;
    flow->common = o;
    flow->stage = k + 1;
    flow->stages = n;
    flow->upstream = pila_failed(PILA_END);
    int code = cli_parse(c, s->argc, s->argv, o);
    if (code != CLI_DONE || is_asking(o)) return code;
    if (o->operands < c->arguments)
        return cli_trouble(NULL, "%s is missing; --help shows the usage",
                           c->argument[o->operands]);
    flow->argument = o->operand;
    flow->file = o->operand + c->arguments;
    flow->files = o->operands - c->arguments;
    if (c->operands == CLI_OPERAND_NONE && flow->files > c->optional)
        return cli_trouble(flow->file[c->optional], "is one too many; no FILE is read");
    return CLI_DONE;
}

/* Options that mean something at one end of a pipeline only. */
static int check_ends(const cli_flow *flow)
{
    const cli_common *o = flow->common;

    if (flow->stage > 1 && flow->command->operands == CLI_OPERAND_NONE)
        return cli_trouble(NULL, "it reads nothing: it can only be the first stage");
    if (flow->stage > 1 && o->in && flow->command->operands == CLI_OPERAND_FILES)
        return cli_trouble(NULL, "--in and -z are for the first stage");
    if (flow->stage > 1 && o->header)
        return cli_trouble(NULL, "--header is for the first stage");
    if (flow->stage < flow->stages && (o->output || o->line_buffered))
        return cli_trouble(NULL, "%s is for the last stage",
                           o->output ? "--output" : "--line-buffered");
    if (flow->stage < flow->stages && o->out && !o->zero)
        return cli_trouble(NULL, "--out is for the last stage");
    if (flow->stage > 1 && flow->files && flow->command->operands == CLI_OPERAND_FILES)
        return cli_trouble(flow->file[0], "the items come from the stage before; no "
                                          "FILE can be read here");
    return CLI_DONE;
}

/* ---- building ---- */

/* What flows into a stage, from the one before. */
static void stage_join(stage *s, stage *before, pila_iter items)
{
    const cli_flow *from = &before->flow;

    s->flow.upstream = items;
    s->flow.given = items.status == PILA_OK ? items.type : NULL;
    s->flow.form = from->form;
    s->flow.names = from->names;
    s->flow.code = from->code;
    s->flow.keeps = from->keeps;
    s->flow.first = from->first;
}

static pila_iter build(stage *stages, size_t n, int *code)
{
    pila_iter items = pila_failed(PILA_END);

    for (size_t k = 0; k < n; k++) {
        stage *s = &stages[k];
        cli_name = s->label;
        if (k) stage_join(s, &stages[k - 1], items);
        else {
            s->flow.code = code;
            s->flow.form = (cli_format)s->flow.common->in;
            s->flow.keeps = true;
            s->flow.first = &s->flow;
        }
        s->flow.keeps = s->flow.keeps && s->flow.command->keeps;
        if (s->flow.form == CLI_NUL) s->flow.form = CLI_LINES;
        int st = check_ends(&s->flow);
        if (st == CLI_DONE && s->flow.command->check)
            st = s->flow.command->check(&s->flow);
        if (st == CLI_DONE) st = cli_check_key(&s->flow);
        if (st != CLI_DONE) {
            cli_answer(&s->flow, st);
            pila_iter_drop(&s->flow.upstream);
            return pila_failed(CLI_SAID);
        }
        if (k == 0) cli_progress_start(&s->flow);
        items = probe(s->flow.command->make(&s->flow), s);
    }
    return items;
}

/* ---- writing ---- */

static char end_of(const cli_flow *flow)
{
    return flow->common->out == CLI_NUL ? '\0' : '\n';
}

/* The header record of the first file, where records come out as they went in. */
static void write_header(cli_output *out, const cli_flow *flow)
{
    const cli_flow *first = flow->first;

    if (!first->titled || !flow->keeps || flow->common->out != first->common->in)
        return;
    cli_write(out, first->title.data, first->title.len);
    cli_end_line(out, end_of(flow));
}

/* Records that lie one after the other, with their separators between them, in one
 * piece: how many of n bytes go with the first. */
static size_t run_of(const pila_str *record, size_t n, char end)
{
    size_t k = 1;

    while (k < n && record[k - 1].ptr + record[k - 1].len + 1 == record[k].ptr &&
           record[k].ptr[-1] == end)
        k++;
    return k;
}

/* Text that is written as it was read, a window at a time. The last line of a file that
 * has no newline gets none, unless more follows. */
static void write_lines(cli_output *out, const cli_flow *flow, pila_iter *items)
{
    char end = end_of(flow);
    bool owed = false;
    size_t n;

    while (!out->failed && (n = pila_iter_ready(items))) {
        const pila_str *record = (const pila_str *)(const void *)items->cur;
        for (size_t k = 0; k < n;) {
            size_t run = out->by_line ? 1 : run_of(record + k, n - k, end);
            const pila_str *z = &record[k + run - 1];
            if (owed) cli_end_line(out, end);
            size_t bytes = (size_t)(z->ptr + z->len - record[k].ptr);
            owed = flow->first->tail && z->ptr == flow->first->tail;
            if (owed) cli_write(out, record[k].ptr, bytes);
            else cli_write_line(out, record[k].ptr, bytes, end);
            k += run;
        }
        pila_iter_skip(items, n);
    }
}

/* Rows that lie in memory record after record, as batched has them where it copies
 * nothing: how many of n do, and *bytes from the first to the end of the last, which go
 * into the buffer at once. 0: not even the first, or it is too long for that. */
static size_t rows_in_place(const pila_row *row, size_t n, size_t *bytes)
{
    const pila_str *last = NULL;
    const char *from = NULL;
    size_t k = 0;

    for (; k < n && row[k].n; k++) {
        const pila_str *record = row[k].items;
        if (!last && !(from = record->ptr)) break;
        const char *at = last ? last->ptr + last->len + 1 : from;
        for (size_t i = 0; i < row[k].n && record[i].ptr == at; i++) {
            at += record[i].len + 1;
            last = &record[i];
        }
        if (last != &record[row[k].n - 1] || at - from > CLI_OUTPUT_ROOM) break;
        *bytes = (size_t)(at - from);
    }
    return k;
}

/* Such rows: as they were read, with other separators. A row that is not in place goes
 * the usual way. */
static void write_rows(cli_output *out, const cli_flow *flow, pila_iter *items)
{
    char end = end_of(flow);
    size_t n, bytes = 0;

    while (!out->failed && (n = pila_iter_ready(items))) {
        const pila_row *row = (const pila_row *)(const void *)items->cur;
        for (size_t k = 0; k < n;) {
            size_t run = out->by_line ? 0 : rows_in_place(row + k, n - k, &bytes);
            if (!run) {
                cli_write_item(out, flow, items->type, &row[k++]);
                cli_end_line(out, end);
                continue;
            }
            char *to = cli_write_room(out, bytes);
            const char *from = ((const pila_str *)row[k].items)->ptr;
            memcpy(to, from, bytes - 1);
            for (size_t stop = k + run; k < stop; k++) {
                const pila_str *record = row[k].items, *last = record + row[k].n - 1;
                for (; record < last; record++)
                    to[record->ptr + record->len - from] = '\t';
                to[last->ptr + last->len - from] = end;
            }
        }
        pila_iter_skip(items, n);
    }
}

/* Where the text is in items of an integer and a text, as enumerate and counts have
 * them; 0: they are something else. */
static size_t numbered_text(const pila_type *type)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);
    const pila_type *first = p                             ? p->first
                             : t && t->member && t->n == 2 ? t->member[0].type
                                                           : NULL;
    const pila_type *second = p ? p->second : first ? t->member[1].type : NULL;

    if (!first || first->kind != PILA_KIND_I64 || second->kind != PILA_KIND_STR)
        return 0;
    return p ? p->second_at : t->member[1].at;
}

/* Such items, in lines. */
static void write_numbered(cli_output *out, const cli_flow *flow, pila_iter *items)
{
    size_t at = numbered_text(items->type);
    char end = end_of(flow);
    const char *item;

    while (!out->failed && (item = pila_next_item(items))) {
        pila_str text = *(const pila_str *)(const void *)(item + at);
        int64_t n = *(const int64_t *)(const void *)item;
        bool digit = n >= 0 && n < 10;
        if (!digit) cli_write_int(out, n);
        if (out->by_line || text.len > CLI_OUTPUT_ROOM - 3) {
            if (digit) cli_write_int(out, n);
            cli_write_text(out, "\t");
            cli_write(out, text.ptr, text.len);
            cli_end_line(out, end);
            continue;
        }
        char *to = cli_write_room(out, digit + text.len + 2);
        if (digit) *to++ = (char)('0' + n);
        to[0] = '\t';
        if (text.len) memcpy(to + 1, text.ptr, text.len);
        to[text.len + 1] = end;
    }
}

static bool is_row_of_text(const pila_type *type)
{
    const pila_tuple *t = pila_tuple_of(type);

    return t && t->is_row && t->each->kind == PILA_KIND_STR;
}

pila_status cli_write_items(cli_flow *flow, cli_output *out, pila_iter *items)
{
    cli_format to = (cli_format)flow->common->out;
    bool same = to == CLI_LINES || to == CLI_NUL || to == flow->form;
    const void *item;

    (void)pila_iter_ready(items); /* a fault comes before the first byte */
    if (items->status == PILA_OK || items->status == PILA_END) write_header(out, flow);
    if (items->status != PILA_OK) return items->status;
    if (same && items->type->kind == PILA_KIND_STR) write_lines(out, flow, items);
    else if ((to == CLI_LINES || to == CLI_NUL) && is_row_of_text(items->type))
        write_rows(out, flow, items);
    else if ((to == CLI_LINES || to == CLI_NUL) && numbered_text(items->type))
        write_numbered(out, flow, items);
    else
        while (!out->failed && (item = pila_next_item(items))) {
            cli_write_item(out, flow, items->type, item);
            cli_end_line(out, end_of(flow));
        }
    return items->status;
}

/* All of it. After a fault nothing more is written: not FILE of -o, and not what is
 * still in the buffer, so that what is out by then does not look whole. */
static int write_all(stage *stages, size_t n, pila_iter *items, int *code)
{
    static cli_output out;
    cli_flow *last = &stages[n - 1].flow;
    const cli_common *o = last->common;
    pila_status st;

    if (items->status != PILA_OK && items->status != PILA_END) return *code;
    cli_name = stages[n - 1].label;
    if (cli_output_open(&out, o->output, o->line_buffered) != CLI_DONE)
        return CLI_TROUBLE;
    if (last->command->write) st = last->command->write(last, &out, items);
    else st = cli_write_items(last, &out, items);
    bool good = st == PILA_OK || st == PILA_END;
    if (!good && st != CLI_SAID) cli_answer(last, cli_trouble_status(NULL, st));
    cli_progress_end();
    cli_answer(last, cli_output_close(&out, good));
    return *code;
}

/* ---- running ---- */

static int show_version(void)
{
    static cli_output out;
    int code = cli_output_open(&out, NULL, false);

    if (code != CLI_DONE) return code;
    cli_write_text(&out, "pila " PILA_VERSION "\n");
    return cli_output_close(&out, true);
}

static int answer_question(const cli_command *c, const cli_common *o)
{
    if (o->help) return cli_show_help(c, (cli_when)o->color);
    return o->help_json ? cli_show_help_json(c) : show_version();
}

static int run_stages(stage *stages, size_t n)
{
    int code = CLI_DONE;
    pila_iter items = build(stages, n, &code);

    if (items.status == PILA_OK || items.status == PILA_END)
        code = write_all(stages, n, &items, &code);
    pila_iter_drop(&items);
    for (size_t k = n; k-- > 0;) /* of who failed before taking it */
        pila_iter_drop(&stages[k].flow.upstream);
    cli_progress_end();
    for (size_t k = 0; k < n; k++)
        if (stages[k].flow.command->done) stages[k].flow.command->done(&stages[k].flow);
    return code;
}

static int parse_stages(stage *stages, size_t n, const cli_command *c, int color)
{
    int code = CLI_DONE;

    for (size_t k = 0; k < n && code == CLI_DONE; k++) {
        if (k) cli_name = NULL;
        if (k && stages[k].argc == 0)
            return cli_trouble(NULL, "no command behind 'then'");
        if (k && !(c = cli_find(stages[k].argv[0])))
            return cli_no_command(NULL, stages[k].argv[0]);
        code = stage_parse(&stages[k], c, k, n, color);
        if (code == CLI_DONE) color = stages[k].flow.common->color;
    }
    return code;
}

/* The stage that asks for help, or the version; NULL: none does. */
static const cli_flow *asking(const stage *stages, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (is_asking(stages[k].flow.common)) return &stages[k].flow;
    return NULL;
}

int cli_pipeline(const cli_command *first, int argc, char **argv, int color)
{
    stage *stages = calloc(STAGES_MOST, sizeof *stages);
    size_t n = stages ? cut(argc, argv, stages) : 0;
    int code;

    cli_name = first->name;
    if (!stages) return cli_trouble_status(NULL, PILA_ENOMEM);
    if (!n) code = cli_trouble(NULL, "more than %d stages", STAGES_MOST);
    else code = parse_stages(stages, n, first, color);
    const cli_flow *asks = n && code == CLI_DONE ? asking(stages, n) : NULL;
    if (asks) code = answer_question(asks->command, asks->common);
    else if (n && code == CLI_DONE) code = run_stages(stages, n);
    for (size_t k = 0; k < n; k++) {
        cli_common *o = stages[k].flow.options;
        pila_buf_done(&stages[k].flow.place.header);
        pila_buf_done(&stages[k].flow.title);
        if (o) free(o->operand);
        free(o);
    }
    free(stages);
    return code;
}
