/* bench_secrets.c - tokens of 32 bytes, against the bare system call and CPython. */
#include "../bench.h"

#include <sys/random.h>

#include <pila/serial/secrets.h>

#include <stdio.h>

static pila_buf token;

static uint64_t tokens(void *ctx)
{
    uint64_t sum = 0;

    for (size_t k = *(size_t *)ctx; k; k--) {
        token.len = 0;
        if (pila_secrets_token_bytes(32, &token) != PILA_OK) bench_die("no token");
        sum += token.len;
    }
    return sum;
}

static uint64_t bare(void *ctx)
{
    uint64_t sum = 0;
    char room[32];

    for (size_t k = *(size_t *)ctx; k; k--) sum += (uint64_t)getrandom(room, 32, 0);
    return sum;
}

int main(void)
{
    static const bench_bar bars[] = {{"pila", BENCH_AT_MOST, 1.1, "getrandom"}};
    size_t n = bench_size(20000, 500);
    char count[30];
    const char *const args[] = {"tokens", count, NULL};

    bench_begin("Secrets.");
    snprintf(count, sizeof count, "%zu", n);
    bench_contestant all[] = {{.name = "pila", .run = tokens, .ctx = &n},
                              {.name = "getrandom", .run = bare, .ctx = &n},
                              bench_python("serial/peers/hashlib_cpython.py", args)};
    all[2].name = "CPython";
    bench_run(&(bench_contest){.what = "secrets: tokens of 32 bytes",
                               .n = n,
                               .contestants = all,
                               .count = 3,
                               .bars = bars,
                               .bar_count = 1});
    bench_python_end(&all[2]);
    pila_buf_done(&token);
    return bench_end();
}
