//! Triples from Rust's boxed iterators, for bench_combinatorics.c: nested flat_map, as
//! std has no combinations. Made in functions that are not inlined, as a chain that is
//! put together at run time.

type Triples = Box<dyn Iterator<Item = [i64; 3]>>;

#[inline(never)]
fn product(n: i64) -> Triples {
    Box::new((0..n).flat_map(move |a| {
        (0..n).flat_map(move |b| (0..n).map(move |c| [a, b, c]))
    }))
}

#[inline(never)]
fn combinations(n: i64) -> Triples {
    Box::new((0..n).flat_map(move |a| {
        (a + 1..n).flat_map(move |b| (b + 1..n).map(move |c| [a, b, c]))
    }))
}

#[inline(never)]
fn again(n: i64) -> Triples {
    Box::new((0..n).flat_map(move |a| {
        (a..n).flat_map(move |b| (b..n).map(move |c| [a, b, c]))
    }))
}

/// One call an item, as a loop makes: fold would go into the nest and see through it.
fn ends(triples: Triples) -> u64 {
    let mut total = 0u64;
    for t in triples {
        total = total.wrapping_add((t[0] + t[2]) as u64);
    }
    total
}

#[no_mangle]
pub extern "C" fn tuples_rust_product(n: i64) -> u64 {
    ends(product(n))
}

#[no_mangle]
pub extern "C" fn tuples_rust_combinations(n: i64) -> u64 {
    ends(combinations(n))
}

#[no_mangle]
pub extern "C" fn tuples_rust_again(n: i64) -> u64 {
    ends(again(n))
}
