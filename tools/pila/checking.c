/* checking.c - --check: the files that lists name, held against the digests there.
 *
 * Lines go through the ring of files, and so do those that are improperly formatted: so
 * messages come in the order of the lines. Lists are read one after the other, each
 * with a verdict at its end, in sha256sum's words.
 */
#include "hashing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- lists of lines ---- */

typedef struct verdict { /* an item */
    pila_str name, algorithm, said;
} verdict;

typedef struct checking {
    cli_flow *flow;
    const cli_hash_options *o;
    cli_pool *pool;
    pila_iter lines; /* of the list at hand */
    size_t next;     /* list to open then */
    bool open;
    const char *list; /* its name */
    size_t line;      /* number of the last that was read */
    cli_sum_list rules;
    pila_buf room;
    size_t good, bad, matched, unread, wrong; /* of this list */
    bool read;                                /* some list could be */
    char field[CLI_SUM_NAME];
    verdict item;
    pila_member member[3];
    pila_tuple tuple;
} checking;

static size_t lists(const checking *s)
{
    return s->flow->stage > 1 || !s->flow->files ? 1 : s->flow->files;
}

static void open_list(checking *s)
{
    static const cli_split whole = {0, 0};

    if (s->flow->stage > 1) s->lines = cli_items(s->flow);
    else
        s->lines = cli_read(s->flow, CLI_RECORDS, whole, s->flow->file + s->next,
                            s->flow->files ? 1 : 0);
    s->next++;
    s->open = true;
    s->line = s->good = s->bad = s->matched = s->unread = s->wrong = 0;
    s->rules.blanks = CLI_BLANKS_OPEN;
}

static void warn(size_t n, const char *one, const char *many)
{
    if (n == 1) (void)cli_trouble(NULL, "WARNING: 1 %s", one);
    else if (n) (void)cli_trouble(NULL, "WARNING: %zu %s", n, many);
}

/* What sha256sum says of a list at its end. */
static void close_list(checking *s)
{
    const cli_hash_options *o = s->o;
    bool none = !s->good;

    pila_iter_drop(&s->lines);
    s->open = false;
    s->read = true;
    if (none) (void)cli_trouble(s->list, "no properly formatted checksum lines found");
    else if (!o->status) {
        warn(s->bad, "line is improperly formatted", "lines are improperly formatted");
        warn(s->unread, "listed file could not be read",
             "listed files could not be read");
        warn(s->wrong, "computed checksum did NOT match",
             "computed checksums did NOT match");
    }
    if (!none && o->ignore_missing && !s->matched) {
        if (!o->status) (void)cli_trouble(s->list, "no file was verified");
        none = true;
    }
    if (none || s->wrong || (o->strict && s->bad)) cli_answer(s->flow, CLI_NO);
    if (s->unread) cli_answer(s->flow, CLI_TROUBLE);
}

/* ---- lines to the ring ---- */

static pila_status small_letters(pila_buf *out, pila_str digits)
{
    pila_status st = pila_buf_add(out, digits);

    for (size_t k = 0; k < out->len; k++)
        if (out->data[k] >= 'A' && out->data[k] <= 'F') out->data[k] += 'a' - 'A';
    return st;
}

/* Algorithms of any lines are welcome. */
static bool takes_all(const cli_hash_options *o)
{
    return !o->algorithm.n && o->sums == CLI_HASH;
}

static pila_status put_line(checking *s, cli_file_job *job, pila_str text)
{
    cli_sum_line line;
    pila_status st = cli_sum_line_read(&s->rules, text, &s->room, &line);

    s->line++;
    if (st == PILA_END) return PILA_OK;
    if (st == PILA_ESYNTAX) {
        job->line = s->line;
        s->bad++;
        st = PILA_OK;
    } else if (st == PILA_OK) {
        s->good++;
        job->own = line.of;
        job->sum = &job->own;
        job->n = 1;
        st = cli_job_name(job, line.name);
        if (st == PILA_OK) st = small_letters(&job->want, line.digits);
    }
    if (st == PILA_OK) cli_pool_put(s->pool);
    return st;
}

/* As many as there is room for, without waiting for more input while results wait. */
static pila_status fill(checking *s, bool wait)
{
    const pila_type *type = s->lines.type;
    pila_buf text = {0};
    pila_status st = PILA_OK;
    cli_file_job *job;

    if (wait) (void)pila_iter_ready(&s->lines);
    if (s->flow->stage == 1) s->list = s->flow->place.name;
    while (st == PILA_OK && s->lines.cur < s->lines.end &&
           (job = cli_pool_room(s->pool))) {
        pila_str line;
        text.len = 0;
        st = cli_text_of(type, s->lines.cur, &text, &line);
        if (st == PILA_OK) st = put_line(s, job, line);
        s->lines.cur += type->size;
    }
    pila_buf_done(&text);
    return st;
}

/* ---- results ---- */

static bool equal(const cli_file_job *job)
{
    pila_str got = cli_job_hex(job, 0), want = pila_buf_view(&job->want);

    return job->own.sums == CLI_HMAC ? pila_hmac_compare_digest(got, want)
                                     : pila_str_eq(got, want);
}

