//! The messages that were printed lately, so that none is printed twice or missed when history is read.
//!
//! Message ids are handed out before they are committed, so a lower id can turn up after a higher
//! one (measured on Zulip 9.2: up to 0.5 s later). A high-water mark alone would lose it. So there
//! is a *window* of the ids that were printed lately, and a *floor*: every id up to it is settled.
//! History is read from the floor, and what is not in the window is new.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::IdSet;
use crate::event::MessageId;

/// A reading of a monotonic clock, since any fixed moment of this run.
pub type Moment = Duration;

/// An id leaves the window only after a poll that was sent so long after it was printed.
const SETTLED: Duration = Duration::from_mins(2);
/// Ids of so long a time share their age.
const SPAN: Duration = Duration::from_secs(20);
/// More generations than that are merged: nothing leaves while something is owed.
const GENERATIONS: usize = 16;

/// The messages that were printed lately.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Oldest first.
    window: Vec<Generation>,
    floor: u64,
    /// While it waits for history, nothing is settled.
    held: bool,
}

/// What a later run needs to know of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Ids above the floor that were printed, and some below.
    pub window: IdSet,
    /// Every id up to it is settled.
    pub floor: u64,
}

impl Snapshot {
    /// The same as far as this message; what is later is not known.
    #[must_use]
    pub fn until(mut self, MessageId(last): MessageId) -> Snapshot {
        self.window.truncate(last);
        self.floor = self.floor.min(last);
        self
    }
}

/// Ids that were printed at about the same time.
#[derive(Debug)]
struct Generation {
    since: Moment,
    until: Moment,
    ids: IdSet,
    /// Whether an earlier run printed them.
    earlier: bool,
}

impl Ledger {
    /// A ledger that starts from what is known: messages of before the start, or those of an earlier
    /// run, as old as they were then.
    pub fn restore(snapshot: &Snapshot, now: Moment) -> Ledger {
        let generation = Generation {
            since: now,
            until: now,
            ids: snapshot.window.clone(),
            earlier: true,
        };
        Ledger {
            window: vec![generation],
            floor: snapshot.floor,
            held: false,
        }
    }

    /// What a later run needs.
    pub fn snapshot(&self) -> Snapshot {
        let mut window = IdSet::default();
        for generation in &self.window {
            window.merge(&generation.ids);
        }
        Snapshot {
            window,
            floor: self.floor,
        }
    }

    /// Whether a message was printed lately.
    pub fn knows(&self, MessageId(id): MessageId) -> bool {
        self.window
            .iter()
            .rev()
            .any(|generation| generation.ids.contains(id))
    }

    /// A message is printed.
    pub fn printed(&mut self, MessageId(id): MessageId, now: Moment) {
        match self.window.last_mut() {
            Some(last) if !last.earlier && now.saturating_sub(last.since) < SPAN => {
                last.ids.insert(id);
                last.until = now;
            }
            _ => {
                let mut ids = IdSet::default();
                ids.insert(id);
                self.window.push(Generation {
                    since: now,
                    until: now,
                    ids,
                    earlier: false,
                });
                self.merge_oldest();
            }
        }
    }

    /// History up to here is settled for good, as when more was missed than is fetched.
    pub fn raise_floor(&mut self, MessageId(id): MessageId) {
        self.floor = self.floor.max(id);
    }

    /// The newest id that is settled: history is read from here.
    pub fn floor(&self) -> MessageId {
        MessageId(self.floor)
    }

    /// How many ids are in the window.
    pub fn size(&self) -> u64 {
        self.window
            .iter()
            .map(|generation| generation.ids.len())
            .fold(0, u64::saturating_add)
    }

    /// Nothing is settled until history has been read.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// History has been read.
    pub fn release(&mut self) {
        self.held = false;
    }

    /// A poll that was sent at this moment has been answered, and its events are printed: what was
    /// printed long before it was sent cannot come again.
    pub fn settle(&mut self, poll_sent: Moment) {
        if self.held {
            return;
        }
        let Some(before) = poll_sent.checked_sub(SETTLED) else {
            return;
        };
        let settled = self
            .window
            .partition_point(|generation| generation.until <= before);
        for generation in self.window.drain(..settled) {
            self.floor = self.floor.max(generation.ids.highest().unwrap_or(0));
        }
    }

    /// History has been read, and this message was old by the server's clock: no lower id can turn up
    /// any more. What earlier runs printed up to there is settled, or short runs would never settle
    /// anything; what this run printed from history may still have an event in the queue.
    pub fn settle_read(&mut self, MessageId(last): MessageId) {
        if self.held {
            return;
        }
        for generation in self
            .window
            .iter_mut()
            .filter(|generation| generation.earlier)
        {
            generation.ids.remove_until(last);
        }
        self.floor = self.floor.max(last);
    }

