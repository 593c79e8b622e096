//! What sentences are written with: words in their inks, short quotations, lists, and names in place of
//! ids.
//!
//! Everything goes through [`Line::push`], which makes text harmless.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Length;
use super::memory::Memory;
use super::recent::MessagePlace;
use super::wording::{Wording, count, shown};
use crate::event::{MessageId, Person, RESOLVED};
use crate::fields::Fields;
use crate::output::names::Noun;
use crate::output::palette::{Ink, Palette};
use crate::output::text::difference::write_changes;
use crate::output::text::{Line, Reader, Text, emoji, shorten};

/// Columns of a quotation.
const QUOTED: usize = 40;
/// The same between messages: enough to find it above.
const BEGINNING: usize = 30;
/// Items of a list that are named; the others are counted.
const NAMED: usize = 4;

/// Where sentences stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Each by itself, behind the name of its kind.
    Summary,
    /// Between messages, dimly, behind a sign for what was done to them.
    Chat,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Sentence {
    /// In words.
    pub line: Line,
    /// What the words introduce: it may be long and have rows.
    pub text: Option<Text>,
    /// When it happened, if the event says so.
    pub when: Option<Timestamp>,
}

/// Writes a sentence.
pub struct Writer<'a> {
    /// What is known beside the event.
    pub memory: &'a mut Memory,
    /// The inks.
    pub palette: Palette,
    /// The zone of all times in it.
    pub zone: &'a TimeZone,
    /// The server's address, where it is known.
    pub site: Option<&'a str>,
    /// How much of texts is shown.
    pub length: Length,
    /// Where it stands.
    pub form: Form,
    /// What is written.
    pub sentence: Sentence,
    /// All of it is in one ink.
    pub is_dim: bool,
}

