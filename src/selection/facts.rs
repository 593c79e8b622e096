//! What the terms of a narrow look at in a message, each field read by itself.
//!
//! A field that does not say what it should is not the same as one that says no: what looks different from what is
//! documented must not be dropped in silence. So a value may be unknown, and then a term cannot tell. Where a
//! message is seen by an event about it, what the event does not carry is unknown too.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::event::{Event, optional_number, optional_text};
use crate::fields;

/// Whether a term holds for a message, or the name of the field for want of which it cannot be told.
pub type Answer = Result<bool, &'static str>;

/// Whether all of them are yes. One no decides, whatever cannot be told.
pub fn all(answers: impl IntoIterator<Item = Answer>) -> Answer {
    any(answers.into_iter().map(not)).map(|any| !any)
}

/// Whether one of them is yes.
pub fn any(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let mut all_together = Ok(false);
    for answer in answers {
        match answer {
            Ok(true) => return answer,
            Err(_) if all_together.is_ok() => all_together = answer,
            _ => {}
        }
    }
    all_together
}

/// The opposite.
pub fn not(answer: Answer) -> Answer {
    answer.map(|holds| !holds)
}

/// Who somebody is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Identity<'a> {
    /// The user id. Typing events call it `user_id`.
    #[serde(alias = "user_id", deserialize_with = "optional_number")]
    pub id: Option<i64>,
    /// The address as the API shows it.
    #[serde(borrow, rename = "email", deserialize_with = "optional_text")]
    pub address: Option<Cow<'a, str>>,
    /// The name.
    #[serde(borrow, rename = "full_name", deserialize_with = "optional_text")]
    pub name: Option<Cow<'a, str>>,
}

impl Identity<'_> {
    /// Whoever has that id.
    pub fn with_id(id: Option<i64>) -> Self {
        Identity {
            id,
            ..Identity::default()
        }
    }
}

/// Where a message was sent.
#[derive(Clone, Debug)]
pub enum Destination<'a> {
    /// A channel.
    Channel(ChannelName<'a>),
    /// Everybody in a direct message; none where an event tells no more than that it is one.
    People(Option<Vec<Identity<'a>>>),
}

/// What is known of a channel's name.
#[derive(Clone, Debug)]
pub enum ChannelName<'a> {
    /// It.
    Known(Cow<'a, str>),
    /// It is none of these, which are those of other channels.
    Other(&'a HashMap<i64, String>),
}

/// What a message is to the account.
#[derive(Clone, Debug, Default)]
pub enum Flags<'a> {
    /// These; none where servers send null to accounts that did not receive the message.
    Listed(Vec<Cow<'a, str>>),
    /// This one is set or is not; of others nothing is told.
    Changed(Cow<'a, str>, bool),
    /// Not told.
    #[default]
    Unknown,
}

/// What is known of a message. By default that is nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Facts<'a> {
    /// `stream` or `private`; `channel` or `direct` where a server has renamed them.
    #[serde(borrow, rename = "type", deserialize_with = "optional_text")]
    pub kind: Option<Cow<'a, str>>,
    /// Channel or people.
    #[serde(borrow, rename = "display_recipient", deserialize_with = "recipient")]
    pub recipient: Option<Destination<'a>>,
    /// The channel's id.
    #[serde(rename = "stream_id", deserialize_with = "optional_number")]
    pub channel_id: Option<i64>,
    /// The topic.
    #[serde(borrow, rename = "subject", deserialize_with = "optional_text")]
    pub topic: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "optional_number")]
    pub(super) sender_id: Option<i64>,
    #[serde(borrow, deserialize_with = "optional_text")]
    pub(super) sender_email: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "optional_text")]
    pub(super) sender_full_name: Option<Cow<'a, str>>,
    /// Whether anybody has reacted to it; nobody has while it is new.
    #[serde(
        rename = "reactions",
        default = "nobody",
        deserialize_with = "has_entries"
    )]
    pub is_reacted: Option<bool>,
    /// They stand beside the message.
    #[serde(skip)]
    pub flags: Flags<'a>,
}

