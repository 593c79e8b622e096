//! Which events of a chunk are new, and what is remembered once they are written.

use crate::delivery::{Fate, Inbox, Ledger, Moment};
use crate::event::{Event, MessageId};
use crate::selection::MESSAGE;

/// Knows which events are new, and is told what was printed.
pub trait Judge {
    /// Sees each event, in order, before anything else does.
    fn fate(&mut self, event: &Event) -> Fate;

    /// The event of the last `fate` has a line.
    fn printed(&mut self);

    /// All lines of the chunk are written.
    fn written(&mut self);
}

/// Judges live events by queue and ledger, and remembers them once they are written.
pub struct Sieve<'a> {
    /// The queue's events.
    pub inbox: &'a mut Inbox,
    /// The messages, where any are kept.
    pub ledger: Option<&'a mut Ledger>,
    /// When they are printed.
    pub now: Moment,
    message: Option<MessageId>,
    unwritten: Vec<MessageId>,
}

impl<'a> Sieve<'a> {
    /// For the events of one answer.
    pub fn new(inbox: &'a mut Inbox, ledger: Option<&'a mut Ledger>) -> Sieve<'a> {
        Sieve {
            inbox,
            ledger,
            now: Moment::ZERO,
            message: None,
            unwritten: Vec::new(),
        }
    }
}

impl Judge for Sieve<'_> {
    fn fate(&mut self, event: &Event) -> Fate {
        self.message = None;
        let fate = self.inbox.take(event);
        if fate == Fate::New
            && event.kind == MESSAGE
            && let Some(ledger) = &self.ledger
        {
            self.message = event.message_id();
            if self.message.is_some_and(|id| ledger.knows(id)) {
                return Fate::Known;
            }
        }
        fate
    }

    fn printed(&mut self) {
        self.unwritten.extend(self.message);
    }

    fn written(&mut self) {
        self.inbox.commit();
        if let Some(ledger) = &mut self.ledger {
            for id in self.unwritten.drain(..) {
                ledger.printed(id, self.now);
            }
        }
    }
}

/// Rows of history: all are new, and remembered once they are written.
pub struct Past<'a> {
    /// When they are printed.
    pub now: Moment,
    /// The messages, where any are kept.
    pub ledger: Option<&'a mut Ledger>,
    message: Option<MessageId>,
    unwritten: Vec<MessageId>,
}

impl<'a> Past<'a> {
    /// For rows that are printed now.
    pub fn new(ledger: Option<&'a mut Ledger>, now: Moment) -> Past<'a> {
        Past {
            now,
            ledger,
            message: None,
            unwritten: Vec::new(),
        }
    }
}

impl Judge for Past<'_> {
    fn fate(&mut self, event: &Event) -> Fate {
        self.message = event.message_id();
        Fate::New
    }

    fn printed(&mut self) {
        self.unwritten.extend(self.message);
    }

    fn written(&mut self) {
        if let Some(ledger) = &mut self.ledger {
            for id in self.unwritten.drain(..) {
                ledger.printed(id, self.now);
            }
        }
    }
}
