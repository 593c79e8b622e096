//! What happens to messages and around them: deleted, reacted to, voted on, flagged, being written.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2 and 10.0), and for old servers
//! `zerver/lib/actions.py` of 1.7. Contents of submessages: `zerver/lib/validator.py` of 9.2
//! (`validate_poll_data`, `validate_todo_data`).

use super::recent::Place;
use super::writer::{Who, Writer};
use crate::event::MessageId;
use crate::fields::{Entries, Fields};

/// Of more messages nothing is looked for one by one: it would take long and say little.
const LOOKED_FOR: usize = 50;

/// `delete_message`. Also sent for messages that somebody may not see any more.
pub fn delete_message(event: &Fields, writer: &mut Writer) -> Option<()> {
    let ids = event.list("message_ids");
    let (ids, len) = match MessageId::of(event, "message_id") {
        Some(id) if ids.len == 0 => (vec![id], 1),
        _ => (MessageId::all(&ids), ids.len),
    };
    // Who deleted it: new servers do not say.
    let address = event.text("sender").unwrap_or_default();
    if ids.is_empty() {
        return None;
    }
    if address.is_empty() {
        writer.say("deleted: ");
    } else {
        writer.someone(Who {
            address: &address,
            ..Who::default()
        });
        writer.say(" deleted ");
    }
    let mut place = event
        .integer("stream_id")
        .zip(event.text("topic"))
        .map(|(channel, topic)| Place::Channel(channel, topic.into_owned()));
    if let [id] = &*ids {
        writer.excerpt(*id);
        let said = writer.memory.recent.find(*id);
        place = place.or(said.map(Place::of));
        let author = said.and_then(|said| said.sender);
        if let Some(author) = author.filter(|id| writer.memory.names.at(&address) != Some(*id)) {
            writer.say(" from ");
            writer.person(author);
        }
    } else {
        writer.count(len, "message");
    }
    if matches!(
        event.text("message_type").as_deref(),
        Some("private" | "direct")
    ) {
        place = place.or(Some(Place::With(Vec::new())));
    }
    if let Some(place) = place {
        writer.place_in_brackets(&place);
    }
    if ids.len() > 1 {
        let mut known = ids;
        known.truncate(LOOKED_FOR);
        known.retain(|id| writer.memory.recent.find(*id).is_some());
        writer.aside(if known.is_empty() { "" } else { ": " });
        writer.list(&known, |writer, id| writer.excerpt(*id));
    }
    Some(())
}

/// `reaction`. Old servers have the id in `user` only.
pub fn reaction(event: &Fields, writer: &mut Writer) -> Option<()> {
    let user = event.object("user").unwrap_or_default();
    let own = user.integer("user_id").or_else(|| user.integer("id"));
    let (verb, way) = match &*event.text("op")? {
        "add" => (" added ", " to "),
        "remove" => (" removed ", " from "),
        _ => return None,
    };
    let message = MessageId::of(event, "message_id")?;
    let name = event.text("emoji_name")?;
    writer.someone(Who {
        id: event.integer("user_id").or(own),
        name: &user.text("full_name").unwrap_or_default(),
        address: &user.text("email").unwrap_or_default(),
    });
    writer.say(verb);
    let text = |name| event.text(name).unwrap_or_default();
    writer.emoji(&name, &text("emoji_code"), &text("reaction_type"));
    writer.say(way);
    writer.message(message);
    Some(())
}

/// `submessage`: what somebody did to a poll or a list of tasks; from their client, so it may be anything.
pub fn submessage(event: &Fields, writer: &mut Writer) -> Option<()> {
    let message = MessageId::of(event, "message_id")?;
    writer.person(event.integer("sender_id")?);
    let content = event.text("content")?;
    let content: Fields = serde_json::from_str(&content).unwrap_or_default();
    let kind = content.text("type").unwrap_or_default();
    let (verb, text, way) = match &*kind {
        "vote" => match content.integer("vote") {
            Some(1..) => (" voted in ", None, ""),
            Some(_) => (" took back a vote in ", None, ""),
            None => (" updated the widget in ", None, ""),
        },
        "strike" => (" ticked or unticked a task in ", None, ""),
        "new_option" => (" added the option ", content.text("option"), " to "),
        "question" => (" asks ", content.text("question"), " now in "),
        "new_task" => (" added the task ", content.text("task"), " to "),
        "new_task_list_title" => (" gave the title ", content.text("title"), " to "),
        _ => (" updated the widget in ", None, ""),
    };
    match text {
        Some(text) => {
            writer.say(verb);
            writer.quote(&text);
            writer.say(way);
        }
        None if way.is_empty() => writer.say(verb),
        None => writer.say(" updated the widget in "),
    }
    writer.message(message);
    Some(())
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
    let id = event
        .integer("sender_id")
        .or_else(|| sender.integer("user_id"))?;
    writer.someone(Who {
        id: Some(id),
        address: &sender.text("email").unwrap_or_default(),
        ..Who::default()
    });
    writer.say(verb);
    if let Some(message) = message {
        let place = event.object("recipient");
        let place = place.and_then(|place| Place::in_fields(&place, Some(id)));
        writer.message(message);
        if let Some(place) = place.filter(|_| writer.memory.recent.find(message).is_none()) {
            writer.place_in_brackets(&place);
        }
        return Some(());
    }
    if let Some(channel) = event.integer("stream_id") {
        writer.say(" in ");
        writer.topic_in(channel, &event.text("topic").unwrap_or_default());
        return Some(());
    }
    let recipients = event.list("recipients");
    let recipients: Vec<Fields> = recipients
        .first
        .iter()
        .filter_map(|who| Fields::of(who))
        .collect();
    let others: Vec<_> = recipients
        .iter()
        .filter(|who| who.integer("user_id") != Some(id))
        .collect();
    writer.say(match (&*recipients, &*others) {
        ([], _) => return None,
        (_, []) => " to themselves",
        _ => " to ",
    });
    writer.list(&others, |writer, who| {
        writer.someone(Who {
            id: who.integer("user_id"),
            address: &who.text("email").unwrap_or_default(),
            ..Who::default()
        });
    });
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
    let is_all = event.flag("all").unwrap_or_default();
    let ids = MessageId::all(&messages);
    if ids.is_empty() && !is_all {
        writer.dim();
    }
    writer.say(words);
    writer.say(": ");
    match &*ids {
        _ if is_all => writer.say("all messages"),
        [] => writer.say("nothing"),
        [id] => writer.excerpt(*id),
        _ => writer.count(messages.len, "message"),
    }
    let places = places(&ids, &messages, event, writer);
    if !places.is_empty() {
        writer.aside(" (");
        writer.list(&places, Writer::place);
        writer.aside(")");
    }
    Some(())
}

/// Where the messages are, each place once; empty where that is not known of all. Of those that became
/// unread the event has details.
fn places(ids: &[MessageId], messages: &Entries, event: &Fields, writer: &Writer) -> Vec<Place> {
    let mut places = Vec::new();
    if messages.len > LOOKED_FOR {
        return places;
    }
    let details = event.object("message_details").unwrap_or_default();
    for id in ids {
        let said = writer.memory.recent.find(*id).map(Place::of);
        let detailed = || {
            let details = details.object(&id.0.to_string())?;
            Place::in_fields(&details, None)
        };
        let Some(place) = said.or_else(detailed) else {
            return Vec::new();
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests;
