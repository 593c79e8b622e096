//! JSON lines: the server's own bytes, except that credentials are replaced and that nothing
//! invisible reaches a terminal.
//!
//! Events are never parsed into values and printed again: that would reorder keys and respell
//! numbers. Even what is not JSON comes through without harm.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Event;
use crate::kind;
use crate::output::credentials;
use crate::output::sanitize::find_hidden;

/// What lines are made of events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json {
    /// The message in an event alone (`-m`), not the event around it.
    pub only_messages: bool,
    /// Credentials are printed, not replaced by `"[redacted]"`.
    pub shows_secrets: bool,
    /// For a terminal: controls and invisible characters become `\u009b`, which is the same JSON.
    pub escapes: bool,
}

impl Json {
    /// Appends the event's line, line break included.
    pub fn render(self, event: &Event, out: &mut Vec<u8>) {
        let message = self.only_messages.then(|| message_object(event));
        let text = message.flatten().unwrap_or(event.text);
        let secrets = if !self.shows_secrets && credentials::may_hold(event.kind) {
            credentials::find(text)
        } else {
            Vec::new()
        };
        let mut from = 0;
        for secret in secrets {
            self.write_text(out, text.get(from..secret.range.start));
            out.extend_from_slice(secret.instead.as_bytes());
            from = secret.range.end;
        }
        self.write_text(out, text.get(from..));
        out.push(b'\n');
    }

    fn write_text(self, out: &mut Vec<u8>, text: Option<&str>) {
        let mut rest = text.unwrap_or_default();
        while self.escapes
            && let Some((at, c)) = find_hidden(rest)
        {
            let (before, from) = rest.split_at(at);
            out.extend_from_slice(before.as_bytes());
            rest = from.strip_prefix(c).unwrap_or_default();
            write_escaped(out, c);
        }
        out.extend_from_slice(rest.as_bytes());
    }
}

/// The bytes of the message in a `message` event, exactly as they stand there. None where the event
/// is of another kind or broken.
fn message_object<'a>(event: &Event<'a>) -> Option<&'a str> {
    #[derive(Deserialize)]
    struct WithMessage<'a> {
        #[serde(borrow)]
        message: &'a RawValue,
    }
    if event.kind != kind::MESSAGE {
        return None;
    }
    let message = serde_json::from_str::<WithMessage>(event.text)
        .ok()?
        .message;
    Some(message.get()).filter(|text| text.starts_with('{'))
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
