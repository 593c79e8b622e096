//! Reads a narrow: the spelling of the search box, which is that of the web client, or JSON in the forms of the API.
//!
//! Operators that servers have and live events have not: `NarrowBuilder` in Zulip's `zerver/lib/narrow.py`. The
//! forms in JSON: `narrow_parameter` in `zerver/views/messages.py` (1.7).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Number, Value};

use super::narrow::{MessageState, Narrow, Sender, Sign, Term, Test};
use crate::nearest::nearest;

/// What a term can be.
pub struct Word {
    /// As it is written: an operator that ends with its colon, or a whole term. We write the first one.
    pub names: &'static [&'static str],
    meaning: Meaning,
}

/// What a word means.
enum Meaning {
    /// With what stands behind the colon.
    Operator(fn(Operand) -> Result<Test, &'static str>),
    /// By itself.
    Whole(Test),
}

/// All that works on live events. Terms are read by this list; help, completions, hints and refusals are made
/// from it.
pub static WORDS: [Word; 9] = [
    operator(&["channel:", "stream:"], channel),
    operator(&["topic:", "subject:"], topic),
    operator(&["sender:", "from:"], sender),
    whole(&["sender:me", "from:me"], Test::Sender(Sender::Me(None))),
    whole(&["is:private", "is:dm"], Test::Is(MessageState::Private)),
    whole(&["is:mentioned"], Test::Is(MessageState::Mentioned)),
    whole(&["is:starred"], Test::Is(MessageState::Starred)),
    whole(&["is:unread"], Test::Is(MessageState::Unread)),
    whole(&["is:alerted"], Test::Is(MessageState::Alerted)),
];

const fn operator(
    names: &'static [&'static str],
    read: fn(Operand) -> Result<Test, &'static str>,
) -> Word {
    let meaning = Meaning::Operator(read);
    Word { names, meaning }
}

const fn whole(names: &'static [&'static str], test: Test) -> Word {
    let meaning = Meaning::Whole(test);
    Word { names, meaning }
}

/// Why a text is not a narrow that can be applied to live events: one line that says what works. Terms are
/// quoted as written, those in JSON in its compact form.
#[derive(Debug, PartialEq, Eq)]
pub struct NarrowError(String);

impl fmt::Display for NarrowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NarrowError {}

impl NarrowError {
    fn term(written: &str, fault: &str) -> NarrowError {
        NarrowError(format!("narrow term {} {fault}", quoted(written)))
    }
}

impl FromStr for Narrow {
    type Err = NarrowError;

    fn from_str(text: &str) -> Result<Self, NarrowError> {
        let text = text.trim();
        let terms = if text.starts_with(['[', '{']) {
            json_terms(text)?
        } else {
            search_terms(text)?
        };
        if terms.is_empty() {
            return Err(NarrowError(format!("the narrow is empty; {}", working())));
        }
        Ok(Narrow { terms })
    }
}

impl Narrow {
    /// Reads one argument of a command line, from which the shell has taken the quotes away: words without an
    /// operator belong to the name before them.
    pub fn from_argument(text: &str) -> Result<Narrow, NarrowError> {
        if text.trim_start().starts_with(['[', '{']) || text.contains('"') {
            return text.parse();
        }
        let mut terms: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            let has_operator = word
                .split_once(':')
                .is_some_and(|(name, _)| looks_like_operator(name));
            match terms.last_mut() {
                Some(last) if !has_operator => *last = format!("{last} {word}"),
                _ => terms.push(word.to_owned()),
            }
        }
        let quote = |term: String| match term.split_once(':') {
            Some((operator, name)) if name.contains(' ') => format!("{operator}:\"{name}\""),
            _ => term,
        };
        let terms: Vec<String> = terms.into_iter().map(quote).collect();
        terms.join(" ").parse()
    }
}

