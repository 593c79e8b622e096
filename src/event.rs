//! One event of a queue: its identifiers and the bytes as the server sent them.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`), and for the old ones
//! `zerver/tornado/event_queue.py` of Zulip 1.7.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde::{Deserialize, Serialize};
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
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// Missing only where a server breaks the protocol, and in events made from history.
    pub id: Option<EventId>,
    /// The field `type` as it stands between its quotes; empty where it is missing.
    pub kind: &'a str,
    /// The whole object, byte for byte.
    pub text: &'a str,
    /// What is in it, once somebody wanted to know.
    fields: OnceCell<Option<Fields<'a>>>,
    message: OnceCell<Option<MessageEvent<'a>>>,
}

impl<'a> Event<'a> {
    /// An event of which nothing is read yet.
    pub fn new(id: Option<EventId>, kind: &'a str, text: &'a str) -> Event<'a> {
        Event {
            id,
            kind,
            text,
            fields: OnceCell::new(),
            message: OnceCell::new(),
        }
    }

    /// An event that nobody has looked at; an error where its text is no object.
    pub fn parse(text: &'a str) -> serde_json::Result<Event<'a>> {
        let fields: Fields = serde_json::from_str(text)?;
        let event = Event::new(None, fields.kind(), text);
        // It is empty.
        let _ = event.fields.set(Some(fields));
        Ok(event)
    }

    /// Its fields; none where it is no object.
    pub fn fields(&self) -> Option<&Fields<'a>> {
        let fields = || serde_json::from_str(self.text).ok();
        self.fields.get_or_init(fields).as_ref()
    }

    /// The message in it, and what is beside that; none where there is none.
    pub fn message(&self) -> Option<&MessageEvent<'a>> {
        let message = || serde_json::from_str(self.text).ok();
        self.message.get_or_init(message).as_ref()
    }

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
        if let Some(rest) = id
            && let Some(length) = rest.bytes().position(|byte| byte == b',')
            && let Some(digits) = rest.get(..length)
            && let Ok(id) = digits.parse()
        {
            return Some(MessageId(id));
        }
        MessageId::of(&self.message()?.message, "id")
    }
}

/// A `message` event: `{"type":"message","message":{…},"flags":["mentioned"],"id":7}`.
#[derive(Clone, Debug, Deserialize)]
pub struct MessageEvent<'a> {
    /// The message itself.
    #[serde(borrow)]
    pub message: Fields<'a>,
    #[serde(borrow, default)]
    flags: Option<&'a RawValue>,
}

impl<'a> MessageEvent<'a> {
    /// What it is to the account: `read`, `mentioned`, `starred`. Old servers send null to accounts that did not
    /// receive the message. None where that cannot be read.
    pub fn flags(&self) -> Option<Vec<&'a RawValue>> {
        self.flags.map_or(Some(Vec::new()), fields::list)
    }
}

/// What servers since 10.0 show in place of an empty topic.
pub const UNNAMED_TOPIC: &str = "general chat";

/// What servers put before a topic that is resolved.
pub const RESOLVED: &str = "✔ ";

/// A message, as it stands in an event and in `GET /messages`.
///
/// Each field is read by itself: null is as good as absent, a number may be written as a text, and a field of
/// another type is as good as absent, so that one odd field never hides the others.
#[derive(Debug, Default)]
pub struct Message<'a> {
    /// Ids are handed out before they are committed: a lower one may come later.
    pub id: u64,
    /// `stream` or `private`; `channel` or `direct` where a server has renamed them.
    pub kind: Cow<'a, str>,
    /// Who sent it.
    pub sender: Person<'a>,
    /// The channel, or the people of a direct message.
    pub recipient: Recipient<'a>,
    /// The channel's id; none in a direct message.
    pub channel_id: Option<i64>,
    /// The topic; empty in a direct message.
    pub topic: Cow<'a, str>,
    /// Markdown, or HTML with `--apply-markdown`.
    pub content: Cow<'a, str>,
    /// `text/x-markdown`, or `text/html` with `--apply-markdown`.
    pub content_type: Cow<'a, str>,
    /// Seconds since 1970, of which some servers send fractions.
    pub timestamp: i64,
    /// Whether it begins with `/me`.
    pub is_me: bool,
}

