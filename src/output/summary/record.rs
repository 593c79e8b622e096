//! The lines of our own records (`--meta`), when saved ones are replayed.
//!
//! Not for what is said while they happen: that goes to stderr. Their form: `output/meta.rs`.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;

use super::scribe::{Odd, Scribe, Told};
use crate::event::Event;
use crate::output::meta::Gap;

#[derive(Deserialize)]
struct View<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    time: Timestamp,
    #[serde(borrow)]
    site: Option<Cow<'a, str>>,
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
    feature_level: Option<u64>,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    last_event_id: Option<i64>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    reason: Option<String>,
    fetched: Option<u64>,
    #[serde(default)]
    lost: Vec<String>,
}

/// Writes what happened to the connection; dimly, unless something was missed.
pub fn describe(record: &Event, scribe: &mut Scribe) -> Told {
    let view: View = serde_json::from_str(record.text)?;
    if view.op != "gap" {
        scribe.hush();
    }
    scribe.kind(&view.op);
    match &*view.op {
        "connected" => {
            scribe.say(&view.email.ok_or(Odd)?);
            scribe.say(" at ");
            scribe.say(&view.site.ok_or(Odd)?);
            if let Some(level) = view.feature_level {
                scribe.say(&format!(" (feature level {level})"));
            }
        }
        "lost" => scribe.say(&view.error.ok_or(Odd)?),
        "resumed" => {
            let last = view.last_event_id.ok_or(Odd)?;
            scribe.say(&format!("the queue goes on after event {last}"));
        }
        "alive" => scribe.say("the server had nothing to say"),
        "gap" => {
            let gap = Gap {
                from: view.from.ok_or(Odd)?,
                to: view.to.ok_or(Odd)?,
                reason: view.reason.ok_or(Odd)?,
                fetched: view.fetched.ok_or(Odd)?,
                lost: view.lost,
            };
            scribe.say(&gap.describe(scribe.zone()));
        }
        _ => return Err(Odd),
    }
    scribe.happened(view.time.as_second());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::output::meta::KIND;
    use crate::output::palette::Color;
    use crate::output::summary::telling::{event, summary};

    /// The lines without the date before them.
    fn lines(color: Color, fields: &str) -> String {
        let text = format!(r#"{{"type":"wyzepal_tail","time":"2026-11-22T12:14:05Z",{fields}}}"#);
        let mut out = Vec::new();
        summary(color, None).render_record(&event(KIND, &text), &mut out);
        let out = String::from_utf8(out).unwrap();
        let line = out.strip_prefix("2026-11-22 Sunday\n").unwrap_or(&out);
        line.trim_end().to_owned()
    }

    #[test]
    fn each_record_has_a_line_and_others_the_generic_one() {
        for (fields, expected) in [
            (
                r#""op":"connected","site":"https://a.com/","email":"b@a.com","queue_id":"q","feature_level":278"#,
                "12:14:05 connected  b@a.com at https://a.com/ (feature level 278)",
            ),
            (
                r#""op":"lost","error":"cannot reach \u001b[31mit""#,
                "12:14:05 lost  cannot reach \\u{1b}[31mit",
            ),
            (
                r#""op":"resumed","queue_id":"q","last_event_id":7"#,
                "12:14:05 resumed  the queue goes on after event 7",
            ),
            (
                r#""op":"alive""#,
                "12:14:05 alive  the server had nothing to say",
            ),
            (
                r#""op":"gap","from":"2026-11-22T12:01:33Z","to":"2026-11-22T12:14:05Z","reason":"queue expired","fetched":27,"lost":["reaction"]"#,
                "12:14:05 gap  12:01:33–12:14:05 (queue expired): 27 messages fetched; lost: reaction",
            ),
            (
                r#""op":"gap","from":"yesterday""#,
                "--:--:-- wyzepal_tail/gap  time=2026-11-22T12:14:05Z from=yesterday",
            ),
            (
                r#""op":"later","x":1"#,
                "--:--:-- wyzepal_tail/later  time=2026-11-22T12:14:05Z x=1",
            ),
        ] {
            assert_eq!(lines(Color::Off, fields), expected, "{fields}");
        }
    }

    #[test]
    fn all_but_gaps_are_dim() {
        let alive = lines(Color::On, r#""op":"alive""#);
        assert!(
            alive.ends_with("\u{1b}[2malive  the server had nothing to say\u{1b}[0m"),
            "{alive:?}"
        );
    }
}
