//! What of a selection is sent to a server: to filter its queue, and to read its history.
//!
//! The server's filter only saves traffic: the selection is always applied here too, since what a server makes
//! of a narrow depends on its version. Sources for queues: those of
//! `narrow.rs`; for the history: `NarrowBuilder` and `ok_to_include_history` in Zulip's
//! `zerver/views/messages.py` (1.7) and `zerver/lib/narrow.py` (9.2).

use std::ops::Not;

use serde::Serialize;
use serde_json::Value;

use super::Selection;
use super::narrow::{ChannelRef, DirectMessages, MessageState, Narrow, Scope, Term, Test};
use super::parse::Meaning;
use super::people::{People, PersonRef};
use super::spelling::Spelling;
use crate::event::UNNAMED_TOPIC;

/// Queries that one narrow may come to: each reading of a name is one.
const MOST_READINGS: usize = 8;

/// A narrow under which history is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Which of the narrows it is for. It may have several: then those that are refused are empty, unless all are.
    pub alternative: usize,
    /// In JSON, in the form of `GET /messages`.
    pub narrow: String,
    /// What to ask for where that is refused: old servers know fewer terms, and no server leaves out a channel that
    /// does not exist.
    fallback: Option<String>,
    /// What it covers.
    pub coverage: Coverage,
    /// Content as HTML.
    pub apply_markdown: bool,
}

/// Which messages a query covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Those that the account received, or those of the channel that is named.
    Received,
    /// Those of all public channels; old servers refuse that.
    Public,
}

/// One term for `GET /messages`: `{"operator":"stream","operand":"Denmark"}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct HistoryTerm {
    /// A name that servers know.
    operator: &'static str,
    /// Always text for 1.7: else a channel or a person by id, or people.
    operand: Value,
    #[serde(skip_serializing_if = "Not::not")]
    negated: bool,
    /// What servers like 1.7 get in its place; none: nothing.
    #[serde(skip)]
    old: Option<(&'static str, Value)>,
}

impl HistoryQuery {
    /// Makes it what every server takes; false if it is that already.
    pub fn simplify(&mut self) -> bool {
        let Some(fallback) = self.fallback.take() else {
            return false;
        };
        self.narrow = fallback;
        true
    }

    fn new(alternative: usize, coverage: Coverage, terms: &[HistoryTerm]) -> HistoryQuery {
        // `streams` since 2.1, and still known where the operator is `channels`.
        let public = HistoryTerm::new("streams", "public");
        let public = Some(&public).filter(|_| coverage == Coverage::Public);
        let json = |terms: &[HistoryTerm]| {
            let terms: Vec<&HistoryTerm> = terms.iter().chain(public).collect();
            // Nothing in terms can fail to be written.
            serde_json::to_string(&terms).unwrap_or_default()
        };
        let old = terms.iter().filter_map(|term| term.old.clone());
        let mut old: Vec<HistoryTerm> = old
            .map(|(operator, operand)| HistoryTerm::new(operator, operand))
            .collect();
        old.dedup();
        let (narrow, old) = (json(terms), json(&old));
        HistoryQuery {
            alternative,
            fallback: (old != narrow).then_some(old),
            narrow,
            coverage,
            apply_markdown: false,
        }
    }
}

impl HistoryTerm {
    /// One that all servers know.
    fn new(operator: &'static str, operand: impl Into<Value>) -> HistoryTerm {
        let operand = operand.into();
        HistoryTerm {
            operator,
            negated: false,
            old: Some((operator, operand.clone())),
            operand,
        }
    }

    /// Somebody by address, which every server takes, else by id.
    fn person(operator: &'static str, person: &PersonRef) -> Option<HistoryTerm> {
        let address = person.address().map(Value::from);
        let operand = address.or_else(|| person.id().map(Value::from))?;
        Some(HistoryTerm::new(operator, operand))
    }

