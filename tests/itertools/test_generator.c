/* test_generator.c - generators: what CPython does, and what only C can get wrong. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "check.h"

#include <pila/itertools/adaptors.h>
#include <pila/itertools/generator.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

static bool under_valgrind(void)
{
#if defined(RUNNING_ON_VALGRIND)
    return RUNNING_ON_VALGRIND != 0;
#else
    return false;
#endif
}

/* Where a stack costs several mappings, or the process cannot do with less room. */
static bool is_watched(void)
{
#if defined(PILA__SANITIZED)
    return true;
#else
    return under_valgrind();
#endif
}

/* ---- rows made by CPython; the programs are explained in generator_rows.py ---- */

static const struct row {
    const char *promise, *program, *calls, *trace;
} rows[] = {
#include "generator_rows.h"
};

typedef struct world {
    int64_t n;
    bool wrong; /* the planted fault: the answer of the first of many is read, too */
    char log[4096];
    size_t used;
} world;

typedef struct program {
    world *w;
    const char *text, *end;
} program;

static const pila_generator_options returning = {0, &pila_i64, NULL, false};

static void note(world *w, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    w->used +=
        (size_t)vsnprintf(w->log + w->used, sizeof w->log - w->used, format, args);
    va_end(args);
    assert_true(w->used < sizeof w->log);
}

static const char *closing_paren(const char *open)
{
    int depth = 0;

    for (;; open++) {
        depth += *open == '(';
        depth -= *open == ')';
        if (depth == 0) return open;
    }
}

static char letter(pila_status st, char of_end)
{
    switch ((int)st) {
    case PILA_EKEY: return 'K';
    case PILA_END: return of_end;
    case PILA_EMUTATED: return 'R';
    case PILA_EVALUE: return 'V';
    case PILA_ETYPE: return 'T';
    default: return '?';
    }
}

static void note_sent(world *w, const pila_generator *g)
{
    const int64_t *sent = pila_sent(g);

    if (sent) note(w, "r%lld", (long long)*sent);
}

static pila_status run_below(pila_generator *g, program *p, const char *from,
                             const char *to);

/* One operation that may yield. */
static pila_status run_yields(pila_generator *g, program *p, const char *op)
{
    world *w = p->w;
    pila_status st;

    if (*op == 'y') {
        int64_t item = ++w->n;
        st = pila_yield(g, &item);
        if (st == PILA_OK) note_sent(w, g);
    } else if (*op == 'm') {
        int64_t items[3] = {w->n + 1, w->n + 2, w->n + 3};
        w->n += 3;
        if (w->wrong) {
            st = pila_yield(g, items);
            if (st == PILA_OK) note_sent(w, g);
            if (st == PILA_OK) st = pila_yield_many(g, items + 1, 2);
        } else st = pila_yield_many(g, items, 3);
        if (st == PILA_OK) note_sent(w, g);
    } else if (*op == 'p') {
        int64_t items[2] = {w->n + 1, w->n + 2};
        w->n += 2;
        st = pila_yield_from(g, pila_span(items, 2, &pila_i64), NULL);
    } else st = run_below(g, p, op + 1, closing_paren(op));
    return st;
}

static pila_status run_program(pila_generator *g, void *ctx)
{
    program p = *(program *)ctx;
    pila_status st = PILA_OK;

    for (const char *op = p.text; op < p.end && st == PILA_OK; op++) {
        bool caught = *op == 'c', yields;
        op += caught;
        yields = strchr("ymp(", *op) != NULL;
        if (*op == 'k') st = PILA_EKEY;
        else if (*op == 't') st = PILA_END;
        else if (*op == 'v') {
            p.w->n++;
            note(p.w, ".");
            return pila_return(g, &p.w->n);
        } else st = run_yields(g, &p, op);
        if (*op == '(') op = closing_paren(op);
        if (st == PILA_OK || !caught) continue;
        note(p.w, "x%c", letter(st, yields ? 'G' : 'S'));
        st = PILA_OK;
    }
    note(p.w, ".");
    return st;
}

static pila_status run_below(pila_generator *g, program *p, const char *from,
                             const char *to)
{
    program below = {p->w, from, to};
    pila_iter it = pila_generate_with(run_program, &below, &pila_i64, &returning);
    int64_t value = 0;
    pila_status st = pila_yield_from(g, it, &value);

    if (st == PILA_OK && value) note(p->w, "v%lld", (long long)value);
    return st;
}

static pila_status drive(pila_iter *gen, char call, const void **item)
{
    static const int64_t five = 5;

    switch (call) {
    case 'n': *item = pila_next_item(gen); return *item ? PILA_OK : gen->status;
    case 's': return pila_generator_send(gen, &five, item);
    case 'k': return pila_generator_throw(gen, PILA_EKEY, item);
    case 'g': return pila_generator_throw(gen, PILA_END, item);
    default: return pila_generator_close(gen);
    }
}

static void note_call(world *w, pila_iter *gen, char call)
{
    static const char states[] = {'c', 'r', 's', 'x'};
    pila_generator_state before = pila_generator_state_of(gen);
    const void *item = NULL;
    const int64_t *value;
    pila_status st = drive(gen, call, &item);

    if (item) note(w, "%lld", (long long)*(const int64_t *)item);
    else if (st == PILA_OK) note(w, "-");
    else note(w, "%c", letter(st, 'E'));
    value = pila_generator_value(gen);
    if (st == PILA_END && before != PILA_GEN_CLOSED && value)
        note(w, "%lld", (long long)*value);
    note(w, "%c ", states[pila_generator_state_of(gen)]);
}

