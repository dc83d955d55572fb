/* test_heapq.c - the promises of heapq.h; rows decided by CPython are in heapq_rows.h.
 */
#include "check.h"
#include "kinds.h"
#include "logged.h"
#include "numbered.h"
#include "thing.h"

#include <pila/collections/heapq.h>

PILA_LIST(Ints, int)
PILA_HEAPQ(Ints)
PILA_LIST(Texts, pila_string)
PILA_HEAPQ(Texts)
PILA_LIST_OF(Things, thing, &thing_type)
PILA_HEAPQ(Things)

/* ---- helpers ---- */

static const pila_type orderless = PILA_PLAIN_TYPE(thing);

static void fill(pila_list *l, const char *text)
{
    int value[1024];
    size_t n = numbers(text, value);
    sample s;
    kind_item k;

    for (size_t i = 0; i < n; i++)
        CHECK_OK(pila_list_append(l, item_of(l->type, value[i], &s, &k)));
}

static void check_list(const pila_list *l, const char *text)
{
    int value[1024];
    size_t n = numbers(text, value);

    CHECK_INT(pila_list_len(l), n);
    for (size_t i = 0; i < n; i++)
        CHECK(item_is(l->type, pila_list_get(l, (ptrdiff_t)i), value[i]));
}

/* ---- heaps ---- */

typedef enum heap_op { HEAPIFY, PUSH, POP, PUSHPOP, REPLACE, CHANGED } heap_op;

typedef struct heap_row {
    heap_op op;
    int max;
    const char *before;
    int arg, fail;
    pila_status status;
    int result;
    const char *after, *log;
} heap_row;

static const heap_row heap_rows[] = {
#define HEAP_ROWS
#include "heapq_rows.h"
#undef HEAP_ROWS
};

static pila_status run(pila_list *l, heap_op op, bool max, const void *item, int arg,
                       void *out)
{
    ptrdiff_t at = op == CHANGED && l->base.len ? arg % (ptrdiff_t)l->base.len : 0;

    switch (op) {
    case HEAPIFY: return max ? pila_heapify_max(l) : pila_heapify(l);
    case PUSH: return max ? pila_heappush_max(l, item) : pila_heappush(l, item);
    case POP: return max ? pila_heappop_max(l, out) : pila_heappop(l, out);
    case PUSHPOP:
        return max ? pila_heappushpop_max(l, item, out)
                   : pila_heappushpop(l, item, out);
    case REPLACE:
        return max ? pila_heapreplace_max(l, item, out)
                   : pila_heapreplace(l, item, out);
    default: return max ? pila_heap_changed_max(l, at) : pila_heap_changed(l, at);
    }
}

static void run_row(const heap_row *r, const pila_type *t, bool drop)
{
    bool gives = r->op == POP || r->op == PUSHPOP || r->op == REPLACE;
    pila_list l;
    sample s, out;
    kind_item k;

    stage_clear();
    check_alloc_start();
    pila_list_init(&l, t);
    fill(&l, r->before);
    log_text[0] = 0;
    stage.on = ON_LESS;
    stage.fail_at = r->fail;
    CHECK_STATUS(run(&l, r->op, r->max, item_of(t, r->arg, &s, &k), r->arg,
                     drop ? NULL : &out),
                 r->status);
    stage_clear();
    check_list(&l, r->after);
    if (t == &logged_type && strcmp(log_text, r->log) != 0)
        fail_msg("%s: asked %s, want %s", check_row, log_text, r->log);
    if (gives && !drop && r->status == PILA_OK) {
        CHECK(item_is(t, &out, r->result));
        pila_type_drop(t, &out);
    }
    pila_list_done(&l);
    check_alloc_stop();
}

static void heaps_lie_as_cpythons(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(heap_rows); i++) {
        const heap_row *r = &heap_rows[i];
        char name[600];
        snprintf(name, sizeof name, "op %d max %d of %s with %d, failing %d", r->op,
                 r->max, r->before, r->arg, r->fail);
        ROW(name);
        for (int drop = 0; drop < 2; drop++) {
            run_row(r, &logged_type, drop);
            run_row(r, &bulky_type, drop);
            for (size_t k = 0; !r->fail && k < COUNT_OF(kinds); k++)
                run_row(r, kinds[k], drop);
        }
    }
    ROW(NULL);
}

static pila_status array_order(void *ctx, const void *a, const void *b, bool *out)
{
    int64_t x = ((const thing *)a)->value, y = ((const thing *)b)->value;
    uint64_t *order = ctx;

    *order = *order * 31 + (uint64_t)x * 10007 + (uint64_t)y;
    *out = x < y;
    return PILA_OK;
}

/* Above 2500 items CPython visits the nodes in another order. */
static void heapify_large(void **state)
{
    static const struct {
        size_t n;
        int max;
        uint64_t layout, order;
    } rows[] = {
#define HEAP_LARGE_ROWS
#include "heapq_rows.h"
#undef HEAP_LARGE_ROWS
    };
    static int64_t plain[10000];
    static int i32[10000];
    static double f64[10000];
    static thing things[10000];
    uint64_t order;
    const pila_type ordered = {PILA_KIND_OTHER,
                               sizeof(thing),
                               PILA_ALIGNOF(thing),
                               "thing",
                               &order,
                               NULL,
                               NULL,
                               array_order,
                               NULL,
                               NULL,
                               NULL};

    (void)state;
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        uint64_t layout[4] = {0};
        order = 0;
        for (size_t k = 0; k < rows[r].n; k++) {
            plain[k] = things[k].value = (int64_t)(k * 7919 % 10007);
            i32[k] = (int)plain[k];
            f64[k] = (double)plain[k];
        }
        CHECK_OK(pila_heapify_items(plain, rows[r].n, &pila_i64, rows[r].max));
        CHECK_OK(pila_heapify_items(i32, rows[r].n, &pila_i32, rows[r].max));
        CHECK_OK(pila_heapify_items(f64, rows[r].n, &pila_f64, rows[r].max));
        CHECK_OK(pila_heapify_items(things, rows[r].n, &ordered, rows[r].max));
        for (size_t k = 0; k < rows[r].n; k++) {
            layout[0] = layout[0] * 31 + (uint64_t)plain[k];
            layout[1] = layout[1] * 31 + (uint64_t)i32[k];
            layout[2] = layout[2] * 31 + (uint64_t)f64[k];
            layout[3] = layout[3] * 31 + (uint64_t)things[k].value;
        }
        for (int k = 0; k < 4; k++) CHECK(layout[k] == rows[r].layout);
        CHECK(order == rows[r].order);
    }
}

