//! Rust's fold over a boxed iterator, for bench_functools.c. Which of two kinds it is
//! gets known at run time only: the compiler would otherwise see through the box.

type Numbers<'a> = Box<dyn Iterator<Item = i64> + 'a>;

#[inline(never)]
fn source<'a>(data: &'a [i64]) -> Numbers<'a> {
    if data.is_empty() {
        return Box::new(std::iter::empty());
    }
    Box::new(data.iter().copied())
}

#[no_mangle]
pub unsafe extern "C" fn fold_rust(data: *const i64, n: usize) -> i64 {
    source(std::slice::from_raw_parts(data, n))
        .fold(0i64, |acc, x| (acc ^ x) + 1)
}
