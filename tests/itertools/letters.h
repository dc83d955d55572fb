/* letters.h - a source of letters, as items of three kinds.
 */
#ifndef LETTERS_H
#define LETTERS_H

#include "check.h"

#include <pila/itertools/sources.h>

enum { MOST = 16, LONG = 20 };

/* Its items are bytes in an array; or views of a buffer that each refill writes again,
 * as a reader's; or strings too long to be inside, made by a callback. */
enum kind { BYTES, VIEWS, OWNED, KINDS };

typedef struct letters {
    enum kind kind;
    uint64_t version;
    const char *text;
    size_t n, at, window;
    char name;
    char *log;     /* of who was asked; NULL: none is kept */
    size_t act_at; /* the ask that does one of these */
    pila_status fails;
    struct letters *mutates;
    pila_iter *pulls;
    int drops;
    char buffer[MOST];
    pila_str views[MOST];
} letters;

static inline letters letters_of(enum kind kind, const char *text, size_t window)
{
    letters s = {.kind = kind, .text = text, .n = strlen(text), .window = window};

    return s;
}

static inline pila_status letters_ask(letters *s)
{
    if (s->log) strncat(s->log, &s->name, 1);
    if (s->at + 1 != s->act_at) return PILA_OK;
    if (s->mutates) s->mutates->version++;
    if (s->pulls) CHECK(pila_next_item(s->pulls) == NULL);
    return s->fails;
}

static inline bool letters_refill(pila_iter *it)
{
    letters *s = it->state;
    size_t n = s->n - s->at < s->window ? s->n - s->at : s->window;
    pila_status st = letters_ask(s);

    if (st == PILA_OK && n == 0) st = PILA_END;
    if (st != PILA_OK) return pila_iter_end(it, st);
    memset(s->buffer, '?', sizeof s->buffer);
    for (size_t k = 0; k < n; k++) {
        s->buffer[k] = s->text[s->at + k];
        s->views[k] = (pila_str){s->buffer + k, 1};
    }
    it->cur = s->kind == BYTES ? s->text + s->at : (const char *)s->views;
    it->end = it->cur + n * it->type->size;
    s->at += n;
    return true;
}

static inline pila_iter letters_drop(pila_iter *it)
{
    ((letters *)it->state)->drops++;
    return pila_failed(PILA_END);
}

static inline size_t letters_hint(const pila_iter *it)
{
    const letters *s = it->state;

    return s->n - s->at;
}

static inline pila_status letters_make(void *ctx, void *out)
{
    letters *s = ctx;
    char text[LONG];
    pila_status st = letters_ask(s);

    if (st == PILA_OK && s->at == s->n) st = PILA_END;
    if (st != PILA_OK) return st;
    memset(text, s->text[s->at], sizeof text);
    st = pila_string_init(out, (pila_str){text, sizeof text});
    if (st == PILA_OK) s->at++;
    return st;
}

static inline pila_iter letters_iter(letters *s)
{
    static const pila_iter_ops ops = {letters_refill, letters_drop, letters_hint};

    if (s->kind == OWNED) return pila_from_fn(&pila_text, letters_make, s);
    pila_iter it = pila_iter_make(s->kind == BYTES ? &pila_i8 : &pila_view, &ops, s);
    it.stamp = &s->version;
    it.seen = s->version;
    return it;
}

/* An item that is a letter, of any kind. */
static inline char letter_of(const pila_type *type, const void *item)
{
    if (type->kind == PILA_KIND_I8) return *(const char *)item;
    if (type->kind == PILA_KIND_STR) return *((const pila_str *)item)->ptr;
    CHECK_INT(type->kind, PILA_KIND_STRING);
    pila_str text = pila_string_view(item);
    for (size_t k = 0; k < text.len; k++) CHECK_INT(text.ptr[k], text.ptr[0]);
    return text.ptr[0];
}

#endif
