//! The messages that passed lately, so that an edit or a reaction can quote what it is about, and
//! where they are.
//!
//! Bounded: the oldest makes room for the newest.

use std::collections::VecDeque;

use crate::event::{Message, MessageId, Person, Recipient};
use crate::fields::Fields;
use crate::output::text::{Text, joined};

/// How many are kept: a busy channel's last hour.
const KEPT: usize = 500;
/// How much of a topic or an option is kept, in bytes: more than is shown.
const EXCERPT: usize = 160;
/// How many options of a poll are kept.
const OPTIONS: usize = 50;
/// Who added the options that a poll begins with.
const CANNED: &str = "canned";

/// Where a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessagePlace {
    /// A channel by id, as far as that is told, and a topic.
    Channel(Option<i64>, String),
    /// Direct messages, with these people by id, as far as they are told.
    People(Vec<i64>),
}

impl MessagePlace {
    fn of(message: &Message) -> MessagePlace {
        match &message.recipient {
            Recipient::Channel(_) => {
                MessagePlace::Channel(message.channel_id, excerpt(&message.topic))
            }
            Recipient::People(people) => {
                let ids = people.iter().map(|person| person.id);
                MessagePlace::People(ids.filter(|id| *id != 0).collect())
            }
        }
    }

    /// The place of a message, as some events have it: `{"type":"stream","stream_id":7,"topic":"a"}`,
    /// `{"type":"channel","channel_id":7,"topic":"a"}` or `{"type":"direct","user_ids":[11,12]}`, without
    /// the one that the event is about.
    pub fn in_fields(fields: &Fields, who: Option<i64>) -> Option<MessagePlace> {
        let channel = fields.channel_id();
        let topic = fields.topic().unwrap_or_default();
        if channel.is_some() || !topic.is_empty() {
            return Some(MessagePlace::Channel(channel, topic.into_owned()));
        }
        fields.get("user_ids")?;
        let mut people = fields.integers("user_ids");
        people.retain(|id| Some(*id) != who);
        Some(MessagePlace::People(people))
    }
}

/// A message that passed.
#[derive(Debug)]
pub struct PastMessage {
    id: MessageId,
    /// Who sent it, by id.
    pub sender: Option<i64>,
    /// Where it is.
    pub place: MessagePlace,
    /// The beginning of its text.
    text: String,
    /// What a poll can be answered with, or the tasks of a list: who added each, and as which of theirs.
    options: Vec<(String, i64, String)>,
}

impl PastMessage {
    /// The first words of its text.
    pub fn excerpt(&self) -> String {
        joined(&self.text)
    }

    /// The option of a poll, or the task, that somebody added as theirs of that number.
    pub fn option(&self, author: &str, number: i64) -> Option<&str> {
        let mut options = self.options.iter();
        let option = options.find(|(by, at, _)| by == author && *at == number);
        option.map(|(.., option)| option.as_str())
    }
}

/// The last messages, the oldest first.
#[derive(Debug, Default)]
pub struct Recent(VecDeque<PastMessage>);

impl Recent {
    /// Remembers a message by the beginning of its text.
    pub fn add(&mut self, message: &Message, text: &Text) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(PastMessage {
            id: MessageId(message.id),
            sender: message.sender.id(),
            place: MessagePlace::of(message),
            text: text.beginning(),
            options: text
                .options()
                .take(OPTIONS)
                .zip(0..)
                .map(|(option, number)| (CANNED.to_owned(), number, excerpt(option)))
                .collect(),
        });
    }

    /// The message of that id, if it passed lately; the newest, where it is there twice.
    pub fn find(&self, id: MessageId) -> Option<&PastMessage> {
        self.0.iter().rev().find(|past| past.id == id)
    }

    /// Where the message of that id is, if it passed lately.
    pub fn place(&self, id: MessageId) -> Option<MessagePlace> {
        self.find(id).map(|past| past.place.clone())
    }

    /// Its text is another one now. It may be there twice, from history and live.
    pub fn edit(&mut self, id: MessageId, text: &str) {
        for past in self.0.iter_mut().filter(|past| past.id == id) {
            past.text = excerpt(text);
        }
    }

    /// Somebody added an option to a poll, or a task to a list.
    pub fn add_option(&mut self, id: MessageId, author: &str, number: i64, option: &str) {
        for said in self.0.iter_mut().filter(|said| said.id == id) {
            if said.options.len() < OPTIONS {
                let option = (author.to_owned(), number, excerpt(option));
                said.options.push(option);
            }
        }
    }

    /// These are somewhere else now; without a topic they kept their own. The ids ascend: there may
    /// be very many.
    pub fn relocate(&mut self, ids: &[MessageId], channel: Option<i64>, topic: Option<&str>) {
        let is_moved = |past: &&mut PastMessage| ids.binary_search(&past.id).is_ok();
        for past in self.0.iter_mut().filter(is_moved) {
            if let MessagePlace::Channel(old_channel, old_topic) = &mut past.place {
                *old_channel = channel.or(*old_channel);
                *old_topic = topic.map_or_else(|| old_topic.clone(), excerpt);
            }
        }
    }
}

/// By the id where both have one: several people may share a name.
pub fn is_sender(person: &Person, message: &Message) -> bool {
    match message.sender.id() {
        Some(id) if person.id != 0 => id == person.id,
        _ => person.email == message.sender.email,
    }
}

fn excerpt(text: &str) -> String {
    let end = text.floor_char_boundary(EXCERPT);
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{EXCERPT, KEPT, MessagePlace, Recent};
    use crate::event::{Message, MessageId, Recipient};
    use crate::output::text::Text;

    fn said(id: u64) -> Message<'static> {
        Message {
            id,
            channel_id: Some(1),
            recipient: Recipient::Channel("ops".into()),
            topic: "old".into(),
            ..Message::default()
        }
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut recent = Recent::default();
        for id in 0..=KEPT as u64 {
            recent.add(&said(id), &Text::default());
        }
        assert!(recent.find(MessageId(0)).is_none());
        assert!(recent.find(MessageId(1)).is_some());
        assert!(recent.find(MessageId(KEPT as u64)).is_some());
        assert_eq!(recent.0.len(), KEPT);
    }

    #[test]
    fn edits_and_moves_are_followed() {
        let mut recent = Recent::default();
        recent.add(&said(1), &Text::default());
        recent.edit(MessageId(1), &"é".repeat(EXCERPT));
        assert_eq!(recent.find(MessageId(1)).unwrap().text.len(), EXCERPT);
        recent.edit(MessageId(1), "new text");
        recent.relocate(&[MessageId(1)], None, Some("new"));
        recent.relocate(&[0, 1, 9].map(MessageId), Some(2), None);
        recent.edit(MessageId(9), "nobody's");
        let said = recent.find(MessageId(1)).unwrap();
        assert_eq!(
            (&said.place, said.text.as_str()),
            (&MessagePlace::Channel(Some(2), "new".into()), "new text")
        );
    }
}
