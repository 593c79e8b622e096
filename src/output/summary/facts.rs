//! What a description finds out beside its line, for what stands before it.

use jiff::Timestamp;

/// Whom an event concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Concern {
    /// Nobody more than others.
    #[default]
    Everybody,
    /// The user, who was mentioned, or one of whose alert words was said.
    User,
}

/// What a description tells beside its line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// When the event happened, if it says so.
    pub when: Option<Timestamp>,
    /// Whom it concerns.
    pub concern: Concern,
}
