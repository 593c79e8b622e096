//! Summaries as they stand on a terminal and in a pipe: lines, dates, colours, widths, and nothing
//! from the server that a terminal would obey, on stderr neither.
//!
//! Not for every kind of event: what each description says is tested beside it.

use std::path::Path;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::support::account::KEY;
use crate::support::answers::{deleted, server};
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::running::Exit;
use crate::support::server::Server;
use crate::support::takeover::{QUEUE, drain, events, holding, nameless};
use crate::support::terminal::{harm, without_colors};

/// 2026-11-22 14:02:07 UTC, a Sunday.
const TIME: i64 = 1_795_356_127;

fn message(id: i64, timestamp: i64, content: &str) -> Value {
    json!({ "type": "message", "flags": [], "id": id, "message": {
        "id": 100 + id, "type": "stream", "display_recipient": "Denmark", "stream_id": 4,
        "subject": "lunch plans", "sender_full_name": "Othello Bot", "sender_email": "o@example.com",
        "sender_id": 8, "timestamp": timestamp, "content": content, "is_me_message": false,
    }})
}

fn direct(id: i64, content: &str) -> Value {
    let people = json!([
        { "id": 10, "full_name": "Hamlet", "email": "h@example.com" },
        { "id": 11, "full_name": "Cordelia", "email": "c@example.com" },
    ]);
    json!({ "type": "message", "flags": [], "id": id, "message": {
        "id": 100 + id, "type": "private", "display_recipient": people, "subject": "",
        "sender_full_name": "Hamlet", "sender_email": "h@example.com", "sender_id": 10,
        "timestamp": TIME + 2, "content": content, "is_me_message": false,
    }})
}

fn prepare(list: &[Value], adjust: impl FnOnce(Tail) -> Tail) -> Exit {
    let server = holding(events(list.iter().map(Value::to_string)));
    adjust(drain(&server))
        .stdout(Expected::like(|_| true))
        .run()
}

fn summaries(list: &[Value], adjust: impl FnOnce(Tail) -> Tail) -> String {
    prepare(list, adjust).stdout
}

fn piped(tail: Tail) -> Tail {
    tail.args(["-o", "summary"])
}

fn plain_terminal(tail: Tail) -> Tail {
    tail.on_terminal(80, 24).env("NO_COLOR", "1")
}

/// The lines below the date, without the time of day, which is that of arrival.
fn without_times(text: &str) -> Vec<&str> {
    let is_line = |line: &&str| line.as_bytes().get(2) == Some(&b':');
    text.lines()
        .filter(is_line)
        .filter_map(|line| line.get(9..))
        .collect()
}

#[test]
fn a_terminal_shows_a_date_and_a_line_for_each_message() {
    let list = [
        message(0, TIME, "text\nand more"),
        direct(1, "psst"),
        message(2, TIME + 86_400, "next day"),
    ];
    let wanted = "2026-11-22 Sunday\n\
        14:02:07 #Denmark > lunch plans  Othello Bot: text⏎and more\n\
        14:02:09 DM Hamlet → Cordelia: psst\n\
        2026-11-23 Monday\n\
        14:02:07 #Denmark > lunch plans  Othello Bot: next day\n";
    assert_eq!(summaries(&list, plain_terminal), wanted);
    assert_eq!(summaries(&list, piped), wanted);
}

#[test]
fn a_pipe_gets_json_unless_summaries_are_asked_for() {
    let list = [message(0, TIME, "text")];
    assert_eq!(summaries(&list, |tail| tail), format!("{}\n", list[0]));
    let asked_for_json = |tail: Tail| tail.on_terminal(80, 24).args(["--output", "json"]);
    assert_eq!(summaries(&list, asked_for_json), format!("{}\n", list[0]));
}

