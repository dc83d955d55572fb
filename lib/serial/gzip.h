/* gzip.h - gzip: read and write compressed files, whole, in pieces, by several threads.
 *
 * Needs: core/status core/mem core/hash core/str core/type core/iter serial/checksum
 * Links: zlib threads
 * Use:
 *     pila_buf packed = {0}, back = {0};
 *     pila_status st = pila_gzip_compress(pila_cstr("spam, spam"), 9, 0, &packed);
 *     if (st == PILA_OK)
 *         st = pila_gzip_decompress(pila_buf_view(&packed), 1000, &back, NULL);
 *     if (st == PILA_OK) printf("%.*s\n", (int)back.len, back.data);
 *     // prints: spam, spam
 *     pila_buf_done(&packed);
 *     pila_buf_done(&back);
 *
 * A gzip file is members one after the other, zeros between them; what is read is all
 * they hold, and each is checked by its CRC and length. What collects output has a cap,
 * `most`, and needs no more than that and 256 KiB, whatever it reads.
 *
 * Faults have Python's words. Malformed data is PILA_ESYNTAX (BadGzipFile, zlib.error),
 * data that ends too early PILA_EEOF; an error's offset is in the compressed bytes, and
 * its line and column are 0.
 *
 * A reader or a writer is for one thread at a time.
 */
#ifndef PILA_GZIP_H
#define PILA_GZIP_H

#include "../core/iter.h"

#include <stdio.h>

#define PILA_GZIP_UNLIMITED SIZE_MAX /* as `most`: no cap but memory */
#define PILA_GZIP_NOW ((int64_t)-1)  /* as mtime: the time of the call */
enum { PILA_GZIP_STORED = 10 /* as level: Python's 0, nothing is compressed */ };

/* ---- where compressed bytes come from, and go to: handles, never closed ---- */

/* Read some of the next bytes, at most room: how many, 0 at the end, or -1 and errno.
 * EINTR is tried again. */
typedef ptrdiff_t pila_gzip_source(void *ctx, void *into, size_t room);

/* Take all of these bytes; anything but PILA_OK stops the writer. */
typedef pila_status pila_gzip_sink(void *ctx, pila_str bytes);

typedef struct pila_gzip_in {  /* made by pila_gzip_from_...; rewind is the caller's */
    pila_gzip_source *read;    /* NULL: from text, file or fd */
    bool (*rewind)(void *ctx); /* for read: back to the start; NULL: it cannot */
    void *ctx;
    pila_str text;
    FILE *file;
    int fd;
    bool in_memory; /* from text */
} pila_gzip_in;

typedef struct pila_gzip_out { /* made by pila_gzip_to_... */
    pila_gzip_sink *write;     /* NULL: to buf, file or fd */
    void *ctx;
    pila_buf *buf;
    FILE *file;
    int fd;
} pila_gzip_out;

/* What a member says of itself. */
typedef struct pila_gzip_header {
    uint64_t member;  /* which of the file's members, from 1 */
    uint32_t mtime;   /* seconds since 1970; 0: not said */
    uint8_t flags;    /* RFC 1952's FLG */
    uint8_t xfl, os;  /* how it was compressed, and where: 255 is unknown */
    uint8_t name_len; /* bytes of name; 0: it has none, or one beyond 255 bytes */
    char name[256];   /* Latin-1, and a NUL */
} pila_gzip_header;

typedef struct pila_gzip_reader pila_gzip_reader;
typedef struct pila_gzip_writer pila_gzip_writer;

typedef struct pila_gzip_read_options { /* {0}: in the caller's thread */
    bool ahead; /* a thread of its own reads and inflates ahead: the source is called
                   there */
} pila_gzip_read_options;

/* What the blocks of a writer with threads have to do with one another. */
typedef enum pila_gzip_blocks {
    PILA_GZIP_LINKED,      /* each may refer to 32 KiB before it: the smallest */
    PILA_GZIP_INDEPENDENT, /* none refers to another */
    PILA_GZIP_MEMBERS      /* each is a member, a gzip file by itself */
} pila_gzip_blocks;

enum { PILA_GZIP_BLOCK = 128 << 10 /* bytes a block */ };

typedef struct pila_gzip_write_options { /* {0}: level 9, no name, no time */
    int level;     /* 1 to 9, or PILA_GZIP_STORED; 0: 9, as Python has it; -1: 6 */
    int64_t mtime; /* for the header: below 2^32, or PILA_GZIP_NOW */
    pila_str name; /* a path in UTF-8: its last part, less ".gz", goes into the header,
                      as Latin-1; left out where that is not possible */
    unsigned threads; /* 0: none. Else so many compress blocks of PILA_GZIP_BLOCK; what
                         they make does not depend on how many they are */
    pila_gzip_blocks blocks;
} pila_gzip_write_options;

