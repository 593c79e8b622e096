//! Lost queues, restarts and trouble of every kind: each message that still exists is printed
//! once, and what cannot be recovered is said.

use std::thread;

use serde_json::{Value, json};

use crate::support::expect::Expect;
use crate::support::model::{Dialect, Fault, Model, Post, Role, Step, Trouble};
use crate::support::reply::{Ending, Reply};
use crate::support::run::{Expected, Home, Tail};
use crate::support::running::{Exit, Running, Signal};
use crate::support::server::Server;
use crate::support::tally::{assert_once, message_ids, values};

/// A run of messages only that has registered its queue and waits.
fn follow(model: &Model, args: &[&str]) -> Running {
    let running = Tail::new(&model.site())
        .args(["-e", "message"])
        .args(args.iter().copied())
        .start();
    model.wait_idle();
    running
}

/// Waits for that many lines and ends the run.
#[track_caller]
fn end_after(running: Running, lines: usize) -> Exit {
    running.wait_lines(lines);
    running.signal(Signal::INT);
    let exit = running.wait_exit();
    assert_eq!(exit.signal, Some(Signal::INT), "{exit}");
    exit
}

fn once(model: &Model, home: &Home) -> Tail {
    Tail::new(&model.site())
        .home(home)
        .args(["-e", "message", "--once", "--cursor-file", "cursor"])
}

#[test]
fn messages_of_a_lost_queue_are_fetched_in_the_shape_of_live_ones_and_it_is_said() {
    let model = Model::new();
    model.send(Post::lunch("before the start"));
    let running = follow(&model, &[]);
    let mut sent = vec![model.send(Post::lunch("live"))];
    running.wait_lines(1);
    model.crash();
    sent.extend((0..3).map(|_| model.send_unheard(Post::lunch("missed").flag("mentioned"))));
    running.wait_lines(4);
    model.wait_idle();
    sent.push(model.send(Post::lunch("live again")));
    let exit = end_after(running, 5);
    assert_eq!(message_ids(&exit.stdout), sent, "{exit}");
    let lines = values(&exit.stdout);
    let keys = |event: &Value| -> Vec<String> {
        let object = event.as_object().expect("an object");
        object.keys().cloned().collect()
    };
    assert_eq!(keys(&lines[1]), keys(&lines[0]), "{exit}");
    assert_eq!(
        keys(&lines[1]["message"]),
        keys(&lines[0]["message"]),
        "{exit}"
    );
    assert_eq!(lines[1]["id"], Value::Null, "{exit}");
    assert_eq!(lines[1]["flags"], json!(["mentioned", "read"]), "{exit}");
    assert!(
        exit.stderr
            .contains("(queue expired): 3 messages fetched\n"),
        "{exit}"
    );
}

#[test]
fn what_no_history_has_is_said_to_be_lost() {
    let model = Model::new();
    let running = Tail::new(&model.site()).start();
    model.wait_idle();
    model.drop_queues();
    model.send_event(&json!({"type": "reaction", "op": "add"}));
    let missed = model.send_unheard(Post::lunch("missed"));
    running.wait_stderr("gap");
    let exit = end_after(running, 1);
    assert_eq!(message_ids(&exit.stdout), [missed]);
    let said = "1 message fetched; lost: edits, reactions and other events of that time\n";
    assert!(exit.stderr.contains(said), "{exit}");
}

#[test]
fn no_fault_at_any_step_loses_or_doubles_a_message() {
    thread::scope(|scope| {
        for step in [Step::Register, Step::Poll, Step::History, Step::Delete] {
            for trouble in Trouble::ALL {
                scope.spawn(move || survive(step, trouble));
            }
        }
    });
}

