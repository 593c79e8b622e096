//! The line of a `message` event:
//! `#Denmark > lunch plans  Othello Bot: text`, `DM Hamlet → Cordelia: text`, `… * Hamlet waves`.
//!
//! Old servers say `stream` and `private`, and so do the new ones on the wire.

use std::borrow::Cow;

use super::emoji::with_emoji;
use super::html;
use super::recent::is_sender;
use super::writer::{Who, Writer};
use crate::event::{Event, Message, MessageEvent, Person, Recipient};

/// A message with its text as it is shown, and whether it concerns the user. None where there is none.
pub fn read<'a>(event: &Event<'a>) -> Option<(Message<'a>, bool)> {
    let MessageEvent { mut message, flags } = serde_json::from_str(event.text).ok()?;
    if message.content_type == "text/html" {
        message.content = Cow::Owned(html::text_of(&message.content).trim().to_owned());
    } else if let Cow::Owned(text) = with_emoji(&message.content) {
        message.content = Cow::Owned(text);
    }
    let mut flags = flags.iter().flatten();
    Some((message, flags.any(|flag| concerns_user(flag.as_ref()))))
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
pub fn message(message: &Message, writer: &mut Writer) -> Option<()> {
    let is_in_channel =
        matches!(&*message.kind, "stream" | "channel") || message.stream_id.is_some();
    match &message.display_recipient {
        Recipient::Channel(channel) => in_channel(message, channel, writer),
        Recipient::People(_) if is_in_channel => in_channel(message, "", writer),
        Recipient::People(people) if !people.is_empty() || !message.kind.is_empty() => {
            to_people(message, people, writer);
        }
        Recipient::People(_) => return None,
    }
    writer.happened(message.timestamp);
    Some(())
}

fn in_channel(message: &Message, channel: &str, writer: &mut Writer) {
    writer.named_channel(message.stream_id, channel);
    writer.aside(" > ");
    writer.topic(&message.subject);
    writer.say("  ");
    if let Some(action) = action(message) {
        return tell_action(message, action, writer);
    }
    tell_sender(message, writer);
    writer.aside(": ");
    writer.body(&message.content);
}

fn to_people(message: &Message, people: &[Person], writer: &mut Writer) {
    writer.aside("DM ");
    tell_sender(message, writer);
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
        tell_sender(message, writer);
    }
    if let Some(action) = action(message) {
        writer.say("  ");
        return tell_action(message, action, writer);
    }
    writer.aside(": ");
    writer.body(&message.content);
}

fn tell_sender(message: &Message, writer: &mut Writer) {
    writer.someone(Who {
        id: message.sender_id,
        name: &message.sender_full_name,
        address: &message.sender_email,
    });
}

fn tell_action(message: &Message, action: &str, writer: &mut Writer) {
    writer.say("* ");
    tell_sender(message, writer);
    writer.say(" ");
    writer.body(action);
}

/// What follows `/me`.
fn action<'a>(message: &'a Message) -> Option<&'a str> {
    let action = message.content.strip_prefix("/me ");
    action.filter(|_| message.is_me)
}

#[cfg(test)]
mod tests;
