//! The start of a run: its first queue, taken over, gone on with, or registered, and the history that is
//! printed before its events (`-n`, `--since`).
//!
//! What was sent before the queue existed is before the start: never printed unless it was asked for, and no
//! gap. What was committed after it is never lost. So history is read before the queue is registered, and
//! once more after it: what is new the second time is *undecided* until the queue has had the time to bring
//! what it has of it.

use std::time::Instant;

use jiff::Timestamp;

use super::Tail;
use super::history::{self, History, Refusal};
use super::queue::Queue;
use crate::api::Registered;
use crate::config::Start;
use crate::cursor::Checkpoint;
use crate::delivery::{Snapshot, Window};
use crate::error::{Error, Outcome};
use crate::event::MessageId;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::row::HistoryRow;
use crate::selection::Coverage;
use crate::when::When;

/// Newest messages that count as known at the start.
const BASELINE: usize = 100;

impl Tail {
    /// Gets the first queue, with the history before it printed. `--once` with history alone ends
    /// here, without one.
    pub fn open(&mut self) -> Result<Queue, Outcome> {
        if let Some((id, position)) = self.plan.takeover.clone() {
            return Ok(Queue::taken_over(id, position));
        }
        if let Some(checkpoint) = self.checkpoint.take() {
            return self.resume(&checkpoint);
        }
        if self.plan.once && self.plan.cursor_file.is_none() {
            let account = self.link.client.account();
            let text = format!(
                "{} at {}: history only, no queue, {}",
                account.email, account.site, self.plan.selection
            );
            self.link.announcer.print(Level::Detail, &text);
            self.print_past(None)?;
            return Err(Outcome::Done);
        }
        if self.needs_baseline() {
            self.window = Window::restore(&self.baseline()?, Instant::now());
        }
        let queue = self.register()?;
        self.keep(&queue)?;
        if self.needs_baseline() {
            self.read_undecided(&queue)?;
        }
        if self.plan.start != Start::Now {
            self.print_past(Some(&queue))?;
            self.keep(&queue)?;
        }
        Ok(queue)
    }

    /// Whether history may have to be compared with what was there at the start. A later run with the same
    /// cursor may do that even if this one does not.
    fn needs_baseline(&self) -> bool {
        self.plan.selection.has_messages()
            && (self.plan.catch_up || self.plan.cursor_file.is_some())
    }

    /// Goes on with the queue of an earlier run: what it did not deliver meanwhile is looked for.
    fn resume(&mut self, checkpoint: &Checkpoint) -> Result<Queue, Outcome> {
        let mut queue = Queue::resumed(checkpoint, self.plan.timing.on_its_way);
        self.link.cleanup.set_saved(checkpoint.clone());
        self.window = Window::restore(&checkpoint.messages, Instant::now());
        self.link.announcer.record(&Record::Resumed {
            queue_id: queue.id.0.clone(),
            last_event_id: queue.inbox.position().0,
        })?;
        let text = format!(
            "going on after event {} of queue {}",
            queue.inbox.position().0,
            queue.id.0
        );
        self.link.announcer.print(Level::Detail, &text);
        if checkpoint.opening {
            self.resume_past(&queue)?;
        }
        self.compare_resumed(&mut queue);
        if !self.plan.catch_up {
            // No comparison will.
            self.report_missed(&mut queue, checkpoint.complete_at, Timestamp::now())?;
        }
        Ok(queue)
    }

    /// Registers a queue, as often as it takes. It is deleted at the end of the run unless it is kept.
    pub fn register(&mut self) -> Result<Queue, Outcome> {
        let registered = loop {
            let register = &self.register;
            let cleanup = self.link.cleanup.clone();
            match self.link.request(|client| {
                let registered = client.register(register)?;
                // Known to whoever ends the run from the moment that it exists.
                cleanup.set_queue(Some(registered.queue.clone()));
                Ok(registered)
            }) {
                Ok(registered) => break registered,
                Err(error) => {
                    if !self.register.drop_public(&self.plan.selection, &error) {
                        self.link.wait_out(error)?;
                        continue;
                    }
                    self.link.announcer.print(
                        Level::Warning,
                        "the account may not see all public channels: only those that it is subscribed to can match",
                    );
                }
            }
        };
        self.link.establish();
        self.announce(&registered)?;
        Ok(Queue::fresh(registered, self.plan.timing.on_its_way))
    }

