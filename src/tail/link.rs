//! Requests that are asked until they are answered, and everything that may end the waiting.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::announce::Announcer;
use super::clocks::Clocks;
use super::{Farewell, Stop};
use crate::api::scan::Chunk;
use crate::api::{ApiError, Client, Outlet, Verdict};
use crate::error::Error;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::poller::{Poller, Step};
use crate::retry::Backoff;
use crate::signals::Signals;

/// How often the clocks are compared while nothing happens.
const TICK: Duration = Duration::from_secs(5);
/// Trouble that lasts longer is said even where nobody watches.
const PATIENCE: Duration = Duration::from_mins(1);
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

/// Since when, and how, the server is out of reach.
struct Trouble {
    since: Instant,
    last: Option<ApiError>,
    warned: bool,
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
            trouble: Some(Trouble {
                since: started,
                last: None,
                warned: false,
            }),
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
            match self.ask(async |client, _| request(client).await, |_| Ok(()))? {
                Ok(answer) => {
                    self.good();
                    return Ok(answer);
                }
                Err(error) => self.trouble(error)?,
            }
        }
    }

    /// Asks once for an answer that should come at once. Each chunk of it is handed to `each` as it
    /// arrives.
    pub fn ask<T>(
        &mut self,
        request: impl AsyncFnOnce(&Client, &Outlet) -> Result<T, ApiError>,
        each: impl FnMut(&Chunk) -> Result<(), Stop>,
    ) -> Result<Result<T, ApiError>, Stop> {
        self.asked = Some(Instant::now());
        let answer = self.wait_for(request, each);
        self.asked = None;
        answer
    }

    /// The same for an answer that may take its time.
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
        let Some(trouble) = self.trouble.take() else {
            return false;
        };
        if self.established && trouble.last.is_some() {
            let site = &self.client().account().site;
            let seconds = trouble.since.elapsed().as_secs();
            let text = format!("back: {site} answers again after {seconds} s");
            self.announcer.say(said(trouble.warned), &text);
        }
        trouble.last.is_some()
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
        let reached = error.is_rate_limit();
        let trouble = self.trouble.get_or_insert(Trouble {
            since: now,
            last: None,
            warned: false,
        });
        if reached {
            trouble.since = now;
        }
        let first = trouble.last.is_none();
        // Once is enough: a server that limits the rate may do so for hours.
        let due = (reached || trouble.since.elapsed() >= PATIENCE) && !trouble.warned;
        trouble.warned |= due;
        let level = match (first, due) {
            (_, true) => Level::Warning,
            (true, false) => Level::Notice,
            (false, false) => Level::Detail,
        };
        if self.announcer.says(level) {
            let when = match wait.as_secs_f32().ceil() {
                0.0 => "at once".to_owned(),
                seconds => format!("in {seconds} s"),
            };
            let text = format!("lost: {error}; trying again {when}");
            self.announcer.say(level, &text);
        }
        if first {
            let error = error.to_string();
            self.announcer.record(&Record::Lost { error })?;
        }
        trouble.last = Some(error);
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
            let last = self.trouble.take().and_then(|trouble| trouble.last);
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
            trouble.since = now;
        }
        if let Some(asked) = &mut self.asked {
            *asked = now;
        }
    }

    fn gives_up_at(&self) -> Option<Instant> {
        let since = self.trouble.as_ref().map(|trouble| trouble.since);
        since
            .or(self.asked)?
            .checked_add(self.limits.give_up_after?)
    }
}

fn said(warned: bool) -> Level {
    if warned {
        Level::Warning
    } else {
        Level::Notice
    }
}
