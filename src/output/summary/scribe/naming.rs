//! Names in a line: people, channels, groups, topics and the places of messages, by what an event has
//! of them and what is known beside it.
//!
//! Not for learning names: the descriptions do that, as only they know what an event tells.

use super::{Attention, Scribe};
use crate::output::names::Subject;
use crate::output::summary::few::Beginning;
use crate::output::summary::place::Place;

/// What servers put before a topic that is resolved.
pub const RESOLVED: &str = "✔ ";

/// Somebody, as far as an event tells: old servers have addresses, new ones ids.
#[derive(Clone, Copy, Debug, Default)]
pub struct Who<'a> {
    /// The user id.
    pub id: Option<i64>,
    /// Empty where it is not told.
    pub name: &'a str,
    /// Empty where it is not told.
    pub address: &'a str,
}

impl Scribe<'_> {
    /// A person of whom there is but the id.
    pub fn person(&mut self, id: i64) {
        self.someone(Who {
            id: Some(id),
            ..Who::default()
        });
    }

    /// A person by the name that the event has for them, else by the one that is known, else by
    /// address, else by id.
    pub fn someone(&mut self, who: Who) {
        if !who.name.is_empty() {
            return self.push(self.palette.sender(who.name), who.name);
        }
        if let Some(id) = who.id {
            self.names.learn_address(who.address, id);
        }
        let id = who.id.or_else(|| self.names.at(who.address));
        let name = match self.known(Subject::Person, id) {
            Some(name) => name,
            None if who.address.is_empty() => unknown("user", id),
            None => who.address.to_owned(),
        };
        self.push(self.palette.sender(&name), &name);
    }

    /// Who made it, where that is told: ` by Ada`.
    pub fn by(&mut self, maker: Option<i64>) {
        if let Some(maker) = maker {
            self.aside(" by ");
            self.person(maker);
        }
    }

    /// People by id.
    pub fn people<'t>(&mut self, ids: impl Into<Beginning<'t, i64>>) {
        self.list(ids, |scribe, id| scribe.person(*id));
    }

    /// A channel of which there is but the id.
    pub fn channel(&mut self, id: i64) {
        self.named_channel(Some(id), "");
    }

    /// A channel by the name that the event has for it, else by the one that is known: `#ops`; else by
    /// id.
    pub fn named_channel(&mut self, id: Option<i64>, name: &str) {
        if !name.is_empty() {
            let ink = self.palette.channel(name);
            self.push(ink, "#");
            return self.push(ink, name);
        }
        if let Some(name) = self.known(Subject::Channel, id) {
            return self.named_channel(id, &name);
        }
        let name = unknown("channel", id);
        self.push(self.palette.channel(&name), &name);
    }

    /// A user group by id. Those of the system are called after roles: `role:administrators`.
    pub fn group(&mut self, id: i64) {
        let name = self.known(Subject::Group, Some(id));
        let name = name.unwrap_or_else(|| unknown("group", Some(id)));
        self.say(name.strip_prefix("role:").unwrap_or(&name));
    }

    /// A topic, with the sign that servers put before those that are resolved.
    pub fn topic(&mut self, topic: &str) {
        let (sign, rest) = match topic.strip_prefix(RESOLVED) {
            _ if topic.is_empty() => return self.aside("(no topic)"),
            Some(rest) => (RESOLVED, rest),
            None => ("", topic),
        };
        self.push(self.palette.resolved(), sign);
        self.push(self.palette.topic(), rest);
    }

    /// A topic in its channel: `#ops > deploy`.
    pub fn topic_in(&mut self, channel: i64, topic: &str) {
        self.channel(channel);
        self.aside(" > ");
        self.topic(topic);
    }

    /// Where a message is: `#ops > deploy`, `DM Hamlet → Cordelia`.
    pub fn place(&mut self, place: &Place) {
        match place {
            Place::Channel(channel, topic) => self.topic_in(*channel, topic),
            Place::Direct(words) => self.aside(words),
            Place::With(people) if people.is_empty() => self.aside("DM"),
            Place::With(people) => {
                self.aside("DM with ");
                self.people(people);
            }
        }
    }

    /// The same behind the message: ` (#ops > deploy)`.
    pub fn place_in_brackets(&mut self, place: &Place) {
        self.aside(" (");
        self.place(place);
        self.aside(")");
    }

    /// The name that is known for it. One that is not is wanted from now on, if anybody reads the line.
    fn known(&mut self, subject: Subject, id: Option<i64>) -> Option<String> {
        let id = id?;
        let name = self.names.of(subject, id).map(ToOwned::to_owned);
        if name.is_none() && self.attention == Attention::Shown {
            self.names.miss(subject, id);
        }
        name
    }
}

/// `user#12`.
fn unknown(word: &str, id: Option<i64>) -> String {
    match id {
        Some(id) => format!("{word}#{id}"),
        None => format!("{word}#?"),
    }
}
