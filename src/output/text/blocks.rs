//! The rows of a text, found line by line: paragraphs, lists, quotes, code, tables, spoilers, polls.

use std::collections::HashMap;

use super::{Piece, Quotes, Reader, Row, RowKind, Text};
use crate::output::palette::Styles;

/// Quotes in quotes: more than people write. What is deeper is text.
const DEEPEST: usize = 16;
/// What tabs at the beginning of a line stand for, and what makes it code.
const TAB: &str = "    ";

impl Reader<'_> {
    /// Reads a text.
    pub fn read(&mut self, text: &str) -> Text {
        let action = self.actor.zip(text.strip_prefix("/me "));
        let (name, text) = action.map_or(("", text), |(name, action)| (name, action));
        let lines: Vec<&str> = lines(text).collect();
        let mut rows = match widget(&lines) {
            Some(widget) => vec![widget],
            None => Blocks::new(self, &lines, 0, Fences::Open).read(),
        };
        if action.is_some() {
            let name = Piece::new(format!("{name} "), Styles::ITALIC);
            match rows.first_mut() {
                Some(row) => row.pieces.insert(0, name),
                None => rows.push(Row::new(0, RowKind::Prose, vec![name])),
            }
        }
        let is_answered = |row: &Row| matches!(row.kind, RowKind::Answered(_));
        if rows.iter().all(|row| is_answered(row) || row.is_blank()) {
            rows = rows.into_iter().flat_map(Row::unfolded).collect();
        }
        // Fences with nothing in them are better than nothing.
        let mut pieces = rows.iter().flat_map(|row| &row.pieces);
        if pieces.all(|piece| piece.text.trim().is_empty()) {
            let shown = lines.iter().filter(|line| !line.trim().is_empty());
            let shown = shown.map(|line| Row::new(0, RowKind::Fixed, vec![Piece::plain(*line)]));
            rows = shown.collect();
        }
        Text {
            is_action: action.is_some(),
            rows: tidied(rows),
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
    let title = Some(title.trim()).filter(|title| !title.is_empty());
    let mut pieces = vec![Piece::plain(format!("{sign} {}", title.unwrap_or(unnamed)))];
    let options = options.iter().map(|line| line.trim());
    let options = options.map(|line| line.strip_prefix(['-', '*']).unwrap_or(line).trim());
    let options = options.filter(|option| !option.is_empty());
    pieces.extend((1_u32..).zip(options).map(|(number, option)| {
        let circled = char::from_u32(0x245f + number).filter(|_| number <= 20);
        Piece::plain(match circled {
            _ if command == "/todo" => format!("☐ {option}"),
            Some(circled) => format!("{circled} {option}"),
            None => format!("({number}) {option}"),
        })
    }));
    Some(Row::new(0, RowKind::Widget, pieces))
}

impl Row {
    fn new(depth: usize, kind: RowKind, pieces: Vec<Piece>) -> Row {
        Row {
            depth,
            indent: 0,
            kind,
            pieces,
        }
    }

    fn is_blank(&self) -> bool {
        matches!(self.kind, RowKind::Blank)
    }

    /// Stands out on the left from text of that depth.
    fn is_set_off(&self, depth: usize) -> bool {
        self.depth > depth || matches!(self.kind, RowKind::Code(_) | RowKind::Answered(_))
    }

    /// Who is answered, and then what they said.
    fn unfolded(mut self) -> Vec<Row> {
        let RowKind::Answered(quoted) = self.kind else {
            return vec![self];
        };
        self.pieces.push(Piece::new(":", Styles::DIM));
        let mut rows = vec![Row::new(self.depth, RowKind::Prose, self.pieces)];
        rows.extend(quoted);
        rows
    }
}

/// Whether fences mean something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fences {
    Open,
    /// Behind `>` they are text.
    Text,
}

/// Reads the lines of a text, or those in a quote.
struct Blocks<'b, 'a, 'l> {
    reader: &'b mut Reader<'a>,
    lines: &'l [&'l str],
    at: usize,
    depth: usize,
    fences: Fences,
    rows: Vec<Row>,
    paragraph: String,
    in_list: bool,
    after_blank: bool,
    /// Where the marks of fences stand alone for the last time, if they are indented.
    last_marks: Option<HashMap<&'l str, usize>>,
}

