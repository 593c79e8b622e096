//! Which events of a chunk are new, and what is remembered once they are written.

use super::inbox::{Fate, Inbox};
use super::ledger::{Ledger, Moment};
use crate::event::{Event, MessageId};
use crate::selection::MESSAGE;

/// Judges events by queue and ledger, and remembers them once they are written.
pub struct Sieve<'a> {
    /// The queue that they come from; none for rows of history.
    inbox: Option<&'a mut Inbox>,
    /// The messages, where any are kept.
    ledger: Option<&'a mut Ledger>,
    /// When they are printed.
    pub now: Moment,
    message: Option<MessageId>,
    unwritten: Vec<MessageId>,
    written: Vec<MessageId>,
}

impl<'a> Sieve<'a> {
    /// For the events of one answer, or for rows of history, printed from now on.
    pub fn new(
        inbox: Option<&'a mut Inbox>,
        ledger: Option<&'a mut Ledger>,
        now: Moment,
    ) -> Sieve<'a> {
        Sieve {
            inbox,
            ledger,
            now,
            message: None,
            unwritten: Vec::new(),
            written: Vec::new(),
        }
    }

    /// Sees each event, in order, before anything else does.
    pub fn fate(&mut self, event: &Event) -> Fate {
        self.message = None;
        if let Some(inbox) = &mut self.inbox
            && inbox.take(event) == Fate::Known
        {
            return Fate::Known;
        }
        if event.kind == MESSAGE
            && let Some(ledger) = &self.ledger
        {
            self.message = event.message_id();
            if self.message.is_some_and(|id| ledger.knows(id)) {
                return Fate::Known;
            }
        }
        Fate::New
    }

    /// The event of the last `fate` has a line.
    pub fn printed(&mut self) {
        self.unwritten.extend(self.message);
    }

    /// All lines of the chunk are written.
    pub fn written(&mut self) {
        if let Some(inbox) = &mut self.inbox {
            inbox.commit();
        }
        if let Some(ledger) = &mut self.ledger {
            for id in &self.unwritten {
                ledger.printed(*id, self.now);
            }
        }
        self.written.append(&mut self.unwritten);
    }

    /// The messages that were written.
    pub fn into_written(self) -> Vec<MessageId> {
        self.written
    }
}
