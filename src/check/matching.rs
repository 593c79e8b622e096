//! Whether the selection can ever match.
//!
//! Not for what there is to match (`directory.rs`), nor for when it did last (`history.rs`).

use super::Parts;
use super::directory::{Directory, Reason, directory};
use super::report::Report;
use crate::config::Plan;
use crate::error::{Error, Exit};
use crate::output::meta::{Status, Subject};
use crate::selection::Selection;
use crate::selection::narrow::{Narrow, Reference};

/// What can match.
pub struct Outlook {
    /// The selection with each narrow alone that can match as far as is known; without a narrow just
    /// the selection.
    pub alternatives: Vec<Selection>,
    /// What the narrows were compared with.
    pub directory: Directory,
}

/// Looks for what the narrows name. If one of several can match, that will do, unless a tail would end for
/// another.
pub fn selection(parts: &Parts, report: &mut Report) -> Result<Outlook, Error> {
    let subject = Subject::Selection;
    let selection = &parts.plan.selection;
    for warning in &parts.plan.warnings {
        report.doubt(subject, warning, None)?;
    }
    let directory = directory(parts, report)?;
    let (mut alternatives, mut faults) = (Vec::new(), Vec::new());
    for narrow in &selection.narrows {
        match fault(&parts.plan, &directory, narrow) {
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
    for (status, Reason { text, advice }) in &faults {
        if alternatives.is_empty() || *status == Status::Problem {
            report.problem(subject, text, advice.as_deref(), Exit::Usage)?;
        } else {
            report.doubt(subject, text, advice.as_deref())?;
        }
    }
    // What is wrong with unknown kinds stands among the warnings.
    if faults.is_empty() && selection.has_known_kinds() {
        report.good(subject, selection.to_string())?;
    }
    Ok(Outlook {
        alternatives,
        directory,
    })
}

/// Why a narrow never matches, and what that is beside one that can match.
fn fault(plan: &Plan, directory: &Directory, narrow: &Narrow) -> Option<(Status, Reason)> {
    // A server refuses to read the history of a name that it does not know; ids are not sent to it.
    let is_sent =
        |reference: &Reference| matches!(reference, Reference::Channel(_) | Reference::Address(_));
    let mut sent = narrow.references().filter(is_sent);
    if plan.needs_history()
        && let Some(reason) = sent.find_map(|reference| directory.lacks(reference))
    {
        return Some((Status::Problem, reason));
    }
    let reason = match plan.never_matches(narrow) {
        Some(text) => Some(Reason { text, advice: None }),
        None => narrow
            .references()
            .find_map(|reference| directory.lacks(reference)),
    };
    reason.map(|reason| (Status::Warning, reason))
}
