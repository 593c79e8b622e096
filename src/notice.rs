//! The one way to stderr: errors, warnings, and how the connection is doing.
//!
//! Texts may quote the server, and a server may quote the key, so both are made harmless here. Failing to
//! write one is ignored: there is no other place to report it.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal, stderr};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// What takes back the line on which the cursor stands.
const CLEAR: &str = "\r\x1b[K";
/// Whether the last line on stderr says how far something has come.
static PROGRESS: AtomicBool = AtomicBool::new(false);

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
    /// Whether they go to the journal.
    is_journal: bool,
    /// Where they stand between the rows of a chat: the zone of its times.
    chat: Option<Zone>,
}

/// Whether stderr is systemd's journal, which takes a priority at the start of a line (sd-daemon(3)). `JOURNAL_STREAM`
/// names the file that a service was given, and a shell in it may have redirected stderr since (systemd.exec(5)).
fn is_journal() -> bool {
    let stream = || -> io::Result<String> {
        let file = File::from(stderr().as_fd().try_clone_to_owned()?);
        let metadata = file.metadata()?;
        Ok(format!("{}:{}", metadata.dev(), metadata.ino()))
    };
    env::var("JOURNAL_STREAM").is_ok_and(|journal| stream().is_ok_and(|stream| stream == journal))
}

impl Notices {
    /// Prints what is of this level or more important.
    pub fn new(level: Level, palette: Palette) -> Notices {
        Notices {
            level,
            palette,
            is_journal: is_journal(),
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
        clear_progress();
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
        let priority = match level {
            Level::Error if self.is_journal => "<3>",
            Level::Loss | Level::Warning if self.is_journal => "<4>",
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

    /// How far something has come that takes its time: on a terminal, until something else is printed.
    pub fn show_progress(self, text: &str) {
        if self.prints(Level::Notice) && stderr().is_terminal() {
            clear_progress();
            let text = sanitize_line(text);
            let _ = write_all(&mut stderr(), &mut text.as_bytes());
            PROGRESS.store(true, Ordering::Relaxed);
        }
    }
}

/// To be called before lines of events are written, which may go to the same terminal.
pub fn clear_progress() {
    if PROGRESS.swap(false, Ordering::Relaxed) {
        let _ = write_all(&mut stderr(), &mut CLEAR.as_bytes());
    }
}
