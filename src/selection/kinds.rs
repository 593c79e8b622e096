//! Names of event types: what `--event-types` and `--exclude-types` take, and whether a name is one
//! that a server sends.
//!
//! Not for what a selection asks the server for (`Selection`) or for showing events (`output`).
//! Servers take any name and never send what they do not know (`zerver/views/events_register.py`), so a
//! misspelt one would look like silence. The known names are those of `kind.rs`.

use std::fmt;
use std::str::FromStr;

use crate::kind::Kind;
use crate::nearest::nearest;

/// The types of one option, in the order given: `message,reaction`, `["message"]` or `['message']`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindList(pub Vec<String>);

impl FromStr for KindList {
    type Err = KindListError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let items = match text.strip_prefix('[') {
            Some(rest) => rest
                .strip_suffix(']')
                .ok_or_else(|| KindListError::Unclosed(text.to_owned()))?,
            None => text,
        };
        if items.trim().is_empty() {
            return Err(KindListError::Empty);
        }
        let kinds: Result<_, _> = items.split(',').map(|item| kind(item, text)).collect();
        Ok(KindList(kinds?))
    }
}

/// One item of a list, without its quotes. No type has a character that JSON would escape.
fn kind(item: &str, list: &str) -> Result<String, KindListError> {
    let item = item.trim();
    let bare = unquoted(item, '"')
        .or_else(|| unquoted(item, '\''))
        .unwrap_or(item);
    if bare.trim().is_empty() {
        return Err(KindListError::EmptyItem(list.to_owned()));
    }
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "\"'\\[]{}".contains(c);
    if bare.contains(foreign) {
        return Err(KindListError::NotAName(item.to_owned()));
    }
    Ok(bare.to_owned())
}

fn unquoted(item: &str, quote: char) -> Option<&str> {
    item.strip_prefix(quote)?.strip_suffix(quote)
}

/// Why a text is not a list of event types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindListError {
    /// Nothing in it: the server would send heartbeats only.
    Empty,
    /// Two commas in a row, or one at an end.
    EmptyItem(String),
    /// It begins with `[` and does not end with `]`.
    Unclosed(String),
    /// An item that cannot be the name of a type.
    NotAName(String),
}

impl fmt::Display for KindListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => {
                f.write_str("no event type is named, write one or more, such as message,reaction")
            }
            Self::EmptyItem(list) => {
                write!(
                    f,
                    "an event type is missing beside a comma in {list:?}, remove that comma"
                )
            }
            Self::Unclosed(list) => write!(f, "the closing ] is missing in {list:?}"),
            Self::NotAName(item) => write!(
                f,
                "{item:?} is not the name of an event type, write names with commas between them"
            ),
        }
    }
}

impl std::error::Error for KindListError {}

/// A type as it is to be asked for, and what the user should be told about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The name to use.
    pub kind: String,
    /// None if the name was right as written.
    pub warning: Option<KindWarning>,
}

/// Doubt about the name of an event type. Never final: a newer server may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindWarning {
    /// The plural of a known type, as the servers' documents print some; it is corrected.
    Plural {
        /// As the user wrote it.
        written: String,
        /// The type that is used.
        singular: &'static str,
    },
    /// Not known; it is used as it is.
    Unknown {
        /// As the user wrote it.
        written: String,
        /// The known type that was probably meant.
        nearest: Option<&'static str>,
    },
}

impl fmt::Display for KindWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plural { written, singular } => {
                write!(
                    f,
                    "there is no event type {written:?}, taken as {singular:?}"
                )
            }
            Self::Unknown { written, nearest } => {
                write!(
                    f,
                    "event type {written:?} is not known, used as it is: no such event comes unless the server knows it"
                )?;
                match nearest {
                    Some(nearest) => write!(f, " (did you mean {nearest:?}?)"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Compares a name with the known ones; the server's comparison minds the case, so this one does too.
pub fn check(kind: &str) -> Checked {
    let singular = kind.strip_suffix('s').and_then(known);
    let (name, warning) = match (known(kind), singular) {
        (Some(_), _) => (kind, None),
        (None, Some(singular)) => {
            let written = kind.to_owned();
            (singular, Some(KindWarning::Plural { written, singular }))
        }
        (None, None) => {
            let written = kind.to_owned();
            let nearest = suggestion(kind);
            (kind, Some(KindWarning::Unknown { written, nearest }))
        }
    };
    Checked {
        kind: name.to_owned(),
        warning,
    }
}

fn known(kind: &str) -> Option<&'static str> {
    Kind::named(kind).map(Kind::name)
}

fn suggestion(written: &str) -> Option<&'static str> {
    if matches!(written.to_lowercase().as_str(), "channel" | "channels") {
        // Only the servers' pages say channel; the type of the event is still the old word.
        return Some("stream");
    }
    nearest(written, Kind::ALL.iter().map(|kind| kind.name()))
}

#[cfg(test)]
mod tests;
