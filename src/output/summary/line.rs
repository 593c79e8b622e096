//! What stands in the output for one event: a line, cut to a width, or with `--full` folded to it and with
//! the text that it introduces below.

use crate::output::palette::{Ink, Palette};
use crate::output::text::{Column, Line, Paint, Text};

/// Before each row that belongs to the line above.
const INDENT: &str = "    ";

/// How much of a text is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// What fits into the line.
    #[default]
    Cut,
    /// All of it, in as many rows as it takes.
    Whole,
}

/// One event's line, and rows below it. Kept from event to event, for its memory.
#[derive(Debug, Default)]
pub struct EventLine {
    /// How much is shown.
    pub length: Length,
    /// Columns to cut or fold to.
    pub columns: Option<usize>,
    line: Line,
    below: Vec<Line>,
}

impl EventLine {
    /// Makes it empty.
    pub fn clear(&mut self) {
        self.line.clear();
        self.below.clear();
    }

    /// Appends to the line.
    pub fn push(&mut self, ink: &'static Ink, text: &str) {
        self.line.push(ink, text);
    }

    /// Appends a line.
    pub fn push_line(&mut self, line: &Line) {
        self.line.push_part_of(line, 0..line.text().len());
    }

    /// Ends the line with a text that may be long and have rows.
    pub fn push_text(&mut self, text: &Text, paint: Paint) {
        match self.length {
            Length::Cut => text.write_line(&mut self.line, paint),
            Length::Whole => {
                let width = self
                    .columns
                    .map(|columns| columns.saturating_sub(INDENT.len()));
                self.below = text.lines(Column { width, lines: None }, paint);
            }
        }
    }

    /// Paints the line so far in one ink.
    pub fn repaint(&mut self, ink: &'static Ink) {
        self.line.repaint(ink);
    }

    /// Appends it to `out` behind so many columns, without the last line break.
    pub fn write(&mut self, out: &mut Vec<u8>, palette: Palette, used: usize) {
        let left = |used: usize| {
            self.columns
                .map_or(usize::MAX, |columns| columns.saturating_sub(used))
        };
        if self.length == Length::Cut {
            return self.line.write_cut(out, palette, left(used));
        }
        let (first, later) = (left(used), left(INDENT.len()));
        if let [text] = self.below.as_slice()
            && self.line.width() + text.width() <= first
        {
            self.line.push_part_of(text, 0..text.text().len());
            self.below.clear();
        }
        for (at, part) in self.line.folds(first, later).enumerate() {
            let mut row = Line::default();
            row.push_part_of(&self.line, part);
            if at > 0 {
                write_break(out);
            }
            row.write(out, palette);
        }
        for row in &self.below {
            write_break(out);
            row.write(out, palette);
        }
    }
}

fn write_break(out: &mut Vec<u8>) {
    out.push(b'\n');
    out.extend_from_slice(INDENT.as_bytes());
}
