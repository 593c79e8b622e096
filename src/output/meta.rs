//! Our own records in the stream (`--meta`): what happened to the connection and the queue.
//!
//! `{"type":"wyzepal_tail","op":"gap","time":"2026-11-22T12:14:05Z",…}`: one JSON object a line, like
//! events, with a `type` of their own. Times are RFC 3339 in UTC.
//! `sentences/record.rs` makes text for people of saved ones.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The `type` of our records; no server has such events.
pub const KIND: &str = "wyzepal_tail";

/// What happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Record {
    /// A queue was registered: `{"op":"connected","site":…,"email":…,"queue_id":…,"feature_level":278}`.
    Connected {
        /// The server.
        site: String,
        /// The login address.
        email: String,
        /// The queue.
        queue_id: String,
        /// 0 for old servers.
        feature_level: u64,
    },
    /// The server is out of reach: `{"op":"lost","error":…}`.
    Lost {
        /// Why.
        error: String,
    },
    /// The queue goes on, after trouble or from a cursor:
    /// `{"op":"resumed","queue_id":…,"last_event_id":7}`.
    Resumed {
        /// The queue.
        queue_id: String,
        /// The last event that is printed.
        last_event_id: i64,
    },
    /// Events were missed.
    Gap(Gap),
    /// What `--check` found.
    Check(Finding),
    /// The server had no events for a while: `{"op":"alive"}`, with each heartbeat.
    Alive,
}

/// One of the things that `--check` tests:
/// `{"op":"check","subject":"account","status":"ok","text":…}`.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was tested.
    pub subject: CheckSubject,
    /// How it was found.
    pub status: Status,
    /// What was found, in words.
    pub text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// What `--check` tests, in this order.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckSubject {
    /// Where the account's data are from.
    Config,
    /// The server's address.
    Site,
    /// The way there.
    Connection,
    /// What answers there.
    Server,
    /// Whose key it is.
    Account,
    /// What the account receives.
    Subscriptions,
    /// What is selected, and whether that can ever match.
    Selection,
    /// Messages from before.
    History,
    /// The queue that events come from.
    Queue,
}

/// How something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, but perhaps not as it was meant.
    Warning,
    /// It cannot work.
    Problem,
}

/// Events that the queue did not deliver:
/// `{"op":"gap","from":…,"to":…,"reason":…,"fetched":27,"lost":["reaction"]}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gap {
    /// The last time at which nothing was missing.
    pub from: Timestamp,
    /// From here on all is complete again.
    pub to: Timestamp,
    /// What happened to the queue.
    pub reason: String,
    /// Messages that were printed from history.
    pub fetched: u64,
    /// What cannot be recovered, in words; empty if nothing is lost.
    pub lost: Vec<String>,
}

impl Gap {
    /// For people: `12:01:22–12:14:05 (queue expired): 27 messages fetched; lost: reaction`.
    pub fn describe(&self, zone: &TimeZone) -> String {
        let span = span(self.from, self.to, zone);
        let fetched = match self.fetched {
            1 => "1 message fetched".to_owned(),
            n => format!("{n} messages fetched"),
        };
        let lost = if self.lost.is_empty() { "" } else { "; lost: " };
        format!(
            "{span} ({}): {fetched}{lost}{}",
            self.reason,
            self.lost.join("; ")
        )
    }
}

/// `12:01:22–12:14:05`, with dates where it spans midnight.
fn span(from: Timestamp, to: Timestamp, zone: &TimeZone) -> String {
    let (from, to) = (zone.to_datetime(from), zone.to_datetime(to));
    let form = if from.date() == to.date() {
        "%H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    format!("{}–{}", from.strftime(form), to.strftime(form))
}

#[derive(Serialize)]
struct RecordLine<'a> {
    r#type: &'static str,
    time: Timestamp,
    #[serde(flatten)]
    record: &'a Record,
}

/// A record as a line, line break included.
pub fn line(record: &Record, time: Timestamp) -> String {
    let line = RecordLine {
        r#type: KIND,
        time,
        record,
    };
    let mut text = serde_json::to_string(&line).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::{Gap, Record, line};
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    #[test]
    fn a_gap_is_described_with_dates_where_it_spans_midnight() {
        let gap = |from: &str, to: &str, fetched, lost: &[&str]| Gap {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            reason: "queue expired".to_owned(),
            fetched,
            lost: lost.iter().map(|&text| text.to_owned()).collect(),
        };
        for (gap, expected) in [
            (
                gap(
                    "2026-11-22T12:01:22.9Z",
                    "2026-11-22T12:14:05Z",
                    27,
                    &["a", "b"],
                ),
                "14:01:22–14:14:05 (queue expired): 27 messages fetched; lost: a; b",
            ),
            (
                gap("2026-11-22T21:59:59Z", "2026-11-22T22:00:00Z", 1, &[]),
                "2026-11-22 23:59:59–2026-11-23 00:00:00 (queue expired): 1 message fetched",
            ),
        ] {
            let zone = TimeZone::fixed(jiff::tz::offset(2));
            assert_eq!(gap.describe(&zone), expected);
        }
    }

    #[test]
    fn every_record_has_just_its_documented_fields() {
        let time = Timestamp::UNIX_EPOCH;
        let text = |text: &str| text.to_owned();
        let connected = Record::Connected {
            site: text("https://a.com"),
            email: text("b@a.com"),
            queue_id: text("q"),
            feature_level: 278,
        };
        let resumed = Record::Resumed {
            queue_id: text("q"),
            last_event_id: 7,
        };
        let gap = Record::Gap(Gap {
            from: time,
            to: time,
            reason: text("queue expired"),
            fetched: 27,
            lost: vec![text("reaction")],
        });
        for (record, expected) in [
            (
                connected,
                r#""op":"connected","site":"https://a.com","email":"b@a.com","queue_id":"q","feature_level":278}"#,
            ),
            (
                Record::Lost { error: text("e") },
                r#""op":"lost","error":"e"}"#,
            ),
            (
                resumed,
                r#""op":"resumed","queue_id":"q","last_event_id":7}"#,
            ),
            (
                gap,
                r#""op":"gap","from":"1970-01-01T00:00:00Z","to":"1970-01-01T00:00:00Z","reason":"queue expired","fetched":27,"lost":["reaction"]}"#,
            ),
            (Record::Alive, r#""op":"alive"}"#),
        ] {
            let start = r#"{"type":"wyzepal_tail","time":"1970-01-01T00:00:00Z","#;
            assert_eq!(line(&record, time), format!("{start}{expected}\n"));
        }
    }
}
