//! Channels, groups and who is in them, and the topics that one mutes or follows: a table of what happens, and
//! the words for it.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::writer::Writer;
use crate::fields::{Entries, Fields, Value, number};
use crate::output::names::Noun;

/// A kind and what its event has to say, and the sentence; the first that fits counts. A field with a `=` has to
/// be that, another one has to be there. What stands in braces is written by [`write_part`].
///
/// - A channel that is created may also be an old one that has become visible: "new" is true of both.
/// - Old servers say `occupy` and `vacate` as well.
/// - New servers say with `in_home_view` once more what they say with `is_muted`; old ones, which send one's own
///   address with it, only that.
/// - That one follows a topic is not always a decision: servers let people follow where they take part.
const SENTENCES: &str = "
    stream op=create invite_only=true | new private channel {channels}{creator}{description}
    stream op=create stream_id | new channel {channels}{creator}{description}
    stream op=create | new channels {channels}
    stream op=delete | {channels} deleted or no longer visible to you
    stream op=occupy | {channels} got its first subscriber
    stream op=vacate | {channels} lost its last subscriber
    stream property=name | {channel} renamed to {new name}
    stream property=invite_only value=true history_public_to_subscribers=true \
        | {channel} is private now, new subscribers see its history
    stream property=invite_only value=true history_public_to_subscribers=false \
        | {channel} is private now, new subscribers do not see its history
    stream property=invite_only value=true | {channel} is private now
    stream property=invite_only value=false is_web_public=true | {channel} is public on the web now
    stream property=invite_only value=false | {channel} is public now
    stream property=stream_post_policy value=1 | {channel}: everybody may post now
    stream property=stream_post_policy value=2 | {channel}: only administrators may post now
    stream property=stream_post_policy value=3 | {channel}: only full members may post now
    stream property=stream_post_policy value=4 | {channel}: only moderators and administrators may post now
    stream op=update | {channel}{property}
    subscription op=add | you were subscribed to {channels}
    subscription op=remove | you were unsubscribed from {channels}
    subscription op=peer_add | {people} joined {channels}
    subscription op=peer_remove | {people} left {channels}
    subscription property=in_home_view value=false email | you muted {channel}
    subscription property=in_home_view value=true email | you unmuted {channel}
    subscription property=in_home_view | {dim}{channel}
    subscription property=is_muted value=true | you muted {channel}
    subscription property=is_muted value=false | you unmuted {channel}
    subscription property=pin_to_top value=true | you pinned {channel}
    subscription property=pin_to_top value=false | you unpinned {channel}
    subscription op=update | {channel}{property}
    user_topic visibility_policy=0 | you no longer mute or follow {topic}
    user_topic visibility_policy=1 | you muted {topic}
    user_topic visibility_policy=2 | you unmuted {topic}
    user_topic visibility_policy=3 | you now follow {topic}
    user_group op=add group | new {group}{creator}{members}{description}
    user_group op=add_members | {people} added to {group}
    user_group op=remove_members | {people} removed from {group}";

/// Writes the sentence of an event of these kinds.
pub fn sentence(kind: &str, event: &Fields, writer: &mut Writer) -> Option<()> {
    let mut fields = event.clone();
    let only = match &*event.list("streams").first {
        [channel] => Fields::of(channel),
        _ => event.object("group"),
    };
    fields.0.extend(only.unwrap_or_default().0);
    let property = fields.text("property").unwrap_or_default();
    writer.memory.posting_by_group |= property == "can_send_message_group";
    let is_legacy = matches!(&*property, "stream_post_policy" | "is_announcement_only");
    let sentence = if writer.memory.posting_by_group && is_legacy {
        // Follows from what was printed before, which says it better.
        "{dim}{channel}"
    } else {
        let mut rows = SENTENCES.lines().filter_map(|row| row.split_once(" | "));
        rows.find(|(conditions, _)| fits(conditions, kind, &fields))?
            .1
    };
    let mut parts = sentence.split('{');
    writer.plain(parts.next()?);
    for part in parts {
        let (name, words) = part.split_once('}')?;
        write_part(name, kind, &fields, writer)?;
        writer.plain(words);
    }
    writer.set_time(fields.seconds("last_updated").unwrap_or_default());
    Some(())
}

