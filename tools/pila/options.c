/* options.c - one table of options, four uses: parsing, help, JSON, "did you mean".
 *
 * Spelling as POSIX and GNU have it: -c 10, -c10, -zc10, --most-common 10,
 * --most-common=10, operands anywhere, everything after -- an operand. No
 * abbreviations: a script that uses one breaks when an option is added.
 */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(cli_common, member)

const cli_option cli_common_options[] = {
    {'f', "field", CLI_TEXT, AT(field), 0, "KEY",
     "the field that counts: a column from 1, a name of the header (with -H), or a "
     "JSON "
     "Pointer (with --in jsonl)"},
    {'d', "delimiter", CLI_TEXT, AT(separator), 0, "SEP",
     "what separates fields; default: white space, ',' for csv, tab for tsv"},
    {'H', "header", CLI_SET, AT(header), 1, NULL, "the first record names the fields"},
    {0, "in", CLI_CHOICE, AT(in), 0, "lines|nul|jsonl|csv|tsv", "format of the input"},
    {0, "out", CLI_CHOICE, AT(out), 0, "lines|nul|jsonl|csv|tsv",
     "format of the output"},
    {'z', "zero", CLI_SET, AT(zero), 1, NULL,
     "records end with NUL, in and out; --out jsonl, csv or tsv stays what it is"},
    {'0', "null", CLI_SET, AT(zero), 1, NULL, "the same as -z"},
    {'o', "output", CLI_TEXT, AT(output), 0, "FILE",
     "write to FILE, which appears whole or not at all; it may be one of the inputs"},
    {0, "errors", CLI_CHOICE, AT(errors), 0, "fail|skip|report",
     "what to do with a malformed record"},
    {0, "max-record", CLI_SIZE, AT(max_record), 1, "SIZE",
     "refuse records longer than this; default 1G"},
    {0, "line-buffered", CLI_SET, AT(line_buffered), 1, NULL, "flush after every line"},
    {0, "progress", CLI_SET, AT(progress), CLI_ALWAYS, NULL, "show progress on stderr"},
    {0, "no-progress", CLI_SET, AT(progress), CLI_NEVER, NULL, "never show progress"},
    {0, "color", CLI_CHOICE, AT(color), 0, "auto|always|never",
     "colour messages; auto: on a terminal, unless NO_COLOR is set"},
    {0, "help", CLI_SET, AT(help), 1, NULL, "show this help"},
    {0, "help-json", CLI_SET, AT(help_json), 1, NULL, "show the options as JSON"},
    {0, "version", CLI_SET, AT(version), 1, NULL, "show the version"},
    {0, NULL, CLI_SET, 0, 0, NULL, NULL}};

/* ---- finding one ---- */

/* The k-th option of a command: its own, then the common ones. */
static const cli_option *option_at(const cli_command *c, size_t k)
{
    size_t own = 0;

    while (c->options[own].name) own++;
    const cli_option *o = k < own ? &c->options[k] : &cli_common_options[k - own];
    return o->name ? o : NULL;
}

static const char *option_name(size_t k, void *ctx)
{
    const cli_option *o = option_at(ctx, k);
    return o ? o->name : NULL;
}

static const cli_option *option_by_name(const cli_command *c, const char *name,
                                        size_t n)
{
    for (size_t k = 0;; k++) {
        const cli_option *o = option_at(c, k);
        if (!o || (strncmp(o->name, name, n) == 0 && o->name[n] == '\0')) return o;
    }
}

static const cli_option *option_by_letter(const cli_command *c, char letter)
{
    for (size_t k = 0;; k++) {
        const cli_option *o = option_at(c, k);
        if (!o || o->letter == letter) return o;
    }
}

/* Edits (insert, delete, replace) from a to b; more than 40 characters are far. */
static size_t edits(const char *a, const char *b)
{
    size_t row[41], n = strlen(b);

    if (n > 40 || strlen(a) > 40) return 41;
    for (size_t k = 0; k <= n; k++) row[k] = k;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < n; k++) {
            size_t best = corner + (a[i] != b[k]);
            corner = row[k + 1];
            if (corner + 1 < best) best = corner + 1;
            if (row[k] + 1 < best) best = row[k] + 1;
            row[k + 1] = best;
        }
    }
    return row[n];
}

