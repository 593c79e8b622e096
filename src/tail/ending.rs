//! What is left to do when a run ends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::api::Client;
use crate::event::QueueId;
use crate::poller::Poller;

/// How long deleting our queue may take at the end.
pub const DELETE: Duration = Duration::from_millis(1500);

/// What is left to do at the server when the process ends, whichever thread ends it.
pub struct Farewell {
    client: Arc<Client>,
    queue: Mutex<Option<QueueId>>,
}

impl Farewell {
    /// Nothing is left to do yet.
    pub fn new(client: Arc<Client>) -> Farewell {
        Farewell {
            client,
            queue: Mutex::new(None),
        }
    }

    /// From now on this queue is to be deleted, or none.
    pub fn owe(&self, queue: Option<QueueId>) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = queue;
    }

    /// Deletes our queue, once; it would hold events in the server's memory for ten minutes.
    pub async fn say(&self, limit: Duration) {
        if let Some(queue) = self.owed() {
            // The server forgets it by itself in the end.
            let _ = self.client.delete(&queue, limit).await;
        }
    }

    /// The same from another thread than the main one, which may be stuck.
    pub fn say_apart(&self, limit: Duration) {
        if let Some(queue) = self.owed()
            && let (Ok(poller), Ok(client)) = (Poller::new(), self.client.apart())
        {
            let _ = poller.wait_for(client.delete(&queue, limit));
        }
    }

    fn owed(&self) -> Option<QueueId> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
