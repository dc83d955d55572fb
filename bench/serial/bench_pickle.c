/* bench_pickle.c - dumps and loads, protocol 5, against CPython's C pickle.
 *
 * What one side writes is what the other writes, byte for byte: the checksum of a loads
 * is that of what it read, written again. Freeing is outside of the time on both sides.
 * The objects of twitter.json, in json-bench/ of the folder PILA_CORPORA names, are
 * used as pickle leaves them: equal keys are one object. Without that folder it is left
 * out.
 */
#include "../bench.h"

#include <pila/serial/json.h>
#include <pila/serial/pickle.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const bench_bar bars5[] = {{"pila", BENCH_FASTER, 5.0, "CPython"}};
static const bench_bar bars3[] = {{"pila", BENCH_FASTER, 3.0, "CPython"}};

typedef struct work {
    pila_str pickle;
    pila_value value; /* what dumps writes */
    pila_doc read;    /* what loads reads into */
    pila_value got;
    pila_buf out;
} work;

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("%s", pila_status_text(st));
}

/* ---- values ---- */

static pila_value integers(pila_doc *doc, size_t n)
{
    pila_value list;

    must(pila_value_list(doc, NULL, 0, &list));
    for (size_t k = 0; k < n; k++)
        must(pila_value_append(doc, list,
                               pila_value_int((int64_t)(bench_mix(k) % 1000000000))));
    return list;
}

static pila_value floats(pila_doc *doc, size_t n)
{
    pila_value list;

    must(pila_value_list(doc, NULL, 0, &list));
    for (size_t k = 0; k < n; k++)
        must(pila_value_append(
            doc, list, pila_value_float((double)(bench_mix(k) >> 11) * 0x1p-53)));
    return list;
}

static pila_value text(pila_doc *doc, const char *format, size_t k)
{
    char room[64];
    pila_value v;

    snprintf(room, sizeof room, format, k);
    must(pila_value_str(doc, pila_cstr(room), &v));
    return v;
}

static pila_value strings(pila_doc *doc, size_t n)
{
    pila_value dict;

    must(pila_value_dict(doc, n, &dict));
    for (size_t k = 0; k < n; k++) {
        pila_value key = text(doc, "key%zu", k);

        must(pila_value_setitem(doc, dict, key,
                                text(doc, "value%zu", (size_t)bench_mix(k) % 1000000)));
    }
    return dict;
}

/* Dicts of seven entries, in which the keys are the same objects: as a reader of JSON
 * leaves them. */
static pila_value records(pila_doc *doc, size_t n)
{
    static const char *const names[] = {"id",   "name",  "screen_name", "text",
                                        "tags", "score", "user"};
    pila_value keys[7], list;

    for (int k = 0; k < 7; k++) keys[k] = text(doc, names[k], 0);
    must(pila_value_list(doc, NULL, 0, &list));
    for (size_t k = 0; k < n; k++) {
        pila_value dict, inner;

        must(pila_value_dict(doc, 7, &dict));
        must(pila_value_dict(doc, 1, &inner));
        must(pila_value_setitem(doc, dict, keys[0], pila_value_int((int64_t)k)));
        must(pila_value_setitem(doc, dict, keys[1], text(doc, "user %zu", k)));
        must(pila_value_setitem(doc, dict, keys[2], text(doc, "screen%zu", k)));
        must(pila_value_setitem(
            doc, dict, keys[3],
            text(doc, "some words of a text, number %zu, that has more of them", k)));
        must(pila_value_setitem(doc, dict, keys[5], pila_value_float((double)k / 3)));
        must(pila_value_setitem(doc, inner, keys[0], pila_value_bool(k & 1)));
        must(pila_value_setitem(doc, dict, keys[6], inner));
        must(pila_value_append(doc, list, dict));
    }
    return list;
}

/* ---- a file ---- */

static char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text;
    long size;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
        bench_die("cannot read %s", path);
    rewind(f);
    text = (char *)bench_alloc((size_t)size + 1, 1);
    *n = fread(text, 1, (size_t)size, f);
    fclose(f);
    return text;
}

