/* lines_pila.c - pila's readers over a descriptor. */
#define _POSIX_C_SOURCE 200809L
#include "lines.h"

#include <pila/itertools/records.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int opened(const char *path)
{
    int fd = open(path, O_RDONLY);

    if (fd < 0) abort();
    return fd;
}

static uint64_t measured(pila_iter it)
{
    uint64_t count = 0, bytes = 0;

    PILA_FOR(pila_str, item, &it) {
        count++;
        bytes += item->len;
    }
    if (pila_iter_outcome(&it) != PILA_OK) abort();
    pila_iter_drop(&it);
    return lines_sum(count, bytes);
}

static uint64_t pila_read_lines(const char *path)
{
    int fd = opened(path);
    uint64_t sum = measured(pila_lines(pila_from_fd(fd)));

    close(fd);
    return sum;
}

static uint64_t pila_read_words(const char *path)
{
    int fd = opened(path);
    uint64_t sum = measured(pila_words(pila_from_fd(fd)));

    close(fd);
    return sum;
}

const lines_peer lines_pila = {
    .name = "pila",
    .lines = pila_read_lines,
    .words = pila_read_words,
};
