//! A queue is registered, announced, and kept or given up at the end.

use super::Tail;
use super::queue::Queue;
use crate::api::Registered;
use crate::error::Outcome;
use crate::notice::Level;
use crate::output::meta::Record;

impl Tail {
    /// Registers a queue, as often as it takes. It is deleted at the end of the run unless it is kept.
    pub fn register(&mut self) -> Result<Queue, Outcome> {
        let registered = loop {
            let register = &self.register;
            let cleanup = &self.cleanup;
            match self.link.request(|client| {
                let registered = client.register(register)?;
                // Known to whoever ends the run from the moment that it exists.
                cleanup.set_queue(Some(registered.queue.clone()));
                Ok(registered)
            }) {
                Ok(registered) => break registered,
                Err(error) => {
                    if !self.register.ask_for_less(self.printer.selection(), &error) {
                        self.link.wait_out(error)?;
                        continue;
                    }
                    self.link.announcer().say(
                        Level::Warning,
                        "the account may not see all public channels: only those that it is subscribed to can match",
                    );
                }
            }
        };
        self.link.establish();
        self.announce(&registered)?;
        Ok(Queue::fresh(registered))
    }

    /// From now on the queue is saved, or deleted at the end.
    pub fn keep(&mut self, queue: &Queue) -> Result<(), Outcome> {
        // One that could not be saved is of no use to anybody, so it is deleted.
        self.save(queue)?;
        if self.cursor.is_some() {
            self.cleanup.set_queue(None);
        }
        Ok(())
    }

    fn announce(&mut self, registered: &Registered) -> Result<(), Outcome> {
        let account = self.link.client().account();
        let (site, email) = (account.site.to_string(), account.email.clone());
        let (queue_id, feature_level) = (registered.queue.0.clone(), registered.feature_level);
        let version = registered.version.as_deref().unwrap_or("unknown");
        let text = format!(
            "{email} at {site}: server {version} (feature level {feature_level}), queue {queue_id}, {}",
            self.selection()
        );
        self.link.announcer().say(Level::Detail, &text);
        self.link.announcer().record(&Record::Connected {
            site,
            email,
            queue_id,
            feature_level,
        })
    }
}
