/* test_hashlib.c - the promises of hashlib.h. Rows of what CPython says are in
 * hashlib_rows.h; NIST's and BLAKE2's vectors are in the corpora, where PILA_CORPORA
 * names them.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/provider.h>

#include <pila/serial/hashlib.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

typedef struct algorithm_row {
    const char *name;
    size_t digest_size, block_size;
    const char *abc, *chain;
    int guaranteed;
} algorithm_row;

typedef struct spelling_row {
    const char *spelling, *name; /* NULL: there is none */
} spelling_row;

typedef struct blake2_row {
    int small;
    int64_t size;
    size_t key, salt, person;
    int tree;
    int64_t fanout, depth, leaf;
    uint64_t offset;
    int64_t node_depth, inner;
    int last;
    size_t n;
    const char *digest;
} blake2_row;

typedef struct wrong_row {
    int small;
    unsigned bits;
    pila_status want;
    const char *message;
} wrong_row;

typedef struct pbkdf2_row {
    const char *name;
    size_t password, salt;
    int64_t iterations, dklen;
    pila_status want;
    const char *text; /* the key, or the message */
} pbkdf2_row;

typedef struct scrypt_row {
    size_t password, salt;
    uint64_t n, r, p;
    int64_t maxmem, dklen;
    pila_status want;
    const char *text;
} scrypt_row;

#include "hashlib_rows.h"

/* ---- helpers ---- */

static char data[5000]; /* as hashlib_rows.py has it */

static pila_str bytes(size_t n) { return pila_str_of(data, n); }

static pila_str bytes_from(size_t at, size_t n) { return pila_str_of(data + at, n); }

static int fill_data(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof data; k++) data[k] = (char)(31 * k + 7);
    return 0;
}

static pila_hashlib_options shake_options(void)
{
    pila_hashlib_options o = {.length = SHAKE_BYTES};

    return o;
}

static pila_hashlib make(const char *name)
{
    pila_hashlib_options o = shake_options();
    pila_hashlib h;

    CHECK_OK(pila_hashlib_init(&h, pila_cstr(name), &o, NULL));
    return h;
}

static void unhex(const char *text, pila_buf *out)
{
    unsigned byte;

    out->len = 0;
    for (; *text > ' '; text += 2) {
        CHECK_INT(sscanf(text, "%2x", &byte), 1);
        CHECK_OK(pila_buf_add_char(out, (char)byte));
    }
}

static void check_hex(pila_str got, const char *want)
{
    pila_buf raw = {0};

    unhex(want, &raw);
    CHECK_INT(got.len, raw.len);
    CHECK(pila_str_eq(got, pila_buf_view(&raw)));
    pila_buf_done(&raw);
}

/* What one hash of all of it says. */
static void check_same(const pila_hashlib *h, const char *name, pila_str all)
{
    pila_hashlib_options o = shake_options();
    pila_buf got = {0}, want = {0};

    CHECK_OK(pila_hashlib_digest(h, 0, &got));
    CHECK_OK(pila_hashlib_once(pila_cstr(name), &o, all, &want, NULL));
    CHECK(pila_str_eq(pila_buf_view(&got), pila_buf_view(&want)));
    pila_buf_done(&got);
    pila_buf_done(&want);
}

/* ---- many threads ask first ---- */

static void *ask_all(void *failed)
{
    for (size_t k = 0; k < COUNT_OF(algorithm_rows); k++) {
        pila_hashlib_options o = shake_options();
        pila_buf out = {0};
        pila_str name = pila_cstr(algorithm_rows[k].name);
        if (pila_hashlib_once(name, &o, pila_cstr("abc"), &out, NULL))
            *(int *)failed = 1;
        pila_buf_done(&out);
    }
    return NULL;
}

static void threads_may_ask_at_once(void **state)
{
    pthread_t thread[8];
    int failed[8] = {0};

    (void)state;
    for (size_t k = 0; k < 8; k++)
        CHECK_INT(pthread_create(&thread[k], NULL, ask_all, &failed[k]), 0);
    for (size_t k = 0; k < 8; k++) {
        pthread_join(thread[k], NULL);
        CHECK_INT(failed[k], 0);
    }
}

/* ---- algorithms ---- */

/* The chain of a row: the SHA-256 of 300 digests, each made in one of four ways. */
static void check_chain(const algorithm_row *row, size_t way)
{
    pila_hashlib h = make(row->name), chain = make("sha256"), other;
    pila_hashlib_options o = shake_options();
    pila_buf out = {0};

    for (size_t n = 0; n < 300; n++) {
        size_t cut = n * (way + 1) / 7;
        out.len = 0;
        if (way == 0)
            CHECK_OK(pila_hashlib_once(pila_cstr(row->name), &o, bytes(n), &out, NULL));
        else {
            CHECK_OK(pila_hashlib_update(&h, bytes(cut)));
            if (way == 1) CHECK_OK(pila_hashlib_digest(&h, 0, &out));
            CHECK_OK(pila_hashlib_copy(&h, &other));
            CHECK_OK(pila_hashlib_update(&other, bytes_from(cut, n - cut)));
            out.len = 0;
            if (way == 1) CHECK_OK(pila_hashlib_digest(&other, 0, &out));
            if (way == 2) CHECK_OK(pila_hashlib_finish(&other, 0, &out));
            pila_hashlib_done(&other);
            if (way == 3) CHECK_OK(pila_hashlib_update(&h, bytes_from(cut, n - cut)));
            if (way == 3) CHECK_OK(pila_hashlib_finish(&h, 0, &out));
            else CHECK_OK(pila_hashlib_reset(&h));
        }
        CHECK_OK(pila_hashlib_update(&chain, pila_buf_view(&out)));
    }
    out.len = 0;
    CHECK_OK(pila_hashlib_hexdigest(&chain, 0, &out));
    CHECK_TEXT(pila_buf_view(&out), row->chain);
    pila_hashlib_done(&h);
    pila_hashlib_done(&chain);
    pila_buf_done(&out);
}

static void digests_are_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(algorithm_rows); k++) {
        const algorithm_row *row = &algorithm_rows[k];
        pila_buf out = {0};
        pila_hashlib h;

        ROW(row->name);
        CHECK_OK(pila_hashlib_init(&h, pila_cstr(row->name), NULL, NULL));
        CHECK_TEXT(pila_cstr(h.name), row->name);
        CHECK_INT(h.digest_size, row->digest_size);
        CHECK_INT(h.block_size, row->block_size);
        CHECK_INT(h.xof, row->digest_size == 0);
        CHECK_OK(pila_hashlib_update(&h, pila_cstr("abc")));
        CHECK_OK(pila_hashlib_hexdigest(&h, h.xof ? SHAKE_BYTES : 0, &out));
        CHECK_TEXT(pila_buf_view(&out), row->abc);
        for (size_t way = 0; way < 4; way++) check_chain(row, way);
        pila_hashlib_done(&h);
        pila_hashlib_done(&h);
        pila_buf_done(&out);
    }
    ROW(NULL);
}

