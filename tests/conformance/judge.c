/* judge.c - asks an implementation what the vectors ask, and compares the answers.
 *
 * usage: judge [-t SECONDS] [-r FILE] [-q] [-1] FILE.jsonl[.gz]... -- COMMAND [ARG...]
 *
 * COMMAND reads a request a line on stdin and answers a line on stdout, in order. It is
 * started once a file; one that dies, says nothing for SECONDS (default 10) or nonsense
 * is a fault of the case it was at, and it is started again for the next. Prints a row
 * a file and what differs first; -r writes the rows as JSON. With -1 a file is given up
 * at the first case that differs or is a fault, and the row counts the cases up to it.
 *
 * exit: 0 all as wanted, 1 not, 2 usage or no such file.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AHEAD = 64, MOST_SHOWN = 3, MOST_STARTS = 20 };

typedef struct line {
    char *text;
    size_t len, room;
} line;

typedef struct child {
    pid_t pid; /* 0: there is none */
    int in, out;
    line said; /* what it said and nobody read */
    size_t at;
} child;

typedef struct asked { /* a case that waits for its answer */
    line request;      /* whole, with what is wanted */
    size_t len;        /* of the part that is sent */
    size_t sent;
} asked;

static struct {
    char **command;
    int seconds;
    bool quiet, first_only;
    FILE *report;
    size_t rows;
} options = {NULL, 10, false, false, NULL, 0};

typedef struct score {
    size_t cases, wrong, faults;
    const char *stopped; /* why it was given up */
    int starts;
} score;

static void die(const char *what)
{
    fprintf(stderr, "judge: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void add(line *l, const char *text, size_t n)
{
    if (l->room - l->len <= n) {
        l->room = 2 * (l->len + n) + 256;
        l->text = realloc(l->text, l->room);
        if (!l->text) die("memory");
    }
    memcpy(l->text + l->len, text, n);
    l->len += n;
    l->text[l->len] = 0;
}

/* ---- the implementation ---- */

static void start(child *c)
{
    int in[2], out[2];

    if (pipe(in) || pipe(out)) die("pipe");
    c->pid = fork();
    if (c->pid < 0) die("fork");
    if (c->pid == 0) {
        setpgid(0, 0);
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]);
        execvp(options.command[0], options.command);
        perror(options.command[0]);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    fcntl(in[1], F_SETFD, FD_CLOEXEC);
    fcntl(out[0], F_SETFD, FD_CLOEXEC);
    c->in = in[1];
    c->out = out[0];
    c->said.len = c->at = 0;
}

/* How it ended, in words. */
static const char *stop(child *c, bool kill_it)
{
    static char how[80];
    int status = 0;

    if (!c->pid) return "";
    close(c->in);
    close(c->out);
    if (kill_it) kill(-c->pid, SIGKILL);
    waitpid(c->pid, &status, 0);
    c->pid = 0;
    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "died of signal %d", WTERMSIG(status));
    else snprintf(how, sizeof how, "ended with status %d", WEXITSTATUS(status));
    return how;
}

/* ---- a file of vectors ---- */

/* Where the part to be sent ends: before ,"want": of the outermost map. 0: nowhere. */
static size_t request_len(const line *l)
{
    const char *mark = NULL, *from = l->text;

    while ((from = strstr(from, ",\"want\":"))) mark = from++;
    return mark ? (size_t)(mark - l->text) : 0;
}

static FILE *open_vectors(const char *file)
{
    size_t n = strlen(file);
    char command[4400];

    if (access(file, R_OK) != 0) return NULL;
    if (n < 3 || strcmp(file + n - 3, ".gz") != 0) return fopen(file, "r");
    if (n > 4000 || strchr(file, '\'')) return NULL;
    snprintf(command, sizeof command, "gzip -dc '%s'", file);
    signal(SIGPIPE, SIG_DFL); /* for gzip, which may not be read to its end */
    FILE *vectors = popen(command, "r");
    signal(SIGPIPE, SIG_IGN);
    return vectors;
}

static void show(score *s, const char *file, const char *what, const asked *a,
                 const char *said)
{
    if (options.quiet || s->wrong + s->faults > MOST_SHOWN) return;
    printf("%s: %s\n  asked  %.*s}\n  wanted %s\n", file, what, (int)a->len,
           a->request.text, a->request.text + a->len + strlen(",\"want\":"));
    if (said) printf("  said   %s\n", said);
}

