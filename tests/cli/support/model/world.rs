//! The state of the model, and what changes it from outside.
//!
//! Not for what requests do (`requests.rs`).

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::fault::{Fault, Lasting, Step};
use super::post::{Cast, Message, Post};
use super::queue::Queue;
use super::{Dialect, QueueReport, Role};
use crate::support::gate::Gate;
use crate::support::http::Request;
use crate::support::reply::Reply;

/// Everything the server knows. The fields are for the handles in `mod.rs`.
pub struct World {
    /// Which server this is.
    pub server: Dialect,
    /// What the account may do.
    pub role: Role,
    /// Who and what there is.
    pub cast: Cast,
    /// Number of the queue to come.
    pub next_queue: usize,
    next_message: u64,
    uncommitted: BTreeMap<u64, Message>,
    /// Everything committed, by id.
    pub messages: BTreeMap<u64, Message>,
    /// Answers that parked polls get by force.
    pub broken: Vec<(usize, Reply)>,
    hung_up: Vec<usize>,
    stopped: Option<()>,
    /// Ids in the order of commit.
    pub committed: Vec<u64>,
    /// How many of these there were when the first queue was made.
    pub known: Option<usize>,
    /// Live queues by id.
    pub queues: BTreeMap<String, Queue>,
    /// Queues that were deleted by request.
    pub deleted: Vec<String>,
    /// Sent in the middle of the next register.
    pub during_register: Vec<Post>,
    /// Faults to come.
    pub faults: Vec<(Step, Fault, Lasting)>,
    /// Parked polls: number of the request, id of the queue.
    pub parked: Vec<(usize, String)>,
    /// Requests held by a fault, with their numbers.
    pub held: Vec<(usize, Request)>,
    /// Behind them are the second halves of answers.
    pub stalled: Vec<Gate>,
    /// All requests.
    pub requests: Vec<Request>,
    /// Seconds since 1970.
    pub clock: i64,
}

impl World {
    /// An empty server on a Sunday afternoon.
    pub fn new(server: Dialect, role: Role, cast: Cast) -> World {
        World {
            server,
            role,
            cast,
            next_queue: 1,
            next_message: 1001,
            uncommitted: BTreeMap::new(),
            messages: BTreeMap::new(),
            broken: Vec::new(),
            hung_up: Vec::new(),
            stopped: None,
            committed: Vec::new(),
            known: None,
            queues: BTreeMap::new(),
            deleted: Vec::new(),
            during_register: Vec::new(),
            faults: Vec::new(),
            parked: Vec::new(),
            held: Vec::new(),
            stalled: Vec::new(),
            requests: Vec::new(),
            clock: 1_795_356_000,
        }
    }

    /// Hands out an id.
    pub fn reserve(&mut self, post: Post) -> u64 {
        let id = self.next_message;
        self.next_message += 1;
        self.uncommitted
            .insert(id, Message::new(id, post, self.clock));
        id
    }

    /// Makes a message appear in history only.
    pub fn store(&mut self, id: u64) {
        if let Some(message) = self.uncommitted.remove(&id) {
            self.messages.insert(id, message);
            self.committed.push(id);
        }
    }

    /// Makes a message appear in history and in the queues.
    pub fn commit(&mut self, id: u64) {
        self.store(id);
        let Some(message) = self.messages.get(&id) else {
            return;
        };
        self.queues
            .values_mut()
            .for_each(|queue| queue.deliver(message, self.server));
    }

    /// An event for every queue that takes it.
    pub fn broadcast(&mut self, event: &Value) {
        let kind = event["type"].as_str().unwrap_or_default();
        self.queues
            .values_mut()
            .filter(|queue| queue.takes(kind))
            .for_each(|queue| queue.push(event.clone()));
    }

