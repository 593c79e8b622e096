//! Fields and values in words: names for ids, `owner = Ada`, `started_at = 2026-11-22 14:02`,
//! `labels = ci, urgent`. What kinds without a sentence consist of, and what sentences have no words for.
//!
//! Nothing in it is JSON: objects are printed by their names, or by a few of their fields in brackets.

use std::iter;
use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

use super::memory::Memory;
use super::things::{self, Thing};
use super::words;
use crate::event::MessageId;
use crate::fields::{Fields, Value, number};
use crate::output::names::Noun;
use crate::output::text::shorten;
use crate::secret::REDACTED;

/// Columns of a text.
const TEXT: usize = 60;
/// Columns of a message that is named.
const QUOTED: usize = 40;
/// Entries of a list that are printed; the others are counted.
const LISTED: usize = 4;
/// Fields of an object that are printed in brackets.
const BRACKETED: usize = 3;
/// Seconds that can be a time: of the years 1989 to 2128.
const TIMES: Range<i64> = 600_000_000..5_000_000_000;
/// What is more is milliseconds.
const MOST_SECONDS: i64 = 100_000_000_000;
/// What stands for nothing.
const NONE: &str = "none";

/// Puts the fields of an event in words.
pub struct Wording<'a> {
    /// What is known.
    pub memory: &'a mut Memory,
    /// The zone of times.
    pub zone: &'a TimeZone,
    /// Whether texts are printed whole.
    pub is_whole: bool,
    /// The kind of the event.
    pub kind: &'a str,
    /// In how many brackets.
    pub depth: usize,
}

