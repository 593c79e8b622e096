//! What the terms of a narrow look at in a message, each field read by itself.
//!
//! A field that does not say what it should is not the same as one that says no: what looks different from what is
//! documented must not be dropped in silence. So a value may be unknown, and then a term cannot tell. Where a
//! message is seen by an event about it, what the event does not carry is unknown too.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::event::{Event, Person, Recipient, is_direct};
use crate::fields::{self, Fields, Value};

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
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// Whether it is a direct message.
    pub is_direct: Answer,
    /// The channel's name or the people; empty where no more is told than which of the two it is.
    pub recipient: Option<Recipient<'a>>,
    /// The channel's id.
    pub channel_id: Option<i64>,
    /// The names of other channels, where that of this one is not known.
    pub other_channels: Option<&'a ChannelNames>,
    /// The topic.
    pub topic: Option<Cow<'a, str>>,
    /// Who sent it, as far as that is known.
    pub sender: Person<'a>,
    /// Whether anybody has reacted to it.
    pub is_reacted: Answer,
    /// They stand beside the message.
    pub flags: Flags<'a>,
}

impl<'a> Facts<'a> {
    /// Those of a `message` event; none where it has no message.
    pub fn of_message(event: &Event<'a>) -> Option<Facts<'a>> {
        let event = event.message()?;
        let message = &event.message;
        let mut facts = Facts {
            is_direct: message.text("type").map(|kind| is_direct(&kind)),
            recipient: recipient(message),
            channel_id: message.channel_id(),
            other_channels: None,
            topic: message.topic(),
            sender: Person::sender(message),
            is_reacted: is_reacted(message),
            flags: event
                .flags()
                .map_or(Flags::Unknown, |list| Flags::of(&list)),
        };
        // What is no message, and says nothing of reactions.
        if facts.is_direct.is_none() && facts.recipient.is_none() && facts.sender.id == 0 {
            return None;
        }
        if let (Some(is_direct), Some(recipient)) = (facts.is_direct, &facts.recipient)
            && is_direct != matches!(recipient, Recipient::People(_))
        {
            facts.recipient = None;
        }
        Some(facts)
    }

    /// A field of a message that is not as documented, where one is.
    pub fn odd_field(&self) -> &'static str {
        let fields = [
            ("type", self.is_direct.is_none()),
            ("subject", self.topic.is_none()),
            ("sender_email", self.sender.email.is_empty()),
            ("sender_full_name", self.sender.full_name.is_empty()),
            ("reactions", self.is_reacted.is_none()),
            ("flags", matches!(self.flags, Flags::Unknown)),
            ("sender_id", self.sender.id == 0),
            (
                "stream_id",
                self.is_direct == Some(false) && self.channel_id.is_none(),
            ),
        ];
        let odd = fields.iter().find(|(_, is_odd)| *is_odd);
        odd.map_or("display_recipient", |(name, _)| name)
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
        self.is_direct = Some(false);
        self.channel_id = id;
        self.recipient = Some(Recipient::Channel(name));
        self.other_channels = known;
    }

    /// It is a direct message among these; among somebody where there are none.
    pub fn set_direct(&mut self, people: Vec<Person<'a>>) {
        self.is_direct = Some(true);
        self.recipient = Some(Recipient::People(people));
    }
}

fn recipient<'a>(message: &Fields<'a>) -> Option<Recipient<'a>> {
    match Value::of(message.get("display_recipient")?) {
        Value::Text(channel) => Some(Recipient::Channel(channel)),
        Value::List(list) => Some(Recipient::People(people(&list)?)),
        _ => None,
    }
}

/// The people in a list. None where it is empty, or something in it is no person.
pub fn people<'a>(list: &[&'a RawValue]) -> Option<Vec<Person<'a>>> {
    let people: Option<Vec<Person>> = list.iter().map(|entry| Person::of(entry)).collect();
    people.filter(|people| !people.is_empty())
}

/// Whether anybody has reacted to a message. Null and nothing are empty lists.
fn is_reacted(message: &Fields) -> Answer {
    let Some(reactions) = message.get("reactions") else {
        return Some(false);
    };
    Some(!fields::list(reactions)?.is_empty())
}

impl<'a> Flags<'a> {
    /// Those in a list. If one of them cannot be read, none is known.
    pub fn of(list: &[&'a RawValue]) -> Flags<'a> {
        let texts: Option<Vec<_>> = list.iter().map(|flag| fields::text(flag)).collect();
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
