//! When there is colour, how many of them, and that it changes nothing else.

use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use super::{TIME, direct, message, piped, plain_terminal, summaries};
use crate::support::answers::server;
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::terminal::without_colors;

/// A name, what is done to the run, whether there is colour.
type ColorRow<'a> = (&'a str, &'a dyn Fn(Tail) -> Tail, bool);

#[test]
fn colour_is_for_terminals_and_can_be_forced_and_forbidden() {
    let list = [message(0, TIME, "text")];
    let terminal = |tail: Tail| tail.on_terminal(80, 24).args(["-o", "summary"]);
    let colored = |adjust: &dyn Fn(Tail) -> Tail| summaries(&list, adjust).contains('\u{1b}');
    let rows: [ColorRow; 10] = [
        ("terminal", &terminal, true),
        ("pipe", &piped, false),
        (
            "NO_COLOR",
            &|tail| terminal(tail).env("NO_COLOR", "1"),
            false,
        ),
        (
            "NO_COLOR empty",
            &|tail| terminal(tail).env("NO_COLOR", ""),
            true,
        ),
        ("dumb", &|tail| terminal(tail).env("TERM", "dumb"), false),
        (
            "forced pipe",
            &|tail| piped(tail).env("CLICOLOR_FORCE", "1"),
            true,
        ),
        (
            "forced, NO_COLOR",
            &|tail| piped(tail).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"),
            false,
        ),
        (
            "always",
            &|tail| piped(tail).args(["--color", "always"]),
            true,
        ),
        (
            "always, NO_COLOR",
            &|tail| piped(tail).args(["--color=always"]).env("NO_COLOR", "1"),
            true,
        ),
        (
            "never",
            &|tail| terminal(tail).args(["--color", "never"]),
            false,
        ),
    ];
    for (name, adjust, wanted) in rows {
        assert_eq!(colored(adjust), wanted, "{name}");
    }
}

#[test]
fn names_have_more_colours_where_the_terminal_says_so() {
    let list = [message(0, TIME, "text")];
    for (name, term, more, wanted) in [
        ("256 colours", "xterm-256color", ("X", ""), "\u{1b}[38;5;"),
        ("16 colours", "xterm", ("X", ""), "\u{1b}[91m"),
        (
            "truecolor",
            "xterm",
            ("COLORTERM", "truecolor"),
            "\u{1b}[38;2;",
        ),
        ("24bit", "screen", ("COLORTERM", "24bit"), "\u{1b}[38;2;"),
        ("none", "xterm-256color", ("NO_COLOR", "1"), "#Denmark"),
    ] {
        let shown = summaries(&list, |tail| {
            tail.on_terminal(80, 24)
                .args(["-o", "summary"])
                .env("TERM", term)
                .env(more.0, more.1)
        });
        let line = shown.lines().nth(1).expect("a line below the date");
        let (_, channel) = line.split_once("14:02:07").expect("a time");
        let channel = channel.strip_prefix("\u{1b}[0m").unwrap_or(channel);
        assert!(
            channel.starts_with(&format!(" {wanted}")),
            "{name}: {line:?}"
        );
    }
}

#[test]
fn colour_changes_nothing_but_colour_and_is_the_same_in_each_run() {
    let list = [message(0, TIME, "text"), direct(1, "psst")];
    let colored = summaries(&list, |tail| {
        tail.on_terminal(80, 24).args(["-o", "summary"])
    });
    assert_eq!(without_colors(&colored), summaries(&list, plain_terminal));
    assert_eq!(
        colored,
        summaries(&list, |tail| tail
            .on_terminal(80, 24)
            .args(["-o", "summary"]))
    );
    let line = colored.lines().nth(1).expect("a line below the date");
    assert!(
        line.contains("\u{1b}[38;5;130m#Denmark\u{1b}[0m"),
        "{line:?}"
    );
}

