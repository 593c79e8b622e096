//! Sentences that follow from a few fields: a table of what happens, and the words for it.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashMap;
use serde_json::value::RawValue;

use super::writer::{Form, Writer};
use super::{activity, people};
use crate::fields::{Fields, Value, number};
use crate::output::names::Noun;

/// A kind and what its event has to say, and the sentence; the first that fits counts, in the chat one of `chat_`
/// before others. A field with a `=` has to
/// be that, another one has to be there. What stands in braces is written by [`write_part`].
///
/// - A channel that is created may also be an old one that has become visible: "new" is true of both.
/// - Old servers say `occupy` and `vacate` as well.
/// - New servers say with `in_home_view` once more what they say with `is_muted`; old ones, which send one's own
///   address with it, only that.
/// - That one follows a topic is not always a decision: servers let people follow where they take part.
/// - Of a status, what is not there has not changed, and what is empty was cleared.
/// - Since feature level 222 who was deactivated is so by `is_active`, and who is removed has gone out of the sight
///   of a guest. The address, which tells the old from the new, was given up before that.
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
    user_group op=remove_members | {people} removed from {group}
    realm_user op=add is_bot=true bot_owner_id | {person} joined as a bot of {owner}{activity}
    realm_user op=add is_bot=true | {person} joined as a bot{activity}
    realm_user op=add role=100 | {person} joined as an owner{activity}
    realm_user op=add role=200 | {person} joined as an administrator{activity}
    realm_user op=add role=300 | {person} joined as a moderator{activity}
    realm_user op=add role=600 | {person} joined as a guest{activity}
    realm_user op=add | {person} joined{activity}
    realm_user op=remove email | {person so far} was deactivated
    realm_user op=remove | {person so far} was deactivated or is no longer visible to you
    realm_user op=update | {person so far}{changes}
    change_of_person role=100 | is now an owner
    change_of_person role=200 | is now an administrator
    change_of_person role=300 | is now a moderator
    change_of_person role=400 | is now a member
    change_of_person role=600 | is now a guest
    change_of_person is_admin=true | is now an administrator
    change_of_person is_admin=false | is no longer an administrator
    change_of_person is_active=true | was reactivated
    change_of_person is_active=false | was deactivated
    change_of_person avatar_url=null | has a new picture
    change_of_person avatar_url | has a new picture
    user_status status_text= emoji_name= | {user}{away} cleared the status
    user_status status_text= emoji_name | {user}{away} set a status: {emoji}
    user_status status_text emoji_name= | {user}{away} set a status: {status_text}
    user_status status_text emoji_name | {user}{away} set a status: {emoji} {status_text}
    user_status status_text= | {user}{away} cleared the text of the status
    user_status status_text | {user}{away} set a status: {status_text}
    user_status emoji_name= | {user}{away} cleared the emoji of the status
    user_status emoji_name | {user}{away} set a status: {emoji}
    user_status away=true | {user} is away
    user_status away=false | {user} is no longer away
    reaction op=add | {user} adds {emoji} to {message}
    reaction op=remove | {user} removes {emoji} from {message}
    chat_reaction op=add | {emoji} {user} → {author}{message}
    chat_reaction op=remove | {emoji} taken back: {user} → {author}{message}
    submessage type=vote vote=1 | {✓}{sender} votes {chosen}in {message}
    submessage type=vote vote=-1 | {✓}{sender} takes back a vote {chosen}in {message}
    submessage type=strike | {✓}{sender} ticks or unticks a task {chosen}in {message}
    submessage type=new_option option | {✓}{sender} adds the option {option} to {message}
    submessage type=question question | {✓}{sender} asks {question} now in {message}
    submessage type=new_task task | {✓}{sender} adds the task {task} to {message}
    submessage type=new_task_list_title title | {✓}{sender} gives the title {title} to {message}
    submessage content | {✓}{sender} updates the widget in {message}
    typing op=start | {sender} is typing{where}
    typing op=stop | {sender} stopped typing{where}
    typing_edit_message op=start | {sender} is editing {message}
    typing_edit_message op=stop | {sender} stopped editing {message}
    update_message_flags flag=read op=add | marked as read: {messages}
    update_message_flags flag=read op=remove | marked as unread: {messages}
    update_message_flags flag=starred op=add | starred: {messages}
    update_message_flags flag=starred op=remove | unstarred: {messages}
    update_message_flags flag=collapsed op=add | collapsed: {messages}
    update_message_flags flag=collapsed op=remove | expanded: {messages}
    update_message_flags flag op=add | flag {flag} set: {messages}
    update_message_flags flag op=remove | flag {flag} taken off: {messages}";

