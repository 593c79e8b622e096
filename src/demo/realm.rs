//! The demo's organization as it stands: messages, queues, and who is told of what.
//!
//! Not for what happens (`cast`), or for requests (`server`). Who is told: `zerver/tornado/event_queue.py`
//! and `zerver/actions` of Zulip 9.2.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use super::clock::Moment;
use super::happening::{Change, Happening};
use super::message::{Edit, Former, Message, Reaction};
use super::place::Place;
use super::queue::{ChannelTyping, Queue, Reach, Ticket, Wants};
use super::random::Random;
use super::refusal::Refusal;
use super::roster::{FRONT_OF_HOUSE, NOOR, Person};
use super::wire::{event, update};
use crate::event::{MessageId, QueueId};

/// The history keeps this many messages: a night's play, and bounded memory.
const MOST_MESSAGES: usize = 20_000;
/// More queues than anybody needs.
const MOST_QUEUES: usize = 100;

/// The organization.
#[derive(Debug)]
pub struct Realm {
    messages: Vec<Message>,
    queues: BTreeMap<String, Queue>,
    random: Random,
    tickets: u64,
    newcomer: bool,
    on_duty: &'static Person,
}

impl Realm {
    /// An organization with that history, which ascends, and without queues.
    pub fn new(messages: Vec<Message>, seed: u64) -> Realm {
        Realm {
            messages,
            queues: BTreeMap::new(),
            random: Random::new(seed),
            tickets: 0,
            newcomer: false,
            on_duty: &NOOR,
        }
    }

