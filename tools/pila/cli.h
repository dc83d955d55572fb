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
#include <pila/itertools/adaptors.h>
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
    CLI_TEXTS,  /* any text, added with `value` to a cli_list */
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
    CLI_OPERAND_NONE,   /* no FILEs: nothing is read, and only arguments stand there */
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
    size_t
        optional; /* of CLI_OPERAND_NONE: arguments behind those that must be there */
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
    const char *value, *overflow; /* what PILA_EVALUE, PILA_EOVERFLOW of it mean */
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

enum { CLI_OUTPUT_ROOM = 128 << 10 };

struct stat;

typedef struct cli_output {
    int fd;
    bool by_line;
    int failed; /* errno of the first write that failed */
    size_t used;
    pila_status (*sink)(void *ctx, pila_str text); /* NULL, or who takes it all */
    void *ctx;
    const struct stat *like; /* NULL, or whose mode, owner and times it is to have */
    const char *name;        /* for messages */
    char *path, *temporary;  /* NULL: written to as it is */
    char buffer[CLI_OUTPUT_ROOM];
} cli_output;

/* Ready to write; CLI_DONE, or CLI_TROUBLE and a message. */
int cli_output_open(cli_output *o, const char *path, bool by_line);
/* Ready to write to a callback, which is not called again after it has failed; it has
 * all of it after cli_flush. There is nothing to close. */
void cli_output_into(cli_output *o, pila_status (*sink)(void *ctx, pila_str text),
                     void *ctx);
void cli_flush(cli_output *o);
void cli_write(cli_output *o, const void *bytes,
               size_t n); /* trouble is kept for close */
/* Room for n bytes of output, at most CLI_OUTPUT_ROOM, which are to be put there. */
char *cli_write_room(cli_output *o, size_t n);
/* The same and the end of its record. */
void cli_write_line(cli_output *o, const void *bytes, size_t n, char end);
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

/* I/N as --split has it, NULL for all: CLI_DONE, or CLI_TROUBLE and a message. */
int cli_split_parse(const char *text, const cli_common *o, cli_split *out);
int cli_input_open(cli_input *in, const char *operand);
void cli_input_close(cli_input *in);
/* Only part I of N, cut behind one of the separators (words: behind white space), with
 * the header of the file before each. */
int cli_input_cut(cli_input *in, cli_split split, char separator, bool at_white_space,
                  bool header);
pila_bytes_in cli_input_bytes(cli_input *in, const cli_common *o);
/* The bytes of all operands that are regular files, for the progress bar. */
void cli_progress_start(const struct cli_flow *flow);
void cli_progress_add(int64_t bytes); /* read, by other means than these */
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
    const char *from; /* ... and where that is */
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
    bool keeps;             /* items are the records that were read */
    bool keyless;           /* from now on nobody looks at the keys of items */
    bool unread;            /* nothing could be read: said, and read to the end */
    bool beside;            /* an input among others: they go on if it can't be read */
    struct cli_flow *first; /* the first stage: who reads */
    /* NULL, or how the bytes of a FILE are read, where records are not read of it as it
     * is; once more with NULL, before it is closed. `said`: a fault of it is. */
    pila_bytes_in (*through)(struct cli_flow *flow, cli_input *in);
    bool said;
    cli_place place;
    bool titled;    /* of the first stage: there was a header, and the first of them */
    pila_buf title; /* is this: it goes before records that come out as they went in */
    bool unterminated; /* the record last read had no separator behind it ... */
    const char *tail;  /* of the first stage: ... and was here, the last of its file */
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
/* Whether there is no -f, where it would mean nothing. */
int cli_check_no_key(const cli_flow *flow);
/* The same of all options on reading, for a command that reads nothing. */
int cli_check_no_input(const cli_flow *flow);
/* An integer of at least `least` as an operand: CLI_DONE, or a message that names it.
 */
int cli_integer(const char *name, const char *text, int64_t least, int64_t *out);
/* Run the pipeline that argv is; argv[0] is the name of the first command. */
int cli_pipeline(const cli_command *first, int argc, char **argv, int color);
/* The items, each a record of output; what they ended with. */
pila_status cli_write_items(cli_flow *flow, cli_output *out, pila_iter *items);
/* A view of text that means nothing more, in a row of those whose form does; told by
 * its address, in every other way a pila_view. */
extern const pila_type cli_plain;
/* One item as output, in the format asked for, and the end of its record. */
void cli_write_item(cli_output *o, const cli_flow *flow, const pila_type *type,
                    const void *item);

/* ---- inputs side by side, for CLI_OPERAND_INPUTS ---- */

/* An iterator for each FILE; what a later stage is given stands where - is, or first.
 * Where - comes again it is the same input: `zip - -` pairs the lines of stdin. */
typedef struct cli_inputs {
    size_t n;
    pila_iter *iter;             /* all to be taken by whoever opened them */
    struct cli_input_flow *flow; /* each has a place of its own */
    size_t flows;
    pila_iter shared; /* what several - are */
} cli_inputs;

/* Must not move from then on. PILA_OK, or nothing is open; CLI_SAID where the FILEs
 * can't stand beside the items. */
pila_status cli_inputs_open(cli_flow *flow, cli_inputs *in);
void cli_inputs_done(cli_inputs *in);

/* ---- keys: what -f, --in and folding make of an item ---- */

/* The keys of items, as views. Ends with CLI_SAID when one has none. */
pila_iter cli_keys(cli_flow *flow, pila_iter items, bool fold);
/* The same with the item behind each: struct { pila_str key; T item; }. */
pila_iter cli_keyed(cli_flow *flow, pila_iter items);
/* The items of such pairs alone again. */
pila_iter cli_unkeyed(pila_iter keyed);
/* As cli_keyed with numbers as keys, struct { cli_number key; T item; }: an item whose
 * key is none is malformed. The digits of a long one are a view, as text is. */
