//! Bold, italic, struck: pairs of stars and tildes.
//!
//! As servers do it, one kind of pair after the other, each on one line. What is paired is of one piece
//! for the kinds that follow, so pairs never cross.

use std::ops::Range;
use std::vec;

use super::Piece;
use crate::output::palette::Styles;

/// Stands for pieces that are found already while signs around them are paired.
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

/// The pieces of a text in which [`ATOM`] stands for each of these.
pub fn emphasized(text: &str, atoms: Vec<Vec<Piece>>) -> Vec<Piece> {
    if !text.contains(['*', '~']) {
        return joined(text, atoms);
    }
    let mut atoms = atoms.into_iter();
    let lines = text.split_inclusive('\n');
    let lines = lines.flat_map(|line| by_rules(line, taken(&mut atoms, line), &RULES));
    lines.collect()
}

/// The atoms of a text.
fn taken(atoms: &mut vec::IntoIter<Vec<Piece>>, text: &str) -> Vec<Vec<Piece>> {
    atoms.take(text.matches(ATOM).count()).collect()
}

/// Makes an atom of each pair of the first rule, and goes on with the others, in the pairs and around them.
fn by_rules(text: &str, atoms: Vec<Vec<Piece>>, rules: &[Rule]) -> Vec<Piece> {
    let Some(((mark, styles, may_hold), rules)) = rules.split_first() else {
        return joined(text, atoms);
    };
    if !text.contains(mark) {
        return by_rules(text, atoms, rules);
    }
    let mut atoms = atoms.into_iter();
    let (mut around, mut around_atoms) = (String::new(), Vec::new());
    let mut from = 0;
    for inside in pairs(text, mark, *may_hold) {
        let before = text
            .get(from..inside.start - mark.len())
            .unwrap_or_default();
        from = inside.end + mark.len();
        around.push_str(before);
        around.push(ATOM);
        around_atoms.extend(taken(&mut atoms, before));
        let inside = text.get(inside).unwrap_or_default();
        let mut pieces = by_rules(inside, taken(&mut atoms, inside), rules);
        for piece in &mut pieces {
            piece.styles = piece.styles.and(*styles);
        }
        pieces.insert(0, Piece::sign(*mark));
        pieces.push(Piece::sign(*mark));
        around_atoms.push(pieces);
    }
    around.push_str(text.get(from..).unwrap_or_default());
    around_atoms.extend(atoms);
    by_rules(&around, around_atoms, rules)
}

/// The text with the atoms in their places.
fn joined(text: &str, atoms: Vec<Vec<Piece>>) -> Vec<Piece> {
    let mut atoms = atoms.into_iter();
    let mut pieces = Vec::new();
    for part in text.split(ATOM) {
        if !part.is_empty() {
            pieces.push(Piece::plain(part));
        }
        pieces.extend(atoms.next().into_iter().flatten());
    }
    pieces
}

/// What stands in pairs of a mark, from left to right. Each mark is looked for from the one before it only.
fn pairs(line: &str, mark: &str, may_hold: fn(&str) -> bool) -> Vec<Range<usize>> {
    let next = |from: usize| Some(from + line.get(from..)?.find(mark)?);
    let mut pairs = Vec::new();
    let mut at = 0;
    while let Some(start) = next(at) {
        let inside = start + mark.len();
        // At least one character stands in a pair, if it is a star.
        let end = next(inside).filter(|end| *end > inside);
        let Some(end) = end.or_else(|| next(inside + 1)) else {
            break;
        };
        if line.get(inside..end).is_some_and(may_hold) {
            pairs.push(inside..end);
            at = end + mark.len();
        } else {
            at = start + 1;
        }
    }
    pairs
}
