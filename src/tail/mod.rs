//! The loop: poll, print, save, acknowledge.
//!
//! The order is what keeps events from being lost: lines are written and the place is saved before
//! the next poll leaves, since that poll acknowledges them. All of it on the main thread, which waits for the
//! server by way of the [`link`] and nowhere else. All parts are steps of one [`Tail`]:
//!
//! - [`start`] gets the first queue, and prints the history that was asked for before it.
//! - [`recover`] replaces a queue that is lost, looks in history for what one did not deliver, and tells of the
//!   gap.
//! - [`history`] reads past messages. [`cleanup`] is what is left to do after all.
//!
//! What is new among that which came is not decided here but in `delivery`.

mod cleanup;
pub mod history;
mod link;
mod recover;
mod start;
mod trouble;

use std::convert::Infallible;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::api::{ApiError, Client, ListOf, Register, Verdict, Wait};
use crate::config::Plan;
use crate::cursor::Checkpoint;
use crate::delivery::Inbox;
use crate::error::{Error, Exit, Outcome};
use crate::event::{Event, MessageId, QueueId};
use crate::kind;
use crate::listed::Listed;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::printer::Printer;
use crate::retry::Backoff;
use crate::row::HistoryRow;
use crate::selection::follow::{Decision, Filter};
use crate::selection::narrow::{Directory, Narrow};
use crate::selection::people::PersonRef;
use crate::zone::Zone;
pub use cleanup::TailCleanup;
pub use link::Link;
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
    /// How far this one has come, with everything before it written.
    place: Checkpoint,
    queue: Queue,
    /// The messages whose lines are not yet written.
    in_hand: Vec<MessageId>,
    /// What is known of messages that events may be about.
    filter: Filter,
    /// Whether messages can be looked up: one failure is enough for an answer that may need many.
    finds_messages: bool,
    /// What queues are registered with; less where the account may not see all of it.
    register: Register,
    /// Whether anything was lost.
    lossy: bool,
    /// How long to leave the queue to something else that takes its polls.
    displacement: Backoff,
    /// Queues in a row that were lost while they were young, and how long to leave the server alone then.
    early_losses: Backoff,
    /// When a poll was answered last; not yet in this run.
    answered_at: Option<Timestamp>,
    /// Whether it was said that history is refused.
    refusals_reported: bool,
    zone: Zone,
}

/// What only this run needs to know of its queue.
struct Queue {
    /// What came of it.
    inbox: Inbox,
    /// From when on a poll brings all that it has of the messages that were sent while it was registered.
    decides_at: Instant,
    /// Whether a poll of it came back with anything but a refusal. After mere trouble a refusal
    /// may be the trouble's doing: a server that was killed has lost its queues.
    answered: bool,
    /// Where it must be compared with history, as it may not have delivered all.
    comparison: Option<Comparison>,
}

impl Queue {
    /// The queue of that place, of which nothing has come yet. An event may be on its way to it for so long.
    fn at(place: &Checkpoint, on_its_way: Duration) -> Queue {
        Queue {
            inbox: Inbox::new(place.feature_level),
            decides_at: Instant::now() + on_its_way.saturating_sub(place.age()),
            answered: false,
            comparison: None,
        }
    }
}

impl Tail {
    /// A tail that has not sent anything yet.
    pub fn new(plan: Plan, link: Link, printer: Printer, zone: Zone) -> Tail {
        let place = Checkpoint::of_queue(QueueId::default(), 0, Timestamp::now());
        Tail {
            link,
            printer,
            queue: Queue::at(&place, plan.timing.on_its_way),
            place,
            in_hand: Vec::new(),
            filter: Filter::default(),
            finds_messages: true,
            register: Register::of(&plan.selection, plan.queue_ttl),
            lossy: false,
            displacement: Backoff::new(plan.timing.retry),
            early_losses: Backoff::new(plan.timing.retry),
            answered_at: None,
            refusals_reported: false,
            zone,
            plan,
        }
    }

