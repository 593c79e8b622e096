//! Cuts blocks of bytes into lines, with bounded memory.
//!
//! Not for what stands in a line (`entry.rs`).

/// The longest line in bytes, its line break not counted: as long as an event of a server may be.
pub const LONGEST: usize = 64 << 20;

/// A line of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// From 1.
    pub number: u64,
    /// Without its line break; none where it was too long to keep.
    pub text: Option<&'a [u8]>,
    /// What ended it.
    pub end: End,
}

/// What ended a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A line break.
    Break,
    /// The end of the input: it may be cut off.
    Input,
}

/// The input, read up to some byte.
#[derive(Debug)]
pub struct Lines {
    longest: usize,
    /// Lines that have ended.
    number: u64,
    /// The beginning of the line in hand, from earlier blocks.
    partial: Vec<u8>,
    /// Whether the line in hand is too long, and no longer kept.
    dropped: bool,
}

impl Lines {
    /// An input whose lines may have up to `longest` bytes.
    pub fn new(longest: usize) -> Lines {
        Lines {
            longest,
            number: 0,
            partial: Vec::new(),
            dropped: false,
        }
    }

    /// How many lines have ended.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Hands each line that the block completes to `each`, up to its first error; the rest of the block
    /// is lost then.
    pub fn feed<E>(
        &mut self,
        block: &[u8],
        mut each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut pieces = block.split(|byte| *byte == b'\n');
        // What follows the last line break is the beginning of a line.
        let rest = pieces.next_back().unwrap_or_default();
        for piece in pieces {
            self.end(piece, End::Break, &mut each)?;
        }
        self.keep(rest);
        Ok(())
    }

    /// The input has ended: what is left is the last line.
    pub fn finish<E>(&mut self, each: impl FnMut(Line) -> Result<(), E>) -> Result<(), E> {
        if self.partial.is_empty() && !self.dropped {
            return Ok(());
        }
        self.end(&[], End::Input, each)
    }

    fn end<E>(
        &mut self,
        piece: &[u8],
        end: End,
        mut each: impl FnMut(Line) -> Result<(), E>,
    ) -> Result<(), E> {
        self.number += 1;
        let is_whole = self.partial.is_empty() && !self.dropped && piece.len() <= self.longest;
        if !is_whole {
            self.keep(piece);
        }
        let text = if is_whole { piece } else { &self.partial };
        let result = each(Line {
            number: self.number,
            text: (!self.dropped).then_some(text),
            end,
        });
        self.partial.clear();
        self.dropped = false;
        result
    }

    fn keep(&mut self, piece: &[u8]) {
        if self.dropped || self.partial.len() + piece.len() > self.longest {
            self.dropped = true;
            self.partial = Vec::new();
        } else {
            self.partial.extend_from_slice(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{End, Line, Lines};
    use std::convert::Infallible;

    /// All lines of an input that comes in blocks of `size` bytes.
    fn read(input: &[u8], size: usize) -> Vec<(u64, Option<String>, End)> {
        let mut lines = Lines::new(5);
        let mut found = Vec::new();
        let mut each = |line: Line| {
            let text = line.text.map(|text| String::from_utf8_lossy(text).into());
            found.push((line.number, text, line.end));
            Ok::<(), Infallible>(())
        };
        for block in input.chunks(size) {
            lines.feed(block, &mut each).unwrap();
        }
        lines.finish(&mut each).unwrap();
        assert_eq!(lines.number(), found.len() as u64);
        found
    }

    #[test]
    fn lines_are_the_same_in_blocks_of_any_size() {
        let (ended, cut) = (End::Break, End::Input);
        for (name, input, expected) in [
            ("nothing", "", &[][..]),
            ("one", "abc\n", &[(Some("abc"), ended)][..]),
            (
                "not ended",
                "a\nbc",
                &[(Some("a"), ended), (Some("bc"), cut)],
            ),
            (
                "blank ones",
                "\n\r\n",
                &[(Some(""), ended), (Some("\r"), ended)],
            ),
            (
                "as long as can be",
                "12345\n12345",
                &[(Some("12345"), ended), (Some("12345"), cut)],
            ),
            (
                "too long ones",
                "a\n123456\nb\n1234567890123\nc\n123456",
                &[
                    (Some("a"), ended),
                    (None, ended),
                    (Some("b"), ended),
                    (None, ended),
                    (Some("c"), ended),
                    (None, cut),
                ],
            ),
        ] {
            let expected: Vec<_> = (1..)
                .zip(expected)
                .map(|(number, (text, end))| (number, text.map(str::to_owned), *end))
                .collect();
            for size in 1..=20 {
                assert_eq!(read(input.as_bytes(), size), expected, "{name} by {size}");
            }
        }
    }

    #[test]
    fn what_is_too_long_takes_no_memory() {
        let mut lines = Lines::new(100);
        for _ in 0..1000 {
            let _ = lines.feed(&[b'x'; 90], |_| Ok::<(), Infallible>(()));
            assert!(lines.partial.capacity() <= 200, "{lines:?}");
        }
    }

    #[test]
    fn an_error_ends_the_block() {
        let mut lines = Lines::new(100);
        let result = lines.feed(b"a\nb\nc\n", |line| {
            if line.number == 2 {
                Err(line.number)
            } else {
                Ok(())
            }
        });
        assert_eq!((result, lines.number()), (Err(2), 2));
    }
}
