/* test_base64.c - the promises of base64.h. What CPython says is in base64_rows.h and,
 * where PILA_CORPORA names a folder of outside data, in its cases; everything is done
 * by each kernel, whole and in pieces. OpenSSL's codec is asked, too. */
#include "check.h"

#include <openssl/evp.h>

#include <pila/serial/base64.h>

typedef struct base64_row {
    pila_base64_codec codec;
    bool encodes;
    const char *in;
    size_t n;
    const char *altchars;
    size_t altchars_n;
    const char *ignorechars;
    size_t ignorechars_n;
    const char *flags; /* validate, casefold, foldspaces, pad, adobe */
    char map01;
    size_t wrapcol;
    const char *want;
    size_t want_n;
    const char *message; /* or NULL */
} base64_row;

#include "base64_rows.h"

enum { KERNELS = 3, CODECS = PILA_Z85 + 1 };

#define OPTIONS(...) (&(pila_base64_options){__VA_ARGS__})
#define CHARS(text)                                                                    \
    {                                                                                  \
        text, sizeof(text) - 1                                                         \
    }

static pila_str text_of(const char *s) { return pila_str_of(s, strlen(s)); }

/* ---- a run ---- */

/* By the k-th kernel, `cut` bytes at a time; 0: all at once. Each piece is a block of
 * its own, so that a sanitizer sees what is read behind it. */
static pila_status encode_by(size_t kernel, size_t cut, pila_base64_codec codec,
                             pila_str data, const pila_base64_options *o, pila_buf *out)
{
    pila_base64_encoder *e;
    pila_status st = pila_base64_encoder_new(codec, o, &e);

    if (st != PILA_OK) return st;
    pila__base64_encoder_use(e, kernel);
    while (st == PILA_OK && data.len) {
        size_t n = cut && cut < data.len ? cut : data.len;
        char *piece = malloc(n);
        memcpy(piece, data.ptr, n);
        st = pila_base64_encoder_feed(e, pila_str_of(piece, n), out);
        free(piece);
        data = pila_str_of(data.ptr + n, data.len - n);
    }
    if (st == PILA_OK) st = pila_base64_encoder_finish(e, out);
    pila_base64_encoder_free(e);
    return st;
}

static pila_status decode_by(size_t kernel, size_t cut, pila_base64_codec codec,
                             pila_str text, const pila_base64_options *o, pila_buf *out,
                             pila_error *err)
{
    pila_base64_decoder *d;
    pila_status st = pila_base64_decoder_new(codec, o, &d);

    memset(err, 0, sizeof *err);
    if (st != PILA_OK) return st;
    pila__base64_decoder_use(d, kernel);
    while (st == PILA_OK && text.len) {
        size_t n = cut && cut < text.len ? cut : text.len;
        char *piece = malloc(n);
        memcpy(piece, text.ptr, n);
        st = pila_base64_decoder_feed(d, pila_str_of(piece, n), out, err);
        free(piece);
        text = pila_str_of(text.ptr + n, text.len - n);
    }
    if (st == PILA_OK) st = pila_base64_decoder_finish(d, out, err);
    pila_base64_decoder_free(d);
    return st;
}

/* All ways to do it must give `want`, or with a message, fail; whole, with that one. */
static void check_all_ways(bool encodes, pila_base64_codec codec, pila_str in,
                           const pila_base64_options *o, pila_str want,
                           const char *message)
{
    static const size_t cuts[] = {0, 1, 2, 3, 5, 7, 64, 1000};
    pila_buf out = {0};
    pila_error err = {0};
    pila_status st = encodes ? pila_base64_encode(codec, in, o, &out)
                             : pila_base64_decode(codec, in, o, &out, &err);

    CHECK_STATUS(st, message ? PILA_ESYNTAX : PILA_OK);
    if (message) CHECK_TEXT(text_of(err.message), message);
    CHECK(pila_str_eq(pila_buf_view(&out), want));
    for (size_t k = 0; k < KERNELS * COUNT_OF(cuts); k++) {
        size_t kernel = k % KERNELS == 2 ? 99 : k % KERNELS, cut = cuts[k / KERNELS];
        out.len = 0;
        st = encodes ? encode_by(kernel, cut, codec, in, o, &out)
                     : decode_by(kernel, cut, codec, in, o, &out, &err);
        CHECK_STATUS(st, message ? PILA_ESYNTAX : PILA_OK);
        if (!message) CHECK(pila_str_eq(pila_buf_view(&out), want));
    }
    pila_buf_done(&out);
}

/* ---- CPython ---- */

static void test_rows_of_cpython(void **state)
{
    char name[200];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(base64_rows); k++) {
        const base64_row *r = &base64_rows[k];
        pila_base64_options o = {.policy = PILA_BASE64_PYTHON,
                                 .altchars = {r->altchars, r->altchars_n},
                                 .ignorechars = {r->ignorechars, r->ignorechars_n},
                                 .validate = r->flags[0] == 'v',
                                 .casefold = r->flags[1] == 'c',
                                 .foldspaces = r->flags[2] == 's',
                                 .pad = r->flags[3] == 'p',
                                 .adobe = r->flags[4] == 'a',
                                 .map01 = r->map01,
                                 .wrapcol = r->wrapcol};
        snprintf(name, sizeof name, "row %zu: codec %d of \"%.60s\", %s", k, r->codec,
                 r->in, r->flags);
        ROW(name);
        check_all_ways(r->encodes, r->codec, pila_str_of(r->in, r->n), &o,
                       pila_str_of(r->want, r->want_n), r->message);
    }
}

/* ---- cases of the corpora: a line each, {"fn": ..., "in": hex, "kw": {...}, ...} ----
 */

static char corpus_room[4][1 << 12];

/* What stands behind "name": up to the quote, the comma or the brace; "": nothing. */
static const char *corpus_field(const char *line, const char *name, char *to)
{
    char key[40];

    snprintf(key, sizeof key, "\"%s\": ", name);
    const char *p = strstr(line, key);
    to[0] = '\0';
    if (!p) return NULL;
    p += strlen(key);
    bool quoted = *p == '"';
    size_t n = strcspn(p += quoted, quoted ? "\"" : ",}");
    memcpy(to, p, n);
    to[n] = '\0';
    return to;
}

static pila_str corpus_hex(const char *digits, char *to)
{
    size_t n = strlen(digits) / 2;

    for (size_t k = 0; k < n; k++) {
        char two[3] = {digits[2 * k], digits[2 * k + 1], '\0'};
        to[k] = (char)strtol(two, NULL, 16);
    }
    return pila_str_of(to, n);
}

/* \u00ff alone is escaped in these messages. */
static void corpus_message(char *text)
{
    char *at = strstr(text, "\\u00ff");

    if (at) memmove(at + 2, at + 6, strlen(at + 6) + 1), memcpy(at, "\xc3\xbf", 2);
}

