//! What of a narrow is sent to a server, and what a server makes of it.
//!
//! Not for deciding what is shown: the narrow is always evaluated here too, and what goes to the server only
//! saves traffic. Sources for queues: those of `narrow`; for the history: `NarrowBuilder` and
//! `ok_to_include_history` in Zulip's `zerver/views/messages.py` (1.7) and `zerver/lib/narrow.py` (9.2).

use serde::Serialize;

use super::letters::{folded_alike, same_text};
use super::{Narrow, Sender, State, Test};

/// One term for `GET /messages`: `{"operator":"stream","operand":"Denmark"}`. Never a negated one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryTerm<'a> {
    /// A name that servers since 1.7 know.
    pub operator: &'static str,
    /// Always text: 1.7 takes no numbers.
    pub operand: &'a str,
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
    pub fn register_terms(&self) -> Vec<(&'static str, &str)> {
        self.positive()
            .filter_map(|test| match test {
                Test::Channel(name) if folded_alike(name) => Some(("stream", name.as_str())),
                Test::Topic(topic) if is_sent(topic) => Some(("topic", topic.as_str())),
                Test::Sender(Sender::Address(address)) if folded_alike(address) => {
                    Some(("sender", address.as_str()))
                }
                Test::Is(State::Private) => Some(("is", "private")),
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
    /// - Channel and sender whatever their letters: without a channel only received messages come, and a
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
                Test::Is(State::Private) if in_channel => None,
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
    folded_alike(topic) && !same_text(topic, "general chat")
}
