//! Which brackets are open, so that each closing one can be matched with its opening one.
//!
//! Not for what stands between the brackets.

use super::ScanError;

/// Levels that may be open at once; `serde_json` refuses values with one more.
pub const MAX_LEVELS: u32 = 127;

/// The open brackets; a bit for each, 1 for an object, the innermost one lowest.
#[derive(Debug, Default)]
pub struct Nesting {
    objects: u128,
    levels: u32,
}

impl Nesting {
    /// How many brackets are open.
    pub fn levels(&self) -> u32 {
        self.levels
    }

    /// Takes an opening bracket, `{` or `[`, that stands at `at`.
    pub fn open(&mut self, bracket: u8, at: u64) -> Result<(), ScanError> {
        if self.levels == MAX_LEVELS {
            return Err(ScanError::TooDeep { at });
        }
        self.objects = self.objects << 1 | u128::from(bracket == b'{');
        self.levels += 1;
        Ok(())
    }

    /// Takes a closing bracket, `}` or `]`, that stands at `at`.
    pub fn close(&mut self, bracket: u8, at: u64) -> Result<(), ScanError> {
        let (due, expected) = match self.objects & 1 {
            1 => (b'}', "the '}' of an object"),
            _ => (b']', "the ']' of a list"),
        };
        if self.levels == 0 || bracket != due {
            return Err(ScanError::Unexpected {
                byte: bracket,
                at,
                expected,
            });
        }
        self.objects >>= 1;
        self.levels -= 1;
        Ok(())
    }
}
