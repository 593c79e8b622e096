//! What happens to messages and around them: deleted, reacted to, voted on, flagged, being written.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2 and 10.0), and for old servers
//! `zerver/lib/actions.py` of 1.7. Contents of submessages: `zerver/lib/validator.py` of 9.2
//! (`validate_poll_data`, `validate_todo_data`).

use std::borrow::Cow;

use super::recent::MessagePlace;
use super::wording::cut;
use super::writer::{Form, Who, Writer};
use crate::event::MessageId;
use crate::fields::Fields;

/// Of more messages nothing is looked for one by one: it would take long and say little.
const LOOKED_FOR: usize = 50;

/// Columns of an option that somebody votes for.
const OPTION: usize = 40;

/// `delete_message`. Also sent for messages that somebody may not see any more.
pub fn delete_message(event: &Fields, writer: &mut Writer) -> Option<()> {
    let ids = event.list("message_ids");
    let ids = match MessageId::of(event, "message_id") {
        Some(id) if ids.is_empty() => vec![id],
        _ => MessageId::all(&ids),
    };
    if ids.is_empty() {
        return None;
    }
    // Who deleted it: new servers do not say.
    let address = event.text("sender").unwrap_or_default();
    writer.sign("✗");
    if address.is_empty() {
        writer.plain("deleted: ");
    } else {
        writer.someone(Who {
            address: &address,
            ..Who::default()
        });
        writer.plain(" deletes ");
    }
    let kind = event.text("message_type").unwrap_or_default();
    let direct = matches!(&*kind, "private" | "direct").then(|| MessagePlace::People(Vec::new()));
    let mut place = MessagePlace::in_fields(event, None);
    let mut topic = event.text("topic");
    if let [id] = &*ids {
        writer.excerpt(*id);
        let past = writer.memory.recent.find(*id);
        match writer.form {
            Form::Chat if past.is_some() => (place, topic) = (None, None),
            Form::Chat => {}
            Form::Summary => place = place.or(past.map(|past| past.place.clone())),
        }
        let author = past.and_then(|past| past.sender);
        let author = author.filter(|id| writer.memory.names.at(&address) != Some(*id));
        if let Some(author) = author {
            writer.plain(" from ");
            writer.person(author);
        }
    } else {
        writer.count(ids.len(), "message");
    }
    if let Some(place) = place.or(direct) {
        writer.place_in_brackets(&place);
    } else if let Some(topic) = topic {
        // Its channel cannot be read.
        writer.dim(" (");
        writer.topic(&topic);
        writer.dim(")");
    }
    let recent = &writer.memory.recent;
    let quoted = ids.iter().filter(|_| ids.len() > 1).take(LOOKED_FOR);
    let quoted: Vec<_> = quoted.filter(|id| recent.find(**id).is_some()).collect();
    writer.dim(if quoted.is_empty() { "" } else { ": " });
    writer.list(&quoted, |writer, id| writer.excerpt(**id));
    Some(())
}

/// `submessage`: what somebody did to a poll or a list of tasks; from their client, so it may be anything.
pub fn submessage(event: &Fields, writer: &mut Writer) -> Option<()> {
    let message = MessageId::of(event, "message_id")?;
    let sender = event.integer("sender_id")?;
    let content = event.text("content")?;
    let content: Fields = serde_json::from_str(&content).unwrap_or_default();
    let kind = content.text("type").unwrap_or_default();
    let chosen = chosen(&content, message, writer);
    let said = |field| content.text(field);
    let (verb, text, way) = match (&*kind, content.integer("vote")) {
        ("vote", Some(1..)) => (" votes ", chosen, "in "),
        ("vote", Some(_)) => (" takes back a vote ", chosen, "in "),
        ("strike", _) => (" ticks or unticks a task ", chosen, "in "),
        ("new_option", _) => (" adds the option ", said("option"), "to "),
        ("question", _) => (" asks ", said("question"), "now in "),
        ("new_task", _) => (" adds the task ", said("task"), "to "),
        ("new_task_list_title", _) => (" gives the title ", said("title"), "to "),
        _ => (" updates the widget ", None, "in "),
    };
    let number = content.integer("idx").or_else(|| content.integer("key"));
    if let ("new_option" | "new_task", Some(option), Some(number)) = (&*kind, &text, number) {
        let recent = &mut writer.memory.recent;
        recent.add_option(message, &sender.to_string(), number, option);
    }
    let (verb, way) = match text {
        None if way != "in " => (" updates the widget ", "in "),
        _ => (verb, way),
    };
    writer.sign("✓");
    writer.person(sender);
    writer.plain(verb);
    if let Some(text) = text {
        match verb {
            " votes " => writer.plain(&cut(&text, OPTION)),
            _ => writer.quote(&text),
        }
        writer.plain(" ");
    }
    writer.plain(way);
    writer.message(message, None);
    Some(())
}

