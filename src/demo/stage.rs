//! What the demo's threads share: the organization, the clock, the open connections, and the end.
//!
//! Not for what they do with it (`server`, `events`, `cast`).

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::cast::Cast;
use super::clock::{Clock, Moment};
use super::realm::Realm;

/// More connections at a time are refused.
const MOST_CONNECTIONS: usize = 64;
/// Without anything to do the cast looks again after this.
const PAUSE: Duration = Duration::from_secs(1);

/// The shared state.
#[derive(Debug)]
pub struct Stage {
    realm: Mutex<Realm>,
    changed: Condvar,
    stopped: AtomicBool,
    connections: Mutex<BTreeMap<u64, TcpStream>>,
    clock: Clock,
    site: String,
    heartbeat: (Duration, Duration),
}

impl Stage {
    /// A stage that is not stopped.
    pub fn new(realm: Realm, clock: Clock, site: String, heartbeat: (Duration, Duration)) -> Stage {
        Stage {
            realm: Mutex::new(realm),
            changed: Condvar::new(),
            stopped: AtomicBool::new(false),
            connections: Mutex::default(),
            clock,
            site,
            heartbeat,
        }
    }

    /// Where the server is.
    pub fn site(&self) -> &str {
        &self.site
    }

    /// The time.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Between which times a poll that waits gets a heartbeat.
    pub fn heartbeat(&self) -> (Duration, Duration) {
        self.heartbeat
    }

    /// The organization, locked.
    pub fn realm(&self) -> MutexGuard<'_, Realm> {
        self.realm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something has changed, but not longer than `wait`.
    pub fn wait<'a>(&self, realm: MutexGuard<'a, Realm>, wait: Duration) -> MutexGuard<'a, Realm> {
        let waited = self.changed.wait_timeout(realm, wait);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Wakes all that wait.
    pub fn announce(&self) {
        self.changed.notify_all();
    }

    /// Whether it is over.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Ends the threads that wait for a change or for a request.
    pub fn stop(&self) {
        {
            // Under the lock: else a thread could look, then be told, then begin to wait.
            let _realm = self.realm();
            self.stopped.store(true, Ordering::Release);
        }
        self.announce();
        for stream in self.connections().values() {
            // A connection that is closed already is fine.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Notes a connection, so that `stop` can end it; false if it is not to be served.
    pub fn admit(&self, number: u64, stream: &TcpStream) -> bool {
        let mut connections = self.connections();
        if self.is_stopped() || connections.len() >= MOST_CONNECTIONS {
            return false;
        }
        stream
            .try_clone()
            .map(|stream| connections.insert(number, stream))
            .is_ok()
    }

    /// The connection is closed.
    pub fn dismiss(&self, number: u64) {
        self.connections().remove(&number);
    }

    /// Lets the cast play until the end; sleeps in between.
    pub fn play(&self, mut cast: Cast) {
        let mut realm = self.realm();
        while !self.is_stopped() {
            let now = self.now();
            if realm.take_newcomer() {
                cast.greet(now);
            }
            let happenings = cast.step(now);
            if !happenings.is_empty() {
                for happening in happenings {
                    realm.apply(happening, now);
                }
                self.announce();
            }
            let wait = cast.due().map_or(PAUSE, |due| due.since(self.now()));
            realm = self.wait(realm, wait);
        }
    }

    fn connections(&self) -> MutexGuard<'_, BTreeMap<u64, TcpStream>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
