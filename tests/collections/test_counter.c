/* test_counter.c - the promises of counter.h; rows decided by CPython are in
 * counter_rows.h. */
#include "check.h"
#include "hashed.h"
#include "kinds.h"

#include <inttypes.h>

#include <pila/collections/counter.h>

PILA_COUNTER(Letters, char)
PILA_COUNTER(Longs, int64_t)
PILA_COUNTER(Bytes, uint8_t)
PILA_COUNTER(Floats, double)
PILA_COUNTER(Words, pila_string)
PILA_COUNTER(Views, pila_str)
PILA_COUNTER_OF(Things, thing, &hashed_thing)

/* ---- helpers ---- */

static void setup_row(const char *row)
{
    ROW(row);
    stage_clear();
    hashed_as = NULL;
    check_alloc_start();
}

static const pila_type *key_type(const pila_counter *c) { return c->dict.types.first; }

static bool valid(const pila_counter *c)
{
    return pila__dict_valid(&c->dict.base, &c->dict.types);
}

static pila_status try_add(pila_counter *c, int64_t key, int64_t n)
{
    sample k;
    return pila_counter_add(c, sample_of(key_type(c), key, &k), n);
}

static int64_t count_of(const pila_counter *c, int64_t key)
{
    sample k;
    int64_t n = -99;

    CHECK_OK(pila_counter_count(c, sample_of(key_type(c), key, &k), &n));
    return n;
}

static void parse(pila_counter *c, const char *pairs)
{
    int64_t key, n;
    int used;

    for (; sscanf(pairs, "%" SCNd64 ":%" SCNd64 "%n", &key, &n, &used) == 2;
         pairs += used) {
        sample k;
        CHECK_OK(pila_counter_set(c, sample_of(key_type(c), key, &k), n));
    }
}

static int64_t item_count(const pila_counter *c, const char *item)
{
    int64_t n;

    memcpy(&n, item + c->dict.types.second_at, sizeof n);
    return n;
}

/* What an iterator of pairs (or keys) yields, between two brackets. It is taken. */
static void show(const pila_counter *c, pila_iter it, const char *form,
                 const char *ends, pila_buf *out)
{
    char line[64];
    const char *item;
    bool first = true;

    pila_buf_clear(out);
    CHECK_OK(pila_buf_add_char(out, ends[0]));
    for (; (item = pila_next_item(&it)) != NULL; first = false) {
        int64_t key = sample_value(key_type(c), item);
        if (!first) CHECK_OK(pila_buf_add(out, pila_cstr(", ")));
        if (form[0] == 'k') snprintf(line, sizeof line, "%" PRId64, key);
        else
            snprintf(line, sizeof line,
                     form[0] == '(' ? "(%" PRId64 ", %" PRId64 ")"
                                    : "%" PRId64 ": %" PRId64,
                     key, item_count(c, item));
        CHECK_OK(pila_buf_add(out, pila_cstr(line)));
    }
    CHECK_STATUS(it.status, PILA_END);
    CHECK(!pila_next_item(&it) && it.status == PILA_END);
    pila_iter_drop(&it);
    CHECK_OK(pila_buf_add_char(out, ends[1]));
}

/* A number for what a counter holds, in order. Allocates nothing, calls nothing back.
 */
static uint64_t digest(const pila_counter *c)
{
    pila_iter it = pila_dict_items(&c->dict);
    uint64_t sum = pila_counter_len(c);
    const char *item;

    while ((item = pila_next_item(&it)) != NULL) {
        sum = (sum ^ (uint64_t)sample_value(key_type(c), item)) * 0x9e3779b97f4a7c15u;
        sum = (sum ^ (uint64_t)item_count(c, item)) * 0x9e3779b97f4a7c15u;
    }
    return sum;
}

/* ---- rows ---- */

typedef enum counter_op {
    COUNT,
    ADD,
    SET,
    DEL,
    TOTAL,
    COPY,
    CLEAR,
    MOST,
    LEAST,
    ELEMENTS,
    UPDATE,
    UPDATE_PAIRS,
    UPDATE_COUNTER,
    UPDATE_SELF,
    UPDATE_OWN_KEYS,
    SUBTRACT,
    SUBTRACT_PAIRS,
    SUBTRACT_COUNTER,
    SUBTRACT_SELF,
    PLUS,
    MINUS,
    AND,
    OR,
    XOR,
    POS,
    NEG,
    EQ,
    LE,
    LT
} counter_op;

typedef struct counter_row {
    const char *text, *a, *b;
    counter_op op;
    int64_t k, n, result;
    const char *shown, *made, *repr;
} counter_row;

static const counter_row rows[] = {
#include "counter_rows.h"
};

typedef pila_status binary(pila_counter *out, const pila_counter *a,
                           const pila_counter *b);
typedef pila_status inplace(pila_counter *c, const pila_counter *b);

static binary *const binaries[] = {pila_counter_plus, pila_counter_minus,
                                   pila_counter_and, pila_counter_or, pila_counter_xor};
static inplace *const inplaces[] = {pila_counter_iplus, pila_counter_iminus,
                                    pila_counter_iand, pila_counter_ior,
                                    pila_counter_ixor};

/* c op b takes the place of c, and c op= b agrees with it. */
static pila_status row_combine(pila_counter *c, const pila_counter *b, counter_op op)
{
    pila_counter out, other;
    pila_status st;

    CHECK_OK(pila_counter_init(&out, key_type(c)));
    CHECK_OK(pila_counter_init(&other, key_type(c)));
    CHECK_OK(try_add(&out, 900, 1)); /* goes */
    if (op == POS) st = pila_counter_pos(&out, c);
    else if (op == NEG) st = pila_counter_neg(&out, c);
    else {
        st = binaries[op - PLUS](&out, c, b);
        CHECK_OK(pila_counter_copy(&other, c));
        CHECK_OK(inplaces[op - PLUS](&other, b));
        CHECK(digest(&other) == digest(&out) && valid(&other));
        CHECK_OK(pila_counter_copy(&other, c));
        CHECK_OK(
            binaries[op - PLUS](&other, &other, b)); /* the result may be an operand */
        CHECK(digest(&other) == digest(&out) && valid(&other));
        CHECK_OK(pila_counter_copy(&other, b));
        CHECK_OK(binaries[op - PLUS](&other, c, &other));
        CHECK(digest(&other) == digest(&out) && valid(&other));
    }
    pila_counter_done(&other);
    pila_counter_move(c, &out);
    CHECK_INT(pila_counter_len(&out), 0);
    pila_counter_done(&out);
    return st;
}

static pila_status row_change(pila_counter *c, const pila_counter *b,
                              const counter_row *r)
{
    sample k;
    const void *key = sample_of(key_type(c), r->k, &k);
    pila_counter out;

    switch (r->op) {
    case ADD: return pila_counter_add(c, key, r->n);
    case SET: return pila_counter_set(c, key, r->n);
    case DEL: return pila_counter_del(c, key);
    case CLEAR: pila_counter_clear(c); return PILA_OK;
    case UPDATE: return pila_counter_update(c, pila_counter_elements(b));
    case UPDATE_PAIRS: return pila_counter_update_pairs(c, pila_dict_items(&b->dict));
    case UPDATE_COUNTER: return pila_counter_update_counter(c, b);
    case UPDATE_SELF: return pila_counter_update_counter(c, c);
    case UPDATE_OWN_KEYS: return pila_counter_update(c, pila_dict_keys(&c->dict));
    case SUBTRACT: return pila_counter_subtract(c, pila_counter_elements(b));
    case SUBTRACT_PAIRS:
        return pila_counter_subtract_pairs(c, pila_dict_items(&b->dict));
    case SUBTRACT_COUNTER: return pila_counter_subtract_counter(c, b);
    case SUBTRACT_SELF: return pila_counter_subtract_counter(c, c);
    default: /* COPY */
        CHECK_OK(pila_counter_init(&out, &pila_view));
        CHECK_OK(pila_counter_copy(&out, c));
        CHECK_OK(pila_counter_copy(&out, &out));
        pila_counter_move(c, &out);
        pila_counter_done(&out);
        return PILA_OK;
    }
}

