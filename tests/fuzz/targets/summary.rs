//! Summaries of any events: one line each, beside dates, that a terminal shows and does not obey, within
//! its width, and without credentials. And the same events as a chat, which a terminal does not obey either.
//!
//! Input: see `tail::made`; the length decides the width.

#![no_main]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tail::event::Event;
use tail::output::chat::Chat;
use tail::output::credentials::is_credential;
use tail::output::palette::{Color, Palette};
use tail::output::sanitize::find_hidden;
use tail::output::summary::Summary;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

/// Narrower than that a terminal has to wrap.
const NARROWEST: usize = 20;

fuzz_target!(|data: &[u8]| {
    let width = match data.len() % 5 {
        0 => None,
        1 => Some(data.len() % 40),
        2 => Some(300),
        _ => Some(80),
    };
    let summary = |color| Summary::new(Palette::new(color), TimeZone::UTC, width);
    let mut plain = summary(Color::Off);
    let mut painted = summary(Color::On);
    let mut chat = Chat::new(Palette::new(Color::Off), TimeZone::UTC, width.unwrap_or(60));
    tail::made::for_each_event(data, |event| {
        let mut rows = Vec::new();
        if !chat.leaves_out(event) {
            chat.render(event, None, &mut rows);
        }
        let rows = String::from_utf8(rows).expect("text");
        for row in rows.lines() {
            assert_eq!(find_hidden(row), None, "{row:?}");
        }
        let text = render(&mut plain, event);
        check(&text, event, width);
        let colored = uncolored(&render(&mut painted, event));
        check(&colored, event, width);
    });
});

fn render(summary: &mut Summary, event: &Event) -> String {
    let now = Timestamp::from_second(1_795_374_857).expect("a time");
    let mut out = Vec::new();
    summary.render(event, Some(now), &mut out);
    String::from_utf8(out).expect("text")
}

fn check(text: &str, event: &Event, width: Option<usize>) {
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    assert!(
        text.ends_with('\n') && (1..=2).contains(&lines.len()),
        "{text:?}"
    );
    for line in &lines {
        assert_eq!(find_hidden(line), None, "{line:?}");
    }
    let line = lines.last().copied().unwrap_or_default();
    let columns: usize = line.graphemes(true).map(UnicodeWidthStr::width).sum();
    assert!(
        width.is_none_or(|width| columns <= width.max(NARROWEST)),
        "{columns}: {line}"
    );
    for secret in secrets(event.text) {
        assert!(!text.contains(&secret), "{secret}: {text}");
    }
}

/// Takes away what switches colours, and hyperlinks.
fn uncolored(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(address) = part.strip_prefix("]8;;") {
            let is_web = address.starts_with("http://") || address.starts_with("https://");
            assert!(
                address.is_empty() || is_web && address.is_ascii(),
                "{address:?}"
            );
            continue;
        }
        if let Some(rest) = part.strip_prefix('\\') {
            out.push_str(rest);
            continue;
        }
        let code = part.strip_prefix('[').and_then(|code| code.split_once('m'));
        let (code, rest) = code.expect("a code has an end");
        let is_digit = |c: char| c.is_ascii_digit() || c == ';';
        assert!(code.chars().all(is_digit), "{code:?} is no colour");
        out.push_str(rest);
    }
    out
}

/// Long enough values of credentials that stand nowhere else in the event.
fn secrets(text: &str) -> Vec<String> {
    let Ok(event) = serde_json::from_str::<Value>(text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut rest = vec![(&event, false)];
    while let Some((value, is_secret)) = rest.pop() {
        match value {
            Value::Object(fields) => {
                let property = fields.get("property").and_then(Value::as_str);
                let is_named = property.is_some_and(is_credential);
                rest.extend(fields.iter().map(|(key, value)| {
                    (
                        value,
                        is_secret || is_credential(key) || is_named && key == "value",
                    )
                }));
            }
            Value::Array(items) => rest.extend(items.iter().map(|item| (item, is_secret))),
            Value::String(value) if is_secret => {
                let is_word = value.len() > 5 && value.chars().all(char::is_alphanumeric);
                if is_word && text.matches(value.as_str()).count() == 1 {
                    found.push(value.clone());
                }
            }
            _ => {}
        }
    }
    found
}
