//! The people that a narrow names: by address, user id or name, or as `me`; and who of the people in a message they
//! are.
//!
//! A server's list turns names into ids before anything is selected. Where none is asked (`--replay`), names are
//! compared with those in the messages.

use std::fmt;

use super::facts::{Answer, any};
use super::narrow::Directory;
use super::spelling::{id, operand, same_text};
use crate::event::Person;
use crate::listed::Listed;
use crate::nearest::nearest;

/// Parts between commas that are tried in all ways; of more each is one person.
const MOST_PARTS: usize = 6;

/// One person of a narrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonRef {
    /// By the address that messages carry.
    Address(String),
    /// By user id.
    Id(i64),
    /// Who runs this program; unknown until the account is looked up.
    Me,
    /// By name, which has not been looked up.
    Name(String),
    /// As found on the server's list.
    Known(Listed),
}

/// The operand of an operator that takes people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct People {
    /// As we write it.
    pub written: String,
    /// `Lear, King` is one person of that name, or else two.
    pub readings: Vec<Vec<PersonRef>>,
}

impl PersonRef {
    fn parse(text: &str) -> PersonRef {
        let text = text.trim();
        if text.eq_ignore_ascii_case("me") {
            return PersonRef::Me;
        }
        if text.contains('@') && !text.contains(char::is_whitespace) {
            return PersonRef::Address(text.to_owned());
        }
        // Behind a name, as the web app tells people of one name apart.
        match id(text.rsplit('|').next().unwrap_or_default()) {
            Some(id) => PersonRef::Id(id),
            None => PersonRef::Name(text.to_owned()),
        }
    }

    /// Whether it is this one, of whom not all need be known: messages of old servers may lack an id.
    pub fn is(&self, one: &Person) -> Answer {
        let has_id = |own: i64| (one.id != 0).then_some(one.id == own);
        let is_text = |own: &str, told: &str| (!told.is_empty()).then(|| same_text(own, told));
        match self {
            PersonRef::Address(own) => is_text(own, &one.email),
            PersonRef::Id(own) => has_id(*own),
            PersonRef::Name(own) => is_text(own, &one.full_name),
            PersonRef::Known(user) => {
                has_id(user.id).or_else(|| is_text(self.address()?, &one.email))
            }
            PersonRef::Me => Some(false),
        }
    }

    /// Whether both are certainly the same.
    pub fn is_same(&self, other: &PersonRef) -> bool {
        let same_id = self.id().zip(other.id()).is_some_and(|(a, b)| a == b);
        same_id
            || self
                .address()
                .zip(other.address())
                .is_some_and(|(a, b)| same_text(a, b))
    }

    /// The user id, if it is known.
    pub fn id(&self) -> Option<i64> {
        match self {
            PersonRef::Id(id) => Some(*id),
            PersonRef::Known(user) => Some(user.id),
            PersonRef::Address(_) | PersonRef::Me | PersonRef::Name(_) => None,
        }
    }

    /// The address in messages, if it is known.
    pub fn address(&self) -> Option<&str> {
        match self {
            PersonRef::Address(address) => Some(address),
            PersonRef::Known(user) => Some(&user.address)
                .filter(|address| !address.is_empty())
                .map(String::as_str),
            PersonRef::Id(_) | PersonRef::Me | PersonRef::Name(_) => None,
        }
    }

    /// Whoever it may be; of several no one is meant.
    fn find(&self, list: &[Listed]) -> Vec<PersonRef> {
        match self {
            PersonRef::Id(id) => {
                let user = list.iter().find(|user| user.id == *id);
                // Guests do not see everybody, so that the server may know more than its list.
                let known = user.map(|user| PersonRef::Known(user.clone()));
                vec![known.unwrap_or_else(|| self.clone())]
            }
            PersonRef::Name(name) => find_named(name, list),
            PersonRef::Me | PersonRef::Address(_) | PersonRef::Known(_) => vec![self.clone()],
        }
    }
}

/// Whom parts with commas between them may name, as `Lear, King` may be one person: the whole as one first, and each
/// part as one last.
fn ways_to_split(parts: &[&str]) -> Vec<Vec<PersonRef>> {
    if parts.is_empty() {
        return vec![Vec::new()];
    }
    let lengths = (1..=parts.len()).rev();
    let ways = lengths.flat_map(|length| {
        let (name, rest) = parts.split_at(length);
        let first = joined(name);
        let others = ways_to_split(rest).into_iter();
        others.map(move |others| [vec![first.clone()], others].concat())
    });
    ways.collect()
}

