//! What the user wants to see: kinds of event, and narrows for messages.
//!
//! The whole selection is always applied here; `server_narrow.rs` has what of it is sent to a server.

mod about;
mod facts;
pub mod follow;
pub mod link;
pub mod narrow;
mod parse;
pub mod people;
mod renamed;
mod server_narrow;
mod spelling;

use std::fmt;

use facts::{Answer, Facts, any};
use narrow::{Directory, Narrow};
pub use parse::{WORDS, begins_term};
pub use server_narrow::{Coverage, HistoryQuery};

use crate::event::Event;
use crate::kind;

/// The events that are printed.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// None: every kind.
    pub kinds: Option<Vec<String>>,
    /// Left out of those.
    pub excluded: Vec<String>,
    /// Messages that match any of these; none: all messages.
    pub narrows: Vec<Narrow>,
    /// Public channels without a subscription as well.
    pub all_public: bool,
    /// Content as HTML.
    pub apply_markdown: bool,
}

impl Selection {
    /// Whether events of a kind are printed, as far as the kind decides.
    pub fn shows(&self, kind: &str) -> bool {
        let named = match &self.kinds {
            Some(kinds) => kinds.iter().any(|k| k == kind),
            None => kind != kind::HEARTBEAT,
        };
        named && !self.excluded.iter().any(|k| k == kind)
    }

    /// Whether a message is printed. One of which that cannot be told is.
    pub fn has_message(&self, event: &Event) -> bool {
        let matches = || {
            let facts = Facts::of_message(event);
            facts.and_then(|facts| self.answer(&facts)) != Some(false)
        };
        self.shows(kind::MESSAGE) && (self.narrows.is_empty() || matches())
    }

    /// Whether a message matches one of the narrows.
    fn answer(&self, facts: &Facts) -> Answer {
        any(self.narrows.iter().map(|narrow| narrow.answer(facts)))
    }

    /// The kinds to ask the server for; none: all. A restart is always of interest: events may be
    /// lost in it. What is not selected is not printed.
    pub fn server_kinds(&self) -> Option<Vec<String>> {
        let kinds = self.kinds.as_ref()?;
        let wanted = kinds.iter().map(String::as_str);
        let mut wanted: Vec<&str> = wanted.filter(|kind| *kind != kind::HEARTBEAT).collect();
        for kind in self.kinds_to_watch().into_iter().chain([kind::RESTART]) {
            if !wanted.contains(&kind) {
                wanted.push(kind);
            }
        }
        Some(wanted.into_iter().map(ToOwned::to_owned).collect())
    }

    /// Whether messages are printed at all, so that history matters.
    pub fn has_messages(&self) -> bool {
        self.shows(kind::MESSAGE)
    }

    /// Whether no event is printed, whatever comes.
    pub fn is_empty(&self) -> bool {
        let kinds = self.kinds.as_ref();
        kinds.is_some_and(|kinds| !kinds.iter().any(|kind| self.shows(kind)))
    }

    /// Whether a kind is selected of which is known that servers send it.
    pub fn has_known_kinds(&self) -> bool {
        match &self.kinds {
            Some(kinds) => kinds.iter().any(|kind| kind::is_known(kind)),
            None => true,
        }
    }

    /// Whether anything else is printed, which no history has.
    pub fn has_other_kinds(&self) -> bool {
        match &self.kinds {
            Some(kinds) => kinds
                .iter()
                .any(|kind| kind != kind::MESSAGE && kind != kind::HEARTBEAT && self.shows(kind)),
            None => true,
        }
    }

    /// Finds what the narrows name in what the server tells, or says who is not there.
    pub fn resolve(&mut self, directory: &Directory) -> Result<(), String> {
        self.narrows
            .iter_mut()
            .try_for_each(|narrow| narrow.resolve(directory))
    }

    /// Whether any of the narrows is like that.
    pub fn has_narrow(&self, is_so: fn(&Narrow) -> bool) -> bool {
        self.narrows.iter().any(is_so)
    }
}

/// In words, for notices: `message, reaction; channel:ops or is:mentioned; all public channels`.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kinds {
            Some(kinds) => f.write_str(&kinds.join(", "))?,
            None => f.write_str("all kinds of event")?,
        }
        if !self.excluded.is_empty() {
            write!(f, " but {}", self.excluded.join(", "))?;
        }
        for (i, narrow) in self.narrows.iter().enumerate() {
            write!(f, "{}{narrow}", if i == 0 { "; " } else { " or " })?;
        }
        if self.all_public {
            f.write_str("; all public channels")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