fn search_terms(text: &str) -> Result<Vec<Term>, NarrowError> {
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (operator, after) = match rest.split_once(':') {
            Some((operator, after)) if looks_like_operator(operator) => (operator, after),
            _ => return Err(bare_word(first_word(rest))),
        };
        let (operand, remaining) = search_operand(after).ok_or_else(|| {
            NarrowError(format!(
                "the quotes in narrow term {} do not match, write \\\" for a quote within",
                quoted(rest)
            ))
        })?;
        let written = rest.strip_suffix(remaining).unwrap_or(rest);
        let term = term(operator, Operand::Text(operand));
        terms.push(term.map_err(|fault| NarrowError::term(written, &fault))?);
        rest = remaining.trim_start();
    }
    Ok(terms)
}

/// Whether terms begin with it, in any case.
pub fn is_operator(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut names = WORDS.iter().flat_map(|word| word.names);
    names.any(|known| known.split(':').next() == Some(&name))
}

fn looks_like_operator(text: &str) -> bool {
    let name = text.trim_start_matches('-');
    !name.is_empty() && !text.starts_with('"') && !text.contains(char::is_whitespace)
}

fn bare_word(word: &str) -> NarrowError {
    NarrowError(format!(
        "{} has no operator, and live events cannot be searched for words (spaces need double quotes: \
         topic:\"lunch plans\"); {}",
        quoted(word),
        working()
    ))
}

/// None where the quotes do not match.
fn search_operand(text: &str) -> Option<(String, &str)> {
    if let Some(inner) = text.strip_prefix('"') {
        let ends = |rest: &str| rest.is_empty() || rest.starts_with(char::is_whitespace);
        return quoted_operand(inner).filter(|(_, rest)| ends(rest));
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

/// A term as an object. Unknown keys are refused: a misspelt `negated` would turn the meaning round.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonTerm {
    operator: String,
    operand: Operand,
    #[serde(default)]
    negated: bool,
}

/// What stands after an operator.
#[derive(Deserialize)]
#[serde(untagged)]
enum Operand {
    /// A name, an address, a word.
    Text(String),
    /// An id; only in JSON.
    Number(Number),
}

/// Reads a pair, an object, or a list of those; an empty list has no terms.
fn json_terms(text: &str) -> Result<Vec<Term>, NarrowError> {
    // Python's quotes, as in the examples of the bindings.
    let json = if text.contains('"') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace('\'', "\""))
    };
    let value = serde_json::from_str(&json).map_err(|cause| {
        NarrowError(format!(
            "narrow {} is not valid JSON ({cause}), write [[\"stream\",\"NAME\"]] or stream:NAME",
            quoted(text)
        ))
    })?;
    match &value {
        Value::Array(items) if !matches!(items.first(), Some(Value::String(_))) => {
            items.iter().map(json_term).collect()
        }
        single => Ok(vec![json_term(single)?]),
    }
}

fn json_term(item: &Value) -> Result<Term, NarrowError> {
    let parts = if item.is_array() {
        Deserialize::deserialize(item).map(|(operator, operand)| JsonTerm {
            operator,
            operand,
            negated: false,
        })
    } else {
        JsonTerm::deserialize(item)
    };
    let parts = parts.map_err(|_| {
        NarrowError(format!(
            "{} is not a narrow term, write [\"stream\",\"NAME\"] or \
             {{\"operator\":\"stream\",\"operand\":\"NAME\",\"negated\":false}}",
            quoted(&item.to_string())
        ))
    })?;
    let mut term = term(&parts.operator, parts.operand)
        .map_err(|fault| NarrowError::term(&item.to_string(), &fault))?;
    // A `-` before the operator negates as well.
    if parts.negated {
        term.sign = Sign::Negated;
    }
    Ok(term)
}

