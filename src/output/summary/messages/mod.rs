//! Messages: said, edited, moved, deleted, reacted to, flagged, being written.
//!
//! A message's own line is made in `message.rs`; all other events are about one that may have passed
//! before, and quote it if it did (`recent.rs`, one folder up).

mod deletions;
mod difference;
mod edits;
mod flags;
mod message;
mod reactions;
mod typing;

pub use deletions::delete_message;
pub use edits::update_message;
pub use flags::{pointer, update_message_flags};
pub use message::message;
pub use reactions::{reaction, submessage};
pub use typing::{typing, typing_edit_message};

#[cfg(test)]
mod tests;
