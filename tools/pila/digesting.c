/* digesting.c - one object for a digest of any algorithm: hash, HMAC or checksum.
 *
 * An object that is used again for the same algorithm, message after message, allocates
 * nothing. A name that check.c does not know is asked of OpenSSL as it is.
 */
#include "hashing.h"

#include <pila/serial/checksum.h>

#include <stdlib.h>
#include <string.h>

/* ---- digests ---- */

static bool same(const cli_algorithm *a, const cli_algorithm *b)
{
    return a->sums == b->sums && a->name == b->name && a->bytes == b->bytes;
}

static pila_status init(cli_digester *d, pila_error *why)
{
    const cli_algorithm *a = &d->of;
    pila_hashlib_options options;

    if (a->sums == CLI_CRC) return PILA_OK;
    if (a->sums == CLI_HMAC)
        return pila_hmac_init(&d->mac, a->key, pila_cstr(a->name), why);
    memset(&options, 0, sizeof options);
    if (a->chosen && a->most <= PILA_HASHLIB_MOST) /* no SHAKE */
        options.digest_size = (int64_t)a->bytes;
    return pila_hashlib_init(&d->hash, pila_cstr(a->name), &options, why);
}

static pila_status again(cli_digester *d)
{
    if (d->of.sums == CLI_CRC)
        d->sum = d->of.name[0] == 'a' ? PILA_ADLER32_START : PILA_CRC32_START;
    else if (d->used)
        return d->of.sums == CLI_HMAC ? pila_hmac_reset(&d->mac)
                                      : pila_hashlib_reset(&d->hash);
    return PILA_OK;
}

pila_status cli_digester_begin(cli_digester *d, const cli_algorithm *a, pila_error *why)
{
    pila_status st = PILA_OK;

    if (!d->of.name || !same(&d->of, a)) {
        cli_digester_done(d);
        d->of = *a;
        st = init(d, why);
        if (st != PILA_OK) memset(d, 0, sizeof *d);
    }
    if (st == PILA_OK) st = again(d);
    d->used = false;
    return st;
}

pila_status cli_digester_update(cli_digester *d, pila_str data)
{
    d->used = true;
    if (d->of.sums == CLI_HASH) return pila_hashlib_update(&d->hash, data);
    if (d->of.sums == CLI_HMAC) return pila_hmac_update(&d->mac, data);
    d->sum =
        d->of.name[0] == 'a' ? pila_adler32(d->sum, data) : pila_crc32(d->sum, data);
    return PILA_OK;
}

static pila_status finish(cli_digester *d, pila_buf *out)
{
    char big[4];

    if (d->of.sums == CLI_HMAC) return pila_hmac_finish(&d->mac, out);
    if (d->of.sums == CLI_HASH)
        return pila_hashlib_finish(&d->hash, d->hash.xof ? d->of.bytes : 0, out);
    for (int k = 0; k < 4; k++) big[k] = (char)(d->sum >> (24 - 8 * k));
    return pila_buf_add(out, pila_str_of(big, 4));
}

/* The digest goes behind the room for its hex, which then grows over it from the left:
 * two digits never reach a byte that is still to be read. */
pila_status cli_digester_finish(cli_digester *d, pila_buf *hex)
{
    static const char digits[] = "0123456789abcdef";
    size_t from = hex->len, n = d->of.bytes;
    pila_status st = pila_buf_reserve(hex, 2 * n);

    if (st != PILA_OK) return st;
    hex->len += n;
    st = finish(d, hex);
    if (st == PILA_OK && hex->len != from + 2 * n) st = PILA_EVALUE;
    if (st != PILA_OK) {
        hex->len = from;
        return st;
    }
    d->used = false;
    for (size_t k = 0; k < n; k++) {
        unsigned char c = (unsigned char)hex->data[from + n + k];
        hex->data[from + 2 * k] = digits[c >> 4];
        hex->data[from + 2 * k + 1] = digits[c & 15];
    }
    return PILA_OK;
}

void cli_digester_done(cli_digester *d)
{
    if (d->of.name && d->of.sums == CLI_HASH) pila_hashlib_done(&d->hash);
    if (d->of.name && d->of.sums == CLI_HMAC) pila_hmac_done(&d->mac);
    memset(d, 0, sizeof *d);
}

/* ---- by name ---- */

/* Whether it is there, and of what OpenSSL alone knows the bytes. */
static int probe(cli_algorithm *a, bool known)
{
    cli_digester d = {0};
    pila_error why;
    pila_status st = cli_digester_begin(&d, a, &why);

    if (st == PILA_OK && a->sums == CLI_HASH && !a->bytes)
        a->bytes = d.hash.digest_size;
    if (st == PILA_OK && a->sums == CLI_HMAC) a->bytes = d.mac.digest_size;
    cli_digester_done(&d);
    if (st == PILA_OK) return CLI_DONE;
    if (st == PILA_ENOMEM) return cli_trouble_status(NULL, st);
    if (cli_crypto_missing()) return cli_trouble(NULL, "%s", cli_crypto_missing());
    const char *near = known ? NULL : cli_nearest(a->name, cli_algorithm_name_at, NULL);
    return cli_trouble(NULL, "--algorithm: %s%s%s%s", why.message,
                       near ? "; did you mean " : "", near ? near : "",
                       near ? "?" : "");
}

int cli_algorithm_find(cli_algorithm *a, cli_sums sums, const char *name, int64_t bits,
                       pila_str key)
{
    cli_algorithm other = {sums, name, 0, 0, false, key};
    int64_t said = -1;

    if (!cli_algorithm_named(a, sums, name, &said)) {
        *a = other;
        return probe(a, false);
    }
    a->key = key;
    if (said >= 0) bits = said;
    if (bits > 0 && a->most && sums == CLI_HASH) {
        if (bits % 8) return cli_trouble(NULL, "--length: no multiple of 8");
        if (!cli_algorithm_resize(a, (size_t)(bits / 8)))
            return cli_trouble(NULL, "--length: at most %zu bits of %s", 8 * a->most,
                               a->name);
    }
    return probe(a, true);
}
