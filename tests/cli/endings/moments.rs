//! Moments at which an end is hard: between two pieces of an answer, with a reader or a stderr that is stuck,
//! with an answer that comes because of the end itself.

use std::time::{Duration, Instant};

use super::{
    AT_ONCE, LIMIT, count, end, in_pieces, keeping, long_pieces, saved, whole_lines,
    write_until_stuck,
};
use crate::support::answers::{
    deleted, event, event_texts, events, lines, long_events, poll, registered, server,
    unknown_queue,
};
use crate::support::cases::at_once;
use crate::support::expect::Expect;
use crate::support::gate::Gate;
use crate::support::reply::{Ending, Reply};
use crate::support::run::{Home, Tail};
use crate::support::running::{FILLER, Running, Signal};
use crate::support::server::Server;
use crate::support::times::{SOON, assert_within};

fn delete() -> Expect {
    Expect::delete().param("queue_id", "q")
}

#[test]
fn an_answer_to_the_parked_poll_that_our_own_delete_brings_about_has_no_consequence() {
    let answers = [
        ("an empty list", events(&[])),
        ("an unknown queue", unknown_queue("q")),
        ("the gateway's page", Reply::html_502()),
        ("nothing", Reply::nothing(Ending::Close)),
    ];
    at_once(answers, |name, answer| {
        let server = server()
            .on(Expect::register(), registered("q"))
            .on(poll("q", -1), events(&[0]))
            .on(poll("q", 0), Reply::hold())
            .on(delete(), Reply::hold());
        // A terminal is told more.
        let running = Tail::new(&server.site())
            .stderr_on_terminal(1000, 24)
            .start();
        server.wait_held();
        let sent = Instant::now();
        running.signal(Signal::TERM);
        server.wait_requests(1, &delete());
        server.release_if_held(&Expect::poll(), answer);
        // As long as the DELETE may take; a new queue would be asked for after a second.
        let anew = Expect::register().and("anew", move |request| request.at > sent);
        assert!(!server.comes_within(SOON, &anew), "{name}");
        server.release_if_held(&delete(), deleted());
        let exit = running.wait_exit();
        assert_eq!(exit.signal, Some(Signal::TERM), "{exit}");
        let said: Vec<&str> = exit.stderr.lines().collect();
        assert!(
            said.len() == 1 && said[0].contains("connected to "),
            "{exit}"
        );
        assert_eq!(exit.stdout, lines(&[0]));
        assert_eq!(count(&server, &Expect::poll()), 2);
    });
}

#[test]
fn a_signal_between_two_pieces_of_one_answer_saves_what_was_printed_and_the_next_run_has_the_rest()
{
    let (home, gate) = (Home::new(), Gate::closed());
    let texts: Vec<String> = (0..4).map(event).collect();
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), in_pieces(&texts, &gate))
        .on(poll("q", 1), events(&[2, 3]));
    let running = keeping(&server, &home).start();
    for count in 1..=2 {
        gate.let_through(1);
        running.wait_lines(count);
    }
    let exit = end(running, Signal::TERM, LIMIT);
    gate.open();
    assert_eq!(exit.stdout, lines(&[0, 1]));
    assert_eq!(exit.stderr, "");
    assert_eq!(saved(&home), Some(1));
    let rest = keeping(&server, &home).args(["-C", "2"]);
    rest.stdout(lines(&[2, 3])).run();
}

#[test]
fn a_run_that_goes_on_saves_what_it_has_printed_of_its_first_answer() {
    let (home, gate) = (Home::new(), Gate::closed());
    let texts: Vec<String> = (1..4).map(event).collect();
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), events(&[0]))
        .on(poll("q", 0), in_pieces(&texts, &gate))
        .on(poll("q", 2), events(&[3]));
    let first = keeping(&server, &home).args(["-C", "1"]);
    first.stdout(lines(&[0])).run();
    let second = keeping(&server, &home).start();
    for count in 1..=2 {
        gate.let_through(1);
        second.wait_lines(count);
    }
    let exit = end(second, Signal::TERM, LIMIT);
    gate.open();
    assert_eq!(exit.stdout, lines(&[1, 2]));
    assert_eq!(saved(&home), Some(2));
    let third = keeping(&server, &home).args(["-C", "1"]);
    third.stdout(lines(&[3])).run();
}

#[test]
fn of_several_pieces_that_a_stalled_reader_got_only_the_one_that_blocked_comes_again() {
    let (home, gate) = (Home::new(), Gate::closed());
    let texts = long_pieces();
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), in_pieces(&texts, &gate))
        .always(Expect::poll(), Reply::hold());
    let mut running = keeping(&server, &home).start();
    let written = write_until_stuck(&mut running, &gate, &texts);
    assert!(written >= 5, "{written} pieces");
    let exit = end(running, Signal::TERM, LIMIT);
    gate.open();
    assert_eq!(exit.stderr, "");
    let printed = whole_lines(&exit.stdout);
    assert_eq!(printed, texts[..written]);
    let last = i64::try_from(written).expect("a few pieces") - 1;
    assert_eq!(saved(&home), Some(last));
    let again = keeping(&server, &home).start();
    server.wait_requests(1, &poll("q", last));
    end(again, Signal::TERM, LIMIT);
}

