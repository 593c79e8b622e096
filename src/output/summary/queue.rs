//! The queue itself and the server behind it.

use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;

/// `heartbeat`.
pub fn heartbeat(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `restart`.
pub fn restart(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `web_reload_client`.
pub fn web_reload_client(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}
