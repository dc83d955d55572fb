/* fuzz_struct.c - any format and any data: what is unpacked is packed again, by C
 * structs and by values alike, and no count costs memory.
 *
 * The input is how it is cut up, a byte that says how long the format is, the format,
 * and data. A model that goes through the packed record byte by byte says which bytes
 * packing must give back.
 */
#include "fuzz.h"

#include <pila/serial/struct.h>

enum { MOST_SIZE = 1 << 12, MOST_RECORDS = 9, MOST_RECORD = 16 * MOST_SIZE + 4096 };

static char records[MOST_RECORD * (MOST_RECORDS + 1)];
static char model[MOST_SIZE * MOST_RECORDS];

/* A half that is a NaN has lost its payload, and so has a float that was signalling. */
static bool has_nan(const pila_struct_op *op, const char *from, bool host)
{
    for (size_t k = 0; k < op->count * (op->code == 'F' || op->code == 'D' ? 2 : 1);
         k++) {
        unsigned char b[8];
        for (size_t j = 0; j < op->wide; j++)
            b[host == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? j : op->wide - 1 - j] =
                (unsigned char)from[k * op->wide + j];
        if (op->wide == 2 && (b[0] & 0x7c) == 0x7c) return true;
        if (op->wide == 4 && (b[0] & 0x7f) == 0x7f && b[1] & 0x80) return true;
    }
    return false;
}

/* What a record is packed to again; false: it has a NaN. */
static bool expected(const pila_struct *s, const char *from, char *to)
{
    bool known = true;

    memset(to, 0, s->size);
    for (size_t k = 0; k < s->ops; k++) {
        const pila_struct_op *op = &s->op[k];
        const char *in = from + op->at;
        size_t n = op->count * op->wide, head = op->code == 'p' && n;
        if (op->code == 'F' || op->code == 'D') n *= 2;
        if (op->code == 'x' && !FUZZ_PLANTED) continue;
        if (strchr("efdFD", op->code)) known = known && !has_nan(op, in, s->host);
        if (head && (unsigned char)*in < n - 1) n = 1 + (size_t)(unsigned char)*in;
        memcpy(to + op->at, in, n);
        if (head) to[op->at] = (char)(n - 1 < 255 ? n - 1 : 255);
        for (size_t j = 0; op->code == '?' && j < n; j++) to[op->at + j] = in[j] != 0;
    }
    return known;
}

static void by_structs(const pila_struct *s, pila_str data, bool known, fuzz_in *arms)
{
    size_t n = data.len / s->size;
    pila_buf out = {0};

    FUZZ_CHECK(s->record_size <= MOST_RECORD);
    memset(records, 0xa5, (n + 1) * s->record_size);
    FUZZ_CHECK(pila_struct_unpack_many(s, data, records, NULL) == PILA_OK);
    for (size_t k = 0; k < s->record_size; k++)
        FUZZ_CHECK((unsigned char)records[n * s->record_size + k] == 0xa5);
    fuzz_arm(arms);
    if (!fuzz_starved(pila_struct_pack(s, records, n, &out, NULL))) {
        FUZZ_CHECK(out.len == data.len);
        FUZZ_CHECK(!known || memcmp(out.data, model, out.len) == 0);
    }
    pila_buf_done(&out);
    fuzz_arm(arms);
    pila_iter it = pila_struct_iter_unpack(s, data, NULL);
    if (!fuzz_starved(it.status))
        for (size_t k = 0; k < n; k++) FUZZ_CHECK(pila_next_item(&it));
    FUZZ_CHECK(!pila_next_item(&it));
    pila_iter_drop(&it);
}

static void by_values(const pila_struct *s, pila_str data, bool known, fuzz_in *arms)
{
    pila_buf out = {0};
    size_t at = 0, n;

    fuzz_arm(arms);
    pila_iter it = pila_struct_iter_unpack_values(s, data, NULL, NULL);
    PILA_FOR(pila_value, row, &it) {
        const pila_value *values = pila_value_data(*row, &n);
        FUZZ_CHECK(n == s->items);
        out.len = 0;
        pila_status st = pila_struct_pack_values(s, values, n, &out, NULL);
        if (st == PILA_ENOMEM) break;
        FUZZ_CHECK(st == PILA_OK && out.len == s->size);
        FUZZ_CHECK(!known || memcmp(out.data, model + at, out.len) == 0);
        at += out.len;
    }
    bool starved = fuzz_starved(it.status);
    FUZZ_CHECK(starved || it.status == PILA_OK || at == data.len);
    pila_iter_drop(&it);
    pila_buf_done(&out);
}

/* Into and from a buffer at any offset: what is no fault has touched the record only.
 */
static void at_offset(const pila_struct *s, pila_str data, ptrdiff_t offset)
{
    static char buffer[MOST_SIZE * MOST_RECORDS];
    ptrdiff_t at = offset < 0 ? offset + (ptrdiff_t)data.len : offset;
    bool fits = at >= 0 && (size_t)at <= data.len && data.len - (size_t)at >= s->size;
    pila_error err;

    memcpy(buffer, data.ptr, data.len);
    pila_status st = pila_struct_unpack_from(s, data, offset, records, &err);
    FUZZ_CHECK(st == (fits ? PILA_OK : PILA_EVALUE));
    if (!fits) memset(records, 0, s->record_size);
    FUZZ_CHECK(fits || (err.status == st && err.offset <= data.len));
    FUZZ_CHECK(pila_struct_pack_into(s, records, buffer, data.len, offset, NULL) == st);
    for (size_t k = 0; k < data.len; k++)
        if (!fits || k < (size_t)at || k - (size_t)at >= s->size)
            FUZZ_CHECK(buffer[k] == data.ptr[k]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    pila_error err = {0};
    size_t measured = 0;
    pila_struct s;

    fuzz_start();
    fuzz_in arms = in;
    in.p += size < 4 ? size : 4;
    size_t len = fuzz_byte(&in);
    ptrdiff_t offset = (int8_t)fuzz_byte(&in);
    if (len > (size_t)(in.end - in.p)) len = (size_t)(in.end - in.p);
    pila_str format = pila_str_of((const char *)in.p, len);
    in.p += len;
    pila_str rest = pila_str_of((const char *)in.p, (size_t)(in.end - in.p));

    pila_status st = pila_struct_calcsize(format, &measured, &err);
    FUZZ_CHECK(st == PILA_OK || (err.offset <= len && err.message[0]));
    fuzz_arm(&arms);
    pila_status made = pila_struct_init(&s, format, NULL);
    if (!fuzz_starved(made)) {
        FUZZ_CHECK(made == st);
        if (st == PILA_OK) {
            FUZZ_CHECK(s.size == measured && s.ops <= 2 * len);
            if (s.size && s.size <= MOST_SIZE && rest.len) {
                size_t n = rest.len / s.size;
                bool known = true;
                rest.len = (n < MOST_RECORDS ? n : MOST_RECORDS) * s.size;
                for (size_t k = 0; k < rest.len; k += s.size)
                    known = expected(&s, rest.ptr + k, model + k) && known;
                by_structs(&s, rest, known, &arms);
                by_values(&s, rest, known, &arms);
                at_offset(&s, rest, offset);
            }
            pila_struct_done(&s);
        }
    }
    fuzz_stop();
    return 0;
}