/// A message with what stands beside it.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    message: Facts<'a>,
    #[serde(borrow, default = "no_flags", deserialize_with = "flags")]
    flags: Flags<'a>,
}

impl<'a> Facts<'a> {
    /// Those of a `message` event.
    pub fn of_message(event: &Event<'a>) -> Result<Facts<'a>, &'static str> {
        let envelope = serde_json::from_str(event.text);
        let Envelope { message, flags } = envelope.map_err(|_| "message")?;
        let mut facts = Facts { flags, ..message };
        match (&facts.kind, &facts.recipient) {
            // A list in place of a message, for example.
            (None, None) if facts.sender_id.is_none() => return Err("message"),
            (Some(kind), Some(recipient)) => {
                let is_direct = matches!(&**kind, "private" | "direct");
                if is_direct != matches!(recipient, Destination::People(_)) {
                    facts.recipient = None;
                }
            }
            _ => {}
        }
        Ok(facts)
    }

    /// Who sent it.
    pub fn sender(&self) -> Identity<'a> {
        Identity {
            id: self.sender_id,
            address: self.sender_email.clone(),
            name: self.sender_full_name.clone(),
        }
    }

    /// Its channel by id and name, where both are known.
    pub fn channel(&self) -> Option<(i64, &str)> {
        match &self.recipient {
            Some(Destination::Channel(ChannelName::Known(name))) => Some((self.channel_id?, name)),
            _ => None,
        }
    }

    /// This one sent it.
    pub fn set_sender(&mut self, sender: Identity<'a>) {
        self.sender_id = sender.id;
        self.sender_email = sender.address;
        self.sender_full_name = sender.name;
    }

    /// It was sent to a channel, of which this is told.
    pub fn set_channel(&mut self, id: Option<i64>, name: ChannelName<'a>) {
        self.kind = Some("stream".into());
        self.channel_id = id;
        self.recipient = Some(Destination::Channel(name));
    }

    /// It is a direct message among these.
    pub fn set_direct(&mut self, people: Option<Vec<Identity<'a>>>) {
        self.kind = Some("private".into());
        self.recipient = Some(Destination::People(people));
    }
}

fn recipient<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Destination<'de>>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    if let Some(channel) = fields::text(raw) {
        return Ok(Some(Destination::Channel(ChannelName::Known(channel))));
    }
    let people = fields::list(raw).and_then(|list| identities(&list));
    Ok(people.map(|people| Destination::People(Some(people))))
}

/// The people in a list. None where it is empty, or something in it is no person.
pub fn identities<'a>(list: &[&'a RawValue]) -> Option<Vec<Identity<'a>>> {
    let entries = list.iter();
    let people: Result<Vec<_>, _> = entries
        .map(|entry| serde_json::from_str(entry.get()))
        .collect();
    people.ok().filter(|people| !people.is_empty())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "serde wants the type of the field"
)]
fn nobody() -> Option<bool> {
    Some(false)
}

fn has_entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(match fields::list(raw) {
        Some(list) => Some(!list.is_empty()),
        None if raw.get() == "null" => nobody(),
        None => None,
    })
}

fn no_flags<'a>() -> Flags<'a> {
    Flags::Listed(Vec::new())
}

/// Flags of which one cannot be read are not known.
fn flags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Flags<'de>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(match fields::list(raw) {
        Some(list) => listed(&list),
        None if raw.get() == "null" => no_flags(),
        None => Flags::Unknown,
    })
}

/// Flags in a list.
pub fn listed<'a>(list: &[&'a RawValue]) -> Flags<'a> {
    let texts: Option<Vec<_>> = list.iter().map(|flag| fields::text(flag)).collect();
    texts.map_or(Flags::Unknown, Flags::Listed)
}
