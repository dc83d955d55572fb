/* threads.c - the thread statement, for ThreadSanitizer: nothing is shared but what the
 * user shares, and concurrent const calls on one object are safe.
 *
 * Built with -fsanitize=thread, the sources of lib compiled in. Threads start together
 * at a barrier, so that each case runs its calls at one time. With an argument the
 * program makes one real race, a writer without a lock; without one it runs itself so,
 * and wants the report: a sanitizer that sees nothing proves nothing.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include <pila/collections/array.h>
#include <pila/collections/chainmap.h>
#include <pila/collections/counter.h>
#include <pila/collections/defaultdict.h>
#include <pila/collections/deque.h>
#include <pila/collections/dict.h>
#include <pila/collections/list.h>
#include <pila/collections/ordereddict.h>
#include <pila/collections/set.h>
#include <pila/itertools/adaptors.h>
#include <pila/itertools/records.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>
#include <pila/serial/gzip.h>
#include <pila/serial/hashlib.h>
#include <pila/serial/json.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, ITEMS = 600, ROUNDS = 20, REPORTED = 66 };

PILA_LIST(Ints, int64_t)
PILA_LIST(Texts, pila_string)
PILA_DEQUE(Queue, int64_t)
PILA_DICT(Ages, pila_string, int64_t)
PILA_ORDEREDDICT(Recent, pila_string, int64_t)
PILA_DEFAULTDICT(Tally, pila_string, int64_t)
PILA_CHAINMAP(Chain, Ages)
PILA_COUNTER(Words, pila_string)
PILA_SET(Names, pila_string)
PILA_FROZENSET(Frozen, pila_string)
PILA_ARRAY(Numbers, double)

static int failed; /* changed atomically */

#define CHECK(expr)                                                                    \
    do {                                                                               \
        if (!(expr)) {                                                                 \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #expr);                          \
            __atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);                          \
        }                                                                              \
    } while (0)
#define CHECK_OK(call) CHECK((call) == PILA_OK)

/* ---- threads ---- */

static pthread_barrier_t together;

typedef struct job {
    void (*work)(unsigned thread);
    unsigned thread;
} job;

static void *job_run(void *arg)
{
    const job *j = arg;

    pthread_barrier_wait(&together);
    j->work(j->thread);
    return NULL;
}

static void in_threads(void (*work)(unsigned thread))
{
    pthread_t thread[THREADS];
    job jobs[THREADS];

    pthread_barrier_init(&together, NULL, THREADS);
    for (unsigned k = 0; k < THREADS; k++) {
        jobs[k].work = work;
        jobs[k].thread = k;
        if (pthread_create(&thread[k], NULL, job_run, &jobs[k]) != 0) abort();
    }
    for (unsigned k = 0; k < THREADS; k++) pthread_join(thread[k], NULL);
    pthread_barrier_destroy(&together);
}

/* A text of a number, short or long; room is the caller's. */
static pila_string text_of(int64_t n, char room[32])
{
    snprintf(room, 32, n % 2 ? "%05lld, and more text" : "%05lld", (long long)n);
    return pila_string_borrow(pila_cstr(room));
}

/* ---- the secrets, drawn by whoever comes first ---- */

static uint64_t drawn[THREADS];

static void first_hash(unsigned thread) { drawn[thread] = pila_hash_int(42); }

static void test_secrets(void)
{
    in_threads(first_hash);
    for (unsigned k = 1; k < THREADS; k++) CHECK(drawn[k] == drawn[0]);
}

/* ---- all kinds of containers ---- */

typedef struct everything {
    Ints ints;
    Texts texts;
    Queue queue;
    Ages ages;
    Recent recent;
    Tally tally;
    Chain chain;
    Words words;
    Names names;
    Frozen frozen;
    Numbers numbers;
} everything;

static void fill(everything *e)
{
    Tally_default_empty(&e->tally);
    for (int64_t k = 0; k < ITEMS; k++) {
        char room[32];
        int64_t *value = NULL;
        pila_string text = text_of(k, room);
        CHECK_OK(Ints_append(&e->ints, (k * 7919) % ITEMS));
        CHECK_OK(Texts_append(&e->texts, text));
        CHECK_OK(Queue_append(&e->queue, k));
        CHECK_OK(Ages_set(&e->ages, text, k));
        CHECK_OK(Recent_set(&e->recent, text, k));
        CHECK_OK(Tally_find(&e->tally, text, &value));
        if (value) *value += k;
        CHECK_OK(Words_add(&e->words, text, k % 10));
        CHECK_OK(Names_add(&e->names, text));
        CHECK_OK(Numbers_append(&e->numbers, (double)k));
    }
    CHECK_OK(Chain_new_child(&e->chain, &e->chain, &e->ages));
    CHECK_OK(Frozen_from(&e->frozen, Names_iter(&e->names)));
}

static void done(everything *e)
{
    Ints_done(&e->ints);
    Texts_done(&e->texts);
    Queue_done(&e->queue);
    Chain_done(&e->chain);
    Ages_done(&e->ages);
    Recent_done(&e->recent);
    Tally_done(&e->tally);
    Words_done(&e->words);
    Names_done(&e->names);
    Frozen_done(&e->frozen);
    Numbers_done(&e->numbers);
}

