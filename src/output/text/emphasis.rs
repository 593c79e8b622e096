//! Bold, italic, struck: pairs of stars and tildes.
//!
//! As servers do it, one kind of pair after the other, each on one line. What is paired is of one piece
//! for the kinds that follow, so pairs never cross.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::{Piece, Words};
use crate::output::palette::Styles;

/// Stands for what is found already while signs around it are paired.
const ATOM: u8 = b'\0';

/// A kind of pair: its mark, what it looks like, and what it may hold.
type Rule = (&'static [u8], Styles, fn(&[u8]) -> bool);

/// In the order in which they are looked for.
const RULES: [Rule; 4] = [
    (b"***", Styles::BOLD.and(Styles::ITALIC), is_tight),
    (b"**", Styles::BOLD, |_| true),
    (b"*", Styles::ITALIC, is_tight),
    (b"~~", Styles::STRUCK, |inside| !inside.contains(&b'~')),
];

fn is_tight(inside: &[u8]) -> bool {
    let is_trimmed = |text: &str| text.trim() == text;
    memchr2(b'*', b'^', inside).is_none() && str::from_utf8(inside).is_ok_and(is_trimmed)
}

/// Styles the words from that piece and that byte on, but for the signs in these parts, which mean something else
/// already. Line breaks become pieces of their own.
pub fn emphasize(words: &mut Words, first: usize, start: usize, atoms: &[Range<usize>]) {
    let text = words.text.as_bytes().get(start..).unwrap_or_default();
    if memchr3(b'*', b'~', b'\n', text).is_none() {
        return;
    }
    let mut signs = text.to_vec();
    for atom in atoms {
        let atom = atom.start - start..atom.end - start;
        for byte in signs.get_mut(atom).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = ATOM;
            }
        }
    }
    let mut styles = vec![Styles::default(); signs.len()];
    for at in memchr_iter(b'\n', &signs) {
        if let Some(style) = styles.get_mut(at) {
            *style = Styles::BREAK;
        }
    }
    by_rules(&mut signs, &RULES, &mut styles);
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

/// Pairs the signs of one rule after the other: in a pair by the later ones, around it with the pair as [`ATOM`]s.
fn by_rules(signs: &mut [u8], rules: &[Rule], styles: &mut [Styles]) {
    let Some(((mark, style, may_hold), rules)) = rules.split_first() else {
        return;
    };
    for inside in pairs(signs, mark, *may_hold) {
        let whole = inside.start - mark.len()..inside.end + mark.len();
        for (at, of_byte) in whole
            .clone()
            .zip(styles.get_mut(whole.clone()).unwrap_or_default())
        {
            let is_inside = inside.contains(&at);
            *of_byte = of_byte.and(if is_inside { *style } else { Styles::SIGN });
        }
        let styles = styles.get_mut(inside.clone()).unwrap_or_default();
        by_rules(signs.get_mut(inside).unwrap_or_default(), rules, styles);
        signs.get_mut(whole).unwrap_or_default().fill(ATOM);
    }
    by_rules(signs, rules, styles);
}

/// What stands in pairs of a mark, from left to right. Each mark is looked for from the one before it only.
fn pairs(signs: &[u8], mark: &[u8], may_hold: fn(&[u8]) -> bool) -> Vec<Range<usize>> {
    let mut pairs = Vec::new();
    let mut at = 0;
    while let Some(start) = find(signs, mark, at) {
        let inside = start + mark.len();
        // At least one character stands in a pair, if it is a star.
        let end = find(signs, mark, inside).filter(|end| *end > inside);
        let Some(end) = end.or_else(|| find(signs, mark, inside + 1)) else {
            break;
        };
        let held = signs.get(inside..end);
        if held.is_some_and(|held| !held.contains(&b'\n') && may_hold(held)) {
            pairs.push(inside..end);
            at = end + mark.len();
        } else {
            at = start + 1;
        }
    }
    pairs
}

/// Where a mark is next, from there on.
fn find(signs: &[u8], mark: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let rest = signs.get(from..)?;
        from += memchr(*mark.first()?, rest)?;
        if signs.get(from..)?.starts_with(mark) {
            return Some(from);
        }
        from += 1;
    }
}
