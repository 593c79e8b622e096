//! `update_message_flags` and `pointer`: what one has read, starred, collapsed.
//!
//! Shapes: Zulip's `zerver/openapi/zulip.yaml` (`GET /events`, 9.2), and for old servers
//! `do_update_message_flags` and `do_update_pointer` in `zerver/lib/actions.py` of 1.7.

use std::borrow::Cow;

use serde::Deserialize;

use crate::event::{Event, MessageId};
use crate::fields::Fields;
use crate::output::summary::place::{Place, PlaceFields};
use crate::output::summary::scribe::{Odd, Scribe, Told};

/// Of more messages the places are not gathered: it would take long and say little.
const GATHERED: usize = 50;

#[derive(Deserialize)]
struct Flags<'a> {
    /// Old servers only have `operation`, 9.2 has both.
    op: Option<String>,
    operation: Option<String>,
    #[serde(borrow)]
    flag: Cow<'a, str>,
    messages: Vec<MessageId>,
    #[serde(default)]
    all: bool,
    /// By message id, for messages that became unread.
    #[serde(borrow)]
    message_details: Option<Fields<'a>>,
}

/// `update_message_flags`.
pub fn update_message_flags(event: &Event, scribe: &mut Scribe) -> Told {
    let flags: Flags = serde_json::from_str(event.text)?;
    let is_added = match flags.op.as_deref().or(flags.operation.as_deref()) {
        Some("add") => true,
        Some("remove") => false,
        _ => return Err(Odd),
    };
    match (&*flags.flag, is_added) {
        ("read", true) => scribe.say("marked as read: "),
        ("read", false) => scribe.say("marked as unread: "),
        ("starred", true) => scribe.say("starred: "),
        ("starred", false) => scribe.say("unstarred: "),
        ("collapsed", true) => scribe.say("collapsed: "),
        ("collapsed", false) => scribe.say("expanded: "),
        (flag, _) => {
            scribe.say("flag ");
            scribe.say(flag);
            scribe.say(if is_added { " set: " } else { " taken off: " });
        }
    }
    match &*flags.messages {
        _ if flags.all => scribe.say("all messages"),
        [id] => scribe.excerpt(*id),
        ids => scribe.count(ids.len(), "message"),
    }
    let places = places(&flags, scribe);
    if !places.is_empty() {
        scribe.aside(" (");
        scribe.list(&places, Scribe::place);
        scribe.aside(")");
    }
    Ok(())
}

/// Where the messages are, each place once; empty where that is not known of all.
fn places(flags: &Flags, scribe: &Scribe) -> Vec<Place> {
    let mut places = Vec::new();
    if flags.messages.len() > GATHERED {
        return places;
    }
    for id in &flags.messages {
        let said = scribe.recent.find(*id).map(Place::of);
        let Some(place) = said.or_else(|| detailed(*id, flags)) else {
            return Vec::new();
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// Where a message is by the details that the event has of it.
fn detailed(id: MessageId, flags: &Flags) -> Option<Place> {
    let details = flags.message_details.as_ref()?.find(&id.0.to_string())?;
    let details: PlaceFields = serde_json::from_str(details).ok()?;
    details.place(None)
}

#[derive(Deserialize)]
struct Pointer {
    pointer: MessageId,
}

/// `pointer`: how far somebody has read, on old servers.
pub fn pointer(event: &Event, scribe: &mut Scribe) -> Told {
    let Pointer { pointer } = serde_json::from_str(event.text)?;
    scribe.say("read up to ");
    scribe.message(pointer);
    Ok(())
}
