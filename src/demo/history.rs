//! Which messages a `GET /messages` shows: an anchor, and how many before and after it.
//!
//! Not for narrows (`filter`) or parameters (`messages`). Rules: `zerver/lib/narrow.py` of Zulip 9.2,
//! with the edges as they were measured.

use super::message::{Message, Reading};

/// Beyond any message id: what the server itself means by `newest`.
pub const BEYOND: u64 = 10_000_000_000_000_000;
/// How many messages may be asked for at once.
pub const MOST: u64 = 5000;

/// The message in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A message id, which need not be one that exists; beyond all of them is the newest end.
    Id(u64),
    /// The first message that was not read, else the newest end.
    FirstUnread,
}

/// Whether the anchor's own message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorRow {
    /// If it is there.
    Included,
    /// Never.
    Excluded,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// The middle.
    pub anchor: Anchor,
    /// Its own message.
    pub anchor_row: AnchorRow,
    /// How many below it.
    pub before: usize,
    /// How many above it.
    pub after: usize,
}

/// What is shown.
#[derive(Debug)]
pub struct Page<'a> {
    /// In order of their ids.
    pub messages: Vec<&'a Message>,
    /// The anchor's id.
    pub anchor: u64,
    /// Whether its message is shown.
    pub found_anchor: bool,
    /// Whether nothing is older.
    pub found_oldest: bool,
    /// Whether nothing is newer; false if exactly as many as asked for remained.
    pub found_newest: bool,
}

/// The page of `messages`, which ascend.
pub fn page<'a>(messages: &[&'a Message], range: Range) -> Page<'a> {
    let anchor = match range.anchor {
        Anchor::Id(id) => id.min(BEYOND),
        Anchor::FirstUnread => {
            let unread = messages
                .iter()
                .find(|message| message.reading == Reading::Unread);
            unread.map_or(BEYOND, |message| message.id.0)
        }
    };
    let (at_oldest, at_newest) = (anchor == 0, anchor == BEYOND);
    let below = messages.partition_point(|message| message.id.0 < anchor);
    let (older, rest) = messages.split_at_checked(below).unwrap_or((messages, &[]));
    let (own, newer) = rest.split_at(usize::from(
        rest.first().is_some_and(|row| row.id.0 == anchor),
    ));
    let own = if range.anchor_row == AnchorRow::Included {
        own
    } else {
        &[]
    };
    let older = older.iter().skip(older.len().saturating_sub(range.before));
    let newer_count = newer.len().min(range.after);
    let older_count = older.len();
    Page {
        messages: older
            .chain(own)
            .chain(newer.iter().take(range.after))
            .copied()
            .collect(),
        anchor,
        found_anchor: !own.is_empty(),
        found_oldest: at_oldest || older_count < range.before,
        found_newest: at_newest || newer_count < range.after,
    }
}