static pila_status row_ask(const pila_counter *c, const pila_counter *b,
                           const counter_row *r, int64_t *result)
{
    bool yes = false;
    pila_status st;

    if (r->op == TOTAL) return pila_counter_total(c, result);
    if (r->op == COUNT) {
        *result = count_of(c, r->k);
        return PILA_OK;
    }
    st = r->op == EQ   ? pila_counter_eq(c, b, &yes)
         : r->op == LE ? pila_counter_le(c, b, &yes)
                       : pila_counter_lt(c, b, &yes);
    *result = yes;
    return st;
}

static void row_holds(const counter_row *r, const pila_type *kt)
{
    pila_counter c, b;
    pila_buf text = {0};
    int64_t result = 0;
    size_t n = r->n < 0 ? SIZE_MAX : (size_t)r->n;

    setup_row(r->text);
    CHECK_OK(pila_counter_init(&c, kt));
    CHECK_OK(pila_counter_init(&b, kt));
    parse(&c, r->a);
    parse(&b, r->b);
    if (r->op == MOST) show(&c, pila_counter_most_common(&c, n), "()", "[]", &text);
    else if (r->op == LEAST)
        show(&c, pila_counter_least_common(&c, n), "()", "[]", &text);
    else if (r->op == ELEMENTS) show(&c, pila_counter_elements(&c), "k", "[]", &text);
    else if (r->op == COUNT || r->op == TOTAL || r->op >= EQ)
        CHECK_OK(row_ask(&c, &b, r, &result));
    else if (r->op >= PLUS && r->op <= NEG) CHECK_OK(row_combine(&c, &b, r->op));
    else CHECK_OK(row_change(&c, &b, r));
    CHECK_INT(result, r->result);
    CHECK_TEXT(pila_buf_view(&text), r->shown);
    CHECK(valid(&c) && valid(&b));
    show(&c, pila_dict_items(&c.dict), ":", "{}", &text);
    CHECK_TEXT(pila_buf_view(&text), r->made);
    if (kt->kind != PILA_KIND_STRING) { /* text shows in quotes */
        pila_buf_clear(&text);
        CHECK_OK(pila_counter_repr(&c, &text));
        CHECK_TEXT(pila_buf_view(&text), r->repr);
    }
    pila_buf_done(&text);
    pila_counter_done(&c);
    pila_counter_done(&c);
    pila_counter_done(&b);
    check_alloc_stop();
}

static void rows_of_cpython_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(rows); k++)
        for (size_t t = 0; t < KEY_TYPES; t++) row_holds(&rows[k], key_type_at(t));
    ROW(NULL);
}

/* ---- the typed face ---- */

static pila_string lent(const char *text)
{
    return pila_string_borrow(pila_cstr(text));
}

/* a = {a: 3, b: 1}, b = {a: 1, c: 2}; what each operator gives, by the counts of a, b
 * and c. No two operators give the same. */
static const struct {
    const char *text;
    pila_status (*plain)(Letters *, const Letters *, const Letters *);
    pila_status (*in_place)(Letters *, const Letters *);
    int64_t want[3];
} typed_operators[] = {
    {"a + b", Letters_plus, Letters_iplus, {4, 1, 2}},
    {"a - b", Letters_minus, Letters_iminus, {2, 1, 0}},
    {"a & b", Letters_and, Letters_iand, {1, 0, 0}},
    {"a | b", Letters_or, Letters_ior, {3, 1, 2}},
    {"a ^ b", Letters_xor, Letters_ixor, {2, 1, 2}},
};

static void check_letters(const Letters *c, const int64_t want[3])
{
    for (int k = 0; k < 3; k++) {
        int64_t n = -1;
        CHECK_OK(Letters_count(c, (char)('a' + k), &n));
        CHECK_INT(n, want[k]);
    }
}

static void typed_operators_are_the_right_ones(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(typed_operators); k++) {
        Letters a = {0}, b = {0}, out = {0};
        setup_row(typed_operators[k].text);
        CHECK_OK(Letters_update(&a, pila_span("aaab", 4, &pila_i8)));
        CHECK_OK(Letters_update(&b, pila_span("acc", 3, &pila_i8)));
        CHECK_OK(typed_operators[k].plain(&out, &a, &b));
        check_letters(&out, typed_operators[k].want);
        CHECK_OK(typed_operators[k].in_place(&a, &b));
        check_letters(&a, typed_operators[k].want);
        Letters_done(&a);
        Letters_done(&b);
        Letters_done(&out);
        check_alloc_stop();
    }
}

static void typed_signs_and_comparisons(void **state)
{
    Letters a = {0}, out = {0};
    bool eq = true, le = false, lt = false;

    (void)state;
    setup_row("+c, -c, ==, <=, <");
    CHECK_OK(Letters_set(&a, 'a', 2));
    CHECK_OK(Letters_set(&a, 'b', -3));
    CHECK_OK(Letters_pos(&out, &a));
    check_letters(&out, (const int64_t[]){2, 0, 0});
    CHECK_OK(Letters_eq(&a, &out, &eq));
    CHECK_OK(Letters_le(&a, &out, &le));
    CHECK_OK(Letters_lt(&a, &out, &lt));
    CHECK(!eq && le && lt);
    CHECK_OK(Letters_eq(&out, &out, &eq));
    CHECK_OK(Letters_le(&out, &a, &le));
    CHECK_OK(Letters_lt(&out, &out, &lt));
    CHECK(eq && !le && !lt);
    CHECK_OK(Letters_neg(&out, &a));
    check_letters(&out, (const int64_t[]){0, 3, 0});
    Letters_done(&a);
    Letters_done(&out);
    check_alloc_stop();
}

static void typed_face_says_the_same(void **state)
{
    Letters c = {0}, d = {0};
    int64_t n = 7, *at = NULL;
    bool yes = false;
    char text[8] = "", *p = text;
    pila_buf out = {0};

    (void)state;
    setup_row("typed face");
    CHECK_OK(Letters_count(&c, 'x', &n));
    CHECK_INT(n, 0);
    CHECK_OK(Letters_update(&c, pila_span("mississippi", 11, &pila_i8)));
    CHECK_OK(Letters_repr(&c, &out));
    CHECK_TEXT(pila_buf_view(&out), "Counter({105: 4, 115: 4, 112: 2, 109: 1})");
    pila_iter it = Letters_most_common(&c, 2);
    PILA_FOR(Letters_item, x, &it) *p++ = x->key;
    pila_iter_drop(&it);
    it = Letters_least_common(&c, 1);
    PILA_FOR(Letters_item, x, &it) *p++ = x->key;
    pila_iter_drop(&it);
    CHECK_TEXT(pila_cstr(text), "ism");
    CHECK_OK(Letters_total(&c, &n));
    CHECK_INT(n, 11);
    CHECK_OK(Letters_add(&d, 's', 2));
    CHECK_OK(Letters_set(&d, 'z', -1));
    CHECK_OK(Letters_subtract(&d, pila_span("ss", 2, &pila_i8)));
    CHECK_OK(Letters_update_counter(&d, &c));
    CHECK_OK(Letters_subtract_counter(&d, &c));
    CHECK_OK(Letters_update_pairs(&d, Letters_items(&c)));
    CHECK_OK(Letters_subtract_pairs(&d, Letters_items(&c)));
    CHECK_INT(Letters_len(&d), 5);
    CHECK_OK(Letters_total(&d, &n));
    CHECK_INT(n, -1);
    CHECK_OK(Letters_del(&d, 'q')); /* no error */
    CHECK_OK(Letters_del(&d, 'z'));
    CHECK_OK(Letters_contains(&d, 'z', &yes));
    CHECK(!yes);
    n = 0;
    it = Letters_elements(&c);
    PILA_FOR(char, x, &it) n += *x == 's';
    CHECK_INT(n, 4);
    pila_iter_drop(&it);
    CHECK_OK(Letters_find(&c, 'm', &at)); /* it is a dict as well */
    CHECK_INT(*at, 1);
    CHECK_OK(Letters_pop(&c, 'm', &n));
    CHECK_OK(Letters_popitem(&c, true, text, &n));
    CHECK_INT(text[0] * 10 + n, 'p' * 10 + 2);
    Letters_move(&d, &c);
    CHECK_INT(Letters_len(&c) * 10 + Letters_len(&d), 2);
    Letters_clear(&d);
    Letters_done(&c);
    Letters_done(&d);
    pila_buf_done(&out);
    check_alloc_stop();
}

