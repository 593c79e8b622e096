//! What a queue did not deliver: found in history, printed, and told as a gap.
//!
//! A queue that is lost is replaced first, and then history is read for what was missed. One that came
//! through trouble is compared with history once: servers lose events in a restart without any hole in the
//! ids (measured on Zulip 9.2: 4 messages in 18 restarts under load).

use std::mem;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::history::{self, History, Refusal};
use super::queue::Queue;
use super::{DELETE_TIMEOUT, POLL_INTERVAL, Tail};
use crate::api::{ApiError, Verdict};
use crate::delivery::Dedup;
use crate::error::{Error, Outcome};
use crate::event::MessageId;
use crate::notice::Level;
use crate::output::meta::{Gap, Record};
use crate::retry::Backoff;
use crate::row::{self, HistoryRow};

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
/// Queues in a row that may be lost while they are young before that is told, or is an error.
const EARLY_LOSSES: u32 = 3;

/// A comparison with history that is due.
#[derive(Debug)]
pub struct Comparison {
    /// The last time at which nothing was missing.
    pub since: Timestamp,
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

impl Tail {
    /// There was trouble: what the queue has delivered must be compared with history. A run that follows
    /// waits until all that the trouble can have cost is old enough to tell.
    pub fn compare_later(&mut self, queue: &mut Queue) {
        // The comparison of a resumed run looks again anyway.
        if queue.comparison.as_ref().is_some_and(|due| due.again) {
            return;
        }
        let wait = if self.plan.once {
            Duration::ZERO
        } else {
            self.plan.timing.on_its_way
        };
        self.schedule_comparison(queue, wait, false);
    }

    /// A queue of an earlier run is gone on with: what it did not deliver meanwhile is looked for at once,
    /// and what is too young to tell once more, or by the next run.
    pub fn compare_resumed(&mut self, queue: &mut Queue) {
        self.schedule_comparison(queue, Duration::ZERO, !self.plan.once);
    }

    fn schedule_comparison(&mut self, queue: &mut Queue, wait: Duration, again: bool) {
        let reads_history = self.plan.selection.has_messages() && self.plan.takeover.is_none();
        if !self.plan.catch_up || !reads_history {
            return;
        }
        self.window.hold();
        queue.comparison = Some(Comparison {
            since: queue.complete_until(),
            not_before: Instant::now() + wait,
            backoff: Backoff::new(self.plan.timing.retry),
            again,
        });
    }

    /// Compares with history, if that is due: the queue has just said that it holds nothing more. `date` is
    /// when it said so by the server's clock.
    pub fn compare(&mut self, queue: &mut Queue, date: Option<Timestamp>) -> Result<(), Outcome> {
        let Some(comparison) = &queue.comparison else {
            return Ok(());
        };
        let (since, again) = (comparison.since, comparison.again);
        let wait = comparison
            .not_before
            .saturating_duration_since(Instant::now());
        if !wait.is_zero() && !self.is_urgent() {
            if queue.inbox.batch().is_empty() && !self.plan.once {
                self.link.pause(wait.min(POLL_INTERVAL));
            }
            return Ok(());
        }
        let on_its_way = self.plan.timing.on_its_way;
        let (history, left_recent) = match self.print_undelivered(queue, cutoff(date, on_its_way)) {
            Ok(compared) => compared,
            Err(Outcome::Failed(Error::Api(error))) => return self.retry_later(queue, error),
            Err(outcome) => return Err(outcome),
        };
        self.release(history.settled());
        if again && left_recent {
            self.schedule_comparison(queue, on_its_way, false);
        } else {
            queue.comparison = None;
        }
        self.report_missed(queue, since, queue.complete_at)?;
        self.report_refusals(&history.refusals())
    }

    /// Whether so much is waiting for a comparison that it cannot be put off.
    fn is_urgent(&self) -> bool {
        self.window.len() >= URGENT
    }

