//! Bold, italic, struck: pairs of stars and tildes.
//!
//! As servers do it, one kind of pair after the other, each on one line, none across another: where
//! pairs cross, the kind that comes first has it.

use super::Piece;
use crate::output::palette::Styles;

/// Stands for a piece while the signs around it are paired.
pub const OPAQUE: char = '\u{fffc}';

/// A pair of signs, in the order in which they are looked for.
struct Rule {
    mark: &'static str,
    styles: Styles,
    edges: Edges,
}

/// What may stand between two signs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edges {
    /// Something.
    Any,
    /// No blank beside the signs, none of these signs, no `^`.
    Tight,
    /// None of these signs, of which there are no more on either side.
    Exact,
}

const RULES: [Rule; 4] = [
    Rule {
        mark: "***",
        styles: Styles::BOLD.and(Styles::ITALIC),
        edges: Edges::Tight,
    },
    Rule {
        mark: "**",
        styles: Styles::BOLD,
        edges: Edges::Any,
    },
    Rule {
        mark: "*",
        styles: Styles::ITALIC,
        edges: Edges::Tight,
    },
    Rule {
        mark: "~~",
        styles: Styles::STRUCK,
        edges: Edges::Exact,
    },
];

/// What a byte of a paragraph has become.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Mark {
    styles: Styles,
    is_sign: bool,
    /// The pair that it stands in. Pairs do not cross.
    pair: usize,
}

/// Pairs the signs, and puts the atoms back.
pub fn emphasized(plain: &str, atoms: Vec<(usize, Vec<Piece>)>) -> Vec<Piece> {
    let mut marks = Vec::new();
    if plain.contains(['*', '~']) {
        marks.resize(plain.len(), Mark::default());
        let mut pairs = 1;
        for rule in RULES {
            pair(plain.as_bytes(), &mut marks, &mut pairs, &rule);
        }
    }
    let mark = |at: usize| marks.get(at).copied().unwrap_or_default();
    let piece = |from: usize, to: usize| {
        let Mark {
            styles, is_sign, ..
        } = mark(from);
        let text = plain.get(from..to).filter(|text| !text.is_empty())?;
        Some(if is_sign {
            Piece::sign(text)
        } else {
            Piece::new(text, styles)
        })
    };
    let mut pieces = Vec::new();
    let mut atoms = atoms.into_iter().peekable();
    let mut from = 0;
    for (at, c) in plain.char_indices() {
        let (here, last) = (mark(at), mark(from));
        if let Some((_, atom)) = atoms.next_if(|(place, _)| *place == at) {
            pieces.extend(piece(from, at));
            pieces.extend(atom.into_iter().map(|piece| Piece {
                styles: piece.styles.and(here.styles),
                ..piece
            }));
            from = at + c.len_utf8();
        } else if (here.styles, here.is_sign) != (last.styles, last.is_sign) {
            pieces.extend(piece(from, at));
            from = at;
        }
    }
    pieces.extend(piece(from, plain.len()));
    pieces
}

/// Finds the pairs of a rule among what is not paired yet.
fn pair(plain: &[u8], marks: &mut [Mark], pairs: &mut usize, rule: &Rule) {
    let sign = rule.mark.as_bytes().first().copied();
    let width = rule.mark.len();
    // Where a sign is open, by the pair that it stands in.
    let mut open: Vec<Option<usize>> = vec![None; *pairs];
    let is_blank = |at: usize| plain.get(at).is_none_or(u8::is_ascii_whitespace);
    let mut at = 0;
    while let (Some(byte), Some(mark)) = (plain.get(at), marks.get(at).copied()) {
        let Some(opened) = open.get_mut(mark.pair).filter(|_| !mark.is_sign) else {
            at += 1;
            continue;
        };
        if *byte == b'\n' || *byte == b'^' && rule.edges == Edges::Tight {
            *opened = None;
        }
        if Some(*byte) != sign {
            at += 1;
            continue;
        }
        let here = plain.get(at..).unwrap_or_default().iter();
        let here = here.zip(marks.get(at..).unwrap_or_default());
        let run = here.take_while(|(byte, other)| Some(**byte) == sign && **other == mark);
        let run = match rule.edges {
            // Not all of a long run for each of its signs.
            Edges::Any => run.take(width).count(),
            Edges::Tight | Edges::Exact => run.count(),
        };
        let fits = match rule.edges {
            Edges::Any => run >= width && opened.is_some_and(|open| at > open + width),
            Edges::Tight => {
                run >= width && opened.is_some_and(|open| at > open + width) && !is_blank(at - 1)
            }
            Edges::Exact => run == width && opened.is_some(),
        };
        if let Some(start) = opened.take_if(|_| fits) {
            join(marks.get_mut(start..at + width), rule, mark.pair, *pairs);
            *pairs += 1;
            at += width;
            continue;
        }
        match rule.edges {
            Edges::Any => {
                if run >= width && opened.is_none() {
                    *opened = Some(at);
                }
                at += 1;
            }
            Edges::Tight => {
                *opened = (run >= width && !is_blank(at + run)).then(|| at + run - width);
                at += run;
            }
            Edges::Exact => {
                *opened = (run == width).then_some(at);
                at += run;
            }
        }
    }
}

/// Makes a pair of these bytes, which begin and end with its signs.
fn join(marks: Option<&mut [Mark]>, rule: &Rule, outer: usize, pair: usize) {
    let marks = marks.unwrap_or_default();
    let end = marks.len() - rule.mark.len();
    for (at, mark) in marks.iter_mut().enumerate() {
        mark.is_sign |= at < rule.mark.len() || at >= end;
        mark.styles = mark.styles.and(rule.styles);
        if mark.pair == outer {
            mark.pair = pair;
        }
    }
}