    fn state(state: MessageState) -> HistoryTerm {
        let name = Meaning::State(state).name();
        let (operator, operand) = name.split_once(':').unwrap_or_default();
        let term = HistoryTerm::new(operator, operand);
        match state {
            MessageState::Resolved | MessageState::Reacted => HistoryTerm { old: None, ..term },
            _ => term,
        }
    }

    /// The opposite. Old servers refuse it where it names a channel that does not exist.
    fn not(self) -> HistoryTerm {
        HistoryTerm {
            negated: true,
            old: None,
            ..self
        }
    }

    /// Whether it keeps history to a channel, to conversations, or to what the account received.
    fn is_bound(&self) -> bool {
        self.is_state()
            || (!self.negated && matches!(self.operator, "stream" | "dm" | "dm-including"))
    }

    /// Whether it is an `is`, negated or not, for which servers search nothing but what the account received. That for
    /// resolved topics is none.
    fn is_state(&self) -> bool {
        self.operator == "is" && self.operand != "resolved"
    }
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
        let everything = Narrow::default();
        let narrows: Vec<&Narrow> = match self.narrows.as_slice() {
            [] => vec![&everything],
            narrows => narrows.iter().collect(),
        };
        let mut queries: Vec<HistoryQuery> = Vec::new();
        for (alternative, narrow) in narrows.into_iter().enumerate() {
            let reaches_public = self.all_public || narrow.widens();
            for mut query in narrow.history_queries(alternative, reaches_public) {
                query.apply_markdown = self.apply_markdown;
                let is_same = |other: &HistoryQuery| {
                    (&other.narrow, other.coverage) == (&query.narrow, query.coverage)
                };
                if !queries.iter().any(is_same) {
                    queries.push(query);
                }
            }
        }
        queries
    }

    /// Whether messages count that the account did not receive.
    pub fn reaches_public(&self) -> bool {
        self.all_public || self.narrows.iter().any(Narrow::widens)
    }

    /// Whether to ask for all public channels: a narrow that names a channel, a topic or a sender
    /// widens delivery to them if the server gets it, and must do the same if it does not.
    pub fn wants_all_public(&self) -> bool {
        self.all_public || (self.server_narrow().is_empty() && self.reaches_public())
    }
}

impl Narrow {
    /// Whether it is meant for public channels without a subscription as well: a server that got such a
    /// term would deliver those (`add_to_client_dicts` in `zerver/tornado/event_queue.py`).
    pub fn widens(&self) -> bool {
        self.positive()
            .any(|test| matches!(test, Test::Channel(_) | Test::Topic(_) | Test::Sender(_)))
    }

    /// What to send as `narrow` with `POST /register`, as a JSON list of pairs: every message that this
    /// narrow matches passes it, on all servers. It may be empty.
    ///
    /// - No negation: pairs have none.
    /// - No flags: on 1.7 they can stop delivery to other queues, and `is:alerted` asks for mentions.
    /// - No ids, and nobody who is compared by id: the server knows addresses only, and an address
    ///   can change while a queue lives.
    /// - No name that may be read in two ways, and no operator that queues do not know.
    /// - `topic` is a whole topic up to 9.2, any word of it on later servers too.
    pub fn register_terms(&self) -> Vec<(&'static str, String)> {
        let term = |test: &Test| match test {
            Test::Channel(channel) => Some(("stream", channel.folded_name()?.to_owned())),
            Test::Topic(topic) => {
                let topic = topic.only().filter(|topic| is_sent(topic))?;
                Some(("topic", topic.to_owned()))
            }
            Test::Sender(people) => match people.found()? {
                [PersonRef::Address(address)] if has_common_case_folding(address) => {
                    Some(("sender", address.clone()))
                }
                _ => None,
            },
            Test::State(MessageState::Private) => Some(("is", "private".to_owned())),
            Test::State(_) | Test::Direct(_) => None,
        };
        self.positive().filter_map(term).collect()
    }

