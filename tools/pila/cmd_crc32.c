/* cmd_crc32.c - pila crc32: checksums of files, and of parts put together.
 *
 * The checksum of a whole follows from those of its parts and their lengths, so parts
 * may be read anywhere: --partial prints a checksum and a length, --merge combines such
 * lines, in their order, to the line of the whole.
 */
#include "hashing.h"

#include <pila/serial/checksum.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cli_option options[] = {
    CLI_GROUP("Checksums"),
    CLI_HASH_ROW(0, "adler32", CLI_SET, adler32, 1, NULL, "Adler-32, not CRC-32"),
    CLI_HASH_ROWS,
    CLI_HASH_LINE_ROWS,
    CLI_HASH_CHECK_ROWS,
    CLI_GROUP("Parts"),
    CLI_HASH_ROW(0, "partial", CLI_SET, partial, 1, NULL,
                 "print checksum and length of each FILE, for --merge"),
    CLI_HASH_ROW(0, "merge", CLI_SET, merge, 1, NULL,
                 "the FILEs have such lines: the checksum of all, in their order"),
    CLI_HASH_ROW(0, "split", CLI_TEXT, split, 0, "I/N",
                 "only the I-th of N parts of each FILE, cut at any byte"),
    CLI_LAST};

static int check(const cli_flow *flow)
{
    cli_hash_options *o = flow->options;
    int part = o->merge || o->partial || o->split;
    cli_common plain = {0};

    if (part && (o->check || o->records || o->names || o->tag))
        return cli_trouble(NULL, "--partial, --merge and --split go with no --%s",
                           o->check     ? "check"
                           : o->records ? "records"
                           : o->names   ? "names"
                                        : "tag");
    if (part && flow->stage > 1 && !o->merge)
        return cli_trouble(NULL, "--partial and --split are for the first stage");
    if (o->merge && o->split)
        return cli_trouble(NULL, "--merge and --split: one of them");
    if (o->partial && flow->stage < flow->stages)
        return cli_trouble(NULL, "--partial is for the last stage");
    if (cli_split_parse(o->split, &plain, &o->part) != CLI_DONE) return CLI_TROUBLE;
    return cli_hash_check(flow, CLI_CRC);
}

/* ---- parts put together ---- */

typedef struct merging {
    cli_flow *flow;
    pila_iter given;
    uint32_t sum;
    uint64_t size;
    bool done;
    size_t line;
    char hex[9];
    struct { /* the item, as hashing.c has one of a file */
        pila_str name;
        int64_t size;
        pila_str hex;
    } row;
    pila_member member[3];
    pila_tuple tuple;
} merging;

/* Hex digits, a tab, digits. */
static bool read_part(pila_str line, uint32_t *sum, uint64_t *size)
{
    unsigned char c;

    *sum = 0;
    *size = 0;
    if (line.len < 10 || line.ptr[8] != '\t') return false;
    for (size_t k = 0; k < 8; k++) {
        c = (unsigned char)line.ptr[k];
        bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'f';
        if (!digit && !letter) return false;
        *sum = *sum << 4 | (uint32_t)(digit ? c - '0' : c - 'a' + 10);
    }
    for (size_t k = 9; k < line.len; k++) {
        c = (unsigned char)line.ptr[k];
        if (c < '0' || c > '9' || *size > (UINT64_MAX >> 1) / 10 - 1) return false;
        *size = *size * 10 + (uint64_t)(c - '0');
    }
    return true;
}

static pila_status add_part(merging *m, const cli_hash_options *o, pila_str line)
{
    const char *list = m->flow->stage > 1 ? "items" : m->flow->place.name;
    uint64_t size;
    uint32_t sum;
    bool read = read_part(line, &sum, &size);

    m->line++;
    if (!read || m->size + size > INT64_MAX) {
        size_t at = m->flow->stage > 1 ? m->line : m->flow->place.line + m->line - 1;
        cli_answer(m->flow, cli_malformed(list, at, 0,
                                          read ? "the sum of the lengths is too large"
                                               : "no checksum, tab and length"));
        return CLI_SAID;
    }
    m->sum = o->adler32 ? pila_adler32_combine(m->sum, sum, size)
                        : pila_crc32_combine(m->sum, sum, size);
    m->size += size;
    return PILA_OK;
}

static pila_status add_all(merging *m)
{
    const cli_hash_options *o = m->flow->options;
    const pila_type *type = m->given.type;
    pila_buf room = {0};
    pila_status st = PILA_OK;
    size_t n;

    m->sum = o->adler32 ? PILA_ADLER32_START : PILA_CRC32_START;
    while (st == PILA_OK && (n = pila_iter_ready(&m->given))) {
        if (m->flow->stage == 1) m->line = 0; /* counted from the window on */
        for (size_t k = 0; k < n && st == PILA_OK; k++) {
            pila_str line;
            room.len = 0;
            st = cli_text_of(type, m->given.cur + k * type->size, &room, &line);
            if (st == PILA_OK) st = add_part(m, o, line);
        }
        pila_iter_skip(&m->given, n);
    }
    pila_buf_done(&room);
    return st == PILA_OK && m->given.status != PILA_END ? m->given.status : st;
}

