/* cmd_groupby.c - pila groupby: runs of equal keys.
 *
 * Records come in pairs with their keys. A run that ends within the window at hand is
 * shown in place; one that goes on is copied window by window, the text of each into a
 * block of its own, so that no view moves. --count keeps no records: there the library
 * finds the ends of runs.
 *
 * Partials: a run a line, its fields escaped, and at the end an edge: '[' for the first
 * run of a part, ']' for the last, both for the only one. Such a run is open: it may go
 * on in the part before or behind. --merge joins those that do. As each part has both
 * edges, one that was cut short is told.
 */
#include "cli.h"

#include <pila/core/keep.h>
#include <pila/itertools/runs.h>

#include <stdlib.h>
#include <string.h>

typedef struct groupby_options {
    cli_common common;
    int count, partial, merge;
} groupby_options;

#define AT(member) offsetof(groupby_options, member)

static const cli_option options[] = {
    CLI_GROUP("What comes out"),
    {0, "count", CLI_SET, AT(count), 1, NULL,
     "how many records each run has, and its key, instead of the records"},
    CLI_GROUP("Many machines"),
    {0, "partial", CLI_SET, AT(partial), 1, NULL,
     "print the runs for --merge, those at the edges marked open"},
    {0, "merge", CLI_SET, AT(merge), 1, NULL,
     "the inputs are partials, in their order: join the edges"},
    CLI_LAST};
static const groupby_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

static int check(const cli_flow *flow)
{
    const groupby_options *o = flow->options;
    const cli_common *c = flow->common;

    if (flow->stage > 1 && o->merge)
        return cli_trouble(NULL, "--merge reads files: it is for the first stage");
    if (flow->stage < flow->stages && o->partial)
        return cli_trouble(NULL, "partials are for the last stage");
    if (o->merge && (c->field || c->separator || c->header))
        return cli_trouble(NULL,
                           "--merge reads partials: their keys are found already");
    if (o->merge && c->errors != CLI_FAIL)
        return cli_trouble(NULL,
                           "--merge stops at a malformed line, whatever --errors");
    if (o->partial && c->out != CLI_LINES && c->out != CLI_NUL)
        return cli_trouble(NULL, "--partial is written as lines or nul");
    return CLI_DONE;
}

/* ---- rows ---- */

typedef struct group_row {
    pila_str key;
    pila_row items;
} group_row;

typedef struct count_row {
    int64_t count;
    pila_str key;
} count_row;

/* What the command holds: the descriptors of its rows. */
typedef struct rows {
    pila_member member[2];
    pila_tuple items, row;
    cli_flow lines; /* of --merge: partials are lines, whatever --in says */
    cli_common common;
} rows;

static const char *const group_names[] = {"key", "items", NULL};
static const char *const count_names[] = {"count", "key", NULL};

static pila_status init_groups(rows *r, const pila_type *item)
{
    pila_tuple_row(&r->items, item);
    r->member[0].type = &cli_plain;
    r->member[1].type = &r->items.type;
    return pila_tuple_struct(&r->row, r->member, 2);
}

static pila_status init_counts(rows *r)
{
    r->member[0].type = &pila_i64;
    r->member[1].type = &cli_plain;
    return pila_tuple_struct(&r->row, r->member, 2);
}

/* ---- texts that stay where they are ---- */

typedef struct texts {
    pila_buf *text;
    size_t n, room;
} texts;

static pila_buf *texts_next(texts *t)
{
    if (t->n == t->room) {
        size_t room = t->room ? 2 * t->room : 4;
        pila_buf *text = pila_realloc(t->text, room, sizeof *text);
        if (!text) return NULL;
        memset(text + t->room, 0, (room - t->room) * sizeof *text);
        t->text = text;
        t->room = room;
    }
    return &t->text[t->n++];
}

static void texts_done(texts *t)
{
    for (size_t k = 0; k < t->room; k++) pila_buf_done(&t->text[k]);
    pila_free(t->text);
}

/* ---- groups ---- */

typedef struct groups_state {
    pila_iter keyed;
    const pila_pair *pair;
    char *items;  /* of the run: n of them, or views into the window */
    char *window; /* items of a window, one after the other */
    size_t n, room, window_room;
    bool kept; /* they are copies */
    pila_buf key;
    texts texts;
    group_row row;
} groups_state;

