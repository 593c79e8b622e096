//! What of a selection is sent to a server: to filter its queue, and to read its history.
//!
//! The server's filter only saves traffic: the selection is always applied here too, since what a server makes
//! of a narrow depends on its version. Sources for queues: those of
//! `narrow.rs`; for the history: `NarrowBuilder` and `ok_to_include_history` in Zulip's
//! `zerver/views/messages.py` (1.7) and `zerver/lib/narrow.py` (9.2).

use std::iter;

use serde::Serialize;

use super::Selection;
use super::narrow::{MessageState, Narrow, Sender, Test};

/// A narrow under which history is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryQuery {
    /// In JSON, in the form of `GET /messages`.
    pub narrow: String,
    /// What it covers.
    pub reach: Reach,
}

/// Which messages a query covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Those that the account received, or those of the channel that is named.
    Received,
    /// Those of all public channels; old servers refuse that.
    Public,
}

/// One term for `GET /messages`: `{"operator":"stream","operand":"Denmark"}`. Never a negated one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryTerm<'a> {
    /// A name that servers since 1.7 know.
    pub operator: &'static str,
    /// Always text: 1.7 accepts no numbers.
    pub operand: &'a str,
}

impl Selection {
    /// The terms that the server may filter by. Alternatives are evaluated here alone.
    pub fn server_narrow(&self) -> Vec<(&'static str, String)> {
        match self.narrows.as_slice() {
            [narrow] => narrow.register_terms(),
            _ => Vec::new(),
        }
    }

    /// The queries under which history has everything that is selected. Without a channel in it a narrow finds
    /// only what the account received, so one that reaches further is read a second time in all public
    /// channels.
    pub fn history_queries(&self) -> Vec<HistoryQuery> {
        let mut queries: Vec<HistoryQuery> = if self.narrows.is_empty() {
            queries(Vec::new(), self.all_public).collect()
        } else {
            let narrows = self.narrows.iter();
            narrows
                .flat_map(|narrow| {
                    queries(narrow.history_terms(), self.all_public || narrow.widens())
                })
                .collect()
        };
        queries.sort();
        queries.dedup();
        queries
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
}

/// The query for what was received under these terms, and if they reach further, that for the rest.
fn queries(terms: Vec<HistoryTerm>, reaches_public: bool) -> impl Iterator<Item = HistoryQuery> {
    let query = |terms: &[HistoryTerm], reach| HistoryQuery {
        // Terms are texts: nothing in them can fail to be written.
        narrow: serde_json::to_string(terms).unwrap_or_default(),
        reach,
    };
    let received = query(&terms, Reach::Received);
    let is_bound = |term: &HistoryTerm| matches!(term.operator, "stream" | "is");
    let public = (reaches_public && !terms.iter().any(is_bound)).then(|| {
        // `streams` since 2.1, and still known where the operator is `channels`.
        let public = HistoryTerm {
            operator: "streams",
            operand: "public",
        };
        query(&[terms, vec![public]].concat(), Reach::Public)
    });
    iter::once(received).chain(public)
}

impl Narrow {
    /// Whether it is meant for public channels without a subscription as well: a server that got such a
    /// term would deliver those (`add_to_client_dicts` in `zerver/tornado/event_queue.py`).
    pub fn widens(&self) -> bool {
        self.positive().any(|test| !matches!(test, Test::Is(_)))
    }

    /// What to send as `narrow` with `POST /register`, as a JSON list of pairs: every message that this
    /// narrow matches passes it, on all servers. It may be empty.
    ///
    /// - No negation: pairs have none.
    /// - No flags: on 1.7 they can stop delivery to other queues, and `is:alerted` asks for mentions.
    /// - No ids, and not `me`, which is compared by id: the server knows addresses only, and an address
    ///   can change while a queue lives.
    /// - `topic` is a whole topic up to 9.2, any word of it on later servers too.
    pub fn register_terms(&self) -> Vec<(&'static str, String)> {
        self.positive()
            .filter_map(|test| match test {
                Test::Channel(name) if has_common_case_folding(name) => {
                    Some(("stream", name.clone()))
                }
                Test::Topic(topic) if is_sent(topic) => Some(("topic", topic.clone())),
                Test::Sender(Sender::Address(address)) if has_common_case_folding(address) => {
                    Some(("sender", address.clone()))
                }
                Test::Is(MessageState::Private) => Some(("is", "private".to_owned())),
                _ => None,
            })
            .collect()
    }

    /// What to send as `narrow` with `GET /messages`. It may let more through than the narrow, never less;
    /// a channel or a sender that does not exist is refused by the server, 400 `BAD_NARROW`.
    ///
    /// - No negation: it gains little, and a negated `is` hides a channel's messages from before the
    ///   subscription (`ok_to_include_history`). A positive one hides only what it cannot match: messages
    ///   that the account did not receive have no flags but `read` and `historical`.
    /// - Channel and sender in any characters: without a channel only received messages come, and a
    ///   name that the server folds otherwise is refused aloud. A topic would be missed silently.
    /// - `is:mentioned` covers personal and wildcard mentions on 1.7, where others do not exist, and all
    ///   mention flags on 9.2. The other flags are single bits that have kept their meaning.
    /// - `is:private` not beside a channel or topic: nothing matches both, and later servers answer 400.
    pub fn history_terms(&self) -> Vec<HistoryTerm<'_>> {
        let in_channel = self
            .positive()
            .any(|test| matches!(test, Test::Channel(_) | Test::ChannelId(_) | Test::Topic(_)));
        self.positive()
            .filter_map(|test| match test {
                Test::Channel(name) => Some(("stream", name.as_str())),
                Test::Topic(topic) if is_sent(topic) => Some(("topic", topic.as_str())),
                Test::Sender(Sender::Address(address)) => Some(("sender", address.as_str())),
                Test::Sender(Sender::Me(Some(account))) => {
                    Some(("sender", account.address.as_str()))
                }
                Test::Is(MessageState::Private) if in_channel => None,
                Test::Is(state) => Some(("is", state.name())),
                Test::ChannelId(_) | Test::Topic(_) | Test::Sender(_) => None,
            })
            .map(|(operator, operand)| HistoryTerm { operator, operand })
            .collect()
    }
}

/// Servers since 10.0 store the topic "general chat" as an empty one, show it to us by that name, and in
/// narrows translate only this very spelling.
fn is_sent(topic: &str) -> bool {
    has_common_case_folding(topic) && !topic.eq_ignore_ascii_case("general chat")
}

/// Whether every server folds the case of these characters as we do: those without case, Latin and Cyrillic. It
/// differs for the Greek sigma, and for characters whose other case is younger than an old server.
fn has_common_case_folding(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c, ..'\u{180}' | '\u{400}'..='\u{4ff}') || !(c.is_lowercase() || c.is_uppercase())
    })
}