static bool merge_refill(pila_iter *it)
{
    merging *m = it->state;
    pila_status st = m->done ? PILA_END : add_all(m);

    if (st != PILA_OK) return pila_iter_end(it, st);
    m->done = true;
    snprintf(m->hex, sizeof m->hex, "%08lx", (unsigned long)m->sum);
    m->row.name = pila_cstr("-");
    m->row.size = (int64_t)m->size;
    m->row.hex = pila_str_of(m->hex, 8);
    it->cur = (const char *)&m->row;
    it->end = it->cur + sizeof m->row;
    return true;
}

static pila_iter merge_drop(pila_iter *it)
{
    merging *m = it->state;
    pila_iter given = m->given;

    pila_free(m);
    return given;
}

static pila_iter make_merge(cli_flow *flow)
{
    static const pila_iter_ops ops = {merge_refill, merge_drop, NULL};
    static const char *const crc[] = {"name", "size", "crc32", NULL},
                             *const adler[] = {"name", "size", "adler32", NULL};
    const cli_hash_options *o = flow->options;
    merging *m = pila_alloc_zero(1, sizeof *m);

    if (!m) return pila_failed(PILA_ENOMEM);
    m->flow = flow;
    m->given = cli_items(flow);
    for (size_t k = 0; k < 3; k++) m->member[k].type = k == 1 ? &pila_i64 : &cli_plain;
    pila_status st = pila_tuple_struct(&m->tuple, m->member, 3);
    flow->keeps = false;
    flow->form = CLI_LINES;
    flow->names = o->adler32 ? adler : crc;
    pila_iter it = pila_iter_make(&m->tuple.type, &ops, m);
    if (st == PILA_OK) return it;
    pila_iter_drop(&it);
    return pila_failed(st);
}

/* ---- the command ---- */

static pila_iter make(cli_flow *flow)
{
    const cli_hash_options *o = flow->options;

    return o->merge ? make_merge(flow) : cli_hash_make(flow);
}

/* Of files and of --merge: name, size and one digest, laid out alike. */
static pila_status write(cli_flow *flow, cli_output *out, pila_iter *items)
{
    const cli_hash_options *o = flow->options;
    const pila_tuple *tuple = pila_tuple_of(items->type);
    const void *row;

    if (flow->common->out > CLI_NUL || !(o->partial || o->merge))
        return cli_hash_write(flow, out, items);
    while (!out->failed && (row = pila_next_item(items))) {
        const pila_type *of;
        pila_str name = *(const pila_str *)pila_tuple_at(tuple, row, 0, &of);
        int64_t size = *(const int64_t *)pila_tuple_at(tuple, row, 1, &of);
        pila_str hex = *(const pila_str *)pila_tuple_at(tuple, row, 2, &of);
        if (!o->partial) {
            cli_hash_line(out, o, &o->sum[0], hex, name);
            continue;
        }
        cli_write(out, hex.ptr, hex.len);
        cli_write_text(out, "\t");
        cli_write_int(out, size);
        cli_end_line(out, flow->common->out == CLI_NUL ? '\0' : '\n');
    }
    return items->status;
}

static const cli_row sections[] = {
    CLI_HASH_OUTPUT_SECTION,
    CLI_HASH_CHECK_SECTION,
    {"Many machines",
     "--partial prints checksum and length with a tab between them; --merge makes of "
     "such lines, in the order of the parts, what one run over the whole prints, or "
     "with --partial again a part. Parts may be cut at any byte, as --split does."},
    {NULL, NULL}};

const cli_command cmd_crc32 = {
    .name = "crc32",
    .summary = "print CRC-32 or Adler-32 of files, or join those of parts",
    .usage = "[OPTION...] [FILE...]\n--check [OPTION...] [FILE...]\n"
             "--merge [OPTION...] [FILE...]",
    .examples = "  $ pila crc32 *.zip\n"
                "  $ pila crc32 --check SUMS\n"
                "  $ parallel -k --pipepart -a F pila crc32 --partial | pila crc32 "
                "--merge\n",
    .python = "  zlib.crc32(data), zlib.adler32(data), zlib.crc32_combine\n",
    .description = "Reads the FILEs, or stdin, and prints a line for each.",
    .sections = sections,
    .memory = "O(1): 128 KiB for each thread.",
    .exits = {"done", "--check: a checksum differs, or a list has no lines; bad parts",
              "usage, I/O or memory; also a listed file that can't be read"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_hash_options),
    .defaults = &cli_hash_defaults,
    .check = check,
    .make = make,
    .write = write,
    .done = cli_hash_done};
