//! Rows of a text as lines: all in one, or each in a column, folded and hanging.

use unicode_width::UnicodeWidthStr as _;

use super::blocks::hanging;
use super::line::{CUT, Line, shorten_at_word};
use super::{Piece, Row, RowKind, Shown, Text};
use crate::output::palette::{Ink, Palette, Styles};

/// Before what somebody else said, and before code.
const GUTTER: &str = "│ ";
/// Columns of what is quoted in an answer, in one line.
const ANSWERED: usize = 30;
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
            let content = match row.kind {
                RowKind::Fixed | RowKind::Code(_) => row.squeezed(paint),
                _ => row.content(None, paint),
            };
            let words = content.text().trim_matches(' ');
            if words.is_empty() {
                continue;
            }
            if line.text().len() > start {
                line.push(paint.ink, "⏎");
            }
            line.push(paint.palette.dim(), &GUTTER.repeat(row.gutters()));
            let end = content.text().trim_end_matches(' ').len();
            line.push_part_of(&content, end - words.len()..end);
        }
    }

    /// The lines that it takes in a column.
    pub fn lines(&self, column: Column, paint: Paint) -> Vec<Line> {
        let mut page = Page {
            lines: Vec::new(),
            width: column.width.unwrap_or(usize::MAX),
            most: column.lines,
            paint,
        };
        let mut above = None;
        for row in &self.rows {
            if page.left() == 0 {
                break;
            }
            let blank = above.and_then(|above| row.blank_below(above));
            if let Some(depth) = blank.filter(|_| page.most.is_none()) {
                page.push(&page.margin(0, depth), 0, |_| {});
            }
            page.push_row(row);
            above = Some(row);
        }
        page.end()
    }

    /// The options of a poll, or the tasks of a list.
    pub fn options(&self) -> impl Iterator<Item = &str> {
        let is_widget = |row: &&Row| row.kind == RowKind::Widget;
        let widgets = self.rows.iter().filter(is_widget);
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

    /// Quotes around the blank line between that row and this one, if it is shown: not where only one of them
    /// is set off from it, or where a quote begins or ends with it.
    fn blank_below(&self, above: &Row) -> Option<usize> {
        let depth = self.blank?;
        let is_set_off =
            |row: &Row| row.gutters() > depth || matches!(row.kind, RowKind::Answered(_));
        let is_inside = above.depth.min(self.depth) >= depth;
        (is_inside && is_set_off(above) == is_set_off(self)).then_some(depth)
    }

    /// All that is shown of it, in one line or in a column, which an answer does not leave.
    fn content(&self, room: Option<usize>, paint: Paint) -> Line {
        let mut line = Line::default();
        for piece in &self.pieces {
            piece.write(&piece.text, &mut line, paint);
        }
        if let RowKind::Answered(rows) = &self.kind {
            let said = excerpt(rows, self.depth + 1);
            let quotes = line.width() + ": “”".width();
            let columns = room.map_or(ANSWERED, |room| room.saturating_sub(quotes));
            let said = shorten_at_word(&said, columns);
            if !said.is_empty() {
                line.push(paint.palette.dim(), &format!(": “{said}”"));
            }
        }
        line
    }

    /// The same with one blank for many.
    fn squeezed(&self, paint: Paint) -> Line {
        let mut line = Line::default();
        for piece in &self.pieces {
            let words: Vec<&str> = piece.text.split_whitespace().collect();
            piece.write(&words.join(" "), &mut line, paint);
        }
        line
    }
}

impl Piece {
    /// The title or an option of a poll, without the sign before it.
    fn option(&self) -> Option<&str> {
        let (_, option) = self.text.trim_start().split_once(' ')?;
        Some(option)
    }

