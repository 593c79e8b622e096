//! Somebody is writing, a new message or an edit, or stopped to.
//!
//! Shapes: `typing` and `typing_edit_message` in Zulip's `zerver/openapi/zulip.yaml` (`GET /events`,
//! 9.2 and 10.0), and for old servers `do_send_typing_notification` in `zerver/lib/actions.py` of 1.7.

use std::borrow::Cow;

use serde::Deserialize;

use crate::event::{Event, MessageId};
use crate::output::summary::place::PlaceFields;
use crate::output::summary::scribe::{Odd, Scribe, Told, Who};

#[derive(Deserialize)]
struct Typing<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    sender: Typist,
    /// Everybody in the conversation, the sender too; missing in channels.
    #[serde(default)]
    recipients: Vec<Typist>,
    stream_id: Option<i64>,
    #[serde(borrow, default)]
    topic: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Typist {
    user_id: i64,
    #[serde(default)]
    email: String,
}

impl Typist {
    fn who(&self) -> Who<'_> {
        Who {
            id: Some(self.user_id),
            address: &self.email,
            ..Who::default()
        }
    }
}

#[derive(Deserialize)]
struct Editing<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    sender_id: i64,
    message_id: MessageId,
    #[serde(default)]
    recipient: PlaceFields,
}

/// `typing`.
pub fn typing(event: &Event, scribe: &mut Scribe) -> Told {
    let typing: Typing = serde_json::from_str(event.text)?;
    let sender = &typing.sender;
    scribe.someone(sender.who());
    scribe.say(match &*typing.op {
        "start" => " is typing",
        "stop" => " stopped typing",
        _ => return Err(Odd),
    });
    if let Some(channel) = typing.stream_id {
        scribe.say(" in ");
        scribe.topic_in(channel, &typing.topic);
        return Ok(());
    }
    if typing.recipients.is_empty() {
        return Err(Odd);
    }
    let others = typing.recipients.iter();
    let others: Vec<_> = others.filter(|who| who.user_id != sender.user_id).collect();
    scribe.say(" to ");
    if others.is_empty() {
        scribe.say("themselves");
    }
    scribe.list(&others, |scribe, who| {
        scribe.someone(who.who());
    });
    Ok(())
}

/// `typing_edit_message`.
pub fn typing_edit_message(event: &Event, scribe: &mut Scribe) -> Told {
    let editing: Editing = serde_json::from_str(event.text)?;
    scribe.person(editing.sender_id);
    scribe.say(match &*editing.op {
        "start" => " is editing ",
        "stop" => " stopped editing ",
        _ => return Err(Odd),
    });
    let id = editing.message_id;
    scribe.message(id);
    if scribe.recent.find(id).is_none()
        && let Some(place) = editing.recipient.place(Some(editing.sender_id))
    {
        scribe.place_in_brackets(&place);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
