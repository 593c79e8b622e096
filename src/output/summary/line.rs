//! What stands in the output for one event: a line, cut to a width, or with `--full` folded to it and with
//! the text that it introduces below.

use crate::output::sentences::Sentence;
use crate::output::text::{Column, Paint};

/// Before each row that belongs to the line above.
const INDENT: &str = "    ";

/// Where the line of an event stands.
pub struct EventLine {
    /// Columns that are used before it.
    pub used: usize,
    /// Columns to cut or fold to.
    pub columns: Option<usize>,
    /// What texts are painted with.
    pub paint: Paint,
}

impl EventLine {
    fn left(&self, used: usize) -> usize {
        self.columns
            .map_or(usize::MAX, |columns| columns.saturating_sub(used))
    }

    /// Appends what fits to `out`.
    pub fn write_cut(&self, sentence: Sentence, out: &mut Vec<u8>) {
        let mut line = sentence.line;
        if let Some(text) = &sentence.text {
            text.write_line(&mut line, self.paint);
        }
        line.write_cut(out, self.paint.palette, self.left(self.used));
    }

    /// Appends all of it to `out`, without the last line break.
    pub fn write_whole(&self, sentence: Sentence, out: &mut Vec<u8>) {
        let (first, later) = (self.left(self.used), self.left(INDENT.len()));
        let column = Column {
            width: later,
            lines: None,
        };
        let text = sentence.text.map(|text| text.lines(column, self.paint));
        let (mut line, mut below) = (sentence.line, text.unwrap_or_default());
        if let [text] = below.as_slice()
            && line.width() + text.width() <= first
        {
            line.push_line(text);
            below.clear();
        }
        for (at, part) in line.folds(first, later).enumerate() {
            if at > 0 {
                write_break(out);
            }
            line.part(part).write(out, self.paint.palette);
        }
        for row in &below {
            write_break(out);
            row.write(out, self.paint.palette);
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
