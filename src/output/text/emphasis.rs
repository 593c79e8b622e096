//! Bold, italic, struck: pairs of stars and tildes.
//!
//! As servers do it, one kind of pair after the other, each on one line. What is paired is of one piece
//! for the kinds that follow, so pairs never cross.

use std::ops::Range;

use super::{Piece, Words};
use crate::output::palette::Styles;

/// Stands for what is found already while signs around it are paired.
pub const ATOM: char = '\0';

/// A kind of pair: its mark, what it looks like, and what it may hold.
type Rule = (&'static str, Styles, fn(&str) -> bool);

/// In the order in which they are looked for.
const RULES: [Rule; 4] = [
    ("***", Styles::BOLD.and(Styles::ITALIC), is_tight),
    ("**", Styles::BOLD, |_| true),
    ("*", Styles::ITALIC, is_tight),
    ("~~", Styles::STRUCK, |inside| !inside.contains('~')),
];

fn is_tight(inside: &str) -> bool {
    inside.trim() == inside && !inside.contains(['*', '^'])
}

/// Styles the words from that piece on, in whose text `signs` has [`ATOM`]s for what is found already. Line breaks
/// become pieces of their own.
pub fn emphasize(words: &mut Words, first: usize, signs: &str) {
    if !signs
        .bytes()
        .any(|byte| matches!(byte, b'*' | b'~' | b'\n'))
    {
        return;
    }
    let mut styles = vec![Styles::default(); signs.len()];
    by_rules(signs, &RULES, &mut styles);
    for (style, byte) in styles.iter_mut().zip(signs.bytes()) {
        if byte == b'\n' {
            *style = Styles::BREAK;
        }
    }
    let mut styles = styles.as_slice();
    for piece in words.pieces.split_off(first) {
        let (own, others) = styles
            .split_at_checked(piece.range.len())
            .unwrap_or_default();
        styles = others;
        let mut start = piece.range.start;
        for run in own.chunk_by(Styles::eq) {
            let around = run.first().copied().unwrap_or_default();
            words.pieces.push(Piece {
                range: start..start + run.len(),
                styles: piece.styles.and(around),
                link: piece.link.clone(),
            });
            start += run.len();
        }
    }
}

/// Pairs the signs of the first rule, and goes on with the others, in the pairs and around them.
fn by_rules(text: &str, rules: &[Rule], styles: &mut [Styles]) {
    let Some(((mark, style, may_hold), rules)) = rules.split_first() else {
        return;
    };
    if !text.bytes().any(|byte| matches!(byte, b'*' | b'~')) {
        return;
    }
    let pairs = pairs(text, mark, *may_hold);
    if pairs.is_empty() {
        return by_rules(text, rules, styles);
    }
    let mut around = String::with_capacity(text.len());
    let mut from = 0;
    for inside in pairs {
        let whole = inside.start - mark.len()..inside.end + mark.len();
        around.push_str(text.get(from..whole.start).unwrap_or_default());
        around.extend(whole.clone().map(|_| ATOM));
        from = whole.end;
        for (at, of_byte) in whole.clone().zip(styles.get_mut(whole).unwrap_or_default()) {
            let is_inside = inside.contains(&at);
            *of_byte = of_byte.and(if is_inside { *style } else { Styles::SIGN });
        }
        let styles = styles.get_mut(inside.clone()).unwrap_or_default();
        by_rules(text.get(inside).unwrap_or_default(), rules, styles);
    }
    around.push_str(text.get(from..).unwrap_or_default());
    by_rules(&around, rules, styles);
}

/// What stands in pairs of a mark, from left to right. Each mark is looked for from the one before it only.
fn pairs(text: &str, mark: &str, may_hold: fn(&str) -> bool) -> Vec<Range<usize>> {
    let next = |from: usize| Some(from + text.get(from..)?.find(mark)?);
    let mut pairs = Vec::new();
    let mut at = 0;
    while let Some(start) = next(at) {
        let inside = start + mark.len();
        // At least one character stands in a pair, if it is a star.
        let end = next(inside).filter(|end| *end > inside);
        let Some(end) = end.or_else(|| next(inside + 1)) else {
            break;
        };
        let held = text.get(inside..end);
        if held.is_some_and(|held| !held.contains('\n') && may_hold(held)) {
            pairs.push(inside..end);
            at = end + mark.len();
        } else {
            at = start + 1;
        }
    }
    pairs
}
