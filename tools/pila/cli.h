/* cli.h - what the commands of pila share: option tables, input, output, messages.
 *
 * A command is one file, cmd_<name>.c: its help, its options and its code. It describes
 * itself in a cli_command; main.c lists them all. One table of options drives parsing,
 * "did you mean", --help and --help-json; man pages and completions are made from the
 * JSON when pila is built (tools/dev/papers.py).
 */
#ifndef PILA_CLI_H
#define PILA_CLI_H

#include <pila/core/iter.h>
#include <pila/itertools/records.h>

enum { CLI_DONE = 0, CLI_NO = 1, CLI_TROUBLE = 2 }; /* what a command exits with */

/* ---- options ---- */

typedef enum cli_kind {
    CLI_SET,    /* no argument: the int at `at` becomes `value` */
    CLI_INT,    /* an integer of at least `value`, into an int64_t */
    CLI_SIZE,   /* bytes, with an optional K, M or G, into an int64_t */
    CLI_TEXT,   /* any text, into a const char * */
    CLI_FILE,   /* the same, the name of a file */
    CLI_FILES,  /* the name of a file, added with `value` to a cli_list */
    CLI_CHOICE, /* one of choices, "a|b|c": its index into an int */
    CLI_HEADING /* no option: `help` is the heading of those that follow */
} cli_kind;

typedef struct cli_option {
    char letter; /* 0: none */
    const char *name;
    cli_kind kind;
    size_t at; /* where it goes: an offset into the command's options */
    int64_t value;
    const char *arg; /* what the help calls the argument, or the choices */
    const char *help;
} cli_option;

/* Rows of a table of options. */
#define CLI_GROUP(heading)                                                             \
    {                                                                                  \
        0, "", CLI_HEADING, 0, 0, NULL, heading                                        \
    }
#define CLI_LAST                                                                       \
    {                                                                                  \
        0, NULL, CLI_SET, 0, 0, NULL, NULL                                             \
    }

enum { CLI_LIST_MOST = 64 };

typedef struct cli_list {
    size_t n;
    struct {
        int64_t what;
        const char *text;
    } item[CLI_LIST_MOST];
} cli_list;

typedef enum cli_format { CLI_LINES, CLI_NUL, CLI_JSONL, CLI_CSV, CLI_TSV } cli_format;
typedef enum cli_errors { CLI_FAIL, CLI_SKIP, CLI_REPORT } cli_errors;
typedef enum cli_when { CLI_AUTO, CLI_ALWAYS, CLI_NEVER } cli_when;

/* The options that every command has: the first member of its own. */
typedef struct cli_common {
    int help, help_json, version;
    int in, out; /* cli_format */
    int zero;
    int errors;   /* cli_errors */
    int progress; /* cli_when */
    int color;    /* cli_when */
    int line_buffered, header;
    const char *output, *field, *separator;
    int64_t max_record;
    size_t operands;
    const char **operand; /* what is no option, in order */
} cli_common;

typedef struct cli_row {
    const char *name, *text;
} cli_row;

/* What stands behind the options. A COMMAND ends them: from it on, argv is its own, and
 * cli_parse only says how much that is. */
typedef enum cli_operands { CLI_OPERAND_FILES, CLI_OPERAND_COMMAND } cli_operands;

/* Text without newlines is one paragraph. What is not given is left out of the help. */
typedef struct cli_command {
    const char *name;
    const char *summary;        /* one line */
    const char *usage;          /* after "pila name"; a line for each way */
    const char *examples;       /* lines of "$ command", shown first */
    const char *python;         /* what it is in Python */
    const char *description;    /* what it does, beyond the summary */
    const cli_row *sections;    /* more of that, each under a title; ended by NULL */
    const char *memory;         /* its class: what it grows with */
    const char *exits[3];       /* what 0, 1 and 2 mean */
    const cli_row *environment; /* variables; NULL: those of pila alone */
    cli_operands operands;
    const cli_option *options; /* ended by CLI_LAST */
    const cli_option *common;  /* those it shares: cli_common_options, or NULL */
    size_t size;               /* bytes of its options */
    const void *defaults;      /* what they are at first */
    int (*run)(void *options);
} cli_command;

extern const cli_option cli_common_options[];
extern const cli_command cmd_pila;              /* pila itself: its options and help */
extern const cli_command *const cli_commands[]; /* ended by NULL */

/* The k-th row of a command's options: its own, then the common ones; NULL at the end.
 */
const cli_option *cli_option_at(const cli_command *c, size_t k);
/* Read argv[1..] into options; CLI_DONE, or CLI_TROUBLE and a message. */
int cli_parse(const cli_command *c, int argc, char **argv, void *options);
int cli_show_help(const cli_command *c, cli_when color);
/* Everything above, of pila with all its commands; on one line each option. */
int cli_show_help_json(const cli_command *c);
const cli_command *cli_find(const char *name);
/* The name nearest to a misspelt one, or NULL. name_at gives NULL at the end. */
const char *cli_nearest(const char *text, const char *(*name_at)(size_t k, void *ctx),
                        void *ctx);

