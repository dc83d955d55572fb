/* test_type.c - descriptors: what each ready-made kind answers, against arithmetic in
 * 128 bits and rows that CPython made; pairs against the compiler's own structs; and
 * types whose callbacks count, fail at the k-th call, and run out of memory. */
#include "check.h"

#include <math.h>
#include <wchar.h>

__extension__ typedef __int128 i128;

/* Out of line, as in a library: gcc, inlining a descriptor that it cannot see through,
 * would warn that an int on the stack is too small to be read as a string. */
#define APART static __attribute__((noinline, noclone))
#if defined(__clang__)
#undef APART
#define APART static __attribute__((noinline))
#endif
APART pila_status type_hash(const pila_type *t, const void *item, uint64_t *out)
{
    return pila_type_hash(t, item, out);
}

APART pila_status type_eq(const pila_type *t, const void *a, const void *b, bool *out)
{
    return pila_type_eq(t, a, b, out);
}

APART pila_status type_less(const pila_type *t, const void *a, const void *b, bool *out)
{
    return pila_type_less(t, a, b, out);
}

APART pila_status type_copy(const pila_type *t, void *out, const void *item)
{
    return pila_type_copy(t, out, item);
}

APART void type_drop(const pila_type *t, void *item) { pila_type_drop(t, item); }

/* ---- what the ready-made ones say of themselves ---- */

static const struct ready_row {
    const char *promise;
    const pila_type *type;
    pila_kind kind;
    size_t size, align;
    const char *name; /* type(x).__name__ */
} readies[] = {
    {"i8", &pila_i8, PILA_KIND_I8, 1, _Alignof(int8_t), "int"},
    {"i16", &pila_i16, PILA_KIND_I16, 2, _Alignof(int16_t), "int"},
    {"i32", &pila_i32, PILA_KIND_I32, 4, _Alignof(int32_t), "int"},
    {"i64", &pila_i64, PILA_KIND_I64, 8, _Alignof(int64_t), "int"},
    {"u8", &pila_u8, PILA_KIND_U8, 1, _Alignof(uint8_t), "int"},
    {"u16", &pila_u16, PILA_KIND_U16, 2, _Alignof(uint16_t), "int"},
    {"u32", &pila_u32, PILA_KIND_U32, 4, _Alignof(uint32_t), "int"},
    {"u64", &pila_u64, PILA_KIND_U64, 8, _Alignof(uint64_t), "int"},
    {"f32", &pila_f32, PILA_KIND_F32, 4, _Alignof(float), "float"},
    {"f64", &pila_f64, PILA_KIND_F64, 8, _Alignof(double), "float"},
    {"ptr", &pila_ptr, PILA_KIND_PTR, sizeof(void *), _Alignof(void *), "pointer"},
    {"view", &pila_view, PILA_KIND_STR, sizeof(pila_str), _Alignof(pila_str), "str"},
    {"padded view", &pila_view_padded, PILA_KIND_STR, sizeof(pila_str),
     _Alignof(pila_str), "str"},
    {"text", &pila_text, PILA_KIND_STRING, 16, _Alignof(pila_string), "str"},
    {"bytes", &pila_bytes, PILA_KIND_STRING, 16, _Alignof(pila_string), "bytes"},
};

static void test_ready_made(void **state)
{
    (void)state;
    for (const struct ready_row *r = readies; r < readies + COUNT_OF(readies); r++) {
        ROW(r->promise);
        CHECK(r->type->kind == r->kind);
        CHECK_INT(r->type->size, r->size);
        CHECK_INT(r->type->align, r->align);
        assert_string_equal(r->type->name, r->name);
        CHECK(!pila_type_calls_out(r->type));
        CHECK(pila_type_plain(r->type) == (r->kind != PILA_KIND_STRING));
    }
    ROW(NULL);
}

/* ---- integers, against 128 bits ---- */

static const struct int_type {
    const pila_type *type;
    int bits;
    bool negative; /* whether there are negative ones */
} int_types[] = {
    {&pila_i8, 8, true},    {&pila_i16, 16, true},  {&pila_i32, 32, true},
    {&pila_i64, 64, true},  {&pila_u8, 8, false},   {&pila_u16, 16, false},
    {&pila_u32, 32, false}, {&pila_u64, 64, false},
};

/* The edges of a type and what lies near 0, as many as it has. */
static size_t edges(const struct int_type *t, i128 *out)
{
    i128 top = (i128)1 << (t->negative ? t->bits - 1 : t->bits);
    i128 all[] = {-top, -top + 1, -2, -1, 0, 1, 2, 100, top / 2, top - 2, top - 1};
    size_t n = 0;

    for (size_t k = 0; k < COUNT_OF(all); k++)
        if (t->negative || all[k] >= 0) out[n++] = all[k];
    return n;
}

/* A room of the type's size that holds x: its low bytes. */
static void put_int(const pila_type *t, void *out, i128 x)
{
    int8_t b = (int8_t)x;
    int16_t h = (int16_t)x;
    int32_t w = (int32_t)x;
    int64_t d = (int64_t)x;

    memcpy(out,
           t->size == 1   ? (void *)&b
           : t->size == 2 ? (void *)&h
           : t->size == 4 ? (void *)&w
                          : (void *)&d,
           t->size);
}

static void show_int(i128 x, char *out)
{
    if (x < 0) *out++ = '-';
    sprintf(out, "%llu", (unsigned long long)(x < 0 ? -x : x));
}

static void check_ints(const pila_type *t, i128 x, i128 y)
{
    int64_t a, b, c; /* aligned rooms */
    uint64_t hash_a, hash_b;
    bool same, less;

    put_int(t, &a, x);
    put_int(t, &b, y);
    CHECK_OK(type_eq(t, &a, &b, &same));
    CHECK_OK(type_less(t, &a, &b, &less));
    CHECK(same == (x == y));
    CHECK(less == (x < y));
    CHECK_OK(type_hash(t, &a, &hash_a));
    CHECK_OK(type_hash(t, &b, &hash_b));
    CHECK((hash_a == hash_b) == (x == y));
    CHECK_OK(type_copy(t, &c, &a));
    CHECK(memcmp(&a, &c, t->size) == 0);
    type_drop(t, &c);
}

static void test_integers(void **state)
{
    i128 values[16];

    (void)state;
    pila_hash_init();
    for (const struct int_type *t = int_types; t < int_types + COUNT_OF(int_types);
         t++) {
        size_t n = edges(t, values);
        for (size_t i = 0; i < n; i++) {
            pila_buf b = {0};
            char want[32];
            int64_t room;
            for (size_t j = 0; j < n; j++) check_ints(t->type, values[i], values[j]);
            put_int(t->type, &room, values[i]);
            show_int(values[i], want);
            CHECK_OK(pila_type_repr(t->type, &room, &b));
            CHECK_TEXT(pila_buf_view(&b), want);
            pila_buf_done(&b);
        }
    }
}

/* Integers of all widths hash alike, so that a table may be looked up with another. */
static void test_widths_hash_alike(void **state)
{
    uint64_t want, got;
    int64_t x;

    (void)state;
    pila_hash_init();
    for (int value = -3; value < 100; value++) {
        want = pila_hash_int((uint64_t)value);
        for (const struct int_type *t = int_types; t < int_types + COUNT_OF(int_types);
             t++) {
            if (value < 0 && !t->negative) continue;
            put_int(t->type, &x, value);
            CHECK_OK(type_hash(t->type, &x, &got));
            CHECK(got == want);
        }
    }
}

/* ---- floats ---- */

static const struct float_row {
    const char *promise;
    double a, b;
    bool same, less, alike; /* [a] == [b], a < b, hash(a) == hash(b) */
} float_rows[] = {
    {"equal numbers", 1.5, 1.5, true, false, true},
    {"in order", 1.5, 2.5, false, true, false},
    {"out of order", 2.5, -2.5, false, false, false},
    {"minus zero is zero", -0.0, 0.0, true, false, true},
    {"zero is minus zero", 0.0, -0.0, true, false, true},
    {"a NaN is itself in a container", NAN, NAN, true, false, true},
    {"a NaN is no number", NAN, 1.0, false, false, false},
    {"no number is a NaN", 1.0, NAN, false, false, false},
    {"NaNs with different bits differ", NAN, -NAN, false, false, false},
    {"infinity", -INFINITY, INFINITY, false, true, false},
    {"infinity is itself", INFINITY, INFINITY, true, false, true},
};

static void check_floats(const pila_type *t, const void *a, const void *b,
                         const struct float_row *r)
{
    bool same, less;
    uint64_t hash_a, hash_b;

    CHECK_OK(type_eq(t, a, b, &same));
    CHECK_OK(type_less(t, a, b, &less));
    CHECK_OK(type_hash(t, a, &hash_a));
    CHECK_OK(type_hash(t, b, &hash_b));
    CHECK(same == r->same);
    CHECK(less == r->less);
    CHECK((hash_a == hash_b) == r->alike);
}

static void test_floats(void **state)
{
    (void)state;
    pila_hash_init();
    for (const struct float_row *r = float_rows; r < float_rows + COUNT_OF(float_rows);
         r++) {
        float a = (float)r->a, b = (float)r->b;
        ROW(r->promise);
        check_floats(&pila_f64, &r->a, &r->b, r);
        check_floats(&pila_f32, &a, &b, r);
    }
    ROW(NULL);
}

static const struct repr_row {
    const char *promise;
    const pila_type *type;
    double x;
    const char *want; /* repr(x), repr(array('f', [x])[0]) */
} float_reprs[] = {
    {"a double", &pila_f64, 0.1, "0.1"},
    {"a float shows the double it is", &pila_f32, 0.1, "0.10000000149011612"},
    {"a float that is exact", &pila_f32, 1.5, "1.5"},
    {"a large float", &pila_f32, 16777216.0, "16777216.0"},
    {"minus zero keeps its sign", &pila_f64, -0.0, "-0.0"},
    {"and as a float", &pila_f32, -0.0, "-0.0"},
    {"infinity", &pila_f32, INFINITY, "inf"},
    {"no number", &pila_f64, NAN, "nan"},
};

