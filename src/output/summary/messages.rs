//! Events about messages that exist: deleted, reacted to, voted in, flagged. Not for edits
//! (`edits.rs`) and typing (`typing.rs`).
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2), and for old servers
//! `zerver/lib/actions.py` of 1.7. Contents of submessages: `zerver/lib/validator.py` of 9.2
//! (`validate_poll_data`, `validate_todo_data`).

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

use super::place::{Place, Recipient};
use super::scribe::{Odd, Scribe, Told};
use crate::event::{Event, MessageId};
use crate::output::names::Subject;

/// Of more messages the places are not gathered: it would take long and say little.
const GATHERED: usize = 50;

#[derive(Deserialize)]
struct Deletion<'a> {
    message_id: Option<u64>,
    #[serde(default)]
    message_ids: Vec<u64>,
    /// The address of who deleted it, on old servers; new ones do not say who.
    #[serde(borrow, default)]
    sender: Cow<'a, str>,
    /// Old servers do not say where.
    #[serde(borrow, default)]
    message_type: Cow<'a, str>,
    stream_id: Option<i64>,
    topic: Option<String>,
}

#[derive(Deserialize)]
struct Reaction<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    message_id: u64,
    #[serde(borrow)]
    emoji_name: Cow<'a, str>,
    #[serde(borrow, default)]
    emoji_code: Cow<'a, str>,
    #[serde(borrow, default, rename = "reaction_type")]
    emoji_kind: Cow<'a, str>,
    /// Missing on old servers, which have it in `user` only.
    user_id: Option<i64>,
    #[serde(borrow, default)]
    user: Reactor<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reactor<'a> {
    #[serde(alias = "id")]
    user_id: Option<i64>,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    full_name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Submessage<'a> {
    message_id: u64,
    sender_id: i64,
    #[serde(borrow)]
    content: Cow<'a, str>,
}

/// What somebody did to a poll or a list of tasks; from their client, so it may be anything.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Widget {
    Vote { vote: i64 },
    NewOption { option: String },
    Question { question: String },
    NewTask { task: String },
    Strike,
    NewTaskListTitle { title: String },
}

#[derive(Deserialize)]
struct Flags<'a> {
    /// Old servers only have `operation`, 9.2 has both.
    op: Option<String>,
    operation: Option<String>,
    #[serde(borrow)]
    flag: Cow<'a, str>,
    messages: Vec<u64>,
    #[serde(default)]
    all: bool,
    /// By message id, for messages that became unread.
    #[serde(default)]
    message_details: HashMap<String, Recipient>,
}

#[derive(Deserialize)]
struct Pointer {
    pointer: u64,
}

/// `delete_message`. Also sent for messages that somebody may not see any more.
pub fn delete_message(event: &Event, scribe: &mut Scribe) -> Told {
    let deletion: Deletion = serde_json::from_str(event.text)?;
    if deletion.sender.is_empty() {
        scribe.say("deleted: ");
    } else {
        scribe.address(&deletion.sender);
        scribe.say(" deleted ");
    }
    let ids = match (&*deletion.message_ids, &deletion.message_id) {
        ([], Some(id)) => std::slice::from_ref(id),
        ([], None) => return Err(Odd),
        (ids, _) => ids,
    };
    let mut place = match (deletion.stream_id, &deletion.topic) {
        (Some(channel), Some(topic)) => Some(Place::Channel(channel, topic.clone())),
        _ => None,
    };
    if let [id] = ids {
        let id = MessageId(*id);
        scribe.excerpt(id);
        let said = scribe.recent.find(id);
        place = place.or(said.map(Place::of));
        let author = said.and_then(|said| said.sender);
        if let Some(author) = author.filter(|id| scribe.names.at(&deletion.sender) != Some(*id)) {
            scribe.say(" from ");
            scribe.person(author);
        }
    } else {
        scribe.count(ids.len(), "message");
    }
    if matches!(&*deletion.message_type, "private" | "direct") {
        place = place.or(Some(Place::With(Vec::new())));
    }
    if let Some(place) = place {
        place.tell(scribe);
    }
    if ids.len() > 1 {
        quote_known(ids, scribe);
    }
    Ok(())
}

/// `: "one", "two"`: those of the messages that passed lately.
fn quote_known(ids: &[u64], scribe: &mut Scribe) {
    let known = ids.iter().take(GATHERED).map(|id| MessageId(*id));
    let known: Vec<_> = known
        .filter(|id| scribe.recent.find(*id).is_some())
        .collect();
    if !known.is_empty() {
        scribe.aside(": ");
        scribe.list(&known, |scribe, id| scribe.excerpt(*id));
    }
}