/* Compare one answer with what its case wants. */
static void compare(score *s, const char *file, const asked *a, const char *said)
{
    const json *want = json_read(a->request.text, a->request.len);
    const json *got = json_read(said, strlen(said));
    const json *wanted = json_get(want, "want");

    if (!got || got->kind != JSON_MAP) {
        s->faults++;
        show(s, file, "the answer is no JSON", a, said);
    } else if (!json_same(json_get(want, "id"), json_get(got, "id")) || !wanted ||
               got->n != wanted->n + 1 ||
               !json_same(json_get(wanted, "r"), json_get(got, "r")) ||
               !json_same(json_get(wanted, "state"), json_get(got, "state"))) {
        s->wrong++;
        show(s, file, "differs", a, said);
    }
    json_forget();
}

typedef struct file_run {
    const char *name;
    FILE *vectors;
    asked queue[AHEAD];
    size_t first, n; /* those that wait: queue[(first + k) % AHEAD] */
    bool read_all, cut;
    child child;
    score score;
} file_run;

static asked *waiting(file_run *r, size_t k)
{
    return &r->queue[(r->first + k) % AHEAD];
}

static void read_ahead(file_run *r)
{
    while (!r->read_all && r->n < AHEAD) {
        asked *a = waiting(r, r->n);
        ssize_t n = getline(&a->request.text, &a->request.room, r->vectors);
        if (n <= 0) {
            r->read_all = true;
            return;
        }
        a->request.len = (size_t)n;
        a->sent = 0;
        if (a->request.text[n - 1] == '\n') a->request.text[--a->request.len] = 0;
        else r->cut = true;
        a->len = request_len(&a->request);
        if (a->len == 0) r->cut = true;
        if (r->cut) {
            r->read_all = true;
            return;
        }
        r->n++;
        r->score.cases++;
    }
}

/* Send what the pipe takes. */
static void send_some(file_run *r)
{
    for (size_t k = 0; k < r->n; k++) {
        asked *a = waiting(r, k);
        while (a->sent < a->len + 2) {
            const char *from =
                a->sent < a->len ? a->request.text + a->sent : &"}\n"[a->sent - a->len];
            size_t n = a->sent < a->len ? a->len - a->sent : a->len + 2 - a->sent;
            ssize_t took = write(r->child.in, from, n);
            if (took <= 0) return;
            a->sent += (size_t)took;
        }
    }
}

static bool unsent(file_run *r)
{
    return r->n && waiting(r, r->n - 1)->sent < waiting(r, r->n - 1)->len + 2;
}

/* The first case that waits has its answer, or never will. */
static void answered(file_run *r)
{
    r->first = (r->first + 1) % AHEAD;
    r->n--;
}

static void failed(file_run *r, const char *why)
{
    r->score.faults++;
    show(&r->score, r->name, why, waiting(r, 0), NULL);
    answered(r);
    for (size_t k = 0; k < r->n; k++) waiting(r, k)->sent = 0;
}

/* Nothing after the first difference is wanted. */
static bool given_up(const file_run *r)
{
    return options.first_only && r->score.wrong + r->score.faults > 0;
}

/* Take each whole line that was said. */
static void take_answers(file_run *r)
{
    child *c = &r->child;
    char *end;

    while (r->n && !given_up(r) && c->at < c->said.len &&
           (end = memchr(c->said.text + c->at, '\n', c->said.len - c->at))) {
        *end = 0;
        compare(&r->score, r->name, waiting(r, 0), c->said.text + c->at);
        c->at = (size_t)(end - c->said.text) + 1;
        answered(r);
    }
    if (c->at) memmove(c->said.text, c->said.text + c->at, c->said.len - c->at);
    c->said.len -= c->at;
    c->at = 0;
}

