//! `reaction` and `submessage`: what others do to a message that is there, with an emoji, a poll or a
//! list of tasks.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2), and for old servers
//! `zerver/lib/actions.py` of 1.7. Contents of submessages: `zerver/lib/validator.py` of 9.2
//! (`validate_poll_data`, `validate_todo_data`).

use std::borrow::Cow;

use serde::Deserialize;

use crate::event::{Event, MessageId};
use crate::output::names::Subject;
use crate::output::summary::scribe::{Odd, Scribe, Told, Who};

#[derive(Deserialize)]
struct Reaction<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    message_id: MessageId,
    #[serde(borrow)]
    emoji_name: Cow<'a, str>,
    #[serde(borrow, default)]
    emoji_code: Cow<'a, str>,
    #[serde(borrow, default, rename = "reaction_type")]
    emoji_kind: Cow<'a, str>,
    /// Missing on old servers, which have it in `user` only.
    user_id: Option<i64>,
    #[serde(borrow, default)]
    user: Reactor<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reactor<'a> {
    #[serde(alias = "id")]
    user_id: Option<i64>,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    full_name: Cow<'a, str>,
}

/// `reaction`.
pub fn reaction(event: &Event, scribe: &mut Scribe) -> Told {
    let reaction: Reaction = serde_json::from_str(event.text)?;
    let who = &reaction.user;
    let id = reaction.user_id.or(who.user_id);
    if let Some(id) = id {
        scribe.names.learn(Subject::Person, id, &who.full_name);
        scribe.names.learn_address(&who.email, id);
    }
    let (verb, way) = match &*reaction.op {
        "add" => (" added ", " to "),
        "remove" => (" removed ", " from "),
        _ => return Err(Odd),
    };
    scribe.someone(Who {
        id,
        name: &who.full_name,
        address: &who.email,
    });
    scribe.say(verb);
    let (code, kind) = (&reaction.emoji_code, &reaction.emoji_kind);
    scribe.emoji(&reaction.emoji_name, code, kind);
    scribe.say(way);
    scribe.message(reaction.message_id);
    Ok(())
}

#[derive(Deserialize)]
struct Submessage<'a> {
    message_id: MessageId,
    sender_id: i64,
    #[serde(borrow)]
    content: Cow<'a, str>,
}

/// What somebody did to a poll or a list of tasks; from their client, so it may be anything.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Widget {
    Vote { vote: i64 },
    NewOption { option: String },
    Question { question: String },
    NewTask { task: String },
    Strike,
    NewTaskListTitle { title: String },
}

/// `submessage`.
pub fn submessage(event: &Event, scribe: &mut Scribe) -> Told {
    let submessage: Submessage = serde_json::from_str(event.text)?;
    scribe.person(submessage.sender_id);
    let way = tell_widget(serde_json::from_str(&submessage.content).ok(), scribe);
    scribe.say(way);
    scribe.message(submessage.message_id);
    Ok(())
}

/// What was done; gives the words that lead to the message.
fn tell_widget(widget: Option<Widget>, scribe: &mut Scribe) -> &'static str {
    let (verb, text, way) = match widget {
        Some(Widget::Vote { vote: 1.. }) => return " voted in ",
        Some(Widget::Vote { .. }) => return " took back a vote in ",
        Some(Widget::Strike) => return " ticked or unticked a task in ",
        None => return " updated the widget in ",
        Some(Widget::NewOption { option }) => (" added the option ", option, " to "),
        Some(Widget::Question { question }) => (" asks ", question, " now in "),
        Some(Widget::NewTask { task }) => (" added the task ", task, " to "),
        Some(Widget::NewTaskListTitle { title }) => (" gave the title ", title, " to "),
    };
    scribe.say(verb);
    scribe.quote(&text);
    way
}
