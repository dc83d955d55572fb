/* stage.c - see stage.h.
 *
 * A copy that is held goes through its type member by member. Two passes: the first
 * adds up the bytes that its views show, so that the second fills one block that does
 * not move. Rows are runs of items elsewhere: their items are copied into the block as
 * items, aligned, and held in the same manner. Nesting is that of the type, which is
 * as deep as the adaptors that were built upon one another; each of those has a window
 * with all below in it, so memory ends before the stack does.
 */
#include "stage.h"

enum { STAGE_ALIGN = 16 }; /* what pila_alloc gives */
enum { KEEP_PAD = 16 };    /* readable behind a padded view */

/* ---- the state ---- */

/* The bytes of a state with `bytes` of its own and a window of items, and where the
 * window starts at the earliest. */
static bool stage_layout(size_t bytes, const pila_type *item, size_t *at, size_t *total)
{
    size_t window =
        item->size > PILA__STAGE_WINDOW ? item->size : (size_t)PILA__STAGE_WINDOW;
    size_t slack = item->align > STAGE_ALIGN ? item->align : 0;

    *at = (bytes + STAGE_ALIGN - 1) / STAGE_ALIGN * STAGE_ALIGN;
    return pila_add(*at, slack, total) && pila_add(*total, window, total);
}

void *pila__stage_new(const pila_iter *src, size_t bytes, const pila_type *item)
{
    size_t at = 0, total = bytes;

    if (item && !stage_layout(bytes, item, &at, &total)) return NULL;
    pila__stage *s = (pila__stage *)pila_alloc(total, 1);
    if (!s) return NULL;
    memset(s, 0, bytes);
    s->src = *src;
    if (!item) return s;
    uintptr_t base = (uintptr_t)s, window = base + at;
    window = (window + item->align - 1) & ~(uintptr_t)(item->align - 1);
    s->window = (char *)s + (window - base);
    s->room = item->size > PILA__STAGE_WINDOW ? 1 : PILA__STAGE_WINDOW / item->size;
    return s;
}

pila_iter pila__stage_drop(pila_iter *it)
{
    pila_iter src = ((pila__stage *)it->state)->src;

    pila_free(it->state);
    return src;
}

size_t pila__stage_hint(const pila_iter *it)
{
    return pila_iter_length_hint(&((const pila__stage *)it->state)->src);
}

pila_iter pila__stage_refused(pila_iter *src, pila_status why)
{
    pila_iter_drop(src);
    return pila_failed(why);
}

/* ---- copies that are held ---- */

bool pila__keep_is_plain(const pila_type *type)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) return pila__keep_is_plain(p->first) && pila__keep_is_plain(p->second);
    if (!t) return type->kind != PILA_KIND_STR && pila_type_plain(type);
    if (t->is_row) return false;
    for (size_t k = 0; t->member && k < t->n; k++)
        if (!pila__keep_is_plain(t->member[k].type)) return false;
    return t->member || pila__keep_is_plain(t->each);
}

/* Bytes of the block that an item's views take; false: too many. */
static bool keep_size(const pila_type *type, const char *item, size_t *sum)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);
    size_t bytes;
    bool good = true;

    if (type->kind == PILA_KIND_STR) { /* an empty one needs the padding, too */
        size_t len = ((const pila_str *)(const void *)item)->len;
        return pila_add(*sum, len ? len : 1, sum);
    }
    if (p)
        return keep_size(p->first, item, sum) &&
               keep_size(p->second, item + p->second_at, sum);
    if (!t) return true;
    if (t->is_row) /* aligned anew */
        good = pila_mul(pila_tuple_len(t, item), t->each->size, &bytes) &&
               pila_add(*sum, bytes, sum) && pila_add(*sum, t->each->align, sum);
    for (size_t k = 0; good && k < pila_tuple_len(t, item); k++) {
        const pila_type *of;
        const char *member = (const char *)pila_tuple_at(t, item, k, &of);
        good = keep_size(of, member, sum);
    }
    return good;
}

static void keep_drop(const pila_type *type, char *item);