/* ---- storage by index ---- */

typedef struct shelf {
    int *books;
    size_t n;
    long calls, fail_at;
} shelf;

static pila_status shelf_less(void *ctx, size_t i, size_t j, bool *out)
{
    shelf *s = ctx;

    CHECK(i < s->n && j < s->n);
    if (++s->calls == s->fail_at) return THING_FAULT;
    *out = s->books[i] < s->books[j];
    return PILA_OK;
}

static pila_status shelf_swap(void *ctx, size_t i, size_t j)
{
    shelf *s = ctx;
    int was = s->books[i];

    CHECK(i < s->n && j < s->n);
    if (++s->calls == s->fail_at) return THING_FAULT;
    s->books[i] = s->books[j];
    s->books[j] = was;
    return PILA_OK;
}

static void foreign_storage(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(heap_rows); i++) {
        const heap_row *r = &heap_rows[i];
        int books[64], want[64], item[64];
        shelf s = {books, numbers(r->before, books), 0, 0};
        pila_heap_by by = {&s, shelf_less, shelf_swap};
        size_t at = s.n ? (size_t)r->arg % s.n : 0;

        if (r->max || r->fail || (r->op != HEAPIFY && r->op != CHANGED)) continue;
        memcpy(item, books, sizeof item);
        if (r->op == HEAPIFY) CHECK_OK(pila_heapify_by(&by, s.n));
        else CHECK_OK(pila_heap_changed_by(&by, s.n, at));
        CHECK_INT(numbers(r->after, want), s.n);
        CHECK(memcmp(books, want, s.n * sizeof *want) == 0);
        if (r->op == CHANGED)
            CHECK_OK(pila_heap_changed_items(item, s.n, &pila_i32, at, false));
        if (r->op == CHANGED) CHECK(memcmp(item, want, s.n * sizeof *want) == 0);
        for (long fail = 1, all = s.calls; fail <= all; fail++) {
            int sum = 0;
            (void)numbers(r->before, books);
            s.calls = 0;
            s.fail_at = fail;
            CHECK_STATUS(r->op == HEAPIFY ? pila_heapify_by(&by, s.n)
                                          : pila_heap_changed_by(&by, s.n, at),
                         THING_FAULT);
            for (size_t k = 0; k < s.n; k++) sum += books[k] - want[k];
            CHECK_INT(sum, 0); /* the same ones */
        }
    }
    CHECK_STATUS(pila_heap_changed_by(&(pila_heap_by){0}, 3, 3), PILA_EINDEX);
    CHECK_STATUS(pila_heap_changed_items(NULL, 0, &pila_i32, 0, true), PILA_EINDEX);
}

/* ---- comparisons that lie, and that meddle ---- */

static pila_status random_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)a;
    (void)b;
    *out = check_rng_next(ctx) & 1;
    return PILA_OK;
}

static void random_comparator_1e6(void **state)
{
    enum { N = 1000000 };
    check_rng rng = check_rng_start();
    pila_type liar = {PILA_KIND_OTHER,
                      sizeof(int),
                      PILA_ALIGNOF(int),
                      "int",
                      &rng,
                      NULL,
                      NULL,
                      random_less,
                      NULL,
                      NULL,
                      NULL};
    int *items = malloc(N * sizeof *items);
    char *seen = calloc(N, 1);
    pila_list l;

    (void)state;
    for (int k = 0; k < N; k++) items[k] = k;
    CHECK_OK(pila_heapify_items(items, N, &liar, false));
    pila_list_init(&l, &liar);
    CHECK_OK(pila_list_extend(&l, pila_span(items, N, &liar)));
    for (int k = 0; k < 100000; k++) {
        int out = -1;
        CHECK_OK(k % 3 ? pila_heappop(&l, &out) : pila_heappop_max(&l, &out));
        CHECK_OK(pila_heappush(&l, &out));
    }
    for (int k = 0; k < N; k++) {
        int x = ((int *)pila_list_data(&l))[k];
        CHECK(x >= 0 && x < N && !seen[x]++);
    }
    pila_list_done(&l);
    free(items);
    free(seen);
}

static void mutate(void *ctx)
{
    pila_list *l = ctx;
    sample s;

    if (l->base.len % 2) pila_list_clear(l);
    else (void)!pila_list_append(l, sample_of(l->type, 77, &s));
}

static void same_length(void *ctx)
{
    pila_list *l = ctx;
    sample s;

    (void)!pila_list_append(l, sample_of(l->type, 1, &s));
    (void)!pila_list_pop(l, -1, NULL);
}

/* Whatever a callback does to the list, and whenever, nothing is lost or there twice
 * (the allocation count tells), and another length is PILA_EMUTATED. */
static void mutating_comparator(void **state)
{
    (void)state;
    for (int op = 0; op <= CHANGED; op++)
        for (int n = 1; n < 9; n++)
            for (int on = 1; on <= ON_DROP; on *= 2)
                for (long at = 1; at < 40; at++) {
                    pila_list l;
                    sample s, out;
                    pila_status st;

                    stage_clear();
                    check_alloc_start();
                    pila_list_init(&l, at % 2 ? &thing_type : &bulky_type);
                    for (int k = 0; k < n; k++)
                        CHECK_OK(pila_list_append(&l, sample_of(l.type, n - k, &s)));
                    stage.on = on;
                    stage.act = mutate;
                    stage.act_at = at;
                    stage.ctx = &l;
                    st =
                        run(&l, (heap_op)op, at % 3, sample_of(l.type, 4, &s), 2, &out);
                    bool acted = !stage.act;
                    stage_clear();
                    CHECK(st == PILA_OK || st == PILA_EMUTATED || st == PILA_EEMPTY);
                    if (acted && on == ON_LESS && op != PUSHPOP)
                        CHECK_STATUS(st, PILA_EMUTATED);
                    if (st == PILA_OK && op >= POP && op <= REPLACE)
                        pila_type_drop(l.type, &out);
                    pila_list_done(&l);
                    check_alloc_stop();
                }
    pila_list l;
    pila_list_init(&l, &thing_type);
    fill(&l, "5 4 3 2 1");
    stage.on = ON_LESS;
    stage.act = same_length;
    stage.act_at = 2;
    stage.ctx = &l;
    CHECK_OK(pila_heapify(&l)); /* of the same length again: as CPython, it goes on */
    stage_clear();
    check_list(&l, "1 2 3 5 4");
    pila_list_done(&l);
}

