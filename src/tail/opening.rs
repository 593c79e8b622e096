//! The first queue of a run: taken over, gone on with, or registered.
//!
//! Not for the history that is printed before its events (`past.rs`).

use super::Tail;
use super::history;
use super::queue::Queue;
use crate::cursor::Place;
use crate::delivery::{Ledger, Snapshot};
use crate::notice::Level;
use crate::output::meta::Record;
use crate::selection::Reach;
use crate::stop::Stop;

/// Newest messages that count as known at the start.
const BASELINE: usize = 100;

impl Tail {
    /// Gets the first queue, with the history before it printed. `--once` with history alone ends
    /// here, without one.
    pub fn open(&mut self) -> Result<Queue, Stop> {
        if let Some((id, position)) = self.plan.takeover.clone() {
            return Ok(Queue::taken_over(id, position));
        }
        if let Some(place) = self.place.take() {
            return self.resume(&place);
        }
        if self.plan.once && self.cursor.is_none() {
            self.print_past(None)?;
            return Err(Stop::Drained);
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
    fn resume(&mut self, place: &Place) -> Result<Queue, Stop> {
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
        Ok(queue)
    }

    /// The newest messages of the selection, read *before* the queue is registered: what comes
    /// later has an event in it. If there are no more than these, a message may be under way that
    /// has a lower id than any of them, so that nothing is settled yet.
    fn baseline(&mut self) -> Result<Snapshot, Stop> {
        let selection = self.printer.selection();
        let (ids, refusals) = history::newest(&mut self.link, selection, BASELINE, |_| true)?;
        for refusal in &refusals {
            let cause = &refusal.cause;
            let text = format!("{cause}: messages that are missed there cannot be fetched");
            // A channel or a sender that does not exist is worth a warning; what the server is too
            // old for is said when something is missed.
            let level = match refusal.reach {
                Reach::Received => Level::Warning,
                Reach::Public => Level::Detail,
            };
            self.link.announcer().say(level, &text);
        }
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
}
