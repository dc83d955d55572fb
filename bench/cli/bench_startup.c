/* bench_startup.c - from posix_spawn to exit, for programs that do nothing.
 *
 *     bench_startup [PILA]       the program; $PILA, or build/pila, by default
 *
 * What is timed is what a shell loop pays for each call. Output goes to /dev/null.
 */
#define _POSIX_C_SOURCE 200809L
#include "../bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef BENCH_DIR
#define BENCH_DIR "bench"
#endif

extern char **environ;

typedef struct command {
    const char *name;
    char *argv[4];
} command;

static int spawned(char **argv)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = 127 << 8;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) == 0) {
        waitpid(pid, &status, 0);
    }
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

/* The checksum is the exit status: all must leave with 0. */
static uint64_t started(void *ctx) { return (uint64_t)spawned(((command *)ctx)->argv); }

static const char *pila_path(int argc, char **argv)
{
    const char *named = argc > 1 ? argv[1] : getenv("PILA");
    return named ? named : BENCH_DIR "/../build/pila";
}

int main(int argc, char **argv)
{
    static const bench_bar bar = {"pila --version", BENCH_AT_MOST, 1.5, "busybox true"};
    char *pila = (char *)(uintptr_t)pila_path(argc, argv);
    char busybox[] = "busybox", yes[] = "true", version[] = "--version";
    command commands[] = {
        {"pila --version", {pila, version, NULL}},
        {"busybox true", {busybox, yes, NULL}},
        {"true", {yes, NULL}},
    };
    bench_contestant all[BENCH_COUNT(commands)];

    for (size_t k = 0; k < BENCH_COUNT(commands); k++) {
        bool works = spawned(commands[k].argv) == 0;
        all[k] = (bench_contestant){.name = commands[k].name,
                                    .run = started,
                                    .ctx = &commands[k],
                                    .skipped = works ? NULL : "not found"};
    }
    bench_begin("Start-up and exit of programs that do nothing.");
    bench_run(&(bench_contest){.what = "start-up",
                               .n = 1,
                               .unit = BENCH_MS,
                               .repeat = bench_quick() ? 2 : 5,
                               .contestants = all,
                               .count = BENCH_COUNT(commands),
                               .bars = &bar,
                               .bar_count = 1});
    return bench_end();
}
