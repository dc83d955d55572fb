/* test_zip.c - zip, zip_longest, starmap, roundrobin and grouper, by rows that CPython
 * made (zip_rows.py), over sources of every kind. */
#include "letters.h"

#include <pila/itertools/sources.h>
#include <pila/itertools/zip.h>

static void fill_init(enum kind kind, void *room)
{
    static const pila_str dash = {"-", 1}, dashes = {"--------------------", LONG};

    memset(room, '-', sizeof(pila_string));
    if (kind == VIEWS) memcpy(room, &dash, sizeof dash);
    if (kind == OWNED) CHECK_OK(pila_string_init(room, dashes));
}

/* Rows as words; a tuple's letters together. */
static void show(pila_iter *it, char *out, size_t room)
{
    const pila_tuple *tuple = pila_tuple_of(it->type);
    const void *item;
    size_t used = 0;

    out[0] = '\0';
    while ((item = pila_next_item(it)) != NULL) {
        size_t n = tuple ? pila_tuple_len(tuple, item) : 1;
        CHECK(used + n + 2 < room);
        if (used) out[used++] = ' ';
        for (size_t k = 0; k < n; k++) {
            const pila_type *type = it->type;
            const void *at = tuple ? pila_tuple_at(tuple, item, k, &type) : item;
            out[used++] = letter_of(type, at);
        }
        out[used] = '\0';
    }
    CHECK(pila_next_item(it) == NULL);
}

static void shows(pila_iter it, const char *want, pila_status status)
{
    char shown[512];

    show(&it, shown, sizeof shown);
    assert_string_equal(shown, want);
    CHECK_STATUS(it.status, status);
    pila_iter_drop(&it);
}

/* ---- rows that CPython made ---- */

enum op { ZIP, STRICT, LONGEST, ROBIN, GROUP_FILL, GROUP_STRICT, GROUP_IGNORE };

static const struct row {
    enum op op;
    const char *sources, *shared;
    size_t n;
    const char *shown;
    pila_status status;
    const char *asked, *left;
} rows[] = {
#include "zip_rows.h"
};

typedef struct scene {
    letters own[4], shared;
    char text[4][8];
    pila_iter star;
    pila_iter src[4];
    size_t n;
    char log[128];
} scene;

static void scene_set(scene *s, const struct row *r, enum kind kind, size_t window)
{
    const char *at = r->sources;

    memset(s, 0, sizeof *s);
    s->shared = letters_of(kind, r->shared, window);
    s->shared.name = '*';
    s->shared.log = s->log;
    s->star = letters_iter(&s->shared);
    for (; *at; at += *at == ' ', s->n++) {
        size_t len = strcspn(at, " ");
        if (*at == '*') s->src[s->n] = pila_ref(&s->star);
        else {
            memcpy(s->text[s->n], at, len - 1); /* without the stop */
            s->own[s->n] = letters_of(kind, s->text[s->n], window);
            s->own[s->n].name = (char)('0' + s->n);
            s->own[s->n].log = s->log;
            s->src[s->n] = letters_iter(&s->own[s->n]);
        }
        at += len;
    }
}

static pila_iter scene_make(scene *s, enum op op, size_t n, const void *fill)
{
    const void *fills[4] = {fill, fill, fill, fill};
    pila_incomplete how = PILA_INCOMPLETE_FILL;

    switch (op) {
    case ZIP: return pila_zip(s->src, s->n);
    case STRICT: return pila_zip_strict(s->src, s->n);
    case LONGEST: return pila_zip_longest(s->src, s->n, fills);
    case ROBIN: return pila_roundrobin(s->src, s->n);
    case GROUP_FILL: break;
    case GROUP_STRICT: how = PILA_INCOMPLETE_STRICT; break;
    case GROUP_IGNORE: how = PILA_INCOMPLETE_IGNORE; break;
    }
    return pila_grouper(s->src[0], n, how, fill);
}

/* Whether CPython's run asked the shared one for its end, which a group of n references
 * asks for as often as there are references, and pila once. */
static void scene_check(scene *s, const struct row *r, enum kind kind, size_t window)
{
    char left[16];
    pila_string fill;

    fill_init(kind, &fill);
    pila_iter it = scene_make(s, r->op, r->n, &fill);
    if (kind == OWNED) pila_string_done(&fill); /* it was copied */
    if (pila_iter_length_hint(&it) > 99) fail_msg("a hint too far");
    shows(it, r->shown, r->status);
    if (window == 1 || kind == OWNED) assert_string_equal(s->log, r->asked);
    s->shared.log = NULL;
    size_t n = 0;
    for (const void *x; (x = pila_next_item(&s->star)) != NULL;)
        left[n++] = letter_of(s->star.type, x);
    left[n] = '\0';
    assert_string_equal(left, r->left);
    pila_iter_drop(&s->star);
}

