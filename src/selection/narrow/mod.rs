//! Which messages the user wants: one `--narrow`, all of whose terms must hold.
//!
//! Not for reading its spellings (`narrow/parse.rs`), for what the server is asked (`narrow/wire.rs`), for
//! joining several narrows, or for other events than messages: the server filters none of those by a
//! narrow either. What a term means is that of `build_narrow_filter` in Zulip's `zerver/lib/narrow.py`
//! (1.7) and of `build_narrow_predicate` in `zerver/lib/narrow_predicate.py` (9.2 and later).

use crate::event::{Message, Recipient};

pub mod doubt;
mod json;
mod letters;
mod parse;
mod refusal;
mod term;
pub mod wire;
mod words;

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

    fn positive(&self) -> impl Iterator<Item = &Test> {
        self.terms
            .iter()
            .filter(|term| term.sign == Sign::Positive)
            .map(|term| &term.test)
    }
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

#[cfg(test)]
mod tests;
