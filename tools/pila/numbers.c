/* numbers.c - numbers as keys: exact, and in Python's order.
 *
 * What text is: int() of it if it is only digits, else float(). An integer of 64 bits
 * is kept as such, a longer one as its digits, which nothing here calculates with; both
 * compare with each other and with floats by their values, never through a rounded one.
 * A long integer has a double beside it for its hash, so that equal numbers hash the
 * same: 1 and 1.0 are one key, as in Python.
 *
 * A number that was read borrows the digits from its text; a copy owns them.
 *
 * Short decimal fractions are made by one exact division (Clinger, "How to read
 * floating point numbers accurately", PLDI 1990), a tenth of the time of strtod.
 */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIGITS_SHORT = 18,  /* always fit int64_t */
    TEXT_SHORT = 120,   /* bytes of a float's text that need no allocation */
    FLOAT_DIGITS = 320, /* of the largest double, and some */
    POWERS = 23         /* of ten that a double holds exactly */
};

static bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* ---- reading ---- */

static const double tens[POWERS] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* strtod, of text that ends anywhere. PILA_ESYNTAX: not all of it is a number. */
static pila_status float_of(pila_str text, double *out)
{
    char room[TEXT_SHORT + 1], *copy = room, *end;

    if (text.len > TEXT_SHORT) copy = pila_alloc(text.len + 1, 1);
    if (!copy) return PILA_ENOMEM;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *out = strtod(copy, &end);
    bool whole = text.len && end == copy + text.len;
    if (copy != room) pila_free(copy);
    return whole ? PILA_OK : PILA_ESYNTAX;
}

/* What float() takes and strtod does too: no hexadecimal digits, no "nan(...)". */
static bool float_syntax(pila_str text)
{
    for (size_t k = 0; k < text.len; k++)
        if (text.ptr[k] == 'x' || text.ptr[k] == 'X' || text.ptr[k] == '(' ||
            text.ptr[k] == '\0')
            return false;
    return text.len && !is_white(text.ptr[0]);
}

/* digits, a point, digits, of which there are few: one division of exact doubles. */
static bool float_short(pila_str text, double *out)
{
    uint64_t digits = 0;
    size_t k = 0, point = text.len;
    bool minus = text.ptr[0] == '-';

    if (text.len > 16) return false; /* at most 15 digits: below 2^53 */
    for (k = minus; k < text.len; k++) {
        if (is_digit(text.ptr[k])) digits = digits * 10 + (uint64_t)(text.ptr[k] - '0');
        else if (text.ptr[k] == '.' && point == text.len) point = k;
        else return false;
    }
    if (point == text.len || text.len - minus < 2) return false;
    double value = (double)digits / tens[text.len - point - 1];
    *out = minus ? -value : value;
    return true;
}

/* An integer of 19 digits or more, leading zeros gone. */
static pila_status long_of(pila_str digits, cli_number *out)
{
    uint64_t most = out->negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, n = 0;
    bool fits = digits.len <= 19;

    for (size_t k = 0; fits && k < digits.len; k++)
        n = n * 10 + (uint64_t)(digits.ptr[k] - '0');
    if (fits && n <= most) {
        out->kind = CLI_NUMBER_INT;
        out->small = out->negative ? (int64_t)(0 - n) : (int64_t)n;
        return PILA_OK;
    }
    out->kind = CLI_NUMBER_LONG;
    out->digits = digits;
    pila_status st = float_of(digits, &out->value);
    if (out->negative) out->value = -out->value;
    return st;
}

pila_status cli_number_parse(pila_str text, cli_number *out)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    int64_t n = 0;

    while (p < end && is_white(*p)) p++;
    while (p < end && is_white(end[-1])) end--;
    pila_str number = pila_str_of(p, (size_t)(end - p));
    memset(out, 0, sizeof *out);
    if (p == end) return PILA_ESYNTAX;
    out->negative = *p == '-';
    if (*p == '-' || *p == '+') p++;
    const char *from = p;
    for (; p < end && is_digit(*p) && p - from < DIGITS_SHORT; p++)
        n = n * 10 + (*p - '0');
    if (p == end && p > from) {
        out->kind = CLI_NUMBER_INT;
        out->small = out->negative ? -n : n;
        return PILA_OK;
    }
    while (p < end && is_digit(*p)) p++;
    if (p == end && p > from) {
        while (from < end - 1 && *from == '0') from++;
        return long_of(pila_str_of(from, (size_t)(end - from)), out);
    }
    out->kind = CLI_NUMBER_FLOAT;
    if (float_short(number, &out->value)) return PILA_OK;
    return float_syntax(number) ? float_of(number, &out->value) : PILA_ESYNTAX;
}

cli_number cli_number_of_int(int64_t n)
{
    return (cli_number){.kind = CLI_NUMBER_INT, .small = n};
}

cli_number cli_number_of_float(double x)
{
    return (cli_number){.kind = CLI_NUMBER_FLOAT, .value = x};
}

/* ---- comparing: -1, 0, 1, or CLI_UNORDERED ---- */

static int order(double a, double b) { return a < b ? -1 : a > b ? 1 : a == b ? 0 : 2; }

/* Digits without leading zeros. */
static int order_digits(pila_str a, pila_str b)
{
    if (a.len != b.len) return a.len < b.len ? -1 : 1;
    int by = memcmp(a.ptr, b.ptr, a.len);
    return by < 0 ? -1 : by > 0;
}

