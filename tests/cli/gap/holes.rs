//! Queues that live on: what they dropped without a word is found, and what only looks like it is no gap.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{end_after, follow, follow_with_short_waits, once};
use crate::support::model::{Fault, Model, Post, Step};
use crate::support::reply::{Ending, Reply};
use crate::support::run::{Expected, Home};
use crate::support::tally::{assert_once, message_ids};

#[test]
fn a_message_that_a_restart_dropped_is_found_though_thousands_follow() {
    let model = Model::new();
    let running = follow_with_short_waits(&model, &["-v"]);
    model.fail_always(Step::History, Fault::Answer(Reply::html_502()));
    let before = model.count(Step::History);
    let old = model.clock() - 60;
    let mut sent = model.restart_losing(vec![Post::lunch("dropped").at(old)]);
    model.wait_requests(Step::History, before + 1);
    sent.extend(model.send_all(Post::lunches(6000)));
    running.wait_lines(6000);
    model.heal();
    running.wait_stderr("gap");
    let exit = end_after(running, 6001);
    assert_once(&sent, &message_ids(&exit.stdout));
    let said = "(the queue did not deliver all): 1 message fetched\n";
    assert!(exit.stderr.contains(said), "{}", exit.stderr);
}

#[test]
fn a_gap_whose_history_fails_half_way_is_reported_whole() {
    let model = Model::new();
    let running = follow_with_short_waits(&model, &["-v"]);
    let old = model.clock() - 60;
    // The first page is answered, the second is not.
    model.fail_next(Step::History, Fault::Held);
    model.fail_next(Step::History, Fault::Answer(Reply::html_502()));
    let posts = Post::lunches(1100).map(|post| post.at(old));
    let sent = model.restart_losing(posts.collect());
    model.release();
    running.wait_stderr("gap");
    let exit = end_after(running, 1100);
    assert_once(&sent, &message_ids(&exit.stdout));
    let said = "(the queue did not deliver all): 1100 messages fetched\n";
    assert!(exit.stderr.contains(said), "{}", exit.stderr);
}

#[test]
fn with_once_a_gap_whose_history_fails_half_way_is_reported_as_far_as_it_is_printed() {
    for (rest, said) in [
        (0, None),
        (
            100,
            Some("(the queue did not deliver all): 100 messages fetched"),
        ),
    ] {
        let (model, home) = (Model::new(), Home::new());
        let run = |code| {
            once(&model, &home)
                .args(["-e", "reaction", "--fail-on-gap"])
                .stdout(Expected::like(|_| true))
                .stderr(Expected::like(|_| true))
                .code(code)
        };
        run(0).run();
        let old = model.clock() - 60;
        let posts = Post::lunches(1000 + rest).map(|post| post.at(old));
        let sent = model.restart_losing(posts.collect());
        // The first page is answered, the second is not.
        model.fail_next(Step::History, Fault::Held);
        model.fail_next(Step::History, Fault::Answer(Reply::html_502()));
        let running = run(5).start();
        model.release();
        let exit = running.wait_exit();
        assert_eq!(exit.code, Some(5), "{rest}: {}", exit.stderr);
        let mut printed = message_ids(&exit.stdout);
        let whole = "(the queue did not deliver all): 1000 messages fetched; lost: edits";
        assert!(exit.stderr.contains(whole), "{rest}: {}", exit.stderr);
        let exit = run(if rest == 0 { 0 } else { 5 }).run();
        printed.extend(message_ids(&exit.stdout));
        assert_once(&sent, &printed);
        match said {
            Some(said) => assert!(exit.stderr.contains(said), "{rest}: {}", exit.stderr),
            None => assert_eq!(exit.stderr, ""),
        }
        let exit = run(0).run();
        assert_eq!((exit.stdout, exit.stderr), Default::default(), "{rest}");
    }
}

#[test]
fn resets_under_load_are_no_gap() {
    let model = Model::new();
    let running = follow(&model, &[]);
    let old = model.clock() - 60;
    let (mut sent, mut trouble) = (Vec::new(), Instant::now());
    for round in 0..2 {
        trouble = Instant::now();
        model.fail_next(Step::Poll, Fault::Lost(Ending::Reset));
        // One by one: the answer that is lost has some of them.
        sent.extend(Post::lunches(20).map(|post| model.send(post.at(old))));
        running.wait_lines(20 * (round + 1));
    }
    let history = model.count(Step::History);
    assert!(history <= 4, "{history} requests of history");
    model.wait_idle();
    // Until then polls are answered at once.
    assert!(trouble.elapsed() >= Duration::from_secs(10));
    let exit = end_after(running, 40);
    assert_eq!(message_ids(&exit.stdout), sent, "{exit}");
    assert!(!exit.stderr.contains("gap"), "{exit}");
}

#[test]
fn young_messages_are_left_to_the_queue_and_looked_for_again_in_the_next_run() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home).run();
    model.restart_losing(vec![Post::lunch("dropped")]);
    once(&model, &home).run();
    model.set_clock(model.clock() + 11);
    let exit = once(&model, &home)
        .args(["-v"])
        .stdout(Expected::like(|text| text.lines().count() == 1))
        .stderr(Expected::containing(&["gap", "1 message fetched"]))
        .run();
    assert_once(&model.messages_sent(), &message_ids(&exit.stdout));
    once(&model, &home).run();
}

