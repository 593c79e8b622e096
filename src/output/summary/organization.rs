//! The organization and its settings.

use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;

/// `realm`.
pub fn realm(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_domains`.
pub fn realm_domains(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_emoji`.
pub fn realm_emoji(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_filters`.
pub fn realm_filters(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_linkifiers`.
pub fn realm_linkifiers(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_playgrounds`.
pub fn realm_playgrounds(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_export`.
pub fn realm_export(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_export_consent`.
pub fn realm_export_consent(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_user_settings_defaults`.
pub fn realm_user_settings_defaults(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_billing`.
pub fn realm_billing(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}
