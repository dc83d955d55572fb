/* mem.c - see mem.h. One function does the arithmetic, one pair of pointers the rest.
 *
 * The hook is a global on purpose: passing an allocator to every constructor would put
 * it into every contract, and what asks for one (tests, accounting, embedding) wants
 * all of the library at once.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "mem.h"

#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { MEM_HUGE_PAGE = 2 << 20 }; /* bytes, x86-64 and aarch64 with 4 KiB pages */

static void *mem_std_resize(void *ctx, void *p, size_t bytes)
{
    (void)ctx;
    return realloc(p, bytes);
}

static void mem_std_release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static const pila_allocator mem_std = {mem_std_resize, mem_std_release, NULL};
static pila_allocator mem_now = {mem_std_resize, mem_std_release, NULL};

void pila_mem_hook(const pila_allocator *hook) { mem_now = hook ? *hook : mem_std; }

void *pila_realloc(void *p, size_t n, size_t size)
{
    size_t bytes;

    if (!pila_mul(n, size, &bytes) || bytes > PTRDIFF_MAX) return NULL;
    return mem_now.resize(mem_now.ctx, p, bytes ? bytes : 1);
}

void *pila_alloc(size_t n, size_t size) { return pila_realloc(NULL, n, size); }

void *pila_alloc_zero(size_t n, size_t size)
{
    size_t bytes;

    if (!pila_mul(n, size, &bytes) || bytes > PTRDIFF_MAX) return NULL;
    if (mem_now.resize == mem_std_resize) return calloc(bytes ? bytes : 1, 1);
    void *p = pila_alloc(bytes, 1);
    if (p) memset(p, 0, bytes);
    return p;
}

void pila_free(void *p) { mem_now.release(mem_now.ctx, p); }

void pila_mem_huge(void *p, size_t bytes)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    uintptr_t from = ((uintptr_t)p + 4095) & ~(uintptr_t)4095;
    uintptr_t to = ((uintptr_t)p + bytes) & ~(uintptr_t)4095;

    if (bytes < 2 * (size_t)MEM_HUGE_PAGE || mem_now.resize != mem_std_resize) return;
    (void)madvise((char *)p + (from - (uintptr_t)p), to - from, MADV_HUGEPAGE);
#else
    (void)p;
    (void)bytes;
#endif
}

size_t pila_mem_grow(size_t have, size_t need, size_t size)
{
    size_t most = (size_t)PTRDIFF_MAX / (size ? size : 1);
    size_t more = have <= most / 2 ? have + have / 2 + 8 : most;

    if (need > most) return 0;
    if (more > most) more = most;
    return need > more ? need : more;
}
