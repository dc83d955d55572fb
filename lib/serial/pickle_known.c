/* pickle_known.c - what is known of Python's names: an allow-list, and Python 2's.
 *
 * A view shows what an object of the standard library holds as a plain value. It is
 * made of the parts that CPython's own pickles have, of protocols 0 to 5; where an
 * object has others, there is no view, and its parts are there to be looked at. A view
 * shares what it can: that of a Counter is the dict which the object was made of.
 *
 * The dicts of OrderedDict and defaultdict are made here, from pairs that a pickle
 * chose. Keys that nest further than a tuple of a few parts are not hashed, as these
 * may have parts without end; then there is no view either.
 */
#include "pickle.h"

#include "number.h"
#include "pickle_names.h"

enum {
    KNOWN_KEY_PARTS = 16,  /* in a tuple that is a key of a view */
    KNOWN_KEY_TEXT = 1024, /* bytes of a key's text */
    KNOWN_TEXT = 48        /* room for the text of a datetime or UUID */
};

static const pila_value *known_args(pila_value object, size_t *n)
{
    return pila_value_data(object.as.items[PILA_PART_ARGS], n);
}

static bool known_is_object(pila_value v, pila_object_how how)
{
    return pila_value_kind_of(v) == PILA_VALUE_OBJECT && pila_value_how(v) == how;
}

static bool known_is_int(pila_value v)
{
    return pila_value_kind_of(v) == PILA_VALUE_INT ||
           pila_value_kind_of(v) == PILA_VALUE_BIGINT;
}

/* ---- containers ---- */

static bool known_is_plain(pila_value v)
{
    pila_value_kind kind = pila_value_kind_of(v);

    if (kind == PILA_VALUE_STR || kind == PILA_VALUE_BYTES)
        return pila_value_text(v).len <= KNOWN_KEY_TEXT;
    return kind <= PILA_VALUE_COMPLEX && kind != PILA_VALUE_BIGINT;
}

static bool known_is_key(pila_value v)
{
    size_t n, i = 0;
    const pila_value *items = pila_value_data(v, &n);

    if (pila_value_kind_of(v) != PILA_VALUE_TUPLE) return known_is_plain(v);
    while (i < n && known_is_plain(items[i])) i++;
    return i == n && n <= KNOWN_KEY_PARTS;
}

/* A dict of the pairs that were put into an object. */
static pila_status known_dict(void *ctx, pila_doc *doc, pila_value object,
                              pila_value *out)
{
    size_t n;
    const pila_value *pairs = pila_value_data(object.as.items[PILA_PART_PAIRS], &n);
    pila_value dict = pila_value_none();
    pila_status st = PILA_OK;

    (void)ctx;
    for (size_t i = 0; i < n; i += 2)
        if (!known_is_key(pairs[i])) return PILA_OK;
    st = pila_value_dict(doc, n / 2, &dict);
    for (size_t i = 0; st == PILA_OK && i + 1 < n; i += 2)
        st = pila_value_setitem(doc, dict, pairs[i], pairs[i + 1]);
    if (st == PILA_OK) *out = dict;
    return st;
}

static pila_status known_counter(void *ctx, pila_doc *doc, pila_value object,
                                 pila_value *out)
{
    size_t n;
    const pila_value *args = known_args(object, &n);

    (void)ctx, (void)doc;
    if (n == 1 && pila_value_kind_of(args[0]) == PILA_VALUE_DICT) *out = args[0];
    return PILA_OK;
}

static pila_status known_deque(void *ctx, pila_doc *doc, pila_value object,
                               pila_value *out)
{
    pila_value items = object.as.items[PILA_PART_ITEMS];

    (void)ctx;
    if (pila_value_kind_of(items) != PILA_VALUE_LIST)
        return pila_value_list(doc, NULL, 0, out);
    *out = items;
    return PILA_OK;
}

/* ---- numbers ---- */

static pila_status known_decimal(void *ctx, pila_doc *doc, pila_value object,
                                 pila_value *out)
{
    size_t n;
    const pila_value *args = known_args(object, &n);

    (void)ctx, (void)doc;
    if (n == 1 && pila_value_kind_of(args[0]) == PILA_VALUE_STR)
        *out = pila_value_numeral_of(pila_value_text(args[0]));
    return PILA_OK;
}

