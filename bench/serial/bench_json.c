/* bench_json.c - reading JSON into values, and freeing them.
 *
 * The texts are those of json_texts.h. Peers use a parser or an arena again, where they
 * have one. RapidJSON takes part twice: by default it rounds some doubles wrongly and
 * does not check UTF-8.
 */
#include "json_texts.h"
#include "peers/json.h"

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

enum { PEERS = BENCH_COUNT(peers), BYTES_A_RUN = 16000000 };

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

int main(void)
{
    bench_tally tally = {0};

    bench_begin("JSON into values.");
    json_texts(contest, &tally);
    bench_tally_report(&tally, "reading JSON", bars, BENCH_COUNT(bars));
    return bench_end();
}
