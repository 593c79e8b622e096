//! Summaries: one event, one readable line, and the date on a line of its own when it changes.
//!
//! What happened is written by `output/sentences`, behind the name of its kind; here it gets its time, and is cut or
//! wrapped to the width of the terminal.

mod line;
mod message;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::Event;
use crate::output::clock::{Clock, SECONDS};
use crate::output::palette::Palette;
use crate::output::sentences::{Form, Length, Sentences};
use crate::output::text::Paint;
use line::EventLine;

/// Below that no line says anything, so a narrower terminal has to wrap.
const NARROWEST: usize = 20;

/// Turns events into summaries. Keeps what the last one was, for the date lines.
#[derive(Debug)]
pub struct Summary {
    /// Columns to cut lines to; None for no limit. May change between events, as windows do.
    pub width: Option<usize>,
    /// What lines say.
    pub sentences: Sentences,
    clock: Clock,
}

impl Summary {
    /// Summaries with times of that zone.
    pub fn new(palette: Palette, zone: TimeZone, width: Option<usize>) -> Self {
        Summary {
            width,
            clock: Clock::new(zone.clone(), SECONDS),
            sentences: Sentences::new(Form::Summary, palette, zone),
        }
    }

    /// Appends the event's line, and before it the date if it is another one than that of the line
    /// before. `now` is when the event arrived; without it, as in a file, an event that does not say
    /// when it happened gets the time of the line before.
    pub fn render(&mut self, event: &Event, now: Option<Timestamp>, out: &mut Vec<u8>) {
        let (sentence, concerns_user) = match self.sentences.read_message(event) {
            Some((read, text)) => {
                let mut writer = self.sentences.writer();
                message::message(&read, text, &mut writer);
                (writer.sentence, read.concerns_user)
            }
            None => (self.sentences.write(event), false),
        };
        let palette = self.sentences.palette;
        let (time_ink, ink) = if concerns_user {
            (palette.alert(), palette.stress())
        } else {
            (palette.time(), palette.plain())
        };
        let moment = self.clock.read(sentence.when.or(now));
        if let Some(date) = moment.new_date {
            palette.date().write(out, &date);
            out.push(b'\n');
        }
        time_ink.write(out, moment.time);
        out.push(b' ');
        let line = EventLine {
            used: moment.time.len() + 1,
            columns: self.width.map(|width| width.max(NARROWEST)),
            paint: Paint { palette, ink },
        };
        match self.sentences.length {
            Length::Cut => line.write_cut(sentence, out),
            Length::Whole => line.write_whole(sentence, out),
        }
        out.push(b'\n');
    }
}

#[cfg(test)]
pub mod telling;
#[cfg(test)]
mod tests;
