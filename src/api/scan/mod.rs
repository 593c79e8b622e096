//! Splits the body of an answer into the elements of its list while the body arrives.
//!
//! An answer is one JSON object, the envelope, and one of its fields may hold a list:
//! `{"result":"success","msg":"","events":[{…},{…}],"queue_id":"…"}`. Errors have none:
//! `{"result":"error","msg":"…","code":"…","retry-after":1.2}`. The fields come in any order.
//! Source: `GET /events` and `GET /messages` in Zulip's `zerver/openapi/zulip.yaml`.
//!
//! Not a validating parser. What comes out is sound enough to be a line of its own (brackets match,
//! strings are closed, valid UTF-8, no raw line break), but commas, colons and literals inside an
//! element are left to whoever parses it. The envelope is left to `serde_json`.

mod chunk;
mod elements;
mod envelope;
mod fields;
mod nesting;
mod quoting;
#[cfg(test)]
mod tests;

use std::fmt;

pub use chunk::{Breaks, Chunk};
use elements::Elements;
use envelope::Envelope;

/// Reads one answer, in pieces of any size.
#[derive(Debug)]
pub struct Scanner {
    envelope: Envelope,
    elements: Elements,
    place: Place,
    read: u64,
    failure: Option<ScanError>,
}

/// Which part of the answer the next byte belongs to.
#[derive(Clone, Copy, Debug)]
enum Place {
    Envelope,
    List,
}

impl Scanner {
    /// For an answer whose list, if it has one, is the top-level field `list`.
    pub fn new(list: &'static str) -> Self {
        Self {
            envelope: Envelope::new(list),
            elements: Elements::new(elements::MAX_LEN),
            place: Place::Envelope,
            read: 0,
            failure: None,
        }
    }

    /// Reads the next piece of the body and appends each element that it completes to `out`.
    ///
    /// After an error `out` holds the elements that ended before the damage, and each further call
    /// gives the same error.
    pub fn push(&mut self, input: &[u8], out: &mut Chunk) -> Result<(), ScanError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let result = self.consume(input, out);
        self.failure = result.err();
        result
    }

    /// Whether the object that makes up the answer has been closed.
    #[cfg(test)]
    pub fn is_complete(&self) -> bool {
        self.failure.is_none() && self.envelope.is_closed()
    }

    /// The envelope: the answer with its list emptied (`"events":[]`), all else as it was sent.
    pub fn finish(self) -> Result<Vec<u8>, ScanError> {
        match self.failure {
            Some(failure) => Err(failure),
            None if self.envelope.is_closed() => Ok(self.envelope.into_text()),
            None => Err(ScanError::Incomplete { read: self.read }),
        }
    }

    fn consume(&mut self, input: &[u8], out: &mut Chunk) -> Result<(), ScanError> {
        let mut rest = input;
        while !rest.is_empty() {
            let used = match self.place {
                Place::Envelope => self.envelope.advance(rest, self.read)?,
                Place::List => self.elements.advance(rest, self.read, out)?,
            };
            if used.is_some() {
                self.place = match self.place {
                    Place::Envelope => Place::List,
                    Place::List => {
                        self.envelope.close_list();
                        Place::Envelope
                    }
                };
            }
            let used = used.unwrap_or(rest.len());
            self.read += used as u64;
            rest = rest.get(used..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Why an answer cannot be read on. Positions count the bytes of the body from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanError {
    /// The body is something else from its first byte on, such as the HTML page of a proxy.
    NotJson {
        /// The first byte that is no whitespace.
        first: u8,
    },
    /// A byte that cannot stand where it stands.
    Unexpected {
        /// The byte.
        byte: u8,
        /// Its position.
        at: u64,
        /// What could stand there, with its article.
        expected: &'static str,
    },
    /// An element is not UTF-8.
    NotUtf8 {
        /// Position of the first wrong byte.
        at: u64,
    },
    /// Objects and lists inside each other beyond [`nesting::MAX_LEVELS`].
    TooDeep {
        /// Position of the bracket that is too much.
        at: u64,
    },
    /// An element beyond [`elements::MAX_LEN`].
    LongElement,
    /// An envelope beyond [`envelope::MAX_LEN`].
    LongEnvelope,
    /// The field of the list came twice, so that it is not clear which one counts.
    SecondList {
        /// Its name.
        list: &'static str,
    },
    /// The body ended before the answer did.
    Incomplete {
        /// Length of the body.
        read: u64,
    },
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MIB: usize = 1 << 20;
        match *self {
            Self::NotJson { first } => write!(
                f,
                "the answer is not a JSON object: it begins with '{}'",
                first.escape_ascii()
            ),
            Self::Unexpected { byte, at, expected } => write!(
                f,
                "the answer is not valid JSON: '{}' at byte {at} instead of {expected}",
                byte.escape_ascii()
            ),
            Self::NotUtf8 { at } => write!(f, "the answer is not UTF-8 from byte {at} on"),
            Self::TooDeep { at } => write!(
                f,
                "the answer is nested deeper than {} levels at byte {at}",
                nesting::MAX_LEVELS
            ),
            Self::LongElement => write!(
                f,
                "a list element of the answer is longer than {} MiB",
                elements::MAX_LEN / MIB
            ),
            Self::LongEnvelope => write!(
                f,
                "the answer without its list is longer than {} MiB",
                envelope::MAX_LEN / MIB
            ),
            Self::SecondList { list } => {
                write!(f, "the answer has two lists named '{list}'")
            }
            Self::Incomplete { read } => write!(f, "the answer was cut off after {read} bytes"),
        }
    }
}

impl std::error::Error for ScanError {}
