//! `--check`: logs in and reports line by line what a tail with the same options would find.
//!
//! A line is `ok       account        Tail Bot (bot, user id 12, …)`, or with `-o json`
//! `{"type":"wyzepal_tail","op":"check","time":…,"subject":"account","status":"ok","text":"…"}`; `advice` is
//! there where something is to be done. Reads only, but for one queue that is registered and deleted. Nothing
//! is tried twice: a check reports how things are now.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::{Account, ApiError, Client, ListOf, Me, PageQuery, Register, Settings, Verdict};
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
use crate::row::{HistoryRow, Rows};
use crate::secret::redacted;
use crate::selection::narrow::{ChannelRef, Directory, ListedChannel, Narrow, Reference};
use crate::selection::people::{PersonRef, User};
use crate::selection::{Coverage, Selection};
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
        let (text, remedy) = (error.to_string(), error.remedy());
        let exit = match error.verdict() {
            Verdict::Transient | Verdict::Later(_) => Exit::Unreachable,
            _ => Error::from(error).exit(),
        };
        self.problem(subject, &text, remedy, exit);
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
    let parts = [Some(&finding.text), finding.advice.as_ref()];
    let parts: Vec<_> = parts
        .into_iter()
        .flatten()
        .map(|part| sanitize_line(part))
        .collect();
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
    /// Where the account's data are from, and its address, in words.
    pub source: String,
    /// What the user should know about them.
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

impl Fault {
    /// One that a tail would live with.
    fn new(text: String, advice: Option<&str>) -> Fault {
        Fault {
            text,
            advice: advice.map(str::to_owned),
            ends_run: false,
        }
    }
}

