//! Whether the selection can ever match, and when it did last.

use jiff::Timestamp;
use strsim::osa_distance;

use super::Parts;
use super::report::Report;
use crate::api::directory::{Entry, entries};
use crate::api::{Anchor, ApiError, Outlet, PageQuery};
use crate::bare;
use crate::error::{Error, Exit};
use crate::event::{Event, MessageEvent};
use crate::output::meta::Subject;
use crate::selection::narrow::{Narrow, Reference};
use crate::selection::{MESSAGE, Reach, Reading, Selection};

/// How many of the newest messages are looked through for one that matches.
const LOOKED_THROUGH: u32 = 100;

/// A person or a channel that there is.
struct Named {
    id: i64,
    name: String,
    address: String,
}

/// What an organization has that a narrow can name; none where it could not be read.
#[derive(Default)]
struct Directory {
    channels: Option<Vec<Named>>,
    people: Option<Vec<Named>>,
}

/// Why a narrow never matches, and what to do.
struct Reason {
    text: String,
    advice: Option<String>,
}

/// Whether anything can match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// As far as is known.
    Hopeful,
    /// Nothing ever.
    Hopeless,
}

/// Looks for what the narrows name. If one of several can match, that will do.
pub fn selection(parts: &Parts, report: &mut Report) -> Result<Outlook, Error> {
    let subject = Subject::Selection;
    let selection = &parts.plan.selection;
    for warning in &parts.plan.warnings {
        report.doubt(subject, warning, None)?;
    }
    let directory = directory(parts, report)?;
    let past = parts.plan.start.past();
    let never = |narrow: &Narrow| match narrow.never_matches(past) {
        Some(text) => Some(Reason { text, advice: None }),
        None => narrow
            .references()
            .find_map(|reference| directory.lacks(reference)),
    };
    let reasons: Vec<_> = selection.narrows.iter().filter_map(never).collect();
    let hopeless = !reasons.is_empty() && reasons.len() == selection.narrows.len();
    for Reason { text, advice } in &reasons {
        if hopeless {
            report.problem(subject, text, advice.as_deref(), Exit::Usage)?;
        } else {
            report.doubt(subject, text, advice.as_deref())?;
        }
    }
    if reasons.is_empty() {
        report.good(subject, selection.to_string())?;
    }
    Ok(if hopeless {
        Outlook::Hopeless
    } else {
        Outlook::Hopeful
    })
}

/// The newest message that matches: what matched before will match again.
pub fn history(parts: &Parts, report: &mut Report) -> Result<(), Error> {
    let selection = &parts.plan.selection;
    if !selection.has_messages() {
        return Ok(());
    }
    let mut newest = None;
    for Reading { narrow, reach } in selection.readings() {
        let page = PageQuery {
            anchor: Anchor::Newest,
            before: LOOKED_THROUGH,
            after: 0,
            narrow,
            apply_markdown: selection.apply_markdown,
        };
        let outlet = Outlet::default();
        let request = parts.client.messages(&page, &outlet);
        let answer = parts.poller.drain(request, &outlet, |chunk| {
            let times = chunk.iter().map(|row| time_of_match(&row, selection));
            newest = newest.max(times.max().flatten());
        });
        match answer {
            Ok(_) => {}
            // Old servers and guests may not read all public channels; that is told with the queue.
            Err(_) if reach == Reach::Public => {}
            Err(error) => {
                let text = format!("{error}: messages that are missed cannot be fetched");
                return report.doubt(Subject::History, text, None);
            }
        }
    }
    let time = newest.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let text = if let Some(time) = time {
        let local = parts.zone.to_datetime(time);
        let time = local.strftime("%Y-%m-%d %H:%M");
        format!("the last message that matches is of {time}")
    } else {
        format!("none of the last {LOOKED_THROUGH} messages there matches")
    };
    report.good(Subject::History, text)
}

