//! State that several threads share and a test waits for: a mutex, a condition variable, a deadline.
//!
//! Not for passing single values (that is a channel): whoever waits here also wants to say, when
//! the time is over, what had been seen until then.

use std::fmt::Debug;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::times::DEADLINE;

/// A value under a lock, and a way to wait until it changes.
#[derive(Debug, Default)]
pub struct Board<T> {
    state: Mutex<T>,
    changed: Condvar,
}

impl<T: Debug> Board<T> {
    /// A board that starts as `state`.
    pub fn new(state: T) -> Self {
        Board {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Changes or reads the state and wakes everybody who waits for it.
    pub fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.lock());
        self.changed.notify_all();
        result
    }

    /// Waits without a deadline: for the server's own threads, which end with the server.
    pub fn park<R>(&self, mut ready: impl FnMut(&mut T) -> Option<R>) -> R {
        let mut state = self.lock();
        loop {
            if let Some(result) = ready(&mut state) {
                self.changed.notify_all();
                return result;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until `ready` gives something; `None` when the time is over.
    pub fn wait_at_most<R>(
        &self,
        limit: Duration,
        mut ready: impl FnMut(&mut T) -> Option<R>,
    ) -> Option<R> {
        let end = Instant::now() + limit;
        let mut state = self.lock();
        loop {
            if let Some(result) = ready(&mut state) {
                self.changed.notify_all();
                return Some(result);
            }
            let left = end.checked_duration_since(Instant::now())?;
            let woken = self.changed.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until `ready` gives something, and fails the test at the deadline: `what` completes
    /// the sentence "waited in vain for …".
    #[track_caller]
    pub fn wait<R>(&self, what: &str, ready: impl FnMut(&mut T) -> Option<R>) -> R {
        match self.wait_at_most(DEADLINE, ready) {
            Some(result) => result,
            None => panic!(
                "waited {DEADLINE:?} in vain for {what}; seen so far:\n{:#?}",
                self.lock()
            ),
        }
    }

    // A test that panicked while it held the lock has its own message; do not bury it.
    fn lock(&self) -> MutexGuard<'_, T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
