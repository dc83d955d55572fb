/* bench_zlib.c - text compressed and decompressed through pila, by zlib itself with the
 * same settings, and by others: at once, and in pieces of 64 KB.
 *
 * What is compressed is decompressed by zlib, outside of the time, and its CRC-32 is
 * compared; who decompresses says how many bytes it made, after one comparison of all
 * of them.
 */
#include "../bench.h"
#include "peers/deflate.h"

#include <pila/serial/zlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PIECE = 64 << 10 };

typedef struct lane {
    pila_str text, packed; /* what there is */
    int level;
    pila_buf out; /* what was made; it has room for all */
} lane;

/* As fast as zlib itself, but for 2 %. */
static const bench_bar bars[] = {{"pila", BENCH_AT_MOST, 1 / 0.98, "zlib"}};

static void good(bool ok)
{
    if (!ok) bench_die("it failed");
}

static pila_str piece_of(pila_str all, size_t at)
{
    return pila_str_of(all.ptr + at, all.len - at < PIECE ? all.len - at : PIECE);
}

/* ---- at once ---- */

static uint64_t pila_pack(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = 0;
    good(pila_zlib_compress(l->text, l->level, PILA_ZLIB_WBITS, &l->out, NULL) ==
         PILA_OK);
    return 0;
}

static uint64_t zlib_pack(void *ctx)
{
    lane *l = (lane *)ctx;
    z_stream z;

    memset(&z, 0, sizeof z);
    good(deflateInit(&z, l->level) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)l->text.ptr;
    z.avail_in = (uInt)l->text.len;
    z.next_out = (Bytef *)l->out.data;
    z.avail_out = (uInt)l->out.room;
    good(deflate(&z, Z_FINISH) == Z_STREAM_END);
    l->out.len = (size_t)((char *)z.next_out - l->out.data);
    deflateEnd(&z);
    return 0;
}

static uint64_t libdeflate_pack(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = deflate_libdeflate.compress(l->text.ptr, l->text.len, l->level,
                                             l->out.data, l->out.room);
    return 0;
}

static uint64_t pila_unpack(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = 0;
    good(pila_zlib_decompress(l->packed, PILA_ZLIB_WBITS, l->text.len, &l->out, NULL) ==
         PILA_OK);
    return l->out.len;
}

static uint64_t zlib_unpack(void *ctx)
{
    lane *l = (lane *)ctx;
    z_stream z;

    memset(&z, 0, sizeof z);
    good(inflateInit(&z) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t)l->packed.ptr;
    z.avail_in = (uInt)l->packed.len;
    z.next_out = (Bytef *)l->out.data;
    z.avail_out = (uInt)l->text.len;
    good(inflate(&z, Z_FINISH) == Z_STREAM_END);
    l->out.len = (size_t)((char *)z.next_out - l->out.data);
    inflateEnd(&z);
    return l->out.len;
}

static uint64_t libdeflate_unpack(void *ctx)
{
    lane *l = (lane *)ctx;

    l->out.len = deflate_libdeflate.decompress(l->packed.ptr, l->packed.len,
                                               l->out.data, l->text.len);
    return l->out.len;
}

/* ---- in pieces ---- */

static uint64_t pila_pack_pieces(void *ctx)
{
    lane *l = (lane *)ctx;
    pila_zlib_compressobj *c;

    l->out.len = 0;
    good(pila_zlib_compressobj_new(l->level, PILA_ZLIB_WBITS, NULL, &c, NULL) ==
         PILA_OK);
    for (size_t at = 0; at < l->text.len; at += PIECE)
        good(pila_zlib_compressobj_compress(c, piece_of(l->text, at), &l->out, NULL) ==
             PILA_OK);
    good(pila_zlib_compressobj_flush(c, PILA_Z_FINISH, &l->out, NULL) == PILA_OK);
    pila_zlib_compressobj_free(c);
    return 0;
}

static uint64_t zlib_pack_pieces(void *ctx)
{
    lane *l = (lane *)ctx;
    z_stream z;

    memset(&z, 0, sizeof z);
    good(deflateInit(&z, l->level) == Z_OK);
    z.next_out = (Bytef *)l->out.data;
    z.avail_out = (uInt)l->out.room;
    for (size_t at = 0; at < l->text.len; at += PIECE) {
        pila_str piece = piece_of(l->text, at);
        z.next_in = (Bytef *)(uintptr_t)piece.ptr;
        z.avail_in = (uInt)piece.len;
        good(deflate(&z, Z_NO_FLUSH) == Z_OK);
    }
    good(deflate(&z, Z_FINISH) == Z_STREAM_END);
    l->out.len = (size_t)((char *)z.next_out - l->out.data);
    deflateEnd(&z);
    return 0;
}

/* Each piece's output takes the place of the one before. */
static uint64_t pila_unpack_pieces(void *ctx)
{
    lane *l = (lane *)ctx;
    pila_zlib_decompressobj *d;
    size_t total = 0;

    good(pila_zlib_decompressobj_new(PILA_ZLIB_WBITS, NULL, &d, NULL) == PILA_OK);
    for (size_t at = 0; at < l->packed.len; at += PIECE) {
        l->out.len = 0;
        good(pila_zlib_decompressobj_decompress(d, piece_of(l->packed, at), l->text.len,
                                                &l->out, NULL) == PILA_OK);
        total += l->out.len;
    }
    pila_zlib_decompressobj_free(d);
    return total;
}

