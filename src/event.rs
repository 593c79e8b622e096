//! One event of a queue: its identifiers and the bytes as the server sent them.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`), and for the old ones
//! `zerver/tornado/event_queue.py` of Zulip 1.7.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::fields::{self, Fields};

/// Id of an event: per queue, from 0, ascending but not without holes; -1 stands for "none seen".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventId(pub i64);

impl EventId {
    /// For a fresh queue: everything that it holds comes after it.
    pub const NONE_SEEN: EventId = EventId(-1);
}

/// Id of a message: unique per server, roughly in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct MessageId(pub u64);

impl MessageId {
    /// The one in a field.
    pub fn of(fields: &Fields, name: &str) -> Option<MessageId> {
        fields::number(fields.get(name)?).map(MessageId)
    }

    /// Those of the messages that an event is about, in its order.
    pub fn in_event(fields: &Fields) -> Vec<MessageId> {
        let mut ids = MessageId::all(&fields.list("message_ids"));
        ids.extend(MessageId::all(&fields.list("messages")));
        if ids.is_empty() {
            ids.extend(MessageId::of(fields, "message_id"));
        }
        ids
    }

    /// Those in a list.
    fn all(list: &[&RawValue]) -> Vec<MessageId> {
        let ids = list.iter().filter_map(|entry| fields::number(entry));
        ids.map(MessageId).collect()
    }
}

/// Name of an event queue; opaque (`time:counter` on old servers, a UUID on new ones).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueId(pub String);

/// One event as received. `text` is valid UTF-8 JSON of one object without line breaks.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Missing only where a server breaks the protocol, and in events made from history.
    pub id: Option<EventId>,
    /// The field `type` as it stands between its quotes; empty where it is missing.
    pub kind: &'a str,
    /// The whole object, byte for byte.
    pub text: &'a str,
}

impl Event<'_> {
    /// The id of the message in a `message` event. New servers put it first, which spares parsing
    /// the whole.
    pub fn message_id(&self) -> Option<MessageId> {
        let id = self
            .text
            .strip_prefix(r#"{"type":"message","message":{"id":"#);
        let id = id.or_else(|| {
            self.text
                .strip_prefix(r#"{"type": "message", "message": {"id": "#)
        });
        if let Some((digits, _)) = id.and_then(|rest| rest.split_once(','))
            && let Ok(id) = digits.parse()
        {
            return Some(MessageId(id));
        }
        let outer: WithMessageId = serde_json::from_str(self.text).ok()?;
        Some(MessageId(outer.message.id))
    }
}

#[derive(Deserialize)]
struct WithMessageId {
    message: WithId,
}

#[derive(Deserialize)]
struct WithId {
    id: u64,
}

/// The fields of a `message` event that filters and summaries read:
/// `{"type":"message","message":{…},"flags":["mentioned"],"id":7}`.
///
/// Each is read by itself: null is as good as absent, a number may be written as a text, and a field of
/// another type is as good as absent, so that one odd field never hides the others.
#[derive(Debug, Default, Deserialize)]
pub struct MessageEvent<'a> {
    /// The message itself.
    #[serde(borrow)]
    pub message: Message<'a>,
    /// What it is to the account: `read`, `mentioned`, `starred`. Old servers send null to accounts that did not
    /// receive the message.
    #[serde(borrow, default, deserialize_with = "flags")]
    pub flags: Option<Vec<Cow<'a, str>>>,
}

/// What servers since 10.0 show in place of an empty topic.
pub const UNNAMED_TOPIC: &str = "general chat";

/// What servers put before a topic that is resolved.
pub const RESOLVED: &str = "✔ ";

/// A message, as it stands in an event and in `GET /messages`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Message<'a> {
    /// Ids are handed out before they are committed: a lower one may come later.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// `stream` or `private`; `channel` or `direct` where a server has renamed them.
    #[serde(borrow, rename = "type", deserialize_with = "text")]
    pub kind: Cow<'a, str>,
    /// The sender's user id.
    #[serde(deserialize_with = "optional_number")]
    pub sender_id: Option<i64>,
    /// The sender's address as the API shows it, which need not be the login address.
    #[serde(borrow, deserialize_with = "text")]
    pub sender_email: Cow<'a, str>,
    /// The sender's name.
    #[serde(borrow, deserialize_with = "text")]
    pub sender_full_name: Cow<'a, str>,
    /// The channel, or the people of a direct message.
    #[serde(borrow, deserialize_with = "recipient")]
    pub display_recipient: Recipient<'a>,
    /// The channel's id; none in a direct message.
    #[serde(deserialize_with = "optional_number")]
    pub stream_id: Option<i64>,
    /// The topic; empty in a direct message.
    #[serde(borrow, deserialize_with = "text")]
    pub subject: Cow<'a, str>,
    /// Markdown, or HTML with `--apply-markdown`.
    #[serde(borrow, deserialize_with = "text")]
    pub content: Cow<'a, str>,
    /// `text/x-markdown`, or `text/html` with `--apply-markdown`.
    #[serde(borrow, deserialize_with = "text")]
    pub content_type: Cow<'a, str>,
    /// Seconds since 1970, of which some servers send fractions.
    #[serde(deserialize_with = "seconds")]
    pub timestamp: i64,
    /// Whether it begins with `/me`.
    #[serde(rename = "is_me_message", deserialize_with = "flag")]
    pub is_me: bool,
}

