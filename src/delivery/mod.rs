//! What is new: what keeps each event from being lost or printed twice across lost queues, lost
//! connections and restarts. Pure: no clock, no network.
//!
//! [`inbox`] knows the events of one queue and what to acknowledge. [`window`] knows the messages, in
//! whichever queue they were or in history, as sets of [`ids`].

mod ids;
mod inbox;
mod window;

pub use inbox::Inbox;
pub use window::Window;
