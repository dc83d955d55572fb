/* first.c - the first N in order: nlargest and nsmallest, of one run or of many parts.
 *
 * They are the sorter, told that only N are wanted. In front of it, where keys are
 * numbers in lines, stands a sieve: it looks at the field in the reader's window, and
 * lets a record pass only if its number is not surely behind the N that there are. What
 * passes is read again in the ordinary way, and so is what the sieve does not
 * understand; so it need not know all that a number can be. Before it, a record cost an
 * iterator of keys, five times as much.
 *
 * A partial is a line for each record: key, file, part/parts, record. Equal keys are in
 * the order in which one run would have met them: by the number of the file and the
 * part, where parts are of --split, else by the order of the partials. A header is a
 * line with file 0.
 */
#include "sorting.h"

#include <pila/itertools/adaptors.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define AT(member) offsetof(cli_first_options, member)

const cli_option cli_first_table[] = {
    CLI_GROUP("The order"),
    {'n', "numeric", CLI_SET, AT(how.number), 1, NULL,
     "keys are numbers: integers of any size, and floats"},
    {0, "locale", CLI_SET, AT(how.locale), 1, NULL,
     "text in the order of the language that the environment names"},
    CLI_GROUP("Many machines"),
    {0, "partial", CLI_SET, AT(partial), 1, NULL,
     "print key<TAB>file<TAB>part<TAB>record for --merge, escaped"},
    {0, "merge", CLI_SET, AT(merge), 1, NULL, "the inputs are partials"},
    {0, "split", CLI_TEXT, AT(split_text), 0, "I/N",
     "read only the I-th of N parts of each file, cut between records"},
    CLI_LAST};

const cli_row cli_first_sections[] = {
    {"Output",
     "Records in order; of equal keys those that came first, and in the order "
     "they came in. Nothing is printed before all has been read."},
    {"Keys",
     "The key of a record is the record, or what -f names. Text is in the order "
     "of its bytes; numbers as in Python, where a NaN comes behind all others."},
    {"Many machines",
     "--merge wants N, -n, --in and --out as --partial had them, but not -f. The parts "
     "of --split may come in any order, others in their own; then the result is that "
     "of "
     "one run, to the byte."},
    {NULL, NULL}};

int cli_first_check(const cli_flow *flow)
{
    cli_first_options *o = flow->options;
    const cli_common *c = &o->common;
    int code = cli_integer("N", flow->argument[0], 0, &o->n);

    if (code == CLI_DONE) code = cli_split_parse(o->split_text, c, &o->split);
    if (code != CLI_DONE) return code;
    if (o->merge && (c->field || c->separator || c->header || o->split_text))
        return cli_trouble(NULL, "--merge reads partials, whole");
    if (o->merge && c->errors != CLI_FAIL)
        return cli_trouble(NULL,
                           "--merge stops at a malformed line, whatever --errors");
    if (flow->stage > 1 && (o->merge || o->partial || o->split_text))
        return cli_trouble(NULL, "%s reads files: it is for the first stage",
                           o->merge     ? "--merge"
                           : o->partial ? "--partial"
                                        : "--split");
    if (flow->stage < flow->stages && o->partial)
        return cli_trouble(NULL, "--partial is for the last stage");
    if (o->partial && c->out != CLI_LINES && c->out != CLI_NUL)
        return cli_trouble(NULL, "--partial is written as lines or nul");
    if (o->partial && o->how.locale)
        return cli_trouble(NULL, "--partial is for the order of bytes, not --locale");
    return CLI_DONE;
}

/* ---- the sieve ---- */

typedef struct sieve_state {
    pila_iter records;
    cli_flow *flow;
    const cli_sorter *sorter;
    uint64_t flip;
    bool is_field, words;
    size_t column;
    char separator;
    const char *window; /* of the records, where it starts */
    size_t line;        /* of the first of them */
} sieve_state;

static bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* One bit for each of the 16 bytes at p: whether it is white, or this byte. */
static unsigned marks(const char *p, bool white, char byte)
{
#if defined(__SSE2__)
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    if (!white)
        return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(byte)));
    __m128i from_9 = _mm_sub_epi8(x, _mm_set1_epi8(9));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(from_9, _mm_set1_epi8(4)), from_9);
    return (unsigned)_mm_movemask_epi8(
        _mm_or_si128(control, _mm_cmpeq_epi8(x, _mm_set1_epi8(' '))));
#else
    unsigned bits = 0;
    for (unsigned k = 0; k < 16; k++)
        bits |= (unsigned)(white ? is_white(p[k]) : p[k] == byte) << k;
    return bits;
