//! Where a run begins: with its queue. What was sent before that is no gap, and what was committed after it is
//! never lost.

use std::time::Duration;

use crate::support::cases::at_once;
use crate::support::model::{Fault, Model, Post, Step};
use crate::support::run::Tail;
use crate::support::running::Signal;
use crate::support::tally::message_ids;
use crate::support::times::wait_until;

/// As long as a server takes that is restarting.
const LONG: Duration = Duration::from_secs(2);

/// Messages that are old enough to be compared at once; their ids.
fn send(model: &Model, count: usize) -> Vec<u64> {
    let old = model.clock() - 60;
    model.send_all(Post::lunches(count).map(|post| post.at(old)))
}

#[test]
fn what_was_sent_while_register_took_its_time_is_before_the_start_and_no_gap() {
    let model = Model::new();
    send(&model, 1);
    model.fail_next(Step::Register, Fault::Slow(LONG, Duration::ZERO));
    let tail = Tail::new(&model.site()).args(["-e", "message", "--fail-on-gap"]);
    let running = tail.with_short_waits().start();
    model.wait_requests(Step::Register, 1);
    send(&model, 3);
    model.wait_parked();
    let mut sent = send(&model, 1);
    running.wait_lines(1);
    // The server is restarted in good order, after which history is compared with what was printed.
    let read = model.count(Step::History);
    model.restart_losing(Vec::new());
    model.wait_requests(Step::History, read + 1);
    model.wait_idle();
    sent.extend(send(&model, 1));
    running.wait_lines(2);
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    assert_eq!(exit.signal, Some(Signal::TERM), "{exit}");
    assert_eq!(message_ids(&exit.stdout), sent, "{exit}");
    assert_eq!(exit.stderr, "");
}

#[test]
fn what_was_committed_after_register_is_not_lost_with_a_queue_that_is_gone_before_its_first_answer()
{
    let times = [
        ("quick", (Duration::ZERO, LONG / 8)),
        ("slow", (LONG / 2, LONG / 2)),
    ];
    at_once(times, |_, (before, after)| {
        let model = Model::new();
        send(&model, 2);
        model.fail_next(Step::Register, Fault::Forgotten(before, after));
        let running = Tail::new(&model.site())
            .args(["-v", "-e", "message"])
            .start();
        model.wait_requests(Step::Register, 1);
        wait_until("the queue", || !model.queues().is_empty());
        let mut sent = send(&model, 3);
        model.wait_requests(Step::Register, 2);
        running.wait_lines(3);
        model.wait_idle();
        sent.extend(send(&model, 1));
        running.wait_lines(4);
        running.signal(Signal::TERM);
        let exit = running.wait_exit();
        assert_eq!(message_ids(&exit.stdout), sent, "{exit}");
        let said = "(queue lost by the server): 3 messages fetched\n";
        assert!(exit.stderr.contains(said), "{exit}");
    });
}

#[test]
fn what_was_committed_after_a_slow_register_is_printed_once() {
    let times = [
        ("told late", (Duration::ZERO, LONG)),
        ("made late", (LONG / 4, LONG / 2)),
    ];
    at_once(times, |_, (before, after)| {
        let model = Model::new();
        model.fail_next(Step::Register, Fault::Slow(before, after));
        let running = Tail::new(&model.site()).args(["-e", "message"]).start();
        model.wait_requests(Step::Register, 1);
        wait_until("the queue", || !model.queues().is_empty());
        let sent = send(&model, 3);
        running.wait_lines(3);
        model.wait_idle();
        running.signal(Signal::TERM);
        let exit = running.wait_exit();
        assert_eq!(message_ids(&exit.stdout), sent, "{exit}");
        assert_eq!(exit.stderr, "");
    });
}
