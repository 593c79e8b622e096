//! One event queue: ids from 0, pruning by acknowledgement, merging of flag events.
//!
//! Source: `EventQueue` and `fetch_events` in `zerver/tornado/event_queue.py` of Zulip 1.7 and 9.2.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::Dialect;
use super::narrow::Term;
use super::post::{Content, Message};
use crate::support::reply::Reply;

/// What a queue was registered for, and what it holds.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The parameters of register, as they came.
    pub parameters: BTreeMap<String, String>,
    /// None: every kind.
    pub kinds: Option<Vec<String>>,
    /// Filters `message` events only.
    pub narrow: Vec<Term>,
    /// Whether messages of unsubscribed public channels come too.
    pub reach: Reach,
    /// The form of message contents.
    pub content: Content,
    /// How many polls have parked here: only those keep a queue alive.
    pub parks: usize,
    /// The request that polls at present; a newer one takes its place.
    pub poller: usize,
    entries: VecDeque<Entry>,
    next_id: i64,
    newest_pruned: i64,
}

/// Which public channels a queue listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What the account receives.
    Received,
    /// All public ones.
    Public,
}

#[derive(Clone, Debug)]
struct Entry {
    id: i64,
    event: Value,
    delivered: bool,
}

impl Queue {
    /// An empty queue.
    pub fn new(
        parameters: BTreeMap<String, String>,
        kinds: Option<Vec<String>>,
        narrow: Vec<Term>,
    ) -> Queue {
        // A narrow widens delivery, whatever the documentation says.
        let public = parameters
            .get("all_public_streams")
            .is_some_and(|value| value == "true")
            || !narrow.is_empty();
        let rendered = parameters
            .get("apply_markdown")
            .is_some_and(|value| value == "true");
        Queue {
            reach: if public {
                Reach::Public
            } else {
                Reach::Received
            },
            content: if rendered {
                Content::Rendered
            } else {
                Content::Source
            },
            parameters,
            kinds,
            narrow,
            parks: 0,
            poller: 0,
            entries: VecDeque::new(),
            next_id: 0,
            newest_pruned: -1,
        }
    }

    /// Whether it takes events of that type.
    pub fn takes(&self, kind: &str) -> bool {
        kind == "heartbeat"
            || self
                .kinds
                .as_ref()
                .is_none_or(|kinds| kinds.iter().any(|own| own == kind))
    }

    /// Takes a message, if it is one for this queue.
    pub fn deliver(&mut self, message: &Message, server: Dialect) {
        let reached = message.is_received() || (self.reach == Reach::Public && message.is_public());
        if reached
            && self.takes("message")
            && self.narrow.iter().all(|term| term.passes(message, 0))
        {
            self.push(message.event(self.content, server));
        }
    }

    /// Takes any event.
    pub fn push(&mut self, event: Value) {
        let event = self.merge(event);
        let id = self.next_id;
        self.push_as(id, event);
        self.next_id += 1;
    }

    /// Takes an event under an id that another queue gave it, as old servers do.
    pub fn push_as(&mut self, id: i64, event: Value) {
        self.entries.push_back(Entry {
            id,
            event,
            delivered: false,
        });
    }

    /// How many events wait or are not acknowledged.
    pub fn pending(&self) -> usize {
        self.entries.len()
    }

    /// The id that the next event gets, less one.
    pub fn last_id(&self) -> i64 {
        self.next_id - 1
    }

    /// Drops what is acknowledged; new servers complain about ids that make no sense, some only after that.
    pub fn acknowledge(&mut self, id: i64, server: Dialect) -> Result<(), Reply> {
        let refuse = |msg: String| Err(Reply::error(400, "BAD_REQUEST", &msg));
        if server == Dialect::New && id < self.newest_pruned {
            return refuse(format!("An event newer than {id} has already been pruned!"));
        }
        while let Some(entry) = self.entries.pop_front_if(|entry| entry.id <= id) {
            self.newest_pruned = entry.id;
        }
        if server == Dialect::New && id != self.newest_pruned {
            return refuse(format!("Event {id} was not in this queue"));
        }
        Ok(())
    }

    /// Everything that it holds, with ids. What is delivered once is never merged any more.
    pub fn contents(&mut self) -> Vec<Value> {
        let with_id = |entry: &mut Entry| {
            entry.delivered = true;
            let mut event = entry.event.clone();
            event["id"] = json!(entry.id);
            event
        };
        self.entries.iter_mut().map(with_id).collect()
    }

    // An undelivered event of the same flag goes into the new one, and its id is never seen: the holes in the ids.
    fn merge(&mut self, mut event: Value) -> Value {
        let same = |entry: &Entry| {
            let keys = ["type", "op", "operation", "flag", "all"];
            !entry.delivered && keys.iter().all(|key| entry.event[key] == event[key])
        };
        if event["type"] != "update_message_flags" {
            return event;
        }
        if let Some(earlier) = self
            .entries
            .iter()
            .position(same)
            .and_then(|index| self.entries.remove(index))
        {
            let ids = |event: &Value| event["messages"].as_array().cloned().unwrap_or_default();
            event["messages"] = Value::Array([ids(&earlier.event), ids(&event)].concat());
        }
        event
    }
}