static void names_may_be_openssls(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(spelling_rows); k++) {
        const spelling_row *row = &spelling_rows[k];
        char want[400];
        pila_error err;
        pila_hashlib h;

        ROW(row->spelling);
        pila_status st = pila_hashlib_init(&h, pila_cstr(row->spelling), NULL, &err);
        CHECK_STATUS(st, row->name ? PILA_OK : PILA_EVALUE);
        if (row->name) {
            CHECK_TEXT(pila_cstr(h.name), row->name);
            pila_hashlib_done(&h);
        } else if (strlen(row->spelling) < 100) {
            snprintf(want, sizeof want, "unsupported hash type %s", row->spelling);
            CHECK_TEXT(pila_cstr(err.message), want);
        }
        CHECK_INT(ERR_peek_error(), 0); /* nothing is left behind */
    }
    ROW(NULL);
    CHECK_STATUS(pila_hashlib_once(pila_str_of("sha1\0x", 6), NULL, bytes(0), NULL,
                                   NULL),
                 PILA_EVALUE);
}

static void names_can_be_listed(void **state)
{
    pila_iter all = pila_hashlib_algorithms_available();
    pila_iter sure = pila_hashlib_algorithms_guaranteed();

    (void)state;
    for (size_t k = 0; k < COUNT_OF(algorithm_rows); k++) {
        const pila_str *name = pila_next(&all, sizeof *name);
        ROW(algorithm_rows[k].name);
        CHECK(name);
        CHECK_TEXT(*name, algorithm_rows[k].name);
        if (!algorithm_rows[k].guaranteed) continue;
        name = pila_next(&sure, sizeof *name);
        CHECK(name);
        CHECK_TEXT(*name, algorithm_rows[k].name);
    }
    ROW(NULL);
    CHECK(!pila_next_item(&all) && all.status == PILA_END);
    CHECK(!pila_next_item(&sure) && sure.status == PILA_END);
    pila_iter_drop(&all);
    pila_iter_drop(&sure);
}

static void what_is_not_for_security_is_the_same(void **state)
{
    pila_hashlib_options o = {.not_for_security = true};
    pila_buf out = {0};

    (void)state;
    CHECK_OK(pila_hashlib_once(pila_cstr("md5"), &o, pila_cstr("abc"), &out, NULL));
    check_hex(pila_buf_view(&out), "900150983cd24fb0d6963f7d28e17f72");
    CHECK_STATUS(pila_hashlib_once(pila_cstr("foo"), &o, bytes(0), &out, NULL),
                 PILA_EVALUE);
    pila_buf_done(&out);
}

/* The last test: what it loads stays in the process. */
static void legacy_algorithms_need_their_provider(void **state)
{
    pila_error err;
    pila_buf out = {0};

    (void)state;
    CHECK_STATUS(pila_hashlib_once(pila_cstr("md4"), NULL, pila_cstr("abc"), &out,
                                   &err),
                 PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message),
               "OpenSSL's legacy provider is not loaded: unsupported hash type md4");
    CHECK_INT(out.len, 0);
#if defined(RUNNING_ON_VALGRIND)
    if (RUNNING_ON_VALGRIND) skip(); /* what dlopen keeps */
#endif
    OSSL_PROVIDER *legacy = OSSL_PROVIDER_try_load(NULL, "legacy", 1);
    if (!legacy) skip();
    CHECK_OK(pila_hashlib_once(pila_cstr("md4"), NULL, pila_cstr("abc"), &out, &err));
    check_hex(pila_buf_view(&out), "a448017aaf21d8525fc10ae87aa6729d");
    pila_hashlib h = make("whirlpool");
    CHECK_TEXT(pila_cstr(h.name), "whirlpool");
    CHECK_INT(h.digest_size, 64);
    pila_hashlib_done(&h);
    OSSL_PROVIDER_unload(legacy);
    pila_buf_done(&out);
}

/* ---- digests ---- */

