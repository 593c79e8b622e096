//! Names for ids: people, channels, user groups.
//!
//! Most are learnt from the events that pass; the others are asked for by someone else, who hands
//! in what was found. Not for fetching anything, and not for sanitising: names are kept as they
//! came.

use std::collections::{HashMap, HashSet};

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Users and bots, by user id.
    Person,
    /// Channels, by `stream_id`.
    Channel,
    /// User groups, by group id. Nobody looks them up: their events carry their names.
    Group,
}

/// More names than any organization has: what comes beyond is not learnt.
const MOST: usize = 200_000;
/// In bytes; servers allow 100 characters. A longer name is cut.
const LONGEST: usize = 400;

/// The names known so far.
#[derive(Debug, Default)]
pub struct Names {
    people: Register,
    channels: Register,
    groups: Register,
    /// Old servers name people by address only.
    addresses: HashMap<Box<str>, i64>,
}

/// The names of one subject.
#[derive(Debug, Default)]
struct Register {
    known: HashMap<i64, Box<str>>,
    /// Ids that were met without a name.
    wanted: HashSet<i64>,
    /// Ids that were looked up in vain: guests do not see everybody.
    nameless: HashSet<i64>,
}

impl Names {
    /// Remembers a name, in place of the one before. An empty one says nothing.
    pub fn learn(&mut self, subject: Subject, id: i64, name: &str) {
        let register = self.register(subject);
        if name.is_empty()
            || register
                .known
                .get(&id)
                .is_some_and(|known| **known == *name)
        {
            return;
        }
        if register.known.len() < MOST || register.known.contains_key(&id) {
            let name = name
                .get(..name.floor_char_boundary(LONGEST))
                .unwrap_or(name);
            register.known.insert(id, name.into());
            register.wanted.remove(&id);
        }
    }

    /// Remembers whose address it is.
    pub fn learn_address(&mut self, address: &str, id: i64) {
        if !address.is_empty() && address.len() <= LONGEST && self.addresses.len() < MOST {
            self.addresses.insert(address.into(), id);
        }
    }

    /// The name, if it is known.
    pub fn of(&self, subject: Subject, id: i64) -> Option<&str> {
        let register = match subject {
            Subject::Person => &self.people,
            Subject::Channel => &self.channels,
            Subject::Group => &self.groups,
        };
        register.known.get(&id).map(|name| &**name)
    }

    /// Who has this address, if that is known.
    pub fn at(&self, address: &str) -> Option<i64> {
        self.addresses.get(address).copied()
    }

    /// Notes that a name was needed and not known.
    pub fn miss(&mut self, subject: Subject, id: i64) {
        let register = self.register(subject);
        if register.wanted.len() < MOST && !register.nameless.contains(&id) {
            register.wanted.insert(id);
        }
    }

    /// Whether any name was needed that may be found by asking.
    pub fn wants(&self, subject: Subject) -> bool {
        match subject {
            Subject::Person => !self.people.wanted.is_empty(),
            Subject::Channel => !self.channels.wanted.is_empty(),
            Subject::Group => false,
        }
    }

    /// All names that there are for the asking were learnt: those still missing have none.
    pub fn give_up(&mut self, subject: Subject) {
        let register = self.register(subject);
        if register.nameless.len() < MOST {
            register.nameless.extend(register.wanted.drain());
        }
        register.wanted.clear();
    }

    fn register(&mut self, subject: Subject) -> &mut Register {
        match subject {
            Subject::Person => &mut self.people,
            Subject::Channel => &mut self.channels,
            Subject::Group => &mut self.groups,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Names, Subject};

    #[test]
    fn the_last_name_learnt_holds_and_an_empty_one_does_not_count() {
        let mut names = Names::default();
        for (learnt, expected) in [("ops", "ops"), ("", "ops"), ("operations", "operations")] {
            names.learn(Subject::Channel, 7, learnt);
            assert_eq!(names.of(Subject::Channel, 7), Some(expected));
        }
        assert_eq!(names.of(Subject::Person, 7), None);
    }

    #[test]
    fn an_endless_name_is_cut_between_characters() {
        let mut names = Names::default();
        names.learn(Subject::Person, 1, &"é".repeat(LONGEST));
        let name = names.of(Subject::Person, 1).unwrap();
        assert_eq!(name, "é".repeat(LONGEST / 2));
    }

    #[test]
    fn a_missing_name_is_wanted_until_it_is_known_or_given_up() {
        let mut names = Names::default();
        assert!(!names.wants(Subject::Person));
        names.miss(Subject::Person, 5);
        assert!(names.wants(Subject::Person) && !names.wants(Subject::Channel));
        names.learn(Subject::Person, 5, "Hamlet");
        assert!(!names.wants(Subject::Person));
        names.miss(Subject::Person, 6);
        names.give_up(Subject::Person);
        names.miss(Subject::Person, 6);
        assert!(!names.wants(Subject::Person));
        names.learn(Subject::Person, 6, "Cordelia");
        assert_eq!(names.of(Subject::Person, 6), Some("Cordelia"));
    }

    #[test]
    fn addresses_lead_to_people() {
        let mut names = Names::default();
        names.learn_address("h@x", 5);
        assert_eq!((names.at("h@x"), names.at("c@x")), (Some(5), None));
    }
}
