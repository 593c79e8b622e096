//! What an edit changed: both texts without what they have in common, but for a word around it.
//!
//! Not a list of all differences: from the first to the last is one change.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::line::shorten;

/// Columns of the text as it was: enough to know it again.
const BEFORE: usize = 20;
/// Columns of the text as it is now.
const AFTER: usize = 38;
/// Columns that are shown of what the texts have in common, at most, on either side.
const AROUND: usize = 10;

/// The two texts in short: `…at noon…`, `…at 1pm…`.
pub fn between(old: &str, new: &str) -> (String, String) {
    let (same, old_rest, new_rest) = split_common_start(old, new);
    let tail = common_end(old_rest, new_rest);
    let start = start_of_context(same);
    let spared = tail.len() - end_of_context(tail);
    let short = |text: &str, columns| {
        let inner = text
            .get(start..text.len().saturating_sub(spared))
            .unwrap_or(text);
        let kept = shorten(inner, columns);
        let before = if start == 0 { "" } else { "…" };
        let is_cut = kept.len() < inner.len() || spared > 0;
        if is_cut {
            format!("{before}{}…", kept.trim_end())
        } else {
            format!("{before}{kept}")
        }
    };
    (short(old, BEFORE), short(new, AFTER))
}

/// What both begin with, and the rest of each.
fn split_common_start<'a>(old: &'a str, new: &'a str) -> (&'a str, &'a str, &'a str) {
    let differ = old.chars().zip(new.chars()).take_while(|(a, b)| a == b);
    let length = differ.map(|(c, _)| c.len_utf8()).sum();
    let (same, old_rest) = old.split_at_checked(length).unwrap_or(("", old));
    (same, old_rest, new.get(length..).unwrap_or_default())
}

/// What both end with.
fn common_end<'a>(old: &'a str, new: &str) -> &'a str {
    let differ = old.chars().rev().zip(new.chars().rev());
    let length: usize = differ
        .take_while(|(a, b)| a == b)
        .map(|(c, _)| c.len_utf8())
        .sum();
    old.get(old.len() - length..).unwrap_or_default()
}

/// Where to begin, so that of the common beginning the last words remain.
fn start_of_context(same: &str) -> usize {
    let shown = near(same.grapheme_indices(true).rev());
    let start = shown.last().map_or(same.len(), |(at, _)| at);
    let (hidden, window) = same.split_at_checked(start).unwrap_or((same, ""));
    if hidden.is_empty() || hidden.ends_with(char::is_whitespace) {
        return start;
    }
    let word = window.split_once(char::is_whitespace);
    word.map_or(start, |(_, rest)| same.len() - rest.len())
}

/// Where to end, so that of the common end the first words remain.
fn end_of_context(tail: &str) -> usize {
    let shown = near(tail.grapheme_indices(true));
    let end = shown.last().map_or(0, |(at, last)| at + last.len());
    if end == tail.len() {
        return end;
    }
    let window = tail.get(..end).unwrap_or_default();
    window.rfind(char::is_whitespace).unwrap_or(end)
}

/// The first graphemes, as far as they fit.
fn near<'a>(
    graphemes: impl Iterator<Item = (usize, &'a str)>,
) -> impl Iterator<Item = (usize, &'a str)> {
    let mut used = 0;
    graphemes.take(AROUND).take_while(move |(_, grapheme)| {
        used += grapheme.width();
        used <= AROUND
    })
}

#[cfg(test)]
mod tests {
    use super::{AFTER, AROUND, BEFORE, between};
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn only_the_change_and_a_word_around_it_are_shown() {
        let sonnet = "Shall I compare thee to a summer's day";
        let longer = format!("{sonnet}? Thou art more lovely");
        for (name, old, new, expected) in [
            (
                "short",
                "Build red",
                "Build green",
                ("Build red", "Build green"),
            ),
            (
                "in the middle",
                "The meeting is today at noon, and bring your own cake",
                "The meeting is today at 1pm, and bring your own cake",
                ("…today at noon, and…", "…today at 1pm, and…"),
            ),
            (
                "at the end",
                sonnet,
                &longer,
                ("…day", "…day? Thou art more lovely"),
            ),
            (
                "cut away",
                &longer,
                sonnet,
                ("…day? Thou art more…", "…day"),
            ),
            (
                "all of it",
                sonnet,
                "If music be the food of love, play on, give me excess of it",
                (
                    "Shall I compare the…",
                    "If music be the food of love, play on…",
                ),
            ),
            (
                "no words",
                "天気がいいから散歩しましょう今日は",
                "天気がいいから散歩しましょう明日は",
                ("…しましょう今日は", "…しましょう明日は"),
            ),
            (
                "whole words",
                "what a lovely summer day",
                "what a lovely summer day it is",
                ("…summer day", "…summer day it is"),
            ),
            ("nothing before", "", "text", ("", "text")),
            ("the same", "text", "text", ("text", "text")),
            ("one more of the same", "aaa", "aaaa", ("aaa", "aaaa")),
        ] {
            let (old, new) = between(old, new);
            assert_eq!((&*old, &*new), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn both_fit_and_are_parts_of_their_texts(
            start in "\\PC{0,40}", old in "\\PC{0,9}", new in "\\PC{0,60}", end in "\\PC{0,40}",
        ) {
            let (old, new) = (format!("{start}{old}{end}"), format!("{start}{new}{end}"));
            let (short_old, short_new) = between(&old, &new);
            for (text, short, columns) in [(&old, &short_old, BEFORE), (&new, &short_new, AFTER)] {
                prop_assert!(short.width() <= columns + 2 + AROUND, "{short:?}");
                let inner = short.trim_matches('…');
                prop_assert!(text.contains(inner), "{short:?} of {text:?}");
            }
            prop_assert!(old == new || short_old != short_new || short_new.ends_with('…'));
        }
    }
}
