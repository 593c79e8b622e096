//! Painted text: sanitised, with how its parts are painted and where they lead; cut to a width, or taken
//! apart.
//!
//! Text goes in as it came from the server; only here and in `sanitize.rs` is it made harmless, so
//! nothing that is written can forget it.

use std::ops::Range;
use std::rc::Rc;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::wrap::{Break, letters, rows};
use crate::output::palette::{Ink, Palette, Styles};
use crate::output::sanitize::sanitize_line;

/// What a cut text ends with.
const CUT: &str = "…";

/// Text with the ends of its painted parts.
#[derive(Clone, Debug, Default)]
pub struct Line {
    text: String,
    parts: Vec<Part>,
}

/// How a part is painted, up to the byte where it ends.
#[derive(Clone, Debug)]
struct Part {
    end: usize,
    ink: &'static Ink,
    styles: Styles,
    link: Option<Rc<str>>,
}

impl Part {
    #[inline]
    fn is_painted_like(&self, other: &Part) -> bool {
        std::ptr::eq(self.ink, other.ink) && self.styles == other.styles && self.link == other.link
    }
}

impl Line {
    /// The text without colours.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Makes room for a text of that many bytes and pieces.
    pub fn reserve(&mut self, length: usize, parts: usize) {
        self.text.reserve(length);
        self.parts.reserve(parts);
    }

    /// Columns that it takes on a terminal that joins no letters, as most do: counted by grapheme as where it is cut.
    pub fn width(&self) -> usize {
        letters(&self.text).map(|(_, _, width)| width).sum()
    }

    /// Appends text, made harmless.
    pub fn push(&mut self, ink: &'static Ink, text: &str) {
        self.push_styled(ink, Styles::default(), None, text);
    }

    /// The same in some styles, leading somewhere.
    pub fn push_styled(
        &mut self,
        ink: &'static Ink,
        styles: Styles,
        address: Option<&Rc<str>>,
        text: &str,
    ) {
        if text.is_empty() {
            return;
        }
        // Most lines have so much.
        if self.text.is_empty() {
            self.reserve(512, 24);
        }
        self.text.push_str(&sanitize_line(text));
        self.end_part(Part {
            end: self.text.len(),
            ink,
            styles,
            link: address.cloned(),
        });
    }

    /// Appends a part of another line, which begins and ends between letters.
    fn push_part_of(&mut self, other: &Line, range: Range<usize>) {
        let first = other.parts.partition_point(|part| part.end <= range.start);
        let mut start = range.start;
        for part in other.parts.iter().skip(first) {
            let end = part.end.min(range.end);
            if start >= end {
                break;
            }
            self.text
                .push_str(other.text.get(start..end).unwrap_or_default());
            self.end_part(Part {
                end: self.text.len(),
                ..part.clone()
            });
            start = end;
        }
    }

    /// A part of it, which begins and ends between letters.
    pub fn part(&self, range: Range<usize>) -> Line {
        let mut part = Line::default();
        part.push_part_of(self, range);
        part
    }

    /// Appends all of another line.
    pub fn push_line(&mut self, other: &Line) {
        self.push_part_of(other, 0..other.text.len());
    }

    /// One part for neighbours that are painted alike: fewer codes.
    #[inline]
    fn end_part(&mut self, part: Part) {
        match self.parts.last_mut() {
            Some(last) if last.is_painted_like(&part) => last.end = part.end,
            _ => self.parts.push(part),
        }
    }

    /// Paints everything so far in one ink.
    pub fn repaint(&mut self, ink: &'static Ink) {
        self.parts.clear();
        let end = self.text.len();
        let styles = Styles::default();
        self.parts.push(Part {
            end,
            ink,
            styles,
            link: None,
        });
    }

    /// Leaves out what is behind that byte.
    pub fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        let kept = self.parts.partition_point(|part| part.end < length);
        self.parts.truncate(kept + 1);
        if let Some(last) = self.parts.last_mut() {
            last.end = last.end.min(length);
        }
    }

    /// Ends with the sign of a cut, in no more than so many columns.
    pub fn cut(&mut self, columns: usize) {
        self.truncate(beginning(&self.text, columns.saturating_sub(CUT.width())).len());
        self.text.push_str(CUT);
        if let Some(last) = self.parts.last_mut() {
            last.end = self.text.len();
        }
    }

    /// Ends with the sign that there is more below, in no more than so many columns.
    pub fn end_with_cut(&mut self, columns: usize, ink: &'static Ink) {
        if self.text.ends_with(CUT) {
            return;
        }
        if self.width() + 2 <= columns {
            self.push(ink, " …");
        } else {
            self.cut(columns);
        }
    }

    /// Without blanks at the end, behind that byte.
    pub fn trim_end(&mut self, start: usize) {
        let end = self.text.trim_end_matches(' ').len();
        self.truncate(end.max(start));
    }

    /// Appends it to `out`, with colours, which take no columns.
    pub fn write(&self, out: &mut Vec<u8>, palette: Palette) {
        self.write_up_to(self.text.len(), out, palette);
    }

    fn write_up_to(&self, end: usize, out: &mut Vec<u8>, palette: Palette) {
        let mut start = 0;
        for part in &self.parts {
            let text = self.text.get(start..part.end.min(end)).unwrap_or_default();
            start = part.end;
            if !text.is_empty() {
                let link = part.link.as_deref().filter(|_| palette.has_links());
                if let Some(link) = link {
                    write_link(out, link);
                }
                palette.write(out, part.ink, part.styles, text);
                if link.is_some() {
                    write_link(out, "");
                }
            }
        }
    }

    /// The same in no more than so many columns.
    pub fn write_cut(&self, out: &mut Vec<u8>, palette: Palette, columns: usize) {
        let kept = fitting(&self.text, columns);
        self.write_up_to(kept, out, palette);
        if kept < self.text.len() {
            out.extend_from_slice(CUT.as_bytes());
        }
    }

    /// Its parts in rows, the first and the later ones of that many columns, folded between words.
    pub fn folds(&self, first: usize, later: usize) -> impl Iterator<Item = Range<usize>> {
        rows(&self.text, first, later, Break::Words)
    }

    /// The same, broken where a row is full.
    pub fn breaks(&self, columns: usize) -> impl Iterator<Item = Range<usize>> {
        rows(&self.text, columns, columns, Break::Letters)
    }
}