    /// Runs until the main thread ends it, and says how. Goes on from a checkpoint if there is one.
    pub fn run(mut self, checkpoint: Option<Checkpoint>) -> Outcome {
        let Err(outcome) = self.follow(checkpoint);
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
            directory.me = Some(PersonRef::Known(self.ask(Client::me)?));
        }
        let is_old = (has_people || has_channels) && self.is_old_server()?;
        if names_people || (is_old && has_people) {
            directory.people = self.list(ListOf::People)?;
        }
        if is_old && has_channels {
            directory.channels = self.list(ListOf::Channels)?;
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
    fn list(&mut self, list: ListOf) -> Result<Option<Vec<Listed>>, Outcome> {
        match self.ask(|client| client.list(list)) {
            Ok(list) => Ok(Some(list)),
            Err(Outcome::Failed(Error::Api(error))) if error.is_bad_request() => Ok(None),
            Err(outcome) => Err(outcome),
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

    fn follow(&mut self, checkpoint: Option<Checkpoint>) -> Result<Infallible, Outcome> {
        self.look_up()?;
        self.open(checkpoint)?;
        if let Some(lookup) = &mut self.printer.lookup {
            lookup.prefetch_own();
            // Messages bring their own names.
            if !self.plan.once && self.plan.selection.has_other_kinds() {
                lookup.prefetch();
            }
        }
        loop {
            let wait = self.wait();
            let sent = Instant::now();
            match self.poll(wait) {
                Ok(date) => self.settle_answer(wait, sent, date)?,
                Err(Outcome::Failed(Error::Api(error))) if error.is_bad_request() => {
                    self.replace(&error)?;
                }
                Err(Outcome::Failed(Error::Api(error))) => {
                    self.queue.answered = true;
                    if !error.is_rate_limit() {
                        self.compare_later();
                    }
                    self.link.wait_out(error)?;
                }
                Err(outcome) => return Err(outcome),
            }
        }
    }

    /// After trouble, ask for an answer at once: that the server is back is news, and what the queue
    /// holds must be known before history is compared with it.
    fn wait(&self) -> Wait {
        let comparison = self.queue.comparison.as_ref();
        if self.plan.once || self.link.is_troubled() || comparison.is_some_and(Comparison::is_near)
        {
            Wait::DontBlock
        } else {
            Wait::Block
        }
    }

    /// One poll, which acknowledges what the last one brought: prints what comes while it comes, and saves how
    /// far that is. When the server answered, by its own clock.
    fn poll(&mut self, wait: Wait) -> Result<Option<Timestamp>, Outcome> {
        self.queue.inbox.begin();
        self.finds_messages = true;
        let answer = self.print_answer(wait);
        let batch = self.queue.inbox.batch();
        if !batch.is_empty() {
            // Also when the answer was cut or the run ends: what is written is written.
            self.save()?;
        }
        let date = answer?;
        if batch.unnumbered > 0 {
            // It will come again, and again, as it cannot be acknowledged.
            let client = &self.link.client;
            return Err(client.garbled("events", "an event has no id").into());
        }
        for _ in 0..batch.heartbeats {
            self.link.record(&Record::Alive)?;
        }
        Ok(date)
    }

    /// The request and the body of its answer, piece by piece.
    fn print_answer(&mut self, wait: Wait) -> Result<Option<Timestamp>, Outcome> {
        let (id, last) = (&self.place.queue_id, self.place.last_event_id);
        let poll = |client: &Client| client.events(id, last, wait);
        let mut response = self.link.poll(wait, poll)?;
        while self.link.read(&mut response)? {
            self.printer.begin();
            while !self.printer.is_done()
                && let Some(event) = response.next_element()
            {
                let is_shown = self.is_shown(&event)?;
                if self.queue.inbox.is_new(&event) {
                    self.print(&event, is_shown);
                }
            }
            self.write()?;
        }
        let ((), date) = response.finish(|_| ())?;
        Ok(date)
    }

    /// Prints rows of history, all of them written when it returns.
    fn print_rows(&mut self, rows: &[&HistoryRow]) -> Result<(), Outcome> {
        self.printer.begin();
        for row in rows {
            let event = row.event();
            let is_shown = self.is_shown(&event)?;
            self.print(&event, is_shown);
            if self.printer.is_done() {
                break;
            }
            if self.printer.is_full() {
                self.write()?;
            }
        }
        self.write()
    }

    /// Whether an event is shown. The messages on which that depends may have to be looked up.
    fn is_shown(&mut self, event: &Event) -> Result<bool, Outcome> {
        let mut decision = self.filter.decide(&self.plan.selection, event);
        if let Decision::Needs(messages) = decision {
            // Nothing is in hand while the server is waited for.
            self.write()?;
            self.link.mark_heard();
            self.look_up_messages(&messages);
            decision = self.filter.decide(&self.plan.selection, event);
        }
        Ok(decision == Decision::Shown)
    }

    /// Makes the line of an event, unless it is a message that was printed before. A queue of somebody else is
    /// printed as it is.
    fn print(&mut self, event: &Event, is_shown: bool) {
        self.printer.learn(event);
        let is_message = event.kind == kind::MESSAGE && self.plan.takeover.is_none();
        let message = is_message.then(|| event.message_id()).flatten();
        if message.is_some_and(|id| self.place.window.contains(id)) {
            return;
        }
        if is_shown && !self.printer.renderer.leaves_out(event) {
            self.printer.add(event);
            self.in_hand.extend(message);
        } else {
            self.printer.renderer.learn_names(event);
        }
    }

    /// Writes the lines that were made: from now on whoever ends the run saves that. Ends it where `--count` is
    /// reached.
    fn write(&mut self) -> Result<(), Outcome> {
        self.printer.write()?;
        let now = Instant::now();
        for id in self.in_hand.drain(..) {
            self.place.window.add(id, now);
        }
        let last = self.queue.inbox.batch().highest;
        self.place.last_event_id = last.unwrap_or(self.place.last_event_id);
        self.link.cleanup.set_written(&self.place);
        for warning in self.filter.take_warnings() {
            self.link.notices.print(Level::Warning, &warning);
        }
        if self.printer.is_done() {
            return Err(Outcome::Ended(Exit::Done));
        }
        Ok(())
    }

    /// Looks up the messages on which an event depends. What cannot be told is shown.
    fn look_up_messages(&mut self, ids: &[MessageId]) {
        let mut rows = Vec::new();
        if self.finds_messages {
            match history::find(&mut self.link, ids, self.place.feature_level) {
                Ok(found) => rows = found,
                Err(error) => {
                    self.finds_messages = false;
                    let text = format!(
                        "messages cannot be looked up, so that what happens to them is shown: {error}"
                    );
                    self.link.notices.print(Level::Detail, &text);
                }
            }
        }
        let found = rows.iter().map(|row| (row.id, row.event()));
        self.filter.set_looked_up(&self.plan.selection, found);
    }

    /// Saves how far the run has come.
    fn save(&mut self) -> Result<(), Outcome> {
        if self.plan.cursor_file.is_none() {
            return Ok(());
        }
        let Link { watch, cleanup, .. } = &self.link;
        watch.saving(|| {
            self.printer.sync()?;
            Ok(cleanup.save(&self.place)?)
        })
    }

    /// A poll was answered in full.
    fn settle_answer(
        &mut self,
        wait: Wait,
        sent: Instant,
        date: Option<Timestamp>,
    ) -> Result<(), Outcome> {
        let batch = self.queue.inbox.batch();
        if wait == Wait::Block && batch.is_empty() {
            return self.back_off_displaced();
        }
        let now = Timestamp::now();
        self.answered_at = Some(now);
        self.queue.answered = true;
        let is_compared = self.queue.comparison.is_some();
        if !is_compared {
            self.place.complete_at = now;
        }
        let back = self.link.succeeded();
        self.link.establish();
        if back {
            self.record_resumed()?;
        }
        if (back && is_compared) || batch.restarted || batch.may_be_foreign {
            self.compare_later();
        }
        if sent >= self.queue.decides_at {
            self.place.window.settle_undecided();
        }
        self.place.window.settle(sent);
        self.throttle_heartbeats(sent);
        match wait {
            Wait::Block => self.displacement.reset(),
            Wait::DontBlock => self.compare(date)?,
        }
        if self.plan.once && batch.is_empty() {
            return Err(self.end_once());
        }
        Ok(())
    }

    fn record_resumed(&mut self) -> Result<(), Outcome> {
        self.link.record(&Record::Resumed {
            queue_id: self.place.queue_id.0.clone(),
            last_event_id: self.place.last_event_id.0,
        })
    }

    /// A poll that should have waited was answered with nothing: the server gave its place to
    /// another poll. Without a pause the two would displace each other for ever.
    fn back_off_displaced(&mut self) -> Result<(), Outcome> {
        let text = format!(
            "something else polls this queue ({}), or has deleted it: events may go there instead",
            self.place.queue_id.0
        );
        let wait = self.displacement.next(fastrand::f64());
        let times = self.displacement.failures();
        // Once may be the server's doing, as when it drops the queue.
        let level = match times {
            1 => Level::Notice,
            2 => Level::Warning,
            _ => Level::Detail,
        };
        self.link.notices.print(level, &text);
        if times == 1 {
            self.link.record(&Record::Lost { error: text })?;
        }
        self.queue.answered = true;
        self.compare_later();
        self.link.pause(wait);
        Ok(())
    }

    /// Heartbeats come with a minute in between. Where they come without, and alone, there is no
    /// hurry to ask for the next one.
    fn throttle_heartbeats(&mut self, sent: Instant) {
        let batch = self.queue.inbox.batch();
        if batch.heartbeats > 0 && batch.fresh == batch.heartbeats {
            self.link
                .pause(POLL_INTERVAL.saturating_sub(sent.elapsed()));
        }
    }

    /// `--once` has printed what there was. Where history failed half-way, what was missed is told as far as
    /// it is printed: it may be long until the next run, which tells the rest. A queue that is to live on is
    /// polled once more so that it waits: only that restarts the clock by which the server drops it.
    fn end_once(&mut self) -> Outcome {
        if let Err(outcome) = self.report_missed(self.place.complete_at) {
            return outcome;
        }
        if self.plan.cursor_file.is_some() {
            let (id, last) = (&self.place.queue_id, self.place.last_event_id);
            // Hanging up is the expected end.
            let _ = self.link.poll(Wait::Block, |client| client.park(id, last));
        }
        Outcome::Ended(if self.lossy && self.plan.fail_on_gap {
            Exit::Lost
        } else {
            Exit::Done
        })
    }
}
