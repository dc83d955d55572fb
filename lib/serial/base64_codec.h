/* base64_codec.h - what an encoder and a decoder are, and their kernels. Internal.
 *
 * Needs: core/iter serial/base64
 *
 * A codec turns groups of bytes into groups of characters: 3 to 4, 5 to 8, 1 to 2 or 4
 * to 5. A kernel does whole groups in a row, fast, and stops where it meets anything
 * else; what stops it, and the ends, go by the machines of base64_encode.c and
 * base64_decode.c, a group or a character at a time.
 */
#ifndef PILA_BASE64_CODEC_H
#define PILA_BASE64_CODEC_H

#include "base64.h"

enum {
    PILA__BASE64_DIGITS = 85, /* of the longest alphabet */
    PILA__BASE64_TABLE = 128,
    PILA__BASE64_GROUP = 8,   /* characters of the longest group, and bytes of output
                                 that a step of a decoder may write */
    PILA__BASE64_TABLED = 512 /* groups that pay for making tables */
};

/* What a character is to a decoder, where it is no digit. */
enum {
    PILA__BASE64_BAD = 0x80,
    PILA__BASE64_SKIP,
    PILA__BASE64_PAD,
    PILA__BASE64_Z,
    PILA__BASE64_Y,
    PILA__BASE64_TILDE
};

/* Bits a digit, 0 for base 85; bytes and characters of a group. */
typedef struct pila__base64_shape {
    unsigned char bits, bytes, chars, digits;
    const char *alphabet;
} pila__base64_shape;

/* Encodes whole groups of the n bytes, for whose text there is room at *out, and goes
 * beyond it; returns the bytes read. */
typedef size_t pila__base64_encode_kernel(const pila_base64_encoder *e,
                                          const unsigned char *in, size_t n,
                                          char **out);
/* Decodes whole groups of digits out of n characters, into room for `room` bytes, all
 * of which may be written to; returns the characters read. */
typedef size_t pila__base64_decode_kernel(const pila_base64_decoder *d,
                                          const unsigned char *in, size_t n, char *out,
                                          size_t room);

/* What an encoder has written, and what waits for more. */
typedef struct pila__base64_written {
    size_t column;
    bool begun;         /* there has been input, or the frame's begin */
    unsigned char have; /* bytes of kept */
    unsigned char kept[PILA__BASE64_GROUP];
} pila__base64_written;

struct pila_base64_encoder {
    pila__base64_shape shape;
    pila__base64_encode_kernel *kernel;
    bool padded, fill, fold_zeros, fold_spaces, adobe, lines;
    size_t width; /* characters a line, 0: any */
    pila__base64_written now;
    bool vector;                       /* the kernel needs no tables */
    bool paired;                       /* pairs has been made */
    char alphabet[PILA__BASE64_TABLE]; /* again and again, up to 64 */
    char pairs[PILA__BASE64_DIGITS * PILA__BASE64_DIGITS][2]; /* two digits at once */
};

/* What a decoder has read. */
typedef struct pila__base64_read {
    uint64_t group;      /* the digits of the group so far */
    unsigned have;       /* how many */
    size_t pads;         /* characters of padding since the last digit */
    bool padded;         /* there has been padding */
    bool over;           /* legacy: padding is whole; Ascii85: behind ~> */
    unsigned char frame; /* of Ascii85: where in it, see base64_decode.c */
    size_t at;           /* characters read */
    size_t digit_at; /* where the last digit was, or the group's first for base 85 */
    size_t pad_at;   /* where padding began, or ~ was */
    size_t bytes;    /* written, for a message */
    size_t lines, line_at;
} pila__base64_read;

struct pila_base64_decoder {
    pila__base64_shape shape;
    pila__base64_decode_kernel *kernel;
    pila_base64_codec codec;
    pila_base64_policy policy;
    bool legacy;       /* padding as CPython 3.11 takes it */
    bool validate;     /* ... when asked to validate */
    bool pad_optional; /* padding may be left out */
    bool pad_skips;    /* padding where none belongs is skipped */
    bool canonical, adobe;
    uint64_t z_word, y_word; /* groups that must have been folded; above 2^32: none */
    pila__base64_read now;
    pila_error fault;     /* its status is PILA_OK while there is none */
    bool vector;          /* the kernel needs no tables */
    bool tabled;          /* ... and these have been made */
    unsigned char alt[2]; /* base64: the characters of 62 and 63 */
    unsigned char what[256];
    union {
        uint32_t four[4][256]; /* digit k of four, shifted; 1 << 31 for no digit */
        uint64_t five[5][256]; /* times its power of 85; 1 << 40 for no digit */
    } tables;
};

PILA_BEGIN_C

extern const pila__base64_shape pila__base64_shapes[PILA_Z85 + 1];

/* Plain C, for any codec. */
size_t pila__base64_encode_plain(const pila_base64_encoder *e, const unsigned char *in,
                                 size_t n, char **out);
size_t pila__base64_decode_plain(const pila_base64_decoder *d, const unsigned char *in,
                                 size_t n, char *out, size_t room);

/* The k-th best vector kernel here, 0 being the best; NULL: there are not that many. */
pila__base64_encode_kernel *pila__base64_encode_vector(const pila_base64_encoder *e,
                                                       size_t k);
pila__base64_decode_kernel *pila__base64_decode_vector(pila_base64_decoder *d,
                                                       size_t k);

/* Kernels of the k-th best sort, 0 being the best; false: there are not that
 * many, and the plain ones are set. */
bool pila__base64_encode_kernel_at(pila_base64_encoder *e, size_t k);
bool pila__base64_decode_kernel_at(pila_base64_decoder *d, size_t k);

/* The alphabet that the options name; PILA_EVALUE where they name none that will do. */
pila_status pila__base64_alphabet(pila_base64_codec codec,
                                  const pila_base64_options *options,
                                  char alphabet[PILA__BASE64_TABLE]);

pila_status pila__base64_encoder_init(pila_base64_encoder *e, pila_base64_codec codec,
                                      const pila_base64_options *options);
pila_status pila__base64_decoder_init(pila_base64_decoder *d, pila_base64_codec codec,
                                      const pila_base64_options *options);

/* One group of bytes, of the encoder's shape, as text; returns its end. */
char *pila__base64_put_group(const pila_base64_encoder *e, const unsigned char *in,
                             char *out);

PILA_END_C

/* The number that n bytes say, the first being the highest. */
PILA_INLINE uint64_t pila__base64_number(const unsigned char *in, size_t n)
{
    uint64_t x = 0;

    for (size_t k = 0; k < n; k++) x = x << 8 | in[k];
    return x;
}

/* The n low bytes of x, the highest first; returns their end. */
PILA_INLINE char *pila__base64_put_bytes(char *out, uint64_t x, size_t n)
{
    for (size_t k = 0; k < n; k++) out[k] = (char)(x >> 8 * (n - 1 - k));
    return out + n;
}

/* The same of eight bytes and of four, which are an instruction. */
PILA_INLINE uint64_t pila__base64_load_8(const unsigned char *in)
{
    uint64_t x;

    memcpy(&x, in, sizeof x);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

PILA_INLINE uint32_t pila__base64_load_4(const unsigned char *in)
{
    uint32_t x;

    memcpy(&x, in, sizeof x);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap32(x);
#endif
    return x;
}

PILA_INLINE void pila__base64_store_8(char *out, uint64_t x)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    memcpy(out, &x, sizeof x);
}

PILA_INLINE void pila__base64_store_4(char *out, uint32_t x)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap32(x);
#endif
    memcpy(out, &x, sizeof x);
}

#endif