static void corpus_case(const char *line)
{
    static const char *const functions[CODECS] = {"b64", "urlsafe_b64", "",
                                                  "b32", "b32hex",      "b16",
                                                  "a85", "b85",         ""};
    char field[1 << 12], message[1 << 12], *of = message;
    pila_base64_options o = {.policy = PILA_BASE64_PYTHON};
    size_t codec = PILA_BASE64_BYTES;

    corpus_field(line, "fn", field);
    bool encodes = strstr(field, "encode") != NULL;
    size_t n = strcspn(field, "de");
    n = (size_t)(strstr(field, encodes ? "encode" : "decode") - field);
    for (size_t k = 0; k < CODECS; k++)
        if (n && strlen(functions[k]) == n && memcmp(functions[k], field, n) == 0)
            codec = k;
    o.validate = corpus_field(line, "validate", field) && field[0] == 't';
    o.casefold = corpus_field(line, "casefold", field) && field[0] == 't';
    o.foldspaces = corpus_field(line, "foldspaces", field) && field[0] == 't';
    o.pad = corpus_field(line, "pad", field) && field[0] == 't';
    o.adobe = corpus_field(line, "adobe", field) && field[0] == 't';
    if (corpus_field(line, "wrapcol", field)) o.wrapcol = strtoul(field, NULL, 10);
    if (corpus_field(line, "map01", field)) corpus_hex(field, &o.map01);
    if (corpus_field(line, "altchars", field))
        o.altchars = corpus_hex(field, corpus_room[0]);
    corpus_field(line, "in", field);
    pila_str in = corpus_hex(field, corpus_room[1]);
    if (corpus_field(line, "out", field)) {
        check_all_ways(encodes, (pila_base64_codec)codec, in, &o,
                       corpus_hex(field, corpus_room[2]), NULL);
        return;
    }
    assert_non_null(corpus_field(line, "error", message));
    corpus_message(message);
    of = strstr(message, ": ") + 2;
    check_all_ways(encodes, (pila_base64_codec)codec, in, &o, pila_str_of(NULL, 0), of);
}

static void test_cases_of_the_corpora(void **state)
{
    const char *folder = getenv("PILA_CORPORA");
    char path[600], *line = malloc(1 << 16);
    size_t count = 0;

    (void)state;
    snprintf(path, sizeof path, "%s/base64/cpython311_basexx.jsonl",
             folder ? folder : "");
    FILE *f = folder ? fopen(path, "r") : NULL;
    if (!f) {
        free(line);
        skip();
    }
    while (fgets(line, 1 << 16, f)) {
        ROW(line);
        corpus_case(line);
        count++;
    }
    fclose(f);
    free(line);
    ROW(NULL);
    CHECK_INT(count, 1919);
}

/* ---- policies, and the options of 3.15 ---- */

typedef struct policy_row {
    const char *row;
    pila_base64_codec codec;
    pila_base64_options options;
    const char *text, *want; /* want NULL: a fault */
    const char *message;
    size_t offset;
} policy_row;

#define STRICT .policy = PILA_BASE64_STRICT
#define LAX .policy = PILA_BASE64_LAX
#define PYTHON .policy = PILA_BASE64_PYTHON

static const char only[] = "Only base64 data is allowed";
static const char incorrect[] = "Incorrect padding";
static const char leading[] = "Leading padding not allowed";
static const char excess[] = "Excess padding not allowed";
static const char within[] = "Discontinuous padding not allowed";
static const char stray[] = "Non-zero padding bits";
static const char five[] =
    "Invalid base64-encoded string: number of data characters (5) "
    "cannot be 1 more than a multiple of 4";

