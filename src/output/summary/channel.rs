//! Channels: new, changed and gone (`stream`), who has subscribed to them (`subscription`), and the topics
//! that one mutes or follows (`user_topic`).
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::writer::Writer;
use crate::fields::{Entries, Fields, Value, number};

/// A channel in a list of channels: an object, or only its id, or its name (old servers).
struct Channel<'a> {
    id: Option<i64>,
    name: Cow<'a, str>,
    object: Fields<'a>,
}

impl<'a> Channel<'a> {
    fn of(entry: &'a RawValue) -> Option<Channel<'a>> {
        let (id, name, object) = match Value::of(entry) {
            Value::Object(object) => {
                let name = object.text("name").unwrap_or_default();
                (object.integer("stream_id"), name, object)
            }
            Value::Text(name) => (None, name, Fields::default()),
            _ => (number(entry), Cow::default(), Fields::default()),
        };
        let is_known = id.is_some() || !name.is_empty();
        is_known.then_some(Channel { id, name, object })
    }

    fn write(&self, writer: &mut Writer) {
        writer.named_channel(self.id, &self.name);
    }
}

/// Channels, as many as are told of, and how many there are. None where there is none.
fn channels<'a>(entries: &Entries<'a>) -> Option<(Vec<Channel<'a>>, usize)> {
    let channels = entries.first.iter().filter_map(|entry| Channel::of(entry));
    let channels: Vec<_> = channels.take(5).collect();
    (!channels.is_empty()).then_some((channels, entries.len))
}

fn tell_all((channels, len): &(Vec<Channel>, usize), writer: &mut Writer) {
    writer.list_of(channels, *len, |writer, channel| channel.write(writer));
}

/// `stream`. Old servers say `occupy` and `vacate` as well.
pub fn stream(event: &Fields, writer: &mut Writer) -> Option<()> {
    let op = event.text("op")?;
    if op == "update" {
        return update_stream(event, writer);
    }
    // `stream_ids` is there beside `streams` since feature level 343, to replace it.
    let all = channels(&event.list("streams")).or_else(|| channels(&event.list("stream_ids")))?;
    match &*op {
        "create" => tell_new(&all, writer),
        "delete" => {
            tell_all(&all, writer);
            writer.say(" deleted");
            writer.aside(" or no longer visible to you");
        }
        "occupy" => {
            tell_all(&all, writer);
            writer.say(" got its first subscriber");
        }
        "vacate" => {
            tell_all(&all, writer);
            writer.say(" lost its last subscriber");
        }
        _ => return None,
    }
    Some(())
}

/// It may also be an old channel that has become visible: "new" is true of both.
fn tell_new(all: &(Vec<Channel>, usize), writer: &mut Writer) {
    let [channel] = &*all.0 else {
        writer.say("new channels ");
        return tell_all(all, writer);
    };
    let is_private = channel.object.flag("invite_only") == Some(true);
    writer.say(if is_private {
        "new private channel "
    } else {
        "new channel "
    });
    channel.write(writer);
    if let Some(creator) = channel.object.integer("creator_id") {
        writer.aside(" by ");
        writer.person(creator);
    }
    let description = channel.object.text("description").unwrap_or_default();
    if !description.is_empty() {
        writer.aside(": ");
        writer.quote(&description);
    }
}

/// A property of a channel and its value.
fn property<'a>(event: &Fields<'a>) -> Option<(Cow<'a, str>, &'a RawValue)> {
    let (_, value) = event.0.iter().find(|(key, _)| key == "value")?;
    Some((event.text("property")?, value))
}

fn update_stream(event: &Fields, writer: &mut Writer) -> Option<()> {
    let id = event.integer("stream_id")?;
    // That before the event, if it is a new name.
    let name = event.text("name").unwrap_or_default();
    let (property, value) = property(event)?;
    writer.memory.posting_by_group |= property == "can_send_message_group";
    let is_legacy = writer.memory.posting_by_group;
    // Of interest to clients only, or told beside what it follows from.
    if matches!(
        &*property,
        "email_address" | "first_message_id" | "is_announcement_only" | "is_recently_active"
    ) || is_legacy && property == "stream_post_policy"
    {
        writer.dim();
    }
    writer.named_channel(Some(id), &name);
    let is_web_public = event.flag("is_web_public") == Some(true);
    let words = match (&*property, value.get()) {
        ("name", _) => {
            writer.say(" renamed to ");
            writer.named_channel(Some(id), &event.text("value")?);
            return Some(());
        }
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
        _ => {
            writer.details("stream", &Fields(vec![(property, value)]));
            return Some(());
        }
    };
    writer.say(words);
    Some(())
}

/// `subscription`.
pub fn subscription(event: &Fields, writer: &mut Writer) -> Option<()> {
    let own = || channels(&event.list("subscriptions"));
    match &*event.text("op")? {
        "add" => {
            let all = own()?;
            writer.say("you were subscribed to ");
            tell_all(&all, writer);
        }
        "remove" => {
            let all = own()?;
            writer.say("you were unsubscribed from ");
            tell_all(&all, writer);
        }
        "peer_add" => peers(event, "joined", writer)?,
        "peer_remove" => peers(event, "left", writer)?,
        "update" => update_subscription(event, writer)?,
        _ => return None,
    }
    Some(())
}

/// The shorter part first: names of many would push the channel off the line. Before feature level 35
/// there was one channel and one person, before 19 the channels were named in `subscriptions`.
fn peers(event: &Fields, verb: &str, writer: &mut Writer) -> Option<()> {
    let entries = match event.get("stream_id") {
        Some(id) => Entries {
            first: vec![id],
            len: 1,
        },
        None => event.list("stream_ids"),
    };
    let all = channels(&entries).or_else(|| channels(&event.list("subscriptions")))?;
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
            writer.list_of(people, len, |writer, id| writer.person(*id));
        }
    }
    Some(())
}

/// What one's own channel is to oneself. New servers say with `in_home_view` once more what they say with
/// `is_muted`; old ones, which send one's own address with it, only that.
fn update_subscription(event: &Fields, writer: &mut Writer) -> Option<()> {
    let id = event.integer("stream_id")?;
    let name = event.text("name").unwrap_or_default();
    let (property, value) = property(event)?;
    let is_old = event.get("email").is_some();
    let words = match (&*property, value.get()) {
        ("in_home_view", _) if !is_old => {
            writer.dim();
            ""
        }
        ("is_muted", "true") | ("in_home_view", "false") => "you muted ",
        ("is_muted", "false") | ("in_home_view", "true") => "you unmuted ",
        ("pin_to_top", "true") => "you pinned ",
        ("pin_to_top", "false") => "you unpinned ",
        _ => {
            writer.named_channel(Some(id), &name);
            writer.details("subscription", &Fields(vec![(property, value)]));
            return Some(());
        }
    };
    writer.say(words);
    writer.named_channel(Some(id), &name);
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