static void a_shake_has_any_length(void **state)
{
    pila_hashlib h;
    pila_buf out = {0}, longer = {0};
    pila_hashlib_options five = {.length = 5};

    (void)state;
    CHECK_OK(pila_hashlib_init(&h, pila_cstr("shake_256"), NULL, NULL));
    CHECK_OK(pila_hashlib_update(&h, bytes(100)));
    CHECK_OK(pila_hashlib_digest(&h, 0, &out));
    CHECK_OK(pila_hashlib_hexdigest(&h, 0, &out));
    CHECK_INT(out.len, 0);
    CHECK_OK(pila_hashlib_digest(&h, 3000, &longer));
    for (size_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
        out.len = 0;
        CHECK_OK(pila_hashlib_digest(&h, n, &out));
        CHECK(pila_str_eq(pila_buf_view(&out), pila_str_of(longer.data, n)));
    }
    CHECK_STATUS(pila_hashlib_hexdigest(&h, SIZE_MAX, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_hashlib_digest(&h, SIZE_MAX, &out), PILA_ELIMIT);
    out.len = 0;
    CHECK_OK(pila_hashlib_finish(&h, 7, &out));
    CHECK(pila_str_eq(pila_buf_view(&out), pila_str_of(longer.data, 7)));
    CHECK_OK(pila_hashlib_finish(&h, 0, &out)); /* of nothing, to nowhere */
    CHECK_INT(out.len, 7);
    pila_hashlib_done(&h);
    out.len = 0;
    CHECK_OK(pila_hashlib_once(pila_cstr("shake_256"), &five, bytes(100), &out, NULL));
    CHECK(pila_str_eq(pila_buf_view(&out), pila_str_of(longer.data, 5)));
    CHECK_OK(pila_hashlib_once(pila_cstr("shake_256"), NULL, bytes(100), &out, NULL));
    CHECK_INT(out.len, 5);
    pila_buf_done(&out);
    pila_buf_done(&longer);
}

static void others_have_one(void **state)
{
    pila_hashlib_options keyed = {.key = {"k", 1}};
    pila_buf out = {0};

    (void)state;
    for (int own = 0; own < 2; own++) {
        pila_hashlib h;
        CHECK_OK(
            pila_hashlib_init(&h, pila_cstr("blake2b"), own ? &keyed : NULL, NULL));
        CHECK_STATUS(pila_hashlib_digest(&h, 64, &out), PILA_ETYPE);
        CHECK_STATUS(pila_hashlib_hexdigest(&h, 1, &out), PILA_ETYPE);
        CHECK_STATUS(pila_hashlib_finish(&h, 1, &out), PILA_ETYPE);
        CHECK_INT(out.len, 0);
        pila_hashlib_done(&h);
    }
    pila_buf_done(&out);
}

static void a_digest_is_appended_or_nothing(void **state)
{
    pila_buf out = {.cap = 20};
    pila_hashlib h = make("sha256");
    pila_error err;

    (void)state;
    CHECK_OK(pila_hashlib_update(&h, bytes(10)));
    CHECK_OK(pila_buf_add(&out, pila_cstr("abc")));
    CHECK_STATUS(pila_hashlib_digest(&h, 0, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_hashlib_hexdigest(&h, 0, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_hashlib_finish(&h, 0, &out), PILA_ELIMIT);
    CHECK_STATUS(pila_hashlib_once(pila_cstr("sha256"), NULL, bytes(0), &out, &err),
                 PILA_ELIMIT);
    CHECK_STATUS(pila_hashlib_pbkdf2_hmac(pila_cstr("sha1"), bytes(1), bytes(1), 1, 18,
                                          &out, &err),
                 PILA_ELIMIT);
    pila_scrypt cheap = {2, 1, 1, 0};
    CHECK_STATUS(pila_hashlib_scrypt(bytes(1), bytes(1), &cheap, 18, &out, &err),
                 PILA_ELIMIT);
    CHECK_STATUS(err.status, PILA_ELIMIT);
    CHECK_TEXT(pila_buf_view(&out), "abc");
    check_same(&h, "sha256", bytes(10)); /* the hash is as it was */
    out.cap = 0;
    CHECK_OK(pila_hashlib_hexdigest(&h, 0, &out));
    CHECK_INT(out.len, 3 + 64);
    pila_hashlib_done(&h);
    pila_buf_done(&out);
}

/* Several hashes and what each has seen, any order of calls. False: they differ, as
 * they must where the model is made wrong for the planted-th digest. */
static bool random_run(long steps, long planted)
{
    static const char *const names[] = {"md5",       "sha1",    "sha3_512",
                                        "shake_128", "blake2b", "blake2s"};
    enum { HASHES = 12 };
    pila_hashlib h[HASHES];
    pila_buf seen[HASHES] = {{0}}, got = {0}, want = {0};
    pila_hashlib_options o[HASHES];
    check_rng rng = check_rng_start();
    long digests = 0;
    bool same = true;

    for (size_t k = 0; k < HASHES; k++) {
        memset(&o[k], 0, sizeof o[k]);
        o[k].length = SHAKE_BYTES;
        if (k >= 10) o[k].key = bytes(k);
        CHECK_OK(pila_hashlib_init(&h[k], pila_cstr(names[k % 6]), &o[k], NULL));
    }
    for (long step = 0; step < steps && same; step++) {
        size_t k = check_rng_below(&rng, HASHES), n = check_rng_below(&rng, 300);
        size_t other = (k + 6) % HASHES;
        pila_str piece = bytes_from(check_rng_below(&rng, 4000), n);
        switch (check_rng_below(&rng, 8)) {
        case 0:
            CHECK_OK(pila_hashlib_reset(&h[k]));
            seen[k].len = 0;
            break;
        case 1: /* of one algorithm, and one may have a key where the other has none */
            pila_hashlib_done(&h[other]);
            CHECK_OK(pila_hashlib_copy(&h[k], &h[other]));
            o[other] = o[k];
            seen[other].len = 0;
            CHECK_OK(pila_buf_add(&seen[other], pila_buf_view(&seen[k])));
            break;
        case 2:
        case 3:
            got.len = want.len = 0;
            if (++digests == planted) CHECK_OK(pila_buf_add_char(&seen[k], 'x'));
            CHECK_OK(pila_hashlib_once(pila_cstr(names[k % 6]), &o[k],
                                       pila_buf_view(&seen[k]), &want, NULL));
            if (n % 2) CHECK_OK(pila_hashlib_digest(&h[k], 0, &got));
            else {
                CHECK_OK(pila_hashlib_finish(&h[k], 0, &got));
                seen[k].len = 0;
            }
            same = pila_str_eq(pila_buf_view(&got), pila_buf_view(&want));
            break;
        default:
            CHECK_OK(pila_hashlib_update(&h[k], piece));
            CHECK_OK(pila_buf_add(&seen[k], piece));
        }
    }
    for (size_t k = 0; k < HASHES; k++) {
        pila_hashlib_done(&h[k]);
        pila_buf_done(&seen[k]);
    }
    pila_buf_done(&got);
    pila_buf_done(&want);
    return same;
}

static void hashes_against_a_model(void **state)
{
    (void)state;
    assert_true(random_run(20000, 0));
    assert_false(random_run(20000, 777)); /* the run sees a planted fault */
}

static void update_over_4GiB(void **state)
{
    size_t n = ((size_t)4 << 30) + 1;
    pila_buf out = {0};

    (void)state;
#if defined(RUNNING_ON_VALGRIND)
    if (RUNNING_ON_VALGRIND) skip();
#endif
    char *zeros =
        mmap(NULL, n, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (zeros == MAP_FAILED) skip();
    pila_hashlib h = make("sha1");
    CHECK_OK(pila_hashlib_update(&h, pila_str_of(zeros, n)));
    CHECK_OK(pila_hashlib_hexdigest(&h, 0, &out));
    CHECK_TEXT(pila_buf_view(&out), long_sha1);
    munmap(zeros, n);
    pila_hashlib_done(&h);
    pila_buf_done(&out);
}

/* ---- BLAKE2 ---- */

static void blake2_has_parameters(void **state)
{
    pila_buf out = {0};

    (void)state;
    for (size_t k = 0; k < COUNT_OF(blake2_rows); k++) {
        const blake2_row *row = &blake2_rows[k];
        pila_blake2_tree tree = {row->fanout,     row->depth, row->leaf, row->offset,
                                 row->node_depth, row->inner, row->last};
        pila_hashlib_options o = {.digest_size = row->size,
                                  .key = bytes_from(1, row->key),
                                  .salt = bytes_from(2, row->salt),
                                  .person = bytes_from(3, row->person),
                                  .tree = row->tree ? &tree : NULL};
        pila_str name = pila_cstr(row->small ? "blake2s" : "blake2b");
        pila_hashlib h, other;

        ROW(row->digest);
        CHECK_OK(pila_hashlib_init(&h, name, &o, NULL));
        CHECK(pila_str_eq(pila_cstr(h.name), name));
        CHECK_INT(h.digest_size, row->size);
        CHECK_INT(h.block_size, row->small ? 64 : 128);
        for (size_t cut = 0; cut <= row->n; cut = cut * 2 + 1) {
            out.len = 0;
            CHECK_OK(pila_hashlib_update(&h, bytes(cut)));
            CHECK_OK(pila_hashlib_copy(&h, &other));
            CHECK_OK(pila_hashlib_finish(&h, 0, &out));
            out.len = 0;
            CHECK_OK(pila_hashlib_update(&other, bytes_from(cut, row->n - cut)));
            CHECK_OK(pila_hashlib_digest(&other, 0, &out));
            check_hex(pila_buf_view(&out), row->digest);
            out.len = 0;
            CHECK_OK(pila_hashlib_hexdigest(&other, 0, &out));
            CHECK_TEXT(pila_buf_view(&out), row->digest);
            pila_hashlib_done(&other);
        }
        out.len = 0;
        CHECK_OK(pila_hashlib_once(name, &o, bytes(row->n), &out, NULL));
        check_hex(pila_buf_view(&out), row->digest);
        pila_hashlib_done(&h);
    }
    ROW(NULL);
    pila_buf_done(&out);
}

/* In the order of WRONG in hashlib_rows.py. */
static void go_wrong(pila_hashlib_options *o, pila_blake2_tree *tree, unsigned bits)
{
    pila_str seventeen = bytes(17);

    if (bits & 0x1) o->digest_size = 65;
    if (bits & 0x2) o->digest_size = -1;
    if (bits & 0x4) o->salt = seventeen;
    if (bits & 0x8) o->person = seventeen;
    if (bits & 0x10) tree->fanout = 256;
    if (bits & 0x20) tree->fanout = -1;
    if (bits & 0x40) tree->depth = 0;
    if (bits & 0x80) tree->depth = 256;
    if (bits & 0x100) tree->leaf_size = (int64_t)1 << 32;
    if (bits & 0x200) tree->leaf_size = -1;
    if (bits & 0x400) tree->node_depth = 256;
    if (bits & 0x800) tree->node_depth = -1;
    if (bits & 0x1000) tree->inner_size = 65;
    if (bits & 0x2000) tree->inner_size = -1;
    if (bits & 0x4000) o->key = bytes(65);
    if (bits & 0x8000) tree->node_offset = (uint64_t)1 << 48;
    if (bits & 0xbff0) o->tree = tree;
}

static void blake2_refuses_what_cpython_does(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(wrong_rows); k++) {
        const wrong_row *row = &wrong_rows[k];
        pila_blake2_tree tree = {1, 1, 0, 0, 0, 0, false};
        pila_hashlib_options o = {0};
        pila_str name = pila_cstr(row->small ? "blake2s" : "blake2b");
        pila_error err = {0};
        pila_hashlib h;

        ROW(row->message);
        go_wrong(&o, &tree, row->bits);
        CHECK_STATUS(pila_hashlib_init(&h, name, &o, &err), row->want);
        CHECK_TEXT(pila_cstr(err.message), row->message);
        if (row->want == PILA_OK) pila_hashlib_done(&h);
        else CHECK_STATUS(pila_hashlib_init(&h, name, &o, NULL), row->want);
    }
    ROW(NULL);
}

static void only_blake2_has_parameters(void **state)
{
    pila_blake2_tree tree = {1, 1, 0, 0, 0, 0, true};
    const pila_hashlib_options with[] = {{.digest_size = 3},
                                         {.key = {"k", 1}},
                                         {.salt = {"s", 1}},
                                         {.person = {"p", 1}},
                                         {.tree = &tree}};
    pila_error err;
    pila_hashlib h;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(with); k++)
        CHECK_STATUS(pila_hashlib_init(&h, pila_cstr("sha1"), &with[k], &err),
                     PILA_ETYPE);
    CHECK_TEXT(pila_cstr(err.message),
               "only blake2b and blake2s have parameters, not sha1");
    CHECK_STATUS(pila_hashlib_init(&h, pila_cstr("blake2b512"), &with[0], &err),
                 PILA_ETYPE);
}

/* ---- several at once, and files ---- */

enum { SEVERAL = 4 };
static const char *const several_names[SEVERAL] = {"md5", "sha256", "shake_128",
                                                   "blake2s"};

static void several_init(pila_hashlib *h)
{
    for (size_t k = 0; k < SEVERAL; k++) {
        h[k] = make(several_names[k]);
        CHECK_OK(pila_hashlib_update(&h[k], bytes(3)));
    }
}

/* They have seen the first three bytes, and then that. */
static void several_done(pila_hashlib *h, pila_str then)
{
    pila_buf all = {0};

    CHECK_OK(pila_buf_add(&all, bytes(3)));
    CHECK_OK(pila_buf_add(&all, then));
    for (size_t k = 0; k < SEVERAL; k++) {
        check_same(&h[k], several_names[k], pila_buf_view(&all));
        pila_hashlib_done(&h[k]);
    }
    pila_buf_done(&all);
}

/* Some 300 kB, which is more than one read. */
static pila_str much(void)
{
    static char text[300001];

    for (size_t k = 0; k < sizeof text; k++) text[k] = (char)(k * k >> 3);
    return pila_str_of(text, sizeof text);
}

static void several_see_the_same_data(void **state)
{
    pila_hashlib h[SEVERAL];

    (void)state;
    several_init(h);
    CHECK_OK(pila_hashlib_update_each(h, SEVERAL, much()));
    several_done(h, much());
    several_init(h);
    CHECK_OK(pila_hashlib_update_each(h, SEVERAL, bytes(0)));
    CHECK_OK(pila_hashlib_update_each(NULL, 0, much()));
    several_done(h, bytes(0));
}

/* Views of `cut` bytes, and then a status. */
typedef struct pieces {
    pila_str text, view;
    size_t cut;
    pila_status end;
    int drops;
} pieces;

static bool pieces_refill(pila_iter *it)
{
    pieces *p = it->state;
    size_t n = p->cut < p->text.len ? p->cut : p->text.len;

    if (n == 0) return pila_iter_end(it, p->end);
    p->view = pila_str_of(p->text.ptr, n);
    p->text = pila_str_of(p->text.ptr + n, p->text.len - n);
    it->cur = (const char *)&p->view;
    it->end = it->cur + sizeof p->view;
    return true;
}

static pila_iter pieces_drop(pila_iter *it)
{
    ((pieces *)it->state)->drops++;
    return pila_failed(PILA_END);
}

static pila_iter pieces_of(pieces *p)
{
    static const pila_iter_ops ops = {pieces_refill, pieces_drop, NULL};

    return pila_iter_make(&pila_view, &ops, p);
}

static void chunks_are_hashed_or_nothing_is(void **state)
{
    const int64_t number = 1;
    pila_hashlib h[SEVERAL];
    pieces good = {much(), {0}, 1000, PILA_END, 0};
    pieces bad = {much(), {0}, 1000, PILA_EIO, 0};

    (void)state;
    several_init(h);
    CHECK_OK(pila_hashlib_update_from(h, SEVERAL, pieces_of(&good)));
    CHECK_INT(good.drops, 1);
    several_done(h, much());
    several_init(h);
    CHECK_STATUS(pila_hashlib_update_from(h, SEVERAL, pieces_of(&bad)), PILA_EIO);
    CHECK_INT(bad.drops, 1);
    CHECK_STATUS(pila_hashlib_update_from(h, SEVERAL, pila_span(&number, 1, &pila_i64)),
                 PILA_ETYPE);
    CHECK_STATUS(pila_hashlib_update_from(h, SEVERAL, pila_failed(PILA_ELIMIT)),
                 PILA_ELIMIT);
    CHECK_OK(pila_hashlib_update_from(h, SEVERAL, pila_failed(PILA_END)));
    several_done(h, bytes(0));
}

/* Reads give at most so many bytes; every so many-th is interrupted; one fails. */
static struct {
    size_t most;
    long interrupt, fail, calls;
} reads;

static ssize_t reads_next(size_t room)
{
    long call = ++reads.calls;

    errno = 0;
    if (reads.interrupt && call % reads.interrupt == 0) errno = EINTR;
    if (reads.fail && call == reads.fail) errno = EIO;
    if (errno) return -1;
    return (ssize_t)(reads.most && room > reads.most ? reads.most : room);
}

/* In place of libc's. */
ssize_t read(int fd, void *into, size_t room)
{
    ssize_t n = reads_next(room);

    return n < 0 ? n : (ssize_t)syscall(SYS_read, fd, into, (size_t)n);
}

static ssize_t cookie_read(void *fd, char *into, size_t room)
{
    return read(*(int *)fd, into, room);
}

static const struct {
    const char *what;
    size_t most;
    long interrupt, fail;
} io_rows[] = {
    {"whole reads", 0, 0, 0},
    {"one byte at a time", 1, 0, 0},
    {"seven bytes at a time", 7, 0, 0},
    {"every third read is interrupted", 1000, 3, 0},
    {"every second read is interrupted", 0, 2, 0},
    {"the first read fails", 0, 0, 1},
    {"a later read fails", 1000, 0, 17},
    {"a read fails after an interrupted one", 1000, 2, 4 + 1},
};

static void files_are_hashed_or_nothing_is(void **state)
{
    pila_hashlib h[SEVERAL];
    char path[] = "/tmp/pila_hashlib_XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    CHECK(fd >= 0);
    CHECK_INT(write(fd, much().ptr, much().len), much().len);
    for (size_t k = 0; k < COUNT_OF(io_rows); k++)
        for (int way = 0; way < 3; way++) {
            const cookie_io_functions_t io = {.read = cookie_read};
            FILE *file = way == 1 ? fopencookie(&fd, "rb", io) : NULL;
            pila_status want = io_rows[k].fail ? PILA_EIO : PILA_OK, st;

            ROW(io_rows[k].what);
            CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
            several_init(h);
            reads.most = io_rows[k].most;
            reads.interrupt = io_rows[k].interrupt;
            reads.fail = io_rows[k].fail;
            reads.calls = 0;
            if (way == 0) st = pila_hashlib_file_digest_fd(h, SEVERAL, fd);
            else if (way == 1) st = pila_hashlib_file_digest(h, SEVERAL, file);
            else st = pila_hashlib_file_digest_path(h, SEVERAL, pila_cstr(path));
            int error = errno;
            memset(&reads, 0, sizeof reads);
            CHECK_STATUS(st, want);
            if (want == PILA_EIO) CHECK_INT(error, EIO);
            several_done(h, want == PILA_OK ? much() : bytes(0));
            if (file) fclose(file);
        }
    ROW(NULL);
    close(fd);
    unlink(path);
}

static void a_file_goes_on_from_where_it_is(void **state)
{
    pila_hashlib h = make("sha256");
    FILE *file = tmpfile();

    (void)state;
    CHECK_INT(fwrite(data, 1, 1000, file), 1000);
    rewind(file);
    for (int k = 0; k < 10; k++) CHECK(getc(file) != EOF);
    CHECK_OK(pila_hashlib_file_digest(&h, 1, file));
    check_same(&h, "sha256", bytes_from(10, 990));
    CHECK(getc(file) == EOF);
    CHECK_OK(pila_hashlib_file_digest(&h, 1, file)); /* nothing more */
    check_same(&h, "sha256", bytes_from(10, 990));
    fclose(file);
    pila_hashlib_done(&h);
}

static const struct {
    const char *path;
    size_t n;
    pila_status want;
    int error;
} path_rows[] = {
    {"/dev/null", 9, PILA_OK, 0},        {"/no such file", 13, PILA_EIO, ENOENT},
    {"/", 1, PILA_EIO, EISDIR},          {"", 0, PILA_EIO, ENOENT},
    {"/dev/null\0", 10, PILA_EVALUE, 0},
};

static void paths_may_be_wrong(void **state)
{
    pila_hashlib h = make("sha1");

    (void)state;
    for (size_t k = 0; k < COUNT_OF(path_rows); k++) {
        pila_str path = pila_str_of(path_rows[k].path, path_rows[k].n);
        ROW(path_rows[k].path);
        errno = 0;
        CHECK_STATUS(pila_hashlib_file_digest_path(&h, 1, path), path_rows[k].want);
        CHECK_INT(errno, path_rows[k].error);
    }
    ROW(NULL);
    CHECK_STATUS(pila_hashlib_file_digest_fd(&h, 1, -1), PILA_EIO);
    CHECK_INT(errno, EBADF);
    check_same(&h, "sha1", bytes(0));
    pila_hashlib_done(&h);
}

static void many_files_are_items(void **state)
{
    pila_hashlib h[2] = {make("md5"), make("shake_128")};
    char path[] = "/tmp/pila_hashlib_XXXXXX";
    int fd = mkstemp(path);
    pila_str paths[COUNT_OF(path_rows) + 2];
    size_t k = 0;
    pila_buf want = {0}, got = {0};
    pila_hashlib_options o = shake_options();

    (void)state;
    CHECK_INT(write(fd, data, 4000), 4000);
    close(fd);
    for (; k < COUNT_OF(path_rows); k++)
        paths[k] = pila_str_of(path_rows[k].path, path_rows[k].n);
    paths[k] = paths[k + 1] = pila_cstr(path);
    /* A prefix that each file starts from. */
    for (size_t each = 0; each < 2; each++)
        CHECK_OK(pila_hashlib_update(&h[each], bytes(5)));
    pila_iter it = pila_hashlib_files(pila_span(paths, k + 2, &pila_view), h, 2);
    CHECK_INT(it.type->size, sizeof(pila_file_digest));
    size_t seen = 0;
    PILA_FOR(pila_file_digest, d, &it) {
        bool whole = seen >= COUNT_OF(path_rows);
        pila_status st = whole ? PILA_OK : path_rows[seen].want;
        pila_buf all = {0};

        CHECK(pila_str_eq(d->path, paths[seen]));
        CHECK_STATUS((pila_status)d->status, st);
        CHECK_INT(d->error, whole ? 0 : path_rows[seen].error);
        want.len = 0;
        CHECK_OK(pila_buf_add(&all, bytes(5)));
        if (whole) CHECK_OK(pila_buf_add(&all, bytes(4000)));
        if (st == PILA_OK) {
            CHECK_OK(pila_hashlib_once(pila_cstr("md5"), NULL, pila_buf_view(&all),
                                       &want, NULL));
            CHECK_OK(pila_hashlib_once(pila_cstr("shake_128"), &o, pila_buf_view(&all),
                                       &want, NULL));
        }
        CHECK(pila_str_eq(d->digest, pila_buf_view(&want)));
        pila_buf_done(&all);
        if (seen == 1) CHECK_OK(pila_type_repr(it.type, d, &got));
        seen++;
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK_INT(seen, k + 2);
    CHECK_TEXT(pila_buf_view(&got), "('/no such file', '', 14, 2)");
    pila_iter_drop(&it);
    for (size_t each = 0; each < 2; each++) {
        check_same(&h[each], each ? "shake_128" : "md5", bytes(5)); /* only copied */
        pila_hashlib_done(&h[each]);
    }
    unlink(path);
    pila_buf_done(&want);
    pila_buf_done(&got);
}

static void lists_of_files_may_fail(void **state)
{
    const int64_t number = 1;
    pieces bad = {pila_cstr("/dev/null"), {0}, 9, PILA_EIO, 0};
    pila_hashlib h = make("md5");
    pila_iter it = pila_hashlib_files(pila_span(&number, 1, &pila_i64), &h, 1);

    (void)state;
    CHECK_STATUS(it.status, PILA_ETYPE);
    it = pila_hashlib_files(pila_failed(PILA_ELIMIT), &h, 1);
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_ELIMIT);
    pila_iter_drop(&it);
    it = pila_hashlib_files(pieces_of(&bad), &h, 1);
    CHECK_INT(pila_iter_length_hint(&it), 0);
    CHECK(pila_next_item(&it));
    CHECK(!pila_next_item(&it));
    CHECK_STATUS(it.status, PILA_EIO);
    pila_iter_drop(&it);
    CHECK_INT(bad.drops, 1);
    pila_hashlib_done(&h);
}

/* ---- keys from passwords ---- */

static void pbkdf2_is_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(pbkdf2_rows); k++) {
        const pbkdf2_row *row = &pbkdf2_rows[k];
        pila_buf out = {0};
        pila_error err;

        ROW(row->text);
        CHECK_STATUS(pila_hashlib_pbkdf2_hmac(pila_cstr(row->name),
                                              bytes(row->password),
                                              bytes_from(5, row->salt), row->iterations,
                                              row->dklen, &out, &err),
                     row->want);
        if (row->want == PILA_OK) check_hex(pila_buf_view(&out), row->text);
        else CHECK_TEXT(pila_cstr(err.message), row->text);
        if (row->want != PILA_OK) CHECK_INT(out.len, 0);
        pila_buf_done(&out);
    }
    ROW(NULL);
}

