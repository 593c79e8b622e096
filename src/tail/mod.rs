//! The loop: register, poll, print, acknowledge; and what to do when the queue is lost.
//!
//! The order is what keeps events from being lost: lines are written before the next poll leaves,
//! since that poll acknowledges them.

mod link;
mod printer;

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{Timestamp, tz::TimeZone};

use crate::api::{ApiError, Client, Register, Registered, Wait};
use crate::config::Plan;
use crate::error::Error;
use crate::event::{Event, EventId, QueueId};
use crate::notice::{Level, Notices};
use crate::output::Renderer;
use crate::output::sink::Sink;
use crate::poller::Poller;
use crate::selection::Selection;
use crate::signals::{Signal, Signals};
use link::{Limits, Link};
use printer::{Fate, Printer};

/// How long deleting our queue may take at the end.
const DELETE: Duration = Duration::from_millis(1500);

/// Why the loop ends.
#[derive(Debug)]
pub enum Stop {
    /// A signal came.
    Interrupted(Signal),
    /// Nobody reads our output any more.
    ReaderGone,
    /// `--timeout` is over.
    TimedOut,
    /// `--count` is reached.
    Counted,
    /// `--once`: there is nothing more.
    Drained,
    /// It cannot go on.
    Failed(Error),
}

/// What is left to do at the server when the process ends, whichever thread ends it.
pub struct Farewell {
    client: Arc<Client>,
    queue: Mutex<Option<QueueId>>,
}

impl Farewell {
    /// Nothing is left to do yet.
    pub fn new(client: Arc<Client>) -> Farewell {
        Farewell {
            client,
            queue: Mutex::new(None),
        }
    }

    fn owe(&self, queue: Option<QueueId>) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = queue;
    }

    /// Deletes our queue, once; it would hold events in the server's memory for ten minutes.
    pub fn say(&self, limit: Duration) {
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(queue) = queue {
            // The server forgets it by itself in the end.
            let _ = self.client.delete(&queue, limit);
        }
    }
}

/// Everything that a run is made of.
pub struct Parts {
    /// What to do.
    pub plan: Plan,
    /// The way to the server.
    pub poller: Poller,
    /// What may interrupt it.
    pub signals: Signals,
    /// What is said about it.
    pub notices: Notices,
    /// The form of the lines.
    pub renderer: Renderer,
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
    link: Link,
    printer: Printer,
    notices: Notices,
    farewell: Arc<Farewell>,
    takeover: Option<(QueueId, EventId)>,
    once: bool,
    zone: TimeZone,
    /// Whether all public channels are asked for; off where the account may not.
    all_public: bool,
}

/// A queue and how far it has been printed.
struct Queue {
    id: QueueId,
    position: EventId,
    /// Whether a poll of it came back with anything but a refusal. After mere trouble a refusal
    /// may be the trouble's doing: a server that was killed has lost its queues.
    answered: bool,
    /// When events were last known to be complete.
    complete_at: Timestamp,
}

impl Tail {
    /// A tail that has not sent anything yet.
    pub fn new(parts: Parts) -> Tail {
        let plan = parts.plan;
        let limits = Limits {
            deadline: plan
                .timeout
                .and_then(|limit| parts.started.checked_add(limit)),
            give_up_after: plan.give_up_after,
        };
        let all_public = plan.selection.wants_all_public();
        Tail {
            link: Link::new(
                parts.poller,
                parts.signals,
                parts.notices,
                limits,
                parts.started,
            ),
            printer: Printer::new(plan.selection, parts.renderer, parts.sink, plan.count),
            notices: parts.notices,
            farewell: parts.farewell,
            takeover: plan.takeover,
            once: plan.once,
            zone: parts.zone,
            all_public,
        }
    }

    /// Runs until something stops it, and says what.
    pub fn run(mut self) -> Stop {
        let Err(stop) = self.follow();
        self.farewell.say(DELETE);
        stop
    }

    fn follow(&mut self) -> Result<std::convert::Infallible, Stop> {
        if self.selection().needs_me() {
            let me = self.link.persist(Client::me)?;
            self.printer.resolve_me(me.user_id, &me.email);
        }
        let mut queue = match self.takeover.clone() {
            Some((id, position)) => Queue::new(id, position),
            None => self.register()?,
        };
        loop {
            if let Err(error) = self.poll(&mut queue)? {
                if error.is_bad_request() {
                    queue = self.replace(queue, error)?;
                } else {
                    self.link.trouble(error)?;
                }
            }
        }
    }

    fn selection(&self) -> &Selection {
        self.printer.selection()
    }

