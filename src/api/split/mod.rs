//! Splits the body of an answer into the elements of its list while the body arrives.
//!
//! An answer is one JSON object, and one of its fields may hold a list:
//! `{"result":"success","msg":"","events":[{…},{…}],"queue_id":"…"}`. All else of it is the envelope,
//! which is short. The fields come in any order.
//! Source: `GET /events` and `GET /messages` in Zulip's `zerver/openapi/zulip.yaml`.
//!
//! Splitting needs strings and brackets only, not even the kinds of brackets, so that is all that is
//! searched for. `serde_json` reads the rest: the envelope afterwards, and each element that is not written
//! as servers write events. Of those that are, values may be wrong inside.

mod blocks;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::mem;

use serde::de::IgnoredAny;

use crate::event::{Event, EventId};
use blocks::Stops;

const MIB: usize = 1 << 20;
/// Longest element in bytes, with what stands before it.
const LONGEST_ELEMENT: usize = 64 * MIB;
/// Longest envelope in bytes.
const LONGEST_ENVELOPE: usize = MIB;

/// Splits one answer, in pieces of any size.
#[derive(Debug)]
pub struct Splitter {
    list: &'static str,
    section: Section,
    /// The stops of the piece in hand.
    stops: Stops,
    /// How much of that piece is done with.
    used: usize,
    /// Brackets that are open.
    depth: isize,
    /// Whether the element in hand has line breaks between its tokens.
    breaks: bool,
    /// Whether the element in hand is not the list's first.
    comma_due: bool,
    /// What stands outside the list so far.
    envelope: Vec<u8>,
    /// The beginning of the element in hand, from earlier pieces of the body.
    element: Vec<u8>,
    /// The last element where it does not stand in its piece as it is handed out.
    line: String,
}

/// Which part of the answer comes next.
#[derive(Clone, Copy, Debug)]
enum Section {
    Start,
    Envelope,
    List,
    End,
}

impl Splitter {
    /// For an answer whose list, if it has one, is the top-level field `list`.
    pub fn new(list: &'static str) -> Self {
        Self {
            list,
            section: Section::Start,
            stops: Stops::default(),
            used: 0,
            depth: 0,
            breaks: false,
            comma_due: false,
            envelope: Vec::new(),
            element: Vec::new(),
            line: String::new(),
        }
    }

    /// Takes the next piece of the body in hand. All elements of the last one must have been asked for.
    pub fn begin(&mut self, piece: &[u8]) -> Result<(), SplitError> {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        if let Section::Start = self.section
            && let Some(first) = piece.iter().find(|byte| !is_space(byte))
            && *first != b'{'
        {
            return Err(SplitError::NotAnObject(*first));
        }
        self.stops.find(piece);
        self.used = 0;
        Ok(())
    }

    /// The next element that ends in the piece in hand, a line; none: there is no more. After an error there is
    /// nothing more to read. Its `kind` keeps JSON escapes where it has any.
    pub fn next_element<'a>(
        &'a mut self,
        piece: &'a [u8],
    ) -> Result<Option<Event<'a>>, SplitError> {
        while let Some(place) = self.stops.next() {
            let byte = piece.get(place);
            let opens = matches!(byte, Some(b'{' | b'['));
            match byte {
                Some(b'{' | b'[') => self.depth += 1,
                Some(b'}' | b']') => self.depth -= 1,
                _ if self.stops.is_wrong(place) => return Err(SplitError::NotJson),
                Some(b'\n' | b'\r') => {
                    self.breaks = true;
                    continue;
                }
                Some(b'\t') => continue,
                _ => return Err(SplitError::NotJson),
            }
            match (self.section, self.depth) {
                // Within an element.
                (Section::List, 3..) => {}
                (Section::List, 2) => {
                    let text = self.take(piece, place + 1);
                    return self.end_element(text).map(Some);
                }
                (Section::List, _) => self.end_list(piece, place + 1)?,
                (Section::Envelope, 2) if opens => self.open_field(piece, place + 1)?,
                (Section::Envelope, 0) => self.section = Section::End,
                (Section::Envelope, _) => {}
                (Section::Start, _) if opens => self.section = Section::Envelope,
                (Section::Start | Section::End, _) => return Err(SplitError::NotJson),
            }
        }
        let rest = self.take(piece, piece.len());
        self.keep(rest)?;
        Ok(None)
    }

    /// The envelope: the answer with its list emptied (`"events":[]`), all else as it was sent.
    pub fn finish(self) -> Result<Vec<u8>, SplitError> {
        match self.section {
            Section::End => Ok(self.envelope),
            _ => Err(SplitError::CutOff),
        }
    }

    /// What of the piece comes next, up to there.
    fn take<'a>(&mut self, piece: &'a [u8], end: usize) -> &'a [u8] {
        let text = piece.get(self.used..end).unwrap_or_default();
        self.used = end;
        text
    }

    /// A field's value begins, which may be the list.
    fn open_field(&mut self, piece: &[u8], end: usize) -> Result<(), SplitError> {
        let text = self.take(piece, end);
        self.keep(text)?;
        if self.opens_list() {
            self.section = Section::List;
            self.breaks = false;
            self.comma_due = false;
        }
        Ok(())
    }

    /// Reads an element up to its last byte.
    fn end_element<'a>(&'a mut self, text: &'a [u8]) -> Result<Event<'a>, SplitError> {
        let mut whole = if self.element.is_empty() {
            let text = simdutf8::basic::from_utf8(text);
            Cow::Borrowed(text.map_err(|_| SplitError::NotJson)?)
        } else {
            self.keep(text)?;
            let text = String::from_utf8(mem::take(&mut self.element));
            Cow::Owned(text.map_err(|_| SplitError::NotJson)?)
        };
        let comma_due = mem::replace(&mut self.comma_due, true);
        if mem::take(&mut self.breaks) {
            // `1⏎2` is no JSON and must not become 12.
            let element = after_comma(&whole, comma_due).ok_or(SplitError::NotJson)?;
            serde_json::from_str::<IgnoredAny>(element).map_err(|_| SplitError::NotJson)?;
            whole = Cow::Owned(whole.split(['\n', '\r']).collect());
        }
        let line = match whole {
            Cow::Borrowed(line) => line,
            Cow::Owned(line) => {
                self.line = line;
                &self.line
            }
        };
        let element = after_comma(line, comma_due);
        element.and_then(parse_event).ok_or(SplitError::NotJson)
    }

    /// Before the bracket, which is the envelope's, stands nothing.
    fn end_list(&mut self, piece: &[u8], end: usize) -> Result<(), SplitError> {
        let text = self.take(piece, end);
        self.keep(text)?;
        self.envelope.extend(self.element.pop());
        if !self.element.trim_ascii().is_empty() {
            return Err(SplitError::NotJson);
        }
        self.element.clear();
        self.section = Section::Envelope;
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), SplitError> {
        let (kept, longest, error) = match self.section {
            Section::List => (&mut self.element, LONGEST_ELEMENT, SplitError::LongElement),
            _ => (
                &mut self.envelope,
                LONGEST_ENVELOPE,
                SplitError::LongEnvelope,
            ),
        };
        if kept.len() + bytes.len() > longest {
            return Err(error);
        }
        kept.extend_from_slice(bytes);
        Ok(())
    }

    /// Whether the envelope ends with `"events":[`. The last quote closes a string, as the bracket is
    /// outside. So the quote before the name opens that string, unless it is escaped.
    fn opens_list(&self) -> bool {
        let key = || {
            let text = self.envelope.strip_suffix(b"[")?.trim_ascii_end();
            let text = text.strip_suffix(b":")?.trim_ascii_end();
            let text = text.strip_suffix(b"\"")?;
            text.strip_suffix(self.list.as_bytes())?.strip_suffix(b"\"")
        };
        key().is_some_and(|before| !before.ends_with(b"\\"))
    }
}