static void groups_clear(groups_state *s)
{
    if (s->kept) pila__unkeep(s->pair->second, s->items, s->n);
    s->n = s->texts.n = 0;
    s->kept = false;
}

static pila_status reserve(char **items, size_t *room, size_t need, size_t size)
{
    if (need <= *room) return PILA_OK;
    size_t more = pila_mem_grow(*room, need, size);
    char *p = more ? pila_realloc(*items, more, size) : NULL;
    if (!p) return PILA_ENOMEM;
    *items = p;
    *room = more;
    return PILA_OK;
}

/* How many of the n pairs at hand have the key. */
static size_t run_length(const groups_state *s, size_t n, pila_str key)
{
    const char *pair = s->keyed.cur;
    size_t k = 0;

    for (; k < n; k++, pair += s->pair->type.size)
        if (!pila_str_eq(*(const pila_str *)(const void *)pair, key)) break;
    return k;
}

static void gather(const groups_state *s, char *to, size_t n)
{
    const pila_pair *p = s->pair;

    for (size_t k = 0; k < n; k++)
        memcpy(to + k * p->second->size, s->keyed.cur + k * p->type.size + p->second_at,
               p->second->size);
}

/* n items of the run that are in the window, for longer than it. */
static pila_status groups_keep(groups_state *s, size_t n)
{
    size_t size = s->pair->second->size;
    pila_status st = reserve(&s->window, &s->window_room, n, size);

    if (st == PILA_OK) st = reserve(&s->items, &s->room, s->n + n, size);
    pila_buf *text = st == PILA_OK ? texts_next(&s->texts) : NULL;
    if (!text) return PILA_ENOMEM;
    gather(s, s->window, n);
    s->kept = true;
    st = pila__keep(s->pair->second, s->items + s->n * size, s->window, n, text);
    if (st == PILA_OK) s->n += n;
    return st;
}

/* A run that is whole in the window. */
static pila_status groups_show(groups_state *s, size_t n)
{
    pila_status st = reserve(&s->items, &s->room, n, s->pair->second->size);

    if (st != PILA_OK) return st;
    gather(s, s->items, n);
    s->n = n;
    return PILA_OK;
}

/* A run that goes on behind the window; n of it are there. */
static pila_status groups_collect(groups_state *s, size_t n)
{
    s->key.len = 0;
    pila_status st = pila_buf_add(&s->key, s->row.key);

    s->row.key = pila_buf_view(&s->key);
    for (size_t ready = n; st == PILA_OK && n;) {
        st = groups_keep(s, n);
        pila_iter_skip(&s->keyed, n);
        if (st != PILA_OK || n < ready) break;
        ready = pila_iter_ready(&s->keyed);
        if (!ready) return pila_iter_outcome(&s->keyed);
        n = run_length(s, ready, s->row.key);
    }
    return st;
}

static bool groups_refill(pila_iter *it)
{
    groups_state *s = it->state;
    pila_status st;

    groups_clear(s);
    size_t ready = pila_iter_ready(&s->keyed);
    if (!ready) return pila_iter_end(it, s->keyed.status);
    s->row.key = *(const pila_str *)(const void *)s->keyed.cur;
    size_t n = run_length(s, ready, s->row.key);
    if (n < ready) {
        st = groups_show(s, n);
        pila_iter_skip(&s->keyed, n);
    } else st = groups_collect(s, n);
    if (st != PILA_OK) return pila_iter_end(it, st);
    s->row.items = (pila_row){s->items, s->n};
    it->cur = (const char *)&s->row;
    it->end = (const char *)(&s->row + 1);
    return true;
}

static pila_iter groups_drop(pila_iter *it)
{
    groups_state *s = it->state;
    pila_iter keyed = s->keyed;

    groups_clear(s);
    pila_free(s->items);
    pila_free(s->window);
    pila_buf_done(&s->key);
    texts_done(&s->texts);
    pila_free(s);
    return keyed;
}

