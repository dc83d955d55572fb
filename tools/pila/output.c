/* output.c - everything a command prints, checked to the last byte; and messages.
 *
 * Writes go through one buffer, and the first that fails is remembered and reported by
 * close, so no caller can lose it. -o FILE is written beside FILE and takes its place
 * when all went well, so FILE is never half there and may be an input too. A link is
 * followed first; a device or a pipe is written to as it is, never replaced. A signal
 * that ends the run takes the unfinished file with it.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- messages ---- */

bool cli_terminal(int fd)
{
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") != 0 && isatty(fd);
}

bool cli_colored(int fd, cli_when when)
{
    const char *off = getenv("NO_COLOR");

    if (when != CLI_AUTO) return when == CLI_ALWAYS;
    return !(off && *off) && cli_terminal(fd);
}

static cli_when message_color = CLI_AUTO;

void cli_color_messages(cli_when when) { message_color = when; }

static void message_start(const char *what)
{
    bool color = cli_colored(STDERR_FILENO, message_color);

    cli_progress_end();
    fprintf(stderr, "%spila%s%s:%s ", color ? "\033[1;31m" : "", cli_name ? " " : "",
            cli_name ? cli_name : "", color ? "\033[0m" : "");
    if (what) fprintf(stderr, "%s: ", what);
}

int cli_trouble(const char *what, const char *why, ...)
{
    va_list args;

    message_start(what);
    va_start(args, why);
    vfprintf(stderr, why, args);
    va_end(args);
    fputc('\n', stderr);
    return CLI_TROUBLE;
}

int cli_trouble_status(const char *what, pila_status st)
{
    return cli_trouble(what, "%s",
                       st == PILA_EIO ? strerror(errno) : pila_status_text(st));
}

int cli_malformed(const char *file, size_t line, size_t column, const char *why)
{
    message_start(NULL);
    fprintf(stderr, "%s:%zu:", file, line);
    if (column) fprintf(stderr, "%zu:", column);
    fprintf(stderr, " %s\n", why);
    return CLI_NO;
}

/* ---- output ---- */

static const char *volatile unfinished; /* the temporary file, for a signal to remove */

/* The file that path leads to, and a name beside it. False: out of memory, or errno. */
static bool output_names(cli_output *o, const char *path)
{
    char real[PATH_MAX];

    if (realpath(path, real)) path = real;
    else if (errno != ENOENT) return false;
    size_t n = strlen(path);
    o->path = malloc(n + 1);
    o->temporary = malloc(n + sizeof ".XXXXXX");
    if (!o->path || !o->temporary) return false;
    memcpy(o->path, path, n + 1);
    memcpy(o->temporary, path, n);
    memcpy(o->temporary + n, ".XXXXXX", sizeof ".XXXXXX");
    return true;
}

static void output_names_free(cli_output *o)
{
    unfinished = NULL;
    free(o->path);
    free(o->temporary);
    o->path = o->temporary = NULL;
}

static void remove_unfinished(int sig)
{
    if (unfinished) (void)unlink(unfinished);
    (void)raise(sig); /* as if nothing had caught it: SA_RESETHAND */
}

/* What ends a run from outside, unless it is ignored, as after nohup. */
static void watch_signals(void)
{
    static const int ends[] = {SIGHUP, SIGINT, SIGTERM, SIGXCPU, SIGXFSZ};
    struct sigaction now, was;

    memset(&now, 0, sizeof now);
    now.sa_handler = remove_unfinished;
    now.sa_flags = (int)SA_RESETHAND;
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
        if (sigaction(ends[k], NULL, &was) == 0 && was.sa_handler == SIG_DFL)
            (void)sigaction(ends[k], &now, NULL);
}

