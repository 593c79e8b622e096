//! JSON lines of any events: the server's bytes, and where these may not be kept, the same JSON without
//! credentials and without what a terminal obeys or hides.
//!
//! Input: see `tail::made`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tail::event::Event;
use tail::output::credentials::is_credential;
use tail::output::json::Json;
use tail::output::sanitize::find_hidden;
use tail::secret::REDACTED;

fuzz_target!(|data: &[u8]| {
    tail::made::for_each_event(data, |event| {
        let text = event.text;
        let plain = Json {
            shows_secrets: true,
            ..Json::default()
        };
        let as_it_came = line(event, plain);
        assert_eq!(as_it_came, text);
        let escaped = line(
            event,
            Json {
                escapes: true,
                ..plain
            },
        );
        assert_eq!(find_hidden(&escaped), None, "{escaped:?}");
        assert_eq!(value(&escaped), value(text), "the same JSON");

        // Searched for credentials, as an event of a kind that we do not know.
        let event = Event::new(event.id, "", event.text);
        let redacted = line(&event, Json::default());
        let both = Json {
            escapes: true,
            ..Json::default()
        };
        let both = line(&event, both);
        assert_eq!(find_hidden(&both), None, "{both:?}");
        assert_eq!(value(&both), value(&redacted));
        check_redacted(text, &redacted);

        let message = Event::new(event.id, "message", event.text);
        let only_message = Json {
            only_messages: true,
            ..plain
        };
        let object = line(&message, only_message);
        if object != text {
            assert!(text.contains(&object));
            assert!(value(text).is_none_or(|all| value(&object) == all.get("message").cloned()));
        }
    });
});

fn line(event: &Event, json: Json) -> String {
    let mut out = Vec::new();
    json.render(event, &mut out);
    let mut line = String::from_utf8(out).expect("text");
    assert_eq!(line.pop(), Some('\n'));
    assert!(!line.contains(['\n', '\r']));
    line
}

fn value(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn check_redacted(text: &str, redacted: &str) {
    let Some(mut expected) = value(text) else {
        return;
    };
    // Of two fields of one name `Value` knows the last only.
    if fields(&expected) != colons(text) {
        return;
    }
    let is_named = names_credential(&expected);
    redact(&mut expected, is_named);
    // Of addresses but a part is redacted.
    let mut redacted = value(redacted).expect("JSON");
    for value in [&mut expected, &mut redacted] {
        forget_addresses(value);
    }
    assert_eq!(redacted, expected);
}

fn fields(value: &Value) -> usize {
    match value {
        Value::Object(inner) => inner.values().map(|value| 1 + fields(value)).sum(),
        Value::Array(items) => items.iter().map(fields).sum(),
        _ => 0,
    }
}

/// Those outside strings.
fn colons(text: &str) -> usize {
    let (mut string, mut escaped, mut colons) = (false, false, 0);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => string = !string,
            b':' if !string => colons += 1,
            _ => {}
        }
    }
    colons
}

/// `"property":"api_key"`, anywhere.
fn names_credential(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            key == "property" && value.as_str().is_some_and(is_credential)
                || names_credential(value)
        }),
        Value::Array(items) => items.iter().any(names_credential),
        _ => false,
    }
}

fn forget_addresses(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(address) if key == "base_url" => address.clear(),
                    value => forget_addresses(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(forget_addresses),
        _ => {}
    }
}

fn redact(value: &mut Value, is_named: bool) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let is_secret = is_credential(key) || is_named && key == "value";
                match value {
                    Value::Null => {}
                    value if is_secret => *value = REDACTED.into(),
                    value => redact(value, is_named),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, is_named)),
        _ => {}
    }
}
