//! Channels: new, changed and gone (`stream`), who has subscribed to them (`subscription`), and the topics
//! that one mutes or follows (`user_topic`).
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::writer::Writer;
use crate::fields::{self, Entries, Fields, Value, number};

/// Channels in a list, and how many there are.
struct Channels<'a> {
    /// Ids and names, as far as they are told.
    first: Vec<(Option<i64>, Cow<'a, str>)>,
    len: usize,
}

impl<'a> Channels<'a> {
    /// The entries are objects, or ids, or names (old servers). None where there are none.
    fn of(list: &Entries<'a>) -> Option<Channels<'a>> {
        let channels = list.first.iter().map(|entry| match Value::of(entry) {
            Value::Object(channel) => (channel.integer("stream_id"), channel.text("name")),
            Value::Text(name) => (None, Some(name)),
            _ => (number(entry), None),
        });
        let known = channels.filter(|(id, name)| id.is_some() || name.is_some());
        let first = known.map(|(id, name)| (id, name.unwrap_or_default()));
        let first: Vec<_> = first.take(5).collect();
        let len = list.len;
        (!first.is_empty()).then_some(Channels { first, len })
    }

    fn write(&self, writer: &mut Writer) {
        writer.list_of(&self.first, self.len, |writer, (id, name)| {
            writer.named_channel(*id, name);
        });
    }
}

/// `stream`. Old servers say `occupy` and `vacate` as well.
pub fn stream(event: &Fields, writer: &mut Writer) -> Option<()> {
    let op = event.text("op")?;
    if op == "update" {
        return update_stream(event, writer);
    }
    let list = event.list("streams");
    if op == "create" {
        return new_channels(&list, writer);
    }
    // `stream_ids` is there beside `streams` since feature level 343, to replace it.
    let channels = Channels::of(&list).or_else(|| Channels::of(&event.list("stream_ids")))?;
    let words = match &*op {
        "delete" => " deleted or no longer visible to you",
        "occupy" => " got its first subscriber",
        "vacate" => " lost its last subscriber",
        _ => return None,
    };
    channels.write(writer);
    writer.plain(words);
    Some(())
}

/// It may also be an old channel that has become visible: "new" is true of both.
fn new_channels(list: &Entries, writer: &mut Writer) -> Option<()> {
    let channels = Channels::of(list)?;
    let only = match &*list.first {
        [channel] => Fields::of(channel)?,
        _ => Fields::default(),
    };
    writer.plain(match list.len {
        1 if only.flag("invite_only") == Some(true) => "new private channel ",
        1 => "new channel ",
        _ => "new channels ",
    });
    channels.write(writer);
    writer.creator(&only);
    writer.description(&only);
    Some(())
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
    // Follows from what was printed before, which says it better.
    let follows = writer.memory.posting_by_group
        && matches!(&*property, "stream_post_policy" | "is_announcement_only");
    let words = match (&*property, value.get()) {
        _ if follows => "",
        ("name", _) => " renamed to ",
        ("invite_only", "true") => match event.flag("history_public_to_subscribers") {
            Some(true) => " is private now, new subscribers see its history",
            Some(false) => " is private now, new subscribers do not see its history",
            None => " is private now",
        },
        ("invite_only", "false") => match event.flag("is_web_public") {
            Some(true) => " is public on the web now",
            _ => " is public now",
        },
        ("stream_post_policy", "1") => ": everybody may post now",
        ("stream_post_policy", "2") => ": only administrators may post now",
        ("stream_post_policy", "3") => ": only full members may post now",
        ("stream_post_policy", "4") => ": only moderators and administrators may post now",
        _ => {
            writer.named_channel(Some(id), &name);
            writer.details("stream", &Fields(vec![(property, value)]));
            return Some(());
        }
    };
    if follows {
        writer.dim_line();
    }
    writer.named_channel(Some(id), &name);
    writer.plain(words);
    if property == "name" {
        writer.named_channel(Some(id), &fields::text(value)?);
    }
    Some(())
}

/// `subscription`.
pub fn subscription(event: &Fields, writer: &mut Writer) -> Option<()> {
    let verb = match &*event.text("op")? {
        "add" => "you were subscribed to ",
        "remove" => "you were unsubscribed from ",
        "peer_add" => return peers(event, [" joined ", " joined by "], writer),
        "peer_remove" => return peers(event, [" left ", " left by "], writer),
        "update" => return update_subscription(event, writer),
        _ => return None,
    };
    let channels = Channels::of(&event.list("subscriptions"))?;
    writer.plain(verb);
    channels.write(writer);
    Some(())
}

/// Before feature level 35 there was one channel and one person, before 19 the channels were named in
/// `subscriptions`.
fn peers(event: &Fields, verbs: [&str; 2], writer: &mut Writer) -> Option<()> {
    let list = |one, many| match event.get(one) {
        Some(id) => Entries {
            first: vec![id],
            len: 1,
        },
        None => event.list(many),
    };
    let channels = Channels::of(&list("stream_id", "stream_ids"));
    let channels = channels.or_else(|| Channels::of(&event.list("subscriptions")))?;
    let people = list("user_id", "user_ids");
    writer.membership(&people, verbs, |writer| channels.write(writer))
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
            writer.dim_line();
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
    writer.plain(words);
    writer.named_channel(Some(id), &name);
    Some(())
}

/// `user_topic`.
pub fn user_topic(event: &Fields, writer: &mut Writer) -> Option<()> {
    let channel = event.integer("stream_id")?;
    let topic = event.text("topic_name")?;
    writer.plain(match event.integer("visibility_policy")? {
        0 => "you no longer mute or follow ",
        1 => "you muted ",
        2 => "you unmuted ",
        // Not always by a decision: servers let people follow where they take part.
        3 => "you now follow ",
        _ => return None,
    });
    writer.topic_in(channel, &topic);
    writer.set_time(event.seconds("last_updated").unwrap_or_default());
    Some(())
}

#[cfg(test)]
mod tests;
