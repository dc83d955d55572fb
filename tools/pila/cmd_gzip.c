/* cmd_gzip.c - pila gzip and gunzip: FILE to FILE.gz and back, or bytes in a pipeline.
 *
 * Both are one command with another default. The library compresses blocks in threads,
 * and reads ahead in one; here is what is done with FILEs: which one stands beside
 * which, what it is called, and whose mode and times it has. FILE.gz appears whole or
 * not at all, and FILE stays unless --rm is given.
 *
 *     FILEs -> blocks -> writer -> FILE.gz, or the output        (first stage)
 *     items, as they would be written -> writer -> the output    (a later one)
 *     FILEs -> reader -> FILE, or the output, or records
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "coding.h"

#include <pila/serial/gzip.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMED = 1, NAMELESS = 2, PROCESSES_MOST = 512, RATIO_ROOM = 32 };

typedef struct gzip_options {
    cli_common common;
    int decompress, to_stdout, test, list;
    int level, members, naming;
    int force, keep, rm, verbose;
    int64_t processes, most;
    const char *suffix, *split;
} gzip_options;

/* A row of --list. */
typedef struct listed {
    int64_t compressed, uncompressed;
    pila_str ratio, name;
} listed;

typedef struct gzip {
    cli_coding coding; /* the first member */
    const gzip_options *o;
    pila_gzip_reader *reader;
    pila_gzip_writer *writer;
    pila_gzip_write_options how;
    bool beside; /* a file for each FILE */
    /* of --list */
    size_t next, listed; /* FILEs */
    listed row;
    char ratio[RATIO_ROOM];
    pila_member member[4];
    pila_tuple tuple;
} gzip;

static gzip *gzip_of(cli_coding *c) { return (gzip *)(void *)c; }

static bool reads_gzip(const gzip_options *o)
{
    return o->decompress || o->test || o->list;
}

static bool is_stdin(const char *name) { return strcmp(name, "-") == 0; }

/* ---- decompressing ---- */

/* Ahead only in what can't make it wait, and where nothing else shows progress. */
static pila_gzip_read_options reading(const cli_coding *c)
{
    const cli_common *o = c->flow->common;
    bool quiet = o->progress == CLI_NEVER ||
                 (o->progress == CLI_AUTO && !cli_terminal(STDERR_FILENO));
    pila_gzip_read_options how = {false};
    struct stat st;

    how.ahead = fstat(c->in->fd, &st) == 0 && S_ISREG(st.st_mode) &&
                (quiet || c->flow->stage == c->flow->stages);
    return how;
}

static pila_iter open_reader(cli_coding *c)
{
    gzip *g = gzip_of(c);
    pila_gzip_read_options how = reading(c);

    g->reader = pila_gzip_reader_new(pila_gzip_from_read(cli_coding_read, c), &how);
    return g->reader ? pila_gzip_chunks(g->reader) : pila_failed(PILA_ENOMEM);
}

static void close_reader(cli_coding *c)
{
    gzip *g = gzip_of(c);

    pila_gzip_reader_free(g->reader);
    g->reader = NULL;
}

/* Whether a fault is what stands behind the last member, which may be left out. */
static bool is_behind(const pila_error *e)
{
    return e->status == PILA_ESYNTAX && e->offset &&
           strncmp(e->message, "Not a gzipped file", 18) == 0;
}

static pila_status reader_ended(cli_coding *c, pila_status st)
{
    gzip *g = gzip_of(c);
    cli_errors errors = (cli_errors)g->o->common.errors;

    if (g->reader) c->err = *pila_gzip_reader_error(g->reader);
    if (st == PILA_END && !c->read) {
        snprintf(c->err.message, sizeof c->err.message, "it is empty, and no gzip");
        return PILA_EEOF;
    }
    if (errors == CLI_FAIL || !is_behind(&c->err)) return st;
    if (errors == CLI_REPORT) {
        (void)cli_trouble(c->name, "byte %zu: left out, as it is no gzip",
                          c->err.offset);
        cli_answer(c->flow, CLI_NO);
    }
    return PILA_END;
}

/* ---- compressing ---- */

