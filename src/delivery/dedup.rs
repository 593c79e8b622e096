//! Which events of a chunk are new, and what is remembered once they are written.

use std::time::Instant;

use super::inbox::Inbox;
use super::window::Window;
use crate::event::{Event, MessageId};
use crate::selection::MESSAGE;

/// Judges events by queue and window, and remembers them once they are written.
pub struct Dedup<'a> {
    /// The queue that they come from; none for rows of history.
    inbox: Option<&'a mut Inbox>,
    /// The messages that were printed before; none for a queue of somebody else, which is printed as it is.
    window: Option<&'a mut Window>,
    /// When they are printed.
    now: Instant,
    /// The message of the event in hand.
    message: Option<MessageId>,
    /// The messages that have a line.
    printed: Vec<MessageId>,
}

impl<'a> Dedup<'a> {
    /// For a piece of an answer, or for rows of history, printed now.
    pub fn new(
        inbox: Option<&'a mut Inbox>,
        window: Option<&'a mut Window>,
        now: Instant,
    ) -> Dedup<'a> {
        Dedup {
            inbox,
            window,
            now,
            message: None,
            printed: Vec::new(),
        }
    }

    /// Sees each event, in order, before anything else does. False: it was printed before.
    pub fn is_new(&mut self, event: &Event) -> bool {
        self.message = None;
        if let Some(inbox) = &mut self.inbox
            && !inbox.is_new(event)
        {
            return false;
        }
        if event.kind == MESSAGE
            && let Some(window) = &self.window
        {
            self.message = event.message_id();
            return !self.message.is_some_and(|id| window.contains(id));
        }
        true
    }

    /// The event in hand has a line.
    pub fn set_printed(&mut self) {
        self.printed.extend(self.message);
    }

    /// All lines are written. Tells which messages were in them.
    pub fn commit(self) -> Vec<MessageId> {
        if let Some(inbox) = self.inbox {
            inbox.commit();
        }
        if let Some(window) = self.window {
            for id in &self.printed {
                window.add(*id, self.now);
            }
        }
        self.printed
    }
}
