/* cmd_count.c - pila count: numbers from START on, by STEP. */
#include "cli.h"

#include <pila/itertools/sources.h>

typedef struct count_options {
    cli_common common;
    cli_number start, step;
    bool started; /* an integer was the first, floats follow */
    double next;
} count_options;

static const cli_option options[] = {CLI_LAST};
static const count_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                       .start = {.kind = CLI_NUMBER_INT, .small = 0},
                                       .step = {.kind = CLI_NUMBER_INT, .small = 1}};

static int check_number(const char *name, const char *text, cli_number *out)
{
    if (cli_number_parse(pila_cstr(text), out) != PILA_OK)
        return cli_trouble(NULL, "%s: '%s' is no number", name, text);
    if (out->kind == CLI_NUMBER_LONG)
        return cli_trouble(NULL, "%s: '%s' is too large", name, text);
    return CLI_DONE;
}

static int check(const cli_flow *flow)
{
    count_options *o = flow->options;
    int code = cli_check_no_input(flow);

    if (code == CLI_DONE && flow->files)
        code = check_number("START", flow->file[0], &o->start);
    if (code == CLI_DONE && flow->files > 1)
        code = check_number("STEP", flow->file[1], &o->step);
    return code;
}

static double float_of(const cli_number *n)
{
    return n->kind == CLI_NUMBER_INT ? (double)n->small : n->value;
}

/* count(1, 0.5): Python's first is 1, the second 1.5. */
static pila_status next_mixed(void *ctx, void *out)
{
    count_options *o = ctx;

    *(cli_number *)out = o->started ? cli_number_of_float(o->next) : o->start;
    o->next = (o->started ? o->next : float_of(&o->start)) + o->step.value;
    o->started = true;
    return PILA_OK;
}

static pila_iter make(cli_flow *flow)
{
    count_options *o = flow->options;

    if (o->start.kind == CLI_NUMBER_FLOAT)
        return pila_count_f64(o->start.value, float_of(&o->step));
    if (o->step.kind == CLI_NUMBER_FLOAT)
        return pila_from_fn(&cli_number_type, next_mixed, o);
    return pila_count(o->start.small, o->step.small);
}

static const cli_row sections[] = {
    {"The end",
     "It ends when its reader does, count then islice 10, or a pipe that closes; "
     "integers also where 64 bits do, with a message and status 1."},
    {"Numbers",
     "Integers are exact. Floats are what repeated addition makes them, and printed "
     "so that they read back the same, as in Python."},
    {NULL, NULL}};

const cli_command cmd_count = {
    .name = "count",
    .summary = "print numbers from START on, by STEP",
    .usage = "[OPTION...] [START [STEP]]",
    .examples = "  $ pila count 1 then islice 10\n"
                "  $ pila count 100 -5 then takewhile -n --ge 0\n"
                "  $ pila count 0 0.25 then islice 5\n",
    .python = "  itertools.count(START, STEP)\n",
    .description = "Counts from START, 0 if there is none, by STEP, or by 1, for ever. "
                   "Nothing is read.",
    .sections = sections,
    .memory = "O(1).",
    .exits = {"never, but as a stage", "the next number exceeds 64 bits",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_NONE,
    .optional = 2,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(count_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .overflow = "the next number exceeds 64 bits"};
