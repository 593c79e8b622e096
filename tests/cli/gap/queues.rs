//! Queues that are lost: what they had is fetched, once, whatever else goes wrong meanwhile.

use std::thread;

use serde_json::{Value, json};

use super::{end_after, follow, once};
use crate::support::expect::Expect;
use crate::support::model::{Fault, Model, Post, Step, Trouble};
use crate::support::reply::Reply;
use crate::support::run::{Expected, Home, Tail};
use crate::support::running::Signal;
use crate::support::server::Server;
use crate::support::tally::{assert_once, message_ids, values};

#[test]
fn messages_of_a_lost_queue_are_fetched_in_the_shape_of_live_ones_and_reported() {
    let model = Model::new();
    model.send(Post::lunch("before the start"));
    let running = follow(&model, &["-v"]);
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
            .contains("(queue lost by the server): 3 messages fetched\n"),
        "{exit}"
    );
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
            .args(["-v"])
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
fn a_narrow_that_reaches_public_channels_is_read_there_too() {
    let model = Model::new();
    let running = follow(&model, &["-v", "--narrow", "topic:lunch"]);
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
        .on(Expect::history(), history(Vec::new()))
        .on(Expect::poll().param("queue_id", "a"), bad)
        .on(Expect::register(), registered("b"))
        .on(Expect::history(), history(rows))
        .on(Expect::poll().param("queue_id", "b"), Reply::hold())
        .always(
            Expect::delete(),
            Reply::json(200, &json!({"result": "success", "msg": ""})),
        );
    let running = Tail::new(&server.site())
        .args(["-v", "-e", "message"])
        .start();
    running.wait_stderr("gap");
    server.wait_held();
    let exit = end_after(running, 2);
    assert_eq!(message_ids(&exit.stdout), [6, 7]);
    assert!(exit.stderr.contains(": 1 message fetched\n"), "{exit}");
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
        .args(["-v"])
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