    fn merge_oldest(&mut self) {
        if self.window.len() > GENERATIONS {
            let oldest = self.window.remove(0);
            if let Some(next) = self.window.first_mut() {
                next.ids.merge(&oldest.ids);
                next.since = oldest.since;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Moment {
        Duration::from_secs(seconds)
    }

    fn after(floor: u64) -> Ledger {
        let known = Snapshot {
            floor,
            ..Snapshot::default()
        };
        Ledger::restore(&known, at(0))
    }

    #[test]
    fn a_lower_id_is_new_although_a_higher_one_was_printed() {
        let mut ledger = after(10);
        ledger.printed(MessageId(13), at(1));
        assert!(ledger.knows(MessageId(13)));
        assert!(!ledger.knows(MessageId(12)));
    }

    #[test]
    fn what_is_known_until_a_message_is_nothing_later() {
        let mut ledger = after(5);
        for id in [7, 8, 9, 12] {
            ledger.printed(MessageId(id), at(0));
        }
        for (last, window, floor) in [(20, "[[7,9],[12,12]]", 5), (8, "[[7,8]]", 5), (3, "[]", 3)] {
            let known = ledger.snapshot().until(MessageId(last));
            let text = serde_json::to_string(&known.window).unwrap();
            assert_eq!((text.as_str(), known.floor), (window, floor), "{last}");
        }
    }

    #[test]
    fn an_id_leaves_only_after_a_poll_sent_two_minutes_later() {
        for (name, poll_sent, known, floor) in [
            ("sent before it was printed", at(5), true, 10),
            ("sent a little later", at(129), true, 10),
            ("sent two minutes later", at(131), false, 20),
        ] {
            let mut ledger = after(0);
            ledger.raise_floor(MessageId(10));
            ledger.printed(MessageId(20), at(10));
            ledger.settle(poll_sent);
            assert_eq!(ledger.knows(MessageId(20)), known, "{name}");
            assert_eq!(ledger.floor(), MessageId(floor), "{name}");
        }
    }

    #[test]
    fn the_floor_never_goes_down() {
        let mut ledger = after(0);
        ledger.raise_floor(MessageId(50));
        ledger.printed(MessageId(20), at(0));
        ledger.settle(at(1000));
        assert_eq!(ledger.floor(), MessageId(50));
    }

    #[test]
    fn nothing_is_settled_while_history_is_owed() {
        let mut ledger = after(1);
        ledger.hold();
        for minute in 0..60 {
            ledger.printed(MessageId(100 + minute), at(minute * 60));
            ledger.settle(at(minute * 60));
        }
        assert_eq!(ledger.floor(), MessageId(1));
        assert!((0..60).all(|minute| ledger.knows(MessageId(100 + minute))));
        ledger.release();
        ledger.settle(at(3600));
        assert!(!ledger.knows(MessageId(100)));
        assert!(ledger.knows(MessageId(159)));
    }

    #[test]
    fn a_resumed_ledger_is_as_old_as_it_was() {
        let mut ledger = after(0);
        ledger.printed(MessageId(7), at(3));
        let mut resumed = Ledger::restore(&ledger.snapshot(), at(100_000));
        resumed.settle(at(100_100));
        assert!(resumed.knows(MessageId(7)));
        assert_eq!(resumed.snapshot(), ledger.snapshot());
    }

    #[test]
    fn what_was_read_and_is_old_is_settled_but_for_what_this_run_printed() {
        let mut ledger = after(5);
        for id in [7, 8, 12] {
            ledger.printed(MessageId(id), at(0));
        }
        let mut resumed = Ledger::restore(&ledger.snapshot(), at(0));
        resumed.printed(MessageId(9), at(1));
        resumed.hold();
        resumed.settle_read(MessageId(9));
        assert_eq!(resumed.floor(), MessageId(5));
        resumed.release();
        resumed.settle_read(MessageId(9));
        let known = [7, 8, 9, 12].map(|id| resumed.knows(MessageId(id)));
        assert_eq!(known, [false, false, true, true]);
        assert_eq!(resumed.floor(), MessageId(9));
        resumed.settle_read(MessageId(3));
        assert_eq!(resumed.floor(), MessageId(9));
    }

    #[test]
    fn more_ids_than_can_be_counted_are_many() {
        let known = serde_json::from_str(r#"{"window":[[0,18446744073709551615]],"floor":0}"#);
        let mut ledger = Ledger::restore(&known.unwrap(), at(0));
        ledger.printed(MessageId(7), at(1));
        assert_eq!(ledger.size(), u64::MAX);
    }

    #[test]
    fn merging_generations_forgets_no_id_and_makes_none_older() {
        let mut ledger = after(0);
        for n in 0..1000 {
            ledger.printed(MessageId(n * 3), at(n * 20));
        }
        assert_eq!(ledger.size(), 1000);
        assert!(ledger.window.len() <= GENERATIONS + 1);
        ledger.settle(at(999 * 20));
        assert!(ledger.knows(MessageId(999 * 3)));
    }
}
