/* lines_getline.c - POSIX getline; its words are found by strtok_r in each line. */
#define _POSIX_C_SOURCE 200809L
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *opened(const char *path)
{
    FILE *f = fopen(path, "rb");

    if (!f) abort();
    return f;
}

static uint64_t getline_lines(const char *path)
{
    FILE *f = opened(path);
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    uint64_t count = 0, bytes = 0;

    while ((len = getline(&line, &cap, f)) > 0) {
        count++;
        bytes += (uint64_t)len - (line[len - 1] == '\n');
    }
    free(line);
    fclose(f);
    return lines_sum(count, bytes);
}

static uint64_t getline_words(const char *path)
{
    FILE *f = opened(path);
    char *line = NULL, *rest;
    size_t cap = 0;
    uint64_t count = 0, bytes = 0;

    while (getline(&line, &cap, f) > 0) {
        for (char *word = strtok_r(line, " \t\n\v\f\r", &rest); word;
             word = strtok_r(NULL, " \t\n\v\f\r", &rest)) {
            count++;
            bytes += strlen(word);
        }
    }
    free(line);
    fclose(f);
    return lines_sum(count, bytes);
}

const lines_peer lines_getline = {
    .name = "getline",
    .lines = getline_lines,
    .words = getline_words,
};
