/* cmd_base64.c - pila base64, base32, base16, ascii85, base85, z85: bytes as text, and
 * back.
 *
 * One source for the six: a row of a table says what is particular to each. FILEs go
 * through the library's encoder or decoder, block by block; behind another stage each
 * item is encoded, or decoded, by itself.
 */
#include "coding.h"

#include <pila/serial/base64.h>

#include <stdio.h>
#include <string.h>

enum { ITEMS_AT_ONCE = 64 };

typedef enum base_reading { NEWLINES, STRICT, LAX, PYTHON } base_reading;

typedef struct base_options {
    cli_common common;
    int decode, reading, ignore, other, unpadded, casefold;
    int adobe, fold, pad;
    int64_t wrap; /* -1: not given */
} base_options;

typedef struct base_kind {
    const char *name;
    pila_base64_codec codec, other; /* and with --url, --hex */
    int64_t wrap;                   /* columns where nothing is said */
    size_t bytes, characters;       /* what lengths must divide by; 0: any will do */
    const char *zeros;              /* a group of zeros, but for its last digit */
} base_kind;

static const base_kind kinds[] = {
    {"base64", PILA_BASE64, PILA_BASE64_URLSAFE, 76, 0, 0, "AAA"},
    {"base32", PILA_BASE32, PILA_BASE32HEX, 76, 0, 0, "AAAAAAA"},
    {"base16", PILA_BASE16, PILA_BASE16, 76, 0, 0, "0"},
    {"ascii85", PILA_ASCII85, PILA_ASCII85, 0, 0, 0, "!!!!"},
    {"base85", PILA_BASE85, PILA_BASE85, 0, 0, 0, "0000"},
    {"z85", PILA_Z85, PILA_Z85, 76, 4, 5, "0000"}};

typedef struct base {
    cli_coding coding; /* the first member */
    const base_options *o;
    const base_kind *kind;
    pila_base64_codec codec;
    pila_base64_options how;
    char ignored[256];
    /* behind another stage */
    pila_iter items;
    size_t line; /* items that have gone by */
    pila_buf room, made;
    pila_str window[ITEMS_AT_ONCE];
} base;

/* ---- what is to be done ---- */

/* Whether a text may have this byte: as the last digit of a group, or alone. */
static bool belongs(const base *b, char c)
{
    char text[16], bytes[16];
    pila_base64_options how = b->how;

    if (b->how.adobe && c == '~') return true;
    how.adobe = false;
    if (b->codec == PILA_BASE32HEX) memset(text, '0', 7);
    else memcpy(text, b->kind->zeros, strlen(b->kind->zeros));
    text[strlen(b->kind->zeros)] = c;
    for (size_t n = strlen(b->kind->zeros) + 1;; n = 1) {
        pila_buf out = {bytes, 0, sizeof bytes, sizeof bytes};
        pila_str one = pila_str_of(n > 1 ? text : &c, n);
        if (pila_base64_decode(b->codec, one, &how, &out, NULL) == PILA_OK) return true;
        if (n == 1) return false;
    }
}

static void choose(base *b)
{
    const base_options *o = b->o;
    bool items = b->coding.flow->stage > 1;
    int64_t wrap = items ? 0 : o->wrap < 0 ? b->kind->wrap : o->wrap;
    size_t n = 0;

    b->codec = o->other ? b->kind->other : b->kind->codec;
    b->how.unpadded = o->unpadded;
    b->how.casefold = o->casefold;
    b->how.adobe = o->adobe;
    b->how.foldspaces = o->fold;
    b->how.pad = o->pad;
    b->how.wrapcol = (size_t)wrap;
    b->how.wrap_exactly = true;
    if (!o->decode) {
        b->coding.tail = wrap ? "\n" : NULL;
        return;
    }
    for (int c = 0; o->ignore && c < 256; c++)
        if (!belongs(b, (char)c)) b->ignored[n++] = (char)c;
    if (o->ignore) b->how.ignorechars = pila_str_of(b->ignored, n);
    else if (o->reading == NEWLINES) b->how.ignorechars = pila_cstr("\n");
    else if (o->reading == LAX) b->how.policy = PILA_BASE64_LAX;
    else if (o->reading == PYTHON) b->how.policy = PILA_BASE64_PYTHON;
}

