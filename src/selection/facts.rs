//! What the terms of a narrow look at in a message, each field read by itself.
//!
//! A field that does not say what it should is not the same as one that says no: what looks different from what is
//! documented must not be dropped in silence. So a value may be unknown, and then a term cannot tell. Where a
//! message is seen by an event about it, what the event does not carry is unknown too.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::event::{Event, Person, Recipient, optional_number, optional_text};
use crate::fields::{self, Entries};

/// Whether a term holds for a message; none where that cannot be told.
pub type Answer = Option<bool>;

/// The names of channels by id, as far as messages told them.
pub type ChannelNames = HashMap<i64, String>;

/// Whether all of them are yes. One no decides, whatever cannot be told.
pub fn all(answers: impl IntoIterator<Item = Answer>) -> Answer {
    not(any(answers.into_iter().map(not)))
}

/// Whether one of them is yes.
pub fn any(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let mut all_together = Some(false);
    for answer in answers {
        match answer {
            Some(true) => return answer,
            Some(false) => {}
            None => all_together = None,
        }
    }
    all_together
}

/// The opposite.
pub fn not(answer: Answer) -> Answer {
    answer.map(|holds| !holds)
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
    kind: Option<Cow<'a, str>>,
    /// The channel's name or the people; empty where no more is told than which of the two it is.
    #[serde(borrow, rename = "display_recipient", deserialize_with = "recipient")]
    pub recipient: Option<Recipient<'a>>,
    /// The channel's id.
    #[serde(rename = "stream_id", deserialize_with = "optional_number")]
    pub channel_id: Option<i64>,
    /// The names of other channels, where that of this one is not known.
    #[serde(skip)]
    pub other_channels: Option<&'a ChannelNames>,
    /// The topic.
    #[serde(borrow, rename = "subject", deserialize_with = "optional_text")]
    pub topic: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "optional_number")]
    pub(super) sender_id: Option<i64>,
    #[serde(borrow, deserialize_with = "optional_text")]
    pub(super) sender_email: Option<Cow<'a, str>>,
    #[serde(borrow, deserialize_with = "optional_text")]
    sender_full_name: Option<Cow<'a, str>>,
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
    /// Those of a `message` event; none where it has no message.
    pub fn of_message(event: &Event<'a>) -> Option<Facts<'a>> {
        let Envelope { message, flags } = serde_json::from_str(event.text).ok()?;
        let mut facts = Facts { flags, ..message };
        if let (Some(is_direct), Some(recipient)) = (facts.is_direct(), &facts.recipient)
            && is_direct != matches!(recipient, Recipient::People(_))
        {
            facts.recipient = None;
        }
        // A list in place of a message, for example.
        let is_nothing =
            facts.kind.is_none() && facts.recipient.is_none() && facts.sender_id.is_none();
        (!is_nothing).then_some(facts)
    }

    /// Whether it is a direct message.
    pub fn is_direct(&self) -> Answer {
        let kind = self.kind.as_ref()?;
        Some(matches!(&**kind, "private" | "direct"))
    }

    /// Who sent it.
    pub fn sender(&self) -> Person<'a> {
        Person {
            id: self.sender_id.unwrap_or_default(),
            email: self.sender_email.clone().unwrap_or_default(),
            full_name: self.sender_full_name.clone().unwrap_or_default(),
        }
    }

    /// The name of its channel.
    pub fn channel_name(&self) -> Option<&str> {
        match &self.recipient {
            Some(Recipient::Channel(name)) => Some(&**name).filter(|name| !name.is_empty()),
            _ => None,
        }
    }

    /// It was sent to a channel, whose name is told, or one of these.
    pub fn set_channel(
        &mut self,
        id: Option<i64>,
        told: Option<Cow<'a, str>>,
        known: Option<&'a ChannelNames>,
    ) {
        let name = || Some(Cow::Borrowed(known?.get(&id?)?.as_str()));
        let name = told.or_else(name).unwrap_or_default();
        self.kind = Some("stream".into());
        self.channel_id = id;
        self.recipient = Some(Recipient::Channel(name));
        self.other_channels = known;
    }

    /// It is a direct message among these; among somebody where there are none.
    pub fn set_direct(&mut self, people: Vec<Person<'a>>) {
        self.kind = Some("private".into());
        self.recipient = Some(Recipient::People(people));
    }
}

/// None where it is empty, or something in it is no person.
fn recipient<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Recipient<'de>>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    if let Some(channel) = fields::text(raw) {
        return Ok(Some(Recipient::Channel(channel)));
    }
    let entries = Entries::of(raw).unwrap_or_default().first.into_iter();
    let people: Result<Vec<Person>, _> = entries
        .map(|entry| serde_json::from_str(entry.get()))
        .collect();
    let people = people.ok().filter(|people| !people.is_empty());
    Ok(people.map(Recipient::People))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "serde wants the type of the field"
)]
fn nobody() -> Option<bool> {
    Some(false)
}

fn has_entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(list(deserializer)?.map(|list| list.len > 0))
}

fn no_flags<'a>() -> Flags<'a> {
    Flags::Listed(Vec::new())
}

fn flags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Flags<'de>, D::Error> {
    Ok(list(deserializer)?.map_or(Flags::Unknown, |list| Flags::of(&list)))
}

/// A list, of which null is an empty one.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Entries<'de>>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    let is_null = raw.get() == "null";
    Ok(Entries::of(raw).or_else(|| is_null.then(Entries::default)))
}

impl<'a> Flags<'a> {
    /// Those in a list. If one of them cannot be read, none is known.
    pub fn of(list: &Entries<'a>) -> Flags<'a> {
        let texts: Option<Vec<_>> = list.first.iter().map(|flag| fields::text(flag)).collect();
        texts.map_or(Flags::Unknown, Flags::Listed)
    }

    /// Whether one of these is set.
    pub fn have(&self, wanted: &[&str]) -> Answer {
        match self {
            Flags::Listed(flags) => Some(flags.iter().any(|flag| wanted.contains(&&**flag))),
            Flags::Changed(flag, true) if wanted.contains(&&**flag) => Some(true),
            Flags::Changed(flag, false) if *wanted == [&**flag] => Some(false),
            Flags::Changed(..) | Flags::Unknown => None,
        }
    }
}
