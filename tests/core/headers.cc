// headers.cc - the headers of core as C++17: that they compile without a warning, that
// a descriptor is found for every type of C, and that what is inline there works here.
// Prints what failed and answers 1; says nothing and answers 0 otherwise.
#include <pila/core/hash.h>
#include <pila/core/iter.h>
#include <pila/core/mem.h>
#include <pila/core/status.h>
#include <pila/core/str.h>
#include <pila/core/type.h>

#include <cstdio>
#include <cstring>

static int failures;

static void check(bool good, const char *what)
{
    if (good) return;
    std::printf("failed: %s\n", what);
    failures++;
}

#define CHECK(expr) check((expr), #expr)

struct point {
    int x, y;
};
static const pila_type point_type = PILA_PLAIN_TYPE(point);

template <class T> static bool is(const pila_type &want)
{
    return PILA_TYPE_OF(T, &point_type) == &want;
}

static void test_type_of()
{
    CHECK(is<signed char>(pila_i8));
    CHECK(is<unsigned char>(pila_u8));
    CHECK(is<char>(char(-1) < 0 ? pila_i8 : pila_u8));
    CHECK(is<bool>(pila_u8));
    CHECK(is<short>(pila_i16));
    CHECK(is<unsigned short>(pila_u16));
    CHECK(is<int>(pila_i32));
    CHECK(is<unsigned>(pila_u32));
    CHECK(is<long>(sizeof(long) == 8 ? pila_i64 : pila_i32));
    CHECK(is<unsigned long>(sizeof(long) == 8 ? pila_u64 : pila_u32));
    CHECK(is<long long>(pila_i64));
    CHECK(is<unsigned long long>(pila_u64));
    CHECK(is<float>(pila_f32));
    CHECK(is<double>(pila_f64));
    CHECK(is<pila_str>(pila_view));
    CHECK(is<pila_string>(pila_text));
    CHECK(is<void *>(pila_ptr));
    CHECK(is<long double>(point_type));
    CHECK(is<char *>(point_type));
    CHECK(is<const char *>(point_type));
    CHECK(is<point>(point_type));
    CHECK(is<point *>(point_type));
}

static void test_status_and_mem()
{
    size_t sum = 0;

    CHECK(std::strcmp(pila_status_name(PILA_EKEY), "PILA_EKEY") == 0);
    CHECK(pila_add(1, 2, &sum) && sum == 3);
    CHECK(!pila_mul(SIZE_MAX, 2, &sum) && sum == 3);
    int *row = static_cast<int *>(pila_alloc(10, sizeof(int)));
    CHECK(row != nullptr);
    pila_free(row);
}

static void test_text()
{
    pila_str view = pila_cstr("a text that is long enough");
    pila_string owned, borrowed = pila_string_borrow(view);
    pila_buf out = {};

    pila_hash_init();
    CHECK(pila_string_init(&owned, view) == PILA_OK);
    CHECK(pila_string_eq(&owned, &borrowed));
    CHECK(pila__string_hash(&owned) == pila__str_hash(view));
    CHECK(pila_type_repr(&pila_text, &owned, &out) == PILA_OK);
    CHECK(pila_str_eq(pila_buf_view(&out), pila_cstr("'a text that is long enough'")));
    pila_string_done(&owned);
    pila_buf_done(&out);
}

struct entry {
    int32_t key;
    double value;
};
PILA_PAIR(entry_pair, entry, value, &pila_i32, &pila_f64);

static void test_pair()
{
    entry a = {1, 2.5}, b = {1, 3.5};
    pila_pair made;
    bool less = false;

    CHECK(pila_pair_init(&made, &pila_i32, &pila_f64) == PILA_OK);
    CHECK(made.second_at == offsetof(entry, value) && made.type.size == sizeof(entry));
    CHECK(pila_type_accepts(&entry_pair.type, &made.type));
    CHECK(pila_type_less(&entry_pair.type, &a, &b, &less) == PILA_OK && less);
}

static void test_iter()
{
    const int64_t data[] = {3, 1, 4};
    pila_iter it = pila_span(data, 3, &pila_i64);
    int64_t sum = 0;

    PILA_FOR(int64_t, x, &it) sum += *x;
    CHECK(sum == 8 && it.status == PILA_END);
    pila_iter_drop(&it);
    it = pila_failed(PILA_EIO);
    CHECK(pila_next_item(&it) == nullptr && pila_iter_outcome(&it) == PILA_EIO);
    pila_iter_drop(&it);
}

int main()
{
    test_type_of();
    test_status_and_mem();
    test_text();
    test_pair();
    test_iter();
    return failures ? 1 : 0;
}
