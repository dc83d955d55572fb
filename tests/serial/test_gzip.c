/* test_gzip.c - gzip: CPython's rows, every way in and out, hostile files, threads.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "check.h"

#include <pila/itertools/records.h>
#include <pila/serial/gzip.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

typedef struct gzip_read_row {
    const char *name;
    size_t len;
    const char *data;
    pila_status status;
    const char *at_once, *words; /* of gzip.decompress, of GzipFile */
    size_t out_len;
    const char *out;
} gzip_read_row;

typedef struct gzip_header_row {
    const char *name;
    size_t name_len;
    int level;
    int64_t mtime;
    size_t len;
    const char *header;
} gzip_header_row;

typedef struct gzip_seek_row {
    int64_t offset;
    int whence;
    uint64_t at;
    size_t len;
    const char *data;
} gzip_seek_row;

#include "gzip_rows.h"

#define BYTES(text) pila_str_of(text, sizeof text - 1)

static const pila_gzip_read_options ahead = {true};

/* ---- sources and sinks ---- */

typedef struct pieces { /* gives at most `most` bytes a read, with faults */
    pila_str text;
    size_t at, most, back; /* back: how often it was rewound */
    long fault_at;         /* the read that fails, or 0 */
    int with;              /* and with what errno */
    bool interrupts;       /* before every read */
    bool interrupted;
} pieces;

static ptrdiff_t read_pieces(void *ctx, void *into, size_t room)
{
    pieces *p = (pieces *)ctx;
    size_t n = p->text.len - p->at;

    if (p->interrupts && (p->interrupted = !p->interrupted)) {
        errno = EINTR;
        return -1;
    }
    if (p->fault_at && --p->fault_at == 0) {
        errno = p->with;
        return -1;
    }
    if (n > room) n = room;
    if (n > p->most) n = p->most;
    if (n) memcpy(into, p->text.ptr + p->at, n);
    p->at += n;
    return (ptrdiff_t)n;
}

static bool rewind_pieces(void *ctx)
{
    pieces *p = (pieces *)ctx;

    p->at = 0;
    p->back++;
    return true;
}

typedef struct taker { /* a sink that fails at its k-th call */
    pila_buf got;
    long fault_at;
} taker;

static pila_status take(void *ctx, pila_str bytes)
{
    taker *t = (taker *)ctx;

    if (t->fault_at && --t->fault_at == 0) return (pila_status)(PILA_EUSER + 3);
    return pila_buf_add(&t->got, bytes);
}

/* ---- data ---- */

/* Words that compress about as text does, the same for the same n. */
static void make_text(pila_buf *out, size_t n)
{
    static const char *const words[] = {"spam ",     "and ",     "eggs\n",
                                        "sausage, ", "lobster ", "thermidor ",
                                        "a ",        "l'aurore "};
    check_rng r = {n};

    out->len = 0;
    CHECK_OK(pila_buf_reserve(out, n));
    while (out->len < n) {
        uint64_t x = check_rng_next(&r);
        char number[24];
        const char *word = words[x % 8];
        size_t len = strlen(word);

        if (x >> 60 == 0) {
            snprintf(number, sizeof number, "%llu ", (unsigned long long)(x >> 8));
            len = strlen(word = number);
        }
        if (len > n - out->len) len = n - out->len;
        memcpy(out->data + out->len, word, len);
        out->len += len;
    }
}

static void make_noise(pila_buf *out, size_t n)
{
    check_rng r = {n};

    out->len = 0;
    CHECK_OK(pila_buf_reserve(out, n));
    while (out->len < n) out->data[out->len++] = (char)check_rng_next(&r);
}

static pila_status compress_with(pila_str data, const pila_gzip_write_options *o,
                                 size_t cut, pila_buf *out)
{
    pila_gzip_writer *w;
    pila_status st = pila_gzip_writer_new(&w, pila_gzip_to_buf(out), o);

    if (st != PILA_OK) return st;
    for (size_t at = 0; st == PILA_OK && at < data.len; at += cut) {
        size_t n = data.len - at < cut ? data.len - at : cut;
        st = pila_gzip_write(w, pila_str_of(data.ptr + at, n));
    }
    if (st == PILA_OK) CHECK_INT(pila_gzip_write_tell(w), data.len);
    if (st == PILA_OK) st = pila_gzip_finish(w);
    pila_gzip_writer_free(w);
    return st;
}

/* All that a reader gives, by reads of `step` bytes; the status it ends with. */
static pila_status drain(pila_gzip_reader *r, size_t step, pila_buf *out)
{
    static char room[1 << 18];
    size_t got = 1;
    pila_status st = PILA_OK;

    while (st == PILA_OK && got) {
        st = step % 2 ? pila_gzip_read(r, room, step, &got)
                      : pila_gzip_read1(r, room, step, &got);
        CHECK(st == PILA_OK || got == 0);
        CHECK(got <= step);
        CHECK_OK(pila_buf_add(out, pila_str_of(room, got)));
    }
    return st;
}

static void gives(pila_str packed, pila_str want)
{
    pila_buf out = {0};
    pila_error err;

    CHECK_OK(pila_gzip_decompress(packed, want.len, &out, &err));
    CHECK(pila_str_eq(pila_buf_view(&out), want));
    pila_buf_done(&out);
}

/* ---- CPython's rows ---- */

static void decompress_says_what_cpython_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(gzip_read_rows); i++) {
        const gzip_read_row *row = &gzip_read_rows[i];
        pila_buf out = {0};
        pila_error err;

        ROW(row->name);
        CHECK_OK(pila_buf_add(&out, BYTES("kept")));
        pila_status st = pila_gzip_decompress(pila_str_of(row->data, row->len),
                                              PILA_GZIP_UNLIMITED, &out, &err);
        CHECK_STATUS(st, row->status);
        CHECK_INT(out.len, 4 + row->out_len);
        CHECK(memcmp(out.data, "kept", 4) == 0);
        CHECK(memcmp(out.data + 4, row->out, row->out_len) == 0);
        if (st != PILA_OK) {
            CHECK_TEXT(pila_cstr(err.message), row->at_once);
            CHECK(err.status == st && err.offset <= row->len && err.line == 0);
        }
        pila_buf_done(&out);
    }
}

static void readers_say_it_in_any_pieces(void **state)
{
    static const size_t steps[] = {1, 7, 8, 4096, 100000, 200001};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(gzip_read_rows); i++)
        for (size_t most = 1; most < 10; most += 6)
            for (size_t k = 0; k < 2 * COUNT_OF(steps); k++) {
                const gzip_read_row *row = &gzip_read_rows[i];
                pieces p = {
                    pila_str_of(row->data, row->len), 0, most, 0, 0, 0, k % 3, 0};
                pila_gzip_reader *r =
                    pila_gzip_reader_new(pila_gzip_from_read(read_pieces, &p),
                                         k % 2 ? &ahead : NULL);
                pila_buf out = {0};

                ROW(row->name);
                CHECK(r);
                CHECK_STATUS(drain(r, steps[k / 2], &out), row->status);
                CHECK_STATUS(drain(r, 9, &out), row->status); /* and stays so */
                CHECK_TEXT(pila_cstr(pila_gzip_reader_error(r)->message), row->words);
                if (row->status == PILA_OK)
                    CHECK(pila_str_eq(pila_buf_view(&out),
                                      pila_str_of(row->out, row->out_len)));
                CHECK_INT(pila_gzip_tell(r), out.len);
                pila_gzip_reader_free(r);
                pila_buf_done(&out);
            }
}

static void headers_are_those_of_cpython(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(gzip_header_rows); i++) {
        const gzip_header_row *row = &gzip_header_rows[i];
        pila_gzip_write_options o = {row->level ? row->level : PILA_GZIP_STORED,
                                     row->mtime, pila_str_of(row->name, row->name_len),
                                     i % 3 == 0, PILA_GZIP_LINKED};
        pila_buf out = {0};

        ROW(row->name);
        CHECK_OK(compress_with(BYTES("eggs"), &o, 9, &out));
        CHECK(out.len > row->len && memcmp(out.data, row->header, row->len) == 0);
        gives(pila_buf_view(&out), BYTES("eggs"));
        pila_buf_done(&out);
    }
    for (size_t i = 0; i < COUNT_OF(gzip_compress_rows); i++) {
        const gzip_header_row *row = &gzip_compress_rows[i];
        pila_buf out = {0};

        CHECK_OK(pila_gzip_compress(BYTES("eggs"), row->level, row->mtime, &out));
        CHECK(out.len > row->len && memcmp(out.data, row->header, row->len) == 0);
        gives(pila_buf_view(&out), BYTES("eggs"));
        pila_buf_done(&out);
    }
}

/* What deflate makes of it at once, which is what CPython puts into a member. */
static void deflate_of(pila_str data, int level, pila_buf *out)
{
    z_stream z;

    memset(&z, 0, sizeof z);
    CHECK_INT(deflateInit2(&z, level, Z_DEFLATED, -15, 8, 0), Z_OK);
    CHECK_OK(pila_buf_reserve(out, deflateBound(&z, data.len)));
    z.next_in = (Bytef *)data.ptr;
    z.avail_in = (uInt)data.len;
    z.next_out = (Bytef *)out->data;
    z.avail_out = (uInt)out->room;
    CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->len = z.total_out;
    deflateEnd(&z);
}

static void a_plain_writer_makes_cpythons_bytes(void **state)
{
    pila_buf text = {0}, want = {0}, got = {0};

    (void)state;
    make_text(&text, 300000);
    for (int level = 1; level < 10; level++)
        for (size_t cut = 999; cut < 400000; cut *= 300) {
            pila_gzip_write_options o = {level, 0, {NULL, 0}, 0, PILA_GZIP_LINKED};

            want.len = got.len = 0;
            deflate_of(pila_buf_view(&text), level, &want);
            CHECK_OK(compress_with(pila_buf_view(&text), &o, cut, &got));
            CHECK_INT(got.len, want.len + 18);
            CHECK(memcmp(got.data + 10, want.data, want.len) == 0);
        }
    pila_buf_done(&text);
    pila_buf_done(&want);
    pila_buf_done(&got);
}