static pila_status sink(void *ctx, pila_str bytes)
{
    cli_output *out = ctx;

    cli_write(out, bytes.ptr, bytes.len);
    return out->failed ? CLI_SAID : PILA_OK;
}

/* A header with the name and the time of a regular file. */
static pila_status start(cli_coding *c, cli_output *out)
{
    gzip *g = gzip_of(c);
    pila_gzip_write_options how = g->how;
    struct stat st;

    if (g->o->naming != NAMELESS && c->in && fstat(c->in->fd, &st) == 0 &&
        S_ISREG(st.st_mode)) {
        if (!c->in->is_stdin) how.name = pila_cstr(c->name);
        if (st.st_mtime > 0 && st.st_mtime <= UINT32_MAX) how.mtime = st.st_mtime;
    }
    return pila_gzip_writer_new(&g->writer, pila_gzip_to_sink(sink, out), &how);
}

static pila_status feed(void *ctx, pila_str chunk)
{
    return pila_gzip_write(gzip_of(ctx)->writer, chunk);
}

static pila_status finish(cli_coding *c)
{
    return pila_gzip_finish(gzip_of(c)->writer);
}

static void close_writer(cli_coding *c)
{
    gzip *g = gzip_of(c);

    pila_gzip_writer_free(g->writer);
    g->writer = NULL;
}

/* ---- what is called how ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);

    return n > m && strcmp(name + n - m, end) == 0 && name[n - m - 1] != '/';
}

static pila_status add(pila_buf *out, const char *text, size_t n)
{
    return pila_buf_add(out, pila_str_of(text, n));
}

/* FILE.gz to FILE, FILE.tgz to FILE.tar; PILA_EVALUE: another. */
static pila_status name_without(const gzip *g, const char *name, pila_buf *out)
{
    static const char *const tar[] = {".tgz", ".taz"};
    size_t n = strlen(name);

    if (ends_with(name, g->o->suffix)) return add(out, name, n - strlen(g->o->suffix));
    for (size_t k = 0; k < 2; k++)
        if (ends_with(name, tar[k])) {
            pila_status st = add(out, name, n - 4);
            return st == PILA_OK ? add(out, ".tar", 4) : st;
        }
    return PILA_EVALUE;
}

/* What the header says, in the folder of FILE: Latin-1, unless it is UTF-8. Nothing is
 * added where it can't be a name. */
static pila_status name_within(const gzip *g, const char *name, pila_buf *out)
{
    const pila_gzip_header *h = pila_gzip_reader_header(g->reader);
    const char *folder = strrchr(name, '/'), *said = h ? h->name : "";
    const char *slash = strrchr(said, '/');
    pila_status st = PILA_OK;
    bool utf8 = true;

    if (slash) said = slash + 1;
    if (!*said || strcmp(said, ".") == 0 || strcmp(said, "..") == 0) return PILA_OK;
    for (size_t k = 0, n; said[k] && utf8; k += n)
        utf8 = (n = pila_utf8_sequence(said + k, strlen(said + k))) > 0;
    if (folder) st = add(out, name, (size_t)(folder - name) + 1);
    for (; *said && st == PILA_OK; said++) {
        unsigned c = (unsigned char)*said;
        char two[2] = {(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f))};
        st = c < 0x80 || utf8 ? pila_buf_add_char(out, *said) : add(out, two, 2);
    }
    return st;
}

static pila_status target_name(const gzip *g, const char *name, pila_buf *out)
{
    pila_status st = PILA_OK;

    if (!g->o->decompress) {
        st = add(out, name, strlen(name));
        if (st == PILA_OK) st = add(out, g->o->suffix, strlen(g->o->suffix));
    } else {
        if (g->o->naming == NAMED) st = name_within(g, name, out);
        if (st == PILA_OK && !out->len) st = name_without(g, name, out);
    }
    return st == PILA_OK ? pila_buf_add_char(out, '\0') : st;
}

/* ---- FILE beside FILE ---- */

