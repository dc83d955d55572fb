/* cmd_zlib.c - pila zlib: streams of zlib, or of DEFLATE alone, compressed and
 * decompressed.
 *
 * A FILE is one stream. Decompressing goes through an iterator of its own, since
 * another stream, or anything else, behind the end is a fault here.
 */
#include "coding.h"

#include <pila/serial/zlib.h>

#include <stdio.h>
#include <string.h>

enum { DICTIONARY_MOST = 1 << 20 }; /* zlib looks at its last 32 KiB */

typedef struct zlib_options {
    cli_common common;
    int decompress, raw, level;
    int force;
    int64_t most;
    const char *dictionary;
} zlib_options;

typedef struct zlib {
    cli_coding coding; /* the first member */
    const zlib_options *o;
    pila_buf dictionary;
    pila_str dictionary_view;
    pila_zlib_compressobj *packer;
    cli_output *out;
    pila_zlib_decompressobj *unpacker;
    pila_iter blocks;
    pila_str left; /* of the block at hand */
    bool over;     /* there are no more blocks */
    pila_buf made;
    pila_str chunk;
} zlib;

static zlib *zlib_of(void *ctx) { return (zlib *)ctx; }

static int container(const zlib *z)
{
    return z->o->raw ? PILA_ZLIB_RAW : PILA_ZLIB_WBITS;
}

/* ---- decompressing ---- */

/* Some output, of what is left or of the next block. */
static pila_status unpack(zlib *z)
{
    pila_error *err = &z->coding.err;

    if (!z->left.len && !z->over) {
        const pila_str *block = pila_next(&z->blocks, sizeof *block);
        if (block) z->left = *block;
        else if (z->blocks.status != PILA_END) return z->blocks.status;
        else z->over = true;
    }
    pila_status st =
        pila_zlib_decompressobj_decompress(z->unpacker, z->left, CLI_CODING_BLOCK,
                                           &z->made, err);
    if (st != PILA_OK) return st;
    z->left = pila_zlib_decompressobj_unconsumed_tail(z->unpacker);
    if (z->made.len || !z->over) return PILA_OK;
    err->offset = z->coding.read;
    snprintf(err->message, sizeof err->message,
             "Error -5 while decompressing data: incomplete or truncated stream");
    return PILA_EEOF;
}

/* At the end of the stream: nothing may stand behind it. */
static pila_status look_behind(zlib *z)
{
    pila_str unused = pila_zlib_decompressobj_unused_data(z->unpacker);
    pila_error *err = &z->coding.err;
    uint64_t end = z->coding.read - unused.len;
    const pila_str *more = unused.len ? &unused : pila_next(&z->blocks, sizeof *more);

    if (!more) return z->blocks.status;
    err->offset = end;
    snprintf(err->message, sizeof err->message, "more data behind the end");
    return PILA_ESYNTAX;
}

static bool plain_refill(pila_iter *it)
{
    zlib *z = it->state;
    pila_status st = PILA_OK;

    z->made.len = 0;
    while (st == PILA_OK && !z->made.len)
        st = pila_zlib_decompressobj_eof(z->unpacker) ? look_behind(z) : unpack(z);
    if (st != PILA_OK) return pila_iter_end(it, st);
    z->chunk = pila_buf_view(&z->made);
    it->cur = (const char *)&z->chunk;
    it->end = (const char *)(&z->chunk + 1);
    return true;
}

static pila_iter open_plain(cli_coding *c)
{
    static const pila_iter_ops ops = {plain_refill, NULL, NULL};
    zlib *z = zlib_of(c);
    const pila_str *dictionary = z->o->dictionary ? &z->dictionary_view : NULL;
    pila_status st =
        pila_zlib_decompressobj_new(container(z), dictionary, &z->unpacker, &c->err);

    if (st != PILA_OK) return pila_failed(st);
    z->blocks = cli_coding_blocks(c);
    z->left = pila_str_of(NULL, 0);
    z->over = false;
    return pila_iter_make(&pila_view, &ops, z);
}

/* ---- compressing ---- */

static pila_status start(cli_coding *c, cli_output *out)
{
    zlib *z = zlib_of(c);
    pila_zlib_options how = {0};

    if (z->o->dictionary) how.zdict = &z->dictionary_view;
    z->out = out;
    return pila_zlib_compressobj_new(z->o->level, container(z), &how, &z->packer,
                                     &c->err);
}

static pila_status put(zlib *z, pila_status st)
{
    cli_write(z->out, z->made.data, z->made.len);
    z->made.len = 0;
    return z->out->failed ? CLI_SAID : st;
}

static pila_status feed(void *ctx, pila_str chunk)
{
    zlib *z = zlib_of(ctx);

    return put(z, pila_zlib_compressobj_compress(z->packer, chunk, &z->made,
                                                 &z->coding.err));
}

static pila_status finish(cli_coding *c)
{
    zlib *z = zlib_of(c);

    return put(z, pila_zlib_compressobj_flush(z->packer, PILA_Z_FINISH, &z->made,
                                              &c->err));
}

static void close_either(cli_coding *c)
{
    zlib *z = zlib_of(c);

    pila_zlib_compressobj_free(z->packer);
    pila_zlib_decompressobj_free(z->unpacker);
    z->packer = NULL;
    z->unpacker = NULL;
}

/* ---- the command ---- */

