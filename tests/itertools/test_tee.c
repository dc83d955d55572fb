/* test_tee.c - items more than once: rows made by CPython over items of four kinds,
 * the cap, faults and changes below, branches dropped in any order. */
#include "feeds.h"

#include <pila/itertools/sources.h>
#include <pila/itertools/tee.h>
#include <pila/itertools/zip.h>

/* ---- rows ---- */

typedef enum op_id { TEE, PARTITION, CYCLE, PREPEND, NCYCLES } op_id;

#include "tee_rows.h"

static struct {
    char text[1 << 14];
    size_t used;
} said;

static void say(const char *text, const feed *counted)
{
    said.used += (size_t)snprintf(said.text + said.used, sizeof said.text - said.used,
                                  "%s%s", said.used ? " " : "", text);
    if (counted)
        said.used +=
            (size_t)snprintf(said.text + said.used, sizeof said.text - said.used,
                             "@%zu", counted->at);
}

static void say_next(pila_iter *it, const feed *counted)
{
    const void *item = pila_next_item(it);
    char text[32];

    if (item) snprintf(text, sizeof text, "%lld", (long long)number(it->type, item));
    say(item                     ? text
        : it->status == PILA_END ? "END"
                                 : pila_status_name(it->status),
        counted);
}

static void run_tee(pila_iter src, const char *script, const feed *f)
{
    pila_iter branch[10];
    size_t n = 2;

    pila_tee(src, 2, 0, branch);
    for (; *script; script++) {
        bool copies = *script < 'a';
        size_t k = (size_t)(*script - (copies ? 'A' : 'a'));
        if (copies) {
            branch[n++] = pila_tee_copy(&branch[k]);
            say("copy", f);
        } else say_next(&branch[k], f);
    }
    for (size_t k = 0; k < n; k++) pila_iter_drop(&branch[(k * 7 + 3) % n]);
    for (size_t k = 0; k < n; k++) pila_iter_drop(&branch[k]);
}

PILA_PREDICATE(even, int64_t, x, x % 2 == 0)

static pila_status even_fn(void *ctx, const void *item, bool *keep)
{
    *keep = number(ctx, item) % 2 == 0;
    return PILA_OK;
}

static void run_partition(pila_iter src, const char *script, const feed *f)
{
    pila_iter out[2];

    if (src.type == &pila_i64 && !f) pila_partition(src, even, out);
    else
        pila_partition_fn(src, even_fn, (void *)(uintptr_t)(const void *)src.type, out);
    for (; *script; script++) say_next(&out[*script == 't'], f);
    pila_iter_drop(&out[0]);
    pila_iter_drop(&out[1]);
}

static void run_again(const struct tee_row *r, pila_iter src, const feed *f)
{
    int64_t n = (int64_t)r->n;
    boxed box = {&n};
    char digit[2] = {(char)('0' + n), '\0'};
    pila_str text = pila_cstr(digit);
    pila_string owned = pila_string_borrow(text);
    const void *items[] = {&n, &text, &owned, &box};
    pila_iter it = r->op == CYCLE     ? pila_cycle(src)
                   : r->op == NCYCLES ? pila_ncycles(src, r->n)
                                      : pila_prepend(items[f->face], src.type, src);

    for (int k = 0; k < 20; k++) say_next(&it, f->window == 1 ? f : NULL);
    pila_iter_drop(&it);
}

static void test_rows(void **state)
{
    (void)state;
    for (const struct tee_row *r = tee_rows; r < tee_rows + COUNT_OF(tee_rows); r++) {
        ROW(r->steps);
        for (face_id face = INT; face < FACES; face++) {
            for (size_t window = 1; window < 9; window += 3) {
                feed f = feed_of(face, r->items, r->count, window);
                check_alloc_start();
                said.used = 0;
                said.text[0] = '\0';
                const feed *counted = window == 1 ? &f : NULL;
                if (r->op == TEE) run_tee(feed_iter(&f), r->script, counted);
                else if (r->op == PARTITION)
                    run_partition(feed_iter(&f), r->script, counted);
                else run_again(r, feed_iter(&f), &f);
                assert_string_equal(said.text,
                                    window == 1 ? r->steps : uncounted(r->steps));
                CHECK_INT(f.drops, 1);
                check_alloc_stop();
            }
        }
    }
    CHECK_INT(boxes.live, 0);
    ROW(NULL);
}

