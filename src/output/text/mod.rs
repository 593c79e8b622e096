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

use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::output::names::Names;
use crate::output::palette::Styles;
pub use layout::{Column, Paint};
pub use line::{Line, shorten, shorten_at_word};
pub use signs::NO_TOPIC;
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
    rows: Vec<Row>,
}

/// What stands on a row of its own, if there is room.
#[derive(Debug, Default, PartialEq)]
struct Row {
    /// Quotes around it.
    depth: usize,
    /// Blanks before it.
    indent: usize,
    /// Quotes around the blank line before it, if there is one.
    blank: Option<usize>,
    kind: RowKind,
    pieces: Vec<Piece>,
    /// What somebody said who is answered, or what a spoiler hides.
    inner: Vec<Row>,
}

#[derive(Debug, Default, PartialEq)]
enum RowKind {
    /// Words, which may be folded.
    #[default]
    Prose,
    /// The columns are part of what it says.
    Fixed,
    /// The same in a block of code, of which the first row has the language.
    Code(String),
    /// Who is answered: the beginning of what they said is shown behind that.
    Answered,
    /// The title of what is not shown.
    Spoiler,
    /// A poll or a list of tasks: the pieces are its title and its options.
    Widget,
}

/// A part of a row.
#[derive(Clone, Debug, Default, PartialEq)]
struct Piece {
    text: String,
    styles: Styles,
    shown: Shown,
    link: Option<Rc<str>>,
}

/// Where a piece is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Always,
    /// Where there is no colour: signs.
    WithoutColor,
    /// Where titles are no hyperlinks: addresses.
    WithoutLinks,
    /// Where there is colour: the host of a link whose title names another.
    WithColor,
}

impl Piece {
    fn new(text: impl Into<String>, styles: Styles) -> Piece {
        Piece {
            text: text.into(),
            styles,
            ..Piece::default()
        }
    }

    fn plain(text: impl Into<String>) -> Piece {
        Piece::new(text, Styles::default())
    }

    /// A sign that colour makes needless.
    fn sign(text: impl Into<String>) -> Piece {
        Piece {
            shown: Shown::WithoutColor,
            ..Piece::plain(text)
        }
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
