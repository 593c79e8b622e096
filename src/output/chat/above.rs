//! What stands above the next row: where it was said, by whom and when, so that it is not said again.

use jiff::Timestamp;

use crate::event::Person;
use crate::output::sentences::ReadMessage;

/// Seconds after which a reader looks again where they are.
const SILENCE: i64 = 5 * 60;

/// What stands above.
#[derive(Debug, Default)]
pub struct Above {
    conversation: Option<Conversation>,
    sender: Option<Key>,
    /// When the last row was printed, in seconds since 1970.
    when: Option<i64>,
}

/// What tells people and channels apart: the id, since several may have one name (zulip/zulip-mobile#4303) or have
/// had it; the name where there is no id.
pub type Key = (Option<i64>, String);

/// What tells conversations apart: a channel and a topic in any case, or people.
#[derive(Debug, PartialEq, Eq)]
pub struct Conversation {
    between: Vec<Key>,
    topic: Option<String>,
}

impl Conversation {
    /// That which a message belongs to.
    pub fn of(read: &ReadMessage) -> Conversation {
        let message = &read.message;
        let Some(people) = read.people() else {
            let channel = key(message.channel_id, &read.channel().to_lowercase());
            return Conversation {
                between: vec![channel],
                topic: Some(message.topic.to_lowercase()),
            };
        };
        let mut between: Vec<_> = people.iter().map(person_key).collect();
        between.sort_unstable();
        Conversation {
            between,
            topic: None,
        }
    }
}

/// What tells people apart.
pub fn person_key(person: &Person) -> Key {
    let Person {
        email, full_name, ..
    } = person;
    key(
        person.id(),
        if email.is_empty() { full_name } else { email },
    )
}

fn key(id: Option<i64>, name: &str) -> Key {
    (id, if id.is_some() { "" } else { name }.to_owned())
}

impl Above {
    /// Something else stands there now, or something is missing.
    pub fn interrupt(&mut self) {
        self.conversation = None;
    }

    /// Goes on to a time: after a silence nobody remembers.
    pub fn advance(&mut self, when: Option<Timestamp>) {
        let Some(when) = when.map(Timestamp::as_second) else {
            return;
        };
        let last = self.when.replace(when);
        if last.is_some_and(|last| when - last >= SILENCE) {
            self.interrupt();
        }
    }

    /// Goes on to a conversation. Tells whether it is another one.
    pub fn enter(&mut self, conversation: Conversation) -> bool {
        if self.conversation.as_ref() == Some(&conversation) {
            return false;
        }
        self.conversation = Some(conversation);
        self.sender = None;
        true
    }

    /// Somebody says something; nobody, where the text says who. Tells whether it is somebody else.
    pub fn set_sender(&mut self, sender: Option<Key>) -> bool {
        let is_other = self.sender != sender;
        self.sender = sender;
        is_other
    }
}
