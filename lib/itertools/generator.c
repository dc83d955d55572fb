/* generator.c - see generator.h.
 *
 * One mapping is the whole of a generator. From its low end: pages that nobody may
 * touch, the stack that grows down to them, the state, the value that it returns.
 *
 * The switch of stack is in switch.h, inline, and so is pila_yield: a loop of yields
 * comes through generator_refill, and no call on either side is answered by a return on
 * the other, which the processor would mispredict (22 ns an item instead of 6). Nor
 * does it look at the rounding mode, unless asked to: reading and comparing it takes 11
 * ns. Other processors, and -DPILA_UCONTEXT, take ucontext, with two system calls an
 * item.
 *
 * Who asks for an item drives. The generators that yield from one another are a list,
 * and the driver resumes the last, the leaf, and no other: until that ends, and the one
 * before goes on with its outcome. So the depth costs nothing for an item, and nothing
 * recurses. An ordinary iterator under the leaf is read by the driver itself, who
 * passes its windows on. What CPython does level by level, closing included, is done
 * to the list here.
 *
 * Invariant: a generator runs, or is in the body's call of pila_yield, pila_yield_many
 * or pila_yield_from, or has not started, or has ended; `from` holds what it yields
 * from, and nothing otherwise.
 *
 * Rejected: a kept stack per thread, which is a global; and guard pages by madvise,
 * which would allow more generators at a time, since emulators answer that they have
 * set them and have not.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "generator.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

#if !defined(PILA__SWITCHES)
#include <ucontext.h>
#endif
#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#if defined(PILA__SANITIZED)
#if defined(__SANITIZE_THREAD__)
#define GENERATOR_TSAN
#elif defined(__SANITIZE_ADDRESS__)
#define GENERATOR_ASAN
#elif __has_feature(thread_sanitizer)
#define GENERATOR_TSAN
#else
#define GENERATOR_ASAN
#endif
#endif

enum {
    GENERATOR_GUARD = 64 << 10, /* bytes; a page may be as large */
    GENERATOR_LINE = 64,        /* bytes, the alignment of the state */
    GENERATOR_KEPT = 64         /* stacks, unless said otherwise */
};

/* ---- the state ---- */

/* Why a body has switched back. */
typedef enum generator_did {
    GENERATOR_YIELDED,
    GENERATOR_DELEGATED,
    GENERATOR_RETURNED
} generator_did;

typedef struct generator generator;

struct generator {
    pila_generator body_side; /* the first member */
    generator_did did;
    pila_generator_state state;
    const uint64_t *stamp; /* what is shown is good while *stamp == seen */
    uint64_t seen;
    generator *leaf;  /* the last that yields from the one before; itself */
    generator *outer; /* who yields from this one, if `leaf` led here */
    pila_status answer;
    bool plain; /* `from` is no generator: the driver reads it */
    bool has_value;
    bool own_rounding;
    const pila_type *type, *returns;
    pila_generator_body *body;
    void *ctx;
    pila_iter from;
    void *out; /* for the value of `from` */
    char *value;
    char *map; /* all of it, and how large it is */
    size_t bytes;
    pila_stacks *stacks;
    uint64_t rounding;
    unsigned valgrind_id;
#if !defined(PILA__SWITCHES)
    ucontext_t self, back;
#endif
    void *fake, *fiber; /* of the sanitizers */
    const void *back_low;
    size_t back_bytes;
};

static generator *generator_of(pila_generator *g) { return (generator *)(void *)g; }

static char *generator_low(const generator *g) { return g->map + GENERATOR_GUARD; }

static size_t generator_stack_bytes(const generator *g)
{
    return (size_t)((const char *)g - generator_low(g));
}

/* ---- contexts: where one side waits while the other runs ---- */

static void generator_start(generator *g);

#if defined(PILA__SWITCHES)

PILA_INLINE void generator_to_body(generator *g)
{
    pila__switch(&g->body_side.back, &g->body_side.self);
}

PILA_INLINE void generator_to_driver(generator *g)
{
    pila__switch(&g->body_side.self, &g->body_side.back);
}

