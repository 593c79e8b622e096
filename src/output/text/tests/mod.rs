//! Golden texts and edits, and what must hold for all.

mod properties;

use std::fs;
use std::path::Path;

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::difference::write_changes;
use super::{Column, Line, Paint, Reader, Text};
use crate::output::names::{Names, Noun};
use crate::output::palette::{Color, Palette, Styles};

#[derive(Deserialize)]
struct Shape {
    name: String,
    content: String,
    /// In a column of 60.
    chat: Vec<String>,
    /// The same in three lines, where it differs.
    short: Option<Vec<String>>,
    summary: String,
    /// Attributes, the text that has them where there is colour, and where it leads.
    #[serde(default)]
    marks: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Edit {
    name: String,
    old: String,
    new: String,
    line: String,
}

fn fixture<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let text = fs::read_to_string(path.join(name)).unwrap();
    let cases = text.lines().map(|line| serde_json::from_str(line).unwrap());
    cases.collect()
}

/// Reads a text in #ops > deploy, where channel 7 is #ops and Chen Li is user 9.
fn read(content: &str) -> Text {
    let mut names = Names::default();
    names.learn(&Noun::Person, 9, "Chen Li");
    let zone = TimeZone::UTC;
    let site = Some("https://chat.example.com");
    let mut reader = Reader::new(&zone, site, &mut names);
    reader.when = "2026-11-28T10:00:00Z".parse().ok();
    reader.channel = Some(7);
    reader.topic = "deploy";
    reader.actor = Some("Ada");
    reader.read(content)
}

fn paint(color: Color) -> Paint {
    let palette = Palette::new(color);
    let ink = palette.plain();
    Paint { palette, ink }
}

fn column(text: &Text, width: usize, lines: Option<usize>, color: Color) -> Vec<String> {
    let lines = text.lines(Column { width, lines }, paint(color));
    lines.iter().map(|line| line.text().to_owned()).collect()
}

fn one_line(text: &Text, color: Color) -> String {
    let mut line = Line::default();
    text.write_line(&mut line, paint(color));
    line.text().to_owned()
}

#[test]
fn golden_texts_in_a_column() {
    for case in fixture::<Shape>("shape-cases.jsonl") {
        let text = read(&case.content);
        let whole = column(&text, 60, None, Color::Off);
        assert_eq!(whole, case.chat, "{}", case.name);
        let short = case.short.unwrap_or(case.chat);
        assert_eq!(
            column(&text, 60, Some(3), Color::Off),
            short,
            "{}, short",
            case.name
        );
    }
}

#[test]
fn golden_texts_in_one_line() {
    for case in fixture::<Shape>("shape-cases.jsonl") {
        let text = read(&case.content);
        assert_eq!(one_line(&text, Color::Off), case.summary, "{}", case.name);
    }
}

/// What stands out where there is colour, and how, as the cases say it.
fn marks(text: &Text) -> Vec<Vec<String>> {
    let names = [
        (Styles::BOLD, "bold"),
        (Styles::ITALIC, "italic"),
        (Styles::STRUCK, "struck"),
        (Styles::CODE, "code"),
        (Styles::MENTION, "mention"),
        (Styles::CHANNEL, "channel"),
        (Styles::LINK, "link"),
        (Styles::TIME, "time"),
    ];
    let pieces = text
        .rows
        .iter()
        .flat_map(|row| text.words.of(row.pieces.clone()));
    let marks = pieces.filter_map(|(text, piece)| {
        let styles = names.iter().filter(|(styles, _)| piece.styles.has(*styles));
        let is_shown = !piece.styles.has(Styles::SIGN.and(Styles::ADDRESS));
        let styles: Vec<&str> = styles.map(|(_, name)| *name).filter(|_| is_shown).collect();
        let mark = [styles.join("+"), text.to_owned()];
        let link = piece.link.iter().map(ToString::to_string);
        (!styles.is_empty()).then(|| mark.into_iter().chain(link).collect())
    });
    marks.collect()
}

#[test]
fn golden_marks_of_texts() {
    for case in fixture::<Shape>("shape-cases.jsonl") {
        let text = read(&case.content);
        assert_eq!(marks(&text), case.marks, "{}", case.name);
    }
}

#[test]
fn golden_edits() {
    for case in fixture::<Edit>("edit-cases.jsonl") {
        let [old, new] = [&case.old, &case.new].map(|text| read(text));
        let mut line = Line::default();
        let palette = Palette::new(Color::Off);
        write_changes(&mut line, palette, (&old, &case.old), (&new, &case.new));
        assert_eq!(line.text(), case.line, "{}", case.name);
    }
}

#[test]
fn styles_are_codes_and_titles_are_hyperlinks() {
    for (content, expected) in [
        ("**bold**", "\x1b[1mbold\x1b[0m"),
        ("*a* ~~b~~", "\x1b[3ma\x1b[0m \x1b[9mb\x1b[0m"),
        ("***both***", "\x1b[1m\x1b[3mboth\x1b[0m"),
        ("`code`", "\x1b[36mcode\x1b[0m"),
        ("# Title", "\x1b[1mTitle\x1b[0m"),
        (
            "see [a](/b)",
            "see \x1b]8;;https://chat.example.com/b\x1b\\\x1b[4ma\x1b[0m\x1b]8;;\x1b\\",
        ),
        ("[a](mailto:b@c)", "\x1b[4ma\x1b[0m (mailto:b@c)"),
        ("> a", "\x1b[2m│ \x1b[0ma"),
    ] {
        let text = read(content);
        let (mut line, mut out) = (Line::default(), Vec::new());
        text.write_line(&mut line, paint(Color::On));
        line.write(&mut out, Palette::new(Color::On));
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{content}");
    }
}

#[test]
fn an_edit_is_struck_and_green_where_there_is_colour() {
    let [old, new] = ["a b c", "a x c"].map(read);
    let (mut line, mut out) = (Line::default(), Vec::new());
    let palette = Palette::new(Color::On);
    write_changes(&mut line, palette, (&old, "a b c"), (&new, "a x c"));
    line.write(&mut out, palette);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "\x1b[2ma \x1b[0m\x1b[2m\x1b[9mb\x1b[0m\x1b[32mx\x1b[0m\x1b[2m c\x1b[0m"
    );
}

#[test]
fn line_breaks_of_all_kinds_begin_a_row() {
    let text = read("a\nb\r\nc\rd\u{85}e\u{2028}f\u{2029}g");
    let rows = ["a", "b", "c", "d", "e", "f", "g"];
    assert_eq!(column(&text, 60, None, Color::Off), rows);
    assert_eq!(one_line(&text, Color::Off), rows.join("⏎"));
}

#[test]
fn text_of_all_scripts_is_kept() {
    for line in [
        "👨‍👩‍👧‍👦 👩🏽‍💻 ❤️ 1️⃣ 🇩🇰",
        "e\u{301} n\u{303}",
        "می\u{200c}خواهم",
        "שָׁלוֹם\u{200f}",
        "日本語 한국어 葛\u{e0100}",
    ] {
        let text = read(&format!("*a*\n{line}"));
        assert_eq!(column(&text, 60, None, Color::On), ["a", line]);
    }
}

#[test]
fn a_heading_without_a_title_is_no_empty_row() {
    for color in [Color::Off, Color::On] {
        for content in ["# \ntext", "#  \ntext"] {
            assert_eq!(column(&read(content), 60, None, color), ["#", "text"]);
        }
    }
}
