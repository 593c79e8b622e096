//! Reads a narrow: the spelling of the search box, and each term however it was spelled.
//!
//! Not for the JSON around terms (`json.rs`) or for what a narrow means. The search box is that of the web
//! client; its words for searches of the history are refused.

use std::str::FromStr;

use super::json::json_terms;
use super::refusal::NarrowError;
use super::{Narrow, Sender, Sign, State, Term, Test};
use crate::nearest::nearest;

/// Those that can be misspelt; `is` is too short for that.
const OPERATORS: [&str; 6] = ["channel", "stream", "topic", "subject", "sender", "from"];

impl FromStr for Narrow {
    type Err = NarrowError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let terms = if text.starts_with(['[', '{']) {
            json_terms(text)?
        } else {
            search_terms(text)?
        };
        if terms.is_empty() {
            return Err(NarrowError::Empty);
        }
        Ok(Narrow { terms })
    }
}

/// What stands after an operator.
pub enum Operand {
    /// A name, an address, a word.
    Text(String),
    /// An id; only in JSON.
    Number(i64),
}

fn search_terms(text: &str) -> Result<Vec<Term>, NarrowError> {
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let word = first_word(rest);
        let (operator, after) = match rest.split_once(':') {
            Some((operator, after)) if !operator.contains(char::is_whitespace) => (operator, after),
            _ => return Err(NarrowError::BareWord(word.to_owned())),
        };
        if operator.trim_start_matches('-').is_empty() || operator.starts_with('"') {
            return Err(NarrowError::BareWord(word.to_owned()));
        }
        let (operand, remaining) =
            search_operand(after).ok_or_else(|| NarrowError::Quotes(rest.to_owned()))?;
        let written = rest.strip_suffix(remaining).unwrap_or(rest);
        terms.push(term(operator, Operand::Text(operand), written)?);
        rest = remaining.trim_start();
    }
    Ok(terms)
}

/// None where the quotes do not match.
fn search_operand(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let ends = |rest: &str| rest.is_empty() || rest.starts_with(char::is_whitespace);
        return quoted_operand(quoted).filter(|(_, rest)| ends(rest));
    }
    let word = first_word(text);
    Some((word.to_owned(), text.strip_prefix(word).unwrap_or_default()))
}

fn first_word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or_default()
}

/// Reads up to the closing quote; none if there is none. A backslash before anything but a quote or a
/// backslash stands for itself.
fn quoted_operand(text: &str) -> Option<(String, &str)> {
    let mut operand = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((operand, chars.as_str())),
            '\\' => match chars.next()? {
                c @ ('"' | '\\') => operand.push(c),
                c => operand.extend(['\\', c]),
            },
            c => operand.push(c),
        }
    }
}

/// Makes a term of its parts; `written` is how errors quote it.
pub fn term(operator: &str, operand: Operand, written: &str) -> Result<Term, NarrowError> {
    let (sign, operator) = match operator.strip_prefix('-') {
        Some(operator) => (Sign::Negated, operator),
        None => (Sign::Positive, operator),
    };
    if let Operand::Text(text) = &operand {
        if text.trim().is_empty() {
            return Err(NarrowError::NoOperand(written.to_owned()));
        }
        if text.contains(char::is_control) {
            return Err(NarrowError::Control(written.to_owned()));
        }
    }
    let test = match (operator.to_lowercase().as_str(), operand) {
        ("stream" | "channel", Operand::Text(name)) => Test::Channel(name),
        ("stream" | "channel" | "channel-id", Operand::Number(id)) => {
            Test::ChannelId(checked_id(id, written)?)
        }
        ("channel-id", Operand::Text(digits)) => Test::ChannelId(written_id(&digits, written)?),
        ("topic" | "subject", Operand::Text(topic)) => Test::Topic(topic),
        ("sender" | "from", Operand::Text(text)) => Test::Sender(sender(text, written)?),
        ("sender" | "from", Operand::Number(id)) => {
            Test::Sender(Sender::Id(checked_id(id, written)?))
        }
        ("is", Operand::Text(name)) => Test::Is(state(&name, written)?),
        ("topic" | "subject" | "is", Operand::Number(_)) => {
            return Err(NarrowError::NotText(written.to_owned()));
        }
        (other, operand) => return Err(refused(other, &operand, written)),
    };
    Ok(Term { sign, test })
}

fn sender(text: String, written: &str) -> Result<Sender, NarrowError> {
    if text.contains('@') {
        Ok(Sender::Address(text))
    } else if text.eq_ignore_ascii_case("me") {
        Ok(Sender::Me(None))
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(Sender::Id(written_id(&text, written)?))
    } else {
        Err(NarrowError::NotASender(written.to_owned()))
    }
}

fn written_id(digits: &str, written: &str) -> Result<i64, NarrowError> {
    // Anything that is no number becomes one that is no id.
    checked_id(digits.parse().unwrap_or_default(), written)
}

fn checked_id(id: i64, written: &str) -> Result<i64, NarrowError> {
    if id > 0 {
        Ok(id)
    } else {
        Err(NarrowError::NotAnId(written.to_owned()))
    }
}

fn state(name: &str, written: &str) -> Result<State, NarrowError> {
    match name.to_lowercase().as_str() {
        "private" | "dm" => Ok(State::Private),
        "mentioned" => Ok(State::Mentioned),
        "starred" => Ok(State::Starred),
        "unread" => Ok(State::Unread),
        "alerted" => Ok(State::Alerted),
        _ => Err(NarrowError::NotLive {
            term: written.to_owned(),
            instead: "filter the output instead",
        }),
    }
}

/// Says what to do instead of an operator of the history, or which one was meant.
fn refused(operator: &str, operand: &Operand, written: &str) -> NarrowError {
    let public = matches!(operand, Operand::Text(text) if text == "public");
    let instead = match operator {
        "streams" | "channels" if public => "use --all-public",
        "streams" | "channels" => "name each channel in a --narrow of its own",
        "dm" | "pm-with" | "dm-including" | "group-pm-with" => {
            "use is:private together with sender:ADDRESS"
        }
        "near" | "id" | "with" | "date" => "it is a place in the history",
        "exact-topic" => "use topic:, which compares the whole topic",
        "has" | "search" | "in" | "mentions" => "filter the output instead",
        _ => {
            return NarrowError::UnknownOperator {
                term: written.to_owned(),
                nearest: nearest(operator, OPERATORS),
            };
        }
    };
    NarrowError::NotLive {
        term: written.to_owned(),
        instead,
    }
}
