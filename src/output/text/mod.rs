//! What people write, as it is shown: Zulip's dialect of Markdown in words.
//!
//! [`Reader::read`] makes a [`Text`] of it, a list of rows: `blocks.rs` finds these line by line, `signs.rs`
//! and `emphasis.rs` read what stands in them, `link.rs` knows where links lead. `layout.rs` writes a text into one line
//! or into a column, as painted [`Line`]s (`line.rs`, folded by `wrap.rs`). `difference.rs` tells what an edit
//! changed. All of it takes time in proportion to the length, whatever people write.
//!
//! The dialect is that of `zerver/lib/markdown/` in Zulip's server. A library for Markdown would lose
//! text of it: definitions of links vanish, underscores and backslashes are signs there, and HTML is no
//! text.

mod blocks;
pub mod difference;
pub mod emoji;
mod emphasis;
pub mod html;
mod layout;
mod line;
mod link;
mod signs;
mod wrap;

use std::ops::Range;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::output::names::Names;
use crate::output::palette::Styles;
pub use layout::{Column, Paint, joined};
pub use line::{Line, shorten, shorten_at_word};
pub use wrap::hanging;

/// What a text is read with: where it stands, and what is known there.
#[derive(Debug)]
pub struct Reader<'a> {
    /// The server's address without a slash at the end, where it is known.
    pub site: Option<&'a str>,
    /// The zone of times.
    pub zone: &'a TimeZone,
    /// When it was written: the year of times that goes without saying.
    pub when: Option<Timestamp>,
    /// The channel of the message; none in a direct message.
    pub channel: Option<i64>,
    /// The topic of the message.
    pub topic: &'a str,
    /// Who does what follows `/me`, where the message says what somebody does.
    pub actor: Option<&'a str>,
    /// Names for ids.
    pub names: &'a mut Names,
}

/// A message's text.
#[derive(Debug, Default)]
pub struct Text {
    /// Whether it begins with who does something (`/me waves`).
    pub is_action: bool,
    words: Words,
    rows: Vec<Row>,
}

/// What stands on a row of its own, if there is room.
#[derive(Debug)]
struct Row {
    /// Quotes around it.
    depth: usize,
    /// Blanks before it.
    indent: usize,
    /// Quotes around the blank line before it, if there is one.
    blank: Option<usize>,
    kind: RowKind,
    /// Which of the text's.
    pieces: Range<usize>,
    /// What somebody said who is answered, or what a spoiler hides.
    inner: Vec<Row>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RowKind {
    /// Words, which may be folded.
    Prose,
    /// The columns are part of what it says.
    Fixed,
    /// The same in a block of code.
    Code,
    /// Who is answered: the beginning of what they said is shown behind that.
    Answered,
    /// The title of what is not shown.
    Spoiler,
    /// A poll or a list of tasks: the pieces are its title and its options.
    Widget,
}

/// The words of all rows in their pieces.
#[derive(Debug, Default)]
struct Words {
    text: String,
    pieces: Vec<Piece>,
}

/// A part of the words that looks alike and leads to one place.
#[derive(Debug)]
struct Piece {
    range: Range<usize>,
    styles: Styles,
    link: Option<Rc<str>>,
}

impl Words {
    /// For a text of that many bytes, in the pieces that most have.
    fn with_room(length: usize) -> Words {
        Words {
            text: String::with_capacity(length),
            pieces: Vec::with_capacity(16),
        }
    }

    #[inline]
    fn push(&mut self, text: &str, styles: Styles, link: Option<&Rc<str>>) {
        let start = self.text.len();
        self.text.push_str(text);
        let range = start..self.text.len();
        if !text.is_empty() {
            let link = link.cloned();
            self.pieces.push(Piece {
                range,
                styles,
                link,
            });
        }
    }

    #[inline]
    fn plain(&mut self, text: &str) {
        self.push(text, Styles::default(), None);
    }

    /// Some pieces, and what they say.
    fn of(&self, pieces: Range<usize>) -> impl Iterator<Item = (&str, &Piece)> {
        let pieces = self.pieces.get(pieces).unwrap_or_default().iter();
        pieces.map(|piece| {
            (
                self.text.get(piece.range.clone()).unwrap_or_default(),
                piece,
            )
        })
    }
}

impl<'a> Reader<'a> {
    /// A reader of texts that stand nowhere.
    pub fn new(zone: &'a TimeZone, site: Option<&'a str>, names: &'a mut Names) -> Reader<'a> {
        Reader {
            site,
            zone,
            when: None,
            channel: None,
            topic: "",
            actor: None,
            names,
        }
    }
}

#[cfg(test)]
mod tests;