/* ---- whole data ---- */

static void what_is_compressed_comes_back(void **state)
{
    static const size_t sizes[] = {0,     1,      2,      1000,   32768, 65535,
                                   65536, 131071, 131072, 131073, 700000};
    pila_buf data = {0}, packed = {0};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(sizes); i++)
        for (int level = -1; level <= 9; level += 5) {
            if (i % 2) make_text(&data, sizes[i / 2]);
            else make_noise(&data, sizes[i / 2]);
            packed.len = 0;
            CHECK_OK(pila_gzip_compress(pila_buf_view(&data), level, 0, &packed));
            gives(pila_buf_view(&packed), pila_buf_view(&data));
        }
    pila_buf_done(&data);
    pila_buf_done(&packed);
}

static void the_cap_is_exact(void **state)
{
    static const size_t sizes[] = {0, 1, 63, 64, 65, 5000, 65536, 65537, 300000};
    pila_buf data = {0}, packed = {0}, out = {0};
    pila_error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (int lies = 0; lies < 3; lies++) {
            size_t n = sizes[i];

            make_text(&data, n);
            size_t first = lies == 2 ? n / 3 : n; /* the length at the end says less */
            packed.len = out.len = 0;
            CHECK_OK(pila_gzip_compress(pila_str_of(data.data, first), 6, 0, &packed));
            if (first < n)
                CHECK_OK(pila_gzip_compress(pila_str_of(data.data + first, n - first),
                                            6, 0, &packed));
            if (lies == 1) CHECK_OK(pila_buf_add(&packed, BYTES("\0\0\0\0\0")));
            CHECK_OK(pila_gzip_decompress(pila_buf_view(&packed), n, &out, &err));
            CHECK(pila_str_eq(pila_buf_view(&out), pila_buf_view(&data)));
            if (n == 0) continue;
            out.len = 0;
            CHECK_STATUS(pila_gzip_decompress(pila_buf_view(&packed), n - 1, &out,
                                              &err),
                         PILA_ELIMIT);
            CHECK(err.status == PILA_ELIMIT && err.message[0] && out.len == 0);
            pila_buf small = {NULL, 0, 0, n}; /* a buffer's own cap */
            CHECK_OK(pila_gzip_decompress(pila_buf_view(&packed), PILA_GZIP_UNLIMITED,
                                          &small, &err));
            CHECK(small.room <= n);
            small.len = 0;
            small.cap = n > 1 ? n - 1 : 1;
            CHECK_STATUS(pila_gzip_decompress(pila_buf_view(&packed),
                                              PILA_GZIP_UNLIMITED, &small, &err),
                         n > 1 ? PILA_ELIMIT : PILA_OK);
            pila_buf_done(&small);
        }
    pila_buf_done(&data);
    pila_buf_done(&packed);
    pila_buf_done(&out);
}

static void bad_arguments_are_refused(void **state)
{
    static const struct {
        const char *name;
        int level;
        int64_t mtime;
    } rows[] = {{"a level above 9", 11, 0},
                {"a level below -1", -2, 0},
                {"a time before 1970", 6, -2},
                {"a time beyond 2106", 6, (int64_t)1 << 32}};
    pila_buf out = {0};
    pila_gzip_writer *w = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pila_gzip_write_options o = {
            rows[i].level, rows[i].mtime, {NULL, 0}, i % 2, PILA_GZIP_LINKED};

        ROW(rows[i].name);
        CHECK_STATUS(pila_gzip_compress(BYTES("x"), rows[i].level, rows[i].mtime, &out),
                     PILA_EVALUE);
        CHECK_STATUS(pila_gzip_writer_new(&w, pila_gzip_to_buf(&out), &o), PILA_EVALUE);
        CHECK(!w && out.len == 0);
    }
    ROW("a mode of none");
    CHECK_STATUS(pila_gzip_create(&w, "/nowhere", 'r', NULL), PILA_EVALUE);
    CHECK(!w);
}

static void now_is_the_time_of_the_call(void **state)
{
    pila_buf out = {0};
    int64_t before = (int64_t)time(NULL);

    (void)state;
    CHECK_OK(pila_gzip_compress(BYTES("x"), 9, PILA_GZIP_NOW, &out));
    pila_gzip_reader *r =
        pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&out)), NULL);
    pila_str view;
    CHECK(!pila_gzip_reader_header(r));
    CHECK_OK(pila_gzip_peek(r, &view));
    CHECK_INT(view.len, 1);
    const pila_gzip_header *h = pila_gzip_reader_header(r);
    CHECK(h && h->mtime >= before && h->mtime <= before + 60 && h->os == 255);
    CHECK(h->member == 1 && h->name_len == 0 && h->flags == 0 && h->xfl == 2);
    pila_gzip_reader_free(r);
    pila_buf_done(&out);
}

/* ---- threads ---- */

static size_t members_in(pila_str packed)
{
    pila_gzip_reader *r = pila_gzip_reader_new(pila_gzip_from_mem(packed), NULL);
    char room[4096];
    size_t got = 1;

    while (got) CHECK_OK(pila_gzip_read(r, room, sizeof room, &got));
    const pila_gzip_header *h = pila_gzip_reader_header(r);
    size_t members = h ? (size_t)h->member : 0;
    pila_gzip_reader_free(r);
    return members;
}

static void blocks_do_not_depend_on_threads_or_cuts(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 131071, 131072, 131073, 262144, 1500000};
    pila_buf data = {0}, want = {0}, got = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (int blocks = 0; blocks < 3; blocks++)
            for (unsigned threads = 1; threads < 6; threads += 2) {
                size_t cuts[] = {SIZE_MAX, 100000, 65537};
                pila_gzip_write_options o = {3, 5, BYTES("name.gz"), threads,
                                             (pila_gzip_blocks)blocks};
                size_t n = sizes[i], cut = cuts[threads / 2];

                make_text(&data, n);
                got.len = 0;
                CHECK_OK(compress_with(pila_buf_view(&data), &o, cut < n ? cut : n + 1,
                                       &got));
                if (threads == 1) {
                    want.len = 0;
                    CHECK_OK(pila_buf_add(&want, pila_buf_view(&got)));
                }
                CHECK(pila_str_eq(pila_buf_view(&want), pila_buf_view(&got)));
                gives(pila_buf_view(&got), pila_buf_view(&data));
                size_t parts = n ? (n + PILA_GZIP_BLOCK - 1) / PILA_GZIP_BLOCK : 1;
                CHECK_INT(members_in(pila_buf_view(&got)),
                          blocks == PILA_GZIP_MEMBERS ? parts : 1);
            }
    pila_buf_done(&data);
    pila_buf_done(&want);
    pila_buf_done(&got);
}

static void linked_blocks_are_smaller(void **state)
{
    pila_buf data = {0}, out = {0};
    size_t len[3];

    (void)state;
    make_text(&data, 600000);
    for (int blocks = 0; blocks < 3; blocks++) {
        pila_gzip_write_options o = {6, 0, {NULL, 0}, 2, (pila_gzip_blocks)blocks};

        out.len = 0;
        CHECK_OK(compress_with(pila_buf_view(&data), &o, SIZE_MAX, &out));
        len[blocks] = out.len;
    }
    CHECK(len[0] < len[1] && len[1] < len[2]);
    pila_buf_done(&data);
    pila_buf_done(&out);
}

