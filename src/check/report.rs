//! What `--check` prints: one line for each finding, as text or as JSON.
//!
//! `ok       account        Tail Bot (bot, user 12)`, or
//! `{"type":"wyzepal_tail","op":"check","time":…,"subject":"account","status":"ok","text":"…"}`;
//! `advice` is there where something is to be done.

use jiff::Timestamp;
use serde::Serialize;

use crate::error::{Error, Exit};
use crate::output::meta::{self, Finding, Record, Status, Subject};
use crate::output::palette::Palette;
use crate::output::sanitize::sanitize_line;
use crate::output::sink::{Sink, WriteError};
use crate::secret::redacted;

/// How findings are written.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// For people.
    Text(Palette),
    /// One JSON object a line.
    Json,
}

/// Writes findings as they come, and remembers the first problem.
pub struct Report {
    form: Form,
    sink: Sink,
    exit: Exit,
}

impl Report {
    /// A report without a finding.
    pub fn new(form: Form, sink: Sink) -> Report {
        Report {
            form,
            sink,
            exit: Exit::Done,
        }
    }

    /// Something is as it should be.
    pub fn good(&mut self, subject: Subject, text: impl Into<String>) -> Result<(), Error> {
        self.write(subject, Status::Ok, &text.into(), None)
    }

    /// Something may not be as it was meant.
    pub fn doubt(
        &mut self,
        subject: Subject,
        text: impl Into<String>,
        advice: Option<&str>,
    ) -> Result<(), Error> {
        self.write(subject, Status::Warning, &text.into(), advice)
    }

    /// Something cannot work; `exit` is what a tail would end with.
    pub fn problem(
        &mut self,
        subject: Subject,
        text: impl Into<String>,
        advice: Option<&str>,
        exit: Exit,
    ) -> Result<(), Error> {
        if self.exit == Exit::Done {
            self.exit = exit;
        }
        self.write(subject, Status::Problem, &text.into(), advice)
    }

    /// The exit code: that of the first problem.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    fn write(
        &mut self,
        subject: Subject,
        status: Status,
        text: &str,
        advice: Option<&str>,
    ) -> Result<(), Error> {
        let finding = Finding {
            subject,
            status,
            text: redacted(text).into_owned(),
            advice: advice.map(|advice| redacted(advice).into_owned()),
        };
        let line = match self.form {
            Form::Json => meta::line(&Record::Check(finding), Timestamp::now()),
            Form::Text(palette) => text_line(&finding, palette),
        };
        match self.sink.write(line.as_bytes()) {
            Ok(()) | Err(WriteError::ReaderGone) => Ok(()),
            Err(WriteError::Failed(error)) => Err(Error::Write(error)),
        }
    }
}

fn text_line(finding: &Finding, palette: Palette) -> String {
    let ink = match finding.status {
        Status::Ok => palette.good(),
        Status::Warning => palette.warning(),
        Status::Problem => palette.error(),
    };
    let (status, subject) = (word(finding.status), word(finding.subject));
    let mut text = sanitize_line(&finding.text).into_owned();
    if let Some(advice) = &finding.advice {
        text.push_str("; ");
        text.push_str(&sanitize_line(advice));
    }
    format!(
        "{}  {subject:<13}  {text}\n",
        ink.paint(&format!("{status:<7}"))
    )
}

/// The word that JSON has for a status or a subject.
fn word(value: impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::text_line;
    use crate::output::meta::{Finding, Record, Status, Subject, line};
    use crate::output::palette::{Color, Palette};
    use jiff::Timestamp;

    #[test]
    fn a_finding_is_one_line_in_either_form() {
        let finding = Finding {
            subject: Subject::Subscriptions,
            status: Status::Warning,
            text: "no\u{9b}ne\n".to_owned(),
            advice: Some("subscribe".to_owned()),
        };
        assert_eq!(
            text_line(&finding, Palette::new(Color::Off)),
            "warning  subscriptions  no\\u{9b}ne⏎; subscribe\n"
        );
        let json = line(&Record::Check(finding), Timestamp::UNIX_EPOCH);
        let start = r#"{"type":"wyzepal_tail","time":"1970-01-01T00:00:00Z","op":"check","#;
        let rest = json.strip_prefix(start).unwrap();
        assert_eq!(
            rest,
            "\"subject\":\"subscriptions\",\"status\":\"warning\",\"text\":\"no\u{9b}ne\\n\",\"advice\":\"subscribe\"}\n"
        );
    }
}
