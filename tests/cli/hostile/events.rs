//! Events that never end, cannot be acknowledged, bring nothing, or have wrong types in their fields.

use serde_json::{Value, json};

use super::wrong::mutations;
use super::{FEW, MODEST, any_poll, endures, json_reply};
use crate::support::answers::{event_texts, events, following, poll};
use crate::support::cases::at_once;
use crate::support::fixtures;
use crate::support::greeter::HELLO;
use crate::support::run::Tail;
use crate::support::takeover;

/// For an event that never ends.
const WORST: u64 = 150_000;

#[test]
fn an_event_that_never_ends_is_given_up() {
    let endless =
        json_reply("{\"result\":\"success\",\"msg\":\"\",\"events\":[{\"type\":\"x\",\"a\":\"")
            .repeated(&"x".repeat(1000), 200_000, "\"}]}");
    let server = following().always(any_poll(), endless);
    let running = Tail::new(&server.site()).args(["-v"]).start();
    running.wait_stderr("a list element of the answer is too long");
    let peak = running.peak_memory();
    assert!(peak < WORST, "{peak} kB");
    assert!(server.requests().len() < FEW);
}

#[test]
fn events_that_cannot_be_acknowledged_do_not_make_it_spin() {
    let mut cases = vec![("id missing", r#"{"type":"typing"}"#.to_owned())];
    for (name, id) in [
        ("null", "null"),
        ("text", "\"7\""),
        ("beyond i64", "9223372036854775808"),
        ("object", "{\"id\":7}"),
    ] {
        cases.push((name, format!("{{\"type\":\"typing\",\"id\":{id}}}")));
    }
    at_once(cases, |name, text| {
        let server = following().always(any_poll(), event_texts(&[text]));
        let tail = Tail::new(&server.site());
        endures(name, &server, tail, "an event has no id", MODEST);
    });
}

#[test]
fn answers_that_bring_nothing_do_not_make_it_spin() {
    let heartbeat = |id: i64| event_texts(&[format!("{{\"type\":\"heartbeat\",\"id\":{id}}}")]);
    let mut busy = following();
    for id in 0..30 {
        busy = busy.on(poll("q", id - 1).optional(), heartbeat(id));
    }
    let cases = vec![
        ("heartbeats", busy),
        ("nothing", following().always(any_poll(), events(&[]))),
    ];
    at_once(cases, |name, server| {
        let exit = Tail::new(&server.site())
            .args(["-v", "-W", "4s"])
            .start()
            .wait_exit();
        assert_eq!(exit.code, Some(0), "{name}: {exit}");
        let requests = server.requests();
        assert!(requests.len() <= FEW, "{name}: {}", requests.len());
    });
}

/// An event of each kind, and all that can be wrong with it; numbered, as a queue does that.
fn wrong_events() -> Vec<String> {
    let mut kinds = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for text in fixtures::events().iter().map(String::as_str).chain([HELLO]) {
        let event: Value = serde_json::from_str(text).expect("JSON");
        let is_short = text.len() < 3000;
        if is_short && kinds.insert((event["type"].to_string(), event["op"].to_string())) {
            wrong.extend(mutations(&event));
        }
    }
    assert!(kinds.len() > 40, "{kinds:?}");
    for (id, event) in wrong.iter_mut().enumerate() {
        event["id"] = json!(id);
    }
    let heartbeat = |event: &Value| event["type"] == "heartbeat";
    wrong.retain(|event| !heartbeat(event));
    wrong.iter().map(Value::to_string).collect()
}

#[test]
fn wrong_types_in_any_field_of_an_event_are_printed_all_the_same() {
    let wrong = wrong_events();
    let wrong = &wrong;
    let forms: Vec<(_, &[&str])> = vec![
        ("json", &[]),
        ("summary", &["-o", "summary"]),
        ("coloured summary", &["-o", "summary", "--color", "always"]),
        (
            "narrow",
            &[
                "--narrow",
                "stream:x is:mentioned -sender:y@example.com topic:z",
            ],
        ),
        ("messages alone", &["-m"]),
    ];
    at_once(forms, |name, args| {
        let server = takeover::holding(takeover::events(wrong));
        let exit = takeover::drain(&server)
            .args(args.iter().copied())
            .start()
            .wait_exit();
        assert_eq!(exit.code, Some(0), "{name}");
        // Where a narrow cannot tell, it is said once.
        let warnings = usize::from(name == "narrow");
        assert_eq!(
            exit.stderr.lines().count(),
            warnings,
            "{name}: {}",
            exit.stderr
        );
        let printed = exit.stdout.lines().count();
        match name {
            "json" => assert_eq!(printed, wrong.len()),
            "narrow" => assert!(printed > 0),
            "messages alone" => {}
            _ => assert!(
                printed >= wrong.len(),
                "{name}: {printed} of {}",
                wrong.len()
            ),
        }
    });
}
