//! Lines compared with the bytes that they were made from.

use super::{Json, message_object};
use crate::event::Event;
use crate::output::credentials;
use crate::output::sanitize::find_hidden;
use proptest::prelude::*;
use serde_json::Value;

const PIPE: Json = Json {
    only_messages: false,
    shows_secrets: false,
    escapes: false,
};
const TERMINAL: Json = Json {
    shows_secrets: true,
    escapes: true,
    ..PIPE
};

fn line(kind: &str, text: &str, json: Json) -> String {
    let mut out = Vec::new();
    let event = Event::new(None, kind, text);
    json.render(&event, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn credentials_are_replaced_and_every_other_byte_is_kept() {
    for (name, kind, text, expected) in [
        (
            "key of a bot",
            "realm_bot",
            r#"{"type":"realm_bot","op":"add","bot":{"user_id":5,"api_key":"kkkk","n":1.10},"id":3}"#,
            r#"{"type":"realm_bot","op":"add","bot":{"user_id":5,"api_key":"[redacted]","n":1.10},"id":3}"#,
        ),
        (
            "tokens and configuration of services, with the blanks of old servers",
            "realm_bot",
            r#"{"bot": {"services": [{"token": "t\"}", "url": "u"}, {"config_data" : {"a": ["}"]} , "x": 1e5}]}}"#,
            r#"{"bot": {"services": [{"token": "[redacted]", "url": "u"}, {"config_data" : "[redacted]" , "x": 1e5}]}}"#,
        ),
        (
            "address of a channel",
            "subscription",
            r#"{"subscriptions":[{"name":"a","email_address":"a+s@x"},{"email_address":"b"}]}"#,
            r#"{"subscriptions":[{"name":"a","email_address":"[redacted]"},{"email_address":"[redacted]"}]}"#,
        ),
        (
            "update of the address",
            "stream",
            r#"{"op":"update","property":"email_address","value":"a+s@x","name":"a"}"#,
            r#"{"op":"update","property":"email_address","value":"[redacted]","name":"a"}"#,
        ),
        (
            "update with its value first",
            "subscription",
            r#"{"value":"a+s@x","property":"email\u005faddress"}"#,
            r#"{"value":"[redacted]","property":"email\u005faddress"}"#,
        ),
        (
            "kind that we do not know",
            "brand_new",
            r#"{"api\u005fkey":"k","token":17,"t":{"token":[[1],{"token":2}]},"\u0074oken":true}"#,
            r#"{"api\u005fkey":"[redacted]","token":"[redacted]","t":{"token":"[redacted]"},"\u0074oken":"[redacted]"}"#,
        ),
        (
            "address of an export, which opens it",
            "realm_export",
            r#"{"exports":[{"export_url":"https://x/e.tar.gz","id":1},{"export_url":null}]}"#,
            r#"{"exports":[{"export_url":"[redacted]","id":1},{"export_url":null}]}"#,
        ),
        (
            "user, password and query of an address",
            "realm_bot",
            r#"{"services":[{"base_url":"https://u:p@x/h@b?key=k#f","token":"t"},{"base_url" : "http:\/\/u@x?k"}]}"#,
            r#"{"services":[{"base_url":"https://[redacted]@x/h@b?[redacted]#f","token":"[redacted]"},{"base_url" : "http:\/\/[redacted]@x?[redacted]"}]}"#,
        ),
        (
            "address with escapes",
            "realm_bot",
            r#"{"base\u005furl":"https://u\u0040x","base_url":"x\n"}"#,
            r#"{"base\u005furl":"[redacted]","base_url":"[redacted]"}"#,
        ),
        (
            "text that never ends",
            "realm_bot",
            r#"{"api_key":"kkkk"#,
            r#"{"api_key":"[redacted]""#,
        ),
        (
            "object that never ends",
            "realm_bot",
            r#"{"config_data":{"a":"}","b":"c"#,
            r#"{"config_data":"[redacted]""#,
        ),
    ] {
        assert_eq!(line(kind, text, PIPE), format!("{expected}\n"), "{name}");
        let shown = Json {
            shows_secrets: true,
            ..PIPE
        };
        assert_eq!(line(kind, text, shown), format!("{text}\n"), "{name}");
    }
}

#[test]
fn what_only_looks_like_a_credential_is_kept() {
    for (name, kind, text) in [
        ("null", "realm_bot", r#"{"api_key":null,"token" : null }"#),
        (
            "name as a value",
            "realm_bot",
            r#"{"property":"x","a":"api_key","b":["token"]}"#,
        ),
        (
            "other name",
            "realm_bot",
            r#"{"api_keys":1,"Token":2,"xtoken":3}"#,
        ),
        (
            "name quoted in a text",
            "stream",
            r#"{"description":"\"token\":\"x\" and \\","value":"v"}"#,
        ),
        (
            "other property",
            "stream",
            r#"{"property":"description","value":"email_address"}"#,
        ),
        ("plain kind", "message", r#"{"message":{"token":"x"}}"#),
        (
            "address without secrets",
            "realm_bot",
            r#"{"base_url":"https://x/h@b","a":{"base_url":null},"b":[{"base_url":""}]}"#,
        ),
        ("broken", "realm_bot", r#"{"token":}"#),
        ("not json", "realm_bot", r#"" \"#),
        ("empty", "", ""),
    ] {
        assert_eq!(line(kind, text, PIPE), format!("{text}\n"), "{name}");
    }
}

#[test]
fn controls_are_escaped_for_a_terminal_only() {
    for (name, text, expected) in [
        (
            "eight bit csi",
            "{\"a\":\"\u{9b}31m\"}",
            r#"{"a":"\u009b31m"}"#,
        ),
        ("del", "{\"a\":\"\x7f\"}", r#"{"a":"\u007f"}"#),
        ("bidi", "{\"a\":\"\u{202e}x\"}", r#"{"a":"\u202ex"}"#),
        ("separator", "{\"a\":\"\u{2028}\"}", r#"{"a":"\u2028"}"#),
        ("in a key", "{\"\u{200b}\":1}", r#"{"\u200b":1}"#),
        (
            "beyond the first plane",
            "{\"a\":\"\u{e0041}\u{1d173}\"}",
            r#"{"a":"\udb40\udc41\ud834\udd73"}"#,
        ),
        ("tab between tokens", "{\"a\":\t1}", r#"{"a": 1}"#),
        (
            "kept text",
            r#"{"a":"👨‍👩‍👧 \u001b é"}"#,
            r#"{"a":"👨‍👩‍👧 \u001b é"}"#,
        ),
    ] {
        assert_eq!(line("x", text, TERMINAL), format!("{expected}\n"), "{name}");
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            value,
            serde_json::from_str::<Value>(expected).unwrap(),
            "{name}"
        );
        assert_eq!(line("x", text, PIPE), format!("{text}\n"), "{name}");
    }
}

#[test]
fn both_are_done_at_once() {
    let both = Json {
        escapes: true,
        ..PIPE
    };
    let text = "{\"token\":\"\u{9b}\",\"a\":\"\u{9b}\",\"token\":1}";
    let expected = "{\"token\":\"[redacted]\",\"a\":\"\\u009b\",\"token\":\"[redacted]\"}\n";
    assert_eq!(line("x", text, both), expected);
}

#[test]
fn the_message_is_cut_out_as_it_stands() {
    for (name, kind, text, expected) in [
        (
            "plain",
            "message",
            r#"{"type":"message","message":{"id": 1.10,"a":"\u00e9}"},"flags":[]}"#,
            Some(r#"{"id": 1.10,"a":"\u00e9}"}"#),
        ),
        (
            "blanks around",
            "message",
            r#"{"id":1, "message" : {} , "type":"message"}"#,
            Some("{}"),
        ),
        (
            "nested elsewhere",
            "message",
            r#"{"x":{"message":{}}}"#,
            None,
        ),
        ("other kind", "submessage", r#"{"message":{}}"#, None),
        ("null", "message", r#"{"message":null}"#, None),
        ("number", "message", r#"{"message":5}"#, None),
        ("broken", "message", r#"{"message":{}"#, None),
    ] {
        let event = Event::new(None, kind, text);
        assert_eq!(message_object(&event), expected, "{name}");
    }
}

#[test]
fn deep_nesting_is_walked_without_recursion_and_in_linear_time() {
    let depth = 200_000;
    let text = format!("{}1{}", r#"{"token":"#.repeat(depth), "}".repeat(depth));
    assert_eq!(line("x", &text, PIPE), "{\"token\":\"[redacted]\"}\n");
    for key in ["a", "property"] {
        let text = format!(
            "{}1{}",
            format!(r#"{{"{key}":"#).repeat(depth),
            "}".repeat(depth)
        );
        assert_eq!(line("x", &text, PIPE), format!("{text}\n"));
    }
}

/// JSON with our names in it often enough, as text with irregular spacing.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,8}".prop_map(String::from),
        any::<String>(),
        Just("email_address".to_string()),
        Just("\u{9b}\u{202e}\u{e0041}\"\\".to_string()),
    ];
    let key = prop_oneof![
        3 => any::<String>(),
        1 => prop::sample::select(vec!["token", "api_key", "config_data", "export_url", "property", "value"])
            .prop_map(String::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The same rule on values, as slow and plain as can be.
fn redact(value: &mut Value, value_is_secret: bool) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let named = [
                    "api_key",
                    "token",
                    "config_data",
                    "email_address",
                    "export_url",
                ]
                .contains(&&**key);
                if (named || value_is_secret && key == "value") && !value.is_null() {
                    *value = Value::from("[redacted]");
                } else {
                    redact(value, value_is_secret);
                }
            }
        }
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| redact(value, value_is_secret)),
        _ => {}
    }
}

fn updates_a_secret(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            key == "property" && value == "email_address" || updates_a_secret(value)
        }),
        Value::Array(values) => values.iter().any(updates_a_secret),
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_terminal_gets_equal_json_without_controls(json in any_json(), pretty in any::<bool>()) {
        let text = if pretty { format!("{json:#}") } else { json.to_string() };
        let line = line("x", &text, TERMINAL);
        let shown = line.strip_suffix('\n').unwrap();
        prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
        prop_assert!(find_hidden(shown).is_none(), "{shown:?}");
        prop_assert_eq!(serde_json::from_str::<Value>(shown).unwrap(), json);
    }

    #[test]
    fn exactly_the_credentials_differ(json in any_json(), pretty in any::<bool>()) {
        let text = if pretty { format!("{json:#}") } else { json.to_string() };
        let secret = updates_a_secret(&json);
        let mut expected = json;
        redact(&mut expected, secret);
        let line = line("x", &text, PIPE);
        prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
        let mut kept = String::new();
        let mut from = 0;
        for found in credentials::find(&text) {
            kept.push_str(&text[from..found.range.start]);
            from = found.range.end;
        }
        kept.push_str(&text[from..]);
        prop_assert_eq!(line.trim_end().replace("\"[redacted]\"", ""), kept.trim_end());
    }

    #[test]
    fn garbage_neither_panics_nor_loses_its_line_end(text in r#"([{}\[\]:,"\\a ]|"token":|é){0,40}"#) {
        prop_assert!(line("x", &text, PIPE).ends_with('\n'));
        prop_assert!(line("x", &text, TERMINAL).ends_with('\n'));
    }
}