/* ... and if the list has used up its room meanwhile, the item that comes back needs
 * memory: where there is none it is dropped. */
static void fill_up(void *ctx)
{
    pila_list *l = ctx;
    pila_status st = PILA_OK;
    sample s;

    while (st == PILA_OK && l->base.len < l->base.room)
        st = pila_list_append(l, sample_of(l->type, 50, &s));
}

static void no_room_to_come_back(void **state)
{
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        pila_list l;
        sample out;
        check_alloc_start();
        stage_clear();
        pila_list_init(&l, &thing_type);
        fill(&l, "1 2 3 4 5");
        stage.on = ON_LESS;
        stage.act = fill_up;
        stage.act_at = 1;
        stage.ctx = &l;
        size_t more = l.base.room - 4; /* copies for the callback and the comparison */
        if (fails) (void)check_alloc_fail((long)more + 3, 1);
        CHECK_STATUS(pila_heappop(&l, &out), PILA_EMUTATED);
        (void)check_alloc_fail(0, 0);
        CHECK_INT(sample_value(l.type, pila_list_get(&l, -1)), fails ? 50 : 1);
        stage_clear();
        if (fails) pila_list_done(&l);
        pila_list_done(&l);
        check_alloc_stop();
    }
}

/* Any comparison of a large heapify may fail; all items are there afterwards. */
static void large_heapify_raises_at_k(void **state)
{
    static thing things[3000];

    (void)state;
    for (long fail = 1; fail < 4500; fail += 97) {
        int64_t sum = 0;
        const pila_type plain = {PILA_KIND_OTHER,
                                 sizeof(thing),
                                 PILA_ALIGNOF(thing),
                                 "thing",
                                 NULL,
                                 NULL,
                                 NULL,
                                 thing_less,
                                 NULL,
                                 NULL,
                                 NULL};
        for (int64_t k = 0; k < 3000; k++) things[k].value = k * 7919 % 10007;
        for (int64_t k = 0; k < 3000; k++) sum += things[k].value;
        stage_clear();
        stage.on = ON_LESS;
        stage.fail_at = fail;
        CHECK_STATUS(pila_heapify_items(things, 3000, &plain, fail % 2), THING_FAULT);
        for (int64_t k = 0; k < 3000; k++) sum -= things[k].value;
        CHECK_INT(sum, 0);
    }
    stage_clear();
}

/* ---- against a model ---- */

static bool is_heap(const pila_list *l, bool max)
{
    const int64_t *x = pila_list_data(l);

    for (size_t k = 1; k < l->base.len; k++)
        if (max ? x[(k - 1) / 2] < x[k] : x[k] < x[(k - 1) / 2]) return false;
    return true;
}

/* Operations and a sorted array; false as soon as they differ. */
static bool random_run(uint64_t planted)
{
    check_rng rng = check_rng_start();
    int64_t model[600];
    size_t n = 0;
    bool max = check_rng_next(&rng) & 1, good = true;
    pila_list l;

    pila_list_init(&l, &pila_i64);
    for (uint64_t step = 0; step < 20000 && good; step++) {
        int64_t x = (int64_t)check_rng_below(&rng, 200), out = 0;
        uint64_t what = check_rng_below(&rng, 5);
        bool push = what < 2 && n < 500, pop = !push && n > 0, both = pop && what == 4;
        size_t best = 0;
        for (size_t k = 1; k < n; k++)
            if (max ? model[k] > model[best] : model[k] < model[best]) best = k;
        if (push || both) {
            if (both)
                good = (max ? pila_heapreplace_max(&l, &x, &out)
                            : pila_heapreplace(&l, &x, &out)) == PILA_OK;
            else good = (max ? pila_heappush_max(&l, &x) : pila_heappush(&l, &x)) == 0;
        } else if (pop)
            good = (max ? pila_heappop_max(&l, &out) : pila_heappop(&l, &out)) == 0;
        if (pop) good = good && out == model[best];
        if (pop) model[best] = model[--n];
        if (push || both) model[n++] = x;
        if (step == planted && n)
            ((int64_t *)pila_list_data(&l))[n / 2] = max ? 999 : -1;
        good = good && is_heap(&l, max) && pila_list_len(&l) == n;
    }
    pila_list_done(&l);
    return good;
}

static void heap_law_and_a_model(void **state)
{
    (void)state;
    assert_true(random_run(UINT64_MAX));
    assert_false(random_run(7000)); /* the run sees a planted fault */
}

