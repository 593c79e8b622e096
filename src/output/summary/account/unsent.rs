//! What one has written and not sent: drafts, scheduled messages, reminders, saved snippets.
//!
//! Not for what others are writing (`typing`). Sources: `zerver/openapi/zulip.yaml` of Zulip 9.2, for
//! reminders and snippets that of 11.0.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::{Event, MessageId};
use crate::output::summary::few::Few;
use crate::output::summary::scribe::{Odd, Scribe, Told};
use crate::output::summary::text::content::with_emoji;

/// Of these three kinds the events are alike: new ones in a list, a changed one as an object, of
/// what has gone the id.
#[derive(Deserialize)]
struct Change<'a> {
    op: &'a str,
    #[serde(borrow, default)]
    #[serde(alias = "drafts", alias = "scheduled_messages", alias = "reminders")]
    added: Few<Unsent<'a>>,
    #[serde(borrow, alias = "draft", alias = "scheduled_message")]
    updated: Option<Unsent<'a>>,
    #[serde(alias = "draft_id", alias = "scheduled_message_id")]
    #[serde(alias = "reminder_id")]
    removed: Option<i64>,
}

/// `{"type":"stream","to":[7],"topic":"release","content":"wip"}`; `to` of a scheduled message in a
/// channel is no list. The type of a draft is empty until it has a place.
#[derive(Deserialize)]
struct Unsent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    to: &'a RawValue,
    #[serde(borrow, default)]
    topic: Cow<'a, str>,
    #[serde(borrow)]
    content: Cow<'a, str>,
    /// Not for drafts.
    scheduled_delivery_timestamp: Option<i64>,
    /// For reminders.
    reminder_target_message_id: Option<MessageId>,
    /// For scheduled messages: it was tried.
    #[serde(default)]
    failed: bool,
}

/// Where it is to go.
enum Destination {
    Undecided,
    Channel(i64),
    People(Vec<i64>),
}

/// `drafts`.
pub fn drafts(event: &Event, scribe: &mut Scribe) -> Told {
    let change: Change = serde_json::from_str(event.text)?;
    match (change.op, &change.updated, change.removed) {
        ("add", ..) => tell_added(&change.added, "draft", " saved, ", scribe),
        ("update", Some(draft), _) => {
            scribe.say("draft changed, ");
            draft.tell(scribe)
        }
        ("remove", _, Some(id)) => {
            scribe.say(&format!("draft {id} removed"));
            Ok(())
        }
        _ => Err(Odd),
    }
}

/// `scheduled_messages`.
pub fn scheduled_messages(event: &Event, scribe: &mut Scribe) -> Told {
    let change: Change = serde_json::from_str(event.text)?;
    match (change.op, &change.updated, change.removed) {
        ("add", ..) => tell_added(&change.added, "message", " scheduled ", scribe),
        ("update", Some(message), _) => {
            scribe.say(if message.failed {
                "scheduled message could not be sent: "
            } else {
                "scheduled message is now "
            });
            message.tell(scribe)
        }
        ("remove", _, Some(id)) => {
            scribe.say(&format!("scheduled message {id} sent or removed"));
            Ok(())
        }
        _ => Err(Odd),
    }
}

/// `reminders`.
pub fn reminders(event: &Event, scribe: &mut Scribe) -> Told {
    let change: Change = serde_json::from_str(event.text)?;
    match (change.op, change.removed) {
        ("add", _) => tell_added(&change.added, "reminder", " set ", scribe),
        ("remove", Some(id)) => {
            scribe.say(&format!("reminder {id} sent or removed"));
            Ok(())
        }
        _ => Err(Odd),
    }
}

/// `saved_snippets`.
pub fn saved_snippets(event: &Event, scribe: &mut Scribe) -> Told {
    #[derive(Deserialize)]
    struct Change<'a> {
        op: &'a str,
        #[serde(borrow)]
        saved_snippet: Option<Snippet<'a>>,
        saved_snippet_id: Option<i64>,
    }
    #[derive(Deserialize)]
    struct Snippet<'a> {
        #[serde(borrow)]
        title: Cow<'a, str>,
    }
    let change: Change = serde_json::from_str(event.text)?;
    let done = match (change.op, change.saved_snippet_id) {
        ("add", _) => " saved",
        ("update", _) => " changed",
        ("remove", Some(id)) => {
            scribe.say(&format!("snippet {id} removed"));
            return Ok(());
        }
        _ => return Err(Odd),
    };
    scribe.say("snippet ");
    scribe.quote(&change.saved_snippet.ok_or(Odd)?.title);
    scribe.say(done);
    Ok(())
}

fn tell_added(added: &Few<Unsent>, noun: &str, done: &str, scribe: &mut Scribe) -> Told {
    match added.len {
        0 => return Err(Odd),
        1 => scribe.say(noun),
        many => scribe.count(many, noun),
    }
    scribe.say(done);
    let mut told = Ok(());
    scribe.list(added, |scribe, unsent| {
        if let Err(odd) = unsent.tell(scribe) {
            told = Err(odd);
        }
    });
    told
}

impl Unsent<'_> {
    /// When, where and what: `for 2026-11-22 14:02 to #ops > deploy: "Good morning"`.
    fn tell(&self, scribe: &mut Scribe) -> Told {
        if let Some(time) = self.scheduled_delivery_timestamp {
            scribe.say("for ");
            scribe.time(time);
            scribe.say(" ");
        }
        if let Some(id) = self.reminder_target_message_id {
            scribe.say("about ");
            scribe.message(id);
        } else {
            self.tell_destination(scribe)?;
        }
        scribe.aside(": ");
        scribe.quote(&with_emoji(&self.content));
        Ok(())
    }

    fn tell_destination(&self, scribe: &mut Scribe) -> Told {
        match self.destination()? {
            Destination::Undecided => scribe.say("to nobody yet"),
            Destination::Channel(id) => {
                scribe.say("to ");
                scribe.topic_in(id, &self.topic);
            }
            Destination::People(ids) => {
                scribe.say("to ");
                scribe.people(&ids);
            }
        }
        Ok(())
    }

    fn destination(&self) -> Result<Destination, Odd> {
        let to = self.to.get();
        let ids: Vec<i64> = match to.parse() {
            Ok(id) => vec![id],
            Err(_) => serde_json::from_str(to)?,
        };
        Ok(match (&*self.kind, ids.first()) {
            ("stream" | "channel", Some(id)) => Destination::Channel(*id),
            ("private" | "direct", Some(_)) => Destination::People(ids),
            _ => Destination::Undecided,
        })
    }
}

#[cfg(test)]
mod tests;