/// The option that a vote is for, or the task that was ticked, where the message passed lately. Keys of polls
/// are `canned,0` or `12,0`, with the id of whoever added it; those of tasks are the other way round.
fn chosen(content: &Fields, message: MessageId, writer: &Writer) -> Option<Cow<'static, str>> {
    let key = content.text("key")?;
    let (first, second) = key.split_once(',')?;
    let said = writer.memory.recent.find(message)?;
    let of = |author: &str, number: &str| said.option(author, number.parse().ok()?);
    let is_vote = content.text("type").as_deref() == Some("vote");
    let option = if is_vote {
        of(first, second)
    } else {
        of(second, first)
    };
    option.map(|option| Cow::Owned(option.to_owned()))
}

/// Where or to whom somebody types.
pub fn write_typing_place(event: &Fields, writer: &mut Writer) -> Option<()> {
    if let Some(place) = MessagePlace::in_fields(event, None) {
        writer.plain(" in ");
        writer.place(&place);
        return Some(());
    }
    let sender = event.object("sender").unwrap_or_default();
    let recipients = event.list("recipients").into_iter();
    let mut people: Vec<Fields> = recipients.filter_map(Fields::of).collect();
    if people.is_empty() {
        return None;
    }
    people.retain(|who| who.integer("user_id") != sender.integer("user_id"));
    let is_note = people.is_empty();
    writer.plain(if is_note { " to themselves" } else { " to " });
    writer.list(&people, Writer::person_in);
    Some(())
}

/// The message that somebody reacts to, or edits.
pub fn write_message(event: &Fields, writer: &mut Writer) -> Option<()> {
    let place = event.object("recipient").unwrap_or_default();
    let place = MessagePlace::in_fields(&place, event.integer("sender_id"));
    writer.message(MessageId::of(event, "message_id")?, place);
    Some(())
}

/// Whose message that is, where it passed lately.
pub fn write_author(event: &Fields, writer: &mut Writer) -> Option<()> {
    let past = writer
        .memory
        .recent
        .find(MessageId::of(event, "message_id")?);
    if let Some(author) = past.and_then(|past| past.sender) {
        writer.person(author);
        writer.plain(": ");
    }
    Some(())
}

/// The messages that one has read, starred, collapsed.
pub fn write_flagged(event: &Fields, writer: &mut Writer) -> Option<()> {
    event.get("messages")?;
    let ids = MessageId::all(&event.list("messages"));
    match &*ids {
        _ if event.flag("all") == Some(true) => writer.plain("all messages"),
        [] => {
            writer.dim_line();
            writer.plain("nothing");
        }
        [id] => writer.excerpt(*id),
        _ => writer.count(ids.len(), "message"),
    }
    let places = places(&ids, event, writer).unwrap_or_default();
    if !places.is_empty() {
        writer.dim(" (");
        writer.list(&places, Writer::place);
        writer.dim(")");
    }
    Some(())
}

/// Where the messages are, each place once; None where that is not known of all. Of those that became
/// unread the event has details.
fn places(ids: &[MessageId], event: &Fields, writer: &Writer) -> Option<Vec<MessagePlace>> {
    if ids.len() > LOOKED_FOR {
        return None;
    }
    let details = event.object("message_details").unwrap_or_default();
    let mut places = Vec::new();
    for id in ids {
        let past = writer.memory.recent.place(*id);
        let detailed = || MessagePlace::in_fields(&details.object(&id.0.to_string())?, None);
        let place = past.or_else(detailed)?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Some(places)
}

#[cfg(test)]
mod tests;