static void typed_faces(void **state)
{
    Ints l = {0};
    Texts t = {0};
    Things h = {0};
    int x = 0;
    pila_string text, word = pila_string_borrow(pila_cstr("a word of some length"));
    thing one = {7, NULL}, got;

    (void)state;
    check_alloc_start();
    for (int k = 9; k > 0; k--) CHECK_OK(Ints_append(&l, k));
    CHECK_OK(Ints_heapify(&l));
    CHECK_OK(Ints_heappush(&l, 0));
    CHECK_OK(Ints_heappushpop(&l, -1, &x));
    CHECK_INT(x, -1);
    CHECK_OK(Ints_heappushpop(&l, 5, NULL));
    CHECK_OK(Ints_heapreplace(&l, 20, &x));
    CHECK_INT(x, 1);
    CHECK_OK(Ints_heappop(&l, &x));
    CHECK_INT(x, 2);
    CHECK_OK(Ints_set(&l, 0, 30));
    CHECK_OK(Ints_heap_changed(&l, 0));
    CHECK_STATUS(Ints_heap_changed(&l, 99), PILA_EINDEX);
    CHECK_OK(Ints_heapify_max(&l));
    CHECK_OK(Ints_heappush_max(&l, 4));
    CHECK_OK(Ints_heappushpop_max(&l, 31, &x));
    CHECK_INT(x, 31);
    CHECK_OK(Ints_heapreplace_max(&l, 1, &x));
    CHECK_INT(x, 30);
    CHECK_OK(Ints_heap_changed_max(&l, -1));
    CHECK_OK(Ints_heappop_max(&l, &x));
    CHECK_INT(x, 20);
    while (Ints_heappop(&l, &x) == PILA_OK) continue;
    CHECK_STATUS(Ints_heapreplace(&l, 1, &x), PILA_EEMPTY);
    CHECK_OK(Ints_heappushpop(&l, 1, &x));
    CHECK_OK(Texts_heappush(&t, word));
    CHECK_OK(Texts_heappushpop(&t, *Texts_get(&t, 0), &text));
    pila_string_done(&text);
    CHECK_OK(Texts_heapreplace(&t, word, NULL));
    CHECK_OK(Things_heappush(&h, one));
    CHECK_OK(Things_heappop(&h, &got));
    pila_type_drop(&thing_type, &got);
    Ints_done(&l);
    Texts_done(&t);
    Things_done(&h);
    check_alloc_stop();
}

static pila_status heap_scenario(void *ctx)
{
    pila_list l;
    sample s, out;
    pila_status st = PILA_OK;
    size_t had = 0;

    pila_list_init(&l, ctx);
    for (int k = 5; k > 0 && st == PILA_OK; k--)
        st = pila_heappush(&l, sample_of(ctx, k, &s));
    if (st == PILA_OK) {
        st = pila_list_reserve(&l, 5);
        had = pila_list_len(&l);
        if (st == PILA_OK) st = pila_heapreplace(&l, sample_of(ctx, 9, &s), &out);
        CHECK(pila_list_len(&l) >= had); /* none is lost */
        if (st == PILA_OK) pila_type_drop(ctx, &out);
    }
    if (st == PILA_OK) st = pila_heappushpop(&l, sample_of(ctx, 3, &s), NULL);
    if (st == PILA_OK) st = pila_heapify_max(&l);
    if (st == PILA_OK) {
        st = pila_heappop_max(&l, NULL);
        CHECK_INT(pila_list_len(&l), st == PILA_OK ? had - 1 : had);
    }
    if (st == PILA_OK) st = pila_heap_changed_max(&l, 1);
    for (size_t k = 0; k < pila_list_len(&l); k++) /* whole, every one */
        CHECK(sample_value(ctx, pila_list_get(&l, (ptrdiff_t)k)) < 10);
    pila_list_done(&l);
    return st;
}

static void heaps_without_memory(void **state)
{
    (void)state;
    for (int k = 0; k < SAMPLE_TYPES; k++) {
        const pila_type *t = sample_type(k);
        stage_clear();
        check_alloc_sweep(heap_scenario, (void *)(uintptr_t)t);
    }
}

/* ---- merge ---- */

/* One item a call, and each call written down: a for one that has items, A at the end.
 */
typedef struct source {
    int now, items[64];
    size_t at, n;
    char name;
    pila_status end;
    void (*act)(void *ctx);
    void *ctx;
} source;

static long sources_alive;

static bool source_refill(pila_iter *it)
{
    source *s = it->state;

    if (s->act) s->act(s->ctx);
    if (s->at == s->n) {
        log_add("%c", s->name - 'a' + 'A');
        return pila_iter_end(it, s->end);
    }
    log_add("%c", s->name);
    s->now = s->items[s->at++];
    it->cur = (const char *)&s->now;
    it->end = it->cur + sizeof s->now;
    return true;
}

static pila_iter source_drop(pila_iter *it)
{
    free(it->state);
    sources_alive--;
    return pila_failed(PILA_END);
}

static size_t source_hint(const pila_iter *it)
{
    const source *s = it->state;

    return s->n - s->at;
}

static pila_iter source_of(const char *text, char name, const pila_type *t)
{
    static const pila_iter_ops ops = {source_refill, source_drop, source_hint};
    source *s = calloc(1, sizeof *s);

    s->n = numbers(text, s->items);
    s->name = name;
    s->end = PILA_END;
    sources_alive++;
    return pila_iter_make(t, &ops, s);
}

static pila_status key_tens(void *ctx, const void *item, void *out)
{
    int key = *(const int *)item / 10;

    (void)ctx;
    log_add("k");
    memcpy(out, &key, sizeof key);
    return PILA_OK;
}

static pila_status key_boxed(void *ctx, const void *item, void *out)
{
    thing key = {*(const int *)item / 10, NULL};

    log_add("k");
    return thing_copy(ctx, out, &key);
}

static pila_status key_text(void *ctx, const void *item, void *out)
{
    static char digits[1000][4];
    unsigned key = (unsigned)*(const int *)item / 10;
    pila_str text;

    (void)ctx;
    log_add("k");
    snprintf(digits[key], sizeof digits[key], "%02u", key % 100);
    text = pila_cstr(digits[key]);
    memcpy(out, &text, sizeof text);
    return PILA_OK;
}

static pila_status int_less(void *ctx, const void *a, const void *b, bool *out)
{
    pila_status st = stage_pass(ON_LESS);

    (void)ctx;
    *out = *(const int *)a < *(const int *)b;
    return st;
}

static const pila_type called_int = {PILA_KIND_OTHER,
                                     sizeof(int),
                                     PILA_ALIGNOF(int),
                                     "int",
                                     NULL,
                                     NULL,
                                     NULL,
                                     int_less,
                                     NULL,
                                     NULL,
                                     NULL};

static const pila_key by_tens = {&pila_i32, key_tens, NULL},
                      by_box = {&thing_type, key_boxed, &thing_size},
                      by_text = {&pila_view, key_text, NULL};

typedef struct merge_row {
    const char *sources;
    size_t n;
    int by, reverse;
    const char *log;
} merge_row;

