//! Finds, 64 bytes at a time, the bytes of JSON text at which something happens.
//!
//! Bit n of each mask stands for byte n of the block.

use wide::u8x64;

/// Bytes in a block.
pub const BLOCK: usize = 64;

/// What of the bytes read so far decides how to read the next one.
#[derive(Debug, Default)]
pub struct Quoting {
    /// All ones inside a string, else 0.
    inside: u64,
    /// 1 if the next byte is escaped by a backslash, else 0.
    escaped: u64,
}

/// The bytes of one block at which something happens.
#[derive(Clone, Copy, Debug)]
pub struct Stops {
    /// Brackets and backslashes outside strings, and control characters anywhere. Outside strings
    /// also the bytes `_`, `Y`, `y` and DEL, which valid JSON never has there.
    pub stops: u64,
    /// Those that no JSON has: controls inside strings and backslashes outside.
    pub wrong: u64,
}

impl Quoting {
    /// Reads the next bytes, a whole block or, where there are no more, at least one.
    #[inline]
    pub fn read(&mut self, bytes: &[u8]) -> Stops {
        let len = bytes.len();
        let block = u8x64::new(bytes.try_into().unwrap_or_else(|_| padded(bytes)));
        let is = |byte| block.simd_eq(u8x64::splat(byte));
        let backslashes = is(b'\\').to_bitmask();
        // The four brackets differ in the bits of 0x26 only.
        let brackets = (block | u8x64::splat(0x26)).simd_eq(u8x64::splat(0x7f));
        let controls = block.min(u8x64::splat(0x1f)).simd_eq(block).to_bitmask();

        let quotes = is(b'"').to_bitmask() & !self.escapes(backslashes, len);
        let inside = parity(quotes) ^ self.inside;
        self.inside = 0u64.wrapping_sub(inside >> (BLOCK - 1));
        let wrong = controls & inside | backslashes & !inside;
        Stops {
            stops: brackets.to_bitmask() & !inside | controls | wrong,
            wrong,
        }
    }

    /// The bytes that a backslash escapes, without a loop: simdjson's `json_escape_scanner`. Subtracting
    /// carries through each run of backslashes, so that every second one of them is found. Those
    /// outside strings do not matter: the backslash itself is a stop there, and an error.
    #[inline]
    fn escapes(&mut self, backslashes: u64, len: usize) -> u64 {
        const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        let first = backslashes & !self.escaped;
        let alternate = (first << 1 | ODD).wrapping_sub(first) ^ ODD;
        let escaped = alternate ^ (backslashes | self.escaped);
        self.escaped = (alternate & backslashes) >> (len - 1) & 1;
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
