/* gzip.c - gzip: at once, readers and writers, iterators of chunks. */
#include "packed.h"

#include <pila/serial/gzip.h>

/* The one reader of a case: from memory, or some bytes at a time. */
static struct {
    pila_gzip_reader *it;
    pila_str data;
    size_t size, at;
} reader;

static struct {
    pila_gzip_writer *it;
    pila_buf out;
    pila_gzip_write_options options;
} writer;

static pila_status begin(const json *request)
{
    (void)request;
    packed_signed = 0;
    reader.it = pila_gzip_reader_new(pila_gzip_from_mem(reader.data), NULL);
    return reader.it ? PILA_OK : PILA_ENOMEM;
}

static void finish(void)
{
    pila_gzip_reader_free(reader.it);
    pila_gzip_writer_free(writer.it);
    pila_buf_done(&writer.out);
    memset(&reader, 0, sizeof reader);
    memset(&writer, 0, sizeof writer);
    packed_forget();
}

/* ---- faults ---- */

/* The exception of a fault of data: BadGzipFile and zlib.error have one status. */
static const char *exception_of(pila_status st, const pila_error *err)
{
    if (st == PILA_ESYNTAX)
        return begins_with(err->message, "Error ") ? "error" : "BadGzipFile";
    return pila_status_exception(st);
}

static void say_fault(pila_status st, const pila_error *err)
{
    if (st == PILA_ESYNTAX || st == PILA_EEOF)
        say_raised(exception_of(st, err), err->message);
    else say_status(st);
}

/* null, or the exception and what it says: as part of an answer. */
static void say_told(pila_status st, const pila_error *err)
{
    if (st == PILA_OK) {
        say_null();
        return;
    }
    say_open('[');
    say_text(exception_of(st, err), strlen(exception_of(st, err)));
    say_text(err->message, strlen(err->message));
    say_close(']');
}

/* Of a bad level or mtime: zlib's error, or struct's. */
static void say_refused(pila_status st)
{
    if (st == PILA_EVALUE) say_error("error");
    else say_status(st);
}

static size_t arg_most(const json *op, size_t k)
{
    int64_t most = arg_int(op, k, -1);

    return most < 0 ? PILA_GZIP_UNLIMITED : (size_t)most;
}

/* ---- at once ---- */

/* Whether out is a file that holds data. */
static bool reads_back(pila_str out, pila_str data)
{
    pila_buf back = {0};
    bool same =
        pila_gzip_decompress(out, PILA_GZIP_UNLIMITED, &back, NULL) == PILA_OK &&
        pila_str_eq(pila_buf_view(&back), data);

    pila_buf_done(&back);
    return same;
}

static void say_packed(pila_str out, pila_str data)
{
    packed_sign(out);
    say_open('[');
    say_ends(out, 10, 8);
    say_bool(reads_back(out, data));
    say_close(']');
}

static void compress_once(const json *op)
{
    pila_str data = arg_data(op, 1);
    pila_buf out = {0};
    pila_status st =
        pila_gzip_compress(data, (int)arg_int(op, 2, 9), arg_int(op, 3, 0), &out);

    if (st == PILA_OK) say_packed(pila_buf_view(&out), data);
    else if (out.len) say_error("the buffer is not as it was");
    else say_refused(st);
    pila_buf_done(&out);
}

static void decompress_once(const json *op)
{
    pila_buf out = {0};
    pila_error err = {0};
    pila_status st = pila_gzip_decompress(arg_data(op, 1), arg_most(op, 2), &out, &err);

    if (st == PILA_OK) say_data(pila_buf_view(&out));
    else if (out.len) say_error("the buffer is not as it was");
    else say_fault(st, &err);
    pila_buf_done(&out);
}

/* ---- chunks ---- */

static void compressed(const json *op)
{
    pila_gzip_write_options options = {0};
    pila_buf out = {0};

    options.level = (int)arg_int(op, 3, 9);
    options.mtime = arg_int(op, 4, 0);
    pila_iter it = pila_gzip_compressed(packed_chunks(op), &options);
    pila_status st = packed_gather(&it, &out);
    if (st == PILA_OK) say_packed(pila_buf_view(&out), arg_data(op, 1));
    else say_refused(st);
    pila_buf_done(&out);
}