static uint64_t zlib_unpack_pieces(void *ctx)
{
    lane *l = (lane *)ctx;
    size_t total = 0;
    z_stream z;

    memset(&z, 0, sizeof z);
    good(inflateInit(&z) == Z_OK);
    for (size_t at = 0; at < l->packed.len; at += PIECE) {
        pila_str piece = piece_of(l->packed, at);
        z.next_in = (Bytef *)(uintptr_t)piece.ptr;
        z.avail_in = (uInt)piece.len;
        z.next_out = (Bytef *)l->out.data;
        z.avail_out = (uInt)l->out.room;
        good(inflate(&z, Z_SYNC_FLUSH) >= Z_OK);
        total += (size_t)((char *)z.next_out - l->out.data);
    }
    inflateEnd(&z);
    return total;
}

/* ---- contests ---- */

static uint64_t unpacked_crc(void *ctx)
{
    lane *l = (lane *)ctx;
    uLongf n = l->text.len;
    Bytef *text = (Bytef *)bench_alloc(n, 1);

    good(uncompress(text, &n, (const Bytef *)l->out.data, l->out.len) == Z_OK);
    uint64_t crc = crc32(0, text, (uInt)n);
    free(text);
    return crc;
}

typedef uint64_t work(void *ctx);

typedef struct event {
    const char *what;
    bool packs, pieces;
    int level;
    work *run[3]; /* pila, zlib, libdeflate */
} event;

/* Room for what is made, whose pages are there; and one run of who decompresses, all of
 * whose bytes are compared. */
static void prepare(const event *e, int who, const lane *given, lane *l)
{
    *l = *given;
    good(pila_buf_reserve(&l->out, l->text.len + l->text.len / 8 + 4096) == PILA_OK);
    memset(l->out.data, 0, l->out.room);
    if (e->packs || e->pieces) return;
    if (who == 2 && deflate_libdeflate.skipped) return;
    e->run[who](l);
    good(pila_str_eq(pila_buf_view(&l->out), l->text));
}

static void contest(const event *e, pila_str text, const char *file)
{
    char title[80], level[12], piece[12];
    const char *const args[] = {e->packs ? "compress" : "decompress", level, piece,
                                file, NULL};
    pila_buf packed = {0};
    lane given, lanes[3];

    snprintf(level, sizeof level, "%d", e->level);
    snprintf(piece, sizeof piece, "%d", e->pieces ? PIECE : 0);
    snprintf(title, sizeof title, "zlib: %s, level %d", e->what, e->level);
    good(pila_zlib_compress(text, e->level, PILA_ZLIB_WBITS, &packed, NULL) == PILA_OK);
    given = (lane){text, pila_buf_view(&packed), e->level, {0}};
    for (int k = 0; k < 3; k++) prepare(e, k, &given, &lanes[k]);
    const char *skipped = deflate_libdeflate.skipped;
    if (e->pieces) skipped = "it has no pieces";
    bench_contestant all[] = {
        {.name = "pila", .run = e->run[0], .ctx = &lanes[0]},
        {.name = "zlib", .run = e->run[1], .ctx = &lanes[1]},
        {.name = "libdeflate", .run = e->run[2], .ctx = &lanes[2], .skipped = skipped},
        bench_python("serial/peers/deflate_cpython.py", args)};
    all[3].name = "CPython";
    for (int k = 0; k < 3; k++) all[k].check = e->packs ? unpacked_crc : NULL;
    bench_run(&(bench_contest){.what = title,
                               .n = text.len,
                               .unit = BENCH_GB_S,
                               .contestants = all,
                               .count = BENCH_COUNT(all),
                               .bars = bars,
                               .bar_count = BENCH_COUNT(bars)});
    bench_python_end(&all[3]);
    for (int k = 0; k < 3; k++) pila_buf_done(&lanes[k].out);
    pila_buf_done(&packed);
}

int main(void)
{
    static const event events[] = {
        {"compress", true, false, 6, {pila_pack, zlib_pack, libdeflate_pack}},
        {"compress", true, false, 1, {pila_pack, zlib_pack, libdeflate_pack}},
        {"compress in pieces",
         true,
         true,
         6,
         {pila_pack_pieces, zlib_pack_pieces, NULL}},
        {"decompress", false, false, 6, {pila_unpack, zlib_unpack, libdeflate_unpack}},
        {"decompress in pieces",
         false,
         true,
         6,
         {pila_unpack_pieces, zlib_unpack_pieces, NULL}},
    };
    size_t len;
    char *text = bench_text(bench_size(512 << 10, 100 << 10), &len);
    char *file = bench_file(text, len);

    bench_begin("DEFLATE through zlib.");
    for (size_t k = 0; k < BENCH_COUNT(events); k++)
        contest(&events[k], pila_str_of(text, len), file);
    bench_file_end(file);
    free(text);
    return bench_end();
}
