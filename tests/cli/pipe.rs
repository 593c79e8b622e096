//! Where stdout leads: readers that leave, full disks, files, and nothing at all.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::answers::{
    deleted, events, following, lines, long_events, poll, registered, server,
};
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Home, Tail};
use crate::support::running::Signal;
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
fn a_reader_that_leaves_in_the_middle_of_a_write_is_no_failure_either() {
    let texts = long_events(1000);
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), Reply::hold())
        .on(Expect::delete(), deleted());
    let mut running = Tail::new(&server.site()).start();
    server.release_unread(&mut running, &texts);
    running.close_stdout();
    let exit = running.wait_exit();
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{exit}");
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
fn a_full_disk_ends_it_with_one_line_and_nothing_is_acknowledged() {
    let server = three_events();
    Tail::new(&server.site())
        .within("exec \"$@\" >/dev/full")
        .stderr(Expected::one_line(&[
            "wyzepal-tail: error: cannot write to standard output: ",
            "No space left",
        ]))
        .code(1)
        .run();
    let polls = server.wait_requests(1, &Expect::poll());
    assert_eq!(polls.len(), 1, "{polls:?}");
    assert!(server.comes_within(Duration::ZERO, &Expect::delete()));
}

#[test]
fn a_file_gets_all_lines_and_is_appended_to() {
    let home = Home::new();
    let file = home.write("log", "before\n");
    let server = three_events();
    let running = Tail::new(&server.site())
        .home(&home)
        .within("exec \"$@\" >>log")
        .start();
    server.wait_held();
    // The poll that is held has acknowledged them.
    let log = fs::read_to_string(file).expect("the log");
    assert_eq!(log, format!("before\n{}", lines(&[0, 1, 2])));
    running.signal(Signal::TERM);
    assert_eq!(running.wait_exit().signal, Some(Signal::TERM));
}

#[test]
fn without_any_stdout_it_works_as_into_dev_null() {
    let server = server()
        .on(Expect::register().optional(), registered("q"))
        .on(Expect::poll().optional(), events(&[0]))
        .always(Expect::delete(), deleted());
    Tail::new(&server.site())
        .args(["-C", "1"])
        .within("exec \"$@\" >&-")
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
