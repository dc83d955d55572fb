// coroutine_std.cpp - C++20 coroutines, which have a frame and no stack. What makes one
// is not inlined: the compiler would otherwise leave out the coroutine altogether.
#include "coroutine.h"

#if defined(__cpp_impl_coroutine)
#include <coroutine>
#include <cstdint>
#include <cstdlib>

namespace
{

struct generator {
    struct promise_type {
        std::int64_t item = 0, sent = 0;

        generator get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        struct answer : std::suspend_always {
            promise_type *p;
            std::int64_t await_resume() const noexcept { return p->sent; }
        };
        answer yield_value(std::int64_t x) noexcept
        {
            item = x;
            answer a;
            a.p = this;
            return a;
        }
        void return_void() {}
        void unhandled_exception() { std::abort(); }
    };
    std::coroutine_handle<promise_type> handle;
};

__attribute__((noinline)) generator count(std::size_t n)
{
    for (std::size_t k = 0; k < n; k++) co_yield (std::int64_t) k;
}

__attribute__((noinline)) generator echo()
{
    std::int64_t item = 0;
    for (;;) item = co_yield item + 1;
}

std::uint64_t numbers(std::size_t n)
{
    generator g = count(n);
    std::uint64_t sum = 0;
    for (g.handle.resume(); !g.handle.done(); g.handle.resume())
        sum += (std::uint64_t)g.handle.promise().item;
    g.handle.destroy();
    return sum;
}

std::uint64_t dialogue(std::size_t n)
{
    generator g = echo();
    std::uint64_t sum = 0;
    g.handle.resume();
    for (std::size_t k = 0; k < n; k++) {
        g.handle.promise().sent = (std::int64_t)k;
        g.handle.resume();
        sum += (std::uint64_t)g.handle.promise().item;
    }
    g.handle.destroy();
    return sum;
}

std::uint64_t few(std::size_t n)
{
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < n; k++) sum += numbers(COROUTINE_FEW);
    return sum;
}

} // namespace

extern "C" const coroutine_peer coroutine_std = {"C++20 coroutine", nullptr, numbers,
                                                 dialogue,          nullptr, few};
#else
extern "C" const coroutine_peer coroutine_std = {
    "C++20 coroutine", "not known to the compiler", nullptr, nullptr, nullptr, nullptr};
#endif