static size_t tasks_now(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/task");

    if (!d) return 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

/* How many threads there are, when those that were joined have been swept up. */
static size_t tasks(size_t at_most)
{
    size_t n;

    for (int k = 0; (n = tasks_now()) > at_most && k < 1000; k++) usleep(1000);
    return n;
}

static void no_thread_is_left_behind_by_a_fault(void **state)
{
    pila_buf data = {0};
    size_t before = tasks_now();

    (void)state;
    make_noise(&data, 700000);
    for (long k = 1; k < 48; k++) {
        pila_gzip_write_options o = {1, 0, BYTES("name"), k & 1 ? 3 : 0,
                                     (pila_gzip_blocks)(k % 3)};
        taker t = {{NULL, 0, 0, 0}, 1 + k / 6};
        pila_gzip_writer *w;
        pila_status st = PILA_OK;

        CHECK_OK(pila_gzip_writer_new(&w, pila_gzip_to_sink(take, &t), &o));
        if (k & 2) st = pila_gzip_flush(w, PILA_GZIP_SYNC_FLUSH);
        if (st == PILA_OK) st = pila_gzip_write(w, pila_buf_view(&data));
        if (st == PILA_OK && k & 4) st = pila_gzip_flush(w, PILA_GZIP_SYNC_FLUSH);
        if (st == PILA_OK) st = pila_gzip_write_seek(w, 200000, SEEK_CUR);
        if (st == PILA_OK) st = pila_gzip_finish(w);
        if (t.fault_at <= 0) {
            CHECK_STATUS(st, (pila_status)(PILA_EUSER + 3));
            CHECK_STATUS(pila_gzip_write(w, BYTES("x")), st);
            CHECK_STATUS(pila_gzip_flush(w, PILA_GZIP_SYNC_FLUSH), st);
            CHECK_STATUS(pila_gzip_write_seek(w, 9, SEEK_CUR), st);
            CHECK_STATUS(pila_gzip_finish(w), st);
        }
        pila_gzip_writer_free(w);
        pila_buf_done(&t.got);
    }
    pila_gzip_writer *w; /* and of one that is given up */
    pila_gzip_write_options o = {9, 0, {NULL, 0}, 4, PILA_GZIP_LINKED};
    pila_buf out = {0};
    CHECK_OK(pila_gzip_writer_new(&w, pila_gzip_to_buf(&out), &o));
    CHECK_OK(pila_gzip_write(w, pila_buf_view(&data)));
    pila_gzip_writer_free(w);
    CHECK_INT(tasks(before), before);
    pila_buf_done(&out);
    pila_buf_done(&data);
}

/* Stacks of this many bytes: where they cannot be had, there are no more threads. */
static void stacks_of(size_t bytes)
{
    pthread_attr_t attr;

    CHECK_INT(pthread_attr_init(&attr), 0);
    CHECK_INT(pthread_attr_setstacksize(&attr, bytes), 0);
    CHECK_INT(pthread_setattr_default_np(&attr), 0);
    pthread_attr_destroy(&attr);
}

static void threads_that_cannot_be_had(void **state)
{
    pila_gzip_write_options o = {1, 0, {NULL, 0}, 3, PILA_GZIP_LINKED};
    pthread_attr_t attr;
    size_t usual, most = (size_t)1 << 47;
    pila_buf text = {0}, want = {0}, out = {0};
    pila_gzip_writer *w;
    pila_str view;

    (void)state;
    CHECK_INT(pthread_attr_init(&attr), 0);
    CHECK_INT(pthread_attr_getstacksize(&attr, &usual), 0);
    make_text(&text, 700000);
    CHECK_OK(compress_with(pila_buf_view(&text), &o, SIZE_MAX, &want));

    stacks_of(most); /* none at all */
    CHECK_STATUS(compress_with(pila_buf_view(&text), &o, SIZE_MAX, &out), PILA_EIO);
    CHECK(errno == EAGAIN || errno == ENOMEM || errno == EINVAL); /* valgrind's */
    pila_gzip_reader *r =
        pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&want)), &ahead);
    CHECK_STATUS(pila_gzip_peek(r, &view), PILA_ENOMEM);
    out.len = 0; /* one block is compressed without */
    CHECK_OK(compress_with(pila_str_of(text.data, 1000), &o, SIZE_MAX, &out));
    gives(pila_buf_view(&out), pila_str_of(text.data, 1000));

    stacks_of(usual); /* one does the work of three */
    CHECK_OK(pila_gzip_peek(r, &view));
    CHECK(view.len && memcmp(view.ptr, text.data, view.len) == 0);
    pila_gzip_reader_free(r);
    out.len = 0;
    CHECK_OK(pila_gzip_writer_new(&w, pila_gzip_to_buf(&out), &o));
    CHECK_OK(pila_gzip_write(w, pila_str_of(text.data, PILA_GZIP_BLOCK)));
    stacks_of(most);
    CHECK_OK(pila_gzip_write(w, pila_str_of(text.data + PILA_GZIP_BLOCK,
                                            text.len - PILA_GZIP_BLOCK)));
    CHECK_OK(pila_gzip_finish(w));
    pila_gzip_writer_free(w);
    stacks_of(usual);
    pthread_attr_destroy(&attr);
    CHECK(pila_str_eq(pila_buf_view(&out), pila_buf_view(&want)));
    pila_buf_done(&text);
    pila_buf_done(&want);
    pila_buf_done(&out);
}

/* ---- flush, seek, finish ---- */

static void what_is_flushed_can_be_read(void **state)
{
    pila_buf data = {0};

    (void)state;
    make_text(&data, 400000);
    for (unsigned how = 0; how < 8; how++) {
        pila_gzip_write_options o = {6,
                                     0,
                                     {NULL, 0},
                                     how & 1 ? 2 : 0,
                                     how & 2 ? PILA_GZIP_LINKED : PILA_GZIP_MEMBERS};
        pila_buf out = {0}, back = {0};
        pila_gzip_writer *w;

        CHECK_OK(pila_gzip_writer_new(&w, pila_gzip_to_buf(&out), &o));
        CHECK_OK(pila_gzip_flush(w, PILA_GZIP_SYNC_FLUSH));
        CHECK(out.len >= 10); /* the header is there */
        for (size_t at = 0, n; at < data.len; at += n) {
            n = 1 + at / 2;
            if (n > data.len - at) n = data.len - at;
            CHECK_OK(pila_gzip_write(w, pila_str_of(data.data + at, n)));
            CHECK_OK(pila_gzip_flush(w, how & 4 ? PILA_GZIP_FULL_FLUSH
                                                : PILA_GZIP_SYNC_FLUSH));
            CHECK_OK(pila_gzip_flush(w, PILA_GZIP_SYNC_FLUSH)); /* once more: nothing */
            pila_gzip_reader *r =
                pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&out)), NULL);
            back.len = 0;
            pila_status st = drain(r, 9999, &back);
            CHECK(st == PILA_EEOF || (st == PILA_OK && o.blocks == PILA_GZIP_MEMBERS));
            CHECK(pila_str_eq(pila_buf_view(&back), pila_str_of(data.data, at + n)));
            pila_gzip_reader_free(r);
        }
        CHECK_OK(pila_gzip_finish(w));
        CHECK_STATUS(pila_gzip_finish(w), PILA_EVALUE);
        CHECK_STATUS(pila_gzip_write(w, BYTES("x")), PILA_EVALUE);
        CHECK_STATUS(pila_gzip_flush(w, PILA_GZIP_SYNC_FLUSH), PILA_EVALUE);
        pila_gzip_writer_free(w);
        gives(pila_buf_view(&out), pila_buf_view(&data));
        pila_buf_done(&out);
        pila_buf_done(&back);
    }
    pila_buf_done(&data);
}

static void a_writer_seeks_by_zeros(void **state)
{
    char want[5000] = "ab";
    pila_buf out = {0};
    pila_gzip_writer *w;

    (void)state;
    want[4999] = 'c';
    CHECK_OK(pila_gzip_writer_new(&w, pila_gzip_to_buf(&out), NULL));
    CHECK_OK(pila_gzip_write(w, BYTES("ab")));
    CHECK_OK(pila_gzip_write_seek(w, 3000, SEEK_SET));
    CHECK_INT(pila_gzip_write_tell(w), 3000);
    CHECK_OK(pila_gzip_write_seek(w, 1999, SEEK_CUR));
    CHECK_OK(pila_gzip_write_seek(w, 4999, SEEK_SET));
    CHECK_STATUS(pila_gzip_write_seek(w, 4998, SEEK_SET), PILA_EVALUE);
    CHECK_STATUS(pila_gzip_write_seek(w, -1, SEEK_CUR), PILA_EVALUE);
    CHECK_STATUS(pila_gzip_write_seek(w, 0, SEEK_END), PILA_EVALUE);
    CHECK_OK(pila_gzip_write(w, BYTES("c")));
    CHECK_OK(pila_gzip_finish(w));
    pila_gzip_writer_free(w);
    pila_gzip_writer_free(NULL);
    gives(pila_buf_view(&out), pila_str_of(want, sizeof want));
    pila_buf_done(&out);
}

/* ---- files ---- */

static char folder[] = "/tmp/pila-gzip-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[300];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static pila_status put_file(const char *path, char mode, const char *text)
{
    pila_gzip_writer *w;
    pila_status st = pila_gzip_create(&w, path, mode, NULL);

    if (st != PILA_OK) return st;
    CHECK_OK(pila_gzip_write(w, pila_cstr(text)));
    CHECK_OK(pila_gzip_finish(w));
    pila_gzip_writer_free(w);
    return PILA_OK;
}

static void file_holds(const char *path, const char *want)
{
    for (int k = 0; k < 2; k++) {
        pila_gzip_reader *r;
        pila_buf out = {0};

        CHECK_OK(pila_gzip_open(&r, path, k ? &ahead : NULL));
        CHECK_OK(pila_gzip_read_all(r, 1000, &out));
        CHECK_TEXT(pila_buf_view(&out), want);
        CHECK_TEXT(pila_cstr(pila_gzip_reader_header(r)->name), "caf\xe9");
        CHECK_INT(pila_gzip_reader_header(r)->name_len, 4);
        pila_gzip_reader_free(r);
        pila_buf_done(&out);
    }
}

static void files_are_opened_as_pythons(void **state)
{
    const char *path;
    pila_gzip_reader *r = NULL;

    (void)state;
    CHECK(mkdtemp(folder));
    path = in_folder("caf\xc3\xa9.gz");
    CHECK_OK(put_file(path, 'w', "spam\n"));
    file_holds(path, "spam\n");
    CHECK_OK(put_file(path, 'a', "eggs\n"));
    file_holds(path, "spam\neggs\n");
    CHECK_STATUS(put_file(path, 'x', "no"), PILA_EIO);
    CHECK_INT(errno, EEXIST);
    file_holds(path, "spam\neggs\n");
    CHECK_OK(put_file(path, 'w', "new"));
    file_holds(path, "new");
    CHECK_INT(unlink(path), 0);
    CHECK_OK(put_file(path, 'x', "made"));
    file_holds(path, "made");
    unlink(path);
    CHECK_STATUS(pila_gzip_open(&r, path, NULL), PILA_EIO);
    CHECK(errno == ENOENT && !r);
    CHECK_STATUS(put_file(in_folder("no/such"), 'w', ""), PILA_EIO);
    pila_gzip_write_options o = {1, 0, BYTES("caf\xc3\xa9"), 0, PILA_GZIP_LINKED};
    pila_gzip_writer *w;
    CHECK_OK(pila_gzip_create(&w, in_folder("other.gz"), 'w', &o));
    CHECK_OK(pila_gzip_write(w, BYTES("named")));
    CHECK_OK(pila_gzip_finish(w));
    pila_gzip_writer_free(w);
    file_holds(in_folder("other.gz"), "named");
    CHECK_OK(pila_gzip_create(&w, in_folder("other.gz"), 'w', &o)); /* given up */
    pila_gzip_writer_free(w);
    unlink(in_folder("other.gz"));
    CHECK_STATUS(pila_gzip_open(&r, folder, NULL),
                 PILA_OK); /* a folder: reading fails */
    pila_buf out = {0};
    CHECK_STATUS(pila_gzip_read_all(r, 9, &out), PILA_EIO);
    CHECK_INT(errno, EISDIR);
    CHECK_STATUS(pila_gzip_reader_error(r)->status, PILA_EIO);
    pila_gzip_reader_free(r);
    pila_gzip_reader_free(NULL);
    FILE *f = fopen(folder, "rb");
    r = pila_gzip_reader_new(pila_gzip_from_file(f), NULL);
    CHECK_STATUS(pila_gzip_read_all(r, 9, &out), PILA_EIO);
    CHECK_INT(errno, EISDIR);
    pila_gzip_reader_free(r);
    fclose(f);
    rmdir(folder);
}

