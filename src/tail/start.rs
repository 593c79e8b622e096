//! The start of a run: its first queue, taken over, gone on with, or registered, and the history that is
//! printed before its events (`-n`, `--since`).
//!
//! What was sent before the queue existed is before the start: never printed unless it was asked for, and no
//! gap. What was committed after it is never lost. So history is read before the queue is registered, and
//! once more after it: what is new the second time is *undecided* until the queue has had the time to bring
//! what it has of it.

use std::mem;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::history::{self, History, Refusal};
use super::{Queue, Tail};
use crate::api::Registered;
use crate::config::Start;
use crate::cursor::Checkpoint;
use crate::delivery::Window;
use crate::error::{Error, Exit, Outcome};
use crate::event::MessageId;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::row::HistoryRow;
use crate::selection::Coverage;
use crate::when::When;

/// Newest messages that count as known at the start.
const BASELINE: usize = 100;

impl Tail {
    /// Gets the first queue, that of an earlier run where there is one, with the history before it printed. `--once`
    /// with history alone ends here, without one.
    pub fn open(&mut self, checkpoint: Option<Checkpoint>) -> Result<(), Outcome> {
        if let Some((id, last)) = self.plan.takeover.clone() {
            // Of what level its server is nobody tells: its ids are trusted.
            let mut place = Checkpoint::of_queue(id, 1, Timestamp::now());
            place.last_event_id = last;
            self.queue = Queue::at(&place, self.plan.timing.on_its_way);
            self.place = place;
            return Ok(());
        }
        if let Some(checkpoint) = checkpoint {
            return self.resume(checkpoint);
        }
        if self.plan.is_history_only() {
            let account = self.link.client.account();
            let text = format!(
                "{} at {}: history only, no queue, {}",
                account.email, account.site, self.plan.selection
            );
            self.link.notices.print(Level::Detail, &text);
            self.print_past()?;
            return Err(Outcome::Ended(Exit::Done));
        }
        if self.needs_baseline() {
            self.place.window = self.baseline()?;
        }
        let registered = self.register()?;
        self.begin(registered, Timestamp::now())?;
        if self.needs_baseline() {
            self.read_undecided()?;
        }
        if self.plan.start != Start::Now {
            self.print_past()?;
            self.save()?;
        }
        Ok(())
    }

    /// Whether history may have to be compared with what was there at the start. A later run with the same
    /// cursor may do that even if this one does not.
    fn needs_baseline(&self) -> bool {
        self.plan.selection.has_messages()
            && (self.plan.catch_up || self.plan.cursor_file.is_some())
    }

    /// Goes on with the queue of an earlier run: what it did not deliver meanwhile is looked for.
    fn resume(&mut self, checkpoint: Checkpoint) -> Result<(), Outcome> {
        self.place = checkpoint;
        self.place.window.restart(Instant::now());
        self.queue = Queue::at(&self.place, self.plan.timing.on_its_way);
        self.queue.answered = true;
        self.record_resumed()?;
        let text = format!(
            "going on after event {} of queue {}",
            self.place.last_event_id.0, self.place.queue_id.0
        );
        self.link.notices.print(Level::Detail, &text);
        if self.place.opening {
            self.resume_past()?;
        }
        // What is too young to tell is looked for once more, or by the next run.
        self.schedule_comparison(Duration::ZERO, !self.plan.once);
        if !self.plan.catch_up {
            // No comparison will.
            self.report_missed(self.place.complete_at)?;
        }
        Ok(())
    }

    /// Registers a queue, as often as it takes. It is deleted at the end of the run unless it is kept.
    pub fn register(&mut self) -> Result<Registered, Outcome> {
        let registered = loop {
            let register = &self.register;
            let cleanup = self.link.cleanup.clone();
            match self.link.request(|client| {
                let registered = client.register(register)?;
                // Known to whoever ends the run from the moment that it exists.
                cleanup.state().queue = Some(registered.queue.clone());
                Ok(registered)
            }) {
                Ok(registered) => break registered,
                Err(error) => {
                    if !self.register.drop_public(&error) {
                        self.link.wait_out(error)?;
                        continue;
                    }
                    self.link.notices.print(
                        Level::Warning,
                        "the account may not see all public channels: only those that it is subscribed to can match",
                    );
                }
            }
        };
        self.link.establish();
        let account = self.link.client.account();
        let (site, email) = (account.site.to_string(), account.email.clone());
        let (queue_id, feature_level) = (registered.queue.0.clone(), registered.feature_level);
        let version = registered.version.as_deref().unwrap_or("unknown");
        let text = format!(
            "{email} at {site}: server {version} (feature level {feature_level}), queue {queue_id}, {}",
            self.plan.selection
        );
        self.link.notices.print(Level::Detail, &text);
        self.link.record(&Record::Connected {
            site,
            email,
            queue_id,
            feature_level,
        })?;
        Ok(registered)
    }

    /// Goes on with a queue that was registered at that time. From now on it is saved, or deleted at the end.
    pub fn begin(&mut self, queue: Registered, registered_at: Timestamp) -> Result<(), Outcome> {
        self.place = Checkpoint {
            window: mem::take(&mut self.place.window),
            ..Checkpoint::of_queue(queue.queue, queue.feature_level, registered_at)
        };
        self.queue = Queue::at(&self.place, self.plan.timing.on_its_way);
        // One that could not be saved is of no use to anybody, so it is deleted.
        self.save()?;
        if self.plan.cursor_file.is_some() {
            self.link.cleanup.state().queue = None;
        }
        Ok(())
    }

