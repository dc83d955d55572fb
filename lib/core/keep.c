/* keep.c - see keep.h.
 *
 * Copies are made in two steps. A type's copy makes what is owned, and runs all code of
 * the user that an item without rows has; what is only shown then follows in place,
 * member by member: the bytes of a view, and the items of a row, which are copies in
 * turn. One visit of an item by its descriptor does that, into a block that cannot grow
 * or into blocks that never move, and it also adds up beforehand how large the former
 * must be. A visit that fails goes on to the end all the same, to empty the rows it has
 * not copied. Nesting is that of the type, which is as deep as the adaptors that were
 * built upon one another; each of those has a window with all below in it, so memory
 * ends before the stack does. Rejected: owned strings in place of views, which are
 * another type than the source's, and an allocation each.
 */
#include "keep.h"

enum {
    KEEP_BLOCK = 16384, /* bytes of a block, or more if one thing needs more */
    KEEP_PAD = 16       /* readable behind a padded view */
};

/* Where a visit puts what it finds: a block more, [at, at + left), or nowhere. */
enum { KEEP_GROWS, KEEP_FIXED, KEEP_MEASURES };

/* What there is to a type beside bytes. */
enum { KEEP_OWNS = 1, KEEP_SHOWS = 2 };

static int keep_parts(const pila_type *type)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) return keep_parts(p->first) | keep_parts(p->second);
    if (!t && type->kind == PILA_KIND_STR) return KEEP_SHOWS;
    if (!t) return pila_type_plain(type) ? 0 : (int)KEEP_OWNS;
    int parts = t->is_row ? (int)KEEP_SHOWS : 0;
    if (!t->member && !t->each) return parts; /* the empty tuple */
    if (!t->member) return parts | keep_parts(t->each);
    for (size_t k = 0; k < t->n; k++) parts |= keep_parts(t->member[k].type);
    return parts;
}

bool pila__keep_is_plain(const pila_type *type) { return !keep_parts(type); }

bool pila__kept_shows(const pila_type *type) { return keep_parts(type) & KEEP_SHOWS; }

/* Whether none of many items of one type has such a part. */
static bool keep_skips(const pila_tuple *t, int part)
{
    return !t->member && !(t->each && keep_parts(t->each) & part);
}

/* ---- room for what is shown ---- */

typedef struct pila__kept_block {
    struct pila__kept_block *next;
} pila__kept_block;

static bool keep_open(pila__kept *k, size_t bytes)
{
    size_t size = bytes > KEEP_BLOCK ? bytes : (size_t)KEEP_BLOCK, total;

    if (!pila_add(size, sizeof *k->block + KEEP_PAD, &total)) return false;
    pila__kept_block *b = (pila__kept_block *)pila_alloc(total, 1);
    if (!b) return false;
    b->next = k->block;
    k->block = b;
    k->at = (char *)(b + 1);
    k->left = size;
    return true;
}

void pila__kept_done(pila__kept *k)
{
    while (k->block) {
        pila__kept_block *b = k->block;
        k->block = b->next;
        pila_free(b);
    }
}

/* Where `bytes` go; NULL: nowhere, or it failed. */
static char *keep_room(pila__kept *k, size_t bytes, size_t align)
{
    size_t most, skip = (0 - (uintptr_t)k->at) & (align - 1);
    bool fits = true;

    if (k->status != PILA_OK) return NULL;
    if (bytes == 0) bytes = 1; /* the padding is behind an empty one, too */
    if (k->how == KEEP_MEASURES) {
        if (!pila_add(bytes, align, &most) || !pila_add(k->left, most, &k->left))
            k->status = PILA_EOVERFLOW;
        return NULL;
    }
    if (bytes > k->left || skip > k->left - bytes) {
        fits =
            k->how == KEEP_GROWS && pila_add(bytes, align, &most) && keep_open(k, most);
        skip = (0 - (uintptr_t)k->at) & (align - 1);
    }
    if (!fits) {
        k->status = k->how == KEEP_GROWS ? PILA_ENOMEM : PILA_EMUTATED;
        return NULL;
    }
    char *room = k->at + skip;
    k->at = room + bytes;
    k->left -= skip + bytes;
    return room;
}

/* ---- the visit ---- */

static void keep_visit(pila__kept *k, const pila_type *type, char *item);

static void keep_text(pila__kept *k, pila_str *view)
{
    char *room = keep_room(k, view->len, 1);

    if (!room) return;
    if (view->len) memcpy(room, view->ptr, view->len);
    view->ptr = room;
}

static char *keep_row_room(pila__kept *k, const pila_type *each, pila_row *row)
{
    size_t bytes;

    if (pila_mul(row->n, each->size, &bytes)) return keep_room(k, bytes, each->align);
    if (k->status == PILA_OK)
        k->status = k->how == KEEP_GROWS ? PILA_ENOMEM : PILA_EOVERFLOW;
    return NULL;
}

