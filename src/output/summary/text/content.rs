//! What a message says, for reading: emoji in place of their names, text in place of HTML.
//!
//! Markdown stays as it was typed: its signs are made for reading. Not for the layout (`whole.rs`).

use std::borrow::Cow;

use super::markdown::{Fences, Part};
use super::{emoji, html};

/// The content of a message, of this `content_type`.
pub fn readable<'a>(content: &'a str, content_type: &str) -> Cow<'a, str> {
    if content_type == "text/html" {
        Cow::Owned(html::to_text(content))
    } else {
        with_emoji(content)
    }
}

/// Markdown with emoji for `:tada:` and the like, but not in code.
pub fn with_emoji(text: &str) -> Cow<'_, str> {
    let mut colons = text.match_indices(':');
    if !colons.any(|(at, _)| named(text.get(at..).unwrap_or_default()).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut fences = Fences::default();
    for line in text.split_inclusive('\n') {
        match fences.read(line) {
            Part::Prose => push(&mut out, line),
            Part::Fixed => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// Appends a line of prose with its emoji.
fn push(out: &mut String, line: &str) {
    let mut rest = line;
    let mut after_emoji = false;
    while let Some(at) = rest.find(['`', ':']) {
        let (before, sign) = rest.split_at(at);
        out.push_str(before);
        let is_word = |c: char| c.is_alphanumeric() || c == ':';
        let apart = before.is_empty() && after_emoji || !out.ends_with(is_word);
        after_emoji = false;
        let kept = if sign.starts_with('`') {
            span(sign)
        } else if sign.starts_with("://") {
            sign.find(char::is_whitespace).unwrap_or(sign.len())
        } else if let Some((emoji, length)) = named(sign).filter(|_| apart) {
            out.push_str(emoji);
            rest = sign.get(length..).unwrap_or_default();
            after_emoji = true;
            continue;
        } else {
            1
        };
        let (kept, after) = sign.split_at(kept);
        out.push_str(kept);
        rest = after;
    }
    out.push_str(rest);
}

/// Bytes of the code that `text`, which begins with a backtick, begins with; of the backticks where
/// nothing closes them.
fn span(text: &str) -> usize {
    let code = text.trim_start_matches('`');
    let (mark, _) = text.split_at(text.len() - code.len());
    code.find(mark)
        .map_or(mark.len(), |at| mark.len() + at + mark.len())
}

/// The emoji whose name between colons `text` begins with, and how many bytes it takes. It is none
/// in front of a letter: `10:100:5a`, `std::new::x`.
fn named(text: &str) -> Option<(&'static str, usize)> {
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-');
    let letters = text.bytes().skip(1).take_while(is_letter).count();
    let name = text.get(1..=letters)?;
    if name.is_empty() || text.as_bytes().get(letters + 1) != Some(&b':') {
        return None;
    }
    let after = text.get(letters + 2..)?;
    let goes_on = after.starts_with(char::is_alphanumeric);
    let emoji = emoji::from_name(name).filter(|_| !goes_on)?;
    Some((emoji, letters + 2))
}

#[cfg(test)]
mod tests {
    use super::{readable, with_emoji};
    use proptest::prelude::*;
    use std::borrow::Cow;

    #[test]
    fn names_of_emoji_become_emoji_but_not_in_code_and_links() {
        for (name, text, expected) in [
            ("one", "well done :tada:!", "well done 🎉!"),
            ("neighbours", ":tada::heart: :+1:", "🎉❤\u{fe0f} 👍"),
            ("unknown", ":green_tick: :tada:", ":green_tick: 🎉"),
            ("unclosed", ":tada :tada:", ":tada 🎉"),
            ("after a colon", "so::tada: a: :tada:", "so::tada: a: 🎉"),
            (
                "times and paths",
                "10:100:20 std::new::x :tada:",
                "10:100:20 std::new::x 🎉",
            ),
            (
                "code",
                "`:tada:` :tada: ``a ` :tada:``",
                "`:tada:` 🎉 ``a ` :tada:``",
            ),
            ("unclosed code", "`:tada:", "`🎉"),
            (
                "block",
                "a :tada:\n```\n:tada:\n```\n:tada:",
                "a 🎉\n```\n:tada:\n```\n🎉",
            ),
            ("quote", "```quote\n:tada:\n```", "```quote\n🎉\n```"),
            ("link", "http://x/:tada:/ :tada:", "http://x/:tada:/ 🎉"),
            ("in brackets", "(:tada:)", "(🎉)"),
            ("capitals", ":Tada: :tada:", ":Tada: 🎉"),
        ] {
            assert_eq!(with_emoji(text), expected, "{name}");
        }
    }

    #[test]
    fn texts_without_emoji_are_not_copied() {
        for text in ["", "a: b https://c/d:e :f:", "::::", ":é:", "a:new:b"] {
            assert!(matches!(readable(text, ""), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn html_becomes_text() {
        let html = "<p>a &amp; b</p>";
        assert_eq!(readable(html, "text/html"), "a & b");
        assert_eq!(readable(html, "text/x-markdown"), html);
        assert_eq!(readable(html, ""), html);
    }

    proptest! {
        #[test]
        fn nothing_but_names_of_emoji_is_replaced(text in "(:tada:|:|`|[A-Zé日/]|\n| )*") {
            prop_assert_eq!(with_emoji(&text).replace('🎉', ":tada:"), text);
        }
    }
}
