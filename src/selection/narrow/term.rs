//! A term of its parts, however they were spelled.
//!
//! Not for taking it apart (`parse.rs`, `json.rs`) or for what it means. Operators are those of the web
//! client's search box; its words for searches of the history are refused.

use super::refusal::Fault;
use super::{Sender, Sign, State, Term, Test};
use crate::nearest::nearest;

/// What stands after an operator.
pub enum Operand {
    /// A name, an address, a word.
    Text(String),
    /// An id; only in JSON.
    Number(i64),
}

/// Those that can be misspelt; `is` is too short for that.
const OPERATORS: [&str; 6] = ["channel", "stream", "topic", "subject", "sender", "from"];

/// The term of an operator, which may have a `-` in front, and its operand.
pub fn term(operator: &str, operand: Operand) -> Result<Term, Fault> {
    let (sign, operator) = match operator.strip_prefix('-') {
        Some(operator) => (Sign::Negated, operator),
        None => (Sign::Positive, operator),
    };
    if let Operand::Text(text) = &operand {
        if text.trim().is_empty() {
            return Err(Fault::NoOperand);
        }
        if text.contains(char::is_control) {
            return Err(Fault::Control);
        }
    }
    let test = match (operator.to_lowercase().as_str(), operand) {
        ("stream" | "channel", Operand::Text(name)) => Test::Channel(name),
        ("stream" | "channel" | "channel-id", Operand::Number(id)) => Test::ChannelId(checked(id)?),
        ("channel-id", Operand::Text(digits)) => Test::ChannelId(id(&digits)?),
        ("topic" | "subject", Operand::Text(topic)) => Test::Topic(topic),
        ("sender" | "from", Operand::Text(text)) => Test::Sender(sender(text)?),
        ("sender" | "from", Operand::Number(id)) => Test::Sender(Sender::Id(checked(id)?)),
        ("is", Operand::Text(name)) => Test::Is(state(&name)?),
        ("topic" | "subject" | "is", Operand::Number(_)) => return Err(Fault::NotText),
        (other, operand) => return Err(refused(other, &operand)),
    };
    Ok(Term { sign, test })
}

fn sender(text: String) -> Result<Sender, Fault> {
    if text.contains('@') {
        Ok(Sender::Address(text))
    } else if text.eq_ignore_ascii_case("me") {
        Ok(Sender::Me(None))
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(Sender::Id(id(&text)?))
    } else {
        Err(Fault::NotASender)
    }
}

fn id(digits: &str) -> Result<i64, Fault> {
    // Anything that is no number becomes one that is no id.
    checked(digits.parse().unwrap_or_default())
}

fn checked(id: i64) -> Result<i64, Fault> {
    if id > 0 { Ok(id) } else { Err(Fault::NotAnId) }
}

fn state(name: &str) -> Result<State, Fault> {
    match name.to_lowercase().as_str() {
        "private" | "dm" => Ok(State::Private),
        "mentioned" => Ok(State::Mentioned),
        "starred" => Ok(State::Starred),
        "unread" => Ok(State::Unread),
        "alerted" => Ok(State::Alerted),
        _ => Err(Fault::NotLive("filter the output instead")),
    }
}

/// Says what to do instead of an operator of the history, or which one was meant.
fn refused(operator: &str, operand: &Operand) -> Fault {
    let public = matches!(operand, Operand::Text(text) if text == "public");
    Fault::NotLive(match operator {
        "streams" | "channels" if public => "use --all-public",
        "streams" | "channels" => "name each channel in a --narrow of its own",
        "dm" | "pm-with" | "dm-including" | "group-pm-with" => {
            "use is:private together with sender:ADDRESS"
        }
        "near" | "id" | "with" | "date" => "it is a place in the history",
        "exact-topic" => "use topic:, which compares the whole topic",
        "has" | "search" | "in" | "mentions" => "filter the output instead",
        _ => return Fault::UnknownOperator(nearest(operator, OPERATORS)),
    })
}
