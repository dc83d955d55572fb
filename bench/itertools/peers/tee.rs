//! Rust's boxed iterators for bench_tee.c: cycle and chain. Which of two kinds each
//! is gets known at run time only: the compiler would otherwise see through the boxes.

type Numbers<'a> = Box<dyn Iterator<Item = i64> + 'a>;

#[inline(never)]
fn cycle<'a>(data: &'a [i64]) -> Numbers<'a> {
    if data.is_empty() {
        return Box::new(std::iter::empty());
    }
    Box::new(data.iter().copied().cycle())
}

#[inline(never)]
fn take(numbers: Numbers, n: usize) -> Numbers {
    Box::new(numbers.take(n))
}

#[inline(never)]
fn prepend<'a>(first: i64, data: &'a [i64]) -> Numbers<'a> {
    if data.is_empty() {
        return Box::new(std::iter::once(first));
    }
    Box::new(std::iter::once(first).chain(data.iter().copied()))
}

fn total(numbers: Numbers) -> u64 {
    numbers.fold(0, |sum: u64, x| sum.wrapping_add(x as u64))
}

#[no_mangle]
pub unsafe extern "C" fn tee_rust_cycle(data: *const i64, n: usize) -> u64 {
    total(take(cycle(std::slice::from_raw_parts(data, n / 10)), n))
}

#[no_mangle]
pub unsafe extern "C" fn tee_rust_prepend(data: *const i64, n: usize) -> u64 {
    total(prepend(7, std::slice::from_raw_parts(data, n)))
}