const char *cli_nearest(const char *text, const char *(*name_at)(size_t k, void *ctx),
                        void *ctx)
{
    const char *best = NULL, *name;
    size_t least = strlen(text) / 3 + 2; /* as many slips as one still recognises */

    for (size_t k = 0; (name = name_at(k, ctx)); k++) {
        size_t n = strlen(text), d = edits(text, name);
        if (n > 2 && strncmp(text, name, n) == 0) d = 1; /* an abbreviation */
        if (d < least) {
            least = d;
            best = name;
        }
    }
    return best;
}

/* ---- setting one ---- */

static int bad_value(const cli_option *o, const char *text, const char *why)
{
    return cli_trouble(NULL, "--%s: '%s' %s", o->name, text, why);
}

static int set_integer(const cli_option *o, const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    int shift = 0;

    if (o->kind == CLI_SIZE && *end) {
        shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
        if (shift) end++;
    }
    if (end == text || *end || isspace((unsigned char)*text))
        return bad_value(o, text, "is no number");
    if (errno || n > INT64_MAX >> shift) return bad_value(o, text, "is too large");
    if (n < o->value) return bad_value(o, text, "is too small");
    *out = (int64_t)n * ((int64_t)1 << shift);
    return CLI_DONE;
}

static int set_choice(const cli_option *o, const char *text, int *out)
{
    int index = 0;
    size_t n = strlen(text);

    for (const char *p = o->arg; p; index++) {
        const char *bar = strchr(p, '|');
        size_t len = bar ? (size_t)(bar - p) : strlen(p);
        if (len == n && memcmp(p, text, n) == 0) {
            *out = index;
            return CLI_DONE;
        }
        p = bar ? bar + 1 : NULL;
    }
    return cli_trouble(NULL, "--%s: '%s' is none of %s", o->name, text, o->arg);
}

static int set_list(const cli_option *o, const char *text, cli_list *list)
{
    if (list->n == CLI_LIST_MOST) return bad_value(o, text, "is one too many");
    list->item[list->n].what = o->value;
    list->item[list->n++].text = text;
    return CLI_DONE;
}

static int set_option(const cli_option *o, const char *text, void *options)
{
    void *at = (char *)options + o->at;

    switch (o->kind) {
    case CLI_SET: *(int *)at = (int)o->value; break;
    case CLI_INT:
    case CLI_SIZE: return set_integer(o, text, at);
    case CLI_TEXT: *(const char **)at = text; break;
    case CLI_CHOICE: return set_choice(o, text, at);
    case CLI_LIST: return set_list(o, text, at);
    }
    return CLI_DONE;
}

/* ---- parsing ---- */

typedef struct cli_args {
    const cli_command *command;
    void *options;
    int argc, next; /* argv[next] is the one after this */
    char **argv;
} cli_args;

static int missing_argument(const cli_option *o)
{
    return cli_trouble(NULL, "--%s needs %s", o->name, o->arg);
}

static int parse_long(cli_args *a, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t n = equals ? (size_t)(equals - text) : strlen(text);
    const cli_option *o = option_by_name(a->command, text, n);
    const char *value = equals ? equals + 1 : NULL;

    if (!o) {
        char name[80];
        snprintf(name, sizeof name, "%.*s", (int)(n < 70 ? n : 70), text);
        const char *near =
            cli_nearest(name, option_name, (void *)(uintptr_t)a->command);
        if (near)
            return cli_trouble(NULL, "no option --%s; did you mean --%s?", name, near);
        return cli_trouble(NULL, "no option --%s; --help shows them", name);
    }
    if (o->kind == CLI_SET && value)
        return cli_trouble(NULL, "--%s takes no argument", o->name);
    if (o->kind != CLI_SET && !value) {
        if (a->next == a->argc) return missing_argument(o);
        value = a->argv[a->next++];
    }
    return set_option(o, value, a->options);
}

/* -zc10: flags, then one that takes the rest or the next argument. */
static int parse_letters(cli_args *a, const char *text)
{
    while (*text) {
        const cli_option *o = option_by_letter(a->command, *text);
        if (!o) return cli_trouble(NULL, "no option -%c; --help shows them", *text);
        text++;
        const char *value = NULL;
        if (o->kind != CLI_SET) {
            if (!*text && a->next == a->argc) return missing_argument(o);
            value = *text ? text : a->argv[a->next++];
            text = "";
        }
        int code = set_option(o, value, a->options);
        if (code != CLI_DONE) return code;
    }
    return CLI_DONE;
}

