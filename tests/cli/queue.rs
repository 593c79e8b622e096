//! A queue while all is well: how it is registered, polled, acknowledged, and taken over.
//!
//! Not for lost queues (`lost.rs`) nor for trouble on the way (`retry.rs`).

use std::time::Duration;

use serde_json::json;

use crate::support::answers::{
    deleted, event, event_texts, events, following, lines, long_events, poll, registered, server,
    unknown_queue,
};
use crate::support::expect::Expect;
use crate::support::gate::Gate;
use crate::support::http::pauses;
use crate::support::model::{Model, Post, Step};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::running::Signal;
use crate::support::tally::message_ids;
use crate::support::times::{MOMENT, PAUSE};

/// The ids of the messages in these lines.
fn ids(lines: &[String]) -> Vec<u64> {
    message_ids(&(lines.join("\n") + "\n"))
}

#[test]
fn register_asks_for_no_state_and_spells_out_what_accounts_may_default() {
    let cases: [(&str, &[&str], &str, &str); 2] = [
        ("no options", &[], "false", "false"),
        (
            "all options",
            &["--all-public", "--apply-markdown"],
            "true",
            "true",
        ),
    ];
    for (name, options, all_public, markdown) in cases {
        let server = server()
            .on(Expect::register(), registered("q"))
            .on(poll("q", -1), events(&[0]))
            .on(Expect::delete().optional(), deleted());
        Tail::new(&server.site())
            .args(options)
            .args(["-C", "1"])
            .stdout(lines(&[0]))
            .run();
        let requests = server.wait_requests(1, &Expect::register());
        let register = &requests[0];
        assert_eq!(
            register.json("fetch_event_types"),
            json!(["zulip_version"]),
            "{name}"
        );
        assert_eq!(
            register.param("all_public_streams"),
            Some(all_public),
            "{name}"
        );
        assert_eq!(register.param("apply_markdown"), Some(markdown), "{name}");
        assert_eq!(register.param("event_types"), None, "{name}");
        assert_eq!(register.param("narrow"), None, "{name}");
        let capabilities = register.json("client_capabilities");
        for capability in [
            "notification_settings_null",
            "bulk_message_deletion",
            "stream_typing_notifications",
            "user_settings_object",
        ] {
            assert_eq!(capabilities[capability], true, "{name}: {capability}");
        }
    }
}

#[test]
fn events_that_come_during_register_are_printed() {
    let model = Model::new();
    model.send_during_register(vec![Post::direct("one"), Post::direct("two")]);
    let running = Tail::new(&model.site()).start();
    assert_eq!(ids(&running.wait_lines(2)), model.messages_sent());
}

#[test]
fn each_poll_acknowledges_the_highest_id_of_the_batch_before() {
    let server = following()
        .on(poll("q", -1), events(&[0, 1, 4]))
        .on(poll("q", 4), events(&[6, 5]))
        .on(poll("q", 6), events(&[7]))
        .on(poll("q", 7), Reply::hold());
    let running = Tail::new(&server.site()).start();
    server.wait_held();
    assert_eq!(running.wait_lines(6), [0, 1, 4, 6, 5, 7].map(event));
}

#[test]
fn a_foreign_id_of_an_old_server_is_acknowledged_but_not_kept() {
    let server = following()
        .on(poll("q", -1), events(&[0, 900]))
        .on(poll("q", 900), events(&[3]))
        .on(poll("q", 3), events(&[4]))
        .on(poll("q", 4), Reply::hold());
    let running = Tail::new(&server.site()).stderr_on_terminal(80, 24).start();
    server.wait_held();
    let in_trouble = Expect::poll().param("dont_block", "true");
    assert!(!server.comes_within(Duration::ZERO, &in_trouble));
    assert_eq!(running.wait_lines(4), [0, 900, 3, 4].map(event));
}

#[test]
fn an_event_that_comes_again_and_again_does_not_make_it_spin() {
    let server = following()
        .on(poll("q", -1), events(&[0]))
        .on(poll("q", 0), events(&[0]))
        .always(poll("q", 0), Reply::hold());
    let _running = Tail::new(&server.site()).start();
    server.wait_held();
    let pauses = pauses(&server.wait_requests(3, &Expect::poll()));
    assert!(pauses[1] >= PAUSE, "{pauses:?}");
}

#[test]
fn thirty_batches_come_over_one_connection() {
    let model = Model::new();
    let running = Tail::new(&model.site()).start();
    for count in 1..=30 {
        model.wait_parked();
        model.send(Post::direct("hello"));
        running.wait_lines(count);
    }
    model.wait_idle();
    assert_eq!(ids(&running.lines()), model.messages_sent());
    assert_eq!(model.connections(), 1);
    assert!(model.count(Step::Poll) >= 30);
}

#[test]
fn the_next_poll_leaves_only_when_everything_is_written() {
    let texts = long_events(2000);
    let server = following()
        .on(poll("q", -1), Reply::hold())
        .on(poll("q", 1999), Reply::hold());
    let mut running = Tail::new(&server.site()).start();
    server.release_unread(&mut running, &texts);
    let polls = server.wait_requests(1, &Expect::poll());
    assert_eq!(
        polls.len(),
        1,
        "acknowledged what nobody has read: {polls:?}"
    );
    running.read_on();
    server.wait_held();
    assert_eq!(running.wait_lines(2000), texts);
}