static void test_rows(void **state)
{
    static char name[128];
    scene s;

    (void)state;
    for (const struct row *r = rows; r < rows + COUNT_OF(rows); r++)
        for (int kind = 0; kind < KINDS; kind++)
            for (size_t window = 1; window < (kind == OWNED ? 2 : 5); window++) {
                snprintf(name, sizeof name, "op %d, '%s' with '%s' by %zu, %d, %zu",
                         (int)r->op, r->sources, r->shared, r->n, kind, window);
                ROW(name);
                check_alloc_start();
                scene_set(&s, r, (enum kind)kind, window);
                scene_check(&s, r, (enum kind)kind, window);
                check_alloc_stop();
            }
    ROW(NULL);
}

/* ---- rows are structs ---- */

struct mixed {
    int8_t a;
    int64_t b;
    int16_t c;
    double d;
    pila_str e;
};

static void test_a_row_is_a_struct(void **state)
{
    const int8_t a[] = {1, 2, 3};
    const int64_t b[] = {10, 20, 30};
    const int16_t c[] = {7, 8, 9};
    const double d[] = {.5, 1.5, 2.5};
    const pila_str e[] = {{"x", 1}, {"y", 1}, {"z", 1}};
    pila_iter src[] = {pila_span(a, 3, &pila_i8), pila_span(b, 3, &pila_i64),
                       pila_span(c, 3, &pila_i16), pila_span(d, 3, &pila_f64),
                       pila_span(e, 3, &pila_view)};
    pila_iter it = pila_zip(src, 5);
    pila_buf out = {0};
    int k = 0;

    (void)state;
    CHECK_INT(it.type->size, sizeof(struct mixed));
    CHECK_INT(it.type->align, _Alignof(struct mixed));
    CHECK_INT(pila_iter_length_hint(&it), 3);
    PILA_FOR(struct mixed, r, &it) {
        CHECK(r->a == a[k] && r->b == b[k] && r->c == c[k] && r->d == d[k]);
        CHECK(r->e.ptr == e[k].ptr);
        CHECK_OK(pila_type_repr(it.type, r, &out));
        k++;
    }
    CHECK_INT(k, 3);
    CHECK_STATUS(it.status, PILA_END);
    CHECK_TEXT(pila_buf_view(&out),
               "(1, 10, 7, 0.5, 'x')(2, 20, 8, 1.5, 'y')(3, 30, 9, 2.5, 'z')");
    pila_iter_drop(&it);
    pila_iter_drop(&it);
    pila_buf_done(&out);
}

typedef struct pair {
    int64_t a, b;
} pair;

typedef struct over {
    _Alignas(64) char bytes[64];
} over;

typedef struct overs {
    over a, b;
} overs;

typedef struct large {
    char bytes[5000];
} large;

PILA_MAPPER(make_over, over, int64_t, v, ((over){{(char)v}}))
PILA_MAPPER(make_large, large, int64_t, v, ((large){{(char)v}}))

static void test_large_and_over_aligned_members(void **state)
{
    static const pila_type over_type = PILA_PLAIN_TYPE(over);
    struct row_of {
        large a;
        over b;
        int64_t c;
    };
    over fill = {{77}};
    const void *fills[] = {NULL, &fill, NULL};
    int64_t k = 0;

    (void)state;
    for (int longest = 0; longest < 2; longest++) {
        pila_iter src[] = {pila_map(pila_range(0, 10, 1), make_large),
                           pila_map(pila_range(0, longest ? 5 : 10, 1), make_over),
                           pila_range(0, 10, 1)};
        pila_iter it = longest ? pila_zip_longest(src, 3, fills) : pila_zip(src, 3);
        CHECK_INT(it.type->size, sizeof(struct row_of));
        k = 0;
        PILA_FOR(struct row_of, r, &it) {
            CHECK_INT((uintptr_t)&r->b % 64, 0);
            CHECK_INT(r->b.bytes[0], longest && k >= 5 ? 77 : k);
            CHECK(r->a.bytes[0] == k && r->c == k);
            k++;
        }
        CHECK_INT(k, 10);
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
    }
    pila_iter it = pila_grouper(pila_map(pila_range(0, 3, 1), make_over), 2,
                                PILA_INCOMPLETE_FILL, &fill);
    k = 0;
    CHECK_INT(it.type->align, over_type.align);
    PILA_FOR(overs, g, &it) {
        CHECK_INT((uintptr_t)g % 64, 0);
        CHECK_INT(g->a.bytes[0], k++ * 2);
        CHECK_INT(g->b.bytes[0], k == 1 ? 1 : 77);
    }
    CHECK_INT(k, 2);
    pila_iter_drop(&it);
}

