//! JSON lines: the server's own bytes, except that credentials are replaced and that nothing
//! invisible reaches a terminal.
//!
//! Events are never parsed into values and printed again: that would reorder keys and respell
//! numbers. Even what is not JSON comes through without harm.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::output::credentials;
use crate::output::sanitize::find_hidden;

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
    fn redacts(self, kind: &str) -> bool {
        self.secrets == Secrets::Redacted && credentials::may_hold(kind)
    }
}

/// Appends the event's line, line break included. For the message alone, give an event whose
/// `text` is what [`message_object`] found.
pub fn write_line(out: &mut Vec<u8>, event: &Event, style: Style) {
    let secrets = if style.redacts(event.kind) {
        credentials::find(event.text)
    } else {
        Vec::new()
    };
    let mut from = 0;
    for secret in secrets {
        write_text(
            out,
            event.text.get(from..secret.range.start),
            style.controls,
        );
        out.extend_from_slice(secret.instead.as_bytes());
        from = secret.range.end;
    }
    write_text(out, event.text.get(from..), style.controls);
    out.push(b'\n');
}

/// The bytes of the message in a `message` event, exactly as they stand there. None where the event
/// is of another kind or broken.
pub fn message_object<'a>(event: &Event<'a>) -> Option<&'a str> {
    #[derive(Deserialize)]
    struct WithMessage<'a> {
        #[serde(borrow)]
        message: &'a RawValue,
    }
    if event.kind != "message" {
        return None;
    }
    let message = serde_json::from_str::<WithMessage>(event.text)
        .ok()?
        .message;
    Some(message.get()).filter(|text| text.starts_with('{'))
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

fn write_escaped(out: &mut Vec<u8>, c: char) {
    // Unescaped, these stand only between tokens, where an escape would break the JSON.
    if matches!(c, '\t' | '\n' | '\r') {
        out.push(b' ');
        return;
    }
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
    }
}

#[cfg(test)]
mod tests;