static const struct { /* RFC 6070 */
    const char *password, *salt, *key;
    size_t password_len, salt_len;
    int64_t iterations;
} rfc6070_rows[] = {
    {"password", "salt", "0c60c80f961f0e71f3a9b524af6012062fe037a6", 8, 4, 1},
    {"password", "salt", "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957", 8, 4, 2},
    {"password", "salt", "4b007901b765489abead49d926f721d065a429c1", 8, 4, 4096},
    {"passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt",
     "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038", 24, 36, 4096},
    {"pass\0word", "sa\0lt", "56fa6aa75548099dcc37d7f03425e0c3", 9, 5, 4096},
};

static void pbkdf2_is_rfc_6070(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rfc6070_rows); k++) {
        pila_buf out = {0};
        ROW(rfc6070_rows[k].key);
        CHECK_OK(pila_hashlib_pbkdf2_hmac(
            pila_cstr("sha1"),
            pila_str_of(rfc6070_rows[k].password, rfc6070_rows[k].password_len),
            pila_str_of(rfc6070_rows[k].salt, rfc6070_rows[k].salt_len),
            rfc6070_rows[k].iterations, (int64_t)strlen(rfc6070_rows[k].key) / 2, &out,
            NULL));
        check_hex(pila_buf_view(&out), rfc6070_rows[k].key);
        pila_buf_done(&out);
    }
    ROW(NULL);
}