static const policy_row policy_rows[] = {
    {"strict takes what is right", PILA_BASE64, {STRICT}, "YWI=", "ab", NULL, 0},
    {"strict takes nothing for nothing", PILA_BASE64, {STRICT}, "", "", NULL, 0},
    {"strict wants padding", PILA_BASE64, {STRICT}, "YWJjYWI", NULL, incorrect, 7},
    {"strict wants all of it", PILA_BASE64, {STRICT}, "YQ=", NULL, incorrect, 3},
    {"strict wants no more", PILA_BASE64, {STRICT}, "YWI==", NULL, excess, 4},
    {"strict wants none at a group's end",
     PILA_BASE64,
     {STRICT},
     "YWJj=",
     NULL,
     excess,
     4},
    {"strict wants none in front", PILA_BASE64, {STRICT}, "=YWJj", NULL, leading, 0},
    {"strict wants no digit alone", PILA_BASE64, {STRICT}, "YWJjY", NULL, five, 5},
    {"strict wants none with padding",
     PILA_BASE64,
     {STRICT},
     "YWJjY===",
     NULL,
     five,
     5},
    {"strict wants no data within padding",
     PILA_BASE64,
     {STRICT},
     "YQ=Q",
     NULL,
     within,
     3},
    {"strict takes - for no digit", PILA_BASE64, {STRICT}, "YWJ-", NULL, only, 3},
    {"strict urlsafe takes no +", PILA_BASE64_URLSAFE, {STRICT}, "AB+_", NULL, only, 2},
    {"strict urlsafe takes - and _",
     PILA_BASE64_URLSAFE,
     {STRICT},
     "--__",
     "\xfb\xef\xff",
     NULL,
     0},
    {"strict lines take ends of lines",
     PILA_BASE64_BYTES,
     {STRICT},
     "YW\r\nI=\n",
     "ab",
     NULL,
     0},
    {"strict lines take no blanks",
     PILA_BASE64_BYTES,
     {STRICT},
     "YWI= \n",
     NULL,
     only,
     4},
    {"altchars are the only ones",
     PILA_BASE64,
     {STRICT, .altchars = CHARS("@$")},
     "@$+/",
     NULL,
     only,
     2},
    {"altchars are read",
     PILA_BASE64,
     {STRICT, .altchars = CHARS("@$")},
     "@@$$",
     "\xfb\xef\xff",
     NULL,
     0},
    {"ignorechars are skipped",
     PILA_BASE64,
     {STRICT, .ignorechars = CHARS("\n ")},
     "YW\nI =",
     "ab",
     NULL,
     0},
    {"ignorechars alone",
     PILA_BASE64,
     {STRICT, .ignorechars = CHARS("\n ")},
     "YW\nI\t=",
     NULL,
     only,
     4},
    {"= among ignorechars: excess is skipped",
     PILA_BASE64,
     {STRICT, .ignorechars = CHARS("=")},
     "=YW==Jj===",
     "abc",
     NULL,
     0},
    {"= among ignorechars: but what is wanted is",
     PILA_BASE64,
     {STRICT, .ignorechars = CHARS("=")},
     "YW=I",
     NULL,
     NULL,
     0},
    {"unpadded: none is needed",
     PILA_BASE64,
     {STRICT, .unpadded = true},
     "YWI",
     "ab",
     NULL,
     0},
    {"unpadded: none is taken",
     PILA_BASE64,
     {STRICT, .unpadded = true},
     "YWI=",
     NULL,
     only,
     3},
    {"unpadded: a digit alone",
     PILA_BASE64,
     {STRICT, .unpadded = true},
     "YWJjY",
     NULL,
     five,
     5},
    {"unpadded: stray bits",
     PILA_BASE64,
     {STRICT, .unpadded = true},
     "YWJ",
     NULL,
     stray,
     2},
    {"Python's: unpadded, = is junk",
     PILA_BASE64,
     {PYTHON, .unpadded = true},
     "Y=W=I=",
     "ab",
     NULL,
     0},
    {"Python's: ignorechars set validate",
     PILA_BASE64,
     {PYTHON, .ignorechars = CHARS("\n")},
     "YW\nI!=",
     NULL,
     only,
     4},
    {"Python's: ignorechars, excess padding",
     PILA_BASE64,
     {PYTHON, .ignorechars = CHARS("\n")},
     "YWJj=",
     NULL,
     excess,
     4},
    {"Python's: canonical by itself",
     PILA_BASE64,
     {PYTHON, .canonical = true},
     "YR==",
     NULL,
     stray,
     1},
    {"Python's: stray bits are none of its business",
     PILA_BASE64,
     {PYTHON},
     "YR==",
     "a",
     NULL,
     0},
    {"Python's: the first whole padding ends it",
     PILA_BASE64,
     {PYTHON},
     "YQ==YQ==",
     "a",
     NULL,
     0},
    {"lax: padding may be missing", PILA_BASE64, {LAX}, " Y\tW\r\nI ", "ab", NULL, 0},
    {"lax: but not a part of it", PILA_BASE64, {LAX}, "YQ=", NULL, incorrect, 3},
    {"lax: white space within padding", PILA_BASE64, {LAX}, "YQ= =\n", "a", NULL, 0},
    {"lax: junk is a fault", PILA_BASE64, {LAX}, "YQ!=", NULL, only, 2},
    {"lax: stray bits are fine", PILA_BASE64, {LAX}, "YR", "a", NULL, 0},
    {"lax: unless it is to be canonical",
     PILA_BASE64,
     {LAX, .canonical = true},
     "YR",
     NULL,
     stray,
     1},
    {"an alphabet of one's own",
     PILA_BASE64,
     {STRICT, .alphabet = CHARS("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                "qrstuvwxyz")},
     "MK7X",
     "abc",
     NULL,
     0},
    {"base32: right", PILA_BASE32, {STRICT}, "MFRGG===", "abc", NULL, 0},
    {"base32: small letters",
     PILA_BASE32,
     {STRICT},
     "mfrgg===",
     NULL,
     "Non-base32 digit found",
     0},
    {"base32: small letters on request",
     PILA_BASE32,
     {STRICT, .casefold = true},
     "mfRGg===",
     "abc",
     NULL,
     0},
    {"base32: 0 and 1",
     PILA_BASE32,
     {STRICT, .map01 = 'L'},
     "0F1FF===",
     "qd\xa2",
     stray,
     4},
    {"base32: too few =", PILA_BASE32, {STRICT}, "MFRGG==", NULL, incorrect, 7},
    {"base32: too many", PILA_BASE32, {STRICT}, "MFRGG====", NULL, excess, 8},
    {"base32: a digit too much", PILA_BASE32, {STRICT}, "MFR=====", NULL, incorrect, 3},
    {"base32: stray bits", PILA_BASE32, {STRICT}, "MFRGH===", NULL, stray, 4},
    {"base32: lax", PILA_BASE32, {LAX}, "MFR GG\n", "abc", NULL, 0},
    {"base32: unpadded",
     PILA_BASE32,
     {STRICT, .unpadded = true},
     "MFRGG",
     "abc",
     NULL,
     0},
    {"base32: ignorechars",
     PILA_BASE32,
     {PYTHON, .ignorechars = CHARS("-")},
     "MFRG-G===",
     "abc",
     NULL,
     0},
    {"base32hex: right", PILA_BASE32HEX, {STRICT}, "C5H66===", "abc", NULL, 0},
    {"base16: right", PILA_BASE16, {STRICT}, "616263", "abc", NULL, 0},
    {"base16: small letters",
     PILA_BASE16,
     {STRICT},
     "6a",
     NULL,
     "Non-base16 digit found",
     1},
    {"base16: odd", PILA_BASE16, {STRICT}, "616", NULL, "Odd-length string", 3},
    {"base16: ignorechars",
     PILA_BASE16,
     {STRICT, .ignorechars = CHARS(":")},
     "61:62",
     "ab",
     NULL,
     0},
    {"base16: lax", PILA_BASE16, {LAX}, " 6 1", "a", NULL, 0},
    {"Ascii85: right", PILA_ASCII85, {STRICT}, "@:E^", "abc", NULL, 0},
    {"Ascii85: white space",
     PILA_ASCII85,
     {STRICT},
     "@: E^",
     NULL,
     "Non-Ascii85 digit found:  ",
     2},
    {"Ascii85: lax", PILA_ASCII85, {LAX}, "@: E^", "abc", NULL, 0},
    {"Ascii85: zeros must be z",
     PILA_ASCII85,
     {STRICT},
     "z!!!!!",
     NULL,
     "Non-canonical Ascii85 group",
     1},
    {"Ascii85: blanks must be y",
     PILA_ASCII85,
     {STRICT, .foldspaces = true},
     "+<VdL",
     NULL,
     "Non-canonical Ascii85 group",
     0},
    {"Ascii85: y as a group",
     PILA_ASCII85,
     {STRICT, .foldspaces = true},
     "yz!!",
     "    \0\0\0\0\0",
     NULL,
     0},
    {"Ascii85: one digit",
     PILA_ASCII85,
     {STRICT},
     "z!",
     NULL,
     "Non-canonical Ascii85 group",
     1},
    {"Ascii85: lax, one digit",
     PILA_ASCII85,
     {LAX},
     "z!",
     NULL,
     "Non-canonical Ascii85 group",
     1},
    {"Ascii85: an ending none would write",
     PILA_ASCII85,
     {STRICT},
     "!\"",
     NULL,
     "Non-canonical Ascii85 group",
     0},
    {"Ascii85: lax, that ending", PILA_ASCII85, {LAX}, "!\"", "\0", NULL, 0},
    {"Ascii85: too large a group",
     PILA_ASCII85,
     {STRICT},
     "!!!!\"s8W-\"",
     NULL,
     "Ascii85 overflow",
     5},
    {"Ascii85: framed",
     PILA_ASCII85,
     {STRICT, .adobe = true},
     "<~@:E^~>",
     "abc",
     NULL,
     0},
    {"Ascii85: framed at its end alone",
     PILA_ASCII85,
     {STRICT, .adobe = true},
     "@:E^~>",
     NULL,
     "Ascii85 encoded byte sequences must start with b'<~'",
     0},
    {"Ascii85: framed at its end alone, lax",
     PILA_ASCII85,
     {LAX, .adobe = true},
     "@:E^~>",
     "abc",
     NULL,
     0},
    {"Ascii85: < as a digit",
     PILA_ASCII85,
     {LAX, .adobe = true},
     "<+oue~>",
     "\x54\x68\x69\x73",
     NULL,
     0},
    {"Ascii85: no end",
     PILA_ASCII85,
     {STRICT, .adobe = true},
     "<~@:E^~",
     NULL,
     "Ascii85 encoded byte sequences must end with b'~>'",
     7},
    {"Ascii85: more behind the end",
     PILA_ASCII85,
     {STRICT, .adobe = true},
     "<~~>!",
     NULL,
     "Non-Ascii85 digit found: ~",
     2},
    {"Ascii85: lax, white space behind it",
     PILA_ASCII85,
     {LAX, .adobe = true},
     "<~~>\n",
     "",
     NULL,
     0},
    {"Ascii85: half an end",
     PILA_ASCII85,
     {STRICT, .adobe = true},
     "<~~!~>",
     NULL,
     "Non-Ascii85 digit found: ~",
     2},
    {"Ascii85: z within a group",
     PILA_ASCII85,
     {STRICT},
     "!!z",
     NULL,
     "z inside Ascii85 5-tuple",
     2},
    {"base85: right", PILA_BASE85, {STRICT}, "VPaz", "abc", NULL, 0},
    {"base85: junk",
     PILA_BASE85,
     {STRICT},
     "VPa!sWo ",
     NULL,
     "bad base85 character at position 7",
     7},
    {"base85: too large a group",
     PILA_BASE85,
     {STRICT},
     "00000|NsC1",
     NULL,
     "base85 overflow in hunk starting at byte 5",
     5},
    {"base85: ignorechars",
     PILA_BASE85,
     {STRICT, .ignorechars = CHARS("\n")},
     "VP\naz",
     "abc",
     NULL,
     0},
    {"base85: an ending none would write",
     PILA_BASE85,
     {STRICT},
     "VPa{",
     NULL,
     "Non-canonical base85 group",
     0},
    {"Z85: that of its RFC",
     PILA_Z85,
     {STRICT},
     "HelloWorld",
     "\x86\x4f\xd2\x6f\xb5\x59\xf7\x5b",
     NULL,
     0},
    {"Z85: junk",
     PILA_Z85,
     {PYTHON},
     "vpA.~",
     NULL,
     "bad z85 character at position 4",
     4},
    {"Z85: too large a group",
     PILA_Z85,
     {PYTHON},
     "#####",
     NULL,
     "z85 overflow in hunk starting at byte 0",
     0},
};

static void test_policies(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(policy_rows); k++) {
        const policy_row *r = &policy_rows[k];
        pila_buf out = {0};
        pila_error err = {0};
        ROW(r->row);
        pila_status st =
            pila_base64_decode(r->codec, text_of(r->text), &r->options, &out, &err);
        if (r->message) {
            CHECK_STATUS(st, PILA_ESYNTAX);
            CHECK_TEXT(text_of(err.message), r->message);
            CHECK_INT(err.offset, r->offset);
            CHECK_INT(out.len, 0);
        }
        if (!r->message && r->want) {
            CHECK_OK(st);
            check_all_ways(false, r->codec, text_of(r->text), &r->options,
                           pila_buf_view(&out), NULL);
            CHECK(out.len >= strlen(r->want) &&
                  memcmp(out.data ? out.data : "", r->want, out.len) == 0);
        }
        /* In pieces the same fault, of the same place. */
        for (size_t cut = 1; cut < 4 && r->message; cut++) {
            CHECK_STATUS(decode_by(0, cut, r->codec, text_of(r->text), &r->options,
                                   &out, &err),
                         PILA_ESYNTAX);
            CHECK_TEXT(text_of(err.message), r->message);
            CHECK_INT(err.offset, r->offset);
        }
        pila_buf_done(&out);
    }
}

/* ---- writing ---- */

typedef struct writing_row {
    const char *row;
    pila_base64_codec codec;
    pila_base64_options options;
    const char *data, *want;
} writing_row;

static const writing_row writing_rows[] = {
    {"unpadded", PILA_BASE64, {.unpadded = true}, "a", "YQ"},
    {"base32 unpadded", PILA_BASE32, {.unpadded = true}, "ab", "MFRA"},
    {"lines of whole groups",
     PILA_BASE64,
     {.wrapcol = 7},
     "abcabcab",
     "YWJj\nYWJj\nYWI="},
    {"a line is a group at least", PILA_BASE64, {.wrapcol = 1}, "abcab", "YWJj\nYWI="},
    {"exact lines",
     PILA_BASE64,
     {.wrapcol = 7, .wrap_exactly = true},
     "abcabcab",
     "YWJjYWJ\njYWI="},
    {"lines of one",
     PILA_BASE64,
     {.wrapcol = 1, .wrap_exactly = true},
     "a",
     "Y\nQ\n=\n="},
    {"no newline at the end", PILA_BASE64, {.wrapcol = 4}, "abc", "YWJj"},
    {"base32 lines", PILA_BASE32, {.wrapcol = 15}, "abcdeab", "MFRGGZDF\nMFRA===="},
    {"base16 lines", PILA_BASE16, {.wrapcol = 5}, "abc", "6162\n63"},
    {"base85 lines", PILA_BASE85, {.wrapcol = 6}, "abcdabc", "VPa!s\nVPaz"},
    {"Ascii85 lines are exact", PILA_ASCII85, {.wrapcol = 3}, "abc", "@:E\n^"},
    {"a frame around nothing", PILA_ASCII85, {.adobe = true}, "", "<~~>"},
    {"base85 filled", PILA_BASE85, {.pad = true}, "abc", "VPazd"},
    {"Z85", PILA_Z85, {.pad = true}, "\x86\x4f\xd2\x6f\xb5\x59\xf7\x5b", "HelloWorld"},
    {"altchars", PILA_BASE64, {.altchars = CHARS("@$")}, "\xfb\xef\xff", "@@$$"},
    {"an alphabet of one's own",
     PILA_BASE32,
     {.alphabet = CHARS("abcdefghijklmnopqrstuvwxyz012345")},
     "abc",
     "mfrgg==="},
};

static void test_writing(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(writing_rows); k++) {
        const writing_row *r = &writing_rows[k];
        ROW(r->row);
        check_all_ways(true, r->codec, text_of(r->data), &r->options, text_of(r->want),
                       NULL);
    }
}

