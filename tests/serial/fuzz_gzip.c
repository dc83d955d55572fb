/* fuzz_gzip.c - any bytes as a gzip file: what decompress makes of them, a reader must
 * make too, in whatever pieces the source gives and the user takes; under a cap, with
 * memory that fails, and never with more memory than the cap and 256 KiB. Or the bytes
 * are compressed, in any pieces, and must come back.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "fuzz.h"

#include <pila/serial/gzip.h>

#include <errno.h>

enum { FUZZ_OVER = 256 << 10 /* bytes that a cap may be exceeded by */ };

/* ---- memory, counted in bytes and failing as it is armed ---- */

static struct {
    size_t now, peak;
} heap;

static void *heap_resize(void *ctx, void *p, size_t bytes)
{
    size_t *block = p ? (size_t *)p - 2 : NULL, had = block ? *block : 0;
    size_t *made =
        bytes < ((size_t)1 << 31) ? fuzz_resize(ctx, block, bytes + 16) : NULL;

    if (!made) return NULL;
    heap.now += bytes - had;
    if (heap.now > heap.peak) heap.peak = heap.now;
    *made = bytes;
    return made + 2;
}

static void heap_release(void *ctx, void *p)
{
    if (p) heap.now -= ((size_t *)p)[-2];
    fuzz_release(ctx, p ? (size_t *)p - 2 : NULL);
}

/* ---- a source that gives a few bytes at a time ---- */

static struct source {
    pila_str text;
    size_t at;
    unsigned turn;
    uint8_t sizes[4];
} source;

static ptrdiff_t read_some(void *ctx, void *into, size_t room)
{
    struct source *s = (struct source *)ctx;
    size_t n = s->sizes[s->turn++ % 4];

    if (n == 0 && s->turn % 2) {
        errno = EINTR;
        return -1;
    }
    n = n >= 200 ? room : n + 1;
    if (n > room) n = room;
    if (n > s->text.len - s->at) n = s->text.len - s->at;
    if (n) memcpy(into, s->text.ptr + s->at, n);
    s->at += n;
    return (ptrdiff_t)n;
}

static bool rewind_source(void *ctx)
{
    ((struct source *)ctx)->at = 0;
    return true;
}

/* ---- reading ---- */

/* All that a reader gives, by any calls: at most `most` bytes of it, or the status. */
static pila_status take_all(pila_gzip_reader *r, fuzz_in ops, size_t most,
                            pila_buf *out)
{
    static char room[1 << 17];
    pila_status st = PILA_OK;
    pila_str view;

    for (size_t got = 1; got && st == PILA_OK && out->len <= most;) {
        unsigned op = fuzz_byte(&ops), n = 1 + fuzz_byte(&ops);
        size_t before = out->len;

        got = 0;
        if (op % 8 == 0) {
            st = pila_gzip_readline(r, n, out);
            got = out->len - before;
            FUZZ_CHECK(got <= n);
            continue;
        }
        if (op % 8 == 1 && out->len &&
            pila_gzip_seek(r, -(int64_t)n, SEEK_CUR) == PILA_OK)
            out->len = (size_t)pila_gzip_tell(r);
        if (op % 8 == 2) {
            st = pila_gzip_read_view(r, &view);
            got = view.len;
        } else {
            if (op % 8 == 3) n *= 300;
            st = op % 8 == 4 ? pila_gzip_read1(r, room, n, &got)
                             : pila_gzip_read(r, room, n, &got);
            view = pila_str_of(room, got);
        }
        FUZZ_CHECK(st == PILA_OK || got == 0);
        if (pila_buf_add(out, view) != PILA_OK) return PILA_ENOMEM;
        FUZZ_CHECK(pila_gzip_tell(r) == out->len);
    }
    return st;
}