static void a_full_disk_is_a_fault(void **state)
{
    pila_gzip_writer *w;
    pila_buf noise = {0};
    FILE *f = fopen("/dev/full", "wb");
    int fd = open("/dev/full", O_WRONLY);

    (void)state;
    if (!f || fd < 0) skip();
    make_noise(&noise, 300000);
    for (int k = 0; k < 4; k++) {
        bool late = k & 2; /* little is written: only the end can fail */
        pila_status st;

        CHECK_OK(
            pila_gzip_writer_new(&w, k & 1 ? pila_gzip_to_file(f) : pila_gzip_to_fd(fd),
                                 NULL));
        st = pila_gzip_write(w, pila_str_of(noise.data, late ? 10 : noise.len));
        CHECK_STATUS(st, late ? PILA_OK : PILA_EIO);
        CHECK_STATUS(pila_gzip_finish(w), PILA_EIO);
        CHECK_INT(errno, ENOSPC);
        pila_gzip_writer_free(w);
    }
    fclose(f);
    close(fd);
    pila_buf_done(&noise);
}

static void sources_and_sinks_carry_bytes(void **state)
{
    pila_buf data = {0};
    FILE *f = tmpfile();

    (void)state;
    make_text(&data, 500000);
    CHECK(f);
    for (unsigned k = 0; k < 8; k++) {
        pila_gzip_write_options o = {6, 0, {NULL, 0}, k & 1, PILA_GZIP_LINKED};
        pila_gzip_writer *w;
        pila_buf back = {0};

        rewind(f);
        CHECK_INT(ftruncate(fileno(f), 0), 0);
        CHECK_OK(pila_gzip_writer_new(
            &w, k & 2 ? pila_gzip_to_file(f) : pila_gzip_to_fd(fileno(f)), &o));
        CHECK_OK(pila_gzip_write(w, pila_buf_view(&data)));
        CHECK_OK(pila_gzip_finish(w));
        pila_gzip_writer_free(w);
        fseek(f, 0, SEEK_SET);
        pila_gzip_reader *r = pila_gzip_reader_new(k & 4 ? pila_gzip_from_file(f)
                                                         : pila_gzip_from_fd(fileno(f)),
                                                   k & 1 ? &ahead : NULL);
        for (int twice = 0; twice < 2; twice++) {
            back.len = 0;
            CHECK_OK(pila_gzip_read_all(r, data.len, &back));
            CHECK(pila_str_eq(pila_buf_view(&back), pila_buf_view(&data)));
            CHECK_OK(pila_gzip_rewind(r));
        }
        pila_gzip_reader_free(r);
        pila_buf_done(&back);
    }
    fclose(f);
    pila_buf_done(&data);
}

static void *read_pipe(void *ctx)
{
    pila_buf *out = (pila_buf *)((void **)ctx)[0];
    int fd = *(int *)((void **)ctx)[1];
    char room[1000];
    ssize_t n;

    while ((n = read(fd, room, sizeof room)) != 0) {
        if (n < 0 && errno != EINTR) break;
        if (n > 0 && pila_buf_add(out, pila_str_of(room, (size_t)n)) != PILA_OK) break;
        if (out->len % 7 == 0) usleep(100);
    }
    return NULL;
}

static void nothing(int signal) { (void)signal; }

/* Interrupt this thread, and no other, every 0.3 ms. The handler stays: an alarm may
 * come late. */
static void interrupt(bool on)
{
    struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
    struct sigaction act;

    memset(&act, 0, sizeof act);
    act.sa_handler = nothing; /* without SA_RESTART */
    sigaction(SIGALRM, &act, NULL);
    setitimer(ITIMER_REAL, on ? &often : &never, NULL);
}

static pthread_t start_quiet(void *(*run)(void *), void *ctx)
{
    pthread_t made;
    sigset_t alarms;

    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarms, NULL);
    CHECK_INT(pthread_create(&made, NULL, run, ctx), 0);
    pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
    return made;
}

static void short_and_interrupted_writes_are_carried_on(void **state)
{
    pila_buf noise = {0}, out = {0};
    int ends[2];
    void *ctx[2] = {&out, &ends[0]};
    pila_gzip_writer *w;

    (void)state;
    make_noise(&noise, 1000000);
    CHECK_INT(pipe(ends), 0);
    pthread_t reader = start_quiet(read_pipe, ctx);
    interrupt(true);
    CHECK_OK(pila_gzip_writer_new(&w, pila_gzip_to_fd(ends[1]), NULL));
    CHECK_OK(pila_gzip_write(w, pila_buf_view(&noise)));
    CHECK_OK(pila_gzip_finish(w));
    interrupt(false);
    close(ends[1]);
    pthread_join(reader, NULL);
    close(ends[0]);
    pila_gzip_writer_free(w);
    gives(pila_buf_view(&out), pila_buf_view(&noise));
    pila_buf_done(&noise);
    pila_buf_done(&out);
}

static void *write_fifo(void *ctx)
{
    const pila_str *packed = (const pila_str *)((void **)ctx)[0];

    usleep(5000); /* who reads is waiting for someone to open the other end */
    int fd = open((const char *)((void **)ctx)[1], O_WRONLY);
    for (size_t at = 0, n; fd >= 0 && at < packed->len; at += n) {
        n = packed->len - at < 200 ? packed->len - at : 200;
        if (write(fd, packed->ptr + at, n) != (ssize_t)n) break;
        usleep(700);
    }
    if (fd >= 0) close(fd);
    return NULL;
}

static void interrupted_opens_and_reads_are_tried_again(void **state)
{
    char path[] = "/tmp/pila-gzip-XXXXXX";
    pila_buf noise = {0}, packed = {0}, out = {0};

    (void)state;
    CHECK(mkdtemp(path));
    char name[100];
    snprintf(name, sizeof name, "%s/fifo", path);
    make_noise(&noise, 3000);
    CHECK_OK(pila_gzip_compress(pila_buf_view(&noise), 1, 0, &packed));
    for (int k = 0; k < 2; k++) {
        pila_str view = pila_buf_view(&packed);
        void *ctx[2] = {&view, name};
        pila_gzip_reader *r = NULL;
        FILE *f = NULL;

        CHECK_INT(mkfifo(name, 0600), 0);
        pthread_t writer = start_quiet(write_fifo, ctx);
        if (k && (f = fopen(name, "rb")) != NULL)
            r = pila_gzip_reader_new(pila_gzip_from_file(f), NULL);
        interrupt(true);
        if (!k) CHECK_OK(pila_gzip_open(&r, name, NULL));
        CHECK(r);
        out.len = 0;
        CHECK_OK(pila_gzip_read_all(r, 3000, &out));
        interrupt(false);
        CHECK(pila_str_eq(pila_buf_view(&out), pila_buf_view(&noise)));
        pthread_join(writer, NULL);
        pila_gzip_reader_free(r);
        if (f) fclose(f);
        unlink(name);
    }
    rmdir(path);
    pila_buf_done(&noise);
    pila_buf_done(&packed);
    pila_buf_done(&out);
}

/* ---- reading ---- */

static void reads_take_what_their_names_say(void **state)
{
    pila_buf data = {0}, packed = {0}, line = {0};
    pila_str view, again;
    size_t got;
    char room[300000];

    (void)state;
    make_text(&data, 300000);
    CHECK_OK(pila_gzip_compress(pila_buf_view(&data), 6, 0, &packed));
    for (int k = 0; k < 2; k++) {
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&packed)),
                                 k ? &ahead : NULL);

        CHECK_OK(pila_gzip_read(r, room, 0, &got));
        CHECK_OK(pila_gzip_read1(r, room, 0, &got));
        CHECK_INT(got, 0);
        CHECK_OK(pila_gzip_peek(r, &view));
        CHECK(view.len >= 1 && memcmp(view.ptr, data.data, view.len) == 0);
        CHECK_OK(pila_gzip_peek(r, &again));
        CHECK(again.ptr == view.ptr && again.len == view.len && pila_gzip_tell(r) == 0);
        CHECK_OK(pila_gzip_read1(r, room, sizeof room, &got));
        CHECK_INT(got, view.len);
        CHECK_OK(pila_gzip_read(r, room, 10, &got));
        CHECK_INT(got, 10);
        size_t at = view.len + 10;
        CHECK_INT(pila_gzip_tell(r), at);
        while (pila_gzip_tell(r) < 200000) {
            line.len = 0;
            CHECK_OK(pila_gzip_readline(r, PILA_GZIP_UNLIMITED, &line));
            CHECK(line.len && line.data[line.len - 1] == '\n');
            CHECK(memchr(line.data, '\n', line.len) == line.data + line.len - 1);
            CHECK(memcmp(line.data, data.data + at, line.len) == 0);
            at += line.len;
        }
        CHECK_OK(pila_gzip_readline(r, 0, &line));
        CHECK_INT(pila_gzip_tell(r), at);
        CHECK_OK(pila_gzip_read_view(r, &view));
        CHECK(view.len && memcmp(view.ptr, data.data + at, view.len) == 0);
        at += view.len;
        CHECK_OK(pila_gzip_read(r, room, sizeof room, &got));
        CHECK_INT(got, data.len - at);
        CHECK_OK(pila_gzip_peek(r, &view));
        CHECK_INT(view.len, 0);
        line.len = 0;
        CHECK_OK(pila_gzip_readline(r, 10, &line));
        CHECK_INT(line.len, 0);
        CHECK_STATUS(pila_gzip_reader_error(r)->status, PILA_END);
        pila_gzip_reader_free(r);
    }
    pila_buf_done(&data);
    pila_buf_done(&packed);
    pila_buf_done(&line);
}

