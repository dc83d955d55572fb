/* hashlib.c - hashlib: digests by name, their parameters, keys made from passwords. */
#include "values.h"

#include <pila/serial/hashlib.h>

static pila_hashlib it, kept; /* empty until made */

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

static void finish(void)
{
    pila_hashlib_done(&it);
    pila_hashlib_done(&kept);
    value_forget();
}

/* The text of a fault, but where it is OpenSSL's own in CPython. */
static void say_fault(pila_status st, const pila_error *err, bool told)
{
    if (told) say_exception(pila_status_exception(st), err->message);
    else say_status(st);
}

static void say_bytes(pila_status st, pila_buf *out)
{
    if (st == PILA_OK) say_hex("b", pila_buf_view(out));
    else say_status(st);
    pila_buf_done(out);
}

/* Enough of a digest to tell it from others. */
static void say_shown(const pila_hashlib *h)
{
    pila_buf out = {0};

    if (!h->name) {
        say_null();
        return;
    }
    sure(pila_hashlib_hexdigest(h, h->xof ? 8 : 0, &out), pila_value_none());
    say_text(out.data, out.len < 16 ? out.len : 16);
    pila_buf_done(&out);
}

static void say_state(void)
{
    say_open('[');
    say_shown(&it);
    say_shown(&kept);
    say_close(']');
}

/* ---- options ---- */

typedef struct wanted {
    pila_hashlib_options options;
    pila_blake2_tree tree;
} wanted;

static void set_option(wanted *w, const char *name, pila_value x)
{
    const struct {
        const char *name;
        int64_t *set;
    } numbers[] = {{"digest_size", &w->options.digest_size},
                   {"fanout", &w->tree.fanout},
                   {"depth", &w->tree.depth},
                   {"leaf_size", &w->tree.leaf_size},
                   {"node_depth", &w->tree.node_depth},
                   {"inner_size", &w->tree.inner_size}};

    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        if (strcmp(name, numbers[k].name) == 0) {
            *numbers[k].set = x.as.i;
            if (k) w->options.tree = &w->tree;
        }
    if (strcmp(name, "key") == 0) w->options.key = pila_value_text(x);
    if (strcmp(name, "salt") == 0) w->options.salt = pila_value_text(x);
    if (strcmp(name, "person") == 0) w->options.person = pila_value_text(x);
    if (strcmp(name, "usedforsecurity") == 0)
        w->options.not_for_security = !pila_value_truth(x);
    if (strcmp(name, "node_offset") == 0) {
        w->tree.node_offset = (uint64_t)x.as.i;
        w->options.tree = &w->tree;
    }
    if (strcmp(name, "last_node") == 0) {
        w->tree.last_node = pila_value_truth(x);
        w->options.tree = &w->tree;
    }
}

static void options_of(const json *options, wanted *w)
{
    memset(w, 0, sizeof *w);
    w->tree.fanout = w->tree.depth = 1;
    for (const json *j = json_get(options, "d")->first; j; j = j->next)
        set_option(w, json_at(j, 0)->text, value_of(json_at(j, 1)));
}

static pila_str name_of(const json *op, size_t k)
{
    return pila_str_of(arg(op, k)->text, arg(op, k)->len);
}

/* ---- one hash ---- */

static void new_hash(const json *op)
{
    wanted w;
    pila_error err;
    pila_hashlib made;

    options_of(arg(op, 2), &w);
    pila_status st = pila_hashlib_init(&made, name_of(op, 1), &w.options, &err);
    if (st != PILA_OK) {
        say_fault(st, &err, true);
        return;
    }
    pila_hashlib_done(&it);
    it = made;
    say_map("t");
    say_open('[');
    say_text(it.name, strlen(it.name));
    say_int((int64_t)it.digest_size);
    say_int((int64_t)it.block_size);
    say_close(']');
    say_close('}');
}

static void update(const json *op)
{
    say_status(pila_hashlib_update(&it, pila_value_text(arg_value(op, 1))));
}

static void digest(const json *op)
{
    pila_buf out = {0};

    say_bytes(pila_hashlib_digest(&it, (size_t)arg_int(op, 1, 0), &out), &out);
}

static void hexdigest(const json *op)
{
    pila_buf out = {0};
    pila_status st = pila_hashlib_hexdigest(&it, (size_t)arg_int(op, 1, 0), &out);

    say_repr(st, &out);
    pila_buf_done(&out);
}

static void finish_hash(const json *op)
{
    pila_buf out = {0};

    say_bytes(pila_hashlib_finish(&it, (size_t)arg_int(op, 1, 0), &out), &out);
}

static void copy(const json *op)
{
    (void)op;
    pila_hashlib_done(&kept);
    say_status(pila_hashlib_copy(&it, &kept));
}

static void swap(const json *op)
{
    pila_hashlib was = it;

    (void)op;
    it = kept;
    kept = was;
    say_null();
}

static void reset(const json *op)
{
    (void)op;
    say_status(pila_hashlib_reset(&it));
}

