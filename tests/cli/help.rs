//! Help, version, and what is said about a command line that cannot be.
//!
//! Not for what a narrow or a list of kinds may be (`narrow.rs`, `kinds.rs`).

use crate::support::run::{Expected, NOWHERE, PROGRAM, Tail};
use crate::support::terminal::without_colors;

#[track_caller]
fn printed(args: &[&str]) -> String {
    let anything = Expected::like(|text| !text.is_empty());
    Tail::new(NOWHERE).args(args).stdout(anything).run().stdout
}

/// The one line that it refuses these arguments with.
#[track_caller]
fn refusal(args: &[&str], parts: &[&str]) -> String {
    Tail::new(NOWHERE)
        .args(args)
        .stderr(Expected::one_line(parts))
        .code(2)
        .run()
        .stderr
}

#[test]
fn the_short_help_fits_on_one_screen() {
    let piped = printed(&["-h"]);
    assert!(
        piped.lines().count() <= 60,
        "{} lines",
        piped.lines().count()
    );
    assert!(
        piped.lines().all(|line| line.chars().count() <= 100),
        "{piped}"
    );
    for columns in [80, 100, 200] {
        let exit = Tail::new("")
            .args(["-h"])
            .on_terminal(columns, 50)
            .start()
            .wait_exit();
        let shown = without_colors(&exit.stdout);
        let widths = shown.lines().map(|line| line.chars().count());
        let widest = widths.max().expect("lines");
        assert!(
            widest <= usize::from(columns.min(100)),
            "{widest} of {columns}\n{exit}"
        );
        let lines = exit.stdout.lines().count();
        assert!(lines <= 60, "{lines} lines in {columns} columns");
    }
    for part in [
        "Usage: wyzepal-tail [OPTIONS] [TERM]...",
        "Selecting:",
        "--narrow <TERMS>",
        "--demo",
    ] {
        assert!(piped.contains(part), "no {part:?}");
    }
}

#[test]
fn the_long_help_has_the_rest() {
    let help = printed(&["--help"]);
    for heading in [
        "Selecting:",
        "Where to start:",
        "How long:",
        "Output:",
        "Who and where:",
        "Beside tailing:",
        "Examples:",
        "Environment:",
        "Files:",
        "Exit codes:",
    ] {
        assert!(
            help.lines().any(|line| line == heading),
            "no {heading:?} in\n{help}"
        );
    }
    for part in [
        "WYZEPAL_CONFIG",
        "ZULIP_",
        "HTTPS_PROXY",
        "NO_COLOR",
        "~/.wyzepalrc",
        "124",
    ] {
        assert!(help.contains(part), "no {part:?} in\n{help}");
    }
    assert!(help.matches("\n  wyzepal-tail ").count() >= 3, "{help}");
}

