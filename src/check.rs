//! `--check`: logs in and reports line by line what a tail with the same options would find.
//!
//! A line is `ok       account        Tail Bot (bot, user id 12, …)`, or with `-o json`
//! `{"type":"wyzepal_tail","op":"check","time":…,"subject":"account","status":"ok","text":"…"}`; `advice` is
//! there where something is to be done. Reads only, but for one queue that is registered and deleted. Nothing
//! is tried twice: a check reports how things are now.

use std::iter;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::{Account, Anchor, ApiError, Client, ListOf, Register, Settings, Verdict};
use crate::config::{Plan, Start};
use crate::error::{Error, Exit, Outcome};
use crate::listed::{Listed, MOST};
use crate::nearest::nearest;
use crate::output::meta::{self, CheckSubject, Finding, Record, Status};
use crate::output::palette::Palette;
use crate::output::sanitize::sanitize_line;
use crate::output::sink::{Sink, WriteError};
use crate::output::text::hanging;
use crate::row::{HistoryRow, row};
use crate::secret::redacted;
use crate::selection::narrow::{ChannelRef, Directory, Narrow, Reference};
use crate::selection::people::PersonRef;
use crate::selection::{Coverage, Selection};
use crate::watch::Watch;
use crate::zone::Zone;

/// The limit of time for deleting the trial queue.
const DELETE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many of the newest messages are searched for one that matches.
const NEWEST_SEARCHED: u32 = 100;

/// Columns of status and subject, with the blanks between.
const BEFORE_TEXT: usize = 24;

/// What was found: whether it works, in words, and what to do about it.
struct Found(Status, String, Option<String>);

/// Something is as it should be.
fn good(text: impl Into<String>) -> Found {
    Found(Status::Ok, text.into(), None)
}

/// Something may not be as it was meant.
fn warning(text: impl Into<String>, advice: Option<&str>) -> Found {
    Found(Status::Warning, text.into(), advice.map(str::to_owned))
}

/// Something cannot work.
fn problem(text: impl Into<String>, advice: Option<&str>) -> Found {
    Found(Status::Problem, text.into(), advice.map(str::to_owned))
}

/// Writes what is found as it comes, and remembers the first problem.
pub struct Report {
    /// None: one JSON object a line.
    palette: Option<Palette>,
    sink: Sink,
    exit: Exit,
    /// Nothing more is written after an error.
    written: Result<(), WriteError>,
}

impl Report {
    /// A report without a finding: for people with a palette, else in JSON.
    pub fn new(palette: Option<Palette>, sink: Sink) -> Report {
        Report {
            palette,
            sink,
            exit: Exit::Done,
            written: Ok(()),
        }
    }

    /// There is no account that could be tested: a tail would end with it.
    pub fn without_account(mut self, error: &Error, warnings: &[String]) -> Outcome {
        self.exit = error.exit();
        self.warn(warnings);
        self.add(CheckSubject::Config, problem(error.to_string(), None));
        self.ended()
    }

    fn warn(&mut self, warnings: &[String]) {
        for text in warnings {
            self.add(CheckSubject::Config, warning(text, None));
        }
    }

    fn ended(self) -> Outcome {
        match self.written {
            Ok(()) => Outcome::Ended(self.exit),
            Err(error) => error.into(),
        }
    }

    /// A request failed: a tail would end with it, or be waiting.
    fn fail(&mut self, subject: CheckSubject, error: ApiError) {
        let waits = matches!(error.verdict(), Verdict::Transient | Verdict::Later(_));
        let text = error.to_string();
        let advice = match subject {
            // Some texts have an advice of their own.
            CheckSubject::Connection if waits && text.contains("; ") => {
                Some("a tail would try again")
            }
            CheckSubject::Connection if waits => Some(
                "a tail would try again; if it should be there, check host and port of the site",
            ),
            _ => None,
        };
        let found = problem(text, advice);
        if self.exit == Exit::Done {
            self.exit = if waits {
                Exit::Unreachable
            } else {
                Error::from(error).exit()
            };
        }
        self.add(subject, found);
    }

    fn add(&mut self, subject: CheckSubject, Found(status, text, advice): Found) {
        if status == Status::Problem && self.exit == Exit::Done {
            self.exit = Exit::Usage;
        }
        let finding = Finding {
            subject,
            status,
            // Before it is folded: a row may end within a key.
            text: redacted(&text).into_owned(),
            advice: advice.map(|advice| redacted(&advice).into_owned()),
        };
        let line = match self.palette {
            Some(palette) => text_line(&finding, palette, self.sink.columns()),
            None => meta::line(&Record::Check(finding), Timestamp::now()),
        };
        if self.written.is_ok() {
            self.written = self.sink.write(line.as_bytes());
        }
    }
}

