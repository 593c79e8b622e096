//! What an edit changed: the words that went and those that came, with a few around them.

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_width::UnicodeWidthChar as _;

use super::line::{Line, shorten_at_word};
use super::wrap::letters;
use super::{Row, RowKind, Text};
use crate::output::palette::{Palette, Styles};

/// Words on a side that are compared: of more from the first to the last is one change.
const COMPARED: usize = 2000;
/// Changes that are shown.
const SHOWN: usize = 3;
/// Columns of what went or came in one place.
const COLUMNS: usize = 40;
/// What is shown before a change and behind it: two words and one, or wide letters in their place.
const BEFORE: usize = 2 * WORD;
const BEHIND: usize = WORD;
const WORD: usize = 4;
const WIDE: usize = 1;
/// What stands between two changes and is shown rather than left out.
const SHORT: usize = 2;

/// A word, a wide letter, the signs at the end of a word, or a line break.
#[derive(Debug)]
struct Word<'t> {
    text: &'t str,
    /// Whether a blank stands before it.
    is_apart: bool,
}

/// Words that went and those that came in their place.
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// Writes what turned the old text into the new one, beside each of which stands what was typed.
pub fn write_changes(
    line: &mut Line,
    palette: Palette,
    (old, old_source): (&Text, &str),
    (new, new_source): (&Text, &str),
) {
    let [before, after] = [old, new].map(|text| {
        let mut words = Vec::new();
        push_rows(&mut words, text, &text.rows);
        words
    });
    let is_same = texts(&before).eq(texts(&after));
    let source = old_source.split_whitespace();
    let is_blank = source.eq(new_source.split_whitespace());
    let unseen = match is_same {
        _ if old_source == new_source => "nothing but the rendering",
        true if is_blank => "only blanks",
        false if is_blank => "only line breaks",
        false => return Pen { line, palette }.write(&before, &after),
        true if !hidden(old).eq(hidden(new)) => "what the spoiler hides",
        true if !links(old).eq(links(new)) => "the same words, another address",
        true => "the same words, other signs",
    };
    line.push(palette.dim(), unseen);
}

fn hidden(text: &Text) -> impl Iterator<Item = &str> {
    let spoilers = text.rows.iter().filter(|row| row.kind == RowKind::Spoiler);
    let hidden = spoilers.flat_map(|row| &row.inner);
    hidden.flat_map(|row| text.words.of(row.pieces.clone()).map(|(text, _)| text))
}

fn links(text: &Text) -> impl Iterator<Item = &str> {
    let pieces = text.words.pieces.iter();
    pieces.filter_map(|piece| piece.link.as_deref())
}

/// Appends the words of rows as they are shown without colour, and all that is answered.
fn push_rows<'t>(words: &mut Vec<Word<'t>>, text: &'t Text, rows: &'t [Row]) {
    for row in rows {
        let before = words.len();
        let pieces = text.words.pieces.get(row.pieces.clone());
        let shown = pieces
            .unwrap_or_default()
            .split(|piece| piece.styles.has(Styles::HOST.and(Styles::LANGUAGE)));
        for pieces in shown {
            let start = pieces.first().map_or(0, |piece| piece.range.start);
            let end = pieces.last().map_or(0, |piece| piece.range.end);
            let text = text.words.text.get(start..end).unwrap_or_default();
            let first = words.len();
            for word in text.split_whitespace() {
                push_word(words, word);
            }
            // Right behind a link of which the host is left out.
            if first > before
                && !text.starts_with(char::is_whitespace)
                && let Some(word) = words.get_mut(first)
            {
                word.is_apart = false;
            }
        }
        if row.kind == RowKind::Answered {
            words.push(Word {
                text: ":",
                is_apart: false,
            });
            push_rows(words, text, &row.inner);
        }
        if before > 0 && words.len() > before {
            words.insert(
                before,
                Word {
                    text: "⏎",
                    is_apart: true,
                },
            );
        }
    }
}

/// Appends a word in its parts: wide letters one by one, and the signs at its end.
fn push_word<'t>(words: &mut Vec<Word<'t>>, text: &'t str) {
    let (bare, signs) = text.split_at(text.trim_end_matches(is_stop).len());
    let mut is_apart = true;
    let mut push = |text: &'t str| {
        if !text.is_empty() {
            words.push(Word { text, is_apart });
            is_apart = false;
        }
    };
    let (mut start, mut was_wide) = (0, false);
    // Nothing is wide before the signs of Arabic, which begin with this byte.
    let may_be_wide = bare.bytes().any(|byte| byte >= 0xd8);
    let wide_letters = if may_be_wide { bare } else { "" };
    for (at, _, width) in letters(wide_letters) {
        let is_wide = width > 1;
        if is_wide || was_wide {
            push(bare.get(start..at).unwrap_or_default());
            start = at;
        }
        was_wide = is_wide;
    }
    push(bare.get(start..).unwrap_or_default());
    push(signs);
}

