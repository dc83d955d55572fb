/* test_lru_cache.c - the promises of lru_cache.h; rows decided by CPython are in
 * lru_cache_rows.h. */
#include "check.h"
#include "hashed.h"
#include "kinds.h"
#include "logged.h"
#include "thing.h"

#include <inttypes.h>

#include <pila/collections/lru_cache.h>

PILA_LRU_CACHE(Longs, int64_t, int64_t)
PILA_LRU_CACHE(Names, pila_string, pila_string)

/* ---- rows ---- */

/* The function of a row, on keys and values of any of these types. */
typedef struct world {
    int mode;
    bool inside;
    int64_t count;
    pila_lru_cache cache;
} world;

static pila_status call(world *w, int64_t k, int64_t *value)
{
    const pila_type *kt = w->cache.types.first, *vt = w->cache.types.second;
    sample key, out;
    pila_status st = pila_lru_cache_call(&w->cache, sample_of(kt, k, &key), &out);

    if (st != PILA_OK) return st;
    *value = sample_value(vt, &out);
    pila_type_drop(vt, &out);
    return PILA_OK;
}

static pila_status answer(void *ctx, const void *key, void *out)
{
    world *w = ctx;
    int64_t k = sample_value(w->cache.types.first, key), value = 2 * k;
    pila_status st = PILA_OK;
    sample s;

    log_add("f%lld", (long long)k);
    if (w->mode == 1 && k % 7 == 3) return PILA_EVALUE;
    if (w->mode == 2 && k > 0) {
        st = call(w, k % 3 ? k - 1 : k / 3, &value);
        value++;
    }
    if (w->mode == 3 && !w->inside) {
        w->inside = true;
        st = call(w, k, &value);
        w->inside = false;
    }
    if (w->mode == 3) value = ++w->count;
    if (w->mode == 4 && k % 5 == 0) pila_lru_cache_clear(&w->cache);
    if (st != PILA_OK) return st;
    return pila_type_copy(w->cache.types.second, out,
                          sample_of(w->cache.types.second, value, &s));
}

typedef struct lru_row {
    int mode;
    size_t maxsize;
    const char *keys, *log;
    size_t hits, misses, currsize;
} lru_row;

static const lru_row rows[] = {
#include "lru_cache_rows.h"
};

static void run_row(const lru_row *r, const pila_type *kt, const pila_type *vt)
{
    world w = {.mode = r->mode};
    int64_t k, value;
    int used;

    check_alloc_start();
    log_text[0] = 0;
    CHECK_OK(pila_lru_cache_init(&w.cache, kt, vt, answer, &w, r->maxsize));
    for (const char *p = r->keys; sscanf(p, "%" SCNd64 "%n", &k, &used) == 1;
         p += used) {
        if (k < 0) {
            pila_lru_cache_clear(&w.cache);
            continue;
        }
        pila_status st = call(&w, k, &value);
        if (st == PILA_OK) log_add("=%lld", (long long)value);
        else log_add("!");
        CHECK(pila__dict_valid(&w.cache.base.dict, &w.cache.types));
        CHECK(pila_lru_cache_info(&w.cache).currsize <= r->maxsize);
    }
    if (strcmp(log_text, r->log) != 0)
        fail_msg("%s: got\n%s, want\n%s", r->keys, log_text, r->log);
    pila_lru_info info = pila_lru_cache_info(&w.cache);
    CHECK_INT(info.hits, r->hits);
    CHECK_INT(info.misses, r->misses);
    CHECK_INT(info.currsize, r->currsize);
    CHECK(info.maxsize == r->maxsize);
    pila_lru_cache_done(&w.cache);
    pila_lru_cache_done(&w.cache);
    check_alloc_stop();
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int k = 0; k < KEY_TYPES; k++)
            for (int v = 0; v < SAMPLE_TYPES; v++) {
                ROW(rows[i].keys);
                stage_clear();
                run_row(&rows[i], key_type_at((size_t)k), sample_type(v));
            }
    ROW(NULL);
}