/// A hyperlink as terminals know it (OSC 8); an empty address ends it.
fn write_link(out: &mut Vec<u8>, address: &str) {
    for part in ["\x1b]8;;", address, "\x1b\\"] {
        out.extend_from_slice(part.as_bytes());
    }
}

/// The beginning of a text, with the sign of a cut; all if all fits.
pub fn shorten(text: &str, columns: usize) -> String {
    let kept = beginning(text, columns);
    let mark = if kept.len() < text.len() { CUT } else { "" };
    [kept, mark].concat()
}

/// So much of a text that it fits with the sign of a cut behind it; all if all fits.
fn beginning(text: &str, columns: usize) -> &str {
    text.get(..fitting(text, columns)).unwrap_or(text)
}

/// The beginning of a text up to the end of a word, with the sign of a cut; all if all fits.
pub fn shorten_at_word(text: &str, columns: usize) -> String {
    let (kept, rest) = text.split_at(fitting(text, columns));
    if rest.is_empty() {
        return text.to_owned();
    }
    // Between wide letters are no blanks.
    let ends_word = |c: char| c == ' ' || c.width() > Some(1);
    let words = if rest.starts_with(ends_word) {
        kept
    } else {
        kept.trim_end_matches(|c| !ends_word(c))
    };
    match words.trim_end() {
        "" => [kept, CUT].concat(),
        words => [words, CUT].concat(),
    }
}

/// Bytes of `text` to keep: all if it fits, else so much that the sign of the cut fits as well.
fn fitting(text: &str, columns: usize) -> usize {
    // Nothing is wider than it is long.
    if text.len() <= columns {
        return text.len();
    }
    // One column each, and a mark on the last of them stands behind the cut.
    if text
        .as_bytes()
        .get(..=columns)
        .is_some_and(<[u8]>::is_ascii)
    {
        return columns.saturating_sub(1);
    }
    let mut used = 0;
    let mut kept = 0;
    for (at, letter, width) in letters(text) {
        used += width;
        if used > columns {
            return kept;
        }
        if used < columns {
            kept = at + letter.len();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{CUT, Line, fitting};
    use crate::output::palette::{Color, Palette};
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation as _;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn text_is_cut_between_graphemes_and_never_wider_than_asked() {
        for (name, text, columns, expected) in [
            ("fits", "abcde", 5, "abcde"),
            ("one too many", "abcdef", 5, "abcd…"),
            ("wide ones fit", "日本語", 6, "日本語"),
            ("wide one at the edge", "日本語", 5, "日本…"),
            ("half a wide one", "日本語", 4, "日…"),
            ("family", "ab👨‍👩‍👧‍👦cd", 4, "ab…"),
            ("family fits", "ab👨‍👩‍👧‍👦cd", 6, "ab👨‍👩‍👧‍👦cd"),
            (
                "marks stay with their letter",
                "e\u{301}e\u{301}e\u{301}",
                2,
                "e\u{301}…",
            ),
            ("zero", "abc", 0, "…"),
            ("empty", "", 0, ""),
        ] {
            let palette = Palette::new(Color::Off);
            let mut line = Line::default();
            line.push(palette.plain(), text);
            let mut out = Vec::new();
            line.write_cut(&mut out, palette, columns);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn colours_take_no_columns_and_end_before_the_cut() {
        let palette = Palette::new(Color::On);
        let mut line = Line::default();
        line.push(palette.dim(), "ab");
        line.push(palette.dim(), "cd");
        line.push(palette.warning(), "efgh");
        line.push(palette.error(), "ijkl");
        for (columns, expected) in [
            (
                12,
                "\x1b[2mabcd\x1b[0m\x1b[1;33mefgh\x1b[0m\x1b[1;31mijkl\x1b[0m",
            ),
            (7, "\x1b[2mabcd\x1b[0m\x1b[1;33mef\x1b[0m…"),
            (5, "\x1b[2mabcd\x1b[0m…"),
        ] {
            let mut out = Vec::new();
            line.write_cut(&mut out, palette, columns);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{columns}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_line_fits(text in "\\PC{0,60}", columns in 1_usize..60) {
            let kept = fitting(&text, columns);
            let shown: usize = text[..kept].graphemes(true).map(UnicodeWidthStr::width).sum();
            let room = if kept == text.len() { columns } else { columns - CUT.width() };
            prop_assert!(shown <= room, "{shown} columns of {room}");
        }
    }
}
