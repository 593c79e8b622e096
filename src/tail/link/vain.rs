//! A run whose time is up before anything came back: it would end without a word.
//!
//! Not for a server that stays away later in a run, nor for giving up on one (`link`).

use super::Link;
use crate::notice::Level;

impl Link {
    /// Says why there was no connection in all that time, if there was none.
    pub fn say_if_in_vain(&mut self) {
        let Some(trouble) = self.trouble.take().filter(|trouble| !trouble.was_heard()) else {
            return;
        };
        let cause = match trouble.into_last() {
            Some(error) => error.to_string(),
            None => format!("no answer from {}", self.client().account().site),
        };
        let text = format!("was not connected in that time: {cause}");
        self.announcer.say(Level::Warning, &text);
    }
}
