/* fuzz_value.c - values that hold one another against nodes with arrays: see
 * support/fuzz.h.
 *
 * Eight registers hold values, which lists and dicts share and which may come to hold
 * themselves. The model compares and shows by plain recursion, and gives up where that
 * goes too far; the library must then still come to an end.
 */
#include "fuzz.h"

#include <pila/serial/value.h>

enum { REGISTERS = 8, ROOM = 24, POOL = 6000, DEEPEST = 60, MOST_STEPS = 4000 };
enum { SHOWN_MOST = 3000 };

/* ---- the model ---- */

typedef struct node {
    pila_value_kind kind;
    double x;    /* of a number */
    char letter; /* of a str: it, twice */
    bool open;   /* is being shown */
    size_t n;    /* of a dict: keys and values in turn */
    struct node *item[2 * ROOM], *copy;
} node;

static node pool[POOL];
static size_t used;
static long steps;
static struct {
    pila_value v;
    node *m;
} reg[REGISTERS];

static node *node_new(pila_value_kind kind)
{
    node *m = &pool[used++];

    memset(m, 0, sizeof *m);
    m->kind = kind;
    return m;
}

static bool is_number(const node *m)
{
    return m->kind == PILA_VALUE_INT || m->kind == PILA_VALUE_FLOAT;
}

/* 1, 0, or -1: it goes too far. */
static int same(const node *a, const node *b, int depth);

static const node *const *look_up(const node *d, const node *key, int step, int *found)
{
    for (size_t k = 0; k < d->n; k += (size_t)step)
        if ((*found = same(d->item[k], key, 0)) != 0)
            return (const node *const *)&d->item[k];
    *found = 0;
    return NULL;
}

static int same_keyed(const node *a, const node *b, int step, int depth)
{
    for (size_t k = 0; k < a->n; k += (size_t)step) {
        int found, values;
        const node *const *at = look_up(b, a->item[k], step, &found);

        if (found <= 0) return found;
        values = step == 2 ? same(a->item[k + 1], at[1], depth + 1) : 1;
        if (values <= 0) return values;
    }
    return 1;
}

static int same(const node *a, const node *b, int depth)
{
    if (depth > DEEPEST || ++steps > MOST_STEPS) return -1;
    if (a == b) return 1;
    if (is_number(a) && is_number(b)) return a->x == b->x;
    if (a->kind != b->kind || a->n != b->n) return 0;
    if (a->kind == PILA_VALUE_STR) return a->letter == b->letter;
    if (a->kind == PILA_VALUE_DICT || a->kind == PILA_VALUE_FROZENSET)
        return same_keyed(a, b, a->kind == PILA_VALUE_DICT ? 2 : 1, depth);
    for (size_t k = 0; k < a->n; k++) {
        int items = same(a->item[k], b->item[k], depth + 1);
        if (items <= 0) return items;
    }
    return 1;
}

enum { NO_ORDER = 2 };

/* 1, 0, -1 as same, or NO_ORDER. */
static int before(const node *a, const node *b, int depth)
{
    if (depth > DEEPEST || ++steps > MOST_STEPS) return -1;
    if (is_number(a) && is_number(b)) return a->x < b->x;
    if (a->kind != b->kind || a->kind == PILA_VALUE_DICT) return NO_ORDER;
    if (a->kind == PILA_VALUE_STR) return a->letter < b->letter;
    if (a->kind == PILA_VALUE_FROZENSET)
        return a->n < b->n ? same_keyed(a, b, 1, depth) : 0;
    for (size_t k = 0; k < a->n && k < b->n; k++) {
        int items = same(a->item[k], b->item[k], depth + 1);

        if (items < 0) return items;
        if (!items) return before(a->item[k], b->item[k], depth + 1);
    }
    return a->n < b->n;
}

static bool hashes(const node *m)
{
    if (m->kind == PILA_VALUE_LIST || m->kind == PILA_VALUE_DICT) return false;
    if (m->kind != PILA_VALUE_TUPLE) return true;
    for (size_t k = 0; k < m->n; k++)
        if (++steps > MOST_STEPS || !hashes(m->item[k])) return false;
    return true;
}

static char shown[4 * SHOWN_MOST];
static size_t shown_len;

static void show_text(const char *text)
{
    size_t n = strlen(text);

    if (shown_len > SHOWN_MOST) return;
    memcpy(shown + shown_len, text, n);
    shown_len += n;
}

