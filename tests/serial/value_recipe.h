/* value_recipe.h - values from recipes for a stack, as value_rows.py writes them. */
#ifndef VALUE_RECIPE_H
#define VALUE_RECIPE_H

#include "check.h"

#include <pila/serial/value.h>

enum { RECIPE_DEPTH = 64 };

static pila_str recipe_hex(const char *text, size_t n, char *room)
{
    for (size_t i = 0; i < n; i += 2) {
        char pair[3] = {text[i], text[i + 1], 0};
        room[i / 2] = (char)strtoul(pair, NULL, 16);
    }
    return pila_str_of(room, n / 2);
}

static pila_status recipe_keyed(pila_doc *doc, bool dict, const pila_value *items,
                                size_t n, pila_value *out)
{
    pila_status st = dict ? pila_value_dict(doc, 0, out) : pila_value_set(doc, 0, out);

    for (size_t i = 0; st == PILA_OK && i < n; i++)
        st = dict ? pila_value_setitem(doc, *out, items[2 * i], items[2 * i + 1])
                  : pila_value_add(doc, *out, items[i]);
    return st;
}

static pila_status recipe_word(pila_doc *doc, const char *word, size_t len,
                               pila_value **top)
{
    char room[4096];
    size_t n = len ? strtoul(word + 1, NULL, 10) : 0;
    uint64_t bits = len ? strtoull(word + 1, NULL, 16) : 0;
    double x;
    pila_value *at = *top, made = pila_value_none();
    pila_status st = PILA_OK;

    if (strchr("ltSz", word[0])) at -= n;
    if (word[0] == 'd') at -= 2 * n;
    if (word[0] == 'c') at -= 2;
    memcpy(&x, &bits, sizeof x);
    switch (word[0]) {
    case 'N': break;
    case 'T':
    case 'F': made = pila_value_bool(word[0] == 'T'); break;
    case 'i':
        st = pila_value_from_decimal(doc, pila_str_of(word + 1, len - 1), &made);
        break;
    case 'f': made = pila_value_float(x); break;
    case 'c': st = pila_value_complex(doc, at[0].as.f, at[1].as.f, &made); break;
    case 's':
        st = pila_value_str(doc, recipe_hex(word + 1, len - 1, room), &made);
        break;
    case 'b':
        st = pila_value_bytes(doc, recipe_hex(word + 1, len - 1, room), &made);
        break;
    case 'y':
        st = pila_value_bytearray(doc, recipe_hex(word + 1, len - 1, room), &made);
        break;
    case 'l': st = pila_value_list(doc, at, n, &made); break;
    case 't': st = pila_value_tuple(doc, at, n, &made); break;
    case 'z': st = pila_value_frozenset(doc, at, n, &made); break;
    default: st = recipe_keyed(doc, word[0] == 'd', at, n, &made);
    }
    if (st == PILA_OK) *at++ = made;
    *top = at;
    return st;
}

static pila_status recipe_make(pila_doc *doc, const char *recipe, pila_value *out)
{
    pila_value stack[RECIPE_DEPTH], *top = stack;
    pila_status st = PILA_OK;

    while (st == PILA_OK && *recipe) {
        size_t len = strcspn(recipe, " ");

        st = recipe_word(doc, recipe, len, &top);
        recipe += len + (recipe[len] == ' ');
    }
    if (st != PILA_OK) return st;
    if (top != stack + 1) fail_msg("%s: leaves %d values", recipe, (int)(top - stack));
    *out = stack[0];
    return PILA_OK;
}

static __attribute__((unused)) pila_value value_of(pila_doc *doc, const char *recipe)
{
    pila_value v = pila_value_none();

    CHECK_OK(recipe_make(doc, recipe, &v));
    return v;
}

#endif
