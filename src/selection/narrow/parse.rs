//! Reads a narrow: JSON, or the spelling of the search box, which is that of the web client.
//!
//! Not for the JSON (`json.rs`) or for what operators and operands may be (`term.rs`).

use std::str::FromStr;

use super::json::json_terms;
use super::refusal::NarrowError;
use super::term::{Operand, term};
use super::{Narrow, Term};

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
        let term = term(operator, Operand::Text(operand)).map_err(|fault| {
            let written = rest.strip_suffix(remaining).unwrap_or(rest);
            fault.of(written.to_owned())
        })?;
        terms.push(term);
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