/// A finding in columns; on a terminal its text is folded within the last one.
fn text_line(finding: &Finding, palette: Palette, width: Option<usize>) -> String {
    let ink = match finding.status {
        Status::Ok => palette.good(),
        Status::Warning => palette.warning(),
        Status::Problem => palette.error(),
    };
    let status = ink.paint(&format!("{:<7}", word(finding.status)));
    let subject = word(finding.subject);
    let parts = iter::once(&finding.text).chain(&finding.advice);
    let parts: Vec<_> = parts.map(|part| sanitize_line(part)).collect();
    let text = parts.join("; ");
    let text = match width {
        Some(width) => hanging(&text, width, BEFORE_TEXT, BEFORE_TEXT),
        None => text,
    };
    format!("{status}  {subject:<13}  {text}\n")
}

/// The word that JSON has for a status or a subject.
fn word(value: impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

/// A check and what it begins with.
pub struct Check {
    /// What a tail would do.
    pub plan: Plan,
    /// What the user should know about the account's data.
    pub warnings: Vec<String>,
    /// The account at the server.
    pub client: Client,
    /// What may end it.
    pub watch: Watch,
    /// The zone of times.
    pub zone: Zone,
}

impl Check {
    /// Tests everything that can be tested; without the account most cannot.
    pub fn run(mut self, mut report: Report) -> Outcome {
        let Account {
            site,
            email,
            origin,
            ..
        } = self.client.account();
        report.add(
            CheckSubject::Config,
            good(format!("{origin}, account {email}")),
        );
        report.warn(&self.warnings);
        report.add(CheckSubject::Site, good(site.to_string()));
        if let Err((subject, error)) = self.log_in(&mut report) {
            report.fail(subject, error);
        }
        report.ended()
    }

    /// Finds out what answers at the site, and whether it accepts the key. Only then the rest is tested.
    fn log_in(&mut self, report: &mut Report) -> Result<(), (CheckSubject, ApiError)> {
        let settings = match self.watch.outside(|| self.client.settings()) {
            Ok(settings) => Some(settings),
            // Servers before 1.8 do not have this endpoint; what matters is the next request.
            Err(error) if error.verdict() == Verdict::Wrong => None,
            Err(error) => return Err((CheckSubject::Connection, error)),
        };
        report.add(
            CheckSubject::Connection,
            good(way_to(self.client.account())),
        );
        if let Some(settings) = settings {
            report.add(CheckSubject::Server, good(server(&settings)));
        }
        let me = self.watch.outside(|| self.client.me());
        let me = me.map_err(|error| (CheckSubject::Account, error))?;
        report.add(CheckSubject::Account, good(account(&me)));
        report.add(CheckSubject::Subscriptions, self.subscriptions(&me));
        self.select(&me, report);
        self.queue(report);
        Ok(())
    }

    fn subscriptions(&self, me: &Listed) -> Found {
        let list = || self.client.list(ListOf::Subscriptions);
        let number = match self.watch.outside(list) {
            Ok(list) => list.len(),
            Err(error) => return warning(error.to_string(), None),
        };
        let selection = &self.plan.selection;
        let who = if me.is_bot == Some(true) {
            "the bot"
        } else {
            "the account"
        };
        let text = match number {
            0 => format!("none: {who} receives direct messages and mentions only"),
            1 => "1 channel".to_owned(),
            _ => format!("{number} channels"),
        };
        if number == 0 && selection.has_messages() && !selection.reaches_public() {
            let advice = "subscribe it to channels, name one with --narrow (its link from the web app will do), or use --all-public";
            warning(text, Some(advice))
        } else {
            good(text)
        }
    }

    /// Tests what is selected, in the name of this account.
    fn select(&mut self, me: &Listed, report: &mut Report) {
        let subject = CheckSubject::Selection;
        for text in &self.plan.warnings {
            report.add(subject, warning(text, None));
        }
        for notice in self.plan.selection.notices() {
            report.add(subject, good(notice));
        }
        let directory = self.directory(me, report);
        if let Err(fault) = self.plan.selection.resolve(&directory) {
            return report.add(subject, problem(fault, None));
        }
        let (alternatives, faults) = self.alternatives(&directory);
        // What is wrong with unknown kinds stands among the warnings.
        if faults.is_empty() && self.plan.selection.has_known_kinds() {
            report.add(subject, good(self.plan.selection.to_string()));
        }
        for fault in faults {
            report.add(subject, fault);
        }
        for selection in alternatives.iter().filter(|it| it.has_messages()) {
            report.add(CheckSubject::History, self.history(selection, &directory));
        }
    }

    /// Reads the lists of what the narrows refer to, and only these.
    fn directory(&self, me: &Listed, report: &mut Report) -> Directory {
        let selection = &self.plan.selection;
        let names_channels = references(selection).any(|it| matches!(it, Reference::Channel(_)));
        let names_people = selection.has_narrow(Narrow::names_people)
            || references(selection).any(|it| matches!(it, Reference::Person(_)));
        Directory {
            me: Some(PersonRef::Known(me.clone())),
            channels: names_channels
                .then(|| self.list(ListOf::Channels, report))
                .flatten(),
            people: names_people
                .then(|| self.list(ListOf::People, report))
                .flatten(),
        }
    }

    /// A list of the server's. What is not on a part of a list may exist.
    fn list(&self, list: ListOf, report: &mut Report) -> Option<Vec<Listed>> {
        match self.watch.outside(|| self.client.list(list)) {
            Ok(list) => Some(list).filter(|list| list.len() < MOST),
            Err(error) => {
                report.add(CheckSubject::Selection, warning(error.to_string(), None));
                None
            }
        }
    }

    /// The selection with each narrow alone that can match as far as is known, and what is wrong with the others;
    /// without a narrow just the selection. If one of several can match, that will do, unless a tail would end for
    /// another.
    fn alternatives(&self, directory: &Directory) -> (Vec<Selection>, Vec<Found>) {
        let selection = &self.plan.selection;
        if selection.narrows.is_empty() {
            return (vec![selection.clone()], Vec::new());
        }
        let (mut alternatives, mut faults) = (Vec::new(), Vec::new());
        for narrow in &selection.narrows {
            match fault(&self.plan, directory, narrow) {
                Some(fault) => faults.push(fault),
                None => alternatives.push(Selection {
                    narrows: vec![narrow.clone()],
                    ..selection.clone()
                }),
            }
        }
        if alternatives.is_empty() {
            for fault in &mut faults {
                fault.0 = Status::Problem;
            }
        }
        (alternatives, faults)
    }

    /// The newest message that matches: what matched before will match again.
    fn history(&self, selection: &Selection, directory: &Directory) -> Found {
        let newest = match self.newest(selection) {
            Ok(newest) => newest,
            Err(error) if self.plan.needs_history() && error.is_bad_request() => {
                let advice = (!selection.narrows.is_empty()).then_some("check the spelling");
                return problem(format!("{error}: the run would end for it"), advice);
            }
            Err(error) => {
                let text = format!("{error}: messages that are missed cannot be fetched");
                return warning(text, None);
            }
        };
        let narrow = match (&*self.plan.selection.narrows, &*selection.narrows) {
            ([_, _, ..], [narrow]) => format!(" {narrow}"),
            _ => String::new(),
        };
        if let Some(seconds) = newest {
            let time = Timestamp::from_second(seconds).unwrap_or_default();
            let time = self.zone.rules().to_datetime(time);
            let time = time.strftime("%Y-%m-%d %H:%M");
            return good(format!(
                "the last message that matches{narrow} is of {time}"
            ));
        }
        let text = format!("none of the last {NEWEST_SEARCHED} messages there matches{narrow}");
        match spelling(selection, directory) {
            Some(advice) => warning(text, Some(&advice)),
            None => good(text),
        }
    }

    /// When the newest message that matches was sent, in seconds since 1970.
    fn newest(&self, selection: &Selection) -> Result<Option<i64>, ApiError> {
        let (mut newest, mut answered, mut refusal) = (None, false, None);
        for mut query in selection.history_queries() {
            let mut found: Vec<HistoryRow> = Vec::new();
            let answer = loop {
                let answer = self.watch.outside(|| {
                    let newest = Anchor::Newest;
                    let response = self.client.messages(&query, newest, NEWEST_SEARCHED, 0)?;
                    response.for_each(|element| found.extend(row(element.text)))
                });
                let is_refused = answer.as_ref().is_err_and(ApiError::is_bad_request);
                if !(is_refused && query.simplify()) {
                    break answer;
                }
            };
            let found = found.iter().filter(|row| row.belongs_to(selection));
            newest = newest.max(found.filter_map(|row| row.timestamp).max());
            match answer {
                Ok(()) => answered |= query.coverage == Coverage::Received,
                // Old servers and guests may not read all public channels; the warning comes with the queue.
                Err(_) if query.coverage == Coverage::Public => {}
                Err(error) => refusal = Some(error),
            }
        }
        match refusal {
            // Of what a name may mean one is enough.
            Some(error) if !answered || !error.is_bad_request() => Err(error),
            _ => Ok(newest),
        }
    }

    /// Registers a queue as a tail would, and deletes it. Nobody interrupts that, so that no queue is left.
    fn queue(&self, report: &mut Report) {
        let (subject, selection) = (CheckSubject::Queue, &self.plan.selection);
        let mut register = Register::of(selection, self.plan.queue_ttl);
        let mut answer = self.client.register(&register);
        if let Err(error) = &answer
            && register.drop_public(error)
        {
            answer = self.client.register(&register);
            if answer.is_ok() {
                let text = "the account may not see all public channels";
                let advice = "only those that it is subscribed to can match";
                report.add(subject, warning(text, Some(advice)));
            }
        }
        let queue = match answer {
            Ok(registered) => registered.queue,
            Err(error) => return report.fail(subject, error),
        };
        let found = match self.client.delete(&queue, DELETE_TIMEOUT) {
            Ok(()) => good("registered and deleted"),
            Err(error) => warning(format!("registered, but not deleted: {error}"), None),
        };
        report.add(subject, found);
    }
}

/// How a server is reached that has answered.
fn way_to(account: &Account) -> String {
    let Account {
        site, tls, proxy, ..
    } = account;
    let way = match &tls.cert_bundle {
        _ if !site.is_https() => "http, not encrypted".to_owned(),
        _ if tls.insecure => "https, certificate not checked (insecure)".to_owned(),
        Some(bundle) => format!("https, certificate trusted by {}", bundle.display()),
        None => "https, certificate trusted by this system's CAs".to_owned(),
    };
    match proxy {
        Some(proxy) => format!("{way}, by the proxy {proxy}"),
        None => way,
    }
}

fn server(settings: &Settings) -> String {
    let Settings { name, version, .. } = settings;
    match settings.feature_level {
        0 => format!("{name}, version {version}"),
        level => format!("{name}, version {version}, feature level {level}"),
    }
}

fn account(me: &Listed) -> String {
    let Listed {
        id, name, address, ..
    } = me;
    let kind = if me.is_bot == Some(true) {
        "bot"
    } else {
        "no bot"
    };
    format!("{name} ({kind}, user id {id}, {address} in messages)")
}

/// What the narrows of a selection refer to.
fn references(selection: &Selection) -> impl Iterator<Item = Reference<'_>> {
    selection.narrows.iter().flat_map(Narrow::references)
}

