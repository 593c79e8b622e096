//! A queue is registered, announced, and kept or given up at the end.

use super::Tail;
use super::queue::Queue;
use crate::api::Registered;
use crate::notice::Level;
use crate::output::meta::Record;
use crate::stop::Stop;

impl Tail {
    /// Registers a queue, as often as it takes. It is deleted at the end of the run unless it is kept.
    pub fn register(&mut self) -> Result<Queue, Stop> {
        let registered = loop {
            let register = &self.register;
            match self
                .link
                .ask(async |client| client.register(register).await)?
            {
                Ok(registered) => break registered,
                Err(error) => {
                    if !self.register.ask_for_less(self.printer.selection(), &error) {
                        self.link.trouble(error)?;
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
        self.farewell.owe(Some(registered.queue.clone()));
        self.announce(&registered)?;
        Ok(Queue::fresh(registered))
    }

    /// From now on the queue is saved, or deleted at the end.
    pub fn keep(&mut self, queue: &Queue) -> Result<(), Stop> {
        // One that could not be saved is of no use to anybody, so it is deleted.
        self.save(queue)?;
        if self.cursor.is_some() {
            self.farewell.owe(None);
        }
        Ok(())
    }

    fn announce(&mut self, registered: &Registered) -> Result<(), Stop> {
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