static void keys_may_be_refused(void **state)
{
    const pila_str huge = pila_str_of(data, (size_t)INT_MAX + 1); /* never read */
    pila_scrypt cheap = {2, 1, 1, 0};
    pila_buf out = {0};
    pila_error err;

    (void)state;
    CHECK_STATUS(pila_hashlib_pbkdf2_hmac(pila_cstr("foo"), bytes(1), bytes(1), 1, 1,
                                          &out, &err),
                 PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message), "unsupported hash type foo");
    CHECK_STATUS(pila_hashlib_pbkdf2_hmac(pila_cstr("shake_128"), bytes(1), bytes(1), 1,
                                          1, &out, &err),
                 PILA_EVALUE);
    CHECK_TEXT(pila_cstr(err.message), "no HMAC with shake_128");
    CHECK_STATUS(pila_hashlib_pbkdf2_hmac(pila_cstr("md5"), huge, bytes(1), 1, 1, &out,
                                          &err),
                 PILA_EOVERFLOW);
    CHECK_TEXT(pila_cstr(err.message), "password is too long.");
    CHECK_STATUS(pila_hashlib_pbkdf2_hmac(pila_cstr("md5"), bytes(1), huge, 1, 1, &out,
                                          NULL),
                 PILA_EOVERFLOW);
    CHECK_STATUS(pila_hashlib_scrypt(huge, bytes(1), &cheap, 1, &out, NULL),
                 PILA_EOVERFLOW);
    CHECK_STATUS(pila_hashlib_scrypt(bytes(1), huge, &cheap, 1, &out, &err),
                 PILA_EOVERFLOW);
    CHECK_TEXT(pila_cstr(err.message), "salt is too long.");
    CHECK_INT(ERR_peek_error(), 0);
}

