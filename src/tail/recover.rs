//! What a queue did not deliver: found in history, printed, and told as a gap.
//!
//! A queue that is lost is replaced first, and then history is read for what was missed. One that came
//! through trouble is compared with history once: servers lose events in a restart without any hole in the
//! ids (measured on Zulip 9.2: 4 messages in 18 restarts under load).

use std::mem;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::history::{History, Refusal};
use super::{DELETE_TIMEOUT, POLL_INTERVAL, Tail};
use crate::api::{ApiError, Verdict};
use crate::error::{Error, Exit, Outcome};
use crate::event::MessageId;
use crate::notice::{Level, clear_progress};
use crate::output::meta::{Gap, Record};
use crate::retry::Backoff;
use crate::row::HistoryRow;

/// A comparison that is put off so long does not keep polls from waiting.
const NEAR: Duration = Duration::from_secs(15);
/// Ids in the window at which a comparison is not put off any more.
const URGENT: u64 = 100_000;
/// The most messages that are fetched for one gap.
const MOST: u64 = 50_000;
/// Rows at once from which it is worth showing how far it has come.
const SHOWN: usize = 1000;
/// How long servers keep a queue that nobody polls, unless they are asked for another time.
const LIFETIME: Duration = Duration::from_mins(10);
/// A queue that is lost at this age cannot have expired.
const YOUNG: Duration = Duration::from_mins(1);
/// Queues in a row that may be lost while they are young before that is told, or is an error.
const EARLY_LOSSES: u32 = 3;

/// A comparison with history that is due. While it is, the time of the last checkpoint at which nothing was missing
/// stands still.
pub struct Comparison {
    not_before: Instant,
    /// For the next failure.
    backoff: Backoff,
    /// Whether what is too young to tell is looked for once more.
    again: bool,
}

impl Comparison {
    /// Whether polls should be answered at once for it: one that waits may do so for a minute. Where
    /// history stays away for long it must wait all the same, since only that keeps the queue alive.
    pub fn is_near(&self) -> bool {
        self.not_before <= Instant::now() + NEAR
    }
}

/// What came of reading history for messages that were missed.
struct Recovered {
    history: History,
    /// Whether messages were missing that are too young to tell.
    left_recent: bool,
    /// Whether there were more than is fetched.
    too_many: bool,
}

impl Tail {
    /// There was trouble: what the queue has delivered must be compared with history. A run that follows
    /// waits until all that the trouble can have cost is old enough to tell.
    pub fn compare_later(&mut self) {
        // The comparison of a resumed run looks again anyway.
        if self.queue.comparison.as_ref().is_some_and(|due| due.again) {
            return;
        }
        let wait = if self.plan.once {
            Duration::ZERO
        } else {
            self.plan.timing.on_its_way
        };
        self.schedule_comparison(wait, false);
    }

    /// Plans a comparison after so long, and perhaps another one for what is too young to tell then.
    pub fn schedule_comparison(&mut self, wait: Duration, again: bool) {
        let reads_history = self.plan.selection.has_messages() && self.plan.takeover.is_none();
        if self.plan.catch_up && reads_history {
            self.place.window.hold();
            self.queue.comparison = Some(Comparison {
                not_before: Instant::now() + wait,
                backoff: Backoff::new(self.plan.timing.retry),
                again,
            });
        }
    }

    /// Compares with history, if that is due: the queue has just said that it holds nothing more. `date` is
    /// when it said so by the server's clock.
    pub fn compare(&mut self, date: Option<Timestamp>) -> Result<(), Outcome> {
        let Some(comparison) = &self.queue.comparison else {
            return Ok(());
        };
        let again = comparison.again;
        let wait = comparison
            .not_before
            .saturating_duration_since(Instant::now());
        let is_urgent = self.place.window.len() >= URGENT;
        if !wait.is_zero() && !is_urgent {
            if self.queue.inbox.batch().is_empty() && !self.plan.once {
                self.link.pause(wait.min(POLL_INTERVAL));
            }
            return Ok(());
        }
        // Messages that were sent later may be on their way: too young to tell, by the server's clock where it tells.
        let on_its_way = self.plan.timing.on_its_way;
        let now = date.unwrap_or_else(Timestamp::now).as_second();
        let cutoff = now.saturating_sub_unsigned(on_its_way.as_secs());
        let recovered = match self.recover(Some(cutoff), is_urgent) {
            Ok(recovered) => recovered,
            Err(Outcome::Failed(Error::Api(error))) => return self.retry_later(error),
            Err(outcome) => return Err(outcome),
        };
        let history = recovered.history;
        self.release(history.settled());
        let since = self.place.complete_at;
        if again && recovered.left_recent {
            self.schedule_comparison(on_its_way, false);
        } else {
            self.queue.comparison = None;
            self.place.complete_at = Timestamp::now();
        }
        self.report_missed(since)?;
        self.report_refusals(&history.refusals())
    }

