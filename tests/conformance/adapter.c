/* adapter.c - see adapter.h: items, answers, scripts, and the loop over requests. */
#include "adapter.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what there is of a case ---- */

static struct {
    const module *module;
    const json *request, *script;
    bool unfit;        /* an item is none of this run's type */
    const char *fault; /* what the library did that it must not do */
    bool opened;       /* there is a subject */
    int muted;         /* within an operation of a script: nothing is said */
    struct {
        const char *what;
        int64_t calls;
    } called[8];
} run;

const pila_type *item_type;

/* Memory of a run: given back when it is over. */
typedef struct owned {
    struct owned *next;
    const pila_type *type; /* of what must be dropped */
    size_t n;
    bool brief; /* to be dropped when the operation is over: Python's argument */
} owned;

static owned *all_owned;

static void *own(size_t bytes, const pila_type *t, size_t n)
{
    owned *o = malloc(sizeof *o + bytes);

    if (!o) abort();
    *o = (owned){all_owned, t, n, false};
    all_owned = o;
    return o + 1;
}

static void disown(owned *o)
{
    char *items = (char *)(o + 1);

    for (size_t k = 0; o->type && k < o->n; k++)
        pila_type_drop(o->type, items + k * o->type->size);
    free(o);
}

static void disown_all(void)
{
    while (all_owned) {
        owned *o = all_owned;
        all_owned = o->next;
        disown(o);
    }
}

/* Arguments since `until`, the last of what is older. */
static void disown_brief(const owned *until)
{
    owned **at = &all_owned, *over = NULL;

    while (*at && *at != until) {
        owned *o = *at;
        if (!o->brief) at = &o->next;
        else {
            *at = o->next;
            o->next = over; /* the first is dropped first */
            over = o;
        }
    }
    while (over) {
        owned *next = over->next;
        disown(over);
        over = next;
    }
}

/* ---- boxed items ---- */

enum { ALIVE = 0x600d, DEAD = 0xdead };

typedef struct box {
    int state;
    const json *says;
    size_t *copies;   /* of this item there are: Python's references */
    struct box *next; /* of the dead, which stay until the case is over */
} box;

static box *dead;
static long living;

/* A box of its own, or a copy, which shares the count. */
static boxed box_new(const json *says, size_t *copies)
{
    boxed made = {NULL};

    if (!says || says->kind == JSON_NULL) return made;
    made.box = malloc(sizeof *made.box);
    if (!copies) copies = calloc(1, sizeof *copies);
    if (!made.box || !copies) abort();
    *made.box = (box){ALIVE, says, copies, NULL};
    living++;
    ++*copies;
    return made;
}

static const json *said_by(const void *p)
{
    static const json none = {.kind = JSON_NULL};
    boxed x;

    memcpy(&x, p, sizeof x);
    if (!x.box) return &none;
    if (x.box->state != ALIVE) {
        run.fault = "an item was used after its drop";
        return &none;
    }
    return x.box->says;
}

static pila_status box_copy(void *ctx, void *out, const void *from)
{
    const json *says = said_by(from);
    boxed made, x;

    (void)ctx;
    memcpy(&x, from, sizeof x);
    made = box_new(says, x.box ? x.box->copies : NULL);
    memcpy(out, &made, sizeof made);
    return PILA_OK;
}

static void box_drop(void *ctx, void *p)
{
    boxed x;

    (void)ctx;
    memcpy(&x, p, sizeof x);
    if (!x.box) return;
    if (x.box->state != ALIVE) {
        run.fault = "an item was dropped twice";
        return;
    }
    size_t *copies = x.box->copies;
    x.box->state = DEAD;
    x.box->next = dead;
    dead = x.box;
    living--;
    if (--*copies) return;
    free(copies);
    (void)call_out("drop"); /* Python's __del__ */
}

static void bury(void)
{
    while (dead) {
        box *next = dead->next;
        free(dead);
        dead = next;
    }
}

