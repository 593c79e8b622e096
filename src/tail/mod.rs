//! The loop: register, poll, print, save, acknowledge.
//!
//! The order is what keeps events from being lost: lines are written and the cursor is saved before
//! the next poll leaves, since that poll acknowledges them. `opening.rs` gets the first queue,
//! `recovery.rs` replaces a lost one, `audit.rs` looks for what a queue did not deliver.

mod announce;
mod audit;
mod clocks;
mod ending;
mod gap;
mod history;
mod link;
mod opening;
mod printer;
mod queue;
mod recovery;
mod row;
mod sieve;

use std::convert::Infallible;
use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{Timestamp, tz::TimeZone};

use crate::api::scan::Chunk;
use crate::api::{ApiError, Client, Outlet, Polled, Wait};
use crate::config::Plan;
use crate::cursor::{Cursor, Place};
use crate::deadline;
use crate::delivery::{Ledger, Moment};
use crate::lookup::Lookup;
use crate::notice::{Level, Notices};
use crate::output::Renderer;
use crate::output::meta::Record;
use crate::output::sink::Sink;
use crate::poller::Poller;
use crate::retry::Backoff;
use crate::selection::Selection;
use crate::signals::Signals;
use crate::stop::Stop;
use announce::Announcer;
use ending::DELETE;
pub use ending::Farewell;
use link::{Limits, Link};
use printer::Printer;
use queue::Queue;
use sieve::Sieve;

/// How often to ask where answers come at once and bring nothing.
const PACE: Duration = Duration::from_secs(1);

/// Everything that a run is made of.
pub struct Parts {
    /// What to do.
    pub plan: Plan,
    /// Where to go on, and where to save how far it went.
    pub cursor: Option<(Cursor, Option<Place>)>,
    /// The way to the server.
    pub client: Arc<Client>,
    /// What drives its requests.
    pub poller: Poller,
    /// What may interrupt it.
    pub signals: Signals,
    /// What is said about it.
    pub notices: Notices,
    /// Where records of our own go (`--meta`).
    pub meta: Option<Sink<File>>,
    /// The form of the lines.
    pub renderer: Renderer,
    /// Where names come from that no event tells, if lines have names.
    pub lookup: Option<Lookup>,
    /// Where they go.
    pub sink: Sink<File>,
    /// What is left to do at the end.
    pub farewell: Arc<Farewell>,
    /// When the process started.
    pub started: Instant,
    /// The zone of times in notices.
    pub zone: TimeZone,
}

/// A running tail.
pub struct Tail {
    plan: Plan,
    link: Link,
    printer: Printer,
    farewell: Arc<Farewell>,
    cursor: Option<Cursor>,
    /// Where an earlier run ended.
    place: Option<Place>,
    /// The messages that were printed; none where no history is read.
    ledger: Option<Ledger>,
    /// Whether all public channels are asked for; off where the account may not.
    all_public: bool,
    /// Whether the history that was asked for is not yet printed.
    opening: bool,
    /// Whether anything was lost.
    lossy: bool,
    /// How long to leave the queue to something else that takes its polls.
    displaced: Backoff,
    /// Queues in a row that were lost before they answered once.
    fresh_losses: u32,
    /// Answers in a row with heartbeats and nothing else that came at once.
    hasty: u32,
    started: Instant,
    zone: TimeZone,
}

impl Tail {
    /// A tail that has not sent anything yet.
    pub fn new(parts: Parts) -> Tail {
        let plan = parts.plan;
        let limits = Limits {
            deadline: deadline::at(&plan, parts.started),
            give_up_after: plan.give_up_after,
        };
        let announcer = Announcer::new(parts.notices, parts.meta);
        let selection = plan.selection.clone();
        let (cursor, place) = parts.cursor.unzip();
        Tail {
            link: Link::new(
                parts.client,
                parts.poller,
                parts.signals,
                announcer,
                limits,
                parts.started,
            ),
            printer: Printer::new(
                selection,
                parts.renderer,
                parts.lookup,
                parts.sink,
                plan.count,
            ),
            farewell: parts.farewell,
            cursor,
            place: place.flatten(),
            ledger: None,
            all_public: plan.selection.wants_all_public(),
            opening: false,
            lossy: false,
            displaced: Backoff::default(),
            fresh_losses: 0,
            hasty: 0,
            started: parts.started,
            zone: parts.zone,
            plan,
        }
    }

    /// Runs until something stops it, and says what.
    pub fn run(mut self) -> Stop {
        let Err(stop) = self.follow();
        self.link.bid(&self.farewell, DELETE);
        stop
    }

    fn follow(&mut self) -> Result<Infallible, Stop> {
        if self.selection().needs_me() {
            let me = self.link.persist(&Client::me)?;
            self.printer.resolve_me(me.user_id, &me.email);
        }
        let mut queue = self.open()?;
        if !self.plan.once {
            self.printer.look_ahead();
        }
        loop {
            let wait = self.wait(&queue);
            let sent = self.now();
            match self.poll(&mut queue, wait)? {
                Ok(_) if wait == Wait::Block && queue.inbox.batch().fresh == 0 => {
                    self.displaced(&mut queue)?;
                }
                Ok(polled) => {
                    let empty = queue.inbox.batch().fresh == 0;
                    self.answered(&mut queue, sent)?;
                    if wait == Wait::Block {
                        self.displaced.reset();
                    }
                    self.breathe(&queue, sent)?;
                    if wait == Wait::DontBlock {
                        self.audit(&mut queue, sent, polled, empty)?;
                    }
                    if self.plan.once && empty {
                        return Err(self.drained(&queue));
                    }
                }
                Err(error) if error.is_bad_request() => queue = self.replace(queue, &error)?,
                Err(error) => {
                    queue.answered = true;
                    if !error.is_rate_limit() {
                        self.owe_audit(&mut queue);
                    }
                    self.link.trouble(error)?;
                }
            }
        }
    }

