//! What events have introduced, so that later ones which have but an id are told by name, and say only
//! what is not as it was. Bounded: the oldest details go first; names stay.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::words::{ends_with, is_silent};
use crate::fields::Fields;
use crate::output::names::MOST;

/// Things whose details are kept, and entries of a list that is kept.
const MOST_TOLD: usize = 3000;
/// Lists that are kept; known servers have about twenty.
const MOST_LISTS: usize = 100;
/// Bytes of a name.
const NAME: usize = 400;

/// What a thing is, and its id.
type Key = (String, i64);

/// What there is, by kind.
#[derive(Debug, Default)]
pub struct Things {
    names: HashMap<String, HashMap<i64, Box<str>>>,
    count: usize,
    /// Each field with a number that another value would have another of.
    told: HashMap<Key, HashMap<String, u64>>,
    order: VecDeque<Key>,
    lists: HashMap<String, Vec<i64>>,
}

/// What is not as it was in a list.
#[derive(Debug, Default)]
pub struct Difference {
    /// Entries that were not in it.
    pub new: Vec<i64>,
    /// Entries that were another way.
    pub changed: Vec<i64>,
    /// Entries that are in it no longer.
    pub gone: Vec<i64>,
}

impl Things {
    /// The name of a thing.
    pub fn name(&self, kind: &str, id: i64) -> Option<&str> {
        Some(self.names.get(kind)?.get(&id)?)
    }

    /// The kind of things that a name of a field ends with, if it is one kind: `unit` is the
    /// `organization_unit`.
    pub fn kind(&self, words: &str) -> Option<&str> {
        if let Some((kind, _)) = self.names.get_key_value(words) {
            return Some(kind);
        }
        let mut kinds = self.names.keys().filter(|kind| ends_with(kind, words));
        let kind = kinds.next()?;
        kinds.next().is_none().then_some(kind)
    }

    /// Remembers a name.
    pub fn learn(&mut self, kind: &str, id: i64, name: &str) {
        if self.count >= MOST || name.is_empty() {
            return;
        }
        let name = name.get(..name.floor_char_boundary(NAME)).unwrap_or(name);
        let known = self.names.entry(kind.to_owned()).or_default();
        if known.insert(id, name.into()).is_none() {
            self.count += 1;
        }
    }

    /// The fields of a thing that are not as they were told before, or all.
    pub fn differing<'a>(&self, kind: &str, id: i64, fields: &Fields<'a>) -> Fields<'a> {
        let told = self.told.get(&(kind.to_owned(), id));
        let mut differing = fields.clone();
        differing.0.retain(|(key, value)| {
            let before = told.and_then(|told| told.get(&**key));
            !is_silent(key) && before != Some(&fingerprint(value.get()))
        });
        differing
    }

    /// Remembers how a thing is now, beside what is known of its other fields.
    pub fn tell(&mut self, kind: &str, id: i64, fields: &Fields) {
        let key = (kind.to_owned(), id);
        if !self.told.contains_key(&key) {
            self.order.push_back(key.clone());
            if self.order.len() > MOST_TOLD
                && let Some(oldest) = self.order.pop_front()
            {
                self.told.remove(&oldest);
            }
        }
        let told = self.told.entry(key).or_default();
        let fields = fields.0.iter();
        told.extend(fields.map(|(key, value)| (key.to_string(), fingerprint(value.get()))));
    }

    /// Forgets how a thing is that is gone; it keeps its name.
    pub fn forget(&mut self, kind: &str, id: i64) {
        self.told.remove(&(kind.to_owned(), id));
    }

    /// What a list has that it had not when it was told before; None if it was not.
    pub fn difference(&self, kind: &str, list: &[(i64, Fields)]) -> Option<Difference> {
        let before = self.lists.get(kind)?;
        let mut difference = Difference::default();
        for (id, fields) in list {
            if !before.contains(id) {
                difference.new.push(*id);
            } else if !self.differing(kind, *id, fields).0.is_empty() {
                difference.changed.push(*id);
            }
        }
        let is_gone = |id: &&i64| !list.iter().any(|(now, _)| now == *id);
        difference.gone = before.iter().filter(is_gone).copied().collect();
        Some(difference)
    }

    /// Remembers how a list is now, unless it is too long.
    pub fn tell_list(&mut self, kind: &str, list: &[(i64, Fields)]) {
        let fits = self.lists.len() < MOST_LISTS || self.lists.contains_key(kind);
        if list.len() > MOST_TOLD || !fits {
            self.lists.remove(kind);
            return;
        }
        let ids = list.iter().map(|(id, _)| *id).collect();
        self.lists.insert(kind.to_owned(), ids);
        for (id, fields) in list {
            self.tell(kind, *id, fields);
        }
    }
}

fn fingerprint(value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
