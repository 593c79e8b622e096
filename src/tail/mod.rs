//! The loop: register, poll, print, save, acknowledge.
//!
//! The order is what keeps events from being lost: lines are written and the cursor is saved before
//! the next poll leaves, since that poll acknowledges them. All parts are steps of one [`Tail`]:
//!
//! - [`opening`] gets the first [`queue`], by [`registration`] or from an earlier run, and [`past`] prints
//!   the history that was asked for before it.
//! - [`poll`] asks for events and looks at what came; [`printer`] makes lines of it.
//! - [`recovery`] replaces a queue that is lost, [`audit`] looks for what one did not deliver, and both
//!   print and tell a [`gap`].
//! - All of them ask through the [`link`], which waits trouble out and ends the run when it is time to;
//!   [`history`] reads past messages through it. What is said on the way goes through [`announce`], and
//!   [`ending`] is what is left to do after all.
//!
//! What is new among that which came is not decided here but in `delivery`.

mod announce;
mod audit;
mod ending;
mod gap;
mod history;
mod link;
mod opening;
mod owed;
mod past;
mod poll;
mod printer;
mod queue;
mod recovery;
mod registration;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::api::{Client, Register, Wait};
use crate::config::Plan;
use crate::cursor::{Cursor, Place};
use crate::deadline;
use crate::delivery::{Ledger, Moment};
use crate::lookup::Lookup;
use crate::notice::Notices;
use crate::output::Renderer;
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
    pub meta: Option<Sink>,
    /// The form of the lines.
    pub renderer: Renderer,
    /// Where names come from that no event tells, if lines have names.
    pub lookup: Option<Lookup>,
    /// Where they go.
    pub sink: Sink,
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
    /// What queues are registered with; less where the account may not see all of it.
    register: Register,
    /// Whether the history that was asked for is not yet printed.
    opening: bool,
    /// Whether anything was lost.
    lossy: bool,
    /// How long to leave the queue to something else that takes its polls.
    displacement: Backoff,
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
            register: Register::of(&plan.selection, plan.queue_ttl),
            opening: false,
            lossy: false,
            displacement: Backoff::default(),
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
        if matches!(stop, Stop::TimedOut) {
            self.link.say_if_in_vain();
        }
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
                Ok(_) if wait == Wait::Block && queue.inbox.batch().is_empty() => {
                    self.give_way(&mut queue)?;
                }
                Ok(polled) => {
                    self.note_answer(&mut queue, sent)?;
                    if wait == Wait::Block {
                        self.displacement.reset();
                    }
                    self.breathe(&queue, sent)?;
                    if wait == Wait::DontBlock {
                        self.audit(&mut queue, sent, polled)?;
                    }
                    if self.plan.once && queue.inbox.batch().is_empty() {
                        return Err(self.end_once(&mut queue));
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
            complete_at: queue.sound_until(),
            missed: queue.missed,
        };
        cursor.save(&place).map_err(Stop::Failed)
    }
}