impl<'a> Message<'a> {
    /// Reads the fields of one.
    pub fn of(fields: &Fields<'a>) -> Message<'a> {
        let text = |name| fields.text(name).unwrap_or_default();
        let people = || {
            let people = fields.list("display_recipient").into_iter();
            people.filter_map(Person::of).collect()
        };
        Message {
            id: MessageId::of(fields, "id").map_or(0, |id| id.0),
            kind: text("type"),
            sender: Person::sender(fields),
            recipient: match fields.text("display_recipient") {
                Some(channel) => Recipient::Channel(channel),
                None => Recipient::People(people()),
            },
            channel_id: fields.channel_id(),
            topic: fields.topic().unwrap_or_default(),
            content: text("content"),
            content_type: text("content_type"),
            timestamp: fields.seconds("timestamp").unwrap_or_default(),
            is_me: fields.flag("is_me_message") == Some(true),
        }
    }
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

/// Whether servers call a direct message so: `direct` where they have renamed it.
pub fn is_direct(kind: &str) -> bool {
    matches!(kind, "private" | "direct")
}

/// Somebody, as far as that is known.
#[derive(Clone, Debug, Default)]
pub struct Person<'a> {
    /// The user id; 0 where it is not known.
    pub id: i64,
    /// The address as the API shows it, which need not be the login address.
    pub email: Cow<'a, str>,
    /// The name.
    pub full_name: Cow<'a, str>,
}

impl<'a> Person<'a> {
    /// Somebody by an object.
    pub fn of(object: &'a RawValue) -> Option<Person<'a>> {
        let fields = Fields::of(object)?;
        let id = fields.integer("id").or_else(|| fields.integer("user_id"));
        Some(Person::in_fields(&fields, id))
    }

    /// Somebody of that id, by the fields that tell address and name.
    pub fn in_fields(fields: &Fields<'a>, id: Option<i64>) -> Person<'a> {
        Person {
            id: id.unwrap_or_default(),
            email: fields.text("email").unwrap_or_default(),
            full_name: fields.text("full_name").unwrap_or_default(),
        }
    }

    /// Who sent a message.
    pub fn sender(message: &Fields<'a>) -> Person<'a> {
        Person {
            id: message.integer("sender_id").unwrap_or_default(),
            email: message.text("sender_email").unwrap_or_default(),
            full_name: message.text("sender_full_name").unwrap_or_default(),
        }
    }

    /// The user id, if it is known.
    pub fn id(&self) -> Option<i64> {
        Some(self.id).filter(|id| *id != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Message, MessageEvent, Recipient};
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
            let json = format!(r#"{{"display_recipient":{json},"content":"x"}}"#);
            let message = Message::of(&serde_json::from_str(&json).expect(name));
            let recipient = match message.recipient {
                Recipient::Channel(name) => format!("channel {name}"),
                Recipient::People(people) => {
                    let names = people.iter().map(|person| &*person.full_name);
                    format!("people {}", names.collect::<Vec<_>>().join(","))
                }
            };
            assert_eq!(recipient, expected, "{name}");
            assert_eq!(message.content, "x", "{name}");
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
            let json = format!(r#"{{"timestamp":{value},"sender_id":{value}}}"#);
            let message = Message::of(&serde_json::from_str(&json).expect(value));
            assert_eq!(message.sender.id(), expected, "{value}");
            assert_eq!(message.timestamp, expected.unwrap_or_default(), "{value}");
        }
        for fraction in ["7.9", "\"7.9\""] {
            let json = format!(r#"{{"timestamp":{fraction},"sender_id":{fraction}}}"#);
            let message = Message::of(&serde_json::from_str(&json).expect(fraction));
            assert_eq!((message.timestamp, message.sender.id()), (7, None));
        }
    }

    #[test]
    fn flags_are_a_list_and_nothing_is_an_empty_one() {
        for (flags, expected) in [
            (r#"["read",5,null]"#, Some(3)),
            ("[]", Some(0)),
            ("null", Some(0)),
            ("{}", None),
        ] {
            let json = format!(r#"{{"message":{{}},"flags":{flags}}}"#);
            let event: MessageEvent = serde_json::from_str(&json).expect(flags);
            assert_eq!(event.flags().map(|list| list.len()), expected, "{flags}");
        }
    }

    #[test]
    fn texts_without_escapes_are_not_copied() {
        let json = r#"{"content":"a","display_recipient":"b"}"#;
        let message = Message::of(&serde_json::from_str(json).unwrap());
        assert!(matches!(message.content, Cow::Borrowed("a")));
        let Recipient::Channel(channel) = message.recipient else {
            panic!("not a channel");
        };
        assert!(matches!(channel, Cow::Borrowed("b")));
    }
}
