//! Texts of others on a terminal: nothing hidden is left, nothing is lost, and twice is the same as once.

#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use tail::output::sanitize::{find_hidden, sanitize_line};

fuzz_target!(|text: &str| {
    let cleaned = sanitize_line(text);
    assert_eq!(find_hidden(&cleaned), None);
    assert!(!cleaned.contains(is_dangerous), "{cleaned:?}");
    assert_eq!(sanitize_line(&cleaned), cleaned, "twice");
    assert_eq!(
        matches!(cleaned, Cow::Borrowed(_)),
        find_hidden(text).is_none()
    );
    if let Some((at, c)) = find_hidden(text) {
        assert!(text[at..].starts_with(c));
        assert_eq!(find_hidden(&text[..at]), None, "a first one");
    }
    if !text.contains("\\u{") {
        // Only the breaks lose something, and in the same places.
        let breaks = text.replace("\r\n", "\n");
        let breaks = breaks.replace(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'], "⏎");
        assert_eq!(unescape(&sanitize_line(text)), breaks.replace('\t', " "));
    }
});

/// What nobody wants, by a shorter list than the program's own.
fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Turns `\u{9b}` back into what it stands for.
fn unescape(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('}').expect("an escape has an end");
        let number = u32::from_str_radix(number, 16).expect("an escape has a number");
        out.push(char::from_u32(number).expect("an escape is of a character"));
        out.push_str(rest);
    }
    out
}