static void test_windows_of_every_length(void **state)
{
    int64_t k = 0, n = 0;

    (void)state;
    pila_iter it = pila_zip2(pila_range(0, 5000, 1), pila_range(0, 10000, 2));
    PILA_FOR(pair, p, &it) {
        CHECK(p->a == k && p->b == 2 * k);
        k++;
    }
    CHECK_INT(k, 5000);
    pila_iter_drop(&it);
    pila_iter src[] = {pila_range(0, 1000, 1), pila_range(1000, 1700, 1),
                       pila_failed(PILA_END), pila_range(2000, 2001, 1)};
    it = pila_roundrobin(src, 4);
    CHECK_INT(pila_iter_length_hint(&it), 1701);
    PILA_FOR(int64_t, x, &it) n += *x;
    CHECK_INT(n, 999 * 500 + 1350 * 700 - 350 + 2000);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
}

static void test_grouper_yields_in_place(void **state)
{
    const int64_t items[] = {0, 1, 2, 3, 4, 5, 6, 7};
    pila_iter it =
        pila_grouper(pila_span(items, 8, &pila_i64), 3, PILA_INCOMPLETE_FILL, NULL);

    (void)state;
    CHECK_INT(pila_iter_length_hint(&it), 3);
    CHECK_INT(pila_iter_ready(&it), 2);
    CHECK(it.cur == (const char *)items);
    pila_iter_skip(&it, 2);
    const int64_t *last = pila_next_item(&it);
    CHECK(last[0] == 6 && last[1] == 7 && last[2] == 0);
    CHECK(pila_next_item(&it) == NULL);
    pila_iter_drop(&it);
    it = pila_grouper(pila_span(items, 8, &pila_i64), 3, PILA_INCOMPLETE_IGNORE, NULL);
    CHECK_INT(pila_iter_length_hint(&it), 2);
    pila_iter_drop(&it);
}

/* ---- starmap ---- */

PILA_MAPPER(product, int64_t, pair, p, p.a *p.b)

static pila_status power(void *ctx, const void *item, void *out)
{
    const pair *p = item;
    int64_t x = 1;

    ++*(int *)ctx;
    for (int64_t k = 0; k < p->b; k++) x *= p->a;
    memcpy(out, &x, sizeof x);
    return PILA_OK;
}

static void test_starmap(void **state)
{
    const pair given[] = {{2, 5}, {3, 2}, {10, 3}}; /* starmap(pow, ...): 32 9 1000 */
    const int64_t want[] = {32, 9, 1000};
    int calls = 0, k = 0;
    PILA_PAIR(pair_type, pair, b, &pila_i64, &pila_i64);

    (void)state;
    pila_iter it =
        pila_starmap_fn(pila_span(given, 3, &pair_type.type), &pila_i64, power, &calls);
    CHECK_INT(calls, 0);
    PILA_FOR(int64_t, x, &it) {
        CHECK_INT(*x, want[k++]);
        CHECK_INT(calls, k);
    }
    CHECK_INT(k, 3);
    pila_iter_drop(&it);
    k = 0; /* map(mul, range(4), range(4)) */
    it = pila_starmap(pila_zip2(pila_range(0, 4, 1), pila_range(0, 4, 1)), product);
    PILA_FOR(int64_t, x, &it) {
        CHECK_INT(*x, k * k);
        k++;
    }
    CHECK_INT(k, 4);
    pila_iter_drop(&it);
    it = pila_starmap(pila_range(0, 4, 1), product);
    CHECK_STATUS(it.status, PILA_ETYPE);
    pila_iter_drop(&it);
}

/* ---- faults and sizes ---- */

static void test_zip_of_nothing(void **state)
{
    pila_iter none = pila_zip(NULL, 0), strict = pila_zip_strict(NULL, 0);
    pila_iter longest = pila_zip_longest(NULL, 0, NULL);
    pila_iter with = pila_zip_longest_with(NULL, 0, &pila_i8, "-");
    pila_iter robin = pila_roundrobin(NULL, 0);

    (void)state;
    CHECK_STATUS(none.status, PILA_END);
    CHECK_STATUS(strict.status, PILA_END);
    CHECK_STATUS(longest.status, PILA_END);
    CHECK_STATUS(with.status, PILA_END);
    CHECK_STATUS(robin.status, PILA_END);
}

