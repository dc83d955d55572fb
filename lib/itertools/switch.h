/* switch.h - from one stack to another, and back. Not for users.
 *
 * Needs: core/status core/mem
 *
 * A switch stores stack, frame, base and instruction pointer and jumps to where the
 * other side has stored its own. All other registers are named as clobbered, so that
 * the compiler keeps what it needs on the stack it leaves; it goes on describing frames
 * to debuggers as it does anyway. No symbol is defined in assembly.
 *
 * It is inline, since processors predict a return by the calls before it. Going away by
 * a call and back by another side's return costs 8 ns for each that is mispredicted
 * (two, on a Zen 5), where the switch itself takes 0.7.
 */
#ifndef PILA_SWITCH_H
#define PILA_SWITCH_H

#include "../core/mem.h"

/* Base and frame pointer are stored, since a compiler that uses them takes no clobber.
 */
typedef struct pila__context {
    uintptr_t sp, fp, base, pc;
} pila__context;

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PILA__SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PILA__SANITIZED
#endif

#if !defined(PILA_UCONTEXT) && defined(__x86_64__) && !defined(__ILP32__)

#if defined(__AVX512F__)
#define PILA__MORE_VECTORS                                                             \
    "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24",   \
        "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2",     \
        "k3", "k4", "k5", "k6", "k7",
#else
#define PILA__MORE_VECTORS
#endif

/* `to` is in rdi when the other side goes on: for a new one, its argument. endbr64 is
 * where jumps may land, if the processor looks at that. */
PILA_INLINE void pila__switch(pila__context *from, pila__context *to)
{
    __asm__ volatile("movq %%rsp, (%[from])\n\t"
                     "movq %%rbp, 8(%[from])\n\t"
                     "movq %%rbx, 16(%[from])\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "movq %%rax, 24(%[from])\n\t"
                     "movq (%[to]), %%rsp\n\t"
                     "movq 8(%[to]), %%rbp\n\t"
                     "movq 16(%[to]), %%rbx\n\t"
                     "jmpq *24(%[to])\n"
                     "1:\n\t"
                     "endbr64"
                     : [to] "+D"(to), [from] "+S"(from)
                     :
                     : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13",
                       "r14", "r15", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)",
                       "st(6)", "st(7)", PILA__MORE_VECTORS "xmm0", "xmm1", "xmm2",
                       "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
}
#undef PILA__MORE_VECTORS
#define PILA__SWITCHES

#elif !defined(PILA_UCONTEXT) && defined(__aarch64__) && !defined(__ILP32__)

/* Some systems keep x18 for themselves. */
#if defined(__linux__) && !defined(__ANDROID__)
#define PILA__X18 "x18",
#else
#define PILA__X18
#endif
#if defined(__ARM_FEATURE_SVE)
#define PILA__PREDICATES                                                               \
    "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12",   \
        "p13", "p14", "p15",
#else
#define PILA__PREDICATES
#endif

/* `to` is in x0 when the other side goes on; hint 36 is bti j. */
PILA_INLINE void pila__switch(pila__context *from, pila__context *to)
{
    register pila__context *to_ __asm__("x0") = to;
    register pila__context *from_ __asm__("x1") = from;

    __asm__ volatile("mov x9, sp\n\t"
                     "adr x10, 1f\n\t"
                     "stp x9, x29, [x1]\n\t"
                     "stp x19, x10, [x1, #16]\n\t"
                     "ldp x9, x29, [x0]\n\t"
                     "ldp x19, x16, [x0, #16]\n\t"
                     "mov sp, x9\n\t"
                     "mov x30, xzr\n\t"
                     "br x16\n"
                     "1:\n\t"
                     "hint #36"
                     : "+r"(to_), "+r"(from_)
                     :
                     : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                       "x12", "x13", "x14", "x15", "x16", "x17", PILA__X18 "x20", "x21",
                       "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30", "v0",
                       "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10",
                       "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19",
                       "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28",
                       "v29", "v30", "v31", PILA__PREDICATES "memory", "cc");
}
#undef PILA__X18
#undef PILA__PREDICATES
#define PILA__SWITCHES

#endif

#endif
