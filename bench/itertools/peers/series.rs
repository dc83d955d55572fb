//! Rust's iterators for series_rust.c, boxed at each stage.
//!
//! Each box goes through black_box, as a chain would that is put together at run time:
//! the compiler would otherwise see what is inside and call nothing.

use std::hint::black_box;

type Boxed<T> = Box<dyn Iterator<Item = T>>;

#[repr(C)]
pub struct Series {
    n: i64,
    items: *const i64,
    flags: *const u8,
}

fn boxed<T: 'static>(it: impl Iterator<Item = T> + 'static) -> Boxed<T> {
    black_box(Box::new(it))
}

fn up_to(n: i64) -> Boxed<i64> {
    boxed(0..n)
}

fn total(it: Boxed<i64>) -> u64 {
    let mut sum = 0u64;
    for x in it {
        sum = sum.wrapping_add(x as u64);
    }
    sum
}

fn products(it: Boxed<(i64, i64)>) -> u64 {
    let mut sum = 0u64;
    for (a, b) in it {
        sum = sum.wrapping_add((a as u64).wrapping_mul(b as u64));
    }
    sum
}

#[no_mangle]
pub extern "C" fn series_rust_zip(s: &Series) -> u64 {
    products(boxed(up_to(s.n).zip(up_to(s.n))))
}

#[no_mangle]
pub extern "C" fn series_rust_starmap(s: &Series) -> u64 {
    let rows = boxed(up_to(s.n).zip(up_to(s.n)));
    total(boxed(rows.map(|(a, b)| a.wrapping_mul(b))))
}

#[no_mangle]
pub extern "C" fn series_rust_takewhile(s: &Series) -> u64 {
    let limit = s.n / 10 * 9;
    total(boxed(up_to(s.n).take_while(move |x| *x < limit)))
}

#[no_mangle]
pub extern "C" fn series_rust_dropwhile(s: &Series) -> u64 {
    let limit = s.n / 10 * 9;
    total(boxed(up_to(s.n).skip_while(move |x| *x < limit)))
}

#[no_mangle]
pub extern "C" fn series_rust_filterfalse(s: &Series) -> u64 {
    total(boxed(up_to(s.n).filter(|x| x % 3 != 0)))
}

#[no_mangle]
pub extern "C" fn series_rust_range(s: &Series) -> u64 {
    total(up_to(s.n))
}

#[no_mangle]
pub extern "C" fn series_rust_count(s: &Series) -> u64 {
    total(boxed(boxed((1i64..).step_by(2)).take(s.n as usize)))
}

#[no_mangle]
pub extern "C" fn series_rust_repeat(s: &Series) -> u64 {
    total(boxed(boxed(std::iter::repeat(7i64)).take(s.n as usize)))
}

#[no_mangle]
pub extern "C" fn series_rust_reversed(s: &Series) -> u64 {
    let items: &'static [i64] =
        unsafe { std::slice::from_raw_parts(s.items, s.n as usize) };
    total(boxed(items.iter().rev().copied()))
}

#[no_mangle]
pub extern "C" fn series_rust_compress(s: &Series) -> u64 {
    let items: &'static [i64] =
        unsafe { std::slice::from_raw_parts(s.items, s.n as usize) };
    let flags: &'static [u8] =
        unsafe { std::slice::from_raw_parts(s.flags, s.n as usize) };
    let data = boxed(items.iter().copied());
    let by = boxed(flags.iter().copied());
    total(boxed(data.zip(by).filter_map(|(x, f)| (f != 0).then_some(x))))
}
