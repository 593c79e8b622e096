//! Credentials in events: which fields hold some, and where in a text they stand.
//!
//! Texts are walked over as bytes, so even in what is not JSON some are found, and rather too much is
//! taken for a secret than too little. Not for the account's own key (`secret.rs`).
//!
//! From the sources of Zulip 1.7.1 and 9.2 (`zerver/lib/actions.py`, `zerver/openapi/zulip.yaml`):
//! `realm_bot` has `api_key`, `services[].token` and `config_data`; `subscription` and `stream` of old
//! servers have the channel's secret `email_address`, as a field or as
//! `{"property":"email_address","value":…}`.

use std::ops::Range;

/// Whether the value of a field with this name is a credential.
pub fn is_credential(key: &str) -> bool {
    matches!(key, "api_key" | "token" | "config_data" | "email_address")
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

/// Where the values of credentials stand, ascending and apart from each other. Nulls are no secret.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    // The property's name may stand before its value or after it.
    let value_is_secret = fields(bytes).any(|(key, start)| {
        is_string(text, key, |key| key == "property")
            && bytes.get(start) == Some(&b'"')
            && is_string(text, start..string_end(bytes, start), is_credential)
    });
    let is_secret = |key: &str| is_credential(key) || value_is_secret && key == "value";
    let mut found: Vec<Range<usize>> = Vec::new();
    for (key, start) in fields(bytes) {
        let inside = found.last().is_some_and(|last| start < last.end);
        if inside || !is_string(text, key, is_secret) {
            continue;
        }
        let value = start..value_end(bytes, start);
        if !matches!(text.get(value.clone()), None | Some("" | "null")) {
            found.push(value);
        }
    }
    found
}

/// Whether this part of the text is a string that `wanted` takes. It may be spelt with escapes:
/// `"api\u005fkey"`.
fn is_string(text: &str, part: Range<usize>, wanted: impl Fn(&str) -> bool) -> bool {
    let quoted = text.get(part).unwrap_or_default();
    if quoted.contains('\\') {
        return serde_json::from_str::<String>(quoted).is_ok_and(|string| wanted(&string));
    }
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(wanted)
}

/// Every key of every object at any depth, and where its value begins; outer ones before what they
/// hold. A string is a key exactly if a colon follows it.
fn fields(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(byte) = bytes.get(at) {
            if *byte != b'"' {
                at += 1;
                continue;
            }
            let string = at..string_end(bytes, at);
            let colon = blanks_end(bytes, string.end);
            at = string.end;
            if bytes.get(colon) == Some(&b':') {
                at = blanks_end(bytes, colon + 1);
                return Some((string, at));
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
    match bytes.get(start) {
        Some(b'"') => return string_end(bytes, start),
        Some(b'{' | b'[') => {}
        _ => {
            let of_scalar =
                |byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
            return end_of_run(bytes, start, of_scalar);
        }
    }
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}