static void test_zip_length_overflow(void **state)
{
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX / sizeof(pila_iter) + 1,
                                     PTRDIFF_MAX / sizeof(pila_iter) + 1,
                                     (size_t)PTRDIFF_MAX + 1};
    pila_type half = pila_i64, most = pila_i64;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(lengths); k++) { /* nothing is read */
        const void *fill = NULL;
        CHECK_STATUS(pila_zip(NULL, lengths[k]).status, PILA_EOVERFLOW);
        CHECK_STATUS(pila_zip_strict(NULL, lengths[k]).status, PILA_EOVERFLOW);
        CHECK_STATUS(pila_zip_longest(NULL, lengths[k], &fill).status, PILA_EOVERFLOW);
        CHECK_STATUS(pila_zip_longest_with(NULL, lengths[k], &pila_i8, "-").status,
                     PILA_EOVERFLOW);
        CHECK_STATUS(pila_roundrobin(NULL, lengths[k]).status, PILA_EOVERFLOW);
    }
    half.kind = most.kind = PILA_KIND_OTHER;
    half.size = PTRDIFF_MAX / 2 + 1;
    most.size = PTRDIFF_MAX;
    for (int which = 0; which < 5; which++) {
        letters s = letters_of(BYTES, "abc", 2);
        pila_iter src[] = {pila_failed(PILA_END), letters_iter(&s),
                           pila_failed(PILA_END)};
        pila_iter it;
        /* never read: their size is all that is asked for */
        src[0] = src[2] = pila_iter_make(which & 1 ? &half : &most, src[0].ops, NULL);
        if (which < 2) it = pila_zip(src, 3);
        else if (which < 4) it = pila_zip_longest(src, 3, NULL);
        else it = pila_grouper(letters_iter(&s), SIZE_MAX, PILA_INCOMPLETE_FILL, NULL);
        CHECK_STATUS(it.status, PILA_EOVERFLOW);
        CHECK_INT(s.drops, 1);
        pila_iter_drop(&it);
    }
    pila_iter it = pila_grouper(pila_range(0, 3, 1), PTRDIFF_MAX / 8 + 1,
                                PILA_INCOMPLETE_IGNORE, NULL);
    CHECK_STATUS(it.status, PILA_EOVERFLOW);
    it = pila_grouper(pila_range(0, 3, 1), PTRDIFF_MAX / 8, PILA_INCOMPLETE_IGNORE,
                      NULL); /* a size, but no memory */
    CHECK_STATUS(it.status, PILA_ENOMEM);
}

static void test_faults_flow_through(void **state)
{
    (void)state;
    for (int which = 0; which < 7; which++) {
        letters s = letters_of(BYTES, "abc", 2);
        pila_iter src[] = {pila_failed(PILA_END), letters_iter(&s),
                           pila_failed(PILA_EIO), pila_failed(PILA_EKEY)};
        pila_iter it;
        switch (which) {
        case 0: it = pila_zip(src, 4); break;
        case 1: it = pila_zip_strict(src, 4); break;
        case 2: it = pila_zip_longest(src, 4, NULL); break;
        case 3: it = pila_zip_longest_with(src, 4, &pila_i8, "-"); break;
        case 4: it = pila_roundrobin(src, 4); break;
        case 5: it = pila_zip2(src[1], src[2]); break;
        default:
            pila_iter_drop(&src[1]);
            it = pila_grouper(src[2], 2, PILA_INCOMPLETE_FILL, NULL);
        }
        CHECK_STATUS(it.status, PILA_EIO);
        CHECK_INT(s.drops, 1);
        pila_iter_drop(&it);
    }
}

static void test_sources_that_have_ended(void **state)
{
    letters a = letters_of(BYTES, "abc", 1), b = letters_of(BYTES, "xy", 1);
    pila_iter star = letters_iter(&a);
    pila_iter src[] = {pila_ref(&star), pila_failed(PILA_END)};

    (void)state;
    shows(pila_zip(src, 2), "", PILA_END);
    CHECK_INT(*(const char *)pila_next_item(&star), 'b'); /* a is gone, as in Python */
    src[0] = pila_ref(&star);
    shows(pila_zip_strict(src, 2), "", PILA_EVALUE);
    CHECK(pila_next_item(&star) == NULL);
    pila_iter_drop(&star);
    pila_iter longest[] = {pila_failed(PILA_END), letters_iter(&b)};
    pila_iter it = pila_zip_longest_with(longest, 2, &pila_i8, "-");
    CHECK_INT(it.type->size, 2); /* what has ended has the type of the others */
    for (const char *want = "xy"; *want; want++) {
        const char *row = (const char *)pila_next_item(&it);
        CHECK(row && row[0] == '-' && row[1] == *want);
    }
    CHECK(pila_next_item(&it) == NULL);
    pila_iter_drop(&it);
    pila_iter robin[] = {pila_failed(PILA_END), pila_failed(PILA_END)};
    shows(pila_roundrobin(robin, 2), "", PILA_END);
    CHECK_INT(b.drops, 1);
}

