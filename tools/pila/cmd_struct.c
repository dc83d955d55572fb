/* cmd_struct.c - pila struct: records of bytes to text, and back.
 *
 * The two directions are in unpacking.c and packing.c; here are the options, the names
 * of fields, and size, which says what a format is without any records.
 */
#include "packing.h"

#include <stdio.h>
#include <string.h>

enum { FIELDS_WINDOW = 64, CODE_ROOM = 24 };

#define AT(member) offsetof(cli_struct_options, member)

static const cli_option options[] = {
    CLI_GROUP("unpack, pack"),
    {0, "names", CLI_TEXT, AT(names), 0, "A,B,...",
     "what the fields are called: JSON objects, titles of csv and tsv, -f of a later "
     "stage"},
    CLI_GROUP("unpack"),
    {0, "offset", CLI_SIZE, AT(offset), 0, "N",
     "the records of each FILE begin behind N bytes"},
    {0, "strip", CLI_SET, AT(strip), 1, NULL,
     "text of s, if it has several bytes, without the NULs at its end; pack adds them "
     "again"},
    CLI_GROUP("size"),
    {0, "fields", CLI_SET, AT(fields), 1, NULL,
     "print each field: its offset, its bytes and its code"},
    CLI_LAST};
static const cli_struct_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

bool cli_struct_is_complex(char code) { return code == 'F' || code == 'D'; }

size_t cli_struct_items(const pila_struct_op *op)
{
    if (op->code == 'x') return 0;
    return op->code == 's' || op->code == 'p' ? 1 : op->count;
}

/* ---- what was asked for ---- */

static int check_action(cli_struct_options *o, const char *action)
{
    static const char *const names[] = {"unpack", "pack", "size"};
    int what = 0;

    while (what < 3 && strcmp(action, names[what]) != 0) what++;
    if (what == 3) return cli_trouble(action, "is not unpack, pack or size");
    o->what = (cli_struct_action)what;
    return CLI_DONE;
}

static int check_format(cli_struct_options *o, const char *text)
{
    int64_t most = o->common.max_record ? o->common.max_record : CLI_RECORD_MOST;
    pila_error err = {PILA_OK, 0, 0, 0, ""};
    pila_status st = pila_struct_init(&o->format, pila_cstr(text), &err);

    if (st == PILA_ENOMEM) return cli_trouble_status(NULL, st);
    if (st != PILA_OK)
        return cli_trouble("FORMAT", "'%s': offset %zu: %s", text, err.offset,
                           err.message);
    if (o->what == CLI_STRUCT_SIZE) return CLI_DONE;
    if (o->format.size > (uint64_t)most)
        return cli_trouble("FORMAT", "'%s': longer than %lld bytes (--max-record)",
                           text, (long long)most);
    if (o->format.size) return CLI_DONE;
    return cli_trouble("FORMAT", "'%s': a record has no bytes", text);
}

static bool is_utf8(pila_str text)
{
    for (size_t k = 0, n; k < text.len; k += n)
        if ((n = pila_utf8_sequence(text.ptr + k, text.len - k)) == 0) return false;
    return true;
}

/* Cut at the commas; no name comes twice. */
static int check_names(cli_struct_options *o)
{
    size_t n = 1, k = 0;

    if (!o->names) return CLI_DONE;
    if (!is_utf8(pila_cstr(o->names))) return cli_trouble(NULL, "--names: no UTF-8");
    for (const char *p = o->names; *p; p++) n += *p == ',';
    if (n != o->format.items)
        return cli_trouble(NULL, "--names: %zu for %zu field%s", n, o->format.items,
                           o->format.items == 1 ? "" : "s");
    o->name_text = pila_alloc(strlen(o->names) + 1, 1);
    o->name = pila_alloc_zero(n + 1, sizeof *o->name);
    if (!o->name_text || !o->name) return cli_trouble_status(NULL, PILA_ENOMEM);
    memcpy(o->name_text, o->names, strlen(o->names) + 1);
    for (char *p = o->name_text; p; k++) {
        o->name[k] = p;
        if ((p = strchr(p, ','))) *p++ = '\0';
        for (size_t i = 0; i < k; i++)
            if (strcmp(o->name[i], o->name[k]) == 0)
                return cli_trouble(NULL, "--names: '%s' is there twice", o->name[k]);
    }
    return CLI_DONE;
}

