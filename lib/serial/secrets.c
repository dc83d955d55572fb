/* secrets.c - see secrets.h.
 *
 * Bytes are the kernel's, asked for at each call, straight into where they are wanted:
 * a generator of our own, or a pool, would have to be cleared in a child process, and
 * could be read out of memory. getrandom waits only while the machine has just started.
 * It may be interrupted, and may give less than was asked for beyond 256 bytes. Where
 * there is none, or a filter forbids it, /dev/urandom is read, which must be a device.
 *
 * Numbers below a bound are drawn with as many bits as the bound needs, and drawn again
 * when they are too large, which more than half of them are not. A remainder would
 * prefer small numbers.
 *
 * Text is made in place: the bytes stand at the end of its room, and what is written
 * from its start never overtakes what is read.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- bytes ---- */

static pila_status secrets_read(int fd, char *into, size_t n)
{
    while (n) {
        ssize_t got = read(fd, into, n);
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) errno = EIO; /* a device that ends is none */
        if (got <= 0) return PILA_EIO;
        into += got;
        n -= (size_t)got;
    }
    return PILA_OK;
}

static pila_status secrets_device(char *into, size_t n)
{
    struct stat is;
    int fd;

    do fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return PILA_EIO;
    pila_status st = PILA_EIO;
    if (fstat(fd, &is) == 0) {
        if (S_ISCHR(is.st_mode)) st = secrets_read(fd, into, n);
        else errno = ENODEV;
    }
    int error = errno;
    close(fd);
    errno = error;
    return st;
}

static pila_status secrets_fill(void *into, size_t n)
{
    char *at = (char *)into;

    while (n) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == ENOSYS || errno == EPERM))
            return secrets_device(at, n);
        if (got <= 0) return PILA_EIO;
        at += got;
        n -= (size_t)got;
    }
    return PILA_OK;
}

/* n random bytes at the end of `room` bytes of out, whose length stays as it is. */
static pila_status secrets_draw(size_t n, size_t room, pila_buf *out)
{
    pila_status st = room ? pila_buf_reserve(out, room) : PILA_OK;

    return st == PILA_OK && n ? secrets_fill(out->data + out->len + (room - n), n) : st;
}

/* ---- tokens ---- */

pila_status pila_secrets_token_bytes(size_t n, pila_buf *out)
{
    pila_status st = secrets_draw(n, n, out);

    if (st == PILA_OK) out->len += n;
    return st;
}

pila_status pila_secrets_token_hex(size_t n, pila_buf *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t room;
    pila_status st = pila_mul(n, 2, &room) ? secrets_draw(n, room, out) : PILA_ELIMIT;

    if (st != PILA_OK || n == 0) return st;
    char *to = out->data + out->len;
    for (const char *from = to + n; n; n--) {
        unsigned char byte = (unsigned char)*from++;
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
    out->len += room;
    return PILA_OK;
}

/* Up to three bytes as one character more than they are. */
static char *secrets_sextets(char *to, const char *from, size_t n)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned word = 0;

    for (size_t k = 0; k < 3; k++)
        word = word << 8 | (k < n ? (unsigned char)from[k] : 0u);
    for (size_t k = 0; k <= n; k++) *to++ = alphabet[word >> (18 - 6 * k) & 63];
    return to;
}

pila_status pila_secrets_token_urlsafe(size_t n, pila_buf *out)
{
    size_t room;
    bool fits = pila_add(n, n / 3 + (n % 3 != 0), &room);
    pila_status st = fits ? secrets_draw(n, room, out) : PILA_ELIMIT;

    if (st != PILA_OK || n == 0) return st;
    char *to = out->data + out->len;
    const char *from = to + (room - n);
    for (; n; n -= n < 3 ? n : 3, from += 3)
        to = secrets_sextets(to, from, n < 3 ? n : 3);
    out->len += room;
    return PILA_OK;
}

/* ---- numbers ---- */

pila_status pila_secrets_randbits(size_t k, uint64_t *out)
{
    uint64_t x;

    if (k > 64) return PILA_EOVERFLOW;
    pila_status st = secrets_fill(&x, sizeof x);
    if (st == PILA_OK) *out = k ? x >> (64 - k) : 0;
    return st;
}

pila_status pila_secrets_randbits_big(size_t k, pila_buf *out)
{
    size_t n = k / 8 + (k % 8 != 0);
    pila_status st = secrets_draw(n, n, out);

    if (st != PILA_OK || n == 0) return st;
    unsigned char *first = (unsigned char *)out->data + out->len;
    if (k % 8) *first = (unsigned char)(*first >> (8 - k % 8));
    out->len += n;
    return PILA_OK;
}

pila_status pila_secrets_randbelow(uint64_t upper, uint64_t *out)
{
    uint64_t x;

    if (upper == 0) return PILA_EVALUE;
    size_t bits = upper > 1 ? 64 - (size_t)__builtin_clzll(upper - 1) : 0;
    do {
        pila_status st = pila_secrets_randbits(bits, &x);
        if (st != PILA_OK) return st;
    } while (x >= upper);
    *out = x;
    return PILA_OK;
}

pila_status pila_secrets_randbelow_big(pila_str upper, pila_buf *out)
{
    size_t zeros = 0;

    while (zeros < upper.len && upper.ptr[zeros] == 0) zeros++;
    size_t n = upper.len - zeros; /* bytes that count */
    if (n == 0) return PILA_EVALUE;
    pila_status st = pila_buf_reserve(out, upper.len);
    if (st != PILA_OK) return st;
    unsigned char *at = (unsigned char *)out->data + out->len + zeros;
    int spare = __builtin_clz((unsigned char)upper.ptr[zeros]) - 24;
    do {
        st = secrets_fill(at, n);
        if (st != PILA_OK) return st;
        *at = (unsigned char)(*at >> spare);
    } while (memcmp(at, upper.ptr + zeros, n) >= 0);
    memset(out->data + out->len, 0, zeros);
    out->len += upper.len;
    return PILA_OK;
}

pila_status pila_secrets_choice(size_t n, size_t *index)
{
    uint64_t x;
    pila_status st = n ? pila_secrets_randbelow(n, &x) : PILA_EEMPTY;

    if (st == PILA_OK) *index = (size_t)x;
    return st;
}
