//! As a service: what a journal gets, and how a service manager sees it end.
//!
//! Not for hours of it (`soak.rs`), nor for signals in general (`interrupt.rs`).

use crate::support::model::{Fault, Model, Post, Step};
use crate::support::reply::Reply;
use crate::support::run::{Expected, NOWHERE, Tail};

#[test]
fn each_line_for_a_journal_is_whole_plain_and_names_the_program() {
    let nasty = "gone\nfor \u{1b}[31mgood\r\u{9b}2J\u{2028}!";
    let model = Model::new();
    // As a service that was started from a terminal has it.
    let tail = Tail::new(&model.site()).env("TERM", "xterm-256color");
    let running = tail.with_short_waits().args(["-v"]).start();
    model.wait_parked();
    // A queue that never answered is not replaced.
    model.send(Post::direct("hello"));
    running.wait_lines(1);
    model.wait_idle();
    model.fail_next(
        Step::Poll,
        Fault::Answer(Reply::error(500, "INTERNAL", nasty)),
    );
    model.break_parked(&Reply::error(400, "NO_SUCH_QUEUE", nasty));
    running.wait_stderr("gap ");
    running.wait_stderr("back: ");
    model.wait_idle();
    model.break_parked(&Reply::error(401, "UNAUTHORIZED", nasty));
    let exit = running.wait_exit();
    assert_eq!(exit.code, Some(3), "{exit}");
    let said: Vec<&str> = exit.stderr.lines().collect();
    assert!(said.len() > 5, "{exit}");
    for line in &said {
        assert!(line.starts_with("wyzepal-tail: "), "{line:?}\n{exit}");
        assert!(!line.contains(char::is_control), "{line:?}\n{exit}");
    }
    for quoted in ["gap ", "lost: ", "refuses the account"] {
        let mut lines = said.iter();
        let is_there = lines.any(|line| line.contains(quoted) && line.contains("gone⏎for"));
        assert!(is_there, "{quoted}\n{exit}");
    }
}

#[test]
fn a_journal_is_told_what_is_an_error_and_what_a_warning() {
    // The journal's variable stays in a shell that sends stderr elsewhere.
    let journal = "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); exec \"$@\"";
    let elsewhere = "export JOURNAL_STREAM=1:1; exec \"$@\"";
    for (script, warning, error) in [
        (
            journal,
            "<4>wyzepal-tail: warning: ",
            "<3>wyzepal-tail: error: ",
        ),
        (
            elsewhere,
            "wyzepal-tail: warning: ",
            "wyzepal-tail: error: ",
        ),
    ] {
        let is_marked = move |stderr: &str| {
            let lines: Vec<&str> = stderr.lines().collect();
            matches!(lines[..], [first, last] if first.starts_with(warning) && last.starts_with(error))
        };
        Tail::new(NOWHERE)
            .args([
                "--once",
                "-n",
                "1",
                "-e",
                "message,massage",
                "--give-up-after",
                "1ms",
            ])
            .within(script)
            .code(4)
            .stderr(Expected::like(is_marked))
            .run();
    }
}
