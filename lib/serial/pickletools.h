/* pickletools.h - pickles as what they are made of: list the opcodes, show, shrink.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/value
 *        serial/number serial/opcodes
 * Use:
 *     pila_iter it = pila_pickle_genops(pila_str_of("\x80\x02K\x07.", 5), 0);
 *     PILA_FOR(pila_pickle_op, op, &it) printf("<%s>", op->info->name);
 *     if (it.status == PILA_END) printf("\n");   // prints: <PROTO><BININT1><STOP>
 *     else printf("%s\n", pila_pickle_genops_error(&it)->message);
 *     pila_iter_drop(&it);
 *
 * Nothing here makes what a pickle describes, so nothing in it is called: this is for
 * looking into a pickle that nobody trusts. Faults have the words of Python's
 * exceptions, of which an error keeps the first 199 bytes.
 */
#ifndef PILA_PICKLETOOLS_H
#define PILA_PICKLETOOLS_H

#include "opcodes.h"
#include "value.h"

/* What an opcode is. The stack is told from its bottom up, a letter for each thing: see
 * pila_stack_name. */
typedef struct pila_opcode_info {
    const char *name;
    const char *before, *after; /* what it takes from the stack, what it leaves there */
    const char *doc;            /* a few words */
    pila_opcode_arg arg;
    uint8_t code, proto; /* its byte; the first protocol that has it */
} pila_opcode_info;

/* An opcode of a pickle: text[pos, end). */
typedef struct pila_pickle_op {
    const pila_opcode_info *info;
    pila_value arg; /* None: it has none. Text may be that of the pickle itself */
    size_t pos, end;
} pila_pickle_op;

static const pila_type pila_pickle_op_type __attribute__((unused)) =
    PILA_PLAIN_TYPE(pila_pickle_op);

/* What integers were seen, and with what: the memo as dis sees it. {0} is empty. */
typedef struct pila_dis_memo {
    size_t *few; /* of 0 .. room: the value, or 0 */
    size_t room, len;
    pila_doc doc;
    pila_value others; /* a dict, or None */
} pila_dis_memo;

/* Where text goes: anything but PILA_OK stops the writer, and is what it answers. */
typedef pila_status pila_dis_write(void *ctx, pila_str text);

typedef struct pila_dis_options {
    size_t indent;       /* blanks a MARK */
    size_t annotate;     /* what opcodes mean, from about this column on; 0: it is not
                            said */
    pila_dis_memo *memo; /* kept from one pickle to the next; NULL: one of its own */
} pila_dis_options;

PILA_BEGIN_C

/* pila_opcode_of - what a byte means as an opcode.
 *
 * Fails:   NULL   it is none
 * Cost:    O(1), no allocation
 * Python:  pickletools.code2op[code]
 */
PILA_API const pila_opcode_info *pila_opcode_of(unsigned char code);

/* pila_stack_name - what a letter of `before` or `after` stands for: "any", "mark".
 *
 * Fails:   NULL   it is none of them
 * Cost:    O(1), no allocation
 * Python:  StackObject.name
 */
PILA_API const char *pila_stack_name(char letter);

/* pila_pickle_genops - the opcodes of a pickle, with their arguments, up to STOP.
 *
 *   text   any bytes; outlives the iterator                           borrowed
 *   at     where the pickle begins; positions count from the text's start
 *
 * Items are of pila_pickle_op_type. Only what has to be decoded is copied.
 *
 * Fails:   PILA_EVALUE   later: malformed, or it ends before STOP
 *          PILA_ENOMEM   no memory
 * Cost:    O(its bytes); an opcode without escapes or long numbers allocates nothing
 * Python:  pickletools.genops(text)
 */
PILA_API pila_iter pila_pickle_genops(pila_str text, size_t at);

/* pila_pickle_genops_error - where and why it ended.
 *
 *   it     from pila_pickle_genops, not dropped; keeps the answer     borrowed
 *
 * Fails:   NULL   it did not end with PILA_EVALUE
 * Cost:    O(1), no allocation
 * Python:  the exception that genops raises
 */
PILA_API const pila_error *pila_pickle_genops_error(const pila_iter *it);

/* pila_pickle_dis - write what a pickle consists of, a line for each opcode.
 *
 *   text      any bytes                                               borrowed
 *   at        where the pickle begins, then where the next one would; NULL: at 0
 *   options   NULL: four blanks, nothing annotated                    borrowed
 *   write     called with some kilobytes at a time
 *   err       may be NULL; of PILA_EVALUE, PILA_EINDEX               given
 *
 * What was written before a fault stays written, as in Python: the opcode that is wrong
 * comes before the complaint. Annotations are in pila's own words.
 *
 * Fails:   PILA_EVALUE   malformed; or it uses its stack or memo wrongly; or an integer
 *                        of more than 4300 digits
 *          PILA_EINDEX   a mark was taken from the stack by what takes no marks
 *          PILA_ENOMEM   no memory
 *          any           what write answered
 * Cost:    O(its bytes + the text); memory O(depth of its stack + memo)
 * Python:  pickletools.dis(text, out, memo, indentlevel, annotate)
 */
PILA_API PILA_MUST pila_status pila_pickle_dis(pila_str text, size_t *at,
                                               const pila_dis_options *options,
                                               pila_dis_write *write, void *ctx,
                                               pila_error *err);

/* pila_dis_memo_done - forget it all; it may be used again.
 *
 *   memo   any, {0} included                                          taken
 *
 * Cost:    O(1)
 */
PILA_API void pila_dis_memo_done(pila_dis_memo *memo);

/* pila_pickle_optimize - append the pickle without the memo entries that nobody gets.
 *
 *   text   a pickle, and whatever follows it                          borrowed
 *   out    as it was on failure
 *   err    may be NULL; of PILA_EVALUE, PILA_ETYPE                    given
 *
 * Fails:   PILA_EVALUE   malformed, or of a protocol above 5
 *          PILA_ETYPE    an entry is got before it is put, by a binary opcode
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer
 * Cost:    O(n)
 * Python:  pickletools.optimize(text): the same bytes
 */
PILA_API PILA_MUST pila_status pila_pickle_optimize(pila_str text, pila_buf *out,
                                                    pila_error *err);

PILA_END_C

#endif
