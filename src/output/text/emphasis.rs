//! Bold, italic, struck: pairs of stars and tildes.
//!
//! As servers do it, one kind of pair after the other, each on one line. What is paired is of one piece
//! for the kinds that follow, so pairs never cross.

use std::ops::Range;

use super::Piece;
use crate::output::palette::Styles;

/// Stands for pieces that are found already while signs around them are paired.
pub const ATOM: char = '\0';

/// A kind of pair, in the order in which they are looked for.
struct Rule {
    mark: &'static str,
    sign: char,
    styles: Styles,
    inside: Inside,
}

/// What may stand in a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Something.
    Any,
    /// No blank beside the marks, none of these signs, no `^`.
    Tight,
    /// None of these signs, of which there are no more on either side.
    Exact,
}

const RULES: [Rule; 4] = [
    Rule {
        mark: "***",
        sign: '*',
        styles: Styles::BOLD.and(Styles::ITALIC),
        inside: Inside::Tight,
    },
    Rule {
        mark: "**",
        sign: '*',
        styles: Styles::BOLD,
        inside: Inside::Any,
    },
    Rule {
        mark: "*",
        sign: '*',
        styles: Styles::ITALIC,
        inside: Inside::Tight,
    },
    Rule {
        mark: "~~",
        sign: '~',
        styles: Styles::STRUCK,
        inside: Inside::Exact,
    },
];

/// The pieces of a text in which [`ATOM`] stands for each of these.
pub fn emphasized(text: &str, atoms: Vec<Vec<Piece>>) -> Vec<Piece> {
    by_rules(text, atoms, &RULES)
}

/// Makes an atom of each pair of the first rule, and goes on with the others, in the pairs and around them.
fn by_rules(text: &str, atoms: Vec<Vec<Piece>>, rules: &[Rule]) -> Vec<Piece> {
    let Some((rule, rules)) = rules.split_first() else {
        return joined(text, atoms);
    };
    let pairs = rule.pairs(text);
    if pairs.is_empty() {
        return by_rules(text, atoms, rules);
    }
    let mut atoms = atoms.into_iter();
    let mut take = |text: &str| atoms.by_ref().take(text.matches(ATOM).count()).collect();
    let (mut around, mut around_atoms) = (String::new(), Vec::new());
    let mut from = 0;
    for pair in pairs {
        let before = text.get(from..pair.start).unwrap_or_default();
        around.push_str(before);
        around_atoms.extend::<Vec<_>>(take(before));
        let width = rule.mark.len();
        let inner = text
            .get(pair.start + width..pair.end - width)
            .unwrap_or_default();
        let mut pieces = vec![Piece::sign(rule.mark)];
        pieces.extend(by_rules(inner, take(inner), rules));
        pieces.push(Piece::sign(rule.mark));
        for piece in &mut pieces {
            piece.styles = piece.styles.and(rule.styles);
        }
        around.push(ATOM);
        around_atoms.push(pieces);
        from = pair.end;
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

impl Rule {
    /// The pairs from left to right, with their marks.
    fn pairs(&self, text: &str) -> Vec<Range<usize>> {
        let width = self.mark.len();
        let mut pairs = Vec::new();
        // Where the inside of a pair may begin.
        let mut open: Option<usize> = None;
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find(self.sign)) {
            let mut start = at + found;
            let rest = text.get(start..).unwrap_or_default();
            let end = text.len() - rest.trim_start_matches(self.sign).len();
            at = end;
            if !self.is_mark(end - start) {
                open = open.filter(|_| self.inside == Inside::Any);
                continue;
            }
            if let Some(from) = open.take_if(|from| self.may_hold(text.get(*from..start))) {
                pairs.push(from - width..start + width);
                start += width;
            }
            if self.is_mark(end - start) {
                open = Some(match self.inside {
                    Inside::Any => start + width,
                    Inside::Tight | Inside::Exact => end,
                });
            }
        }
        pairs
    }

    /// Whether so many signs may begin or end a pair.
    fn is_mark(&self, signs: usize) -> bool {
        match self.inside {
            Inside::Any | Inside::Tight => signs >= self.mark.len(),
            Inside::Exact => signs == self.mark.len(),
        }
    }

    fn may_hold(&self, inside: Option<&str>) -> bool {
        inside.is_some_and(|inside| {
            let is_tight = inside.trim() == inside && !inside.contains('^');
            !inside.contains('\n') && (self.inside != Inside::Tight || is_tight)
        })
    }
}