/* >>> Counter("it's a \"test\" it's".split()) */
static void repr_quotes_text(void **state)
{
    static const char *const words[] = {"it's", "a", "\"test\"", "it's", ""};
    Words c = {0};
    pila_buf out = {0};

    (void)state;
    setup_row("repr");
    CHECK_OK(Words_repr(&c, &out));
    CHECK_TEXT(pila_buf_view(&out), "Counter()");
    for (size_t k = 0; k < COUNT_OF(words); k++)
        CHECK_OK(Words_add(&c, lent(words[k]), 1));
    pila_buf_clear(&out);
    CHECK_OK(Words_repr(&c, &out));
    CHECK_TEXT(pila_buf_view(&out),
               "Counter({\"it's\": 2, 'a': 1, '\"test\"': 1, '': 1})");
    Words_done(&c);
    pila_buf_done(&out);
    check_alloc_stop();
}

static void other_key_types_work_too(void **state)
{
    Floats f = {0};
    Views v = {0};
    Bytes b = {0};
    Things t = {0};
    static const double numbers[] = {0.0, -0.0, 1.5, 0.0};
    static const thing things[] = {{1, NULL}, {2, NULL}, {1, NULL}};
    pila_str words[] = {{"ab", 2}, {"ba", 2}, {"abba", 2}};
    int64_t n = 0;

    (void)state;
    setup_row("key types");
    CHECK_OK(Floats_update(&f, pila_span(numbers, 4, &pila_f64)));
    CHECK_OK(Floats_count(&f, -0.0, &n));
    CHECK_INT(n, 3);
    CHECK_OK(Views_update(&v, pila_span(words, 3, &pila_view)));
    CHECK_OK(Views_update(&v, pila_span(words, 3, &pila_view_padded)));
    CHECK_OK(Views_count(&v, pila_str_of("ab", 2), &n));
    CHECK_INT(n, 4);
    CHECK_OK(Bytes_update(&b, pila_span("aab", 3, &pila_u8)));
    CHECK_OK(Bytes_count(&b, 'a', &n));
    CHECK_INT(n, 2);
    CHECK_OK(Things_update(&t, pila_span(things, 3, &hashed_thing)));
    CHECK_OK(Things_count(&t, things[0], &n));
    CHECK_INT(n, 2);
    Floats_done(&f);
    Views_done(&v);
    Bytes_done(&b);
    Things_done(&t);
    pila_counter *c = pila_counter_new(&pila_i64);
    assert_non_null(c);
    CHECK_OK(try_add(c, 1, 1));
    pila_counter_free(c);
    pila_counter_free(NULL);
    check_alloc_stop();
}

/* ---- the edges of int64_t ---- */

typedef struct edge_row {
    const char *text;
    int64_t a, b; /* counts of the same key; NONE: it is not there */
    counter_op op;
    pila_status status;
    int64_t result; /* its count, NONE: it is not there */
} edge_row;

#define NONE 424242

static const edge_row edge_rows[] = {
    {"up to the most", INT64_MAX - 1, 1, ADD, PILA_OK, INT64_MAX},
    {"beyond the most", INT64_MAX, 1, ADD, PILA_EOVERFLOW, INT64_MAX},
    {"beyond the least", INT64_MIN, -1, ADD, PILA_EOVERFLOW, INT64_MIN},
    {"the least to nothing", NONE, INT64_MIN, ADD, PILA_OK, INT64_MIN},
    {"update: beyond the most", INT64_MAX, 1, UPDATE_COUNTER, PILA_EOVERFLOW,
     INT64_MAX},
    {"subtract: up to the most", -1, INT64_MIN, SUBTRACT_COUNTER, PILA_OK, INT64_MAX},
    {"subtract: the least from the least", INT64_MIN, INT64_MIN, SUBTRACT_COUNTER,
     PILA_OK, 0},
    {"subtract: the least from 0", 0, INT64_MIN, SUBTRACT_COUNTER, PILA_EOVERFLOW, 0},
    {"subtract: the least from nothing", NONE, INT64_MIN, SUBTRACT_COUNTER,
     PILA_EOVERFLOW, NONE},
    {"subtract: the most from -1", -1, INT64_MAX, SUBTRACT_COUNTER, PILA_OK, INT64_MIN},
    {"subtract: the most from -2", -2, INT64_MAX, SUBTRACT_COUNTER, PILA_EOVERFLOW, -2},
    {"+: beyond the most", INT64_MAX, INT64_MAX, PLUS, PILA_EOVERFLOW, INT64_MAX},
    {"+: beyond the least is left out", INT64_MIN, INT64_MIN, PLUS, PILA_OK, NONE},
    {"-: the least from 0", NONE, INT64_MIN, MINUS, PILA_EOVERFLOW, NONE},
    {"-: the least from -1", -1, INT64_MIN, MINUS, PILA_OK, INT64_MAX},
    {"-: beyond the least is left out", INT64_MIN, INT64_MAX, MINUS, PILA_OK, NONE},
    {"&: extremes", INT64_MAX, INT64_MIN, AND, PILA_OK, NONE},
    {"|: extremes", INT64_MIN, INT64_MAX, OR, PILA_OK, INT64_MAX},
    {"^: extremes", INT64_MAX, INT64_MIN, XOR, PILA_EOVERFLOW, INT64_MAX},
    {"^: the most", INT64_MAX, NONE, XOR, PILA_OK, INT64_MAX},
    {"^: the least", NONE, INT64_MIN, XOR, PILA_EOVERFLOW, NONE},
    {"^: one short of it", INT64_MIN, -1, XOR, PILA_OK, INT64_MAX},
    {"-c of the least", INT64_MIN, NONE, NEG, PILA_EOVERFLOW, INT64_MIN},
    {"-c of the one above", INT64_MIN + 1, NONE, NEG, PILA_OK, INT64_MAX},
    {"+c of the least", INT64_MIN, NONE, POS, PILA_OK, NONE},
};

static pila_status edge_run(Longs *a, const Longs *b, const edge_row *r)
{
    Longs out = {0};
    pila_status st;

    switch (r->op) {
    case ADD: return Longs_add(a, 1, r->b);
    case UPDATE_COUNTER: return Longs_update_counter(a, b);
    case SUBTRACT_COUNTER: return Longs_subtract_counter(a, b);
    case PLUS: return Longs_iplus(a, b);
    case MINUS: return Longs_iminus(a, b);
    case AND: return Longs_iand(a, b);
    case OR: return Longs_ior(a, b);
    case XOR: return Longs_ixor(a, b);
    default:
        st = r->op == POS ? Longs_pos(&out, a) : Longs_neg(&out, a);
        if (st == PILA_OK) Longs_move(a, &out);
        return st;
    }
}

