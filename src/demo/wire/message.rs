//! The JSON of a message, in an event and in history, with the fields and the order of Zulip 9.2.
//!
//! Not for events (`event`). Shape: `GET /messages` in `zerver/openapi/zulip.yaml`, feature level 278.

use std::borrow::Cow;

use serde::Serialize;

use super::super::message::{Former, Message, Reaction};
use super::super::place::Place;
use super::super::roster::Person;
use super::{Rendering, rendered};

/// What the demo's organization is called in `sender_realm_str`.
const REALM: &str = "lantern";

/// A message; `flags` only in history, as events have them beside the message.
#[derive(Serialize)]
pub struct WireMessage<'a> {
    id: u64,
    sender_id: i64,
    content: Cow<'a, str>,
    recipient_id: i64,
    timestamp: u64,
    client: &'static str,
    subject: &'a str,
    topic_links: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    last_edit_timestamp: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    edit_history: Vec<WireEdit<'a>>,
    is_me_message: bool,
    reactions: Vec<WireReaction>,
    submessages: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<Vec<&'static str>>,
    sender_full_name: &'static str,
    sender_email: &'static str,
    sender_realm_str: &'static str,
    display_recipient: WireRecipient,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_id: Option<i64>,
    avatar_url: String,
    content_type: &'static str,
}

#[derive(Serialize)]
struct WireEdit<'a> {
    user_id: i64,
    timestamp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_rendered_content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_rendered_content_version: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_topic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'a str>,
}

#[derive(Serialize)]
struct WireReaction {
    emoji_name: &'static str,
    emoji_code: &'static str,
    reaction_type: &'static str,
    user: Reactor,
    user_id: i64,
}

/// In a message the key is `id`; in an event it is `user_id`.
#[derive(Serialize)]
struct Reactor {
    email: &'static str,
    id: i64,
    full_name: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WireRecipient {
    Channel(&'static str),
    People(Vec<Participant>),
}

#[derive(Serialize)]
struct Participant {
    id: i64,
    email: &'static str,
    full_name: &'static str,
    is_mirror_dummy: bool,
}

impl<'a> WireMessage<'a> {
    /// A row of `GET /messages`.
    pub fn in_history(
        message: &'a Message,
        rendering: Rendering,
        flags: Vec<&'static str>,
    ) -> Self {
        WireMessage {
            flags: Some(flags),
            ..WireMessage::new(message, rendering)
        }
    }

    /// The `message` of an event.
    pub fn new(message: &'a Message, rendering: Rendering) -> Self {
        let (content, content_type) = match rendering {
            Rendering::Markdown => (Cow::Borrowed(message.content.as_str()), "text/x-markdown"),
            Rendering::Html => (Cow::Owned(rendered(&message.content)), "text/html"),
        };
        let (kind, display_recipient, stream_id, recipient_id) = recipient(&message.place);
        WireMessage {
            id: message.id.0,
            sender_id: message.sender.id,
            content,
            recipient_id,
            timestamp: message.at.seconds(),
            client: "website",
            subject: message.topic(),
            topic_links: [],
            last_edit_timestamp: message.edits.first().map(|edit| edit.at.seconds()),
            edit_history: edits(message),
            is_me_message: message.is_me_message(),
            reactions: message.reactions.iter().map(wire_reaction).collect(),
            submessages: [],
            flags: None,
            sender_full_name: message.sender.name,
            sender_email: message.sender.email,
            sender_realm_str: REALM,
            display_recipient,
            kind,
            stream_id,
            avatar_url: avatar(message.sender),
            content_type,
        }
    }
}

fn recipient(place: &Place) -> (&'static str, WireRecipient, Option<i64>, i64) {
    match place {
        Place::Channel(channel, _) => (
            "stream",
            WireRecipient::Channel(channel.name),
            Some(channel.id),
            20 + channel.id,
        ),
        Place::Direct(people) => {
            let mut people = people.to_vec();
            // Two people by address, more by id: as 9.2 has them.
            match people.len() {
                0..=2 => people.sort_unstable_by_key(|person| person.email),
                _ => people.sort_unstable_by_key(|person| person.id),
            }
            let recipient_id = people.iter().map(|person| person.id).sum::<i64>() + 40;
            let people = people.into_iter().map(|person| Participant {
                id: person.id,
                email: person.email,
                full_name: person.name,
                is_mirror_dummy: false,
            });
            (
                "private",
                WireRecipient::People(people.collect()),
                None,
                recipient_id,
            )
        }
    }
}

fn edits(message: &Message) -> Vec<WireEdit<'_>> {
    let edits = message.edits.iter().map(|edit| {
        let (content, topics) = match &edit.former {
            Former::Content(content) => (Some(content.as_str()), None),
            Former::Topic { from, to } => (None, Some((from, to))),
        };
        WireEdit {
            user_id: edit.editor.id,
            timestamp: edit.at.seconds(),
            prev_content: content,
            prev_rendered_content: content.map(rendered),
            prev_rendered_content_version: content.map(|_| 1),
            prev_topic: topics.map(|(from, _)| from.as_ref()),
            topic: topics.map(|(_, to)| to.as_ref()),
        }
    });
    edits.collect()
}

fn wire_reaction(reaction: &Reaction) -> WireReaction {
    let Reaction { person, emoji } = reaction;
    WireReaction {
        emoji_name: emoji.name,
        emoji_code: emoji.code,
        reaction_type: "unicode_emoji",
        user: Reactor {
            email: person.email,
            id: person.id,
            full_name: person.name,
        },
        user_id: person.id,
    }
}

/// A picture's address; nothing is there.
pub fn avatar(person: &Person) -> String {
    format!(
        "https://secure.gravatar.com/avatar/{:032x}?d=identicon&version=1",
        person.id
    )
}