static const int64_t ten[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static pila_status drained(pila_iter *it, int *n)
{
    for (*n = 0; pila_next_item(it); ++*n) {}
    CHECK(!pila_next_item(it));
    return it->status;
}

/* ---- the cap ---- */

static void test_tee_lag_cap(void **state)
{
    (void)state;
    for (face_id face = INT; face < FACES; face++) {
        for (size_t window = 1; window <= 16; window += 5) {
            for (size_t cap = 1; cap < 12; cap++) {
                feed f = feed_of(face, ten, 10, window);
                pila_iter b[3];
                int n;
                pila_tee(feed_iter(&f), 3, cap, b);
                pila_iter_drop(&b[2]);
                CHECK_STATUS(drained(&b[0], &n), cap <= 10 ? PILA_ELIMIT : PILA_END);
                CHECK_INT(n, cap < 10 ? cap : 10);
                CHECK_STATUS(drained(&b[1], &n), PILA_END); /* nobody lags now */
                CHECK_INT(n, 10);
                pila_iter_drop(&b[0]);
                pila_iter_drop(&b[1]);
                CHECK_INT(f.drops, 1);
            }
        }
    }
}

static void test_in_step_a_cap_of_one_is_enough(void **state)
{
    (void)state;
    for (face_id face = INT; face < FACES; face++) {
        feed f = feed_of(face, ten, 10, 4);
        pila_iter b[3];
        pila_tee(feed_iter(&f), 3, 1, b);
        for (int k = 0; k < 11; k++)
            for (int j = 0; j < 3; j++) {
                const void *item = pila_next_item(&b[(j + k) % 3]);
                CHECK(k == 10 ? !item : number(b[0].type, item) == k);
            }
        for (int j = 0; j < 3; j++) {
            CHECK_STATUS(b[j].status, PILA_END);
            pila_iter_drop(&b[j]);
        }
    }
}

/* When the one that lags is gone the others go on, but not who has been stopped. */
static void test_a_limit_is_for_who_led(void **state)
{
    feed f = feed_of(INT, ten, 10, 1);
    pila_iter b[3];
    int n;

    (void)state;
    pila_tee(feed_iter(&f), 3, 4, b);
    CHECK_STATUS(drained(&b[0], &n), PILA_ELIMIT);
    CHECK_INT(n, 4);
    pila_iter_drop(&b[0]);
    CHECK(pila_next_item(&b[1]) && pila_next_item(&b[1]));
    pila_iter copy = pila_tee_copy(&b[1]);
    pila_iter_drop(&b[2]);
    CHECK_STATUS(drained(&b[1], &n), PILA_ELIMIT);
    CHECK_INT(n, 4); /* as many as the copy has not been given */
    pila_iter_drop(&b[1]);
    CHECK_STATUS(drained(&copy, &n), PILA_END);
    CHECK_INT(n, 8);
    pila_iter_drop(&copy);
    CHECK_INT(f.drops, 1);
}

/* ---- faults, changes, re-entry ---- */

static void test_a_fault_comes_to_all_at_the_same_place(void **state)
{
    (void)state;
    for (face_id face = INT; face < FACES; face++) {
        for (size_t at = 1; at < 6; at++) {
            feed f = feed_of(face, ten, 10, 2);
            pila_iter b[3];
            int n;
            f.fail_at = at;
            f.fault = PILA_EIO;
            pila_tee(feed_iter(&f), 3, 0, b);
            for (int k = 0; k < 3; k++) {
                CHECK_STATUS(drained(&b[k], &n), PILA_EIO);
                CHECK_INT(n, 2 * (at - 1));
                CHECK_STATUS(pila_tee_copy(&b[k]).status, PILA_EIO);
                CHECK_INT(f.refills, at); /* not asked again */
            }
            for (int k = 0; k < 3; k++) pila_iter_drop(&b[(k + (int)at) % 3]);
            f = feed_of(face, ten, 10, 2);
            f.fail_at = at;
            f.fault = PILA_EIO;
            pila_iter it = pila_cycle(feed_iter(&f));
            CHECK_STATUS(drained(&it, &n), PILA_EIO);
            CHECK_INT(n, 2 * (at - 1));
            pila_iter_drop(&it);
            f = feed_of(face, ten, 10, 2);
            f.fail_at = at;
            f.fault = PILA_EIO;
            it = pila_ncycles(feed_iter(&f), 3);
            CHECK_STATUS(it.status, PILA_EIO);
            CHECK_INT(f.drops, 1);
        }
    }
    CHECK_INT(boxes.live, 0);
}

static void test_mutate_while_iter(void **state)
{
    (void)state;
    for (size_t window = 1; window < 16; window += 4) {
        feed f = feed_of(INT, ten, 10, window);
        pila_iter b[3];
        int n;
        pila_tee(feed_iter(&f), 3, 0, b);
        CHECK(pila_next_item(&b[0]) && pila_next_item(&b[0]) && pila_next_item(&b[0]));
        CHECK(pila_next_item(&b[1])); /* from the buffer */
        size_t waiting = f.at;
        f.version++;
        CHECK_STATUS(drained(&b[0], &n), PILA_EMUTATED); /* it led */
        CHECK_INT(n, 0);
        CHECK_STATUS(drained(&b[1], &n), PILA_EMUTATED);
        CHECK_INT(n, waiting - 1);
        CHECK_STATUS(drained(&b[2], &n), PILA_EMUTATED);
        CHECK_INT(n, waiting);
        for (int k = 0; k < 3; k++) pila_iter_drop(&b[k]);
        f = feed_of(INT, ten, 10, window);
        pila_iter it = pila_cycle(feed_iter(&f));
        CHECK(pila_next_item(&it));
        f.version++;
        CHECK_STATUS(drained(&it, &n), PILA_EMUTATED);
        CHECK_INT(n, 0);
        pila_iter_drop(&it);
        f = feed_of(INT, ten, 10, window);
        it = pila_cycle(feed_iter(&f));
        for (int k = 0; k < 11; k++) pila_next_item(&it);
        f.version++; /* it has its own by now */
        CHECK_INT(*(const int64_t *)pila_next_item(&it), 1);
        pila_iter_drop(&it);
        CHECK_INT(f.drops, 1);
    }
}

typedef struct reenter {
    pila_iter *it;
    bool drops;
    int64_t got;
} reenter;

static void pull(void *ctx)
{
    reenter *r = ctx;

    if (r->drops) {
        pila_iter_drop(r->it);
        return;
    }
    const void *item = pila_next_item(r->it);
    r->got = item ? number(r->it->type, item) : -1;
}

/* Ten items in windows of two; at that call the source does what r says. */
static feed hooked(face_id face, reenter *r, size_t at)
{
    feed f = feed_of(face, ten, 10, 2);

    f.hook = pull;
    f.hook_ctx = r;
    f.hook_at = at;
    return f;
}

static void all_dropped(pila_iter *b, size_t n)
{
    for (size_t k = 0; k < n; k++) pila_iter_drop(&b[k]);
}

static void reenter_a_tee(face_id face)
{
    pila_iter b[3];
    int n;
    reenter r = {&b[0], false, 0}; /* from the one that asks */
    feed f = hooked(face, &r, 3);

    pila_tee(feed_iter(&f), 3, 0, b);
    CHECK_STATUS(drained(&b[0], &n), PILA_EVALUE);
    CHECK_INT(n, 4);
    CHECK_INT(r.got, -1);
    CHECK_STATUS(drained(&b[1], &n), PILA_END); /* nothing is lost for others */
    CHECK_INT(n, 10);
    all_dropped(b, 3);
    r.it = &b[2]; /* from one that lags: what waits is there */
    f = hooked(face, &r, 3);
    pila_tee(feed_iter(&f), 3, 0, b);
    CHECK_STATUS(drained(&b[0], &n), PILA_END);
    CHECK_INT(n, 10);
    CHECK_INT(r.got, 0);
    all_dropped(b, 3);
    r.it = &b[1]; /* from another at the same place */
    f = hooked(face, &r, 1);
    pila_tee(feed_iter(&f), 3, 0, b);
    CHECK_STATUS(drained(&b[0], &n), PILA_END);
    CHECK_INT(n, 10);
    CHECK_STATUS(b[1].status, PILA_EVALUE);
    all_dropped(b, 3);
}

static void test_tee_reenter(void **state)
{
    pila_iter b[2], it;
    int n;

    (void)state;
    for (face_id face = INT; face < FACES; face++) {
        reenter r = {&b[1], true, 0}; /* the other is dropped by the source */
        feed f = hooked(face, &r, 2);
        reenter_a_tee(face);
        pila_tee(feed_iter(&f), 2, 0, b);
        CHECK_STATUS(drained(&b[0], &n), PILA_END);
        CHECK_INT(n, 10);
        pila_iter_drop(&b[0]);
        CHECK_INT(f.drops, 1);
    }
    reenter r = {&it, false, 0};
    feed f = hooked(INT, &r, 2);
    it = pila_cycle(feed_iter(&f));
    CHECK_STATUS(drained(&it, &n), PILA_EVALUE);
    CHECK_INT(n, 2);
    pila_iter_drop(&it);
    CHECK_INT(boxes.live, 0);
}

static void once(void *ctx)
{
    boxes.in_drop = boxes.in_copy = NULL;
    pull(ctx);
}

/* Copies of items, and their drops, run what they like. */
static void test_reenter_from_drop(void **state)
{
    (void)state;
    for (int drops = 0; drops < 2; drops++) {
        for (int which = 0; which < 2; which++) {
            static int64_t many[1000];
            feed f = feed_of(BOXED, many, 1000, 4);
            pila_iter b[2];
            int n;
            reenter r = {&b[which], drops, 0};
            f.quiet = true;
            pila_tee(feed_iter(&f), 2, 0, b);
            for (int k = 0; k < 510; k++) pila_next_item(&b[0]);
            for (int k = 0; k < 300; k++) pila_next_item(&b[1]);
            boxes.ctx = &r;
            if (which) boxes.in_copy = once; /* b[1] has things to read, b[0] asks */
            else boxes.in_drop = once;       /* b[1] leaves a chunk, b[0] asks */
            CHECK(pila_next_item(&b[0]));
            drained(&b[which ? 0 : 1], &n);
            boxes.in_drop = boxes.in_copy = NULL;
            pila_iter_drop(&b[0]);
            pila_iter_drop(&b[1]);
            CHECK_INT(f.drops, 1);
            CHECK_INT(boxes.live, 0);
        }
    }
    static int64_t many[600]; /* the very branch that leaves a chunk */
    feed f = feed_of(BOXED, many, 600, 4);
    pila_iter b[1];
    int n;
    reenter r = {&b[0], false, 0};
    f.quiet = true;
    pila_tee(feed_iter(&f), 1, 0, b);
    boxes.ctx = &r;
    boxes.in_drop = once;
    CHECK_STATUS(drained(&b[0], &n), PILA_EVALUE);
    CHECK_INT(n, 512);
    boxes.in_drop = NULL;
    pila_iter_drop(&b[0]);
    CHECK_INT(boxes.live, 0);
}

static void test_copies_fail_at_k(void **state)
{
    (void)state;
    for (long k = 1; k <= 11; k++) {
        for (int which = 0; which < 3; which++) {
            feed f = feed_of(BOXED, ten, 10, 3);
            pila_iter b[2], it;
            int n;
            boxes.copies = 0;
            boxes.copy_fails = k;
            pila_status want = k <= 10 ? PILA_EUSER : PILA_END;
            if (which == 0) {
                pila_tee(feed_iter(&f), 2, 0, b);
                for (int j = 0; j < 2; j++) {
                    CHECK_STATUS(drained(&b[j], &n), want);
                    CHECK_INT(n, k <= 10 ? (k - 1) / 3 * 3 : 10);
                }
                pila_iter_drop(&b[0]);
                pila_iter_drop(&b[1]);
            } else if (which == 1 && k <= 10) {
                it = pila_cycle(feed_iter(&f));
                CHECK_STATUS(drained(&it, &n), want);
                pila_iter_drop(&it);
            } else if (which == 2) {
                it = pila_ncycles(feed_iter(&f), 1);
                CHECK_STATUS(it.status, k <= 10 ? want : PILA_OK);
                pila_iter_drop(&it);
            }
            boxes.copy_fails = 0;
            CHECK_INT(boxes.live, 0);
        }
    }
}

/* ---- branches ---- */

static void test_a_copy_is_where_the_branch_is(void **state)
{
    (void)state;
    for (face_id face = INT; face < FACES; face++) {
        for (size_t window = 1; window < 16; window += 4) {
            for (int at = 0; at <= 10; at++) {
                feed f = feed_of(face, ten, 10, window);
                pila_iter b;
                pila_tee(feed_iter(&f), 1, 0, &b);
                for (int k = 0; k < at; k++) pila_next_item(&b);
                pila_iter c = pila_tee_copy(&b);
                CHECK(c.cur == c.end);
                for (int k = at; k < 10; k++) {
                    CHECK_INT(number(b.type, pila_next_item(&c)), k);
                    CHECK_INT(number(b.type, pila_next_item(&b)), k);
                }
                CHECK(!pila_next_item(&b) && !pila_next_item(&c));
                pila_iter_drop(&b);
                pila_iter_drop(&c);
                CHECK_INT(f.drops, 1);
            }
        }
    }
    CHECK_INT(boxes.live, 0);
}

/* tee of a tee: branches of the same buffer, from where it was. */
static void test_tee_of_a_branch(void **state)
{
    feed f = feed_of(VIEW, ten, 10, 4);
    pila_iter b[2], c[2];
    int n;

    (void)state;
    pila_tee(feed_iter(&f), 2, 0, b);
    CHECK(pila_next_item(&b[0]));
    pila_tee(b[0], 2, 0, c);
    CHECK(c[0].cur == c[0].end);
    CHECK_STATUS(drained(&c[0], &n), PILA_END);
    CHECK_INT(n, 9);
    CHECK_STATUS(drained(&c[1], &n), PILA_END);
    CHECK_INT(n, 9);
    CHECK_STATUS(drained(&b[1], &n), PILA_END);
    CHECK_INT(n, 10);
    pila_iter_drop(&c[0]);
    pila_iter_drop(&b[1]);
    CHECK_INT(f.drops, 0);
    pila_iter_drop(&c[1]);
    CHECK_INT(f.drops, 1);
}

/* What all have passed is freed: memory is that of the lag, not of the length. */
static void test_memory_is_the_lag(void **state)
{
    pila_iter b[2];
    long most = 0;

    (void)state;
    check_alloc_start();
    pila_tee(pila_range(0, 1000000, 1), 2, 0, b);
    for (int64_t k = 0; k < 1000000; k++) {
        CHECK_INT(*(const int64_t *)pila_next_item(&b[0]), k);
        CHECK_INT(*(const int64_t *)pila_next_item(&b[1]), k);
        if (check_alloc_live() > most) most = check_alloc_live();
    }
    CHECK(most <= 8);
    pila_iter_drop(&b[0]);
    pila_iter_drop(&b[1]);
    check_alloc_stop();
}

/* Two hundred thousand chunks, as pairs with text have one each, are dropped in a loop.
 */
static void test_a_long_buffer_is_dropped(void **state)
{
    static int64_t many[200000];
    feed f = feed_of(VIEW, many, 200000, 1);
    pila_iter b[2];
    int n;

    (void)state;
    pila_tee(pila_enumerate(feed_iter(&f), 0), 2, 0, b);
    CHECK_STATUS(drained(&b[0], &n), PILA_END);
    pila_iter_drop(&b[0]);
    pila_iter_drop(&b[1]);
    CHECK_INT(f.drops, 1);
}

/* Lines of all lengths, and so many that large chunks hold them. */
static void test_a_long_lag_of_lines(void **state)
{
    enum { LINES = 300000, LONGEST = 300 };
    char *text = malloc(LONGEST);
    pila_str *lines = malloc(LINES * sizeof *lines);
    pila_iter b[2];
    const pila_str *s;

    (void)state;
    CHECK(text && lines);
    for (int k = 0; k < LONGEST; k++) text[k] = (char)('a' + k % 26);
    for (int k = 0; k < LINES; k++) {
        size_t len = (size_t)(k % 1000 ? k % 40 : LONGEST - 30);
        lines[k] = pila_str_of(text + k % 26, len);
    }
    pila_tee(pila_span(lines, LINES, &pila_view), 2, 0, b);
    for (int twice = 0; twice < 2; twice++) {
        int n = 0;
        while ((s = (const pila_str *)pila_next(&b[twice], sizeof *s))) {
            CHECK(s->ptr != lines[n].ptr && pila_str_eq(*s, lines[n]));
            n++;
        }
        CHECK_INT(n, LINES);
        pila_iter_drop(&b[twice]);
    }
    free(lines);
    free(text);
}

static void test_chain_depth_1e6(void **state)
{
    pila_iter it = pila_range(0, 3, 1), b[1];
    int n = 0;

    (void)state;
    for (int k = 0; k < 1000000; k++) {
        if (k % 2) it = pila_cycle(it);
        else {
            it = pila_islice(it, 0, 3, 1);
            pila_tee(it, 1, 0, b);
            it = b[0];
        }
        if (it.status != PILA_OK) break;
        n++;
    }
    CHECK_INT(n, 1000000);
    pila_iter_drop(&it);
}

/* ---- the rest ---- */

static void test_faults_of_constructors(void **state)
{
    pila_iter b[3], it;
    int64_t one = 1;
    feed f = feed_of(INT, ten, 10, 4);

    (void)state;
    pila_tee(feed_iter(&f), 0, 0, b);
    CHECK_INT(f.drops, 1);
    pila_tee(pila_failed(PILA_EIO), 3, 0, b);
    for (int k = 0; k < 3; k++) CHECK_STATUS(b[k].status, PILA_EIO);
    pila_tee(pila_failed(PILA_END), 1, 0, b);
    CHECK_STATUS(b[0].status, PILA_END);
    CHECK_STATUS(pila_tee_copy(&b[0]).status, PILA_END);
    it = pila_span(ten, 3, &pila_i64);
    CHECK_STATUS(pila_tee_copy(&it).status, PILA_ETYPE);
    CHECK_STATUS(pila_cycle(pila_failed(PILA_EIO)).status, PILA_EIO);
    CHECK_STATUS(pila_ncycles(pila_failed(PILA_EIO), 2).status, PILA_EIO);
    f = feed_of(VIEW, ten, 10, 4);
    pila_partition(feed_iter(&f), even, b);
    CHECK(b[0].status == PILA_ETYPE && b[1].status == PILA_ETYPE);
    CHECK_INT(f.drops, 1);
    it = pila_prepend(&one, &pila_i64, pila_failed(PILA_END));
    CHECK_INT(*(const int64_t *)pila_next_item(&it), 1);
    CHECK(!pila_next_item(&it) && it.status == PILA_END);
    pila_iter_drop(&it);
    f = feed_of(VIEW, ten, 10, 4);
    it = pila_prepend(&one, &pila_i64, feed_iter(&f));
    CHECK_STATUS(it.status, PILA_ETYPE);
}

static void test_hints(void **state)
{
    feed f = feed_of(INT, ten, 10, 4);
    pila_iter b[2];

    (void)state;
    pila_tee(feed_iter(&f), 2, 0, b);
    CHECK_INT(pila_iter_length_hint(&b[0]), 10);
    for (int k = 0; k < 5; k++) {
        pila_next_item(&b[0]);
        CHECK_INT(pila_iter_length_hint(&b[0]), 9 - k);
    }
    CHECK_INT(pila_iter_length_hint(&b[1]), 10);
    f.n = SIZE_MAX;
    f.at = 0;
    CHECK(pila_iter_length_hint(&b[1]) == SIZE_MAX);
    pila_iter_drop(&b[0]);
    pila_iter_drop(&b[1]);
}

typedef struct over {
    _Alignas(64) int64_t x;
} over;

typedef struct huge {
    int64_t x[1000];
} huge;

static void test_large_and_over_aligned_items(void **state)
{
    static over v[100];
    static huge h[3];
    static const pila_type type = PILA_PLAIN_TYPE(over), large = PILA_PLAIN_TYPE(huge);
    pila_iter b[2];
    int64_t n = 0;

    (void)state;
    for (int k = 0; k < 100; k++) v[k].x = k;
    for (int k = 0; k < 3; k++) h[k].x[999] = k;
    pila_tee(pila_span(v, 100, &type), 2, 0, b);
    for (int k = 0; k < 2; k++) {
        n = 0;
        PILA_FOR(over, x, &b[k]) CHECK((uintptr_t)x % 64 == 0 && x->x == n++);
        CHECK_INT(n, 100);
        pila_iter_drop(&b[k]);
    }
    pila_iter it = pila_ncycles(pila_span(h, 3, &large), 2);
    n = 0;
    PILA_FOR(huge, x, &it) CHECK(x->x[999] == n++ % 3);
    CHECK_INT(n, 6);
    pila_iter_drop(&it);
}

/* The source owns the type of its rows: what repeats them keeps it. */
static void test_again_rows_of_a_zip(void **state)
{
    static const int64_t a[] = {1, 2, 3};
    size_t n = 0;

    (void)state;
    for (int times = 0; times < 2; times++) {
        pila_iter pairs = pila_zip2(pila_span(a, 3, &pila_i64), pila_count(10, 10));
        pila_iter it = times ? pila_ncycles(pairs, 4) : pila_cycle(pairs);
        for (n = 0; n < 12; n++) {
            const char *row = pila_next_item(&it);
            const pila_type *type;
            CHECK(row);
            const pila_tuple *t = pila_tuple_of(it.type);
            CHECK_INT(number(t->member[0].type, row), (int64_t)(n % 3) + 1);
            row = pila_tuple_at(t, row, 1, &type);
            CHECK_INT(number(type, row), (int64_t)(n % 3) * 10 + 10);
        }
        CHECK(times == 0 || !pila_next_item(&it));
        pila_iter_drop(&it);
    }
}

/* ---- allocations ---- */

static pila_status sweep_tee(void *ctx)
{
    feed f = feed_of(*(face_id *)ctx, ten, 10, 3);
    pila_iter b[4];
    pila_status st = PILA_OK;
    int n;

    pila_tee(feed_iter(&f), 3, 0, b);
    pila_next_item(&b[0]);
    b[3] = pila_tee_copy(&b[0]);
    for (int k = 0; k < 4; k++) {
        drained(&b[k], &n);
        if (b[k].status != PILA_END) st = b[k].status;
    }
    for (int k = 0; k < 4; k++) pila_iter_drop(&b[k]);
    CHECK_INT(f.drops, 1);
    return st;
}

static pila_status sweep_rest(void *ctx)
{
    feed f = feed_of(*(face_id *)ctx, ten, 10, 3), g = f, h = f;
    pila_iter it = pila_cycle(feed_iter(&f)), b[2];
    pila_status st = PILA_OK, first;
    int n;

    for (n = 0; n < 25 && pila_next_item(&it); n++) {}
    if (n < 25) st = it.status;
    pila_iter_drop(&it);
    it = pila_ncycles(feed_iter(&g), 2);
    if (drained(&it, &n) != PILA_END) st = it.status;
    pila_iter_drop(&it);
    pila_partition_fn(feed_iter(&h), even_fn,
                      (void *)(uintptr_t)(const void *)face_types[h.face], b);
    first = b[0].status;
    if (first != PILA_OK) CHECK_STATUS(b[1].status, first);
    for (int k = 0; k < 2; k++) {
        if (drained(&b[k], &n) != PILA_END) st = b[k].status;
        pila_iter_drop(&b[k]);
    }
    CHECK(f.drops == 1 && g.drops == 1 && h.drops == 1);
    return st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    for (face_id face = INT; face < FACES; face++) {
        check_alloc_sweep(sweep_tee, &face);
        check_alloc_sweep(sweep_rest, &face);
    }
    CHECK_INT(boxes.live, 0);
}

/* ---- a random run against a model: branches are indices ---- */

enum { BRANCHES = 6 };

static bool random_run(check_rng *r, bool planted)
{
    static int64_t v[3000];
    feed f = feed_of((face_id)check_rng_below(r, FACES), v, check_rng_below(r, 3000),
                     1 + check_rng_below(r, FEED_MOST));
    pila_iter b[BRANCHES];
    size_t at[BRANCHES] = {0}, live = 2;
    bool good = true;

    for (int k = 0; k < 3000; k++) v[k] = k;
    pila_tee(feed_iter(&f), 2, 0, b);
    for (int turn = 0; turn < 400 && good && live; turn++) {
        size_t k = check_rng_below(r, live), steps = check_rng_below(r, 40);
        switch (check_rng_below(r, 12)) {
        case 0:
            if (live == BRANCHES) break;
            b[live] = pila_tee_copy(&b[k]);
            at[live++] = at[k];
            break;
        case 1:
            if (check_rng_below(r, 3)) break;
            pila_iter_drop(&b[k]);
            b[k] = b[--live];
            at[k] = at[live];
            break;
        default:
            if (planted && turn == 200) at[k]++;
            for (; steps && good; steps--) {
                const void *item = pila_next_item(&b[k]);
                good = item ? at[k] < f.n && number(b[k].type, item) == v[at[k]++]
                            : at[k] == f.n && b[k].status == PILA_END;
            }
        }
    }
    while (live) pila_iter_drop(&b[--live]);
    return good && f.drops == 1;
}

static void test_random_run(void **state)
{
    check_rng r = check_rng_start();
    int caught = 0;

    (void)state;
    for (int turn = 0; turn < 1000; turn++) CHECK(random_run(&r, false));
    for (int turn = 0; turn < 100; turn++) caught += !random_run(&r, true);
    CHECK(caught > 30); /* the planted fault */
    CHECK_INT(boxes.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_tee_lag_cap),
        cmocka_unit_test(test_in_step_a_cap_of_one_is_enough),
        cmocka_unit_test(test_a_limit_is_for_who_led),
        cmocka_unit_test(test_a_fault_comes_to_all_at_the_same_place),
        cmocka_unit_test(test_mutate_while_iter),
        cmocka_unit_test(test_tee_reenter),
        cmocka_unit_test(test_reenter_from_drop),
        cmocka_unit_test(test_copies_fail_at_k),
        cmocka_unit_test(test_a_copy_is_where_the_branch_is),
        cmocka_unit_test(test_tee_of_a_branch),
        cmocka_unit_test(test_memory_is_the_lag),
        cmocka_unit_test(test_a_long_buffer_is_dropped),
        cmocka_unit_test(test_a_long_lag_of_lines),
        cmocka_unit_test(test_chain_depth_1e6),
        cmocka_unit_test(test_faults_of_constructors),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_large_and_over_aligned_items),
        cmocka_unit_test(test_again_rows_of_a_zip),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_random_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
