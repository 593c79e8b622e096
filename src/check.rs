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

use crate::api::{Account, ApiError, Client, ListOf, Me, Register, Settings, Verdict};
use crate::config::{Plan, Start};
use crate::error::{Error, Exit, Outcome};
use crate::lookup::{channels, people};
use crate::nearest::nearest;
use crate::output::meta::{self, CheckSubject, Finding, Record, Status};
use crate::output::names::MOST;
use crate::output::palette::Palette;
use crate::output::sanitize::sanitize_line;
use crate::output::sink::{Sink, WriteError};
use crate::output::text::hanging;
use crate::row::Rows;
use crate::secret::redacted;
use crate::selection::narrow::{ChannelRef, Directory, ListedChannel, Narrow, Reference};
use crate::selection::people::{PersonRef, User};
use crate::selection::{Coverage, Selection};
use crate::tail::history::for_each_query;
use crate::watch::Watch;
use crate::zone::Zone;

/// The limit of time for deleting the trial queue.
const DELETE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many of the newest messages are searched for one that matches.
const NEWEST_SEARCHED: u32 = 100;

/// Columns of status and subject, with the blanks between.
const BEFORE_TEXT: usize = 24;

/// How findings are written.
#[derive(Clone, Copy, Debug)]
pub enum ReportForm {
    /// For people.
    Text(Palette),
    /// One JSON object a line.
    Json,
}

/// Writes findings as they come, and remembers the first problem.
pub struct Report {
    form: ReportForm,
    sink: Sink,
    exit: Exit,
    /// Nothing more is written after an error.
    written: Result<(), WriteError>,
}

impl Report {
    /// A report without a finding.
    pub fn new(form: ReportForm, sink: Sink) -> Report {
        Report {
            form,
            sink,
            exit: Exit::Done,
            written: Ok(()),
        }
    }

    /// Something is as it should be.
    fn good(&mut self, subject: CheckSubject, text: &str) {
        self.write(subject, Status::Ok, text, None);
    }

    /// Something may not be as it was meant.
    fn warn(&mut self, subject: CheckSubject, text: &str, advice: Option<&str>) {
        self.write(subject, Status::Warning, text, advice);
    }

    /// Something cannot work; `exit` is what a tail would end with.
    fn problem(&mut self, subject: CheckSubject, text: &str, advice: Option<&str>, exit: Exit) {
        if self.exit == Exit::Done {
            self.exit = exit;
        }
        self.write(subject, Status::Problem, text, advice);
    }

    /// A request failed: a tail would end with it, or be waiting.
    fn failed(&mut self, subject: CheckSubject, error: ApiError) {
        let text = error.to_string();
        let exit = match error.verdict() {
            Verdict::Transient | Verdict::Later(_) => Exit::Unreachable,
            _ => Error::from(error).exit(),
        };
        self.problem(subject, &text, None, exit);
    }