static void test_float_reprs(void **state)
{
    (void)state;
    for (const struct repr_row *r = float_reprs;
         r < float_reprs + COUNT_OF(float_reprs); r++) {
        pila_buf b = {0};
        float f = (float)r->x;
        ROW(r->promise);
        CHECK_OK(pila_type_repr(r->type,
                                r->type == &pila_f32 ? (const void *)&f : &r->x, &b));
        CHECK_TEXT(pila_buf_view(&b), r->want);
        pila_buf_done(&b);
    }
    ROW(NULL);
}

/* ---- pointers ---- */

static void test_pointers(void **state)
{
    int things[2];
    void *a = &things[0], *b = &things[1], *same_as_a = &things[0], *none = NULL;
    uint64_t hash_a, hash_b;
    bool yes;
    pila_buf out = {0};

    (void)state;
    pila_hash_init();
    CHECK_OK(type_eq(&pila_ptr, &a, &same_as_a, &yes));
    CHECK(yes);
    CHECK_OK(type_eq(&pila_ptr, &a, &b, &yes));
    CHECK(!yes);
    CHECK_OK(type_less(&pila_ptr, &a, &b, &yes));
    CHECK(yes);
    CHECK_OK(type_less(&pila_ptr, &b, &a, &yes));
    CHECK(!yes);
    CHECK_OK(type_less(&pila_ptr, &none, &a, &yes));
    CHECK(yes);
    CHECK_OK(type_hash(&pila_ptr, &a, &hash_a));
    CHECK_OK(type_hash(&pila_ptr, &same_as_a, &hash_b));
    CHECK(hash_a == hash_b);
    CHECK_STATUS(pila_type_repr(&pila_ptr, &a, &out), PILA_ETYPE); /* no addresses */
    CHECK_INT(out.len, 0);
}

/* ---- text ---- */

static const struct text_row {
    const char *promise, *a, *b;
    int order;
} text_rows[] = {
    {"empty", "", "", 0},
    {"short and equal", "spam", "spam", 0},
    {"short and different", "eggs", "spam", -1},
    {"fifteen bytes", "fifteen bytes..", "fifteen bytes..", 0},
    {"sixteen bytes", "sixteen bytes...", "sixteen bytes...", 0},
    {"the last of sixteen differs", "sixteen bytes..a", "sixteen bytes..b", -1},
    {"short and long", "sixteen bytes..", "sixteen bytes...", -1},
    {"long and different", "a text that is long, b", "a text that is long, a", 1},
    {"beyond ASCII", "\xc3\xb1", "z", 1},
};

/* The same answers from views, owned strings, and bytes. */
static void test_text(void **state)
{
    const pila_type *owned[] = {&pila_text, &pila_bytes};

    (void)state;
    pila_hash_init();
    for (const struct text_row *r = text_rows; r < text_rows + COUNT_OF(text_rows);
         r++) {
        pila_str va = pila_cstr(r->a), vb = pila_cstr(r->b);
        uint64_t hash, other;
        bool same, less;
        ROW(r->promise);
        CHECK_OK(type_eq(&pila_view, &va, &vb, &same));
        CHECK_OK(type_less(&pila_view, &va, &vb, &less));
        CHECK(same == (r->order == 0) && less == (r->order < 0));
        CHECK_OK(type_hash(&pila_view, &va, &hash));
        for (int k = 0; k < 2; k++) {
            pila_string a = pila_string_borrow(va), b = pila_string_borrow(vb), copy;
            CHECK_OK(type_copy(owned[k], &copy, &a));
            CHECK_OK(type_eq(owned[k], &copy, &b, &same));
            CHECK_OK(type_less(owned[k], &copy, &b, &less));
            CHECK(same == (r->order == 0) && less == (r->order < 0));
            CHECK_OK(type_hash(owned[k], &copy, &other));
            CHECK(hash == other);
            type_drop(owned[k], &copy);
        }
    }
    ROW(NULL);
}

static void test_text_repr(void **state)
{
    pila_str v = pila_cstr("it's \xc3\xb1");
    pila_string s = pila_string_borrow(v);
    pila_buf b = {0};

    (void)state;
    CHECK_OK(pila_type_repr(&pila_view, &v, &b));
    CHECK_OK(pila_buf_add_char(&b, ' '));
    CHECK_OK(pila_type_repr(&pila_view_padded, &v, &b));
    CHECK_OK(pila_buf_add_char(&b, ' '));
    CHECK_OK(pila_type_repr(&pila_text, &s, &b));
    CHECK_OK(pila_buf_add_char(&b, ' '));
    CHECK_OK(pila_type_repr(&pila_bytes, &s, &b));
    CHECK_TEXT(pila_buf_view(&b),
               "\"it's \xc3\xb1\" \"it's \xc3\xb1\" \"it's \xc3\xb1\" "
               "b\"it's \\xc3\\xb1\"");
    pila_buf_done(&b);
}

static void test_a_copy_is_independent(void **state)
{
    char text[] = "a text that is long enough";
    pila_string lent = pila_string_borrow(pila_cstr(text)), copy;

    (void)state;
    check_alloc_start();
    CHECK_OK(type_copy(&pila_text, &copy, &lent));
    CHECK_INT(check_alloc_live(), 1);
    memset(text, '?', 5);
    CHECK_TEXT(pila_string_view(&copy), "a text that is long enough");
    type_drop(&pila_text, &copy);
    CHECK_INT(check_alloc_live(), 0);
    check_alloc_stop();
}

/* ---- a type of one's own ---- */

typedef struct point {
    int x, y;
} point;

static const pila_type point_plain = PILA_PLAIN_TYPE(point);