/* What a flush makes of what has been written. */
typedef enum pila_gzip_flush_mode {
    PILA_GZIP_SYNC_FLUSH, /* can be read up to here */
    PILA_GZIP_FULL_FLUSH  /* and from here, whatever is lost before */
} pila_gzip_flush_mode;

PILA_BEGIN_C

/* pila_gzip_from_fd - from a descriptor, at its position; 64 KiB at a time.
 *
 * Cost:    O(1)
 * Python:  gzip.GzipFile(fileobj=open(fd, "rb", closefd=False))
 */
PILA_API pila_gzip_in pila_gzip_from_fd(int fd);

/* pila_gzip_from_file - from a FILE, at its position.
 *
 *   file   outlives the reader                                        borrowed
 *
 * Cost:    O(1)
 * Python:  gzip.GzipFile(fileobj=file)
 */
PILA_API pila_gzip_in pila_gzip_from_file(FILE *file);

/* pila_gzip_from_mem - from bytes in memory, which are not copied.
 *
 *   data   outlives the reader                                        borrowed
 *
 * Cost:    O(1)
 * Python:  gzip.GzipFile(fileobj=io.BytesIO(data))
 */
PILA_API pila_gzip_in pila_gzip_from_mem(pila_str data);

/* pila_gzip_from_read - from whatever a callback reads.
 *
 *   ctx    outlives the reader                                        borrowed
 *
 * Cost:    O(1)
 * Python:  a file object with read, and seek where rewind is set
 */
PILA_API pila_gzip_in pila_gzip_from_read(pila_gzip_source *read, void *ctx);

/* pila_gzip_to_fd - to a descriptor; short and interrupted writes are carried on.
 *
 * Cost:    O(1)
 * Python:  gzip.GzipFile(fileobj=open(fd, "wb", closefd=False), mode="wb")
 */
PILA_API pila_gzip_out pila_gzip_to_fd(int fd);

/* pila_gzip_to_file - to a FILE, which each flush flushes.
 *
 *   file   outlives the writer                                        borrowed
 *
 * Where signals interrupt its writes, they fail: only a descriptor can carry on.
 *
 * Cost:    O(1)
 * Python:  gzip.GzipFile(fileobj=file, mode="wb")
 */
PILA_API pila_gzip_out pila_gzip_to_file(FILE *file);

/* pila_gzip_to_buf - to the end of a buffer.
 *
 *   buf    outlives the writer                                        borrowed
 *
 * Cost:    O(1)
 * Python:  gzip.GzipFile(fileobj=io.BytesIO(), mode="wb")
 */
PILA_API pila_gzip_out pila_gzip_to_buf(pila_buf *buf);

/* pila_gzip_to_sink - to a callback, some 64 KiB at a time; in the caller's thread.
 *
 *   ctx    outlives the writer                                        borrowed
 *
 * Cost:    O(1)
 * Python:  a file object with write
 */
PILA_API pila_gzip_out pila_gzip_to_sink(pila_gzip_sink *write, void *ctx);

/* ---- reading ---- */

/* pila_gzip_open - a reader of the file at a path, which it closes.
 *
 *   out       set on success                                          given
 *   options   copied; NULL: {0}                                       borrowed
 *
 * Fails:   PILA_EIO      it cannot be opened, errno says why
 *          PILA_ENOMEM   no memory
 * Cost:    O(1), some 200 KiB
 * Python:  gzip.open(path); a text file is bytes here, and newlines are as they are
 */
PILA_API PILA_MUST pila_status pila_gzip_open(pila_gzip_reader **out, const char *path,
                                              const pila_gzip_read_options *options);

/* pila_gzip_reader_new - a reader of what a source holds, to be freed.
 *
 *   in        a handle, which is not closed                           borrowed
 *   options   copied; NULL: {0}                                       borrowed
 *
 * Nothing is read before it is asked for.
 *
 * Fails:   NULL   no memory
 * Cost:    O(1), some 200 KiB
 * Python:  gzip.GzipFile(fileobj=source)
 */
PILA_API pila_gzip_reader *pila_gzip_reader_new(pila_gzip_in in,
                                                const pila_gzip_read_options *options);