    /// From now on the queue is saved, or deleted at the end.
    pub fn keep(&mut self, queue: &Queue) -> Result<(), Outcome> {
        // One that could not be saved is of no use to anybody, so it is deleted.
        self.save(queue)?;
        if self.plan.cursor_file.is_some() {
            self.link.cleanup.set_queue(None);
        }
        Ok(())
    }

    fn announce(&mut self, registered: &Registered) -> Result<(), Outcome> {
        let account = self.link.client.account();
        let (site, email) = (account.site.to_string(), account.email.clone());
        let (queue_id, feature_level) = (registered.queue.0.clone(), registered.feature_level);
        let version = registered.version.as_deref().unwrap_or("unknown");
        let text = format!(
            "{email} at {site}: server {version} (feature level {feature_level}), queue {queue_id}, {}",
            self.plan.selection
        );
        self.link.announcer.print(Level::Detail, &text);
        self.link.announcer.record(&Record::Connected {
            site,
            email,
            queue_id,
            feature_level,
        })
    }

    /// The newest messages of the selection, read *before* the queue is registered: what comes
    /// later has an event in it. If there are no more than these, a message may be under way that
    /// has a lower id than any of them, so that nothing is settled yet.
    fn baseline(&mut self) -> Result<Snapshot, Outcome> {
        let (selection, filter) = (&self.plan.selection, &mut self.filter);
        let remember = |row: &HistoryRow| {
            filter.remember(selection, &row.event());
            true
        };
        let (ids, refusals) = history::newest(&mut self.link, selection, BASELINE, None, remember)?;
        if self.plan.needs_history() {
            self.accept(&refusals)?;
        }
        self.warn_not_fetched(&refusals);
        let lowest = ids.first().filter(|_| ids.len() >= BASELINE);
        Ok(Snapshot {
            floor: lowest.map_or(0, |id| id.0),
            window: ids.iter().map(|id| id.0).collect(),
            ..Snapshot::default()
        })
    }

    /// What was sent since the baseline was read: before the queue existed, or after.
    fn read_undecided(&mut self, queue: &Queue) -> Result<(), Outcome> {
        let window = &mut self.window;
        let mut history = History::after(&self.plan.selection, window.floor());
        // More than a page is not sent while a queue is registered.
        let rows = self.link.until_answered(|link| history.next(link))?;
        let ids = rows.iter().map(|row| row.id);
        let undecided: Vec<MessageId> = ids.filter(|id| !window.contains(*id)).collect();
        if undecided.is_empty() {
            return Ok(());
        }
        window.set_undecided(undecided);
        self.keep(queue)
    }

    /// Says what refused readings mean for a run that goes on without them: the channel may be made yet,
    /// or the server may be too old to look for what it can tell of a live event.
    pub fn warn_not_fetched(&mut self, refusals: &[Refusal]) {
        let is_narrowed = !self.plan.selection.narrows.is_empty();
        for Refusal { coverage, cause } in refusals {
            let (level, meaning) = match coverage {
                Coverage::Received if is_narrowed => (
                    Level::Warning,
                    "perhaps nothing will ever match that narrow; see --check with the same options (and what is missed in an outage cannot be fetched)",
                ),
                Coverage::Received => {
                    (Level::Warning, "messages that are missed cannot be fetched")
                }
                // What the server is too old for is said when something is missed.
                Coverage::Public => (
                    Level::Detail,
                    "messages that are missed there cannot be fetched",
                ),
            };
            self.link
                .announcer
                .print(level, &format!("{cause}: {meaning}"));
        }
    }

    /// Prints the history that was asked for. What comes meanwhile is in the queue, and what is in
    /// both is printed once.
    pub fn print_past(&mut self, queue: Option<&Queue>) -> Result<(), Outcome> {
        let until = self.plan.until;
        let is_before = |row: &HistoryRow| until.is_none_or(|until| row.is_before(until));
        match self.plan.start {
            Start::Now => Ok(()),
            Start::Lines(count) => {
                let selection = &self.plan.selection;
                let selected = |row: &HistoryRow| is_before(row) && row.belongs_to(selection);
                let (ids, refusals) =
                    history::newest(&mut self.link, selection, count, until, selected)?;
                let before = ids
                    .first()
                    .map(|first| MessageId(first.0.saturating_sub(1)));
                // The others came meanwhile, and have an event in the queue.
                let wanted = |row: &HistoryRow| ids.contains(&row.id);
                self.begin_after(before, &refusals, wanted, None, queue)
            }
            Start::Since(since) => {
                let (before, refusals) = match since {
                    When::Time(time) => {
                        let selection = &self.plan.selection;
                        history::id_before(&mut self.link, selection, time.as_second())?
                    }
                    When::Message(first) => {
                        (Some(MessageId(first.0.saturating_sub(1))), Vec::new())
                    }
                };
                // The others are too old, as far as they were there before the queue.
                let passed = self.window.snapshot().window.highest();
                let wanted = |row: &HistoryRow| row.is_from(since) && is_before(row);
                self.begin_after(before, &refusals, wanted, passed.map(MessageId), queue)
            }
        }
    }

