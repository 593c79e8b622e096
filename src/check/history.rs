//! When the selection matched last, and what may be misspelt where nothing did.
//!
//! Not for whether it can match at all (`matching.rs`).

use std::collections::VecDeque;

use jiff::Timestamp;

use super::Parts;
use super::matching::Outlook;
use super::report::Report;
use crate::api::split::Chunk;
use crate::api::{ApiError, Client, PageQuery};
use crate::error::{Error, Exit};
use crate::nearest::nearest;
use crate::output::meta::Subject;
use crate::row::{Row, Rows};
use crate::selection::narrow::{Narrow, Reference};
use crate::selection::{HistoryQuery, Reach, Selection};

/// How many of the newest messages are looked through for one that matches.
const LOOKED_THROUGH: u32 = 100;

/// The newest message that matches: what matched before will match again.
pub fn history(parts: &Parts, outlook: &Outlook, report: &mut Report) -> Result<(), Error> {
    let subject = Subject::History;
    if !parts.plan.selection.has_messages() {
        return Ok(());
    }
    let (mut newest, mut unmatched) = (None, Vec::new());
    for alternative in &outlook.alternatives {
        match rows(parts, alternative) {
            Ok(rows) if rows.is_empty() => unmatched.push(alternative),
            Ok(rows) => newest = newest.max(rows.iter().map(|row| row.timestamp).max()),
            Err(error) if parts.plan.needs_history() && error.is_bad_request() => {
                let text = format!("{error}: the run would end for it");
                let advice = (!alternative.narrows.is_empty()).then_some("check the spelling");
                return report.problem(subject, text, advice, Exit::Usage);
            }
            Err(error) => {
                let text = format!("{error}: messages that are missed cannot be fetched");
                return report.doubt(subject, text, None);
            }
        }
    }
    let none = format!("none of the last {LOOKED_THROUGH} messages there matches");
    let unmatched = unmatched.into_iter();
    let doubts: Vec<_> = unmatched
        .filter_map(|alternative| advice(parts, outlook, alternative))
        .collect();
    match newest.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        Some(time) => {
            let local = parts.zone.rules().to_datetime(time);
            let time = local.strftime("%Y-%m-%d %H:%M");
            report.good(
                subject,
                format!("the last message that matches is of {time}"),
            )?;
        }
        None if doubts.is_empty() => report.good(subject, &none)?,
        None => {}
    }
    let is_only = outlook.alternatives.len() == 1;
    for (narrow, advice) in doubts {
        let text = if is_only {
            none.clone()
        } else {
            format!("{none} {narrow}")
        };
        report.doubt(subject, text, Some(&advice))?;
    }
    Ok(())
}

/// The newest messages that match.
fn rows(parts: &Parts, selection: &Selection) -> Result<VecDeque<Row>, ApiError> {
    let mut found = VecDeque::new();
    for HistoryQuery { narrow, reach } in selection.history_queries() {
        let page = PageQuery::newest(LOOKED_THROUGH, narrow, selection);
        let mut rows = Rows::default();
        let answer = parts
            .watch
            .outside(|| read(&parts.client, &page, &mut rows));
        let rows = rows.rows.into_iter();
        found.extend(rows.filter(|row| row.belongs_to(selection)));
        match answer {
            // Old servers and guests may not read all public channels; that is told with the queue.
            Err(error) if reach != Reach::Public => return Err(error),
            _ => {}
        }
    }
    Ok(found)
}

/// Reads a page; what was read before an error is not all.
fn read(client: &Client, page: &PageQuery, rows: &mut Rows) -> Result<(), ApiError> {
    let mut response = client.messages(page)?;
    let mut chunk = Chunk::default();
    while response.read(&mut chunk)? {
        rows.add(&chunk);
    }
    response.finish().map(drop)
}

/// The narrow of a selection that matched nothing, and what to look at; none if it names nothing.
fn advice<'a>(
    parts: &Parts,
    outlook: &Outlook,
    selection: &'a Selection,
) -> Option<(&'a Narrow, String)> {
    let narrow = selection.narrows.first()?;
    narrow.references().next()?;
    let names = narrow.references().filter_map(|reference| match reference {
        Reference::Topic(name) => Some(name),
        Reference::Channel(name) | Reference::Address(name) => {
            (!outlook.directory.lists(reference)).then_some(name)
        }
        Reference::ChannelId(_) | Reference::PersonId(_) => None,
    });
    let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    let advice = match topic(parts, selection, narrow) {
        Some(topic) => format!("did you mean \"{topic}\"?"),
        None if names.is_empty() => "matches are rare, or yet to come".to_owned(),
        None => format!("check the spelling of {}", names.join(" and ")),
    };
    Some((narrow, advice))
}

/// The topic that was probably meant, of those that are there.
fn topic(parts: &Parts, selection: &Selection, narrow: &Narrow) -> Option<String> {
    let written = narrow.references().find_map(|reference| match reference {
        Reference::Topic(topic) => Some(topic),
        _ => None,
    })?;
    let any_topic = Selection {
        narrows: vec![narrow.without_topics()],
        all_public: selection.reaches_public(),
        ..selection.clone()
    };
    // It is asked for a hint only: what fails here has been tried with the topic before.
    let rows = rows(parts, &any_topic).ok()?;
    let topics: Vec<String> = rows.iter().rev().filter_map(Row::topic).collect();
    nearest(written, topics.iter().map(String::as_str)).map(str::to_owned)
}
