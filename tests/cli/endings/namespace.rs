//! The first process of a container: no signal kills it, so that it has to exit by itself, with the code that
//! a shell would have shown.

use std::fs;
use std::time::Instant;

use rustix::process::{Pid, kill_process};

use super::{AT_ONCE, LIMIT, count, saved};
use crate::support::answers::{
    deleted, event_texts, events, lines, long_events, poll, registered, server,
};
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Home, Tail};
use crate::support::running::{Exit, Running, Signal};
use crate::support::server::Server;
use crate::support::slow::unshare;
use crate::support::times::{assert_within, wait_until};

/// As the first process of a name space of its own.
fn first(server: &Server) -> Tail {
    let unshare = unshare("--pid --fork --mount-proc --kill-child");
    let script = format!("exec env --default-signal=INT,TERM,HUP {unshare} \"$@\"");
    Tail::new(&server.site()).within(&script)
}

/// The program itself, the only child of `unshare`.
#[track_caller]
fn inside(running: &Running) -> Pid {
    let number = running.number();
    let children = fs::read_to_string(format!("/proc/{number}/task/{number}/children"));
    let children = children.expect("the children of a process");
    let child = children.trim().parse().ok().and_then(Pid::from_raw);
    child.unwrap_or_else(|| panic!("no program in the name space: {children:?}"))
}

#[track_caller]
fn signal(running: &Running, signal: Signal) {
    kill_process(inside(running), signal).expect("the program to be there for the signal");
}

/// Ends it by that signal, which the exit code shows.
#[track_caller]
fn end(running: Running, by: Signal, limit: std::time::Duration) -> Exit {
    let sent = Instant::now();
    signal(&running, by);
    let exit = running.wait_exit();
    assert_within(limit, sent);
    assert_eq!(exit.code, Some(128 + by.as_raw()), "{exit}");
    exit
}

fn delete() -> Expect {
    Expect::delete().param("queue_id", "q")
}

fn quiet() -> Server {
    server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), events(&[0]))
        .on(poll("q", 0), Reply::hold())
}

#[test]
fn the_first_process_of_a_container_exits_with_the_code_of_the_signal() {
    for by in [Signal::TERM, Signal::INT, Signal::HUP] {
        let server = quiet().on(delete(), deleted());
        let running = first(&server).start();
        server.wait_held();
        let exit = end(running, by, LIMIT);
        assert_eq!((exit.stdout, exit.stderr.as_str()), (lines(&[0]), ""));
        assert_eq!(count(&server, &delete()), 1);
    }
}

#[test]
fn the_first_process_of_a_container_keeps_its_place() {
    let (server, home) = (quiet(), Home::new());
    let running = first(&server)
        .home(&home)
        .args(["--cursor-file", "cursor"])
        .start();
    server.wait_held();
    end(running, Signal::TERM, LIMIT);
    assert_eq!(saved(&home), Some(0));
}

#[test]
fn a_second_signal_ends_the_first_process_of_a_container_at_once() {
    let server = quiet().on(delete(), Reply::hold());
    let running = first(&server).start();
    server.wait_held();
    signal(&running, Signal::INT);
    server.wait_requests(1, &delete());
    end(running, Signal::TERM, AT_ONCE);
}

#[test]
fn the_first_process_of_a_container_ends_in_two_seconds_whatever_is_stuck() {
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), Reply::hold())
        .on(delete(), deleted());
    let mut running = first(&server).start();
    server.wait_held();
    running.stall();
    server.release(event_texts(&long_events(2000)));
    let program = inside(&running);
    wait_until("a write that is stuck", || {
        let path = format!("/proc/{}/wchan", program.as_raw_nonzero());
        fs::read_to_string(path).is_ok_and(|place| place.contains("pipe_write"))
    });
    end(running, Signal::TERM, LIMIT);
}