static int check(const cli_flow *flow)
{
    const base_options *o = flow->options;

    if (flow->stage > 1 && o->wrap >= 0)
        return cli_trouble(NULL, "--wrap: an item of the stage before is one line");
    if (o->decode && (o->wrap >= 0 || o->pad))
        return cli_trouble(NULL, "--%s is not for --decode", o->pad ? "pad" : "wrap");
    if (!o->decode && (o->ignore || o->reading || o->casefold))
        return cli_trouble(NULL, "--%s is for --decode",
                           o->ignore              ? "ignore-garbage"
                           : o->casefold          ? "casefold"
                           : o->reading == STRICT ? "strict"
                           : o->reading == LAX    ? "lax"
                                                  : "python");
    if (o->ignore && o->reading)
        return cli_trouble(NULL, "--ignore-garbage, --strict, --lax and --python: one "
                                 "of them");
    return flow->stage > 1 ? CLI_DONE : cli_coding_check(flow, false);
}

/* ---- FILEs ---- */

static pila_iter open(cli_coding *c)
{
    base *b = (base *)(void *)c;
    pila_iter blocks = cli_coding_blocks(c);

    if (b->o->decode) return pila_base64_decoded(blocks, b->codec, &b->how, &c->err);
    return pila_base64_encoded(blocks, b->codec, &b->how);
}

/* ZeroMQ's text is of whole groups. */
static const char *bad_length(const base *b, uint64_t in, uint64_t out)
{
    if (!b->kind->bytes || b->o->pad) return NULL;
    if (b->o->decode)
        return out % b->kind->bytes ? "the length must be a multiple of 5 characters"
                                    : NULL;
    return in % b->kind->bytes ? "the length must be a multiple of 4 bytes" : NULL;
}

static pila_status ended(cli_coding *c, pila_status st)
{
    const char *why =
        st == PILA_END ? bad_length((const base *)(void *)c, c->read, c->made) : NULL;

    if (!why) return st;
    c->err.line = 0;
    c->err.offset = c->read;
    snprintf(c->err.message, sizeof c->err.message, "%s", why);
    return PILA_ESYNTAX;
}

/* ---- items ---- */

/* One item, coded, behind what is made. */
static pila_status code(base *b, const void *item, pila_error *err)
{
    size_t before = b->made.len;
    pila_str text;

    b->room.len = 0;
    pila_status st = cli_text_of(b->items.type, item, &b->room, &text);
    if (st != PILA_OK) return st;
    if (b->o->decode) st = pila_base64_decode(b->codec, text, &b->how, &b->made, err);
    else st = pila_base64_encode(b->codec, text, &b->how, &b->made);
    if (st != PILA_OK) return st;
    const char *why = bad_length(b, text.len, b->made.len - before);
    if (!why) return PILA_OK;
    b->made.len = before;
    err->offset = text.len;
    snprintf(err->message, sizeof err->message, "%s", why);
    return PILA_ESYNTAX;
}

/* What was ready upstream; each item has a newline behind it, as lines do. */
static bool items_refill(pila_iter *it)
{
    base *b = it->state;
    size_t n = pila_iter_ready(&b->items), done = 0, size = b->items.type->size;
    size_t len[ITEMS_AT_ONCE];
    pila_error err;
    pila_status st = n ? PILA_OK : b->items.status;

    b->made.len = 0;
    for (; done < n && done < ITEMS_AT_ONCE && st == PILA_OK; done++) {
        size_t before = b->made.len;
        st = code(b, b->items.cur + done * size, &err);
        len[done] = b->made.len - before;
        if (st == PILA_OK) st = pila_buf_add_char(&b->made, '\n');
        if (st != PILA_OK) break;
    }
    if (!done && st == PILA_ESYNTAX) {
        cli_answer(b->coding.flow,
                   cli_malformed("items", b->line + 1, err.offset + 1, err.message));
        st = CLI_SAID;
    }
    if (!done) return pila_iter_end(it, st);
    pila_iter_skip(&b->items, done); /* the fault comes with the next window */
    b->line += done;
    const char *at = b->made.data;
    for (size_t k = 0; k < done; at += len[k++] + 1)
        b->window[k] = pila_str_of(at, len[k]);
    it->cur = (const char *)b->window;
    it->end = (const char *)(b->window + done);
    return true;
}

