//! What is said about the connection and the queue: on stderr for people, and with `--meta` in the
//! stream for programs.

use std::fs::File;

use jiff::Timestamp;

use super::Stop;
use crate::notice::{Level, Notices};
use crate::output::meta::{self, Record};
use crate::output::sink::Sink;

/// Says things in both places.
pub struct Announcer {
    notices: Notices,
    meta: Option<Sink<File>>,
}

impl Announcer {
    /// Records go to `meta`, if there is one.
    pub fn new(notices: Notices, meta: Option<Sink<File>>) -> Announcer {
        Announcer { notices, meta }
    }

    /// Whether something of this level is said on stderr.
    pub fn says(&self, level: Level) -> bool {
        self.notices.says(level)
    }

    /// One line on stderr.
    pub fn say(&self, level: Level, text: &str) {
        self.notices.say(level, text);
    }

    /// One line in the stream.
    pub fn record(&mut self, record: &Record) -> Result<(), Stop> {
        if let Some(meta) = &mut self.meta {
            meta.write(meta::line(record, Timestamp::now()).as_bytes())?;
        }
        Ok(())
    }
}
