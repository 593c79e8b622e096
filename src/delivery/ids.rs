//! A set of ids as ranges: ids of a busy server follow one another, so a hundred thousand of them
//! take little more room than one.

use std::ops::RangeInclusive;

use rangemap::RangeInclusiveSet;
use serde::{Deserialize, Serialize};

/// No server hands out higher ids; one that does is not remembered.
const HIGHEST: u64 = i64::MAX.unsigned_abs();

/// A set of ids. In JSON: `[[3,3],[7,12]]`, ascending, neither touching nor overlapping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub struct IdSet(RangeInclusiveSet<u64>);

impl IdSet {
    /// Whether it holds an id.
    pub fn contains(&self, id: u64) -> bool {
        self.0.contains(&id)
    }

    /// Adds an id.
    pub fn insert(&mut self, id: u64) {
        self.insert_range(id..=id);
    }

    /// Adds ids in ascending order.
    pub fn extend(&mut self, ids: &[u64]) {
        for run in ids.chunk_by(|id, next| id.checked_add(1) == Some(*next)) {
            if let [first, .., last] | [first @ last] = run {
                self.insert_range(*first..=*last);
            }
        }
    }

    /// Adds all ids of another set.
    pub fn merge(&mut self, other: &IdSet) {
        for range in other.0.iter() {
            self.insert_range(range.clone());
        }
    }

    /// Removes all ids beyond this one.
    pub fn truncate(&mut self, last: u64) {
        if last < HIGHEST {
            self.0.remove(last + 1..=HIGHEST);
        }
    }

    /// Removes all ids up to this one.
    pub fn remove_until(&mut self, last: u64) {
        self.0.remove(0..=last.min(HIGHEST));
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The highest id.
    pub fn highest(&self) -> Option<u64> {
        self.0.last().map(|range| *range.end())
    }

    /// How many ids it holds.
    pub fn len(&self) -> u64 {
        let lengths = self.0.iter().map(|range| range.end() - range.start() + 1);
        lengths.fold(0, u64::saturating_add)
    }

    fn insert_range(&mut self, range: RangeInclusive<u64>) {
        if *range.end() <= HIGHEST {
            self.0.insert(range);
        }
    }
}

impl FromIterator<u64> for IdSet {
    fn from_iter<I: IntoIterator<Item = u64>>(ids: I) -> Self {
        let mut set = IdSet::default();
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}

impl FromIterator<(u64, u64)> for IdSet {
    fn from_iter<I: IntoIterator<Item = (u64, u64)>>(ranges: I) -> Self {
        let mut set = IdSet::default();
        for (first, last) in ranges {
            set.insert_range(first..=last);
        }
        set
    }
}

impl From<IdSet> for Vec<(u64, u64)> {
    fn from(set: IdSet) -> Self {
        set.0.into_iter().map(RangeInclusive::into_inner).collect()
    }
}

impl TryFrom<Vec<(u64, u64)>> for IdSet {
    type Error = String;

    fn try_from(ranges: Vec<(u64, u64)>) -> Result<Self, String> {
        let wrong = |(first, last): &&(u64, u64)| first > last || *last > HIGHEST;
        match ranges.iter().find(wrong) {
            Some((first, last)) => Err(format!("no range of ids: [{first},{last}]")),
            None => Ok(ranges.into_iter().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one_range_in_any_order() {
        let set: IdSet = [7, 3, 5, 4, 9, 8, 7].into_iter().collect();
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(json, "[[3,5],[7,9]]");
        assert_eq!(serde_json::from_str::<IdSet>(&json).unwrap(), set);
        assert_eq!((set.len(), set.highest()), (6, Some(9)));
        assert!(set.contains(4) && !set.contains(6));
    }

    #[test]
    fn either_end_can_be_taken_off() {
        let ids = || (1..=9).collect::<IdSet>();
        let (mut low, mut high) = (ids(), ids());
        low.truncate(4);
        high.remove_until(4);
        let text = |set: &IdSet| serde_json::to_string(set).unwrap();
        assert_eq!(
            (text(&low), text(&high)),
            ("[[1,4]]".into(), "[[5,9]]".into())
        );
    }

    #[test]
    fn ids_that_no_server_has_do_no_harm() {
        let mut set: IdSet = [u64::MAX, HIGHEST, HIGHEST - 1].into_iter().collect();
        assert_eq!((set.len(), set.contains(u64::MAX)), (2, false));
        set.truncate(u64::MAX);
        set.remove_until(u64::MAX);
        assert_eq!(set, IdSet::default());
        for json in ["[[5,3]]", "[[0,18446744073709551615]]", "[[-1,2]]"] {
            assert!(serde_json::from_str::<IdSet>(json).is_err(), "{json}");
        }
    }
}
