//! The lines of our own records (`--meta`), when saved ones are replayed.
//!
//! Not for what is reported while it happens: that goes to stderr. Their form: `output/meta.rs`.

use jiff::Timestamp;

use super::writer::Writer;
use crate::event::Event;
use crate::fields::Fields;
use crate::output::meta::Gap;

/// Writes what happened to the connection; dimly, unless something was missed. None where it is no such
/// record.
pub fn record(event: &Event, fields: &Fields, writer: &mut Writer) -> Option<()> {
    let time: Timestamp = fields.text("time")?.parse().ok()?;
    let op = fields.text("op")?;
    let text = |name| fields.text(name);
    let words = match &*op {
        "connected" => {
            let level = fields.integer("feature_level")?;
            let (email, site) = (text("email")?, text("site")?);
            format!("{email} at {site} (feature level {level})")
        }
        "lost" => text("error")?.into_owned(),
        "resumed" => {
            let id = fields.integer("last_event_id")?;
            format!("the queue goes on after event {id}")
        }
        "alive" => "the server had nothing to say".to_owned(),
        "gap" => serde_json::from_str::<Gap>(event.text)
            .ok()?
            .describe(writer.zone),
        _ => return None,
    };
    if op != "gap" {
        writer.dim_line();
    }
    writer.heading(&op);
    writer.plain(&words);
    writer.set_time(time.as_second());
    Some(())
}
