//! Rows of a text as lines: all in one, or each in a column, folded and hanging.

use unicode_width::UnicodeWidthStr as _;

use super::blocks::bullet;
use super::line::{Line, shorten_at_word};
use super::{Piece, Row, RowKind, Text};
use crate::output::palette::{Ink, Palette, Styles};

/// Before what somebody else said, and before code.
const GUTTER: &str = "│ ";
/// Columns of what is quoted in an answer, in one line.
const ANSWERED: usize = 30;
/// Bytes of an excerpt, or a few more: nobody shows as many.
const EXCERPT: usize = 200;
/// Bytes of what takes a column at most: emoji of several are as long.
const WIDEST: usize = 16;
/// Blanks before the options of a poll, and before the rest of one that is folded.
const OPTION: usize = 3;
const FOLDED_OPTION: usize = 5;

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
    /// Columns that there are; very many where lines have no end.
    pub width: usize,
    /// Lines that there are; without, all of the text is shown.
    pub lines: Option<usize>,
}

impl Text {
    /// Appends all of it to a line.
    pub fn write_line(&self, line: &mut Line, paint: Paint) {
        line.reserve(
            self.words.text.len(),
            self.words.pieces.len() + self.rows.len(),
        );
        let first = line.text().len();
        for row in &self.rows {
            let before = line.text().len();
            line.push(paint.ink, if before > first { "⏎" } else { "" });
            line.push(paint.palette.dim(), &GUTTER.repeat(row.gutters()));
            let start = line.text().len();
            self.write_row(row, None, line, paint);
            line.trim_end(start);
            if line.text().len() == start {
                line.truncate(before);
            }
        }
    }

    /// The lines that it takes in a column.
    pub fn lines(&self, column: Column, paint: Paint) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut above = None;
        for row in &self.rows {
            // One line more than there is room for shows that there is more.
            if column.lines.is_some_and(|most| lines.len() > most) {
                break;
            }
            let blank = above.and_then(|above| row.blank_below(above));
            if let Some(depth) = blank.filter(|_| column.lines.is_none()) {
                lines.push(column.margin(0, depth, paint));
            }
            let margin = column.margin(row.indent, row.gutters(), paint);
            let inner = Column {
                width: column.width.saturating_sub(margin.width()).max(1),
                ..column
            };
            lines.extend(self.row_lines(row, inner, paint).iter().map(|line| {
                let mut whole = margin.clone();
                whole.push_line(line);
                whole
            }));
            above = Some(row);
        }
        for line in &mut lines {
            line.trim_end(0);
        }
        column.cut(lines, paint.palette)
    }

    /// The options of a poll, or the tasks of a list.
    pub fn options(&self) -> impl Iterator<Item = &str> {
        let is_widget = |row: &&Row| row.kind == RowKind::Widget;
        let widgets = self.rows.iter().filter(is_widget);
        let options = widgets.flat_map(|row| self.words.of(row.pieces.clone()).skip(1));
        options.map(|(text, _)| option(text))
    }

    /// The first of its words without signs, addresses, and what others said if it says something itself:
    /// what it is known by.
    pub fn excerpt(&self) -> String {
        joined(&self.beginning())
    }

    /// The same with the blanks that were typed.
    pub fn beginning(&self) -> String {
        match self.beginning_of(&self.rows, 0, EXCERPT) {
            own if own.trim_ascii().is_empty() => {
                self.beginning_of(&self.rows, usize::MAX, EXCERPT)
            }
            own => own,
        }
    }

    /// That of rows that are no deeper, in so many bytes or a few more.
    fn beginning_of(&self, rows: &[Row], depth: usize, most: usize) -> String {
        let is_own = |row: &&Row| row.depth <= depth && row.kind != RowKind::Answered;
        let mut text = String::with_capacity(self.words.text.len().min(most));
        for row in rows.iter().filter(is_own) {
            for (part, piece) in self.words.of(row.pieces.clone()) {
                if text.len() >= most {
                    return text;
                }
                if row.kind == RowKind::Widget {
                    text.push_str(option(part));
                    break;
                }
                if !piece.styles.has(Styles::ASIDE) {
                    let part = part.get(..part.floor_char_boundary(most));
                    text.push_str(part.unwrap_or_default());
                }
            }
            text.push('\n');
        }
        text
    }

    /// Appends all that is shown of a row, in one line or in a column, which an answer does not leave.
    fn write_row(&self, row: &Row, room: Option<usize>, line: &mut Line, paint: Paint) {
        let is_fixed = matches!(row.kind, RowKind::Fixed | RowKind::Code);
        let start = line.text().len();
        for (text, piece) in self.words.of(row.pieces.clone()) {
            let text = match room {
                None if is_fixed => &joined(text),
                None if line.text().len() == start => text.trim_start_matches([' ', '\t']),
                _ => text,
            };
            piece.write(text, line, paint);
        }
        if row.kind == RowKind::Answered {
            let quotes = line.width() + ": “”".width();
            let columns = room.map_or(ANSWERED, |room| room.saturating_sub(quotes));
            let said = self.beginning_of(&row.inner, row.depth + 1, columns.saturating_mul(WIDEST));
            let said = shorten_at_word(&joined(&said), columns);
            if !said.is_empty() {
                line.push(paint.palette.dim(), &format!(": “{said}”"));
            }
        }
    }

    /// The lines of a row, without what stands at the left.
    fn row_lines(&self, row: &Row, column: Column, paint: Paint) -> Vec<Line> {
        let palette = paint.palette;
        let room = column.width;
        let mut content = Line::default();
        self.write_row(row, Some(room), &mut content, paint);
        let mut lines = Vec::new();
        match row.kind {
            RowKind::Widget if content.width() > room => {
                let mut indents = [0, OPTION];
                for (text, piece) in self.words.of(row.pieces.clone()) {
                    let mut option = Line::default();
                    piece.write(text.trim_start(), &mut option, paint);
                    lines.extend(column.fold(&option, indents, palette));
                    indents = [OPTION, FOLDED_OPTION];
                }
            }
            RowKind::Fixed => lines = column.break_up(&content),
            RowKind::Code => {
                let is_language = |(_, piece): &(_, &Piece)| piece.styles.has(Styles::LANGUAGE);
                let sign = match self.words.of(row.pieces.clone()).find(is_language) {
                    None => String::new(),
                    Some((language, _)) if palette.has_color() => format!("   {language}"),
                    Some((language, _)) => format!("   ({language})"),
                };
                if content.width() + sign.width() <= room {
                    content.push(palette.dim(), &sign);
                } else if !sign.is_empty() {
                    let mut line = Line::default();
                    line.push(palette.dim(), sign.trim_start());
                    lines = column.break_up(&line);
                }
                lines.extend(column.break_up(&content));
            }
            _ => lines = column.fold(&content, [0, bullet(content.text())], palette),
        }
        lines
    }
}

