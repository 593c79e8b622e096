//! What an edit changed: the words that went and those that came, with a few around them.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::line::{Line, shorten_at_word};
use super::{Row, RowKind, Shown, Text};
use crate::output::palette::{Ink, Palette, Styles};

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

/// What an edit changed.
#[derive(Debug)]
pub enum Changes {
    /// Nothing that can be seen, in words.
    Unseen(&'static str),
    /// Some words.
    Words(Words),
}

/// Two texts as words, and where they differ.
#[derive(Debug)]
pub struct Words {
    old: Vec<Word>,
    new: Vec<Word>,
    changes: Vec<Change>,
}

/// Words that went and those that came in their place.
#[derive(Clone, Debug)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

#[derive(Debug)]
struct Word {
    text: String,
    kind: WordKind,
    /// Whether a blank stands before it.
    is_apart: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WordKind {
    Word,
    /// A letter of a script that has no blanks between words.
    Wide,
    /// A stop behind a word.
    Sign,
    /// The end of a line.
    Break,
}

impl Changes {
    /// What turned the old text into the new one, `source` being each as it was typed.
    pub fn between(old: &Text, old_source: &str, new: &Text, new_source: &str) -> Changes {
        let [before, after] = [old, new].map(|text| words(&text.rows));
        let is_same = texts(&before) == texts(&after);
        let source = old_source.split_whitespace();
        let is_blank = source.eq(new_source.split_whitespace());
        Changes::Unseen(match is_same {
            _ if old_source == new_source => "nothing but the rendering",
            true if is_blank => "only blanks",
            false if is_blank => "only line breaks",
            false => return Changes::Words(Words::compare(before, after)),
            true if !hidden(old).eq(hidden(new)) => "what the spoiler hides",
            true if !links(old).eq(links(new)) => "the same words, another address",
            true => "the same words, other signs",
        })
    }

    /// Whether only the rendering is another one.
    pub fn is_rendering(&self) -> bool {
        matches!(self, Changes::Unseen("nothing but the rendering"))
    }

