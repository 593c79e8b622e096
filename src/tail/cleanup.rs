//! What is left to do when a run ends, whichever thread ends it: save what was printed, delete the queue, keep the
//! names for completion, say the last word.
//!
//! It knows what that takes, behind a lock that is held for moments only. Not for when a run ends (`watch.rs`).

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::api::{ApiError, Client};
use crate::cursor::{Checkpoint, Cursor};
use crate::error::Error;
use crate::event::{EventId, MessageId, QueueId};
use crate::notice::{Level, Notices};
use crate::output::sink::Sink;
use crate::seen::SeenNames;
use crate::watch::{Cause, Cleanup, Ending};

/// What is left to do at the end of a tail.
pub struct TailCleanup {
    client: Client,
    notices: Notices,
    cursor: Option<Cursor>,
    seen: Option<Arc<SeenNames>>,
    /// Standard output, to be synced.
    stdout: Sink,
    state: Mutex<CleanupState>,
}

#[derive(Default)]
struct CleanupState {
    /// The queue that is to be deleted.
    queue: Option<QueueId>,
    /// How far the run has come, once that was saved for the first time; but for the messages that were printed
    /// since.
    checkpoint: Option<Checkpoint>,
    printed: Vec<MessageId>,
    /// Whether the run has come further than the cursor file says.
    is_ahead: bool,
    /// Whether the server has ever been heard.
    heard: bool,
    /// The last failure.
    last_error: Option<String>,
}

impl TailCleanup {
    /// Nothing is left to do yet.
    pub fn new(
        client: Client,
        notices: Notices,
        cursor: Option<Cursor>,
        seen: Option<Arc<SeenNames>>,
        stdout: Sink,
    ) -> TailCleanup {
        TailCleanup {
            client,
            notices,
            cursor,
            seen,
            stdout,
            state: Mutex::default(),
        }
    }

    /// From now on this queue is to be deleted, or none. It would hold events in the server's memory for ten
    /// minutes.
    pub fn set_queue(&self, queue: Option<QueueId>) {
        self.state().queue = queue;
    }

    /// This checkpoint is in the cursor file.
    pub fn set_saved(&self, checkpoint: Checkpoint) {
        let mut state = self.state();
        state.checkpoint = Some(checkpoint);
        state.printed.clear();
        state.is_ahead = false;
    }

    /// Saves a checkpoint, where there is a cursor file.
    pub fn save(&self, checkpoint: Checkpoint) -> Result<(), Error> {
        if let Some(cursor) = &self.cursor {
            cursor.save(&checkpoint)?;
            self.set_saved(checkpoint);
        }
        Ok(())
    }

    /// Events up to this one are printed beyond what is saved, with these messages among them.
    pub fn add_printed(&self, position: EventId, messages: &[MessageId]) {
        let mut state = self.state();
        if let Some(checkpoint) = &mut state.checkpoint {
            checkpoint.last_event_id = position.0;
            state.printed.extend_from_slice(messages);
            state.is_ahead = true;
        }
    }

    /// Something came back from the server.
    pub fn set_heard(&self) {
        self.state().heard = true;
    }

    /// A good answer came back.
    pub fn set_answered(&self) {
        let mut state = self.state();
        state.heard = true;
        state.last_error = None;
    }

    /// A request failed.
    pub fn set_last_error(&self, error: String) {
        self.state().last_error = Some(error);
    }

    fn state(&self) -> MutexGuard<'_, CleanupState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Saves how far the run has come. Where that fails there is nobody to be told; the same events come again
    /// with the next run.
    fn save_rest(&self, ending: &Ending) {
        let (checkpoint, printed) = {
            let mut state = self.state();
            let checkpoint = state.checkpoint.take().filter(|_| state.is_ahead);
            (checkpoint, mem::take(&mut state.printed))
        };
        if let Some(mut checkpoint) = checkpoint {
            for id in printed {
                checkpoint.messages.window.insert(id.0);
            }
            ending.saving(|| {
                if self.stdout.sync().is_ok() {
                    let _ = self.save(checkpoint);
                }
            });
        }
    }

    fn delete_queue(&self, limit: Duration) {
        let queue = self.state().queue.take();
        if let Some(queue) = queue {
            // The server forgets it by itself in the end.
            let _ = self.client.delete(&queue, limit);
        }
    }

    fn print_last_word(&self, cause: Cause) {
        let site = &self.client.account().site;
        let (heard, error) = {
            let state = self.state();
            (state.heard, state.last_error.clone())
        };
        match cause {
            Cause::TimedOut(_) if !heard => {
                let error = error.unwrap_or_else(|| format!("no answer from {site}"));
                let text = format!("was not connected in that time: {error}");
                self.notices.print(Level::Warning, &text);
            }
            Cause::GaveUp(limit) => {
                let silent = || ApiError::silent(site, "requests", limit).to_string();
                let text = format!("gave up: {}", error.unwrap_or_else(silent));
                self.notices.print(Level::Error, &text);
            }
            _ => {}
        }
    }
}

impl Cleanup for TailCleanup {
    fn clean_up(&self, ending: &Ending) {
        // The main thread has saved everything before it ends a run.
        if !matches!(ending.cause, Cause::Finished(_)) {
            self.save_rest(ending);
        }
        self.delete_queue(ending.time_left());
        if let Some(seen) = &self.seen {
            seen.save();
        }
        self.print_last_word(ending.cause);
    }
}
