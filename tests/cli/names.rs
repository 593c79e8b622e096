//! Names for ids in summaries: learnt from what passes, looked up beside it, and never in its way.
//!
//! Not for when a list may be asked for again: that takes minutes, and is tested beside it.

use std::time::Instant;

use serde_json::{Value, json};

use crate::support::expect::Expect;
use crate::support::model::{Fault, Model, Step};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::running::{Running, Signal};
use crate::support::server::Server;
use crate::support::takeover::{QUEUE, drain, events};
use crate::support::times::DEADLINE;

/// A message that says of its sender and its channel the ids only.
fn nameless(sender: i64, text: &str) -> Value {
    json!({ "type": "message", "flags": [], "message": { "type": "stream", "stream_id": 4, "display_recipient": "",
        "subject": "lunch", "sender_id": sender, "content": text, "timestamp": 1_795_356_127 } })
}

/// The same with the sender's name.
fn named(sender: i64, name: &str, text: &str) -> Value {
    let mut event = nameless(sender, text);
    event["message"]["sender_full_name"] = name.into();
    event
}

fn typing() -> Value {
    json!({ "type": "typing", "op": "start", "message_type": "direct",
        "sender": { "user_id": 12 }, "recipients": [] })
}

/// A run that shows summaries, once its queue waits for events.
fn following(model: &Model, args: &[&str]) -> Running {
    let running = Tail::new(&model.site())
        .args(["-o", "summary"])
        .args(args)
        .start();
    model.wait_parked();
    running
}

/// The line of that event, from the place on.
#[track_caller]
fn shown(model: &Model, running: &Running, event: &Value) -> String {
    let text = event["message"]["content"].as_str().unwrap_or_default();
    model.send_event(event);
    let line = running.wait_line(|line| line.ends_with(&format!(": {text}")));
    line.split_once(' ').unwrap_or_default().1.to_owned()
}

/// Sends nameless messages of that person until one has the names.
#[track_caller]
fn wait_named(model: &Model, running: &Running, sender: i64, wanted: &str) {
    let end = Instant::now() + DEADLINE;
    for number in 0.. {
        let event = nameless(sender, &format!("{wanted} {number}?"));
        let line = shown(model, running, &event);
        if line.starts_with(wanted) {
            return;
        }
        assert!(Instant::now() < end, "{wanted:?} never came: {line:?}");
    }
}

#[track_caller]
fn interrupt(running: Running) -> String {
    running.signal(Signal::INT);
    let exit = running.wait_exit();
    assert_eq!(exit.signal, Some(Signal::INT), "{exit}");
    exit.stderr
}

#[test]
fn names_that_are_missing_are_looked_up() {
    for model in [Model::new(), Model::old()] {
        let running = following(&model, &["-e", "message"]);
        assert_eq!(model.count(Step::Lookup), 0, "messages bring their names");
        let line = shown(&model, &running, &nameless(12, "one"));
        assert_eq!(line, "channel#4 > lunch  user#12: one");
        wait_named(&model, &running, 12, "#Denmark > lunch  Othello: ");
        assert_eq!(interrupt(running), "");
    }
}

#[test]
fn names_are_looked_up_before_they_are_missed_where_other_kinds_are_shown() {
    let model = Model::new();
    let running = following(&model, &[]);
    model.wait_requests(Step::Lookup, 2);
    wait_named(&model, &running, 12, "#Denmark > lunch  Othello: ");
    assert_eq!(model.count(Step::Lookup), 2);
    interrupt(running);
}

#[test]
fn groups_are_looked_up_once_they_are_missed() {
    let model = Model::new();
    let running = following(&model, &["-e", "realm"]);
    let end = Instant::now() + DEADLINE;
    for number in 0.. {
        let property = format!("permission_{number}_group");
        model.send_event(
            &json!({ "type": "realm", "op": "update", "property": property, "value": 13 }),
        );
        let line = running.wait_line(|line| line.contains(&property));
        let (_, shown) = line.split_once(" = ").expect("a value");
        if shown == "administrators" {
            break;
        }
        assert_eq!(shown, "group#13");
        assert!(Instant::now() < end, "{line:?}");
    }
    assert_eq!(interrupt(running), "");
}

#[test]
fn the_first_lines_wait_a_moment_for_names() {
    let list =
        |name: &str, list: Value| Reply::json(200, &json!({ "result": "success", name: list }));
    let run = || {
        let answer = [typing().to_string(), nameless(12, "text").to_string()];
        let server = Server::new()
            .on(Expect::poll().param("queue_id", QUEUE), events(answer))
            .on(Expect::poll(), events([""; 0]))
            .always(
                Expect::new("GET", "/users"),
                list(
                    "members",
                    json!([{ "user_id": 12, "full_name": "Othello" }]),
                ),
            )
            .always(
                Expect::new("GET", "/streams"),
                list("streams", json!([{ "stream_id": 4, "name": "Denmark" }])),
            );
        drain(&server)
            .args(["-o", "summary"])
            .stdout(Expected::containing(&["text\n"]))
            .run()
            .stdout
    };
    // A busy machine may take longer than a moment, but not always.
    let in_time = |text: String| text.ends_with("#Denmark > lunch  Othello: text\n");
    assert!((0..30).any(|_| in_time(run())));
}

