//! The one way to stderr: errors, warnings, and how the connection is doing.
//!
//! Texts may quote the server, and a server may quote the key, so both are made harmless here. Failing to
//! write one is ignored: there is nowhere to say it.

use std::io::Write;

use crate::output::palette::Palette;
use crate::output::sanitize::sanitize_line;
use crate::secret::redacted;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Errors only (`-q`).
    Error,
    /// Something was lost: said even with `-q`.
    Loss,
    /// What may need someone's attention: cron mail means trouble.
    Warning,
    /// The state of the connection, for someone who watches.
    Notice,
    /// Account, selection, retries (`-v`).
    Detail,
    /// Each request (`-vv`).
    Request,
}

/// Says things on stderr, up to its level.
#[derive(Clone, Copy)]
pub struct Notices {
    level: Level,
    palette: Palette,
}

impl Notices {
    /// Says what is of this level or more important.
    pub fn new(level: Level, palette: Palette) -> Notices {
        Notices { level, palette }
    }

    /// Whether something of this level is said.
    pub fn says(self, level: Level) -> bool {
        level <= self.level
    }

    /// One line, if the level allows it.
    pub fn say(self, level: Level, text: &str) {
        if !self.says(level) {
            return;
        }
        let text = redacted(text);
        let text = sanitize_line(&text);
        let label = match level {
            Level::Error => self.palette.error().paint("error: ").to_string(),
            Level::Loss | Level::Warning => self.palette.warning().paint("warning: ").to_string(),
            Level::Notice | Level::Detail | Level::Request => String::new(),
        };
        let line = format!("wyzepal-tail: {label}{text}\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}
