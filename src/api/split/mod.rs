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

use std::fmt;

use crate::event::{Event, EventId};
use blocks::{BLOCK, Quoting};

const MIB: usize = 1 << 20;
/// Longest element in bytes, with what stands before it.
const LONGEST_ELEMENT: usize = 64 * MIB;
/// Longest envelope in bytes.
const LONGEST_ENVELOPE: usize = MIB;
/// Bytes of an element whose memory serves the next one as well.
const MOST_KEPT: usize = MIB;

/// Splits one answer, in pieces of any size.
#[derive(Debug)]
pub struct Splitter {
    list: &'static str,
    section: Section,
    quoting: Quoting,
    /// Brackets that are open.
    depth: usize,
    /// Whether the element in hand has line breaks between its tokens.
    breaks: bool,
    /// Whether the element in hand is not the list's first.
    comma_due: bool,
    /// What stands outside the list so far.
    envelope: Vec<u8>,
    /// The beginning of the element in hand, from earlier pieces of the body.
    element: Vec<u8>,
}

/// Which part of the answer comes next.
#[derive(Clone, Copy, Debug)]
enum Section {
    Start,
    Envelope,
    List,
    End,
}

/// Whether a text is done with, or belongs to what goes on after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextUse {
    Used,
    Pending,
}

impl Splitter {
    /// For an answer whose list, if it has one, is the top-level field `list`.
    pub fn new(list: &'static str) -> Self {
        Self {
            list,
            section: Section::Start,
            quoting: Quoting::default(),
            depth: 0,
            breaks: false,
            comma_due: false,
            envelope: Vec::new(),
            element: Vec::new(),
        }
    }

    /// Reads the next piece of the body and appends each element that it completes to `out`: in an
    /// error as well, those that ended before the damage. After an error there is nothing more to read.
    pub fn push(&mut self, bytes: &[u8], out: &mut Chunk) -> Result<(), SplitError> {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        if let Section::Start = self.section
            && let Some(first) = bytes.iter().find(|byte| !is_space(byte))
            && *first != b'{'
        {
            return Err(SplitError::NotAnObject(*first));
        }
        let mut used = 0;
        for (index, block) in bytes.chunks(BLOCK).enumerate() {
            let found = self.quoting.read(block);
            let mut stops = found.stops;
            while stops != 0 {
                let bit = stops.trailing_zeros();
                stops &= stops - 1;
                if found.wrong >> bit & 1 == 1 {
                    return Err(SplitError::NotJson);
                }
                let end = index * BLOCK + bit as usize + 1;
                let text = bytes.get(used..end).unwrap_or_default();
                if self.stop(text, out)? == TextUse::Used {
                    used = end;
                }
            }
        }
        self.keep(bytes.get(used..).unwrap_or_default())
    }

    /// The envelope: the answer with its list emptied (`"events":[]`), all else as it was sent.
    pub fn finish(self) -> Result<Vec<u8>, SplitError> {
        match self.section {
            Section::End => Ok(self.envelope),
            _ => Err(SplitError::CutOff),
        }
    }

    /// Reads a text up to its last byte, at which something happens.
    #[inline]
    fn stop(&mut self, text: &[u8], out: &mut Chunk) -> Result<TextUse, SplitError> {
        match text.last() {
            Some(b'{' | b'[') => self.open(text),
            Some(b'}' | b']') => self.close(text, out),
            Some(b'\n' | b'\r') => {
                self.breaks = true;
                Ok(TextUse::Pending)
            }
            Some(b'\t') => Ok(TextUse::Pending),
            _ => Err(SplitError::NotJson),
        }
    }

    fn open(&mut self, text: &[u8]) -> Result<TextUse, SplitError> {
        self.depth += 1;
        match (self.section, self.depth) {
            (Section::Start, _) => {
                self.keep(text)?;
                self.section = Section::Envelope;
            }
            (Section::Envelope, 2) => {
                self.keep(text)?;
                if self.opens_list() {
                    self.section = Section::List;
                    self.breaks = false;
                    self.comma_due = false;
                }
            }
            (Section::End, _) => return Err(SplitError::NotJson),
            _ => return Ok(TextUse::Pending),
        }
        Ok(TextUse::Used)
    }

    fn close(&mut self, text: &[u8], out: &mut Chunk) -> Result<TextUse, SplitError> {
        self.depth = self.depth.checked_sub(1).ok_or(SplitError::NotJson)?;
        match (self.section, self.depth) {
            (Section::List, 2) => self.end_element(text, out)?,
            (Section::List, 1) => self.end_list(text)?,
            (_, 0) => {
                self.section = Section::End;
                return Ok(TextUse::Pending);
            }
            _ => return Ok(TextUse::Pending),
        }
        Ok(TextUse::Used)
    }

