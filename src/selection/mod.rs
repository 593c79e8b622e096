//! What the user wants to see: kinds of event, and narrows for messages.
//!
//! Not for what was printed already (`delivery`), nor for asking a server (`api`, `tail`).
//! The server is asked for as little as is safe; the whole selection is always applied here too,
//! since what a server makes of a narrow depends on its version (Zulip's `zerver/lib/narrow.py` in
//! 1.7, `zerver/lib/narrow_predicate.py` in 9.2).

pub mod kinds;
pub mod narrow;

use std::{fmt, iter};

use narrow::Narrow;
use narrow::wire::HistoryTerm;

use crate::event::{Event, MessageEvent};
use crate::kind::Kind;

/// The kind that narrows and history are about.
pub const MESSAGE: &str = Kind::Message.name();
/// Sent by the server when nothing else was; never asked for, shown only where it is named.
pub const HEARTBEAT: &str = Kind::Heartbeat.name();
/// Sent when the server has restarted.
pub const RESTART: &str = Kind::Restart.name();

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
        let reach = |widens| {
            if widens || self.all_public {
                Reach::Public
            } else {
                Reach::Received
            }
        };
        let mut readings: Vec<Reading> = if self.narrows.is_empty() {
            readings_of(Vec::new(), reach(false)).collect()
        } else {
            let narrows = self.narrows.iter();
            narrows
                .flat_map(|narrow| readings_of(narrow.history_terms(), reach(narrow.widens())))
                .collect()
        };
        readings.sort();
        readings.dedup();
        readings
    }

    /// Whether messages are printed at all, so that history matters.
    pub fn has_messages(&self) -> bool {
        self.shows(MESSAGE)
    }

    /// Whether a kind is selected of which is known that servers send it.
    pub fn has_known_kinds(&self) -> bool {
        match &self.kinds {
            Some(kinds) => kinds.iter().any(|kind| Kind::named(kind).is_some()),
            None => true,
        }
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

/// The reading of what was received under these terms, and if they reach further, that of the rest.
fn readings_of(terms: Vec<HistoryTerm>, reach: Reach) -> impl Iterator<Item = Reading> {
    let received = Reading {
        narrow: json(&terms),
        reach: Reach::Received,
    };
    let is_bound = |term: &HistoryTerm| matches!(term.operator, "stream" | "is");
    let is_further = reach == Reach::Public && !terms.iter().any(is_bound);
    let public = is_further.then(|| {
        // `streams` since 2.1, and still known where the operator is `channels`.
        let public = HistoryTerm {
            operator: "streams",
            operand: "public",
        };
        Reading {
            narrow: json(&[terms, vec![public]].concat()),
            reach: Reach::Public,
        }
    });
    iter::once(received).chain(public)
}

/// Terms are texts: nothing in them can fail to be written.
fn json(terms: &[HistoryTerm]) -> String {
    serde_json::to_string(terms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Reach, Selection};

    #[test]
    fn history_is_read_once_for_what_was_received_and_once_more_where_the_selection_reaches_further()
     {
        const PUBLIC: &str = r#"{"operator":"streams","operand":"public"}"#;
        let received = |narrow: &str| (format!("[{narrow}]"), Reach::Received);
        let public = |narrow: &str| {
            let comma = if narrow.is_empty() { "" } else { "," };
            (format!("[{narrow}{comma}{PUBLIC}]"), Reach::Public)
        };
        let channel = r#"{"operator":"stream","operand":"a"}"#;
        let topic = r#"{"operator":"topic","operand":"t"}"#;
        let private = r#"{"operator":"is","operand":"private"}"#;
        for (narrows, all_public, mut expected) in [
            (&[][..], false, vec![received("")]),
            (&[], true, vec![received(""), public("")]),
            (&["channel:a"], false, vec![received(channel)]),
            (&["channel:a"], true, vec![received(channel)]),
            (&["topic:t"], false, vec![received(topic), public(topic)]),
            (&["is:dm"], true, vec![received(private)]),
            (&["-sender:me"], false, vec![received("")]),
            (&["-sender:me"], true, vec![received(""), public("")]),
            (&["channel-id:4"], false, vec![received(""), public("")]),
            (
                &["topic:t", "channel:a", "topic:t -is:dm"],
                false,
                vec![received(channel), received(topic), public(topic)],
            ),
        ] {
            let selection = Selection {
                narrows: narrows
                    .iter()
                    .map(|narrow| narrow.parse().unwrap())
                    .collect(),
                all_public,
                ..Selection::default()
            };
            let readings = selection.readings().into_iter();
            let readings: Vec<_> = readings
                .map(|reading| (reading.narrow, reading.reach))
                .collect();
            expected.sort();
            assert_eq!(readings, expected, "{narrows:?} {all_public}");
        }
    }
}