static void scrypt_is_cpythons(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(scrypt_rows); k++) {
        const scrypt_row *row = &scrypt_rows[k];
        pila_scrypt cost = {row->n, row->r, row->p, row->maxmem};
        pila_buf out = {0};
        pila_error err;

        ROW(row->text);
        CHECK_STATUS(pila_hashlib_scrypt(bytes(row->password), bytes_from(5, row->salt),
                                         &cost, row->dklen, &out, &err),
                     row->want);
        if (row->want == PILA_OK) check_hex(pila_buf_view(&out), row->text);
        else CHECK_TEXT(pila_cstr(err.message), row->text);
        CHECK_INT(ERR_peek_error(), 0);
        pila_buf_done(&out);
    }
    ROW(NULL);
}

static const struct { /* RFC 7914, section 12 */
    const char *password, *salt;
    pila_scrypt cost;
    const char *key;
} rfc7914_rows[] = {
    {"",
     "",
     {16, 1, 1, 0},
     "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
     "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
    {"password",
     "NaCl",
     {1024, 8, 16, 0},
     "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
     "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
    {"pleaseletmein",
     "SodiumChloride",
     {16384, 8, 1, 0},
     "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
     "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
};

static void scrypt_is_rfc_7914(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rfc7914_rows); k++) {
        pila_buf out = {0};
        CHECK_OK(pila_hashlib_scrypt(pila_cstr(rfc7914_rows[k].password),
                                     pila_cstr(rfc7914_rows[k].salt),
                                     &rfc7914_rows[k].cost, 64, &out, NULL));
        check_hex(pila_buf_view(&out), rfc7914_rows[k].key);
        pila_buf_done(&out);
    }
}

/* ---- memory runs out ---- */

/* blake2s(data[:100], key=b"key", digest_size=20), without an allocation. */
static void check_hex_of_100(pila_str got)
{
    CHECK_INT(got.len, 20);
    CHECK(memcmp(got.ptr,
                 "\xb7\x14\x7d\x32\x76\xcd\xc5\x2e\x55\x52"
                 "\x55\xad\xf5\xbe\x04\xb8\x14\xb5\xc6\x86",
                 20) == 0);
}

static pila_status hash_and_copy(void *ctx)
{
    pila_hashlib_options o = {.key = {"key", 3}, .digest_size = 20};
    pila_str name = pila_cstr("blake2s");
    pila_buf out = {0}, room = {0};
    pila_hashlib h, other;
    pila_status st = pila_buf_reserve(&room, 64);

    (void)ctx;
    if (st == PILA_OK) st = pila_hashlib_init(&h, name, &o, NULL);
    if (st == PILA_OK) {
        CHECK_OK(pila_hashlib_update(&h, bytes(100)));
        st = pila_hashlib_copy(&h, &other);
        if (st == PILA_OK) pila_hashlib_done(&other);
        if (st == PILA_OK) st = pila_hashlib_digest(&h, 0, &out);
        if (st != PILA_OK) CHECK_INT(out.len, 0);
        CHECK_OK(pila_hashlib_finish(&h, 0, &room)); /* the object is as it was */
        check_hex_of_100(pila_buf_view(&room));
        pila_hashlib_done(&h);
    }
    pila_buf_done(&room);
    pila_buf_done(&out);
    return st;
}

static pila_status hash_files(void *ctx)
{
    static const pila_str paths[] = {{"/dev/null", 9}, {"/dev/null", 9}};
    pila_hashlib_options o = {.key = {"key", 3}};
    pila_hashlib h[2];
    pila_status st = pila_hashlib_init(&h[0], pila_cstr("blake2s"), &o, NULL);

    (void)ctx;
    if (st != PILA_OK) return st;
    CHECK_OK(pila_hashlib_init(&h[1], pila_cstr("md5"), NULL, NULL));
    st = pila_hashlib_file_digest_path(h, 2, paths[0]);
    if (st == PILA_OK)
        st = pila_hashlib_update_from(h, 2, pila_span(paths, 2, &pila_view));
    if (st == PILA_OK) {
        pila_iter it = pila_hashlib_files(pila_span(paths, 2, &pila_view), h, 2);
        while (pila_next_item(&it)) {}
        st = pila_iter_outcome(&it);
        pila_iter_drop(&it);
    }
    pila_hashlib_done(&h[0]);
    pila_hashlib_done(&h[1]);
    return st;
}

static pila_status hash_once(void *ctx)
{
    pila_hashlib_options o = {.key = {"key", 3}};
    pila_scrypt cheap = {2, 1, 1, 0};
    pila_buf out = {0};
    pila_error err;
    pila_status st = pila_hashlib_once(pila_cstr("md5"), NULL, bytes(9), &out, &err);

    (void)ctx;
    if (st == PILA_OK)
        st = pila_hashlib_once(pila_cstr("blake2b"), &o, bytes(9), &out, &err);
    if (st == PILA_OK)
        st = pila_hashlib_pbkdf2_hmac(pila_cstr("md5"), bytes(9), bytes(9), 1, 500,
                                      &out, &err);
    if (st == PILA_OK)
        st = pila_hashlib_scrypt(bytes(9), bytes(9), &cheap, 2000, &out, &err);
    if (st != PILA_OK) CHECK_STATUS(err.status, st);
    pila_buf_done(&out);
    return st;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    check_alloc_sweep(hash_and_copy, NULL);
    check_alloc_sweep(hash_files, NULL);
    check_alloc_sweep(hash_once, NULL);
}

/* ---- vectors from elsewhere ---- */

static FILE *corpus(const char *name)
{
    const char *folder = getenv("PILA_CORPORA");
    char path[600];

    if (!folder) skip();
    snprintf(path, sizeof path, "%s/hash-vectors/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (!f) skip();
    return f;
}

static char line[1 << 20];

/* A NIST file: Len in bits, Msg, MD. */
static int check_nist(const char *name, const char *file)
{
    FILE *f = corpus(file);
    pila_buf message = {0}, out = {0};
    size_t bits = 0;
    int cases = 0;

    ROW(file);
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "Len = %zu", &bits) == 1) continue;
        if (strncmp(line, "Msg = ", 6) == 0) unhex(line + 6, &message);
        if (strncmp(line, "MD = ", 5) != 0) continue;
        message.len = bits / 8;
        out.len = 0;
        CHECK_OK(pila_hashlib_once(pila_cstr(name), NULL, pila_buf_view(&message), &out,
                                   NULL));
        check_hex(pila_buf_view(&out), line + 5);
        cases++;
    }
    ROW(NULL);
    fclose(f);
    pila_buf_done(&message);
    pila_buf_done(&out);
    return cases;
}