fn is_stop(c: char) -> bool {
    ",.;:!?…".contains(c)
}

fn texts<'w, 't: 'w>(words: &'w [Word<'t>]) -> impl DoubleEndedIterator<Item = &'t str> + 'w {
    words.iter().map(|word| word.text)
}

/// How many words are in both, in any order: no more than these can have stayed.
fn common(old: &[Word], new: &[Word]) -> usize {
    let mut left: HashMap<&str, usize> = HashMap::with_capacity(old.len());
    for word in texts(old) {
        *left.entry(word).or_default() += 1;
    }
    let mut stayed = 0;
    for word in texts(new) {
        if let Some(count) = left.get_mut(word).filter(|count| **count > 0) {
            *count -= 1;
            stayed += 1;
        }
    }
    stayed
}

/// What differs.
fn changes(old: &[Word], new: &[Word]) -> Vec<Change> {
    let same = texts(old).zip(texts(new));
    let start = same.take_while(|(old, new)| old == new).count();
    let [old_rest, new_rest] = [old, new].map(|words| words.get(start..).unwrap_or_default());
    let same = texts(old_rest).rev().zip(texts(new_rest).rev());
    let end = same.take_while(|(old, new)| old == new).count();
    let whole = Change {
        old: start..old.len() - end,
        new: start..new.len() - end,
    };
    let is_other = |stayed: usize| stayed * 3 < old.len().max(new.len());
    let mut stayed = start + end;
    let is_new = is_other(stayed) && is_other(common(old, new));
    if whole.old.len().max(whole.new.len()) > COMPARED || is_new {
        return vec![whole];
    }
    let mut changes: Vec<Change> = Vec::new();
    let [went, came]: [Vec<&str>; 2] = [(old, &whole.old), (new, &whole.new)]
        .map(|(words, range)| texts(words.get(range.clone()).unwrap_or_default()).collect());
    for op in capture_diff_slices(Algorithm::Myers, &went, &came) {
        let moved = |range: Range<usize>| range.start + start..range.end + start;
        let next = Change {
            old: moved(op.old_range()),
            new: moved(op.new_range()),
        };
        match changes.last_mut() {
            _ if matches!(op, DiffOp::Equal { .. }) => stayed += next.old.len(),
            Some(last) if last.is_one_with(&next, new) => {
                last.old.end = next.old.end;
                last.new.end = next.new.end;
            }
            _ => changes.push(next),
        }
    }
    if is_other(stayed) {
        vec![whole]
    } else {
        changes
    }
}

impl Change {
    fn is_long(&self) -> bool {
        self.old.len().max(self.new.len()) > 1
    }

    /// Whether so little stands between the two that they are read as one: nothing, or a word if either is
    /// longer than that.
    fn is_one_with(&self, next: &Change, new: &[Word]) -> bool {
        let between = count(new.get(self.new.end..next.new.start).unwrap_or_default());
        between == 0 || between == 1 && (self.is_long() || next.is_long())
    }
}

/// Writes words, without a blank where one stands already.
struct Pen<'a> {
    line: &'a mut Line,
    palette: Palette,
}