#endif
}

/* Where the field starts, or NULL. The 16 bytes behind the record may be read. */
static const char *field_start(const sieve_state *s, pila_str record)
{
    size_t left = s->column;
    unsigned before = 1; /* what stands before the record separates */

    if (!s->is_field || (!s->words && !left)) return record.ptr;
    for (size_t at = 0; at < record.len; at += 16) {
        unsigned separates = marks(record.ptr + at, s->words, s->separator);
        unsigned starts = separates << 1 | before;
        if (s->words) starts &= ~separates;
        if (record.len - at < 16) starts &= (2u << (record.len - at)) - 1;
        starts &= 0xffff;
        if (!s->words && at == 0) left++; /* the first starts there, too */
        for (; starts; starts &= starts - 1)
            if (left-- == (s->words ? 0u : 1u))
                return record.ptr + at + __builtin_ctz(starts);
        before = separates >> 15;
    }
    return NULL;
}

/* The word of a plain decimal number at p, up to what ends it; false: not so plain. */
static bool plain_word(const sieve_state *s, const char *p, const char *end,
                       uint64_t *out)
{
    static const double tens[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool minus = p < end && *p == '-';
    const char *point = NULL, *from = p += minus;
    uint64_t digits = 0;

    for (; p < end && p - from < 16; p++) {
        unsigned digit = (unsigned char)*p - '0';
        if (digit <= 9) digits = digits * 10 + digit;
        else if (*p == '.' && !point) point = p;
        else break;
    }
    if (p - from == (point ? 1 : 0) || p - from == 16) return false;
    if (p < end && !(s->is_field && !s->words ? *p == s->separator : is_white(*p)))
        return false;
    if (p < end && !s->is_field) return false;
    double value = (double)(minus ? -(int64_t)digits : (int64_t)digits);
    if (point) value /= tens[p - point - 1];
    cli_number number = cli_number_of_float(value);
    *out = cli_number_word(&number);
    return true;
}

/* Whether it surely is not among the first. */
static bool is_behind(const sieve_state *s, pila_str record, uint64_t bar)
{
    const char *at = field_start(s, record);
    uint64_t word;

    if (!at || !plain_word(s, at, record.ptr + record.len, &word)) return false;
    if ((word ^ s->flip) != bar) return (word ^ s->flip) > bar;
    return cli_number_word_is_exact(word);
}

/* Of the n records at hand: some to be passed over, then *some to be looked at. */
static size_t sieve_next(const sieve_state *s, const pila_str *record, size_t n,
                         size_t *some)
{
    const uint64_t *bar = cli_sorter_bar(s->sorter);
    size_t k = 0, to;

    while (bar && k < n && is_behind(s, record[k], *bar)) k++;
    for (to = k; to < n && (!bar || !is_behind(s, record[to], *bar));) to++;
    *some = to - k;
    return k;
}

/* A window of some that stand together, whose first has its own line. */
static bool sieve_refill(pila_iter *it)
{
    sieve_state *s = it->state;
    size_t some = 0, n;

    do {
        bool warm = pila__iter_warm(&s->records);
        n = pila_iter_ready(&s->records);
        if (n == 0) return pila_iter_end(it, s->records.status);
        if (!warm) s->window = s->records.cur;
        if (!warm) s->line = s->flow->place.line;
        const pila_str *record = (const pila_str *)(const void *)s->records.cur;
        pila_iter_skip(&s->records, sieve_next(s, record, n, &some));
    } while (!some);
    it->cur = s->records.cur;
    pila_iter_skip(&s->records, some);
    it->end = s->records.cur;
    s->flow->place.line = s->line + (size_t)(it->cur - s->window) / sizeof(pila_str);
    return true;
}

static pila_iter sieve_drop(pila_iter *it)
{
    pila_iter records = ((sieve_state *)it->state)->records;

    pila_free(it->state);
    return records;
}

/* Records of which some may be missing: none of the first N. */
static pila_iter sieve(cli_flow *flow, pila_iter records, bool largest,
                       sieve_state **out)
{
    static const pila_iter_ops ops = {sieve_refill, sieve_drop, NULL};
    const cli_first_options *o = flow->options;
    const char *field = o->common.field, *separator = o->common.separator;
    bool plain = o->how.number && flow->form == CLI_LINES && flow->stage == 1 &&
                 records.status == PILA_OK && pila_iter_padded(&records);

    *out = NULL;
    if (field && field[strspn(field, "0123456789")]) plain = false;
    if (separator && separator[1]) plain = false;
    if (!plain) return records;
    sieve_state *s = pila_alloc_zero(1, sizeof *s);
    if (!s) {
        pila_iter_drop(&records);
        return pila_failed(PILA_ENOMEM);
    }
    s->records = records;
    s->flow = flow;
    s->flip = largest ? UINT64_MAX : 0;
    s->is_field = field;
    s->words = !separator;
    s->column = field ? strtoul(field, NULL, 10) - 1 : 0;
    s->separator = separator ? *separator : 0;
    *out = s;
    return pila_iter_make(records.type, &ops, s);
}

/* ---- records with where they are from ---- */

typedef struct stamped {
    int64_t file, part, parts;
    pila_str record;
} stamped;

/* A row of a partial, as it is read: a block with the text behind it. */
typedef struct row {
    size_t arrived;
    stamped from;
    pila_str key;
    size_t line; /* of the file */
    const char *name;
} row;

typedef struct firsts {
    cli_flow *flow, lines; /* who reads partials */
    cli_common common;
    cli_order given, order; /* of what is read; of what is sorted */
    pila_member member[4];
    pila_tuple stamp;
    pila_pair pair;
    row **rows;
    size_t n, room;
} firsts;

/* A pair of a key and a stamped record. */
typedef union wide {
    pila_str key;
    cli_number number;
    char bytes[sizeof(cli_number) + sizeof(stamped) + 16];
} wide;

static pila_status init_pairs(firsts *f, bool number, bool reverse)
{
    static const pila_type *const types[] = {&pila_i64, &pila_i64, &pila_i64,
                                             &pila_view};
    for (size_t k = 0; k < 4; k++) f->member[k].type = types[k];
    pila_status st = pila_tuple_struct(&f->stamp, f->member, 4);
    if (st == PILA_OK)
        st = pila_pair_init(&f->pair, number ? &cli_number_type : &pila_view,
                            &f->stamp.type);
    f->order = (cli_order){.flow = f->flow,
                           .by = number ? CLI_BY_NUMBER : CLI_BY_TEXT,
                           .reverse = reverse,
                           .keyed = true,
                           .given = &f->pair.type,
                           .item = &f->stamp.type,
                           .item_at = f->pair.second_at};
    return st;
}

/* What is given, with its file and part. */
static pila_status add_stamped(void *ctx, cli_sorter *s, pila_iter *given)
{
    firsts *f = ctx;
    const cli_first_options *o = f->flow->options;
    const char *item;
    pila_status st = PILA_OK;

    while (st == PILA_OK && (item = pila_next_item(given))) {
        wide w;
        stamped from = {(int64_t)f->flow->place.inputs, o->split.part, o->split.parts,
                        *(const pila_str *)(const void *)(item + f->given.item_at)};
        if (f->given.by == CLI_BY_NUMBER)
            w.number = *(const cli_number *)(const void *)item;
        else w.key = *(const pila_str *)(const void *)item;
        memcpy(w.bytes + f->order.item_at, &from, sizeof from);
        st = cli_sorter_add(s, &w);
    }
    return st == PILA_OK ? pila_iter_outcome(given) : st;
}

/* ---- merging ---- */

static pila_status refused(firsts *f, const row *r)
{
    cli_answer(f->flow, cli_malformed(r->name, r->line, 0,
                                      "no partial record, or one cut short"));
    return CLI_SAID;
}

/* Digits, and nothing else. */
static bool parse_count(pila_str text, int64_t *out)
{
    *out = 0;
    for (size_t k = 0; k < text.len; k++) {
        if (text.ptr[k] < '0' || text.ptr[k] > '9' || *out > CLI_PARTS_MOST)
            return false;
        *out = *out * 10 + (text.ptr[k] - '0');
    }
    return text.len > 0;
}

static bool parse_part(pila_str text, stamped *out)
{
    const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
    size_t n = slash ? (size_t)(slash - text.ptr) : 0;

    return slash && parse_count(pila_str_of(text.ptr, n), &out->part) &&
           parse_count(pila_str_of(slash + 1, text.len - n - 1), &out->parts) &&
           out->part <= out->parts && (out->part > 0 || out->parts == 0);
}

/* key, file, part/parts, record; room has space for all of them. */
static pila_status parse_row(pila_str line, pila_buf *room, row *r)
{
    pila_str field[4];
    pila_status st = PILA_OK;

    for (size_t k = 0; k < 4 && st == PILA_OK; k++)
        st = cli_tsv_field(line, '\t', k, room, &field[k]);
    if (st == PILA_OK && cli_tsv_field(line, '\t', 4, room, &r->key) == PILA_OK)
        st = PILA_ESYNTAX; /* one too many */
    if (st == PILA_OK &&
        (!parse_count(field[1], &r->from.file) || !parse_part(field[2], &r->from)))
        st = PILA_ESYNTAX;
    r->key = field[0];
    r->from.record = field[3];
    return st;
}

static char *keep_text(char *at, pila_str *text)
{
    if (text->len) memcpy(at, text->ptr, text->len);
    text->ptr = at;
    return at + text->len;
}

static pila_status keep_row(firsts *f, const row *r)
{
    row *kept = pila_alloc(1, sizeof *r + r->key.len + r->from.record.len + 1);

    if (!kept) return PILA_ENOMEM;
    *kept = *r;
    (void)keep_text(keep_text((char *)(kept + 1), &kept->key), &kept->from.record);
    kept->arrived = f->n;
    if (f->n == f->room) {
        size_t room = pila_mem_grow(f->room, f->n + 1, sizeof *f->rows);
        row **rows = room ? pila_realloc(f->rows, room, sizeof *rows) : NULL;
        if (!rows) {
            pila_free(kept);
            return PILA_ENOMEM;
        }
        f->rows = rows;
        f->room = room;
    }
    f->rows[f->n++] = kept;
    return PILA_OK;
}

/* The n lines of a window; the last may have no end. */
static pila_status read_rows(firsts *f, const pila_str *line, size_t n, pila_buf *room)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < n && st == PILA_OK; k++) {
        row r = {.line = f->lines.place.line + k, .name = f->lines.place.name};
        room->len = 0;
        st = pila_buf_reserve(room, 2 * line[k].len + 1);
        if (st != PILA_OK) return st;
        st = parse_row(line[k], room, &r);
        if (k + 1 == n && f->lines.unterminated) st = PILA_ESYNTAX;
        if (st == PILA_OK) st = keep_row(f, &r);
        else if (st != PILA_ENOMEM) st = refused(f, &r);
    }
    return st;
}

