//! A row of history, which is one message of `GET /messages`: what has to be known of it, and the event that
//! it would have been.

use std::collections::VecDeque;

use crate::api::split::Chunk;
use crate::event::{Event, MessageEvent, MessageId, Recipient};
use crate::fields::Fields;
use crate::message_event;
use crate::selection::{MESSAGE, Selection};
use crate::when::When;

/// One message of the history.
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
        chunk.push(row.event());
    }
    chunk
}

impl Row {
    /// The event that it would have been.
    fn event(&self) -> Event<'_> {
        Event {
            id: None,
            kind: MESSAGE,
            text: &self.text,
        }
    }

    /// Whether it is one of the selection.
    pub fn belongs_to(&self, selection: &Selection) -> bool {
        (!self.historical || selection.reaches_public()) && selection.passes(&self.event())
    }

    /// Whether it is at that place, or behind.
    pub fn is_from(&self, when: When) -> bool {
        when.is_reached(self.id, self.timestamp)
    }

    /// Its topic, if it was sent to a channel.
    pub fn topic(&self) -> Option<String> {
        let MessageEvent { message, .. } = serde_json::from_str(&self.text).ok()?;
        matches!(message.display_recipient, Recipient::Channel(_))
            .then(|| message.subject.into_owned())
    }
}

impl Rows {
    /// Adds the next of them.
    pub fn add(&mut self, chunk: &Chunk) {
        for event in chunk.iter() {
            match row(event.text) {
                Some(row) => self.rows.push_back(row),
                None => self.broken = true,
            }
        }
    }
}

/// A row of history as an event.
fn row(text: &str) -> Option<Row> {
    let fields: Fields = serde_json::from_str(text).ok()?;
    let id: u64 = serde_json::from_str(fields.find("id")?).ok()?;
    let timestamp = fields.find("timestamp");
    let timestamp = timestamp.and_then(|raw| serde_json::from_str(raw).ok());
    let flags = fields.find("flags").unwrap_or_default();
    let moves = fields.find("edit_history").unwrap_or_default();
    Some(Row {
        id: MessageId(id),
        timestamp: timestamp.unwrap_or(0),
        historical: flags.contains(r#""historical""#),
        moved: ["prev_topic", "prev_subject", "prev_stream"]
            .iter()
            .any(|name| moves.contains(name)),
        text: message_event::to_event(text, &fields)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_an_event_with_the_id_of_its_message() {
        let row = row(r#"{"flags":["read"],"timestamp":5,"id":7}"#).expect("a row");
        assert_eq!((row.id, row.timestamp), (MessageId(7), 5));
        assert_eq!(row.event().message_id(), Some(MessageId(7)));
    }

    #[test]
    fn a_row_knows_whether_it_was_moved_or_never_received() {
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
