//! What holds for all texts, and attacks on those who read them.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

use super::{Text, column, one_line, paint, read};
use crate::output::palette::{Color, Palette};
use crate::output::sanitize::find_hidden;
use crate::output::text::difference::write_changes;
use crate::output::text::{Column, Line};

/// The bytes that a terminal gets, in a column and in one line.
fn painted(text: &Text, width: usize) -> String {
    let paint = paint(Color::On);
    let mut lines = text.lines(Column { width, lines: None }, paint);
    let mut line = Line::default();
    text.write_line(&mut line, paint);
    lines.push(line);
    let mut out = Vec::new();
    for line in lines {
        line.write(&mut out, paint.palette);
        out.push(b'\n');
    }
    String::from_utf8(out).unwrap()
}

/// Takes out our own codes: the text, and the addresses of hyperlinks.
fn parted(painted: &str) -> (String, Vec<String>) {
    let mut parts = painted.split('\x1b');
    let mut text = parts.next().unwrap().to_owned();
    let mut links = Vec::new();
    for part in parts {
        if let Some(address) = part.strip_prefix("]8;;") {
            links.push(address.to_owned());
        } else if let Some(rest) = part.strip_prefix('\\') {
            text.push_str(rest);
        } else {
            let (code, rest) = part.strip_prefix('[').unwrap().split_once('m').unwrap();
            assert!(
                code.chars().all(|c| c.is_ascii_digit() || c == ';'),
                "{code:?}"
            );
            text.push_str(rest);
        }
    }
    links.retain(|link| !link.is_empty());
    (text, links)
}

/// What means something, short and long.
const SIGNS: [&str; 52] = [
    "*", "**", "***", "~~", "`", "``", "[", "]", "(", ")", "](", "[a](b", "!", "![", "<", ">",
    "$$", ":", ":tada:", "&", "&#", "&#27;", "&amp;", "@*", "@**", "@_**a", "@**Bo**", "#**a>",
    "_", "\\", "/me ", "/poll ", "<time:", "|", "日本", "e\u{301}", "\t", "\r\n", "\u{2028}",
    "\x1b", "\u{9b}", "\u{202e}", "\n", "\n\n", "\n> ", "\n* ", "\n1. ", "\n# ", "\n```\n",
    "\n~~~\n", "\n ```\n", "\n    ",
];
const LONG: [&str; 11] = [
    "\n```rust\n",
    "\n```quote\n",
    "\n~~~ quote\n",
    "\n```spoiler the end\n",
    "\n|a|b|\n|-|-|\n",
    "\n@_**Ada|7** [said](https://chat.example.com/#narrow/channel/7-ops/topic/deploy/near/4):\n",
    "#**ops>deploy**",
    "https://example.org/a",
    "[x](https://example.org)",
    "![a](/user_uploads/x)",
    "<time:2026-11-28T10:00:00Z>",
];