/// One person, who has a name if there is a comma in it.
fn joined(parts: &[&str]) -> PersonRef {
    match parts {
        [part] => PersonRef::parse(part),
        parts => PersonRef::Name(parts.join(",").trim().to_owned()),
    }
}

/// Who has a name: of several, those whose accounts are in use.
fn find_named(name: &str, list: &[Listed]) -> Vec<PersonRef> {
    let named = || list.iter().filter(|user| same_text(name, &user.name));
    let is_active = |user: &Listed| user.is_active != Some(false);
    let is_any_active = named().any(is_active);
    named()
        .filter(|user| is_active(user) || !is_any_active)
        .map(|user| PersonRef::Known(user.clone()))
        .collect()
}

impl People {
    /// Those of an operand, with commas between them, or within their names.
    pub fn parse(text: &str) -> People {
        let parts: Vec<&str> = text.split(',').collect();
        let people: Vec<PersonRef> = parts.iter().map(|part| PersonRef::parse(part)).collect();
        let is_name = |person: &PersonRef| matches!(person, PersonRef::Name(_));
        if !people.iter().any(is_name) {
            let texts: Vec<String> = people.iter().map(PersonRef::to_string).collect();
            return People {
                written: texts.join(","),
                readings: vec![people],
            };
        }
        let readings = if parts.len() <= MOST_PARTS {
            ways_to_split(&parts)
        } else {
            vec![vec![joined(&parts)], people]
        };
        People {
            written: text.trim().to_owned(),
            readings,
        }
    }

    /// Somebody alone: a comma is part of the name.
    pub fn only_one(mut self) -> Result<People, &'static str> {
        self.readings.retain(|reading| reading.len() == 1);
        if self.readings.is_empty() {
            return Err(
                "names several people, and a message has one sender: write a --narrow for each of them",
            );
        }
        Ok(self)
    }

    /// All of them, once they are found.
    pub fn found(&self) -> Option<&[PersonRef]> {
        match self.readings.as_slice() {
            [reading] => Some(reading),
            _ => None,
        }
    }

    /// Whether one of them is like that.
    pub fn any(&self, is_so: fn(&PersonRef) -> bool) -> bool {
        self.readings.iter().flatten().any(is_so)
    }

    /// Finds all of them in what the server tells, or says who is not there. The account's login address need not be the
    /// one in messages.
    pub fn resolve(&mut self, directory: &Directory) -> Result<(), String> {
        if let Some(me) = &directory.me {
            for person in self.readings.iter_mut().flatten() {
                if *person == PersonRef::Me {
                    *person = me.clone();
                }
            }
        }
        let Some(list) = &directory.people else {
            return Ok(());
        };
        for reading in &self.readings {
            let mut people = Vec::new();
            for person in reading {
                match person.find(list).as_slice() {
                    [] => break,
                    [found] => people.push(found.clone()),
                    several => {
                        let ids = several.iter().filter_map(PersonRef::id);
                        let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
                        return Err(format!(
                            "{} people are called {:?}: write the user id of the one you mean ({})",
                            ids.len(),
                            person.to_string(),
                            ids.join(", ")
                        ));
                    }
                }
            }
            if people.len() == reading.len() {
                self.readings = vec![people];
                return Ok(());
            }
        }
        Err(self.nobody(list))
    }

    fn nobody(&self, list: &[Listed]) -> String {
        let people = self.readings.iter().rev().flatten();
        let mut names = people.filter_map(|person| match person {
            PersonRef::Name(name) if find_named(name, list).is_empty() => Some(name.as_str()),
            _ => None,
        });
        let name = names.next().unwrap_or(&self.written);
        // Many write the first name alone.
        let has_word = |full: &&str| full.split_whitespace().any(|word| same_text(word, name));
        let names = || list.iter().map(|user| user.name.as_str());
        let meant = names().find(has_word).or_else(|| nearest(name, names()));
        let hint = meant.map(|meant| format!(" (did you mean {meant:?}?)"));
        format!(
            "nobody is called {name:?}{}; the address in messages or the user id does as well",
            hint.unwrap_or_default()
        )
    }

    /// Whether it is who sent a message.
    pub fn sent(&self, sender: &Person) -> Answer {
        let alone = self.readings.iter().filter(|reading| reading.len() == 1);
        any(alone.flatten().map(|person| person.is(sender)))
    }
}

/// As it is written in a narrow, but for quotes.
impl fmt::Display for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PersonRef::Address(text) | PersonRef::Name(text) => f.write_str(text),
            PersonRef::Id(id) => id.fmt(f),
            PersonRef::Me => f.write_str("me"),
            PersonRef::Known(user) => f.write_str(&user.name),
        }
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&operand(&self.written))
    }
}
