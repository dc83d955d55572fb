/* bench_jsontext.c - checking, minifying and laying out text in memory: the files of
 * $PILA_CORPORA/json-bench, or a text made up as twitter.json is.
 *
 * Of simdjson only minify works on text; it does not look whether what it minifies is
 * JSON. CPython reads values and writes them.
 */
#include "../bench.h"
#include "peers/jsontext.h"

#include <pila/serial/jsontext.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct lane {
    pila_str text;
    pila_jsontext_options options;
    pila_buf out;
    char *room;
    size_t kernel;
} lane;

static const bench_bar valid_bars[] = {{"pila", BENCH_RATE, 4.0, NULL},
                                       {"pila", BENCH_FASTER, 8.0, "CPython"}};
static const bench_bar minify_bars[] = {{"pila", BENCH_RATE, 4.0, NULL},
                                        {"pila", BENCH_FASTER, 12.0, "CPython"}};
static const bench_bar pretty_bars[] = {{"pila", BENCH_FASTER, 8.0, "CPython"}};

static pila_status take(void *ctx, pila_str text)
{
    return pila_buf_add((pila_buf *)ctx, text);
}

static uint64_t run(void *ctx)
{
    lane *l = (lane *)ctx;
    bool output = l->options.layout != PILA_JSONTEXT_NONE;

    l->out.len = 0;
    pila_jsontext *t = pila_jsontext_new(&l->options, output ? take : NULL, &l->out);
    if (!t) bench_die("no memory");
    if (l->kernel) pila__jsontext_use(t, l->kernel);
    pila_status st = pila_jsontext_feed(t, l->text, NULL);
    if (st == PILA_OK) st = pila_jsontext_finish(t, NULL);
    pila_jsontext_free(t);
    if (st != PILA_OK) bench_die("%s", pila_status_name(st));
    return output ? l->out.len : 1;
}

static uint64_t simdjson_run(void *ctx)
{
    lane *l = (lane *)ctx;

    return jsontext_simdjson.minify(l->text.ptr, l->text.len, l->room);
}

/* A list of records as services send them, n of them, indented. */
static void make_text(pila_buf *out, size_t n)
{
    char record[700];

    for (size_t k = 0; k < n; k++) {
        uint64_t x = bench_mix(k);
        int len = snprintf(
            record, sizeof record,
            "%s\n  {\n    \"id\": %llu,\n    \"created_at\": \"Sun Aug 31 00:29:%02u "
            "+0000 "
            "2014\",\n    \"text\": \"@user%u "
            "\\\"\xe6\x98\x8e\xe6\x97\xa5\xe3\x81\xae\\\" "
            "https://t.co/%llx and some more words\",\n    \"truncated\": "
            "false,\n"
            "    \"score\": %u.%u5,\n    \"entities\": {\n      \"urls\": [],\n      "
            "\"mentions\": [\n        {\n          \"name\": \"n%u\",\n          "
            "\"indices\": "
            "[\n            %u,\n            %u\n          ]\n        }\n      ]\n    "
            "},\n    "
            "\"reply_to\": null\n  }",
            k ? "," : "[", (unsigned long long)(x >> 8), (unsigned)(x % 60),
            (unsigned)(x % 10000), (unsigned long long)x, (unsigned)(x % 500),
            (unsigned)(x / 7 % 10), (unsigned)(x % 977), (unsigned)(x % 30),
            (unsigned)(x % 140));
        if (pila_buf_add(out, pila_str_of(record, (size_t)len)) != PILA_OK)
            bench_die("no memory");
    }
    if (pila_buf_add(out, pila_cstr("\n]\n")) != PILA_OK) bench_die("no memory");
}

static void contest(const char *title, const char *name, pila_jsontext_layout layout,
                    pila_str text, const char *file, const bench_bar *bars,
                    size_t count)
{
    char what[80];
    const char *const args[] = {name, file, NULL};
    bool minify = layout == PILA_JSONTEXT_MIN;
    lane lanes[2], *plain = &lanes[1];

    snprintf(what, sizeof what, "jsontext: %s %s", name, title);
    memset(lanes, 0, sizeof lanes);
    lanes[0].text = text;
    lanes[0].options.layout = layout;
    lanes[0].options.indent = 4;
    lanes[0].room = (char *)bench_alloc(text.len + 64, 1);
    *plain = lanes[0];
    plain->kernel = 99;
    bench_contestant all[] = {
        {.name = "pila", .run = run, .ctx = &lanes[0]},
        {.name = "pila, plain C", .run = run, .ctx = plain},
        {.name = "simdjson, unchecked", .run = simdjson_run, .ctx = &lanes[0]},
        {.name = "CPython", .skipped = "it writes the numbers of this in other ways"}};
    if (layout == PILA_JSONTEXT_NONE || strcmp(title, "canada.json") != 0)
        all[3] = bench_python("serial/peers/jsontext_cpython.py", args);
    if (!minify) all[2].skipped = "it has none";
    else all[2].skipped = jsontext_simdjson.skipped;
    bench_run(&(bench_contest){.what = what,
                               .n = text.len,
                               .unit = BENCH_GB_S,
                               .repeat = bench_repeat(text.len / 8),
                               .contestants = all,
                               .count = BENCH_COUNT(all),
                               .bars = bars,
                               .bar_count = count});
    bench_python_end(&all[3]);
    pila_buf_done(&lanes[0].out);
    pila_buf_done(&plain->out);
    free(lanes[0].room);
}

/* All contests of a text; the bars are for text as twitter.json is, strings mostly. */
static void contests(const char *name, pila_str text, bool bars)
{
    static const struct {
        const char *name;
        pila_jsontext_layout layout;
        const bench_bar *bars;
        size_t count;
    } rows[] = {
        {"valid", PILA_JSONTEXT_NONE, valid_bars, BENCH_COUNT(valid_bars)},
        {"minify", PILA_JSONTEXT_MIN, minify_bars, BENCH_COUNT(minify_bars)},
        {"pretty", PILA_JSONTEXT_INDENT, pretty_bars, BENCH_COUNT(pretty_bars)},
    };
    char *file = bench_file(text.ptr, text.len);

    for (size_t k = 0; k < BENCH_COUNT(rows); k++)
        contest(name, rows[k].name, rows[k].layout, text, file, rows[k].bars,
                bars ? rows[k].count : 0);
    bench_file_end(file);
}

/* A file of the corpora; false: it is not there. */
static bool load(pila_buf *out, const char *name)
{
    const char *corpora = getenv("PILA_CORPORA");
    char path[600], piece[1 << 14];

    out->len = 0;
    snprintf(path, sizeof path, "%s/json-bench/%s", corpora ? corpora : "", name);
    FILE *f = corpora ? fopen(path, "rb") : NULL;
    if (!f) return false;
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        if (pila_buf_add(out, pila_str_of(piece, n)) != PILA_OK) bench_die("no memory");
    fclose(f);
    return true;
}

int main(void)
{
    static const char *const names[] = {"twitter.json", "citm_catalog.json",
                                        "github_events.json", "poet.json",
                                        "canada.json"};
    pila_buf text = {0};
    size_t found = 0;

    bench_begin("JSON from text to text.");
    for (size_t k = 0; k < BENCH_COUNT(names); k++)
        if (load(&text, names[k])) {
            contests(names[k], pila_buf_view(&text), k == 0);
            found++;
        }
    if (!found) {
        make_text(&text, bench_size(1200, 100)); /* some 600 kB: as twitter.json */
        contests("records", pila_buf_view(&text), true);
    }
    pila_buf_done(&text);
    return bench_end();
}
