//! Requests that are asked until they are answered, and everything that may end the waiting.
//!
//! One [`trouble`] lasts from the first failure to the next good answer, and a run that was all trouble was
//! in [`vain`]; the [`clocks`] tell when the machine was asleep. Not for what is asked, nor for how it is sent (`poller.rs`, `api/exchange.rs`).

mod clocks;
mod trouble;
mod vain;

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::announce::Announcer;
use super::ending::Farewell;
use crate::api::split::Chunk;
use crate::api::{ApiError, Client, Outlet, Verdict};
use crate::error::Error;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::poller::{Poller, Step};
use crate::retry::Backoff;
use crate::signals::Signals;
use crate::stop::Stop;
use clocks::Clocks;
use trouble::Trouble;

/// How often the clocks are compared while nothing happens.
const TICK: Duration = Duration::from_secs(5);
/// Chunks that are printed still when the run is over.
const AT_THE_END: usize = 3;

/// What limits the waiting.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// When the whole run is over.
    pub deadline: Option<Instant>,
    /// How long trouble may last.
    pub give_up_after: Option<Duration>,
}

/// The way to the server through trouble.
pub struct Link {
    client: Arc<Client>,
    poller: Poller,
    outlet: Rc<Outlet>,
    signals: Signals,
    announcer: Announcer,
    limits: Limits,
    backoff: Backoff,
    trouble: Option<Trouble>,
    /// Whether there has been a queue in this run: until then every doubt about the server is final.
    established: bool,
    /// Since when an answer is overdue that should come at once.
    asked: Option<Instant>,
    clocks: Clocks,
}

impl Link {
    /// A link that has not reached anything yet, since `started`.
    pub fn new(
        client: Arc<Client>,
        poller: Poller,
        signals: Signals,
        announcer: Announcer,
        limits: Limits,
        started: Instant,
    ) -> Link {
        Link {
            client,
            poller,
            outlet: Rc::default(),
            signals,
            announcer,
            limits,
            backoff: Backoff::default(),
            trouble: Some(Trouble::unheard(started)),
            established: false,
            asked: None,
            clocks: Clocks::read(),
        }
    }

    /// The client behind it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the last request failed, or none was answered yet.
    pub fn is_troubled(&self) -> bool {
        self.trouble.is_some()
    }

    /// Asks until there is a good answer.
    pub fn persist<T>(
        &mut self,
        request: &impl AsyncFn(&Client) -> Result<T, ApiError>,
    ) -> Result<T, Stop> {
        loop {
            match self.ask(request)? {
                Ok(answer) => {
                    self.good();
                    return Ok(answer);
                }
                Err(error) => self.trouble(error)?,
            }
        }
    }

    /// Asks once for a small answer.
    pub fn ask<T>(
        &mut self,
        request: impl AsyncFnOnce(&Client) -> Result<T, ApiError>,
    ) -> Result<Result<T, ApiError>, Stop> {
        self.read(async |client, _| request(client).await, |_| Ok(()))
    }

    /// Asks once for a list that should come at once. Each chunk of it is handed to `each` as it arrives.
    pub fn read<T>(
        &mut self,
        request: impl AsyncFnOnce(&Client, &Outlet) -> Result<T, ApiError>,
        each: impl FnMut(&Chunk) -> Result<(), Stop>,
    ) -> Result<Result<T, ApiError>, Stop> {
        self.asked = Some(Instant::now());
        let answer = self.wait_for(request, each);
        self.asked = None;
        answer
    }

    /// The same for a list that may take its time.
    pub fn wait_for<T>(
        &mut self,
        request: impl AsyncFnOnce(&Client, &Outlet) -> Result<T, ApiError>,
        mut each: impl FnMut(&Chunk) -> Result<(), Stop>,
    ) -> Result<Result<T, ApiError>, Stop> {
        self.check()?;
        self.poller.catch_up();
        let (client, outlet) = (Arc::clone(&self.client), Rc::clone(&self.outlet));
        let answer = Cell::new(None);
        let mut request = pin!(async { answer.set(Some(request(&client, &outlet).await)) });
        loop {
            if let Some(answer) = answer.take() {
                return Ok(answer);
            }
            match self.time_to_wait(None) {
                Ok(within) => match self.poller.next(request.as_mut(), &outlet, within) {
                    Step::Chunk(chunk) => {
                        self.hear();
                        each(&chunk)?;
                        outlet.give_back(chunk);
                    }
                    Step::Idle if self.clocks.have_parted() => {
                        return Ok(Err(ApiError::asleep(&client.account().site)));
                    }
                    Step::Done | Step::Woken | Step::Idle => {}
                },
                Err(stop) => {
                    // What has arrived is printed still; more may follow without end.
                    for _ in 0..AT_THE_END {
                        let last = self.poller.next(request.as_mut(), &outlet, Duration::ZERO);
                        let Step::Chunk(chunk) = last else { break };
                        each(&chunk)?;
                        outlet.give_back(chunk);
                    }
                    return Err(stop);
                }
            }
        }
    }