typedef pila_status encode_function(pila_str, const pila_base64_options *, pila_buf *);
typedef pila_status decode_function(pila_str, const pila_base64_options *, pila_buf *,
                                    pila_error *);

static void test_names(void **state)
{
    static const struct {
        encode_function *encode;
        decode_function *decode;
        const char *want;
    } rows[] = {
        {pila_b64encode, pila_b64decode, "@@$$"},
        {pila_standard_b64encode, pila_standard_b64decode, "++//"},
        {pila_urlsafe_b64encode, pila_urlsafe_b64decode, "--__"},
        {pila_b32encode, pila_b32decode, "7PX76==="},
        {pila_b32hexencode, pila_b32hexdecode, "VFNVU==="},
        {pila_b16encode, pila_b16decode, "FBEFFF"},
        {pila_a85encode, pila_a85decode, "qc`b"},
        {pila_b85encode, pila_b85decode, "{z$}"},
        {pila_z85encode, pila_z85decode, "%=[*"},
    };
    pila_str data = pila_cstr("\xfb\xef\xff");

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        pila_buf text = {0}, back = {0};
        ROW(rows[k].want);
        const pila_base64_options *o = OPTIONS(.altchars = CHARS("@$"));
        CHECK_OK(rows[k].encode(data, o, &text));
        if (k < 6) CHECK_TEXT(pila_buf_view(&text), rows[k].want);
        CHECK_OK(rows[k].decode(pila_buf_view(&text), o, &back, NULL));
        CHECK(pila_str_eq(pila_buf_view(&back), data));
        CHECK_OK(rows[k].encode(data, NULL, &text));
        pila_buf_done(&text);
        pila_buf_done(&back);
    }
    pila_buf text = {0}, back = {0};
    CHECK_OK(pila_encodebytes(data, &text));
    CHECK_TEXT(pila_buf_view(&text), "++//\n");
    CHECK_OK(pila_decodebytes(pila_buf_view(&text), OPTIONS(.altchars = CHARS("@$")),
                              &back, NULL));
    CHECK(pila_str_eq(pila_buf_view(&back), data));
    pila_buf_done(&text);
    pila_buf_done(&back);
}

