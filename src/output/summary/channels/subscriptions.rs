//! `subscription`: who has subscribed to what, and what one's own channels are to oneself.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, and `zerver/lib/actions.py` of
//! Zulip 1.7.

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
struct SubscriptionEvent<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow)]
    subscriptions: Few<Channel<'a>>,
    /// Of `peer_add` and `peer_remove` since feature level 35; before it one of each, and before
    /// feature level 19 the channels were named in `subscriptions`.
    #[serde(borrow)]
    stream_ids: Few<Channel<'a>>,
    user_ids: Few<i64>,
    #[serde(borrow)]
    stream_id: Option<Channel<'a>>,
    user_id: Option<i64>,
}

/// `subscription`.
pub fn subscription(event: &Event, scribe: &mut Scribe) -> Told {
    let view: SubscriptionEvent = serde_json::from_str(event.text)?;
    match &*view.op {
        "add" => own(&view, "you were subscribed to ", scribe),
        "remove" => own(&view, "you were unsubscribed from ", scribe),
        "update" => update(event, scribe),
        "peer_add" => peers(view, "joined", scribe),
        "peer_remove" => peers(view, "left", scribe),
        _ => Err(Odd),
    }
}

fn own(view: &SubscriptionEvent, words: &str, scribe: &mut Scribe) -> Told {
    Channel::learn(&view.subscriptions, scribe)?;
    scribe.say(words);
    Channel::tell_all(&view.subscriptions, scribe);
    Ok(())
}

/// The shorter part first: names of many would push the channel off the line.
fn peers(view: SubscriptionEvent, verb: &str, scribe: &mut Scribe) -> Told {
    let people = match view.user_id {
        Some(id) => Few::one(id),
        None => view.user_ids,
    };
    let channels = match view.stream_id {
        Some(channel) => Few::one(channel),
        None if view.stream_ids.len > 0 => view.stream_ids,
        None => view.subscriptions,
    };
    if people.len == 0 {
        return Err(Odd);
    }
    Channel::learn(&channels, scribe)?;
    if people.len == 1 {
        scribe.people(&people);
        scribe.say(&format!(" {verb} "));
        Channel::tell_all(&channels, scribe);
    } else {
        Channel::tell_all(&channels, scribe);
        scribe.say(&format!(" {verb} by "));
        scribe.people(&people);
    }
    Ok(())
}

#[derive(Deserialize)]
struct SubscriptionUpdate<'a> {
    stream_id: i64,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    /// One's own address, from old servers.
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
    #[serde(borrow)]
    property: Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
}

fn update(event: &Event, scribe: &mut Scribe) -> Told {
    let change: SubscriptionUpdate = serde_json::from_str(event.text)?;
    let id = change.stream_id;
    scribe.names.learn(Subject::Channel, id, &change.name);
    let words = match (&*change.property, change.value.get()) {
        ("is_muted", "true") | ("in_home_view", "false") => "you muted ",
        ("is_muted", "false") | ("in_home_view", "true") => "you unmuted ",
        ("pin_to_top", "true") => "you pinned ",
        ("pin_to_top", "false") => "you unpinned ",
        _ => {
            scribe.named_channel(Some(id), &change.name);
            scribe.aside(": ");
            setting::tell(&change.property, change.value, scribe);
            return Ok(());
        }
    };
    // New servers say the same with `is_muted`.
    if change.property == "in_home_view" && change.email.is_none() {
        scribe.hush();
    }
    scribe.say(words);
    scribe.named_channel(Some(id), &change.name);
    Ok(())
}

#[cfg(test)]
mod tests;
