//! The JSON forms of a narrow, in double quotes as in the API or in single ones as in Python.
//!
//! Not for what operators and operands may be (`term.rs`). Source: `narrow_parameter` in
//! `zerver/views/messages.py` (1.7); the single quotes are those of the bindings' examples.

use serde_json::{Map, Value};

use super::refusal::NarrowError;
use super::term::{Operand, term};
use super::{Sign, Term};

/// Reads a pair, an object, or a list of those; an empty list has no terms.
pub fn json_terms(text: &str) -> Result<Vec<Term>, NarrowError> {
    let json = double_quoted(text);
    let value = serde_json::from_str(&json).map_err(|cause| NarrowError::NotJson {
        text: text.to_owned(),
        cause: cause.to_string(),
    })?;
    match &value {
        Value::Array(items) if !matches!(items.first(), Some(Value::String(_))) => {
            items.iter().map(json_term).collect()
        }
        single => Ok(vec![json_term(single)?]),
    }
}

fn json_term(item: &Value) -> Result<Term, NarrowError> {
    let parts = match item {
        Value::Array(items) => pair(items),
        Value::Object(fields) => object(fields),
        _ => None,
    };
    let not_a_term = || NarrowError::NotATerm(item.to_string());
    let (operator, value, sign) = parts.ok_or_else(not_a_term)?;
    let operand = match value {
        Value::String(text) => Operand::Text(text.clone()),
        // What is no whole number becomes one that is no id.
        Value::Number(number) => Operand::Number(number.as_i64().unwrap_or_default()),
        _ => return Err(not_a_term()),
    };
    let mut term = term(operator, operand).map_err(|fault| fault.of(item.to_string()))?;
    // A `-` before the operator negates as well.
    if sign == Sign::Negated {
        term.sign = sign;
    }
    Ok(term)
}

/// Operator, operand and sign.
type Parts<'a> = (&'a str, &'a Value, Sign);

fn pair(items: &[Value]) -> Option<Parts<'_>> {
    match items {
        [Value::String(operator), operand] => Some((operator, operand, Sign::Positive)),
        _ => None,
    }
}

/// Unknown keys are refused: a misspelt `negated` would turn the meaning round.
fn object(fields: &Map<String, Value>) -> Option<Parts<'_>> {
    let known = |key: &String| matches!(key.as_str(), "operator" | "operand" | "negated");
    if !fields.keys().all(known) {
        return None;
    }
    let sign = match fields.get("negated") {
        None | Some(Value::Bool(false)) => Sign::Positive,
        Some(Value::Bool(true)) => Sign::Negated,
        Some(_) => return None,
    };
    Some((
        fields.get("operator")?.as_str()?,
        fields.get("operand")?,
        sign,
    ))
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
