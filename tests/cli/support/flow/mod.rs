//! A server that never falls silent: numbered events at a steady rate, and trouble on demand.
//!
//! Only what waits in the queue is stored: everything else is computed from its number, so that hours
//! of events cost no memory. One account, one queue at a time, no narrows; the faithful server is
//! `model`.

mod queue;
mod requests;
pub mod text;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use self::queue::{Item, Queue};
use jiff::Timestamp;

/// Numbers that were there before anybody asked.
const BEFORE: u64 = 1_000;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The next poll ends without an answer.
    Reset,
    /// The next answer ends in the middle.
    Truncated,
    /// The next answer is no JSON from its middle on.
    Garbled,
    /// The next answer comes byte by byte.
    Trickled,
    /// Something else takes the next poll.
    Displaced,
    /// The next poll is told to come back in a second.
    Limited,
    /// The server goes on with other events than the client.
    Pruned,
    /// The queue is gone.
    Lost,
    /// So many events are in no queue, after an orderly restart.
    Dropped(u64),
    /// The gateway answers in place of the server for so long.
    Pages(Duration),
}

/// The server.
pub struct Flow {
    rate: u64,
    /// How long a poll parks before it gets a heartbeat.
    heartbeat: Duration,
    started: Instant,
    epoch: Timestamp,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    frozen: Option<u64>,
    stopped: bool,
    queue: Option<Queue>,
    queues: usize,
    next: Option<Trouble>,
    pages_until: Option<Instant>,
    /// The number that the first queue began after.
    first: Option<u64>,
    /// Up to here everything is acknowledged or lost.
    covered: u64,
    gaps: Vec<(u64, u64)>,
    polls: u64,
    heartbeats: u64,
}

/// What the server has to tell at the end.
#[derive(Clone, Debug)]
pub struct Account {
    /// The first queue has all numbers above this.
    pub first: u64,
    /// The last number there is.
    pub last: u64,
    /// Ranges of numbers, ends included, of which no queue had all.
    pub gaps: Vec<(u64, u64)>,
    /// Queues that were registered.
    pub queues: usize,
    /// Polls that were answered with events.
    pub polls: u64,
    /// Heartbeats among them.
    pub heartbeats: u64,
}

impl Flow {
    /// A server with that many events a second.
    pub fn new(rate: u64, heartbeat: Duration) -> Flow {
        Flow {
            rate,
            heartbeat,
            started: Instant::now(),
            epoch: Timestamp::now(),
            state: Mutex::default(),
        }
    }

    /// Something goes wrong.
    pub fn suffer(&self, trouble: Trouble) {
        let produced = self.produced();
        let mut state = self.lock();
        match trouble {
            Trouble::Lost => state.queue = None,
            Trouble::Pages(span) => state.pages_until = Some(Instant::now() + span),
            Trouble::Dropped(count) => {
                let Some(queue) = &mut state.queue else {
                    return;
                };
                queue.feed(produced);
                queue.push(Item::Restart);
                queue.fed += count;
                let range = (produced + 1, queue.fed);
                state.gaps.push(range);
            }
            other => state.next = Some(other),
        }
    }

    /// It is served again.
    pub fn resume(&self) {
        self.lock().stopped = false;
    }

    /// No more events and no more trouble. Gives the last number.
    pub fn freeze(&self) -> u64 {
        let last = self.produced();
        let mut state = self.lock();
        let fed = state.queue.as_ref().map_or(0, |queue| queue.fed);
        state.frozen = Some(last.max(fed));
        state.next = None;
        state.pages_until = None;
        last.max(fed)
    }

    /// How it went.
    pub fn account(&self) -> Account {
        let last = self.produced();
        let state = self.lock();
        Account {
            first: state.first.unwrap_or_default(),
            last,
            gaps: state.gaps.clone(),
            queues: state.queues,
            polls: state.polls,
            heartbeats: state.heartbeats,
        }
    }

    /// Events a second.
    pub fn rate(&self) -> u64 {
        self.rate
    }

    /// How many numbers there are by now.
    fn produced(&self) -> u64 {
        let frozen = self.lock().frozen;
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        frozen.unwrap_or(BEFORE + elapsed * self.rate / 1000)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn time(&self, number: u64) -> i64 {
        let seconds = number.saturating_sub(BEFORE) / self.rate.max(1);
        self.epoch.as_second() + i64::try_from(seconds).unwrap_or_default()
    }
}