#[test]
fn the_version_is_the_packages() {
    let expected = concat!("wyzepal-tail ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(printed(&["--version"]), expected);
    assert_eq!(printed(&["-V"]), expected);
}

#[test]
fn help_needs_no_reader_and_no_configuration() {
    for what in ["--help", "--generate=bash"] {
        Tail::new("")
            .without_rc()
            .program("bash")
            .args(["-c", "set -o pipefail; \"$0\" $1 | head -1", PROGRAM, what])
            .stdout(Expected::like(|text| text.lines().count() == 1))
            .run();
    }
}

/// What people type out of habit, and what they are told.
const HABITS: [(&[&str], &str); 26] = [
    (
        &["-20"],
        "unexpected argument '-2' found; did you mean -n 20?",
    ),
    (&["--json"], "did you mean -o json?"),
    (&["--api-key", "x"], "or in WYZEPAL_API_KEY"),
    (&["--api-key=x"], "or in WYZEPAL_API_KEY"),
    (&["--server", "x"], "did you mean --site?"),
    (&["--stream=x"], "did you mean stream:NAME?"),
    (
        &["-e", "message", "reaction"],
        "did you mean -e message,reaction?",
    ),
    (
        &["-v", "--exclude-types", "message,", "reaction", "typing"],
        "did you mean --exclude-types message,reaction,typing?",
    ),
    (
        &["--narrow", "stream:lost", "and", "found"],
        "did you mean --narrow 'stream:\"lost and found\"'?",
    ),
    (
        &["--narrow", "stream:ops topic:lunch", "plans", "-v"],
        "did you mean --narrow 'stream:ops topic:\"lunch plans\"'?",
    ),
    (
        &["stream:lost", "and", "found"],
        "did you mean 'stream:lost and found'?",
    ),
    (
        &["stream:ops", "OR", "stream:a b", "topic:x"],
        "did you mean --narrow 'stream:ops' --narrow 'stream:a b'?",
    ),
    (
        &["--narrow", "stream:ops", "or", "stream:b"],
        "did you mean --narrow 'stream:ops' --narrow 'stream:b'?",
    ),
    (
        &["stream:ops", "and", "topic:x"],
        "invalid value 'and'; leave it out",
    ),
    (&["demo"], "invalid value 'demo'; did you mean --demo?"),
    (
        &["-v", "help"],
        "invalid value 'help'; did you mean --help?",
    ),
    (&["--before=1h"], "did you mean --until?"),
    (&["--no-color"], "did you mean --color never?"),
    (&["castle"], "\"castle\" has no operator"),
    (&["is:dm", "castle"], "\"castle\" has no operator"),
    (
        &["--narow", "stream:Denmark"],
        "similar argument exists: '--narrow'",
    ),
    (&["--ful"], "similar argument exists: '--full'"),
    (&["-x"], "unexpected argument '-x'"),
    (&["-vx"], "unexpected argument '-x'"),
    // What is right besides is not what was meant.
    (
        &["stream:a", "topic:b", "--ful"],
        "similar argument exists: '--full'",
    ),
    (
        &["stream:a", "topic:b", "-C", "0"],
        "needs a number of 1 or more",
    ),
];

#[test]
fn what_is_typed_out_of_habit_is_told_what_it_is_here() {
    for (args, hint) in HABITS {
        let said = refusal(args, &[hint, "; see --help\n"]);
        assert!(
            !said.contains("tip: ") || hint.contains("similar"),
            "{said}"
        );
    }
}

#[test]
fn an_option_given_twice_counts_as_it_stands_last() {
    let event = r#"{"type":"presence","id":1}"#;
    let replay = |args: &[&str], shown: &str| {
        Tail::new(NOWHERE)
            .args(["--replay", "-"])
            .args(args.iter().copied())
            .stdin(event)
            .stdout(shown)
            .run();
    };
    let json = format!("{event}\n");
    for args in [
        &["-o", "summary", "-o", "json"][..],
        &["-C", "1", "-C2", "--output=summary", "--output", "json"],
        &["--utc", "--utc", "--colour", "never", "--color", "auto"],
        // They do nothing.
        &["-f", "--follow", "-f"],
        // These add up.
        &["-e", "message", "-e", "presence"],
    ] {
        replay(args, &json);
    }
    replay(&["-e", "message", "-e", "typing"], "");
}

#[test]
fn a_usage_error_on_a_terminal_is_red() {
    for (args, text) in [
        (&["--ful"][..], "unexpected argument"),
        (&["--once"], "--once needs"),
    ] {
        let exit = Tail::new(NOWHERE)
            .args(args.iter().copied())
            .stderr_on_terminal(200, 24)
            .start()
            .wait_exit();
        let red = format!("wyzepal-tail: \u{1b}[1;31merror: \u{1b}[0m{text}");
        assert!(exit.stderr.starts_with(&red), "{exit}");
        assert_eq!(exit.code, Some(2), "{exit}");
    }
}

#[test]
fn help_that_cannot_be_written_is_a_failure() {
    for what in ["-h", "--help", "--version"] {
        Tail::new(NOWHERE)
            .args([what])
            .within("\"$@\" >/dev/full")
            .stderr(Expected::one_line(&[
                "error: cannot write to standard output: ",
            ]))
            .code(1)
            .run();
    }
}

#[test]
fn every_usage_error_is_one_line_and_ends_with_2() {
    let cases: [(&[&str], &str); 28] = [
        (
            &["--since", "2100-01-01"],
            "that is in the future: live events come without it",
        ),
        (&["--until", "2100-01-01"], "use -W DUR (--timeout)"),
        (&["--since", "#narrow/channel/7-x"], "leads to no message"),
        (
            &["--until", "1h", "--cursor-file", "c"],
            "'--cursor-file <FILE>'",
        ),
        (&["--until", "1h", "--queue-id", "q"], "'--queue-id <ID>'"),
        (
            &["--until", "2h", "--since", "1h"],
            "--since is not before --until",
        ),
        (&["--utc=yes"], "--utc"),
        (&["--narrow"], "a value is required for '--narrow <TERMS>'"),
        (
            &["-C", "0"],
            "'--count <N>': needs a number of 1 or more; see --help\n",
        ),
        (
            &["-C", "18446744073709551616"],
            ": the number is too large; see --help\n",
        ),
        (
            &["-n", "ten"],
            "'--lines <N>': needs a number of 0 or more; see --help\n",
        ),
        (&["-C", "-1"], "unexpected argument '-1'"),
        (&["-W", "5x"], "\"5x\" is not a duration"),
        (&["--give-up-after", "soon"], "\"soon\" is not a duration"),
        (&["--color", "blue"], "possible values: auto, always, never"),
        (&["-o", "yaml"], "possible values: auto, summary, json"),
        (&["--generate", "perl"], "possible values: man, bash"),
        (&["--generate", "man", "-v"], "'--generate <WHAT>'"),
        (&["-v", "-q"], "cannot be used with '--quiet'"),
        (&["--demo", "--last-event-id", "5"], "'--last-event-id <N>'"),
        (&["--demo", "--site", "a"], "'--site <URL>'"),
        (
            &["--demo", "--site", "a", "--user", "b"],
            "with: --site <URL>; --user <EMAIL>",
        ),
        (&["--last-event-id", "3"], "not provided: --queue-id <ID>"),
        (
            &["--queue-id", "q", "--last-event-id", "-2"],
            ": needs a number of -1 or more; see --help\n",
        ),
        (&["--queue-id", ""], "--queue-id"),
        (&["--queue-id", "q", "--all-public"], "'--all-public'"),
        (
            &["--queue-id", "q", "--apply-markdown"],
            "'--apply-markdown'",
        ),
        (&["--apply-markdown", "-o", "summary"], "add -o json"),
    ];
    for (args, part) in cases {
        let said = refusal(args, &["wyzepal-tail: error: ", part]);
        assert!(said.starts_with("wyzepal-tail: "), "{said:?}");
        assert!(!said.contains(['\u{1b}', '\r']), "{said:?}");
    }
}

#[test]
fn long_errors_are_folded_at_words_on_a_terminal_only() {
    let run = |adjust: fn(Tail) -> Tail| {
        let tail = Tail::new(NOWHERE).args(["--narrow", "has:link"]).code(2);
        adjust(tail).stderr(Expected::like(|_| true)).run().stderr
    };
    let whole = run(|tail| tail);
    let folded = run(|tail| tail.stderr_on_terminal(40, 24).env("NO_COLOR", "1"));
    assert_eq!(whole.lines().count(), 1, "{whole}");
    assert!(
        folded.lines().all(|line| line.chars().count() <= 40),
        "{folded}"
    );
    let later = folded.lines().skip(1);
    assert!(later.clone().count() > 1, "{folded}");
    assert!(
        later
            .clone()
            .all(|line| line.starts_with("    ") && !line.starts_with("     ")),
        "{folded}"
    );
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words(&folded), words(&whole));
}