static void test_types(void **state)
{
    const pila_str view[] = {{"v", 1}, {"w", 1}};
    pila_string text = pila_string_borrow(pila_cstr("text"));
    pila_iter it, two[2];

    (void)state;
    for (int turn = 0; turn < 2; turn++) { /* the weaker of two readings */
        two[turn] = pila_span(view, 1, &pila_view);
        two[!turn] = pila_span(view + 1, 1, &pila_view_padded);
        it = pila_roundrobin(two, 2);
        CHECK(it.type == &pila_view);
        shows(it, turn ? "w v" : "v w", PILA_END);
    }
    two[0] = pila_span(&text, 1, &pila_text);
    two[1] = pila_span(view, 1, &pila_view);
    shows(pila_roundrobin(two, 2), "", PILA_ETYPE);
    shows(pila_zip_longest_with(two, 2, &pila_view, view), "", PILA_ETYPE);
    two[0] = pila_range(0, 1, 1);
    shows(pila_roundrobin(two, 2), "", PILA_ETYPE);
    pila_iter src = pila_grouper(pila_range(0, 3, 1), 2, (pila_incomplete)3, NULL);
    CHECK_STATUS(src.status, PILA_EVALUE);
    letters s = letters_of(BYTES, "abc", 1);
    shows(pila_grouper(letters_iter(&s), 0, PILA_INCOMPLETE_FILL, NULL), "", PILA_END);
    CHECK_INT(s.at, 0);
}

/* Fills of zero bytes, and of another kind in each place. */
static void test_fills(void **state)
{
    const pila_str words[] = {{"spam", 4}};
    const double one[] = {1.5};
    const int64_t seven = 7;
    struct row_of {
        pila_str word;
        double x;
        int64_t k;
    };
    const void *fills[] = {NULL, NULL, &seven};
    int k = 0;

    (void)state;
    for (int given = 0; given < 2; given++) {
        pila_iter src[] = {pila_span(words, 1, &pila_view),
                           pila_span(one, 1, &pila_f64),
                           pila_range(0, given ? 1 : 4, 1)};
        pila_iter it = pila_zip_longest(src, 3, given ? fills : NULL);
        CHECK_INT(pila_iter_length_hint(&it), given ? 1 : 4);
        k = 0;
        PILA_FOR(struct row_of, r, &it) {
            CHECK_INT(r->word.len, k ? 0 : 4);
            CHECK(r->x == (k ? 0 : 1.5) && r->k == k);
            k++;
        }
        CHECK_INT(k, given ? 1 : 4);
        pila_iter_drop(&it);
    }
}

/* ---- sources that do things ---- */

static pila_iter over_three(enum op op, letters *s, pila_iter *it)
{
    pila_string fill;
    scene c = {.n = 3};

    for (int k = 0; k < 3; k++) {
        c.src[k] = letters_iter(&s[k]);
        if (s[k].pulls) s[k].pulls = it;
    }
    fill_init(s[0].kind, &fill);
    for (int k = 1; k < 3 && op >= GROUP_FILL; k++) pila_iter_drop(&c.src[k]);
    pila_iter made = scene_make(&c, op, 2, &fill);
    if (s[0].kind == OWNED) pila_string_done(&fill);
    return made;
}

static void test_a_source_fails_at_k(void **state)
{
    (void)state;
    for (int op = ZIP; op <= GROUP_IGNORE; op++)
        for (int kind = 0; kind < KINDS; kind++)
            for (size_t at = 1; at <= 4; at++)
                for (int who = 0; who < (op < GROUP_FILL ? 3 : 1); who++) {
                    letters s[3];
                    char shown[64];
                    for (int k = 0; k < 3; k++)
                        s[k] = letters_of((enum kind)kind, "abcd", 1);
                    s[who].act_at = at;
                    s[who].fails = (pila_status)(PILA_EUSER + 1);
                    check_alloc_start();
                    pila_iter it = over_three((enum op)op, s, NULL);
                    show(&it, shown, sizeof shown);
                    CHECK_INT(it.status, PILA_EUSER + 1);
                    size_t units = op == ROBIN       ? 3 * (at - 1) + (size_t)who
                                   : op < GROUP_FILL ? at - 1
                                                     : (at - 1) / 2;
                    size_t len = op == ROBIN ? 1 : op < GROUP_FILL ? 3 : 2;
                    CHECK_INT(strlen(shown), units ? units * (len + 1) - 1 : 0);
                    pila_iter_drop(&it);
                    check_alloc_stop();
                }
}

static void test_a_source_pulls_from_the_iterator_that_asks(void **state)
{
    (void)state;
    for (int op = ZIP; op <= GROUP_IGNORE; op++)
        for (int kind = 0; kind < KINDS; kind++)
            for (size_t at = 1; at <= 3; at++)
                for (int who = 0; who < (op < GROUP_FILL ? 3 : 1); who++) {
                    letters s[3];
                    pila_iter it = pila_failed(PILA_END);
                    for (int k = 0; k < 3; k++)
                        s[k] = letters_of((enum kind)kind, "abcd", 1);
                    s[who].act_at = at;
                    s[who].pulls = &it;
                    check_alloc_start();
                    it = over_three((enum op)op, s, &it);
                    while (pila_next_item(&it)) {}
                    CHECK_STATUS(it.status, PILA_EVALUE);
                    CHECK(pila_next_item(&it) == NULL);
                    pila_iter_drop(&it);
                    check_alloc_stop();
                }
}

