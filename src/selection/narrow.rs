//! Which messages the user wants: one `--narrow`, all of whose terms must hold.
//!
//! What a term means is that of `build_narrow_filter` in Zulip's `zerver/lib/narrow.py` (1.7), of
//! `build_narrow_predicate` in `zerver/lib/narrow_predicate.py` (9.2 and later), and for what queues cannot filter by
//! that of the history. The spellings are in `parse.rs`, what is sent to servers in `server_narrow.rs`.

use std::collections::HashMap;
use std::fmt;

use super::facts::{Answer, ChannelName, Destination, Facts, Flags, all, any, not};
use super::people::{People, PersonRef, User};
use super::spelling::{Spelling, same_text};
use crate::event::{Event, RESOLVED};
use crate::kind::Kind;
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
    pub sign: Sign,
    pub test: Test,
}

/// Whether a term must hold or must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It must.
    Positive,
    /// It must not.
    Negated,
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub people: Option<Vec<User>>,
    /// The channels that the account may see.
    pub channels: Option<Vec<ListedChannel>>,
}

/// A channel on the server's list.
#[derive(Clone, Debug)]
pub struct ListedChannel {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether nothing can be sent to it any more.
    pub is_archived: bool,
}

impl Narrow {
    /// Whether all terms hold for a message. While `me` is unresolved nothing matches, not even its negation.
    pub fn answer(&self, facts: &Facts) -> Answer {
        if self.has_me() {
            return Ok(false);
        }
        all(self.terms.iter().map(|term| term.answer(facts)))
    }

