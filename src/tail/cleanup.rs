//! What is left to do when a run ends, whichever thread ends it: save what was printed, delete the queue, keep the
//! names for completion, say the last word.
//!
//! It knows what that takes, behind a lock that is held for moments only. Not for when a run ends (`watch.rs`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::api::{ApiError, Client};
use crate::cursor::{Checkpoint, Cursor};
use crate::error::Error;
use crate::event::QueueId;
use crate::notice::{Level, Notices};
use crate::output::sink::Sink;
use crate::seen::SeenNames;
use crate::watch::{Cause, Ending};

/// What is left to do at the end of a tail.
pub struct TailCleanup {
    /// Deletes the queue.
    pub client: Client,
    /// Where the last word goes.
    pub notices: Notices,
    /// The cursor file, if there is one.
    pub cursor: Option<Cursor>,
    /// The names for completion.
    pub seen: Option<Arc<SeenNames>>,
    /// Standard output, to be synced.
    pub stdout: Sink,
    /// What is known by now.
    pub state: Mutex<CleanupState>,
}

/// How far a run has come with what matters at its end.
#[derive(Default)]
pub struct CleanupState {
    /// The queue that is to be deleted: it would hold events in the server's memory for ten minutes.
    pub queue: Option<QueueId>,
    /// How far the run has come, where the cursor file does not say it yet.
    unsaved: Option<Checkpoint>,
    /// Whether the server has ever been heard.
    pub heard: bool,
    /// The last failure.
    pub last_error: Option<String>,
}

impl TailCleanup {
    /// Saves how far the run has come, where there is a cursor file.
    pub fn save(&self, place: &Checkpoint) -> Result<(), Error> {
        if let Some(cursor) = &self.cursor {
            cursor.save(place)?;
            self.state().unsaved = None;
        }
        Ok(())
    }

    /// All up to here is written, and not yet saved.
    pub fn set_written(&self, place: &Checkpoint) {
        if self.cursor.is_some() {
            self.state().unsaved = Some(place.clone());
        }
    }

    /// What is known of that by now; to be held for moments only.
    pub fn state(&self) -> MutexGuard<'_, CleanupState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does all that. The main thread has saved everything before it ends a run itself.
    pub fn clean_up(&self, ending: &Ending) {
        if !matches!(ending.cause, Cause::Finished(_)) {
            self.save_rest(ending);
        }
        let queue = self.state().queue.take();
        if let Some(queue) = queue {
            // The server forgets it by itself in the end.
            let _ = self.client.delete(&queue, ending.time_left());
        }
        if let Some(seen) = &self.seen {
            seen.save();
        }
        self.print_last_word(ending.cause);
    }

    /// Saves how far the run has come. Where that fails there is nobody to be told; the same events come again
    /// with the next run.
    fn save_rest(&self, ending: &Ending) {
        let unsaved = self.state().unsaved.take();
        if let Some(place) = unsaved {
            ending.saving(|| {
                if self.stdout.sync().is_ok() {
                    let _ = self.save(&place);
                }
            });
        }
    }

    fn print_last_word(&self, cause: Cause) {
        let site = &self.client.account().site;
        let (heard, error) = {
            let mut state = self.state();
            (state.heard, state.last_error.take())
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