static const merge_row merge_rows[] = {
#define MERGE_ROWS
#include "heapq_rows.h"
#undef MERGE_ROWS
};

static size_t split(const char *text, size_t n, char parts[8][256])
{
    for (size_t k = 0; k < n; k++) {
        size_t len = strcspn(text, "|");
        memcpy(parts[k], text, len);
        parts[k][len] = 0;
        text += len + (text[len] == '|');
    }
    return n;
}

static void merge_takes_what_pythons_takes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(merge_rows); i++)
        for (int how = 0; how < 3; how++) {
            const merge_row *r = &merge_rows[i];
            const pila_type *t = how == 1 && !r->by ? &called_int : &pila_i32;
            const pila_key *keys[] = {&by_tens, &by_box, &by_text};
            char parts[8][256];
            pila_iter from[8], it;

            ROW(r->sources);
            stage_clear();
            check_alloc_start();
            split(r->sources, r->n, parts);
            for (size_t k = 0; k < r->n; k++)
                from[k] = source_of(parts[k], (char)('a' + (int)k), t);
            log_text[0] = 0;
            it = pila_merge(from, r->n, r->by ? keys[how] : NULL, r->reverse);
            CHECK_INT(log_text[0], 0);
            PILA_FOR(int, x, &it) log_add(">%d", *x);
            CHECK_STATUS(it.status, PILA_END);
            if (strcmp(log_text, r->log) != 0)
                fail_msg("%s %d: got\n%s, want\n%s", r->sources, how, log_text, r->log);
            pila_iter_drop(&it);
            CHECK_INT(sources_alive, 0);
            check_alloc_stop();
        }
    ROW(NULL);
}

/* Arrays: whole windows, runs of them in place. Every kind must give one order. */
static void merge_windows(void **state)
{
    check_rng rng = check_rng_start();

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        const pila_type *t = kinds[i % COUNT_OF(kinds)];
        size_t n = i / 13 % 5 + 1, all = 0;
        bool reverse = i % 2;
        static kind_item items[5][40];
        pila_list given[5], want;
        pila_iter from[5], it;

        pila_list_init(&want, t);
        for (size_t k = 0; k < n; k++) {
            size_t len = check_rng_below(&rng, 40);
            pila_list_init(&given[k], t);
            for (size_t j = 0; j < len; j++) {
                int v = (int)check_rng_below(&rng, 100);
                if (v / 20 != (int)k && i % 3 == 0) v = (int)k * 20; /* runs */
                CHECK_OK(pila_list_append(&given[k], kind_of(t, v, &items[k][j])));
            }
            CHECK_OK(pila_list_sort(&given[k], NULL, reverse));
            CHECK_OK(pila_list_extend(&want, pila_list_iter(&given[k])));
            from[k] = pila_list_iter(&given[k]);
        }
        CHECK_OK(pila_list_sort(&want, NULL, reverse));
        for (size_t k = 0; k < n && i % 4 < 2; k++)
            from[k] = pila_span(pila_list_data(&given[k]), pila_list_len(&given[k]), t);
        it = pila_merge(from, n, NULL, reverse);
        CHECK_INT(pila_iter_length_hint(&it), pila_list_len(&want));
        for (const void *x; (x = pila_next_item(&it)) != NULL; all++) {
            bool same = false;
            CHECK_OK(pila_type_eq(t, x, pila_list_get(&want, (ptrdiff_t)all), &same));
            CHECK(same);
        }
        CHECK_STATUS(it.status, PILA_END);
        CHECK_INT(all, pila_list_len(&want));
        pila_iter_drop(&it);
        for (size_t k = 0; k < n; k++) pila_list_done(&given[k]);
        pila_list_done(&want);
    }
    double a[] = {-1.0, -0.0, 2.0}, b[] = {-2.5, 0.0},
           want[] = {-2.5, -1, -0.0, 0.0, 2};
    pila_iter both[] = {pila_span(a, 3, &pila_f64), pila_span(b, 2, &pila_f64)};
    pila_iter it = pila_merge(both, 2, NULL, false);
    for (int k = 0; k < 5; k++)
        CHECK(memcmp(pila_next_item(&it), &want[k], sizeof *want) == 0);
    pila_iter_drop(&it);
}

/* Long runs are yielded where they lie, short ones of numbers from a window. */
static void merge_in_place(void **state)
{
    int64_t a[40], b[20], all[60], *at = all;

    (void)state;
    for (int64_t k = 0; k < 40; k++) a[k] = k < 20 ? k : k + 20 - k % 2;
    for (int64_t k = 0; k < 20; k++) b[k] = k < 10 ? k + 30 : k + 35;
    pila_iter from[] = {pila_span(a, 40, &pila_i64), pila_span(b, 20, &pila_i64)};
    pila_iter it = pila_merge(from, 2, NULL, false);
    CHECK_INT(pila_iter_ready(&it), 20);
    CHECK(it.cur == (const char *)a);
    pila_iter_skip(&it, 20);
    CHECK_INT(pila_iter_ready(&it), 10);
    CHECK(it.cur == (const char *)b);
    pila_iter_skip(&it, 10);
    CHECK(pila_iter_ready(&it) > 10); /* they take turns */
    CHECK(it.cur != (const char *)(a + 20));
    PILA_FOR(int64_t, x, &it) *at++ = *x;
    CHECK_INT(at - all, 30);
    while (at-- > all + 1) CHECK(at[-1] <= at[0]);
    pila_iter_drop(&it);
    pila_list l[2]; /* lists change each by itself: a window would hide it */
    for (int k = 0; k < 2; k++) {
        pila_list_init(&l[k], &pila_i64);
        CHECK_OK(pila_list_extend(&l[k], pila_span(k ? b : a, 20, &pila_i64)));
        from[k] = pila_list_iter(&l[k]);
    }
    it = pila_merge(from, 2, NULL, false);
    for (int64_t k = 0; k < 20; k++) CHECK_INT(*(int64_t *)pila_next_item(&it), k);
    CHECK(pila_next_item(&it));
    CHECK_OK(pila_list_append(&l[1], &a[0]));
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EMUTATED);
    pila_iter_drop(&it);
    for (int k = 0; k < 2; k++) pila_list_done(&l[k]);
}

