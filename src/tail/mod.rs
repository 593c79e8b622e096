//! The loop: poll, print, save, acknowledge.
//!
//! The order is what keeps events from being lost: lines are written and the cursor is saved before
//! the next poll leaves, since that poll acknowledges them. All of it on the main thread, which waits for the
//! server by way of the [`link`] and nowhere else. All parts are steps of one [`Tail`]:
//!
//! - [`start`] gets the first [`queue`], and prints the history that was asked for before it.
//! - [`printer`] makes lines of what comes.
//! - [`recover`] replaces a queue that is lost, looks in history for what one did not deliver, and tells of the
//!   gap.
//! - [`history`] reads past messages. What is said on the way goes through [`announce`], and [`cleanup`] is
//!   what is left to do after all.
//!
//! What is new among that which came is not decided here but in `delivery`.

mod announce;
mod cleanup;
mod history;
mod link;
mod printer;
mod queue;
mod recover;
mod start;
mod trouble;

use std::convert::Infallible;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::api::split::Chunk;
use crate::api::{ApiError, Client, Register, Verdict, Wait};
use crate::config::Plan;
use crate::cursor::Checkpoint;
use crate::delivery::{Dedup, Window};
use crate::error::{Error, Outcome};
use crate::event::MessageId;
use crate::lookup;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::retry::Backoff;
use crate::selection::follow::Filter;
use crate::selection::narrow::{Directory, Narrow};
use crate::zone::Zone;
pub use announce::Announcer;
pub use cleanup::TailCleanup;
pub use link::Link;
pub use printer::Printer;
use queue::Queue;
use recover::Comparison;

/// How often to ask where answers come at once and bring nothing.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How long deleting a queue may take on the way.
const DELETE_TIMEOUT: Duration = Duration::from_millis(1500);

/// A running tail.
pub struct Tail {
    plan: Plan,
    link: Link,
    printer: Printer,
    /// What is read of an answer at a time.
    chunk: Chunk,
    /// Where an earlier run ended.
    checkpoint: Option<Checkpoint>,
    /// The messages that were printed.
    window: Window,
    /// What is known of messages that events may be about.
    filter: Filter,
    /// What queues are registered with; less where the account may not see all of it.
    register: Register,
    /// Whether the history that was asked for is not yet printed.
    opening: bool,
    /// Whether anything was lost.
    lossy: bool,
    /// How long to leave the queue to something else that takes its polls.
    displacement: Backoff,
    /// Queues in a row that were lost while they were young, and how long to leave the server alone then.
    early_losses: Backoff,
    /// When a poll was answered last; not yet in this run.
    answered_at: Option<Instant>,
    /// Whether it was said that history is refused.
    refusals_reported: bool,
    /// Answers in a row with heartbeats and nothing else that came at once.
    hurried_heartbeats: u32,
    zone: Zone,
}

impl Tail {
    /// A tail that has not sent anything yet, and goes on from a checkpoint if there is one.
    pub fn new(
        plan: Plan,
        checkpoint: Option<Checkpoint>,
        link: Link,
        printer: Printer,
        zone: Zone,
    ) -> Tail {
        Tail {
            link,
            printer,
            chunk: Chunk::default(),
            checkpoint,
            window: Window::default(),
            filter: Filter::default(),
            register: Register::of(&plan.selection, plan.queue_ttl),
            opening: false,
            lossy: false,
            displacement: Backoff::new(plan.timing.retry),
            early_losses: Backoff::new(plan.timing.retry),
            answered_at: None,
            refusals_reported: false,
            hurried_heartbeats: 0,
            zone,
            plan,
        }
    }

    /// Runs until the main thread ends it, and says how.
    pub fn run(mut self) -> Outcome {
        let Err(outcome) = self.follow();
        outcome
    }

    /// Finds what the narrows name: the account, people, channels.
    fn look_up(&mut self) -> Result<(), Outcome> {
        let selection = &self.plan.selection;
        let needs_me = selection.has_narrow(Narrow::needs_me);
        let names_people = selection.has_narrow(Narrow::names_people);
        let has_people = selection.has_narrow(Narrow::has_person_ids);
        let has_channels = selection.has_narrow(Narrow::has_channel_ids);
        let mut directory = Directory::default();
        if needs_me {
            directory.me = Some(self.ask(Client::me)?.user());
        }
        let is_old = (has_people || has_channels) && self.is_old_server()?;
        if names_people || (is_old && has_people) {
            directory.people = self.list(lookup::people)?;
        }
        if is_old && has_channels {
            directory.channels = self.list(lookup::channels)?;
        }
        let resolved = self.plan.selection.resolve(&directory);
        Ok(resolved.map_err(Error::Usage)?)
    }

