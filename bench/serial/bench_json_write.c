/* bench_json_write.c - writing JSON, minified, of documents that are in memory.
 *
 * The documents are the texts of json_texts.h. Contestants write some doubles in other
 * ways; so what is compared is what pila makes of what they wrote, which has to be the
 * same.
 */
#include "json_texts.h"
#include "peers/json_write.h"

#include <pila/serial/json.h>

/* A run writes the document again and again: between two runs what was written is read,
 * which leaves the caches to somebody else. */
enum { BYTES_A_RUN = 10000000 };

typedef struct turn {
    const json_write_peer *peer;
    void *document;
    const char *out;
    size_t n, times;
} turn;

/* That of zlib, for the sake of the peer in Python. */
static uint64_t adler32(const char *text, size_t n)
{
    uint64_t a = 1, b = 0;

    for (size_t k = 0; k < n; k++) {
        a = (a + (unsigned char)text[k]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static uint64_t write_again(void *ctx)
{
    turn *t = (turn *)ctx;

    for (size_t k = 0; k < t->times; k++) t->out = t->peer->write(t->document, &t->n);
    if (!t->out) bench_die("json_write: %s failed", t->peer->name);
    return 0;
}

static uint64_t canonical(void *ctx)
{
    const turn *t = (const turn *)ctx;
    void *d = json_write_pila.load(t->out, t->n);
    size_t n = 0;
    const char *text = d ? json_write_pila.write(d, &n) : NULL;
    uint64_t sum;

    if (!text) bench_die("json_write: %s wrote no JSON", t->peer->name);
    sum = adler32(text, n);
    json_write_pila.free(d);
    return sum;
}

static void contest(const char *what, const char *path, const char *text, size_t n,
                    bench_tally *tally)
{
    const json_write_peer *peers[] = {&json_write_pila, &json_write_pieces,
                                      &json_write_simdjson, &json_write_rapidjson};
    enum { PEERS = 4 };
    turn turns[PEERS];
    bench_contestant all[PEERS + 1];
    bench_contest c = {0};
    char number[24];
    const char *const args[] = {path, number, NULL};
    size_t times = 1 + BYTES_A_RUN / n;

    memset(all, 0, sizeof all);
    for (size_t k = 0; k < PEERS; k++) {
        memset(&turns[k], 0, sizeof turns[k]);
        turns[k].peer = peers[k];
        turns[k].times = times;
        all[k].name = peers[k]->name;
        all[k].skipped = peers[k]->skipped;
        all[k].run = write_again;
        all[k].check = canonical;
        all[k].ctx = &turns[k];
        if (peers[k]->skipped) continue;
        turns[k].document = peers[k]->load(text, n);
        if (!turns[k].document) all[k].skipped = "cannot read it";
    }
    snprintf(number, sizeof number, "%zu", times);
    all[PEERS] = bench_python("serial/peers/json_write_cpython.py", args);
    (void)write_again(&turns[0]);
    c.what = what;
    c.n = turns[0].n;
    c.unit = BENCH_GB_S;
    c.amount = (double)c.n * (double)times;
    c.contestants = all;
    c.count = BENCH_COUNT(all);
    c.tally = tally;
    bench_run(&c);
    bench_python_end(&all[PEERS]);
    for (size_t k = 0; k < PEERS; k++)
        if (turns[k].document) peers[k]->free(turns[k].document);
}

int main(void)
{
    static const bench_bar bars[] = {{"pila", BENCH_FASTER, 2.2, "simdjson"},
                                     {"pila", BENCH_FASTER, 3.0, "RapidJSON"},
                                     {"pila", BENCH_FASTER, 10, "CPython"}};
    bench_tally tally = {0};

    bench_begin("Writing JSON, minified, text above ASCII as it is.");
    json_texts(contest, &tally);
    bench_tally_report(&tally, "writing JSON", bars, BENCH_COUNT(bars));
    return bench_end();
}
