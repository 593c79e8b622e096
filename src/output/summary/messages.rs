//! Events about messages that exist: edited, deleted, reacted to, being typed, flagged.

use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;

/// `update_message`.
pub fn update_message(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `delete_message`.
pub fn delete_message(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `reaction`.
pub fn reaction(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `submessage`.
pub fn submessage(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `typing`.
pub fn typing(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `typing_edit_message`.
pub fn typing_edit_message(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `update_message_flags`.
pub fn update_message_flags(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `pointer`.
pub fn pointer(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}
