//! What is reported of a gap, what counts as a loss, and the exit code for it.

use std::fs;

use serde_json::{Value, json};

use super::{end_after, follow, once};
use crate::support::cases::at_once;
use crate::support::model::{Dialect, Fault, Model, Post, Role, Step};
use crate::support::run::{Expected, Home, Tail};
use crate::support::running::{Exit, Signal};
use crate::support::tally::{assert_once, message_ids, values};

/// What has become of the queue of the last run.
#[derive(Clone, Copy, Debug)]
enum Queue {
    /// It lives on, and has not got all messages.
    Holey,
    /// It is gone.
    Lost,
}

fn saved(home: &Home) -> Value {
    let text = fs::read_to_string(home.path("cursor")).expect("a cursor file");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn what_no_history_has_is_reported_as_lost() {
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

/// The gap that a run with `--meta` reported.
#[track_caller]
fn gap(exit: &Exit) -> Value {
    let mut lines = values(&exit.stdout).into_iter();
    lines.find(|line| line["op"] == "gap").expect("a gap")
}

/// A run that ends while it waits for the second page of what was missed, or by itself in the first.
fn end_half_way(model: &Model, home: &Home, args: &[&str], signal: Option<Signal>) -> Exit {
    model.fail_next(Step::History, Fault::Held);
    model.fail_next(Step::History, Fault::Held);
    let running = Tail::new(&model.site())
        .home(home)
        .args(["-e", "message", "--cursor-file", "cursor"])
        .args(args.iter().copied())
        .start();
    model.release();
    if let Some(signal) = signal {
        running.wait_lines(1000);
        model.wait_held();
        running.signal(signal);
    }
    let exit = running.wait_exit();
    model.heal();
    exit
}

#[test]
fn a_gap_that_a_run_leaves_half_way_is_reported_whole_by_the_next() {
    let cases: [(_, (_, &[&str], _)); 5] = [
        ("a signal", (Queue::Holey, &[], Some(Signal::INT))),
        ("a kill", (Queue::Holey, &[], Some(Signal::KILL))),
        ("enough", (Queue::Holey, &["--count", "500"], None)),
        (
            "a kill after a loss",
            (Queue::Lost, &[], Some(Signal::KILL)),
        ),
        (
            "enough after a loss",
            (Queue::Lost, &["--count", "500"], None),
        ),
    ];
    at_once(cases, |name, (queue, args, signal)| {
        let (model, home) = (Model::new(), Home::new());
        once(&model, &home).run();
        let complete_at = saved(&home)["complete_at"].clone();
        let old = model.clock() - 60;
        let posts = Post::lunches(1100).map(|post| post.at(old)).collect();
        let sent = match queue {
            Queue::Holey => model.restart_losing(posts),
            Queue::Lost => {
                model.drop_queues();
                model.send_all_unheard(posts)
            }
        };
        let exit = end_half_way(&model, &home, args, signal);
        assert!(!exit.stderr.contains("gap"), "{name}: {}", exit.stderr);
        let mut printed = message_ids(&exit.stdout);
        let exit = once(&model, &home)
            .args(["--meta", "-v"])
            .stdout(Expected::like(|_| true))
            .stderr(Expected::containing(&["1100 messages fetched"]))
            .run();
        printed.extend(message_ids(&exit.stdout));
        assert_once(&sent, &printed);
        assert_eq!(gap(&exit)["from"], complete_at, "{name}");
        // It is reported once.
        once(&model, &home).run();
    });
}

#[test]
fn without_catch_up_a_gap_that_was_left_half_way_is_reported_as_far_as_it_is_printed() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home).run();
    let complete_at = saved(&home)["complete_at"].clone();
    let old = model.clock() - 60;
    model.restart_losing(Post::lunches(1100).map(|post| post.at(old)).collect());
    end_half_way(&model, &home, &[], Some(Signal::INT));
    let run = || once(&model, &home).args(["--no-catch-up"]);
    let exit = run()
        .args(["--meta", "-v"])
        .stdout(Expected::like(|_| true))
        .stderr(Expected::containing(&["1000 messages fetched"]))
        .run();
    assert!(message_ids(&exit.stdout).is_empty());
    assert_eq!(gap(&exit)["from"], complete_at);
    run().run();
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

#[test]
fn beyond_fifty_thousand_messages_the_rest_is_reported_as_lost() {
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
        .stderr_on_terminal(1000, 24)
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
    assert!(until_said.contains("\r\u{1b}[K"), "{exit}");
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
fn a_gap_of_messages_only_is_no_loss_and_reported_to_those_who_want_to_know() {
    let (model, home) = (Model::new(), Home::new());
    once(&model, &home).run();
    for (args, reported) in [
        (&["--fail-on-gap"][..], false),
        (&["--fail-on-gap", "-v"], true),
    ] {
        model.drop_queues();
        model.send_unheard(Post::lunch("missed"));
        once(&model, &home)
            .args(args.iter().copied())
            .stdout(Expected::like(|text| text.lines().count() == 1))
            .stderr(Expected::like(move |text| {
                text.contains("gap ") == reported
            }))
            .run();
    }
}

#[test]
fn with_quiet_a_loss_is_reported_still() {
    let (model, home) = (Model::new(), Home::new());
    let run = || once(&model, &home).args(["-e", "reaction", "-q"]);
    run().run();
    model.drop_queues();
    run()
        .stderr(Expected::containing(&["gap", "lost: edits"]))
        .run();
}