/* A return address of 0 is where unwinders stop; a function on x86-64 expects it below
 * a multiple of 16. */
static void generator_prepare(generator *g)
{
    pila__context *c = &g->body_side.self;
    size_t at = generator_stack_bytes(g) - 2 * sizeof(uintptr_t);

#if defined(__x86_64__)
    at -= sizeof(uintptr_t);
#endif
    memset(generator_low(g) + at, 0, 2 * sizeof(uintptr_t));
    c->sp = (uintptr_t)generator_low(g) + at;
    c->fp = c->base = 0;
    c->pc = (uintptr_t)generator_start;
}

#else

PILA_INLINE void generator_to_body(generator *g)
{
    (void)swapcontext(&g->back, &g->self);
}

PILA_INLINE void generator_to_driver(generator *g)
{
    (void)swapcontext(&g->self, &g->back);
}

/* makecontext passes ints: an address goes in two halves. */
static void generator_enter(unsigned high, unsigned low)
{
    generator_start((generator *)(uintptr_t)((uint64_t)high << 32 | low));
}

static void generator_prepare(generator *g)
{
    uint64_t at = (uint64_t)(uintptr_t)g;

    (void)getcontext(&g->self);
    g->self.uc_stack.ss_sp = generator_low(g);
    g->self.uc_stack.ss_size = generator_stack_bytes(g);
    g->self.uc_link = NULL;
    makecontext(&g->self, (void (*)(void))(uintptr_t)generator_enter, 2,
                (unsigned)(at >> 32), (unsigned)at);
}

#endif

/* ---- what belongs to a side, on some processors ---- */

#if defined(PILA__SWITCHES) && defined(__x86_64__)

/* Where the processor checks returns against a stack of its own, a switch would have to
 * switch that, too. The instruction does nothing where there is no such thing. */
static bool generator_can_switch(void)
{
    uint64_t shadow = 0;

    __asm__ volatile("rdsspq %0" : "+r"(shadow));
    return shadow == 0;
}

/* The control bits of MXCSR, and the x87 control word. */
static uint64_t generator_rounding(void)
{
    uint32_t mxcsr;
    uint16_t x87;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    return (mxcsr & 0xffc0u) | (uint64_t)x87 << 32;
}

static void generator_round(uint64_t mode)
{
    uint32_t mxcsr;
    uint16_t x87 = (uint16_t)(mode >> 32);

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    mxcsr = (mxcsr & 0x3fu) | (uint32_t)mode;
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    __asm__ volatile("fldcw %0" : : "m"(x87));
}

#elif defined(PILA__SWITCHES)

static bool generator_can_switch(void) { return true; }

static uint64_t generator_rounding(void)
{
    uint64_t fpcr;

    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return fpcr;
}

static void generator_round(uint64_t mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}

#else /* ucontext switches both */

static bool generator_can_switch(void) { return true; }
static uint64_t generator_rounding(void) { return 0; }
static void generator_round(uint64_t mode) { (void)mode; }

#endif

static void generator_swap_rounding(generator *g)
{
    uint64_t now = generator_rounding();

    generator_round(g->rounding);
    g->rounding = now;
}

/* ---- what has to be told of a switch ---- */

#if defined(PILA__SWITCHES) && !defined(PILA__SANITIZED)
enum { GENERATOR_DIRECT = 1 };
#else
enum { GENERATOR_DIRECT = 0 };
#endif

PILA_BEGIN_C
#if defined(GENERATOR_ASAN)
void __sanitizer_start_switch_fiber(void **fake, const void *low, size_t bytes);
void __sanitizer_finish_switch_fiber(void *fake, const void **low, size_t *bytes);
void __asan_unpoison_memory_region(const volatile void *p, size_t bytes);
#endif
#if defined(GENERATOR_TSAN)
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);
#endif
PILA_END_C

