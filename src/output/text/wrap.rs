//! Where a text goes on in the next row: between words, between wide characters, and within a word
//! only if it is longer than a row. Links stay whole, or they could not be clicked on.
//!
//! By hand, since crates for it break long words between code points, which tears emoji and
//! letters with marks apart. Not for cutting (`line.rs`).

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The letters of a text: where each begins, and its columns. Most have a letter of ASCII behind them and so are one
/// byte, which need not be looked up.
pub fn letters(text: &str) -> impl Iterator<Item = (usize, &str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (start, rest) = (at, text.get(at..)?);
        let (letter, width) = match rest.as_bytes() {
            [b' '..=b'~', b' '..=b'~', ..] => (rest.get(..1)?, 1),
            _ => rest.graphemes(true).map(|c| (c, c.width())).next()?,
        };
        at += letter.len();
        Some((start, letter, width))
    })
}

/// Where a row may end that is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Between words.
    Words,
    /// Anywhere.
    Letters,
}

/// The rows of a text that has no line breaks, the first and the later ones of that many columns, without the blanks
/// around them. None are empty but the only one.
pub fn rows(
    text: &str,
    first: usize,
    later: usize,
    at: Break,
) -> impl Iterator<Item = Range<usize>> {
    let links = match at {
        Break::Words => links(text),
        Break::Letters => Vec::new(),
    };
    let mut next = Some(0);
    let mut columns = first;
    std::iter::from_fn(move || {
        let start = next?;
        let row = row(text, start, columns.max(1), at, &links);
        columns = later;
        next = (row.next < text.len()).then_some(row.next);
        Some(start..row.end)
    })
}

/// A text behind `before` columns, in rows of that many columns; the later ones begin with `indent` blanks.
pub fn hanging(text: &str, columns: usize, before: usize, indent: usize) -> String {
    let (first, later) = (
        columns.saturating_sub(before),
        columns.saturating_sub(indent),
    );
    let rows = rows(text, first, later, Break::Words);
    let rows: Vec<&str> = rows.filter_map(|row| text.get(row)).collect();
    rows.join(&format!("\n{}", " ".repeat(indent)))
}

/// Where a row ends, and where the next one begins.
#[derive(Clone, Copy)]
struct Fold {
    end: usize,
    next: usize,
}

fn row(text: &str, start: usize, columns: usize, breaks: Break, links: &[Range<usize>]) -> Fold {
    let rest = text.get(start..).unwrap_or_default();
    // Not looked for in each row: a text may end with very many blanks.
    let whole = || Fold {
        end: start + rest.trim_end_matches(' ').len(),
        next: text.len(),
    };
    // Nothing is wider than it is long.
    if rest.len() <= columns {
        return whole();
    }
    let first = links.partition_point(|link| link.end <= start);
    let mut links = links.iter().skip(first).peekable();
    let mut fold: Option<Fold> = None;
    let (mut used, mut before) = (0, " ");
    for (at, grapheme, width) in letters(rest) {
        let at = start + at;
        while links.next_if(|link| link.end <= at).is_some() {}
        let in_link = links.peek().is_some_and(|link| link.start < at);
        if grapheme == " " {
            let next = at + 1;
            fold = match fold {
                // One place to fold, however many blanks. Those at the beginning are indentation.
                _ if before == " " => fold.map(|fold| Fold { next, ..fold }),
                _ => Some(Fold { end: at, next }),
            };
        } else if before != " " && may_part(before, grapheme) {
            fold = Some(Fold { end: at, next: at });
        }
        used += width;
        if used > columns && grapheme != " " {
            if let Some(fold) = fold.filter(|_| breaks == Break::Words) {
                return fold;
            }
            if at > start && !in_link {
                return Fold { end: at, next: at };
            }
        }
        before = grapheme;
    }
    whole()
}

/// Chinese, Japanese and Korean have no blanks between words; but no row begins or ends with these.
fn may_part(before: &str, after: &str) -> bool {
    const NEVER_FIRST: &str = "、。，．・：；？！）］｝」』】〉》〕ー々…,.:;?!)]}";
    const NEVER_LAST: &str = "（［｛「『【〈《〔([{";
    // Letters of ASCII are narrow.
    before.len().max(after.len()) > 1
        && (before.width() > 1 || after.width() > 1)
        && !NEVER_FIRST.contains(after)
        && !NEVER_LAST.contains(before)
}

/// The links in a text: from their scheme to a blank or a wide character.
fn links(text: &str) -> Vec<Range<usize>> {
    let mut links: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices("://") {
        if links.last().is_some_and(|link| at < link.end) {
            continue;
        }
        let (before, after) = text.split_at(at);
        let scheme = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
        let is_over = |c: char| c == ' ' || c.len_utf8() > 2;
        let end = after.find(is_over).map_or(text.len(), |length| at + length);
        links.push(scheme.len()..end);
    }
    links
}

