/* replay.c - runs a fuzz target on every file of folders, in order of name.
 *
 * usage: replay FOLDER...
 *
 * With -DPLANTED_FAULT each file is run in a process of its own, and at least one must
 * abort: what a target checks can then fail, and its corpus gets there.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int cases, failed, aborted;

static void run_here(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0, got;

    cases++;
    do {
        uint8_t *more = realloc(data, size + 4096);
        if (!more || !f) {
            printf("%s: cannot be read\n", path);
            exit(1);
        }
        data = more;
        size += got = fread(data + size, 1, 4096, f);
    } while (got);
    fclose(f);
    uint8_t *exact = malloc(size ? size : 1); /* so that a sanitizer sees its end */
    if (!exact) exit(1);
    memcpy(exact, data, size);
    free(data);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void run_apart(const char *path)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0) dup2(null, STDERR_FILENO); /* what it says is what is wanted */
        signal(SIGABRT, SIG_DFL);
        run_here(path);
        _exit(0);
    }
    cases++;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        printf("%s: no process\n", path);
        failed++;
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) aborted++;
    else if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        printf("%s: ended with %d, not by a check\n", path, status);
        failed++;
    }
}

static int no_dots(const struct dirent *e) { return e->d_name[0] != '.'; }

int main(int argc, char **argv)
{
#ifdef PLANTED_FAULT
    void (*run)(const char *) = run_apart;
#else
    void (*run)(const char *) = run_here;
    (void)run_apart;
#endif
    for (int k = 1; k < argc; k++) {
        struct dirent **files;
        int n = scandir(argv[k], &files, no_dots, alphasort);
        for (int j = 0; j < n; j++) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[k], files[j]->d_name);
            run(path);
            free(files[j]);
        }
        if (n >= 0) free(files);
    }
#ifdef PLANTED_FAULT
    if (!aborted) {
        printf("no file shows the planted fault\n");
        failed++;
    }
#endif
    printf("%d cases, %d failed\n", cases, failed);
    return failed || !cases;
}
