//! Names of event types: the values of `--event-types` and `--exclude-types`, and whether a name is one
//! that a server sends.
//!
//! Servers accept any name and never send what they do not know (`zerver/views/events_register.py`), so a
//! misspelt one would look like silence. The known names are those of `kind.rs`.

use std::str::FromStr;

use crate::kind::Kind;
use crate::nearest::nearest;

/// The types of one option, in the order given: `message,reaction`, `["message"]` or `['message']`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindList(pub Vec<String>);

impl FromStr for KindList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let within = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let items = within.unwrap_or(text);
        let items = items
            .strip_suffix(',')
            .unwrap_or(items)
            .split(',')
            .map(str::trim);
        let kinds: Option<Vec<String>> = items.map(kind).collect();
        let fault = format!(
            "{text:?} is no list of event types: write their names with commas between them, such as message,reaction"
        );
        kinds.map(KindList).ok_or(fault)
    }
}

/// One item of a list, without its quotes. No type has a character that JSON would escape.
fn kind(item: &str) -> Option<String> {
    let unquoted = |quote| item.strip_prefix(quote)?.strip_suffix(quote);
    let name = unquoted('"').or_else(|| unquoted('\'')).unwrap_or(item);
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "\"'\\[]{}:".contains(c);
    (!name.is_empty() && !name.contains(foreign)).then(|| name.to_owned())
}

/// The name to ask for in place of the one that was written, and a warning where that is not known: never final,
/// since a newer server may know it. The server's comparison minds the case, so this one does too.
pub fn check(written: &str) -> (String, Option<String>) {
    if Kind::named(written).is_some() {
        return (written.to_owned(), None);
    }
    // The servers' documents print some in the plural.
    if let Some(kind) = written.strip_suffix('s').and_then(Kind::named) {
        let name = kind.name();
        let warning = format!("there is no event type {written:?}, taken as {name:?}");
        return (name.to_owned(), Some(warning));
    }
    let hint = suggestion(written)
        .map(|nearest| format!(" (did you mean {nearest:?}?)"))
        .unwrap_or_default();
    let warning = format!(
        "event type {written:?} is not known, used as it is: no such event comes unless the server knows it{hint}"
    );
    (written.to_owned(), Some(warning))
}

fn suggestion(written: &str) -> Option<&'static str> {
    if matches!(written.to_lowercase().as_str(), "channel" | "channels") {
        // Only the servers' pages say channel; the type of the event is still the old word.
        return Some("stream");
    }
    nearest(written, Kind::all().map(Kind::name))
}
