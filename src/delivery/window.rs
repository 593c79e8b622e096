//! The messages that were printed lately, so that none is printed twice or missed when history is read.
//!
//! Message ids are handed out before they are committed, so a lower id can turn up after a higher
//! one (measured on Zulip 9.2: up to 0.5 s later). A high-water mark alone would lose it. So there
//! is a *window* of the ids that were printed lately, and a *floor*: every id up to it is settled.
//! History is read from the floor, and what is not in the window is new.

use std::collections::VecDeque;
use std::mem;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::ids::IdSet;
use crate::event::MessageId;

/// An id leaves the window only after a poll that was sent so long after it was printed.
const SETTLED: Duration = Duration::from_mins(2);
/// Ids of so long a time leave it together.
const SPAN: Duration = Duration::from_mins(1);
/// So many of them at most.
const MOST_TOGETHER: u64 = 2500;
/// Of more ids than these the oldest leave it earlier than that: no message is so late.
const MOST: u64 = 2 * MOST_TOGETHER;

/// The messages that were printed lately, as the cursor file has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Ids above the floor that were printed, and some below.
    #[serde(rename = "window")]
    ids: IdSet,
    /// Every id up to it is settled.
    floor: u64,
    /// Messages that were sent while the queue was being registered: the queue prints what it has of them.
    #[serde(default, skip_serializing_if = "IdSet::is_empty")]
    undecided: IdSet,
    /// When they were printed; the first ones first.
    #[serde(skip)]
    spans: VecDeque<Span>,
    /// While history is to be read, nothing is settled.
    #[serde(skip)]
    held: bool,
}

/// Messages that were printed at about the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    since: Instant,
    until: Instant,
    count: u64,
    /// What is lower may leave the window before these do.
    lowest: u64,
    highest: u64,
}

impl Window {
    /// A window of messages that were there before the start.
    pub fn of_known(ids: impl IntoIterator<Item = MessageId>, floor: MessageId) -> Window {
        Window {
            ids: ids.into_iter().map(|id| id.0).collect(),
            floor: floor.0,
            ..Window::default()
        }
    }

    /// What is in it counts as printed now: neither an outage nor the time between runs has aged it.
    pub fn restart(&mut self, now: Instant) {
        self.spans = VecDeque::from([Span {
            since: now,
            until: now,
            count: 0,
            // All of it may leave as soon as history has been read.
            lowest: u64::MAX,
            highest: self.ids.highest().unwrap_or(0),
        }]);
    }

    /// Forgets what is later than this message.
    pub fn truncate(&mut self, MessageId(last): MessageId) {
        self.ids.truncate(last);
        self.floor = self.floor.min(last);
        for span in &mut self.spans {
            span.highest = span.highest.min(last);
        }
    }

    /// Whether a message was printed lately.
    pub fn contains(&self, MessageId(id): MessageId) -> bool {
        self.ids.contains(id)
    }

    /// Whether a message is settled, or was printed lately.
    pub fn knows(&self, message: MessageId) -> bool {
        message.0 <= self.floor || self.contains(message)
    }

    /// Whether a message that history has was missed: it is neither known nor undecided.
    pub fn lacks(&self, message: MessageId) -> bool {
        !self.knows(message) && !self.undecided.contains(message.0)
    }

    /// A message is printed.
    pub fn add(&mut self, MessageId(id): MessageId, now: Instant) {
        self.ids.insert(id);
        match self.spans.back_mut() {
            Some(span) if span.count < MOST_TOGETHER && now < span.since + SPAN => {
                span.until = now;
                span.count += 1;
                span.lowest = span.lowest.min(id);
                span.highest = span.highest.max(id);
            }
            _ => self.spans.push_back(Span {
                since: now,
                until: now,
                count: 1,
                lowest: id,
                highest: id,
            }),
        }
        if !self.held && self.len() > MOST {
            self.forget_first();
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

    /// How many ids of this run are in it.
    pub fn len(&self) -> u64 {
        self.spans.iter().map(|span| span.count).sum()
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
        if !self.undecided.is_empty() {
            self.ids.merge(&mem::take(&mut self.undecided));
        }
    }

    /// The queue is lost before it could bring what it had of them: they count as missed.
    pub fn drop_undecided(&mut self) {
        self.undecided = IdSet::default();
    }

    /// A poll that was sent at this moment has been answered, and its events are printed: what was
    /// printed long before it was sent cannot come again.
    pub fn settle(&mut self, poll_sent: Instant) {
        let is_over = |span: &Span| poll_sent.saturating_duration_since(span.until) >= SETTLED;
        while !self.held && self.undecided.is_empty() && self.spans.front().is_some_and(is_over) {
            self.forget_first();
        }
    }

    /// The ids that were printed first leave the window.
    fn forget_first(&mut self) {
        if let Some(span) = self.spans.pop_front() {
            self.forget_until(span.highest);
        }
    }

    /// History has been read, and this message was old by the server's clock: no lower id can turn up
    /// any more. What earlier runs printed up to there is settled, or short runs would never settle
    /// anything; what this run printed from history may still have an event in the queue.
    pub fn settle_read(&mut self, MessageId(last): MessageId) {
        if !self.held {
            self.forget_until(last);
        }
    }

    /// Ids up to this one leave the window, as far as they and those below them were not printed since.
    fn forget_until(&mut self, last: u64) {
        self.floor = self.floor.max(last);
        let lowest = self.spans.iter().map(|span| span.lowest).min();
        let before = lowest.map_or(u64::MAX, |lowest| lowest.saturating_sub(1));
        self.ids.remove_until(self.floor.min(before));
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
        restarted(&Window::of_known([], MessageId(floor)), 0)
    }

    /// As a later run has it from the cursor file.
    fn restarted(window: &Window, seconds: u64) -> Window {
        let text = serde_json::to_string(window).unwrap();
        let mut window: Window = serde_json::from_str(&text).unwrap();
        window.restart(at(seconds));
        window
    }

    #[test]
    fn what_is_known_up_to_a_message_is_cut_there() {
        let mut window = after(5);
        for id in [7, 8, 12] {
            window.add(MessageId(id), at(0));
        }
        for (last, ids, floor) in [(20, "[[7,8],[12,12]]", 5), (7, "[[7,7]]", 5), (3, "[]", 3)] {
            let mut known = window.clone();
            known.truncate(MessageId(last));
            let text = serde_json::to_string(&known.ids).unwrap();
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
    fn what_was_printed_late_stays_though_the_floor_has_passed_it() {
        let mut window = after(0);
        window.add(MessageId(100), at(1));
        window.add(MessageId(50), at(100));
        window.settle(at(130));
        let known = [50, 100].map(|id| window.contains(MessageId(id)));
        assert_eq!((known, window.floor()), ([true, true], MessageId(100)));
        window.settle(at(230));
        assert!(!window.contains(MessageId(50)));
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
        assert!(window.len() <= MOST);
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
        let mut resumed = restarted(&window, 100_000);
        resumed.settle(at(100_100));
        assert!(resumed.contains(MessageId(7)));
        let text = |window: &Window| serde_json::to_string(window).unwrap();
        assert_eq!(text(&resumed), text(&window));
    }

    #[test]
    fn what_was_read_and_is_old_is_settled_but_for_what_this_run_printed() {
        let mut window = after(5);
        for id in [7, 8, 12] {
            window.add(MessageId(id), at(0));
        }
        let mut resumed = restarted(&window, 0);
        resumed.settle(at(60));
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
            restarted(&window, 0)
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
