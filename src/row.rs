//! A row of history, which is one message of `GET /messages`: what has to be known of it, and the event that
//! it would have been: `{"type":"message","message":{…},"flags":[…],"id":null}`. In history the flags are inside
//! the message. What `-m` prints are such messages as well.
//!
//! Source: the message objects in Zulip's `zerver/openapi/zulip.yaml` (`GET /messages`, 9.2).

use crate::event::{Event, MessageId};
use crate::fields::Fields;
use crate::kind;
use crate::selection::Selection;
use crate::when::When;

/// One message of the history.
#[derive(Debug)]
pub struct HistoryRow {
    /// Its id.
    pub id: MessageId,
    /// When it was sent, in seconds since 1970, by the server's clock. None where that cannot be read: then it may be
    /// of any time.
    pub timestamp: Option<i64>,
    /// Whether the account did not receive it.
    pub historical: bool,
    /// Whether it was moved to another topic or channel after it was sent.
    pub moved: bool,
    /// As an event.
    text: String,
}

impl HistoryRow {
    /// The event that it would have been.
    pub fn event(&self) -> Event<'_> {
        Event::new(None, kind::MESSAGE, &self.text)
    }

    /// Whether it is one of the selection.
    pub fn belongs_to(&self, selection: &Selection) -> bool {
        (!self.historical || selection.reaches_public()) && selection.has_message(&self.event())
    }

    /// Whether it may be at that place, or behind.
    pub fn is_from(&self, when: When) -> bool {
        when.is_reached(Some(self.id), self.timestamp) != Some(false)
    }

    /// Whether it may be before that place.
    pub fn is_before(&self, when: When) -> bool {
        when.is_reached(Some(self.id), self.timestamp) != Some(true)
    }
}

/// A row of history as an event; none for one without an id.
pub fn row(text: &str) -> Option<HistoryRow> {
    let fields: Fields = serde_json::from_str(text).ok()?;
    let id: u64 = serde_json::from_str(fields.find("id")?).ok()?;
    let flags = fields.find("flags").unwrap_or_default();
    let moves = fields.find("edit_history").unwrap_or_default();
    Some(HistoryRow {
        id: MessageId(id),
        timestamp: fields.seconds("timestamp"),
        historical: flags.contains(r#""historical""#),
        moved: ["prev_topic", "prev_subject", "prev_stream"]
            .iter()
            .any(|name| moves.contains(name)),
        text: to_event(text, &fields)?,
    })
}

/// Whether these are the fields of a message. Its `type` does not distinguish it from an event: both can be
/// `stream`.
pub fn is_message(fields: &Fields) -> bool {
    let has = |name| fields.find(name).is_some();
    has("display_recipient") && has("content") && !has("message") && !has("op")
}

/// The message as an event: its flags move out of it, and all else keeps its bytes. None where there
/// are too many fields, or a key that cannot be written again: no message has either.
pub fn to_event(text: &str, fields: &Fields) -> Option<String> {
    if fields.is_cut() {
        return None;
    }
    let mut event = String::with_capacity(text.len() + 64);
    event.push_str(r#"{"type":"message","message":"#);
    let flags = fields.find("flags");
    if flags.is_none() {
        event.push_str(text);
    } else {
        push_without_flags(&mut event, fields)?;
    }
    event.push_str(r#","flags":"#);
    event.push_str(flags.unwrap_or("[]"));
    event.push_str(r#","id":null}"#);
    Some(event)
}

fn push_without_flags(event: &mut String, fields: &Fields) -> Option<()> {
    event.push('{');
    for (key, value) in fields.0.iter().filter(|(key, _)| key != "flags") {
        if !event.ends_with('{') {
            event.push(',');
        }
        event.push_str(&serde_json::to_string(key).ok()?);
        event.push(':');
        event.push_str(value.get());
    }
    event.push('}');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_an_event_with_the_id_of_its_message() {
        let row = row(r#"{"flags":["read"],"timestamp":5,"id":7}"#).expect("a row");
        assert_eq!((row.id, row.timestamp), (MessageId(7), Some(5)));
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

    #[test]
    fn a_message_becomes_an_event_with_its_flags_outside_and_its_bytes_kept() {
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
                "flags alone",
                r#"{"flags":null}"#,
                r#"{"type":"message","message":{},"flags":null,"id":null}"#,
            ),
            (
                "no flags: not a byte changes",
                r#"{ "id" : 7, "\u0041": {"flags":[]} }"#,
                r#"{"type":"message","message":{ "id" : 7, "\u0041": {"flags":[]} },"flags":[],"id":null}"#,
            ),
        ] {
            let fields: Fields = serde_json::from_str(text).expect(name);
            let event = to_event(text, &fields);
            assert_eq!(event.as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_message_is_known_by_its_fields_and_not_by_its_type() {
        for (text, expected) in [
            (
                r#"{"id":1,"type":"stream","display_recipient":"ops","content":"x"}"#,
                true,
            ),
            (r#"{"content":"x","display_recipient":[]}"#, true),
            (
                r#"{"type":"stream","op":"update","display_recipient":"ops","content":"x"}"#,
                false,
            ),
            (r#"{"type":"stream","op":"create","streams":[]}"#, false),
            (
                r#"{"type":"message","message":{"display_recipient":"ops","content":"x"}}"#,
                false,
            ),
            (
                r#"{"type":"message","message":{},"display_recipient":"ops","content":"x"}"#,
                false,
            ),
            (r#"{"type":"private","content":"x"}"#, false),
        ] {
            let fields: Fields = serde_json::from_str(text).expect(text);
            assert_eq!(is_message(&fields), expected, "{text}");
        }
    }
}
