//! The rows of a text, found line by line: paragraphs, lists, quotes, code, tables, spoilers, polls.
//!
//! What is open around a line is all that has to be known to read it, and the line below only where a
//! table may begin. So the time is that of the length.

use std::borrow::Cow;

use memchr::memchr3;

use super::{Reader, Row, RowKind, Text, Words};
use crate::output::palette::Styles;

/// Quotes in quotes: more than people write. What is deeper is text.
const DEEPEST: usize = 16;
/// What tabs at the beginning of a line stand for, and what makes it code.
const TAB: &str = "    ";

impl Reader<'_> {
    /// Reads a text.
    pub fn read(&mut self, text: &str) -> Text {
        let action = self.actor.zip(text.strip_prefix("/me "));
        let (_, text) = action.unwrap_or(("", text));
        let text = with_line_feeds(text);
        let mut blocks = Blocks {
            reader: self,
            text: Text {
                words: Words::with_room(text.len()),
                ..Text::default()
            },
            used: 0,
            fences: Vec::new(),
            marks: 0,
            paragraph: Cow::Borrowed(""),
            in_list: false,
            before: Before::Nothing,
            blank: None,
        };
        if let Some((name, _)) = action {
            // It stands in the first row, whatever that is.
            let name = format!("{name} ");
            blocks.text.words.push(&name, Styles::ITALIC, None);
            blocks.text.is_action = true;
        }
        blocks.read(&text);
        blocks.text
    }
}

/// With one of the line breaks that a summary's one line shows in place of all.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    let others = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];
    // What they begin with.
    let begin = memchr3(b'\r', 0xc2, 0xe2, text.as_bytes());
    if begin.is_none() || !text.contains(others) {
        return text.into();
    }
    text.replace("\r\n", "\n").replace(others, "\n").into()
}

/// Reads one line after the other.
struct Blocks<'b, 'a, 'l> {
    reader: &'b mut Reader<'a>,
    text: Text,
    /// Pieces that are in rows already.
    used: usize,
    /// The innermost is the last.
    fences: Vec<Fence<'l>>,
    /// How many `>` are around the line, within the fences.
    marks: usize,
    /// Lines of words that are not read yet.
    paragraph: Cow<'l, str>,
    in_list: bool,
    before: Before,
    /// Quotes around the blank line above, if there is one.
    blank: Option<usize>,
}

/// What stands above a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Words,
    Table,
    /// Code by its indentation.
    Code,
}

/// A fence that is open.
struct Fence<'l> {
    mark: &'l str,
    /// Blanks before it.
    indent: usize,
    inside: Inside,
    /// The rows that were there before.
    rows: usize,
}

/// What a fence holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Rows as others, one quote deeper.
    Quote,
    /// The same, which the row above keeps.
    Answered,
    /// Rows that the row above keeps.
    Spoiler,
    Code,
}

impl<'l> Blocks<'_, '_, 'l> {
    fn read(&mut self, text: &'l str) {
        if !self.widget(text) {
            let mut lines = text.split('\n').peekable();
            while let Some(line) = lines.next() {
                if !self.in_fence(line) && !self.open_fence(line) {
                    let line = self.quoted(line);
                    self.line(line, lines.peek().unwrap_or(&""));
                }
            }
            self.end_paragraph();
            while !self.fences.is_empty() {
                self.close_fence();
            }
        }
        // Who says nothing but what somebody else said wants it to be read.
        let rows = &mut self.text.rows;
        if rows.iter().all(|row| row.kind == RowKind::Answered) {
            for mut row in std::mem::take(rows) {
                let said = std::mem::take(&mut row.inner);
                row.kind = RowKind::Prose;
                // With the colon.
                row.pieces.end += 1;
                rows.push(row);
                rows.extend(said);
            }
        }
        if rows.is_empty() && self.text.is_action {
            self.push(RowKind::Prose);
        }
        // Signs with nothing in them are better than nothing.
        let Text { words, rows, .. } = &self.text;
        let mut pieces = rows.iter().flat_map(|row| words.of(row.pieces.clone()));
        if !pieces.any(|(text, piece)| !piece.styles.has(Styles::ASIDE) && !is_blank(text)) {
            drop(pieces);
            self.text.rows.clear();
            for line in text.split('\n').filter(|line| !is_blank(line)) {
                self.text.words.plain(line);
                self.push(RowKind::Fixed);
            }
        }
    }