#[test]
fn an_event_that_comes_a_little_after_its_row_of_history_is_no_gap() {
    let model = Model::new();
    let running = follow(&model, &[]);
    let first = model.send(Post::lunch("shows the shape"));
    let shape = running.wait_lines(1).remove(0);
    model.restart_losing(Vec::new());
    let late = model.send_unheard(Post::lunch("stored, not yet in the queue"));
    let history = model.count(Step::History);
    model.wait_requests(Step::History, history.max(2));
    let mut event: Value = serde_json::from_str(&shape).expect("an event");
    event.as_object_mut().map(|fields| fields.remove("id"));
    event["message"]["id"] = json!(late);
    model.send_event(&event);
    let exit = end_after(running, 2);
    assert_once(&[first, late], &message_ids(&exit.stdout));
    assert!(!exit.stderr.contains("gap"), "{exit}");
}

#[test]
fn foreign_ids_of_old_servers_lose_and_double_no_message() {
    let model = Model::old();
    let running = follow_with_short_waits(&model, &["-e", "update_message"]);
    let old = model.clock() - 60;
    let change = json!({"type": "update_message", "message_id": 1, "content": "x"});
    let mut sent = vec![model.send(Post::lunch("one").at(old))];
    running.wait_lines(1);
    model.fail_next(Step::Poll, Fault::Held);
    model.send_event_as(900, &change);
    // The poll that acknowledges 900 throws away what came meanwhile with a smaller id.
    model.wait_held();
    sent.push(model.send(Post::lunch("pruned").at(old)));
    model.release();
    running.wait_lines(3);
    model.wait_idle();
    sent.push(model.send(Post::lunch("three").at(old)));
    model.send_event_as(901, &change);
    running.wait_lines(4);
    model.wait_idle();
    let exit = end_after(running, 4);
    assert_once(&sent, &message_ids(&exit.stdout));
}

#[test]
fn merged_flag_events_leave_holes_that_are_no_gap() {
    let model = Model::new();
    let running = follow(&model, &["-e", "update_message_flags"]);
    model.fail_next(Step::Poll, Fault::Held);
    let mut sent = vec![model.send(Post::lunch("one"))];
    running.wait_lines(1);
    model.wait_held();
    let flags = |id: u64| {
        json!({"type": "update_message_flags", "op": "add", "operation": "add",
        "flag": "read", "all": false, "messages": [id]})
    };
    model.send_event(&flags(1));
    model.send_event(&flags(2));
    sent.push(model.send(Post::lunch("two")));
    model.send_event(&flags(3));
    model.release();
    running.wait_line(|line| line.contains("two"));
    let exit = end_after(running, 3);
    assert_once(&sent, &message_ids(&exit.stdout));
    assert!(!exit.stderr.contains("gap"), "{exit}");
}

#[test]
fn a_displaced_poll_is_no_gap() {
    let model = Model::new();
    let running = follow_with_short_waits(&model, &[]);
    model.displace();
    let polls = model.count(Step::Poll);
    model.wait_requests(Step::Poll, polls + 1);
    let sent = [model.send(Post::lunch("after it"))];
    running.wait_lines(1);
    model.wait_idle();
    let exit = end_after(running, 1);
    assert_eq!(message_ids(&exit.stdout), sent);
    assert!(!exit.stderr.contains("gap"), "{exit}");
}

#[test]
fn a_history_that_is_refused_is_told_and_what_it_would_have_shown_is_found_later() {
    let refused = || Fault::Answer(Reply::error(400, "BAD_NARROW", "unknown channel lunch"));
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home).run();
    let old = model.clock() - 60;
    model.restart_losing(vec![Post::lunch("dropped").at(old)]);
    model.fail_next(Step::History, refused());
    let exit = once(&model, &home)
        .stderr(Expected::one_line(&["error: ", "unknown channel lunch"]))
        .code(2)
        .run();
    assert_eq!(exit.stdout, "");
    let exit = once(&model, &home)
        .stdout(Expected::like(|text| text.lines().count() == 1))
        .run();
    assert_once(&model.messages_sent(), &message_ids(&exit.stdout));
}

#[test]
fn a_run_that_follows_says_once_that_history_is_refused() {
    let refused = || Fault::Answer(Reply::error(400, "BAD_NARROW", "unknown channel lunch"));
    let model = Model::new();
    let running = follow_with_short_waits(&model, &[]);
    model.fail_always(Step::History, refused());
    for round in 1..=2 {
        let read = model.count(Step::History);
        model.restart_losing(Vec::new());
        model.wait_requests(Step::History, read + 1);
        model.wait_idle();
        model.send(Post::lunch("live"));
        running.wait_lines(round);
    }
    let exit = end_after(running, 2);
    let told = exit.stderr.matches("unknown channel lunch").count();
    assert_eq!(told, 1, "{exit}");
}
