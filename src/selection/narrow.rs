//! Which messages the user wants: one `--narrow`, all of whose terms must hold.
//!
//! What a term means is that of `build_narrow_filter` in Zulip's `zerver/lib/narrow.py` (1.7), of
//! `build_narrow_predicate` in `zerver/lib/narrow_predicate.py` (9.2 and later), and for what queues cannot filter by
//! that of the history. The spellings are in `parse.rs`, what is sent to servers in `server_narrow.rs`.

use std::fmt;

use super::facts::{Answer, Facts, all, any, not};
use super::parse::{CHANNEL_ID, Meaning};
use super::people::{People, PersonRef};
use super::spelling::{Spelling, same_text};
use crate::event::{Event, Person, RESOLVED, Recipient};
use crate::kind;
use crate::listed::Listed;
use crate::site::Site;

/// People in a conversation that is a group, oneself among them.
const GROUP: usize = 3;

/// One alternative: every term must hold. Read with `parse()`, written in the form of the search box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrow {
    pub(super) terms: Vec<Term>,
    /// Those of the links that it was read from.
    pub(super) sites: Vec<Site>,
}

/// What a message is tested for, and whether that is wanted or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub negated: bool,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Channel(ChannelRef),
    Topic(Spelling),
    Sender(People),
    Direct(DirectMessages),
    State(MessageState),
}

/// A channel by id, by name, or by what may be either.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelRef {
    /// As `channel:7` and `channel:7-Denmark` have it.
    pub id: Option<i64>,
    pub(super) name: Option<Spelling>,
    /// What the server calls the one with that id.
    pub(super) listed: Option<String>,
}

/// A conversation of direct messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DirectMessages {
    pub scope: Scope,
    pub people: People,
    /// Who takes part in all of one's own; none where no account is known.
    pub me: Option<PersonRef>,
}

/// Who else may take part in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Nobody but oneself.
    Exactly,
    /// Anybody.
    WithOthers,
    /// Anybody, and there must be others.
    Group,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageState {
    Private,
    Mentioned,
    Starred,
    Unread,
    Alerted,
    Resolved,
    Reacted,
}

/// Something that must exist for a narrow to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    /// A channel.
    Channel(&'a ChannelRef),
    /// A person.
    Person(&'a PersonRef),
    /// A topic, in any channel.
    Topic(&'a Spelling),
}

/// What a server tells of what narrows name, as far as it was asked.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// The account.
    pub me: Option<PersonRef>,
    /// Everybody.
    pub people: Option<Vec<Listed>>,
    /// The channels that the account may see.
    pub channels: Option<Vec<Listed>>,
}

impl Narrow {
    /// Whether all terms hold for a message.
    pub fn answer(&self, facts: &Facts) -> Answer {
        all(self.terms.iter().map(|term| term.answer(facts)))
    }

    /// Whether a `message` event is one of these.
    pub fn has(&self, event: &Event) -> bool {
        let facts = Facts::of_message(event);
        facts.and_then(|facts| self.answer(&facts)) == Some(true)
    }

    /// The same, and these terms as well.
    #[must_use]
    pub fn and(mut self, other: Narrow) -> Narrow {
        for term in other.terms {
            if !self.terms.contains(&term) {
                self.terms.push(term);
            }
        }
        self.sites.extend(other.sites);
        self
    }

    /// The servers of the links that it was read from.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Whether the account is to be known: for `me`, and for who takes part in all of its conversations.
    pub fn needs_me(&self) -> bool {
        self.has_me()
            || self.tests().any(|test| match test {
                Test::Direct(direct) => direct.scope == Scope::Exactly && direct.me.is_none(),
                _ => false,
            })
    }

    /// Whether it has `me`, which nothing matches while the account is not known.
    pub fn has_me(&self) -> bool {
        self.has_person(|person| *person == PersonRef::Me)
    }

    /// Whether people are to be looked up on the server's list.
    pub fn names_people(&self) -> bool {
        self.has_person(|person| matches!(person, PersonRef::Name(_)))
    }

    /// Whether it has people by id, whose addresses old servers want.
    pub fn has_person_ids(&self) -> bool {
        self.has_person(|person| matches!(person, PersonRef::Id(_)))
    }

    /// Whether it has channels by id, whose names old servers want.
    pub fn has_channel_ids(&self) -> bool {
        self.positive()
            .any(|test| matches!(test, Test::Channel(ChannelRef { id: Some(_), .. })))
    }

    /// Finds what it names in what the server tells, or says who is not there.
    pub fn resolve(&mut self, directory: &Directory) -> Result<(), String> {
        for term in &mut self.terms {
            match &mut term.test {
                Test::Channel(channel) => channel.resolve(directory),
                Test::Sender(people) => people.resolve(directory)?,
                Test::Direct(direct) => {
                    direct.people.resolve(directory)?;
                    direct.me.clone_from(&directory.me);
                }
                Test::Topic(_) | Test::State(_) => {}
            }
        }
        Ok(())
    }

    /// What it refers to. What is only left out need not exist.
    pub fn references(&self) -> impl Iterator<Item = Reference<'_>> {
        self.positive().flat_map(|test| match test {
            Test::Channel(channel) => vec![Reference::Channel(channel)],
            Test::Topic(topic) => vec![Reference::Topic(topic)],
            Test::Sender(people) | Test::Direct(DirectMessages { people, .. }) => {
                let people = people.found().unwrap_or_default();
                people.iter().map(Reference::Person).collect()
            }
            Test::State(_) => Vec::new(),
        })
    }

    /// Why no message can ever match, if that is certain.
    pub fn contradiction(&self) -> Option<String> {
        let tests: Vec<&Test> = self.positive().collect();
        tests.iter().enumerate().find_map(|(at, a)| {
            let b = tests.iter().skip(at + 1).find(|b| a.excludes(b))?;
            Some(format!(
                "{a} and {b} never hold together; to see both, give each a --narrow of its own"
            ))
        })
    }

    /// Why no live message can match: nothing is starred, and nobody has reacted, when it is sent.
    pub fn needs_history(&self) -> Option<String> {
        let test = self.positive().find(|test| {
            matches!(
                test,
                Test::State(MessageState::Starred | MessageState::Reacted)
            )
        })?;
        Some(format!(
            "{test} can match messages of the past only: add -n N or --since TIME"
        ))
    }

    pub(super) fn positive(&self) -> impl Iterator<Item = &Test> {
        self.terms
            .iter()
            .filter(|term| !term.negated)
            .map(|term| &term.test)
    }

    fn tests(&self) -> impl Iterator<Item = &Test> {
        self.terms.iter().map(|term| &term.test)
    }

    fn has_person(&self, is_so: fn(&PersonRef) -> bool) -> bool {
        self.tests().any(|test| match test {
            Test::Sender(people) | Test::Direct(DirectMessages { people, .. }) => people.any(is_so),
            _ => false,
        })
    }
}

