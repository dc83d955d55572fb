/* cmd_repeat.c - pila repeat: a text, again and again. */
#include "cli.h"

#include <pila/itertools/sources.h>

typedef struct repeat_options {
    cli_common common;
    int64_t times;
} repeat_options;

static const cli_option options[] = {CLI_LAST};
static const repeat_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                        .times = -1};

static int check(const cli_flow *flow)
{
    repeat_options *o = flow->options;
    int code = cli_check_no_input(flow);

    if (code != CLI_DONE || !flow->files) return code;
    code = cli_integer("TIMES", flow->file[0], INT64_MIN, &o->times);
    if (o->times < 0) o->times = 0;
    return code;
}

static pila_iter make(cli_flow *flow)
{
    const repeat_options *o = flow->options;
    pila_str text = pila_cstr(flow->argument[0]);

    return pila_repeat(&text, &pila_view,
                       o->times < 0 ? PILA_FOREVER : (size_t)o->times);
}

static const cli_row sections[] = {{"The end",
                                    "Without TIMES it ends when its reader does: "
                                    "repeat y then islice 100, or a pipe that closes. "
                                    "Below zero, TIMES is zero, as in Python."},
                                   {NULL, NULL}};

const cli_command cmd_repeat = {
    .name = "repeat",
    .summary = "print a text again and again",
    .usage = "[OPTION...] TEXT [TIMES]",
    .examples = "  $ pila repeat y | some-installer\n"
                "  $ pila repeat - 3\n"
                "  $ pila repeat x then islice 5\n",
    .python = "  itertools.repeat(TEXT, TIMES)\n",
    .description =
        "Makes records of TEXT, TIMES of them, or for ever. Nothing is read.",
    .sections = sections,
    .memory = "O(length of TEXT).",
    .exits = {"done", "never", "usage, I/O or memory"},
    .operands = CLI_OPERAND_NONE,
    .arguments = 1,
    .optional = 1,
    .argument = {"TEXT"},
    .options = options,
    .common = cli_common_options,
    .size = sizeof(repeat_options),
    .defaults = &defaults,
    .check = check,
    .make = make};
