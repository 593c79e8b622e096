//! JSON lines: the server's own bytes, except that credentials are replaced and that nothing
//! invisible reaches a terminal.
//!
//! Not for parsing events into values and printing these again: that would reorder keys and respell
//! numbers. Texts are walked over as bytes, so even what is not JSON comes through without harm.
//!
//! Credentials in events, from the sources of Zulip 1.7.1 and 9.2 (`zerver/lib/actions.py`,
//! `zerver/openapi/zulip.yaml`): `realm_bot` has `api_key`, `services[].token` and `config_data`;
//! `subscription` and `stream` of old servers have the channel's secret `email_address`, as a field
//! or as `{"property":"email_address","value":…}`.

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::output::sanitize::find_hidden;
use crate::secret::REDACTED;

/// How lines are written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// What becomes of credentials.
    pub secrets: Secrets,
    /// What becomes of controls and invisible characters.
    pub controls: Controls,
}

/// What becomes of credentials in events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// Their values become `"[redacted]"`.
    Redacted,
    /// They are printed.
    Shown,
}

/// What becomes of controls and invisible characters in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controls {
    /// For a terminal: they become `\u009b`, which is the same JSON.
    Escaped,
    /// For a pipe or a file: the bytes stay.
    Untouched,
}

impl Style {
    /// Whether an event of this kind may come out different from its text. If not, its bytes may be
    /// written as they are, whole runs of events at once.
    pub fn rewrites(self, kind: &str) -> bool {
        self.controls == Controls::Escaped || self.redacts(kind)
    }

    fn redacts(self, kind: &str) -> bool {
        self.secrets == Secrets::Redacted && may_hold_credentials(kind)
    }
}

/// Appends the event's line, line break included. For the message alone, give an event whose
/// `text` is what [`message_object`] found.
pub fn write_line(out: &mut Vec<u8>, event: &Event, style: Style) {
    let secrets = if style.redacts(event.kind) {
        credentials(event.text)
    } else {
        Vec::new()
    };
    let mut from = 0;
    for secret in secrets {
        write_text(out, event.text.get(from..secret.start), style.controls);
        out.push(b'"');
        out.extend_from_slice(REDACTED.as_bytes());
        out.push(b'"');
        from = secret.end;
    }
    write_text(out, event.text.get(from..), style.controls);
    out.push(b'\n');
}

/// The bytes of the message in a `message` event, exactly as they stand there. None where the event
/// is of another kind or broken.
pub fn message_object<'a>(event: &Event<'a>) -> Option<&'a str> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        message: &'a RawValue,
    }
    if event.kind != "message" {
        return None;
    }
    let message = serde_json::from_str::<Envelope>(event.text).ok()?.message;
    Some(message.get()).filter(|text| text.starts_with('{'))
}

/// Whether the value of a field with this name is a credential.
pub fn is_credential(key: &str) -> bool {
    matches!(key, "api_key" | "token" | "config_data" | "email_address")
}

/// Kinds that make up nearly all events, and that hold no credentials on any known server. All
/// others are searched: those that may hold some, the rare ones, and those that we do not know.
fn may_hold_credentials(kind: &str) -> bool {
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

fn write_text(out: &mut Vec<u8>, text: Option<&str>, controls: Controls) {
    let mut rest = text.unwrap_or_default();
    if controls == Controls::Escaped {
        while let Some((at, c)) = find_hidden(rest) {
            let (before, from) = rest.split_at(at);
            out.extend_from_slice(before.as_bytes());
            rest = from.strip_prefix(c).unwrap_or_default();
            write_escaped(out, c);
        }
    }
    out.extend_from_slice(rest.as_bytes());
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn write_escaped(out: &mut Vec<u8>, c: char) {
    // Unescaped, these stand only between tokens, where an escape would break the JSON.
    if matches!(c, '\t' | '\n' | '\r') {
        out.push(b' ');
        return;
    }
    // After a backslash that escapes it this is broken JSON, which another backslash would mend.
    let backslashes = out.iter().rev().take_while(|byte| **byte == b'\\').count();
    if backslashes % 2 == 1 {
        out.extend_from_slice(format!("u{{{:x}}}", u32::from(c)).as_bytes());
        return;
    }
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.extend_from_slice(b"\\u");
        for shift in [12, 8, 4, 0] {
            out.extend(DIGITS.get(usize::from(*unit >> shift & 0xf)));
        }
    }
}

/// Where the values of credentials stand, ascending and apart from each other. Nulls are no secret.
fn credentials(text: &str) -> Vec<Range<usize>> {
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

#[cfg(test)]
mod tests;
