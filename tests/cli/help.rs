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
        piped.lines().count() <= 50,
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
        assert!(lines <= 50, "{lines} lines in {columns} columns");
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
    (&["version"], "did you mean --version?"),
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
        "give a whole number from 1 to",
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
fn who_asks_for_help_by_a_word_is_told_once_where_it_is() {
    let text = "wyzepal-tail: error: invalid value 'help'; did you mean --help?\n";
    assert_eq!(refusal(&["-v", "help"], &[]), text);
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

/// Command lines that cannot be, and what is said of them: what is wrong with which value, and what to do. `@TIME@` stands
/// for the forms of a time. Not for narrows and kinds.
const REFUSED: [(&[&str], &str); 44] = [
    (&["--nonsense"], "unexpected argument '--nonsense' found"),
    (
        &["--utc=yes"],
        "unexpected value 'yes' for '--utc' found; no more were expected; it takes no value: leave that out",
    ),
    (
        &["-n"],
        "a value is required for '--lines <N>' but none was supplied; write one after it",
    ),
    (
        &["--config", ""],
        "a value is required for '--config <FILE>' but none was supplied; write one after it",
    ),
    (
        &["--queue-id", ""],
        "a value is required for '--queue-id <ID>' but none was supplied; write one after it",
    ),
    (
        &["-o"],
        "a value is required for '--output <FORM>' but none was supplied; [possible values: auto, chat, summary, json]; write one after it",
    ),
    (
        &["-o", "yaml"],
        "invalid value 'yaml' for '--output <FORM>'; [possible values: auto, chat, summary, json]",
    ),
    (
        &["-o", "jsonl"],
        "invalid value 'jsonl' for '--output <FORM>'; [possible values: auto, chat, summary, json]; tip: a similar value exists: 'json'",
    ),
    (
        &["--color", "blue"],
        "invalid value 'blue' for '--color <WHEN>'; [possible values: auto, always, never]",
    ),
    (
        &["--generate", "perl"],
        "invalid value 'perl' for '--generate <WHAT>'; [possible values: man, bash, zsh, fish, powershell, elvish, systemd]",
    ),
    (
        &["-C", "0"],
        "invalid value '0' for '--count <N>': give a whole number from 1 to 18446744073709551615",
    ),
    (
        &["-C", "-5"],
        "invalid value '-5' for '--count <N>': give a whole number from 1 to 18446744073709551615",
    ),
    (
        &["-n", "ten"],
        "invalid value 'ten' for '--lines <N>': give a whole number from 0 to 18446744073709551615",
    ),
    (
        &["--queue-id", "q", "--last-event-id", "-2"],
        "invalid value '-2' for '--last-event-id <N>': give a whole number from -1 to 9223372036854775807",
    ),
    (
        &["-W", "5x"],
        "invalid value '5x' for '--timeout <DUR>': \"5x\" is not a duration; write for example `30s`, `5m`, `1h30m`, or `90` for seconds",
    ),
    (
        &["-W", "-5"],
        "invalid value '-5' for '--timeout <DUR>': \"-5\" is not a duration; write for example `30s`, `5m`, `1h30m`, or `90` for seconds",
    ),
    (
        &["--give-up-after", ""],
        "invalid value '' for '--give-up-after <DUR>': the duration is empty; write for example `30s`, `5m`, `1h30m`, or `90` for seconds",
    ),
    (
        &["--queue-ttl", "99999999999y"],
        "invalid value '99999999999y' for '--queue-ttl <DUR>': the duration \"99999999999y\" is too long or too fine; write for example `30s`, `5m`, `1h30m`, or `90` for seconds",
    ),
    (&["--queue-ttl", "5s"], "--queue-ttl is 5s: give 10m to 7d"),
    (
        &["--queue-ttl", "8d"],
        "--queue-ttl is 8days: give 10m to 7d",
    ),
    (
        &["--since", "soon"],
        "invalid value 'soon' for '--since <TIME>': @TIME@",
    ),
    (
        &["--since", "-1h"],
        "invalid value '-1h' for '--since <TIME>': @TIME@",
    ),
    (
        &["--until", "25:00"],
        "invalid value '25:00' for '--until <TIME>': @TIME@",
    ),
    (
        &["--since", "2100-01-01"],
        "invalid value '2100-01-01' for '--since <TIME>': that is in the future: live events come without it, this is for messages of the past",
    ),
    (
        &["--until", "2100-01-01"],
        "invalid value '2100-01-01' for '--until <TIME>': that is in the future: to stop after some time, use -W DUR (--timeout)",
    ),
    (
        &["--since", "#narrow/channel/7-x"],
        "invalid value '#narrow/channel/7-x' for '--since <TIME>': the link leads to no message: \"copy link to message\" in the web app makes one that ends with /near/ and a number",
    ),
    (
        &["--until", "2h", "--since", "1h"],
        "--since is not before --until, so that nothing lies between them: give an earlier --since or a later --until",
    ),
    (
        &["--since", "1h", "-n", "5"],
        "the argument '--since <TIME>' cannot be used with '--lines <N>'; keep one or the other",
    ),
    (
        &["--until", "1h", "--cursor-file", "c"],
        "the argument '--until <TIME>' cannot be used with '--cursor-file <FILE>'; keep one or the other",
    ),
    (
        &["--until", "1h", "--queue-id", "q"],
        "the argument '--until <TIME>' cannot be used with '--queue-id <ID>'; keep one or the other",
    ),
    (
        &["--queue-id", "q", "--all-public"],
        "the argument '--queue-id <ID>' cannot be used with '--all-public'; keep one or the other",
    ),
    (
        &["--queue-id", "q", "--html"],
        "the argument '--queue-id <ID>' cannot be used with '--apply-markdown'; keep one or the other",
    ),
    (
        &["-v", "-q"],
        "the argument '--verbose...' cannot be used with '--quiet'; keep one or the other",
    ),
    (
        &["--demo", "--last-event-id", "5"],
        "the argument '--demo' cannot be used with '--last-event-id <N>'; keep one or the other",
    ),
    (
        &["--demo", "--site", "a", "--user", "b"],
        "the argument '--demo' cannot be used with: --site <URL>; --user <EMAIL>; keep one or the other",
    ),
    (
        &["--replay", "x", "--once"],
        "the argument '--replay <FILE>' cannot be used with '--once'; keep one or the other",
    ),
    (
        &["--check", "--replay", "x"],
        "the argument '--check' cannot be used with '--replay <FILE>'; keep one or the other",
    ),
    (
        &["--generate", "man", "-v"],
        "the argument '--generate <WHAT>' cannot be used with one or more of the other specified arguments; leave the others out",
    ),
    (
        &["--last-event-id", "3"],
        "the following required arguments were not provided: --queue-id <ID>; add it, or leave --last-event-id out",
    ),
    (
        &["--apply-markdown", "-o", "summary"],
        "--apply-markdown is for JSON, chat and summaries show messages as they were typed: leave it out, or add -o json",
    ),
    (
        &["-m", "-e", "presence"],
        "--messages prints messages and nothing else: leave it out, or --event-types and --exclude-types",
    ),
    (
        &["--once"],
        "--once needs something that can hold events: add --cursor-file FILE, -n N, --since TIME or --queue-id ID",
    ),
    (
        &["-n", "3", "-e", "presence"],
        "-n, --since and --until show messages of the past, and messages are not selected: add message to --event-types, or leave them out",
    ),
    (
        &["-e", "message", "-E", "message"],
        "nothing is left to print: --exclude-types names all kinds that are selected, leave one of them out of it",
    ),
];
const TIME: &str = "give an age (2h, 30m, '2 hours ago'), a time (10:00), today, yesterday, a date (2026-11-22), a date and time (2026-11-22T14:00), RFC 3339, a message's timestamp (1795356127) or a link to a message";

#[test]
fn every_usage_error_is_one_line_with_its_remedy() {
    for (args, text) in REFUSED {
        let text = text.replace("@TIME@", TIME);
        let said = refusal(args, &[]);
        assert_eq!(
            said,
            format!("wyzepal-tail: error: {text}; see --help\n"),
            "{args:?}"
        );
    }
}

#[test]
fn a_word_that_is_no_utf_8_is_named() {
    for script in ["\"$0\" --site $'a\\xff'", "\"$0\" -q $'a\\xff'"] {
        Tail::new(NOWHERE)
            .program("bash")
            .args(["-c", script, PROGRAM])
            .stderr(Expected::one_line(&[
                "write 'a\u{fffd}' in UTF-8; see --help\n",
            ]))
            .code(2)
            .run();
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