static void show(node *m)
{
    static const char *const look[][4] = {{"[", "]", "[...]", "[]"},
                                          {"(", ")", "(...)", "()"},
                                          {"{", "}", "{...}", "{}"},
                                          {"frozenset({", "})", "", "frozenset()"}};
    const char *const *l = look[m->kind == PILA_VALUE_LIST    ? 0
                                : m->kind == PILA_VALUE_TUPLE ? 1
                                : m->kind == PILA_VALUE_DICT  ? 2
                                                              : 3];
    char text[32];

    if (shown_len > SHOWN_MOST) return;
    if (is_number(m) || m->kind == PILA_VALUE_STR) {
        if (m->kind == PILA_VALUE_STR)
            snprintf(text, sizeof text, "'%c%c'", m->letter, m->letter);
        else
            snprintf(text, sizeof text, m->kind == PILA_VALUE_INT ? "%.0f" : "%.1f",
                     m->x);
        show_text(text);
        return;
    }
    show_text(m->open ? l[2] : m->n ? l[0] : l[3]);
    if (m->open || !m->n) return;
    m->open = true;
    for (size_t k = 0; k < m->n; k++) {
        if (k) show_text(m->kind == PILA_VALUE_DICT && k % 2 ? ": " : ", ");
        show(m->item[k]);
    }
    m->open = false;
    show_text(m->kind == PILA_VALUE_TUPLE && m->n == 1 ? ",)" : l[1]);
}

static node *copy_of(node *m)
{
    node *made;

    if (m->copy) return m->copy;
    made = m->copy = node_new(m->kind);
    made->x = m->x;
    made->letter = m->letter;
    made->n = m->n;
    for (size_t k = 0; k < m->n; k++) made->item[k] = copy_of(m->item[k]);
    return made;
}

/* ---- checks ---- */

static void check_pair(size_t a, size_t b)
{
    bool out = false;
    uint64_t h, g;
    pila_status st = pila_value_eq(reg[a].v, reg[b].v, &out);
    int want;

    steps = 0;
    want = same(reg[a].m, reg[b].m, 0);
    FUZZ_CHECK(st == PILA_OK || st == PILA_ELIMIT);
    if (want >= 0) FUZZ_CHECK(st == PILA_OK && out == want);
    st = pila_value_less(reg[a].v, reg[b].v, &out);
    steps = 0;
    want = before(reg[a].m, reg[b].m, 0);
    FUZZ_CHECK(st == PILA_OK || st == PILA_ELIMIT || st == PILA_ETYPE);
    if (want == NO_ORDER) FUZZ_CHECK(st == PILA_ETYPE);
    else if (want >= 0) FUZZ_CHECK(st == PILA_OK && out == want);
    steps = 0;
    want = same(reg[a].m, reg[b].m, 0);
    if (pila_value_hash(reg[a].v, &h) == PILA_OK && want == 1)
        FUZZ_CHECK(pila_value_hash(reg[b].v, &g) == PILA_OK && g == h);
}

static void check_shown(size_t a)
{
    pila_buf out = {0};
    pila_status st;

    out.cap = SHOWN_MOST;
    st = pila_value_repr(reg[a].v, &out);
    shown_len = 0;
    show(reg[a].m);
    FUZZ_CHECK(st == (shown_len > SHOWN_MOST ? PILA_ELIMIT : PILA_OK));
    if (st == PILA_OK)
        FUZZ_CHECK(pila_str_eq(pila_buf_view(&out), pila_str_of(shown, shown_len)));
    pila_buf_done(&out);
}

/* ---- operations ---- */

static void put(size_t at, pila_status st, pila_value v, node *m)
{
    if (fuzz_starved(st)) return;
    FUZZ_CHECK(st == PILA_OK);
    reg[at].v = v;
    reg[at].m = m;
}

static void make_scalar(pila_doc *doc, unsigned op, size_t to, fuzz_in *in)
{
    unsigned byte = fuzz_byte(in);
    node *m = node_new(op == 0   ? PILA_VALUE_INT
                       : op == 1 ? PILA_VALUE_FLOAT
                                 : PILA_VALUE_STR);
    char text[2];
    pila_value v = pila_value_int((int64_t)byte % 32);
    pila_status st = PILA_OK;

    m->x = op == 1 ? (byte % 64) * 0.5 : byte % 32;
    m->letter = text[0] = text[1] = (char)('a' + byte % 26);
    if (op == 1) v = pila_value_float(m->x);
    if (op == 2) st = pila_value_str(doc, pila_str_of(text, 2), &v);
    put(to, st, v, m);
}

static void make_row(pila_doc *doc, unsigned op, size_t to, fuzz_in *in)
{
    unsigned n = fuzz_below(in, ROOM / 2);
    node *m = node_new(op == 3   ? PILA_VALUE_LIST
                       : op == 4 ? PILA_VALUE_TUPLE
                                 : PILA_VALUE_FROZENSET);
    pila_value items[ROOM], v = pila_value_none();
    bool hashable = true;
    pila_status st;
    int found;

    steps = 0;
    for (unsigned k = 0; k < n; k++) {
        size_t from = fuzz_below(in, REGISTERS);

        items[k] = reg[from].v;
        hashable = hashable && hashes(reg[from].m);
        if (op == 5 && hashable && look_up(m, reg[from].m, 1, &found)) continue;
        m->item[m->n++] = reg[from].m;
    }
    if (steps > MOST_STEPS) return; /* the model does not know */
    st = op == 3   ? pila_value_list(doc, items, n, &v)
         : op == 4 ? pila_value_tuple(doc, items, n, &v)
                   : pila_value_frozenset(doc, items, n, &v);
    if (op == 5 && !hashable) FUZZ_CHECK(fuzz_starved(st) || st == PILA_ETYPE);
    else put(to, st, v, m);
}