static void edges_are_kept(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(edge_rows); k++) {
        const edge_row *r = &edge_rows[k];
        Longs a = {0}, b = {0};
        int64_t n;
        bool there = false;
        setup_row(r->text);
        if (r->a != NONE) CHECK_OK(Longs_set(&a, 1, r->a));
        if (r->b != NONE && r->op != ADD) CHECK_OK(Longs_set(&b, 1, r->b));
        CHECK_STATUS(edge_run(&a, &b, r), r->status);
        CHECK_OK(Longs_contains(&a, 1, &there));
        CHECK(there == (r->result != NONE));
        CHECK_OK(Longs_count(&a, 1, &n));
        CHECK_INT(n, there ? r->result : 0);
        Longs_done(&a);
        Longs_done(&b);
        check_alloc_stop();
    }
    ROW(NULL);
}

typedef struct total_row {
    const char *text;
    int64_t counts[5];
    pila_status status;
    int64_t total;
} total_row;

static const total_row total_rows[] = {
    {"of nothing", {0}, PILA_OK, 0},
    {"there and back", {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN, 5}, PILA_OK, 3},
    {"the most", {INT64_MAX, 1, -1, 0, 0}, PILA_OK, INT64_MAX},
    {"one more", {INT64_MAX, 1, 0, 0, 0}, PILA_EOVERFLOW, 77},
    {"the least", {INT64_MIN, -1, 1, 0, 0}, PILA_OK, INT64_MIN},
    {"one less", {INT64_MIN, -1, 0, 0, 0}, PILA_EOVERFLOW, 77},
    {"far beyond", {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, 0}, PILA_EOVERFLOW, 77},
    {"carries", {0xffffffff, 0xffffffff, 1, 1, -1}, PILA_OK, 0x1ffffffff},
    {"negative halves", {-1, -4294967295, -4294967296, 3, 0}, PILA_OK, -8589934589},
};

