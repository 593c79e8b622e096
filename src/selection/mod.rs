//! What the user wants to see: kinds of event, and a narrow for messages.
//!
//! The server is asked for as little as is safe; the whole selection is always applied here too,
//! since what a server makes of a narrow depends on its version (Zulip's `zerver/lib/narrow.py` in
//! 1.7, `zerver/lib/narrow_predicate.py` in 9.2).

pub mod kinds;
pub mod narrow;

use std::fmt;

use narrow::{HistoryTerm, Narrow};
use serde::Serialize;

use crate::event::{Event, MessageEvent};

/// The kind that narrows and history are about.
pub const MESSAGE: &str = "message";
/// Sent by the server when nothing else was; never asked for, shown only where it is named.
pub const HEARTBEAT: &str = "heartbeat";

/// Sent when the server has restarted.
pub const RESTART: &str = "restart";

/// A narrow under which history is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    /// As `GET /messages` takes it, in JSON.
    pub narrow: String,
    /// What it covers.
    pub reach: Reach,
}

/// Which messages a reading covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Those that the account received, or those of the channel that is named.
    Received,
    /// Those of all public channels; old servers refuse that.
    Public,
}

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
            None => kind != HEARTBEAT,
        };
        named && !self.excluded.iter().any(|k| k == kind)
    }

    /// Whether an event is printed.
    pub fn passes(&self, event: &Event) -> bool {
        self.shows(event.kind)
            && (event.kind != MESSAGE || self.narrows.is_empty() || self.matches(event))
    }

    /// A message whose fields cannot be read matches no narrow.
    fn matches(&self, event: &Event) -> bool {
        let Ok(view) = serde_json::from_str::<MessageEvent>(event.text) else {
            return false;
        };
        let flags = view.flags.as_deref().unwrap_or_default();
        self.narrows
            .iter()
            .any(|narrow| narrow.matches(&view.message, flags))
    }

    /// The kinds to ask the server for; none: all. A restart is always of interest: events may be
    /// lost in it.
    pub fn server_kinds(&self) -> Option<Vec<String>> {
        let kinds = self.kinds.as_ref()?;
        let wanted = kinds.iter().map(String::as_str);
        let mut wanted: Vec<&str> = wanted.filter(|kind| *kind != HEARTBEAT).collect();
        if !wanted.contains(&RESTART) {
            wanted.push(RESTART);
        }
        Some(wanted.into_iter().map(ToOwned::to_owned).collect())
    }

    /// The terms that the server may filter by. Alternatives are evaluated here alone.
    pub fn server_narrow(&self) -> Vec<(&'static str, String)> {
        match self.narrows.as_slice() {
            [narrow] => narrow
                .register_terms()
                .into_iter()
                .map(|(operator, operand)| (operator, operand.to_owned()))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The narrows, in JSON, under which history has everything that is selected. Without a channel
    /// in it a narrow finds only what the account received, so one that reaches further is read a
    /// second time in all public channels.
    pub fn readings(&self) -> Vec<Reading> {
        let everything = [Vec::new()];
        let all = self
            .narrows
            .iter()
            .map(|narrow| (narrow.widens(), narrow.history_terms()));
        let all: Vec<_> = if self.narrows.is_empty() {
            everything.map(|terms| (false, terms)).into()
        } else {
            all.collect()
        };
        let mut readings = Vec::new();
        for (widens, mut terms) in all {
            readings.push(Reading {
                narrow: json(&terms),
                reach: Reach::Received,
            });
            let is_bound = |term: &HistoryTerm| matches!(term.operator, "stream" | "is");
            if (widens || self.all_public) && !terms.iter().any(is_bound) {
                // `streams` since 2.1, and still known where the operator is `channels`.
                terms.push(HistoryTerm {
                    operator: "streams",
                    operand: "public",
                });
                readings.push(Reading {
                    narrow: json(&terms),
                    reach: Reach::Public,
                });
            }
        }
        readings.sort();
        readings.dedup();
        readings
    }

    /// Whether messages are printed at all, so that history matters.
    pub fn has_messages(&self) -> bool {
        self.shows(MESSAGE)
    }

    /// Whether anything else is printed, which no history has.
    pub fn has_other_kinds(&self) -> bool {
        match &self.kinds {
            Some(kinds) => kinds
                .iter()
                .any(|kind| kind != MESSAGE && kind != HEARTBEAT && self.shows(kind)),
            None => true,
        }
    }

    /// Whether messages count that the account did not receive.
    pub fn reaches_public(&self) -> bool {
        self.all_public || self.is_widened()
    }

    /// Whether to ask for all public channels: a narrow that names a channel, a topic or a sender
    /// widens delivery to them if the server gets it, and must do the same if it does not.
    pub fn wants_all_public(&self) -> bool {
        self.all_public || (self.server_narrow().is_empty() && self.is_widened())
    }

    /// Whether any alternative reaches beyond what the account receives.
    pub fn is_widened(&self) -> bool {
        self.narrows.iter().any(Narrow::widens)
    }

    /// Whether a narrow says `sender:me`, so that the account must be looked up.
    pub fn needs_me(&self) -> bool {
        self.narrows.iter().any(Narrow::needs_me)
    }

    /// Says who `me` is.
    pub fn resolve_me(&mut self, user_id: i64, email: &str) {
        for narrow in &mut self.narrows {
            narrow.resolve_me(user_id, email);
        }
    }

    /// Whether a narrow stands beside kinds that it does not filter.
    pub fn has_unfiltered_kinds(&self) -> bool {
        !self.narrows.is_empty() && self.has_other_kinds()
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

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
