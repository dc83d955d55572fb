/* check.c - a line of --check: of which file, by which algorithm, what digest.
 *
 * The same algorithm is sha3_256 in Python, SHA3-256 in a tag, SHA2-256 where OpenSSL
 * means sha256. Letters and digits alone, in small letters, tell them apart: names are
 * brought into that form and looked up in one table. A number behind blake2b is the
 * bits of its digest. Two kinds of line, as sha256sum has them:
 *
 *     digest blank (blank or *) name       digest blank name, of BSD's digest -r
 *     TAG (name) = digest                  TAG(name)= digest, of openssl dgst
 *
 * A backslash at first says that newlines, carriage returns and backslashes of the name
 * are written \n, \r and \\. Whether there are one or two blanks the first line of a
 * list says: else a name that begins with a blank could be read in two ways.
 *
 * A tag, or the length of the digest, says the algorithm; if some are allowed only
 * (-a), it must be one of these.
 */
#include "hashing.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct known {
    const char *name, *tag; /* Python's, and that of a line */
    size_t bytes;           /* of a digest; 0: only as many as are asked for */
    size_t most;            /* 0: no others */
    bool sum;               /* of crc32 */
} known;

/* The first with so many bytes is what a line without a tag means. */
static const known table[] = {{"md5", "MD5", 16, 0, false},
                              {"sha1", "SHA1", 20, 0, false},
                              {"sha224", "SHA224", 28, 0, false},
                              {"sha256", "SHA256", 32, 0, false},
                              {"sha384", "SHA384", 48, 0, false},
                              {"sha512", "SHA512", 64, 0, false},
                              {"sha512_224", "SHA512/224", 28, 0, false},
                              {"sha512_256", "SHA512/256", 32, 0, false},
                              {"sha3_224", "SHA3-224", 28, 0, false},
                              {"sha3_256", "SHA3-256", 32, 0, false},
                              {"sha3_384", "SHA3-384", 48, 0, false},
                              {"sha3_512", "SHA3-512", 64, 0, false},
                              {"blake2b", "BLAKE2b", 64, 64, false},
                              {"blake2s", "BLAKE2s", 32, 32, false},
                              {"shake_128", "SHAKE128", 0, CLI_DIGEST_MOST, false},
                              {"shake_256", "SHAKE256", 0, CLI_DIGEST_MOST, false},
                              {"ripemd160", "RIPEMD160", 20, 0, false},
                              {"sm3", "SM3", 32, 0, false},
                              {"md5-sha1", "MD5-SHA1", 36, 0, false},
                              {"crc32", "CRC32", 4, 0, true},
                              {"adler32", "ADLER32", 4, 0, true}};

enum { KNOWN = sizeof table / sizeof *table };

/* ---- names ---- */

/* Letters and digits, small; "" if there are too many. */
static void plain_name(pila_str name, char out[CLI_SUM_NAME])
{
    size_t n = 0;

    for (size_t k = 0; k < name.len; k++) {
        unsigned char c = (unsigned char)name.ptr[k];
        if (!isalnum(c)) continue;
        if (n == CLI_SUM_NAME - 1) n = 0, k = name.len;
        else out[n++] = (char)tolower(c);
    }
    out[n] = '\0';
}

/* The row that text is the plain name of, NULL for none. bits: a number behind it, -1
 * for none. */
static const known *find_plain(const char *text, cli_sums sums, int64_t *bits)
{
    char name[CLI_SUM_NAME];

    for (size_t k = 0; k < KNOWN; k++) {
        plain_name(pila_cstr(table[k].name), name);
        size_t n = strlen(name);
        const char *rest = text + n;
        if (table[k].sum != (sums == CLI_CRC) || strncmp(text, name, n) != 0) continue;
        *bits = -1;
        if (!*rest) return &table[k];
        if (!table[k].most || !table[k].bytes || strlen(rest) > 4 ||
            strspn(rest, "0123456789") != strlen(rest))
            continue;
        *bits = strtol(rest, NULL, 10);
        return &table[k];
    }
    return NULL;
}