/* That it can be done with this FILE: CLI_DONE, or a message. */
static int check_file(const gzip *g, const char *name, struct stat *st)
{
    const gzip_options *o = g->o;
    struct stat link;

    if (fstat(g->coding.in->fd, st) != 0)
        return cli_trouble(name, "%s", strerror(errno));
    if (S_ISDIR(st->st_mode)) return cli_trouble(name, "%s", strerror(EISDIR));
    if (!S_ISREG(st->st_mode))
        return cli_trouble(name, "is no regular file; -c or -o say where to");
    if (!o->decompress && !o->force && ends_with(name, o->suffix))
        return cli_trouble(name, "ends with %s already; -f compresses it", o->suffix);
    if (o->rm && (lstat(name, &link) != 0 || !S_ISREG(link.st_mode)))
        return cli_trouble(name, "is a link: --rm would leave what it leads to");
    return CLI_DONE;
}

static int check_target(const gzip *g, const char *name, const char *target)
{
    struct stat st;

    if (g->o->force || lstat(target, &st) != 0) return CLI_DONE;
    return cli_trouble(name, "%s is there already; -f replaces it", target);
}

/* "61.9%": what was saved, of what it is uncompressed. */
static const char *ratio_of(char text[RATIO_ROOM], uint64_t packed, uint64_t plain)
{
    double saved = plain ? 100 - 100 * (double)packed / (double)plain : 0;

    snprintf(text, RATIO_ROOM, "%.1f%%", saved);
    return text;
}

static void tell(const gzip *g, const char *name, const char *target)
{
    const cli_coding *c = &g->coding;
    char ratio[RATIO_ROOM];
    struct stat st;
    uint64_t packed = c->read, plain = c->made;

    if (!g->o->verbose || stat(target, &st) != 0) return;
    if (!g->o->decompress) packed = (uint64_t)st.st_size;
    cli_progress_end();
    fprintf(stderr, "%s: %s, %s %s\n", name, ratio_of(ratio, packed, plain),
            g->o->rm ? "replaced by" : "in", target);
}

/* All of the FILE that is open into the file beside it, with what it resembles. */
static int fill(gzip *g, const char *name, const char *target, struct stat *like)
{
    static cli_output out;
    const pila_gzip_header *h = g->reader ? pila_gzip_reader_header(g->reader) : NULL;
    int code = cli_output_open(&out, target, false);

    if (code != CLI_DONE) return code;
    if (g->o->naming == NAMED && h && h->mtime) {
        like->st_mtim.tv_sec = h->mtime;
        like->st_mtim.tv_nsec = 0;
    }
    out.like = like;
    pila_status st = cli_coding_copy(&g->coding, &out);
    if (st != PILA_END && st != CLI_SAID) code = cli_trouble_status(NULL, st);
    int closed = cli_output_close(&out, st == PILA_END);
    if (st != PILA_END) return code;
    if (closed != CLI_DONE) return closed;
    if (g->o->rm && unlink(name) != 0) return cli_trouble(name, "%s", strerror(errno));
    tell(g, name, target);
    return CLI_DONE;
}

static int one_beside(gzip *g, const char *name)
{
    struct stat like;
    pila_buf target = {0};
    pila_status st = PILA_OK;
    int code = check_file(g, name, &like);

    if (code == CLI_DONE && g->reader && g->o->naming == NAMED) {
        pila_str ahead; /* the header is known behind the first read */
        st = pila_gzip_peek(g->reader, &ahead); /* its fault comes again */
    }
    if (g->o->decompress && !g->reader) st = PILA_ENOMEM;
    if (code == CLI_DONE && st != PILA_ENOMEM) st = target_name(g, name, &target);
    if (st == PILA_EVALUE)
        code = cli_trouble(name, "does not end with %s; -c or -o say where to",
                           g->o->suffix);
    else if (st != PILA_OK) code = cli_trouble_status(NULL, st);
    if (code == CLI_DONE) code = check_target(g, name, target.data);
    if (code == CLI_DONE) code = fill(g, name, target.data, &like);
    pila_buf_done(&target);
    return code;
}

/* FILEs one after the other, whatever becomes of those before; - goes to the output. */
static pila_status each_beside(gzip *g, cli_output *out)
{
    cli_coding *c = &g->coding;
    pila_status st = PILA_END;

    for (size_t k = 0; k < c->flow->files && st != PILA_ENOMEM; k++) {
        const char *name = c->flow->file[k];
        if (is_stdin(name)) {
            pila_status one = cli_coding_file(c, name, out);
            if (one != PILA_END) st = one;
        } else if (cli_coding_open(c, name) == CLI_DONE) {
            cli_answer(c->flow, one_beside(g, name));
            cli_coding_close(c);
        }
    }
    return st;
}

