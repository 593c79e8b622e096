//! Whole messages on terminals and in pipes, and attacks on them.

use super::{trim, write};
use crate::output::palette::{Color, Palette};
use crate::output::summary::telling::{IN_DENMARK, message, stripped, whole};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

fn saying(content: &str) -> String {
    let json = serde_json::to_string(content).unwrap();
    message(&IN_DENMARK.replace("\"text\"", &json))
}

/// What stands below the date.
fn shown(width: Option<usize>, content: &str) -> String {
    let out = whole(Color::Off, width, &[("message", &saying(content))]);
    out.strip_prefix("2026-11-22 Sunday\n").unwrap().to_owned()
}

const HEAD: &str = "14:02:07 #Denmark > lunch plans  Othello Bot:";

/// The rows below the line that introduces them.
fn below(width: usize, content: &str) -> String {
    let mut out = Vec::new();
    let plain = Palette::new(Color::Off).plain();
    write(&mut out, content, plain, Some(width));
    let rows = String::from_utf8(out).unwrap();
    rows.strip_prefix('\n').unwrap().to_owned() + "\n"
}

#[test]
fn a_text_that_fits_stays_on_its_line() {
    for (name, content, expected) in [
        ("short", "text", " text"),
        ("blank lines around", "\n\r\n text\n\n", "  text"),
        ("as wide as can be", "0123456789 12", " 0123456789 12"),
        ("too wide", "0123456789 123", "\n    0123456789 123"),
        ("two lines", "a\nb", "\n    a\n    b"),
        ("nothing", "", ""),
        ("blank", " \n ", ""),
    ] {
        let width = HEAD.len() + 14;
        assert_eq!(
            shown(Some(width), content),
            format!("{HEAD}{expected}\n"),
            "{name}"
        );
    }
}

#[test]
fn words_are_wrapped_and_code_is_not() {
    for (name, content, expected) in [
        (
            "paragraphs",
            "one two three four five six\n\nseven",
            "    one two three\n    four five six\n\n    seven\n",
        ),
        (
            "list",
            "* one two three four\n* five",
            "    * one two three\n      four\n    * five\n",
        ),
        (
            "numbers",
            "10. one two three\n\n  - four five six seven",
            "    10. one two\n        three\n\n      - four five\n        six seven\n",
        ),
        (
            "quote",
            "> one two three four\n> five",
            "    > one two three\n    > four\n    > five\n",
        ),
        (
            "quote in a fence",
            "```quote\none two three four\n```",
            "    ```quote\n    one two three\n    four\n    ```\n",
        ),
        (
            "code",
            "a\n```\none two three four five six\n\n\ttab\n```\nb",
            "    a\n    ```\n    one two three four five six\n\n        tab\n    ```\n    b\n",
        ),
        (
            "indented",
            "a\n\n    one two three four five six",
            "    a\n\n        one two three four five six\n",
        ),
        (
            "table",
            "| one | two | three | four |\n|-|",
            "    | one | two | three | four |\n    |-|\n",
        ),
        (
            "link",
            "see https://example.com/a/very/long/path now\nb",
            "    see\n    https://example.com/a/very/long/path\n    now\n    b\n",
        ),
        (
            "no blanks",
            "0123456789012345678\nb",
            "    0123456789012345\n    678\n    b\n",
        ),
        (
            "wide",
            "日本語日本語日本語\nb",
            "    日本語日本語日本\n    語\n    b\n",
        ),
        (
            "deep",
            "> > > > > one two three",
            "    > > > > > one\n    two three\n",
        ),
    ] {
        assert_eq!(below(20, content), expected, "{name}");
    }
}

#[test]
fn a_pipe_gets_whole_lines() {
    let long = "word ".repeat(100) + "end";
    assert_eq!(shown(None, &long), format!("{HEAD} {long}\n"));
    let text = format!("{long}\n> {long}");
    assert_eq!(
        shown(None, &text),
        format!("{HEAD}\n    {long}\n    > {long}\n")
    );
}

#[test]
fn line_breaks_of_all_kinds_begin_a_row() {
    let text = "a\nb\r\nc\rd\u{85}e\u{2028}f\u{2029}g";
    assert_eq!(
        below(80, text),
        "    a\n    b\n    c\n    d\n    e\n    f\n    g\n"
    );
}

#[test]
fn other_events_are_wrapped_below_their_time() {
    let text = r#"{"type":"x","op":"add","text":"one two three four five six","link":"https://example.com/a/b/c"}"#;
    let out = whole(Color::Off, Some(30), &[("x", text)]);
    assert_eq!(
        out,
        "2026-11-22 Sunday\n14:03:00 x  x added: text =\n    \"one two three four five\n    six\"; link =\n    https://example.com/a/b/c\n"
    );
}

#[test]
fn a_long_place_is_wrapped_as_well() {
    let text = saying("text").replace("lunch plans", "a topic that goes on and on");
    let out = whole(Color::Off, Some(40), &[("message", &text)]);
    assert_eq!(
        out,
        "2026-11-22 Sunday\n14:02:07 #Denmark > a topic that goes on\n    and on  Othello Bot:\n    text\n"
    );
}

