/* cmd_islice.c - pila islice: the records from START to STOP, every STEP-th. */
#include "cli.h"

#include <pila/itertools/adaptors.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct islice_options {
    cli_common common;
    size_t start, stop, step; /* of the slice */
} islice_options;

static const cli_option options[] = {CLI_LAST};

/* One number of a slice, if there is one before the colon or the end. */
static bool part(const char **text, size_t *out)
{
    char *end;

    if (**text == ':' || !**text) return true;
    if (!isdigit((unsigned char)**text)) return false;
    errno = 0;
    unsigned long long n = strtoull(*text, &end, 10);
    if (errno || n > SIZE_MAX - 1) return false;
    *out = (size_t)n;
    *text = end;
    return *end == ':' || !*end;
}

/* STOP, or START:STOP, or START:STOP:STEP, each of which may be left out. */
static int check(const cli_flow *flow)
{
    islice_options *o = flow->options;
    const char *text = flow->argument[0], *p = text;
    size_t *parts[] = {&o->start, &o->stop, &o->step};
    size_t k = strchr(text, ':') ? 0 : 1;
    bool good = *text && part(&p, parts[k]);

    for (k++; good && *p && k < 3; k++) {
        p++; /* the colon */
        good = part(&p, parts[k]);
    }
    if (good && !*p && o->step) return CLI_DONE;
    return cli_trouble(NULL, "'%s' is no STOP, START:STOP or START:STOP:STEP", text);
}

static pila_iter make(cli_flow *flow)
{
    const islice_options *o = flow->options;

    return pila_islice(cli_items(flow), o->start, o->stop, o->step);
}

static const islice_options defaults = {.stop = PILA_TO_END, .step = 1};

static const cli_row sections[] = {
    {"Slices", "5 is the first five; 5: all but those; 2:5 the third to the fifth; "
               "::10 every tenth, from the first. Positions are counted from 0."},
    {"Reading",
     "Nothing is read behind the last record that is asked for, nor is a FILE "
     "opened that is not needed."},
    {NULL, NULL}};

const cli_command cmd_islice = {
    .name = "islice",
    .summary = "print records START to STOP, every STEP-th",
    .usage = "[OPTION...] STOP [FILE...]\n[OPTION...] START:[STOP[:STEP]] [FILE...]",
    .examples = "  $ pila islice 10 book.txt\n"
                "  $ pila islice 1: table.csv\n"
                "  $ pila counter --words book.txt then islice 3\n",
    .python = "  itertools.islice(open(FILE), START, STOP, STEP)\n",
    .description =
        "Passes on the records of the FILEs, or of stdin, that a slice names.",
    .sections = sections,
    .memory = "O(longest record).",
    .exits = {"done", "a malformed record", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .arguments = 1,
    .argument = {"STOP"},
    .keeps = true,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(islice_options),
    .defaults = &defaults,
    .check = check,
    .make = make};