static void nist_vectors(void **state)
{
    static const char *const of[][2] = {{"sha256", "SHA2/SHA256"},
                                        {"sha384", "SHA2/SHA384"},
                                        {"sha512", "SHA2/SHA512"},
                                        {"sha3_224", "SHA3/SHA3_224"},
                                        {"sha3_256", "SHA3/SHA3_256"},
                                        {"sha3_384", "SHA3/SHA3_384"},
                                        {"sha3_512", "SHA3/SHA3_512"}};
    int cases = 0;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(of); k++) {
        char file[100];
        snprintf(file, sizeof file, "nist/%sShortMsg.rsp", of[k][1]);
        cases += check_nist(of[k][0], file);
        snprintf(file, sizeof file, "nist/%sLongMsg.rsp", of[k][1]);
        cases += check_nist(of[k][0], file);
    }
    printf("%d cases\n", cases);
    CHECK(cases > 1000);
}

/* BLAKE2bp and BLAKE2sp without a key are trees of two levels: blocks go to the leaves
 * in turn, and the digests of the leaves to the root. */
static void blake2_tree(bool small, pila_str text, pila_buf *out)
{
    size_t leaves = small ? 8 : 4, block = small ? 64 : 128;
    pila_blake2_tree tree = {(int64_t)leaves, 2, 0, 0, 0, small ? 32 : 64, false};
    pila_hashlib_options o = {.tree = &tree};
    pila_str name = pila_cstr(small ? "blake2s" : "blake2b");
    pila_buf nodes = {0};

    for (size_t leaf = 0; leaf < leaves; leaf++) {
        pila_hashlib h;
        tree.node_offset = leaf;
        tree.last_node = leaf == leaves - 1;
        CHECK_OK(pila_hashlib_init(&h, name, &o, NULL));
        for (size_t at = leaf * block; at < text.len; at += leaves * block) {
            size_t n = text.len - at < block ? text.len - at : block;
            CHECK_OK(pila_hashlib_update(&h, pila_str_of(text.ptr + at, n)));
        }
        CHECK_OK(pila_hashlib_finish(&h, 0, &nodes));
        pila_hashlib_done(&h);
    }
    tree.node_offset = 0;
    tree.node_depth = 1;
    tree.last_node = true;
    CHECK_OK(pila_hashlib_once(name, &o, pila_buf_view(&nodes), out, NULL));
    pila_buf_done(&nodes);
}

