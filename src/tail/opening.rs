//! The start of a run: a queue taken over, gone on with, or registered, and the history that was
//! asked for.

use super::history::{self, History, Refusal};
use super::row::Row;
use super::{Queue, Stop, Tail};
use crate::api::{ApiError, Register, Registered};
use crate::config::Start;
use crate::cursor::Place;
use crate::delivery::{Ledger, Snapshot};
use crate::event::MessageId;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::selection::{Reach, Selection};

/// Newest messages that count as known at the start.
const BASELINE: usize = 100;

/// Rows of the start's history that are not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unwanted {
    /// They are too old.
    Earlier,
    /// They came meanwhile, and have an event in the queue.
    Later,
}

impl Tail {
    /// Gets the first queue, with the history before it printed. `--once` with history alone ends
    /// here, without one.
    pub(super) fn open(&mut self) -> Result<Queue, Stop> {
        if let Some((id, position)) = self.plan.takeover.clone() {
            return Ok(Queue::taken_over(id, position));
        }
        if let Some(place) = self.place.take() {
            return self.resume(&place);
        }
        if self.plan.once && self.cursor.is_none() {
            self.print_start(None)?;
            return Err(Stop::Drained);
        }
        if self.selection().has_messages() {
            // A later run with the same cursor may catch up even if this one does not.
            let baseline = if self.plan.catch_up || self.cursor.is_some() {
                self.baseline()?
            } else {
                Snapshot::default()
            };
            self.ledger = Some(Ledger::restore(&baseline, self.now()));
        }
        let queue = self.register()?;
        self.print_start(Some(&queue))?;
        self.keep(&queue)?;
        Ok(queue)
    }

    /// Goes on with the queue of an earlier run: what it did not deliver meanwhile is looked for.
    fn resume(&mut self, place: &Place) -> Result<Queue, Stop> {
        let mut queue = Queue::resumed(place);
        if self.selection().has_messages() {
            self.ledger = Some(Ledger::restore(&place.ledger, self.now()));
        }
        self.link.announcer().record(&Record::Resumed {
            queue_id: queue.id.0.clone(),
            last_event_id: queue.inbox.position().0,
        })?;
        let text = format!(
            "going on after event {} of queue {}",
            queue.inbox.position().0,
            queue.id.0
        );
        self.link.announcer().say(Level::Detail, &text);
        if place.opening
            && let Some(ledger) = &self.ledger
        {
            let (floor, known) = (ledger.floor(), ledger.snapshot().window);
            let wanted = |row: &Row| !known.contains(row.id.0);
            self.print_history(floor, wanted, None, Some(&queue))?;
            self.keep(&queue)?;
        }
        self.owe_audit(&mut queue);
        Ok(queue)
    }

    /// The newest messages of the selection, read *before* the queue is registered: what comes
    /// later has an event in it. If there are no more than these, a message may be under way that
    /// has a lower id than any of them, so that nothing is settled yet.
    fn baseline(&mut self) -> Result<Snapshot, Stop> {
        let selection = self.printer.selection();
        let (ids, refusals) = history::newest(&mut self.link, selection, BASELINE, |_| true)?;
        for refusal in &refusals {
            let cause = &refusal.cause;
            let text = format!("{cause}: messages that are missed there cannot be fetched");
            // A channel or a sender that does not exist is worth a warning; what the server is too
            // old for is said when something is missed.
            let level = match refusal.reach {
                Reach::Received => Level::Warning,
                Reach::Public => Level::Detail,
            };
            self.link.announcer().say(level, &text);
        }
        let lowest = ids.first().filter(|_| ids.len() >= BASELINE);
        let mut known = Snapshot {
            floor: lowest.map_or(0, |id| id.0),
            ..Snapshot::default()
        };
        for id in ids {
            known.window.insert(id.0);
        }
        Ok(known)
    }

    /// From now on the queue is saved, or deleted at the end.
    pub(super) fn keep(&mut self, queue: &Queue) -> Result<(), Stop> {
        // One that could not be saved is of no use to anybody, so it is deleted.
        self.save(queue)?;
        if self.cursor.is_some() {
            self.farewell.owe(None);
        }
        Ok(())
    }

    /// Registers a queue, as often as it takes.
    pub(super) fn register(&mut self) -> Result<Queue, Stop> {
        let registered = loop {
            let register = Register {
                event_types: self.selection().server_kinds(),
                narrow: self.selection().server_narrow(),
                all_public: self.all_public,
                apply_markdown: self.selection().apply_markdown,
                lifespan: self.plan.queue_ttl,
            };
            match self.link.ask(
                async |client, _| client.register(&register).await,
                |_| Ok(()),
            )? {
                Ok(registered) => break registered,
                Err(error) if self.may_ask_for_less(&error) => {
                    self.all_public = false;
                    self.link.announcer().say(
                        Level::Warning,
                        "the account may not see all public channels: only those that it is subscribed to can match",
                    );
                }
                Err(error) => self.link.trouble(error)?,
            }
        };
        self.link.establish();
        self.farewell.owe(Some(registered.queue.clone()));
        self.announce(&registered)?;
        Ok(Queue::fresh(registered))
    }