static size_t count_of(pila_iter it)
{
    size_t n = 0;

    while (pila_next_item(&it)) n++;
    CHECK(it.status == PILA_END);
    pila_iter_drop(&it);
    return n;
}

/* ---- each thread has its own ---- */

static void own(unsigned thread)
{
    everything e = {0};
    int64_t sum = 0;
    pila_buf out = {0};

    fill(&e);
    CHECK_OK(Ints_sort(&e.ints, NULL, thread % 2));
    CHECK_OK(Queue_rotate(&e.queue, (ptrdiff_t)thread));
    CHECK_OK(
        Recent_move_to_end(&e.recent, pila_string_borrow(pila_cstr("00000")), true));
    CHECK_OK(Ages_del(&e.ages, pila_string_borrow(pila_cstr("00002"))));
    CHECK(count_of(Words_most_common(&e.words, 5)) == 5);
    CHECK(count_of(pila_words(pila_from_mem(pila_cstr("a b c")))) == 3);
    CHECK_OK(Names_repr(&e.names, &out));
    CHECK_OK(pila_sum_i64(pila_islice(Queue_iter(&e.queue), 0, 3, 1), &sum));
    pila_buf_done(&out);
    done(&e);
}

static void test_own(void) { in_threads(own); }

/* ---- all read one ---- */

static everything shared;

static void look_up(unsigned thread)
{
    for (int64_t k = thread; k < ITEMS; k++) {
        char room[32];
        pila_string text = text_of(k, room);
        int64_t *value = NULL, n = 0;
        bool there = false;
        size_t at = 0;
        CHECK_OK(Ages_find(&shared.ages, text, &value));
        CHECK(value && *value == k);
        CHECK_OK(Recent_contains(&shared.recent, text, &there));
        CHECK_OK(Tally_contains(&shared.tally, text, &there));
        CHECK_OK(Chain_find(&shared.chain, text, &value));
        CHECK_OK(Words_count(&shared.words, text, &n));
        CHECK(n == k % 10);
        CHECK_OK(Names_contains(&shared.names, text, &there));
        CHECK(there);
        CHECK_OK(Frozen_contains(&shared.frozen, text, &there));
        CHECK(*Queue_get(&shared.queue, k) == k);
        CHECK(*Numbers_get(&shared.numbers, k) == (double)k);
        CHECK_OK(Ints_index(&shared.ints, (k * 7919) % ITEMS, 0, PTRDIFF_MAX, &at));
        CHECK(at == (size_t)k);
    }
}

static void walk(void)
{
    pila_buf out = {0};
    int64_t total = 0;
    size_t n = 0;

    CHECK(count_of(Ints_iter(&shared.ints)) == ITEMS);
    CHECK(count_of(Texts_reversed(&shared.texts)) == ITEMS);
    CHECK(count_of(Queue_iter(&shared.queue)) == ITEMS);
    CHECK(count_of(Queue_reversed(&shared.queue)) == ITEMS);
    CHECK(count_of(Ages_items(&shared.ages)) == ITEMS);
    CHECK(count_of(Recent_keys_reversed(&shared.recent)) == ITEMS);
    CHECK(count_of(Tally_values(&shared.tally)) == ITEMS);
    CHECK(count_of(Chain_items(&shared.chain)) == ITEMS);
    CHECK(count_of(Words_most_common(&shared.words, 10)) == 10);
    CHECK(count_of(Names_iter(&shared.names)) == ITEMS);
    CHECK(count_of(Frozen_iter(&shared.frozen)) == ITEMS);
    CHECK(count_of(Numbers_iter(&shared.numbers)) == ITEMS);
    CHECK_OK(Chain_len(&shared.chain, &n));
    CHECK_OK(Words_total(&shared.words, &total));
    CHECK_OK(Ages_repr(&shared.ages, &out));
    pila_buf_done(&out);
}

/* Copies are the thread's own; what they are made from, and compared with, is not. */
static void copy(void)
{
    everything e = {0};
    bool eq = false;

    CHECK_OK(Ints_copy(&e.ints, &shared.ints));
    CHECK_OK(Texts_copy(&e.texts, &shared.texts));
    CHECK_OK(Queue_copy(&e.queue, &shared.queue));
    CHECK_OK(Ages_copy(&e.ages, &shared.ages));
    CHECK_OK(Recent_copy(&e.recent, &shared.recent));
    CHECK_OK(Tally_copy(&e.tally, &shared.tally));
    CHECK_OK(Words_copy(&e.words, &shared.words));
    CHECK_OK(Names_copy(&e.names, &shared.names));
    Frozen_copy(&e.frozen, &shared.frozen); /* shares the elements, and counts itself */
    CHECK_OK(Numbers_copy(&e.numbers, &shared.numbers));
    CHECK_OK(Texts_eq(&e.texts, &shared.texts, &eq));
    CHECK(eq);
    CHECK_OK(Queue_eq(&e.queue, &shared.queue, &eq));
    CHECK(eq);
    CHECK_OK(Ages_eq(&shared.ages, &e.ages, &eq));
    CHECK(eq);
    CHECK_OK(Recent_eq(&shared.recent, &e.recent, &eq));
    CHECK_OK(Words_eq(&shared.words, &e.words, &eq));
    CHECK(eq);
    CHECK_OK(Names_eq(&shared.names, &e.names, &eq));
    CHECK(eq);
    CHECK_OK(Frozen_eq(&shared.frozen, &e.frozen, &eq));
    CHECK(eq);
    done(&e);
}

