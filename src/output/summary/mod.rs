//! Summaries: one event, one readable line, and the date on a line of its own when it changes.
//!
//! Nothing is dropped and nothing is an error: kinds without a description of their own, and events
//! that are not as documented, get the generic line. Not for deciding which events are shown, nor
//! for finding out names. Shapes of events: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`), and
//! for old servers `zerver/lib/actions.py` of Zulip 1.7.
//!
//! To describe one more kind: a function like [`message::describe`] in a file for its group, and its
//! name in the `match` of [`Summary::render`].

mod clock;
mod generic;
mod line;
mod message;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::event::Event;
use crate::output::palette::{Ink, Palette};
use clock::Clock;
use line::Line;

/// Below that no line says anything, so a narrower terminal has to wrap.
const NARROWEST: usize = 20;

/// Turns events into summaries. Keeps what the last one was, for the date lines.
#[derive(Debug)]
pub struct Summary {
    /// Columns to cut lines to; None for no limit. May change between events, as windows do.
    pub width: Option<usize>,
    palette: Palette,
    clock: Clock,
    line: Line,
}

/// What a description made of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Described {
    /// The line is written; the event happened then.
    At(Timestamp),
    /// The line is written; the event does not say when it happened.
    OnArrival,
    /// Not what the description is made for: what it wrote is void.
    NotUnderstood,
}

impl Summary {
    /// Summaries with times of that zone.
    pub fn new(palette: Palette, zone: TimeZone, width: Option<usize>) -> Self {
        Summary {
            width,
            palette,
            clock: Clock::new(zone),
            line: Line::default(),
        }
    }

    /// Appends the event's line, and before it the date if it is another one than that of the line
    /// before. `now` is when the event arrived.
    pub fn render(&mut self, event: &Event, now: Timestamp, out: &mut Vec<u8>) {
        let (palette, line) = (self.palette, &mut self.line);
        line.clear();
        let described = match event.kind {
            "message" => message::describe(event, palette, line),
            _ => Described::NotUnderstood,
        };
        let when = match described {
            Described::At(when) => when,
            Described::OnArrival => now,
            Described::NotUnderstood => {
                line.clear();
                generic::describe(event, palette, line);
                now
            }
        };
        let moment = self.clock.read(when);
        if let Some(date) = moment.new_date {
            write_painted(out, palette.date(), date);
            out.push(b'\n');
        }
        write_painted(out, palette.time(), moment.time);
        out.push(b' ');
        let columns = |width: usize| width.max(NARROWEST) - moment.time.len() - 1;
        line.write(out, self.width.map(columns));
        out.push(b'\n');
    }
}

fn write_painted(out: &mut Vec<u8>, ink: &Ink, text: &str) {
    for part in [&ink.before, text, &ink.after] {
        out.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests;
