//! The line of a `message` event:
//! `#Denmark > lunch plans  Othello Bot: text`, `DM Hamlet → Cordelia: text`, `…  Hamlet waves`.
//!
//! Old servers say `stream` and `private`, and so do the new ones on the wire.

use std::borrow::Cow;

use jiff::Timestamp;

use super::recent::is_sender;
use super::writer::{Who, Writer};
use crate::event::{Event, Message, MessageEvent, Person, Recipient};
use crate::output::text::{Text, html};

/// A message, and whether it concerns the user. None where there is none.
pub fn read<'a>(event: &Event<'a>) -> Option<(Message<'a>, bool)> {
    let MessageEvent { message, flags } = serde_json::from_str(event.text).ok()?;
    let mut flags = flags.iter().flatten();
    Some((message, flags.any(|flag| concerns_user(flag.as_ref()))))
}

/// What a message says, as it is shown.
pub fn text(message: &Message, writer: &mut Writer) -> Text {
    let content = match &*message.content_type {
        "text/html" => Cow::Owned(html::text_of(&message.content)),
        _ => Cow::Borrowed(&*message.content),
    };
    let actor = message.is_me.then(|| writer.called(sender(message)));
    let mut reader = writer.reader();
    reader.when = Timestamp::from_second(message.timestamp).ok();
    reader.channel = message.stream_id;
    reader.topic = &message.subject;
    reader.actor = actor.as_deref();
    reader.read(content.trim_end())
}

/// Mentions, one by one or all of a channel, topic or group; alert words. Old servers know but
/// `wildcard_mentioned` for all.
fn concerns_user(flag: &str) -> bool {
    matches!(
        flag,
        "mentioned"
            | "wildcard_mentioned"
            | "stream_wildcard_mentioned"
            | "channel_wildcard_mentioned"
            | "topic_wildcard_mentioned"
            | "has_alert_word"
    )
}

/// Who said what to whom. None where nothing says where.
pub fn message(message: &Message, text: &Text, writer: &mut Writer) -> Option<()> {
    let is_channel = matches!(message.display_recipient, Recipient::Channel(_));
    let is_channel =
        is_channel || matches!(&*message.kind, "stream" | "channel") || message.stream_id.is_some();
    match &message.display_recipient {
        Recipient::Channel(channel) => tell_topic(message, channel, writer),
        Recipient::People(_) if is_channel => tell_topic(message, "", writer),
        Recipient::People(people) if !people.is_empty() || !message.kind.is_empty() => {
            tell_people(message, people, writer);
        }
        Recipient::People(_) => return None,
    }
    if is_channel || text.is_action {
        writer.say("  ");
    }
    if is_channel && !text.is_action {
        writer.someone(sender(message));
    }
    if !text.is_action {
        writer.aside(": ");
    }
    writer.text(text);
    writer.happened(message.timestamp);
    Some(())
}

fn tell_topic(message: &Message, channel: &str, writer: &mut Writer) {
    writer.named_channel(message.stream_id, channel);
    writer.aside(" > ");
    writer.topic(&message.subject);
}

fn tell_people(message: &Message, people: &[Person], writer: &mut Writer) {
    writer.aside("DM ");
    writer.someone(sender(message));
    writer.aside(" → ");
    let others = people.iter().filter(|person| !is_sender(person, message));
    let others: Vec<_> = others.collect();
    writer.list(&others, |writer, person| {
        writer.someone(Who {
            id: Some(person.id),
            name: &person.full_name,
            address: &person.email,
        });
    });
    // Nobody else: a note to oneself.
    if others.is_empty() {
        writer.someone(sender(message));
    }
}

fn sender<'a>(message: &'a Message) -> Who<'a> {
    Who {
        id: message.sender_id,
        name: &message.sender_full_name,
        address: &message.sender_email,
    }
}

#[cfg(test)]
mod tests;
