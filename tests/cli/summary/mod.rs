//! Summaries as they stand on a terminal and in a pipe: lines, dates, widths, times.
//!
//! Not for every kind of event: what each description says is tested beside it.

mod attacks;
mod color;

use std::path::Path;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::support::answers::{deleted, server};
use crate::support::expect::Expect;
use crate::support::reply::Reply;
use crate::support::run::{Expected, Tail};
use crate::support::running::Exit;
use crate::support::takeover::{QUEUE, drain, events, holding, nameless};
use crate::support::terminal::harm;

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
    tail.on_terminal(80, 24)
        .args(["-o", "summary"])
        .env("NO_COLOR", "1")
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
    let text = summaries(&list, |tail| {
        plain_terminal(tail)
            .on_terminal(120, 24)
            .args(["-o", "summary"])
    });
    let lines = without_times(&text);
    let expected = [
        "brand_new  brand new added: list = 1, 2; map = (a = 1); text = \"two words\"; who = 12",
        "brand_new  brand new: nothing = none",
        "realm_bot  bot x: api_key = [redacted]",
    ];
    assert_eq!(lines, expected, "{text}");
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
        let shown = summaries(&list, |tail| {
            plain_terminal(tail)
                .on_terminal(width, 24)
                .args(["-o", "summary"])
        });
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
        .args(["-o", "summary"])
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
    let code = r#"    │ let x = "\u{9b}2J and a line of code that is a good de|al longer than the terminal is";"#;
    let (broken, whole) = (code.replace('|', "\n    │ "), code.replace('|', ""));
    let end = "14:02:09 DM Hamlet → Cordelia: psst\n";
    let link = "https://example.com/a/link/that/is/longer/than/the/terminal/is/wide/by/far";
    assert_eq!(
        summaries(&list, |tail| full(plain_terminal(tail))
            .on_terminal(60, 24)
            .args(["-o", "summary"])),
        format!(
            "{head}    First \\u{{1b}}[2J line, which goes on for a while, so that\n    it does not fit.\n{broken}\n    see\n    {link}\n    🎉\n{end}"
        )
    );
    assert_eq!(
        summaries(&list, |tail| full(piped(tail))),
        format!(
            "{head}    First \\u{{1b}}[2J line, which goes on for a while, so that it does not fit.\n{whole}\n    see {link} 🎉\n{end}"
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
fn summaries_do_not_ask_for_html() {
    let server = server()
        .on(Expect::register(), Reply::error(401, "", "no"))
        .always(Expect::delete(), deleted());
    Tail::new(&server.site())
        .args(["--apply-markdown"])
        .on_terminal(80, 24)
        .stderr_on_terminal(80, 24)
        .stderr(Expected::containing(&["(401)"]))
        .code(3)
        .run();
    let requests = server.wait_requests(1, &Expect::register());
    assert_eq!(requests[0].param("apply_markdown"), Some("false"));
}

#[test]
fn times_are_local_and_can_be_utc() {
    let list = [message(0, TIME, "text")];
    // The others need no database of zones: they say their own rules, or leave them to the usual ones.
    for zone in ["America/New_York", "EST5EDT,M3.2.0,M11.1.0", "EST5EDT"] {
        if zone.contains('/') && !Path::new("/usr/share/zoneinfo").join(zone).exists() {
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

#[test]
fn a_zone_that_is_not_known_is_said_once_and_only_where_times_are_shown() {
    let list = [message(0, TIME, "text"), message(1, TIME, "more")];
    let warning = Expected::one_line(&["TZ=Mars/Base", "UTC"]);
    let text = summaries(&list, |tail| {
        piped(tail).env("TZ", "Mars/Base").stderr(warning)
    });
    assert!(text.starts_with("2026-11-22 Sunday\n14:02:07 "), "{text}");
    let silent: [(&str, &[&str]); 3] = [
        ("Mars/Base", &["-o", "json"]),
        ("Mars/Base", &["-o", "summary", "--utc"]),
        ("CET-1CEST", &["-o", "summary"]),
    ];
    for (zone, args) in silent {
        summaries(&list, |tail| tail.args(args).env("TZ", zone));
    }
}

#[test]
fn a_terminal_that_does_not_know_its_rows_has_columns() {
    let list = [message(0, TIME, &"x".repeat(300))];
    let narrow = |tail: Tail| {
        plain_terminal(tail)
            .on_terminal(60, 0)
            .args(["-o", "summary"])
    };
    let text = summaries(&list, narrow);
    let widest = text
        .lines()
        .map(unicode_width::UnicodeWidthStr::width)
        .max();
    assert_eq!(widest, Some(60), "{text}");
}