impl Term {
    /// Whether it holds for a message.
    pub fn answer(&self, facts: &Facts) -> Answer {
        let answer = self.test.answer(facts);
        if self.negated { not(answer) } else { answer }
    }
}

impl Test {
    pub fn answer(&self, facts: &Facts) -> Answer {
        match self {
            Test::Channel(channel) => channel.answer(facts),
            Test::Topic(spelling) => topic_answer(facts, |topic| spelling.is_topic(topic)),
            Test::Sender(people) => people.sent(&facts.sender),
            Test::Direct(conversation) => conversation.answer(facts),
            Test::State(state) => state.answer(facts),
        }
    }

    /// The kind of event that changes what it answers, where there is one.
    pub fn changed_by(&self) -> Option<&'static str> {
        match self {
            Test::Channel(_) | Test::Topic(_) | Test::State(MessageState::Resolved) => {
                Some(kind::UPDATE_MESSAGE)
            }
            Test::State(MessageState::Reacted) => Some(kind::REACTION),
            Test::State(MessageState::Private) | Test::Sender(_) | Test::Direct(_) => None,
            Test::State(_) => Some(kind::UPDATE_MESSAGE_FLAGS),
        }
    }

    /// Whether no message fulfils both. What may mean the same in different ways is not compared.
    fn excludes(&self, other: &Test) -> bool {
        let are_apart =
            |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| !same_text(a, b));
        match (self, other) {
            (Test::Channel(a), Test::Channel(b)) => {
                let are_ids = a.name.is_none() && b.name.is_none();
                are_apart(a.only_name(), b.only_name()) || (are_ids && a.id != b.id)
            }
            (Test::Topic(a), Test::Topic(b)) => are_apart(a.only(), b.only()),
            (Test::Sender(a), Test::Sender(b)) => match (a.found(), b.found()) {
                (Some([a]), Some([b])) => {
                    let ids = a.id().zip(b.id());
                    are_apart(a.address(), b.address()) || ids.is_some_and(|(a, b)| a != b)
                }
                _ => false,
            },
            _ => {
                (self.is_in_channel() && other.is_direct())
                    || (self.is_direct() && other.is_in_channel())
            }
        }
    }

    pub fn is_in_channel(&self) -> bool {
        matches!(
            self,
            Test::Channel(_) | Test::Topic(_) | Test::State(MessageState::Resolved)
        )
    }

    pub fn is_direct(&self) -> bool {
        matches!(self, Test::Direct(_) | Test::State(MessageState::Private))
    }
}