/* Equal keys as one object, at whatever depth: the first one met. */
static void share_keys(pila_doc *doc, pila_value v, pila_value keys)
{
    size_t n, at = 0;
    const pila_value *items = pila_value_data(v, &n), *known;

    for (size_t k = 0; k < n; k++) share_keys(doc, items[k], keys);
    if (pila_value_kind_of(v) != PILA_VALUE_DICT) return;
    for (; at < v.as.dict->used; at++) {
        pila_entry *e = &v.as.dict->entries[at];

        known = pila_value_get(keys, pila_value_text(e->key));
        if (known) e->key = *known;
        else must(pila_value_setitem(doc, keys, e->key, e->key));
        share_keys(doc, e->value, keys);
    }
}

static pila_value twitter(pila_doc *doc, size_t n)
{
    pila_value v = pila_value_none(), keys;
    char path[1000], *text;

    snprintf(path, sizeof path, "%s/json-bench/twitter.json", getenv("PILA_CORPORA"));
    text = read_file(path, &n);
    must(pila_json_loads(doc, pila_str_of(text, n), NULL, &v, NULL));
    must(pila_value_dict(doc, 0, &keys));
    share_keys(doc, v, keys);
    free(text);
    return v;
}

/* ---- contests ---- */

static void prepare(void *ctx)
{
    work *w = (work *)ctx;

    pila_buf_done(&w->out);
}

static uint64_t dumps(void *ctx)
{
    work *w = (work *)ctx;

    must(pila_pickle_dumps(w->value, 5, &w->out, NULL));
    return 0;
}

static uint64_t loads(void *ctx)
{
    work *w = (work *)ctx;

    must(pila_pickle_loads(&w->read, w->pickle, NULL, &w->got, NULL, NULL));
    return 0;
}

/* zlib.adler32 of what was written. */
static uint64_t adler(void *ctx)
{
    const work *w = (const work *)ctx;
    uint64_t a = 1, b = 0;

    for (size_t k = 0; k < w->out.len; k++) {
        a = (a + (unsigned char)w->out.data[k]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static uint64_t again(void *ctx)
{
    work *w = (work *)ctx;

    must(pila_pickle_dumps(w->got, 5, &w->out, NULL));
    return adler(w);
}

static void finish(void *ctx) { pila_doc_done(&((work *)ctx)->read); }

static void contest(const char *what, const char *operation, work *w, size_t n,
                    const char *path, const bench_bar *bar)
{
    bool reads = strcmp(operation, "loads") == 0;
    bench_contestant all[2] = {{.name = "pila",
                                .run = reads ? loads : dumps,
                                .ctx = w,
                                .prepare = prepare,
                                .check = reads ? again : adler,
                                .finish = reads ? finish : NULL}};
    char title[80];

    snprintf(title, sizeof title, "pickle: %s, %s", operation, what);
    all[1] = bench_python("serial/peers/pickle_cpython.py",
                          (const char *[]){operation, path, NULL});
    all[1].name = "CPython";
    bench_run(&(bench_contest){.what = title,
                               .n = n,
                               .unit = BENCH_NS_ITEM,
                               .contestants = all,
                               .count = 2,
                               .bars = bar,
                               .bar_count = 1});
    bench_python_end(&all[1]);
}

static void both(const char *what, pila_value (*make)(pila_doc *, size_t), size_t n,
                 const bench_bar *bar)
{
    pila_doc doc = {0};
    pila_buf pickle = {0};
    work w = {{NULL, 0}, {0, {0}}, {0}, {0, {0}}, {0}};

    w.value = make(&doc, n);
    must(pila_pickle_dumps(w.value, 5, &pickle, NULL));
    w.pickle = pila_buf_view(&pickle);
    char *path = bench_file(pickle.data, pickle.len);
    contest(what, "dumps", &w, n, path, bar);
    contest(what, "loads", &w, n, path, bar);
    bench_file_end(path);
    pila_buf_done(&w.out);
    pila_buf_done(&pickle);
    pila_doc_done(&doc);
}

int main(void)
{
    bench_begin("Pickles of protocol 5, written and read.");
    both("list of integers", integers, bench_size(1000000, 20000), bars5);
    both("list of floats", floats, bench_size(1000000, 20000), bars5);
    both("dict of short strings", strings, bench_size(1000000, 20000), bars3);
    both("records", records, bench_size(100000, 2000), bars3);
    if (getenv("PILA_CORPORA")) both("twitter.json", twitter, 1, bars3);
    return bench_end();
}