/// `reaction`.
pub fn reaction(event: &Event, scribe: &mut Scribe) -> Told {
    let reaction: Reaction = serde_json::from_str(event.text)?;
    let who = &reaction.user;
    let id = reaction.user_id.or(who.user_id);
    if let Some(id) = id {
        scribe.names.learn(Subject::Person, id, &who.full_name);
        scribe.names.learn_address(&who.email, id);
    }
    let (verb, way) = match &*reaction.op {
        "add" => (" added ", " to "),
        "remove" => (" removed ", " from "),
        _ => return Err(Odd),
    };
    scribe.named_person(id, &who.full_name);
    scribe.say(verb);
    let (code, kind) = (&reaction.emoji_code, &reaction.emoji_kind);
    scribe.emoji(&reaction.emoji_name, code, kind);
    scribe.say(way);
    scribe.message(MessageId(reaction.message_id));
    Ok(())
}

/// `submessage`.
pub fn submessage(event: &Event, scribe: &mut Scribe) -> Told {
    let submessage: Submessage = serde_json::from_str(event.text)?;
    scribe.person(submessage.sender_id);
    let way = tell_widget(serde_json::from_str(&submessage.content).ok(), scribe);
    scribe.say(way);
    scribe.message(MessageId(submessage.message_id));
    Ok(())
}

/// What was done; gives the words that lead to the message.
fn tell_widget(widget: Option<Widget>, scribe: &mut Scribe) -> &'static str {
    let (verb, text, way) = match widget {
        Some(Widget::Vote { vote: 1.. }) => return " voted in ",
        Some(Widget::Vote { .. }) => return " took back a vote in ",
        Some(Widget::Strike) => return " ticked or unticked a task in ",
        None => return " updated the widget in ",
        Some(Widget::NewOption { option }) => (" added the option ", option, " to "),
        Some(Widget::Question { question }) => (" asks ", question, " now in "),
        Some(Widget::NewTask { task }) => (" added the task ", task, " to "),
        Some(Widget::NewTaskListTitle { title }) => (" gave the title ", title, " to "),
    };
    scribe.say(verb);
    scribe.quote(&text);
    way
}

/// `update_message_flags`.
pub fn update_message_flags(event: &Event, scribe: &mut Scribe) -> Told {
    let flags: Flags = serde_json::from_str(event.text)?;
    let is_added = match flags.op.as_deref().or(flags.operation.as_deref()) {
        Some("add") => true,
        Some("remove") => false,
        _ => return Err(Odd),
    };
    match (&*flags.flag, is_added) {
        ("read", true) => scribe.say("marked as read: "),
        ("read", false) => scribe.say("marked as unread: "),
        ("starred", true) => scribe.say("starred: "),
        ("starred", false) => scribe.say("unstarred: "),
        ("collapsed", true) => scribe.say("collapsed: "),
        ("collapsed", false) => scribe.say("expanded: "),
        (flag, _) => {
            scribe.say("flag ");
            scribe.say(flag);
            scribe.say(if is_added { " set: " } else { " taken off: " });
        }
    }
    match &*flags.messages {
        _ if flags.all => scribe.say("all messages"),
        [id] => scribe.excerpt(MessageId(*id)),
        ids => scribe.count(ids.len(), "message"),
    }
    let places = places(&flags, scribe);
    if !places.is_empty() {
        scribe.aside(" (");
        scribe.list(&places, |scribe, place| place.name(scribe));
        scribe.aside(")");
    }
    Ok(())
}

/// Where the messages are, each place once; empty where that is not known of all.
fn places(flags: &Flags, scribe: &Scribe) -> Vec<Place> {
    let mut places = Vec::new();
    if flags.messages.len() > GATHERED {
        return places;
    }
    for id in &flags.messages {
        let said = scribe.recent.find(MessageId(*id)).map(Place::of);
        let details = || flags.message_details.get(&id.to_string())?.place(None);
        let Some(place) = said.or_else(details) else {
            return Vec::new();
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// `pointer`: how far somebody has read, on old servers.
pub fn pointer(event: &Event, scribe: &mut Scribe) -> Told {
    let Pointer { pointer } = serde_json::from_str(event.text)?;
    scribe.say("read up to ");
    scribe.message(MessageId(pointer));
    Ok(())
}

#[cfg(test)]
mod tests;