static size_t endless_hint(const pila_iter *it)
{
    (void)it;
    return SIZE_MAX;
}

static void merge_of_odd_sources(void **state)
{
    static const pila_iter_ops endless = {source_refill, source_drop, endless_hint};
    const int64_t a[] = {1};
    pila_iter two[] = {pila_span(a, 1, &pila_i64), pila_span(a, 1, &pila_i32)}, it;

    (void)state;
    it = pila_merge(NULL, 0, NULL, false);
    CHECK_STATUS(it.status, PILA_END);
    it = pila_merge(two, 2, NULL, false);
    CHECK_STATUS(it.status, PILA_ETYPE);
    two[1] = pila_failed(PILA_EIO);
    it = pila_merge(two, 2, NULL, false);
    CHECK_STATUS(it.status, PILA_EIO);
    two[1] = pila_failed(PILA_END);
    it = pila_merge(two, 2, NULL, false);
    CHECK_INT(*(const int64_t *)pila_next_item(&it), 1);
    CHECK(!pila_next_item(&it));
    pila_iter_drop(&it);
    it = pila_merge(two + 1, 1, NULL, false);
    CHECK_STATUS(it.status, PILA_END);
    two[0] = pila_span(a, 1, &orderless);
    it = pila_merge(two, 1, NULL, false);
    CHECK_STATUS(it.status, PILA_ETYPE);
    pila_str view = pila_cstr("x");
    pila_string text = pila_string_borrow(view);
    two[0] = pila_span(&view, 1, &pila_view_padded);
    two[1] = pila_span(&view, 1, &pila_view);
    it = pila_merge(two, 2, NULL, false);
    CHECK(it.type == &pila_view);
    pila_iter_drop(&it);
    two[0] = pila_span(&text, 1, &pila_text); /* text and views are two things */
    it = pila_merge(two, 2, NULL, false);
    CHECK_STATUS(it.status, PILA_ETYPE);
    two[0] = source_of("1 2", 'a', &pila_i32);
    ((source *)two[0].state)->end = PILA_EEOF;
    two[1] = source_of("1 3", 'b', &pila_i32);
    it = pila_merge(two, 2, NULL, false);
    for (int k = 0; k < 3; k++) CHECK(pila_next_item(&it));
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EEOF);
    pila_iter_drop(&it);
    for (int k = 0; k < 2; k++) {
        two[k] = source_of("1", 'a', &pila_i32);
        two[k].ops = &endless;
    }
    it = pila_merge(two, 2, NULL, false);
    CHECK(pila_iter_length_hint(&it) == SIZE_MAX);
    pila_iter_drop(&it);
    it = source_of("1", 'a', &pila_i32);
    for (int k = 0; k < 20000; k++) it = pila_merge(&it, 1, NULL, false); /* deep */
    pila_iter_drop(&it);
    CHECK_INT(sources_alive, 0);
}

typedef struct meddler {
    pila_list list;
    pila_iter *it;
    bool re_enters;
} meddler;

static void meddle(void *ctx)
{
    meddler *m = ctx;
    int x = 50;

    if (m->re_enters) (void)pila_next_item(m->it);
    else (void)!pila_list_append(&m->list, m->list.type->kind ? (void *)&x : NULL);
}

static void merge_meddled_with(void **state)
{
    (void)state;
    for (int what = 0; what < 12; what++) {
        meddler m;
        pila_iter from[2], it;
        const pila_key *keys[] = {NULL, &by_tens, &by_text};
        int x;

        stage_clear();
        check_alloc_start();
        m.re_enters = what % 2;
        m.it = &it;
        pila_list_init(&m.list, &pila_i32);
        for (x = 0; x < 4; x++) CHECK_OK(pila_list_append(&m.list, &x));
        from[0] = pila_list_iter(&m.list);
        from[1] = source_of("2 2 3 9", 'b', &pila_i32);
        ((source *)from[1].state)->act = meddle;
        ((source *)from[1].state)->ctx = &m;
        it = pila_merge(from, what < 6 ? 2 : 1, keys[what / 2 % 3], false);
        if (what >= 6) pila_iter_drop(&it);
        if (what >= 6) it = pila_merge(from + 1, 1, NULL, false);
        while (pila_next_item(&it)) continue;
        if (m.re_enters) CHECK_STATUS(it.status, PILA_EVALUE);
        else CHECK_STATUS(it.status, what < 6 ? PILA_EMUTATED : PILA_END);
        CHECK(it.cur == it.end);
        pila_iter_drop(&it);
        pila_list_done(&m.list);
        check_alloc_stop();
    }
}

static void merge_text_meddled_with(void **state)
{
    (void)state;
    pila_list l;
    pila_string text = pila_string_borrow(pila_cstr("one that is long enough"));
    pila_iter from[2], it;

    check_alloc_start();
    pila_list_init(&l, &pila_text);
    CHECK_OK(pila_list_append(&l, &text));
    CHECK_OK(pila_list_append(&l, &text));
    from[0] = pila_list_iter(&l);
    from[1] = pila_list_iter(&l);
    it = pila_merge(from, 2, NULL, false);
    CHECK(pila_next_item(&it));
    pila_list_clear(&l); /* the other head is gone: it must not be read */
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EMUTATED);
    pila_iter_drop(&it);
    pila_list_done(&l);
    check_alloc_stop();
}

/* The k-th comparison, copy or key fails: the iterator ends with it. */
static void merge_compare_raises_at_k(void **state)
{
    (void)state;
    for (int on = ON_COPY; on <= ON_LESS; on *= 2)
        for (int by = 0; by < 2; by++)
            for (long fail = 1;; fail++) {
                thing things[6] = {{1, 0}, {11, 0}, {21, 0}, {2, 0}, {12, 0}, {13, 0}};
                const pila_type *t = by ? &pila_i32 : &thing_type;
                pila_iter from[2], it;
                size_t got = 0;

                stage_clear();
                check_alloc_start();
                from[0] = by ? source_of("1 11 21", 'a', t) : pila_span(things, 3, t);
                from[1] =
                    by ? source_of("2 12 13", 'b', t) : pila_span(things + 3, 3, t);
                stage.on = on;
                stage.fail_at = fail;
                it = pila_merge(from, 2, by ? &by_box : NULL, false);
                while (pila_next_item(&it)) got++;
                bool failed = stage.calls >= fail;
                CHECK_STATUS(it.status, failed ? THING_FAULT : PILA_END);
                CHECK(failed ? got < 6 : got == 6);
                pila_iter_drop(&it);
                stage_clear();
                check_alloc_stop();
                if (!failed) break;
            }
}