static const char *trace_of(const struct row *r, world *w)
{
    program p = {w, r->program, r->program + strlen(r->program)};
    pila_iter gen = pila_generate_with(run_program, &p, &pila_i64, &returning);

    for (const char *call = r->calls; *call; call++) note_call(w, &gen, *call);
    note(w, "d");
    pila_iter_drop(&gen);
    return w->log;
}

static void test_what_cpython_does(void **state)
{
    (void)state;
    for (const struct row *r = rows; r < rows + COUNT_OF(rows); r++) {
        world w = {0};
        ROW(r->promise);
        if (strcmp(trace_of(r, &w), r->trace) != 0)
            fail_msg("%s: %s, %s: got %s, want %s", r->promise, r->program, r->calls,
                     w.log, r->trace);
    }
    check_row = NULL;
}

static void test_a_planted_fault_is_seen(void **state)
{
    size_t seen = 0;

    (void)state;
    for (const struct row *r = rows; r < rows + COUNT_OF(rows); r++) {
        world w = {0};
        w.wrong = true;
        seen += strcmp(trace_of(r, &w), r->trace) != 0;
    }
    CHECK(seen > 0);
}

/* ---- bodies ---- */

static pila_status below(pila_generator *g, void *ctx)
{
    pila_status st = PILA_OK;

    for (int64_t k = 0; st == PILA_OK && k < *(int64_t *)ctx; k++)
        st = pila_yield(g, &k);
    return st;
}

static pila_status many(pila_generator *g, void *ctx)
{
    static const int64_t items[] = {1, 2, 3, 4, 5};

    return pila_yield_many(g, items, *(size_t *)ctx);
}

/* ---- an iterator as any other ---- */

PILA_PREDICATE(odd, int64_t, x, x % 2 != 0)

static void test_adaptors_and_sinks_take_it(void **state)
{
    int64_t n = 10, sum = 0;
    size_t len = 0;

    (void)state;
    CHECK_OK(pila_sum_i64(pila_generate(below, &n, &pila_i64), &sum));
    CHECK_INT(sum, 45);
    CHECK_OK(pila_sum_i64(pila_filter(pila_generate(below, &n, &pila_i64), odd), &sum));
    CHECK_INT(sum, 25);
    CHECK_OK(pila_len(pila_chain2(pila_generate(below, &n, &pila_i64),
                                  pila_islice(pila_generate(below, &n, &pila_i64), 2,
                                              PILA_TO_END, 3)),
                      &len));
    CHECK_INT(len, 13);
    pila_iter it = pila_generate(below, &n, &pila_i64);
    PILA_FOR(int32_t, x, &it) CHECK(!x);
    CHECK_STATUS(it.status, PILA_ETYPE);
    pila_iter_drop(&it);
}

static pila_status in_place(pila_generator *g, void *ctx)
{
    int64_t item = 7;
    pila_status st;

    *(const int64_t **)ctx = &item;
    st = pila_yield(g, &item);
    item = 8;
    return st == PILA_OK ? pila_yield(g, &item) : st;
}

static void test_items_are_lent_in_place(void **state)
{
    const int64_t *local = NULL, *item;
    size_t n = 5;
    pila_iter it = pila_generate(in_place, &local, &pila_i64);

    (void)state;
    item = pila_next_item(&it);
    CHECK(item == local && *item == 7);
    item = pila_next_item(&it);
    CHECK(item == local && *item == 8);
    pila_iter_drop(&it);
    it = pila_generate(many, &n, &pila_i64);
    CHECK_INT(pila_iter_ready(&it), 5); /* a whole window */
    pila_iter_drop(&it);
    n = 0;
    it = pila_generate(many, &n, &pila_i64);
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    n = SIZE_MAX / 8 + 2;
    it = pila_generate(many, &n, &pila_i64);
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EOVERFLOW);
    pila_iter_drop(&it);
}

/* ---- what cannot be made ---- */

static void test_what_cannot_be_made(void **state)
{
    static const pila_type nothing = {
        PILA_KIND_OTHER, 0, 1, "nothing", NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    static const pila_type whale = {PILA_KIND_OTHER,
                                    SIZE_MAX,
                                    1,
                                    "whale",
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL};
    static const struct {
        const char *promise;
        pila_generator_options options;
        const pila_type *type;
        pila_status want;
    } table[] = {
        {"items need bytes", {0, NULL, NULL, false}, &nothing, PILA_ETYPE},
        {"a stack too small",
         {PILA_STACK_LEAST - 1, NULL, NULL, false},
         &pila_i64,
         PILA_EVALUE},
        {"the least stack", {PILA_STACK_LEAST, NULL, NULL, false}, &pila_i64, PILA_OK},
        {"a stack of all there is",
         {SIZE_MAX, NULL, NULL, false},
         &pila_i64,
         PILA_EOVERFLOW},
        {"more than half of that",
         {(size_t)PTRDIFF_MAX, NULL, NULL, false},
         &pila_i64,
         PILA_EOVERFLOW},
        {"a value too large", {0, &whale, NULL, false}, &pila_i64, PILA_EOVERFLOW},
        {"more than the system has",
         {(size_t)1 << 60, NULL, NULL, false},
         &pila_i64,
         PILA_ENOMEM},
    };
    int64_t n = 3;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        ROW(table[k].promise);
        pila_iter it = pila_generate_with(below, &n, table[k].type, &table[k].options);
        CHECK_STATUS(it.status, table[k].want);
        CHECK_INT(pila_generator_state_of(&it),
                  it.status == PILA_OK ? PILA_GEN_CREATED : PILA_GEN_CLOSED);
        if (it.status != PILA_OK) { /* and it flows through */
            CHECK_STATUS(pila_generator_send(&it, NULL, NULL), table[k].want);
            CHECK_STATUS(pila_generator_throw(&it, PILA_EKEY, NULL), PILA_EKEY);
            CHECK_OK(pila_generator_close(&it));
            CHECK(!pila_generator_value(&it));
            CHECK_STATUS(pila_consume(it), table[k].want);
        } else pila_iter_drop(&it);
    }
    check_row = NULL;
}

