/* adapter.h - the conformance suite's way into pila: a request a line on stdin, an
 * answer a line on stdout. docs/conformance.md has the protocol.
 *
 * A module (modules/NAME.c) is a table of operations on one subject. It is written once
 * over a descriptor, `item_type`, and run with each that the case's items allow: boxed
 * items whose callbacks count, obey the case's script and catch use after drop; int64_t
 * where all are integers; owned text where all are text. All must answer alike.
 */
#ifndef CONFORMANCE_ADAPTER_H
#define CONFORMANCE_ADAPTER_H

#include "json.h"

#include <pila/core/iter.h>

/* ---- items ---- */

/* An item of the boxed kind; a NULL box is None. */
typedef struct boxed {
    struct box *box;
} boxed;

/* The descriptor of this run's items, and of the containers' members. */
extern const pila_type *item_type;
extern const pila_type boxed_type;

/* Room for an item of any kind. */
typedef union cell {
    boxed box;
    int64_t number;
    pila_string text;
} cell;

/* The item that j says, in *room; dropped by the harness when the case is over. NULL
 * j is None. */
const void *item_of(const json *j, cell *room);
/* An integer as an item, and an item's integer; 0 if it is none. */
const void *item_of_int(int64_t x, cell *room);
int64_t item_int(const pila_type *t, const void *item);
/* The same of the arguments of an operation, whose name is number 0. */
const void *arg_item(const json *op, size_t k, cell *room);
/* The items of a list: an array of them at *out, dropped with the case. */
const void *items_of(const json *list, size_t *n);
/* An iterator of them, each in its turn, which fails at a member {"raise":true}. */
pila_iter iter_of(const json *list);
pila_iter arg_iter(const json *op, size_t k);

/* ---- arguments ---- */

size_t args(const json *op);               /* how many */
const json *arg(const json *op, size_t k); /* from 1; NULL: there is none */
bool has_arg(const json *op, size_t k);    /* it is there, and not null */
int64_t arg_int(const json *op, size_t k, int64_t otherwise);
ptrdiff_t arg_index(const json *op, size_t k, ptrdiff_t otherwise);

/* ---- answers: an operation says exactly one thing ---- */

void say_null(void);
void say_bool(bool b);
void say_int(int64_t x);
void say_float(double x);
void say_text(const char *bytes, size_t n);
void say_item(const pila_type *t, const void *item);
/* What a status stands for: {"err": the name of Python's exception}; null for PILA_OK.
 */
void say_status(pila_status st);
/* An exception by its name, where Python's is not the status's. */
void say_error(const char *exception);
/* null, a whole number, a truth, an item, if st is PILA_OK. */
void say_int_if(pila_status st, size_t x);
void say_bool_if(pila_status st, bool b);
void say_item_if(pila_status st, const void *taken); /* drops it */
void say_repr(pila_status st, const pila_buf *out);
/* [ ... ], { ... }: between them any number is said; say_key before each of a map. */
void say_open(char bracket);
void say_key(const char *key);
void say_close(char bracket);
/* All that an iterator yields, as a list; it is dropped. An error instead, if it ends
 * with one. */
void say_all(pila_iter it);
/* The next item of an iterator, or how it ended. */
void say_next(pila_iter *it);

/* ---- scripts ---- */

/* Count a call of a callback of the case's own, and do what its script says: "eq",
 * "hash", "less", "key", "fn", ... PILA_EUSER where it says to fail. */
pila_status call_out(const char *what);

/* ---- modules ---- */

typedef struct operation {
    const char *name;
    void (*run)(const json *op);
} operation;

typedef struct module {
    const char *name;
    const operation *operations; /* ended by a NULL name */
    bool only_boxed;             /* the case's items are never of one C type */
    pila_status (*open)(const json *request);
    void (*state)(void); /* says the state that ends the answer */
    void (*close)(void);
} module;

extern const module *const modules[]; /* ended by NULL */

#endif
