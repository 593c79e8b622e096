//! The line of a `message` event:
//! `#Denmark > lunch plans  Othello Bot: text`, `DM Hamlet → Cordelia: text`, `… * Hamlet waves`.
//!
//! Not for other events about messages. Old servers say `stream` and `private`, and so do the new
//! ones on the wire.

use std::borrow::Cow;

use crate::event::{Event, Message, MessageEvent, MessageId, Person, Recipient};
use crate::output::names::Subject;
use crate::output::summary::scribe::{Odd, Scribe, Told, Who};
use crate::output::summary::text::content::readable;

/// `message`: who said what to whom.
pub fn message(event: &Event, scribe: &mut Scribe) -> Told {
    let MessageEvent { mut message, flags } = serde_json::from_str(event.text)?;
    if let Cow::Owned(text) = readable(&message.content, &message.content_type) {
        message.content = Cow::Owned(text);
    }
    if flags
        .iter()
        .flatten()
        .any(|flag| concerns_user(flag.as_ref()))
    {
        scribe.alert();
    }
    learn(&message, scribe);
    match (&message.display_recipient, &*message.kind) {
        (_, "") => return Err(Odd),
        (Recipient::Channel(channel), _) => tell_channel(&message, channel, scribe),
        (Recipient::People(_), "stream" | "channel") => tell_channel(&message, "", scribe),
        (Recipient::People(people), _) => tell_people(&message, people, scribe),
    }
    scribe.happened(message.timestamp);
    Ok(())
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

/// Messages carry the names of their people and of their channel.
fn learn(message: &Message, scribe: &mut Scribe) {
    if let Some(id) = message.sender_id {
        let name = &message.sender_full_name;
        if scribe.names.of(Subject::Person, id) != Some(name) {
            scribe.names.learn(Subject::Person, id, name);
            scribe.names.learn_address(&message.sender_email, id);
        }
    }
    let place = match &message.display_recipient {
        Recipient::Channel(name) => {
            if let Some(id) = message.stream_id {
                scribe.names.learn(Subject::Channel, id, name);
            }
            Cow::Borrowed(&*message.subject)
        }
        Recipient::People(people) => {
            for person in people {
                scribe
                    .names
                    .learn(Subject::Person, person.id, &person.full_name);
            }
            Cow::Owned(conversation(message, people))
        }
    };
    scribe.recent.note(
        MessageId(message.id),
        message.sender_id,
        message.stream_id,
        &place,
        &message.content,
    );
}

/// `DM Hamlet → Cordelia`, as other events about the message say where it is.
fn conversation(message: &Message, people: &[Person]) -> String {
    let sender = called(&message.sender_full_name, &message.sender_email);
    let others: Vec<_> = people
        .iter()
        .filter(|person| !is_sender(person, message))
        .map(|person| called(&person.full_name, &person.email))
        .collect();
    match &*others {
        [] => format!("DM {sender} → {sender}"),
        [one] => format!("DM {sender} → {one}"),
        [one, two] => format!("DM {sender} → {one}, {two}"),
        [one, more @ ..] => format!("DM {sender} → {one} and {} more", more.len()),
    }
}

fn tell_channel(message: &Message, channel: &str, scribe: &mut Scribe) {
    scribe.named_channel(message.stream_id, channel);
    scribe.aside(" > ");
    scribe.topic(&message.subject);
    scribe.say("  ");
    if let Some(action) = action(message) {
        return tell_action(message, action, scribe);
    }
    tell_sender(message, scribe);
    tell_content(message, scribe);
}

fn tell_people(message: &Message, people: &[Person], scribe: &mut Scribe) {
    scribe.aside("DM ");
    tell_sender(message, scribe);
    scribe.aside(" → ");
    let others: Vec<_> = people
        .iter()
        .filter(|person| !is_sender(person, message))
        .collect();
    scribe.list(&others, |scribe, person| {
        scribe.someone(Who {
            id: Some(person.id),
            name: &person.full_name,
            address: &person.email,
        });
    });
    // Nobody else: a note to oneself.
    if others.is_empty() {
        tell_sender(message, scribe);
    }
    if let Some(action) = action(message) {
        scribe.say("  ");
        return tell_action(message, action, scribe);
    }
    tell_content(message, scribe);
}

fn tell_sender(message: &Message, scribe: &mut Scribe) {
    scribe.someone(Who {
        id: message.sender_id,
        name: &message.sender_full_name,
        address: &message.sender_email,
    });
}

fn tell_content(message: &Message, scribe: &mut Scribe) {
    scribe.aside(": ");
    scribe.body(&message.content);
}

fn tell_action(message: &Message, action: &str, scribe: &mut Scribe) {
    scribe.say("* ");
    tell_sender(message, scribe);
    scribe.say(" ");
    scribe.body(action);
}

/// What follows `/me`.
fn action<'a>(message: &'a Message) -> Option<&'a str> {
    message
        .content
        .strip_prefix("/me ")
        .filter(|_| message.is_me)
}

fn called<'a>(name: &'a str, address: &'a str) -> &'a str {
    if name.is_empty() { address } else { name }
}

/// By the id where both have one: several people may share a name.
fn is_sender(person: &Person, message: &Message) -> bool {
    match message.sender_id {
        Some(id) if person.id != 0 => id == person.id,
        _ => person.email == message.sender_email,
    }
}

#[cfg(test)]
mod tests;
