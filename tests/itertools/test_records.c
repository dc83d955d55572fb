/* test_records.c - the reader against rows that CPython made, against a naive splitter,
 * and against reads that are short, interrupted or fail. Everything runs with the
 * search of the machine and with the plain one. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <pila/itertools/records.h>

#define S(literal)                                                                     \
    {                                                                                  \
        literal, sizeof(literal) - 1                                                   \
    }

/* ---- a source that gives bytes as it likes ---- */

typedef struct source {
    pila_str text;
    size_t at, chunk; /* bytes given, bytes at a time; 0: sizes drawn from rng */
    bool eintr;       /* every second call is interrupted */
    size_t fail_at;   /* from that byte on, reads fail ... */
    int fail;         /* ... with this errno; 0: never */
    int calls;
    check_rng rng;
} source;

static ptrdiff_t source_read(void *ctx, void *into, size_t room)
{
    source *s = ctx;
    size_t n = s->chunk ? s->chunk : 1 + check_rng_below(&s->rng, 200);

    if (s->eintr && s->calls++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    s->calls += !s->eintr;
    if (s->fail && s->at >= s->fail_at) {
        errno = s->fail;
        return -1;
    }
    if (n > room) n = room;
    if (n > s->text.len - s->at) n = s->text.len - s->at;
    if (s->fail && n > s->fail_at - s->at) n = s->fail_at - s->at;
    if (n) memcpy(into, s->text.ptr + s->at, n);
    s->at += n;
    return (ptrdiff_t)n;
}

static source source_of(pila_str text, size_t chunk)
{
    source s = {text, 0, chunk, false, 0, 0, 0, {1}};

    return s;
}

/* The items between angle brackets, appended to out; the iterator is dropped. */
static pila_status show(pila_iter it, pila_buf *out)
{
    pila_status st;

    PILA_FOR(pila_str, x, &it) {
        CHECK_OK(pila_buf_add_char(out, '<'));
        CHECK_OK(pila_buf_add(out, *x));
        CHECK_OK(pila_buf_add_char(out, '>'));
    }
    st = it.status;
    CHECK(pila_next_item(&it) == NULL && it.status == st);
    pila_iter_drop(&it);
    pila_iter_drop(&it);
    return st;
}

static void check_shows(pila_iter it, pila_str want)
{
    pila_buf out = {0};

    CHECK_STATUS(show(it, &out), PILA_END);
    if (!pila_str_eq(pila_buf_view(&out), want))
        fail_msg("%s: got \"%.*s\", want \"%.*s\"", check_row, (int)out.len, out.data,
                 (int)want.len, want.ptr);
    pila_buf_done(&out);
}

/* The same input in many ways: from memory, and in pieces, interrupted or not, by
 * either search. `make` gets the bytes with the options set. */
static void check_every_way(pila_iter (*make)(pila_bytes_in in, pila_str sep),
                            pila_str text, pila_str sep, bool keepends, pila_str want)
{
    static const size_t chunks[] = {0, 1, 2, 7, 64, 100000};

    for (int plain = 0; plain < 2; plain++) {
        pila_bytes_in in = pila_from_mem(text);
        in.keepends = keepends;
        pila_iter it = make(in, sep);
        CHECK(!pila_iter_padded(&it));
        if (plain) pila__records_plain(&it);
        check_shows(it, want);
        for (size_t k = 0; k < 2 * COUNT_OF(chunks); k++) {
            source s = source_of(text, chunks[k / 2]);
            s.eintr = k % 2;
            in = pila_from_read(source_read, &s);
            in.keepends = keepends;
            it = make(in, sep);
            CHECK(pila_iter_padded(&it));
            if (plain) pila__records_plain(&it);
            check_shows(it, want);
        }
    }
}

/* ---- rows ---- */

static const struct row {
    const char *promise;
    pila_str text, sep;
    pila_str records, kept, fields; /* split less an empty last; with ends; split */
} rows[] = {
    {"empty input yields nothing", S(""), S("\012"), S(""), S(""), S("<>")},
    {"one line", S("spam\012"), S("\012"), S("<spam>"), S("<spam\012>"), S("<spam><>")},
    {"a last line without newline", S("spam\012eggs"), S("\012"), S("<spam><eggs>"),
     S("<spam\012><eggs>"), S("<spam><eggs>")},
    {"empty lines count", S("\012\012spam\012\012"), S("\012"), S("<><><spam><>"),
     S("<\012><\012><spam\012><\012>"), S("<><><spam><><>")},
    {"only a newline", S("\012"), S("\012"), S("<>"), S("<\012>"), S("<><>")},
    {"a carriage return is data", S("a\015\012b\015\012"), S("\012"),
     S("<a\015><b\015>"), S("<a\015\012><b\015\012>"), S("<a\015><b\015><>")},
    {"NUL is data", S("a\000b\012\000\012"), S("\012"), S("<a\000b><\000>"),
     S("<a\000b\012><\000\012>"), S("<a\000b><\000><>")},
    {"records that end with NUL", S("a\012b\000c\000"), S("\000"), S("<a\012b><c>"),
     S("<a\012b\000><c\000>"), S("<a\012b><c><>")},
    {"a file of NULs", S("\000\000\000\000"), S("\000"), S("<><><><>"),
     S("<\000><\000><\000><\000>"), S("<><><><><>")},
    {"a file of NULs as lines", S("\000\000\000\000"), S("\012"),
     S("<\000\000\000\000>"), S("<\000\000\000\000>"), S("<\000\000\000\000>")},
    {"a separator of two bytes", S("a\015\012b\015c\012d\015\012"), S("\015\012"),
     S("<a><b\015c\012d>"), S("<a\015\012><b\015c\012d\015\012>"),
     S("<a><b\015c\012d><>")},
    {"half a separator at the end is data", S("a\015\012b\015"), S("\015\012"),
     S("<a><b\015>"), S("<a\015\012><b\015>"), S("<a><b\015>")},
    {"paragraphs", S("a\012b\012\012c\012\012\012d"), S("\012\012"),
     S("<a\012b><c><\012d>"), S("<a\012b\012\012><c\012\012><\012d>"),
     S("<a\012b><c><\012d>")},
    {"aab in aaab", S("aaab"), S("aab"), S("<a>"), S("<aaab>"), S("<a><>")},
    {"aab in aaabaab", S("aaabaabx"), S("aab"), S("<a><><x>"), S("<aaab><aab><x>"),
     S("<a><><x>")},
    {"aa in aaaaa", S("aaaaa"), S("aa"), S("<><><a>"), S("<aa><aa><a>"), S("<><><a>")},
    {"abab in abababab", S("xababababy"), S("abab"), S("<x><><y>"),
     S("<xabab><abab><y>"), S("<x><><y>")},
    {"abac in ababac", S("ababacab"), S("abac"), S("<ab><ab>"), S("<ababac><ab>"),
     S("<ab><ab>")},
    {"aabaaab in aabaabaaab", S("aabaabaaabaa"), S("aabaaab"), S("<aab><aa>"),
     S("<aabaabaaab><aa>"), S("<aab><aa>")},
    {"NUL in a separator", S("x\000\000y\000z\000\000"), S("\000\000"),
     S("<x><y\000z>"), S("<x\000\000><y\000z\000\000>"), S("<x><y\000z><>")},
    {"a separator longer than the input", S("abc"), S("abcd"), S("<abc>"), S("<abc>"),
     S("<abc>")},
    {"the input is a separator", S("abcd"), S("abcd"), S("<>"), S("<abcd>"), S("<><>")},
    {"high bytes", S("\377\376\377\303\251\377"), S("\377"), S("<><\376><\303\251>"),
     S("<\377><\376\377><\303\251\377>"), S("<><\376><\303\251><>")},
    {"a step of 64 and a bit",
     S("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\012yyyyyyyyyyyy"
       "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\012zzzzzzzzzzzzzzzzzzzzzzz"
       "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"),
     S("\012"),
     S("<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx><"
       "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy><"
       "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz>"),
     S("<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\012><"
       "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\012><"
       "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz>"),
     S("<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx><"
       "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy><"
       "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz>")},
};

static void test_records(void **state)
{
    (void)state;
    for (const struct row *r = rows; r < rows + COUNT_OF(rows); r++) {
        ROW(r->promise);
        check_every_way(pila_records, r->text, r->sep, false, r->records);
        check_every_way(pila_records, r->text, r->sep, true, r->kept);
        check_shows(pila_fields(r->text, r->sep), r->fields);
        pila_iter it = pila_fields(r->text, r->sep);
        pila__records_plain(&it);
        check_shows(it, r->fields);
        if (r->sep.len > 1 || *r->sep.ptr != '\n') continue;
        check_shows(pila_lines(pila_from_mem(r->text)), r->records);
    }
    ROW(NULL);
}

static const struct word_row {
    const char *promise;
    pila_str text, words;
} word_rows[] = {
    {"nothing", S(""), S("")},
    {"only spaces", S(" \011\012\015\013\014"), S("")},
    {"one word", S("spam"), S("<spam>")},
    {"spaces around", S("  spam \012"), S("<spam>")},
    {"every space", S("a b\011c\012d\015e\013f\014g"), S("<a><b><c><d><e><f><g>")},
    {"what is not a space in ASCII",
     S("a\034b\035b\036b\037b\205b\240b\010b\016b!b\000b"),
     S("<a\034b\035b\036b\037b\205b\240b\010b\016b!b\000b>")},
    {"runs of spaces", S("a  \012\012 b\011\011\011c  "), S("<a><b><c>")},
    {"a word over a step",
     S("                                                            abcdefgh "
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y"),
     S("<abcdefgh><"
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx><y>")},
    {"a word ends with a step",
     S("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y"),
     S("<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx><y>")},
    {"a space ends a step",
     S("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y "),
     S("<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx><y>")},
    {"a word of 200",
     S("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"),
     S("<wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
       "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww>")},
    {"one letter words",
     S("a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l"),
     S("<a><b><c><d><e><f><g><h><i><j><k><l><m><n><o><p><q><r><s><t><u><v><w><x><y><z><"
       "a><b><c><d><e><f><g><h><i><j><k><l>")},
};

static pila_iter make_words(pila_bytes_in in, pila_str sep)
{
    (void)sep;
    return pila_words(in);
}

static void test_words(void **state)
{
    const pila_str none = {NULL, 0};

    (void)state;
    for (const struct word_row *r = word_rows; r < word_rows + COUNT_OF(word_rows);
         r++) {
        ROW(r->promise);
        check_every_way(make_words, r->text, none, false, r->words);
        check_every_way(make_words, r->text, none, true, r->words);
    }
    ROW(NULL);
}

static void test_what_is_white_space(void **state)
{
    (void)state;
    for (int plain = 0; plain < 2; plain++)
        for (int c = 0; c < 256; c++)
            for (size_t before = 0; before < 70; before += 23) {
                char text[160];
                bool space = c == ' ' || (c >= 9 && c <= 13); /* bytes.split() */
                size_t n = 0;
                memset(text, 'x', sizeof text);
                text[before + 1] = (char)c;
                pila_iter it =
                    pila_words(pila_from_mem(pila_str_of(text, sizeof text)));
                if (plain) pila__records_plain(&it);
                while (pila_next_item(&it)) n++;
                CHECK_INT(n, space ? 2 : 1);
                pila_iter_drop(&it);
            }
}

/* ---- options ---- */

static void test_ended_with_separator(void **state)
{
    static const struct {
        pila_str text;
        bool ended;
    } ends[] = {{S("a\nb\n"), true},
                {S("a\nb"), false},
                {S(""), true},
                {S("a"), false},
                {S("\n"), true}};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(ends); k++)
        for (size_t chunk = 0; chunk < 4; chunk++) {
            source s = source_of(ends[k].text, chunk ? chunk : 1000);
            bool open = true;
            pila_bytes_in in = chunk == 3 ? pila_from_mem(ends[k].text)
                                          : pila_from_read(source_read, &s);
            in.unterminated = &open;
            pila_iter it = pila_lines(in);
            CHECK(!open);
            PILA_FOR(pila_str, x, &it) {
                bool last = x->len && x->ptr[x->len - 1] == (k == 3 ? 'a' : 'b');
                CHECK_INT(open, last && !ends[k].ended);
                CHECK_INT(pila_ended_with_separator(&it), !open);
            }
            CHECK_INT(pila_ended_with_separator(&it), ends[k].ended);
            CHECK_INT(open, !ends[k].ended);
            pila_iter_drop(&it);
        }
    pila_iter other = pila_failed(PILA_END);
    CHECK(pila_ended_with_separator(&other));
}

static void test_record_limit(void **state)
{
    static const struct {
        const char *promise;
        pila_str text, sep;
        size_t most;
        pila_str shown;
        pila_status st;
    } limits[] = {
        {"as long as allowed", S("abc\nab\nabc"), S("\n"), 3, S("<abc><ab><abc>"),
         PILA_END},
        {"one byte more", S("abc\nabcd\nab"), S("\n"), 3, S("<abc>"), PILA_ELIMIT},
        {"more without an end", S("abc\nabcd"), S("\n"), 3, S("<abc>"), PILA_ELIMIT},
        {"the first one", S("abcd\nab"), S("\n"), 3, S(""), PILA_ELIMIT},
        {"the separator is not counted", S("abc--=ab--="), S("--="), 3, S("<abc><ab>"),
         PILA_END},
        {"half a separator is", S("abc--"), S("--="), 3, S(""), PILA_ELIMIT},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(limits); k++)
        for (int how = 0; how < 8; how++) {
            source s = source_of(limits[k].text, (size_t)(how % 4) + 1);
            pila_bytes_in in = how % 4 == 3 ? pila_from_mem(limits[k].text)
                                            : pila_from_read(source_read, &s);
            pila_buf out = {0};
            ROW(limits[k].promise);
            in.most = limits[k].most;
            in.keepends = how >= 4;
            CHECK_STATUS(show(pila_records(in, limits[k].sep), &out), limits[k].st);
            if (!in.keepends) CHECK(pila_str_eq(pila_buf_view(&out), limits[k].shown));
            pila_buf_done(&out);
        }
    ROW(NULL);
    pila_bytes_in in = pila_from_mem(pila_cstr("ab abc abcd ab"));
    pila_buf out = {0};
    in.most = 3;
    CHECK_STATUS(show(pila_words(in), &out), PILA_ELIMIT);
    CHECK_TEXT(pila_buf_view(&out), "<ab><abc>");
    pila_buf_done(&out);
}

/* A record without an end is refused before it is in memory. */
static ptrdiff_t endless_read(void *ctx, void *into, size_t room)
{
    *(size_t *)ctx += room;
    memset(into, 'x', room);
    return (ptrdiff_t)room;
}

static void test_an_endless_record_stops_at_the_limit(void **state)
{
    size_t given = 0;
    pila_bytes_in in = pila_from_read(endless_read, &given);
    pila_buf out = {0};

    (void)state;
    in.most = 1 << 20;
    CHECK_STATUS(show(pila_lines(in), &out), PILA_ELIMIT);
    CHECK(given > in.most && given < in.most + (1 << 18));
}

static void test_no_separator_is_a_fault(void **state)
{
    pila_iter it = pila_records(pila_from_mem(pila_cstr("a")), pila_cstr(""));

    (void)state;
    CHECK_STATUS(it.status, PILA_EVALUE);
    pila_iter_drop(&it);
    it = pila_fields(pila_cstr("a"), pila_cstr(""));
    CHECK_STATUS(it.status, PILA_EVALUE); /* "a".split("") */
    pila_iter_drop(&it);
    it = pila_records(pila_from_mem(pila_cstr("a")), pila_str_of("", SIZE_MAX / 2));
    CHECK_STATUS(it.status, PILA_ENOMEM);
    pila_iter_drop(&it);
}

/* ---- how it reads ---- */

static void test_reads_only_when_nothing_is_left(void **state)
{
    source s = source_of(pila_cstr("a\nbb\nccc\nd"), 5);
    pila_iter it = pila_lines(pila_from_read(source_read, &s));

    (void)state;
    CHECK_INT(s.calls, 0);
    CHECK_TEXT(*(const pila_str *)pila_next_item(&it), "a");
    CHECK_TEXT(*(const pila_str *)pila_next_item(&it), "bb");
    CHECK_INT(s.calls, 1);
    CHECK_TEXT(*(const pila_str *)pila_next_item(&it), "ccc");
    CHECK_INT(s.calls, 2);
    CHECK_TEXT(*(const pila_str *)pila_next_item(&it), "d");
    CHECK_INT(s.calls, 3); /* the one that said end; it is not asked again */
    CHECK(pila_next_item(&it) == NULL);
    CHECK_INT(s.calls, 3);
    pila_iter_drop(&it);
}

static void test_windows_of_256(void **state)
{
    static char text[40000];
    pila_iter it;
    size_t n, most = 0, total = 0;

    (void)state;
    memset(text, '\n', sizeof text);
    it = pila_lines(pila_from_mem(pila_str_of(text, sizeof text)));
    while ((n = pila_iter_ready(&it)) > 0) {
        most = n > most ? n : most;
        total += n;
        pila_iter_skip(&it, n);
    }
    CHECK_INT(most, 256);
    CHECK_INT(total, sizeof text);
    pila_iter_drop(&it);
}

static void test_sixteen_bytes_are_readable_behind(void **state)
{
    static char text[300000];
    size_t sum = 0;

    (void)state;
    for (size_t k = 0; k < sizeof text; k++) text[k] = k % 7 ? 'x' : ' ';
    for (size_t chunk = 1; chunk < 300000; chunk = chunk * 19 + 3) {
        source s = source_of(pila_str_of(text, chunk < 50 ? 2000 : sizeof text), chunk);
        pila_iter it = pila_words(pila_from_read(source_read, &s));
        CHECK(pila_iter_padded(&it));
        PILA_FOR(pila_str, w, &it)
            for (size_t k = 0; k < 16; k++) sum += (unsigned char)w->ptr[w->len + k];
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
    }
    CHECK(sum > 0);
}

static void test_eio_is_never_an_end(void **state)
{
    static const pila_str text = S("spam\neggs and\n\nham"), sep = S("\n");

    (void)state;
    for (size_t fail_at = 0; fail_at <= text.len; fail_at++)
        for (size_t chunk = 1; chunk < 8; chunk += 2)
            for (int how = 0; how < 3; how++) {
                source s = source_of(text, chunk);
                pila_buf out = {0}, want = {0};
                pila_bytes_in in = pila_from_read(source_read, &s);
                s.fail_at = fail_at;
                s.fail = EIO;
                s.eintr = chunk == 3;
                errno = 0;
                pila_iter it = how == 0   ? pila_words(in)
                               : how == 1 ? pila_records(in, sep)
                                          : pila_records(in, (pila_str)S("\n\n"));
                CHECK_STATUS(show(it, &out), PILA_EIO);
                CHECK_INT(errno, EIO);
                /* nothing that was cut short by the error is given as complete */
                pila_buf_done(&out);
                size_t whole = fail_at;
                while (how == 1 && whole && text.ptr[whole - 1] != '\n') whole--;
                if (how == 1) {
                    s = source_of(text, chunk);
                    s.fail_at = fail_at;
                    s.fail = ENXIO;
                    CHECK_STATUS(show(pila_lines(in), &out), PILA_EIO);
                    CHECK_INT(errno, ENXIO);
                    CHECK_STATUS(show(pila_lines(
                                          pila_from_mem(pila_str_of(text.ptr, whole))),
                                      &want),
                                 PILA_END);
                    CHECK(pila_str_eq(pila_buf_view(&out), pila_buf_view(&want)));
                }
                pila_buf_done(&out);
                pila_buf_done(&want);
            }
}

static ptrdiff_t silent_fault(void *ctx, void *into, size_t room)
{
    (void)ctx, (void)into, (void)room;
    return -1;
}

static void test_a_fault_without_errno(void **state)
{
    pila_buf out = {0};

    (void)state;
    CHECK_STATUS(show(pila_lines(pila_from_read(silent_fault, NULL)), &out), PILA_EIO);
    CHECK_INT(errno, EIO);
}

static void test_descriptors(void **state)
{
    int ends[2];
    pila_buf out = {0};

    (void)state;
    CHECK_INT(pipe(ends), 0);
    CHECK_INT(write(ends[1], "spam\neggs", 9), 9);
    close(ends[1]);
    check_shows(pila_lines(pila_from_fd(ends[0])), pila_cstr("<spam><eggs>"));
    close(ends[0]);
    CHECK_STATUS(show(pila_lines(pila_from_fd(-1)), &out), PILA_EIO);
    CHECK_INT(errno, EBADF);
    int dir = open("/", O_RDONLY);
    CHECK_STATUS(show(pila_lines(pila_from_fd(dir)), &out), PILA_EIO);
    CHECK_INT(errno, EISDIR);
    close(dir);
    CHECK_INT(out.len, 0);
}

/* A FILE whose reads come from a source. */
static ssize_t cookie_read(void *ctx, char *into, size_t room)
{
    return source_read(ctx, into, room);
}

static FILE *cookie_of(source *s)
{
    cookie_io_functions_t io = {cookie_read, NULL, NULL, NULL};

    return fopencookie(s, "r", io);
}

static void test_files(void **state)
{
    pila_str text = pila_cstr("first\nspam\neggs\nham");
    char line[20];
    pila_buf out = {0};

    (void)state;
    for (size_t chunk = 1; chunk < 30; chunk += 6) {
        source s = source_of(text, chunk);
        FILE *f = cookie_of(&s);
        CHECK(fgets(line, sizeof line, f)); /* goes on where the FILE is */
        check_shows(pila_lines(pila_from_file(f)), pila_cstr("<spam><eggs><ham>"));
        CHECK(feof(f));
        fclose(f);
        s = source_of(text, chunk);
        s.eintr = true;
        f = cookie_of(&s);
        check_shows(pila_lines(pila_from_file(f)),
                    pila_cstr("<first><spam><eggs><ham>"));
        fclose(f);
        s = source_of(text, chunk);
        s.fail_at = 13;
        s.fail = ENXIO;
        f = cookie_of(&s);
        CHECK_STATUS(show(pila_lines(pila_from_file(f)), &out), PILA_EIO);
        CHECK_INT(errno, ENXIO);
        CHECK_TEXT(pila_buf_view(&out), "<first><spam>");
        pila_buf_clear(&out);
        fclose(f);
    }
    pila_buf_done(&out);
}

/* ---- memory ---- */

static size_t largest_block;

static void *measured_resize(void *ctx, void *p, size_t bytes)
{
    (void)ctx;
    if (bytes > largest_block) largest_block = bytes;
    return realloc(p, bytes);
}

static void measured_release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const pila_allocator measured = {measured_resize, measured_release, NULL};

/* `total` bytes, a newline after every `line` of them. */
typedef struct generated {
    size_t at, total, line;
} generated;

static ptrdiff_t generated_read(void *ctx, void *into, size_t room)
{
    generated *g = ctx;
    size_t n = g->total - g->at < room ? g->total - g->at : room;

    memset(into, 'x', n);
    for (size_t k = g->line - g->at % g->line - 1; k < n; k += g->line)
        ((char *)into)[k] = '\n';
    g->at += n;
    return (ptrdiff_t)n;
}

enum { MIB = 1 << 20 };

static void test_a_line_of_64_MiB(void **state)
{
    generated g = {0, 64 * (size_t)MIB + 5, 64 * (size_t)MIB};

    (void)state;
    for (int words = 0; words < 2; words++) {
        g.at = largest_block = 0;
        pila_mem_hook(&measured);
        pila_iter it = words ? pila_words(pila_from_read(generated_read, &g))
                             : pila_lines(pila_from_read(generated_read, &g));
        CHECK_INT(((const pila_str *)pila_next_item(&it))->len, 64 * (size_t)MIB - 1);
        CHECK_INT(((const pila_str *)pila_next_item(&it))->len, 5);
        CHECK(pila_next_item(&it) == NULL);
        CHECK_STATUS(it.status, PILA_END);
        pila_iter_drop(&it);
        pila_mem_hook(NULL);
        CHECK(largest_block < 100 * (size_t)MIB); /* half as much again, at most */
    }
}

static void test_short_lines_need_no_memory(void **state)
{
    generated g = {0, 64 * (size_t)MIB, 50};
    size_t n = 0;

    (void)state;
    largest_block = 0;
    pila_mem_hook(&measured);
    pila_iter it = pila_lines(pila_from_read(generated_read, &g));
    PILA_FOR(pila_str, x, &it) n += x->len == 49;
    CHECK_INT(n, 64 * (size_t)MIB / 50);
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
    pila_mem_hook(NULL);
    CHECK(largest_block < 129 * 1024);
}

static pila_status sweep(void *ctx)
{
    generated g = {0, 400000, 300000};
    pila_iter it = pila_lines(pila_from_read(generated_read, &g));
    size_t n = 0;

    (void)ctx;
    PILA_FOR(pila_str, x, &it) n += x->len;
    CHECK(it.status == PILA_END ? n == 399999 : n == 0);
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    pila_iter one = pila_fields(pila_cstr("a,b"), pila_cstr(","));
    if (st == PILA_OK) st = one.status;
    pila_iter_drop(&one);
    one = pila_records(pila_from_mem(pila_cstr("a--b")), pila_cstr("--"));
    if (st == PILA_OK) st = one.status;
    pila_iter_drop(&one);
    return st;
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    check_alloc_sweep(sweep, NULL);
}

/* ---- random input against a naive splitter ---- */

/* Looks for the separator at every byte. `wrong` lets separators overlap. */
static void naive_records(pila_buf *out, pila_str text, pila_str sep, bool keep,
                          bool wrong)
{
    size_t start = 0, end;

    for (end = 0; end + sep.len <= text.len;) {
        if (memcmp(text.ptr + end, sep.ptr, sep.len) != 0) {
            end++;
            continue;
        }
        CHECK_OK(pila_buf_add_char(out, '<'));
        CHECK_OK(pila_buf_add(out, pila_str_of(text.ptr + start,
                                               end - start + (keep ? sep.len : 0))));
        CHECK_OK(pila_buf_add_char(out, '>'));
        end += wrong ? 1 : sep.len;
        start = end;
    }
    if (start == text.len) return;
    CHECK_OK(pila_buf_add_char(out, '<'));
    CHECK_OK(pila_buf_add(out, pila_str_of(text.ptr + start, text.len - start)));
    CHECK_OK(pila_buf_add_char(out, '>'));
}

static void naive_words(pila_buf *out, pila_str text)
{
    bool in = false;

    for (size_t k = 0; k <= text.len; k++) {
        bool space = k == text.len || text.ptr[k] == ' ' ||
                     (text.ptr[k] >= '\t' && text.ptr[k] <= '\r');
        if (in && space) CHECK_OK(pila_buf_add_char(out, '>'));
        if (!in && !space) CHECK_OK(pila_buf_add_char(out, '<'));
        if (!space) CHECK_OK(pila_buf_add_char(out, text.ptr[k]));
        in = !space;
    }
}

static void fill(check_rng *r, char *text, size_t n, int how)
{
    static const char few[] = "ab", spaced[] = "abcde \t\n\v\f\r";

    for (size_t k = 0; k < n; k++)
        text[k] = how == 0   ? few[check_rng_below(r, 2)]
                  : how == 1 ? spaced[check_rng_below(r, sizeof spaced - 1)]
                  : how == 2 ? (char)check_rng_next(r)
                  : check_rng_below(r, 90) ? 'x'
                                           : "\n "[check_rng_below(r, 2)];
}

static bool agrees(check_rng *r, int turn, bool wrong)
{
    static char text[3000], sep[8];
    size_t n = check_rng_below(r, turn % 8 ? 400 : sizeof text),
           m = 1 + check_rng_below(r, 5);
    int how = (int)check_rng_below(r, 4);
    bool words = !wrong && check_rng_below(r, 3) == 0;
    pila_buf want = {0}, got = {0};
    pila_str all = pila_str_of(text, n), by = pila_str_of(sep, m);
    source s = source_of(all, check_rng_below(r, 100));

    fill(r, text, n, how);
    fill(r, sep, m, how == 3 ? 1 : how);
    if (how == 3) sep[0] = '\n', by.len = 1;
    s.rng = *r;
    s.eintr = check_rng_below(r, 2);
    pila_bytes_in in =
        check_rng_below(r, 4) ? pila_from_read(source_read, &s) : pila_from_mem(all);
    in.keepends = check_rng_below(r, 2);
    pila_iter it = words ? pila_words(in) : pila_records(in, by);
    if (check_rng_below(r, 2)) pila__records_plain(&it);
    CHECK_STATUS(show(it, &got), PILA_END);
    if (words) naive_words(&want, all);
    else naive_records(&want, all, by, in.keepends, wrong);
    bool same = pila_str_eq(pila_buf_view(&want), pila_buf_view(&got));
    pila_buf_done(&want);
    pila_buf_done(&got);
    return same;
}

static void test_random_input_against_a_naive_splitter(void **state)
{
    check_rng r = check_rng_start();
    int caught = 0;

    (void)state;
    for (int turn = 0; turn < 40000; turn++) CHECK(agrees(&r, turn, false));
    for (int turn = 0; turn < 1000; turn++) caught += !agrees(&r, turn, true);
    CHECK(caught > 20); /* the planted fault */
}

/* Buffers that move and grow: records around the size of the buffer. */
static void test_records_around_the_buffer(void **state)
{
    static char text[1200000];
    check_rng r = check_rng_start();

    (void)state;
    for (int turn = 0; turn < 30; turn++) {
        size_t sizes[] = {100, 50000, 131071, 131072, 131073, 200000}, at = 0, total;
        memset(text, 'x', sizeof text);
        for (;;) {
            at += sizes[check_rng_below(&r, COUNT_OF(sizes))] + check_rng_below(&r, 3);
            if (at >= sizeof text) break;
            text[at++] = '\n';
        }
        total = sizeof text - check_rng_below(&r, 70000);
        source s = source_of(pila_str_of(text, total), turn % 2 ? 1 << 30 : 0);
        if (turn % 2 == 0) s.chunk = 1 + check_rng_below(&r, 70000);
        pila_iter it = turn % 3 ? pila_lines(pila_from_read(source_read, &s))
                                : pila_words(pila_from_read(source_read, &s));
        const char *p = text, *end = text + total;
        PILA_FOR(pila_str, x, &it) {
            CHECK(x->len <= (size_t)(end - p) && memcmp(p, x->ptr, x->len) == 0);
            p += x->len;
            CHECK(p == end || *p == '\n');
            p += p < end;
        }
        CHECK_STATUS(it.status, PILA_END);
        CHECK(p == end);
        pila_iter_drop(&it);
    }
}

static void test_fields_of_a_long_record(void **state)
{
    static char record[40000];
    pila_iter it;
    size_t n = 0;

    (void)state;
    memset(record, 'x', sizeof record);
    for (size_t k = 3; k < sizeof record; k += 4) record[k] = ',';
    it = pila_fields(pila_str_of(record, sizeof record), pila_cstr(","));
    PILA_FOR(pila_str, field, &it) {
        CHECK_INT(field->len, n < 10000 ? 3 : 0);
        n++;
    }
    CHECK_INT(n, 10001); /* more than a window of them, and an empty one at the end */
    CHECK_STATUS(it.status, PILA_END);
    pila_iter_drop(&it);
}

static void test_only_readers_search_in_plain_c(void **state)
{
    pila_iter it = pila_span("ab", 2, &pila_i8);

    (void)state;
    pila__records_plain(&it);
    CHECK(pila_next_item(&it));
    CHECK(pila_ended_with_separator(&it)); /* no reader: nothing to say */
    pila_iter_drop(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_what_is_white_space),
        cmocka_unit_test(test_ended_with_separator),
        cmocka_unit_test(test_record_limit),
        cmocka_unit_test(test_an_endless_record_stops_at_the_limit),
        cmocka_unit_test(test_no_separator_is_a_fault),
        cmocka_unit_test(test_reads_only_when_nothing_is_left),
        cmocka_unit_test(test_windows_of_256),
        cmocka_unit_test(test_sixteen_bytes_are_readable_behind),
        cmocka_unit_test(test_eio_is_never_an_end),
        cmocka_unit_test(test_a_fault_without_errno),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_a_line_of_64_MiB),
        cmocka_unit_test(test_short_lines_need_no_memory),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_random_input_against_a_naive_splitter),
        cmocka_unit_test(test_records_around_the_buffer),
        cmocka_unit_test(test_fields_of_a_long_record),
        cmocka_unit_test(test_only_readers_search_in_plain_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
