//! What to do when a queue is lost: replace it, read history for what was missed, and tell the gap.

use std::time::Duration;

use super::history::{self, History};
use super::queue::Queue;
use super::{DELETE, Tail};
use crate::api::ApiError;
use crate::error::{Error, Outcome};
use crate::event::MessageId;
use crate::output::meta::Gap;
use crate::row::Row;

/// The most messages that are fetched for one gap.
const MOST: u64 = 50_000;
/// How long to wait after a fresh queue was lost.
const PAUSE: Duration = Duration::from_secs(1);
/// Fresh queues that may be lost one after the other before that is an error.
const FRESH_LOSSES: u32 = 3;
/// Rows at once from which it is worth showing how far it has come.
const SHOWN: usize = 1000;

impl Tail {
    /// The server does not know the queue any more, or will not go on with it: registers a new one
    /// first, then reads what was missed; what comes meanwhile is in the new queue.
    pub fn replace(&mut self, mut lost: Queue, error: &ApiError) -> Result<Queue, Outcome> {
        self.dismiss(&lost, error)?;
        if let Some(ledger) = &mut self.ledger {
            ledger.hold();
        }
        let queue = self.register()?;
        let mut beyond_recovery = self.lost_kinds();
        let settled = self.catch_up(&mut lost, &mut beyond_recovery)?;
        self.release(settled);
        self.keep(&queue)?;
        self.say_gap(Gap {
            from: lost.sound_until(),
            to: queue.complete_at,
            reason: reason(error),
            fetched: lost.missed,
            lost: beyond_recovery,
        })?;
        Ok(queue)
    }

    /// Is done with a lost queue, or ends the run where another one would fare no better.
    fn dismiss(&mut self, lost: &Queue, error: &ApiError) -> Result<(), Outcome> {
        if self.plan.takeover.is_some() {
            return Err(Outcome::Failed(Error::Usage(format!(
                "--queue-id {} cannot be read on with --last-event-id {}: {error}",
                lost.id.0,
                lost.inbox.position().0
            ))));
        }
        if lost.answered {
            self.fresh_losses = 0;
        } else {
            self.fresh_losses += 1;
            if !error.is_unknown_queue() || self.fresh_losses >= FRESH_LOSSES {
                return Err(Outcome::Failed(Error::Usage(error.to_string())));
            }
            self.link.pause(PAUSE);
        }
        if !error.is_unknown_queue() {
            // It lives, but has dropped events that were never seen here.
            let id = &lost.id;
            let _ = self.link.request(|client| client.delete(id, DELETE));
        }
        Ok(())
    }

    /// Prints the messages that were missed. Until that is done the lost queue stays in the cursor,
    /// so that a run that is stopped half-way goes on with it.
    fn catch_up(
        &mut self,
        lost: &mut Queue,
        beyond_recovery: &mut Vec<String>,
    ) -> Result<Option<MessageId>, Outcome> {
        let Some(ledger) = &self.ledger else {
            return Ok(None);
        };
        if !self.plan.catch_up {
            beyond_recovery.push("messages (--no-catch-up)".into());
            return Ok(None);
        }
        let selection = self.printer.selection();
        let mut history = History::after(selection, ledger.floor());
        loop {
            let rows = history.next_until_answered(&mut self.link)?;
            if rows.is_empty() {
                break;
            }
            let mut missing: Vec<&Row> = rows.iter().filter(|row| self.is_missing(row)).collect();
            let room = usize::try_from(MOST.saturating_sub(lost.missed)).unwrap_or(usize::MAX);
            let too_many = missing.len() > room;
            missing.truncate(room);
            self.link.announcer().hide_progress();
            self.print_missed(&missing, lost)?;
            if rows.len() >= SHOWN {
                let text = format!("catching up: {} messages", lost.missed);
                self.link.announcer().show_progress(&text);
            }
            if too_many {
                beyond_recovery.push(self.skip_the_rest()?);
                break;
            }
        }
        self.link.announcer().hide_progress();
        let refused = history.refusals().iter();
        beyond_recovery.extend(
            refused.map(|refusal| {
                format!("messages of a history that is refused ({})", refusal.cause)
            }),
        );
        Ok(history.settled())
    }

    /// Settles what is beyond the most, and says what that is.
    fn skip_the_rest(&mut self) -> Result<String, Outcome> {
        let selection = self.printer.selection();
        let (newest, _) = history::newest(&mut self.link, selection, 1, |_| true)?;
        if let (Some(ledger), Some(newest)) = (&mut self.ledger, newest.last()) {
            ledger.raise_floor(*newest);
        }
        Ok(format!("messages beyond the oldest {MOST}"))
    }
}

fn reason(error: &ApiError) -> String {
    if error.is_unknown_queue() {
        "queue expired".into()
    } else {
        error.to_string()
    }
}
