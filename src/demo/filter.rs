//! Narrows as the server understands them: pairs for an event queue, objects or pairs for history.
//!
//! Not for the client's own narrows (`selection`). Rules: `zerver/lib/narrow_predicate.py` (queues) and
//! `zerver/lib/narrow.py` (history) of Zulip 9.2.

use serde_json::Value;

use super::message::Message;
use super::place::Place;
use super::refusal::Refusal;
use super::roster::{CHANNELS, Channel, PEOPLE, Privacy};

/// A kind of message, the operand of `is`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trait {
    Direct,
    Mentioned,
    /// `is:mentioned` of history, which counts wildcards too.
    MentionedAnyhow,
    Starred,
    Unread,
    Alerted,
    Resolved,
    /// No topic is followed here.
    Followed,
    /// Live, an operand that nobody knows matches everything.
    Anything,
}

impl Trait {
    fn holds(self, message: &Message) -> bool {
        let has = |flag| message.flags().contains(&flag);
        match self {
            Trait::Direct => matches!(message.place, Place::Direct(_)),
            Trait::Mentioned => has("mentioned"),
            Trait::MentionedAnyhow => has("mentioned") || has("wildcard_mentioned"),
            Trait::Starred => has("starred"),
            Trait::Unread => !has("read"),
            Trait::Alerted => has("has_alert_word"),
            Trait::Resolved => message.topic().starts_with("✔ "),
            Trait::Followed => false,
            Trait::Anything => true,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    /// By its name in lower case.
    Channel(String),
    ChannelId(i64),
    Topic(String),
    Sender(String),
    SenderId(i64),
    Is(Trait),
    PublicChannels,
}

impl Term {
    fn names(&self, channel: &Channel) -> bool {
        match self {
            Term::Channel(name) => channel.name.to_lowercase() == *name,
            Term::ChannelId(id) => channel.id == *id,
            _ => false,
        }
    }

    /// Whether it is about public channels alone.
    fn is_public(&self) -> bool {
        let is_named = |channel: &&&Channel| self.names(channel);
        let mut named = CHANNELS.iter().filter(is_named);
        *self == Term::PublicChannels || named.any(|channel| channel.privacy == Privacy::Public)
    }

    fn holds(&self, message: &Message) -> bool {
        let channel = message.place.channel();
        match self {
            Term::Channel(_) | Term::ChannelId(_) => {
                channel.is_some_and(|channel| self.names(channel))
            }
            Term::Topic(topic) => channel.is_some() && message.topic().to_lowercase() == *topic,
            Term::Sender(address) => message.sender.email == address,
            Term::SenderId(id) => message.sender.id == *id,
            Term::Is(kind) => kind.holds(message),
            Term::PublicChannels => message.place.is_public(),
        }
    }
}

/// The `narrow` of a queue: all terms must hold.
#[derive(Clone, Debug)]
pub struct LiveNarrow(Vec<Term>);

impl LiveNarrow {
    /// From the parameter's list of pairs.
    pub fn new(terms: &[Value]) -> Result<LiveNarrow, Refusal> {
        let terms = terms
            .iter()
            .enumerate()
            .map(|(position, term)| live_term(position, term));
        terms.collect::<Result<_, _>>().map(LiveNarrow)
    }

    /// Whether it lets everything pass; any other narrow widens its queue to all public channels.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the message passes.
    pub fn lets_pass(&self, message: &Message) -> bool {
        self.0.iter().all(|term| term.holds(message))
    }
}

fn live_term(position: usize, term: &Value) -> Result<Term, Refusal> {
    let Some(pair) = term.as_array() else {
        return Err(Refusal::bad_request(format!(
            "narrow[{position}] is not a list"
        )));
    };
    let [operator, operand] = pair.as_slice() else {
        return Err(Refusal::bad_request(format!(
            "narrow[{position}] should have exactly 2 items"
        )));
    };
    let not_a_string =
        |item| Refusal::bad_request(format!("narrow[{position}][{item}] is not a string"));
    let operator = operator.as_str().ok_or_else(|| not_a_string(0))?;
    let operand = operand.as_str().ok_or_else(|| not_a_string(1))?;
    match operator {
        "stream" | "channel" => Ok(Term::Channel(operand.to_lowercase())),
        "topic" => Ok(Term::Topic(operand.to_lowercase())),
        "sender" => Ok(Term::Sender(operand.to_lowercase())),
        "is" => live_trait(operand).map(Term::Is),
        other => Err(Refusal::bad_request(format!(
            "Operator {other} not supported."
        ))),
    }
}

fn live_trait(operand: &str) -> Result<Trait, Refusal> {
    match operand {
        "private" | "dm" => Ok(Trait::Direct),
        // For queues `alerted` looks at the mention, too.
        "mentioned" | "alerted" => Ok(Trait::Mentioned),
        "starred" => Ok(Trait::Starred),
        "unread" => Ok(Trait::Unread),
        "resolved" => Ok(Trait::Resolved),
        "followed" => Err(Refusal::bad_request("Operand followed not supported.")),
        _ => Ok(Trait::Anything),
    }
}

/// Whether a term is to hold or not to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sense {
    Holds,
    DoesNotHold,
}

/// The `narrow` of `GET /messages`.
#[derive(Clone, Debug)]
pub struct HistoryNarrow(Vec<(Term, Sense)>);

impl HistoryNarrow {
    /// From the parameter's list of objects or pairs.
    pub fn new(terms: &[Value]) -> Result<HistoryNarrow, Refusal> {
        let terms = terms
            .iter()
            .enumerate()
            .map(|(position, term)| history_term(position, term));
        terms.collect::<Result<_, _>>().map(HistoryNarrow)
    }

