//! Why a text is not a narrow that can be applied to live events, in one line that says what works.
//!
//! Not for what the server refuses. Operators of the servers: `zerver/lib/narrow_predicate.py` for
//! queues, `NarrowBuilder` in `zerver/lib/narrow.py` for the history.

use std::fmt;

const WORKING: &str = "what works is channel:, topic:, sender:, is:private, is:mentioned, is:starred, is:unread, \
                       is:alerted, and a - before any of them";

/// Why a text is not a narrow. Terms are quoted as written, those in JSON in its compact form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NarrowError {
    /// No term at all.
    Empty,
    /// A word without an operator.
    BareWord(String),
    /// A quoted operand that does not end, or goes on after its end.
    Quotes(String),
    /// It begins as JSON and is none.
    NotJson {
        /// The whole text.
        text: String,
        /// What the parser says.
        cause: String,
    },
    /// JSON of another shape than a pair, an object, or a list of those.
    NotATerm(String),
    /// A term that cannot be.
    Term {
        /// The whole term.
        written: String,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What is wrong with a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An operator with nothing after it.
    NoOperand,
    /// An operator that no server has; with the one that was probably meant.
    UnknownOperator(Option<&'static str>),
    /// An operator or operand of the history that live events cannot be asked for; with what to do instead.
    NotLive(&'static str),
    /// `sender:` with something that is neither an address nor an id; it would never match.
    NotASender,
    /// A number where there is none that could be an id.
    NotAnId,
    /// A number for an operator that wants text.
    NotText,
    /// A control character in an operand; no name has one.
    Control,
}

impl Fault {
    /// The fault of that term.
    pub fn of(self, written: String) -> NarrowError {
        let fault = self;
        NarrowError::Term { written, fault }
    }
}

impl fmt::Display for NarrowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the narrow is empty; {WORKING}"),
            Self::BareWord(word) => write!(
                f,
                "{} has no operator, and live events cannot be searched for words (spaces need double quotes: \
                 topic:\"lunch plans\"); {WORKING}",
                Quoted(word)
            ),
            Self::Quotes(term) => write!(
                f,
                "the quotes in narrow term {} do not match, write \\\" for a quote within",
                Quoted(term)
            ),
            Self::NotJson { text, cause } => write!(
                f,
                "narrow {} is not valid JSON ({cause}), write [[\"stream\",\"NAME\"]] or stream:NAME",
                Quoted(text)
            ),
            Self::NotATerm(item) => write!(
                f,
                "{} is not a narrow term, write [\"stream\",\"NAME\"] or \
                 {{\"operator\":\"stream\",\"operand\":\"NAME\",\"negated\":false}}",
                Quoted(item)
            ),
            Self::Term { written, fault } => write!(f, "narrow term {} {fault}", Quoted(written)),
        }
    }
}

/// Follows the term.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOperand => f.write_str("has nothing to look for, write it after the operator"),
            Self::UnknownOperator(None) => write!(f, "has an unknown operator; {WORKING}"),
            Self::UnknownOperator(Some(nearest)) => {
                write!(
                    f,
                    "has an unknown operator (did you mean {nearest}:?); {WORKING}"
                )
            }
            Self::NotLive(instead) => {
                write!(f, "does not work on live events, {instead}; {WORKING}")
            }
            Self::NotASender => {
                f.write_str("names no sender, write an e-mail address, a user id, or me")
            }
            Self::NotAnId => f.write_str("has no valid id, ids are whole numbers from 1"),
            Self::NotText => f.write_str("needs text, write the operand in quotes"),
            Self::Control => f.write_str("has a control character, which no name has, remove it"),
        }
    }
}

impl std::error::Error for NarrowError {}

/// What the user wrote, on one line and not for ever; within quotes that it does not contain itself.
struct Quoted<'a>(&'a str);

impl Quoted<'_> {
    /// In characters.
    const LONGEST: usize = 80;
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('"') { '\'' } else { '"' };
        write!(f, "{quote}")?;
        for c in self.0.chars().take(Self::LONGEST) {
            if c.is_control() || (c.is_whitespace() && c != ' ') {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        if self.0.chars().nth(Self::LONGEST).is_some() {
            f.write_str("…")?;
        }
        write!(f, "{quote}")
    }
}
