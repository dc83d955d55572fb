/* hmac.c - hmac: keyed digests, and bytes compared in constant time. */
#include "values.h"

#include <pila/serial/hmac.h>

static pila_hmac it, kept; /* empty until made */

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

static void finish(void)
{
    pila_hmac_done(&it);
    pila_hmac_done(&kept);
    value_forget();
}

static void say_bytes(pila_status st, pila_buf *out)
{
    if (st == PILA_OK) say_hex("b", pila_buf_view(out));
    else say_status(st);
    pila_buf_done(out);
}

/* Enough of a digest to tell it from others. */
static void say_shown(const pila_hmac *h)
{
    pila_buf out = {0};

    if (!h->evp) {
        say_null();
        return;
    }
    sure(pila_hmac_hexdigest(h, &out), pila_value_none());
    say_text(out.data, 16);
    pila_buf_done(&out);
}

static void say_state(void)
{
    say_open('[');
    say_shown(&it);
    say_shown(&kept);
    say_close(']');
}

static pila_str text_arg(const json *op, size_t k)
{
    return pila_value_text(arg_value(op, k));
}

static void new_hmac(const json *op)
{
    pila_hmac made;
    pila_status st = pila_hmac_init(&made, text_arg(op, 1), text_arg(op, 2), NULL);

    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    pila_hmac_done(&it);
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
    say_status(pila_hmac_update(&it, text_arg(op, 1)));
}

static void digest(const json *op)
{
    pila_buf out = {0};

    (void)op;
    say_bytes(pila_hmac_digest(&it, &out), &out);
}

static void hexdigest(const json *op)
{
    pila_buf out = {0};

    (void)op;
    say_repr(pila_hmac_hexdigest(&it, &out), &out);
    pila_buf_done(&out);
}

static void finish_hmac(const json *op)
{
    pila_buf out = {0};

    (void)op;
    say_bytes(pila_hmac_finish(&it, &out), &out);
}

static void copy(const json *op)
{
    (void)op;
    pila_hmac_done(&kept);
    say_status(pila_hmac_copy(&it, &kept));
}

static void swap(const json *op)
{
    pila_hmac was = it;

    (void)op;
    it = kept;
    kept = was;
    say_null();
}

static void reset(const json *op)
{
    (void)op;
    say_status(pila_hmac_reset(&it));
}

static void once(const json *op)
{
    pila_buf out = {0};

    say_bytes(pila_hmac_once(text_arg(op, 1), text_arg(op, 2), text_arg(op, 3), &out,
                             NULL),
              &out);
}

static void compare_digest(const json *op)
{
    say_bool(pila_hmac_compare_digest(text_arg(op, 1), text_arg(op, 2)));
}

static const operation operations[] = {{"new", new_hmac},
                                       {"update", update},
                                       {"digest", digest},
                                       {"hexdigest", hexdigest},
                                       {"finish", finish_hmac},
                                       {"copy", copy},
                                       {"swap", swap},
                                       {"reset", reset},
                                       {"once", once},
                                       {"compare_digest", compare_digest},
                                       {NULL, NULL}};

const module hmac_module = {"hmac", operations, true, begin, say_state, finish};