static pila_iter items_drop(pila_iter *it)
{
    base *b = it->state;
    pila_iter items = b->items;

    b->items = pila_failed(PILA_END);
    return items;
}

/* ---- the commands ---- */

static pila_iter make(cli_flow *flow)
{
    static const pila_iter_ops ops = {items_refill, items_drop, NULL};
    base *b = pila_alloc_zero(1, sizeof *b);

    flow->own = b;
    if (!b) {
        pila_iter_drop(&flow->upstream);
        return pila_failed(PILA_ENOMEM);
    }
    b->coding.flow = flow;
    b->coding.open = open;
    b->coding.ended = ended;
    b->coding.is_text = true;
    b->o = flow->options;
    b->kind = kinds;
    while (strcmp(b->kind->name, flow->command->name) != 0) b->kind++;
    choose(b);
    if (flow->stage == 1) return cli_coding_items(flow);
    b->items = cli_items(flow);
    flow->keeps = false;
    flow->form = CLI_LINES;
    flow->names = NULL;
    return pila_iter_make(&pila_view, &ops, b);
}

static pila_status write(cli_flow *flow, cli_output *out, pila_iter *items)
{
    if (flow->stage > 1) return cli_write_items(flow, out, items);
    return cli_coding_write(flow->own, out);
}

static void done(cli_flow *flow)
{
    base *b = flow->own;

    if (!b) return;
    cli_coding_done(&b->coding);
    pila_buf_done(&b->room);
    pila_buf_done(&b->made);
    pila_free(b);
}

#define AT(member) offsetof(base_options, member)
#define WHAT_ROWS                                                                      \
    CLI_GROUP("What is done"),                                                         \
        {'d', "decode", CLI_SET, AT(decode), 1, NULL, "text to bytes"},                \
    {                                                                                  \
        'w', "wrap", CLI_INT, AT(wrap), 0, "COLS",                                     \
            "characters a line; 0: one line, and no newline at its end"                \
    }
#define PAD_ROW                                                                        \
    {                                                                                  \
        0, "pad", CLI_SET, AT(pad), 1, NULL,                                           \
            "fill the bytes up to a multiple of 4 with NUL, to be decoded as such"     \
    }
#define UNPADDED_ROW                                                                   \
    {                                                                                  \
        0, "unpadded", CLI_SET, AT(unpadded), 1, NULL, "no =, written or read"         \
    }
#define READING_ROWS                                                                   \
    CLI_GROUP("What is taken by --decode"),                                            \
        {'i',                                                                          \
         "ignore-garbage",                                                             \
         CLI_SET,                                                                      \
         AT(ignore),                                                                   \
         1,                                                                            \
         NULL,                                                                         \
         "skip all that is not of the alphabet"},                                      \
        {0, "strict", CLI_SET, AT(reading), STRICT, NULL, "no newlines, either"},      \
        {0,                                                                            \
         "lax",                                                                        \
         CLI_SET,                                                                      \
         AT(reading),                                                                  \
         LAX,                                                                          \
         NULL,                                                                         \
         "white space, and padding that is not there"},                                \
    {                                                                                  \
        0, "python", CLI_SET, AT(reading), PYTHON, NULL,                               \
            "what Python's function takes without options"                             \
    }

static const cli_option base64_rows[] = {WHAT_ROWS,
                                         {'u', "url", CLI_SET, AT(other), 1, NULL,
                                          "- and _ instead of + and /"},
                                         UNPADDED_ROW,
                                         READING_ROWS,
                                         CLI_CODING_ROWS};
static const cli_option base32_rows[] = {WHAT_ROWS,
                                         {0, "hex", CLI_SET, AT(other), 1, NULL,
                                          "with digits that sort as the bytes do"},
                                         UNPADDED_ROW,
                                         READING_ROWS,
                                         {0, "casefold", CLI_SET, AT(casefold), 1, NULL,
                                          "small letters, too"},
                                         CLI_CODING_ROWS};
static const cli_option base16_rows[] = {WHAT_ROWS,
                                         READING_ROWS,
                                         {0, "casefold", CLI_SET, AT(casefold), 1, NULL,
                                          "small letters, too"},
                                         CLI_CODING_ROWS};
