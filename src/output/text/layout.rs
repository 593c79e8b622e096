//! Rows of a text as lines: all in one, or each in a column, folded and hanging.

use unicode_width::UnicodeWidthStr as _;

use super::blocks::hanging;
use super::line::{Line, shorten_at_word};
use super::{Piece, Row, RowKind, Shown, Text};
use crate::output::palette::{Ink, Palette, Styles};

/// Before what somebody else said, and before code.
const GUTTER: &str = "│ ";
/// Columns of what is quoted in an answer, in one line.
const ANSWERED: usize = 30;
/// Below a poll's title, and below an option that is folded.
const OPTION: usize = 3;
const BELOW_OPTION: usize = 2;

/// What texts are painted with.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    /// All inks.
    pub palette: Palette,
    /// That of words.
    pub ink: &'static Ink,
}

/// Where a text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Columns that there are; none where lines have no end.
    pub width: Option<usize>,
    /// Lines that there are; without, all of the text is shown.
    pub lines: Option<usize>,
}

impl Text {
    /// Appends all of it to a line.
    pub fn write_line(&self, line: &mut Line, paint: Paint) {
        let start = line.text().len();
        for row in &self.rows {
            let content = row.one_line(paint);
            let words = content.text().trim_matches(' ');
            if words.is_empty() {
                continue;
            }
            if line.text().len() > start {
                line.push(paint.ink, "⏎");
            }
            line.push(paint.palette.dim(), &GUTTER.repeat(row.gutters()));
            let blanks = content.text().len() - content.text().trim_start_matches(' ').len();
            line.push_part_of(&content, blanks..blanks + words.len());
        }
    }

    /// The lines that it takes in a column.
    pub fn lines(&self, column: Column, paint: Paint) -> Vec<Line> {
        let mut lines = Lines {
            done: Vec::new(),
            width: column.width.unwrap_or(usize::MAX),
            // One more, to see that there is more.
            most: column
                .lines
                .map_or(usize::MAX, |lines| lines.saturating_add(1)),
            is_cut: column.lines.is_some(),
            paint,
        };
        for row in &self.rows {
            lines.push(row);
        }
        lines.end()
    }

    /// The options of a poll, or the tasks of a list.
    pub fn options(&self) -> impl Iterator<Item = &str> {
        let widgets = self
            .rows
            .iter()
            .filter(|row| matches!(row.kind, RowKind::Widget));
        let options = widgets.flat_map(|row| row.pieces.iter().skip(1));
        options.filter_map(Piece::option)
    }

    /// Its words without signs, addresses, and what others said if it says something itself: what it is
    /// known by.
    pub fn excerpt(&self) -> String {
        match excerpt(&self.rows, 0) {
            own if own.is_empty() => excerpt(&self.rows, usize::MAX),
            own => own,
        }
    }
}

/// The words of rows that are no deeper.
fn excerpt(rows: &[Row], depth: usize) -> String {
    let mut words = String::new();
    let is_own = |row: &&Row| row.depth <= depth && !matches!(row.kind, RowKind::Answered(_));
    for row in rows.iter().filter(is_own) {
        let shown = row
            .pieces
            .iter()
            .filter(|piece| piece.shown == Shown::Always);
        let text: String = match row.kind {
            RowKind::Widget => shown.take(1).filter_map(Piece::option).collect(),
            _ => shown.map(|piece| piece.text.as_str()).collect(),
        };
        for word in text.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
    }
    words
}

impl Row {
    /// Signs at the left of it.
    fn gutters(&self) -> usize {
        self.depth + usize::from(matches!(self.kind, RowKind::Code(_)))
    }

    fn one_line(&self, paint: Paint) -> Line {
        match &self.kind {
            RowKind::Answered(rows) => self.answered(rows, ANSWERED, paint),
            RowKind::Widget => joined(&self.options(paint), paint),
            RowKind::Blank | RowKind::Prose | RowKind::Spoiler(_) => self.content(paint),
            RowKind::Fixed | RowKind::Code(_) => {
                let mut line = Line::default();
                for piece in &self.pieces {
                    let words: Vec<&str> = piece.text.split_whitespace().collect();
                    piece.push_as(&words.join(" "), &mut line, paint);
                }
                line
            }
        }
    }

    /// All pieces that are shown.
    fn content(&self, paint: Paint) -> Line {
        let mut line = Line::default();
        for piece in &self.pieces {
            piece.push_as(&piece.text, &mut line, paint);
        }
        line
    }

    fn options(&self, paint: Paint) -> Vec<Line> {
        let options = self.pieces.iter().map(|piece| {
            let mut line = Line::default();
            piece.push_as(&piece.text, &mut line, paint);
            line
        });
        options.collect()
    }

    /// Who is answered, and so much of what they said as fits.
    fn answered(&self, rows: &[Row], columns: usize, paint: Paint) -> Line {
        let mut line = self.content(paint);
        let said = excerpt(rows, self.depth + 1);
        if !said.is_empty() {
            let said = shorten_at_word(&said, columns);
            line.push(paint.palette.dim(), &format!(": “{said}”"));
        }
        line
    }
}

fn joined(options: &[Line], paint: Paint) -> Line {
    let mut line = Line::default();
    for (at, option) in options.iter().enumerate() {
        line.push(paint.ink, if at == 0 { "" } else { " " });
        line.push_part_of(option, 0..option.text().len());
    }
    line
}

impl Piece {
    /// The title or an option of a poll, without the sign before it.
    fn option(&self) -> Option<&str> {
        self.text.split_once(' ').map(|(_, option)| option)
    }

