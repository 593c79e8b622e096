//! What tests tell a summary, and how they read its lines.
//!
//! `line` and `lines` are as they come out; `ending` and `story` spare tests the date and
//! the time, which are the same everywhere, and `told` the kind as well; `last_line` comes after a
//! conversation.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Summary;
use crate::event::Event;
use crate::output::palette::{Color, Palette};
use crate::output::sentences::Length;

/// The time of arrival: 2026-11-22, a Sunday.
pub fn now() -> Timestamp {
    "2026-11-22T14:03:00Z".parse().unwrap()
}

/// An event of that kind.
pub fn event<'a>(kind: &'a str, text: &'a str) -> Event<'a> {
    let id = None;
    Event::new(id, kind, text)
}

/// An event of the kind that its text tells.
pub fn typed(text: &str) -> Event<'_> {
    #[derive(serde::Deserialize)]
    struct Typed<'a> {
        #[serde(rename = "type")]
        kind: &'a str,
    }
    let Typed { kind } = serde_json::from_str(text).unwrap();
    event(kind, text)
}

/// Summaries with times of UTC.
pub fn summary(color: Color, width: Option<usize>) -> Summary {
    Summary::new(Palette::new(color), TimeZone::UTC, width)
}

/// Events as lines, the date first.
pub fn lines(color: Color, width: Option<usize>, events: &[(&str, &str)]) -> String {
    rendered(color, width, Length::Cut, events)
}

/// The same with whole texts (`--full`).
pub fn whole(color: Color, width: Option<usize>, events: &[(&str, &str)]) -> String {
    rendered(color, width, Length::Whole, events)
}

fn rendered(color: Color, width: Option<usize>, length: Length, events: &[(&str, &str)]) -> String {
    let mut summary = summary(color, width);
    summary.sentences.length = length;
    let mut out = Vec::new();
    for (kind, text) in events {
        summary.render(&event(kind, text), Some(now()), &mut out);
    }
    String::from_utf8(out).unwrap()
}

/// One event's line, without the date before it.
pub fn line(kind: &str, text: &str) -> String {
    let out = lines(Color::Off, None, &[(kind, text)]);
    let (date, line) = out.split_once('\n').unwrap();
    assert!(date.starts_with("2026-11-22 Sunday"), "{date}");
    line.strip_suffix('\n').unwrap().to_string()
}

/// The lines of events that follow one another, without dates and times.
pub fn story(events: &[&str]) -> Vec<String> {
    let events = events.iter().map(|text| (typed(text).kind, *text));
    let out = lines(Color::Off, None, &events.collect::<Vec<_>>());
    let lines = out.lines().filter(|line| line.as_bytes()[2] == b':');
    lines.map(|line| line[9..].to_owned()).collect()
}

/// The last line of a story.
pub fn ending(events: &[&str]) -> String {
    story(events).pop().unwrap()
}

/// What follows the kind in the line of an event with these fields, when others passed before.
pub fn told(before: &[&str], kind: &str, fields: &str) -> String {
    let event = format!(r#"{{"type":"{kind}",{fields}}}"#);
    let line = ending(&[before, &[&event]].concat());
    line.strip_prefix(kind).unwrap().to_owned()
}

/// Ada comes, with the id 11.
pub const ADA: &str =
    r#"{"type":"realm_user","op":"add","person":{"user_id":11,"full_name":"Ada","email":"ada@x"}}"#;

/// Bo comes, with the id 12.
pub const BO: &str =
    r#"{"type":"realm_user","op":"add","person":{"user_id":12,"full_name":"Bo","email":"bo@x"}}"#;

/// Messages 501 and 502 of Bo in #ops > deploy, and 503 to Ada.
pub const SAID: [(&str, &str); 3] = [
    (
        "message",
        r#"{"message":{"id":501,"type":"stream","stream_id":7,"display_recipient":"ops","subject":"deploy","sender_id":12,"sender_email":"bo@x","sender_full_name":"Bo","content":"Build red","timestamp":1795356000}}"#,
    ),
    (
        "message",
        r#"{"message":{"id":502,"type":"stream","stream_id":7,"display_recipient":"ops","subject":"deploy","sender_id":12,"sender_full_name":"Bo","content":"Red again","timestamp":1795356000}}"#,
    ),
    (
        "message",
        r#"{"message":{"id":503,"type":"private","display_recipient":[{"id":11,"full_name":"Ada"},{"id":12,"full_name":"Bo"}],"sender_id":12,"sender_full_name":"Bo","content":"lunch?","timestamp":1795356000}}"#,
    ),
];

/// The last line of events that follow those messages.
pub fn last_line(events: &[(&str, &str)]) -> String {
    let out = lines(Color::Off, None, &[&SAID, events].concat());
    out.lines().next_back().unwrap().to_owned()
}

/// A `message` event with these fields in its message, of 14:02:07.
pub fn message(fields: &str) -> String {
    format!(
        r#"{{"type":"message","message":{{"timestamp":1795356127,{fields}}},"flags":[],"id":7}}"#
    )
}

/// Fields of a message in a channel.
pub const IN_DENMARK: &str = r#""type":"stream","display_recipient":"Denmark","subject":"lunch plans","sender_full_name":"Othello Bot","content":"text""#;

/// Without our own codes; there are no others, or the result is not the plain line.
pub fn stripped(painted: &str) -> String {
    let mut parts = painted.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| text + part.split_once('m').unwrap().1)
}
