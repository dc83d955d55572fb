/* test_pickle.c - pickle: CPython's rows both ways, hostile pickles, and every option.
 */
#include "check.h"

#include <pila/serial/pickle.h>

#include <dirent.h>
#include <time.h>

typedef struct pickle_row {
    const char *name;
    int protocol;
    size_t len;
    const char *data;
} pickle_row;

typedef struct pickle_fault_row {
    const char *data;
    size_t len;
    pila_status status;
    const char *message;
} pickle_fault_row;

#include "pickle_rows.h"

#define BYTES(text) pila_str_of(text, sizeof text - 1)

static pila_status loads(pila_doc *doc, pila_str text, pila_value *out)
{
    pila_error err;

    return pila_pickle_loads(doc, text, NULL, out, NULL, &err);
}

static void dumps_as(pila_value v, int protocol, pila_str want)
{
    pila_buf out = {0};

    CHECK_OK(pila_pickle_dumps(v, protocol, &out, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out), want));
    pila_buf_done(&out);
}

static void shows(pila_value v, const char *want)
{
    pila_buf out = {0};

    CHECK_OK(pila_value_repr(v, &out));
    CHECK_TEXT(pila_buf_view(&out), want);
    pila_buf_done(&out);
}

/* ---- CPython's rows ---- */

static void what_cpython_wrote_is_written_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pickle_rows); i++) {
        const pickle_row *r = &pickle_rows[i];
        pila_str text = pila_str_of(r->data, r->len);
        pila_doc doc = {0};
        pila_value v = pila_value_none();
        size_t used = 0;

        ROW(r->name);
        CHECK_OK(pila_pickle_loads(&doc, text, NULL, &v, &used, NULL));
        CHECK_INT(used, r->len);
        dumps_as(v, r->protocol, text);
        for (int p = 0; p <= PILA_PICKLE_HIGHEST;
             p++) { /* and of every other, a value */
            pila_buf out = {0};
            pila_value again;

            CHECK_OK(pila_pickle_dumps(v, p, &out, NULL));
            CHECK_OK(loads(&doc, pila_buf_view(&out), &again));
            pila_buf_done(&out);
        }
        pila_doc_done(&doc);
    }
}

static void faults_have_cpythons_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pickle_fault_rows); i++) {
        const pickle_fault_row *r = &pickle_fault_rows[i];
        pila_doc doc = {0};
        pila_value v = pila_value_int(42);
        pila_error err;

        ROW(r->message);
        CHECK_STATUS(pila_pickle_loads(&doc, pila_str_of(r->data, r->len), NULL, &v,
                                       NULL, &err),
                     r->status);
        CHECK_STATUS(err.status, r->status);
        CHECK_TEXT(pila_cstr(err.message), r->message);
        CHECK(err.offset <= r->len && v.as.i == 42);
        CHECK_STATUS(loads(&doc, pila_str_of(r->data, r->len), &v), r->status);
        pila_doc_done(&doc);
    }
}

static void the_offset_is_that_of_the_opcode(void **state)
{
    pila_doc doc = {0};
    pila_value v;
    pila_error err;

    (void)state;
    CHECK_STATUS(pila_pickle_loads(&doc, BYTES("\x80\x04K\x01h\x07."), NULL, &v, NULL,
                                   &err),
                 PILA_ESYNTAX);
    CHECK_INT(err.offset, 4);
    CHECK_TEXT(pila_cstr(err.message), "Memo value not found at index 7");
    pila_doc_done(&doc);
}

/* ---- dicts of the same keys ---- */

/* n dicts of the same `keys` keys, in this order but for the last one, in which the
 * first key comes twice; memoised, as CPython leaves records. */
static pila_value alike(pila_doc *doc, size_t n, size_t keys)
{
    pila_buf text = {0};
    pila_value v = pila_value_none();
    char name[8];

    CHECK_OK(pila_buf_add(&text, BYTES("\x80\x04](")));
    for (size_t k = 0; k < n; k++) {
        CHECK_OK(pila_buf_add(&text, BYTES("}(")));
        for (size_t i = 0; i < keys; i++) {
            size_t key = k + 1 == n && i == 1 ? 0 : i;

            snprintf(name, sizeof name, "%c%c%c", k ? 'h' : 0x8c, k ? (char)key : 3,
                     (char)('A' + i));
            CHECK_OK(pila_buf_add(&text, pila_str_of(name, k ? 2 : 3)));
            if (!k) CHECK_OK(pila_buf_add(&text, BYTES("xy\x94")));
            CHECK_OK(pila_buf_add(&text, pila_str_of("K", 1)));
            CHECK_OK(pila_buf_add_char(&text, (char)(k + i)));
        }
        CHECK_OK(pila_buf_add_char(&text, 'u'));
    }
    CHECK_OK(pila_buf_add(&text, BYTES("e.")));
    CHECK_OK(loads(doc, pila_buf_view(&text), &v));
    pila_buf_done(&text);
    return v;
}

static void dicts_of_the_same_keys_are_apart(void **state)
{
    (void)state;
    for (size_t keys = 2; keys <= 20; keys += 3) {
        pila_doc doc = {0};
        pila_value list = alike(&doc, 4, keys), x;
        size_t n;
        const pila_value *dicts = pila_value_data(list, &n);

        CHECK_INT(n, 4);
        CHECK_OK(pila_value_setitem(&doc, dicts[1], pila_value_int(7), list));
        CHECK_OK(pila_value_delitem(dicts[0], pila_value_str_of(BYTES("Axy"))));
        for (size_t k = 0; k < n; k++) {
            CHECK_INT(dicts[k].as.dict->len, keys + (k == 1) - (k == 0) - (k == 3));
            for (size_t i = 0; i < keys; i++) {
                char key[] = {(char)('A' + i), 'x', 'y', 0};
                const pila_value *found = pila_value_get(dicts[k], pila_cstr(key));

                CHECK((found != NULL) == (k != 3 ? k || i : i != 1));
                if (found) CHECK_INT(found->as.i, k == 3 && !i ? 4 : (int64_t)(k + i));
            }
        }
        CHECK_OK(pila_value_getitem(dicts[1], pila_value_int(7), &x));
        CHECK_STATUS(pila_value_getitem(dicts[2], pila_value_int(7), &x), PILA_EKEY);
        pila_doc_done(&doc);
    }
}

