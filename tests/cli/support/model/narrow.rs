//! Narrows as servers understand them: a strict form for queues, a richer one for history.
//!
//! Source: `zerver/lib/narrow.py` of Zulip 1.7 and 9.2; not every operator of history is here.

use serde_json::{Value, json};

use super::Dialect;
use super::post::{Cast, Message};
use crate::support::reply::Reply;

/// What a term is for: servers read some words differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Queue,
    History,
}

/// One term.
#[derive(Clone, Debug)]
pub struct Term {
    purpose: Purpose,
    operator: String,
    operand: Value,
    /// The ids of whom it names, if it names people.
    people: Vec<i64>,
    negated: bool,
}

/// The narrow of a queue: a list of pairs of strings.
pub fn for_queue(narrow: Option<&str>, server: Dialect) -> Result<Vec<Term>, Reply> {
    let refuse = |msg: &str| Reply::error(400, "BAD_REQUEST", msg);
    let terms: Vec<(String, String)> = serde_json::from_str(narrow.unwrap_or("[]"))
        .map_err(|_| refuse("narrow is not a list of pairs of strings"))?;
    let known = |(operator, operand): (String, String)| match (operator.as_str(), server) {
        ("stream" | "topic" | "sender" | "is", _) | ("channel", Dialect::New) => Ok(Term {
            purpose: Purpose::Queue,
            operator,
            operand: json!(operand),
            people: Vec::new(),
            negated: false,
        }),
        _ => Err(refuse(&format!("Operator {operator} not supported."))),
    };
    terms.into_iter().map(known).collect()
}

/// Who asks for history, and whom.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Which server is asked.
    pub server: Dialect,
    /// Whether the account is a guest.
    pub guest: bool,
    /// Who and what there is.
    pub cast: Cast,
}

/// The narrow of a history request: pairs or objects.
pub fn for_history(narrow: Option<&str>, reader: Reader) -> Result<Vec<Term>, Reply> {
    let Some(text) = narrow else {
        return Ok(Vec::new());
    };
    let refuse = |msg: &str| Reply::error(400, "BAD_REQUEST", msg);
    let value: Value =
        serde_json::from_str(text).map_err(|_| refuse("narrow is not valid JSON"))?;
    let terms = value
        .as_array()
        .ok_or_else(|| refuse("narrow is not a list"))?;
    terms.iter().map(|term| reader.term(term)).collect()
}

fn bad_narrow(desc: &str) -> Reply {
    let msg = format!("Invalid narrow operator: {desc}");
    Reply::json(
        400,
        &json!({ "result": "error", "code": "BAD_NARROW", "msg": msg, "desc": desc }),
    )
}

impl Reader {
    fn term(self, term: &Value) -> Result<Term, Reply> {
        let refuse = |msg: &str| Err(Reply::error(400, "BAD_REQUEST", msg));
        let (operator, operand, negated) = match term {
            Value::Array(parts) if parts.len() == 2 => (&parts[0], &parts[1], false),
            Value::Object(parts) => (
                &term["operator"],
                &term["operand"],
                parts.get("negated") == Some(&json!(true)),
            ),
            _ => return refuse("elements of narrow are not lists or objects"),
        };
        let operator = operator.as_str().unwrap_or_default().to_owned();
        // Ids have been taken since 2.1, and lists of them where several people can be named.
        let is_typed = match operator.as_str() {
            _ if operand.is_string() => true,
            _ if self.server == Dialect::Old => false,
            "stream" | "channel" | "sender" | "dm-including" => operand.is_i64(),
            "dm" | "pm-with" => operand.is_array(),
            _ => false,
        };
        if !is_typed {
            return refuse("elem[\"operand\"] is not a string");
        }
        let people = match operator.as_str() {
            "sender" | "dm" | "pm-with" | "dm-including" | "group-pm-with" => {
                self.people(operand)?
            }
            _ => Vec::new(),
        };
        self.check(&operator, operand)?;
        Ok(Term {
            purpose: Purpose::History,
            operator,
            operand: operand.clone(),
            people,
            negated,
        })
    }

