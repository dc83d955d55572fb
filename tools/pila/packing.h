/* packing.h - packed records to rows, and rows to packed records: for cmd_struct.c.
 */
#ifndef CLI_PACKING_H
#define CLI_PACKING_H

#include "cli.h"

#include <pila/serial/struct.h>

typedef enum cli_struct_action {
    CLI_STRUCT_UNPACK,
    CLI_STRUCT_PACK,
    CLI_STRUCT_SIZE
} cli_struct_action;

typedef struct cli_struct_options {
    cli_common common;
    cli_struct_action what;
    int strip, fields;
    int64_t offset;
    const char *names;
    /* made of them */
    pila_struct format;
    const char **name; /* of each item, ended by NULL; NULL: they have none */
    char *name_text;
} cli_struct_options;

/* F and D, which are two columns of text: NAME.real and NAME.imag. */
bool cli_struct_is_complex(char code);
/* The items of an operation: none of x, one of s and p. */
size_t cli_struct_items(const pila_struct_op *op);

/* The records of the FILEs, as tuples; how the last stage writes them; and the end. */
pila_iter cli_unpack(cli_flow *flow);
pila_status cli_unpack_write(cli_flow *flow, cli_output *out, pila_iter *rows);
void cli_unpack_done(cli_flow *flow);

/* What the stage is given, as packed records: views of several at once. */
pila_iter cli_pack(cli_flow *flow);
pila_status cli_pack_write(cli_flow *flow, cli_output *out, pila_iter *packed);
void cli_pack_done(cli_flow *flow);

#endif
