/* late_crypto.c - OpenSSL, loaded when it is first called.
 *
 * A program that is linked with libcrypto pays for it at each start: 0.7 ms of a whole
 * millisecond, whatever the command. So pila is not linked with it. Here are the
 * functions of OpenSSL that lib/serial calls, by their own names; each goes to the
 * real one, which is looked for in the library at the first call of any.
 *
 * A function that lib/serial calls and that is not in the table is a symbol that the
 * linker does not find: the build fails. One that is written here otherwise than
 * OpenSSL's headers have it is a conflict that the compiler finds. The names are
 * hidden, so the library, when it is there, does not call back into this file.
 *
 * Where there is no library a function answers what it answers when it fails; the
 * command then asks cli_crypto_missing, and says so.
 */
#include "hashing.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#pragma GCC visibility push(hidden)
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/opensslv.h>
#include <openssl/params.h>

#define TEXT_OF(x) #x
#define LIBRARY_OF(version) "libcrypto.so." TEXT_OF(version)
#define LIBRARY LIBRARY_OF(OPENSSL_SHLIB_VERSION)

/* clang-format off */
/* X: what it answers, and where it can't be called; its name, parameters, arguments.
 * V: the same where it answers nothing. */
#define FUNCTIONS(X, V)                                                                  \
    V(OPENSSL_cleanse, (void *p, size_t n), (p, n))                                      \
    X(OSSL_LIB_CTX *, NULL, OSSL_LIB_CTX_get0_global_default, (void), ())                \
    X(int, 0, OPENSSL_atexit, (void (*f)(void)), (f))                                    \
    X(int, 1, CRYPTO_memcmp, (const void *a, const void *b, size_t n), (a, b, n))        \
    X(int, 0, ERR_set_mark, (void), ())                                                  \
    X(int, 0, ERR_pop_to_mark, (void), ())                                               \
    X(unsigned long, 0, ERR_peek_last_error, (void), ())                                 \
    X(const char *, NULL, ERR_lib_error_string, (unsigned long why), (why))              \
    X(const char *, NULL, ERR_reason_error_string, (unsigned long why), (why))           \
    X(const char *, NULL, OBJ_nid2ln, (int nid), (nid))                                  \
    X(EVP_MD *, NULL, EVP_MD_fetch,                                                      \
      (OSSL_LIB_CTX *in, const char *name, const char *like), (in, name, like))          \
    X(int, 0, EVP_MD_up_ref, (EVP_MD *md), (md))                                         \
    V(EVP_MD_free, (EVP_MD *md), (md))                                                   \
    X(const char *, NULL, EVP_MD_get0_name, (const EVP_MD *md), (md))                    \
    X(int, 0, EVP_MD_get_type, (const EVP_MD *md), (md))                                 \
    X(int, 0, EVP_MD_get_size, (const EVP_MD *md), (md))                                 \
    X(int, 0, EVP_MD_get_block_size, (const EVP_MD *md), (md))                           \
    X(unsigned long, 0, EVP_MD_get_flags, (const EVP_MD *md), (md))                      \
    X(EVP_MD_CTX *, NULL, EVP_MD_CTX_new, (void), ())                                    \
    V(EVP_MD_CTX_free, (EVP_MD_CTX *h), (h))                                             \
    X(int, 0, EVP_MD_CTX_copy_ex, (EVP_MD_CTX *out, const EVP_MD_CTX *h), (out, h))      \
    X(int, 0, EVP_DigestInit_ex2,                                                        \
      (EVP_MD_CTX *h, const EVP_MD *md, const OSSL_PARAM *how), (h, md, how))            \
    X(int, 0, EVP_DigestUpdate, (EVP_MD_CTX *h, const void *p, size_t n), (h, p, n))     \
    X(int, 0, EVP_DigestFinal_ex,                                                        \
      (EVP_MD_CTX *h, unsigned char *out, unsigned *n), (h, out, n))                     \
    X(int, 0, EVP_DigestFinalXOF, (EVP_MD_CTX *h, unsigned char *out, size_t n),         \
      (h, out, n))                                                                       \
    X(int, 0, EVP_Digest,                                                                \
      (const void *p, size_t n, unsigned char *out, unsigned *size, const EVP_MD *md,    \
       ENGINE *e),                                                                       \
      (p, n, out, size, md, e))                                                          \
    X(EVP_MAC *, NULL, EVP_MAC_fetch,                                                    \
      (OSSL_LIB_CTX *in, const char *name, const char *like), (in, name, like))          \
    V(EVP_MAC_free, (EVP_MAC *mac), (mac))                                               \
    X(EVP_MAC_CTX *, NULL, EVP_MAC_CTX_new, (EVP_MAC *mac), (mac))                       \
    X(EVP_MAC_CTX *, NULL, EVP_MAC_CTX_dup, (const EVP_MAC_CTX *h), (h))                 \
    V(EVP_MAC_CTX_free, (EVP_MAC_CTX *h), (h))                                           \
    X(int, 0, EVP_MAC_init,                                                              \
      (EVP_MAC_CTX *h, const unsigned char *key, size_t n, const OSSL_PARAM *how),       \
      (h, key, n, how))                                                                  \
    X(int, 0, EVP_MAC_update, (EVP_MAC_CTX *h, const unsigned char *p, size_t n),        \
      (h, p, n))                                                                         \
    X(int, 0, EVP_MAC_final,                                                             \
      (EVP_MAC_CTX *h, unsigned char *out, size_t *n, size_t room), (h, out, n, room))   \
    X(OSSL_PARAM, none, OSSL_PARAM_construct_end, (void), ())                            \
    X(OSSL_PARAM, none, OSSL_PARAM_construct_utf8_string,                                \
      (const char *key, char *text, size_t n), (key, text, n))                           \
    X(int, 0, PKCS5_PBKDF2_HMAC,                                                         \
      (const char *pass, int length, const unsigned char *salt, int salts, int times,    \
       const EVP_MD *md, int n, unsigned char *out),                                     \
      (pass, length, salt, salts, times, md, n, out))                                    \
    X(int, 0, EVP_PBE_scrypt,                                                            \
      (const char *pass, size_t length, const unsigned char *salt, size_t salts,         \
       uint64_t cost, uint64_t r, uint64_t p, uint64_t most, unsigned char *out,         \
       size_t n),                                                                        \
      (pass, length, salt, salts, cost, r, p, most, out, n))