static void test_a_plain_type_is_bytes(void **state)
{
    point a = {1, 2}, b = {0, 0};
    uint64_t hash = 42;
    bool yes = true;
    pila_buf out = {0};

    (void)state;
    CHECK_INT(point_plain.size, sizeof(point));
    CHECK_INT(point_plain.align, _Alignof(point));
    assert_string_equal(point_plain.name, "point");
    CHECK(pila_type_plain(&point_plain) && pila_type_calls_out(&point_plain));
    CHECK_STATUS(type_hash(&point_plain, &a, &hash), PILA_ETYPE);
    CHECK_STATUS(type_eq(&point_plain, &a, &b, &yes), PILA_ETYPE);
    CHECK_STATUS(type_less(&point_plain, &a, &b, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_type_repr(&point_plain, &a, &out), PILA_ETYPE);
    CHECK(hash == 42 && yes && out.len == 0);
    CHECK_OK(type_copy(&point_plain, &b, &a));
    CHECK(b.x == 1 && b.y == 2);
    type_drop(&point_plain, &b);
    CHECK(b.x == 1);
}

/* A number in a block of its own, whose callbacks count and fail at the k-th call. */
typedef struct boxed {
    int *number;
} boxed;

static struct {
    int calls, fail_at, copies, drops;
    void *ctx;
} seen;
static int the_ctx;

static pila_status counted(void *ctx)
{
    seen.ctx = ctx;
    seen.calls++;
    return seen.calls == seen.fail_at ? (pila_status)(PILA_EUSER + 7) : PILA_OK;
}

static pila_status boxed_hash(void *ctx, const void *item, uint64_t *out)
{
    pila_status st = counted(ctx);
    if (st == PILA_OK) *out = (uint64_t) * ((const boxed *)item)->number;
    return st;
}

static pila_status boxed_eq(void *ctx, const void *a, const void *b, bool *out)
{
    pila_status st = counted(ctx);
    if (st == PILA_OK)
        *out = *((const boxed *)a)->number == *((const boxed *)b)->number;
    return st;
}

static pila_status boxed_less(void *ctx, const void *a, const void *b, bool *out)
{
    pila_status st = counted(ctx);
    if (st == PILA_OK) *out = *((const boxed *)a)->number < *((const boxed *)b)->number;
    return st;
}

static pila_status boxed_copy(void *ctx, void *out, const void *item)
{
    pila_status st = counted(ctx);
    boxed made;

    if (st != PILA_OK) return st;
    made.number = pila_alloc(1, sizeof(int));
    if (!made.number) return PILA_ENOMEM;
    *made.number = *((const boxed *)item)->number;
    *(boxed *)out = made;
    seen.copies++;
    return PILA_OK;
}

static void boxed_drop(void *ctx, void *item)
{
    seen.ctx = ctx;
    seen.drops++;
    pila_free(((boxed *)item)->number);
}

static pila_status boxed_repr(void *ctx, const void *item, pila_buf *out)
{
    pila_status st = counted(ctx);
    return st == PILA_OK ? pila_buf_add_int(out, *((const boxed *)item)->number) : st;
}

#define BOXED_TYPE(less)                                                               \
    {                                                                                  \
        PILA_KIND_OTHER, sizeof(boxed), _Alignof(boxed), "boxed", &the_ctx,            \
            boxed_hash, boxed_eq, less, boxed_copy, boxed_drop, boxed_repr             \
    }
static const pila_type boxed_type = BOXED_TYPE(boxed_less);
static const pila_type orderless = BOXED_TYPE(NULL); /* as Python's complex */

static void start_counting(int fail_at)
{
    memset(&seen, 0, sizeof seen);
    seen.fail_at = fail_at;
}

static void test_callbacks_get_ctx_and_their_faults_pass(void **state)
{
    int one = 1, two = 2;
    boxed a = {&one}, b = {&two}, copy = {NULL};
    const pila_status fault = (pila_status)(PILA_EUSER + 7);
    pila_buf out = {0};

    (void)state;
    for (int failing = 0; failing < 2; failing++) {
        pila_status want = failing ? fault : PILA_OK;
        uint64_t hash = 42;
        bool yes = true;
        start_counting(failing);
        CHECK_STATUS(type_hash(&boxed_type, &b, &hash), want);
        CHECK_INT(hash, failing ? 42 : 2);
        start_counting(failing);
        CHECK_STATUS(type_eq(&boxed_type, &a, &b, &yes), want);
        CHECK(yes == failing);
        start_counting(failing);
        CHECK_STATUS(type_less(&boxed_type, &b, &a, &yes), want);
        CHECK(yes == failing);
        start_counting(failing);
        CHECK_STATUS(type_copy(&boxed_type, &copy, &a), want);
        CHECK((copy.number == NULL) == failing);
        CHECK(seen.ctx == &the_ctx && seen.calls == 1);
        start_counting(failing);
        CHECK_STATUS(pila_type_repr(&boxed_type, &a, &out), want);
        CHECK_INT(out.len, !failing);
        if (!failing) type_drop(&boxed_type, &copy);
        CHECK_INT(seen.drops, !failing);
        copy.number = NULL;
        pila_buf_done(&out);
    }
}

/* ---- PILA_TYPE_OF ---- */

static const pila_type none = PILA_PLAIN_TYPE(point);
enum color { RED, GREEN };

static void test_type_of(void **state)
{
    const struct {
        const char *type;
        const pila_type *got, *want;
    } rows[] = {
#define OF(T, want) {#T, PILA_TYPE_OF(T, &none), want}
        OF(signed char, &pila_i8),
        OF(unsigned char, &pila_u8),
        OF(char, (char)-1 < 0 ? &pila_i8 : &pila_u8),
        OF(bool, &pila_u8),
        OF(short, &pila_i16),
        OF(unsigned short, &pila_u16),
        OF(int, &pila_i32),
        OF(unsigned, &pila_u32),
        OF(long long, &pila_i64),
        OF(unsigned long long, &pila_u64),
        OF(long, sizeof(long) == 8 ? &pila_i64 : &pila_i32),
        OF(unsigned long, sizeof(long) == 8 ? &pila_u64 : &pila_u32),
        OF(int8_t, &pila_i8),
        OF(int16_t, &pila_i16),
        OF(int32_t, &pila_i32),
        OF(int64_t, &pila_i64),
        OF(uint8_t, &pila_u8),
        OF(uint16_t, &pila_u16),
        OF(uint32_t, &pila_u32),
        OF(uint64_t, &pila_u64),
        OF(intmax_t, &pila_i64),
        OF(size_t, sizeof(size_t) == 8 ? &pila_u64 : &pila_u32),
        OF(ptrdiff_t, sizeof(size_t) == 8 ? &pila_i64 : &pila_i32),
        OF(uintptr_t, sizeof(void *) == 8 ? &pila_u64 : &pila_u32),
        OF(float, &pila_f32),
        OF(double, &pila_f64),
        OF(pila_str, &pila_view),
        OF(pila_string, &pila_text),
        OF(void *, &pila_ptr),
        OF(long double, &none),
        OF(char *, &none),
        OF(const char *, &none),
        OF(point, &none),
        OF(point *, &none),
        OF(boxed, &none),
#undef OF
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        ROW(rows[k].type);
        CHECK(rows[k].got == rows[k].want);
    }
    ROW("wchar_t and an enum are the integer they are");
    CHECK(PILA_TYPE_OF(wchar_t, &none)->size == sizeof(wchar_t));
    CHECK(PILA_TYPE_OF(enum color, &none)->size == sizeof(enum color));
    ROW(NULL);
}

/* ---- pairs: the layout ---- */

typedef struct three {
    char bytes[3];
} three;
typedef struct mixed {
    double number;
    char letter;
} mixed;

static const pila_type three_type = PILA_PLAIN_TYPE(three);
static const pila_type mixed_type = PILA_PLAIN_TYPE(mixed);
static const pila_type widest_type = PILA_PLAIN_TYPE(max_align_t);

static void check_layout(const char *what, const pila_type *first,
                         const pila_type *second, size_t at, size_t size, size_t align)
{
    pila_pair p;

    ROW(what);
    CHECK_OK(pila_pair_init(&p, first, second));
    CHECK_INT(p.second_at, at);
    CHECK_INT(p.type.size, size);
    CHECK_INT(p.type.align, align);
    CHECK(p.first == first && p.second == second && pila_pair_of(&p.type) == &p);
}

#define SECONDS(X, A, a)                                                               \
    X(A, a, int8_t, pila_i8)                                                           \
    X(A, a, int16_t, pila_i16)                                                         \
    X(A, a, int32_t, pila_i32) X(A, a, int64_t, pila_i64) X(A, a, float, pila_f32)     \
        X(A, a, double, pila_f64) X(A, a, void *, pila_ptr)                            \
            X(A, a, pila_str, pila_view) X(A, a, pila_string, pila_text)               \
                X(A, a, three, three_type) X(A, a, mixed, mixed_type)                  \
                    X(A, a, max_align_t, widest_type)
#define PAIRS(X)                                                                       \
    SECONDS(X, int8_t, pila_i8)                                                        \
    SECONDS(X, int16_t, pila_i16)                                                      \
    SECONDS(X, int32_t, pila_i32) SECONDS(X, int64_t, pila_i64)                        \
        SECONDS(X, float, pila_f32) SECONDS(X, double, pila_f64)                       \
            SECONDS(X, void *, pila_ptr) SECONDS(X, pila_str, pila_view)               \
                SECONDS(X, pila_string, pila_text) SECONDS(X, three, three_type)       \
                    SECONDS(X, mixed, mixed_type) SECONDS(X, max_align_t, widest_type)

static void test_layout_is_the_compilers(void **state)
{
    (void)state;
#define LAYOUT(A, a, B, b)                                                             \
    {                                                                                  \
        struct both {                                                                  \
            A first;                                                                   \
            B second;                                                                  \
        };                                                                             \
        check_layout(#A " and " #B, &a, &b, offsetof(struct both, second),             \
                     sizeof(struct both), _Alignof(struct both));                      \
    }
    PAIRS(LAYOUT)
#undef LAYOUT
    ROW(NULL);
}

/* Pairs of pairs too. */
static void test_layout_of_nested_pairs(void **state)
{
    struct inner {
        int8_t a;
        int32_t b;
    };
    struct outer {
        struct inner first;
        int16_t second;
    };
    struct right {
        int8_t first;
        struct outer second;
    };
    pila_pair inner, outer;

    (void)state;
    CHECK_OK(pila_pair_init(&inner, &pila_i8, &pila_i32));
    CHECK_OK(pila_pair_init(&outer, &inner.type, &pila_i16));
    check_layout("a pair first", &inner.type, &pila_i16, offsetof(struct outer, second),
                 sizeof(struct outer), _Alignof(struct outer));
    check_layout("a pair second", &pila_i8, &outer.type, offsetof(struct right, second),
                 sizeof(struct right), _Alignof(struct right));
    ROW(NULL);
}

typedef struct entry {
    int32_t key;
    double value;
} entry;
PILA_PAIR(entry_pair, entry, value, &pila_i32, &pila_f64);

static void test_a_constant_pair_is_the_same(void **state)
{
    pila_pair made;

    (void)state;
    CHECK_OK(pila_pair_init(&made, &pila_i32, &pila_f64));
    CHECK_INT(entry_pair.second_at, made.second_at);
    CHECK_INT(entry_pair.type.size, made.type.size);
    CHECK_INT(entry_pair.type.align, made.type.align);
    assert_string_equal(entry_pair.type.name, made.type.name);
    CHECK(pila_pair_of(&entry_pair.type) == &entry_pair);
    CHECK(pila_type_accepts(&entry_pair.type, &made.type));
    CHECK(pila_pair_of(&pila_i64) == NULL && pila_pair_of(&boxed_type) == NULL);
}

static void test_pair_sizes(void **state)
{
    const pila_type nothing = {
        PILA_KIND_OTHER, 0, 1, "nothing", NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    static const struct {
        const char *promise;
        size_t first, first_align, second, second_align;
        pila_status want;
    } rows[] = {
        {"as large as can be", PTRDIFF_MAX - 8, 1, 8, 1, PILA_OK},
        {"one byte more", PTRDIFF_MAX - 8, 1, 9, 1, PILA_EOVERFLOW},
        {"the padding is too much", PTRDIFF_MAX - 8, 1, 8, 8, PILA_EOVERFLOW},
        {"the tail is too much", PTRDIFF_MAX - 8, 8, 1, 8, PILA_EOVERFLOW},
        {"the sum wraps", SIZE_MAX - 3, 1, 8, 1, PILA_EOVERFLOW},
        {"aligning wraps", SIZE_MAX - 3, 1, 8, 8, PILA_EOVERFLOW},
        {"rounding up wraps", SIZE_MAX - 20, 8, 14, 8, PILA_EOVERFLOW},
    };
    pila_pair p;

    (void)state;
    CHECK_OK(pila_pair_init(&p, &pila_i32, &nothing));
    CHECK_INT(p.type.size, 4);
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        pila_type a = nothing, b = nothing;
        ROW(rows[k].promise);
        a.size = rows[k].first;
        a.align = rows[k].first_align;
        b.size = rows[k].second;
        b.align = rows[k].second_align;
        CHECK_STATUS(pila_pair_init(&p, &a, &b), rows[k].want);
    }
    ROW(NULL);
}

/* ---- pairs: what they answer, as Python's tuples ---- */

typedef struct numbers {
    int64_t a;
    double b;
} numbers;
PILA_PAIR(numbers_pair, numbers, b, &pila_i64, &pila_f64);

static const struct tuple_row {
    const char *promise;
    numbers x, y;
    bool same, less; /* of [x] == [y], x < y; a NaN is one object */
} tuples[] = {
    {"equal", {1, 2.5}, {1, 2.5}, true, false},
    {"the first decides", {1, 9.0}, {2, 0.0}, false, true},
    {"whatever the second", {2, 0.0}, {1, 9.0}, false, false},
    {"then the second", {1, 2.5}, {1, 3.5}, false, true},
    {"the other way round", {1, 3.5}, {1, 2.5}, false, false},
    {"minus zero is zero", {1, -0.0}, {1, 0.0}, true, false},
    {"the same NaN is equal", {1, NAN}, {1, NAN}, true, false},
    {"a NaN is not less", {1, NAN}, {1, 2.0}, false, false},
    {"and nothing less than it", {1, 2.0}, {1, NAN}, false, false},
    {"negative numbers", {-1, 0.0}, {0, 0.0}, false, true},
};

static void test_pairs_compare_as_tuples(void **state)
{
    const pila_type *t = &numbers_pair.type;

    (void)state;
    pila_hash_init();
    for (const struct tuple_row *r = tuples; r < tuples + COUNT_OF(tuples); r++) {
        uint64_t hash_x, hash_y;
        bool same, less;
        ROW(r->promise);
        CHECK_OK(type_eq(t, &r->x, &r->y, &same));
        CHECK_OK(type_less(t, &r->x, &r->y, &less));
        CHECK(same == r->same);
        CHECK(less == r->less);
        CHECK_OK(type_hash(t, &r->x, &hash_x));
        CHECK_OK(type_hash(t, &r->y, &hash_y));
        CHECK((hash_x == hash_y) == r->same);
    }
    ROW(NULL);
}

/* Padding between and behind the members is no part of what a pair is. */
static void test_padding_does_not_count(void **state)
{
    typedef struct padded {
        int8_t a;
        int64_t b;
        int8_t c;
    } padded;
    pila_pair inner, p;
    padded x, y;
    uint64_t hash_x, hash_y;
    bool same;

    (void)state;
    pila_hash_init();
    memset(&x, 0x00, sizeof x);
    memset(&y, 0xff, sizeof y);
    x.a = y.a = 1;
    x.b = y.b = 2;
    CHECK_OK(pila_pair_init(&inner, &pila_i8, &pila_i64));
    CHECK_OK(type_eq(&inner.type, &x, &y, &same));
    CHECK_OK(type_hash(&inner.type, &x, &hash_x));
    CHECK_OK(type_hash(&inner.type, &y, &hash_y));
    CHECK(same && hash_x == hash_y);
    x.c = y.c = 3;
    CHECK_OK(pila_pair_init(&p, &inner.type, &pila_i8));
    CHECK_OK(type_hash(&p.type, &x, &hash_x));
    CHECK_OK(type_hash(&p.type, &y, &hash_y));
    CHECK(hash_x == hash_y);
}

/* Members count in their order: (1, 2) is not (2, 1), in hash either. */
static void test_order_of_members_counts(void **state)
{
    pila_pair p;
    int32_t a[2], b[2];
    size_t alike = 0;

    (void)state;
    pila_hash_init();
    CHECK_OK(pila_pair_init(&p, &pila_i32, &pila_i32));
    for (int32_t i = 0; i < 100; i++)
        for (int32_t j = 0; j < i; j++) {
            uint64_t one, two;
            a[0] = b[1] = i;
            a[1] = b[0] = j;
            CHECK_OK(type_hash(&p.type, a, &one));
            CHECK_OK(type_hash(&p.type, b, &two));
            alike += one == two;
        }
    CHECK_INT(alike, 0);
}

/* (1, 2j) < (1, 2j) is False, (1, 1j) < (1, 2j) a TypeError, (1, 2j) < (2, 1j) True:
 * the order of members is asked for only where they are the first to differ. */
static void test_order_is_asked_for_where_members_differ(void **state)
{
    typedef struct with_orderless {
        int64_t first;
        boxed second;
    } with_orderless;
    pila_pair p, turned;
    int one = 1, two = 2;
    with_orderless a = {1, {&one}}, same_as_a = {1, {&one}}, b = {1, {&two}},
                   c = {2, {&one}};
    bool less = true;

    (void)state;
    start_counting(0);
    CHECK_OK(pila_pair_init(&p, &pila_i64, &orderless));
    CHECK_OK(pila_pair_init(&turned, &orderless, &pila_i64));
    CHECK_OK(type_less(&p.type, &a, &same_as_a, &less));
    CHECK(!less);
    less = true;
    CHECK_STATUS(type_less(&p.type, &a, &b, &less), PILA_ETYPE);
    CHECK(less); /* untouched */
    less = false;
    CHECK_OK(type_less(&p.type, &b, &c, &less));
    CHECK(less);
}

/* ---- pairs: members that fail ---- */

typedef struct boxes {
    boxed a, b;
} boxes;
PILA_PAIR(boxes_pair, boxes, b, &boxed_type, &boxed_type);

typedef struct nest {
    boxes both;
    boxed c;
} nest;
PILA_PAIR(nest_pair, nest, c, &boxes_pair.type, &boxed_type);

static pila_status nest_hash(const nest *x, const nest *y, bool *out)
{
    uint64_t hash;
    pila_status st = type_hash(&nest_pair.type, x, &hash);

    (void)y;
    if (st == PILA_OK) *out = true;
    return st;
}

static pila_status nest_eq(const nest *x, const nest *y, bool *out)
{
    return type_eq(&nest_pair.type, x, y, out);
}

static pila_status nest_less(const nest *x, const nest *y, bool *out)
{
    return type_less(&nest_pair.type, x, y, out);
}

static pila_status nest_copy(const nest *x, const nest *y, bool *out)
{
    nest copy;
    pila_status st = type_copy(&nest_pair.type, &copy, x);

    (void)y;
    if (st != PILA_OK) {
        CHECK_INT(seen.copies, seen.drops); /* what was made is dropped again */
        return st;
    }
    CHECK(*copy.c.number == *x->c.number && copy.c.number != x->c.number);
    type_drop(&nest_pair.type, &copy);
    CHECK_INT(seen.drops, 3);
    *out = true;
    return PILA_OK;
}

static pila_status nest_repr(const nest *x, const nest *y, bool *out)
{
    pila_buf b = {0};

    (void)y;
    CHECK_OK(pila_buf_add(&b, pila_cstr("before ")));
    pila_status st = pila_type_repr(&nest_pair.type, x, &b);
    CHECK_TEXT(pila_buf_view(&b), st == PILA_OK ? "before ((1, 2), 3)" : "before ");
    pila_buf_done(&b);
    if (st == PILA_OK) *out = true;
    return st;
}

static const struct nest_row {
    const char *promise;
    pila_status (*run)(const nest *x, const nest *y, bool *out);
    int calls; /* into members, where x and y are equal */
} nests[] = {
    {"hash asks each member once", nest_hash, 3},
    {"eq asks each member once", nest_eq, 3},
    {"less asks each member whether it is equal", nest_less, 3},
    {"copy copies each member once", nest_copy, 3},
    {"repr shows each member once", nest_repr, 3},
};

static void test_fails_at_the_kth_call(void **state)
{
    int one = 1, two = 2, three_ = 3;
    nest x = {{{&one}, {&two}}, {&three_}}, y = x;

    (void)state;
    check_alloc_start();
    for (const struct nest_row *r = nests; r < nests + COUNT_OF(nests); r++)
        for (int k = 0; k <= r->calls + 1; k++) {
            bool out = false;
            bool fails = k > 0 && k <= r->calls;
            ROW(r->promise);
            start_counting(k);
            CHECK_STATUS(r->run(&x, &y, &out),
                         fails ? (pila_status)(PILA_EUSER + 7) : PILA_OK);
            CHECK_INT(seen.calls, fails ? k : r->calls);
            if (fails) CHECK(!out);
            CHECK_INT(seen.copies, seen.drops);
        }
    ROW(NULL);
    check_alloc_stop();
}

/* Repr and copy of a pair of long texts, every allocation failing. */
typedef struct two_texts {
    pila_string a, b;
} two_texts;
PILA_PAIR(two_texts_pair, two_texts, b, &pila_text, &pila_bytes);

static pila_status copy_and_show(void *ctx)
{
    const pila_type *t = &two_texts_pair.type;
    two_texts lent = {pila_string_borrow(pila_cstr("a text that is long")),
                      pila_string_borrow(pila_cstr("another text that is long"))};
    two_texts copy;
    pila_buf b = {0};
    pila_status st = type_copy(t, &copy, &lent);

    (void)ctx;
    if (st != PILA_OK) return st;
    st = pila_type_repr(t, &copy, &b);
    if (st != PILA_OK) CHECK_INT(b.len, 0);
    else
        CHECK_TEXT(pila_buf_view(&b),
                   "('a text that is long', b'another text that is long')");
    type_drop(t, &copy);
    pila_buf_done(&b);
    return st;
}

static void test_alloc_sweep(void **state)
{
    (void)state;
    check_alloc_sweep(copy_and_show, NULL);
}

static void test_repr_of_a_member_without_one(void **state)
{
    pila_pair p;
    struct {
        int64_t a;
        void *b;
    } item = {1, NULL};
    pila_buf b = {0};

    (void)state;
    CHECK_OK(pila_pair_init(&p, &pila_i64, &pila_ptr));
    CHECK_OK(pila_buf_add(&b, pila_cstr("before")));
    CHECK_STATUS(pila_type_repr(&p.type, &item, &b), PILA_ETYPE);
    CHECK_TEXT(pila_buf_view(&b), "before");
    b.cap = 8; /* room for "(1" and no more */
    CHECK_STATUS(pila_type_repr(&numbers_pair.type, &(numbers){1, 2.5}, &b),
                 PILA_ELIMIT);
    CHECK_TEXT(pila_buf_view(&b), "before");
    pila_buf_done(&b);
}

/* ---- what may be put where ---- */

static void test_accepts(void **state)
{
    pila_type other_ctx = boxed_type, twin = boxed_type;
    pila_pair texts, views, ints, again, longs, narrow, nested, box_and_int;
    pila_type as_bytes = PILA_PLAIN_TYPE(numbers), compared = as_bytes,
              aligned = as_bytes;
    int mine;

    (void)state;
    other_ctx.ctx = &mine;
    CHECK_OK(pila_pair_init(&texts, &pila_text, &pila_i64));
    CHECK_OK(pila_pair_init(&views, &pila_view, &pila_i64));
    CHECK_OK(pila_pair_init(&ints, &pila_i64, &pila_i64));
    CHECK_OK(pila_pair_init(&again, &pila_i64, &pila_i64));
    CHECK_OK(pila_pair_init(&longs, &pila_i64, &pila_u64));
    CHECK_OK(pila_pair_init(&narrow, &pila_i64, &pila_i8));
    CHECK_OK(pila_pair_init(&nested, &pila_i64, &pila_f32));
    CHECK_OK(pila_pair_init(&box_and_int, &boxed_type, &pila_i64));
    compared.eq = boxed_eq;
    aligned.align = 16;
    const struct {
        const char *promise;
        const pila_type *to, *from;
        bool want;
    } rows[] = {
        {"the same", &pila_i64, &pila_i64, true},
        {"another width", &pila_i64, &pila_i32, false},
        {"another sign", &pila_i64, &pila_u64, false},
        {"int is not float", &pila_i64, &pila_f64, false},
        {"a view into owned text", &pila_text, &pila_view, true},
        {"a padded view into owned text", &pila_text, &pila_view_padded, true},
        {"a view into bytes", &pila_bytes, &pila_view, true},
        {"owned text not into views, which would dangle", &pila_view, &pila_text,
         false},
        {"a padded view is a view", &pila_view, &pila_view_padded, true},
        {"a type of one's own into itself", &boxed_type, &boxed_type, true},
        {"and into a copy of its descriptor", &boxed_type, &twin, true},
        {"not with another ctx", &boxed_type, &other_ctx, false},
        {"not with other callbacks", &boxed_type, &orderless, false},
        {"not a plain one", &boxed_type, &point_plain, false},
        {"not into a ready-made one", &pila_i64, &point_plain, false},
        {"pairs of the same", &ints.type, &again.type, true},
        {"pairs of others", &ints.type, &longs.type, false},
        {"views are not adapted inside a pair", &texts.type, &views.type, false},
        {"pairs laid out otherwise", &ints.type, &narrow.type, false},
        {"a pair of plain members into a struct told as bytes", &as_bytes, &ints.type,
         true},
        {"whatever the members", &as_bytes, &numbers_pair.type, true},
        {"not a pair that owns something", &as_bytes, &box_and_int.type, false},
        {"nor one that is smaller", &point_plain, &nested.type, false},
        {"nor where the struct compares in its own way", &compared, &ints.type, false},
        {"nor where it is aligned otherwise", &aligned, &ints.type, false},
        {"a struct told as bytes not into a pair", &ints.type, &as_bytes, false},
        {"a pair is no other type", &ints.type, &boxed_type, false},
        {"nor the other way round", &boxed_type, &ints.type, false},
    };
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        ROW(rows[k].promise);
        CHECK(pila_type_accepts(rows[k].to, rows[k].from) == rows[k].want);
    }
    ROW(NULL);
}