/* From the driver to the body. A yield says nothing, as it may be inline. */
PILA_INLINE void generator_go(generator *g)
{
    g->did = GENERATOR_YIELDED;
#if defined(GENERATOR_TSAN)
    void *here = __tsan_get_current_fiber(), *there = g->fiber;
    g->fiber = here;
    __tsan_switch_to_fiber(there, 0);
#endif
#if defined(GENERATOR_ASAN)
    void *fake;
    __sanitizer_start_switch_fiber(&fake, generator_low(g), generator_stack_bytes(g));
#endif
    if (PILA_UNLIKELY(g->own_rounding)) generator_swap_rounding(g);
    generator_to_body(g);
    if (PILA_UNLIKELY(g->own_rounding)) generator_swap_rounding(g);
#if defined(GENERATOR_ASAN)
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
}

/* The body's side of a switch to it. */
PILA_INLINE void generator_arrive(generator *g)
{
#if defined(GENERATOR_ASAN)
    __sanitizer_finish_switch_fiber(g->fake, &g->back_low, &g->back_bytes);
#else
    (void)g;
#endif
}

/* From the body to the driver. */
PILA_INLINE void generator_leave(generator *g, generator_did did)
{
    g->did = did;
#if defined(GENERATOR_TSAN)
    void *there = g->fiber;
    g->fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(there, 0);
#endif
#if defined(GENERATOR_ASAN)
    __sanitizer_start_switch_fiber(did == GENERATOR_RETURNED ? NULL : &g->fake,
                                   g->back_low, g->back_bytes);
#endif
    generator_to_driver(g);
    generator_arrive(g);
}

/* ---- stacks ---- */

/* What a kept stack holds, at its high end. */
typedef struct generator_kept {
    char *map, *next; /* itself, and the high end of another */
} generator_kept;

static char *generator_map(pila_stacks *stacks, size_t bytes)
{
    if (stacks && stacks->kept && stacks->bytes == bytes) {
        generator_kept kept;
        memcpy(&kept, (char *)stacks->first - sizeof kept, sizeof kept);
        stacks->first = kept.next;
        stacks->kept--;
        return kept.map;
    }
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) return NULL;
    if (mprotect(map, GENERATOR_GUARD, PROT_NONE) == 0) return (char *)map;
    (void)munmap(map, bytes);
    return NULL;
}

static void generator_unmap(pila_stacks *stacks, char *map, size_t bytes)
{
    size_t most = stacks && stacks->most ? stacks->most : (size_t)GENERATOR_KEPT;

#if defined(GENERATOR_ASAN) /* frames that never returned */
    __asan_unpoison_memory_region(map + GENERATOR_GUARD, bytes - GENERATOR_GUARD);
#endif
    if (stacks && stacks->kept == 0) stacks->bytes = bytes;
    if (!stacks || stacks->kept >= most || stacks->bytes != bytes) {
        (void)munmap(map, bytes);
        return;
    }
    generator_kept kept = {map, (char *)stacks->first};
    memcpy(map + bytes - sizeof kept, &kept, sizeof kept);
    stacks->first = map + bytes;
    stacks->kept++;
}

void pila_stacks_done(pila_stacks *stacks)
{
    while (stacks->kept) {
        char *map = generator_map(stacks, stacks->bytes);
        (void)munmap(map, stacks->bytes);
    }
    stacks->first = NULL;
}

/* ---- making one ---- */

static const pila_generator_options generator_usual = {0, NULL, NULL, false};

/* The bytes of all of it: a multiple of the page. */
static bool generator_size(const pila_generator_options *o, size_t *bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t sum = o->stack_bytes ? o->stack_bytes : (size_t)PILA_STACK_BYTES;
    size_t rest = GENERATOR_GUARD + sizeof(generator) + 2 * GENERATOR_LINE + page - 1;

    if (!pila_add(sum, rest, &sum)) return false;
    if (o->returns && (!pila_add(sum, o->returns->size, &sum) ||
                       !pila_add(sum, o->returns->align, &sum)))
        return false;
    *bytes = sum / page * page;
    return *bytes <= PTRDIFF_MAX;
}

