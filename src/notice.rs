//! The one way to stderr: errors, warnings, and how the connection is doing.
//!
//! Texts may quote the server, and a server may quote the key, so both are made harmless here. Failing to
//! write one is ignored: there is no other place to report it.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal, stderr};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::output::chat::{INTERRUPTED, SENDER_AT};
use crate::output::clock::{Clock, MINUTES};
use crate::output::palette::Palette;
use crate::output::sanitize::sanitize_line;
use crate::output::sink::{columns, write_all};
use crate::output::text::hanging;
use crate::secret::redacted;
use crate::zone::Zone;

/// What each line begins with.
const NAME: &str = "wyzepal-tail: ";
/// Columns before the later rows of a long line.
const INDENT: usize = 4;

/// How much is printed on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Errors only (`-q`).
    Error,
    /// Something was lost: printed even with `-q`.
    Loss,
    /// What someone may have to act on: cron mail means trouble.
    Warning,
    /// The state of the connection, for someone who watches.
    Notice,
    /// Account, selection, retries (`-v`).
    Detail,
    /// Each request (`-vv`).
    Request,
}

/// Prints on stderr what is of its level or more important.
#[derive(Clone, Copy)]
pub struct Notices {
    level: Level,
    palette: Palette,
    journal: Journal,
    /// Where they stand between the rows of a chat: the zone of its times.
    chat: Option<Zone>,
}

/// Whether stderr is systemd's journal, which takes a priority at the start of a line (sd-daemon(3)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Journal {
    Yes,
    No,
}

impl Journal {
    /// `JOURNAL_STREAM` names the file that a service was given, and a shell in it may have redirected stderr since
    /// (systemd.exec(5)).
    fn detect() -> Journal {
        let stream = || -> io::Result<String> {
            let file = File::from(stderr().as_fd().try_clone_to_owned()?);
            let metadata = file.metadata()?;
            Ok(format!("{}:{}", metadata.dev(), metadata.ino()))
        };
        match (env::var("JOURNAL_STREAM"), stream()) {
            (Ok(journal), Ok(stderr)) if journal == stderr => Journal::Yes,
            _ => Journal::No,
        }
    }
}

impl Notices {
    /// Prints what is of this level or more important.
    pub fn new(level: Level, palette: Palette) -> Notices {
        Notices {
            level,
            palette,
            journal: Journal::detect(),
            chat: None,
        }
    }

    /// The same in the columns of a chat on the same terminal, with times of that zone.
    pub fn in_chat(self, zone: Zone) -> Notices {
        let chat = Some(zone);
        Notices { chat, ..self }
    }

    /// Whether something of this level is printed.
    pub fn prints(self, level: Level) -> bool {
        level <= self.level
    }

    /// Prints one line, if the level allows it.
    pub fn print(self, level: Level, text: &str) {
        if !self.prints(level) {
            return;
        }
        let text = redacted(text);
        let text = sanitize_line(&text);
        let (label, ink) = match level {
            Level::Error => ("error: ", self.palette.error()),
            Level::Loss | Level::Warning => ("warning: ", self.palette.warning()),
            Level::Notice | Level::Detail | Level::Request => ("", self.palette.plain()),
        };
        let palette = self.palette;
        let (before, width, indent, text_ink) = match self.chat {
            Some(zone) => (self.minute(zone), SENDER_AT, SENDER_AT, palette.dim()),
            None => (NAME.to_owned(), NAME.len(), INDENT, palette.plain()),
        };
        let text = match columns(stderr()) {
            Some(columns) => hanging(&text, columns, width + label.len(), indent).into(),
            None => text,
        };
        let (label, text) = (ink.paint(label), text_ink.paint(&text));
        let priority = match (self.journal, level) {
            (Journal::Yes, Level::Error) => "<3>",
            (Journal::Yes, Level::Loss | Level::Warning) => "<4>",
            _ => "",
        };
        let line = format!("{priority}{before}{label}{text}\n");
        let _ = write_all(&mut stderr(), &mut line.as_bytes());
    }

    /// What stands before a line in the chat, whose next message says again where it is.
    fn minute(self, zone: Zone) -> String {
        INTERRUPTED.store(true, Ordering::Relaxed);
        let mut clock = Clock::new(zone.rules(), MINUTES);
        let time = clock.read(Some(Timestamp::now())).time.to_owned();
        format!("{}  ", self.palette.time().paint(&time))
    }

    /// How far something has come that takes its time: on a terminal, and in place of what it said before.
    pub fn show_progress(self, text: &str) {
        if self.prints(Level::Notice) && stderr().is_terminal() {
            let text = sanitize_line(text);
            let _ = write_all(&mut stderr(), &mut format!("\r\x1b[K{text}").as_bytes());
        }
    }

    /// To be called before anything else is written, lines of events as well, which may go to the same
    /// terminal.
    pub fn clear_progress(self) {
        self.show_progress("");
    }
}