#[test]
fn names_that_nobody_needs_are_not_looked_up() {
    let named = named(12, "Othello", "text").to_string();
    let in_channel = named.replace(r#"recipient":"""#, r#"recipient":"Denmark""#);
    for (name, args, list) in [
        (
            "JSON",
            &[][..],
            &[typing().to_string(), nameless(12, "x").to_string()][..],
        ),
        ("named", &["-o", "summary", "-e", "message"], &[in_channel]),
        ("nothing to show", &["-o", "summary"], &[]),
        (
            "not shown",
            &["-o", "summary", "-E", "typing"],
            &[typing().to_string()],
        ),
    ] {
        // Fails when anything else is asked for.
        let server = Server::new()
            .on(Expect::poll().param("queue_id", QUEUE), events(list))
            .on(Expect::poll().optional(), events([""; 0]));
        drain(&server)
            .args(args)
            .stdout(Expected::like(|_| true))
            .run();
        assert!(!server.requests().is_empty(), "{name}");
    }
}

#[test]
fn a_look_up_that_hangs_is_in_nobodys_way() {
    let model = Model::new();
    model.fail_always(Step::Lookup, Fault::Held);
    let running = following(&model, &["--timeout", "60s"]);
    model.wait_requests(Step::Lookup, 1);
    for number in 0..5 {
        model.send_event(&typing());
        let text = format!("text {number}");
        let line = shown(&model, &running, &nameless(12, &text));
        assert_eq!(line, format!("channel#4 > lunch  user#12: {text}"));
    }
    assert_eq!(model.count(Step::Lookup), 1);
    assert_eq!(interrupt(running), "");
    assert_eq!(model.deleted().len(), 1);
}

#[test]
fn a_look_up_that_fails_ends_nothing_and_is_reported_with_verbose() {
    let limited = Reply::error(429, "RATE_LIMIT_HIT", "API usage exceeded rate limit");
    for fault in [
        Fault::Answer(Reply::error(401, "UNAUTHORIZED", "Invalid API key")),
        Fault::Answer(limited.header("Retry-After", "0.5")),
        Fault::Answer(Reply::html_502()),
        Fault::Garbled,
    ] {
        for (args, said) in [(&[][..], 0), (&["-v"], 2)] {
            let model = Model::new();
            model.fail_always(Step::Lookup, fault.clone());
            let running = following(&model, args);
            model.send_event(&typing());
            if said > 0 {
                running.wait_stderr("names are not known: ");
            }
            for text in ["one", "two"] {
                let line = shown(&model, &running, &nameless(12, text));
                assert_eq!(
                    line,
                    format!("channel#4 > lunch  user#12: {text}"),
                    "{fault:?}"
                );
            }
            model.wait_requests(Step::Lookup, 2);
            assert_eq!(model.count(Step::Lookup), 2, "{fault:?}");
            let stderr = interrupt(running);
            let lines = stderr.lines().filter(|line| line.contains("names are not"));
            assert!(lines.count() <= said, "{fault:?}: {stderr}");
            assert_eq!(said == 0, stderr.is_empty(), "{fault:?}: {stderr}");
        }
    }
}

#[test]
fn many_names_that_nobody_knows_are_few_requests() {
    let model = Model::new();
    let running = following(&model, &["-e", "message"]);
    for id in 1000..1040 {
        let line = shown(&model, &running, &nameless(id, &format!("text {id}")));
        assert!(line.contains(&format!("user#{id}: ")), "{line}");
    }
    model.wait_requests(Step::Lookup, 2);
    assert_eq!(model.count(Step::Lookup), 2);
    interrupt(running);
}

#[test]
fn a_name_that_came_while_a_list_was_on_its_way_is_newer_than_the_list() {
    let model = Model::new();
    model.fail_next(Step::Lookup, Fault::Late);
    let running = following(&model, &["-e", "message"]);
    // The channel is named, so that one list only is asked for.
    let in_denmark = |mut event: Value| {
        event["message"]["display_recipient"] = "Denmark".into();
        event
    };
    shown(&model, &running, &in_denmark(nameless(8, "who?")));
    model.wait_held();
    let renamed = in_denmark(named(12, "Othello the Moor", "me"));
    let line = shown(&model, &running, &renamed);
    assert_eq!(line, "#Denmark > lunch  Othello the Moor: me");
    model.release();
    wait_named(&model, &running, 8, "#Denmark > lunch  Cordelia: ");
    let line = shown(&model, &running, &nameless(12, "again"));
    assert_eq!(line, "#Denmark > lunch  Othello the Moor: again");
    interrupt(running);
}

#[test]
fn events_that_are_not_shown_teach_names_as_well() {
    let model = Model::new();
    model.fail_always(Step::Lookup, Fault::Answer(Reply::html_502()));
    // Alternatives are judged by the program alone, so that it gets what it does not show.
    let running = following(
        &model,
        &["--narrow", "topic:lunch", "--narrow", "topic:tea"],
    );
    let mut hidden = named(12, "Othello", "not shown");
    hidden["message"]["subject"] = "dinner".into();
    hidden["message"]["display_recipient"] = "Denmark".into();
    model.send_event(&hidden);
    let line = shown(&model, &running, &nameless(12, "shown"));
    assert_eq!(line, "#Denmark > lunch  Othello: shown");
    assert!(
        !running
            .lines()
            .iter()
            .any(|line| line.contains("not shown"))
    );
    interrupt(running);
    assert_eq!(model.count(Step::Lookup), 0);
}
