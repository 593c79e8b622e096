//! Channels as everybody sees them: new, changed, gone.
//!
//! Not for their defaults and folders (`arrangement.rs`), nor for what one has subscribed to
//! (`subscriptions.rs`). Shapes: `GET /events` in Zulip's
//! `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones, and
//! `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::few::Few;
use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;
use crate::output::names::Subject;

/// A channel in a list of channels: an object, or only its id (`default_streams` since feature
/// level 330) or its name (`subscription` of old servers).
#[derive(Debug, Default)]
pub struct Channel<'a> {
    id: Option<i64>,
    name: Cow<'a, str>,
    description: Cow<'a, str>,
    is_private: bool,
    creator: Option<i64>,
}

impl Channel<'_> {
    /// Writes it, by its own name rather than by one learnt before.
    pub fn tell(&self, scribe: &mut Scribe) {
        scribe.named_channel(self.id, &self.name);
    }

    /// Writes these channels.
    pub fn tell_all(channels: &Few<Channel>, scribe: &mut Scribe) {
        scribe.few(channels, |scribe, channel| channel.tell(scribe));
    }

    /// Learns the names of these channels. Odd where there is none, or one of which nothing is said.
    pub fn learn(channels: &Few<Channel>, scribe: &mut Scribe) -> Told {
        for channel in &channels.first {
            match channel.id {
                Some(id) => scribe.names.learn(Subject::Channel, id, &channel.name),
                None if channel.name.is_empty() => return Err(Odd),
                None => {}
            }
        }
        if channels.len == 0 { Err(Odd) } else { Ok(()) }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Channel<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm;
        impl<'de> Visitor<'de> for AnyForm {
            type Value = Channel<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a channel, its id or its name")
            }

            fn visit_u64<E: Error>(self, id: u64) -> Result<Self::Value, E> {
                let id = i64::try_from(id).map_err(E::custom)?;
                Ok(Channel {
                    id: Some(id),
                    ..Channel::default()
                })
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Channel {
                    name: Cow::Owned(name.to_owned()),
                    ..Channel::default()
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let object = ChannelObject::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Channel {
                    id: object.stream_id,
                    name: object.name,
                    description: object.description,
                    is_private: object.invite_only,
                    creator: object.creator_id,
                })
            }
        }
        deserializer.deserialize_any(AnyForm)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ChannelObject<'a> {
    stream_id: Option<i64>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    description: Cow<'a, str>,
    invite_only: bool,
    creator_id: Option<i64>,
}

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
        if let Some(creator) = channel.creator {
            scribe.aside(" by ");
            scribe.person(creator);
        }
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
        scribe.setting(&change.property, change.value);
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

#[cfg(test)]
mod tests;