    /// Whether it shows messages that the account did not receive: it names a public channel, or all
    /// of them, and asks for nothing that only received messages have.
    pub fn shows_unreceived(&self) -> bool {
        let names_public = self
            .0
            .iter()
            .any(|(term, sense)| *sense == Sense::Holds && term.is_public());
        let asks_for_flags = self.0.iter().any(|(term, _)| {
            matches!(term, Term::Is(kind) if !matches!(kind, Trait::Resolved | Trait::Followed))
        });
        names_public && !asks_for_flags
    }

    /// Whether the message passes.
    pub fn lets_pass(&self, message: &Message) -> bool {
        self.0
            .iter()
            .all(|(term, sense)| term.holds(message) == (*sense == Sense::Holds))
    }
}

fn history_term(position: usize, term: &Value) -> Result<(Term, Sense), Refusal> {
    let (operator, operand, negated) = match term {
        Value::Array(pair) => match pair.as_slice() {
            [operator, operand] => (operator.as_str(), Some(operand), false),
            _ => (None, None, false),
        },
        Value::Object(term) => {
            let negated = term
                .get("negated")
                .and_then(Value::as_bool)
                .unwrap_or(false);
            (
                term.get("operator").and_then(Value::as_str),
                term.get("operand"),
                negated,
            )
        }
        _ => (None, None, false),
    };
    let (Some(operator), Some(operand)) = (operator, operand) else {
        let message = format!("Invalid narrow[{position}]: Value error, dict or list required");
        return Err(Refusal::BadRequest(message));
    };
    let sense = if negated {
        Sense::DoesNotHold
    } else {
        Sense::Holds
    };
    Ok((positive_term(operator, operand)?, sense))
}

fn positive_term(operator: &str, operand: &Value) -> Result<Term, Refusal> {
    let text = || {
        let text = operand.as_str();
        text.ok_or_else(|| Refusal::bad_request("operand is not a string"))
    };
    match (operator, operand.as_i64()) {
        ("stream" | "channel", Some(id)) => Ok(Term::ChannelId(id)),
        ("sender", Some(id)) => Ok(Term::SenderId(id)),
        ("stream" | "channel", None) => {
            let known = CHANNELS
                .iter()
                .any(|channel| channel.name.to_lowercase() == text_of(operand));
            known
                .then(|| Term::Channel(text_of(operand)))
                .ok_or_else(|| unknown("channel", operand))
        }
        ("sender", None) => {
            let known = PEOPLE.iter().any(|person| person.email == text_of(operand));
            known
                .then(|| Term::Sender(text_of(operand)))
                .ok_or_else(|| unknown("user", operand))
        }
        ("topic", _) => Ok(Term::Topic(text()?.to_lowercase())),
        ("is", _) => history_trait(text()?).map(Term::Is),
        ("streams" | "channels", _) => match text()? {
            "public" => Ok(Term::PublicChannels),
            other => Err(Refusal::BadNarrow(format!(
                "unknown channels operand {other}"
            ))),
        },
        (other, _) => Err(Refusal::BadNarrow(format!("unknown operator {other}"))),
    }
}

fn text_of(operand: &Value) -> String {
    operand.as_str().unwrap_or_default().to_lowercase()
}

fn unknown(what: &str, operand: &Value) -> Refusal {
    Refusal::BadNarrow(format!(
        "unknown {what} {}",
        operand.as_str().unwrap_or_default()
    ))
}

fn history_trait(operand: &str) -> Result<Trait, Refusal> {
    match operand {
        "private" | "dm" => Ok(Trait::Direct),
        "mentioned" => Ok(Trait::MentionedAnyhow),
        "starred" => Ok(Trait::Starred),
        "unread" => Ok(Trait::Unread),
        "alerted" => Ok(Trait::Alerted),
        "resolved" => Ok(Trait::Resolved),
        "followed" => Ok(Trait::Followed),
        other => Err(Refusal::BadNarrow(format!("unknown 'is' operand {other}"))),
    }
}