static const struct {
    const char *row;
    pila_base64_codec codec;
    pila_base64_options options;
    pila_status encode, decode;
} argument_rows[] = {
    {"one altchar", PILA_BASE64, {.altchars = CHARS("-")}, PILA_EVALUE, PILA_EVALUE},
    {"three of them",
     PILA_BASE64,
     {.altchars = CHARS("-_.")},
     PILA_EVALUE,
     PILA_EVALUE},
    {"the same twice",
     PILA_BASE64,
     {.altchars = CHARS("--")},
     PILA_EVALUE,
     PILA_EVALUE},
    {"one that is a digit",
     PILA_BASE64,
     {.altchars = CHARS("-A")},
     PILA_EVALUE,
     PILA_EVALUE},
    {"padding", PILA_BASE64, {.altchars = CHARS("-=")}, PILA_EVALUE, PILA_EVALUE},
    {"which Python takes",
     PILA_BASE64,
     {PYTHON, .altchars = CHARS("-=")},
     PILA_OK,
     PILA_OK},
    {"but not one",
     PILA_BASE64,
     {PYTHON, .altchars = CHARS("-")},
     PILA_EVALUE,
     PILA_EVALUE},
    {"altchars of base32", PILA_BASE32, {.altchars = CHARS("-")}, PILA_OK, PILA_OK},
    {"a short alphabet",
     PILA_BASE32,
     {.alphabet = CHARS("ABC")},
     PILA_EVALUE,
     PILA_EVALUE},
    {"one that repeats",
     PILA_BASE32,
     {.alphabet = CHARS("AACDEFGHIJKLMNOPQRSTUVWXYZ234567")},
     PILA_EVALUE,
     PILA_EVALUE},
    {"an alphabet of base16",
     PILA_BASE16,
     {.alphabet = CHARS("ABC")},
     PILA_OK,
     PILA_OK},
    {"map01 is no letter", PILA_BASE32, {.map01 = '1'}, PILA_OK, PILA_EVALUE},
    {"map01 of base32hex", PILA_BASE32HEX, {.map01 = '1'}, PILA_OK, PILA_OK},
    {"no such codec", (pila_base64_codec)9, {STRICT}, PILA_EVALUE, PILA_EVALUE},
    {"no such policy",
     PILA_BASE64,
     {.policy = (pila_base64_policy)3},
     PILA_EVALUE,
     PILA_EVALUE},
};

static void test_arguments(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(argument_rows); k++) {
        const pila_base64_options *o = &argument_rows[k].options;
        pila_base64_encoder *e = NULL;
        pila_base64_decoder *d = NULL;
        pila_buf out = {0};
        pila_error err = {0};
        ROW(argument_rows[k].row);
        CHECK_STATUS(pila_base64_encode(argument_rows[k].codec, pila_cstr(""), o, &out),
                     argument_rows[k].encode);
        CHECK_STATUS(pila_base64_decode(argument_rows[k].codec, pila_cstr(""), o, &out,
                                        &err),
                     argument_rows[k].decode);
        CHECK_STATUS(err.status, argument_rows[k].decode);
        CHECK_STATUS(pila_base64_encoder_new(argument_rows[k].codec, o, &e),
                     argument_rows[k].encode);
        CHECK_STATUS(pila_base64_decoder_new(argument_rows[k].codec, o, &d),
                     argument_rows[k].decode);
        CHECK((e != NULL) == (argument_rows[k].encode == PILA_OK));
        CHECK((d != NULL) == (argument_rows[k].decode == PILA_OK));
        pila_iter it =
            pila_base64_encoded(pila_failed(PILA_END), argument_rows[k].codec, o);
        if (argument_rows[k].encode != PILA_OK)
            CHECK_STATUS(it.status, argument_rows[k].encode);
        pila_iter_drop(&it);
        pila_base64_encoder_free(e);
        pila_base64_decoder_free(d);
        pila_buf_done(&out);
    }
}

/* ---- what decoders are known for ---- */

static void test_length_overflow(void **state)
{
    pila_str huge = pila_str_of("", SIZE_MAX / 4 * 3),
             above = pila_str_of("", SIZE_MAX);
    pila_buf out = {0};
    pila_error err;

    (void)state;
    for (unsigned c = 0; c < CODECS; c++) {
        pila_base64_codec codec = (pila_base64_codec)c;
        CHECK_STATUS(pila_base64_encode(codec, huge, NULL, &out), PILA_EOVERFLOW);
        CHECK_STATUS(pila_base64_encode(codec, above, OPTIONS(.wrapcol = 1), &out),
                     PILA_EOVERFLOW);
        CHECK_STATUS(pila_base64_decode(codec, above, NULL, &out, &err),
                     PILA_EOVERFLOW);
        CHECK_STATUS(err.status, PILA_EOVERFLOW);
    }
    CHECK_INT(out.len, 0);
    pila_buf_done(&out);
}

/* text, where it is at fault by the strict policy, and what Python makes of it. */
static void check_verdicts(const char *text, size_t offset, const char *python)
{
    pila_buf out = {0};
    pila_error err;

    ROW(text);
    CHECK_STATUS(pila_b64decode(text_of(text), NULL, &out, &err), PILA_ESYNTAX);
    CHECK_INT(err.offset, offset);
    pila_status st = pila_b64decode(text_of(text), OPTIONS(PYTHON), &out, &err);
    CHECK_STATUS(st, python ? PILA_OK : PILA_ESYNTAX);
    if (python) CHECK_TEXT(pila_buf_view(&out), python);
    pila_buf_done(&out);
}

static void test_data_after_pad(void **state)
{
    (void)state;
    check_verdicts("YQ==YQ==", 4, "a");
    check_verdicts("YWI=YQ==", 4, "ab");
    check_verdicts("YQ==!", 4, "a");
    check_verdicts("YQ==\n", 4, "a");
    check_verdicts("YWJj====", 4, "abc");
}

static void test_noncanonical_bits(void **state)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[5] = "AA==";
    size_t strict = 0, lax = 0;
    pila_buf out = {0};

    (void)state;
    for (size_t k = 0; k < 64; k++) { /* one of sixteen has no stray bits */
        text[1] = digits[k];
        strict += pila_b64decode(text_of(text), NULL, &out, NULL) == PILA_OK;
        lax += pila_b64decode(text_of(text), OPTIONS(LAX), &out, NULL) == PILA_OK;
    }
    CHECK_INT(strict, 4);
    CHECK_INT(lax, 64);
    check_verdicts("YWJ=", 2, "ab");
    pila_buf_done(&out);
}

static void test_whitespace(void **state)
{
    static const char *const texts[] = {" YWJj",  "YW Jj",    "YWJj\n", "YW\tJj",
                                        "YWJ\vj", "YWJj\r\n", "Y\fWJj"};
    pila_buf out = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(texts); k++) {
        ROW(texts[k]);
        out.len = 0;
        CHECK_STATUS(pila_b64decode(text_of(texts[k]), NULL, &out, NULL), PILA_ESYNTAX);
        CHECK_OK(pila_b64decode(text_of(texts[k]), OPTIONS(LAX), &out, NULL));
        CHECK_TEXT(pila_buf_view(&out), "abc");
    }
    pila_buf_done(&out);
}

static void test_places(void **state)
{
    pila_buf out = {0};
    pila_error err;

    (void)state;
    CHECK_STATUS(pila_b64decode(pila_cstr("YWJj\nYWJj\nYW?j"), OPTIONS(LAX), &out,
                                &err),
                 PILA_ESYNTAX);
    CHECK_INT(err.offset, 12);
    CHECK_INT(err.line, 3);
    CHECK_INT(err.column, 3);
    pila_buf_done(&out);
}

/* ---- kernels ---- */

/* One character of a long text at fault, at each place around vectors' ends: all
 * kernels must say where. */
