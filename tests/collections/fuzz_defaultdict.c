/* fuzz_defaultdict.c - defaultdict against an array of pairs: see fuzz_pairs.h. */
#include "fuzz_pairs.h"

#include <pila/collections/defaultdict.h>

static pila_defaultdict dict[2];
static fuzz_pairs model[2], made;
static struct plan {
    pila_factory_kind kind;
    int64_t value;
} plan[2]; /* what the factory of each makes */

/* Makes the value that its ctx says, and owns it. */
static pila_status make_value(void *ctx, void *value)
{
    const struct plan *p = ctx;
    const pila_type *t = dict[0].dict.types.second;

    return pila_type_copy(t, value, fuzz_item(t, p->value));
}

static void set_factory(int which, fuzz_in *in)
{
    unsigned kind = fuzz_below(in, 4);
    struct plan p = {(pila_factory_kind)kind, fuzz_byte(in)};

    if (kind == PILA_FACTORY_EMPTY) p.value = 0; /* the text of nothing reads as 0 */
    fuzz_arm(in);
    if (kind == PILA_FACTORY_EMPTY) pila_defaultdict_default_empty(&dict[which]);
    else if (kind == PILA_FACTORY_VALUE) {
        const void *value = fuzz_item(dict[which].dict.types.second, p.value);
        if (!pairs_done(pila_defaultdict_default_value(&dict[which], value), PILA_OK))
            return;
    } else
        pila_defaultdict_default_call(&dict[which],
                                      kind == PILA_FACTORY_CALL ? make_value : NULL,
                                      &plan[which]);
    plan[which] = p;
}

static void find(int which, fuzz_in *in)
{
    fuzz_pairs *m = &model[which];
    int64_t key = fuzz_byte(in);
    size_t at = pairs_find(m, key);
    void *value = NULL;
    struct plan *p = dict[which].factory.ctx;
    int64_t makes =
        dict[which].factory.kind == PILA_FACTORY_CALL ? p->value : plan[which].value;
    bool none = plan[which].kind == PILA_FACTORY_NONE;

    if (m->key.n == FUZZ_MOST) return;
    fuzz_arm(in);
    pila_status st =
        pila_defaultdict_find(&dict[which],
                              fuzz_item(dict[which].dict.types.first, key), &value);
    if (!pairs_done(st, at == SIZE_MAX && none ? PILA_EKEY : PILA_OK)) return;
    if (at == SIZE_MAX) pairs_put(m, key, makes);
    FUZZ_CHECK(fuzz_value(dict[which].dict.types.second, value) ==
               m->value.at[pairs_find(m, key)]);
}

/* A copy, or two together: the factory goes with it, and a function with its ctx. */
static void join(int which, unsigned op, fuzz_in *in)
{
    int to = fuzz_byte(in) & 1, from = which;
    pila_status st;

    if (model[0].key.n + model[1].key.n > FUZZ_MOST) return;
    made = model[which];
    if (op) pairs_merge(&made, &model[!which]);
    fuzz_arm(in);
    if (op == 0) st = pila_defaultdict_copy(&dict[to], &dict[which]);
    else if (op == 1)
        st = pila_defaultdict_or(&dict[to], &dict[which], &dict[!which].dict);
    else {
        st = pila_defaultdict_ror(&dict[to], &dict[which].dict, &dict[!which]);
        from = !which;
    }
    if (!pairs_done(st, PILA_OK)) return;
    model[to] = made;
    plan[to].kind = plan[from].kind;
    if (plan[from].kind != PILA_FACTORY_CALL) plan[to].value = plan[from].value;
}

static void move(int which)
{
    pila_defaultdict_move(&dict[!which], &dict[which]);
    model[!which] = model[which];
    plan[!which].kind = plan[which].kind;
    if (plan[which].kind != PILA_FACTORY_CALL) plan[!which].value = plan[which].value;
    model[which].key.n = model[which].value.n = 0;
    plan[which].kind = PILA_FACTORY_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    const pila_type *key, *value;

    fuzz_start();
    pairs_types(&in, &key, &value);
    for (int k = 0; k < 2; k++) {
        FUZZ_CHECK(pila_defaultdict_init(&dict[k], key, value) == PILA_OK);
        model[k].key.n = model[k].value.n = 0;
        plan[k].kind = PILA_FACTORY_NONE;
        plan[k].value = 0;
    }
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        int which = op >= 128;
        op %= PAIRS_STEPS + 11;
        if (op >= PAIRS_STEPS + 6) find(which, &in);
        else if (op >= PAIRS_STEPS + 4) set_factory(which, &in);
        else if (op == PAIRS_STEPS + 3) move(which);
        else if (op >= PAIRS_STEPS) join(which, op - PAIRS_STEPS, &in);
        else
            pairs_step(op, &dict[which].dict, &model[which], &dict[!which].dict,
                       &model[!which], &in);
        fuzz_disarm();
        for (int k = 0; k < 2; k++) {
            pairs_check(&dict[k].dict, &model[k]);
            FUZZ_CHECK(pila_defaultdict_factory(&dict[k])->kind == plan[k].kind);
        }
    }
    for (int k = 0; k < 2; k++) pila_defaultdict_done(&dict[k]);
    fuzz_stop();
    return 0;
}
