/* input.c - an operand as a stream of bytes: opened, cut for --split, read with
 * progress.
 *
 * FILE operands are read by descriptor in the reader's blocks: faster than mmap, and no
 * more memory than one block.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PROGRESS_FIRST_MS = 500, PROGRESS_EVERY_MS = 100, CUT_BLOCK = 64 << 10 };

char cli_separator(const cli_common *o) { return o->in == CLI_NUL ? '\0' : '\n'; }

/* ---- progress ---- */

static struct {
    bool on, shown;
    int64_t total, done; /* bytes; total 0: not known */
    int64_t started_ms, next_ms;
} progress;

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void cli_progress_start(const cli_flow *flow)
{
    const cli_common *o = flow->common;
    struct stat st;

    progress.on = o->progress == CLI_ALWAYS ||
                  (o->progress == CLI_AUTO && cli_terminal(STDERR_FILENO));
    progress.started_ms = now_ms();
    progress.next_ms =
        progress.started_ms + (o->progress == CLI_ALWAYS ? 0 : PROGRESS_FIRST_MS);
    for (size_t k = 0; k < flow->files; k++)
        if (stat(flow->file[k], &st) == 0 && S_ISREG(st.st_mode))
            progress.total += st.st_size;
}

/* "123 MB of 200 MB  61%  412 MB/s", over itself. */
static void progress_show(void)
{
    int64_t now = now_ms(), spent = now - progress.started_ms;
    double mb = (double)progress.done / 1e6;

    if (now < progress.next_ms) return;
    progress.next_ms = now + PROGRESS_EVERY_MS;
    progress.shown = true;
    fprintf(stderr, "\r\033[K%s: %.0f MB", cli_name, mb);
    if (progress.total)
        fprintf(stderr, " of %.0f MB  %d%%", (double)progress.total / 1e6,
                (int)(progress.done * 100 / progress.total));
    if (spent) fprintf(stderr, "  %.0f MB/s", mb * 1e3 / (double)spent);
}

void cli_progress_add(int64_t bytes)
{
    progress.done += bytes;
    if (progress.on) progress_show();
}

void cli_progress_end(void)
{
    if (progress.shown) fputs("\r\033[K", stderr);
    progress.shown = false;
}

/* ---- opening ---- */

int cli_input_open(cli_input *in, const char *operand)
{
    in->is_stdin = strcmp(operand, "-") == 0;
    in->name = in->is_stdin ? "stdin" : operand;
    in->started = false;
    in->left = -1;
    in->head = 0;
    in->fd = in->is_stdin ? STDIN_FILENO : open(operand, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0) return cli_trouble(in->name, "%s", strerror(errno));
    if (in->is_stdin && isatty(in->fd))
        fprintf(stderr, "pila %s: reading from the terminal; end with Ctrl-D\n",
                cli_name);
    return CLI_DONE;
}

void cli_input_close(cli_input *in)
{
    if (in->fd >= 0 && !in->is_stdin) (void)close(in->fd);
    in->fd = -1;
}

static ptrdiff_t input_read(void *ctx, void *into, size_t room)
{
    cli_input *in = ctx;

    if (in->left == 0) return 0;
    if (in->left > 0 && (uint64_t)in->left < room) room = (size_t)in->left;
    if (in->head && (uint64_t)in->head < room) room = (size_t)in->head;
    ptrdiff_t n = read(in->fd, into, room);
    if (n > 0) {
        in->started = true;
        if (in->left > 0) in->left -= n;
        if (in->head && (in->head -= n) == 0 && lseek(in->fd, in->from, SEEK_SET) < 0)
            return -1;
        cli_progress_add(n);
    }
    return n;
}

pila_bytes_in cli_input_bytes(cli_input *in, const cli_common *o)
{
    pila_bytes_in bytes = pila_from_read(input_read, in);

    bytes.most = (size_t)(o->max_record ? o->max_record : CLI_RECORD_MOST);
    return bytes;
}

/* ---- a part of a file ---- */

int cli_split_parse(const char *text, const cli_common *o, cli_split *out)
{
    char *end, *last;

    if (!text) return CLI_DONE;
    errno = 0;
    out->part = strtoll(text, &end, 10);
    out->parts = *end == '/' ? strtoll(end + 1, &last, 10) : 0;
    if (errno || *end != '/' || *last || out->part < 1 || out->part > out->parts ||
        out->parts > CLI_PARTS_MOST)
        return cli_trouble(NULL, "--split: '%s' is not I/N with 1 <= I <= N <= %d",
                           text, CLI_PARTS_MOST);
    if (o->in == CLI_CSV)
        return cli_trouble(NULL, "--split cannot cut CSV: a quote may hold a newline");
    return CLI_DONE;
}

static bool cuts(char c, char separator, bool at_white_space)
{
    if (at_white_space) return c == ' ' || (c >= '\t' && c <= '\r');
    return c == separator;
}

/* Where the first record at or after offset starts: behind a separator, or at 0. */
static int64_t cut_at(const cli_input *in, int64_t offset, int64_t size, char separator,
                      bool at_white_space)
{
    char block[CUT_BLOCK];

    for (int64_t at = offset - 1; offset > 0 && at < size;) {
        ssize_t n = pread(in->fd, block, sizeof block, at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (n == 0) break;
        for (ssize_t k = 0; k < n; k++)
            if (cuts(block[k], separator, at_white_space)) return at + k + 1;
        at += n;
    }
    return offset > 0 ? size : 0;
}

/* size * part / parts without overflow, for CLI_PARTS_MOST parts. */
static int64_t share(int64_t size, int64_t part, int64_t parts)
{
    return size / parts * part + size % parts * part / parts;
}

int cli_input_cut(cli_input *in, cli_split split, char separator, bool at_white_space,
                  bool header)
{
    struct stat st;

    if (!split.parts) return CLI_DONE;
    if (fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return cli_trouble(in->name, "--split needs a regular file");
    int64_t from = cut_at(in, share(st.st_size, split.part - 1, split.parts),
                          st.st_size, separator, at_white_space);
    int64_t to = cut_at(in, share(st.st_size, split.part, split.parts), st.st_size,
                        separator, at_white_space);
    if (split.part == split.parts) to = st.st_size;
    in->left = to > from ? to - from : 0;
    in->from = from;
    if (header && from > 0 && in->left)
        in->head = cut_at(in, 1, st.st_size, separator, false);
    if (from < 0 || to < 0 || in->head < 0 ||
        lseek(in->fd, in->head ? 0 : from, SEEK_SET) < 0)
        return cli_trouble(in->name, "%s", strerror(errno));
    in->left += in->head;
    return CLI_DONE;
}