/* The state below the value, below the end of the mapping. */
static generator *generator_place(char *map, size_t bytes, const pila_type *returns)
{
    uintptr_t base = (uintptr_t)map, value = base + bytes, state;

    if (returns) value = (value - returns->size) & ~(uintptr_t)(returns->align - 1);
    state = (value - sizeof(generator)) & ~(uintptr_t)(GENERATOR_LINE - 1);
    generator *g = (generator *)(void *)(map + (state - base));
    memset((void *)g, 0, sizeof *g);
    g->value = map + (value - base);
    g->map = map;
    g->bytes = bytes;
    g->returns = returns;
    return g;
}

static bool generator_refill(pila_iter *it);
static pila_iter generator_drop(pila_iter *it);

static const pila_iter_ops generator_ops = {generator_refill, generator_drop, NULL};

pila_iter pila_generate_with(pila_generator_body *body, void *ctx,
                             const pila_type *type,
                             const pila_generator_options *options)
{
    const pila_generator_options *o = options ? options : &generator_usual;
    size_t bytes;

    if (type->size == 0) return pila_failed(PILA_ETYPE);
    if (o->stack_bytes && o->stack_bytes < PILA_STACK_LEAST)
        return pila_failed(PILA_EVALUE);
    if (!generator_size(o, &bytes)) return pila_failed(PILA_EOVERFLOW);
    if (!generator_can_switch()) return pila_failed(PILA_EREFUSED);
    char *map = generator_map(o->stacks, bytes);
    if (!map) return pila_failed(PILA_ENOMEM);
    generator *g = generator_place(map, bytes, o->returns);
    g->body = body;
    g->ctx = ctx;
    g->type = type;
    g->body_side.item_bytes = type->size;
    g->body_side.direct = GENERATOR_DIRECT != 0;
    g->own_rounding = o->own_rounding;
    g->stacks = o->stacks;
    g->from = pila_failed(PILA_END);
    g->leaf = g;
#if defined(VALGRIND_STACK_REGISTER)
    g->valgrind_id = (unsigned)VALGRIND_STACK_REGISTER(generator_low(g), g);
#endif
    return pila_iter_make(type, &generator_ops, g);
}

pila_iter pila_generate(pila_generator_body *body, void *ctx, const pila_type *type)
{
    return pila_generate_with(body, ctx, type, NULL);
}

static void generator_drop_value(generator *g)
{
    if (g->has_value) {
        g->has_value = false;
        pila_type_drop(g->returns, g->value);
    }
}

static void generator_free(generator *g)
{
#if defined(VALGRIND_STACK_DEREGISTER)
    VALGRIND_STACK_DEREGISTER(g->valgrind_id);
#endif
#if defined(GENERATOR_TSAN)
    if (g->fiber) __tsan_destroy_fiber(g->fiber);
#endif
    generator_unmap(g->stacks, g->map, g->bytes);
}

/* ---- the body's side ---- */

/* The first function on the stack; nothing is below it to return to. */
static void generator_start(generator *g)
{
    generator_arrive(g);
    g->answer = g->body(&g->body_side, g->ctx);
    generator_leave(g, GENERATOR_RETURNED);
    __builtin_unreachable();
}

PILA_INLINE bool generator_is_here(const generator *g)
{
    const char *here = (const char *)__builtin_frame_address(0);

    return here >= generator_low(g) && here < (const char *)g;
}

pila_status pila__yield(pila_generator *self)
{
    generator *g = generator_of(self);

    assert(generator_is_here(g) && "yield from a stack that is not the generator's");
    generator_leave(g, GENERATOR_YIELDED);
    return self->given;
}

/* A view is accepted where strings are kept, but is none; and a padded one is told by
 * its address, so that others must not pass for it. */
static bool generator_takes(const generator *g, const pila_iter *src)
{
    if (g->type == src->type) return true;
    return g->type != &pila_view_padded && g->type->kind == src->type->kind &&
           pila_type_accepts(g->type, src->type);
}

