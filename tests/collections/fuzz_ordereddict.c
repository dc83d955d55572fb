/* fuzz_ordereddict.c - OrderedDict against an array of pairs: see fuzz_pairs.h. */
#include "fuzz_pairs.h"

#include <pila/collections/ordereddict.h>

static pila_ordereddict dict[2];
static fuzz_pairs model[2];

static void move_to_end(int which, fuzz_in *in)
{
    fuzz_pairs *m = &model[which];
    int64_t key = fuzz_byte(in), value;
    bool last = fuzz_byte(in) & 1;
    size_t at = pairs_find(m, key);

    fuzz_arm(in);
    pila_status st =
        pila_ordereddict_move_to_end(&dict[which],
                                     fuzz_item(dict[which].dict.types.first, key),
                                     last);
    if (!pairs_done(st, at == SIZE_MAX ? PILA_EKEY : PILA_OK)) return;
    value = pairs_take(m, at);
    seq_insert(&m->key, last ? m->key.n : 0, key);
    seq_insert(&m->value, last ? m->value.n : 0, value);
}

static void compare(void)
{
    bool eq = false;

    FUZZ_CHECK(pila_ordereddict_eq(&dict[0], &dict[1], &eq) == PILA_OK);
    FUZZ_CHECK(eq == (seq_eq(&model[0].key, &model[1].key) &&
                      seq_eq(&model[0].value, &model[1].value)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    const pila_type *key, *value;

    fuzz_start();
    pairs_types(&in, &key, &value);
    for (int k = 0; k < 2; k++) {
        FUZZ_CHECK(pila_ordereddict_init(&dict[k], key, value) == PILA_OK);
        model[k].key.n = model[k].value.n = 0;
    }
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        int which = op >= 128;
        op %= PAIRS_STEPS + 8;
        if (op == PAIRS_STEPS) compare();
        else if (op > PAIRS_STEPS) move_to_end(which, &in);
        else
            pairs_step(op, &dict[which].dict, &model[which], &dict[!which].dict,
                       &model[!which], &in);
        fuzz_disarm();
        for (int k = 0; k < 2; k++) pairs_check(&dict[k].dict, &model[k]);
    }
    for (int k = 0; k < 2; k++) pila_ordereddict_done(&dict[k]);
    fuzz_stop();
    return 0;
}
