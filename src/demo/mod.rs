//! The demo: a small events server on a free loopback port, and a cast that talks there.
//!
//! For a first look without an account, and nothing else: it speaks as much of the API of Zulip 9.2
//! (feature level 278) as a tail asks for, on 127.0.0.1 only, and all of it is gone with the process.
//! Endpoints: `zerver/openapi/zulip.yaml`; behaviour measured on that version.
//!
//! The way of a happening: `cast` (what, when) -> `realm` (who is told) -> `queue` -> `events` (a poll).

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

mod auth;
mod cast;
mod clock;
mod directory;
mod events;
mod filter;
mod happening;
mod history;
mod http;
mod message;
mod messages;
mod params;
mod place;
mod plot;
mod props;
mod queue;
mod random;
mod realm;
mod refusal;
mod register;
mod roster;
mod script;
mod server;
mod stage;
mod success;
#[cfg(test)]
mod tests;
mod wire;

use cast::Cast;
use clock::Clock;
use realm::Realm;
use roster::{KEY, Person, TAIL_BOT};
use stage::Stage;

/// Whether the cast plays after the history is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Casting {
    Playing,
    /// Tests bring their own happenings.
    #[cfg(test)]
    Absent,
}

/// What tests change.
#[derive(Clone, Copy, Debug)]
struct Settings {
    /// Equal seeds, equal plays; none takes it from the clock.
    seed: Option<u64>,
    /// A poll that waits gets a heartbeat after a time between these.
    heartbeat: (Duration, Duration),
    casting: Casting,
}

const REAL: Settings = Settings {
    seed: None,
    heartbeat: (Duration::from_secs(45), Duration::from_secs(55)),
    casting: Casting::Playing,
};

/// A running demo; dropping it ends its threads soon.
#[derive(Debug)]
pub struct Demo {
    stage: Arc<Stage>,
    address: SocketAddr,
    account: &'static Person,
    key: &'static str,
}

/// Starts a demo and returns at once; an error if no port or no thread is to be had.
pub fn start() -> io::Result<Demo> {
    start_with(REAL)
}

fn start_with(settings: Settings) -> io::Result<Demo> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let clock = Clock::start();
    let now = clock.now();
    let seed = settings
        .seed
        .unwrap_or(now.0 ^ u64::from(address.port()) << 48);
    let mut cast = Cast::new(seed, now);
    let realm = Realm::new(cast.past(now), seed);
    let stage = Arc::new(Stage::new(
        realm,
        clock,
        format!("http://{address}"),
        settings.heartbeat,
    ));
    // From here on an error drops the demo, and so ends what runs already.
    let demo = Demo {
        stage: Arc::clone(&stage),
        address,
        account: &TAIL_BOT,
        key: KEY,
    };
    let serving = Arc::clone(&stage);
    thread::Builder::new()
        .name("demo server".into())
        .spawn(move || server::serve(&listener, &serving))?;
    if settings.casting == Casting::Playing {
        thread::Builder::new()
            .name("demo cast".into())
            .spawn(move || stage.play(cast))?;
    }
    Ok(demo)
}

impl Demo {
    /// Where it is: `http://127.0.0.1:PORT`.
    pub fn site(&self) -> String {
        self.stage.site().to_owned()
    }

    /// The account that tails, a bot.
    pub fn email(&self) -> &str {
        self.account.email
    }

    /// Its key.
    pub fn key(&self) -> &str {
        self.key
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.stage.stop();
        server::wake(self.address);
    }
}
