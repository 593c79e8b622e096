//! Speed and memory: `cargo bench` (two minutes), `cargo bench -- --full` (five minutes).
//!
//! Method and figures: `benches/README.md`. Must and goal of each row are ratios, as the measured
//! ones are.

mod clients;
mod events;
mod form;
mod https;
mod latency;
mod live;
mod measure;
mod memory;
mod server;
mod speed;
mod table;

use std::env;
use std::error::Error;
use std::fs;

use clients::{Clients, Trust, binary};
use form::Form;

/// What the parts return.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// In two minutes.
    Quick,
    /// For the figures that are written down.
    Full,
}

impl Extent {
    /// One of two.
    fn pick<T>(self, quick: T, full: T) -> T {
        match self {
            Extent::Quick => quick,
            Extent::Full => full,
        }
    }

    /// How often each side has its turn.
    fn turns(self) -> u32 {
        self.pick(5, 11)
    }
}

fn main() -> Outcome<()> {
    // `cargo bench` says --bench, `cargo test --benches` does not: that is to see that it compiles.
    if !env::args().any(|arg| arg == "--bench") {
        return Ok(());
    }
    let extent = if env::args().any(|arg| arg == "--full") {
        Extent::Full
    } else {
        Extent::Quick
    };
    let home = tempfile::tempdir()?;
    let clients = Clients::new(server::start()?, home.path().to_owned(), Trust::Nobody);
    let bytes = Form::parse("").template().length(0..events::SET) / usize::try_from(events::SET)?;
    let binary = binary();
    table::say(&format!("{}; events of {bytes} bytes", binary.display()))?;
    table::heading()?;
    speed::starts(&clients, home.path(), extent)?;
    speed::throughput(&clients, extent)?;
    memory::memory(&clients)?;
    memory::growth(&clients, extent)?;
    latency::latency(&clients, extent)?;
    speed::summaries(&clients, home.path(), extent)?;
    speed::forms(&clients, extent)?;
    let bytes = u32::try_from(fs::metadata(&binary)?.len())?;
    let megabytes = f64::from(bytes) / 1e6;
    table::say(&format!(
        "B1 binary: {megabytes:.2} MB (must 4.3, goal 3.2)"
    ))
}
