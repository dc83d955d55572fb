/* lines_fgets.c - fgets into a buffer, and a loop over its bytes by hand for words. A
 * line or a word may go on in the next buffer. */
#include "lines.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 16 };

static FILE *opened(const char *path)
{
    FILE *f = fopen(path, "rb");

    if (!f) abort();
    return f;
}

static uint64_t fgets_lines(const char *path)
{
    static char buffer[ROOM];
    FILE *f = opened(path);
    uint64_t count = 0, bytes = 0;
    bool inside = false;

    while (fgets(buffer, ROOM, f)) {
        size_t len = strlen(buffer);
        count += !inside;
        inside = buffer[len - 1] != '\n';
        bytes += len - !inside;
    }
    fclose(f);
    return lines_sum(count, bytes);
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static uint64_t fgets_words(const char *path)
{
    static char buffer[ROOM];
    FILE *f = opened(path);
    uint64_t count = 0, bytes = 0;
    bool inside = false;

    while (fgets(buffer, ROOM, f)) {
        for (const char *c = buffer; *c; c++) {
            bool letter = !is_space(*c);
            count += letter && !inside;
            bytes += letter;
            inside = letter;
        }
    }
    fclose(f);
    return lines_sum(count, bytes);
}

const lines_peer lines_fgets = {
    .name = "fgets and a loop",
    .lines = fgets_lines,
    .words = fgets_words,
};
