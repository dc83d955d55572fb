/* options.c - the table of options as a parser, and "did you mean".
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
    CLI_GROUP("Fields and formats"),
    {'f', "field", CLI_TEXT, AT(field), 0, "KEY",
     "the field that counts: a column from 1, a name of the header (with -H), or a "
     "JSON Pointer (with --in jsonl)"},
    {'d', "delimiter", CLI_TEXT, AT(separator), 0, "SEP",
     "what separates fields; default: white space, ',' for csv, tab for tsv"},
    {'H', "header", CLI_SET, AT(header), 1, NULL, "the first record names the fields"},
    {0, "in", CLI_CHOICE, AT(in), 0, "lines|nul|jsonl|csv|tsv", "format of the input"},
    {0, "out", CLI_CHOICE, AT(out), 0, "lines|nul|jsonl|csv|tsv",
     "format of the output"},
    {'z', "zero", CLI_SET, AT(zero), 1, NULL,
     "records end with NUL, in and out; --out jsonl, csv or tsv stays what it is"},
    {'0', "null", CLI_SET, AT(zero), 1, NULL, "the same as -z"},
    CLI_GROUP("Reading and writing"),
    {'o', "output", CLI_FILE, AT(output), 0, "FILE",
     "write to FILE, which appears whole or not at all; it may be one of the inputs"},
    {0, "errors", CLI_CHOICE, AT(errors), 0, "fail|skip|report",
     "what to do with a malformed record"},
    {0, "max-record", CLI_SIZE, AT(max_record), 1, "SIZE",
     "refuse records longer than this; default 1G"},
    {0, "line-buffered", CLI_SET, AT(line_buffered), 1, NULL, "flush after every line"},
    CLI_GROUP("Messages and help"),
    {0, "progress", CLI_SET, AT(progress), CLI_ALWAYS, NULL, "show progress on stderr"},
    {0, "no-progress", CLI_SET, AT(progress), CLI_NEVER, NULL, "never show progress"},
    {0, "color", CLI_CHOICE, AT(color), 0, "auto|always|never",
     "colour help and messages; auto: on a terminal, unless NO_COLOR is set"},
    {0, "help", CLI_SET, AT(help), 1, NULL, "show this help"},
    {0, "help-json", CLI_SET, AT(help_json), 1, NULL, "show the options as JSON"},
    {0, "version", CLI_SET, AT(version), 1, NULL, "show the version"},
    CLI_LAST};

/* ---- finding one ---- */

const cli_option *cli_option_at(const cli_command *c, size_t k)
{
    size_t own = 0;

    while (own < k && c->options[own].name) own++;
    if (c->options[own].name) return &c->options[own];
    if (!c->common || !c->common[k - own].name) return NULL;
    return &c->common[k - own];
}

static const char *option_name(size_t k, void *ctx)
{
    const cli_option *o = cli_option_at(ctx, k);
    return o ? o->name : NULL;
}

static const cli_option *option_by_name(const cli_command *c, const char *name,
                                        size_t n)
{
    for (size_t k = 0;; k++) {
        const cli_option *o = cli_option_at(c, k);
        if (!o || (n && strncmp(o->name, name, n) == 0 && o->name[n] == '\0')) return o;
    }
}

static const cli_option *option_by_letter(const cli_command *c, char letter)
{
    for (size_t k = 0;; k++) {
        const cli_option *o = cli_option_at(c, k);
        if (!o || o->letter == letter) return o;
    }
}

/* ---- did you mean ---- */

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

enum { NAME_MOST = 40 }; /* what is longer is no name */

/* Slips from a to b: a letter too many, too few, another one, or two swapped;
 * capitals are none. (Optimal string alignment, after Damerau, 1964.) */