/* ---- --test, --list ---- */

static void test_all(gzip *g)
{
    cli_coding *c = &g->coding;
    size_t n = c->flow->files ? c->flow->files : 1;

    for (size_t k = 0; k < n; k++) {
        const char *name = c->flow->files ? c->flow->file[k] : "-";
        pila_status st = cli_coding_file(c, name, NULL);
        if (st == PILA_ENOMEM) cli_answer(c->flow, cli_trouble_status(NULL, st));
        if (st == PILA_END && g->o->verbose) fprintf(stderr, "%s: OK\n", name);
    }
}

static bool list_refill(pila_iter *it)
{
    gzip *g = it->state;
    cli_coding *c = &g->coding;
    size_t n = c->flow->files ? c->flow->files : 1;
    pila_status st = CLI_SAID;

    while (st == CLI_SAID) {
        if (g->next == n) return pila_iter_end(it, g->listed ? PILA_END : CLI_SAID);
        const char *name = c->flow->files ? c->flow->file[g->next] : "-";
        g->next++;
        st = cli_coding_file(c, name, NULL);
        g->row.name = pila_cstr(name);
    }
    if (st != PILA_END) return pila_iter_end(it, st);
    g->listed++;
    g->row.compressed = (int64_t)c->read;
    g->row.uncompressed = (int64_t)c->made;
    g->row.ratio = pila_cstr(ratio_of(g->ratio, c->read, c->made));
    it->cur = (const char *)&g->row;
    it->end = it->cur + sizeof g->row;
    return true;
}

static pila_iter list(cli_flow *flow)
{
    static const char *const names[] = {"compressed", "uncompressed", "ratio", "name",
                                        NULL};
    static const pila_iter_ops ops = {list_refill, NULL, NULL};
    static const pila_type *const types[] = {&pila_i64, &pila_i64, &cli_plain,
                                             &cli_plain};
    gzip *g = flow->own;

    for (size_t k = 0; k < 4; k++) g->member[k].type = types[k];
    pila_status st = pila_tuple_struct(&g->tuple, g->member, 4);
    if (st != PILA_OK) return pila_failed(st);
    flow->names = names;
    flow->form = CLI_LINES;
    flow->keeps = false;
    return pila_iter_make(&g->tuple.type, &ops, g);
}

/* ---- the commands ---- */

/* A file for each FILE, and not all to the output. */
static bool makes_files(const cli_flow *flow)
{
    const gzip_options *o = flow->options;

    return flow->stages == 1 && flow->files && !o->to_stdout && !o->test && !o->list &&
           !o->common.output;
}

/* Whether compressed bytes would go to a terminal. */
static bool floods_terminal(const cli_flow *flow)
{
    const gzip_options *o = flow->options;
    bool streams = !makes_files(flow);

    for (size_t k = 0; k < flow->files; k++)
        streams = streams || is_stdin(flow->file[k]);
    return streams && !o->force && !o->common.output && isatty(STDOUT_FILENO);
}

static int check_options(const cli_flow *flow)
{
    const gzip_options *o = flow->options;

    if (o->rm && (o->keep || !makes_files(flow)))
        return cli_trouble(NULL, o->keep ? "--keep and --rm exclude each other"
                                         : "--rm is for FILEs that are replaced");
    if (o->processes > PROCESSES_MOST)
        return cli_trouble(NULL, "--processes is at most %d", PROCESSES_MOST);
    if (!*o->suffix || strchr(o->suffix, '/'))
        return cli_trouble(NULL, "--suffix: '%s' can't be one", o->suffix);
    if (reads_gzip(o) && (o->split || o->members))
        return cli_trouble(NULL, "--%s is for compressing",
                           o->split ? "split" : "members");
    if (!reads_gzip(o) && o->most)
        return cli_trouble(NULL, "--max-size is for decompressing");
    if (o->split && makes_files(flow))
        return cli_trouble(NULL, "--split: -c or -o say where the part goes to");
    return CLI_DONE;
}

