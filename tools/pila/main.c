/* main.c - pila: one binary, a command per module.
 *
 * Finds the command (the first argument, or the end of a name such as pila-counter),
 * lets the option table read the rest, and runs it. Everything that is printed goes
 * through the checked output, --help and --version included.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const cli_command cmd_pairwise, cmd_batched, cmd_groupby, cmd_accumulate,
    cmd_takewhile, cmd_dropwhile, cmd_filter, cmd_filterfalse, cmd_zip, cmd_zip_longest,
    cmd_chain, cmd_compress, cmd_enumerate, cmd_repeat, cmd_cycle, cmd_count,
    cmd_product, cmd_permutations, cmd_combinations, cmd_combinations_with_replacement;
extern const cli_command cmd_unique, cmd_nlargest, cmd_nsmallest, cmd_sorted, cmd_merge,
    cmd_bisect, cmd_json, cmd_pickle, cmd_struct, cmd_hash, cmd_hmac, cmd_crc32;
extern const cli_command cmd_gzip, cmd_gunzip, cmd_zlib, cmd_base64, cmd_base32,
    cmd_base16, cmd_ascii85, cmd_base85, cmd_z85;
extern const cli_command cmd_counter, cmd_islice, cmd_lines;

const cli_command *const cli_commands[] = {
    &cmd_counter,
    &cmd_islice,
    &cmd_lines,
    &cmd_pairwise,
    &cmd_batched,
    &cmd_groupby,
    &cmd_accumulate,
    &cmd_takewhile,
    &cmd_dropwhile,
    &cmd_filter,
    &cmd_filterfalse,
    &cmd_zip,
    &cmd_zip_longest,
    &cmd_chain,
    &cmd_compress,
    &cmd_enumerate,
    &cmd_repeat,
    &cmd_cycle,
    &cmd_count,
    &cmd_product,
    &cmd_permutations,
    &cmd_combinations,
    &cmd_combinations_with_replacement,
    &cmd_unique,
    &cmd_nlargest,
    &cmd_nsmallest,
    &cmd_sorted,
    &cmd_merge,
    &cmd_bisect,
    &cmd_json,
    &cmd_pickle,
    &cmd_struct,
    &cmd_hash,
    &cmd_hmac,
    &cmd_crc32,
    &cmd_gzip,
    &cmd_gunzip,
    &cmd_zlib,
    &cmd_base64,
    &cmd_base32,
    &cmd_base16,
    &cmd_ascii85,
    &cmd_base85,
    &cmd_z85,
    NULL,
};
const char *cli_name;

/* ---- pila itself, as a command ---- */

typedef struct pila_options {
    cli_common common;
    int list;
} pila_options;

#define AT(member) offsetof(pila_options, member)

static const cli_option options[] = {
    {0, "help", CLI_SET, AT(common.help), 1, NULL,
     "show this help; with COMMAND, that of the command"},
    {0, "help-json", CLI_SET, AT(common.help_json), 1, NULL,
     "show pila and all commands with their options, as JSON"},
    {0, "list", CLI_SET, AT(list), 1, NULL, "show the commands, one on a line"},
    {0, "version", CLI_SET, AT(common.version), 1, NULL, "show the version"},
    {0, "color", CLI_CHOICE, AT(common.color), 0, "auto|always|never",
     "colour help and messages; auto: on a terminal, unless NO_COLOR is set"},
    CLI_LAST};

static const cli_row sections[] = {
    {"Files",
     "A command reads its FILEs in their order; without one, and for -, it "
     "reads stdin. -- ends the options. Results go to stdout, all else to stderr."},
    {"Records",
     "Lines, or with -z (-0) what ends with NUL, in and out. --in and --out "
     "name another format, -f the field that counts. Bytes in are bytes out, "
     "and nothing depends on the locale."},
    {"Output",
     "A result is whole, or is not printed; every write is checked. -o FILE takes "
     "the place of FILE when all went well."},
    {"Links", "A link to pila that is called pila-COMMAND is that command."},
    {NULL, NULL}};

static const cli_row environment[] = {
    {"NO_COLOR", "Set and not empty: no colour, unless --color=always."},
    {"TERM", "Not set, or dumb: no colour and no progress, unless asked for."},
    {NULL, NULL}};

static const pila_options defaults = {.common = {.color = CLI_AUTO}};