/* ---- against a model: an array, the oldest first ---- */

static pila_status twice(void *ctx, const int64_t *key, int64_t *out)
{
    ++*(size_t *)ctx;
    *out = 2 * *key;
    return PILA_OK;
}

static bool random_run(size_t maxsize, size_t planted)
{
    check_rng rng = check_rng_start();
    int64_t model[64];
    size_t n = 0, calls = 0, misses = 0, hits = 0;
    Longs c = Longs_of(twice, &calls, maxsize);
    bool good = true;

    for (size_t step = 0; step < 30000 && good; step++) {
        int64_t key = (int64_t)check_rng_below(&rng, 2 * maxsize), value = 0;
        size_t at = 0;
        while (at < n && model[at] != key) at++;
        if (at < n) hits++;
        else misses++;
        if (at == n && n == maxsize) at = 0;
        if (at < n) memmove(model + at, model + at + 1, (n - at - 1) * sizeof *model);
        else n++;
        model[n - 1] = key;
        if (step == planted) model[0] = -1;
        good = Longs_call(&c, key, step % 5 ? &value : NULL) == PILA_OK;
        good = good && (step % 5 == 0 || value == 2 * key) && calls == misses;
        pila_lru_info info = Longs_info(&c);
        good = good && info.hits == hits && info.misses == misses && info.currsize == n;
        pila_iter keys = pila__dict_items(&c.base.dict, &Longs_types);
        size_t k = 0;
        PILA_FOR(Longs_item, item, &keys)
            good = good && k < n && item->key == model[k++];
        good = good && k == n && pila__dict_valid(&c.base.dict, &Longs_types);
    }
    Longs_done(&c);
    return good;
}

static void random_against_a_model(void **state)
{
    (void)state;
    assert_true(random_run(1, SIZE_MAX));
    assert_true(random_run(7, SIZE_MAX));
    assert_true(random_run(50, SIZE_MAX));
    assert_false(random_run(7, 3000)); /* the run sees a planted fault */
}

static void large_and_unlimited(void **state)
{
    size_t calls = 0;
    Longs c = Longs_of(twice, &calls, 5000),
          u = Longs_of(twice, &calls, PILA_UNLIMITED);
    int64_t value;

    (void)state;
    for (int64_t k = 0; k < 20000; k++) CHECK_OK(Longs_call(&c, k % 6000, &value));
    CHECK_INT(calls, 20000); /* a loop over more than fits never hits */
    CHECK_INT(Longs_info(&c).currsize, 5000);
    calls = 0;
    for (int64_t k = 0; k < 20000; k++) CHECK_OK(Longs_call(&u, k % 6000, &value));
    CHECK_INT(calls, 6000);
    CHECK_INT(Longs_info(&u).hits, 14000);
    Longs_clear(&u);
    CHECK_INT(Longs_info(&u).hits + Longs_info(&u).misses + Longs_info(&u).currsize, 0);
    CHECK_OK(Longs_call(&u, 3, &value));
    CHECK_INT(value, 6);
    Longs_done(&c);
    Longs_done(&u);
}

typedef struct fibs {
    Longs cache;
    size_t calls;
} fibs;

static pila_status fib(void *ctx, const int64_t *n, int64_t *out)
{
    fibs *f = ctx;
    int64_t a = 0, b = 0;
    pila_status st = PILA_OK;

    f->calls++;
    if (*n < 2) {
        *out = *n;
        return PILA_OK;
    }
    st = Longs_call(&f->cache, *n - 1, &a);
    if (st == PILA_OK) st = Longs_call(&f->cache, *n - 2, &b);
    if (st == PILA_OK) *out = a + b;
    return st;
}

static void re_entrant_fib(void **state)
{
    (void)state;
    for (size_t maxsize = 3; maxsize < 40; maxsize += 18) {
        fibs f = {.calls = 0};
        int64_t value = 0;
        f.cache = Longs_of(fib, &f, maxsize);
        CHECK_OK(Longs_call(&f.cache, 80, &value));
        CHECK(value == 23416728348467685);
        CHECK_INT(f.calls, 81);
        Longs_done(&f.cache);
    }
}