static int check(const cli_flow *flow)
{
    const gzip_options *o = flow->options;
    int code = check_options(flow);

    if (code != CLI_DONE) return code;
    if (reads_gzip(o) && flow->stage > 1)
        return cli_trouble(NULL, "it reads gzip: it can only be the first stage");
    if (flow->stage < flow->stages && (o->test || !reads_gzip(o)))
        return cli_trouble(NULL, o->test ? "--test makes nothing for another stage"
                                         : "it writes gzip: it can only be the last "
                                           "stage");
    if (!reads_gzip(o) && floods_terminal(flow))
        return cli_trouble("stdout", "is a terminal; -f writes gzip there");
    if (o->list) return CLI_DONE;
    return cli_coding_check(flow, !reads_gzip(o));
}

static unsigned processes(const gzip_options *o)
{
    long n = o->processes ? (long)o->processes : sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > PROCESSES_MOST ? PROCESSES_MOST : (unsigned)n;
}

static pila_iter make(cli_flow *flow)
{
    const gzip_options *o = flow->options;
    gzip *g = pila_alloc_zero(1, sizeof *g);
    cli_coding *c = g ? &g->coding : NULL;

    flow->own = g;
    if (!g) {
        pila_iter_drop(&flow->upstream);
        return pila_failed(PILA_ENOMEM);
    }
    g->o = o;
    g->how.level = o->level;
    g->how.threads = processes(o);
    g->how.blocks = o->members ? PILA_GZIP_MEMBERS : PILA_GZIP_LINKED;
    g->beside = makes_files(flow);
    c->flow = flow;
    c->most = o->most;
    c->open = cli_coding_blocks;
    c->close = close_writer;
    c->start = start;
    c->feed = feed;
    c->finish = finish;
    if (reads_gzip(o)) {
        c->open = open_reader;
        c->ended = reader_ended;
        c->close = close_reader;
        c->start = NULL;
    } else if (cli_split_parse(o->split, flow->common, &c->split) != CLI_DONE) {
        cli_answer(flow, CLI_TROUBLE);
        pila_iter_drop(&flow->upstream);
        return pila_failed(CLI_SAID);
    }
    if (o->list) return list(flow);
    return flow->stage > 1 ? cli_items(flow) : cli_coding_items(flow);
}

static pila_status write_all(cli_flow *flow, cli_output *out, pila_iter *items)
{
    gzip *g = flow->own;

    if (g->o->list) return cli_write_items(flow, out, items);
    if (flow->stage > 1) return cli_coding_write_items(&g->coding, out, items);
    if (g->beside) return each_beside(g, out);
    if (!g->o->test) return cli_coding_write(&g->coding, out);
    test_all(g);
    return PILA_END;
}

static void done(cli_flow *flow)
{
    gzip *g = flow->own;

    if (!g) return;
    cli_coding_done(&g->coding);
    pila_gzip_writer_free(g->writer); /* of items */
    pila_free(g);
}

#define AT(member) offsetof(gzip_options, member)

static const cli_option options[] = {
    CLI_GROUP("What is done"),
    {'d', "decompress", CLI_SET, AT(decompress), 1, NULL, "FILE.gz to FILE"},
    {'c', "stdout", CLI_SET, AT(to_stdout), 1, NULL,
     "all to stdout, one after the other"},
    {'t', "test", CLI_SET, AT(test), 1, NULL, "only look whether FILEs are good"},
    {'l', "list", CLI_SET, AT(list), 1, NULL,
     "print each FILE's size, that of what it holds, what is saved, and its name"},
    CLI_GROUP("Compressing"),
    CLI_LEVEL_ROWS(AT(level)),
    {'p', "processes", CLI_INT, AT(processes), 1, "N",
     "threads that compress (as many as there are processors); the output is the same"},
    {0, "members", CLI_SET, AT(members), 1, NULL,
     "each block of 128 KiB is a gzip file by itself"},
    {0, "split", CLI_TEXT, AT(split), 0, "I/N",
     "only the I-th of N parts of FILE, cut at a newline; the parts, one after the "
     "other, are FILE.gz"},
    CLI_GROUP("Decompressing"),
    {0, "max-size", CLI_SIZE, AT(most), 1, "SIZE", "refuse a FILE that holds more"},
    {0, "errors", CLI_CHOICE, AT(common.errors), 0, "fail|skip|report",
     "what to do with other data behind the last member"},
    CLI_GROUP("FILEs"),
    {'n', "no-name", CLI_SET, AT(naming), NAMELESS, NULL,
     "no name and no time, kept or restored; -d: the default"},
    {'N', "name", CLI_SET, AT(naming), NAMED, NULL,
     "the name and the time of FILE; -d: those that FILE.gz holds"},
    {'f', "force", CLI_SET, AT(force), 1, NULL,
     "replace files, write to a terminal, compress what ends with .gz"},
    {'k', "keep", CLI_SET, AT(keep), 1, NULL, "keep FILE, as is done anyway"},
    {0, "rm", CLI_SET, AT(rm), 1, NULL, "remove FILE when all went well"},
    {'S', "suffix", CLI_TEXT, AT(suffix), 0, ".SUF", "instead of .gz"},
    {'v', "verbose", CLI_SET, AT(verbose), 1, NULL, "say what is done, on stderr"},
    CLI_CODING_ROWS};