impl Pen<'_> {
    /// The changes with a few words around them.
    fn write(&mut self, old: &[Word], new: &[Word]) {
        let changes = changes(old, new);
        // Where the words begin that are neither shown nor told to be left out.
        let mut from = 0;
        let mut is_cut = false;
        for (number, change) in changes.iter().take(SHOWN).enumerate() {
            let went = old.get(change.old.clone()).unwrap_or_default();
            let came = new.get(change.new.clone()).unwrap_or_default();
            let between = new.get(from..change.new.start).unwrap_or_default();
            let room = if begins_line(went) { 0 } else { BEFORE };
            self.lead(number, between, room);
            if went.is_empty() && begins_line(came) {
                self.same(" ⏎ ");
            }
            self.change(trimmed(went), trimmed(came));

            let next = changes.get(number + 1);
            let end = next.map_or(new.len(), |next| next.new.start);
            let between = new.get(change.new.end..end).unwrap_or_default();
            let is_line = ends_line(went) || ends_line(came);
            let room = if is_line { 0 } else { BEHIND };
            let (behind, rest) = between.split_at(in_context(between.iter(), room));
            self.same(&joined(behind));
            from = change.new.end + behind.len();
            is_cut = !is_line && rest.first().is_some_and(|word| !word.is_break());
        }
        if changes.len() > SHOWN {
            self.same(&format!(" · {} more", changes.len() - SHOWN));
        } else if is_cut {
            self.same("…");
        }
    }

    /// What is shown before a change, of the words between it and the one before.
    fn lead(&mut self, number: usize, between: &[Word], room: usize) {
        let mut from = between.len() - in_context(between.iter().rev(), room);
        // A sign stays with its word.
        while between.get(from).is_some_and(Word::is_sign) {
            from += 1;
        }
        let (gap, context) = between.split_at(from);
        let is_cut = room > 0 && gap.last().is_some_and(|word| !word.is_break());
        let is_short = count(gap) <= SHORT && !gap.iter().any(Word::is_break);
        match joined(context).trim_start() {
            context if number == 0 && is_cut => self.same(&format!("…{context}")),
            context if number == 0 => self.same(context),
            _ if is_short => self.same(&joined(between)),
            context => self.same(&format!(" · {context}")),
        }
    }

    fn same(&mut self, text: &str) {
        let written = self.line.text();
        let is_apart = written.is_empty() || written.ends_with(' ');
        let text = if is_apart { text.trim_start() } else { text };
        self.line.push(self.palette.dim(), text);
    }

    /// What went and what came, with one blank for both.
    fn change(&mut self, went: &[Word], came: &[Word]) {
        let runs = [
            (went, ["[-", "-]"], self.palette.dim(), Styles::STRUCK),
            (came, ["{+", "+}"], self.palette.good(), Styles::default()),
        ];
        let mut is_apart = false;
        for (words, signs, ink, styles) in runs {
            // Each takes a column or more.
            let text = joined(words.get(..=COLUMNS).unwrap_or(words));
            if text.starts_with(' ') && !is_apart {
                self.same(" ");
                is_apart = true;
            }
            let text = shorten_at_word(text.trim_start(), COLUMNS);
            if !text.is_empty() {
                let has_color = self.palette.has_color();
                let [before, behind] = if has_color { ["", ""] } else { signs };
                let text = format!("{before}{text}{behind}");
                self.line.push_styled(ink, styles, None, &text);
            }
        }
    }
}

/// Words with the blanks between them and before.
fn joined(words: &[Word]) -> String {
    let blank = |word: &Word| if word.is_apart { " " } else { "" };
    let parts = words.iter().flat_map(|word| [blank(word), word.text]);
    parts.collect()
}

fn begins_line(words: &[Word]) -> bool {
    words.len() > 1 && words.first().is_some_and(Word::is_break)
}

fn ends_line(words: &[Word]) -> bool {
    words.len() > 1 && words.last().is_some_and(Word::is_break)
}

/// Without line breaks at the edges, if there is anything else.
fn trimmed<'w, 't>(words: &'w [Word<'t>]) -> &'w [Word<'t>] {
    let first = words.iter().position(|word| !word.is_break());
    let last = words.iter().rposition(|word| !word.is_break());
    let inner = first
        .zip(last)
        .and_then(|(first, last)| words.get(first..=last));
    inner.unwrap_or(words)
}

/// How many words there are besides signs.
fn count(words: &[Word]) -> usize {
    words.iter().filter(|word| !word.is_sign()).count()
}

/// How many of these are shown around a change. Signs do not count.
fn in_context<'w, 't: 'w>(words: impl Iterator<Item = &'w Word<'t>>, room: usize) -> usize {
    let mut used = 0;
    let words = words.take_while(|word| {
        let is_near = room > 0 && !word.is_break();
        used += match word {
            _ if word.is_sign() => 0,
            _ if word.is_wide() => WIDE,
            _ => WORD,
        };
        is_near && used <= room
    });
    words.count()
}

impl Word<'_> {
    fn is_break(&self) -> bool {
        self.text == "⏎"
    }

    fn is_sign(&self) -> bool {
        self.text.chars().all(is_stop)
    }

    fn is_wide(&self) -> bool {
        self.text
            .chars()
            .next()
            .is_some_and(|c| c.width() == Some(2))
    }
}