/* pila_gzip_read - the next bytes: room of them, fewer only at the end.
 *
 *   into   room bytes                                                 given
 *   got    how many there are; 0 at the end. 0 on failure             given
 *
 * What stands before a fault is given first; the fault then stays.
 *
 * Fails:   PILA_ESYNTAX   malformed: see pila_gzip_reader_error
 *          PILA_EEOF      the data ends too early
 *          PILA_EIO       reading failed, errno says how
 *          PILA_ENOMEM    no thread could be had
 * Cost:    O(room); no allocation
 * Python:  GzipFile.read(size), but that it gives what stands before a fault
 */
PILA_API PILA_MUST pila_status pila_gzip_read(pila_gzip_reader *r, void *into,
                                              size_t room, size_t *got);

/* pila_gzip_read1 - some of the next bytes, at least one but at the end: those that are
 * ready.
 *
 *   into   room bytes                                                 given
 *   got    as pila_gzip_read                                          given
 *
 * Fails:   as pila_gzip_read
 * Cost:    as pila_gzip_read
 * Python:  GzipFile.read1(size)
 */
PILA_API PILA_MUST pila_status pila_gzip_read1(pila_gzip_reader *r, void *into,
                                               size_t room, size_t *got);

/* pila_gzip_read_view - the same without a copy: all that is ready.
 *
 *   out    good until the next call on the reader; empty at the end, and on failure
 *
 * Fails:   as pila_gzip_read
 * Cost:    as pila_gzip_read; at most 128 KiB
 * Python:  GzipFile.read1()
 */
PILA_API PILA_MUST pila_status pila_gzip_read_view(pila_gzip_reader *r, pila_str *out);

/* pila_gzip_peek - the next bytes, at least one but at the end, which stay there.
 *
 *   out    as pila_gzip_read_view
 *
 * Fails:   as pila_gzip_read
 * Cost:    as pila_gzip_read_view
 * Python:  GzipFile.peek(1)
 */
PILA_API PILA_MUST pila_status pila_gzip_peek(pila_gzip_reader *r, pila_str *out);

/* pila_gzip_readline - add the rest of a line, its '\n' included.
 *
 *   most   bytes; a longer line is given in parts
 *   out    added to; as it was at the end of all, and on failure
 *
 * What stands before a fault is a line, as it is before the end.
 *
 * Fails:   as pila_gzip_read, and
 *          PILA_ENOMEM, PILA_ELIMIT   from the buffer; the reader is where it stopped
 * Cost:    O(line)
 * Python:  GzipFile.readline(size)
 */
PILA_API PILA_MUST pila_status pila_gzip_readline(pila_gzip_reader *r, size_t most,
                                                  pila_buf *out);

/* pila_gzip_read_all - add all that is left.
 *
 *   most   bytes allowed, or PILA_GZIP_UNLIMITED
 *   out    added to; as it was on failure
 *
 * Fails:   as pila_gzip_read, and
 *          PILA_ELIMIT   there is more than that, or than the buffer takes
 *          PILA_ENOMEM   no memory. After either the reader is where it stopped
 * Cost:    O(what is left); memory as much, at most `most`
 * Python:  GzipFile.read()
 */
PILA_API PILA_MUST pila_status pila_gzip_read_all(pila_gzip_reader *r, size_t most,
                                                  pila_buf *out);

/* pila_gzip_read_callback - pila_gzip_read1 for whoever reads by a callback.
 *
 *   reader   a pila_gzip_reader                                       borrowed
 *   into     room bytes                                               given
 *
 * So pila_lines(pila_from_read(pila_gzip_read_callback, reader)) gives its lines.
 *
 * Fails:   -1   errno is that of the source, ENOMEM, or EBADMSG for bad data;
 *               pila_gzip_reader_error says more
 * Cost:    as pila_gzip_read1
 * Python:  GzipFile.readinto1
 */
PILA_API ptrdiff_t pila_gzip_read_callback(void *reader, void *into, size_t room);

/* pila_gzip_chunks - what is left as an iterator of views, each good until the next.
 *
 *   r      outlives the iterator                                      borrowed
 *
 * Fails:   as pila_gzip_read, later
 * Cost:    as pila_gzip_read_view, no allocation
 * Python:  iter(GzipFile.read1, b"")
 */
PILA_API pila_iter pila_gzip_chunks(pila_gzip_reader *r);

