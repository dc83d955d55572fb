/* generator.h - a C function with a stack of its own, as an iterator.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter
 *        itertools/switch
 * Use:
 *     static pila_status below(pila_generator *g, void *n)         // at file scope
 *     {
 *         pila_status st = PILA_OK;
 *         for (int64_t k = 0; st == PILA_OK && k < *(int64_t *)n; k++)
 *             st = pila_yield(g, &k);
 *         return st;
 *     }
 *
 *     int64_t n = 4;
 *     pila_iter it = pila_generate(below, &n, &pila_i64);
 *     PILA_FOR(int64_t, k, &it) printf("%d ", (int)*k);
 *     if (it.status == PILA_END) printf("done\n");   // prints: 0 1 2 3 done
 *     pila_iter_drop(&it);
 *
 * A generator is a pila_iter like any other: every adaptor and sink takes it. The body
 * runs when an item is asked for, up to its next pila_yield, and keeps its locals
 * there. Items are lent in place: what pila_yield points at is what the consumer sees.
 *
 * pila_yield answers PILA_OK to go on. Anything else was thrown in: the body frees what
 * it holds and returns, as a rule with that status. PILA_END says that nobody wants
 * more (Python's GeneratorExit): the generator was closed, or its iterator dropped.
 *
 * What the body returns: PILA_OK ends the iterator (PILA_END), and so does PILA_END in
 * answer to PILA_END; another status is the iterator's fault, for ever. A body that
 * returns PILA_END unasked has leaked the end of an iterator of its own: PILA_EMUTATED,
 * Python's RuntimeError (PEP 479); return pila_iter_outcome(&src) instead.
 *
 * The stack: pages of its own above 64 KiB that nobody may touch, so that an overflow
 * is SIGSEGV. (A function whose frame is larger may jump over them, unless compiled
 * with -fstack-clash-protection.) Signal masks are not touched. Nor is the rounding
 * mode, unless the options ask for it: a body that sets one sets it back before it
 * yields, as before any call of what does not expect it.
 *
 * A body must not leave by longjmp, nor by a C++ exception (std::terminate); within it
 * both work, but for a yield from a catch block. A generator may move between threads
 * while it is suspended, if the body keeps no address of a thread's variable over a
 * yield. Distinct generators are independent.
 */
#ifndef PILA_GENERATOR_H
#define PILA_GENERATOR_H

#include "../core/iter.h"
#include "switch.h"

/* What a body yields through; good while it runs, and not to be read or written. */
typedef struct pila_generator {
    pila__context self; /* where the body waits; the first member */
    pila__context back; /* where the one who resumed it does */
    const char *cur;    /* what it yielded */
    size_t bytes;
    size_t item_bytes;
    const void *sent;
    pila_status given; /* what the yield answers */
    bool direct;       /* whether a yield may switch inline */
} pila_generator;

typedef pila_status pila_generator_body(pila_generator *g, void *ctx);

/* Stacks kept for the next generator, so that it costs no system call. {0} is an empty
 * one; it must outlive the generators that name it, and serves one thread at a time. */
typedef struct pila_stacks {
    size_t most;  /* kept at most; 0: 64 */
    size_t kept;  /* now */
    size_t bytes; /* of each; stacks of another size are not kept */
    void *first;
} pila_stacks;

enum {
    PILA_STACK_BYTES = 64 << 10, /* what a body has, unless said otherwise */
    PILA_STACK_LEAST = 16 << 10  /* signal handlers run on it, too */
};

/* {0} is what pila_generate takes. */
typedef struct pila_generator_options {
    size_t stack_bytes;       /* rounded up to pages; 0: PILA_STACK_BYTES */
    const pila_type *returns; /* what pila_return takes; NULL: nothing     borrowed */
    pila_stacks *stacks;      /* NULL: from the system each time           borrowed */
    bool own_rounding; /* the body has a rounding mode of its own: 10 ns an item */
} pila_generator_options;

/* As inspect.getgeneratorstate names them. */
typedef enum pila_generator_state {
    PILA_GEN_CREATED,
    PILA_GEN_RUNNING,
    PILA_GEN_SUSPENDED,
    PILA_GEN_CLOSED
} pila_generator_state;

PILA_BEGIN_C

/* ---- making one ---- */