static void test_what_is_no_generator(void **state)
{
    pila_iter it = pila_range(0, 3, 1);
    const void *item = NULL;

    (void)state;
    CHECK_STATUS(pila_generator_send(&it, NULL, &item), PILA_ETYPE);
    CHECK_STATUS(pila_generator_throw(&it, PILA_EKEY, &item), PILA_ETYPE);
    CHECK_STATUS(pila_generator_close(&it), PILA_ETYPE);
    CHECK(!item && !pila_generator_value(&it));
    CHECK_INT(pila_generator_state_of(&it), PILA_GEN_CLOSED);
    CHECK_STATUS(it.status, PILA_OK);
    CHECK_OK(pila_consume(it));
    int64_t n = 3;
    it = pila_generate(below, &n, &pila_i64);
    CHECK_STATUS(pila_generator_throw(&it, PILA_OK, &item), PILA_ETYPE);
    CHECK_INT(pila_generator_state_of(&it), PILA_GEN_CREATED);
    CHECK_OK(pila_generator_send(&it, NULL, NULL)); /* no interest in the item */
    CHECK_OK(pila_generator_send(&it, NULL, &item));
    CHECK_INT(*(const int64_t *)item, 1);
    pila_iter_drop(&it);
    CHECK_STATUS(pila_generator_send(&it, NULL, &item), PILA_END);
    CHECK_OK(pila_generator_close(&it));
}

/* ---- re-entry ---- */

typedef struct reentrant {
    pila_iter *self;
    char call;
    pila_status answer;
    bool from; /* by yield_from of itself */
} reentrant;

static pila_status calls_itself(pila_generator *g, void *ctx)
{
    reentrant *r = ctx;
    const void *item = NULL;
    int64_t k = 1;

    CHECK_INT(pila_generator_state_of(r->self), PILA_GEN_RUNNING);
    CHECK(!pila_generator_value(r->self));
    r->answer =
        r->from ? pila_yield_from(g, *r->self, NULL) : drive(r->self, r->call, &item);
    CHECK(!item);
    return pila_yield(g, &k);
}

static void test_reentry(void **state)
{
    (void)state;
    for (const char *call = "skgcf"; *call; call++) { /* harmless, as in Python */
        pila_iter it;
        reentrant r = {&it, *call, PILA_OK, *call == 'f'};
        it = pila_generate(calls_itself, &r, &pila_i64);
        const int64_t *item = pila_next_item(&it);
        CHECK(item && *item == 1);
        CHECK_STATUS(r.answer, PILA_EVALUE);
        CHECK(!pila_next_item(&it));
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
    }
    for (int closes = 0; closes < 2; closes++) { /* next has no other way to say so */
        pila_iter it;
        reentrant r = {&it, 'n', PILA_OK, false};
        const void *item = NULL;
        it = pila_generate(calls_itself, &r, &pila_i64);
        CHECK_STATUS(drive(&it, 'n', &item), PILA_EVALUE);
        CHECK_STATUS(r.answer, PILA_EVALUE);
        CHECK_STATUS(it.status, PILA_EVALUE);
        CHECK_INT(pila_generator_state_of(&it), PILA_GEN_SUSPENDED);
        if (closes) CHECK_OK(pila_generator_close(&it));
        CHECK_STATUS(it.status, PILA_EVALUE);
        CHECK_STATUS(drive(&it, 's', &item), PILA_EVALUE);
        CHECK_STATUS(drive(&it, 'k', &item), PILA_EKEY);
        pila_iter_drop(&it);
    }
}

static pila_status pulls_later(pila_generator *g, void *ctx)
{
    reentrant *r = ctx;
    int64_t k = 1;
    const void *item = NULL;
    pila_status st = pila_yield(g, &k);

    r->answer = drive(r->self, 'n', &item);
    return st == PILA_OK ? pila_yield(g, &k) : st;
}

static void test_reentry_after_a_yield(void **state)
{
    (void)state;
    for (const char *how = "nskc"; *how; how++) {
        pila_iter it;
        reentrant r = {&it, 'n', PILA_OK, false};
        const void *item = NULL;
        pila_status st;
        it = pila_generate(pulls_later, &r, &pila_i64);
        CHECK(pila_next_item(&it));
        st = drive(&it, *how, &item);
        CHECK_STATUS(st, *how == 'c' ? PILA_OK : PILA_EVALUE);
        CHECK_STATUS(r.answer, PILA_EVALUE);
        CHECK_STATUS(it.status, PILA_EVALUE);
        CHECK(!pila_next_item(&it));
        pila_iter_drop(&it);
    }
}

/* ---- dropped half-way ---- */

typedef struct holder {
    int cleaned;
    pila_status told;
    pila_iter src;
} holder;

