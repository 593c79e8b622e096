//! Just so much of Markdown as is needed to leave code alone and to indent what follows a bullet.
//!
//! Not a parser: contents are shown as they were typed. Fences as in Zulip's
//! `zerver/lib/markdown/fenced_code.py`: they nest, and those of quotes and spoilers hold prose.

/// What a line is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words, which may be wrapped.
    Prose,
    /// Code, a fence, or a row of a table: the columns are part of what it says.
    Fixed,
}

/// Quotes in quotes: more than people write.
const DEEPEST: usize = 16;

/// Follows the fences from line to line.
#[derive(Debug, Default)]
pub struct Fences<'a> {
    /// The opening marks, and what is inside.
    open: Vec<(&'a str, Part)>,
}

impl<'a> Fences<'a> {
    /// What the next line is.
    pub fn read(&mut self, line: &'a str) -> Part {
        let trimmed = line.trim();
        let innermost = self.open.last().copied();
        if innermost.is_some_and(|(mark, _)| mark == trimmed) {
            self.open.pop();
            return Part::Fixed;
        }
        if matches!(innermost, Some((_, Part::Fixed))) {
            return Part::Fixed;
        }
        let (mark, title) = split_mark(trimmed);
        if mark.len() >= 3 && !title.contains('`') {
            let word = title.split_whitespace().next().unwrap_or_default();
            let inside = match word {
                "quote" | "spoiler" => Part::Prose,
                _ => Part::Fixed,
            };
            if self.open.len() < DEEPEST {
                self.open.push((mark, inside));
            }
            return Part::Fixed;
        }
        let is_code = line.starts_with("    ") || line.starts_with('\t');
        if trimmed.starts_with('|') || is_code && bullet(trimmed) == 0 {
            Part::Fixed
        } else {
            Part::Prose
        }
    }
}

/// The mark of a fence and what follows it: the language, or `quote`.
fn split_mark(line: &str) -> (&str, &str) {
    let Some(first) = line.chars().next().filter(|c| matches!(c, '`' | '~')) else {
        return ("", line);
    };
    let title = line.trim_start_matches(first);
    line.split_at(line.len() - title.len())
}

/// What begins a line and is to be repeated where it goes on in the next row: the marks of a quote,
/// and blanks below a bullet.
pub fn hanging(line: &str) -> String {
    let quote = line.trim_start_matches([' ', '>']);
    let marks = line.split_at(line.len() - quote.len()).0;
    let blanks = bullet(quote);
    format!("{marks}{:blanks$}", "")
}

/// Bytes of the bullet or number that a line begins with, its blank included.
fn bullet(line: &str) -> usize {
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = line.len() - digits.len();
    let is_mark = match number {
        0 => digits.starts_with(['*', '-', '+']),
        1..=9 => digits.starts_with(['.', ')']),
        _ => false,
    };
    if is_mark && digits.get(1..2) == Some(" ") {
        number + 2
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, Fences, Part, hanging};

    /// A letter a line: `p` for prose, `f` for fixed.
    fn parts(text: &str) -> String {
        let mut fences = Fences::default();
        text.lines()
            .map(|line| match fences.read(line) {
                Part::Prose => 'p',
                Part::Fixed => 'f',
            })
            .collect()
    }

    #[test]
    fn code_and_tables_are_fixed_and_quotes_are_prose() {
        for (name, text, expected) in [
            ("plain", "a\n\nb", "ppp"),
            ("backticks", "a\n```\nb\n```\nc", "pfffp"),
            ("language", "```python\nb\n```\nc", "fffp"),
            ("tildes", "~~~\n```\n~~~\nc", "fffp"),
            ("longer fence", "````\n```\n````\nc", "fffp"),
            ("never closed", "```\na\nb", "fff"),
            ("quote", "```quote\na\n```\nc", "fpfp"),
            ("spoiler", "```spoiler The end\na\n```\nc", "fpfp"),
            (
                "code in a quote",
                "````quote\na\n```\nb\n```\nc\n````\nd",
                "fpfffpfp",
            ),
            (
                "same marks",
                "```quote\n```js\nb\n```\nc\n```\nd",
                "ffffpfp",
            ),
            ("inline code", "```a``` b\nc", "pp"),
            ("indented", "    a\n\ta\n  a", "ffp"),
            ("nested list", "* a\n    * b\n    1. c", "ppp"),
            ("table", "| a | b |\n|---|---|\nc", "ffp"),
        ] {
            assert_eq!(parts(text), expected, "{name}");
        }
    }

    #[test]
    fn fences_without_end_do_not_pile_up() {
        let mut fences = Fences::default();
        for _ in 0..1000 {
            fences.read("```quote");
            fences.read("~~~quote");
        }
        assert!(fences.open.len() <= DEEPEST);
    }

    #[test]
    fn rows_hang_below_what_they_belong_to() {
        for (line, expected) in [
            ("plain", ""),
            ("  indented", "  "),
            ("> quote", "> "),
            ("> > quote", "> > "),
            (">quote", ">"),
            ("* item", "  "),
            ("- item", "  "),
            ("  - nested", "    "),
            ("10. item", "    "),
            ("> 1) item", ">    "),
            ("**bold**", ""),
            ("-5 degrees", ""),
            ("2026. A year", "      "),
            ("12345678901. not a list", ""),
            ("*", ""),
            ("", ""),
        ] {
            assert_eq!(hanging(line), expected, "{line}");
        }
    }
}