/* A change of a container by a source that is asked, or between two items. */
static void test_mutate_while_iter(void **state)
{
    (void)state;
    for (int op = ZIP; op <= GROUP_IGNORE; op++)
        for (int kind = BYTES; kind < OWNED; kind++)
            for (size_t window = 1; window <= 3; window++)
                for (int victim = 0; victim < (op < GROUP_FILL ? 3 : 1); victim++)
                    for (int at = 0; at < 3; at++) {
                        letters s[3];
                        int more = 0;
                        for (int k = 0; k < 3; k++)
                            s[k] = letters_of((enum kind)kind, "abcdefgh", window);
                        pila_iter it = over_three((enum op)op, s, NULL);
                        for (int k = 0; k < at; k++) CHECK(pila_next_item(&it));
                        s[victim].version++;
                        while (pila_next_item(&it)) more++;
                        CHECK_STATUS(it.status, PILA_EMUTATED);
                        /* at once, but for bytes over several, and a robin's turn */
                        if (op >= GROUP_FILL || (kind == VIEWS && op != ROBIN))
                            CHECK_INT(more, 0);
                        CHECK(more <= 3 * (int)window);
                        pila_iter_drop(&it);
                    }
}

static void test_one_container_is_seen_at_the_next_row(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) { /* beside what never changes */
        letters s = letters_of(BYTES, "abcdefgh", 8), t = letters_of(BYTES, "xyz", 8);
        pila_iter src[] = {pila_span("01234567", 8, &pila_i8), letters_iter(&s),
                           pila_repeat("-", &pila_i8, PILA_FOREVER)};
        pila_iter it = which == 0   ? pila_zip(src, 3)
                       : which == 1 ? pila_zip_strict(src, 3)
                       : which == 2 ? pila_zip_longest(src, 3, NULL)
                                    : pila_roundrobin(src, 3);
        CHECK(pila_next_item(&it));
        CHECK(pila_next_item(&it));
        CHECK(pila_next_item(&it));
        CHECK(pila_next_item(&it));
        s.version++;
        CHECK(pila_next_item(&it) == NULL);
        CHECK_STATUS(it.status, PILA_EMUTATED);
        pila_iter_drop(&it);
        CHECK_INT(t.drops, 0);
    }
}

/* Python yields the row for which a source changed a container, and then fails. */
static void test_a_source_mutates_the_container_of_another(void **state)
{
    (void)state;
    for (int kind = BYTES; kind < OWNED; kind++)
        for (int window = 1; window <= 4; window++)
            for (size_t at = 1; at <= 4; at++) {
                letters s[3];
                int n = 0;
                for (int k = 0; k < 3; k++)
                    s[k] = letters_of((enum kind)kind, "abcd", (size_t)window);
                s[2].window = 1;
                s[2].act_at = at;
                s[2].mutates = &s[0];
                pila_iter it = over_three(ZIP, s, NULL);
                while (pila_next_item(&it)) n++;
                CHECK_INT(n, at);
                CHECK_STATUS(it.status, PILA_EMUTATED);
                pila_iter_drop(&it);
            }
}

/* ---- drops ---- */

static void test_dropped_half_way(void **state)
{
    (void)state;
    for (int op = ZIP; op <= GROUP_IGNORE; op++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int taken = 0; taken < 4; taken++) {
                letters s[3];
                for (int k = 0; k < 3; k++)
                    s[k] = letters_of((enum kind)kind, "abcdefgh", 3);
                check_alloc_start();
                pila_iter it = over_three((enum op)op, s, NULL);
                for (int k = 0; k < taken; k++) CHECK(pila_next_item(&it));
                pila_iter_drop(&it);
                pila_iter_drop(&it);
                check_alloc_stop();
                for (int k = 0; k < 3 && kind != OWNED; k++) CHECK_INT(s[k].drops, 1);
            }
}

static pila_iter *pull_from_drop;
static int owned_live;

static pila_status owned_copy(void *ctx, void *out, const void *item)
{
    (void)ctx;
    memcpy(out, item, 1);
    owned_live++;
    return PILA_OK;
}

static void owned_drop(void *ctx, void *item)
{
    (void)ctx;
    (void)item;
    owned_live--;
    if (pull_from_drop) CHECK(pila_next_item(pull_from_drop) == NULL);
}

