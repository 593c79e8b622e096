//! The messages that were printed lately, so that none is printed twice or missed when history is read.
//!
//! Message ids are handed out before they are committed, so a lower id can turn up after a higher
//! one (measured on Zulip 9.2: up to 0.5 s later). A high-water mark alone would lose it. So there
//! is a *window* of the ids that were printed lately, and a *floor*: every id up to it is settled.
//! History is read from the floor, and what is not in the window is new.

use std::mem;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::ids::IdSet;
use crate::event::MessageId;

/// An id leaves the window only after a poll that was sent so long after it was printed.
const SETTLED: Duration = Duration::from_mins(2);
/// Ids of so long a time leave it together.
const SPAN: Duration = Duration::from_mins(1);
/// So many ids leave it together earlier than that: no message is so late.
const MOST_TOGETHER: usize = 2500;

/// The messages that were printed lately.
#[derive(Debug, Default)]
pub struct Window {
    /// What an earlier run printed, or what was there before the start; and when it was read.
    earlier: IdSet,
    restored: Option<Instant>,
    older: Generation,
    recent: Generation,
    /// No id in the window is higher: most messages that come are new.
    highest: u64,
    floor: u64,
    /// Messages that were sent while the queue was being registered: the queue prints what it has of them.
    undecided: IdSet,
    /// While history is to be read, nothing is settled.
    held: bool,
}

/// What a later run needs to know of a window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Ids above the floor that were printed, and some below.
    pub window: IdSet,
    /// Every id up to it is settled.
    pub floor: u64,
    /// Messages of which it is not known whether they were sent before the queue existed.
    #[serde(default, skip_serializing_if = "IdSet::is_empty")]
    pub undecided: IdSet,
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

/// Messages that this run printed at about the same time.
#[derive(Debug, Default)]
struct Generation {
    /// In ascending order, as almost all come. A list is several times as fast as a set of ranges, and they
    /// are few.
    ids: Vec<u64>,
    /// When the first and the last of them were printed.
    since: Option<Instant>,
    until: Option<Instant>,
}

impl Generation {
    fn add(&mut self, id: u64, now: Instant) {
        if self.ids.last().is_none_or(|last| *last < id) {
            self.ids.push(id);
        } else if let Err(place) = self.ids.binary_search(&id) {
            self.ids.insert(place, id);
        }
        self.since.get_or_insert(now);
        self.until = Some(now);
    }

    fn contains(&self, id: u64) -> bool {
        self.ids.binary_search(&id).is_ok()
    }
}

impl Window {
    /// A window that starts from what is known: messages of before the start, or those of an earlier
    /// run, as old as they were then.
    pub fn restore(snapshot: &Snapshot, now: Instant) -> Window {
        Window {
            earlier: snapshot.window.clone(),
            restored: Some(now),
            highest: snapshot.window.highest().unwrap_or(0),
            floor: snapshot.floor,
            undecided: snapshot.undecided.clone(),
            ..Window::default()
        }
    }

    /// What a later run needs.
    pub fn snapshot(&self) -> Snapshot {
        let mut window = self.earlier.clone();
        window.extend(&self.older.ids);
        window.extend(&self.recent.ids);
        Snapshot {
            window,
            floor: self.floor,
            undecided: self.undecided.clone(),
        }
    }

    /// Whether a message was printed lately.
    pub fn contains(&self, MessageId(id): MessageId) -> bool {
        id <= self.highest
            && (self.recent.contains(id) || self.older.contains(id) || self.earlier.contains(id))
    }

    /// Whether a message that history has was missed: it was neither printed nor is it undecided.
    pub fn lacks(&self, message: MessageId) -> bool {
        !self.contains(message) && !self.undecided.contains(message.0)
    }