static pila_status shout(void *ctx, const pila_string *key, pila_string *out)
{
    char text[64];
    pila_str from = pila_string_view(key);

    (void)ctx;
    for (size_t k = 0; k < from.len; k++) text[k] = (char)(from.ptr[k] ^ 0x20);
    pila_str made = {text, from.len};
    return pila_string_init(out, made);
}

static void typed_text(void **state)
{
    Names c = Names_of(shout, NULL, 2);
    const char *words[] = {"spam", "eggs of some kind or other", "spam", "ham", "eggs"};
    pila_string out;

    (void)state;
    check_alloc_start();
    for (int k = 0; k < 5; k++) {
        CHECK_OK(Names_call(&c, pila_string_borrow(pila_cstr(words[k])), &out));
        CHECK(pila_string_view(&out).ptr[0] == (words[k][0] ^ 0x20));
        pila_string_done(&out);
    }
    CHECK_INT(Names_info(&c).hits, 1);
    CHECK_INT(Names_info(&c).currsize, 2);
    Names_clear(&c);
    Names_done(&c);
    check_alloc_stop();
}

/* ---- callbacks that fail, or meddle ---- */

static void fill(world *w, const pila_type *kt, const pila_type *vt, size_t n)
{
    int64_t value;

    CHECK_OK(pila_lru_cache_init(&w->cache, kt, vt, answer, w, n));
    for (size_t k = 0; k < n; k++) CHECK_OK(call(w, (int64_t)k, &value));
}

static void callbacks_that_fail(void **state)
{
    (void)state;
    for (int on = ON_COPY; on <= ON_HASH; on *= 2)
        for (int64_t key = 0; key < 4; key++)
            for (long fail = 1, failed = 1; failed; fail++) {
                world w = {.mode = 0};
                int64_t value = 0;
                stage_clear();
                check_alloc_start();
                log_text[0] = 0;
                fill(&w, &hashed_thing, &bulky_type, 3);
                size_t hits = pila_lru_cache_info(&w.cache).hits;
                stage.on = on & ~ON_DROP;
                stage.fail_at = fail;
                pila_status st = call(&w, key, &value);
                failed = stage.calls >= fail;
                stage_clear();
                CHECK_STATUS(st, failed ? THING_FAULT : PILA_OK);
                CHECK(!failed || pila_lru_cache_info(&w.cache).hits == hits);
                CHECK_INT(pila_lru_cache_info(&w.cache).currsize, 3);
                for (int64_t k = 1; k < 3; k++) CHECK_OK(call(&w, k, &value));
                CHECK_INT(pila_lru_cache_info(&w.cache).hits - hits,
                          failed || key > 2 ? 2 : 3);
                pila_lru_cache_done(&w.cache);
                check_alloc_stop();
            }
    pila_lru_cache c;
    pila_type huge = PILA_PLAIN_TYPE(char);
    huge.size = PTRDIFF_MAX;
    CHECK_STATUS(pila_lru_cache_init(&c, &pila_i64, &huge, answer, NULL, 1),
                 PILA_EOVERFLOW);
    CHECK(!pila_lru_cache_new(&pila_i64, &huge, answer, NULL, 1));
    world w = {.mode = 0};
    pila_type no_hash = thing_type;
    int64_t value;
    CHECK_OK(pila_lru_cache_init(&w.cache, &no_hash, &pila_i64, answer, &w, 1));
    CHECK_STATUS(call(&w, 1, &value), PILA_ETYPE);
}

static void meddle_clear(void *ctx) { pila_lru_cache_clear(&((world *)ctx)->cache); }

static void meddle_call(void *ctx)
{
    int64_t value;

    for (int64_t k = 0; k < 12; k++) (void)!call(ctx, k % 6, &value);
}

/* Any callback may use the cache, drops of what goes included: it is consistent then.
 */
