/* test_array.c - the promises of array.h; rows decided by CPython are in array_rows.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* fopencookie */
#endif
#include "check.h"
#include "thing.h"

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <unistd.h>

#include <pila/collections/array.h>

PILA_ARRAY(SChars, signed char)
PILA_ARRAY(Bytes, unsigned char)
PILA_ARRAY(Shorts, short)
PILA_ARRAY(UShorts, unsigned short)
PILA_ARRAY(Ints, int)
PILA_ARRAY(UInts, unsigned)
PILA_ARRAY(Longs, long)
PILA_ARRAY(ULongs, unsigned long)
PILA_ARRAY(LLongs, long long)
PILA_ARRAY(ULLongs, unsigned long long)
PILA_ARRAY(Floats, float)
PILA_ARRAY(Doubles, double)

/* ---- helpers ---- */

static bool valid(const pila_array *a)
{
    const pila__list *l = &a->list.base;

    return l->len <= l->room && (l->items || l->room == 0) &&
           strchr(PILA_ARRAY_TYPECODES, a->typecode) && a->list.type;
}

static void setup_row(const char *row)
{
    ROW(row);
    check_alloc_start();
}

static pila_array made(char typecode)
{
    pila_array a;

    CHECK_OK(pila_array_init(&a, typecode));
    return a;
}

/* As Python writes it: with a point, an e or a name it is a float. */
static pila_number number(const char *text)
{
    if (strpbrk(text, ".en")) return pila_number_float(strtod(text, NULL));
    if (text[0] == '-') return pila_number_int(strtoll(text, NULL, 10));
    return pila_number_uint(strtoull(text, NULL, 10));
}

static void fill(pila_array *a, const char *text)
{
    char word[64];
    int used;

    for (; sscanf(text, "%63s%n", word, &used) == 1; text += used)
        CHECK_OK(pila_array_append_number(a, number(word)));
}

static pila_array filled(char typecode, const char *text)
{
    pila_array a = made(typecode);

    fill(&a, text);
    return a;
}

static bool shows(const pila_array *a, const char *want)
{
    pila_buf text = {0};
    bool same;

    CHECK_OK(pila_array_repr(a, &text));
    same = pila_str_eq(pila_buf_view(&text), pila_cstr(want));
    if (!same)
        print_message("%s: got %.*s want %s\n", check_row ? check_row : "",
                      (int)text.len, text.data, want);
    pila_buf_done(&text);
    return same;
}

/* ---- rows of CPython ---- */

typedef enum array_op {
    APPEND,
    INSERT,
    SET,
    GET,
    DEL,
    POP,
    INDEX,
    COUNT,
    IN,
    REMOVE,
    REVERSE,
    BYTESWAP,
    CLEAR,
    REPEAT,
    REPEAT_HERE,
    EXTEND,
    EXTEND_ARRAY,
    EXTEND_SELF,
    FROMLIST,
    FROM,
    CONCAT,
    SLICE,
    DEL_SLICE,
    SET_SLICE,
    SET_SLICE_SELF,
    COMPARE,
    REPR,
    ITEMSIZE,
    /* not in the rows of CPython */
    COPY,
    FROMBYTES,
    FROMFILE,
    TOBYTES,
    RESERVE
} array_op;

typedef struct array_row {
    const char *text;
    char code;
    const char *items;
    array_op op;
    char other;
    const char *values;
    ptrdiff_t a, b, c;
    pila_status status;
    const char *result, *repr;
} array_row;

static const array_row rows[] = {
#include "array_rows.h"
};

static void say(char *result, pila_number x)
{
    pila_buf text = {0};

    if (x.kind == PILA_NUMBER_INT) CHECK_OK(pila_buf_add_int(&text, x.as.i));
    if (x.kind == PILA_NUMBER_UINT) CHECK_OK(pila_buf_add_uint(&text, x.as.u));
    if (x.kind == PILA_NUMBER_FLOAT) CHECK_OK(pila_buf_add_float(&text, x.as.f));
    memcpy(result, text.data, text.len);
    result[text.len] = 0;
    pila_buf_done(&text);
}

/* The order of both, from either side, and what == makes of it. */
static pila_status run_compare(const pila_array *a, const pila_array *b, char *result)
{
    int order = 7, back = 7;
    bool yes, again;

    CHECK_OK(pila_array_compare(a, b, &order));
    CHECK_OK(pila_array_compare(b, a, &back));
    CHECK_INT(back, order == 2 ? 2 : -order);
    CHECK_OK(pila_array_eq(a, b, &yes));
    CHECK_OK(pila_array_eq(b, a, &again));
    CHECK(yes == (order == 0) && again == yes);
    sprintf(result, "%d", order);
    return PILA_OK;
}

static pila_status run_look(pila_array *a, const array_row *r, char *result)
{
    pila_number x = r->values[0] ? number(r->values) : pila_number_int(0);
    size_t n = 0;
    bool in = false;
    pila_status st;

    switch (r->op) {
    case GET: st = pila_array_number(a, r->a, &x); break;
    case POP: st = pila_array_pop_number(a, r->a, &x); break;
    case INDEX: st = pila_array_index_number(a, x, r->a, r->b, &n); break;
    case COUNT: st = pila_array_count_number(a, x, &n); break;
    case IN:
        st = pila_array_contains_number(a, x, &in);
        n = in;
        break;
    case ITEMSIZE:
        st = PILA_OK;
        n = pila_array_itemsize(a);
        break;
    default: return PILA_EUSER;
    }
    if (st != PILA_OK) return st;
    if (r->op == GET || r->op == POP) say(result, x);
    else sprintf(result, "%zu", n);
    return PILA_OK;
}

static pila_status run_with(pila_array *a, const array_row *r, char *result)
{
    pila_array with = filled(r->other, r->values);
    pila_slice s = pila_slice_of(r->a, r->b, r->c);
    pila_status st;

    switch (r->op) {
    case EXTEND: st = pila_array_extend(a, pila_array_iter(&with)); break;
    case EXTEND_ARRAY: st = pila_array_extend_array(a, &with); break;
    case FROMLIST: st = pila_array_fromlist(a, pila_array_iter(&with)); break;
    case FROM: st = pila_array_from(a, pila_array_iter(&with)); break;
    case CONCAT: st = pila_array_concat(a, a, &with); break;
    case SET_SLICE: st = pila_array_set_slice(a, s, &with); break;
    case COMPARE: st = run_compare(a, &with, result); break;
    case FROMBYTES: st = pila_array_frombytes(a, pila_array_bytes(&with)); break;
    default: st = PILA_EUSER;
    }
    pila_array_done(&with);
    return st;
}