static void lines_are_those_of_records(void **state)
{
    pila_buf data = {0}, packed = {0}, got = {0};

    (void)state;
    make_text(&data, 300000);
    CHECK_OK(pila_gzip_compress(pila_buf_view(&data), 6, 0, &packed));
    for (int k = 0; k < 2; k++) {
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&packed)),
                                 k ? &ahead : NULL);
        pila_bytes_in in = pila_from_read(pila_gzip_read_callback, r);

        in.keepends = true;
        pila_iter it = pila_lines(in);
        got.len = 0;
        PILA_FOR(pila_str, line, &it) CHECK_OK(pila_buf_add(&got, *line));
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
        CHECK(pila_str_eq(pila_buf_view(&got), pila_buf_view(&data)));
        pila_gzip_reader_free(r);
    }
    pila_buf_done(&data);
    pila_buf_done(&packed);
    pila_buf_done(&got);
}

static void the_callback_tells_faults_by_errno(void **state)
{
    static const struct {
        pila_str text;
        long fault_at;
        int want;
    } rows[] = {{{"garbage", 7}, 0, EBADMSG},
                {{"\x1f", 1}, 1, ENXIO},
                {{"\x1f\x8b", 2}, 0, EBADMSG}};
    char room[10];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pieces p = {rows[i].text, 0, 99, 0, rows[i].fault_at, ENXIO, false, false};
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_read(read_pieces, &p), NULL);

        errno = 0;
        CHECK_INT(pila_gzip_read_callback(r, room, sizeof room), -1);
        CHECK_INT(errno, rows[i].want);
        pila_gzip_reader_free(r);
    }
}

static void a_source_may_fail_at_any_read(void **state)
{
    pila_buf data = {0}, packed = {0};

    (void)state;
    make_text(&data, 600);
    CHECK_OK(pila_gzip_compress(pila_buf_view(&data), 6, 0, &packed));
    for (int k = 0; k < 2; k++)
        for (long n = 1; n <= (long)packed.len + 1; n++) {
            pieces p = {pila_buf_view(&packed), 0, 1, 0, n, EDOM, false, false};
            pila_gzip_in in = pila_gzip_from_read(read_pieces, &p);
            pila_buf out = {0};

            in.rewind = rewind_pieces;
            pila_gzip_reader *r = pila_gzip_reader_new(in, k ? &ahead : NULL);
            CHECK_STATUS(drain(r, 999, &out), PILA_EIO);
            CHECK(memcmp(out.data ? out.data : "", data.data, out.len) == 0);
            CHECK_STATUS(pila_gzip_seek(r, 1, SEEK_CUR), PILA_EIO);
            CHECK_OK(pila_gzip_rewind(r)); /* the fault is gone */
            out.len = 0;
            CHECK_OK(pila_gzip_read_all(r, data.len, &out));
            CHECK(pila_str_eq(pila_buf_view(&out), pila_buf_view(&data)));
            pila_gzip_reader_free(r);
            pila_buf_done(&out);
        }
    pila_buf_done(&data);
    pila_buf_done(&packed);
}

static ptrdiff_t read_too_many(void *ctx, void *into, size_t room)
{
    (void)ctx;
    (void)into;
    errno = 0;
    return (ptrdiff_t)room + 1;
}

static void a_source_that_lies_is_a_fault(void **state)
{
    pila_gzip_reader *r =
        pila_gzip_reader_new(pila_gzip_from_read(read_too_many, NULL), NULL);
    pila_str view;

    (void)state;
    CHECK_STATUS(pila_gzip_peek(r, &view), PILA_EIO);
    pila_gzip_reader_free(r);
}

/* ---- seek ---- */

static void seeks_go_where_cpythons_go(void **state)
{
    pila_buf data = {0}, packed = {0};
    char room[3];
    size_t got;

    (void)state;
    for (int k = 0; k < 10240; k++) CHECK_OK(pila_buf_add_char(&data, (char)k));
    CHECK_OK(pila_gzip_compress(pila_buf_view(&data), 6, 0, &packed));
    for (unsigned k = 0; k < 4; k++) {
        pieces p = {pila_buf_view(&packed), 0, k & 2 ? 7 : 9999, 0, 0, 0, false, false};
        pila_gzip_in in = pila_gzip_from_read(read_pieces, &p);

        in.rewind = rewind_pieces;
        pila_gzip_reader *r = pila_gzip_reader_new(in, k & 1 ? &ahead : NULL);
        for (size_t i = 0; i < COUNT_OF(gzip_seek_rows); i++) {
            const gzip_seek_row *row = &gzip_seek_rows[i];

            CHECK_OK(pila_gzip_seek(r, row->offset, row->whence));
            CHECK_INT(pila_gzip_tell(r), row->at);
            CHECK_OK(pila_gzip_read(r, room, 3, &got));
            CHECK(got == row->len && memcmp(room, row->data, got) == 0);
        }
        CHECK(p.back > 2);
        CHECK_STATUS(pila_gzip_seek(r, 0, 9), PILA_EVALUE);
        CHECK_OK(pila_gzip_seek(r, INT64_MIN, SEEK_CUR));
        CHECK_INT(pila_gzip_tell(r), 0);
        CHECK_OK(pila_gzip_seek(r, INT64_MAX, SEEK_SET));
        CHECK_INT(pila_gzip_tell(r), data.len);
        pila_gzip_reader_free(r);
    }
    pila_buf_done(&data);
    pila_buf_done(&packed);
}

static void a_pipe_goes_back_only_over_what_is_at_hand(void **state)
{
    pila_buf data = {0}, packed = {0};
    int ends[2];
    char room[20];
    size_t got;

    (void)state;
    make_text(&data, 400000);
    CHECK_OK(pila_gzip_compress(pila_buf_view(&data), 9, 0, &packed));
    for (int k = 0; k < 2; k++) {
        CHECK_INT(pipe(ends), 0);
        CHECK(packed.len > 5000);
        CHECK_INT(write(ends[1], packed.data, 5000), 5000); /* a pipe takes that much */
        close(ends[1]);
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_fd(ends[0]), k ? &ahead : NULL);
        CHECK_OK(pila_gzip_read(r, room, 20, &got));
        CHECK_OK(pila_gzip_seek(r, 3, SEEK_SET)); /* at hand */
        CHECK_OK(pila_gzip_read(r, room, 20, &got));
        CHECK(got == 20 && memcmp(room, data.data + 3, 20) == 0);
        CHECK_STATUS(pila_gzip_seek(r, 399999, SEEK_SET), PILA_EEOF);
        CHECK_STATUS(pila_gzip_seek(r, 0, SEEK_SET), PILA_EIO);
        CHECK_INT(errno, ESPIPE);
        CHECK_STATUS(pila_gzip_rewind(r), PILA_EIO);
        pila_gzip_reader_free(r);
        close(ends[0]);
    }
    pila_buf_done(&data);
    pila_buf_done(&packed);
}

static bool refuse(void *ctx)
{
    (void)ctx;
    errno = EIO;
    return false;
}

static void going_back_may_fail(void **state)
{
    pieces p = {{NULL, 0}, 0, 1, 0, 0, 0, false, false};
    pila_gzip_in in = pila_gzip_from_read(read_pieces, &p);

    (void)state;
    in.rewind = refuse;
    pila_gzip_reader *r = pila_gzip_reader_new(in, NULL);
    CHECK_STATUS(pila_gzip_rewind(r), PILA_EIO);
    pila_str view;
    CHECK_STATUS(pila_gzip_peek(r, &view), PILA_EIO);
    pila_gzip_reader_free(r);
}

/* A random walk over a file of several members, against the bytes themselves. */
typedef struct walker {
    pila_gzip_reader *r;
    pila_str data;
    size_t at;
    const char *from; /* what a step has read */
    size_t got;
    pila_buf line;
} walker;

/* Go somewhere. */
static void walk_seek(walker *w, check_rng *rng, bool back)
{
    size_t n = (size_t)check_rng_below(rng, back ? w->at + 1 : w->data.len + 1);

    if (back) {
        n /= 3;
        CHECK_OK(pila_gzip_seek(w->r, -(int64_t)n, SEEK_CUR));
        w->at -= n;
    } else {
        CHECK_OK(pila_gzip_seek(w->r, (int64_t)n, SEEK_SET));
        w->at = n;
    }
    w->got = 0;
}

/* Read at most so many bytes: whether they are as many as there must be. */
static bool walk_read(walker *w, size_t most)
{
    static char room[200000];
    size_t left = w->data.len - w->at;

    CHECK(most <= sizeof room);
    CHECK_OK(pila_gzip_read(w->r, room, most, &w->got));
    w->from = room;
    return w->got == (most < left ? most : left);
}

static bool walk_line(walker *w, size_t most)
{
    const char *here = w->data.ptr + w->at, *end;

    w->line.len = 0;
    CHECK_OK(pila_gzip_readline(w->r, most, &w->line));
    w->from = w->line.data;
    w->got = w->line.len;
    if (!w->got) return !most || w->at == w->data.len;
    end = memchr(here, '\n', w->data.len - w->at);
    size_t whole = end ? (size_t)(end - here) + 1 : w->data.len - w->at;
    return w->got == (most < whole ? most : whole);
}

/* What is ready, copied or not: something, but at the end. */
static bool walk_some(walker *w, bool view)
{
    static char room[100];
    pila_str ready = {NULL, 0};

    if (view) CHECK_OK(pila_gzip_read_view(w->r, &ready));
    else CHECK_OK(pila_gzip_read1(w->r, room, sizeof room, &ready.len));
    w->from = view ? ready.ptr : room;
    w->got = ready.len;
    return (w->got > 0) == (w->at < w->data.len);
}

