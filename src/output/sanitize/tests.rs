//! Attacks that must become visible, and text that must stay.

use super::{find_hidden, sanitize_line};
use proptest::prelude::*;
use std::borrow::Cow;

const ATTACKS: &[(&str, &str, &str)] = &[
    ("title change", "\x1b]0;pwned\x07", r"\u{1b}]0;pwned\u{7}"),
    (
        "clipboard",
        "\x1b]52;c;cm0=\x1b\\",
        r"\u{1b}]52;c;cm0=\u{1b}\",
    ),
    (
        "cursor movement",
        "ok\x1b[1A\x1b[2K",
        r"ok\u{1b}[1A\u{1b}[2K",
    ),
    (
        "hyperlink",
        "\x1b]8;;http://evil\x1b\\bank",
        r"\u{1b}]8;;http://evil\u{1b}\bank",
    ),
    ("eight bit csi", "\u{9b}31m", r"\u{9b}31m"),
    ("eight bit osc", "\u{9d}0;t\u{9c}", r"\u{9d}0;t\u{9c}"),
    ("forged line", "a\nroot: b", "a⏎root: b"),
    ("overprint by return", "bad\rgood", "bad⏎good"),
    (
        "overprint by backspace",
        "bad\x08\x08\x08",
        r"bad\u{8}\u{8}\u{8}",
    ),
    ("nul and del", "a\0b\x7f", r"a\u{0}b\u{7f}"),
    ("bidi override", "\u{202e}exe.txt", r"\u{202e}exe.txt"),
    ("bidi isolate", "\u{2066}a\u{2069}", r"\u{2066}a\u{2069}"),
    ("zero width space", "pay\u{200b}pal", r"pay\u{200b}pal"),
    (
        "word joiner and bom",
        "a\u{2060}\u{feff}",
        r"a\u{2060}\u{feff}",
    ),
    ("soft hyphen", "ad\u{ad}min", r"ad\u{ad}min"),
    ("line separators", "a\u{2028}b\u{2029}", "a⏎b⏎"),
    (
        "tag characters",
        "hi\u{e0041}\u{e0042}",
        r"hi\u{e0041}\u{e0042}",
    ),
    (
        "message hidden in a flag",
        "🏴\u{e0061}\u{e0061}\u{e0061}\u{e0061}\u{e0061}\u{e0061}\u{e0061}\u{e007f}",
        r"🏴\u{e0061}\u{e0061}\u{e0061}\u{e0061}\u{e0061}\u{e0061}\u{e0061}\u{e007f}",
    ),
    (
        "flag without end",
        "🏴\u{e0067}\u{e0062}\u{e0065}",
        r"🏴\u{e0067}\u{e0062}\u{e0065}",
    ),
    ("hangul filler", "\u{3164}\u{ffa0}", r"\u{3164}\u{ffa0}"),
    ("annotation", "\u{fff9}a\u{fffb}", r"\u{fff9}a\u{fffb}"),
    (
        "noncharacters",
        "\u{ffff}\u{fdd0}\u{10fffe}",
        r"\u{ffff}\u{fdd0}\u{10fffe}",
    ),
];

const TEXT_TO_KEEP: &[(&str, &str)] = &[
    ("empty", ""),
    ("ascii", "Hello, ~World\\ \"x\""),
    ("looks like an escape", r"\u{9b} \x1b"),
    ("emoji family", "👨‍👩‍👧‍👦 👩🏽‍💻 ❤️ 1️⃣"),
    ("country flag", "🇩🇰"),
    (
        "flag of England",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}!",
    ),
    ("pirate flag", "🏴‍☠️"),
    ("combining marks", "e\u{301} n\u{303} Z\u{351}"),
    ("Persian with joiners", "می\u{200c}خواهم"),
    ("Hebrew with marks", "שָׁלוֹם\u{200f} abc\u{200e}"),
    ("Arabic", "مرحبا\u{61c}"),
    ("Devanagari with a joiner", "क्\u{200d}ष"),
    ("CJK", "日本語 한국어 葛\u{e0100}"),
    ("private use icons", "\u{e0b0}\u{f015}"),
    ("wide and fixed spaces", "a\u{a0}b\u{3000}c\u{202f}"),
    ("replacement character", "\u{fffd}\u{fffc}"),
];

#[test]
fn attacks_become_visible_numbers() {
    for (name, input, expected) in ATTACKS {
        assert_eq!(sanitize_line(input), *expected, "{name}");
        assert!(find_hidden(input).is_some(), "{name}");
    }
}

#[test]
fn text_of_all_scripts_is_kept_without_a_copy() {
    for (name, text) in TEXT_TO_KEEP {
        let cleaned = sanitize_line(text);
        assert!(matches!(cleaned, Cow::Borrowed(_)), "{name}");
        assert_eq!(cleaned, *text, "{name}");
    }
}

#[test]
fn a_line_shows_breaks_and_keeps_to_one_line() {
    for (name, input, expected) in [
        ("newline", "a\nb", "a⏎b"),
        ("windows", "a\r\nb\r\n", "a⏎b⏎"),
        ("lone return", "a\r\rb", "a⏎⏎b"),
        ("return before an escape", "a\r\x1bb", r"a⏎\u{1b}b"),
        ("separators", "a\u{2028}b\u{2029}c\u{85}d", "a⏎b⏎c⏎d"),
        ("tab", "a\tb", "a b"),
        ("form feed", "a\x0cb", r"a\u{c}b"),
    ] {
        assert_eq!(sanitize_line(input), expected, "{name}");
    }
}

#[test]
fn a_control_is_found_wherever_it_stands_in_a_long_text() {
    for at in 0..200 {
        let mut text = "x".repeat(200);
        text.insert(at, '\x1b');
        assert_eq!(find_hidden(&text), Some((at, '\x1b')));
    }
}

/// Everything, with the dangerous ones often enough to meet each other.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        3 => prop::char::range('\0', '\u{a0}').prop_map(String::from),
        2 => prop::char::range('\u{2000}', '\u{2070}').prop_map(String::from),
        2 => prop::char::range('\u{e0000}', '\u{e0080}').prop_map(String::from),
        1 => Just("🏴".to_string()),
        1 => Just("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}".to_string()),
        1 => Just("\r\n".to_string()),
        1 => Just("\\u{".to_string()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_that_a_terminal_acts_on_survives(text in any_text()) {
        let cleaned = sanitize_line(&text);
        prop_assert!(!cleaned.chars().any(char::is_control), "{cleaned:?}");
        prop_assert!(
            !cleaned.contains(|c| matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}')),
            "{cleaned:?}"
        );
    }

    #[test]
    fn cleaning_twice_changes_nothing(text in any_text()) {
        let once = sanitize_line(&text);
        prop_assert_eq!(sanitize_line(&once), &*once);
    }

    #[test]
    fn hidden_characters_are_numbered_and_the_rest_is_kept(text in any_text()) {
        let breaks = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\t'];
        let text = text.replace(breaks, "");
        let mut back = sanitize_line(&text).into_owned();
        for c in text.chars() {
            back = back.replace(&format!("\\u{{{:x}}}", u32::from(c)), &c.to_string());
        }
        prop_assert_eq!(back, text);
    }
}
