//! One queue of the server, as far as a run has come with it.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::recover::Comparison;
use crate::api::Registered;
use crate::cursor::Checkpoint;
use crate::delivery::{IdOrder, Inbox};
use crate::event::{EventId, QueueId};

/// A queue and how far it has been printed.
pub struct Queue {
    /// Its name.
    pub id: QueueId,
    /// What came of it, and what to acknowledge.
    pub inbox: Inbox,
    /// The server's; 0 for old servers.
    pub feature_level: u64,
    /// When this run registered it.
    registered: Option<Instant>,
    /// From when on a poll brings all that it has of the messages that were sent around that time.
    pub decides_at: Instant,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Whether a poll of it came back with anything but a refusal. After mere trouble a refusal
    /// may be the trouble's doing: a server that was killed has lost its queues.
    pub answered: bool,
    /// When events were last known to be complete.
    pub complete_at: Timestamp,
    /// Where it must be compared with history, as it may not have delivered all.
    pub comparison: Option<Comparison>,
    /// Messages that were printed from history as it did not deliver them, as far as that is not yet
    /// told. In the cursor they stand beside the ids of the same messages, so that whatever ends a run
    /// between two pages, the next one tells of all of them.
    pub missed: u64,
}

/// A queue that is lost at this age cannot have expired.
const YOUNG: Duration = Duration::from_mins(1);

impl Queue {
    fn new(id: QueueId, position: EventId, order: IdOrder) -> Queue {
        Queue {
            id,
            inbox: Inbox::new(position, order),
            feature_level: 0,
            registered: None,
            decides_at: Instant::now(),
            registered_at: Timestamp::now(),
            answered: false,
            complete_at: Timestamp::now(),
            comparison: None,
            missed: 0,
        }
    }

    /// Somebody else's.
    pub fn taken_over(id: QueueId, position: EventId) -> Queue {
        Queue::new(id, position, IdOrder::Ascending)
    }

    /// Just registered; an event may be on its way to it for so long.
    pub fn fresh(registered: Registered, on_its_way: Duration) -> Queue {
        let (now, level) = (Instant::now(), registered.feature_level);
        Queue {
            feature_level: level,
            registered: Some(now),
            decides_at: now + on_its_way,
            // Not the last_event_id that register tells: what came meanwhile is wanted.
            ..Queue::new(registered.queue, EventId::NONE_SEEN, IdOrder::of(level))
        }
    }

    /// An earlier run's; an event may be on its way to it for so long.
    pub fn resumed(checkpoint: &Checkpoint, on_its_way: Duration) -> Queue {
        let age = Timestamp::now().duration_since(checkpoint.registered_at);
        // A clock that went back makes it wait once more.
        let age = Duration::try_from(age).unwrap_or_default();
        let (id, position) = (
            QueueId(checkpoint.queue_id.clone()),
            EventId(checkpoint.last_event_id),
        );
        Queue {
            feature_level: checkpoint.feature_level,
            decides_at: Instant::now() + on_its_way.saturating_sub(age),
            registered_at: checkpoint.registered_at,
            answered: true,
            complete_at: checkpoint.complete_at,
            missed: checkpoint.missed,
            ..Queue::new(id, position, IdOrder::of(checkpoint.feature_level))
        }
    }

    /// Whether it was registered a short time ago.
    pub fn is_young(&self) -> bool {
        self.registered.is_some_and(|at| at.elapsed() < YOUNG)
    }

    /// The last time at which nothing was missing: a queue that answers may still owe something of before.
    pub fn complete_until(&self) -> Timestamp {
        self.comparison
            .as_ref()
            .map_or(self.complete_at, |comparison| comparison.since)
    }
}
