//! What is known beside an event: names for ids, messages that passed, things that were introduced.
//!
//! Every event is read, printed or not: what it tells of things without a name before its line is
//! written, and what has another name now after it, so that a rename is told with the old name. What is
//! gone keeps its name.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::recent::Recent;
use super::words::{self, CHANNEL, Noun};
use crate::event::{Message, Person, Recipient};
use crate::fields::{Entries, Fields, Value};
use crate::output::names::{MOST, Names, Subject};

/// How deep an event is looked through for names.
const DEEPEST: usize = 6;
/// Bytes of a name.
const NAME: usize = 400;
/// The feature level since which groups say who may post in a channel.
const POSTING_BY_GROUP: i64 = 333;

/// What is known.
#[derive(Debug, Default)]
pub struct Memory {
    /// Names of people, channels and groups.
    pub names: Names,
    /// The messages that passed lately.
    pub recent: Recent,
    /// Names of things of other kinds.
    things: HashMap<(String, i64), Box<str>>,
    /// Whether the server says by groups who may post in a channel.
    pub posting_by_group: bool,
}

impl Memory {
    /// The name that is known for an id. One that is not is wanted from now on.
    pub fn name_of(&mut self, subject: Subject, id: i64) -> Option<String> {
        let name = self.names.of(subject, id).map(ToOwned::to_owned);
        if name.is_none() {
            self.names.miss(subject, id);
        }
        name
    }

    /// Learns the names of what has none, and those of what is new.
    pub fn learn_unknown(&mut self, introduced: &Introduced) {
        self.posting_by_group |= introduced.posting_by_group;
        for (address, id) in &introduced.addresses {
            self.names.learn_address(address, *id);
        }
        for (noun, id, name) in &introduced.names {
            if self.known(noun, *id).is_none() {
                self.learn(noun, *id, name);
            }
        }
    }

    /// Learns all names that hold from now on.
    pub fn learn_all(&mut self, introduced: &Introduced) {
        let names = introduced.names.iter().filter(|_| !introduced.ends);
        for (noun, id, name) in names.chain(&introduced.changes) {
            self.learn(noun, *id, name);
        }
    }

    /// Messages carry the names of their people and of their channel.
    pub fn learn_message(&mut self, message: &Message) {
        if let Some(id) = message.sender_id {
            let name = &message.sender_full_name;
            if self.names.of(Subject::Person, id) != Some(name) {
                self.names.learn(Subject::Person, id, name);
                self.names.learn_address(&message.sender_email, id);
            }
        }
        match &message.display_recipient {
            Recipient::Channel(name) => {
                if let Some(id) = message.stream_id {
                    self.names.learn(Subject::Channel, id, name);
                }
            }
            Recipient::People(people) => {
                for Person { id, full_name, .. } in people {
                    self.names.learn(Subject::Person, *id, full_name);
                }
            }
        }
        self.recent.note(message);
    }

    /// The name of one of those, if it is known.
    pub fn known(&self, noun: &Noun, id: i64) -> Option<&str> {
        match noun {
            Noun::Named(subject) => self.names.of(*subject, id),
            Noun::Thing(kind) => self.things.get(&(kind.clone(), id)).map(|name| &**name),
            Noun::Message => None,
        }
    }

    fn learn(&mut self, noun: &Noun, id: i64, name: &str) {
        match noun {
            Noun::Named(subject) => self.names.learn(*subject, id, name),
            Noun::Thing(kind) if self.things.len() < MOST && !name.is_empty() => {
                let name = name.get(..name.floor_char_boundary(NAME)).unwrap_or(name);
                self.things.insert((kind.clone(), id), name.into());
            }
            _ => {}
        }
    }
}