static pila_status known_fraction(void *ctx, pila_doc *doc, pila_value object,
                                  pila_value *out)
{
    size_t n;
    const pila_value *args = known_args(object, &n);

    (void)ctx, (void)doc;
    if (n == 2 && known_is_int(args[0]) && known_is_int(args[1]))
        *out = object.as.items[PILA_PART_ARGS];
    return PILA_OK;
}

/* The 128 bits of an integer, the high half first: false where it has more. */
static bool known_uuid_bits(const pila_value *v, uint64_t bits[2])
{
    bits[0] = bits[1] = 0;
    if (!v || !known_is_int(*v)) return false;
    if (pila_value_kind_of(*v) == PILA_VALUE_INT) {
        bits[1] = (uint64_t)v->as.i;
        return v->as.i >= 0;
    }
    if (v->tag >> 8 & 1 || v->tag >> 9 > 2) return false;
    bits[1] = v->as.limbs[0];
    if (v->tag >> 9 > 1) bits[0] = v->as.limbs[1];
    return true;
}

static pila_status known_uuid(void *ctx, pila_doc *doc, pila_value object,
                              pila_value *out)
{
    char text[KNOWN_TEXT];
    uint64_t bits[2];
    int n;

    (void)ctx;
    if (!known_uuid_bits(pila_value_get(object.as.items[PILA_PART_STATE],
                                        pila_cstr("int")),
                         bits))
        return PILA_OK;
    n = snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%04x%08x",
                 (unsigned)(bits[0] >> 32), (unsigned)(bits[0] >> 16 & 0xffff),
                 (unsigned)(bits[0] & 0xffff), (unsigned)(bits[1] >> 48),
                 (unsigned)(bits[1] >> 32 & 0xffff), (unsigned)bits[1]);
    return pila_value_str(doc, pila_str_of(text, (size_t)n), out);
}

/* ---- dates ---- */

/* The three integers of a timedelta's arguments, or NULL. */
static const pila_value *known_delta_args(pila_value object)
{
    size_t n;
    const pila_value *args;

    if (!known_is_object(object, PILA_OBJECT_REDUCE)) return NULL;
    args = known_args(object, &n);
    if (n != 3) return NULL;
    for (n = 0; n < 3; n++)
        if (pila_value_kind_of(args[n]) != PILA_VALUE_INT || args[n].as.i > INT32_MAX ||
            args[n].as.i < INT32_MIN)
            return NULL;
    return args;
}

static pila_status known_delta(void *ctx, pila_doc *doc, pila_value object,
                               pila_value *out)
{
    (void)ctx, (void)doc;
    if (known_delta_args(object)) *out = object.as.items[PILA_PART_ARGS];
    return PILA_OK;
}

static pila_status known_zone(void *ctx, pila_doc *doc, pila_value object,
                              pila_value *out)
{
    size_t n;
    const pila_value *args = known_args(object, &n);

    return n ? known_delta(ctx, doc, args[0], out) : PILA_OK;
}

/* "+01:00" and the like for a timezone, nothing where there is none: false for another
 * kind of tzinfo. */
static bool known_offset(const pila_value *args, size_t n, char *text, size_t room)
{
    const pila_value *zone, *delta;
    int64_t s;
    int used;

    text[0] = 0;
    if (n < 2) return true;
    if (!known_is_object(args[1], PILA_OBJECT_REDUCE)) return false;
    zone = known_args(args[1], &n);
    if (!n || !(delta = known_delta_args(zone[0]))) return false;
    s = delta[0].as.i * 86400 + delta[1].as.i;
    if (s <= -86400 || s >= 86400 || delta[2].as.i) return false;
    used = snprintf(text, room, "%c%02d:%02d", s < 0 ? '-' : '+',
                    (int)(s < 0 ? -s : s) / 3600, (int)(s < 0 ? -s : s) / 60 % 60);
    if (s % 60)
        snprintf(text + used, room - (size_t)used, ":%02d", (int)(s < 0 ? -s : s) % 60);
    return true;
}

/* The state of a date, time or datetime: n bytes as the first argument. */
static const unsigned char *known_state(pila_value object, size_t bytes)
{
    size_t n;
    const pila_value *args = known_args(object, &n);

    if (!n || pila_value_kind_of(args[0]) != PILA_VALUE_BYTES ||
        pila_value_text(args[0]).len != bytes)
        return NULL;
    return (const unsigned char *)args[0].as.text;
}