static pila_status run_change(pila_array *a, const array_row *r)
{
    pila_number x = r->values[0] ? number(r->values) : pila_number_int(0);
    pila_slice s = pila_slice_of(r->a, r->b, r->c);
    pila_buf text = {0};
    pila_status st;

    switch (r->op) {
    case APPEND: return pila_array_append_number(a, x);
    case INSERT: return pila_array_insert_number(a, r->a, x);
    case SET: return pila_array_set_number(a, r->a, x);
    case DEL: return pila_array_del(a, r->a);
    case REMOVE: return pila_array_remove_number(a, x);
    case REVERSE: pila_array_reverse(a); return PILA_OK;
    case BYTESWAP: pila_array_byteswap(a); return PILA_OK;
    case CLEAR: pila_array_clear(a); return PILA_OK;
    case REPEAT:
    case REPEAT_HERE: return pila_array_repeat(a, a, r->a);
    case EXTEND_SELF: return pila_array_extend_array(a, a);
    case SLICE: return pila_array_slice(a, a, s);
    case DEL_SLICE: return pila_array_del_slice(a, s);
    case SET_SLICE_SELF: return pila_array_set_slice(a, s, a);
    case COPY: return pila_array_copy(a, a);
    case RESERVE: return pila_array_reserve(a, 1000);
    case REPR: st = pila_array_repr(a, &text); break;
    case TOBYTES: st = pila_array_tobytes(a, &text); break;
    default: return PILA_EUSER;
    }
    pila_buf_done(&text);
    return st;
}

static pila_status run_row(pila_array *a, const array_row *r, char *result)
{
    switch (r->op) {
    case GET:
    case POP:
    case INDEX:
    case COUNT:
    case IN:
    case ITEMSIZE: return run_look(a, r, result);
    case EXTEND:
    case EXTEND_ARRAY:
    case FROMLIST:
    case FROM:
    case CONCAT:
    case SET_SLICE:
    case COMPARE:
    case FROMBYTES: return run_with(a, r, result);
    default: return run_change(a, r);
    }
}

