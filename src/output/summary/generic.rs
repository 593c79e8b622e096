//! The line for everything without a description of its own: `typing/start  message_type=direct
//! recipients=[2] sender={2}`. Scalars are shown, lists and objects counted.
//!
//! Never an error: what is not an object becomes `kind  (unreadable)`. Credentials are not shown, by
//! the same rule as in JSON lines (`credentials.rs`).

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::layout::line::Line;
use super::value::Size;
use crate::event::Event;
use crate::fields::Fields;
use crate::output::credentials::is_credential;
use crate::output::palette::Palette;
use crate::secret::REDACTED;

type Field<'a> = (Cow<'a, str>, &'a RawValue);

/// Writes type, op and the top-level fields.
pub fn describe(event: &Event, palette: Palette, line: &mut Line) {
    let kind = if event.kind.is_empty() {
        "(no type)"
    } else {
        event.kind
    };
    line.push(palette.kind(), kind);
    let Ok(Fields(fields)) = serde_json::from_str(event.text) else {
        line.push(palette.dim(), "  (unreadable)");
        return;
    };
    let op = find_op(&fields);
    let spelt = op.map(|(_, value)| text_of(value));
    if let Some(op) = &spelt {
        line.push(palette.kind(), "/");
        line.push(palette.kind(), op);
    }
    let value_is_secret = fields
        .iter()
        .any(|(key, value)| key == "property" && is_text(value) && is_credential(&text_of(value)));
    let mut gap = "  ";
    for field in &fields {
        let (key, value) = field;
        let in_head = match &**key {
            "id" => is_scalar(value),
            "type" => is_text(value),
            "operation" => is_text(value) && spelt.as_ref() == Some(&text_of(value)),
            _ => op.is_some_and(|op| std::ptr::eq(op, field)),
        };
        if in_head {
            continue;
        }
        let secret = is_credential(key) || value_is_secret && key == "value";
        line.push(palette.dim(), gap);
        line.push(palette.dim(), key);
        line.push(palette.dim(), "=");
        let shown = if secret && value.get() != "null" {
            Cow::Borrowed(REDACTED)
        } else {
            value_of(value)
        };
        line.push(palette.plain(), &shown);
        gap = " ";
    }
}

/// `operation` is the older name, sent beside `op` for a while (events of flags).
fn find_op<'f, 'a>(fields: &'f [Field<'a>]) -> Option<&'f Field<'a>> {
    ["op", "operation"].iter().find_map(|name| {
        let named = |(key, value): &&Field| key == name && is_text(value);
        fields.iter().find(named)
    })
}

fn is_text(value: &RawValue) -> bool {
    value.get().starts_with('"')
}

fn is_scalar(value: &RawValue) -> bool {
    !value.get().starts_with(['[', '{'])
}

/// The string, or what stands there where it cannot be decoded (half of a surrogate pair).
fn text_of(value: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<String>(value.get()).map_or(Cow::Borrowed(value.get()), Cow::Owned)
}

fn value_of(value: &RawValue) -> Cow<'_, str> {
    let raw = value.get();
    let text = match (raw.as_bytes().first(), serde_json::from_str(raw)) {
        (Some(b'['), Ok(Size(size))) => return Cow::Owned(format!("[{size}]")),
        (Some(b'{'), Ok(Size(size))) => return Cow::Owned(format!("{{{size}}}")),
        (Some(b'"'), _) => text_of(value),
        _ => return Cow::Borrowed(raw),
    };
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c == '"') {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\\\"")))
    } else {
        text
    }
}
