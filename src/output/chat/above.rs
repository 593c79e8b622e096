//! What stands above the next row: where it was said, by whom and when, so that it is not said again.

use jiff::Timestamp;

use crate::event::{Message, Person};
use crate::output::sentences::ReadMessage;

/// Seconds after which a reader looks again where they are.
const SILENCE: i64 = 5 * 60;

/// What stands above.
#[derive(Debug, Default)]
pub struct Above {
    conversation: Option<Conversation>,
    sender: Option<SenderKey>,
    /// When the last row was printed, in seconds since 1970.
    when: Option<i64>,
}

/// What tells conversations apart.
#[derive(Debug, PartialEq, Eq)]
pub enum Conversation {
    /// A channel, and a topic in any case.
    Topic(ChannelKey, String),
    /// People, in ascending order.
    People(Vec<SenderKey>),
}

/// What tells channels apart.
#[derive(Debug, PartialEq, Eq)]
pub enum ChannelKey {
    /// By id: another one may have had the name.
    Id(i64),
    /// By name in any case, where there is no id.
    Name(String),
}

/// What tells people apart: several may have one name (zulip/zulip-mobile#4303).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SenderKey {
    /// By id.
    Id(i64),
    /// By address, where there is no id.
    Address(String),
    /// By name, where there is nothing else.
    Name(String),
}

impl Conversation {
    /// That which a message belongs to.
    pub fn of(read: &ReadMessage) -> Conversation {
        let message = &read.message;
        if let Some(people) = read.people() {
            let mut people: Vec<_> = people.iter().map(SenderKey::of_person).collect();
            people.sort_unstable();
            return Conversation::People(people);
        }
        let name = || ChannelKey::Name(read.channel().to_lowercase());
        let channel = message.stream_id.map_or_else(name, ChannelKey::Id);
        Conversation::Topic(channel, message.subject.to_lowercase())
    }
}

impl SenderKey {
    /// Who sent a message.
    pub fn of(message: &Message) -> SenderKey {
        SenderKey::new(
            message.sender_id,
            &message.sender_email,
            &message.sender_full_name,
        )
    }

    fn of_person(person: &Person) -> SenderKey {
        let id = Some(person.id).filter(|id| *id != 0);
        SenderKey::new(id, &person.email, &person.full_name)
    }

    fn new(id: Option<i64>, address: &str, name: &str) -> SenderKey {
        match (id, address) {
            (Some(id), _) => SenderKey::Id(id),
            (None, "") => SenderKey::Name(name.to_owned()),
            (None, address) => SenderKey::Address(address.to_owned()),
        }
    }
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
    pub fn set_sender(&mut self, sender: Option<SenderKey>) -> bool {
        let is_other = self.sender != sender;
        self.sender = sender;
        is_other
    }
}
