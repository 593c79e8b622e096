//! The way to the server: requests that are waited for, and trouble that is waited out.
//!
//! Not for what is asked, nor for how it is sent (`api`). What ends the waiting is `watch.rs`'s business.

use std::mem;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::cleanup::TailCleanup;
use super::trouble::{MANY, Trouble, WaitCuts};
use crate::api::{ApiError, Budget, Client, ListResponse, Verdict, Wait};
use crate::error::{Error, Outcome};
use crate::notice::{Level, Notices};
use crate::output::meta::{self, Record};
use crate::output::sink::Sink;
use crate::retry::Backoff;
use crate::secret::redacted;
use crate::watch::Watch;

/// Requests that are held back are told again when none was for so long.
const QUIET: Duration = Duration::from_mins(5);

/// The way to the server through trouble.
pub struct Link {
    /// The client behind it.
    pub client: Client,
    /// What may end the run.
    pub watch: Watch,
    /// What is left to do then.
    pub cleanup: Arc<TailCleanup>,
    /// What is said about it to people.
    pub notices: Notices,
    /// Where programs read of it, with `--meta`.
    meta: Option<Sink>,
    backoff: Backoff,
    trouble: Option<Trouble>,
    /// Whether there has been a queue in this run: until then whatever is wrong with the server is final.
    established: bool,
    /// Since when an answer that has begun has brought nothing.
    asked: Option<Instant>,
    /// When a request was held back last.
    throttled: Option<Instant>,
    wait_cuts: WaitCuts,
    /// How long the poll had waited that failed last.
    waited: Option<Duration>,
}

impl Link {
    /// A link that has not reached anything yet, since `started`.
    pub fn new(
        client: Client,
        watch: Watch,
        cleanup: Arc<TailCleanup>,
        notices: Notices,
        meta: Option<Sink>,
        backoff: Backoff,
        started: Instant,
    ) -> Link {
        Link {
            client,
            watch,
            cleanup,
            notices,
            meta,
            backoff,
            trouble: Some(Trouble::since(started)),
            established: false,
            asked: None,
            throttled: None,
            wait_cuts: WaitCuts::default(),
            waited: None,
        }
    }

    /// Prints a record of our own in the stream.
    pub fn record(&mut self, record: &Record) -> Result<(), Outcome> {
        if let Some(meta) = &mut self.meta {
            let line = meta::line(record, Timestamp::now());
            meta.write(redacted(&line).as_bytes())?;
        }
        Ok(())
    }

    /// Whether the last request failed, or none was answered yet.
    pub fn is_troubled(&self) -> bool {
        self.trouble.is_some()
    }

    /// Sends a request that should be answered at once, and waits for its answer, or for the head of it.
    pub fn request<T>(
        &mut self,
        request: impl FnOnce(&Client) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.throttle(Budget::Others);
        self.asked = Some(Instant::now());
        self.wait(self.asked, || request(&self.client))
    }

    /// Sends a poll, which may take its time unless it is told not to, and waits for the head of its answer.
    pub fn poll<T>(
        &mut self,
        wait: Wait,
        poll: impl FnOnce(&Client) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.throttle(Budget::Events);
        let asked = (wait == Wait::DontBlock).then(Instant::now);
        let sent = Instant::now();
        let answer = self.wait(asked, || poll(&self.client));
        self.waited = (wait == Wait::Block && answer.is_err()).then(|| sent.elapsed());
        // Once its answer has begun, a poll takes its time no longer.
        self.asked = Some(asked.unwrap_or_else(Instant::now));
        answer
    }

    /// Holds a request back where the server would refuse it soon. That is none of the server's silence.
    fn throttle(&mut self, budget: Budget) {
        let wait = self.client.time_to_wait(budget);
        if wait.is_zero() {
            return;
        }
        let now = Instant::now();
        let last = self.throttled.replace(now);
        if last.is_none_or(|last| now.duration_since(last) >= QUIET) {
            let site = &self.client.account().site;
            let text =
                format!("{site} allows so many requests and no more: events may come in batches");
            self.notices.print(Level::Notice, &text);
        }
        self.watch.set_silent_since(None);
        self.watch.outside(|| thread::sleep(wait));
    }