#[test]
fn other_kinds_get_a_line_with_their_fields() {
    let list = [
        json!({"type":"brand_new","op":"add","who":12,"text":"two words","list":[1,2],"map":{"a":1},"id":0}),
        json!({"type":"brand_new","nothing":null,"id":1}),
        json!({"type":"realm_bot","op":"x","api_key":"s3cret","id":2}),
    ];
    let text = summaries(&list, |tail| plain_terminal(tail).on_terminal(120, 24));
    let lines = without_times(&text);
    assert_eq!(lines.len(), 3, "{text}");
    for part in [
        "brand_new/add",
        "who=12",
        "text=\"two words\"",
        "list=[2]",
        "map={1}",
    ] {
        assert!(lines[0].contains(part), "{part}: {text}");
    }
    assert!(lines[1].starts_with("brand_new  nothing=null"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[test]
fn every_recorded_event_has_a_line_of_its_own_on_a_terminal() {
    let texts = crate::support::fixtures::events();
    let heartbeats = texts
        .iter()
        .filter(|text| text.contains("\"heartbeat\""))
        .count();
    let server = holding(events(&texts));
    let exit = plain_terminal(drain(&server))
        .stdout(Expected::like(|text| harm(text).is_empty()))
        .run();
    let lines = without_times(&exit.stdout);
    assert_eq!(lines.len(), texts.len() - heartbeats, "{}", exit.stdout);
    assert!(!exit.stdout.contains("(unreadable)"), "{}", exit.stdout);
    // Recorded keys are nothing but this letter.
    assert!(!exit.stdout.contains("kkkkkkkk"), "{}", exit.stdout);
}

/// A name, what is done to the run, whether there is colour.
type ColorRow<'a> = (&'a str, &'a dyn Fn(Tail) -> Tail, bool);

#[test]
fn colour_is_for_terminals_and_can_be_forced_and_forbidden() {
    let list = [message(0, TIME, "text")];
    let terminal = |tail: Tail| tail.on_terminal(80, 24);
    let colored = |adjust: &dyn Fn(Tail) -> Tail| summaries(&list, adjust).contains('\u{1b}');
    let rows: [ColorRow; 14] = [
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
            "forced by 0",
            &|tail| piped(tail).env("CLICOLOR_FORCE", "0"),
            false,
        ),
        (
            "forced, dumb",
            &|tail| {
                terminal(tail)
                    .env("TERM", "dumb")
                    .env("CLICOLOR_FORCE", "1")
            },
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
        (
            "never, forced",
            &|tail| {
                terminal(tail)
                    .args(["--color=never"])
                    .env("CLICOLOR_FORCE", "1")
            },
            false,
        ),
        (
            "auto",
            &|tail| terminal(tail).args(["--color", "auto"]),
            true,
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
        ("direct colours", "xterm-direct", ("X", ""), "\u{1b}[38;5;"),
        ("16 colours", "xterm", ("X", ""), "\u{1b}[91m"),
        ("screen", "screen", ("COLORTERM", ""), "\u{1b}[91m"),
        ("odd", "xterm", ("COLORTERM", "yes"), "\u{1b}[91m"),
        (
            "truecolor",
            "xterm",
            ("COLORTERM", "truecolor"),
            "\u{1b}[38;5;",
        ),
        ("24bit", "screen", ("COLORTERM", "24bit"), "\u{1b}[38;5;"),
        ("none", "xterm-256color", ("NO_COLOR", "1"), "#Denmark"),
    ] {
        let shown = summaries(&list, |tail| {
            tail.on_terminal(80, 24)
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
    let colored = summaries(&list, |tail| tail.on_terminal(80, 24));
    assert_eq!(without_colors(&colored), summaries(&list, plain_terminal));
    assert_eq!(colored, summaries(&list, |tail| tail.on_terminal(80, 24)));
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
fn lines_are_cut_to_the_width_of_a_terminal_and_only_there() {
    let texts = [
        "x".repeat(300),
        "界".repeat(150),
        "👩\u{200d}👩\u{200d}👧".repeat(60),
        "e\u{301}".repeat(200),
    ];
    let list: Vec<Value> = (0..)
        .zip(&texts)
        .map(|(id, text)| message(id, TIME, text))
        .collect();
    for width in [60, 61, 80] {
        let shown = summaries(&list, |tail| plain_terminal(tail).on_terminal(width, 24));
        let lines: Vec<&str> = shown.lines().skip(1).collect();
        assert_eq!(lines.len(), list.len(), "{shown}");
        for line in lines {
            let columns = line.width();
            let width = usize::from(width);
            assert!((width - 2..=width).contains(&columns), "{columns}: {line}");
            assert!(line.ends_with('…'), "{line}");
        }
    }
    let whole = summaries(&list, piped);
    for text in &texts {
        assert!(whole.contains(text.as_str()), "{text}");
    }
}

#[test]
fn lines_follow_a_window_that_is_resized() {
    let after = |last: i64| {
        let poll = Expect::poll().param("queue_id", QUEUE);
        poll.param("last_event_id", &last.to_string())
    };
    let server = nameless()
        .on(after(-1), Reply::hold())
        .on(after(0), Reply::hold())
        .on(after(1), Reply::hold())
        .on(after(2), Reply::hold());
    let running = Tail::new(&server.site())
        .args(["--queue-id", QUEUE, "-e", "message"])
        .on_terminal(80, 24)
        .env("NO_COLOR", "1")
        .start();
    for (id, width) in [(0, 80), (1, 60), (2, 100)] {
        server.wait_held();
        running.resize(width, 24);
        let list = [message(id, TIME, &"x".repeat(300)).to_string()];
        server.release(events(list));
        let lines = running.wait_lines(2 + usize::try_from(id).expect("a small id"));
        assert_eq!(lines.last().map(|line| line.width()), Some(width.into()));
    }
    server.wait_held();
}

/// A text with a paragraph, code and an attack in each.
const LONG: &str = "First \u{1b}[2J line, which goes on for a while, so that it does not fit.\n\n```\nlet x = \"\u{9b}2J and a line of code that is a good deal longer than the terminal is\";\n```\nsee https://example.com/a/link/that/is/longer/than/the/terminal/is/wide/by/far :tada:";

#[test]
fn whole_texts_stand_below_their_line_wrapped_on_a_terminal_only() {
    let list = [message(0, TIME, LONG), direct(1, "psst")];
    let full = |tail: Tail| tail.args(["--full"]);
    let head = "2026-11-22 Sunday\n14:02:07 #Denmark > lunch plans  Othello Bot:\n";
    let code = "\n    ```\n    let x = \"\\u{9b}2J and a line of code that is a good deal longer than the terminal is\";\n    ```\n";
    let end = "14:02:09 DM Hamlet → Cordelia: psst\n";
    let link = "https://example.com/a/link/that/is/longer/than/the/terminal/is/wide/by/far";
    assert_eq!(
        summaries(&list, |tail| full(plain_terminal(tail)).on_terminal(60, 24)),
        format!(
            "{head}    First \\u{{1b}}[2J line, which goes on for a while, so that\n    it does not fit.\n{code}    see\n    {link}\n    🎉\n{end}"
        )
    );
    assert_eq!(
        summaries(&list, |tail| full(piped(tail))),
        format!(
            "{head}    First \\u{{1b}}[2J line, which goes on for a while, so that it does not fit.\n{code}    see {link} 🎉\n{end}"
        )
    );
    // JSON has everything anyway.
    assert_eq!(
        summaries(&list, full),
        format!("{}\n{}\n", list[0], list[1])
    );
}

#[test]
fn html_is_shown_as_text() {
    let mut html = message(0, TIME, "<p>a &lt;b&gt; <strong>c</strong></p>");
    html["message"]["content_type"] = "text/html".into();
    let shown = summaries(&[html], piped);
    assert!(shown.ends_with(": a <b> c\n"), "{shown}");
}

#[test]
fn a_mention_stands_out_on_a_terminal() {
    let mut mention = message(0, TIME, "text");
    mention["flags"] = json!(["mentioned"]);
    let shown = summaries(&[mention.clone()], |tail| tail.on_terminal(80, 24));
    for part in ["\u{1b}[7m14:02:07\u{1b}[0m", "\u{1b}[1mtext\u{1b}[0m"] {
        assert!(shown.contains(part), "no {part:?} in {shown:?}");
    }
    let without = [message(0, TIME, "text")];
    assert_eq!(summaries(&[mention], piped), summaries(&without, piped));
}

#[test]
fn a_cut_line_still_switches_its_colour_off() {
    let list = [message(0, TIME, &"x".repeat(300))];
    let shown = summaries(&list, |tail| tail.on_terminal(40, 24));
    let line = shown.lines().nth(1).expect("a line below the date");
    assert!(without_colors(line).width() <= 40, "{line:?}");
    let last_code = line.rfind('\u{1b}').expect("a colour");
    assert!(line[last_code..].starts_with("\u{1b}[0m"), "{line:?}");
}

#[test]
fn times_are_local_and_can_be_utc() {
    let list = [message(0, TIME, "text")];
    // The second needs no database of zones: it says its own rules.
    for zone in ["America/New_York", "EST5EDT,M3.2.0,M11.1.0"] {
        if !zone.contains(',') && !Path::new("/usr/share/zoneinfo").join(zone).exists() {
            continue;
        }
        let local = summaries(&list, |tail| piped(tail).env("TZ", zone));
        assert!(
            local.starts_with("2026-11-22 Sunday\n09:02:07 "),
            "{zone}: {local}"
        );
        let utc = summaries(&list, |tail| piped(tail).env("TZ", zone).args(["--utc"]));
        assert!(
            utc.starts_with("2026-11-22 Sunday\n14:02:07 "),
            "{zone}: {utc}"
        );
    }
}

#[test]
fn the_date_is_that_of_the_zone() {
    let list = [message(0, TIME + 12 * 3600, "text")];
    let zone = "EST5EDT,M3.2.0,M11.1.0";
    let local = summaries(&list, |tail| piped(tail).env("TZ", zone));
    assert!(local.starts_with("2026-11-22 Sunday\n21:02:07 "), "{local}");
    let utc = summaries(&list, |tail| piped(tail).env("TZ", zone).args(["--utc"]));
    assert!(utc.starts_with("2026-11-23 Monday\n02:02:07 "), "{utc}");
}

/// What terminals obey, what reorders text, what hides it.
const HOSTILE: [(&str, &str); 11] = [
    ("title", "\u{1b}]0;gotcha\u{7}"),
    ("clear", "\u{1b}[2J\u{1b}[H"),
    ("clipboard", "\u{1b}]52;c;Z290Y2hh\u{1b}\\"),
    (
        "hyperlink",
        "\u{1b}]8;;http://x/\u{1b}\\bank\u{1b}]8;;\u{1b}\\",
    ),
    ("one-byte control", "\u{9b}31mred\u{9d}0;gotcha\u{9c}"),
    ("override", "\u{202e}txt.exe"),
    ("isolate", "\u{2066}\u{2069}"),
    ("invisible", "a\u{200b}\u{2060}\u{feff}\u{ad}b"),
    ("tags", "\u{e0041}\u{e007f}"),
    ("delete", "abc\u{8}\u{8}\u{7f}"),
    ("return", "safe\rforged: line\u{85}\u{2028}\u{2029}"),
];

/// The text wherever a server can put one.
fn everywhere(text: &str) -> Vec<Value> {
    let mut channel = message(0, TIME, text);
    channel["message"]["display_recipient"] = text.into();
    channel["message"]["subject"] = text.into();
    channel["message"]["sender_full_name"] = text.into();
    let mut person = direct(1, text);
    person["message"]["sender_full_name"] = text.into();
    person["message"]["display_recipient"][1]["full_name"] = text.into();
    vec![
        channel,
        person,
        json!({ "type": text, "op": text, text: text, "id": 2 }),
        json!({ "type": "realm", "op": "update", "property": "name", "value": text, "id": 3 }),
        json!({ "type": "user_status", "status_text": text, "user_id": 10, "id": 4 }),
    ]
}

#[test]
fn hostile_text_reaches_neither_a_terminal_nor_a_pipe_of_summaries() {
    for (name, text) in HOSTILE {
        let list = everywhere(text);
        for (place, adjust) in [
            ("pipe", piped as fn(Tail) -> Tail),
            ("terminal", plain_terminal),
            ("colours", |tail: Tail| tail.on_terminal(80, 24)),
            ("whole", |tail: Tail| {
                tail.on_terminal(80, 24).args(["--full"])
            }),
        ] {
            let shown = summaries(&list, adjust);
            let shown = without_colors(&shown);
            assert!(harm(&shown).is_empty(), "{name}, {place}: {shown:?}");
            if place == "whole" {
                continue;
            }
            // The date of the messages and that of arrival; a forged line would be one more.
            let lines = shown.lines().count() - list.len();
            assert!((1..=2).contains(&lines), "{name}, {place}: {shown:?}");
        }
    }
}

/// Right to left, wide, joined, with marks, flags.
const SCRIPTS: &str = "שָׁלוֹם العربية 日本語 👩\u{200d}👧 ❤\u{fe0f} e\u{301} 🇩🇪 می\u{200c}خواهم";

#[test]
fn hostile_text_is_shown_and_harmless_text_is_kept() {
    for (text, wanted) in [
        ("\u{1b}]0;gotcha\u{7}", "\\u{1b}]0;gotcha\\u{7}"),
        ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
        ("one\r\ntwo\u{2028}three\tfour", "one⏎two⏎three four"),
        (SCRIPTS, SCRIPTS),
    ] {
        let shown = summaries(&[message(0, TIME, text)], piped);
        assert!(shown.ends_with(&format!(": {wanted}\n")), "{shown:?}");
    }
    let full = |tail: Tail| plain_terminal(tail).args(["--full"]);
    let shown = summaries(&[message(0, TIME, &format!("a\n{SCRIPTS}"))], full);
    assert!(shown.ends_with(&format!("\n    {SCRIPTS}\n")), "{shown:?}");
    let json = |tail: Tail| tail.on_terminal(80, 24).args(["-o", "json"]);
    let shown = summaries(&[message(0, TIME, SCRIPTS)], json);
    assert!(shown.contains(SCRIPTS), "{shown:?}");
}

#[test]
fn harmless_text_is_kept_in_errors() {
    let server = server().on(
        Expect::register(),
        Reply::error(400, "BAD_REQUEST", SCRIPTS),
    );
    Tail::new(&server.site())
        .code(2)
        .stderr(Expected::containing(&[SCRIPTS]))
        .run();
}

#[test]
fn what_a_server_says_in_errors_is_made_harmless() {
    for (name, text) in HOSTILE {
        let refusals = [
            (3, Reply::error(401, "UNAUTHORIZED", text)),
            (2, Reply::error(400, text, text)),
            (
                2,
                Reply::text(302, "text/html", "").header("Location", "http://x/\u{202e}\u{9b}2J"),
            ),
        ];
        for (code, reply) in refusals {
            let server = server().on(Expect::register(), reply);
            let exit = Tail::new(&server.site())
                .args(["-vv"])
                .stderr_on_terminal(80, 24)
                .code(code)
                .stderr(Expected::like(|text| {
                    harm(&without_colors(text)).is_empty()
                }))
                .run();
            assert!(exit.stderr.contains("error: "), "{name}: {}", exit.stderr);
            assert!(!exit.stderr.contains(KEY), "{name}: {}", exit.stderr);
        }
    }
}

#[test]
fn what_a_server_says_about_itself_is_made_harmless() {
    for (name, text) in HOSTILE {
        let registered = json!({ "result": "success", "msg": "", "queue_id": text,
            "last_event_id": -1, "zulip_version": text, "zulip_feature_level": 278 });
        let server = server()
            .on(Expect::register(), Reply::json(200, &registered))
            .on(
                Expect::poll().param("queue_id", text),
                Reply::error(400, text, text),
            )
            .always(Expect::delete(), deleted());
        Tail::new(&server.site())
            .args(["-vv"])
            .stderr_on_terminal(80, 24)
            .code(2)
            .stderr(Expected::like(|text| {
                text.contains("queue ") && harm(&without_colors(text)).is_empty()
            }))
            .run();
        assert!(!server.requests().is_empty(), "{name}");
    }
}

#[test]
fn what_cannot_be_understood_is_quoted_harmlessly() {
    let server = Server::new().always(
        Expect::poll(),
        Reply::text(200, "application/json", "\u{1b}]0;gotcha\u{7}\u{9b}2J"),
    );
    drain(&server)
        .args(["-v", "--give-up-after", "2s"])
        .stderr_on_terminal(80, 24)
        .code(4)
        .stderr(Expected::like(|text| {
            text.contains("it begins with '\\x1b'") && harm(&without_colors(text)).is_empty()
        }))
        .run();
}
