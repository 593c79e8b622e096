//! Fields and values in words: names for ids, `owner = Ada`, `started_at = 2026-11-22 14:02`,
//! `labels = ci, urgent`. What kinds without a sentence say, and sentences of what they do not know.
//!
//! Nothing in it is JSON: objects are told by their names, or by a few of their fields in brackets.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

use super::line::shorten;
use super::memory::Memory;
use super::words::{self, Noun};
use crate::event::MessageId;
use crate::fields::{Fields, Value, number};
use crate::output::names::Subject;
use crate::secret::REDACTED;

/// Columns of a text.
const TEXT: usize = 60;
/// Columns of a message that is named.
const QUOTED: usize = 40;
/// Entries of a list that are told; the others are counted.
const LISTED: usize = 4;
/// Fields of an object that are told in brackets.
const BRACKETED: usize = 3;
/// What stands for nothing.
const NONE: &str = "none";

/// Puts things in words.
pub struct Wording<'a> {
    /// What is known.
    pub memory: &'a mut Memory,
    /// The zone of times.
    pub zone: &'a TimeZone,
    /// Whether texts are told whole.
    pub is_whole: bool,
    /// The kind of the event.
    pub kind: &'a str,
}

impl Wording<'_> {
    /// What an id stands for: `Ada` or `user#12`, `#ops` or `channel#7`, a group without the `role:` of
    /// those of the system, the beginning of a message. None where nobody has said.
    pub fn name(&mut self, noun: &Noun, id: i64) -> Option<String> {
        let named =
            |known: Option<String>, unknown| known.unwrap_or_else(|| format!("{unknown}#{id}"));
        Some(match noun {
            _ if id < 0 => NONE.to_owned(),
            Noun::Person => named(self.memory.name_of(Subject::Person, id), "user"),
            Noun::Channel => {
                let name = self.memory.name_of(Subject::Channel, id);
                named(name.map(|name| format!("#{name}")), "channel")
            }
            Noun::Group => {
                let name = named(self.memory.name_of(Subject::Group, id), "group");
                name.trim_start_matches("role:").to_owned()
            }
            Noun::Message => {
                let id = MessageId(u64::try_from(id).ok()?);
                quote(&self.memory.recent.find(id)?.text, QUOTED)
            }
            Noun::Thing(kind) => {
                let name = self.memory.things.name(kind, id)?.to_owned();
                self.text(&name)
            }
        })
    }

    /// The name of what has an id of its own, and perhaps a name for itself.
    pub fn own_name(&mut self, noun: &Noun, id: i64, name: Option<&str>) -> Option<String> {
        let is_person = *noun == Noun::Person;
        match name {
            Some(name) if is_person && self.memory.names.of(Subject::Person, id).is_none() => {
                Some(name.to_owned())
            }
            _ => self.name(noun, id).or_else(|| Some(self.text(name?))),
        }
    }

    /// A text, in quotes where it could be taken for something else. One that is an object or a list
    /// in JSON is told as that.
    pub fn text(&mut self, text: &str) -> String {
        self.text_at(text, 0)
    }

    fn text_at(&mut self, text: &str, depth: usize) -> String {
        if text.starts_with(['{', '['])
            && let Ok(inner) = serde_json::from_str(text)
        {
            return self.value("", None, inner, depth);
        }
        let needs_quotes = |c: char| c.is_whitespace() || "\",;=()".contains(c);
        let is_word = matches!(text, "" | "true" | "false" | NONE);
        let columns = if self.is_whole { usize::MAX } else { TEXT };
        if is_word || text.contains(needs_quotes) {
            quote(text, columns)
        } else {
            cut(text, columns)
        }
    }

    /// Whether a value is the text that stands as this name.
    pub fn is_named(&mut self, value: &RawValue, name: &str) -> bool {
        let bare = name.trim_start_matches('#');
        matches!(Value::of(value), Value::Text(text) if text == bare || self.text(&text) == name)
    }

    /// The fields of an object in words, its place before them. `is_brief` leaves out what says nothing
    /// in new things.
    pub fn details(&mut self, object: &Fields, is_brief: bool) -> Vec<String> {
        self.details_at(object, is_brief, 0)
    }

    fn details_at(&mut self, object: &Fields, is_brief: bool, depth: usize) -> Vec<String> {
        let mut details: Vec<String> = self.place(object).into_iter().collect();
        let has_place = !details.is_empty();
        for (key, value) in &object.0 {
            let is_told = words::is_silent(key)
                || has_place && words::is_of_place(key)
                || is_brief && says_nothing(key, value)
                || key == "email" && object.get("user_id").is_some();
            if !is_told {
                details.push(self.field_at(object, key, value, depth));
            }
        }
        details
    }

    /// A field of an object and its value: `owner = Ada`; the value alone where the name says no more.
    pub fn field(&mut self, object: &Fields, key: &str, value: &RawValue) -> String {
        self.field_at(object, key, value, 0)
    }

    fn field_at(&mut self, object: &Fields, key: &str, value: &RawValue, depth: usize) -> String {
        let property = object.text("property").filter(|_| key == "value");
        let is_secret = |key: &str| words::is_secret(key, value);
        if is_secret(key) || property.is_some_and(|property| is_secret(&property)) {
            return format!("{key} = {REDACTED}");
        }
        let has_parts = value.get().starts_with(['[', '{']);
        let noun = match key {
            "to" if object.get("type").is_some() => Some(Noun::Person),
            _ => self.noun(key, value.get().starts_with('[')),
        };
        let told = self.value(key, noun.as_ref(), value, depth);
        let is_common = matches!(words::stem(key), Some("user" | "stream" | "channel"));
        if is_common || key == self.kind || has_parts && words::is_after(key, self.kind) {
            return told;
        }
        let label = match words::stem(key) {
            // A name stands in place of the id.
            Some(stem) if !told.starts_with(|c: char| c.is_ascii_digit()) => stem,
            _ => key.strip_suffix("_timestamp").unwrap_or(key),
        };
        format!("{label} = {told}")
    }

    /// Where something is or goes to, if these fields say: `#ops > deploy`.
    fn place(&mut self, fields: &Fields) -> Option<String> {
        let mut channels = ["stream_id", "channel_id"].iter();
        let channel = channels.find_map(|name| fields.integer(name));
        let is_for_channel = matches!(fields.text("type").as_deref(), Some("stream" | "channel"));
        let to = || {
            fields
                .integer("to")
                .or(fields.list("to").integers().first().copied())
        };
        let channel = channel.or_else(|| to().filter(|_| is_for_channel));
        let channel = self.name(&Noun::Channel, channel.filter(|id| *id >= 0)?)?;
        let mut topics = words::TOPICS.iter().filter_map(|name| fields.text(name));
        Some(match topics.next().as_deref() {
            Some("") => format!("{channel} > (no topic)"),
            Some(topic) => format!("{channel} > {topic}"),
            None => channel,
        })
    }

    /// What the ids in a field stand for; of `_id` by the longest ending that stands for something:
    /// `new_stream_announcements_stream_id`.
    fn noun(&self, key: &str, is_list: bool) -> Option<Noun> {
        if let Some(stem) = words::stem(key) {
            let starts = stem.match_indices('_').map(|(at, _)| at + 1);
            let mut endings = [0]
                .into_iter()
                .chain(starts)
                .filter_map(|start| stem.get(start..));
            let introduced = |ending| self.memory.things.kind(ending).map(ToOwned::to_owned);
            return words::exact(stem).or_else(|| {
                endings.find_map(|ending| {
                    words::common(ending).or_else(|| introduced(ending).map(Noun::Thing))
                })
            });
        }
        match key {
            "order" if is_list => Some(words::thing(self.kind)),
            _ if key.ends_with("_by") => Some(Noun::Person),
            _ if key.ends_with("_group") || key.ends_with("_groups") => Some(Noun::Group),
            _ if is_list => words::of_list(key),
            _ => words::exact(key),
        }
    }

    fn value(&mut self, key: &str, noun: Option<&Noun>, raw: &RawValue, depth: usize) -> String {
        if let Some(noun) = noun
            && let Some(id) = number(raw)
            && let Some(name) = self.name(noun, id)
        {
            return name;
        }
        match Value::of(raw) {
            Value::Null => NONE.to_owned(),
            Value::Bool(is_on) => is_on.to_string(),
            Value::Number(number) => self.number(key, number),
            Value::Text(text) => {
                if noun == Some(&Noun::Person)
                    && let Some(id) = self.memory.names.at(&text)
                {
                    return self.name(&Noun::Person, id).unwrap_or_default();
                }
                self.text_at(&text, depth)
            }
            Value::List(list) => shortened(&list.first, list.len, |entry| match Value::of(entry) {
                Value::List(inner) => self.path(&inner.first),
                _ => self.value(key, noun, entry, depth),
            }),
            Value::Object(object) => self.object(key, &object, depth),
        }
    }

    /// Of what can be a time, of the years 1989 to 2128 in seconds or milliseconds, date and minute.
    fn number(&self, key: &str, number: &str) -> String {
        let whole = number.split('.').next().unwrap_or_default();
        let whole: i64 = whole.parse().unwrap_or_default();
        let seconds = if whole > 100_000_000_000 {
            whole / 1000
        } else {
            whole
        };
        let can_be_time = (600_000_000..5_000_000_000).contains(&seconds);
        match Timestamp::from_second(seconds) {
            Ok(time) if can_be_time && words::is_time(key) => {
                let local = self.zone.to_datetime(time);
                local.strftime("%Y-%m-%d %H:%M").to_string()
            }
            _ => number.to_owned(),
        }
    }

    /// The texts of a list in a list: `ops > noise`.
    fn path(&mut self, list: &[&RawValue]) -> String {
        let texts = list.iter().filter_map(|entry| match Value::of(entry) {
            Value::Text(text) => Some(self.text_at(&text, 1)),
            _ => None,
        });
        let texts: Vec<String> = texts.take(LISTED).collect();
        if texts.is_empty() {
            return count(list.len(), "entry", "entries");
        }
        texts.join(" > ")
    }

    fn object(&mut self, key: &str, object: &Fields, depth: usize) -> String {
        if let Some(permitted) = words::permitted(object) {
            if permitted.is_empty() {
                return "nobody".to_owned();
            }
            return listed(&permitted, |(noun, id)| {
                self.name(noun, *id).unwrap_or_default()
            });
        }
        if let Some(on) = words::switches(object) {
            return listed(&on, |name| self.text(name));
        }
        match words::by_ids(object) {
            Some(entries) => listed(&entries, |(id, entry)| self.thing(key, entry, *id, depth)),
            None => self.thing(key, object, None, depth),
        }
    }

    /// An object by its name or by what it is about, else by some of its fields: `task 4 (state = done)`.
    /// `listed` is the id that it is listed by.
    fn thing(&mut self, key: &str, object: &Fields, listed: Option<i64>, depth: usize) -> String {
        let own = words::identity(object, key, self.kind);
        let title = words::title(object);
        if let Some((noun, id, _)) = &own
            && let Some(name) = self.own_name(noun, *id, title.as_deref())
        {
            return name;
        }
        let person = object.integer("user_id");
        let person = person.and_then(|id| self.name(&Noun::Person, id));
        if let Some(name) = person.or_else(|| self.place(object)) {
            return name;
        }
        let people = object.list("user_ids").integers();
        if !people.is_empty() {
            return self::listed(&people, |id| {
                self.name(&Noun::Person, *id).unwrap_or_default()
            });
        }
        if let Some(title) = title {
            return self.text(&title);
        }
        let is_own_kind = words::is_after(key, self.kind);
        let head = match (own, listed) {
            (Some((_, id, _)), _) if !is_own_kind => {
                format!("{} {id}", words::spoken(&words::singular(key)))
            }
            (own, listed) => {
                let id = own.map(|(_, id, _)| id).or(listed);
                id.map(|id| id.to_string()).unwrap_or_default()
            }
        };
        let rest = self.in_brackets(object, depth);
        let space = if head.is_empty() || rest.is_empty() {
            ""
        } else {
            " "
        };
        match format!("{head}{space}{rest}") {
            told if told.is_empty() => NONE.to_owned(),
            told => told,
        }
    }

    fn in_brackets(&mut self, object: &Fields, depth: usize) -> String {
        if depth > 0 && !object.0.is_empty() {
            return count(object.0.len(), "field", "fields");
        }
        let mut details = self.details_at(object, false, depth + 1);
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

/// Whether a value is what new things have that have nothing there, or a secret.
fn says_nothing(key: &str, value: &RawValue) -> bool {
    let is_nothing = matches!(value.get(), "null" | "false" | "0" | "\"\"" | "[]" | "{}");
    is_nothing || words::is_secret(key, value)
}

/// Things with commas between them; of many the rest is counted.
pub fn listed<T>(things: &[T], each: impl FnMut(&T) -> String) -> String {
    shortened(things, things.len(), each)
}

fn shortened<T>(first: &[T], len: usize, each: impl FnMut(&T) -> String) -> String {
    let told: Vec<String> = first.iter().take(told_of(len, LISTED)).map(each).collect();
    match len - told.len() {
        _ if len == 0 => NONE.to_owned(),
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// How many of so many are told: one that is left would take as much room as its number.
pub fn told_of(len: usize, most: usize) -> usize {
    if len == most + 1 { len } else { most }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A text in quotes, cut: `"Something is rotten…"`.
pub fn quote(text: &str, columns: usize) -> String {
    format!("\"{}\"", cut(text, columns))
}

fn cut(text: &str, columns: usize) -> String {
    let short = shorten(text, columns);
    let mark = if short.len() < text.len() { "…" } else { "" };
    format!("{short}{mark}")
}
