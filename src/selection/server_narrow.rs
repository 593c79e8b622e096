//! What of a selection is sent to a server: to filter its queue, and to read its history.
//!
//! The server's filter only saves traffic: the selection is always applied here too, since what a server makes
//! of a narrow depends on its version. Sources for queues: those of
//! `narrow.rs`; for the history: `NarrowBuilder` and `ok_to_include_history` in Zulip's
//! `zerver/views/messages.py` (1.7) and `zerver/lib/narrow.py` (9.2).

use serde::Serialize;

use super::Selection;
use super::narrow::{ChannelRef, DirectMessages, MessageState, Narrow, Scope, Sign, Term, Test};
use super::people::{People, PersonRef};
use super::spelling::Spelling;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryTerm {
    /// A name that servers know.
    pub operator: &'static str,
    /// Always text for 1.7.
    pub operand: HistoryOperand,
    /// Whether it is to be left out.
    #[serde(skip_serializing_if = "is_positive")]
    pub negated: bool,
}

/// What a server looks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum HistoryOperand {
    /// A name, an address, a word.
    Text(String),
    /// A channel or a person.
    Id(i64),
    /// People.
    Ids(Vec<i64>),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_positive(negated: &bool) -> bool {
    !negated
}

/// Which terms a server takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// All of ours.
    New,
    /// Those of 1.7.
    Old,
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

    fn new(
        alternative: usize,
        coverage: Coverage,
        terms: &[HistoryTerm],
        old_terms: &[HistoryTerm],
    ) -> HistoryQuery {
        // `streams` since 2.1, and still known where the operator is `channels`.
        let public = HistoryTerm::text("streams", "public");
        let public = Some(&public).filter(|_| coverage == Coverage::Public);
        let json = |terms: &[HistoryTerm]| {
            let terms: Vec<&HistoryTerm> = terms.iter().chain(public).collect();
            // Nothing in terms can fail to be written.
            serde_json::to_string(&terms).unwrap_or_default()
        };
        let (narrow, old) = (json(terms), json(old_terms));
        HistoryQuery {
            alternative,
            fallback: (old != narrow).then_some(old),
            narrow,
            coverage,
        }
    }
}

impl HistoryTerm {
    fn new(operator: &'static str, operand: HistoryOperand) -> HistoryTerm {
        HistoryTerm {
            operator,
            operand,
            negated: false,
        }
    }

    fn text(operator: &'static str, operand: &str) -> HistoryTerm {
        HistoryTerm::new(operator, HistoryOperand::Text(operand.to_owned()))
    }

    /// Somebody by address, which every server takes, else by id.
    fn person(operator: &'static str, person: &PersonRef) -> Option<HistoryTerm> {
        match (person.address(), person.id()) {
            (Some(address), _) => Some(HistoryTerm::text(operator, address)),
            (None, Some(id)) => Some(HistoryTerm::new(operator, HistoryOperand::Id(id))),
            (None, None) => None,
        }
    }

    fn state(state: MessageState) -> HistoryTerm {
        let (operator, operand) = state.term();
        HistoryTerm::text(operator, operand)
    }

    /// Whether it keeps history to a channel, to conversations, or to what the account received.
    fn is_bound(&self) -> bool {
        self.is_state()
            || (!self.negated && matches!(self.operator, "stream" | "dm" | "dm-including"))
    }

