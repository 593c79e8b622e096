//! Where messages are, as events beside `message` tell it and as it is remembered.
//!
//! Not for writing it (`scribe/naming.rs`).

use serde::Deserialize;

use super::recent::Said;

/// Where a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A channel by id, and a topic.
    Channel(i64, String),
    /// Direct messages, in words: `DM Hamlet → Cordelia`.
    Direct(String),
    /// Direct messages with people by id; with nobody known, just that.
    With(Vec<i64>),
}

/// The place of a message, as some events have it: `{"type":"stream","stream_id":7,"topic":"a"}`,
/// `{"type":"channel","channel_id":7,"topic":"a"}` or `{"type":"direct","user_ids":[11,12]}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PlaceFields {
    #[serde(alias = "channel_id")]
    stream_id: Option<i64>,
    topic: String,
    user_ids: Option<Vec<i64>>,
}

impl PlaceFields {
    /// The place, if it says one. Who tells it is not one of the others in a conversation.
    pub fn place(&self, teller: Option<i64>) -> Option<Place> {
        if let Some(channel) = self.stream_id {
            return Some(Place::Channel(channel, self.topic.clone()));
        }
        let people = self.user_ids.as_ref()?;
        let others = people.iter().filter(|id| Some(**id) != teller);
        Some(Place::With(others.copied().collect()))
    }
}

impl Place {
    /// Where a message is that passed.
    pub fn of(said: &Said) -> Place {
        match said.channel {
            Some(channel) => Place::Channel(channel, said.place.clone()),
            None => Place::Direct(said.place.clone()),
        }
    }
}