static pila_iter make_groups(cli_flow *flow, rows *r)
{
    static const pila_iter_ops ops = {groups_refill, groups_drop, NULL};
    const groupby_options *o = flow->options;
    pila_iter keyed = cli_keyed(flow, cli_items(flow));

    if (keyed.status != PILA_OK) return keyed;
    const pila_pair *pair = pila_pair_of(keyed.type);
    pila_status st = init_groups(r, pair->second);
    if (o->partial && pair->second->kind != PILA_KIND_STR) {
        cli_answer(flow, cli_trouble(NULL, "--partial is of records, not of rows"));
        st = CLI_SAID;
    }
    groups_state *s = st == PILA_OK ? pila_alloc_zero(1, sizeof *s) : NULL;
    if (!s) {
        pila_iter_drop(&keyed);
        return pila_failed(st == PILA_OK ? PILA_ENOMEM : st);
    }
    s->keyed = keyed;
    s->pair = pair;
    flow->names = group_names;
    return pila_iter_make(&r->row.type, &ops, s);
}

/* ---- counts ---- */

typedef struct run {
    pila_str key;
    int64_t count;
} run;

PILA_MAPPER(turned, count_row, run, r, ((count_row){r.count, r.key}))

static pila_iter make_counts(cli_flow *flow, rows *r)
{
    pila_iter runs = pila_count_runs(cli_keys(flow, cli_items(flow), false));
    pila_kernel kernel = turned;

    flow->form = CLI_LINES;
    flow->names = count_names;
    pila_status st = init_counts(r);
    if (st != PILA_OK) {
        pila_iter_drop(&runs);
        return pila_failed(st);
    }
    kernel.to = &r->row.type;
    return pila_map(runs, kernel);
}

/* ---- merging ---- */

/* A line of a partial. */
typedef struct piece {
    pila_buf text; /* the fields, decoded */
    pila_str *field;
    size_t n, room;
    bool first, last;
    int64_t count;
} piece;

typedef struct merge_state {
    cli_flow *flow;
    pila_iter lines;
    size_t line;
    bool inside; /* of a partial: its last run has not come */
    bool ready;  /* next holds a run */
    bool counts;
    piece now, next;
    texts texts; /* of what was joined to `now` */
    group_row row;
    count_row count;
} merge_state;

static pila_status merge_refused(merge_state *s, const char *why)
{
    const char *name = s->flow->place.name;

    cli_answer(s->flow, cli_malformed(name ? name : "stdin", s->line, 0, why));
    return CLI_SAID;
}

static bool parse_count(pila_str text, int64_t *out)
{
    cli_number n;

    if (cli_number_parse(text, &n) != PILA_OK || n.kind != CLI_NUMBER_INT) return false;
    *out = n.small;
    return n.small > 0;
}

/* The fields of a line, decoded one behind the other, so that none moves. */
static pila_status piece_fields(piece *p, pila_str line)
{
    const char *at = line.ptr, *end = line.ptr + line.len;
    pila_status st;

    p->text.len = p->n = 0;
    st = pila_buf_reserve(&p->text, line.len + 1);
    while (st == PILA_OK) {
        const char *tab = at < end ? memchr(at, '\t', (size_t)(end - at)) : NULL;
        const char *stop = tab ? tab : end;
        char *field = (char *)p->field;
        st = reserve(&field, &p->room, p->n + 1, sizeof *p->field);
        p->field = (pila_str *)(void *)field;
        if (st != PILA_OK) break;
        pila_str *out = &p->field[p->n++], raw = pila_str_of(at, (size_t)(stop - at));
        size_t from = p->text.len;
        st = cli_unescape(raw, &p->text, out);
        if (st == PILA_OK && p->text.len == from) {
            st = pila_buf_add(&p->text, raw);
            *out = pila_str_of(p->text.data + from, raw.len);
        }
        if (!tab) break;
        at = tab + 1;
    }
    return st;
}

static pila_status piece_parse(merge_state *s, piece *p, pila_str line)
{
    pila_status st = piece_fields(p, line);

    if (st == PILA_ESYNTAX) return merge_refused(s, "no run of a partial");
    if (st != PILA_OK) return st;
    pila_str edge = p->field[p->n - 1];
    p->first = edge.len && edge.ptr[0] == '[';
    p->last = edge.len && edge.ptr[edge.len - 1] == ']';
    if (p->n < 3 || edge.len != (size_t)p->first + (size_t)p->last ||
        (s->counts && (p->n != 3 || !parse_count(p->field[1], &p->count))))
        return merge_refused(s, "no run of a partial");
    p->n -= 2;
    return PILA_OK;
}