pila_status pila_yield_from(pila_generator *self, pila_iter src, void *out)
{
    generator *g = generator_of(self);
    bool plain = src.ops != &generator_ops, good = src.status == PILA_OK;
    pila_status st = pila_iter_outcome(&src);

    assert(generator_is_here(g) && "yield from a stack that is not the generator's");
    if (good && !plain && ((generator *)src.state)->state == PILA_GEN_RUNNING)
        return PILA_EVALUE;
    if (good && !generator_takes(g, &src)) st = PILA_ETYPE;
    if (!good || st != PILA_OK) {
        pila_iter_drop(&src);
        return st;
    }
    g->from = src;
    g->plain = plain;
    g->out = out;
    generator_leave(g, GENERATOR_DELEGATED);
    return self->given;
}

pila_status pila_return(pila_generator *self, const void *value)
{
    generator *g = generator_of(self);
    pila_status st;

    if (!g->returns) return PILA_ETYPE;
    generator_drop_value(g);
    st = pila_type_copy(g->returns, g->value, value);
    g->has_value = st == PILA_OK;
    return st;
}

/* ---- the driver's side ---- */

/* What goes to a body, and which of a chain is being closed by the one before it. */
typedef struct generator_drive {
    generator *root, *now, *closing;
    pila_status how; /* PILA_OK: just go on */
    const void *sent;
} generator_drive;

static void generator_resume(generator_drive *d)
{
    generator *g = d->now;

    if (g->state == PILA_GEN_CREATED) {
        generator_prepare(g);
        if (g->own_rounding) g->rounding = generator_rounding();
#if defined(GENERATOR_TSAN)
        g->fiber = __tsan_create_fiber(0);
#endif
    }
    g->state = PILA_GEN_RUNNING;
    g->body_side.given = d->how;
    g->body_side.sent = d->sent;
    d->how = PILA_OK;
    d->sent = NULL;
    generator_go(g);
}

static void generator_show(generator *g, const pila_iter *window)
{
    g->body_side.cur = window->cur;
    g->body_side.bytes = (size_t)(window->end - window->cur);
    g->stamp = window->stamp;
    g->seen = window->seen;
}

/* The leaf yields from an ordinary iterator: whether there is a window of it. If not,
 * it is dropped, and the body goes on with why. */
static bool generator_read(generator_drive *d)
{
    generator *g = d->now;

    if (d->how == PILA_OK && d->sent) d->how = PILA_ETYPE;
    if (d->how == PILA_OK && pila_iter_ready(&g->from)) {
        generator_show(g, &g->from);
        g->from.cur = g->from.end;
        return true;
    }
    if (d->how == PILA_OK) d->how = pila_iter_outcome(&g->from);
    d->sent = NULL;
    g->plain = false;
    pila_iter_drop(&g->from);
    return false;
}

/* Who yields last from whom. What an earlier drive has found is where to begin. */
static generator *generator_find_leaf(const generator *root)
{
    generator *g = root->leaf;

    while (g->from.ops == &generator_ops) g = (generator *)g->from.state;
    return g;
}

/* The generator has begun to yield from another one: go to the end of that one's chain.
 * Whether it has something to show already, what was left of its window. */
static bool generator_descend(generator_drive *d)
{
    pila_iter *src = &d->now->from;
    generator *inner = (generator *)src->state;

    inner->outer = d->now;
    d->now = generator_find_leaf(inner);
    inner->leaf = inner; /* what it knew is no longer kept true */
    if (src->cur == src->end) return false;
    generator_show(d->now, src);
    src->cur = src->end;
    return true;
}

/* What a body returned, as an exception: PILA_OK for none. */
static pila_status generator_answer(const generator *g)
{
    if (g->answer != PILA_END || g->body_side.given == PILA_END) return g->answer;
    return PILA_EMUTATED; /* PEP 479 */
}

/* One below the root has ended; the one above gets its outcome. */
static void generator_ascend(generator_drive *d)
{
    generator *g = d->now, *up = g->outer;

    d->how = generator_answer(g);
    if (d->how == PILA_OK && g->has_value && up->out) {
        memcpy(up->out, g->value, g->returns->size);
        g->has_value = false;
    }
    if (d->closing == g) {
        if (d->how == PILA_OK) d->how = PILA_END;
        d->closing = up == d->root ? NULL : up;
    }
    d->now = up;
    pila_iter_drop(&up->from);
}

