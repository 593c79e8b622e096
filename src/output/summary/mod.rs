//! Summaries: one event, one readable line, and the date on a line of its own when it changes.
//!
//! Nothing is dropped and nothing is an error. An event's way: its fields are read, and the names that it
//! tells are learnt (`memory.rs`, `things.rs`, `recent.rs`). The function of its kind ([`sentence`]) says it
//! with a [`Writer`], which knows names for ids; where a kind has none, or the event another shape than
//! it reads, `generic.rs` says what there is. Both fill a [`Line`], which is cut or wrapped to the width
//! of the terminal. Shapes of events: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`), and for old
//! servers `zerver/lib/actions.py` of Zulip 1.7.

mod activity;
mod channel;
mod clock;
mod difference;
mod edit;
mod emoji;
mod generic;
mod html;
mod line;
mod markdown;
mod memory;
mod message;
mod people;
mod printed;
mod recent;
mod record;
mod things;
mod whole;
mod wording;
mod words;
mod wrap;
mod writer;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::Event;
use crate::fields::Fields;
use crate::output::names::Names;
use crate::output::palette::Palette;
use crate::selection::MESSAGE;
use clock::Clock;
use edit::Update;
pub use line::Length;
use line::Line;
use memory::{Introduced, Memory};
use writer::Writer;

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
    /// The time of the last line that has one.
    last: Option<Timestamp>,
    line: Line,
}

impl Summary {
    /// Summaries with times of that zone.
    pub fn new(palette: Palette, zone: TimeZone, width: Option<usize>) -> Self {
        Summary {
            width,
            memory: Memory::default(),
            palette,
            clock: Clock::new(zone.clone()),
            last: None,
            zone,
            line: Line::default(),
        }
    }

    /// So much of messages.
    pub fn with_length(mut self, length: Length) -> Self {
        self.line.length = length;
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
        if event.kind == MESSAGE
            && let Some((message, concerns_user)) = message::read(event)
        {
            self.memory.learn_message(&message);
            let mut writer = self.writer();
            writer.concerns_user = concerns_user;
            if message::message(&message, &mut writer).is_some() {
                let when = writer.when;
                return self.append(when.or(now), concerns_user, out);
            }
        }
        let when = self.write(event, sentence);
        self.append(when.or(now), false, out);
    }

    /// The same for a record of our own that was saved (`--meta`).
    pub fn render_record(&mut self, event: &Event, out: &mut Vec<u8>) {
        let when = self.write(event, |_, record, writer| {
            writer.clear();
            record::record(record, writer)
        });
        self.append(when, false, out);
    }

    /// Learns the names that an event tells which has no line.
    pub fn learn_names(&mut self, event: &Event) {
        if event.kind == MESSAGE {
            if let Some((message, _)) = message::read(event) {
                self.memory.learn_message(&message);
            }
            return;
        }
        let Ok(fields) = serde_json::from_str::<Fields>(event.text) else {
            return;
        };
        let introduced = Introduced::by(event.kind, &fields);
        self.memory.learn_unknown(&introduced);
        self.memory.learn_all(&introduced);
        if event.kind == "update_message"
            && let Some(update) = Update::read(&fields)
        {
            update.remember(&mut self.memory);
        }
    }

    /// Writes the line of an event by that sentence, else the generic one. Tells when it happened, if the
    /// event says so.
    fn write(
        &mut self,
        event: &Event,
        sentence: impl FnOnce(&str, &Fields, &mut Writer) -> Option<()>,
    ) -> Option<Timestamp> {
        let fields = serde_json::from_str::<Fields>(event.text);
        let introduced = fields
            .as_ref()
            .map(|fields| Introduced::by(event.kind, fields));
        let introduced = introduced.unwrap_or_default();
        self.memory.learn_unknown(&introduced);
        let mut writer = self.writer();
        writer.kind(event.kind);
        let told = fields.as_ref().ok();
        let told = told.and_then(|fields| sentence(event.kind, fields, &mut writer));
        if told.is_none() {
            writer.clear();
            writer.dim();
            writer.kind(event.kind);
            let line = match &fields {
                Ok(fields) => {
                    generic::line(fields, event.text.len(), &mut writer.wording(event.kind))
                }
                Err(_) => "(unreadable)".to_owned(),
            };
            writer.say(&line);
        }
        let when = writer.when;
        self.memory.learn_all(&introduced);
        when
    }

    fn writer(&mut self) -> Writer<'_> {
        Writer::new(self.palette, &self.zone, &mut self.line, &mut self.memory)
    }

    /// Appends the line with its time.
    fn append(&mut self, when: Option<Timestamp>, concerns_user: bool, out: &mut Vec<u8>) {
        self.last = when.or(self.last);
        let moment = self
            .last
            .map_or(clock::UNKNOWN, |when| self.clock.read(when));
        if let Some(date) = moment.new_date {
            self.palette.date().write(out, date);
            out.push(b'\n');
        }
        let ink = if concerns_user {
            self.palette.alert()
        } else {
            self.palette.time()
        };
        ink.write(out, moment.time);
        out.push(b' ');
        let columns = self.width.map(|width| width.max(NARROWEST));
        self.line.write(out, columns, moment.time.len() + 1);
        out.push(b'\n');
    }
}

/// Writes the sentence of a kind, behind its name. None where it has none, or cannot read the event.
fn sentence(kind: &str, event: &Fields, writer: &mut Writer) -> Option<()> {
    match kind {
        "update_message" => {
            let update = Update::read(event)?;
            update.write(writer)?;
            update.remember(writer.memory);
            Some(())
        }
        "delete_message" => activity::delete_message(event, writer),
        "reaction" => activity::reaction(event, writer),
        "submessage" => activity::submessage(event, writer),
        "typing" | "typing_edit_message" => activity::typing(event, writer),
        "update_message_flags" => activity::update_message_flags(event, writer),
        "stream" => channel::stream(event, writer),
        "subscription" => channel::subscription(event, writer),
        "user_topic" => channel::user_topic(event, writer),
        "realm_user" => people::realm_user(event, writer),
        "user_group" => people::user_group(event, writer),
        "presence" => people::presence(event, writer),
        "user_status" => people::user_status(event, writer),
        _ => None,
    }
}

#[cfg(test)]
pub mod golden;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod tests;
