/* fuzz_zlib.c - any bytes, taken apart at once, by an object and by an iterator, cut
 * anywhere and with limits: all must say the same. Then the bytes are packed in pieces,
 * and unpacked. Calls that find no memory are made again.
 */
#include "fuzz.h"

#include <pila/serial/zlib.h>

enum { OUT_MOST = 1 << 18 };

static const int all_wbits[] = {PILA_ZLIB_WBITS, PILA_ZLIB_RAW, PILA_ZLIB_GZIP,
                                PILA_ZLIB_AUTO};

/* Sizes from the input; all of them again, and larger, when they are used up. */
typedef struct cutter {
    const uint8_t *from, *at, *end;
    bool again;
} cutter;

static size_t next_cut(cutter *c)
{
    if (c->at == c->end) {
        c->at = c->from;
        c->again = true;
    }
    size_t b = *c->at++;
    if (c->again) return 64 * (b + 1);
    return b < 100 ? b : b < 200 ? b * 37 : b << 9;
}

/* Read all of data, a piece at a time. */
static pila_status by_object(pila_str data, int wbits, cutter cuts, pila_buf *out,
                             bool *eof, pila_error *err)
{
    pila_zlib_decompressobj *d, *copy;

    *eof = false;
    pila_status st = pila_zlib_decompressobj_new(wbits, NULL, &d, err);
    if (st != PILA_OK) return st;
    do {
        pila_str tail = pila_zlib_decompressobj_unconsumed_tail(d);
        size_t n = next_cut(&cuts), max = next_cut(&cuts), len = out->len;
        if (n > data.len) n = data.len;
        pila_str piece = tail.len ? tail : pila_str_of(data.ptr, n);
        if (!tail.len && n) data = pila_str_of(data.ptr + n, data.len - n);
        if (max % 3 == 0) max = PILA_ZLIB_UNLIMITED;
        st = pila_zlib_decompressobj_decompress(d, piece, max, out, err);
        if (fuzz_starved(st)) { /* it is as it was */
            FUZZ_CHECK(out->len == len);
            if (tail.len) piece = pila_zlib_decompressobj_unconsumed_tail(d);
            st = pila_zlib_decompressobj_decompress(d, piece, max, out, err);
        }
        FUZZ_CHECK(out->len - len <= max);
        *eof = pila_zlib_decompressobj_eof(d);
        if (st == PILA_OK && max % 5 == 1 &&
            pila_zlib_decompressobj_copy(d, &copy, NULL) == PILA_OK) {
            pila_zlib_decompressobj_free(d);
            d = copy;
        }
    } while (st == PILA_OK && !*eof && out->len <= OUT_MOST &&
             (data.len || pila_zlib_decompressobj_unconsumed_tail(d).len));
    if (st == PILA_OK && !*eof && out->len <= OUT_MOST) /* what is within zlib */
        st = pila_zlib_decompressobj_decompress(d, data, PILA_ZLIB_UNLIMITED, out, err);
    *eof = pila_zlib_decompressobj_eof(d);
    pila_zlib_decompressobj_free(d);
    return st;
}

static pila_status by_iterator(pila_str data, int wbits, pila_buf *out, pila_error *err)
{
    pila_str halves[2] = {data, data};

    halves[0].len = data.len / 2;
    halves[1].len -= halves[0].len;
    if (halves[0].len) halves[1].ptr += halves[0].len;
    pila_iter it = pila_zlib_decompressed(pila_span(halves, 2, &pila_view), wbits, NULL,
                                          OUT_MOST, err);
    PILA_FOR(pila_str, v, &it) FUZZ_CHECK(pila_buf_add(out, *v) == PILA_OK);
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

static void check_unpack(pila_str data, int wbits, cutter cuts)
{
    pila_buf want = {0}, got = {0};
    pila_error want_err = {0}, err = {0};
    bool eof;

    pila_status st = pila_zlib_decompress(data, wbits, OUT_MOST, &want, &want_err);
    if (fuzz_starved(st)) {
        FUZZ_CHECK(want.len == 0);
        st = pila_zlib_decompress(data, wbits, OUT_MOST, &want, &want_err);
    }
    if (FUZZ_PLANTED && st == PILA_OK && want.len == 3) want.data[0]++;
    pila_status is = by_object(data, wbits, cuts, &got, &eof, &err);
    if (st == PILA_EEOF) FUZZ_CHECK(is == PILA_OK && !eof);
    else if (st != PILA_ELIMIT) FUZZ_CHECK(is == st && eof == (st == PILA_OK));
    if (st == PILA_OK)
        FUZZ_CHECK(pila_str_eq(pila_buf_view(&want), pila_buf_view(&got)));
    else if (st == PILA_ESYNTAX) FUZZ_CHECK(!strcmp(err.message, want_err.message));
    got.len = 0;
    is = by_iterator(data, wbits, &got, &err);
    FUZZ_CHECK(is == st);
    if (st == PILA_OK)
        FUZZ_CHECK(pila_str_eq(pila_buf_view(&want), pila_buf_view(&got)));
    else FUZZ_CHECK(!strcmp(err.message, want_err.message));
    pila_buf_done(&want);
    pila_buf_done(&got);
}

static void check_pack(pila_str data, int wbits, unsigned how, cutter cuts)
{
    pila_zlib_options o = {0, 1 + (int)(how % 9), (int)(how / 16 % 5), NULL};
    pila_zlib_compressobj *c;
    pila_buf packed = {0}, back = {0};

    if (wbits == PILA_ZLIB_AUTO) wbits = 9;
    if (pila_zlib_compressobj_new((int)(how % 10), wbits, &o, &c, NULL) != PILA_OK)
        return; /* no memory */
    for (pila_str left = data; left.len;) {
        size_t n = next_cut(&cuts), len = packed.len;
        if (n > left.len) n = left.len;
        bool flush = n % 4 == 1;
        pila_str piece = pila_str_of(left.ptr, n);
        pila_status st = pila_zlib_compressobj_compress(c, piece, &packed, NULL);
        if (fuzz_starved(st)) {
            FUZZ_CHECK(packed.len == len);
            st = pila_zlib_compressobj_compress(c, piece, &packed, NULL);
        }
        if (st == PILA_OK && flush)
            st = pila_zlib_compressobj_flush(c, (int)(n / 4 % 4), &packed, NULL);
        FUZZ_CHECK(st == PILA_OK);
        left = pila_str_of(left.ptr + n, left.len - n);
    }
    FUZZ_CHECK(pila_zlib_compressobj_flush(c, PILA_Z_FINISH, &packed, NULL) == PILA_OK);
    FUZZ_CHECK(pila_zlib_decompress(pila_buf_view(&packed), wbits, data.len, &back,
                                    NULL) == PILA_OK);
    FUZZ_CHECK(back.len == data.len);
    FUZZ_CHECK(!back.len || memcmp(back.data, data.ptr, back.len) == 0);
    pila_zlib_compressobj_free(c);
    pila_buf_done(&packed);
    pila_buf_done(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    unsigned how = fuzz_byte(&in), n = 4 + how % 8;

    fuzz_start();
    fuzz_arm(&in);
    if ((size_t)(in.end - in.p) > n) {
        cutter cuts = {in.p, in.p, in.p + n, false};
        in.p += n;
        pila_str bytes = pila_str_of((const char *)in.p, (size_t)(in.end - in.p));
        if (how & 64) check_pack(bytes, all_wbits[how / 8 % 4], how, cuts);
        else check_unpack(bytes, all_wbits[how / 8 % 4], cuts);
    }
    fuzz_disarm();
    fuzz_stop();
    return 0;
}