/* One that is being closed has yielded: RuntimeError for the one above. */
static void generator_disobeyed(generator_drive *d)
{
    generator *up = d->closing->outer;

    d->closing = up == d->root ? NULL : up;
    d->now = up;
    d->how = PILA_EMUTATED;
    pila_iter_drop(&up->from);
}

/* A body has switched back: whether it has something to show. */
static bool generator_landed(generator_drive *d)
{
    generator *g = d->now;

    if (g->did == GENERATOR_RETURNED) g->state = PILA_GEN_CLOSED;
    else if (g != d->root) g->state = PILA_GEN_SUSPENDED;
    if (g->did == GENERATOR_DELEGATED) return !g->plain && generator_descend(d);
    g->stamp = &pila__still;
    g->seen = 0;
    return g->did == GENERATOR_YIELDED;
}

/* Whether the chain has something to show now, or must be driven on. */
static bool generator_step(generator_drive *d)
{
    generator *g = d->now;

    if (g->plain && generator_read(d)) return true;
    generator_resume(d);
    return generator_landed(d);
}

/* A body has switched back; on until the chain has an item, PILA_OK, or ends, PILA_END
 * or a fault. */
static pila_status generator_finish(generator_drive *d, bool shows)
{
    generator *root = d->root;
    pila_status st;

    for (;; shows = generator_step(d)) {
        if (shows && !d->closing) break;
        if (shows) generator_disobeyed(d);
        else if (d->now->state == PILA_GEN_CLOSED) {
            if (d->now == root) break;
            generator_ascend(d);
        }
    }
    root->leaf = d->now;
    if (root->state != PILA_GEN_CLOSED) {
        root->state = PILA_GEN_SUSPENDED;
        return PILA_OK;
    }
    st = generator_answer(root);
    if (st != PILA_OK) generator_drop_value(root);
    return st == PILA_OK ? PILA_END : st;
}

static pila_status generator_run(generator *root, pila_status how, const void *sent)
{
    generator *leaf = generator_find_leaf(root);
    generator_drive d = {root, leaf, NULL, how, sent};

    if (how == PILA_END && leaf != root) d.closing = leaf;
    if (root->state == PILA_GEN_SUSPENDED) root->state = PILA_GEN_RUNNING;
    return generator_finish(&d, generator_step(&d));
}

/* What was driven, as the iterator shows it. */
static pila_status generator_take(pila_iter *it, const generator *g, pila_status st)
{
    if (it->status != PILA_OK) return it->status; /* it asked itself meanwhile */
    if (st != PILA_OK) {
        (void)pila_iter_end(it, st);
        return st;
    }
    it->cur = g->leaf->body_side.cur;
    it->end = it->cur + g->leaf->body_side.bytes;
    it->stamp = g->leaf->stamp;
    it->seen = g->leaf->seen;
    return PILA_OK;
}

static bool generator_refill_any(pila_iter *it, generator *g)
{
    if (g->state == PILA_GEN_RUNNING) return pila_iter_end(it, PILA_EVALUE);
    return generator_take(it, g, generator_run(g, PILA_OK, NULL)) == PILA_OK;
}

/* The body did something else than yield, or asked its own iterator. */
static bool generator_go_on(pila_iter *it, generator *g)
{
    generator_drive d = {g, g, NULL, PILA_OK, NULL};
    bool shows = generator_landed(&d);

    return generator_take(it, g, generator_finish(&d, shows)) == PILA_OK;
}

/* A loop of yields comes through here. Each return on either side of a switch goes
 * where the processor does not expect it, so there is one, and the rest is inline. */
static bool generator_refill(pila_iter *it)
{
    generator *g = (generator *)it->state;

    if (PILA_UNLIKELY(g->state != PILA_GEN_SUSPENDED || g->leaf != g || g->plain))
        return generator_refill_any(it, g);
    g->state = PILA_GEN_RUNNING;
    g->body_side.given = PILA_OK;
    g->body_side.sent = NULL;
    generator_go(g);
    if (PILA_UNLIKELY(g->did != GENERATOR_YIELDED || it->status != PILA_OK))
        return generator_go_on(it, g);
    g->state = PILA_GEN_SUSPENDED;
    it->cur = g->body_side.cur;
    it->end = it->cur + g->body_side.bytes;
    it->stamp = &pila__still;
    it->seen = 0;
    return true;
}

