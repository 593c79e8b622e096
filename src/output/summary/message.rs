//! The line of a `message` event:
//! `#Denmark > lunch plans  Othello Bot: text`, `DM Hamlet → Cordelia: text`, `… * Hamlet waves`.
//!
//! Old servers say `stream` and `private`, and so do the new ones on the wire.

use std::borrow::Cow;

use super::emoji::with_emoji;
use super::recent::is_sender;
use super::writer::{Who, Writer};
use crate::event::{Event, Message, MessageEvent, Person, Recipient};

/// The sign that begins an entity comes last, or what it wrote would be read again.
const ENTITIES: [(&str, &str); 6] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// A message with its text as it is shown, and whether it concerns the user. None where there is none.
pub fn read<'a>(event: &Event<'a>) -> Option<(Message<'a>, bool)> {
    let MessageEvent { mut message, flags } = serde_json::from_str(event.text).ok()?;
    if message.content_type == "text/html" {
        message.content = Cow::Owned(text_of_html(&message.content).trim().to_owned());
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
    let action = action(message);
    let channel = match &message.display_recipient {
        Recipient::Channel(channel) => Some(&**channel),
        Recipient::People(_) => is_in_channel.then_some(""),
    };
    match (channel, &message.display_recipient) {
        (Some(channel), _) => {
            writer.named_channel(message.stream_id, channel);
            writer.aside(" > ");
            writer.topic(&message.subject);
            writer.say("  ");
            if action.is_none() {
                tell_sender(message, writer);
            }
        }
        (None, Recipient::People(people)) if !people.is_empty() || !message.kind.is_empty() => {
            to_people(message, people, writer);
            writer.say(if action.is_some() { "  " } else { "" });
        }
        _ => return None,
    }
    if let Some(action) = action {
        writer.say("* ");
        tell_sender(message, writer);
        writer.say(" ");
        writer.body(action);
    } else {
        writer.aside(": ");
        writer.body(&message.content);
    }
    writer.happened(message.timestamp);
    Some(())
}

fn to_people(message: &Message, people: &[Person], writer: &mut Writer) {
    writer.aside("DM ");
    tell_sender(message, writer);
    writer.aside(" → ");
    let others = people.iter().filter(|person| !is_sender(person, message));
    let others: Vec<_> = others.collect();
    writer.list(&others, |writer, person| {
        writer.someone(&Who {
            id: Some(person.id),
            name: Cow::Borrowed(&person.full_name),
            address: Cow::Borrowed(&person.email),
        });
    });
    // Nobody else: a note to oneself.
    if others.is_empty() {
        tell_sender(message, writer);
    }
}

fn tell_sender(message: &Message, writer: &mut Writer) {
    writer.someone(&Who {
        id: message.sender_id,
        name: Cow::Borrowed(&message.sender_full_name),
        address: Cow::Borrowed(&message.sender_email),
    });
}

/// What follows `/me`.
fn action<'a>(message: &'a Message) -> Option<&'a str> {
    let action = message.content.strip_prefix("/me ");
    action.filter(|_| message.is_me)
}

/// The text of HTML, which saved events may have: tags taken out, entities read. Summaries of a server's
/// events need none of it: they ask for Markdown.
fn text_of_html(html: &str) -> String {
    let mut parts = html.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_tag = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match part.split_once('>') {
            Some((_, after)) if is_tag => text.push_str(after),
            _ => text.extend(["<", part]),
        }
    }
    for (entity, sign) in ENTITIES {
        text = text.replace(entity, sign);
    }
    text
}

#[cfg(test)]
mod tests;
