/* cmd_hash.c - pila hash: digests of files and records, and lists of them checked. */
#include "hashing.h"

static const cli_option options[] = {
    CLI_GROUP("Digests"),
    CLI_HASH_ROW(
        'a', "algorithm", CLI_TEXTS, algorithm, 0, "A,B,...",
        "md5, sha1, sha256 (default), sha3_256, blake2b, ...: all in one read"),
    CLI_HASH_ROW('l', "length", CLI_INT, length, 0, "BITS",
                 "bits of a digest of blake2b, blake2s, shake_128 and shake_256"),
    CLI_HASH_ROWS,
    CLI_HASH_LINE_ROWS,
    CLI_HASH_CHECK_ROWS,
    CLI_LAST};

static int check(const cli_flow *flow) { return cli_hash_check(flow, CLI_HASH); }

static const cli_row sections[] = {
    CLI_HASH_OUTPUT_SECTION,
    CLI_HASH_CHECK_SECTION,
    {"In a pipeline",
     "A later stage digests the items that it is given, each as a message; with "
     "--names "
     "they are the names of files. What comes out has fields, for -f: name, size and "
     "sha256, or sha256 and item."},
    {NULL, NULL}};

const cli_command cmd_hash = {
    .name = "hash",
    .summary = "print digests of files, or check lists of them",
    .usage = "[OPTION...] [-a A,B,...] [FILE...]\n[OPTION...] --check [FILE...]",
    .examples = "  $ pila hash *.iso >SHA256SUMS\n"
                "  $ pila hash --check SHA256SUMS\n"
                "  $ pila hash -a md5,sha256 --out jsonl release.tar.gz\n"
                "  $ find . -type f -print0 | pila hash -z --names\n"
                "  $ pila hash * then counter -f sha256 --min-count 2\n",
    .python = "  hashlib.file_digest(open(FILE, \"rb\"), \"sha256\").hexdigest()\n",
    .description = "Reads the FILEs, or stdin, and prints what sha256sum prints.",
    .sections = sections,
    .memory = "O(1): 128 KiB for each thread.",
    .exits = {"done", "--check: a digest differs, or a list has no lines",
              "usage, I/O or memory; also a listed file that can't be read"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_hash_options),
    .defaults = &cli_hash_defaults,
    .check = check,
    .make = cli_hash_make,
    .write = cli_hash_write,
    .done = cli_hash_done};