static void totals_do_not_overflow_on_the_way(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(total_rows); k++) {
        const total_row *r = &total_rows[k];
        Longs c = {0};
        int64_t total = 77;
        setup_row(r->text);
        for (int64_t i = 0; i < 5; i++) CHECK_OK(Longs_set(&c, i, r->counts[i]));
        CHECK_STATUS(Longs_total(&c, &total), r->status);
        CHECK_INT(total, r->total);
        Longs_done(&c);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- windows ---- */

/* Words of 0 to 40 bytes, each in a block of its own size: a byte read beyond it is
 * seen by ASan. Padded views have 16 bytes behind them, and no more. */
static void views_are_not_read_beyond_their_end(void **state)
{
    enum { LENGTHS = 41 };
    pila_str views[LENGTHS];
    int64_t n;

    (void)state;
    setup_row("views");
    for (size_t padding = 0; padding <= 16; padding += 16) {
        Words c = {0};
        for (size_t len = 0; len < LENGTHS; len++) {
            char *block = malloc(len + padding ? len + padding : 1);
            assert_non_null(block);
            memset(block, 'a', len);
            memset(block + len, '#', padding); /* is not looked at */
            views[len] = pila_str_of(block, len);
        }
        const pila_type *type = padding ? &pila_view_padded : &pila_view;
        for (int round = 0; round < 3; round++)
            CHECK_OK(Words_update(&c, pila_span(views, LENGTHS, type)));
        CHECK_INT(Words_len(&c), LENGTHS);
        for (size_t len = 0; len < LENGTHS; len++) {
            memset((char *)(uintptr_t)views[len].ptr, 'b',
                   len); /* the counter has its own */
            CHECK_OK(Words_count(&c, pila_string_borrow(views[len]), &n));
            CHECK_INT(n, len ? 0 : 3);
            memset((char *)(uintptr_t)views[len].ptr, 'a', len);
            CHECK_OK(Words_count(&c, pila_string_borrow(views[len]), &n));
            CHECK_INT(n, 3);
            free((void *)(uintptr_t)views[len].ptr);
        }
        CHECK(pila__dict_valid(&c.base, &Words_types));
        Words_done(&c);
    }
    pila_str none = {NULL, 0};
    Words c = {0};
    CHECK_OK(Words_update(&c, pila_span(&none, 1, &pila_view)));
    CHECK_OK(Words_count(&c, lent(""), &n));
    CHECK_INT(n, 1);
    Words_done(&c);
    check_alloc_stop();
}

/* Windows that are not multiples of a batch, and keys that make the table grow in the
 * middle of one: against counting one at a time. */
static void batches_count_as_one_by_one_does(void **state)
{
    static const size_t sizes[] = {1,   11,  12,  13,  127,  128,
                                   129, 255, 256, 257, 1000, 5000};
    static int64_t items[5000];
    static pila_str views[5000];
    static char text[5000][24];
    check_rng r = check_rng_start();

    (void)state;
    setup_row("batches");
    for (size_t s = 0; s < COUNT_OF(sizes) * 4; s++) {
        size_t n = sizes[s / 4], universe = s % 2 ? n : n / 8 + 1;
        Longs all = {0}, one = {0};
        Words words = {0};
        for (size_t k = 0; k < n; k++) {
            items[k] = (int64_t)check_rng_below(&r, universe) - 5;
            snprintf(text[k], sizeof text[k], s % 4 < 2 ? "%d" : "%018d",
                     (int)items[k]);
            views[k] = pila_cstr(text[k]);
            CHECK_OK(Longs_add(&one, items[k], 1));
        }
        CHECK_OK(Longs_update(&all, pila_span(items, n, &pila_i64)));
        CHECK_OK(Words_update(&words, pila_span(views, n, &pila_view)));
        CHECK(pila__dict_valid(&all.base, &Longs_types));
        CHECK(pila__dict_valid(&words.base, &Words_types));
        CHECK_INT(Words_len(&words), Longs_len(&one));
        pila_iter a = Longs_items(&all), w = Words_items(&words), b = Longs_items(&one);
        PILA_FOR(Longs_item, x, &b) {
            const Longs_item *y = pila_next(&a, sizeof *y);
            const Words_item *z = pila_next(&w, sizeof *z);
            CHECK(y && z && x->key == y->key && x->value == y->value &&
                  x->value == z->value);
        }
        CHECK_OK(Longs_subtract(&all, pila_span(items, n, &pila_i64)));
        int64_t left = -1;
        CHECK_OK(Longs_total(&all, &left));
        CHECK_INT(left, 0);
        Longs_done(&all);
        Longs_done(&one);
        Words_done(&words);
    }
    check_alloc_stop();
}

/* A count that overflows in the middle of a batch: what came before it is counted. */
static void overflow_inside_a_batch_is_told(void **state)
{
    static const int64_t items[] = {1, 2, 1, 3};
    Longs c = {0};
    int64_t n = 0;

    (void)state;
    setup_row("overflow");
    CHECK_OK(Longs_set(&c, 1, INT64_MAX - 1));
    CHECK_STATUS(Longs_update(&c, pila_span(items, 4, &pila_i64)), PILA_EOVERFLOW);
    CHECK_OK(Longs_count(&c, 1, &n));
    CHECK(n == INT64_MAX);
    CHECK_INT(Longs_len(&c), 2);
    Longs_done(&c);
    check_alloc_stop();
}

static void sources_fail_and_are_dropped(void **state)
{
    faulty f = {0, 300, PILA_EIO, 0};
    pila_counter c, texts, other;
    int64_t total;
    bool yes = true;

    (void)state;
    setup_row("sources");
    CHECK_OK(pila_counter_init(&c, &pila_i64));
    CHECK_OK(pila_counter_init(&texts, &pila_text));
    CHECK_OK(pila_counter_init(&other, &pila_i64));
    CHECK_STATUS(pila_counter_update(&c, faulty_iter(&f)), PILA_EIO);
    CHECK_OK(pila_counter_total(&c, &total));
    CHECK_INT(total, 300); /* what came before it stays */
    f = (faulty){0, 300, PILA_EUSER, 0};
    CHECK_STATUS(pila_counter_subtract(&c, faulty_iter(&f)), PILA_EUSER);
    CHECK_OK(pila_counter_total(&c, &total));
    CHECK_INT(total + f.dropped, 1);
    CHECK_STATUS(pila_counter_update(&texts, faulty_iter(&f)), PILA_ETYPE);
    CHECK_STATUS(pila_counter_subtract(&texts, faulty_iter(&f)), PILA_ETYPE);
    CHECK_STATUS(pila_counter_update_pairs(&c, faulty_iter(&f)), PILA_ETYPE);
    CHECK_STATUS(pila_counter_subtract_pairs(&c, faulty_iter(&f)), PILA_ETYPE);
    CHECK_INT(f.dropped, 5);
    CHECK_STATUS(pila_counter_update_pairs(&texts, pila_dict_items(&c.dict)),
                 PILA_ETYPE);
    CHECK_STATUS(pila_counter_update(&c, pila_failed(PILA_EEOF)), PILA_EEOF);
    CHECK_STATUS(pila_counter_update_pairs(&c, pila_failed(PILA_EEOF)), PILA_EEOF);
    CHECK_OK(pila_counter_update(&c, pila_failed(PILA_END)));
    CHECK_STATUS(pila_counter_update_counter(&c, &texts), PILA_ETYPE);
    CHECK_STATUS(pila_counter_subtract_counter(&c, &texts), PILA_ETYPE);
    for (size_t k = 0; k < COUNT_OF(binaries); k++) {
        CHECK_STATUS(binaries[k](&other, &c, &texts), PILA_ETYPE);
        CHECK_STATUS(inplaces[k](&c, &texts), PILA_ETYPE);
    }
    CHECK_STATUS(pila_counter_eq(&c, &texts, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_counter_le(&c, &texts, &yes), PILA_ETYPE);
    CHECK_STATUS(pila_counter_lt(&c, &texts, &yes), PILA_ETYPE);
    CHECK(yes);
    CHECK_INT(pila_counter_len(&c), 300);
    pila_counter_done(&c);
    pila_counter_done(&texts);
    check_alloc_stop();
}

/* Pairs with a view for a key, and with a count of another kind. */
static void pairs_need_keys_and_counts(void **state)
{
    typedef struct pair {
        pila_str word;
        int64_t n;
    } pair;
    typedef struct odd {
        pila_str word;
        double n;
    } odd;
    PILA_PAIR(pair_types, pair, n, &pila_view, &pila_i64);
    PILA_PAIR(odd_types, odd, n, &pila_view, &pila_f64);
    static const pair pairs[] = {{{"ab", 2}, 3},
                                 {{"a word of some length", 21}, -1},
                                 {{"ab", 2}, 4}};
    static const odd odds[] = {{{"ab", 2}, 3}};
    Words c = {0};
    pila_buf out = {0};

    (void)state;
    setup_row("pairs");
    CHECK_OK(Words_update_pairs(&c, pila_span(pairs, 3, &pair_types.type)));
    CHECK_STATUS(Words_update_pairs(&c, pila_span(odds, 1, &odd_types.type)),
                 PILA_ETYPE);
    CHECK_OK(Words_repr(&c, &out));
    CHECK_TEXT(pila_buf_view(&out), "Counter({'ab': 7, 'a word of some length': -1})");
    CHECK_OK(Words_subtract_pairs(&c, pila_span(pairs, 3, &pair_types.type)));
    pila_buf_clear(&out);
    CHECK_OK(Words_repr(&c, &out));
    CHECK_TEXT(pila_buf_view(&out), "Counter({'ab': 0, 'a word of some length': 0})");
    const int64_t flat[] = {7, 3, 7, 4, 8};
    pila_row rows_of[] = {{flat, 2}, {flat + 2, 2}, {flat + 4, 1}};
    pila_tuple row;
    pila_counter n;
    pila_tuple_row(&row, &pila_i64);
    CHECK_OK(pila_counter_init(&n, &pila_i64));
    CHECK_STATUS(pila_counter_update_pairs(&n, pila_span(rows_of, 3, &row.type)),
                 PILA_EVALUE);
    CHECK_INT(count_of(&n, 7), 7);
    CHECK_INT(pila_counter_len(&n), 1);
    pila_counter_done(&n);
    Words_done(&c);
    pila_buf_done(&out);
    check_alloc_stop();
}

/* >>> c = Counter(range(100, 112)); c.update(c.values())
 * RuntimeError: dictionary changed size during iteration */
static void own_counts_as_keys_are_a_mutation(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 40; n++) { /* full at 12, 18 and 36 keys */
        Longs c = {0};
        int64_t one;
        setup_row("own values");
        for (int64_t k = 0; k < n; k++) CHECK_OK(Longs_set(&c, 100 + k, 1));
        CHECK_STATUS(Longs_update(&c, Longs_values(&c)), PILA_EMUTATED);
        CHECK_OK(Longs_count(&c, 1, &one));
        CHECK_INT(one, 1);
        CHECK(pila__dict_valid(&c.base, &Longs_types));
        CHECK_OK(Longs_update(&c, Longs_elements(&c))); /* doubles each */
        CHECK_OK(Longs_total(&c, &one));
        CHECK_INT(one, 2 * (n + 1));
        Longs_done(&c);
        check_alloc_stop();
    }
    ROW(NULL);
}

/* ---- every call, by a number ---- */

typedef enum call {
    C_ADD_NEW,
    C_ADD_OLD,
    C_SET,
    C_COUNT,
    C_DEL,
    C_UPDATE,
    C_UPDATE_SELF,
    C_PAIRS,
    C_PAIRS_SELF,
    C_COUNTER,
    C_COUNTER_SELF,
    C_SUBTRACT,
    C_SUBTRACT_COUNTER,
    C_LEAST,
    C_TOTAL,
    C_MOST,
    C_MOST_2,
    C_ELEMENTS,
    C_COPY,
    C_PLUS,
    C_MINUS,
    C_AND,
    C_OR,
    C_XOR,
    C_IPLUS,
    C_IMINUS,
    C_IAND,
    C_IOR,
    C_IXOR,
    C_POS,
    C_NEG,
    C_EQ,
    C_EQ_SAME,
    C_LE,
    C_LT,
    C_REPR,
    C_CLEAR,
    C_MOVE,
    CALLS
} call;

static pila_status drain(pila_iter it)
{
    while (pila_next_item(&it)) continue;
    pila_status st = pila_iter_outcome(&it);
    pila_iter_drop(&it);
    return st;
}

static pila_status call_make(pila_counter *a, pila_counter *b, call c)
{
    pila_counter out; /* holds something, which is kept if the call fails */
    bool yes;

    CHECK_OK(pila_counter_init(&out, key_type(a)));
    pila_status st = try_add(&out, 900, 1);
    uint64_t was = digest(&out);
    if (st != PILA_OK) {
        pila_counter_done(&out);
        return st;
    }
    st = c == C_POS                      ? pila_counter_pos(&out, a)
         : c == C_NEG                    ? pila_counter_neg(&out, a)
         : c == C_COPY || c == C_EQ_SAME ? pila_counter_copy(&out, a)
                                         : binaries[c - C_PLUS](&out, a, b);
    CHECK(valid(&out));
    if (st != PILA_OK) CHECK(digest(&out) == was);
    if (st == PILA_OK && c == C_EQ_SAME) st = pila_counter_eq(a, &out, &yes);
    pila_counter_done(&out);
    return st;
}

static pila_status call_one(pila_counter *a, call c)
{
    sample k;
    int64_t n;
    const void *key = sample_of(key_type(a), c == C_ADD_NEW ? 88 : 3, &k);

    switch (c) {
    case C_ADD_NEW:
    case C_ADD_OLD: return pila_counter_add(a, key, 2);
    case C_SET: return pila_counter_set(a, key, 2);
    case C_COUNT: return pila_counter_count(a, key, &n);
    case C_DEL: return pila_counter_del(a, key);
    case C_TOTAL: return pila_counter_total(a, &n);
    default: pila_counter_clear(a); return PILA_OK;
    }
}

static pila_status call_update(pila_counter *a, pila_counter *b, call c)
{
    switch (c) {
    case C_UPDATE: return pila_counter_update(a, pila_dict_keys(&b->dict));
    case C_UPDATE_SELF: return pila_counter_update(a, pila_dict_keys(&a->dict));
    case C_PAIRS: return pila_counter_update_pairs(a, pila_dict_items(&b->dict));
    case C_PAIRS_SELF: return pila_counter_update_pairs(a, pila_dict_items(&a->dict));
    case C_COUNTER: return pila_counter_update_counter(a, b);
    case C_COUNTER_SELF: return pila_counter_update_counter(a, a);
    case C_SUBTRACT: return pila_counter_subtract(a, pila_counter_elements(b));
    default: return pila_counter_subtract_counter(a, b);
    }
}

static pila_status call_run(pila_counter *a, pila_counter *b, call c)
{
    pila_buf text = {0};
    bool yes;
    pila_status st;

    switch (c) {
    case C_UPDATE:
    case C_UPDATE_SELF:
    case C_PAIRS:
    case C_PAIRS_SELF:
    case C_COUNTER:
    case C_COUNTER_SELF:
    case C_SUBTRACT:
    case C_SUBTRACT_COUNTER: return call_update(a, b, c);
    case C_COPY:
    case C_POS:
    case C_NEG:
    case C_EQ_SAME:
    case C_PLUS:
    case C_MINUS:
    case C_AND:
    case C_OR:
    case C_XOR: return call_make(a, b, c);
    case C_IPLUS:
    case C_IMINUS:
    case C_IAND:
    case C_IOR:
    case C_IXOR: return inplaces[c - C_IPLUS](a, b);
    case C_MOST: return drain(pila_counter_most_common(a, SIZE_MAX));
    case C_MOST_2: return drain(pila_counter_most_common(a, 2));
    case C_LEAST: return drain(pila_counter_least_common(a, 2));
    case C_ELEMENTS: return drain(pila_counter_elements(a));
    case C_EQ: return pila_counter_eq(a, b, &yes);
    case C_LE: return pila_counter_le(a, b, &yes);
    case C_LT: return pila_counter_lt(a, b, &yes);
    case C_MOVE: pila_counter_move(a, b); return PILA_OK;
    case C_REPR:
        st = pila_counter_repr(a, &text);
        if (st != PILA_OK) CHECK_INT(text.len, 0);
        pila_buf_done(&text);
        return st;
    default: return call_one(a, c);
    }
}

/* Those of which a failure leaves what came before it. */
static bool call_is_stepwise(call c)
{
    return c >= C_UPDATE && c <= C_SUBTRACT_COUNTER;
}

/* Keys first .. last, each counted as often as it is, the last one -7 times. */
static pila_status fill(pila_counter *c, int64_t first, int64_t last)
{
    pila_status st = PILA_OK;

    for (int64_t k = first; k <= last && st == PILA_OK; k++)
        st = try_add(c, k, k == last ? -7 : k);
    return st;
}

/* ---- allocation fails ---- */

typedef struct sweep {
    const pila_type *kt;
    call c;
} sweep;

static pila_status call_again(pila_counter *a, pila_counter *b, call c)
{
    uint64_t was_a = digest(a), was_b = digest(b);
    pila_status st = call_run(a, b, c);

    CHECK(valid(a) && valid(b));
    if (st == PILA_OK) return st;
    CHECK_STATUS(st, PILA_ENOMEM);
    CHECK(digest(b) == was_b);
    if (!call_is_stepwise(c)) CHECK(digest(a) == was_a);
    pila_status second = call_run(a, b, c); /* once more; unless it fails for ever */
    CHECK(second == PILA_OK || second == PILA_ENOMEM);
    second = try_add(a, 1000, 1);
    CHECK(second == PILA_OK || second == PILA_ENOMEM);
    CHECK(valid(a) && valid(b));
    return st;
}

static pila_status sweep_call(void *ctx)
{
    const sweep *s = ctx;
    pila_counter a, b;

    CHECK_OK(pila_counter_init(&a, s->kt));
    CHECK_OK(pila_counter_init(&b, s->kt));
    pila_status st = fill(&a, 1, 12);
    if (st == PILA_OK) st = fill(&b, 3, 14);
    if (st == PILA_OK) st = call_again(&a, &b, s->c);
    pila_counter_done(&a);
    pila_counter_done(&b);
    return st;
}

/* Words from views, in windows: the table grows inside a batch. */
static pila_status sweep_words(void *ctx)
{
    static char text[200][32];
    pila_str views[200];
    Words c = {0};
    int64_t total = 0, after = 0;

    (void)ctx;
    for (int k = 0; k < 200; k++) {
        snprintf(text[k], sizeof text[k], k % 3 ? "w%d" : "a longer word, %d", k % 70);
        views[k] = pila_cstr(text[k]);
    }
    pila_status st = Words_update(&c, pila_span(views, 200, &pila_view));
    CHECK(pila__dict_valid(&c.base, &Words_types));
    CHECK_OK(Words_total(&c, &total));
    if (st == PILA_OK) CHECK_INT(total, 200);
    else {
        pila_status second = Words_update(&c, pila_span(views, 200, &pila_view));
        CHECK(second == PILA_OK || second == PILA_ENOMEM);
        CHECK_OK(Words_total(&c, &after));
        if (second == PILA_OK) CHECK_INT(after, total + 200);
    }
    Words_done(&c);
    return st;
}

static pila_status sweep_heap(void *ctx)
{
    pila_counter *c = pila_counter_new(&pila_i64);

    (void)ctx;
    pila_counter_free(c);
    return c ? PILA_OK : PILA_ENOMEM;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    stage_clear();
    hashed_as = NULL;
    for (size_t t = 0; t < KEY_TYPES; t++)
        for (call c = 0; c < CALLS; c++) {
            sweep s = {key_type_at(t), c};
            char row[16];
            snprintf(row, sizeof row, "call %d", (int)c);
            ROW(row);
            check_alloc_sweep(sweep_call, &s);
        }
    ROW(NULL);
    check_alloc_sweep(sweep_words, NULL);
    check_alloc_sweep(sweep_heap, NULL);
}

/* ---- callbacks that fail, or change a counter ---- */

typedef enum act_kind {
    ACT_CLEAR,
    ACT_DONE,
    ACT_GROW,
    ACT_DEL,
    ACT_SHRINK,
    ACT_REFILL,
    ACTS
} act_kind;

typedef struct act {
    pila_counter *c;
    act_kind kind;
} act;

static void act_now(void *ctx)
{
    act *x = ctx;
    sample k;

    switch (x->kind) {
    case ACT_CLEAR: pila_counter_clear(x->c); break;
    case ACT_DONE: pila_counter_done(x->c); break;
    case ACT_GROW: CHECK_OK(fill(x->c, 100, 160)); break;
    case ACT_DEL:
        CHECK_OK(pila_counter_del(x->c, sample_of(key_type(x->c), 3, &k)));
        CHECK_OK(pila_counter_del(x->c, sample_of(key_type(x->c), 1, &k)));
        break;
    case ACT_SHRINK: CHECK_OK(pila_dict_shrink(&x->c->dict)); break;
    default: pila_counter_done(x->c); CHECK_OK(fill(x->c, 1, 20));
    }
}

static void make_two(pila_counter *a, pila_counter *b, bool alike)
{
    stage_clear();
    hashed_as = alike ? hashed_alike : NULL;
    check_alloc_start();
    CHECK_OK(pila_counter_init(a, &hashed_thing));
    CHECK_OK(pila_counter_init(b, &hashed_thing));
    CHECK_OK(fill(a, 1, 5));
    CHECK_OK(fill(b, 3, 7));
}

static void end_two(pila_counter *a, pila_counter *b)
{
    stage_clear();
    CHECK(valid(a) && valid(b));
    CHECK_OK(try_add(a, 500, 1)); /* both go on */
    CHECK_OK(try_add(b, 500, 1));
    CHECK(valid(a) && valid(b));
    pila_counter_done(a);
    pila_counter_done(b);
    check_alloc_stop();
}

static bool raises_at(bool alike, call c, long k)
{
    pila_counter a, b;

    make_two(&a, &b, alike);
    uint64_t was_a = digest(&a), was_b = digest(&b);
    stage.on = ON_ANY & ~ON_DROP;
    stage.fail_at = k;
    pila_status st = call_run(&a, &b, c);
    bool reached = stage.calls >= k;
    stage_clear();
    CHECK_STATUS(st, reached ? THING_FAULT : PILA_OK);
    if (reached) CHECK(digest(&b) == was_b);
    if (reached && !call_is_stepwise(c)) CHECK(digest(&a) == was_a);
    end_two(&a, &b);
    return reached;
}

static void compare_raises_at_k(void **state)
{
    (void)state;
    for (call c = 0; c < CALLS; c++)
        for (int alike = 0; alike < 2; alike++)
            for (long k = 1; raises_at(alike, c, k); k++) continue;
}

static bool changes_at(int how, call c, act_kind kind, long k)
{
    pila_counter a, b;

    make_two(&a, &b, how & 1);
    act x = {how & 2 ? &b : &a, kind};
    stage.on = ON_ANY;
    stage.act = act_now;
    stage.ctx = &x;
    stage.act_at = k;
    pila_status st = call_run(&a, &b, c);
    bool reached = stage.act == NULL;
    CHECK(st == PILA_OK || st == PILA_EMUTATED);
    end_two(&a, &b);
    return reached;
}

static void callbacks_may_change_the_counter(void **state)
{
    (void)state;
    for (call c = 0; c < CALLS; c++)
        for (act_kind kind = 0; kind < ACTS; kind++)
            for (int how = 0; how < 4; how++)
                for (long k = 1; changes_at(how, c, kind, k); k++) continue;
}

static void mutate_while_iter(void **state)
{
    (void)state;
    for (int which = 0; which < 5; which++)
        for (int change = 0; change < 3; change++) {
            Longs c = {0};
            setup_row("mutate_while_iter");
            for (int64_t k = 0; k < 9; k++) CHECK_OK(Longs_set(&c, k, k + 2));
            pila_iter it = which == 0   ? Longs_most_common(&c, SIZE_MAX)
                           : which == 1 ? Longs_most_common(&c, 3)
                           : which == 2 ? Longs_least_common(&c, 3)
                           : which == 3 ? Longs_elements(&c)
                                        : Longs_items(&c);
            CHECK(pila_next_item(&it));
            CHECK_OK(Longs_add(&c, 5, 1)); /* a count is no structure */
            CHECK(pila_next_item(&it));
            if (change == 0) CHECK_OK(Longs_add(&c, 99, 1));
            else if (change == 1) CHECK_OK(Longs_del(&c, 5));
            else Longs_clear(&c);
            CHECK(!pila_next_item(&it));
            CHECK_STATUS(it.status, PILA_EMUTATED);
            pila_iter_drop(&it);
            Longs_done(&c);
            check_alloc_stop();
        }
    ROW(NULL);
}

/* ---- against naive models ---- */

enum { UNIVERSE = 60 };

typedef struct model {
    int64_t key[UNIVERSE], count[UNIVERSE]; /* in order */
    size_t n;
    int fault; /* which promise the model breaks, 0 for none */
} model;

enum { FAULT_TIES = 1, FAULT_ZERO, FAULT_ORDER, FAULT_XOR, FAULTS };

static size_t model_find(const model *m, int64_t key)
{
    size_t k = 0;

    while (k < m->n && m->key[k] != key) k++;
    return k;
}

static int64_t model_count(const model *m, int64_t key)
{
    size_t k = model_find(m, key);
    return k < m->n ? m->count[k] : 0;
}

static void model_add(model *m, int64_t key, int64_t n)
{
    size_t k = model_find(m, key);

    if (k == m->n) {
        m->key[m->n] = key;
        m->count[m->n++] = 0;
    }
    m->count[k] += n;
}

static void model_del(model *m, int64_t key)
{
    size_t k = model_find(m, key);

    if (k == m->n) return;
    m->n--;
    if (m->fault == FAULT_ORDER) { /* the last takes its place */
        m->key[k] = m->key[m->n];
        m->count[k] = m->count[m->n];
        return;
    }
    memmove(m->key + k, m->key + k + 1, (m->n - k) * sizeof *m->key);
    memmove(m->count + k, m->count + k + 1, (m->n - k) * sizeof *m->count);
}

static int64_t model_op(const model *m, counter_op op, int64_t a, int64_t b)
{
    switch (op) {
    case PLUS: return a + b;
    case MINUS: return a - b;
    case AND: return a < b ? a : b;
    case OR: return a > b ? a : b;
    default: return m->fault == FAULT_XOR || a > b ? a - b : b - a;
    }
}

/* m = m op b; the walk over both at once is what counter.h promises of the order. */
static void model_combine(model *m, const model *b, counter_op op)
{
    model out = {.fault = m->fault};
    int64_t least = m->fault == FAULT_ZERO ? 0 : 1;

    for (size_t k = 0; k < m->n; k++) {
        int64_t n = model_op(m, op, m->count[k], model_count(b, m->key[k]));
        if (n >= least) model_add(&out, m->key[k], n);
    }
    for (size_t k = 0; k < b->n; k++) {
        int64_t n = model_op(m, op, 0, b->count[k]);
        if (model_find(m, b->key[k]) == m->n && n >= least)
            model_add(&out, b->key[k], n);
    }
    *m = out;
}

/* Insertion sort: stable, and nothing like what it checks. */
static void model_rank(model *m, bool most)
{
    for (size_t k = 1; k < m->n; k++)
        for (size_t i = k; i > 0; i--) {
            int64_t before = m->count[i - 1], n = m->count[i], key = m->key[i];
            bool stays = most ? before >= n : before <= n;
            if (before == n && m->fault == FAULT_TIES) stays = m->key[i - 1] < key;
            if (stays) break;
            m->count[i] = before;
            m->key[i] = m->key[i - 1];
            m->count[i - 1] = n;
            m->key[i - 1] = key;
        }
}

static bool model_same(const model *m, const pila_counter *c, pila_iter it, size_t n)
{
    const char *item;
    size_t k = 0;

    for (; (item = pila_next_item(&it)) != NULL && k < n; k++)
        if (m->key[k] != sample_value(key_type(c), item) ||
            m->count[k] != item_count(c, item))
            break;
    bool same = !item && k == n && it.status == PILA_END;
    pila_iter_drop(&it);
    return same;
}

/* A count that often ties, is negative now and then, and sometimes beyond 32 bits. */
static int64_t random_count(check_rng *r)
{
    uint64_t what = check_rng_below(r, 20);
    int64_t n = (int64_t)check_rng_below(r, 7) - 2;

    if (what == 0) return n * ((int64_t)1 << 33);
    if (what == 1) return n * ((int64_t)1 << 40);
    return what == 2 ? n * 65536 : n;
}

static bool model_ranks(const model *m, const pila_counter *c, check_rng *r)
{
    model ranked = *m;
    bool most = check_rng_below(r, 2);
    size_t n = (size_t)check_rng_below(r, m->n + 3), all = n < m->n ? n : m->n;

    model_rank(&ranked, most);
    return model_same(&ranked, c,
                      most ? pila_counter_most_common(c, n)
                           : pila_counter_least_common(c, n),
                      all);
}

static bool model_asks(const model *m, const model *other, const pila_counter *c,
                       const pila_counter *b)
{
    bool le = true, eq = true, got_le = false, got_eq = false, got_lt = false;

    for (int64_t key = 0; key < UNIVERSE; key++) {
        if (model_count(m, key) > model_count(other, key)) le = false;
        if (model_count(m, key) != model_count(other, key)) eq = false;
    }
    CHECK_OK(pila_counter_le(c, b, &got_le));
    CHECK_OK(pila_counter_lt(c, b, &got_lt));
    CHECK_OK(pila_counter_eq(c, b, &got_eq));
    return le == got_le && eq == got_eq && got_lt == (le && !eq);
}

/* Another counter, and one of the ways that two go together. */
static bool model_pairs_up(model *m, pila_counter *c, check_rng *r)
{
    model other = {.fault = 0};
    pila_counter b;
    counter_op op = (counter_op)(PLUS + check_rng_below(r, 5));
    uint64_t way = check_rng_below(r, 5);
    bool good = true;

    CHECK_OK(pila_counter_init(&b, key_type(c)));
    for (uint64_t n = check_rng_below(r, 10); n; n--) {
        int64_t key = (int64_t)check_rng_below(r, UNIVERSE), count = random_count(r);
        model_add(&other, key, count);
        CHECK_OK(try_add(&b, key, count));
    }
    for (size_t k = 0; way >= 3 && k < other.n; k++)
        model_add(m, other.key[k], way == 3 ? other.count[k] : -other.count[k]);
    if (way == 0) good = model_asks(m, &other, c, &b);
    else if (way == 3) CHECK_OK(pila_counter_update_counter(c, &b));
    else if (way == 4)
        CHECK_OK(pila_counter_subtract_pairs(c, pila_dict_items(&b.dict)));
    else {
        model_combine(m, &other, op);
        CHECK_OK(row_combine(c, &b, op));
    }
    pila_counter_done(&b);
    return good;
}

static bool model_step(model *m, pila_counter *c, check_rng *r)
{
    uint64_t what = check_rng_below(r, 100);
    int64_t key = (int64_t)check_rng_below(r, UNIVERSE), n = random_count(r), total = 0;
    sample k;

    if (what < 40) {
        model_add(m, key, n);
        CHECK_OK(try_add(c, key, n));
    } else if (what < 60) {
        model_del(m, key);
        CHECK_OK(pila_counter_del(c, sample_of(key_type(c), key, &k)));
    } else if (what < 70) return count_of(c, key) == model_count(m, key);
    else if (what < 85) return model_ranks(m, c, r);
    else if (what < 95) return model_pairs_up(m, c, r);
    else {
        for (size_t i = 0; i < m->n; i++) total += m->count[i];
        CHECK_OK(pila_counter_total(c, &n));
        return n == total;
    }
    return true;
}

static bool model_run(const pila_type *kt, int steps, int fault)
{
    model m = {.fault = fault};
    pila_counter c;
    check_rng r = check_rng_start();
    bool good = true;

    check_alloc_start();
    CHECK_OK(pila_counter_init(&c, kt));
    for (int k = 0; k < steps && good; k++) {
        good = model_step(&m, &c, &r) && pila_counter_len(&c) == m.n;
        if (good) good = model_same(&m, &c, pila_dict_items(&c.dict), m.n);
        CHECK(valid(&c));
    }
    pila_counter_done(&c);
    check_alloc_stop();
    return good;
}

static void a_model_agrees(void **state)
{
    (void)state;
    stage_clear();
    hashed_as = NULL;
    for (size_t t = 0; t < KEY_TYPES; t++) {
        ROW(key_type_at(t)->name);
        CHECK(model_run(key_type_at(t), t ? 20000 : 60000, 0));
    }
    for (int fault = 1; fault < FAULTS; fault++) /* and it would have told */
        CHECK(!model_run(&pila_i64, 60000, fault));
    ROW(NULL);
}

/* Every n of most_common, for counts of every size; the model is a stable sort. */
static void ranking_is_a_stable_sort(void **state)
{
    enum { KEYS = UNIVERSE };
    check_rng r = check_rng_start();

    (void)state;
    setup_row("ranking");
    for (int round = 0; round < 60; round++) {
        model m = {.fault = 0};
        pila_counter c;
        CHECK_OK(pila_counter_init(&c, &pila_i64));
        for (int64_t key = 0; key < KEYS; key++) {
            uint64_t bits = check_rng_next(&r) >> (check_rng_below(&r, 8) * 8);
            int64_t n = round % 3 == 0 ? random_count(&r) : (int64_t)bits;
            model_add(&m, (key * 37) % KEYS, n);
            CHECK_OK(try_add(&c, (key * 37) % KEYS, n));
        }
        model up = m;
        model_rank(&m, true);
        model_rank(&up, false);
        for (size_t n = 0; n <= KEYS + 1; n++) {
            size_t all = n < KEYS ? n : KEYS;
            CHECK(model_same(&m, &c, pila_counter_most_common(&c, n), all));
            CHECK(model_same(&up, &c, pila_counter_least_common(&c, n), all));
        }
        CHECK(model_same(&m, &c, pila_counter_most_common(&c, SIZE_MAX), KEYS));
        pila_iter it = pila_counter_most_common(&c, 7);
        CHECK_INT(pila_iter_length_hint(&it), 7);
        pila_iter_drop(&it);
        pila_counter_done(&c);
    }
    check_alloc_stop();
}

/* ---- what is chosen by kind of key, and places without memory ---- */

static void every_kind_is_counted(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const pila_type *t = kinds[k];
        pila_counter c;
        kind_item items[60];
        int64_t n = 0;
        setup_row(t->name);
        CHECK_OK(pila_counter_init(&c, t));
        for (int j = 0; j < 60; j++) {
            kind_item one;
            memcpy((char *)items + (size_t)j * t->size, kind_of(t, j % 7, &one),
                   t->size);
        }
        CHECK_OK(pila_counter_update(&c, pila_span(items, 60, t)));
        for (int j = 0; j < 7; j++) {
            kind_item key;
            CHECK_OK(pila_counter_count(&c, kind_of(t, j, &key), &n));
            CHECK_INT(n, j < 4 ? 9 : 8);
        }
        pila_counter_done(&c);
        check_alloc_stop();
    }
}

