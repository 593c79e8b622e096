//! The messages that passed lately, so that an edit or a reaction can quote what it is about.
//!
//! Bounded: the oldest makes room for the newest. Not for showing them.

use crate::event::MessageId;

/// How many are kept: a busy channel's last hour.
const KEPT: usize = 500;
/// How much of a text is kept, in bytes: more than a quotation shows.
const EXCERPT: usize = 160;

/// A message that passed.
#[derive(Debug, Default)]
pub struct Said {
    id: u64,
    /// Who sent it, by id.
    pub sender: Option<i64>,
    /// Its channel, by id; none for a direct message.
    pub channel: Option<i64>,
    /// Its topic, or who talks to whom in a direct message.
    pub place: String,
    /// The beginning of its text.
    pub text: String,
}

/// The last messages. Their memory is used again.
#[derive(Debug, Default)]
pub struct Recent {
    ring: Vec<Said>,
    next: usize,
}

impl Recent {
    /// Remembers a message.
    pub fn note(
        &mut self,
        id: MessageId,
        sender: Option<i64>,
        channel: Option<i64>,
        place: &str,
        text: &str,
    ) {
        if self.ring.len() < KEPT {
            self.ring.push(Said::default());
        }
        if let Some(slot) = self.ring.get_mut(self.next) {
            slot.id = id.0;
            slot.sender = sender;
            slot.channel = channel;
            set(&mut slot.place, place);
            set(&mut slot.text, text);
        }
        self.next = (self.next + 1) % KEPT;
    }

    /// The message of that id, if it passed lately.
    pub fn find(&self, id: MessageId) -> Option<&Said> {
        self.ring.iter().find(|said| said.id == id.0)
    }

    /// Its text is another one now. It may be there twice, from history and live.
    pub fn edit(&mut self, id: MessageId, text: &str) {
        for said in self.ring.iter_mut().filter(|said| said.id == id.0) {
            set(&mut said.text, text);
        }
    }

    /// These are somewhere else now; without a topic they kept their own. The ids ascend: there may
    /// be very many.
    pub fn relocate(&mut self, ids: &[MessageId], channel: Option<i64>, topic: Option<&str>) {
        let is_moved = |said: &&mut Said| ids.binary_search(&MessageId(said.id)).is_ok();
        for said in self.ring.iter_mut().filter(is_moved) {
            said.channel = channel.or(said.channel);
            if let Some(topic) = topic {
                set(&mut said.place, topic);
            }
        }
    }
}

fn set(to: &mut String, text: &str) {
    to.clear();
    to.push_str(
        text.get(..text.floor_char_boundary(EXCERPT))
            .unwrap_or_default(),
    );
}

#[cfg(test)]
mod tests {
    use super::{EXCERPT, KEPT, Recent};
    use crate::event::MessageId;

    #[test]
    fn the_oldest_makes_room() {
        let mut recent = Recent::default();
        for id in 0..=KEPT as u64 {
            recent.note(MessageId(id), None, Some(1), "topic", "text");
        }
        assert!(recent.find(MessageId(0)).is_none());
        assert!(recent.find(MessageId(1)).is_some());
        assert!(recent.find(MessageId(KEPT as u64)).is_some());
        assert_eq!(recent.ring.len(), KEPT);
    }

    #[test]
    fn edits_and_moves_are_followed() {
        let mut recent = Recent::default();
        recent.note(MessageId(1), None, Some(1), "old", &"é".repeat(EXCERPT));
        assert_eq!(recent.find(MessageId(1)).unwrap().text.len(), EXCERPT);
        recent.edit(MessageId(1), "new text");
        recent.relocate(&[MessageId(1)], None, Some("new"));
        recent.relocate(&[0, 1, 9].map(MessageId), Some(2), None);
        recent.edit(MessageId(9), "nobody's");
        let said = recent.find(MessageId(1)).unwrap();
        assert_eq!(
            (said.channel, said.place.as_str(), said.text.as_str()),
            (Some(2), "new", "new text")
        );
    }
}
