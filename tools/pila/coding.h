/* coding.h - bytes through a codec: what gzip, zlib and the base64 family share.
 *
 * What is read of a FILE comes out of `open` in chunks. The last stage writes them, or
 * feeds them to a compressor; before another stage they are read as records. A
 * compressor behind another stage is fed what that one would have written.
 */
#ifndef CLI_CODING_H
#define CLI_CODING_H

#include "cli.h"

enum { CLI_CODING_BLOCK = 256 << 10 }; /* bytes read at a time; output is as large */

typedef struct cli_coding cli_coding;

struct cli_coding { /* what a command has as flow->own, or its first member */
    cli_flow *flow;
    /* The chunks of the FILE at hand; cli_coding_blocks: as they are read. */
    pila_iter (*open)(cli_coding *c);
    /* NULL, or a second look at what they ended with: the reason goes into err. */
    pila_status (*ended)(cli_coding *c, pila_status st);
    void (*close)(cli_coding *c); /* NULL, or the end of what open made beside them */
    /* NULL, or a compressor: chunks are fed to it, and it writes. */
    pila_status (*start)(cli_coding *c, cli_output *out);
    pila_status (*feed)(void *c, pila_str chunk);
    pila_status (*finish)(cli_coding *c);
    bool is_text;     /* a fault is in a line and a column, else at a byte */
    const char *tail; /* NULL, or what stands behind all that came of a FILE */
    int64_t most;     /* bytes that may come of a FILE; 0: any number */
    cli_split split;  /* the part of the FILE that is read */
    /* the FILE at hand */
    const char *name;
    cli_input *in, mine;
    pila_bytes_in bytes;
    pila_iter chunks;
    pila_error err;      /* of the codec */
    int why;             /* errno of a read that failed */
    uint64_t read, made; /* bytes */
    pila_str rest;       /* of a chunk, to be read */
    pila_status fed;     /* what the compressor made of items */
    pila_str block;
    char *room;
};

/* The rows of a table of options that such commands share with the others. */
#define CLI_CODING_ROWS                                                                  \
    CLI_GROUP("Records, of or for another stage"),                                       \
        {0,                                                                              \
         "in",                                                                           \
         CLI_CHOICE,                                                                     \
         offsetof(cli_common, in),                                                       \
         0,                                                                              \
         "lines|nul|jsonl|csv|tsv",                                                      \
         "what is read, for the next stage"},                                            \
        {0,                                                                              \
         "out",                                                                          \
         CLI_CHOICE,                                                                     \
         offsetof(cli_common, out),                                                      \
         0,                                                                              \
         "lines|nul|jsonl|csv|tsv",                                                      \
         "as what the items of the stage before are written"},                           \
        {'H',                                                                            \
         "header",                                                                       \
         CLI_SET,                                                                        \
         offsetof(cli_common, header),                                                   \
         1,                                                                              \
         NULL,                                                                           \
         "the first record names the fields"},                                           \
        {'z',                                                                            \
         "zero",                                                                         \
         CLI_SET,                                                                        \
         offsetof(cli_common, zero),                                                     \
         1,                                                                              \
         NULL,                                                                           \
         "records end with NUL"},                                                        \
        {'0', "null", CLI_SET, offsetof(cli_common, zero), 1, NULL, "the same as -z"},   \
        {0,                                                                              \
         "max-record",                                                                   \
         CLI_SIZE,                                                                       \
         offsetof(cli_common, max_record),                                               \
         1,                                                                              \
         "SIZE",                                                                         \
         "refuse records longer than this; default 1G"},                                 \
        CLI_GROUP("Reading and writing"),                                                \
        {'o',                                                                            \
         "output",                                                                       \
         CLI_FILE,                                                                       \
         offsetof(cli_common, output),                                                   \
         0,                                                                              \
         "FILE",                                                                         \
         "write to FILE, which appears whole or not at all; it may be an input"},        \
        {0,                                                                              \
         "line-buffered",                                                                \
         CLI_SET,                                                                        \
         offsetof(cli_common, line_buffered),                                            \
         1,                                                                              \
         NULL,                                                                           \
         "write what there is as it comes"},                                             \
        CLI_GROUP("Messages and help"),                                                  \
        {0,                                                                              \
         "progress",                                                                     \
         CLI_SET,                                                                        \
         offsetof(cli_common, progress),                                                 \
         CLI_ALWAYS,                                                                     \
         NULL,                                                                           \
         "show progress on stderr"},                                                     \
        {0,    "no-progress",        CLI_SET, offsetof(cli_common, progress), CLI_NEVER, \
         NULL, "never show progress"},                                                   \
        {0,                                                                              \
         "color",                                                                        \
         CLI_CHOICE,                                                                     \
         offsetof(cli_common, color),                                                    \
         0,                                                                              \
         "auto|always|never",                                                            \
         "colour help and messages; auto: on a terminal, unless NO_COLOR is set"},       \
        {0, "help", CLI_SET, offsetof(cli_common, help), 1, NULL, "show this help"},     \
        {0,                                                                              \
         "help-json",                                                                    \
         CLI_SET,                                                                        \
         offsetof(cli_common, help_json),                                                \
         1,                                                                              \
         NULL,                                                                           \
         "show the options as JSON"},                                                    \
        {0, "version", CLI_SET,           offsetof(cli_common, version),                 \
         1, NULL,      "show the version"},                                              \
        CLI_LAST