static void talk(file_run *r)
{
    child *c = &r->child;
    char room[1 << 16], why[160];
    struct pollfd fds[2] = {{c->out, POLLIN, 0}, {c->in, unsent(r) ? POLLOUT : 0, 0}};
    int ready = poll(fds, unsent(r) ? 2 : 1, options.seconds * 1000);

    if (ready < 0 && errno == EINTR) return;
    if (ready == 0) {
        stop(c, true);
        snprintf(why, sizeof why, "no answer for %d s", options.seconds);
        failed(r, why);
        return;
    }
    if (fds[1].revents & POLLOUT) send_some(r);
    if (!(fds[0].revents & (POLLIN | POLLHUP))) return;
    ssize_t n = read(c->out, room, sizeof room);
    if (n > 0) {
        add(&c->said, room, (size_t)n);
        take_answers(r);
        if (c->said.len > 1 << 26) {
            stop(c, true);
            failed(r, "an answer without end");
        }
        return;
    }
    snprintf(why, sizeof why, "%s", stop(c, true));
    failed(r, why);
}

static void judge_file(file_run *r)
{
    score *s = &r->score;

    for (read_ahead(r); r->n; read_ahead(r)) {
        if (given_up(r)) {
            s->stopped = "it is known to differ";
            s->cases -= r->n;
            break;
        }
        if (!r->child.pid) {
            if (s->starts == MOST_STARTS) {
                s->stopped = "it failed too often";
                break;
            }
            s->starts++;
            start(&r->child);
        }
        send_some(r);
        talk(r);
    }
    stop(&r->child, s->stopped != NULL);
    if (r->cut) s->stopped = "the vectors are cut short";
}

/* ---- the rows ---- */

static char *module_name(const char *file)
{
    const char *base = strrchr(file, '/');
    char *name = strdup(base ? base + 1 : file);
    char *dot = name ? strchr(name, '.') : NULL;

    if (dot) *dot = 0;
    return name;
}

static bool print_row(const char *name, const score *s)
{
    bool good = s->cases && !s->wrong && !s->faults && !s->stopped;

    printf("%-22s %7zu cases %7zu differ %5zu faults  %s%s\n", name, s->cases, s->wrong,
           s->faults, good ? "ok" : "FAILED", s->stopped ? ": " : "");
    if (s->stopped) printf("  %s\n", s->stopped);
    if (options.report)
        fprintf(options.report,
                "%s\n  \"%s\": {\"vectors\": %zu, \"differ\": %zu, \"faults\": %zu, "
                "\"stopped\": %s%s%s}",
                options.rows++ ? "," : "", name, s->cases, s->wrong, s->faults,
                s->stopped ? "\"" : "", s->stopped ? s->stopped : "null",
                s->stopped ? "\"" : "");
    fflush(stdout);
    return good;
}

static bool judge(const char *file)
{
    file_run r = {.name = file, .vectors = open_vectors(file)};
    char *name = module_name(file);
    bool packed = strstr(file, ".gz") != NULL;

    if (!r.vectors) r.score.stopped = "there is no such file";
    else {
        judge_file(&r);
        int status = packed ? pclose(r.vectors) : fclose(r.vectors);
        if (status != 0 && !r.score.stopped)
            r.score.stopped = "the vectors are cut short";
    }
    bool good = print_row(name, &r.score);
    for (size_t k = 0; k < AHEAD; k++) free(r.queue[k].request.text);
    free(r.child.said.text);
    free(name);
    return good;
}

int main(int argc, char **argv)
{
    int opt;
    bool good = true;

    while ((opt = getopt(argc, argv, "+t:r:q1")) != -1) {
        if (opt == 't') options.seconds = atoi(optarg);
        else if (opt == 'q') options.quiet = true;
        else if (opt == '1') options.first_only = true;
        else if (opt == 'r') {
            options.report = fopen(optarg, "w");
            if (!options.report) die(optarg);
        } else return 2;
    }
    int files = optind;
    while (optind < argc && strcmp(argv[optind], "--") != 0) optind++;
    if (optind + 1 >= argc || files == optind || options.seconds <= 0) {
        fprintf(stderr, "usage: judge [-t SECONDS] [-r FILE] [-q] [-1] FILE... "
                        "-- COMMAND...\n");
        return 2;
    }
    options.command = argv + optind + 1;
    signal(SIGPIPE, SIG_IGN);
    if (options.report) fputs("{", options.report);
    for (int k = files; k < optind; k++) good &= judge(argv[k]);
    if (options.report) fputs("\n}\n", options.report);
    if (options.report && fclose(options.report) != 0) die("the report");
    return good ? 0 : 1;
}
