//! Where things stand in the chat: a bar, the minute, the sender, and the text in one column.

use std::rc::Rc;

use unicode_width::UnicodeWidthStr as _;

use crate::output::palette::{Ink, Palette, Styles};
use crate::output::sentences::Length;
use crate::output::text::{Column, Line, Paint, Text};

/// At the left of a conversation, in its colour.
const BAR: &str = "▌";
/// There where a message is to the user and no colour says so.
const TO_USER: &str = "@";
/// Columns of a time.
const TIME: usize = 5;
/// Columns of a sender.
const SENDER: usize = 14;
/// Where the sender begins, and what has none.
pub const SENDER_AT: usize = 7;
/// Where the text begins.
const TEXT_AT: usize = SENDER_AT + SENDER + 1;
/// With fewer columns the text would be squeezed: no bar, and the sender stands before the text.
const WIDE: usize = 60;
/// Below that no row says anything, so a narrower terminal has to wrap.
const NARROWEST: usize = 20;
/// Lines of a message.
const LINES: usize = 3;

/// The columns of a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    width: usize,
    /// Lines of a text at most.
    lines: Option<usize>,
    palette: Palette,
}

/// What stands beside a message's text.
#[derive(Debug)]
pub struct MessageRow<'a> {
    /// The colour of its conversation.
    pub bar: &'static Ink,
    /// Whether it is to the user.
    pub is_to_user: bool,
    /// When it was sent; empty where that is known from above.
    pub time: &'a str,
    /// What the time is painted with.
    pub time_ink: &'static Ink,
    /// Where the time leads.
    pub link: Option<Rc<str>>,
    /// Who sent it, where that is not known from above.
    pub sender: Option<(&'a str, &'static Ink)>,
}

impl Grid {
    /// That of so many columns.
    pub fn new(width: usize, length: Length, palette: Palette) -> Grid {
        Grid {
            width: width.max(NARROWEST),
            lines: match length {
                Length::Cut => Some(LINES),
                Length::Whole => None,
            },
            palette,
        }
    }

    fn is_wide(self) -> bool {
        self.width >= WIDE
    }

    /// A new day, in a line across.
    pub fn write_rule(self, date: &str, out: &mut Vec<u8>) {
        let left = self.width.saturating_sub(date.width() + 2);
        let rule = |columns| "─".repeat(columns);
        let text = format!("{} {date} {}", rule(left / 2), rule(left - left / 2));
        let mut line = Line::default();
        line.push(self.palette.dim(), &text);
        self.write_cut(&line, out);
    }

    /// Where what follows is said.
    pub fn write_head(self, bar: &'static Ink, place: &Line, out: &mut Vec<u8>) {
        let mut line = Line::default();
        if self.is_wide() {
            line.push(bar, BAR);
        }
        line.push_line(place);
        self.write_cut(&line, out);
    }

    /// A message.
    pub fn write_message(self, row: &MessageRow, text: &Text, paint: Paint, out: &mut Vec<u8>) {
        let text_at = if self.is_wide() { TEXT_AT } else { SENDER_AT };
        let mut lines = match row.sender.filter(|_| !self.is_wide()) {
            Some((name, ink)) => self.with_sender(name, ink, text, paint),
            None => text.lines(self.column(text_at), paint),
        };
        if lines.is_empty() {
            lines.push(Line::default());
        }
        for (at, text) in lines.iter().enumerate() {
            let mut beside = if at == 0 {
                self.beside(row)
            } else {
                let mut bar = Line::default();
                bar.push(row.bar, if self.is_wide() { BAR } else { "" });
                bar
            };
            if !text.text().is_empty() {
                pad(&mut beside, text_at, self.palette);
            }
            beside.write(out, self.palette);
            self.write(text, out);
        }
    }

    /// What stands beside the first row of a text.
    fn beside(self, row: &MessageRow) -> Line {
        let mut line = Line::default();
        let mark = if row.is_to_user && !self.palette.has_color() {
            TO_USER
        } else {
            BAR
        };
        if self.is_wide() {
            line.push(row.bar, mark);
        }
        let time = format!("{:TIME$}", row.time);
        line.push_styled(row.time_ink, Styles::default(), row.link.as_ref(), &time);
        if !self.is_wide() && mark == TO_USER {
            line.push(row.time_ink, mark);
        }
        if let Some((name, ink)) = row.sender.filter(|_| self.is_wide()) {
            pad(&mut line, SENDER_AT, self.palette);
            push_fitting(&mut line, ink, name, SENDER);
        }
        line
    }

    /// From a column on.
    fn column(self, from: usize) -> Column {
        Column {
            width: self.width - from,
            lines: self.lines,
        }
    }

    /// The sender before a text of one row, else above it.
    fn with_sender(self, name: &str, ink: &'static Ink, text: &Text, paint: Paint) -> Vec<Line> {
        let mut head = Line::default();
        push_fitting(&mut head, ink, name, self.width - SENDER_AT - 1);
        head.push(self.palette.dim(), ":");
        let unfolded = Column {
            width: usize::MAX,
            lines: None,
        };
        if let [row] = text.lines(unfolded, paint).as_slice() {
            head.push(paint.ink, " ");
            head.push_line(row);
            return self.fold(&head);
        }
        let mut lines = text.lines(self.column(SENDER_AT), paint);
        lines.insert(0, head);
        lines
    }

    /// A line in rows that begin where senders do.
    fn fold(self, line: &Line) -> Vec<Line> {
        let column = self.column(SENDER_AT);
        column.cut(column.fold(line, [0, 0], self.palette), self.palette)
    }

    /// What happened between messages.
    pub fn write_happening(self, time: &str, line: &Line, out: &mut Vec<u8>) {
        let palette = self.palette;
        let rows = self.fold(line);
        for (at, row) in rows.iter().enumerate() {
            let mut beside = Line::default();
            beside.push(palette.time(), if at == 0 { time } else { "" });
            pad(&mut beside, SENDER_AT, palette);
            beside.write(out, palette);
            self.write(row, out);
        }
    }

    fn write_cut(self, line: &Line, out: &mut Vec<u8>) {
        line.write_cut(out, self.palette, self.width);
        out.push(b'\n');
    }

    fn write(self, line: &Line, out: &mut Vec<u8>) {
        line.write(out, self.palette);
        out.push(b'\n');
    }
}

/// Blanks up to a column.
fn pad(line: &mut Line, column: usize, palette: Palette) {
    let blanks = column.saturating_sub(line.width());
    line.push(palette.plain(), &" ".repeat(blanks));
}

/// Appends a name in so many columns.
fn push_fitting(line: &mut Line, ink: &'static Ink, name: &str, columns: usize) {
    let mut own = Line::default();
    own.push(ink, name);
    if own.width() > columns {
        own.cut(columns + 1);
    }
    line.push_line(&own);
}