int cli_output_open(cli_output *o, const char *path, bool by_line)
{
    struct stat there;

    o->fd = STDOUT_FILENO;
    o->by_line = by_line || (!path && isatty(STDOUT_FILENO));
    o->failed = 0;
    o->used = 0;
    o->sink = NULL;
    o->like = NULL;
    o->path = o->temporary = NULL;
    o->name = path ? path : "stdout";
    if (!path) return CLI_DONE;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
        o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    else o->fd = output_names(o, path) ? mkstemp(o->temporary) : -1;
    if (o->fd >= 0) {
        unfinished = o->temporary;
        watch_signals();
        return CLI_DONE;
    }
    int why = errno;
    output_names_free(o);
    if (why == ENOMEM) return cli_trouble_status(NULL, PILA_ENOMEM);
    return cli_trouble(path, "%s", strerror(why));
}

void cli_output_into(cli_output *o, pila_status (*sink)(void *ctx, pila_str text),
                     void *ctx)
{
    memset(o, 0, offsetof(cli_output, buffer));
    o->fd = -1;
    o->sink = sink;
    o->ctx = ctx;
}

static void output_bytes(cli_output *o, const char *p, size_t left)
{
    if (o->sink && left && !o->failed) {
        if (o->sink(o->ctx, pila_str_of(p, left)) != PILA_OK) o->failed = ECANCELED;
        return;
    }
    while (left && !o->failed) {
        ssize_t n = write(o->fd, p, left);
        if (n >= 0) {
            p += n;
            left -= (size_t)n;
        } else if (errno != EINTR) o->failed = errno;
    }
}

static void output_flush(cli_output *o)
{
    output_bytes(o, o->buffer, o->used);
    o->used = 0;
}

void cli_flush(cli_output *o) { output_flush(o); }

void cli_write(cli_output *o, const void *bytes, size_t n)
{
    const char *p = bytes;

    if (n >= sizeof o->buffer) { /* as it is, without a copy */
        output_flush(o);
        output_bytes(o, p, n);
        return;
    }
    while (n && !o->failed) {
        size_t room = sizeof o->buffer - o->used, now = n < room ? n : room;
        memcpy(o->buffer + o->used, p, now);
        o->used += now;
        p += now;
        n -= now;
        if (o->used == sizeof o->buffer) output_flush(o);
    }
}

char *cli_write_room(cli_output *o, size_t n)
{
    if (sizeof o->buffer - o->used < n) output_flush(o);
    o->used += n;
    return o->buffer + o->used - n;
}

void cli_write_line(cli_output *o, const void *bytes, size_t n, char end)
{
    if (o->by_line || n >= sizeof o->buffer - o->used) {
        cli_write(o, bytes, n);
        cli_end_line(o, end);
        return;
    }
    memcpy(o->buffer + o->used, bytes, n);
    o->used += n;
    o->buffer[o->used++] = end;
    if (o->used == sizeof o->buffer) output_flush(o);
}

void cli_write_text(cli_output *o, const char *text)
{
    cli_write(o, text, strlen(text));
}

void cli_write_int(cli_output *o, int64_t n)
{
    char digits[24], *p = digits + sizeof digits;
    uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;

    if (n >= 0 && n < 10) {
        *cli_write_room(o, 1) = (char)('0' + n);
        return;
    }
    do *--p = (char)('0' + rest % 10);
    while (rest /= 10);
    if (n < 0) *--p = '-';
    cli_write(o, p, (size_t)(digits + sizeof digits - p));
}

void cli_end_line(cli_output *o, char end)
{
    cli_write(o, &end, 1);
    if (o->by_line) output_flush(o);
}

/* The mode, the owner and the times of another file: of the owner, what may be given.
 */
static bool output_resemble(const cli_output *o)
{
    struct timespec times[2];
    mode_t mode = o->like->st_mode & 0777;

    times[0] = o->like->st_atim;
    times[1] = o->like->st_mtim;
    (void)!fchown(o->fd, o->like->st_uid, o->like->st_gid);
    return fchmod(o->fd, mode) == 0 && futimens(o->fd, times) == 0;
}

/* The temporary file in the place of the old one, with the old one's mode, or removed.
 */
