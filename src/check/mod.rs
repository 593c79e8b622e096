//! `--check`: logs in and says line by line what a tail with the same options would find.
//!
//! [`matching`] says whether the selection can match what there is ([`directory`]), [`history`] when it did
//! last, [`report`] prints what was found. Reads only, but for one queue that is registered and deleted.
//! Nothing is tried twice: a check says how things are now. Not for tailing (`tail`). The endpoints are those
//! of `api`.

mod directory;
mod history;
mod matching;
mod report;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::api::{Account, ApiError, Client, List, Me, Register, Settings, Verdict};
use crate::config::Plan;
use crate::error::{Error, Exit};
use crate::event::QueueId;
use crate::output::meta::Subject;
use crate::watch::{Cleanup, Ending, Watch};
pub use report::{Form, Report};

/// How long the deletion of the trial queue may take.
const DELETE: Duration = Duration::from_secs(10);

/// What is known without asking the server.
pub struct Parts {
    /// What a tail would do.
    pub plan: Plan,
    /// Where the account's data are from, and its address, in words.
    pub source: String,
    /// What was odd about them.
    pub warnings: Vec<String>,
    /// The account at the server.
    pub client: Client,
    /// What may end it.
    pub watch: Watch,
    /// The zone of times.
    pub zone: TimeZone,
}

/// The queue that is registered for a trial, until it is deleted.
struct TrialQueue {
    client: Client,
    queue: Mutex<Option<QueueId>>,
}

impl TrialQueue {
    fn set(&self, queue: Option<QueueId>) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = queue;
    }
}

impl Cleanup for TrialQueue {
    fn clean_up(&self, ending: &Ending) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = &*queue {
            // The server forgets it by itself in the end.
            let _ = self.client.delete(queue, ending.time_left());
        }
    }
}

/// Looks at everything that can be looked at; what comes after a problem mostly cannot.
pub fn check(mut parts: Parts, report: &mut Report) -> Result<(), Error> {
    report.good(Subject::Config, &parts.source)?;
    for warning in &parts.warnings {
        report.doubt(Subject::Config, warning, None)?;
    }
    let site = &parts.client.account().site;
    report.good(Subject::Site, site.to_string())?;
    let Some(me) = log_in(&parts, report)? else {
        return Ok(());
    };
    parts.plan.selection.resolve_me(me.user_id, &me.email);
    subscriptions(&parts, report, &me)?;
    let outlook = matching::selection(&parts, report)?;
    if !outlook.alternatives.is_empty() {
        history::history(&parts, &outlook, report)?;
    }
    queue(&parts, report)
}

/// Finds out what answers at the site, and whether it takes the key. None: it does not.
fn log_in(parts: &Parts, report: &mut Report) -> Result<Option<Me>, Error> {
    let Parts { client, watch, .. } = parts;
    match watch.outside(|| client.settings()) {
        Ok(settings) => {
            connection(client, report)?;
            report.good(Subject::Server, server(&settings))?;
        }
        // Servers before 1.8 do not have it to ask for; what matters is the next request.
        Err(error) if error.verdict() == Verdict::Wrong => connection(client, report)?,
        Err(error) => {
            failed(report, Subject::Connection, error)?;
            return Ok(None);
        }
    }
    match watch.outside(|| client.me()) {
        Ok(me) => {
            report.good(Subject::Account, account(&me))?;
            Ok(Some(me))
        }
        Err(error) => {
            failed(report, Subject::Account, error)?;
            Ok(None)
        }
    }
}

/// The server answered: so the way there is good.
fn connection(client: &Client, report: &mut Report) -> Result<(), Error> {
    let Account { site, tls, .. } = client.account();
    let subject = Subject::Connection;
    if !site.is_https() {
        return report.good(subject, "http, not encrypted");
    }
    match &tls.cert_bundle {
        _ if tls.insecure => report.good(subject, "https, certificate not checked (insecure)"),
        Some(bundle) => {
            let text = format!("https, certificate trusted by {}", bundle.display());
            report.good(subject, text)
        }
        None => report.good(subject, "https, certificate trusted by this system's CAs"),
    }
}

fn server(settings: &Settings) -> String {
    let Settings {
        name,
        version,
        feature_level,
    } = settings;
    let name = if name.is_empty() { "no name" } else { name };
    match feature_level {
        0 => format!("{name}, version {version}"),
        level => format!("{name}, version {version}, feature level {level}"),
    }
}

fn account(me: &Me) -> String {
    let kind = if me.is_bot { "bot" } else { "no bot" };
    format!(
        "{} ({kind}, user id {}, {} in messages)",
        me.name, me.user_id, me.email
    )
}

/// A request that failed: with what a tail would end, or be waiting for.
fn failed(report: &mut Report, subject: Subject, error: ApiError) -> Result<(), Error> {
    let (text, remedy) = (error.to_string(), error.remedy());
    let exit = match error.verdict() {
        Verdict::Transient | Verdict::Later(_) => Exit::Unreachable,
        _ => Error::from(error).exit(),
    };
    report.problem(subject, text, remedy, exit)
}

fn subscriptions(parts: &Parts, report: &mut Report, me: &Me) -> Result<(), Error> {
    let subject = Subject::Subscriptions;
    let mut number = 0;
    let list = || parts.client.list(List::Subscriptions, |_| number += 1);
    let answer = parts.watch.outside(list);
    match answer {
        Ok(()) if number > 0 => {
            let channels = if number == 1 { "channel" } else { "channels" };
            report.good(subject, format!("{number} {channels}"))
        }
        Ok(()) => {
            let who = if me.is_bot { "the bot" } else { "the account" };
            let text = format!("none: {who} receives direct messages and mentions only");
            let selection = &parts.plan.selection;
            if selection.has_messages() && !selection.reaches_public() {
                let advice =
                    "subscribe it to channels, name one with --narrow, or use --all-public";
                report.doubt(subject, text, Some(advice))
            } else {
                report.good(subject, text)
            }
        }
        Err(error) => report.doubt(subject, error.to_string(), None),
    }
}

/// Registers a queue as a tail would, and deletes it.
fn queue(parts: &Parts, report: &mut Report) -> Result<(), Error> {
    let subject = Subject::Queue;
    let Parts {
        plan,
        client,
        watch,
        ..
    } = parts;
    let trial = Arc::new(TrialQueue {
        client: client.clone(),
        queue: Mutex::default(),
    });
    watch.set_cleanup(trial.clone());
    let try_to = |register: &Register| {
        let registered = client.register(register)?;
        trial.set(Some(registered.queue.clone()));
        Ok(registered)
    };
    let mut register = Register::of(&plan.selection, plan.queue_ttl);
    let mut answer = watch.outside(|| try_to(&register));
    if let Err(error) = &answer
        && register.ask_for_less(&plan.selection, error)
    {
        answer = watch.outside(|| try_to(&register));
        if answer.is_ok() {
            let text = "the account may not see all public channels";
            let advice = "only those that it is subscribed to can match";
            report.doubt(subject, text, Some(advice))?;
        }
    }
    let queue = match answer {
        Ok(registered) => registered.queue,
        Err(error) => return failed(report, subject, error),
    };
    let deleted = watch.outside(|| client.delete(&queue, DELETE));
    trial.set(None);
    match deleted {
        Ok(()) if plan.selection.has_known_kinds() => {
            report.good(subject, "registered and deleted: events can come")
        }
        Ok(()) => report.good(subject, "registered and deleted"),
        Err(error) => report.doubt(
            subject,
            format!("registered, but not deleted: {error}"),
            None,
        ),
    }
}
