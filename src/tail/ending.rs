//! Why a run ends, and what is left to do then.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::api::Client;
use crate::error::Error;
use crate::event::QueueId;
use crate::output::sink::WriteError;
use crate::poller::Poller;
use crate::signals::Signal;

/// How long deleting our queue may take at the end.
pub const DELETE: Duration = Duration::from_millis(1500);

/// Why the loop ends.
#[derive(Debug)]
pub enum Stop {
    /// A signal came.
    Interrupted(Signal),
    /// Nobody reads our output any more.
    ReaderGone,
    /// `--timeout` is over.
    TimedOut,
    /// `--count` is reached.
    Counted,
    /// `--once`: there is nothing more.
    Drained,
    /// `--fail-on-gap`: something was lost.
    Lost,
    /// It cannot go on.
    Failed(Error),
}

impl From<WriteError> for Stop {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::ReaderGone => Stop::ReaderGone,
            WriteError::Failed(cause) => Stop::Failed(Error::Write(cause)),
        }
    }
}

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
            && let Ok(poller) = Poller::new()
        {
            let _ = poller.wait_for(self.client.delete_apart(&queue, limit));
        }
    }

    fn owed(&self) -> Option<QueueId> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
