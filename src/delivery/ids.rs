//! A set of ids as ranges: ids of a busy server follow one another, so a hundred thousand of them
//! take little more room than one.
//!
//! Ids that are scattered take a range each. Beyond a number that no server reaches in good order
//! the lowest are forgotten: an event may then be printed twice, but never be missed.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Ranges that are kept at most, in 4 MiB: far more than an audit that is owed may wait for
/// (`tail/audit.rs`), or than are missed in one gap.
const MOST: usize = 1 << 18;

/// A set of ids. In JSON: `[[3,3],[7,12]]`, ascending, neither touching nor overlapping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub struct IdSet {
    ranges: Vec<(u64, u64)>,
}

impl IdSet {
    /// Whether it holds an id.
    pub fn contains(&self, id: u64) -> bool {
        self.place(id).is_ok()
    }

    /// Adds an id.
    pub fn insert(&mut self, id: u64) {
        self.insert_range(id..=id);
    }

    /// Adds all ids of another set.
    pub fn merge(&mut self, other: &IdSet) {
        for &(first, last) in &other.ranges {
            self.insert_range(first..=last);
        }
    }

    /// Removes all ids beyond this one.
    pub fn truncate(&mut self, last: u64) {
        self.ranges.retain_mut(|range| {
            range.1 = range.1.min(last);
            range.0 <= range.1
        });
    }

    /// Removes all ids up to this one.
    pub fn remove_until(&mut self, last: u64) {
        self.ranges.retain_mut(|range| {
            range.0 = range.0.max(last.saturating_add(1));
            range.0 <= range.1
        });
    }

    /// The highest id.
    pub fn highest(&self) -> Option<u64> {
        self.ranges.last().map(|&(_, last)| last)
    }

    /// How many ids it holds.
    pub fn len(&self) -> u64 {
        self.ranges.iter().fold(0, |sum: u64, (first, last)| {
            sum.saturating_add((last - first).saturating_add(1))
        })
    }

    /// The range that holds an id, or where it would stand.
    fn place(&self, id: u64) -> Result<usize, usize> {
        self.ranges.binary_search_by(|&(first, last)| {
            if last < id {
                std::cmp::Ordering::Less
            } else if first > id {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
    }

    fn insert_range(&mut self, range: RangeInclusive<u64>) {
        let (mut first, mut last) = range.into_inner();
        // Nearly always the next id after the last one.
        if let Some(end) = self.ranges.last_mut()
            && end.1.checked_add(1) == Some(first)
        {
            end.1 = last;
            return;
        }
        // All ranges that touch the new one become one with it.
        let from = self
            .ranges
            .partition_point(|&(_, l)| l.saturating_add(1) < first);
        let touching = |&(f, _): &(u64, u64)| f <= last.saturating_add(1);
        let to = from
            + self
                .ranges
                .get(from..)
                .unwrap_or_default()
                .partition_point(touching);
        if let Some(&(f, _)) = self.ranges.get(from).filter(|_| from < to) {
            first = first.min(f);
        }
        if let Some(&(_, l)) = to
            .checked_sub(1)
            .and_then(|end| self.ranges.get(end))
            .filter(|_| from < to)
        {
            last = last.max(l);
        }
        self.ranges.splice(from..to, [(first, last)]);
        if self.ranges.len() >= MOST {
            // Half of them, as each removal moves the others.
            self.ranges.drain(..MOST / 2);
        }
    }
}

impl From<IdSet> for Vec<(u64, u64)> {
    fn from(set: IdSet) -> Self {
        set.ranges
    }
}

impl TryFrom<Vec<(u64, u64)>> for IdSet {
    type Error = &'static str;

    fn try_from(ranges: Vec<(u64, u64)>) -> Result<Self, Self::Error> {
        let ordered = ranges.iter().all(|(first, last)| first <= last)
            && ranges.windows(2).all(|pair| match pair {
                [(_, last), (first, _)] => last.checked_add(1).is_some_and(|next| next < *first),
                _ => true,
            });
        if ordered {
            Ok(IdSet { ranges })
        } else {
            Err("ranges of ids are not in ascending order")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_holds_what_a_plain_set_holds(
            ids in prop::collection::vec(prop_oneof![0_u64..60, Just(u64::MAX), Just(u64::MAX - 1)], 0..80),
            others in prop::collection::vec(0_u64..60, 0..30),
        ) {
            let mut set = IdSet::default();
            for &id in &ids {
                set.insert(id);
            }
            let mut other = IdSet::default();
            for &id in &others {
                other.insert(id);
            }
            set.merge(&other);
            let plain: BTreeSet<u64> = ids.iter().chain(&others).copied().collect();
            for id in (0..62).chain([u64::MAX - 2, u64::MAX - 1, u64::MAX]) {
                prop_assert_eq!(set.contains(id), plain.contains(&id), "{}", id);
            }
            prop_assert_eq!(set.len(), plain.len() as u64);
            prop_assert_eq!(set.highest(), plain.last().copied());
            // Reading it back also checks that the ranges are ordered and apart.
            let json = serde_json::to_string(&set).unwrap();
            prop_assert_eq!(serde_json::from_str::<IdSet>(&json).unwrap(), set);
        }
    }

    #[test]
    fn ids_in_a_row_take_one_range() {
        let mut set = IdSet::default();
        (0..100_000).for_each(|id| set.insert(id));
        assert_eq!(set.ranges, [(0, 99_999)]);
    }

    #[test]
    fn of_scattered_ids_without_end_the_lowest_are_forgotten() {
        let mut set = IdSet::default();
        let last = 3 * MOST as u64;
        (0..last).step_by(2).for_each(|id| set.insert(id));
        assert!(set.ranges.len() < MOST);
        assert!(!set.contains(0));
        let recent = last - MOST as u64;
        assert!((recent..last).all(|id| set.contains(id) == (id % 2 == 0)));
    }

    #[test]
    fn ranges_out_of_order_are_refused() {
        for json in [
            "[[5,4]]",
            "[[1,2],[3,4]]",
            "[[4,9],[1,2]]",
            "[[1,18446744073709551615],[2,2]]",
        ] {
            assert!(serde_json::from_str::<IdSet>(json).is_err(), "{json}");
        }
    }
}