    /// Whether it is an `is`, negated or not, for which servers search nothing but what the account received. That for
    /// resolved topics is none.
    fn is_state(&self) -> bool {
        self.operator == "is" && *self != HistoryTerm::state(MessageState::Resolved)
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
            for query in narrow.history_queries(alternative, reaches_public) {
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
            Test::Channel(channel) => {
                let name = channel
                    .only_name()
                    .filter(|name| has_common_case_folding(name))?;
                Some(("stream", name.to_owned()))
            }
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
        let old = self.readings(Dialect::Old);
        for (mut terms, old) in self.readings(Dialect::New).into_iter().zip(old) {
            queries.push(HistoryQuery::new(
                alternative,
                Coverage::Received,
                &terms,
                &old,
            ));
            // What is in a state that is not wanted need not have been received.
            terms.retain(|term| !(term.negated && term.is_state()));
            if reaches_public && !terms.iter().any(HistoryTerm::is_bound) {
                queries.push(HistoryQuery::new(
                    alternative,
                    Coverage::Public,
                    &terms,
                    &old,
                ));
            }
        }
        queries
    }

    /// The terms to send, once for each combination of what its names may mean: as many in either dialect.
    fn readings(&self, dialect: Dialect) -> Vec<Vec<HistoryTerm>> {
        let in_channel = self.positive().any(Test::is_in_channel);
        let names_channel = self.positive().any(|test| matches!(test, Test::Channel(_)));
        let mut readings = vec![Vec::new()];
        for Term { sign, test } in &self.terms {
            let options = match (sign, dialect) {
                // Nothing matches both, and later servers answer 400.
                (Sign::Positive, _) if in_channel && test.is_direct() => continue,
                (Sign::Positive, _) => test.history_terms(dialect),
                (Sign::Negated, Dialect::New) => vec![test.negated_terms(names_channel)],
                // Servers refuse it where it names a channel that does not exist.
                (Sign::Negated, Dialect::Old) => continue,
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
    fn history_terms(&self, dialect: Dialect) -> Vec<Vec<HistoryTerm>> {
        match self {
            Test::Channel(channel) => channel.history_terms(dialect),
            Test::Topic(topic) if topic.readings().all(is_sent) => {
                let term = |topic| vec![HistoryTerm::text("topic", topic)];
                topic.readings().map(term).collect()
            }
            Test::Topic(_) => Vec::new(),
            Test::Sender(people) => vec![sender_term(people).into_iter().collect()],
            Test::Direct(direct) => vec![direct.history_terms(dialect)],
            Test::State(MessageState::Resolved | MessageState::Reacted)
                if dialect == Dialect::Old =>
            {
                Vec::from([Vec::new()])
            }
            Test::State(state) => vec![vec![HistoryTerm::state(*state)]],
        }
    }

    /// How its negation is sent: terms that never leave out what the test does not match.
    ///
    /// - Names only where every server folds their case as we do.
    /// - `is` not beside a channel: it would hide what is in it from before the subscription (`ok_to_include_history`).
    fn negated_terms(&self, beside_channel: bool) -> Vec<HistoryTerm> {
        let mut terms: Vec<HistoryTerm> = match self {
            Test::Channel(channel) => channel.exact_term().into_iter().collect(),
            Test::Topic(topic) => {
                let sent = topic.readings().filter(|topic| is_sent(topic));
                sent.map(|topic| HistoryTerm::text("topic", topic))
                    .collect()
            }
            Test::Sender(people) => sender_term(people).into_iter().collect(),
            Test::Direct(direct) => direct.exact_term().into_iter().collect(),
            Test::State(state) if beside_channel && state.term().0 == "is" => Vec::new(),
            Test::State(state) => vec![HistoryTerm::state(*state)],
        };
        for term in &mut terms {
            term.negated = true;
        }
        terms
    }
}

impl ChannelRef {
    /// One for each channel that it may be. By id it stays the same when it is renamed; 1.7 knows names only.
    fn history_terms(&self, dialect: Dialect) -> Vec<Vec<HistoryTerm>> {
        let by_id = self.id.map(|id| match (&self.listed, dialect) {
            (Some(name), Dialect::Old) => HistoryTerm::text("stream", name),
            _ => HistoryTerm::new("stream", HistoryOperand::Id(id)),
        });
        let names = self.name.iter().flat_map(Spelling::readings);
        let by_name = names.map(|name| HistoryTerm::text("stream", name));
        by_id
            .into_iter()
            .chain(by_name)
            .map(|term| vec![term])
            .collect()
    }

    /// The one for a single channel that it is in any case.
    fn exact_term(&self) -> Option<HistoryTerm> {
        let by_id = self
            .id
            .map(|id| HistoryTerm::new("stream", HistoryOperand::Id(id)));
        let name = self
            .only_name()
            .filter(|name| has_common_case_folding(name));
        by_id.or_else(|| Some(HistoryTerm::text("stream", name?)))
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

    /// What new servers have for it (feature level 177) and old ones; the latter cannot look for people among others.
    /// Who is not on the server's list has no address: then a refusal is one, and nothing takes its place.
    fn history_terms(&self, dialect: Dialect) -> Vec<HistoryTerm> {
        let private = || HistoryTerm::state(MessageState::Private);
        let people = self.others().unwrap_or_default();
        let exactly = || self.exact_term().unwrap_or_else(private);
        let mut including: Vec<HistoryTerm> = people
            .iter()
            .filter_map(|person| HistoryTerm::person("dm-including", person))
            .collect();
        match (self.scope, dialect) {
            (Scope::Exactly, Dialect::New) => vec![exactly()],
            (Scope::Exactly, Dialect::Old) => {
                let by_address = addresses(&people);
                let old = by_address.map(|operand| HistoryTerm::new("pm-with", operand));
                vec![old.unwrap_or_else(exactly)]
            }
            (Scope::WithOthers | Scope::Group, Dialect::New) => including,
            (Scope::WithOthers | Scope::Group, Dialect::Old) => {
                including.retain(|term| matches!(term.operand, HistoryOperand::Id(_)));
                including.push(private());
                including
            }
        }
    }

    /// The one that brings these conversations and no others.
    fn exact_term(&self) -> Option<HistoryTerm> {
        let people = self.others()?;
        match (self.scope, people.as_slice()) {
            (Scope::Exactly, _) => {
                let ids: Option<Vec<i64>> = people.iter().map(|person| person.id()).collect();
                let operand = ids
                    .map(HistoryOperand::Ids)
                    .or_else(|| addresses(&people))?;
                Some(HistoryTerm::new("dm", operand))
            }
            (Scope::WithOthers, [person]) => HistoryTerm::person("dm-including", person),
            (Scope::WithOthers | Scope::Group, _) => None,
        }
    }
}

fn sender_term(people: &People) -> Option<HistoryTerm> {
    match people.found()? {
        [person] => HistoryTerm::person("sender", person),
        _ => None,
    }
}

/// All of them by address, with commas.
fn addresses(people: &[&PersonRef]) -> Option<HistoryOperand> {
    let addresses: Option<Vec<&str>> = people.iter().map(|person| person.address()).collect();
    let addresses = addresses.filter(|addresses| !addresses.is_empty())?;
    Some(HistoryOperand::Text(addresses.join(",")))
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