pila_iter cli_numbered(cli_flow *flow, pila_iter items);
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

/* ---- numbers: exact, as keys ---- */

typedef enum cli_number_kind {
    CLI_NUMBER_INT,  /* in small */
    CLI_NUMBER_LONG, /* an integer beyond 64 bits: digits, and value about it */
    CLI_NUMBER_FLOAT /* in value */
} cli_number_kind;

typedef struct cli_number {
    cli_number_kind kind;
    bool negative; /* of a long one */
    int64_t small;
    double value;
    pila_str digits; /* without sign and leading zeros; a view, unless owned */
    char *owned;     /* by a copy that pila_type_copy made, until pila_type_drop */
} cli_number;

enum { CLI_UNORDERED = 2 }; /* what cli_number_compare says of a NaN */

/* Equal numbers compare and hash the same, whatever their kind. */
extern const pila_type cli_number_type;

/* int() or float() of text, white space around it and no underscores. PILA_OK,
 * PILA_ESYNTAX (no number), or PILA_ENOMEM. */
pila_status cli_number_parse(pila_str text, cli_number *out);
cli_number cli_number_of_int(int64_t n);
cli_number cli_number_of_float(double x);
/* -1, 0 or 1 as Python orders ints and floats, or CLI_UNORDERED. */
int cli_number_compare(const cli_number *a, const cli_number *b);
/* Appended as Python's repr has it. */
pila_status cli_number_format(const cli_number *n, pila_buf *out);

/* ---- conditions: predicates as options ---- */

typedef struct cli_conditions {
    int numbers; /* -n */
    cli_list list;
    cli_number *operand;    /* of -n, one for each; made by cli_conditions_check */
    struct cli_flow *until; /* NULL, or whose keys nobody wants after a no */
} cli_conditions;

/* The options of a command that has conditions and no others. */
typedef struct cli_condition_options {
    cli_common common;
    cli_conditions where;
} cli_condition_options;

extern const cli_option cli_condition_rows[];
extern const cli_condition_options cli_condition_defaults;
#define CLI_CONDITION_SECTION                                                          \
    {                                                                                  \
        "Conditions",                                                                  \
            "Of the record, or of the field that -f names. Several must all hold; "    \
            "without one, the text must not be empty, with -n the number not be "      \
            "zero: what Python takes for true. Text compares by its bytes, numbers "   \
            "by their exact values."                                                   \
    }

int cli_conditions_check(const cli_flow *flow);
/* The items that an adaptor leaves of those given, by the conditions that flow's
 * options are; one adaptor for plain text, one for everything. until: it asks until the
 * answer is no, and does not care for keys then. */
pila_iter cli_conditional(
    cli_flow *flow, pila_iter items, pila_iter (*by_kernel)(pila_iter, pila_kernel),
    pila_iter (*by_call)(pila_iter, pila_filter_callback *, void *), bool until);
/* Whether each item meets them, as uint8_t. */
pila_iter cli_told(cli_flow *flow, pila_iter items);
void cli_conditions_done(cli_flow *flow);

/* ---- combinatorics: options and totals of product, permutations, ... ---- */

typedef struct cli_choose_options {
    cli_common common;
    int64_t r; /* items of a row, or the repeats of a product; -1: not given */
    int64_t start, count;
    int total;
} cli_choose_options;

#define CLI_CHOOSE_ROWS                                                                  \
    CLI_GROUP("Which of them"),                                                          \
        {0,                                                                              \
         "start",                                                                        \
         CLI_INT,                                                                        \
         offsetof(cli_choose_options, start),                                            \
         0,                                                                              \
         "I",                                                                            \
         "from number I on, counted from 0"},                                            \
        {0, "count", CLI_INT, offsetof(cli_choose_options, count), 0, "N", "at most N"}, \
        {0,                                                                              \
         "total",                                                                        \
         CLI_SET,                                                                        \
         offsetof(cli_choose_options, total),                                            \
         1,                                                                              \
         NULL,                                                                           \
         "print only how many there are in all"},                                        \
        CLI_LAST

#define CLI_CHOOSE_SECTION                                                             \
    {                                                                                  \
        "Many machines",                                                               \
            "No way leads through those before --start: it is found at once. So the "  \
            "rows of --total can be shared out by number, and the outputs, one after " \
            "the other, are the output of one run."                                    \
    }

#define CLI_CHOOSE_PLACES                                                              \
    {                                                                                  \
        "Output", "A record for each row, tabs between its fields, or as --out says: " \
                  "a record of fields, or an array. Records are different by their "   \
                  "places, not by what they say."                                      \
    }

extern const cli_choose_options cli_choose_defaults;

typedef pila_iter cli_choose_from(pila_iter pool, size_t r, uint64_t start,
                                  uint64_t count);
typedef pila_status cli_choose_total(size_t n, size_t r, uint64_t *out);

/* Rows of one pool, those of the options, or how many there are in all. */
pila_iter cli_choose(cli_flow *flow, cli_choose_from *from, cli_choose_total *total);
int cli_choose_check(const cli_flow *flow);
int cli_choose_check_r(const cli_flow *flow); /* with an -r that must be given */

/* --count, for the library. */
uint64_t cli_choose_count(const cli_choose_options *o);
/* How many items there are; the iterator is dropped. */
pila_status cli_length(pila_iter items, size_t *out);
/* One number, as an iterator; *room is where it stays. What failed, otherwise. */
pila_iter cli_total(cli_flow *flow, pila_status st, uint64_t *room);

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
