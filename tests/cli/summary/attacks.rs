//! Nothing from the server that a terminal would obey reaches one, on stderr neither; other text is kept.

use serde_json::{Value, json};

use super::{TIME, direct, message, piped, plain_terminal, summaries};
use crate::support::account::KEY;
use crate::support::answers::{deleted, server};
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::server::Server;
use crate::support::takeover::drain;
use crate::support::terminal::{harm, without_colors};

/// What terminals obey, what reorders text, what hides it.
const HOSTILE: [(&str, &str); 7] = [
    ("title", "\u{1b}]0;gotcha\u{7}"),
    ("clear", "\u{1b}[2J\u{1b}[H"),
    ("one-byte control", "\u{9b}31mred\u{9d}0;gotcha\u{9c}"),
    ("override", "\u{202e}txt.exe"),
    ("invisible", "a\u{200b}\u{2060}\u{feff}\u{ad}b"),
    ("tags", "\u{e0041}\u{e007f}"),
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
                .stderr_on_terminal(1000, 24)
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
            .stderr_on_terminal(1000, 24)
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
        .stderr_on_terminal(1000, 24)
        .code(4)
        .stderr(Expected::like(|text| {
            text.contains("it begins with '\\x1b'") && harm(&without_colors(text)).is_empty()
        }))
        .run();
}
