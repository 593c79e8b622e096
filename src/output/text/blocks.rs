//! The rows of a text, found line by line: paragraphs, lists, quotes, code, tables, spoilers, polls.
//!
//! What is open around a line is all that has to be known to read it, and the line below only where a
//! table may begin. So the time is that of the length.

use std::borrow::Cow;

use super::{Piece, Reader, Row, RowKind, Shown, Text};
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
        // The same breaks that a summary's one line shows.
        let is_break = |c: char| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let text = if text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n"))
        } else {
            Cow::Borrowed(text)
        };
        let lines: Vec<&str> = text.split(is_break).collect();
        let mut rows = match widget(&lines) {
            Some(widget) => vec![widget],
            None => Blocks::new(self).read(&lines),
        };
        // Who says nothing but what somebody else said wants it to be read.
        if rows.iter().all(|row| row.kind == RowKind::Answered) {
            rows = rows.into_iter().flat_map(Row::unfolded).collect();
        }
        if let Some((name, _)) = action {
            let name = Piece::new(format!("{name} "), Styles::ITALIC);
            match rows.first_mut() {
                Some(row) => row.pieces.insert(0, name),
                None => rows.push(Row::alone(RowKind::Prose, vec![name])),
            }
        }
        // Signs with nothing in them are better than nothing.
        let is_seen = |piece: &Piece| piece.shown == Shown::Always && !is_blank(&piece.text);
        if !rows.iter().flat_map(|row| &row.pieces).any(is_seen) {
            let shown = lines.iter().filter(|line| !is_blank(line));
            let shown = shown.map(|line| Row::alone(RowKind::Fixed, vec![Piece::plain(*line)]));
            rows = shown.collect();
        }
        Text {
            is_action: action.is_some(),
            rows,
        }
    }
}

/// `/poll Lunch?` with an option on each line, or `/todo Release` with tasks. Nothing is read in it.
fn widget(lines: &[&str]) -> Option<Row> {
    let (first, options) = lines.split_first()?;
    let (command, title) = first.split_once(' ').unwrap_or((first, ""));
    let (sign, unnamed) = match command {
        "/poll" => ("📊", "poll"),
        "/todo" => ("📋", "Task list"),
        _ => return None,
    };
    let title = match title.trim() {
        "" => unnamed,
        title => title,
    };
    let mut pieces = vec![Piece::plain(format!("{sign} {title}"))];
    let options = options.iter().map(|line| line.trim());
    let options = options.map(|line| line.strip_prefix(['-', '*']).unwrap_or(line).trim());
    let options = options.filter(|option| !option.is_empty());
    pieces.extend((1_u32..).zip(options).map(|(number, option)| {
        let circled = char::from_u32(0x245f + number).filter(|_| number <= 20);
        Piece::plain(match circled {
            _ if command == "/todo" => format!(" ☐ {option}"),
            Some(circled) => format!(" {circled} {option}"),
            None => format!(" ({number}) {option}"),
        })
    }));
    Some(Row::alone(RowKind::Widget, pieces))
}

impl Row {
    fn alone(kind: RowKind, pieces: Vec<Piece>) -> Row {
        let row = Row::default();
        Row {
            kind,
            pieces,
            ..row
        }
    }

    /// Who is answered, and then what they said.
    fn unfolded(mut self) -> Vec<Row> {
        let said = std::mem::take(&mut self.inner);
        self.kind = RowKind::Prose;
        self.pieces.push(Piece::new(":", Styles::DIM));
        let mut rows = vec![self];
        rows.extend(said);
        rows
    }
}

/// Reads one line after the other.
struct Blocks<'b, 'a, 'l> {
    reader: &'b mut Reader<'a>,
    rows: Vec<Row>,
    /// The innermost is the last.
    fences: Vec<Fence<'l>>,
    /// How many `>` are around the line, within the fences.
    marks: usize,
    /// Lines of words that are not read yet.
    paragraph: String,
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