    /// Tries something until it is answered, and waits out the trouble between. A refusal ends it.
    pub fn until_answered<T>(
        &mut self,
        mut attempt: impl FnMut(&mut Link) -> Result<T, ApiError>,
    ) -> Result<T, Outcome> {
        loop {
            match attempt(self) {
                Ok(answer) => return Ok(answer),
                Err(error) => self.wait_out(error)?,
            }
        }
    }

    /// Waits for the next piece of an answer; false at its end.
    pub fn read(&mut self, response: &mut ListResponse) -> Result<bool, ApiError> {
        // A page of something in between says nothing of the server.
        if response.has_elements() {
            self.mark_heard();
        }
        self.wait(self.asked, || response.read())
    }

    /// A good answer came: whatever was wrong is over. Tells whether anything was.
    pub fn succeeded(&mut self) -> bool {
        self.backoff.reset();
        let mut state = self.cleanup.state();
        state.heard = true;
        state.last_error = None;
        drop(state);
        let Some(trouble) = self.trouble.take().filter(|trouble| trouble.has_failed) else {
            return false;
        };
        if self.established {
            let site = &self.client.account().site;
            let seconds = trouble.start.elapsed().as_secs();
            let text = format!("back: {site} answers again after {seconds} s");
            self.notices.print(trouble.level(), &text);
        }
        true
    }

    /// There is a queue: from now on trouble is waited out.
    pub fn establish(&mut self) {
        self.succeeded();
        if !self.established {
            let text = format!("connected to {}", self.client.account().site);
            self.notices.print(Level::Notice, &text);
        }
        self.established = true;
    }

    /// A request failed: says so, and waits until it may be tried again, or ends the run.
    pub fn wait_out(&mut self, error: ApiError) -> Result<(), Outcome> {
        let wait = match error.verdict() {
            Verdict::Refused | Verdict::Wrong => return Err(error.into()),
            Verdict::NotTheApi | Verdict::Untrusted if !self.established => {
                return Err(error.into());
            }
            Verdict::Later(stay) => stay,
            _ => self.backoff.next(fastrand::f64()),
        };
        let now = Instant::now();
        let text = error.to_string();
        let mut state = self.cleanup.state();
        state.last_error = Some(text.clone());
        state.heard |= error.is_rate_limit();
        drop(state);
        let cuts = match self.waited.take() {
            Some(age) if error.verdict() == Verdict::Transient => self.wait_cuts.add(age),
            _ => 0,
        };
        let trouble = self.trouble.get_or_insert_with(|| Trouble::since(now));
        let first = !mem::replace(&mut trouble.has_failed, true);
        let level = if cuts < MANY {
            trouble.fail(&error, now)
        } else {
            Level::Detail
        };
        let give_up_at = self.watch.give_up_at(trouble.silent_since);
        if give_up_at.is_some_and(|at| at <= now) {
            return Err(Error::GaveUp(error).into());
        }
        if cuts == MANY {
            let text = format!(
                "something on the way cuts connections that wait, after {} s: events still come, and it is not said again",
                self.wait_cuts.age.as_secs()
            );
            self.notices.print(Level::Notice, &text);
        }
        let when = match wait.as_secs_f32().ceil() {
            0.0 => "at once".to_owned(),
            seconds => format!("in {seconds} s"),
        };
        let what = if self.established {
            "lost"
        } else {
            "not connected"
        };
        let lost = format!("{what}: {text}; trying again {when}");
        self.notices.print(level, &lost);
        if first {
            self.record(&Record::Lost { error: text })?;
        }
        self.pause(wait);
        Ok(())
    }

    /// Waits for a time.
    pub fn pause(&mut self, time: Duration) {
        self.wait(None, || thread::sleep(time));
    }

    /// Waits for something outside. The server is silent since the trouble began, or since it was asked.
    fn wait<T>(&self, asked: Option<Instant>, wait: impl FnOnce() -> T) -> T {
        let trouble = self.trouble.as_ref().map(|trouble| trouble.silent_since);
        self.watch.set_silent_since(trouble.or(asked));
        self.watch.outside(wait)
    }

    /// An element has come, so that the server is not out of reach. How long it took to print what came is not its
    /// fault.
    pub fn mark_heard(&mut self) {
        let now = Instant::now();
        self.asked = Some(now);
        self.cleanup.state().heard = true;
        if let Some(trouble) = &mut self.trouble {
            trouble.silent_since = now;
        }
    }
}
