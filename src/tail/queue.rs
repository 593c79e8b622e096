//! One queue of the server, as far as a run has come with it.

use jiff::Timestamp;

use super::owed::Audit;
use crate::api::Registered;
use crate::cursor::Place;
use crate::delivery::{Era, Inbox};
use crate::event::{EventId, QueueId};

/// A queue and how far it has been printed.
pub struct Queue {
    /// Its name.
    pub id: QueueId,
    /// What came of it, and what to acknowledge.
    pub inbox: Inbox,
    /// The server's; 0 for old servers.
    pub feature_level: u64,
    /// Whether a poll of it came back with anything but a refusal. After mere trouble a refusal
    /// may be the trouble's doing: a server that was killed has lost its queues.
    pub answered: bool,
    /// When events were last known to be complete.
    pub complete_at: Timestamp,
    /// Whether history must be looked at for what it did not deliver.
    pub audit: Audit,
    /// Messages that were printed from history as it did not deliver them, as far as that is not yet
    /// told. In the cursor they stand beside the ids of the same messages, so that whatever ends a run
    /// between two pages, the next one tells of all of them.
    pub missed: u64,
}

impl Queue {
    /// Just registered.
    pub fn fresh(registered: Registered) -> Queue {
        Queue {
            id: registered.queue,
            // Not the last_event_id that register tells: what came meanwhile is wanted.
            inbox: Inbox::new(EventId::NONE_SEEN, Era::of(registered.feature_level)),
            feature_level: registered.feature_level,
            answered: false,
            complete_at: Timestamp::now(),
            audit: Audit::None,
            missed: 0,
        }
    }

    /// An earlier run's.
    pub fn resumed(place: &Place) -> Queue {
        Queue {
            id: QueueId(place.queue_id.clone()),
            inbox: Inbox::new(EventId(place.last_event_id), Era::of(place.feature_level)),
            feature_level: place.feature_level,
            answered: true,
            complete_at: place.complete_at,
            audit: Audit::None,
            missed: place.missed,
        }
    }

    /// Somebody else's.
    pub fn taken_over(id: QueueId, position: EventId) -> Queue {
        Queue {
            id,
            inbox: Inbox::new(position, Era::New),
            feature_level: 0,
            answered: false,
            complete_at: Timestamp::now(),
            audit: Audit::None,
            missed: 0,
        }
    }

    /// The last time at which nothing was missing: a queue that answers may still owe something of before.
    pub fn sound_until(&self) -> Timestamp {
        self.audit.since().unwrap_or(self.complete_at)
    }
}
