/* fuzz_check.c - lines of --check as they come: sha256sum's, BSD's and OpenSSL's.
 *
 * The first byte says which command reads the list, what -a allows, and whether
 * backslashes mean something; the rest are the lines. Each is read by the command and
 * by a model, which goes the other way round: of every algorithm that there is, and
 * every length of its digests, it writes the tag, and looks whether the line has it.
 */
#include "fuzz.h"
#include "hashing.h"

enum { LINE_MOST = 4096, LONGEST = 80 };

static const struct algorithm {
    const char *name, *tag; /* in small letters and digits */
    size_t bytes, most;
} all[] = {{"md5", "md5", 16, 0},
           {"sha1", "sha1", 20, 0},
           {"sha224", "sha224", 28, 0},
           {"sha256", "sha256", 32, 0},
           {"sha384", "sha384", 48, 0},
           {"sha512", "sha512", 64, 0},
           {"sha512_224", "sha512224", 28, 0},
           {"sha512_256", "sha512256", 32, 0},
           {"sha3_224", "sha3224", 28, 0},
           {"sha3_256", "sha3256", 32, 0},
           {"sha3_384", "sha3384", 48, 0},
           {"sha3_512", "sha3512", 64, 0},
           {"blake2b", "blake2b", 64, 64},
           {"blake2s", "blake2s", 32, 32},
           {"shake_128", "shake128", 0, LINE_MOST},
           {"shake_256", "shake256", 0, LINE_MOST},
           {"ripemd160", "ripemd160", 20, 0},
           {"sm3", "sm3", 32, 0},
           {"md5-sha1", "md5sha1", 36, 0}};
static const struct algorithm sums[] = {{"crc32", "crc32", 4, 0},
                                        {"adler32", "adler32", 4, 0}};

static struct model {
    bool comment, good;
    const char *algorithm;
    size_t bytes, n, digits;
    char name[LINE_MOST], hex[LINE_MOST];
} want;

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool is_hex(char c) { return c && strchr("0123456789abcdefABCDEF", c); }

static bool is_word(char c)
{
    return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z');
}

/* Whether tag is one of a's for so many bytes. */
static bool has_tag(const struct algorithm *a, cli_sums of, const char *tag, size_t n,
                    size_t bytes)
{
    const char *first = of == CLI_HMAC ? "hmac" : "";
    char plain[LONGEST], made[LONGEST];
    size_t m = 0;

    for (size_t k = 0; k < n; k++) {
        if (!is_word(tag[k])) continue;
        if (m == CLI_SUM_NAME - 1) return false;
        plain[m++] = (char)(tag[k] >= 'A' && tag[k] <= 'Z' ? tag[k] + 32 : tag[k]);
    }
    plain[m] = '\0';
    for (int sha2 = 0; sha2 < 2; sha2++) {
        if (sha2 && strncmp(a->tag, "sha", 3) != 0) continue;
        snprintf(made, sizeof made, sha2 ? "%ssha2%s" : "%s%s", first,
                 a->tag + (sha2 ? 3 : 0));
        if (strcmp(plain, made) == 0)
            return a->bytes ? bytes == a->bytes : of == CLI_HASH && bytes <= a->most;
        size_t end = strlen(made);
        if (!a->most || !a->bytes) continue;
        for (int zeros = 0; zeros < 4; zeros++) { /* blake2b-0128 */
            snprintf(made + end, sizeof made - end, "%0*zu", zeros + 1, 8 * bytes);
            if (strlen(made + end) <= 4 && strcmp(plain, made) == 0)
                return bytes == a->bytes || (of == CLI_HASH && bytes <= a->most);
        }
    }
    return false;
}

/* The algorithm that a line without a tag, or with this, has; to want. */
static void choose(const cli_sum_list *list, const char *tag, size_t tag_n)
{
    bool crc = list->sums == CLI_CRC;
    const struct algorithm *table = crc ? sums : all;
    size_t n = crc ? sizeof sums / sizeof *sums : sizeof all / sizeof *all;
    size_t bytes = want.digits / 2, turns = list->n ? list->n : 1;

    want.good = false;
    if (want.digits % 2 || !bytes) return;
    for (size_t i = 0; i < turns; i++)
        for (size_t k = 0; k < n; k++) {
            const struct algorithm *a = &table[k];
            bool any = list->sums == CLI_HASH && bytes <= a->most;
            if (list->n && strcmp(list->allowed[i].name, a->name) != 0) continue;
            if (tag ? !has_tag(a, list->sums, tag, tag_n, bytes)
                    : a->bytes != bytes && !(list->n && any))
                continue;
            want.good = true;
            want.algorithm = a->name;
            want.bytes = bytes;
            return;
        }
}

static void set_digits(const char *from, const char *end)
{
    want.digits = (size_t)(end - from);
    memcpy(want.hex, from, want.digits);
}