/// Writes the sentence of an event; None where there is none for it.
pub fn write(kind: &str, event: &Fields, writer: &mut Writer) -> Option<()> {
    // What an event has in an object stands beside its own fields.
    let content = event.text("content").unwrap_or_default();
    let only = match &*event.list("streams") {
        [channel] => Fields::of(channel),
        _ if kind == "submessage" => Some(activity::widget_fields(&content)),
        _ => event.object("group").or_else(|| event.object("person")),
    };
    let mut fields = event.clone();
    fields.remove("type");
    fields.0.extend(only.unwrap_or_default().0);
    if let Some(op) = event.get("operation").filter(|_| event.get("op").is_none()) {
        fields.0.push(("op".into(), op));
    }
    let property = fields.text("property").unwrap_or_default();
    writer.memory.posting_by_group |= property == "can_send_message_group";
    let is_legacy = matches!(&*property, "stream_post_policy" | "is_announcement_only");
    let sentence = if writer.memory.posting_by_group && is_legacy && kind == "stream" {
        // Follows from what was printed before, which says it better.
        "{dim}{channel}"
    } else {
        let in_chat = match writer.form {
            Form::Summary => None,
            Form::Chat => words_for(&format!("chat_{kind}"), &fields),
        };
        in_chat.or_else(|| words_for(kind, &fields))?
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

/// What has to be there, or has to be something, and the sentence.
type Row = (Vec<(&'static str, Option<&'static str>)>, &'static str);

/// The rows of each kind.
static ROWS: LazyLock<HashMap<&str, Vec<Row>>> = LazyLock::new(|| {
    let mut rows: HashMap<&str, Vec<Row>> = HashMap::default();
    for row in SENTENCES.lines() {
        if let Some((head, sentence)) = row.trim_start().split_once("| ")
            && let Some((kind, conditions)) = head.split_once(' ')
        {
            let conditions = conditions.split_ascii_whitespace();
            let conditions = conditions.map(|condition| match condition.split_once('=') {
                Some((name, wanted)) => (name, Some(wanted)),
                None => (condition, None),
            });
            let rows = rows.entry(kind).or_default();
            rows.push((conditions.collect(), sentence));
        }
    }
    rows
});

/// The sentence for what these fields say.
pub fn words_for(kind: &str, fields: &Fields) -> Option<&'static str> {
    ROWS.get(kind)?.iter().find_map(|(conditions, sentence)| {
        let mut conditions = conditions.iter();
        let fits = conditions.all(|(name, wanted)| match wanted {
            Some(wanted) => {
                let value = fields.find(name);
                value.is_some_and(|value| value.trim_matches('"') == *wanted)
            }
            None => fields.get(name).is_some(),
        });
        fits.then_some(*sentence)
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
            let channels = lists.find_map(|list| {
                let channels: Vec<_> = list.into_iter().filter_map(channel).collect();
                (!channels.is_empty()).then_some(channels)
            })?;
            writer.list(&channels, |writer, (id, name)| {
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
            let people = list(fields, "user_id").into_iter();
            let people: Vec<_> = people.filter_map(number).collect();
            writer.list(&people, |writer, id| writer.person(*id));
            return (!people.is_empty()).then_some(());
        }
        "members" => {
            let members = fields.integers("members");
            writer.dim(if members.is_empty() {
                ", empty"
            } else {
                " of "
            });
            writer.list(&members, |writer, id| writer.person(*id));
        }
        "creator" => {
            if let Some(creator) = fields.integer("creator_id") {
                writer.dim(" by ");
                writer.person(creator);
            }
        }
        "description" => {
            if !text(name).is_empty() {
                writer.dim(": ");
                writer.quote(&text(name));
            }
        }
        "property" => {
            let (_, value) = fields.0.iter().find(|(key, _)| key == "value")?;
            let property = (fields.text("property")?, *value);
            writer.details(kind, &Fields(vec![property]));
        }
        "person" => {
            fields.integer("user_id")?;
            writer.person_in(fields);
        }
        "person so far" => people::write_so_far(fields, writer)?,
        "owner" => writer.person(fields.integer("bot_owner_id")?),
        "activity" => {
            let is_active = fields.flag("is_active") != Some(false);
            writer.plain(if is_active { "" } else { ", not active" });
        }
        "changes" => people::write_changes(&fields.object("person")?, writer)?,
        // Old servers have the id in it only.
        "user" | "sender" => {
            let person = fields.object(name).unwrap_or_default();
            match fields.integer(&format!("{name}_id")) {
                Some(id) if person.get("user_id").is_none() => writer.person(id),
                None if person.0.is_empty() => return None,
                _ => writer.person_in(&person),
            }
        }
        "emoji" => writer.emoji_in(fields, &fields.text("emoji_name")?),
        "where" => activity::write_typing_place(fields, writer)?,
        "message" => activity::write_message(fields, writer)?,
        "author" => activity::write_author(fields, writer)?,
        "messages" => activity::write_flagged(fields, writer)?,
        "flag" | "status_text" => writer.plain(&fields.text(name)?),
        "away" => match fields.flag(name) {
            Some(true) => writer.plain(" is away,"),
            Some(false) => writer.plain(" is no longer away,"),
            None => {}
        },
        "✓" => writer.sign(name),
        "chosen" => activity::write_chosen(fields, writer),
        "option" | "task" => activity::write_new_option(&fields.text(name)?, fields, writer)?,
        "question" | "title" => writer.quote(&fields.text(name)?),
        _ => return None,
    }
    Some(())
}

/// The ids in a field, `stream_ids`, or the one in `stream_id`.
fn list<'a>(fields: &Fields<'a>, one: &str) -> Vec<&'a RawValue> {
    let many = || fields.list(&format!("{one}s"));
    fields.get(one).map_or_else(many, |id| vec![id])
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
