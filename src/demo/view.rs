//! Which messages a queue or a request for history shows, and in which form.
//!
//! Rules: `zerver/lib/narrow.py` of Zulip 9.2. What a narrow means is what it means to the rest of the program.

use serde_json::{Value, json};

use super::http::Request;
use super::roster::{CHANNELS, Character, DemoChannel, PEOPLE, TAIL_BOT};
use super::server::ErrorAnswer;
use crate::event::Event;
use crate::kind;
use crate::listed::Listed;
use crate::selection::narrow::{Directory, Narrow, Reference};
use crate::selection::people::PersonRef;

/// What is shown.
#[derive(Debug)]
pub struct View {
    /// All messages, where it has no terms.
    narrow: Narrow,
    /// Messages of channels without a subscription as well.
    all_public: bool,
    /// Content as HTML.
    apply_markdown: bool,
}

impl View {
    /// Of a queue, which any narrow widens to all public channels.
    pub fn of_queue(request: &Request) -> Result<View, ErrorAnswer> {
        let terms = terms(request)?;
        Ok(View {
            all_public: !terms.is_empty() || request.json("all_public_streams")?.unwrap_or(false),
            apply_markdown: request.json("apply_markdown")?.unwrap_or(false),
            narrow: parse(&terms)?,
        })
    }

    /// Of a request for history, which has to name a channel, or all public ones, to see what the account did
    /// not receive. The latter has an option of its own in this program, and is no narrow.
    pub fn of_history(request: &Request) -> Result<View, ErrorAnswer> {
        let mut terms = terms(request)?;
        let listed = terms.len();
        terms.retain(|term| !is_all_public(term));
        let mut all_public = terms.len() < listed;
        let narrow = parse(&terms)?;
        for reference in narrow.references() {
            all_public |= matches!(reference, Reference::Channel(_));
            if let Some(reason) = unknown(reference) {
                return Err(bad_narrow(&reason));
            }
        }
        Ok(View {
            narrow,
            all_public,
            apply_markdown: request.json("apply_markdown")?.unwrap_or(true),
        })
    }

    /// Whether a `message` event is shown.
    pub fn shows(&self, event: &Value) -> bool {
        let received = match event["message"]["display_recipient"].as_str() {
            Some(name) => DemoChannel::called(name).is_some_and(DemoChannel::is_subscribed),
            None => true,
        };
        let text = event.to_string();
        let event = Event::new(None, kind::MESSAGE, &text);
        (received || self.all_public) && self.narrow.has(&event)
    }

    /// Gives a message the form of the request.
    pub fn format(&self, message: &mut Value) {
        if self.apply_markdown {
            message["content"] = html(message["content"].as_str().unwrap_or_default()).into();
            message["content_type"] = "text/html".into();
        }
    }
}

fn bad_narrow(reason: &str) -> ErrorAnswer {
    let message = format!("Invalid narrow operator: {reason}");
    ErrorAnswer(400, "BAD_NARROW", message)
}

fn terms(request: &Request) -> Result<Vec<Value>, ErrorAnswer> {
    Ok(request.json("narrow")?.unwrap_or_default())
}

/// Whether a term is `{"operator":"streams","operand":"public"}`.
fn is_all_public(term: &Value) -> bool {
    matches!(term["operator"].as_str(), Some("streams" | "channels")) && term["operand"] == "public"
}

/// What is wrong with a reference to a channel or a person that is not there; there may be any topic.
fn unknown(reference: Reference) -> Option<String> {
    match reference {
        Reference::Channel(wanted) => {
            let mut channels = CHANNELS.iter();
            let is_there = channels.any(|channel| wanted.is(Some(channel.id), channel.name));
            let id = wanted.id.map(|id| id.to_string()).unwrap_or_default();
            let name = wanted.name().unwrap_or(&id);
            (!is_there).then(|| format!("unknown channel {name}"))
        }
        Reference::Person(wanted) => {
            let is_there = PEOPLE.iter().any(|one| wanted.is_same(&known(one)));
            (!is_there).then(|| format!("unknown user {wanted}"))
        }
        Reference::Topic(_) => None,
    }
}

fn parse(terms: &[Value]) -> Result<Narrow, ErrorAnswer> {
    if terms.is_empty() {
        return Ok(Narrow::default());
    }
    let narrow: Result<Narrow, _> = json!(terms).to_string().parse();
    let mut narrow = narrow.map_err(|error| bad_narrow(&error))?;
    let account = Directory {
        me: Some(known(TAIL_BOT)),
        ..Directory::default()
    };
    narrow
        .resolve(&account)
        .map_err(|error| bad_narrow(&error))?;
    Ok(narrow)
}

/// As narrows have it.
fn known(person: &Character) -> PersonRef {
    PersonRef::Known(Listed {
        id: person.id,
        address: person.email.to_owned(),
        ..Listed::default()
    })
}

/// HTML that shows the text as it was written.
pub fn html(content: &str) -> String {
    let escaped = content.replace('&', "&amp;").replace('<', "&lt;");
    format!("<p>{}</p>", escaped.replace('\n', "<br>\n"))
}