    /// Appends it, with that text in place of its own.
    fn write(&self, text: &str, line: &mut Line, paint: Paint) {
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
struct Page {
    lines: Vec<Line>,
    width: usize,
    /// Lines that there may be.
    most: Option<usize>,
    paint: Paint,
}

impl Page {
    fn push_row(&mut self, row: &Row) {
        let palette = self.paint.palette;
        let margin = self.margin(row.indent, row.gutters());
        let room = self.room(&margin);
        let mut content = row.content(Some(room), self.paint);
        match &row.kind {
            RowKind::Widget if content.width() > room => {
                let mut indents = [0, OPTION];
                for piece in &row.pieces {
                    let mut option = Line::default();
                    piece.write(piece.text.trim_start(), &mut option, self.paint);
                    self.fold(&margin, &option, indents);
                    indents = [OPTION, FOLDED_OPTION];
                }
            }
            RowKind::Prose | RowKind::Answered(_) | RowKind::Spoiler(_) | RowKind::Widget => {
                let hanging = hanging(content.text());
                self.fold(&margin, &content, [0, hanging]);
            }
            RowKind::Code(language) if !language.is_empty() => {
                let mut sign = Line::default();
                let [before, behind] = if palette.has_color() {
                    [""; 2]
                } else {
                    ["(", ")"]
                };
                sign.push(palette.dim(), &format!("{before}{language}{behind}"));
                if content.width() + sign.width() + 3 <= room {
                    content.push(palette.dim(), "   ");
                    content.push_part_of(&sign, 0..sign.text().len());
                } else {
                    self.break_up(&margin, &sign);
                }
                self.break_up(&margin, &content);
            }
            RowKind::Fixed | RowKind::Code(_) => self.break_up(&margin, &content),
        }
    }

    /// Blanks and gutters before a row: of very many there must be room for text.
    fn margin(&self, indent: usize, gutters: usize) -> Line {
        let most = self.width / 4;
        let mut margin = Line::default();
        margin.push(self.paint.palette.plain(), &" ".repeat(indent.min(most)));
        margin.push(self.paint.palette.dim(), &GUTTER.repeat(gutters.min(most)));
        margin
    }

    fn room(&self, margin: &Line) -> usize {
        self.width.saturating_sub(margin.width()).max(1)
    }

    /// Lines that may still come, and one to see that there is more.
    fn left(&self) -> usize {
        let most = self.most.map_or(usize::MAX, |most| most.saturating_add(1));
        most.saturating_sub(self.lines.len())
    }

    fn push(&mut self, margin: &Line, indent: usize, write: impl FnOnce(&mut Line)) {
        let mut line = margin.clone();
        line.push(self.paint.palette.plain(), &" ".repeat(indent));
        write(&mut line);
        line.trim_end();
        self.lines.push(line);
    }

    /// Folds a text between words, with so many blanks before the first line and before the others.
    fn fold(&mut self, margin: &Line, content: &Line, [first, later]: [usize; 2]) {
        let room = self.room(margin);
        // A text squeezed to the right edge is harder to read than one that does not hang.
        let later = if later * 2 > room { first } else { later };
        let room = |indent| room.saturating_sub(indent);
        let parts = content.folds(room(first), room(later));
        for (at, part) in parts.take(self.left()).enumerate() {
            let indent = if at == 0 { first } else { later };
            self.push(margin, indent, |line| line.push_part_of(content, part));
        }
    }

    /// Breaks a text where a line is full, or cuts it.
    fn break_up(&mut self, margin: &Line, content: &Line) {
        let room = self.room(margin);
        if self.most.is_some() && content.width() > room {
            let first = content.folds(room - 1, 1).next().unwrap_or_default();
            return self.push(margin, 0, |line| {
                line.push_part_of(content, first);
                line.cut(line.width() + 1);
            });
        }
        for part in content.breaks(room) {
            self.push(margin, 0, |line| line.push_part_of(content, part));
        }
    }

    /// Tells that there is more than fits.
    fn end(mut self) -> Vec<Line> {
        let Some(most) = self.most.filter(|most| self.lines.len() > *most) else {
            return self.lines;
        };
        self.lines.truncate(most);
        match self.lines.last_mut() {
            Some(last) if last.text().ends_with(CUT) => {}
            Some(last) if last.width() + 2 <= self.width => {
                last.push(self.paint.palette.dim(), " …")
            }
            Some(last) => last.cut(self.width),
            None => {}
        }
        self.lines
    }
}
