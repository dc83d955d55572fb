/* check.c - the counting, failing allocator behind pila_mem_hook, and the generator. */
#include "check.h"

const char *check_row;

static struct {
    long live, asked, fail_at;
    int forever, failed;
} plan;

static int fails_now(void)
{
    plan.asked++;
    if (!plan.fail_at || plan.asked < plan.fail_at) return 0;
    if (!plan.forever && plan.asked > plan.fail_at) return 0;
    plan.failed = 1;
    return 1;
}

static void *check_resize(void *ctx, void *p, size_t bytes)
{
    (void)ctx;
    if (fails_now()) return NULL;
    void *block = realloc(p, bytes);
    if (!p && block) {
        plan.live++;
        memset(block, 0xa5, bytes); /* nobody may count on zeros */
    }
    return block;
}

static void check_release(void *ctx, void *p)
{
    (void)ctx;
    if (p) plan.live--;
    free(p);
}

static const pila_allocator check_hook = {check_resize, check_release, NULL};

void check_alloc_start(void)
{
    memset(&plan, 0, sizeof plan);
    pila_mem_hook(&check_hook);
}

long check_alloc_live(void) { return plan.live; }

void check_alloc_stop(void)
{
    long live = plan.live;

    pila_mem_hook(NULL);
    if (live)
        fail_msg("%s: %ld blocks still live", check_row ? check_row : "end", live);
}

long check_alloc_fail(long n, int forever)
{
    long asked = plan.asked;

    plan.asked = 0;
    plan.fail_at = n;
    plan.forever = forever;
    plan.failed = 0;
    return asked;
}

void check_alloc_sweep(pila_status (*scenario)(void *ctx), void *ctx)
{
    for (int forever = 0; forever < 2; forever++) {
        long runs = 0;
        for (long n = 1;; n++) {
            check_alloc_start();
            check_alloc_fail(n, forever);
            pila_status st = scenario(ctx);
            int failed = plan.failed;
            check_alloc_fail(0, 0);
            check_alloc_stop();
            if (!failed) {
                CHECK_OK(st);
                break;
            }
            runs++;
            if (st != PILA_ENOMEM)
                fail_msg("allocation %ld failed%s: the scenario answers %s", n,
                         forever ? " for ever" : "", pila_status_name(st));
        }
        if (runs == 0)
            fail_msg("the scenario allocates nothing: the sweep proves nothing");
    }
}

check_rng check_rng_start(void)
{
    const char *seed = getenv("PILA_SEED");
    check_rng r = {seed ? strtoull(seed, NULL, 0) : 20260101};

    printf("seed %llu (PILA_SEED sets another)\n", (unsigned long long)r.state);
    return r;
}

uint64_t check_rng_next(check_rng *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t check_rng_below(check_rng *r, uint64_t n) { return check_rng_next(r) % n; }