static pila_status holds(pila_generator *g, void *ctx)
{
    holder *h = ctx;
    pila_string *text = pila_alloc(1, sizeof *text);
    pila_status st =
        text ? pila_string_init(text, pila_cstr("longer than fifteen bytes"))
             : PILA_ENOMEM;

    h->told = st;
    if (st == PILA_OK) {
        while (h->told == PILA_OK) h->told = pila_yield(g, text);
        st = h->told;
        pila_string_done(text);
    }
    pila_free(text);
    pila_iter_drop(&h->src);
    h->cleaned++;
    return st;
}

static void test_dropped_half_way(void **state)
{
    (void)state;
    check_alloc_start();
    for (int pulls = 0; pulls < 3; pulls++) {
        holder h = {0, PILA_OK, pila_range(0, 3, 1)};
        pila_iter it = pila_generate(holds, &h, &pila_text);
        for (int k = 0; k < pulls; k++) CHECK(pila_next_item(&it));
        pila_iter_drop(&it);
        pila_iter_drop(&it);
        CHECK_INT(h.cleaned, pulls > 0); /* one that has not begun has nothing */
        if (pulls) CHECK_STATUS(h.told, PILA_END);
        else pila_iter_drop(&h.src);
    }
    holder h = {0, PILA_OK, pila_range(0, 3, 1)};
    pila_iter it = pila_islice(pila_generate(holds, &h, &pila_text), 0, 2, 1);
    size_t len = 0;
    CHECK_OK(pila_len(it, &len)); /* the sink drops it */
    CHECK_INT(len, 2);
    CHECK_INT(h.cleaned, 1);
    check_alloc_stop();
}

static pila_status disobeys(pila_generator *g, void *ctx)
{
    int64_t k = 0;

    do *(pila_status *)ctx = pila_yield(g, &k);
    while (++k);
    return PILA_OK;
}

static void test_what_disobeys_is_lost(void **state)
{
    pila_status told = PILA_OK;
    pila_stacks stacks = {0, 0, 0, NULL};
    pila_generator_options o = {0, NULL, &stacks, false};
    pila_iter it = pila_generate_with(disobeys, &told, &pila_i64, &o);

    (void)state;
    CHECK(pila_next_item(&it));
    CHECK_STATUS(pila_generator_close(&it), PILA_EMUTATED);
    CHECK_STATUS(told, PILA_END);
    CHECK_INT(*(const int64_t *)pila_next_item(&it), 2);
    CHECK_STATUS(told, PILA_OK);
    pila_iter_drop(&it);
    CHECK_STATUS(told, PILA_END);
    int64_t n = 100, sum = 0; /* and its stack serves another */
    CHECK_INT(stacks.kept, 1);
    CHECK_OK(pila_sum_i64(pila_generate_with(below, &n, &pila_i64, &o), &sum));
    CHECK_INT(sum, 4950);
    pila_stacks_done(&stacks);
}

/* ---- faults ---- */

static pila_status fails_at(pila_generator *g, void *ctx)
{
    int64_t limit = *(int64_t *)ctx;
    pila_status st = PILA_OK;

    for (int64_t k = 0; st == PILA_OK; k++) {
        if (k == limit) return (pila_status)(PILA_EUSER + 5);
        st = pila_yield(g, &k);
    }
    return st;
}

static void test_a_body_fails_at_k(void **state)
{
    (void)state;
    for (int64_t k = 0; k < 5; k++) {
        pila_iter it = pila_generate(fails_at, &k, &pila_i64);
        int64_t seen = 0;
        PILA_FOR(int64_t, x, &it) CHECK_INT(*x, seen++);
        CHECK_INT(seen, k);
        CHECK_INT(it.status, PILA_EUSER + 5);
        CHECK(!pila_next_item(&it));
        CHECK_INT(it.status, PILA_EUSER + 5);
        CHECK_INT(pila_generator_state_of(&it), PILA_GEN_CLOSED);
        CHECK(!pila_generator_value(&it));
        pila_iter_drop(&it);
    }
}

/* ---- yield from ---- */

typedef struct box { /* a container: what changes it bumps the version */
    uint64_t version;
    int64_t items[4];
} box;

static pila_iter box_iter(box *b)
{
    pila_iter it = pila_span(b->items, 4, &pila_i64);

    it.stamp = &b->version;
    it.seen = b->version;
    return it;
}

static pila_status from_box(pila_generator *g, void *ctx)
{
    return pila_yield_from(g, box_iter(ctx), NULL);
}

static void test_yield_from_shows_windows_in_place(void **state)
{
    box b = {0, {1, 2, 3, 4}};
    pila_iter it = pila_generate(from_box, &b, &pila_i64);

    (void)state;
    CHECK_INT(pila_iter_ready(&it), 4);
    CHECK(it.cur == (const char *)b.items);
    CHECK(pila_next_item(&it));
    b.version++;
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EMUTATED);
    pila_iter_drop(&it);
}

typedef struct from_any {
    pila_iter src;
    pila_status answer;
} from_any;

static pila_status yields_any(pila_generator *g, void *ctx)
{
    from_any *f = ctx;

    f->answer = pila_yield_from(g, f->src, NULL);
    return PILA_OK;
}