    /// `/poll Lunch?` with an option on each line, or `/todo Release` with tasks. Nothing is read in it.
    fn widget(&mut self, text: &str) -> bool {
        let mut lines = text.split('\n');
        let first = lines.next().unwrap_or_default();
        let (command, title) = first.split_once(' ').unwrap_or((first, ""));
        let (sign, unnamed) = match command {
            "/poll" => ("📊", "poll"),
            "/todo" => ("📋", "Task list"),
            _ => return false,
        };
        let title = match title.trim() {
            "" => unnamed,
            title => title,
        };
        self.text.words.plain(&format!("{sign} {title}"));
        let options = lines.map(|line| {
            let line = line.trim();
            line.strip_prefix(['-', '*']).unwrap_or(line).trim()
        });
        let options = options.filter(|option| !option.is_empty());
        for (number, option) in (1_u32..).zip(options) {
            let circled = char::from_u32(0x245f + number).filter(|_| number <= 20);
            self.text.words.plain(&match circled {
                _ if command == "/todo" => format!(" ☐ {option}"),
                Some(circled) => format!(" {circled} {option}"),
                None => format!(" ({number}) {option}"),
            });
        }
        self.push(RowKind::Widget);
        true
    }

    fn depth(&self) -> usize {
        let is_quote = |fence: &&Fence| matches!(fence.inside, Inside::Quote | Inside::Answered);
        self.marks + self.fences.iter().filter(is_quote).count()
    }

    /// Makes a row of the pieces that are in none.
    fn push(&mut self, kind: RowKind) {
        self.push_up_to(kind, self.text.words.pieces.len());
    }

    fn push_up_to(&mut self, kind: RowKind, end: usize) {
        let row = Row {
            depth: self.depth(),
            indent: self.fences.last().map_or(0, |fence| fence.indent),
            blank: self.blank.take(),
            kind,
            pieces: self.used..end,
            inner: Vec::new(),
        };
        self.used = end;
        self.text.rows.push(row);
    }

    /// A row that is shown as it was typed.
    fn push_typed(&mut self, kind: RowKind, line: &str) {
        let styles = if kind == RowKind::Code {
            Styles::CODE
        } else {
            Styles::default()
        };
        let words = &mut self.text.words;
        words.push(&line.replace('\t', TAB), styles, None);
        self.push(kind);
    }

    /// The end of a fence, or code in it.
    fn in_fence(&mut self, line: &str) -> bool {
        let Some(fence) = self.fences.last() else {
            return false;
        };
        let (_, line) = line.split_at(blanks(line).min(fence.indent));
        if line.trim_end() == fence.mark {
            self.end_paragraph();
            self.close_fence();
            return true;
        }
        if fence.inside != Inside::Code {
            return false;
        }
        self.push_typed(RowKind::Code, line);
        true
    }

    /// Servers take no indented fence for one, but who writes it in a list means it.
    fn open_fence(&mut self, line: &'l str) -> bool {
        let indent = blanks(line);
        let may_open = (indent == 0 || self.in_list) && self.fences.len() < DEEPEST;
        let fence = fence(line.trim_start_matches(' ')).filter(|_| may_open);
        let Some((mark, word, title)) = fence else {
            return false;
        };
        self.end_paragraph();
        self.marks = 0;
        self.before = Before::Nothing;
        let inside = match word {
            "quote" | "quoted" if self.answer().is_some() => Inside::Answered,
            "quote" | "quoted" => Inside::Quote,
            "spoiler" => {
                self.spoiler(title);
                Inside::Spoiler
            }
            _ => {
                let language = [word, title].join(" ");
                let words = &mut self.text.words;
                words.push(language.trim(), Styles::LANGUAGE, None);
                Inside::Code
            }
        };
        self.fences.push(Fence {
            mark,
            indent,
            inside,
            rows: self.text.rows.len(),
        });
        true
    }