#[cfg(test)]
mod tests {
    use super::{Break, letters, links, rows};
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation as _;
    use unicode_width::UnicodeWidthStr;

    fn wrap(text: &str, first: usize, later: usize) -> Vec<&str> {
        let rows = rows(text, first, later, Break::Words);
        rows.map(|row| &text[row]).collect()
    }

    #[test]
    fn texts_are_folded_between_words() {
        for (name, text, first, later, expected) in [
            ("fits", "one two", 7, 3, &["one two"][..]),
            ("empty", "", 5, 5, &[""]),
            ("blank", "   ", 5, 5, &[""]),
            ("words", "one two three", 8, 8, &["one two", "three"]),
            ("exactly", "one two", 3, 3, &["one", "two"]),
            (
                "less room below",
                "one two three",
                9,
                5,
                &["one two", "three"],
            ),
            (
                "less room first",
                "one two three",
                3,
                9,
                &["one", "two three"],
            ),
            ("many blanks", "one     two", 6, 6, &["one", "two"]),
            ("indentation", "  one two", 5, 5, &["  one", "two"]),
            ("blanks at the end", "one two   ", 8, 8, &["one two"]),
            ("long word", "abcdefghij", 4, 4, &["abcd", "efgh", "ij"]),
            (
                "long word later",
                "a bcdefghij",
                4,
                4,
                &["a", "bcde", "fghi", "j"],
            ),
            ("no room", "abc", 0, 0, &["a", "b", "c"]),
            ("wide", "日本語日本語", 5, 5, &["日本", "語日", "本語"]),
            (
                "wide with stop",
                "日本語。日本",
                6,
                6,
                &["日本", "語。日", "本"],
            ),
            ("wide in brackets", "日本（語）", 6, 6, &["日本", "（語）"]),
            (
                "wide and narrow",
                "see日本語now",
                5,
                5,
                &["see日", "本語", "now"],
            ),
            ("Korean", "한국어 말", 6, 6, &["한국어", "말"]),
            ("family", "ab👨‍👩‍👧‍👦cd", 3, 3, &["ab", "👨‍👩‍👧‍👦", "cd"]),
            (
                "marks",
                "e\u{301}e\u{301}e\u{301}",
                2,
                2,
                &["e\u{301}e\u{301}", "e\u{301}"],
            ),
            (
                "link",
                "see https://example.com/a/b now",
                10,
                10,
                &["see", "https://example.com/a/b", "now"],
            ),
            (
                "link in Markdown",
                "so [a b](https://example.com/a) c",
                8,
                8,
                &["so [a", "b](https://example.com/a)", "c"],
            ),
            (
                "link in Japanese",
                "見て：https://example.com/a見て",
                10,
                10,
                &["見て：", "https://example.com/a", "見て"],
            ),
        ] {
            assert_eq!(wrap(text, first, later), expected, "{name}");
        }
    }

    #[test]
    fn links_end_where_their_text_does() {
        for (text, expected) in [
            ("", &[][..]),
            ("a: //b", &[]),
            ("http://a b", &["http://a"]),
            ("<http://a> x://y://z", &["http://a>", "x://y://z"]),
            ("http://é.x/日", &["http://é.x/"]),
        ] {
            let found: Vec<&str> = links(text).into_iter().map(|link| &text[link]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn letters_are_graphemes_with_their_columns(
            text in "(\\PC|[a-z ]|\r|\n|日|👨‍👩‍👧|🇩🇪|\u{301}|\u{600}|क्षि){0,40}",
        ) {
            let found: Vec<_> = letters(&text).collect();
            let graphemes = text.grapheme_indices(true);
            let expected: Vec<_> = graphemes.map(|(at, c)| (at, c, c.width())).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn nothing_but_blanks_is_lost_and_rows_are_no_wider_than_asked(
            text in "(\\PC|[a-z ]|日|👨‍👩‍👧|e\u{301}){0,80}",
            first in 2_usize..40,
            later in 2_usize..40,
        ) {
            let rows = wrap(&text, first, later);
            let squeeze = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeeze(&rows.concat()), squeeze(&text));
            for (at, row) in rows.iter().enumerate() {
                let room = if at == 0 { first } else { later };
                let width: usize = row.graphemes(true).map(UnicodeWidthStr::width).sum();
                let is_one = row.trim().graphemes(true).count() <= 1;
                prop_assert!(width <= room || is_one || row.contains("://"), "{width} of {room}: {row:?}");
                prop_assert!(at == 0 || !row.is_empty());
            }
        }
    }
}