impl ChannelRef {
    fn resolve(&mut self, directory: &Directory) {
        let mut list = directory.channels.iter().flatten();
        let listed = list.find(|listed| Some(listed.id) == self.id);
        self.listed = listed.map(|listed| listed.name.clone());
    }

    /// The name, to the letter.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref()?.readings().next()
    }

    /// The name, where it can be nothing else.
    pub fn only_name(&self) -> Option<&str> {
        self.name.as_ref().filter(|_| self.id.is_none())?.only()
    }

    /// Whether it may be this one.
    pub fn is(&self, id: Option<i64>, name: &str) -> bool {
        let is_named = |spelling: &Spelling| spelling.is(name);
        (self.id.is_some() && self.id == id) || self.name.as_ref().is_some_and(is_named)
    }

    fn answer(&self, facts: &Facts) -> Answer {
        if let Some(Recipient::People(_)) = facts.recipient {
            return Some(false);
        }
        let told = facts.channel_name();
        let is_another = || {
            let (only, mut others) = (self.only_name()?, facts.other_channels?.values());
            others.any(|name| same_text(only, name)).then_some(false)
        };
        let by_name = self.name.as_ref().map(|spelling| match told {
            Some(name) => Some(spelling.is(name)),
            None => is_another(),
        });
        let by_id = self.id.map(|id| match facts.channel_id {
            Some(told) => Some(told == id),
            None => Some(same_text(self.listed.as_ref()?, told?)),
        });
        any(by_name.into_iter().chain(by_id))
    }
}

/// Whether a message has a topic that is so; direct messages have none.
fn topic_answer(facts: &Facts, is_so: impl Fn(&str) -> bool) -> Answer {
    let recipient = facts.recipient.as_ref();
    all([
        recipient.map(|recipient| matches!(recipient, Recipient::Channel(_))),
        facts.topic.as_ref().map(|topic| is_so(topic)),
    ])
}

impl DirectMessages {
    fn answer(&self, facts: &Facts) -> Answer {
        let participants = match facts.recipient.as_ref()? {
            Recipient::Channel(_) => return Some(false),
            Recipient::People(people) if people.is_empty() => return None,
            Recipient::People(people) => people,
        };
        any(self.people.readings.iter().map(|people| {
            let takes_part =
                |person: &PersonRef| any(participants.iter().map(|one| person.is(one)));
            let is_named = |one: &Person| any(people.iter().map(|person| person.is(one)));
            let are_all_there = all(people.iter().map(takes_part));
            let are_these_all = match (self.scope, &self.me) {
                (Scope::WithOthers, _) => Some(true),
                (Scope::Group, _) => Some(participants.len() >= GROUP),
                (Scope::Exactly, Some(me)) => all(participants
                    .iter()
                    .map(|one| any([is_named(one), me.is(one)]))),
                // Somebody is the account that saved it.
                (Scope::Exactly, None) => {
                    let others = participants.iter().map(is_named);
                    all(others.filter(|named| *named != Some(true)).skip(1))
                }
            };
            all([are_all_there, are_these_all])
        }))
    }
}

impl MessageState {
    fn answer(self, facts: &Facts) -> Answer {
        match self {
            MessageState::Private => facts.is_direct,
            MessageState::Mentioned => facts.flags.have(&[
                "mentioned",
                "wildcard_mentioned",
                "stream_wildcard_mentioned",
                "topic_wildcard_mentioned",
                "group_mentioned",
            ]),
            MessageState::Starred => facts.flags.have(&["starred"]),
            MessageState::Unread => not(facts.flags.have(&["read"])),
            MessageState::Alerted => facts.flags.have(&["has_alert_word"]),
            MessageState::Resolved => topic_answer(facts, |topic| topic.starts_with(RESOLVED)),
            MessageState::Reacted => facts.is_reacted,
        }
    }
}

/// In the form of the search box, as notices and the cursor file have it: it reads back equal.
impl fmt::Display for Narrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Term { negated, test }) in self.terms.iter().enumerate() {
            let space = if place > 0 { " " } else { "" };
            let minus = if *negated { "-" } else { "" };
            write!(f, "{space}{minus}{test}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (meaning, operand): (_, &dyn fmt::Display) = match self {
            Test::Channel(channel) => match &channel.name {
                Some(name) => (Meaning::Channel, name),
                None => return write!(f, "{CHANNEL_ID}:{}", channel.id.unwrap_or_default()),
            },
            Test::Topic(topic) => (Meaning::Topic, topic),
            Test::Sender(people) => (Meaning::Sender, people),
            Test::Direct(direct) => (Meaning::Direct(direct.scope), &direct.people),
            Test::State(state) => (Meaning::State(*state), &""),
        };
        write!(f, "{}{operand}", meaning.name())
    }
}
