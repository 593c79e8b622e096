//! Whether the selection can ever match, and when it did last.
//!
//! Not for what there is to match (`directory.rs`).

use jiff::Timestamp;

use super::Parts;
use super::directory::{Reason, directory};
use super::report::Report;
use crate::api::{Anchor, Outlet, PageQuery};
use crate::error::{Error, Exit};
use crate::output::meta::Subject;
use crate::row::Rows;
use crate::selection::narrow::Narrow;
use crate::selection::{Reach, Reading};

/// How many of the newest messages are looked through for one that matches.
const LOOKED_THROUGH: u32 = 100;

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
        let (mut rows, outlet) = (Rows::default(), Outlet::default());
        let request = parts.client.messages(&page, &outlet);
        let answer = parts
            .poller
            .drain(request, &outlet, |chunk| rows.take(chunk));
        let matching = rows.rows.iter().filter(|row| row.belongs_to(selection));
        newest = newest.max(matching.map(|row| row.timestamp).max());
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