/// The term of an operator, which may have a `-` in front, and its operand; or what is wrong with it.
fn term(operator: &str, operand: Operand) -> Result<Term, String> {
    let (sign, operator) = match operator.strip_prefix('-') {
        Some(operator) => (Sign::Negated, operator),
        None => (Sign::Positive, operator),
    };
    let operator = operator.to_lowercase();
    let word = |name: &str| WORDS.iter().find(|word| word.names.contains(&name));
    let mut word_of = word(&format!("{operator}:"));
    if let Operand::Text(text) = &operand {
        if text.trim().is_empty() {
            return Err("has nothing to look for, write it after the operator".to_owned());
        }
        if text.contains(char::is_control) {
            return Err("has a control character, which no name has, remove it".to_owned());
        }
        let whole = word(&format!("{operator}:{}", text.to_lowercase()));
        word_of = whole.or(word_of);
    }
    let test = match word_of.map(|word| &word.meaning) {
        Some(Meaning::Whole(test)) => test.clone(),
        Some(Meaning::Operator(read)) => read(operand)?,
        // As notices and cursor files write it.
        None if operator == "channel-id" => Test::ChannelId(id(operand)?),
        None => return Err(unknown(&operator, &operand)),
    };
    Ok(Term { sign, test })
}

fn channel(operand: Operand) -> Result<Test, &'static str> {
    match operand {
        Operand::Text(name) => Ok(Test::Channel(name)),
        Operand::Number(_) => id(operand).map(Test::ChannelId),
    }
}

fn topic(operand: Operand) -> Result<Test, &'static str> {
    match operand {
        Operand::Text(topic) => Ok(Test::Topic(topic)),
        Operand::Number(_) => Err("needs text, write the operand in quotes"),
    }
}

fn sender(operand: Operand) -> Result<Test, &'static str> {
    let sender = match operand {
        Operand::Text(text) if text.contains('@') => Sender::Address(text),
        Operand::Text(text) if !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Err("names no sender, write an e-mail address, a user id, or me");
        }
        _ => Sender::Id(id(operand)?),
    };
    Ok(Test::Sender(sender))
}

fn id(operand: Operand) -> Result<i64, &'static str> {
    let id = match operand {
        Operand::Text(digits) => digits.parse().ok(),
        Operand::Number(number) => number.as_i64(),
    };
    id.filter(|id| *id > 0)
        .ok_or("has no valid id, ids are whole numbers from 1")
}

/// Says what to do instead of an operator of the history, or which one was meant.
fn unknown(operator: &str, operand: &Operand) -> String {
    let public = matches!(operand, Operand::Text(text) if text == "public");
    let instead = match operator {
        "streams" | "channels" if public => "use --all-public",
        "streams" | "channels" => "name each channel in a --narrow of its own",
        "dm" | "pm-with" | "dm-including" | "group-pm-with" => {
            "use is:private together with sender:ADDRESS"
        }
        "near" | "id" | "with" | "date" => "it is a place in the history",
        "exact-topic" => "use topic:, which compares the whole topic",
        "is" | "has" | "search" | "in" | "mentions" => "filter the output instead",
        _ => {
            let names = WORDS.iter().flat_map(|word| word.names);
            let hint = nearest(operator, names.filter_map(|name| name.strip_suffix(':')))
                .map(|nearest| format!(" (did you mean {nearest}:?)"));
            let hint = hint.unwrap_or_default();
            return format!("has an unknown operator{hint}; {}", working());
        }
    };
    format!("does not work on live events, {instead}; {}", working())
}

/// What a refusal ends with.
fn working() -> String {
    let names: Vec<&str> = WORDS
        .iter()
        .filter_map(|word| word.names.first())
        .copied()
        .collect();
    format!(
        "what works is {}, and a - before any of them",
        names.join(", ")
    )
}

/// What the user wrote, on one line and not for ever; within quotes that it does not contain itself.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown = String::new();
    for c in text.chars().take(LONGEST) {
        if c.is_control() || (c.is_whitespace() && c != ' ') {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    let quote = if text.contains('"') { '\'' } else { '"' };
    format!("{quote}{shown}{quote}")
}