    /// Prints the messages that history has from before the cutoff, by the server's clock, and the queue has
    /// not delivered. Tells what was read, and whether messages were missing that are too young to tell.
    fn print_undelivered(
        &mut self,
        queue: &mut Queue,
        cutoff: i64,
    ) -> Result<(History, bool), Outcome> {
        let is_urgent = self.is_urgent();
        let mut history = History::after(&self.plan.selection, self.window.floor());
        let mut left_recent = false;
        loop {
            let rows = if is_urgent {
                self.link.until_answered(|link| history.next(link))?
            } else {
                history.next(&mut self.link)?
            };
            if rows.is_empty() {
                return Ok((history, left_recent));
            }
            let missing = rows.iter().filter(|row| self.is_missing(row));
            let (old, young): (Vec<&HistoryRow>, Vec<&HistoryRow>) =
                missing.partition(|row| row.timestamp.is_none_or(|sent| sent <= cutoff));
            left_recent |= !young.is_empty();
            self.print_missed(&old, queue)?;
        }
    }

    /// History cannot be read: it is tried again later, unless it never will.
    fn retry_later(&mut self, queue: &mut Queue, error: ApiError) -> Result<(), Outcome> {
        let Some(comparison) = &mut queue.comparison else {
            return Ok(());
        };
        let wait = match error.verdict() {
            Verdict::Later(wait) => wait,
            Verdict::Transient => comparison.backoff.next(fastrand::f64()),
            _ => return self.link.wait_out(error),
        };
        comparison.not_before = Instant::now() + wait;
        let text = format!("history cannot be read, trying again later: {error}");
        self.link.announcer.print(Level::Detail, &text);
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
    /// first, then reads what was missed; what comes meanwhile is in the new queue.
    pub fn replace(&mut self, mut lost: Queue, error: &ApiError) -> Result<Queue, Outcome> {
        self.give_up_on(&lost, error)?;
        self.window.hold();
        self.window.drop_undecided();
        let queue = self.register()?;
        let mut beyond_recovery = self.lost_kinds();
        let settled = self.catch_up(&mut lost, &mut beyond_recovery)?;
        self.release(settled);
        self.keep(&queue)?;
        self.report_gap(Gap {
            from: lost.complete_until(),
            to: queue.complete_at,
            reason: self.reason(&lost, error),
            fetched: lost.missed,
            lost: beyond_recovery,
        })?;
        Ok(queue)
    }

    /// Is done with a lost queue, or ends the run where another one would fare no better. One that is lost
    /// while it is young has not expired: the next one may not live longer.
    fn give_up_on(&mut self, lost: &Queue, error: &ApiError) -> Result<(), Outcome> {
        if self.plan.takeover.is_some() {
            return Err(Outcome::Failed(Error::Usage(format!(
                "--queue-id {} cannot be read on with --last-event-id {}: {error}",
                lost.id.0,
                lost.inbox.position().0
            ))));
        }
        if !error.is_unknown_queue() {
            if !lost.answered {
                return Err(Outcome::Failed(Error::Usage(error.to_string())));
            }
            // It lives, but has dropped events that were never seen here.
            let id = &lost.id;
            let _ = self
                .link
                .request(|client| client.delete(id, DELETE_TIMEOUT));
        }
        if !lost.is_young() {
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
            if !lost.answered && (self.plan.once || self.answered_at.is_none()) {
                return Err(Outcome::Failed(Error::Usage(text)));
            }
            if losses == EARLY_LOSSES {
                self.link.announcer.print(Level::Warning, &text);
            }
        }
        self.link.pause(wait);
        Ok(())
    }

    /// Why a queue is lost. One that was polled a short time ago cannot have expired.
    fn reason(&self, lost: &Queue, error: &ApiError) -> String {
        let lifetime = self.plan.queue_ttl.unwrap_or(LIFETIME);
        let unpolled = Timestamp::now().duration_since(lost.complete_at);
        if !error.is_unknown_queue() {
            error.to_string()
        } else if unpolled.unsigned_abs() >= lifetime {
            "queue expired".into()
        } else {
            "queue lost by the server".into()
        }
    }

    /// Prints the messages that were missed. Until that is done the lost queue stays in the cursor,
    /// so that a run that is stopped half-way goes on with it.
    fn catch_up(
        &mut self,
        lost: &mut Queue,
        beyond_recovery: &mut Vec<String>,
    ) -> Result<Option<MessageId>, Outcome> {
        if !self.plan.selection.has_messages() {
            return Ok(None);
        }
        if !self.plan.catch_up {
            beyond_recovery.push("messages (--no-catch-up)".into());
            return Ok(None);
        }
        let mut history = History::after(&self.plan.selection, self.window.floor());
        loop {
            let rows = self.link.until_answered(|link| history.next(link))?;
            if rows.is_empty() {
                break;
            }
            let mut missing: Vec<&HistoryRow> =
                rows.iter().filter(|row| self.is_missing(row)).collect();
            let room = usize::try_from(MOST.saturating_sub(lost.missed)).unwrap_or(usize::MAX);
            let too_many = missing.len() > room;
            missing.truncate(room);
            self.link.announcer.hide_progress();
            self.print_missed(&missing, lost)?;
            if rows.len() >= SHOWN {
                let text = format!("catching up: {} messages", lost.missed);
                self.link.announcer.show_progress(&text);
            }
            if too_many {
                beyond_recovery.push(self.skip_the_rest()?);
                break;
            }
        }
        self.link.announcer.hide_progress();
        let refusals = history.refusals();
        let refused = refusals.iter();
        beyond_recovery.extend(
            refused.map(|refusal| {
                format!("messages of a history that is refused ({})", refusal.cause)
            }),
        );
        Ok(history.settled())
    }

    /// Settles what is beyond the most, and says what that is.
    fn skip_the_rest(&mut self) -> Result<String, Outcome> {
        let selection = &self.plan.selection;
        let (newest, _) = history::newest(&mut self.link, selection, 1, None, |_| true)?;
        if let Some(newest) = newest.last() {
            self.window.raise_floor(*newest);
        }
        Ok(format!("messages beyond the oldest {MOST}"))
    }

    /// Whether a row of history is one of the selection and was missed.
    fn is_missing(&self, row: &HistoryRow) -> bool {
        self.window.lacks(row.id) && row.belongs_to(&self.plan.selection)
    }

    /// Prints rows that were missed, and saves that. They are counted for the gap, but for those that were
    /// moved into the narrow after the fact: these were not missed.
    fn print_missed(&mut self, rows: &[&HistoryRow], queue: &mut Queue) -> Result<(), Outcome> {
        if rows.is_empty() {
            return Ok(());
        }
        let printed = self.print_rows(rows.iter().copied());
        // Also when the run ends in the middle of them: what is written is written.
        let missed = rows
            .iter()
            .filter(|row| !row.moved && !self.is_missing(row));
        queue.missed = queue.missed.saturating_add(missed.count() as u64);
        self.save(queue)?;
        printed
    }

    /// Prints rows of history, all of them written when it returns.
    pub fn print_rows<'a>(
        &mut self,
        rows: impl IntoIterator<Item = &'a HistoryRow>,
    ) -> Result<(), Outcome> {
        let dedup = Dedup::new(None, Some(&mut self.window), Instant::now());
        let (chunk, selection) = (row::chunk(rows), &self.plan.selection);
        let printed = self
            .printer
            .print(&chunk, 0, selection, &mut self.filter, dedup)?;
        self.warn();
        printed.and_go_on()
    }