static pila_iter generator_drop(pila_iter *it)
{
    generator *g = (generator *)it->state;
    pila_iter from;

    assert(g->state != PILA_GEN_RUNNING && "a generator is dropped by its own body");
    if (g->state == PILA_GEN_SUSPENDED) (void)generator_run(g, PILA_END, NULL);
    generator_drop_value(g);
    from = g->from;
    generator_free(g);
    return from;
}

/* ---- the consumer's side ---- */

static void generator_forget_window(pila_iter *gen)
{
    gen->cur = gen->end = NULL;
    gen->stamp = &pila__still;
    gen->seen = 0;
}

/* The first item of the window, if there is one. */
static pila_status generator_item(pila_iter *gen, pila_status st, const void **item)
{
    if (st != PILA_OK) return st;
    const void *next = pila_next_item(gen);
    if (!next) return gen->status;
    if (item) *item = next;
    return PILA_OK;
}

/* Why it can be neither sent to nor thrown into. */
static pila_status generator_refuses(const pila_iter *gen)
{
    if (gen->ops != &generator_ops) return PILA_ETYPE;
    if (((const generator *)gen->state)->state == PILA_GEN_RUNNING) return PILA_EVALUE;
    return PILA_OK;
}

pila_status pila_generator_send(pila_iter *gen, const void *value, const void **item)
{
    if (gen->status != PILA_OK) return gen->status;
    pila_status st = generator_refuses(gen);
    if (st != PILA_OK) return st;
    generator *g = (generator *)gen->state;
    if (value && g->state == PILA_GEN_CREATED) return PILA_ETYPE;
    if (!value || (gen->cur != gen->end && !g->leaf->plain))
        return generator_item(gen, PILA_OK, item);
    generator_forget_window(gen);
    st = generator_take(gen, g, generator_run(g, PILA_OK, value));
    return generator_item(gen, st, item);
}

pila_status pila_generator_throw(pila_iter *gen, pila_status why, const void **item)
{
    if (why == PILA_OK) return PILA_ETYPE;
    if (gen->status != PILA_OK) return why;
    pila_status st = generator_refuses(gen);
    if (st != PILA_OK) return st;
    generator *g = (generator *)gen->state;
    generator_forget_window(gen);
    if (g->state == PILA_GEN_CREATED) {
        g->state = PILA_GEN_CLOSED;
        (void)pila_iter_end(gen, why);
        return why;
    }
    st = generator_take(gen, g, generator_run(g, why, NULL));
    return generator_item(gen, st, item);
}

pila_status pila_generator_close(pila_iter *gen)
{
    pila_status st = generator_refuses(gen);

    if (st == PILA_ETYPE && gen->status != PILA_OK) return PILA_OK; /* never made */
    if (st != PILA_OK) return st;
    generator *g = (generator *)gen->state;
    st = PILA_END;
    generator_forget_window(gen);
    if (g->state == PILA_GEN_SUSPENDED) st = generator_run(g, PILA_END, NULL);
    if (st == PILA_OK) return PILA_EMUTATED;
    g->state = PILA_GEN_CLOSED;
    if (gen->status == PILA_OK) (void)pila_iter_end(gen, st);
    return st == PILA_END ? PILA_OK : st;
}

const void *pila_generator_value(const pila_iter *gen)
{
    if (pila_generator_state_of(gen) != PILA_GEN_CLOSED || gen->ops != &generator_ops)
        return NULL;
    const generator *g = (const generator *)gen->state;
    return g->has_value ? g->value : NULL;
}

pila_generator_state pila_generator_state_of(const pila_iter *gen)
{
    if (gen->ops != &generator_ops) return PILA_GEN_CLOSED;
    return ((const generator *)gen->state)->state;
}