static void test_reenter_from_drop(void **state)
{
    pila_type owned = PILA_PLAIN_TYPE(char);

    (void)state;
    owned.copy = owned_copy;
    owned.drop = owned_drop;
    for (int which = 0; which < 2; which++) {
        pila_iter it, star = pila_span("abcdefgh", 8, &owned);
        pila_iter src[] = {pila_ref(&star), pila_ref(&star)};
        int n = 0;
        it = which ? pila_zip(src, 2)
                   : pila_grouper(pila_ref(&star), 2, PILA_INCOMPLETE_FILL, NULL);
        pull_from_drop = &it;
        while (pila_next_item(&it)) n++;
        CHECK_INT(n, 1);
        CHECK_STATUS(it.status, PILA_EVALUE);
        pull_from_drop = NULL;
        pila_iter_drop(&it);
        pila_iter_drop(&star);
        CHECK_INT(owned_live, 0);
    }
}

PILA_MAPPER(first_of, int64_t, pair, p, p.a)

static void test_trees_1e5_deep_are_dropped_without_recursion(void **state)
{
    enum { DEEP = 100000, ROWS = 4000 };
    const int64_t one[] = {1, 2};
    pila_iter left = pila_span(one, 2, &pila_i64), right = left, rows_ = left;

    (void)state;
    for (int k = 0; k < DEEP; k++) {
        pila_iter grow[] = {left, pila_span(one, 2, &pila_i64)};
        /* from either end, and what is dropped last holds the rest */
        pila_iter other[] = {pila_span(one, 2, &pila_i64), right};
        left = pila_chain2(pila_islice(pila_chain(grow, 2), 0, 1, 1),
                           pila_span(one, 2, &pila_i64));
        right = pila_chain2(pila_islice(pila_chain(other, 2), 0, 1, 1),
                            pila_span(one, 2, &pila_i64));
    }
    pila_iter src[] = {left, pila_range(0, 9, 1), right};
    pila_iter it = pila_zip(src, 3);
    CHECK_STATUS(it.status, PILA_OK);
    pila_iter_drop(&it);
    for (int k = 0; k < ROWS; k++)
        rows_ = pila_starmap(k % 2 ? pila_zip2(rows_, pila_span(one, 2, &pila_i64))
                                   : pila_zip2(pila_span(one, 2, &pila_i64), rows_),
                             first_of);
    CHECK_STATUS(rows_.status, PILA_OK);
    pila_iter_drop(&rows_);
}

/* ---- memory ---- */

typedef struct sweep_ctx {
    enum op op;
    enum kind kind;
} sweep_ctx;

static pila_status sweep(void *ctx)
{
    const sweep_ctx *c = ctx;
    letters s[3];
    scene set = {.n = 3};
    const void *item;
    pila_string fill;
    size_t n = 0;

    memset(&fill, '-', sizeof fill);
    if (c->kind == VIEWS) memcpy(&fill, &(pila_str){"-", 1}, sizeof(pila_str));
    if (c->kind == OWNED) fill = pila_string_borrow(pila_cstr("--------------------"));
    for (int k = 0; k < 3; k++) {
        s[k] = letters_of(c->kind, &"abcdefgh"[k], 2);
        if (k == 0 || c->op < GROUP_FILL) set.src[k] = letters_iter(&s[k]);
    }
    pila_iter it = scene_make(&set, c->op, 3, &fill);
    while ((item = pila_next_item(&it)) != NULL) n++;
    pila_status st = it.status;
    pila_iter_drop(&it);
    for (int k = 0; k < (c->op < GROUP_FILL ? 3 : 1) && c->kind != OWNED; k++)
        CHECK_INT(s[k].drops, 1);
    if (c->kind == OWNED) return st == PILA_END || st == PILA_EVALUE ? PILA_OK : st;
    pila_iter again = letters_iter(&s[0]); /* and what lies below is as it was */
    s[0].at = 0;
    CHECK(pila_next_item(&again));
    pila_iter_drop(&again);
    CHECK(st != PILA_END || n > 0);
    return st == PILA_END || st == PILA_EVALUE ? PILA_OK : st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    for (int op = ZIP; op <= GROUP_IGNORE; op++)
        for (int kind = 0; kind < KINDS; kind++) {
            sweep_ctx c = {(enum op)op, (enum kind)kind};
            check_alloc_sweep(sweep, &c);
        }
}

static pila_status sweep_with(void *ctx)
{
    letters s[2] = {letters_of(BYTES, "abc", 1), letters_of(BYTES, "x", 1)};
    pila_iter src[2] = {letters_iter(&s[0]), letters_iter(&s[1])};
    pila_iter it = pila_zip_longest_with(src, 2, &pila_i8, "-");
    pila_status st = it.status;

    (void)ctx;
    if (st == PILA_OK) shows(it, "ax b- c-", PILA_END);
    CHECK_INT(s[0].drops + s[1].drops, 2);
    return st;
}

static void test_every_allocation_of_one_fill_fails(void **state)
{
    (void)state;
    check_alloc_sweep(sweep_with, NULL);
}

