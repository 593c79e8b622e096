//! An example of every type and op of event, old and new, and everything that was recorded: each has
//! one line, which holds no JSON, no credential, and nothing that a terminal would obey.
//!
//! Not for what the lines say: `tests/fixtures/summaries-*.txt` and the tests beside the sentences.

use serde_json::Value;

use crate::support::account::CREDENTIALS;
use crate::support::fixtures;
use crate::support::run::{Expected, Tail};
use crate::support::server::Server;
use crate::support::takeover::{drain, events, holding};
use crate::support::terminal::harm;

fn summaries(server: &Server) -> Tail {
    drain(server)
        .args(["-o", "summary", "--utc"])
        .stdout(Expected::like(|_| true))
}

/// `2026-11-22 Sunday`; no time of day has such a beginning.
fn is_date(line: &str) -> bool {
    line.as_bytes().get(4) == Some(&b'-')
}

/// The texts inside of a credential, as far as they can be told from other texts.
fn secrets(value: &Value, inside: bool, found: &mut Vec<String>) {
    match value {
        // The newer recording was made by the program itself.
        Value::String(text) if inside && text.len() > 3 && text != "[redacted]" => {
            found.push(text.clone());
        }
        Value::Array(list) => list.iter().for_each(|value| secrets(value, inside, found)),
        Value::Object(fields) => {
            let property = fields.get("property").and_then(Value::as_str);
            let named = property.is_some_and(|name| CREDENTIALS.contains(&name));
            for (name, value) in fields {
                let is_secret = CREDENTIALS.contains(&name.as_str()) || named && name == "value";
                secrets(value, inside || is_secret, found);
            }
        }
        _ => {}
    }
}

/// What is wrong with a line.
fn faults(event: &Value, kind: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !text.starts_with(&format!("{kind}  ")) && kind != "message" {
        faults.push("no kind".to_owned());
    }
    let is_json = |sign: &&str| text.contains(sign);
    if kind != "message" && ["{\"", "[{", "\":{", "\":["].iter().any(is_json) {
        faults.push("JSON".to_owned());
    }
    let mut texts = Vec::new();
    secrets(event, false, &mut texts);
    texts.retain(|secret| text.contains(secret.as_str()));
    faults.extend(texts.iter().map(|secret| format!("credential {secret}")));
    let harm = harm(text);
    if !harm.is_empty() {
        faults.push(format!("obeyed by a terminal: {harm:?}"));
    }
    faults
}

#[track_caller]
fn assert_all_told(name: &str, texts: &[String]) {
    let parsed = texts
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    // Heartbeats are shown only where they are named.
    let shown: Vec<Value> = parsed
        .filter(|event| event["type"] != "heartbeat")
        .collect();
    let exit = summaries(&holding(events(texts))).run();
    let lines: Vec<&str> = exit.stdout.lines().filter(|line| !is_date(line)).collect();
    assert_eq!(lines.len(), shown.len(), "{name}");
    let mut wrong = Vec::new();
    for (event, line) in shown.iter().zip(lines) {
        let (_, text) = line.split_once(' ').expect("a time");
        let kind = event["type"].as_str().unwrap_or_default();
        for fault in faults(event, kind, text) {
            wrong.push(format!("{fault}: {line:.200}"));
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

#[test]
fn every_recorded_event_has_one_line() {
    for (name, texts) in fixtures::all_events() {
        assert_all_told(name, &texts);
    }
}
