//! Names for ids: people, channels, user groups.
//!
//! Most are learnt from the events that pass; the others come from lists that someone else fetches
//! and hands in. Not for fetching anything, and not for sanitising: names are kept as they came.

use std::collections::{HashMap, HashSet};

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Users and bots, by user id.
    Person,
    /// Channels, by `stream_id`.
    Channel,
    /// User groups, by group id.
    Group,
}

/// More names than any organization has: what comes beyond is not learnt.
pub const MOST: usize = 200_000;
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

/// An entry of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Of the person, the channel or the group.
    pub id: i64,
    /// What it is called; cut where it is too long.
    pub name: Box<str>,
    /// Empty for all but people.
    pub address: Box<str>,
}

impl Named {
    /// Somebody, or something without an address.
    pub fn new(id: i64, name: &str, address: &str) -> Named {
        Named {
            id,
            name: cut(name).into(),
            address: cut(address).into(),
        }
    }
}

/// The names of one subject.
#[derive(Debug, Default)]
struct Register {
    known: HashMap<i64, Box<str>>,
    /// Ids that were met without a name.
    wanted: HashSet<i64>,
    /// Ids that were looked up in vain: guests do not see everybody.
    nameless: HashSet<i64>,
    /// While a list is on its way.
    inquiry: Option<Inquiry>,
}

/// What has to be known about the time when a list was asked for.
#[derive(Debug, Default)]
struct Inquiry {
    /// Wanted then: who is not on the list has no name for us.
    wanted: HashSet<i64>,
    /// Learnt since, from events: newer than what the list says.
    learnt: HashSet<i64>,
}

impl Register {
    fn set(&mut self, id: i64, name: Box<str>) {
        if self.known.len() < MOST || self.known.contains_key(&id) {
            self.known.insert(id, name);
            self.wanted.remove(&id);
        }
    }
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST))
        .unwrap_or(text)
}