static void test_yield_from_anything(void **state)
{
    static const int32_t small[] = {1};
    static const double real[] = {1};
    static const pila_str views[] = {{"spam", 4}};
    static const struct {
        const char *promise;
        const pila_type *type, *of;
        const void *items;
        pila_status want;
    } table[] = {
        {"items of another size", &pila_i64, &pila_i32, small, PILA_ETYPE},
        {"items of another type", &pila_i64, &pila_f64, real, PILA_ETYPE},
        {"views as views", &pila_view, &pila_view, views, PILA_OK},
        {"views do not pass for padded ones", &pila_view_padded, &pila_view, views,
         PILA_ETYPE},
        {"padded ones pass for views", &pila_view, &pila_view_padded, views, PILA_OK},
        {"views are no strings", &pila_text, &pila_view, views, PILA_ETYPE},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        from_any f = {pila_span(table[k].items, 1, table[k].of), PILA_EUSER};
        ROW(table[k].promise);
        CHECK_OK(pila_consume(pila_generate(yields_any, &f, table[k].type)));
        CHECK_STATUS(f.answer, table[k].want);
    }
    check_row = NULL;
    from_any ended = {pila_failed(PILA_END), PILA_EUSER};
    CHECK_OK(pila_consume(pila_generate(yields_any, &ended, &pila_i64)));
    CHECK_STATUS(ended.answer, PILA_OK);
    from_any failed = {pila_failed(PILA_EIO), PILA_EUSER};
    CHECK_OK(pila_consume(pila_generate(yields_any, &failed, &pila_i64)));
    CHECK_STATUS(failed.answer, PILA_EIO);
    int64_t three = 3, sum = 0;
    from_any later = {pila_generate(fails_at, &three, &pila_i64), PILA_EUSER};
    CHECK_OK(pila_sum_i64(pila_generate(yields_any, &later, &pila_i64), &sum));
    CHECK_INT(sum, 3);
    CHECK_INT(later.answer, PILA_EUSER + 5);
}

/* One that was read from before: what is left of its window comes first. */
static void test_yield_from_the_rest(void **state)
{
    size_t n = 5;
    int64_t sum = 0;
    from_any f = {pila_generate(many, &n, &pila_i64), PILA_EUSER};

    (void)state;
    CHECK(pila_next_item(&f.src));
    CHECK(pila_next_item(&f.src));
    CHECK_OK(pila_sum_i64(pila_generate(yields_any, &f, &pila_i64), &sum));
    CHECK_INT(sum, 3 + 4 + 5);
    CHECK_STATUS(f.answer, PILA_OK);
    f.src = pila_range(0, 10, 1);
    CHECK(pila_next_item(&f.src));
    CHECK_OK(pila_sum_i64(pila_generate(yields_any, &f, &pila_i64), &sum));
    CHECK_INT(sum, 45);
    box b = {0, {1, 2, 3, 4}};
    f.src = pila_generate(from_box, &b, &pila_i64); /* itself in the midst of another */
    CHECK(pila_next_item(&f.src));
    CHECK_OK(pila_sum_i64(pila_generate(yields_any, &f, &pila_i64), &sum));
    CHECK_INT(sum, 2 + 3 + 4);
}

typedef struct tower {
    int64_t depth, items;
    int *cleaned;
} tower;

static pila_status tower_body(pila_generator *g, void *ctx)
{
    tower t = *(tower *)ctx;
    int *cleaned = t.cleaned;
    pila_status st;

    t.depth--;
    st = pila_yield_from(g,
                         t.depth > 0 ? pila_generate(tower_body, &t, &pila_i64)
                                     : pila_generate(below, &t.items, &pila_i64),
                         NULL);
    ++*cleaned;
    return st;
}

static void test_yield_from_depth_1e4(void **state)
{
    int cleaned = 0, depth = is_watched() ? 500 : 10000;
    tower t = {depth, 1000, &cleaned};
    int64_t sum = 0;
    pila_iter it = pila_generate(tower_body, &t, &pila_i64);

    (void)state;
    CHECK_OK(pila_sum_i64(it, &sum));
    CHECK_INT(sum, 499500);
    CHECK_INT(cleaned, depth);
    cleaned = 0;
    it = pila_generate(tower_body, &t, &pila_i64);
    CHECK(pila_next_item(&it));
    pila_iter_drop(&it); /* closed from the inside out */
    CHECK_INT(cleaned, depth);
    cleaned = 0;
    it = pila_generate(tower_body, &t, &pila_i64);
    CHECK(pila_next_item(&it));
    CHECK_STATUS(pila_generator_throw(&it, PILA_EIO, NULL), PILA_EIO);
    CHECK_INT(cleaned, depth);
    pila_iter_drop(&it);
}

/* The same by hand: a loop at each level, each on its own stack. */
static pila_status nested_body(pila_generator *g, void *ctx)
{
    tower t = *(tower *)ctx;
    int *cleaned = t.cleaned;
    pila_status st = PILA_OK;
    pila_iter it;

    t.depth--;
    it = t.depth > 0 ? pila_generate(nested_body, &t, &pila_i64)
                     : pila_generate(below, &t.items, &pila_i64);
    PILA_FOR(int64_t, x, &it) {
        st = pila_yield(g, x);
        if (st != PILA_OK) break;
    }
    if (st == PILA_OK) st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    ++*cleaned;
    return st;
}

static void test_nested_depth_1e4(void **state)
{
    int cleaned = 0, depth = is_watched() ? 300 : 10000;
    tower t = {depth, 3, &cleaned};
    int64_t sum = 0;

    (void)state;
    CHECK_OK(pila_sum_i64(pila_generate(nested_body, &t, &pila_i64), &sum));
    CHECK_INT(sum, 3);
    pila_iter it = pila_generate(nested_body, &t, &pila_i64);
    cleaned = 0;
    CHECK(pila_next_item(&it));
    pila_iter_drop(&it);
    CHECK_INT(cleaned, depth);
}

/* ---- values ---- */