    /// Makes `@_**Ada|7** [said](…/near/41):` above a quote a row for both. One blank line may be between.
    fn answer(&mut self) -> Option<()> {
        let depth = self.depth();
        let (words, is_action) = (&mut self.text.words, self.text.is_action);
        let row = self.text.rows.last_mut()?;
        let pieces: Vec<_> = words.of(row.pieces.clone()).collect();
        let who = self.reader.answered(&pieces)?;
        // Who does something stands in the first row.
        let has_name = row.pieces.start == 0 && is_action;
        if has_name || row.depth != depth || row.kind != RowKind::Prose {
            return None;
        }
        row.kind = RowKind::Answered;
        row.pieces.start = words.pieces.len();
        words.push(&who, Styles::DIM, None);
        row.pieces.end = words.pieces.len();
        // Shown where they are not folded.
        words.push(":", Styles::DIM, None);
        self.used = words.pieces.len();
        Some(())
    }

    fn spoiler(&mut self, title: &str) {
        self.text.words.plain("spoiler");
        if !title.is_empty() {
            self.text.words.plain(": ");
            let depth = self.depth();
            self.reader.write(title, depth, &mut self.text.words);
        }
        self.text.words.plain(" ▒▒▒");
        self.push(RowKind::Spoiler);
    }

    fn close_fence(&mut self) {
        self.marks = 0;
        self.before = Before::Words;
        let rows = self.text.rows.len();
        let is_empty = |fence: &Fence| fence.inside == Inside::Code && fence.rows == rows;
        if self.fences.last().is_some_and(is_empty) {
            self.push(RowKind::Code);
        }
        let Some(fence) = self.fences.pop() else {
            return;
        };
        if matches!(fence.inside, Inside::Answered | Inside::Spoiler) {
            self.blank = None;
            let inner = self.text.rows.split_off(fence.rows);
            if let Some(row) = self.text.rows.last_mut() {
                row.inner = inner;
            }
        }
    }

