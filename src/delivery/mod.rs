//! What is new: what keeps each event from being lost or printed twice across lost queues, lost
//! connections and restarts. Pure: no clock, no network.
//!
//! [`inbox`] knows the events of one queue and what to acknowledge, with [`contents`] for servers whose
//! ids cannot be trusted. [`ledger`] knows the messages, in whichever queue they were or in history, as
//! sets of [`ids`]. [`sieve`] asks both, and tells them what has been written.

mod contents;
mod ids;
mod inbox;
mod ledger;
mod sieve;

pub use inbox::{Era, Fate, Inbox};
pub use ledger::{Ledger, Moment, Snapshot};
pub use sieve::Sieve;