typedef struct wide {
    _Alignas(128) char bytes[256];
} wide;
static const pila_type wide_type = PILA_PLAIN_TYPE(wide);

static pila_status returns_wide(pila_generator *g, void *ctx)
{
    wide w;

    memset(&w, *(int *)ctx, sizeof w);
    return pila_return(g, &w);
}

typedef struct reply {
    const char *first, *second;
    pila_status end, answer;
} reply;

static pila_status returns_text(pila_generator *g, void *ctx)
{
    reply *r = ctx;
    pila_string text = pila_string_borrow(pila_cstr(r->first));
    int64_t k = 1;
    pila_status st = pila_yield(g, &k);

    r->answer = pila_return(g, &text);
    if (r->answer == PILA_OK && r->second) {
        text = pila_string_borrow(pila_cstr(r->second));
        r->answer = pila_return(g, &text);
    }
    if (r->answer != PILA_OK) return r->answer;
    return st == PILA_OK ? r->end : st;
}

static pila_status takes_text(pila_generator *g, void *ctx)
{
    static const pila_generator_options o = {0, &pila_text, NULL, false};
    pila_string text = pila_string_borrow(pila_cstr(""));
    reply r = {"the value of the inner one", NULL, PILA_OK, PILA_OK};
    pila_status st;

    st = pila_yield_from(g, pila_generate_with(returns_text, &r, &pila_i64, &o),
                         *(bool *)ctx ? &text : NULL);
    if (st == PILA_OK) st = pila_return(g, &text);
    pila_string_done(&text);
    return st;
}

static void test_values(void **state)
{
    static const pila_generator_options text_option = {0, &pila_text, NULL, false};
    static const pila_generator_options wide_option = {0, &wide_type, NULL, false};
    reply r = {"longer than fifteen bytes", NULL, PILA_OK, PILA_OK};
    pila_iter it = pila_generate(returns_text, &r, &pila_i64);
    int fill = 9;
    bool take = true;

    (void)state;
    check_alloc_start();
    CHECK_STATUS(pila_consume(it), PILA_ETYPE); /* no type for it */
    it = pila_generate_with(returns_text, &r, &pila_i64, &text_option);
    CHECK(pila_next_item(&it) && !pila_generator_value(&it));
    CHECK(!pila_next_item(&it));
    CHECK_TEXT(pila_string_view(pila_generator_value(&it)), r.first);
    pila_iter_drop(&it); /* and it is dropped */
    r.second = "the later one of two, also long";
    it = pila_generate_with(returns_text, &r, &pila_i64, &text_option);
    while (pila_next_item(&it)) {}
    CHECK_TEXT(pila_string_view(pila_generator_value(&it)), r.second);
    pila_iter_drop(&it);
    r.end = PILA_EIO; /* a fault has no value */
    it = pila_generate_with(returns_text, &r, &pila_i64, &text_option);
    while (pila_next_item(&it)) {}
    CHECK_STATUS(it.status, PILA_EIO);
    CHECK(!pila_generator_value(&it));
    pila_iter_drop(&it);
    it = pila_generate_with(returns_text, &r, &pila_i64, &text_option);
    CHECK(pila_next_item(&it));
    CHECK_OK(pila_generator_close(&it)); /* nor has one that was closed */
    CHECK(!pila_generator_value(&it));
    pila_iter_drop(&it);
    it = pila_generate_with(returns_wide, &fill, &pila_i64, &wide_option);
    CHECK(!pila_next_item(&it));
    const wide *w = pila_generator_value(&it);
    CHECK((uintptr_t)w % 128 == 0 && w->bytes[0] == 9 && w->bytes[255] == 9);
    pila_iter_drop(&it);
    for (int k = 0; k < 2; k++, take = false) { /* moved to who yields from it */
        it = pila_generate_with(takes_text, &take, &pila_i64, &text_option);
        CHECK(pila_next_item(&it) && !pila_next_item(&it));
        CHECK_TEXT(pila_string_view(pila_generator_value(&it)),
                   take ? "the value of the inner one" : "");
        pila_iter_drop(&it);
    }
    check_alloc_stop();
}

/* ---- memory ---- */

/* Everything here that allocates: what bodies do, and values that are copied. */
static pila_status scenario(void *ctx)
{
    static const pila_generator_options o = {0, &pila_text, NULL, false};
    holder h = {0, PILA_OK, pila_failed(PILA_END)};
    reply r = {"longer than fifteen bytes", "another such text, later", PILA_OK,
               PILA_OK};
    pila_buf out = {0};
    bool take = true;
    pila_iter it = pila_generate(holds, &h, &pila_text);
    pila_status st = pila_join(pila_islice(it, 0, 3, 1), pila_cstr(","), &out);

    (void)ctx;
    pila_buf_done(&out);
    if (st != PILA_OK) return st;
    it = pila_generate_with(returns_text, &r, &pila_i64, &o);
    CHECK(pila_next_item(&it) && !pila_next_item(&it));
    CHECK((it.status == PILA_END) == (pila_generator_value(&it) != NULL));
    st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    if (st != PILA_OK) return st;
    return pila_consume(pila_generate_with(takes_text, &take, &pila_i64, &o));
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    check_alloc_sweep(scenario, NULL);
}

