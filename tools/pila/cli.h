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

enum { CLI_LIST_MOST = 64, CLI_RECORD_MOST = 1 << 30 };

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
    int64_t max_record; /* 0: CLI_RECORD_MOST */
    size_t operands;
    const char **operand; /* what is no option, in order */
} cli_common;

typedef struct cli_row {
    const char *name, *text;
} cli_row;

/* What stands behind the options. A COMMAND ends them: from it on, argv is its own, and
 * cli_parse only says how much that is. */
typedef enum cli_operands {
    CLI_OPERAND_FILES,  /* one input, file after file; none in a later stage */
    CLI_OPERAND_INPUTS, /* an input each; in a later stage - is what it is given */
    CLI_OPERAND_COMMAND
} cli_operands;

/* Text without newlines is one paragraph. What is not given is left out of the help. */
struct cli_flow;
struct cli_output;

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
    size_t arguments;              /* operands before the FILEs that are none ... */
    const char *const argument[3]; /* ... and what messages call them */
    bool keeps; /* records come out as they went in: so does their header */
    const cli_option *options; /* ended by CLI_LAST */
    const cli_option *common;  /* those it shares: cli_common_options, or NULL */
    size_t size;               /* bytes of its options */
    const void *defaults;      /* what they are at first */
    /* What is asked for makes sense: CLI_DONE, or CLI_TROUBLE and a message. */
    int (*check)(const struct cli_flow *flow);
    /* The items that it makes of those it is given: a stage of a pipeline. */
    pila_iter (*make)(struct cli_flow *flow);
    /* NULL, or how the last stage writes them, where it is not as all do. */
    pila_status (*write)(struct cli_flow *flow, struct cli_output *out,
                         pila_iter *items);
    void (*done)(struct cli_flow *flow); /* NULL, or what is to be freed */
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
/* "no command 'name'", and the one that was meant. Always returns CLI_TROUBLE. */
int cli_no_command(const char *called, const char *name);
/* The name nearest to a misspelt one, or NULL. name_at gives NULL at the end. */
const char *cli_nearest(const char *text, const char *(*name_at)(size_t k, void *ctx),
                        void *ctx);

/* ---- messages, all on stderr ---- */

extern const char *cli_name; /* of the command that runs, NULL before; with its stage */

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
void cli_progress_start(const struct cli_flow *flow);
void cli_progress_end(void);
/* The separator of records: '\n', or NUL after -z. */
char cli_separator(const cli_common *o);

/* ---- a pipeline: stages, and what flows between them ----
 *
 * `pila A ... then B ... then C ...`: each stage makes an iterator of the one before
 * it. The first reads files, the last is written. Items go from stage to stage as they
 * are: records are views (pila_str), what has several members is a tuple; nothing is
 * printed and read again. Pulling at the end is all that happens, so whoever stops
 * early stops all before it.
 */

#define CLI_SAID ((pila_status)PILA_EUSER) /* a fault whose message is out already */

/* Where the records at hand come from. */
typedef struct cli_place {
    const char *name; /* the file; NULL: an earlier stage */
    size_t line;      /* of the first record in the window at hand, from 1 */
    size_t inputs;    /* opened so far */
    bool has_header;  /* after -H; there is none in an empty file */
    pila_buf header;  /* the header record of this one */
} cli_place;

typedef struct cli_flow {
    const cli_command *command;
    void *options;
    const cli_common *common; /* the same options, those that all have */
    size_t stage, stages;     /* this one, from 1 */
    pila_iter upstream;       /* what the stage before made: taken by who reads it */
    const pila_type *given;   /* its items' type; NULL in the first stage */
    /* What the text of its items is, CLI_LINES for text that means nothing more; and
     * the names of an item's members, ended by NULL. Of what is given, until the stage
     * says what it makes. */
    cli_format form;
    const char *const *names;
    const char *const *argument; /* operands that are no FILEs, and those that are */
    const char *const *file;
    size_t files;
    bool keeps;                   /* items are the records that were read */
    const struct cli_flow *first; /* the first stage: who reads */
    cli_place place;
    bool unterminated; /* the record last read had no separator behind it ... */
    const char *tail;  /* ... and was here: the last of its file */
    int *code;         /* what the run will end with */
    void *own;         /* the command's */
} cli_flow;

typedef enum cli_unit { CLI_RECORDS, CLI_WORDS, CLI_CHARS } cli_unit;

/* What the stage is given: the records of its FILEs, one after the other, or what the
 * stage before made. */
pila_iter cli_items(cli_flow *flow);
/* The words, characters or records of these operands; of stdin when n is 0. What can't
 * be opened is said and left out. */
pila_iter cli_read(cli_flow *flow, cli_unit unit, cli_split split,
                   const char *const *operand, size_t n);
/* Leave a code for the end; the worst stays. */
void cli_answer(cli_flow *flow, int code);
/* Whether -f, -d, -H and --in go together, or CLI_TROUBLE and a message. */
int cli_check_key(const cli_flow *flow);
/* Run the pipeline that argv is; argv[0] is the name of the first command. */
int cli_pipeline(const cli_command *first, int argc, char **argv, int color);
/* The items, each a record of output; what they ended with. */
pila_status cli_write_items(cli_flow *flow, cli_output *out, pila_iter *items);
/* One item as output, in the format asked for, and the end of its record. */
void cli_write_item(cli_output *o, const cli_flow *flow, const pila_type *type,
                    const void *item);

/* ---- keys: what -f, --in and folding make of an item ---- */

/* The keys of items, as views. Ends with CLI_SAID when one has none. */
pila_iter cli_keys(cli_flow *flow, pila_iter items, bool fold);
/* The same with the item behind each: struct { pila_str key; T item; }. */
pila_iter cli_keyed(cli_flow *flow, pila_iter items);
/* The items of such pairs alone again. */
pila_iter cli_unkeyed(pila_iter keyed);
/* The text of an item, members separated by tabs; a view into *room if it is not into
 * the item. At most cli_text_most bytes are added there. */
pila_status cli_text_of(const pila_type *type, const void *item, pila_buf *room,
                        pila_str *out);
size_t cli_text_most(const pila_type *type, const void *item);
/* What cli_write_escaped wrote, read back; room is used if there is an escape.
 * PILA_OK, or PILA_ESYNTAX. */
pila_status cli_unescape(pila_str text, pila_buf *room, pila_str *out);
/* One field of a TSV record, from 0, unescaped. PILA_OK, PILA_EINDEX or PILA_ESYNTAX.
 */
pila_status cli_tsv_field(pila_str record, char separator, size_t index, pila_buf *room,
                          pila_str *out);

/* ---- characters and decoders behind cli_keys ---- */

/* Every UTF-8 character, and every byte that is part of none, as a view. */
pila_iter cli_chars(pila_bytes_in in);
/* Records of CSV: lines, joined while a quote is open. */
pila_iter cli_csv_records(pila_bytes_in in, char separator, int64_t most);

/* One field of a CSV record, from 0; decoded into *room when it is quoted, which has
 * space for the whole record, so that it does not move. PILA_OK,
 * PILA_EINDEX (no such field) or PILA_ESYNTAX with *column from 1. */
pila_status cli_csv_field(pila_str record, char separator, size_t index, pila_buf *room,
                          pila_str *out, size_t *column);
/* The value at a JSON Pointer ("" is the whole): a string decoded, all else as it is
 * written. PILA_OK, PILA_EKEY (nothing there) or PILA_ESYNTAX with *column. */
pila_status cli_json_value(pila_str text, const char *pointer, pila_buf *room,
                           pila_str *out, size_t *column);

#endif