static int order_int_float(int64_t n, double x)
{
    if (x != x) return CLI_UNORDERED;
    if (x >= 0x1p63) return -1;
    if (x < -0x1p63) return 1;
    int64_t whole = (int64_t)x; /* towards zero */
    if (n != whole) return n < whole ? -1 : 1;
    return order(0, x - (double)whole);
}

/* A long integer is beyond every int64_t. */
static int order_long_float(const cli_number *n, double x)
{
    char digits[FLOAT_DIGITS];
    double size = n->negative ? -x : x; /* both with the sign of n taken off */
    int by = -1;

    if (x != x) return CLI_UNORDERED;
    if (size < 0x1p63) by = 1;
    else if (!isinf(size)) {
        int len = snprintf(digits, sizeof digits, "%.0f", size); /* exact */
        by = order_digits(n->digits, pila_str_of(digits, (size_t)len));
    }
    return n->negative ? -by : by;
}

static int order_longs(const cli_number *a, const cli_number *b)
{
    if (a->negative != b->negative) return a->negative ? -1 : 1;
    int by = order_digits(a->digits, b->digits);
    return a->negative ? -by : by;
}

static int reversed(int by) { return by == CLI_UNORDERED ? by : -by; }

int cli_number_compare(const cli_number *a, const cli_number *b)
{
    if (a->kind == CLI_NUMBER_INT && b->kind == CLI_NUMBER_INT)
        return a->small < b->small ? -1 : a->small > b->small;
    if (a->kind == CLI_NUMBER_FLOAT && b->kind == CLI_NUMBER_FLOAT)
        return order(a->value, b->value);
    if (a->kind == CLI_NUMBER_LONG && b->kind == CLI_NUMBER_LONG)
        return order_longs(a, b);
    if (a->kind == CLI_NUMBER_INT && b->kind == CLI_NUMBER_FLOAT)
        return order_int_float(a->small, b->value);
    if (a->kind == CLI_NUMBER_LONG && b->kind == CLI_NUMBER_FLOAT)
        return order_long_float(a, b->value);
    if (a->kind == CLI_NUMBER_LONG) return a->negative ? -1 : 1;
    return reversed(cli_number_compare(b, a));
}

/* ---- as an operand ---- */

int cli_integer(const char *name, const char *text, int64_t least, int64_t *out)
{
    cli_number n;

    if (cli_number_parse(pila_cstr(text), &n) != PILA_OK || n.kind == CLI_NUMBER_FLOAT)
        return cli_trouble(NULL, "%s: '%s' is no integer", name, text);
    if (n.kind == CLI_NUMBER_LONG)
        return cli_trouble(NULL, "%s: '%s' is too large", name, text);
    if (n.small < least) return cli_trouble(NULL, "%s: '%s' is too small", name, text);
    *out = n.small;
    return CLI_DONE;
}

/* ---- as text ---- */

pila_status cli_number_format(const cli_number *n, pila_buf *out)
{
    pila_status st = PILA_OK;

    if (n->kind == CLI_NUMBER_INT) return pila_type_repr(&pila_i64, &n->small, out);
    if (n->kind == CLI_NUMBER_FLOAT) return pila_type_repr(&pila_f64, &n->value, out);
    size_t was = out->len;
    if (n->negative) st = pila_buf_add_char(out, '-');
    if (st == PILA_OK) st = pila_buf_add(out, n->digits);
    if (st != PILA_OK) out->len = was;
    return st;
}

/* ---- the descriptor ---- */

static pila_status number_eq(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    *out = cli_number_compare(a, b) == 0;
    return PILA_OK;
}

static pila_status number_less(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    *out = cli_number_compare(a, b) == -1;
    return PILA_OK;
}

static pila_status number_hash(void *ctx, const void *item, uint64_t *out)
{
    const cli_number *n = item;
    double x = n->value;

    (void)ctx;
    if (n->kind == CLI_NUMBER_INT) return pila_type_hash(&pila_i64, &n->small, out);
    if (x >= -0x1p63 && x < 0x1p63 && x == (double)(int64_t)x) {
        int64_t whole = (int64_t)x;
        return pila_type_hash(&pila_i64, &whole, out);
    }
    return pila_type_hash(&pila_f64, &x, out);
}

static pila_status number_copy(void *ctx, void *out, const void *item)
{
    cli_number copy = *(const cli_number *)item;

    (void)ctx;
    if (copy.kind == CLI_NUMBER_LONG) {
        char *own = pila_alloc(copy.digits.len, 1);
        if (!own) return PILA_ENOMEM;
        memcpy(own, copy.digits.ptr, copy.digits.len);
        copy.digits.ptr = copy.owned = own;
    }
    *(cli_number *)out = copy;
    return PILA_OK;
}

static void number_drop(void *ctx, void *item)
{
    (void)ctx;
    pila_free(((cli_number *)item)->owned);
}

static pila_status number_repr(void *ctx, const void *item, pila_buf *out)
{
    (void)ctx;
    return cli_number_format(item, out);
}

const pila_type cli_number_type = {.kind = PILA_KIND_OTHER,
                                   .size = sizeof(cli_number),
                                   .align = PILA_ALIGNOF(cli_number),
                                   .name = "int | float",
                                   .hash = number_hash,
                                   .eq = number_eq,
                                   .less = number_less,
                                   .copy = number_copy,
                                   .drop = number_drop,
                                   .repr = number_repr};
