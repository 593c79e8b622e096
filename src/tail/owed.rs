//! The audit that a queue owes, and when it is due.
//!
//! Not for making it (`audit.rs`).

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::delivery::Moment;
use crate::event::MessageId;
use crate::retry::Backoff;

/// An audit that is put off so long does not keep polls from waiting.
const NEAR: Duration = Duration::from_secs(5);

/// Whether history must be compared with what the queue has delivered.
#[derive(Debug)]
pub enum Audit {
    /// No.
    None,
    /// Yes, from `retry` on.
    Owed {
        /// The last time at which nothing was missing.
        since: Timestamp,
        /// Not before.
        retry: Instant,
        /// For the next failure.
        backoff: Backoff,
    },
    /// These messages were too young to tell, and will not be at `due`.
    Young {
        /// The last time at which nothing was missing.
        since: Timestamp,
        /// The messages.
        ids: BTreeSet<MessageId>,
        /// When they are old enough.
        due: Moment,
    },
}

impl Audit {
    /// Whether polls should be answered at once for it: one that waits may do so for a minute. Where
    /// history stays away for long it must wait all the same, since only that keeps the queue alive.
    pub fn is_pending(&self) -> bool {
        match self {
            Audit::None => false,
            Audit::Owed { retry, .. } => *retry <= Instant::now() + NEAR,
            Audit::Young { .. } => true,
        }
    }

    /// How long it has to wait, after a poll that was sent at this moment.
    pub fn time_to_wait(&self, sent: Moment) -> Duration {
        match self {
            Audit::None => Duration::ZERO,
            Audit::Owed { retry, .. } => retry.saturating_duration_since(Instant::now()),
            Audit::Young { due, .. } => due.saturating_sub(sent),
        }
    }

    /// Since when it is owed.
    pub fn since(&self) -> Option<Timestamp> {
        match self {
            Audit::None => None,
            Audit::Owed { since, .. } | Audit::Young { since, .. } => Some(*since),
        }
    }
}
