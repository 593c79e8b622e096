//! Whether the selection can ever match.
//!
//! Not for what there is to match (`directory.rs`), nor for when it did last (`history.rs`).

use super::Parts;
use super::directory::{Directory, Reason, directory};
use super::report::Report;
use crate::error::{Error, Exit};
use crate::output::meta::Subject;
use crate::selection::Selection;
use crate::selection::narrow::Narrow;

/// What can match.
pub struct Outlook {
    /// The selection with each narrow alone that can match as far as is known; without a narrow just
    /// the selection.
    pub alternatives: Vec<Selection>,
    /// What the narrows were compared with.
    pub directory: Directory,
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
    let (mut alternatives, mut reasons) = (Vec::new(), Vec::new());
    for narrow in &selection.narrows {
        match never(narrow) {
            Some(reason) => reasons.push(reason),
            None => alternatives.push(Selection {
                narrows: vec![narrow.clone()],
                ..selection.clone()
            }),
        }
    }
    if selection.narrows.is_empty() {
        alternatives.push(selection.clone());
    }
    for Reason { text, advice } in &reasons {
        if alternatives.is_empty() {
            report.problem(subject, text, advice.as_deref(), Exit::Usage)?;
        } else {
            report.doubt(subject, text, advice.as_deref())?;
        }
    }
    // What is wrong with unknown kinds stands among the warnings.
    if reasons.is_empty() && selection.has_known_kinds() {
        report.good(subject, selection.to_string())?;
    }
    Ok(Outlook {
        alternatives,
        directory,
    })
}
