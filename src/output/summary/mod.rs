//! Summaries: one event, one readable line, and the date on a line of its own when it changes.
//!
//! Nothing is dropped and nothing is an error. The way of an event to its line:
//!
//! 1. Its fields are read, and names in it are learnt (`memory.rs`), so that later events which have only
//!    an id can be printed with a name.
//! 2. The function of its kind ([`sentence`]) writes what happened with a [`Writer`]; what people wrote is read
//!    by `output/text`. Where a kind has none, or the event another shape than it reads, the generic line says
//!    what there is (`generic.rs`), by the names of the fields (`words.rs`) and what they hold (`wording.rs`).
//! 3. The [`EventLine`] is cut or wrapped to the width of the terminal.
//!
//! Shapes of events: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`), and for old servers
//! `zerver/lib/actions.py` of Zulip 1.7.

mod activity;
mod channel;
mod clock;
mod edit;
mod generic;
mod line;
mod memory;
mod message;
mod people;
mod printed;
mod recent;
mod record;
mod things;
mod wording;
mod words;
mod writer;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::Event;
use crate::fields::Fields;
use crate::output::meta;
use crate::output::names::Names;
use crate::output::palette::Palette;
use crate::selection::MESSAGE;
use clock::Clock;
use edit::Update;
use line::EventLine;
pub use line::Length;
use memory::{Introduced, Memory};
use writer::Writer;

/// Edits and moves.
const UPDATE_MESSAGE: &str = "update_message";
/// Below that no line says anything, so a narrower terminal has to wrap.
const NARROWEST: usize = 20;

/// Turns events into summaries. Keeps what the last one was, for the date lines, and what is known
/// about the things that later events only name by id.
#[derive(Debug)]
pub struct Summary {
    /// Columns to cut lines to; None for no limit. May change between events, as windows do.
    pub width: Option<usize>,
    memory: Memory,
    palette: Palette,
    zone: TimeZone,
    clock: Clock,
    line: EventLine,
    /// The server's address, where it is known.
    site: Option<String>,
}

impl Summary {
    /// Summaries with times of that zone.
    pub fn new(palette: Palette, zone: TimeZone, width: Option<usize>) -> Self {
        Summary {
            width,
            memory: Memory::default(),
            palette,
            clock: Clock::new(zone.clone()),
            zone,
            line: EventLine::default(),
            site: None,
        }
    }

    /// So much of messages.
    pub fn with_length(mut self, length: Length) -> Self {
        self.line.length = length;
        self
    }

    /// The address of the server, without a slash at the end: links to it need none.
    pub fn with_site(mut self, site: Option<String>) -> Self {
        self.site = site;
        self
    }

    /// Names for ids.
    pub fn names(&mut self) -> &mut Names {
        &mut self.memory.names
    }

    /// Appends the event's line, and before it the date if it is another one than that of the line
    /// before. `now` is when the event arrived; without it, as in a file, an event that does not say
    /// when it happened gets the time of the line before.
    pub fn render(&mut self, event: &Event, now: Option<Timestamp>, out: &mut Vec<u8>) {
        let message = self.write_message(event);
        let (when, concerns_user) = message.unwrap_or_else(|| (self.write(event), false));
        self.append(when.or(now), concerns_user, out);
    }

    /// Learns the names in an event that has no line.
    pub fn learn_names(&mut self, event: &Event) {
        if event.kind == MESSAGE {
            if let Some((message, _)) = message::read(event) {
                let text = message::text(&message, &mut self.writer());
                self.memory.learn_message(&message, &text);
            }
        } else if let Ok(fields) = serde_json::from_str(event.text) {
            let introduced = Introduced::by(event.kind, &fields);
            self.memory.learn_unknown(&introduced);
            self.learn_after(event.kind, &fields, &introduced);
        }
    }

    fn learn_after(&mut self, kind: &str, fields: &Fields, introduced: &Introduced) {
        self.memory.learn_all(introduced);
        if kind == UPDATE_MESSAGE
            && let Some(update) = Update::read(fields)
        {
            update.remember(&mut self.memory, &self.zone, self.site.as_deref());
        }
    }

    /// Writes the line of a message. Returns when it was sent and whether it concerns the user.
    fn write_message(&mut self, event: &Event) -> Option<(Option<Timestamp>, bool)> {
        if event.kind != MESSAGE {
            return None;
        }
        let (message, concerns_user) = message::read(event)?;
        let text = message::text(&message, &mut self.writer());
        self.memory.learn_message(&message, &text);
        let mut writer = self.writer();
        writer.concerns_user = concerns_user;
        message::message(&message, &text, &mut writer)?;
        Some((writer.when, concerns_user))
    }

    /// Writes the line of an event by its sentence, else the generic one. Returns when it happened, if
    /// the event says so.
    fn write(&mut self, event: &Event) -> Option<Timestamp> {
        let Ok(fields) = serde_json::from_str::<Fields>(event.text) else {
            let mut writer = self.writer();
            writer.dim();
            writer.kind(event.kind);
            writer.say("(unreadable)");
            return None;
        };
        let introduced = Introduced::by(event.kind, &fields);
        self.memory.learn_unknown(&introduced);
        let mut writer = self.writer();
        writer.kind(event.kind);
        if sentence(event, &fields, &mut writer).is_none() {
            writer.clear();
            writer.dim();
            writer.kind(event.kind);
            let mut wording = writer.wording(event.kind);
            let line = generic::line(&fields, event.text.len(), &mut wording);
            writer.say(&line);
        }
        let when = writer.when;
        self.learn_after(event.kind, &fields, &introduced);
        when
    }

    /// A writer of an empty line.
    fn writer(&mut self) -> Writer<'_> {
        self.line.clear();
        self.line.columns = self.width.map(|width| width.max(NARROWEST));
        Writer {
            memory: &mut self.memory,
            when: None,
            concerns_user: false,
            palette: self.palette,
            zone: &self.zone,
            site: self.site.as_deref(),
            line: &mut self.line,
            is_dim: false,
        }
    }

    /// Appends the line with its time.
    fn append(&mut self, when: Option<Timestamp>, concerns_user: bool, out: &mut Vec<u8>) {
        let (new_date, time) = self.clock.read(when);
        if let Some(date) = new_date {
            self.palette.date().write(out, &date);
            out.push(b'\n');
        }
        let ink = if concerns_user {
            self.palette.alert()
        } else {
            self.palette.time()
        };
        ink.write(out, time);
        out.push(b' ');
        self.line.write(out, self.palette, time.len() + 1);
        out.push(b'\n');
    }
}

/// Writes the sentence of a kind, behind its name. None where it has none, or cannot read the event.
fn sentence(event: &Event, fields: &Fields, writer: &mut Writer) -> Option<()> {
    match event.kind {
        UPDATE_MESSAGE => Update::read(fields)?.write(writer),
        meta::KIND => record::record(event.text, writer),
        "delete_message" => activity::delete_message(fields, writer),
        "reaction" => activity::reaction(fields, writer),
        "submessage" => activity::submessage(fields, writer),
        "typing" | "typing_edit_message" => activity::typing(fields, writer),
        "update_message_flags" => activity::update_message_flags(fields, writer),
        "stream" => channel::stream(fields, writer),
        "subscription" => channel::subscription(fields, writer),
        "user_topic" => channel::user_topic(fields, writer),
        "realm_user" => people::realm_user(fields, writer),
        "user_group" => people::user_group(fields, writer),
        "presence" => people::presence(fields, writer),
        "user_status" => people::user_status(fields, writer),
        _ => None,
    }
}

#[cfg(test)]
pub mod golden;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod tests;