/// Such pieces beside each other in any order.
fn any_content() -> impl Strategy<Value = String> {
    let signs = prop::sample::select([&SIGNS[..], &LONG].concat());
    let piece = prop_oneof![3 => signs.prop_map(str::to_owned), 2 => "[a-z]{1,14} ?", 1 => "\\PC"];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn width(line: &str) -> usize {
    line.graphemes(true).map(UnicodeWidthStr::width).sum()
}

proptest! {
    #[test]
    fn nothing_is_wider_than_the_column_but_an_address(
        content in any_content(),
        columns in 12_usize..100,
        most in prop::option::of(1_usize..4),
    ) {
        let text = read(&content);
        for color in [Color::Off, Color::On] {
            let lines = column(&text, columns, most, color);
            prop_assert!(most.is_none_or(|most| lines.len() <= most));
            for line in lines {
                prop_assert!(width(&line) <= columns || line.contains("://"), "{line:?}");
                prop_assert!(!line.ends_with(' '), "{line:?}");
            }
        }
    }

    #[test]
    fn a_terminal_gets_no_codes_but_ours_and_no_addresses_but_of_the_web(
        content in any_content(),
        columns in 12_usize..100,
    ) {
        let text = read(&content);
        let (shown, links) = parted(&painted(&text, columns));
        prop_assert_eq!(find_hidden(&shown.replace('\n', " ")), None, "{:?}", shown);
        for link in links {
            let is_web = link.starts_with("https://") || link.starts_with("http://");
            prop_assert!(is_web && link.bytes().all(|byte| byte.is_ascii_graphic()), "{link:?}");
        }
    }

    #[test]
    fn a_text_with_something_in_it_is_never_empty(content in any_content()) {
        let text = read(&content);
        let is_blank = content.trim().is_empty();
        for color in [Color::Off, Color::On] {
            prop_assert_eq!(one_line(&text, color).is_empty(), is_blank);
            prop_assert_eq!(column(&text, 60, None, color).is_empty(), is_blank);
        }
    }

    /// But what is hidden, and what an answer quotes.
    #[test]
    fn no_word_is_lost(
        parts in prop::collection::vec((prop::sample::select(&SIGNS[..]), "[A-Z]{3,9}"), 1..30),
        columns in 30_usize..100,
    ) {
        let content: String = parts.iter().flat_map(|(sign, word)| [*sign, word]).collect();
        let text = read(&content);
        for shown in [column(&text, columns, None, Color::Off).concat(), one_line(&text, Color::Off)] {
            let shown = shown.replace([' ', '│'], "");
            let mut rest = shown.as_str();
            for (_, word) in &parts {
                let Some(at) = rest.find(word.as_str()) else {
                    return Err(TestCaseError::fail(format!("{word} is lost: {shown:?}")));
                };
                rest = &rest[at + word.len()..];
            }
        }
    }

    #[test]
    fn an_edit_shows_all_that_came_if_it_is_short(
        old in prop::collection::vec("[a-z]{1,3}|[日月火]{1,3}", 0..6),
        new in prop::collection::vec("[a-z]{1,3}|[日月火]{1,3}|\n", 0..6),
    ) {
        let (old, new) = (old.join(" "), new.join(" "));
        let [before, after] = [&old, &new].map(|text| read(text));
        let mut line = Line::default();
        write_changes(&mut line, Palette::new(Color::Off), (&before, &old), (&after, &new));
        let shown = line.text().replace(['{', '+', '}'], "");
        prop_assert!(!shown.is_empty());
        let words = new.split_whitespace();
        let words = words.flat_map(|word| word.split(if word.is_ascii() { " " } else { "" }));
        for word in words {
            let is_there = old.contains(word);
            prop_assert!(is_there || shown.contains(word) || shown.ends_with(" more"), "{word}: {shown}");
        }
    }
}

/// A terminal is not asked to hold them: this would run for many minutes if twice as much took four times as long.
#[test]
fn hostile_texts_give_no_more_than_they_are() {
    let more = [
        "a",
        " ",
        "``a",
        "*a",
        "**a",
        "***a",
        "~~a",
        "$$a",
        ":a",
        "a://",
        "http://",
        "http://)",
        "http://!",
        "<time:a>",
        "日",
        "> ",
        "* ",
        "|-\n",
        "|a\n",
        "> a\n\n",
        "/near/:\n",
        "  ~~~~\n",
        "1. ",
        "```a",
        "*`",
        "[`",
        "[](",
    ];
    for piece in SIGNS.iter().chain(&LONG).chain(&more) {
        let content = format!("a {} b", piece.repeat(30_000 / piece.len()));
        let text = read(&content);
        let longest = 40 * content.len();
        let lines = column(&text, 20, None, Color::Off).concat();
        assert!(lines.len() <= longest, "{piece:?}: {}", lines.len());
        assert!(one_line(&text, Color::Off).len() <= longest, "{piece:?}");
    }
}

/// What a terminal shows of a text, and where that leads.
fn shown(content: &str) -> (String, Vec<String>) {
    let text = read(content);
    let (shown, links) = parted(&painted(&text, 5000));
    let (line, _) = shown.split_once('\n').unwrap();
    (line.to_owned(), links)
}

#[test]
fn a_title_never_hides_another_host() {
    for (title, address, expected) in [
        (
            "github.com",
            "https://evil.example/x",
            "github.com (evil.example)",
        ),
        ("github.com", "https://www.github.com/x", "github.com"),
        ("www.github.com", "https://github.com/x", "www.github.com"),
        (
            "GitHub.com/login",
            "https://evil.example/github.com",
            "GitHub.com/login (evil.example)",
        ),
        (
            "https://github.com",
            "https://github.com@evil.example/",
            "https://github.com (evil.example)",
        ),
        (
            "https://localhost",
            "https://evil.example",
            "https://localhost (evil.example)",
        ),
        (
            "аpple.com",
            "https://xn--pple-43d.com/",
            "аpple.com (xn--pple-43d.com)",
        ),
        (
            "github。com",
            "https://evil.example",
            "github。com (evil.example)",
        ),
        (
            "see main.rs",
            "https://git.example.org/x",
            "see main.rs (git.example.org)",
        ),
        (
            "e.g. v2.0, at 10.30",
            "https://git.example.org/x",
            "e.g. v2.0, at 10.30",
        ),
        (
            "chat.example.com",
            "https://chat.example.com.evil.example/",
            "chat.example.com (chat.example.com.evil.example)",
        ),
        (
            "chat.example.com",
            "//evil.example/",
            "chat.example.com (evil.example)",
        ),
    ] {
        let (line, _) = shown(&format!("[{title}]({address})"));
        assert_eq!(line, expected);
    }
}

#[test]
fn hyperlinks_lead_to_the_web_and_nowhere_else() {
    let long = format!("https://example.org/{}", "a".repeat(2083));
    for (address, expected) in [
        ("https://example.org/a b", Some("https://example.org/a%20b")),
        ("HTTPS://EXAMPLE.org", Some("https://example.org/")),
        ("example.org/x", Some("http://example.org/x")),
        (
            "https://пример.example/ж",
            Some("https://xn--e1afmkfd.example/%D0%B6"),
        ),
        ("/help/", Some("https://chat.example.com/help/")),
        ("https://example.org/\x1b]8;;evil\x07", None),
        ("https://example.org/\u{9c}", None),
        ("https://example.org/\u{202e}gpj", None),
        ("https://", None),
        ("mailto:a@example.org", None),
        ("file:///etc/passwd", None),
        ("ftp://example.org", None),
        ("javascript:alert(1)", None),
        ("JavaScript://example.org/%0aalert(1)", None),
        ("data:text/html,x", None),
        (long.as_str(), None),
    ] {
        let (line, mut links) = shown(&format!("[title]({address})"));
        links.dedup();
        assert_eq!(links.first().map(String::as_str), expected, "{address}");
        // What leads nowhere is there to be read.
        assert_eq!(line == "title", expected.is_some(), "{address}: {line}");
    }
}