impl Writer<'_> {
    /// Sets when it happened, in seconds since 1970. Servers always send a time; without one, 0,
    /// which must not become a line for 1970.
    pub fn set_time(&mut self, seconds: i64) {
        let time = Timestamp::from_second(seconds).ok();
        self.sentence.when = time.filter(|time| *time > Timestamp::UNIX_EPOCH);
    }

    /// The whole line matters to few: it is written dimly.
    pub fn dim_line(&mut self) {
        self.is_dim = true;
        self.sentence.line.repaint(self.palette.dim());
    }

    /// What is new in a line that is dim.
    pub fn stand_out(&mut self, write: impl FnOnce(&mut Self)) {
        let is_dim = self.is_dim;
        self.is_dim = is_dim && self.form == Form::Summary;
        write(self);
        self.is_dim = is_dim;
    }

    /// The type of the event, at the beginning; in the chat the words say it.
    pub fn kind(&mut self, kind: &str) {
        if self.form == Form::Summary {
            self.heading(kind);
        }
    }

    /// What sort of thing it is, at the beginning.
    pub fn heading(&mut self, words: &str) {
        self.push(self.palette.kind(), words);
        let gap = if words.is_empty() { "" } else { "  " };
        self.push(self.palette.plain(), gap);
    }

    /// What was done to a message, in the chat.
    pub fn sign(&mut self, sign: &str) {
        if self.form == Form::Chat {
            self.plain(sign);
            self.plain(" ");
        }
    }

    /// Words of the sentence, and texts of the server that are no names.
    pub fn plain(&mut self, text: &str) {
        self.push(self.palette.plain(), text);
    }

    /// What matters less.
    pub fn dim(&mut self, text: &str) {
        self.push(self.palette.dim(), text);
    }

    /// A reader of what people wrote.
    pub fn reader(&mut self) -> Reader<'_> {
        Reader::new(self.zone, self.site, &mut self.memory.names)
    }

    /// What an edit changed.
    pub fn changes(&mut self, old: (&Text, &str), new: (&Text, &str)) {
        write_changes(&mut self.sentence.line, self.palette, old, new);
    }

    /// Whether whole texts are shown of which the line has quoted but a part. The chat has them above.
    pub fn shows_whole(&self) -> bool {
        self.length == Length::Whole && self.form == Form::Summary
    }

    /// All of such a text.
    pub fn whole(&mut self, text: Text) {
        self.dim(": ");
        self.sentence.text = Some(text);
    }

    /// The emoji of that name in an event; as such where Unicode has it, else `:name:`.
    pub fn emoji_in(&mut self, event: &Fields, name: &str) {
        let [code, kind] = ["emoji_code", "reaction_type"].map(|name| event.text(name));
        let emoji = emoji::from_code(&code.unwrap_or_default(), &kind.unwrap_or_default());
        self.plain(&emoji.unwrap_or_else(|| format!(":{name}:")));
    }

    /// The message of that id with its place: quoted if it passed lately, which is enough between messages, else
    /// `message 501` with the place that the event has, if any.
    pub fn message(&mut self, id: MessageId, place: Option<MessagePlace>) {
        self.excerpt(id);
        let known = self.memory.recent.place(id);
        let is_named = known.is_some() && self.form == Form::Chat;
        if let Some(place) = known.or(place).filter(|_| !is_named) {
            self.place_in_brackets(&place);
        }
    }

    /// The message of that id without its place: quoted, or `message 501`.
    pub fn excerpt(&mut self, id: MessageId) {
        let past = self.memory.recent.find(id);
        let columns = match self.form {
            Form::Summary => QUOTED,
            Form::Chat => BEGINNING,
        };
        match past.map(|past| shorten(&past.excerpt(), columns)) {
            Some(text) => self.quoted(&text),
            None => self.message_id(id),
        }
    }

    /// `message 501`
    pub fn message_id(&mut self, id: MessageId) {
        self.plain(&format!("message {}", id.0));
    }

    /// A short quotation: `"Something is rotten…"`.
    pub fn quote(&mut self, text: &str) {
        self.quoted(&shorten(text, QUOTED));
    }

    /// A text between the marks of the form.
    pub fn quoted(&mut self, text: &str) {
        self.plain(&match self.form {
            Form::Summary => ["\"", text, "\""].concat(),
            Form::Chat => ["“", text, "”"].concat(),
        });
    }

    /// How many: `1 message`, `3 messages`.
    pub fn count(&mut self, number: usize, noun: &str) {
        self.plain(&count(number, noun));
    }

    /// Things with commas between them; of many the rest is counted.
    pub fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        let named = shown(items.len(), NAMED);
        for (at, item) in items.iter().take(named).enumerate() {
            self.dim(if at == 0 { "" } else { ", " });
            each(self, item);
        }
        if items.len() > named {
            self.dim(&format!(" and {} more", items.len() - named));
        }
    }

    /// What an event of that kind says beside its sentence, in the words of kinds that have none.
    pub fn wording<'w>(&'w mut self, kind: &'w str) -> Wording<'w> {
        Wording {
            memory: self.memory,
            zone: self.zone,
            is_whole: self.length == Length::Whole,
            kind,
            depth: 0,
        }
    }

    /// These fields as details: `: timezone = Asia/Tokyo`. Tells whether there is one.
    pub fn details(&mut self, kind: &str, object: &Fields) -> bool {
        let details = self.wording(kind).details(object);
        if !details.is_empty() {
            self.dim(": ");
            self.plain(&details.join("; "));
        }
        !details.is_empty()
    }

    /// A person of whom there is but the id.
    pub fn person(&mut self, id: i64) {
        self.someone(&Person {
            id,
            ..Person::default()
        });
    }

    /// A person by the name that the event has for them, else by the one that is known, else by
    /// address, else by id. Old servers tell addresses, new ones ids.
    pub fn someone(&mut self, person: &Person) {
        let name = self.called(person);
        self.push(self.palette.sender(&name), &name);
    }

    /// What somebody is called.
    pub fn called<'p>(&mut self, person: &'p Person) -> Cow<'p, str> {
        if !person.full_name.is_empty() {
            return Cow::Borrowed(&person.full_name);
        }
        let id = person.id().or_else(|| self.memory.names.at(&person.email));
        match id.and_then(|id| self.memory.names.find(&Noun::Person, id)) {
            Some(name) => name.into(),
            None if person.email.is_empty() => unknown("user", id).into(),
            None => Cow::Borrowed(&person.email),
        }
    }

    /// A person by an object that tells who it is.
    pub fn person_in(&mut self, object: &Fields) {
        self.someone(&Person::in_fields(object, object.integer("user_id")));
    }

    /// A channel by the name that the event has for it, else by the one that is known: `#ops`; else by
    /// id.
    pub fn named_channel(&mut self, id: Option<i64>, name: &str) {
        let channel = self.channel(id, name);
        let ink = self.palette.channel(bare(&channel));
        self.push(ink, &channel);
    }

    /// The same as a text.
    pub fn channel(&mut self, id: Option<i64>, name: &str) -> String {
        if !name.is_empty() {
            return ["#", name].concat();
        }
        match id.and_then(|id| self.memory.names.find(&Noun::Channel, id)) {
            Some(name) => ["#", &name].concat(),
            None => unknown("channel", id),
        }
    }

    /// A topic, with the sign that servers put before those that are resolved.
    pub fn topic(&mut self, topic: &str) {
        if topic.is_empty() {
            return self.dim("(no topic)");
        }
        let (sign, rest) = resolved(topic);
        self.push(self.palette.resolved(), sign);
        self.push(self.palette.topic(), rest);
    }

    /// A topic in its channel: `#ops > deploy`.
    pub fn topic_in(&mut self, channel: Option<i64>, topic: &str) {
        self.named_channel(channel, "");
        self.separator();
        self.topic(topic);
    }

    /// What stands between a channel and a topic.
    pub fn separator(&mut self) {
        self.dim(match self.form {
            Form::Summary => " > ",
            Form::Chat => " › ",
        });
    }

    /// Where a message is: `#ops > deploy`, `DM > Hamlet, Cordelia`, as narrows have it too.
    pub fn place(&mut self, place: &MessagePlace) {
        match place {
            MessagePlace::Channel(channel, topic) => self.topic_in(*channel, topic),
            MessagePlace::People(people) if people.is_empty() => self.dim("DM"),
            MessagePlace::People(people) => {
                self.dim("DM");
                self.separator();
                self.list(people, |writer, id| writer.person(*id));
            }
        }
    }

    /// The same behind the message: ` (#ops > deploy)`.
    pub fn place_in_brackets(&mut self, place: &MessagePlace) {
        self.dim(" (");
        self.place(place);
        self.dim(")");
    }

    fn push(&mut self, ink: &'static Ink, text: &str) {
        let ink = if self.is_dim { self.palette.dim() } else { ink };
        self.sentence.line.push(ink, text);
    }
}

/// A topic, behind the sign that it has if it is resolved.
pub fn resolved(topic: &str) -> (&'static str, &str) {
    match topic.strip_prefix(RESOLVED) {
        Some(rest) => (RESOLVED, rest),
        None => ("", topic),
    }
}

/// A channel's name without the sign before it.
pub fn bare(channel: &str) -> &str {
    channel.strip_prefix('#').unwrap_or(channel)
}

/// `user#12`.
fn unknown(word: &str, id: Option<i64>) -> String {
    let id = id.map_or("?".to_owned(), |id| id.to_string());
    format!("{word}#{id}")
}