    fn register(&mut self) -> Result<Queue, Stop> {
        let registered = loop {
            let register = Register {
                event_types: self.selection().server_kinds(),
                narrow: self.selection().server_narrow(),
                all_public: self.all_public,
                apply_markdown: self.selection().apply_markdown,
            };
            match self
                .link
                .ask(move |client, _| client.register(&register), |_| Ok(()))?
            {
                Ok(registered) => break registered,
                Err(error) if self.may_ask_for_less(&error) => {
                    self.all_public = false;
                    self.notices.say(
                        Level::Warning,
                        "the account may not see all public channels: only those that it is subscribed to can match",
                    );
                }
                Err(error) => self.link.trouble(error)?,
            }
        };
        self.link.good();
        self.farewell.owe(Some(registered.queue.clone()));
        self.say_registered(&registered);
        Ok(Queue::new(registered.queue, EventId::NONE_SEEN))
    }

    /// Whether the refusal may be about public channels that only a narrow made us ask for: new
    /// servers refuse them to guests with a 400.
    fn may_ask_for_less(&self, error: &ApiError) -> bool {
        self.all_public && !self.selection().all_public && error.is_bad_request()
    }

    fn say_registered(&self, registered: &Registered) {
        if !self.notices.says(Level::Detail) {
            return;
        }
        let account = self.link.client().account();
        let version = registered.version.as_deref().unwrap_or("unknown");
        self.notices.say(
            Level::Detail,
            &format!(
                "{} at {}: server {version} (feature level {}), queue {}, {}",
                account.email,
                account.site,
                registered.feature_level,
                registered.queue.0,
                self.selection(),
            ),
        );
    }

    /// One poll: prints what comes. An answer that is none comes back as the inner error.
    fn poll(&mut self, queue: &mut Queue) -> Result<Result<(), ApiError>, Stop> {
        // After trouble, ask for an answer at once: that the server is back is news.
        let wait = if self.once || self.link.is_troubled() {
            Wait::DontBlock
        } else {
            Wait::Block
        };
        let (id, acknowledged) = (queue.id.clone(), queue.position);
        let mut batch = Batch::default();
        let printer = &mut self.printer;
        let answer = self.link.ask(
            move |client, outlet| client.events(&id, acknowledged, wait, outlet),
            |chunk| printer.print(chunk, |event| batch.take(event)),
        );
        // Not a running maximum: old servers put foreign ids into events (protocol of 1.7).
        queue.position = batch.highest.unwrap_or(queue.position);
        match answer? {
            Ok(()) => {
                queue.answered = true;
                queue.complete_at = Timestamp::now();
                if batch.events == 0 && self.once {
                    return Err(Stop::Drained);
                }
                // Lower is no trouble: old servers put foreign ids, far too high, into events.
                if wait == Wait::Block && batch.highest.is_none_or(|id| id == acknowledged) {
                    return Ok(Err(ApiError::displaced(&self.link.client().account().site)));
                }
                self.link.good();
                Ok(Ok(()))
            }
            Err(error) => {
                queue.answered |= !error.is_bad_request();
                Ok(Err(error))
            }
        }
    }

    /// The server does not know the queue any more, or will not go on with it.
    fn replace(&mut self, queue: Queue, error: ApiError) -> Result<Queue, Stop> {
        if self.takeover.is_some() {
            return Err(Stop::Failed(Error::Usage(format!(
                "--queue-id {} cannot be read on with --last-event-id {}: {error}",
                queue.id.0, queue.position.0
            ))));
        }
        if !queue.answered {
            return Err(Stop::Failed(error.into()));
        }
        if !error.is_unknown_queue() {
            // It lives, but has dropped events that were never seen here.
            self.farewell.say(DELETE);
        }
        let replacement = self.register()?;
        self.notices.say(
            Level::Warning,
            &format!(
                "gap {}: the queue was lost ({error}); messages, edits, reactions and other events of that time are lost",
                self.span(queue.complete_at, replacement.complete_at)
            ),
        );
        Ok(replacement)
    }

    /// `12:01:22–12:14:05`, with dates where it spans midnight.
    fn span(&self, from: Timestamp, to: Timestamp) -> String {
        let from = from.to_zoned(self.zone.clone());
        let to = to.to_zoned(self.zone.clone());
        if from.date() == to.date() {
            format!("{}–{}", from.strftime("%H:%M:%S"), to.strftime("%H:%M:%S"))
        } else {
            let form = "%Y-%m-%d %H:%M:%S";
            format!("{}–{}", from.strftime(form), to.strftime(form))
        }
    }
}

impl Queue {
    fn new(id: QueueId, position: EventId) -> Queue {
        Queue {
            id,
            position,
            answered: false,
            complete_at: Timestamp::now(),
        }
    }
}

/// The events of one answer, as far as they have come.
#[derive(Default)]
struct Batch {
    events: u64,
    highest: Option<EventId>,
}

impl Batch {
    fn take(&mut self, event: &Event) -> Fate {
        self.events += 1;
        self.highest = self.highest.max(event.id);
        Fate::New
    }
}