/* pila_generate - the items that a body yields.
 *
 *   body, ctx   called when the first item is asked for; ctx outlives it borrowed
 *   type        of what it yields; outlives the iterator               borrowed
 *
 * A body that asks its own iterator for an item ends it with PILA_EVALUE ("generator
 * already executing"); it must not drop it. Dropped half-way, pila_yield answers
 * PILA_END, as for pila_generator_close; what the body answers then is not seen, and if
 * it yields again instead it never runs again, and what it held is lost.
 *
 * Fails:   PILA_ENOMEM     the system has no room for a stack, or has as many mappings
 *                          as it allows: on Linux about 32,000 generators at a time
 *          PILA_ETYPE      items have no bytes
 *          PILA_EREFUSED   the processor keeps a shadow stack, and this was not built
 *                          with PILA_UCONTEXT
 *          any             later: what the body returned
 * Cost:    some microseconds: two system calls and a page; none with kept stacks. Then
 *          two switches of stack an item
 * Python:  calling a generator function; a fault is for ever, where Python's generator
 *          has then ended
 * Source:  PEP 255; PEP 342; PEP 479
 */
PILA_API pila_iter pila_generate(pila_generator_body *body, void *ctx,
                                 const pila_type *type);

/* pila_generate_with - the same, with options.
 *
 *   options   copied; NULL for those of pila_generate                  borrowed
 *
 * Fails:   PILA_EVALUE     a stack of less than PILA_STACK_LEAST
 *          PILA_EOVERFLOW  one that exceeds PTRDIFF_MAX
 *          any             as pila_generate
 * Cost:    as pila_generate
 * Python:  as pila_generate
 */
PILA_API pila_iter pila_generate_with(pila_generator_body *body, void *ctx,
                                      const pila_type *type,
                                      const pila_generator_options *options);

/* pila_stacks_done - give what is kept back to the system.
 *
 *   stacks   empty, and usable, after it                               borrowed
 *
 * Cost:    a system call for each
 */
PILA_API void pila_stacks_done(pila_stacks *stacks);

/* ---- in the body ---- */

/* The switch of a yield, for who cannot do it inline. */
PILA_API PILA_MUST pila_status pila__yield(pila_generator *g);

/* pila_yield_from - hand out what another iterator yields.
 *
 *   src    taken, and dropped when this returns
 *   out    raw room for what a generator returned by pila_return, which is moved to it;
 *          untouched where there is no such value, may be NULL           given
 *
 * The consumer is connected with src: its windows are seen in place, without a switch
 * of stack, and if it is a generator (not behind an adaptor) what is sent, thrown and
 * closed goes to it, through any number of levels. Other iterators take nothing: what
 * is thrown is answered here, and something sent is PILA_ETYPE.
 *
 * Fails:   PILA_ETYPE    items of src are not of this generator's type; or see above
 *          PILA_EVALUE   src is running: nothing is taken
 *          PILA_EMUTATED src yielded when it was closed (RuntimeError)
 *          PILA_END      as pila_yield; src has been closed then
 *          any           the fault of src, or what was thrown in
 * Cost:    O(1) a window, however many levels; no recursion, no allocation
 * Python:  yield from src, whose limit is some 1,000 levels; AttributeError is
 *          PILA_ETYPE here
 * Source:  PEP 380
 */
PILA_API PILA_MUST pila_status pila_yield_from(pila_generator *g, pila_iter src,
                                               void *out);

/* pila_return - set the generator's value: `return pila_return(g, &value);`
 *
 *   value   copied                                                     borrowed
 *
 * It is the value of a body that answers PILA_OK; with another status it is dropped.
 *
 * Fails:   PILA_ETYPE   the options named no type for it
 *          any          from copying it; there is no value then
 * Cost:    a copy
 * Python:  return value
 */
PILA_API PILA_MUST pila_status pila_return(pila_generator *g, const void *value);

/* ---- outside of it; `gen` is what pila_generate returned ---- */

/* pila_generator_send - resume it with a value; its next item.
 *
 *   value   what pila_sent answers; NULL: nothing, as pila_next        borrowed
 *   item    the item, borrowed as from pila_next; untouched on failure, may be NULL
 *
 * Fails:   PILA_END      it returned, or has ended before
 *          PILA_ETYPE    `value` is not NULL and the body has not started; or `gen` is
 *                        no generator. Nothing has changed
 *          PILA_EVALUE   it is running; nothing has changed
 *          any           the fault with which it ended
 * Cost:    as pila_yield
 * Python:  generator.send(value)
 */
