/* help.c - what a command says of itself: for people (--help) and for programs
 * (--help-json).
 *
 * Both are written from the same cli_command and the same table of options as parsing
 * is, so they can't disagree with it. The JSON holds everything the help does, in
 * pieces: man pages and completions are made from it when pila is built, which keeps
 * troff and three shells out of the program. All text is constant; nothing of it is
 * touched unless it is asked for. Colour is put around headings and names only, so that
 * without the escapes the help on a terminal is the help in a file, byte for byte.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 78, COMMAND_COLUMN = 18, OPTION_COLUMN = 28 };

/* ---- for people ---- */

typedef struct page {
    cli_output *out;
    bool color;
} page;

static const char heading_style[] = "\033[1m", name_style[] = "\033[36m";

static void write_styled(const page *p, const char *style, const char *text)
{
    if (p->color) cli_write_text(p->out, style);
    cli_write_text(p->out, text);
    if (p->color) cli_write_text(p->out, "\033[0m");
}

static void write_spaces(const page *p, size_t n)
{
    while (n--) cli_write_text(p->out, " ");
}

/* Words, with line breaks so that no line is longer than WIDTH; column is where it
 * starts. */
static void write_wrapped(const page *p, const char *text, size_t indent, size_t column)
{
    for (bool first = true; *text; first = false) {
        size_t n = strcspn(text, " ");
        if (!first && column + 1 + n > WIDTH) {
            cli_end_line(p->out, '\n');
            write_spaces(p, indent);
            column = indent;
        } else if (!first) {
            cli_write_text(p->out, " ");
            column++;
        }
        cli_write(p->out, text, n);
        column += n;
        text += n + (text[n] == ' ');
    }
    cli_end_line(p->out, '\n');
}

/* A name, from a column, and what it is, from another: beside it or below. */
static void write_entry(const page *p, size_t from, const char *name, const char *arg,
                        size_t to, const char *text)
{
    size_t column = from + strlen(name) + (arg ? 1 + strlen(arg) : 0);

    write_spaces(p, from);
    write_styled(p, name_style, name);
    if (arg) cli_write_text(p->out, " ");
    if (arg) cli_write_text(p->out, arg);
    if (column + 2 > to) {
        cli_end_line(p->out, '\n');
        column = 0;
    }
    write_spaces(p, to - column);
    write_wrapped(p, text, to, to);
}

static void write_option(const page *p, const cli_option *o)
{
    char name[80];

    if (o->kind == CLI_HEADING) {
        cli_write_text(p->out, " ");
        write_styled(p, heading_style, o->help);
        cli_end_line(p->out, '\n');
        return;
    }
    if (o->letter) snprintf(name, sizeof name, "-%c, --%s", o->letter, o->name);
    else snprintf(name, sizeof name, "--%s", o->name);
    write_entry(p, o->letter ? 2 : 6, name, o->arg, OPTION_COLUMN, o->help);
}

static const char *prefix(const cli_command *c)
{
    return c == &cmd_pila ? "" : "pila ";
}

/* A line for each way to call it. */
static void write_usage(const page *p, const cli_command *c)
{
    const char *line = c->usage;

    write_styled(p, heading_style, "usage:");
    for (size_t n; *line; line += n + (line[n] == '\n')) {
        n = strcspn(line, "\n");
        if (line != c->usage) cli_write_text(p->out, "      ");
        cli_write_text(p->out, " ");
        cli_write_text(p->out, prefix(c));
        cli_write_text(p->out, c->name);
        cli_write_text(p->out, " ");
        cli_write(p->out, line, n);
        cli_end_line(p->out, '\n');
    }
}

/* "Title: text", or the text alone. */
static void write_paragraph(const page *p, const char *title, const char *text)
{
    size_t column = 0;

    if (title) {
        char head[80];
        column = (size_t)snprintf(head, sizeof head, "%s:", title);
        write_styled(p, heading_style, head);
        cli_write_text(p->out, " ");
        column++;
    }
    write_wrapped(p, text, 0, column);
}

static void write_block(const page *p, const char *title, const char *lines)
{
    cli_end_line(p->out, '\n');
    write_styled(p, heading_style, title);
    cli_end_line(p->out, '\n');
    cli_write_text(p->out, lines);
}

static void write_commands(const page *p)
{
    write_block(p, "Commands:", "");
    for (size_t k = 0; cli_commands[k]; k++)
        write_entry(p, 2, cli_commands[k]->name, NULL, COMMAND_COLUMN,
                    cli_commands[k]->summary);
}

static void write_rows(const page *p, const cli_row *row)
{
    for (; row && row->name; row++) write_paragraph(p, row->name, row->text);
}

static void write_exits(const page *p, const cli_command *c)
{
    char line[300];

    snprintf(line, sizeof line, "0 %s; 1 %s; 2 %s.", c->exits[0], c->exits[1],
             c->exits[2]);
    write_paragraph(p, "Exit", line);
}

