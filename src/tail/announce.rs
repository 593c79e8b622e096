//! What is printed about the connection and the queue: on stderr for people, and with `--meta` in the
//! stream for programs.

use std::mem;

use jiff::Timestamp;

use crate::error::Outcome;
use crate::notice::{Level, Notices};
use crate::output::meta::{self, Record};
use crate::output::sink::Sink;
use crate::secret::redacted;

/// Prints in both places.
pub struct Announcer {
    notices: Notices,
    meta: Option<Sink>,
    /// Whether progress is shown.
    progress: bool,
}

impl Announcer {
    /// Records go to `meta`, if there is one.
    pub fn new(notices: Notices, meta: Option<Sink>) -> Announcer {
        Announcer {
            notices,
            meta,
            progress: false,
        }
    }

    /// Whether something of this level is printed on stderr.
    pub fn prints(&self, level: Level) -> bool {
        self.notices.prints(level)
    }

    /// Prints one line on stderr.
    pub fn print(&mut self, level: Level, text: &str) {
        self.hide_progress();
        self.notices.print(level, text);
    }

    /// How far something has come that takes its time, on a terminal.
    pub fn show_progress(&mut self, text: &str) {
        self.progress = true;
        self.notices.show_progress(text);
    }

    /// To be called before anything else is written, lines of events as well: these may go to the
    /// same terminal.
    pub fn hide_progress(&mut self) {
        if mem::take(&mut self.progress) {
            self.notices.clear_progress();
        }
    }

    /// One line in the stream.
    pub fn record(&mut self, record: &Record) -> Result<(), Outcome> {
        if let Some(meta) = &mut self.meta {
            let line = meta::line(record, Timestamp::now());
            meta.write(redacted(&line).as_bytes())?;
        }
        Ok(())
    }
}
