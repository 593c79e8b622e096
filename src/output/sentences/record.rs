//! The lines of our own records (`--meta`), when saved ones are replayed.
//!
//! Not for what is reported while it happens: that goes to stderr. Their form: `output/meta.rs`.

use super::writer::Writer;
use crate::output::meta::{self, Record};

/// Writes what happened to the connection; dimly, unless something was missed. None where it is no such
/// record.
pub fn record(text: &str, writer: &mut Writer) -> Option<()> {
    let (time, record) = meta::parse(text)?;
    let (op, words) = match record {
        Record::Connected {
            site,
            email,
            feature_level,
            ..
        } => (
            "connected",
            format!("{email} at {site} (feature level {feature_level})"),
        ),
        Record::Lost { error } => ("lost", error),
        Record::Resumed { last_event_id, .. } => (
            "resumed",
            format!("the queue goes on after event {last_event_id}"),
        ),
        Record::Alive => ("alive", "the server had nothing to say".to_owned()),
        Record::Gap(gap) => ("gap", gap.describe(writer.zone)),
        Record::Check(_) => return None,
    };
    if op != "gap" {
        writer.dim_line();
    }
    writer.heading(op);
    writer.plain(&words);
    writer.set_time(time.as_second());
    Some(())
}
