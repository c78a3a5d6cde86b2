//! Counts what is written to it.

use std::fmt;
use std::io::{self, Write};

/// Counts as POSIX `wc` does, chunk by chunk, so that input of any size takes the same memory.
#[derive(Default)]
pub struct Counter {
    lines: u64,
    words: u64,
    bytes: u64,
    in_word: bool,
}

impl Write for Counter {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        for byte in chunk {
            let blank = matches!(byte, b' ' | b'\t'..=b'\r');
            self.lines += u64::from(*byte == b'\n');
            self.words += u64::from(!blank && !self.in_word);
            self.in_word = !blank;
        }
        self.bytes += chunk.len() as u64;
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} {}", self.lines, self.words, self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(chunks: &[&str]) -> String {
        let mut counter = Counter::default();
        for chunk in chunks {
            counter.write_all(chunk.as_bytes()).unwrap();
        }
        counter.to_string()
    }

    #[test]
    fn counts_nothing() {
        assert_eq!(count(&[]), "0 0 0");
    }

    #[test]
    fn counts_lines_words_and_bytes() {
        assert_eq!(count(&["one two\nthree  four"]), "1 4 19");
    }

    #[test]
    fn splits_words_at_ascii_white_space_alone() {
        assert_eq!(count(&["a b\tc\nd\x0be\x0cf\rg"]), "1 7 13");
        assert_eq!(count(&["a\u{a0}b"]), "0 1 4");
    }

    #[test]
    fn counts_a_word_across_chunks_once() {
        assert_eq!(count(&["on", "e", " tw", "o"]), "0 2 7");
    }
}
