//! What is said about the connection and the queue: on stderr for people, and with `--meta` in the
//! stream for programs.

use std::cell::Cell;
use std::fs::File;

use jiff::Timestamp;

use super::Stop;
use crate::notice::{Fleeting, Level, Notices};
use crate::output::meta::{self, Record};
use crate::output::sink::Sink;

/// Says things in both places.
pub struct Announcer {
    notices: Notices,
    meta: Option<Sink<File>>,
    progress: Cell<Fleeting>,
}

impl Announcer {
    /// Records go to `meta`, if there is one.
    pub fn new(notices: Notices, meta: Option<Sink<File>>) -> Announcer {
        Announcer {
            notices,
            meta,
            progress: Cell::new(Fleeting::Hidden),
        }
    }

    /// Whether something of this level is said on stderr.
    pub fn says(&self, level: Level) -> bool {
        self.notices.says(level)
    }

    /// One line on stderr.
    pub fn say(&self, level: Level, text: &str) {
        self.hide_progress();
        self.notices.say(level, text);
    }

    /// How far something has come that takes its time, on a terminal.
    pub fn show_progress(&self, text: &str) {
        self.progress.set(self.notices.show(text));
    }

    /// To be called before anything else is written, lines of events as well: these may go to the
    /// same terminal.
    pub fn hide_progress(&self) {
        self.progress.replace(Fleeting::Hidden).hide();
    }

    /// One line in the stream.
    pub fn record(&mut self, record: &Record) -> Result<(), Stop> {
        if let Some(meta) = &mut self.meta {
            meta.write(meta::line(record, Timestamp::now()).as_bytes())?;
        }
        Ok(())
    }
}