static void test_adapt(void **state)
{
    pila_str v = pila_cstr("a text that is long enough");
    int64_t x = 5;
    pila_string room, copy;

    (void)state;
    CHECK(pila_type_adapt(&pila_i64, &pila_i64, &x, &room) == &x);
    CHECK(pila_type_adapt(&pila_view, &pila_view, &v, &room) == &v);
    const pila_string *lent = pila_type_adapt(&pila_text, &pila_view, &v, &room);
    CHECK(lent == &room && pila_string_view(lent).ptr == v.ptr);
    CHECK_OK(type_copy(&pila_text, &copy, lent));
    CHECK(pila_string_view(&copy).ptr != v.ptr);
    CHECK_TEXT(pila_string_view(&copy), v.ptr);
    type_drop(&pila_text, &copy);
    CHECK(pila_type_adapt(&pila_text, &pila_text, &room, &copy) == &room);
}

/* ---- holding an element over a callback ---- */

typedef struct large {
    char bytes[65];
} large;
typedef struct fits {
    char bytes[64];
} fits;
static const pila_type large_type = PILA_PLAIN_TYPE(large);
static const pila_type fits_type = PILA_PLAIN_TYPE(fits);

static void test_hold_in_place_or_copied(void **state)
{
    int64_t x = 5;
    int one = 1;
    boxed b = {&one};
    pila__held h;

    (void)state;
    CHECK_OK(pila__hold(&h, &pila_i64, &x));
    CHECK(h.item == &x); /* nothing of the user's can run: no copy is needed */
    pila__let_go(&h, &pila_i64);
    start_counting(0);
    CHECK_OK(pila__hold(&h, &boxed_type, &b));
    CHECK(h.item != &b && ((const boxed *)h.item)->number != &one);
    one = 2; /* the element goes away; what is held stays */
    CHECK_INT(*((const boxed *)h.item)->number, 1);
    pila__let_go(&h, &boxed_type);
    CHECK(seen.copies == 1 && seen.drops == 1);
    CHECK_OK(pila__hold_copy(&h, &pila_i64, &x)); /* always a copy */
    x = 6;
    CHECK(h.item != &x && *(const int64_t *)h.item == 5);
    pila__let_go_copy(&h);
}

