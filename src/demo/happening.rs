//! What the cast can do, as the organization is told of it.
//!
//! Not for when it is done (`cast`) or who hears of it (`realm`).

use super::message::{Emoji, Message, Reaction};
use super::place::Place;
use super::roster::Person;
use crate::event::MessageId;

/// Whether somebody begins or ends something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `start` or `add`.
    Begin,
    /// `stop` or `remove`.
    End,
}

/// Something that the cast does.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A message.
    Said(Message),
    /// The sender of a message changes its text.
    Edited(MessageId, String),
    /// All messages of a topic move to a topic of that name with a tick in front.
    Resolved(&'static Person, Place),
    /// A reaction comes or goes.
    Reacted(MessageId, Reaction, Change),
    /// Somebody begins or stops to type.
    Typing(&'static Person, Place, Change),
    /// Somebody comes online.
    Online(&'static Person),
    /// Somebody takes over at the front of house from whoever was there.
    OnDuty(&'static Person),
    /// Somebody sets a status.
    Status(&'static Person, &'static str, &'static Emoji),
}
