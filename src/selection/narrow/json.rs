//! The JSON forms of a narrow, in double quotes as in the API or in single ones as in Python.
//!
//! Not for what operators and operands may be (`parse.rs`). Source: `narrow_parameter` in
//! `zerver/views/messages.py` (1.7); the single quotes are those of the bindings' examples.

use serde_json::{Map, Value};

use super::parse::{Operand, term};
use super::refusal::NarrowError;
use super::{Sign, Term};

/// Reads a pair, an object, or a list of those; an empty list has no terms.
pub fn json_terms(text: &str) -> Result<Vec<Term>, NarrowError> {
    let json = double_quoted(text);
    let value = serde_json::from_str(&json).map_err(|cause| NarrowError::NotJson {
        text: text.to_owned(),
        cause: cause.to_string(),
    })?;
    match value {
        Value::Array(items) if matches!(items.first(), Some(Value::String(_))) => {
            Ok(vec![pair(&items)?])
        }
        Value::Array(items) => items.iter().map(json_term).collect(),
        other => Ok(vec![json_term(&other)?]),
    }
}

fn json_term(item: &Value) -> Result<Term, NarrowError> {
    match item {
        Value::Array(items) => pair(items),
        Value::Object(fields) => object(fields),
        _ => Err(NarrowError::NotATerm(item.to_string())),
    }
}

fn pair(items: &[Value]) -> Result<Term, NarrowError> {
    let written = || Value::from(items).to_string();
    let [Value::String(operator), value] = items else {
        return Err(NarrowError::NotATerm(written()));
    };
    term(operator, operand(value, written)?, &written())
}

/// Unknown keys are refused: a misspelt `negated` would turn the meaning round.
fn object(fields: &Map<String, Value>) -> Result<Term, NarrowError> {
    let written = || Value::from(fields.clone()).to_string();
    let not_a_term = || NarrowError::NotATerm(written());
    let negated = match fields.get("negated") {
        None => false,
        Some(value) => value.as_bool().ok_or_else(not_a_term)?,
    };
    let known = |key: &String| matches!(key.as_str(), "operator" | "operand" | "negated");
    let (Some(Value::String(operator)), Some(value), true) = (
        fields.get("operator"),
        fields.get("operand"),
        fields.keys().all(known),
    ) else {
        return Err(not_a_term());
    };
    let mut term = term(operator, operand(value, written)?, &written())?;
    if negated {
        term.sign = Sign::Negated;
    }
    Ok(term)
}

fn operand(value: &Value, written: impl Fn() -> String) -> Result<Operand, NarrowError> {
    match value {
        Value::String(text) => Ok(Operand::Text(text.clone())),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Ok(Operand::Number(number)),
            None => Err(NarrowError::NotAnId(written())),
        },
        _ => Err(NarrowError::NotATerm(written())),
    }
}

/// Python's spelling of lists, strings and truth values as JSON's; JSON stays as it is.
fn double_quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return json };
        let after = chars.as_str();
        if matches!(c, '"' | '\'') {
            rest = copy_string(c, after, &mut json);
        } else if c == 'u' && after.starts_with(['"', '\'']) {
            // Python 2 prints its strings as u'…'.
            rest = after;
        } else if let Some(after) = rest.strip_prefix("True") {
            json.push_str("true");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("False") {
            json.push_str("false");
            rest = after;
        } else {
            json.push(c);
            rest = after;
        }
    }
}

/// Copies a string up to its closing quote and returns what follows. A missing one is left to the parser.
fn copy_string<'a>(quote: char, text: &'a str, json: &mut String) -> &'a str {
    json.push('"');
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\'') => json.push('\''),
                escaped => json.extend(['\\'].into_iter().chain(escaped)),
            },
            c if c == quote => {
                json.push('"');
                return chars.as_str();
            }
            '"' => json.push_str("\\\""),
            c => json.push(c),
        }
    }
    ""
}
