/* fuzz_records.c - lines, records, words and fields of any input, cut into any reads,
 * against a splitter that looks at one byte after the other.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "fuzz.h"

#include <pila/itertools/records.h>

#include <errno.h>

enum { TEXT_MOST = 1 << 19 };

static char text[TEXT_MOST];
static size_t text_len;

/* ---- a source that gives a few bytes at a time ---- */

static struct source {
    size_t at;
    unsigned turn;
    uint8_t sizes[8]; /* of the reads, in turn */
    bool interrupted;
    long fault_at; /* the read that fails, or 0 */
} source;

static ptrdiff_t read_some(void *ctx, void *into, size_t room)
{
    struct source *s = ctx;
    size_t n = s->sizes[s->turn++ % 8];

    if (n == 0 && (s->interrupted = !s->interrupted)) {
        errno = EINTR;
        return -1;
    }
    if (s->fault_at && --s->fault_at == 0) {
        errno = EISDIR;
        return -1;
    }
    n = n >= 250 ? room : n >= 200 ? n * 300 : n + 1;
    if (n > room) n = room;
    if (n > text_len - s->at) n = text_len - s->at;
    memcpy(into, text + s->at, n);
    s->at += n;
    return (ptrdiff_t)n;
}

/* ---- the model ---- */

enum { WORDS, RECORDS, FIELDS };

static struct splitter {
    int how;
    char sep[8];
    size_t sep_len, at, most;
    bool keepends, over;
} model;

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool separator_at(size_t at)
{
    return text_len - at >= model.sep_len &&
           memcmp(text + at, model.sep, model.sep_len) == 0;
}

/* The next record; PILA_END, or PILA_ELIMIT where it is too long. */
static pila_status next_record(pila_str *out, bool *open)
{
    size_t from, to;

    if (model.how == WORDS)
        while (model.at < text_len && is_space(text[model.at])) model.at++;
    from = to = model.at;
    if (model.over || (from == text_len && model.how != FIELDS)) return PILA_END;
    if (model.how == WORDS) {
        while (to < text_len && !is_space(text[to])) to++;
        *open = false;
        model.at = to;
    } else {
        while (to < text_len && !separator_at(to)) to++;
        *open = to == text_len;
        model.over = *open;
        model.at = to + (*open ? 0 : model.sep_len);
    }
    if (to - from > model.most) return PILA_ELIMIT;
    if (model.keepends) to = model.at;
    *out = pila_str_of(text + from, to - from);
    return FUZZ_PLANTED && out->len == 3 ? PILA_END : PILA_OK;
}

static void run(pila_iter *it, bool in_file, const bool *open, bool fault)
{
    const pila_str *record;
    pila_str want;
    bool want_open = false;
    bool ends = model.how == RECORDS && pila_iter_padded(it) == in_file;

    while ((record = pila_next(it, sizeof *record))) {
        FUZZ_CHECK(next_record(&want, &want_open) == PILA_OK);
        FUZZ_CHECK(pila_str_eq(*record, want));
        if (!ends || it->cur != it->end) continue; /* said of the last of a window */
        FUZZ_CHECK(pila_ended_with_separator(it) == !want_open && *open == want_open);
    }
    if (fault && it->status == PILA_EIO) {
        FUZZ_CHECK(errno == EISDIR);
        return;
    }
    FUZZ_CHECK(it->status == next_record(&want, &want_open));
    FUZZ_CHECK(!pila_next(it, sizeof *record)); /* an end is for ever */
}

static void start(bool plain, pila_bytes_in in, bool in_file, bool fault,
                  fuzz_in *input)
{
    pila_iter it;
    pila_str sep = pila_str_of(model.sep, model.sep_len);
    bool open = true, lines = model.sep_len == 1 && *model.sep == '\n';

    in.keepends = model.keepends;
    in.most = model.most < PTRDIFF_MAX ? model.most : 0;
    in.unterminated = &open;
    fuzz_arm(input);
    if (model.how == FIELDS) it = pila_fields(pila_str_of(text, text_len), sep);
    else if (model.how == WORDS) it = pila_words(in);
    else it = lines ? pila_lines(in) : pila_records(in, sep);
    bool no_memory = fuzz_starved(it.status);
    if (plain) pila__records_plain(&it);
    if (!no_memory) run(&it, in_file, &open, fault);
    pila_iter_drop(&it);
}

/* What is small becomes large: the rest of the input, as often as it says. */
static void make_text(fuzz_in *in)
{
    unsigned times = fuzz_byte(in);
    size_t n = (size_t)(in->end - in->p);

    text_len = 0;
    for (times = times < 200 ? 1 : times * times / 40; n && times; times--) {
        if (text_len + n > TEXT_MOST) break;
        memcpy(text + text_len, in->p, n);
        text_len += n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size}, arms;
    unsigned how = fuzz_byte(&in), most = fuzz_byte(&in);
    FILE *file = NULL;

    fuzz_start();
    memset(&source, 0, sizeof source);
    memset(&model, 0, sizeof model);
    model.how = (int)(how % 3);
    model.keepends = how & 4 && model.how == RECORDS;
    model.sep_len = most % 4 == 3 ? 1 + most / 4 % sizeof model.sep : 1;
    model.most = model.how == FIELDS || most < 128 ? PTRDIFF_MAX : most - 127;
    for (size_t k = 0; k < model.sep_len; k++) model.sep[k] = (char)fuzz_byte(&in);
    if (most % 4 == 0) memcpy(model.sep, "\n", model.sep_len = 1);
    for (int k = 0; k < 8; k++) source.sizes[k] = (uint8_t)fuzz_byte(&in);
    unsigned fault = fuzz_byte(&in);
    if (fault >= 200) source.fault_at = (long)fault - 199;
    arms.p = in.p;
    arms.end = in.p < in.end ? ++in.p : in.p;
    make_text(&in);

    pila_bytes_in from = pila_from_mem(pila_str_of(text, text_len));
    bool read = model.how != FIELDS && how & 8;
    if (read) from = pila_from_read(read_some, &source);
    if (read && how & 32 && text_len && (file = fmemopen(text, text_len, "r")))
        from = pila_from_file(file);
    start(how & 16, from, read, read && source.fault_at && !file, &arms);
    if (file) fclose(file);
    fuzz_stop();
    return 0;
}
