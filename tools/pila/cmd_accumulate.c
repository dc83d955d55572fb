/* cmd_accumulate.c - pila accumulate: running sums, products, minima, maxima.
 *
 * Numbers of any kind flow through, as in Python: integers stay integers until a float
 * comes. A window of input makes a window of results. What is carried from one to the
 * next owns its digits, for those of the results are views into the input.
 */
#include "cli.h"

#include <pila/itertools/sources.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ADD, MUL, MIN, MAX };
enum { RESULTS = 256 }; /* of a window */

typedef struct accumulate_options {
    cli_common common;
    int func, partial;
    const char *initial;
    cli_number from;
} accumulate_options;

#define AT(member) offsetof(accumulate_options, member)

static const cli_option options[] = {
    CLI_GROUP("What comes out"),
    {0, "func", CLI_CHOICE, AT(func), 0, "add|mul|min|max",
     "what makes the next result of the last and a number; default add"},
    {0, "initial", CLI_TEXT, AT(initial), 0, "X", "start from X, and print it first"},
    CLI_GROUP("Many machines"),
    {0, "partial", CLI_SET, AT(partial), 1, NULL,
     "print only the last result: the total of a part"},
    CLI_LAST};
static const accumulate_options defaults = {.common = {.max_record = CLI_RECORD_MOST}};

static int check(const cli_flow *flow)
{
    accumulate_options *o = flow->options;

    if (o->partial && o->initial)
        return cli_trouble(NULL,
                           "--partial is of the part alone: it takes no --initial");
    if (!o->initial) return CLI_DONE;
    pila_status st = cli_number_parse(pila_cstr(o->initial), &o->from);
    if (st == PILA_ESYNTAX)
        return cli_trouble(NULL, "--initial: '%s' is no number", o->initial);
    return st == PILA_OK ? CLI_DONE : cli_trouble_status(NULL, st);
}

/* ---- one step ---- */

/* float(n); false: it is too large, as Python's OverflowError has it. */
static bool as_float(const cli_number *n, double *out)
{
    *out = n->kind == CLI_NUMBER_INT ? (double)n->small : n->value;
    return n->kind != CLI_NUMBER_LONG || !isinf(*out);
}

static bool calculate(int func, const cli_number *a, const cli_number *b,
                      cli_number *out)
{
    int64_t n;
    double x, y;
    bool floats = a->kind == CLI_NUMBER_FLOAT || b->kind == CLI_NUMBER_FLOAT;

    if (floats) {
        if (!as_float(a, &x) || !as_float(b, &y)) return false;
        *out = cli_number_of_float(func == ADD ? x + y : x * y);
        return true;
    }
    if (a->kind == CLI_NUMBER_LONG || b->kind == CLI_NUMBER_LONG) return false;
    if (func == ADD ? __builtin_add_overflow(a->small, b->small, &n)
                    : __builtin_mul_overflow(a->small, b->small, &n))
        return false;
    *out = cli_number_of_int(n);
    return true;
}

/* func(acc, x). */
static bool step(int func, cli_number *acc, const cli_number *x)
{
    if (func == ADD || func == MUL) return calculate(func, acc, x, acc);
    int order = cli_number_compare(x, acc);
    if (order == (func == MIN ? -1 : 1)) *acc = *x;
    return true;
}

/* ---- the iterator ---- */

typedef struct accumulator {
    pila_iter numbers; /* struct { cli_number; item } */
    const accumulate_options *o;
    bool started, yielded;
    cli_number acc, held; /* the last result; held owns its digits, if any */
    pila_status after;    /* what comes behind the window */
    cli_number result[RESULTS];
} accumulator;

/* The last result, for longer than the input's window. */
static pila_status carry(accumulator *s)
{
    cli_number own;
    pila_status st = pila_type_copy(&cli_number_type, &own, &s->acc);

    if (st != PILA_OK) return st;
    pila_type_drop(&cli_number_type, &s->held);
    s->acc = s->held = own;
    return PILA_OK;
}

/* The window at hand into results; how many. */
static size_t accumulate(accumulator *s, size_t n)
{
    size_t size = s->numbers.type->size, k = 0;

    if (n > RESULTS) n = RESULTS;
    for (; k < n; k++) {
        const cli_number *x = (const void *)(s->numbers.cur + k * size);
        if (!s->started) s->acc = *x;
        else if (!step(s->o->func, &s->acc, x)) {
            s->after = PILA_EOVERFLOW;
            return k;
        }
        s->started = true;
        s->result[k] = s->acc;
    }
    pila_iter_skip(&s->numbers, n);
    return n;
}

