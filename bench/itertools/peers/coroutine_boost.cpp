// coroutine_boost.cpp - boost.context: another hand-written switch of stacks.
#include "coroutine.h"

#include <boost/context/fiber.hpp>
#include <cstdint>

namespace ctx = boost::context;

namespace
{

std::uint64_t numbers(std::size_t n)
{
    std::int64_t item = 0;
    bool done = false;
    std::uint64_t sum = 0;
    ctx::fiber f{[&](ctx::fiber &&back) {
        for (std::size_t k = 0; k < n; k++) {
            item = (std::int64_t)k;
            back = std::move(back).resume();
        }
        done = true;
        return std::move(back);
    }};
    for (f = std::move(f).resume(); !done; f = std::move(f).resume())
        sum += (std::uint64_t)item;
    return sum;
}

std::uint64_t dialogue(std::size_t n)
{
    std::int64_t item = 0, sent = 0;
    bool ended = false;
    std::uint64_t sum = 0;
    ctx::fiber f{[&](ctx::fiber &&back) {
        while (!ended) {
            back = std::move(back).resume();
            item = sent + 1;
        }
        return std::move(back);
    }};
    f = std::move(f).resume();
    for (std::size_t k = 0; k < n; k++) {
        sent = (std::int64_t)k;
        f = std::move(f).resume();
        sum += (std::uint64_t)item;
    }
    ended = true;
    f = std::move(f).resume();
    return sum;
}

std::uint64_t few(std::size_t n)
{
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < n; k++) sum += numbers(COROUTINE_FEW);
    return sum;
}

} // namespace

extern "C" const coroutine_peer coroutine_boost = {"boost.context", nullptr, numbers,
                                                   dialogue,        nullptr, few};