/* ---- batches and frames ---- */

typedef struct shape_row {
    const char *name;
    size_t items;
    const char *list_tail, *dict_tail; /* what follows the last item */
} shape_row;

static void batches_have_1000_items(void **state)
{
    static const shape_row rows[] = {
        {"one: no MARK", 1, "a.", "s."},
        {"999", 999, "e.", "u."},
        {"1000: a dict has an empty batch", 1000, "Ne.", "u(u."},
        {"1001: one more, in a batch", 1001, "(Ne.", "Nu."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const shape_row *r = &rows[i];
        pila_doc doc = {0};
        pila_value list, dict;
        pila_buf out = {0};

        ROW(r->name);
        CHECK_OK(pila_value_list(&doc, NULL, 0, &list));
        CHECK_OK(pila_value_dict(&doc, 0, &dict));
        for (size_t k = 0; k < r->items; k++) {
            CHECK_OK(pila_value_append(&doc, list, pila_value_none()));
            CHECK_OK(pila_value_setitem(&doc, dict, pila_value_int((int64_t)k),
                                        pila_value_none()));
        }
        CHECK_OK(pila_pickle_dumps(list, 4, &out, NULL));
        size_t n = strlen(r->list_tail);
        CHECK(memcmp(out.data + out.len - n, r->list_tail, n) == 0);
        pila_buf_clear(&out);
        CHECK_OK(pila_pickle_dumps(dict, 2, &out, NULL));
        n = strlen(r->dict_tail);
        CHECK(memcmp(out.data + out.len - n, r->dict_tail, n) == 0);
        pila_buf_done(&out);
        pila_doc_done(&doc);
    }
}

static pila_status gather(void *ctx, pila_str bytes)
{
    return pila_buf_add((pila_buf *)ctx, bytes);
}

/* Frames end after 64 KiB, and large text is outside: the same bytes in pieces. */
static void a_sink_gets_what_dumps_makes(void **state)
{
    pila_doc doc = {0};
    pila_value list, text;
    char *big = (char *)calloc(1, 1 << 17);

    (void)state;
    CHECK_OK(pila_value_list(&doc, NULL, 0, &list));
    memset(big, 'x', 1 << 17);
    for (size_t k = 0; k < 60000; k++)
        CHECK_OK(pila_value_append(&doc, list, pila_value_float((double)k)));
    CHECK_OK(pila_value_str(&doc, pila_str_of(big, 1 << 17), &text));
    CHECK_OK(pila_value_append(&doc, list, text));
    CHECK_OK(
        pila_value_append(&doc, list, pila_value_bytes_of(pila_str_of(big, 65535))));
    CHECK_OK(
        pila_value_append(&doc, list, pila_value_bytes_of(pila_str_of(big, 65536))));
    for (int p = 0; p <= PILA_PICKLE_HIGHEST; p++) {
        pila_pickler pickler;
        pila_buf whole = {0}, pieces = {0};
        pila_value v;

        CHECK_OK(pila_pickler_init(&pickler, p, NULL));
        CHECK_OK(pila_pickler_dump(&pickler, list, gather, &pieces, NULL));
        pila_pickler_done(&pickler);
        CHECK_OK(pila_pickle_dumps(list, p, &whole, NULL));
        CHECK(pila_str_eq(pila_buf_view(&whole), pila_buf_view(&pieces)));
        CHECK_OK(loads(&doc, pila_buf_view(&whole), &v));
        dumps_as(v, p, pila_buf_view(&whole));
        pila_buf_done(&whole);
        pila_buf_done(&pieces);
    }
    free(big);
    pila_doc_done(&doc);
}

/* A batch of 1000 and what may follow it: the list is as if each had been put in at
 * once, whoever looks. */
static void what_follows_a_batch_is_seen_in_order(void **state)
{
    static const struct {
        const char *name, *tail;
        size_t len;
        const char *last; /* the last items, or what the pickle is */
    } rows[] = {
        {"another batch", "(K\1K\2e.", 1002, "1, 2]"},
        {"an item by another way", "(h\0K\7a0K\1e.", 1002, "7, 1]"},
        {"a tuple", "(K\1ta.", 1001, "(1,)]"},
        {"a mark that goes", "(0K\5a.", 1001, "5]"},
        {"marks that go", "(K\1(1(10K\5e.", 1001, "5]"},
        {"a batch in the batch", "(](K\1K\2ee.", 1001, "[1, 2]]"},
        {"the end", "(h\0.", 1000, "None]"},
        {"a call", "(c__builtin__\nset\n(h\0tR0K\1e.", 1001, "1]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pila_buf text = {0}, shown = {0};
        pila_doc doc = {0};
        pila_value v;

        ROW(rows[i].name);
        CHECK_OK(pila_buf_add(&text, BYTES("]q\0(")));
        for (int k = 0; k < 1000; k++) CHECK_OK(pila_buf_add_char(&text, 'N'));
        CHECK_OK(pila_buf_add_char(&text, 'e'));
        size_t n = i == 1 ? 11 : i == 6 ? 4 : i == 7 ? 28 : strlen(rows[i].tail);
        CHECK_OK(pila_buf_add(&text, pila_str_of(rows[i].tail, n)));
        CHECK_OK(loads(&doc, pila_buf_view(&text), &v));
        CHECK_INT(v.as.list->len, rows[i].len);
        CHECK_OK(pila_value_repr(v, &shown));
        n = strlen(rows[i].last);
        CHECK(memcmp(shown.data + shown.len - n, rows[i].last, n) == 0);
        pila_buf_done(&text);
        pila_buf_done(&shown);
        pila_doc_done(&doc);
    }
}

/* ---- identity ---- */

static void what_is_shared_is_written_once(void **state)
{
    static const char word[] = "abcabc";
    pila_value items[4], list;
    pila_doc doc = {0};

    (void)state;
    items[0] = items[1] = pila_value_str_of(pila_str_of(word, 6));
    items[2] =
        pila_value_str_of(pila_str_of(word, 3)); /* the same place, another str */
    items[3] = pila_value_bytes_of(pila_str_of(word, 6));
    CHECK_OK(pila_value_list(&doc, items, 4, &list));
    dumps_as(
        list, 2,
        BYTES("\x80\x02]q\0(X\6\0\0\0abcabcq\1h\1X\3\0\0\0abcq\2c_codecs\nencode\nq\3"
              "X\6\0\0\0abcabcq\4X\6\0\0\0latin1q\5\x86q\6Rq\7e."));
    items[0] = pila_value_str_of(pila_cstr("x"));
    items[1] = pila_value_str_of(pila_str_of(word + 6, 0));
    items[2] = pila_value_str_of(pila_str_of("xy", 1));
    items[3] = pila_value_str_of(pila_str_of("", 0));
    CHECK_OK(pila_value_list(&doc, items, 4, &list));
    dumps_as(list, 1, BYTES("]q\0(X\1\0\0\0xq\1X\0\0\0\0q\2h\1h\2e."));
    pila_doc_done(&doc);
}

static void a_pickler_keeps_its_memo(void **state)
{
    pila_value v = pila_value_str_of(pila_cstr("spam"));
    pila_pickler p;
    pila_buf out = {0};
    pila_doc doc = {0};
    pila_unpickler u;
    pila_value first, second;

    (void)state;
    CHECK_STATUS(pila_pickler_init(&p, 6, NULL), PILA_EVALUE);
    CHECK_OK(pila_pickler_init(&p, 2, NULL));
    CHECK_OK(pila_pickler_dumps(&p, v, &out, NULL));
    CHECK_OK(pila_pickler_dumps(&p, v, &out, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out),
                      BYTES("\x80\x02X\4\0\0\0spamq\0.\x80\x02h\0.")));
    pila_unpickler_init(&u, &doc, NULL);
    pila_unpickler_open(&u, pila_buf_view(&out));
    CHECK_OK(pila_unpickler_load(&u, &first, NULL));
    CHECK_INT(pila_unpickler_tell(&u), 14);
    CHECK_OK(pila_unpickler_load(&u, &second, NULL));
    CHECK(first.as.text == second.as.text);
    CHECK_STATUS(pila_unpickler_load(&u, &second, NULL), PILA_EEOF);
    pila_unpickler_done(&u);
    pila_pickler_clear_memo(&p);
    out.len = 0;
    CHECK_OK(pila_pickler_dumps(&p, v, &out, NULL));
    CHECK_INT(out.len, 14);
    pila_pickler_done(&p);
    pila_pickler_done(&p);
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

static void fast_has_no_memo_and_no_cycles(void **state)
{
    pila_pickle_dump_options options = {0};
    pila_pickler p;
    pila_doc doc = {0};
    pila_value list;
    pila_buf out = {0};
    pila_error err;

    (void)state;
    options.fast = true;
    CHECK_OK(pila_pickler_init(&p, 5, &options));
    CHECK_OK(loads(&doc, BYTES("]q\0(X\1\0\0\0aq\1h\1e."), &list));
    CHECK_OK(pila_pickler_dumps(&p, list, &out, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out),
                      BYTES("\x80\x05\x95\x0a\0\0\0\0\0\0\0](\x8c\1a\x8c\1ae.")));
    CHECK_OK(pila_value_append(&doc, list, list));
    CHECK_STATUS(pila_pickler_dumps(&p, list, &out, &err), PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message),
               "fast mode: can't pickle cyclic objects including object type list");
    CHECK_INT(out.len, 21);
    pila_pickler_done(&p);
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

/* ---- files and streams ---- */

static void a_file_is_read_pickle_by_pickle(void **state)
{
    FILE *file = tmpfile();
    pila_doc doc = {0};
    pila_value v;
    pila_error err;

    (void)state;
    for (int p = 0; p <= PILA_PICKLE_HIGHEST; p++)
        CHECK_OK(pila_pickle_dump(pila_value_int(1000 + p), p, file, NULL));
    rewind(file);
    for (int p = 0; p <= PILA_PICKLE_HIGHEST; p++) {
        CHECK_OK(pila_pickle_load(&doc, file, NULL, &v, &err));
        CHECK_INT(v.as.i, 1000 + p);
    }
    CHECK_STATUS(pila_pickle_load(&doc, file, NULL, &v, &err), PILA_EEOF);
    CHECK_TEXT(pila_cstr(err.message), "Ran out of input");
    fclose(file);
    file = fopen("/dev/full", "w");
    if (file) {
        setvbuf(file, NULL, _IONBF, 0);
        CHECK_STATUS(pila_pickle_dump(v, 4, file, &err), PILA_EIO);
        fclose(file);
    }
    pila_doc_done(&doc);
}

typedef struct drip {
    pila_str rest;
    size_t most; /* bytes at a time */
    pila_status then;
} drip;

static pila_status drip_read(void *ctx, char *room, size_t least, size_t most,
                             size_t *got)
{
    drip *d = (drip *)ctx;
    size_t n = d->most < least ? least : d->most > most ? most : d->most;

    if (n > d->rest.len) n = d->rest.len;
    if (n == 0 && d->then != PILA_OK) return d->then;
    memcpy(room, d->rest.ptr, n);
    d->rest.ptr += n;
    d->rest.len -= n;
    *got = n;
    return PILA_OK;
}

static void a_stream_may_come_in_any_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pickle_rows); i += 5)
        for (size_t most = 1; most < 1000; most = most * 3 + 1) {
            const pickle_row *r = &pickle_rows[i];
            drip d = {pila_str_of(r->data, r->len), most, PILA_OK};
            pila_doc doc = {0};
            pila_unpickler u;
            pila_value v;

            ROW(r->name);
            pila_unpickler_init(&u, &doc, NULL);
            pila_unpickler_open_read(&u, drip_read, &d);
            CHECK_OK(pila_unpickler_load(&u, &v, NULL));
            CHECK_INT(pila_unpickler_tell(&u), r->len);
            dumps_as(v, r->protocol, pila_str_of(r->data, r->len));
            d.then = PILA_EIO;
            CHECK_STATUS(pila_unpickler_load(&u, &v, NULL), PILA_EIO);
            pila_unpickler_done(&u);
            pila_doc_done(&doc);
        }
}