/// `display_recipient`: a channel's name, or everybody in a direct message, the sender included.
#[derive(Clone, Debug)]
pub enum Recipient<'a> {
    /// The channel's name.
    Channel(Cow<'a, str>),
    /// One entry for a message to oneself, two for a conversation of two.
    People(Vec<Person<'a>>),
}

impl Default for Recipient<'_> {
    fn default() -> Self {
        Recipient::People(Vec::new())
    }
}

/// One of the people in a direct message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Person<'a> {
    /// The user id.
    #[serde(deserialize_with = "number")]
    pub id: i64,
    /// The address as the API shows it.
    #[serde(borrow, deserialize_with = "text")]
    pub email: Cow<'a, str>,
    /// The name.
    #[serde(borrow, deserialize_with = "text")]
    pub full_name: Cow<'a, str>,
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    Ok(optional_text(deserializer)?.unwrap_or_default())
}

/// A text; none where it is anything else.
pub fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Cow<'de, str>>, D::Error> {
    deserializer.deserialize_any(TextVisitor)
}

fn number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr + Default,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(fields::number(raw).unwrap_or_default())
}

/// A whole number, which may be written as a text; none where it is anything else.
pub fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(fields::number)
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(fields::seconds(raw).unwrap_or_default())
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(raw.get() == "true")
}

fn flags<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Cow<'de, str>>>, D::Error> {
    let list = fields::list(<&RawValue>::deserialize(deserializer)?);
    Ok(list.map(|list| list.into_iter().filter_map(fields::text).collect()))
}

fn recipient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Recipient<'de>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    if let Some(channel) = fields::text(raw) {
        return Ok(Recipient::Channel(channel));
    }
    let list = fields::list(raw).unwrap_or_default().into_iter();
    let people = list.filter_map(|person| serde_json::from_str(person.get()).ok());
    Ok(Recipient::People(people.collect()))
}

/// Reads a text, and passes over anything else. By hand: a `RawValue` would be gone over twice, which a narrow
/// notices, and what serde derives for several types copies a value before it looks at it.
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::{MessageEvent, Recipient};
    use std::borrow::Cow;

    #[test]
    fn recipients_are_a_name_or_people_and_nobody_otherwise() {
        for (name, json, expected) in [
            ("channel", r#""ops""#, "channel ops"),
            ("escapes", r#""\u00e9\n""#, "channel é\n"),
            (
                "people",
                r#"[{"id":1,"full_name":"Hamlet"},{"x":2},{"full_name":7},5]"#,
                "people Hamlet,,",
            ),
            ("nobody", "[]", "people "),
            ("number", "5", "people "),
            ("null", "null", "people "),
            ("object", r#"{"a":[1]}"#, "people "),
        ] {
            let json = format!(r#"{{"message":{{"display_recipient":{json},"content":"x"}}}}"#);
            let event: MessageEvent = serde_json::from_str(&json).expect(name);
            let recipient = match event.message.display_recipient {
                Recipient::Channel(name) => format!("channel {name}"),
                Recipient::People(people) => {
                    let names = people.iter().map(|person| &*person.full_name);
                    format!("people {}", names.collect::<Vec<_>>().join(","))
                }
            };
            assert_eq!(recipient, expected, "{name}");
            assert_eq!(event.message.content, "x", "{name}");
        }
    }

    #[test]
    fn numbers_may_be_texts_and_times_have_fractions() {
        for (value, expected) in [
            ("7", Some(7)),
            ("\"7\"", Some(7)),
            ("-7", Some(-7)),
            ("1e300", None),
            ("18446744073709551615", None),
            ("\"x\"", None),
            ("true", None),
            ("null", None),
            ("[7]", None),
        ] {
            let json = format!(r#"{{"message":{{"timestamp":{value},"sender_id":{value}}}}}"#);
            let MessageEvent { message, .. } = serde_json::from_str(&json).expect(value);
            assert_eq!(message.sender_id, expected, "{value}");
            assert_eq!(message.timestamp, expected.unwrap_or_default(), "{value}");
        }
        for fraction in ["7.9", "\"7.9\""] {
            let json =
                format!(r#"{{"message":{{"timestamp":{fraction},"sender_id":{fraction}}}}}"#);
            let MessageEvent { message, .. } = serde_json::from_str(&json).expect(fraction);
            assert_eq!((message.timestamp, message.sender_id), (7, None));
        }
    }

    #[test]
    fn flags_that_are_no_texts_hide_no_others() {
        for (flags, expected) in [
            (r#"["read",5,null,["x"],"starred"]"#, Some("read,starred")),
            ("[]", Some("")),
            ("null", None),
            ("{}", None),
        ] {
            let json = format!(r#"{{"message":{{}},"flags":{flags}}}"#);
            let event: MessageEvent = serde_json::from_str(&json).expect(flags);
            let read = event.flags.map(|flags| flags.join(","));
            assert_eq!(read.as_deref(), expected, "{flags}");
        }
    }

    #[test]
    fn texts_without_escapes_are_not_copied() {
        let json = r#"{"message":{"content":"a","display_recipient":"b"},"flags":["read"]}"#;
        let event: MessageEvent = serde_json::from_str(json).unwrap();
        assert!(matches!(event.message.content, Cow::Borrowed("a")));
        let Recipient::Channel(channel) = event.message.display_recipient else {
            panic!("not a channel");
        };
        assert!(matches!(channel, Cow::Borrowed("b")));
        assert!(matches!(event.flags.unwrap()[0], Cow::Borrowed("read")));
    }
}