/// The title or an option of a poll, without the sign before it.
fn option(text: &str) -> &str {
    text.trim_start()
        .split_once(' ')
        .map_or("", |(_, option)| option)
}

/// Words with one blank between them.
pub fn joined(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        words.push_str(if words.is_empty() { "" } else { " " });
        words.push_str(word);
    }
    words
}

impl Row {
    /// Signs at the left of it.
    fn gutters(&self) -> usize {
        self.depth + usize::from(matches!(self.kind, RowKind::Code))
    }

    /// Quotes around the blank line between that row and this one, if it is shown: not where only one of them
    /// is set off from it, or where a quote begins or ends with it.
    fn blank_below(&self, above: &Row) -> Option<usize> {
        let depth = self.blank?;
        let is_set_off = |row: &Row| row.gutters() > depth || row.kind == RowKind::Answered;
        let is_inside = above.depth.min(self.depth) >= depth;
        (is_inside && is_set_off(above) == is_set_off(self)).then_some(depth)
    }
}

impl Column {
    /// Blanks and gutters before a row: of very many there must be room for text.
    fn margin(self, indent: usize, gutters: usize, paint: Paint) -> Line {
        let most = self.width / 4;
        let mut margin = Line::default();
        margin.push(paint.palette.plain(), &" ".repeat(indent.min(most)));
        margin.push(paint.palette.dim(), &GUTTER.repeat(gutters.min(most)));
        margin
    }

    /// Folds a text between words, with so many blanks before the first line and before the others. One line more
    /// than there is room for shows that there is more.
    pub fn fold(self, content: &Line, [first, later]: [usize; 2], palette: Palette) -> Vec<Line> {
        // A text squeezed to the right edge is harder to read than one that does not hang.
        let later = if later * 2 > self.width { first } else { later };
        let room = |indent| self.width.saturating_sub(indent);
        let parts = content.folds(room(first), room(later)).enumerate();
        let lines = parts.map(|(at, part)| {
            let indent = if at == 0 { first } else { later };
            let mut line = Line::default();
            line.push(palette.plain(), &" ".repeat(indent));
            line.push_line(&content.part(part));
            line
        });
        let most = self.lines.unwrap_or(usize::MAX);
        lines.take(most.saturating_add(1)).collect()
    }

    /// As many lines as there is room for, with a sign where there are more.
    pub fn cut(self, mut lines: Vec<Line>, palette: Palette) -> Vec<Line> {
        if let Some(most) = self.lines.filter(|most| lines.len() > *most) {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                last.end_with_cut(self.width, palette.dim());
            }
        }
        lines
    }

    /// Breaks a text where a line is full, or cuts it.
    fn break_up(self, content: &Line) -> Vec<Line> {
        if self.lines.is_none() || content.width() <= self.width {
            let parts = content.breaks(self.width);
            return parts.map(|part| content.part(part)).collect();
        }
        let first = content.folds(self.width - 1, 1).next();
        let mut first = content.part(first.unwrap_or_default());
        first.cut(first.width() + 1);
        vec![first]
    }
}

impl Piece {
    /// Appends it where it is shown, with that text.
    fn write(&self, text: &str, line: &mut Line, paint: Paint) {
        let (palette, styles) = (paint.palette, self.styles);
        if !palette.shows(styles) {
            return;
        }
        let ink = if styles.has(Styles::DIM.and(Styles::HOST)) {
            palette.dim()
        } else if styles.has(Styles::MENTION) {
            palette.sender(text.trim_start_matches('@'))
        } else if styles.has(Styles::CHANNEL) {
            let channel = text.split(" › ").next().unwrap_or(text);
            palette.channel(channel.trim_start_matches('#'))
        } else if styles.has(Styles::CODE) {
            palette.code()
        } else {
            paint.ink
        };
        line.push_styled(ink, styles, self.link.as_ref(), text);
    }
}