static int known_write_date(char *out, size_t room, const unsigned char *s)
{
    return snprintf(out, room, "%04d-%02d-%02d", s[0] << 8 | s[1], s[2] & 0x7f, s[3]);
}

static int known_write_time(char *out, size_t room, const unsigned char *s)
{
    int us = s[3] << 16 | s[4] << 8 | s[5];
    int n = snprintf(out, room, "%02d:%02d:%02d", s[0] & 0x7f, s[1], s[2]);

    return us ? n + snprintf(out + n, room - (size_t)n, ".%06d", us) : n;
}

static pila_status known_date(void *ctx, pila_doc *doc, pila_value object,
                              pila_value *out)
{
    const unsigned char *s = known_state(object, 4);
    char text[KNOWN_TEXT];

    (void)ctx;
    if (!s) return PILA_OK;
    known_write_date(text, sizeof text, s);
    return pila_value_str(doc, pila_cstr(text), out);
}

/* A time, or after a date and a T a datetime. */
static pila_status known_clock(pila_doc *doc, pila_value object, bool dated,
                               pila_value *out)
{
    const unsigned char *s = known_state(object, dated ? 10 : 6);
    char text[2 * KNOWN_TEXT], offset[16];
    size_t n, at = 0;
    const pila_value *args = known_args(object, &n);

    if (!s || !known_offset(args, n, offset, sizeof offset)) return PILA_OK;
    if (dated) {
        at = (size_t)known_write_date(text, KNOWN_TEXT, s);
        text[at++] = 'T';
        s += 4;
    }
    at += (size_t)known_write_time(text + at, KNOWN_TEXT, s);
    snprintf(text + at, sizeof text - at, "%s", offset);
    return pila_value_str(doc, pila_cstr(text), out);
}

static pila_status known_time(void *ctx, pila_doc *doc, pila_value object,
                              pila_value *out)
{
    (void)ctx;
    return known_clock(doc, object, false, out);
}

static pila_status known_datetime(void *ctx, pila_doc *doc, pila_value object,
                                  pila_value *out)
{
    (void)ctx;
    return known_clock(doc, object, true, out);
}

/* ---- the list ---- */

static const pila_pickle_class known_classes[] = {
    {"collections", "OrderedDict", known_dict, NULL},
    {"collections", "defaultdict", known_dict, NULL},
    {"collections", "Counter", known_counter, NULL},
    {"collections", "deque", known_deque, NULL},
    {"datetime", "date", known_date, NULL},
    {"datetime", "time", known_time, NULL},
    {"datetime", "datetime", known_datetime, NULL},
    {"datetime", "timedelta", known_delta, NULL},
    {"datetime", "timezone", known_zone, NULL},
    {"decimal", "Decimal", known_decimal, NULL},
    {"fractions", "Fraction", known_fraction, NULL},
    {"uuid", "UUID", known_uuid, NULL},
    /* What these are made of, and by. */
    {"uuid", "SafeUUID", NULL, NULL},
    {"copyreg", "_reconstructor", NULL, NULL},
    {"builtins", "object", NULL, NULL},
    {"builtins", "list", NULL, NULL},
    {"builtins", "dict", NULL, NULL},
    {"builtins", "int", NULL, NULL},
    {"builtins", "float", NULL, NULL},
    {"builtins", "str", NULL, NULL},
    {"builtins", "tuple", NULL, NULL},
};

const pila_pickle_class *pila_pickle_known(size_t *n)
{
    *n = sizeof known_classes / sizeof *known_classes;
    return known_classes;
}

/* ---- Python 2 and 3 ---- */

static bool known_rename(const char *const (*rows)[4], size_t n, pila_str *module,
                         pila_str *name)
{
    for (size_t i = 0; i < n; i++)
        if (pila_str_eq(*module, pila_cstr(rows[i][0])) &&
            pila_str_eq(*name, pila_cstr(rows[i][1]))) {
            *module = pila_cstr(rows[i][2]);
            *name = pila_cstr(rows[i][3]);
            return true;
        }
    return false;
}

