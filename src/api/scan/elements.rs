//! Cuts the list of an answer into its elements.
//!
//! The inside of the list only: the envelope around it is `envelope`'s. This is the one place that
//! every byte of every event passes, so it works on blocks of bytes and not on single ones.

use std::str;

use super::ScanError;
use super::chunk::{Breaks, Chunk};
use super::nesting::Nesting;
use super::quoting::{BLOCK, Quoting};

/// Longest element of an answer in bytes.
pub const MAX_LEN: usize = 64 << 20;

/// Bytes of an element in pieces whose memory serves the next one as well.
const MOST_KEPT: usize = 1 << 20;

/// The list, read up to some byte.
#[derive(Debug)]
pub struct Elements {
    max_len: usize,
    quoting: Quoting,
    /// Of the element in hand; no level between two elements.
    nesting: Nesting,
    gap: Gap,
    breaks: Breaks,
    /// The beginning of the element in hand, from earlier pieces of the body.
    partial: Vec<u8>,
}

/// What may come between two elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Gap {
    /// At the list's start: an element or the end.
    #[default]
    Start,
    /// After an element: a comma or the end.
    AfterElement,
    /// After a comma: an element.
    AfterComma,
}

impl Gap {
    fn expected(self) -> &'static str {
        match self {
            Self::Start | Self::AfterComma => "an object",
            Self::AfterElement => "a comma",
        }
    }
}

/// A piece of the body.
struct Piece<'a> {
    bytes: &'a [u8],
    /// Position of its first byte in the body.
    base: u64,
    /// Up to here the bytes have been used.
    used: usize,
}

impl<'a> Piece<'a> {
    fn position(&self, at: usize) -> u64 {
        self.base + at as u64
    }

    fn unexpected(&self, at: usize, expected: &'static str) -> ScanError {
        ScanError::Unexpected {
            byte: self.bytes.get(at).copied().unwrap_or_default(),
            at: self.position(at),
            expected,
        }
    }

    fn take(&mut self, end: usize) -> &'a [u8] {
        let bytes = self.bytes.get(self.used..end).unwrap_or_default();
        self.used = end;
        bytes
    }
}

/// Whether the list goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    On,
    End,
}

impl Elements {
    /// A list, not yet begun, whose elements may have up to `max_len` bytes.
    pub fn new(max_len: usize) -> Self {
        Self {
            max_len,
            quoting: Quoting::default(),
            nesting: Nesting::default(),
            gap: Gap::default(),
            breaks: Breaks::default(),
            partial: Vec::new(),
        }
    }

    /// Reads a piece of the body that stands at `base`. Where it holds the bracket that closes the list,
    /// this gives the number of bytes up to and with it.
    pub fn advance(
        &mut self,
        bytes: &[u8],
        base: u64,
        out: &mut Chunk,
    ) -> Result<Option<usize>, ScanError> {
        let mut piece = Piece {
            bytes,
            base,
            used: 0,
        };
        let (blocks, tail) = bytes.as_chunks::<BLOCK>();
        let mut at = 0;
        for block in blocks {
            if self.block(block, BLOCK, at, &mut piece, out)? == Step::End {
                return Ok(Some(piece.used));
            }
            at += BLOCK;
        }
        if !tail.is_empty() {
            let mut block = [b' '; BLOCK];
            for (to, from) in block.iter_mut().zip(tail) {
                *to = *from;
            }
            if self.block(&block, tail.len(), at, &mut piece, out)? == Step::End {
                return Ok(Some(piece.used));
            }
        }
        if self.nesting.levels() == 0 {
            self.cross_gap(&mut piece, bytes.len())?;
        } else {
            self.keep(piece.take(bytes.len()))?;
        }
        Ok(None)
    }

    #[inline]
    fn block(
        &mut self,
        block: &[u8; BLOCK],
        len: usize,
        at: usize,
        piece: &mut Piece<'_>,
        out: &mut Chunk,
    ) -> Result<Step, ScanError> {
        let found = self.quoting.read(block, len);
        let mut stops = found.stops;
        while stops != 0 {
            let bit = stops.trailing_zeros();
            stops &= stops - 1;
            let inside = found.inside >> bit & 1 == 1;
            if self.stop(at + bit as usize, inside, piece, out)? == Step::End {
                return Ok(Step::End);
            }
        }
        Ok(Step::On)
    }

    #[inline]
    fn stop(
        &mut self,
        at: usize,
        inside: bool,
        piece: &mut Piece<'_>,
        out: &mut Chunk,
    ) -> Result<Step, ScanError> {
        let byte = piece.bytes.get(at).copied().unwrap_or_default();
        if self.nesting.levels() == 0 {
            return self.stop_in_gap(byte, at, piece);
        }
        match byte {
            b'{' | b'[' => self.nesting.open(byte, piece.position(at))?,
            b'}' | b']' => {
                self.nesting.close(byte, piece.position(at))?;
                if self.nesting.levels() == 0 {
                    self.end(piece, at + 1, out)?;
                }
            }
            b'\n' | b'\r' if !inside => self.breaks = Breaks::Some,
            b'\t' if !inside => {}
            _ => {
                let expected = if inside {
                    "its escape in a string"
                } else {
                    "a JSON token"
                };
                return Err(piece.unexpected(at, expected));
            }
        }
        Ok(Step::On)
    }

    fn stop_in_gap(
        &mut self,
        byte: u8,
        at: usize,
        piece: &mut Piece<'_>,
    ) -> Result<Step, ScanError> {
        self.cross_gap(piece, at)?;
        match (byte, self.gap) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => Ok(Step::On),
            (b'{', Gap::Start | Gap::AfterComma) => {
                self.breaks = Breaks::None;
                self.nesting.open(byte, piece.position(at))?;
                Ok(Step::On)
            }
            (b']', Gap::Start | Gap::AfterElement) => {
                piece.take(at + 1);
                Ok(Step::End)
            }
            (_, gap) => Err(piece.unexpected(at, gap.expected())),
        }
    }

    fn end(&mut self, piece: &mut Piece<'_>, end: usize, out: &mut Chunk) -> Result<(), ScanError> {
        let mut element = piece.take(end);
        if !self.partial.is_empty() {
            self.keep(element)?;
            element = &self.partial;
        }
        if element.len() > self.max_len {
            return Err(ScanError::LongElement);
        }
        let text = str::from_utf8(element).map_err(|error| ScanError::NotUtf8 {
            at: piece.position(end) - (element.len() - error.valid_up_to()) as u64,
        })?;
        out.push(text, self.breaks);
        self.partial.clear();
        self.partial.shrink_to(MOST_KEPT);
        self.gap = Gap::AfterElement;
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), ScanError> {
        if self.partial.len() + bytes.len() > self.max_len {
            return Err(ScanError::LongElement);
        }
        self.partial.extend_from_slice(bytes);
        Ok(())
    }

    /// Checks what stands before `end`, between two elements.
    fn cross_gap(&mut self, piece: &mut Piece<'_>, end: usize) -> Result<(), ScanError> {
        let start = piece.used;
        for (at, byte) in (start..).zip(piece.take(end)) {
            match (byte, self.gap) {
                (b' ' | b'\t' | b'\n' | b'\r', _) => {}
                (b',', Gap::AfterElement) => self.gap = Gap::AfterComma,
                (_, gap) => return Err(piece.unexpected(at, gap.expected())),
            }
        }
        Ok(())
    }
}