/* pila_gzip_seek - go to a place in what is read: forwards by reading, backwards by
 * reading from the start, unless it is still at hand.
 *
 *   whence   SEEK_SET, SEEK_CUR or SEEK_END
 *
 * Beyond the end is the end, before the start the start: pila_gzip_tell says where.
 *
 * Fails:   as pila_gzip_read, and
 *          PILA_EVALUE   whence is another number
 *          PILA_EIO      the source cannot go back: errno is ESPIPE. The place is as it
 *                        was, or with SEEK_END the end
 * Cost:    O(distance), backwards O(place)
 * Python:  GzipFile.seek, which goes back to the start of the file; here, to where the
 *          reader began
 */
PILA_API PILA_MUST pila_status pila_gzip_seek(pila_gzip_reader *r, int64_t offset,
                                              int whence);

/* pila_gzip_rewind - go back to the start; a fault is then forgotten.
 *
 * Fails:   PILA_EIO   the source cannot go back: errno is ESPIPE
 * Cost:    O(1)
 * Python:  GzipFile.rewind
 */
PILA_API PILA_MUST pila_status pila_gzip_rewind(pila_gzip_reader *r);

/* pila_gzip_tell - how many bytes have been read.
 *
 * Cost:    O(1)
 * Python:  GzipFile.tell
 */
PILA_API uint64_t pila_gzip_tell(const pila_gzip_reader *r);

/* pila_gzip_reader_header - the header of the member that the last bytes came from.
 *
 * Fails:   NULL   none has been read: peek first
 * Cost:    O(1), no allocation; good until the next call on the reader
 * Python:  GzipFile.mtime
 */
PILA_API const pila_gzip_header *pila_gzip_reader_header(const pila_gzip_reader *r);

/* pila_gzip_reader_error - where and why reading failed; its status is PILA_OK if it
 * did not, PILA_END at the end.
 *
 * Cost:    O(1), no allocation; good until the next call on the reader
 * Python:  the exception that GzipFile.read raises
 */
PILA_API const pila_error *pila_gzip_reader_error(const pila_gzip_reader *r);

/* pila_gzip_reader_free - end it; a file that it opened is closed. NULL is fine.
 *
 *   r      a reader                                                   taken
 *
 * Waits for a source that its thread is reading.
 *
 * Cost:    O(1)
 * Python:  GzipFile.close
 */
PILA_API void pila_gzip_reader_free(pila_gzip_reader *r);

/* ---- writing ---- */

/* pila_gzip_create - a writer to the file at a path, whose name goes into the header
 * unless the options have one.
 *
 *   out       set on success                                          given
 *   mode      'w': what it held is lost; 'a': added to; 'x': it must not be there
 *   options   copied; NULL: {0}                                       borrowed
 *
 * Fails:   PILA_EIO      it cannot be opened, errno says why
 *          PILA_EVALUE   a bad mode, level or mtime
 *          PILA_ENOMEM   no memory
 * Cost:    O(1), some 350 KiB
 * Python:  gzip.open(path, mode, compresslevel)
 */
PILA_API PILA_MUST pila_status pila_gzip_create(pila_gzip_writer **out,
                                                const char *path, char mode,
                                                const pila_gzip_write_options *options);

/* pila_gzip_writer_new - a writer to a sink.
 *
 *   out       set on success, to be finished and freed                given
 *   to        a handle, which is not closed                           borrowed
 *   options   copied; NULL: {0}                                       borrowed
 *
 * Fails:   PILA_EVALUE   a bad level or mtime
 *          PILA_ENOMEM   no memory
 * Cost:    O(1), some 350 KiB; each thread takes 900 KiB more when it is needed
 * Python:  gzip.GzipFile(name, "wb", level, fileobj, mtime); its mtime is now if not
 *          given, here 0
 */
PILA_API PILA_MUST pila_status pila_gzip_writer_new(
    pila_gzip_writer **out, pila_gzip_out to, const pila_gzip_write_options *options);

/* pila_gzip_write - compress some more.
 *
 *   data   used before the call returns                               borrowed
 *
 * A fault stays: what the sink has got is then the start of a gzip file.
 *
 * Fails:   PILA_EIO      writing failed, errno says how; or no thread could be started
 *          PILA_ENOMEM   no memory
 *          PILA_EVALUE   it is finished
 *          any           what the sink answered
 * Cost:    O(len)
 * Python:  GzipFile.write
 */
PILA_API PILA_MUST pila_status pila_gzip_write(pila_gzip_writer *w, pila_str data);

/* pila_gzip_flush - give the sink all that has been written, so that it can be read.
 *
 * Fails:   as pila_gzip_write
 * Cost:    O(what is waiting); costs compression
 * Python:  GzipFile.flush(zlib_mode)
 */
PILA_API PILA_MUST pila_status pila_gzip_flush(pila_gzip_writer *w,
                                               pila_gzip_flush_mode mode);