    fn write(&mut self, subject: CheckSubject, status: Status, text: &str, advice: Option<&str>) {
        let finding = Finding {
            subject,
            status,
            text: redacted(text).into_owned(),
            advice: advice.map(|advice| redacted(advice).into_owned()),
        };
        let line = match self.form {
            ReportForm::Json => meta::line(&Record::Check(finding), Timestamp::now()),
            ReportForm::Text(palette) => text_line(&finding, palette, self.sink.columns()),
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
    /// What is found.
    pub report: Report,
}

/// Why a narrow never matches.
struct Fault {
    text: String,
    /// What to do about it.
    advice: Option<String>,
    /// Whether a tail would end for it, although other narrows may match.
    ends_run: bool,
}

impl Check {
    /// Tests everything that can be tested; after a problem most of the rest cannot.
    pub fn run(mut self) -> Outcome {
        let Account {
            site,
            email,
            origin,
            ..
        } = self.client.account();
        let (site, source) = (site.to_string(), format!("{origin}, account {email}"));
        self.report.good(CheckSubject::Config, &source);
        for warning in &self.warnings {
            self.report.warn(CheckSubject::Config, warning, None);
        }
        self.report.good(CheckSubject::Site, &site);
        match self.log_in() {
            Ok(me) => self.select(&me),
            Err((subject, error)) => self.report.failed(subject, error),
        }
        match self.report.written {
            Ok(()) => Outcome::Problem(self.report.exit),
            Err(error) => error.into(),
        }
    }

    /// Finds out what answers at the site, and whether it accepts the key.
    fn log_in(&mut self) -> Result<Me, (CheckSubject, ApiError)> {
        let settings = match self.watch.outside(|| self.client.settings()) {
            Ok(settings) => Some(settings),
            // Servers before 1.8 do not have this endpoint; what matters is the next request.
            Err(error) if error.verdict() == Verdict::Wrong => None,
            Err(error) => return Err((CheckSubject::Connection, error)),
        };
        let way = way_to(self.client.account());
        self.report.good(CheckSubject::Connection, &way);
        if let Some(settings) = settings {
            self.report.good(CheckSubject::Server, &server(&settings));
        }
        let me = self.watch.outside(|| self.client.me());
        let me = me.map_err(|error| (CheckSubject::Account, error))?;
        self.report.good(CheckSubject::Account, &account(&me));
        Ok(me)
    }

    /// Tests what is selected, in the name of this account.
    fn select(&mut self, me: &Me) {
        self.subscriptions(me);
        for warning in &self.plan.warnings {
            self.report.warn(CheckSubject::Selection, warning, None);
        }
        for notice in self.plan.selection.notices() {
            self.report.good(CheckSubject::Selection, &notice);
        }
        let directory = self.directory(me);
        if let Err(fault) = self.plan.selection.resolve(&directory) {
            let report = &mut self.report;
            report.problem(CheckSubject::Selection, &fault, None, Exit::Usage);
        } else {
            for selection in self.alternatives(&directory) {
                if selection.has_messages() {
                    self.history(&selection, &directory);
                }
            }
        }
        self.queue();
    }

    fn subscriptions(&mut self, me: &Me) {
        let (report, subject) = (&mut self.report, CheckSubject::Subscriptions);
        let mut number = 0;
        let count = || self.client.list(ListOf::Subscriptions, |_| number += 1);
        if let Err(error) = self.watch.outside(count) {
            return report.warn(subject, &error.to_string(), None);
        }
        let selection = &self.plan.selection;
        let who = if me.is_bot { "the bot" } else { "the account" };
        let text = match number {
            0 => format!("none: {who} receives direct messages and mentions only"),
            1 => "1 channel".to_owned(),
            _ => format!("{number} channels"),
        };
        if number == 0 && selection.has_messages() && !selection.reaches_public() {
            let advice = "subscribe it to channels, name one with --narrow (its link from the web app will do), or use --all-public";
            report.warn(subject, &text, Some(advice));
        } else {
            report.good(subject, &text);
        }
    }

    /// Reads the lists of what the narrows refer to, and only these.
    fn directory(&mut self, me: &Me) -> Directory {
        let selection = &self.plan.selection;
        let names_channels = references(selection).any(|it| matches!(it, Reference::Channel(_)));
        let names_people = selection.has_narrow(Narrow::names_people)
            || references(selection).any(|it| matches!(it, Reference::Person(_)));
        Directory {
            me: Some(me.user()),
            channels: names_channels.then(|| self.list(channels)).flatten(),
            people: names_people.then(|| self.list(people)).flatten(),
        }
    }

    /// A list of the server's. What is not on a part of a list may exist.
    fn list<T>(&mut self, list: fn(&Client) -> Result<Vec<T>, ApiError>) -> Option<Vec<T>> {
        match self.watch.outside(|| list(&self.client)) {
            Ok(list) => Some(list).filter(|list| list.len() < MOST),
            Err(error) => {
                let (report, subject) = (&mut self.report, CheckSubject::Selection);
                report.warn(subject, &error.to_string(), None);
                None
            }
        }
    }

    /// The selection with each narrow alone that can match as far as is known; without a narrow just the
    /// selection. If one of several can match, that will do, unless a tail would end for another.
    fn alternatives(&mut self, directory: &Directory) -> Vec<Selection> {
        let (report, subject) = (&mut self.report, CheckSubject::Selection);
        let selection = &self.plan.selection;
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
        if selection.narrows.is_empty() {
            alternatives.push(selection.clone());
        }
        for fault in &faults {
            let advice = fault.advice.as_deref();
            if alternatives.is_empty() || fault.ends_run {
                report.problem(subject, &fault.text, advice, Exit::Usage);
            } else {
                report.warn(subject, &fault.text, advice);
            }
        }
        // What is wrong with unknown kinds stands among the warnings.
        if faults.is_empty() && selection.has_known_kinds() {
            report.good(subject, &selection.to_string());
        }
        alternatives
    }

    /// The newest message that matches: what matched before will match again.
    fn history(&mut self, selection: &Selection, directory: &Directory) {
        let mut newest = None;
        let answer = for_each_query(selection, NEWEST_SEARCHED, |page| {
            let mut rows = Rows::default();
            self.watch.outside(|| {
                let response = self.client.messages(&page)?;
                response.for_each_chunk(|chunk| rows.add(chunk))
            })?;
            let rows = rows.rows.iter().filter(|row| row.belongs_to(selection));
            newest = newest.max(rows.filter_map(|row| row.timestamp).max());
            Ok(())
        });
        let (failure, ends_run) = match answer {
            // Old servers and guests may not read all public channels; the warning comes with the queue.
            Ok(refusals) => {
                let mut refusals = refusals.into_iter();
                let refusal = refusals.find(|refusal| refusal.coverage == Coverage::Received);
                (refusal.map(|it| it.cause), self.plan.needs_history())
            }
            Err(Outcome::Failed(error)) => (Some(error.to_string()), false),
            Err(_) => (None, false),
        };
        let narrow = match (&*self.plan.selection.narrows, &*selection.narrows) {
            ([_, _, ..], [narrow]) => format!(" {narrow}"),
            _ => String::new(),
        };
        let (report, subject) = (&mut self.report, CheckSubject::History);
        if let Some(failure) = failure {
            if ends_run {
                let text = format!("{failure}: the run would end for it");
                let advice = (!selection.narrows.is_empty()).then_some("check the spelling");
                report.problem(subject, &text, advice, Exit::Usage);
            } else {
                let text = format!("{failure}: messages that are missed cannot be fetched");
                report.warn(subject, &text, None);
            }
        } else if let Some(seconds) = newest {
            let time = Timestamp::from_second(seconds).unwrap_or_default();
            let time = self.zone.rules().to_datetime(time);
            let time = time.strftime("%Y-%m-%d %H:%M");
            let text = format!("the last message that matches{narrow} is of {time}");
            report.good(subject, &text);
        } else {
            let text = format!("none of the last {NEWEST_SEARCHED} messages there matches{narrow}");
            match spelling(selection, directory) {
                Some(advice) => report.warn(subject, &text, Some(&advice)),
                None => report.good(subject, &text),
            }
        }
    }

    /// Registers a queue as a tail would, and deletes it. Nobody interrupts that, so that no queue is left.
    fn queue(&mut self) {
        let (client, report) = (&self.client, &mut self.report);
        let (subject, selection) = (CheckSubject::Queue, &self.plan.selection);
        let mut register = Register::of(selection, self.plan.queue_ttl);
        let mut answer = client.register(&register);
        if let Err(error) = &answer
            && register.drop_public(error)
        {
            answer = client.register(&register);
            if answer.is_ok() {
                let text = "the account may not see all public channels";
                let advice = "only those that it is subscribed to can match";
                report.warn(subject, text, Some(advice));
            }
        }
        let queue = match answer {
            Ok(registered) => registered.queue,
            Err(error) => return report.failed(subject, error),
        };
        match client.delete(&queue, DELETE_TIMEOUT) {
            Ok(()) if selection.has_known_kinds() => {
                report.good(subject, "registered and deleted: events can come");
            }
            Ok(()) => report.good(subject, "registered and deleted"),
            Err(error) => {
                let text = format!("registered, but not deleted: {error}");
                report.warn(subject, &text, None);
            }
        }
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
    let name = match settings.name.as_str() {
        "" => "no name",
        name => name,
    };
    let version = &settings.version;
    match settings.feature_level {
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
    Some(if unknown.is_empty() {
        "matches are rare, or yet to come".to_owned()
    } else {
        let unknown = unknown.join(" and ");
        format!("take a link from the web app, or check the spelling of {unknown}")
    })
}

/// What the narrows of a selection refer to.
fn references(selection: &Selection) -> impl Iterator<Item = Reference<'_>> {
    selection.narrows.iter().flat_map(Narrow::references)
}

/// Why a narrow never matches: if there are several reasons, the one for which a tail would end.
fn fault(plan: &Plan, directory: &Directory, narrow: &Narrow) -> Option<Fault> {
    let contradiction = plan.never_matches(narrow).map(|text| Fault {
        text,
        advice: None,
        ends_run: false,
    });
    let faults = narrow.references().filter_map(|reference| match reference {
        Reference::Channel(channel) => no_channel(plan, directory.channels.as_deref()?, channel),
        Reference::Person(person) => nobody(plan, directory.people.as_deref()?, person),
        Reference::Topic(_) => None,
    });
    let faults = contradiction.into_iter().chain(faults);
    faults.min_by_key(|fault| !fault.ends_run)
}

/// Why nothing is to be expected of a channel; none if it is there.
fn no_channel(plan: &Plan, list: &[ListedChannel], channel: &ChannelRef) -> Option<Fault> {
    let is_it = |listed: &&ListedChannel| channel.is(Some(listed.id), &listed.name);
    let there: Vec<&ListedChannel> = list.iter().filter(is_it).collect();
    if let Some(first) = there.first() {
        let are_archived = there.iter().all(|listed| listed.is_archived);
        return (are_archived && plan.start == Start::Now).then(|| Fault {
            text: format!(
                "channel \"{}\" is archived: nothing new comes there",
                first.name
            ),
            advice: Some("its history can be read (-n, --since)".to_owned()),
            ends_run: false,
        });
    }
    let name = channel.name();
    let meant = name.and_then(|name| nearest(name, list.iter().map(|listed| &*listed.name)));
    let advice = meant.map(|meant| format!("did you mean \"{meant}\"?"));
    let name = match name {
        Some(name) => format!("\"{name}\""),
        None => format!("with id {}", channel.id.unwrap_or_default()),
    };
    Some(Fault {
        text: format!("no channel {name} that the account can see"),
        advice: advice.or_else(|| {
            Some("take its link from the web app, or check its name; a private one must be subscribed to".to_owned())
        }),
        // A server refuses to read the history of what it does not know.
        ends_run: plan.needs_history(),
    })
}

/// Why nothing is to be expected of a person; none if there is one, or none is known by that.
fn nobody(plan: &Plan, list: &[User], person: &PersonRef) -> Option<Fault> {
    let (is_there, name) = match person {
        PersonRef::Address(address) => {
            let lower = address.to_lowercase();
            let is_there = list.iter().any(|user| user.address.to_lowercase() == lower);
            (is_there, format!("the address {address} in messages"))
        }
        PersonRef::Id(id) => {
            let is_there = list.iter().any(|user| user.id == *id);
            (is_there, format!("the user id {id}"))
        }
        _ => return None,
    };
    if is_there {
        return None;
    }
    // Servers that hide addresses write `user8@chat.example.com` in their place.
    let is_hidden = |user: &&User| user.address.starts_with(&format!("user{}@", user.id));
    let shown = list.iter().filter(|user| !is_hidden(user));
    let meant = person
        .address()
        .and_then(|address| nearest(address, shown.map(|user| &*user.address)));
    let advice = match meant {
        Some(meant) => format!("did you mean {meant}?"),
        None if list.iter().any(|user| is_hidden(&user)) => {
            "this server hides addresses: write the name (sender:\"Ada Lovelace\") or the user id"
                .to_owned()
        }
        None => "it need not be the login address; a name or a user id works as well".to_owned(),
    };
    Some(Fault {
        text: format!("nobody has {name}"),
        advice: Some(advice),
        ends_run: plan.needs_history(),
    })
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
