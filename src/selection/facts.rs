//! What the terms of a narrow look at in a message, each field read by itself.
//!
//! A field that does not say what it should is not the same as one that says no: what looks different from what is
//! documented must not be dropped in silence. So a value may be unknown, and then a term cannot tell. Where a
//! message is seen by an event about it, what the event does not carry is unknown too.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::event::{Event, Single};
use crate::fields::{self, Entries};

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

/// The value of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// It is not there, or null.
    #[default]
    Absent,
    /// It has another type than documented, or is not told.
    Unknown,
    /// As documented.
    Value(T),
}

impl<T> Field<T> {
    /// What an event tells, as far as it does.
    pub fn told(value: Option<T>) -> Field<T> {
        value.map_or(Field::Unknown, Field::Value)
    }

    /// The value of the field of that name, where each message has it.
    pub fn known(&self, name: &'static str) -> Result<&T, &'static str> {
        match self {
            Field::Value(value) => Ok(value),
            Field::Absent | Field::Unknown => Err(name),
        }
    }
}

/// Who somebody is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Identity<'a> {
    /// The user id. Typing events call it `user_id`.
    #[serde(alias = "user_id", deserialize_with = "number")]
    pub id: Field<i64>,
    /// The address as the API shows it.
    #[serde(borrow, rename = "email", deserialize_with = "text")]
    pub address: Field<Cow<'a, str>>,
    /// The name.
    #[serde(borrow, rename = "full_name", deserialize_with = "text")]
    pub name: Field<Cow<'a, str>>,
}

impl<'a> Identity<'a> {
    /// Whoever has that id.
    pub fn with_id(id: Option<i64>) -> Identity<'a> {
        Identity {
            id: Field::told(id),
            address: Field::Unknown,
            name: Field::Unknown,
        }
    }
}

/// Where a message was sent.
#[derive(Clone, Debug)]
pub enum Recipient<'a> {
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

/// What is known of a message.
#[derive(Clone, Debug, Deserialize)]
pub struct Facts<'a> {
    /// `stream` or `private`; `channel` or `direct` where a server has renamed them.
    #[serde(borrow, default, rename = "type", deserialize_with = "text")]
    pub kind: Field<Cow<'a, str>>,
    /// Channel or people.
    #[serde(
        borrow,
        default,
        rename = "display_recipient",
        deserialize_with = "recipient"
    )]
    pub recipient: Field<Recipient<'a>>,
    /// The channel's id.
    #[serde(default, rename = "stream_id", deserialize_with = "number")]
    pub channel_id: Field<i64>,
    /// The topic.
    #[serde(borrow, default, rename = "subject", deserialize_with = "text")]
    pub topic: Field<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number")]
    pub(super) sender_id: Field<i64>,
    #[serde(borrow, default, deserialize_with = "text")]
    pub(super) sender_email: Field<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "text")]
    pub(super) sender_full_name: Field<Cow<'a, str>>,
    /// Whether anybody has reacted to it.
    #[serde(default, rename = "reactions", deserialize_with = "has_entries")]
    pub is_reacted: Field<bool>,
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
        let is_direct = match &facts.kind {
            Field::Value(kind) => Some(matches!(&**kind, "private" | "direct")),
            Field::Absent | Field::Unknown => None,
        };
        let is_to_people = match &facts.recipient {
            Field::Value(recipient) => Some(matches!(recipient, Recipient::People(_))),
            Field::Absent | Field::Unknown => None,
        };
        if is_direct.is_none() && is_to_people.is_none() {
            // A list in place of a message, for example.
            return Err("message");
        }
        if is_direct.is_some_and(|is_direct| is_to_people == Some(!is_direct)) {
            facts.recipient = Field::Unknown;
        }
        Ok(facts)
    }

    /// Those of a message of which nothing is told.
    pub fn unknown() -> Facts<'a> {
        Facts {
            kind: Field::Unknown,
            recipient: Field::Unknown,
            channel_id: Field::Unknown,
            topic: Field::Unknown,
            sender_id: Field::Unknown,
            sender_email: Field::Unknown,
            sender_full_name: Field::Unknown,
            is_reacted: Field::Unknown,
            flags: Flags::Unknown,
        }
    }

    /// Who sent it.
    pub fn sender(&self) -> Identity<'_> {
        Identity {
            id: self.sender_id.clone(),
            address: self.sender_email.clone(),
            name: self.sender_full_name.clone(),
        }
    }

    /// Its channel by id and name, where both are known.
    pub fn channel(&self) -> Option<(i64, &str)> {
        match (&self.channel_id, &self.recipient) {
            (Field::Value(id), Field::Value(Recipient::Channel(ChannelName::Known(name)))) => {
                Some((*id, name))
            }
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
        self.kind = Field::Value("stream".into());
        self.channel_id = Field::told(id);
        self.recipient = Field::Value(Recipient::Channel(name));
    }

    /// It is a direct message among these.
    pub fn set_direct(&mut self, people: Option<Vec<Identity<'a>>>) {
        self.kind = Field::Value("private".into());
        self.recipient = Field::Value(Recipient::People(people));
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field<Cow<'de, str>>, D::Error> {
    Ok(match Single::deserialize(deserializer)? {
        Single::Text(text) => Field::Value(text),
        Single::Null => Field::Absent,
        _ => Field::Unknown,
    })
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field<i64>, D::Error> {
    Ok(match Single::deserialize(deserializer)? {
        Single::Null => Field::Absent,
        value => Field::told(value.number()),
    })
}

fn recipient<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Field<Recipient<'de>>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    if let Some(channel) = fields::text(raw) {
        let name = ChannelName::Known(channel);
        return Ok(Field::Value(Recipient::Channel(name)));
    }
    let people = Entries::of(raw).and_then(|list| identities(&list));
    let people = people.map(|people| Recipient::People(Some(people)));
    Ok(Field::told(people))
}

/// The people in a list. None where it is empty, or something in it is no person.
pub fn identities<'a>(list: &Entries<'a>) -> Option<Vec<Identity<'a>>> {
    let entries = list.first.iter();
    let people: Result<Vec<_>, _> = entries
        .map(|entry| serde_json::from_str(entry.get()))
        .collect();
    people.ok().filter(|people| !people.is_empty())
}

fn has_entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field<bool>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(match Entries::of(raw) {
        Some(list) => Field::Value(list.len > 0),
        None if raw.get() == "null" => Field::Absent,
        None => Field::Unknown,
    })
}

fn no_flags<'a>() -> Flags<'a> {
    Flags::Listed(Vec::new())
}

/// Flags of which one cannot be read are not known.
fn flags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Flags<'de>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(match Entries::of(raw) {
        Some(list) => listed(&list),
        None if raw.get() == "null" => no_flags(),
        None => Flags::Unknown,
    })
}

/// Flags in a list.
pub fn listed<'a>(list: &Entries<'a>) -> Flags<'a> {
    let texts: Option<Vec<_>> = list.first.iter().map(|flag| fields::text(flag)).collect();
    texts.map_or(Flags::Unknown, Flags::Listed)
}
