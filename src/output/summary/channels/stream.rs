//! `stream`: channels as everybody sees them, new, changed, gone.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::channel::Channel;
use crate::event::Event;
use crate::output::names::Subject;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};
use crate::output::summary::setting;

#[derive(Default, Deserialize)]
#[serde(default)]
struct StreamEvent<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow)]
    streams: Few<Channel<'a>>,
    /// Beside `streams` since feature level 343, to replace it.
    #[serde(borrow)]
    stream_ids: Few<Channel<'a>>,
}

/// `stream`.
pub fn stream(event: &Event, scribe: &mut Scribe) -> Told {
    let view: StreamEvent = serde_json::from_str(event.text)?;
    if view.op == "update" {
        return update(event, scribe);
    }
    let channels = if view.streams.len == 0 {
        &view.stream_ids
    } else {
        &view.streams
    };
    Channel::learn(channels, scribe)?;
    match &*view.op {
        "create" => tell_new(channels, scribe),
        "delete" => {
            Channel::tell_all(channels, scribe);
            scribe.say(" deleted");
            scribe.aside(" or no longer visible to you");
        }
        "occupy" => {
            Channel::tell_all(channels, scribe);
            scribe.say(" got its first subscriber");
        }
        "vacate" => {
            Channel::tell_all(channels, scribe);
            scribe.say(" lost its last subscriber");
        }
        _ => return Err(Odd),
    }
    Ok(())
}

/// It may also be an old channel that has become visible: "new" is true of both.
fn tell_new(channels: &Few<Channel>, scribe: &mut Scribe) {
    if let ([channel], 1) = (&*channels.first, channels.len) {
        scribe.say(if channel.is_private {
            "new private channel "
        } else {
            "new channel "
        });
        channel.tell(scribe);
        scribe.by(channel.creator);
        if !channel.description.is_empty() {
            scribe.aside(": ");
            scribe.quote(&channel.description);
        }
        return;
    }
    scribe.say("new channels ");
    Channel::tell_all(channels, scribe);
}

#[derive(Deserialize)]
struct StreamUpdate<'a> {
    stream_id: i64,
    /// That before the event, if it is a new name.
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    property: Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
    /// Beside `invite_only`.
    history_public_to_subscribers: Option<bool>,
    is_web_public: Option<bool>,
}

fn update(event: &Event, scribe: &mut Scribe) -> Told {
    let change: StreamUpdate = serde_json::from_str(event.text)?;
    let id = change.stream_id;
    // Of interest to clients only, or told beside what it follows from.
    if matches!(
        &*change.property,
        "email_address" | "first_message_id" | "is_announcement_only" | "is_recently_active"
    ) {
        scribe.hush();
    }
    scribe.named_channel(Some(id), &change.name);
    if change.property == "name" {
        let name: String = serde_json::from_str(change.value.get())?;
        scribe.names.learn(Subject::Channel, id, &name);
        scribe.say(" renamed to ");
        scribe.named_channel(Some(id), &name);
        return Ok(());
    }
    scribe.names.learn(Subject::Channel, id, &change.name);
    if let Some(words) = words_for(&change) {
        scribe.say(&words);
    } else {
        scribe.aside(": ");
        setting::tell(&change.property, change.value, scribe);
    }
    Ok(())
}

/// What the change means, as the web client would put it; None where only name and value tell.
fn words_for(change: &StreamUpdate) -> Option<Cow<'static, str>> {
    let is_number = change.value.get().parse::<i64>().is_ok();
    let words = match (&*change.property, change.value.get()) {
        // A secret.
        ("email_address", _) => " has another email address",
        ("is_archived", "true") => " archived",
        ("is_archived", "false") => " is no longer archived",
        ("invite_only", "true") => match change.history_public_to_subscribers {
            Some(true) => " is private now, new subscribers see its history",
            Some(false) => " is private now, new subscribers do not see its history",
            None => " is private now",
        },
        ("invite_only", "false") if change.is_web_public == Some(true) => {
            " is public on the web now"
        }
        ("invite_only", "false") => " is public now",
        ("stream_post_policy", "1") => ": everybody may post now",
        ("stream_post_policy", "2") => ": only administrators may post now",
        ("stream_post_policy", "3") => ": only full members may post now",
        ("stream_post_policy", "4") => ": only moderators and administrators may post now",
        ("message_retention_days", "null") => {
            ": messages are kept as long as the organization says"
        }
        ("message_retention_days", "-1") => ": messages are kept forever",
        ("message_retention_days", days) if is_number => {
            return Some(Cow::Owned(format!(": messages are kept for {days} days")));
        }
        ("folder_id", "null") => " is in no channel folder now",
        ("folder_id", id) if is_number => {
            return Some(Cow::Owned(format!(" is in channel folder {id} now")));
        }
        _ => return None,
    };
    Some(Cow::Borrowed(words))
}
