/* bench_jsonlines.c - the values of JSON Lines, and the items of a list, one by one. */
#include "../bench.h"

#include <pila/serial/jsonlines.h>

#include <stdio.h>
#include <stdlib.h>

static const bench_bar lines_bars[] = {{"pila", BENCH_FASTER, 4.0, "CPython"}};
static const bench_bar items_bars[] = {{"pila", BENCH_FASTER, 3.0, "CPython"}};

/* The sum of what the items have as id. */
static uint64_t sum_of(pila_iter it)
{
    uint64_t sum = 0;

    PILA_FOR(pila_value, v, &it) {
        const pila_value *id = pila_value_get(*v, pila_cstr("id"));
        if (id) sum += (uint64_t)id->as.i;
    }
    if (it.status != PILA_END) bench_die("%s", pila_status_name(it.status));
    pila_iter_drop(&it);
    return sum;
}

static uint64_t lines(void *ctx)
{
    return sum_of(pila_jsonlines_of(pila_buf_view((pila_buf *)ctx), NULL));
}

static uint64_t items(void *ctx)
{
    return sum_of(pila_json_items_of(pila_buf_view((pila_buf *)ctx), NULL));
}

static void add(pila_buf *out, const char *text)
{
    if (pila_buf_add(out, pila_cstr(text)) != PILA_OK) bench_die("no memory");
}

static void make_text(pila_buf *out, size_t n, bool list)
{
    char record[300];

    for (size_t k = 0; k < n; k++) {
        uint64_t x = bench_mix(k);
        snprintf(
            record, sizeof record,
            "{\"id\": %u, \"name\": \"user%u\", \"score\": %u.%u, \"tags\": [\"a%u\", "
            "\"b\"], \"text\": \"some words, and a \\\"quote\\\"\", \"ok\": %s}",
            (unsigned)(x >> 40), (unsigned)(x % 9999), (unsigned)(x % 100),
            (unsigned)(x / 3 % 100), (unsigned)(x % 77), x % 2 ? "true" : "null");
        if (list) add(out, k ? ",\n" : "[");
        add(out, record);
        if (!list) add(out, "\n");
    }
    if (list) add(out, "]\n");
}

static void contest(const char *what, const char *name, uint64_t (*run)(void *),
                    size_t n, const bench_bar *bars)
{
    pila_buf text = {0};

    make_text(&text, n, run == items);
    char *file = bench_file(text.data, text.len);
    const char *const args[] = {name, file, NULL};
    bench_contestant all[] = {{.name = "pila", .run = run, .ctx = &text},
                              bench_python("serial/peers/jsontext_cpython.py", args)};
    all[1].name = "CPython";
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .contestants = all,
                               .count = 2,
                               .bars = bars,
                               .bar_count = 1});
    bench_python_end(&all[1]);
    bench_file_end(file);
    pila_buf_done(&text);
}

int main(void)
{
    size_t n = bench_size(20000, 500);

    bench_begin("JSON, one value after the other.");
    contest("jsonlines: lines", "lines", lines, n, lines_bars);
    contest("jsonlines: items of a list", "items", items, n, items_bars);
    return bench_end();
}
