/* fuzz_dict.c - dict against an array of pairs: see fuzz_pairs.h. */
#include "fuzz_pairs.h"

static pila_dict dict[2];
static fuzz_pairs model[2];

static void fromkeys(int which, fuzz_in *in)
{
    static fuzz_seq keys;
    fuzz_pairs *m = &model[which];
    int64_t value = fuzz_byte(in);

    fuzz_numbers(in, &keys);
    pila_dict_done(&dict[which]);
    m->key.n = m->value.n = 0;
    pila_iter it = fuzz_items(&keys, dict[which].types.first, true);
    fuzz_arm(in);
    pila_status st = pila_dict_fromkeys(&dict[which], it,
                                        fuzz_item(dict[which].types.second, value));
    if (!pairs_done(st, PILA_OK)) return;
    for (size_t k = 0; k < keys.n; k++) pairs_put(m, keys.at[k], value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_in in = {data, data + size};
    const pila_type *key, *value;

    fuzz_start();
    pairs_types(&in, &key, &value);
    for (int k = 0; k < 2; k++) {
        FUZZ_CHECK(pila_dict_init(&dict[k], key, value) == PILA_OK);
        model[k].key.n = model[k].value.n = 0;
    }
    while (in.p < in.end) {
        unsigned op = fuzz_byte(&in);
        int which = op >= 128;
        if ((op %= PAIRS_STEPS + 1) == PAIRS_STEPS) fromkeys(which, &in);
        else
            pairs_step(op, &dict[which], &model[which], &dict[!which], &model[!which],
                       &in);
        fuzz_disarm();
        for (int k = 0; k < 2; k++) pairs_check(&dict[k], &model[k]);
    }
    for (int k = 0; k < 2; k++) pila_dict_done(&dict[k]);
    fuzz_stop();
    return 0;
}
