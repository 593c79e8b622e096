//! What has happened in the demo: the messages as they stand now, and one list of events. A queue is a place
//! in that list, and what of it is wanted.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::Value;

use super::view::View;

/// Of older messages, and events, than so many the oldest is forgotten: a night's play, and bounded memory.
const LONGEST: usize = 20_000;

/// What has happened, and who wants to know of it.
#[derive(Debug, Default)]
pub struct Log {
    /// Each message as a `message` event, with what was done to it since.
    pub messages: BTreeMap<u64, Value>,
    newest_message: u64,
    events: VecDeque<Value>,
    /// How many events there were before those.
    forgotten: usize,
    queues: HashMap<String, DemoQueue>,
    registered: usize,
}

/// The events from a place on that are wanted. Their ids are counted from there.
#[derive(Debug)]
struct DemoQueue {
    start: usize,
    kinds: Option<Vec<String>>,
    view: View,
}

impl Log {
    /// Something has happened.
    pub fn push(&mut self, event: Value) {
        self.events.push_back(event);
        if self.events.len() > LONGEST {
            self.events.pop_front();
            self.forgotten += 1;
        }
    }

    /// A message is sent, of which all but the id is known.
    pub fn send(&mut self, mut event: Value) -> u64 {
        self.newest_message += 1;
        event["message"]["id"] = self.newest_message.into();
        self.messages.insert(self.newest_message, event.clone());
        if self.messages.len() > LONGEST {
            self.messages.pop_first();
        }
        self.push(event);
        self.newest_message
    }

    /// A queue that begins now, for events of these kinds, or of all of them. `server` makes its name one of
    /// this server alone.
    pub fn register(&mut self, server: i64, kinds: Option<Vec<String>>, view: View) -> String {
        self.registered += 1;
        let name = format!("{server}:{}", self.registered);
        let start = self.forgotten + self.events.len();
        self.queues
            .insert(name.clone(), DemoQueue { start, kinds, view });
        name
    }

    /// Whether anybody has ever registered a queue.
    pub fn has_audience(&self) -> bool {
        self.registered > 0
    }

    /// Ends a queue; false if there is none.
    pub fn delete(&mut self, queue: &str) -> bool {
        self.queues.remove(queue).is_some()
    }

    /// The events of a queue after that id; none if there is no such queue, or what it had is forgotten.
    pub fn events(&self, queue: &str, last: i64) -> Option<Vec<Value>> {
        let queue = self.queues.get(queue)?;
        let seen = usize::try_from(last.saturating_add(1)).unwrap_or_default();
        let first = queue
            .start
            .saturating_add(seen)
            .checked_sub(self.forgotten)?;
        let new = self.events.iter().skip(first).zip(seen..);
        Some(
            new.filter_map(|(event, id)| queue.event(event, id))
                .collect(),
        )
    }
}

impl DemoQueue {
    /// The event as it is handed out, if it is wanted. Heartbeats come whatever is asked for.
    fn event(&self, event: &Value, id: usize) -> Option<Value> {
        let kind = event["type"].as_str()?;
        let kinds = self.kinds.as_ref();
        let is_wanted = kind == "heartbeat"
            || kinds.is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind))
                && (kind != "message" || self.view.shows(event));
        let mut event = is_wanted.then(|| event.clone())?;
        event["id"] = id.into();
        if kind == "message" {
            self.view.format(&mut event["message"]);
        }
        Some(event)
    }
}
