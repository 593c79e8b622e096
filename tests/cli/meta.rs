//! Records of our own in the stream: each kind with just its fields.

use serde_json::{Value, json};

use crate::support::account::EMAIL;
use crate::support::model::{Model, Post};
use crate::support::reply::Reply;
use crate::support::repository::text;
use crate::support::run::{Expected, Home, Tail};
use crate::support::running::Signal;
use crate::support::tally::values;

/// The record without its time, which must be one.
#[track_caller]
fn timeless(mut record: Value) -> Value {
    let fields = record.as_object_mut().expect("an object");
    for name in ["time", "from", "to"] {
        if let Some(time) = fields.remove(name) {
            let time = time.as_str().expect("a time");
            assert!(
                time.parse::<jiff::Timestamp>().is_ok() && time.ends_with('Z'),
                "{time}"
            );
        } else {
            assert!(name != "time", "no time in {fields:?}");
        }
    }
    record
}

fn is_record(line: &str, op: &str) -> bool {
    line.starts_with("{\"type\":\"wyzepal_tail\",\"time\":\"")
        && line.contains(&format!("\"op\":\"{op}\""))
}

#[test]
fn each_record_has_just_its_fields() {
    let model = Model::new();
    let tail = Tail::new(&model.site()).with_short_waits();
    let running = tail.args(["--meta"]).start();
    running.wait_line(|line| is_record(line, "connected"));
    model.wait_idle();
    model.heartbeat();
    running.wait_line(|line| is_record(line, "alive"));
    let first = model.wait_parked();
    model.break_parked(&Reply::html_502());
    running.wait_line(|line| is_record(line, "resumed"));
    model.wait_idle();
    model.drop_queues();
    model.send_unheard(Post::direct("missed"));
    running.wait_line(|line| is_record(line, "gap"));
    let second = model.wait_parked();
    running.signal(Signal::INT);
    let exit = running.wait_exit();
    let records: Vec<Value> = values(&exit.stdout)
        .into_iter()
        .filter(|event| event["type"] == "wyzepal_tail")
        .map(timeless)
        .collect();
    let connected = |queue: &str| {
        json!({"type": "wyzepal_tail", "op": "connected", "site": model.site() + "/", "email": EMAIL,
            "queue_id": queue, "feature_level": 278})
    };
    let mut expected = vec![
        connected(&first),
        json!({"type": "wyzepal_tail", "op": "alive"}),
        json!({"type": "wyzepal_tail", "op": "lost", "error": records[2]["error"]}),
        json!({"type": "wyzepal_tail", "op": "resumed", "queue_id": first, "last_event_id": 0}),
        json!({"type": "wyzepal_tail", "op": "lost", "error": records[4]["error"]}),
        connected(&second),
        json!({"type": "wyzepal_tail", "op": "gap", "reason": "queue lost by the server", "fetched": 1,
            "lost": ["edits, reactions and other events of that time"]}),
    ];
    for record in &mut expected {
        if let Some(site) = record.get_mut("site") {
            *site = records[0]["site"].clone();
        }
    }
    assert_eq!(records, expected, "{exit}");
    let gap = exit.stdout.lines().find(|line| is_record(line, "gap"));
    let gap: Value = serde_json::from_str(gap.expect("a gap")).expect("JSON");
    assert!(gap["from"].as_str() <= gap["to"].as_str(), "{gap}");
    assert!(
        records[2]["error"]
            .as_str()
            .is_some_and(|text| text.contains("502")),
        "{exit}"
    );
    let manual = text("completions/wyzepal-tail.1");
    let section = manual
        .split(".SH ")
        .find(|section| section.starts_with("\"OUR OWN RECORDS\""));
    let section = section.expect("a section on records in the manual");
    for record in &records {
        let op = record["op"].as_str().expect("an op");
        let fields = record.as_object().expect("an object");
        for name in fields
            .keys()
            .map(String::as_str)
            .chain([op, "time", "from", "to"])
        {
            let words = section.split(|c: char| !c.is_alphanumeric() && c != '_');
            assert!(
                words.into_iter().any(|word| word == name),
                "no {name} in {section}"
            );
        }
    }
}

#[test]
fn a_run_that_goes_on_from_a_cursor_says_where() {
    let (model, home) = (Model::new(), Home::new());
    let tail = || {
        Tail::new(&model.site())
            .home(&home)
            .args([
                "-e",
                "message",
                "--meta",
                "--once",
                "--cursor-file",
                "cursor",
            ])
            .stdout(Expected::like(|text| !text.is_empty()))
    };
    let first = values(&tail().run().stdout);
    let queue = first[0]["queue_id"].clone();
    model.send(Post::direct("one"));
    tail().run();
    let third = values(&tail().run().stdout);
    let resumed: Vec<Value> = third.into_iter().map(timeless).collect();
    assert_eq!(
        resumed,
        [json!({"type": "wyzepal_tail", "op": "resumed", "queue_id": queue, "last_event_id": 0})]
    );
}

#[test]
fn records_do_not_count_and_are_not_in_summaries() {
    let model = Model::new();
    model.send(Post::direct("one"));
    Tail::new(&model.site())
        .args(["--meta", "-n", "1", "-C", "1"])
        .stdout(Expected::like(|text| text.lines().count() == 2))
        .run();
    Tail::new(&model.site())
        .args(["--meta", "-n", "1", "-C", "1", "-o", "summary"])
        .stdout(Expected::like(|text| !text.contains("wyzepal_tail")))
        .run();
}