static const cli_option ascii85_rows[] = {WHAT_ROWS,
                                          {0, "adobe", CLI_SET, AT(adobe), 1, NULL,
                                           "between <~ and ~>"},
                                          {0, "foldspaces", CLI_SET, AT(fold), 1, NULL,
                                           "y is four blanks"},
                                          PAD_ROW,
                                          READING_ROWS,
                                          CLI_CODING_ROWS};
static const cli_option base85_rows[] = {WHAT_ROWS, PAD_ROW, READING_ROWS,
                                         CLI_CODING_ROWS};

static const base_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                      .wrap = -1};

static const cli_row sections[] = {
    {"Decoding",
     "Takes what encoding writes, in lines of any length, and nothing else: all "
     "padding, no stray bits, nothing behind the end. What is malformed has its line "
     "and column, and ends the run. Each FILE is a text by itself."},
    {"Stages",
     "Before another stage, items are the lines that would be printed. Behind one, "
     "each item is encoded, or decoded, by itself and makes one item."},
    {"Many machines",
     "There is no --partial. Of parts whose lengths are multiples of a line, encoded "
     "one after the other, the text is that of the whole."},
    {NULL, NULL}};

/* What differs from command to command. */
#define BASE_COMMAND(ident, called, what, example, in_python, rows)                    \
    const cli_command cmd_##ident = {                                                  \
        .name = called,                                                                \
        .summary = what,                                                               \
        .usage = "[OPTION...] [FILE...]",                                              \
        .examples = example,                                                           \
        .python = in_python,                                                           \
        .description = "Reads the FILEs, or stdin, and prints each encoded, or with "  \
                       "-d decoded.",                                                  \
        .sections = sections,                                                          \
        .memory = "O(1), some 700 KiB; behind another stage O(longest item).",         \
        .exits = {"done", "malformed text", "usage, I/O or memory"},                   \
        .operands = CLI_OPERAND_FILES,                                                 \
        .keeps = true,                                                                 \
        .options = rows,                                                               \
        .size = sizeof(base_options),                                                  \
        .defaults = &defaults,                                                         \
        .check = check,                                                                \
        .make = make,                                                                  \
        .write = write,                                                                \
        .done = done}

BASE_COMMAND(base64, "base64", "encode and decode base64",
             "  $ pila base64 photo.jpg >photo.txt\n"
             "  $ pila base64 -d photo.txt >photo.jpg\n"
             "  $ printf '%s' \"$token\" | pila base64 -d --url --unpadded\n"
             "  $ pila counter words.txt then base64\n",
             "  base64.b64encode(data), base64.b64decode(text, validate=True)\n",
             base64_rows);
BASE_COMMAND(base32, "base32", "encode and decode base32",
             "  $ pila base32 key.bin\n  $ pila base32 -d --casefold key.txt\n",
             "  base64.b32encode(data), base64.b32decode(text, casefold)\n",
             base32_rows);
BASE_COMMAND(base16, "base16", "encode and decode base16, which is hexadecimal",
             "  $ pila base16 -w 0 key.bin\n  $ pila base16 -d --casefold key.txt\n",
             "  base64.b16encode(data), base64.b16decode(text, casefold)\n",
             base16_rows);
BASE_COMMAND(ascii85, "ascii85", "encode and decode Ascii85",
             "  $ pila ascii85 --adobe -w 76 figure.bin\n"
             "  $ pila ascii85 -d --adobe figure.txt >figure.bin\n",
             "  base64.a85encode(data, adobe=True, wrapcol=76)\n", ascii85_rows);
BASE_COMMAND(base85, "base85", "encode and decode base85, with git's digits",
             "  $ pila base85 delta.bin >delta.txt\n"
             "  $ pila base85 -d delta.txt >delta.bin\n",
             "  base64.b85encode(data), base64.b85decode(text)\n", base85_rows);
BASE_COMMAND(z85, "z85", "encode and decode Z85, with ZeroMQ's digits",
             "  $ pila z85 -w 0 key.bin\n  $ pila z85 -d key.txt >key.bin\n",
             "  base64.z85encode(data), base64.z85decode(text), since 3.13\n",
             base85_rows);
