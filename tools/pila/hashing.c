/* hashing.c - what hash, hmac and crc32 do: options, stages, and lines of digests.
 *
 *     FILEs, or names    -> ring of hash_files.c  -> rows: name, size, digests
 *     records, or items  -> digests               -> rows: digests, record
 *     lines of --check   -> checking.c            -> rows: name, algorithm, result
 *
 * A row is what another stage gets, and --out; lines of files alone are written here,
 * as sha256sum has them. What can't be read is said and left out, and the others are
 * still read; names are read no further than the ring has room, and never while
 * results wait to be written.
 */
#include "hashing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 64 };

const cli_hash_options cli_hash_defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                            .length = -1,
                                            .key_fd = -1};

typedef struct file_row {
    pila_str name;
    int64_t size;
    pila_str digest[CLI_SUMS_MOST];
} file_row;

typedef struct record_row {
    pila_str digest[CLI_SUMS_MOST], item;
} record_row;

typedef struct hashing {
    cli_flow *flow;
    const cli_hash_options *o;
    pila_iter given; /* names, or messages */
    pila_tuple tuple;
    pila_member member[CLI_SUMS_MOST + 2];
    const char *names[CLI_SUMS_MOST + 3];
    char field[CLI_SUMS_MOST][CLI_SUM_NAME];
    /* of files */
    cli_pool *pool;
    size_t next; /* FILE */
    bool any;    /* one could be read */
    file_row row;
    /* of records */
    cli_digester digester[CLI_SUMS_MOST];
    pila_buf hex;
    record_row window[WINDOW];
} hashing;

/* ---- what was asked for ---- */

static const char *of_check_alone(const cli_hash_options *o)
{
    return o->ignore_missing ? "ignore-missing"
           : o->quiet        ? "quiet"
           : o->status       ? "status"
           : o->strict       ? "strict"
           : o->warn         ? "warn"
                             : NULL;
}

static const char *not_of_check(const cli_hash_options *o)
{
    return o->tag       ? "tag"
           : o->binary  ? "binary"
           : o->records ? "records"
           : o->names   ? "names"
                        : NULL;
}

static int check_reading(const cli_flow *flow)
{
    const cli_hash_options *o = flow->options;
    const cli_common *c = flow->common;
    bool records = o->records || o->names || (flow->stage > 1 && !o->check);

    if (records) return CLI_DONE;
    if (c->field || c->separator)
        return cli_trouble(NULL, "--%s is for --records and --names",
                           c->field ? "field" : "delimiter");
    if (c->header || (c->in && c->in != CLI_NUL))
        return cli_trouble(NULL, "--%s is for --records and --names",
                           c->header ? "header" : "in");
    return CLI_DONE;
}

static int check_options(const cli_flow *flow)
{
    const cli_hash_options *o = flow->options;
    const char *alone = of_check_alone(o), *against = not_of_check(o);

    if (alone && !o->check) return cli_trouble(NULL, "--%s is for --check", alone);
    if (against && o->check)
        return cli_trouble(NULL, "--%s means nothing with --check", against);
    if (o->records && o->names)
        return cli_trouble(NULL, "--records and --names: one of them");
    if (o->tag && flow->common->out > CLI_NUL)
        return cli_trouble(NULL, "--tag is for lines");
    return check_reading(flow);
}

/* -a A,B -a C: cut at the commas. */
static int find_algorithms(cli_hash_options *o)
{
    size_t room = 1;

    for (size_t k = 0; k < o->algorithm.n; k++)
        room += strlen(o->algorithm.item[k].text) + 1;
    char *to = o->text_of_algorithms = pila_alloc(room, 1);
    if (!to) return cli_trouble_status(NULL, PILA_ENOMEM);
    for (size_t k = 0; k < o->algorithm.n; k++) {
        for (const char *from = o->algorithm.item[k].text;; from++) {
            size_t n = strcspn(from, ",");
            if (o->n == CLI_SUMS_MOST)
                return cli_trouble(NULL, "--algorithm: more than %d", CLI_SUMS_MOST);
            memcpy(to, from, n);
            to[n] = '\0';
            if (cli_algorithm_find(&o->sum[o->n++], o->sums, to, o->length,
                                   pila_buf_view(&o->key)) != CLI_DONE)
                return CLI_TROUBLE;
            to += n + 1;
            from += n;
            if (!*from) break;
        }
    }
    return CLI_DONE;
}

static int check_algorithms(const cli_hash_options *o)
{
    bool some = o->length <= 0;

    for (size_t k = 0; k < o->n; k++) {
        const cli_algorithm *a = &o->sum[k];
        some = some || (a->most && o->sums == CLI_HASH);
        if (!a->bytes && !o->check)
            return cli_trouble(NULL, "--length: %s needs one", a->name);
        for (size_t i = 0; i < k; i++)
            if (strcmp(o->sum[i].name, a->name) == 0)
                return cli_trouble(NULL, "--algorithm: %s is there twice", a->name);
    }
    if (!some)
        return cli_trouble(NULL, "--length is for blake2b, blake2s, shake_128 and "
                                 "shake_256");
    return CLI_DONE;
}