    /// A message is printed.
    pub fn add(&mut self, MessageId(id): MessageId, now: Instant) {
        self.recent.add(id, now);
        self.highest = self.highest.max(id);
        if self.recent.ids.len() >= MOST_TOGETHER && !self.held {
            let older = mem::take(&mut self.recent);
            let settled = mem::replace(&mut self.older, older);
            self.forget(settled.ids.last());
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

    /// How many ids are in the window, or a few more.
    pub fn len(&self) -> u64 {
        let own = self.recent.ids.len() + self.older.ids.len();
        self.earlier.len().saturating_add(own as u64)
    }

    /// Nothing is settled until history has been read.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// History has been read.
    pub fn release(&mut self) {
        self.held = false;
    }

    /// These messages were sent while the queue was being registered. Whether it has them shows within
    /// seconds.
    pub fn set_undecided(&mut self, ids: impl IntoIterator<Item = MessageId>) {
        self.undecided = ids.into_iter().map(|id| id.0).collect();
    }

    /// The queue has brought what it had of them: the others were sent before it existed.
    pub fn settle_undecided(&mut self) {
        let undecided = mem::take(&mut self.undecided);
        self.highest = self.highest.max(undecided.highest().unwrap_or(0));
        self.earlier.merge(&undecided);
    }

    /// The queue is lost before it could bring what it had of them: they count as missed.
    pub fn drop_undecided(&mut self) {
        self.undecided = IdSet::default();
    }

    /// A poll that was sent at this moment has been answered, and its events are printed: what was
    /// printed long before it was sent cannot come again.
    pub fn settle(&mut self, poll_sent: Instant) {
        if self.held {
            return;
        }
        let is_over = |since: Option<Instant>, span| {
            since.is_some_and(|since| poll_sent.saturating_duration_since(since) >= span)
        };
        if self.older.ids.is_empty() && is_over(self.recent.since, SPAN) {
            self.older = mem::take(&mut self.recent);
        }
        if is_over(self.older.until, SETTLED) {
            let settled = mem::take(&mut self.older);
            self.forget(settled.ids.last());
        }
        if is_over(self.restored, SETTLED) && self.undecided.is_empty() {
            let settled = mem::take(&mut self.earlier);
            self.forget(settled.highest().as_ref());
        }
    }

    /// Ids up to this one have left the window.
    fn forget(&mut self, highest: Option<&u64>) {
        self.floor = self.floor.max(highest.copied().unwrap_or(0));
    }

    /// History has been read, and this message was old by the server's clock: no lower id can turn up
    /// any more. What earlier runs printed up to there is settled, or short runs would never settle
    /// anything; what this run printed from history may still have an event in the queue.
    pub fn settle_read(&mut self, MessageId(last): MessageId) {
        if !self.held {
            self.earlier.remove_until(last);
            self.floor = self.floor.max(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);

    fn at(seconds: u64) -> Instant {
        *START + Duration::from_secs(seconds)
    }

    fn after(floor: u64) -> Window {
        let known = Snapshot {
            floor,
            ..Snapshot::default()
        };
        Window::restore(&known, at(0))
    }

    #[test]
    fn what_is_known_up_to_a_message_is_cut_there() {
        let mut window = after(5);
        for id in [7, 8, 12] {
            window.add(MessageId(id), at(0));
        }
        for (last, ids, floor) in [(20, "[[7,8],[12,12]]", 5), (7, "[[7,7]]", 5), (3, "[]", 3)] {
            let known = window.snapshot().until(MessageId(last));
            let text = serde_json::to_string(&known.window).unwrap();
            assert_eq!((text.as_str(), known.floor), (ids, floor), "{last}");
        }
    }

    #[test]
    fn an_id_leaves_only_after_a_poll_sent_two_minutes_later() {
        for (name, poll_sent, known, floor) in [
            ("sent before it was printed", at(5), true, 10),
            ("sent a little later", at(129), true, 10),
            ("sent two minutes later", at(131), false, 20),
        ] {
            let mut window = after(0);
            window.raise_floor(MessageId(10));
            window.add(MessageId(20), at(10));
            window.settle(poll_sent);
            assert_eq!(window.contains(MessageId(20)), known, "{name}");
            assert_eq!(window.floor(), MessageId(floor), "{name}");
        }
    }

    #[test]
    fn under_steady_traffic_ids_are_kept_for_two_minutes_and_not_much_longer() {
        let mut window = after(0);
        for second in 0..3600 {
            window.add(MessageId(second + 1), at(second));
            window.settle(at(second));
            let kept = second.saturating_sub(119) + 1..=second + 1;
            assert!(kept.clone().all(|id| window.contains(MessageId(id))));
            assert!(window.len() <= 250, "{}", window.len());
            assert!(window.floor().0 < *kept.start());
        }
    }

    #[test]
    fn the_floor_never_goes_down() {
        let mut window = after(0);
        window.raise_floor(MessageId(50));
        window.add(MessageId(20), at(0));
        window.settle(at(1000));
        assert_eq!(window.floor(), MessageId(50));
    }

    #[test]
    fn of_a_flood_the_newest_are_kept_unless_history_is_to_be_read() {
        let mut window = after(0);
        for id in 0..100_000 {
            window.add(MessageId(id * 3), at(1));
        }
        assert!(window.len() <= 2 * MOST_TOGETHER as u64);
        assert!((97_500..100_000).all(|id| window.contains(MessageId(id * 3))));
        let floor = window.floor();
        assert!(!window.contains(floor) && floor.0 > 280_000);
        window.hold();
        for id in 100_000..200_000 {
            window.add(MessageId(id * 3), at(2));
        }
        assert_eq!(window.floor(), floor);
        assert!((97_500..200_000).all(|id| window.contains(MessageId(id * 3))));
    }

    #[test]
    fn nothing_is_settled_while_history_is_to_be_read() {
        let mut window = after(1);
        window.hold();
        for minute in 0..60 {
            window.add(MessageId(100 + minute), at(minute * 60));
            window.settle(at(minute * 60));
        }
        assert_eq!(window.floor(), MessageId(1));
        assert!((0..60).all(|minute| window.contains(MessageId(100 + minute))));
        window.release();
        window.settle(at(3600));
        assert!(window.contains(MessageId(159)));
        window.settle(at(3661));
        assert_eq!(window.floor(), MessageId(159));
    }

    #[test]
    fn a_resumed_window_is_as_old_as_it_was() {
        let mut window = after(0);
        window.add(MessageId(7), at(3));
        let mut resumed = Window::restore(&window.snapshot(), at(100_000));
        resumed.settle(at(100_100));
        assert!(resumed.contains(MessageId(7)));
        assert_eq!(resumed.snapshot(), window.snapshot());
    }

    #[test]
    fn what_was_read_and_is_old_is_settled_but_for_what_this_run_printed() {
        let mut window = after(5);
        for id in [7, 8, 12] {
            window.add(MessageId(id), at(0));
        }
        let mut resumed = Window::restore(&window.snapshot(), at(0));
        resumed.add(MessageId(9), at(1));
        resumed.hold();
        resumed.settle_read(MessageId(9));
        assert_eq!(resumed.floor(), MessageId(5));
        resumed.release();
        resumed.settle_read(MessageId(9));
        let known = [7, 8, 9, 12].map(|id| resumed.contains(MessageId(id)));
        assert_eq!(known, [false, false, true, true]);
        assert_eq!(resumed.floor(), MessageId(9));
        resumed.settle_read(MessageId(3));
        assert_eq!(resumed.floor(), MessageId(9));
    }

    #[test]
    fn what_is_undecided_is_missed_only_if_the_queue_is_lost_before_it_is_decided() {
        let undecided = || {
            let mut window = after(5);
            window.set_undecided([MessageId(7), MessageId(8)]);
            Window::restore(&window.snapshot(), at(0))
        };
        let state = |window: &Window| {
            [7, 8].map(|id| (window.contains(MessageId(id)), window.lacks(MessageId(id))))
        };
        let mut window = undecided();
        window.add(MessageId(8), at(1));
        assert_eq!(state(&window), [(false, false), (true, false)]);
        window.settle_undecided();
        assert_eq!(state(&window), [(true, false), (true, false)]);
        let mut window = undecided();
        window.drop_undecided();
        assert_eq!(state(&window), [(false, true), (false, true)]);
    }
}
