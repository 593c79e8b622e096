//! Which messages the user wants: one `--narrow`, all of whose terms must hold.
//!
//! Not for reading its spellings (`narrow/parse.rs`), for joining several narrows, or for other events
//! than messages: the server filters none of those by a narrow either. The narrow is always evaluated
//! here; what goes to the server only saves traffic. Sources: `build_narrow_filter` in
//! `zerver/lib/narrow.py` (1.7) and `build_narrow_predicate` in `zerver/lib/narrow_predicate.py` (9.2 and
//! later) for queues; `NarrowBuilder` and `ok_to_include_history` in `zerver/views/messages.py` (1.7) and
//! `zerver/lib/narrow.py` (9.2) for the history.

use std::fmt;

use serde::Serialize;

use crate::event::{Message, Recipient};

mod doubt;
mod json;
mod letters;
mod parse;
mod refusal;

pub use doubt::{Past, Reference};

/// One alternative: every term must hold. Read with `parse()`, written in the form of the search box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrow {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    sign: Sign,
    test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Positive,
    Negated,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Channel(String),
    ChannelId(i64),
    Topic(String),
    Sender(Sender),
    Is(State),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Sender {
    Address(String),
    Id(i64),
    /// None until the account is known.
    Me(Option<Account>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    id: i64,
    address: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Private,
    Mentioned,
    Starred,
    Unread,
    Alerted,
}

/// One term for `GET /messages`: `{"operator":"stream","operand":"Denmark"}`. Never a negated one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryTerm<'a> {
    /// A name that servers since 1.7 know.
    pub operator: &'static str,
    /// Always text: 1.7 takes no numbers.
    pub operand: &'a str,
}

impl Narrow {
    /// Whether all terms hold for a message and the flags that came with it (none where they were null).
    /// While `sender:me` is unresolved nothing matches, not even its negation.
    pub fn matches(&self, message: &Message, flags: &[impl AsRef<str>]) -> bool {
        !self.needs_me()
            && self.terms.iter().all(|term| {
                let wanted = term.sign == Sign::Positive;
                term.test.holds(message, flags) == wanted
            })
    }

    /// Whether `sender:me` waits for `resolve_me`.
    pub fn needs_me(&self) -> bool {
        self.terms
            .iter()
            .any(|term| matches!(term.test, Test::Sender(Sender::Me(None))))
    }

    /// Tells who `me` is, as `GET /users/me` says; the login address need not be the one in messages.
    pub fn resolve_me(&mut self, user_id: i64, email: &str) {
        for term in &mut self.terms {
            if let Test::Sender(Sender::Me(account)) = &mut term.test {
                *account = Some(Account {
                    id: user_id,
                    address: email.to_owned(),
                });
            }
        }
    }

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
                Test::Channel(name) if letters::folded_alike(name) => {
                    Some(("stream", name.as_str()))
                }
                Test::Topic(topic) if is_sent(topic) => Some(("topic", topic.as_str())),
                Test::Sender(Sender::Address(address)) if letters::folded_alike(address) => {
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

    fn positive(&self) -> impl Iterator<Item = &Test> {
        self.terms
            .iter()
            .filter(|term| term.sign == Sign::Positive)
            .map(|term| &term.test)
    }
}

/// Servers since 10.0 store the topic "general chat" as an empty one, show it to us by that name, and in
/// narrows translate only this very spelling.
fn is_sent(topic: &str) -> bool {
    letters::folded_alike(topic) && !letters::same_text(topic, "general chat")
}

impl Test {
    fn holds(&self, message: &Message, flags: &[impl AsRef<str>]) -> bool {
        match self {
            Test::Channel(name) => {
                matches!(&message.display_recipient, Recipient::Channel(channel) if letters::same_text(name, channel))
            }
            Test::ChannelId(id) => message.stream_id == Some(*id),
            Test::Topic(topic) => {
                matches!(message.display_recipient, Recipient::Channel(_))
                    && letters::same_text(topic, &message.subject)
            }
            Test::Sender(sender) => sender.sent(message),
            Test::Is(state) => state.holds(message, flags),
        }
    }
}

impl Sender {
    fn sent(&self, message: &Message) -> bool {
        match self {
            Sender::Address(address) => letters::same_text(address, &message.sender_email),
            Sender::Id(id) => message.sender_id == Some(*id),
            Sender::Me(None) => false,
            Sender::Me(Some(me)) => match message.sender_id {
                Some(id) => id == me.id,
                None => letters::same_text(&me.address, &message.sender_email),
            },
        }
    }
}

impl State {
    fn holds(self, message: &Message, flags: &[impl AsRef<str>]) -> bool {
        let any = |wanted: &[&str]| flags.iter().any(|flag| wanted.contains(&flag.as_ref()));
        match self {
            // Servers call it `private` on the wire, and `direct` wherever they have renamed it.
            State::Private => matches!(&*message.kind, "private" | "direct"),
            State::Mentioned => any(&[
                "mentioned",
                "wildcard_mentioned",
                "stream_wildcard_mentioned",
                "topic_wildcard_mentioned",
                "group_mentioned",
            ]),
            State::Starred => any(&["starred"]),
            State::Unread => !any(&["read"]),
            State::Alerted => any(&["has_alert_word"]),
        }
    }

    fn name(self) -> &'static str {
        match self {
            State::Private => "private",
            State::Mentioned => "mentioned",
            State::Starred => "starred",
            State::Unread => "unread",
            State::Alerted => "alerted",
        }
    }
}

impl fmt::Display for Narrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sign == Sign::Negated {
            f.write_str("-")?;
        }
        self.test.fmt(f)
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Test::Channel(name) => write!(f, "channel:{}", Operand(name)),
            Test::ChannelId(id) => write!(f, "channel-id:{id}"),
            Test::Topic(topic) => write!(f, "topic:{}", Operand(topic)),
            Test::Sender(Sender::Address(address)) => write!(f, "sender:{}", Operand(address)),
            Test::Sender(Sender::Id(id)) => write!(f, "sender:{id}"),
            Test::Sender(Sender::Me(_)) => f.write_str("sender:me"),
            Test::Is(state) => write!(f, "is:{}", state.name()),
        }
    }
}

/// An operand in the search box, quoted only where it would be read otherwise.
struct Operand<'a>(&'a str);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0;
        if !text.starts_with('"') && !text.contains(char::is_whitespace) {
            return f.write_str(text);
        }
        f.write_str("\"")?;
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests;