static void take_out(node *m, size_t at, size_t n)
{
    if (FUZZ_PLANTED) at = 0;
    m->n -= n;
    memmove(m->item + at, m->item + at + n, (m->n - at) * sizeof *m->item);
}

static void change_list(pila_doc *doc, size_t list, size_t x, fuzz_in *in)
{
    node *m = reg[list].m;
    ptrdiff_t at = fuzz_index(in, m->n);
    ptrdiff_t place = at < 0 ? at + (ptrdiff_t)m->n : at;
    bool inside = place >= 0 && place < (ptrdiff_t)m->n;
    pila_status st;

    if (m->n < ROOM && fuzz_below(in, 3)) {
        st = pila_value_insert(doc, reg[list].v, at, reg[x].v);
        if (fuzz_starved(st)) return;
        FUZZ_CHECK(st == PILA_OK);
        place = place < 0 ? 0 : inside ? place : (ptrdiff_t)m->n;
        memmove(m->item + place + 1, m->item + place,
                (m->n++ - (size_t)place) * sizeof *m->item);
        m->item[place] = reg[x].m;
        return;
    }
    st = pila_value_delitem(reg[list].v, pila_value_int(at));
    FUZZ_CHECK(st == (inside ? PILA_OK : PILA_EINDEX));
    if (inside) take_out(m, (size_t)place, 1);
}

static void change_dict(pila_doc *doc, size_t dict, size_t key, size_t x, fuzz_in *in)
{
    node *m = reg[dict].m, *k = reg[key].m;
    unsigned how = fuzz_below(in, 3);
    const node *const *at = NULL;
    int found = 0;
    pila_status st, want;

    steps = 0;
    want = hashes(k) ? PILA_OK : PILA_ETYPE;
    if (want == PILA_OK) at = look_up(m, k, 2, &found);
    if (steps > MOST_STEPS || found < 0) return;
    if (how == 0) {
        if (want == PILA_OK && !at) want = PILA_EKEY;
        st = pila_value_delitem(reg[dict].v, reg[key].v);
        if (fuzz_starved(st)) return;
        FUZZ_CHECK(st == want);
        if (st == PILA_OK) take_out(m, (size_t)((node *const *)at - m->item), 2);
        return;
    }
    if (m->n == ROOM && !at) return;
    st = pila_value_setitem(doc, reg[dict].v, reg[key].v, reg[x].v);
    if (fuzz_starved(st)) return;
    FUZZ_CHECK(st == want);
    if (st != PILA_OK) return;
    if (at) m->item[(node *const *)at - m->item + 1] = reg[x].m;
    else {
        m->item[m->n++] = k;
        m->item[m->n++] = reg[x].m;
    }
}

static void copy_one(pila_doc *doc, size_t from, size_t to)
{
    pila_value v = pila_value_none();
    pila_status st = pila_value_copy(doc, reg[from].v, &v);

    for (size_t k = 0; k < used; k++) pool[k].copy = NULL;
    put(to, st, v, copy_of(reg[from].m));
}

static void step(pila_doc *doc, fuzz_in *in)
{
    unsigned op = fuzz_below(in, 12);
    size_t a = fuzz_below(in, REGISTERS), b = fuzz_below(in, REGISTERS), c;

    c = (a + b) % REGISTERS;
    fuzz_arm(in);
    if (op < 3) make_scalar(doc, op, a, in);
    else if (op < 6) make_row(doc, op, a, in);
    else if (op == 6) {
        pila_value v = pila_value_none();
        pila_status st = pila_value_dict(doc, b, &v);
        put(a, st, v, node_new(PILA_VALUE_DICT));
    } else if (op == 11) copy_one(doc, a, b);
    else if (reg[a].m->kind == PILA_VALUE_LIST) change_list(doc, a, b, in);
    else if (reg[a].m->kind == PILA_VALUE_DICT) change_dict(doc, a, b, c, in);
    fuzz_disarm();
    check_pair(a, b);
    check_pair(b, c);
    check_shown(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    pila_doc doc = {0};

    fuzz_start();
    used = 0;
    for (size_t k = 0; k < REGISTERS; k++) {
        reg[k].v = pila_value_int((int64_t)k);
        reg[k].m = node_new(PILA_VALUE_INT);
        reg[k].m->x = (double)k;
    }
    while (in.p < in.end && used < POOL / 2) step(&doc, &in);
    pila_doc_done(&doc);
    fuzz_stop();
    return 0;
}