    /// History cannot be read: it is tried again later, unless it never will.
    fn retry_later(&mut self, error: ApiError) -> Result<(), Outcome> {
        let Some(comparison) = &mut self.queue.comparison else {
            return Ok(());
        };
        let wait = match error.verdict() {
            Verdict::Later(wait) => wait,
            Verdict::Transient => comparison.backoff.next(fastrand::f64()),
            _ => return self.link.wait_out(error),
        };
        comparison.not_before = Instant::now() + wait;
        let text = format!("history cannot be read, trying again later: {error}");
        self.link.notices.print(Level::Detail, &text);
        Ok(())
    }

    /// What is refused is not nothing: it is unknown. With `--once` that is an error, as at a fresh start; a
    /// run that follows says so once.
    fn report_refusals(&mut self, refusals: &[Refusal]) -> Result<(), Outcome> {
        if self.plan.once {
            return self.accept(refusals);
        }
        if !refusals.is_empty() && !mem::replace(&mut self.refusals_reported, true) {
            self.warn_not_fetched(refusals);
        }
        Ok(())
    }

    /// The server does not know the queue any more, or will not go on with it: registers a new one
    /// first, then reads what was missed; what comes meanwhile is in the new queue. Until that is done the lost
    /// queue stays in the cursor, so that a run that is stopped half-way goes on with it.
    pub fn replace(&mut self, error: &ApiError) -> Result<(), Outcome> {
        self.give_up_queue(error)?;
        let reason = self.reason(error);
        self.place.window.hold();
        self.place.window.drop_undecided();
        let registered = self.register()?;
        let to = Timestamp::now();
        let lost = self.catch_up()?;
        let gap = Gap {
            from: self.place.complete_at,
            to,
            reason,
            fetched: self.place.missed,
            lost,
        };
        self.begin(registered, to)?;
        self.report_gap(gap)
    }

    /// Is done with a lost queue, or ends the run where another one would fare no better. One that is lost
    /// while it is young has not expired: the next one may not live longer.
    fn give_up_queue(&mut self, error: &ApiError) -> Result<(), Outcome> {
        let (id, answered) = (&self.place.queue_id, self.queue.answered);
        if self.plan.takeover.is_some() {
            return Err(Outcome::Failed(Error::Usage(format!(
                "--queue-id {} cannot be read on with --last-event-id {}: {error}",
                id.0, self.place.last_event_id.0
            ))));
        }
        if !error.is_unknown_queue() {
            if !answered {
                return Err(Outcome::Failed(Error::Usage(error.to_string())));
            }
            // It lives, but has dropped events that were never seen here.
            let _ = self
                .link
                .request(|client| client.delete(id, DELETE_TIMEOUT));
        }
        if self.place.age() >= YOUNG {
            self.early_losses.reset();
            return Ok(());
        }
        let wait = self.early_losses.next(fastrand::f64());
        let losses = self.early_losses.failures();
        if losses >= EARLY_LOSSES {
            let text = format!(
                "{error}: {losses} queues in a row were forgotten at once; do two servers share this address, so that polls go to one that does not know the queue?"
            );
            // A run that has never got an event, or that does not last, is of no use.
            if !answered && (self.plan.once || self.answered_at.is_none()) {
                return Err(Outcome::Failed(Error::Usage(text)));
            }
            if losses == EARLY_LOSSES {
                self.link.notices.print(Level::Warning, &text);
            }
        }
        self.link.pause(wait);
        Ok(())
    }

    /// Why the queue is lost. One that was polled a short time ago cannot have expired.
    fn reason(&self, error: &ApiError) -> String {
        let lifetime = self.plan.queue_ttl.unwrap_or(LIFETIME);
        let polled_at = self.answered_at.unwrap_or(self.place.complete_at);
        let unpolled = Timestamp::now().duration_since(polled_at);
        if !error.is_unknown_queue() {
            error.to_string()
        } else if unpolled.unsigned_abs() >= lifetime {
            "queue expired".into()
        } else {
            "queue lost by the server".into()
        }
    }

    /// Prints the messages that were missed with a lost queue. Tells what is beyond recovery.
    fn catch_up(&mut self) -> Result<Vec<String>, Outcome> {
        let (mut lost, mut settled) = (self.lost_kinds(), None);
        if self.plan.selection.has_messages() && self.plan.catch_up {
            let Recovered {
                history, too_many, ..
            } = self.recover(None, true)?;
            if too_many {
                // What is beyond the most is settled.
                let mut history = History::new(&self.plan.selection);
                let newest = history.newest(&mut self.link, 1, None, |_| true)?;
                if let Some(newest) = newest.last() {
                    self.place.window.raise_floor(*newest);
                }
                lost.push(format!("messages beyond the oldest {MOST}"));
            }
            lost.extend(history.refusals().iter().map(|refusal| {
                format!("messages of a history that is refused ({})", refusal.cause)
            }));
            settled = history.settled();
        } else if self.plan.selection.has_messages() {
            lost.push("messages (--no-catch-up)".into());
        }
        self.release(settled);
        Ok(lost)
    }