/* As one run would have met them. */
static int by_origin(const void *a, const void *b)
{
    const row *x = *(row *const *)a, *y = *(row *const *)b;
    const stamped *p = &x->from, *q = &y->from;

    if (!p->parts != !q->parts) return p->parts ? 1 : -1;
    if (p->parts && p->file != q->file) return p->file < q->file ? -1 : 1;
    int64_t left = p->parts ? (p->part - 1) * q->parts : 0;
    int64_t right = p->parts ? (q->part - 1) * p->parts : 0;
    if (left != right) return left < right ? -1 : 1;
    return x->arrived < y->arrived ? -1 : x->arrived > y->arrived;
}

static pila_status add_row(firsts *f, cli_sorter *s, const row *r)
{
    cli_flow *first = f->flow->first;
    wide w;
    pila_status st = PILA_OK;

    if (r->from.file == 0) { /* a header */
        if (first->titled) return PILA_OK;
        first->titled = true;
        return pila_buf_add(&first->title, r->from.record);
    }
    if (f->order.by == CLI_BY_NUMBER) st = cli_number_parse(r->key, &w.number);
    else w.key = r->key;
    if (st == PILA_ESYNTAX) {
        cli_answer(f->flow, cli_malformed(r->name, r->line, 0, "not a number"));
        return CLI_SAID;
    }
    memcpy(w.bytes + f->order.item_at, &r->from, sizeof r->from);
    return st == PILA_OK ? cli_sorter_add(s, &w) : st;
}

