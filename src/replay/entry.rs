//! What a saved line is: an event, a message object (`-m`), a record of our own (`--meta`), or damaged.
//!
//! Not for cutting the input into lines (`lines.rs`) or for deciding what is shown.

use std::borrow::Cow;
use std::fmt;
use std::str;

use serde_json::error::Category;

use super::lines::{End, LONGEST, Line};
use crate::bare;
use crate::event::{Event, EventId};
use crate::fields::Fields;
use crate::output::meta;
use crate::selection::MESSAGE;

/// One saved line.
#[derive(Debug)]
pub struct Entry<'a> {
    id: Option<EventId>,
    kind: &'a str,
    text: Cow<'a, str>,
}

/// Why a line is no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The first line is that of a compressed or other binary file.
    Binary,
    /// Longer than [`LONGEST`].
    TooLong,
    /// From this byte on.
    NotUtf8(usize),
    /// It begins with something else than a brace.
    NotAnObject(char),
    /// The input ends in the middle of it.
    Cut,
    /// The line ends in the middle of it.
    Unclosed,
    /// What is wrong, and at which byte, from 1.
    NotJson(String, usize),
}

impl<'a> Entry<'a> {
    /// What a line holds; none if it is blank.
    pub fn read(line: Line<'a>) -> Result<Option<Entry<'a>>, Damage> {
        let text = line.text.ok_or(Damage::TooLong)?;
        let text = match line.number {
            1 if is_binary(text) => return Err(Damage::Binary),
            1 => text.strip_prefix(BOM).unwrap_or(text),
            _ => text,
        };
        let text = str::from_utf8(text.trim_ascii()).map_err(|error| {
            match (line.end, error.error_len()) {
                (End::Input, None) => Damage::Cut,
                _ => Damage::NotUtf8(error.valid_up_to() + 1),
            }
        })?;
        match text.chars().next() {
            None => Ok(None),
            Some('{') => Entry::parse(text, line.end).map(Some),
            Some(first) => Err(Damage::NotAnObject(first)),
        }
    }

    fn parse(text: &'a str, end: End) -> Result<Entry<'a>, Damage> {
        let fields: Fields =
            serde_json::from_str(text).map_err(|error| Damage::of_json(&error, end))?;
        if bare::is_message(&fields)
            && let Some(event) = bare::to_event(text, &fields)
        {
            return Ok(Entry {
                id: None,
                kind: MESSAGE,
                text: Cow::Owned(event),
            });
        }
        let quoted = fields.find("type").unwrap_or_default();
        let unquoted = quoted
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        Ok(Entry {
            id: fields
                .find("id")
                .and_then(|id| id.parse().ok())
                .map(EventId),
            kind: unquoted.unwrap_or_default(),
            text: Cow::Borrowed(text),
        })
    }

    /// As an event; a message object has become one.
    pub fn event(&self) -> Event<'_> {
        Event {
            id: self.id,
            kind: self.kind,
            text: &self.text,
        }
    }

    /// Whether it is a record of our own.
    pub fn is_record(&self) -> bool {
        self.kind == meta::KIND
    }
}

/// Some editors begin a text with it.
const BOM: &[u8] = b"\xef\xbb\xbf";
/// How gzip, zstd, xz and bzip2 begin.
const COMPRESSED: [&[u8]; 4] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh"];

/// Whether the first line is none of a text. Zeros before it are left by a log that was truncated
/// while it was written.
fn is_binary(text: &[u8]) -> bool {
    let zeros = text.iter().take_while(|byte| **byte == 0).count();
    let rest = text.get(zeros..).unwrap_or_default();
    COMPRESSED.iter().any(|magic| text.starts_with(magic)) || rest.contains(&0)
}

impl Damage {
    fn of_json(error: &serde_json::Error, end: End) -> Damage {
        match (error.classify(), end) {
            (Category::Eof, End::Input) => Damage::Cut,
            (Category::Eof, End::Break) => Damage::Unclosed,
            _ => {
                let text = error.to_string();
                // It counts lines of its own, of which there is one.
                let what = text
                    .split_once(" at line ")
                    .map_or(&*text, |(what, _)| what);
                Damage::NotJson(what.to_owned(), error.column())
            }
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::Binary => f.write_str(
                "is no text: if it is compressed, unpack it on the way: zcat FILE | wyzepal-tail --replay -",
            ),
            Damage::TooLong => write!(f, "is longer than {} MiB", LONGEST >> 20),
            Damage::NotUtf8(at) => write!(f, "is not UTF-8 from byte {at} on"),
            Damage::NotAnObject('[') => f.write_str(
                "is a list, and events are objects, one a line (jq -c '.[]' makes them)",
            ),
            Damage::NotAnObject(first) => write!(f, "is not a JSON object: it begins with '{first}'"),
            Damage::Cut => f.write_str("is cut off: the input ends in the middle of it"),
            Damage::Unclosed => f.write_str(
                "is not a whole JSON object, and events are objects, one a line (jq -c . makes them)",
            ),
            Damage::NotJson(what, at) => write!(f, "is not JSON: {what} at byte {at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Damage, Entry};
    use crate::replay::lines::{End, Line};

    fn read(number: u64, text: &[u8], end: End) -> Result<Option<(String, String)>, Damage> {
        let text = Some(text);
        let entry = Entry::read(Line { number, text, end })?;
        Ok(entry.map(|entry| (entry.kind.to_owned(), entry.text.into_owned())))
    }

    #[test]
    fn events_keep_their_bytes_and_messages_become_events() {
        let bare = r#"{"type":"stream","display_recipient":"ops","content":"x"}"#;
        let wrapped = format!(r#"{{"type":"message","message":{bare},"flags":[],"id":null}}"#);
        for (name, text, kind, expected) in [
            (
                "event",
                r#"{"type":"typing","x":1.10}"#,
                "typing",
                r#"{"type":"typing","x":1.10}"#,
            ),
            (
                "spaced",
                "\t{ \"type\" : \"x\" } \r",
                "x",
                r#"{ "type" : "x" }"#,
            ),
            ("byte order mark", "\u{feff}{\"id\":1}", "", r#"{"id":1}"#),
            ("message", bare, "message", &wrapped),
            ("no text as type", r#"{"type":7}"#, "", r#"{"type":7}"#),
            (
                "half of a pair",
                r#"{"type":"x","y":"\ud83d"}"#,
                "x",
                r#"{"type":"x","y":"\ud83d"}"#,
            ),
        ] {
            for end in [End::Break, End::Input] {
                let entry = read(1, text.as_bytes(), end);
                let expected = Some((kind.to_owned(), expected.to_owned()));
                assert_eq!(entry, Ok(expected), "{name}");
            }
        }
        for blank in ["", "\r", " \t \r"] {
            assert_eq!(read(1, blank.as_bytes(), End::Break), Ok(None), "{blank:?}");
        }
    }

    #[test]
    fn nesting_without_end_is_neither_an_error_nor_a_crash() {
        let deep = format!(
            r#"{{"type":"x","y":{}{}}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert!(matches!(read(2, deep.as_bytes(), End::Break), Ok(Some(_))));
        let open = "{\"a\":".repeat(100_000);
        assert_eq!(read(2, open.as_bytes(), End::Input), Err(Damage::Cut));
    }

    #[test]
    fn damage_is_told_apart() {
        let (ended, cut) = (End::Break, End::Input);
        let not_json = |what: &str, at| Damage::NotJson(what.to_owned(), at);
        for (name, number, text, end, expected) in [
            (
                "gzip",
                1,
                &b"\x1f\x8b\x08\x08\x0a"[..],
                ended,
                Damage::Binary,
            ),
            ("bzip2", 1, b"BZh91AY&SY", cut, Damage::Binary),
            ("UTF-16", 1, b"\xff\xfe{\0", ended, Damage::Binary),
            (
                "zeros, then a line",
                1,
                b"\0\0{}",
                ended,
                Damage::NotAnObject('\0'),
            ),
            (
                "zeros later",
                2,
                b"{\"a\":\"\0\0\"}",
                ended,
                not_json(
                    "control character (\\u0000-\\u001F) found while parsing a string",
                    6,
                ),
            ),
            ("text", 1, b"<html>", ended, Damage::NotAnObject('<')),
            ("list", 1, b"[1]", ended, Damage::NotAnObject('[')),
            ("half a character", 2, b"{\"a\":\"\xc3", cut, Damage::Cut),
            (
                "half a character in the middle",
                2,
                b"{\"a\":\"\xc3",
                ended,
                Damage::NotUtf8(7),
            ),
            ("Latin-1", 2, b"{\"a\":\"\xe4\"}", cut, Damage::NotUtf8(7)),
            ("cut", 2, b"{\"a\":[1,", cut, Damage::Cut),
            ("only a brace", 2, b"{", ended, Damage::Unclosed),
            (
                "two on a line",
                2,
                b"{}{}",
                ended,
                not_json("trailing characters", 3),
            ),
            (
                "no colon",
                2,
                b"{\"a\" 1}",
                ended,
                not_json("expected `:`", 6),
            ),
        ] {
            assert_eq!(read(number, text, end), Err(expected), "{name}");
        }
        let text = None;
        let line = Line {
            number: 1,
            text,
            end: cut,
        };
        assert_eq!(Entry::read(line).err(), Some(Damage::TooLong));
    }
}
