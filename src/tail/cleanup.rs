//! What is left to do when a run ends, whichever thread ends it: save what was printed, delete the queue, keep the
//! names for completion, say the last word.
//!
//! It knows what that takes, behind a lock that is held for moments only. Not for when a run ends (`watch.rs`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::api::{ApiError, Client};
use crate::cursor::{Cursor, Place};
use crate::event::{EventId, MessageId, QueueId};
use crate::notice::{Level, Notices};
use crate::output::sink::Sink;
use crate::seen::SeenNames;
use crate::watch::{Cause, Cleanup, Ending};

/// What is left to do at the end of a tail.
pub struct TailCleanup {
    client: Client,
    notices: Notices,
    cursor: Option<Arc<Cursor>>,
    seen: Option<Arc<SeenNames>>,
    /// Standard output, to be synced.
    stdout: Sink,
    /// How long the server may be silent.
    give_up_after: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The queue that is to be deleted.
    queue: Option<QueueId>,
    /// The place that was saved last.
    saved: Option<Place>,
    /// What was printed since.
    printed: Option<Printed>,
    /// Whether the server has ever been heard.
    heard: bool,
    /// The last failure.
    last_error: Option<String>,
}

/// What was printed of a queue that is not in the cursor file yet.
struct Printed {
    position: EventId,
    messages: Vec<MessageId>,
}

impl TailCleanup {
    /// Nothing is left to do yet.
    pub fn new(
        client: Client,
        notices: Notices,
        cursor: Option<Arc<Cursor>>,
        seen: Option<Arc<SeenNames>>,
        stdout: Sink,
        give_up_after: Duration,
    ) -> TailCleanup {
        TailCleanup {
            client,
            notices,
            cursor,
            seen,
            stdout,
            give_up_after,
            state: Mutex::default(),
        }
    }

    /// From now on this queue is to be deleted, or none. It would hold events in the server's memory for ten
    /// minutes.
    pub fn set_queue(&self, queue: Option<QueueId>) {
        self.state().queue = queue;
    }

    /// This place is in the cursor file.
    pub fn set_saved(&self, place: Place) {
        let mut state = self.state();
        state.printed = None;
        state.saved = Some(place);
    }

    /// Events up to this one are printed beyond what is saved, with these messages among them.
    pub fn add_printed(&self, position: EventId, messages: &[MessageId]) {
        if self.cursor.is_none() {
            return;
        }
        let mut state = self.state();
        let printed = state.printed.get_or_insert_with(|| Printed {
            position,
            messages: Vec::new(),
        });
        printed.position = position;
        printed.messages.extend_from_slice(messages);
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Saves what was printed since the last time. Where that fails there is nobody to be told; the same
    /// events come again with the next run.
    fn save(&self, ending: &Ending) {
        let (saved, printed) = {
            let mut state = self.state();
            (state.saved.take(), state.printed.take())
        };
        if let (Some(cursor), Some(mut place), Some(printed)) = (&self.cursor, saved, printed) {
            place.last_event_id = printed.position.0;
            for id in printed.messages {
                place.messages.window.insert(id.0);
            }
            ending.saving(|| {
                if self.stdout.sync().is_ok() {
                    let _ = cursor.save(&place);
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

    fn say_last_word(&self, cause: Cause) {
        let site = &self.client.account().site;
        let (heard, error) = {
            let state = self.state();
            (state.heard, state.last_error.clone())
        };
        match cause {
            Cause::TimedOut(_) if !heard => {
                let error = error.unwrap_or_else(|| format!("no answer from {site}"));
                let text = format!("was not connected in that time: {error}");
                self.notices.say(Level::Warning, &text);
            }
            Cause::GaveUp => {
                let silent = || ApiError::silent(site, self.give_up_after).to_string();
                let text = format!("gave up: {}", error.unwrap_or_else(silent));
                self.notices.say(Level::Error, &text);
            }
            _ => {}
        }
    }
}

impl Cleanup for TailCleanup {
    fn clean_up(&self, ending: &Ending) {
        // The main thread has saved everything before it ends a run.
        if !matches!(ending.cause, Cause::Finished(_)) {
            self.save(ending);
        }
        self.delete_queue(ending.time_left());
        if let Some(seen) = &self.seen {
            seen.save();
        }
        self.say_last_word(ending.cause);
    }
}
