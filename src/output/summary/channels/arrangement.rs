//! How an organization has arranged its channels: those that new people join, groups of such, folders.
//!
//! Not for the channels themselves (`stream.rs`). Shapes: `GET /events` in Zulip's
//! `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones, and
//! `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;

use serde::Deserialize;

use super::channel::Channel;
use crate::event::Event;
use crate::fields::Fields;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};
use crate::output::summary::setting;

#[derive(Deserialize)]
struct DefaultStreams<'a> {
    #[serde(borrow)]
    default_streams: Few<Channel<'a>>,
}

/// `default_streams`.
pub fn default_streams(event: &Event, scribe: &mut Scribe) -> Told {
    let DefaultStreams { default_streams } = serde_json::from_str(event.text)?;
    if default_streams.len == 0 {
        scribe.say("there are no default channels now");
        return Ok(());
    }
    Channel::learn(&default_streams, scribe)?;
    scribe.say("default channels are now ");
    Channel::tell_all(&default_streams, scribe);
    Ok(())
}

#[derive(Deserialize)]
struct DefaultStreamGroups<'a> {
    #[serde(borrow)]
    default_stream_groups: Few<DefaultStreamGroup<'a>>,
}

#[derive(Deserialize)]
struct DefaultStreamGroup<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    streams: Few<Channel<'a>>,
}

/// `default_stream_groups`.
pub fn default_stream_groups(event: &Event, scribe: &mut Scribe) -> Told {
    let view: DefaultStreamGroups = serde_json::from_str(event.text)?;
    let groups = view.default_stream_groups;
    if groups.len == 0 {
        scribe.say("there are no default channel groups now");
        return Ok(());
    }
    for group in groups.first.iter().filter(|group| group.streams.len > 0) {
        Channel::learn(&group.streams, scribe)?;
    }
    scribe.say("default channel groups are now ");
    scribe.list(&groups, |scribe, group| {
        scribe.say(&group.name);
        scribe.aside(" (");
        Channel::tell_all(&group.streams, scribe);
        scribe.aside(if group.streams.len == 0 {
            "empty)"
        } else {
            ")"
        });
    });
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FolderEvent<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow)]
    channel_folder: Folder<'a>,
    channel_folder_id: Option<i64>,
    #[serde(borrow)]
    data: Option<Fields<'a>>,
    order: Few<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Folder<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    creator_id: Option<i64>,
}

/// `channel_folder`.
pub fn channel_folder(event: &Event, scribe: &mut Scribe) -> Told {
    let view: FolderEvent = serde_json::from_str(event.text)?;
    match (&*view.op, view.channel_folder_id, &view.data) {
        ("add", ..) if !view.channel_folder.name.is_empty() => {
            scribe.say("new channel folder ");
            scribe.quote(&view.channel_folder.name);
            scribe.by(view.channel_folder.creator_id);
        }
        ("update", Some(id), Some(Fields(data))) => {
            scribe.say(&format!("channel folder {id}"));
            // The same as HTML.
            let said = data.iter().filter(|(key, _)| key != "rendered_description");
            setting::tell_changes(said, words_for, scribe)?;
        }
        ("reorder", ..) if view.order.len > 0 => {
            scribe.say("channel folders have a new order");
            scribe.aside(&format!(" ({})", view.order.len));
        }
        _ => return Err(Odd),
    }
    Ok(())
}

fn words_for(property: &str, value: &str) -> Option<Cow<'static, str>> {
    match (property, value) {
        ("is_archived", "true") => Some(Cow::Borrowed("archived")),
        ("is_archived", "false") => Some(Cow::Borrowed("is no longer archived")),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