    fn selection(&self) -> &Selection {
        self.printer.selection()
    }

    fn now(&self) -> Moment {
        self.started.elapsed()
    }

    /// After trouble, ask for an answer at once: that the server is back is news, and what the queue
    /// holds must be known before history is compared with it.
    fn wait(&self, queue: &Queue) -> Wait {
        if self.plan.once || self.link.is_troubled() || queue.audit.is_pending() {
            Wait::DontBlock
        } else {
            Wait::Block
        }
    }

    /// One poll: prints what comes. An answer that is none comes back as the inner error.
    fn poll(&mut self, queue: &mut Queue, wait: Wait) -> Result<Result<Polled, ApiError>, Stop> {
        queue.inbox.begin();
        let (id, acknowledged) = (&queue.id, queue.inbox.position());
        let (printer, started) = (&mut self.printer, self.started);
        let (inbox, ledger) = (&mut queue.inbox, self.ledger.as_mut());
        let mut sieve = Sieve::new(Some(inbox), ledger, started.elapsed());
        let request = async |client: &Client, outlet: &Outlet| {
            client.events(id, acknowledged, wait, outlet).await
        };
        let each = |chunk: &Chunk| {
            sieve.now = started.elapsed();
            printer.print(chunk, &mut sieve)
        };
        let answer = match wait {
            Wait::Block => self.link.wait_for(request, each),
            Wait::DontBlock => self.link.ask(request, each),
        };
        if queue.inbox.batch().fresh > 0 {
            // Also when the answer was cut or the run ends: what is written is written.
            self.save(queue)?;
        }
        let mut answer = answer?;
        if answer.is_ok() && queue.inbox.batch().unnumbered > 0 {
            // It will come again, and again, as it cannot be acknowledged.
            let client = self.link.client();
            answer = Err(client.not_understood("events", "an event has no id"));
        }
        for _ in 0..queue.inbox.batch().heartbeats {
            self.link.announcer().record(&Record::Alive)?;
        }
        Ok(answer)
    }

    /// A poll that should have waited was answered with nothing: the server gave its place to
    /// another poll. Without a pause the two would displace each other for ever.
    fn displaced(&mut self, queue: &mut Queue) -> Result<(), Stop> {
        let text = format!(
            "something else polls this queue ({}), or has deleted it: events may go there instead",
            queue.id.0
        );
        let wait = self.displaced.next(fastrand::f64());
        let times = self.displaced.failures();
        // Once may be the server's doing, as when it drops the queue.
        let level = match times {
            1 => Level::Notice,
            2 => Level::Warning,
            _ => Level::Detail,
        };
        self.link.announcer().say(level, &text);
        if times == 1 {
            self.link
                .announcer()
                .record(&Record::Lost { error: text })?;
        }
        queue.answered = true;
        self.owe_audit(queue);
        self.link.pause(wait)
    }

    /// Heartbeats come with a minute in between. Where they come without, and alone, there is no
    /// hurry to ask for the next one.
    fn breathe(&mut self, queue: &Queue, sent: Moment) -> Result<(), Stop> {
        let batch = queue.inbox.batch();
        let rest = PACE.saturating_sub(self.now().saturating_sub(sent));
        if batch.heartbeats == 0 || batch.fresh > batch.heartbeats || rest.is_zero() {
            self.hasty = 0;
            return Ok(());
        }
        self.hasty = self.hasty.saturating_add(1);
        // One may have waited in the queue.
        if self.hasty > 1 {
            self.link.pause(rest)?;
        }
        Ok(())
    }

    /// A poll was answered in full.
    fn answered(&mut self, queue: &mut Queue, sent: Moment) -> Result<(), Stop> {
        queue.answered = true;
        queue.complete_at = Timestamp::now();
        let back = self.link.good();
        self.link.establish();
        if back {
            self.link.announcer().record(&Record::Resumed {
                queue_id: queue.id.0.clone(),
                last_event_id: queue.inbox.position().0,
            })?;
        }
        let batch = queue.inbox.batch();
        if batch.restarted || batch.doubtful {
            self.owe_audit(queue);
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.settle(sent);
        }
        Ok(())
    }

    /// `--once` has printed what there was. A queue that is to live on is polled once more so that
    /// it waits: only that restarts the clock by which the server drops it.
    fn drained(&mut self, queue: &Queue) -> Stop {
        if let Err(stop) = self.save(queue) {
            return stop;
        }
        if self.cursor.is_some() {
            let position = queue.inbox.position();
            let parked = self.link.ask(
                async |client, _| {
                    client.park(&queue.id, position).await;
                    Ok(())
                },
                |_| Ok(()),
            );
            if let Err(stop) = parked {
                return stop;
            }
        }
        if self.lossy && self.plan.fail_on_gap {
            Stop::Lost
        } else {
            Stop::Drained
        }
    }

    /// Saves how far this queue has been printed.
    fn save(&mut self, queue: &Queue) -> Result<(), Stop> {
        let Some(cursor) = &self.cursor else {
            return Ok(());
        };
        self.printer.sync()?;
        let place = Place {
            queue_id: queue.id.0.clone(),
            last_event_id: queue.inbox.position().0,
            feature_level: queue.feature_level,
            ledger: self
                .ledger
                .as_ref()
                .map(Ledger::snapshot)
                .unwrap_or_default(),
            opening: self.opening,
            complete_at: queue.complete_at,
        };
        cursor.save(&place).map_err(Stop::Failed)
    }
}
