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

extern const cli_command cmd_counter;

const cli_command *const cli_commands[] = {&cmd_counter, NULL};
const char *cli_name;

static const char top_help[] =
    "Python's batteries as commands.\n"
    "\n"
    "usage: pila COMMAND [OPTION...] [FILE...]\n"
    "       pila help COMMAND, pila --list, pila --version\n"
    "\n"
    "Examples:\n"
    "  $ pila counter --words -c 10 book.txt   # the ten most common words\n"
    "\n"
    "Commands:\n";

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
    static const char *const others[] = {"help", "--help", "--list", "--version", NULL};
    size_t n = 0;

    (void)ctx;
    while (cli_commands[n]) n++;
    return k < n ? cli_commands[k]->name : others[k - n];
}

static int unknown_command(const char *name)
{
    const char *near = cli_nearest(name, command_name, NULL);

    if (near)
        return cli_trouble(NULL, "no command '%s'; did you mean '%s'?", name, near);
    return cli_trouble(NULL, "no command '%s'; 'pila --list' shows them", name);
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

static void help_page(cli_output *o)
{
    cli_write_text(o, top_help);
    for (size_t k = 0; cli_commands[k]; k++) {
        char line[200];
        snprintf(line, sizeof line, "  %-14s %s\n", cli_commands[k]->name,
                 cli_commands[k]->summary);
        cli_write_text(o, line);
    }
}

static void version_page(cli_output *o)
{
    cli_write_text(o, "pila " PILA_VERSION "\n");
}

static int run(const cli_command *c, int argc, char **argv)
{
    cli_name = c->name;
    cli_common *o = malloc(c->size);
    int code;

    if (!o) return cli_trouble_status(NULL, PILA_ENOMEM);
    memcpy(o, c->defaults, c->size);
    code = cli_parse(c, argc, argv, o);
    if (code != CLI_DONE) /* said already */
        ;
    else if (o->help) code = cli_show_help(c);
    else if (o->help_json) code = cli_show_help_json(c);
    else if (o->version) code = show(version_page);
    else code = c->run(o);
    free(o->operand);
    free(o);
    return code;
}

static int help(int argc, char **argv)
{
    if (argc < 2) return show(help_page);
    const cli_command *c = cli_find(argv[1]);
    return c ? cli_show_help(c) : unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *name = argc > 0 ? slash ? slash + 1 : argv[0] : "pila";
    const cli_command *c;

    hold_standard_descriptors();
    if (strncmp(name, "pila-", 5) == 0 && (c = cli_find(name + 5)))
        return run(c, argc, argv);
    if (argc < 2) {
        (void)cli_trouble(NULL, "no command given; 'pila --help' shows how it is used");
        return CLI_TROUBLE;
    }
    if (strcmp(argv[1], "help") == 0) return help(argc - 1, argv + 1);
    if (strcmp(argv[1], "--help") == 0) return show(help_page);
    if (strcmp(argv[1], "--list") == 0) return show(list_page);
    if (strcmp(argv[1], "--version") == 0) return show(version_page);
    if ((c = cli_find(argv[1]))) return run(c, argc - 1, argv + 1);
    return unknown_command(argv[1]);
}
