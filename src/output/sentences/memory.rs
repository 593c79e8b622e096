//! What is known beside an event: names for ids, messages that passed, things that were printed.
//!
//! Every event is read, printed or not: names of what has none before its line is written, and names
//! of what has another one after it, so that a rename is printed with the old name. What is gone keeps
//! its name.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::printed::PrintedThings;
use super::recent::Recent;
use super::things::{self, Thing};
use super::words;
use crate::event::{Message, Recipient};
use crate::fields::Fields;
use crate::output::names::{Names, Noun};
use crate::output::text::Text;

/// How deep an event is looked through for names.
const DEEPEST: usize = 6;

/// What is known.
#[derive(Debug, Default)]
pub struct Memory {
    /// Names of people, channels, groups and all other things.
    pub names: Names,
    /// The messages that passed lately.
    pub recent: Recent,
    /// What was printed of things.
    pub printed: PrintedThings,
    /// Whether the server says by groups who may post in a channel.
    pub posting_by_group: bool,
}

impl Memory {
    /// Learns the names of what has none, or is new.
    pub fn learn_unknown(&mut self, introduced: &Introduced) {
        for (address, id) in &introduced.addresses {
            self.names.learn_address(address, *id);
        }
        for (noun, id, name) in &introduced.names {
            if introduced.is_new || self.names.of(noun, *id).is_none() {
                self.names.learn(noun, *id, name);
            }
        }
    }

    /// Learns all names that hold from now on.
    pub fn learn_all(&mut self, introduced: &Introduced) {
        let names = introduced.names.iter().filter(|_| !introduced.is_gone);
        for (noun, id, name) in names.chain(&introduced.changes) {
            self.names.learn(noun, *id, name);
        }
    }

    /// Messages carry the names of their people and of their channel.
    pub fn learn_message(&mut self, message: &Message, text: &Text) {
        let names = &mut self.names;
        if let Some(id) = message.sender.id() {
            names.learn(&Noun::Person, id, &message.sender.full_name);
            if names.at(&message.sender.email) != Some(id) {
                names.learn_address(&message.sender.email, id);
            }
        }
        match (&message.recipient, message.channel_id) {
            (Recipient::Channel(name), Some(id)) => names.learn(&Noun::Channel, id, name),
            (Recipient::Channel(_), None) => {}
            (Recipient::People(people), _) => {
                for person in people {
                    names.learn(&Noun::Person, person.id, &person.full_name);
                }
            }
        }
        self.recent.add(message, text);
    }
}

/// A name for an id.
type Name<'a> = (Noun, i64, Cow<'a, str>);

/// The names in an event.
#[derive(Debug, Default)]
pub struct Introduced<'a> {
    names: Vec<Name<'a>>,
    addresses: Vec<(Cow<'a, str>, i64)>,
    /// New names of what has another.
    changes: Vec<Name<'a>>,
    /// What the event is about is new, and so is its name: in logs of two accounts, one behind the other,
    /// a name that it got later may be known.
    is_new: bool,
    /// Somebody or a channel is gone, perhaps only from sight, and called nothing any more.
    is_gone: bool,
}

impl<'a> Introduced<'a> {
    /// Reads an event of that kind.
    pub fn by(kind: &str, event: &Fields<'a>) -> Introduced<'a> {
        let op = event.text("op").unwrap_or_default();
        let is_common = words::common(&words::singular(kind)).is_some();
        let mut introduced = Introduced {
            is_new: matches!(&*op, "add" | "create"),
            is_gone: matches!(&*op, "remove" | "delete") && is_common,
            ..Introduced::default()
        };
        introduced.read(event, 0, kind, matches!(kind, "stream" | "subscription"));
        if is_common && op == "update" {
            introduced.changes.append(&mut introduced.names);
        }
        let data = event.object("data").unwrap_or_default();
        if let Some(name) = words::name(&data)
            && let Some((_, noun, id)) = things::subject(event, kind)
        {
            introduced.changes.push((noun, id, name.into()));
        }
        if event.text("property").as_deref() == Some("name")
            && let (Some(id), Some(name)) = (event.channel_id(), event.text("value"))
        {
            introduced.changes.push((Noun::Channel, id, name));
        }
        introduced
    }

    /// Reads an object. `is_channel` where a `stream_id` is its own.
    fn read(&mut self, object: &Fields<'a>, depth: usize, kind: &str, is_channel: bool) {
        let (user, channel) = (object.integer("user_id"), object.channel_id());
        for (noun, id, name) in [
            (
                Noun::Person,
                user.or_else(|| object.integer("id")),
                "full_name",
            ),
            (
                Noun::Person,
                object.integer("sender_id"),
                "sender_full_name",
            ),
            (Noun::Channel, channel, "display_recipient"),
            (Noun::Channel, channel, "stream_name"),
            (Noun::Channel, channel.filter(|_| is_channel), "name"),
        ] {
            if let (Some(id), Some(name)) = (id, object.text(name)) {
                self.names.push((noun, id, name));
            }
        }
        if let Some(user) = user {
            let addresses = ["email", "new_email", "delivery_email"].into_iter();
            let addresses = addresses.filter_map(|name| object.text(name));
            self.addresses
                .extend(addresses.map(|address| (address, user)));
        }
        // Most values are neither.
        let may_hold = |value: &RawValue| value.get().starts_with(['{', '[']);
        let has_objects = |value| depth < DEEPEST && may_hold(value);
        for (key, value) in object.0.iter().filter(|(_, value)| has_objects(value)) {
            if words::is_secret(key, value) {
                continue;
            }
            for (listed, object) in things::objects(value) {
                // The name of what has an id of its own is not that of the channel where it is.
                let is_channel = object.get("id").is_none();
                self.read(&object, depth + 1, kind, is_channel);
                if depth == 0 && words::title(&object).is_some() {
                    self.read_thing(Thing::new(object, listed, key, kind));
                }
            }
        }
    }

    /// What events of this kind are about.
    fn read_thing(&mut self, thing: Thing<'a>) {
        if let (Some((noun, id)), Some(title)) = (thing.identity, thing.title)
            && (noun == Noun::Group || matches!(noun, Noun::Thing(_)))
        {
            self.names.push((noun, id, title.into()));
        }
    }
}
