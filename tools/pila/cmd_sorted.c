/* cmd_sorted.c - pila sorted: records in order, in as much memory as is allowed. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "sorting.h"

#include <unistd.h>

typedef struct sorted_options {
    cli_common common;
    cli_ordering how;
    int64_t memory; /* 0: a quarter of what there is */
} sorted_options;

#define AT(member) offsetof(sorted_options, member)

enum { MEMORY_LEAST = 64 << 20, MEMORY_PART = 4 };

static const cli_option options[] = {
    CLI_GROUP("The order"),
    {'n', "numeric", CLI_SET, AT(how.number), 1, NULL,
     "keys are numbers: integers of any size, and floats"},
    {'r', "reverse", CLI_SET, AT(how.reverse), 1, NULL,
     "descending; equal ones stay in the order they came in"},
    {0, "locale", CLI_SET, AT(how.locale), 1, NULL,
     "text in the order of the language that the environment names"},
    CLI_GROUP("Memory"),
    {0, "mem", CLI_SIZE, AT(memory), 1, "SIZE",
     "beyond this, sorted runs go to temporary files; default: a quarter of the memory "
     "there is"},
    CLI_LAST};

static size_t memory_of(const sorted_options *o)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    size_t memory = MEMORY_LEAST;

    if (o->memory) return (size_t)o->memory;
    if (pages > 0 && size > 0) memory = (size_t)pages / MEMORY_PART * (size_t)size;
    return memory < MEMORY_LEAST ? MEMORY_LEAST : memory;
}

static pila_iter make(cli_flow *flow)
{
    const sorted_options *o = flow->options;
    cli_order order;
    pila_iter items = cli_order_items(flow, cli_items(flow), &o->how, &order);

    if (items.status != PILA_OK) return items;
    return cli_sorter_run(cli_sorter_new(&order, SIZE_MAX, memory_of(o)), items, false,
                          NULL, NULL);
}

static const sorted_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

static const cli_row sections[] = {
    {"The order",
     "The key of a record is the record, or what -f names. Text is in the order of its "
     "bytes; numbers as in Python, where a NaN comes behind all others. Items of an "
     "earlier stage are ordered as Python's tuples and numbers, and so is a member of "
     "theirs that -f names. Equal keys stay in the order they came in."},
    {"Temporary files", "Are in TMPDIR, or /tmp, and have no name: whatever ends the "
                        "program removes them."},
    {"Many machines", "The sorted parts are partials as they are: merge, with the same "
                      "-f and -n and in the order of the parts, gives what one run "
                      "gives."},
    {NULL, NULL}};

static const cli_row environment[] = {
    {"TMPDIR", "Where temporary files are; default: /tmp."},
    {"LC_ALL", "And LC_COLLATE, LANG: the language of --locale."},
    {"NO_COLOR", "Set and not empty: no colour, unless --color=always."},
    {"TERM", "Not set, or dumb: no colour and no progress, unless asked for."},
    {NULL, NULL}};

const cli_command cmd_sorted = {
    .name = "sorted",
    .summary = "sort records, by a key, numbers or text",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila sorted names.txt\n"
                "  $ pila sorted -n -r -f 3 scores.txt\n"
                "  $ pila sorted -f age -H --in csv -n people.csv\n"
                "  $ pila counter --words book.txt then sorted -f key\n",
    .python = "  sorted(open(FILE, 'rb').read().split(b'\\n')[:-1], key=key)\n",
    .description =
        "Prints the records of the FILEs, or of stdin, in the order of their "
        "keys. Many FILEs are one input.",
    .sections = sections,
    .memory = "O(input), but at most --mem, and the longest record.",
    .exits = {"done", "a malformed record", "usage, I/O or memory"},
    .environment = environment,
    .operands = CLI_OPERAND_FILES,
    .keeps = true,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(sorted_options),
    .defaults = &defaults,
    .make = make};
