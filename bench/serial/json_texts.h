/* json_texts.h - the texts that the benches of JSON read and write.
 *
 * Those in json-bench/ of the folder PILA_CORPORA names, or else one that is made up;
 * and the JSON of Debian packages that are installed: iso-codes, node-mdn-data.
 */
#ifndef JSON_TEXTS_H
#define JSON_TEXTS_H

#include "../bench.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void json_contest(const char *what, const char *path, const char *text,
                          size_t n, bench_tally *tally);

static char *json_text(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text;
    long size;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
        bench_die("json: cannot read %s", path);
    rewind(f);
    text = (char *)bench_alloc((size_t)size + 1, 1);
    *n = fread(text, 1, (size_t)size, f);
    fclose(f);
    return text;
}

static size_t json_files(const char *pattern, json_contest *contest, bench_tally *tally)
{
    glob_t found;
    size_t n, count = 0;

    if (glob(pattern, 0, NULL, &found) != 0) return 0;
    for (; count < found.gl_pathc; count++) {
        const char *path = found.gl_pathv[count];
        char *text = json_text(path, &n);
        contest(strrchr(path, '/') + 1, path, text, n, tally);
        free(text);
    }
    globfree(&found);
    return count;
}

/* A list of records. */
static void json_made_up(json_contest *contest, bench_tally *tally)
{
    size_t rows = bench_size(20000, 500), len = 0;
    char *text = (char *)bench_alloc(rows + 1, 200), *path;

    for (size_t k = 0; k < rows; k++) {
        uint64_t x = bench_mix(k);
        len += (size_t)snprintf(
            text + len, 200,
            "%s{\"id\": %llu, \"name\": \"item %x\", \"ratio\": %.6f, \"tags\": "
            "[\"%c\", \"gr\xc3\xbc\xc3\x9f dich\"], \"ok\": %s, \"of\": null}",
            k ? ",\n " : "[", (unsigned long long)k, (unsigned)(x >> 40),
            (double)(x >> 11) * 0x1p-53, (char)('a' + x % 26),
            x & 1 ? "true" : "false");
    }
    text[len++] = ']';
    path = bench_file(text, len);
    contest("records that are made up", path, text, len, tally);
    bench_file_end(path);
    free(text);
}

static void json_texts(json_contest *contest, bench_tally *tally)
{
    const char *folder = getenv("PILA_CORPORA");
    char pattern[1000];

    snprintf(pattern, sizeof pattern, "%s/json-bench/*.json", folder ? folder : "");
    if (!folder || json_files(pattern, contest, tally) == 0)
        json_made_up(contest, tally);
    json_files("/usr/share/iso-codes/json/iso_*.json", contest, tally);
    json_files("/usr/share/nodejs/mdn-data/css/properties.json", contest, tally);
    json_files("/usr/share/nodejs/mdn-data/l10n/css.json", contest, tally);
}

#endif
