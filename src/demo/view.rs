//! Which messages a queue or a request for history shows, and in which form.
//!
//! Rules: `zerver/lib/narrow.py` of Zulip 9.2. What a narrow means is what it means to the rest of the program.

use serde_json::{Value, json};

use super::http::Request;
use super::roster::{DemoChannel, PEOPLE, TAIL_BOT};
use super::server::ErrorAnswer;
use crate::event::{MessageEvent, Recipient};
use crate::selection::narrow::Narrow;
use crate::selection::people::{PersonRef, User};

/// What is shown.
#[derive(Debug)]
pub struct View {
    narrow: Option<Narrow>,
    /// Messages of channels without a subscription as well.
    all_public: bool,
    /// Content as HTML.
    apply_markdown: bool,
}

impl View {
    /// Of a queue, which any narrow widens to all public channels.
    pub fn of_queue(request: &Request) -> Result<View, ErrorAnswer> {
        let narrow = parse(&terms(request)?)?;
        Ok(View {
            all_public: narrow.is_some() || request.json("all_public_streams")?.unwrap_or(false),
            apply_markdown: request.json("apply_markdown")?.unwrap_or(false),
            narrow,
        })
    }

    /// Of a request for history, which has to name a channel, or all public ones, to see what the account did
    /// not receive. The latter has an option of its own in this program, and is no narrow.
    pub fn of_history(request: &Request) -> Result<View, ErrorAnswer> {
        let mut terms = terms(request)?;
        let mut all_public = false;
        for term in &terms {
            match parts(term) {
                ("stream" | "channel", Some(name)) if DemoChannel::called(name).is_none() => {
                    return Err(ErrorAnswer::bad_narrow(&format!("unknown channel {name}")));
                }
                ("sender", Some(address)) if !PEOPLE.iter().any(|one| one.email == address) => {
                    return Err(ErrorAnswer::bad_narrow(&format!("unknown user {address}")));
                }
                ("stream" | "channel" | "streams" | "channels", _) => all_public = true,
                _ => {}
            }
        }
        terms.retain(|term| !matches!(parts(term), ("streams" | "channels", Some("public"))));
        Ok(View {
            narrow: parse(&terms)?,
            all_public,
            apply_markdown: request.json("apply_markdown")?.unwrap_or(true),
        })
    }

    /// Whether a `message` event is shown.
    pub fn shows(&self, event: &Value) -> bool {
        let event = event.to_string();
        let Ok(MessageEvent { message, flags }) = serde_json::from_str(&event) else {
            return false;
        };
        let received = match &message.display_recipient {
            Recipient::Channel(name) => {
                DemoChannel::called(name).is_some_and(DemoChannel::is_subscribed)
            }
            Recipient::People(_) => true,
        };
        let flags = flags.as_deref().unwrap_or_default();
        let narrow = self.narrow.as_ref();
        (received || self.all_public) && narrow.is_none_or(|narrow| narrow.matches(&message, flags))
    }

    /// Gives a message the form of the request.
    pub fn format(&self, message: &mut Value) {
        if self.apply_markdown {
            message["content"] = html(message["content"].as_str().unwrap_or_default()).into();
            message["content_type"] = "text/html".into();
        }
    }
}

fn terms(request: &Request) -> Result<Vec<Value>, ErrorAnswer> {
    Ok(request.json("narrow")?.unwrap_or_default())
}

/// Operator and operand of `["stream","ops"]` or `{"operator":"stream","operand":"ops"}`.
fn parts(term: &Value) -> (&str, Option<&str>) {
    let part = |at: usize, name| {
        term.get(at)
            .or_else(|| term.get(name))
            .and_then(Value::as_str)
    };
    (part(0, "operator").unwrap_or_default(), part(1, "operand"))
}

fn parse(terms: &[Value]) -> Result<Option<Narrow>, ErrorAnswer> {
    if terms.is_empty() {
        return Ok(None);
    }
    let narrow: Result<Narrow, _> = json!(terms).to_string().parse();
    let mut narrow = narrow.map_err(|error| ErrorAnswer::bad_narrow(&error.to_string()))?;
    narrow.resolve_me(&PersonRef::Known(User {
        id: TAIL_BOT.id,
        address: TAIL_BOT.email.to_owned(),
        ..User::default()
    }));
    Ok(Some(narrow))
}

/// HTML that shows the text as it was written.
pub fn html(content: &str) -> String {
    let escaped = content.replace('&', "&amp;").replace('<', "&lt;");
    format!("<p>{}</p>", escaped.replace('\n', "<br>\n"))
}