static void test_hold_of_any_size(void **state)
{
    large l;
    fits f;
    pila__held h;

    (void)state;
    memset(&l, 'l', sizeof l);
    memset(&f, 'f', sizeof f);
    check_alloc_start();
    CHECK_OK(pila__hold(&h, &fits_type, &f));
    CHECK_INT(check_alloc_live(), 0);
    CHECK(h.item != &f && memcmp(h.item, &f, sizeof f) == 0);
    CHECK((uintptr_t)h.item % _Alignof(max_align_t) == 0);
    pila__let_go(&h, &fits_type);
    CHECK_OK(pila__hold(&h, &large_type, &l));
    CHECK_INT(check_alloc_live(), 1);
    CHECK(memcmp(h.item, &l, sizeof l) == 0);
    pila__let_go(&h, &large_type);
    CHECK_INT(check_alloc_live(), 0);
    CHECK_OK(pila__hold(&h, &large_type, NULL)); /* stands for zero bytes */
    for (size_t k = 0; k < sizeof l; k++) CHECK(((const char *)h.item)[k] == 0);
    pila__let_go(&h, &large_type);
    CHECK_OK(pila__hold_copy(&h, &pila_text, NULL));
    CHECK_INT(pila_string_view(h.item).len, 0);
    pila__let_go_copy(&h);
    check_alloc_stop();
}

static pila_status refuse(void *ctx, void *out, const void *item)
{
    (void)out;
    (void)item;
    ++*(int *)ctx;
    return PILA_EREFUSED;
}

static void test_hold_when_copy_fails(void **state)
{
    int calls = 0;
    pila_type never = large_type, never_small = fits_type;
    large l;
    pila__held h;

    (void)state;
    memset(&l, 0, sizeof l);
    never.copy = never_small.copy = refuse;
    never.ctx = never_small.ctx = &calls;
    check_alloc_start();
    CHECK_STATUS(pila__hold(&h, &never, &l), PILA_EREFUSED);
    CHECK_INT(check_alloc_live(), 0); /* its room is not left behind */
    CHECK_STATUS(pila__hold(&h, &never_small, &l), PILA_EREFUSED);
    CHECK_INT(calls, 2);
    check_alloc_stop();
}

static pila_status hold_much(void *ctx)
{
    int one = 1;
    struct {
        boxed a;
        char more[80];
    } item = {{&one}, {0}};
    pila_type wide = boxed_type;
    pila__held h;

    (void)ctx;
    start_counting(0);
    wide.size = sizeof item;
    pila_status st = pila__hold(&h, &wide, &item);
    if (st == PILA_OK) pila__let_go(&h, &wide);
    CHECK_INT(seen.copies, seen.drops);
    return st;
}

static void test_hold_alloc_sweep(void **state)
{
    (void)state;
    check_alloc_sweep(hold_much, NULL);
}

/* A drop that drops others: what it is called on is gone from the owner's view by then,
 * and a pair drops its second whatever the first one's drop does. */
static boxes *spare;

static void drop_and_more(void *ctx, void *item)
{
    boxes *other = spare;

    (void)ctx;
    seen.drops++;
    pila_free(((boxed *)item)->number);
    spare = NULL;
    if (other) pila__pair_drop((void *)(uintptr_t)&boxes_pair, other);
}

static void test_reenter_from_drop(void **state)
{
    pila_type chained = boxed_type;
    pila_pair p;
    int one = 1, two = 2;
    boxes lent = {{&one}, {&two}}, a, b;

    (void)state;
    check_alloc_start();
    start_counting(0);
    chained.drop = drop_and_more;
    CHECK_OK(pila_pair_init(&p, &chained, &boxed_type));
    CHECK_OK(type_copy(&p.type, &a, &lent));
    CHECK_OK(type_copy(&boxes_pair.type, &b, &lent));
    spare = &b;
    type_drop(&p.type, &a);
    CHECK_INT(seen.drops, 4);
    check_alloc_stop();
}

/* ---- a random run: pairs of a number and a text against plain C ---- */

typedef struct named {
    int32_t number;
    pila_string text;
} named;
PILA_PAIR(named_pair, named, text, &pila_i32, &pila_text);

struct plain {
    int32_t number;
    char text[24];
};

static named make(const struct plain *p)
{
    named lent = {p->number, pila_string_borrow(pila_cstr(p->text))}, made;

    CHECK_OK(type_copy(&named_pair.type, &made, &lent));
    return made;
}

static struct plain draw(check_rng *r)
{
    struct plain p = {(int32_t)check_rng_below(r, 3) - 1, ""};
    size_t n =
        check_rng_below(r, 2) ? check_rng_below(r, 4) : 14 + check_rng_below(r, 4);