static pila_status add_partials(void *ctx, cli_sorter *s, pila_iter *given)
{
    firsts *f = ctx;
    pila_buf room = {0};
    pila_status st = PILA_OK;
    size_t n;

    while (st == PILA_OK && (n = pila_iter_ready(given))) {
        st = read_rows(f, (const pila_str *)(const void *)given->cur, n, &room);
        pila_iter_skip(given, n);
    }
    pila_buf_done(&room);
    if (st == PILA_OK) st = pila_iter_outcome(given);
    if (st == PILA_OK && f->n) qsort(f->rows, f->n, sizeof *f->rows, by_origin);
    for (size_t k = 0; k < f->n && st == PILA_OK; k++) st = add_row(f, s, f->rows[k]);
    return st;
}

/* The lines of partials, whatever form their records have. */
static pila_iter partials(firsts *f)
{
    static const cli_split whole = {0, 0};
    cli_flow *flow = f->flow;

    f->lines = *flow;
    f->common = *flow->common;
    f->common.in = f->common.in == CLI_NUL ? CLI_NUL : CLI_LINES;
    f->lines.common = &f->common;
    f->lines.first = &f->lines;
    return cli_read(&f->lines, CLI_RECORDS, whole, flow->file, flow->files);
}

/* ---- the commands ---- */