    /// Does what is left to do at the server, whatever else happens meanwhile.
    pub fn bid(&self, farewell: &Farewell, limit: Duration) {
        self.poller.wait_for(farewell.say(limit));
    }

    /// What is said about it.
    pub fn announcer(&mut self) -> &mut Announcer {
        &mut self.announcer
    }

    /// A good answer came: whatever was wrong is over. Tells whether anything was.
    pub fn good(&mut self) -> bool {
        self.backoff.reset();
        let Some(trouble) = self.trouble.take().filter(Trouble::has_failed) else {
            return false;
        };
        if self.established {
            let site = &self.client().account().site;
            let seconds = trouble.start().elapsed().as_secs();
            let text = format!("back: {site} answers again after {seconds} s");
            self.announcer.say(trouble.level(), &text);
        }
        true
    }

    /// There is a queue: from now on trouble is waited out.
    pub fn establish(&mut self) {
        self.good();
        if !self.established {
            let text = format!("connected to {}", self.client().account().site);
            self.announcer.say(Level::Notice, &text);
        }
        self.established = true;
    }

    /// A request failed: says so, and waits until it may be tried again, or ends the run.
    pub fn trouble(&mut self, error: ApiError) -> Result<(), Stop> {
        let wait = match error.verdict() {
            Verdict::Refused | Verdict::Wrong => return Err(Stop::Failed(error.into())),
            Verdict::NotTheApi | Verdict::Untrusted if !self.established => {
                return Err(Stop::Failed(error.into()));
            }
            Verdict::Later(stay) => stay,
            _ => self.backoff.next(fastrand::f64()),
        };
        let now = Instant::now();
        let text = error.to_string();
        let trouble = self.trouble.get_or_insert_with(|| Trouble::since(now));
        let first = !trouble.has_failed();
        let level = trouble.fail(error, now);
        if self.announcer.says(level) {
            let when = match wait.as_secs_f32().ceil() {
                0.0 => "at once".to_owned(),
                seconds => format!("in {seconds} s"),
            };
            let text = format!("lost: {text}; trying again {when}");
            self.announcer.say(level, &text);
        }
        if first {
            self.announcer.record(&Record::Lost { error: text })?;
        }
        self.pause(wait)
    }

    /// Waits, unless something ends the run.
    pub fn pause(&mut self, wait: Duration) -> Result<(), Stop> {
        let until = Instant::now() + wait;
        while Instant::now() < until {
            let within = self.time_to_wait(Some(until))?;
            self.poller.wait(within);
        }
        Ok(())
    }

    /// How long to wait for the next step: until then, or for a tick.
    fn time_to_wait(&mut self, until: Option<Instant>) -> Result<Duration, Stop> {
        self.check()?;
        let now = Instant::now();
        let limits = [until, self.limits.deadline, self.gives_up_at()];
        let left = limits.into_iter().flatten();
        let left = left.map(|limit| limit.saturating_duration_since(now));
        Ok(left.fold(TICK, Duration::min))
    }

    /// Whether anything ends the run.
    fn check(&mut self) -> Result<(), Stop> {
        if let Some(signal) = self.signals.interrupt() {
            return Err(Stop::Interrupted(signal));
        }
        if self.signals.reader_is_gone() {
            return Err(Stop::ReaderGone);
        }
        let now = Instant::now();
        if self.limits.deadline.is_some_and(|deadline| now >= deadline) {
            return Err(Stop::TimedOut);
        }
        if self.gives_up_at().is_some_and(|at| now >= at) {
            let last = self.trouble.take().and_then(Trouble::into_last);
            let error = last.unwrap_or_else(|| {
                let limit = self.limits.give_up_after.unwrap_or_default();
                ApiError::silent(&self.client().account().site, limit)
            });
            return Err(Stop::Failed(Error::GaveUp(error)));
        }
        Ok(())
    }

    /// Something comes back, so the server is not out of reach.
    fn hear(&mut self) {
        let now = Instant::now();
        if let Some(trouble) = &mut self.trouble {
            trouble.hear(now);
        }
        if let Some(asked) = &mut self.asked {
            *asked = now;
        }
    }

    fn gives_up_at(&self) -> Option<Instant> {
        let since = self.trouble.as_ref().map(Trouble::start);
        since
            .or(self.asked)?
            .checked_add(self.limits.give_up_after?)
    }
}