impl Check {
    /// Tests everything that can be tested; after a problem most of the rest cannot.
    pub fn run(mut self) -> Outcome {
        self.report.good(CheckSubject::Config, &self.source);
        for warning in &self.warnings {
            self.report.warn(CheckSubject::Config, warning, None);
        }
        let site = self.client.account().site.to_string();
        self.report.good(CheckSubject::Site, &site);
        match self.log_in() {
            Ok(me) => self.select(&me),
            Err((subject, error)) => self.report.failed(subject, error),
        }
        match self.report.written {
            Ok(()) => Outcome::Ended(self.report.exit),
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
            let alternatives = self.alternatives(&directory);
            if !alternatives.is_empty() && self.plan.selection.has_messages() {
                self.history(&alternatives, &directory);
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

    /// Reads the lists of what the narrows refer to, and only these. What is not on a part of a list may exist.
    fn directory(&mut self, me: &Me) -> Directory {
        let selection = &self.plan.selection;
        let refers = |is_listed: fn(&Reference) -> bool| {
            references(selection).any(|reference| is_listed(&reference))
        };
        let names_people = selection.has_narrow(Narrow::names_people)
            || refers(|reference| matches!(reference, Reference::Person(_)));
        let names_channels = refers(|reference| matches!(reference, Reference::Channel(_)));
        let (client, watch, report) = (&self.client, &self.watch, &mut self.report);
        let mut warn =
            |error: ApiError| report.warn(CheckSubject::Selection, &error.to_string(), None);
        let channels = names_channels
            .then(|| watch.outside(|| channels(client)).map_err(&mut warn).ok())
            .flatten();
        let people = names_people
            .then(|| watch.outside(|| people(client)).map_err(&mut warn).ok())
            .flatten();
        Directory {
            me: Some(me.user()),
            people: people.filter(|list| list.len() < MOST),
            channels: channels.filter(|list| list.len() < MOST),
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
    fn history(&mut self, alternatives: &[Selection], directory: &Directory) {
        let subject = CheckSubject::History;
        let (mut newest, mut unmatched) = (None, Vec::new());
        for alternative in alternatives {
            match self.rows(alternative) {
                Ok(rows) if rows.is_empty() => unmatched.push(alternative),
                Ok(rows) => newest = newest.max(rows.iter().filter_map(|row| row.timestamp).max()),
                Err(error) if self.plan.needs_history() && error.is_bad_request() => {
                    let text = format!("{error}: the run would end for it");
                    let advice = (!alternative.narrows.is_empty()).then_some("check the spelling");
                    return self.report.problem(subject, &text, advice, Exit::Usage);
                }
                Err(error) => {
                    let text = format!("{error}: messages that are missed cannot be fetched");
                    return self.report.warn(subject, &text, None);
                }
            }
        }
        let none = format!("none of the last {NEWEST_SEARCHED} messages there matches");
        // What names nothing cannot be misspelt.
        unmatched.retain(|alternative| references(alternative).next().is_some());
        if let Some(time) = newest.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
            let time = self.zone.rules().to_datetime(time);
            let time = time.strftime("%Y-%m-%d %H:%M");
            self.report.good(
                subject,
                &format!("the last message that matches is of {time}"),
            );
        } else if unmatched.is_empty() {
            self.report.good(subject, &none);
        }
        for alternative in unmatched {
            let advice = self.spelling(alternative, directory);
            let text = match (alternatives, alternative.narrows.first()) {
                ([_, _, ..], Some(narrow)) => format!("{none} {narrow}"),
                _ => none.clone(),
            };
            self.report.warn(subject, &text, Some(&advice));
        }
    }

    /// The newest messages that match.
    fn rows(&self, selection: &Selection) -> Result<Vec<HistoryRow>, ApiError> {
        let (mut found, mut answered, mut refusal) = (Vec::new(), false, None);
        for mut query in selection.history_queries() {
            let mut rows = Rows::default();
            let answer = loop {
                let page = PageQuery::newest(NEWEST_SEARCHED, query.narrow.clone(), selection);
                let answer = self.watch.outside(|| {
                    let response = self.client.messages(&page)?;
                    response.for_each_chunk(|chunk| rows.add(chunk))
                });
                let is_refused = answer.as_ref().is_err_and(ApiError::is_bad_request);
                if !(is_refused && query.simplify()) {
                    break answer;
                }
            };
            let rows = rows.rows.into_iter();
            found.extend(rows.filter(|row| row.belongs_to(selection)));
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
            _ => Ok(found),
        }
    }

    /// What to check in a narrow that matched nothing.
    fn spelling(&self, selection: &Selection, directory: &Directory) -> String {
        if let Some(topic) = self.topic_meant(selection) {
            return format!("did you mean \"{topic}\"?");
        }
        let unknown = references(selection).filter_map(|reference| match reference {
            Reference::Topic(topic) => topic.readings().next(),
            Reference::Channel(channel) if directory.channels.is_none() => channel.only_name(),
            Reference::Person(person) if directory.people.is_none() => person.address(),
            Reference::Channel(_) | Reference::Person(_) => None,
        });
        let unknown: Vec<String> = unknown.map(|name| format!("\"{name}\"")).collect();
        if unknown.is_empty() {
            "matches are rare, or yet to come".to_owned()
        } else {
            format!(
                "take a link from the web app, or check the spelling of {}",
                unknown.join(" and ")
            )
        }
    }

    /// The topic that was probably meant, of those that are there.
    fn topic_meant(&self, selection: &Selection) -> Option<String> {
        let written = references(selection).find_map(|reference| match reference {
            Reference::Topic(topic) => topic.only(),
            _ => None,
        })?;
        let narrows = selection.narrows.iter();
        let any_topic = Selection {
            narrows: narrows.map(Narrow::without_topics).collect(),
            all_public: selection.reaches_public(),
            ..selection.clone()
        };
        // For a hint only: a request that fails here has failed with the topic before.
        let rows = self.rows(&any_topic).ok()?;
        let topics: Vec<String> = rows.iter().rev().filter_map(HistoryRow::topic).collect();
        nearest(written, topics.iter().map(String::as_str)).map(str::to_owned)
    }

    /// Registers a queue as a tail would, and deletes it. Nobody interrupts that, so that no queue is left.
    fn queue(&mut self) {
        let (client, report) = (&self.client, &mut self.report);
        let (subject, selection) = (CheckSubject::Queue, &self.plan.selection);
        let mut register = Register::of(selection, self.plan.queue_ttl);
        let mut answer = client.register(&register);
        if let Err(error) = &answer
            && register.drop_public(selection, error)
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

/// What the narrows of a selection refer to.
fn references(selection: &Selection) -> impl Iterator<Item = Reference<'_>> {
    selection.narrows.iter().flat_map(Narrow::references)
}

/// Why a narrow never matches: if there are several reasons, the one for which a tail would end.
fn fault(plan: &Plan, directory: &Directory, narrow: &Narrow) -> Option<Fault> {
    let contradiction = plan.never_matches(narrow);
    let contradiction = contradiction.map(|text| Fault::new(text, None));
    let faults = narrow.references().filter_map(|reference| {
        // A server refuses to read the history of what it does not know.
        let missing = missing(directory, reference).map(|fault| Fault {
            ends_run: plan.needs_history(),
            ..fault
        });
        missing.or_else(|| archived(plan, directory, reference))
    });
    let faults = contradiction.into_iter().chain(faults);
    faults.min_by_key(|fault| !fault.ends_run)
}

/// Why nothing new comes where that is, if it is a channel that is archived.
fn archived(plan: &Plan, directory: &Directory, reference: Reference) -> Option<Fault> {
    let Reference::Channel(channel) = reference else {
        return None;
    };
    if plan.start != Start::Now {
        return None;
    }
    let list = directory.channels.iter().flatten();
    let mut there = list.filter(|listed| channel.is(Some(listed.id), &listed.name));
    let first = there.next()?;
    let are_archived = first.is_archived && there.all(|listed| listed.is_archived);
    are_archived.then(|| {
        let name = &first.name;
        Fault::new(
            format!("channel \"{name}\" is archived: nothing new comes there"),
            Some("its history can be read (-n, --since)"),
        )
    })
}

/// Why nothing matches what refers to that; none if it is there, as far as is known.
fn missing(directory: &Directory, reference: Reference) -> Option<Fault> {
    match reference {
        Reference::Channel(channel) => missing_channel(directory.channels.as_deref()?, channel),
        Reference::Person(person) => missing_person(directory.people.as_deref()?, person),
        Reference::Topic(_) => None,
    }
}

fn missing_channel(list: &[ListedChannel], channel: &ChannelRef) -> Option<Fault> {
    if list
        .iter()
        .any(|listed| channel.is(Some(listed.id), &listed.name))
    {
        return None;
    }
    let Some(name) = channel.name() else {
        let id = channel.id.unwrap_or_default();
        return Some(Fault::new(
            format!("no channel with id {id} that the account can see"),
            Some("check the id; a private one must be subscribed to"),
        ));
    };
    let known = nearest(name, list.iter().map(|listed| &*listed.name));
    let known = known.map(|known| format!("did you mean \"{known}\"?"));
    let advice = known.as_deref().unwrap_or(
        "take its link from the web app, or check its name; a private one must be subscribed to",
    );
    let text = format!("no channel \"{name}\" that the account can see");
    Some(Fault::new(text, Some(advice)))
}

fn missing_person(list: &[User], person: &PersonRef) -> Option<Fault> {
    match person {
        PersonRef::Address(address) => missing_address(list, address),
        PersonRef::Id(id) if !list.iter().any(|user| user.id == *id) => {
            Some(Fault::new(format!("nobody has the user id {id}"), None))
        }
        _ => None,
    }
}

fn missing_address(list: &[User], address: &str) -> Option<Fault> {
    let lower = address.to_lowercase();
    if list.iter().any(|user| user.address.to_lowercase() == lower) {
        return None;
    }
    // Servers that hide addresses write `user8@chat.example.com` in their place.
    let is_hidden = |user: &&User| user.address.starts_with(&format!("user{}@", user.id));
    let shown = list.iter().filter(|user| !is_hidden(user));
    let known = nearest(address, shown.map(|user| &*user.address));
    let known = known.map(|known| format!("did you mean {known}?"));
    let advice = match &known {
        Some(known) => known,
        None if list.iter().any(|user| is_hidden(&user)) => {
            "this server hides addresses: write the name (sender:\"Ada Lovelace\") or the user id"
        }
        None => "it need not be the login address; a name or a user id works as well",
    };
    let text = format!("nobody has the address {address} in messages");
    Some(Fault::new(text, Some(advice)))
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
