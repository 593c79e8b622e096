//! The zone in which times are shown and read.

use std::env;

use jiff::tz::TimeZone;

/// When summer time begins and ends where `TZ` names one without a rule: as the C library has it (tzset(3)).
const DEFAULT_RULE: &str = ",M3.2.0,M11.1.0";

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
    /// The zone with its rules; UTC where `TZ` names none that is known here.
    pub fn rules(self) -> TimeZone {
        match self {
            Zone::Local => local().unwrap_or_else(|_| TimeZone::system()),
            Zone::Utc => TimeZone::UTC,
        }
    }

    /// What the user should know about the zone.
    pub fn warning(self) -> Option<String> {
        let name = self.unknown()?;
        Some(format!(
            "TZ={name} is no time zone that is known here: times are in UTC"
        ))
    }

    /// The value of `TZ` if it counts and names no zone.
    pub fn unknown(self) -> Option<String> {
        match self {
            Zone::Local => local().err(),
            Zone::Utc => None,
        }
    }
}

/// The value of `TZ` is the error if it names no zone.
fn local() -> Result<TimeZone, String> {
    let Some(name) = env::var_os("TZ") else {
        return Ok(TimeZone::system());
    };
    let name = name.to_string_lossy();
    TimeZone::try_system()
        .or_else(|_| TimeZone::posix(&format!("{name}{DEFAULT_RULE}")))
        .map_err(|_| name.into_owned())
}
