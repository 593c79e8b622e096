//! A message as it is read out of its event: what it says, in words, and whether it is to the user.
//!
//! Old servers say `stream` and `private`, and so do the new ones on the wire.

use std::borrow::Cow;

use jiff::Timestamp;

use super::writer::Writer;
use crate::event::{Event, Message, Person, Recipient};
use crate::fields::text;
use crate::output::text::{Text, html};

/// A message, and what it is to the user.
#[derive(Debug)]
pub struct ReadMessage<'a> {
    /// The message.
    pub message: Message<'a>,
    /// Whether the user was mentioned in it, or one of their alert words said.
    pub concerns_user: bool,
}

impl<'a> ReadMessage<'a> {
    /// None where nothing says where the message is.
    pub fn of(event: &Event<'a>) -> Option<ReadMessage<'a>> {
        let event = event.message()?;
        let flags = event.flags().unwrap_or_default().into_iter();
        let read = ReadMessage {
            concerns_user: flags.filter_map(text).any(|flag| concerns_user(&flag)),
            message: Message::of(&event.message),
        };
        let is_nowhere = read.message.kind.is_empty() && read.people().is_some_and(<[_]>::is_empty);
        (!is_nowhere).then_some(read)
    }

    /// Whether it is in a channel.
    pub fn is_in_channel(&self) -> bool {
        let message = &self.message;
        matches!(message.recipient, Recipient::Channel(_))
            || matches!(&*message.kind, "stream" | "channel")
            || message.channel_id.is_some()
    }

    /// The people of a direct message; none in a channel.
    pub fn people(&self) -> Option<&[Person<'a>]> {
        match &self.message.recipient {
            Recipient::People(people) if !self.is_in_channel() => Some(people),
            _ => None,
        }
    }

    /// The name of its channel, where it has that.
    pub fn channel(&self) -> &str {
        match &self.message.recipient {
            Recipient::Channel(channel) => channel,
            Recipient::People(_) => "",
        }
    }

    /// What it says, as it is shown.
    pub fn text(&self, writer: &mut Writer) -> Text {
        let message = &self.message;
        let content = match &*message.content_type {
            "text/html" => Cow::Owned(html::text_of(&message.content)),
            _ => Cow::Borrowed(&*message.content),
        };
        let actor = message.is_me.then(|| writer.called(&message.sender));
        let mut reader = writer.reader();
        reader.when = Timestamp::from_second(message.timestamp).ok();
        reader.channel = message.channel_id;
        reader.topic = &message.topic;
        reader.actor = actor.as_deref();
        reader.read(content.trim_end())
    }
}

/// Mentions, one by one or all of a channel, topic or group (`topic_wildcard_mentioned`); alert words.
fn concerns_user(flag: &str) -> bool {
    flag.ends_with("mentioned") || flag == "has_alert_word"
}