int cli_hash_check(const cli_flow *flow, cli_sums sums)
{
    cli_hash_options *o = flow->options;
    int code = check_options(flow);

    o->sums = sums;
    if (code == CLI_DONE) code = find_algorithms(o);
    if (code == CLI_DONE && !o->n && (sums != CLI_HASH || !o->check || o->length > 0))
        code = cli_algorithm_find(&o->sum[o->n++], sums,
                                  sums != CLI_CRC ? "sha256"
                                  : o->adler32    ? "adler32"
                                                  : "crc32",
                                  o->length, pila_buf_view(&o->key));
    return code == CLI_DONE ? check_algorithms(o) : code;
}

size_t cli_hash_threads(const cli_hash_options *o)
{
    long n = o->threads ? (long)o->threads : sysconf(_SC_NPROCESSORS_ONLN);

    return n > 1 ? (size_t)n : 1;
}

/* ---- rows of files ---- */

static bool from_names(const hashing *s) { return s->o->names; }

/* A job for the next name; PILA_END: there is no room, or no name at hand. */
static pila_status put_name(hashing *s, bool wait)
{
    const cli_flow *flow = s->flow;
    size_t files = flow->files ? flow->files : 1;
    cli_file_job *job;
    pila_str name;

    if (from_names(s) && wait) (void)pila_iter_ready(&s->given);
    if (from_names(s) ? s->given.cur == s->given.end : s->next == files)
        return PILA_END;
    if (!(job = cli_pool_room(s->pool))) return PILA_END;
    if (from_names(s)) {
        name = *(const pila_str *)(const void *)s->given.cur;
        s->given.cur += sizeof name;
    } else name = pila_cstr(flow->files ? flow->file[s->next] : "-");
    s->next++;
    job->sum = s->o->sum;
    job->n = s->o->n;
    pila_status st = cli_job_name(job, name);
    if (st == PILA_OK) cli_pool_put(s->pool);
    return st;
}

/* Messages of a file that could not be read. PILA_OK: of this one alone. */
static pila_status job_said(hashing *s, const cli_file_job *job)
{
    const char *name = job->name.data;

    if (job->status != PILA_EIO) return job->status;
    cli_answer(s->flow, job->error == ESPIPE && s->o->split
                            ? cli_trouble(name, "--split needs a regular file")
                            : cli_trouble(strcmp(name, "-") == 0 ? "stdin" : name, "%s",
                                          strerror(job->error)));
    return PILA_OK;
}

static bool files_refill(pila_iter *it)
{
    hashing *s = it->state;
    pila_status st;

    for (;;) {
        while ((st = put_name(s, false)) == PILA_OK) {}
        if (st != PILA_END) return pila_iter_end(it, st);
        cli_file_job *job = cli_pool_take(s->pool);
        if (!job) {
            st = put_name(s, true);
            if (st == PILA_OK) continue;
            if (from_names(s)) st = s->given.status;
            return pila_iter_end(it, s->any || !s->next ? st : CLI_SAID);
        }
        if (job->status != PILA_OK) {
            st = job_said(s, job);
            if (st != PILA_OK) return pila_iter_end(it, st);
            continue;
        }
        s->any = true;
        s->row.name = pila_str_of(job->name.data, job->name.len - 1);
        s->row.size = job->size;
        for (size_t k = 0; k < job->n; k++) s->row.digest[k] = cli_job_hex(job, k);
        it->cur = (const char *)&s->row;
        it->end = it->cur + sizeof s->row;
        return true;
    }
}

/* ---- rows of records ---- */

static pila_status digest_record(hashing *s, pila_str item)
{
    pila_status st = PILA_OK;

    for (size_t k = 0; k < s->o->n && st == PILA_OK; k++) {
        st = cli_digester_begin(&s->digester[k], &s->o->sum[k], NULL);
        if (st == PILA_OK) st = cli_digester_update(&s->digester[k], item);
        if (st == PILA_OK) st = cli_digester_finish(&s->digester[k], &s->hex);
    }
    return st;
}

static bool records_refill(pila_iter *it)
{
    hashing *s = it->state;
    size_t n = pila_iter_ready(&s->given), each = 0;
    const pila_str *item = (const pila_str *)(const void *)s->given.cur;
    pila_status st = n ? PILA_OK : s->given.status;

    if (n > WINDOW) n = WINDOW;
    s->hex.len = 0;
    for (size_t k = 0; k < n && st == PILA_OK; k++) st = digest_record(s, item[k]);
    if (st != PILA_OK) return pila_iter_end(it, st);
    const char *hex = s->hex.data;
    for (size_t k = 0; k < n; k++) {
        s->window[k].item = item[k];
        for (size_t i = 0; i < s->o->n; i++, hex += each) {
            each = 2 * s->o->sum[i].bytes;
            s->window[k].digest[i] = pila_str_of(hex, each);
        }
    }
    pila_iter_skip(&s->given, n);
    it->cur = (const char *)s->window;
    it->end = (const char *)(s->window + n);
    return true;
}

/* ---- the stage ---- */

