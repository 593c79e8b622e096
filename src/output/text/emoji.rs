//! Emoji as such: for the names in what people wrote (`:tada:`), and for the codes of reactions and
//! statuses.
//!
//! `emoji.txt` has the names that people use most, each line an emoji and what servers call it.
//! They are names of Zulip 9.2 (`tools/setup/emoji/emoji_names.py` there), which are its own: the
//! `:smile:` of other services is another face. A name that is not in it stays as it is, which can
//! be read too; the whole list would be five times as long.

use std::sync::LazyLock;

use foldhash::HashMap;
use unicode_width::UnicodeWidthChar as _;

static NAMED: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let lines = include_str!("emoji.txt").lines();
    let pairs = lines.flat_map(|line| {
        let mut words = line.split(' ');
        let emoji = words.next().unwrap_or_default();
        words.map(move |name| (name, emoji))
    });
    pairs.collect()
});

/// The emoji of a name like `tada`.
fn from_name(name: &str) -> Option<&'static str> {
    NAMED.get(name).copied()
}

/// The emoji of a code like `1f389` or `1f1e9-1f1ea` (code points in hex; `emoji_code` of a
/// `unicode_emoji`). None for an organization's own emoji, whose code is a number of its own.
pub fn from_code(code: &str, kind: &str) -> Option<String> {
    if kind != "unicode_emoji" || code.is_empty() {
        return None;
    }
    let points = code.split('-').map(|point| {
        let point = u32::from_str_radix(point, 16).ok()?;
        // A letter with an emoji's name would be a lie.
        char::from_u32(point).filter(|c| !c.is_alphabetic() && !c.is_control())
    });
    let points: Option<Vec<char>> = points.take(16).collect();
    Some(in_colour(&points?))
}

/// With the sign that asks for the form of an emoji behind each character that is a text otherwise,
/// narrow and black, as `❤` is. Codes come without it. It does not stand before a tone of skin.
fn in_colour(points: &[char]) -> String {
    let mut emoji = String::new();
    let mut points = points.iter().peekable();
    while let Some(c) = points.next() {
        emoji.push(*c);
        let is_half_a_flag = matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
        let goes_on = points
            .peek()
            .is_some_and(|next| matches!(next, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'));
        if c.width() == Some(1) && !is_half_a_flag && !goes_on {
            emoji.push('\u{fe0f}');
        }
    }
    emoji
}

/// The emoji whose name between colons a text begins with, and how many bytes that takes. It is none in
/// front of a letter: `10:100:5a`, `std::new::x`.
pub fn named(text: &str) -> Option<(usize, &'static str)> {
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-');
    let letters = text.bytes().skip(1).take_while(is_letter).count();
    let name = text.get(1..=letters)?;
    if name.is_empty() || text.as_bytes().get(letters + 1) != Some(&b':') {
        return None;
    }
    let after = text.get(letters + 2..)?;
    let goes_on = after.starts_with(char::is_alphanumeric);
    let emoji = from_name(name).filter(|_| !goes_on)?;
    Some((letters + 2, emoji))
}

#[cfg(test)]
mod tests {
    use super::{NAMED, from_code, from_name, in_colour};
    use crate::output::sanitize::find_hidden;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_of_the_list_is_one_emoji_and_names_of_its_own() {
        let mut seen = BTreeSet::new();
        for line in include_str!("emoji.txt").lines() {
            let (emoji, names) = line.split_once(' ').unwrap();
            assert!(seen.insert(emoji), "{line}");
            assert!(!emoji.is_ascii() && find_hidden(emoji).is_none(), "{line}");
            let points: Vec<char> = emoji.chars().filter(|c| *c != '\u{fe0f}').collect();
            assert_eq!(in_colour(&points), emoji, "{line}");
            for name in names.split(' ') {
                assert!(seen.insert(name), "{line}: {name}");
                assert_eq!(from_name(name), Some(emoji), "{line}");
                let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
                assert!(
                    !name.is_empty() && name.chars().all(|c| is_letter(c) || "_+-".contains(c)),
                    "{line}"
                );
            }
        }
        assert_eq!(from_name("no_such_emoji"), None);
        assert!(NAMED.len() > 700);
    }

    #[test]
    fn only_unicode_codes_become_emoji() {
        for (code, kind, expected) in [
            ("1f389", "unicode_emoji", Some("🎉")),
            ("1f1e9-1f1ea", "unicode_emoji", Some("🇩🇪")),
            ("2764", "unicode_emoji", Some("❤\u{fe0f}")),
            ("0023-20e3", "unicode_emoji", Some("#\u{fe0f}\u{20e3}")),
            (
                "1f3f3-200d-1f308",
                "unicode_emoji",
                Some("🏳\u{fe0f}\u{200d}🌈"),
            ),
            (
                "1f937-200d-2642-fe0f",
                "unicode_emoji",
                Some("🤷\u{200d}♂\u{fe0f}"),
            ),
            ("261d-1f3fd", "unicode_emoji", Some("☝🏽")),
            ("1", "realm_emoji", None),
            ("zulip", "zulip_extra_emoji", None),
            ("", "unicode_emoji", None),
            ("1f389-", "unicode_emoji", None),
            ("1b", "unicode_emoji", None),
            ("61", "unicode_emoji", None),
            ("110000", "unicode_emoji", None),
            ("d800", "unicode_emoji", None),
            ("tada", "unicode_emoji", None),
        ] {
            assert_eq!(from_code(code, kind).as_deref(), expected, "{code} {kind}");
        }
    }
}
