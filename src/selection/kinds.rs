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
        let items = match text.strip_prefix('[') {
            Some(rest) => rest
                .strip_suffix(']')
                .ok_or_else(|| format!("the closing ] is missing in {text:?}"))?,
            None => text,
        };
        if items.trim().is_empty() {
            return Err(
                "no event type is named, write one or more, such as message,reaction".to_owned(),
            );
        }
        let kinds: Result<_, _> = items.split(',').map(|item| kind(item, text)).collect();
        Ok(KindList(kinds?))
    }
}

/// One item of a list, without its quotes. No type has a character that JSON would escape.
fn kind(item: &str, list: &str) -> Result<String, String> {
    let item = item.trim();
    let unquoted = |quote| item.strip_prefix(quote)?.strip_suffix(quote);
    let bare = unquoted('"').or_else(|| unquoted('\'')).unwrap_or(item);
    if bare.trim().is_empty() {
        return Err(format!(
            "an event type is missing beside a comma in {list:?}, remove that comma"
        ));
    }
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "\"'\\[]{}".contains(c);
    if bare.contains(foreign) {
        return Err(format!(
            "{item:?} is not the name of an event type, write names with commas between them"
        ));
    }
    Ok(bare.to_owned())
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
