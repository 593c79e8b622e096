//! The history that was asked for, which is printed before live events (`-n`, `--since`).
//!
//! Not for history that was missed (`recovery.rs`, `audit.rs`).

use super::Tail;
use super::history::{self, History, Refusal};
use super::queue::Queue;
use crate::config::Start;
use crate::delivery::Ledger;
use crate::error::{Error, Outcome};
use crate::event::MessageId;
use crate::notice::Level;
use crate::row::Row;
use crate::selection::Reach;

/// Rows of the start's history that are not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unwanted {
    /// They are too old.
    Earlier,
    /// They came meanwhile, and have an event in the queue.
    Later,
}

impl Tail {
    /// Prints the history that was asked for. What comes meanwhile is in the queue, and what is in
    /// both is printed once.
    pub fn print_past(&mut self, queue: Option<&Queue>) -> Result<(), Outcome> {
        match self.plan.start {
            Start::Now => Ok(()),
            Start::Lines(count) => {
                let selection = self.printer.selection().clone();
                let wanted = |row: &Row| row.belongs_to(&selection);
                let (ids, refusals) = history::newest(&mut self.link, &selection, count, wanted)?;
                let first = ids.first();
                let before = first.map(|first| MessageId(first.0.saturating_sub(1)));
                let wanted = |row: &Row| ids.contains(&row.id);
                self.begin_after(before, &refusals, wanted, Unwanted::Later, queue)
            }
            Start::Since(time) => {
                let time = time.as_second();
                let selection = self.printer.selection();
                let (before, refusals) = history::id_before(&mut self.link, selection, time)?;
                let wanted = |row: &Row| row.timestamp >= time;
                self.begin_after(before, &refusals, wanted, Unwanted::Earlier, queue)
            }
        }
    }

    /// Goes on with the history that an earlier run has printed in part.
    pub fn resume_past(&mut self, queue: &Queue) -> Result<(), Outcome> {
        let Some(ledger) = &self.ledger else {
            return Ok(());
        };
        let (floor, known) = (ledger.floor(), ledger.snapshot().window);
        let wanted = |row: &Row| !known.contains(row.id.0);
        // The run that began with it has ended for a refusal; now what is in the queue matters more.
        let refusals = self.print_history(floor, wanted, None, Some(queue))?;
        self.warn_of(&refusals);
        self.keep(queue)
    }

    /// Ends the run if what it needs of history is refused. Not for public channels, which are read beside
    /// what was received: guests may not see them, and old servers do not know them as such.
    pub fn accept(&self, refusals: &[Refusal]) -> Result<(), Outcome> {
        let mut refusals = refusals.iter();
        let Some(Refusal { cause, .. }) = refusals.find(|refusal| refusal.reach == Reach::Received)
        else {
            return Ok(());
        };
        let remedy = if self.selection().narrows.is_empty() {
            "see --check with the same options"
        } else {
            "check the spelling, or see --check with the same options"
        };
        Err(Outcome::Failed(Error::Usage(format!("{cause}; {remedy}"))))
    }

    /// Prints what is wanted after a message, if there is one; some readings were refused already. The
    /// baseline is known only up to there meanwhile.
    fn begin_after(
        &mut self,
        before: Option<MessageId>,
        refusals: &[Refusal],
        wanted: impl Fn(&Row) -> bool,
        unwanted: Unwanted,
        queue: Option<&Queue>,
    ) -> Result<(), Outcome> {
        self.accept(refusals)?;
        self.warn_of(refusals);
        let Some(before) = before else {
            return Ok(());
        };
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
        let mut later = self.print_history(before, wanted, passed, queue)?;
        later.retain(|refusal| !refusals.contains(refusal));
        self.accept(&later)?;
        self.warn_of(&later);
        if let Some(ledger) = &mut self.ledger {
            ledger.raise_floor(settled);
        }
        Ok(())
    }

    /// Prints what is wanted after a message, page by page; what is not wanted up to `passed` counts as
    /// known. With a cursor each page is saved, so that a run that ends in the middle is gone on with.
    /// Tells what was refused.
    fn print_history(
        &mut self,
        after: MessageId,
        wanted: impl Fn(&Row) -> bool,
        passed: Option<MessageId>,
        queue: Option<&Queue>,
    ) -> Result<Vec<Refusal>, Outcome> {
        self.opening = true;
        let mut history = History::after(self.printer.selection(), after);
        loop {
            let rows = history.next_until_answered(&mut self.link)?;
            if rows.is_empty() {
                self.opening = false;
                return Ok(history.refusals().to_vec());
            }
            let selection = self.printer.selection();
            let (rows, unwanted): (Vec<&Row>, Vec<&Row>) = rows
                .iter()
                .filter(|row| row.belongs_to(selection))
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