    /// Appends it to a line.
    pub fn write(&self, line: &mut Line, palette: Palette) {
        match self {
            Changes::Unseen(words) => line.push(palette.dim(), words),
            Changes::Words(words) => words.write(line, palette),
        }
    }
}

fn hidden(text: &Text) -> impl Iterator<Item = &Row> {
    let hidden = text.rows.iter().filter_map(|row| match &row.kind {
        RowKind::Spoiler(rows) => Some(rows),
        _ => None,
    });
    hidden.flatten()
}

fn links(text: &Text) -> impl Iterator<Item = &str> {
    let pieces = text.rows.iter().flat_map(|row| &row.pieces);
    pieces.filter_map(|piece| piece.link.as_deref())
}

/// The words of rows as they are shown without colour, and all that is answered.
fn words(rows: &[Row]) -> Vec<Word> {
    let mut words = Vec::new();
    for row in rows {
        let shown = row
            .pieces
            .iter()
            .filter(|piece| piece.shown != Shown::WithColor);
        let mut text: String = shown.map(|piece| piece.text.as_str()).collect();
        if let RowKind::Answered(_) = row.kind {
            text.push(':');
        }
        if !words.is_empty() && !text.trim().is_empty() {
            words.push(Word::new("⏎", WordKind::Break));
        }
        for word in text.split_whitespace() {
            push_word(&mut words, word);
        }
        if let RowKind::Answered(said) = &row.kind {
            words.push(Word::new("⏎", WordKind::Break));
            words.extend(self::words(said));
        }
    }
    words
}

/// Appends a word in its parts: wide letters one by one, and the signs at its end.
fn push_word(words: &mut Vec<Word>, text: &str) {
    let bare = text.trim_end_matches(|c| ",.;:!?…".contains(c));
    let bare = if bare.is_empty() { text } else { bare };
    let (bare, signs) = text.split_at(bare.len());
    let start = words.len();
    for letter in bare.graphemes(true) {
        let is_wide = letter.width() > 1;
        let last = words.get_mut(start..).and_then(<[Word]>::last_mut);
        match last.filter(|last| !is_wide && last.kind == WordKind::Word) {
            Some(word) => word.text.push_str(letter),
            None if is_wide => words.push(Word::new(letter, WordKind::Wide)),
            None => words.push(Word::new(letter, WordKind::Word)),
        }
    }
    if !signs.is_empty() {
        words.push(Word::new(signs, WordKind::Sign));
    }
    for behind in words.iter_mut().skip(start + 1) {
        behind.is_apart = false;
    }
}

fn texts(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

impl Word {
    fn new(text: &str, kind: WordKind) -> Word {
        Word {
            text: text.to_owned(),
            kind,
            is_apart: true,
        }
    }

    fn is_break(&self) -> bool {
        self.kind == WordKind::Break
    }

    fn is_sign(&self) -> bool {
        self.kind == WordKind::Sign
    }
}

impl Words {
    fn compare(old: Vec<Word>, new: Vec<Word>) -> Words {
        let (before, after) = (texts(&old), texts(&new));
        let same = before.iter().zip(&after);
        let start = same.take_while(|(old, new)| old == new).count();
        let rests = [&before, &after].map(|words| words.iter().skip(start).rev());
        let [old_rest, new_rest] = rests;
        let end = old_rest
            .zip(new_rest)
            .take_while(|(old, new)| old == new)
            .count();
        let whole = Change {
            old: start..old.len() - end,
            new: start..new.len() - end,
        };
        let mut changes: Vec<Change> = Vec::new();
        let mut stayed = 0;
        if whole.old.len().max(whole.new.len()) <= COMPARED {
            for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
                let change = Change {
                    old: op.old_range(),
                    new: op.new_range(),
                };
                match changes.last_mut() {
                    _ if matches!(op, DiffOp::Equal { .. }) => stayed += change.old.len(),
                    Some(last) if last.is_one_with(&change, &new) => {
                        last.old.end = change.old.end;
                        last.new.end = change.new.end;
                    }
                    _ => changes.push(change),
                }
            }
        }
        if stayed * 3 < old.len().max(new.len()) {
            changes = vec![whole];
        }
        Words { old, new, changes }
    }

    fn write(&self, line: &mut Line, palette: Palette) {
        let mut shown = None;
        for change in self.changes.iter().take(SHOWN) {
            let (sign, from) = self.context_before(change, shown);
            let to = self.context_behind(change);
            line.push(palette.dim(), sign);
            let before = joined(self.new.get(from..change.new.start));
            let is_first = shown.is_none() || !sign.is_empty();
            let before = if is_first {
                before.trim_start()
            } else {
                &before
            };
            line.push(palette.dim(), before);
            self.write_change(change, is_first && before.is_empty(), line, palette);
            line.push(palette.dim(), &joined(self.new.get(change.new.end..to)));
            shown = Some(to);
        }
        let more = self.changes.len().saturating_sub(SHOWN);
        if more > 0 {
            line.push(palette.dim(), &format!(" · {more} more"));
        } else if let (Some(to), Some(last)) = (shown, self.changes.last())
            && self.new.get(to).is_some_and(|next| !next.is_break())
            && !self.ends_line(last)
        {
            line.push(palette.dim(), "…");
        }
    }

    fn old_words(&self, change: &Change) -> &[Word] {
        self.old.get(change.old.clone()).unwrap_or_default()
    }

    fn new_words(&self, change: &Change) -> &[Word] {
        self.new.get(change.new.clone()).unwrap_or_default()
    }

    /// Whether lines went or came, up to the end of one.
    fn ends_line(&self, change: &Change) -> bool {
        let words = [self.old_words(change), self.new_words(change)];
        let is_line = |words: &[Word]| words.len() > 1 && words.last().is_some_and(Word::is_break);
        words.into_iter().any(is_line)
    }

    /// The sign before what is shown of a change, and where the words before it begin. `shown` ends what is
    /// shown of the one before.
    fn context_before(&self, change: &Change, shown: Option<usize>) -> (&'static str, usize) {
        // Nothing before lines that went.
        let went = self.old_words(change);
        let is_line = went.len() > 1 && went.first().is_some_and(Word::is_break);
        let room = if is_line { 0 } else { BEFORE };
        let before = self.new.get(..change.new.start).unwrap_or_default();
        let mut from = before.len() - in_context(before.iter().rev(), room);
        // A sign stays with its word.
        while from + 1 < before.len() && before.get(from).is_some_and(Word::is_sign) {
            from += 1;
        }
        let Some(shown) = shown else {
            let is_cut = !is_line
                && from
                    .checked_sub(1)
                    .and_then(|at| before.get(at))
                    .is_some_and(|word| !word.is_break());
            return (if is_cut { "…" } else { "" }, from);
        };
        let gap = self.new.get(shown..from).unwrap_or_default();
        if count(gap) <= SHORT && !gap.iter().any(Word::is_break) {
            ("", shown)
        } else {
            (" · ", from)
        }
    }

    /// Where the words end that are shown behind a change.
    fn context_behind(&self, change: &Change) -> usize {
        let behind = self.new.get(change.new.end..).unwrap_or_default();
        let room = if self.ends_line(change) { 0 } else { BEHIND };
        change.new.end + in_context(behind.iter(), room)
    }

    fn write_change(&self, change: &Change, is_first: bool, line: &mut Line, palette: Palette) {
        let (old, new) = (self.old_words(change), self.new_words(change));
        // A line that came stands below another.
        let is_line = old.is_empty() && new.len() > 1 && new.first().is_some_and(Word::is_break);
        let [went, came] = [old, new].map(|words| joined(Some(trimmed(words))));
        let is_apart = if went.is_empty() { &came } else { &went }.starts_with(' ');
        line.push(
            palette.dim(),
            match is_first {
                _ if is_line => " ⏎ ",
                false if is_apart => " ",
                _ => "",
            },
        );
        write_run(
            &went,
            ["[-", "-]"],
            palette.dim(),
            Styles::STRUCK,
            line,
            palette,
        );
        if !went.is_empty() && !is_apart && came.starts_with(' ') {
            line.push(palette.dim(), " ");
        }
        write_run(
            &came,
            ["{+", "+}"],
            palette.good(),
            Styles::default(),
            line,
            palette,
        );
    }
}

fn write_run(
    text: &str,
    signs: [&str; 2],
    ink: &'static Ink,
    styles: Styles,
    line: &mut Line,
    palette: Palette,
) {
    let text = shorten_at_word(text.trim_start(), COLUMNS);
    if !text.is_empty() {
        let [before, behind] = if palette.has_color() { [""; 2] } else { signs };
        line.push_styled(ink, styles, None, &format!("{before}{text}{behind}"));
    }
}

/// Words in a row, with the blank before the first.
fn joined(words: Option<&[Word]>) -> String {
    let mut text = String::new();
    for word in words.unwrap_or_default() {
        text.push_str(if word.is_apart { " " } else { "" });
        text.push_str(&word.text);
    }
    text
}

/// Without line breaks at the edges, if there is anything else.
fn trimmed(words: &[Word]) -> &[Word] {
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
fn in_context<'a>(words: impl Iterator<Item = &'a Word>, room: usize) -> usize {
    let mut used = 0;
    let words = words.take_while(|word| {
        used += match word.kind {
            WordKind::Word => WORD,
            WordKind::Wide => WIDE,
            WordKind::Sign => 0,
            WordKind::Break => return false,
        };
        used <= room && room > 0
    });
    words.count()
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
