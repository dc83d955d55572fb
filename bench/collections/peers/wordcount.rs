//! Rust's std HashMap over borrowed words, for wordcount_rust.c.

use std::collections::HashMap;

#[repr(C)]
pub struct Word {
    text: *const u8,
    len: usize,
}

type Table = HashMap<&'static [u8], u64>;

/// The words and their text must outlive the table.
#[no_mangle]
pub unsafe extern "C" fn wordcount_rust_count(
    words: *const Word,
    n: usize,
) -> *mut Table {
    let mut table = Table::new();

    for word in std::slice::from_raw_parts(words, n) {
        let text = std::slice::from_raw_parts(word.text, word.len);
        *table.entry(text).or_insert(0) += 1;
    }
    Box::into_raw(Box::new(table))
}

#[no_mangle]
pub unsafe extern "C" fn wordcount_rust_sum(table: *const Table) -> u64 {
    let mut total = 0u64;

    for (text, &count) in &*table {
        let (first, last) = (text[0] as u64, text[text.len() - 1] as u64);
        let mix = count + 131 * text.len() as u64 + 7 * first + last;
        total = total.wrapping_add(count.wrapping_mul(mix));
    }
    total
}

#[no_mangle]
pub unsafe extern "C" fn wordcount_rust_free(table: *mut Table) {
    drop(Box::from_raw(table));
}
