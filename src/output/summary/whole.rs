//! A message's whole text, below the line that introduces it.
//!
//! Paragraphs and lists are wrapped and hang below their bullets; code and tables keep their
//! columns, even where the terminal then breaks them. Lines are split before they are made
//! harmless: their breaks are what is shown here.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr as _;

use super::markdown::{Fences, Part, hanging};
use super::wrap::{Room, rows};
use crate::output::palette::Ink;
use crate::output::sanitize::sanitize;

/// Before each row that belongs to the line above.
pub const INDENT: &str = "    ";
/// A tab in code; a terminal would count it from its own edge.
const TAB: &str = "    ";

/// Without the blank lines around it.
pub fn trim(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    let first = text.len() - text.trim_start().len();
    let start = text.get(..first).and_then(|blank| blank.rfind(is_break));
    // The indentation of the first line may mean something.
    text.drain(..start.map_or(0, |at| text.ceil_char_boundary(at + 1)));
    text
}

/// Whether it has more lines than one.
pub fn has_lines(text: &str) -> bool {
    text.contains(is_break)
}

/// Appends the text, each row after a line break.
pub fn write(out: &mut Vec<u8>, text: &str, ink: &Ink, columns: Option<usize>) {
    let mut fences = Fences::default();
    for line in lines(text) {
        let part = fences.read(line);
        let shown = clean(line);
        let hanging = hanging(&shown);
        let room = columns.map(|columns| columns.saturating_sub(INDENT.len()));
        match room.filter(|_| part == Part::Prose) {
            Some(first) => {
                // A text squeezed to the right edge is harder to read than one that does not hang.
                let hanging = if hanging.width() * 2 > first {
                    ""
                } else {
                    &hanging
                };
                let later = first - hanging.width();
                for (at, row) in rows(&shown, Room { first, later }).enumerate() {
                    let mark = if at == 0 { "" } else { hanging };
                    write_row(out, ink, mark, shown.get(row).unwrap_or_default());
                }
            }
            None => write_row(out, ink, "", shown.trim_end()),
        }
    }
}

fn write_row(out: &mut Vec<u8>, ink: &Ink, mark: &str, row: &str) {
    out.push(b'\n');
    if !row.is_empty() {
        out.extend_from_slice(INDENT.as_bytes());
        out.extend_from_slice(mark.as_bytes());
        ink.write(out, row);
    }
}

/// The same breaks that a summary's one line shows.
fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(at) = text.find(is_break) else {
            return rest.take();
        };
        let (line, from) = text.split_at(at);
        let after = from.strip_prefix("\r\n");
        rest = after.or_else(|| from.get(from.ceil_char_boundary(1)..));
        Some(line)
    })
}

fn clean(line: &str) -> Cow<'_, str> {
    if line.contains('\t') {
        Cow::Owned(sanitize(&line.replace('\t', TAB)).into_owned())
    } else {
        sanitize(line)
    }
}

#[cfg(test)]
mod tests;