static void test_faults_everywhere(void **state)
{
    char data[400];

    (void)state;
    for (size_t k = 0; k < sizeof data; k++) data[k] = (char)(k * 37 + 1);
    for (unsigned c = 0; c < CODECS; c++) {
        pila_base64_codec codec = (pila_base64_codec)c;
        pila_buf text = {0}, out = {0};
        pila_error err;
        CHECK_OK(
            pila_base64_encode(codec, pila_str_of(data, sizeof data), NULL, &text));
        for (size_t at = 0; at < text.len; at++) {
            char kept = text.data[at];
            if (kept == '\n' || kept == '=') continue;
            for (int odd = 0; odd < 3; odd++) {
                text.data[at] = "\x80\"\x01"[odd];
                if (codec == PILA_ASCII85 && odd == 1) continue;
                for (size_t k = 0; k < KERNELS; k++) {
                    CHECK_STATUS(decode_by(k == 2 ? 99 : k, 0, codec,
                                           pila_buf_view(&text), NULL, &out, &err),
                                 PILA_ESYNTAX);
                    CHECK_INT(err.offset, at);
                }
            }
            text.data[at] = kept;
        }
        pila_buf_done(&text);
        pila_buf_done(&out);
    }
}

/* Groups of base 85 that are too large, or are to be folded, one in each place. */
static void test_groups_of_85(void **state)
{
    static const struct {
        pila_base64_codec codec;
        const char *group;
        bool fine[3]; /* strict, Python's, and both with foldspaces: strict */
    } rows[] = {
        {PILA_ASCII85, "s8W-!", {true, true, true}},
        {PILA_ASCII85, "s8W-\"", {false, false, false}},
        {PILA_ASCII85, "t!!!!", {false, false, false}},
        {PILA_ASCII85, "!!!!!", {false, true, false}},
        {PILA_ASCII85, "+<VdL", {true, true, false}},
        {PILA_BASE85, "|NsC0", {true, true, true}},
        {PILA_BASE85, "|NsC1", {false, false, false}},
        {PILA_BASE85, "~~~~~", {false, false, false}},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows) * 3 * 60; k++) {
        size_t place = k % 60, how = k / 60 % 3, row = k / 180;
        const pila_base64_options o = {.policy = how == 1 ? PILA_BASE64_PYTHON
                                                          : PILA_BASE64_STRICT,
                                       .foldspaces = how == 2};
        char text[300];
        pila_buf out[KERNELS] = {{0}};
        pila_error err;
        memset(text, '5', sizeof text);
        memcpy(text + 5 * place, rows[row].group, 5);
        ROW(rows[row].group);
        for (size_t by = 0; by < KERNELS; by++) {
            pila_status st =
                decode_by(by == 2 ? 99 : by, 0, rows[row].codec,
                          pila_str_of(text, sizeof text), &o, &out[by], &err);
            CHECK_STATUS(st, rows[row].fine[how] ? PILA_OK : PILA_ESYNTAX);
            if (st != PILA_OK) CHECK_INT(err.offset, 5 * place);
            else CHECK(pila_str_eq(pila_buf_view(&out[0]), pila_buf_view(&out[by])));
        }
        for (size_t by = 0; by < KERNELS; by++) pila_buf_done(&out[by]);
    }
}

/* Long runs with z and y here and there: the tables and the vectors against groups one
 * by one, which pieces of seven bytes are. */
static void test_long_folds(void **state)
{
    check_rng r = check_rng_start();
    char data[6000];

    (void)state;
    for (int round = 0; round < 8; round++) {
        const pila_base64_options o = {.foldspaces = round & 1, .wrapcol = round & 2};
        pila_buf want = {0}, back = {0};
        pila_error err;
        for (size_t k = 0; k < sizeof data; k += 4) {
            uint32_t x = (uint32_t)check_rng_next(&r) | 1;
            if (check_rng_below(&r, 100) < 3)
                x = check_rng_below(&r, 2) ? 0 : 0x20202020;
            memcpy(data + k, &x, 4);
        }
        pila_str bytes = pila_str_of(data, sizeof data);
        CHECK_OK(encode_by(99, 7, PILA_ASCII85, bytes, &o, &want));
        check_all_ways(true, PILA_ASCII85, bytes, &o, pila_buf_view(&want), NULL);
        CHECK_OK(pila_a85decode(pila_buf_view(&want),
                                OPTIONS(LAX, .foldspaces = round & 1), &back, &err));
        CHECK(pila_str_eq(pila_buf_view(&back), bytes));
        pila_buf_done(&want);
        pila_buf_done(&back);
    }
}

static void random_bytes(check_rng *r, char *to, size_t n)
{
    bool folds = check_rng_below(r, 4) == 0;

    for (size_t k = 0; k < n; k++)
        to[k] = folds ? " \0\0 "[check_rng_below(r, 60) / 20] : (char)check_rng_next(r);
}

/* The naive model: digit after digit, by the definition. */
static void model_encode(pila_base64_codec codec, pila_str data, pila_buf *out)
{
    static const char *const alphabets[CODECS] = {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        NULL,
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "0123456789ABCDEFGHIJKLMNOPQRSTUV",
        "0123456789ABCDEF",
        NULL,
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@"
        "^_"
        "`{|}~",
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/"
        "*?&<>()[]{"
        "}@%$#"};
    size_t base = strlen(alphabets[codec]), bits = 0, acc = 0;
    const unsigned char *p = (const unsigned char *)data.ptr;

    out->len = 0;
    if (base == 85) {
        for (size_t k = 0; k < data.len; k += 4) {
            uint32_t x = 0, unit = 52200625;
            for (size_t i = k; i < k + 4; i++) x = x << 8 | (i < data.len ? p[i] : 0u);
            for (size_t i = 0; i < 5 && i <= data.len - k; i++, unit /= 85)
                CHECK_OK(pila_buf_add_char(out, alphabets[codec][x / unit % 85]));
        }
        return;
    }
    size_t width = base == 64 ? 6 : base == 32 ? 5 : 4;
    size_t group = base == 64 ? 4 : base == 32 ? 8 : 2;
    for (size_t k = 0; k < data.len || bits; k++) {
        acc = (acc << 8 | (k < data.len ? p[k] : 0)) & 0xffff;
        for (bits += 8; bits >= width; bits -= width) {
            CHECK_OK(pila_buf_add_char(
                out, alphabets[codec][acc >> (bits - width) & (base - 1)]));
            if (k >= data.len) goto done;
        }
    }
done:
    while (out->len % group) CHECK_OK(pila_buf_add_char(out, '='));
}

/* All kernels against the model, whole and in pieces, and back; planted: the model gets
 * another byte, once. */
static bool random_run(bool planted)
{
    static const pila_base64_codec codecs[] = {PILA_BASE64, PILA_BASE64_URLSAFE,
                                               PILA_BASE32, PILA_BASE32HEX,
                                               PILA_BASE16, PILA_BASE85,
                                               PILA_Z85};
    check_rng r = check_rng_start();
    char *data = malloc(9000);
    bool same = true;

    for (int round = 0; round < 700 && same; round++) {
        pila_base64_codec codec = codecs[check_rng_below(&r, COUNT_OF(codecs))];
        size_t most = check_rng_below(&r, 8) ? 500 : 9000;
        size_t n = (size_t)check_rng_below(&r, most), cut = 0;
        size_t kernel = (size_t)check_rng_below(&r, KERNELS);
        pila_buf want = {0}, text = {0}, back = {0};
        pila_error err;
        if (kernel == 2) kernel = 99;
        if (check_rng_below(&r, 2)) cut = 1 + (size_t)check_rng_below(&r, 300);
        random_bytes(&r, data, n);
        model_encode(codec, pila_str_of(data, n), &want);
        if (planted && round == 300) CHECK_OK(pila_buf_add_char(&want, 'A'));
        CHECK_OK(encode_by(kernel, cut, codec, pila_str_of(data, n), NULL, &text));
        same = pila_str_eq(pila_buf_view(&want), pila_buf_view(&text));
        CHECK_OK(
            decode_by(kernel, cut, codec, pila_buf_view(&text), NULL, &back, &err));
        same = same && pila_str_eq(pila_buf_view(&back), pila_str_of(data, n));
        pila_buf_done(&want);
        pila_buf_done(&text);
        pila_buf_done(&back);
    }
    free(data);
    return same;
}