static void blake2_known_answers(void **state)
{
    FILE *f = corpus("blake2-kat.json");
    pila_buf in = {0}, key = {0}, out = {0};
    char hash[20] = "";
    int cases = 0;

    (void)state;
    while (fgets(line, sizeof line, f)) {
        char *text = strstr(line, "\": \""), *end = text ? strchr(text + 4, '"') : NULL;
        if (!end) continue;
        text += 4;
        *end = '\0';
        if (strstr(line, "\"hash\"")) snprintf(hash, sizeof hash, "%.15s", text);
        if (strstr(line, "\"in\"")) unhex(text, &in);
        if (strstr(line, "\"key\"")) unhex(text, &key);
        if (!strstr(line, "\"out\"")) continue;
        bool small = hash[6] == 's', is_tree = strcmp(hash + 7, "p") == 0;
        if (hash[7] && !(is_tree && key.len == 0)) continue;
        pila_hashlib_options o = {.key = pila_buf_view(&key)};
        ROW(text);
        out.len = 0;
        if (is_tree) blake2_tree(small, pila_buf_view(&in), &out);
        else
            CHECK_OK(
                pila_hashlib_once(pila_cstr(hash), &o, pila_buf_view(&in), &out, NULL));
        check_hex(pila_buf_view(&out), text);
        cases++;
        if (is_tree || key.len) continue;
        o.digest_size = small ? 32 : 64; /* and by our own code */
        out.len = 0;
        CHECK_OK(
            pila_hashlib_once(pila_cstr(hash), &o, pila_buf_view(&in), &out, NULL));
        check_hex(pila_buf_view(&out), text);
    }
    ROW(NULL);
    CHECK_INT(cases, 4 * 256 + 2 * 256);
    fclose(f);
    pila_buf_done(&in);
    pila_buf_done(&key);
    pila_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_may_ask_at_once),
        cmocka_unit_test(digests_are_cpythons),
        cmocka_unit_test(names_may_be_openssls),
        cmocka_unit_test(names_can_be_listed),
        cmocka_unit_test(what_is_not_for_security_is_the_same),
        cmocka_unit_test(a_shake_has_any_length),
        cmocka_unit_test(others_have_one),
        cmocka_unit_test(a_digest_is_appended_or_nothing),
        cmocka_unit_test(hashes_against_a_model),
        cmocka_unit_test(update_over_4GiB),
        cmocka_unit_test(blake2_has_parameters),
        cmocka_unit_test(blake2_refuses_what_cpython_does),
        cmocka_unit_test(only_blake2_has_parameters),
        cmocka_unit_test(several_see_the_same_data),
        cmocka_unit_test(chunks_are_hashed_or_nothing_is),
        cmocka_unit_test(files_are_hashed_or_nothing_is),
        cmocka_unit_test(a_file_goes_on_from_where_it_is),
        cmocka_unit_test(paths_may_be_wrong),
        cmocka_unit_test(many_files_are_items),
        cmocka_unit_test(lists_of_files_may_fail),
        cmocka_unit_test(pbkdf2_is_cpythons),
        cmocka_unit_test(pbkdf2_is_rfc_6070),
        cmocka_unit_test(keys_may_be_refused),
        cmocka_unit_test(scrypt_is_cpythons),
        cmocka_unit_test(scrypt_is_rfc_7914),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(nist_vectors),
        cmocka_unit_test(blake2_known_answers),
        cmocka_unit_test(legacy_algorithms_need_their_provider),
    };

    return cmocka_run_group_tests(tests, fill_data, NULL);
}