static pila_status merge_scenario(void *ctx)
{
    const pila_key *key = ctx;
    int64_t total = 0;
    pila_iter from[3], it;

    for (int k = 0; k < 3; k++)
        from[k] = source_of("1 2 3", (char)('a' + k), &pila_i32);
    it = pila_merge(from, 3, key, false);
    PILA_FOR(int, x, &it) total += *x;
    pila_status st = pila_iter_outcome(&it);
    if (st == PILA_OK) CHECK_INT(total, 18);
    pila_iter_drop(&it);
    CHECK_INT(sources_alive, 0);
    return st;
}

static void merge_without_memory(void **state)
{
    (void)state;
    stage_clear();
    check_alloc_sweep(merge_scenario, NULL);
    check_alloc_sweep(merge_scenario, (void *)(uintptr_t)&by_box);
    check_alloc_sweep(merge_scenario, (void *)(uintptr_t)&by_text);
}

/* ---- nlargest, nsmallest ---- */

typedef struct best_row {
    size_t size;
    const char *items;
    size_t n;
    int most, by;
    const char *best;
} best_row;

static const best_row best_rows[] = {
#define BEST_ROWS
#include "heapq_rows.h"
#undef BEST_ROWS
};

static pila_status best_key(void *ctx, const void *item, void *out)
{
    const pila_type *t = ctx;
    int value = 0;
    pila_status st = stage_pass(ON_REPR);

    while (!(t->kind == PILA_KIND_OTHER ? sample_value(t, item) == value
                                        : kind_is(t, item, value)))
        value++;
    value /= 10;
    memcpy(out, &value, sizeof value);
    return st;
}

static void best_of_cpython(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(best_rows); i++)
        for (size_t k = 0; k < COUNT_OF(kinds) + 2; k++) {
            const best_row *r = &best_rows[i];
            const pila_type *t = k < COUNT_OF(kinds) ? kinds[k]
                                 : k % 2             ? &thing_type
                                                     : &bulky_type;
            pila_key key = {&pila_i32, best_key, (void *)(uintptr_t)t};
            pila_list from, out;
            size_t want = r->n < r->size ? r->n : r->size;

            ROW(r->best);
            stage_clear();
            check_alloc_start();
            pila_list_init(&from, t);
            pila_list_init(&out, t->kind == PILA_KIND_STR ? &pila_text : t);
            fill(&from, r->size == 700 ? BEST_700 : r->items);
            if (t->kind == PILA_KIND_OTHER) fill(&out, "1 2 3");
            CHECK_OK(
                (r->most ? pila_nlargest : pila_nsmallest)(pila_list_iter(&from), r->n,
                                                           r->by ? &key : NULL, &out));
            CHECK_INT(pila_list_len(&out), want);
            while (pila_list_len(&out) > 12 && r->size == 700)
                CHECK_OK(pila_list_del(&out, -1));
            check_list(&out, r->best);
            pila_list_done(&from);
            pila_list_done(&out);
            check_alloc_stop();
        }
    ROW(NULL);
}

/* Many windows, many that are better: against a sort. */
static void best_of_many(void **state)
{
    check_rng rng = check_rng_start();
    enum { N = 20000 };
    static int64_t items[N];
    pila_list all, out;

    (void)state;
    for (int shape = 0; shape < 4; shape++)
        for (size_t n = 1; n < 3000; n = n * 3 + 7) {
            for (int64_t k = 0; k < N; k++)
                items[k] = shape == 0   ? (int64_t)check_rng_below(&rng, 1u << 30)
                           : shape == 1 ? k
                           : shape == 2 ? -k
                                        : k % 17;
            pila_list_init(&all, &pila_i64);
            pila_list_init(&out, &pila_i64);
            CHECK_OK(pila_list_from(&all, pila_span(items, N, &pila_i64)));
            CHECK_OK(pila_list_sort(&all, NULL, shape % 2));
            CHECK_OK((shape % 2 ? pila_nlargest
                                : pila_nsmallest)(pila_span(items, N, &pila_i64), n,
                                                  NULL, &out));
            CHECK_INT(pila_list_len(&out), n);
            CHECK(memcmp(pila_list_data(&out), pila_list_data(&all), n * 8) == 0);
            pila_list_done(&all);
            pila_list_done(&out);
        }
}

static pila_status text_key(void *ctx, const void *item, void *out)
{
    pila_str view = pila_string_view(item);

    (void)ctx;
    memcpy(out, &view, sizeof view);
    return PILA_OK;
}