    /// Whether a `message` event is one of these.
    pub fn has(&self, event: &Event) -> bool {
        let facts = Facts::of_message(event);
        facts.and_then(|facts| self.answer(&facts)) == Ok(true)
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

    /// Sets who `me` is: the login address need not be the one in messages.
    pub fn resolve_me(&mut self, me: &PersonRef) {
        for term in &mut self.terms {
            if let Test::Direct(direct) = &mut term.test {
                direct.me = Some(me.clone());
            }
            if let Some(people) = term.test.people_mut() {
                people.resolve_me(me);
            }
        }
    }

    /// Finds what it names in what the server tells, or says who is not there.
    pub fn resolve(&mut self, directory: &Directory) -> Result<(), String> {
        if let Some(me) = &directory.me {
            self.resolve_me(me);
        }
        for term in &mut self.terms {
            if let (Test::Channel(channel), Some(list)) = (&mut term.test, &directory.channels) {
                let listed = list.iter().find(|listed| Some(listed.id) == channel.id);
                channel.listed = listed.map(|listed| listed.name.clone());
            }
            if let (Some(people), Some(list)) = (term.test.people_mut(), &directory.people) {
                people.resolve(directory.me.as_ref(), list)?;
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

    /// Why no live message can match: nothing is starred, and nobody has reacted, when it is sent.
    pub fn needs_history(&self) -> Option<String> {
        let of_the_past = Test::is_of_the_past;
        let test = self.positive().find(|test| of_the_past(test))?;
        Some(format!(
            "{test} can match messages of the past only: add -n N or --since TIME"
        ))
    }

    pub(super) fn positive(&self) -> impl Iterator<Item = &Test> {
        self.terms
            .iter()
            .filter(|term| term.sign == Sign::Positive)
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
        match self.sign {
            Sign::Positive => answer,
            Sign::Negated => not(answer),
        }
    }
}

impl Test {
    fn answer(&self, facts: &Facts) -> Answer {
        match self {
            Test::Channel(channel) => channel.answer(facts),
            Test::Topic(spelling) => topic_answer(facts, |topic| spelling.is_topic(topic)),
            Test::Sender(people) => people.sent(&facts.sender()),
            Test::Direct(conversation) => conversation.answer(facts),
            Test::State(state) => state.answer(facts),
        }
    }

    /// The kind of event that changes what it answers, where there is one.
    pub fn changed_by(&self) -> Option<Kind> {
        match self {
            Test::Channel(_) | Test::Topic(_) | Test::State(MessageState::Resolved) => {
                Some(Kind::UPDATE_MESSAGE)
            }
            Test::State(MessageState::Reacted) => Some(Kind::REACTION),
            Test::State(MessageState::Private) | Test::Sender(_) | Test::Direct(_) => None,
            Test::State(_) => Some(Kind::UPDATE_MESSAGE_FLAGS),
        }
    }

    /// Whether no message fulfils both. What may mean the same in different ways is not compared.
    fn excludes(&self, other: &Test) -> bool {
        match (self, other) {
            (Test::Channel(a), Test::Channel(b)) => match (a.only_name(), b.only_name()) {
                (Some(a), Some(b)) => !same_text(a, b),
                _ => a.name.is_none() && b.name.is_none() && a.id != b.id,
            },
            (Test::Topic(a), Test::Topic(b)) => match (a.only(), b.only()) {
                (Some(a), Some(b)) => !same_text(a, b),
                _ => false,
            },
            (Test::Sender(a), Test::Sender(b)) => match (a.found(), b.found()) {
                (Some([PersonRef::Address(a)]), Some([PersonRef::Address(b)])) => !same_text(a, b),
                (Some([a]), Some([b])) => a.id().zip(b.id()).is_some_and(|(a, b)| a != b),
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

    fn is_of_the_past(&self) -> bool {
        matches!(
            self,
            Test::State(MessageState::Starred | MessageState::Reacted)
        )
    }

    fn people_mut(&mut self) -> Option<&mut People> {
        match self {
            Test::Sender(people) | Test::Direct(DirectMessages { people, .. }) => Some(people),
            _ => None,
        }
    }
}

impl ChannelRef {
    /// By name alone.
    pub fn named(name: Spelling) -> ChannelRef {
        ChannelRef {
            id: None,
            name: Some(name),
            listed: None,
        }
    }

    /// By id alone.
    pub fn with_id(id: i64) -> ChannelRef {
        ChannelRef {
            id: Some(id),
            name: None,
            listed: None,
        }
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
        let name = match &facts.recipient {
            Some(Destination::People(_)) => return Ok(false),
            Some(Destination::Channel(name)) => Some(name),
            None => None,
        };
        let is_another = |names: &HashMap<i64, String>| {
            let only = self.only_name();
            only.is_some_and(|only| names.values().any(|name| same_text(only, name)))
        };
        let by_name = self.name.as_ref().map(|spelling| match name {
            Some(ChannelName::Known(name)) => Ok(spelling.is(name)),
            Some(ChannelName::Other(names)) if is_another(names) => Ok(false),
            Some(ChannelName::Other(_)) | None => Err("display_recipient"),
        });
        let by_id = self
            .id
            .map(|id| match (facts.channel_id, &self.listed, name) {
                (Some(told), ..) => Ok(told == id),
                (None, Some(listed), Some(ChannelName::Known(name))) => Ok(same_text(listed, name)),
                (None, _, Some(_)) => Err("stream_id"),
                (None, _, None) => Err("display_recipient"),
            });
        any(by_name.into_iter().chain(by_id))
    }
}

/// Whether a message has a topic that is so; direct messages have none.
fn topic_answer(facts: &Facts, is_so: impl Fn(&str) -> bool) -> Answer {
    let recipient = facts.recipient.as_ref().ok_or("display_recipient");
    all([
        recipient.map(|recipient| matches!(recipient, Destination::Channel(_))),
        facts
            .topic
            .as_ref()
            .ok_or("subject")
            .map(|topic| is_so(topic)),
    ])
}

impl DirectMessages {
    fn answer(&self, facts: &Facts) -> Answer {
        const FIELD: &str = "display_recipient";
        let participants = match facts.recipient.as_ref().ok_or(FIELD)? {
            Destination::Channel(_) => return Ok(false),
            Destination::People(None) => return Err(FIELD),
            Destination::People(Some(participants)) => participants,
        };
        any(self.people.readings.iter().map(|people| {
            let takes_part =
                |person: &PersonRef| any(participants.iter().map(|one| person.is(one, [FIELD; 3])));
            let is_named = |one| any(people.iter().map(|person| person.is(one, [FIELD; 3])));
            let are_all_there = all(people.iter().map(takes_part));
            let are_these_all = match (self.scope, &self.me) {
                (Scope::WithOthers, _) => Ok(true),
                (Scope::Group, _) => Ok(participants.len() >= GROUP),
                (Scope::Exactly, Some(me)) => all(participants
                    .iter()
                    .map(|one| any([is_named(one), me.is(one, [FIELD; 3])]))),
                // Somebody is the account that saved it.
                (Scope::Exactly, None) => {
                    let mut others = participants
                        .iter()
                        .map(is_named)
                        .filter(|named| *named != Ok(true));
                    others.next();
                    not(any(others.map(not)))
                }
            };
            all([are_all_there, are_these_all])
        }))
    }
}

impl MessageState {
    fn answer(self, facts: &Facts) -> Answer {
        let flags = self.flags();
        match self {
            // Servers call it `private` on the wire, and `direct` wherever they have renamed it.
            MessageState::Private => {
                let kind = facts.kind.as_ref().ok_or("type");
                kind.map(|kind| matches!(&**kind, "private" | "direct"))
            }
            MessageState::Unread => not(has_flag(&facts.flags, flags)),
            MessageState::Mentioned | MessageState::Starred | MessageState::Alerted => {
                has_flag(&facts.flags, flags)
            }
            MessageState::Resolved => topic_answer(facts, |topic| topic.starts_with(RESOLVED)),
            MessageState::Reacted => facts.is_reacted.ok_or("reactions"),
        }
    }

    /// The flags that say so, or that say the opposite.
    pub fn flags(self) -> &'static [&'static str] {
        match self {
            MessageState::Mentioned => &[
                "mentioned",
                "wildcard_mentioned",
                "stream_wildcard_mentioned",
                "topic_wildcard_mentioned",
                "group_mentioned",
            ],
            MessageState::Starred => &["starred"],
            MessageState::Unread => &["read"],
            MessageState::Alerted => &["has_alert_word"],
            MessageState::Private | MessageState::Resolved | MessageState::Reacted => &[],
        }
    }

    /// The operator and its operand, which are also those that servers know.
    pub fn term(self) -> (&'static str, &'static str) {
        match self {
            MessageState::Private => ("is", "private"),
            MessageState::Mentioned => ("is", "mentioned"),
            MessageState::Starred => ("is", "starred"),
            MessageState::Unread => ("is", "unread"),
            MessageState::Alerted => ("is", "alerted"),
            MessageState::Resolved => ("is", "resolved"),
            MessageState::Reacted => ("has", "reaction"),
        }
    }
}

/// Whether one of these flags is set.
fn has_flag(flags: &Flags, wanted: &[&str]) -> Answer {
    match flags {
        Flags::Listed(flags) => Ok(flags.iter().any(|flag| wanted.contains(&&**flag))),
        Flags::Changed(flag, true) if wanted.contains(&&**flag) => Ok(true),
        Flags::Changed(flag, false) if *wanted == [&**flag] => Ok(false),
        Flags::Changed(..) | Flags::Unknown => Err("flags"),
    }
}

impl Scope {
    /// The operator that we write.
    fn name(self) -> &'static str {
        match self {
            Scope::Exactly => "dm",
            Scope::WithOthers => "dm-with",
            Scope::Group => "group-pm-with",
        }
    }
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
            Test::Channel(ChannelRef {
                name: Some(name), ..
            }) => write!(f, "channel:{name}"),
            Test::Channel(channel) => write!(f, "channel-id:{}", channel.id.unwrap_or_default()),
            Test::Topic(topic) => write!(f, "topic:{topic}"),
            Test::Sender(people) => write!(f, "sender:{people}"),
            Test::Direct(DirectMessages { scope, people, .. }) => {
                write!(f, "{}:{people}", scope.name())
            }
            Test::State(state) => {
                let (operator, operand) = state.term();
                write!(f, "{operator}:{operand}")
            }
        }
    }
}