static int check(const cli_flow *flow)
{
    const zlib_options *o = flow->options;

    if (o->decompress && flow->stage > 1)
        return cli_trouble(NULL, "it reads zlib: it can only be the first stage");
    if (!o->decompress && flow->stage < flow->stages)
        return cli_trouble(NULL, "it writes zlib: it can only be the last stage");
    if (!o->decompress && o->most)
        return cli_trouble(NULL, "--max-size is for decompressing");
    if (!o->decompress && !o->force && !o->common.output && cli_coding_on_terminal())
        return cli_trouble("stdout", "is a terminal; -f writes zlib there");
    return cli_coding_check(flow, !o->decompress);
}

/* All of --dictionary: PILA_OK, or a message is out. */
static pila_status read_dictionary(zlib *z)
{
    cli_flow *flow = z->coding.flow;
    cli_input in;
    char block[4096];
    ptrdiff_t n = 0;
    pila_status st = PILA_OK;
    int code = cli_input_open(&in, z->o->dictionary);

    z->dictionary.cap = DICTIONARY_MOST;
    z->coding.bytes = cli_input_bytes(&in, flow->common);
    while (code == CLI_DONE && st == PILA_OK) {
        if ((n = cli_coding_read(&z->coding, block, sizeof block)) <= 0) break;
        st = pila_buf_add(&z->dictionary, pila_str_of(block, (size_t)n));
    }
    if (n < 0) code = cli_trouble_status(in.name, PILA_EIO);
    if (st == PILA_ELIMIT) code = cli_trouble(in.name, "is longer than 1 MiB");
    if (st == PILA_ENOMEM) code = cli_trouble_status(NULL, st);
    cli_input_close(&in);
    z->dictionary_view = pila_buf_view(&z->dictionary);
    cli_answer(flow, code);
    return code == CLI_DONE ? PILA_OK : CLI_SAID;
}

static pila_iter make(cli_flow *flow)
{
    zlib *z = pila_alloc_zero(1, sizeof *z);
    cli_coding *c = z ? &z->coding : NULL;
    pila_status st = z ? PILA_OK : PILA_ENOMEM;

    flow->own = z;
    if (z) {
        z->o = flow->options;
        z->blocks = pila_failed(PILA_END);
        c->flow = flow;
        c->most = z->o->most;
        c->open = z->o->decompress ? open_plain : cli_coding_blocks;
        c->close = close_either;
        c->start = z->o->decompress ? NULL : start;
        c->feed = feed;
        c->finish = finish;
        if (z->o->dictionary) st = read_dictionary(z);
    }
    if (st == PILA_OK)
        return flow->stage > 1 ? cli_items(flow) : cli_coding_items(flow);
    pila_iter_drop(&flow->upstream);
    return pila_failed(st);
}

static pila_status write(cli_flow *flow, cli_output *out, pila_iter *items)
{
    zlib *z = flow->own;

    if (flow->stage > 1) return cli_coding_write_items(&z->coding, out, items);
    return cli_coding_write(&z->coding, out);
}

static void done(cli_flow *flow)
{
    zlib *z = flow->own;

    if (!z) return;
    cli_coding_done(&z->coding);
    close_either(&z->coding); /* of items */
    pila_buf_done(&z->dictionary);
    pila_buf_done(&z->made);
    pila_free(z);
}

#define AT(member) offsetof(zlib_options, member)

static const cli_option options[] = {
    CLI_GROUP("What is done"),
    {'d', "decompress", CLI_SET, AT(decompress), 1, NULL, "decompress"},
    {0, "raw", CLI_SET, AT(raw), 1, NULL,
     "DEFLATE alone, without zlib's header and checksum"},
    {0, "dictionary", CLI_FILE, AT(dictionary), 0, "DICT",
     "what both sides know already"},
    {'f', "force", CLI_SET, AT(force), 1, NULL, "write to a terminal"},
    CLI_GROUP("Compressing"),
    CLI_LEVEL_ROWS(AT(level)),
    CLI_GROUP("Decompressing"),
    {0, "max-size", CLI_SIZE, AT(most), 1, "SIZE", "refuse a FILE that holds more"},
    CLI_CODING_ROWS};

static const zlib_options defaults = {.common = {.max_record = CLI_RECORD_MOST},
                                      .level = 6};

static const cli_row sections[] = {
    {"Streams",
     "Each FILE is one stream: with several, that many come out one after the other. "
     "What stands behind the end of one is a fault."},
    {"Stages",
     "Decompressed records are items for the next stage; --in and -H say what they "
     "are. As the last stage it compresses what the stage before would have printed, "
     "as --out says."},
    {"Many machines", "There is no --partial: streams can't be joined; see pila gzip."},
    {NULL, NULL}};

const cli_command cmd_zlib = {
    .name = "zlib",
    .summary = "compress and decompress streams of zlib and of raw DEFLATE",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila zlib data.bin >data.zz\n"
                "  $ pila zlib -d data.zz >data.bin\n"
                "  $ pila zlib -d --raw --max-size 1G chunk.bin then counter --words\n",
    .python = "  zlib.compress(data), zlib.decompress(data); wbits=-15 with --raw\n",
    .description = "Compresses each FILE, or stdin, in the format of RFC 1950, or "
                   "decompresses it.",
    .sections = sections,
    .memory = "O(1), some 1 MiB.",
    .exits = {"done", "malformed data", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .keeps = true,
    .options = options,
    .size = sizeof(zlib_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .write = write,
    .done = done};