    fn check(self, operator: &str, operand: &Value) -> Result<(), Reply> {
        let is_new = self.server == Dialect::New;
        let text = operand.as_str().unwrap_or_default();
        let is_known = match operator {
            "stream" | "channel" if is_new || operator == "stream" => {
                let is_it = |id: i64, name: &str| {
                    *operand == id || name.to_lowercase() == text.to_lowercase()
                };
                if !self
                    .cast
                    .channels
                    .iter()
                    .any(|channel| is_it(channel.id, channel.name))
                {
                    let noun = if is_new { "channel" } else { "stream" };
                    let name = operand
                        .as_str()
                        .map_or_else(|| operand.to_string(), str::to_owned);
                    return Err(bad_narrow(&format!("unknown {noun} {name}")));
                }
                true
            }
            "channels" | "streams" if is_new => text == "public" && !self.guest,
            "topic" | "sender" | "pm-with" | "group-pm-with" => true,
            "dm" | "dm-including" => is_new,
            "is" => match text {
                "private" | "starred" | "unread" | "mentioned" | "alerted" => true,
                "dm" | "resolved" | "followed" => is_new,
                _ => false,
            },
            "has" => match text {
                "attachment" | "image" | "link" => true,
                "reaction" => is_new,
                _ => false,
            },
            _ => return Err(bad_narrow(&format!("unknown operator {operator}"))),
        };
        if is_known {
            Ok(())
        } else {
            Err(bad_narrow(&format!("unknown {operator} operand {text}")))
        }
    }

    /// The ids of people by address or by id.
    fn people(self, operand: &Value) -> Result<Vec<i64>, Reply> {
        let find = |is_it: &dyn Fn(i64, &str) -> bool| {
            let found = self
                .cast
                .people
                .iter()
                .find(|(id, email, _)| is_it(*id, email));
            found
                .map(|(id, ..)| *id)
                .ok_or_else(|| bad_narrow("unknown user"))
        };
        match operand {
            Value::String(emails) => {
                let email = |text: &str| find(&|_, email| email.eq_ignore_ascii_case(text.trim()));
                emails.split(',').map(email).collect()
            }
            Value::Array(ids) => ids.iter().map(|id| find(&|own, _| *id == own)).collect(),
            id => find(&|own, _| *id == own).map(|id| vec![id]),
        }
    }
}

impl Term {
    /// Whether a message passes, for this account.
    pub fn passes(&self, message: &Message, me: i64) -> bool {
        let text = self.operand.as_str().unwrap_or_default();
        let found = match self.operator.as_str() {
            "stream" | "channel" => message.is_in(&self.operand),
            "channels" | "streams" => message.is_public(),
            "topic" => message.is_about(text),
            "sender" => match self.people.first() {
                Some(id) => message.is_from_id(*id),
                None => message.is_from(text),
            },
            "dm" | "pm-with" => {
                let mut people = [self.people.as_slice(), &[me]].concat();
                people.sort_unstable();
                people.dedup();
                message.people() == people
            }
            "dm-including" => self.people.iter().all(|id| message.people().contains(id)),
            "group-pm-with" => {
                let people = message.people();
                people.len() > 2 && self.people.iter().all(|id| people.contains(id))
            }
            "has" => text == "reaction" && message.has_reactions(),
            "is" => self.is_in_state(text, message),
            _ => true,
        };
        found != self.negated
    }

    fn is_in_state(&self, state: &str, message: &Message) -> bool {
        let flag = |flag| match self.purpose {
            Purpose::Queue => message.has_flag(flag),
            Purpose::History => message.has_flag_in_history(flag),
        };
        match (state, self.purpose) {
            ("private" | "dm", _) => message.is_direct(),
            // Queues look at this flag for both.
            ("mentioned" | "alerted", Purpose::Queue) => flag("mentioned"),
            ("mentioned", Purpose::History) => [
                "mentioned",
                "wildcard_mentioned",
                "stream_wildcard_mentioned",
                "topic_wildcard_mentioned",
                "group_mentioned",
            ]
            .into_iter()
            .any(flag),
            ("alerted", Purpose::History) => flag("has_alert_word"),
            ("starred", _) => flag("starred"),
            ("unread", _) => !flag("read"),
            ("resolved", _) => message.is_resolved(),
            // Unknown ones match everything.
            _ => true,
        }
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
        self.operator == "is" && self.operand != "resolved"
    }
}