    memset(p.text, 'x', n);
    if (n) p.text[n - 1] = (char)('a' + check_rng_below(r, 2));
    return p;
}

static int plain_order(const struct plain *a, const struct plain *b, bool wrong)
{
    int order = strcmp(a->text, b->text);

    if (wrong) return order; /* the planted fault: the number is forgotten */
    return a->number != b->number ? (a->number < b->number ? -1 : 1) : order;
}

static bool random_run(int turns, bool wrong)
{
    const pila_type *t = &named_pair.type;
    check_rng r = check_rng_start();
    bool good = true;

    check_alloc_start();
    for (int turn = 0; turn < turns && good; turn++) {
        struct plain p = draw(&r), q = draw(&r);
        int order = plain_order(&p, &q, wrong);
        named a = make(&p), b = make(&q);
        uint64_t hash_a, hash_b;
        bool same, less;
        CHECK_OK(type_eq(t, &a, &b, &same));
        CHECK_OK(type_less(t, &a, &b, &less));
        CHECK_OK(type_hash(t, &a, &hash_a));
        CHECK_OK(type_hash(t, &b, &hash_b));
        good = same == (order == 0) && less == (order < 0) &&
               (hash_a == hash_b) == (order == 0);
        type_drop(t, &a);
        type_drop(t, &b);
    }
    check_alloc_stop();
    return good;
}

static void test_random_run(void **state)
{
    (void)state;
    pila_hash_init();
    CHECK(random_run(50000, false));
    CHECK(!random_run(50000, true)); /* the planted fault is seen */
}

/* ---- which types stand for one another ---- */

static pila_status other_hash(void *ctx, const void *item, uint64_t *out)
{
    (void)ctx;
    (void)item;
    *out = 0;
    return PILA_OK;
}

static pila_status other_compare(void *ctx, const void *a, const void *b, bool *out)
{
    (void)ctx;
    *out = memcmp(a, b, sizeof(int)) != 0;
    return PILA_OK;
}

static pila_status other_copy(void *ctx, void *out, const void *item)
{
    (void)ctx;
    memcpy(out, item, sizeof(int));
    return PILA_OK;
}

static void other_drop(void *ctx, void *item)
{
    (void)ctx;
    (void)item;
}

/* Types of callbacks are one when all of them are, and their context. */
static void types_differ_by_each_callback(void **state)
{
    static const pila_type plain = PILA_PLAIN_TYPE(int);
    int ctx;

    (void)state;
    for (int k = 0; k < 8; k++) {
        pila_type a = plain, b = plain;
        if (k == 1) b.ctx = &ctx;
        if (k == 2) b.eq = other_compare;
        if (k == 3) b.less = other_compare;
        if (k == 4) b.hash = other_hash;
        if (k == 5) b.copy = other_copy;
        if (k == 6) b.drop = other_drop;
        if (k == 7) b.size = 2;
        CHECK_INT(pila_type_accepts(&a, &b), k == 0);
        CHECK_INT(pila_type_accepts(&b, &a), k == 0);
    }
}

typedef struct both {
    int64_t a, b;
} both;

/* A pair for the pairs of two members each; or a struct that is told by its bytes, by
 * those and a callback. */
static void pairs_differ_by_each_member(void **state)
{
    static const pila_type bytes8 = PILA_PLAIN_TYPE(int64_t);
    static const struct {
        const char *promise;
        const pila_type *to[2], *from[2]; /* no to: a struct of two int64_t */
        int callback;                     /* of the struct: eq, hash, less */
        bool want;
    } table[] = {
        {"the same", {&pila_i64, &pila_i64}, {&pila_i64, &pila_i64}, 0, true},
        {"another first", {&pila_i64, &pila_i64}, {&pila_u64, &pila_i64}, 0, false},
        {"another second", {&pila_i64, &pila_i64}, {&pila_i64, &pila_u64}, 0, false},
        {"second elsewhere", {&pila_i64, &pila_i8}, {&pila_text, &pila_i8}, 0, false},
        {"laid out otherwise", {&pila_i8, &pila_i64}, {&pila_i64, &pila_i8}, 0, false},
        {"a struct for bytes", {NULL, NULL}, {&pila_i64, &pila_i64}, 0, true},
        {"a struct with eq", {NULL, NULL}, {&pila_i64, &pila_i64}, 1, false},
        {"a struct with hash", {NULL, NULL}, {&pila_i64, &pila_i64}, 2, false},
        {"a struct with less", {NULL, NULL}, {&pila_i64, &pila_i64}, 3, false},
        {"a struct for plain bytes", {NULL, NULL}, {&bytes8, &pila_i64}, 0, true},
        {"another size", {NULL, NULL}, {&pila_text, &pila_i64}, 0, false},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        pila_type plain = PILA_PLAIN_TYPE(both);
        pila_pair to, from;
        const pila_type *wants = &plain;
        ROW(table[k].promise);
        CHECK_OK(pila_pair_init(&from, table[k].from[0], table[k].from[1]));
        if (table[k].to[0]) {
            CHECK_OK(pila_pair_init(&to, table[k].to[0], table[k].to[1]));
            wants = &to.type;
        }
        if (table[k].callback == 1) plain.eq = other_compare;
        if (table[k].callback == 2) plain.hash = other_hash;
        if (table[k].callback == 3) plain.less = other_compare;
        CHECK_INT(pila_type_accepts(wants, &from.type), table[k].want);
    }
}

/* A pair in a pair, of which one member owns memory. */
static void a_struct_stands_for_no_pair_that_owns(void **state)
{
    typedef struct triple {
        both first;
        int64_t second;
    } triple;
    typedef struct owner {
        struct {
            pila_string text;
            int64_t n;
        } first;
        int64_t second;
    } owner;
    pila_type plain = PILA_PLAIN_TYPE(triple), owning = PILA_PLAIN_TYPE(owner);
    pila_pair inner, outer, text, with_text;

    (void)state;
    ROW("nested pairs");
    CHECK_OK(pila_pair_init(&inner, &pila_i64, &pila_i64));
    CHECK_OK(pila_pair_init(&outer, &inner.type, &pila_i64));
    CHECK_OK(pila_pair_init(&text, &pila_text, &pila_i64));
    CHECK_OK(pila_pair_init(&with_text, &text.type, &pila_i64));
    CHECK(pila_type_accepts(&plain, &outer.type));
    CHECK(!pila_type_accepts(&owning, &with_text.type));
}

/* The b of bytes, the quote and the text: whichever finds no room. */
static void repr_of_bytes_stops_at_any_cap(void **state)
{
    pila_string text = pila_string_borrow(pila_cstr("ab"));

    (void)state;
    ROW("a cap");
    for (size_t cap = 1; cap < 7; cap++) {
        pila_buf out = {.cap = cap};
        CHECK_OK(pila_buf_add_char(&out, '>'));
        pila_status st = pila_type_repr(&pila_bytes, &text, &out);
        CHECK_STATUS(st, cap < 6 ? PILA_ELIMIT : PILA_OK);
        CHECK_TEXT(pila_buf_view(&out), cap < 6 ? ">" : ">b'ab'");
        pila_buf_done(&out);
    }
}

/* ---- tuples: structs, arrays, rows ---- */

typedef struct four {
    int8_t a, b, c, d;
} four;
typedef struct bytes3 {
    int8_t a;
    three b;
    int16_t c;
} bytes3;

enum { MEMBERS = 6 };

static void check_struct(const char *what, const pila_type *const *types, size_t n,
                         const size_t *at, size_t size, size_t align)
{
    pila_member member[MEMBERS];
    pila_tuple t;

    ROW(what);
    for (size_t k = 0; k < n; k++) member[k].type = types[k];
    CHECK_OK(pila_tuple_struct(&t, member, n));
    CHECK_INT(t.type.size, size);
    CHECK_INT(t.type.align, align);
    CHECK(pila_tuple_of(&t.type) == &t && !pila_pair_of(&t.type));
    for (size_t k = 0; k < n; k++) {
        const pila_type *type;
        CHECK_INT(member[k].at, at[k]);
        CHECK((const char *)pila_tuple_at(&t, &t, k, &type) == (char *)&t + at[k]);
        CHECK(type == types[k]);
    }
    CHECK_INT(pila_tuple_len(&t, NULL), n);
}

static void test_tuple_layout_is_the_compilers(void **state)
{
    (void)state;
#define STRUCT3(A, a, B, b, C, c)                                                      \
    {                                                                                  \
        struct all {                                                                   \
            A x;                                                                       \
            B y;                                                                       \
            C z;                                                                       \
        };                                                                             \
        const pila_type *types[] = {&a, &b, &c};                                       \
        const size_t at[] = {offsetof(struct all, x), offsetof(struct all, y),         \
                             offsetof(struct all, z)};                                 \
        check_struct(#A " " #B " " #C, types, 3, at, sizeof(struct all),               \
                     _Alignof(struct all));                                            \
    }
    STRUCT3(int8_t, pila_i8, int8_t, pila_i8, int8_t, pila_i8)
    STRUCT3(int8_t, pila_i8, int64_t, pila_i64, int8_t, pila_i8)
    STRUCT3(int64_t, pila_i64, int8_t, pila_i8, int16_t, pila_i16)
    STRUCT3(int8_t, pila_i8, int16_t, pila_i16, int32_t, pila_i32)
    STRUCT3(int32_t, pila_i32, double, pila_f64, int8_t, pila_i8)
    STRUCT3(float, pila_f32, three, three_type, float, pila_f32)
    STRUCT3(three, three_type, three, three_type, int16_t, pila_i16)
    STRUCT3(three, three_type, three, three_type, three, three_type)
    STRUCT3(pila_str, pila_view, int8_t, pila_i8, pila_string, pila_text)
    STRUCT3(int8_t, pila_i8, mixed, mixed_type, int8_t, pila_i8)
    STRUCT3(void *, pila_ptr, int32_t, pila_i32, int32_t, pila_i32)
    STRUCT3(int8_t, pila_i8, max_align_t, widest_type, int8_t, pila_i8)
#undef STRUCT3
    const pila_type *bytes[] = {&pila_i8, &pila_i8, &pila_i8, &pila_i8};
    check_struct("four", bytes, 4, (const size_t[]){0, 1, 2, 3}, sizeof(four), 1);
    const pila_type *mix[] = {&pila_i8, &three_type, &pila_i16};
    check_struct("bytes3", mix, 3,
                 (const size_t[]){offsetof(bytes3, a), offsetof(bytes3, b),
                                  offsetof(bytes3, c)},
                 sizeof(bytes3), _Alignof(bytes3));
    check_struct("one", bytes, 1, (const size_t[]){0}, 1, 1);
    check_struct("none has a byte", bytes, 0, NULL, 1, 1);
    ROW(NULL);
}