    /// Whether the refusal may be about public channels that only a narrow made us ask for: new
    /// servers refuse them to guests with a 400.
    fn may_ask_for_less(&self, error: &ApiError) -> bool {
        self.all_public && !self.selection().all_public && error.is_bad_request()
    }

    fn announce(&mut self, registered: &Registered) -> Result<(), Stop> {
        let account = self.link.client().account();
        let (site, email) = (account.site.to_string(), account.email.clone());
        let (queue_id, feature_level) = (registered.queue.0.clone(), registered.feature_level);
        let version = registered.version.as_deref().unwrap_or("unknown");
        let text = format!(
            "{email} at {site}: server {version} (feature level {feature_level}), queue {queue_id}, {}",
            self.selection()
        );
        self.link.announcer().say(Level::Detail, &text);
        self.link.announcer().record(&Record::Connected {
            site,
            email,
            queue_id,
            feature_level,
        })
    }

    /// Prints the history that was asked for. What comes meanwhile is in the queue, and what is in
    /// both is printed once.
    fn print_start(&mut self, queue: Option<&Queue>) -> Result<(), Stop> {
        match self.plan.start {
            Start::Now => Ok(()),
            Start::Lines(count) => {
                let selection = self.printer.selection().clone();
                let wanted = |row: &Row| belongs(&selection, row);
                let (ids, refusals) = history::newest(&mut self.link, &selection, count, wanted)?;
                self.warn_of(&refusals);
                let Some(first) = ids.first() else {
                    return Ok(());
                };
                let before = MessageId(first.0.saturating_sub(1));
                let wanted = |row: &Row| ids.contains(&row.id);
                self.begin_after(before, wanted, Unwanted::Later, queue)
            }
            Start::Since(time) => {
                let time = time.as_second();
                let selection = self.printer.selection();
                match history::id_before(&mut self.link, selection, time)? {
                    Some(before) => {
                        let wanted = |row: &Row| row.timestamp >= time;
                        self.begin_after(before, wanted, Unwanted::Earlier, queue)
                    }
                    None => Ok(()),
                }
            }
        }
    }

    /// Prints what is wanted after a message. The baseline is known only up to there meanwhile.
    fn begin_after(
        &mut self,
        before: MessageId,
        wanted: impl Fn(&Row) -> bool,
        unwanted: Unwanted,
        queue: Option<&Queue>,
    ) -> Result<(), Stop> {
        let now = self.now();
        let known = self
            .ledger
            .as_ref()
            .map(Ledger::snapshot)
            .unwrap_or_default();
        let (settled, newest) = (MessageId(known.floor), known.window.highest());
        let passed = newest
            .filter(|_| unwanted == Unwanted::Earlier)
            .map(MessageId);
        if let Some(ledger) = &mut self.ledger {
            *ledger = Ledger::restore(&known.until(before), now);
        }
        self.print_history(before, wanted, passed, queue)?;
        if let Some(ledger) = &mut self.ledger {
            ledger.raise_floor(settled);
        }
        Ok(())
    }

    /// Prints what is wanted after a message, page by page; what is not wanted up to `passed` counts as
    /// known. With a cursor each page is saved, so that a run that ends in the middle is gone on with.
    fn print_history(
        &mut self,
        after: MessageId,
        wanted: impl Fn(&Row) -> bool,
        passed: Option<MessageId>,
        queue: Option<&Queue>,
    ) -> Result<(), Stop> {
        self.opening = true;
        let mut history = History::after(self.printer.selection(), after);
        loop {
            let rows = history.insist(&mut self.link)?;
            if rows.is_empty() {
                self.warn_of(history.refusals());
                self.opening = false;
                return Ok(());
            }
            let selection = self.printer.selection();
            let (rows, unwanted): (Vec<&Row>, Vec<&Row>) = rows
                .iter()
                .filter(|row| belongs(selection, row))
                .partition(|row| wanted(row));
            let now = self.now();
            if let Some(ledger) = &mut self.ledger {
                let passed = unwanted.iter().filter(|row| Some(row.id) <= passed);
                passed.for_each(|row| ledger.printed(row.id, now));
            }
            let printed = self.print_rows(rows);
            if let Some(queue) = queue {
                self.keep(queue)?;
            }
            printed?;
        }
    }

    fn warn_of(&mut self, refusals: &[Refusal]) {
        for refusal in refusals {
            let text = format!("{}: its history is not shown", refusal.cause);
            self.link.announcer().say(Level::Warning, &text);
        }
    }
}

/// Whether a row of history is one of the selection.
pub(super) fn belongs(selection: &Selection, row: &Row) -> bool {
    (!row.historical || selection.reaches_public()) && selection.passes(&row.event())
}