static bool walk_step(walker *w, check_rng *rng)
{
    switch (check_rng_below(rng, 7)) {
    case 0: return walk_seek(w, rng, false), true;
    case 1: return walk_seek(w, rng, true), true;
    case 2: return walk_read(w, (size_t)check_rng_below(rng, 64));
    case 3: return walk_read(w, (size_t)check_rng_below(rng, 200000));
    case 4: return walk_some(w, false);
    case 5: return walk_line(w, (size_t)check_rng_below(rng, 90));
    default: return walk_some(w, true);
    }
}

static bool walk(pila_str packed, pila_str data, bool planted)
{
    check_rng rng = check_rng_start();
    bool same = true;

    for (int k = 0; k < 4; k++) {
        pieces p = {packed, 0, k & 2 ? 700 : SIZE_MAX, 0, 0, 0, false, false};
        pila_gzip_in in = pila_gzip_from_read(read_pieces, &p);
        in.rewind = rewind_pieces;
        if (k == 3) in = pila_gzip_from_mem(packed);
        walker w = {.r = pila_gzip_reader_new(in, k & 1 ? &ahead : NULL), .data = data};

        for (int step = 0; step < 400 && same; step++) {
            same = walk_step(&w, &rng);
            if (planted && step == 300) w.at++;
            same = same && w.at + w.got <= data.len;
            if (same && w.got) same = memcmp(w.from, data.ptr + w.at, w.got) == 0;
            w.at += w.got;
            same = same && pila_gzip_tell(w.r) == w.at;
        }
        pila_gzip_reader_free(w.r);
        pila_buf_done(&w.line);
    }
    return same;
}

static void a_random_walk_sees_the_bytes(void **state)
{
    pila_buf data = {0}, part = {0}, packed = {0};

    (void)state;
    for (size_t n = 1; n < 1000000; n *= 9) {
        make_text(&part, n);
        CHECK_OK(pila_buf_add(&data, pila_buf_view(&part)));
        CHECK_OK(pila_gzip_compress(pila_buf_view(&part), 6, 0, &packed));
        CHECK_OK(pila_buf_add(&packed, pila_str_of("\0\0\0", n % 4)));
    }
    CHECK(walk(pila_buf_view(&packed), pila_buf_view(&data), false));
    CHECK(!walk(pila_buf_view(&packed), pila_buf_view(&data), true));
    pila_buf_done(&data);
    pila_buf_done(&part);
    pila_buf_done(&packed);
}

/* ---- streams of chunks ---- */

typedef struct cutter { /* yields text in chunks of n bytes, and sometimes none */
    pila_str text, item;
    size_t n;
    unsigned turn;
    pila_status ends;
    pila_iter *asks; /* an iterator to be asked in between */
} cutter;

static bool cutter_refill(pila_iter *it)
{
    cutter *c = (cutter *)it->state;
    size_t n = c->turn++ % 5 == 3 ? 0 : c->n;

    if (c->asks) pila_next(c->asks, sizeof(pila_str));
    if (c->text.len == 0) return pila_iter_end(it, c->ends);
    if (n > c->text.len) n = c->text.len;
    c->item = pila_str_of(c->text.ptr, n);
    c->text = pila_str_of(c->text.ptr + n, c->text.len - n);
    it->cur = (const char *)&c->item;
    it->end = it->cur + sizeof c->item;
    return true;
}

static pila_iter cut(cutter *c, pila_str text, size_t n)
{
    static const pila_iter_ops ops = {cutter_refill, NULL, NULL};

    memset(c, 0, sizeof *c);
    c->text = text;
    c->n = n;
    c->ends = PILA_END;
    return pila_iter_make(&pila_view, &ops, c);
}

static pila_status collect(pila_iter *it, pila_buf *out)
{
    PILA_FOR(pila_str, chunk, it) {
        CHECK(chunk->len > 0);
        pila_status st = pila_buf_add(out, *chunk);
        if (st != PILA_OK) return st;
    }
    return pila_iter_outcome(it);
}

static void chunks_in_chunks_out(void **state)
{
    static const size_t sizes[] = {1, 7, 5000, 1000000};
    pila_buf data = {0}, packed = {0}, back = {0};

    (void)state;
    make_text(&data, 300000);
    for (size_t k = 0; k < 3 * COUNT_OF(sizes); k++) {
        pila_gzip_write_options o = {
            5, 0, {NULL, 0}, (unsigned)k % 3, PILA_GZIP_LINKED};
        cutter c, d;
        pila_error err;

        if (sizes[k / 3] == 1) data.len = 3000;
        else data.len = 300000;
        packed.len = back.len = 0;
        pila_iter it =
            pila_gzip_compressed(cut(&c, pila_buf_view(&data), sizes[k / 3]), &o);
        CHECK_OK(collect(&it, &packed));
        pila_iter_drop(&it);
        gives(pila_buf_view(&packed), pila_buf_view(&data));
        it =
            pila_gzip_decompressed(cut(&d, pila_buf_view(&packed), sizes[k / 3]), &err);
        CHECK_OK(collect(&it, &back));
        pila_iter_drop(&it);
        CHECK(pila_str_eq(pila_buf_view(&back), pila_buf_view(&data)));
        back.len = 0;
        it = pila_gzip_decompressed(/* one upon the other */
                                    pila_gzip_compressed(cut(&c, pila_buf_view(&data),
                                                             sizes[k / 3]),
                                                         &o),
                                    NULL);
        CHECK_OK(collect(&it, &back));
        pila_iter_drop(&it);
        CHECK(pila_str_eq(pila_buf_view(&back), pila_buf_view(&data)));
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&packed)), NULL);
        back.len = 0;
        it = pila_gzip_chunks(r);
        CHECK_OK(collect(&it, &back));
        pila_iter_drop(&it);
        CHECK(pila_str_eq(pila_buf_view(&back), pila_buf_view(&data)));
        pila_gzip_reader_free(r);
    }
    pila_buf_done(&data);
    pila_buf_done(&packed);
    pila_buf_done(&back);
}

static void streams_end_as_their_sources(void **state)
{
    pila_buf out = {0}, packed = {0};
    pila_error err;
    cutter c;
    pila_iter it;

    (void)state;
    it = pila_gzip_compressed(pila_failed(PILA_END),
                              NULL); /* nothing is a member, too */
    CHECK_OK(collect(&it, &packed));
    pila_iter_drop(&it);
    gives(pila_buf_view(&packed), BYTES(""));
    it = pila_gzip_decompressed(pila_failed(PILA_END), &err);
    CHECK_OK(collect(&it, &out));
    pila_iter_drop(&it);
    it = pila_gzip_compressed(pila_failed(PILA_EKEY), NULL);
    CHECK_STATUS(it.status, PILA_EKEY);
    it = pila_gzip_decompressed(pila_failed(PILA_EKEY), NULL);
    CHECK_STATUS(it.status, PILA_EKEY);
    int64_t numbers[1] = {0};
    it = pila_gzip_compressed(pila_span(numbers, 1, &pila_i64), NULL);
    CHECK_STATUS(it.status, PILA_ETYPE);
    it = pila_gzip_decompressed(pila_span(numbers, 1, &pila_i64), NULL);
    CHECK_STATUS(it.status, PILA_ETYPE);
    pila_gzip_write_options bad = {99, 0, {NULL, 0}, 0, PILA_GZIP_LINKED};
    it = pila_gzip_compressed(cut(&c, BYTES("x"), 1), &bad);
    CHECK_STATUS(it.status, PILA_EVALUE);

    pila_iter src = cut(&c, pila_buf_view(&packed), 3);
    c.ends = PILA_EKEY; /* a fault later */
    it = pila_gzip_decompressed(src, &err);
    CHECK_STATUS(collect(&it, &out), PILA_EKEY);
    CHECK_STATUS(err.status, PILA_EKEY);
    pila_iter_drop(&it);
    src = cut(&c, pila_buf_view(&packed), 3);
    c.ends = PILA_EKEY;
    it = pila_gzip_compressed(src, NULL);
    CHECK_STATUS(collect(&it, &out), PILA_EKEY);
    pila_iter_drop(&it);
    it = pila_gzip_decompressed(cut(&c, BYTES("garbage"), 3), &err);
    CHECK_STATUS(collect(&it, &out), PILA_ESYNTAX);
    CHECK_TEXT(pila_cstr(err.message), "Not a gzipped file (b'ga')");
    CHECK_STATUS(err.status, PILA_ESYNTAX);
    pila_iter_drop(&it);
    pila_buf_done(&out);
    pila_buf_done(&packed);
}

static void a_chunk_that_asks_for_the_next_ends_it(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        pila_buf out = {0};
        cutter c;
        pila_iter it, src = cut(&c, BYTES("spam"), 1);

        it = k ? pila_gzip_compressed(src, NULL) : pila_gzip_decompressed(src, NULL);
        c.asks = &it;
        CHECK_STATUS(collect(&it, &out), PILA_EVALUE);
        pila_iter_drop(&it);
        pila_buf_done(&out);
    }
}

/* ---- what gzip readers are known for ---- */

static struct { /* bytes that are allocated, and have been at most */
    size_t now, peak;
} heap;

static void *counted_resize(void *ctx, void *p, size_t bytes)
{
    size_t *block = p ? (size_t *)p - 2 : NULL, had = block ? *block : 0;

    (void)ctx;
    block = (size_t *)realloc(block, bytes + 16);
    if (!block) return NULL;
    heap.now += bytes - had;
    if (heap.now > heap.peak) heap.peak = heap.now;
    *block = bytes;
    return block + 2;
}

static void counted_release(void *ctx, void *p)
{
    (void)ctx;
    if (!p) return;
    heap.now -= ((size_t *)p)[-2];
    free((size_t *)p - 2);
}