static pila_iter drop(pila_iter *it)
{
    hashing *s = it->state;
    pila_iter given = s->given;

    cli_pool_free(s->pool);
    for (size_t k = 0; k < CLI_SUMS_MOST; k++) cli_digester_done(&s->digester[k]);
    pila_buf_done(&s->hex);
    pila_free(s);
    return given;
}

/* The members of a row, and what they are called. */
static pila_status describe(hashing *s, bool records)
{
    size_t n = 0, first = records ? 0 : 2, sums = s->o->n;
    size_t size = records ? sizeof(record_row) : sizeof(file_row);

    if (!records) {
        s->names[n] = "name";
        s->member[n++].type = &cli_plain;
        s->names[n] = "size";
        s->member[n++].type = &pila_i64;
    }
    for (size_t k = 0; k < sums; k++) {
        cli_algorithm_field(&s->o->sum[k], s->field[k]);
        s->names[n] = s->field[k];
        s->member[n++].type = &cli_plain;
    }
    if (records) {
        s->names[n] = "item";
        s->member[n++].type = &cli_plain;
    }
    s->flow->names = s->names;
    pila_status st = pila_tuple_struct(&s->tuple, s->member, n);
    if (st != PILA_OK) return st;
    s->tuple.type.size = size; /* behind the last digest there is room for more */
    if (records) s->member[first + sums].at = offsetof(record_row, item);
    return PILA_OK;
}

pila_iter cli_hash_make(cli_flow *flow)
{
    static const pila_iter_ops of_files = {files_refill, drop, NULL},
                               of_records = {records_refill, drop, NULL};
    const cli_hash_options *o = flow->options;
    bool records = o->records || (flow->stage > 1 && !o->names);
    pila_iter given = pila_failed(PILA_END);

    flow->keeps = false;
    if (o->check) {
        flow->form = CLI_LINES;
        return cli_check_lists(flow);
    }
    hashing *s = pila_alloc_zero(1, sizeof *s);
    if (!s) return pila_failed(PILA_ENOMEM);
    if (records || o->names) given = cli_keys(flow, cli_items(flow), false);
    s->flow = flow;
    s->o = o;
    s->given = given;
    flow->form = CLI_LINES;
    pila_iter it = pila_iter_make(NULL, records ? &of_records : &of_files, s);
    pila_status st = describe(s, records);
    if (st == PILA_OK && !records &&
        !(s->pool = cli_pool_new(cli_hash_threads(o), o->part)))
        st = PILA_ENOMEM;
    it.type = &s->tuple.type;
    if (st == PILA_OK) return it;
    pila_iter_drop(&it);
    return pila_failed(st);
}

void cli_hash_done(cli_flow *flow)
{
    cli_hash_options *o = flow->options;

    pila_free(o->text_of_algorithms);
    for (size_t k = 0; k < o->key.room; k++) ((volatile char *)o->key.data)[k] = 0;
    pila_buf_done(&o->key);
}

/* ---- lines ---- */

void cli_write_sum_name(cli_output *out, pila_str name, bool escaped)
{
    if (!escaped) {
        cli_write(out, name.ptr, name.len);
        return;
    }
    for (size_t k = 0; k < name.len; k++) {
        char c = name.ptr[k], to = c == '\n' ? 'n' : c == '\r' ? 'r' : c;
        if (to != c || c == '\\') cli_write_text(out, "\\");
        cli_write(out, &to, 1);
    }
}

static bool is_odd(pila_str name)
{
    return memchr(name.ptr, '\n', name.len) || memchr(name.ptr, '\\', name.len) ||
           memchr(name.ptr, '\r', name.len);
}

void cli_hash_line(cli_output *out, const cli_hash_options *o, const cli_algorithm *a,
                   pila_str hex, pila_str name)
{
    bool lines = o->common.out == CLI_LINES, escaped = lines && is_odd(name);
    char tag[CLI_SUM_NAME];

    if (escaped) cli_write_text(out, "\\");
    if (o->tag || o->n > 1) {
        cli_algorithm_tag(a, tag);
        cli_write_text(out, tag);
        cli_write_text(out, " (");
        cli_write_sum_name(out, name, escaped);
        cli_write_text(out, ") = ");
        cli_write(out, hex.ptr, hex.len);
    } else {
        cli_write(out, hex.ptr, hex.len);
        cli_write_text(out, o->binary ? " *" : "  ");
        cli_write_sum_name(out, name, escaped);
    }
    cli_end_line(out, lines ? '\n' : '\0');
}

pila_status cli_hash_write(cli_flow *flow, cli_output *out, pila_iter *items)
{
    const cli_hash_options *o = flow->options;
    bool records = o->records || (flow->stage > 1 && !o->names);
    const file_row *row;

    if (flow->common->out > CLI_NUL) return cli_write_items(flow, out, items);
    if (o->check) return cli_check_write(flow, out, items);
    if (records) return cli_write_items(flow, out, items);
    while (!out->failed && (row = (const file_row *)pila_next_item(items)))
        for (size_t k = 0; k < o->n; k++)
            cli_hash_line(out, o, &o->sum[k], row->digest[k], row->name);
    return items->status;
}
