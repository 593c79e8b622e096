//! Speed and memory against curl: `cargo bench` (two minutes), `cargo bench -- --full` (longer).
//!
//! Method: a server in this process (`server.rs`) serves message events of 738 bytes over loopback,
//! and the release binary and curl fetch the very same answers, output to `/dev/null`. Both sides take
//! turns (A B A B …) and the table shows the medians and their ratio, since absolute figures drift
//! with the machine by a quarter and more. Curl fetches everything with one process over one
//! connection. It parses nothing, so it is the floor for reading the bytes; with jq behind it, it
//! does what the program does. Nothing else should run meanwhile.
//!
//! The must and the goal of each row are ratios too.

mod measure;
mod server;

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use measure::{Cost, idle, median, peak, time};
use server::{FIRST, query};

const PROGRAM: &str = env!("CARGO_BIN_EXE_wyzepal-tail");
const LOGIN: (&str, &str) = ("bench@example.com", "abcdefghijklmnopqrstuvwxyz012345");

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What is measured, and how often.
struct Bench {
    address: SocketAddr,
    home: tempfile::TempDir,
    turns: u32,
    full: bool,
}

/// Batches of so many events, so many of them.
#[derive(Clone, Copy)]
struct Load {
    batch: u32,
    batches: u32,
}

impl Load {
    fn events(self) -> u32 {
        self.batch * self.batches
    }
}

fn main() -> Outcome<()> {
    // `cargo bench` says --bench, `cargo test --benches` does not: that is to see that it compiles.
    if !env::args().any(|arg| arg == "--bench") {
        return Ok(());
    }
    let full = env::args().any(|arg| arg == "--full");
    let bench = Bench {
        address: server::start()?,
        home: tempfile::tempdir()?,
        turns: if full { 11 } else { 5 },
        full,
    };
    say(&format!(
        "{:<46}{:>10}{:>10}{:>8}{:>8}{:>8}",
        "", "ours", "theirs", "ratio", "must", "goal"
    ))?;
    bench.drain()?;
    bench.throughput()?;
    bench.memory()?;
    bench.growth()?;
    bench.summaries()?;
    let megabytes = fs::metadata(PROGRAM)?.len() / 10_000;
    say(&format!(
        "{:<46}{:>7}.{:02} MB   must 4.5, goal 3.5",
        "B1 binary",
        megabytes / 100,
        megabytes % 100
    ))
}

impl Bench {
    /// The program, which prints what a queue holds and ends.
    fn tail(&self, load: Load) -> Command {
        let mut command = self.program();
        let queue = format!("{}x{}", load.batch, load.batches);
        command.args(["--once", "--queue-id", &queue]);
        command
    }

