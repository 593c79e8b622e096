//! The line of a `message` event:
//! `#Denmark > lunch plans  Othello Bot: text`, `DM Hamlet → Cordelia: text`, `… * Hamlet waves`.
//!
//! Not for other events about messages. Old servers say `stream` and `private`, and so do the new
//! ones on the wire.

use std::borrow::Cow;

use jiff::Timestamp;

use super::Described;
use super::line::Line;
use crate::event::{Event, Message, MessageEvent, Person, Recipient};
use crate::output::palette::Palette;

/// Writes who said what to whom.
pub fn describe(event: &Event, palette: Palette, line: &mut Line) -> Described {
    let Ok(MessageEvent { message, .. }) = serde_json::from_str(event.text) else {
        return Described::NotUnderstood;
    };
    match (&message.display_recipient, &*message.kind) {
        (_, "") => return Described::NotUnderstood,
        (Recipient::Channel(channel), _) => push_channel(&message, channel, palette, line),
        (Recipient::People(_), "stream") => push_channel(&message, "", palette, line),
        (Recipient::People(people), _) => push_people(&message, people, palette, line),
    }
    // Servers always send a time; without one, 0, which must not become a line for 1970.
    match Timestamp::from_second(message.timestamp) {
        Ok(time) if time > Timestamp::UNIX_EPOCH => Described::At(time),
        _ => Described::OnArrival,
    }
}

fn push_channel(message: &Message, channel: &str, palette: Palette, line: &mut Line) {
    let name = name_or_id(&[channel], "stream", message.stream_id);
    let ink = palette.channel(&name);
    line.push(ink, if channel.is_empty() { "" } else { "#" });
    line.push(ink, &name);
    line.push(palette.dim(), " > ");
    if message.subject.is_empty() {
        line.push(palette.dim(), "(no topic)");
    } else {
        line.push(palette.topic(), &message.subject);
    }
    line.push(palette.plain(), "  ");
    let sender = sender(message);
    if let Some(action) = action(message) {
        push_action(&sender, action, palette, line);
        return;
    }
    line.push(palette.sender(&sender), &sender);
    push_content(message, palette, line);
}

fn push_people(message: &Message, people: &[Person], palette: Palette, line: &mut Line) {
    let sender = sender(message);
    line.push(palette.dim(), "DM ");
    line.push(palette.sender(&sender), &sender);
    line.push(palette.dim(), " → ");
    let mut separator = "";
    for person in people.iter().filter(|person| !is_sender(person, message)) {
        let name = name_or_id(&[&person.full_name, &person.email], "user", Some(person.id));
        line.push(palette.dim(), separator);
        line.push(palette.sender(&name), &name);
        separator = ", ";
    }
    // Nobody else: a note to oneself.
    if separator.is_empty() {
        line.push(palette.sender(&sender), &sender);
    }
    if let Some(action) = action(message) {
        line.push(palette.plain(), "  ");
        push_action(&sender, action, palette, line);
        return;
    }
    push_content(message, palette, line);
}

fn push_content(message: &Message, palette: Palette, line: &mut Line) {
    line.push(palette.dim(), ": ");
    line.push(palette.plain(), &message.content);
}

fn push_action(sender: &str, action: &str, palette: Palette, line: &mut Line) {
    line.push(palette.plain(), "* ");
    line.push(palette.sender(sender), sender);
    line.push(palette.plain(), " ");
    line.push(palette.plain(), action);
}

/// What follows `/me`. Rendered, it stands inside of the first paragraph, which is mostly the only one.
fn action<'a>(message: &'a Message) -> Option<&'a str> {
    if !message.is_me {
        return None;
    }
    let content = message.content.as_ref();
    if let Some(action) = content.strip_prefix("/me ") {
        return Some(action);
    }
    let html = content.strip_prefix("<p>/me ")?;
    Some(
        html.strip_suffix("</p>")
            .filter(|inner| !inner.contains("</p>"))
            .unwrap_or(html),
    )
}

fn sender<'a>(message: &'a Message) -> Cow<'a, str> {
    let names = [&*message.sender_full_name, &*message.sender_email];
    name_or_id(&names, "user", message.sender_id)
}

/// By the id where both have one: several people may share a name.
fn is_sender(person: &Person, message: &Message) -> bool {
    match message.sender_id {
        Some(id) if person.id != 0 => id == person.id,
        _ => person.email == message.sender_email,
    }
}

/// The first name that is not empty, else `user#12`.
fn name_or_id<'a>(names: &[&'a str], what: &str, id: Option<i64>) -> Cow<'a, str> {
    match (names.iter().find(|name| !name.is_empty()), id) {
        (Some(name), _) => Cow::Borrowed(name),
        (None, Some(id)) => Cow::Owned(format!("{what}#{id}")),
        (None, None) => Cow::Owned(format!("{what}#?")),
    }
}