static void say_all_of(pila_status st, const pila_buf *out, const pila_error *err)
{
    say_open('[');
    say_data(pila_buf_view(out));
    say_told(st, err);
    say_close(']');
}

static void decompressed(const json *op)
{
    pila_buf out = {0};
    pila_error err = {0};
    pila_iter it = pila_gzip_decompressed(packed_chunks(op), &err);
    pila_status st = packed_gather(&it, &out);

    say_all_of(st, &out, &err);
    pila_buf_done(&out);
}

/* ---- reading ---- */

static ptrdiff_t source(void *ctx, void *into, size_t room)
{
    size_t n = reader.data.len - reader.at;

    (void)ctx;
    if (n > reader.size) n = reader.size;
    if (n > room) n = room;
    memcpy(into, reader.data.ptr + reader.at, n);
    reader.at += n;
    return (ptrdiff_t)n;
}

static bool source_rewind(void *ctx)
{
    (void)ctx;
    reader.at = 0;
    return true;
}

static void reader_new(const json *op)
{
    pila_gzip_read_options options = {0};
    pila_gzip_in in;

    pila_gzip_reader_free(reader.it);
    reader.data = arg_data(op, 1);
    reader.size = (size_t)arg_int(op, 2, 0);
    reader.at = 0;
    options.ahead = arg(op, 3)->kind == JSON_TRUE;
    in = pila_gzip_from_mem(reader.data);
    if (reader.size) {
        in = pila_gzip_from_read(source, NULL);
        in.rewind = source_rewind;
    }
    reader.it = pila_gzip_reader_new(in, &options);
    say_null();
}

/* Bytes as they were read, or the fault. */
static void say_read(pila_status st, pila_str got)
{
    if (st == PILA_OK) say_data(got);
    else say_fault(st, pila_gzip_reader_error(reader.it));
}

static void r_read(const json *op)
{
    int64_t n = arg_int(op, 1, -1);

    if (n < 0) {
        pila_buf out = {0};
        pila_status st = pila_gzip_read_all(reader.it, PILA_GZIP_UNLIMITED, &out);
        if (st != PILA_OK && out.len) say_error("the buffer is not as it was");
        else say_read(st, pila_buf_view(&out));
        pila_buf_done(&out);
        return;
    }
    char *into = packed_room((size_t)n);
    size_t got;
    pila_status st = pila_gzip_read(reader.it, into, (size_t)n, &got);
    say_read(st, pila_str_of(into, got));
}

/* A first part, which is not empty but at the end, and the rest. */
static void r_read1(const json *op)
{
    size_t n = (size_t)arg_int(op, 1, 0), got, more = 0;
    char *into = packed_room(n);
    pila_status st = pila_gzip_read1(reader.it, into, n, &got);

    if (st == PILA_OK && got) {
        st = pila_gzip_read(reader.it, into + got, n - got, &more);
        if (st != PILA_OK) st = PILA_OK; /* the first part stands before the fault */
    }
    say_read(st, pila_str_of(into, got + more));
}

/* The next byte; and all that was shown is what will be read. */
static void r_peek(const json *op)
{
    int64_t at = (int64_t)pila_gzip_tell(reader.it);
    pila_str seen;
    size_t got = 0;
    pila_status st = pila_gzip_peek(reader.it, &seen);

    (void)op;
    char *shown = packed_room(seen.len), *into = packed_room(seen.len);
    if (seen.len) memcpy(shown, seen.ptr, seen.len);
    if (st == PILA_OK && seen.len) {
        st = pila_gzip_read(reader.it, into, seen.len, &got);
        if (st == PILA_OK) st = pila_gzip_seek(reader.it, at, SEEK_SET);
        if (got != seen.len || memcmp(shown, into, got) != 0) {
            say_error("peek showed what was not read");
            return;
        }
    }
    say_read(st, pila_str_of(shown, got ? 1 : 0));
}