#[test]
fn a_second_signal_kills_at_once_while_the_queue_is_deleted() {
    for (first, second) in [
        (Signal::INT, Signal::TERM),
        (Signal::TERM, Signal::TERM),
        (Signal::HUP, Signal::INT),
    ] {
        let server = server()
            .on(Expect::register(), registered("q"))
            .on(poll("q", -1), Reply::hold())
            .on(delete(), Reply::hold());
        let running = Tail::new(&server.site()).start();
        server.wait_held();
        running.signal(first);
        server.wait_requests(1, &delete());
        end(running, second, AT_ONCE);
    }
}

#[test]
fn a_signal_kills_in_two_seconds_whoever_ends_the_run_already() {
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), Reply::hold())
        .on(delete(), Reply::hold());
    // Nothing but the count ends it, and the server does not answer the DELETE.
    let running = Tail::new(&server.site()).args(["-C", "1"]).start();
    server.wait_held();
    server.release(events(&[0]));
    server.wait_requests(1, &delete());
    let sent = Instant::now();
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    assert_within(LIMIT, sent);
    assert_eq!(exit.stdout, lines(&[0]));
    // It had done what was asked, if that came first.
    let ended = exit.code == Some(0) || exit.signal == Some(Signal::TERM);
    assert!(ended, "{exit}");
}

/// A run that is stuck at its first notice: nobody reads stderr.
fn unanswered(server: &Server, args: &[&str]) -> Running {
    let mut running = Tail::new(&server.site())
        .args(["-v"])
        .args(args.iter().copied())
        .start();
    server.wait_held();
    running.clog_stderr();
    server.release(registered("q"));
    running.wait_stuck();
    running
}

fn registering() -> Server {
    server()
        .on(Expect::register(), Reply::hold())
        .on(delete(), deleted())
}

#[test]
fn a_signal_deletes_the_queue_while_nobody_reads_the_first_notice_on_stderr() {
    at_once(
        [Signal::INT, Signal::TERM, Signal::HUP].map(|signal| (format!("{signal:?}"), signal)),
        |_, signal| {
            let server = registering();
            end(unanswered(&server, &[]), signal, LIMIT);
        },
    );
}

#[test]
fn a_reader_that_leaves_ends_it_while_nobody_reads_the_first_notice_on_stderr() {
    let server = registering();
    let mut running = unanswered(&server, &[]);
    let left = Instant::now();
    running.close_stdout();
    let exit = running.wait_exit();
    assert_within(LIMIT, left);
    assert_eq!(exit.code, Some(0), "{exit}");
}

#[test]
fn time_is_up_while_nobody_reads_the_first_notice_on_stderr() {
    let server = registering();
    let started = Instant::now();
    let exit = unanswered(&server, &["--timeout", "4s"]).wait_exit();
    assert_within(Duration::from_secs(4) + LIMIT, started);
    assert_eq!(exit.code, Some(0), "{exit}");
}

/// A run whose server refuses the account, which is told last, on a stderr that nobody reads.
fn refused_with_a_clogged_stderr() -> (Server, Running) {
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), Reply::hold())
        .always(delete(), deleted());
    let mut running = Tail::new(&server.site()).start();
    server.wait_held();
    running.clog_stderr();
    server.release(Reply::error(401, "UNAUTHORIZED", "go away"));
    (server, running)
}

#[test]
fn a_last_word_that_nobody_reads_does_not_hold_the_end_and_its_code_stays() {
    let (_server, running) = refused_with_a_clogged_stderr();
    let refused = Instant::now();
    let exit = running.wait_exit();
    assert_within(LIMIT, refused);
    assert_eq!(exit.code, Some(3), "{exit}");
}

#[test]
fn a_signal_kills_while_the_last_word_is_read_by_nobody() {
    let (_server, running) = refused_with_a_clogged_stderr();
    running.wait_stuck();
    let sent = Instant::now();
    running.signal(Signal::TERM);
    let exit = running.wait_exit();
    assert_within(LIMIT, sent);
    // Whichever of the two bounds is reached first.
    let ended = exit.code == Some(3) || exit.signal == Some(Signal::TERM);
    assert!(ended, "{exit}");
}

#[test]
fn a_count_that_is_reached_by_a_blocked_write_is_the_one_end_once_the_reader_reads_on() {
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), Reply::hold())
        .on(delete(), deleted());
    let mut running = Tail::new(&server.site()).args(["-C", "1"]).start();
    server.wait_held();
    running.clog_stdout();
    server.release(events(&[0]));
    running.wait_stuck();
    running.signal(Signal::TERM);
    running.wait_taken(Signal::TERM);
    running.read_on();
    let exit = running.wait_exit();
    assert_eq!(exit.code, Some(0), "{exit}");
    assert_eq!(exit.stderr, "");
    assert_eq!(exit.stdout.trim_start_matches(FILLER), lines(&[0]));
    assert_eq!(count(&server, &delete()), 1);
}

#[test]
fn an_answer_without_an_end_does_not_outlast_the_time_and_leaves_whole_lines() {
    let gate = Gate::closed();
    gate.open();
    let texts = long_events(100_000);
    let server = server()
        .on(Expect::register(), registered("q"))
        .on(poll("q", -1), event_texts(&texts).chunked(16 * 1024, &gate))
        .always(poll("q", 99_999), Reply::hold())
        .on(delete(), deleted());
    let started = Instant::now();
    let exit = Tail::new(&server.site())
        .args(["--timeout", "1s"])
        .start()
        .wait_exit();
    assert_within(Duration::from_secs(1) + LIMIT, started);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    let printed: Vec<&str> = exit.stdout.lines().collect();
    let last = printed.last();
    assert!(last.is_none() || exit.stdout.ends_with('\n'), "{last:?}");
    assert_eq!(printed, texts[..printed.len()]);
}
