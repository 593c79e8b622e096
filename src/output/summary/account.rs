//! One's own account: settings, files, drafts, devices.

use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;

/// `alert_words`.
pub fn alert_words(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `update_display_settings`.
pub fn update_display_settings(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `update_global_notifications`.
pub fn update_global_notifications(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `user_settings`.
pub fn user_settings(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `attachment`.
pub fn attachment(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `drafts`.
pub fn drafts(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `scheduled_messages`.
pub fn scheduled_messages(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `reminders`.
pub fn reminders(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `saved_snippets`.
pub fn saved_snippets(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `navigation_view`.
pub fn navigation_view(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `onboarding_steps`.
pub fn onboarding_steps(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `hotspots`.
pub fn hotspots(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `has_zoom_token`.
pub fn has_zoom_token(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `push_device`.
pub fn push_device(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}

/// `device`.
pub fn device(_event: &Event, _scribe: &mut Scribe) -> Told {
    Err(Odd)
}
