/* bench_pickletools.c - dis, genops and optimize of one pickle, against CPython's.
 *
 * The pickle is a list of records as dicts, in protocol 4. CPython takes microseconds
 * for an opcode: a megabyte is enough to see by how much. Text goes to memory on both
 * sides. */
#include "../bench.h"

#include <pila/serial/pickletools.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const bench_bar bars[] = {{"pila", BENCH_FASTER, 20.0, "CPython"}};

typedef struct work {
    pila_str pickle;
    pila_buf out;
} work;

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("%s", pila_status_text(st));
}

static void text(pila_buf *b, const char *s)
{
    char head[2] = {(char)0x8c, (char)strlen(s)};

    must(pila_buf_add(b, pila_str_of(head, 2)));
    must(pila_buf_add(b, pila_cstr(s)));
    must(pila_buf_add_char(b, (char)0x94)); /* MEMOIZE */
}

static void number(pila_buf *b, char code, uint64_t x, int bytes)
{
    must(pila_buf_add_char(b, code));
    for (int k = 0; k < bytes; k++)
        must(pila_buf_add_char(b, (char)(x >> 8 * k & 0xff)));
}

/* {"id": k, "name": "userK", "score": a float, "tags": ["aK", get]} */
static void record(pila_buf *b, size_t k)
{
    char name[32];

    must(pila_buf_add(b, pila_str_of("}\x94(", 3)));
    text(b, "id");
    number(b, 'J', k, 4);
    text(b, "name");
    snprintf(name, sizeof name, "user%zu", k);
    text(b, name);
    text(b, "score");
    number(b, 'G', bench_mix(k) & 0xffffffffffffff3fu, 8);
    text(b, "tags");
    must(pila_buf_add(b, pila_str_of("]\x94(", 3)));
    snprintf(name, sizeof name, "a%zu", k % 100);
    text(b, name);
    must(pila_buf_add(b, pila_str_of("h\x01\x65u", 4)));
}

static void make(pila_buf *b, size_t n)
{
    must(pila_buf_add(b, pila_str_of("\x80\x04]\x94\x8c\x01s\x94", 8)));
    must(pila_buf_add(b, pila_str_of("0(", 2)));
    for (size_t k = 0; k < n; k++) record(b, k);
    must(pila_buf_add(b, pila_cstr("e.")));
}

static pila_status append(void *ctx, pila_str s)
{
    return pila_buf_add((pila_buf *)ctx, s);
}

static void clear(void *ctx) { pila_buf_clear(&((work *)ctx)->out); }

static uint64_t dis(void *ctx)
{
    work *w = (work *)ctx;
    must(pila_pickle_dis(w->pickle, NULL, NULL, append, &w->out, NULL));
    return 0;
}

static uint64_t optimize(void *ctx)
{
    work *w = (work *)ctx;
    must(pila_pickle_optimize(w->pickle, &w->out, NULL));
    return 0;
}

static uint64_t genops(void *ctx)
{
    uint64_t sum = 0;
    pila_iter it = pila_pickle_genops(((const work *)ctx)->pickle, 0);

    PILA_FOR(pila_pickle_op, op, &it) sum += op->pos * op->info->code;
    must(pila_iter_outcome(&it));
    pila_iter_drop(&it);
    return sum;
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

static void contest(const char *what, const char *operation, uint64_t (*run)(void *),
                    work *w, const char *path)
{
    bench_contestant all[2] = {{.name = "pila", .run = run, .ctx = w}};

    if (run != genops) {
        all[0].prepare = clear;
        all[0].check = adler;
    }
    all[1] = bench_python("serial/peers/pickletools_cpython.py",
                          (const char *[]){operation, path, NULL});
    all[1].name = "CPython";
    bench_run(&(bench_contest){.what = what,
                               .n = w->pickle.len,
                               .unit = BENCH_MS,
                               .contestants = all,
                               .count = 2,
                               .bars = bars,
                               .bar_count = 1});
    bench_python_end(&all[1]);
}

int main(void)
{
    pila_buf pickle = {0};
    work w = {{NULL, 0}, {0}};

    bench_begin("What a pickle consists of.");
    make(&pickle, bench_size(16000, 500));
    w.pickle = pila_buf_view(&pickle);
    char *path = bench_file(pickle.data, pickle.len);
    contest("pickletools: dis", "dis", dis, &w, path);
    contest("pickletools: genops", "genops", genops, &w, path);
    contest("pickletools: optimize", "optimize", optimize, &w, path);
    bench_file_end(path);
    pila_buf_done(&w.out);
    pila_buf_done(&pickle);
    return bench_end();
}
