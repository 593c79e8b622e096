//! JSON lines: the bytes that the server sent are the bytes that come out, credentials aside; on a
//! terminal the same JSON without anything that the terminal would obey.
//!
//! Not for which events are printed.

use serde_json::Value;

use crate::support::account::CREDENTIALS;
use crate::support::fixtures;
use crate::support::gate::Gate;
use crate::support::reply::Reply;
use crate::support::run::Expected;
use crate::support::takeover::{body, drain, events, holding};
use crate::support::tally::{value, values};
use crate::support::terminal::harm;

fn lines<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    texts
        .into_iter()
        .flat_map(|text| [text.as_ref().to_owned(), "\n".to_owned()])
        .collect()
}

/// Heartbeats are shown only where they are named.
fn shown(texts: &[String]) -> Vec<&String> {
    let is_heartbeat = |text: &str| value(text)["type"] == "heartbeat";
    texts.iter().filter(|text| !is_heartbeat(text)).collect()
}

/// Replaces, in the event, what the documents of the servers call a credential.
fn redact(event: &mut Value) {
    let property = event["property"].as_str();
    let is_named = property.is_some_and(|name| CREDENTIALS.contains(&name));
    match event {
        Value::Object(fields) => {
            for (key, value) in fields {
                let hidden = CREDENTIALS.contains(&key.as_str()) || is_named && key == "value";
                if hidden && !value.is_null() {
                    *value = "[redacted]".into();
                } else {
                    redact(value);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(redact),
        _ => {}
    }
}

/// Without credentials an event has to be the same bytes, with them the same JSON but for them.
#[track_caller]
fn assert_only_credentials_differ(name: &str, sent: &[&String], printed: &str) {
    let printed: Vec<&str> = printed.lines().collect();
    assert_eq!(printed.len(), sent.len(), "{name}");
    for (sent, printed) in sent.iter().zip(printed) {
        let (as_sent, mut wanted) = (value(sent), value(sent));
        redact(&mut wanted);
        if wanted == as_sent {
            assert_eq!(printed, sent.as_str(), "{name}");
        } else {
            assert_eq!(value(printed), wanted, "{name}");
        }
    }
}

fn assert_all_pass(name: &str, texts: &[String]) {
    let sent = shown(texts);
    let server = holding(events(texts));
    let exit = drain(&server)
        .args(["--show-secrets"])
        .stdout(lines(&sent))
        .run();
    assert!(!exit.stdout.is_empty(), "{name}");
    let server = holding(events(texts));
    let exit = drain(&server).stdout(Expected::like(|_| true)).run();
    assert_only_credentials_differ(name, &sent, &exit.stdout);
}

#[test]
fn recorded_events_come_out_as_they_came_in() {
    for (name, texts) in fixtures::all_events() {
        assert_all_pass(name, &texts);
    }
    let texts = fixtures::events();
    assert!(
        texts.iter().any(|text| text.contains("\"api_key\": \"kkk")),
        "no credentials among the recorded events"
    );
}

#[test]
fn nothing_of_an_event_is_respelled() {
    let texts = [
        // Numbers that a float would not keep.
        r#"{"type":"x","a":1.10,"b":1e400,"c":12345678901234567890123,"d":-0.0,"e":1E+2,"id":0}"#,
        // Escapes that need not be there, and characters that need not be escaped.
        r#"{"type":"x","a":"\u0041\/\u00e9é\ud83d\ude00😀","id":1}"#,
        // Half of a surrogate pair is no text, and still JSON.
        r#"{"type":"x","a":"\ud83d","id":2}"#,
        // Order and doubles of keys; `id` first, `type` last.
        r#"{"id":3,"z":1,"a":2,"z":3,"type":"x"}"#,
        // Spaces, as older servers write them.
        r#"{"type": "x", "a": [1, 2, {"b": null}],  "id" : 4 }"#,
        // What would end an event or a list, inside strings.
        r#"{"type":"x","a":"}],\"events\":[{","b":"\\","c":"\\\"","id":5}"#,
        // A list of the same name inside.
        r#"{"type":"x","events":[{"type":"y","id":1}],"id":6}"#,
        // Bytes that a terminal must not see, and a pipe gets as they are.
        "{\"type\":\"x\",\"a\":\"\u{7f}\u{9b}\u{202e}\u{2028}\u{feff}\",\"id\":7}",
        // Fields and kinds that nobody knows.
        r#"{"type":"brand_new","op":"\u2603","nested":{"deep":[[[[{}]]]]},"id":8}"#,
        r#"{"type":"x","empty":"","":{},"id":9}"#,
    ];
    let server = holding(events(texts));
    drain(&server).stdout(lines(texts)).run();
}

#[test]
fn a_pretty_printed_answer_gives_lines_and_loses_only_its_line_breaks() {
    let texts = fixtures::events();
    let sent = shown(&texts);
    for line_break in ["\n", "\r\n"] {
        let pretty: Vec<String> = sent
            .iter()
            .map(|text| serde_json::to_string_pretty(&value(text)).expect("JSON"))
            .map(|text| text.replace('\n', line_break))
            .collect();
        // A string never holds a raw line break, so these are the ones between tokens.
        let wanted = pretty.iter().map(|text| text.replace(line_break, ""));
        let whole = format!(
            "{{{line_break}  \"events\" : [{line_break}    {}{line_break}  ],{line_break}  \"msg\": \"\",  \"result\": \"success\"}}",
            pretty.join(&format!(" ,{line_break}    "))
        );
        let server = holding(Reply::text(200, "application/json", whole));
        drain(&server)
            .args(["--show-secrets"])
            .stdout(lines(wanted))
            .run();
    }
}

#[test]
fn the_size_of_the_pieces_does_not_show() {
    let texts = fixtures::events();
    let some: Vec<&String> = shown(&texts).into_iter().take(40).collect();
    // One byte cuts every character and every escape; the others cut blocks at odd places.
    for size in [1, 64] {
        let gate = Gate::closed();
        gate.open();
        let server = holding(events(&some).chunked(size, &gate));
        drain(&server)
            .args(["--show-secrets"])
            .stdout(lines(&some))
            .run();
    }
}

#[test]
fn the_first_line_is_out_before_the_last_byte_is_in() {
    let (first, second) = (
        r#"{"type":"typing","op":"start","id":0}"#,
        r#"{"type":"typing","op":"stop","id":1}"#,
    );
    let gate = Gate::closed();
    let server = holding(events([first, second]).chunked(1, &gate));
    let running = drain(&server).start();
    let start = body([first]).find(first).expect("the first event");
    gate.let_through(start + first.len());
    assert_eq!(running.wait_lines(1), [first]);
    gate.let_through(second.len());
    assert_eq!(running.lines(), [first], "the second is not whole yet");
    gate.open();
    let exit = running.wait_exit();
    assert_eq!((exit.code, exit.stdout), (Some(0), lines([first, second])));
}

#[test]
fn messages_alone_are_the_bytes_of_the_message() {
    let texts = [
        r#"{"type":"message","message":{"id":7,"content":"a \"}\" \u00e9","n":1.10},"flags":[],"id":0}"#,
        r#"{"type":"reaction","op":"add","message":{"id":7},"id":1}"#,
        r#"{ "flags" : [ ] , "message" : { "id" : 8 , "message": {"id": 9} } , "type" : "message" , "id" : 2 }"#,
    ];
    let server = holding(events(texts));
    drain(&server)
        .args(["-m"])
        .stdout(lines([
            r#"{"id":7,"content":"a \"}\" \u00e9","n":1.10}"#,
            r#"{ "id" : 8 , "message": {"id": 9} }"#,
        ]))
        .run();
}

#[test]
fn every_recorded_message_comes_out_alone_with_m() {
    let texts = fixtures::events();
    let is_message = |text: &&String| value(text)["type"] == "message";
    let messages: Vec<Value> = texts
        .iter()
        .filter(is_message)
        .map(|text| value(text)["message"].clone())
        .collect();
    assert!(messages.len() > 5, "{}", messages.len());
    let server = holding(events(&texts));
    let exit = drain(&server)
        .args(["--messages"])
        .stdout(Expected::like(|_| true))
        .run();
    let printed: Vec<Value> = values(&exit.stdout);
    assert_eq!(printed, messages);
    for line in exit.stdout.lines() {
        assert!(
            texts.iter().any(|text| text.contains(line)),
            "not the server's bytes: {line}"
        );
    }
}

#[test]
fn on_a_terminal_json_is_the_same_json_without_anything_that_it_obeys() {
    let hostile = "{\"type\":\"x\",\t\"a\":\"\u{7f}\u{9b}31m\u{202e}\u{2066}\u{2028}\u{feff}\u{200b}\u{e0041}\",\"\u{9d}0;key\u{9c}\":1,\"id\":900}";
    // The recording has escapes where the servers write such characters as they are.
    let mut texts: Vec<String> = fixtures::events()
        .iter()
        .map(|text| value(text).to_string())
        .collect();
    texts.push(hostile.to_owned());
    let sent = shown(&texts);
    let server = holding(events(&texts));
    let exit = drain(&server)
        .args(["-o", "json", "--show-secrets"])
        .on_terminal(80, 24)
        .stdout(Expected::like(|_| true))
        .run();
    let left = harm(&exit.stdout);
    assert!(left.is_empty(), "{left:?} in {}", exit.stdout);
    let printed: Vec<Value> = values(&exit.stdout);
    let wanted: Vec<Value> = sent.iter().map(|text| value(text)).collect();
    assert_eq!(printed, wanted);
    assert!(
        sent.iter().filter(|text| !harm(text).is_empty()).count() > 3,
        "the recorded events are harmless"
    );
    for part in ["\\u009b31m", "\\u202e", "\\udb40\\udc41", "\\u007f"] {
        assert!(exit.stdout.contains(part), "no {part}");
    }
}

#[test]
fn on_a_terminal_credentials_are_replaced_and_messages_alone_are_escaped_too() {
    let server = holding(events([
        "{\"type\":\"realm_bot\",\"bot\":{\"api_key\":\"s3cret\",\"name\":\"\u{9b}\"},\"id\":0}",
    ]));
    drain(&server)
        .args(["-o", "json"])
        .on_terminal(80, 24)
        .stdout("{\"type\":\"realm_bot\",\"bot\":{\"api_key\":\"[redacted]\",\"name\":\"\\u009b\"},\"id\":0}\n")
        .run();
    let server = holding(events([
        "{\"type\":\"message\",\"message\":{\"content\":\"\u{9b}2J\"},\"flags\":[],\"id\":0}",
    ]));
    drain(&server)
        .args(["-o", "json", "-m"])
        .on_terminal(80, 24)
        .stdout("{\"content\":\"\\u009b2J\"}\n")
        .run();
}

#[test]
fn json_is_never_coloured() {
    let text = r#"{"type":"typing","op":"start","id":0}"#;
    let server = holding(events([text]));
    drain(&server)
        .args(["-o", "json", "--color", "always"])
        .env("CLICOLOR_FORCE", "1")
        .on_terminal(80, 24)
        .stdout(lines([text]))
        .run();
}