PILA_API PILA_MUST pila_status pila_generator_send(pila_iter *gen, const void *value,
                                                   const void **item);

/* pila_generator_throw - let its pila_yield answer `why`; its next item.
 *
 *   why    a fault; PILA_END as close does, but the body may yield
 *   item   as pila_generator_send
 *
 * One that has not started ends with `why`; one that has ended stays as it is, and the
 * answer is `why`.
 *
 * Fails:   PILA_END      it returned
 *          PILA_ETYPE    `why` is PILA_OK, or `gen` is no generator: nothing changed
 *          PILA_EVALUE   it is running; nothing has changed
 *          any           the fault with which it ended, as a rule `why`
 * Cost:    as pila_yield
 * Python:  generator.throw(exception)
 */
PILA_API PILA_MUST pila_status pila_generator_throw(pila_iter *gen, pila_status why,
                                                    const void **item);

/* pila_generator_close - let its pila_yield answer PILA_END, and the body end.
 *
 * Nothing happens to one that has ended; one that has not started ends at once.
 *
 * Fails:   PILA_EMUTATED  the body yielded instead (RuntimeError): it is suspended
 *                         there, and the item is lost
 *          PILA_ETYPE     `gen` is no generator; nothing has changed
 *          PILA_EVALUE    it is running; nothing has changed
 *          any            the fault that the body returned
 * Cost:    as pila_yield
 * Python:  generator.close(); what 3.13 returns is pila_generator_value's
 */
PILA_API PILA_MUST pila_status pila_generator_close(pila_iter *gen);

/* pila_generator_value - what the body gave to pila_return; the generator's.
 *
 * Fails:   NULL   nothing, it has not ended, or it ended with a fault
 * Cost:    O(1), no allocation; borrowed until the iterator is dropped
 * Python:  StopIteration.value
 */
PILA_API const void *pila_generator_value(const pila_iter *gen);

/* pila_generator_state_of - where it is.
 *
 * Cost:    O(1); PILA_GEN_CLOSED for what is no generator
 * Python:  inspect.getgeneratorstate
 */
PILA_API pila_generator_state pila_generator_state_of(const pila_iter *gen);

PILA_END_C

PILA_INLINE pila_status pila__yield_now(pila_generator *g)
{
#if defined(PILA__SWITCHES) && !defined(PILA__SANITIZED)
    if (PILA_LIKELY(g->direct)) {
        pila__switch(&g->self, &g->back);
        return g->given;
    }
#endif
    return pila__yield(g);
}

/* pila_yield - hand an item out, and wait until another is asked for.
 *
 *   g      the body's own
 *   item   must stay as it is until this returns                       borrowed
 *
 * Fails:   PILA_END   nobody wants more: return
 *          any        what pila_generator_throw threw in
 * Cost:    two switches of stack; no allocation
 * Python:  yield item
 * Source:  PEP 342
 */
PILA_INLINE PILA_MUST pila_status pila_yield(pila_generator *g, const void *item)
{
    g->cur = (const char *)item;
    g->bytes = g->item_bytes;
    return pila__yield_now(g);
}

/* pila_yield_many - hand out n items at once, as one window.
 *
 *   items   n of them, must stay as they are until this returns        borrowed
 *
 * A loop of pila_yield whose answers go unread, but for the last: the consumer walks
 * the window without a switch, what is sent into the midst of it is not seen, and what
 * is thrown there is answered here, the rest of the window being lost.
 *
 * Fails:   PILA_EOVERFLOW  n items exceed PTRDIFF_MAX bytes
 *          any             as pila_yield
 * Cost:    two switches of stack for all of them
 * Python:  for item in items: yield item
 */
PILA_INLINE PILA_MUST pila_status pila_yield_many(pila_generator *g, const void *items,
                                                  size_t n)
{
    size_t bytes;

    if (!pila_mul(n, g->item_bytes, &bytes) || bytes > PTRDIFF_MAX)
        return PILA_EOVERFLOW;
    if (n == 0) return PILA_OK;
    g->cur = (const char *)items;
    g->bytes = bytes;
    return pila__yield_now(g);
}

/* pila_sent - what came with the request for the next item.
 *
 * Fails:   NULL   nothing did (Python's None)
 * Cost:    O(1), no allocation; it is borrowed from the sender until the next yield
 * Python:  the value of the yield expression
 */
PILA_INLINE const void *pila_sent(const pila_generator *g) { return g->sent; }

#endif
