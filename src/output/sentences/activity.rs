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
    let (ids, len) = match MessageId::of(event, "message_id") {
        Some(id) if ids.len == 0 => (vec![id], 1),
        _ => (MessageId::all(&ids), ids.len),
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
        writer.count(len, "message");
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

/// `reaction`. Old servers have the id in `user` only.
pub fn reaction(event: &Fields, writer: &mut Writer) -> Option<()> {
    let (verb, way, taken_back) = match &*event.text("op")? {
        "add" => (" adds ", " to ", " "),
        "remove" => (" removes ", " from ", " taken back: "),
        _ => return None,
    };
    let message = MessageId::of(event, "message_id")?;
    let emoji = event.text("emoji_name")?;
    let who = event.object("user");
    let id = event.integer("user_id");
    if who.is_none() && id.is_none() {
        return None;
    }
    let person = |writer: &mut Writer| match &who {
        Some(user) => writer.person_in(user),
        None => writer.person(id.unwrap_or_default()),
    };
    match writer.form {
        Form::Summary => {
            person(writer);
            writer.plain(verb);
            writer.emoji_in(event, &emoji);
            writer.plain(way);
        }
        // Who to whom, behind a sign that says what.
        Form::Chat => {
            writer.emoji_in(event, &emoji);
            writer.plain(taken_back);
            person(writer);
            writer.plain(" → ");
            let past = writer.memory.recent.find(message);
            if let Some(author) = past.and_then(|past| past.sender) {
                writer.person(author);
                writer.plain(": ");
            }
        }
    }
    writer.message(message, None);
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

/// `typing` and `typing_edit_message`: somebody is writing, a new message or an edit, or stopped to.
pub fn typing(event: &Fields, writer: &mut Writer) -> Option<()> {
    let message = MessageId::of(event, "message_id");
    let verb = match (&*event.text("op")?, message) {
        ("start", None) => " is typing",
        ("stop", None) => " stopped typing",
        ("start", Some(_)) => " is editing ",
        ("stop", Some(_)) => " stopped editing ",
        _ => return None,
    };
    let sender = event.object("sender").unwrap_or_default();
    let own = || sender.integer("user_id");
    let id = event.integer("sender_id").or_else(own)?;
    match own() {
        Some(_) => writer.person_in(&sender),
        None => writer.person(id),
    }
    writer.plain(verb);
    if let Some(message) = message {
        let place = event.object("recipient").unwrap_or_default();
        writer.message(message, MessagePlace::in_fields(&place, Some(id)));
        return Some(());
    }
    if let Some(place) = MessagePlace::in_fields(event, None) {
        writer.plain(" in ");
        writer.place(&place);
        return Some(());
    }
    let recipients = event.list("recipients");
    let mut people: Vec<Fields> = recipients
        .first
        .iter()
        .filter_map(|who| Fields::of(who))
        .collect();
    if people.is_empty() {
        return None;
    }
    people.retain(|who| who.integer("user_id") != Some(id));
    writer.plain(if people.is_empty() {
        " to themselves"
    } else {
        " to "
    });
    writer.list(&people, Writer::person_in);
    Some(())
}

/// `update_message_flags`: what one has read, starred, collapsed. Old servers only have `operation`, 9.2
/// has both.
pub fn update_message_flags(event: &Fields, writer: &mut Writer) -> Option<()> {
    let op = event.text("op").or_else(|| event.text("operation"))?;
    let flag = event.text("flag")?;
    let words = match (&*flag, &*op) {
        ("read", "add") => "marked as read",
        ("read", "remove") => "marked as unread",
        ("starred", "add") => "starred",
        ("starred", "remove") => "unstarred",
        ("collapsed", "add") => "collapsed",
        ("collapsed", "remove") => "expanded",
        (flag, "add") => &format!("flag {flag} set"),
        (flag, "remove") => &format!("flag {flag} taken off"),
        _ => return None,
    };
    event.get("messages")?;
    let messages = event.list("messages");
    let is_all = event.flag("all") == Some(true);
    let ids = MessageId::all(&messages);
    if ids.is_empty() && !is_all {
        writer.dim_line();
    }
    writer.plain(words);
    writer.plain(": ");
    match &*ids {
        _ if is_all => writer.plain("all messages"),
        [] => writer.plain("nothing"),
        [id] => writer.excerpt(*id),
        _ => writer.count(messages.len, "message"),
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
