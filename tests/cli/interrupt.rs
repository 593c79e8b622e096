//! INT, TERM and HUP: the program cleans up, and dies by that very signal.
//!
//! Not for a reader of stdout that goes away (`pipe.rs`), nor for all that it may wait for (`endings`).

use std::thread;
use std::time::Duration;

use crate::support::answers::{deleted, events, long_events, poll, registered, server};
use crate::support::expect::Expect;
use crate::support::model::{Model, Post};
use crate::support::reply::Reply;
use crate::support::run::{Home, NOWHERE, Tail};
use crate::support::running::{Signal, end};
use crate::support::server::Server;
use crate::support::times::SOON;

/// How long the end may take, and a little for the machine.
const LIMIT: Duration = Duration::from_millis(2400);

fn delete() -> Expect {
    Expect::delete().param("queue_id", "q")
}

/// A server whose queue gives one event and then nothing.
fn quiet() -> Server {
    server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), events(&[0]))
        .on(poll("q", 0), Reply::hold())
}

#[test]
fn a_signal_in_the_middle_of_a_batch_leaves_whole_lines() {
    let texts = long_events(600);
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), Reply::hold())
        .on(delete(), deleted())
        // The reader may be quicker than the signal.
        .always(poll("q", 599), Reply::hold());
    let mut running = Tail::new(&server.site()).start();
    server.release_unread(&mut running, &texts);
    running.signal(Signal::TERM);
    running.read_on();
    let exit = running.wait_exit();
    assert_eq!(exit.signal, Some(Signal::TERM), "{exit}");
    let whole: Vec<&str> = exit.stdout.lines().collect();
    assert!(!whole.is_empty() && exit.stdout.ends_with('\n'));
    assert!(whole.iter().zip(&texts).all(|(line, text)| line == text));
}

#[test]
fn a_server_that_does_not_answer_the_delete_does_not_hold_it() {
    let server = quiet().on(delete(), Reply::hold());
    let running = Tail::new(&server.site()).start();
    server.wait_held();
    end(running, Signal::HUP, LIMIT);
}

#[test]
fn a_server_that_is_gone_does_not_hold_it() {
    let server = quiet();
    let running = Tail::new(&server.site()).stderr_on_terminal(80, 24).start();
    server.wait_held();
    drop(server);
    running.wait_stderr("lost: ");
    end(running, Signal::INT, SOON);
}

#[test]
fn at_whatever_moment_of_the_start_it_dies_by_the_signal_that_came() {
    let home = Home::new();
    let pipe = home.fifo("saved.jsonl");
    let pipe = pipe.to_str().expect("a path");
    // Each has threads of its own by then, on which a signal may come as well.
    for args in [
        &["--site", NOWHERE][..],
        &["--site", NOWHERE, "-W", "1h"],
        &["--replay", pipe],
        &["--demo"],
    ] {
        for moment in 0..24 {
            let running = Tail::new("").args(args).start();
            // The start takes a few milliseconds; this is the moment that is tried, nothing is waited for.
            thread::sleep(Duration::from_micros(moment * 300));
            end(running, Signal::TERM, LIMIT);
        }
    }
}

#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    for (name, other) in [("HUP", Signal::TERM), ("INT", Signal::HUP)] {
        let ignored = if name == "HUP" {
            Signal::HUP
        } else {
            Signal::INT
        };
        let model = Model::new();
        let running = Tail::new(&model.site())
            .within(&format!(
                "exec env --default-signal=INT,TERM,HUP --ignore-signal={name} \"$@\""
            ))
            .start();
        for count in 1..=3 {
            model.wait_parked();
            running.signal(ignored);
            model.send(Post::direct("still here"));
            running.wait_lines(count);
        }
        model.wait_idle();
        end(running, other, SOON);
        assert_eq!(model.deleted().len(), 1, "{name}");
    }
}