static void test_the_system_has_no_room(void **state)
{
    struct rlimit was, none;
    int64_t n = 3, sum = 0;
    pila_iter it;

    (void)state;
    CHECK_INT(getrlimit(RLIMIT_AS, &was), 0);
    none = was;
    none.rlim_cur = 1 << 20; /* less than there is now */
    if (is_watched() || setrlimit(RLIMIT_AS, &none) != 0) skip();
    void *room = mmap(NULL, 1 << 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    it = pila_generate(below, &n, &pila_i64);
    CHECK_INT(setrlimit(RLIMIT_AS, &was), 0);
    if (room != MAP_FAILED) { /* an emulator that knows no limits */
        pila_iter_drop(&it);
        CHECK_INT(munmap(room, 1 << 16), 0);
        skip();
    }
    CHECK_STATUS(it.status, PILA_ENOMEM);
    CHECK_STATUS(pila_sum_i64(it, &sum), PILA_ENOMEM);
    CHECK_OK(pila_sum_i64(pila_generate(below, &n, &pila_i64), &sum));
    CHECK_INT(sum, 3);
}

static void test_many_at_once(void **state)
{
    enum { MOST = 100000 };
    static pila_iter all[MOST];
    static const pila_generator_options o = {PILA_STACK_LEAST, NULL, NULL, false};
    size_t most = is_watched() ? 1000 : MOST, made = 0;
    int64_t n = 3, sum = 0;

    (void)state;
    for (; made < most; made++) {
        all[made] = pila_generate_with(below, &n, &pila_i64, &o);
        if (all[made].status != PILA_OK) break;
        CHECK(pila_next_item(&all[made]));
    }
    printf("%zu generators at once\n", made);
    if (made < most) CHECK_STATUS(all[made].status, PILA_ENOMEM);
    CHECK(made >= 1000);
    for (size_t k = 0; k < made; k++) {
        CHECK_INT(*(const int64_t *)pila_next_item(&all[k]), 1);
        pila_iter_drop(&all[k]);
    }
    CHECK_OK(pila_sum_i64(pila_generate(below, &n, &pila_i64), &sum));
    CHECK_INT(sum, 3);
}

static void test_stacks_are_kept(void **state)
{
    pila_stacks stacks = {2, 0, 0, NULL};
    pila_generator_options o = {0, NULL, &stacks, false}, large = o;
    pila_iter it[4];
    int64_t n = 3, sum = 0;

    (void)state;
    large.stack_bytes = 1 << 20;
    for (int round = 0; round < 3; round++) {
        for (int k = 0; k < 4; k++)
            it[k] = pila_generate_with(below, &n, &pila_i64, &o);
        CHECK_INT(stacks.kept, 0);
        for (int k = 0; k < 4; k++) {
            CHECK(pila_next_item(&it[k]));
            pila_iter_drop(&it[k]);
        }
        CHECK_INT(stacks.kept, 2);
    }
    void *state_at;
    it[0] = pila_generate_with(below, &n, &pila_i64, &o);
    state_at = it[0].state;
    pila_iter_drop(&it[0]);
    it[0] = pila_generate_with(below, &n, &pila_i64, &o);
    CHECK(it[0].state == state_at);
    pila_iter_drop(&it[0]);
    CHECK_OK(pila_sum_i64(pila_generate_with(below, &n, &pila_i64, &large), &sum));
    CHECK_INT(stacks.kept, 2); /* another size is not */
    pila_stacks_done(&stacks);
    pila_stacks_done(&stacks);
    CHECK(stacks.kept == 0 && !stacks.first);
    CHECK_OK(pila_sum_i64(pila_generate_with(below, &n, &pila_i64, &large), &sum));
    CHECK_INT(stacks.kept, 1); /* and an empty one takes any */
    pila_stacks_done(&stacks);
}

/* ---- the stack ---- */

static pila_status deep(volatile char *above, int left)
{
    volatile char here[1000];

    here[0] = (char)(*above + 1);
    here[999] = here[0];
    return left && deep(here, left - 1) != PILA_OK ? PILA_EVALUE
                                                   : (pila_status)(here[999] * 0);
}

static pila_status overflows(pila_generator *g, void *ctx)
{
    char start = 0;
    int64_t k = (int64_t)deep(&start, *(int *)ctx);

    return pila_yield(g, &k);
}

static int overflow_in_child(int frames)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        pila_iter it = pila_generate(overflows, &frames, &pila_i64);
        _exit(pila_consume(it) == PILA_OK ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void test_overflow_is_a_fault(void **state)
{
    (void)state;
    if (under_valgrind()) skip();
    CHECK_INT(overflow_in_child(10), 0);
    CHECK_INT(overflow_in_child(1000), SIGSEGV);
}

static pila_status a_large_stack(pila_generator *g, void *ctx)
{
    return overflows(g, ctx);
}

static void test_a_larger_stack_is_larger(void **state)
{
    pila_generator_options o = {4 << 20, NULL, NULL, false};
    int frames = 1000;

    (void)state;
    CHECK_OK(pila_consume(pila_generate_with(a_large_stack, &frames, &pila_i64, &o)));
}

/* ---- registers ---- */

#define EIGHT(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)

/* More values than there are registers, alive over each yield. */
static pila_status mixes(pila_generator *g, void *ctx)
{
    uint64_t seed = *(uint64_t *)ctx;
    long double wide_sum = 0.5L;
    pila_status st = PILA_OK;
#define DECLARE(k)                                                                     \
    uint64_t u##k = seed * (k + 3);                                                    \
    double d##k = (double)(seed % 1000) + k;
    EIGHT(DECLARE)
    for (int round = 0; round < 50 && st == PILA_OK; round++) {
#define MIX(k)                                                                         \
    u##k = u##k * 6364136223846793005u + k;                                            \
    d##k = d##k * 0.75 + k;
        EIGHT(MIX)
        wide_sum = wide_sum * 1.25L + (long double)d3;
#define SUM(k) +u##k + (uint64_t)(d##k * 1024)
        uint64_t item = EIGHT(SUM) + (uint64_t)(wide_sum / 65536);
        st = pila_yield(g, &item);
    }
    return st;
}

/* What the same yields without a switch. */
static void mix_alone(uint64_t seed, uint64_t out[50])
{
    long double wide_sum = 0.5L;
    EIGHT(DECLARE)
    for (int round = 0; round < 50; round++) {
        EIGHT(MIX)
        wide_sum = wide_sum * 1.25L + (long double)d3;
        out[round] = EIGHT(SUM) + (uint64_t)(wide_sum / 65536);
    }
}

static void test_registers_are_preserved(void **state)
{
    enum { SIDES = 7 };
    uint64_t seed[SIDES], want[SIDES][50], check[50], mine = 1;
    pila_iter it[SIDES];
    double a = 1, b = 2, c = 3;
    long double x = 1.5L;

    (void)state;
    for (int k = 0; k < SIDES; k++) {
        seed[k] = (uint64_t)k * 977 + 1;
        mix_alone(seed[k], want[k]);
        it[k] = pila_generate(mixes, &seed[k], &pila_u64);
    }
    for (int round = 0; round < 50; round++)
        for (int k = 0; k < SIDES; k++) {
            const uint64_t *got = pila_next(&it[k], sizeof *got);
            CHECK(got && *got == want[k][round]);
            mine = mine * 31 + *got;
            a += 1;
            b += a;
            c += b;
            x += 1;
        }
    mix_alone(seed[0], check);
    CHECK_INT(memcmp(check, want[0], sizeof check), 0);
    CHECK(a == 351 && x == 351.5L && b == 2 + 350.0 * 353 / 2 && c > b && mine);
    for (int k = 0; k < SIDES; k++) {
        CHECK(!pila_next_item(&it[k]));
        CHECK_STATUS(it[k].status, PILA_END);
        pila_iter_drop(&it[k]);
    }
}

/* fegetround and fesetround, without a library for mathematics: 0 to 3, as the
 * processor numbers its modes; -1: none that is known. */
#if defined(__x86_64__)
static int rounding(void)
{
    uint32_t mxcsr;
    uint16_t x87;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    CHECK_INT(mxcsr >> 13 & 3, x87 >> 10 & 3);
    return (int)(mxcsr >> 13 & 3);
}

static void set_rounding(int mode)
{
    uint32_t mxcsr;
    uint16_t x87;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    mxcsr = (mxcsr & ~0x6000u) | (uint32_t)mode << 13;
    x87 = (uint16_t)((x87 & ~0x0c00u) | (uint32_t)mode << 10);
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    __asm__ volatile("fldcw %0" : : "m"(x87));
}
#elif defined(__aarch64__)
static int rounding(void)
{
    uint64_t fpcr;

    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return (int)(fpcr >> 22 & 3);
}

static void set_rounding(int mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)mode << 22));
}
#else
static int rounding(void) { return -1; }
static void set_rounding(int mode) { (void)mode; }
#endif