    /// The newest messages of the selection, read *before* the queue is registered: what comes
    /// later has an event in it. If there are no more than these, a message may be under way that
    /// has a lower id than any of them, so that nothing is settled yet.
    fn baseline(&mut self) -> Result<Window, Outcome> {
        let (selection, filter) = (&self.plan.selection, &mut self.filter);
        let remember = |row: &HistoryRow| {
            filter.remember(selection, &row.event());
            true
        };
        let mut history = History::new(selection);
        let ids = history.newest(&mut self.link, BASELINE, None, remember)?;
        let refusals = history.refusals();
        if self.plan.needs_history() {
            self.accept(&refusals)?;
        }
        self.warn_not_fetched(&refusals);
        let lowest = ids.first().filter(|_| ids.len() >= BASELINE);
        let floor = lowest.copied().unwrap_or(MessageId(0));
        let mut window = Window::of_known(ids, floor);
        window.restart(Instant::now());
        Ok(window)
    }

    /// What was sent since the baseline was read: before the queue existed, or after.
    fn read_undecided(&mut self) -> Result<(), Outcome> {
        let window = &mut self.place.window;
        let mut history = History::new(&self.plan.selection).after(window.floor());
        // More than a page is not sent while a queue is registered.
        let rows = self.link.until_answered(|link| history.next(link))?;
        let ids = rows.iter().map(|row| row.id);
        let undecided: Vec<MessageId> = ids.filter(|id| !window.contains(*id)).collect();
        if undecided.is_empty() {
            return Ok(());
        }
        window.set_undecided(undecided);
        self.save()
    }

    /// Prints the history that was asked for. What comes meanwhile is in the queue, and what is in
    /// both is printed once.
    fn print_past(&mut self) -> Result<(), Outcome> {
        let (start, until) = (self.plan.start, self.plan.until);
        let is_before = |row: &HistoryRow| until.is_none_or(|until| row.is_before(until));
        let mut history = History::new(&self.plan.selection);
        match start {
            Start::Now => return Ok(()),
            Start::Lines(count) => {
                let selection = &self.plan.selection;
                let selected = |row: &HistoryRow| is_before(row) && row.belongs_to(selection);
                let ids = history.newest(&mut self.link, count, until, selected)?;
                let first = ids.first().copied();
                // The others came meanwhile, and have an event in the queue.
                self.print_from(history, first, |row| ids.contains(&row.id))?;
            }
            Start::Since(since) => {
                let first = match since {
                    When::Time(time) => history.id_before(&mut self.link, time.as_second())?,
                    When::Message(first) => Some(first),
                };
                // The others are too old, or known.
                let wanted = |row: &HistoryRow| row.is_from(since) && is_before(row);
                self.print_from(history, first, wanted)?;
            }
        }
        if self.printer.printed == 0 && start != Start::Lines(0) {
            let text = "no message so far matches";
            self.link.notices.print(Level::Notice, text);
        }
        Ok(())
    }

    /// Prints what is wanted from a message on, if there is one. Meanwhile what is later than that is not known, so that
    /// a run that ends in the middle is gone on with.
    fn print_from(
        &mut self,
        history: History,
        first: Option<MessageId>,
        wanted: impl Fn(&HistoryRow) -> bool,
    ) -> Result<(), Outcome> {
        self.accept(&history.refusals())?;
        let Some(first) = first else {
            self.warn_not_shown(&history.refusals());
            return Ok(());
        };
        let before = MessageId(first.0.saturating_sub(1));
        let known = self.place.window.clone();
        self.place.window.truncate(before);
        let history = self.print_history(history.after(before), &known, wanted)?;
        self.accept(&history.refusals())?;
        self.warn_not_shown(&history.refusals());
        self.place.window.raise_floor(known.floor());
        Ok(())
    }

    /// Goes on with the history that an earlier run has printed in part.
    fn resume_past(&mut self) -> Result<(), Outcome> {
        let known = self.place.window.clone();
        let history = History::new(&self.plan.selection).after(known.floor());
        let history = self.print_history(history, &known, |row| !known.knows(row.id))?;
        // The run that began with it has ended for a refusal; now what is in the queue matters more.
        self.warn_not_shown(&history.refusals());
        self.save()
    }

    /// Prints what is wanted of history, page by page; what is not wanted stays as known as it was. With a cursor each
    /// page is saved.
    fn print_history(
        &mut self,
        mut history: History,
        known: &Window,
        wanted: impl Fn(&HistoryRow) -> bool,
    ) -> Result<History, Outcome> {
        self.place.opening = true;
        let mut is_over = false;
        while !is_over {
            let rows = self.link.until_answered(|link| history.next(link))?;
            let is_past = |row| {
                let until = self.plan.until;
                until.is_some_and(|until| history::is_past(until, row))
            };
            is_over = rows.is_empty() || rows.iter().any(is_past);
            let selection = &self.plan.selection;
            let (rows, unwanted): (Vec<&HistoryRow>, Vec<&HistoryRow>) = rows
                .iter()
                .filter(|row| row.belongs_to(selection))
                .partition(|row| wanted(row));
            let now = Instant::now();
            for row in unwanted.iter().filter(|row| known.knows(row.id)) {
                self.place.window.add(row.id, now);
            }
            let printed = self.print_rows(&rows);
            self.save()?;
            printed?;
        }
        self.place.opening = false;
        Ok(history)
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
                .notices
                .print(level, &format!("{cause}: {meaning}"));
        }
    }

    fn warn_not_shown(&mut self, refusals: &[Refusal]) {
        for refusal in refusals {
            let text = format!("{}: its history is not shown", refusal.cause);
            self.link.notices.print(Level::Warning, &text);
        }
    }
}
