//! One event of a queue: its identifiers and the bytes as the server sent them.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`), and for the old ones
//! `zerver/tornado/event_queue.py` of Zulip 1.7.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Id of an event: per queue, from 0, ascending but not without holes; -1 stands for "none seen".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub i64);

impl EventId {
    /// For a fresh queue: everything that it holds comes after it.
    pub const NONE_SEEN: EventId = EventId(-1);
}

/// Id of a message: unique per server, roughly in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct MessageId(pub u64);

/// Name of an event queue; opaque (`time:counter` on old servers, a UUID on new ones).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Default, Deserialize)]
pub struct MessageEvent<'a> {
    /// The message itself.
    #[serde(borrow)]
    pub message: Message<'a>,
    /// Old servers send null to accounts that did not receive the message.
    #[serde(borrow, default)]
    pub flags: Option<Vec<Flag<'a>>>,
}

/// What a message is to the account: `read`, `mentioned`, `starred`.
#[derive(Debug, Deserialize)]
pub struct Flag<'a>(#[serde(borrow)] Cow<'a, str>);

impl AsRef<str> for Flag<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A message, as it stands in an event and in `GET /messages`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Message<'a> {
    /// Ids are handed out before they are committed: a lower one may come later.
    pub id: u64,
    /// `stream` or `private`; `channel` or `direct` where a server has renamed them.
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    /// The sender's user id.
    pub sender_id: Option<i64>,
    /// The sender's address as the API shows it, which need not be the login address.
    #[serde(borrow)]
    pub sender_email: Cow<'a, str>,
    /// The sender's name.
    #[serde(borrow)]
    pub sender_full_name: Cow<'a, str>,
    /// The channel, or the people of a direct message.
    #[serde(borrow)]
    pub display_recipient: Recipient<'a>,
    /// The channel's id; none in a direct message.
    pub stream_id: Option<i64>,
    /// The topic; empty in a direct message.
    #[serde(borrow)]
    pub subject: Cow<'a, str>,
    /// Markdown, or HTML with `--apply-markdown`.
    #[serde(borrow)]
    pub content: Cow<'a, str>,
    /// `text/x-markdown`, or `text/html` with `--apply-markdown`.
    #[serde(borrow)]
    pub content_type: Cow<'a, str>,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// Whether it begins with `/me`.
    #[serde(rename = "is_me_message")]
    pub is_me: bool,
}

/// `display_recipient`: a channel's name, or everybody in a direct message, the sender included.
#[derive(Debug)]
pub enum Recipient<'a> {
    /// The channel's name.
    Channel(Cow<'a, str>),
    /// One entry for a message to oneself, two for a conversation of two.
    People(Vec<Person<'a>>),
}

/// By hand: an untagged enum would copy everything first and then try one variant after the other.
impl<'de: 'a, 'a> Deserialize<'de> for Recipient<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Recipient<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a channel's name or a list of people")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Recipient::Channel(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Recipient::Channel(Cow::Owned(name.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, people: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(people)).map(Recipient::People)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl Default for Recipient<'_> {
    fn default() -> Self {
        Recipient::People(Vec::new())
    }
}

/// One of the people in a direct message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Person<'a> {
    /// The user id.
    pub id: i64,
    /// The address as the API shows it.
    #[serde(borrow)]
    pub email: Cow<'a, str>,
    /// The name.
    #[serde(borrow)]
    pub full_name: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::{MessageEvent, Recipient};
    use std::borrow::Cow;

    #[test]
    fn recipients_are_a_name_or_people_and_nothing_else() {
        for (name, json, expected) in [
            ("channel", r#""ops""#, Ok("channel ops")),
            ("escapes", r#""\u00e9\n""#, Ok("channel é\n")),
            (
                "people",
                r#"[{"id":1,"full_name":"Hamlet"},{"x":2}]"#,
                Ok("people Hamlet,"),
            ),
            ("nobody", "[]", Ok("people ")),
            ("number", "5", Err(())),
            ("null", "null", Err(())),
            ("object", "{}", Err(())),
            ("numbers", "[1]", Err(())),
        ] {
            let read = serde_json::from_str(json).map_err(drop).map(|to| match to {
                Recipient::Channel(name) => format!("channel {name}"),
                Recipient::People(people) => {
                    let names = people.iter().map(|person| &*person.full_name);
                    format!("people {}", names.collect::<Vec<_>>().join(","))
                }
            });
            assert_eq!(read.as_deref(), expected.as_deref(), "{name}");
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
        assert!(matches!(event.flags.unwrap()[0].0, Cow::Borrowed("read")));
    }
}
