//! A queue that the server does not know any more, or that somebody else polls.
//!
//! Not for the messages of the gap, which come from history.

use std::time::Duration;

use serde_json::json;

use crate::support::answers::{deleted, events, lines, poll, registered, server, unknown_queue};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::http::pauses;
use crate::support::model::{Model, Post, Step};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::times::PAUSE;

/// What servers say to a poll of a queue that cannot be read on, and whether the queue still lives.
fn signs() -> Vec<(&'static str, (Reply, bool))> {
    let bad = |msg| Reply::error(400, "BAD_REQUEST", msg);
    let old = json!({ "msg": "Bad event queue id: one", "result": "error" });
    vec![
        ("unknown", (unknown_queue("one"), false)),
        ("unknown, without a code", (Reply::json(400, &old), false)),
        (
            "pruned",
            (bad("An event newer than 0 has already been pruned!"), true),
        ),
        ("not there", (bad("Event 0 was not in this queue"), true)),
        (
            "in another language",
            (bad("Falsche Ereigniswarteschlange"), true),
        ),
    ]
}

/// Whether there is a `gap 12:01:22–12:14:05` in it; with dates where midnight lies between.
fn names_a_span(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("gap ") else {
        return false;
    };
    let mut times = rest.splitn(2, '–').map(|side| {
        side.split([' ', ':'])
            .take(4)
            .filter(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .count()
    });
    matches!((times.next(), times.next()), (Some(2..), Some(2..)))
}

#[test]
fn a_lost_queue_is_registered_anew_and_that_is_reported() {
    at_once(signs(), |name, (sign, lives)| {
        let server = server()
            .on(Expect::register(), registered("one"))
            .on(poll("one", -1), events(&[0]))
            .on(poll("one", 0), sign)
            .on(Expect::register(), registered("two"))
            .on(poll("two", -1), events(&[0]))
            .always(Expect::delete(), deleted());
        let exit = Tail::new(&server.site())
            .args(["-e", "typing", "-C", "2"])
            .stdout(lines(&[0, 0]))
            .stderr(Expected::containing(&["wyzepal-tail: warning: gap "]))
            .run();
        assert!(names_a_span(&exit.stderr), "{name}: {exit}");
        let registers = server.wait_requests(2, &Expect::register());
        assert_eq!(registers[0].params, registers[1].params, "{name}");
        let old = Expect::delete().param("queue_id", "one");
        assert_eq!(server.comes_within(Duration::ZERO, &old), lives, "{name}");
    });
}

#[test]
fn a_fresh_queue_that_is_refused_at_its_first_poll_ends_it() {
    at_once(signs(), |name, (sign, lives)| {
        let mut server = server()
            .on(Expect::register(), registered("one"))
            .on(poll("one", -1), sign)
            .always(Expect::delete(), deleted());
        // A queue that is gone at once may have died with its server: that is tried twice more.
        for _ in 0..if lives { 0 } else { 2 } {
            server = server
                .on(Expect::register(), registered("next"))
                .on(poll("next", -1), unknown_queue("next"));
        }
        let exit = Tail::new(&server.site())
            .with_short_waits()
            .stderr(Expected::containing(&["wyzepal-tail: error: ", "refuses"]))
            .code(2)
            .run();
        let errors = exit.stderr.matches("error: ").count();
        assert_eq!(errors, 1, "{name}: {exit}");
    });
}

#[test]
fn queues_that_are_lost_again_and_again_are_registered_again_and_again() {
    let mut server = server();
    for queue in ["one", "two", "three"] {
        server = server
            .on(Expect::register(), registered(queue))
            .on(poll(queue, -1), events(&[5]))
            .on(poll(queue, 5), unknown_queue(queue));
    }
    let server = server
        .on(Expect::register(), registered("four"))
        .on(poll("four", -1), Reply::error(400, "BAD_REQUEST", "no"))
        .always(Expect::delete(), deleted());
    let exit = Tail::new(&server.site())
        .stdout(lines(&[5, 5, 5]))
        .stderr(Expected::containing(&["error: "]))
        .code(2)
        .run();
    assert_eq!(exit.stderr.matches("gap ").count(), 3, "{exit}");
    // Young queues have not expired: they are left alone for longer each time, and the likely cause is named once.
    let cause = "3 queues in a row were forgotten at once; do two servers share this address";
    assert_eq!(exit.stderr.matches(cause).count(), 1, "{exit}");
    assert_eq!(
        exit.stderr.matches("(queue lost by the server)").count(),
        3,
        "{exit}"
    );
    let pauses = pauses(&server.wait_requests(4, &Expect::register()));
    assert!(pauses[0] < pauses[1] && pauses[1] < pauses[2], "{pauses:?}");
}

#[test]
fn a_server_that_was_killed_gets_a_new_queue_although_the_first_poll_was_never_answered() {
    let model = Model::new();
    let running = Tail::new(&model.site()).start();
    model.wait_parked();
    model.crash();
    model.wait_requests(Step::Register, 2);
    model.wait_parked();
    model.send(Post::direct("after the crash"));
    running.wait_line(|line| line.contains("after the crash"));
    running.wait_stderr("gap ");
}

#[test]
fn a_displaced_poll_comes_back_after_a_pause_and_loses_nothing() {
    let model = Model::new();
    let running = Tail::new(&model.site())
        .stderr_on_terminal(1000, 24)
        .start();
    model.wait_parked();
    let before = model.requests().len();
    model.displace();
    model.wait_requests(Step::Poll, 2);
    let pauses = pauses(&model.requests()[before - 1..]);
    assert!(pauses[0] >= PAUSE, "{pauses:?}");
    model.send(Post::direct("still here"));
    running.wait_line(|line| line.contains("still here"));
    assert_eq!(model.count(Step::Register), 1);
    running.wait_stderr("something else polls this queue");
}

#[test]
fn two_tails_on_one_queue_do_not_spin() {
    let server = server()
        .on(Expect::register(), registered("one"))
        .always(Expect::poll(), events(&[]))
        .always(Expect::delete(), deleted());
    let _running = Tail::new(&server.site()).start();
    let pauses = pauses(&server.wait_requests(3, &Expect::poll()));
    assert!(pauses.iter().all(|pause| *pause >= PAUSE), "{pauses:?}");
}