/// What to check in a narrow that matched nothing; what names nothing cannot be misspelt.
fn spelling(selection: &Selection, directory: &Directory) -> Option<String> {
    references(selection).next()?;
    let unknown = references(selection).filter_map(|reference| match reference {
        Reference::Topic(topic) => topic.readings().next(),
        Reference::Channel(channel) if directory.channels.is_none() => channel.only_name(),
        Reference::Person(person) if directory.people.is_none() => person.address(),
        Reference::Channel(_) | Reference::Person(_) => None,
    });
    let unknown: Vec<String> = unknown.map(|name| format!("\"{name}\"")).collect();
    Some(match unknown.join(" and ") {
        unknown if unknown.is_empty() => "matches are rare, or yet to come".to_owned(),
        unknown => format!("take a link from the web app, or check the spelling of {unknown}"),
    })
}

/// Why a narrow never matches: if there are several reasons, the one for which a tail would end although other narrows
/// may match.
fn fault(plan: &Plan, directory: &Directory, narrow: &Narrow) -> Option<Found> {
    let contradiction = plan.never_matches(narrow).map(|text| warning(text, None));
    let faults = narrow.references().filter_map(|reference| {
        let (text, advice) = match reference {
            Reference::Channel(channel) => {
                let list = directory.channels.as_deref()?;
                let is_it = |listed: &&Listed| channel.is(Some(listed.id), &listed.name);
                let there: Vec<_> = list.iter().filter(is_it).collect();
                if let Some(first) = there.first() {
                    let is_archived = there.iter().all(|listed| listed.is_archived == Some(true));
                    return (is_archived && plan.start == Start::Now).then(|| archived(first));
                }
                no_channel(list, channel)
            }
            Reference::Person(person) => nobody(directory.people.as_deref()?, person)?,
            Reference::Topic(_) => return None,
        };
        // A server refuses to read the history of what it does not know.
        let found = if plan.needs_history() {
            problem
        } else {
            warning
        };
        Some(found(text, Some(&advice)))
    });
    let faults = contradiction.into_iter().chain(faults);
    faults.min_by_key(|Found(status, ..)| *status != Status::Problem)
}