/* Options that mean nothing to this action, and places where it can't be. */
static int check_action_options(const cli_flow *flow)
{
    const cli_struct_options *o = flow->options;
    const cli_common *c = flow->common;
    bool pack = o->what == CLI_STRUCT_PACK;

    if (o->fields && o->what != CLI_STRUCT_SIZE)
        return cli_trouble(NULL, "--fields is for size");
    if ((o->strip || o->offset) && o->what != CLI_STRUCT_UNPACK)
        return cli_trouble(NULL, "--%s is for unpack", o->strip ? "strip" : "offset");
    if (!pack && flow->stage > 1)
        return cli_trouble(NULL, "%s reads %s: it can only be the first stage",
                           flow->argument[0],
                           o->what == CLI_STRUCT_SIZE ? "nothing" : "bytes");
    if (pack && flow->stage < flow->stages)
        return cli_trouble(NULL, "pack writes bytes: it can only be the last stage");
    if (pack && c->out && !c->zero)
        return cli_trouble(NULL, "--out means nothing here: pack writes bytes");
    if (!pack && (c->header || (c->in && !c->zero)))
        return cli_trouble(NULL, "--%s is for pack", c->header ? "header" : "in");
    if (o->what == CLI_STRUCT_SIZE && flow->files)
        return cli_trouble(flow->file[0], "is one too many; no FILE is read");
    return CLI_DONE;
}

static int check(const cli_flow *flow)
{
    cli_struct_options *o = flow->options;
    int code = check_action(o, flow->argument[0]);

    if (code == CLI_DONE) code = check_action_options(flow);
    if (code == CLI_DONE) code = cli_check_no_key(flow);
    if (code == CLI_DONE) code = check_format(o, flow->argument[1]);
    return code == CLI_DONE ? check_names(o) : code;
}

/* ---- size ---- */

typedef struct field {
    int64_t offset, bytes;
    pila_str code, name;
} field;

typedef struct sizing {
    const cli_struct_options *o;
    int64_t size;
    size_t op, item; /* the next field: of an operation, and of all */
    size_t of_op;    /* fields of it that have gone by */
    pila_member member[4];
    pila_tuple tuple;
    field window[FIELDS_WINDOW];
    char code[FIELDS_WINDOW][CODE_ROOM];
} sizing;

static bool fields_refill(pila_iter *it)
{
    sizing *s = it->state;
    const pila_struct *of = &s->o->format;
    size_t n = 0;

    while (n < FIELDS_WINDOW && s->op < of->ops) {
        const pila_struct_op *op = &of->op[s->op];
        bool text = op->code == 's' || op->code == 'p';
        size_t wide =
            text ? op->count : (size_t)op->wide << cli_struct_is_complex(op->code);
        if (s->of_op == cli_struct_items(op)) {
            s->op++;
            s->of_op = 0;
            continue;
        }
        int len = text ? snprintf(s->code[n], CODE_ROOM, "%zu%c", op->count, op->code)
                       : snprintf(s->code[n], CODE_ROOM, "%c", op->code);
        s->window[n].offset = (int64_t)(op->at + s->of_op++ * wide);
        s->window[n].bytes = (int64_t)wide;
        s->window[n].code = pila_str_of(s->code[n], (size_t)len);
        s->window[n++].name = pila_cstr(s->o->name ? s->o->name[s->item++] : "");
    }
    if (n == 0) return pila_iter_end(it, PILA_END);
    it->cur = (const char *)s->window;
    it->end = (const char *)(s->window + n);
    return true;
}

