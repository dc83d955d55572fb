/* bench_value.c - values built, looked up, compared, shown and copied, against CPython.
 *
 * The value is a list of records as dicts, as a JSON file of a service would give it.
 * Both sides build it from the same numbers; CPython's str and int keys are interned or
 * cached, pila's lie in the document. Freeing is part of building and copying.
 */
#include "../bench.h"

#include <pila/serial/value.h>

#include <stdio.h>
#include <stdlib.h>

/* A str of CPython knows its hash, and its dict that of each key. */
static const bench_bar as_fast[] = {{"pila", BENCH_AT_MOST, 1.0, "CPython"}};
static const bench_bar fast[] = {{"pila", BENCH_FASTER, 2.0, "CPython"}};
static const bench_bar faster[] = {{"pila", BENCH_FASTER, 3.0, "CPython"}};
static const bench_bar copies[] = {{"pila", BENCH_FASTER, 8.0, "CPython"}};

typedef struct work {
    size_t n;
    pila_doc doc, other, third;
    pila_value list, same, index;
    pila_value *names, *others; /* equal, and not the same */
} work;

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("%s", pila_status_text(st));
}

static pila_value text(pila_doc *doc, const char *form, size_t k)
{
    char room[32];
    pila_value v;
    int len = snprintf(room, sizeof room, form, k);

    must(pila_value_str(doc, pila_str_of(room, (size_t)len), &v));
    return v;
}

static pila_value key(const char *name) { return pila_value_str_of(pila_cstr(name)); }

/* {"id": k, "name": "userK", "score": k / 4, "tags": ["aK", "b"], "ok": True} */
static pila_value record(pila_doc *doc, size_t k)
{
    pila_value v, tags[2] = {text(doc, "a%zu", k % 100), key("b")}, list;

    must(pila_value_dict(doc, 5, &v));
    must(pila_value_setitem(doc, v, key("id"), pila_value_int((int64_t)k)));
    must(pila_value_setitem(doc, v, key("name"), text(doc, "user%zu", k)));
    must(pila_value_setitem(doc, v, key("score"), pila_value_float((double)k / 4)));
    must(pila_value_list(doc, tags, 2, &list));
    must(pila_value_setitem(doc, v, key("tags"), list));
    must(pila_value_setitem(doc, v, key("ok"), pila_value_bool(true)));
    return v;
}

static pila_value records(pila_doc *doc, size_t n)
{
    pila_value list;

    must(pila_value_list(doc, NULL, 0, &list));
    for (size_t k = 0; k < n; k++) must(pila_value_append(doc, list, record(doc, k)));
    return list;
}

/* ---- the work ---- */

static uint64_t build(void *ctx)
{
    work *w = (work *)ctx;
    size_t len = 0;

    pila_doc_clear(&w->third);
    must(pila_value_len(records(&w->third, w->n), &len));
    return len;
}

static uint64_t equal(void *ctx)
{
    work *w = (work *)ctx;
    bool out = false;

    must(pila_value_eq(w->list, w->same, &out));
    return out;
}

static uint64_t show(void *ctx)
{
    work *w = (work *)ctx;
    pila_buf out = {0};
    size_t len;

    must(pila_value_repr(w->list, &out));
    len = out.len;
    pila_buf_done(&out);
    return len;
}

static uint64_t copy(void *ctx)
{
    work *w = (work *)ctx;
    pila_value v;
    size_t len = 0;

    pila_doc_clear(&w->third);
    must(pila_value_copy(&w->third, w->list, &v));
    must(pila_value_len(v, &len));
    return len;
}

/* {name: k}. */
static uint64_t fill(void *ctx)
{
    work *w = (work *)ctx;
    size_t len = 0;

    pila_doc_clear(&w->third);
    must(pila_value_dict(&w->third, 0, &w->index));
    for (size_t k = 0; k < w->n; k++)
        must(pila_value_setitem(&w->third, w->index, w->names[k],
                                pila_value_int((int64_t)k)));
    must(pila_value_len(w->index, &len));
    return len;
}

static void filled(void *ctx) { (void)fill(ctx); }

static uint64_t look_up(void *ctx)
{
    work *w = (work *)ctx;
    uint64_t sum = 0;

    for (size_t k = 0; k < w->n; k++) {
        pila_value got;

        must(pila_value_getitem(w->index, w->others[k], &got));
        sum += (uint64_t)got.as.i;
    }
    return sum;
}

/* Tuples that hold tuples, each twice, in one set. */
static uint64_t gather(void *ctx)
{
    work *w = (work *)ctx;
    pila_value set, pair[2], x;
    size_t len = 0;

    pila_doc_clear(&w->third);
    must(pila_value_set(&w->third, 0, &set));
    for (size_t k = 0; k < w->n; k++) {
        pair[0] = pila_value_int((int64_t)(k / 2));
        pair[1] = key("b");
        must(pila_value_tuple(&w->third, pair, 2, &x));
        pair[1] = x;
        must(pila_value_tuple(&w->third, pair, 2, &x));
        must(pila_value_add(&w->third, set, x));
    }
    must(pila_value_len(set, &len));
    return len;
}

static pila_value *names(pila_doc *doc, size_t n)
{
    pila_value *made = (pila_value *)bench_alloc(n, sizeof *made);

    for (size_t k = 0; k < n; k++) made[k] = text(doc, "user%zu", k);
    return made;
}

static void contest(work *w, const char *what, uint64_t (*run)(void *),
                    void (*prepare)(void *), const bench_bar *bar)
{
    char title[64], n[32];
    bench_contestant all[2] = {
        {.name = "pila", .run = run, .prepare = prepare, .ctx = w}};

    snprintf(title, sizeof title, "value: %s", what);
    snprintf(n, sizeof n, "%zu", w->n);
    all[1] =
        bench_python("serial/peers/value_cpython.py", (const char *[]){what, n, NULL});
    bench_run(&(bench_contest){.what = title,
                               .n = w->n,
                               .contestants = all,
                               .count = 2,
                               .bars = bar,
                               .bar_count = 1});
    bench_python_end(&all[1]);
}

int main(void)
{
    work w = {.n = bench_size(100000, 2000)};

    bench_begin("Values: records as dicts in a list.");
    w.list = records(&w.doc, w.n);
    w.same = records(&w.other, w.n);
    w.names = names(&w.doc, w.n);
    w.others = names(&w.other, w.n);
    contest(&w, "build", build, NULL, fast);
    contest(&w, "fill", fill, NULL, as_fast);
    contest(&w, "look up", look_up, filled, as_fast);
    contest(&w, "tuples in a set", gather, NULL, fast);
    contest(&w, "equal", equal, NULL, fast);
    contest(&w, "repr", show, NULL, faster);
    contest(&w, "copy", copy, NULL, copies);
    free(w.names);
    free(w.others);
    pila_doc_done(&w.doc);
    pila_doc_done(&w.other);
    pila_doc_done(&w.third);
    return bench_end();
}