/* pila_gzip_write_seek - go forwards by writing zeros.
 *
 *   whence   SEEK_SET or SEEK_CUR
 *
 * Fails:   as pila_gzip_write, and
 *          PILA_EVALUE   that is backwards, or whence is another
 * Cost:    O(distance)
 * Python:  GzipFile.seek of one that writes
 */
PILA_API PILA_MUST pila_status pila_gzip_write_seek(pila_gzip_writer *w, int64_t offset,
                                                    int whence);

/* pila_gzip_write_tell - how many bytes have been written, before compression.
 *
 * Cost:    O(1)
 * Python:  GzipFile.tell of one that writes
 */
PILA_API uint64_t pila_gzip_write_tell(const pila_gzip_writer *w);

/* pila_gzip_finish - write the end; a file that it opened is closed. No thread is left.
 *
 * Fails:   as pila_gzip_write; twice is PILA_EVALUE
 * Cost:    O(what is waiting)
 * Python:  GzipFile.close
 */
PILA_API PILA_MUST pila_status pila_gzip_finish(pila_gzip_writer *w);

/* pila_gzip_writer_free - end it; what is not finished stays so. NULL is fine.
 *
 *   w      a writer                                                   taken
 *
 * Cost:    O(1), and the blocks that threads are at
 */
PILA_API void pila_gzip_writer_free(pila_gzip_writer *w);

/* ---- at once ---- */

/* pila_gzip_compress - add data, compressed, to a buffer.
 *
 *   data    any bytes, not inside the buffer                          borrowed
 *   level   0, nothing, to 9, or -1, which is 6
 *   mtime   for the header: below 2^32, or PILA_GZIP_NOW
 *   out     added to; as it was on failure
 *
 * Fails:   PILA_EVALUE   a bad level or mtime
 *          PILA_ENOMEM   no memory
 *          PILA_ELIMIT   the buffer's cap
 * Cost:    O(len); memory some 350 KiB and the output
 * Python:  gzip.compress(data, level, mtime=mtime), with the header of 3.11
 */
PILA_API PILA_MUST pila_status pila_gzip_compress(pila_str data, int level,
                                                  int64_t mtime, pila_buf *out);

/* pila_gzip_decompress - add what all members of data hold to a buffer.
 *
 *   data   any bytes, not inside the buffer; none are no members      borrowed
 *   most   bytes allowed, or PILA_GZIP_UNLIMITED
 *   out    added to; as it was on failure
 *   err    NULL, or gets why it failed                                given
 *
 * Fails:   PILA_ESYNTAX   malformed, or something else behind the last member
 *          PILA_EEOF      the data ends too early
 *          PILA_ELIMIT    there is more than that, or than the buffer takes
 *          PILA_ENOMEM    no memory
 * Cost:    O(len + output); memory at most `most` and 256 KiB
 * Python:  gzip.decompress(data)
 * Source:  RFC 1952, RFC 1951
 */
PILA_API PILA_MUST pila_status pila_gzip_decompress(pila_str data, size_t most,
                                                    pila_buf *out, pila_error *err);

/* pila_gzip_compressed - a stream of chunks, compressed, as chunks.
 *
 *   chunks    views                                                   taken
 *   options   copied; NULL: {0}                                       borrowed
 *
 * Fails:   PILA_ETYPE    chunks are no views
 *          PILA_EVALUE   a bad level or mtime; later: a chunk asked for the next
 *          PILA_ENOMEM   no memory
 *          any           later: the fault of chunks, or as pila_gzip_write
 * Cost:    as pila_gzip_write
 * Python:  a generator over zlib.compressobj(wbits=31)
 */
PILA_API pila_iter pila_gzip_compressed(pila_iter chunks,
                                        const pila_gzip_write_options *options);

/* pila_gzip_decompressed - a stream of compressed chunks, as chunks of what it holds.
 *
 *   chunks   views, cut anywhere                                      taken
 *   err      NULL, or gets why it failed; outlives the iterator       borrowed
 *
 * Fails:   PILA_ETYPE    chunks are no views
 *          PILA_ENOMEM   no memory
 *          PILA_EVALUE   later: a chunk asked for the next
 *          any           later: the fault of chunks, or as pila_gzip_read
 * Cost:    as pila_gzip_read_view
 * Python:  a generator over zlib.decompressobj(wbits=31), of all members
 */
PILA_API pila_iter pila_gzip_decompressed(pila_iter chunks, pila_error *err);

PILA_END_C

#endif
