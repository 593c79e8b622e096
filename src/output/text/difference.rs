//! What an edit changed: the words that went and those that came, with a few around them.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::line::{Line, shorten_at_word};
use super::{RowKind, Shown, Text};
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
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// A word, a wide letter, a sign at the end of a word, or a line break.
#[derive(Clone, Debug)]
struct Word {
    text: String,
    kind: WordKind,
    /// Whether a blank stands before it.
    is_apart: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WordKind {
    Word,
    Wide,
    Sign,
    Break,
}

impl Changes {
    /// What turned the old text into the new one, `source` being each as it was typed.
    pub fn between(old: &Text, old_source: &str, new: &Text, new_source: &str) -> Changes {
        let (before, after) = (words(old), words(new));
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

fn texts(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

fn hidden(text: &Text) -> impl Iterator<Item = &str> {
    text.rows.iter().filter_map(|row| match &row.kind {
        RowKind::Spoiler(hidden) => Some(hidden.as_str()),
        _ => None,
    })
}

fn links(text: &Text) -> impl Iterator<Item = &str> {
    let pieces = text.rows.iter().flat_map(|row| &row.pieces);
    pieces.filter_map(|piece| piece.link.as_deref())
}

/// The words of a text as it is shown without colour.
fn words(text: &Text) -> Vec<Word> {
    let mut words = Vec::new();
    for row in &text.rows {
        let gap = if matches!(row.kind, RowKind::Widget) {
            " "
        } else {
            ""
        };
        let shown = row
            .pieces
            .iter()
            .filter(|piece| piece.shown != Shown::WithColor);
        let shown: Vec<&str> = shown.map(|piece| piece.text.as_str()).collect();
        let row = shown.join(gap);
        if !words.is_empty() && !row.trim().is_empty() {
            words.push(Word::new("⏎", WordKind::Break, true));
        }
        for word in row.split_whitespace() {
            push_word(&mut words, word);
        }
    }
    words
}

fn push_word(words: &mut Vec<Word>, text: &str) {
    let bare = text.trim_end_matches(|c| ",.;:!?…".contains(c));
    let bare = if bare.is_empty() { text } else { bare };
    let (bare, signs) = text.split_at(bare.len());
    let start = words.len();
    for letter in bare.graphemes(true) {
        let is_wide = letter.width() > 1;
        match words.get_mut(start..).and_then(<[Word]>::last_mut) {
            Some(last) if !is_wide && last.kind == WordKind::Word => last.text.push_str(letter),
            last => {
                let is_apart = last.is_none();
                let kind = if is_wide {
                    WordKind::Wide
                } else {
                    WordKind::Word
                };
                words.push(Word::new(letter, kind, is_apart));
            }
        }
    }
    if !signs.is_empty() {
        words.push(Word::new(signs, WordKind::Sign, false));
    }
}

impl Words {
    fn compare(old: Vec<Word>, new: Vec<Word>) -> Words {
        let (before, after) = (texts(&old), texts(&new));
        let start = before
            .iter()
            .zip(&after)
            .take_while(|(a, b)| a == b)
            .count();
        let ends = before
            .iter()
            .skip(start)
            .rev()
            .zip(after.iter().skip(start).rev());
        let end = ends.take_while(|(a, b)| a == b).count();
        let whole = Change {
            old: start..old.len() - end,
            new: start..new.len() - end,
        };
        let mut changes: Vec<Change> = Vec::new();
        if whole.old.len().max(whole.new.len()) <= COMPARED {
            let before = before.get(whole.old.clone()).unwrap_or_default();
            let after = after.get(whole.new.clone()).unwrap_or_default();
            for op in capture_diff_slices(Algorithm::Myers, before, after) {
                if !matches!(op, DiffOp::Equal { .. }) {
                    let moved = |range: Range<usize>| range.start + start..range.end + start;
                    changes.push(Change {
                        old: moved(op.old_range()),
                        new: moved(op.new_range()),
                    });
                }
            }
        }
        let went: usize = changes.iter().map(|change| change.old.len()).sum();
        let stayed = old.len() - went;
        if changes.is_empty() || stayed * 3 < old.len().max(new.len()) {
            changes = vec![whole];
        }
        let mut words = Words { old, new, changes };
        words.join_neighbours();
        words
    }

    /// What stands between two changes of which one is longer than a word, and is but a word, is part of
    /// them.
    fn join_neighbours(&mut self) {
        let mut joined: Vec<Change> = Vec::new();
        for change in std::mem::take(&mut self.changes) {
            if let Some(last) = joined.last_mut() {
                let between = self
                    .new
                    .get(last.new.end..change.new.start)
                    .unwrap_or_default();
                let between = between
                    .iter()
                    .filter(|word| word.kind != WordKind::Sign)
                    .count();
                let is_long = |change: &Change| change.old.len().max(change.new.len()) > 1;
                if between == 0 || between == 1 && (is_long(last) || is_long(&change)) {
                    last.old.end = change.old.end;
                    last.new.end = change.new.end;
                    continue;
                }
            }
            joined.push(change);
        }
        self.changes = joined;
    }

    fn write(&self, line: &mut Line, palette: Palette) {
        let mut shown = None;
        for change in self.changes.iter().take(SHOWN) {
            let (from, sign) = self.context_before(change, shown);
            line.push(palette.dim(), sign);
            let mut pen = Pen {
                line,
                palette,
                is_first: shown.is_none() || !sign.is_empty(),
            };
            pen.words(self.new.get(from..change.new.start));
            pen.change(self.old_words(change), self.new_words(change));
            let to = self.context_behind(change);
            pen.words(self.new.get(change.new.end..to));
            shown = Some(to);
        }
        let more = self.changes.len().saturating_sub(SHOWN);
        if more > 0 {
            line.push(palette.dim(), &format!(" · {more} more"));
        } else if let Some(to) = shown
            && self.new.get(to).is_some_and(|next| !next.is_break())
            && !self.changes.last().is_some_and(|last| self.ends_line(last))
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

    /// Where the words begin that are shown before a change, and the sign before them, where those of the last
    /// one are shown up to there.
    fn context_before(&self, change: &Change, shown: Option<usize>) -> (usize, &'static str) {
        let start = change.new.start;
        let before = self.new.get(..start).unwrap_or_default();
        // Nothing before lines that went.
        let went = self.old_words(change);
        let is_line = went.len() > 1 && went.first().is_some_and(Word::is_break);
        let room = if is_line { 0 } else { BEFORE };
        let (hidden, context) = before.split_at(start - in_context(before.iter().rev(), room));
        // A sign stays with its word.
        let signs = context
            .iter()
            .take_while(|word| word.kind == WordKind::Sign);
        let signs = signs.count().min(context.len().saturating_sub(1));
        let from = hidden.len() + signs;
        let Some(shown) = shown else {
            let is_cut = !is_line && hidden.last().is_some_and(|word| !word.is_break());
            return (from, if is_cut { "…" } else { "" });
        };
        let gap = self.new.get(shown..from).unwrap_or_default();
        let words = gap
            .iter()
            .filter(|word| word.kind != WordKind::Sign)
            .count();
        if words <= SHORT && !gap.iter().any(Word::is_break) {
            (shown, "")
        } else {
            (from, " · ")
        }
    }

    /// Where the words end that are shown behind a change.
    fn context_behind(&self, change: &Change) -> usize {
        let end = change.new.end;
        let behind = self.new.get(end..).unwrap_or_default();
        let room = if self.ends_line(change) { 0 } else { BEHIND };
        end + in_context(behind.iter(), room)
    }
}

/// How many of these are shown around a change. Signs do not count.
fn in_context<'a>(words: impl Iterator<Item = &'a Word>, room: usize) -> usize {
    let mut used = 0;
    let words = words.take_while(|word| {
        used += match word.kind {
            WordKind::Word => WORD,
            WordKind::Wide => WIDE,
            WordKind::Sign => 0,
            WordKind::Break => room + 1,
        };
        used <= room && room > 0
    });
    words.count()
}

impl Word {
    fn new(text: &str, kind: WordKind, is_apart: bool) -> Word {
        let text = text.to_owned();
        Word {
            text,
            kind,
            is_apart,
        }
    }

    fn is_break(&self) -> bool {
        self.kind == WordKind::Break
    }
}

/// Writes the words of one place.
struct Pen<'a> {
    line: &'a mut Line,
    palette: Palette,
    /// Nothing stands before the next word.
    is_first: bool,
}

impl Pen<'_> {
    fn words(&mut self, words: Option<&[Word]>) {
        for word in words.unwrap_or_default() {
            self.gap(word);
            self.line.push(self.palette.dim(), &word.text);
        }
    }

    fn gap(&mut self, next: &Word) {
        let is_first = std::mem::replace(&mut self.is_first, false);
        if next.is_apart && !is_first {
            self.line.push(self.palette.dim(), " ");
        }
    }

    fn change(&mut self, old: &[Word], new: &[Word]) {
        // A line that came stands below another.
        if let ([], [first, _, ..]) = (old, new)
            && first.is_break()
        {
            self.line.push(self.palette.dim(), " ⏎ ");
            self.is_first = true;
        }
        let (old, new) = (trimmed(old), trimmed(new));
        if let Some(first) = old.first().or(new.first()) {
            self.gap(first);
        }
        let (plain, struck) = (Styles::default(), Styles::STRUCK);
        self.run(old, self.palette.dim(), struck, ["[-", "-]"]);
        if old.first().is_some_and(|first| !first.is_apart)
            && new.first().is_some_and(|first| first.is_apart)
        {
            self.line.push(self.palette.dim(), " ");
        }
        self.run(new, self.palette.good(), plain, ["{+", "+}"]);
    }

    fn run(&mut self, words: &[Word], ink: &'static Ink, styles: Styles, signs: [&str; 2]) {
        let mut text = String::new();
        for word in words {
            if word.is_apart && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
        if text.is_empty() {
            return;
        }
        let text = shorten_at_word(&text, COLUMNS);
        let [before, after] = if self.palette.has_color() {
            [""; 2]
        } else {
            signs
        };
        let text = format!("{before}{text}{after}");
        self.line.push_styled(ink, styles, None, &text);
    }
}

/// Without line breaks at the edges, if there is anything else.
fn trimmed(words: &[Word]) -> &[Word] {
    let first = words.iter().position(|word| !word.is_break());
    let last = words.iter().rposition(|word| !word.is_break());
    match (first, last) {
        (Some(first), Some(last)) => words.get(first..=last).unwrap_or(words),
        _ => words,
    }
}