static void test_array_layout(void **state)
{
    pila_tuple t;
    int32_t five[5] = {0};
    const pila_type *type;

    (void)state;
    CHECK_OK(pila_tuple_array(&t, &pila_i32, 5));
    CHECK_INT(t.type.size, sizeof five);
    CHECK_INT(t.type.align, _Alignof(int32_t));
    for (size_t k = 0; k < 5; k++) CHECK(pila_tuple_at(&t, five, k, &type) == five + k);
    CHECK(type == &pila_i32);
    CHECK(pila_tuple_at(&t, five, 1, NULL) == five + 1);
    CHECK_OK(pila_tuple_array(&t, &pila_i64, 0));
    CHECK(t.type.size == 1 && t.type.align == 1 && pila_tuple_len(&t, five) == 0);
}

static void test_tuple_sizes(void **state)
{
    static const struct {
        const char *promise;
        size_t size[3], align[3];
        pila_status want;
    } rows[] = {
        {"as large as can be", {PTRDIFF_MAX - 9, 8, 1}, {1, 1, 1}, PILA_OK},
        {"one byte more", {PTRDIFF_MAX - 9, 9, 1}, {1, 1, 1}, PILA_EOVERFLOW},
        {"the padding is too much", {PTRDIFF_MAX - 8, 8, 1}, {1, 8, 1}, PILA_EOVERFLOW},
        {"the tail is too much", {PTRDIFF_MAX - 8, 8, 1}, {16, 1, 1}, PILA_EOVERFLOW},
        {"the sum wraps", {PTRDIFF_MAX - 8, SIZE_MAX, 1}, {1, 1, 1}, PILA_EOVERFLOW},
        {"aligning wraps", {SIZE_MAX - 3, 8, 1}, {1, 8, 1}, PILA_EOVERFLOW},
        {"rounding up wraps", {1, SIZE_MAX - 1, 0}, {8, 1, 1}, PILA_EOVERFLOW},
    };
    pila_tuple t;

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        pila_type types[3];
        pila_member member[3];
        ROW(rows[k].promise);
        for (int j = 0; j < 3; j++) {
            types[j] = three_type;
            types[j].size = rows[k].size[j];
            types[j].align = rows[k].align[j];
            member[j].type = &types[j];
        }
        CHECK_STATUS(pila_tuple_struct(&t, member, 3), rows[k].want);
    }
    ROW("arrays");
    CHECK_OK(pila_tuple_array(&t, &pila_i64, PTRDIFF_MAX / 8));
    CHECK_STATUS(pila_tuple_array(&t, &pila_i64, PTRDIFF_MAX / 8 + 1), PILA_EOVERFLOW);
    CHECK_STATUS(pila_tuple_array(&t, &pila_i64, SIZE_MAX / 8 + 2), PILA_EOVERFLOW);
    ROW(NULL);
}

/* sorted(), == and repr() of Python's tuples of small numbers. */
static const struct row_row {
    int64_t x[3], y[3];
    size_t nx, ny;
    bool same, less;
    const char *repr; /* of x */
} row_rows[] = {
    {{0}, {0}, 0, 0, true, false, "()"},
    {{0}, {1}, 0, 1, false, true, "()"},
    {{1}, {0}, 1, 0, false, false, "(1,)"},
    {{1}, {1}, 1, 1, true, false, "(1,)"},
    {{1, 2}, {1}, 2, 1, false, false, "(1, 2)"},
    {{1}, {1, 2}, 1, 2, false, true, "(1,)"},
    {{2}, {1, 2}, 1, 2, false, false, "(2,)"},
    {{1, 2, 3}, {1, 2, 4}, 3, 3, false, true, "(1, 2, 3)"},
    {{1, 3, 3}, {1, 2, 4}, 3, 3, false, false, "(1, 3, 3)"},
    {{0, 9, 9}, {1}, 3, 1, false, true, "(0, 9, 9)"},
    {{1, 2, 3}, {1, 2, 3}, 3, 3, true, false, "(1, 2, 3)"},
};

static void check_tuple(const pila_type *t, const void *x, const void *y,
                        const struct row_row *r)
{
    uint64_t hash_x, hash_y;
    bool same, less;
    pila_buf b = {0};

    CHECK_OK(type_eq(t, x, y, &same));
    CHECK_OK(type_less(t, x, y, &less));
    CHECK(same == r->same);
    CHECK(less == r->less);
    CHECK_OK(type_hash(t, x, &hash_x));
    CHECK_OK(type_hash(t, y, &hash_y));
    CHECK((hash_x == hash_y) == r->same);
    CHECK_OK(pila_type_repr(t, x, &b));
    CHECK_TEXT(pila_buf_view(&b), r->repr);
    pila_buf_done(&b);
}

static void test_tuples_compare_as_pythons(void **state)
{
    pila_tuple row, array, with;
    pila_member member[3] = {{&pila_i64, 0}, {&pila_i64, 0}, {&pila_i64, 0}};

    (void)state;
    pila_hash_init();
    pila_tuple_row(&row, &pila_i64);
    CHECK(pila_tuple_of(&row.type) == &row && pila_type_plain(&row.type));
    CHECK(pila_tuple_of(&pila_i64) == NULL && pila_tuple_of(&boxed_type) == NULL);
    for (const struct row_row *r = row_rows; r < row_rows + COUNT_OF(row_rows); r++) {
        pila_row x = {r->x, r->nx}, y = {r->y, r->ny};
        ROW(r->repr);
        check_tuple(&row.type, &x, &y, r);
        if (r->nx != r->ny) continue;
        CHECK_OK(pila_tuple_array(&array, &pila_i64, r->nx));
        check_tuple(&array.type, r->x, r->y, r);
        CHECK_OK(pila_tuple_struct(&with, member, r->nx));
        check_tuple(&with.type, r->x, r->y, r);
    }
    ROW(NULL);
}

/* Of a thing with three boxed members, told in three ways: each call fails in turn. */
typedef enum told_as { AS_STRUCT, AS_ARRAY, AS_ROW } told_as;
typedef enum asked_for { HASH, EQ, LESS, COPY, REPR } asked_for;

static pila_status ask(const pila_type *t, asked_for what, const void *x, const void *y)
{
    uint64_t hash;
    bool out;
    boxed room[3];
    pila_buf b = {0};
    pila_status st = PILA_OK;

    switch (what) {
    case HASH: return type_hash(t, x, &hash);
    case EQ: return type_eq(t, x, y, &out);
    case LESS: return type_less(t, x, y, &out);
    case COPY:
        st = type_copy(t, room, x);
        if (st == PILA_OK) type_drop(t, room);
        return st;
    case REPR:
        st = pila_type_repr(t, x, &b);
        if (st != PILA_OK) CHECK_INT(b.len, 0);
        else CHECK_TEXT(pila_buf_view(&b), "(1, 2, 3)");
        pila_buf_done(&b);
    }
    return st;
}

static void test_tuple_members_fail_at_k(void **state)
{
    int one = 1, two = 2, three_ = 3;
    boxed x[3] = {{&one}, {&two}, {&three_}};
    pila_row row = {x, 3};
    pila_member member[3] = {{&boxed_type, 0}, {&boxed_type, 0}, {&boxed_type, 0}};

    (void)state;
    check_alloc_start();
    pila_hash_init();
    for (told_as told = AS_STRUCT; told <= AS_ROW; told++) {
        pila_tuple t;
        if (told == AS_STRUCT) CHECK_OK(pila_tuple_struct(&t, member, 3));
        if (told == AS_ARRAY) CHECK_OK(pila_tuple_array(&t, &boxed_type, 3));
        if (told == AS_ROW) pila_tuple_row(&t, &boxed_type);
        const void *item = told == AS_ROW ? (void *)&row : x;
        for (asked_for what = HASH; what <= REPR; what++) {
            int calls = told == AS_ROW && what == COPY ? 0 : 3; /* a row is a view */
            for (int k = 0; k <= calls + 1; k++) {
                bool fails = k > 0 && k <= calls;
                start_counting(k);
                CHECK_STATUS(ask(&t.type, what, item, item),
                             fails ? (pila_status)(PILA_EUSER + 7) : PILA_OK);
                CHECK_INT(seen.calls, fails ? k : calls);
                CHECK_INT(seen.copies, seen.drops);
            }
        }
    }
    check_alloc_stop();
}

/* The first difference decides, and nobody is asked behind it. */
static void test_tuples_ask_no_more_than_needed(void **state)
{
    int one = 1, two = 2;
    boxed x[3] = {{&one}, {&two}, {&one}}, y[3] = {{&one}, {&one}, {&one}};
    pila_tuple t;
    bool out;

    (void)state;
    CHECK_OK(pila_tuple_array(&t, &boxed_type, 3));
    start_counting(0);
    CHECK_OK(type_eq(&t.type, x, y, &out));
    CHECK(!out);
    CHECK_INT(seen.calls, 2);
    start_counting(0);
    CHECK_OK(type_less(&t.type, y, x, &out));
    CHECK(out);
    CHECK_INT(seen.calls, 3); /* eq, eq, less */
    CHECK_OK(pila_tuple_array(&t, &orderless, 3));
    CHECK_STATUS(type_less(&t.type, y, x, &out), PILA_ETYPE);
    CHECK_OK(pila_tuple_array(&t, &three_type, 1));
    CHECK_STATUS(type_eq(&t.type, x, y, &out), PILA_ETYPE);
    pila_row longer = {x, 3}, shorter = {x, 2};
    pila_tuple_row(&t, &boxed_type);
    start_counting(0);
    CHECK_OK(type_eq(&t.type, &longer, &shorter, &out));
    CHECK(!out);
    CHECK_INT(seen.calls, 0); /* of another length */
}

