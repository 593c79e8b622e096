//! Which messages are new: what keeps each from being lost or printed twice across lost queues,
//! lost connections and restarts. Pure: no clock, no network.
//!
//! Message ids are handed out before they are committed, so a lower id can turn up after a higher
//! one (measured on Zulip 9.2: up to 0.5 s later). A high-water mark alone would lose it. So there
//! is a *window* of the ids that were printed lately, and a *floor*: every id up to it is settled.
//! History is read from the floor, and what is not in the window is new.

mod ids;
mod inbox;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::MessageId;
pub use ids::IdSet;
pub use inbox::{Era, Fate, Inbox};

/// A reading of the monotonic clock, which counts from the boot of the machine.
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
    /// The window, oldest first: `[{"until":512,"ids":[[3,3],[7,12]]}]`.
    pub window: Vec<Printed>,
    /// Every id up to it is settled.
    pub floor: u64,
}

/// Ids that were printed at about the same time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// When the last of them was, in whole seconds of the monotonic clock, rounded up.
    pub until: u64,
    /// The ids.
    pub ids: IdSet,
}

/// Whether two runs can compare their clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// The machine was not restarted between them.
    Same,
    /// It was, or that is not known: what the other run printed counts as printed now.
    Other,
}

/// Ids that were printed at about the same time.
#[derive(Debug)]
struct Generation {
    since: Moment,
    until: Moment,
    ids: IdSet,
}

impl Ledger {
    /// A ledger that starts after these messages, the newest of what is selected: they count as
    /// known, so that what is older than all of them is settled.
    pub fn after(baseline: impl IntoIterator<Item = MessageId>, now: Moment) -> Ledger {
        let mut ids = IdSet::default();
        let mut floor = u64::MAX;
        for MessageId(id) in baseline {
            ids.insert(id);
            floor = floor.min(id);
        }
        if ids.is_empty() {
            floor = 0;
        }
        Ledger {
            window: vec![Generation {
                since: now,
                until: now,
                ids,
            }],
            floor,
            held: false,
        }
    }

    /// The ledger of an earlier run. Time alone has not aged it: an id leaves only after a poll.
    pub fn restore(snapshot: &Snapshot, now: Moment, boot: Boot) -> Ledger {
        let generation = |printed: &Printed| {
            let until = match boot {
                Boot::Same => now.min(Moment::from_secs(printed.until)),
                Boot::Other => now,
            };
            Generation {
                since: until,
                until,
                ids: printed.ids.clone(),
            }
        };
        Ledger {
            window: snapshot.window.iter().map(generation).collect(),
            floor: snapshot.floor,
            held: false,
        }
    }

    /// What a later run needs.
    pub fn snapshot(&self) -> Snapshot {
        let printed = |generation: &Generation| Printed {
            until: generation.until.as_secs().saturating_add(1),
            ids: generation.ids.clone(),
        };
        Snapshot {
            window: self.window.iter().map(printed).collect(),
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
            Some(last) if now.saturating_sub(last.since) < SPAN => {
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
            .sum()
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

    fn merge_oldest(&mut self) {
        while self.window.len() > GENERATIONS {
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

    #[test]
    fn a_lower_id_is_new_although_a_higher_one_was_printed() {
        let mut ledger = Ledger::after([MessageId(10)], at(0));
        ledger.printed(MessageId(13), at(1));
        assert!(ledger.knows(MessageId(13)));
        assert!(!ledger.knows(MessageId(12)));
    }

    #[test]
    fn the_baseline_is_known_and_its_lowest_is_the_floor() {
        for (name, baseline, floor) in [
            ("no messages yet", vec![], 0),
            ("some", vec![MessageId(9), MessageId(7), MessageId(12)], 7),
        ] {
            let ledger = Ledger::after(baseline.clone(), at(0));
            assert_eq!(ledger.floor(), MessageId(floor), "{name}");
            assert!(baseline.iter().all(|id| ledger.knows(*id)), "{name}");
        }
    }

    #[test]
    fn an_id_leaves_only_after_a_poll_sent_two_minutes_later() {
        for (name, poll_sent, known, floor) in [
            ("sent before it was printed", at(5), true, 10),
            ("sent a little later", at(129), true, 10),
            ("sent two minutes later", at(131), false, 20),
        ] {
            let mut ledger = Ledger::after([], at(0));
            ledger.raise_floor(MessageId(10));
            ledger.printed(MessageId(20), at(10));
            ledger.settle(poll_sent);
            assert_eq!(ledger.knows(MessageId(20)), known, "{name}");
            assert_eq!(ledger.floor(), MessageId(floor), "{name}");
        }
    }

    #[test]
    fn the_floor_never_goes_down() {
        let mut ledger = Ledger::after([], at(0));
        ledger.raise_floor(MessageId(50));
        ledger.printed(MessageId(20), at(0));
        ledger.settle(at(1000));
        assert_eq!(ledger.floor(), MessageId(50));
    }

    #[test]
    fn nothing_is_settled_while_history_is_owed() {
        let mut ledger = Ledger::after([MessageId(1)], at(0));
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
    fn a_resumed_ledger_ages_only_by_a_poll_of_its_own() {
        for (name, boot, poll_sent, known) in [
            ("no poll yet", Boot::Same, None, true),
            ("a poll ten minutes later", Boot::Same, Some(at(700)), false),
            ("a poll soon after", Boot::Same, Some(at(130)), true),
            ("after a reboot, soon", Boot::Other, Some(at(700)), true),
            ("after a reboot, later", Boot::Other, Some(at(900)), false),
        ] {
            let mut ledger = Ledger::after([MessageId(5)], at(0));
            ledger.printed(MessageId(7), at(30));
            let snapshot = ledger.snapshot();
            let mut resumed = Ledger::restore(&snapshot, at(700), boot);
            if let Some(sent) = poll_sent {
                resumed.settle(sent);
            }
            assert_eq!(resumed.knows(MessageId(7)), known, "{name}");
            assert_eq!(
                resumed.floor(),
                MessageId(if known { 5 } else { 7 }),
                "{name}"
            );
        }
    }

    #[test]
    fn merging_generations_forgets_no_id_and_makes_none_older() {
        let mut ledger = Ledger::after([], at(0));
        for n in 0..1000 {
            ledger.printed(MessageId(n * 3), at(n * 20));
        }
        assert_eq!(ledger.size(), 1000);
        assert!(ledger.window.len() <= GENERATIONS + 1);
        ledger.settle(at(999 * 20));
        assert!(ledger.knows(MessageId(999 * 3)));
    }
}
