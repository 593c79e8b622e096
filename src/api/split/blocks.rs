//! Finds the bytes of JSON text at which something happens: 64 at a time, with the widest registers that the
//! processor has.
//!
//! Bit n of each mask stands for byte n of the block.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

/// Bytes in a block.
const BLOCK: usize = 64;

/// The bytes of a piece of the text at which something happens; to be taken out one by one.
#[derive(Debug, Default)]
pub struct Stops {
    quoting: Quoting,
    /// A mask for each block: brackets and backslashes outside strings, and control characters anywhere. Outside
    /// strings also the bytes `_`, `Y`, `y` and DEL, which valid JSON never has there.
    masks: Vec<u64>,
    /// How many blocks were begun.
    begun: usize,
    /// What is left of the last one of them.
    left: u64,
    /// The first control character inside a string, which no JSON has.
    wrong: Option<usize>,
}

impl Stops {
    /// Finds those of the next piece, in place of the last one's.
    pub fn find(&mut self, piece: &[u8]) {
        self.find_at(Level::new(), piece);
    }

    /// Finds them by what processors of this level have.
    fn find_at(&mut self, level: Level, piece: &[u8]) {
        self.masks.clear();
        self.begun = 0;
        self.left = 0;
        self.wrong = None;
        dispatch!(level, simd => self.find_with(simd, piece));
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "else it is not built for the processor"
    )]
    fn find_with<S: Simd>(&mut self, simd: S, piece: &[u8]) {
        let (blocks, rest) = piece.as_chunks();
        for block in blocks {
            self.read(u8x64::simd_from(simd, *block), BLOCK);
        }
        if !rest.is_empty() {
            self.read(u8x64::simd_from(simd, padded(rest)), rest.len());
        }
    }

    /// Reads the next block, of which so many bytes belong to the text.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "else it is not built for the processor"
    )]
    fn read<S: Simd>(&mut self, block: u8x64<S>, length: usize) {
        let backslashes = block.simd_eq(b'\\').to_bitmask();
        // The four brackets differ in the bits of 0x26 only.
        let brackets = (block | 0x26).simd_eq(0x7f).to_bitmask();
        let controls = block.simd_lt(b' ').to_bitmask();
        let quotes = block.simd_eq(b'"').to_bitmask();
        let inside = self.quoting.inside(quotes, backslashes, length);
        let wrong = controls & inside;
        if wrong != 0 && self.wrong.is_none() {
            self.wrong = Some(self.masks.len() * BLOCK + wrong.trailing_zeros() as usize);
        }
        self.masks
            .push((brackets | backslashes) & !inside | controls);
    }

    /// Whether this one is wrong wherever it stands.
    pub fn is_wrong(&self, place: usize) -> bool {
        self.wrong == Some(place)
    }
}

/// The places of the bytes in the piece, ascending.
impl Iterator for Stops {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.left = *self.masks.get(self.begun)?;
            self.begun += 1;
        }
        let bit = self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some((self.begun - 1) * BLOCK + bit)
    }
}

/// What of the bytes read so far decides how to read the next one.
#[derive(Debug, Default)]
struct Quoting {
    /// All ones inside a string, else 0.
    inside: u64,
    /// 1 if the next byte is escaped by a backslash, else 0.
    escaped: u64,
}

impl Quoting {
    /// The bytes of the next block that are inside strings, each with the quote at its beginning.
    #[inline]
    fn inside(&mut self, quotes: u64, backslashes: u64, length: usize) -> u64 {
        let quotes = quotes & !self.escapes(backslashes, length);
        let inside = parity(quotes) ^ self.inside;
        self.inside = 0u64.wrapping_sub(inside >> (BLOCK - 1));
        inside
    }

    /// The bytes that a backslash escapes, without a loop: simdjson's `json_escape_scanner`. Subtracting
    /// carries through each run of backslashes, so that every second one of them is found. Those
    /// outside strings do not matter: the backslash itself is a stop there, and an error.
    #[inline]
    fn escapes(&mut self, backslashes: u64, length: usize) -> u64 {
        const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        let first = backslashes & !self.escaped;
        let alternate = (first << 1 | ODD).wrapping_sub(first) ^ ODD;
        let escaped = alternate ^ (backslashes | self.escaped);
        self.escaped = (alternate & backslashes) >> (length - 1) & 1;
        escaped
    }
}

/// A block that ends with spaces.
fn padded(bytes: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    for (to, from) in block.iter_mut().zip(bytes) {
        *to = *from;
    }
    block
}

/// Sets each bit at which an odd number of bits is set up to and including itself. No loop: in one built for size
/// these six steps took a quarter of the time of a block.
#[inline]
fn parity(bits: u64) -> u64 {
    let bits = bits ^ bits << 1;
    let bits = bits ^ bits << 2;
    let bits = bits ^ bits << 4;
    let bits = bits ^ bits << 8;
    let bits = bits ^ bits << 16;
    bits ^ bits << 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_processor_finds_the_same(text in r#"[\[\]{}"\\\n\ty é]{0,300}"#) {
            let found = |level| {
                let mut stops = Stops::default();
                stops.find_at(level, text.as_bytes());
                (stops.wrong, stops.collect::<Vec<usize>>())
            };
            prop_assert_eq!(found(Level::new()), found(Level::baseline()));
        }
    }
}