int cli_show_help(const cli_command *c, cli_when color)
{
    static cli_output out;
    page p = {&out, false};
    const cli_option *o;

    if (cli_output_open(&out, NULL, false) != CLI_DONE) return CLI_TROUBLE;
    p.color = cli_colored(out.fd, color);
    write_paragraph(&p, NULL, c->summary);
    write_block(&p, "Examples:", c->examples);
    cli_end_line(&out, '\n');
    write_usage(&p, c);
    if (c->python) write_block(&p, "In Python:", c->python);
    if (c->operands == CLI_OPERAND_COMMAND) write_commands(&p);
    write_block(&p, "Options:", "");
    for (size_t k = 0; (o = cli_option_at(c, k)); k++) write_option(&p, o);
    cli_end_line(&out, '\n');
    if (c->description) write_paragraph(&p, NULL, c->description);
    write_rows(&p, c->sections);
    if (c->memory) write_paragraph(&p, "Memory", c->memory);
    write_exits(&p, c);
    write_rows(&p, c->environment);
    return cli_output_close(&out, true);
}

/* ---- for programs ---- */

static const char *const kind_names[] = {"flag",  "int",   "size",   "text",   "file",
                                         "files", "texts", "choice", "heading"};

static void write_member(cli_output *out, const char *name)
{
    cli_write_text(out, ",\"");
    cli_write_text(out, name);
    cli_write_text(out, "\":");
}

static void write_text(cli_output *out, const char *name, const char *text)
{
    write_member(out, name);
    if (text) cli_write_json(out, pila_cstr(text));
    else cli_write_text(out, "null");
}

/* "a|b|c" as a list, or null. */
static void write_choices(cli_output *out, const cli_option *o)
{
    const char *at = o->kind == CLI_CHOICE ? o->arg : "";

    write_member(out, "choices");
    if (!*at) cli_write_text(out, "null");
    for (const char *from = at; *at; at += *at == '|') {
        size_t n = strcspn(at, "|");
        cli_write_text(out, at == from ? "[" : ",");
        cli_write_json(out, pila_str_of(at, n));
        at += n;
        if (!*at) cli_write_text(out, "]");
    }
}

static void write_option_json(cli_output *out, const cli_option *o, const char *group,
                              bool common)
{
    char letter[2] = {o->letter, '\0'};

    cli_write_text(out, "{\"name\":");
    cli_write_json(out, pila_cstr(o->name));
    write_text(out, "letter", o->letter ? letter : NULL);
    write_text(out, "kind", kind_names[o->kind]);
    write_text(out, "arg", o->arg);
    write_choices(out, o);
    write_text(out, "help", o->help);
    write_text(out, "group", group);
    write_member(out, "common");
    cli_write_text(out, common ? "true}" : "false}");
}

static void write_options_json(cli_output *out, const cli_command *c)
{
    const cli_option *o;
    const char *group = NULL;
    bool common = false, first = true;

    write_member(out, "options");
    for (size_t k = 0; (o = cli_option_at(c, k)); k++) {
        common = common || o == c->common;
        if (o->kind == CLI_HEADING) {
            group = o->help;
            continue;
        }
        cli_write_text(out, first ? "[\n" : ",\n");
        write_option_json(out, o, group, common);
        first = false;
    }
    cli_write_text(out, first ? "[]" : "]");
}

static void write_rows_json(cli_output *out, const char *name, const cli_row *row)
{
    write_member(out, name);
    cli_write_text(out, "[");
    for (bool first = true; row && row->name; row++, first = false) {
        cli_write_text(out, first ? "{\"name\":" : ",{\"name\":");
        cli_write_json(out, pila_cstr(row->name));
        write_text(out, "text", row->text);
        cli_write_text(out, "}");
    }
    cli_write_text(out, "]");
}

/* An object that is left open: pila adds its commands. */
static void write_command_json(cli_output *out, const cli_command *c)
{
    static const char *const operands[] = {"files", "inputs", "none", "command"};

    cli_write_text(out, "{\"command\":");
    cli_write_json(out, pila_cstr(c->name));
    write_text(out, "version", PILA_VERSION);
    write_text(out, "summary", c->summary);
    write_text(out, "usage", c->usage);
    write_text(out, "operands", operands[c->operands]);
    write_text(out, "examples", c->examples);
    write_text(out, "python", c->python);
    write_text(out, "description", c->description);
    write_rows_json(out, "sections", c->sections);
    write_text(out, "memory", c->memory);
    write_member(out, "exits");
    for (size_t k = 0; k < 3; k++) {
        cli_write_text(out, k ? "," : "[");
        cli_write_json(out, pila_cstr(c->exits[k]));
    }
    cli_write_text(out, "]");
    write_rows_json(out, "environment", c->environment);
    write_options_json(out, c);
}

int cli_show_help_json(const cli_command *c)
{
    static cli_output out;

    if (cli_output_open(&out, NULL, false) != CLI_DONE) return CLI_TROUBLE;
    write_command_json(&out, c);
    if (c->operands == CLI_OPERAND_COMMAND) {
        write_member(&out, "commands");
        for (size_t k = 0; cli_commands[k]; k++) {
            cli_write_text(&out, k ? "},\n" : "[\n");
            write_command_json(&out, cli_commands[k]);
        }
        cli_write_text(&out, "}]");
    }
    cli_write_text(&out, "}");
    cli_end_line(&out, '\n');
    return cli_output_close(&out, true);
}