static void readers(unsigned thread)
{
    for (unsigned k = 0; k < ROUNDS; k++) {
        look_up((thread + k) % THREADS);
        walk();
        copy();
    }
}

static void test_shared(void)
{
    fill(&shared);
    in_threads(readers);
    done(&shared);
}

/* ---- values, hashes, streams ---- */

enum { STREAM = 1 << 19, STREAM_THREADS = 3 };

static struct {
    pila_doc doc;
    pila_value value;
    pila_hashlib hash;
} looked_at;

/* A stream that threads of its own write, and one reads. */
static void round_trip(pila_str data)
{
    pila_gzip_write_options by_threads = {.level = 1, .threads = STREAM_THREADS};
    pila_gzip_read_options ahead = {.ahead = true};
    pila_buf packed = {0}, back = {0};
    pila_gzip_writer *w = NULL;

    CHECK_OK(pila_gzip_writer_new(&w, pila_gzip_to_buf(&packed), &by_threads));
    CHECK_OK(pila_gzip_write(w, data));
    CHECK_OK(pila_gzip_finish(w));
    pila_gzip_writer_free(w);
    pila_gzip_reader *r =
        pila_gzip_reader_new(pila_gzip_from_mem(pila_buf_view(&packed)), &ahead);
    CHECK(r != NULL);
    CHECK_OK(pila_gzip_read_all(r, STREAM, &back));
    CHECK(pila_str_eq(pila_buf_view(&back), data));
    pila_gzip_reader_free(r);
    pila_buf_done(&packed);
    pila_buf_done(&back);
}

static void streams(unsigned thread)
{
    char *text = (char *)malloc(STREAM);
    pila_buf digest = {0}, shown = {0};
    bool equal = false;

    CHECK(text != NULL);
    for (size_t k = 0; k < STREAM; k++) text[k] = (char)('a' + k * thread % 23);
    CHECK_OK(pila_hashlib_once(pila_cstr("sha256"), NULL, pila_str_of(text, STREAM),
                               &digest, NULL)); /* the first one fetches it */
    CHECK_OK(pila_hashlib_hexdigest(&looked_at.hash, 0, &digest));
    CHECK_OK(pila_json_dumps(looked_at.value, NULL, &shown, NULL));
    CHECK_OK(pila_value_eq(looked_at.value, looked_at.value, &equal));
    CHECK(equal && digest.len == 32 + 32);
    round_trip(pila_str_of(text, STREAM));
    pila_buf_done(&digest);
    pila_buf_done(&shown);
    free(text);
}

static void test_streams(void)
{
    CHECK_OK(pila_json_loads(&looked_at.doc, pila_cstr("{\"a\": [1, 2.5, \"x\"]}"),
                             NULL, &looked_at.value, NULL));
    CHECK_OK(pila_hashlib_init(&looked_at.hash, pila_cstr("md5"), NULL, NULL));
    in_threads(streams);
    pila_hashlib_done(&looked_at.hash);
    pila_doc_done(&looked_at.doc);
}

/* ---- the planted race ---- */

static void one_writes(unsigned thread)
{
    int64_t n;
    char room[32];

    for (int64_t k = 0; k < 1000; k++) {
        pila_string text = text_of(k % ITEMS, room);
        if (thread == 0) (void)!Words_add(&shared.words, text, 1);
        else (void)!Words_count(&shared.words, text, &n);
    }
}

static int race(void)
{
    fill(&shared);
    in_threads(one_writes); /* no new key, so that no memory is freed under anybody */
    done(&shared);
    return 0;
}

static void test_planted(void)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        char options[64];
        int null = open("/dev/null", O_WRONLY);
        snprintf(options, sizeof options, "exitcode=%d:halt_on_error=1", REPORTED);
        setenv("TSAN_OPTIONS", options, 1);
        if (null >= 0) dup2(null, STDERR_FILENO); /* the report is what is wanted */
        execl("/proc/self/exe", "threads", "race", (char *)NULL);
        _exit(1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == REPORTED);
}

int main(int argc, char **argv)
{
    static void (*const cases[])(void) = {test_planted, test_secrets, test_own,
                                          test_shared, test_streams};
    int bad = 0;

    (void)argv;
    if (argc > 1) return race();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        int before = failed;
        cases[k]();
        bad += failed != before;
    }
    printf("%zu cases, %d failed\n", sizeof cases / sizeof *cases, bad);
    return bad != 0;
}