static void borrowed_text_is_that_of_the_input(void **state)
{
    static const char text[] = "\x80\x04\x8c\x04spam.";
    pila_pickle_load_options options = {0};
    pila_doc doc = {0};
    pila_value v;

    (void)state;
    options.borrow = true;
    CHECK_OK(pila_pickle_loads(&doc, BYTES(text), &options, &v, NULL, NULL));
    CHECK(v.as.text == text + 4);
    pila_doc_done(&doc);
}

/* ---- Python 2 ---- */

typedef struct encoding_row {
    const char *name, *data;
    pila_pickle_encoding encoding;
    pila_pickle_errors errors;
    pila_status status;
    const char *repr;
} encoding_row;

static void str_of_python_2_has_an_encoding(void **state)
{
    static const encoding_row rows[] = {
        {"ASCII", "U\3abc.", PILA_PICKLE_ASCII, PILA_PICKLE_STRICT, PILA_OK, "'abc'"},
        {"not ASCII", "U\1\xe9.", PILA_PICKLE_ASCII, PILA_PICKLE_STRICT, PILA_EVALUE,
         ""},
        {"ignored", "U\3a\xe9z.", PILA_PICKLE_ASCII, PILA_PICKLE_IGNORE, PILA_OK,
         "'az'"},
        {"replaced", "U\1\xe9.", PILA_PICKLE_ASCII, PILA_PICKLE_REPLACE, PILA_OK,
         "'\xef\xbf\xbd'"},
        {"escaped", "U\1\xe9.", PILA_PICKLE_ASCII, PILA_PICKLE_SURROGATEESCAPE, PILA_OK,
         "'\\udce9'"},
        {"latin-1", "U\1\xe9.", PILA_PICKLE_LATIN1, PILA_PICKLE_STRICT, PILA_OK,
         "'\xc3\xa9'"},
        {"UTF-8", "U\2\xc3\xa9.", PILA_PICKLE_UTF8, PILA_PICKLE_STRICT, PILA_OK,
         "'\xc3\xa9'"},
        {"bytes", "S'\\xe9\\n\\101'\n.", PILA_PICKLE_BYTES, PILA_PICKLE_STRICT, PILA_OK,
         "b'\\xe9\\nA'"},
        {"names are those of Python 3", "cexceptions\nStandardError\n.",
         PILA_PICKLE_ASCII, PILA_PICKLE_STRICT, PILA_OK, "builtins.Exception"},
        {"01 is a truth", "I01\n.", PILA_PICKLE_ASCII, PILA_PICKLE_STRICT, PILA_OK,
         "True"},
        {"integers may be octal", "I010\n.", PILA_PICKLE_ASCII, PILA_PICKLE_STRICT,
         PILA_OK, "8"},
        {"or hexadecimal", "I-0x1F\n.", PILA_PICKLE_ASCII, PILA_PICKLE_STRICT, PILA_OK,
         "-31"},
        {"an L may be missing", "L12\n.", PILA_PICKLE_ASCII, PILA_PICKLE_STRICT,
         PILA_OK, "12"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pila_pickle_load_options options = {0};
        pila_doc doc = {0};
        pila_value v;

        ROW(rows[i].name);
        options.encoding = rows[i].encoding;
        options.errors = rows[i].errors;
        CHECK_STATUS(pila_pickle_loads(&doc, pila_cstr(rows[i].data), &options, &v,
                                       NULL, NULL),
                     rows[i].status);
        if (rows[i].status == PILA_OK) shows(v, rows[i].repr);
        pila_doc_done(&doc);
    }
}

static void names_may_be_kept(void **state)
{
    pila_pickle_load_options in = {0};
    pila_pickle_dump_options to = {0};
    pila_str text = BYTES("c__builtin__\nxrange\np0\n.");
    pila_doc doc = {0};
    pila_pickler p;
    pila_buf out = {0};
    pila_value v;

    (void)state;
    CHECK_OK(loads(&doc, text, &v));
    shows(v, "builtins.range");
    dumps_as(v, 0, text);
    in.keep_names = to.keep_names = true;
    CHECK_OK(pila_pickle_loads(&doc, text, &in, &v, NULL, NULL));
    shows(v, "__builtin__.xrange");
    CHECK_OK(pila_pickler_init(&p, 0, &to));
    CHECK_OK(pila_pickler_dumps(&p, v, &out, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out), text));
    pila_pickler_done(&p);
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

/* ---- objects ---- */

static void reduce_refused(void **state)
{
    pila_str text = BYTES("cos\nsystem\n(S'echo'\ntR.");
    pila_pickle_load_options options = {0};
    pila_doc doc = {0};
    pila_value v;
    pila_error err;

    (void)state;
    CHECK_OK(loads(&doc, text, &v)); /* it is data */
    CHECK_INT(pila_value_how(v), PILA_OBJECT_REDUCE);
    shows(v, "os.system('echo')");
    pila_doc_done(&doc);
    options.strict = true;
    CHECK_STATUS(pila_pickle_loads(&doc, text, &options, &v, NULL, &err),
                 PILA_EREFUSED);
    CHECK_TEXT(pila_cstr(err.message), "global 'os.system' is forbidden");
    CHECK_INT(err.offset, 0);
    options.allow = pila_pickle_known(&options.n_allow);
    CHECK_STATUS(pila_pickle_loads(&doc, text, &options, &v, NULL, &err),
                 PILA_EREFUSED);
    CHECK_STATUS(pila_pickle_loads(&doc, BYTES("(ios\nsystem\n."), &options, &v, NULL,
                                   &err),
                 PILA_EREFUSED);
    CHECK_STATUS(pila_pickle_loads(&doc, BYTES("\x8c\2os\x8c\6system\x93."), &options,
                                   &v, NULL, &err),
                 PILA_EREFUSED);
    CHECK_STATUS(pila_pickle_loads(&doc, BYTES("\x82\1."), &options, &v, NULL, &err),
                 PILA_EVALUE);
    CHECK_STATUS(pila_pickle_loads(&doc, BYTES("Pid\n."), &options, &v, NULL, &err),
                 PILA_ESYNTAX);
    CHECK_STATUS(pila_pickle_loads(&doc, BYTES("\x97."), &options, &v, NULL, &err),
                 PILA_ESYNTAX);
    CHECK_OK(pila_pickle_loads(&doc, BYTES("c__builtin__\nset\n(]tR."), &options, &v,
                               NULL, &err));
    pila_doc_done(&doc);
}

typedef struct same_row {
    const char *name;
    int protocol;
    size_t len;
    const char *data;
} same_row;
#define SAME(name, protocol, text)                                                     \
    {                                                                                  \
        name, protocol, sizeof text - 1, text                                          \
    }

static void objects_are_written_back(void **state)
{
    static const same_row rows[] = {
        SAME("EXT1", 2, "\x80\2\x82\7."),
        SAME("EXT2", 2, "\x80\2\x83\1\1."),
        SAME("EXT4", 2, "\x80\2\x84\1\0\1\0."),
        SAME("PERSID", 0, "(lp0\nPan id\na."),
        SAME("BINPERSID", 1, "]q\0(K\7Q)QK\1e."),
        SAME("INST", 0, "(I1\nI2\nimod\nCls\np0\n."),
        SAME("OBJ", 1, "(cmod\nCls\nq\0K\1oq\1."),
        SAME("NEWOBJ_EX", 4,
             "\x80\4\x95\x1b\0\0\0\0\0\0\0\x8c\3mod\x94\x8c\3Cls\x94\x93\x94)}"
             "\x94\x8c\1a\x94K\1s\x92\x94."),
        SAME("buffers", 5,
             "\x80\5\x95\10\0\0\0\0\0\0\0]\x94(\x97\x97\x98"
             "e."),
        SAME("BUILD", 2, "\x80\2cmod\nCls\nq\0)\x81q\1}q\2X\1\0\0\0aq\3K\1sb."),
        SAME("items, pairs and state", 2,
             "\x80\2cmod\nCls\nq\0)\x81q\1(K\1K\2eK\1K\2sK\3b."),
        SAME("an object in its own arguments", 2,
             "\x80\2cm\nC\nq\0]q\1h\0h\1\x85q\2Rq\3a0h\2R0h\3."),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        pila_str text = pila_str_of(rows[i].data, rows[i].len);
        pila_doc doc = {0};
        pila_value v;

        ROW(rows[i].name);
        CHECK_OK(loads(&doc, text, &v));
        dumps_as(v, rows[i].protocol, text);
        pila_doc_done(&doc);
    }
}

static pila_status view_fails(void *ctx, pila_doc *doc, pila_value object,
                              pila_value *out)
{
    (void)ctx, (void)doc, (void)object, (void)out;
    return (pila_status)(PILA_EUSER + 3);
}

static void views_are_of_what_is_allowed(void **state)
{
    static const struct {
        const char *row, *view;
    } rows[] = {
        {"an OrderedDict", "{'z': 1, 'a': 2}"},
        {"a defaultdict", "{'a': [1]}"},
        {"a Counter", "{'a': 2, 'b': 1, 'c': 1}"},
        {"a UUID", "'12345678-9abc-def0-1234-56789abcdef0'"},
    };
    static const struct {
        const char *row, *first, *second;
    } pairs[] = {
        {"deques", "[1, 2]", "[]"},
        {"dates", "'2020-01-02'", "(1, 2, 3)"},
        {"times", "'01:02:03'", "'2020-01-02T03:04:05.000006-05:30'"},
        {"numbers", "1.50", "(1, 3)"},
    };
    pila_pickle_class failing = {"collections", "Counter", view_fails, NULL};
    pila_pickle_load_options options = {0};

    (void)state;
    options.strict = true;
    for (size_t i = 0; i < COUNT_OF(pickle_rows); i++) {
        const pickle_row *r = &pickle_rows[i];
        pila_str text = pila_str_of(r->data, r->len);
        pila_doc doc = {0};
        pila_value v;

        ROW(r->name);
        options.allow = pila_pickle_known(&options.n_allow);
        for (size_t k = 0; k < COUNT_OF(rows); k++) {
            if (strcmp(r->name, rows[k].row) != 0) continue;
            CHECK_OK(pila_pickle_loads(&doc, text, &options, &v, NULL, NULL));
            shows(v.as.items[PILA_PART_VIEW], rows[k].view);
            dumps_as(v, r->protocol, text);
        }
        for (size_t k = 0; k < COUNT_OF(pairs); k++) {
            if (strcmp(r->name, pairs[k].row) != 0) continue;
            CHECK_OK(pila_pickle_loads(&doc, text, &options, &v, NULL, NULL));
            shows(v.as.list->items[0].as.items[PILA_PART_VIEW], pairs[k].first);
            shows(v.as.list->items[1].as.items[PILA_PART_VIEW], pairs[k].second);
            dumps_as(v, r->protocol, text);
        }
        options.allow = &failing;
        options.n_allow = 1;
        if (strcmp(r->name, "a Counter") == 0)
            CHECK_INT(pila_pickle_loads(&doc, text, &options, &v, NULL, NULL),
                      PILA_EUSER + 3);
        pila_doc_done(&doc);
    }
}

static void extensions_have_a_registry(void **state)
{
    pila_pickle_extension ext = {"mod", "Cls", 300};
    pila_pickle_load_options in = {0};
    pila_pickle_dump_options to = {0};
    pila_str text = BYTES("\x80\2\x83\x2c\1.");
    pila_doc doc = {0};
    pila_pickler p;
    pila_buf out = {0};
    pila_value v;

    (void)state;
    in.extensions = to.extensions = &ext;
    in.n_extensions = to.n_extensions = 1;
    CHECK_OK(pila_pickle_loads(&doc, text, &in, &v, NULL, NULL));
    shows(v, "mod.Cls");
    CHECK_OK(pila_pickler_init(&p, 2, &to));
    CHECK_OK(pila_pickler_dumps(&p, v, &out, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out), text));
    pila_pickler_done(&p);
    CHECK_OK(loads(&doc, text, &v));
    CHECK_STATUS(pila_pickle_dumps(v, 1, &out, NULL), PILA_EVALUE);
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

static pila_status pid_of(void *ctx, pila_value v, pila_value *id)
{
    (void)ctx;
    if (pila_value_kind_of(v) == PILA_VALUE_BYTES)
        *id = pila_value_int((int64_t)pila_value_text(v).len);
    return PILA_OK;
}

static pila_status pid_load(void *ctx, pila_doc *doc, pila_value id, pila_value *out)
{
    (void)ctx;
    return pila_value_tuple(doc, &id, 1, out);
}

static void ids_stand_for_what_is_elsewhere(void **state)
{
    pila_value items[2] = {pila_value_bytes_of(pila_cstr("abc")), pila_value_none()}, v;
    pila_pickle_dump_options to = {0};
    pila_pickle_load_options in = {0};
    pila_doc doc = {0};
    pila_pickler p;
    pila_buf out = {0};

    (void)state;
    to.persistent_id = pid_of;
    in.persistent_load = pid_load;
    CHECK_OK(pila_value_tuple(&doc, items, 2, &v));
    CHECK_OK(pila_pickler_init(&p, 2, &to));
    CHECK_OK(pila_pickler_dumps(&p, v, &out, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out), BYTES("\x80\2K\3QN\x86q\0.")));
    CHECK_OK(pila_pickle_loads(&doc, pila_buf_view(&out), &in, &v, NULL, NULL));
    shows(v, "((3,), None)");
    pila_pickler_done(&p);
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

static pila_status take_large(void *ctx, pila_value v, bool *taken)
{
    *taken = pila_value_text(v).len > 3;
    if (*taken) ++*(int *)ctx;
    return PILA_OK;
}

static void buffers_are_out_of_band(void **state)
{
    pila_pickle_buffer buffers[2] = {{{"abcd", 4}, true}, {{"efgh", 4}, false}};
    pila_value items[3], v;
    pila_pickle_dump_options to = {0};
    pila_pickle_load_options in = {0};
    pila_doc doc = {0};
    pila_pickler p;
    pila_buf out = {0};
    pila_error err;
    int taken = 0;

    (void)state;
    to.buffer = take_large;
    to.ctx = &taken;
    items[0] = pila_value_bytes_of(pila_cstr("abcd"));
    CHECK_OK(pila_value_bytearray(&doc, pila_cstr("efgh"), &items[1]));
    items[2] = pila_value_bytes_of(pila_cstr("xyz"));
    CHECK_OK(pila_value_list(&doc, items, 3, &v));
    CHECK_OK(pila_pickler_init(&p, 5, &to));
    CHECK_OK(pila_pickler_dumps(&p, v, &out, NULL));
    CHECK_INT(taken, 2);
    in.buffers = buffers;
    in.n_buffers = 2;
    CHECK_OK(pila_pickle_loads(&doc, pila_buf_view(&out), &in, &v, NULL, NULL));
    shows(v, "[b'abcd', bytearray(b'efgh'), b'xyz']");
    in.n_buffers = 1;
    CHECK_STATUS(pila_pickle_loads(&doc, pila_buf_view(&out), &in, &v, NULL, &err),
                 PILA_ESYNTAX);
    CHECK_TEXT(pila_cstr(err.message), "not enough out-of-band buffers");
    CHECK_OK(loads(&doc, pila_buf_view(&out), &v));
    CHECK_STATUS(pila_pickle_dumps(v, 4, &out, &err), PILA_EVALUE);
    pila_pickler_done(&p);
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

static void a_numeral_is_a_decimal(void **state)
{
    (void)state;
    dumps_as(pila_value_numeral_of(pila_cstr("1.50")), 2,
             BYTES("\x80\2cdecimal\nDecimal\nq\0X\4\0\0\0"
                   "1.50q\1\x85q\2Rq\3."));
}

static void what_cannot_be_written_is_a_fault(void **state)
{
    pila_doc doc = {0};
    pila_buf out = {0};
    pila_value v;
    pila_error err;
    char *big = (char *)calloc(1, 2000);

    (void)state;
    CHECK_STATUS(pila_pickle_dumps(pila_value_none(), 6, &out, NULL), PILA_EVALUE);
    memset(big, 0x11, 2000);
    CHECK_OK(pila_value_from_bytes(&doc, pila_str_of(big, 2000), &v));
    CHECK_STATUS(pila_pickle_dumps(v, 1, &out, &err), PILA_EVALUE);
    CHECK(strstr(err.message, "4300 digits"));
    CHECK_OK(pila_pickle_dumps(v, 2, &out, &err));
    free(big);
    CHECK_OK(loads(&doc, BYTES("\x8c\3\xc3\xa9m\x8c\1n\x93."), &v));
    CHECK_STATUS(pila_pickle_dumps(v, 2, &out, &err), PILA_EVALUE);
    CHECK_OK(loads(&doc, BYTES("(lQ."), &v));
    CHECK_STATUS(pila_pickle_dumps(v, 0, &out, &err), PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message),
               "persistent IDs in protocol 0 must be ASCII strings");
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

/* ---- hostile pickles ---- */

typedef struct meter {
    size_t now, most;
} meter;

static void *meter_resize(void *ctx, void *p, size_t bytes)
{
    meter *m = (meter *)ctx;
    size_t *block = (size_t *)p, had = p ? block[-2] : 0;

    if (bytes > ((size_t)1 << 40)) return NULL;
    block = (size_t *)realloc(p ? block - 2 : NULL, bytes + 16);
    if (!block) return NULL;
    block[0] = bytes;
    m->now += bytes - had;
    if (m->now > m->most) m->most = m->now;
    return block + 2;
}

static void meter_release(void *ctx, void *p)
{
    if (!p) return;
    ((meter *)ctx)->now -= ((size_t *)p)[-2];
    free((size_t *)p - 2);
}

/* Load what may be hostile: so much memory and time, and no more. */
static pila_status bounded(pila_str text)
{
    meter m = {0, 0};
    pila_allocator hook = {meter_resize, meter_release, &m};
    pila_doc doc = {0};
    pila_value v;
    clock_t start = clock();

    pila_mem_hook(&hook);
    pila_status st = loads(&doc, text, &v);
    pila_doc_done(&doc);
    pila_mem_hook(NULL);
    CHECK_INT(m.now, 0);
    CHECK(m.most < (text.len <= 1024 ? (size_t)1 << 20 : 400 * text.len));
    if (text.len <= 1024) CHECK((clock() - start) * 1000 / CLOCKS_PER_SEC < 500);
    return st;
}

static void hostile_lengths(void **state)
{
    (void)state;
    ROW("memo_2^28");
    CHECK_OK(bounded(BYTES("Nr\0\0\0\x10.")));
    CHECK_OK(bounded(BYTES("Np9223372036854775806\n.")));
    ROW("binbytes8_2^62");
    CHECK_STATUS(bounded(BYTES("\x8e\0\0\0\0\0\0\0\x40"
                               "abc.")),
                 PILA_ESYNTAX);
    ROW("frame_2^62");
    CHECK_STATUS(bounded(BYTES("\x80\4\x95\0\0\0\0\0\0\0\x40N.")), PILA_ESYNTAX);
    ROW("long4_negative");
    CHECK_STATUS(bounded(BYTES("\x8b\0\0\0\x80.")), PILA_ESYNTAX);
    ROW("stack_underflow");
    CHECK_STATUS(bounded(BYTES("\x86.")), PILA_ESYNTAX);
}

static void put_memoize_mix(void **state)
{
    pila_doc doc = {0};
    pila_value v;

    (void)state;
    /* MEMOIZE takes the number of entries, which a PUT may have taken before. */
    CHECK_OK(loads(&doc, BYTES("(K\1q\1K\2\x94K\3\x94h\1l."), &v));
    shows(v, "[1, 2, 3, 3]");
    pila_doc_done(&doc);
}

static void billion_laughs(void **state)
{
    char text[700] = "K\1K\2\x86";
    size_t n = 5;
    pila_doc doc = {0};
    pila_value v;
    pila_buf out = {0};

    (void)state;
    for (int k = 0; k < 300; k++) { /* a pair of what was made before, twice */
        text[n++] = '2';
        text[n++] = (char)0x86;
    }
    text[n] = '.';
    CHECK_OK(bounded(pila_str_of(text, n + 1)));
    CHECK_OK(loads(&doc, pila_str_of(text, n + 1), &v));
    CHECK_OK(pila_pickle_dumps(v, 4, &out, NULL));
    CHECK(out.len < 3000);
    memcpy(text + n, "}2N", 3); /* a key of them costs no more than its bytes may */
    text[n] = '}';
    memmove(text + 1, text, n);
    text[0] = '}';
    memcpy(text + n + 1, "Ns.", 3);
    (void)bounded(pila_str_of(text, n + 4));
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

/* One list made into a set again and again: copied once, or for as much as was read. */
static void a_list_is_no_bomb_of_sets(void **state)
{
    char text[1024];
    size_t n = 0;

    (void)state;
    memcpy(text, "c__builtin__\nset\nq\0]q\1(", 23);
    for (n = 23; n < 423;) {
        text[n] = 'M';
        text[n + 1] = (char)(n & 0xff);
        text[n + 2] = (char)(n >> 8);
        n += 3;
    }
    text[n++] = 'e';
    while (n < 1000) {
        memcpy(text + n, "h\0h\1\x85R", 6);
        n += 6;
    }
    text[n++] = '.';
    CHECK_OK(bounded(pila_str_of(text, n)));
}

static void depth_is_bounded_by_memory_alone(void **state)
{
    enum { DEPTH = 1000000 };
    pila_buf text = {0}, out = {0};
    pila_doc doc = {0};
    pila_value v;

    (void)state;
    for (int k = 0; k < DEPTH; k++) CHECK_OK(pila_buf_add(&text, BYTES("]\x94")));
    for (int k = 1; k < DEPTH; k++) CHECK_OK(pila_buf_add_char(&text, 'a'));
    CHECK_OK(pila_buf_add_char(&text, '.'));
    CHECK_OK(loads(&doc, pila_buf_view(&text), &v));
    CHECK_OK(pila_pickle_dumps(v, 2, &out, NULL));
    pila_buf_clear(&out);
    CHECK_OK(pila_pickle_dumps(v, 5, &out, NULL));
    CHECK_OK(loads(&doc, pila_buf_view(&out), &v));
    pila_buf_clear(&text);
    for (int k = 0; k < DEPTH; k++) CHECK_OK(pila_buf_add_char(&text, '('));
    for (int k = 0; k < DEPTH; k++) CHECK_OK(pila_buf_add_char(&text, 't'));
    CHECK_OK(pila_buf_add_char(&text, '.'));
    CHECK_OK(loads(&doc, pila_buf_view(&text), &v));
    pila_buf_clear(&out);
    CHECK_OK(pila_pickle_dumps(v, 0, &out, NULL));
    pila_buf_done(&text);
    pila_buf_done(&out);
    pila_doc_done(&doc);
}

static void keys_need_a_hash(void **state)
{
    pila_doc doc = {0};
    pila_value v;
    pila_error err;

    (void)state;
    CHECK_STATUS(pila_pickle_loads(&doc, BYTES("}(K\1]\x86\x85Nu."), NULL, &v, NULL,
                                   &err),
                 PILA_ETYPE);
    CHECK_TEXT(pila_cstr(err.message), "unhashable type: 'list'");
    CHECK_OK(loads(&doc, BYTES("}cm\nC\n)RNs."), &v)); /* objects have one */
    pila_doc_done(&doc);
}

/* Random changes of good pickles: an answer, and what is read can be written. */
static void damaged_pickles_are_harmless(void **state)
{
    check_rng rng = check_rng_start();

    (void)state;
    for (int k = 0; k < 20000; k++) {
        const pickle_row *r =
            &pickle_rows[check_rng_below(&rng, COUNT_OF(pickle_rows))];
        char text[4096];
        pila_doc doc = {0};
        pila_value v;
        pila_buf out = {0};

        if (r->len > sizeof text) continue;
        memcpy(text, r->data, r->len);
        for (uint64_t n = 1 + check_rng_below(&rng, 3); n; n--)
            text[check_rng_below(&rng, r->len)] = (char)check_rng_next(&rng);
        if (loads(&doc, pila_str_of(text, r->len), &v) == PILA_OK)
            (void)!pila_pickle_dumps(v, r->protocol, &out, NULL);
        pila_buf_done(&out);
        pila_doc_done(&doc);
    }
}

/* ---- memory that runs out ---- */

static pila_status both_ways(void *ctx)
{
    const pickle_row *r = (const pickle_row *)ctx;
    pila_pickle_load_options options = {0};
    pila_doc doc = {0};
    pila_value v = pila_value_int(42);
    pila_buf out = {0};
    pila_status st;

    options.allow = pila_pickle_known(&options.n_allow);
    st =
        pila_pickle_loads(&doc, pila_str_of(r->data, r->len), &options, &v, NULL, NULL);
    if (st != PILA_OK) CHECK_INT(v.as.i, 42);
    else st = pila_pickle_dumps(v, r->protocol, &out, NULL);
    if (st != PILA_OK) CHECK_INT(out.len, 0);
    pila_buf_done(&out);
    pila_doc_done(&doc);
    return st;
}

static void allocations_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pickle_rows); i += 7) {
        pickle_row row = pickle_rows[i];

        ROW(row.name);
        check_alloc_sweep(both_ways, &row);
    }
}