const cli_command cmd_pila = {
    .name = "pila",
    .summary = "Python's batteries as commands",
    .usage = "COMMAND [OPTION...] [FILE...]\n"
             "help [COMMAND]\n"
             "--list | --version | --help-json",
    .examples =
        "  $ pila counter --words -c 10 book.txt   # the ten most common words\n"
        "  $ pila help counter\n",
    .description = "Each command is a part of Python's standard library, for files and "
                   "pipes: it is called what that is called, and gives what that "
                   "gives.",
    .sections = sections,
    .exits = {"done", "the data says no: no match, a failed check, malformed input",
              "usage, I/O or memory, and a message says which"},
    .environment = environment,
    .operands = CLI_OPERAND_COMMAND,
    .options = options,
    .size = sizeof(pila_options),
    .defaults = &defaults};

/* A descriptor 0, 1 or 2 that is closed would be handed out to the next file opened.
 * What is put there instead can't be read (0) or written (1, 2), so that using it says
 * so. */
static void hold_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

const cli_command *cli_find(const char *name)
{
    for (size_t k = 0; cli_commands[k]; k++)
        if (strcmp(cli_commands[k]->name, name) == 0) return cli_commands[k];
    return NULL;
}

static const char *command_name(size_t k, void *ctx)
{
    size_t n = 0;

    (void)ctx;
    while (cli_commands[n]) n++;
    return k < n ? cli_commands[k]->name : k == n ? "help" : NULL;
}

/* called: the name of pila, if that is where the command should be. */
int cli_no_command(const char *called, const char *name)
{
    const char *near = cli_nearest(name, command_name, NULL);

    if (near)
        return cli_trouble(called, "no command '%s'; did you mean '%s'?", name, near);
    return cli_trouble(called, "no command '%s'; 'pila --list' shows them", name);
}

/* A page of text through the checked output. */
static int show(void (*page)(cli_output *o))
{
    static cli_output o;
    int code = cli_output_open(&o, NULL, false);

    if (code != CLI_DONE) return code;
    page(&o);
    return cli_output_close(&o, true);
}

static void list_page(cli_output *o)
{
    for (size_t k = 0; cli_commands[k]; k++) {
        cli_write_text(o, cli_commands[k]->name);
        cli_write_text(o, "\t");
        cli_write_text(o, cli_commands[k]->summary);
        cli_end_line(o, '\n');
    }
}

static void version_page(cli_output *o)
{
    cli_write_text(o, "pila " PILA_VERSION "\n");
}

/* ---- running ---- */

static int help(size_t n, char **topic, cli_when color)
{
    if (n > 1) return cli_trouble(NULL, "help: one command at a time");
    if (n == 0 || strcmp(topic[0], "help") == 0) return cli_show_help(&cmd_pila, color);
    const cli_command *c = cli_find(topic[0]);
    return c ? cli_show_help(c, color) : cli_no_command(NULL, topic[0]);
}

/* pila [OPTION...] COMMAND ..., and pila help [OPTION...] [COMMAND]. */
static int pila(int argc, char **argv, pila_options o)
{
    int code = cli_parse(&cmd_pila, argc, argv, &o);
    size_t n = o.common.operands;
    char **rest = argv + (argc - (int)n); /* the COMMAND and all behind it */
    const cli_command *c;

    if (code != CLI_DONE) return code;
    if (o.common.help) return help(n, rest, (cli_when)o.common.color);
    if (o.common.help_json) return cli_show_help_json(&cmd_pila);
    if (o.list) return show(list_page);
    if (o.common.version) return show(version_page);
    if (!n)
        return cli_trouble(NULL,
                           "no command given; 'pila --help' shows how it is used");
    if ((c = cli_find(rest[0]))) return cli_pipeline(c, (int)n, rest, o.common.color);
    if (strcmp(rest[0], "help") != 0) return cli_no_command(NULL, rest[0]);
    o.common.operands = 0;
    o.common.help = 1;
    return pila((int)n, rest, o);
}

int main(int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *name = argc > 0 ? slash ? slash + 1 : argv[0] : "pila";
    const cli_command *c;

    hold_standard_descriptors();
    if (strncmp(name, "pila-", 5) != 0) return pila(argc, argv, defaults);
    if ((c = cli_find(name + 5))) return cli_pipeline(c, argc, argv, CLI_AUTO);
    return cli_no_command(name, name + 5);
}
