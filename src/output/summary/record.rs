//! The lines of our own records (`--meta`), when saved ones are replayed.
//!
//! Not for what is said while they happen: that goes to stderr. Their form: `output/meta.rs`.

use jiff::Timestamp;

use super::writer::Writer;
use crate::fields::{Fields, Value};
use crate::output::meta::Gap;

/// Writes what happened to the connection; dimly, unless something was missed. None where it is no such
/// record.
pub fn record(record: &Fields, writer: &mut Writer) -> Option<()> {
    let time = |name: &str| record.text(name)?.parse::<Timestamp>().ok();
    let op = record.text("op")?;
    if op != "gap" {
        writer.dim();
    }
    writer.kind(&op);
    match &*op {
        "connected" => {
            writer.say(&record.text("email")?);
            writer.say(" at ");
            writer.say(&record.text("site")?);
            if let Some(level) = record.integer("feature_level") {
                writer.say(&format!(" (feature level {level})"));
            }
        }
        "lost" => writer.say(&record.text("error")?),
        "resumed" => {
            let last = record.integer("last_event_id")?;
            writer.say(&format!("the queue goes on after event {last}"));
        }
        "alive" => writer.say("the server had nothing to say"),
        "gap" => {
            let lost = record.list("lost").first.into_iter();
            let lost = lost.filter_map(|kind| match Value::of(kind) {
                Value::Text(kind) => Some(kind.into_owned()),
                _ => None,
            });
            let gap = Gap {
                from: time("from")?,
                to: time("to")?,
                reason: record.text("reason")?.into_owned(),
                fetched: record.integer("fetched")?.unsigned_abs(),
                lost: lost.collect(),
            };
            writer.say(&gap.describe(writer.zone()));
        }
        _ => return None,
    }
    writer.happened(time("time")?.as_second());
    Some(())
}