static pila_status rounds_in_its_way(pila_generator *g, void *ctx)
{
    int mode = rounding();
    pila_status st = pila_yield(g, &mode);

    (void)ctx;
    set_rounding(2);
    mode = 2;
    if (st == PILA_OK) st = pila_yield(g, &mode);
    mode = rounding();
    return st == PILA_OK ? pila_yield(g, &mode) : st;
}

static void test_a_rounding_mode_of_its_own(void **state)
{
    pila_generator_options o = {0, NULL, NULL, true};
    pila_iter it;

    (void)state;
    if (rounding() < 0 || under_valgrind()) skip(); /* which knows one mode */
    set_rounding(1);
    it = pila_generate_with(rounds_in_its_way, NULL, &pila_i32, &o);
    CHECK_INT(*(const int *)pila_next_item(&it), 1); /* its first caller's */
    set_rounding(3);
    CHECK_INT(*(const int *)pila_next_item(&it), 2);
    CHECK_INT(rounding(), 3);
    set_rounding(0);
    CHECK_INT(*(const int *)pila_next_item(&it), 2);
    CHECK_INT(rounding(), 0);
    pila_iter_drop(&it);
    CHECK_INT(rounding(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_cpython_does),
        cmocka_unit_test(test_a_planted_fault_is_seen),
        cmocka_unit_test(test_adaptors_and_sinks_take_it),
        cmocka_unit_test(test_items_are_lent_in_place),
        cmocka_unit_test(test_what_cannot_be_made),
        cmocka_unit_test(test_what_is_no_generator),
        cmocka_unit_test(test_reentry),
        cmocka_unit_test(test_reentry_after_a_yield),
        cmocka_unit_test(test_dropped_half_way),
        cmocka_unit_test(test_what_disobeys_is_lost),
        cmocka_unit_test(test_a_body_fails_at_k),
        cmocka_unit_test(test_yield_from_shows_windows_in_place),
        cmocka_unit_test(test_yield_from_anything),
        cmocka_unit_test(test_yield_from_the_rest),
        cmocka_unit_test(test_yield_from_depth_1e4),
        cmocka_unit_test(test_nested_depth_1e4),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_the_system_has_no_room),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_stacks_are_kept),
        cmocka_unit_test(test_overflow_is_a_fault),
        cmocka_unit_test(test_a_larger_stack_is_larger),
        cmocka_unit_test(test_registers_are_preserved),
        cmocka_unit_test(test_a_rounding_mode_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
