/* headers.cc - every header, and each typed face, as C++17 with every warning an error.
 */
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
PILA_MAPPER(square, int64_t, int64_t, x, x *x)
PILA_PREDICATE(by_three, int64_t, x, x % 3 == 0)

static_assert(sizeof(pila_string) == 16, "a string is two words");

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
    Ints_done(&row);
    Longs_done(&queue);
    Words_done(&words);
    bool right = st == PILA_OK && sum == 0 + 9 + 36 + 81 && spam == 2 && last == 9;
    std::printf("%s\n", right ? "right" : "wrong");
    return right ? 0 : 1;
}