fn survive(step: Step, trouble: Trouble) {
    let model = Model::new();
    model.send(Post::lunch("before the start"));
    model.fail_next(step, trouble.fault());
    let running = Tail::new(&model.site()).args(["-e", "message"]).start();
    if step != Step::Poll {
        model.wait_parked();
    }
    model.wait_requests(Step::Poll, 1);
    let mut sent = vec![
        model.send(Post::lunch("live")),
        model.send(Post::lunch("live")),
    ];
    running.wait_lines(2);
    model.fail_next(step, trouble.fault());
    model.drop_queues();
    sent.extend((0..3).map(|_| model.send_unheard(Post::lunch("missed"))));
    running.wait_lines(5);
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    assert_eq!(
        exit.signal,
        Some(Signal::TERM),
        "{step:?} {trouble:?}\n{exit}"
    );
    assert_eq!(
        message_ids(&exit.stdout),
        sent,
        "{step:?} {trouble:?}\n{exit}"
    );
}

#[test]
fn a_fresh_queue_that_is_lost_while_history_is_read_loses_nothing() {
    let model = Model::new();
    model.send(Post::lunch("before the start"));
    let running = follow(&model, &[]);
    model.drop_queues();
    let mut sent: Vec<u64> = (0..2)
        .map(|_| model.send_unheard(Post::lunch("missed")))
        .collect();
    model.fail_next(Step::History, Fault::Held);
    model.wait_held();
    sent.push(model.send(Post::lunch("in the fresh queue only")));
    model.drop_queues();
    sent.push(model.send_unheard(Post::lunch("in no queue")));
    model.release();
    running.wait_lines(4);
    model.wait_idle();
    sent.push(model.send(Post::lunch("live")));
    let exit = end_after(running, 5);
    assert_once(&sent, &message_ids(&exit.stdout));
}

#[test]
fn what_comes_after_history_was_read_is_in_the_queue_that_was_registered_before() {
    let model = Model::new();
    let running = follow(&model, &[]);
    model.fail_next(Step::History, Fault::Late);
    model.drop_queues();
    model.wait_held();
    let sent = [model.send(Post::lunch("too late for history"))];
    model.release();
    let exit = end_after(running, 1);
    assert_eq!(message_ids(&exit.stdout), sent);
}

#[test]
fn a_message_between_baseline_and_register_is_not_taken_for_known() {
    let model = Model::new();
    model.fail_next(Step::Register, Fault::Held);
    let running = Tail::new(&model.site()).args(["-e", "message"]).start();
    model.wait_held();
    let sent = [model.send(Post::lunch("in no queue"))];
    model.release();
    model.wait_idle();
    model.drop_queues();
    let exit = end_after(running, 1);
    assert_eq!(message_ids(&exit.stdout), sent);
}

#[test]
fn what_comes_during_a_new_register_is_printed_once() {
    let model = Model::new();
    let running = follow(&model, &[]);
    model.send_during_register(Post::lunches(4).collect());
    model.drop_queues();
    running.wait_lines(4);
    model.wait_idle();
    let exit = end_after(running, 4);
    assert_once(&model.messages_sent(), &message_ids(&exit.stdout));
}

#[test]
fn a_run_that_is_stopped_or_killed_in_the_middle_of_a_catch_up_goes_on_with_it() {
    for signal in [Signal::TERM, Signal::KILL] {
        let (model, home) = (Model::new(), Home::new());
        once(&model, &home).run();
        model.crash();
        let sent: Vec<u64> = model.send_all_unheard(Post::lunches(2500));
        let history = model.count(Step::History);
        let running = once(&model, &home).start();
        model.wait_requests(Step::History, history + 1);
        model.fail_next(Step::History, Fault::Held);
        model.wait_held();
        running.wait_lines(1000);
        running.signal(signal);
        let first = running.wait_exit();
        assert_eq!(first.signal, Some(signal), "{first}");
        model.heal();
        model.wait_hung_up();
        let second = once(&model, &home)
            .stdout(Expected::like(|_| true))
            .stderr(Expected::containing(&["messages fetched"]))
            .run();
        let printed = message_ids(&(first.stdout + &second.stdout));
        assert_once(&sent, &printed);
    }
}