    /// Prints the messages that history has and the queue has not delivered, but for those that were sent after the
    /// cutoff. A page that fails is an error, unless it `persists`.
    fn recover(&mut self, cutoff: Option<i64>, persists: bool) -> Result<Recovered, Outcome> {
        let history = History::new(&self.plan.selection).after(self.place.window.floor());
        let mut recovered = Recovered {
            history,
            left_recent: false,
            too_many: false,
        };
        loop {
            let history = &mut recovered.history;
            let rows = if persists {
                self.link.until_answered(|link| history.next(link))?
            } else {
                history.next(&mut self.link)?
            };
            clear_progress();
            if rows.is_empty() {
                return Ok(recovered);
            }
            let is_old = |row: &&HistoryRow| {
                cutoff.is_none_or(|cutoff| row.timestamp.is_none_or(|sent| sent <= cutoff))
            };
            let missing = rows.iter().filter(|row| self.is_missing(row));
            let (mut old, young): (Vec<&HistoryRow>, Vec<&HistoryRow>) = missing.partition(is_old);
            recovered.left_recent |= !young.is_empty();
            if cutoff.is_none() {
                let room = MOST.saturating_sub(self.place.missed);
                let room = usize::try_from(room).unwrap_or(usize::MAX);
                recovered.too_many = old.len() > room;
                old.truncate(room);
            }
            self.print_missed(&old)?;
            if recovered.too_many {
                return Ok(recovered);
            }
            if rows.len() >= SHOWN {
                let text = format!("catching up: {} messages", self.place.missed);
                self.link.notices.show_progress(&text);
            }
        }
    }

    /// Whether a row of history is one of the selection and was missed.
    fn is_missing(&self, row: &HistoryRow) -> bool {
        self.place.window.lacks(row.id) && row.belongs_to(&self.plan.selection)
    }

    /// Prints rows that were missed, and saves that. They are counted for the gap, but for those that were
    /// moved into the narrow after the fact: these were not missed.
    fn print_missed(&mut self, rows: &[&HistoryRow]) -> Result<(), Outcome> {
        if rows.is_empty() {
            return Ok(());
        }
        let printed = self.print_rows(rows);
        // Also when the run ends in the middle of them: what is written is written.
        let missed = rows
            .iter()
            .filter(|row| !row.moved && !self.is_missing(row));
        self.place.missed = self.place.missed.saturating_add(missed.count() as u64);
        self.save()?;
        printed
    }

    /// Says how many messages a queue that lives on did not deliver since then, if there were any, and saves that it is
    /// said. That is saved first, so that no gap is told twice; a kill just between the two loses the
    /// telling, but no message.
    pub fn report_missed(&mut self, from: Timestamp) -> Result<(), Outcome> {
        let fetched = mem::take(&mut self.place.missed);
        self.save()?;
        if fetched == 0 {
            return Ok(());
        }
        self.report_gap(Gap {
            from,
            to: Timestamp::now(),
            reason: "the queue did not deliver all".into(),
            fetched,
            lost: self.lost_kinds(),
        })
    }

    /// History has been read; up to here there is nothing more to come.
    fn release(&mut self, settled: Option<MessageId>) {
        self.place.window.release();
        if let Some(settled) = settled {
            self.place.window.settle_read(settled);
        }
    }

    /// What is lost in any gap: no history has it.
    fn lost_kinds(&self) -> Vec<String> {
        if self.plan.selection.has_other_kinds() {
            vec!["edits, reactions and other events of that time".into()]
        } else {
            Vec::new()
        }
    }

    /// Says what was missed, and ends the run if something was lost and that is a failure.
    fn report_gap(&mut self, gap: Gap) -> Result<(), Outcome> {
        let lossy = !gap.lost.is_empty();
        let text = format!("gap {}", gap.describe(&self.zone.rules()));
        // Where nothing that was asked for is lost, nobody needs to look.
        let level = if lossy { Level::Loss } else { Level::Notice };
        self.link.notices.print(level, &text);
        self.link.record(&Record::Gap(gap))?;
        self.lossy |= lossy;
        if lossy && self.plan.fail_on_gap && !self.plan.once {
            return Err(Outcome::Ended(Exit::Lost));
        }
        Ok(())
    }
}