static void once(const json *op)
{
    wanted w;
    pila_buf out = {0};
    pila_error err;

    options_of(arg(op, 2), &w);
    w.options.length = (size_t)arg_int(op, 4, 0);
    pila_status st = pila_hashlib_once(name_of(op, 1), &w.options,
                                       pila_value_text(arg_value(op, 3)), &out, &err);
    if (st == PILA_OK) say_bytes(st, &out);
    else say_fault(st, &err, true);
}

static void guaranteed(const json *op)
{
    (void)op;
    say_all(pila_hashlib_algorithms_guaranteed());
}

/* ---- several, of data in pieces, and of a file that holds it ---- */

enum { EACH = 3 };

static pila_status all_of(const json *op, pila_hashlib *h, size_t *n)
{
    pila_hashlib_options how = {.length = 8};
    pila_status st = PILA_OK;

    *n = 0;
    for (const json *j = arg(op, 1)->first; st == PILA_OK && j; j = j->next)
        st = pila_hashlib_init(&h[(*n)++], pila_str_of(j->text, j->len), &how, NULL);
    return st;
}

static pila_status by_update(const json *op, pila_hashlib *h, size_t n)
{
    pila_status st = PILA_OK;

    for (const json *j = arg(op, 2)->first; st == PILA_OK && j; j = j->next)
        st = pila_hashlib_update_each(h, n, pila_value_text(value_of(j)));
    return st;
}

static pila_status by_iterator(const json *op, pila_hashlib *h, size_t n)
{
    pila_str all[8];
    size_t k = 0;

    for (const json *j = arg(op, 2)->first; j; j = j->next)
        all[k++] = pila_value_text(value_of(j));
    return pila_hashlib_update_from(h, n, pila_span(all, k, &pila_view));
}

static pila_status by_file(const json *op, pila_hashlib *h, size_t n)
{
    FILE *file = tmpfile();

    if (!file) abort();
    for (const json *j = arg(op, 2)->first; j; j = j->next) {
        pila_str data = pila_value_text(value_of(j));
        if (fwrite(data.ptr, 1, data.len, file) != data.len) abort();
    }
    rewind(file);
    pila_status st = pila_hashlib_file_digest(h, n, file);
    fclose(file);
    return st;
}

/* By each way, if all say the same. */
static void each(const json *op)
{
    pila_status (*const ways[])(const json *, pila_hashlib *,
                                size_t) = {by_update, by_iterator, by_file};
    pila_buf first = {0}, out = {0};

    for (size_t way = 0; way < 3; way++) {
        pila_hashlib h[EACH] = {{0}};
        size_t n;
        pila_status st = all_of(op, h, &n);
        out.len = 0;
        if (st == PILA_OK) st = ways[way](op, h, n);
        for (size_t k = 0; st == PILA_OK && k < n; k++) {
            st = pila_hashlib_hexdigest(&h[k], 0, &out);
            out.len = 16 * (k + 1);
        }
        if (st != PILA_OK ||
            (way && !pila_str_eq(pila_buf_view(&first), pila_buf_view(&out))))
            first.len = 0;
        if (st == PILA_OK && !way)
            sure(pila_buf_add(&first, pila_buf_view(&out)), pila_value_none());
        for (size_t k = 0; k < n; k++) pila_hashlib_done(&h[k]);
    }
    say_open('[');
    for (size_t k = 0; k < first.len; k += 16) say_text(first.data + k, 16);
    say_close(']');
    pila_buf_done(&first);
    pila_buf_done(&out);
}

/* ---- keys ---- */

static void pbkdf2_hmac(const json *op)
{
    pila_buf out = {0};
    pila_error err;
    pila_status st =
        pila_hashlib_pbkdf2_hmac(name_of(op, 1), pila_value_text(arg_value(op, 2)),
                                 pila_value_text(arg_value(op, 3)), arg_int(op, 4, 0),
                                 arg_int(op, 5, PILA_DKLEN_NONE), &out, &err);

    if (st == PILA_OK) say_bytes(st, &out);
    else say_fault(st, &err, strstr(err.message, "must be") || st == PILA_EOVERFLOW);
}

static void scrypt(const json *op)
{
    pila_scrypt cost = {(uint64_t)arg_int(op, 3, 0), (uint64_t)arg_int(op, 4, 0),
                        (uint64_t)arg_int(op, 5, 0), arg_int(op, 6, 0)};
    pila_buf out = {0};
    pila_error err;
    pila_status st = pila_hashlib_scrypt(pila_value_text(arg_value(op, 1)),
                                         pila_value_text(arg_value(op, 2)), &cost,
                                         arg_int(op, 7, 0), &out, &err);

    if (st == PILA_OK) say_bytes(st, &out);
    else say_fault(st, &err, !strstr(err.message, "memory limit"));
}

static const operation operations[] = {{"new", new_hash},
                                       {"update", update},
                                       {"digest", digest},
                                       {"hexdigest", hexdigest},
                                       {"finish", finish_hash},
                                       {"copy", copy},
                                       {"swap", swap},
                                       {"reset", reset},
                                       {"once", once},
                                       {"each", each},
                                       {"guaranteed", guaranteed},
                                       {"pbkdf2_hmac", pbkdf2_hmac},
                                       {"scrypt", scrypt},
                                       {NULL, NULL}};

const module hashlib_module = {"hashlib", operations, true, begin, say_state, finish};
