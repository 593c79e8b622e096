//! A set of ids as ranges: ids of a busy server follow one another, so a hundred thousand of them
//! take little more room than one.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A set of ids. In JSON: `[[3,3],[7,12]]`, ascending and not overlapping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u64, u64)>")]
pub struct IdSet(Vec<(u64, u64)>);

impl IdSet {
    /// Those of ranges in any order.
    pub fn of_ranges(mut ranges: Vec<(u64, u64)>) -> IdSet {
        ranges.sort_unstable();
        ranges.dedup_by(|(first, last), (_, before)| {
            let joins = *first <= before.saturating_add(1);
            if joins {
                *before = (*before).max(*last);
            }
            joins
        });
        IdSet(ranges)
    }

    /// Whether it holds an id.
    pub fn contains(&self, id: u64) -> bool {
        // Most ids that come are new.
        self.highest().is_some_and(|highest| id <= highest) && self.find(id).is_ok()
    }

    /// Adds an id: almost all come in ascending order.
    pub fn insert(&mut self, id: u64) {
        match self.0.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(id) => *last = id,
            Some((_, last)) if *last >= id => {
                if let Err(place) = self.find(id) {
                    self.0.insert(place, (id, id));
                }
            }
            _ => self.0.push((id, id)),
        }
    }

    /// Adds all ids of another set.
    pub fn merge(&mut self, other: &IdSet) {
        let ranges = [self.0.as_slice(), &other.0].concat();
        *self = IdSet::of_ranges(ranges);
    }

    /// Removes all ids beyond this one.
    pub fn truncate(&mut self, last: u64) {
        self.0.retain(|(first, _)| *first <= last);
        if let Some((_, end)) = self.0.last_mut() {
            *end = last.min(*end);
        }
    }

    /// Removes all ids up to this one.
    pub fn remove_until(&mut self, last: u64) {
        self.0.retain(|(_, end)| *end > last);
        if let Some((first, _)) = self.0.first_mut() {
            *first = last.saturating_add(1).max(*first);
        }
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The highest id.
    pub fn highest(&self) -> Option<u64> {
        self.0.last().map(|(_, last)| *last)
    }

    /// Where the range is that holds an id, or where it would be.
    fn find(&self, id: u64) -> Result<usize, usize> {
        self.0.binary_search_by(|(first, last)| {
            if *last < id {
                Ordering::Less
            } else if *first > id {
                Ordering::Greater
            } else {
                Ordering::Equal
            }
        })
    }
}

impl FromIterator<u64> for IdSet {
    fn from_iter<I: IntoIterator<Item = u64>>(ids: I) -> Self {
        IdSet::of_ranges(ids.into_iter().map(|id| (id, id)).collect())
    }
}

impl TryFrom<Vec<(u64, u64)>> for IdSet {
    type Error = String;

    fn try_from(ranges: Vec<(u64, u64)>) -> Result<Self, String> {
        match ranges.iter().find(|(first, last)| first > last) {
            Some((first, last)) => Err(format!("no range of ids: [{first},{last}]")),
            None => Ok(IdSet::of_ranges(ranges)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(set: &IdSet) -> String {
        serde_json::to_string(set).unwrap()
    }

    #[test]
    fn ids_are_found_in_whatever_order_they_come() {
        let ids = [7, 3, 5, 4, 9, 8, 7];
        let set: IdSet = ids.into_iter().collect();
        assert_eq!(json(&set), "[[3,5],[7,9]]");
        assert_eq!(serde_json::from_str::<IdSet>(&json(&set)).unwrap(), set);
        let mut one_by_one = IdSet::default();
        for id in ids {
            one_by_one.insert(id);
        }
        for set in [&set, &one_by_one] {
            let found: Vec<u64> = (0..12).filter(|id| set.contains(*id)).collect();
            assert_eq!(found, [3, 4, 5, 7, 8, 9], "{set:?}");
            assert_eq!(set.highest(), Some(9));
        }
        one_by_one.merge(&[6, 20].into_iter().collect());
        assert_eq!(json(&one_by_one), "[[3,9],[20,20]]");
    }

    #[test]
    fn either_end_can_be_taken_off() {
        let ids = || [1, 2, 3, 4, 5, 6, 9].into_iter().collect::<IdSet>();
        let (mut low, mut high) = (ids(), ids());
        low.truncate(4);
        high.remove_until(4);
        assert_eq!(
            (json(&low), json(&high)),
            ("[[1,4]]".into(), "[[5,6],[9,9]]".into())
        );
    }

    #[test]
    fn ids_that_no_server_has_do_no_harm() {
        let mut set: IdSet = [u64::MAX, u64::MAX - 1].into_iter().collect();
        set.insert(u64::MAX);
        assert_eq!(json(&set), format!("[[{},{}]]", u64::MAX - 1, u64::MAX));
        set.truncate(u64::MAX);
        set.remove_until(u64::MAX);
        assert_eq!(set, IdSet::default());
        for text in ["[[5,3]]", "[[-1,2]]"] {
            assert!(serde_json::from_str::<IdSet>(text).is_err(), "{text}");
        }
    }
}
