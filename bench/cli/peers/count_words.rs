//! count_words FILE - the ten words that are most common, as `count<TAB>word`.
//!
//! What a Rust programmer would write for speed: the file is read at once, and the keys
//! are borrowed from it.

use std::collections::HashMap;
use std::io::{BufWriter, Write};

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn main() -> std::io::Result<()> {
    let path = std::env::args_os().nth(1).expect("usage: count_words FILE");
    let text = std::fs::read(path)?;
    let mut counts: HashMap<&[u8], u64> = HashMap::new();

    for word in text.split(is_space).filter(|word| !word.is_empty()) {
        *counts.entry(word).or_insert(0) += 1;
    }

    let mut ranked: Vec<(&[u8], u64)> = counts.into_iter().collect();
    let top = ranked.len().min(10);
    if top < ranked.len() {
        ranked.select_nth_unstable_by_key(top, |&(_, count)| std::cmp::Reverse(count));
    }
    ranked.truncate(top);
    ranked.sort_by_key(|&(_, count)| std::cmp::Reverse(count));

    let mut out = BufWriter::new(std::io::stdout().lock());
    for (word, count) in ranked {
        write!(out, "{count}\t")?;
        out.write_all(word)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