static void best_faults(void **state)
{
    const int64_t numbers_[] = {1, 2};
    thing things[] = {{3, 0}, {1, 0}, {2, 0}};
    pila_list out;
    pila_key key = {&thing_type, key_boxed, &thing_size};
    faulty f = {0, 5, PILA_EIO, 0};

    (void)state;
    stage_clear();
    check_alloc_start();
    pila_list_init(&out, &pila_i64);
    CHECK_OK(pila_list_append(&out, &numbers_[1]));
    CHECK_STATUS(pila_nlargest(pila_span(numbers_, 2, &pila_i32), 1, NULL, &out),
                 PILA_ETYPE);
    CHECK_STATUS(pila_nlargest(pila_failed(PILA_EEOF), 1, NULL, &out), PILA_EEOF);
    CHECK_STATUS(pila_nsmallest(faulty_iter(&f), 2, NULL, &out), PILA_EIO);
    CHECK_INT(f.dropped, 1);
    CHECK_INT(pila_list_len(&out), 1); /* untouched */
    CHECK_OK(pila_nlargest(pila_failed(PILA_END), 1, NULL, &out));
    CHECK_INT(pila_list_len(&out), 0);
    f.now = 0;
    CHECK_OK(pila_nlargest(faulty_iter(&f), 0, NULL, &out)); /* takes nothing */
    CHECK_INT(f.now, 0);
    CHECK_OK(pila_nlargest(pila_span(numbers_, 2, &pila_i64), SIZE_MAX, NULL, &out));
    CHECK_INT(pila_list_len(&out), 2);
    pila_list_done(&out);
    pila_list_init(&out, &orderless);
    CHECK_STATUS(pila_nlargest(pila_span(things, 3, &orderless), 1, NULL, &out),
                 PILA_ETYPE);
    pila_list_done(&out);
    /* copies, comparisons, and the copies of boxed keys fail at the k-th */
    for (int by = 0; by < 2; by++)
        for (int on = ON_COPY; on <= ON_LESS; on *= 2)
            for (long fail = 1, failed = 1; failed; fail++) {
                int numbers3[] = {30, 10, 20};
                pila_list_init(&out, by ? &pila_i32 : &thing_type);
                stage_clear();
                stage.on = on;
                stage.fail_at = fail;
                pila_status st = pila_nlargest(by ? pila_span(numbers3, 3, &pila_i32)
                                                  : pila_span(things, 3, &thing_type),
                                               2, by ? &key : NULL, &out);
                failed = stage.calls >= fail;
                CHECK_STATUS(st, failed ? THING_FAULT : PILA_OK);
                CHECK_INT(pila_list_len(&out), failed ? 0 : 2);
                stage_clear();
                pila_list_done(&out);
            }
    check_alloc_stop();
}

/* A view that a key makes of its item is good also when the item has moved on. */
static void best_keys_may_point_into_items(void **state)
{
    pila_list from, out;
    pila_key key = {&pila_view, text_key, NULL};
    kind_item k;

    (void)state;
    check_alloc_start();
    pila_list_init(&from, &pila_text);
    pila_list_init(&out, &pila_text);
    for (int round = 0; round < 20; round++)
        for (int n = 0; n < 100; n++)
            CHECK_OK(pila_list_append(&from, kind_of(&pila_text, n * 37 % 100, &k)));
    CHECK_OK(pila_nlargest(pila_list_iter(&from), 41, &key, &out));
    for (int n = 0; n < 41; n++)
        CHECK(kind_is(&pila_text, pila_list_get(&out, n), 99 - n / 20));
    pila_list_done(&from);
    pila_list_done(&out);
    check_alloc_stop();
}

static pila_status mutating_key(void *ctx, const void *item, void *out)
{
    pila_list *l = ctx;
    pila_str view = pila_string_view(item);

    pila_list_clear(l);
    memcpy(out, &view, sizeof view);
    return PILA_OK;
}

static void keys_that_mutate(void **state)
{
    pila_list from, out;
    pila_string text = pila_string_borrow(pila_cstr("one that is long enough"));

    (void)state;
    for (int merge = 0; merge < 2; merge++) {
        pila_key key = {&pila_view, mutating_key, &from};
        check_alloc_start();
        pila_list_init(&from, &pila_text);
        pila_list_init(&out, &pila_text);
        CHECK_OK(pila_list_append(&from, &text));
        pila_iter src = pila_list_iter(&from);
        if (merge) {
            pila_iter it = pila_merge(&src, 1, &key, false);
            CHECK(!pila_next_item(&it));
            CHECK_STATUS(it.status, PILA_EMUTATED);
            pila_iter_drop(&it);
        } else CHECK_STATUS(pila_nlargest(src, 3, &key, &out), PILA_EMUTATED);
        pila_list_done(&from);
        pila_list_done(&out);
        check_alloc_stop();
    }
}

static pila_status best_scenario(void *ctx)
{
    pila_list from, out;
    pila_key key = {&pila_i32, best_key, ctx};
    const pila_type *t = ctx;
    sample s;
    kind_item k;
    pila_status st = PILA_OK;

    pila_list_init(&from, t);
    pila_list_init(&out, t);
    for (int n = 0; n < 40 && st == PILA_OK; n++)
        st = pila_list_append(&from, item_of(t, n * 7 % 40, &s, &k));
    if (st == PILA_OK) st = pila_nlargest(pila_list_iter(&from), 5, NULL, &out);
    if (st == PILA_OK) {
        st = pila_nsmallest(pila_list_iter(&from), 5, &key, &out);
        if (st != PILA_OK)
            CHECK(item_is(t, pila_list_get(&out, 0), 39)); /* as it was */
    }
    pila_list_done(&from);
    pila_list_done(&out);
    return st;
}

static void best_without_memory(void **state)
{
    (void)state;
    stage_clear();
    check_alloc_sweep(best_scenario, (void *)(uintptr_t)&pila_i64);
    check_alloc_sweep(best_scenario, (void *)(uintptr_t)&pila_text);
    check_alloc_sweep(best_scenario, (void *)(uintptr_t)&bulky_type);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(heaps_lie_as_cpythons),
        cmocka_unit_test(heapify_large),
        cmocka_unit_test(foreign_storage),
        cmocka_unit_test(random_comparator_1e6),
        cmocka_unit_test(mutating_comparator),
        cmocka_unit_test(no_room_to_come_back),
        cmocka_unit_test(large_heapify_raises_at_k),
        cmocka_unit_test(heap_law_and_a_model),
        cmocka_unit_test(typed_faces),
        cmocka_unit_test(heaps_without_memory),
        cmocka_unit_test(merge_takes_what_pythons_takes),
        cmocka_unit_test(merge_windows),
        cmocka_unit_test(merge_in_place),
        cmocka_unit_test(merge_of_odd_sources),
        cmocka_unit_test(merge_meddled_with),
        cmocka_unit_test(merge_text_meddled_with),
        cmocka_unit_test(merge_compare_raises_at_k),
        cmocka_unit_test(merge_without_memory),
        cmocka_unit_test(best_of_cpython),
        cmocka_unit_test(best_of_many),
        cmocka_unit_test(best_faults),
        cmocka_unit_test(best_keys_may_point_into_items),
        cmocka_unit_test(keys_that_mutate),
        cmocka_unit_test(best_without_memory),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