static bool model_tagged(const cli_sum_list *list, const char *p, const char *end)
{
    const char *open = p < end ? memchr(p, '(', (size_t)(end - p)) : NULL,
               *close = NULL;
    const char *tag = p, *stop = open;

    if (!open) return false;
    if (stop > tag && stop[-1] == ' ') stop--;
    if (stop == tag) return false;
    for (const char *q = tag; q < stop; q++)
        if (!is_word(*q) && *q != '-' && *q != '_' && *q != '/') return false;
    for (const char *q = open + 1; q < end; q++)
        if (*q == ')') close = q;
    if (!close) return false;
    for (p = close + 1; p < end && is_blank(*p);) p++;
    if (p == end || *p++ != '=') return false;
    while (p < end && is_blank(*p)) p++;
    for (const char *q = p; q < end; q++)
        if (!is_hex(*q)) return false;
    set_digits(p, end);
    want.n = (size_t)(close - open - 1);
    memcpy(want.name, open + 1, want.n);
    choose(list, tag, (size_t)(stop - tag));
    return want.good;
}

static bool model_plain(cli_sum_list *list, const char *p, const char *end)
{
    const char *digits = p;

    while (p < end && is_hex(*p)) p++;
    set_digits(digits, p);
    if (p == digits || end - p < 2 || !is_blank(*p++)) return false;
    bool marked = (*p == ' ' || *p == '*') && end - p > 1;
    if (!marked && list->blanks == CLI_BLANKS_TWO) return false;
    if (list->blanks == CLI_BLANKS_OPEN)
        list->blanks = marked ? CLI_BLANKS_TWO : CLI_BLANKS_ONE;
    p += list->blanks == CLI_BLANKS_TWO;
    want.n = (size_t)(end - p);
    memcpy(want.name, p, want.n);
    choose(list, NULL, 0);
    return want.good;
}

/* In place; false where it is malformed. */
static bool model_unescape(void)
{
    static const char from[] = "n\\r", to[] = "\n\\\r";
    size_t n = 0;

    for (size_t k = 0; k < want.n; k++) {
        const char *at = NULL;
        want.name[n] = want.name[k];
        if (want.name[k] == '\\') {
            if (++k < want.n && want.name[k]) at = strchr(from, want.name[k]);
            if (!at) return false;
            want.name[n] = FUZZ_PLANTED && *at == 'r' ? 'r' : to[at - from];
        }
        n++;
    }
    want.n = n;
    return true;
}

static void model(cli_sum_list *list, const char *p, const char *end)
{
    cli_sum_list was = *list;
    bool escaped = false;

    memset(&want, 0, sizeof want);
    if (list->escapes && end > p && end[-1] == '\r') end--;
    want.comment = p == end || *p == '#';
    if (want.comment) return;
    while (p < end && is_blank(*p)) p++;
    if (list->escapes && p < end && *p == '\\') escaped = true, p++;
    want.good = model_tagged(list, p, end) || model_plain(list, p, end);
    want.good = want.good && !memchr(want.name, 0, want.n);
    want.good = want.good && (!escaped || model_unescape());
    if (!want.good) *list = was;
}

static void check_line(cli_sum_list *list, pila_str line)
{
    cli_sum_list expected = *list;
    pila_buf room = {0};
    cli_sum_line got;
    char *copy = malloc(line.len + !line.len); /* so that nothing lies behind it */

    FUZZ_CHECK(copy);
    if (line.len) memcpy(copy, line.ptr, line.len);
    model(&expected, copy, copy + line.len);
    pila_status st = cli_sum_line_read(list, pila_str_of(copy, line.len), &room, &got);
    FUZZ_CHECK(st == (want.comment ? PILA_END : want.good ? PILA_OK : PILA_ESYNTAX));
    FUZZ_CHECK(list->blanks == expected.blanks);
    if (st == PILA_OK) {
        FUZZ_CHECK(strcmp(got.of.name, want.algorithm) == 0);
        FUZZ_CHECK(got.of.bytes == want.bytes && got.of.sums == list->sums);
        FUZZ_CHECK(pila_str_eq(got.name, pila_str_of(want.name, want.n)));
        FUZZ_CHECK(pila_str_eq(got.digits, pila_str_of(want.hex, want.digits)));
    }
    pila_buf_done(&room);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    unsigned first = fuzz_byte(&in);
    cli_sums of = (cli_sums)(first % 3);
    bool crc = of == CLI_CRC;
    cli_algorithm allowed[3] = {
        {of, crc ? "adler32" : "sha256", crc ? 4 : 32, 0, false, {NULL, 0}},
        {of, "blake2b", 64, 64, false, {NULL, 0}},
        {of, "shake_128", 0, CLI_DIGEST_MOST, false, {NULL, 0}}};
    size_t most = of == CLI_HASH ? 4 : 2;
    cli_sum_list list = {of, allowed, first / 4 % most, !(first & 64), CLI_BLANKS_OPEN};
    const char *p = (const char *)in.p, *end = (const char *)in.end;

    if (end - p > LINE_MOST) return 0;
    fuzz_start();
    while (p < end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        if (!stop) stop = end;
        check_line(&list, pila_str_of(p, (size_t)(stop - p)));
        p = stop + (stop < end);
    }
    fuzz_stop();
    return 0;
}