static const gzip_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                      .level = 6,
                                      .suffix = ".gz"},
                          gunzip_defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                             .decompress = 1,
                                             .level = 6,
                                             .suffix = ".gz"};

static const cli_row sections[] = {
    {"FILEs",
     "FILE.gz comes to stand beside FILE, or the other way round, with its mode and "
     "times, and appears whole or not at all. FILE stays, other than with gzip, unless "
     "there is --rm. What is there already is not replaced without -f. None of that "
     "without a FILE, for -, or with -c, -o, -t or -l."},
    {"Stages",
     "Decompressed records are items for the next stage; --in and -H say what they "
     "are. As the last stage it compresses what the stage before would have printed, "
     "as --out says."},
    {"Faults",
     "Each member is checked by its CRC and length. Data that is malformed, ends too "
     "early or goes on as something else is a fault; --errors is for the last of them: "
     "report leaves it out and says so, skip only leaves it out."},
    {"Many machines",
     "There is no --partial: gzip files, one after the other, are a gzip file. --split "
     "shares out one FILE."},
    {NULL, NULL}};

#define GZIP_COMMAND(ident, called, what, example, in_python, says, start)             \
    const cli_command cmd_##ident = {.name = called,                                   \
                                     .summary = what,                                  \
                                     .usage = "[OPTION...] [FILE...]",                 \
                                     .examples = example,                              \
                                     .python = in_python,                              \
                                     .description = says,                              \
                                     .sections = sections,                             \
                                     .memory =                                         \
                                         "O(threads): some 600 KiB each, and 1 MiB.",  \
                                     .exits = {"done", "malformed data",               \
                                               "usage, I/O or memory"},                \
                                     .operands = CLI_OPERAND_FILES,                    \
                                     .keeps = true,                                    \
                                     .options = options,                               \
                                     .size = sizeof(gzip_options),                     \
                                     .defaults = &start,                               \
                                     .check = check,                                   \
                                     .make = make,                                     \
                                     .write = write_all,                               \
                                     .done = done}

GZIP_COMMAND(gzip, "gzip", "compress files and pipes, and decompress them",
             "  $ pila gzip book.txt                  # makes book.txt.gz\n"
             "  $ pila gzip -9 -p 4 -c big.txt >big.txt.gz\n"
             "  $ pila counter --words book.txt then gzip >counts.gz\n"
             "  $ pila gzip -l *.gz\n",
             "  gzip.compress(data, 6); gzip.open(path, \"wb\")\n",
             "Compresses each FILE, or stdin, in the format of RFC 1952.", defaults);
GZIP_COMMAND(gunzip, "gunzip", "decompress gzip files and pipes",
             "  $ pila gunzip book.txt.gz             # makes book.txt\n"
             "  $ pila gunzip access.log.gz then counter -c 10\n"
             "  $ pila gunzip --max-size 1G -c upload.gz >upload\n"
             "  $ pila gunzip -t *.gz\n",
             "  gzip.decompress(data); gzip.open(path)\n",
             "Decompresses each FILE, or stdin: gzip with -d.", gunzip_defaults);