/* --in, -z, -H and --out only where there are records. */
int cli_coding_check(const cli_flow *flow, bool encodes);
bool cli_coding_on_terminal(void); /* whether stdout is one */

/* What is read of the FILE, in views of up to CLI_CODING_BLOCK. */
pila_iter cli_coding_blocks(cli_coding *c);
/* The same as a pila_read_callback; ctx is the cli_coding. */
ptrdiff_t cli_coding_read(void *ctx, void *into, size_t room);

/* Open a FILE: CLI_DONE, or a message is out and its code is answered. */
int cli_coding_open(cli_coding *c, const char *operand);
/* The next chunk: PILA_OK, PILA_END; PILA_EIO and errno; CLI_SAID, or PILA_ENOMEM. */
pila_status cli_coding_next(cli_coding *c, pila_str *out);
void cli_coding_close(cli_coding *c); /* also when nothing is open */

/* All of the FILE that is open, to out or, if that is NULL, nowhere. As
 * cli_coding_next, but that PILA_EIO is said, and PILA_END is all. */
pila_status cli_coding_copy(cli_coding *c, cli_output *out);
/* One FILE: opened, copied, closed. */
pila_status cli_coding_file(cli_coding *c, const char *operand, cli_output *out);
/* The FILEs of the flow, one after the other, as the last stage. */
pila_status cli_coding_write(cli_coding *c, cli_output *out);
/* The items, as they would be written, through the compressor. */
pila_status cli_coding_write_items(cli_coding *c, cli_output *out, pila_iter *items);
/* The records of the FILEs, for the next stage. flow->own is the cli_coding. */
pila_iter cli_coding_items(cli_flow *flow);
void cli_coding_done(cli_coding *c);

/* Rows of a table: -1 to -9, into an int at `at`. */
#define CLI_LEVEL_ROW(n, at)                                                           \
    {                                                                                  \
        (#n)[0], "level-" #n, CLI_SET, at, n, NULL, "between them"                     \
    }
#define CLI_LEVEL_ROWS(at)                                                             \
    {'1', "fast", CLI_SET, at, 1, NULL, "the fastest"}, CLI_LEVEL_ROW(2, at),          \
        CLI_LEVEL_ROW(3, at), CLI_LEVEL_ROW(4, at), CLI_LEVEL_ROW(5, at),              \
        {'6', "level-6", CLI_SET, at, 6, NULL, "the default"}, CLI_LEVEL_ROW(7, at),   \
        CLI_LEVEL_ROW(8, at),                                                          \
    {                                                                                  \
        '9', "best", CLI_SET, at, 9, NULL, "the smallest"                              \
    }

#endif