/* clang-format on */

static const OSSL_PARAM none;

/* ---- where the real ones are ---- */

#define NUMBER(type, otherwise, name, params, args) AT_##name,
#define NUMBER_VOID(name, params, args) AT_##name,
enum { FUNCTIONS(NUMBER, NUMBER_VOID) COUNT };

static void *real[COUNT];
static const char *missing;
static const char no_memory[] = "out of memory";

static void load(void)
{
#define NAME(type, otherwise, name, params, args) #name,
#define NAME_VOID(name, params, args) #name,
    static const char *const names[] = {FUNCTIONS(NAME, NAME_VOID)};
    OSSL_LIB_CTX *(*begin)(void);

    errno = 0;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL); /* kept to the end */
    if (!library) missing = errno == ENOMEM ? no_memory : LIBRARY " is not there";
    for (size_t k = 0; k < COUNT && !missing; k++)
        if (!(real[k] = dlsym(library, names[k]))) missing = LIBRARY " is another one";
    if (missing) return;
    /* where it can't begin, its other functions would crash */
    memcpy(&begin, &real[AT_OSSL_LIB_CTX_get0_global_default], sizeof begin);
    if (!begin()) missing = no_memory;
}

const char *cli_crypto_missing(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, load);
    return missing;
}

/* ---- the functions ---- */

#define FORWARD(type, otherwise, name, params, args)                                   \
    type name params                                                                   \
    {                                                                                  \
        type(*call) params;                                                            \
        if (cli_crypto_missing()) return otherwise;                                    \
        memcpy(&call, &real[AT_##name], sizeof call);                                  \
        return call args;                                                              \
    }
#define FORWARD_VOID(name, params, args)                                               \
    void name params                                                                   \
    {                                                                                  \
        void(*call) params;                                                            \
        if (cli_crypto_missing()) return;                                              \
        memcpy(&call, &real[AT_##name], sizeof call);                                  \
        call args;                                                                     \
    }

FUNCTIONS(FORWARD, FORWARD_VOID)
#pragma GCC visibility pop
