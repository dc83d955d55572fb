/* headers.cc - every header, and each typed face, as C++17 with every warning an error.
 */
#include <pila/collections/array.h>
#include <pila/collections/bisect.h>
#include <pila/collections/chainmap.h>
#include <pila/collections/counter.h>
#include <pila/collections/defaultdict.h>
#include <pila/collections/deque.h>
#include <pila/collections/dict.h>
#include <pila/collections/heapq.h>
#include <pila/collections/list.h>
#include <pila/collections/lru_cache.h>
#include <pila/collections/ordereddict.h>
#include <pila/collections/set.h>
#include <pila/collections/sorted.h>
#include <pila/collections/unique.h>
#include <pila/itertools/adaptors.h>
#include <pila/itertools/combinatorics.h>
#include <pila/itertools/functools.h>
#include <pila/itertools/generator.h>
#include <pila/itertools/recipes.h>
#include <pila/itertools/records.h>
#include <pila/itertools/runs.h>
#include <pila/itertools/select.h>
#include <pila/itertools/sinks.h>
#include <pila/itertools/sources.h>
#include <pila/itertools/tee.h>
#include <pila/itertools/zip.h>
#include <pila/serial/json.h>
#include <pila/serial/jsonlines.h>
#include <pila/serial/jsontext.h>
#include <pila/serial/pickle.h>
#include <pila/serial/pickletools.h>
#include <pila/serial/base64.h>
#include <pila/serial/binascii.h>
#include <pila/serial/checksum.h>
#include <pila/serial/hashlib.h>
#include <pila/serial/hmac.h>
#include <pila/serial/secrets.h>
#include <pila/serial/zlib.h>
#include <pila/serial/gzip.h>
#include <pila/serial/struct.h>
#include <pila/serial/value.h>

#include <cstdio>

struct point {
    int x, y;
};

PILA_LIST(Ints, int)
PILA_LIST(Points, point)
PILA_DEQUE(Longs, int64_t)
PILA_DEQUE(Texts, pila_string)
PILA_DICT(Ages, pila_string, int)
PILA_DICT(Places, point *, point)
PILA_ORDEREDDICT(Recent, pila_string, int)
PILA_ORDEREDDICT_WITH(Recent, Ages)
PILA_NESTED(Ints, "list")
PILA_DEFAULTDICT(Tally, pila_string, int)
PILA_DEFAULTDICT_WITH(Tally, Ages)
PILA_DEFAULTDICT_OF(Groups, point *, Ints, &pila_ptr, &Ints_nested)
PILA_ARRAY(Samples, double)
PILA_ARRAY(Codes, unsigned short)
PILA_CHAINMAP(Scopes, Ages)
PILA_COUNTER(Words, pila_string)
PILA_COUNTER(Letters, char)
PILA_SET(Seen, int)
PILA_SET(Names, pila_string)
PILA_FROZENSET(Ends, int)
PILA_SET_OF(Edges, Ends, &Ends_type)
PILA_HEAPQ(Ints)
PILA_BISECT(Ints)
PILA_BISECT(Samples)
PILA_BISECT_DEQUE(Longs)
PILA_LRU_CACHE(Doubled, int, int)
PILA_MAPPER(square, int64_t, int64_t, x, x *x)
PILA_PREDICATE(by_three, int64_t, x, x % 3 == 0)
PILA_FOLD(larger, int64_t, int64_t, acc, x, x > acc ? x : acc)

static pila_status doubles(void *, const int *x, int *out)
{
    *out = 2 * *x;
    return PILA_OK;
}

static_assert(sizeof(pila_string) == 16, "a string is two words");

static pila_status echo(pila_generator *g, void *)
{
    int64_t item = 1;
    pila_status st;

    while ((st = pila_yield(g, &item)) == PILA_OK) {
        const void *sent = pila_sent(g);
        item = sent ? *static_cast<const int64_t *>(sent) : 0;
    }
    return st;
}