#[test]
fn every_row_has_its_colour_to_itself() {
    let text = saying("one two\nthree").replace(r#""flags":[]"#, r#""flags":["mentioned"]"#);
    let out = whole(Color::On, Some(80), &[("message", &text)]);
    assert!(
        out.ends_with(":\x1b[0m\n    \x1b[1mone two\x1b[0m\n    \x1b[1mthree\x1b[0m\n"),
        "{out:?}"
    );
}

#[test]
fn attacks_stay_visible_in_whole_texts() {
    for (name, content, expected) in [
        (
            "title change",
            "a\n\x1b]0;pwned\x07",
            r"\u{1b}]0;pwned\u{7}",
        ),
        (
            "clipboard",
            "a\n\x1b]52;c;cm0=\x1b\\",
            r"\u{1b}]52;c;cm0=\u{1b}\",
        ),
        (
            "cursor movement",
            "a\n\x1b[1A\x1b[2K",
            r"\u{1b}[1A\u{1b}[2K",
        ),
        (
            "hyperlink",
            "a\n\x1b]8;;http://evil\x1b\\b",
            r"\u{1b}]8;;http://evil\u{1b}\b",
        ),
        ("eight bit", "a\n\u{9b}31m", r"\u{9b}31m"),
        ("override", "a\n\u{202e}exe.txt", r"\u{202e}exe.txt"),
        ("zero width", "a\npay\u{200b}pal", r"pay\u{200b}pal"),
        ("backspace", "a\nb\x08", r"b\u{8}"),
        ("in code", "```\n\x1b[2J", r"\u{1b}[2J"),
        ("in a quote", "a\n> \x1b[2J", r"> \u{1b}[2J"),
    ] {
        let rows = below(80, content);
        let last = rows.lines().last().unwrap();
        assert_eq!(last, format!("    {expected}"), "{name}");
    }
}

#[test]
fn text_of_all_scripts_is_kept_in_whole_texts() {
    for (name, line) in [
        ("emoji family", "👨‍👩‍👧‍👦 👩🏽‍💻 ❤️ 1️⃣ 🇩🇰"),
        ("combining marks", "e\u{301} n\u{303}"),
        ("Persian with joiners", "می\u{200c}خواهم"),
        ("Hebrew with marks", "שָׁלוֹם\u{200f}"),
        ("CJK", "日本語 한국어 葛\u{e0100}"),
    ] {
        let rows = below(80, &format!("a\n{line}"));
        assert_eq!(rows, format!("    a\n    {line}\n"), "{name}");
    }
}

#[test]
fn blank_lines_around_a_text_are_dropped_and_its_indentation_is_not() {
    for (text, expected) in [
        ("", ""),
        (" \n\t\u{2028} ", ""),
        ("\n\u{85}  a\n b \n\n", "  a\n b"),
        ("\u{2029}a", "a"),
        ("    code", "    code"),
    ] {
        assert_eq!(trim(text.to_owned()), expected, "{text:?}");
    }
}

/// Twice as much must not take four times as long: this would run for hours.
#[test]
fn a_hostile_text_takes_no_more_time_than_any_other() {
    let start = Instant::now();
    for piece in [
        "a",
        " ",
        "`",
        "a://",
        ":a",
        ":tada:",
        "> ",
        "* ",
        "<a \"",
        "<a>",
        "<li>",
        "&",
        "日",
        "\u{301}",
        "```\n",
        "```quote\n",
        "\t",
        "\u{9b}",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        shown(Some(20), &text);
        shown(Some(20), &format!("a {text} b"));
    }
    let blanks = " ".repeat(500_000);
    shown(Some(20), &format!("{}{blanks}\nb", "a ".repeat(250_000)));
    assert!(start.elapsed() < Duration::from_mins(1));
}

/// Markdown with every character that means something here, and some that no one should type.
fn any_content() -> impl Strategy<Value = String> {
    prop::string::string_regex(
        "(\\PC|[a-z]{1,12}| |\n|\r\n|\t|\u{2028}|> |\\* |1\\. |```|~~~quote|https://x/|👨‍👩‍👧|日本|\x1b|\u{9b}|\u{202e}){0,60}",
    )
    .unwrap()
}

proptest! {
    #[test]
    fn whole_texts_are_harmless_the_same_without_colour_and_all_there(
        content in any_content(),
        width in prop::option::of(20_usize..100),
    ) {
        let text = saying(&content);
        let events = [("message", text.as_str())];
        let plain = whole(Color::Off, width, &events);
        let harmful = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{2028}'..='\u{202e}');
        prop_assert!(!plain.contains(harmful), "{plain:?}");
        prop_assert_eq!(stripped(&whole(Color::On, width, &events)), &*plain);
        let safe = crate::output::sanitize::sanitize_line(&content).replace('⏎', " ");
        let mut rest = plain.as_str();
        for grapheme in safe.graphemes(true).map(str::trim).filter(|grapheme| !grapheme.is_empty()) {
            let Some(at) = rest.find(grapheme) else {
                return Err(TestCaseError::fail(format!("{grapheme:?} is lost: {plain:?}")));
            };
            rest = &rest[at + grapheme.len()..];
        }
    }

    #[test]
    fn prose_is_no_wider_than_the_terminal(
        words in prop::collection::vec("[a-z]{1,30}|日本語|👨‍👩‍👧|\n|\\* ", 0..40),
        width in 20_usize..100,
    ) {
        let out = shown(Some(width), &words.join(" "));
        for row in out.lines() {
            let columns: usize = row.graphemes(true).map(UnicodeWidthStr::width).sum();
            prop_assert!(columns <= width, "{columns} of {width}: {row:?}");
        }
    }
}
