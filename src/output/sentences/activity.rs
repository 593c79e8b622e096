//! What happens to messages and around them: deleted, reacted to, voted on, flagged, being written.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2 and 10.0), and for old servers
//! `zerver/lib/actions.py` of 1.7. Contents of submessages: `zerver/lib/validator.py` of 9.2
//! (`validate_poll_data`, `validate_todo_data`).

use super::recent::MessagePlace;
use super::writer::{Form, Writer};
use crate::event::{MessageId, Person, is_direct};
use crate::fields::Fields;
use crate::output::text::shorten;

/// Of more messages nothing is looked for one by one: it would take long and say little.
const LOOKED_FOR: usize = 50;

/// What is read of what somebody did to a widget.
const WIDGET: [&str; 8] = [
    "type", "vote", "key", "idx", "option", "question", "task", "title",
];

/// Columns of an option that somebody votes for.
const OPTION: usize = 40;

/// `delete_message`. Also sent for messages that somebody may not see any more.
pub fn delete_message(event: &Fields, writer: &mut Writer) -> Option<()> {
    let ids = MessageId::in_event(event);
    if ids.is_empty() {
        return None;
    }
    // Who deleted it: new servers do not say.
    let address = event.text("sender").unwrap_or_default();
    writer.sign("✗");
    if address.is_empty() {
        writer.plain("deleted: ");
    } else {
        writer.someone(&Person {
            email: address.clone(),
            ..Person::default()
        });
        writer.plain(" deletes ");
    }
    let kind = event.text("message_type").unwrap_or_default();
    let direct = is_direct(&kind).then(|| MessagePlace::People(Vec::new()));
    let mut place = MessagePlace::in_fields(event, None);
    if let [id] = &*ids {
        writer.excerpt(*id);
        let past = writer.memory.recent.find(*id);
        match writer.form {
            Form::Chat if past.is_some() => place = None,
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
    }
    let recent = &writer.memory.recent;
    let quoted = ids.iter().filter(|_| ids.len() > 1).take(LOOKED_FOR);
    let quoted: Vec<_> = quoted.filter(|id| recent.find(**id).is_some()).collect();
    writer.dim(if quoted.is_empty() { "" } else { ": " });
    writer.list(&quoted, |writer, id| writer.excerpt(**id));
    Some(())
}

/// What somebody did to a poll or a list of tasks. It comes from their client, so it may say anything.
pub fn widget_fields(content: &str) -> Fields<'_> {
    let mut fields: Fields = serde_json::from_str(content).unwrap_or_default();
    fields.0.retain(|(key, _)| WIDGET.contains(&&**key));
    fields
}

/// The option that a vote is for, or the task that was ticked, where the message passed lately. Keys of polls
/// are `canned,0` or `12,0`, with the id of whoever added it; those of tasks are the other way round.
pub fn write_chosen(event: &Fields, writer: &mut Writer) {
    let key = event.text("key").unwrap_or_default();
    let (first, second) = key.split_once(',').unwrap_or_default();
    let message = MessageId::of(event, "message_id");
    let past = message.and_then(|message| writer.memory.recent.find(message));
    let of = |author: &str, number: &str| past?.option(author, number.parse().ok()?);
    if let Some(option) = of(first, second).or_else(|| of(second, first)) {
        let option = shorten(option, OPTION);
        writer.plain(&option);
        writer.plain(" ");
    }
}

/// An option that somebody adds to a poll, or a task to a list: later votes are for it.
pub fn write_new_option(option: &str, event: &Fields, writer: &mut Writer) -> Option<()> {
    let author = event.integer("sender_id")?.to_string();
    let number = event.integer("idx").or_else(|| event.integer("key"));
    if let Some(number) = number {
        let message = MessageId::of(event, "message_id")?;
        writer
            .memory
            .recent
            .add_option(message, &author, number, option);
    }
    writer.quote(option);
    Some(())
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
    let ids = MessageId::in_event(event);
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
