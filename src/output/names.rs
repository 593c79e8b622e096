//! Names for ids: people, channels, user groups.
//!
//! Most are learnt from the events that pass; the others come from lists that `lookup.rs` fetches. Names are
//! kept as they came: whoever prints them sanitises them.

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

impl Subject {
    /// What stands before an id without a name: `user#12`.
    pub fn word(self) -> &'static str {
        match self {
            Subject::Person => "user",
            Subject::Channel => "channel",
            Subject::Group => "group",
        }
    }
}

/// More names than any organization has: what comes beyond is not learnt.
pub const MOST: usize = 200_000;
/// In bytes; servers allow 100 characters. A longer name is cut.
pub const LONGEST: usize = 400;

/// The names known so far.
#[derive(Debug, Default)]
pub struct Names {
    /// Whose account it is, where that is known.
    pub own_id: Option<i64>,
    tables: HashMap<Subject, NameTable>,
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
struct NameTable {
    known: HashMap<i64, Box<str>>,
    /// Ids that were met without a name.
    wanted: HashSet<i64>,
    /// Ids that are on no list: guests do not see everybody.
    nameless: HashSet<i64>,
    /// While a list is on its way.
    pending: Option<PendingList>,
}

/// What has to be known about the time since a list was asked for.
#[derive(Debug, Default)]
struct PendingList {
    /// Wanted then: who is not on the list has no name for us.
    wanted: HashSet<i64>,
    /// Learnt since, from events: newer than what the list says.
    learnt: HashSet<i64>,
}

impl NameTable {
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
    /// Remembers a name, in place of the one before. An empty one is ignored.
    pub fn learn(&mut self, subject: Subject, id: i64, name: &str) {
        let table = self.table(subject);
        if name.is_empty() {
            return;
        }
        if let Some(pending) = &mut table.pending
            && pending.learnt.len() < MOST
        {
            pending.learnt.insert(id);
        }
        let known = table.known.get(&id);
        if known.is_none_or(|known| **known != *name) {
            table.set(id, cut(name).into());
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
        let known = &self.tables.get(&subject)?.known;
        known.get(&id).map(|name| &**name)
    }

    /// Who has this address, if that is known.
    pub fn at(&self, address: &str) -> Option<i64> {
        self.addresses.get(address).copied()
    }

    /// Remembers that a name was needed and not known.
    pub fn miss(&mut self, subject: Subject, id: i64) {
        let table = self.table(subject);
        if table.wanted.len() < MOST && !table.nameless.contains(&id) {
            table.wanted.insert(id);
        }
    }

    /// Whether any name was needed that may be found by asking.
    pub fn wants(&self, subject: Subject) -> bool {
        let table = self.tables.get(&subject);
        table.is_some_and(|table| !table.wanted.is_empty())
    }

    /// A list of all names is asked for: names in events from now on are newer than those on it.
    pub fn expect_list(&mut self, subject: Subject) {
        let table = self.table(subject);
        table.pending = Some(PendingList {
            wanted: table.wanted.clone(),
            learnt: HashSet::new(),
        });
    }

    /// Adds a list that has come: those that were wanted and are not on it have no name.
    pub fn add_list(&mut self, subject: Subject, list: Vec<Named>) {
        for named in &list {
            self.learn_address(&named.address, named.id);
        }
        let table = self.table(subject);
        let pending = table.pending.take().unwrap_or_default();
        for Named { id, name, .. } in list {
            if !name.is_empty() && !pending.learnt.contains(&id) {
                table.set(id, name);
            }
        }
        for id in pending.wanted {
            if table.wanted.remove(&id) && table.nameless.len() < MOST {
                table.nameless.insert(id);
            }
        }
    }

    /// The list does not come.
    pub fn cancel_list(&mut self, subject: Subject) {
        self.table(subject).pending = None;
    }

    fn table(&mut self, subject: Subject) -> &mut NameTable {
        self.tables.entry(subject).or_default()
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
        names.add_list(Subject::Person, people(&[(7, "Iago")]));
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
        names.add_list(Subject::Person, people(&[(7, "Iago")]));
        assert!(names.wants(Subject::Person));
    }

    #[test]
    fn a_list_that_does_not_come_leaves_everything_wanted() {
        let mut names = Names::default();
        names.miss(Subject::Channel, 5);
        names.expect_list(Subject::Channel);
        names.cancel_list(Subject::Channel);
        assert!(names.wants(Subject::Channel));
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
        names.add_list(Subject::Person, list);
        let now = [1, 2, 3].map(|id| names.of(Subject::Person, id).unwrap_or_default());
        assert_eq!(now, ["listed", "renamed", "first"]);
        names.expect_list(Subject::Person);
        names.add_list(Subject::Person, people(&[(2, "listed")]));
        assert_eq!(names.of(Subject::Person, 2), Some("listed"));
    }

    #[test]
    fn addresses_lead_to_people() {
        let mut names = Names::default();
        names.learn_address("h@x", 5);
        names.add_list(Subject::Person, vec![Named::new(6, "Iago", "i@x")]);
        assert_eq!(
            ["h@x", "i@x", "c@x"].map(|address| names.at(address)),
            [Some(5), Some(6), None]
        );
    }
}