int cli_parse(const cli_command *c, int argc, char **argv, void *options)
{
    cli_common *common = options;
    cli_args a = {c, options, argc, 1, argv};
    int code = CLI_DONE;
    bool only_operands = false;

    common->operand = calloc((size_t)argc + 1, sizeof *common->operand);
    if (!common->operand) return cli_trouble_status(NULL, PILA_ENOMEM);
    while (code == CLI_DONE && a.next < argc) {
        const char *text = argv[a.next++];
        if (only_operands || text[0] != '-' || !text[1])
            common->operand[common->operands++] = text;
        else if (strcmp(text, "--") == 0) only_operands = true;
        else if (text[1] == '-') code = parse_long(&a, text + 2);
        else code = parse_letters(&a, text + 1);
        cli_color_messages((cli_when)common->color);
    }
    if (common->zero && common->in == CLI_LINES) common->in = CLI_NUL;
    if (common->zero && common->out == CLI_LINES) common->out = CLI_NUL;
    return code;
}

/* ---- help ---- */

/* Words, with line breaks so that no line is longer than 78; column is where it starts.
 */
static void write_wrapped(cli_output *o, const char *text, size_t indent, size_t column)
{
    for (bool first = true; *text; first = false) {
        size_t n = strcspn(text, " ");
        if (!first && column + 1 + n > 78) {
            cli_end_line(o, '\n');
            for (column = 0; column < indent; column++) cli_write_text(o, " ");
        } else if (!first) {
            cli_write_text(o, " ");
            column++;
        }
        cli_write(o, text, n);
        column += n;
        text += n + (text[n] == ' ');
    }
    cli_end_line(o, '\n');
}

static void write_option_help(cli_output *o, const cli_option *option)
{
    char head[100];
    int n;

    n = snprintf(head, sizeof head, "  %c%c%s--%s%s%s", option->letter ? '-' : ' ',
                 option->letter ? option->letter : ' ', option->letter ? ", " : "  ",
                 option->name, option->arg ? " " : "", option->arg ? option->arg : "");
    cli_write(o, head, (size_t)n);
    if (n > 26) {
        cli_end_line(o, '\n');
        n = 0;
    }
    for (; n < 28; n++) cli_write_text(o, " ");
    write_wrapped(o, option->help, 28, 28);
}

int cli_show_help(const cli_command *c)
{
    static cli_output o;
    const cli_option *option;

    if (cli_output_open(&o, NULL, false) != CLI_DONE) return CLI_TROUBLE;
    cli_write_text(&o, c->summary);
    cli_write_text(&o, "\n\nExamples:\n");
    cli_write_text(&o, c->examples);
    cli_write_text(&o, "\nusage: pila ");
    cli_write_text(&o, c->name);
    cli_write_text(&o, " ");
    cli_write_text(&o, c->usage);
    cli_write_text(&o, "\n\nIn Python:\n");
    cli_write_text(&o, c->python);
    cli_write_text(&o, "\nOptions:\n");
    for (size_t k = 0; (option = option_at(c, k)); k++) write_option_help(&o, option);
    cli_write_text(&o, "\n");
    cli_write_text(&o, c->notes);
    return cli_output_close(&o, true);
}

static void write_json_member(cli_output *o, const char *name, const char *text)
{
    cli_write_text(o, ",\"");
    cli_write_text(o, name);
    cli_write_text(o, "\":");
    if (text) cli_write_json(o, pila_cstr(text));
    else cli_write_text(o, "null");
}

int cli_show_help_json(const cli_command *c)
{
    static cli_output o;
    static const char *const kinds[] = {"flag", "int",    "size",
                                        "text", "choice", "list"};
    const cli_option *option;

    if (cli_output_open(&o, NULL, false) != CLI_DONE) return CLI_TROUBLE;
    cli_write_text(&o, "{\"command\":");
    cli_write_json(&o, pila_cstr(c->name));
    write_json_member(&o, "summary", c->summary);
    write_json_member(&o, "usage", c->usage);
    write_json_member(&o, "examples", c->examples);
    write_json_member(&o, "python", c->python);
    write_json_member(&o, "notes", c->notes);
    cli_write_text(&o, ",\"options\":[");
    for (size_t k = 0; (option = option_at(c, k)); k++) {
        char letter[2] = {option->letter, '\0'};
        cli_write_text(&o, k ? ",\n{\"name\":" : "\n{\"name\":");
        cli_write_json(&o, pila_cstr(option->name));
        write_json_member(&o, "letter", letter[0] ? letter : NULL);
        write_json_member(&o, "kind", kinds[option->kind]);
        write_json_member(&o, "arg", option->arg);
        write_json_member(&o, "help", option->help);
        cli_write_text(&o, "}");
    }
    cli_write_text(&o, "]}\n");
    return cli_output_close(&o, true);
}
