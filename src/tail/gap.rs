//! A gap: what the queue did not deliver and history has is printed, and what was missed is told, on stderr,
//! in the stream and by the exit code.
//!
//! Not for finding out that there is one (`recovery.rs`, `audit.rs`).

use std::mem;

use jiff::Timestamp;

use super::Tail;
use super::queue::Queue;
use crate::delivery::Sieve;
use crate::error::Outcome;
use crate::event::MessageId;
use crate::notice::Level;
use crate::output::meta::{Gap, Record};
use crate::row::{self, Row};

impl Tail {
    /// Whether a row of history is one of the selection and was not printed.
    pub fn is_missing(&self, row: &Row) -> bool {
        self.ledger
            .as_ref()
            .is_some_and(|ledger| !ledger.knows(row.id))
            && row.belongs_to(self.selection())
    }

    /// Prints rows that were missed, and saves that. They are counted for the gap, but for those that were
    /// moved into the narrow after the fact: these were not missed.
    pub fn print_missed(&mut self, rows: &[&Row], queue: &mut Queue) -> Result<(), Outcome> {
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

    /// Says how many messages a queue that lives on did not deliver, if there were any, and saves that it is
    /// said. That is saved first, so that no gap is told twice; a kill just between the two loses the
    /// telling, but no message.
    pub fn tell_missed(
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
        self.say_gap(Gap {
            from,
            to,
            reason: "the queue did not deliver all".into(),
            fetched,
            lost: self.lost_kinds(),
        })
    }

    /// Prints rows of history, all of them written when it returns.
    pub fn print_rows<'a>(
        &mut self,
        rows: impl IntoIterator<Item = &'a Row>,
    ) -> Result<(), Outcome> {
        let now = self.now();
        let mut sieve = Sieve::new(None, self.ledger.as_mut(), now);
        self.printer.print(&row::chunk(rows), &mut sieve)
    }

    /// History has been read; up to here there is nothing more to come.
    pub fn release(&mut self, settled: Option<MessageId>) {
        if let Some(ledger) = &mut self.ledger {
            ledger.release();
            if let Some(settled) = settled {
                ledger.settle_read(settled);
            }
        }
    }

    /// What is lost in any gap: no history has it.
    pub fn lost_kinds(&self) -> Vec<String> {
        if self.selection().has_other_kinds() {
            vec!["edits, reactions and other events of that time".into()]
        } else {
            Vec::new()
        }
    }

    /// Says what was missed, and ends the run if something was lost and that is a failure.
    pub fn say_gap(&mut self, gap: Gap) -> Result<(), Outcome> {
        let lossy = !gap.lost.is_empty();
        let text = format!("gap {}", gap.describe(&self.zone));
        let level = if lossy { Level::Loss } else { Level::Warning };
        self.link.announcer().say(level, &text);
        self.link.announcer().record(&Record::Gap(gap))?;
        self.lossy |= lossy;
        if lossy && self.plan.fail_on_gap && !self.plan.once {
            return Err(Outcome::Lost);
        }
        Ok(())
    }
}