static void callbacks_that_meddle(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++)
        for (int on = ON_COPY; on <= ON_HASH; on *= 2)
            for (size_t maxsize = 1; maxsize < 8; maxsize++)
                for (int64_t key = 0; key < 5; key += 4)
                    for (long at = 1; at < 12; at++) {
                        world w = {.mode = 0};
                        int64_t value = 0;
                        stage_clear();
                        check_alloc_start();
                        log_text[0] = 0;
                        fill(&w, at % 2 ? &hashed_thing : &hashed_bulky,
                             at % 3 ? &thing_type : &bulky_type,
                             maxsize == 7 ? 0 : maxsize);
                        stage.on = on;
                        stage.act = how ? meddle_clear : meddle_call;
                        stage.act_at = at;
                        stage.ctx = &w;
                        CHECK_OK(call(&w, key, &value));
                        CHECK_INT(value, 2 * key);
                        stage_clear();
                        CHECK(pila__dict_valid(&w.cache.base.dict, &w.cache.types));
                        CHECK(pila_lru_cache_info(&w.cache).currsize <= maxsize);
                        pila_lru_cache_done(&w.cache);
                        check_alloc_stop();
                    }
}

/* ---- without memory ---- */

typedef struct shape {
    const pila_type *key, *value;
    size_t maxsize;
} shape;

static pila_status scenario(void *ctx)
{
    const shape *sh = ctx;
    world w = {.mode = 0};
    int64_t value;
    pila_status st = PILA_OK;

    log_text[0] = 0;
    pila_lru_cache *c = pila_lru_cache_new(sh->key, sh->value, answer, &w, sh->maxsize);
    if (!c) return PILA_ENOMEM;
    CHECK_OK(
        pila_lru_cache_init(&w.cache, sh->key, sh->value, answer, &w, sh->maxsize));
    for (int64_t k = 0; k < 40 && st == PILA_OK; k++) {
        size_t had = pila_lru_cache_info(&w.cache).currsize;
        st = call(&w, k % 7 < 5 ? k % 5 : k, &value);
        CHECK(st == PILA_OK || pila_lru_cache_info(&w.cache).currsize == had);
        CHECK(pila__dict_valid(&w.cache.base.dict, &w.cache.types));
    }
    pila_lru_cache_done(&w.cache);
    pila_lru_cache_free(c);
    pila_lru_cache_free(NULL);
    return st;
}

static void without_memory(void **state)
{
    (void)state;
    stage_clear();
    for (size_t k = 0; k < KEY_TYPES; k++)
        for (int v = 0; v < SAMPLE_TYPES; v++)
            for (size_t maxsize = 0; maxsize < 8; maxsize += 4) {
                shape sh = {key_type_at(k), sample_type(v), maxsize};
                check_alloc_sweep(scenario, &sh);
                sh.maxsize = PILA_UNLIMITED;
                if (maxsize) check_alloc_sweep(scenario, &sh);
            }
}

/* Through the run-time face, keys of every kind. */
static pila_status kind_answer(void *ctx, const void *key, void *out)
{
    const pila_type *t = ctx;
    int64_t n = 0;

    while (!kind_is(t, key, (int)n)) n++;
    memcpy(out, &n, sizeof n);
    return PILA_OK;
}

static void every_kind(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        pila_lru_cache c;
        kind_item item;
        int64_t out = 0;
        CHECK_OK(pila_lru_cache_init(&c, kinds[k], &pila_i64, kind_answer,
                                     (void *)(uintptr_t)kinds[k], 10));
        for (int n = 0; n < 50; n++) {
            CHECK_OK(pila_lru_cache_call(&c, kind_of(kinds[k], n / 2, &item), &out));
            CHECK_INT(out, n / 2);
        }
        CHECK_INT(pila_lru_cache_info(&c).hits, 25);
        pila_lru_cache_done(&c);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(random_against_a_model),
        cmocka_unit_test(large_and_unlimited),
        cmocka_unit_test(re_entrant_fib),
        cmocka_unit_test(typed_text),
        cmocka_unit_test(callbacks_that_fail),
        cmocka_unit_test(callbacks_that_meddle),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(every_kind),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