/* ---- a random run against a naive model ---- */

enum { SOURCES = 5, ITEMS = 1200 };

typedef struct model {
    enum op op;
    size_t n, len[SOURCES];
    int64_t out[SOURCES * ITEMS];
    size_t made;
} model;

/* Item j of source k is 10000 k + j; -1 fills. `wrong` stops one row early. */
static void model_run(model *m, bool wrong)
{
    size_t least = ITEMS, most = 0;

    m->made = 0;
    for (size_t k = 0; k < m->n; k++) {
        if (m->len[k] < least) least = m->len[k];
        if (m->len[k] > most) most = m->len[k];
    }
    size_t rounds = m->op == ZIP || m->op == STRICT ? least : most;
    if (wrong && rounds) rounds--;
    for (size_t j = 0; j < rounds; j++)
        for (size_t k = 0; k < m->n; k++) {
            bool has = j < m->len[k];
            if (has) m->out[m->made++] = (int64_t)(10000 * k + j);
            else if (m->op == LONGEST) m->out[m->made++] = -1;
        }
}

static pila_iter random_source(check_rng *r, int64_t first, size_t n)
{
    size_t cut = n ? check_rng_below(r, n + 1) : 0;
    int64_t last = first + (int64_t)n, mid = first + (int64_t)cut;
    pila_iter it = pila_range(first, mid, 1);

    switch (check_rng_below(r, 3)) {
    case 0: /* windows of odd lengths */
        return pila_chain2(it, pila_range(mid, last, 1));
    case 1: /* windows of one */
        return pila_chain2(it, pila_islice(pila_range(mid, last, 1), 0, n, 1));
    default: pila_iter_drop(&it); return pila_range(first, last, 1);
    }
}

static bool agrees(check_rng *r, bool wrong)
{
    static model m;
    pila_iter src[SOURCES];
    int64_t minus = -1;
    size_t at = 0;
    bool same = true, even = true;

    m.op = (enum op)check_rng_below(r, 4);
    m.n = 1 + check_rng_below(r, SOURCES);
    for (size_t k = 0; k < m.n; k++) {
        m.len[k] = check_rng_below(r, check_rng_below(r, 2) ? ITEMS : 6);
        if (k && check_rng_below(r, 2)) m.len[k] = m.len[0];
        even = even && m.len[k] == m.len[0];
        src[k] = random_source(r, (int64_t)(10000 * k), m.len[k]);
    }
    model_run(&m, wrong);
    pila_iter it = m.op == ZIP      ? pila_zip(src, m.n)
                   : m.op == STRICT ? pila_zip_strict(src, m.n)
                   : m.op == LONGEST
                       ? pila_zip_longest_with(src, m.n, &pila_i64, &minus)
                       : pila_roundrobin(src, m.n);
    size_t width = m.op == ROBIN ? 1 : m.n;
    for (const int64_t *row; (row = pila_next_item(&it)) != NULL; at += width)
        for (size_t k = 0; k < width; k++)
            same = same && at + k < m.made && row[k] == m.out[at + k];
    CHECK_STATUS(it.status, m.op == STRICT && !even ? PILA_EVALUE : PILA_END);
    pila_iter_drop(&it);
    return same && at == m.made;
}

static void test_random_against_a_model(void **state)
{
    check_rng r = check_rng_start();
    int caught = 0;

    (void)state;
    for (int turn = 0; turn < 3000; turn++) CHECK(agrees(&r, false));
    for (int turn = 0; turn < 200; turn++) caught += !agrees(&r, true);
    CHECK(caught > 100); /* the planted fault */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_a_row_is_a_struct),
        cmocka_unit_test(test_large_and_over_aligned_members),
        cmocka_unit_test(test_windows_of_every_length),
        cmocka_unit_test(test_grouper_yields_in_place),
        cmocka_unit_test(test_starmap),
        cmocka_unit_test(test_zip_of_nothing),
        cmocka_unit_test(test_zip_length_overflow),
        cmocka_unit_test(test_faults_flow_through),
        cmocka_unit_test(test_sources_that_have_ended),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_fills),
        cmocka_unit_test(test_a_source_fails_at_k),
        cmocka_unit_test(test_a_source_pulls_from_the_iterator_that_asks),
        cmocka_unit_test(test_mutate_while_iter),
        cmocka_unit_test(test_one_container_is_seen_at_the_next_row),
        cmocka_unit_test(test_a_source_mutates_the_container_of_another),
        cmocka_unit_test(test_dropped_half_way),
        cmocka_unit_test(test_reenter_from_drop),
        cmocka_unit_test(test_trees_1e5_deep_are_dropped_without_recursion),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_every_allocation_of_one_fill_fails),
        cmocka_unit_test(test_random_against_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
