/* hashing.h - what hash, hmac and crc32 share: digests of files, on threads; lines of
 * them as sha256sum writes them, and reads them again.
 *
 *     check.c        algorithms by name and by tag, and lines with digests, read
 *     digesting.c    one object for a digest of any of them
 *     hash_files.c   files to threads, results in the order of the files
 *     checking.c     the files of such lines, and what comes of them
 *     hashing.c      options, stages and output
 */
#ifndef PILA_HASHING_H
#define PILA_HASHING_H

#include "cli.h"

#include <pila/serial/hashlib.h>
#include <pila/serial/hmac.h>

enum {
    CLI_SUMS_MOST = 32,        /* algorithms at a time */
    CLI_SUM_NAME = 48,         /* bytes of a name or a tag, and NUL */
    CLI_THREADS_MOST = 256,    /* -j */
    CLI_DIGEST_MOST = 1 << 20, /* bytes of a SHAKE */
    CLI_HASH_BLOCK = 128 << 10
};

/* ---- check.c: algorithms, and lines with digests ---- */

typedef enum cli_sums { CLI_HASH, CLI_HMAC, CLI_CRC } cli_sums; /* a command each */

typedef struct cli_algorithm {
    cli_sums sums;
    const char *name; /* Python's; outlives this */
    size_t bytes;     /* of a digest */
    size_t most;      /* that it may have; 0: no others */
    bool chosen;      /* they are others */
    pila_str key;     /* of an HMAC; borrowed */
} cli_algorithm;

/* An algorithm by any of its names: sha3_256, SHA3-256, SHA2-256; false: it is not
 * known. bits: a number behind it, -1 for none. */
bool cli_algorithm_named(cli_algorithm *a, cli_sums sums, const char *name,
                         int64_t *bits);
const char *cli_algorithm_name_at(size_t k, void *ctx); /* for cli_nearest */
/* The same from the tag of a line and the bytes of its digest; false: it is none, or
 * has other digests. */
bool cli_algorithm_of_tag(cli_algorithm *a, cli_sums sums, pila_str tag, size_t bytes);
/* The same of a line without one: by the length of its digest. */
bool cli_algorithm_of_length(cli_algorithm *a, cli_sums sums, size_t bytes);
/* What --tag calls it, "SHA256", and the fields of a report, "sha256". */
void cli_algorithm_tag(const cli_algorithm *a, char tag[CLI_SUM_NAME]);
void cli_algorithm_field(const cli_algorithm *a, char name[CLI_SUM_NAME]);
/* Whether a's digests may have so many bytes, and a with them. */
bool cli_algorithm_resize(cli_algorithm *a, size_t bytes);

typedef struct cli_sum_line {
    cli_algorithm of;
    pila_str digits, name; /* views of the line, or of room */
} cli_sum_line;

/* What a list of lines may have. Before their names are one or two blanks: the first
 * line of the list says. */
typedef struct cli_sum_list {
    cli_sums sums;
    const cli_algorithm *allowed; /* n of them; of 0 any */
    size_t n;
    bool escapes; /* a backslash at first means something, a CR at the end nothing */
    enum { CLI_BLANKS_OPEN, CLI_BLANKS_ONE, CLI_BLANKS_TWO } blanks;
} cli_sum_list;

/* A line of --check. PILA_OK; PILA_END for a comment or an empty line; PILA_ESYNTAX,
 * and the list is as it was; or PILA_ENOMEM. */
pila_status cli_sum_line_read(cli_sum_list *list, pila_str line, pila_buf *room,
                              cli_sum_line *out);

/* ---- digesting.c ---- */

/* The same, or what OpenSSL alone knows; it is there. bits: of its digest, -1 for its
 * own. CLI_DONE, or CLI_TROUBLE and a message. */
int cli_algorithm_find(cli_algorithm *a, cli_sums sums, const char *name, int64_t bits,
                       pila_str key);

typedef struct cli_digester { /* {0}: not begun */
    cli_algorithm of;
    pila_hashlib hash;
    pila_hmac mac;
    uint32_t sum;
    bool used; /* there was data, and no digest of it yet */
} cli_digester;

/* Ready for a message of a; nothing is done twice for the same algorithm. */
pila_status cli_digester_begin(cli_digester *d, const cli_algorithm *a,
                               pila_error *why);
pila_status cli_digester_update(cli_digester *d, pila_str data);
/* Appended in hex, and d is ready for the next message. */
pila_status cli_digester_finish(cli_digester *d, pila_buf *hex);
void cli_digester_done(cli_digester *d);

/* late_crypto.c: NULL, or why there is no OpenSSL. */
const char *cli_crypto_missing(void);

/* ---- options ---- */

typedef struct cli_hash_options {
    cli_common common;
    cli_list algorithm; /* -a */
    int64_t length;     /* bits; -1: not given */
    int64_t threads;    /* 0: one for each processor */
    int records, names;
    int binary, tag;
    int check, quiet, status, strict, warn, ignore_missing;
    const char *key_file; /* hmac */
    int64_t key_fd;
    int adler32, partial, merge; /* crc32 */
    const char *split;
    /* made by cli_hash_check */
    cli_sums sums;
    cli_algorithm sum[CLI_SUMS_MOST]; /* what -a asks for, or the default */
    size_t n;
    char *text_of_algorithms; /* which sum[].name point into */
    cli_split part;
    pila_buf key;
} cli_hash_options;

#define CLI_HASH_AT(member) offsetof(cli_hash_options, member)
#define CLI_HASH_ROW(letter, name, kind, member, value, arg, help)                     \
    {                                                                                  \
        letter, name, kind, CLI_HASH_AT(member), value, arg, help                      \
    }

