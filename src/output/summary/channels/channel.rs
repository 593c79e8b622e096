//! A channel as events list them.
//!
//! Shapes: `GET /events` in Zulip's `zerver/openapi/zulip.yaml` 9.2, its API changelog for later ones,
//! and `zerver/lib/actions.py` of Zulip 1.7.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::output::names::Subject;
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};

/// A channel in a list of channels: an object, or only its id (`default_streams` since feature
/// level 330) or its name (`subscription` of old servers).
#[derive(Debug, Default)]
pub struct Channel<'a> {
    id: Option<i64>,
    name: Cow<'a, str>,
    /// What it is for; empty where that is not told.
    pub description: Cow<'a, str>,
    /// Whether one has to be invited.
    pub is_private: bool,
    /// Who made it.
    pub creator: Option<i64>,
}

impl Channel<'_> {
    /// Writes it, by its own name rather than by one learnt before.
    pub fn tell(&self, scribe: &mut Scribe) {
        scribe.named_channel(self.id, &self.name);
    }

    /// Writes these channels.
    pub fn tell_all(channels: &Few<Channel>, scribe: &mut Scribe) {
        scribe.list(channels, |scribe, channel| channel.tell(scribe));
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