impl Names {
    /// Remembers a name, in place of the one before. An empty one says nothing.
    pub fn learn(&mut self, subject: Subject, id: i64, name: &str) {
        let register = self.register_mut(subject);
        if name.is_empty() {
            return;
        }
        if let Some(inquiry) = &mut register.inquiry
            && inquiry.learnt.len() < MOST
        {
            inquiry.learnt.insert(id);
        }
        let known = register.known.get(&id);
        if known.is_none_or(|known| **known != *name) {
            register.set(id, cut(name).into());
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
        let known = &self.register(subject).known;
        known.get(&id).map(|name| &**name)
    }

    /// Who has this address, if that is known.
    pub fn at(&self, address: &str) -> Option<i64> {
        self.addresses.get(address).copied()
    }

    /// Notes that a name was needed and not known.
    pub fn miss(&mut self, subject: Subject, id: i64) {
        let register = self.register_mut(subject);
        if register.wanted.len() < MOST && !register.nameless.contains(&id) {
            register.wanted.insert(id);
        }
    }

    /// Whether any name was needed that may be found by asking.
    pub fn wants(&self, subject: Subject) -> bool {
        !self.register(subject).wanted.is_empty()
    }

    /// A list of all names is asked for: what events tell from now on is newer than what it says.
    pub fn expect_list(&mut self, subject: Subject) {
        let register = self.register_mut(subject);
        register.inquiry = Some(Inquiry {
            wanted: register.wanted.clone(),
            learnt: HashSet::new(),
        });
    }

    /// The list has come: those that were wanted and are not on it have no name. Tells whether it was
    /// worth asking, which it was not if names were wanted and none of them came.
    pub fn take_list(&mut self, subject: Subject, list: Vec<Named>) -> bool {
        for named in &list {
            self.learn_address(&named.address, named.id);
        }
        let register = self.register_mut(subject);
        let inquiry = register.inquiry.take().unwrap_or_default();
        for Named { id, name, .. } in list {
            if !name.is_empty() && !inquiry.learnt.contains(&id) {
                register.set(id, name);
            }
        }
        let mut helped = inquiry.wanted.is_empty();
        for id in inquiry.wanted {
            if !register.wanted.remove(&id) {
                helped = true;
            } else if register.nameless.len() < MOST {
                register.nameless.insert(id);
            }
        }
        helped
    }

    /// The list does not come.
    pub fn forgo_list(&mut self, subject: Subject) {
        self.register_mut(subject).inquiry = None;
    }

    fn register(&self, subject: Subject) -> &Register {
        match subject {
            Subject::Person => &self.people,
            Subject::Channel => &self.channels,
            Subject::Group => &self.groups,
        }
    }

    fn register_mut(&mut self, subject: Subject) -> &mut Register {
        match subject {
            Subject::Person => &mut self.people,
            Subject::Channel => &mut self.channels,
            Subject::Group => &mut self.groups,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Named, Names, Subject};

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

    fn people(names: &[(i64, &str)]) -> Vec<Named> {
        let list = names.iter();
        list.map(|&(id, name)| Named::new(id, name, "")).collect()
    }

    #[test]
    fn a_missing_name_is_wanted_until_it_is_known_or_on_no_list() {
        let mut names = Names::default();
        assert!(!names.wants(Subject::Person));
        names.miss(Subject::Person, 5);
        assert!(names.wants(Subject::Person) && !names.wants(Subject::Channel));
        names.learn(Subject::Person, 5, "Hamlet");
        assert!(!names.wants(Subject::Person));
        names.miss(Subject::Person, 6);
        names.expect_list(Subject::Person);
        names.take_list(Subject::Person, people(&[(7, "Iago")]));
        names.miss(Subject::Person, 6);
        assert!(!names.wants(Subject::Person));
        names.learn(Subject::Person, 6, "Cordelia");
        assert_eq!(names.of(Subject::Person, 6), Some("Cordelia"));
        assert_eq!(names.of(Subject::Person, 7), Some("Iago"));
    }

    #[test]
    fn who_was_missed_after_a_list_was_asked_for_may_be_on_the_next_one() {
        let mut names = Names::default();
        names.expect_list(Subject::Person);
        names.miss(Subject::Person, 5);
        assert!(names.take_list(Subject::Person, people(&[(7, "Iago")])));
        assert!(names.wants(Subject::Person));
    }

    #[test]
    fn a_list_that_does_not_come_leaves_everything_wanted() {
        let mut names = Names::default();
        names.miss(Subject::Channel, 5);
        names.expect_list(Subject::Channel);
        names.forgo_list(Subject::Channel);
        assert!(names.wants(Subject::Channel));
    }

    #[test]
    fn a_list_was_worth_asking_for_unless_it_has_none_of_the_names_that_were_wanted() {
        for (name, wanted, list, expected) in [
            ("nothing wanted", &[][..], &[][..], true),
            ("all", &[1, 2], &[(1, "a"), (2, "b")], true),
            ("one", &[1, 2], &[(2, "b")], true),
            ("none", &[1, 2], &[(3, "c")], false),
            ("without a name", &[1], &[(1, "")], false),
        ] {
            let mut names = Names::default();
            for id in wanted {
                names.miss(Subject::Person, *id);
            }
            names.expect_list(Subject::Person);
            let worth = names.take_list(Subject::Person, people(list));
            assert_eq!(worth, expected, "{name}");
        }
    }

    #[test]
    fn a_list_is_newer_than_what_was_known_when_it_was_asked_for_and_older_than_what_came_since() {
        let mut names = Names::default();
        for id in [1, 2, 3] {
            names.learn(Subject::Person, id, "first");
        }
        names.expect_list(Subject::Person);
        names.learn(Subject::Person, 2, "renamed");
        // Also where it is what was known: the list may be from the time between.
        names.learn(Subject::Person, 3, "first");
        let list = people(&[(1, "listed"), (2, "listed"), (3, "listed")]);
        names.take_list(Subject::Person, list);
        let now = [1, 2, 3].map(|id| names.of(Subject::Person, id).unwrap_or_default());
        assert_eq!(now, ["listed", "renamed", "first"]);
        names.expect_list(Subject::Person);
        names.take_list(Subject::Person, people(&[(2, "listed")]));
        assert_eq!(names.of(Subject::Person, 2), Some("listed"));
    }

    #[test]
    fn addresses_lead_to_people() {
        let mut names = Names::default();
        names.learn_address("h@x", 5);
        names.take_list(Subject::Person, vec![Named::new(6, "Iago", "i@x")]);
        assert_eq!(
            ["h@x", "i@x", "c@x"].map(|address| names.at(address)),
            [Some(5), Some(6), None]
        );
    }
}
