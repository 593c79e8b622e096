//! `GET` and `DELETE /events`: polls that wait, and the end of a queue.
//!
//! Not for what a queue does with an acknowledgement (`queue`). Rules: `zerver/tornado/views.py` of
//! Zulip 9.2. Left out: queues that `GET /events` itself creates, which no client should use.

use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;

use super::http::Answer;
use super::params::Params;
use super::refusal::Refusal;
use super::stage::Stage;
use super::success::success;
use crate::event::{EventId, QueueId};

/// How long a poll can wait without a look at whether its client is still there.
const LOOK: Duration = Duration::from_millis(500);

const KNOWN: &[&str] = &[
    "queue_id",
    "last_event_id",
    "dont_block",
    "apply_markdown",
    "client_gravatar",
    "slim_presence",
    "all_public_streams",
    "event_types",
    "narrow",
    "lifespan_secs",
    "client",
];

#[derive(Serialize)]
struct Events<'a> {
    events: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_id: Option<&'a str>,
}

/// Whether a poll had to wait: only then the answer names the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waited {
    Yes,
    No,
}

/// Waits for events of a queue. None if the client has gone or the demo is over.
pub fn poll(
    stage: &Stage,
    params: &Params,
    is_closed: &dyn Fn() -> bool,
) -> Result<Option<Answer>, Refusal> {
    let last = params.integer("last_event_id")?;
    let blocks = !params.flag("dont_block", false)?;
    let id = params
        .text("queue_id")
        .ok_or_else(|| Refusal::bad_request("Missing 'queue_id' argument"))?;
    let last = last.ok_or_else(|| Refusal::bad_request("Missing 'last_event_id' argument"))?;
    let id = QueueId(id.to_owned());
    let reply = |events: String, waited| {
        let events = RawValue::from_string(events).map_err(|_| Refusal::Internal)?;
        let queue_id = (waited == Waited::Yes).then_some(id.0.as_str());
        Ok(Some(success(
            Events { events, queue_id },
            params.unknown(KNOWN),
        )))
    };

    let mut realm = stage.realm();
    let start = stage.now();
    let queue = realm.queue(&id, start)?;
    queue.acknowledge(EventId(last))?;
    // A poll that waits is displaced even if this one does not wait.
    queue.unpark();
    let events = (!queue.is_empty() || !blocks).then(|| queue.events());
    stage.announce();
    if let Some(events) = events {
        return reply(events, Waited::No);
    }
    let ticket = realm.ticket();
    let (soonest, latest) = stage.heartbeat();
    let heartbeat = start.after(realm.chance(soonest, latest));
    realm.queue(&id, start)?.park(ticket, start);
    loop {
        let now = stage.now();
        // Deleted or displaced: no events.
        let Ok(queue) = realm.queue(&id, now) else {
            return reply("[]".to_owned(), Waited::Yes);
        };
        if !queue.is_parked(ticket) {
            return reply("[]".to_owned(), Waited::Yes);
        }
        if stage.is_stopped() || is_closed() {
            queue.unpark();
            return Ok(None);
        }
        if now >= heartbeat {
            queue.push_heartbeat();
        }
        if !queue.is_empty() {
            queue.unpark();
            return reply(queue.events(), Waited::Yes);
        }
        realm = stage.wait(realm, heartbeat.since(now).min(LOOK));
    }
}

/// Ends a queue; a poll that waits there is answered without events.
pub fn delete(stage: &Stage, params: &Params) -> Result<Answer, Refusal> {
    #[derive(Serialize)]
    struct Nothing {}
    let id = params
        .text("queue_id")
        .ok_or(Refusal::Missing("queue_id"))?;
    stage.realm().delete(&QueueId(id.to_owned()), stage.now())?;
    stage.announce();
    Ok(success(Nothing {}, params.unknown(KNOWN)))
}