/* The same for any spelling. of_hmac: it begins with HMAC. */
static const known *find_known(pila_str name, cli_sums sums, int64_t *bits,
                               bool *of_hmac)
{
    char plain[CLI_SUM_NAME], *text = plain;

    plain_name(name, plain);
    *of_hmac = sums == CLI_HMAC && strncmp(text, "hmac", 4) == 0;
    if (*of_hmac) text += 4;
    const known *found = find_plain(text, sums, bits);
    if (found || strncmp(text, "sha2", 4) != 0) return found;
    memmove(text + 3, text + 4, strlen(text + 3)); /* OpenSSL's SHA2-256 */
    return find_plain(text, sums, bits);
}

static const known *known_of(const cli_algorithm *a)
{
    for (size_t k = 0; k < KNOWN; k++)
        if (strcmp(table[k].name, a->name) == 0) return &table[k];
    return NULL;
}

static void set_known(cli_algorithm *a, const known *row, cli_sums sums)
{
    a->sums = sums;
    a->name = row->name;
    a->bytes = row->bytes;
    a->most = row->most;
    a->chosen = false;
    a->key = pila_cstr("");
}

bool cli_algorithm_resize(cli_algorithm *a, size_t bytes)
{
    if (a->bytes == bytes) return true;
    if (a->sums != CLI_HASH || a->chosen || !bytes || bytes > a->most) return false;
    a->bytes = bytes;
    a->chosen = true;
    return true;
}

bool cli_algorithm_of_tag(cli_algorithm *a, cli_sums sums, pila_str tag, size_t bytes)
{
    int64_t bits = -1;
    bool of_hmac;
    const known *row = find_known(tag, sums, &bits, &of_hmac);

    if (!row || of_hmac != (sums == CLI_HMAC)) return false;
    set_known(a, row, sums);
    if (bits >= 0 && (uint64_t)bits != 8 * (uint64_t)bytes) return false;
    return bits < 0 && row->bytes ? row->bytes == bytes
                                  : cli_algorithm_resize(a, bytes);
}

bool cli_algorithm_of_length(cli_algorithm *a, cli_sums sums, size_t bytes)
{
    size_t k = 0;

    while (k < KNOWN && (table[k].bytes != bytes || table[k].sum != (sums == CLI_CRC)))
        k++;
    if (k < KNOWN) set_known(a, &table[k], sums);
    return k < KNOWN && bytes;
}

void cli_algorithm_tag(const cli_algorithm *a, char tag[CLI_SUM_NAME])
{
    const known *row = known_of(a);
    const char *first = a->sums == CLI_HMAC ? "HMAC-" : "";

    if (row && a->chosen && row->bytes)
        snprintf(tag, CLI_SUM_NAME, "%s%s-%zu", first, row->tag, 8 * a->bytes);
    else snprintf(tag, CLI_SUM_NAME, "%s%s", first, row ? row->tag : a->name);
    for (char *p = tag; !row && *p; p++) *p = (char)toupper((unsigned char)*p);
}

void cli_algorithm_field(const cli_algorithm *a, char name[CLI_SUM_NAME])
{
    snprintf(name, CLI_SUM_NAME, "%s%s", a->sums == CLI_HMAC ? "hmac-" : "", a->name);
}

const char *cli_algorithm_name_at(size_t k, void *ctx)
{
    (void)ctx;
    return k < KNOWN && !table[k].sum ? table[k].name : NULL;
}

bool cli_algorithm_named(cli_algorithm *a, cli_sums sums, const char *name,
                         int64_t *bits)
{
    bool of_hmac;
    const known *row = find_known(pila_cstr(name), sums, bits, &of_hmac);

    if (row) set_known(a, row, sums);
    return row != NULL;
}

/* ---- a line ---- */

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_tag(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-' || c == '_' || c == '/';
}

static size_t run_of(pila_str text, size_t from, bool (*is)(char))
{
    size_t k = from;

    while (k < text.len && is(text.ptr[k])) k++;
    return k - from;
}

static pila_str rest_of(pila_str text, size_t from)
{
    return pila_str_of(text.ptr + from, text.len - from);
}