/// An element without the comma before it, which must be there if it is due.
fn after_comma(text: &str, comma_due: bool) -> Option<&str> {
    let text = text.trim_ascii_start();
    if !comma_due {
        return Some(text);
    }
    let has_comma = text.as_bytes().starts_with(b",");
    has_comma.then(|| text.get(1..))?.map(str::trim_ascii_start)
}

/// Reads id and kind of an element. Those that are not at its ends, where servers put them, cost parsing
/// the whole.
#[inline]
fn parse_event(text: &str) -> Option<Event<'_>> {
    if let Some(kind) = first_kind(text)
        && let Some(id) = last_id(text)
    {
        let id = Some(EventId(id));
        return Some(Event::new(id, kind, text));
    }
    let mut event = Event::parse(text).ok()?;
    let id = event.fields()?.0.iter().rfind(|(key, _)| key == "id");
    event.id = id.and_then(|(_, id)| id.get().parse().ok()).map(EventId);
    Some(event)
}

/// `{"type":"message"` at the head. The first string after the element's own brace is a key of the
/// element itself, and nothing stands before it. Looked at as bytes, which are compared in place, and texts by a call.
fn first_kind(element: &str) -> Option<&str> {
    let value = element.as_bytes().strip_prefix(br#"{"type":"#)?;
    let rest = value.trim_ascii_start().strip_prefix(b"\"")?;
    let length = rest.iter().position(|byte| b"\"\\".contains(byte))?;
    let start = element.len() - rest.len();
    let kind = element.get(start..start + length);
    kind.filter(|_| rest.get(length) == Some(&b'"'))
}

/// `,"id":12}` at the tail. Read backwards: the last brace is outside strings and closes the element.
/// Up to the quote after `id` there is no further quote, so that this one ends a string. The quote
/// before `id` follows a comma, a brace or a space, hence no backslash, hence it begins that string,
/// which is just `id`. The colon makes it a key, and as there is no bracket in between, a key of the element.
fn last_id(element: &str) -> Option<i64> {
    let body = element.as_bytes().strip_suffix(b"}")?;
    let colon = body.iter().rposition(|byte| *byte == b':')?;
    let key = body.get(..colon)?.trim_ascii_end();
    let before = key.strip_suffix(br#""id""#)?.trim_ascii_end();
    let number = element.get(colon + 1..body.len())?.trim_ascii();
    // Rust takes `+7`, which is no JSON.
    if matches!(before.last(), Some(b',' | b'{')) && !number.as_bytes().starts_with(b"+") {
        number.parse().ok()
    } else {
        None
    }
}

/// Why an answer cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitError {
    /// It begins with another byte, such as the page of something in between.
    NotAnObject(u8),
    /// It is damaged.
    NotJson,
    /// The body ended before the answer did.
    CutOff,
    /// An element beyond [`LONGEST_ELEMENT`].
    LongElement,
    /// An envelope beyond [`LONGEST_ENVELOPE`].
    LongEnvelope,
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnObject(first) => {
                let first = first.escape_ascii();
                return write!(
                    f,
                    "the answer is not a JSON object: it begins with '{first}'"
                );
            }
            Self::NotJson => "the answer is not valid JSON",
            Self::CutOff => "the answer was cut off",
            Self::LongElement => "a list element of the answer is too long",
            Self::LongEnvelope => "the answer without its list is too long",
        })
    }
}