static bool yield(pila_iter *it, accumulator *s, size_t n)
{
    it->cur = (const char *)s->result;
    it->end = (const char *)(s->result + n);
    s->yielded = true;
    return true;
}

/* Everything, and the last result of it alone. */
static bool total_refill(pila_iter *it, accumulator *s)
{
    pila_status st = PILA_OK;

    if (s->yielded) return pila_iter_end(it, PILA_END);
    for (size_t n; st == PILA_OK && (n = pila_iter_ready(&s->numbers));) {
        (void)accumulate(s, n);
        st = s->after != PILA_OK ? s->after : carry(s);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&s->numbers);
    if (st == PILA_OK && !s->started) st = PILA_END;
    if (st != PILA_OK) return pila_iter_end(it, st);
    s->result[0] = s->acc;
    return yield(it, s, 1);
}

static bool accumulate_refill(pila_iter *it)
{
    accumulator *s = it->state;
    pila_status st = PILA_OK;
    size_t n;

    if (s->o->partial) return total_refill(it, s);
    if (!s->yielded && s->o->initial) {
        s->result[0] = s->acc;
        return yield(it, s, 1);
    }
    if (s->started) st = carry(s);
    if (st == PILA_OK) st = s->after;
    if (st != PILA_OK) return pila_iter_end(it, st);
    if (!(n = pila_iter_ready(&s->numbers)))
        return pila_iter_end(it, s->numbers.status);
    n = accumulate(s, n);
    return n ? yield(it, s, n) : pila_iter_end(it, s->after);
}

static pila_iter accumulate_drop(pila_iter *it)
{
    accumulator *s = it->state;
    pila_iter numbers = s->numbers;

    pila_type_drop(&cli_number_type, &s->held);
    pila_free(s);
    return numbers;
}

static pila_iter make(cli_flow *flow)
{
    static const pila_iter_ops ops = {accumulate_refill, accumulate_drop, NULL};
    const accumulate_options *o = flow->options;
    pila_iter numbers = cli_numbered(flow, cli_items(flow));
    accumulator *s = numbers.status == PILA_OK ? pila_alloc_zero(1, sizeof *s) : NULL;

    flow->form = CLI_LINES;
    flow->names = NULL;
    if (!s) {
        pila_status st = numbers.status == PILA_OK ? PILA_ENOMEM : numbers.status;
        /* nothing comes in, but the first may come out */
        if (st != PILA_END || !o->initial) {
            pila_iter_drop(&numbers);
            return pila_failed(st);
        }
        return pila_repeat(&o->from, &cli_number_type, 1);
    }
    s->numbers = numbers;
    s->o = o;
    s->acc = o->from;
    s->started = o->initial != NULL;
    return pila_iter_make(&cli_number_type, &ops, s);
}

static const cli_row sections[] = {
    {"Numbers",
     "The records, or the fields that -f names. Integers are exact, and floats as in "
     "Python: what is added to a float becomes one. min and max keep integers of any "
     "length; a sum or a product beyond 64 bits ends the run with status 1."},
    {"Many machines",
     "Let each part print its total (--partial); accumulate the totals, and give each "
     "part what came before it as --initial, whose line then islice 1: leaves out. Of "
     "integers, min and max that is the output of one run; floats are rounded "
     "elsewhere."},
    {NULL, NULL}};

const cli_command cmd_accumulate = {
    .name = "accumulate",
    .summary = "print running totals of numbers",
    .usage = "[OPTION...] [FILE...]",
    .examples = "  $ pila accumulate numbers.txt\n"
                "  $ pila accumulate -f 3 --func max table.txt\n"
                "  $ pila count 1 then accumulate --func mul then islice 20\n",
    .python = "  itertools.accumulate(map(int, open(FILE)), operator.add, initial=X)\n",
    .description = "Adds up the numbers of the FILEs, or of stdin, and prints the sum "
                   "so far for each; or the product, the lowest, the highest.",
    .sections = sections,
    .memory = "O(longest record).",
    .exits = {"done", "no number, or a result beyond 64 bits", "usage, I/O or memory"},
    .operands = CLI_OPERAND_FILES,
    .options = options,
    .common = cli_common_options,
    .size = sizeof(accumulate_options),
    .defaults = &defaults,
    .check = check,
    .make = make,
    .overflow = "the next result exceeds 64 bits"};