static pila_status new_counter_scenario(void *ctx)
{
    pila_counter *c = pila_counter_new(&pila_i64);
    pila_status st = c ? PILA_OK : PILA_ENOMEM;

    (void)ctx;
    pila_counter_free(c);
    return st;
}

static void new_without_memory(void **state)
{
    (void)state;
    ROW("new");
    check_alloc_sweep(new_counter_scenario, NULL);
    pila_mem_hook(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_cpython_hold),
        cmocka_unit_test(typed_operators_are_the_right_ones),
        cmocka_unit_test(typed_signs_and_comparisons),
        cmocka_unit_test(typed_face_says_the_same),
        cmocka_unit_test(repr_quotes_text),
        cmocka_unit_test(other_key_types_work_too),
        cmocka_unit_test(edges_are_kept),
        cmocka_unit_test(totals_do_not_overflow_on_the_way),
        cmocka_unit_test(views_are_not_read_beyond_their_end),
        cmocka_unit_test(batches_count_as_one_by_one_does),
        cmocka_unit_test(overflow_inside_a_batch_is_told),
        cmocka_unit_test(sources_fail_and_are_dropped),
        cmocka_unit_test(pairs_need_keys_and_counts),
        cmocka_unit_test(own_counts_as_keys_are_a_mutation),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(compare_raises_at_k),
        cmocka_unit_test(callbacks_may_change_the_counter),
        cmocka_unit_test(mutate_while_iter),
        cmocka_unit_test(a_model_agrees),
        cmocka_unit_test(ranking_is_a_stable_sort),
        cmocka_unit_test(every_kind_is_counted),
        cmocka_unit_test(new_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
