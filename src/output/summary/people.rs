//! People, bots and user groups.

use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;

/// `realm_user`.
pub fn realm_user(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `realm_bot`.
pub fn realm_bot(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `presence`.
pub fn presence(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `user_status`.
pub fn user_status(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `user_group`.
pub fn user_group(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `muted_users`.
pub fn muted_users(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `custom_profile_fields`.
pub fn custom_profile_fields(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `invites_changed`.
pub fn invites_changed(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}
