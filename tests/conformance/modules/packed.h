/* packed.h - data by recipe, and what is said of data; ../packed.py says how.
 */
#ifndef CONFORMANCE_MODULES_PACKED_H
#define CONFORMANCE_MODULES_PACKED_H

#include "../adapter.h"

#include <pila/core/iter.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h> /* the judge's own: no answer rests on pila's checksums */

/* ---- bytes of a case ---- */

typedef struct packed_block {
    struct packed_block *next;
} packed_block;

static packed_block *packed_blocks; /* until the case is over */

static char *packed_room(size_t n)
{
    packed_block *made = malloc(sizeof *made + n + 1);

    if (!made) abort();
    made->next = packed_blocks;
    packed_blocks = made;
    return (char *)(made + 1);
}

static void packed_forget(void)
{
    while (packed_blocks) {
        packed_block *next = packed_blocks->next;
        free(packed_blocks);
        packed_blocks = next;
    }
}

static pila_str packed_hex(const char *hex, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *out = packed_room(n / 2);

    for (size_t k = 0; k < n / 2; k++)
        out[k] = (char)((strchr(digits, hex[2 * k]) - digits) << 4 |
                        (strchr(digits, hex[2 * k + 1]) - digits));
    return pila_str_of(out, n / 2);
}

static unsigned packed_step(unsigned *seed)
{
    *seed = (*seed * 1103515245u + 12345u) & 0x7fffffffu;
    return *seed >> 16;
}

static void packed_words(char *out, size_t n, unsigned seed)
{
#define WORD(text)                                                                     \
    {                                                                                  \
        text, sizeof text - 1                                                          \
    }
    static const pila_str words[16] = {WORD("spam"),       WORD("eggs"),
                                       WORD(" and "),      WORD("bacon"),
                                       WORD("\n"),         WORD("the quick brown fox "),
                                       WORD("lorem "),     WORD("ipsum"),
                                       WORD("0123456789"), WORD("a"),
                                       WORD("bb"),         WORD("ccc"),
                                       WORD("\0\0\0\0"),   WORD("<tag>"),
                                       WORD("</tag>\n"),   WORD("sausage, ")};
#undef WORD
    size_t at = 0;

    while (at < n) {
        pila_str word = words[packed_step(&seed) & 15];
        size_t m = word.len < n - at ? word.len : n - at;
        memcpy(out + at, word.ptr, m);
        at += m;
    }
}

/* The bytes of a recipe; NULL for null. */
static pila_str packed_data(const json *j)
{
    const json *hex = json_get(j, "b"), *recipe = json_get(j, "t");

    if (hex) return packed_hex(hex->text, hex->len);
    if (!recipe) return pila_str_of(NULL, 0);
    size_t n = (size_t)json_at(recipe, 2)->number;
    unsigned seed = (unsigned)json_at(recipe, 1)->number;
    char *out = packed_room(n);
    if (json_is(recipe->first, "words")) packed_words(out, n, seed);
    else if (json_is(recipe->first, "same")) memset(out, (int)seed, n);
    else
        for (size_t k = 0; k < n; k++) out[k] = (char)packed_step(&seed);
    return pila_str_of(out, n);
}

static pila_str arg_data(const json *op, size_t k) { return packed_data(arg(op, k)); }

/* The chunks of some size that data is cut into: an array of them. */
static pila_str *packed_split(pila_str data, size_t size, size_t *n)
{
    *n = (data.len + size - 1) / size;
    pila_str *chunks = (pila_str *)(void *)packed_room((*n + 1) * sizeof *chunks);

    for (size_t k = 0; k < *n; k++) {
        size_t at = k * size, left = data.len - at;
        chunks[k] = pila_str_of(data.ptr + at, left < size ? left : size);
    }
    return chunks;
}

/* ---- answers ---- */

static uint32_t packed_crc(uint32_t before, pila_str data)
{
    if (data.len == 0) return before; /* zlib takes NULL for a question */
    return (uint32_t)crc32_z(before, (const Bytef *)data.ptr, data.len);
}

static void say_hex(pila_str data)
{
    char *text = packed_room(2 * data.len);

    for (size_t k = 0; k < data.len; k++)
        snprintf(text + 2 * k, 3, "%02x", (unsigned char)data.ptr[k]);
    say_open('{');
    say_key("b");
    say_text(text, 2 * data.len);
    say_close('}');
}

/* Short data as it is, other by its length and its CRC. */
static void say_data(pila_str data)
{
    if (data.len <= 24) {
        say_hex(data);
        return;
    }
    say_open('{');
    say_key("t");
    say_open('[');
    say_int((int64_t)data.len);
    say_int((int64_t)packed_crc(0, data));
    say_close(']');
    say_close('}');
}

/* An exception by its name, with what it says. */
static void say_raised(const char *name, const char *text)
{
    say_open('{');
    say_key("err");
    say_text(name, strlen(name));
    say_key("says");
    say_text(text, strlen(text));
    say_close('}');
}

static bool begins_with(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* A header and a trailer, side by side. */
static void say_ends(pila_str out, size_t head, size_t tail)
{
    char *both = packed_room(head + tail);

    if (out.len < head + tail) {
        say_error("no whole stream");
        return;
    }
    memcpy(both, out.ptr, head);
    memcpy(both + head, out.ptr + out.len - tail, tail);
    say_hex(pila_str_of(both, head + tail));
}

/* ---- chunks ---- */

static pila_iter packed_chunks(const json *op)
{
    size_t n;
    pila_str *chunks = packed_split(arg_data(op, 1), (size_t)arg_int(op, 2, 1), &n);

    return pila_span(chunks, n, &pila_view);
}

static pila_status packed_gather(pila_iter *it, pila_buf *out)
{
    pila_status st = PILA_OK;

    while (st == PILA_OK && pila_iter_ready(it)) {
        st = pila_buf_add(out, *(const pila_str *)(const void *)it->cur);
        pila_iter_skip(it, 1);
    }
    if (st == PILA_OK) st = pila_iter_outcome(it);
    pila_iter_drop(it);
    return st;
}

/* ---- the bytes themselves ---- */

static uint32_t packed_signed; /* of all pieces of a case */

static void packed_sign(pila_str piece)
{
    char length[32];
    int n = snprintf(length, sizeof length, "%zu;", piece.len);

    packed_signed = packed_crc(packed_signed, pila_str_of(length, (size_t)n));
    packed_signed = packed_crc(packed_signed, piece);
}

static void say_signed(const json *op)
{
    say_bool(!json_is(arg(op, 1), zlibVersion()) ||
             arg(op, 2)->number == (int64_t)packed_signed);
}

#endif