impl<'b, 'a, 'l> Blocks<'b, 'a, 'l> {
    fn new(reader: &'b mut Reader<'a>) -> Blocks<'b, 'a, 'l> {
        Blocks {
            reader,
            rows: Vec::new(),
            fences: Vec::new(),
            marks: 0,
            paragraph: String::new(),
            in_list: false,
            before: Before::Nothing,
            blank: None,
        }
    }

    fn read(mut self, lines: &[&'l str]) -> Vec<Row> {
        for (at, line) in lines.iter().enumerate() {
            if !self.in_fence(line) && !self.open_fence(line) {
                let text = self.quoted(line);
                let below = lines.get(at + 1).copied().unwrap_or_default();
                self.line(text, below);
            }
        }
        self.end_paragraph();
        while !self.fences.is_empty() {
            self.close_fence();
        }
        self.rows
    }

    fn depth(&self) -> usize {
        let is_quote = |fence: &&Fence| matches!(fence.inside, Inside::Quote | Inside::Answered);
        self.marks + self.fences.iter().filter(is_quote).count()
    }

    fn push(&mut self, kind: RowKind, pieces: Vec<Piece>) {
        self.rows.push(Row {
            depth: self.depth(),
            indent: self.fences.last().map_or(0, |fence| fence.indent),
            blank: self.blank.take(),
            kind,
            pieces,
            inner: Vec::new(),
        });
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
        match self.rows.last_mut() {
            Some(row) if row.pieces.is_empty() => row.pieces.push(code(line)),
            _ => self.push(RowKind::Code(String::new()), vec![code(line)]),
        }
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
            "quote" | "quoted" if self.answer() => Inside::Answered,
            "quote" | "quoted" => Inside::Quote,
            "spoiler" => {
                self.spoiler(title);
                Inside::Spoiler
            }
            _ => Inside::Code,
        };
        self.fences.push(Fence {
            mark,
            indent,
            inside,
            rows: self.rows.len(),
        });
        if inside == Inside::Code {
            // Its first line comes into this row.
            let language = [word, title].join(" ").trim().to_owned();
            self.push(RowKind::Code(language), Vec::new());
        }
        true
    }

    /// Makes `@_**Ada|7** [said](…/near/41):` above a quote a row for both. One blank line may be between.
    fn answer(&mut self) -> bool {
        let depth = self.depth();
        let row = self.rows.last_mut();
        let Some(row) = row.filter(|row| row.depth == depth && row.kind == RowKind::Prose) else {
            return false;
        };
        let Some(who) = self.reader.answered(&row.pieces) else {
            return false;
        };
        row.kind = RowKind::Answered;
        row.pieces = vec![who];
        true
    }

    fn spoiler(&mut self, title: &str) {
        let mut pieces = vec![Piece::plain("spoiler")];
        if !title.is_empty() {
            pieces.push(Piece::plain(": "));
            pieces.extend(self.reader.pieces(title, self.depth()));
        }
        pieces.push(Piece::plain(" ▒▒▒"));
        self.push(RowKind::Spoiler, pieces);
    }

    fn close_fence(&mut self) {
        self.marks = 0;
        self.before = Before::Words;
        let Some(fence) = self.fences.pop() else {
            return;
        };
        if matches!(fence.inside, Inside::Answered | Inside::Spoiler) {
            self.blank = None;
            let inner = self.rows.split_off(fence.rows);
            if let Some(row) = self.rows.last_mut() {
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

    fn line(&mut self, line: &str, below: &str) {
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
            self.push(RowKind::Fixed, vec![Piece::plain(line.replace('\t', TAB))]);
        } else if let Some(line) = indented.filter(|_| may_be_code) {
            self.before = Before::Code;
            self.push(RowKind::Code(String::new()), vec![code(line)]);
        } else {
            self.before = Before::Words;
            self.words(line);
        }
    }

    /// A rule, a heading, or words behind those above.
    fn words(&mut self, line: &str) {
        if is_rule(line) {
            self.end_paragraph();
            return self.push(RowKind::Fixed, vec![Piece::plain(line)]);
        }
        let title = line.trim_start_matches('#');
        let (marks, _) = line.split_at(line.len() - title.len());
        // Without a title it is shown as it was typed: a row must not be empty where there is colour.
        if matches!(marks.len(), 1..=6) && title.starts_with(' ') && !is_blank(title) {
            self.end_paragraph();
            let mut pieces = self.reader.pieces(title.trim_start(), self.depth());
            for piece in &mut pieces {
                piece.styles = piece.styles.and(Styles::BOLD);
            }
            pieces.insert(0, Piece::sign(format!("{marks} ")));
            return self.push(RowKind::Prose, pieces);
        }
        if is_item(line) {
            self.end_paragraph();
            self.in_list = true;
        }
        if !self.paragraph.is_empty() {
            self.paragraph.push('\n');
        }
        self.paragraph.push_str(line);
    }

    fn end_paragraph(&mut self) {
        if self.paragraph.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.paragraph);
        // The star of a list is no sign.
        let (item, words) = text.split_at(bullet(&text));
        let mut row = vec![Piece::plain(item)];
        for piece in self.reader.pieces(words, self.depth()) {
            if !piece.text.contains('\n') {
                row.push(piece);
                continue;
            }
            for (number, part) in piece.text.split('\n').enumerate() {
                if number > 0 {
                    let row = std::mem::take(&mut row);
                    self.push(RowKind::Prose, row);
                }
                row.push(Piece {
                    text: part.to_owned(),
                    styles: piece.styles,
                    shown: piece.shown,
                    link: piece.link.clone(),
                });
            }
        }
        self.push(RowKind::Prose, row);
    }
}

fn code(line: &str) -> Piece {
    Piece::new(line.replace('\t', TAB), Styles::CODE)
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
    first.is_some_and(|first| marks.clone().count() >= 2 && marks.all(|c| c == first))
}

/// Two cells above a row of lines.
fn is_table(line: &str, below: &str) -> bool {
    let below = below.trim_start_matches(['>', ' ']);
    let is_line = below.contains('-') && below.chars().all(|c| "|:- ".contains(c));
    line.contains('|') && below.contains('|') && is_line
}

/// What follows a `>`.
fn unquoted(line: &str) -> Option<&str> {
    let inner = line.trim_start_matches(' ').strip_prefix('>')?;
    (blanks(line) <= 3).then(|| inner.strip_prefix(' ').unwrap_or(inner))
}
