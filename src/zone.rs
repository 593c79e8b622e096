//! The zone in which times are shown.

use jiff::tz::TimeZone;

/// Looked up only where a time is shown: reading the list of the system's zones takes as long as all else that a
/// short run does, and JSON has no times of ours.
#[derive(Clone, Copy, Debug)]
pub enum Zone {
    /// That of `TZ`, else of the system.
    Local,
    /// With `--utc`.
    Utc,
}

impl Zone {
    /// The zone with its rules.
    pub fn rules(self) -> TimeZone {
        match self {
            Zone::Local => TimeZone::system(),
            Zone::Utc => TimeZone::UTC,
        }
    }
}
