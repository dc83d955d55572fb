/* bench_binascii.c - hexadecimal, quoted-printable and the checksum of binhex, of 64 kB
 * of bytes.
 *
 * Rates are of the bytes. Text for quoted-printable is what bench_text has.
 */
#include "../bench.h"

#include <pila/serial/binascii.h>

#include <stdlib.h>

enum { BLOCK = 65536 };

typedef struct lane {
    pila_str in;
    pila_buf out;
} lane;

static uint64_t length(lane *l, pila_status st)
{
    uint64_t n = l->out.len;

    if (st != PILA_OK) bench_die("%s", pila_status_name(st));
    l->out.len = 0;
    return n;
}

static uint64_t hexlify(void *ctx)
{
    lane *l = (lane *)ctx;
    return length(l, pila_hexlify(l->in, pila_cstr(""), 1, &l->out));
}

static uint64_t unhexlify(void *ctx)
{
    lane *l = (lane *)ctx;
    return length(l, pila_unhexlify(l->in, pila_cstr(""), &l->out, NULL));
}

static uint64_t b2a_qp(void *ctx)
{
    lane *l = (lane *)ctx;
    return length(l, pila_b2a_qp(l->in, false, true, false, &l->out));
}

static uint64_t a2b_qp(void *ctx)
{
    lane *l = (lane *)ctx;
    return length(l, pila_a2b_qp(l->in, false, &l->out));
}

static uint64_t crc_hqx(void *ctx) { return pila_crc_hqx(0, ((lane *)ctx)->in); }

static void contest(const char *name, uint64_t (*f)(void *), pila_str in, double least)
{
    char *file = bench_file(in.ptr, in.len);
    const char *const args[] = {name, file, NULL};
    lane l = {in, {NULL, 0, 0, 0}};
    bench_contestant all[] = {{.name = "pila", .run = f, .ctx = &l},
                              bench_python("serial/peers/base64_cpython.py", args)};
    const bench_bar bars[] = {{"pila", BENCH_FASTER, least, "CPython"}};

    all[1].name = "CPython";
    bench_run(&(bench_contest){.what = name,
                               .n = BLOCK,
                               .unit = BENCH_GB_S,
                               .repeat = bench_repeat(BLOCK / 8),
                               .contestants = all,
                               .count = 2,
                               .bars = bars,
                               .bar_count = 1});
    bench_python_end(&all[1]);
    bench_file_end(file);
    pila_buf_done(&l.out);
}

int main(void)
{
    char *data = (char *)bench_alloc(BLOCK, 1);
    pila_buf hex = {0}, qp = {0};
    size_t n;

    bench_begin("Hexadecimal, quoted-printable and CRC-16, of 64 kB of bytes.");
    char *text = bench_text(BLOCK, &n);
    for (size_t k = 0; k < BLOCK; k++) data[k] = (char)(bench_mix(k) >> 20);
    if (pila_hexlify(pila_str_of(data, BLOCK), pila_cstr(""), 1, &hex) != PILA_OK ||
        pila_b2a_qp(pila_str_of(text, n), false, true, false, &qp) != PILA_OK)
        bench_die("no memory");
    contest("hexlify", hexlify, pila_str_of(data, BLOCK), 2);
    contest("unhexlify", unhexlify, pila_buf_view(&hex), 5);
    contest("b2a_qp", b2a_qp, pila_str_of(text, n), 1);
    contest("a2b_qp", a2b_qp, pila_buf_view(&qp), 1);
    contest("crc_hqx", crc_hqx, pila_str_of(data, BLOCK), 2);
    pila_buf_done(&hex);
    pila_buf_done(&qp);
    free(text);
    free(data);
    return bench_end();
}