    /// Goes on with the history that an earlier run has printed in part.
    pub fn resume_past(&mut self, queue: &Queue) -> Result<(), Outcome> {
        let (floor, known) = (self.window.floor(), self.window.snapshot().window);
        let wanted = |row: &HistoryRow| !known.contains(row.id.0);
        // The run that began with it has ended for a refusal; now what is in the queue matters more.
        let refusals = self.print_history(floor, wanted, None, Some(queue))?;
        self.warn_not_shown(&refusals);
        self.keep(queue)
    }

    /// Ends the run if what it needs of history is refused. Not for public channels, which are read beside
    /// what was received: guests may not see them, and old servers do not know them as such.
    pub fn accept(&self, refusals: &[Refusal]) -> Result<(), Outcome> {
        let mut refusals = refusals.iter();
        let Some(Refusal { cause, .. }) =
            refusals.find(|refusal| refusal.coverage == Coverage::Received)
        else {
            return Ok(());
        };
        let remedy = if self.plan.selection.narrows.is_empty() {
            "see --check with the same options"
        } else {
            "check the spelling, or see --check with the same options"
        };
        Err(Outcome::Failed(Error::Usage(format!("{cause}; {remedy}"))))
    }

    /// Prints what is wanted after a message, if there is one; some readings were refused already. What is not
    /// wanted up to `passed` counts as known. The baseline is known only up to there meanwhile.
    fn begin_after(
        &mut self,
        before: Option<MessageId>,
        refusals: &[Refusal],
        wanted: impl Fn(&HistoryRow) -> bool,
        passed: Option<MessageId>,
        queue: Option<&Queue>,
    ) -> Result<(), Outcome> {
        self.accept(refusals)?;
        self.warn_not_shown(refusals);
        let Some(before) = before else {
            return Ok(());
        };
        let settled = self.window.floor();
        let known = self.window.snapshot().until(before);
        self.window = Window::restore(&known, Instant::now());
        let mut later = self.print_history(before, wanted, passed, queue)?;
        later.retain(|refusal| !refusals.contains(refusal));
        self.accept(&later)?;
        self.warn_not_shown(&later);
        self.window.raise_floor(settled);
        Ok(())
    }

    /// Prints what is wanted after a message, page by page; what is not wanted up to `passed` counts as
    /// known. With a cursor each page is saved, so that a run that ends in the middle is gone on with.
    /// Tells what was refused.
    fn print_history(
        &mut self,
        after: MessageId,
        wanted: impl Fn(&HistoryRow) -> bool,
        passed: Option<MessageId>,
        queue: Option<&Queue>,
    ) -> Result<Vec<Refusal>, Outcome> {
        self.opening = true;
        let mut history = History::after(&self.plan.selection, after);
        loop {
            let rows = self.link.until_answered(|link| history.next(link))?;
            if rows.is_empty() {
                self.opening = false;
                return Ok(history.refusals());
            }
            let until = self.plan.until;
            let is_past = |row| until.is_some_and(|until| history::is_past(until, row));
            let reaches_end = rows.iter().any(is_past);
            let selection = &self.plan.selection;
            let (rows, unwanted): (Vec<&HistoryRow>, Vec<&HistoryRow>) = rows
                .iter()
                .filter(|row| row.belongs_to(selection))
                .partition(|row| wanted(row));
            let now = Instant::now();
            for row in unwanted.iter().filter(|row| Some(row.id) <= passed) {
                self.window.add(row.id, now);
            }
            let printed = self.print_rows(rows);
            if let Some(queue) = queue {
                self.keep(queue)?;
            }
            printed?;
            if reaches_end {
                self.opening = false;
                return Ok(history.refusals());
            }
        }
    }

    fn warn_not_shown(&mut self, refusals: &[Refusal]) {
        for refusal in refusals {
            let text = format!("{}: its history is not shown", refusal.cause);
            self.link.announcer.print(Level::Warning, &text);
        }
    }
}
