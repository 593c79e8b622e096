//! One message of `GET /messages`, turned into an event of the shape of a live one:
//! `{"type":"message","message":{…},"flags":[…],"id":null}`. In history the flags are inside the
//! message.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::api::scan::{Breaks, Chunk};
use crate::event::{Event, MessageId};

/// One message of the past.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: MessageId,
    /// When it was sent, in seconds since 1970, by the server's clock.
    pub timestamp: i64,
    /// Whether the account did not receive it.
    pub historical: bool,
    /// Whether it was moved to another topic or channel after it was sent.
    pub moved: bool,
    /// As an event.
    text: String,
}

/// The rows of an answer as they come: converted at once, so that no page is held twice.
#[derive(Default)]
pub struct Rows {
    /// In ascending order.
    pub rows: VecDeque<Row>,
    /// Whether one of them has no id.
    pub broken: bool,
}

/// Rows as a chunk, to be printed like live events.
pub fn chunk<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Chunk {
    let mut chunk = Chunk::default();
    for row in rows {
        chunk.push(&row.text, Breaks::None);
    }
    chunk
}

impl Row {
    /// As an event.
    pub fn event(&self) -> Event<'_> {
        Event {
            id: None,
            kind: "message",
            text: &self.text,
        }
    }
}

impl Rows {
    /// The next of them.
    pub fn take(&mut self, chunk: &Chunk) {
        for event in chunk.iter() {
            match row(event.text) {
                Some(row) => self.rows.push_back(row),
                None => self.broken = true,
            }
        }
    }
}

/// A row of history as an event: its flags move out of the message.
fn row(text: &str) -> Option<Row> {
    let fields: Fields = serde_json::from_str(text).ok()?;
    let find = |name: &str| fields.0.iter().find(|(key, _)| key == name);
    let id: u64 = serde_json::from_str(find("id")?.1.get()).ok()?;
    let timestamp = find("timestamp").and_then(|(_, raw)| serde_json::from_str(raw.get()).ok());
    let flags = find("flags").map_or("[]", |(_, raw)| raw.get());
    let moves = find("edit_history").map_or("", |(_, raw)| raw.get());
    let mut event = String::with_capacity(text.len() + 64);
    event.push_str(r#"{"type":"message","message":{"#);
    for (key, value) in fields.0.iter().filter(|(key, _)| key != "flags") {
        if !event.ends_with('{') {
            event.push(',');
        }
        event.push_str(&serde_json::to_string(key).ok()?);
        event.push(':');
        event.push_str(value.get());
    }
    event.push_str(r#"},"flags":"#);
    event.push_str(flags);
    event.push_str(r#","id":null}"#);
    Some(Row {
        id: MessageId(id),
        timestamp: timestamp.unwrap_or(0),
        historical: flags.contains(r#""historical""#),
        moved: ["prev_topic", "prev_subject", "prev_stream"]
            .iter()
            .any(|name| moves.contains(name)),
        text: event,
    })
}

/// The fields of an object in their order, values as they stand.
struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    fields.push((key, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_an_event_with_its_flags_outside_and_its_bytes_kept() {
        for (name, text, expected) in [
            (
                "flags at the end",
                r#"{"id":7,"timestamp":5,"n":1.10,"é\u0041":[1, 2],"flags":["read"]}"#,
                r#"{"type":"message","message":{"id":7,"timestamp":5,"n":1.10,"éA":[1, 2]},"flags":["read"],"id":null}"#,
            ),
            (
                "flags first, spaced",
                r#"{"flags": ["read", "historical"], "id": 7, "content": "a\"b"}"#,
                r#"{"type":"message","message":{"id":7,"content":"a\"b"},"flags":["read", "historical"],"id":null}"#,
            ),
            (
                "no flags",
                r#"{"id":7}"#,
                r#"{"type":"message","message":{"id":7},"flags":[],"id":null}"#,
            ),
        ] {
            let row = row(text).expect(name);
            assert_eq!(row.text, expected, "{name}");
            assert_eq!(row.id, MessageId(7), "{name}");
            assert_eq!(row.event().message_id(), Some(MessageId(7)), "{name}");
        }
    }

    #[test]
    fn a_row_tells_whether_it_was_moved_or_never_received() {
        for (name, text, historical, moved) in [
            ("plain", r#"{"id":1,"flags":[]}"#, false, false),
            (
                "not received",
                r#"{"id":1,"flags":["read","historical"]}"#,
                true,
                false,
            ),
            (
                "moved",
                r#"{"id":1,"edit_history":[{"prev_topic":"x"}],"flags":[]}"#,
                false,
                true,
            ),
            (
                "edited",
                r#"{"id":1,"edit_history":[{"prev_content":"x"}],"flags":[]}"#,
                false,
                false,
            ),
        ] {
            let row = row(text).expect(name);
            assert_eq!((row.historical, row.moved), (historical, moved), "{name}");
        }
    }

    #[test]
    fn a_row_without_an_id_is_none() {
        for text in ["{}", "[]", r#"{"id":"x"}"#, r#"{"id":-1}"#, "nonsense"] {
            assert!(row(text).is_none(), "{text}");
        }
    }
}
