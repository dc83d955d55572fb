//! Rust's iterators, boxed at each stage and monomorphised, for pipeline_rust.c.
//!
//! The boxed stages are made in functions that are not inlined, as in a chain that is
//! put together at run time: the compiler would otherwise see through every box.

type Numbers = Box<dyn Iterator<Item = i64>>;

#[inline(never)]
fn range(n: i64) -> Numbers {
    Box::new(0..n)
}

#[inline(never)]
fn thirds(numbers: Numbers) -> Numbers {
    Box::new(numbers.filter(|x| x % 3 == 0))
}

#[inline(never)]
fn squares(numbers: Numbers) -> Numbers {
    Box::new(numbers.map(|x| x.wrapping_mul(x)))
}

fn total(numbers: impl Iterator<Item = i64>) -> u64 {
    numbers.fold(0, |sum: u64, x| sum.wrapping_add(x as u64))
}

#[no_mangle]
pub extern "C" fn pipeline_rust_boxed_sum(n: i64) -> u64 {
    total(squares(thirds(range(n))))
}

#[no_mangle]
pub extern "C" fn pipeline_rust_static_sum(n: i64) -> u64 {
    total((0..n).filter(|x| x % 3 == 0).map(|x| x.wrapping_mul(x)))
}