static int output_replace(cli_output *o, bool keep)
{
    struct stat old;
    mode_t mask = umask(0);
    (void)umask(mask);

    if (keep && o->like) {
        if (!output_resemble(o)) o->failed = errno;
    } else if (keep && fchmod(o->fd, stat(o->path, &old) == 0 ? old.st_mode & 07777
                                                              : 0666 & ~mask) != 0)
        o->failed = errno;
    if (close(o->fd) != 0 && !o->failed) o->failed = errno;
    if (keep && !o->failed && rename(o->temporary, o->path) == 0) return CLI_DONE;
    if (keep && !o->failed) o->failed = errno;
    (void)unlink(o->temporary);
    return keep || o->failed ? CLI_TROUBLE : CLI_DONE; /* else it is known why not */
}

int cli_output_close(cli_output *o, bool keep)
{
    int code = CLI_DONE;

    if (keep) output_flush(o);
    if (o->path) code = output_replace(o, keep && !o->failed);
    else if (close(o->fd) != 0 && !o->failed) o->failed = errno; /* NFS writes late */
    if (keep && o->failed) code = cli_trouble(o->name, "%s", strerror(o->failed));
    output_names_free(o);
    return code;
}

/* ---- text in the manner of a format ---- */

void cli_write_escaped(cli_output *o, pila_str text)
{
    size_t from = 0;

    if (!text.len) return; /* ptr may be NULL */
    for (size_t k = 0; k < text.len; k++) {
        char c = text.ptr[k];
        char to = c == '\t'   ? 't'
                  : c == '\n' ? 'n'
                  : c == '\r' ? 'r'
                  : c == '\0' ? '0'
                  : c == '\\' ? c
                              : 0;
        if (!to) continue;
        char pair[2] = {'\\', to};
        cli_write(o, text.ptr + from, k - from);
        cli_write(o, pair, 2);
        from = k + 1;
    }
    cli_write(o, text.ptr + from, text.len - from);
}

void cli_write_csv(cli_output *o, pila_str text, bool alone)
{
    bool quote = alone && text.len == 0; /* else the line would be blank */

    for (size_t k = 0; k < text.len && !quote; k++)
        quote = text.ptr[k] && strchr(",\"\r\n", text.ptr[k]);
    if (!quote) {
        cli_write(o, text.ptr, text.len);
        return;
    }
    cli_write_text(o, "\"");
    for (size_t k = 0; k < text.len; k++) {
        if (text.ptr[k] == '"') cli_write_text(o, "\"");
        cli_write(o, text.ptr + k, 1);
    }
    cli_write_text(o, "\"");
}

/* The escape of a byte in a JSON string, or "". A byte that is part of no character
 * becomes U+DC80..U+DCFF, as Python's surrogateescape has it, so that none is lost. */
static void json_escape(unsigned char c, bool stray, char out[8])
{
    static const char named[] = "\"\"\\\\\nn\tt\rr";

    out[0] = '\0';
    if (stray) snprintf(out, 8, "\\udc%02x", c);
    for (const char *p = named; *p && !stray; p += 2)
        if (*p == (char)c) snprintf(out, 8, "\\%c", p[1]);
    if (!out[0] && c < 0x20) snprintf(out, 8, "\\u%04x", c);
}

void cli_write_json(cli_output *o, pila_str text)
{
    size_t from = 0, size;

    cli_write_text(o, "\"");
    for (size_t k = 0; k < text.len; k += size ? size : 1) {
        char escape[8];
        size = pila_utf8_sequence(text.ptr + k, text.len - k);
        if (size > 1) continue;
        json_escape((unsigned char)text.ptr[k], size == 0, escape);
        if (!escape[0]) continue;
        cli_write(o, text.ptr + from, k - from);
        cli_write_text(o, escape);
        from = k + 1;
    }
    if (text.len) cli_write(o, text.ptr + from, text.len - from);
    cli_write_text(o, "\"");
}