    fn end_element(&mut self, text: &[u8], out: &mut Chunk) -> Result<(), SplitError> {
        let mut element = text;
        if !self.element.is_empty() {
            self.keep(text)?;
            element = &self.element;
        }
        let event = simdutf8::basic::from_utf8(element)
            .ok()
            .and_then(|text| after_comma(text, self.comma_due))
            .and_then(|text| parse_event(text, self.breaks))
            .ok_or(SplitError::NotJson)?;
        if self.breaks {
            let text: String = event.text.split(['\n', '\r']).collect();
            out.push(&Event::new(event.id, event.kind, &text));
        } else {
            out.push(&event);
        }
        self.breaks = false;
        self.comma_due = true;
        self.element.clear();
        self.element.shrink_to(MOST_KEPT);
        Ok(())
    }

    /// Before the bracket, which is the envelope's, stands nothing.
    fn end_list(&mut self, text: &[u8]) -> Result<(), SplitError> {
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
    if comma_due {
        text.strip_prefix(",").map(str::trim_ascii_start)
    } else {
        Some(text)
    }
}

/// Reads id and kind of an element. Those that are not at its ends, where servers put them, cost parsing
/// the whole, and so do line breaks: `1⏎2` is no JSON and must not become 12.
#[inline]
fn parse_event(text: &str, breaks: bool) -> Option<Event<'_>> {
    if !breaks
        && let Some(kind) = first_kind(text)
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
/// element itself, and nothing stands before it.
fn first_kind(element: &str) -> Option<&str> {
    let value = element.strip_prefix(r#"{"type":"#)?.trim_ascii_start();
    let (kind, _) = value.strip_prefix("\"")?.split_once('"')?;
    (!kind.contains('\\')).then_some(kind)
}

/// `,"id":12}` at the tail. Read backwards: the last brace is outside strings and closes the element.
/// Up to the quote after `id` there is no further quote, so that this one ends a string. The quote
/// before `id` follows a comma, a brace or a space, hence no backslash, hence it begins that string,
/// which is just `id`. The colon makes it a key, and as there is no bracket in between, a key of the element.
fn last_id(element: &str) -> Option<i64> {
    let body = element.strip_suffix("}")?.trim_ascii_end();
    let digits = body.bytes().rev();
    let digits = digits.take_while(|byte| byte.is_ascii_digit() || *byte == b'-');
    let (head, number) = body.split_at_checked(body.len() - digits.count())?;
    let key = head.trim_ascii_end().strip_suffix(":")?.trim_ascii_end();
    let before = key.strip_suffix(r#""id""#)?.trim_ascii_end();
    if before.ends_with([',', '{']) {
        number.parse().ok()
    } else {
        None
    }
}

/// Events, each on a line of its own; meant to be filled, written and cleared again and again.
#[derive(Debug, Default)]
pub struct Chunk {
    text: String,
    kinds: String,
    marks: Vec<Mark>,
}

/// Where an event's parts end.
#[derive(Debug)]
struct Mark {
    id: Option<EventId>,
    kind: usize,
    /// Where the line break stands.
    text: usize,
}

impl Chunk {
    /// Appends an event, whose text is one line.
    pub fn push(&mut self, event: &Event) {
        self.text.push_str(event.text);
        self.kinds.push_str(event.kind);
        self.marks.push(Mark {
            id: event.id,
            kind: self.kinds.len(),
            text: self.text.len(),
        });
        self.text.push('\n');
    }

    /// The events in their order. `kind` keeps JSON escapes where it has any.
    pub fn iter(&self) -> impl Iterator<Item = Event<'_>> {
        let (mut kind, mut text) = (0, 0);
        self.marks.iter().map(move |mark| {
            let event = Event::new(
                mark.id,
                self.kinds.get(kind..mark.kind).unwrap_or_default(),
                self.text.get(text..mark.text).unwrap_or_default(),
            );
            kind = mark.kind;
            text = mark.text + 1;
            event
        })
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Forgets the events, and keeps the memory but for that of a monstrous one.
    pub fn clear(&mut self) {
        self.text.clear();
        self.text.shrink_to(MOST_KEPT);
        self.kinds.clear();
        self.kinds.shrink_to(MOST_KEPT);
        self.marks.clear();
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
