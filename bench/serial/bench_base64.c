/* bench_base64.c - blocks of 64 kB of bytes as text, and back.
 *
 * Rates are of the bytes, not of the text, both ways. Decoding is by the strict policy;
 * CPython's b64decode is asked without validate, as it mostly is. The kernels of each
 * sort are timed through an encoder or a decoder that is made once; "pila" is what a
 * call of pila_base64_encode does.
 */
#include "../bench.h"
#include "peers/base64.h"

#include <pila/serial/base64.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 65536, KERNELS = 3, PLAIN = 99 };

typedef struct lane {
    pila_base64_codec codec;
    pila_base64_options options;
    pila_str data, text;
    pila_buf out;
    pila_base64_encoder *encoder;
    pila_base64_decoder *decoder;
    char *room;
} lane;

static void must(pila_status st)
{
    if (st != PILA_OK) bench_die("%s", pila_status_name(st));
}

static uint64_t encode(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = 0;
    must(pila_base64_encode(l->codec, l->data, &l->options, &l->out));
    return l->out.len;
}

static uint64_t decode(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = 0;
    must(pila_base64_decode(l->codec, l->text, &l->options, &l->out, NULL));
    return l->out.len;
}

static uint64_t encode_kernel(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = 0;
    must(pila_base64_encoder_feed(l->encoder, l->data, &l->out));
    must(pila_base64_encoder_finish(l->encoder, &l->out));
    return l->out.len;
}

static uint64_t decode_kernel(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = 0;
    must(pila_base64_decoder_feed(l->decoder, l->text, &l->out, NULL));
    must(pila_base64_decoder_finish(l->decoder, &l->out, NULL));
    return l->out.len;
}

static uint64_t openssl_encode(void *ctx)
{
    lane *l = (lane *)ctx;

    return base64_openssl.encode(l->data.ptr, l->data.len, l->room);
}

static uint64_t openssl_decode(void *ctx)
{
    lane *l = (lane *)ctx;

    return base64_openssl.decode(l->text.ptr, l->text.len, l->room);
}

/* An encoder and a decoder of the k-th sort of kernels; false: there is none. */
static bool make(lane *l, size_t k)
{
    must(pila_base64_encoder_new(l->codec, &l->options, &l->encoder));
    must(pila_base64_decoder_new(l->codec, &l->options, &l->decoder));
    return pila__base64_encoder_use(l->encoder, k) &
           pila__base64_decoder_use(l->decoder, k);
}

static void done(lane *l)
{
    pila_base64_encoder_free(l->encoder);
    pila_base64_decoder_free(l->decoder);
    pila_buf_done(&l->out);
}

static void run(const char *what, const char *python, pila_str in,
                bench_contestant *all, size_t count, const bench_bar *bars,
                size_t bar_count)
{
    char *file = bench_file(in.ptr, in.len);
    const char *const args[] = {python, file, NULL};

    all[count] = bench_python("serial/peers/base64_cpython.py", args);
    all[count].name = "CPython";
    bench_run(&(bench_contest){.what = what,
                               .n = BLOCK,
                               .unit = BENCH_GB_S,
                               .repeat = bench_repeat(BLOCK / 8),
                               .contestants = all,
                               .count = count + 1,
                               .bars = bars,
                               .bar_count = bar_count});
    bench_python_end(&all[count]);
    bench_file_end(file);
}