static bool read_tagged(pila_str line, pila_str *tag, cli_sum_line *out)
{
    size_t k = run_of(line, 0, is_tag), end = line.len;

    *tag = pila_str_of(line.ptr, k);
    if (k && k < line.len && line.ptr[k] == ' ') k++;
    if (k == 0 || k == line.len || line.ptr[k++] != '(') return false;
    while (end > k && line.ptr[end - 1] != ')') end--;
    if (end == k) return false;
    out->name = pila_str_of(line.ptr + k, end - 1 - k);
    end += run_of(line, end, is_blank);
    if (end == line.len || line.ptr[end++] != '=') return false;
    out->digits = rest_of(line, end + run_of(line, end, is_blank));
    return run_of(out->digits, 0, is_hex) == out->digits.len;
}

static bool read_plain(cli_sum_list *list, pila_str line, cli_sum_line *out)
{
    size_t n = run_of(line, 0, is_hex);

    out->digits = pila_str_of(line.ptr, n);
    if (n == 0 || line.len - n < 2 || !is_blank(line.ptr[n])) return false;
    out->name = rest_of(line, n + 1);
    bool one =
        out->name.len == 1 || (out->name.ptr[0] != ' ' && out->name.ptr[0] != '*');
    if (one && list->blanks == CLI_BLANKS_TWO) return false;
    if (list->blanks == CLI_BLANKS_OPEN)
        list->blanks = one ? CLI_BLANKS_ONE : CLI_BLANKS_TWO;
    if (list->blanks == CLI_BLANKS_TWO) out->name = rest_of(out->name, 1);
    return true;
}

/* Whether the digest is one of an algorithm that is allowed; which, to out. */
static bool find_algorithm(const cli_sum_list *list, pila_str tag, cli_sum_line *out)
{
    cli_sums sums = list->sums;
    size_t bytes = out->digits.len / 2;

    if (out->digits.len % 2 || !bytes) return false;
    if (tag.len ? !cli_algorithm_of_tag(&out->of, sums, tag, bytes)
                : list->n == 0 && !cli_algorithm_of_length(&out->of, sums, bytes))
        return false;
    for (size_t k = 0; k < list->n; k++) {
        cli_algorithm a = list->allowed[k];
        if (tag.len && strcmp(a.name, out->of.name) != 0) continue;
        if (!cli_algorithm_resize(&a, bytes)) continue;
        out->of = a;
        return true;
    }
    return list->n == 0;
}

static pila_status unescape(pila_str text, pila_buf *room, pila_str *out)
{
    pila_status st = PILA_OK;

    room->len = 0;
    for (size_t k = 0; k < text.len && st == PILA_OK; k++) {
        char c = text.ptr[k];
        if (c == '\\') {
            if (++k == text.len) return PILA_ESYNTAX;
            c = text.ptr[k] == 'n' ? '\n' : text.ptr[k] == 'r' ? '\r' : '\\';
            if (c == '\\' && text.ptr[k] != '\\') return PILA_ESYNTAX;
        }
        st = pila_buf_add_char(room, c);
    }
    *out = room->len ? pila_buf_view(room) : pila_cstr("");
    return st;
}

pila_status cli_sum_line_read(cli_sum_list *list, pila_str line, pila_buf *room,
                              cli_sum_line *out)
{
    cli_sum_list was = *list;
    pila_str tag;

    if (list->escapes && line.len && line.ptr[line.len - 1] == '\r') line.len--;
    if (!line.len || line.ptr[0] == '#') return PILA_END;
    line = rest_of(line, run_of(line, 0, is_blank));
    bool escaped = list->escapes && line.len && line.ptr[0] == '\\';
    if (escaped) line = rest_of(line, 1);
    bool good =
        (read_tagged(line, &tag, out) && find_algorithm(list, tag, out)) ||
        (read_plain(list, line, out) && find_algorithm(list, pila_cstr(""), out));
    if (good && memchr(out->name.ptr, '\0', out->name.len)) good = false;
    pila_status st = !good     ? PILA_ESYNTAX
                     : escaped ? unescape(out->name, room, &out->name)
                               : PILA_OK;
    if (st != PILA_OK) *list = was;
    return st;
}
