//! Names for ids: people, channels, user groups, and all other things that events introduce.
//!
//! Most are learnt from the events that pass; those of people, channels and groups also come from lists that
//! `lookup.rs` fetches. Names are kept as they came: whoever prints them sanitises them.

use foldhash::{HashMap, HashSet};

use crate::listed::{Listed, MOST};

/// What an id stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Noun {
    /// A user or a bot, by user id.
    Person,
    /// A channel, by `stream_id`.
    Channel,
    /// A user group, by group id.
    Group,
    /// A message.
    Message,
    /// What events of a kind are about: a channel folder, an emoji, an export.
    Thing(String),
}

impl Noun {
    /// What stands before an id without a name, of what the server has lists of: `user#12`.
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Noun::Person => Some("user"),
            Noun::Channel => Some("channel"),
            Noun::Group => Some("group"),
            Noun::Message | Noun::Thing(_) => None,
        }
    }
}

/// In bytes; servers allow 100 characters. A longer name is cut.
pub const LONGEST: usize = 400;

/// The names known so far.
#[derive(Debug, Default)]
pub struct Names {
    /// Whose account it is, where that is known.
    pub own_id: Option<i64>,
    /// Of what names were needed and not known, if the server has lists of that.
    pub missing: HashSet<Noun>,
    known: HashMap<Noun, HashMap<i64, Box<str>>>,
    count: usize,
    /// Old servers name people by address only.
    addresses: HashMap<Box<str>, i64>,
}

impl Names {
    /// Remembers a name, in place of the one before. An empty one is ignored.
    pub fn learn(&mut self, noun: &Noun, id: i64, name: &str) {
        let known = self.of(noun, id);
        if name.is_empty() || known == Some(name) || known.is_none() && self.count == MOST {
            return;
        }
        self.count += usize::from(known.is_none());
        let name = name
            .get(..name.floor_char_boundary(LONGEST))
            .unwrap_or(name);
        let names = self.known.entry(noun.clone()).or_default();
        names.insert(id, name.into());
    }

    /// Remembers whose address it is.
    pub fn learn_address(&mut self, address: &str, id: i64) {
        if !address.is_empty() && address.len() <= LONGEST && self.addresses.len() < MOST {
            self.addresses.insert(address.into(), id);
        }
    }

    /// The name, if it is known.
    pub fn of(&self, noun: &Noun, id: i64) -> Option<&str> {
        self.known.get(noun)?.get(&id).map(|name| &**name)
    }

    /// The same; one that is not known is missing from now on.
    pub fn find(&mut self, noun: &Noun, id: i64) -> Option<String> {
        let name = self.of(noun, id).map(ToOwned::to_owned);
        if name.is_none() && noun.word().is_some() {
            self.missing.insert(noun.clone());
        }
        name
    }

    /// Who has this address, if that is known.
    pub fn at(&self, address: &str) -> Option<i64> {
        self.addresses.get(address).copied()
    }

    /// Adds a list that has come. What is known already came with events, which may be newer.
    pub fn add_list(&mut self, noun: &Noun, list: &[Listed]) {
        for Listed {
            id, name, address, ..
        } in list
        {
            self.learn_address(address, *id);
            if self.of(noun, *id).is_none() {
                self.learn(noun, *id, name);
            }
        }
    }

    /// The kinds of things that have names.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.known.keys().filter_map(|noun| match noun {
            Noun::Thing(kind) => Some(kind.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Listed, Names, Noun};

    #[test]
    fn the_last_name_learnt_holds_and_an_empty_one_does_not_count() {
        let mut names = Names::default();
        for (learnt, expected) in [("ops", "ops"), ("", "ops"), ("operations", "operations")] {
            names.learn(&Noun::Channel, 7, learnt);
            assert_eq!(names.of(&Noun::Channel, 7), Some(expected));
        }
        assert_eq!(names.of(&Noun::Person, 7), None);
    }

    #[test]
    fn an_endless_name_is_cut_between_characters() {
        let mut names = Names::default();
        names.learn(&Noun::Person, 1, &"é".repeat(LONGEST));
        let name = names.of(&Noun::Person, 1).unwrap();
        assert_eq!(name, "é".repeat(LONGEST / 2));
    }

    #[test]
    fn what_the_server_has_lists_of_is_missing_once_it_was_needed() {
        let mut names = Names::default();
        names.learn(&Noun::Person, 5, "Hamlet");
        let label = Noun::Thing("label".to_owned());
        for (noun, id) in [(&Noun::Person, 5), (&Noun::Message, 5), (&label, 5)] {
            names.find(noun, id);
        }
        assert!(names.missing.is_empty());
        assert_eq!(names.find(&Noun::Person, 6), None);
        assert!(names.missing.contains(&Noun::Person));
    }

    #[test]
    fn what_events_say_is_newer_than_what_lists_say() {
        let mut names = Names::default();
        names.learn(&Noun::Person, 2, "renamed");
        let list = [(1, "l@x"), (2, "")].map(|(id, address)| Listed {
            id,
            name: "listed".to_owned(),
            address: address.to_owned(),
            ..Listed::default()
        });
        names.add_list(&Noun::Person, &list);
        let now = [1, 2].map(|id| names.of(&Noun::Person, id).unwrap_or_default());
        assert_eq!(now, ["listed", "renamed"]);
        names.learn_address("h@x", 5);
        let people = ["h@x", "l@x", "c@x"].map(|address| names.at(address));
        assert_eq!(people, [Some(5), Some(1), None]);
    }
}