/* base64: all kernels, and OpenSSL. */
static void contest_64(lane *given)
{
    static const char *const names[KERNELS] = {"AVX-512", "AVX2", "plain C"};
    static const bench_bar encode_bars[] = {{"AVX2", BENCH_RATE, 20, NULL},
                                            {"plain C", BENCH_RATE, 6, NULL},
                                            {"pila", BENCH_FASTER, 5, "OpenSSL EVP"},
                                            {"pila", BENCH_FASTER, 5, "CPython"}};
    static const bench_bar decode_bars[] = {{"AVX2", BENCH_RATE, 12, NULL},
                                            {"plain C", BENCH_RATE, 4, NULL},
                                            {"pila", BENCH_FASTER, 5, "OpenSSL EVP"},
                                            {"pila", BENCH_FASTER, 5, "CPython"}};
    lane lanes[KERNELS];
    bool found[KERNELS];

    for (size_t k = 0; k < KERNELS; k++) {
        lanes[k] = *given;
        found[k] = make(&lanes[k], k == 2 ? PLAIN : k) || k == 2;
    }
    for (int encodes = 1; encodes >= 0; encodes--) {
        bench_contestant all[KERNELS + 3] = {
            {.name = "pila", .run = encodes ? encode : decode, .ctx = given},
            {.name = "OpenSSL EVP",
             .run = encodes ? openssl_encode : openssl_decode,
             .ctx = given,
             .skipped = base64_openssl.skipped}};
        for (size_t k = 0; k < KERNELS; k++)
            all[2 + k] =
                (bench_contestant){.name = names[k],
                                   .run = encodes ? encode_kernel : decode_kernel,
                                   .ctx = &lanes[k],
                                   .skipped =
                                       found[k] ? NULL : "this machine has none"};
        run(encodes ? "base64: encode" : "base64: decode",
            encodes ? "b64encode" : "b64decode", encodes ? given->data : given->text,
            all, KERNELS + 2, encodes ? encode_bars : decode_bars, 4);
    }
    for (size_t k = 0; k < KERNELS; k++) done(&lanes[k]);
}

/* The others: as they come, and in plain C. */
static void contest(lane *given, const char *name, const bench_bar *bars, size_t count)
{
    char what[40], python[40];
    lane plain = *given;

    make(&plain, PLAIN);
    for (int encodes = 1; encodes >= 0; encodes--) {
        bench_contestant all[3] = {{.name = "pila",
                                    .run = encodes ? encode : decode,
                                    .ctx = given},
                                   {.name = "plain C",
                                    .run = encodes ? encode_kernel : decode_kernel,
                                    .ctx = &plain}};
        const char *way = encodes ? "encode" : "decode";
        snprintf(what, sizeof what, "%s: %s", name, way);
        snprintf(python, sizeof python, "%s%s", name, way);
        if (strcmp(name, "bytes") == 0) snprintf(python, sizeof python, "%sbytes", way);
        run(what, python, encodes ? given->data : given->text, all, 2, bars, count);
    }
    done(&plain);
}

int main(void)
{
    static const bench_bar hundred[] = {{"pila", BENCH_FASTER, 100, "CPython"},
                                        {"plain C", BENCH_FASTER, 100, "CPython"}};
    static const bench_bar five[] = {{"pila", BENCH_FASTER, 5, "CPython"}};
    static const struct {
        pila_base64_codec codec;
        const char *name;
        const bench_bar *bars;
        size_t count;
    } rows[] = {{PILA_BASE64, "b64", NULL, 0},
                {PILA_BASE64_BYTES, "bytes", five, 1},
                {PILA_BASE32, "b32", hundred, 2},
                {PILA_BASE16, "b16", five, 1},
                {PILA_ASCII85, "a85", hundred, 1},
                {PILA_BASE85, "b85", hundred, 1}};
    char *data = (char *)bench_alloc(BLOCK, 1);

    bench_begin("Bytes as text and back, of 64 kB of bytes.");
    for (size_t k = 0; k < BLOCK; k++) data[k] = (char)(bench_mix(k) >> 20);
    for (size_t k = 0; k < BENCH_COUNT(rows); k++) {
        pila_buf text = {0};
        lane l = {.codec = rows[k].codec, .data = {data, BLOCK}};
        must(pila_base64_encode(l.codec, l.data, NULL, &text));
        l.text = pila_buf_view(&text);
        l.room = (char *)bench_alloc(2 * BLOCK, 1);
        if (l.codec == PILA_BASE64) contest_64(&l);
        else contest(&l, rows[k].name, rows[k].bars, rows[k].count);
        pila_buf_done(&text);
        pila_buf_done(&l.out);
        free(l.room);
    }
    free(data);
    return bench_end();
}
