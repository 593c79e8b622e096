//! Messages as `GET /messages` and `-m` have them, made into events like live ones:
//! `{"type":"message","message":{…},"flags":[…],"id":null}`. In history the flags are inside the message.
//!
//! Source: the message objects in Zulip's `zerver/openapi/zulip.yaml` (`GET /messages`, 9.2).

use crate::fields::Fields;

/// Whether these are the fields of a message. Its `type` does not distinguish it from an event: both can be
/// `stream`.
pub fn is_message(fields: &Fields) -> bool {
    let has = |name| fields.find(name).is_some();
    has("display_recipient") && has("content") && !has("message") && !has("op")
}

/// The message as an event: its flags move out of it, and all else keeps its bytes. None where there
/// are too many fields, or a key that cannot be written again: no message has either.
pub fn to_event(text: &str, fields: &Fields) -> Option<String> {
    if fields.is_cut() {
        return None;
    }
    let mut event = String::with_capacity(text.len() + 64);
    event.push_str(r#"{"type":"message","message":"#);
    let flags = fields.find("flags");
    if flags.is_none() {
        event.push_str(text);
    } else {
        push_without_flags(&mut event, fields)?;
    }
    event.push_str(r#","flags":"#);
    event.push_str(flags.unwrap_or("[]"));
    event.push_str(r#","id":null}"#);
    Some(event)
}

fn push_without_flags(event: &mut String, fields: &Fields) -> Option<()> {
    event.push('{');
    for (key, value) in fields.0.iter().filter(|(key, _)| key != "flags") {
        if !event.ends_with('{') {
            event.push(',');
        }
        event.push_str(&serde_json::to_string(key).ok()?);
        event.push(':');
        event.push_str(value.get());
    }
    event.push('}');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_an_event_with_its_flags_outside_and_its_bytes_kept() {
        for (name, text, expected) in [
            (
                "flags at the end",
                r#"{"id":7,"timestamp":5,"n":1.10,"é\u0041":[1, 2],"flags":["read"]}"#,
                r#"{"type":"message","message":{"id":7,"timestamp":5,"n":1.10,"éA":[1, 2]},"flags":["read"],"id":null}"#,
            ),
            (
                "flags first, spaced",
                r#"{"flags": ["read", "historical"], "id": 7, "content": "a\"b"}"#,
                r#"{"type":"message","message":{"id":7,"content":"a\"b"},"flags":["read", "historical"],"id":null}"#,
            ),
            (
                "flags alone",
                r#"{"flags":null}"#,
                r#"{"type":"message","message":{},"flags":null,"id":null}"#,
            ),
            (
                "no flags: not a byte changes",
                r#"{ "id" : 7, "\u0041": {"flags":[]} }"#,
                r#"{"type":"message","message":{ "id" : 7, "\u0041": {"flags":[]} },"flags":[],"id":null}"#,
            ),
        ] {
            let fields: Fields = serde_json::from_str(text).expect(name);
            let event = to_event(text, &fields);
            assert_eq!(event.as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_message_is_known_by_its_fields_and_not_by_its_type() {
        for (text, expected) in [
            (
                r#"{"id":1,"type":"stream","display_recipient":"ops","content":"x"}"#,
                true,
            ),
            (r#"{"content":"x","display_recipient":[]}"#, true),
            (
                r#"{"type":"stream","op":"update","display_recipient":"ops","content":"x"}"#,
                false,
            ),
            (r#"{"type":"stream","op":"create","streams":[]}"#, false),
            (
                r#"{"type":"message","message":{"display_recipient":"ops","content":"x"}}"#,
                false,
            ),
            (
                r#"{"type":"message","message":{},"display_recipient":"ops","content":"x"}"#,
                false,
            ),
            (r#"{"type":"private","content":"x"}"#, false),
        ] {
            let fields: Fields = serde_json::from_str(text).expect(text);
            assert_eq!(is_message(&fields), expected, "{text}");
        }
    }
}