    /// All messages in order of their ids.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Who is at the front of house.
    pub fn on_duty(&self) -> &'static Person {
        self.on_duty
    }

    /// A new queue.
    pub fn register(
        &mut self,
        wants: Wants,
        lifespan: Duration,
        now: Moment,
    ) -> Result<QueueId, Refusal> {
        self.drop_expired(now);
        if self.queues.len() >= MOST_QUEUES {
            return Err(Refusal::bad_request("Could not allocate event queue"));
        }
        let (high, low) = (self.random.number(), self.random.number());
        let id = format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 48 & 0x3fff),
            low & 0xffff_ffff_ffff,
        );
        self.queues
            .insert(id.clone(), Queue::new(wants, lifespan, now));
        self.newcomer = true;
        Ok(QueueId(id))
    }

    /// The queue of that name, while it lives.
    pub fn queue(&mut self, id: &QueueId, now: Moment) -> Result<&mut Queue, Refusal> {
        self.drop_expired(now);
        self.queues
            .get_mut(&id.0)
            .ok_or_else(|| Refusal::BadQueue(id.0.clone()))
    }

    /// Ends a queue.
    pub fn delete(&mut self, id: &QueueId, now: Moment) -> Result<(), Refusal> {
        self.queue(id, now)?;
        self.queues.remove(&id.0);
        Ok(())
    }

    /// A mark for a poll that is going to wait.
    pub fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// Whether somebody has registered since the last call.
    pub fn take_newcomer(&mut self) -> bool {
        std::mem::take(&mut self.newcomer)
    }

    /// A value between these, by chance.
    pub fn chance(&mut self, low: Duration, high: Duration) -> Duration {
        let millis = |wait: Duration| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.random.between(millis(low), millis(high)))
    }

    /// Lets something happen, and tells the queues.
    pub fn apply(&mut self, happening: Happening, now: Moment) {
        self.drop_expired(now);
        match happening {
            Happening::Said(message) => self.say(message),
            Happening::Edited(id, content) => self.edit(id, content, now),
            Happening::Resolved(person, place) => self.resolve(person, &place, now),
            Happening::Reacted(id, reaction, change) => self.react(id, reaction, change),
            Happening::Typing(person, place, change) => self.show_typing(person, &place, change),
            Happening::Online(person) => self.tell("presence", |wants| {
                Some(event::online(person, wants.presence, now))
            }),
            Happening::OnDuty(person) => self.relieve(person),
            Happening::Status(person, text, emoji) => {
                self.tell("user_status", |_| Some(event::status(person, text, emoji)));
            }
        }
    }

    fn drop_expired(&mut self, now: Moment) {
        self.queues.retain(|_, queue| !queue.is_expired(now));
    }

    /// Gives each queue that takes that type the event, where there is one for it.
    fn tell(&mut self, kind: &str, event: impl Fn(&Wants) -> Option<String>) {
        for queue in self
            .queues
            .values_mut()
            .filter(|queue| queue.wants().takes(kind))
        {
            if let Some(event) = event(queue.wants()) {
                queue.push(&event);
            }
        }
    }

    fn say(&mut self, message: Message) {
        let (received, public) = (message.is_received(), message.place.is_public());
        self.tell("message", |wants| {
            let reached = received || (public && wants.reach == Reach::Public);
            let wanted = reached && wants.narrow.lets_pass(&message);
            wanted.then(|| event::message(&message, wants.rendering))
        });
        if self.messages.len() >= MOST_MESSAGES {
            // In one go, as moving the rest is not for free.
            self.messages.drain(..MOST_MESSAGES / 10);
        }
        self.messages.push(message);
    }

    fn edit(&mut self, id: MessageId, content: String, now: Moment) {
        let Some(message) = find(&mut self.messages, id) else {
            return;
        };
        let former = std::mem::replace(&mut message.content, content);
        let edit = Edit {
            editor: message.sender,
            at: now,
            former: Former::Content(former.clone()),
        };
        message.edits.insert(0, edit);
        let event = update::edited(message, &former, now);
        // Unlike a message, a change is not for those who only look at public channels.
        if message.is_received() {
            self.tell("update_message", |_| Some(event.clone()));
        }
    }

    fn resolve(&mut self, editor: &'static Person, place: &Place, now: Moment) {
        let Place::Channel(channel, topic) = place else {
            return;
        };
        let name: Cow<'static, str> = format!("✔ {topic}").into();
        let mut moved: Vec<&mut Message> = self
            .messages
            .iter_mut()
            .filter(|message| message.place == *place)
            .collect();
        for message in &mut moved {
            message.place = Place::Channel(channel, name.clone());
            let former = Former::Topic {
                from: topic.clone(),
                to: name.clone(),
            };
            message.edits.insert(
                0,
                Edit {
                    editor,
                    at: now,
                    former,
                },
            );
        }
        let ids = moved.iter().map(|message| message.id.0).collect();
        let Some(first) = moved.first().filter(|_| place.is_followed()) else {
            return;
        };
        let event = update::moved(first, editor, topic, ids, now);
        self.tell("update_message", |_| Some(event.clone()));
    }

    fn react(&mut self, id: MessageId, reaction: Reaction, change: Change) {
        let Some(message) = find(&mut self.messages, id) else {
            return;
        };
        let event = event::reacted(message, &reaction, change);
        match change {
            Change::Begin => message.reactions.push(reaction),
            Change::End => message.reactions.retain(|given| *given != reaction),
        }
        if message.is_received() {
            self.tell("reaction", |_| Some(event.clone()));
        }
    }

    fn relieve(&mut self, person: &'static Person) {
        let former = std::mem::replace(&mut self.on_duty, person);
        for (person, change) in [(former, Change::End), (person, Change::Begin)] {
            let event = event::member(person, &FRONT_OF_HOUSE, change);
            self.tell("user_group", |_| Some(event.clone()));
        }
    }

    fn show_typing(&mut self, person: &Person, place: &Place, change: Change) {
        if !place.is_followed() {
            return;
        }
        let event = event::typing(person, place, change);
        let in_channel = place.channel().is_some();
        self.tell("typing", |wants| {
            let taken = !in_channel || wants.channel_typing == ChannelTyping::Taken;
            taken.then(|| event.clone())
        });
    }
}

fn find(messages: &mut [Message], id: MessageId) -> Option<&mut Message> {
    let position = messages
        .binary_search_by_key(&id, |message| message.id)
        .ok()?;
    messages.get_mut(position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::message::Reading;
    use crate::demo::roster::{ADA, OPS};

    fn message(id: u64) -> Message {
        Message {
            id: MessageId(id),
            sender: &ADA,
            place: Place::topic(&OPS, "x"),
            content: String::new(),
            at: Moment(id),
            reading: Reading::Unread,
            reactions: Vec::new(),
            edits: Vec::new(),
        }
    }

    #[test]
    fn the_oldest_messages_are_forgotten_after_a_while() {
        let most = MOST_MESSAGES as u64;
        let mut realm = Realm::new((1..=most).map(message).collect(), 1);
        realm.apply(Happening::Said(message(most + 1)), Moment(0));
        assert!(realm.messages().len() < MOST_MESSAGES);
        assert_eq!(
            realm.messages().last().map(|message| message.id.0),
            Some(most + 1)
        );
        assert!(realm.messages().first().map(|message| message.id.0) > Some(1));
    }

    #[test]
    fn more_queues_than_anybody_needs_are_refused() {
        let mut realm = Realm::new(Vec::new(), 1);
        let life = Duration::from_mins(10);
        let mut register = || realm.register(Wants::everything(), life, Moment(0)).is_ok();
        for _ in 0..MOST_QUEUES {
            assert!(register());
        }
        assert!(!register());
    }
}
