/* base64_openssl.c - EVP_EncodeBlock and EVP_DecodeBlock, the fastest that libcrypto
 * has.
 */
#include "base64.h"

#include <openssl/evp.h>

static size_t encode(const char *data, size_t n, char *out)
{
    return (size_t)EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)data,
                                   (int)n);
}

static size_t decode(const char *text, size_t n, char *out)
{
    int len =
        EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)text, (int)n);

    /* It leaves padding on. */
    for (size_t k = n; k > 0 && text[k - 1] == '='; k--) len--;
    return (size_t)len;
}

const base64_peer base64_openssl = {"OpenSSL EVP", NULL, encode, decode};