/// That nothing new comes in a channel.
fn archived(channel: &Listed) -> Found {
    let text = format!(
        "channel \"{}\" is archived: nothing new comes there",
        channel.name
    );
    warning(text, Some("its history can be read (-n, --since)"))
}

/// That there is no such channel, and what to do.
fn no_channel(list: &[Listed], channel: &ChannelRef) -> (String, String) {
    let Some(name) = channel.name() else {
        let id = channel.id.unwrap_or_default();
        return (
            format!("no channel with id {id} that the account can see"),
            "check the id; a private one must be subscribed to".to_owned(),
        );
    };
    let advice = match nearest(name, list.iter().map(|listed| &*listed.name)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => {
            "take its link from the web app, or check its name; a private one must be subscribed to"
                .to_owned()
        }
    };
    let text = format!("no channel \"{name}\" that the account can see");
    (text, advice)
}

/// That there is nobody by that, and what to do; none if somebody is there, or may be.
fn nobody(list: &[Listed], person: &PersonRef) -> Option<(String, String)> {
    let name = match person {
        PersonRef::Address(address) => format!("the address {address} in messages"),
        PersonRef::Id(id) => format!("the user id {id}"),
        PersonRef::Known(_) | PersonRef::Me | PersonRef::Name(_) => return None,
    };
    if list
        .iter()
        .any(|listed| person.is_same(&PersonRef::Known(listed.clone())))
    {
        return None;
    }
    // Servers that hide addresses write `user8@chat.example.com` in their place.
    let is_hidden = |user: &&Listed| user.address.starts_with(&format!("user{}@", user.id));
    let shown = list.iter().filter(|user| !is_hidden(user));
    let shown = shown.map(|user| &*user.address);
    let meant = person.address().and_then(|address| nearest(address, shown));
    let advice = match meant {
        Some(meant) => format!("did you mean {meant}?"),
        None if person.address().is_none() => {
            "take it from the profile in the web app, or write the name".to_owned()
        }
        None if list.iter().any(|user| is_hidden(&user)) => {
            "this server hides addresses: write the name (sender:\"Ada Lovelace\") or the user id"
                .to_owned()
        }
        None => "it need not be the login address; a name or a user id works as well".to_owned(),
    };
    Some((format!("nobody has {name}"), advice))
}