#[test]
fn a_message_committed_out_of_order_around_the_loss_is_found() {
    for outage in [0, 600] {
        let model = Model::new();
        model.send_all(Post::lunches(3));
        let running = follow(&model, &[]);
        let late = model.commit_late(Post::lunch("late"));
        let mut sent = vec![model.send(Post::lunch("in time"))];
        running.wait_lines(1);
        model.drop_queues();
        model.set_clock(model.clock() + outage);
        sent.push(late.commit());
        sent.push(model.send_unheard(Post::lunch("missed")));
        let exit = end_after(running, 3);
        assert_once(&sent, &message_ids(&exit.stdout));
    }
}

#[test]
fn a_message_that_was_under_way_at_the_start_is_found_though_all_known_ones_are_newer() {
    let model = Model::new();
    let late = model.commit_late(Post::lunch("late"));
    model.send(Post::lunch("before the start"));
    let running = follow(&model, &[]);
    model.drop_queues();
    let sent = [late.commit(), model.send_unheard(Post::lunch("missed"))];
    let exit = end_after(running, 2);
    assert_once(&sent, &message_ids(&exit.stdout));
}

#[test]
fn a_message_that_a_restart_dropped_is_found_though_thousands_follow() {
    let model = Model::new();
    let running = follow(&model, &[]);
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
fn a_gap_whose_history_fails_half_way_is_told_whole() {
    let model = Model::new();
    let running = follow(&model, &[]);
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
fn resets_under_load_are_no_gap() {
    let model = Model::new();
    let running = follow(&model, &[]);
    let old = model.clock() - 60;
    let mut sent = Vec::new();
    for round in 0..2 {
        model.wait_parked();
        model.fail_next(Step::Poll, Fault::Lost(Ending::Reset));
        sent.extend(model.send_all(Post::lunches(20).map(|post| post.at(old))));
        running.wait_lines(20 * (round + 1));
    }
    let history = model.count(Step::History);
    assert!(history <= 4, "{history} requests of history");
    model.wait_idle();
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
    let running = follow(&model, &["-e", "update_message"]);
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
    let running = follow(&model, &[]);
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
fn a_narrow_that_reaches_public_channels_is_read_there_too() {
    let model = Model::new();
    let running = follow(&model, &["--narrow", "topic:lunch"]);
    model.drop_queues();
    let sent = [
        model.send_unheard(Post::new("Scotland", "lunch", "not subscribed")),
        model.send_unheard(Post::lunch("subscribed")),
    ];
    model.send_unheard(Post::new("Scotland", "dinner", "not selected"));
    running.wait_stderr("gap");
    let exit = end_after(running, 2);
    assert_eq!(message_ids(&exit.stdout), sent);
    assert!(exit.stderr.contains(": 2 messages fetched\n"), "{exit}");
}

#[test]
fn a_history_that_is_refused_counts_as_lost() {
    let (model, home) = (Model::of(Dialect::New, Role::Guest), Home::new());
    let run = || once(&model, &home).args(["--narrow", "topic:lunch", "--fail-on-gap"]);
    // What may be refused one day is no news yet.
    run().run();
    model.drop_queues();
    let sent = [model.send_unheard(Post::lunch("subscribed"))];
    let exit = run()
        .stdout(Expected::like(|text| text.lines().count() == 1))
        .stderr(Expected::containing(&["lost: messages", "refused"]))
        .code(5)
        .run();
    assert_eq!(message_ids(&exit.stdout), sent);
}

fn row(id: u64, flags: &Value, edits: &Value) -> Value {
    json!({"id": id, "type": "stream", "display_recipient": "Denmark", "stream_id": 4,
        "subject": "lunch", "sender_email": "othello@example.com", "timestamp": 1_795_000_000,
        "content": "x", "flags": flags, "edit_history": edits})
}

#[test]
fn rows_never_received_are_left_out_and_rows_moved_here_are_no_gap() {
    let history = |rows: Vec<Value>| {
        Reply::json(
            200,
            &json!({"result": "success", "msg": "", "messages": rows,
            "found_newest": true, "found_oldest": true, "found_anchor": false,
            "history_limited": false, "anchor": 0}),
        )
    };
    let registered = |id: &str| {
        Reply::json(
            200,
            &json!({"result": "success", "msg": "", "queue_id": id,
            "last_event_id": -1, "zulip_feature_level": 278}),
        )
    };
    let rows = vec![
        row(5, &json!(["read", "historical"]), &json!([])),
        row(6, &json!([]), &json!([{"prev_topic": "dinner"}])),
        row(7, &json!([]), &json!([{"prev_content": "y"}])),
    ];
    let bad = Reply::error(400, "BAD_EVENT_QUEUE_ID", "Bad event queue ID: a");
    let server = Server::new()
        .on(
            Expect::history(),
            history(vec![row(4, &json!([]), &json!([]))]),
        )
        .on(Expect::register(), registered("a"))
        .on(Expect::poll().param("queue_id", "a"), bad)
        .on(Expect::register(), registered("b"))
        .on(Expect::history(), history(rows))
        .on(Expect::poll().param("queue_id", "b"), Reply::hold())
        .always(
            Expect::delete(),
            Reply::json(200, &json!({"result": "success", "msg": ""})),
        );
    let running = Tail::new(&server.site()).args(["-e", "message"]).start();
    running.wait_stderr("gap");
    server.wait_held();
    let exit = end_after(running, 2);
    assert_eq!(message_ids(&exit.stdout), [6, 7]);
    assert!(exit.stderr.contains(": 1 message fetched\n"), "{exit}");
}

#[test]
fn beyond_fifty_thousand_messages_the_rest_is_said_to_be_lost() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home).run();
    model.drop_queues();
    let sent: Vec<u64> = model.send_all_unheard(Post::lunches(50_010));
    let exit = once(&model, &home)
        .args(["--fail-on-gap"])
        .stdout(Expected::like(|_| true))
        .stderr(Expected::containing(&[
            "50000 messages fetched; lost: messages beyond the oldest 50000",
        ]))
        .code(5)
        .run();
    assert!(
        message_ids(&exit.stdout) == sent[..50_000],
        "not the oldest"
    );
    let more = [model.send(Post::lunch("live"))];
    let exit = once(&model, &home).stdout(Expected::like(|_| true)).run();
    assert_eq!(message_ids(&exit.stdout), more);
}

#[test]
fn how_far_a_long_catch_up_has_come_stands_on_a_terminal_until_something_else_is_written() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home).run();
    model.drop_queues();
    model.send_all_unheard(Post::lunches(1500));
    let exit = once(&model, &home)
        .stderr_on_terminal(80, 24)
        .stdout(Expected::like(|_| true))
        .stderr(Expected::containing(&["1500 messages fetched"]))
        .run();
    let (before, after) = exit
        .stderr
        .rsplit_once("catching up: 1000 messages")
        .expect("how far it has come");
    assert!(!before.contains("messages fetched"), "{exit}");
    // Nothing is said beside it: its line is cleared first.
    let (until_said, _) = after.split_once("wyzepal-tail:").expect("a notice");
    assert!(until_said.contains("\u{1b}[2K"), "{exit}");
}