/* The first n members of an item, or of a row that is a copy. */
static void keep_drop_members(const pila_tuple *t, char *item, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const pila_type *of;
        char *base =
            t->is_row ? (char *)(uintptr_t)((pila_row *)(void *)item)->items : item;
        size_t at = t->member ? t->member[k].at : k * t->each->size;
        of = t->member ? t->member[k].type : t->each;
        keep_drop(of, base + at);
    }
}

static void keep_drop(const pila_type *type, char *item)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) {
        keep_drop(p->first, item);
        keep_drop(p->second, item + p->second_at);
    } else if (t) {
        if (!pila__keep_is_plain(type))
            keep_drop_members(t, item, pila_tuple_len(t, item));
    } else pila_type_drop(type, item);
}

static pila_status keep_item(const pila_type *type, char *out, const char *item,
                             char **room);

static pila_status keep_pair(const pila_pair *p, char *out, const char *item,
                             char **room)
{
    pila_status st = keep_item(p->first, out, item, room);

    if (st != PILA_OK) return st;
    st = keep_item(p->second, out + p->second_at, item + p->second_at, room);
    if (st != PILA_OK) keep_drop(p->first, out);
    return st;
}

static pila_status keep_tuple(const pila_tuple *t, char *out, const char *item,
                              char **room)
{
    size_t n = pila_tuple_len(t, item), k;
    char *base = out;
    pila_status st = PILA_OK;

    if (t->is_row) {
        uintptr_t align = t->each->align, at = (uintptr_t)*room;
        base = *room + ((at + align - 1) / align * align - at);
        *room = base + n * t->each->size;
        pila_row row;
        row.items = base;
        row.n = n;
        memcpy(out, &row, sizeof row);
    }
    for (k = 0; k < n && st == PILA_OK; k++) {
        const pila_type *of;
        const char *member = (const char *)pila_tuple_at(t, item, k, &of);
        size_t at = t->member ? t->member[k].at : k * t->each->size;
        st = keep_item(of, base + at, member, room);
    }
    if (st != PILA_OK) keep_drop_members(t, out, k - 1);
    return st;
}

static pila_status keep_item(const pila_type *type, char *out, const char *item,
                             char **room)
{
    const pila_pair *p = pila_pair_of(type);
    const pila_tuple *t = pila_tuple_of(type);

    if (p) return keep_pair(p, out, item, room);
    if (t) return keep_tuple(t, out, item, room);
    if (type->kind != PILA_KIND_STR) return pila_type_copy(type, out, item);
    pila_str text = *(const pila_str *)(const void *)item;
    if (text.len) memcpy(*room, text.ptr, text.len);
    text.ptr = *room;
    *room += text.len;
    memcpy(out, &text, sizeof text);
    return PILA_OK;
}

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

pila_status pila__keep(const pila_type *type, void *out, const void *items, size_t n,
                       pila_buf *text)
{
    const char *from = (const char *)items;
    char *to = (char *)out, *room;
    size_t sum = KEEP_PAD, k;
    pila_status st = PILA_OK;

    if (pila__keep_is_plain(type)) {
        memcpy(out, items, n * type->size);
        return PILA_OK;
    }
    if (type->kind == PILA_KIND_STR)
        return keep_views((pila_str *)out, (const pila_str *)items, n, text);
    for (k = 0; k < n; k++)
        if (!keep_size(type, from + k * type->size, &sum)) return PILA_EOVERFLOW;
    pila_buf_clear(text);
    if (sum > KEEP_PAD) st = pila_buf_reserve(text, sum);
    room = text->data;
    for (k = 0; k < n && st == PILA_OK; k++)
        st = keep_item(type, to + k * type->size, from + k * type->size, &room);
    if (st != PILA_OK && k) pila__unkeep(type, out, k - 1);
    return st;
}

void pila__unkeep(const pila_type *type, void *items, size_t n)
{
    if (type->kind == PILA_KIND_STR || pila__keep_is_plain(type)) return;
    for (size_t k = 0; k < n; k++) keep_drop(type, (char *)items + k * type->size);
}