    /// The line without the `>` before it. A quote goes on without them up to the next blank line.
    fn quoted(&mut self, line: &'l str) -> &'l str {
        let (mut text, mut marks) = (line, 0);
        while let Some(inner) = unquoted(text)
            && self.fences.len() + marks < DEEPEST
            && (marks < self.marks || text.trim() != ">")
        {
            text = inner;
            marks += 1;
        }
        let ends = |line| is_blank(line) || is_item(line) || is_rule(line) || line.starts_with('#');
        if marks < self.marks && !ends(text) {
            marks = self.marks;
        }
        if marks != self.marks {
            self.end_paragraph();
            self.marks = marks;
            self.before = Before::Nothing;
        }
        text
    }

    fn line(&mut self, line: &'l str, below: &str) {
        let indented = line.strip_prefix(TAB).or(line.strip_prefix('\t'));
        if self.before == Before::Nothing && !line.starts_with("  ") && !is_item(line) {
            self.in_list = false;
        }
        let may_be_code = matches!(self.before, Before::Nothing | Before::Code) && !self.in_list;
        if is_blank(line) {
            self.end_paragraph();
            let depth = self.depth();
            self.blank = Some(self.blank.map_or(depth, |blank| blank.min(depth)));
            self.before = Before::Nothing;
        } else if self.before == Before::Table || is_table(line, below) {
            self.end_paragraph();
            self.before = Before::Table;
            self.push_typed(RowKind::Fixed, line);
        } else if let Some(line) = indented.filter(|_| may_be_code) {
            self.before = Before::Code;
            self.push_typed(RowKind::Code, line);
        } else {
            self.before = Before::Words;
            self.words(line);
        }
    }

    /// A rule, a heading, or words behind those above.
    fn words(&mut self, line: &'l str) {
        if is_rule(line) {
            self.end_paragraph();
            return self.push_typed(RowKind::Fixed, line);
        }
        let title = line.trim_start_matches('#');
        let (marks, _) = line.split_at(line.len() - title.len());
        // Without a title it is shown as it was typed: a row must not be empty where there is colour.
        if matches!(marks.len(), 1..=6) && title.starts_with(' ') && !is_blank(title) {
            self.end_paragraph();
            let (depth, words) = (self.depth(), &mut self.text.words);
            words.push(&format!("{marks} "), Styles::SIGN, None);
            let first = words.pieces.len();
            self.reader.write(title.trim_start(), depth, words);
            for piece in words.pieces.iter_mut().skip(first) {
                piece.styles = piece.styles.and(Styles::BOLD);
            }
            return self.push(RowKind::Prose);
        }
        if is_item(line) {
            self.end_paragraph();
            self.in_list = true;
        }
        if self.paragraph.is_empty() {
            self.paragraph = line.into();
        } else {
            self.paragraph.to_mut().extend(["\n", line]);
        }
    }

    fn end_paragraph(&mut self) {
        if self.paragraph.is_empty() {
            return;
        }
        let paragraph = std::mem::take(&mut self.paragraph);
        // The star of a list is no sign.
        let (item, text) = paragraph.split_at(bullet(&paragraph));
        let (depth, words) = (self.depth(), &mut self.text.words);
        words.plain(item);
        self.reader.write(text, depth, words);
        let pieces = words.pieces.iter().enumerate().skip(self.used);
        let breaks = pieces.filter(|(_, piece)| piece.styles.has(Styles::BREAK));
        let breaks: Vec<usize> = breaks.map(|(at, _)| at).collect();
        for at in breaks {
            self.push_up_to(RowKind::Prose, at);
            self.used += 1;
        }
        self.push(RowKind::Prose);
    }
}

/// The mark of a fence, the word behind it, and the rest.
fn fence(line: &str) -> Option<(&str, &str, &str)> {
    let first = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let behind = line.trim_start_matches(first);
    let (mark, _) = line.split_at(line.len() - behind.len());
    if mark.len() < 3 || behind.contains(['`', '~']) {
        return None;
    }
    let behind = behind.trim();
    let words = behind.strip_prefix('{').unwrap_or(behind);
    let words = words.trim_start_matches('.');
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_+,-./#".contains(c);
    let title = words.trim_start_matches(is_word);
    let (word, _) = words.split_at(words.len() - title.len());
    let title = title.trim_matches(['}', ' ']);
    (behind.is_empty() || !word.is_empty()).then_some((mark, word, title))
}

/// Bytes of the blanks and the bullet or number that a line begins with; none without a bullet.
pub fn bullet(line: &str) -> usize {
    let item = line.trim_start_matches(' ');
    let digits = item.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_mark = match item.len() - digits.len() {
        0 => digits.starts_with(['*', '-', '+']),
        1..=9 => digits.starts_with('.'),
        _ => false,
    };
    if is_mark && digits.get(1..2) == Some(" ") {
        line.len() - digits.len() + 2
    } else {
        0
    }
}

fn blanks(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn is_item(line: &str) -> bool {
    bullet(line) > 0 && !is_rule(line)
}

fn is_rule(line: &str) -> bool {
    let mut marks = line.trim().chars().filter(|c| *c != ' ');
    let first = marks.next().filter(|c| "-_*".contains(*c));
    first.is_some_and(|first| marks.clone().all(|c| c == first) && marks.count() >= 2)
}

/// Two cells above a row of lines.
fn is_table(line: &str, below: &str) -> bool {
    let below = below.trim_start_matches(['>', ' ']);
    let is_line = below
        .bytes()
        .all(|byte| matches!(byte, b'|' | b':' | b'-' | b' '));
    is_line && below.contains('|') && below.contains('-') && line.contains('|')
}

/// What follows a `>`.
fn unquoted(line: &str) -> Option<&str> {
    let inner = line.trim_start_matches(' ').strip_prefix('>')?;
    (blanks(line) <= 3).then(|| inner.strip_prefix(' ').unwrap_or(inner))
}
