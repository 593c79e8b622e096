//! What descriptions write with: words in their inks, names in place of ids, short quotations.
//!
//! Not for the layout of a line (`line.rs`) and not for making text harmless: everything goes
//! through [`Line::push`], which does that.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

use super::emoji;
use super::facts::{Concern, Facts};
use super::line::{Line, shorten};
use super::recent::Recent;
use super::value;
use crate::event::MessageId;
use crate::output::json::{REDACTED, is_credential};
use crate::output::names::{Names, Subject};
use crate::output::palette::{Ink, Palette};

/// Columns of a quotation.
const QUOTED: usize = 40;
/// What the topic of a resolved one begins with.
const RESOLVED: &str = "✔ ";
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

/// Writes one line.
pub struct Scribe<'a> {
    /// Names for ids; what an event tells about them is to be learnt by its description.
    pub names: &'a mut Names,
    /// The messages that passed lately.
    pub recent: &'a mut Recent,
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
    ) -> Scribe<'a> {
        Scribe {
            names,
            recent,
            palette,
            zone,
            line,
            facts: Facts::default(),
            hushed: false,
        }
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

    /// A person by id.
    pub fn person(&mut self, id: i64) {
        self.named_person(Some(id), "");
    }

    /// A person by the name that the event has for them, else by id.
    pub fn named_person(&mut self, id: Option<i64>, name: &str) {
        if !name.is_empty() {
            return self.push(self.palette.sender(name), name);
        }
        let name = self.known(Subject::Person, id);
        self.push(self.palette.sender(&name), &name);
    }

    /// A person by address: by name if it is known whose it is.
    pub fn address(&mut self, address: &str) {
        let id = self.names.at(address);
        let known = id.and_then(|id| self.names.of(Subject::Person, id));
        let name = known.unwrap_or(address).to_owned();
        self.push(self.palette.sender(&name), &name);
    }

    /// People by id.
    pub fn people(&mut self, ids: &[i64]) {
        self.list(ids, |scribe, id| scribe.person(*id));
    }

    /// A channel by id.
    pub fn channel(&mut self, id: i64) {
        self.named_channel(Some(id), "");
    }

    /// A channel by the name that the event has for it, else by id: `#ops`.
    pub fn named_channel(&mut self, id: Option<i64>, name: &str) {
        if !name.is_empty() {
            let ink = self.palette.channel(name);
            self.push(ink, "#");
            return self.push(ink, name);
        }
        let is_known = id.is_some_and(|id| self.names.of(Subject::Channel, id).is_some());
        let name = self.known(Subject::Channel, id);
        if is_known {
            return self.named_channel(id, &name);
        }
        self.push(self.palette.channel(&name), &name);
    }

    /// Channels by id.
    pub fn channels(&mut self, ids: &[i64]) {
        self.list(ids, |scribe, id| scribe.channel(*id));
    }

    /// A user group by id.
    pub fn group(&mut self, id: i64) {
        let name = self.known(Subject::Group, Some(id));
        self.push(self.palette.plain(), &name);
    }

    /// A topic, with the sign that servers put before those that are resolved.
    pub fn topic(&mut self, topic: &str) {
        if topic.is_empty() {
            return self.aside("(no topic)");
        }
        let (sign, rest) =
            topic.split_at(topic.strip_prefix(RESOLVED).map_or(0, |_| RESOLVED.len()));
        self.push(self.palette.resolved(), sign);
        self.push(self.palette.topic(), rest);
    }

    /// What the line is about, at its end: it may be long and have line breaks.
    pub fn body(&mut self, text: &str) {
        let ink = match self.facts.concern {
            Concern::Everybody => self.palette.plain(),
            Concern::User => self.palette.stress(),
        };
        self.line.push_body(ink, text);
    }

    /// A topic in its channel: `#ops > deploy`.
    pub fn place(&mut self, channel: i64, topic: &str) {
        self.channel(channel);
        self.aside(" > ");
        self.topic(topic);
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
        let Some(said) = self.recent.find(id) else {
            self.say("message ");
            self.say(&id.0.to_string());
            return;
        };
        let (channel, place, text) = (said.channel, said.place.clone(), said.text.clone());
        self.quote(&text);
        self.aside(" (");
        if let Some(channel) = channel {
            self.place(channel, &place);
        } else {
            self.aside(&place);
        }
        self.aside(")");
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

    /// A setting and what it is now: `pin_to_top = true`. Credentials are not shown.
    pub fn setting(&mut self, name: &str, now: &RawValue) {
        self.push(self.palette.plain(), name);
        self.aside(" = ");
        if is_credential(name) && now.get() != "null" {
            self.say(REDACTED);
        } else {
            self.value(now);
        }
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
    pub fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        let named = if items.len() == NAMED + 1 {
            items.len()
        } else {
            NAMED
        };
        for (at, item) in items.iter().take(named).enumerate() {
            self.aside(if at == 0 { "" } else { ", " });
            each(self, item);
        }
        if items.len() > named {
            self.aside(&format!(" and {} more", items.len() - named));
        }
    }

    /// The name that is known for it, else `user#12`.
    fn known(&mut self, subject: Subject, id: Option<i64>) -> String {
        let word = match subject {
            Subject::Person => "user",
            Subject::Channel => "channel",
            Subject::Group => "group",
        };
        let Some(id) = id else {
            return format!("{word}#?");
        };
        if let Some(name) = self.names.of(subject, id) {
            return name.to_owned();
        }
        self.names.miss(subject, id);
        format!("{word}#{id}")
    }

    fn push(&mut self, ink: &'static Ink, text: &str) {
        let ink = if self.hushed { self.palette.dim() } else { ink };
        self.line.push(ink, text);
    }
}
