//! Rust's boxed iterators for bench_runs.c: scan. Which of two kinds each is gets
//! known at run time only: the compiler would otherwise see through the boxes.

type Numbers<'a> = Box<dyn Iterator<Item = i64> + 'a>;

#[inline(never)]
fn source<'a>(data: &'a [i64]) -> Numbers<'a> {
    Box::new(data.iter().copied())
}

#[inline(never)]
fn sums(numbers: Numbers) -> Numbers {
    if numbers.size_hint().1 == Some(0) {
        return numbers;
    }
    Box::new(numbers.scan(0i64, |sum, x| {
        *sum = sum.checked_add(x)?;
        Some(*sum)
    }))
}

#[inline(never)]
fn most(numbers: Numbers) -> Numbers {
    if numbers.size_hint().1 == Some(0) {
        return numbers;
    }
    Box::new(numbers.scan(i64::MIN, |most, x| {
        *most = x.max(*most);
        Some(*most)
    }))
}

fn total(numbers: Numbers) -> u64 {
    numbers.fold(0, |sum: u64, x| sum.wrapping_add(x as u64))
}

#[no_mangle]
pub unsafe extern "C" fn runs_rust_sums(data: *const i64, n: usize) -> u64 {
    total(sums(source(std::slice::from_raw_parts(data, n))))
}

#[no_mangle]
pub unsafe extern "C" fn runs_rust_most(data: *const i64, n: usize) -> u64 {
    total(most(source(std::slice::from_raw_parts(data, n))))
}
