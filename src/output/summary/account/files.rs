//! `attachment`: files that one uploaded.
//!
//! Sources: `zerver/openapi/zulip.yaml` of Zulip 9.2, and `zerver/lib/event_types.py` of 12.0 for ids in
//! place of messages.

use std::borrow::Cow;

use serde::Deserialize;

use crate::event::{Event, MessageId};
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};

/// `attachment`; of a removed one only the id is told.
pub fn attachment(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Change<'a> {
        op: &'a str,
        #[serde(borrow)]
        attachment: File<'a>,
    }
    #[derive(Deserialize)]
    struct File<'a> {
        id: i64,
        #[serde(borrow, default)]
        name: Cow<'a, str>,
        size: Option<u64>,
        create_time: Option<i64>,
        messages: Option<Few<Use>>,
        /// Instead, since Zulip 12.0.
        message_ids: Option<Few<MessageId>>,
    }
    #[derive(Deserialize)]
    struct Use {
        id: MessageId,
    }
    let Change { op, attachment } = serde_json::from_str(event.text)?;
    scribe.say("file ");
    if attachment.name.is_empty() {
        scribe.say(&attachment.id.to_string());
    } else {
        scribe.say(&attachment.name);
    }
    let listed = attachment.messages.map(|messages| Few {
        first: messages.first.iter().map(|message| message.id).collect(),
        len: messages.len,
    });
    match (op, listed.or(attachment.message_ids)) {
        ("add", _) => {
            scribe.say(" uploaded");
            if let Some(size) = attachment.size {
                scribe.aside(&format!(" ({})", in_units(size)));
            }
            scribe.happened(attachment.create_time.map_or(0, seconds));
        }
        ("update", Some(messages)) => tell_use(&messages, scribe),
        ("remove", _) => scribe.say(" removed"),
        _ => return Err(Odd),
    }
    Ok(())
}

fn tell_use(messages: &Few<MessageId>, scribe: &mut Scribe) {
    match &*messages.first {
        [] => scribe.say(" is in no message any more"),
        [message] => {
            scribe.say(" is in ");
            scribe.message(*message);
        }
        _ => {
            scribe.say(" is in ");
            scribe.count(messages.len, "message");
        }
    }
}

/// Before feature level 443 these times are in milliseconds, which as seconds are thousands of years.
fn seconds(time: i64) -> i64 {
    const YEAR_5138: i64 = 100_000_000_000;
    if time < YEAR_5138 { time } else { time / 1000 }
}

fn in_units(bytes: u64) -> String {
    let mut tenths = u128::from(bytes) * 10;
    for unit in ["B", "kB", "MB"] {
        if tenths < 10_000 {
            return shown(tenths, unit);
        }
        tenths /= 1000;
    }
    shown(tenths, "GB")
}

fn shown(tenths: u128, unit: &str) -> String {
    match (tenths / 10, tenths % 10) {
        (whole, 1..) if whole < 10 => format!("{whole}.{} {unit}", tenths % 10),
        (whole, _) => format!("{whole} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::in_units;

    #[test]
    fn sizes_are_short() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1250, "1.2 kB"),
            (99_999, "99 kB"),
            (4_500_000, "4.5 MB"),
            (12_345_678_901, "12 GB"),
            (u64::MAX, "18446744073 GB"),
        ] {
            assert_eq!(in_units(bytes), expected);
        }
    }
}
