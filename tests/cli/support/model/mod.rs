//! A small events server that behaves like the real ones, and handles for what can happen to it.
//!
//! Not for exact sequences of requests (`server.rs`): here a test counts what came out. Sources are
//! named in the parts; the measured behaviour of Zulip 9.2 wins over its documents.

mod fault;
mod history;
mod lookups;
mod narrow;
mod post;
mod queue;
mod requests;
mod service;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use self::fault::Lasting;
pub use self::fault::{Fault, Step, Trouble};
pub use self::post::{Access, Cast, Channel, Post};
use self::world::World;
use super::board::Board;
use super::http::Request;
use super::listener::{Listener, Service};
use super::reply::Reply;

/// Which server is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Zulip 1.7: no feature level, integer anchors, forgiving about ids.
    Old,
    /// Zulip 9.2.
    New,
}

/// The account that logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// May read all public channels.
    Member,
    /// May not ask for all public channels.
    Guest,
}

/// What a test learns about a queue.
#[derive(Clone, Debug)]
pub struct QueueReport {
    /// Its id.
    pub id: String,
    /// What register was told.
    pub parameters: BTreeMap<String, String>,
    /// Events that wait or are not acknowledged.
    pub pending: usize,
    /// Polls that parked: only they keep it alive.
    pub parks: usize,
}

/// A running server.
#[must_use]
pub struct Model {
    board: Arc<Board<World>>,
    listener: Listener,
}

/// A message whose id is handed out, and which nobody sees yet.
#[must_use]
pub struct Uncommitted {
    /// Its id: lower than those of messages sent meanwhile.
    pub id: u64,
    board: Arc<Board<World>>,
}

impl Uncommitted {
    /// Now it is in history and in the queues.
    pub fn commit(self) -> u64 {
        self.board.update(|world| world.commit(self.id));
        self.id
    }
}

impl Model {
    /// A server like Zulip 9.2.
    pub fn new() -> Model {
        Model::of(Dialect::New, Role::Member)
    }

    /// A server on which there are these people and channels.
    pub fn with(server: Dialect, cast: Cast) -> Model {
        Model::start(World::new(server, Role::Member, cast))
    }

    /// A server like Zulip 1.7.
    pub fn old() -> Model {
        Model::of(Dialect::Old, Role::Member)
    }

    /// Any of them.
    pub fn of(server: Dialect, role: Role) -> Model {
        Model::start(World::new(server, role, post::CAST))
    }

    fn start(world: World) -> Model {
        let board = Arc::new(Board::new(world));
        let listener = Listener::start(Arc::clone(&board) as Arc<dyn Service>);
        Model { board, listener }
    }

    /// What stands as `site` in the rc file.
    pub fn site(&self) -> String {
        self.listener.site()
    }

    /// Sends a message; its id.
    pub fn send(&self, post: Post) -> u64 {
        self.send_all([post])[0]
    }

    /// Sends messages in one go: a poll that is parked gets them all. Their ids.
    pub fn send_all(&self, posts: impl IntoIterator<Item = Post>) -> Vec<u64> {
        self.board.update(|world| {
            let send = |post| {
                let id = world.reserve(post);
                world.commit(id);
                id
            };
            posts.into_iter().map(send).collect()
        })
    }

    /// Hands out an id, and commits the message later.
    pub fn commit_late(&self, post: Post) -> Uncommitted {
        Uncommitted {
            id: self.board.update(|world| world.reserve(post)),
            board: Arc::clone(&self.board),
        }
    }

    /// A message that is in history but in no queue, as happens in restarts and crashes.
    pub fn send_unheard(&self, post: Post) -> u64 {
        self.send_all_unheard([post])[0]
    }

    /// The same for several.
    pub fn send_all_unheard(&self, posts: impl IntoIterator<Item = Post>) -> Vec<u64> {
        self.board.update(|world| {
            let store = |post| {
                let id = world.reserve(post);
                world.store(id);
                id
            };
            posts.into_iter().map(store).collect()
        })
    }

    /// These arrive in the middle of the next register: in the new queue before it is answered.
    pub fn send_during_register(&self, posts: Vec<Post>) {
        self.board.update(|world| world.during_register = posts);
    }

    /// An event (without id) for all queues that take its type.
    pub fn send_event(&self, event: &Value) {
        self.board.update(|world| world.broadcast(event));
    }

    /// An event under the id that it has in another queue of the account.
    pub fn send_event_as(&self, id: i64, event: &Value) {
        self.board.update(|world| world.broadcast_as(id, event));
    }

    /// What a parked poll gets after some 50 s.
    pub fn heartbeat(&self) {
        self.board.update(World::heartbeat);
    }

    /// All queues are gone; their parked polls get no events, as if another client had deleted them.
    pub fn drop_queues(&self) {
        self.board.update(|world| world.queues.clear());
    }

    /// Killed and started again: parked polls end with the gateway's page, all queues are gone.
    pub fn crash(&self) {
        self.board.update(|world| {
            world.break_parked(&Reply::html_502());
            world.queues.clear();
        });
    }

    /// An orderly restart, which keeps the queues but loses these messages; the ids have no hole.
    pub fn restart_losing(&self, posts: Vec<Post>) -> Vec<u64> {
        self.board
            .update(|world| world.break_parked(&Reply::html_502()));
        let lost = self.send_all_unheard(posts);
        self.board.update(World::announce_restart);
        lost
    }