    /// What to read of the history: each query may bring more than the narrow has, all together never less. A channel
    /// or a sender that does not exist is refused by the server, 400 `BAD_NARROW`.
    fn history_queries(&self, alternative: usize, reaches_public: bool) -> Vec<HistoryQuery> {
        let mut queries = Vec::new();
        for mut terms in self.readings() {
            queries.push(HistoryQuery::new(alternative, Coverage::Received, &terms));
            // What is in a state that is not wanted need not have been received.
            terms.retain(|term| !(term.negated && term.is_state()));
            if reaches_public && !terms.iter().any(HistoryTerm::is_bound) {
                queries.push(HistoryQuery::new(alternative, Coverage::Public, &terms));
            }
        }
        queries
    }

    /// The terms to send, once for each combination of what its names may mean.
    fn readings(&self) -> Vec<Vec<HistoryTerm>> {
        let in_channel = self.positive().any(Test::is_in_channel);
        let names_channel = self.positive().any(|test| matches!(test, Test::Channel(_)));
        let mut readings = vec![Vec::new()];
        for Term { negated, test } in &self.terms {
            let options = match negated {
                true => vec![test.negated_terms(names_channel)],
                // Nothing matches both, and later servers answer 400.
                false if in_channel && test.is_direct() => continue,
                false => test.history_terms(),
            };
            // One that cannot be sent in all its readings is evaluated here alone.
            if !options.is_empty() && options.len() * readings.len() <= MOST_READINGS {
                let with = |terms: &Vec<HistoryTerm>| -> Vec<Vec<HistoryTerm>> {
                    let option = |option: &Vec<HistoryTerm>| [terms.as_slice(), option].concat();
                    options.iter().map(option).collect()
                };
                readings = readings.iter().flat_map(with).collect();
            }
        }
        readings
    }
}

impl Test {
    /// How it is sent, once for each of its readings; each is of terms that must all hold. None: not at all.
    ///
    /// - Channel and sender in any characters: without a channel only received messages come, and a
    ///   name that the server folds otherwise is refused aloud. A topic would be missed silently.
    /// - `is:mentioned` covers personal and wildcard mentions on 1.7, where others do not exist, and all
    ///   mention flags on 9.2. The other flags are single bits that have kept their meaning. They hide only what they
    ///   cannot match: messages that the account did not receive have no flags but `read` and `historical`.
    fn history_terms(&self) -> Vec<Vec<HistoryTerm>> {
        match self {
            Test::Channel(channel) => {
                let names = channel.name.iter().flat_map(Spelling::readings);
                let by_name = names.map(|name| HistoryTerm::new("stream", name));
                let terms = channel.term_by_id().into_iter().chain(by_name);
                terms.map(|term| vec![term]).collect()
            }
            Test::Topic(topic) if topic.readings().all(is_sent) => {
                let term = |topic| vec![HistoryTerm::new("topic", topic)];
                topic.readings().map(term).collect()
            }
            Test::Topic(_) => Vec::new(),
            Test::Sender(people) => vec![sender_term(people).into_iter().collect()],
            Test::Direct(direct) => vec![direct.history_terms()],
            Test::State(state) => vec![vec![HistoryTerm::state(*state)]],
        }
    }

    /// How its negation is sent: terms that never leave out what the test does not match.
    ///
    /// - Names only where every server folds their case as we do.
    /// - `is` not beside a channel: it would hide what is in it from before the subscription (`ok_to_include_history`).
    fn negated_terms(&self, beside_channel: bool) -> Vec<HistoryTerm> {
        let terms: Vec<HistoryTerm> = match self {
            Test::Channel(channel) => {
                let by_name = || Some(HistoryTerm::new("stream", channel.folded_name()?));
                channel.term_by_id().or_else(by_name).into_iter().collect()
            }
            Test::Topic(topic) => {
                let sent = topic.readings().filter(|topic| is_sent(topic));
                sent.map(|topic| HistoryTerm::new("topic", topic)).collect()
            }
            Test::Sender(people) => sender_term(people).into_iter().collect(),
            Test::Direct(direct) => direct.exact_term().into_iter().collect(),
            Test::State(state) => {
                let term = HistoryTerm::state(*state);
                let is_safe = !(beside_channel && term.operator == "is");
                is_safe.then_some(term).into_iter().collect()
            }
        };
        terms.into_iter().map(HistoryTerm::not).collect()
    }
}

