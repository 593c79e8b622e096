//! Whether a narrow can ever match, as far as the narrow itself tells, and what it refers to.
//!
//! Not for asking the server whether that exists (`check.rs`).

use super::letters::same_text;
use super::{Narrow, Sender, Sign, State, Term, Test};

/// Whether messages of the past are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// They are (`-n`, `--since`).
    Read,
    /// They are not: nothing is starred when it is sent.
    Unread,
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
            |term: &&Term| term.sign == Sign::Positive && matches!(term.test, Test::Topic(_));
        Narrow {
            terms: self
                .terms
                .iter()
                .filter(|term| !names_topic(term))
                .cloned()
                .collect(),
        }
    }

    /// Why no message can ever match, if that is certain.
    pub fn never_matches(&self, past: Past) -> Option<String> {
        if let Some((a, b)) = self.contradiction() {
            return Some(format!("{a} and {b} never hold together"));
        }
        let starred = |test: &Test| matches!(test, Test::Is(State::Starred));
        (past == Past::Unread && self.positive().any(starred)).then(|| {
            "is:starred can match messages of the past only: add -n N or --since TIME".to_owned()
        })
    }

    /// Two terms that no message fulfils together.
    fn contradiction(&self) -> Option<(&Term, &Term)> {
        let terms = self.terms.as_slice();
        let mut pairs = terms
            .iter()
            .enumerate()
            .flat_map(|(at, a)| terms.iter().skip(at + 1).map(move |b| (a, b)));
        pairs.find(|(a, b)| a.excludes(b))
    }
}

impl Term {
    fn excludes(&self, other: &Term) -> bool {
        match (self.sign, other.sign) {
            (Sign::Positive, Sign::Positive) => {
                self.test.excludes(&other.test) || other.test.excludes(&self.test)
            }
            (Sign::Negated, Sign::Negated) => false,
            _ => self.test.equals(&other.test),
        }
    }
}

impl Test {
    fn equals(&self, other: &Test) -> bool {
        match (self, other) {
            (Test::Channel(a), Test::Channel(b)) | (Test::Topic(a), Test::Topic(b)) => {
                same_text(a, b)
            }
            (Test::Sender(Sender::Address(a)), Test::Sender(Sender::Address(b))) => same_text(a, b),
            (a, b) => a == b,
        }
    }

    /// Both hold of no message. Names and ids may mean the same, so they are not compared.
    fn excludes(&self, other: &Test) -> bool {
        match (self, other) {
            (Test::Channel(_), Test::Channel(_))
            | (Test::ChannelId(_), Test::ChannelId(_))
            | (Test::Topic(_), Test::Topic(_))
            | (Test::Sender(Sender::Address(_)), Test::Sender(Sender::Address(_)))
            | (Test::Sender(Sender::Id(_)), Test::Sender(Sender::Id(_))) => !self.equals(other),
            (Test::Is(State::Private), Test::Channel(_) | Test::ChannelId(_) | Test::Topic(_)) => {
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Narrow, Past, Reference};

    fn narrow(text: &str) -> Narrow {
        text.parse().unwrap()
    }

    #[test]
    fn terms_that_never_hold_together_are_found() {
        for (text, expected) in [
            ("stream:a topic:b sender:c@x is:mentioned -topic:d", None),
            ("stream:a stream:A", None),
            ("sender:1 sender:c@x", None),
            ("-stream:a -stream:b", None),
            ("stream:a stream:b", Some("channel:a and channel:b")),
            ("topic:a is:starred topic:b", Some("topic:a and topic:b")),
            ("sender:a@x sender:b@x", Some("sender:a@x and sender:b@x")),
            ("sender:1 sender:2", Some("sender:1 and sender:2")),
            ("is:dm topic:a", Some("is:private and topic:a")),
            ("stream:a is:private", Some("channel:a and is:private")),
            ("stream:a -stream:A", Some("channel:a and -channel:A")),
            ("is:unread -is:unread", Some("is:unread and -is:unread")),
            ("-sender:me sender:me", Some("-sender:me and sender:me")),
        ] {
            let reason = narrow(text).never_matches(Past::Read);
            let expected = expected.map(|pair| format!("{pair} never hold together"));
            assert_eq!(reason, expected, "{text}");
        }
    }

    #[test]
    fn only_positive_terms_refer_to_something() {
        let narrow = narrow("stream:ops sender:a@x sender:7 -stream:b -sender:8 topic:t sender:me");
        let found: Vec<_> = narrow.references().collect();
        let expected = [
            Reference::Channel("ops"),
            Reference::Address("a@x"),
            Reference::PersonId(7),
            Reference::Topic("t"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_narrow_without_its_topics_keeps_those_that_are_left_out() {
        for (text, expected) in [
            ("stream:a topic:b -topic:c", "channel:a -topic:c"),
            ("topic:b", ""),
        ] {
            assert_eq!(narrow(text).without_topics().to_string(), expected);
        }
    }

    #[test]
    fn starred_messages_are_of_the_past() {
        let reason = |text: &str, past| narrow(text).never_matches(past);
        let starred = reason("is:starred stream:a", Past::Unread).unwrap();
        assert!(starred.contains("--since"), "{starred}");
        assert_eq!(reason("is:starred", Past::Read), None);
        assert_eq!(reason("-is:starred", Past::Unread), None);
    }
}