/* Rows of all three. */
#define CLI_HASH_ROWS                                                                  \
    CLI_GROUP("What is read"),                                                         \
        CLI_HASH_ROW(0, "records", CLI_SET, records, 1, NULL,                          \
                     "each record of the FILEs is a message, or the field that -f "    \
                     "names"),                                                         \
        CLI_HASH_ROW(0, "names", CLI_SET, names, 1, NULL,                              \
                     "each record is the name of a file to read; with -z as find "     \
                     "-print0 has them"),                                              \
        CLI_HASH_ROW('j', "threads", CLI_INT, threads, 1, "N",                         \
                     "read N files at a time; default: a processor each")
#define CLI_HASH_LINE_ROWS                                                             \
    CLI_GROUP("Lines that are written"),                                               \
        CLI_HASH_ROW(0, "tag", CLI_SET, tag, 1, NULL,                                  \
                     "say the algorithm in each line, as BSD does; so do several"),    \
        CLI_HASH_ROW('b', "binary", CLI_SET, binary, 1, NULL,                          \
                     "write * before names, as sha256sum -b does"),                    \
        CLI_HASH_ROW('t', "text", CLI_SET, binary, 0, NULL, "write a blank (default)")
#define CLI_HASH_CHECK_ROWS                                                            \
    CLI_GROUP("Checking"),                                                             \
        CLI_HASH_ROW('c', "check", CLI_SET, check, 1, NULL,                            \
                     "the FILEs have lines with digests: check the files they name"),  \
        CLI_HASH_ROW(0, "ignore-missing", CLI_SET, ignore_missing, 1, NULL,            \
                     "say nothing of files that are not there"),                       \
        CLI_HASH_ROW(0, "quiet", CLI_SET, quiet, 1, NULL, "no line for what is OK"),   \
        CLI_HASH_ROW(0, "status", CLI_SET, status, 1, NULL,                            \
                     "no lines at all: the exit status says it"),                      \
        CLI_HASH_ROW(0, "strict", CLI_SET, strict, 1, NULL,                            \
                     "exit 1 for improperly formatted lines, too"),                    \
        CLI_HASH_ROW('w', "warn", CLI_SET, warn, 1, NULL,                              \
                     "name each improperly formatted line")

#define CLI_HASH_OUTPUT_SECTION                                                        \
    {                                                                                  \
        "Output",                                                                      \
            "A line for each file: its digest, a blank, a blank or *, its name. A "    \
            "name "                                                                    \
            "with a newline, a carriage return or a backslash in it is written with "  \
            "\\n, \\r and \\\\, and the line begins with a backslash; with -z "        \
            "nothing "                                                                 \
            "is changed. --out jsonl, csv and tsv have the name, the size in bytes "   \
            "and "                                                                     \
            "each digest, and so has a stage that follows. Records (--records) come "  \
            "out behind their digests."                                                \
    }
#define CLI_HASH_CHECK_SECTION                                                         \
    {                                                                                  \
        "Checking",                                                                    \
            "Reads what this and sha256sum, shasum, b2sum and openssl dgst write, "    \
            "with "                                                                    \
            "tags and without. Without -a a tag or the length of a digest says the "   \
            "algorithm; with -a other lines are improperly formatted. Prints for "     \
            "each "                                                                    \
            "file OK, FAILED, or FAILED open or read; --out jsonl, csv and tsv have "  \
            "the name, the algorithm and that."                                        \
    }

extern const cli_hash_options cli_hash_defaults;

/* ---- hash_files.c: files to threads ---- */

typedef struct cli_file_job {
    /* to be set: what to do */
    pila_buf name;            /* with NUL behind it; "-" is stdin */
    const cli_algorithm *sum; /* n of them, or of n = 1 */
    size_t n;
    cli_algorithm own; /* ... this */
    pila_buf want;     /* of a line of --check: hex digits, in small letters */
    size_t line;       /* 0, or nothing is to be read: that line has no good format */
    /* what came of it */
    pila_status status; /* PILA_EIO: as errno, below */
    int error;
    int64_t size;
    pila_buf hex; /* of all digests, each with NUL behind it */
    bool ready;
} cli_file_job;

typedef struct cli_pool cli_pool;

/* NULL: no memory. threads 1: files are read by who asks for them. */
cli_pool *cli_pool_new(size_t threads, cli_split part);
/* A job to be set and then put, or NULL: take one first. */
cli_file_job *cli_pool_room(cli_pool *p);
void cli_pool_put(cli_pool *p);
/* The oldest that was put, when it is done; NULL: there is none. It is good until the
 * next call. */
cli_file_job *cli_pool_take(cli_pool *p);
void cli_pool_free(cli_pool *p); /* NULL is fine; does not wait for files not begun */
/* Set a job's name. */
pila_status cli_job_name(cli_file_job *job, pila_str name);
/* Hex of the k-th digest. */
pila_str cli_job_hex(const cli_file_job *job, size_t k);

/* ---- checking.c ---- */

pila_iter cli_check_lists(cli_flow *flow);
pila_status cli_check_write(cli_flow *flow, cli_output *out, pila_iter *items);

/* ---- hashing.c ---- */

/* What the three commands are; key: that of an HMAC. */
int cli_hash_check(const cli_flow *flow, cli_sums sums);
pila_iter cli_hash_make(cli_flow *flow);
pila_status cli_hash_write(cli_flow *flow, cli_output *out, pila_iter *items);
void cli_hash_done(cli_flow *flow);
size_t cli_hash_threads(const cli_hash_options *o);
/* "digest  name" or "tag (name) = digest". */
void cli_hash_line(cli_output *out, const cli_hash_options *o, const cli_algorithm *a,
                   pila_str hex, pila_str name);
/* A name without newlines: with \n, \r and \\. */
void cli_write_sum_name(cli_output *out, pila_str name, bool escaped);

#endif
