//! What is known beside an event: names for ids, messages that passed, things that were introduced.
//!
//! Every event is read, printed or not: what it tells of things without a name before its line is
//! written, and what has another name now after it, so that a rename is told with the old name. What is
//! gone keeps its name.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::recent::Recent;
use super::things::Things;
use super::words::{self, Noun};
use crate::event::{Message, Recipient};
use crate::fields::{Fields, Value};
use crate::output::names::{Names, Subject};

/// How deep an event is looked through for names.
const DEEPEST: usize = 6;
/// The feature level since which groups say who may post in a channel.
const POSTING_BY_GROUP: i64 = 333;

/// What is known.
#[derive(Debug, Default)]
pub struct Memory {
    /// Names of people, channels and groups.
    pub names: Names,
    /// The messages that passed lately.
    pub recent: Recent,
    /// Things of all other kinds.
    pub things: Things,
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
            let is_known = match noun {
                _ if introduced.begins => false,
                Noun::Person => self.names.of(Subject::Person, *id).is_some(),
                Noun::Channel => self.names.of(Subject::Channel, *id).is_some(),
                Noun::Group => self.names.of(Subject::Group, *id).is_some(),
                Noun::Thing(kind) => self.things.name(kind, *id).is_some(),
                Noun::Message => true,
            };
            if !is_known {
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
        match (&message.display_recipient, message.stream_id) {
            (Recipient::Channel(name), Some(id)) => self.names.learn(Subject::Channel, id, name),
            (Recipient::Channel(_), None) => {}
            (Recipient::People(people), _) => {
                for person in people {
                    self.names
                        .learn(Subject::Person, person.id, &person.full_name);
                }
            }
        }
        self.recent.note(message);
    }

    fn learn(&mut self, noun: &Noun, id: i64, name: &str) {
        match noun {
            Noun::Person => self.names.learn(Subject::Person, id, name),
            Noun::Channel => self.names.learn(Subject::Channel, id, name),
            Noun::Group => self.names.learn(Subject::Group, id, name),
            Noun::Thing(kind) => self.things.learn(kind, id, name),
            Noun::Message => {}
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
    /// What the event is about is new, and so is its name.
    begins: bool,
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
            begins: matches!(&*op, "add" | "create"),
            ends: matches!(&*op, "remove" | "delete") && is_common,
            ..Introduced::default()
        };
        introduced.read_fields(event, 0, matches!(kind, "stream" | "subscription"));
        for (key, value) in &event.0 {
            // Most values are no objects and have none.
            if !value.get().contains('{') || words::is_secret(key, value) {
                continue;
            }
            let things = match Value::of(value) {
                Value::Object(object) => match words::by_ids(&object) {
                    Some(entries) => entries,
                    None => vec![(None, object)],
                },
                Value::List(list) => {
                    let objects = list.first.iter().filter_map(|entry| Fields::of(entry));
                    objects.map(|object| (None, object)).collect()
                }
                _ => continue,
            };
            for (listed, thing) in things {
                introduced.read_thing(&thing, listed, key, kind);
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
            (Noun::Person, user.or(own), "full_name"),
            (
                Noun::Person,
                fields.integer("sender_id"),
                "sender_full_name",
            ),
            (Noun::Channel, channel, "display_recipient"),
            (Noun::Channel, channel, "stream_name"),
            (Noun::Channel, channel.filter(|_| is_channel), "name"),
        ];
        for (noun, id, name) in names {
            if let Some(id) = id
                && let Some(name) = fields.text(name)
            {
                self.names.push((noun, id, name));
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
        if let Some((noun @ (Noun::Thing(_) | Noun::Group), id)) = own {
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
            self.changes.push((Noun::Channel, id, name));
        }
    }
}
