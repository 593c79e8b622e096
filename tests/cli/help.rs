//! Help, version, and what is said about a command line that cannot be.
//!
//! Not for what a narrow or a list of kinds may be (`narrow.rs`, `kinds.rs`).

use crate::support::run::{Expected, Tail};
use crate::support::running::Exit;

fn run(args: &[&str]) -> Exit {
    Tail::new("http://127.0.0.1:1")
        .args(args)
        .start()
        .wait_exit()
}

#[track_caller]
fn printed(args: &[&str]) -> String {
    let exit = run(args);
    assert_eq!(
        (exit.code, exit.stderr.as_str()),
        (Some(0), ""),
        "{args:?}\n{exit}"
    );
    exit.stdout
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
        let widest = exit
            .stdout
            .lines()
            .map(visible_width)
            .max()
            .unwrap_or_default();
        assert!(
            widest <= usize::from(columns.min(100)),
            "{widest} of {columns}\n{exit}"
        );
        let lines = exit.stdout.lines().count();
        assert!(lines <= 60, "{lines} lines in {columns} columns");
    }
    for part in [
        "Usage: wyzepal-tail [OPTIONS]",
        "Selecting:",
        "--narrow <TERMS>",
        "--demo",
    ] {
        assert!(piped.contains(part), "no {part:?}");
    }
}

/// Without colours, which begin with ESC and end with `m`.
fn visible_width(line: &str) -> usize {
    line.split('\u{1b}')
        .enumerate()
        .map(|(index, part)| {
            if index == 0 {
                part
            } else {
                part.split_once('m').unwrap_or_default().1
            }
        })
        .map(|part| part.trim_end_matches('\r').chars().count())
        .sum()
}

#[test]
fn the_long_help_tells_the_rest() {
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
            .args([
                "-c",
                "set -o pipefail; \"$0\" $1 | head -1",
                env!("CARGO_BIN_EXE_wyzepal-tail"),
                what,
            ])
            .stdout(Expected::like(|text| text.lines().count() == 1))
            .run();
    }
}

#[test]
fn a_stray_word_is_taken_for_a_narrow_without_its_option() {
    for args in [
        &["stream:Denmark"][..],
        &["--narrow", "stream:Denmark", "castle"],
    ] {
        let exit = run(args);
        assert_eq!(exit.code, Some(2), "{args:?}\n{exit}");
        assert!(
            exit.stderr.contains("did you mean --narrow TERMS?"),
            "{args:?}\n{exit}"
        );
    }
}

#[test]
fn every_usage_error_is_one_line_and_ends_with_2() {
    let cases: [(&[&str], &str); 28] = [
        (&["stream:Denmark"], "unexpected argument 'stream:Denmark'"),
        (&["two\nlines"], "unexpected argument"),
        (
            &["--narow", "stream:Denmark"],
            "similar argument exists: '--narrow'",
        ),
        (&["-x"], "unexpected argument '-x'"),
        (&["--utc=yes"], "--utc"),
        (&["--narrow"], "a value is required for '--narrow <TERMS>'"),
        (&["-C", "0"], "'--count <N>'"),
        (&["-C", "many"], "'--count <N>'"),
        (&["-C", "-1"], "unexpected argument '-1'"),
        (&["-W", "5x"], "\"5x\" is not a duration"),
        (&["-W", ""], "the duration is empty"),
        (&["--give-up-after", "soon"], "\"soon\" is not a duration"),
        (&["--color", "blue"], "possible values: auto, always, never"),
        (&["-o", "yaml"], "possible values: auto, summary, json"),
        (&["--generate", "perl"], "possible values: man, bash"),
        (&["--generate", "man", "-v"], "'--generate <WHAT>'"),
        (&["-v", "-q"], "cannot be used with '--quiet'"),
        (&["-q", "-q"], "multiple times"),
        (&["--site", "a", "--site", "b"], "multiple times"),
        (&["--demo", "--site", "a"], "'--site <URL>'"),
        (
            &["--demo", "--site", "a", "--user", "b"],
            "with: --site <URL>; --user <EMAIL>",
        ),
        (&["--once"], "--queue-id ID"),
        (&["--last-event-id", "3"], "not provided: --queue-id <ID>"),
        (
            &["--queue-id", "q", "--last-event-id", "-2"],
            "-2 is not in -1..",
        ),
        (&["--queue-id", "q", "--all-public"], "'--all-public'"),
        (
            &["--queue-id", "q", "--apply-markdown"],
            "'--apply-markdown'",
        ),
        (&["-m", "-e", "typing"], "'--event-types <LIST>'"),
        (&["--narrow", "has:link"], "does not work on live events"),
    ];
    for (args, part) in cases {
        let exit = run(args);
        assert_eq!(
            (exit.code, exit.stdout.as_str()),
            (Some(2), ""),
            "{args:?}\n{exit}"
        );
        assert_eq!(exit.stderr.lines().count(), 1, "{args:?}\n{exit}");
        assert!(
            exit.stderr.starts_with("wyzepal-tail: error: "),
            "{args:?}\n{exit}"
        );
        assert!(exit.stderr.contains(part), "{args:?}: no {part:?}\n{exit}");
        assert!(!exit.stderr.contains(['\u{1b}', '\r']), "{args:?}\n{exit}");
    }
}