fn fits(conditions: &str, kind: &str, fields: &Fields) -> bool {
    let mut words = conditions.split_whitespace();
    let is_kind = words.next() == Some(kind);
    is_kind
        && words.all(|word| match word.split_once('=') {
            Some((name, wanted)) => {
                let value = fields.find(name);
                value.is_some_and(|value| value.trim_matches('"') == wanted)
            }
            None => fields.get(word).is_some(),
        })
}

/// Writes a part of a sentence; None where the event does not have it.
fn write_part(name: &str, kind: &str, fields: &Fields, writer: &mut Writer) -> Option<()> {
    let text = |name| fields.text(name).unwrap_or_default();
    match name {
        "dim" => writer.dim_line(),
        // By the name so far.
        "channel" => writer.named_channel(Some(fields.channel_id()?), &text("name")),
        "new name" => writer.named_channel(fields.channel_id(), &fields.text("value")?),
        "channels" => {
            // `stream_ids` is there beside `streams` since feature level 343, to replace it; before 35 there was
            // one channel.
            let [streams, subscriptions] =
                ["streams", "subscriptions"].map(|name| fields.list(name));
            let mut lists = [streams, subscriptions, list(fields, "stream_id")].into_iter();
            let (channels, len) = lists.find_map(|list| {
                let channels: Vec<_> = list.first.iter().filter_map(|one| channel(one)).collect();
                (!channels.is_empty()).then_some((channels, list.len))
            })?;
            writer.list_of(&channels, len, |writer, (id, name)| {
                writer.named_channel(*id, name);
            });
        }
        "topic" => writer.topic_in(Some(fields.channel_id()?), &fields.text("topic_name")?),
        "group" => {
            let new = || fields.object("group")?.integer("id");
            let id = fields.integer("group_id").or_else(new)?;
            let is_known = writer.memory.names.of(&Noun::Group, id).is_some();
            writer.plain(if is_known { "group " } else { "" });
            let name = writer.wording(kind).label(&Noun::Group, id);
            writer.plain(&name.unwrap_or_default());
        }
        "people" => {
            let people = list(fields, "user_id");
            let ids = people.integers();
            writer.list_of(&ids, people.len, |writer, id| writer.person(*id));
            return (!ids.is_empty()).then_some(());
        }
        "members" => {
            let members = fields.list("members");
            writer.dim(if members.len == 0 { ", empty" } else { " of " });
            writer.list_of(&members.integers(), members.len, |writer, id| {
                writer.person(*id);
            });
        }
        "creator" => {
            if let Some(creator) = fields.integer("creator_id") {
                writer.dim(" by ");
                writer.person(creator);
            }
        }
        "description" if !text(name).is_empty() => {
            writer.dim(": ");
            writer.quote(&text(name));
        }
        "property" => {
            let (_, value) = fields.0.iter().find(|(key, _)| key == "value")?;
            let property = (fields.text("property")?, *value);
            writer.details(kind, &Fields(vec![property]));
        }
        _ => {}
    }
    Some(())
}

/// The ids in a field, `stream_ids`, or the one in `stream_id`.
fn list<'a>(fields: &Fields<'a>, one: &str) -> Entries<'a> {
    fields.get(one).map_or_else(
        || fields.list(&format!("{one}s")),
        |id| Entries {
            first: vec![id],
            len: 1,
        },
    )
}

/// A channel's id and name, as far as they are told: an object, or an id, or a name (old servers).
fn channel(entry: &RawValue) -> Option<(Option<i64>, Cow<'_, str>)> {
    match Value::of(entry) {
        Value::Object(channel) => {
            let (id, name) = (channel.channel_id(), channel.text("name"));
            (id.is_some() || name.is_some()).then(|| (id, name.unwrap_or_default()))
        }
        Value::Text(name) => Some((None, name)),
        _ => Some((Some(number(entry)?), Cow::default())),
    }
}

#[cfg(test)]
mod tests;