    fn program(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("WYZEPAL_SITE", format!("http://{}", self.address))
            .env("WYZEPAL_EMAIL", LOGIN.0)
            .env("WYZEPAL_API_KEY", LOGIN.1)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// Curl, with the requests of a run of the program: each batch, and the empty answer after the last.
    fn curl(&self, load: Load) -> Command {
        let (step, start) = (u64::from(load.batch), FIRST - 1);
        let end = start + u64::from(load.events());
        self.fetch(&query(
            step,
            u64::from(load.batches),
            &format!("[{start}-{end}:{step}]"),
        ))
    }

    fn fetch(&self, query: &str) -> Command {
        let mut command = Command::new("curl");
        command
            .args(["-q", "-s", "-S", "-f", "--noproxy", "*"])
            .arg("-u")
            .arg(format!("{}:{}", LOGIN.0, LOGIN.1))
            .arg(format!("http://{}/api/v1/events?{query}", self.address))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    fn curl_and_jq(&self, load: Load) -> [Command; 2] {
        let mut curl = self.curl(load);
        curl.stdout(Stdio::piped());
        let mut jq = Command::new("jq");
        jq.args(["-c", ".events[]"]).stdout(Stdio::null());
        [curl, jq]
    }

    fn drain(&self) -> Outcome<()> {
        let load = Load {
            batch: 10,
            batches: 1,
        };
        let one_request = query(10, 1, "-1");
        let (ours, theirs) = turns(
            self.turns * 8,
            || vec![self.tail(load)],
            || vec![self.fetch(&one_request)],
        )?;
        row(
            "S1 drain of 10 events, wall ms",
            ms(ours.wall),
            ms(theirs.wall),
            "0.5",
            "0.35",
        )?;
        row(
            "S1 drain of 10 events, CPU ms",
            ms(ours.cpu),
            ms(theirs.cpu),
            "0.5",
            "0.35",
        )
    }

    fn throughput(&self) -> Outcome<()> {
        for (name, batch, batches, must, goal) in [
            ("T1 CPU s/million, batches of 100", 100, 1000, "2.0", "1.3"),
            (
                "T2 CPU s/million, batches of 10,000",
                10_000,
                30,
                "6",
                "3.5",
            ),
            ("T4 CPU s/million, batches of 1", 1, 5000, "1.2", "0.8"),
        ] {
            let load = Load { batch, batches };
            let (ours, theirs) = turns(
                self.turns,
                || vec![self.tail(load)],
                || vec![self.curl(load)],
            )?;
            let each = |cost: Cost| cost.cpu.as_secs_f64() * 1e6 / f64::from(load.events());
            row(name, each(ours), each(theirs), must, goal)?;
        }
        self.against_jq()
    }

    /// Against the pair that does the same work; on fewer events, as it takes a hundred times as long.
    fn against_jq(&self) -> Outcome<()> {
        if Command::new("jq").arg("--version").output().is_err() {
            return say("T2 curl | jq: left out, there is no jq");
        }
        let load = Load {
            batch: 10_000,
            batches: if self.full { 30 } else { 5 },
        };
        let (ours, theirs) = turns(
            if self.full { self.turns } else { 3 },
            || vec![self.tail(load)],
            || self.curl_and_jq(load).into(),
        )?;
        let each = |cost: Cost| cost.cpu.as_secs_f64() * 1e6 / f64::from(load.events());
        row(
            "T2 the same against curl | jq",
            each(ours),
            each(theirs),
            "1/40",
            "1/70",
        )
    }

    fn memory(&self) -> Outcome<()> {
        // 700,000 events are 517 MB.
        let load = Load {
            batch: 700_000,
            batches: 1,
        };
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            ours.push(peak(self.tail(load))?);
            theirs.push(peak(self.curl(load))?);
        }
        let medians = (middle(ours), middle(theirs));
        row(
            "M1 peak MB, one answer of 500 MB",
            mb(medians.0),
            mb(medians.1),
            "0.9",
            "0.5",
        )?;
        let mut waiting = self.program();
        waiting.args(["--queue-id", "idle"]);
        let (ours, theirs) = (idle(waiting)?, idle(self.fetch("queue_id=idle"))?);
        row(
            "M3 MB while idle in the poll",
            mb(ours),
            mb(theirs),
            "0.6",
            "0.4",
        )
    }

    /// Time per event and memory must not grow with the number of events.
    fn growth(&self) -> Outcome<()> {
        let sizes: &[u32] = if self.full {
            &[100, 1000, 10_000]
        } else {
            &[100, 1000, 3000]
        };
        let mut least = None;
        for batches in sizes {
            let load = Load {
                batch: 100,
                batches: *batches,
            };
            let costs = (0..3).map(|_| time(&mut [self.tail(load)]));
            let costs = costs.collect::<io::Result<Vec<_>>>()?;
            let cpu = middle(costs.iter().map(|cost| cost.cpu)).as_secs_f64();
            let each = cpu * 1e6 / f64::from(load.events());
            let memory = mb(peak(self.tail(load))?);
            let (each_least, memory_least) = *least.get_or_insert((each, memory));
            let name = format!("   {} events, CPU s/million", load.events());
            row(&name, each, each_least, "", "1")?;
            let name = format!("M2 {} events, peak MB", load.events());
            row(&name, memory, memory_least, "1.15", "1.05")?;
        }
        Ok(())
    }

    fn summaries(&self) -> Outcome<()> {
        let load = Load {
            batch: 100,
            batches: 500,
        };
        let (summaries, lines) = turns(
            self.turns,
            || {
                let mut command = self.tail(load);
                command.args(["-o", "summary"]);
                vec![command]
            },
            || vec![self.tail(load)],
        )?;
        let each = |cost: Cost| cost.cpu.as_secs_f64() * 1e6 / f64::from(load.events());
        row(
            "C1 summaries, CPU s/million (theirs: JSON)",
            each(summaries),
            each(lines),
            "4",
            "2.5",
        )
    }
}

/// Both sides in turns; the medians.
fn turns(
    turns: u32,
    ours: impl Fn() -> Vec<Command>,
    theirs: impl Fn() -> Vec<Command>,
) -> Outcome<(Cost, Cost)> {
    let mut sides = [Vec::new(), Vec::new()];
    for _ in 0..turns {
        sides[0].push(time(&mut ours())?);
        sides[1].push(time(&mut theirs())?);
    }
    let [ours, theirs] = sides.map(|costs| Cost {
        wall: middle(costs.iter().map(|cost| cost.wall)),
        cpu: middle(costs.iter().map(|cost| cost.cpu)),
    });
    Ok((ours, theirs))
}

fn middle<T: Copy + PartialOrd + Default>(values: impl IntoIterator<Item = T>) -> T {
    median(values.into_iter().collect()).unwrap_or_default()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// From kB, of 1024 bytes.
fn mb(memory: u64) -> f64 {
    u32::try_from(memory).map_or(f64::INFINITY, f64::from) / 1024.0
}

fn row(name: &str, ours: f64, theirs: f64, must: &str, goal: &str) -> Outcome<()> {
    let ratio = ours / theirs;
    say(&format!(
        "{name:<46}{ours:>10.2}{theirs:>10.2}{ratio:>8.3}{must:>8}{goal:>8}"
    ))
}

fn say(line: &str) -> Outcome<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}