static void bomb_1028x(void **state)
{
    static const pila_allocator counted = {counted_resize, counted_release, NULL};
    static char zeros[1 << 16];
    pila_gzip_write_options o = {9, 0, {NULL, 0}, 2, PILA_GZIP_LINKED};
    size_t most = 1000000, over = 256 << 10, all = (size_t)256 << 20;
    pila_buf bomb = {0};
    pila_error err;
    pila_gzip_writer *w;

    (void)state;
    o.threads = 0;
    CHECK_OK(pila_gzip_writer_new(&w, pila_gzip_to_buf(&bomb), &o));
    for (size_t n = 0; n < all / 4; n += sizeof zeros)
        CHECK_OK(pila_gzip_write(w, pila_str_of(zeros, sizeof zeros)));
    CHECK_OK(pila_gzip_finish(w));
    pila_gzip_writer_free(w);
    CHECK(bomb.len * 1025 < all / 4);
    pila_str packed = pila_buf_view(&bomb);
    memcpy(bomb.data + bomb.len - 4, "\xff\xff\xff\x03",
           4); /* it says what is not so */
    memset(&heap, 0, sizeof heap);
    pila_mem_hook(&counted);
    pila_buf out = {0};
    for (int k = 0; k < 2; k++) {
        CHECK_STATUS(pila_gzip_decompress(packed, most, &out, &err), PILA_ELIMIT);
        CHECK(heap.peak <= most + over);
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_mem(packed), k ? &ahead : NULL);
        CHECK_STATUS(pila_gzip_read_all(r, most, &out), PILA_ELIMIT);
        CHECK(out.len == 0 && heap.peak <= most + over);
        pila_gzip_reader_free(r);
        pila_buf_done(&out);
        CHECK_INT(heap.now, 0);
        heap.peak = 0;
        pieces p = {packed, 0, 9999, 0, 0, 0, false, false};
        r = pila_gzip_reader_new(pila_gzip_from_read(read_pieces, &p),
                                 k ? &ahead : NULL);
        CHECK_STATUS(pila_gzip_seek(r, (int64_t)all, SEEK_SET), PILA_ESYNTAX);
        CHECK_INT(pila_gzip_tell(r), all / 4);
        CHECK(heap.peak <= over);
        pila_gzip_reader_free(r);
        CHECK_INT(heap.now, 0);
    }
    pila_mem_hook(NULL);
    pila_buf_done(&bomb);
}

static void truncated_at_every_byte(void **state)
{
    pila_buf data = {0}, packed = {0};

    (void)state;
    make_text(&data, 700);
    CHECK_OK(pila_gzip_compress(pila_buf_view(&data), 9, 0, &packed));
    size_t first = packed.len;
    CHECK_OK(pila_gzip_compress(pila_buf_view(&data), 1, 0, &packed));
    for (size_t n = 0; n < packed.len; n++) {
        bool whole = n == 0 || n == first, odd = n == 1 || n == first + 1;
        pila_status want = whole ? PILA_OK : odd ? PILA_ESYNTAX : PILA_EEOF;
        char *exact = (char *)malloc(n + !n); /* so that a sanitizer sees its end */
        pila_buf out = {0};
        pila_error err;

        CHECK(exact);
        memcpy(exact, packed.data, n);
        pila_str cut_off = pila_str_of(exact, n);
        CHECK_STATUS(pila_gzip_decompress(cut_off, 9999, &out, &err), want);
        CHECK_INT(out.len, n == first ? data.len : 0);
        if (want == PILA_EEOF) CHECK_INT(err.offset, n);
        for (int k = 0; k < 2; k++) {
            pila_gzip_reader *r =
                pila_gzip_reader_new(pila_gzip_from_mem(cut_off), k ? &ahead : NULL);
            out.len = 0;
            CHECK_STATUS(drain(r, 99, &out), want);
            CHECK(out.len == 0 ||
                  memcmp(out.data, data.data, out.len < 700 ? out.len : 700) == 0);
            CHECK(n < first || out.len >= data.len);
            pila_gzip_reader_free(r);
        }
        pila_buf_done(&out);
        free(exact);
    }
    pila_buf_done(&data);
    pila_buf_done(&packed);
}

static void trailing_garbage(void **state)
{
    static const char *const rows[] = {"g", "garbage", "\x1f", "\x1f\x8c", "PK\3\4"};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        pila_buf packed = {0}, out = {0};
        pila_error err;

        CHECK_OK(pila_gzip_compress(BYTES("spam"), 9, 0, &packed));
        if (i % 2) CHECK_OK(pila_buf_add(&packed, pila_str_of("\0\0\0", 3)));
        size_t at = packed.len;
        CHECK_OK(pila_buf_add(&packed, pila_cstr(rows[i / 2])));
        CHECK_STATUS(pila_gzip_decompress(pila_buf_view(&packed), 99, &out, &err),
                     PILA_ESYNTAX);
        CHECK(err.offset == at && out.len == 0);
        CHECK(strncmp(err.message, "Not a gzipped file (b'", 22) == 0);
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&packed)), NULL);
        CHECK_STATUS(drain(r, 99, &out), PILA_ESYNTAX);
        CHECK_TEXT(pila_buf_view(&out), "spam"); /* what was before it comes first */
        pila_gzip_reader_free(r);
        pila_buf_done(&packed);
        pila_buf_done(&out);
    }
}

static void fextra_64K(void **state)
{
    pila_buf packed = {0}, plain = {0}, out = {0};

    (void)state;
    CHECK_OK(pila_gzip_compress(BYTES("spam"), 9, 0, &plain));
    plain.data[3] = 4 | 8 | 16;
    CHECK_OK(pila_buf_add(&packed, pila_str_of(plain.data, 10)));
    CHECK_OK(pila_buf_add(&packed, BYTES("\xff\xff")));
    for (int k = 0; k < 65535; k++) CHECK_OK(pila_buf_add_char(&packed, (char)k));
    for (int k = 0; k < 70000; k++)
        CHECK_OK(pila_buf_add_char(&packed, 'n')); /* name */
    CHECK_OK(pila_buf_add_char(&packed, 0));
    for (int k = 0; k < 70000; k++) CHECK_OK(pila_buf_add_char(&packed, 'c'));
    CHECK_OK(pila_buf_add_char(&packed, 0));
    CHECK_OK(pila_buf_add(&packed, pila_str_of(plain.data + 10, plain.len - 10)));
    gives(pila_buf_view(&packed), BYTES("spam"));
    for (size_t most = 1; most < 300000; most = most * 41 + 6) {
        pieces p = {pila_buf_view(&packed), 0, most, 0, 0, 0, false, false};
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_read(read_pieces, &p), NULL);
        out.len = 0;
        CHECK_OK(drain(r, 99, &out));
        CHECK_TEXT(pila_buf_view(&out), "spam");
        CHECK_INT(pila_gzip_reader_header(r)->name_len, 0); /* none that is a name */
        pila_gzip_reader_free(r);
    }
    packed.len = 12 + 65534; /* one byte of the field is missing */
    CHECK_STATUS(pila_gzip_decompress(pila_buf_view(&packed), 99, &out, NULL),
                 PILA_EEOF);
    pila_buf_done(&packed);
    pila_buf_done(&plain);
    pila_buf_done(&out);
}

static void a_name_of_255_bytes_is_kept(void **state)
{
    char name[300];

    (void)state;
    memset(name, 'n', sizeof name);
    for (size_t n = 254; n < 258; n++) {
        pila_gzip_write_options o = {9, 0, pila_str_of(name, n), 0, PILA_GZIP_LINKED};
        pila_buf packed = {0};
        pila_str view;

        CHECK_OK(compress_with(BYTES("spam"), &o, 1, &packed));
        pila_gzip_reader *r =
            pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&packed)), NULL);
        CHECK_OK(pila_gzip_peek(r, &view));
        const pila_gzip_header *h = pila_gzip_reader_header(r);
        CHECK_INT(h->name_len, n <= 255 ? n : 0);
        CHECK_INT(strlen(h->name), h->name_len);
        pila_gzip_reader_free(r);
        pila_buf_done(&packed);
    }
}

static void members_1e5(void **state)
{
    pila_buf one = {0}, packed = {0}, out = {0};
    size_t n = 100000;

    (void)state;
    CHECK_OK(pila_gzip_compress(BYTES("0123456789"), 9, 0, &one));
    for (size_t k = 0; k < n; k++)
        CHECK_OK(pila_buf_add(&packed, pila_str_of(one.data, one.len)));
    clock_t start = clock();
    CHECK_OK(pila_gzip_decompress(pila_buf_view(&packed), 10 * n, &out, NULL));
    double once = (double)(clock() - start) / CLOCKS_PER_SEC;
    CHECK(once < 10); /* 0.03 s, where CPython's time grows with the square */
    CHECK_INT(out.len, 10 * n);
    for (size_t k = 0; k < n; k++)
        CHECK(memcmp(out.data + 10 * k, "0123456789", 10) == 0);
    for (int k = 0; k < 2; k++) {
        pieces p = {pila_buf_view(&packed), 0, 1000, 0, 0, 0, false, false};
        pila_gzip_reader *r = pila_gzip_reader_new(pila_gzip_from_read(read_pieces, &p),
                                                   k ? &ahead : NULL);
        out.len = 0;
        CHECK_OK(pila_gzip_read_all(r, 10 * n, &out));
        CHECK_INT(out.len, 10 * n);
        CHECK_INT(pila_gzip_reader_header(r)->member, n);
        pila_gzip_reader_free(r);
    }
    pila_buf_done(&one);
    pila_buf_done(&packed);
    pila_buf_done(&out);
}

