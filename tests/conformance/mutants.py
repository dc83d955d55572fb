#!/usr/bin/env python3
"""The negative control: cores that are wrong, which the vectors must tell from the right.

    mutants.py [WORD...]

Each mutant is one fault planted in a copy of a source. The adapter is built with it, and
judged by the vectors of the modules it concerns, up to the first case that rejects it: a
mutant that passes those of a module is a hole in the suite, and fails the run. WORDs choose
those whose name or modules have one. Needs a C compiler.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CC = [os.environ.get("CC", "cc"), "-O1", "-w"]
LIBRARIES = ["-lm", "-lz", "-lcrypto", "-lpthread"]
DEQUE, DEQUE_H = "lib/collections/deque.c", "lib/collections/deque.h"
HEAPQ, BISECT = "lib/collections/heapq.c", "lib/collections/bisect.c"
LIST, SORT = "lib/collections/list.c", "lib/collections/sort.c"
TABLE, DICT = "lib/collections/table.c", "lib/collections/dict.c"
DEFAULTDICT, CHAINMAP = "lib/collections/defaultdict.c", "lib/collections/chainmap.c"
COUNTER, LRU = "lib/collections/counter.c", "lib/collections/lru_cache.c"
SET, ALGEBRA = "lib/collections/set.c", "lib/collections/algebra.c"
ADAPTORS, SELECT = "lib/itertools/adaptors.c", "lib/itertools/select.c"
ZIP, RUNS, TEE = "lib/itertools/zip.c", "lib/itertools/runs.c", "lib/itertools/tee.c"
COMB, SINKS = "lib/itertools/combinatorics.c", "lib/itertools/sinks.c"
SOURCES, RECIPES = "lib/itertools/sources.c", "lib/itertools/recipes.c"
VALUE, SCALAR = "lib/serial/value.c", "lib/serial/value_scalar.c"
SCALAR_H = "lib/serial/value_scalar.h"
WALK, REPR = "lib/serial/value_walk.c", "lib/serial/value_repr.c"
NUMBER, STRUCT, OPS = ("lib/serial/number.c", "lib/serial/struct.c",
                       "lib/serial/struct_ops.c")
JSON_WRITE, JSON_READ = "lib/serial/json_write.c", "lib/serial/json_read.c"
PICKLETOOLS = "lib/serial/pickletools.c"
BASE64_ENCODE, BASE64_DECODE = "lib/serial/base64_encode.c", "lib/serial/base64_decode.c"
BINASCII, BLAKE2, HMAC = ("lib/serial/binascii.c", "lib/serial/hashlib_blake2.c",
                          "lib/serial/hmac.c")
CHECKSUM, ZLIB = "lib/serial/checksum.c", "lib/serial/zlib.c"
ZLIB_CHUNKS = "lib/serial/zlib_chunks.c"
GZIP_MEMBER, GZIP_READ = "lib/serial/gzip_member.c", "lib/serial/gzip_read.c"
GZIP_WRITE = "lib/serial/gzip_write.c"

# what is wrong, modules that must see it, file, (old, new)...
MUTANTS = [
    # ---- deque ----
    ("rotate by one too many", "deque", DEQUE,
     ("(size_t)n % len : (len - back % len) % len",
      "((size_t)n + 1) % len : (len - back % len) % len")),
    ("insert before the first puts at the end", "deque", DEQUE,
     ("if (at > n) at = i < 0 ? 0 : n;", "if (at > n) at = n;")),
    ("extendleft keeps the order", "deque", DEQUE,
     ("return left ? pila__deque_appendleft(d, t, item) : pila__deque_append(d, t, item);",
      "return pila__deque_append(d, t, item);")),
    ("maxlen drops the wrong item", "deque", DEQUE,
     ("maxlen ? deque_last(d, t->size, !left) : item",
      "maxlen ? deque_last(d, t->size, left) : item")),
    ("a negative start counts from the left", "deque", DEQUE,
     ("i = deque_bound(start, n);", "i = start < 0 ? 0 : deque_bound(start, n);")),
    ("drop before update", "deque", DEQUE,
     ("    else deque_slide_left(d, t->size, i + 1, n - 1 - i);\n"
      "    pila__deque_shrink(d, t->size, 1, left);\n"
      "    pila__room_drop(&out, t);\n",
      "    else deque_slide_left(d, t->size, i + 1, n - 1 - i);\n"
      "    pila__room_drop(&out, t);\n"
      "    pila__deque_shrink(d, t->size, 1, left);\n")),
    ("no hold during eq", "deque", DEQUE,
     ("    pila_status st = pila__hold_copy(&item, t, deque_item(d, t->size, i));\n\n"
      "    if (st != PILA_OK) return st;\n"
      "    st = pila_type_eq(t, item.item, value, same);\n"
      "    pila__let_go_copy(&item);\n"
      "    return st;\n",
      "    char bytes[64];\n"
      "    (void)item;\n"
      "    memcpy(bytes, deque_item(d, t->size, i), t->size);\n"
      "    pila_status st = pila_type_eq(t, bytes, value, same);\n"
      "    bool again;\n"
      "    return st == PILA_OK ? pila_type_eq(t, bytes, bytes, &again) : st;\n")),
    ("a deletion bumps no version", "deque", DEQUE_H,
     ("    size_t bytes = pila__deque_block_bytes(size);\n\n    d->version++;\n",
      "    size_t bytes = pila__deque_block_bytes(size);\n\n")),
    ("clear without detaching", "deque", DEQUE,
     ("    deque_detach(d, &was);\n    ring = was.blocks;\n",
      "    for (size_t i = 0, n = pila__drops(t) ? deque_len(d, t) : 0; i < n; i++)\n"
      "        pila_type_drop(t, deque_item(d, t->size, i));\n"
      "    deque_detach(d, &was);\n    ring = was.blocks;\n"),
     ("    was.spare = NULL;\n"
      "    for (size_t i = 0, n = pila__drops(t) ? deque_len(&was, t) : 0; i < n; i++)\n"
      "        pila_type_drop(t, deque_item(&was, t->size, i));\n",
      "    was.spare = NULL;\n")),
    ("count takes a fault for no", "deque", DEQUE,
     ("    if (st == PILA_OK) *out = found;\n    return st;\n",
      "    *out = found;\n    return PILA_OK;\n")),
    ("a change during index is not seen", "deque", DEQUE,
     ("        if (version != d->version) st = PILA_EMUTATED;\n"
      "        if (st == PILA_OK) st = deque_same(d, t, *i, v.item, same);\n",
      "        if (*i >= deque_len(d, t)) break;\n"
      "        if (st == PILA_OK) st = deque_same(d, t, *i, v.item, same);\n"),
     ("    if (st == PILA_OK && version != d->version) st = PILA_EMUTATED;\n"
      "    pila__let_go_copy(&v);\n    return st;\n}\n\n/* PILA_OK and the first equal",
      "    pila__let_go_copy(&v);\n    return st;\n}\n\n/* PILA_OK and the first equal")),
    # ---- heapq ----
    ("heapify leaves the root", "heapq", HEAPQ,
     ("for (size_t i = m; i-- > 0 && st == PILA_OK;) st = sift(ctx, i);",
      "for (size_t i = m; i-- > 1 && st == PILA_OK;) st = sift(ctx, i);")),
    ("a last right child is not looked at", "heapq", HEAPQ,
     ("if (child + 1 < n) st = h->less", "if (child + 2 < n) st = h->less")),
    ("heappushpop exchanges equal items", "heapq", HEAPQ,
     ("    else st = pila_type_less(t, first.item, item, out);\n",
      "    else st = pila_type_less(t, item, first.item, out), *out = !*out;\n")),
    ("what a failed heappop took is lost", "heapq", HEAPQ,
     ("    else heap_put_back(l, room);\n", "    else heap_give(room, NULL);\n")),
    ("a change during heapify is not seen", "heapq", HEAPQ,
     ("return st == PILA_OK && a->list->len != a->n ? PILA_EMUTATED : st;",
      "return st;")),
    ("nsmallest takes a fault for an end", "heapq", HEAPQ,
     ("    if (st == PILA_OK) st = pila_iter_outcome(it);\n"
      "    if (st == PILA_OK) st = heap_best_trim(&b);",
      "    if (st == PILA_OK) st = heap_best_trim(&b);")),
    ("a reversed sort turns equal items around", "heapq list", SORT,
     ("        if (reverse) sort_reverse((char *)items, n, size);\n"
      "        st = core(&w, type);",
      "        st = core(&w, type);")),
    # ---- bisect ----
    ("bisect takes a negative lo for 0", "bisect", BISECT,
     ("    if (lo < 0) return PILA_EVALUE;\n    if (hi == PILA_NONE",
      "    if (lo < 0) from = 0;\n    if (hi == PILA_NONE")),
    ("insort_right with a key goes left", "bisect", BISECT,
     ("bisect_by_key_of(in, held.item, lo, hi, right, &at)",
      "bisect_by_key_of(in, held.item, lo, hi, false, &at)")),
    ("insort inserts after a fault", "bisect", BISECT,
     ("    if (st == PILA_OK && in->list)\n", "    if (in->list)\n")),
    ("bisect past the end is a RuntimeError", "bisect", BISECT,
     ("    if (!item) return PILA_EINDEX;", "    if (!item) return PILA_EMUTATED;")),
    ("bisect compares an item that is not held", "bisect", BISECT,
     ("    st = pila__hold_copy(&held, in->type, item);\n",
      "    st = PILA_OK;\n    held.type = &pila_u8;\n    held.block = NULL;\n"
      "    held.item = item;\n")),
    # ---- list ----
    ("a negative insert is one too far", "list", LIST,
     ("at = (size_t)0 - at < l->len ? l->len + at : 0;",
      "at = (size_t)0 - at < l->len ? l->len + at + 1 : 0;")),
    ("drop before the list is closed up", "list", LIST,
     ("    else pila__room_fill(&room, t, slot);\n    l->len--;\n",
      "    else pila__room_fill(&room, t, slot);\n"
      "    if (!out) pila__room_drop(&room, t);\n    l->len--;\n"),
     ("(l->len - at) * t->size);\n    if (!out) pila__room_drop(&room, t);\n",
      "(l->len - at) * t->size);\n")),
    ("index looks at the item at stop", "list", LIST,
     ("list_find(l, t, &i, list_bound(stop, l->len), value)",
      "list_find(l, t, &i, list_bound(stop, l->len) + 1, value)")),
    ("a list is extended by itself as it grows", "list", LIST,
     ("if (items.stamp == &l->version) st = list_extend_self(l, t, &items);\n        else if",
      "if")),
    ("a change during sort is not seen", "list", LIST,
     ("    if (st == PILA_OK && l->version != version) st = PILA_EVALUE;\n", "")),
    ("a slice backwards starts behind the end", "list", LIST,
     ("most = step < 0 ? size - 1 : size;", "most = size;")),
    ("insertion goes before equal items", "list", SORT,
     ("pila_type_less(t, item, base + (half - 1) * size, &less);\n",
      "pila_type_less(t, base + (half - 1) * size, item, &less);\n"
      "            less = !less;\n")),
    # ---- dict and its kin ----
    ("drop of the old value before the new is in", "dict", TABLE,
     ("    if (!*again)\n"
      "        dict_swap(pila__dict_entry(d, t, e) + t->second_at,\n"
      "                  (char *)(uintptr_t)fresh.item, t->second->size);\n"
      "    pila__let_go_copy(&fresh);\n    return PILA_OK;\n",
      "    char *at = *again ? NULL : pila__dict_entry(d, t, e) + t->second_at;\n"
      "    if (at) pila_type_drop(t->second, at);\n"
      "    if (at) memcpy(at, fresh.item, t->second->size), pila_free(fresh.block);\n"
      "    else pila__let_go_copy(&fresh);\n    return PILA_OK;\n")),
    ("a look-up does not start again", "dict", TABLE,
     ("if (same && d->version == version) return e;", "if (same) return e;")),
    ("a fault of eq is a key that is not there", "dict", TABLE,
     ("            if (asked != PILA_OK) *st = asked;\n", "")),
    ("eq is asked whatever the hash", "dict", TABLE,
     ("            if (d->hashes[e] != hash) continue;\n", "")),
    ("hashes stay behind when entries move up", "dict", TABLE,
     ("if (d->hashes) memmove(d->hashes + to, d->hashes + from, n * sizeof *d->hashes);",
      "")),
    ("a change of what is merged is not seen", "dict", TABLE,
     ("        if (st == PILA_OK && from->version != version) st = PILA_EMUTATED;\n", "")),
    ("what is merged is not held", "dict", TABLE,
     ("    if (pila_type_calls_out(t->first) || !quiet)\n", "    if (false)\n")),
    ("keys in both come twice with |", "dict", TABLE,
     ("    if (s->op == PILA__KEYS_OR && !s->second_walk) return true;",
      "    if (s->op == PILA__KEYS_OR) return true;")),
    ("get answers the default for a fault", "dict", DICT,
     ("    else if (st == PILA_EKEY) *value = def;\n"
      "    return st == PILA_EKEY ? PILA_OK : st;",
      "    else *value = def;\n    return PILA_OK;")),
    ("the last item does not move to the front", "ordereddict", TABLE,
     ("    if (e == (last ? d->used - 1 : d->front)) return PILA_OK;",
      "    if (e == d->used - 1) return PILA_OK;")),
    ("OrderedDicts are equal in any order", "ordereddict", TABLE,
     ("    for (; st == PILA_OK && same && a != b; in_a++, in_b++) {",
      "    for (; st == PILA_OK && !same && a != b; in_a++, in_b++) {")),
    ("an item moved to an end has another's hash", "ordereddict", TABLE,
     ("    if (d->hashes) d->hashes[to] = d->hashes[e];\n", "")),
    ("a fault of the factory is swallowed", "defaultdict", DEFAULTDICT,
     ("        st = now.make(now.ctx, (void *)(uintptr_t)v.item);\n"
      "        if (st != PILA_OK) pila_free(v.block);\n",
      "        (void)!now.make(now.ctx, (void *)(uintptr_t)v.item);\n")),
    ("a key without factory is a ValueError", "defaultdict", DEFAULTDICT,
     ("    if (f->kind == PILA_FACTORY_NONE) return PILA_EKEY;",
      "    if (f->kind == PILA_FACTORY_NONE) return PILA_EVALUE;")),
    ("a copy has no factory", "defaultdict", DEFAULTDICT,
     ("t->second, f->kind, f->make, f->ctx, f->value);",
      "t->second, PILA_FACTORY_NONE, NULL, NULL, NULL);")),
    ("what the factory has stored itself stays", "defaultdict", TABLE,
     ("    if (at) dict_swap(at, (char *)(uintptr_t)value->item, t->second->size);\n", "")),
    ("a chain is looked up from its end", "chainmap", CHAINMAP,
     ("        pila_mapping m = c->maps[i];\n        void *at = NULL;\n",
      "        pila_mapping m = c->maps[c->count - 1 - i];\n        void *at = NULL;\n")),
    ("a fault in one map leads to the next", "chainmap", CHAINMAP,
     ("i < c->count && st == PILA_EKEY; i++) {", "i < c->count && st != PILA_OK; i++) {")),
    ("keys of a chain from the first map on", "chainmap", CHAINMAP,
     ("    for (size_t i = c->count; i-- > 0 && st == PILA_OK;) {\n"
      "        if (i >= c->count) break; /* a callback has taken maps away */\n",
      "    for (size_t i = 0; i < c->count && st == PILA_OK; i++) {\n")),
    ("popitem of a chain takes the first", "chainmap", CHAINMAP,
     ("pila__dict_popitem(pila__mapping_base(&m), t, true, key, value)",
      "pila__dict_popitem(pila__mapping_base(&m), t, false, key, value)")),
    ("setdefault looks in the first map alone", "chainmap", CHAINMAP,
     ("    if (st == PILA_EKEY) {\n        st = chainmap_first_kept",
      "    if (st == PILA_EKEY || st == PILA_OK) {\n        st = chainmap_first_kept")),
    # ---- Counter ----
    ("a difference keeps counts of 0", "counter", COUNTER,
     ("&count);\n        if (st == PILA_OK && count > 0)\n"
      "            st = pila__counter_add(made, t->first, t, w.key.item, count);\n"
      "        if (st != PILA_OK) break;\n    }\n    counter_walk_end(&w);\n"
      "    return st == PILA_END ? PILA_OK : st;\n}\n\n/* Then",
      "&count);\n        if (st == PILA_OK && count >= 0)\n"
      "            st = pila__counter_add(made, t->first, t, w.key.item, count);\n"
      "        if (st != PILA_OK) break;\n    }\n    counter_walk_end(&w);\n"
      "    return st == PILA_END ? PILA_OK : st;\n}\n\n/* Then")),
    ("a difference forgets the other's keys", "counter", COUNTER,
     ("    if (st == PILA_OK && op != PILA__COUNTER_AND)\n",
      "    if (st == PILA_OK && op != PILA__COUNTER_AND && op != PILA__COUNTER_SUB)\n")),
    ("equal counts rank from the last", "counter", COUNTER,
     ("(a.key == b.key && a.entry < b.entry)", "(a.key == b.key && a.entry > b.entry)")),
    ("<= looks at the left keys alone", "counter", COUNTER,
     ("    if (st == PILA_OK) st = counter_compare_side(b, a, t, true, &at_most, &equal);\n",
      "")),
    # ---- set ----
    ("of two equal elements the other stays", "set", ALGEBRA,
     ("    return b->live <= a->live ? algebra_filter_calling(made, b, a, t, true)\n",
      "    return b->live < a->live ? algebra_filter_calling(made, b, a, t, true)\n")),
    ("^= takes a fault for a missing element", "set", ALGEBRA,
     ("        if (st == PILA_EKEY) st = algebra_walk_put(&w, s, false);",
      "        if (st != PILA_OK) st = algebra_walk_put(&w, s, false);")),
    ("an intersection reads on", "set", ALGEBRA,
     ("calls && !whole && (item = pila_next_item(&items)) != NULL)",
      "calls && (item = pila_next_item(&items)) != NULL)")),
    ("a frozenset's hash depends on its order", "set", SET,
     ("        sum += pila__hash_16(hash, ~hash);",
      "        sum = 31 * sum + pila__hash_16(hash, ~hash);")),
    ("a set is less than its equal", "set", ALGEBRA,
     ("    if (a->live < b->live) return pila__set_le(a, b, t, out);",
      "    if (a->live <= b->live) return pila__set_le(a, b, t, out);")),
    # ---- functools ----
    ("the oldest goes one call too late", "functools", LRU,
     ("    while (c->dict.live > c->maxsize) {",
      "    while (c->dict.live > c->maxsize && c->dict.live - c->maxsize > 1) {")),
    ("a hit makes nothing younger", "functools", LRU,
     ("    if (c->maxsize != PILA_UNLIMITED && c->dict.version == version)\n",
      "    if (c->maxsize == PILA_UNLIMITED && c->dict.version == version)\n")),
    ("a call that fails is no miss", "functools", LRU,
     ("    c->misses++;\n    version = c->dict.version;\n",
      "    version = c->dict.version;\n"),
     ("    if (st == PILA_OK) st = lru_keep(c, t, &m,",
      "    c->misses += st == PILA_OK;\n    if (st == PILA_OK) st = lru_keep(c, t, &m,")),
    ("what an inner call has put there is replaced", "functools", LRU,
     ("    if (changed && c->maxsize != PILA_UNLIMITED)\n", "    if (false)\n")),
    # ---- itertools: adaptors.c ----
    ("islice takes one item past stop", "itertools_terminating", ADAPTORS,
     ("    if (s->taken >= s->stop) return pila_iter_end(it, PILA_END);",
      "    if (s->taken >= s->stop && pila_next_item(&s->base.src)) s->taken++;\n"
      "    if (s->taken >= s->stop) return pila_iter_end(it, PILA_END);")),
    ("a fault of map's function is an end", "itertools_terminating", ADAPTORS,
     ("    if (it->status == PILA_OK) return pila_iter_end(it, st);\n    if (made)",
      "    if (it->status == PILA_OK) return pila_iter_end(it, PILA_END);\n    if (made)")),
    ("chain goes on after a source's fault", "itertools_terminating", ADAPTORS,
     ("        if (n == 0 && src->status != PILA_END) break;\n", "")),
    ("enumerate counts on from 0", "itertools_terminating", ADAPTORS,
     ("    s->next = (int64_t)((uint64_t)s->next + n);\n", "    s->next = (int64_t)n;\n")),
    # ---- itertools: select.c ----
    ("takewhile goes on behind a false item", "itertools_terminating", SELECT,
     ("    if (s->turned) return pila_iter_end(it, PILA_END);\n", "")),
    ("dropwhile drops the first false item", "itertools_terminating", SELECT,
     ("        pila_iter_skip(src, good);\n",
      "        pila_iter_skip(src, good + s->turned);\n")),
    ("takewhile takes a fault for false", "itertools_terminating", SELECT,
     ("    if (st == PILA_OK && !yes) st = PILA_END;", "    if (!yes) st = PILA_END;")),
    ("compress does not hold the item it asks for", "itertools_terminating", SELECT,
     ("    if (s->plain) memcpy(s->out->window, data->cur, data->type->size);\n"
      "    else st = pila__keep(data->type, s->out->window, data->cur, 1, &s->text);\n",
      "    memcpy(s->out->window, data->cur, data->type->size);\n"),
     ("    s->kept = !s->plain;\n", "")),
    # ---- itertools: zip.c ----
    ("zip asks those after one that has ended", "itertools_terminating", ZIP,
     ("k < z->n && st == PILA_OK; k++) {\n        st = zip_member(z, k, k < ask);\n",
      "k < z->n; k++) {\n        pila_status now = zip_member(z, k, k < ask);\n"
      "        if (st == PILA_OK) st = now;\n")),
    ("zip holds no member of its row", "itertools_terminating", ZIP,
     ("st = zip_member(z, k, k < ask);", "st = zip_member(z, k, false);")),
    ("a strict zip minds the first alone", "itertools_terminating", ZIP,
     ("return k ? PILA_EVALUE : zip_strict_end(z);",
      "return k ? PILA_END : zip_strict_end(z);")),
    ("zip_longest ends with the last but one", "itertools_terminating", ZIP,
     ("if (--z->active == 0) return PILA_END;", "if (--z->active <= 1) return PILA_END;")),
    ("roundrobin forgets whose turn it is", "itertools_recipes", ZIP,
     ("            *from = r->last = at;\n", "            *from = at;\n")),
    # ---- itertools: runs.c ----
    ("a group is read after the next has begun", "itertools_terminating", RUNS,
     ("    if (it->at != (size_t)s->turn) return pila_iter_end(it, PILA_END);\n", "")),
    ("a short batch is not too short if strict", "itertools_terminating", RUNS,
     ("        if (st == PILA_END && s->have && s->strict) st = PILA_EVALUE;\n", "")),
    ("the last batch is lost", "itertools_terminating", RUNS,
     ("        if (st == PILA_END && s->have) break;\n", "")),
    ("pairwise holds no item", "itertools_terminating", RUNS,
     ("        if (s->held && runs_used_up(src)) st = slide_hold(s);\n", "")),
    ("accumulate asks its function the other way", "itertools_terminating", RUNS,
     ("    pila_status st = s->fn(s->ctx, s->room[was], item, out);",
      "    pila_status st = s->fn(s->ctx, item, s->room[was], out);")),
    ("accumulate forgets the initial value", "itertools_terminating", RUNS,
     ("    s->waits = initial != NULL;\n    if (initial) st = call_first",
      "    if (initial) st = call_first")),
    ("the last run is not counted", "itertools_recipes", RUNS,
     ("        s->open = false;\n"
      "        run_put(s, look->made++, s->key, src->type->size, true);\n",
      "        s->open = false;\n        return PILA_END;\n")),
    # ---- itertools: tee.c ----
    ("a copied branch loses what is ready", "itertools_terminating", TEE,
     ("b->at - unread, b->gone - unread);", "b->at, b->gone);")),
    ("a branch does not hold its chunk", "itertools_terminating", TEE,
     ("    b->chunk->refs++;\n", "")),
    ("cycle leaves out the first window", "itertools_infinite", TEE,
     ("s->now = s->first->n ? s->first : s->first->next;", "s->now = s->first->next;")),
    # ---- itertools: combinatorics.c ----
    ("a pool takes a fault for its end", "itertools_combinatoric", COMB,
     ("    return pila_iter_outcome(src);\n}\n\nstatic void comb_pool_done",
      "    return PILA_OK;\n}\n\nstatic void comb_pool_done")),
    ("a permutation goes back wrongly", "itertools_combinatoric", COMB,
     ("        comb_move(c->made, size, i, n - 1, room);\n", "")),
    ("combinations choose items again", "itertools_combinatoric", COMB,
     ("x = c->order == COMB_PRODUCT ? 0 : x + (c->order == COMB_CHOOSE);",
      "x = c->order == COMB_PRODUCT ? 0 : x;")),
    ("a binomial's product may overflow", "itertools_combinatoric", COMB,
     ("    if (!__builtin_mul_overflow(a, b, &product)) {", "    product = a * b;\n    {")),
    ("the number behind the last is one", "itertools_combinatoric", COMB,
     ("return known && k >= ways ? PILA_EINDEX : PILA_OK;",
      "return known && k > ways ? PILA_EINDEX : PILA_OK;")),
    ("a combination's number is one too low", "itertools_combinatoric", COMB,
     ("if (!known || k < ways) break;", "if (!known || k <= ways) break;")),
    # ---- itertools: sinks.c ----
    ("any reads one item more", "itertools_terminating", SINKS,
     ("        *found = truth(it->type->kind, item) == wanted;\n",
      "        *found = truth(it->type->kind, item) == wanted;\n"
      "    if (*found) (void)pila_next_item(it);\n")),
    ("max takes the last of equal items", "itertools_terminating", SINKS,
     ("    return most ? pila_type_less(t, b, a, out) : pila_type_less(t, a, b, out);",
      "    pila_status st = pila_type_less(t, a, b, out);\n"
      "    if (most) *out = !*out;\n    return st;")),
    ("a float sum loses what was rounded", "itertools_terminating", SINKS,
     ("total.lost != 0 ? total.sum + total.lost : total.sum;",
      "total.lost != 0 ? total.sum : total.sum;")),
    ("min of nothing is an IndexError", "itertools_terminating", SINKS,
     ("    if (st == PILA_OK && !e->any) st = PILA_EVALUE;",
      "    if (st == PILA_OK && !e->any) st = PILA_EINDEX;")),
    ("nth takes an item too many", "itertools_recipes", SINKS,
     ("    if (st == PILA_OK) st = take_items(&it, 1, type, (char *)out, &done);\n",
      "    if (st == PILA_OK) st = take_items(&it, 1, type, (char *)out, &done);\n"
      "    if (st == PILA_OK) (void)pila_next_item(&it);\n")),
    # ---- itertools: sources.c ----
    ("a range counts its stop", "itertools_terminating", SOURCES,
     ("    return (span - 1) / stride + 1;\n", "    return span / stride + 1;\n")),
    ("a range backwards starts at its stop", "itertools_terminating", SOURCES,
     ("(uint64_t)start + (count - 1) * (uint64_t)step;",
      "(uint64_t)start + count * (uint64_t)step;")),
    ("a count of floats multiplies", "itertools_infinite", SOURCES,
     ("c->window[k] = next;", "c->window[k] = c->next + (double)k * c->step;")),
    ("repeat goes on for ever", "itertools_infinite", SOURCES,
     ("    if (r->left != PILA_FOREVER) r->left -= n;\n", "")),
    # ---- itertools: recipes.c, unique.c ----
    ("1 is a prime", "itertools_recipes", RECIPES,
     ("if (n < 41 * 41) return n > 1;", "if (n < 41 * 41) return n > 0;")),
    ("sieve goes up to an odd n", "itertools_recipes", RECIPES,
     ("uint64_t left = s->limit / 2 - s->low / 2;",
      "uint64_t left = (s->limit + 1) / 2 - s->low / 2;")),
    ("totient takes a prime off twice", "itertools_recipes", RECIPES,
     ("        if (k == 0 || prime[k] != prime[k - 1]) count -= count / prime[k];",
      "        count -= count / prime[k];")),
    # ---- serial: value ----
    ("a deleted key is still there", "value", VALUE,
     ("    d->entries[at].key = pila__value_tagged(PILA__VALUE_DEAD, 0);\n", "")),
    ("insert before the start puts at the end", "value", VALUE,
     ("at = at < 0 ? 0 : at > n ? n : at;", "at = at < 0 ? n : at > n ? n : at;")),
    ("an integer is rounded to be compared", "value", SCALAR,
     ("    return (rest < 0) - (rest > 0);", "    return 0;")),
    ("a whole float hashes as a float", "value", SCALAR,
     ("if ((double)(int64_t)x == x) return", "if (0) return")),
    ("True is no number", "value", SCALAR_H,
     ("return kind >= PILA_VALUE_BOOL", "return kind > PILA_VALUE_BOOL")),
    # ---- serial: struct ----
    ("half floats round up at a tie", "struct", OPS,
     ("(rest == tie && half & 1)", "rest == tie")),
    ("an overflowing half float is infinite", "struct", OPS,
     ("        if (half >= 0x7c00) return false;\n", "")),
    ("native fields are not aligned", "struct", OPS,
     ("if (s->exact && !struct_round(&start, c->align))",
      "if (s->exact && !struct_round(&start, 1))")),
    # ---- serial: json ----
    ("a high surrogate is one too high", "json", JSON_WRITE,
     ("0xd7c0 + (c >> 10)", "0xd7c1 + (c >> 10)")),
    ("what follows a document is no fault", "json", JSON_READ,
     ("return r->p == r->end ? PILA_OK : json_read_syntax(r, r->p, \"Extra data\");",
      "return PILA_OK;")),
    # ---- serial: numbers ----
    ("a float is cut off, not rounded", "json", NUMBER,
     ("kept = (kept + (kept & 1)) >> 1;", "kept = kept >> 1;")),
    # ---- serial: base64 ----
    ("text goes on behind whole padding", "base64 binascii", BASE64_DECODE,
     ("    now->over = true;\n    return base64_emit_last(d, out);",
      "    return base64_emit_last(d, out);")),
    ("stray bits are no fault", "base64", BASE64_DECODE,
     ("    if (d->canonical && d->now.group &", "    if (false && d->now.group &")),
    ("the last group of base 85 is cut off", "base64", BASE64_DECODE,
     ("        x = x * 85 + 84;\n", "        x = x * 85;\n")),
    ("z counts within a group", "base64", BASE64_DECODE,
     ("    if (d->now.have) return base64_fault(d, d->now.at, \"%c inside",
      "    if (false) return base64_fault(d, d->now.at, \"%c inside")),
    ("a frame's end goes beyond its line", "base64", BASE64_ENCODE,
     ("e->now.column + 2 > e->width", "e->now.column + 1 > e->width")),
    ("a table's group may overflow", "base64", "lib/serial/base64_kernels.c",
     ("if (PILA_UNLIKELY(x > UINT32_MAX || x == d->z_word",
      "if (PILA_UNLIKELY(x >> 40 || x == d->z_word")),
    # ---- serial: binascii ----
    ("separators are counted from the left", "binascii", BINASCII,
     ("first = bytes_per_sep > 0 && n % group ? n % group : group;", "first = group;")),
    ("a line of uuencode may be followed by anything", "binascii", BINASCII,
     ("        if (c != ' ' && c != '`' && c != '\\n' && c != '\\r')\n",
      "        if (false)\n")),
    ("each dot is quoted", "binascii", BINASCII,
     ("if (c == '.' && q->column == 0)", "if (c == '.')")),
    ("a quoted byte ends a line of 77", "binascii", BINASCII,
     ("if (q->column + 3 >= BINASCII_QP_LINE)", "if (q->column + 3 > BINASCII_QP_LINE)")),
    ("a slice of the checksum is of the wrong byte", "binascii", BINASCII,
     ("t[0][t[k - 1][c] >> 8]", "t[0][t[k - 1][c] & 255]")),
    # ---- serial: hashlib, hmac ----
    ("a last node is as any", "hashlib", BLAKE2,
     ("s->last_node ? UINT64_MAX : 0}", "0}")),
    ("a block that may be the last is not kept", "hashlib", BLAKE2,
     ("for (; left > size; p += size", "for (; left >= size; p += size")),
    ("node_offset has 8 bytes in BLAKE2s, too", "hashlib", BLAKE2,
     ("size_t node = s->small ? 14 : 16;", "size_t node = 16;")),
    ("a reset forgets the key", "hashlib", "lib/serial/hashlib.c",
     ("    if (h->own) pila__blake2_reset(h->own);",
      "    if (h->own) h->own->key_size = 0, pila__blake2_reset(h->own);")),
    ("a finished hash goes on", "hashlib", "lib/serial/hashlib.c",
     ("    if (st == PILA_OK) st = pila_hashlib_reset(h);\n"
      "    if (st == PILA_OK) out->len += n;\n", "    if (st == PILA_OK) out->len += n;\n")),
    ("a key as long as a block is hashed", "hmac", HMAC,
     ("if (ok && key.len > (size_t)EVP_MD_get_block_size(md))",
      "if (ok && key.len >= (size_t)EVP_MD_get_block_size(md))")),
    ("a finished HMAC keeps its message", "hmac", HMAC,
     ("    if (st == PILA_OK) st = hmac_final(h->evp, h->digest_size, out->data + out->len);\n"
      "    if (st == PILA_OK) st = pila_hmac_reset(h);\n",
      "    if (st == PILA_OK) st = hmac_peek(h, out->data + out->len);\n")),
    ("the last byte is not compared", "hmac", HMAC,
     ("    for (; k < b.len; k++) {\n", "    for (; k + 1 < b.len; k++) {\n")),
    ("a prefix is equal", "hmac", HMAC,
     ("uint64_t differ = a.len ^ b.len, x, y;", "uint64_t differ = 0, x, y;"),
     ("left = a.len == b.len ? a.ptr : b.ptr;", "left = a.len >= b.len ? a.ptr : b.ptr;")),
    # ---- serial: pickle ----
    ("tuples of one and two are mixed up", "pickle", "lib/serial/pickle_dump.c",
     ("{0, PILA_OP_TUPLE1, PILA_OP_TUPLE2,", "{0, PILA_OP_TUPLE2, PILA_OP_TUPLE1,")),
    ("a pickle ends before its STOP", "pickletools", "lib/serial/pickletools_args.c",
     ("pickle exhausted before seeing STOP", "pickle exhausted")),
    # ---- serial: checksum and zlib ----
    ("a CRC starts anew with each piece", "zlib gzip", CHECKSUM,
     ("    uint32_t crc = ~value;\n", "    uint32_t crc = ~(uint32_t)0;\n")),
    ("an Adler-32 is combined as if it began at 0", "zlib", CHECKSUM,
     ("(adler2 & 0xffff) + base - 1;", "(adler2 & 0xffff) + base;")),
    ("unused data is that of the last call alone", "zlib", ZLIB,
     ("        if (st == PILA_OK) st = pila_buf_add(&d->unused, rest);\n",
      "        d->unused.len = 0;\n"
      "        if (st == PILA_OK) st = pila_buf_add(&d->unused, rest);\n")),
    ("a tail that was read is still there", "zlib", ZLIB,
     ("        d->tail.len = rest.len;\n", "        if (rest.len) d->tail.len = rest.len;\n")),
    ("a copy has no dictionary", "zlib", ZLIB,
     ("    made->has_zdict = d->has_zdict;\n", "")),
    ("a finished stream may be finished again", "zlib", ZLIB,
     ("    if (code == Z_STREAM_END) deflateEnd(&c->s.z);\n    else if (code",
      "    if (code != Z_STREAM_END && code")),
    ("a stream of `most` bytes is too long", "zlib", ZLIB_CHUNKS,
     ("        if (step.made > s->left)\n", "        if (step.made >= s->left)\n")),
    # ---- serial: gzip ----
    ("the CRC of a member is not looked at", "gzip", GZIP_MEMBER,
     ("    if (crc != m->crc) {", "    if (false) {")),
    ("zeros before the first member are skipped", "gzip", GZIP_MEMBER,
     ("    if (m->members)\n        while", "    if (true)\n        while")),
    ("an extra field's length has its bytes swapped", "gzip", GZIP_MEMBER,
     ("len[0] | (size_t)len[1] << 8", "len[1] | (size_t)len[0] << 8")),
    ("a fault comes before what stands before it", "gzip", GZIP_READ,
     ("    *got = n;\n    return n ? PILA_OK : gzip_read_outcome(st);\n",
      "    *got = n;\n    return gzip_read_outcome(st);\n")),
    ("a seek back goes to where it was", "gzip", GZIP_READ,
     ("            r->at = target;\n            return PILA_OK;\n",
      "            return PILA_OK;\n")),
    ("a name is not brought to Latin-1", "gzip", GZIP_WRITE,
     ("        if (bytes == 2) c = (c & 0x1f) << 6 | ((unsigned char)p[1] & 0x3f);\n", "")),
    ("CRCs of blocks are put together backwards", "gzip", GZIP_WRITE,
     ("pila_crc32_combine(w->crc, b->crc, b->len);",
      "pila_crc32_combine(b->crc, w->crc, w->size);")),
]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def compiled(source, made, include):
    standard = "-std=gnu11" if "conformance" in str(source) else "-std=c11"
    done = run(*CC, standard, f"-I{include}", "-c", str(source), "-o", str(made))
    if done.returncode:
        sys.exit(f"mutants: {source} does not compile:\n{done.stderr[:2000]}")
    return made


def sources():
    return [*sorted((ROOT / "lib").glob("*/*.c")), HERE / "adapter.c", HERE / "json.c",
            *sorted((HERE / "modules").glob("*.c"))]


def object_name(source):
    return f"{source.parent.name}_{source.stem}.o"


def build_right(folder):
    """The objects of the right program, and the judge."""
    (folder / "include").mkdir()
    (folder / "include" / "pila").symlink_to(ROOT / "lib")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda s: compiled(s, folder / object_name(s), folder / "include"),
                      sources()))
    done = run(*CC, "-std=gnu11", str(HERE / "judge.c"), str(HERE / "json.c"), "-o",
               str(folder / "judge"))
    assert done.returncode == 0, done.stderr


def planted(file, changes):
    """The text of a source with its faults."""
    text = (ROOT / file).read_text()
    for old, new in changes:
        if text.count(old) != 1:
            sys.exit(f"mutants: {file} has changed: mend the mutant of\n{old}")
        text = text.replace(old, new)
    return text


def includers(file):
    """Sources to build anew for a changed file: itself, or who includes the header."""
    if file.endswith(".c"):
        return [ROOT / file]
    return [s for s in sources() if pathlib.Path(file).name in s.read_text() or
            s.stem == pathlib.Path(file).stem]


def build_wrong(right, folder, file, changes):
    """The adapter with the faults; its path."""
    lib = folder / "include" / "pila"
    for package in (ROOT / "lib").iterdir():
        (lib / package.name).mkdir(parents=True)
        for source in package.iterdir():
            (lib / package.name / source.name).symlink_to(source)
    changed = lib / pathlib.Path(file).relative_to("lib")
    changed.unlink()
    changed.write_text(planted(file, changes))
    objects = {o.name: o for o in right.glob("*.o")}
    for source in includers(file):
        inside = source.is_relative_to(ROOT / "lib")
        taken = lib / source.relative_to(ROOT / "lib") if inside else source
        # a quoted include is looked for beside the file it stands in: make that the copy
        if inside and taken.is_symlink():
            text = taken.read_text()
            taken.unlink()
            taken.write_text(text)
        made = folder / object_name(source)
        objects[made.name] = compiled(taken, made, folder / "include")
    program = folder / "adapter"
    done = run(*CC, *map(str, objects.values()), *LIBRARIES, "-o", str(program))
    assert done.returncode == 0, done.stderr
    return program


def tried(right, mutant, folder_of_vectors):
    """The modules that let it pass, and the number of the case that first did not."""
    name, modules, file, *changes = mutant
    passed, first = [], 0
    with tempfile.TemporaryDirectory() as folder:
        program = build_wrong(right, pathlib.Path(folder), file, changes)
        for module in modules.split():
            vectors = str(folder_of_vectors / f"{module}.jsonl.gz")
            done = run(str(right / "judge"), "-q1", "-t", "5", vectors, "--", str(program))
            row = done.stdout.split()
            if int(row[3]) + int(row[5]):
                first = max(first, int(row[1]))
            else:
                passed.append(module)
    return passed, first


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--vectors", type=pathlib.Path, default=HERE / "vectors",
                        help="a folder of others, to try new cases")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    chosen = [m for m in MUTANTS
              if not options.words or any(word in m[0] + " " + m[1] for word in options.words)]
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        right = pathlib.Path(folder)
        build_right(right)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for mutant, (passed, first) in zip(
                    chosen, pool.map(lambda m: tried(right, m, options.vectors), chosen)):
                print(f"{mutant[1]:22} {mutant[0]:44} "
                      f"{'SURVIVED ' + ' '.join(passed) if passed else f'case {first}'}",
                      flush=True)
                survivors += bool(passed)
    print(f"{len(chosen)} mutants, {survivors} survived")
    return bool(survivors) or not chosen


if __name__ == "__main__":
    sys.exit(main())