static void test_random_run(void **state)
{
    (void)state;
    assert_true(random_run(false));
    assert_false(random_run(true)); /* the run sees a planted fault */
}

/* Texts that are nearly right: each kernel, whole or in pieces, has the same to say. */
static void test_random_faults(void **state)
{
    static const char odd[] = "=\n ~<>zyA+/-_\x80\0u!";
    check_rng r = check_rng_start();
    char data[700];

    (void)state;
    for (int round = 0; round < 3000; round++) {
        pila_base64_codec codec = (pila_base64_codec)check_rng_below(&r, CODECS);
        uint64_t how = check_rng_next(&r);
        pila_base64_options o = {.policy = (pila_base64_policy)(how % 3),
                                 .unpadded = how >> 8 & 1 && how >> 9 & 1,
                                 .validate = how >> 10 & 1,
                                 .canonical = how >> 11 & 1,
                                 .casefold = how >> 12 & 1,
                                 .foldspaces = how >> 13 & 1,
                                 .adobe = how >> 14 & 1,
                                 .wrapcol = how >> 15 & 1 ? 76 : 0};
        size_t n = (size_t)check_rng_below(&r, sizeof data);
        pila_buf text = {0}, want = {0}, got = {0};
        pila_error want_err, got_err;
        if (how >> 20 & 1) o.ignorechars = pila_cstr("\n=");
        random_bytes(&r, data, n);
        CHECK_OK(pila_base64_encode(codec, pila_str_of(data, n), &o, &text));
        for (uint64_t k = check_rng_below(&r, 4); k && text.len; k--)
            text.data[check_rng_below(&r, text.len)] =
                odd[check_rng_below(&r, sizeof odd - 1)];
        pila_status st =
            decode_by(99, 0, codec, pila_buf_view(&text), &o, &want, &want_err);
        for (size_t k = 0; k < KERNELS; k++) {
            size_t cut = k ? 1 + (size_t)check_rng_below(&r, 200) : 0;
            got.len = 0;
            CHECK_STATUS(decode_by(k, cut, codec, pila_buf_view(&text), &o, &got,
                                   &got_err),
                         st);
            if (st == PILA_OK)
                CHECK(pila_str_eq(pila_buf_view(&want), pila_buf_view(&got)));
            else CHECK(memcmp(&want_err, &got_err, sizeof got_err) == 0);
        }
        pila_buf_done(&text);
        pila_buf_done(&want);
        pila_buf_done(&got);
    }
}

/* ---- OpenSSL ---- */

static void test_openssl_agrees(void **state)
{
    check_rng r = check_rng_start();
    unsigned char data[1500], theirs[2100], back[1600];

    (void)state;
    for (int round = 0; round < 500; round++) {
        size_t n = (size_t)check_rng_below(&r, sizeof data);
        pila_buf text = {0}, bytes = {0};
        random_bytes(&r, (char *)data, n);
        CHECK_OK(pila_b64encode(pila_str_of((char *)data, n), NULL, &text));
        int len = EVP_EncodeBlock(theirs, data, (int)n);
        CHECK(pila_str_eq(pila_buf_view(&text),
                          pila_str_of((char *)theirs, (size_t)len)));
        /* It does not take padding off. */
        len = text.len
                  ? EVP_DecodeBlock(back, (unsigned char *)text.data, (int)text.len)
                  : 0;
        CHECK_INT(len, text.len / 4 * 3);
        CHECK_OK(pila_b64decode(pila_buf_view(&text), NULL, &bytes, NULL));
        CHECK(bytes.len == n && memcmp(back, data, n) == 0);
        CHECK(n == 0 || memcmp(bytes.data, data, n) == 0);
        if (text.len) { /* what both take for no digit */
            text.data[check_rng_below(&r, text.len)] = '!';
            CHECK(EVP_DecodeBlock(back, (unsigned char *)text.data, (int)text.len) < 0);
            CHECK_STATUS(pila_b64decode(pila_buf_view(&text), NULL, &bytes, NULL),
                         PILA_ESYNTAX);
        }
        pila_buf_done(&text);
        pila_buf_done(&bytes);
    }
}

static void test_openssl_lines_agree(void **state)
{
    unsigned char data[1000], theirs[2000];
    EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();

    (void)state;
    assert_non_null(ctx);
    for (size_t k = 0; k < sizeof data; k++) data[k] = (unsigned char)(k * 57);
    for (size_t n = 1; n < sizeof data; n += 7) {
        pila_buf text = {0};
        int len = 0, more = 0;
        EVP_EncodeInit(ctx);
        assert_int_equal(EVP_EncodeUpdate(ctx, theirs, &len, data, (int)n), 1);
        EVP_EncodeFinal(ctx, theirs + len, &more);
        CHECK_OK(pila_b64encode(pila_str_of((char *)data, n), OPTIONS(.wrapcol = 64),
                                &text));
        CHECK_OK(pila_buf_add_char(&text, '\n'));
        CHECK(pila_str_eq(pila_buf_view(&text),
                          pila_str_of((char *)theirs, (size_t)(len + more))));
        pila_buf_done(&text);
    }
    EVP_ENCODE_CTX_free(ctx);
}

/* ---- buffers, objects, memory ---- */

/* With a cap of exactly what comes out it fits; with one less nothing is written. */
static void test_caps(void **state)
{
    char data[700];

    (void)state;
    for (size_t k = 0; k < sizeof data; k++) data[k] = (char)(k % 90 < 40 ? 0 : k);
    for (unsigned c = 0; c < CODECS * 12; c++) {
        pila_base64_codec codec = (pila_base64_codec)(c % CODECS);
        pila_str bytes = pila_str_of(data, c / CODECS * 61);
        const pila_base64_options o = {.wrapcol = c % 2 ? 20 : 0,
                                       .ignorechars = CHARS("\n")};
        pila_buf text = {0}, out = {0};
        CHECK_OK(pila_base64_encode(codec, bytes, &o, &text));
        for (size_t less = 0; less < 2; less++) {
            pila_buf_done(&out);
            CHECK_OK(pila_buf_add_char(&out, '>'));
            out.cap = text.len + 1 - less;
            pila_status st = pila_base64_encode(codec, bytes, &o, &out);
            if (out.cap) CHECK_STATUS(st, less && text.len ? PILA_ELIMIT : PILA_OK);
            CHECK_INT(out.len, st == PILA_OK ? text.len + 1 : 1);
            pila_buf_done(&out);
            CHECK_OK(pila_buf_add_char(&out, '>'));
            out.cap = bytes.len + 1 - less;
            st = pila_base64_decode(codec, pila_buf_view(&text), &o, &out, NULL);
            if (out.cap) CHECK_STATUS(st, less && bytes.len ? PILA_ELIMIT : PILA_OK);
            CHECK_INT(out.len, st == PILA_OK ? bytes.len + 1 : 1);
        }
        pila_buf_done(&text);
        pila_buf_done(&out);
    }
}

