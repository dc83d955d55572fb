/* pickling.h - what a pickle holds as JSON, and back: for cmd_pickle.c.
 *
 * What JSON lacks is an object whose first key says what it is: see pickling.c.
 */
#ifndef CLI_PICKLING_H
#define CLI_PICKLING_H

#include <pila/serial/value.h>

typedef pila_status cli_sink(void *ctx, pila_str text);

/* Write a value as one line of JSON, without its end. `tuples`: as tuples, else as
 * arrays. *why says what PILA_EVALUE is: it nests too deep, or contains itself. */
pila_status cli_pickle_to_json(pila_value v, bool tuples, cli_sink *write, void *ctx,
                               const char **why);

/* Read it again. err says what is no JSON, or no such object: PILA_ESYNTAX,
 * PILA_EVALUE and others of pila_json_loads. */
pila_status cli_pickle_from_json(pila_doc *doc, pila_str text, pila_value *out,
                                 pila_error *err);

#endif
