//! The demo as a newcomer meets it: no account, no file, and a lively tail.
//!
//! Not for what its server says in detail: that is tested beside it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::run::{Expected, Home, NOWHERE, Tail};
use crate::support::running::Signal;
use crate::support::tally::{value, values};
use crate::support::terminal::without_colors;

/// A user without an account.
fn demo() -> Tail {
    Tail::new("").without_rc().args(["--demo"])
}

#[test]
fn it_gives_lines_of_json_mostly_messages_in_channels_and_to_people() {
    let exit = demo()
        .args(["-C", "20", "-W", "1m"])
        .stdout(Expected::like(|text| text.lines().count() == 20))
        .run();
    let events: Vec<Value> = values(&exit.stdout);
    let messages: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "message")
        .map(|event| &event["message"])
        .collect();
    assert!(messages.len() >= 8, "{}", exit.stdout);
    assert!(messages.len() < 20, "nothing but messages: {}", exit.stdout);
    let channels: BTreeSet<String> = messages
        .iter()
        .filter(|message| message["type"] == "stream")
        .map(|message| message["display_recipient"].to_string())
        .collect();
    assert!(channels.len() >= 2, "{channels:?}");
    let senders: BTreeSet<String> = messages
        .iter()
        .map(|message| message["sender_full_name"].to_string())
        .collect();
    assert!(senders.len() >= 3, "{senders:?}");
}

#[test]
fn somebody_writes_to_the_newcomer_in_person_at_once() {
    let exit = demo()
        .args(["--narrow", "is:private", "-C", "1", "-W", "1m"])
        .stdout(Expected::like(|text| text.lines().count() == 1))
        .run();
    assert_eq!(value(&exit.stdout)["message"]["type"], "private");
}

#[test]
fn a_terminal_shows_a_coloured_tail_and_where_the_server_is() {
    let running = demo()
        .on_terminal(100, 30)
        .stderr_on_terminal(100, 30)
        .start();
    running.wait_stderr("demo server at http://127.0.0.1:");
    running.wait_stderr("connected to");
    // The date, and what the cast does first.
    let line = running.wait_line(|line| line.contains("#ops"));
    assert!(line.contains('\u{1b}'), "{line:?}");
    assert_eq!(without_colors(&line), "▌#ops › deploy");
    let first = without_colors(&running.lines()[0]);
    assert!(first.starts_with('─') && first.contains("day"), "{first}");
    running.signal(Signal::INT);
    let exit = running.wait_exit();
    assert_eq!(
        (exit.code, exit.signal),
        (None, Some(Signal::INT)),
        "{exit}"
    );
}

/// What each of these runs of the demo prints, a line of JSON each; they run beside each other.
fn first_lines<'a>(runs: &'a [[&'a str; 2]]) -> impl Iterator<Item = (&'a str, Value)> {
    let start = |run: &'a [&'a str; 2]| (run[1], demo().args(*run).args(["-C", "1"]).start());
    let running: Vec<_> = runs.iter().map(start).collect();
    running.into_iter().map(|(wanted, running)| {
        let exit = running.wait_exit();
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{exit}");
        (wanted, value(&exit.stdout))
    })
}

#[test]
fn a_narrow_holds_and_each_channel_has_something_for_it() {
    let narrows = [
        ["--narrow", "stream:Denmark"],
        ["--narrow", "stream:Verona"],
        ["--narrow", "stream:ops"],
        ["--narrow", "stream:design"],
        ["--narrow", "stream:\"box office\""],
        // The account is not subscribed to this one.
        ["--narrow", "stream:greenroom"],
    ];
    for (narrow, event) in first_lines(&narrows) {
        let channel = narrow.trim_start_matches("stream:").trim_matches('"');
        assert_eq!(event["message"]["display_recipient"], channel);
    }
}

#[test]
fn a_kind_can_be_chosen() {
    let kinds = [
        ["-e", "reaction"],
        ["-e", "typing"],
        ["-e", "update_message"],
        ["-e", "delete_message"],
        ["-e", "presence"],
        ["-e", "submessage"],
        ["-e", "update_message_flags"],
    ];
    for (kind, event) in first_lines(&kinds) {
        assert_eq!(event["type"], kind);
    }
}

#[test]
fn it_has_a_past() {
    let past = |args: &[&str]| {
        let exit = demo().args(["--once", "-m"]).args(args.iter().copied());
        let exit = exit.stdout(Expected::like(|text| !text.is_empty())).run();
        values(&exit.stdout)
    };
    assert_eq!(past(&["-n", "20"]).len(), 20);
    let direct = past(&["-n", "3", "--narrow", "is:private"]);
    assert!(direct.len() == 3 && direct.iter().all(|message| message["type"] == "private"));
    let (hour, days) = (
        past(&["--since", "1h"]).len(),
        past(&["--since", "3d"]).len(),
    );
    assert!(hour < days, "{hour}, {days}");
}

#[test]
fn a_check_finds_nothing_wrong() {
    demo()
        .args(["--check", "--narrow", "stream:Denmark"])
        .stdout(Expected::like(|text| {
            text.lines().count() == 9 && text.lines().all(|line| line.starts_with("ok "))
        }))
        .run();
}

#[test]
fn it_ends_when_its_reader_leaves() {
    let mut running = demo().start();
    running.wait_lines(1);
    running.close_stdout();
    let exit = running.wait_exit();
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{exit}");
}

#[test]
fn its_time_can_be_limited() {
    demo()
        .args(["-W", "300ms"])
        .stdout(Expected::like(|_| true))
        .run();
    demo()
        .args(["-W", "300ms", "-e", "no_such_kind", "-C", "1", "-q"])
        .code(124)
        .run();
}

#[test]
fn it_takes_no_account_beside_it() {
    let home = Home::new();
    let file = home.write("rc", "");
    let file = file.to_str().expect("a path of text");
    for args in [
        ["--config", file],
        ["--site", NOWHERE],
        ["--user", "me@example.com"],
        ["--cert-bundle", file],
        ["--client-cert", file],
        ["--client-cert-key", file],
        ["--queue-id", "x"],
    ] {
        demo()
            .home(&home)
            .args(args)
            .code(2)
            .stderr(Expected::containing(&["error: ", "--demo", args[0]]))
            .run();
    }
    demo()
        .args(["--insecure"])
        .code(2)
        .stderr(Expected::containing(&["--demo", "--insecure"]))
        .run();
}

#[test]
fn an_account_that_is_there_is_left_alone() {
    // Were it used, nothing would answer at this address.
    Tail::new(NOWHERE)
        .env("WYZEPAL_SITE", NOWHERE)
        .args(["--demo", "-C", "1", "-W", "10s"])
        .stdout(Expected::like(|text| text.lines().count() == 1))
        .run();
}

#[test]
fn another_program_is_told_how_to_try_itself_on_it() {
    let exit = demo()
        .args(["--check"])
        .stdout(Expected::containing(&[
            " (email tail-bot@lantern.example, key ",
        ]))
        .run();
    assert!(!exit.stdout.contains("[redacted]"), "{exit}");
}
