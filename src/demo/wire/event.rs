//! The JSON of events without their `id`, which each queue adds for itself.
//!
//! Not for who gets them (`realm`), nor for `update_message` (`update`). Shapes: `GET /events` in
//! `zerver/openapi/zulip.yaml`, Zulip 9.2, feature level 278.

use serde::Serialize;

use super::super::clock::Moment;
use super::super::happening::Change;
use super::super::message::{Emoji, Message, Reaction};
use super::super::place::Place;
use super::super::roster::{Group, Person};
use super::Rendering;
use super::message::WireMessage;

/// Whether `presence` events name people by address too: `slim_presence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// With the address.
    Full,
    /// By id alone.
    Slim,
}

#[derive(Serialize)]
struct Kind<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    rest: T,
}

/// The JSON of an event of that type; nothing in these types can fail to be written.
pub fn json(kind: &'static str, rest: impl Serialize) -> String {
    serde_json::to_string(&Kind { kind, rest }).unwrap_or_default()
}

#[derive(Serialize)]
struct WireMessageEvent<'a> {
    message: WireMessage<'a>,
    flags: Vec<&'static str>,
}

/// `message`.
pub fn message(message: &Message, rendering: Rendering) -> String {
    let flags = message.flags();
    json(
        "message",
        WireMessageEvent {
            message: WireMessage::new(message, rendering),
            flags,
        },
    )
}

#[derive(Serialize)]
struct WireReaction {
    op: &'static str,
    user_id: i64,
    user: Reactor,
    message_id: u64,
    emoji_name: &'static str,
    emoji_code: &'static str,
    reaction_type: &'static str,
}

/// In an event the key is `user_id`; in a message it is `id`.
#[derive(Serialize)]
struct Reactor {
    user_id: i64,
    email: &'static str,
    full_name: &'static str,
}

/// `reaction`.
pub fn reacted(message: &Message, reaction: &Reaction, change: Change) -> String {
    let Reaction { person, emoji } = reaction;
    let reaction = WireReaction {
        op: match change {
            Change::Begin => "add",
            Change::End => "remove",
        },
        user_id: person.id,
        user: Reactor {
            user_id: person.id,
            email: person.email,
            full_name: person.name,
        },
        message_id: message.id.0,
        emoji_name: emoji.name,
        emoji_code: emoji.code,
        reaction_type: "unicode_emoji",
    };
    json("reaction", reaction)
}

#[derive(Serialize)]
struct WireTyping<'a> {
    message_type: &'static str,
    op: &'static str,
    sender: Typist,
    #[serde(flatten)]
    place: WireTypingPlace<'a>,
}

#[derive(Serialize)]
struct Typist {
    user_id: i64,
    email: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WireTypingPlace<'a> {
    Channel { stream_id: i64, topic: &'a str },
    Direct { recipients: Vec<Typist> },
}

/// `typing`.
pub fn typing(person: &Person, place: &Place, change: Change) -> String {
    let typist = |person: &Person| Typist {
        user_id: person.id,
        email: person.email,
    };
    let (message_type, place) = match place {
        Place::Channel(channel, topic) => (
            "stream",
            WireTypingPlace::Channel {
                stream_id: channel.id,
                topic,
            },
        ),
        Place::Direct(people) => {
            let recipients = people.iter().map(|person| typist(person)).collect();
            ("direct", WireTypingPlace::Direct { recipients })
        }
    };
    let op = match change {
        Change::Begin => "start",
        Change::End => "stop",
    };
    json(
        "typing",
        WireTyping {
            message_type,
            op,
            sender: typist(person),
            place,
        },
    )
}

#[derive(Serialize)]
struct WirePresence {
    user_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'static str>,
    server_timestamp: f64,
    presence: Clients,
}

#[derive(Serialize)]
struct Clients {
    website: Website,
}

#[derive(Serialize)]
struct Website {
    client: &'static str,
    status: &'static str,
    timestamp: u64,
    pushable: bool,
}

/// `presence`: somebody came online.
pub fn online(person: &Person, presence: Presence, at: Moment) -> String {
    let website = Website {
        client: "website",
        status: "active",
        timestamp: at.seconds(),
        pushable: false,
    };
    let online = WirePresence {
        user_id: person.id,
        email: (presence == Presence::Full).then_some(person.email),
        server_timestamp: at.fractional_seconds(),
        presence: Clients { website },
    };
    json("presence", online)
}

#[derive(Serialize)]
struct WireStatus {
    user_id: i64,
    status_text: &'static str,
    emoji_name: &'static str,
    emoji_code: &'static str,
    reaction_type: &'static str,
}

/// `user_status`.
pub fn status(person: &Person, text: &'static str, emoji: &Emoji) -> String {
    let status = WireStatus {
        user_id: person.id,
        status_text: text,
        emoji_name: emoji.name,
        emoji_code: emoji.code,
        reaction_type: "unicode_emoji",
    };
    json("user_status", status)
}

#[derive(Serialize)]
struct WireMembers {
    op: &'static str,
    group_id: i64,
    user_ids: [i64; 1],
}

/// `user_group`: somebody comes into a group or leaves it.
pub fn member(person: &Person, group: &Group, change: Change) -> String {
    let members = WireMembers {
        op: match change {
            Change::Begin => "add_members",
            Change::End => "remove_members",
        },
        group_id: group.id,
        user_ids: [person.id],
    };
    json("user_group", members)
}

/// `heartbeat`.
pub fn heartbeat() -> String {
    #[derive(Serialize)]
    struct Nothing {}
    json("heartbeat", Nothing {})
}
