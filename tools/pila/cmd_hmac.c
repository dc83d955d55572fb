/* cmd_hmac.c - pila hmac: digests that only who has the key can make, or check.
 *
 * The key is read from a file or a descriptor: what stands on a command line, or in the
 * environment, others on the machine can see. All its bytes are the key, a newline at
 * the end too.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KEY_MOST = 1 << 20 };

static const cli_option options[] = {
    CLI_GROUP("Digests"),
    CLI_HASH_ROW('k', "key", CLI_FILE, key_file, 0, "FILE",
                 "the key is all bytes of FILE, of - those of stdin"),
    CLI_HASH_ROW(0, "key-fd", CLI_INT, key_fd, 0, "N", "or what descriptor N has"),
    CLI_HASH_ROW('a', "algorithm", CLI_TEXTS, algorithm, 0, "A,B,...",
                 "sha256 (default), sha512, ...: all in one read"),
    CLI_HASH_ROWS,
    CLI_HASH_LINE_ROWS,
    CLI_HASH_CHECK_ROWS,
    CLI_LAST};

static int read_key(pila_buf *key, int fd, const char *name)
{
    ssize_t n = 1;

    /* all its room at once: what grows leaves copies behind */
    if (pila_buf_reserve(key, KEY_MOST + 1) != PILA_OK)
        return cli_trouble_status(NULL, PILA_ENOMEM);
    while (n && key->len <= KEY_MOST) {
        n = read(fd, key->data + key->len, KEY_MOST + 1 - key->len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cli_trouble(name, "%s", strerror(errno));
        key->len += (size_t)n;
    }
    if (!key->len) return cli_trouble(name, "the key is empty");
    if (key->len > KEY_MOST)
        return cli_trouble(name, "a key has at most %d bytes", KEY_MOST);
    return CLI_DONE;
}

static int open_key(cli_hash_options *o)
{
    bool is_stdin = o->key_file ? strcmp(o->key_file, "-") == 0 : o->key_fd == 0;
    const char *name = is_stdin ? "stdin" : o->key_file;
    int fd = STDIN_FILENO;
    char number[32];

    if (!name) snprintf(number, sizeof number, "descriptor %lld", (long long)o->key_fd);
    if (!is_stdin)
        fd = o->key_file ? open(o->key_file, O_RDONLY | O_CLOEXEC | O_NOCTTY)
                         : (int)o->key_fd;
    if (fd < 0) return cli_trouble(name, "%s", strerror(errno));
    int code = read_key(&o->key, fd, name ? name : number);
    if (o->key_file && !is_stdin) (void)close(fd);
    return code;
}

static int check(const cli_flow *flow)
{
    cli_hash_options *o = flow->options;

    if (!o->key_file == (o->key_fd < 0))
        return cli_trouble(NULL, o->key_file ? "--key and --key-fd: one of them"
                                             : "--key FILE is missing, or --key-fd N");
    if (o->key_fd > INT32_MAX) return cli_trouble(NULL, "--key-fd: too large");
    int code = open_key(o);
    return code == CLI_DONE ? cli_hash_check(flow, CLI_HMAC) : code;
}

static const cli_row sections[] = {
    {"The key",
     "All bytes of FILE, a newline at its end too: make one by printf, or of "
     "chance by head -c 32 /dev/urandom. It has at most 1 MiB. A key that is "
     "an argument could be seen by others, so there is no such option."},
    CLI_HASH_OUTPUT_SECTION,
    CLI_HASH_CHECK_SECTION,
    {"Algorithms", "Without -a, --check takes lines of HMAC-SHA256 alone."},
    {NULL, NULL}};

const cli_command cmd_hmac = {
    .name = "hmac",
    .summary = "print keyed digests of files, or check lists of them",
    .usage = "[OPTION...] -k FILE [-a A,B,...] [FILE...]\n"
             "[OPTION...] -k FILE --check [FILE...]",
    .examples = "  $ pila hmac -k key *.tar >MACS\n"
                "  $ pila hmac -k key --check MACS\n"
                "  $ pila hmac --key-fd 3 -a sha512 message 3<key\n",
    .python = "  hmac.new(key, data, \"sha256\").hexdigest()\n",
    .description = "Reads the FILEs, or stdin, and prints their HMACs (RFC 2104).",
    .sections = sections,
    .memory = "O(1): 128 KiB for each thread, and 1 MiB for the key.",
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
