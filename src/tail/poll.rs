//! One poll, and what follows from its answer.
//!
//! Not for what a failure leads to (`link`, `recovery.rs`), nor for when history is read (`audit.rs`).

use jiff::Timestamp;

use super::queue::Queue;
use super::{PACE, Tail};
use crate::api::split::Chunk;
use crate::api::{ApiError, Client, Outlet, Polled, Wait};
use crate::delivery::{Moment, Sieve};
use crate::notice::Level;
use crate::output::meta::Record;
use crate::stop::Stop;

impl Tail {
    /// One poll: prints what comes. An answer that is none comes back as the inner error.
    pub fn poll(
        &mut self,
        queue: &mut Queue,
        wait: Wait,
    ) -> Result<Result<Polled, ApiError>, Stop> {
        queue.inbox.begin();
        let (id, acknowledged) = (&queue.id, queue.inbox.position());
        let (printer, started) = (&mut self.printer, self.started);
        let (inbox, ledger) = (&mut queue.inbox, self.ledger.as_mut());
        let mut sieve = Sieve::new(Some(inbox), ledger, started.elapsed());
        let request = async |client: &Client, outlet: &Outlet| {
            client.events(id, acknowledged, wait, outlet).await
        };
        let each = |chunk: &Chunk| {
            sieve.now = started.elapsed();
            printer.print(chunk, &mut sieve)
        };
        let answer = match wait {
            Wait::Block => self.link.wait_for(request, each),
            Wait::DontBlock => self.link.read(request, each),
        };
        if !queue.inbox.batch().is_empty() {
            // Also when the answer was cut or the run ends: what is written is written.
            self.save(queue)?;
        }
        let mut answer = answer?;
        if answer.is_ok() && queue.inbox.batch().unnumbered > 0 {
            // It will come again, and again, as it cannot be acknowledged.
            let client = self.link.client();
            answer = Err(client.garbled("events", "an event has no id"));
        }
        for _ in 0..queue.inbox.batch().heartbeats {
            self.link.announcer().record(&Record::Alive)?;
        }
        Ok(answer)
    }

    /// A poll that should have waited was answered with nothing: the server gave its place to
    /// another poll. Without a pause the two would displace each other for ever.
    pub fn give_way(&mut self, queue: &mut Queue) -> Result<(), Stop> {
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
        self.link.announcer().say(level, &text);
        if times == 1 {
            self.link
                .announcer()
                .record(&Record::Lost { error: text })?;
        }
        queue.answered = true;
        self.owe_audit(queue);
        self.link.pause(wait)
    }

    /// Heartbeats come with a minute in between. Where they come without, and alone, there is no
    /// hurry to ask for the next one.
    pub fn breathe(&mut self, queue: &Queue, sent: Moment) -> Result<(), Stop> {
        let batch = queue.inbox.batch();
        let rest = PACE.saturating_sub(self.now().saturating_sub(sent));
        if batch.heartbeats == 0 || batch.fresh > batch.heartbeats || rest.is_zero() {
            self.hasty = 0;
            return Ok(());
        }
        self.hasty = self.hasty.saturating_add(1);
        // One may have waited in the queue.
        if self.hasty > 1 {
            self.link.pause(rest)?;
        }
        Ok(())
    }

    /// A poll was answered in full.
    pub fn note_answer(&mut self, queue: &mut Queue, sent: Moment) -> Result<(), Stop> {
        queue.answered = true;
        queue.complete_at = Timestamp::now();
        let back = self.link.good();
        self.link.establish();
        if back {
            self.link.announcer().record(&Record::Resumed {
                queue_id: queue.id.0.clone(),
                last_event_id: queue.inbox.position().0,
            })?;
        }
        let batch = queue.inbox.batch();
        if batch.restarted || batch.doubtful {
            self.owe_audit(queue);
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.settle(sent);
        }
        Ok(())
    }

    /// `--once` has printed what there was. Where history failed half-way, what was missed is told as far as
    /// it is printed: it may be long until the next run, which tells the rest. A queue that is to live on is
    /// polled once more so that it waits: only that restarts the clock by which the server drops it.
    pub fn end_once(&mut self, queue: &mut Queue) -> Stop {
        if let Err(stop) = self.tell_missed(queue, queue.sound_until(), queue.complete_at) {
            return stop;
        }
        if self.cursor.is_some() {
            let position = queue.inbox.position();
            let parked = self.link.ask(async |client| {
                client.park(&queue.id, position).await;
                Ok(())
            });
            if let Err(stop) = parked {
                return stop;
            }
        }
        if self.lossy && self.plan.fail_on_gap {
            Stop::Lost
        } else {
            Stop::Drained
        }
    }
}