static pila_status copy_and_show_tuple(void *ctx)
{
    pila_string lent[2] = {pila_string_borrow(pila_cstr("a text that is long")),
                           pila_string_borrow(pila_cstr("another text that is long"))};
    pila_string copy[2];
    pila_buf b = {0};
    pila_tuple t;
    pila_status st = pila_tuple_array(&t, &pila_text, 2);

    (void)ctx;
    if (st == PILA_OK) st = type_copy(&t.type, copy, lent);
    if (st != PILA_OK) return st;
    st = pila_type_repr(&t.type, copy, &b);
    if (st != PILA_OK) CHECK_INT(b.len, 0);
    type_drop(&t.type, copy);
    pila_buf_done(&b);
    return st;
}

static void test_tuple_alloc_sweep(void **state)
{
    (void)state;
    check_alloc_sweep(copy_and_show_tuple, NULL);
}

static void test_tuple_padding_does_not_count(void **state)
{
    struct {
        int8_t a;
        int64_t b;
        int8_t c;
    } x, y;
    pila_member member[3] = {{&pila_i8, 0}, {&pila_i64, 0}, {&pila_i8, 0}};
    pila_tuple t;
    uint64_t hash_x, hash_y;
    bool same;

    (void)state;
    pila_hash_init();
    memset(&x, 0x00, sizeof x);
    memset(&y, 0xff, sizeof y);
    x.a = y.a = 1;
    x.b = y.b = 2;
    x.c = y.c = 3;
    CHECK_OK(pila_tuple_struct(&t, member, 3));
    CHECK_OK(type_eq(&t.type, &x, &y, &same));
    CHECK_OK(type_hash(&t.type, &x, &hash_x));
    CHECK_OK(type_hash(&t.type, &y, &hash_y));
    CHECK(same && hash_x == hash_y);
}

/* The same members at the same places are the same tuple, whatever tells of them. */
static void test_tuples_that_are_the_same(void **state)
{
    struct two {
        int64_t a, b;
    };
    pila_type plain = PILA_PLAIN_TYPE(struct two), other = plain, packed = plain;
    pila_tuple ints, floats, three_ints, row, floats_row, with, mixed_with, strings;
    pila_tuple nested, nested_strings;
    pila_pair pair, text_pair;
    pila_member two[2] = {{&pila_i64, 0}, {&pila_i64, 0}};
    pila_member mix[2] = {{&pila_i64, 0}, {&pila_view, 0}};
    pila_member inner[2] = {{NULL, 0}, {NULL, 0}}, owning[2] = {{NULL, 0}, {NULL, 0}};

    (void)state;
    other.eq = other_compare;
    packed.align = 1;
    CHECK_OK(pila_tuple_array(&ints, &pila_i64, 2));
    CHECK_OK(pila_tuple_array(&floats, &pila_f64, 2));
    CHECK_OK(pila_tuple_array(&three_ints, &pila_i64, 3));
    CHECK_OK(pila_tuple_array(&strings, &pila_text, 1));
    pila_tuple_row(&row, &pila_i64);
    pila_tuple_row(&floats_row, &pila_f64);
    CHECK_OK(pila_tuple_struct(&with, two, 2));
    CHECK_OK(pila_tuple_struct(&mixed_with, mix, 2));
    CHECK_OK(pila_pair_init(&pair, &pila_i64, &pila_i64));
    CHECK_OK(pila_pair_init(&text_pair, &pila_i64, &pila_view));
    inner[0].type = &ints.type;
    inner[1].type = &pair.type;
    CHECK_OK(pila_tuple_struct(&nested, inner, 2));
    owning[0].type = &strings.type;
    owning[1].type = &ints.type;
    CHECK_OK(pila_tuple_struct(&nested_strings, owning, 2));
    pila_tuple again = ints;
    again.type.ctx = &again;
    struct four_ints {
        int64_t x[4];
    };
    const pila_type plain4 = PILA_PLAIN_TYPE(struct four_ints);
    const struct {
        const char *promise;
        const pila_type *to, *from;
        bool want;
    } rows[] = {
        {"an array and another of the same", &ints.type, &again.type, true},
        {"an array and a struct", &ints.type, &with.type, true},
        {"a struct and an array", &with.type, &ints.type, true},
        {"a pair and a struct", &pair.type, &with.type, true},
        {"a struct and a pair", &with.type, &pair.type, true},
        {"an array and a pair", &ints.type, &pair.type, true},
        {"a pair and a struct of text", &text_pair.type, &mixed_with.type, true},
        {"of other members", &ints.type, &floats.type, false},
        {"a pair of others", &pair.type, &floats.type, false},
        {"of another length", &ints.type, &three_ints.type, false},
        {"a struct of another length", &pila_i64, &with.type, false},
        {"rows", &row.type, &row.type, true},
        {"rows of others", &row.type, &floats_row.type, false},
        {"a row is no array, of its size", &row.type, &ints.type, false},
        {"an array is no row", &ints.type, &row.type, false},
        {"a struct in C", &plain, &ints.type, true},
        {"a struct in C for a pair of them", &plain4, &nested.type, true},
        {"a struct in C, for a row", &plain, &row.type, true},
        {"with an eq of its own", &other, &ints.type, false},
        {"aligned in another way", &packed, &ints.type, false},
        {"for what owns memory", &plain4, &nested_strings.type, false},
        {"not the other way round", &ints.type, &plain, false},
    };
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        ROW(rows[k].promise);
        CHECK_INT(pila_type_accepts(rows[k].to, rows[k].from), rows[k].want);
    }
    ROW(NULL);
}

/* One of the middle members differs, at the same size. */
static void test_structs_differ_by_a_member(void **state)
{
    pila_member a[3] = {{&pila_i64, 0}, {&pila_i32, 0}, {&pila_i32, 0}};
    pila_member b[3] = {{&pila_i64, 0}, {&pila_i32, 0}, {&pila_f32, 0}};
    pila_member c[2] = {{&pila_i64, 0}, {&pila_i64, 0}};
    pila_member d[3] = {{&pila_i8, 0}, {&pila_i32, 0}, {&pila_i64, 0}};
    pila_tuple t, u, v, w, empty, also_empty;

    (void)state;
    CHECK_OK(pila_tuple_struct(&t, a, 3));
    CHECK_OK(pila_tuple_struct(&u, b, 3));
    CHECK_OK(pila_tuple_struct(&v, c, 2));
    CHECK_OK(pila_tuple_struct(&w, d, 3));
    CHECK_OK(pila_tuple_struct(&empty, NULL, 0));
    CHECK_OK(pila_tuple_array(&also_empty, &pila_i64, 0));
    CHECK(pila_type_accepts(&t.type, &t.type) && !pila_type_accepts(&t.type, &u.type));
    CHECK(t.type.size == v.type.size && !pila_type_accepts(&t.type, &v.type));
    CHECK(t.type.size == w.type.size && !pila_type_accepts(&t.type, &w.type));
    CHECK(pila_type_accepts(&empty.type, &also_empty.type));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ready_made),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_widths_hash_alike),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_float_reprs),
        cmocka_unit_test(test_pointers),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_repr),
        cmocka_unit_test(test_a_copy_is_independent),
        cmocka_unit_test(test_a_plain_type_is_bytes),
        cmocka_unit_test(test_callbacks_get_ctx_and_their_faults_pass),
        cmocka_unit_test(test_type_of),
        cmocka_unit_test(test_layout_is_the_compilers),
        cmocka_unit_test(test_layout_of_nested_pairs),
        cmocka_unit_test(test_a_constant_pair_is_the_same),
        cmocka_unit_test(test_pair_sizes),
        cmocka_unit_test(test_pairs_compare_as_tuples),
        cmocka_unit_test(test_padding_does_not_count),
        cmocka_unit_test(test_order_of_members_counts),
        cmocka_unit_test(test_order_is_asked_for_where_members_differ),
        cmocka_unit_test(test_fails_at_the_kth_call),
        cmocka_unit_test(test_alloc_sweep),
        cmocka_unit_test(test_repr_of_a_member_without_one),
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_adapt),
        cmocka_unit_test(test_hold_in_place_or_copied),
        cmocka_unit_test(test_hold_of_any_size),
        cmocka_unit_test(test_hold_when_copy_fails),
        cmocka_unit_test(test_hold_alloc_sweep),
        cmocka_unit_test(test_reenter_from_drop),
        cmocka_unit_test(test_random_run),
        cmocka_unit_test(types_differ_by_each_callback),
        cmocka_unit_test(pairs_differ_by_each_member),
        cmocka_unit_test(a_struct_stands_for_no_pair_that_owns),
        cmocka_unit_test(repr_of_bytes_stops_at_any_cap),
        cmocka_unit_test(test_tuple_layout_is_the_compilers),
        cmocka_unit_test(test_array_layout),
        cmocka_unit_test(test_tuple_sizes),
        cmocka_unit_test(test_tuples_compare_as_pythons),
        cmocka_unit_test(test_tuple_members_fail_at_k),
        cmocka_unit_test(test_tuples_ask_no_more_than_needed),
        cmocka_unit_test(test_tuple_alloc_sweep),
        cmocka_unit_test(test_tuple_padding_does_not_count),
        cmocka_unit_test(test_tuples_that_are_the_same),
        cmocka_unit_test(test_structs_differ_by_a_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
