//! A message as the demo keeps it, with what happened to it since.
//!
//! Not for its JSON (`wire`). Flags: `update_message_flags` in `zerver/openapi/zulip.yaml`, Zulip 9.2.

use std::borrow::Cow;

use super::clock::Moment;
use super::place::Place;
use super::roster::{ALERT_WORD, Person, TAIL_BOT};
use crate::event::MessageId;

/// An emoji of Unicode.
#[derive(Debug, PartialEq, Eq)]
pub struct Emoji {
    /// The name between the colons.
    pub name: &'static str,
    /// The code points in hexadecimal.
    pub code: &'static str,
}

/// Somebody's emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Who it is from.
    pub person: &'static Person,
    /// Which it is.
    pub emoji: &'static Emoji,
}

/// What a message was before a change.
#[derive(Clone, Debug)]
pub enum Former {
    /// Its text.
    Content(String),
    /// Its topic, and the one that it got.
    Topic {
        /// Until then.
        from: Cow<'static, str>,
        /// From then on.
        to: Cow<'static, str>,
    },
}

/// A change of a message.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Who changed it.
    pub editor: &'static Person,
    /// When.
    pub at: Moment,
    /// What it was.
    pub former: Former,
}

/// Whether the demo account has read a message; live ones it never has, as it is a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Flagged `read`.
    Read,
    /// Read and starred.
    Starred,
    /// Not flagged.
    Unread,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Ascending with time.
    pub id: MessageId,
    /// Who wrote it.
    pub sender: &'static Person,
    /// Where.
    pub place: Place,
    /// Markdown.
    pub content: String,
    /// When.
    pub at: Moment,
    /// Whether the demo account has read it.
    pub reading: Reading,
    /// In order of time.
    pub reactions: Vec<Reaction>,
    /// The latest first, as `edit_history` has them.
    pub edits: Vec<Edit>,
}

impl Message {
    /// The topic; empty in a direct message.
    pub fn topic(&self) -> &str {
        match &self.place {
            Place::Channel(_, topic) => topic,
            Place::Direct(_) => "",
        }
    }

    /// Whether the demo account got it: by its subscription, directly, or as it is mentioned.
    pub fn is_received(&self) -> bool {
        self.place.is_followed() || self.mentions_account()
    }

    /// The demo account's flags.
    pub fn flags(&self) -> Vec<&'static str> {
        let mut flags = match self.reading {
            Reading::Read => vec!["read"],
            Reading::Starred => vec!["read", "starred"],
            Reading::Unread => Vec::new(),
        };
        if !self.is_received() {
            return flags;
        }
        if self.mentions_account() {
            flags.push("mentioned");
        }
        if self.content.contains("@**all**") {
            flags.extend(["stream_wildcard_mentioned", "wildcard_mentioned"]);
        }
        if self.content.to_lowercase().contains(ALERT_WORD) {
            flags.push("has_alert_word");
        }
        flags
    }

    /// Whether it is shown as something that its sender does.
    pub fn is_me_message(&self) -> bool {
        self.content.starts_with("/me ")
    }

    fn mentions_account(&self) -> bool {
        let mut mentions = self.content.split("@**").skip(1);
        mentions.any(|rest| {
            rest.split_once("**")
                .is_some_and(|(name, _)| name == TAIL_BOT.name)
        })
    }
}