static void known_move(const char *const (*rows)[2], size_t n, pila_str *module)
{
    for (size_t i = 0; i < n; i++)
        if (pila_str_eq(*module, pila_cstr(rows[i][0]))) {
            *module = pila_cstr(rows[i][1]);
            return;
        }
}

/* Exceptions are in a module of their own in Python 2: from it, or to it. */
static bool known_except(const char *from, const char *to, pila_str *module,
                         pila_str *name)
{
    if (!pila_str_eq(*module, pila_cstr(from))) return false;
    for (size_t i = 0; i < sizeof pickle_names_exceptions / sizeof(char *); i++)
        if (pila_str_eq(*name, pila_cstr(pickle_names_exceptions[i]))) {
            *module = pila_cstr(to);
            return true;
        }
    return false;
}

void pila__pickle_names_2to3(pila_str *module, pila_str *name)
{
    size_t n = sizeof pickle_names_2to3 / sizeof *pickle_names_2to3;

    if (known_rename(pickle_names_2to3, n, module, name)) return;
    if (known_except("exceptions", "builtins", module, name)) return;
    known_move(pickle_modules_2to3,
               sizeof pickle_modules_2to3 / sizeof *pickle_modules_2to3, module);
}

void pila__pickle_names_3to2(pila_str *module, pila_str *name)
{
    size_t n = sizeof pickle_names_3to2 / sizeof *pickle_names_3to2;

    if (known_rename(pickle_names_3to2, n, module, name)) return;
    if (known_except("builtins", "exceptions", module, name)) return;
    known_move(pickle_modules_3to2,
               sizeof pickle_modules_3to2 / sizeof *pickle_modules_3to2, module);
}

const char pila__pickle_bytes[256] = {
    '\000', '\001', '\002', '\003', '\004', '\005', '\006', '\007', '\010', '\011',
    '\012', '\013', '\014', '\015', '\016', '\017', '\020', '\021', '\022', '\023',
    '\024', '\025', '\026', '\027', '\030', '\031', '\032', '\033', '\034', '\035',
    '\036', '\037', '\040', '\041', '\042', '\043', '\044', '\045', '\046', '\047',
    '\050', '\051', '\052', '\053', '\054', '\055', '\056', '\057', '\060', '\061',
    '\062', '\063', '\064', '\065', '\066', '\067', '\070', '\071', '\072', '\073',
    '\074', '\075', '\076', '\077', '\100', '\101', '\102', '\103', '\104', '\105',
    '\106', '\107', '\110', '\111', '\112', '\113', '\114', '\115', '\116', '\117',
    '\120', '\121', '\122', '\123', '\124', '\125', '\126', '\127', '\130', '\131',
    '\132', '\133', '\134', '\135', '\136', '\137', '\140', '\141', '\142', '\143',
    '\144', '\145', '\146', '\147', '\150', '\151', '\152', '\153', '\154', '\155',
    '\156', '\157', '\160', '\161', '\162', '\163', '\164', '\165', '\166', '\167',
    '\170', '\171', '\172', '\173', '\174', '\175', '\176', '\177', '\200', '\201',
    '\202', '\203', '\204', '\205', '\206', '\207', '\210', '\211', '\212', '\213',
    '\214', '\215', '\216', '\217', '\220', '\221', '\222', '\223', '\224', '\225',
    '\226', '\227', '\230', '\231', '\232', '\233', '\234', '\235', '\236', '\237',
    '\240', '\241', '\242', '\243', '\244', '\245', '\246', '\247', '\250', '\251',
    '\252', '\253', '\254', '\255', '\256', '\257', '\260', '\261', '\262', '\263',
    '\264', '\265', '\266', '\267', '\270', '\271', '\272', '\273', '\274', '\275',
    '\276', '\277', '\300', '\301', '\302', '\303', '\304', '\305', '\306', '\307',
    '\310', '\311', '\312', '\313', '\314', '\315', '\316', '\317', '\320', '\321',
    '\322', '\323', '\324', '\325', '\326', '\327', '\330', '\331', '\332', '\333',
    '\334', '\335', '\336', '\337', '\340', '\341', '\342', '\343', '\344', '\345',
    '\346', '\347', '\350', '\351', '\352', '\353', '\354', '\355', '\356', '\357',
    '\360', '\361', '\362', '\363', '\364', '\365', '\366', '\367', '\370', '\371',
    '\372', '\373', '\374', '\375', '\376', '\377',
};