    /// Says how many messages a queue that lives on did not deliver, if there were any, and saves that it is
    /// said. That is saved first, so that no gap is told twice; a kill just between the two loses the
    /// telling, but no message.
    pub fn report_missed(
        &mut self,
        queue: &mut Queue,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(), Outcome> {
        let fetched = mem::take(&mut queue.missed);
        self.save(queue)?;
        if fetched == 0 {
            return Ok(());
        }
        self.report_gap(Gap {
            from,
            to,
            reason: "the queue did not deliver all".into(),
            fetched,
            lost: self.lost_kinds(),
        })
    }

    /// History has been read; up to here there is nothing more to come.
    fn release(&mut self, settled: Option<MessageId>) {
        self.window.release();
        if let Some(settled) = settled {
            self.window.settle_read(settled);
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
        self.link.announcer.print(level, &text);
        self.link.announcer.record(&Record::Gap(gap))?;
        self.lossy |= lossy;
        if lossy && self.plan.fail_on_gap && !self.plan.once {
            return Err(Outcome::Lost);
        }
        Ok(())
    }
}

/// Messages that were sent later may be on their way: too young to tell, by the server's clock where it tells.
fn cutoff(date: Option<Timestamp>, on_its_way: Duration) -> i64 {
    let answered_at = date.unwrap_or_else(Timestamp::now).as_second();
    answered_at.saturating_sub_unsigned(on_its_way.as_secs())
}