/* ---- the corpora ---- */

static char *slurp(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    char *data;

    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    data = (char *)malloc(*n + 1);
    CHECK(fread(data, 1, *n, file) == *n);
    fclose(file);
    return data;
}

/* Names end in .pN.pkl, or .hand.pkl: those are of no writer. Where CPython, having
 * read a pickle, writes another one, pila writes that: str(1) is no constant there. */
static void corpora_are_written_back(void **state)
{
    const char *root = getenv("PILA_CORPORA");
    char path[1024];
    DIR *dir;
    int seen = 0;

    (void)state;
    if (!root) skip();
    snprintf(path, sizeof path, "%s/pickle/cpython311", root);
    dir = opendir(path);
    if (!dir) skip();
    for (struct dirent *e; (e = readdir(dir));) {
        const char *dot = strstr(e->d_name, ".pkl");
        size_t n = 0;
        pila_doc doc = {0};
        pila_value v;

        if (!dot) continue;
        snprintf(path, sizeof path, "%s/pickle/cpython311/%s", root, e->d_name);
        char *data = slurp(path, &n);
        ROW(e->d_name);
        CHECK_OK(loads(&doc, pila_str_of(data, n), &v));
        if (dot[-2] == 'p' && strncmp(e->d_name, "memo_300.", 9) != 0)
            dumps_as(v, dot[-1] - '0', pila_str_of(data, n));
        seen++;
        free(data);
        pila_doc_done(&doc);
    }
    closedir(dir);
    CHECK(seen > 800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cpython_wrote_is_written_back),
        cmocka_unit_test(faults_have_cpythons_words),
        cmocka_unit_test(the_offset_is_that_of_the_opcode),
        cmocka_unit_test(dicts_of_the_same_keys_are_apart),
        cmocka_unit_test(batches_have_1000_items),
        cmocka_unit_test(what_follows_a_batch_is_seen_in_order),
        cmocka_unit_test(a_sink_gets_what_dumps_makes),
        cmocka_unit_test(what_is_shared_is_written_once),
        cmocka_unit_test(a_pickler_keeps_its_memo),
        cmocka_unit_test(fast_has_no_memo_and_no_cycles),
        cmocka_unit_test(a_file_is_read_pickle_by_pickle),
        cmocka_unit_test(a_stream_may_come_in_any_pieces),
        cmocka_unit_test(borrowed_text_is_that_of_the_input),
        cmocka_unit_test(str_of_python_2_has_an_encoding),
        cmocka_unit_test(names_may_be_kept),
        cmocka_unit_test(reduce_refused),
        cmocka_unit_test(objects_are_written_back),
        cmocka_unit_test(views_are_of_what_is_allowed),
        cmocka_unit_test(extensions_have_a_registry),
        cmocka_unit_test(ids_stand_for_what_is_elsewhere),
        cmocka_unit_test(buffers_are_out_of_band),
        cmocka_unit_test(a_numeral_is_a_decimal),
        cmocka_unit_test(what_cannot_be_written_is_a_fault),
        cmocka_unit_test(hostile_lengths),
        cmocka_unit_test(put_memoize_mix),
        cmocka_unit_test(billion_laughs),
        cmocka_unit_test(a_list_is_no_bomb_of_sets),
        cmocka_unit_test(depth_is_bounded_by_memory_alone),
        cmocka_unit_test(keys_need_a_hash),
        cmocka_unit_test(damaged_pickles_are_harmless),
        cmocka_unit_test(allocations_may_fail),
        cmocka_unit_test(corpora_are_written_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
