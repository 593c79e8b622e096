//! How things and lists were when they were printed, so that later lines have only what is not as it
//! was. Bounded: when there are too many, all are forgotten, and printed whole once more.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use super::words::is_silent;
use crate::fields::Fields;

/// Things and lists that are remembered, and entries of a list that is.
const MOST: usize = 3000;

/// What was printed.
#[derive(Debug, Default)]
pub struct PrintedThings {
    /// By kind and id: each field with a number that another value would have another of.
    things: HashMap<(String, i64), HashMap<String, u64>>,
    /// By kind: the ids of the entries.
    lists: HashMap<String, BTreeSet<i64>>,
    hasher: RandomState,
}

/// What is not as it was in a list.
#[derive(Debug, Default)]
pub struct Difference {
    /// The list was not printed before: all is new.
    pub is_first: bool,
    /// Entries that were not in it.
    pub new: Vec<i64>,
    /// Entries that were another way.
    pub changed: Vec<i64>,
    /// Entries that are in it no longer.
    pub gone: Vec<i64>,
    /// What is not as it was in the last entry that is new or changed.
    pub fields: HashSet<String>,
}

impl PrintedThings {
    /// Remembers how a thing is now, beside what is known of its other fields. Returns the fields that
    /// are not as they were, all of a new one.
    pub fn update(&mut self, kind: &str, id: i64, object: &Fields) -> HashSet<String> {
        self.make_room(1);
        let known = self.things.entry((kind.to_owned(), id)).or_default();
        let mut changes = HashSet::new();
        for (key, value) in &object.0 {
            let now = self.hasher.hash_one(value.get());
            if known.insert(key.to_string(), now) != Some(now) && !is_silent(key) {
                changes.insert(key.to_string());
            }
        }
        changes
    }

    /// The same for a list of all things of a kind. None if it has too many.
    pub fn update_list(&mut self, kind: &str, list: &[(i64, &Fields)]) -> Option<Difference> {
        if list.len() >= MOST {
            return None;
        }
        self.make_room(list.len() + 1);
        let ids = list.iter().map(|(id, _)| *id).collect();
        let before = self.lists.insert(kind.to_owned(), ids);
        let mut difference = Difference {
            is_first: before.is_none(),
            ..Difference::default()
        };
        let mut gone = before.unwrap_or_default();
        for (id, object) in list {
            let fields = self.update(kind, *id, object);
            if !gone.remove(id) {
                difference.new.push(*id);
            } else if !fields.is_empty() {
                difference.changed.push(*id);
            } else {
                continue;
            }
            difference.fields = fields;
        }
        difference.gone.extend(gone);
        Some(difference)
    }

    fn make_room(&mut self, number: usize) {
        if self.things.len() + self.lists.len() + number > MOST {
            self.things.clear();
            self.lists.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, PrintedThings};
    use crate::fields::Fields;

    fn fields(text: &str) -> Fields<'_> {
        serde_json::from_str(text).unwrap()
    }

    /// The fields that are not as they were, in the order of their names.
    fn update(printed: &mut PrintedThings, id: i64, object: &str) -> String {
        let fields = printed.update("draft", id, &fields(object));
        let mut fields: Vec<_> = fields.into_iter().collect();
        fields.sort_unstable();
        fields.join(" ")
    }

    #[test]
    fn only_what_is_not_as_it_was_is_new() {
        let mut printed = PrintedThings::default();
        for (name, object, expected) in [
            ("first", r#"{"id":1,"a":1,"b":[2]}"#, "a b"),
            ("the same", r#"{"id":1,"a":1,"b":[2]}"#, ""),
            ("a part that has changed", r#"{"a":3}"#, "a"),
            (
                "the rest is still known",
                r#"{"a":3,"b":[2],"c":null}"#,
                "c",
            ),
        ] {
            assert_eq!(update(&mut printed, 1, object), expected, "{name}");
        }
        assert_eq!(update(&mut printed, 2, r#"{"a":1}"#), "a");
    }

    #[test]
    fn too_much_is_forgotten_together_with_the_lists() {
        let mut printed = PrintedThings::default();
        let (object, empty) = (fields(r#"{"a":1}"#), fields("{}"));
        let list = [(1, &object)];
        assert!(printed.update_list("draft", &list).unwrap().is_first);
        assert!(!printed.update_list("draft", &list).unwrap().is_first);
        let most = i64::try_from(MOST).unwrap();
        for id in 2..=most {
            update(&mut printed, id, r#"{"a":1}"#);
        }
        assert!(printed.things.len() + printed.lists.len() <= MOST);
        let again = printed.update_list("draft", &list).unwrap();
        assert!(again.is_first && again.new == [1]);
        let long: Vec<_> = (0..most).map(|id| (id, &empty)).collect();
        assert!(printed.update_list("draft", &long).is_none());
    }
}
