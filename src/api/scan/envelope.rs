//! Reads what stands around the list of an answer, and finds the list.
//!
//! Byte by byte, since it is short. Checks the outermost object's own grammar, and of the values in
//! it only strings and brackets: `serde_json` reads the whole of it afterwards.

use super::ScanError;
use super::nesting::Nesting;

/// Longest envelope in bytes.
pub const MAX_LEN: usize = 1 << 20;

/// The envelope, read up to some byte.
#[derive(Debug)]
pub struct Envelope {
    list: &'static str,
    text: Vec<u8>,
    state: State,
    nesting: Nesting,
    /// The next byte of a string is escaped.
    escaped: bool,
    /// Where the last top-level key begins in `text`.
    key: usize,
    list_seen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    FirstKey,
    Key,
    InKey,
    Colon,
    Value,
    InString,
    InLiteral,
    /// Inside a value that is an object or a list.
    Nested,
    NestedString,
    AfterValue,
    Closed,
}

/// What a byte has led to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    On,
    List,
}

impl Envelope {
    /// An envelope whose field `list` may be the list.
    pub fn new(list: &'static str) -> Self {
        Self {
            list,
            text: Vec::new(),
            state: State::Start,
            nesting: Nesting::default(),
            escaped: false,
            key: 0,
            list_seen: false,
        }
    }

    /// Whether the outermost object has been closed.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// The bytes read, without the list's elements and without what followed the object.
    pub fn into_text(self) -> Vec<u8> {
        self.text
    }

    /// The list has been read: goes on after its closing bracket.
    pub fn close_list(&mut self) {
        self.text.push(b']');
        self.state = State::AfterValue;
    }

    /// Reads a piece of the body that stands at `base`. Where it holds the bracket that opens the list,
    /// this gives the number of bytes up to and with it.
    pub fn advance(&mut self, bytes: &[u8], base: u64) -> Result<Option<usize>, ScanError> {
        for (index, &byte) in bytes.iter().enumerate() {
            let at = base + index as u64;
            let closed = self.is_closed();
            let step = self.step(byte, at)?;
            if closed {
                continue;
            }
            // Room for the bracket that `close_list` adds.
            if self.text.len() + 1 >= MAX_LEN {
                return Err(ScanError::LongEnvelope);
            }
            self.text.push(byte);
            if step == Step::List {
                return Ok(Some(index + 1));
            }
        }
        Ok(None)
    }

    fn step(&mut self, byte: u8, at: u64) -> Result<Step, ScanError> {
        let string = matches!(
            self.state,
            State::InKey | State::InString | State::NestedString
        );
        if !string && matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            if self.state == State::InLiteral {
                self.state = State::AfterValue;
            }
            return Ok(Step::On);
        }
        self.state = match self.state {
            State::InKey => self.string(byte, at, State::Colon)?,
            State::InString => self.string(byte, at, State::AfterValue)?,
            State::NestedString => self.string(byte, at, State::Nested)?,
            State::Nested => self.nested(byte, at)?,
            State::Value if byte == b'[' && self.is_list_key() => {
                if self.list_seen {
                    return Err(ScanError::SecondList { list: self.list });
                }
                self.list_seen = true;
                return Ok(Step::List);
            }
            State::Value => self.value(byte, at)?,
            State::InLiteral if is_literal(byte) => State::InLiteral,
            _ => self.between(byte, at)?,
        };
        Ok(Step::On)
    }

    /// Reads a byte between the top-level keys and values.
    fn between(&mut self, byte: u8, at: u64) -> Result<State, ScanError> {
        let expected = match (self.state, byte) {
            (State::Start, b'{') => {
                self.nesting.open(byte, at)?;
                return Ok(State::FirstKey);
            }
            (State::Start, first) => return Err(ScanError::NotJson { first }),
            (State::FirstKey | State::Key, b'"') => {
                self.key = self.text.len();
                return Ok(State::InKey);
            }
            (State::Colon, b':') => return Ok(State::Value),
            (State::InLiteral | State::AfterValue, b',') => return Ok(State::Key),
            (State::FirstKey | State::InLiteral | State::AfterValue, b'}') => {
                self.nesting.close(byte, at)?;
                return Ok(State::Closed);
            }
            (State::FirstKey | State::Key, _) => "a key",
            (State::Colon, _) => "a colon",
            (State::Closed, _) => "the end of the answer",
            _ => "a comma",
        };
        Err(ScanError::Unexpected { byte, at, expected })
    }

    fn value(&mut self, byte: u8, at: u64) -> Result<State, ScanError> {
        match byte {
            b'"' => Ok(State::InString),
            b'{' | b'[' => {
                self.nesting.open(byte, at)?;
                Ok(State::Nested)
            }
            _ if is_literal(byte) => Ok(State::InLiteral),
            _ => Err(ScanError::Unexpected {
                byte,
                at,
                expected: "a value",
            }),
        }
    }

    fn nested(&mut self, byte: u8, at: u64) -> Result<State, ScanError> {
        match byte {
            b'"' => return Ok(State::NestedString),
            b'{' | b'[' => self.nesting.open(byte, at)?,
            b'}' | b']' => self.nesting.close(byte, at)?,
            0..b' ' | b'\\' => {
                return Err(ScanError::Unexpected {
                    byte,
                    at,
                    expected: "a JSON token",
                });
            }
            _ => {}
        }
        Ok(if self.nesting.levels() == 1 {
            State::AfterValue
        } else {
            State::Nested
        })
    }

    /// Reads a byte of a string, after which `next` comes.
    fn string(&mut self, byte: u8, at: u64, next: State) -> Result<State, ScanError> {
        let escaped = std::mem::take(&mut self.escaped);
        match byte {
            0..b' ' => {
                return Err(ScanError::Unexpected {
                    byte,
                    at,
                    expected: "its escape in a string",
                });
            }
            b'\\' if !escaped => self.escaped = true,
            b'"' if !escaped => return Ok(next),
            _ => {}
        }
        Ok(self.state)
    }

    /// Whether the last key is the list's. Between it and the value stand only a colon and spaces.
    fn is_list_key(&self) -> bool {
        let key = self.text.get(self.key..).unwrap_or_default();
        let Some(last) = key.iter().rposition(|&byte| byte == b'"') else {
            return false;
        };
        let key = key.get(..=last).unwrap_or_default();
        if key.contains(&b'\\') {
            // `"\u0065vents"` is the list's as well.
            return serde_json::from_slice::<String>(key).is_ok_and(|key| key == self.list);
        }
        let inner = key.get(1..last).unwrap_or_default();
        inner == self.list.as_bytes()
    }
}

fn is_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)
}