static void oom_then_reuse(void **state)
{
    pila_buf data = {0}, packed = {0}, out = {0}, line = {0};

    (void)state;
    make_text(&data, 200000);
    CHECK_OK(pila_gzip_compress(pila_buf_view(&data), 6, 0, &packed));
    pila_str text = pila_buf_view(&packed);
    pila_gzip_reader *r = pila_gzip_reader_new(pila_gzip_from_mem(text), NULL);
    check_alloc_start();
    for (long n = 1; n < 4; n++) { /* a buffer is as it was, and goes on */
        out.len = 0;
        check_alloc_fail(n, 1);
        pila_status st = pila_gzip_decompress(text, 200000, &out, NULL);
        CHECK_STATUS(st, PILA_ENOMEM);
        CHECK_INT(out.len, 0);
        check_alloc_fail(0, 0);
        CHECK_OK(pila_gzip_decompress(text, 200000, &out, NULL));
        CHECK(pila_str_eq(pila_buf_view(&out), pila_buf_view(&data)));
        pila_buf_done(&out);
    }
    check_alloc_fail(1, 1); /* a reader goes on, too */
    CHECK_STATUS(pila_gzip_readline(r, 9999, &line), PILA_ENOMEM);
    CHECK_STATUS(pila_gzip_read_all(r, 200000, &line), PILA_ENOMEM);
    check_alloc_fail(0, 0);
    CHECK_OK(pila_gzip_rewind(r));
    CHECK_OK(pila_gzip_read_all(r, 200000, &line));
    CHECK(pila_str_eq(pila_buf_view(&line), pila_buf_view(&data)));
    pila_buf_done(&line);
    check_alloc_stop();
    pila_gzip_reader_free(r);
    pila_buf_done(&data);
    pila_buf_done(&packed);
}

/* ---- memory that fails ---- */

static pila_str sweep_text;

static pila_status sweep_whole(void *ctx)
{
    pila_buf packed = {0}, out = {0};
    pila_status st = pila_gzip_compress(sweep_text, 1, 0, &packed);

    (void)ctx;
    if (st != PILA_OK) CHECK_INT(packed.len, 0);
    else
        st = pila_gzip_decompress(pila_buf_view(&packed), PILA_GZIP_UNLIMITED, &out,
                                  NULL);
    if (st == PILA_OK) CHECK(pila_str_eq(pila_buf_view(&out), sweep_text));
    else CHECK_INT(out.len, 0);
    pila_buf_done(&packed);
    pila_buf_done(&out);
    return st;
}

static pila_status sweep_objects(void *ctx)
{
    pila_gzip_write_options o = {1, 0, {NULL, 0}, *(unsigned *)ctx, PILA_GZIP_LINKED};
    pila_buf packed = {0}, out = {0};
    pila_status st = compress_with(sweep_text, &o, 50000, &packed);

    if (st == PILA_OK) {
        pieces p = {pila_buf_view(&packed), 0, 99999, 0, 0, 0, false, false};
        pila_gzip_reader *r = pila_gzip_reader_new(pila_gzip_from_read(read_pieces, &p),
                                                   o.threads ? &ahead : NULL);
        st = r ? pila_gzip_readline(r, 100, &out) : PILA_ENOMEM;
        if (st == PILA_OK) st = pila_gzip_read_all(r, PILA_GZIP_UNLIMITED, &out);
        pila_gzip_reader_free(r);
    }
    if (st == PILA_OK) CHECK(pila_str_eq(pila_buf_view(&out), sweep_text));
    pila_buf_done(&packed);
    pila_buf_done(&out);
    return st;
}

static pila_status sweep_streams(void *ctx)
{
    cutter c;
    pila_buf out = {0};
    pila_iter it =
        pila_gzip_decompressed(pila_gzip_compressed(cut(&c, sweep_text, 50000), NULL),
                               NULL);
    pila_status st = collect(&it, &out);

    (void)ctx;
    pila_iter_drop(&it);
    pila_buf_done(&out);
    return st;
}

static pila_status sweep_files(void *ctx)
{
    const char *path = (const char *)ctx;
    pila_gzip_writer *w = NULL;
    pila_gzip_reader *r = NULL;
    pila_status st = pila_gzip_create(&w, path, 'w', NULL);

    if (st == PILA_OK) st = pila_gzip_write(w, BYTES("spam"));
    if (st == PILA_OK) st = pila_gzip_finish(w);
    if (st == PILA_OK) st = pila_gzip_open(&r, path, NULL);
    pila_gzip_writer_free(w);
    pila_gzip_reader_free(r);
    return st;
}

static void every_allocation_may_fail(void **state)
{
    unsigned threads[] = {0, 1, 3};
    char path[] = "/tmp/pila-gzip-XXXXXX";
    int fd = mkstemp(path);
    pila_buf data = {0};

    (void)state;
    CHECK(fd >= 0);
    make_text(&data, 300000);
    sweep_text = pila_buf_view(&data);
    check_alloc_sweep(sweep_whole, NULL);
    for (int k = 0; k < 3; k++) check_alloc_sweep(sweep_objects, &threads[k]);
    check_alloc_sweep(sweep_streams, NULL);
    check_alloc_sweep(sweep_files, path);
    close(fd);
    unlink(path);
    pila_buf_done(&data);
}

/* ---- verdicts on streams from outside ---- */

static bool load(const char *path, pila_buf *out)
{
    FILE *f = fopen(path, "rb");
    char room[4096];

    out->len = 0;
    if (!f) return false;
    for (size_t n; (n = fread(room, 1, sizeof room, f)) > 0;)
        CHECK_OK(pila_buf_add(out, pila_str_of(room, n)));
    fclose(f);
    return true;
}

/* As the last column of the table words it. */
static void verdict_of(pila_str data, char *text, size_t room)
{
    pila_buf out = {0}, quoted = {0};
    pila_error err;
    pila_status st = pila_gzip_decompress(data, PILA_GZIP_UNLIMITED, &out, &err);

    if (st == PILA_OK)
        snprintf(text, room, "len=%zu,crc=%08lx", out.len,
                 crc32(0, (const Bytef *)(out.len ? out.data : ""), (uInt)out.len));
    else {
        const char *kind = st == PILA_EEOF                          ? "EOFError"
                           : strncmp(err.message, "Error ", 6) == 0 ? "error"
                                                                    : "BadGzipFile";
        CHECK_OK(pila_buf_add_repr(&quoted, pila_cstr(err.message), true));
        snprintf(text, room, "%s:%.*s", kind, (int)quoted.len, quoted.data);
    }
    pila_buf_done(&out);
    pila_buf_done(&quoted);
}

static void verdicts_on_known_streams(void **state)
{
    const char *corpora = getenv("PILA_CORPORA");
    pila_buf table = {0}, data = {0};
    size_t seen = 0, lines = 0;
    char path[700], got[300];

    (void)state;
    if (!corpora) skip();
    snprintf(path, sizeof path, "%s/deflate/python311_zlib_verdict.tsv", corpora);
    if (!load(path, &table)) skip();
    CHECK_OK(pila_buf_add_char(&table, 0));
    for (char *line = table.data, *end; (end = strchr(line, '\n')) != NULL;
         line = end + 1) {
        char *tab = strchr(line, '\t'), *last;

        *end = 0;
        last = strstr(line, "\tgzipmod:");
        CHECK(tab && last);
        *tab = 0;
        lines++;
        snprintf(path, sizeof path, "%s/deflate/%s", corpora, line);
        if (!load(path, &data)) continue; /* a verdict without its stream */
        ROW(line);
        verdict_of(pila_buf_view(&data), got, sizeof got);
        CHECK_TEXT(pila_cstr(got), last + strlen("\tgzipmod:"));
        seen++;
    }
    printf("%zu of %zu verdicts have streams\n", seen, lines);
    CHECK(seen > 0);
    pila_buf_done(&table);
    pila_buf_done(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decompress_says_what_cpython_says),
        cmocka_unit_test(readers_say_it_in_any_pieces),
        cmocka_unit_test(headers_are_those_of_cpython),
        cmocka_unit_test(a_plain_writer_makes_cpythons_bytes),
        cmocka_unit_test(what_is_compressed_comes_back),
        cmocka_unit_test(the_cap_is_exact),
        cmocka_unit_test(bad_arguments_are_refused),
        cmocka_unit_test(now_is_the_time_of_the_call),
        cmocka_unit_test(blocks_do_not_depend_on_threads_or_cuts),
        cmocka_unit_test(linked_blocks_are_smaller),
        cmocka_unit_test(no_thread_is_left_behind_by_a_fault),
        cmocka_unit_test(threads_that_cannot_be_had),
        cmocka_unit_test(what_is_flushed_can_be_read),
        cmocka_unit_test(a_writer_seeks_by_zeros),
        cmocka_unit_test(files_are_opened_as_pythons),
        cmocka_unit_test(a_full_disk_is_a_fault),
        cmocka_unit_test(sources_and_sinks_carry_bytes),
        cmocka_unit_test(short_and_interrupted_writes_are_carried_on),
        cmocka_unit_test(interrupted_opens_and_reads_are_tried_again),
        cmocka_unit_test(reads_take_what_their_names_say),
        cmocka_unit_test(lines_are_those_of_records),
        cmocka_unit_test(the_callback_tells_faults_by_errno),
        cmocka_unit_test(a_source_may_fail_at_any_read),
        cmocka_unit_test(a_source_that_lies_is_a_fault),
        cmocka_unit_test(seeks_go_where_cpythons_go),
        cmocka_unit_test(a_pipe_goes_back_only_over_what_is_at_hand),
        cmocka_unit_test(going_back_may_fail),
        cmocka_unit_test(a_random_walk_sees_the_bytes),
        cmocka_unit_test(chunks_in_chunks_out),
        cmocka_unit_test(streams_end_as_their_sources),
        cmocka_unit_test(a_chunk_that_asks_for_the_next_ends_it),
        cmocka_unit_test(bomb_1028x),
        cmocka_unit_test(truncated_at_every_byte),
        cmocka_unit_test(trailing_garbage),
        cmocka_unit_test(fextra_64K),
        cmocka_unit_test(a_name_of_255_bytes_is_kept),
        cmocka_unit_test(members_1e5),
        cmocka_unit_test(oom_then_reuse),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(verdicts_on_known_streams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