static void r_readline(const json *op)
{
    pila_buf out = {0};
    pila_status st = pila_gzip_readline(reader.it, arg_most(op, 1), &out);

    say_read(st, pila_buf_view(&out));
    pila_buf_done(&out);
}

static void r_lines(const json *op)
{
    pila_buf line = {0};
    int64_t n = 0;
    pila_status st;

    (void)op;
    do {
        pila_buf_clear(&line);
        st = pila_gzip_readline(reader.it, PILA_GZIP_UNLIMITED, &line);
        n += line.len > 0;
    } while (st == PILA_OK && line.len);
    say_open('[');
    say_int(n);
    say_told(st, pila_gzip_reader_error(reader.it));
    say_close(']');
    pila_buf_done(&line);
}

static void say_place(pila_status st)
{
    if (st == PILA_OK) say_int((int64_t)pila_gzip_tell(reader.it));
    else say_fault(st, pila_gzip_reader_error(reader.it));
}

static void r_seek(const json *op)
{
    static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END, 77};

    say_place(pila_gzip_seek(reader.it, arg_int(op, 1, 0), whences[arg_int(op, 2, 0)]));
}

static void r_tell(const json *op)
{
    (void)op;
    say_place(PILA_OK);
}

static void r_rewind(const json *op)
{
    (void)op;
    say_status(pila_gzip_rewind(reader.it));
}

/* The next byte, and the header of its member. */
static void r_header(const json *op)
{
    char byte;
    size_t got;
    pila_status st = pila_gzip_read(reader.it, &byte, 1, &got);
    const pila_gzip_header *h = pila_gzip_reader_header(reader.it);

    (void)op;
    if (st != PILA_OK) say_fault(st, pila_gzip_reader_error(reader.it));
    else if (!got) say_null();
    else {
        say_open('[');
        say_int(h->mtime);
        say_int(h->flags);
        say_int(h->xfl);
        say_int(h->os);
        say_hex(pila_str_of(h->name, h->name_len));
        say_close(']');
    }
}

static pila_status drained_by_read(pila_buf *out)
{
    char part[700];
    size_t got;
    pila_status st;

    do {
        st = pila_gzip_read(reader.it, part, sizeof part, &got);
        if (got && pila_buf_add(out, pila_str_of(part, got)) != PILA_OK) abort();
    } while (st == PILA_OK && got);
    return st;
}

static pila_status drained_by_callback(pila_buf *out)
{
    char part[5000];
    ptrdiff_t got;

    while ((got = pila_gzip_read_callback(reader.it, part, sizeof part)) > 0)
        if (pila_buf_add(out, pila_str_of(part, (size_t)got)) != PILA_OK) abort();
    return got == 0 ? PILA_OK : pila_gzip_reader_error(reader.it)->status;
}

static pila_status drained_by_view(pila_buf *out)
{
    pila_str part;
    pila_status st;

    do {
        st = pila_gzip_read_view(reader.it, &part);
        if (pila_buf_add(out, part) != PILA_OK) abort();
    } while (st == PILA_OK && part.len);
    return st;
}

static void r_drain(const json *op)
{
    pila_buf out = {0};
    pila_status st;
    pila_iter it;

    switch (arg_int(op, 1, 0)) {
    case 0: st = drained_by_read(&out); break;
    case 1: st = drained_by_view(&out); break;
    case 2: st = drained_by_callback(&out); break;
    default: it = pila_gzip_chunks(reader.it); st = packed_gather(&it, &out);
    }
    say_all_of(st, &out, pila_gzip_reader_error(reader.it));
    pila_buf_done(&out);
}

/* ---- writing ---- */