static pila_iter make_size(cli_flow *flow)
{
    static const char *const names[] = {"offset", "bytes", "code", "name", NULL},
                             *const nameless[] = {"offset", "bytes", "code", NULL};
    static const pila_iter_ops ops = {fields_refill, NULL, NULL};
    static const pila_type *const types[] = {&pila_i64, &pila_i64, &pila_view,
                                             &pila_view};
    const cli_struct_options *o = flow->options;
    sizing *s = pila_alloc_zero(1, sizeof *s);

    flow->own = s;
    if (!s) return pila_failed(PILA_ENOMEM);
    s->o = o;
    s->size = (int64_t)o->format.size;
    if (!o->fields) return pila_span(&s->size, 1, &pila_i64);
    flow->names = o->name ? names : nameless;
    for (size_t k = 0; k < 4; k++) s->member[k].type = types[k];
    pila_status st = pila_tuple_struct(&s->tuple, s->member, o->name ? 4 : 3);
    if (st != PILA_OK) return pila_failed(st);
    s->tuple.type.size = sizeof(field); /* the last member is not always shown */
    return pila_iter_make(&s->tuple.type, &ops, s);
}

/* ---- the command ---- */

static pila_iter make(cli_flow *flow)
{
    const cli_struct_options *o = flow->options;

    flow->keeps = false;
    if (o->what == CLI_STRUCT_PACK) return cli_pack(flow);
    flow->form = CLI_LINES;
    flow->names = NULL;
    return o->what == CLI_STRUCT_SIZE ? make_size(flow) : cli_unpack(flow);
}

static pila_status write(cli_flow *flow, cli_output *out, pila_iter *items)
{
    const cli_struct_options *o = flow->options;

    if (o->what == CLI_STRUCT_UNPACK) return cli_unpack_write(flow, out, items);
    if (o->what == CLI_STRUCT_PACK) return cli_pack_write(flow, out, items);
    return cli_write_items(flow, out, items);
}

static void done(cli_flow *flow)
{
    cli_struct_options *o = flow->options;

    if (o->what == CLI_STRUCT_UNPACK) cli_unpack_done(flow);
    if (o->what == CLI_STRUCT_PACK) cli_pack_done(flow);
    pila_free(flow->own);
    pila_struct_done(&o->format);
    pila_free(o->name);
    pila_free(o->name_text);
}

static const cli_row sections[] = {
    {"Fields", "FORMAT is that of Python's struct: < > = ! or @ for the order of "
               "bytes, and codes "
               "with counts. A record is a line of its fields with tabs between them, "
               "or as --out "
               "and --in say: JSON arrays, or objects where there are --names; csv and "
               "tsv, which "
               "unpack writes under the --names as titles, and pack -H reads so."},
    {"Numbers",
     "Integers are exact, and floats are Python's shortest; ? is true or false. A "
     "complex number is two fields, in JSON an array of two."},
    {"Text",
     "The bytes of s, p and c come out as they are; with --out tsv, csv or jsonl "
     "whatever they are, and are read back as they were: JSON has a byte that is no "
     "UTF-8 as a lone surrogate, \\udc80 to \\udcff."},
    {"Faults",
     "A FILE that ends within a record is malformed, and so is a value that does not "
     "fit "
     "its field: the message is Python's, and names the place. --errors says what "
     "then."},
    {"Many machines", "There is no --partial: what is unpacked or packed of parts with "
                      "whole records, one after the other, is that of the whole."},
    {NULL, NULL}};

const cli_command cmd_struct = {
    .name = "struct",
    .summary = "unpack records of bytes to text, JSON or CSV, and pack them",
    .usage = "unpack [OPTION...] FORMAT [FILE...]\npack [OPTION...] FORMAT [FILE...]\n"
             "size [OPTION...] FORMAT",
    .examples = "  $ pila struct unpack '<IHd' data.bin\n"
                "  $ pila struct unpack '<I16s' --names id,name --strip --out jsonl f\n"
                "  $ pila struct pack '>H' numbers.txt >numbers.bin\n"
                "  $ pila struct unpack '<If' data.bin then sorted -f 2\n"
                "  $ pila struct size --fields '@bhq'\n",
    .python = "  struct.iter_unpack(FORMAT, data); struct.pack(FORMAT, *record);\n"
              "  struct.calcsize(FORMAT)\n",
    .description =
        "Reads records of bytes from the FILEs, or from stdin, or makes them of "
        "records of text.",
    .sections = sections,
    .memory = "O(longest record), and 256 KiB.",
    .exits = {"done", "malformed input, or a value that does not fit",
              "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .arguments = 2,
    .argument = {"unpack, pack or size", "FORMAT"},
    .options = options,
    .common = cli_common_options,
    .size = sizeof(cli_struct_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .write = write,
    .done = done};