static void rows_of_cpython_hold(void **state)
{
    char result[64], row[256];

    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        const array_row *r = &rows[k];
        pila_array a;
        snprintf(row, sizeof row, "%c [%s]: %s", r->code, r->items, r->text);
        setup_row(row);
        a = filled(r->code, r->items);
        strcpy(result, "0");
        CHECK_STATUS(run_row(&a, r, result), r->status);
        CHECK_TEXT(pila_cstr(result), r->result);
        CHECK(valid(&a) && shows(&a, r->repr));
        pila_array_done(&a);
        pila_array_done(&a);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- the faces ---- */

static void every_typecode_has_its_type(void **state)
{
    static const struct {
        const char *text;
        char code;
        size_t size;
        const pila_type *type;
    } table[] = {
        {"b is a signed char", 'b', sizeof(signed char), &pila_i8},
        {"B is an unsigned char", 'B', sizeof(unsigned char), &pila_u8},
        {"h is a short", 'h', sizeof(short), &pila_i16},
        {"H is an unsigned short", 'H', sizeof(unsigned short), &pila_u16},
        {"i is an int", 'i', sizeof(int), &pila_i32},
        {"I is an unsigned int", 'I', sizeof(unsigned), &pila_u32},
        {"l is a long", 'l', sizeof(long), sizeof(long) == 8 ? &pila_i64 : &pila_i32},
        {"L is an unsigned long", 'L', sizeof(long),
         sizeof(long) == 8 ? &pila_u64 : &pila_u32},
        {"q is a long long", 'q', sizeof(long long), &pila_i64},
        {"Q is an unsigned long long", 'Q', sizeof(long long), &pila_u64},
        {"f is a float", 'f', sizeof(float), &pila_f32},
        {"d is a double", 'd', sizeof(double), &pila_f64},
    };
    static const char none[] = "uwczsp FD0\0";
    pila_array a;

    (void)state;
    CHECK_INT(strlen(PILA_ARRAY_TYPECODES), COUNT_OF(table));
    for (size_t k = 0; k < COUNT_OF(table); k++) {
        setup_row(table[k].text);
        CHECK(PILA_ARRAY_TYPECODES[k] == table[k].code);
        CHECK_OK(pila_array_init(&a, table[k].code));
        CHECK_INT(pila_array_typecode(&a), table[k].code);
        CHECK_INT(pila_array_itemsize(&a), table[k].size);
        CHECK(pila_array_iter(&a).type == a.list.type);
        CHECK(a.list.type->kind == table[k].type->kind);
        CHECK(!pila_array_data(&a) && pila_array_len(&a) == 0);
        pila_array_done(&a);
        check_alloc_stop();
    }
    memset(&a, 0x5a, sizeof a);
    for (size_t k = 0; k < sizeof none; k++) {
        ROW("no such typecode");
        CHECK_STATUS(pila_array_init(&a, none[k]), PILA_EVALUE);
        CHECK_INT(a.typecode, 0x5a);
        CHECK(!pila_array_new(none[k]));
    }
    ROW(NULL);
}

/* Every function of the typed face, for one type. */
#define FACE_SAYS_THE_SAME(Name, T, code)                                              \
    static void Name##_says_the_same(void)                                             \
    {                                                                                  \
        static const T items[] = {3, 1, 4, 1, 5};                                      \
        Name a = {0}, b = {0};                                                         \
        size_t n = 9;                                                                  \
        bool yes = false;                                                              \
        int order = 9;                                                                 \
        T x = 0, *address;                                                             \
        pila_buf out = {0};                                                            \
        pila_number sum = pila_number_float(0);                                        \
        setup_row(#Name);                                                              \
        CHECK_INT(Name##_typecode(&a), code);                                          \
        CHECK_INT(Name##_itemsize(&a), sizeof(T));                                     \
        CHECK_OK(Name##_extend(&a, pila_span(items, 5, Name##_type())));               \
        CHECK_OK(Name##_extend(&a, pila_span("\7\1", 2, &pila_u8)));                   \
        CHECK_INT(Name##_len(&a), 7);                                                  \
        CHECK_OK(Name##_index(&a, 1, 0, PTRDIFF_MAX, &n));                             \
        CHECK_INT(n, 1);                                                               \
        CHECK_OK(Name##_index(&a, 1, -4, 4, &n));                                      \
        CHECK_INT(n, 3);                                                               \
        CHECK_STATUS(Name##_index(&a, 1, 2, 3, &n), PILA_EVALUE);                      \
        CHECK_OK(Name##_count(&a, 1, &n));                                             \
        CHECK_INT(n, 3);                                                               \
        CHECK_OK(Name##_contains(&a, 9, &yes));                                        \
        CHECK(!yes);                                                                   \
        CHECK_OK(Name##_contains(&a, 5, &yes));                                        \
        CHECK(yes);                                                                    \
        CHECK_OK(Name##_remove(&a, 1));                                                \
        CHECK_STATUS(Name##_remove(&a, 9), PILA_EVALUE);                               \
        CHECK_OK(Name##_pop(&a, -1, &x));                                              \
        CHECK(x == 1 && Name##_len(&a) == 5 && *Name##_get(&a, -1) == 7);              \
        CHECK_OK(Name##_insert(&a, 0, 2));                                             \
        CHECK_OK(Name##_set(&a, 1, 8));                                                \
        CHECK_STATUS(Name##_set(&a, 9, 8), PILA_EINDEX);                               \
        CHECK_OK(Name##_del(&a, -1));                                                  \
        CHECK_STATUS(Name##_del(&b, 0), PILA_EINDEX);                                  \
        CHECK_STATUS(Name##_pop(&b, -1, &x), PILA_EEMPTY);                             \
        CHECK(Name##_get(&a, 9) == NULL);                                              \
        CHECK_OK(Name##_copy(&b, &a));                                                 \
        CHECK_OK(Name##_eq(&a, &b, &yes));                                             \
        CHECK(yes);                                                                    \
        Name##_byteswap(&b);                                                           \
        CHECK_OK(Name##_eq(&a, &b, &yes));                                             \
        CHECK(yes == (sizeof(T) == 1));                                                \
        Name##_byteswap(&b);                                                           \
        Name##_reverse(&b);                                                            \
        CHECK_OK(Name##_compare(&a, &b, &order)); /* 2 8 4 1 5, 5 1 4 8 2 */           \
        CHECK_INT(order, -1);                                                          \
        CHECK_OK(Name##_set_slice(&a, pila_slice_of(1, 2, 1), &b));                    \
        CHECK_OK(Name##_del_slice(&a, pila_slice_of(0, 2, 1)));                        \
        CHECK_OK(Name##_slice(&b, &a, pila_slice_of(0, PILA_NONE, 3)));                \
        CHECK(Name##_len(&b) == 3 && *Name##_get(&b, 0) == 1); /* 1 2 5 */             \
        CHECK_OK(Name##_concat(&a, &b, &b));                                           \
        CHECK_OK(Name##_repeat(&a, &a, 2));                                            \
        CHECK_INT(Name##_len(&a), 12);                                                 \
        CHECK_OK(Name##_extend_array(&a, &a));                                         \
        CHECK_INT(Name##_len(&a), 24);                                                 \
        CHECK_OK(Name##_fromlist(&a, Name##_reversed(&b)));                            \
        CHECK(*Name##_get(&a, -1) == 1 && *Name##_get(&a, -3) == 5);                   \
        Name##_buffer_info(&a, &address, &n);                                          \
        CHECK(n == 27 && address == Name##_data(&a));                                  \
        CHECK_OK(Name##_tobytes(&a, &out));                                            \
        CHECK(pila_str_eq(pila_buf_view(&out), Name##_bytes(&a)));                     \
        CHECK_OK(Name##_frombytes(&a, pila_buf_view(&out)));                           \
        CHECK_INT(Name##_len(&a), 54);                                                 \
        CHECK_OK(Name##_reserve(&a, 100));                                             \
        CHECK(a.base.room >= 100);                                                     \
        pila_iter it = Name##_iter(&a);                                                \
        PILA_FOR(T, item, &it) {                                                       \
            sum.as.f += (double)*item;                                                 \
        }                                                                              \
        CHECK(sum.as.f == 18 * (1 + 2 + 5));                                           \
        FILE *f = tmpfile();                                                           \
        CHECK_OK(Name##_tofile(&a, f));                                                \
        rewind(f);                                                                     \
        CHECK_OK(Name##_fromfile(&b, f, 54));                                          \
        CHECK_STATUS(Name##_fromfile(&b, f, 1), PILA_EEOF);                            \
        fclose(f);                                                                     \
        CHECK_OK(Name##_del_slice(&b, pila_slice_of(0, 3, 1)));                        \
        CHECK_OK(Name##_eq(&a, &b, &yes));                                             \
        CHECK(yes);                                                                    \
        Name##_clear(&a);                                                              \
        pila_buf_clear(&out);                                                          \
        CHECK_OK(Name##_repr(&a, &out));                                               \
        CHECK(out.len == 10 && out.data[7] == code);                                   \
        CHECK_OK(Name##_from(&a, Name##_reversed(&b)));                                \
        CHECK_OK(Name##_append(&a, 6));                                                \
        Name##_move(&b, &a);                                                           \
        CHECK(Name##_len(&a) == 0 && Name##_len(&b) == 55);                            \
        pila_buf_done(&out);                                                           \
        Name##_done(&a);                                                               \
        Name##_done(&b);                                                               \
        Name##_done(&b);                                                               \
        check_alloc_stop();                                                            \
    }

FACE_SAYS_THE_SAME(SChars, signed char, 'b')
FACE_SAYS_THE_SAME(Bytes, unsigned char, 'B')
FACE_SAYS_THE_SAME(Shorts, short, 'h')
FACE_SAYS_THE_SAME(UShorts, unsigned short, 'H')
FACE_SAYS_THE_SAME(Ints, int, 'i')
FACE_SAYS_THE_SAME(UInts, unsigned, 'I')
FACE_SAYS_THE_SAME(Longs, long, 'l')
FACE_SAYS_THE_SAME(ULongs, unsigned long, 'L')
FACE_SAYS_THE_SAME(LLongs, long long, 'q')
FACE_SAYS_THE_SAME(ULLongs, unsigned long long, 'Q')
FACE_SAYS_THE_SAME(Floats, float, 'f')
FACE_SAYS_THE_SAME(Doubles, double, 'd')

static void typed_faces_say_the_same(void **state)
{
    (void)state;
    SChars_says_the_same();
    Bytes_says_the_same();
    Shorts_says_the_same();
    UShorts_says_the_same();
    Ints_says_the_same();
    UInts_says_the_same();
    Longs_says_the_same();
    ULongs_says_the_same();
    LLongs_says_the_same();
    ULLongs_says_the_same();
    Floats_says_the_same();
    Doubles_says_the_same();
    ROW(NULL);
}

static void items_by_address(void **state)
{
    pila_array *a;
    pila_list list;
    pila_buf out = {0};
    int x = 5, y = 6, back = 0;
    size_t n = 0;
    bool in;
    void *address;

    (void)state;
    setup_row("the run-time face by address, on the heap");
    a = pila_array_new('i');
    CHECK_OK(pila_array_append(a, &x));
    CHECK_OK(pila_array_append(a, pila_array_get(a, 0)));
    CHECK_OK(pila_array_insert(a, 1, &y));
    CHECK_OK(pila_array_set(a, 0, &y));
    CHECK_OK(pila_array_index(a, &x, 0, PTRDIFF_MAX, &n));
    CHECK_INT(n, 2);
    CHECK_OK(pila_array_count(a, &y, &n));
    CHECK_INT(n, 2);
    CHECK_OK(pila_array_contains(a, &x, &in));
    CHECK(in);
    CHECK_OK(pila_array_remove(a, &y));
    CHECK_STATUS(pila_array_remove(a, &n), PILA_EVALUE);
    CHECK_OK(pila_array_pop(a, 0, &back));
    CHECK_INT(back, 6);
    pila_array_buffer_info(a, &address, &n);
    CHECK(n == 1 && address == pila_array_data(a) && *(int *)address == 5);
    CHECK_OK(pila_array_tobytes(a, &out));
    CHECK(out.len == sizeof x && memcmp(out.data, &x, sizeof x) == 0);
    CHECK_OK(pila_array_append_number(a, pila_number_int(-3)));
    CHECK(shows(a, "array('i', [5, -3])"));
    pila_list_init(&list, &pila_i32);
    CHECK_OK(pila_list_from(&list, pila_array_reversed(a))); /* tolist */
    CHECK_INT(*(const int *)pila_list_get(&list, 0), -3);
    CHECK_OK(pila_list_sort(&a->list, NULL, false));
    CHECK(shows(a, "array('i', [-3, 5])"));
    pila_list_done(&list);
    pila_buf_done(&out);
    pila_array_free(a);
    pila_array_free(NULL);
    check_alloc_stop();
}

static void typecodes_follow(void **state)
{
    pila_array a, b;

    (void)state;
    setup_row("to becomes of the typecode of from");
    a = filled('l', "1 2 3");
    b = filled('d', "0.5");
    CHECK_OK(pila_array_copy(&b, &a));
    CHECK(shows(&b, "array('l', [1, 2, 3])"));
    b.typecode = 'l';
    pila_array_done(&b);
    b = filled('f', "0.5");
    CHECK_OK(pila_array_slice(&b, &a, pila_slice_of(1, PILA_NONE, 1)));
    CHECK(shows(&b, "array('l', [2, 3])"));
    pila_array_done(&b);
    b = filled('B', "9");
    CHECK_OK(pila_array_repeat(&b, &a, 2));
    CHECK(shows(&b, "array('l', [1, 2, 3, 1, 2, 3])"));
    pila_array_done(&b);
    b = filled('h', "9");
    CHECK_OK(pila_array_concat(&b, &a, &a));
    CHECK(shows(&b, "array('l', [1, 2, 3, 1, 2, 3])"));
    pila_array_move(&b, &b);
    CHECK_INT(pila_array_len(&b), 6);
    pila_array_done(&b);
    b = filled('q', "9");
    CHECK_STATUS(pila_array_concat(&b, &a, &b),
                 PILA_ETYPE); /* though alike in memory */
    CHECK_STATUS(pila_array_extend_array(&b, &a), PILA_ETYPE);
    CHECK_STATUS(pila_array_set_slice(&b, pila_slice_of(0, 1, 1), &a), PILA_ETYPE);
    CHECK(shows(&b, "array('q', [9])"));
    pila_array_move(&b, &a);
    CHECK(shows(&b, "array('l', [1, 2, 3])") && shows(&a, "array('l')"));
    pila_array_done(&a);
    pila_array_done(&b);
    check_alloc_stop();
}

static void nan_equals_nothing(void **state)
{
    pila_array a;
    Doubles d = {0};
    Floats f = {0};
    bool yes = true;
    int order = 0;
    size_t n = 9;

    (void)state;
    setup_row("a NaN is not found, and no array with one equals itself");
    CHECK_OK(Doubles_append(&d, NAN));
    CHECK_OK(Floats_append(&f, NAN));
    CHECK_STATUS(Doubles_index(&d, NAN, 0, 9, &n), PILA_EVALUE);
    CHECK_STATUS(Doubles_remove(&d, NAN), PILA_EVALUE);
    CHECK_STATUS(Floats_remove(&f, NAN), PILA_EVALUE);
    CHECK_OK(Doubles_contains(&d, NAN, &yes));
    CHECK(!yes);
    CHECK_OK(Floats_count(&f, NAN, &n));
    CHECK_INT(n, 0);
    CHECK_OK(Doubles_eq(&d, &d, &yes));
    CHECK(!yes);
    CHECK_OK(Floats_compare(&f, &f, &order));
    CHECK_INT(order, 2);
    CHECK_OK(Floats_append(&f, 2));
    CHECK_OK(Floats_index(&f, 2, 0, 9, &n));
    CHECK_INT(n, 1);
    a = filled('f', "nan 1.0");
    CHECK_STATUS(pila_array_index_number(&a, pila_number_float(NAN), 0, 9, &n),
                 PILA_EVALUE);
    CHECK_STATUS(pila_array_index(&a, Floats_get(&f, 0), 0, 9, &n), PILA_EVALUE);
    CHECK_INT(n, 1);
    pila_array_done(&a);
    Doubles_done(&d);
    Floats_done(&f);
    check_alloc_stop();
}

static void unsigned_numbers_may_be_small(void **state)
{
    pila_array a;
    size_t n = 0;

    (void)state;
    setup_row("a number of kind UINT below 2^63 is as one of kind INT");
    a = filled('q', "-1 5 9223372036854775807");
    CHECK_OK(pila_array_index_number(&a, pila_number_uint(5), 0, 9, &n));
    CHECK_INT(n, 1);
    CHECK_OK(pila_array_index_number(&a, pila_number_uint(INT64_MAX), 0, 9, &n));
    CHECK_INT(n, 2);
    CHECK_STATUS(pila_array_append_number(&a, pila_number_uint(UINT64_MAX)),
                 PILA_EOVERFLOW);
    pila_array_done(&a);
    a = filled('Q', "7 18446744073709551615");
    CHECK_OK(pila_array_index_number(&a, pila_number_int(7), 0, 9, &n));
    CHECK_INT(n, 0);
    CHECK_STATUS(pila_array_index_number(&a, pila_number_int(-1), 0, 9, &n),
                 PILA_EVALUE);
    pila_array_done(&a);
    check_alloc_stop();
}

/* ---- conversion ---- */

/* Every kind into every kind, more than a batch, against one number at a time. */
static void batches_convert_as_numbers_do(void **state)
{
    enum { MANY = 1000 };
    static const char *const codes = PILA_ARRAY_TYPECODES;

    (void)state;
    for (size_t k = 0; k < 12 * 12; k++) {
        char row[64], from = codes[k / 12], to = codes[k % 12];
        pila_array source, fast, slow;
        pila_status st = PILA_OK, want = PILA_OK;
        pila_number x;
        bool same;
        sprintf(row, "1000 items from %c to %c", from, to);
        setup_row(row);
        source = made(from);
        fast = made(to);
        slow = made(to);
        for (int n = 0; n < MANY; n++)
            CHECK_OK(pila_array_append_number(&source, pila_number_int(n % 100)));
        /* the last of the third batch is one that few hold */
        x = strchr("fd", from) ? pila_number_float(1e30)
            : strchr("bhilq", from)
                ? pila_number_int(-1)
                : pila_number_uint(pila_array_itemsize(&source) == 8 ? UINT64_MAX
                                                                     : 200);
        CHECK_OK(pila_array_set_number(&source, 767, x));
        for (int n = 0; n < MANY && want == PILA_OK; n++) {
            CHECK_OK(pila_array_number(&source, n, &x));
            want = pila_array_append_number(&slow, x);
        }
        st = pila_array_extend(&fast, pila_array_iter(&source));
        CHECK_STATUS(st, want);
        if (st == PILA_ETYPE) CHECK_INT(pila_array_len(&fast), 0);
        CHECK_OK(pila_array_eq(&fast, &slow, &same));
        CHECK(same);
        CHECK_OK(pila_array_repeat(&fast, &fast, 1));
        CHECK_STATUS(pila_array_fromlist(&fast, pila_array_iter(&source)), want);
        CHECK_INT(pila_array_len(&fast),
                  pila_array_len(&slow) * (want == PILA_OK ? 2 : 1));
        pila_array_done(&source);
        pila_array_done(&fast);
        pila_array_done(&slow);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void fault_keeps_what_came_before(void **state)
{
    faulty f = {0, 3, PILA_EIO, 0};
    pila_array a;

    (void)state;
    setup_row("a faulty source");
    a = made('h'); /* the source's are int64_t: converted */
    CHECK_STATUS(pila_array_extend(&a, faulty_iter(&f)), PILA_EIO);
    CHECK(shows(&a, "array('h', [1, 2, 3])"));
    f.now = 0;
    CHECK_STATUS(pila_array_fromlist(&a, faulty_iter(&f)), PILA_EIO);
    f.now = 0;
    CHECK_STATUS(pila_array_from(&a, faulty_iter(&f)), PILA_EIO);
    CHECK(shows(&a, "array('h', [1, 2, 3])"));
    CHECK_INT(f.dropped, 3);
    CHECK_STATUS(pila_array_extend(&a, pila_failed(PILA_EKEY)), PILA_EKEY);
    CHECK_OK(pila_array_extend(&a, pila_failed(PILA_END)));
    ROW("what is no number");
    CHECK_STATUS(pila_array_extend(&a, pila_span("x", 0, &pila_view)), PILA_ETYPE);
    CHECK_STATUS(pila_array_extend(&a, pila_span("x", 0, &pila_ptr)), PILA_ETYPE);
    CHECK_STATUS(pila_array_extend(&a, pila_span("x", 0, &thing_type)), PILA_ETYPE);
    CHECK_STATUS(pila_array_extend(&a, pila_span("x", 0, &pila_f32)), PILA_ETYPE);
    CHECK(shows(&a, "array('h', [1, 2, 3])"));
    pila_array_done(&a);
    check_alloc_stop();
}

/* ---- mutation ---- */

static void mutate_while_iter(void **state)
{
    pila_array a;
    pila_iter it;
    long n = 0;

    (void)state;
    setup_row("an array that grows ends its iterator");
    a = filled('b', "1 2 3");
    it = pila_array_iter(&a);
    PILA_FOR(int8_t, x, &it) {
        if (n++ == 1) CHECK_OK(pila_array_append(&a, x));
    }
    CHECK_STATUS(it.status, PILA_EMUTATED);
    CHECK_INT(n, 2);
    pila_iter_drop(&it);
    ROW("overwriting, reverse and byteswap do not");
    it = pila_array_reversed(&a);
    n = 0;
    PILA_FOR(int8_t, y, &it) {
        n += *y;
        pila_array_reverse(&a);
        pila_array_reverse(&a);
        pila_array_byteswap(&a);
        CHECK_OK(pila_array_set_number(&a, 0, pila_number_int(1)));
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK_INT(n, 1 + 2 + 3 + 2);
    ROW("itself, read to its end first");
    CHECK_OK(pila_array_extend(&a, pila_array_reversed(&a)));
    CHECK(shows(&a, "array('b', [1, 2, 3, 2, 2, 3, 2, 1])"));
    CHECK_OK(pila_array_fromlist(&a, pila_array_iter(&a)));
    CHECK_INT(pila_array_len(&a), 16);
    CHECK_OK(pila_array_from(&a, pila_array_reversed(&a)));
    CHECK_INT(pila_array_len(&a), 16);
    ROW("bytes of itself");
    CHECK_OK(pila_array_frombytes(&a, pila_array_bytes(&a)));
    CHECK_INT(pila_array_len(&a), 32);
    pila_array_done(&a);
    check_alloc_stop();
}

/* A source that uses the array it is poured into. */
typedef struct meddler {
    pila_array *a;
    int64_t now;
    int how;
} meddler;

static bool meddler_refill(pila_iter *it)
{
    meddler *m = it->state;

    if (m->now == 5) return pila_iter_end(it, PILA_END);
    m->now++;
    if (m->how == 0) pila_array_clear(m->a);
    else if (m->how == 1) CHECK_OK(pila_array_append_number(m->a, pila_number_int(9)));
    else pila_array_done(m->a);
    it->cur = (const char *)&m->now;
    it->end = it->cur + sizeof m->now;
    return true;
}

static void sources_may_change_the_array(void **state)
{
    static const pila_iter_ops ops = {meddler_refill, NULL, NULL};
    static const char *const want[] = {"array('i', [5])",
                                       "array('i', [7, 9, 1, 9, 2, 9, 3, 9, 4, 9, 5])",
                                       "array('i', [5])"};
    static const char *const list_want[] = {
        "array('i', [1, 2, 3, 4, 5])", "array('i', [7, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5])",
        "array('i', [1, 2, 3, 4, 5])"};

    (void)state;
    for (int how = 0; how < 3; how++) {
        pila_array a;
        meddler m = {&a, 0, how};
        setup_row("a source that changes the array it is poured into");
        a = filled('i', "7");
        CHECK_OK(pila_array_extend(&a, pila_iter_make(&pila_i64, &ops, &m)));
        CHECK(shows(&a, want[how]));
        pila_array_done(&a);
        fill(&a, "7");
        m.now = 0;
        CHECK_OK(pila_array_fromlist(&a, pila_iter_make(&pila_i64, &ops, &m)));
        CHECK(shows(&a, list_want[how]));
        pila_array_done(&a);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- sizes ---- */

static void grow_overflow(void **state)
{
    pila_array a;
    char few[64] = {0};

    (void)state;
    setup_row("sizes that are none");
    a = filled('q', "1 2 3");
    CHECK_STATUS(pila_array_repeat(&a, &a, PTRDIFF_MAX), PILA_ENOMEM);
    CHECK_STATUS(pila_array_repeat(&a, &a, PTRDIFF_MAX / 24), PILA_ENOMEM);
    CHECK_STATUS(pila_array_repeat(&a, &a, PTRDIFF_MAX / 24 + 1), PILA_ENOMEM);
    CHECK_STATUS(pila_array_frombytes(&a, pila_str_of(few, SIZE_MAX - 7)), PILA_ENOMEM);
    CHECK_STATUS(pila_array_frombytes(&a, pila_str_of(few, SIZE_MAX)), PILA_EVALUE);
    CHECK_STATUS(pila_array_frombytes(&a, pila_str_of(few, 9)), PILA_EVALUE);
    CHECK_STATUS(pila_array_frombytes(&a, pila_str_of(few, 7)), PILA_EVALUE);
    CHECK_OK(pila_array_frombytes(&a, pila_str_of(NULL, 0)));
    CHECK(shows(&a, "array('q', [1, 2, 3])"));
    pila_array_done(&a);
    a = filled('b', "1");
    CHECK_STATUS(pila_array_repeat(&a, &a, PTRDIFF_MAX), PILA_ENOMEM);
    CHECK_OK(pila_array_repeat(&a, &a, -PTRDIFF_MAX));
    CHECK_OK(pila_array_repeat(&a, &a, PTRDIFF_MAX)); /* of nothing */
    pila_array_done(&a);
    check_alloc_stop();
}

static void reserve_wraparound(void **state)
{
    pila_array a;

    (void)state;
    setup_row("a capacity that wraps round");
    a = filled('d', "1.5");
    CHECK_STATUS(pila_array_reserve(&a, SIZE_MAX), PILA_ENOMEM);
    CHECK_STATUS(pila_array_reserve(&a, SIZE_MAX / 8 + 2), PILA_ENOMEM);
    CHECK_STATUS(pila_array_reserve(&a, PTRDIFF_MAX / 8 + 1), PILA_ENOMEM);
    CHECK_OK(pila_array_reserve(&a, 100));
    check_alloc_fail(1, 1);
    for (int k = 0; k < 99; k++)
        CHECK_OK(pila_array_append_number(&a, pila_number_int(k)));
    check_alloc_fail(0, 0);
    CHECK_INT(pila_array_len(&a), 100);
    pila_array_done(&a);
    check_alloc_stop();
}

/* ---- allocation ---- */

static FILE *stream; /* for FROMFILE: the bytes of the array */

static pila_status sweep_op(pila_array *a, const array_row *r)
{
    char result[64];

    if (r->op != FROMFILE) return run_row(a, r, result);
    rewind(stream);
    return pila_array_fromfile(a, stream, (size_t)r->a);
}

static pila_status sweep_scenario(void *ctx)
{
    const array_row *r = ctx;
    pila_array a, with = made(r->code);
    pila_number x;
    pila_status st = PILA_OK;

    CHECK_OK(pila_array_init(&a, r->code));
    for (int k = 1; k < 10 && st == PILA_OK; k++)
        st = pila_array_append_number(&a, pila_number_int(k));
    if (st == PILA_OK) {
        char was[sizeof(double) * 9];
        memcpy(was, pila_array_data(&a), pila_array_bytes(&a).len);
        st = sweep_op(&a, r);
        if (st != PILA_OK)
            CHECK(pila_array_len(&a) == 9 &&
                  memcmp(was, pila_array_data(&a), pila_array_bytes(&a).len) == 0);
    }
    CHECK(valid(&a));
    if (st != PILA_OK && pila_array_len(&a) > 1) { /* and it works */
        CHECK_OK(pila_array_pop_number(&a, 0, &x));
        CHECK_INT(strchr("fd", r->code) ? (int64_t)x.as.f : x.as.i, 1);
        pila_array_byteswap(&a);
        pila_array_reverse(&a);
    }
    pila_array_done(&with);
    pila_array_done(&a);
    return st;
}

static pila_status sweep_with(void *ctx)
{
    const array_row *r = ctx;
    static const int8_t values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    pila_array a = made(r->code), with = made(r->code);
    pila_status st =
        pila_array_extend(&with, pila_span(values, sizeof values, &pila_i8));

    if (st == PILA_OK) st = pila_array_append_number(&a, pila_number_int(1));
    if (st == PILA_OK) {
        switch (r->op) {
        case EXTEND: st = pila_array_extend(&a, pila_array_iter(&with)); break;
        case EXTEND_ARRAY: st = pila_array_extend_array(&a, &with); break;
        case FROMLIST: st = pila_array_fromlist(&a, pila_array_iter(&with)); break;
        case FROM: st = pila_array_from(&a, pila_array_iter(&with)); break;
        case CONCAT: st = pila_array_concat(&a, &a, &with); break;
        default: st = pila_array_set_slice(&a, pila_slice_of(0, 0, 1), &with); break;
        }
        if (st != PILA_OK) CHECK_INT(pila_array_len(&a), 1);
        else CHECK(pila_array_len(&a) >= 15);
    }
    CHECK(valid(&a) && valid(&with));
    pila_array_done(&a);
    pila_array_done(&with);
    return st;
}

static pila_status sweep_new(void *ctx)
{
    pila_array *a = pila_array_new(*(const char *)ctx);
    pila_status st = a ? pila_array_append_number(a, pila_number_int(1)) : PILA_ENOMEM;

    pila_array_free(a);
    return st;
}

static void allocation_sweep(void **state)
{
    static const array_row alone[] = {
        {"append", 'h', "", APPEND, 'q', "5", 0, 0, 0, PILA_OK, "", ""},
        {"insert", 'f', "", INSERT, 'd', "5.0", 3, 0, 0, PILA_OK, "", ""},
        {"repeat", 'B', "", REPEAT, 'q', "", 50, 0, 0, PILA_OK, "", ""},
        {"extend itself", 'Q', "", EXTEND_SELF, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"slice", 'd', "", SLICE, 'q', "", 1, 8, 2, PILA_OK, "", ""},
        {"assign itself", 'i', "", SET_SLICE_SELF, 'q', "", 1, 2, 1, PILA_OK, "", ""},
        {"copy", 'l', "", COPY, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"reserve", 'b', "", RESERVE, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"repr", 'd', "", REPR, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"tobytes", 'd', "", TOBYTES, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"fromfile", 'q', "", FROMFILE, 'q', "", 20000, 0, 0, PILA_OK, "", ""},
    };
    static const array_row with[] = {
        {"extend", 'h', "", EXTEND, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"extend_array", 'L', "", EXTEND_ARRAY, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"fromlist", 'd', "", FROMLIST, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"from", 'f', "", FROM, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"concat", 'I', "", CONCAT, 'q', "", 0, 0, 0, PILA_OK, "", ""},
        {"set_slice", 'b', "", SET_SLICE, 'q', "", 0, 0, 0, PILA_OK, "", ""},
    };
    char code = 'd';

    (void)state;
    stream = tmpfile();
    for (int k = 0; k < 20000; k++) {
        int64_t x = k;
        CHECK(fwrite(&x, sizeof x, 1, stream) == 1);
    }
    for (size_t k = 0; k < COUNT_OF(alone); k++) {
        ROW(alone[k].text);
        check_alloc_sweep(sweep_scenario, (void *)(uintptr_t)&alone[k]);
    }
    for (size_t k = 0; k < COUNT_OF(with); k++) {
        ROW(with[k].text);
        check_alloc_sweep(sweep_with, (void *)(uintptr_t)&with[k]);
    }
    ROW("new");
    check_alloc_sweep(sweep_new, &code);
    fclose(stream);
    ROW(NULL);
}

static void a_full_buffer_is_as_it_was(void **state)
{
    pila_array a;

    (void)state;
    setup_row("repr and tobytes into a buffer with a cap");
    a = filled('i', "10 20 30");
    for (size_t cap = 1; cap < 24; cap++) {
        pila_buf out = {0};
        out.cap = cap + 3;
        CHECK_OK(pila_buf_add(&out, pila_cstr("abc")));
        CHECK_STATUS(pila_array_repr(&a, &out), PILA_ELIMIT);
        CHECK_TEXT(pila_buf_view(&out), "abc");
        CHECK_STATUS(pila_array_tobytes(&a, &out), cap < 12 ? PILA_ELIMIT : PILA_OK);
        CHECK_INT(out.len, cap < 12 ? 3 : 15);
        pila_buf_done(&out);
    }
    pila_array_done(&a);
    check_alloc_stop();
}

/* ---- byte order ---- */

static void byteswap_at_any_length(void **state)
{
    static const char codes[] = {'b', 'B', 'h', 'H', 'i', 'I', 'q', 'Q', 'f', 'd'};
    check_rng r = check_rng_start();

    (void)state;
    for (size_t k = 0; k < sizeof codes * 70; k++) {
        size_t n = k / sizeof codes, size;
        pila_array a, b;
        char row[64];
        sprintf(row, "%zu items of %c", n, codes[k % sizeof codes]);
        setup_row(row);
        a = made(codes[k % sizeof codes]);
        b = made(codes[k % sizeof codes]);
        size = pila_array_itemsize(&a);
        for (size_t i = 0; i < n; i++) {
            uint64_t bits = check_rng_next(&r);
            CHECK_OK(pila_array_append(&a, &bits));
        }
        CHECK_OK(pila_array_copy(&b, &a));
        pila_array_byteswap(&a);
        for (size_t i = 0; i < n * size; i++) {
            size_t from = i / size * size + (size - 1 - i % size);
            CHECK(pila_array_bytes(&a).ptr[i] == pila_array_bytes(&b).ptr[from]);
        }
        pila_array_byteswap(&a);
        CHECK(pila_str_eq(pila_array_bytes(&a), pila_array_bytes(&b)));
        pila_array_done(&a);
        pila_array_done(&b);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- files ---- */

/* A stream that gives `piece` bytes at a time of so many, then ends or fails. */
typedef struct source {
    size_t now, size, piece;
    int fault; /* errno; 0: the end. EINTR: every other read, and then it goes on */
    int turn;
    pila_array *a; /* changed by reading, or by writing, if there is one */
} source;

static ssize_t source_read(void *cookie, char *buf, size_t n)
{
    source *s = cookie;
    size_t left = s->size - s->now;

    if (s->a) pila_array_done(s->a);
    if (s->fault == EINTR && s->turn++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    if (left == 0) {
        if (!s->fault || s->fault == EINTR) return 0;
        errno = s->fault > 0 ? s->fault : 0; /* a stream may forget to say */
        return -1;
    }
    if (n > s->piece) n = s->piece;
    if (n > left) n = left;
    for (size_t k = 0; k < n; k++) buf[k] = (char)(s->now + k);
    s->now += n;
    return (ssize_t)n;
}

static ssize_t source_write(void *cookie, const char *buf, size_t n)
{
    source *s = cookie;

    (void)buf;
    if (s->a) pila_array_done(s->a);
    if (s->now >= s->size && s->fault) {
        errno = s->fault > 0 ? s->fault : 0;
        return 0; /* as the C library asks: never below */
    }
    s->now += n;
    return (ssize_t)n;
}

static FILE *source_open(source *s, const char *mode)
{
    cookie_io_functions_t io = {source_read, source_write, NULL, NULL};

    return fopencookie(s, mode, io);
}

static void reading_in_pieces(void **state)
{
    static const struct {
        const char *text;
        source from;
        size_t n;
        pila_status status;
        size_t len; /* items appended */
    } table[] = {
        {"a byte at a time", {0, 800, 1, 0, 0, NULL}, 100, PILA_OK, 100},
        {"seven at a time", {0, 800, 7, 0, 0, NULL}, 100, PILA_OK, 100},
        {"much at a time", {0, 800000, 1 << 20, 0, 0, NULL}, 100000, PILA_OK, 100000},
        {"interrupted", {0, 800, 7, EINTR, 0, NULL}, 100, PILA_OK, 100},
        {"interrupted, then short", {0, 804, 7, EINTR, 0, NULL}, 200, PILA_EEOF, 100},
        {"fewer, at an item's end", {0, 400, 7, 0, 0, NULL}, 100, PILA_EEOF, 50},
        {"fewer, within an item", {0, 403, 7, 0, 0, NULL}, 100, PILA_EEOF, 50},
        {"less than one", {0, 7, 7, 0, 0, NULL}, 1, PILA_EEOF, 0},
        {"nothing at all", {0, 0, 7, 0, 0, NULL}, 1, PILA_EEOF, 0},
        {"nothing wanted", {0, 0, 7, EIO, 0, NULL}, 0, PILA_OK, 0},
        {"a fault at once", {0, 0, 7, EIO, 0, NULL}, 100, PILA_EIO, 0},
        {"a fault in the middle", {0, 400, 7, ENXIO, 0, NULL}, 100, PILA_EIO, 0},
        {"a fault without a word", {0, 400, 7, -1, 0, NULL}, 100, PILA_EIO, 0},
        {"a count beyond all sizes", {0, 8, 8, 0, 0, NULL}, SIZE_MAX, PILA_ENOMEM, 0},
        {"one item too many",
         {0, 8, 8, 0, 0, NULL},
         PTRDIFF_MAX / 8 + 1,
         PILA_ENOMEM,
         0},
        {"a count that lies", {0, 80, 8, 0, 0, NULL}, PTRDIFF_MAX / 8, PILA_EEOF, 10},
    };

    (void)state;
    for (size_t k = 0; k < COUNT_OF(table) * 2; k++) {
        size_t row = k / 2, before = k % 2 * 3;
        source from = table[row].from;
        pila_array a;
        const unsigned char *bytes;
        FILE *f;
        setup_row(table[row].text);
        f = source_open(&from, "rb");
        a = filled('Q', before ? "1 2 3" : "");
        errno = 0;
        CHECK_STATUS(pila_array_fromfile(&a, f, table[row].n), table[row].status);
        if (table[row].status == PILA_EIO)
            CHECK_INT(errno, from.fault > 0 ? from.fault : EIO);
        CHECK_INT(pila_array_len(&a), before + table[row].len);
        CHECK(valid(&a));
        bytes = (const unsigned char *)pila_array_data(&a);
        for (size_t i = 0; i < table[row].len * 8; i++)
            CHECK(bytes[before * 8 + i] == (unsigned char)i);
        CHECK_OK(pila_array_append_number(&a, pila_number_int(7)));
        fclose(f);
        pila_array_done(&a);
        check_alloc_stop();
    }
    ROW(NULL);
}

static void files_that_cannot_be_read(void **state)
{
    pila_array a;
    FILE *f;

    (void)state;
    setup_row("a directory");
    a = filled('i', "1 2");
    f = fopen(".", "rb");
    CHECK_STATUS(pila_array_fromfile(&a, f, 3), PILA_EIO);
    CHECK_INT(errno, EISDIR);
    fclose(f);
    ROW("open for writing only");
    f = fopen("/dev/null", "wb");
    CHECK_STATUS(pila_array_fromfile(&a, f, 3), PILA_EIO);
    CHECK_INT(errno, EBADF);
    fclose(f);
    ROW("its descriptor closed");
    f = tmpfile();
    close(fileno(f));
    CHECK_STATUS(pila_array_fromfile(&a, f, 3), PILA_EIO);
    CHECK_INT(errno, EBADF);
    fclose(f);
    ROW("open for reading only");
    f = fopen("/dev/null", "rb");
    CHECK_STATUS(pila_array_tofile(&a, f), PILA_EIO);
    CHECK_INT(errno, EBADF);
    fclose(f);
    CHECK(shows(&a, "array('i', [1, 2])"));
    pila_array_done(&a);
    check_alloc_stop();
}

static void writing(void **state)
{
    source to = {0, 40000, 0, ENOSPC, 0, NULL};
    pila_array a, b;
    bool same;
    FILE *f;

    (void)state;
    setup_row("what is written is read back");
    a = made('d');
    b = made('d');
    CHECK_OK(pila_array_extend(&a, pila_span("\1\2\3", 3, &pila_i8)));
    CHECK_OK(pila_array_repeat(&a, &a, 5000));
    f = tmpfile();
    CHECK_OK(pila_array_tofile(&a, f));
    CHECK_OK(pila_array_tofile(&b, f)); /* nothing */
    rewind(f);
    CHECK_OK(pila_array_fromfile(&b, f, 15000));
    CHECK_OK(pila_array_eq(&a, &b, &same));
    CHECK(same);
    fclose(f);
    ROW("the disk is full in the middle");
    f = source_open(&to, "wb");
    CHECK_STATUS(pila_array_tofile(&a, f), PILA_EIO);
    CHECK_INT(errno, ENOSPC);
    CHECK_INT(pila_array_len(&a), 15000);
    fclose(f);
    ROW("a fault without a word");
    to.fault = -1;
    to.now = 0;
    f = source_open(&to, "wb");
    CHECK_STATUS(pila_array_tofile(&a, f), PILA_EIO);
    CHECK_INT(errno, EIO);
    fclose(f);
    ROW("a stream that changes the array it is given");
    to.fault = 0;
    to.a = &a;
    f = source_open(&to, "wb");
    CHECK_STATUS(pila_array_tofile(&a, f), PILA_EMUTATED);
    CHECK_INT(pila_array_len(&a), 0);
    to.a = NULL;
    fclose(f);
    ROW("a stream that changes the array it is read into");
    fill(&a, "1.0 2.0");
    source from = {0, 80, 7, 0, 0, &a};
    f = source_open(&from, "rb");
    CHECK_OK(pila_array_fromfile(&a, f, 10));
    CHECK_INT(pila_array_len(&a), 10);
    from.a = NULL;
    fclose(f);
    pila_array_done(&a);
    pila_array_done(&b);
    check_alloc_stop();
}

/* ---- against a model ---- */

enum { MODEL_MOST = 3000 };

typedef struct model {
    int64_t items[MODEL_MOST], least, most;
    size_t n;
} model;

static void model_insert(model *m, size_t i, int64_t value)
{
    memmove(m->items + i + 1, m->items + i, (m->n - i) * sizeof *m->items);
    m->items[i] = value;
    m->n++;
}

static void model_del(model *m, size_t i)
{
    m->n--;
    memmove(m->items + i, m->items + i + 1, (m->n - i) * sizeof *m->items);
}

static bool model_adds(model *m, size_t i, int64_t value, pila_status st)
{
    if (value < m->least || value > m->most) return st == PILA_EOVERFLOW;
    model_insert(m, i, value);
    return st == PILA_OK;
}

/* One random operation on both; false when they tell different things. */
static bool model_step(pila_array *a, model *m, check_rng *r, bool lie)
{
    uint64_t what = check_rng_below(r, 100);
    int64_t span = m->most - m->least + 3;
    int64_t value = m->least - 1 + (int64_t)check_rng_below(r, (uint64_t)span);
    int64_t three[] = {value, value + 1, 5};
    static int64_t was[MODEL_MOST];
    size_t i = m->n ? check_rng_below(r, m->n) : 0, j = i + check_rng_below(r, 5),
           n = 0;
    ptrdiff_t back = (ptrdiff_t)i - (what % 2 ? (ptrdiff_t)m->n : 0);
    pila_number x = pila_number_int(value), got;
    pila_status st;

    if (m->n > MODEL_MOST / 2 - 5) what = 99;
    if (j > m->n) j = m->n;
    if (what < 30) return model_adds(m, m->n, value, pila_array_append_number(a, x));
    if (what < 40)
        return model_adds(m, i, value, pila_array_insert_number(a, (ptrdiff_t)i, x));
    if (what < 50) {
        st = pila_array_extend(a, pila_span(three, 3, &pila_i64));
        for (int k = 0; k < 3; k++) {
            if (three[k] < m->least || three[k] > m->most) return st == PILA_EOVERFLOW;
            model_insert(m, m->n, three[k]);
        }
        return st == PILA_OK;
    }
    if (what < 65 && m->n) {
        st = pila_array_pop_number(a, back, &got);
        if (st != PILA_OK || got.as.i != m->items[i]) return false;
        model_del(m, i);
    } else if (what < 70 && m->n) {
        st = pila_array_set_number(a, back, x);
        if (value < m->least || value > m->most) return st == PILA_EOVERFLOW;
        m->items[i] = value;
        return st == PILA_OK;
    } else if (what < 75) {
        CHECK_OK(
            pila_array_del_slice(a, pila_slice_of((ptrdiff_t)i,
                                                  (ptrdiff_t)(lie ? j + 1 : j), 1)));
        for (size_t k = i; k < j; k++) model_del(m, i);
    } else if (what < 80 && m->n) {
        CHECK_OK(pila_array_index_number(a, pila_number_float((double)m->items[i]), 0,
                                         PTRDIFF_MAX, &n));
        return n <= i && m->items[n] == m->items[i];
    } else if (what < 84) {
        pila_array_reverse(a);
        for (size_t k = 0; k < m->n / 2; k++) {
            int64_t kept = m->items[k];
            m->items[k] = m->items[m->n - 1 - k];
            m->items[m->n - 1 - k] = kept;
        }
    } else if (what < 88) {
        pila_array_byteswap(a);
        pila_array_byteswap(a);
    } else if (what < 92) {
        CHECK_OK(
            pila_array_set_slice(a, pila_slice_of((ptrdiff_t)i, (ptrdiff_t)i, 1), a));
        memcpy(was, m->items, m->n * sizeof *was);
        for (size_t k = 0, size = m->n; k < size; k++) model_insert(m, i + k, was[k]);
    } else if (what == 99 && m->n > 200) {
        pila_array_clear(a);
        m->n = 0;
    }
    return true;
}

static bool model_holds(const pila_array *a, const model *m)
{
    pila_number x;

    if (!valid(a) || pila_array_len(a) != m->n) return false;
    for (size_t k = 0; k < m->n; k++) {
        CHECK_OK(pila_array_number(a, (ptrdiff_t)k, &x));
        if (x.as.i != m->items[k]) return false;
    }
    return true;
}

static bool model_agrees(char code, int64_t least, int64_t most, check_rng *r,
                         long steps, bool lie)
{
    static model m;
    pila_array a = made(code);
    bool same = true;

    m.n = 0;
    m.least = least;
    m.most = most;
    for (long k = 0; k < steps && same; k++)
        same = model_step(&a, &m, r, lie) && model_holds(&a, &m);
    pila_array_done(&a);
    return same;
}

static void random_operations_agree_with_a_model(void **state)
{
    check_rng r = check_rng_start();

    (void)state;
    for (int k = 0; k < 3; k++) {
        setup_row("a model of b");
        CHECK(model_agrees('b', -128, 127, &r, 6000, false));
        ROW("a model of H");
        CHECK(model_agrees('H', 0, 65535, &r, 6000, false));
        ROW("a model of i");
        CHECK(model_agrees('i', INT32_MIN, INT32_MAX, &r, 6000, false));
        check_alloc_stop();
    }
    ROW("the run must catch a slice that is one too long");
    CHECK(!model_agrees('b', -128, 127, &r, 20000, true));
    ROW("the run must catch a range that is one too wide");
    CHECK(!model_agrees('b', -128, 128, &r, 20000, false));
    ROW(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(every_typecode_has_its_type),
        cmocka_unit_test(typed_faces_say_the_same),
        cmocka_unit_test(items_by_address),
        cmocka_unit_test(typecodes_follow),
        cmocka_unit_test(nan_equals_nothing),
        cmocka_unit_test(unsigned_numbers_may_be_small),
        cmocka_unit_test(batches_convert_as_numbers_do),
        cmocka_unit_test(fault_keeps_what_came_before),
        cmocka_unit_test(mutate_while_iter),
        cmocka_unit_test(sources_may_change_the_array),
        cmocka_unit_test(grow_overflow),
        cmocka_unit_test(reserve_wraparound),
        cmocka_unit_test(allocation_sweep),
        cmocka_unit_test(a_full_buffer_is_as_it_was),
        cmocka_unit_test(byteswap_at_any_length),
        cmocka_unit_test(reading_in_pieces),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(writing),
        cmocka_unit_test(random_operations_agree_with_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