    /// Whether the server is one from before 3.0, which may take no ids. Lists may be long, this is short.
    fn is_old_server(&mut self) -> Result<bool, Outcome> {
        let level = self.ask(|client| match client.settings() {
            Ok(settings) => Ok(settings.feature_level),
            // Before 1.8 there is no such endpoint.
            Err(error) if error.verdict() == Verdict::Wrong => Ok(0),
            Err(error) => Err(error),
        })?;
        Ok(level == 0)
    }

    /// A list of the server's; none where it is refused: names are then compared with those in messages.
    fn list<T>(&mut self, list: fn(&Client) -> Result<T, ApiError>) -> Result<Option<T>, Outcome> {
        match self.ask(list) {
            Ok(list) => Ok(Some(list)),
            Err(outcome) => outcome.refusal().map(|_| None),
        }
    }

    /// The answer to a request, however long it takes.
    fn ask<T>(&mut self, request: impl Fn(&Client) -> Result<T, ApiError>) -> Result<T, Outcome> {
        self.link.until_answered(|link| {
            let answer = link.request(&request)?;
            link.succeeded();
            Ok(answer)
        })
    }

    fn follow(&mut self) -> Result<Infallible, Outcome> {
        self.look_up()?;
        let mut queue = self.open()?;
        self.printer.prefetch_own();
        // Messages bring their own names.
        if !self.plan.once && self.plan.selection.has_other_kinds() {
            self.printer.prefetch_names();
        }
        loop {
            let wait = self.wait(&queue);
            let sent = Instant::now();
            match self.poll(&mut queue, wait) {
                Ok(_) if wait == Wait::Block && queue.inbox.batch().is_empty() => {
                    self.back_off_displaced(&mut queue)?;
                }
                Ok(date) => {
                    self.settle_answer(&mut queue, sent)?;
                    if wait == Wait::Block {
                        self.displacement.reset();
                    }
                    self.throttle_heartbeats(&queue, sent);
                    if wait == Wait::DontBlock {
                        self.compare(&mut queue, date)?;
                    }
                    if self.plan.once && queue.inbox.batch().is_empty() {
                        return Err(self.end_once(&mut queue));
                    }
                }
                Err(Outcome::Failed(Error::Api(error))) if error.is_bad_request() => {
                    queue = self.replace(queue, &error)?;
                }
                Err(Outcome::Failed(Error::Api(error))) => {
                    queue.answered = true;
                    if !error.is_rate_limit() {
                        self.compare_later(&mut queue);
                    }
                    self.link.wait_out(error)?;
                }
                Err(outcome) => return Err(outcome),
            }
        }
    }

    /// One poll, which acknowledges what the last one brought: prints what comes while it comes, and saves how
    /// far that is. When the server answered, by its own clock.
    fn poll(&mut self, queue: &mut Queue, wait: Wait) -> Result<Option<Timestamp>, Outcome> {
        queue.inbox.begin();
        let answer = self.read_events(queue, wait);
        if !queue.inbox.batch().is_empty() {
            // Also when the answer was cut or the run ends: what is written is written.
            self.save(queue)?;
        }
        let date = answer?;
        if queue.inbox.batch().unnumbered > 0 {
            // It will come again, and again, as it cannot be acknowledged.
            let client = &self.link.client;
            return Err(client.garbled("events", "an event has no id").into());
        }
        for _ in 0..queue.inbox.batch().heartbeats {
            self.link.announcer.record(&Record::Alive)?;
        }
        Ok(date)
    }

    /// The request and the body of its answer, piece by piece.
    fn read_events(&mut self, queue: &mut Queue, wait: Wait) -> Result<Option<Timestamp>, Outcome> {
        let (id, acknowledged) = (&queue.id, queue.inbox.position());
        let poll = |client: &Client| client.events(id, acknowledged, wait);
        let mut response = self.link.poll(wait, poll)?;
        self.chunk.clear();
        // Whether messages can be looked up: one failure is enough for an answer that may need many.
        let mut finds_messages = true;
        while self.link.read(&mut response, &mut self.chunk)? {
            let mut from = 0;
            loop {
                let window = (self.plan.takeover.is_none()).then_some(&mut self.window);
                let dedup = Dedup::new(Some(&mut queue.inbox), window, Instant::now());
                let (selection, filter) = (&self.plan.selection, &mut self.filter);
                let printed = self
                    .printer
                    .print(&self.chunk, from, selection, filter, dedup)?;
                let position = queue.inbox.position();
                self.link.cleanup.add_printed(position, &printed.messages);
                self.warn();
                printed.and_go_on()?;
                if printed.needed.is_empty() {
                    break;
                }
                finds_messages = finds_messages && self.look_up_messages(&printed.needed, queue);
                if !finds_messages {
                    self.filter.set_looked_up(&self.plan.selection, []);
                }
                from = printed.done;
            }
        }
        let (_, date) = response.finish()?;
        Ok(date)
    }