    /// The same with a foreign id.
    pub fn broadcast_as(&mut self, id: i64, event: &Value) {
        let kind = event["type"].as_str().unwrap_or_default();
        self.queues
            .values_mut()
            .filter(|queue| queue.takes(kind))
            .for_each(|queue| queue.push_as(id, event.clone()));
    }

    /// Only parked polls get heartbeats.
    pub fn heartbeat(&mut self) {
        for (_, id) in &self.parked {
            if let Some(queue) = self.queues.get_mut(id) {
                queue.push(json!({ "type": "heartbeat" }));
            }
        }
    }

    /// What the queues hear first after a restart.
    pub fn announce_restart(&mut self) {
        let event = match self.server {
            Dialect::Old => {
                json!({ "type": "restart", "server_generation": self.clock, "immediate": true })
            }
            Dialect::New => {
                json!({ "type": "restart", "server_generation": self.clock, "zulip_version": "9.2+git",
                "zulip_merge_base": "", "zulip_feature_level": 278 })
            }
        };
        self.broadcast(&event);
    }

    /// Parked polls lose their place.
    pub fn displace(&mut self) {
        self.queues.values_mut().for_each(|queue| queue.poller = 0);
    }

    /// Ends parked polls with that.
    pub fn break_parked(&mut self, reply: &Reply) {
        self.broken.extend(
            self.parked
                .iter()
                .map(|(number, _)| (*number, reply.clone())),
        );
    }

    /// How many requests of the step have come.
    pub fn count(&self, step: Step) -> usize {
        self.requests
            .iter()
            .filter(|request| Step::of(request) == step)
            .count()
    }

    /// The live queues.
    pub fn report(&self) -> Vec<QueueReport> {
        let report = |(id, queue): (&String, &Queue)| QueueReport {
            id: id.clone(),
            parameters: queue.parameters.clone(),
            pending: queue.pending(),
            parks: queue.parks,
        };
        self.queues.iter().map(report).collect()
    }

    /// Nothing goes wrong any more.
    pub fn heal(&mut self) {
        self.faults.clear();
        self.stalled.drain(..).for_each(|gate| gate.open());
    }

    /// Something, if the client has acknowledged everything and parked a poll.
    pub fn is_idle(&mut self) -> Option<()> {
        let (_, queue) = self.parked.first()?;
        let queue = self.queues.get(queue)?;
        (queue.pending() == 0).then_some(())
    }

    /// Takes note of a request: its number, and what goes wrong with it.
    pub fn receive(&mut self, request: &Request) -> (usize, Option<Fault>) {
        self.requests.push(request.clone());
        let step = Step::of(request);
        let fault = self
            .faults
            .iter()
            .position(|(own, ..)| *own == step)
            .map(|index| match self.faults[index].2 {
                Lasting::Once => self.faults.remove(index).1,
                Lasting::UntilHealed => self.faults[index].1.clone(),
            });
        (self.requests.len(), fault)
    }

    /// The client of this connection is gone.
    pub fn leave(&mut self, connection: usize) {
        self.hung_up.push(connection);
    }

    /// The server ends.
    pub fn stop(&mut self) {
        self.heal();
        self.stopped = Some(());
    }

    /// Whether nobody waits for the answer any more.
    pub fn is_given_up(&self, request: &Request) -> bool {
        self.stopped.is_some() || self.hung_up.contains(&request.connection)
    }

    /// The poll of that number is not parked any more.
    pub fn forget(&mut self, number: usize) {
        self.parked.retain(|(own, _)| *own != number);
    }
}

/// What a failing test shows.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "requests:")?;
        for request in &self.requests {
            writeln!(f, "  {request:?}")?;
        }
        writeln!(f, "queues:")?;
        for queue in self.report() {
            writeln!(
                f,
                "  {} holds {} events, {} polls parked",
                queue.id, queue.pending, queue.parks
            )?;
        }
        write!(
            f,
            "parked: {:?}\nheld: {:?}\ncommitted: {:?}",
            self.parked, self.held, self.committed
        )
    }
}
