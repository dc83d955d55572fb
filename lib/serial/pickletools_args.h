/* pickletools_args.h - the opcodes of a pickle, read one after the other. */
#ifndef PILA_PICKLETOOLS_ARGS_H
#define PILA_PICKLETOOLS_ARGS_H

#include "pickletools.h"

typedef struct pila__opargs {
    pila_str text;
    size_t at;    /* the next opcode, or what is read of this one */
    pila_doc doc; /* of the argument at hand */
    bool decoded; /* there is something in it */
    pila_error error;
} pila__opargs;

PILA_BEGIN_C

/* pila__opargs_next - the next opcode; what it decodes lives until the next call.
 *
 *   op     its argument may look into the text                        given
 *
 * Fails:   PILA_EVALUE   malformed; in->error says how
 *          PILA_ENOMEM   no memory
 * Cost:    O(its bytes)
 */
PILA_MUST pila_status pila__opargs_next(pila__opargs *in, pila_pickle_op *op);

/* pila__opargs_done - free what it has.
 *
 *   in     any, {0} included                                          taken
 *
 * Cost:    O(1)
 */
void pila__opargs_done(pila__opargs *in);

/* pila__opargs_fault - an error with the words of an exception; PILA_EVALUE.
 *
 *   e        where it is set; the words are cut to its room           given
 *   format   as printf's                                              borrowed
 *
 * Cost:    O(length), no allocation
 */
pila_status pila__opargs_fault(pila_error *e, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* pila__opargs_quote - the quote that repr puts around text.
 *
 * Cost:    O(n), no allocation
 */
char pila__opargs_quote(pila_str text);

/* pila__opargs_escape - how repr shows a byte that cannot stand for itself.
 *
 *   out    4 bytes                                                    given
 *   most   the highest byte that stands for itself
 *
 * Returns how many bytes that takes, or 0: it can.
 *
 * Cost:    O(1), no allocation
 */
size_t pila__opargs_escape(char *out, unsigned char c, char quote, unsigned most);

PILA_END_C

#endif