impl Wording<'_> {
    /// What an id stands for: `Ada`, `#ops`, a group without the `role:` of those of the system, the
    /// beginning of a message. None where that is not known.
    fn name(&mut self, noun: &Noun, id: i64) -> Option<String> {
        if *noun == Noun::Message {
            let id = MessageId(u64::try_from(id).ok()?);
            return Some(quote(&self.memory.recent.find(id)?.excerpt(), QUOTED));
        }
        let name = self.memory.names.find(noun, id)?;
        Some(match noun {
            Noun::Person => name,
            Noun::Channel => format!("#{name}"),
            Noun::Group => name.trim_start_matches("role:").to_owned(),
            _ => self.text(&name),
        })
    }

    /// The same, or `user#12`, `channel#7`, `group#3`; of an id that stands for nothing `none`.
    pub fn label(&mut self, noun: &Noun, id: i64) -> Option<String> {
        if id < 0 {
            return Some(NONE.to_owned());
        }
        let name = self.name(noun, id);
        name.or_else(|| Some(format!("{}#{id}", noun.word()?)))
    }

    /// The name of a thing: that which is known, else its own.
    pub fn name_of(&mut self, thing: &Thing) -> Option<String> {
        let identity = thing.identity.as_ref();
        let known = identity.and_then(|(noun, id)| self.name(noun, *id));
        known.or_else(|| Some(self.text(thing.title.as_deref()?)))
    }

    /// A text, in quotes where it could be taken for something else. One that is an object or a list
    /// in JSON is printed as that.
    pub fn text(&mut self, text: &str) -> String {
        if text.starts_with(['{', '['])
            && let Ok(inner) = serde_json::from_str(text)
        {
            return self.value("", None, inner);
        }
        let needs_quotes = |c: char| c.is_whitespace() || "\",;=()".contains(c);
        let is_word = matches!(text, "" | "true" | "false" | NONE);
        let columns = if self.is_whole { usize::MAX } else { TEXT };
        if is_word || text.contains(needs_quotes) {
            quote(text, columns)
        } else {
            shorten(text, columns)
        }
    }

    /// Whether a value is the text that stands as this name.
    pub fn is_named(&mut self, value: &RawValue, name: &str) -> bool {
        let bare = name.trim_start_matches('#');
        matches!(Value::of(value), Value::Text(text) if text == bare || self.text(&text) == name)
    }

    /// The fields of an object in words, its place before them.
    pub fn details(&mut self, object: &Fields) -> Vec<String> {
        let place = self.place(object);
        let has_place = place.is_some();
        let mut details: Vec<String> = place.into_iter().collect();
        for (key, value) in &object.0 {
            let is_left_out = words::is_silent(key)
                || has_place && words::is_of_place(key)
                || key == "email" && object.get("user_id").is_some();
            if !is_left_out {
                details.push(self.field(object, key, value));
            }
        }
        details
    }

    /// A field of an object and its value: `owner = Ada`; the value alone where the name says no more.
    pub fn field(&mut self, object: &Fields, key: &str, value: &RawValue) -> String {
        let property = object.text("property").filter(|_| key == "value");
        if words::is_secret(key, value) || property.is_some_and(|key| words::is_secret(&key, value))
        {
            return format!("{key} = {REDACTED}");
        }
        let has_parts = value.get().starts_with(['[', '{']);
        let noun = match key {
            "to" if object.get("type").is_some() => Some(Noun::Person),
            _ => self.noun(key, value.get().starts_with('[')),
        };
        let value = self.value(key, noun.as_ref(), value);
        let stem = words::stem(key);
        let is_common = matches!(stem, Some("user" | "stream" | "channel"));
        if is_common || key == self.kind || has_parts && words::is_after(key, self.kind) {
            return value;
        }
        // A name stands in place of the id.
        let stem = stem.filter(|_| !value.starts_with(|c: char| c.is_ascii_digit()));
        let label = stem.unwrap_or_else(|| key.strip_suffix("_timestamp").unwrap_or(key));
        format!("{label} = {value}")
    }

    /// Where something is or goes to, if these fields say: `#ops > deploy`.
    fn place(&mut self, fields: &Fields) -> Option<String> {
        let is_to_channel = matches!(fields.text("type").as_deref(), Some("stream" | "channel"));
        let listed = fields.integers("to").first().copied();
        let to = fields.integer("to").or(listed);
        let to = to.filter(|_| is_to_channel);
        let channel = fields.channel_id().or(to);
        let channel = self.label(&Noun::Channel, channel.filter(|id| *id >= 0)?)?;
        Some(match fields.topic().as_deref() {
            Some("") => format!("{channel} > (no topic)"),
            Some(topic) => format!("{channel} > {topic}"),
            None => channel,
        })
    }

    /// What the ids in a field stand for; of `_id` by the longest ending that stands for something:
    /// `new_stream_announcements_stream_id`.
    fn noun(&self, key: &str, is_list: bool) -> Option<Noun> {
        if let Some(stem) = words::stem(key) {
            let mut endings = iter::successors(Some(stem), |words| Some(words.split_once('_')?.1));
            let thing = |ending| Some(Noun::Thing(self.kind_of(ending)?.to_owned()));
            let of_ending = |ending| words::common(ending).or_else(|| thing(ending));
            return words::exact(stem).or_else(|| endings.find_map(of_ending));
        }
        match key {
            "order" if is_list => Some(words::of_kind(self.kind)),
            _ if key.ends_with("_by") => Some(Noun::Person),
            _ if key.ends_with("_group") || key.ends_with("_groups") => Some(Noun::Group),
            _ if is_list => words::of_list(key),
            _ => words::exact(key),
        }
    }

    /// The kind of things that these are the last words of, if it is one kind: `unit` is the
    /// `organization_unit`.
    fn kind_of(&self, words: &str) -> Option<&str> {
        let kinds = || self.memory.names.kinds();
        let mut alike = kinds().filter(|kind| words::ends_with(kind, words));
        let whole = kinds().find(|kind| *kind == words);
        whole.or_else(|| alike.next().filter(|_| alike.next().is_none()))
    }

    fn value(&mut self, key: &str, noun: Option<&Noun>, value: &RawValue) -> String {
        if let (Some(noun), Some(id)) = (noun, number(value))
            && let Some(name) = self.label(noun, id)
        {
            return name;
        }
        match Value::of(value) {
            Value::Null => NONE.to_owned(),
            Value::Bool(is_on) => is_on.to_string(),
            Value::Number(number) => self.number(key, number),
            Value::Text(text) => {
                let person = self.memory.names.at(&text);
                let person = person.filter(|_| noun == Some(&Noun::Person));
                let name = person.and_then(|id| self.name(&Noun::Person, id));
                name.unwrap_or_else(|| self.text(&text))
            }
            Value::List(list) => listed(&list, |entry| match Value::of(entry) {
                Value::List(inner) => self.path(&inner),
                _ => self.value(key, noun, entry),
            }),
            Value::Object(object) => self.object(key, value, &object),
        }
    }

    /// Of what can be a time date and minute.
    fn number(&self, key: &str, number: &str) -> String {
        let whole = number.split('.').next().unwrap_or_default();
        let whole: i64 = whole.parse().unwrap_or_default();
        let seconds = if whole > MOST_SECONDS {
            whole / 1000
        } else {
            whole
        };
        match Timestamp::from_second(seconds) {
            Ok(time) if TIMES.contains(&seconds) && words::is_time(key) => {
                let local = self.zone.to_datetime(time);
                local.strftime("%Y-%m-%d %H:%M").to_string()
            }
            _ => number.to_owned(),
        }
    }

    /// The texts of a list in a list: `ops > noise`.
    fn path(&mut self, list: &[&RawValue]) -> String {
        let texts = list.iter().filter_map(|entry| crate::fields::text(entry));
        let texts: Vec<String> = texts.take(LISTED).map(|text| self.text(&text)).collect();
        if texts.is_empty() {
            return count(list.len(), "value");
        }
        texts.join(" > ")
    }

    fn object(&mut self, key: &str, value: &RawValue, object: &Fields) -> String {
        if let Some(permitted) = things::permitted(object) {
            if permitted.is_empty() {
                return "nobody".to_owned();
            }
            let name = |(noun, id): &(Noun, i64)| self.label(noun, *id).unwrap_or_default();
            return listed(&permitted, name);
        }
        if let Some(on) = things::switches(object) {
            return listed(&on, |name| self.text(name));
        }
        let things = Thing::all(key, value, self.kind);
        listed(&things, |thing| self.thing(key, thing))
    }

    /// An object by its name or by what it is about, else by some of its fields: `task 4 (state = done)`.
    fn thing(&mut self, key: &str, thing: &Thing) -> String {
        let mut name = self.name_of(thing);
        if let Some((noun, id)) = &thing.identity {
            name = name.or_else(|| self.label(noun, *id));
        }
        if let Some(name) = name {
            return name;
        }
        let head = match thing.id() {
            Some(id) if !words::is_after(key, self.kind) => {
                format!("{} {id}", words::spoken(&words::singular(key)))
            }
            id => id.map(|id| id.to_string()).unwrap_or_default(),
        };
        match spaced(&[&head, &self.in_brackets(&thing.object)]) {
            words if words.is_empty() => NONE.to_owned(),
            words => words,
        }
    }

    fn in_brackets(&mut self, object: &Fields) -> String {
        if self.depth > 0 && !object.0.is_empty() {
            return count(object.0.len(), "field");
        }
        self.depth += 1;
        let mut details = self.details(object);
        self.depth -= 1;
        if details.is_empty() {
            return String::new();
        }
        if details.len() > BRACKETED {
            details.truncate(BRACKETED);
            details.push("…".to_owned());
        }
        format!("({})", details.join("; "))
    }
}

/// Things with commas between them; of many the rest is counted.
pub fn listed<T>(things: &[T], each: impl FnMut(&T) -> String) -> String {
    let first = things.iter().take(shown(things.len(), LISTED));
    let named: Vec<String> = first.map(each).collect();
    match things.len() - named.len() {
        _ if things.is_empty() => NONE.to_owned(),
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// How many of so many are printed: one that is left would take as much room as its number.
pub fn shown(len: usize, most: usize) -> usize {
    if len == most + 1 { len } else { most }
}

/// How many: `1 message`, `3 messages`.
pub fn count(number: usize, noun: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{end}")
}

/// Those that are not empty, with blanks between them.
pub fn spaced(words: &[&str]) -> String {
    let words = words.iter().filter(|word| !word.is_empty());
    words.copied().collect::<Vec<_>>().join(" ")
}

/// A text in quotes, cut: `"Something is rotten…"`.
pub fn quote(text: &str, columns: usize) -> String {
    format!("\"{}\"", shorten(text, columns))
}
