//! The forms in which servers write the same answer: without spaces, with spaces (old servers), or
//! with line breaks (nobody, but it is JSON), and with or without chunked coding.

use std::io;
use std::ops::Range;
use std::sync::LazyLock;

use crate::events::{self, Event};

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Between its tokens.
    pub spacing: Spacing,
    /// On the wire.
    pub coding: Coding,
}

/// What stands between tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Nothing.
    Compact,
    /// A space after colons and commas.
    Spaced,
    /// Line breaks and indentation.
    Pretty,
}

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// By `Content-Length`.
    Length,
    /// By the last of many chunks.
    Chunked,
}

/// The parts of an answer.
pub struct Template {
    /// Up to the list.
    pub head: String,
    events: Vec<Event>,
    comma: String,
    /// From the list's end on.
    pub tail: String,
}

impl Form {
    /// All that can be.
    pub fn all() -> impl Iterator<Item = Form> {
        [Spacing::Compact, Spacing::Spaced, Spacing::Pretty]
            .into_iter()
            .flat_map(|spacing| {
                [Coding::Length, Coding::Chunked].map(|coding| Form { spacing, coding })
            })
    }

    /// As a queue's name has it.
    pub fn parse(name: &str) -> Form {
        Form {
            spacing: match name {
                _ if name.contains("spaced") => Spacing::Spaced,
                _ if name.contains("pretty") => Spacing::Pretty,
                _ => Spacing::Compact,
            },
            coding: if name.contains("chunked") {
                Coding::Chunked
            } else {
                Coding::Length
            },
        }
    }

    /// For a queue's name.
    pub fn name(self) -> String {
        format!("{:?}-{:?}", self.spacing, self.coding).to_lowercase()
    }

    /// Its parts.
    pub fn template(self) -> &'static Template {
        static TEMPLATES: LazyLock<[Template; 3]> = LazyLock::new(|| {
            [Spacing::Compact, Spacing::Spaced, Spacing::Pretty].map(Template::new)
        });
        let [compact, spaced, pretty] = &*TEMPLATES;
        match self.spacing {
            Spacing::Compact => compact,
            Spacing::Spaced => spaced,
            Spacing::Pretty => pretty,
        }
    }
}

impl Template {
    fn new(spacing: Spacing) -> Template {
        let written = |text: &str| write(text, spacing);
        Template {
            head: written(HEAD),
            events: events::set()
                .iter()
                .map(|event| Event::new(written(event)))
                .collect(),
            comma: written(","),
            tail: written(TAIL),
        }
    }

    /// The event of this number.
    fn event(&self, number: u64) -> &Event {
        &self.events[usize::try_from(number % events::SET).unwrap_or_default()]
    }

    /// Of an answer with these events, as numbers from 0 on.
    pub fn length(&self, numbers: Range<u64>) -> usize {
        let commas = (numbers.end - numbers.start).saturating_sub(1);
        let commas = usize::try_from(commas).unwrap_or_default() * self.comma.len();
        let events: usize = numbers.map(|number| self.event(number).text.len()).sum();
        self.head.len() + events + commas + self.tail.len()
    }

    /// Writes events of an answer that ends before the event `end`.
    pub fn push(&self, numbers: Range<u64>, end: u64, out: &mut Vec<u8>) -> io::Result<()> {
        for number in numbers {
            self.event(number).push(number, out)?;
            if number + 1 < end {
                out.extend_from_slice(self.comma.as_bytes());
            }
        }
        Ok(())
    }

    /// A whole answer with these events.
    pub fn body(&self, numbers: Range<u64>) -> io::Result<Vec<u8>> {
        let mut body = self.head.clone().into_bytes();
        let end = numbers.end;
        self.push(numbers, end, &mut body)?;
        body.extend_from_slice(self.tail.as_bytes());
        Ok(body)
    }
}

/// Compact JSON, or a piece of it that ends outside strings, in another form.
fn write(compact: &str, spacing: Spacing) -> String {
    let mut text = String::new();
    let (mut in_string, mut escaped) = (false, false);
    for char in compact.chars() {
        let token = !in_string;
        match char {
            '"' if !escaped => in_string = !in_string,
            '}' | ']' if token && spacing == Spacing::Pretty => text.push_str("\n  "),
            _ => {}
        }
        escaped = char == '\\' && !escaped;
        text.push(char);
        match (char, spacing) {
            (':' | ',', Spacing::Spaced) | (':', Spacing::Pretty) if token => text.push(' '),
            (',' | '{' | '[', Spacing::Pretty) if token => text.push_str("\r\n    "),
            _ => {}
        }
    }
    text
}

const HEAD: &str = r#"{"result":"success","msg":"","events":["#;
const TAIL: &str = r#"],"queue_id":"bench"}"#;
