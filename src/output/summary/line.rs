//! One line in the making: sanitised text with the inks of its parts, cut to a width at the end, or
//! with `--full` wrapped to it.
//!
//! Not for times and dates (`clock.rs`). Text goes in as it came from the server; only here and in
//! `sanitize.rs` is it made harmless, so no description can forget it.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::whole;
use super::wrap::{Room, rows};
use crate::output::palette::Ink;
use crate::output::sanitize::sanitize_line;

/// What a cut line ends with.
const CUT: &str = "…";

/// How much of a text is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// What fits into the line.
    #[default]
    Cut,
    /// All of it, in as many rows as it takes.
    Whole,
}

/// Text with the ends of its painted parts. Kept from event to event, for its memory.
#[derive(Debug, Default)]
pub struct Line {
    /// How much is shown.
    pub length: Length,
    text: String,
    /// Each part's ink and the byte of `text` where it ends.
    parts: Vec<(&'static Ink, usize)>,
    /// The text that the line introduces, as it came; shown below if it does not fit.
    body: Option<(&'static Ink, String)>,
}

impl Line {
    /// Makes it empty.
    pub fn clear(&mut self) {
        self.text.clear();
        self.parts.clear();
        self.body = None;
    }

    /// Ends the line with a text that may be long and have line breaks.
    pub fn push_body(&mut self, ink: &'static Ink, text: &str) {
        match self.length {
            Length::Cut => self.push(ink, text),
            Length::Whole => self.body = Some((ink, text.to_owned())),
        }
    }

    /// Appends text, made harmless.
    pub fn push(&mut self, ink: &'static Ink, text: &str) {
        self.text.push_str(&sanitize_line(text));
        // One part for neighbours in the same ink: fewer codes.
        match self.parts.last_mut() {
            Some((last, end)) if std::ptr::eq(*last, ink) => *end = self.text.len(),
            _ => self.parts.push((ink, self.text.len())),
        }
    }

    /// Paints everything so far in one ink.
    pub fn repaint(&mut self, ink: &'static Ink) {
        self.parts.clear();
        self.parts.push((ink, self.text.len()));
    }

    /// Appends the line to `out`, for a terminal of that many columns, of which `used` are. Colours
    /// take none. The last line break is left to the caller.
    pub fn write(&mut self, out: &mut Vec<u8>, columns: Option<usize>, used: usize) {
        let left = columns.map(|columns| columns.saturating_sub(used));
        match self.length {
            Length::Cut => self.write_cut(out, left),
            Length::Whole => {
                let body = self.body.take().map(|(ink, text)| (ink, whole::trim(text)));
                match &body {
                    Some((ink, text)) if !whole::has_lines(text) && self.fits(text, left) => {
                        self.push(ink, text);
                        self.write_rows(out, columns, used);
                    }
                    Some((ink, text)) => {
                        self.write_rows(out, columns, used);
                        whole::write(out, text, ink, columns);
                    }
                    None => self.write_rows(out, columns, used),
                }
            }
        }
    }

    fn fits(&self, more: &str, columns: Option<usize>) -> bool {
        columns.is_none_or(|columns| self.text.width() + more.width() <= columns)
    }

    fn write_cut(&self, out: &mut Vec<u8>, columns: Option<usize>) {
        let kept = columns.map_or(self.text.len(), |columns| fitting(&self.text, columns));
        self.write_part(out, 0..kept);
        if kept < self.text.len() {
            out.extend_from_slice(CUT.as_bytes());
        }
    }

    /// The later rows are indented.
    fn write_rows(&self, out: &mut Vec<u8>, columns: Option<usize>, used: usize) {
        let room = |used: usize| columns.map_or(usize::MAX, |columns| columns.saturating_sub(used));
        let room = Room {
            first: room(used),
            later: room(whole::INDENT.len()),
        };
        for (at, row) in rows(&self.text, room).enumerate() {
            if at > 0 {
                out.push(b'\n');
                out.extend_from_slice(whole::INDENT.as_bytes());
            }
            self.write_part(out, row);
        }
    }

    fn write_part(&self, out: &mut Vec<u8>, part: Range<usize>) {
        let first = self.parts.partition_point(|(_, end)| *end <= part.start);
        let mut start = part.start;
        for (ink, end) in self.parts.iter().skip(first) {
            if start >= part.end {
                break;
            }
            let end = part.end.min(*end);
            let painted = self.text.get(start..end).unwrap_or_default();
            start = end;
            if !painted.is_empty() {
                ink.write(out, painted);
            }
        }
    }
}

/// The beginning of a text, so much that it fits with the sign of a cut behind it; all if all fits.
pub fn shorten(text: &str, columns: usize) -> &str {
    text.get(..fitting(text, columns)).unwrap_or(text)
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
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > columns {
            return kept;
        }
        if used < columns {
            kept = at + grapheme.len();
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
            line.write(&mut out, Some(columns), 0);
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
            line.write(&mut out, Some(columns), 0);
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
