//! What descriptions write with: words in their inks, short quotations, lists, and in `naming.rs`
//! names in place of ids.
//!
//! Not for the layout of a line (`line.rs`) and not for making text harmless: everything goes
//! through [`Line::push`], which does that.

mod naming;

pub use naming::{RESOLVED, Who};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

use super::facts::{Concern, Facts};
use super::few::Beginning;
use super::layout::line::{Length, Line, shorten};
use super::place::Place;
use super::recent::Recent;
use super::text::emoji;
use super::value;
use crate::event::MessageId;
use crate::output::names::Names;
use crate::output::palette::{Ink, Palette};

/// Columns of a quotation.
const QUOTED: usize = 40;
/// Items of a list that are named; the others are counted.
const NAMED: usize = 4;

/// An event that is not as documented: it gets the generic line.
#[derive(Debug)]
pub struct Odd;

impl From<serde_json::Error> for Odd {
    fn from(_: serde_json::Error) -> Odd {
        Odd
    }
}

/// Whether a description could be made.
pub type Told = Result<(), Odd>;

/// Whether anybody reads the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attention {
    /// It is shown, so names that are missing in it are wanted.
    Shown,
    /// It is written for what its event teaches.
    Overheard,
}

/// Writes one line.
pub struct Scribe<'a> {
    /// Names for ids; what an event tells about them is to be learnt by its description.
    pub names: &'a mut Names,
    /// The messages that passed lately.
    pub recent: &'a mut Recent,
    attention: Attention,
    palette: Palette,
    zone: &'a TimeZone,
    line: &'a mut Line,
    facts: Facts,
    hushed: bool,
}

impl<'a> Scribe<'a> {
    /// A scribe for an empty line.
    pub fn new(
        palette: Palette,
        zone: &'a TimeZone,
        line: &'a mut Line,
        names: &'a mut Names,
        recent: &'a mut Recent,
        attention: Attention,
    ) -> Scribe<'a> {
        Scribe {
            names,
            recent,
            attention,
            palette,
            zone,
            line,
            facts: Facts::default(),
            hushed: false,
        }
    }

    /// The zone of all times in the line.
    pub fn zone(&self) -> &'a TimeZone {
        self.zone
    }

    /// What stands before the line.
    pub fn facts(&self) -> Facts {
        self.facts
    }

    /// Says when it happened, in seconds since 1970. Servers always send a time; without one, 0,
    /// which must not become a line for 1970.
    pub fn happened(&mut self, seconds: i64) {
        let time = Timestamp::from_second(seconds).ok();
        self.facts.when = time.filter(|time| *time > Timestamp::UNIX_EPOCH);
    }

    /// It concerns the user: the time and the text stand out.
    pub fn alert(&mut self) {
        self.facts.concern = Concern::User;
    }

    /// The whole line matters to few: it is written dimly.
    pub fn hush(&mut self) {
        self.hushed = true;
        self.line.repaint(self.palette.dim());
    }

    /// The type of the event, at the beginning.
    pub fn kind(&mut self, kind: &str) {
        self.push(self.palette.kind(), kind);
        self.push(self.palette.plain(), "  ");
    }

    /// Words of the sentence, and texts of the server that are no names.
    pub fn say(&mut self, text: &str) {
        self.push(self.palette.plain(), text);
    }

    /// What matters less.
    pub fn aside(&mut self, text: &str) {
        self.push(self.palette.dim(), text);
    }

    /// What the line is about, at its end: it may be long and have line breaks.
    pub fn body(&mut self, text: &str) {
        let ink = match self.facts.concern {
            Concern::Everybody => self.palette.plain(),
            Concern::User => self.palette.stress(),
        };
        self.line.push_body(ink, text);
    }

    /// All of a text of which the line has quoted but a part, where whole texts are shown.
    pub fn whole(&mut self, text: &str) {
        if self.line.length == Length::Whole {
            self.aside(": ");
            self.body(text);
        }
    }

    /// An emoji; as such where Unicode has it, else `:name:`. `code` and `kind` are `emoji_code`
    /// and `reaction_type`.
    pub fn emoji(&mut self, name: &str, code: &str, kind: &str) {
        match emoji::from_code(code, kind) {
            Some(emoji) => self.say(&emoji),
            None => {
                for part in [":", name, ":"] {
                    self.say(part);
                }
            }
        }
    }

    /// The message of that id: quoted with its place if it passed lately, else `message 501`.
    pub fn message(&mut self, id: MessageId) {
        self.excerpt(id);
        if let Some(place) = self.recent.find(id).map(Place::of) {
            self.place_in_brackets(&place);
        }
    }

    /// The message of that id without its place: quoted, or `message 501`.
    pub fn excerpt(&mut self, id: MessageId) {
        let text = self.recent.find(id).map(|said| said.text.clone());
        match text {
            Some(text) => self.quote(&text),
            None => self.say(&format!("message {}", id.0)),
        }
    }

    /// A short quotation: `"Something is rotten…"`.
    pub fn quote(&mut self, text: &str) {
        let short = shorten(text, QUOTED);
        self.say("\"");
        self.say(short);
        self.say(if short.len() < text.len() {
            "…\""
        } else {
            "\""
        });
    }

    /// A value in short: texts quoted, lists and objects counted, `none` for null.
    pub fn value(&mut self, now: &RawValue) {
        match value::of(now) {
            value::Short::Text(text) => self.quote(&text),
            value::Short::Words(words) => self.say(&words),
        }
    }

    /// How many: `1 message`, `3 messages`.
    pub fn count(&mut self, number: usize, noun: &str) {
        self.say(&number.to_string());
        self.say(" ");
        self.say(noun);
        self.say(if number == 1 { "" } else { "s" });
    }

    /// A point in time, in seconds since 1970: `2026-11-22 14:02`.
    pub fn time(&mut self, seconds: i64) {
        match Timestamp::from_second(seconds) {
            Ok(time) => {
                let local = self.zone.to_datetime(time);
                self.say(&local.strftime("%Y-%m-%d %H:%M").to_string());
            }
            Err(_) => self.say(&seconds.to_string()),
        }
    }

    /// Things with commas between them; of many the rest is counted.
    pub fn list<'t, T: 't>(
        &mut self,
        items: impl Into<Beginning<'t, T>>,
        mut each: impl FnMut(&mut Self, &T),
    ) {
        let Beginning { first, len } = items.into();
        let named = if len == NAMED + 1 { len } else { NAMED };
        for (at, item) in first.iter().take(named).enumerate() {
            self.aside(if at == 0 { "" } else { ", " });
            each(self, item);
        }
        if len > named {
            self.aside(&format!(" and {} more", len - named));
        }
    }

    fn push(&mut self, ink: &'static Ink, text: &str) {
        let ink = if self.hushed { self.palette.dim() } else { ink };
        self.line.push(ink, text);
    }
}
