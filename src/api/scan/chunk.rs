//! A run of whole elements, each on a line of its own, with what was picked out of each.
//!
//! Not for cutting them out of an answer (`elements`).

use std::ops::Range;

use super::fields::Fields;
use crate::event::{Event, EventId};

/// Elements as lines; meant to be filled, written and cleared again and again.
#[derive(Debug, Default)]
pub struct Chunk {
    text: String,
    marks: Vec<Mark>,
}

/// One line: positions in the text.
#[derive(Debug)]
struct Mark {
    id: Option<EventId>,
    kind: Range<usize>,
    /// Of the line break.
    end: usize,
}

/// Whether an element holds line breaks between its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Breaks {
    /// It is one line as it is.
    #[default]
    None,
    /// They have to go.
    Some,
}

impl Chunk {
    /// Forgets the elements and keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.marks.clear();
    }

    /// How many bytes of text there is room for.
    pub fn capacity(&self) -> usize {
        self.text.capacity()
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// All elements, each followed by a line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The elements in the order of the list. `kind` keeps JSON escapes where it has any.
    pub fn iter(&self) -> impl Iterator<Item = Event<'_>> {
        let mut start = 0;
        self.marks.iter().map(move |mark| {
            let text = self.text.get(start..mark.end).unwrap_or_default();
            start = mark.end + 1;
            Event {
                id: mark.id,
                kind: self.text.get(mark.kind.clone()).unwrap_or_default(),
                text,
            }
        })
    }

    /// Appends an element, which is an object with matching brackets and closed strings.
    pub fn push(&mut self, element: &str, breaks: Breaks) {
        let start = self.text.len();
        match breaks {
            Breaks::None => self.text.push_str(element),
            Breaks::Some => self.push_in_one_line(element),
        }
        let fields = Fields::of(self.text.get(start..).unwrap_or_default());
        self.marks.push(Mark {
            id: fields.id.map(EventId),
            kind: start + fields.kind.start..start + fields.kind.end,
            end: self.text.len(),
        });
        self.text.push('\n');
    }

    fn push_in_one_line(&mut self, element: &str) {
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        for piece in element.split(['\n', '\r']) {
            // `1⏎2` is broken JSON and must not become a valid 12.
            if self.text.as_bytes().last().is_some_and(word)
                && piece.as_bytes().first().is_some_and(word)
            {
                self.text.push(' ');
            }
            self.text.push_str(piece);
        }
    }
}