/// What an event tells of names.
#[derive(Debug, Default)]
pub struct Introduced<'a> {
    names: Vec<(Noun, i64, Cow<'a, str>)>,
    addresses: Vec<(Cow<'a, str>, i64)>,
    /// New names of what has another.
    changes: Vec<(Noun, i64, Cow<'a, str>)>,
    /// Somebody or a channel is gone, perhaps only from sight, and called nothing any more.
    ends: bool,
    posting_by_group: bool,
}

impl<'a> Introduced<'a> {
    /// Reads an event of that kind.
    pub fn by(kind: &str, event: &Fields<'a>) -> Introduced<'a> {
        let op = event.text("op").unwrap_or_default();
        let is_common = words::common(&words::singular(kind)).is_some();
        let mut introduced = Introduced {
            ends: matches!(&*op, "remove" | "delete") && is_common,
            ..Introduced::default()
        };
        introduced.read_fields(event, 0, matches!(kind, "stream" | "subscription"));
        for (key, value) in &event.0 {
            // Most values are no objects and have none.
            if !value.get().contains('{') || words::is_secret(key, value) {
                continue;
            }
            if let Some(object) = Fields::of(value) {
                let things = words::by_ids(&object);
                for (listed, thing) in things.unwrap_or_else(|| vec![(None, object)]) {
                    introduced.read_thing(&thing, listed, key, kind);
                }
            }
            let list = Entries::of(value).unwrap_or_default().first.into_iter();
            for thing in list.filter_map(Fields::of) {
                introduced.read_thing(&thing, None, key, kind);
            }
        }
        if is_common && op == "update" {
            introduced.changes.append(&mut introduced.names);
        }
        introduced.read_changes(kind, event);
        introduced
    }

    /// People, channels and addresses, wherever they are. `is_channel` where a `stream_id` beside
    /// another id is the channel's own.
    fn read_fields(&mut self, fields: &Fields<'a>, depth: usize, is_channel: bool) {
        let own = fields.integer("id");
        let user = fields.integer("user_id");
        let channel = fields.integer("stream_id");
        let channel = channel.or_else(|| fields.integer("channel_id"));
        // The name of what has an id of its own is not that of the channel where it is.
        let is_channel = is_channel || own.is_none() && depth > 0;
        let names = [
            (Subject::Person, user.or(own), "full_name"),
            (
                Subject::Person,
                fields.integer("sender_id"),
                "sender_full_name",
            ),
            (Subject::Channel, channel, "display_recipient"),
            (Subject::Channel, channel, "stream_name"),
            (Subject::Channel, channel.filter(|_| is_channel), "name"),
        ];
        for (subject, id, name) in names {
            if let Some(id) = id
                && let Some(name) = fields.text(name)
            {
                self.names.push((Noun::Named(subject), id, name));
            }
        }
        if let Some(user) = user {
            let addresses = ["email", "new_email", "delivery_email"].iter();
            let addresses = addresses.filter_map(|name| fields.text(name));
            self.addresses
                .extend(addresses.map(|address| (address, user)));
        }
        self.posting_by_group |= fields.get("can_send_message_group").is_some()
            || fields.text("property").as_deref() == Some("can_send_message_group")
            || fields.integer("zulip_feature_level") >= Some(POSTING_BY_GROUP);
        for (key, value) in fields.0.iter().filter(|_| depth < DEEPEST) {
            if !words::is_secret(key, value) {
                self.read_value(value, depth + 1);
            }
        }
    }

    fn read_value(&mut self, value: &'a RawValue, depth: usize) {
        // Most lists are of numbers.
        if !value.get().contains('{') {
            return;
        }
        match Value::of(value) {
            Value::Object(fields) => self.read_fields(&fields, depth, false),
            Value::List(list) if depth < DEEPEST => {
                for entry in list.first {
                    self.read_value(entry, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// What events of this kind are about.
    fn read_thing(&mut self, object: &Fields<'a>, listed: Option<i64>, key: &str, kind: &str) {
        let Some(name) = words::title(object) else {
            return;
        };
        let own = words::identity(object, key, kind);
        let own = own.map(|(noun, id, _)| (noun, id));
        let own = own.or_else(|| Some((words::of_object(key, kind), listed?)));
        if let Some((noun @ (Noun::Thing(_) | Noun::Named(Subject::Group)), id)) = own {
            self.names.push((noun, id, Cow::Owned(name)));
        }
    }

    fn read_changes(&mut self, kind: &str, event: &Fields<'a>) {
        if let Some(name) = event.object("data").and_then(|data| words::name(&data))
            && let Some((_, noun, id)) = words::subject(event, kind)
        {
            self.changes.push((noun, id, Cow::Owned(name)));
        }
        if event.text("property").as_deref() == Some("name")
            && let (Some(id), Some(name)) = (event.integer("stream_id"), event.text("value"))
        {
            self.changes.push((CHANNEL, id, name));
        }
    }
}
