//! What is new: what keeps each event from being lost or printed twice across lost queues, lost
//! connections and restarts. Pure: no clock, no network.
//!
//! [`inbox`] knows the events of one queue and what to acknowledge. [`window`] knows the messages, in
//! whichever queue they were or in history, as sets of [`ids`]. [`dedup`] asks both, and tells them what has
//! been written.

mod dedup;
mod ids;
mod inbox;
mod window;

pub use dedup::Dedup;
pub use inbox::{IdOrder, Inbox};
pub use window::{Snapshot, Window};
