//! Which messages the user wants: one `--narrow`, all of whose terms must hold.
//!
//! What a term means is that of `build_narrow_filter` in Zulip's `zerver/lib/narrow.py` (1.7) and of
//! `build_narrow_predicate` in `zerver/lib/narrow_predicate.py` (9.2 and later). The form of
//! a term is in `parse.rs`, what of it is sent to servers in `server_narrow.rs`.

use std::fmt;

use crate::event::{Message, Recipient};

/// One alternative: every term must hold. Read with `parse()`, written in the form of the search box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrow {
    pub(super) terms: Vec<Term>,
}

/// What a message is tested for, and whether that is wanted or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub sign: Sign,
    pub test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Positive,
    Negated,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Channel(String),
    ChannelId(i64),
    Topic(String),
    Sender(Sender),
    Is(MessageState),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Address(String),
    Id(i64),
    /// None until the account is known.
    Me(Option<MyAccount>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MyAccount {
    pub id: i64,
    pub address: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageState {
    Private,
    Mentioned,
    Starred,
    Unread,
    Alerted,
}

/// Something that must exist for a narrow to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// A channel by name.
    Channel(&'a str),
    /// A channel by id.
    ChannelId(i64),
    /// A person by the address that messages carry.
    Address(&'a str),
    /// A person by user id.
    PersonId(i64),
    /// A topic, in any channel.
    Topic(&'a str),
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

    /// Both in one: all terms of either must hold.
    #[must_use]
    pub fn and(mut self, other: Narrow) -> Narrow {
        for term in other.terms {
            if !self.terms.contains(&term) {
                self.terms.push(term);
            }
        }
        self
    }

    /// Whether `sender:me` waits for `resolve_me`.
    pub fn needs_me(&self) -> bool {
        self.terms
            .iter()
            .any(|term| matches!(term.test, Test::Sender(Sender::Me(None))))
    }

    /// Sets who `me` is, from `GET /users/me`; the login address need not be the one in messages.
    pub fn resolve_me(&mut self, user_id: i64, email: &str) {
        for term in &mut self.terms {
            if let Test::Sender(Sender::Me(account)) = &mut term.test {
                *account = Some(MyAccount {
                    id: user_id,
                    address: email.to_owned(),
                });
            }
        }
    }

    /// What it refers to. What is only left out need not exist.
    pub fn references(&self) -> impl Iterator<Item = Reference<'_>> {
        self.positive().filter_map(|test| match test {
            Test::Channel(name) => Some(Reference::Channel(name)),
            Test::ChannelId(id) => Some(Reference::ChannelId(*id)),
            Test::Sender(Sender::Address(address)) => Some(Reference::Address(address)),
            Test::Sender(Sender::Id(id)) => Some(Reference::PersonId(*id)),
            Test::Topic(topic) => Some(Reference::Topic(topic)),
            Test::Sender(Sender::Me(_)) | Test::Is(_) => None,
        })
    }

    /// The same whatever the topic: for finding out which ones there are. It may match everything.
    #[must_use]
    pub fn without_topics(&self) -> Narrow {
        let names_topic =
            |term: &Term| term.sign == Sign::Positive && matches!(term.test, Test::Topic(_));
        let mut narrow = self.clone();
        narrow.terms.retain(|term| !names_topic(term));
        narrow
    }

    /// Why no message can ever match, if that is certain.
    pub fn contradiction(&self) -> Option<String> {
        let tests: Vec<&Test> = self.positive().collect();
        tests.iter().enumerate().find_map(|(at, a)| {
            let b = tests.iter().skip(at + 1).find(|b| a.excludes(b))?;
            Some(format!("{a} and {b} never hold together"))
        })
    }

    /// Why no live message can match: nothing is starred when it is sent.
    pub fn needs_history(&self) -> Option<&'static str> {
        self.positive()
            .any(|test| *test == Test::Is(MessageState::Starred))
            .then_some("is:starred can match messages of the past only: add -n N or --since TIME")
    }

    pub(super) fn positive(&self) -> impl Iterator<Item = &Test> {
        self.terms
            .iter()
            .filter(|term| term.sign == Sign::Positive)
            .map(|term| &term.test)
    }
}

impl Test {
    fn holds(&self, message: &Message, flags: &[impl AsRef<str>]) -> bool {
        let channel = match &message.display_recipient {
            Recipient::Channel(name) => Some(name),
            Recipient::People(_) => None,
        };
        match self {
            Test::Channel(name) => channel.is_some_and(|channel| same_text(name, channel)),
            Test::ChannelId(id) => message.stream_id == Some(*id),
            Test::Topic(topic) => channel.is_some() && same_text(topic, &message.subject),
            Test::Sender(sender) => sender.sent(message),
            Test::Is(state) => state.holds(message, flags),
        }
    }

    /// Whether no message fulfils both. Names and ids may mean the same, so they are not compared.
    fn excludes(&self, other: &Test) -> bool {
        match (self, other) {
            (Test::Channel(a), Test::Channel(b))
            | (Test::Topic(a), Test::Topic(b))
            | (Test::Sender(Sender::Address(a)), Test::Sender(Sender::Address(b))) => {
                !same_text(a, b)
            }
            (Test::ChannelId(a), Test::ChannelId(b))
            | (Test::Sender(Sender::Id(a)), Test::Sender(Sender::Id(b))) => a != b,
            (
                Test::Is(MessageState::Private),
                Test::Channel(_) | Test::ChannelId(_) | Test::Topic(_),
            )
            | (
                Test::Channel(_) | Test::ChannelId(_) | Test::Topic(_),
                Test::Is(MessageState::Private),
            ) => true,
            _ => false,
        }
    }
}

impl Sender {
    fn sent(&self, message: &Message) -> bool {
        match self {
            Sender::Address(address) => same_text(address, &message.sender_email),
            Sender::Id(id) => message.sender_id == Some(*id),
            Sender::Me(None) => false,
            Sender::Me(Some(me)) => match message.sender_id {
                Some(id) => id == me.id,
                None => same_text(&me.address, &message.sender_email),
            },
        }
    }
}

impl MessageState {
    fn holds(self, message: &Message, flags: &[impl AsRef<str>]) -> bool {
        let any = |wanted: &[&str]| flags.iter().any(|flag| wanted.contains(&flag.as_ref()));
        match self {
            // Servers call it `private` on the wire, and `direct` wherever they have renamed it.
            MessageState::Private => matches!(&*message.kind, "private" | "direct"),
            MessageState::Mentioned => any(&[
                "mentioned",
                "wildcard_mentioned",
                "stream_wildcard_mentioned",
                "topic_wildcard_mentioned",
                "group_mentioned",
            ]),
            MessageState::Starred => any(&["starred"]),
            MessageState::Unread => !any(&["read"]),
            MessageState::Alerted => any(&["has_alert_word"]),
        }
    }

    /// The word behind `is:`, which is also the one that servers know.
    pub fn name(self) -> &'static str {
        match self {
            MessageState::Private => "private",
            MessageState::Mentioned => "mentioned",
            MessageState::Starred => "starred",
            MessageState::Unread => "unread",
            MessageState::Alerted => "alerted",
        }
    }
}

/// Whether two texts differ in case only, as Python's `lower()` sees it, by which servers filter their queues.
/// No letter beyond ASCII counts as one within it: databases, which search the history, disagree there.
fn same_text(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || (!a.is_ascii() && !b.is_ascii() && a.to_lowercase() == b.to_lowercase())
}

/// In the form of the search box, as notices and the cursor file have it: it reads back equal.
impl fmt::Display for Narrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Term { sign, test }) in self.terms.iter().enumerate() {
            let space = if place > 0 { " " } else { "" };
            let minus = match sign {
                Sign::Positive => "",
                Sign::Negated => "-",
            };
            write!(f, "{space}{minus}{test}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Test::Channel(name) => write!(f, "channel:{}", operand(name)),
            Test::ChannelId(id) => write!(f, "channel-id:{id}"),
            Test::Topic(topic) => write!(f, "topic:{}", operand(topic)),
            Test::Sender(Sender::Address(address)) => write!(f, "sender:{}", operand(address)),
            Test::Sender(Sender::Id(id)) => write!(f, "sender:{id}"),
            Test::Sender(Sender::Me(_)) => f.write_str("sender:me"),
            Test::Is(state) => write!(f, "is:{}", state.name()),
        }
    }
}

/// An operand in the search box, in quotes only where it would be read otherwise without them.
fn operand(text: &str) -> String {
    if text.starts_with('"') || text.contains(char::is_whitespace) {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    } else {
        text.to_owned()
    }
}