static bool is_number(const json *j)
{
    return j->kind == JSON_NUMBER || j->kind == JSON_TRUE || j->kind == JSON_FALSE ||
           (j->kind == JSON_MAP && json_get(j, "f"));
}

static double number_of(const json *j)
{
    if (j->kind == JSON_MAP) return strtod(json_get(j, "f")->text, NULL);
    return j->kind == JSON_NUMBER ? (double)j->number : j->kind == JSON_TRUE;
}

/* The members of a tuple, or of a list; NULL: it is neither. */
static const json *row_of(const json *j)
{
    return j->kind == JSON_LIST ? j : json_get(j, "t");
}

static pila_status json_compare(const json *a, const json *b, bool order, int *out);

static pila_status rows_compare(const json *a, const json *b, bool order, int *out)
{
    const json *x = a->first, *y = b->first;
    pila_status st = PILA_OK;

    *out = 0;
    if (!order && a->n != b->n) *out = 1;
    for (; st == PILA_OK && *out == 0 && x && y; x = x->next, y = y->next) {
        st = json_compare(x, y, false, out);
        if (st == PILA_OK && *out && order) return json_compare(x, y, true, out);
    }
    if (*out == 0) *out = x ? 1 : y ? -1 : 0;
    return st;
}

/* < 0, 0, > 0; without order only whether it is 0. */
static pila_status json_compare(const json *a, const json *b, bool order, int *out)
{
    const json *row = row_of(a), *other = row_of(b);

    if (is_number(a) && is_number(b)) {
        bool whole = a->kind == JSON_NUMBER && b->kind == JSON_NUMBER;
        double x = number_of(a), y = number_of(b);
        *out = whole ? (a->number > b->number) - (a->number < b->number)
                     : (x > y) - (x < y) + 2 * (x != x || y != y);
        return PILA_OK;
    }
    if (a->kind == JSON_TEXT && b->kind == JSON_TEXT) {
        size_t n = a->len < b->len ? a->len : b->len;
        int c = memcmp(a->text, b->text, n);
        *out = c ? c : (a->len > b->len) - (a->len < b->len);
        return PILA_OK;
    }
    if (row && other && a->kind == b->kind) return rows_compare(row, other, order, out);
    if (order) return PILA_ETYPE;
    *out = a->kind == b->kind && a->kind == JSON_NULL ? 0 : 1;
    return PILA_OK;
}

static pila_status box_eq(void *ctx, const void *a, const void *b, bool *out)
{
    pila_status st = call_out("eq");
    int order = 1;

    (void)ctx;
    if (st == PILA_OK) st = json_compare(said_by(a), said_by(b), false, &order);
    if (st == PILA_OK) *out = order == 0;
    return st;
}