static void warn_of_line(const checking *s, size_t line)
{
    char tag[CLI_SUM_NAME] = "";

    if (!s->o->warn) return;
    if (!takes_all(s->o)) cli_algorithm_tag(&s->o->sum[0], tag);
    (void)cli_trouble(s->list, "%zu: improperly formatted %s%schecksum line", line, tag,
                      *tag ? " " : "");
}

/* Whether there is something to say in a line. */
static bool judge(checking *s, const cli_file_job *job)
{
    const cli_hash_options *o = s->o;
    const char *said = "OK";

    if (job->line) {
        warn_of_line(s, job->line);
        return false;
    }
    if (job->status == PILA_EIO) {
        if (o->ignore_missing && job->error == ENOENT) return false;
        (void)cli_trouble(strcmp(job->name.data, "-") == 0 ? "stdin" : job->name.data,
                          "%s", strerror(job->error));
        s->unread++;
        said = "FAILED open or read";
    } else if (equal(job)) s->matched++;
    else {
        s->wrong++;
        said = "FAILED";
    }
    cli_algorithm_field(&job->own, s->field);
    s->item.name = pila_str_of(job->name.data, job->name.len - 1);
    s->item.algorithm = pila_cstr(s->field);
    s->item.said = pila_cstr(said);
    return !o->status && !(o->quiet && said[0] == 'O');
}

/* A fault that is not of one file. */
static pila_status job_fault(const checking *s, const cli_file_job *job)
{
    if (job->status == PILA_OK || job->status == PILA_EIO) return PILA_OK;
    if (job->status != PILA_EVALUE) return job->status;
    const char *missing = cli_crypto_missing();
    cli_answer(s->flow, missing ? cli_trouble(NULL, "%s", missing)
                                : cli_trouble(NULL, "no %s here", job->own.name));
    return CLI_SAID;
}

static bool refill(pila_iter *it)
{
    checking *s = it->state;
    pila_status st = PILA_OK;
    cli_file_job *job;

    while (st == PILA_OK) {
        if (!s->open && s->next == lists(s))
            return pila_iter_end(it, s->read ? PILA_END : CLI_SAID);
        if (!s->open) open_list(s);
        st = fill(s, false);
        if (st != PILA_OK) break;
        if ((job = cli_pool_take(s->pool))) {
            st = job_fault(s, job);
            if (st != PILA_OK || !judge(s, job)) continue;
            it->cur = (const char *)&s->item;
            it->end = it->cur + sizeof s->item;
            return true;
        }
        st = fill(s, true);
        if (st != PILA_OK || s->lines.status == PILA_OK) continue;
        if (s->lines.status == PILA_END) close_list(s);
        else if (s->lines.status == CLI_SAID && s->flow->stage == 1 && !s->line) {
            pila_iter_drop(&s->lines); /* said; the other lists are still read */
            s->open = false;
        } else st = s->lines.status;
    }
    return pila_iter_end(it, st);
}

static pila_iter drop(pila_iter *it)
{
    checking *s = it->state;
    pila_iter lines = s->lines;

    cli_pool_free(s->pool);
    pila_buf_done(&s->room);
    pila_free(s);
    return lines;
}

pila_iter cli_check_lists(cli_flow *flow)
{
    static const pila_iter_ops ops = {refill, drop, NULL};
    static const char *const names[] = {"name", "algorithm", "result", NULL};
    const cli_hash_options *o = flow->options;
    checking *s = pila_alloc_zero(1, sizeof *s);

    if (!s) return pila_failed(PILA_ENOMEM);
    s->flow = flow;
    s->o = o;
    s->lines = pila_failed(PILA_END);
    s->rules.sums = o->sums;
    s->rules.allowed = o->sum;
    s->rules.n = takes_all(o) ? 0 : o->n;
    s->rules.escapes = flow->common->in != CLI_NUL;
    s->list = "items";
    s->pool = cli_pool_new(cli_hash_threads(o), o->part);
    for (size_t k = 0; k < 3; k++) s->member[k].type = &pila_view;
    pila_status st = pila_tuple_struct(&s->tuple, s->member, 3);
    if (!s->pool) st = PILA_ENOMEM;
    if (st != PILA_OK) {
        cli_pool_free(s->pool);
        pila_free(s);
        return pila_failed(st);
    }
    flow->names = names;
    return pila_iter_make(&s->tuple.type, &ops, s);
}

/* "name: OK". sha256sum escapes a name here only if there is a newline in it. */
pila_status cli_check_write(cli_flow *flow, cli_output *out, pila_iter *items)
{
    bool lines = flow->common->out == CLI_LINES;
    const verdict *v;

    while (!out->failed && (v = pila_next(items, sizeof *v))) {
        bool escaped = lines && memchr(v->name.ptr, '\n', v->name.len);
        if (escaped) cli_write_text(out, "\\");
        cli_write_sum_name(out, v->name, escaped);
        cli_write_text(out, ": ");
        cli_write(out, v->said.ptr, v->said.len);
        cli_end_line(out, lines ? '\n' : '\0');
    }
    return items->status;
}
