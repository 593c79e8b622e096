//! The first queue of a run: taken over, gone on with, or registered.
//!
//! Not for the history that is printed before its events (`past.rs`).

use jiff::Timestamp;

use super::Tail;
use super::history::{self, Refusal};
use super::queue::Queue;
use crate::cursor::Place;
use crate::delivery::{Ledger, Snapshot};
use crate::error::Outcome;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::selection::Reach;

/// Newest messages that count as known at the start.
const BASELINE: usize = 100;

impl Tail {
    /// Gets the first queue, with the history before it printed. `--once` with history alone ends
    /// here, without one.
    pub fn open(&mut self) -> Result<Queue, Outcome> {
        if let Some((id, position)) = self.plan.takeover.clone() {
            return Ok(Queue::taken_over(id, position));
        }
        if let Some(place) = self.place.take() {
            return self.resume(&place);
        }
        if self.plan.once && self.cursor.is_none() {
            self.print_past(None)?;
            return Err(Outcome::Done);
        }
        if self.selection().has_messages() {
            // A later run with the same cursor may catch up even if this one does not.
            let baseline = if self.plan.catch_up || self.cursor.is_some() {
                self.baseline()?
            } else {
                Snapshot::default()
            };
            self.ledger = Some(Ledger::restore(&baseline, self.now()));
        }
        let queue = self.register()?;
        self.print_past(Some(&queue))?;
        self.keep(&queue)?;
        Ok(queue)
    }

    /// Goes on with the queue of an earlier run: what it did not deliver meanwhile is looked for.
    fn resume(&mut self, place: &Place) -> Result<Queue, Outcome> {
        let mut queue = Queue::resumed(place);
        if self.selection().has_messages() {
            self.ledger = Some(Ledger::restore(&place.ledger, self.now()));
        }
        self.link.announcer().record(&Record::Resumed {
            queue_id: queue.id.0.clone(),
            last_event_id: queue.inbox.position().0,
        })?;
        let text = format!(
            "going on after event {} of queue {}",
            queue.inbox.position().0,
            queue.id.0
        );
        self.link.announcer().say(Level::Detail, &text);
        if place.opening {
            self.resume_past(&queue)?;
        }
        self.owe_audit(&mut queue);
        if !self.plan.catch_up {
            // No audit will.
            self.tell_missed(&mut queue, place.complete_at, Timestamp::now())?;
        }
        Ok(queue)
    }

    /// The newest messages of the selection, read *before* the queue is registered: what comes
    /// later has an event in it. If there are no more than these, a message may be under way that
    /// has a lower id than any of them, so that nothing is settled yet.
    fn baseline(&mut self) -> Result<Snapshot, Outcome> {
        let selection = self.printer.selection();
        let (ids, refusals) = history::newest(&mut self.link, selection, BASELINE, |_| true)?;
        if self.plan.needs_history() {
            self.accept(&refusals)?;
        }
        self.doubt(&refusals);
        let lowest = ids.first().filter(|_| ids.len() >= BASELINE);
        let mut known = Snapshot {
            floor: lowest.map_or(0, |id| id.0),
            ..Snapshot::default()
        };
        for id in ids {
            known.window.insert(id.0);
        }
        Ok(known)
    }

    /// Says what refused readings mean for a run that goes on without them: the channel may be made yet,
    /// or the server may be too old to look for what it can tell of a live event.
    fn doubt(&mut self, refusals: &[Refusal]) {
        let is_narrowed = !self.selection().narrows.is_empty();
        for Refusal { reach, cause } in refusals {
            let (level, meaning) = match reach {
                Reach::Received if is_narrowed => (
                    Level::Warning,
                    "perhaps nothing will ever match that narrow; see --check with the same options (and what is missed in an outage cannot be fetched)",
                ),
                Reach::Received => (Level::Warning, "messages that are missed cannot be fetched"),
                // What the server is too old for is said when something is missed.
                Reach::Public => (
                    Level::Detail,
                    "messages that are missed there cannot be fetched",
                ),
            };
            self.link
                .announcer()
                .say(level, &format!("{cause}: {meaning}"));
        }
    }
}