    /// Looks up the messages on which an event depends. Whether that was answered.
    fn look_up_messages(&mut self, ids: &[MessageId], queue: &Queue) -> bool {
        let rows = match history::find(&mut self.link, ids, queue.feature_level) {
            Ok(rows) => rows,
            Err(error) => {
                let text = format!(
                    "messages cannot be looked up, so that what happens to them is shown: {error}"
                );
                self.link.announcer.print(Level::Detail, &text);
                return false;
            }
        };
        let found = rows.iter().map(|row| (row.id, row.event()));
        self.filter.set_looked_up(&self.plan.selection, found);
        true
    }

    fn warn(&mut self) {
        for warning in self.filter.take_warnings() {
            self.link.announcer.print(Level::Warning, &warning);
        }
    }

    /// After trouble, ask for an answer at once: that the server is back is news, and what the queue
    /// holds must be known before history is compared with it.
    fn wait(&self, queue: &Queue) -> Wait {
        if self.plan.once
            || self.link.is_troubled()
            || queue.comparison.as_ref().is_some_and(Comparison::is_near)
        {
            Wait::DontBlock
        } else {
            Wait::Block
        }
    }

    /// Saves how far this queue has been printed.
    fn save(&mut self, queue: &Queue) -> Result<(), Outcome> {
        if self.plan.cursor_file.is_none() {
            return Ok(());
        }
        let checkpoint = Checkpoint {
            queue_id: queue.id.0.clone(),
            last_event_id: queue.inbox.position().0,
            feature_level: queue.feature_level,
            messages: self.window.snapshot(),
            registered_at: queue.registered_at,
            opening: self.opening,
            complete_at: queue.complete_until(),
            missed: queue.missed,
        };
        let Link { watch, cleanup, .. } = &self.link;
        watch.saving(|| {
            self.printer.sync()?;
            Ok(cleanup.save(checkpoint)?)
        })
    }

    /// A poll that should have waited was answered with nothing: the server gave its place to
    /// another poll. Without a pause the two would displace each other for ever.
    fn back_off_displaced(&mut self, queue: &mut Queue) -> Result<(), Outcome> {
        let text = format!(
            "something else polls this queue ({}), or has deleted it: events may go there instead",
            queue.id.0
        );
        let wait = self.displacement.next(fastrand::f64());
        let times = self.displacement.failures();
        // Once may be the server's doing, as when it drops the queue.
        let level = match times {
            1 => Level::Notice,
            2 => Level::Warning,
            _ => Level::Detail,
        };
        self.link.announcer.print(level, &text);
        if times == 1 {
            self.link.announcer.record(&Record::Lost { error: text })?;
        }
        queue.answered = true;
        self.compare_later(queue);
        self.link.pause(wait);
        Ok(())
    }

    /// Heartbeats come with a minute in between. Where they come without, and alone, there is no
    /// hurry to ask for the next one.
    fn throttle_heartbeats(&mut self, queue: &Queue, sent: Instant) {
        let batch = queue.inbox.batch();
        let rest = POLL_INTERVAL.saturating_sub(sent.elapsed());
        if batch.heartbeats == 0 || batch.fresh > batch.heartbeats || rest.is_zero() {
            self.hurried_heartbeats = 0;
            return;
        }
        self.hurried_heartbeats = self.hurried_heartbeats.saturating_add(1);
        // One may have waited in the queue.
        if self.hurried_heartbeats > 1 {
            self.link.pause(rest);
        }
    }

    /// A poll was answered in full.
    fn settle_answer(&mut self, queue: &mut Queue, sent: Instant) -> Result<(), Outcome> {
        self.answered_at = Some(Instant::now());
        queue.answered = true;
        queue.complete_at = Timestamp::now();
        let back = self.link.succeeded();
        self.link.establish();
        if back {
            self.link.announcer.record(&Record::Resumed {
                queue_id: queue.id.0.clone(),
                last_event_id: queue.inbox.position().0,
            })?;
        }
        let batch = queue.inbox.batch();
        let ended = back && queue.comparison.is_some();
        if ended || batch.restarted || batch.may_be_foreign {
            self.compare_later(queue);
        }
        if sent >= queue.decides_at {
            self.window.settle_undecided();
        }
        self.window.settle(sent);
        Ok(())
    }

    /// `--once` has printed what there was. Where history failed half-way, what was missed is told as far as
    /// it is printed: it may be long until the next run, which tells the rest. A queue that is to live on is
    /// polled once more so that it waits: only that restarts the clock by which the server drops it.
    fn end_once(&mut self, queue: &mut Queue) -> Outcome {
        if let Err(outcome) = self.report_missed(queue, queue.complete_until(), queue.complete_at) {
            return outcome;
        }
        if self.plan.cursor_file.is_some() {
            let position = queue.inbox.position();
            // Hanging up is the expected end.
            let park = |client: &Client| client.park(&queue.id, position);
            let _ = self.link.poll(Wait::Block, park);
        }
        if self.lossy && self.plan.fail_on_gap {
            Outcome::Lost
        } else {
            Outcome::Done
        }
    }
}