static void writer_new(const json *op)
{
    pila_gzip_write_options *o = &writer.options;
    const json *name = arg(op, 3);
    int level = (int)arg_int(op, 1, 9);

    o->level = level ? level : PILA_GZIP_STORED;
    o->mtime = arg_int(op, 2, 0);
    o->name = pila_str_of(name->text, name->len);
    o->threads = (unsigned)arg_int(op, 4, 0);
    o->blocks = (pila_gzip_blocks)arg_int(op, 5, 0);
    pila_status st = pila_gzip_writer_new(&writer.it, pila_gzip_to_buf(&writer.out), o);
    if (st == PILA_OK) say_null();
    else say_refused(st);
}

static void w_write(const json *op)
{
    say_status(writer.it ? pila_gzip_write(writer.it, arg_data(op, 1)) : PILA_OK);
}

static void w_flush(const json *op)
{
    bool full = arg(op, 1)->kind == JSON_TRUE;

    say_status(writer.it ? pila_gzip_flush(writer.it, full ? PILA_GZIP_FULL_FLUSH
                                                           : PILA_GZIP_SYNC_FLUSH)
                         : PILA_OK);
}

static void w_seek(const json *op)
{
    static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END};

    if (!writer.it) {
        say_null();
        return;
    }
    int whence = whences[arg_int(op, 2, 0)];
    pila_status st = pila_gzip_write_seek(writer.it, arg_int(op, 1, 0), whence);
    if (st == PILA_OK) say_int((int64_t)pila_gzip_write_tell(writer.it));
    else if (st == PILA_EVALUE && whence != SEEK_END) say_error("OSError");
    else say_status(st);
}

static void w_tell(const json *op)
{
    (void)op;
    if (writer.it) say_int((int64_t)pila_gzip_write_tell(writer.it));
    else say_null();
}

/* The length of a header that has a name and nothing else. */
static size_t head_of(pila_str out)
{
    size_t n = 10;

    if (out.len < n || !(out.ptr[3] & 8)) return n;
    while (n < out.len && out.ptr[n]) n++;
    return n + 1;
}

/* What can be read after a flush: by a reader, which then finds that the end lacks. */
static void w_check(const json *op)
{
    pila_buf back = {0};
    pila_gzip_reader *r;

    (void)op;
    if (!writer.it) {
        say_null();
        return;
    }
    r = pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&writer.out)), NULL);
    pila_iter it = pila_gzip_chunks(r);
    pila_status st = packed_gather(&it, &back);
    if (st == PILA_EEOF) say_data(pila_buf_view(&back));
    else say_error("what was flushed has an end");
    pila_gzip_reader_free(r);
    pila_buf_done(&back);
}

static void w_finish(const json *op)
{
    pila_buf back = {0};

    (void)op;
    if (!writer.it) {
        say_null();
        return;
    }
    pila_status st = pila_gzip_finish(writer.it);
    pila_str out = pila_buf_view(&writer.out);
    if (st == PILA_OK) st = pila_gzip_decompress(out, PILA_GZIP_UNLIMITED, &back, NULL);
    if (st != PILA_OK) say_status(st);
    else {
        bool several =
            writer.options.threads && writer.options.blocks == PILA_GZIP_MEMBERS;
        if (!writer.options.threads) packed_sign(out);
        say_open('[');
        say_ends(out, head_of(out), several ? 0 : 8);
        say_data(pila_buf_view(&back));
        say_close(']');
    }
    pila_buf_done(&back);
}

static const operation operations[] = {
    {"compress", compress_once}, {"decompress", decompress_once},
    {"compressed", compressed},  {"decompressed", decompressed},
    {"reader", reader_new},      {"r_read", r_read},
    {"r_read1", r_read1},        {"r_peek", r_peek},
    {"r_readline", r_readline},  {"r_lines", r_lines},
    {"r_seek", r_seek},          {"r_tell", r_tell},
    {"r_rewind", r_rewind},      {"r_header", r_header},
    {"r_drain", r_drain},        {"writer", writer_new},
    {"w_write", w_write},        {"w_flush", w_flush},
    {"w_seek", w_seek},          {"w_tell", w_tell},
    {"w_check", w_check},        {"w_finish", w_finish},
    {"sign", say_signed},        {NULL, NULL}};

const module gzip_module = {"gzip", operations, true, begin, say_null, finish};
