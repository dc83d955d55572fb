/* sorting.h - what the commands that put items in order share: how items compare,
 * sorting them in bounded memory, and merging what is sorted.
 */
#ifndef PILA_SORTING_H
#define PILA_SORTING_H

#include "cli.h"

/* ---- how items compare ---- */

typedef enum cli_by {
    CLI_BY_TEXT,   /* by the bytes of a key */
    CLI_BY_NUMBER, /* by a cli_number; a NaN is behind all others */
    CLI_BY_ITEM    /* tuples, member by member */
} cli_by;

/* What is ordered are pairs, struct { key; T item; }, or items that are their own key:
 * plain text, and tuples. */
typedef struct cli_order {
    cli_flow *flow; /* for messages */
    cli_by by;
    bool reverse; /* descending; equal ones stay as they came */
    bool keyed;
    const pila_type *given; /* of the pairs, or items */
    const pila_type *item;  /* of the items */
    size_t item_at;         /* bytes into a pair */
} cli_order;

/* Options of these commands. */
typedef struct cli_ordering {
    int number, reverse, locale;
} cli_ordering;

/* The items as what `order` describes. */
pila_iter cli_order_items(cli_flow *flow, pila_iter items, const cli_ordering *o,
                          cli_order *order);
/* Whether a goes strictly before b; keys are those of pairs, or items. */
pila_status cli_order_before(const cli_order *order, const void *a, const void *b,
                             bool *out);
/* A number's place among all as a word. Equal words are equal numbers where
 * cli_number_word_is_exact. */
uint64_t cli_number_word(const cli_number *n);
bool cli_number_word_is_exact(uint64_t word);

/* ---- sorting: as many items as there are, in so much memory ---- */

typedef struct cli_sorter cli_sorter;

/* most: how many of the first in order are wanted, SIZE_MAX for all. memory: bytes,
 * beyond which sorted runs go to temporary files; of `most` items all stay in memory.
 * NULL: no memory. */
cli_sorter *cli_sorter_new(const cli_order *order, size_t most, size_t memory);
/* The next one; the bytes of its views are copied. */
pila_status cli_sorter_add(cli_sorter *s, const void *given);
/* When there are `most` already: no number with a greater word can be among them. */
const uint64_t *cli_sorter_bar(const cli_sorter *s);
/* An iterator that has everything added by `fill`, or all that is given where that is
 * NULL, when it is first asked; then it is the items in order, or what was given. Takes
 * the sorter, NULL for no memory, and what is given, which its types belong to. */
typedef pila_status cli_sorter_fill(void *ctx, cli_sorter *s, pila_iter *given);
pila_iter cli_sorter_run(cli_sorter *s, pila_iter given, bool whole,
                         cli_sorter_fill *fill, void *ctx);
void cli_sorter_free(cli_sorter *s);

/* ---- blocks: an item and its key as bytes that can be moved and written ---- */

enum { CLI_BLOCK_ALIGN = 16 };

/* Whether items of a type can be made blocks. */
bool cli_block_holds(const pila_type *type);
/* Bytes of the block, and of the size in front of it that makes it a record of a run;
 * false: more than 4 GiB. */
bool cli_block_size(const cli_order *order, const void *given, size_t *out);
size_t cli_block_front(const cli_order *order);
/* Made at `at`, which is aligned where items are no text, behind the room for its
 * front, and followed by 16 bytes that may be read. */
void cli_block_make(const cli_order *order, const void *given, size_t size, char *at);
/* The size of one that was made. */
size_t cli_block_bytes(const cli_order *order, const char *at);
/* Its key, a view or a cli_number; and the item. Those of one that moved are looked for
 * anew: `at` may be written to. */
pila_str cli_block_text(const char *at);
cli_number cli_block_number(const char *at);
void cli_block_item(const cli_order *order, const char *at, void *out);
void cli_block_given(const cli_order *order, const char *at, void *out);

/* ---- runs: blocks in temporary files ---- */

typedef struct cli_run {
    int fd;         /* of a file without a name */
    unsigned level; /* how often it was merged */
} cli_run;

typedef struct cli_run_out {
    cli_flow *flow;
    cli_run run;
    char *buffer;
    size_t used;
} cli_run_out;

pila_status cli_run_open(cli_run_out *o, cli_flow *flow);
pila_status cli_run_write(cli_run_out *o, const char *bytes, size_t n);
/* The run, to be read; or after a fault, said already, nothing. */
pila_status cli_run_close(cli_run_out *o, pila_status st, cli_run *out);
/* What was given, from a run that is taken; buffer: bytes read at a time. */
pila_iter cli_run_items(const cli_order *order, cli_run run, size_t buffer);

/* ---- merging ---- */

/* Called where `given` of an input comes before the one it follows; a fault ends the
 * merge. NULL: such an input is merged as heapq.merge does it. */
typedef pila_status cli_disorder(void *ctx, size_t input, const void *given);

/* The items of n iterators of what `order` describes, which are taken; equal ones in
 * the order of the iterators. whole: what was given, not items alone. */
pila_iter cli_merge_sorted(const cli_order *order, const pila_iter *iters, size_t n,
                           bool whole, cli_disorder *disorder, void *ctx);

/* ---- the first N: what nlargest and nsmallest are ---- */

typedef struct cli_first_options {
    cli_common common;
    cli_ordering how;
    int partial, merge;
    const char *split_text;
    cli_split split;
    int64_t n;
} cli_first_options;

extern const cli_option cli_first_table[];
extern const cli_row cli_first_sections[];
int cli_first_check(const cli_flow *flow);
pila_iter cli_first_make(cli_flow *flow, bool largest);
pila_status cli_first_write(cli_flow *flow, cli_output *out, pila_iter *items);
void cli_first_done(cli_flow *flow);

#endif