/* The next line into `next`. PILA_END: there is none. */
static pila_status merge_read(merge_state *s)
{
    bool warm = pila__iter_warm(&s->lines);

    s->ready = false;
    if (!pila_iter_ready(&s->lines)) {
        s->line++;
        if (s->lines.status != PILA_END || !s->inside) return s->lines.status;
        return merge_refused(s, "the partial ends without its last run");
    }
    s->line = warm ? s->line + 1 : s->flow->place.line;
    pila_str line = *(const pila_str *)(const void *)s->lines.cur;
    if (s->flow->unterminated && s->lines.end - s->lines.cur == sizeof line)
        return merge_refused(s, "the partial was cut short");
    pila_status st = piece_parse(s, &s->next, line);
    pila_iter_skip(&s->lines, 1);
    if (st != PILA_OK) return st;
    if (s->inside == s->next.first)
        return merge_refused(s, s->inside
                                    ? "the partial before ends without its last run"
                                    : "the partial starts without its first run");
    s->inside = !s->next.last;
    s->ready = true;
    return PILA_OK;
}

/* What `next` has, to `now`. */
static pila_status merge_join(merge_state *s)
{
    piece *a = &s->now, *b = &s->next;
    char *field = (char *)a->field;
    pila_status st = reserve(&field, &a->room, 1 + a->n + b->n, sizeof *a->field);

    a->field = (pila_str *)(void *)field;
    if (s->counts && __builtin_add_overflow(a->count, b->count, &a->count))
        return PILA_EOVERFLOW;
    pila_buf *text = st == PILA_OK ? texts_next(&s->texts) : NULL;
    if (!text) return PILA_ENOMEM;
    memcpy(a->field + 1 + a->n, b->field + 1, b->n * sizeof *b->field);
    a->n += b->n;
    a->last = b->last;
    pila_buf was = *text; /* its text is to stay where it is */
    *text = b->text;
    b->text = was;
    s->ready = false;
    return PILA_OK;
}

static pila_status merge_next(merge_state *s)
{
    pila_status st = s->ready ? PILA_OK : merge_read(s);

    if (st != PILA_OK) return st;
    piece was = s->now;
    s->now = s->next;
    s->next = was;
    s->texts.n = 0;
    s->ready = false;
    while (s->now.last && (st = merge_read(s)) == PILA_OK &&
           pila_str_eq(s->now.field[0], s->next.field[0]))
        if ((st = merge_join(s)) != PILA_OK) return st;
    return st == PILA_END ? PILA_OK : st;
}

static bool merge_refill(pila_iter *it)
{
    merge_state *s = it->state;
    pila_status st = merge_next(s);

    if (st != PILA_OK) return pila_iter_end(it, st);
    s->row = (group_row){s->now.field[0], {s->now.field + 1, s->now.n}};
    s->count = (count_row){s->now.count, s->now.field[0]};
    it->cur = s->counts ? (const char *)&s->count : (const char *)&s->row;
    it->end = s->counts ? (const char *)(&s->count + 1) : (const char *)(&s->row + 1);
    return true;
}

static pila_iter merge_drop(pila_iter *it)
{
    merge_state *s = it->state;
    pila_iter lines = s->lines;

    pila_buf_done(&s->now.text);
    pila_buf_done(&s->next.text);
    pila_free(s->now.field);
    pila_free(s->next.field);
    texts_done(&s->texts);
    pila_free(s);
    return lines;
}