static pila_status record_of(void *ctx, const void *item, void *out)
{
    const firsts *f = ctx;
    const stamped *from = item;

    (void)f;
    *(pila_str *)out = from->record;
    return PILA_OK;
}

static pila_iter make_merged(cli_flow *flow, firsts *f)
{
    const cli_first_options *o = flow->options;
    cli_sorter *s = cli_sorter_new(&f->order, (size_t)o->n, SIZE_MAX);
    pila_iter it = cli_sorter_run(s, partials(f), o->partial, add_partials, f);

    return o->partial ? it : pila_map_fn(it, &pila_view, record_of, f);
}

pila_iter cli_first_make(cli_flow *flow, bool largest)
{
    cli_first_options *o = flow->options;
    firsts *f = calloc(1, sizeof *f);
    sieve_state *sieved;
    pila_status st = f ? PILA_OK : PILA_ENOMEM;

    flow->own = f;
    o->how.reverse = largest;
    if (f) f->flow = flow;
    if (f) st = init_pairs(f, o->how.number, largest);
    if (st == PILA_OK && o->n == 0) st = PILA_END; /* as heapq: nothing is read */
    if (st != PILA_OK) {
        pila_iter_drop(&flow->upstream);
        return pila_failed(st);
    }
    if (o->merge) return make_merged(flow, f);
    pila_iter items =
        o->split_text ? cli_read(flow, CLI_RECORDS, o->split, flow->file, flow->files)
                      : cli_items(flow);
    items = sieve(flow, items, largest, &sieved);
    items = cli_order_items(flow, items, &o->how, &f->given);
    if (items.status != PILA_OK) return items;
    cli_sorter *s =
        cli_sorter_new(o->partial ? &f->order : &f->given, (size_t)o->n, SIZE_MAX);
    if (sieved) sieved->sorter = s;
    return cli_sorter_run(s, items, o->partial, o->partial ? add_stamped : NULL, f);
}

void cli_first_done(cli_flow *flow)
{
    firsts *f = flow->own;

    if (!f) return;
    for (size_t k = 0; k < f->n; k++) pila_free(f->rows[k]);
    pila_free(f->rows);
    pila_buf_done(&f->lines.place.header);
    pila_buf_done(&f->lines.title);
    free(f);
}

/* ---- writing partials ---- */

static void write_row(cli_output *out, pila_str key, const stamped *from, char end)
{
    cli_write_escaped(out, key);
    cli_write_text(out, "\t");
    cli_write_int(out, from->file);
    cli_write_text(out, "\t");
    cli_write_int(out, from->part);
    cli_write_text(out, "/");
    cli_write_int(out, from->parts);
    cli_write_text(out, "\t");
    cli_write_escaped(out, from->record);
    cli_end_line(out, end);
}

static pila_status write_header(cli_flow *flow, cli_output *out, char end)
{
    const cli_first_options *o = flow->options;
    stamped from = {0, o->split.part, o->split.parts, pila_buf_view(&flow->title)};

    if (flow->titled) write_row(out, pila_str_of(NULL, 0), &from, end);
    return PILA_OK;
}

pila_status cli_first_write(cli_flow *flow, cli_output *out, pila_iter *items)
{
    const cli_first_options *o = flow->options;
    const firsts *f = flow->own;
    char end = o->common.out == CLI_NUL ? '\0' : '\n';
    pila_buf room = {0};
    pila_status st = PILA_OK;
    const char *given;

    if (!o->partial) return cli_write_items(flow, out, items);
    if (pila_iter_ready(items) || items->status == PILA_END)
        st = write_header(flow, out, end);
    while (st == PILA_OK && !out->failed && (given = pila_next_item(items))) {
        const void *key = given, *from = given + f->order.item_at;
        room.len = 0;
        if (f->order.by == CLI_BY_NUMBER) st = cli_number_format(key, &room);
        write_row(out, room.len ? pila_buf_view(&room) : *(const pila_str *)key, from,
                  end);
    }
    pila_buf_done(&room);
    return st == PILA_OK ? items->status : st;
}