#[test]
fn errors_are_coloured_where_stderr_is_a_terminal() {
    let refused = || {
        server().on(
            Expect::register(),
            Reply::error(401, "UNAUTHORIZED", "Invalid API key"),
        )
    };
    let stderr = |adjust: &dyn Fn(Tail) -> Tail| {
        let server = refused();
        adjust(Tail::new(&server.site()))
            .code(3)
            .stderr(Expected::like(|_| true))
            .run()
            .stderr
    };
    assert!(
        stderr(&|tail| tail.stderr_on_terminal(200, 24)).contains("\u{1b}[1;31merror: \u{1b}[0m")
    );
    assert!(!stderr(&|tail| tail).contains('\u{1b}'));
    assert!(
        !stderr(&|tail| tail.stderr_on_terminal(200, 24).env("NO_COLOR", "1")).contains('\u{1b}')
    );
    // stdout's terminal does not count for stderr.
    assert!(!stderr(&|tail| tail.on_terminal(80, 24)).contains('\u{1b}'));
}

#[test]
fn a_mention_stands_out_on_a_terminal() {
    let mut mention = message(0, TIME, "text");
    mention["flags"] = json!(["mentioned"]);
    let shown = summaries(&[mention.clone()], |tail| {
        tail.on_terminal(80, 24).args(["-o", "summary"])
    });
    for part in ["\u{1b}[7m14:02:07\u{1b}[0m", "\u{1b}[1mtext\u{1b}[0m"] {
        assert!(shown.contains(part), "no {part:?} in {shown:?}");
    }
    let without = [message(0, TIME, "text")];
    assert_eq!(summaries(&[mention], piped), summaries(&without, piped));
}

#[test]
fn a_cut_line_still_switches_its_colour_off() {
    let list = [message(0, TIME, &"x".repeat(300))];
    let shown = summaries(&list, |tail| {
        tail.on_terminal(40, 24).args(["-o", "summary"])
    });
    let line = shown.lines().nth(1).expect("a line below the date");
    assert!(without_colors(line).width() <= 40, "{line:?}");
    let last_code = line.rfind('\u{1b}').expect("a colour");
    assert!(line[last_code..].starts_with("\u{1b}[0m"), "{line:?}");
}

#[test]
fn titles_are_hyperlinks_where_there_is_colour_but_not_on_the_console_of_linux() {
    let list = [message(0, TIME, "[title](https://example.org/a) **bold**")];
    let link = "\u{1b}]8;;https://example.org/a\u{1b}\\";
    for (name, term, expected) in [
        (
            "colour",
            "xterm-256color",
            format!("{link}\u{1b}[4mtitle\u{1b}[0m\u{1b}]8;;\u{1b}\\ \u{1b}[1mbold\u{1b}[0m\n"),
        ),
        (
            "console",
            "linux",
            "\u{1b}[4mtitle\u{1b}[0m (https://example.org/a) \u{1b}[1mbold\u{1b}[0m\n".to_owned(),
        ),
    ] {
        let tail = |tail| piped(tail).args(["--color", "always"]).env("TERM", term);
        let shown = summaries(&list, tail);
        assert!(shown.ends_with(&expected), "{name}: {shown:?}");
    }
    let plain = summaries(&list, piped);
    assert!(
        plain.ends_with("Othello Bot: title (https://example.org/a) **bold**\n"),
        "{plain}"
    );
}

#[test]
fn links_to_the_server_itself_have_no_address() {
    let list = [message(0, TIME, "[plan.pdf](/user_uploads/1/plan.pdf)")];
    let plain = summaries(&list, piped);
    assert!(plain.ends_with("Othello Bot: 📎 plan.pdf\n"), "{plain}");
    let colored = summaries(&list, |tail| piped(tail).args(["--color", "always"]));
    let (_, link) = colored.split_once("\u{1b}]8;;").expect("a hyperlink");
    let (address, _) = link.split_once("\u{1b}\\").expect("its end");
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    assert!(address.ends_with("/user_uploads/1/plan.pdf"), "{address}");
}