static void test_objects_go_on(void **state)
{
    pila_base64_encoder *e;
    pila_base64_decoder *d;
    pila_buf out = {0}, small = {.cap = 1};
    pila_error err;

    (void)state;
    CHECK_OK(pila_base64_encoder_new(PILA_BASE64, NULL, &e));
    CHECK_OK(pila_base64_encoder_feed(e, pila_cstr("ab"), &out));
    CHECK_STATUS(pila_base64_encoder_feed(e, pila_cstr("cd"), &small), PILA_ELIMIT);
    CHECK_STATUS(pila_base64_encoder_finish(e, &small), PILA_ELIMIT);
    CHECK_OK(pila_base64_encoder_feed(e, pila_cstr("cd"), &out));
    CHECK_OK(pila_base64_encoder_finish(e, &out));
    CHECK_TEXT(pila_buf_view(&out), "YWJjZA==");
    CHECK_OK(pila_base64_encoder_feed(e, pila_cstr("x"), &out)); /* as new */
    CHECK_OK(pila_base64_encoder_finish(e, &out));
    CHECK_TEXT(pila_buf_view(&out), "YWJjZA==eA==");
    pila_base64_encoder_free(e);
    pila_base64_encoder_free(NULL);

    out.len = 0;
    CHECK_OK(pila_base64_decoder_new(PILA_BASE64, NULL, &d));
    CHECK_OK(pila_base64_decoder_feed(d, pila_cstr("YWJjZA"), &out, &err));
    CHECK_STATUS(pila_base64_decoder_feed(d, pila_cstr("AAAAAA"), &small, &err),
                 PILA_ELIMIT);
    CHECK_OK(pila_base64_decoder_feed(d, pila_cstr("=="), &out, &err));
    CHECK_OK(pila_base64_decoder_finish(d, &out, &err));
    CHECK_TEXT(pila_buf_view(&out), "abcd");
    CHECK_OK(pila_base64_decoder_feed(d, pila_cstr("eA=="), &out, &err)); /* as new */
    CHECK_OK(pila_base64_decoder_finish(d, &out, &err));
    CHECK_TEXT(pila_buf_view(&out), "abcdx");
    for (int k = 0; k < 2; k++) { /* a fault is for ever */
        CHECK_STATUS(pila_base64_decoder_feed(d, pila_cstr("YQ!"), &out, &err),
                     PILA_ESYNTAX);
        CHECK_INT(err.offset, 2);
        CHECK_STATUS(pila_base64_decoder_finish(d, &out, &err), PILA_ESYNTAX);
        CHECK_INT(err.offset, 2);
        CHECK_TEXT(pila_buf_view(&out), "abcdx");
    }
    pila_base64_decoder_free(d);
    pila_base64_decoder_free(NULL);
    pila_buf_done(&out);
    pila_buf_done(&small);
}

static pila_status memory_scenario(void *ctx)
{
    char data[3000];
    pila_buf text = {0}, back = {0};
    pila_str cuts[2];
    pila_base64_codec codec = *(const pila_base64_codec *)ctx;

    memset(data, 'x', sizeof data);
    pila_status st = pila_base64_encode(codec, pila_str_of(data, sizeof data),
                                        OPTIONS(.wrapcol = 60), &text);
    if (st != PILA_OK) CHECK_INT(text.len, 0);
    if (st == PILA_OK)
        st = pila_base64_decode(codec, pila_buf_view(&text), OPTIONS(LAX), &back, NULL);
    if (st != PILA_OK) CHECK_INT(back.len, 0);
    cuts[0] = pila_str_of(text.data, text.len / 2);
    if (st == PILA_OK) {
        cuts[1] = pila_str_of(text.data + text.len / 2, text.len - text.len / 2);
        pila_error err;
        pila_iter it = pila_base64_decoded(
            pila_base64_encoded(pila_base64_decoded(pila_span(cuts, 2, &pila_view),
                                                    codec, OPTIONS(LAX), &err),
                                codec, NULL),
            codec, NULL, &err);
        back.len = 0;
        PILA_FOR(pila_str, s, &it) {
            st = pila_buf_add(&back, *s);
            if (st != PILA_OK) break;
        }
        if (st == PILA_OK) st = pila_iter_outcome(&it);
        pila_iter_drop(&it);
        if (st == PILA_OK) CHECK_INT(back.len, sizeof data);
    }
    pila_buf_done(&text);
    pila_buf_done(&back);
    return st;
}

static void test_memory(void **state)
{
    (void)state;
    for (unsigned c = 0; c < CODECS; c++) {
        pila_base64_codec codec = (pila_base64_codec)c;
        check_alloc_sweep(memory_scenario, &codec);
    }
}

/* ---- iterators ---- */

static void test_chunks(void **state)
{
    pila_str parts[] = {text_of(""), text_of("a"),        text_of("b"),
                        text_of(""), text_of("cdefghij"), text_of("")};
    pila_iter it = pila_base64_encoded(pila_span(parts, COUNT_OF(parts), &pila_view),
                                       PILA_BASE64, NULL);
    pila_buf out = {0};
    size_t chunks = 0;

    (void)state;
    PILA_FOR(pila_str, s, &it) {
        CHECK(s->len > 0);
        chunks++;
        CHECK_OK(pila_buf_add(&out, *s));
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK_INT(chunks, 2);
    CHECK_TEXT(pila_buf_view(&out), "YWJjZGVmZ2hpag==");
    CHECK(pila_next_item(&it) == NULL && it.status == PILA_END);
    pila_iter_drop(&it);
    pila_buf_done(&out);
}

static void test_chunks_that_fail(void **state)
{
    pila_str parts[] = {text_of("YWJj"), text_of("Y?Jj"), text_of("YWJj")};
    int64_t number = 1;
    pila_error err = {0};
    pila_iter it =
        pila_base64_decoded(pila_span(parts, 3, &pila_view), PILA_BASE64, NULL, &err);
    const pila_str *first = pila_next_item(&it);

    (void)state;
    CHECK(first != NULL);
    CHECK_TEXT(*first, "abc");
    CHECK(pila_next_item(&it) == NULL);
    CHECK_STATUS(it.status, PILA_ESYNTAX);
    CHECK_INT(err.offset, 5);
    pila_iter_drop(&it);

    it = pila_base64_decoded(pila_span(&number, 1, &pila_i64), PILA_BASE64, NULL, &err);
    CHECK_STATUS(it.status, PILA_ETYPE);
    pila_iter_drop(&it);
    it = pila_base64_encoded(pila_failed(PILA_EIO), PILA_BASE64, NULL);
    CHECK_STATUS(it.status, PILA_EIO);
    pila_iter_drop(&it);
    it = pila_base64_encoded(pila_failed(PILA_END), PILA_ASCII85,
                             OPTIONS(.adobe = true));
    first = pila_next_item(&it);
    CHECK(first != NULL);
    CHECK_TEXT(*first, "<~~>");
    CHECK(pila_next_item(&it) == NULL && it.status == PILA_END);
    pila_iter_drop(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_cpython),
        cmocka_unit_test(test_cases_of_the_corpora),
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_length_overflow),
        cmocka_unit_test(test_data_after_pad),
        cmocka_unit_test(test_noncanonical_bits),
        cmocka_unit_test(test_whitespace),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_faults_everywhere),
        cmocka_unit_test(test_groups_of_85),
        cmocka_unit_test(test_long_folds),
        cmocka_unit_test(test_random_run),
        cmocka_unit_test(test_random_faults),
        cmocka_unit_test(test_openssl_agrees),
        cmocka_unit_test(test_openssl_lines_agree),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_objects_go_on),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_chunks_that_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