#[test]
fn without_catch_up_nothing_is_fetched_and_each_lost_queue_is_a_loss() {
    let model = Model::new();
    let running = follow(&model, &["--no-catch-up"]);
    model.drop_queues();
    model.send_unheard(Post::lunch("missed"));
    model.wait_idle();
    running.wait_stderr("lost: messages (--no-catch-up)");
    let sent = [model.send(Post::lunch("live"))];
    let exit = end_after(running, 1);
    assert_eq!(message_ids(&exit.stdout), sent);
    assert_eq!(model.count(Step::History), 0);
}

#[test]
fn catching_up_again_after_runs_without_it_does_not_print_all_of_history() {
    let (model, home) = (Model::new(), Home::new());
    model.send_all(Post::lunches(5));
    once(&model, &home).args(["--no-catch-up"]).run();
    model.set_clock(model.clock() + 60);
    let sent = [model.send(Post::lunch("between"))];
    let exit = once(&model, &home).stdout(Expected::like(|_| true)).run();
    assert_eq!(message_ids(&exit.stdout), sent);
}

#[test]
fn a_loss_ends_with_5_once_and_everything_is_printed_first() {
    let (model, home) = (Model::new(), Home::new());
    let run = || once(&model, &home).args(["-e", "reaction", "--fail-on-gap"]);
    run().run();
    model.drop_queues();
    let sent: Vec<u64> = (0..3)
        .map(|_| model.send_unheard(Post::lunch("missed")))
        .collect();
    let exit = run()
        .stdout(Expected::like(|text| text.lines().count() == 3))
        .stderr(Expected::containing(&["3 messages fetched; lost:"]))
        .code(5)
        .run();
    assert_eq!(message_ids(&exit.stdout), sent);
    run().run();
}

