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

#[cfg(test)]
mod tests {
    use crate::output::palette::Color;
    use crate::output::summary::telling::{IN_DENMARK, message, whole};

    const HEAD: &str = "14:02:07 #Denmark > lunch plans  Othello Bot:";

    fn saying(content: &str) -> String {
        let json = serde_json::to_string(content).unwrap();
        message(&IN_DENMARK.replace("\"text\"", &json))
    }

    /// What stands below the date.
    fn shown(width: Option<usize>, content: &str) -> String {
        let out = whole(Color::Off, width, &[("message", &saying(content))]);
        out.strip_prefix("2026-11-22 Sunday\n").unwrap().to_owned()
    }

    #[test]
    fn a_text_that_fits_stays_on_its_line() {
        for (name, content, expected) in [
            ("short", "text", " text"),
            ("blank lines around", "\n\r\n text\n\n", "  text"),
            ("as wide as can be", "0123456789 12", " 0123456789 12"),
            ("too wide", "0123456789 123", "\n    0123456789 123"),
            ("two lines", "a\nb", "\n    a\n    b"),
            ("a list", "* one\n* two", "\n    * one\n    * two"),
            ("nothing", "", ""),
            ("blank", " \n ", ""),
        ] {
            let width = HEAD.len() + 14;
            let expected = format!("{HEAD}{expected}\n");
            assert_eq!(shown(Some(width), content), expected, "{name}");
        }
    }

    #[test]
    fn a_pipe_gets_whole_lines() {
        let long = "word ".repeat(100) + "end";
        assert_eq!(shown(None, &long), format!("{HEAD} {long}\n"));
        let expected = format!("{HEAD}\n    {long}\n    │ {long}\n");
        assert_eq!(shown(None, &format!("{long}\n> {long}")), expected);
    }

    #[test]
    fn other_events_are_wrapped_below_their_time() {
        let text = r#"{"type":"x","op":"add","text":"one two three four five six","link":"https://example.com/a/b/c"}"#;
        assert_eq!(
            whole(Color::Off, Some(30), &[("x", text)]),
            "2026-11-22 Sunday\n14:03:00 x  x added: text =\n    \"one two three four five\n    six\"; link =\n    https://example.com/a/b/c\n"
        );
    }

    #[test]
    fn a_long_place_is_wrapped_as_well() {
        let text = saying("text").replace("lunch plans", "a topic that goes on and on");
        assert_eq!(
            whole(Color::Off, Some(40), &[("message", &text)]),
            "2026-11-22 Sunday\n14:02:07 #Denmark > a topic that goes on\n    and on  Othello Bot:\n    text\n"
        );
    }

    #[test]
    fn every_row_has_its_colour_to_itself() {
        let text = saying("one two\nthree").replace(r#""flags":[]"#, r#""flags":["mentioned"]"#);
        let out = whole(Color::On, Some(80), &[("message", &text)]);
        let expected = ":\x1b[0m\n    \x1b[1mone two\x1b[0m\n    \x1b[1mthree\x1b[0m\n";
        assert!(out.ends_with(expected), "{out:?}");
    }
}