static void check_reader(fuzz_in *in, bool ahead, size_t most, pila_status want,
                         pila_str bytes)
{
    pila_gzip_read_options o = {ahead};
    pila_gzip_in from = pila_gzip_from_read(read_some, &source);
    pila_buf out = {0};
    fuzz_in ops = *in;

    from.rewind = rewind_source;
    source.at = source.turn = 0;
    pila_gzip_reader *r = pila_gzip_reader_new(from, &o);
    FUZZ_CHECK(r);
    pila_status st = take_all(r, ops, most, &out);
    if (st == PILA_OK && out.len > most) st = PILA_ELIMIT;
    if (want == PILA_OK && FUZZ_PLANTED && bytes.len == 5) bytes.len = 4;
    /* A fault may lie beyond the cap: then either may have been met first. */
    FUZZ_CHECK(st == want || (st == PILA_ELIMIT && out.len > most));
    if (st == PILA_OK) FUZZ_CHECK(pila_str_eq(pila_buf_view(&out), bytes));
    const pila_error *why = pila_gzip_reader_error(r);
    FUZZ_CHECK((st != PILA_ESYNTAX && st != PILA_EEOF) ||
               (why->message[0] && why->offset <= source.text.len));
    pila_gzip_reader_free(r);
    pila_buf_done(&out);
}

static void check_reading(fuzz_in *in, pila_str data, bool ahead, size_t most)
{
    pila_buf out = {0};
    pila_error err;

    memset(&heap, 0, sizeof heap);
    fuzz_arm(in);
    pila_status st = pila_gzip_decompress(data, most, &out, &err);
    FUZZ_CHECK(heap.peak <= most + FUZZ_OVER);
    if (!fuzz_starved(st)) {
        FUZZ_CHECK(st == PILA_OK || (out.len == 0 && err.status == st));
        FUZZ_CHECK(out.len <= most);
        source.text = data;
        for (int k = 0; k < 4; k++) source.sizes[k] = (uint8_t)fuzz_byte(in);
        check_reader(in, ahead, most, st, pila_buf_view(&out));
    }
    pila_buf_done(&out);
}

/* ---- writing ---- */

static void check_writing(fuzz_in *in, pila_str data, unsigned threads)
{
    unsigned how = fuzz_byte(in);
    pila_gzip_write_options o = {
        (int)(how % 11), how, {NULL, 0}, threads, (pila_gzip_blocks)(how % 3)};
    pila_buf packed = {0}, back = {0};
    pila_gzip_writer *w = NULL;
    fuzz_in ops = *in;

    fuzz_arm(in);
    pila_status st = pila_gzip_writer_new(&w, pila_gzip_to_buf(&packed), &o);
    for (size_t at = 0, n; at < data.len && st == PILA_OK; at += n) {
        n = 1 + (size_t)fuzz_byte(&ops) * 37;
        if (n > data.len - at) n = data.len - at;
        st = pila_gzip_write(w, pila_str_of(data.ptr + at, n));
        if (st == PILA_OK && n % 9 == 0)
            st = pila_gzip_flush(w, (pila_gzip_flush_mode)(n % 2));
    }
    if (st == PILA_OK) st = pila_gzip_finish(w);
    pila_gzip_writer_free(w);
    if (!fuzz_starved(st)) {
        FUZZ_CHECK(st == PILA_OK);
        FUZZ_CHECK(pila_gzip_decompress(pila_buf_view(&packed), data.len, &back,
                                        NULL) == PILA_OK);
        FUZZ_CHECK(pila_str_eq(pila_buf_view(&back), data));
    }
    pila_buf_done(&packed);
    pila_buf_done(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const pila_allocator hook = {heap_resize, heap_release, NULL};
    fuzz_in in = {data, data + size}, ops;
    unsigned how = fuzz_byte(&in), cap = fuzz_byte(&in);
    size_t most = cap < 128 ? (size_t)1 << 22 : ((size_t)1 << (cap % 16)) + cap % 7;

    fuzz_start();
    pila_mem_hook(&hook);
    ops = in; /* choices come from the same bytes */
    size_t n = (size_t)(in.end - in.p);
    pila_str text =
        pila_str_of((const char *)in.p + (n < 8 ? n : 8), n < 8 ? 0 : n - 8);
    if (how % 4 == 3) check_writing(&ops, text, how >> 2 & 1);
    else check_reading(&ops, text, how & 4, most);
    fuzz_stop();
    return 0;
}
