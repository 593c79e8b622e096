//! `GET` and `DELETE /events`: polls that wait, and the end of a queue.
//!
//! Not for what a queue does with an acknowledgement (`queue`). Rules: `zerver/tornado/views.py` of
//! Zulip 9.2. Left out: queues that `GET /events` itself creates, which no client should use.

use std::sync::MutexGuard;
use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;

use super::http::Answer;
use super::params::Params;
use super::realm::Realm;
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

    let mut realm = stage.realm();
    let queue = realm.queue(&id, stage.now())?;
    queue.acknowledge(EventId(last))?;
    // A poll that waits is displaced even if this one does not wait.
    queue.unpark();
    let at_once = (!queue.is_empty() || !blocks).then(|| queue.events());
    stage.announce();
    // The answer names the queue only where it had to wait.
    let (events, queue_id) = match at_once {
        Some(events) => (events, None),
        None => match wait(stage, realm, &id, is_closed)? {
            Some(events) => (events, Some(id.0.as_str())),
            None => return Ok(None),
        },
    };
    let events = RawValue::from_string(events).map_err(|_| Refusal::Internal)?;
    let answer = Events { events, queue_id };
    Ok(Some(success(answer, params.unknown(KNOWN))))
}

/// Parks a poll until there are events: a JSON list, empty if the queue is deleted or another poll comes.
fn wait<'a>(
    stage: &'a Stage,
    mut realm: MutexGuard<'a, Realm>,
    id: &QueueId,
    is_closed: &dyn Fn() -> bool,
) -> Result<Option<String>, Refusal> {
    let start = stage.now();
    let ticket = realm.ticket();
    let (soonest, latest) = stage.heartbeat();
    let heartbeat = start.after(realm.chance(soonest, latest));
    realm.queue(id, start)?.park(ticket, start);
    loop {
        let now = stage.now();
        let queue = realm.queue(id, now).ok();
        let Some(queue) = queue.filter(|queue| queue.is_parked(ticket)) else {
            return Ok(Some("[]".to_owned()));
        };
        if stage.is_stopped() || is_closed() {
            queue.unpark();
            return Ok(None);
        }
        if now >= heartbeat {
            queue.push_heartbeat();
        }
        if !queue.is_empty() {
            queue.unpark();
            return Ok(Some(queue.events()));
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