static pila_status backwards(void *, const void *a, const void *b, int *out)
{
    int64_t x = *static_cast<const int64_t *>(a), y = *static_cast<const int64_t *>(b);

    *out = x < y ? 1 : x == y ? 0 : -1;
    return PILA_OK;
}

/* What the faces do is tested in C; here one of each is called. */
int main()
{
    Ints row = {};
    Longs queue = {};
    Words words = {};
    int64_t sum = 0, spam = 0, last = 0;
    pila_status st = Ints_append(&row, 3);

    if (st == PILA_OK) st = Longs_extend(&queue, pila_range(0, 10, 1));
    if (st == PILA_OK) st = Longs_pop(&queue, &last);
    if (st == PILA_OK)
        st = Words_update(&words,
                          pila_words(pila_from_mem(pila_cstr("spam eggs spam"))));
    if (st == PILA_OK)
        st = Words_count(&words, pila_string_borrow(pila_cstr("spam")), &spam);
    Tally tally = {};
    Recent recent = {};
    int *times = nullptr;
    pila_string key = pila_string_borrow(pila_cstr("key"));
    Tally_default_empty(&tally);
    if (st == PILA_OK) st = Tally_find(&tally, key, &times);
    if (st == PILA_OK) st = Recent_set(&recent, key, 1);
    if (st == PILA_OK) st = Recent_move_to_end(&recent, key, true);
    const int corners[] = {1, 2};
    Ends ends = {};
    Edges edges = {};
    if (st == PILA_OK) st = Ends_from(&ends, pila_span(corners, 2, &pila_i32));
    if (st == PILA_OK) st = Edges_add(&edges, ends);
    if (st == PILA_OK) st = Edges_remove(&edges, ends);
    Edges_done(&edges);
    Ends_done(&ends);
    int least = 0, eight = 0;
    size_t place = 0;
    if (st == PILA_OK) st = Ints_heappush(&row, 1);
    if (st == PILA_OK) st = Ints_heapreplace_max(&row, 2, &least);
    if (st == PILA_OK) st = Ints_bisect_right(&row, 2, 0, PILA_NONE, &place);
    if (st == PILA_OK) st = Longs_insort_left(&queue, 4, 0, PILA_NONE, NULL);
    Doubled doubled = Doubled_of(doubles, nullptr, 2);
    if (st == PILA_OK) st = Doubled_call(&doubled, 4, &eight);
    Doubled_done(&doubled);
    const pila_iter halves[] = {pila_range(0, 3, 1), pila_range(1, 9, 2)};
    pila_iter merged = pila_merge(halves, 2, nullptr, false);
    merged = pila_unique(pila_unique_everseen(merged, nullptr), nullptr, true);
    merged = pila_reversed(pila_sorted(merged, nullptr, false));
    if (st == PILA_OK) st = pila_consume(merged);
    else pila_iter_drop(&merged);
    Samples samples = {};
    Scopes scopes = {};
    if (st == PILA_OK) st = Samples_extend(&samples, pila_range(0, 10, 1));
    Samples_byteswap(&samples);
    if (st == PILA_OK) st = Scopes_set(&scopes, key, 1);
    if (st == PILA_OK) st = Scopes_find(&scopes, key, &times);
    Samples_done(&samples);
    Scopes_done(&scopes);
    Tally_done(&tally);
    Recent_done(&recent);
    pila_iter it = pila_map(pila_filter(pila_range(0, 10, 1), by_three), square);
    PILA_FOR(int64_t, x, &it) sum += *x;
    pila_iter_drop(&it);
    struct sides {
        int64_t a, b;
    };
    int64_t seven = 7, area = 0;
    it = pila_zip2(pila_takewhile(pila_count(3, 3), by_three),
                   pila_repeat(&seven, &pila_i64, 3));
    PILA_FOR(sides, p, &it) area += p->a * p->b;
    pila_iter_drop(&it);
    it = pila_dropwhile(pila_range(3, 6, 1), by_three);
    it = pila_zip2(pila_filterfalse(it, by_three),
                   pila_compress(pila_span_reversed(corners, 2, &pila_i32),
                                 pila_count_f64(1, 1)));
    while (pila_next_item(&it)) area++;
    pila_iter_drop(&it);
    pila_iter both[] = {pila_range(0, 3, 1), pila_range(10, 11, 1)};
    it = pila_grouper(pila_roundrobin(both, 2), 4, PILA_INCOMPLETE_STRICT, nullptr);
    area += pila_next_item(&it) != nullptr;
    pila_iter_drop(&it);
    pila_iter faces[] = {pila_range(0, 6, 1)};
    size_t ways = 0, subsets = 0, primes = 0, at[3] = {};
    int64_t product = 0, dot = 0;
    if (st == PILA_OK) st = pila_len(pila_product(faces, 1, 3), &ways);
    if (st == PILA_OK) st = pila_len(pila_powerset(pila_range(0, 4, 1)), &subsets);
    if (st == PILA_OK) st = pila_nth_combination(5, 3, 9, at);
    if (st == PILA_OK) st = pila_len(pila_sieve(100), &primes);
    if (st == PILA_OK) st = pila_prod_i64(pila_range(1, 6, 1), &product);
    if (st == PILA_OK)
        st = pila_dotproduct_i64(pila_range(0, 4, 1), pila_range(0, 4, 1), &dot);
    bool counted = ways == 216 && subsets == 16 && primes == 25 && at[2] == 4 &&
                   product == 120 && dot == 14;
    pila_iter twice[2];
    int64_t steps = 0, peaks = 0, runs = 0;
    pila_tee(pila_range(0, 5, 1), 2, 0, twice);
    twice[0] = pila_pairwise(pila_cycle(twice[0]));
    PILA_FOR(sides, p, &twice[0]) {
        steps += p->b - p->a;
        if (p->b == 0) break;
    }
    if (st == PILA_OK)
        st = pila_sum_i64(pila_accumulate(twice[1], larger, &seven), &peaks);
    pila_iter_drop(&twice[0]);
    it = pila_groupby_key(pila_range(0, 7, 1), square);
    while (pila_next_item(&it)) runs++;
    pila_iter_drop(&it);
    counted = counted && steps == 0 && peaks == 6 * 7 && runs == 7;
    pila_stacks stacks = {};
    pila_generator_options options = {};
    options.stacks = &stacks;
    const void *echoed = nullptr;
    int64_t least_of_all = 0, largest = 0;
    pila_cmp by = {};
    pila_cmp_to_key(&by, &pila_i64, backwards, nullptr);
    it = pila_generate_with(echo, nullptr, &pila_i64, &options);
    if (st == PILA_OK) st = pila_generator_send(&it, nullptr, &echoed);
    if (st == PILA_OK) st = pila_generator_send(&it, &seven, &echoed);
    counted = counted && echoed && *static_cast<const int64_t *>(echoed) == 7;
    if (st == PILA_OK) st = pila_generator_close(&it);
    pila_iter_drop(&it);
    pila_stacks_done(&stacks);
    if (st == PILA_OK) st = pila_reduce(pila_range(0, 9, 1), larger, nullptr, &largest);
    if (st == PILA_OK)
        st = pila_min_by(pila_range(0, 9, 1), &by.type, pila_cmp_key, &by, &pila_i64,
                         &least_of_all);
    counted = counted && largest == 8 && least_of_all == 8;
    Ints_done(&row);
    Longs_done(&queue);
    Words_done(&words);
    bool right = st == PILA_OK && counted && sum == 0 + 9 + 36 + 81 && spam == 2 &&
                 last == 9 && area == 7 * (3 + 6 + 9) + 2 + 1;
    std::printf("%s\n", right ? "right" : "wrong");
    return right ? 0 : 1;
}
