//! `delete_message`: what is gone, as far as that is known.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2), and for old servers
//! `do_delete_messages` in `zerver/lib/actions.py` of 1.7.

use std::borrow::Cow;

use serde::Deserialize;

use crate::event::{Event, MessageId};
use crate::output::summary::place::Place;
use crate::output::summary::scribe::{Odd, Scribe, Told, Who};

/// More are not looked for one by one: it would take long and say little.
const QUOTED: usize = 50;

#[derive(Deserialize)]
struct Deletion<'a> {
    message_id: Option<MessageId>,
    #[serde(default)]
    message_ids: Vec<MessageId>,
    /// The address of who deleted it, on old servers; new ones do not say who.
    #[serde(borrow, default)]
    sender: Cow<'a, str>,
    /// Old servers do not say where.
    #[serde(borrow, default)]
    message_type: Cow<'a, str>,
    stream_id: Option<i64>,
    topic: Option<String>,
}

/// `delete_message`. Also sent for messages that somebody may not see any more.
pub fn delete_message(event: &Event, scribe: &mut Scribe) -> Told {
    let deletion: Deletion = serde_json::from_str(event.text)?;
    if deletion.sender.is_empty() {
        scribe.say("deleted: ");
    } else {
        scribe.someone(Who {
            address: &deletion.sender,
            ..Who::default()
        });
        scribe.say(" deleted ");
    }
    let ids = match (&*deletion.message_ids, &deletion.message_id) {
        ([], Some(id)) => std::slice::from_ref(id),
        ([], None) => return Err(Odd),
        (ids, _) => ids,
    };
    let mut place = match (deletion.stream_id, &deletion.topic) {
        (Some(channel), Some(topic)) => Some(Place::Channel(channel, topic.clone())),
        _ => None,
    };
    if let [id] = ids {
        scribe.excerpt(*id);
        let said = scribe.recent.find(*id);
        place = place.or(said.map(Place::of));
        let author = said.and_then(|said| said.sender);
        if let Some(author) = author.filter(|id| scribe.names.at(&deletion.sender) != Some(*id)) {
            scribe.say(" from ");
            scribe.person(author);
        }
    } else {
        scribe.count(ids.len(), "message");
    }
    if matches!(&*deletion.message_type, "private" | "direct") {
        place = place.or(Some(Place::With(Vec::new())));
    }
    if let Some(place) = place {
        scribe.place_in_brackets(&place);
    }
    if ids.len() > 1 {
        quote_known(ids, scribe);
    }
    Ok(())
}

/// `: "one", "two"`: those of the messages that passed lately.
fn quote_known(ids: &[MessageId], scribe: &mut Scribe) {
    let known = ids.iter().take(QUOTED).copied();
    let known: Vec<_> = known
        .filter(|id| scribe.recent.find(*id).is_some())
        .collect();
    if !known.is_empty() {
        scribe.aside(": ");
        scribe.list(&known, |scribe, id| scribe.excerpt(*id));
    }
}