impl<'b, 'a, 'l> Blocks<'b, 'a, 'l> {
    fn new(
        reader: &'b mut Reader<'a>,
        lines: &'l [&'l str],
        depth: usize,
        fences: Fences,
    ) -> Blocks<'b, 'a, 'l> {
        Blocks {
            reader,
            lines,
            at: 0,
            depth,
            fences,
            rows: Vec::new(),
            paragraph: String::new(),
            in_list: false,
            after_blank: true,
            last_marks: None,
        }
    }

    fn read(mut self) -> Vec<Row> {
        while let Some(line) = self.lines.get(self.at) {
            let after_blank = std::mem::replace(&mut self.after_blank, false);
            if after_blank && !line.starts_with("  ") && !is_item(line) {
                self.in_list = false;
            }
            if line.trim().is_empty() {
                self.end_paragraph();
                self.push(RowKind::Blank, Vec::new());
                self.after_blank = true;
                self.at += 1;
            } else if self.fence(line)
                || self.indented_fence(line)
                || self.answer(line)
                || self.quote(line)
                || self.table(line)
                || after_blank && !self.in_list && self.indented_code(line)
            {
            } else {
                self.text(line);
                self.at += 1;
            }
        }
        self.end_paragraph();
        self.rows
    }

    fn push(&mut self, kind: RowKind, pieces: Vec<Piece>) {
        self.rows.push(Row::new(self.depth, kind, pieces));
    }

    /// A line of words, alone or behind those before it.
    fn text(&mut self, line: &str) {
        let level = line.len() - line.trim_start_matches('#').len();
        let (marks, title) = line.split_at(level);
        if is_rule(line) {
            self.end_paragraph();
            return self.push(RowKind::Fixed, vec![Piece::plain(line)]);
        }
        if matches!(level, 1..=6) && title.starts_with(' ') {
            self.end_paragraph();
            let mut pieces = self.read_signs(title.trim_start());
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
        let (bullet, words) = text.split_at(hanging(&text));
        let mut row = vec![Piece::plain(bullet)];
        for piece in self.read_signs(words) {
            for (number, part) in piece.text.split('\n').enumerate() {
                if number > 0 {
                    let row = std::mem::take(&mut row);
                    self.push(RowKind::Prose, row);
                }
                let text = part.to_owned();
                row.push(Piece {
                    text,
                    ..piece.clone()
                });
            }
        }
        self.push(RowKind::Prose, row);
    }

    fn read_signs(&mut self, text: &str) -> Vec<Piece> {
        self.reader.read_signs(text, self.depth)
    }

    /// The rows of a quote.
    fn inside(&mut self, lines: &[&str], fences: Fences) -> Vec<Row> {
        Blocks::new(self.reader, lines, self.depth + 1, fences).read()
    }

    fn fence_of<'t>(&self, line: &'t str) -> Option<Fence<'t>> {
        let is_open = self.fences == Fences::Open && self.depth < DEEPEST;
        Fence::of(line).filter(|_| is_open)
    }

    fn fence(&mut self, line: &'l str) -> bool {
        let Some(fence) = self.fence_of(line) else {
            return false;
        };
        self.end_paragraph();
        let lines = self.take_fenced(fence);
        match fence.inside() {
            Inside::Quote => {
                let rows = self.inside(lines, Fences::Open);
                self.rows.extend(rows);
            }
            Inside::Spoiler => {
                let mut pieces = vec![Piece::plain("spoiler")];
                if !fence.title.is_empty() {
                    pieces.push(Piece::plain(": "));
                    pieces.extend(self.read_signs(fence.title));
                }
                pieces.push(Piece::plain(" ▒▒▒"));
                self.push(RowKind::Spoiler(lines.join("\n")), pieces);
            }
            Inside::Code => self.code(lines, fence.language(), 0),
        }
        true
    }

    /// What stands between a fence, where we are, and its end, where we are then.
    fn take_fenced(&mut self, fence: Fence<'l>) -> &'l [&'l str] {
        let mut open = vec![fence];
        let deepest = DEEPEST - self.depth;
        self.at += 1;
        let lines = self.take_until(|line| {
            if let Some(innermost) = open.last() {
                if line.trim_end() == innermost.mark {
                    open.pop();
                } else if innermost.inside() != Inside::Code && open.len() < deepest {
                    open.extend(Fence::of(line));
                }
            }
            open.is_empty()
        });
        self.at += 1;
        lines
    }

    /// The lines up to one, where we are then.
    fn take_until(&mut self, mut is_end: impl FnMut(&'l str) -> bool) -> &'l [&'l str] {
        let lines = self.lines.get(self.at..).unwrap_or_default();
        let end = lines.iter().position(|line| is_end(line));
        let end = end.unwrap_or(lines.len());
        self.at += end;
        lines.get(..end).unwrap_or_default()
    }

    fn code(&mut self, lines: &[&str], mut language: String, indent: usize) {
        let lines = if lines.is_empty() { &[""] } else { lines };
        for line in lines {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            let line = line.get(blanks.min(indent)..).unwrap_or_default();
            let pieces = vec![Piece::new(line.replace('\t', TAB), Styles::CODE)];
            let kind = RowKind::Code(std::mem::take(&mut language));
            self.rows.push(Row {
                indent,
                ..Row::new(self.depth, kind, pieces)
            });
        }
    }

    /// Servers do not take it for one, but who writes it in a list means it.
    fn indented_fence(&mut self, line: &'l str) -> bool {
        let inner = line.trim_start_matches(' ');
        let indent = line.len() - inner.len();
        let Some(fence) = self.fence_of(inner).filter(|_| indent > 0) else {
            return false;
        };
        let lines = self.lines;
        let last_marks = self.last_marks.get_or_insert_with(|| {
            let marks = lines.iter().map(|line| line.trim()).zip(0..);
            marks.filter(|(line, _)| is_mark(line)).collect()
        });
        if last_marks
            .get(fence.mark)
            .is_none_or(|last| *last <= self.at)
        {
            return false;
        }
        self.end_paragraph();
        self.at += 1;
        let lines = self.take_until(|line| line.trim() == fence.mark);
        self.at += 1;
        self.code(lines, fence.language(), indent);
        true
    }

    /// `@_**Ada|7** [said](…/near/41):` right before a quote.
    fn answer(&mut self, line: &'l str) -> bool {
        if !line.trim_end().ends_with([':', '：']) || !line.contains("/near/") {
            return false;
        }
        let next = |ahead| self.lines.get(self.at + ahead).copied();
        let (gap, next) = match next(1) {
            Some(line) if line.trim().is_empty() => (2, next(2)),
            line => (1, line),
        };
        let fence = next.and_then(|line| self.fence_of(line));
        let fence = fence.filter(|fence| fence.inside() == Inside::Quote);
        let Some((fence, who)) = fence.zip(self.reader.answered(line, self.depth)) else {
            return false;
        };
        self.end_paragraph();
        self.at += gap;
        let lines = self.take_fenced(fence);
        let quoted = tidied(self.inside(lines, Fences::Open));
        let row = Row::new(self.depth, RowKind::Answered(quoted), who);
        match self.reader.quotes {
            Quotes::Folded => self.rows.push(row),
            Quotes::Whole => self.rows.extend(row.unfolded()),
        }
        true
    }

    /// Lines behind `>`, up to the next blank one.
    fn quote(&mut self, line: &str) -> bool {
        if self.depth >= DEEPEST || !is_quote(line) || line.trim() == ">" {
            return false;
        }
        self.end_paragraph();
        let fences = self.fences;
        let quoted = self.take_until(|line| {
            let is_fence = fences == Fences::Open && Fence::of(line).is_some();
            let is_other = is_fence || is_item(line) || is_rule(line) || line.starts_with('#');
            line.trim().is_empty() || is_other && !is_quote(line)
        });
        let quoted: Vec<&str> = quoted.iter().map(|line| unquoted(line)).collect();
        let rows = self.inside(&quoted, Fences::Text);
        self.rows.extend(rows);
        true
    }

    fn table(&mut self, line: &str) -> bool {
        let below = self.lines.get(self.at + 1).copied().unwrap_or_default();
        let is_line = |line: &str| line.contains('-') && line.chars().all(|c| "|:- ".contains(c));
        if !line.contains('|') || !below.contains('|') || !is_line(below) {
            return false;
        }
        self.end_paragraph();
        for line in self.take_until(|line| line.trim().is_empty()) {
            self.push(RowKind::Fixed, vec![Piece::plain(line.replace('\t', TAB))]);
        }
        true
    }

    fn indented_code(&mut self, line: &'l str) -> bool {
        let code = |line: &&'l str| line.strip_prefix('\t').or(line.strip_prefix(TAB));
        if code(&line).is_none() {
            return false;
        }
        let lines = self.take_until(|line| code(&line).is_none());
        let lines: Vec<&str> = lines.iter().filter_map(code).collect();
        self.code(&lines, String::new(), 0);
        true
    }
}

/// What begins a block of code, a quote, or a spoiler.
#[derive(Clone, Copy)]
struct Fence<'a> {
    mark: &'a str,
    /// The language, or what the block is.
    word: &'a str,
    title: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Quote,
    Spoiler,
    Code,
}

impl<'a> Fence<'a> {
    fn of(line: &'a str) -> Option<Fence<'a>> {
        let first = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let behind = line.trim_start_matches(first);
        let (mark, _) = line.split_at(line.len() - behind.len());
        if mark.len() < 3 || behind.contains(['`', '~']) {
            return None;
        }
        let behind = behind.trim();
        let word = behind
            .strip_prefix('{')
            .unwrap_or(behind)
            .trim_start_matches('.');
        let is_word = |c: char| c.is_ascii_alphanumeric() || "_+,-./#".contains(c);
        let title = word.trim_start_matches(is_word);
        let (word, _) = word.split_at(word.len() - title.len());
        let title = title.trim_matches(['}', ' ']);
        (behind.is_empty() || !word.is_empty()).then_some(Fence { mark, word, title })
    }

    fn language(&self) -> String {
        [self.word, self.title].join(" ").trim().to_owned()
    }

    fn inside(&self) -> Inside {
        match self.word {
            "quote" | "quoted" => Inside::Quote,
            "spoiler" => Inside::Spoiler,
            _ => Inside::Code,
        }
    }
}

fn is_mark(line: &str) -> bool {
    line.starts_with(['`', '~']) && Fence::of(line).is_some_and(|fence| fence.mark == line)
}

/// Leaves out blank rows where the eye needs none: at the edges, behind one another, and beside what is
/// set off.
fn tidied(rows: Vec<Row>) -> Vec<Row> {
    let mut out: Vec<Row> = Vec::with_capacity(rows.len());
    let mut blank: Option<Row> = None;
    for row in rows {
        if row.is_blank() {
            blank = blank.filter(|blank| blank.depth < row.depth).or(Some(row));
            continue;
        }
        if let Some(blank) = blank.take()
            && let Some(before) = out.last()
            && before.depth.min(row.depth) >= blank.depth
            && before.is_set_off(blank.depth) == row.is_set_off(blank.depth)
        {
            out.push(blank);
        }
        out.push(row);
    }
    out
}

/// The same breaks that a summary's one line shows.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
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

/// Bytes of the blanks and the bullet or number that a line begins with; none without a bullet.
pub fn hanging(line: &str) -> usize {
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

fn is_item(line: &str) -> bool {
    hanging(line) > 0 && !is_rule(line)
}

fn is_rule(line: &str) -> bool {
    let mut marks = line.trim().chars().filter(|c| *c != ' ');
    let first = marks.next().filter(|c| "-_*".contains(*c));
    first.is_some_and(|first| marks.clone().count() >= 2 && marks.all(|c| c == first))
}

fn is_quote(line: &str) -> bool {
    let inner = line.trim_start_matches(' ');
    inner.starts_with('>') && line.len() - inner.len() <= 3
}

fn unquoted(line: &str) -> &str {
    match line.trim_start_matches(' ').strip_prefix('>') {
        Some(inner) if is_quote(line) => inner.strip_prefix(' ').unwrap_or(inner),
        _ => line,
    }
}
