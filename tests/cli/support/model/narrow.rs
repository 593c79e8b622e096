//! Narrows as servers understand them: a strict form for queues, a richer one for history.
//!
//! Source: `zerver/lib/narrow.py` of Zulip 1.7 and 9.2; not every operator of history is here.

use serde_json::{Value, json};

use super::Dialect;
use super::post::{CHANNELS, Message};
use crate::support::reply::Reply;

/// One term.
#[derive(Clone, Debug)]
pub struct Term {
    operator: String,
    operand: String,
    negated: bool,
}

/// The narrow of a queue: a list of pairs of strings.
pub fn for_queue(narrow: Option<&str>, server: Dialect) -> Result<Vec<Term>, Reply> {
    let refuse = |msg: &str| Reply::error(400, "BAD_REQUEST", msg);
    let terms: Vec<(String, String)> = serde_json::from_str(narrow.unwrap_or("[]"))
        .map_err(|_| refuse("narrow is not a list of pairs of strings"))?;
    let known = |(operator, operand): (String, String)| match (operator.as_str(), server) {
        ("stream" | "topic" | "sender" | "is", _) | ("channel", Dialect::New) => Ok(Term {
            operator,
            operand,
            negated: false,
        }),
        _ => Err(refuse(&format!("Operator {operator} not supported."))),
    };
    terms.into_iter().map(known).collect()
}

/// The narrow of a history request: pairs or objects.
pub fn for_history(narrow: Option<&str>, server: Dialect, guest: bool) -> Result<Vec<Term>, Reply> {
    let Some(text) = narrow else {
        return Ok(Vec::new());
    };
    let refuse = |msg: &str| Reply::error(400, "BAD_REQUEST", msg);
    let value: Value =
        serde_json::from_str(text).map_err(|_| refuse("narrow is not valid JSON"))?;
    let terms = value
        .as_array()
        .ok_or_else(|| refuse("narrow is not a list"))?;
    terms
        .iter()
        .map(|term| history_term(term, server, guest))
        .collect()
}

fn history_term(term: &Value, server: Dialect, guest: bool) -> Result<Term, Reply> {
    let (operator, operand, negated) = match term {
        Value::Array(parts) if parts.len() == 2 => (&parts[0], &parts[1], false),
        Value::Object(parts) => (
            &term["operator"],
            &term["operand"],
            parts.get("negated") == Some(&json!(true)),
        ),
        _ => {
            return Err(Reply::error(
                400,
                "BAD_REQUEST",
                "elements of narrow are not lists or objects",
            ));
        }
    };
    let operator = operator.as_str().unwrap_or_default().to_owned();
    let operand = operand
        .as_str()
        .map_or_else(|| operand.to_string(), str::to_owned);
    let bad = |desc: String| {
        let msg = format!("Invalid narrow operator: {desc}");
        Err(Reply::json(
            400,
            &json!({ "result": "error", "code": "BAD_NARROW", "msg": msg, "desc": desc }),
        ))
    };
    match (operator.as_str(), server) {
        ("stream", Dialect::Old) | ("stream" | "channel", Dialect::New)
            if !is_channel(&operand) =>
        {
            let noun = if server == Dialect::Old {
                "stream"
            } else {
                "channel"
            };
            bad(format!("unknown {noun} {operand}"))
        }
        ("channels" | "streams", Dialect::New) if operand != "public" || guest => {
            bad(format!("unknown {operator} operand {operand}"))
        }
        ("stream" | "topic" | "sender" | "is", _)
        | ("channel" | "channels" | "streams", Dialect::New) => Ok(Term {
            operator,
            operand,
            negated,
        }),
        _ => bad(format!("unknown operator {operator}")),
    }
}

fn is_channel(operand: &str) -> bool {
    CHANNELS.iter().any(|channel| {
        channel.name.eq_ignore_ascii_case(operand) || channel.id.to_string() == operand
    })
}

impl Term {
    /// Whether a message passes.
    pub fn passes(&self, message: &Message) -> bool {
        let found = match (self.operator.as_str(), self.operand.as_str()) {
            ("stream" | "channel", name) => message.is_in(name),
            ("channels" | "streams", _) => message.is_public(),
            ("topic", topic) => message.is_about(topic),
            ("sender", email) => message.is_from(email),
            (_, "private" | "dm") => message.is_direct(),
            // Servers look at this flag for both.
            (_, "mentioned" | "alerted") => message.has_flag("mentioned"),
            (_, "starred") => message.has_flag("starred"),
            // Unknown operands of `is` match everything.
            _ => true,
        };
        found != self.negated
    }

    /// Whether it opens the history of public channels that the account does not receive.
    pub fn widens(&self) -> bool {
        !self.negated
            && matches!(
                self.operator.as_str(),
                "stream" | "channel" | "channels" | "streams"
            )
    }

    /// Whether it keeps history to the messages that the account received.
    pub fn confines(&self) -> bool {
        self.operator == "is"
    }
}