    /// Appends it, with that text in place of its own.
    fn push_as(&self, text: &str, line: &mut Line, paint: Paint) {
        let palette = paint.palette;
        let is_shown = match self.shown {
            Shown::Always => true,
            Shown::WithoutColor => !palette.has_color(),
            Shown::WithoutLinks => !palette.has_links(),
            Shown::WithColor => palette.has_color(),
        };
        if !is_shown {
            return;
        }
        let ink = if self.styles.has(Styles::DIM) || self.shown == Shown::WithColor {
            palette.dim()
        } else if self.styles.has(Styles::MENTION) {
            palette.sender(text.trim_start_matches('@'))
        } else if self.styles.has(Styles::CHANNEL) {
            let channel = text.split(" › ").next().unwrap_or(text);
            palette.channel(channel.trim_start_matches('#'))
        } else if self.styles.has(Styles::CODE) {
            palette.code()
        } else {
            paint.ink
        };
        line.push_styled(ink, self.styles, self.link.as_ref(), text);
    }
}

/// Lines in the making.
struct Lines {
    done: Vec<Line>,
    width: usize,
    most: usize,
    /// Whether there may be more than is shown.
    is_cut: bool,
    paint: Paint,
}

impl Lines {
    fn push(&mut self, row: &Row) {
        match &row.kind {
            RowKind::Blank if self.is_cut => {}
            RowKind::Blank => self.push_line(row, 0, |_| {}),
            RowKind::Prose | RowKind::Spoiler(_) => self.fold(row, 0, &row.content(self.paint)),
            RowKind::Answered(rows) => {
                let head = row.content(self.paint).width();
                let room = self.room(row).saturating_sub(head + ": “”".width());
                let line = row.answered(rows, room, self.paint);
                self.push_line(row, 0, |own| own.push_part_of(&line, 0..line.text().len()));
            }
            RowKind::Widget => {
                let options = row.options(self.paint);
                let whole = joined(&options, self.paint);
                if whole.width() <= self.room(row) {
                    return self.fold(row, 0, &whole);
                }
                for (at, option) in options.iter().enumerate() {
                    self.fold(row, if at == 0 { 0 } else { OPTION }, option);
                }
            }
            RowKind::Code(language) => {
                let sign = if self.paint.palette.has_color() {
                    language.clone()
                } else {
                    format!("({language})")
                };
                let mut content = row.content(self.paint);
                if !language.is_empty() && content.width() + 3 + sign.width() <= self.room(row) {
                    content.push(self.paint.palette.dim(), &format!("   {sign}"));
                } else if !language.is_empty() {
                    let mut line = Line::default();
                    line.push(self.paint.palette.dim(), &sign);
                    self.break_up(row, &line);
                }
                self.break_up(row, &content);
            }
            RowKind::Fixed => self.break_up(row, &row.content(self.paint)),
        }
    }
}

impl Lines {
    /// Columns right of a row's gutters.
    fn room(&self, row: &Row) -> usize {
        let (indent, gutters) = self.margin(row);
        self.width
            .saturating_sub(indent + gutters * GUTTER.width())
            .max(1)
    }

    /// Blanks and gutters before a row: of very many there must be room for text.
    fn margin(&self, row: &Row) -> (usize, usize) {
        let most = self.width / 4;
        (row.indent.min(most), row.gutters().min(most))
    }

    fn push_line(&mut self, row: &Row, indent: usize, write: impl FnOnce(&mut Line)) {
        if self.done.len() >= self.most {
            return;
        }
        let (outer, gutters) = self.margin(row);
        let palette = self.paint.palette;
        let mut line = Line::default();
        line.push(palette.plain(), &" ".repeat(outer));
        line.push(palette.dim(), &GUTTER.repeat(gutters));
        line.push(palette.plain(), &" ".repeat(indent));
        write(&mut line);
        line.trim_end();
        self.done.push(line);
    }

    /// Folds a text between words; what is folded hangs below a list's text.
    fn fold(&mut self, row: &Row, indent: usize, content: &Line) {
        let first = self.room(row).saturating_sub(indent);
        let hanging = match row.kind {
            RowKind::Widget if indent > 0 => BELOW_OPTION,
            RowKind::Widget => OPTION,
            _ => hanging(content.text()),
        };
        // A text squeezed to the right edge is harder to read than one that does not hang.
        let hanging = if hanging * 2 > first { 0 } else { hanging };
        let later = first - hanging;
        let left = self.most - self.done.len();
        for (at, part) in content.folds(first, later).take(left).enumerate() {
            let indent = if at == 0 { indent } else { indent + hanging };
            self.push_line(row, indent, |line| line.push_part_of(content, part));
        }
    }

    /// Breaks a text where a line is full, or cuts it.
    fn break_up(&mut self, row: &Row, content: &Line) {
        let room = self.room(row);
        if self.is_cut && content.width() > room {
            let first = content.folds(room - 1, 1).next().unwrap_or_default();
            return self.push_line(row, 0, |line| {
                line.push_part_of(content, first);
                line.cut(line.width() + 1);
            });
        }
        for part in content.breaks(room) {
            let text = content.text().get(part.clone()).unwrap_or_default();
            let blanks = text.len() - text.trim_start_matches(' ').len();
            let start = if part.start == 0 {
                0
            } else {
                part.start + blanks
            };
            self.push_line(row, 0, |line| line.push_part_of(content, start..part.end));
        }
    }

    fn end(mut self) -> Vec<Line> {
        if self.is_cut && self.done.len() == self.most {
            self.done.pop();
            if let Some(last) = self.done.last_mut() {
                last.end_with_cut(self.width, self.paint.palette.dim());
            }
        }
        self.done
    }
}
