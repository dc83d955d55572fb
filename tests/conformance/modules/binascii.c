/* binascii.c - binascii: hexadecimal, uuencode, quoted-printable, base64, checksums. */
#include "values.h"

#include <pila/serial/binascii.h>
#include <pila/serial/checksum.h>

static pila_status begin(const json *request)
{
    (void)request;
    return PILA_OK;
}

static pila_str text_arg(const json *op, size_t k)
{
    return pila_value_text(arg_value(op, k));
}

static bool flag_arg(const json *op, size_t k, bool otherwise)
{
    return has_arg(op, k) ? arg(op, k)->kind == JSON_TRUE : otherwise;
}

/* The bytes, or binascii.Error with its text. */
static void say_made(pila_status st, pila_buf *out, const pila_error *err)
{
    if (st == PILA_OK) say_hex("b", pila_buf_view(out));
    else if (st == PILA_ESYNTAX) say_exception("Error", err->message);
    else say_status(st);
    pila_buf_done(out);
}

static void hexlify(const json *op)
{
    pila_buf out = {0};
    pila_status st =
        pila_hexlify(text_arg(op, 1), text_arg(op, 2), arg_index(op, 3, 1), &out);

    say_made(st, &out, NULL);
}

static void unhexlify(const json *op)
{
    pila_buf out = {0};
    pila_error err;
    pila_status st = pila_unhexlify(text_arg(op, 1), text_arg(op, 2), &out, &err);

    say_made(st, &out, &err);
}

static void a2b_uu(const json *op)
{
    pila_buf out = {0};
    pila_error err;
    pila_status st = pila_a2b_uu(text_arg(op, 1), &out, &err);

    say_made(st, &out, &err);
}

/* The one fault there is, in CPython's words. */
static void b2a_uu(const json *op)
{
    pila_buf out = {0};
    pila_status st = pila_b2a_uu(text_arg(op, 1), flag_arg(op, 2, false), &out);
    pila_error err = {.message = "At most 45 bytes at once"};

    say_made(st == PILA_EVALUE ? PILA_ESYNTAX : st, &out, &err);
}

static void a2b_qp(const json *op)
{
    pila_buf out = {0};
    pila_status st = pila_a2b_qp(text_arg(op, 1), flag_arg(op, 2, false), &out);

    say_made(st, &out, NULL);
}

static void b2a_qp(const json *op)
{
    pila_buf out = {0};
    pila_status st = pila_b2a_qp(text_arg(op, 1), flag_arg(op, 2, false),
                                 flag_arg(op, 3, true), flag_arg(op, 4, false), &out);

    say_made(st, &out, NULL);
}

static void a2b_base64(const json *op)
{
    pila_buf out = {0};
    pila_error err;
    pila_status st =
        pila_a2b_base64(text_arg(op, 1), flag_arg(op, 2, false), &out, &err);

    say_made(st, &out, &err);
}

static void b2a_base64(const json *op)
{
    pila_buf out = {0};
    pila_status st = pila_b2a_base64(text_arg(op, 1), flag_arg(op, 2, true), &out);

    say_made(st, &out, NULL);
}

static void crc_hqx(const json *op)
{
    say_int(pila_crc_hqx((uint16_t)arg_int(op, 2, 0), text_arg(op, 1)));
}

static void crc32(const json *op)
{
    say_int(pila_crc32((uint32_t)arg_int(op, 2, 0), text_arg(op, 1)));
}

static const operation operations[] = {{"hexlify", hexlify},
                                       {"unhexlify", unhexlify},
                                       {"a2b_uu", a2b_uu},
                                       {"b2a_uu", b2a_uu},
                                       {"a2b_qp", a2b_qp},
                                       {"b2a_qp", b2a_qp},
                                       {"a2b_base64", a2b_base64},
                                       {"b2a_base64", b2a_base64},
                                       {"crc_hqx", crc_hqx},
                                       {"crc32", crc32},
                                       {NULL, NULL}};

const module binascii_module = {"binascii", operations, true,
                                begin,      say_null,   value_forget};