/// When a row of history was sent, in seconds since 1970, if it is selected.
fn time_of_match(row: &Event, selection: &Selection) -> Option<i64> {
    let fields = serde_json::from_str(row.text).ok()?;
    let text = bare::to_event(row.text, &fields)?;
    let event = Event {
        id: None,
        kind: MESSAGE,
        text: &text,
    };
    if !selection.passes(&event) {
        return None;
    }
    let MessageEvent { message, .. } = serde_json::from_str(&text).ok()?;
    Some(message.timestamp)
}

/// Reads what the narrows refer to, and only that.
fn directory(parts: &Parts, report: &mut Report) -> Result<Directory, Error> {
    let narrows = &parts.plan.selection.narrows;
    let is_channel = |reference: &Reference| {
        matches!(reference, Reference::Channel(_) | Reference::ChannelId(_))
    };
    let references = || narrows.iter().flat_map(Narrow::references);
    let (channels, people) = (
        references().any(|reference| is_channel(&reference)),
        references().any(|reference| !is_channel(&reference)),
    );
    let (client, poller) = (&parts.client, &parts.poller);
    let mut directory = Directory::default();
    if channels {
        let (mut list, outlet) = (Vec::new(), Outlet::default());
        let answer = poller.drain(client.channels(&outlet), &outlet, |chunk| {
            list.extend(entries(chunk).map(Named::from));
        });
        directory.channels = read(answer, list, report)?;
    }
    if people {
        let (mut list, outlet) = (Vec::new(), Outlet::default());
        let answer = poller.drain(client.people(&outlet), &outlet, |chunk| {
            list.extend(entries(chunk).map(Named::from));
        });
        directory.people = read(answer, list, report)?;
    }
    Ok(directory)
}

/// A list that was read to its end.
fn read(
    answer: Result<(), ApiError>,
    list: Vec<Named>,
    report: &mut Report,
) -> Result<Option<Vec<Named>>, Error> {
    match answer {
        Ok(()) => Ok(Some(list)),
        Err(error) => {
            report.doubt(Subject::Selection, error.to_string(), None)?;
            Ok(None)
        }
    }
}

impl From<Entry<'_>> for Named {
    fn from(entry: Entry) -> Named {
        Named {
            id: entry.id,
            name: entry.name.into_owned(),
            address: entry.address.unwrap_or_default().into_owned(),
        }
    }
}

impl Directory {
    /// Why nothing matches what refers to that.
    fn lacks(&self, reference: Reference) -> Option<Reason> {
        match reference {
            Reference::Channel(name) => {
                let channels = self.channels.as_ref()?;
                let known = || channels.iter().map(|channel| channel.name.as_str());
                let exists = known().any(|known| known.to_lowercase() == name.to_lowercase());
                (!exists).then(|| Reason {
                    text: format!("no channel \"{name}\" that the account can see"),
                    advice: Some(nearest(name, known()).map_or_else(
                        || "check its name; a private one must be subscribed to".to_owned(),
                        |nearest| format!("did you mean \"{nearest}\"?"),
                    )),
                })
            }
            Reference::ChannelId(id) => {
                let exists = self.channels.as_ref()?.iter().any(|known| known.id == id);
                (!exists).then(|| Reason {
                    text: format!("no channel with id {id} that the account can see"),
                    advice: Some("check the id; a private one must be subscribed to".to_owned()),
                })
            }
            Reference::Address(address) => {
                let people = self.people.as_ref()?;
                let known = || people.iter().map(|person| person.address.as_str());
                let exists = known().any(|known| known.to_lowercase() == address.to_lowercase());
                (!exists).then(|| Reason {
                    text: format!("nobody has the address {address} in messages"),
                    advice: Some(nearest(address, known()).map_or_else(
                        || "it need not be the login address; a user id works as well".to_owned(),
                        |nearest| format!("did you mean {nearest}?"),
                    )),
                })
            }
            Reference::PersonId(id) => {
                let exists = self.people.as_ref()?.iter().any(|known| known.id == id);
                (!exists).then(|| Reason {
                    text: format!("nobody has the user id {id}"),
                    advice: None,
                })
            }
        }
    }
}

/// The name that was probably meant: at most every third letter wrong.
fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    known
        .map(|known| (osa_distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| distance * 3 <= known.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
