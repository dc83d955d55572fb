/* bench_json.c - reading JSON into values, and freeing them.
 *
 * The texts are the JSON files in json-bench/ of the folder PILA_CORPORA names and,
 * where they are installed, the tables of iso-codes; or else one that is made up. Peers
 * use a parser or an arena again, where they have one. RapidJSON takes part twice: by
 * default it rounds some doubles wrongly and does not check UTF-8.
 */
#include "../bench.h"
#include "peers/json.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef HAVE_SIMDJSON
const json_peer json_simdjson = {.name = "simdjson", .skipped = "simdjson not found"};
#endif
#ifndef HAVE_RAPIDJSON
const json_peer json_rapidjson = {.name = "RapidJSON", .skipped = "not found"};
const json_peer json_rapidjson_full = {.name = "RapidJSON, full",
                                       .skipped = "not found"};
#endif
#ifndef HAVE_CJSON
const json_peer json_cjson = {.name = "cJSON", .skipped = "cJSON not found"};
#endif
#ifndef HAVE_JSONC
const json_peer json_jsonc = {.name = "json-c", .skipped = "json-c not found"};
#endif
#ifndef HAVE_JANSSON
const json_peer json_jansson = {.name = "jansson", .skipped = "jansson not found"};
#endif

static const json_peer *const peers[] = {
    &json_pila,           &json_pila_new, &json_simdjson, &json_rapidjson,
    &json_rapidjson_full, &json_cjson,    &json_jsonc,    &json_jansson,
};

enum { PEERS = BENCH_COUNT(peers), BYTES_A_RUN = 4000000 };

static const bench_bar bars[] = {
    {"pila", BENCH_AT_MOST, 1.25, "simdjson"},
    {"pila", BENCH_FASTER, 2.5, "RapidJSON"},
};

typedef struct lane {
    const json_peer *peer;
    void *state;
    uint64_t sum;
} lane;

static uint64_t read_once(void *ctx)
{
    const lane *l = (const lane *)ctx;

    if (!l->peer->run(l->state)) bench_die("json: %s cannot read it", l->peer->name);
    return 0;
}

static uint64_t all_values(void *ctx)
{
    lane *l = (lane *)ctx;

    if (!l->sum) l->sum = l->peer->sum(l->state);
    return l->sum;
}

static void contest(const char *what, const char *path, const char *text, size_t n,
                    bench_tally *tally)
{
    bench_contestant all[PEERS + 1];
    lane lanes[PEERS];

    for (size_t k = 0; k < PEERS; k++) {
        lanes[k] = (lane){peers[k], NULL, 0};
        if (!peers[k]->skipped) lanes[k].state = peers[k]->open(text, n);
        all[k] = (bench_contestant){.name = peers[k]->name,
                                    .skipped = peers[k]->skipped,
                                    .run = read_once,
                                    .check = all_values,
                                    .ctx = &lanes[k]};
    }
    all[PEERS] =
        bench_python("serial/peers/json_cpython.py", (const char *[]){path, NULL});
    bench_run(&(bench_contest){.what = what,
                               .n = n,
                               .unit = BENCH_GB_S,
                               .repeat = 1 + BYTES_A_RUN / n,
                               .contestants = all,
                               .count = PEERS + 1,
                               .tally = tally});
    bench_python_end(&all[PEERS]);
    for (size_t k = 0; k < PEERS; k++)
        if (lanes[k].state) peers[k]->close(lanes[k].state);
}

static char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text;
    long size;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
        bench_die("json: cannot read %s", path);
    rewind(f);
    text = (char *)bench_alloc((size_t)size + 1, 1);
    *n = fread(text, 1, (size_t)size, f);
    fclose(f);
    return text;
}

static size_t files(const char *pattern, bench_tally *tally)
{
    glob_t found;
    size_t n, count = 0;

    if (glob(pattern, 0, NULL, &found) != 0) return 0;
    for (; count < found.gl_pathc; count++) {
        const char *path = found.gl_pathv[count];
        char *text = read_file(path, &n);
        contest(strrchr(path, '/') + 1, path, text, n, tally);
        free(text);
    }
    globfree(&found);
    return count;
}

/* A list of records. */
static void made_up(bench_tally *tally)
{
    size_t rows = bench_size(20000, 500), len = 0;
    char *text = (char *)bench_alloc(rows + 1, 200), *path;

    for (size_t k = 0; k < rows; k++) {
        uint64_t x = bench_mix(k);
        len += (size_t)snprintf(
            text + len, 200,
            "%s{\"id\": %llu, \"name\": \"item %x\", \"ratio\": %.6f, \"tags\": "
            "[\"%c\", \"gr\xc3\xbc\xc3\x9f dich\"], \"ok\": %s, \"of\": null}",
            k ? ",\n " : "[", (unsigned long long)k, (unsigned)(x >> 40),
            (double)(x >> 11) * 0x1p-53, (char)('a' + x % 26),
            x & 1 ? "true" : "false");
    }
    text[len++] = ']';
    path = bench_file(text, len);
    contest("records that are made up", path, text, len, tally);
    bench_file_end(path);
    free(text);
}

int main(void)
{
    const char *folder = getenv("PILA_CORPORA");
    bench_tally tally = {0}, tables = {0};
    char pattern[1000];

    bench_begin("JSON into values.");
    snprintf(pattern, sizeof pattern, "%s/json-bench/*.json", folder ? folder : "");
    if (!folder || files(pattern, &tally) == 0) made_up(&tally);
    bench_tally_report(&tally, "reading JSON", bars, BENCH_COUNT(bars));
    files("/usr/share/iso-codes/json/iso_*.json", &tables);
    bench_tally_report(&tables, "reading the tables of iso-codes", NULL, 0);
    return bench_end();
}
