/* fuzz_csv.c - records and fields of CSV against a reader of one byte after the other.
 *
 * The model is Python's csv reader (doublequote, not strict) but for what csv.c says: a
 * record that has something behind a closing quote, or no closing quote, is malformed.
 */
#include "cli.h"
#include "fuzz.h"

enum { FIELDS_MOST = 64, TEXT_MOST = 8192 };

static char separator;
static struct model {
    char text[TEXT_MOST];
    size_t n, from[FIELDS_MOST], len[FIELDS_MOST];
    bool bad, many;
} model;

/* The fields of one record, all of it. */
static void split(pila_str record)
{
    size_t at = 0, to = 0;

    model.n = 0;
    model.bad = model.many = false;
    for (bool more = true; more;) {
        if (model.n == FIELDS_MOST) {
            model.many = true;
            return;
        }
        model.from[model.n] = to;
        bool quoted = at < record.len && record.ptr[at] == '"', open = quoted;
        if (quoted) at++;
        while (at < record.len && (open || record.ptr[at] != separator)) {
            char c = record.ptr[at++];
            if (quoted && !open) model.bad = true;
            if (open && c == '"') {
                open = at < record.len && record.ptr[at] == '"';
                if (!open) continue;
                at++;
            }
            model.text[to++] = c;
        }
        model.bad = model.bad || open;
        model.len[model.n] = to - model.from[model.n];
        model.n++;
        more = at++ < record.len;
    }
}

static void check_fields(pila_str record)
{
    pila_str out, none = pila_cstr("untouched");
    size_t column = 0;

    split(record);
    if (model.many) return;
    for (size_t k = 0; k <= model.n; k++) {
        pila_buf room = {0};
        out = none;
        FUZZ_CHECK(pila_buf_reserve(&room, record.len + 1) == PILA_OK);
        const char *data = room.data;
        pila_status st = cli_csv_field(record, separator, k, &room, &out, &column);
        FUZZ_CHECK(room.data ==
                   data); /* the command counts on it: other views lie there */
        FUZZ_CHECK(column >= 1 && column <= record.len + 1);
        if (model.bad) FUZZ_CHECK(st == PILA_ESYNTAX);
        else if (k == model.n) FUZZ_CHECK(st == PILA_EINDEX && out.ptr == none.ptr);
        else {
            FUZZ_CHECK(st == PILA_OK);
            FUZZ_CHECK(
                pila_str_eq(out, pila_str_of(model.text + model.from[k],
                                             model.len[k] + (FUZZ_PLANTED && k == 2))));
        }
        pila_buf_done(&room);
    }
}

/* Where the record ends that starts here: behind a newline outside of quotes. */
static size_t record_end(const char *text, size_t n)
{
    bool open = false, at_start = true;

    for (size_t k = 0; k < n; k++) {
        char c = text[k];
        if (open && c == '"' && k + 1 < n && text[k + 1] == '"') k++;
        else if (open) open = c != '"';
        else if (at_start && c == '"') open = true;
        else if (c == '\n') return k + 1;
        at_start = !open && c == separator;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    unsigned first = fuzz_byte(&in);
    const char *text = (const char *)in.p;
    size_t n = (size_t)(in.end - in.p);
    const pila_str *record;

    if (n > TEXT_MOST) return 0;
    fuzz_start();
    separator = ",;\t|"[first % 4];
    check_fields(pila_str_of(text, n)); /* any bytes, newlines included */
    pila_iter it =
        cli_csv_records(pila_from_mem(pila_str_of(text, n)), separator, 1 << 20);
    while ((record = pila_next(&it, sizeof *record))) {
        size_t end = record_end(text, n);
        pila_str want = pila_str_of(text, end);
        FUZZ_CHECK(end > 0);
        text += end;
        n -= end;
        if (want.len && want.ptr[want.len - 1] == '\n') want.len--;
        if (want.len && want.ptr[want.len - 1] == '\r') want.len--;
        FUZZ_CHECK(pila_str_eq(*record, want));
        check_fields(*record);
    }
    FUZZ_CHECK(it.status == PILA_END && n == 0);
    pila_iter_drop(&it);
    fuzz_stop();
    return 0;
}
