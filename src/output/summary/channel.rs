//! Channels: new, changed and gone (`stream`), who has subscribed to them (`subscription`), and the topics
//! that one mutes or follows (`user_topic`).
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::writer::Writer;
use crate::fields::{Entries, Fields, Value, number};

/// Id and name of a channel in a list of channels: an object, or only its id, or its name (old servers).
fn channel(entry: &RawValue) -> Option<(Option<i64>, Cow<'_, str>)> {
    let (id, name) = match Value::of(entry) {
        Value::Object(object) => (object.integer("stream_id"), object.text("name")),
        Value::Text(name) => (None, Some(name)),
        _ => (number(entry), None),
    };
    let name = name.unwrap_or_default();
    (id.is_some() || !name.is_empty()).then_some((id, name))
}

/// The first of these lists that has channels.
fn channels<'a>(event: &Fields<'a>, fields: &[&str]) -> Option<Entries<'a>> {
    let mut lists = fields.iter().map(|name| event.list(name));
    lists.find_map(|mut list| {
        list.first.retain(|entry| channel(entry).is_some());
        (!list.first.is_empty()).then_some(list)
    })
}

fn tell_all(channels: &Entries, writer: &mut Writer) {
    writer.list_of(&channels.first, channels.len, |writer, entry| {
        let (id, name) = channel(entry).unwrap_or_default();
        writer.named_channel(id, &name);
    });
}

/// `stream`. Old servers say `occupy` and `vacate` as well.
pub fn stream(event: &Fields, writer: &mut Writer) -> Option<()> {
    let op = event.text("op")?;
    if op == "update" {
        return update_stream(event, writer);
    }
    // `stream_ids` is there beside `streams` since feature level 343, to replace it.
    let all = channels(event, &["streams", "stream_ids"])?;
    let (verb, aside) = match &*op {
        "create" => {
            tell_new(&all, writer);
            return Some(());
        }
        "delete" => (" deleted", " or no longer visible to you"),
        "occupy" => (" got its first subscriber", ""),
        "vacate" => (" lost its last subscriber", ""),
        _ => return None,
    };
    tell_all(&all, writer);
    writer.say(verb);
    writer.aside(aside);
    Some(())
}

/// It may also be an old channel that has become visible: "new" is true of both.
fn tell_new(all: &Entries, writer: &mut Writer) {
    let one = all.first.first().filter(|_| all.len == 1);
    let one = one.and_then(|one| Fields::of(one)).unwrap_or_default();
    writer.say(match one.flag("invite_only") {
        _ if all.len > 1 => "new channels ",
        Some(true) => "new private channel ",
        _ => "new channel ",
    });
    tell_all(all, writer);
    writer.creator(&one);
    writer.description(&one);
}

/// What one's own channel is to oneself, or to all.
fn update(event: &Fields, writer: &mut Writer) -> Option<()> {
    let (_, value) = event.0.iter().find(|(key, _)| key == "value")?;
    let property = event.text("property")?;
    let name = event.text("name").unwrap_or_default();
    writer.named_channel(Some(event.integer("stream_id")?), &name);
    writer.details(&Fields(vec![(property, value)]));
    Some(())
}

fn update_stream(event: &Fields, writer: &mut Writer) -> Option<()> {
    let id = event.integer("stream_id")?;
    let property = event.text("property")?;
    let value = event.get("value").map_or("null", RawValue::get);
    let is_legacy = writer.memory.posting_by_group;
    // Of interest to clients only, or told beside what it follows from.
    if matches!(
        &*property,
        "email_address" | "first_message_id" | "is_announcement_only" | "is_recently_active"
    ) || is_legacy && property == "stream_post_policy"
    {
        writer.dim();
    }
    let is_web_public = event.flag("is_web_public") == Some(true);
    let words = match (&*property, value) {
        ("name", _) => " renamed to ",
        ("stream_post_policy" | "is_announcement_only", _) if is_legacy => "",
        ("invite_only", "true") => match event.flag("history_public_to_subscribers") {
            Some(true) => " is private now, new subscribers see its history",
            Some(false) => " is private now, new subscribers do not see its history",
            None => " is private now",
        },
        ("invite_only", "false") if is_web_public => " is public on the web now",
        ("invite_only", "false") => " is public now",
        ("stream_post_policy", "1") => ": everybody may post now",
        ("stream_post_policy", "2") => ": only administrators may post now",
        ("stream_post_policy", "3") => ": only full members may post now",
        ("stream_post_policy", "4") => ": only moderators and administrators may post now",
        _ => return update(event, writer),
    };
    // That before the event, if it is a new name.
    writer.named_channel(Some(id), &event.text("name").unwrap_or_default());
    writer.say(words);
    if property == "name" {
        writer.named_channel(Some(id), &event.text("value")?);
    }
    Some(())
}

/// `subscription`.
pub fn subscription(event: &Fields, writer: &mut Writer) -> Option<()> {
    let words = match &*event.text("op")? {
        "add" => "you were subscribed to ",
        "remove" => "you were unsubscribed from ",
        "peer_add" => return peers(event, "joined", writer),
        "peer_remove" => return peers(event, "left", writer),
        "update" => return update(event, writer),
        _ => return None,
    };
    let own = channels(event, &["subscriptions"])?;
    writer.say(words);
    tell_all(&own, writer);
    Some(())
}

/// The shorter part first: names of many would push the channel off the line. Before feature level 35
/// there was one channel and one person, before 19 the channels were named in `subscriptions`.
fn peers(event: &Fields, verb: &str, writer: &mut Writer) -> Option<()> {
    let all = match event.get("stream_id") {
        Some(id) => Entries {
            first: vec![id],
            len: 1,
        },
        None => channels(event, &["stream_ids", "subscriptions"])?,
    };
    let listed = event.list("user_ids");
    let (people, len) = match event.integer("user_id") {
        Some(id) => (vec![id], 1),
        None => (listed.integers(), listed.len),
    };
    match &*people {
        [] => return None,
        [person] => {
            writer.person(*person);
            writer.say(&format!(" {verb} "));
            tell_all(&all, writer);
        }
        people => {
            tell_all(&all, writer);
            writer.say(&format!(" {verb} by "));
            writer.people(people, len);
        }
    }
    Some(())
}

/// `user_topic`.
pub fn user_topic(event: &Fields, writer: &mut Writer) -> Option<()> {
    let channel = event.integer("stream_id")?;
    let topic = event.text("topic_name")?;
    writer.say(match event.integer("visibility_policy")? {
        0 => "you no longer mute or follow ",
        1 => "you muted ",
        2 => "you unmuted ",
        // Not always by a decision: servers let people follow where they take part.
        3 => "you now follow ",
        _ => return None,
    });
    writer.topic_in(channel, &topic);
    writer.happened(event.seconds("last_updated").unwrap_or_default());
    Some(())
}

#[cfg(test)]
mod tests;
