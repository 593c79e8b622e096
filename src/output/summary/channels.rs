//! Channels, subscriptions, topics of one's own.

use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;

/// `stream`.
pub fn stream(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `subscription`.
pub fn subscription(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `default_streams`.
pub fn default_streams(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `default_stream_groups`.
pub fn default_stream_groups(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `channel_folder`.
pub fn channel_folder(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `muted_topics`.
pub fn muted_topics(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `user_topic`.
pub fn user_topic(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}
