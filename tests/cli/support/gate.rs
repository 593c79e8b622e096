//! Lets a server's answer through piece by piece, as the test says.
//!
//! Not for whole answers: those are held and released (`server.rs`, `model`).

use std::sync::Arc;
use std::time::Duration;

use super::board::Board;
use super::times::DEADLINE;

/// Stands between the chunks of one answer.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Board<Doorway>>);

#[derive(Debug, Default)]
struct Doorway {
    allowed: usize,
    sent: usize,
}

impl Gate {
    /// A closed gate.
    pub fn closed() -> Gate {
        Gate(Arc::new(Board::new(Doorway::default())))
    }

    /// A gate that lets so many chunks through, until it is opened.
    pub fn ajar(count: usize) -> Gate {
        let gate = Gate::closed();
        gate.0.update(|door| door.allowed = count);
        gate
    }

    /// Waits until all that may pass have passed; whether that was within the limit.
    pub fn has_passed(&self, limit: Duration) -> bool {
        let passed = |door: &mut Doorway| (door.sent >= door.allowed).then_some(());
        self.0.wait_at_most(limit, passed).is_some()
    }

    /// Lets `count` more chunks through and waits until they are sent.
    #[track_caller]
    pub fn let_through(&self, count: usize) {
        let due = self.0.update(|door| {
            door.allowed += count;
            door.allowed
        });
        self.0.wait("chunks to pass the gate", |door| {
            (door.sent >= due).then_some(())
        });
    }

    /// Lets everything through from now on.
    pub fn open(&self) {
        self.0.update(|door| door.allowed = usize::MAX);
    }

    /// Blocks the server's thread until the next chunk may go; at the deadline it gives up, so
    /// that a forgotten gate does not keep the thread for ever.
    pub fn wait_open(&self) {
        let _ = self
            .0
            .wait_at_most(DEADLINE, |door| (door.sent < door.allowed).then_some(()));
    }

    /// Counts a chunk that was sent.
    pub fn count(&self) {
        self.0.update(|door| door.sent += 1);
    }
}