static pila_iter make_merged(cli_flow *flow, rows *r)
{
    static const pila_iter_ops ops = {merge_refill, merge_drop, NULL};
    static const cli_split whole = {0, 0};
    const groupby_options *o = flow->options;
    pila_status st = o->count ? init_counts(r) : init_groups(r, &pila_view);
    merge_state *s = st == PILA_OK ? pila_alloc_zero(1, sizeof *s) : NULL;

    if (!s) return pila_failed(st == PILA_OK ? PILA_ENOMEM : st);
    r->lines = *flow;
    r->common = *flow->common;
    r->common.in = r->common.in == CLI_NUL ? CLI_NUL : CLI_LINES;
    r->lines.common = &r->common;
    r->lines.first = &r->lines;
    if (o->count) flow->form = CLI_LINES;
    flow->names = o->count ? count_names : group_names;
    s->flow = &r->lines;
    s->counts = o->count;
    s->lines = cli_read(&r->lines, CLI_RECORDS, whole, flow->file, flow->files);
    return pila_iter_make(&r->row.type, &ops, s);
}

/* ---- the command ---- */

static pila_iter make(cli_flow *flow)
{
    const groupby_options *o = flow->options;
    rows *r = calloc(1, sizeof *r);

    flow->own = r;
    if (!r) return pila_failed(PILA_ENOMEM);
    if (o->merge) return make_merged(flow, r);
    return o->count ? make_counts(flow, r) : make_groups(flow, r);
}

static void done(cli_flow *flow)
{
    rows *r = flow->own;

    if (r) {
        pila_buf_done(&r->lines.place.header);
        pila_buf_done(&r->lines.title);
    }
    free(r);
}

/* ---- writing partials ---- */

static void write_group(cli_output *out, const group_row *row)
{
    const pila_str *item = row->items.items;

    cli_write_escaped(out, row->key);
    for (size_t k = 0; k < row->items.n; k++) {
        cli_write_text(out, "\t");
        cli_write_escaped(out, item[k]);
    }
}

static void write_count(cli_output *out, const count_row *row)
{
    cli_write_escaped(out, row->key);
    cli_write_text(out, "\t");
    cli_write_int(out, row->count);
}

static pila_status show_items(cli_flow *flow, cli_output *out, pila_iter *items)
{
    const groupby_options *o = flow->options;
    char end = o->common.out == CLI_NUL ? '\0' : '\n';
    const void *item;

    if (!o->partial) return cli_write_items(flow, out, items);
    bool any = false;
    while ((item = pila_next_item(items))) {
        if (any) cli_end_line(out, end); /* the one before was not the last */
        if (o->count) write_count(out, item);
        else write_group(out, item);
        cli_write_text(out, any ? "\t" : "\t[");
        any = true;
    }
    if (any && items->status == PILA_END) cli_write_text(out, "]");
    if (any && items->status == PILA_END) cli_end_line(out, end);
    return items->status;
}

static const cli_row sections[] = {
    {"Output",
     "A record for each run: the key and the records, tabs between them, or as --out "
     "says; in JSON Lines an object of key and items. --count: count<TAB>key. Equal "
     "keys that do not follow one another are runs of their own: sort first, or see "
     "pila counter."},
    {"Many machines",
     "A partial has a line for each run: its fields escaped, and at the end an edge, [ "
     "for the first run of a part, ] for the last. --merge reads the partials in their "
     "order and joins what was cut; give it --count, --in and --out of the whole."},
    {NULL, NULL}};

const cli_command cmd_groupby = {
    .name = "groupby",
    .summary = "print runs of records with equal keys",
    .usage = "[OPTION...] [FILE...]",
    .examples =
        "  $ pila groupby -f 1 access.log\n"
        "  $ sort words.txt | pila groupby --count\n"
        "  $ pila groupby --in jsonl -f /user --out jsonl events.jsonl\n"
        "  $ parallel --pipepart -k -a big.txt --block 50M \\\n"
        "        pila groupby --count --partial | pila groupby --count --merge\n",
    .python =
        "  itertools.groupby(open(FILE, 'rb'), key=lambda line: line.split()[0])\n"
        "  is -f 1; --count: ((len(list(g)), k) for k, g in groupby(...))\n",
    .description = "Groups the records of the FILEs, or of stdin, that follow one "
                   "another and are equal, or whose fields are.",
    .sections = sections,
    .memory = "O(longest run); --count: O(longest record).",
    .exits = {"done", "a malformed record, or partial", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(groupby_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .write = show_items,
    .done = done,
    .overflow = "a count exceeds 64 bits"};