/* The items of a row as copies; those that it has become are no longer shown. */
static void keep_row(pila__kept *k, const pila_type *each, pila_row *row)
{
    char *from = (char *)(uintptr_t)row->items, *to = keep_row_room(k, each, row);
    size_t n = row->n, size = each->size, all = n;
    int parts = keep_parts(each);

    if (k->how != KEEP_MEASURES) row->n = 0;
    if (to) row->items = to;
    if (to && n && !parts) memcpy(to, from, n * size);
    if (to && !parts) row->n = n;
    if (!(to ? parts : parts & KEEP_SHOWS)) all = 0;
    for (size_t j = 0; j < all && k->status == PILA_OK; j++) {
        char *item = (to ? to : from) + j * size;
        if (to) k->status = pila_type_copy(each, item, from + j * size);
        if (k->status != PILA_OK) return;
        if (to) row->n++;
        keep_visit(k, each, item);
    }
}

static void keep_visit(pila__kept *k, const pila_type *type, char *item)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) {
        keep_visit(k, p->first, item);
        keep_visit(k, p->second, item + p->second_at);
    } else if (type->kind == PILA_KIND_STR) keep_text(k, (pila_str *)(void *)item);
    else if (t && t->is_row) keep_row(k, t->each, (pila_row *)(void *)item);
    else if (t && !keep_skips(t, KEEP_SHOWS))
        for (size_t m = 0; m < t->n; m++) {
            const pila_type *of;
            const void *member = pila_tuple_at(t, item, m, &of);
            keep_visit(k, of, (char *)(uintptr_t)member);
        }
}

pila_status pila__kept_add(pila__kept *k, const pila_type *type, void *item)
{
    keep_visit(k, type, (char *)item);
    return k->status;
}

/* The items of rows, which a type's own drop leaves alone. */
static void keep_drop_rows(const pila_type *type, char *item)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) {
        keep_drop_rows(p->first, item);
        keep_drop_rows(p->second, item + p->second_at);
    }
    if (!t || keep_skips(t, KEEP_OWNS)) return;
    for (size_t k = 0; k < pila_tuple_len(t, item); k++) {
        const pila_type *of;
        char *member = (char *)(uintptr_t)pila_tuple_at(t, item, k, &of);
        keep_drop_rows(of, member);
        if (t->is_row) pila_type_drop(of, member);
    }
}

void pila__unkeep(const pila_type *type, void *items, size_t n)
{
    int parts = keep_parts(type);

    if (!(parts & KEEP_OWNS)) return;
    for (size_t k = 0; k < n; k++) {
        char *item = (char *)items + k * type->size;
        if (parts & KEEP_SHOWS) keep_drop_rows(type, item);
        pila_type_drop(type, item);
    }
}

/* ---- a few items ---- */

/* Views alone, which is what lines are: the same without asking each for its type. */
static pila_status keep_views(pila_str *out, const pila_str *in, size_t n,
                              pila_buf *text)
{
    size_t sum = KEEP_PAD;

    for (size_t k = 0; k < n; k++)
        if (!pila_add(sum, in[k].len, &sum)) return PILA_EOVERFLOW;
    pila_buf_clear(text);
    pila_status st = pila_buf_reserve(text, sum); /* the padding, at least */
    if (st != PILA_OK) return st;
    char *room = text->data;
    for (size_t k = 0; k < n; k++) {
        pila_str was = in[k];
        if (was.len) memcpy(room, was.ptr, was.len);
        out[k] = pila_str_of(room, was.len);
        room += was.len;
    }
    return PILA_OK;
}

/* Room in *text for what n items show. */
static pila_status keep_measure(const pila_type *type, const char *items, size_t n,
                                pila_buf *text, pila__kept *k)
{
    pila__kept sum = {0};

    sum.how = KEEP_MEASURES; /* which changes no item */
    sum.left = KEEP_PAD;
    for (size_t j = 0; j < n && sum.status == PILA_OK; j++)
        keep_visit(&sum, type, (char *)(uintptr_t)items + j * type->size);
    if (sum.status != PILA_OK) return sum.status;
    pila_buf_clear(text);
    if (sum.left > KEEP_PAD) sum.status = pila_buf_reserve(text, sum.left);
    k->how = KEEP_FIXED;
    k->at = text->data;
    k->left = sum.left - KEEP_PAD;
    return sum.status;
}

pila_status pila__keep(const pila_type *type, void *out, const void *items, size_t n,
                       pila_buf *text)
{
    const char *from = (const char *)items;
    int parts = keep_parts(type);
    pila__kept shown = {0};
    pila_status st = PILA_OK;
    size_t k;

    if (type->kind == PILA_KIND_STR)
        return keep_views((pila_str *)out, (const pila_str *)items, n, text);
    if (parts & KEEP_SHOWS) st = keep_measure(type, from, n, text, &shown);
    if (st != PILA_OK) return st;
    if (!(parts & KEEP_OWNS) && out != items) memcpy(out, items, n * type->size);
    for (k = 0; parts && k < n && st == PILA_OK; k++) {
        char *copy = (char *)out + k * type->size;
        if (parts & KEEP_OWNS) st = pila_type_copy(type, copy, from + k * type->size);
        if (st != PILA_OK) break;
        if (parts & KEEP_SHOWS) st = pila__kept_add(&shown, type, copy);
    }
    if (st != PILA_OK) pila__unkeep(type, out, k);
    return st;
}