static size_t slips(const char *a, const char *b)
{
    size_t rows[3][NAME_MOST + 1], n = strlen(b), m = strlen(a);

    if (n > NAME_MOST || m > NAME_MOST) return NAME_MOST + 1;
    for (size_t k = 0; k <= n; k++) rows[0][k] = k;
    for (size_t i = 0; i < m; i++) {
        size_t *row = rows[(i + 1) % 3], *above = rows[i % 3],
               *before = rows[(i + 2) % 3];
        row[0] = i + 1;
        for (size_t k = 0; k < n; k++) {
            size_t best = above[k] + !same(a[i], b[k]);
            if (above[k + 1] + 1 < best) best = above[k + 1] + 1;
            if (row[k] + 1 < best) best = row[k] + 1;
            if (i && k && same(a[i], b[k - 1]) && same(a[i - 1], b[k]) &&
                before[k - 1] + 1 < best)
                best = before[k - 1] + 1;
            row[k + 1] = best;
        }
    }
    return rows[m % 3][n];
}

const char *cli_nearest(const char *text, const char *(*name_at)(size_t k, void *ctx),
                        void *ctx)
{
    const char *best = NULL, *name;
    size_t n = strlen(text);
    size_t least = (n + 2) / 3 + 1; /* one slip in three letters is still recognised */

    for (size_t k = 0; (name = name_at(k, ctx)); k++) {
        if (!*name) continue; /* a heading */
        size_t d = slips(text, name);
        if (n > 2 && strncmp(text, name, n) == 0) d = 1; /* an abbreviation */
        /* of two that are as near, one of the same length: letters are swapped there */
        bool swapped = best && strlen(name) == n && strlen(best) != n;
        if (d < least || (d == least && swapped)) {
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

/* The k-th of choices that were cut apart: each ends with NUL, the last with two. */
static const char *choice_at(size_t k, void *ctx)
{
    const char *p = ctx;

    while (k-- && *p) p += strlen(p) + 1;
    return *p ? p : NULL;
}

static int set_choice(const cli_option *o, const char *text, int *out)
{
    char choices[200] = "";
    const char *near, *choice;

    snprintf(choices, sizeof choices - 1, "%s", o->arg);
    for (char *p = choices; (p = strchr(p, '|')); p++) *p = '\0';
    for (size_t k = 0; (choice = choice_at(k, choices)); k++)
        if (strcmp(choice, text) == 0) {
            *out = (int)k;
            return CLI_DONE;
        }
    near = cli_nearest(text, choice_at, choices);
    return cli_trouble(NULL, "--%s: '%s' is none of %s%s%s%s", o->name, text, o->arg,
                       near ? "; did you mean " : "", near ? near : "",
                       near ? "?" : "");
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
    case CLI_TEXT:
    case CLI_FILE: *(const char **)at = text; break;
    case CLI_CHOICE: return set_choice(o, text, at);
    case CLI_FILES:
    case CLI_TEXTS: return set_list(o, text, at);
    case CLI_HEADING: break;
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

static int parse_option(cli_args *a, const char *text)
{
    return text[1] == '-' ? parse_long(a, text + 2) : parse_letters(a, text + 1);
}

/* -5, where it can only be an argument. */
static bool is_number(const cli_command *c, const char *text)
{
    return c->operands == CLI_OPERAND_NONE &&
           strspn(text + 1, "0.") < strlen(text + 1) &&
           strspn(text + 1, "0123456789.") > 0;
}

int cli_parse(const cli_command *c, int argc, char **argv, void *options)
{
    cli_common *common = options;
    cli_args a = {c, options, argc, 1, argv};
    int code = CLI_DONE;
    bool only_operands = false, keeps = c->operands != CLI_OPERAND_COMMAND;

    if (keeps) common->operand = calloc((size_t)argc + 1, sizeof *common->operand);
    if (keeps && !common->operand) return cli_trouble_status(NULL, PILA_ENOMEM);
    while (code == CLI_DONE && a.next < argc) {
        const char *text = argv[a.next++];
        if (only_operands || text[0] != '-' || !text[1] || is_number(c, text)) {
            if (keeps) common->operand[common->operands] = text;
            common->operands++;
            only_operands = only_operands || !keeps;
        } else if (strcmp(text, "--") == 0) only_operands = true;
        else code = parse_option(&a, text);
        cli_color_messages((cli_when)common->color);
    }
    if (common->zero && common->in == CLI_LINES) common->in = CLI_NUL;
    if (common->zero && common->out == CLI_LINES) common->out = CLI_NUL;
    return code;
}
