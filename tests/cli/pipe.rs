//! Where stdout leads: readers that leave, and nothing at all. Not for full disks (`files.rs`).

use std::time::{Duration, Instant};

use crate::support::answers::{deleted, events, following, lines, poll, registered, server};
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, NOWHERE, Tail};
use crate::support::server::Server;
use crate::support::times::{SOON, assert_within};

/// A server whose queue gives three events and then nothing.
fn three_events() -> Server {
    following()
        .on(poll("q", -1), events(&[0, 1, 2]))
        .on(poll("q", 2).optional(), Reply::hold())
}

#[test]
fn a_reader_that_leaves_in_the_middle_of_a_poll_ends_it_at_once_and_in_silence() {
    let server = three_events();
    let mut running = Tail::new(&server.site()).start();
    server.wait_held();
    running.wait_lines(3);
    let left = Instant::now();
    running.close_stdout();
    let exit = running.wait_exit();
    assert_within(SOON, left);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{exit}");
    assert!(server.comes_within(Duration::ZERO, &Expect::delete()));
}

#[test]
fn a_reader_of_one_line_gets_it_and_everything_ends() {
    let server = three_events();
    let started = Instant::now();
    Tail::new(&server.site())
        .within("\"$@\" | head -1")
        .stdout(lines(&[0]))
        .run();
    assert_within(SOON, started);
}

#[test]
fn a_reader_that_is_gone_before_the_start_is_no_failure() {
    let server = server()
        .on(Expect::register().optional(), registered("q"))
        .on(Expect::poll().optional(), Reply::hold())
        .always(Expect::delete(), deleted());
    Tail::new(&server.site())
        .within("{ (trap '' PIPE; while echo; do :; done) 2>/dev/null; \"$@\"; echo $? >code; } | true; cat code")
        .stdout("0\n")
        .run();
}

#[test]
fn without_any_stdout_nothing_is_asked_for_that_would_not_be_printed() {
    for options in [&["-C", "1"][..], &["--check"], &["--replay", "-"]] {
        Tail::new(NOWHERE)
            .args(options.iter().copied())
            .within("exec \"$@\" >&-")
            .code(1)
            .stderr(Expected::one_line(&[
                "standard output",
                "closed",
                ">/dev/null",
            ]))
            .run();
    }
}

#[test]
fn output_that_nobody_wants_is_no_failure() {
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), events(&[0]))
        .on(Expect::delete(), deleted());
    Tail::new(&server.site())
        .args(["-C", "1"])
        .within("exec \"$@\" >/dev/null")
        .run();
}

#[test]
fn stdin_and_stderr_may_be_closed() {
    let server = three_events();
    Tail::new(&server.site())
        .args(["-C", "3"])
        .within("exec \"$@\" <&- 2>&-")
        .stdout(lines(&[0, 1, 2]))
        .run();
}