#[test]
fn a_connection_that_is_closed_while_a_slow_reader_is_written_to_is_no_loss() {
    // A pipe holds 64 KiB: the ninth of these answers does not fit in any more.
    let long = "x".repeat(1270);
    let text = |id| format!("{{\"type\":\"typing\",\"id\":{id},\"text\":\"{long}\"}}");
    let batches: Vec<Vec<String>> = (0..9)
        .map(|batch| (batch * 6..batch * 6 + 6).map(text).collect())
        .collect();
    let waits =
        |last| poll("q", last).and("waits", |request| request.param("dont_block").is_none());
    let mut server = server().on(Expect::register(), registered("q"));
    for batch in 0..10 {
        server = server.on(waits(batch * 6 - 1), Reply::hold());
    }
    let server = server.always(Expect::delete(), deleted());
    let mut running = Tail::new(&server.site()).args(["-v"]).start();
    server.wait_held();
    running.stall();
    for batch in &batches[..8] {
        server.release(event_texts(batch));
        server.wait_held();
    }
    let gate = Gate::closed();
    server.release(event_texts(&batches[8]).last(&gate));
    assert!(!server.comes_within(MOMENT, &waits(53)));
    gate.open();
    assert!(!server.comes_within(MOMENT, &waits(53)));
    running.read_on();
    server.wait_held();
    assert_eq!(running.wait_lines(54), batches.concat());
    running.signal(Signal::INT);
    let stderr = running.wait_exit().stderr;
    assert!(!stderr.contains("lost"), "{stderr}");
}

#[test]
fn an_answer_of_sixty_megabytes_is_not_held() {
    let message = format!(
        "{{\"type\":\"message\",\"id\":0,\"flags\":[],\"message\":{{\"id\":5,\"content\":\"{}\"}}}}",
        "x".repeat(928)
    );
    let reply = Reply::text(
        200,
        "application/json",
        "{\"result\":\"success\",\"events\":[",
    )
    .repeated(
        &format!("{message},"),
        60_000,
        "{\"type\":\"x\",\"id\":1}]}",
    );
    let server = following()
        .on(poll("q", -1), reply)
        .on(poll("q", 1), Reply::hold());
    let running = Tail::new(&server.site())
        .within("exec \"$@\" >/dev/null")
        .start();
    server.wait_held();
    let peak = running.peak_memory();
    assert!(peak < 30_000, "{peak} kB");
}

#[test]
fn a_queue_of_somebody_else_is_read_on_and_never_deleted() {
    let server = server()
        .on(poll("theirs", 4), events(&[5]))
        .on(poll("theirs", 5).optional(), events(&[]))
        .on(poll("theirs", 5), Reply::hold());
    let running = Tail::new(&server.site())
        .args(["--queue-id", "theirs", "--last-event-id", "4"])
        .start();
    server.wait_held();
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    assert_eq!(exit.signal, Some(Signal::TERM), "{exit}");
    assert_eq!(exit.stdout, lines(&[5]));
}

#[test]
fn a_queue_of_somebody_else_is_read_from_its_beginning_by_default_and_filtered_here() {
    let kinds = [
        "{\"type\":\"typing\",\"id\":0}",
        "{\"type\":\"reaction\",\"id\":1}",
        "{\"type\":\"presence\",\"id\":2}",
    ];
    let server = server()
        .on(poll("theirs", -1), event_texts(&kinds))
        .on(poll("theirs", 2), events(&[]));
    Tail::new(&server.site())
        .args(["--queue-id", "theirs", "--once", "-e", "reaction,presence"])
        .args(["-E", "presence"])
        .stdout("{\"type\":\"reaction\",\"id\":1}\n")
        .run();
}

#[test]
fn once_prints_all_that_a_queue_holds_without_waiting_for_more() {
    let at_once = |last| poll("theirs", last).param("dont_block", "true");
    let server = server()
        .on(at_once(-1), events(&[0, 1]))
        .on(at_once(1), events(&[2]))
        .on(at_once(2), events(&[]));
    Tail::new(&server.site())
        .args(["--queue-id", "theirs", "--once"])
        .stdout(lines(&[0, 1, 2]))
        .run();
}

#[test]
fn a_queue_of_somebody_else_that_is_lost_ends_it_and_names_the_option() {
    let pruned = "An event newer than 4 has already been pruned!";
    let cases = [
        ("Bad event queue ID", unknown_queue("theirs")),
        (pruned, Reply::error(400, "BAD_REQUEST", pruned)),
    ];
    for (said, refusal) in cases {
        let server = server()
            .on(poll("theirs", 4), events(&[5]))
            .on(poll("theirs", 5), refusal);
        Tail::new(&server.site())
            .args(["--queue-id", "theirs", "--last-event-id", "4"])
            .stdout(lines(&[5]))
            .stderr(Expected::one_line(&["error: ", said, "--queue-id"]))
            .code(2)
            .run();
    }
}