impl ChannelRef {
    /// By id it stays the same when it is renamed; 1.7 knows names only.
    fn term_by_id(&self) -> Option<HistoryTerm> {
        let mut term = HistoryTerm::new("stream", self.id?);
        if let Some(name) = &self.listed {
            term.old = Some(("stream", name.as_str().into()));
        }
        Some(term)
    }

    /// The name, where it can be no other for any server.
    fn folded_name(&self) -> Option<&str> {
        self.only_name()
            .filter(|name| has_common_case_folding(name))
    }
}

impl DirectMessages {
    /// With oneself left out, who is in each of them; alone if there is nobody else.
    fn others(&self) -> Option<Vec<&PersonRef>> {
        let people = self.people.found()?;
        let is_me = |person: &PersonRef| self.me.as_ref().is_some_and(|me| person.is_same(me));
        let others: Vec<&PersonRef> = people.iter().filter(|person| !is_me(person)).collect();
        Some(if others.is_empty() {
            people.iter().take(1).collect()
        } else {
            others
        })
    }

    /// What is sent for it.
    fn history_terms(&self) -> Vec<HistoryTerm> {
        let private = || HistoryTerm::state(MessageState::Private);
        match self.scope {
            Scope::Exactly => vec![self.exact_term().unwrap_or_else(private)],
            Scope::WithOthers | Scope::Group => {
                let people = self.others().unwrap_or_default().into_iter();
                people.filter_map(including).collect()
            }
        }
    }

    /// The term that brings these conversations and no others: of new servers (feature level 177), and of old ones.
    fn exact_term(&self) -> Option<HistoryTerm> {
        let people = self.others()?;
        match (self.scope, people.as_slice()) {
            (Scope::Exactly, _) => {
                let ids: Option<Vec<i64>> = people.iter().map(|person| person.id()).collect();
                let addresses: Option<Vec<&str>> =
                    people.iter().map(|person| person.address()).collect();
                let addresses = addresses.map(|addresses| Value::from(addresses.join(",")));
                let operand = ids.map(Value::from).or_else(|| addresses.clone())?;
                let mut term = HistoryTerm::new("dm", operand);
                if let Some(addresses) = addresses {
                    term.old = Some(("pm-with", addresses));
                }
                Some(term)
            }
            (Scope::WithOthers, [person]) => including(person),
            (Scope::WithOthers | Scope::Group, _) => None,
        }
    }
}

/// Somebody among others, for whom old servers cannot look. Who is not on the server's list has no address: then a
/// refusal is one, and nothing takes its place.
fn including(person: &PersonRef) -> Option<HistoryTerm> {
    let term = HistoryTerm::person("dm-including", person)?;
    Some(match person.address() {
        Some(_) => HistoryTerm {
            old: HistoryTerm::state(MessageState::Private).old,
            ..term
        },
        None => term,
    })
}

fn sender_term(people: &People) -> Option<HistoryTerm> {
    match people.found()? {
        [person] => HistoryTerm::person("sender", person),
        _ => None,
    }
}

/// Servers since 10.0 store the topic "general chat" as an empty one, show it to us by that name, and in
/// narrows translate only this very spelling.
fn is_sent(topic: &str) -> bool {
    has_common_case_folding(topic) && !topic.eq_ignore_ascii_case(UNNAMED_TOPIC)
}

/// Whether every server folds the case of these characters as we do: those without case, Latin and Cyrillic. It
/// differs for the Greek sigma, and for characters whose other case is younger than an old server.
fn has_common_case_folding(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c, ..'\u{180}' | '\u{400}'..='\u{4ff}') || !(c.is_lowercase() || c.is_uppercase())
    })
}