    /// Another client polls all the queues: parked polls of ours are answered with no events.
    pub fn displace(&self) {
        self.board.update(World::displace);
    }

    /// What happens to parked polls now.
    pub fn break_parked(&self, reply: &Reply) {
        self.board.update(|world| world.break_parked(reply));
    }

    /// What happens to the next request of that step; several are used up in order.
    pub fn fail_next(&self, step: Step, fault: Fault) {
        self.board
            .update(|world| world.faults.push((step, fault, Lasting::Once)));
    }

    /// What happens to all requests of that step, until `heal`.
    pub fn fail_always(&self, step: Step, fault: Fault) {
        self.board
            .update(|world| world.faults.push((step, fault, Lasting::UntilHealed)));
    }

    /// No faults any more.
    pub fn heal(&self) {
        self.board.update(World::heal);
    }

    /// Whether a request is held by a fault within that time.
    pub fn holds_within(&self, limit: Duration) -> bool {
        let held = |world: &mut World| (!world.held.is_empty()).then_some(());
        self.board.wait_at_most(limit, held).is_some()
    }

    /// Whether half an answer has been sent within that time.
    pub fn stalls_within(&self, limit: Duration) -> bool {
        let stalled = |world: &mut World| world.stalled.last().cloned();
        let gate = self.board.wait_at_most(limit, stalled);
        gate.is_some_and(|gate| gate.has_passed(limit))
    }

    /// Whether so many requests of the step have come within that time, from the start on.
    pub fn asks_within(&self, limit: Duration, step: Step, count: usize) -> bool {
        let enough = |world: &mut World| (world.count(step) >= count).then_some(());
        self.board.wait_at_most(limit, enough).is_some()
    }

    /// Waits until a request is held by a fault.
    #[track_caller]
    pub fn wait_held(&self) -> Request {
        self.board.wait("a held request", |world| {
            Some(world.held.first()?.1.clone())
        })
    }

    /// Lets all held requests go on.
    #[track_caller]
    pub fn release(&self) {
        self.wait_held();
        self.board.update(|world| world.held.clear());
    }

    /// Waits until a poll is parked; the id of its queue.
    #[track_caller]
    pub fn wait_parked(&self) -> String {
        self.board.wait("a parked poll", |world| {
            Some(world.parked.first()?.1.clone())
        })
    }

    /// Waits until everything is acknowledged and a poll is parked: the client has caught up.
    #[track_caller]
    pub fn wait_idle(&self) {
        self.board
            .wait("the client to acknowledge everything", World::is_idle);
    }

    /// Whether that is so within that time.
    pub fn idles_within(&self, limit: Duration) -> bool {
        self.board.wait_at_most(limit, World::is_idle).is_some()
    }

    /// Waits until that many clients have each acknowledged everything and parked a poll.
    #[track_caller]
    pub fn wait_all_idle(&self, clients: usize) {
        let what = format!("{clients} clients to acknowledge everything");
        self.board.wait(&what, |world| {
            let settled = world.queues.values().all(|queue| queue.pending() == 0);
            let all = world.queues.len() == clients && world.parked.len() == clients;
            (settled && all).then_some(())
        });
    }

    /// Waits until no request is parked or held: the client has hung up.
    #[track_caller]
    pub fn wait_hung_up(&self) {
        let quiet =
            |world: &mut World| (world.parked.is_empty() && world.held.is_empty()).then_some(());
        self.board.wait("the client to hang up", quiet);
    }

    /// Waits until that many requests of the step have come, from the start on.
    #[track_caller]
    pub fn wait_requests(&self, step: Step, count: usize) {
        let enough = |world: &mut World| (world.count(step) >= count).then_some(());
        self.board
            .wait(&format!("{count} requests of {step:?}"), enough);
    }

    /// How many requests of the step have come.
    pub fn count(&self, step: Step) -> usize {
        self.board.update(|world| world.count(step))
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.board.update(|world| world.requests.clone())
    }

    /// How many connections the client has opened.
    pub fn connections(&self) -> usize {
        self.listener.connections()
    }

    /// The queues that live.
    pub fn queues(&self) -> Vec<QueueReport> {
        self.board.update(|world| world.report())
    }

    /// Queues that the client deleted, in that order.
    pub fn deleted(&self) -> Vec<String> {
        self.board.update(|world| world.deleted.clone())
    }

    /// The ids of all committed messages, in the order in which they were committed.
    pub fn messages_sent(&self) -> Vec<u64> {
        self.board.update(|world| world.committed.clone())
    }

    /// Those of them that had been committed when the first queue was made.
    pub fn messages_before(&self) -> Vec<u64> {
        self.board.update(|world| {
            let count = world.known.unwrap_or(world.committed.len());
            world.committed[..count].to_vec()
        })
    }

    /// The server's clock, in seconds since 1970; it stands still unless it is moved.
    pub fn clock(&self) -> i64 {
        self.board.update(|world| world.clock)
    }

    /// Moves the server's clock.
    pub fn set_clock(&self, time: i64) {
        self.board.update(|world| world.clock = time);
    }
}