static pila_status box_less(void *ctx, const void *a, const void *b, bool *out)
{
    pila_status st = call_out("less");
    int order = 1;

    (void)ctx;
    if (st == PILA_OK) st = json_compare(said_by(a), said_by(b), true, &order);
    if (st == PILA_OK) *out = order < 0;
    return st;
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

/* Numbers that are equal hash alike. */
static pila_status json_hash(const json *j, uint64_t *out)
{
    const json *row = json_get(j, "t");
    uint64_t h = 7, each;

    if (is_number(j)) {
        double x = number_of(j) + 0.0;
        memcpy(&each, &x, sizeof each);
        h = mix(h, each);
    } else if (j->kind == JSON_TEXT) {
        for (size_t k = 0; k < j->len; k++) h = mix(h, (unsigned char)j->text[k]);
    } else if (row) {
        for (const json *x = row->first; x; x = x->next) {
            pila_status st = json_hash(x, &each);
            if (st != PILA_OK) return st;
            h = mix(h, each);
        }
    } else if (j->kind != JSON_NULL) return PILA_ETYPE;
    *out = h;
    return PILA_OK;
}

static pila_status box_hash(void *ctx, const void *p, uint64_t *out)
{
    pila_status st = call_out("hash");

    (void)ctx;
    return st == PILA_OK ? json_hash(said_by(p), out) : st;
}

/* As Python shows it. */
static pila_status json_repr(const json *j, pila_buf *out)
{
    const json *row = row_of(j);
    const char *word = j->kind == JSON_NULL   ? "None"
                       : j->kind == JSON_TRUE ? "True"
                                              : "False";

    if (j->kind == JSON_NUMBER) return pila_buf_add(out, pila_cstr(j->text));
    if (j->kind == JSON_TEXT)
        return pila_buf_add_repr(out, (pila_str){j->text, j->len}, true);
    if (!row) return pila_buf_add(out, pila_cstr(word));
    pila_status st = pila_buf_add(out, pila_cstr(row == j ? "[" : "("));
    for (const json *x = row->first; st == PILA_OK && x; x = x->next) {
        if (x != row->first) st = pila_buf_add(out, pila_cstr(", "));
        if (st == PILA_OK) st = json_repr(x, out);
    }
    if (st == PILA_OK && row != j && row->n == 1)
        st = pila_buf_add(out, pila_cstr(","));
    return st == PILA_OK ? pila_buf_add(out, pila_cstr(row == j ? "]" : ")")) : st;
}

static pila_status box_repr(void *ctx, const void *p, pila_buf *out)
{
    (void)ctx;
    return json_repr(said_by(p), out);
}

const pila_type boxed_type = {
    PILA_KIND_OTHER, sizeof(boxed), _Alignof(boxed), "item",   NULL,     box_hash,
    box_eq,          box_less,      box_copy,        box_drop, box_repr,
};

/* ---- items of any kind ---- */

const void *item_of(const json *j, cell *room)
{
    memset(room, 0, sizeof *room);
    if (item_type == &boxed_type) {
        boxed *kept = own(sizeof *kept, item_type, 1);
        *kept = room->box = box_new(j, NULL);
    } else if (item_type->kind == PILA_KIND_I64) {
        if (!j || j->kind != JSON_NUMBER || !j->whole) run.unfit = true;
        else room->number = j->number;
    } else if (!j || j->kind != JSON_TEXT) run.unfit = true;
    else room->text = pila_string_borrow((pila_str){j->text, j->len});
    return room;
}

const void *item_of_int(int64_t x, cell *room)
{
    json *j = own(sizeof *j + 24, NULL, 0);

    memset(j, 0, sizeof *j);
    j->kind = JSON_NUMBER;
    j->number = x;
    j->whole = true;
    j->text = (char *)(j + 1);
    j->len = (size_t)snprintf((char *)(j + 1), 24, "%" PRId64, x);
    return item_of(j, room);
}

int64_t item_int(const pila_type *t, const void *p)
{
    int64_t x = 0;

    if (t == &boxed_type) return said_by(p)->number;
    if (t->kind == PILA_KIND_I64) memcpy(&x, p, sizeof x);
    else run.unfit = true;
    return x;
}

const void *arg_item(const json *op, size_t k, cell *room)
{
    const owned *before = all_owned;

    item_of(arg(op, k), room);
    if (all_owned != before) all_owned->brief = true;
    return room;
}

const void *items_of(const json *list, size_t *n)
{
    cell room;
    size_t size = item_type->size;

    *n = list ? list->n : 0;
    char *items = own(*n * size + 1, NULL, 0), *out = items;
    for (const json *j = list ? list->first : NULL; j; j = j->next, out += size)
        memcpy(out, item_of(j, &room), size);
    return items;
}

/* An iterator of a list: windows of one item, so that a fault comes in its turn. */
typedef struct list_source {
    const json *next;
    cell room;
    bool full; /* room has an item, which a box must be dropped of */
} list_source;

static void list_let_go(list_source *s)
{
    if (s->full) pila_type_drop(&boxed_type, &s->room);
    s->full = false;
}

static bool list_refill(pila_iter *it)
{
    list_source *s = it->state;
    const json *j = s->next;

    if (!j) return pila_iter_end(it, PILA_END);
    if (json_get(j, "raise")) return pila_iter_end(it, PILA_EUSER);
    s->next = j->next;
    list_let_go(s);
    if (it->type == &boxed_type) {
        s->room.box = box_new(j, NULL);
        s->full = true;
        it->cur = (const char *)&s->room;
    } else it->cur = item_of(j, &s->room);
    it->end = (const char *)it->cur + item_type->size;
    return true;
}

static pila_iter list_drop(pila_iter *it)
{
    list_let_go(it->state);
    return pila_failed(PILA_END);
}

pila_iter iter_of(const json *list)
{
    static const pila_iter_ops ops = {list_refill, list_drop, NULL};
    list_source *s = own(sizeof *s, NULL, 0);

    *s = (list_source){.next = list ? list->first : NULL};
    return pila_iter_make(item_type, &ops, s);
}

pila_iter arg_iter(const json *op, size_t k) { return iter_of(arg(op, k)); }

/* ---- arguments ---- */

size_t args(const json *op) { return op->n - 1; }
const json *arg(const json *op, size_t k) { return json_at(op, k); }

bool has_arg(const json *op, size_t k)
{
    const json *j = arg(op, k);
    return j && j->kind != JSON_NULL;
}

int64_t arg_int(const json *op, size_t k, int64_t otherwise)
{
    return has_arg(op, k) ? arg(op, k)->number : otherwise;
}

ptrdiff_t arg_index(const json *op, size_t k, ptrdiff_t otherwise)
{
    return (ptrdiff_t)arg_int(op, k, otherwise);
}

/* ---- answers ---- */

static struct {
    char *text;
    size_t n, room;
} out;

static void put(const char *bytes, size_t n)
{
    if (run.muted) return;
    if (out.room - out.n < n) {
        out.room = 2 * (out.room + n) + 256;
        out.text = realloc(out.text, out.room);
        if (!out.text) abort();
    }
    memcpy(out.text + out.n, bytes, n);
    out.n += n;
}

__attribute__((format(printf, 1, 2))) static void putf(const char *format, ...)
{
    char room[400];
    va_list list;

    va_start(list, format);
    int n = vsnprintf(room, sizeof room, format, list);
    va_end(list);
    put(room, (size_t)n);
}

/* A comma, unless it is the first of what holds it. */
static void comma(void)
{
    if (out.n && !run.muted && !strchr("[{:", out.text[out.n - 1])) put(",", 1);
}

void say_null(void) { say_status(PILA_OK); }

void say_bool(bool b)
{
    comma();
    putf(b ? "true" : "false");
}

void say_int(int64_t x)
{
    comma();
    putf("%" PRId64, x);
}

void say_float(double x)
{
    comma();
    if (x != x) putf("{\"f\":\"nan\"}");
    else putf("{\"f\":\"%.17g\"}", x);
}

void say_text(const char *bytes, size_t n)
{
    comma();
    put("\"", 1);
    for (size_t k = 0; k < n; k++) {
        unsigned char c = (unsigned char)bytes[k];
        if (c == '"' || c == '\\') putf("\\%c", c);
        else if (c < ' ') putf("\\u%04x", c);
        else put(&bytes[k], 1);
    }
    put("\"", 1);
}

void say_open(char bracket)
{
    comma();
    put(&bracket, 1);
}

void say_key(const char *key)
{
    say_text(key, strlen(key));
    put(":", 1);
}

void say_close(char bracket) { put(&bracket, 1); }

static void say_json(const json *j)
{
    switch (j->kind) {
    case JSON_NULL: say_null(); break;
    case JSON_TRUE:
    case JSON_FALSE: say_bool(j->kind == JSON_TRUE); break;
    case JSON_NUMBER: say_int(j->number); break;
    case JSON_TEXT: say_text(j->text, j->len); break;
    case JSON_LIST:
    case JSON_MAP:
        say_open(j->kind == JSON_LIST ? '[' : '{');
        for (const json *x = j->first; x; x = x->next) {
            if (x->key) say_key(x->key);
            say_json(x);
        }
        say_close(j->kind == JSON_LIST ? ']' : '}');
        break;
    }
}

static void say_members(const pila_type *t, const void *p)
{
    const pila_pair *pair = pila_pair_of(t);
    const pila_tuple *tuple = pila_tuple_of(t);

    say_open('{');
    say_key("t");
    say_open('[');
    if (pair) {
        say_item(pair->first, p);
        say_item(pair->second, (const char *)p + pair->second_at);
    } else
        for (size_t k = 0; k < pila_tuple_len(tuple, p); k++) {
            const pila_type *of;
            const void *member = pila_tuple_at(tuple, p, k, &of);
            say_item(of, member);
        }
    say_close(']');
    say_close('}');
}

void say_item(const pila_type *t, const void *p)
{
#define SAY_INT(KIND, T)                                                               \
    case KIND: {                                                                       \
        T x;                                                                           \
        memcpy(&x, p, sizeof x);                                                       \
        say_int((int64_t)x);                                                           \
        return;                                                                        \
    }
    double real;
    pila_str text;

    switch (t->kind) {
        SAY_INT(PILA_KIND_I8, int8_t)
        SAY_INT(PILA_KIND_I16, int16_t)
        SAY_INT(PILA_KIND_I32, int32_t)
        SAY_INT(PILA_KIND_I64, int64_t)
        SAY_INT(PILA_KIND_U8, uint8_t)
        SAY_INT(PILA_KIND_U16, uint16_t)
        SAY_INT(PILA_KIND_U32, uint32_t)
        SAY_INT(PILA_KIND_U64, uint64_t)
        SAY_INT(PILA_KIND_PTR, intptr_t)
    case PILA_KIND_F32: run.fault = "a float that no case asks for"; return;
    case PILA_KIND_F64:
        memcpy(&real, p, sizeof real);
        say_float(real);
        return;
    case PILA_KIND_STR:
        memcpy(&text, p, sizeof text);
        say_text(text.ptr, text.len);
        return;
    case PILA_KIND_STRING:
        text = pila_string_view(p);
        say_text(text.ptr, text.len);
        return;
    case PILA_KIND_OTHER: break;
    }
#undef SAY_INT
    if (t == &boxed_type) say_json(said_by(p));
    else if (pila_pair_of(t) || pila_tuple_of(t)) say_members(t, p);
    else run.fault = "an item of a type that no case asks for";
}

void say_status(pila_status st)
{
    comma();
    if (st == PILA_OK) putf("null");
    else putf("{\"err\":\"%s\"}", pila_status_exception(st));
}

void say_error(const char *exception)
{
    comma();
    putf("{\"err\":\"%s\"}", exception);
}

void say_int_if(pila_status st, size_t x)
{
    if (st == PILA_OK) say_int((int64_t)x);
    else say_status(st);
}

void say_bool_if(pila_status st, bool b)
{
    if (st == PILA_OK) say_bool(b);
    else say_status(st);
}

void say_item_if(pila_status st, const void *taken)
{
    cell own_it;

    if (st != PILA_OK) {
        say_status(st);
        return;
    }
    memcpy(&own_it, taken, item_type->size);
    say_item(item_type, &own_it);
    pila_type_drop(item_type, &own_it);
}

void say_repr(pila_status st, const pila_buf *buf)
{
    pila_str text = pila_buf_view(buf);

    if (st == PILA_OK) say_text(text.ptr, text.len);
    else say_status(st);
}

void say_all(pila_iter it)
{
    size_t mark = out.n;
    const void *p;

    say_open('[');
    while ((p = pila_next_item(&it))) say_item(it.type, p);
    say_close(']');
    if (it.status != PILA_END) {
        if (!run.muted) out.n = mark;
        say_status(it.status);
    }
    pila_iter_drop(&it);
}

void say_next(pila_iter *it)
{
    const void *p = pila_next_item(it);

    if (p) say_item(it->type, p);
    else say_status(it->status);
}

/* ---- scripts ---- */

static const operation *operation_of(const json *op)
{
    for (const operation *o = run.module->operations; o->name; o++)
        if (json_is(op->first, o->name)) return o;
    return NULL;
}

static void operate(const json *op)
{
    const operation *o = op->kind == JSON_LIST && op->n ? operation_of(op) : NULL;

    const owned *before = all_owned;

    if (o) o->run(op);
    else say_error("unsupported");
    disown_brief(before);
}

pila_status call_out(const char *what)
{
    const json *says = json_get(run.script, what), *at;
    size_t k = 0;

    if (!says) return PILA_OK;
    while (run.called[k].what && strcmp(run.called[k].what, what) != 0) k++;
    run.called[k].what = what;
    int64_t call = ++run.called[k].calls;
    at = json_get(says, "raise_at");
    if (at && at->number == call) return PILA_EUSER;
    at = json_get(says, "call");
    if (at && at->number == call && run.opened) {
        run.muted++;
        operate(json_get(says, "do"));
        run.muted--;
    }
    return PILA_OK;
}

/* ---- a request ---- */

/* Answer it with items of a type; whether that type could be theirs. */
static bool answer_as(const json *request, const module *m, const pila_type *t)
{
    const json *ops = json_get(request, "ops"), *id = json_get(request, "id");

    memset(&run, 0, sizeof run);
    run.module = m;
    run.request = request;
    run.script = json_get(request, "script");
    item_type = t;
    putf("{\"id\":%" PRId64 ",\"r\":[", id ? id->number : -1);
    pila_status st = m->open(request);
    if (st != PILA_OK) say_status(st);
    run.opened = st == PILA_OK;
    for (const json *op = ops ? ops->first : NULL; st == PILA_OK && op && !run.unfit;
         op = op->next)
        operate(op);
    run.script = NULL;
    putf("],\"state\":");
    if (st == PILA_OK) {
        m->state();
        m->close();
    } else putf("null");
    disown_all();
    if (living) run.fault = "items were not dropped";
    if (run.fault) putf(",\"fault\":\"%s\"", run.fault);
    putf("}");
    bury();
    living = 0;
    return !run.unfit;
}

/* The same with items of a C type, if the case's are; what it answers must be the same.
 */
static void answer_again(const json *request, const module *m, const pila_type *t)
{
    size_t first = out.n;

    if (answer_as(request, m, t) &&
        (out.n != 2 * first || memcmp(out.text, out.text + first, first) != 0)) {
        memmove(out.text, out.text + first, out.n - first);
        out.n -= first + 1; /* and the brace, to say more */
        putf(",\"type\":\"%s\"}", t->name);
    } else out.n = first;
}

static void answer(const json *request)
{
    const json *name = json_get(request, "m");

    out.n = 0;
    for (const module *const *m = modules; *m; m++) {
        if (!json_is(name, (*m)->name)) continue;
        answer_as(request, *m, &boxed_type);
        if ((*m)->only_boxed || json_get(request, "script")) return;
        size_t first = out.n;
        answer_again(request, *m, &pila_i64);
        if (out.n == first) answer_again(request, *m, &pila_text);
        return;
    }
    say_error("unsupported");
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    while ((n = getline(&line, &room, stdin)) > 0) {
        const json *request = json_read(line, (size_t)n);
        if (request) answer(request);
        else {
            out.n = 0;
            say_error("no request");
        }
        put("\n", 1);
        fwrite(out.text, 1, out.n, stdout);
        if (fflush(stdout) != 0) return 1;
        json_forget();
    }
    free(line);
    free(out.text);
    return 0;
}
