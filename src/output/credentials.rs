//! Credentials in events: which fields hold some, and where in a text they stand.
//!
//! Texts are walked over as bytes, so even in what is not JSON some are found, and rather too much is
//! taken for a secret than too little. The account's own key is hidden by `secret.rs`.
//!
//! From the sources of Zulip 1.7.1 and 9.2 (`zerver/lib/actions.py`, `zerver/openapi/zulip.yaml`):
//! `realm_bot` has `api_key`, `services[].token`, `services[].base_url` and `config_data`; `realm_export`
//! has `export_url`, with which anybody can fetch all data; `subscription` and `stream` of old servers
//! have the channel's secret `email_address`, as a field or as `{"property":"email_address","value":…}`.

use std::borrow::Cow;
use std::ops::Range;

use crate::secret::REDACTED;

/// What stands in place of a whole value.
const REDACTED_VALUE: &str = "\"[redacted]\"";
/// The field with an address that may have a password and a key in it.
const ADDRESS: &str = "base_url";

/// Whether the value of a field with this name is a credential.
pub fn is_credential(key: &str) -> bool {
    matches!(
        key,
        "api_key" | "token" | "config_data" | "email_address" | "export_url"
    )
}

/// A credential in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Where it stands.
    pub range: Range<usize>,
    /// What is to stand there.
    pub instead: &'static str,
}

/// Whether events of this kind have to be searched. Only kinds that make up nearly all events, and
/// that hold no credentials on any known server, do not: those that may hold some, the rare ones, and
/// those that we do not know do.
pub fn may_hold(kind: &str) -> bool {
    !matches!(
        kind,
        "message"
            | "update_message"
            | "delete_message"
            | "reaction"
            | "submessage"
            | "typing"
            | "typing_edit_message"
            | "update_message_flags"
            | "presence"
            | "user_status"
            | "user_topic"
            | "heartbeat"
            | "restart"
    )
}

/// The credentials in a text, ascending and apart from each other. Nulls are no secret.
pub fn find(text: &str) -> Vec<Credential> {
    let bytes = text.as_bytes();
    // The property's name may stand before its value or after it.
    let value_is_secret = fields(text).any(|(key, start)| {
        key == "property" && string(text, start).is_some_and(|name| is_credential(&name))
    });
    let mut found: Vec<Credential> = Vec::new();
    for (key, start) in fields(text) {
        if found.last().is_some_and(|last| start < last.range.end) {
            continue;
        }
        if is_credential(&key) || value_is_secret && key == "value" {
            let range = start..value_end(bytes, start);
            if !matches!(text.get(range.clone()), None | Some("" | "null")) {
                let instead = REDACTED_VALUE;
                found.push(Credential { range, instead });
            }
        } else if key == ADDRESS && bytes.get(start) == Some(&b'"') {
            find_in_address(text, start..string_end(bytes, start), &mut found);
        }
    }
    found
}

/// User and password of an address, and its query.
fn find_in_address(text: &str, quoted: Range<usize>, found: &mut Vec<Credential>) {
    let address = text.get(quoted.clone()).unwrap_or_default();
    if address.replace(r"\/", "").contains('\\') {
        let instead = REDACTED_VALUE;
        return found.push(Credential {
            range: quoted,
            instead,
        });
    }
    let scheme = ["://", r":\/\/"]
        .iter()
        .find_map(|mark| Some(address.find(mark)? + mark.len()));
    let start = scheme.unwrap_or(1);
    let host = address.get(start..).unwrap_or_default();
    let host = host
        .split(['/', '?', '#', '"', '\\'])
        .next()
        .unwrap_or_default();
    let query = address.find('?').map_or(address.len(), |at| at + 1);
    let fragment = address.get(query..).and_then(|rest| rest.find(['#', '"']));
    for (start, length) in [(start, host.rfind('@')), (query, fragment)] {
        let start = quoted.start + start;
        let range = start..start + length.unwrap_or_default();
        let instead = REDACTED;
        if !range.is_empty() {
            found.push(Credential { range, instead });
        }
    }
}

/// The string that begins there, if one does. It may be spelt with escapes: `"api\u005fkey"`.
fn string(text: &str, start: usize) -> Option<Cow<'_, str>> {
    let quoted = text.get(start..string_end(text.as_bytes(), start))?;
    if quoted.contains('\\') {
        return serde_json::from_str(quoted).ok().map(Cow::Owned);
    }
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    Some(Cow::Borrowed(inner))
}

/// Every key of every object at any depth, and where its value begins; outer ones before what they
/// hold. A string is a key exactly if a colon follows it.
fn fields(text: &str) -> impl Iterator<Item = (Cow<'_, str>, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            if *byte != b'"' {
                at += 1;
                continue;
            }
            let start = at;
            at = string_end(bytes, start);
            let colon = blanks_end(bytes, at);
            if bytes.get(colon) == Some(&b':')
                && let Some(key) = string(text, start)
            {
                at = blanks_end(bytes, colon + 1);
                return Some((key, at));
            }
        }
        None
    })
}

fn blanks_end(bytes: &[u8], start: usize) -> usize {
    end_of_run(bytes, start, |byte| {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
    })
}

fn end_of_run(bytes: &[u8], start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|byte| belongs(**byte)).count()
}

/// The end of the string that begins at `start`; the end of the text where it never ends, so that
/// rather too much is taken for a secret than too little.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn value_end(bytes: &[u8], start: usize) -> usize {
    let is_of_word = |byte| !b",}] \t\n\r".contains(&byte);
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => (at, depth) = (at + 1, depth + 1),
            b'}' | b']' if depth > 0 => (at, depth) = (at + 1, depth - 1),
            _ if depth > 0 => at += 1,
            _ => return end_of_run(bytes, at, is_of_word),
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}