/* ---- messages, all on stderr ---- */

extern const char *cli_name; /* of the command that runs, NULL before */

/* "pila name: what: why"; what may be NULL. Always returns CLI_TROUBLE. */
int cli_trouble(const char *what, const char *why, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for a status; PILA_EIO says errno. */
int cli_trouble_status(const char *what, pila_status st);
/* "pila name: file:line:column: why"; column 0 leaves it out. Always returns CLI_NO. */
int cli_malformed(const char *file, size_t line, size_t column, const char *why);
/* A terminal that understands more than text: TERM is set, and not dumb. */
bool cli_terminal(int fd);
bool cli_colored(int fd, cli_when when);
void cli_color_messages(cli_when when); /* what --color said */

/* ---- output: to stdout, or to a temporary file that takes the place of -o FILE ----
 */

typedef struct cli_output {
    int fd;
    bool by_line;
    int failed; /* errno of the first write that failed */
    size_t used;
    const char *name;       /* for messages */
    char *path, *temporary; /* NULL: written to as it is */
    char buffer[128 << 10];
} cli_output;

/* Ready to write; CLI_DONE, or CLI_TROUBLE and a message. */
int cli_output_open(cli_output *o, const char *path, bool by_line);
void cli_write(cli_output *o, const void *bytes,
               size_t n); /* trouble is kept for close */
void cli_write_text(cli_output *o, const char *text);
void cli_write_int(cli_output *o, int64_t n);
void cli_end_line(cli_output *o, char end);
/* Write what is left and check it all; `keep` false: leave the file as it was. */
int cli_output_close(cli_output *o, bool keep);

/* Text in the manner of a format: a CSV field, a JSON string, or with \t \n \r \0 \\
 * for those bytes. */
void cli_write_csv(cli_output *o, pila_str text, bool alone); /* in its record */
void cli_write_json(cli_output *o, pila_str text);
void cli_write_escaped(cli_output *o, pila_str text);

/* ---- input: an operand, read in blocks, with progress ---- */

typedef struct cli_input {
    const char *name; /* for messages */
    int fd;
    bool is_stdin;
    bool started; /* something was read */
    int64_t left; /* bytes still to be read; -1: to the end */
    int64_t head; /* of these, what is left of the header before a part ... */
    int64_t from; /* ... that starts here */
} cli_input;

enum { CLI_PARTS_MOST = 1000000000 };

typedef struct cli_split {
    int64_t part, parts; /* 1-based; parts 0: all */
} cli_split;

int cli_input_open(cli_input *in, const char *operand);
void cli_input_close(cli_input *in);
/* Only part I of N, cut behind one of the separators (words: behind white space), with
 * the header of the file before each. */
int cli_input_cut(cli_input *in, cli_split split, char separator, bool at_white_space,
                  bool header);
pila_bytes_in cli_input_bytes(cli_input *in, const cli_common *o);
/* The bytes of all operands that are regular files, for the progress bar. */
void cli_progress_start(const cli_common *o);
void cli_progress_end(void);
/* The separator of records: '\n', or NUL after -z. */
char cli_separator(const cli_common *o);

/* ---- keys: what -f, --in and folding make of a record ---- */

typedef struct cli_key {
    const cli_common *common;
    bool fold;  /* ASCII letters to lower case */
    bool words; /* runs between white space are the records */
    bool chars; /* UTF-8 characters are the records */
    const char *file;
    int *exit_code; /* CLI_NO is left here when a record was reported */
} cli_key;

/* The keys of one input, as views. Ends with PILA_ESYNTAX after a message. */
pila_iter cli_keys(cli_input *in, const cli_key *key);
/* Whether -f, -d, -H and --in go together; CLI_DONE, or CLI_TROUBLE and a message. */
int cli_check_key(const cli_common *o);
/* What cli_write_escaped wrote, read back; room is used if there is an escape.
 * PILA_OK, or PILA_ESYNTAX. */
pila_status cli_unescape(pila_str text, pila_buf *room, pila_str *out);

/* ---- characters and decoders behind cli_keys ---- */

/* Every UTF-8 character, and every byte that is part of none, as a view. */
pila_iter cli_chars(pila_bytes_in in);
/* Records of CSV: lines, joined while a quote is open. */
pila_iter cli_csv_records(pila_bytes_in in, char separator, int64_t most);

/* One field of a CSV record, from 0; decoded into *room when it is quoted. PILA_OK,
 * PILA_EINDEX (no such field) or PILA_ESYNTAX with *column from 1. */
pila_status cli_csv_field(pila_str record, char separator, size_t index, pila_buf *room,
                          pila_str *out, size_t *column);
/* The value at a JSON Pointer ("" is the whole): a string decoded, all else as it is
 * written. PILA_OK, PILA_EKEY (nothing there) or PILA_ESYNTAX with *column. */
pila_status cli_json_value(pila_str text, const char *pointer, pila_buf *room,
                           pila_str *out, size_t *column);

#endif