#[test]
fn a_gap_of_messages_only_is_no_loss() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home).run();
    for args in [&["--fail-on-gap"][..], &["--fail-on-gap", "-q"]] {
        model.drop_queues();
        model.send_unheard(Post::lunch("missed"));
        let quiet = args.contains(&"-q");
        once(&model, &home)
            .args(args.iter().copied())
            .stdout(Expected::like(|text| text.lines().count() == 1))
            .stderr(Expected::like(move |text| text.is_empty() == quiet))
            .run();
    }
}

#[test]
fn with_quiet_a_loss_is_said_still() {
    let (model, home) = (Model::new(), Home::new());
    let run = || once(&model, &home).args(["-e", "reaction", "-q"]);
    run().run();
    model.drop_queues();
    run()
        .stderr(Expected::containing(&["gap", "lost: edits"]))
        .run();
}

#[test]
fn old_servers_are_caught_up_with_as_well() {
    let model = Model::old();
    model.send_all(Post::lunches(3));
    let running = follow(&model, &[]);
    model.drop_queues();
    let sent: Vec<u64> = model.send_all_unheard(Post::lunches(1001));
    let exit = end_after(running, 1001);
    assert_eq!(message_ids(&exit.stdout), sent);
}

#[test]
fn a_refusal_that_breaks_off_is_asked_for_again() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home).run();
    model.drop_queues();
    let sent = [model.send_unheard(Post::lunch("missed"))];
    model.fail_next(Step::Poll, Fault::Truncated);
    let exit = once(&model, &home)
        .stdout(Expected::like(|_| true))
        .stderr(Expected::containing(&["1 message fetched"]))
        .run();
    assert_eq!(message_ids(&exit.stdout), sent);
}

#[test]
fn a_queue_that_was_pruned_beyond_us_is_deleted_and_replaced() {
    let model = Model::new();
    let running = follow(&model, &[]);
    let pruned = model.wait_parked();
    let error = Reply::error(
        400,
        "BAD_REQUEST",
        "Un événement plus récent est déjà effacé",
    );
    model.fail_next(Step::Poll, Fault::Answer(error));
    let mut sent = vec![model.send(Post::lunch("one"))];
    running.wait_lines(1);
    model.wait_requests(Step::Register, 2);
    model.wait_idle();
    sent.push(model.send(Post::lunch("two")));
    let exit = end_after(running, 2);
    assert_eq!(message_ids(&exit.stdout), sent);
    assert_eq!(model.deleted()[0], pruned);
}
