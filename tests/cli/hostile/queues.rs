//! Queues that are lost at once, have strange names, or are registered with an answer of wrong types.

use serde_json::{Value, json};

use super::wrong::{by_their_text, mutations};
use super::{MODEST, any_poll, endures};
use crate::support::answers::{deleted, events, lines, poll, registered, server, unknown_queue};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Home, Tail};

#[test]
fn queues_that_are_lost_at_once_do_not_make_it_spin() {
    let server = server()
        .always(Expect::register(), registered("q"))
        .always(any_poll(), unknown_queue("q"))
        .always(Expect::delete(), deleted());
    Tail::new(&server.site())
        .with_short_waits()
        .stderr(Expected::containing(&["error: ", "Bad event queue ID"]))
        .code(2)
        .run();
    assert!(server.requests().len() <= 12, "{:?}", server.requests());
}

#[test]
fn wrong_types_in_the_answer_to_register_do_not_matter_but_in_the_queues_id() {
    let good = json!({ "result": "success", "msg": "", "queue_id": "q", "last_event_id": 7,
        "zulip_version": "9.2", "zulip_feature_level": 278, "more": [1, { "x": null }] });
    let (bad, fine): (Vec<Value>, Vec<Value>) = mutations(&good)
        .into_iter()
        .partition(|answer| !answer["queue_id"].is_string());
    assert!(bad.len() > 8 && fine.len() > 50);
    at_once(by_their_text(bad), |name, answer| {
        let server = server().always(Expect::register(), Reply::json(200, &answer));
        let tail = Tail::new(&server.site());
        endures(name, &server, tail, "no queue_id", MODEST);
    });
    at_once(by_their_text(fine), |_, answer| {
        let queue = answer["queue_id"].as_str().expect("a text");
        let server = server()
            .on(Expect::register(), Reply::json(200, &answer))
            .on(Expect::poll().param("queue_id", queue), events(&[0]))
            .always(Expect::delete(), deleted());
        Tail::new(&server.site())
            .args(["-C", "1"])
            .stdout(lines(&[0]))
            .run();
    });
}

#[test]
fn a_queue_may_have_any_name() {
    let names = [
        ("line breaks", "a\nb\r\nc"),
        ("NUL", "a\0b"),
        ("of a query", "a&last_event_id=99&queue_id=b#c?d=e%00+%2B"),
        ("controls", "\u{1b}]0;x\u{7}\u{9b}2J"),
        ("long", &"x".repeat(1000)),
    ]
    .map(|(name, queue)| (name, queue.to_owned()));
    at_once(names.to_vec(), |name, queue| {
        let home = Home::new();
        let first = server()
            .on(Expect::register(), registered(&queue))
            .on(poll(&queue, -1), events(&[0, 1]))
            .on(Expect::delete().param("queue_id", &queue), deleted());
        let exit = Tail::new(&first.site())
            .args(["-v", "-C", "1"])
            .start()
            .wait_exit();
        assert_eq!((exit.code, exit.stdout), (Some(0), lines(&[0])), "{name}");
        for line in exit.stderr.lines() {
            assert!(line.starts_with("wyzepal-tail: "), "{name}: {line:?}");
            assert!(!line.contains(char::is_control), "{name}: {line:?}");
        }
        let server = server()
            .on(Expect::register(), registered(&queue))
            .on(poll(&queue, -1), events(&[0, 1]))
            .on(poll(&queue, 0), events(&[1]));
        for id in [0, 1] {
            Tail::new(&server.site())
                .home(&home)
                .args(["--cursor-file", "cursor", "-C", "1"])
                .stdout(lines(&[id]))
                .run();
        }
    });
}

#[test]
fn a_queue_whose_name_is_no_name_is_refused() {
    let cases = vec![
        ("empty", (String::new(), "no queue_id")),
        (
            "too long",
            ("x".repeat(1_000_000), "queue_id has 1000000 bytes"),
        ),
    ];
    at_once(cases, |name, (queue, part)| {
        let server = server().always(Expect::register(), registered(&queue));
        endures(name, &server, Tail::new(&server.site()), part, MODEST);
    });
}