#[cfg(test)]
mod tests {
    use super::text_line;
    use crate::output::meta::{CheckSubject, Finding, Record, Status, line};
    use crate::output::palette::{Color, Palette};
    use jiff::Timestamp;

    #[test]
    fn a_finding_is_one_line_in_either_form() {
        let finding = Finding {
            subject: CheckSubject::Subscriptions,
            status: Status::Warning,
            text: "no\u{9b}ne\n".to_owned(),
            advice: Some("subscribe".to_owned()),
        };
        for (width, expected) in [
            (None, "warning  subscriptions  no\\u{9b}ne⏎; subscribe\n"),
            (
                Some(36),
                "warning  subscriptions  no\\u{9b}ne⏎;\n                        subscribe\n",
            ),
        ] {
            let line = text_line(&finding, Palette::new(Color::Off), width);
            assert_eq!(line, expected);
        }
        let json = line(&Record::Check(finding), Timestamp::UNIX_EPOCH);
        let start = r#"{"type":"wyzepal_tail","time":"1970-01-01T00:00:00Z","op":"check","#;
        let rest = json.strip_prefix(start).unwrap();
        assert_eq!(
            rest,
            "\"subject\":\"subscriptions\",\"status\":\"warning\",\"text\":\"no\u{9b}ne\\n\",\"advice\":\"subscribe\"}\n"
        );
    }
}
